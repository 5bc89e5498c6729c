//! XML signatures: the high security of the profile, in which each message is signed by its sender.
//!
//! A signature stands beside the signed object, in the payload, and covers two things: the object with its message, and
//! a time with a nonce, so that nobody can send the message again. [`Signer`] writes it; [`Verifier`] checks it, and
//! hands out the message as [`Verified`], which says who signed it and when. What one cannot see from the types: a
//! verified message is read from the bytes that were hashed, never from what stands around them. [`Acceptance`] is for
//! those who also know peers that do not sign.
//!
//! ```
//! use openadr_types::Payload;
//! use openadr_types::poll::Poll;
//! use openadr_types::signature::{
//!     Certificate, PrivateKey, ReplayGuard, ReplayProtect, Signer, Trust, Verifier,
//! };
//!
//! # let key = rcgen::KeyPair::generate()?;
//! # let certificate = rcgen::CertificateParams::new(vec!["ven.example".into()])?.self_signed(&key)?.pem();
//! # let (key, now) = (key.serialize_pem(), "2026-11-23T12:00:00Z".parse()?);
//! // The VEN:
//! let signer = Signer::new(PrivateKey::from_pem(key.as_bytes())?, Certificate::from_pem(certificate.as_bytes())?)?;
//! let document = signer.sign(Payload::new(Poll::new("ven-7")), &ReplayProtect::random(now)?)?;
//!
//! // The VTN, which knows the certificate, or else its issuer:
//! let [certificate] = Certificate::from_pem(certificate.as_bytes())?.try_into().expect("one certificate");
//! let verifier = Verifier::new(Trust::nobody().with_sender(certificate.clone()));
//! let mut guard = ReplayGuard::default();
//! let verified = verifier.verify(document.as_bytes(), now, &mut guard)?;
//! assert_eq!(verified.message().name(), "oadrPoll");
//! assert_eq!(verified.fingerprint(), certificate.fingerprint());
//!
//! // The same message once more:
//! let error = verifier.verify(document.as_bytes(), now, &mut guard).unwrap_err();
//! assert_eq!(error.response_code().as_str(), "463");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod acceptance;
mod algorithm;
mod c14n;
mod certificate;
#[cfg(test)]
mod doubles;
mod error;
#[cfg(test)]
mod forger;
mod names;
mod outline;
mod parts;
mod places;
mod plain;
#[cfg(test)]
mod refusals;
mod replay;
mod scan;
mod sign;
mod tree;
mod usual;
mod verified;
mod verify;

pub use acceptance::{Acceptance, Accepted, Unsigned};
pub use algorithm::{Canonicalization, SignatureMethod};
pub use certificate::{Certificate, Fingerprint, NotAFingerprint, Trust};
pub use error::Error;
pub use parts::ReplayProtect;
pub use replay::ReplayGuard;
pub use sign::{PrivateKey, Signer};
pub use verified::{Authentic, Verified};
pub use verify::Verifier;
