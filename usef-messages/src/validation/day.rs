use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use xml_wire::Duration;

use crate::values::TimeZone;

/// A day of trade: from its first midnight to the next, cut into ISPs of elapsed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    isp: TimeDelta,
}

impl Day {
    /// `None` where the length is none of ISPs.
    pub(crate) fn new(date: NaiveDate, zone: Tz, isp: TimeDelta) -> Option<Self> {
        let start = start_of(date, zone)?;
        let end = start_of(date.succ_opt()?, zone)?;
        Some(Self { start, end, isp })
    }

    /// How many ISPs it has; what is left over at the end of a day that they do not divide is none.
    pub(crate) fn count(self) -> i64 {
        (self.end - self.start).num_seconds() / self.isp.num_seconds()
    }

    /// When the ISP with this number, counted from 1, ends.
    pub(crate) fn end_of(self, isp: i64) -> Option<DateTime<Utc>> {
        let seconds = self.isp.num_seconds().checked_mul(isp)?;
        self.start.checked_add_signed(TimeDelta::try_seconds(seconds)?)
    }

    /// Its first midnight.
    pub(crate) fn start(self) -> DateTime<Utc> {
        self.start
    }

    /// The midnight after it.
    pub(crate) fn end(self) -> DateTime<Utc> {
        self.end
    }
}

/// The time zone by that name, if there is one.
pub(crate) fn zone(name: &TimeZone) -> Option<Tz> {
    name.as_str().parse().ok()
}

/// The length of an ISP: positive, whole minutes, a part of 24 hours.
pub(crate) fn isp_length(duration: &Duration) -> Option<TimeDelta> {
    let length = duration.to_time_delta()?;
    let seconds = length.num_seconds();
    let fits = seconds > 0 && length.subsec_nanos() == 0 && seconds % 60 == 0 && 86_400 % seconds == 0;
    fits.then_some(length)
}

/// The first instant of a day; where midnight is skipped, the end of the gap.
pub(crate) fn start_of(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN);
    let quarters =
        (0..=100).filter_map(|quarter| midnight.checked_add_signed(TimeDelta::minutes(15 * quarter)));
    quarters.filter_map(|local| zone.from_local_datetime(&local).earliest()).map(|at| at.to_utc()).next()
}
