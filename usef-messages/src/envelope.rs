//! The signed envelope that every message travels in.
//!
//! ```
//! use usef_messages::envelope::SignedMessage;
//! use usef_messages::values::Role;
//!
//! let document = br#"<SignedMessage SenderDomain="dso.example" SenderRole="DSO" Body="AAAA"/>"#;
//! let envelope = SignedMessage::from_xml(document)?;
//! assert_eq!(envelope.sender_role, Role::Dso);
//! assert_eq!(envelope.unverified_body(), None); // too short to hold a signature
//! # Ok::<(), usef_messages::Error>(())
//! ```

use xml_wire::{Base64, Encoder, Xml, XmlChoice};

use crate::reading::document;
use crate::values::{DIALECT, Domain, Role};

/// A message with its signature (`SignedMessage`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct SignedMessage {
    /// Who says to have signed it.
    #[xml("@SenderDomain")]
    pub sender_domain: Domain,
    /// As what.
    #[xml("@SenderRole")]
    pub sender_role: Role,
    /// An Ed25519 signature of 64 bytes, then the bytes of the message it is for.
    #[xml("@Body")]
    pub body: Base64,
}

/// The length of an Ed25519 signature in bytes.
pub(crate) const SIGNATURE_LEN: usize = 64;

document!(
    SignedMessage,
    "an envelope",
    "the schema",
    |document, reading| reading.decoder().read(document).map(|Document::SignedMessage(envelope)| envelope),
    |envelope| Encoder::new(&DIALECT).write(&Document::SignedMessage(envelope.clone())),
);

impl SignedMessage {
    /// The bytes of the message, whoever wrote them: the signature is not checked. `None` where the body is too short
    /// to hold one.
    pub fn unverified_body(&self) -> Option<&[u8]> {
        self.body.0.get(SIGNATURE_LEN..)
    }
}

#[derive(Debug, XmlChoice)]
enum Document {
    #[xml("SignedMessage")]
    SignedMessage(SignedMessage),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Payload;

    #[test]
    fn holds_the_bytes_behind_the_signature() {
        let message = b"<?xml version='1.0'?><Unknown/>";
        let body = Base64([&[7; SIGNATURE_LEN], &message[..]].concat());
        let envelope =
            SignedMessage::from_xml(b"<SignedMessage SenderDomain='dso.example' SenderRole='DSO' Body=''/>")
                .unwrap();
        let envelope = SignedMessage { body, ..envelope };
        let read = SignedMessage::from_xml(envelope.to_xml().unwrap().as_bytes()).unwrap();
        assert_eq!(read, envelope);
        assert_eq!(read.unverified_body(), Some(&message[..]));
        assert!(Payload::from_xml(read.unverified_body().unwrap()).is_err());
    }
}
