//! The profile's rules, beyond what the schema can say: what a message breaks, where, and what to do about it.
//!
//! ```
//! use openadr_types::event::{DistributeEvent, DistributedEvent, Event, EventSignal, Level, ResponseRequired};
//! use openadr_types::rules::{self, Context, Role, Rule, Severity};
//! use openadr_types::{Message, Payload};
//!
//! let signal = EventSignal::simple("s-1", [("PT1H".parse()?, Level::Moderate)]);
//! let (created, start) = ("2026-11-23T09:00:00Z".parse()?, "2026-11-23T17:00:00Z".parse()?);
//! let mut event = Event::new("event-1", "http://example.com/peak", created, start, signal);
//! event.active_period.duration = "PT2H".parse()?;
//!
//! let mut message = DistributeEvent::new("req-1", "vtn-1");
//! message.events.push(DistributedEvent { event, response_required: ResponseRequired::Always });
//! let findings = rules::check(&Payload::new(message), &Context::new(Role::Vtn));
//! let broken = findings.iter().find(|finding| finding.severity == Severity::Error).unwrap();
//! assert_eq!(broken.rule, Rule::IntervalDurations);
//! assert_eq!(broken.rule.number(), Some(8));
//! assert!(broken.path.ends_with("/ei:eiEventSignals/ei:eiEventSignal[1]/strm:intervals"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A finding never means that a message cannot be read. Its severity says how sure it is:
//!
//! - [`Severity::Error`]: the message breaks a numbered rule of the profile.
//! - [`Severity::Warning`]: it probably breaks one, or the receiver will not take it as it is meant.
//! - [`Severity::Info`]: it is unusual. The profile is said to ask for something else, which is not confirmed.
//!
//! Much can be seen only with the messages before it: [`Conversation`] gathers them. What depends on the clock is
//! looked at where [`Context::now`] is given.
//!
//! # Rules that no message shows
//!
//! | rule | why |
//! |---|---|
//! | 6 | how a VEN treats a test: [`EventDescriptor::is_test`](crate::event::EventDescriptor::is_test) tells it |
//! | 30 | a start put off at random shows in what a VEN does, not in what it says |
//! | 67 | cipher suites are agreed before the first message |
//! | 500 | how soon a VEN polls again; what is seen is a VTN that would keep it polling |
//! | 510 | how many data points a VEN stores; what is seen is the reports it offers |
//! | 511 | the address a message is posted to is not in it |
//! | 514 | signatures are verified over the bytes, before the message is read from them |

mod conversation;
mod event;
mod finding;
mod general;
mod opt;
mod parts;
mod poll;
mod registration;
mod report;
mod rule;
mod series;
mod time;
mod unit;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod example;

pub use conversation::Conversation;
pub use finding::{Finding, Severity};
pub use rule::Rule;

use finding::{Findings, Place};
use xml_wire::DateTime;

use crate::envelope::Payload;
use crate::message::Message;
use crate::units::ItemBase;

/// Which party sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Role {
    /// The virtual end node, who responds.
    Ven,
    /// The virtual top node, who asks for response.
    Vtn,
}

impl Role {
    /// The other party.
    pub const fn other(self) -> Self {
        match self {
            Self::Ven => Self::Vtn,
            Self::Vtn => Self::Ven,
        }
    }

    /// Whether this party sends such messages at all.
    pub fn may_send(self, message: &Message) -> bool {
        match message {
            Message::DistributeEvent(_)
            | Message::CanceledOpt(_)
            | Message::CreatedOpt(_)
            | Message::CreatedPartyRegistration(_)
            | Message::RequestReregistration(_) => self == Self::Vtn,
            Message::CreatedEvent(_)
            | Message::RequestEvent(_)
            | Message::CancelOpt(_)
            | Message::CreateOpt(_)
            | Message::CreatePartyRegistration(_)
            | Message::QueryRegistration(_)
            | Message::Poll(_) => self == Self::Ven,
            Message::Response(_)
            | Message::CancelReport(_)
            | Message::CanceledReport(_)
            | Message::CreateReport(_)
            | Message::CreatedReport(_)
            | Message::RegisterReport(_)
            | Message::RegisteredReport(_)
            | Message::UpdateReport(_)
            | Message::UpdatedReport(_)
            | Message::CancelPartyRegistration(_)
            | Message::CanceledPartyRegistration(_) => true,
        }
    }

