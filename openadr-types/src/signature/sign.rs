//! Signs messages.

use std::fmt;

use chrono::SubsecRound as _;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use xml_wire::{Base64, Encoder, Fragment, Limits};

use super::algorithm::{Canonicalization, SHA256, SignatureMethod, sha256};
use super::c14n::canonical;
use super::certificate::Certificate;
use super::error::Error;
use super::names;
use super::parts::{Method, Reference, ReplayProtect, Root, Signature, SignatureProperty, SignedInfo};
use super::tree::{Place, Tree};
use crate::DateTime;
use crate::envelope::Payload;
use crate::ns::{DIALECT, OADR};

/// The identifiers that are written.
const OBJECT_ID: &str = "signed";
const PROPERTY_ID: &str = "replay";
const SIGNATURE_ID: &str = "signature";

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Signs messages with one key.
///
/// Inclusive canonical forms unless told otherwise, which is what most peers expect. The signed object is written in its
/// inclusive form, so that it can be verified as it stands; its exclusive form, with a declaration at each use of a
/// namespace, would be far longer than the message.
#[derive(Debug)]
pub struct Signer {
    key: PrivateKey,
    certificates: Vec<Certificate>,
    canonicalization: Canonicalization,
}

impl Signer {
    /// Signs with a key, and sends its certificate along, and those of its issuers as far as the receiver may not have
    /// them.
    ///
    /// # Errors
    /// When the first certificate is not that of the key.
    pub fn new(key: PrivateKey, certificates: Vec<Certificate>) -> Result<Self, Error> {
        let own = certificates.first().ok_or(Error::NoCertificate)?;
        let probe = b"does this key belong to this certificate?";
        if !key.method().is_from(&own.read()?, probe, &key.sign(probe)?) {
            return Err(Error::KeyMismatch);
        }
        Ok(Self { key, certificates, canonicalization: Canonicalization::default() })
    }

    /// Signs this canonical form.
    #[must_use]
    pub fn with_canonicalization(mut self, canonicalization: Canonicalization) -> Self {
        self.canonicalization = canonicalization;
        self
    }

    /// Writes a message with its signature. Each byte counts from here on: the document is to be sent as it is.
    ///
    /// A signature that the payload has already gives way to the new one.
    ///
    /// # Errors
    /// When the message cannot be written, or uses one of the signature's identifiers.
    pub fn sign(&self, message: impl Into<Payload>, replay_protect: &ReplayProtect) -> Result<String, Error> {
        let mut payload = message.into();
        payload.signature = None;
        let object_id = payload.object.id.get_or_insert_with(|| OBJECT_ID.into()).to_string();
        let mut signature = self.unsigned(&object_id, replay_protect);
        let object = standing(&payload)?;
        let mut write = |signature: &Signature| self.write(&mut payload, signature, &object);

        // Neither the object nor the property holds a digest, nor the signed information the signature's value.
        let document = write(&signature)?;
        let tree = Tree::read(document.as_bytes(), Limits::default())?;
        for (reference, id) in signature.signed_info.references.iter_mut().zip([&*object_id, PROPERTY_ID]) {
            let form = self.canonical(&tree, only_with_id(&tree, id)?)?;
            reference.digest = Base64(sha256(form.as_bytes()).as_ref().to_vec());
        }

        let document = write(&signature)?;
        let tree = Tree::read(document.as_bytes(), Limits::default())?;
        let signed_info =
            tree.named(names::SIGNED_INFO).next().ok_or(Error::Part { name: names::SIGNED_INFO.as_str() })?;
        signature.value = Base64(self.key.sign(self.canonical(&tree, signed_info)?.as_bytes())?);
        write(&signature)
    }

    /// The same at a time, with a nonce that nobody can guess. The time is written to the millisecond, as some peers read
    /// no more digits.
    ///
    /// # Errors
    /// Those of [`Signer::sign`], and when the system has no random numbers to give.
    pub fn sign_at(&self, message: impl Into<Payload>, at: DateTime) -> Result<String, Error> {
        self.sign(message, &ReplayProtect::random(at.to_utc().trunc_subsecs(3).into())?)
    }

    /// Writes a payload around a signature; `object` is how the object stands where it has all its declarations.
    fn write(&self, payload: &mut Payload, signature: &Signature, object: &str) -> Result<String, Error> {
        let signature =
            Encoder::new(&DIALECT).without_declaration().write(&Root::Signature(signature.clone()))?;
        match self.canonicalization {
            Canonicalization::Inclusive => Ok(format!(
                "{DECLARATION}<oadr:oadrPayload xmlns:oadr=\"{}\">{signature}{object}</oadr:oadrPayload>",
                OADR.uri()
            )),
            Canonicalization::Exclusive => {
                payload.signature = Some(Fragment::parse(&signature)?);
                Ok(payload.to_xml()?)
            }
        }
    }

    /// The certificate of the key.
    pub fn certificate(&self) -> &Certificate {
        self.certificates.first().expect("there is one since `new`")
    }

