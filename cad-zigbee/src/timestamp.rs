//! Moments, as captures and meters write them.
//!
//! ```
//! use cad_zigbee::timestamp::Timestamp;
//!
//! assert_eq!(Timestamp::from_zigbee(0).to_string(), "2000-01-01T00:00:00Z");
//! ```

use crate::error::{Error, Result};
use core::fmt;
use core::str::FromStr;
use core::time::Duration;

/// A moment in UTC, as time since 1970-01-01 00:00:00, leap seconds left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(
    /// Time since 1970-01-01 00:00:00.
    pub Duration,
);

const ZIGBEE_EPOCH_S: u64 = 946_684_800;

impl Timestamp {
    /// From seconds since 2000-01-01 00:00:00 UTC, the UTCTime of the ZCL.
    pub const fn from_zigbee(seconds: u32) -> Self {
        let bytes = seconds.to_le_bytes();
        let seconds = u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], 0, 0, 0, 0]);
        Self(Duration::from_secs(ZIGBEE_EPOCH_S.saturating_add(seconds)))
    }

    /// The UTCTime of the ZCL; none before 2000 and after 2136.
    pub fn to_zigbee(self) -> Option<u32> {
        self.0.as_secs().checked_sub(ZIGBEE_EPOCH_S)?.try_into().ok().filter(|seconds| *seconds != u32::MAX)
    }
}

/// RFC 3339, with as many digits of the second as there are.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (year, month, day) = civil_date(seconds.div_euclid(86_400));
        let second_of_day = seconds.rem_euclid(86_400);
        let (hour, minute, second) = (
            second_of_day.div_euclid(3600),
            second_of_day.div_euclid(60).rem_euclid(60),
            second_of_day.rem_euclid(60),
        );
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        let mut nanos = self.0.subsec_nanos();
        if nanos > 0 {
            let mut width = 9_usize;
            while nanos.rem_euclid(10) == 0 {
                nanos = nanos.div_euclid(10);
                width = width.saturating_sub(1);
            }
            write!(f, ".{nanos:0width$}")?;
        }
        f.write_str("Z")
    }
}

/// Year, month and day of the Gregorian calendar, from days since 1970-01-01.
fn civil_date(days: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01, so that the leap day is the last of its year.
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leap_days = day_of_era
        .div_euclid(1460)
        .saturating_add(day_of_era.div_euclid(146_096))
        .saturating_sub(day_of_era.div_euclid(36_524));
    let year_of_era = day_of_era.saturating_sub(leap_days).div_euclid(365);
    let first_day = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era.div_euclid(4))
        .saturating_sub(year_of_era.div_euclid(100));
    let day_of_year = day_of_era.saturating_sub(first_day);
    let month_from_march = day_of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
    let day = day_of_year
        .saturating_sub(month_from_march.saturating_mul(153).saturating_add(2).div_euclid(5))
        .saturating_add(1);
    let year = era.saturating_mul(400).saturating_add(year_of_era);
    if month_from_march < 10 {
        (year, month_from_march.saturating_add(3), day)
    } else {
        (year.saturating_add(1), month_from_march.saturating_sub(9), day)
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Reads a date and time as RFC 3339 has it: `2022-11-07T09:20:08Z`, with or without a fraction, with `Z` or an
    /// offset; a space may stand for the `T`.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else, and for moments before 1970.
    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or(Error::Malformed { at: 0, what: "a time is as in 2022-11-07T09:20:08Z" })
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let digits = |from: usize, to: usize| -> Option<u64> {
        let text = text.get(from..to)?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
    };
    let is =
        |at: usize, one_of: &[u8]| text.as_bytes().get(at).filter(|byte| one_of.contains(byte)).map(drop);
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    for (at, one_of) in [(4, b"-".as_slice()), (7, b"-"), (10, b"Tt "), (13, b":"), (16, b":")] {
        is(at, one_of)?;
    }
    let mut rest = text.get(19..)?;
    let mut nanoseconds = 0_u32;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let (shown, after) = fraction.split_at_checked(length).filter(|(shown, _)| !shown.is_empty())?;
        for place in 0..9 {
            let digit = shown.as_bytes().get(place).map_or(0, |byte| u32::from(byte.wrapping_sub(b'0')));
            nanoseconds = nanoseconds.checked_mul(10)?.checked_add(digit)?;
        }
        rest = after;
    }
    let offset_s = match rest.as_bytes() {
        [b'Z' | b'z'] => 0_i64,
        [sign @ (b'+' | b'-'), ..] if rest.len() == 6 && rest.get(3..4) == Some(":") => {
            let hours: i64 = rest.get(1..3)?.parse().ok().filter(|hours| (0..24).contains(hours))?;
            let minutes: i64 = rest.get(4..6)?.parse().ok().filter(|minutes| (0..60).contains(minutes))?;
            let seconds = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?;
            if *sign == b'-' { seconds.checked_neg()? } else { seconds }
        }
        _ => return None,
    };
    let days = days_from_civil(year, month, day)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days.checked_mul(24)?.checked_add(hour)?.checked_mul(60)?.checked_add(minute)?;
    let seconds =
        seconds.checked_mul(60)?.checked_add(second)?.checked_add_signed(offset_s.checked_neg()?)?;
    Some(Timestamp(Duration::new(seconds, nanoseconds)))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; none if there is no such date, or it is earlier.
fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    const BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    const LENGTH: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let is_leap = year.checked_rem(4)? == 0 && (year.checked_rem(100)? != 0 || year.checked_rem(400)? == 0);
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    let longer = u64::from(is_leap && month == 2);
    if day == 0 || day > LENGTH.get(index)?.checked_add(longer)? {
        return None;
    }
    let years = year.checked_sub(1970)?;
    let before = year.checked_sub(1)?;
    let leap_days = |year: u64| {
        year.div_euclid(4).saturating_sub(year.div_euclid(100)).saturating_add(year.div_euclid(400))
    };
    years
        .checked_mul(365)?
        .checked_add(leap_days(before).checked_sub(leap_days(1969))?)?
        .checked_add(*BEFORE_MONTH.get(index)?)?
        .checked_add(u64::from(is_leap && month > 2))?
        .checked_add(day.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use core::time::Duration;
    use std::string::ToString;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_713_535_439, "2024-04-19T14:03:59Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp(Duration::from_secs(seconds)).to_string(), text);
        }
        let time = Timestamp(Duration::new(1, 500_000));
        assert_eq!(time.to_string(), "1970-01-01T00:00:01.0005Z");
    }

    #[test]
    fn what_is_shown_is_read_back_and_offsets_count() {
        for seconds in [0, 951_782_399, 951_782_400, 1_713_535_439, 4_107_542_399, 4_107_542_400] {
            let time = Timestamp(Duration::from_secs(seconds));
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        let time = Timestamp(Duration::new(1_667_812_808, 250_000_000));
        assert_eq!("2022-11-07T09:20:08.25Z".parse(), Ok(time));
        assert_eq!("2022-11-07 10:50:08.250+01:30".parse(), Ok(time));
        for wrong in [
            "",
            "2022-11-07",
            "2022-02-29T00:00:00Z",
            "2022-11-07T09:20:08",
            "1969-12-31T23:59:59Z",
            "2022-11-07T24:00:00Z",
            "2022-13-07T00:00:00Z",
            "2022-11-07T09:20:08.Z",
            "é022-11-07T09:20:08Z",
        ] {
            assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn zigbee_time_counts_from_2000() {
        assert_eq!(Timestamp::from_zigbee(766_850_639).to_string(), "2024-04-19T14:03:59Z");
        assert_eq!(Timestamp::from_zigbee(766_850_639).to_zigbee(), Some(766_850_639));
        assert_eq!(Timestamp(Duration::ZERO).to_zigbee(), None);
    }
}
