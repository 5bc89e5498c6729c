//! Moments, as captures and meters write them.
//!
//! ```
//! use cad_zigbee::timestamp::Timestamp;
//!
//! assert_eq!(Timestamp::from_zigbee(0).to_string(), "2000-01-01T00:00:00Z");
//! ```

use core::fmt;
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
    fn zigbee_time_counts_from_2000() {
        assert_eq!(Timestamp::from_zigbee(766_850_639).to_string(), "2024-04-19T14:03:59Z");
        assert_eq!(Timestamp::from_zigbee(766_850_639).to_zigbee(), Some(766_850_639));
        assert_eq!(Timestamp(Duration::ZERO).to_zigbee(), None);
    }
}