    /// Who sends such a message: the only party that may, or of both the one that mostly does.
    ///
    /// For messages of which nothing else is known. VENs are taken to report, and to end their registrations.
    pub fn usual_sender(message: &Message) -> Self {
        match message {
            Message::Response(_)
            | Message::CancelReport(_)
            | Message::CreateReport(_)
            | Message::RegisteredReport(_)
            | Message::UpdatedReport(_)
            | Message::CanceledPartyRegistration(_) => Self::Vtn,
            other if Self::Ven.may_send(other) => Self::Ven,
            _ => Self::Vtn,
        }
    }
}

/// What is known about a message beside its content.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who sends it.
    pub sender: Role,
    /// When it is sent; without, what depends on the clock is not looked at.
    pub now: Option<DateTime>,
    /// What was said before it; without, only the message itself is looked at.
    pub conversation: Option<&'a Conversation>,
}

impl<'a> Context<'a> {
    /// Nothing but the sender.
    pub const fn new(sender: Role) -> Self {
        Self { sender, now: None, conversation: None }
    }

    /// The same at a time.
    #[must_use]
    pub const fn at(self, now: DateTime) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The same after other messages.
    #[must_use]
    pub const fn after(self, conversation: &'a Conversation) -> Self {
        Self { conversation: Some(conversation), ..self }
    }
}

/// What a message in its envelope breaks; of each rule and severity the first 100 places.
pub fn check(payload: &Payload, context: &Context<'_>) -> Vec<Finding> {
    check_below("/oadr:oadrPayload/oadr:oadrSignedObject/oadr:", payload.message(), context)
}

/// What a bare message breaks; of each rule and severity the first 100 places.
pub fn check_message(message: &Message, context: &Context<'_>) -> Vec<Finding> {
    check_below("/oadr:", message, context)
}

/// What a unit breaks that stands alone.
pub fn check_unit(unit: &ItemBase) -> Vec<Finding> {
    let mut out = Findings::default();
    unit::check(Some(unit), &Place::root(""), &mut out);
    out.into_list()
}

fn check_below(above: &str, message: &Message, context: &Context<'_>) -> Vec<Finding> {
    let mut out = Findings::default();
    let above = Place::root(above);
    let place = &above.joined(message.name());
    let request =
        context.conversation.and_then(|conversation| conversation.request_of(message, context.sender));
    general::check(message, place, context, &mut out);
    registration::check_after_registration(message, place, context, &mut out);
    match message {
        Message::DistributeEvent(message) => event::check_distribute(message, place, context, &mut out),
        Message::CreatedEvent(message) => event::check_created(message, place, context, &mut out),
        Message::Response(message) => event::check_response(message, place, context, &mut out),
        Message::CreateOpt(message) => opt::check_create(message, place, context, &mut out),
        Message::CancelOpt(message) => opt::check_cancel(message, place, context, &mut out),
        Message::RegisterReport(message) => report::check_register(message, place, context, &mut out),
        Message::RegisteredReport(message) => {
            report::check_requests(&message.report_requests, place, context, &mut out);
        }
        Message::CreateReport(message) => {
            report::check_requests(&message.report_requests, place, context, &mut out);
        }
        Message::UpdateReport(message) => report::check_update(message, place, context, &mut out),
        Message::UpdatedReport(message) => report::check_updated(message, request, place, context, &mut out),
        Message::CreatePartyRegistration(message) => {
            registration::check_create(message, place, context, &mut out);
        }
        Message::CreatedPartyRegistration(message) => {
            registration::check_created(message, request, place, context, &mut out);
        }
        Message::CancelPartyRegistration(message) => {
            registration::check_cancel(message, place, context, &mut out);
        }
        Message::Poll(_) => poll::check(place, context, &mut out),
        Message::RequestEvent(_)
        | Message::CanceledOpt(_)
        | Message::CreatedOpt(_)
        | Message::CancelReport(_)
        | Message::CanceledReport(_)
        | Message::CreatedReport(_)
        | Message::CanceledPartyRegistration(_)
        | Message::RequestReregistration(_)
        | Message::QueryRegistration(_) => {}
    }
    out.into_list()
}
