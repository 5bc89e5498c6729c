//! What a VEN tells its application.
//!
//! ```
//! use openadr_client::Notice;
//!
//! fn heating_off(notice: &Notice) -> Option<bool> {
//!     match notice {
//!         Notice::EventStarted { values, test: false, .. } => Some(values.iter().any(|signal| signal.value >= 1.0)),
//!         Notice::EventEnded { .. } => Some(false),
//!         _ => None,
//!     }
//! }
//! ```

use chrono::{DateTime, Utc};
use openadr_types::event::OptType;
use openadr_types::ids::{EventId, OptId, ReportRequestId, ReportSpecifierId};
use openadr_types::response::ResponseCode;

use crate::exchange::Failure;
use crate::known::SignalValue;
use crate::registration::Registration;

/// Something that an application may want to act on, show or log.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Notice {
    /// The VTN registered the VEN.
    Registered {
        /// What was agreed.
        registration: Registration,
        /// Whether it is another registration than before; then former reports and opts are void (rule 406).
        new: bool,
    },
    /// The VTN did not register the VEN.
    RegistrationRefused {
        /// Its code; 200 where it left the identifiers out instead.
        code: ResponseCode,
        /// Why, for people.
        description: String,
        /// When the VEN tries again; never, if absent.
        retry_at: Option<DateTime<Utc>>,
    },
    /// The VEN is not registered any more; all events are over.
    Unregistered(Why),
    /// A new event. It may be over already.
    EventReceived {
        /// The event.
        event_id: EventId,
        /// Until when the application may decide, where the VEN asks it.
        decide_by: Option<DateTime<Utc>>,
    },
    /// An event was modified; what was decided before counts no more.
    EventChanged {
        /// The event.
        event_id: EventId,
        /// Until when the application may decide, where the VEN asks it.
        decide_by: Option<DateTime<Utc>>,
    },
    /// An event was cancelled.
    EventCancelled {
        /// The event.
        event_id: EventId,
        /// Whether the VTN only left it out (rule 61).
        implied: bool,
    },
    /// The VEN refused an event.
    EventRefused {
        /// The event.
        event_id: EventId,
        /// Why.
        code: ResponseCode,
        /// Why, for people.
        description: String,
    },
    /// The VTN has the VEN's answer to an event.
    EventAnswered {
        /// The event.
        event_id: EventId,
        /// What was answered.
        opt: OptType,
    },
    /// An event in which the VEN takes part begins its ramp-up.
    EventNear {
        /// The event.
        event_id: EventId,
        /// Whether it is only a test.
        test: bool,
    },
    /// An event in which the VEN takes part has begun: follow its signals.
    EventStarted {
        /// The event.
        event_id: EventId,
        /// Whether it is only a test.
        test: bool,
        /// What its signals say.
        values: Vec<SignalValue>,
    },
    /// Another interval of a running event has begun.
    IntervalChanged {
        /// The event.
        event_id: EventId,
        /// Whether it is only a test.
        test: bool,
        /// What its signals say now.
        values: Vec<SignalValue>,
    },
    /// A running event is over, cancelled or opted out of: go back to normal.
    EventEnded {
        /// The event.
        event_id: EventId,
    },
    /// The VTN asked for a report.
    ReportRequested {
        /// The request.
        report_request_id: ReportRequestId,
        /// The report.
        report_specifier_id: ReportSpecifierId,
    },
    /// The VTN has a report.
    ReportSent {
        /// The request.
        report_request_id: ReportRequestId,
        /// How many intervals it had.
        intervals: usize,
    },
    /// Nothing more is sent for a request.
    ReportEnded {
        /// The request.
        report_request_id: ReportRequestId,
    },
    /// The VTN accepted an opt.
    OptAccepted {
        /// The opt.
        opt_id: OptId,
    },
    /// The VTN accepted that an opt is withdrawn.
    OptCancelled {
        /// The opt.
        opt_id: OptId,
    },
    /// The VTN refused a message.
    Refused {
        /// What the VEN sent, such as `oadrUpdateReport`.
        message: String,
        /// The VTN's code.
        code: ResponseCode,
        /// Why, for people.
        description: String,
    },
    /// The VEN refused a message.
    Rejected {
        /// What the VTN sent, such as `oadrCreateReport`.
        message: String,
        /// The VEN's code.
        code: ResponseCode,
        /// Why, for people.
        description: String,
    },
    /// A message has no answer.
    Failed {
        /// What the VEN sent, such as `oadrPoll`.
        message: String,
        /// What happened.
        failure: Failure,
        /// Until when the VEN keeps quiet.
        retry_at: DateTime<Utc>,
    },
}

/// Why a VEN is not registered any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Why {
    /// The application cancelled the registration. The VEN stops.
    Asked,
    /// The VTN cancelled it. The VEN stops.
    ByVtn,
    /// The VTN says that the VEN is not authorised (463). The VEN stops; a person should look.
    NotAuthorised,
    /// The VTN does not know the VEN, which registers again.
    Forgotten,
    /// The VTN refused to renew it.
    Refused,
}
