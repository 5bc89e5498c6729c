//! What a party takes in: signed messages, and unsigned ones where it was told so.
//!
//! ```
//! use openadr_types::Payload;
//! use openadr_types::poll::Poll;
//! use openadr_types::signature::{Acceptance, Trust, Unsigned, Verifier};
//!
//! let poll = Payload::new(Poll::new("ven-7")).to_xml()?;
//! let now = "2026-11-23T12:00:00Z".parse()?;
//!
//! let mut acceptance = Acceptance::new(Verifier::new(Trust::nobody()));
//! assert!(acceptance.accept(poll.as_bytes(), now).is_err());
//!
//! let mut acceptance = acceptance.with_unsigned(Unsigned::Accepted);
//! let accepted = acceptance.accept(poll.as_bytes(), now)?;
//! assert_eq!(accepted.message().name(), "oadrPoll");
//! assert_eq!(accepted.fingerprint(), None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::certificate::Fingerprint;
use super::error::Error;
use super::replay::ReplayGuard;
use super::verified::Verified;
use super::verify::Verifier;
use crate::DateTime;
use crate::envelope::{Envelope, Payload};
use crate::message::Message;

/// Takes documents in: those that are signed after verifying them, each once; those that are not as it was told.
///
/// A signature that is there has to hold, whatever is done with messages that have none.
#[derive(Debug, Clone)]
pub struct Acceptance {
    verifier: Verifier,
    unsigned: Unsigned,
    guard: ReplayGuard,
}

/// What is done with a message that is not signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Unsigned {
    /// It is refused: [`Error::Unsigned`].
    #[default]
    Refused,
    /// It is read. Whoever can change a message on its way can take its signature away too, so something else has to
    /// tell who the peer is, such as its certificate in TLS.
    Accepted,
}

impl Acceptance {
    /// Accepts what this verifier accepts, and nothing unsigned, within five seconds of its being signed.
    pub fn new(verifier: Verifier) -> Self {
        Self { verifier, unsigned: Unsigned::default(), guard: ReplayGuard::default() }
    }

    /// What to do with messages that are not signed.
    #[must_use]
    pub fn with_unsigned(mut self, unsigned: Unsigned) -> Self {
        self.unsigned = unsigned;
        self
    }

    /// Keeps out old and repeated messages so.
    #[must_use]
    pub fn with_guard(mut self, guard: ReplayGuard) -> Self {
        self.guard = guard;
        self
    }

    /// Takes in a document that came at a time.
    ///
    /// # Errors
    /// When it is refused; [`Error::response_code`] is what to tell the peer.
    pub fn accept(&mut self, document: &[u8], at: DateTime) -> Result<Accepted, Error> {
        match self.verifier.verify(document, at, &mut self.guard) {
            Ok(verified) => Ok(Accepted::Signed(Box::new(verified))),
            Err(Error::Unsigned) if self.unsigned == Unsigned::Accepted => {
                let (payload, envelope) = self.verifier.reading().read(document)?;
                Ok(Accepted::Unsigned(Box::new(payload), envelope))
            }
            Err(error) => Err(error),
        }
    }

    /// What a document that is refused says all the same, where it can be read: to answer it by name, and for nothing
    /// else.
    pub fn claimed(&self, document: &[u8]) -> Option<Message> {
        self.verifier.reading().read(document).ok().map(|(payload, _)| payload.into_message())
    }
}

/// A message that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It was signed, and the signature holds.
    Signed(Box<Verified>),
    /// It was not signed.
    Unsigned(Box<Payload>, Envelope),
}

impl Accepted {
    /// The message.
    pub fn message(&self) -> &Message {
        match self {
            Self::Signed(verified) => verified.message(),
            Self::Unsigned(payload, _) => payload.message(),
        }
    }

    /// The message alone.
    pub fn into_message(self) -> Message {
        match self {
            Self::Signed(verified) => verified.into_message(),
            Self::Unsigned(payload, _) => payload.into_message(),
        }
    }

    /// What stood around the message.
    pub fn envelope(&self) -> Envelope {
        match self {
            Self::Signed(_) => Envelope::Wrapped,
            Self::Unsigned(_, envelope) => *envelope,
        }
    }

