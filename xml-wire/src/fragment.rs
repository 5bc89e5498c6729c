//! XML that is passed on as it is.
//!
//! ```
//! use xml_wire::Fragment;
//! let feed = Fragment::parse(r#"<feed xmlns="http://www.w3.org/2005/Atom"><id>1</id></feed>"#)?;
//! assert!(feed.as_str().ends_with("</feed>"));
//! # Ok::<(), xml_wire::Error>(())
//! ```

use crate::bindings::Binding;
use crate::codec::Decoder;
use crate::error::Error;
use crate::lexical;
use crate::name::{Dialect, Name};
use crate::reader::{Raw, Reader};
use crate::writer::Writer;
use crate::xml::Xml;

/// One element, kept as its source and made to stand alone: the namespace declarations it needs are on its own tag.
///
/// Nothing in it is lost, comments and white space included; well-formedness and the reader's limits were checked.
/// It is written as it is, whatever name the field has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(transparent))]
pub struct Fragment(Box<str>);

static ANY: Dialect =
    Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

impl Fragment {
    /// A fragment from its source: one element, well-formed, with every prefix it uses declared in it.
    ///
    /// # Errors
    /// When it is not.
    pub fn parse(source: &str) -> Result<Self, Error> {
        Decoder::new(&ANY).read_fragment(source.as_bytes())
    }

    /// The source.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Xml for Fragment {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let Raw { source, needed } = reader.raw()?;
        let after_name = source.find([' ', '\t', '\n', '\r', '>', '/']).unwrap_or(source.len());
        let (mut text, rest) = (source[..after_name].to_owned(), &source[after_name..]);
        for Binding { prefix, uri, .. } in needed {
            text.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            text.push_str(prefix);
            text.push_str("=\"");
            text.push_str(&uri.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;"));
            text.push('"');
        }
        text.push_str(rest);
        Ok(Self(text.into_boxed_str()))
    }

    fn write(&self, _: &Name, writer: &mut Writer) -> Result<(), Error> {
        writer.raw(&self.0);
        Ok(())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Fragment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&source).map_err(serde::de::Error::custom)
    }
}

/// An element that may hold anything, and normally is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(transparent))]
pub struct AnyContent(Option<Fragment>);

impl AnyContent {
    /// The whole element where it has attributes or content, such as `xsi:nil`.
    pub fn element(&self) -> Option<&Fragment> {
        self.0.as_ref()
    }
}

impl From<Fragment> for AnyContent {
    fn from(element: Fragment) -> Self {
        Self(Some(element))
    }
}

impl Xml for AnyContent {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if reader.is_bare()? {
            return Ok(Self(None));
        }
        Fragment::read(reader).map(|element| Self(Some(element)))
    }

    fn write(&self, name: &Name, writer: &mut Writer) -> Result<(), Error> {
        match &self.0 {
            Some(element) => element.write(name, writer),
            None => crate::xml::Empty {}.write(name, writer),
        }
    }
}
