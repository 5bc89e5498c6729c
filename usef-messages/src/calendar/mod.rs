//! The imbalance settlement periods (ISPs) of a day: which instants they are, in any time zone.
//!
//! Messages number the ISPs of a day from 1. What is counted is elapsed time from the day's start, not the clock on the
//! wall: on a day whose clocks change there are fewer or more of them, and the same number is another time of day than
//! usual after the change.
//!
//! ```
//! use chrono::NaiveDate;
//! use usef_messages::calendar::{IspCalendar, Tz};
//!
//! let spring = NaiveDate::from_ymd_opt(2024, 3, 31).ok_or("no such day")?;
//! let day = IspCalendar::new(spring, Tz::Europe__Amsterdam, &"PT15M".parse()?)?;
//! assert_eq!(day.count(), 92);
//! let ninth = day.interval(9).ok_or("no such period")?;
//! assert_eq!(ninth.start.to_rfc3339(), "2024-03-31T01:00:00+00:00");
//! assert_eq!(day.local_start(9).ok_or("no such period")?.to_string(), "2024-03-31 03:00:00 CEST");
//! assert_eq!(day.isp_at(ninth.start), Some(9));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod runs;

use std::ops::Range;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
pub use chrono_tz::Tz;
use xml_wire::Duration;

pub use runs::{Run, compress, conflicts};

use crate::values::{Period, TimeZone};

/// A day without changes of the clock, in minutes.
const DAY_MIN: i64 = 24 * 60;

/// One day of ISPs in a time zone.
///
/// The day starts with the first instant that has its date, which is not midnight where the clock skips it
/// (America/Santiago, Africa/Cairo), and ends where the next one starts. A day that the zone left out altogether
/// (Pacific/Apia, 30 December 2011) has no ISPs; one that it repeated has twice as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IspCalendar {
    date: NaiveDate,
    time_zone: Tz,
    /// 1 to [`DAY_MIN`].
    isp_min: i64,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

/// Why there is no calendar for a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The ISP is not a number of whole minutes that divides a day of 24 hours.
    #[error("an ISP of {isp} is not a number of minutes that divides a day")]
    IspDuration {
        /// How long it is said to be.
        isp: Duration,
    },
    /// The time zone is not in the tz database that this crate was built with.
    #[error("the time zone {name} is not known")]
    TimeZone {
        /// Its name.
        name: String,
    },
    /// The day is outside the years 1 to 9999.
    #[error("the day {day} is not within the years 1 to 9999")]
    Date {
        /// The day.
        day: String,
    },
}

impl IspCalendar {
    /// The calendar of a day.
    ///
    /// # Errors
    /// When the ISP is not of whole minutes, not positive, or does not divide 24 hours, which years and months never do;
    /// when the day is outside the years 1 to 9999.
    pub fn new(date: NaiveDate, time_zone: Tz, isp: &Duration) -> Result<Self, CalendarError> {
        let isp_min = whole_minutes(isp)
            .filter(|minutes| (1..=DAY_MIN).contains(minutes) && DAY_MIN % minutes == 0)
            .ok_or_else(|| CalendarError::IspDuration { isp: isp.clone() })?;
        let bounds = || {
            let next = date.succ_opt().filter(|_| (1..=9999).contains(&date.year()))?;
            let start = start_of_day(date, time_zone)?;
            Some((start, start_of_day(next, time_zone)?.max(start)))
        };
        let (start, end) = bounds().ok_or_else(|| CalendarError::Date { day: date.to_string() })?;
        Ok(Self { date, time_zone, isp_min, start, end })
    }

    /// The calendar that a message with these three attributes means.
    ///
    /// A zone in the period says nothing about the day, which is that of the time zone.
    ///
    /// # Errors
    /// As [`Self::new`], and when the time zone is not known.
    pub fn of_message(period: Period, time_zone: &TimeZone, isp: &Duration) -> Result<Self, CalendarError> {
        let tz = time_zone
            .as_str()
            .parse()
            .map_err(|_| CalendarError::TimeZone { name: time_zone.as_str().to_owned() })?;
        Self::new(period.date(), tz, isp)
    }

    /// The day.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// The time zone whose day it is.
    pub fn time_zone(&self) -> Tz {
        self.time_zone
    }

    /// How long an ISP lasts: whole minutes, at most a day.
    pub fn isp_duration(&self) -> TimeDelta {
        TimeDelta::minutes(self.isp_min)
    }

    /// When the day starts.
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// When the next day starts.
    pub fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// How many ISPs the day has; as many whole ones as there is room for.
    pub fn count(&self) -> u32 {
        let isps = (self.end - self.start).num_seconds() / (self.isp_min * 60);
        u32::try_from(isps).unwrap_or(0)
    }

    /// What is left of the day behind its last ISP: nothing, unless the clock changed by less than a whole ISP (half an
    /// hour at Australia/Lord_Howe).
    pub fn remainder(&self) -> TimeDelta {
        self.end - self.start - self.isp_duration() * i32::try_from(self.count()).unwrap_or(0)
    }

