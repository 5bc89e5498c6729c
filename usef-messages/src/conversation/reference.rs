//! What messages name: requests, revisions, plans, orders.

use std::borrow::Cow;

use super::history::outcome_in;
use super::{History, Key, Selection, Subject, Thread};
use crate::d_prognosis::DPrognosisResponse;
use crate::message::FlexMessage;
use crate::payload::{Kind, Payload};
use crate::validation::{Code, Failures, Place};
use crate::values::{Domain, Outcome, Uuid};

/// The message with this identifier of this sender, if it is of the kind and was not rejected; else that is told.
///
/// In another conversation it is told and still returned: the rest can be held against it.
pub(super) fn find<'h, H: History + ?Sized>(
    history: &'h H,
    key: &Key,
    kind: Kind,
    conversation: Option<&Uuid>,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) -> Result<Option<Cow<'h, Payload>>, H::Error> {
    let found = history.message(key)?.filter(|message| message.kind() == kind);
    let Some(found) = found else {
        out.add(Code::UnknownReference, place, &key.message_id);
        return Ok(None);
    };
    if conversation.is_some_and(|conversation| found.conversation_id() != conversation) {
        out.add(Code::OtherConversation, place, &key.message_id);
    }
    Ok(Some(found))
}

/// A plan named by an offer or an order: known, of the aggregator's, not rejected, the newest.
pub(super) fn check_prognosis<H: History + ?Sized>(
    message_id: Option<&Uuid>,
    aggregator: &Domain,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let Some(message_id) = message_id else { return Ok(()) };
    let place = &place.at("@D-PrognosisMessageID");
    let key = Key { sender: aggregator.clone(), message_id: message_id.clone() };
    // A plan is not part of the conversation that follows from it.
    let Some(plan) = find(history, &key, Kind::DPrognosis, None, place, out)? else { return Ok(()) };
    if history.outcome(&key)? == Some(Outcome::Rejected) {
        out.add(Code::ReferenceRejected, place, message_id);
    } else if is_replaced(&plan, history)? {
        out.add(Code::ReferenceReplaced, place, message_id);
    }
    Ok(())
}

/// The messages of a kind that refer to this one and were not rejected.
pub(super) fn standing<'h, H: History + ?Sized>(
    key: &Key,
    kind: Kind,
    history: &'h H,
) -> Result<Vec<Cow<'h, Payload>>, H::Error> {
    let mut standing = Vec::new();
    for message in history.referring(key)? {
        if message.kind() == kind && history.outcome(&Key::of(&message))? != Some(Outcome::Rejected) {
            standing.push(message);
        }
    }
    Ok(standing)
}

/// A message is about the same day, place and clock as the one that it names.
pub(super) fn check_same(
    message: &dyn FlexMessage,
    named: &dyn FlexMessage,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    if message.period().date() != named.period().date() {
        out.add(Code::ReferenceMismatch, &place.at("@Period"), message.period());
    }
    if message.congestion_point() != named.congestion_point() {
        out.add(Code::ReferenceMismatch, &place.at("@CongestionPoint"), message.congestion_point());
    }
    if message.isp_duration() != named.isp_duration() {
        out.add(Code::ReferenceMismatch, &place.at("@ISP-Duration"), message.isp_duration());
    }
    if message.time_zone() != named.time_zone() {
        out.add(Code::ReferenceMismatch, &place.at("@TimeZone"), message.time_zone());
    }
}

/// Whether a newer revision of a plan or a request was taken since.
pub(super) fn is_replaced<H: History + ?Sized>(payload: &Payload, history: &H) -> Result<bool, H::Error> {
    let Some(revision) = payload.revision() else { return Ok(false) };
    for other in others(payload, history)? {
        if other.revision() > Some(revision) && history.outcome(&Key::of(&other))? != Some(Outcome::Rejected)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Messages of the same kind between the same participants about the same place and day, this one left out.
fn others<'h, H: History + ?Sized>(
    payload: &Payload,
    history: &'h H,
) -> Result<Vec<Cow<'h, Payload>>, H::Error> {
    let Some(day) = Selection::day_of(payload) else { return Ok(Vec::new()) };
    let mut others = history.select(&Selection {
        kind: payload.kind(),
        sender: payload.sender_domain(),
        recipient: payload.recipient_domain(),
        days: day..=day,
        subject: Subject::of(payload),
    })?;
    others.retain(|other| other.message_id() != payload.message_id());
    Ok(others)
}

