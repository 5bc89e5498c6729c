//! The trade as it happens, told line by line, and what messages show of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Local;
use sgam::Exchange;
use usef_messages::Payload;
use usef_messages::roles::store::{Direction, Entry, Stage};
use usef_messages::values::{Outcome, Role, Verdict};

use crate::out;

/// What has to happen in a trade, in the order of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A test message is answered.
    Reached,
    /// A reservation under a contract is accepted.
    Reserved,
    /// A request for flexibility is accepted.
    Requested,
    /// An offer is accepted.
    Offered,
    /// An offer is taken back.
    Revoked,
    /// An order is accepted.
    Ordered,
    /// A plan that honours the order is accepted.
    Planned,
    /// Meter data is accepted.
    Metered,
    /// A settlement is agreed with.
    Settled,
}

impl Step {
    /// All of them, with what they are called.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Reached, "the aggregator answers a test message"),
        (Self::Reserved, "it accepts what stays reserved under its contract"),
        (Self::Requested, "it accepts the request for flexibility"),
        (Self::Offered, "the grid operator accepts an offer"),
        (Self::Revoked, "an offer is taken back"),
        (Self::Ordered, "the aggregator accepts an order"),
        (Self::Planned, "its plan honours the order"),
        (Self::Metered, "the grid operator has the meter data"),
        (Self::Settled, "the settlement is agreed with"),
    ];

    /// The step that a message completes: a response that says yes, at whoever got it or knows that it arrived.
    pub fn of(entry: &Entry) -> Option<Self> {
        let arrived = matches!(entry.state.stage, Stage::Taken | Stage::Delivered);
        if !arrived || entry.message.result() == Some(Outcome::Rejected) {
            return None;
        }
        match &entry.message {
            Payload::TestMessageResponse(_) => Some(Self::Reached),
            Payload::FlexReservationUpdateResponse(_) => Some(Self::Reserved),
            Payload::FlexRequestResponse(_) => Some(Self::Requested),
            Payload::FlexOfferResponse(_) => Some(Self::Offered),
            Payload::FlexOfferRevocationResponse(_) => Some(Self::Revoked),
            Payload::FlexOrderResponse(_) => Some(Self::Ordered),
            Payload::DPrognosisResponse(response) => {
                response.flex_order_statuses.iter().all(|status| status.is_validated).then_some(Self::Planned)
            }
            Payload::MeteringResponse(_) => Some(Self::Metered),
            Payload::FlexSettlementResponse(response) => {
                let mut statuses = response.flex_order_settlement_statuses.iter();
                statuses.all(|status| status.disposition == Verdict::Accepted).then_some(Self::Settled)
            }
            _ => None,
        }
    }
}

/// Tells a line.
pub fn tell(who: &str, what: &str) {
    let (dim, plain) = if out::is_colourful() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    out::say(format_args!("{dim}{}{plain}  {who:<3}  {what}", Local::now().format("%H:%M:%S%.3f")));
}

/// Says what the messages of a participant in this role show: where each stands in the architecture model, how many went
/// over the wire, and which steps were seen.
pub fn summarise<'e>(role: Role, entries: impl Iterator<Item = &'e Entry>) {
    let mut exchanges: Vec<Exchange> = Vec::new();
    let (mut messages, mut steps) = (BTreeMap::<&str, u32>::new(), BTreeSet::new());
    for entry in entries {
        if matches!(entry.state.stage, Stage::Waiting(_) | Stage::Failed(_)) {
            continue;
        }
        let (from, to) = match entry.direction {
            Direction::Received => (entry.peer.role, role),
            Direction::Sent => (role, entry.peer.role),
        };
        if let Some(exchange) = entry.message.kind().exchange(from, to)
            && !exchanges.contains(exchange)
        {
            exchanges.push(*exchange);
        }
        *messages.entry(entry.message.name()).or_default() += 1;
        steps.extend(Step::of(entry));
    }
    if exchanges.is_empty() {
        out::say("\nNothing went over the wire.");
        return;
    }
    out::say("\nWhere each message stands in the Smart Grid Architecture Model\n");
    out::put(sgam::render::table(&exchanges));
    let counts: Vec<_> = messages.iter().map(|(name, count)| format!("{name} {count}")).collect();
    out::say(format_args!("\nOn the wire: {}.", counts.join(", ")));
    out::say("\nSteps");
    for (step, label) in Step::ALL {
        out::say(format_args!("  {} {label}", if steps.contains(&step) { "✓" } else { "–" }));
    }
}
