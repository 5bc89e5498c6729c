//! What a VTN refuses, with which response code, and in which message.
//!
//! ```
//! use openadr_types::response::ResponseCode;
//! use openadr_vtn::refusal::Refusal;
//!
//! let refusal = Refusal::UnknownEvent("event-9".into());
//! assert_eq!(refusal.code(), ResponseCode::INVALID_ID);
//! assert_eq!(refusal.to_string(), "no event event-9 is known");
//! ```

use openadr_types::Message;
use openadr_types::event::DistributeEvent;
use openadr_types::ids::{
    EventId, OptId, RegistrationId, ReportRequestId, ReportSpecifierId, RequestId, VenId, VtnId,
};
use openadr_types::message::Service;
use openadr_types::opt::{CanceledOpt, CreatedOpt};
use openadr_types::registration::{CanceledPartyRegistration, CreatedPartyRegistration};
use openadr_types::report::{CanceledReport, CreatedReport, RegisteredReport, UpdatedReport};
use openadr_types::response::{EiResponse, Response, ResponseCode};

/// Why a VEN's message was not accepted, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The payload could not be read; the text says where and why.
    #[error("{0}")]
    Unreadable(String),
    /// The message does not belong to the service whose address it was sent to.
    #[error("{message} does not belong to {}", service.as_str())]
    WrongService {
        /// The message's name.
        message: &'static str,
        /// Where it arrived.
        service: Service,
    },
    /// Only a VTN sends this message.
    #[error("{0} is for a VTN to send")]
    WrongDirection(&'static str),
    /// No VEN has this identifier, or there was none.
    #[error("no VEN {} is known", .0.as_ref().map_or("", VenId::as_str))]
    UnknownVen(Option<VenId>),
    /// The VEN is known, but its registration has ended.
    #[error("VEN {0} is not registered")]
    NotRegistered(VenId),
    /// The VEN is none of those that may register.
    #[error("this VEN may not register")]
    NotAdmitted,
    /// As many VENs are registered and heard of as are known at the same time.
    #[error("there is no room for another VEN")]
    TooManyVens,
    /// The VEN is known by another certificate.
    #[error("VEN {0} is registered with another certificate")]
    WrongCertificate(VenId),
    /// The connection was made with another certificate than the message was signed with.
    #[error("the message is signed with another certificate than the connection's")]
    TwoCertificates,
    /// The message is not signed, and has to be.
    #[error("the message is not signed")]
    Unsigned,
    /// The signature does not hold, or is not of the profile.
    #[error("{reason}")]
    NotVerified {
        /// What the VEN is told.
        code: ResponseCode,
        /// Why.
        reason: String,
    },
    /// The VEN gave an identifier that is not its own.
    #[error("{0} is not the identifier of this VEN")]
    WrongVenId(VenId),
    /// No such registration.
    #[error("no registration {0} is known")]
    UnknownRegistration(RegistrationId),
    /// The VEN wants to speak OpenADR 2.0a.
    #[error("profile 2.0a is not supported")]
    Profile,
    /// The VEN wants to be reached over XMPP.
    #[error("transport xmpp is not supported")]
    Transport,
    /// The VEN wants to be pushed to.
    #[error("push is not supported, only pull")]
    Push,
    /// The VEN wants signed payloads.
    #[error("XML signatures are not supported")]
    Signature,
    /// No such event for this VEN.
    #[error("no event {0} is known")]
    UnknownEvent(EventId),
    /// The answer is to another state of the event than the present one.
    #[error("event {event_id} is at modification {present}, not {answered}")]
    OtherModification {
        /// Which event.
        event_id: EventId,
        /// Its modification number.
        present: u32,
        /// The one that the VEN gave.
        answered: u32,
    },
    /// No such opt of this VEN.
    #[error("no opt {0} is known")]
    UnknownOpt(OptId),
    /// The opt is neither for an event nor for a schedule.
    #[error("opt {0} is neither for an event nor for a time")]
    EmptyOpt(OptId),
    /// The VEN has opted so often without withdrawing anything that no more is kept.
    #[error("too many opts stand already")]
    TooManyOpts,
    /// The report was not asked for under this identifier (rule 304).
    #[error("no report was requested as {0}")]
    UnknownReportRequest(ReportRequestId),
    /// The VTN has no such report to send.
    #[error("there is no report {0}")]
    UnknownReport(ReportSpecifierId),
    /// An interval of a report does not say for when it holds, and nothing else does (rules 314 and 342).
    #[error("interval {place} of report {report} has no time")]
    NoTime {
        /// The request that the report answers.
        report: ReportRequestId,
        /// Which interval, counted from 0.
        place: usize,
    },
}

