//! Certificates, their fingerprints, and which of them are accepted.
//!
//! ```
//! use openadr_types::signature::Fingerprint;
//!
//! let registered: Fingerprint = "0f5b3c0e8d1a2b3c4d5e".parse()?;
//! assert_eq!(registered.to_string(), "0F:5B:3C:0E:8D:1A:2B:3C:4D:5E");
//! # Ok::<(), openadr_types::signature::NotAFingerprint>(())
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use super::error::Error;
use crate::DateTime;

/// An X.509 certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Certificate(CertificateDer<'static>);

impl Certificate {
    /// A certificate from its bytes.
    ///
    /// # Errors
    /// When they are no certificate of version 3.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let certificate = Self::unread(der.into());
        certificate.read()?;
        Ok(certificate)
    }

    /// Bytes of which it is not known yet whether they are a certificate.
    pub(super) fn unread(der: Vec<u8>) -> Self {
        Self(der.into())
    }

    /// What is in it; an error where it is none.
    pub(super) fn read(&self) -> Result<EndEntityCert<'_>, Error> {
        EndEntityCert::try_from(&self.0).map_err(|_| Error::Certificate)
    }

    /// All certificates in a file, one at least; other things in it are passed over.
    ///
    /// # Errors
    /// When there is none, or one cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        let read = |der: Result<CertificateDer<'static>, _>| {
            der.map_err(|_| Error::Certificate).and_then(|der| Self::from_der(der.to_vec()))
        };
        let all: Vec<Self> = CertificateDer::pem_slice_iter(pem).map(read).collect::<Result<_, _>>()?;
        if all.is_empty() { Err(Error::Certificate) } else { Ok(all) }
    }

    /// The bytes.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The fingerprint by which a VTN knows a VEN of OpenADR 2.0b: of SHA-256.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&digest::SHA256, &self.0)
    }

    /// The fingerprint of OpenADR 2.0a: of SHA-1.
    pub fn fingerprint_sha1(&self) -> Fingerprint {
        Fingerprint::of(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.0)
    }

    /// Whether the certificate says that it may issue others.
    fn is_authority(&self) -> bool {
        extension(&self.0, BASIC_CONSTRAINTS).is_some_and(|mut value| {
            let Some((SEQUENCE, mut constraints)) = element(&mut value) else { return false };
            matches!(element(&mut constraints), Some((BOOLEAN, [value])) if *value != 0)
        })
    }

    /// Whether the certificate does not say that its key is for other things than issuing.
    fn may_issue(&self) -> bool {
        extension(&self.0, KEY_USAGE).is_none_or(|mut value| {
            // How many bits are not in use, then the bits, the first of them first.
            matches!(element(&mut value), Some((BIT_STRING, [_, bits, ..])) if bits & KEY_CERT_SIGN != 0)
        })
    }
}

const BOOLEAN: u8 = 0x01;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
/// The extensions of a certificate.
const EXTENSIONS: u8 = 0xA3;
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
/// Of the bits of a key's usage the one for issuing certificates.
const KEY_CERT_SIGN: u8 = 0x04;

/// What one of a certificate's extensions holds.
fn extension<'a>(mut der: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (SEQUENCE, mut certificate) = element(&mut der)? else { return None };
    let (SEQUENCE, mut fields) = element(&mut certificate)? else { return None };
    let mut extensions = loop {
        if let (EXTENSIONS, mut extensions) = element(&mut fields)? {
            break element(&mut extensions)?.1;
        }
    };
    loop {
        let (_, mut extension) = element(&mut extensions)?;
        if element(&mut extension)?.1 != name {
            continue;
        }
        let (mut tag, mut value) = element(&mut extension)?;
        if tag == BOOLEAN {
            (tag, value) = element(&mut extension)?;
        }
        return (tag == OCTET_STRING).then_some(value);
    }
}

/// Takes an element of DER off the front: its tag and what it holds.
fn element<'a>(der: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let [tag, length, rest @ ..] = *der else { return None };
    let (length, rest) = match length {
        0..=0x7F => (usize::from(*length), rest),
        0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(length & 0x0F))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    *der = rest;
    Some((*tag, value))
}

/// A short name for a certificate: the last ten bytes of its digest.
///
/// Written in capital hexadecimal digits with colons; read in any case, with or without colons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 10]);

