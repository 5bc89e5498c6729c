//! Signing messages into envelopes, and opening those of peers.
//!
//! The body of an envelope is an attached Ed25519 signature as libsodium's `crypto_sign` makes it: 64 bytes, then the
//! bytes of the message, all in base64. The signature covers those very bytes, so they are neither rewritten nor
//! normalised, and both they and the envelope are kept as evidence. Nothing is encrypted.
//!
//! What a peer sent is [`Received`] until its signature is checked against keys that were found for the sender it names,
//! and [`Verified`] from then on; both are told the family of messages, UFTP's or those of USEF 2015. No message can be had from the first, and the second cannot be made otherwise.
//!
//! ```
//! use usef_messages::Payload;
//! use usef_messages::sealing::{Received, SecretKey, seal_message};
//! use usef_messages::values::Role;
//!
//! let ping = Payload::from_xml(br#"<TestMessage Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
//!     TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#)?;
//! let key = SecretKey::from_seed(&[7; 32]); // 32 random bytes, kept
//! let document = seal_message(&ping, Role::Dso, &key)?.to_xml()?;
//!
//! let received = Received::<Payload>::read(document.as_bytes())?;
//! assert_eq!(received.sender_domain().as_str(), "dso.example"); // whose keys to look up
//! let verified = received.open(&[key.public_key()])?;
//! assert_eq!(verified.message(), &ping);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod error;
mod key;
mod open;

pub use content::{Content, Envelope};
pub use error::Error;
pub use key::{KeyError, PublicKey, SecretKey};
pub use open::{Encoding, Received, Verified};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::envelope::SIGNATURE_LEN;
use crate::values::{Base64, Domain};

/// Signs the bytes of a message, whatever they are.
///
/// That the message names the same sender is up to the caller; [`seal_message`] sees to it.
pub fn seal<E: Envelope>(payload: &[u8], sender_domain: &Domain, sender_role: E::Role, key: &SecretKey) -> E {
    let mut body = Vec::with_capacity(SIGNATURE_LEN + payload.len());
    body.extend_from_slice(&key.sign(payload));
    body.extend_from_slice(payload);
    E::new(sender_domain.clone(), sender_role, Base64(body))
}

/// Writes a message and signs it, as the sender that it names.
///
/// # Errors
/// [`Error::Unwritable`] when a text of the message holds a character that XML cannot carry; [`Error::SenderRole`] when
/// a participant in this role does not send such a message, or the message names another role.
pub fn seal_message<M: Content>(
    message: &M,
    sender_role: M::Role,
    key: &SecretKey,
) -> Result<M::Envelope, Error> {
    if !message.may_be_sent_by(sender_role) {
        return Err(Error::SenderRole { role: sender_role.into() });
    }
    let payload = message.to_xml().map_err(Error::Unwritable)?;
    Ok(seal(payload.as_bytes(), message.sender_domain(), sender_role, key))
}

/// The envelope with its body encoded in base64 once more, which the reference implementation of USEF 2015 writes and
/// expects. [`Received`] reads either.
#[must_use]
pub fn encoded_twice<E: Envelope>(envelope: E) -> E {
    let (sender_domain, sender_role, body) = envelope.into_parts();
    E::new(sender_domain, sender_role, Base64(STANDARD.encode(&body.0).into_bytes()))
}
