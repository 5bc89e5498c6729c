//! What messages of USEF 2015 are named by, and what they are about.

use xml_wire::Duration;

use crate::usef_2015::Payload;
use crate::values::{EntityAddress, Outcome, Period, TimeZone};

/// The number that a message is named by.
pub(super) fn sequence(payload: &Payload) -> Option<i64> {
    match payload {
        Payload::Prognosis(message) => Some(message.sequence),
        Payload::FlexRequest(message) => Some(message.sequence),
        Payload::FlexOffer(message) => Some(message.sequence),
        Payload::FlexOrder(message) => Some(message.sequence),
        // That of the offer.
        Payload::FlexOfferRevocation(message) => Some(message.sequence),
        _ => None,
    }
}

/// What a response says of its request: where it names it, and how it was answered.
pub(super) enum Named<'a> {
    Sequence(&'static str, i64),
    Reference(&'a str),
    /// By its conversation alone.
    Conversation,
}

pub(super) fn named(payload: &Payload) -> Option<(Named<'_>, Option<Outcome>)> {
    let by_sequence = |sequence, result| (Named::Sequence("@Sequence", sequence), Some(result));
    Some(match payload {
        Payload::PrognosisResponse(it) => {
            (Named::Sequence("@PrognosisSequence", it.prognosis_sequence), Some(it.result))
        }
        Payload::FlexRequestResponse(it) => by_sequence(it.sequence, it.result),
        Payload::FlexOfferResponse(it) => by_sequence(it.sequence, it.result),
        Payload::FlexOfferRevocationResponse(it) => by_sequence(it.sequence, it.result),
        Payload::FlexOrderResponse(it) => by_sequence(it.sequence, it.result),
        Payload::SettlementMessageResponse(it) => (Named::Reference(&it.reference), Some(it.result)),
        Payload::CommonReferenceUpdateResponse(it) => (Named::Conversation, Some(it.result)),
        Payload::TestMessageResponse(_)
        | Payload::CommonReferenceQueryResponse(_)
        | Payload::MeterDataQueryResponse(_) => (Named::Conversation, None),
        _ => return None,
    })
}

/// Whether a response answers a request.
pub(super) fn answers(response: &Payload, request: &Payload) -> bool {
    let (Some(kind), Some((named, _))) = (response.kind().request(), named(response)) else { return false };
    let (from, to) = (response.metadata(), request.metadata());
    let is_named = match named {
        Named::Sequence(_, number) => sequence(request) == Some(number),
        Named::Reference(name) => {
            matches!(request, Payload::SettlementMessage(settlement) if settlement.reference == name)
        }
        Named::Conversation => true,
    };
    is_named
        && request.kind() == kind
        && from.conversation_id == to.conversation_id
        && from.recipient_domain == to.sender_domain
        && from.sender_domain == to.recipient_domain
}

/// What a plan, a request, an offer and an order are about.
#[derive(PartialEq, Eq)]
pub(super) struct Subject<'a> {
    pub(super) period: Period,
    pub(super) time_zone: &'a TimeZone,
    pub(super) ptu_duration: &'a Duration,
    pub(super) congestion_point: Option<&'a EntityAddress>,
}

pub(super) fn subject(payload: &Payload) -> Option<Subject<'_>> {
    macro_rules! of {
        ($message:ident) => {
            Subject {
                period: $message.period,
                time_zone: &$message.time_zone,
                ptu_duration: &$message.ptu_duration,
                congestion_point: $message.congestion_point.as_ref(),
            }
        };
    }
    Some(match payload {
        Payload::Prognosis(message) => of!(message),
        Payload::FlexRequest(message) => of!(message),
        Payload::FlexOffer(message) => of!(message),
        Payload::FlexOrder(message) => of!(message),
        _ => return None,
    })
}
