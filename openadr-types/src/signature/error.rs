//! Why a signature was refused or not made, and what to tell the peer.

use crate::DateTime;
use crate::response::ResponseCode;

use super::certificate::Fingerprint;

/// Why a document was refused, or not signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The document, or the message in it, cannot be read.
    #[error(transparent)]
    Xml(#[from] xml_wire::Error),
    /// The signed information or the replay protection is not as the schema has it; places are those in its
    /// canonical form.
    #[error("the signature is not in the form of the profile")]
    Malformed(#[source] xml_wire::Error),
    /// The canonical form of something signed is longer than a document may be.
    #[error("a canonical form of more than {limit} bytes")]
    TooLarge {
        /// [`crate::Limits::bytes`].
        limit: usize,
    },

    /// There is no signature; a bare message has no room for one.
    #[error("the document is not signed")]
    Unsigned,
    /// There are two signatures.
    #[error("there is more than one ds:Signature")]
    SecondSignature,
    /// The signature stands elsewhere than in the payload.
    #[error("ds:Signature does not stand in oadr:oadrPayload")]
    MisplacedSignature,
    /// A part of the signature is missing, or stands twice.
    #[error("{name} does not stand once in ds:Signature")]
    Part {
        /// The element.
        name: &'static str,
    },
    /// There are two signed objects, so that which one is meant is open to doubt.
    #[error("there is more than one oadr:oadrSignedObject")]
    SecondObject,
    /// The signed object stands elsewhere than in the payload.
    #[error("oadr:oadrSignedObject does not stand in oadr:oadrPayload")]
    MisplacedObject,
    /// Two elements have the same identifier.
    #[error("the Id {id:?} stands twice")]
    DuplicateId {
        /// The identifier.
        id: String,
    },
    /// An algorithm that is not accepted.
    #[error("the algorithm {uri:?} is not accepted")]
    Algorithm {
        /// Its name.
        uri: String,
    },
    /// A reference is transformed in more or in fewer than one step.
    #[error("{count} transforms in a reference, not one")]
    Transforms {
        /// How many.
        count: usize,
    },
    /// A reference to something else than the signed object and the replay protection, or to either a second time.
    #[error("a reference to {uri:?}, which is not to be signed or is signed already")]
    Reference {
        /// What is referred to.
        uri: String,
    },
    /// No reference covers the signed object.
    #[error("oadr:oadrSignedObject is not signed")]
    UnsignedObject,
    /// There is no replay protection in the signature.
    #[error("there is no dsp:ReplayProtect in ds:Signature")]
    NoReplayProtect,
    /// There are two replay protections.
    #[error("there is more than one dsp:ReplayProtect")]
    SecondReplayProtect,
    /// No reference covers the replay protection.
    #[error("dsp:ReplayProtect is not signed")]
    UnsignedReplayProtect,

    /// The signature carries no certificate.
    #[error("there is no certificate in ds:KeyInfo")]
    NoCertificate,
    /// Bytes that are no X.509 certificate.
    #[error("a certificate that cannot be read")]
    Certificate,
    /// None of the keys in the certificates made the signature, or it is not of an accepted kind or too short.
    #[error("the signature is not that of its certificate")]
    Signature,
    /// A certificate that is neither accepted itself nor issued by an accepted authority, or not at this time.
    #[error("the certificate {fingerprint} is not accepted")]
    UnknownCertificate {
        /// The certificate's.
        fingerprint: Fingerprint,
    },
    /// Something was changed after it was signed.
    #[error("{uri:?} is not what was signed")]
    Digest {
        /// What was changed.
        uri: String,
    },

    /// Signed too long ago, or too far ahead.
    #[error("signed at {timestamp}, which at {at} is not within the window")]
    Stale {
        /// When it was signed.
        timestamp: DateTime,
        /// The time it was compared with.
        at: DateTime,
    },
    /// The same message came before, or another with the same nonce.
    #[error("the nonce {nonce:?} came before")]
    Replayed {
        /// The nonce.
        nonce: String,
    },
    /// More messages are within the window than the guard can remember.
    #[error("no room to remember another nonce")]
    NonceMemoryFull,

    /// Bytes that are no private key of an accepted kind: RSA of 2048 bits or more, or ECDSA on P-256.
    #[error("not a private key for RSA of 2048 bits or more, or for ECDSA on P-256")]
    Key,
    /// The private key is not that of the certificate.
    #[error("the private key is not that of the certificate")]
    KeyMismatch,
    /// The system has no random numbers to give.
    #[error("no random numbers")]
    Randomness,
}

impl Error {
    /// What to answer a peer whose message was refused.
    ///
    /// **Interpretation:** what cannot be read is invalid data, what departs from the profile a breach of it, and
    /// whoever cannot show who they are is not authorised. Faults on this side are faults of the deployment.
    pub fn response_code(&self) -> ResponseCode {
        match self {
            Self::Xml(_) | Self::Malformed(_) | Self::TooLarge { .. } => ResponseCode::INVALID_DATA,
            Self::SecondSignature
            | Self::MisplacedSignature
            | Self::Part { .. }
            | Self::SecondObject
            | Self::MisplacedObject
            | Self::DuplicateId { .. }
            | Self::Algorithm { .. }
            | Self::Transforms { .. }
            | Self::Reference { .. }
            | Self::UnsignedObject
            | Self::NoReplayProtect
            | Self::SecondReplayProtect
            | Self::UnsignedReplayProtect
            | Self::NoCertificate
            | Self::Certificate => ResponseCode::COMPLIANCE_ERROR,
            Self::Unsigned
            | Self::Signature
            | Self::UnknownCertificate { .. }
            | Self::Digest { .. }
            | Self::Stale { .. }
            | Self::Replayed { .. } => ResponseCode::NOT_REGISTERED,
            Self::NonceMemoryFull | Self::Key | Self::KeyMismatch | Self::Randomness => {
                ResponseCode::DEPLOYMENT_ERROR
            }
        }
    }
}
