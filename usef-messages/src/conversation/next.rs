use std::borrow::Cow;
use std::collections::HashSet;

use xml_wire::DateTime;

use super::{History, Key, Thread, reference};
use crate::calendar::IspCalendar;
use crate::payload::{Kind, Payload};
use crate::values::{Domain, Outcome};

/// Something that may be said next in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Step {
    /// Which message.
    pub kind: Kind,
    /// By whom.
    pub sender: Domain,
    /// To whom.
    pub recipient: Domain,
    /// About which message.
    pub about: Key,
    /// Whether it has to be.
    pub urgency: Urgency,
}

/// Whether something has to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Urgency {
    /// It may.
    Possible,
    /// It must: a request waits for its response.
    Due,
}

/// What may be said next in a conversation, by either participant: responses that are due, offers to open requests, orders
/// and revocations of open offers, settlements of accepted orders whose day is over.
///
/// A settlement may come in a conversation of its own; only those in this one are seen here.
///
/// # Errors
/// When the history cannot be read.
pub fn next<H: History + ?Sized>(thread: &Thread, now: DateTime, history: &H) -> Result<Vec<Step>, H::Error> {
    let messages = history.conversation(thread)?;
    let (tested, settled) = (tested(&messages), settled(&messages));
    let mut steps = Vec::new();
    for message in &messages {
        let key = Key::of(message);
        let step = |kind: Kind, urgency: Urgency| {
            let (sender, recipient) = (message.recipient_domain().clone(), message.sender_domain().clone());
            Step { kind, sender, recipient, about: key.clone(), urgency }
        };
        let outcome = history.outcome(&key)?;
        if let Some(response) = message.kind().response()
            && outcome.is_none()
            && !(message.kind() == Kind::TestMessage && tested.contains(message.sender_domain()))
        {
            steps.push(step(response, Urgency::Due));
        }
        if outcome == Some(Outcome::Rejected) {
            continue;
        }
        match &**message {
            Payload::FlexRequest(request)
                if request.expiration_date_time > now && !reference::is_replaced(message, history)? =>
            {
                steps.push(step(Kind::FlexOffer, Urgency::Possible));
            }
            Payload::FlexOffer(offer)
                if offer.expiration_date_time > now
                    && history.standing(&key, Kind::FlexOfferRevocation)?.is_empty()
                    && history.standing(&key, Kind::FlexOrder)?.is_empty() =>
            {
                steps.push(step(Kind::FlexOrder, Urgency::Possible));
                let (sender, recipient) = (offer.sender_domain.clone(), offer.recipient_domain.clone());
                let revocation = step(Kind::FlexOfferRevocation, Urgency::Possible);
                steps.push(Step { sender, recipient, ..revocation });
            }
            Payload::FlexOrder(order) if outcome == Some(Outcome::Accepted) => {
                let day = IspCalendar::of_message(order.period, &order.time_zone, &order.isp_duration);
                let is_over = day.is_ok_and(|day| day.end() <= now.to_utc());
                if is_over && !settled.contains(order.order_reference.as_str()) {
                    let (sender, recipient) = (order.sender_domain.clone(), order.recipient_domain.clone());
                    let settlement = step(Kind::FlexSettlement, Urgency::Possible);
                    steps.push(Step { sender, recipient, ..settlement });
                }
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// Who was told that the other is there.
fn tested<'a>(messages: &'a [Cow<'_, Payload>]) -> HashSet<&'a Domain> {
    let answers = messages.iter().filter(|message| message.kind() == Kind::TestMessageResponse);
    answers.map(|answer| answer.recipient_domain()).collect()
}

/// The orders that are settled, by their references.
fn settled<'a>(messages: &'a [Cow<'_, Payload>]) -> HashSet<&'a str> {
    let settlements = messages.iter().filter_map(|message| match &**message {
        Payload::FlexSettlement(settlement) => Some(&settlement.flex_order_settlements),
        _ => None,
    });
    settlements.flatten().filter_map(|item| item.order_reference.as_deref()).collect()
}
