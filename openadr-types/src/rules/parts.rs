//! The parts that many messages have, and where.

use crate::ids::{RequestId, VenId};
use crate::message::{Message, SchemaVersion};
use crate::response::EiResponse;

/// The profile version that a message states.
pub(super) fn schema_version(message: &Message) -> Option<&SchemaVersion> {
    match message {
        Message::DistributeEvent(m) => m.schema_version.as_ref(),
        Message::CreatedEvent(m) => m.schema_version.as_ref(),
        Message::RequestEvent(m) => m.schema_version.as_ref(),
        Message::Response(m) => m.schema_version.as_ref(),
        Message::CancelOpt(m) => m.schema_version.as_ref(),
        Message::CanceledOpt(m) => m.schema_version.as_ref(),
        Message::CreateOpt(m) => m.schema_version.as_ref(),
        Message::CreatedOpt(m) => m.schema_version.as_ref(),
        Message::CancelReport(m) => m.schema_version.as_ref(),
        Message::CanceledReport(m) => m.schema_version.as_ref(),
        Message::CreateReport(m) => m.schema_version.as_ref(),
        Message::CreatedReport(m) => m.schema_version.as_ref(),
        Message::RegisterReport(m) => m.schema_version.as_ref(),
        Message::RegisteredReport(m) => m.schema_version.as_ref(),
        Message::UpdateReport(m) => m.schema_version.as_ref(),
        Message::UpdatedReport(m) => m.schema_version.as_ref(),
        Message::CancelPartyRegistration(m) => m.schema_version.as_ref(),
        Message::CanceledPartyRegistration(m) => m.schema_version.as_ref(),
        Message::CreatePartyRegistration(m) => m.schema_version.as_ref(),
        Message::CreatedPartyRegistration(m) => m.schema_version.as_ref(),
        Message::RequestReregistration(m) => m.schema_version.as_ref(),
        Message::QueryRegistration(m) => m.schema_version.as_ref(),
        Message::Poll(m) => m.schema_version.as_ref(),
    }
}

/// A message's own request identifier, and its path.
pub(super) fn request_id(message: &Message) -> Option<(&'static str, &RequestId)> {
    let id = match message {
        Message::RequestEvent(m) => return Some(("pyld:eiRequestEvent/pyld:requestID", &m.request_id)),
        Message::DistributeEvent(m) => &m.request_id,
        Message::CancelOpt(m) => &m.request_id,
        Message::CreateOpt(m) => &m.request_id,
        Message::CancelReport(m) => &m.request_id,
        Message::CreateReport(m) => &m.request_id,
        Message::RegisterReport(m) => &m.request_id,
        Message::UpdateReport(m) => &m.request_id,
        Message::CancelPartyRegistration(m) => &m.request_id,
        Message::CreatePartyRegistration(m) => &m.request_id,
        Message::QueryRegistration(m) => &m.request_id,
        _ => return None,
    };
    Some(("pyld:requestID", id))
}

/// How an answer says the request went, and the path to it.
pub(super) fn response(message: &Message) -> Option<(&'static str, &EiResponse)> {
    let response = match message {
        Message::CreatedEvent(m) => return Some(("pyld:eiCreatedEvent/ei:eiResponse", &m.response)),
        Message::DistributeEvent(m) => m.response.as_ref()?,
        Message::Response(m) => &m.response,
        Message::CanceledOpt(m) => &m.response,
        Message::CreatedOpt(m) => &m.response,
        Message::CanceledReport(m) => &m.response,
        Message::CreatedReport(m) => &m.response,
        Message::RegisteredReport(m) => &m.response,
        Message::UpdatedReport(m) => &m.response,
        Message::CanceledPartyRegistration(m) => &m.response,
        Message::CreatedPartyRegistration(m) => &m.response,
        _ => return None,
    };
    Some(("ei:eiResponse", response))
}

