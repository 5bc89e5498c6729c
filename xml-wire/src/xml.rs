//! The two traits that messages implement, and the small types that stand between them and the schema.
//!
//! ```
//! use xml_wire::{Fixed, Text, Lexical};
//! // An element whose value the schema fixes needs nothing said; what a peer wrote instead is kept.
//! assert_eq!(Fixed::default().deviation(), None);
//! ```

use crate::error::Error;
use crate::fields::Cursor;
use crate::name::Name;
use crate::reader::Reader;
use crate::text::Text;
use crate::writer::Writer;

/// A value that stands as an element: a struct by `#[derive(Xml)]`, or any [`Text`].
pub trait Xml: Sized {
    /// Reads the innermost element, whose start tag was just read, and closes it.
    ///
    /// # Errors
    /// When the element does not hold such a value.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error>;

    /// Writes the element under this name.
    ///
    /// # Errors
    /// When the value holds what XML cannot carry.
    fn write(&self, name: &Name, writer: &mut Writer) -> Result<(), Error>;
}

/// A value that stands as one of several elements: a substitution group, an `xs:choice`, the document elements.
pub trait XmlChoice: Sized {
    /// The elements: one for each variant, then those of more general types.
    const NAMES: &'static [Name];

    /// Reads the innermost element, which is the one at `variant` in [`Self::NAMES`], and closes it.
    ///
    /// # Errors
    /// When the element does not hold such a value.
    fn read(variant: usize, reader: &mut Reader<'_>) -> Result<Self, Error>;

    /// Writes the element.
    ///
    /// # Errors
    /// When the value holds what XML cannot carry.
    fn write(&self, writer: &mut Writer) -> Result<(), Error>;
}

impl<T: Text> Xml for T {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.text()
    }

    fn write(&self, name: &Name, writer: &mut Writer) -> Result<(), Error> {
        writer.element(name, self)
    }
}

/// An element without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Empty {}

impl Xml for Empty {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.no_more_attributes()?;
        let mut cursor = Cursor::new(&[]);
        while reader.child(&mut cursor)?.is_some() {}
        reader.end();
        Ok(Self {})
    }

    fn write(&self, name: &Name, writer: &mut Writer) -> Result<(), Error> {
        writer.start(name);
        writer.end(name);
        Ok(())
    }
}

/// An element that may say `xsi:nil="true"` in place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Nillable<T> {
    /// The element stands, with no value.
    Nil,
    /// The value.
    Value(T),
}

impl<T: Xml> Xml for Nillable<T> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if !reader.is_nil()? {
            return T::read(reader).map(Self::Value);
        }
        let text = reader.peek_text()?;
        if !crate::lexical::collapse(&text).is_empty() {
            return Err(reader.error_in_value(format!("{text:?} in an element that says it is nil")));
        }
        reader.end();
        Ok(Self::Nil)
    }

    fn write(&self, name: &Name, writer: &mut Writer) -> Result<(), Error> {
        match self {
            Self::Nil => {
                writer.start(name);
                writer.nil();
                writer.end(name);
                Ok(())
            }
            Self::Value(value) => value.write(name, writer),
        }
    }
}

/// The text of an element whose value the schema fixes.
///
/// The default is the schema's value. Lenient reading keeps what a peer wrote instead, and writes it again; strict
/// reading refuses it. An empty element has the fixed value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(transparent))]
pub struct Fixed(Option<Box<str>>);

impl Fixed {
    /// What a peer wrote instead of the fixed value; empty for an empty element.
    pub fn deviation(&self) -> Option<&str> {
        self.0.as_deref()
    }

    #[doc(hidden)]
    pub fn read(reader: &mut Reader<'_>, fixed: &'static str) -> Result<Self, Error> {
        let text = reader.peek_text()?;
        let same = text == fixed || (!reader.is_strict() && crate::lexical::collapse(&text) == fixed);
        if !same && !text.is_empty() && reader.is_strict() {
            return Err(reader.error_in_value(format!("{text:?} is not {fixed:?}, which the schema fixes")));
        }
        reader.end();
        Ok(Self((!same).then(|| text.into())))
    }

    #[doc(hidden)]
    pub fn write(&self, name: &Name, fixed: &'static str, writer: &mut Writer) -> Result<(), Error> {
        writer.element_str(name, self.deviation().unwrap_or(fixed))
    }
}
