//! Documents to messages, and back.
//!
//! ```
//! use xml_wire::{Decoder, Dialect, Encoder, XmlChoice, lexical};
//!
//! static DIALECT: Dialect =
//!     Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };
//!
//! #[derive(Debug, PartialEq, XmlChoice)]
//! enum Root {
//!     #[xml("pong")]
//!     Pong(String),
//! }
//!
//! let message: Root = Decoder::new(&DIALECT).read(b"<pong><![CDATA[a<b]]></pong>")?;
//! assert_eq!(message, Root::Pong("a<b".into()));
//! assert_eq!(Encoder::new(&DIALECT).without_declaration().write(&message)?, "<pong>a&lt;b</pong>");
//! # Ok::<(), xml_wire::Error>(())
//! ```

use crate::error::{Error, ErrorKind};
use crate::fragment::Fragment;
use crate::lexical::Lexical;
use crate::limits::Limits;
use crate::name::Dialect;
use crate::reader::{Fault, Piece, Reader, place};
use crate::writer::Writer;
use crate::xml::{Xml as _, XmlChoice};

/// Reads documents of one dialect.
///
/// Lenient unless told otherwise: elements in any order, unknown elements, attributes and text between elements skipped. Refused always:
/// what is not well-formed, DOCTYPE, another encoding than UTF-8, a missing or repeated single element, an element
/// that is known but in another namespace, a value outside its type, an element inside a value, and what exceeds
/// [`Limits`].
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    lexical: Lexical,
    limits: Limits,
}

impl Decoder {
    /// A lenient decoder with default limits.
    pub const fn new(dialect: &'static Dialect) -> Self {
        let limits =
            Limits { bytes: 16 << 20, depth: 100, attributes: 100, namespaces: 200, elements: 1_000_000 };
        Self { lexical: Lexical { strict: false, dialect }, limits }
    }

    /// Refuses whatever the published schema would refuse: order, unknown elements and attributes, empty lists,
    /// lexical forms.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.lexical.strict = true;
        self
    }

    /// With other limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a document from bytes: UTF-8, with or without byte-order mark.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn read<T: XmlChoice>(&self, document: &[u8]) -> Result<T, Error> {
        self.read_if(document, |_| Ok(()))
    }

    /// Reads a document whose message must also satisfy the caller; if it does not, the error is at the document element.
    ///
    /// # Errors
    /// When the document is refused, or `check` says what is wrong with it.
    pub fn read_if<T: XmlChoice>(
        &self,
        document: &[u8],
        check: impl FnOnce(&T) -> Result<(), (ErrorKind, String)>,
    ) -> Result<T, Error> {
        let mut reader = self.reader(self.checked(document)?);
        let variant = reader.root(T::NAMES)?;
        let root = *reader.innermost();
        let message = T::read(variant, &mut reader)?;
        reader.epilogue()?;
        match check(&message) {
            Ok(()) => Ok(message),
            Err((kind, what)) => Err(reader.error_of(kind, what, root)),
        }
    }

    /// Reads a document from text.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn read_str<T: XmlChoice>(&self, document: &str) -> Result<T, Error> {
        self.read(document.as_bytes())
    }

    /// Shows a document piece by piece, whatever its elements are.
    ///
    /// ```
    /// use xml_wire::{Decoder, Dialect, Piece, lexical};
    ///
    /// static DIALECT: Dialect =
    ///     Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };
    ///
    /// let mut seen = String::new();
    /// Decoder::new(&DIALECT).walk(b"<a xmlns='urn:a'><b/>&lt;</a>", |piece| match piece {
    ///     Piece::Start(tag) => seen += &format!("{{{}}}{} ", tag.namespace(), tag.name()),
    ///     Piece::Text(text) => seen += &text,
    ///     Piece::End | Piece::Instruction(_) => {}
    /// })?;
    /// assert_eq!(seen, "{urn:a}a {urn:a}b <");
    /// # Ok::<(), xml_wire::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the document is not well-formed or exceeds the limits; what was shown until then means nothing.
    pub fn walk<'i>(&self, document: &'i [u8], mut see: impl FnMut(Piece<'_, 'i>)) -> Result<(), Error> {
        self.try_walk(document, |piece| {
            see(piece);
            Ok(())
        })
    }

    /// Shows a document piece by piece until one is refused, whose place the error then has.
    ///
    /// ```
    /// use xml_wire::{Decoder, Dialect, ErrorKind, Fault, Piece, Spot, lexical};
    ///
    /// static DIALECT: Dialect =
    ///     Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };
    ///
    /// let walked = Decoder::new(&DIALECT).try_walk(b"<a><b>\n  text</b></a>", |piece| match piece {
    ///     Piece::Text(_) => Err(Fault::new(ErrorKind::Unknown, "no text is wanted", Spot::Piece)),
    ///     _ => Ok(()),
    /// });
    /// assert_eq!(walked.unwrap_err().to_string(), "no text is wanted in /a/b at line 2 column 3");
    /// ```
    ///
    /// # Errors
    /// When the document is not well-formed or exceeds the limits, or what `judge` finds wrong with it.
    pub fn try_walk<'i>(
        &self,
        document: &'i [u8],
        judge: impl FnMut(Piece<'_, 'i>) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        self.reader(self.checked(document)?).walk(judge)
    }

    pub(crate) fn read_fragment(&self, document: &[u8]) -> Result<Fragment, Error> {
        let mut reader = self.reader(self.checked(document)?);
        reader.any_root()?;
        let fragment = Fragment::read(&mut reader)?;
        reader.epilogue()?;
        Ok(fragment)
    }

    fn reader<'i>(&self, text: &'i str) -> Reader<'i> {
        Reader::new(text, self.lexical, self.limits)
    }

    /// The document as text, with its length, encoding and characters checked.
    fn checked<'i>(&self, document: &'i [u8]) -> Result<&'i str, Error> {
        let refuse =
            |kind, what: &str, line, column| Error::new(kind, what.to_owned(), String::new(), line, column);
        if document.len() > self.limits.bytes {
            let what = format!("a document of {} bytes, more than {}", document.len(), self.limits.bytes);
            return Err(refuse(ErrorKind::Limit, &what, 1, 1));
        }
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        let document = document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document);
        if let [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..] = document {
            return Err(refuse(ErrorKind::Forbidden, "UTF-16 is not accepted, only UTF-8", 1, 1));
        }
        let text = match str::from_utf8(document) {
            Ok(text) => text,
            Err(error) => {
                let valid = str::from_utf8(&document[..error.valid_up_to()]).unwrap_or_default();
                let (line, column) = place(valid, valid.len());
                return Err(refuse(ErrorKind::Syntax, "bytes that are not UTF-8", line, column));
            }
        };
        if let Some(at) = forbidden_character(text) {
            let (line, column) = place(text, at);
            return Err(refuse(ErrorKind::Syntax, "a character that XML does not allow", line, column));
        }
        Ok(text)
    }
}

