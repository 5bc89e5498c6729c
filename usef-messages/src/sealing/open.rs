//! Envelopes of peers, before and after their signature is checked.

use crate::ErrorKind;
use crate::envelope::SIGNATURE_LEN;
use crate::reading::Reading;
use crate::values::Domain;

use super::key::decode;
use super::{Content, Envelope, Error, PublicKey};

/// How often the body was encoded in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Once, as UFTP has it.
    Once,
    /// Twice, as the reference implementation of USEF 2015 and early versions of others do.
    Twice,
}

/// An envelope as it came in, to open as one message of a family; nothing in it is to be believed.
#[derive(Debug, Clone)]
pub struct Received<'d, M: Content> {
    document: &'d [u8],
    sender_domain: Domain,
    sender_role: M::Role,
    /// The signature, then the payload.
    body: Vec<u8>,
    encoding: Encoding,
    reading: Reading,
}

impl<'d, M: Content> Received<'d, M> {
    /// Reads an envelope leniently; so will be the message in it.
    ///
    /// # Errors
    /// [`Error::Envelope`] when it cannot be read, [`Error::Limit`] when it is too large and [`Error::TooShort`] when
    /// its body holds no signature.
    pub fn read(document: &'d [u8]) -> Result<Self, Error> {
        Self::read_with(document, Reading::default())
    }

    /// Reads an envelope, refusing whatever the schema would refuse; so will be the message in it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_strict(document: &'d [u8]) -> Result<Self, Error> {
        Self::read_with(document, Reading::strict())
    }

    /// Reads an envelope as told; so will be the message in it. A server that knows how large its peers' messages are
    /// lowers the limits here.
    ///
    /// ```
    /// use usef_messages::sealing::{Error, Received};
    /// use usef_messages::{Limits, Payload, Reading};
    ///
    /// let limits = Limits { bytes: 64 * 1024, ..Limits::default() };
    /// let large = [&b"<SignedMessage "[..], &[b' '; 65_536]].concat();
    /// let received = Received::<Payload>::read_with(&large, Reading { limits, ..Reading::default() });
    /// assert!(matches!(received, Err(Error::Limit(_))));
    /// ```
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with(document: &'d [u8], reading: Reading) -> Result<Self, Error> {
        let envelope = M::Envelope::from_xml_with(document, &reading);
        let envelope = envelope.map_err(|error| limit_or(error, Error::Envelope))?;
        let (sender_domain, sender_role, body) = envelope.into_parts();
        let (body, encoding) = match decode_again(&body.0) {
            Some(inner) => (inner, Encoding::Twice),
            None => (body.0, Encoding::Once),
        };
        if body.len() < SIGNATURE_LEN {
            return Err(Error::TooShort { len: body.len() });
        }
        Ok(Self { document, sender_domain, sender_role, body, encoding, reading })
    }

    /// Who says to have signed: the one whose keys to look up.
    pub fn sender_domain(&self) -> &Domain {
        &self.sender_domain
    }

    /// The role it says to have signed in.
    pub fn sender_role(&self) -> M::Role {
        self.sender_role
    }

    /// How often its body was encoded.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The bytes that are said to be signed, whoever wrote them: for people who look into captures, not to act upon.
    pub fn unverified_payload(&self) -> &[u8] {
        self.body.get(SIGNATURE_LEN..).unwrap_or_default()
    }

    /// Checks the signature against the sender's keys (two while one replaces the other), then reads the message and
    /// checks that it is from the same sender.
    ///
    /// Verification is strict: there is one signature for a message and a key, not several that are as good.
    ///
    /// # Errors
    /// [`Error::NoKey`] without a key, [`Error::Signature`] when it is by none of them; [`Error::Payload`] or
    /// [`Error::Limit`] when what was signed cannot be read; [`Error::SenderDomain`] or [`Error::SenderRole`] when it is
    /// not the signer's to send.
    pub fn open(&self, keys: &[PublicKey]) -> Result<Verified<M>, Error> {
        let (domain, role) = (&self.sender_domain, self.sender_role);
        if keys.is_empty() {
            return Err(Error::NoKey { domain: domain.clone(), role: role.into() });
        }
        let Some((signature, payload)) = self.body.split_first_chunk::<SIGNATURE_LEN>() else {
            return Err(Error::TooShort { len: self.body.len() });
        };
        let Some(key) = keys.iter().find(|key| key.verifies(payload, signature)) else {
            return Err(Error::Signature { domain: domain.clone(), role: role.into() });
        };
        let message =
            M::from_xml_with(payload, &self.reading).map_err(|error| limit_or(error, Error::Payload))?;
        if message.sender_domain() != domain {
            return Err(Error::SenderDomain {
                envelope: domain.clone(),
                message: message.sender_domain().clone(),
            });
        }
        if !message.may_be_sent_by(role) {
            return Err(Error::SenderRole { role: role.into() });
        }
        Ok(Verified {
            message,
            payload: payload.into(),
            envelope: self.document.into(),
            sender_domain: domain.clone(),
            sender_role: role,
            key: *key,
            encoding: self.encoding,
        })
    }
}

/// The body behind a second encoding, where there is one.
///
/// The last byte of a signature's scalar is at most 0x10, and no digit of base64 is below 0x2b. Where it is white space,
/// the bytes before it tell: no signature is 63 digits. The two cannot be confused, and what is signed once is not
/// searched.
fn decode_again(body: &[u8]) -> Option<Vec<u8>> {
    const LARGEST: u8 = 0x10;
    let last = body.get(SIGNATURE_LEN - 1)?;
    if *last <= LARGEST && !last.is_ascii_whitespace() {
        return None;
    }
    decode(str::from_utf8(body).ok()?)
}

/// An error of the XML reader: that something is too large is told apart.
fn limit_or(error: crate::Error, other: fn(crate::Error) -> Error) -> Error {
    if error.kind() == ErrorKind::Limit { Error::Limit(error) } else { other(error) }
}

/// A message whose signature was checked, with the evidence for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<M: Content> {
    message: M,
    payload: Box<[u8]>,
    envelope: Box<[u8]>,
    sender_domain: Domain,
    sender_role: M::Role,
    key: PublicKey,
    encoding: Encoding,
}

impl<M: Content> Verified<M> {
    /// The message; its sender is the envelope's.
    pub fn message(&self) -> &M {
        &self.message
    }

    /// The message, without the evidence.
    pub fn into_message(self) -> M {
        self.message
    }

    /// The very bytes that were signed.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The very document that came in: with [`Self::key`], what proves the message to others.
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }

    /// Who signed.
    pub fn sender_domain(&self) -> &Domain {
        &self.sender_domain
    }

    /// The role it signed in.
    pub fn sender_role(&self) -> M::Role {
        self.sender_role
    }

    /// Which of the keys it signed with.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// How often the body was encoded; an answer may be written likewise.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}