    /// The signature with nothing signed yet.
    fn unsigned(&self, object_id: &str, replay_protect: &ReplayProtect) -> Signature {
        let reference = |id: &str| Reference {
            id: None,
            uri: format!("#{id}"),
            kind: None,
            transforms: vec![Method::new(self.canonicalization.uri())],
            digest_method: Method::new(SHA256),
            digest: Base64::default(),
        };
        Signature {
            id: SIGNATURE_ID.to_owned(),
            signed_info: SignedInfo {
                id: None,
                canonicalization: Method::new(self.canonicalization.uri()),
                method: Method::new(self.key.method().uri()),
                references: vec![reference(object_id), reference(PROPERTY_ID)],
            },
            value: Base64::default(),
            certificates: self.certificates.iter().map(|c| Base64(c.as_der().to_vec())).collect(),
            property: SignatureProperty {
                target: format!("#{SIGNATURE_ID}"),
                id: PROPERTY_ID.to_owned(),
                replay_protect: replay_protect.clone(),
            },
        }
    }

    fn canonical(&self, tree: &Tree<'_>, place: Place) -> Result<String, Error> {
        canonical(tree, place, self.canonicalization, Limits::default().bytes)
    }
}

/// The signed object of a payload in its inclusive form, which has all declarations that it needs.
fn standing(payload: &Payload) -> Result<String, Error> {
    let document = payload.to_xml()?;
    let tree = Tree::read(document.as_bytes(), Limits::default())?;
    // The payload holds nothing else.
    let object = tree.children(0).next().ok_or(Error::Part { name: "oadr:oadrSignedObject" })?;
    canonical(&tree, object, Canonicalization::Inclusive, Limits::default().bytes)
}

fn only_with_id(tree: &Tree<'_>, id: &str) -> Result<Place, Error> {
    let mut named = tree.ids().filter(|(other, _)| *other == id).map(|(_, place)| place);
    match (named.next(), named.next()) {
        (Some(place), None) => Ok(place),
        _ => Err(Error::DuplicateId { id: id.to_owned() }),
    }
}

/// A private key: RSA of 2048 bits or more, or ECDSA on P-256.
pub struct PrivateKey(Kind);

enum Kind {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
}

impl PrivateKey {
    /// The first private key in a file: PKCS #8, or what OpenSSL wrote before (PKCS #1, SEC 1), without pass phrase.
    ///
    /// # Errors
    /// When there is none of an accepted kind.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let pkcs8 = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| Error::Key)? {
            PrivateKeyDer::Pkcs1(key) => {
                return RsaKeyPair::from_der(key.secret_pkcs1_der()).map(Self::rsa).map_err(|_| Error::Key);
            }
            PrivateKeyDer::Sec1(key) => sec1_to_pkcs8(key.secret_sec1_der()).ok_or(Error::Key)?,
            PrivateKeyDer::Pkcs8(key) => key.secret_pkcs8_der().to_vec(),
            _ => return Err(Error::Key),
        };
        Self::from_pkcs8(&pkcs8)
    }

    /// A private key from its bytes in PKCS #8.
    ///
    /// # Errors
    /// When it is of no accepted kind.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new())
        {
            return Ok(Self(Kind::Ecdsa(Box::new(key))));
        }
        RsaKeyPair::from_pkcs8(der).map(Self::rsa).map_err(|_| Error::Key)
    }

    fn rsa(key: RsaKeyPair) -> Self {
        Self(Kind::Rsa(Box::new(key)))
    }

    /// What the key signs with.
    pub fn method(&self) -> SignatureMethod {
        match self.0 {
            Kind::Rsa(_) => SignatureMethod::RsaSha256,
            Kind::Ecdsa(_) => SignatureMethod::EcdsaSha256,
        }
    }

    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        let signed = match &self.0 {
            Kind::Rsa(key) => {
                let mut value = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text, &mut value).map(|()| value)
            }
            Kind::Ecdsa(key) => key.sign(&random, text).map(|value| value.as_ref().to_vec()),
        };
        signed.map_err(|_| Error::Randomness)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:?})", self.method())
    }
}

/// Puts a P-256 key of SEC 1 into the form of PKCS #8: a version, the kind of key, and the key as octets.
fn sec1_to_pkcs8(key: &[u8]) -> Option<Vec<u8>> {
    const VERSION_AND_KIND: &[u8] = &[
        0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
        0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ];
    // A P-256 key is 121 bytes at most; the sequence around it may need the longer form of a length.
    let length = u8::try_from(key.len()).ok().filter(|length| *length < 0x80)?;
    let whole = u8::try_from(VERSION_AND_KIND.len() + 2 + key.len()).ok()?;
    Some([&[0x30, 0x81, whole], VERSION_AND_KIND, &[0x04, length], key].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_no_key_that_is_not_accepted() {
        let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
        let ed25519 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        for pem in [p384.serialize_pem(), ed25519.serialize_pem(), String::new()] {
            assert!(matches!(PrivateKey::from_pem(pem.as_bytes()), Err(Error::Key)), "{pem}");
        }
    }

    #[test]
    fn shows_nothing_of_a_key() {
        let key = rcgen::KeyPair::generate().unwrap();
        let key = PrivateKey::from_pkcs8(&key.serialize_der()).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(EcdsaSha256)");
    }
}
