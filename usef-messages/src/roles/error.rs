use crate::payload::{Kind, Payload};
use crate::sealing;
use crate::status::Status;
use crate::values::{Role, Uuid};

use super::event::EventId;
use super::store::StoreError;

/// Why a call of the application was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such message was sent or received, or it is forgotten.
    #[error("no message {0} is known")]
    Unknown(Uuid),
    /// There is no such event, or what it is about is forgotten.
    #[error("no event {} is known", .0.sequence().number())]
    UnknownEvent(EventId),
    /// The message was answered, by the application or because it did not decide in time.
    #[error("message {0} is answered already")]
    Answered(Uuid),
    /// The message is not one for this call.
    #[error("message {id} is a {kind}, not a {expected}")]
    Kind {
        /// The message.
        id: Uuid,
        /// What it is.
        kind: Kind,
        /// What it should be.
        expected: Kind,
    },
    /// This role does not send such messages to that one.
    #[error("{from} does not send {kind} to {to}")]
    Routing {
        /// The message.
        kind: Kind,
        /// Our role.
        from: Role,
        /// The recipient's.
        to: Role,
    },
    /// An offer has no option of that name.
    #[error("offer {offer} has no option {option:?}")]
    Option {
        /// The offer.
        offer: Uuid,
        /// The option's reference.
        option: String,
    },
    /// The part of an option that was asked for is less than is offered, or cannot be written in whole watts and four
    /// decimal places of money.
    #[error("offer {offer} cannot be ordered to {factor}")]
    Factor {
        /// The offer.
        offer: Uuid,
        /// The part.
        factor: crate::values::ActivationFactor,
    },
    /// The message is void before it can be sent.
    #[error("expired at {0}")]
    Expired(chrono::DateTime<chrono::Utc>),
    /// A peer would reject the message for this: it departs from the schema or from the rules of trade.
    #[error("not valid: {0}")]
    Invalid(String),
    /// Too many messages wait to be sent.
    #[error("{limit} messages wait already")]
    Full {
        /// How many may.
        limit: usize,
    },
    /// The message cannot be written or signed.
    #[error("the message cannot be sealed")]
    Sealing(#[from] sealing::Error),
    /// What was done could not be made durable; it will be, when the store works again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    pub(super) fn not_a(expected: Kind, message: &Payload) -> Self {
        Self::Kind { id: message.message_id().clone(), kind: message.kind(), expected }
    }
}

/// What became of a document that a peer posted, where it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Taken {
    /// It is new.
    New,
    /// It was taken before; nothing follows but that an answer still under way is tried at once.
    Before,
    /// Another message has the same identifier; the peer is told so.
    Duplicate,
}

/// Why a document that a peer posted was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It cannot be opened.
    #[error(transparent)]
    Sealing(#[from] sealing::Error),
    /// Too much waits already.
    #[error("too many messages")]
    Busy,
    /// What came of it cannot be made durable, for now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// What to answer the peer (UFTP 3.1, message transport, status codes).
    pub fn status(&self) -> Status {
        match self {
            Self::Sealing(error) => error.status(),
            Self::Busy => Status::TooMany,
            Self::Store(_) => Status::Failed,
        }
    }
}

/// The status code for what became of a document.
pub fn status(result: &Result<Taken, Refusal>) -> Status {
    match result {
        Ok(Taken::New | Taken::Before | Taken::Duplicate) => Status::Delivered,
        Err(refusal) => refusal.status(),
    }
}
