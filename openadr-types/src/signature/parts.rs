//! The elements of a signature, as this profile has them.

use xml_wire::{Base64, DateTime, Xml, XmlChoice};

use super::error::Error;
use crate::envelope::SignedObject;

/// When a message was signed, and a text that no other message of the sender has (`dsp:ReplayProtect`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Xml)]
pub struct ReplayProtect {
    /// When the message was signed.
    #[xml("dsp:timestamp")]
    pub timestamp: DateTime,
    /// Any text, new for each message.
    #[xml("dsp:nonce")]
    pub nonce: String,
}

impl ReplayProtect {
    /// With a nonce of the caller's.
    pub fn new(timestamp: DateTime, nonce: impl Into<String>) -> Self {
        Self { timestamp, nonce: nonce.into() }
    }

    /// With a nonce of 128 random bits, from the operating system.
    ///
    /// # Errors
    /// When the system has none to give.
    pub fn random(timestamp: DateTime) -> Result<Self, Error> {
        let bits: [u8; 16] =
            ring::rand::generate(&ring::rand::SystemRandom::new()).map_err(|_| Error::Randomness)?.expose();
        Ok(Self::new(timestamp, format!("{:032x}", u128::from_be_bytes(bits))))
    }
}

/// A signature (`ds:Signature`), as it is written.
#[derive(Debug, Clone, Xml)]
pub(super) struct Signature {
    #[xml("@Id")]
    pub(super) id: String,
    #[xml("ds:SignedInfo")]
    pub(super) signed_info: SignedInfo,
    #[xml("ds:SignatureValue")]
    pub(super) value: Base64,
    #[xml("ds:KeyInfo/ds:X509Data/ds:X509Certificate")]
    pub(super) certificates: Vec<Base64>,
    #[xml("ds:Object/ds:SignatureProperties/ds:SignatureProperty")]
    pub(super) property: SignatureProperty,
}

/// What is said about a signature (`ds:SignatureProperty`).
#[derive(Debug, Clone, Xml)]
pub(super) struct SignatureProperty {
    #[xml("@Target")]
    pub(super) target: String,
    #[xml("@Id")]
    pub(super) id: String,
    #[xml("dsp:ReplayProtect")]
    pub(super) replay_protect: ReplayProtect,
}

/// What is signed, and how (`ds:SignedInfo`).
#[derive(Debug, Clone, Xml)]
pub(super) struct SignedInfo {
    #[xml("@Id")]
    pub(super) id: Option<String>,
    #[xml("ds:CanonicalizationMethod")]
    pub(super) canonicalization: Method,
    #[xml("ds:SignatureMethod")]
    pub(super) method: Method,
    #[xml("ds:Reference")]
    pub(super) references: Vec<Reference>,
}

/// An algorithm by its name; parameters are not accepted.
#[derive(Debug, Clone, Xml)]
pub(super) struct Method {
    #[xml("@Algorithm")]
    pub(super) algorithm: String,
}

impl Method {
    pub(super) fn new(algorithm: &str) -> Self {
        Self { algorithm: algorithm.to_owned() }
    }
}

/// One thing that is signed (`ds:Reference`).
#[derive(Debug, Clone, Xml)]
pub(super) struct Reference {
    #[xml("@Id")]
    pub(super) id: Option<String>,
    /// `#` and an identifier.
    #[xml("@URI")]
    pub(super) uri: String,
    #[xml("@Type")]
    pub(super) kind: Option<String>,
    #[xml("ds:Transforms?/ds:Transform+")]
    pub(super) transforms: Vec<Method>,
    #[xml("ds:DigestMethod")]
    pub(super) digest_method: Method,
    #[xml("ds:DigestValue")]
    pub(super) digest: Base64,
}

/// What is read from a canonical form.
#[derive(Debug, XmlChoice)]
pub(super) enum Root {
    #[xml("ds:SignedInfo")]
    SignedInfo(SignedInfo),
    #[xml("dsp:ReplayProtect")]
    ReplayProtect(ReplayProtect),
    #[xml("oadr:oadrSignedObject")]
    Object(Box<SignedObject>),
    #[xml("ds:Signature")]
    Signature(Signature),
}
