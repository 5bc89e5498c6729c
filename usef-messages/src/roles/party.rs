//! What differs between the roles: which messages they are sent, and whether they know an answer by themselves.

use chrono::{DateTime, Utc};

use super::store::{Entry, Peer};
use crate::message::Answer;
use crate::payload::Payload;
use crate::values::{Role, Uuid};

/// How a role answers a request by itself.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "handed over once, never stored")]
pub enum Verdict {
    /// Leave it to the application, or accept it where that is not asked.
    Open,
    /// This response.
    Response(Payload),
    /// No.
    Reject(Answer),
}

/// What a response is to be headed by.
#[derive(Debug)]
pub struct Heading {
    /// The identifier of the response.
    pub message_id: Uuid,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A role of a participant. Implemented by the three there are, and by nothing else.
pub trait Party: sealed::Sealed + std::fmt::Debug + Default {
    /// Which role.
    const ROLE: Role;
    /// The requests that it is sent.
    type Request: TryFrom<Payload>;
    /// The responses that it is sent.
    type Response: TryFrom<Payload>;

    /// Its own answer to a valid request.
    fn answer(&self, _peer: &Peer, _request: &Payload, _heading: &Heading) -> Verdict {
        Verdict::Open
    }

    /// Takes over what an accepted request says; also for each that is known at a restart, in their order.
    fn learn(&mut self, _entry: &Entry) {}

    /// Whether what a message says is still in effect, however old it is.
    fn needs(&self, _entry: &Entry) -> bool {
        false
    }
}

pub(super) mod sealed {
    pub trait Sealed {}
}

/// Declares a closed set of the messages that a role is sent.
macro_rules! messages {
    ($(#[$doc:meta])* $name:ident { $($message:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(
                #[doc = concat!("See [`", stringify!($message), "`].")]
                $message($message),
            )*
        }

        impl TryFrom<$crate::payload::Payload> for $name {
            /// A message that is none of these.
            type Error = $crate::payload::Payload;

            fn try_from(message: $crate::payload::Payload) -> Result<Self, Self::Error> {
                match message {
                    $($crate::payload::Payload::$message(message) => Ok(Self::$message(message)),)*
                    other => Err(other),
                }
            }
        }

        impl From<$name> for $crate::payload::Payload {
            fn from(message: $name) -> Self {
                match message {
                    $($name::$message(message) => Self::$message(message),)*
                }
            }
        }
    };
}

pub(super) use messages;
