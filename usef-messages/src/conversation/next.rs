use std::borrow::Cow;

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
            && !(message.kind() == Kind::TestMessage && is_tested(message, &messages))
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
                    && reference::standing(&key, Kind::FlexOfferRevocation, history)?.is_empty()
                    && reference::standing(&key, Kind::FlexOrder, history)?.is_empty() =>
            {
                steps.push(step(Kind::FlexOrder, Urgency::Possible));
                let (sender, recipient) = (offer.sender_domain.clone(), offer.recipient_domain.clone());
                let revocation = step(Kind::FlexOfferRevocation, Urgency::Possible);
                steps.push(Step { sender, recipient, ..revocation });
            }
            Payload::FlexOrder(order) if outcome == Some(Outcome::Accepted) => {
                let day = IspCalendar::of_message(order.period, &order.time_zone, &order.isp_duration);
                let is_over = day.is_ok_and(|day| day.end() <= now.to_utc());
                if is_over && !is_settled(&order.order_reference, &messages) {
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

fn is_tested(test: &Payload, messages: &[Cow<'_, Payload>]) -> bool {
    messages.iter().any(|message| {
        message.kind() == Kind::TestMessageResponse && message.recipient_domain() == test.sender_domain()
    })
}

fn is_settled(order_reference: &str, messages: &[Cow<'_, Payload>]) -> bool {
    messages.iter().any(|message| match &**message {
        Payload::FlexSettlement(settlement) => settlement
            .flex_order_settlements
            .iter()
            .any(|item| item.order_reference.as_deref() == Some(order_reference)),
        _ => false,
    })
}