impl Refusal {
    /// What the VEN is told.
    ///
    /// **Interpretation:** a VEN that is not known is told 452 and not 463, as it can help that by registering; 463 is
    /// for those that may not, and for registrations that were ended. A message to the wrong address is 459, one that
    /// a VEN never sends 451. For one too many there is 469, as nothing is wrong with the VEN, and later there may be
    /// room.
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::OtherModification { .. } => ResponseCode::OUT_OF_SEQUENCE,
            Self::WrongDirection(_) | Self::TooManyOpts => ResponseCode::NOT_ALLOWED,
            Self::UnknownVen(_)
            | Self::WrongVenId(_)
            | Self::UnknownRegistration(_)
            | Self::UnknownEvent(_)
            | Self::UnknownOpt(_)
            | Self::UnknownReportRequest(_) => ResponseCode::INVALID_ID,
            Self::Unreadable(_) | Self::EmptyOpt(_) | Self::NoTime { .. } => ResponseCode::INVALID_DATA,
            Self::WrongService { .. } => ResponseCode::COMPLIANCE_ERROR,
            Self::UnknownReport(_) => ResponseCode::REPORT_NOT_SUPPORTED,
            Self::NotRegistered(_)
            | Self::NotAdmitted
            | Self::WrongCertificate(_)
            | Self::TwoCertificates
            | Self::Unsigned => ResponseCode::NOT_REGISTERED,
            Self::NotVerified { code, .. } => *code,
            Self::Profile | Self::Transport | Self::Push | Self::Signature | Self::TooManyVens => {
                ResponseCode::DEPLOYMENT_ERROR
            }
        }
    }

    /// The response part of an answer.
    pub(crate) fn response(&self, request_id: &RequestId) -> EiResponse {
        EiResponse::error(self.code(), self.to_string(), request_id.clone())
    }

    /// The answer to `request`: the one that belongs to it where there is one, else `oadrResponse`.
    pub(crate) fn answer(&self, request: &Message, vtn_id: &VtnId) -> Message {
        match request {
            Message::QueryRegistration(query) => {
                CreatedPartyRegistration::new(self.response(&query.request_id), vtn_id.clone()).into()
            }
            Message::CreatePartyRegistration(create) => {
                CreatedPartyRegistration::new(self.response(&create.request_id), vtn_id.clone()).into()
            }
            Message::CancelPartyRegistration(cancel) => CanceledPartyRegistration::new(
                self.response(&cancel.request_id),
                Some(cancel.registration_id.clone()),
                cancel.ven_id.clone(),
            )
            .into(),
            Message::RequestEvent(ask) => DistributeEvent {
                response: Some(self.response(&ask.request_id)),
                ..DistributeEvent::new(ask.request_id.clone(), vtn_id.clone())
            }
            .into(),
            Message::CreateOpt(opt) => {
                CreatedOpt::new(self.response(&opt.request_id), opt.opt_id.clone()).into()
            }
            Message::CancelOpt(cancel) => {
                CanceledOpt::new(self.response(&cancel.request_id), Some(cancel.opt_id.clone())).into()
            }
            Message::RegisterReport(register) => RegisteredReport::new(
                self.response(&register.request_id),
                Vec::new(),
                register.ven_id.clone(),
            )
            .into(),
            Message::CreateReport(create) => {
                CreatedReport::new(self.response(&create.request_id), Vec::new(), create.ven_id.clone())
                    .into()
            }
            Message::UpdateReport(update) => {
                UpdatedReport::new(self.response(&update.request_id), update.ven_id.clone()).into()
            }
            Message::CancelReport(cancel) => {
                CanceledReport::new(self.response(&cancel.request_id), Vec::new(), cancel.ven_id.clone())
                    .into()
            }
            Message::CreatedEvent(created) => {
                self.bare(&created.response.request_id, Some(created.ven_id.clone()))
            }
            Message::CreatedReport(created) => {
                self.bare(&created.response.request_id, created.ven_id.clone())
            }
            Message::RegisteredReport(registered) => {
                self.bare(&registered.response.request_id, registered.ven_id.clone())
            }
            Message::UpdatedReport(updated) => {
                self.bare(&updated.response.request_id, updated.ven_id.clone())
            }
            Message::CanceledReport(canceled) => {
                self.bare(&canceled.response.request_id, canceled.ven_id.clone())
            }
            Message::CanceledPartyRegistration(canceled) => {
                self.bare(&canceled.response.request_id, canceled.ven_id.clone())
            }
            Message::Poll(poll) => self.bare(&RequestId::default(), Some(poll.ven_id.clone())),
            Message::Response(response) => self.bare(&response.response.request_id, response.ven_id.clone()),
            Message::DistributeEvent(distribute) => self.bare(&distribute.request_id, None),
            Message::CreatedPartyRegistration(created) => self.bare(&created.response.request_id, None),
            Message::RequestReregistration(request) => {
                self.bare(&RequestId::default(), Some(request.ven_id.clone()))
            }
            Message::CreatedOpt(created) => self.bare(&created.response.request_id, None),
            Message::CanceledOpt(canceled) => self.bare(&canceled.response.request_id, None),
        }
    }

    /// An answer that says nothing else.
    pub(crate) fn bare(&self, request_id: &RequestId, ven_id: Option<VenId>) -> Message {
        Response::new(self.response(request_id), ven_id).into()
    }
}

