//! Accelerated time, for both ends and the house.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openadr_client::http::Clock;
use tokio::time::Instant;

/// A clock that runs faster than ours.
#[derive(Debug, Clone, Copy)]
pub(super) struct FastClock {
    started: Instant,
    at: DateTime<Utc>,
    factor: u32,
}

impl FastClock {
    /// Starts at `at`, and runs `factor` times as fast.
    pub(super) fn start(at: DateTime<Utc>, factor: u32) -> Self {
        Self { started: Instant::now(), at, factor }
    }

    /// How long a time on this clock takes on ours.
    fn real(&self, length: TimeDelta) -> Duration {
        length.to_std().unwrap_or_default() / self.factor
    }
}

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.started.elapsed() * self.factor).unwrap_or(TimeDelta::MAX);
        self.at + passed
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        tokio::time::sleep_until(self.started + self.real(at - self.at)).await;
    }
}
