//! The 23 messages, by their element.
//!
//! ```
//! use openadr_types::message::{Message, Service};
//! use openadr_types::poll::Poll;
//!
//! let message = Message::from(Poll::new("ven-7"));
//! assert_eq!(message.name(), "oadrPoll");
//! assert_eq!(message.service(), Service::Poll);
//! assert_eq!(message.service().as_str(), "OadrPoll");
//! ```

use xml_wire::{XmlChoice, XmlText};

use crate::event::{CreatedEvent, DistributeEvent, RequestEvent};
use crate::opt::{CancelOpt, CanceledOpt, CreateOpt, CreatedOpt};
use crate::poll::Poll;
use crate::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, CreatePartyRegistration, CreatedPartyRegistration,
    QueryRegistration, RequestReregistration,
};
use crate::report::{
    CancelReport, CanceledReport, CreateReport, CreatedReport, RegisterReport, RegisteredReport,
    UpdateReport, UpdatedReport,
};
use crate::response::Response;

/// One message: exactly what stands in a signed object.
#[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Message {
    /// VTN: all events of a VEN.
    #[xml("oadr:oadrDistributeEvent")]
    DistributeEvent(DistributeEvent),
    /// VEN: opts in or out of events.
    #[xml("oadr:oadrCreatedEvent")]
    CreatedEvent(CreatedEvent),
    /// VEN: asks for its events.
    #[xml("oadr:oadrRequestEvent")]
    RequestEvent(RequestEvent),
    /// Either: acknowledges, or refuses.
    #[xml("oadr:oadrResponse")]
    Response(Response),
    /// VEN: withdraws an opt schedule.
    #[xml("oadr:oadrCancelOpt")]
    CancelOpt(CancelOpt),
    /// VTN: answers that.
    #[xml("oadr:oadrCanceledOpt")]
    CanceledOpt(CanceledOpt),
    /// VEN: opts in or out, for a schedule or an event.
    #[xml("oadr:oadrCreateOpt")]
    CreateOpt(Box<CreateOpt>),
    /// VTN: answers that.
    #[xml("oadr:oadrCreatedOpt")]
    CreatedOpt(CreatedOpt),
    /// Either: wants no more of a report.
    #[xml("oadr:oadrCancelReport")]
    CancelReport(CancelReport),
    /// Either: answers that.
    #[xml("oadr:oadrCanceledReport")]
    CanceledReport(CanceledReport),
    /// Either: asks for reports.
    #[xml("oadr:oadrCreateReport")]
    CreateReport(CreateReport),
    /// Either: answers that.
    #[xml("oadr:oadrCreatedReport")]
    CreatedReport(CreatedReport),
    /// Either: says what it can report.
    #[xml("oadr:oadrRegisterReport")]
    RegisterReport(RegisterReport),
    /// Either: answers that, and may ask for reports.
    #[xml("oadr:oadrRegisteredReport")]
    RegisteredReport(RegisteredReport),
    /// Either: sends reports.
    #[xml("oadr:oadrUpdateReport")]
    UpdateReport(UpdateReport),
    /// Either: answers that, and may cancel reports.
    #[xml("oadr:oadrUpdatedReport")]
    UpdatedReport(UpdatedReport),
    /// Either: ends a registration.
    #[xml("oadr:oadrCancelPartyRegistration")]
    CancelPartyRegistration(CancelPartyRegistration),
    /// Either: answers that.
    #[xml("oadr:oadrCanceledPartyRegistration")]
    CanceledPartyRegistration(CanceledPartyRegistration),
    /// VEN: registers.
    #[xml("oadr:oadrCreatePartyRegistration")]
    CreatePartyRegistration(CreatePartyRegistration),
    /// VTN: answers that, or a query.
    #[xml("oadr:oadrCreatedPartyRegistration")]
    CreatedPartyRegistration(CreatedPartyRegistration),
    /// VTN: wants the VEN to register anew.
    #[xml("oadr:oadrRequestReregistration")]
    RequestReregistration(RequestReregistration),
    /// VEN: asks what the VTN offers.
    #[xml("oadr:oadrQueryRegistration")]
    QueryRegistration(QueryRegistration),
    /// VEN: asks for what is queued.
    #[xml("oadr:oadrPoll")]
    Poll(Poll),
}

