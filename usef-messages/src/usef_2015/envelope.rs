//! The signed envelope of USEF 2015, and the receipt for it.
//!
//! ```
//! use usef_messages::usef_2015::envelope::{SignedMessage, Status};
//! let document = br#"<SignedMessage SenderDomain="mdc.example" SenderRole="MDC" Body="AAAA"/>"#;
//! assert_eq!(SignedMessage::from_xml(document)?.unverified_body(), None); // too short to hold a signature
//! assert_eq!("Submitted".parse(), Ok(Status::Submitted));
//! # Ok::<(), usef_messages::Error>(())
//! ```

use xml_wire::{Encoder, Lexical, Text as _, XmlChoice, XmlText};

use super::metadata::Role;
use crate::envelope::SIGNATURE_LEN;
use crate::message::part;
use crate::reading::document;
use crate::values::{Base64, DIALECT, Domain, Outcome, Uuid};

part! {
    /// A message with its signature (`SignedMessage`).
    pub struct SignedMessage {
        /// Who says to have signed it.
        #[xml("@SenderDomain")]
        pub sender_domain: Domain,
        /// As what.
        #[xml("@SenderRole")]
        pub sender_role: Role,
        /// An Ed25519 signature of 64 bytes, then the bytes of the message it is for; both possibly in base64 once more.
        #[xml("@Body")]
        pub body: Base64,
    }
}

part! {
    /// What became of an envelope, said at once (`SignedMessageReply`).
    pub struct SignedMessageReply {
        /// The message in the envelope.
        #[xml("@MessageID")]
        pub message_id: Uuid,
        /// Whether it was stored.
        #[xml("@Result")]
        pub result: Outcome,
        /// Why, or why not.
        #[xml("@Status")]
        pub status: Status,
    }
}

/// What became of an envelope (`MessageStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Status {
    /// It could not be read.
    #[xml("InvalidMessage")]
    InvalidMessage,
    /// It is not from whom it says.
    #[xml("InvalidSender")]
    InvalidSender,
    /// It is for somebody else.
    #[xml("UnknownRecipient")]
    UnknownRecipient,
    /// The sender is shut out.
    #[xml("BarredSender")]
    BarredSender,
    /// Another message had its identifier.
    #[xml("DuplicateIdentifier")]
    DuplicateIdentifier,
    /// It was stored before.
    #[xml("AlreadySubmitted")]
    AlreadySubmitted,
    /// It is stored.
    #[xml("Submitted")]
    Submitted,
}

document!(
    SignedMessage,
    "an envelope",
    "the schema",
    |document, reading| reading.decoder().read(document).map(|Envelope::SignedMessage(envelope)| envelope),
    |envelope| Encoder::new(&DIALECT).write(&Envelope::SignedMessage(envelope.clone())),
);

document!(
    SignedMessageReply,
    "a receipt",
    "the schema",
    |document, reading| reading.decoder().read(document).map(|Receipt::SignedMessageReply(receipt)| receipt),
    |receipt| Encoder::new(&DIALECT).write(&Receipt::SignedMessageReply(receipt.clone())),
);

impl SignedMessage {
    /// The signature and the message it is for, one after the other.
    ///
    /// The reference implementation puts both into base64 before the envelope does; that is undone here.
    pub fn signed_bytes(&self) -> Base64 {
        let inner = str::from_utf8(&self.body.0).ok().filter(|text| !text.is_empty());
        inner.and_then(|text| Base64::parse(text, &Lexical::LENIENT)).unwrap_or_else(|| self.body.clone())
    }

    /// The bytes of the message, whoever wrote them: the signature is not checked. `None` where the body is too short
    /// to hold one.
    pub fn unverified_body(&self) -> Option<Vec<u8>> {
        self.signed_bytes().0.get(SIGNATURE_LEN..).map(<[u8]>::to_vec)
    }
}

#[derive(Debug, XmlChoice)]
enum Envelope {
    #[xml("SignedMessage")]
    SignedMessage(SignedMessage),
}

#[derive(Debug, XmlChoice)]
enum Receipt {
    #[xml("SignedMessageReply")]
    SignedMessageReply(SignedMessageReply),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_a_body_in_base64_once_and_twice() {
        let signed = [&[0xF7; SIGNATURE_LEN], &b"<TestMessage/>"[..]].concat();
        let mut twice = SignedMessage {
            sender_domain: "dso.example".parse().unwrap(),
            sender_role: Role::Dso,
            body: Base64(signed),
        };
        assert_eq!(twice.unverified_body().unwrap(), b"<TestMessage/>");
        let once = twice.to_xml().unwrap();
        let inner = once.split("Body=\"").nth(1).unwrap().trim_end_matches("\"/>").to_owned();
        twice.body = Base64(inner.into_bytes());
        assert_eq!(twice.unverified_body().unwrap(), b"<TestMessage/>");
    }
}