impl From<&openadr_types::Error> for Refusal {
    fn from(error: &openadr_types::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

#[cfg(feature = "signature")]
impl From<&openadr_types::signature::Error> for Refusal {
    fn from(error: &openadr_types::signature::Error) -> Self {
        Self::NotVerified { code: error.response_code(), reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use openadr_types::event::{CreatedEvent, RequestEvent};
    use openadr_types::opt::CancelOpt;
    use openadr_types::poll::Poll;
    use openadr_types::registration::{CancelPartyRegistration, CreatePartyRegistration, QueryRegistration};
    use openadr_types::report::{CancelReport, CreateReport, RegisterReport, UpdateReport};

    use super::*;

    #[test]
    fn maps_each_refusal_to_its_code() {
        let table = [
            (Refusal::Unreadable("missing ei:venID".into()), "454"),
            (Refusal::WrongService { message: "oadrPoll", service: Service::Event }, "459"),
            (Refusal::WrongDirection("oadrDistributeEvent"), "451"),
            (Refusal::UnknownVen(None), "452"),
            (Refusal::NotRegistered("ven-7".into()), "463"),
            (Refusal::NotAdmitted, "463"),
            (Refusal::TooManyVens, "469"),
            (Refusal::WrongCertificate("ven-7".into()), "463"),
            (Refusal::TwoCertificates, "463"),
            (Refusal::Unsigned, "463"),
            (Refusal::NotVerified { code: ResponseCode::COMPLIANCE_ERROR, reason: "no".into() }, "459"),
            (Refusal::WrongVenId("ven-8".into()), "452"),
            (Refusal::UnknownRegistration("r".into()), "452"),
            (Refusal::Profile, "469"),
            (Refusal::Transport, "469"),
            (Refusal::Push, "469"),
            (Refusal::Signature, "469"),
            (Refusal::UnknownEvent("e".into()), "452"),
            (Refusal::OtherModification { event_id: "e".into(), present: 1, answered: 0 }, "450"),
            (Refusal::UnknownOpt("o".into()), "452"),
            (Refusal::EmptyOpt("o".into()), "454"),
            (Refusal::TooManyOpts, "451"),
            (Refusal::UnknownReportRequest("r".into()), "452"),
            (Refusal::UnknownReport("s".into()), "461"),
            (Refusal::NoTime { report: "r".into(), place: 1 }, "454"),
        ];
        for (refusal, code) in table {
            assert_eq!(refusal.code().as_str(), code, "{refusal}");
        }
    }

    #[test]
    fn answers_in_the_message_that_belongs_to_the_request_and_echoes_its_identifier() {
        let ven = || Some(VenId::from("ven-7"));
        let table: [(Message, &str); 12] = [
            (QueryRegistration::new("q").into(), "oadrCreatedPartyRegistration"),
            (CreatePartyRegistration::pull("q", "pump").into(), "oadrCreatedPartyRegistration"),
            (CancelPartyRegistration::new("q", "r", "ven-7").into(), "oadrCanceledPartyRegistration"),
            (RequestEvent::new("q", "ven-7").into(), "oadrDistributeEvent"),
            (RegisterReport::new("q", Vec::new(), ven()).into(), "oadrRegisteredReport"),
            (CreateReport::new("q", Vec::new(), ven()).into(), "oadrCreatedReport"),
            (UpdateReport::new("q", Vec::new(), ven()).into(), "oadrUpdatedReport"),
            (CancelReport::new("q", Vec::new(), ven()).into(), "oadrCanceledReport"),
            (CancelOpt::new("q", "o", "ven-7").into(), "oadrCanceledOpt"),
            (CreatedReport::new(EiResponse::ok("q"), Vec::new(), ven()).into(), "oadrResponse"),
            (DistributeEvent::new("q", "VTN-1").into(), "oadrResponse"),
            (CanceledPartyRegistration::new(EiResponse::ok("q"), None, ven()).into(), "oadrResponse"),
        ];
        for (request, name) in table {
            let answer = Refusal::NotAdmitted.answer(&request, &"VTN-1".into());
            assert_eq!(answer.name(), name);
            let written = openadr_types::Payload::new(answer).to_xml().unwrap();
            assert!(written.contains("<pyld:requestID>q</pyld:requestID>"), "{written}");
            assert!(written.contains("<ei:responseCode>463<"), "{written}");
            assert!(written.contains(r#"ei:schemaVersion="2.0b""#), "{written}");
        }
        for request in [Message::from(Poll::new("ven-7")), CreatedEvent::new("ven-7", Vec::new()).into()] {
            assert_eq!(Refusal::NotAdmitted.answer(&request, &"VTN-1".into()).name(), "oadrResponse");
        }
    }
}
