//! The trade as it happens, told line by line, and what was seen of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Local;
use sgam::{Exchange, Placed as _};
use usef_messages::Payload;

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
}

/// What was told and seen so far. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Story {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    steps: BTreeSet<Step>,
    messages: BTreeMap<&'static str, u32>,
    exchanges: Vec<Exchange>,
}

impl Story {
    /// Tells a line.
    pub fn tell(&self, who: &str, what: &str) {
        let (dim, plain) = if std::io::stdout().is_terminal() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        println!("{dim}{}{plain}  {who:<3}  {what}", Local::now().format("%H:%M:%S%.3f"));
    }

    /// A step was seen.
    pub fn saw(&self, step: Step) {
        self.lock().steps.insert(step);
    }

    /// Whether all steps were seen.
    pub fn is_complete(&self) -> bool {
        Step::ALL.iter().all(|(step, _)| self.lock().steps.contains(step))
    }

    /// Whether a grid operator alone has seen all that it can: the end of a trade.
    pub fn is_complete_but_for_the_other(&self) -> bool {
        self.lock().steps.contains(&Step::Settled)
    }

    /// A message went over the wire.
    pub fn carried(&self, message: &Payload) {
        let exchanges = message.exchanges();
        let mut seen = self.lock();
        *seen.messages.entry(message.name()).or_default() += 1;
        for exchange in exchanges {
            if !seen.exchanges.contains(exchange) {
                seen.exchanges.push(*exchange);
            }
        }
    }

    /// Says what was seen, and where each message stands in the architecture model.
    pub fn summarise(&self) {
        let seen = self.lock();
        println!("\nWhere each message stands in the Smart Grid Architecture Model\n");
        print!("{}", sgam::render::table(&seen.exchanges));
        let counts: Vec<_> = seen.messages.iter().map(|(name, count)| format!("{name} {count}")).collect();
        println!("\nOn the wire: {}.", counts.join(", "));
        println!("\nSteps");
        for (step, label) in Step::ALL {
            println!("  {} {label}", if seen.steps.contains(&step) { "✓" } else { "✗" });
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
