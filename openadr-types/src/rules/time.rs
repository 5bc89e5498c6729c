//! Points in time, moved.

use xml_wire::{DateTime, Duration};

/// A duration later; none past what can be computed with.
pub(super) fn after(start: DateTime, duration: &Duration) -> Option<DateTime> {
    duration.after(start.to_utc()).map(DateTime::from)
}

/// A duration earlier; none past what can be computed with, or where it lasts months, which have no fixed length.
pub(super) fn before(end: DateTime, duration: &Duration) -> Option<DateTime> {
    end.to_utc().checked_sub_signed(duration.to_time_delta()?).map(DateTime::from)
}

/// Seconds later, or earlier where negative.
pub(super) fn moved(at: DateTime, seconds: i64) -> DateTime {
    after(at, &Duration::from_seconds(seconds)).unwrap_or(at)
}
