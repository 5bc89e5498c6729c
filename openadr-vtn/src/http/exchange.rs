//! Bodies to messages and back: plain, or signed.

use std::fmt;

use chrono::{DateTime, Utc};
use openadr_types::envelope::{Envelope, Reading, Writing};
use openadr_types::{Message, Payload};
#[cfg(feature = "signature")]
use {
    openadr_types::signature::{self, Acceptance, Signer},
    std::sync::{Arc, Mutex, PoisonError},
};

use crate::peer::Fingerprint;
use crate::vtn::Vtn;

/// What a VTN that signs signs with, and whose signatures it accepts.
///
/// ```no_run
/// use openadr_types::signature::{Acceptance, Certificate, PrivateKey, Signer, Trust, Verifier};
/// use openadr_vtn::http::{self, Options, Signing};
/// use openadr_vtn::{Config, Signatures, Vtn};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let key = PrivateKey::from_pem(&std::fs::read("vtn.key")?)?;
/// let signer = Signer::new(key, Certificate::from_pem(&std::fs::read("vtn.crt")?)?)?;
/// let trust = Trust::listed(Certificate::from_pem(&std::fs::read("vens.pem")?)?)?;
/// let signing = Signing { signer, acceptance: Acceptance::new(Verifier::new(trust)) };
///
/// let vtn = Vtn::new(Config { signatures: Signatures::Required, ..Config::default() }, 1);
/// let (router, handle, notices) = http::signed_router(vtn, Options::default(), signing);
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "signature")]
#[cfg_attr(docsrs, doc(cfg(feature = "signature")))]
#[derive(Debug)]
pub struct Signing {
    /// Signs answers.
    pub signer: Signer,
    /// Takes in what VENs send. It has to accept unsigned messages where
    /// [`Signatures::Optional`](crate::Signatures::Optional) is to have an effect.
    pub acceptance: Acceptance,
}

/// How bodies are read and written.
#[derive(Debug, Clone)]
pub(super) enum Exchange {
    Plain(Reading),
    #[cfg(feature = "signature")]
    Signed(Arc<Signer>, Arc<Mutex<Acceptance>>),
}

/// What a body holds.
pub(super) struct Received {
    pub(super) message: Message,
    pub(super) envelope: Envelope,
    pub(super) signed_by: Option<Fingerprint>,
}

/// A body that holds nothing acceptable.
pub(super) enum Unread {
    Plain(openadr_types::Error),
    #[cfg(feature = "signature")]
    Signed(signature::Error, Option<Box<Message>>),
}

/// An answer that cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritten {
    #[error(transparent)]
    Plain(#[from] openadr_types::Error),
    #[cfg(feature = "signature")]
    #[error(transparent)]
    Signed(#[from] signature::Error),
}

impl Exchange {
    pub(super) fn plain(reading: Reading) -> Self {
        Self::Plain(reading)
    }

    #[cfg(feature = "signature")]
    pub(super) fn signed(signing: Signing) -> Self {
        Self::Signed(Arc::new(signing.signer), Arc::new(Mutex::new(signing.acceptance)))
    }

    #[cfg_attr(not(feature = "signature"), expect(unused_variables, reason = "only signatures have a time"))]
    pub(super) fn read(&self, body: &[u8], now: DateTime<Utc>) -> Result<Received, Unread> {
        match self {
            Self::Plain(reading) => {
                let (payload, envelope) = reading.read(body).map_err(Unread::Plain)?;
                Ok(Received { message: payload.into_message(), envelope, signed_by: None })
            }
            #[cfg(feature = "signature")]
            Self::Signed(_, acceptance) => {
                // A panic elsewhere leaves at worst a nonce remembered whose message was not taken.
                let mut acceptance = acceptance.lock().unwrap_or_else(PoisonError::into_inner);
                let accepted = acceptance
                    .accept(body, now.into())
                    .map_err(|error| Unread::Signed(error, acceptance.claimed(body).map(Box::new)))?;
                let (envelope, signed_by) = (accepted.envelope(), accepted.fingerprint().map(Into::into));
                Ok(Received { message: accepted.into_message(), envelope, signed_by })
            }
        }
    }

    /// A signed answer is wrapped whatever it answers: a bare message has no room for a signature.
    #[cfg_attr(not(feature = "signature"), expect(unused_variables, reason = "only signatures have a time"))]
    pub(super) fn write(
        &self,
        envelope: Envelope,
        message: Message,
        now: DateTime<Utc>,
    ) -> Result<String, Unwritten> {
        match self {
            Self::Plain(_) => Ok(Writing { envelope, ..Writing::default() }.write(&Payload::new(message))?),
            #[cfg(feature = "signature")]
            Self::Signed(signer, _) => Ok(signer.sign_at(message, now.into())?),
        }
    }
}

impl Unread {
    /// What to send back.
    pub(super) fn answer(&self, vtn: &mut Vtn) -> Message {
        match self {
            Self::Plain(error) => vtn.refuse(error),
            #[cfg(feature = "signature")]
            Self::Signed(error, claimed) => vtn.refuse_signature(error, claimed.as_deref()),
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(error) => error.fmt(f),
            #[cfg(feature = "signature")]
            Self::Signed(error, _) => error.fmt(f),
        }
    }
}