/// Where the first character stands that XML 1.0 forbids.
fn forbidden_character(text: &str) -> Option<usize> {
    let is_control = |b: &u8| *b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r');
    // Without early exit this is a handful of vector instructions for each chunk.
    let control = text.as_bytes().chunks(4096).enumerate().find_map(|(chunk, bytes)| {
        let any = bytes.iter().fold(false, |any, b| any | is_control(b));
        if any { bytes.iter().position(is_control).map(|at| chunk * 4096 + at) } else { None }
    });
    let noncharacter = || {
        memchr::memchr_iter(0xEF, text.as_bytes())
            .find(|at| matches!(text.as_bytes().get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])))
    };
    control.or_else(noncharacter)
}

/// Writes documents of one dialect.
#[derive(Debug, Clone, Copy)]
pub struct Encoder {
    dialect: &'static Dialect,
    indent: Option<usize>,
    declaration: bool,
}

impl Encoder {
    /// Writes without white space between elements, with an XML declaration.
    pub const fn new(dialect: &'static Dialect) -> Self {
        Self { dialect, indent: None, declaration: true }
    }

    /// Each element on a line of its own, `width` blanks deeper than the one around it.
    #[must_use]
    pub const fn indent(mut self, width: usize) -> Self {
        self.indent = Some(width);
        self
    }

    /// Without the XML declaration.
    #[must_use]
    pub const fn without_declaration(mut self) -> Self {
        self.declaration = false;
        self
    }

    /// Writes a message.
    ///
    /// # Errors
    /// When a text in it holds a character that XML cannot carry ([`ErrorKind::Unwritable`]).
    pub fn write<T: XmlChoice>(&self, message: &T) -> Result<String, Error> {
        let mut writer = Writer::new(self.indent, self.declaration);
        message.write(&mut writer)?;
        Ok(writer.finish(self.dialect))
    }
}