/// The VEN that a message names, and the path to it.
pub(super) fn ven_id(message: &Message) -> Option<(&'static str, &VenId)> {
    let id = match message {
        Message::CreatedEvent(m) => return Some(("pyld:eiCreatedEvent/ei:venID", &m.ven_id)),
        Message::RequestEvent(m) => return Some(("pyld:eiRequestEvent/ei:venID", &m.ven_id)),
        Message::CancelOpt(m) => &m.ven_id,
        Message::CreateOpt(m) => &m.ven_id,
        Message::RequestReregistration(m) => &m.ven_id,
        Message::Poll(m) => &m.ven_id,
        Message::Response(m) => m.ven_id.as_ref()?,
        Message::CancelReport(m) => m.ven_id.as_ref()?,
        Message::CanceledReport(m) => m.ven_id.as_ref()?,
        Message::CreateReport(m) => m.ven_id.as_ref()?,
        Message::CreatedReport(m) => m.ven_id.as_ref()?,
        Message::RegisterReport(m) => m.ven_id.as_ref()?,
        Message::RegisteredReport(m) => m.ven_id.as_ref()?,
        Message::UpdateReport(m) => m.ven_id.as_ref()?,
        Message::UpdatedReport(m) => m.ven_id.as_ref()?,
        Message::CancelPartyRegistration(m) => m.ven_id.as_ref()?,
        Message::CanceledPartyRegistration(m) => m.ven_id.as_ref()?,
        Message::CreatePartyRegistration(m) => m.ven_id.as_ref()?,
        Message::CreatedPartyRegistration(m) => m.ven_id.as_ref()?,
        Message::DistributeEvent(_)
        | Message::CanceledOpt(_)
        | Message::CreatedOpt(_)
        | Message::QueryRegistration(_) => return None,
    };
    Some(("ei:venID", id))
}

/// Whether `message` waits for an answer.
pub(super) fn awaits_answer(message: &Message) -> bool {
    match message {
        // Answered by opts, which the events themselves keep track of.
        Message::DistributeEvent(_) => false,
        Message::CreatedEvent(_) | Message::Poll(_) | Message::RequestReregistration(_) => true,
        Message::RegisteredReport(m) => !m.report_requests.is_empty(),
        Message::UpdatedReport(m) => m.cancel_report.is_some(),
        other => request_id(other).is_some(),
    }
}

/// Whether `answer` can be an answer to `request`.
pub(super) fn answers(answer: &Message, request: &Message) -> bool {
    match answer {
        Message::Response(_) => true,
        Message::DistributeEvent(_) => matches!(request, Message::RequestEvent(_) | Message::Poll(_)),
        Message::CreatedPartyRegistration(_) => {
            matches!(request, Message::CreatePartyRegistration(_) | Message::QueryRegistration(_))
        }
        Message::CanceledPartyRegistration(_) => matches!(request, Message::CancelPartyRegistration(_)),
        Message::CreatedOpt(_) => matches!(request, Message::CreateOpt(_)),
        Message::CanceledOpt(_) => matches!(request, Message::CancelOpt(_)),
        Message::RegisteredReport(_) => matches!(request, Message::RegisterReport(_)),
        Message::CreatedReport(_) => {
            matches!(request, Message::CreateReport(_) | Message::RegisteredReport(_))
        }
        Message::UpdatedReport(_) => matches!(request, Message::UpdateReport(_)),
        Message::CanceledReport(_) => matches!(request, Message::CancelReport(_) | Message::UpdatedReport(_)),
        Message::CreateReport(_)
        | Message::RegisterReport(_)
        | Message::CancelReport(_)
        | Message::UpdateReport(_)
        | Message::CancelPartyRegistration(_)
        | Message::RequestReregistration(_) => matches!(request, Message::Poll(_)),
        Message::CreatedEvent(_)
        | Message::RequestEvent(_)
        | Message::CancelOpt(_)
        | Message::CreateOpt(_)
        | Message::CreatePartyRegistration(_)
        | Message::QueryRegistration(_)
        | Message::Poll(_) => false,
    }
}