impl Fingerprint {
    fn of(algorithm: &'static digest::Algorithm, der: &[u8]) -> Self {
        let digest = digest::digest(algorithm, der);
        Self(*digest.as_ref().last_chunk().expect("a digest is longer than its last ten bytes"))
    }

    /// The ten bytes.
    pub fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint such as 0F:5B:3C:0E:8D:1A:2B:3C:4D:5E")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digits: Vec<u8> = match text.len() {
            20 => text.bytes().collect(),
            29 if text.bytes().skip(2).step_by(3).all(|b| b == b':') => {
                text.bytes().enumerate().filter(|(place, _)| place % 3 != 2).map(|(_, b)| b).collect()
            }
            _ => return Err(NotAFingerprint),
        };
        let mut bytes = [0; 10];
        for (byte, digits) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in digits {
                let digit = char::from(*digit).to_digit(16).ok_or(NotAFingerprint)?;
                *byte = *byte << 4 | u8::try_from(digit).map_err(|_| NotAFingerprint)?;
            }
        }
        Ok(Self(bytes))
    }
}

/// Whose signatures are accepted.
///
/// Revocation is not looked into: take a certificate out of the list instead.
#[derive(Debug, Clone)]
pub struct Trust {
    anyone: bool,
    /// By what stands for them in a signature.
    senders: BTreeMap<String, Certificate>,
    authorities: Vec<TrustAnchor<'static>>,
    only: Option<Fingerprint>,
}

impl Trust {
    /// Nobody's, to begin a list with.
    pub fn nobody() -> Self {
        Self { anyone: false, senders: BTreeMap::new(), authorities: Vec::new(), only: None }
    }

    /// Anyone's: a signature that fits the certificate it carries shows that a message is whole, not whose it is.
    pub fn anyone() -> Self {
        Self { anyone: true, ..Self::nobody() }
    }

    /// Also whoever has the key of this very certificate, however old it is.
    #[must_use]
    pub fn with_sender(mut self, certificate: Certificate) -> Self {
        self.senders.insert(STANDARD.encode(certificate.as_der()), certificate);
        self
    }

    /// Also whoever has a certificate that this authority issued, itself or through others that the signature
    /// carries, and that is valid at the time. Those others must be authorities whose keys are for issuing.
    ///
    /// # Errors
    /// When the certificate cannot be an authority's.
    pub fn with_authority(mut self, certificate: &Certificate) -> Result<Self, Error> {
        let anchor = webpki::anchor_from_trusted_cert(&certificate.0).map_err(|_| Error::Certificate)?;
        self.authorities.push(anchor.to_owned());
        Ok(self)
    }

    /// Those listed: each as a sender, and as an authority where it says that it is one.
    ///
    /// # Errors
    /// When a certificate cannot be used.
    pub fn listed(certificates: impl IntoIterator<Item = Certificate>) -> Result<Self, Error> {
        certificates.into_iter().try_fold(Self::nobody(), |trust, certificate| {
            let trust = if certificate.is_authority() { trust.with_authority(&certificate)? } else { trust };
            Ok(trust.with_sender(certificate))
        })
    }

    /// Of all these, only whoever has the certificate of this fingerprint: a peer that is known by it.
    ///
    /// An authority may have issued certificates to others too, such as other VENs, who are not to speak for the peer.
    #[must_use]
    pub fn only(mut self, fingerprint: Fingerprint) -> Self {
        self.only = Some(fingerprint);
        self
    }

    /// A certificate that stands in a signature; those of listed senders need not be decoded.
    pub(super) fn carried(&self, text: &str) -> Result<Carried, Error> {
        let has_blanks = text.bytes().fold(false, |any, byte| any | (byte <= b' '));
        let text = if has_blanks { text.split_ascii_whitespace().collect() } else { Cow::Borrowed(text) };
        if let Some(certificate) = self.senders.get(&*text) {
            return Ok(Carried { certificate: certificate.clone(), is_listed: true });
        }
        let der = STANDARD.decode(&*text).map_err(|_| Error::Certificate)?;
        Ok(Carried { certificate: Certificate::unread(der), is_listed: false })
    }

    /// Accepts or refuses a sender, given the other certificates that came along.
    pub(super) fn check(&self, sender: &Carried, others: &[Carried], at: DateTime) -> Result<(), Error> {
        let Carried { certificate, is_listed } = sender;
        let meant = self.only.is_none_or(|only| only == certificate.fingerprint());
        if meant && (self.anyone || *is_listed || self.is_issued(certificate, others, at)) {
            return Ok(());
        }
        Err(Error::UnknownCertificate { fingerprint: certificate.fingerprint() })
    }

