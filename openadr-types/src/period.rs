//! When something is, and how exactly: the properties that active periods, report intervals and availability share.
//!
//! ```
//! use openadr_types::period::{Period, Tolerance};
//!
//! let period = Period::new("2026-11-23T17:00:00Z".parse()?, "PT2H".parse()?)
//!     .with_tolerance(Tolerance { start_after: Some("PT5M".parse()?) });
//! assert!(!period.is_open_ended());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use xml_wire::{DateTime, Duration, Xml};

/// A start, a duration, and around an event what leads up to it and away from it (`xcal:properties`).
///
/// Report intervals and availability have only the start and the duration.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Period {
    /// When it starts (`xcal:dtstart`).
    #[xml("xcal:dtstart/xcal:date-time")]
    pub start: DateTime,
    /// How long it lasts; zero has no end.
    #[xml("xcal:duration/xcal:duration")]
    pub duration: Duration,
    /// How far the start may be put off.
    #[xml("xcal:tolerance/xcal:tolerate")]
    pub tolerance: Option<Tolerance>,
    /// How long before its start the VEN is told of the event.
    #[xml("ei:x-eiNotification/xcal:duration")]
    pub notification: Option<Duration>,
    /// How long the change to the event's load takes: before the start, or after it where negative.
    #[xml("ei:x-eiRampUp/xcal:duration")]
    pub ramp_up: Option<Duration>,
    /// How long the change back takes: after the end, or before it where negative.
    #[xml("ei:x-eiRecovery/xcal:duration")]
    pub recovery: Option<Duration>,
}

impl Period {
    /// From `start` on for `duration`.
    pub fn new(start: DateTime, duration: Duration) -> Self {
        Self { start, duration, tolerance: None, notification: None, ramp_up: None, recovery: None }
    }

    /// The same, with its start put off at random.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// Whether it lasts until something else ends it.
    pub fn is_open_ended(&self) -> bool {
        self.duration.is_zero()
    }
}

/// How far a start may be put off (`xcal:tolerate`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Tolerance {
    /// The start is put off at random by at most this, and the end by as much (rule 30).
    #[xml("xcal:startafter")]
    pub start_after: Option<Duration>,
}
