//! What went wrong, and where.
//!
//! ```
//! # use xml_wire::{Decoder, Dialect, ErrorKind, XmlChoice, lexical};
//! # static DIALECT: Dialect =
//! #     Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };
//! #[derive(Debug, XmlChoice)]
//! enum Root {
//!     #[xml("count")]
//!     Count(u32),
//! }
//! let error = Decoder::new(&DIALECT).read::<Root>(b"<count>\n  many</count>").unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Value);
//! assert_eq!(error.to_string(), r#""many" is not a whole number from 0 to 4294967295 in /count at line 2 column 3"#);
//! ```

use std::fmt;

/// What kind of fault an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not well-formed XML 1.0 with namespaces, or not UTF-8.
    Syntax,
    /// Well-formed, but refused always: a DOCTYPE, another encoding.
    Forbidden,
    /// Larger, deeper or more than [`crate::Limits`] allow.
    Limit,
    /// The document element is none of those expected.
    UnexpectedRoot,
    /// A required element or attribute is absent.
    Missing,
    /// An element that may stand once stands again.
    Duplicate,
    /// An element, attribute or text that does not belong here, or has the wrong namespace.
    Unknown,
    /// An element stands after one it must precede (strict mode).
    Order,
    /// A text is outside its type or its closed list.
    Value,
    /// A value that XML 1.0 cannot carry, such as a control character (writing).
    Unwritable,
}

/// Why a document could not be read, or a message not written: kind, path, line and column.
///
/// One pointer wide. The path uses the dialect's conventional prefixes, whatever the document used.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    what: String,
    path: String,
    line: u32,
    column: u32,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: String, path: String, line: u32, column: u32) -> Self {
        Self(Box::new(Inner { kind, what, path, line, column }))
    }

    /// The kind of fault.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is wrong, without the place: `missing ei:vtnID`.
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// The open elements, outermost first: `/oadr:oadrPayload/oadr:oadrSignedObject`; empty where none is open.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The line, counted from 1; 0 where there is none (writing).
    pub fn line(&self) -> u32 {
        self.0.line
    }

    /// The column in characters, counted from 1; 0 where there is none (writing).
    pub fn column(&self) -> u32 {
        self.0.column
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)?;
        if !self.0.path.is_empty() {
            write!(f, " in {}", Shortened(&self.0.path))?;
        }
        if self.0.line > 0 {
            write!(f, " at line {} column {}", self.0.line, self.0.column)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

/// A path with its middle left out where it has more than four steps.
struct Shortened<'a>(&'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<&str> = self.0.split('/').skip(1).collect();
        match steps.as_slice() {
            [first, _, _, .., before, last] => write!(f, "/{first}/…/{before}/{last}"),
            _ => f.write_str(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn shortens_only_long_paths() {
        assert_eq!(Shortened("/a/b/c/d").to_string(), "/a/b/c/d");
        assert_eq!(Shortened("/a/b/c/d/e").to_string(), "/a/…/d/e");
    }
}
