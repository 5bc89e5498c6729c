//! What goes to the VTN, and what comes back: a VEN posts one message at a time and waits for its answer.
//!
//! ```
//! use openadr_client::{Failure, Reply};
//! use openadr_types::response::{EiResponse, Response};
//!
//! let reply = Reply::from(Response::new(EiResponse::ok("req-1"), None));
//! assert_ne!(reply, Reply::Empty);
//! assert_eq!(Failure::Status(503).to_string(), "HTTP status 503");
//! ```

use openadr_types::Message;
use openadr_types::message::Service;

/// A message to post to a service of the VTN.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Names the request when its answer is handed back.
    pub id: RequestToken,
    /// Where to post it: the last part of the address.
    pub service: Service,
    /// What to post.
    pub message: Message,
}

/// One request of one VEN; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestToken(pub(crate) u64);

/// What a VTN answered with success on the level of transport.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "handed over once, never stored")]
pub enum Reply {
    /// A message.
    Message(Message),
    /// Nothing: status 204, or 200 without a body.
    Empty,
}

impl<T: Into<Message>> From<T> for Reply {
    fn from(message: T) -> Self {
        Self::Message(message.into())
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Failure {
    /// The VTN cannot be reached, or did not answer in time; it may or may not have read the request.
    #[error("no answer: {0}")]
    Transport(String),
    /// The VTN answered with an HTTP status other than success. A redirection is not followed.
    #[error("HTTP status {0}{meaning}", meaning = meaning(*.0))]
    Status(u16),
    /// Whoever answered cannot show to be the VTN: the answer is not signed as it has to be, and is ignored.
    ///
    /// **Interpretation:** an answer is not answered, so nobody is told but the application.
    #[error("answer not accepted: {0}")]
    Signature(String),
    /// The VTN answered with something that is no message.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

impl Failure {
    /// Whether sending the same once more is no use: the VTN blames the request, and not who sends it or when.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Status(400..=499) if !matches!(self, Self::Status(401 | 403 | 407 | 408 | 425 | 429)))
    }
}

/// What people should know about a status.
fn meaning(status: u16) -> &'static str {
    match status {
        300..=399 => ", a redirection, which is not followed: is the address of the VTN right?",
        401 | 403 => ": the VTN, or what stands before it, does not let the VEN in",
        404 => ": there is no such service: is the address of the VTN right?",
        407 => ": a proxy wants to know who asks",
        _ => "",
    }
}
