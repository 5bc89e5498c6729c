//! What envelopes carry.

use crate::payload::Payload;
use crate::values::{Domain, Role};

/// A family of messages that travel in envelopes.
pub trait Content: Sized {
    /// Reads a message leniently.
    ///
    /// # Errors
    /// When the document is refused.
    fn from_xml(document: &[u8]) -> Result<Self, crate::Error>;

    /// Reads a message, refusing whatever the schema would refuse.
    ///
    /// # Errors
    /// When the document is refused.
    fn from_xml_strict(document: &[u8]) -> Result<Self, crate::Error>;

    /// Writes the message.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    fn to_xml(&self) -> Result<String, crate::Error>;

    /// Who the message says to be from.
    fn sender_domain(&self) -> &Domain;

    /// Whether a participant in this role sends such messages.
    fn may_be_sent_by(&self, role: Role) -> bool;
}

impl Content for Payload {
    fn from_xml(document: &[u8]) -> Result<Self, crate::Error> {
        Self::from_xml(document)
    }

    fn from_xml_strict(document: &[u8]) -> Result<Self, crate::Error> {
        Self::from_xml_strict(document)
    }

    fn to_xml(&self) -> Result<String, crate::Error> {
        self.to_xml()
    }

    fn sender_domain(&self) -> &Domain {
        match self {
            Self::FlexRequest(message) => &message.sender_domain,
            Self::FlexRequestResponse(message) => &message.sender_domain,
            Self::TestMessage(message) => &message.sender_domain,
            Self::TestMessageResponse(message) => &message.sender_domain,
        }
    }

    fn may_be_sent_by(&self, role: Role) -> bool {
        match self {
            Self::FlexRequest(_) => role == Role::Dso,
            Self::FlexRequestResponse(_) => role == Role::Agr,
            Self::TestMessage(_) | Self::TestMessageResponse(_) => true,
        }
    }
}