/// Each revision has a greater number than those before it that were not rejected.
///
/// **Interpretation:** a rejected revision does not count: its sender may correct it and send it again with its number.
pub(super) fn check_revision<H: History + ?Sized>(
    payload: &Payload,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let Some(revision) = payload.revision() else { return Ok(()) };
    for other in others(payload, history)? {
        if other.revision().is_some_and(|before| before >= revision)
            && history.outcome(&Key::of(&other))? != Some(Outcome::Rejected)
        {
            out.add(Code::Revision, &place.at("@Revision"), revision);
            return Ok(());
        }
    }
    Ok(())
}

/// A response is to a request of ours, in its conversation, and the only one; it repeats what it was asked about.
pub(super) fn check_response<H: History + ?Sized>(
    payload: &Payload,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let (Some(kind), Some(key)) = (payload.kind().request(), Key::of_reference(payload)) else {
        return check_test(payload, place, history, out);
    };
    // The attribute is named after the request, but for one that is named after the response.
    let name = match payload.kind() {
        Kind::DsoPortfolioUpdateResponse => "@DSOPortfolioUpdateResponseMessageID".to_owned(),
        _ => format!("@{kind}MessageID"),
    };
    let at = &place.at(&name);
    let request = history.message(&key)?.filter(|request| {
        request.kind() == kind
            && request.conversation_id() == payload.conversation_id()
            && request.recipient_domain() == payload.sender_domain()
    });
    let Some(request) = request else {
        out.add(Code::UnknownRequest, at, &key.message_id);
        return Ok(());
    };
    let answered = history
        .referring(&key)?
        .iter()
        .any(|other| outcome_in(other).is_some() && other.message_id() != payload.message_id());
    if answered {
        out.add(Code::AnsweredTwice, at, &key.message_id);
    }
    let repeated = match (payload, &*request) {
        (Payload::AgrPortfolioQueryResponse(response), Payload::AgrPortfolioQuery(query)) => {
            Some((response.period, query.period, &response.time_zone, &query.time_zone))
        }
        (Payload::DsoPortfolioQueryResponse(response), Payload::DsoPortfolioQuery(query)) => {
            if let Some(point) = &response.congestion_point
                && point.entity_address != query.entity_address
            {
                let at = &place.at("CongestionPoint");
                out.add(Code::ReferenceMismatch, &at.at("@EntityAddress"), &point.entity_address);
            }
            Some((response.period, query.period, &response.time_zone, &query.time_zone))
        }
        _ => None,
    };
    if let Some((period, asked, zone, asked_zone)) = repeated {
        if period.date() != asked.date() {
            out.add(Code::ReferenceMismatch, &place.at("@Period"), period);
        }
        if zone != asked_zone {
            out.add(Code::ReferenceMismatch, &place.at("@TimeZone"), zone);
        }
    }
    Ok(())
}

/// An answer to a test names none; there is one in its conversation.
fn check_test<H: History + ?Sized>(
    payload: &Payload,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    if let Payload::TestMessageResponse(response) = payload {
        let asked = history.conversation(&Thread::of(payload))?.iter().any(|message| {
            message.kind() == Kind::TestMessage && *message.sender_domain() == response.recipient_domain
        });
        if !asked {
            out.add(Code::UnknownRequest, &place.at("@ConversationID"), &response.conversation_id);
        }
    }
    Ok(())
}

/// The orders that a plan should honour are known.
pub(super) fn check_order_statuses<H: History + ?Sized>(
    message: &DPrognosisResponse,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    for (index, status) in message.flex_order_statuses.iter().enumerate() {
        let place = &place.nth("FlexOrderStatus", index);
        let message_id = status.flex_order_message_id.clone();
        let key = Key { sender: message.sender_domain.clone(), message_id };
        find(history, &key, Kind::FlexOrder, None, &place.at("@FlexOrderMessageID"), out)?;
    }
    Ok(())
}
