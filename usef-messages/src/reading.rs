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

use crate::values::DIALECT;

/// How documents are read.
///
/// By default leniently, in any order, skipping what is not known; and within the default [`Limits`].
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
}
