//! Why an envelope was refused or not made, and what to tell the peer.

use crate::status::Status;
use crate::usef_2015::metadata::Role;
use crate::values::Domain;

/// Why an envelope was refused, or not made.
///
/// Roles are those of USEF 2015, which has UFTP's among them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The document is no signed message, or its body is not base64.
    #[error("the envelope cannot be read")]
    Envelope(#[source] crate::Error),
    /// The envelope, or the message in it, exceeds [`crate::Limits`].
    #[error("larger than is taken")]
    Limit(#[source] crate::Error),
    /// The body has no room for a signature.
    #[error("a body of {len} bytes, too short for a signature of 64")]
    TooShort {
        /// The body's length in bytes, decoded.
        len: usize,
    },
    /// There is no key to check the signature with.
    #[error("no key of {domain} as {role} is known")]
    NoKey {
        /// Whose key is wanted.
        domain: Domain,
        /// In which role.
        role: Role,
    },
    /// The signature is not by any of the keys, or not of this message, or not in the one form that is accepted.
    #[error("the signature is not by {domain} as {role}")]
    Signature {
        /// Who is said to have signed.
        domain: Domain,
        /// In which role.
        role: Role,
    },
    /// The signature is right, but what was signed cannot be read.
    #[error("the signed message cannot be read")]
    Payload(#[source] crate::Error),
    /// The signed message says to be from another participant than the envelope.
    #[error("a message of {message} in an envelope of {envelope}")]
    SenderDomain {
        /// The sender that signed.
        envelope: Domain,
        /// The sender that the message names.
        message: Domain,
    },
    /// Such a message is not sent by a participant in this role, or it names another role as its sender's.
    #[error("not a message that {role} sends")]
    SenderRole {
        /// The sender's role, as the envelope has it.
        role: Role,
    },
    /// A message of ours cannot be written.
    #[error("the message cannot be written")]
    Unwritable(#[source] crate::Error),
}

impl Error {
    /// What to answer the peer whose envelope was refused (UFTP 3.1, message transport, status codes).
    ///
    /// **Interpretation:** the standard does not say what to answer to a message whose sender or role is not that of its
    /// envelope. It was not signed by whom it says to be from, so it is answered as one with a wrong signature.
    pub fn status(&self) -> Status {
        match self {
            Self::Envelope(_) | Self::Payload(_) => Status::Malformed,
            Self::Limit(_) => Status::TooLarge,
            Self::TooShort { .. }
            | Self::Signature { .. }
            | Self::SenderDomain { .. }
            | Self::SenderRole { .. } => Status::Unauthorized,
            Self::NoKey { .. } => Status::KeyNotFound,
            Self::Unwritable(_) => Status::Failed,
        }
    }
}
