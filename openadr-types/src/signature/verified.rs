//! Messages whose signature holds.

use std::borrow::Cow;

use xml_wire::{Decoder, Limits};

use super::certificate::{Certificate, Fingerprint};
use super::error::Error;
use super::parts::{ReplayProtect, Root};
use crate::DateTime;
use crate::envelope::Reading;
use crate::message::Message;
use crate::ns::DIALECT;

/// A document whose signature holds, and whose message is still to be read.
///
/// **Interpretation:** bytes with the digest that was signed are taken for the canonical form as they stand; only where they
/// have another is that form made from them.
#[derive(Debug, Clone)]
pub struct Authentic<'d> {
    pub(super) object: Cow<'d, str>,
    pub(super) sender: Certificate,
    pub(super) replay_protect: ReplayProtect,
    pub(super) reading: Reading,
    pub(super) document: &'d [u8],
}

impl Authentic<'_> {
    /// The very text that was hashed: `oadr:oadrSignedObject` in its canonical form.
    pub fn signed_object(&self) -> &str {
        &self.object
    }

    /// The certificate whose key made the signature.
    pub fn sender(&self) -> &Certificate {
        &self.sender
    }

    /// When it was signed, and the text that tells it from the sender's others.
    pub fn replay_protect(&self) -> &ReplayProtect {
        &self.replay_protect
    }

    /// Reads the message.
    ///
    /// # Errors
    /// When what was signed is no message.
    pub fn read(self) -> Result<Verified, Error> {
        let limits = self.reading.limits;
        // The payload around it counts too.
        let limits = Limits { depth: limits.depth.saturating_sub(1), ..limits };
        let decoder = Decoder::new(&DIALECT).with_limits(limits);
        let decoder = if self.reading.strict { decoder.strict() } else { decoder };
        let message = match decoder.read_str(&self.object) {
            Ok(Root::Object(object)) => object.message,
            Ok(_) => return Err(Error::UnsignedObject),
            // Places in the document say more than those in its canonical form.
            Err(error) => return Err(self.reading.read(self.document).err().unwrap_or(error).into()),
        };
        Ok(Verified { message, sender: self.sender, replay_protect: self.replay_protect })
    }
}

/// A message whose signature was verified; there is no other way to make one.
///
/// The message was read from the very bytes that were hashed, so nothing outside the signed object has a part in it. XML
/// that a message keeps as it stands ([`crate::Fragment`]) is therefore in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    message: Message,
    sender: Certificate,
    replay_protect: ReplayProtect,
}

impl Verified {
    /// What was signed.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// What was signed, alone.
    pub fn into_message(self) -> Message {
        self.message
    }

    /// The certificate whose key made the signature.
    pub fn sender(&self) -> &Certificate {
        &self.sender
    }

    /// The sender's fingerprint, to compare with the one that was registered for the VEN or VTN in the message.
    pub fn fingerprint(&self) -> Fingerprint {
        self.sender.fingerprint()
    }

    /// When the sender signed.
    pub fn timestamp(&self) -> DateTime {
        self.replay_protect.timestamp
    }

    /// The text that tells this message from the sender's others.
    pub fn nonce(&self) -> &str {
        &self.replay_protect.nonce
    }

    /// Both of these.
    pub(super) fn replay_protect(&self) -> &ReplayProtect {
        &self.replay_protect
    }
}
