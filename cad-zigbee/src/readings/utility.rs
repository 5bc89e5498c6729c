//! What a utility tells: prices, load control events, messages; with their times worked out.

use super::Symbol;
use crate::decimal::Decimal;
use crate::energy::demand_response::{CancelControl, CancelLoadControlEvent, LoadControlEvent};
use crate::energy::field::{Octets, Text, UtcTime};
use crate::energy::messaging::{MessageControl, Urgency};
use crate::energy::price::PublishPrice;
use crate::timestamp::Timestamp;
use core::time::Duration;
use std::string::String;

/// A price and when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceInForce {
    /// The supplier.
    pub provider_id: u32,
    /// Of two prices for the same time, the one with the larger number holds.
    pub issuer_event_id: u32,
    /// The name of the tier.
    pub label: Option<String>,
    /// The price of a unit delivered.
    pub price: Option<Decimal>,
    /// The price of a unit received.
    pub generation_price: Option<Decimal>,
    /// Of the prices.
    pub unit: Symbol,
    /// The tier of the price; 0 for none.
    pub tier: u8,
    /// From when on; none if that is not known.
    pub start: Option<Timestamp>,
    /// Until when; none until it is changed.
    pub end: Option<Timestamp>,
    /// Whether it holds already.
    pub now: bool,
}

/// An event of load control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadControl {
    /// What is asked of which devices.
    pub event: LoadControlEvent,
    /// When it starts; none for now, where it is not known when that is.
    pub start: Option<Timestamp>,
    /// When it ends; none as for the start.
    pub end: Option<Timestamp>,
}

/// The end of load control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadControlCancellation {
    /// Of one event.
    One {
        /// Which, and for which devices.
        cancelled: CancelLoadControlEvent,
        /// When; none for now, where it is not known when that is.
        at: Option<Timestamp>,
    },
    /// Of all events.
    All(CancelControl),
}

/// A text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Names the message.
    pub id: u32,
    /// The text.
    pub text: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Only for who has entered the password.
    pub protected: bool,
    /// Whether the customer is asked to confirm it.
    pub wants_confirmation: bool,
    /// From when on; none for now, where it is not known when that is.
    pub start: Option<Timestamp>,
    /// Until when; none until it is changed.
    pub end: Option<Timestamp>,
}

/// The end of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageCancellation {
    /// Of the message with this name.
    One(u32),
    /// Of all messages.
    All {
        /// When; none for now, where it is not known when that is.
        at: Option<Timestamp>,
    },
}

impl PriceInForce {
    /// None for a price that is cancelled.
    pub(super) fn new(command: &PublishPrice<'_>, received: Option<Timestamp>) -> Option<Self> {
        let now = moment(command.current_time, None).or(received);
        let start = beginning(command.start, now)?;
        let minutes = command.duration_min.get();
        let end = minutes.and_then(|minutes| start.and_then(|start| after(start, minutes)));
        let unit = command.unit.unit().map_or("", |unit| unit.unit.symbol());
        let has_begun = match (start, now) {
            (Some(start), Some(now)) => start <= now,
            _ => command.start == UtcTime::NOW,
        };
        Some(Self {
            provider_id: command.provider_id,
            issuer_event_id: command.issuer_event_id,
            label: label(command.rate_label),
            price: command.as_decimal(),
            generation_price: command.generation_as_decimal(),
            unit: Symbol::MoneyPer(command.currency, unit),
            tier: command.tier(),
            start,
            end,
            now: has_begun && !matches!((end, now), (Some(end), Some(now)) if end <= now),
        })
    }
}

impl LoadControl {
    /// None for an event that never starts.
    pub(super) fn new(event: LoadControlEvent, received: Option<Timestamp>) -> Option<Self> {
        let start = beginning(event.start, received)?;
        let end = start.and_then(|start| after(start, event.duration_min));
        Some(Self { event, start, end })
    }
}

impl LoadControlCancellation {
    pub(super) fn new(cancelled: CancelLoadControlEvent, received: Option<Timestamp>) -> Self {
        Self::One { cancelled, at: moment(cancelled.effective, received) }
    }
}

/// The fields that both commands with a message have.
pub(super) struct Shown<'a> {
    pub(super) id: u32,
    pub(super) control: MessageControl,
    pub(super) start: UtcTime,
    pub(super) duration_min: u16,
    pub(super) text: Text<'a>,
    pub(super) protected: bool,
}

impl Message {
    /// None for a message that is never shown.
    pub(super) fn new(shown: &Shown<'_>, received: Option<Timestamp>) -> Option<Self> {
        let start = beginning(shown.start, received)?;
        let minutes = Some(shown.duration_min).filter(|minutes| *minutes != u16::MAX);
        Some(Self {
            id: shown.id,
            text: String::from_utf8_lossy(shown.text.get().unwrap_or_default()).into_owned(),
            urgency: shown.control.urgency(),
            protected: shown.protected,
            wants_confirmation: shown.control.wants_confirmation(),
            start,
            end: minutes.and_then(|minutes| start.and_then(|start| after(start, minutes))),
        })
    }
}

/// When something begins: where it says "now", when it was received; none if never.
fn beginning(start: UtcTime, received: Option<Timestamp>) -> Option<Option<Timestamp>> {
    (start != UtcTime::NONE).then(|| moment(start, received))
}

/// The moment; `now` where it says "now".
pub(super) fn moment(time: UtcTime, now: Option<Timestamp>) -> Option<Timestamp> {
    if time == UtcTime::NOW { now } else { time.timestamp() }
}

fn after(start: Timestamp, minutes: u16) -> Option<Timestamp> {
    let length = Duration::from_secs(u64::from(minutes).saturating_mul(60));
    start.0.checked_add(length).map(Timestamp)
}

/// A name, where there is one.
pub(super) fn label(octets: Octets<'_>) -> Option<String> {
    octets.get().map(super::meter::text).filter(|text| !text.is_empty())
}
