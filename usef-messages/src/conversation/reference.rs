//! What messages name: requests, revisions, plans, orders.

use std::borrow::Cow;

use super::{History, Key, Series, Thread};
use crate::d_prognosis::DPrognosisResponse;
use crate::message::FlexMessage;
use crate::payload::{Kind, Payload};
use crate::validation::{Code, Context, Failures, Place};
use crate::values::{Domain, EntityAddress, Outcome, Period, Uuid};

/// A message that another one names.
pub(super) struct Named<'a> {
    pub(super) kind: Kind,
    pub(super) message_id: &'a Uuid,
    pub(super) sender: &'a Domain,
    pub(super) recipient: &'a Domain,
    /// The conversation that it has to be in.
    pub(super) conversation: Option<&'a Uuid>,
}

impl Named<'_> {
    pub(super) fn key(&self) -> Key {
        Key { sender: self.sender.clone(), message_id: self.message_id.clone() }
    }

    /// The message, if it is known between these two and of this kind; else that is told.
    ///
    /// In another conversation it is told and still returned: the rest can be held against it.
    pub(super) fn find<'h, H: History + ?Sized>(
        &self,
        place: &Place<'_>,
        history: &'h H,
        out: &mut Failures<'_>,
    ) -> Result<Option<Cow<'h, Payload>>, H::Error> {
        let is_named = |message: &Cow<'_, Payload>| {
            message.kind() == self.kind && message.recipient_domain() == self.recipient
        };
        let Some(found) = history.message(&self.key())?.filter(is_named) else {
            out.add(Code::UnknownReference, place, self.message_id);
            return Ok(None);
        };
        if self.conversation.is_some_and(|conversation| found.conversation_id() != conversation) {
            out.add(Code::OtherConversation, place, self.message_id);
        }
        Ok(Some(found))
    }

    /// The same, of a message that was not rejected and has not expired; else that is told too.
    pub(super) fn find_open<'h, H: History + ?Sized>(
        &self,
        place: &Place<'_>,
        context: &Context<'_>,
        history: &'h H,
        out: &mut Failures<'_>,
    ) -> Result<Option<Cow<'h, Payload>>, H::Error> {
        let Some(found) = self.find(place, history, out)? else { return Ok(None) };
        if history.outcome(&self.key())? == Some(Outcome::Rejected) {
            out.add(Code::ReferenceRejected, place, self.message_id);
        }
        if let (Some(expires), Some(now)) = (found.expiration(), context.now)
            && expires <= now
        {
            out.add(Code::ReferenceExpired, place, expires);
        }
        Ok(Some(found))
    }
}

/// A plan named by an offer, an order or what is settled: known, of the aggregator's, for the same day and place, not
/// rejected, the newest.
pub(super) fn check_prognosis<H: History + ?Sized>(
    message_id: Option<&Uuid>,
    [aggregator, grid_operator]: [&Domain; 2],
    (period, congestion_point): (Period, &EntityAddress),
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let Some(message_id) = message_id else { return Ok(()) };
    let at = &place.at("@D-PrognosisMessageID");
    let named = Named {
        kind: Kind::DPrognosis,
        message_id,
        sender: aggregator,
        recipient: grid_operator,
        // A plan is not part of the conversation that follows from it.
        conversation: None,
    };
    let Some(found) = named.find(at, history, out)? else { return Ok(()) };
    if history.outcome(&named.key())? == Some(Outcome::Rejected) {
        out.add(Code::ReferenceRejected, at, message_id);
    } else if is_replaced(&found, history)? {
        out.add(Code::ReferenceReplaced, at, message_id);
    }
    let Payload::DPrognosis(plan) = &*found else { return Ok(()) };
    if period.date() != plan.period.date() {
        out.add(Code::ReferenceMismatch, &place.at("@Period"), period);
    }
    if *congestion_point != plan.congestion_point {
        out.add(Code::ReferenceMismatch, &place.at("@CongestionPoint"), congestion_point);
    }
    Ok(())
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
    let Some(series) = Series::of(payload) else { return Ok(false) };
    Ok(history.latest(&series)?.is_some_and(|latest| latest.revision() > payload.revision()))
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
    let (Some(series), Some(revision)) = (Series::of(payload), payload.revision()) else { return Ok(()) };
    if let Some(latest) = history.latest(&series)?
        && latest.message_id() != payload.message_id()
        && latest.revision() >= Some(revision)
    {
        out.add(Code::Revision, &place.at("@Revision"), revision);
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
    let name = format!("@{}", payload.kind().reference_attribute().unwrap_or_default());
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
    if history.response(&key)?.is_some_and(|first| first.message_id() != payload.message_id()) {
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
        let named = Named {
            kind: Kind::FlexOrder,
            message_id: &status.flex_order_message_id,
            sender: &message.sender_domain,
            recipient: &message.recipient_domain,
            conversation: None,
        };
        named.find(&place.at("@FlexOrderMessageID"), history, out)?;
    }
    Ok(())
}
