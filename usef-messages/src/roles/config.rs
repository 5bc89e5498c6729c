//! What a participant is told once: who it is, and how it behaves.
//!
//! ```
//! use chrono::TimeDelta;
//! use usef_messages::message::Answer;
//! use usef_messages::payload::Kind;
//! use usef_messages::roles::Config;
//! use usef_messages::roles::config::Ask;
//!
//! let mut config = Config::new("agr.example".parse()?);
//! let ask = Ask { within: TimeDelta::minutes(30), default: Answer::reject("Deadline expired") };
//! config.ask.insert(Kind::FlexOrder, ask);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::delivery::Backoff;
use crate::conversation::Room;
use crate::message::Answer;
use crate::payload::Kind;
use crate::validation::{Policy, Wording};
use crate::values::{Domain, Version};

/// What a participant is and how it behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// The participant's name.
    pub domain: Domain,
    /// The edition that its requests are written for; 3.1.0 by default. Responses are in that of the request.
    pub version: Version,
    /// What is taken of others, beyond what the schema says; anything that the standard allows by default. Who we are is
    /// filled in.
    pub policy: Policy,
    /// How reasons for rejection are put into words.
    pub wording: Wording,
    /// The requests that the application decides on, one by one; none by default: what is valid is accepted.
    pub ask: BTreeMap<Kind, Ask>,
    /// How often and how long messages are tried.
    pub backoff: Backoff,
    /// How many tries may be under way at once; 16 by default.
    pub max_in_flight: usize,
    /// How many messages may wait to be sent; 10 000 by default. Where so many answers wait, requests of peers are refused
    /// with 429.
    pub max_waiting: usize,
    /// How many events the application may leave unacknowledged; 10 000 by default. What a peer sends beyond is refused
    /// with 429.
    pub max_events: usize,
    /// How many messages are remembered at most, and how long their documents are together; 200 000 of 1 GiB by default.
    /// What a peer sends beyond is refused with 429.
    pub room: Room,
    /// What any one peer may take of all that, so that none takes the room of others.
    pub of_peer: PeerLimits,
    /// For how long a message is remembered that nothing needs any more; 400 days by default, so that a year's orders
    /// can be settled. A message whose time stamp is older is rejected, since it could be a repetition.
    pub keep: TimeDelta,
    /// How far the clock of a peer may be ahead; 1 h by default.
    pub max_ahead: TimeDelta,
}

impl Config {
    /// A participant that accepts what is valid.
    pub fn new(domain: Domain) -> Self {
        Self {
            domain,
            version: super::latest(),
            policy: Policy::anyone(),
            wording: Wording::default(),
            ask: BTreeMap::new(),
            backoff: Backoff::default(),
            max_in_flight: 16,
            max_waiting: 10_000,
            max_events: 10_000,
            room: Room { messages: 200_000, bytes: 1 << 30 },
            of_peer: PeerLimits::default(),
            keep: TimeDelta::days(400),
            max_ahead: TimeDelta::hours(1),
        }
    }

    /// Has the application decide on requests of these kinds, for up to so long; after that they are rejected.
    #[must_use]
    pub fn asking(mut self, kinds: impl IntoIterator<Item = Kind>, within: TimeDelta) -> Self {
        let ask = Ask { within, default: Answer::reject("Deadline expired") };
        self.ask.extend(kinds.into_iter().map(|kind| (kind, ask.clone())));
        self
    }
}

/// How much of a participant one peer may take up. What it sends beyond is refused with 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerLimits {
    /// How many answers may wait to be sent to it: it may take none, and have much to be answered. 2000 by default.
    pub waiting: usize,
    /// How much of what it was sent and sent is remembered; 50 000 messages of 256 MiB by default.
    pub room: Room,
}

impl Default for PeerLimits {
    fn default() -> Self {
        Self { waiting: 2_000, room: Room { messages: 50_000, bytes: 256 << 20 } }
    }
}

/// How the application is asked to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For how long.
    pub within: TimeDelta,
    /// What is answered where it does not decide in time.
    pub default: Answer,
}
