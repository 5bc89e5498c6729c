use sha2::{Digest as _, Sha256};

use super::{History, Key};
use crate::payload::Payload;

/// The SHA-256 of a document, byte for byte as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of a document.
    pub fn of(document: &[u8]) -> Self {
        Self(Sha256::digest(document).into())
    }
}

/// Whether a message came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seen {
    /// It did not.
    New,
    /// It did, byte for byte: the sender repeats what it has no answer to. To be received as before, and to be told
    /// that all is well (`Already Submitted`).
    Repeated,
    /// Another message came with its identifier: to be rejected ([`Code::DuplicateIdentifier`](crate::validation::Code::DuplicateIdentifier)).
    Reused,
}

/// Whether a message came before, `document` being the bytes that were signed.
///
/// # Errors
/// When the history cannot be read.
pub fn seen<H: History + ?Sized>(payload: &Payload, document: &[u8], history: &H) -> Result<Seen, H::Error> {
    Ok(match history.digest(&Key::of(payload))? {
        None => Seen::New,
        Some(before) if before == Digest::of(document) => Seen::Repeated,
        Some(_) => Seen::Reused,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Memory, Store as _};
    use super::*;
    use crate::validation::example::{changed, payload, xml};

    #[test]
    fn a_repetition_is_told_from_another_message_with_its_identifier() {
        let mut memory = Memory::default();
        let (request, document) = (payload("FlexRequest"), xml("FlexRequest"));
        assert_eq!(seen(&request, document.as_bytes(), &memory).unwrap(), Seen::New);
        memory.insert(request.clone(), document.as_bytes(), request.time_stamp()).unwrap();
        assert_eq!(seen(&request, document.as_bytes(), &memory).unwrap(), Seen::Repeated);
        let other = document.replace("-500000", "-400000");
        assert_eq!(seen(&request, other.as_bytes(), &memory).unwrap(), Seen::Reused);
        // The same identifier of another sender is another message.
        let stranger = changed("FlexRequest", "dso.example", "dso2.example");
        assert_eq!(seen(&stranger, other.as_bytes(), &memory).unwrap(), Seen::New);
    }
}
