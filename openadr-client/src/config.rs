//! What a VEN is told once: who it is, what it supports, and how it behaves.
//!
//! ```
//! use chrono::TimeDelta;
//! use openadr_client::config::Signals;
//! use openadr_client::{Config, OptPolicy};
//! use openadr_types::event::{OptType, SignalName, SignalType};
//!
//! let mut config = Config::new("Boiler room");
//! config.ven_id = Some("7f2b6e0c".into());
//! config.opt_policy = OptPolicy::Ask { timeout: TimeDelta::minutes(30), default: OptType::In };
//! config.signals = Signals::Only(vec![(SignalName::Simple, SignalType::Level)]);
//! ```

use chrono::TimeDelta;
use openadr_types::event::{EventSignal, OptType, SignalName, SignalType};
use openadr_types::ids::{MarketContext, ResourceId, VenId, VtnId};

use crate::backoff::Backoff;
use crate::offer::Offer;

/// What a VEN is and how it behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The VEN's name, for people.
    pub ven_name: String,
    /// The VEN's identifier, where it is given beforehand; otherwise the VTN assigns one.
    pub ven_id: Option<VenId>,
    /// The only VTN to register with; any, if absent.
    pub vtn_id: Option<VtnId>,
    /// Whether to ask what the VTN offers before registering; no by default.
    pub query_registration: bool,
    /// Whether the VEN only reports, and takes no events; no by default.
    pub report_only: bool,
    /// Whether to tell the VTN that messages are signed; no by default. Signing them is the edge's part.
    pub xml_signature: bool,
    /// The reports that the VEN offers; none by default.
    pub offers: Vec<Offer>,
    /// How to decide on events; opts in by default.
    pub opt_policy: OptPolicy,
    /// How to tell the VTN of a change of mind; by `oadrCreatedEvent` by default.
    pub opt_change: OptChange,
    /// The signals that the VEN can follow; any by default.
    pub signals: Signals,
    /// The programmes that the VEN takes part in; any, if empty. Events of others are refused with 453.
    pub market_contexts: Vec<MarketContext>,
    /// The resources that the VEN stands for; any, if empty. Events for others only are refused with 462.
    pub resources: Vec<ResourceId>,
    /// Whether an event that is missing from the VTN's list is cancelled (rule 61); yes by default.
    pub implied_cancel: bool,
    /// How often to poll where the VTN does not say; every 10 s by default.
    pub poll_period: TimeDelta,
    /// How often to poll at most, whatever the VTN says; every second by default.
    pub min_poll_period: TimeDelta,
    /// How long to wait before trying again where the VTN refuses to register the VEN; an hour by default. Never, if
    /// absent, and never after 463.
    pub refused_retry: Option<TimeDelta>,
    /// How long to keep quiet after failures.
    pub backoff: Backoff,
    /// How many values are kept of each data point, for history and for times without connection; 1000 by default,
    /// and at least 100 (rule 510).
    pub history: usize,
}

impl Config {
    /// A VEN that opts in to any event and offers no reports.
    pub fn new(ven_name: impl Into<String>) -> Self {
        Self {
            ven_name: ven_name.into(),
            ven_id: None,
            vtn_id: None,
            query_registration: false,
            report_only: false,
            xml_signature: false,
            offers: Vec::new(),
            opt_policy: OptPolicy::In,
            opt_change: OptChange::CreatedEvent,
            signals: Signals::Any,
            market_contexts: Vec::new(),
            resources: Vec::new(),
            implied_cancel: true,
            poll_period: TimeDelta::seconds(10),
            min_poll_period: TimeDelta::seconds(1),
            refused_retry: Some(TimeDelta::hours(1)),
            backoff: Backoff::default(),
            history: 1000,
        }
    }
}

/// How a VEN decides on an event. The application may always decide otherwise with [`Ven::opt`](crate::Ven::opt).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptPolicy {
    /// Opts in.
    In,
    /// Opts out.
    Out,
    /// Waits for the application to decide.
    ///
    /// An answer is due before the next poll, so what the VTN hears then is `default`, if the application has not
    /// decided; a decision up to `timeout` after receipt is sent as a change. After that, and once the event starts,
    /// `default` stands.
    Ask {
        /// For how long the question is open.
        timeout: TimeDelta,
        /// What stands without a decision.
        default: OptType,
    },
}

/// How a VEN tells of a change of mind about an event that it has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptChange {
    /// By another `oadrCreatedEvent`; the VTN need not have EiOpt.
    ///
    /// Nothing in these messages tells which of two is later. Where an earlier one was delayed on its way and arrives after,
    /// it counts until the VTN sends the event again; `CreateOpt` is not open to that.
    CreatedEvent,
    /// By an `oadrCreateOpt`, which outranks what was said in `oadrCreatedEvent` (rule 206).
    CreateOpt,
}

/// The signals that a VEN can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signals {
    /// Any.
    Any,
    /// These only. An event with none of them is refused with 460 (rule 109); of an event with some of them these
    /// are followed.
    Only(Vec<(SignalName, SignalType)>),
}

impl Signals {
    pub(crate) fn supports(&self, signal: &EventSignal) -> bool {
        match self {
            Self::Any => true,
            Self::Only(pairs) => {
                pairs.iter().any(|(name, kind)| same_name(name, &signal.name) && *kind == signal.signal_type)
            }
        }
    }
}

/// 2.0a writes SIMPLE in small letters.
fn same_name(one: &SignalName, other: &SignalName) -> bool {
    let simple = |name: &SignalName| matches!(name, SignalName::Simple | SignalName::SimpleA);
    one == other || (simple(one) && simple(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supports_simple_as_either_profile_writes_it() {
        let signals = Signals::Only(vec![(SignalName::Simple, SignalType::Level)]);
        let mut signal = EventSignal::new("s", SignalName::SimpleA, SignalType::Level, Vec::new());
        assert!(signals.supports(&signal));
        signal.signal_type = SignalType::Delta;
        assert!(!signals.supports(&signal));
    }
}