    /// The certificate that it was signed with.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Signed(verified) => Some(verified.fingerprint()),
            Self::Unsigned(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::Poll;
    use crate::signature::{Certificate, PrivateKey, Signer, Trust};

    const NOON: &str = "2026-11-23T12:00:00Z";

    fn signer() -> Signer {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["ven.example".to_owned()]).unwrap();
        let certificate = Certificate::from_der(params.self_signed(&key).unwrap().der().to_vec()).unwrap();
        Signer::new(PrivateKey::from_pkcs8(&key.serialize_der()).unwrap(), vec![certificate]).unwrap()
    }

    fn noon() -> DateTime {
        NOON.parse().unwrap()
    }

    #[test]
    fn takes_a_signed_message_once_and_says_whose_it_is() {
        let signer = signer();
        let document = signer.sign_at(Poll::new("ven-7"), noon()).unwrap();
        let mut acceptance = Acceptance::new(Verifier::new(Trust::anyone()));
        let accepted = acceptance.accept(document.as_bytes(), noon()).unwrap();
        assert_eq!(accepted.fingerprint(), Some(signer.certificate().fingerprint()));
        assert_eq!(accepted.envelope(), Envelope::Wrapped);
        assert_eq!(accepted.message().name(), "oadrPoll");
        let again = acceptance.accept(document.as_bytes(), noon());
        assert!(matches!(again, Err(Error::Replayed { .. })), "{again:?}");
        assert_eq!(acceptance.claimed(document.as_bytes()), Some(accepted.into_message()));
        assert_eq!(acceptance.claimed(b"<x/>"), None);
    }

    #[test]
    fn a_signature_has_to_hold_even_where_none_is_wanted() {
        let document = signer().sign_at(Poll::new("ven-7"), noon()).unwrap().replace("ven-7", "ven-8");
        let mut acceptance =
            Acceptance::new(Verifier::new(Trust::anyone())).with_unsigned(Unsigned::Accepted);
        let refused = acceptance.accept(document.as_bytes(), noon());
        assert!(matches!(refused, Err(Error::Digest { .. })), "{refused:?}");
    }

    #[test]
    fn takes_unsigned_messages_in_either_envelope_where_told_to() {
        let mut acceptance = Acceptance::new(Verifier::new(Trust::nobody()));
        for envelope in [Envelope::Wrapped, Envelope::Bare] {
            let writing = crate::envelope::Writing { envelope, indent: None };
            let document = writing.write(&Payload::new(Poll::new("ven-7"))).unwrap();
            acceptance = acceptance.with_unsigned(Unsigned::Refused);
            assert!(matches!(acceptance.accept(document.as_bytes(), noon()), Err(Error::Unsigned)));
            acceptance = acceptance.with_unsigned(Unsigned::Accepted);
            let accepted = acceptance.accept(document.as_bytes(), noon()).unwrap();
            assert_eq!((accepted.envelope(), accepted.fingerprint()), (envelope, None));
        }
    }

    #[test]
    fn takes_only_the_peer_that_is_meant() {
        let (vtn, ven) = (signer(), signer());
        let trust = Trust::anyone().only(vtn.certificate().fingerprint());
        let mut acceptance = Acceptance::new(Verifier::new(trust));
        let of_the_vtn = vtn.sign_at(Poll::new("ven-7"), noon()).unwrap();
        acceptance.accept(of_the_vtn.as_bytes(), noon()).unwrap();
        let of_another = ven.sign_at(Poll::new("ven-7"), noon()).unwrap();
        let refused = acceptance.accept(of_another.as_bytes(), noon());
        assert!(matches!(refused, Err(Error::UnknownCertificate { .. })), "{refused:?}");
    }

    #[test]
    fn signs_to_the_millisecond() {
        let at = "2026-11-23T12:00:00.123456789Z".parse().unwrap();
        let document = signer().sign_at(Poll::new("ven-7"), at).unwrap();
        assert!(document.contains(">2026-11-23T12:00:00.123Z<"), "{document}");
    }
}
