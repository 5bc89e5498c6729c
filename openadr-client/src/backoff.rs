//! How long a VEN keeps quiet after a failure: truncated binary exponential back-off with jitter.
//!
//! ```
//! use openadr_client::Config;
//! use openadr_client::backoff::Backoff;
//! use chrono::TimeDelta;
//!
//! let mut config = Config::new("ven-7");
//! config.backoff = Backoff { longest: TimeDelta::minutes(5), ..Backoff::default() };
//! ```

use chrono::{DateTime, TimeDelta, Utc};

use crate::random::Random;

/// How long a VEN keeps quiet after failures.
///
/// After the n-th failure in a row it waits a time chosen at random between half of and all of `first` × 2ⁿ⁻¹,
/// which grows up to `longest`. A VTN that cannot be reached is left alone altogether; where it answers, but not with
/// something usable, only that kind of message waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure; 2 s by default.
    pub first: TimeDelta,
    /// The longest wait of all; 15 min by default.
    pub longest: TimeDelta,
    /// How often a message is sent to a VTN that answers with a server error or with nothing readable, before the
    /// VEN goes on without it; 5 by default. Registering and polling are tried for ever, and so is all else while the
    /// VTN cannot be reached or takes nothing: a gateway may be answering in its place.
    pub attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: TimeDelta::seconds(2), longest: TimeDelta::minutes(15), attempts: 5 }
    }
}

/// A row of failures.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quiet {
    failures: u32,
    /// How many messages the VTN had taken before.
    pub(crate) taken: u64,
    until: Option<DateTime<Utc>>,
}

impl Quiet {
    /// One more failure; says until when to keep quiet.
    pub(crate) fn failed(
        &mut self,
        policy: &Backoff,
        random: &mut Random,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let doublings = self.failures.min(30);
        self.failures = self.failures.saturating_add(1);
        let most = policy.first.checked_mul(1 << doublings).unwrap_or(policy.longest).min(policy.longest);
        let wait = most / 2 + random.up_to(most / 2);
        let until = now.checked_add_signed(wait).unwrap_or(now);
        self.until = Some(until);
        until
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The clock was set back: the wait is as long as before.
    pub(crate) fn set_back(&mut self, by: TimeDelta) {
        self.until = self.until.map(|until| until.checked_sub_signed(by).unwrap_or(until));
    }

    /// How many failures there were.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Until when to keep quiet, where there was a failure.
    pub(crate) fn until(&self) -> Option<DateTime<Utc>> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_twice_as_long_each_time_up_to_the_longest() {
        let policy = Backoff { longest: TimeDelta::seconds(30), ..Backoff::default() };
        let now = DateTime::UNIX_EPOCH;
        let mut random = Random::new(3);
        let mut quiet = Quiet::default();
        for most_s in [2, 4, 8, 16, 30, 30] {
            let wait = quiet.failed(&policy, &mut random, now) - now;
            let most = TimeDelta::seconds(most_s);
            assert!(most / 2 <= wait && wait <= most, "{wait} of {most}");
        }
        quiet.succeeded();
        assert_eq!(quiet.until(), None);
        assert!(quiet.failed(&policy, &mut random, now) - now <= TimeDelta::seconds(2));
    }

    #[test]
    fn survives_a_thousand_failures() {
        let (policy, now) = (Backoff::default(), DateTime::<Utc>::MAX_UTC);
        let (mut random, mut quiet) = (Random::new(3), Quiet::default());
        for _ in 0..1000 {
            assert!(quiet.failed(&policy, &mut random, now) >= now);
        }
    }
}
