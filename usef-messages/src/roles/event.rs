//! What a participant tells its application.
//!
//! ```
//! use usef_messages::roles::{Agr, Event, agr};
//!
//! fn wanted(agr: &mut Agr) -> Vec<String> {
//!     let mut wanted = Vec::new();
//!     while let Some(event) = agr.poll_event() {
//!         if let Event::Request { message: agr::Request::FlexRequest(request), .. } = &event {
//!             wanted.push(request.congestion_point.to_string());
//!         }
//!         agr.acknowledge(event.id()); // not before its effect is durable
//!     }
//!     wanted
//! }
//! ```

use chrono::{DateTime, Utc};

use super::delivery::Failure;
use super::store::{Peer, Sequence};
use crate::payload::Payload;
use crate::values::{Outcome, Uuid};

/// An event, for acknowledging it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EventId(pub(super) Sequence);

impl EventId {
    /// The place of the message that the event is about. The same after a restart, and of a request that is not decided
    /// on in time the same once more when it lapses.
    pub const fn sequence(self) -> Sequence {
        self.0
    }
}

/// Something that the application has to know.
///
/// Each is told once in a run of the program, and again after a restart until it is acknowledged: an application that
/// keeps the identifiers of those it has acted on acts once on each. An undecided request that lapses is told twice, as two
/// kinds of event with one identifier; so is a response that is sent again and is not delivered again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Event<Request, Response> {
    /// A valid request came in.
    Request {
        /// For acknowledging it; a decision does so too.
        id: EventId,
        /// Who sent it.
        peer: Peer,
        /// The request.
        message: Request,
        /// Until when the application may decide; absent where it is accepted already.
        decide_by: Option<DateTime<Utc>>,
    },
    /// A request of ours was answered.
    Response {
        /// For acknowledging it.
        id: EventId,
        /// Who sent it.
        peer: Peer,
        /// The message that it answers.
        request: Uuid,
        /// The answer.
        message: Response,
    },
    /// A message came in that is not valid: if a request, it was rejected; if a response, nothing came of it.
    Rejected {
        /// For acknowledging it.
        id: EventId,
        /// Who sent it.
        peer: Peer,
        /// The message.
        message: Payload,
        /// What the peer was told.
        reason: String,
    },
    /// The application did not decide on a request in time; it was answered without.
    Lapsed {
        /// For acknowledging it.
        id: EventId,
        /// Who sent it.
        peer: Peer,
        /// The request.
        message: Request,
        /// How it was answered.
        outcome: Outcome,
    },
    /// A message of ours could not be delivered, and is not tried again.
    Undelivered {
        /// For acknowledging it.
        id: EventId,
        /// Whom it was for.
        peer: Peer,
        /// The message.
        message: Payload,
        /// Why.
        failure: Failure,
    },
}

impl<Request, Response> Event<Request, Response> {
    /// For acknowledging it.
    pub const fn id(&self) -> EventId {
        match self {
            Self::Request { id, .. }
            | Self::Response { id, .. }
            | Self::Rejected { id, .. }
            | Self::Lapsed { id, .. }
            | Self::Undelivered { id, .. } => *id,
        }
    }

    /// The other participant.
    pub const fn peer(&self) -> &Peer {
        match self {
            Self::Request { peer, .. }
            | Self::Response { peer, .. }
            | Self::Rejected { peer, .. }
            | Self::Lapsed { peer, .. }
            | Self::Undelivered { peer, .. } => peer,
        }
    }
}
