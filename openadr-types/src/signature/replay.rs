//! Remembers what was accepted, so that nothing is accepted twice.
//!
//! ```
//! use std::time::Duration;
//! use openadr_types::signature::ReplayGuard;
//!
//! let guard = ReplayGuard::new(Duration::from_secs(30), 100_000);
//! assert!(guard.is_empty());
//! ```

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use crate::DateTime;

use super::algorithm::sha256;
use super::certificate::Certificate;
use super::error::Error;
use super::parts::ReplayProtect;

/// How old a message may be, and the nonces of those accepted lately: plain state, without a clock.
///
/// A nonce is remembered until its message would be too old anyway, and counts for its sender only. The memory is
/// bounded: 32 bytes and a time for each message. Where it is full, further messages are refused.
///
/// The state does not outlive the process; [`ReplayGuard::not_before`] makes up for it.
#[derive(Debug, Clone)]
pub struct ReplayGuard {
    window: Duration,
    capacity: usize,
    seen: HashSet<Key>,
    /// The same, the oldest first.
    by_age: BTreeSet<(DateTime, Key)>,
    /// Nothing signed up to here is accepted, as it may have been forgotten.
    forgotten: Option<DateTime>,
}

/// A hash of sender and nonce.
type Key = [u8; 32];

/// Five seconds, as other implementations have it, and 10,000 nonces.
impl Default for ReplayGuard {
    fn default() -> Self {
        Self::new(Duration::from_secs(5), 10_000)
    }
}

impl ReplayGuard {
    /// Accepts what was signed at most `window` ago or ahead, and remembers `capacity` nonces.
    pub fn new(window: Duration, capacity: usize) -> Self {
        Self { window, capacity, seen: HashSet::new(), by_age: BTreeSet::new(), forgotten: None }
    }

    /// Refuses what was signed at `start` or earlier: what may have been accepted before a restart.
    #[must_use]
    pub fn not_before(mut self, start: DateTime) -> Self {
        self.forgotten = self.forgotten.max(Some(start));
        self
    }

    /// How many nonces are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether no nonce is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Accepts a message once, and only about the time it was signed.
    pub(super) fn admit(
        &mut self,
        sender: &Certificate,
        replay_protect: &ReplayProtect,
        at: DateTime,
    ) -> Result<(), Error> {
        let ReplayProtect { timestamp, nonce } = replay_protect;
        self.forget(at);
        if !self.is_within(*timestamp, at) || self.forgotten.is_some_and(|until| *timestamp <= until) {
            return Err(Error::Stale { timestamp: *timestamp, at });
        }
        let mut named = sha256(sender.as_der()).as_ref().to_vec();
        named.extend_from_slice(nonce.as_bytes());
        let mut key = Key::default();
        key.copy_from_slice(sha256(&named).as_ref());
        if self.seen.contains(&key) {
            return Err(Error::Replayed { nonce: nonce.clone() });
        }
        if self.seen.len() >= self.capacity {
            return Err(Error::NonceMemoryFull);
        }
        self.seen.insert(key);
        self.by_age.insert((*timestamp, key));
        Ok(())
    }

    /// Drops what is too old to be accepted again. What it was stays refused even if the time goes backwards.
    fn forget(&mut self, at: DateTime) {
        while let Some((timestamp, key)) = self.by_age.first().copied() {
            if timestamp >= at || self.is_within(timestamp, at) {
                return;
            }
            self.by_age.pop_first();
            self.seen.remove(&key);
            self.forgotten = self.forgotten.max(Some(timestamp));
        }
    }

    fn is_within(&self, timestamp: DateTime, at: DateTime) -> bool {
        let apart = at.to_utc().signed_duration_since(timestamp.to_utc()).abs();
        apart.to_std().is_ok_and(|apart| apart <= self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(guard: &mut ReplayGuard, nonce: &str, timestamp: &str, at: &str) -> Result<(), Error> {
        let sender = Certificate::unread(vec![1]);
        guard.admit(&sender, &ReplayProtect::new(time(timestamp), nonce), time(at))
    }

    /// A time on one day.
    fn time(clock: &str) -> DateTime {
        format!("2026-11-23T{clock}Z").parse().unwrap()
    }

    #[test]
    fn accepts_what_is_within_the_window_either_way() {
        let mut guard = ReplayGuard::default();
        for (nonce, timestamp, accepted) in [
            ("a", "11:59:55", true),
            ("b", "11:59:54.999999999", false),
            ("c", "12:00:05", true),
            ("d", "12:00:05.000000001", false),
        ] {
            let outcome = admit(&mut guard, nonce, timestamp, "12:00:00");
            assert_eq!(outcome.is_ok(), accepted, "{timestamp}: {outcome:?}");
            assert!(accepted || matches!(outcome, Err(Error::Stale { .. })));
        }
    }

    #[test]
    fn accepts_a_nonce_once_for_each_sender() {
        let mut guard = ReplayGuard::default();
        admit(&mut guard, "a", "12:00:00", "12:00:00").unwrap();
        let error = admit(&mut guard, "a", "12:00:01", "12:00:05").unwrap_err();
        assert!(matches!(error, Error::Replayed { nonce } if nonce == "a"));
        let replay_protect = ReplayProtect::new(time("12:00:00"), "a");
        guard.admit(&Certificate::unread(vec![2]), &replay_protect, time("12:00:00")).unwrap();
    }

    #[test]
    fn forgets_what_is_too_old_and_only_that() {
        let mut guard = ReplayGuard::new(Duration::from_secs(5), 2);
        admit(&mut guard, "a", "12:00:00", "12:00:00").unwrap();
        admit(&mut guard, "b", "12:00:04", "12:00:05").unwrap();
        assert!(matches!(admit(&mut guard, "c", "12:00:05", "12:00:05"), Err(Error::NonceMemoryFull)));
        admit(&mut guard, "c", "12:00:05", "12:00:05.1").unwrap();
        assert_eq!(guard.len(), 2);
    }

    #[test]
    fn refuses_what_it_forgot_when_the_clock_goes_backwards() {
        let mut guard = ReplayGuard::default();
        admit(&mut guard, "a", "12:00:00", "12:00:00").unwrap();
        admit(&mut guard, "b", "13:00:00", "13:00:00").unwrap();
        assert!(matches!(admit(&mut guard, "a", "12:00:00", "12:00:01"), Err(Error::Stale { .. })));
        // What was never accepted is not held up by the hour the clock had jumped.
        admit(&mut guard, "c", "12:00:02", "12:00:02").unwrap();
        assert!(matches!(admit(&mut guard, "b", "13:00:00", "13:00:00"), Err(Error::Replayed { .. })));
    }

    #[test]
    fn refuses_what_may_have_come_before_the_start() {
        let mut guard = ReplayGuard::default().not_before(time("12:00:00"));
        assert!(matches!(admit(&mut guard, "a", "12:00:00", "12:00:01"), Err(Error::Stale { .. })));
        admit(&mut guard, "a", "12:00:00.5", "12:00:01").unwrap();
    }
}