    /// When an ISP is, counted from 1: up to its end, which is the start of the next. `None` where the day has no such ISP.
    pub fn interval(&self, isp: u32) -> Option<Range<DateTime<Utc>>> {
        if !(1..=self.count()).contains(&isp) {
            return None;
        }
        let start = self.start + TimeDelta::minutes(self.isp_min * i64::from(isp - 1));
        Some(start..start + self.isp_duration())
    }

    /// Each ISP with when it is, in order.
    pub fn intervals(&self) -> impl Iterator<Item = (u32, Range<DateTime<Utc>>)> + use<> {
        let calendar = *self;
        (1..=self.count()).filter_map(move |isp| Some((isp, calendar.interval(isp)?)))
    }

    /// What the clock on the wall shows when an ISP starts, for people to read.
    pub fn local_start(&self, isp: u32) -> Option<DateTime<Tz>> {
        Some(self.interval(isp)?.start.with_timezone(&self.time_zone))
    }

    /// The ISP that an instant is in; `None` outside the day, and in what is left behind its last ISP.
    pub fn isp_at(&self, instant: DateTime<Utc>) -> Option<u32> {
        if instant < self.start || instant >= self.end {
            return None;
        }
        let before = (instant - self.start).num_seconds() / (self.isp_min * 60);
        u32::try_from(before + 1).ok().filter(|isp| *isp <= self.count())
    }
}

/// The length in minutes, if it has one.
fn whole_minutes(isp: &Duration) -> Option<i64> {
    let length = isp.to_time_delta()?;
    (length.subsec_nanos() == 0 && length.num_seconds() % 60 == 0).then(|| length.num_minutes())
}

/// The first instant with this date: midnight, the first one where there are two, the end of the gap where there is none.
fn start_of_day(date: NaiveDate, time_zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN);
    if let Some(start) = time_zone.from_local_datetime(&midnight).earliest() {
        return Some(start.to_utc());
    }
    // The gap begins where the clock before it would show its first moment.
    let (begin, offset) = chrono_tz::GapInfo::new(&midnight, &time_zone)?.begin?;
    begin.checked_sub_offset(chrono::Offset::fix(&offset)).map(|start| start.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn an_isp_is_of_whole_minutes_and_divides_a_day() {
        let day = |isp: &str| {
            IspCalendar::new(date("2024-04-02"), Tz::Europe__Amsterdam, &isp.parse().expect("a duration"))
        };
        for (isp, count) in [
            ("PT15M", 96),
            ("PT1M", 1440),
            ("PT900S", 96),
            ("PT0H15M0.0S", 96),
            ("PT1H", 24),
            ("P1D", 1),
            ("PT24H", 1),
            ("P0Y0M0DT30M", 48),
        ] {
            assert_eq!(day(isp).map(|day| day.count()), Ok(count), "{isp}");
        }
        for isp in [
            "PT0S",
            "PT1S",
            "PT90S",
            "PT15M0.5S",
            "PT7M",
            "PT25H",
            "P2D",
            "P1W",
            "-PT15M",
            "P1M",
            "P1Y",
            "P1000Y",
            "PT99999999999M",
            "P4294967295Y",
            "PT18446744073709551615S",
            "-PT18446744073709551615S",
        ] {
            let Ok(duration) = isp.parse::<Duration>() else { continue };
            assert_eq!(day(isp), Err(CalendarError::IspDuration { isp: duration }), "{isp}");
        }
        assert_eq!(
            day("PT7M").unwrap_err().to_string(),
            "an ISP of PT7M is not a number of minutes that divides a day"
        );
    }

    #[test]
    fn reads_the_attributes_of_a_message() {
        let of = |period: &str, time_zone: &str| {
            let time_zone: TimeZone = time_zone.parse().expect("a time zone");
            IspCalendar::of_message(
                period.parse().expect("a period"),
                &time_zone,
                &Duration::from_minutes(15),
            )
        };
        let day = of("2024-10-27", "Europe/Amsterdam").unwrap();
        assert_eq!(
            (day.count(), day.date(), day.time_zone()),
            (100, date("2024-10-27"), Tz::Europe__Amsterdam)
        );
        assert_eq!(of("2024-10-27+14:00", "Europe/Amsterdam"), Ok(day));
        assert_eq!(
            of("2024-10-27", "Europe/Atlantis").unwrap_err().to_string(),
            "the time zone Europe/Atlantis is not known"
        );
    }

    #[test]
    fn days_that_nobody_trades_on_are_refused_without_a_panic() {
        for day in [NaiveDate::MIN, NaiveDate::MAX, date("0001-01-01") - chrono::Days::new(1)] {
            for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__Los_Angeles] {
                let error = IspCalendar::new(day, zone, &Duration::from_minutes(15)).unwrap_err();
                assert_eq!(error, CalendarError::Date { day: day.to_string() });
            }
        }
        let error = IspCalendar::new(NaiveDate::MAX, Tz::UTC, &Duration::from_minutes(15)).unwrap_err();
        assert_eq!(error.to_string(), "the day +262142-12-31 is not within the years 1 to 9999");
        for day in ["0001-01-01", "9999-12-31"] {
            for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__Los_Angeles] {
                let day = IspCalendar::new(date(day), zone, &Duration::from_minutes(15)).unwrap();
                assert_eq!(day.count(), 96);
            }
        }
    }
}
