//! The algorithms that are accepted; every other is refused by its name.

use ring::{digest, signature};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use webpki::EndEntityCert;

use super::error::Error;

/// The digest of both references and of the signature.
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// How XML becomes the bytes that are hashed: Canonical XML 1.0, comments left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Canonicalization {
    /// With every namespace declaration and every `xml:` attribute in force.
    #[default]
    Inclusive,
    /// With the namespace declarations in use only, so that the outcome does not depend on the envelope.
    Exclusive,
}

impl Canonicalization {
    /// The name on the wire.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Inclusive => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            Self::Exclusive => "http://www.w3.org/2001/10/xml-exc-c14n#",
        }
    }

    pub(super) fn from_uri(uri: &str) -> Result<Self, Error> {
        named(uri, [Self::Inclusive, Self::Exclusive], Self::uri)
    }
}

/// How the digest is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureMethod {
    /// RSA with PKCS #1 v1.5 padding and SHA-256; keys of 2048 to 8192 bits.
    RsaSha256,
    /// ECDSA on the curve P-256 with SHA-256; the signature is the two numbers side by side, 64 bytes.
    EcdsaSha256,
}

impl SignatureMethod {
    /// The name on the wire.
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        }
    }

    pub(super) fn from_uri(uri: &str) -> Result<Self, Error> {
        named(uri, [Self::RsaSha256, Self::EcdsaSha256], Self::uri)
    }

    /// Whether a certificate's key made a signature over a text.
    pub(super) fn is_from(self, certificate: &EndEntityCert<'_>, text: &[u8], signature: &[u8]) -> bool {
        let algorithm = match self {
            Self::RsaSha256 => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
            Self::EcdsaSha256 => &SideBySide,
        };
        certificate.verify_signature(algorithm, text, signature).is_ok()
    }
}

fn named<T: Copy, const N: usize>(uri: &str, all: [T; N], name: fn(T) -> &'static str) -> Result<T, Error> {
    all.into_iter()
        .find(|algorithm| name(*algorithm) == uri)
        .ok_or_else(|| Error::Algorithm { uri: uri.to_owned() })
}

/// Refuses any digest but SHA-256.
pub(super) fn check_digest(uri: &str) -> Result<(), Error> {
    if uri == SHA256 { Ok(()) } else { Err(Error::Algorithm { uri: uri.to_owned() }) }
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

/// ECDSA on P-256 as XML signatures carry it; certificates carry ASN.1 instead.
#[derive(Debug)]
struct SideBySide;

impl SignatureVerificationAlgorithm for SideBySide {
    fn verify_signature(&self, key: &[u8], message: &[u8], value: &[u8]) -> Result<(), InvalidSignature> {
        signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, key)
            .verify(message, value)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_each_algorithm_by_its_name_and_no_other() {
        for algorithm in [Canonicalization::Inclusive, Canonicalization::Exclusive] {
            assert_eq!(Canonicalization::from_uri(algorithm.uri()).unwrap(), algorithm);
        }
        for algorithm in [SignatureMethod::RsaSha256, SignatureMethod::EcdsaSha256] {
            assert_eq!(SignatureMethod::from_uri(algorithm.uri()).unwrap(), algorithm);
        }
        for uri in [
            "",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            "http://www.w3.org/2006/12/xml-c14n11",
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
        ] {
            assert!(matches!(Canonicalization::from_uri(uri), Err(Error::Algorithm { .. })), "{uri}");
        }
        for uri in [
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        ] {
            assert!(matches!(SignatureMethod::from_uri(uri), Err(Error::Algorithm { .. })), "{uri}");
        }
        assert!(check_digest(SHA256).is_ok());
        assert!(check_digest("http://www.w3.org/2000/09/xmldsig#sha1").is_err());
    }
}
