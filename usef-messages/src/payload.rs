//! The messages, by their element.
//!
//! ```
//! use usef_messages::Payload;
//! let error = Payload::from_xml(b"<FlexRequest/>").unwrap_err();
//! assert_eq!(error.to_string(), "missing attribute Version at line 1 column 1");
//! ```

use xml_wire::{Decoder, Encoder, Error, XmlChoice};

use crate::flex_request::{FlexRequest, FlexRequestResponse};
use crate::test_message::{TestMessage, TestMessageResponse};
use crate::values::DIALECT;

/// One message: what a signed envelope holds.
#[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Payload {
    /// DSO: asks for flexibility.
    #[xml("FlexRequest")]
    FlexRequest(Box<FlexRequest>),
    /// AGR: takes that, or not.
    #[xml("FlexRequestResponse")]
    FlexRequestResponse(FlexRequestResponse),
    /// Any: asks whether the other is there.
    #[xml("TestMessage")]
    TestMessage(TestMessage),
    /// Any: it is.
    #[xml("TestMessageResponse")]
    TestMessageResponse(TestMessageResponse),
}

impl Payload {
    /// Reads a message leniently.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn from_xml(document: &[u8]) -> Result<Self, Error> {
        Decoder::new(&DIALECT).read(document)
    }

    /// Reads a message, refusing whatever the schema would refuse.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn from_xml_strict(document: &[u8]) -> Result<Self, Error> {
        Decoder::new(&DIALECT).strict().read(document)
    }

    /// Writes the message.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<String, Error> {
        Encoder::new(&DIALECT).write(self)
    }
}
