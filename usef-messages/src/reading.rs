//! How documents of peers are read: leniently or strictly, and within which limits.
//!
//! ```
//! use usef_messages::{ErrorKind, Limits, Payload, Reading};
//!
//! let small = Reading { limits: Limits { bytes: 64 * 1024, ..Limits::default() }, ..Reading::default() };
//! let error = Payload::from_xml_with(&vec![b' '; 100_000], &small).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Limit);
//! assert_eq!(error.to_string(), "a document of 100000 bytes, more than 65536 at line 1 column 1");
//! ```

use xml_wire::{Decoder, Limits};

use crate::trim::Trim;
use crate::values::DIALECT;

/// How documents are read.
///
/// By default leniently, in any order, skipping what is not known, without the white space around values; and within the
/// default [`Limits`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whether to refuse whatever the schema would refuse.
    pub strict: bool,
    /// How much a document may ask. A message in an envelope is held to the same.
    pub limits: Limits,
}

impl Reading {
    /// Refuses whatever the schema would refuse.
    pub fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }

    pub(crate) const fn decoder(&self) -> Decoder {
        let decoder = Decoder::new(&DIALECT).with_limits(self.limits);
        if self.strict { decoder.strict() } else { decoder }
    }

    /// A message that was read, without white space around its free texts unless read strictly.
    pub(crate) fn trimmed<M: Trim>(&self, mut message: M) -> M {
        if !self.strict {
            message.trim();
        }
        message
    }
}

/// Gives a document its reading and its writing.
macro_rules! document {
    (
        $name:ident, $what:literal, $schema:literal,
        |$document:ident, $reading:ident| $read:expr,
        |$this:ident| $write:expr $(,)?
    ) => {
        impl $name {
            #[doc = concat!("Reads ", $what, " leniently.")]
            ///
            /// # Errors
            /// When the document is refused; the error says why and where.
            pub fn from_xml(document: &[u8]) -> Result<Self, xml_wire::Error> {
                Self::from_xml_with(document, &$crate::reading::Reading::default())
            }

            #[doc = concat!("Reads ", $what, ", refusing whatever ", $schema, " would refuse.")]
            ///
            /// # Errors
            /// When the document is refused; the error says why and where.
            pub fn from_xml_strict(document: &[u8]) -> Result<Self, xml_wire::Error> {
                Self::from_xml_with(document, &$crate::reading::Reading::strict())
            }

            #[doc = concat!("Reads ", $what, " as told: leniently or strictly, and within which limits.")]
            ///
            /// # Errors
            /// When the document is refused; the error says why and where.
            pub fn from_xml_with(
                $document: &[u8],
                $reading: &$crate::reading::Reading,
            ) -> Result<Self, xml_wire::Error> {
                $read
            }

            #[doc = concat!("Writes ", $what, ".")]
            ///
            /// # Errors
            /// When a text holds a character that XML cannot carry.
            pub fn to_xml(&self) -> Result<String, xml_wire::Error> {
                let $this = self;
                $write
            }
        }
    };
}

pub(crate) use document;