impl Message {
    /// The element's name without prefix, such as `oadrDistributeEvent`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DistributeEvent(_) => "oadrDistributeEvent",
            Self::CreatedEvent(_) => "oadrCreatedEvent",
            Self::RequestEvent(_) => "oadrRequestEvent",
            Self::Response(_) => "oadrResponse",
            Self::CancelOpt(_) => "oadrCancelOpt",
            Self::CanceledOpt(_) => "oadrCanceledOpt",
            Self::CreateOpt(_) => "oadrCreateOpt",
            Self::CreatedOpt(_) => "oadrCreatedOpt",
            Self::CancelReport(_) => "oadrCancelReport",
            Self::CanceledReport(_) => "oadrCanceledReport",
            Self::CreateReport(_) => "oadrCreateReport",
            Self::CreatedReport(_) => "oadrCreatedReport",
            Self::RegisterReport(_) => "oadrRegisterReport",
            Self::RegisteredReport(_) => "oadrRegisteredReport",
            Self::UpdateReport(_) => "oadrUpdateReport",
            Self::UpdatedReport(_) => "oadrUpdatedReport",
            Self::CancelPartyRegistration(_) => "oadrCancelPartyRegistration",
            Self::CanceledPartyRegistration(_) => "oadrCanceledPartyRegistration",
            Self::CreatePartyRegistration(_) => "oadrCreatePartyRegistration",
            Self::CreatedPartyRegistration(_) => "oadrCreatedPartyRegistration",
            Self::RequestReregistration(_) => "oadrRequestReregistration",
            Self::QueryRegistration(_) => "oadrQueryRegistration",
            Self::Poll(_) => "oadrPoll",
        }
    }

    /// The service that the message belongs to.
    ///
    /// [`Response`] belongs to none: it is sent within whichever service it acknowledges. **Interpretation:** here it
    /// counts as [`Service::Event`], where VENs send it unprompted most.
    pub fn service(&self) -> Service {
        match self {
            Self::DistributeEvent(_) | Self::CreatedEvent(_) | Self::RequestEvent(_) | Self::Response(_) => {
                Service::Event
            }
            Self::CancelOpt(_) | Self::CanceledOpt(_) | Self::CreateOpt(_) | Self::CreatedOpt(_) => {
                Service::Opt
            }
            Self::CancelReport(_)
            | Self::CanceledReport(_)
            | Self::CreateReport(_)
            | Self::CreatedReport(_)
            | Self::RegisterReport(_)
            | Self::RegisteredReport(_)
            | Self::UpdateReport(_)
            | Self::UpdatedReport(_) => Service::Report,
            Self::CancelPartyRegistration(_)
            | Self::CanceledPartyRegistration(_)
            | Self::CreatePartyRegistration(_)
            | Self::CreatedPartyRegistration(_)
            | Self::RequestReregistration(_)
            | Self::QueryRegistration(_) => Service::RegisterParty,
            Self::Poll(_) => Service::Poll,
        }
    }
}

macro_rules! from_message {
    ($($name:ident)*) => {$(
        impl From<$name> for Message {
            fn from(message: $name) -> Self {
                Self::$name(message.into())
            }
        }
    )*};
}

from_message! {
    DistributeEvent CreatedEvent RequestEvent Response CancelOpt CanceledOpt CreateOpt CreatedOpt CancelReport
    CanceledReport CreateReport CreatedReport RegisterReport RegisteredReport UpdateReport UpdatedReport
    CancelPartyRegistration CanceledPartyRegistration CreatePartyRegistration CreatedPartyRegistration
    RequestReregistration QueryRegistration Poll
}

/// A service: the last part of the address that its messages are posted to (`oadr:oadrServiceName`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum Service {
    /// Events.
    #[xml("EiEvent")]
    Event,
    /// Opts.
    #[xml("EiOpt")]
    Opt,
    /// Reports.
    #[xml("EiReport")]
    Report,
    /// Registration.
    #[xml("EiRegisterParty")]
    RegisterParty,
    /// Polling.
    #[xml("OadrPoll")]
    Poll,
}

/// The profile version that a payload states (`ei:schemaVersion`).
///
/// Every payload is to carry [`V2_0b`](Self::V2_0b) (rule 509); the schema lets it be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, XmlText)]
pub enum SchemaVersion {
    /// OpenADR 2.0a.
    #[xml("2.0a")]
    V2_0a,
    /// OpenADR 2.0b.
    #[default]
    #[xml("2.0b")]
    V2_0b,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}