    fn is_issued(&self, sender: &Certificate, others: &[Carried], at: DateTime) -> bool {
        let (Ok(seconds), Ok(certificate)) = (u64::try_from(at.to_utc().timestamp()), sender.read()) else {
            return false;
        };
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let issuers = others.iter().map(|other| &other.certificate).filter(|other| other.may_issue());
        let others: Vec<CertificateDer<'_>> = issuers.map(|issuer| issuer.0.clone()).collect();
        let chain =
            certificate.verify_for_usage(ISSUING, &self.authorities, &others, time, AnyPurpose, None, None);
        chain.is_ok()
    }
}

/// A certificate that came with a signature.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) certificate: Certificate,
    /// Whether it is that of a listed sender.
    is_listed: bool,
}

/// How certificates may be signed.
static ISSUING: &[&dyn SignatureVerificationAlgorithm] = &[
    webpki::ring::RSA_PKCS1_2048_8192_SHA256,
    webpki::ring::RSA_PKCS1_2048_8192_SHA384,
    webpki::ring::RSA_PKCS1_2048_8192_SHA512,
    webpki::ring::ECDSA_P256_SHA256,
    webpki::ring::ECDSA_P384_SHA384,
];

/// Certificates are made for TLS, by VTN or VEN; signing messages is a further use, that they need not name.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, KeyUsagePurpose};

    use super::*;

    fn certificate(is_ca: IsCa) -> Certificate {
        let mut params = CertificateParams::new(vec!["ven.example".to_owned()]).unwrap();
        params.is_ca = is_ca;
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        Certificate::from_der(made.der().to_vec()).unwrap()
    }

    #[test]
    fn tells_authorities_from_others() {
        assert!(certificate(IsCa::Ca(BasicConstraints::Unconstrained)).is_authority());
        assert!(certificate(IsCa::Ca(BasicConstraints::Constrained(1))).is_authority());
        assert!(!certificate(IsCa::ExplicitNoCa).is_authority());
        assert!(!certificate(IsCa::NoCa).is_authority());
    }

    #[test]
    fn tells_keys_for_issuing_from_those_for_other_things() {
        let may_issue = |usages: &[KeyUsagePurpose]| {
            let mut params = CertificateParams::new(vec!["ca.example".to_owned()]).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = usages.to_vec();
            let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            Certificate::from_der(made.der().to_vec()).unwrap().may_issue()
        };
        assert!(may_issue(&[]));
        assert!(may_issue(&[KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign]));
        assert!(!may_issue(&[KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign]));
    }

    #[test]
    fn survives_a_certificate_cut_short_anywhere() {
        let whole = certificate(IsCa::Ca(BasicConstraints::Unconstrained));
        for length in 0..whole.as_der().len() {
            let cut = &whole.as_der()[..length];
            assert!(Certificate::from_der(cut).is_err());
            assert!(!Certificate::unread(cut.to_vec()).is_authority());
        }
    }

    #[test]
    fn names_a_certificate_by_the_end_of_its_digest() {
        // The digests of nothing end so.
        let nothing = Certificate::unread(Vec::new());
        assert_eq!(nothing.fingerprint().to_string(), "93:4C:A4:95:99:1B:78:52:B8:55");
        assert_eq!(nothing.fingerprint_sha1().to_string(), "BF:EF:95:60:18:90:AF:D8:07:09");
    }

    #[test]
    fn reads_fingerprints_with_colons_or_without() {
        let fingerprint = Fingerprint([0x0F, 0x5B, 0, 1, 2, 3, 4, 5, 6, 0xFF]);
        for text in ["0F:5B:00:01:02:03:04:05:06:FF", "0f5b00010203040506ff"] {
            assert_eq!(text.parse(), Ok(fingerprint));
        }
        assert_eq!(fingerprint.to_string(), "0F:5B:00:01:02:03:04:05:06:FF");
        for text in
            ["", "0F5B", "0F-5B-00-01-02-03-04-05-06-FF", "0g5b00010203040506ff", "+f5b00010203040506ff"]
        {
            assert_eq!(text.parse::<Fingerprint>(), Err(NotAFingerprint));
        }
    }
}
