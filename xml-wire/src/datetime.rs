//! A point in time as `xs:dateTime` and its OpenADR restriction write it.
//!
//! ```
//! use xml_wire::DateTime;
//! let at: DateTime = "2026-11-23T17:30:00.250+01:00".parse()?;
//! assert_eq!(at.to_string(), "2026-11-23T16:30:00.25Z");
//! assert_eq!(at.offset_s(), 3600);
//! # Ok::<(), xml_wire::NotADateTime>(())
//! ```

use std::fmt;
use std::str::FromStr;

use chrono::{
    Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Timelike as _,
    Utc,
};

use crate::lexical::{Lexical, collapse, digits};
use crate::text::{Escape, Text};

/// A point in time, to the nanosecond, with the offset it was written with.
///
/// Read: any offset; a missing zone is UTC; `24:00:00` is the next midnight; digits after the ninth of a fraction
/// are cut. Written: UTC with `Z`, without needless digits. Compared: as instants, whatever the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(chrono::DateTime<FixedOffset>);

impl DateTime {
    /// The instant, in UTC.
    pub fn to_utc(self) -> chrono::DateTime<Utc> {
        self.0.to_utc()
    }

    /// The offset from UTC it was written with, in seconds, east positive.
    pub fn offset_s(self) -> i32 {
        self.0.offset().local_minus_utc()
    }

    /// The time on the clock of whoever wrote it.
    pub fn to_local(self) -> chrono::DateTime<FixedOffset> {
        self.0
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(at: chrono::DateTime<Utc>) -> Self {
        Self(at.fixed_offset())
    }
}

impl From<chrono::DateTime<FixedOffset>> for DateTime {
    fn from(at: chrono::DateTime<FixedOffset>) -> Self {
        Self(at)
    }
}

impl From<DateTime> for chrono::DateTime<Utc> {
    fn from(at: DateTime) -> Self {
        at.to_utc()
    }
}

/// A text that is no date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time such as 2026-11-23T12:00:00Z")]
pub struct NotADateTime;

impl FromStr for DateTime {
    type Err = NotADateTime;

    fn from_str(text: &str) -> Result<Self, NotADateTime> {
        read(collapse(text)).ok_or(NotADateTime)
    }
}

fn read(text: &str) -> Option<DateTime> {
    fixed(text).or_else(|| general(text))
}

/// The form that most peers write, `YYYY-MM-DDThh:mm:ssZ`, with or without a fraction, by the places of its digits.
fn fixed(text: &str) -> Option<DateTime> {
    let (bytes, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.iter().any(|(place, mark)| bytes[*place] != *mark) {
        return None;
    }
    let nanos = match rest {
        [b'Z'] => 0,
        [b'.', _, .., b'Z'] => nanoseconds(text.get(20..text.len() - 1)?)?,
        _ => return None,
    };
    let two = |place: usize| {
        let (tens, ones) = (bytes[place].wrapping_sub(b'0'), bytes[place + 1].wrapping_sub(b'0'));
        (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
    };
    let year = i32::try_from(two(0)? * 100 + two(2)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, two(5)?, two(8)?)?;
    Some(DateTime::from(date.and_hms_nano_opt(two(11)?, two(14)?, two(17)?, nanos)?.and_utc()))
}

/// Any other form.
fn general(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    let (negative, date) = match date.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, date.strip_prefix('+').unwrap_or(date)),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() < 4 {
        return None;
    }
    let year: i32 = number(year, year.len())?.try_into().ok()?;
    let date =
        NaiveDate::from_ymd_opt(if negative { -year } else { year }, number(month, 2)?, number(day, 2)?)?;

    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let (hour, minute, second) =
        (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() {
        return None;
    }
    let nanos = nanoseconds(fraction)?;
    let local = if (hour, minute, second, nanos) == (24, 0, 0, 0) {
        date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::days(1))?
    } else {
        date.and_time(NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?)
    };
    Some(DateTime(offset(zone)?.from_local_datetime(&local).single()?))
}

fn offset(zone: &str) -> Option<FixedOffset> {
    if zone == "Z" {
        return FixedOffset::east_opt(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours * 60 + minutes > 14 * 60 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    FixedOffset::east_opt(if zone.starts_with('-') { -seconds } else { seconds })
}

/// A number of exactly `len` digits.
fn number(text: &str, len: usize) -> Option<u32> {
    if text.len() == len && digits(text) { text.parse().ok() } else { None }
}

/// A fraction of a second in nanoseconds; digits after the ninth are cut.
pub(crate) fn nanoseconds(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut nanos = 0;
    for place in 0..9 {
        nanos = nanos * 10 + fraction.as_bytes().get(place).map_or(0, |b| u32::from(b - b'0'));
    }
    Some(nanos)
}

/// A fraction of a second without needless digits, with its point; empty for none.
pub(crate) fn fraction_text(nanos: u32, buffer: &mut [u8; 10]) -> &str {
    let mut rest = nanos;
    buffer[0] = b'.';
    for place in (1..10).rev() {
        buffer[place] = digit(rest % 10);
        rest /= 10;
    }
    let len = buffer.iter().rposition(|b| !matches!(b, b'0' | b'.')).map_or(0, |at| at + 1);
    str::from_utf8(&buffer[..len]).unwrap_or_default()
}

fn digit(value: u32) -> u8 {
    b"0123456789"[(value % 10) as usize]
}

/// `YYYY-MM-DDThh:mm:ss`, for the years that have four digits.
fn plain(at: NaiveDateTime, buffer: &mut [u8; 19]) -> Option<&str> {
    let year = u32::try_from(at.year()).ok().filter(|year| *year <= 9999)?;
    *buffer = *b"0000-00-00T00:00:00";
    for (place, value) in [
        (0, year / 100),
        (2, year % 100),
        (5, at.month()),
        (8, at.day()),
        (11, at.hour()),
        (14, at.minute()),
        (17, at.second()),
    ] {
        buffer[place] = digit(value / 10);
        buffer[place + 1] = digit(value);
    }
    str::from_utf8(buffer).ok()
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.naive_utc();
        match plain(at, &mut [0; 19]) {
            Some(text) => f.write_str(text)?,
            None => {
                // chrono marks years beyond four digits with a plus that XSD does not have.
                let sign = if at.year() < 0 { "-" } else { "" };
                write!(f, "{sign}{:04}{}", at.year().unsigned_abs(), at.format("-%m-%dT%H:%M:%S"))?;
            }
        }
        f.write_str(fraction_text(at.nanosecond() % 1_000_000_000, &mut [0; 10]))?;
        f.write_str("Z")
    }
}

impl Text for DateTime {
    const EXPECTED: &'static str = "a date and time such as 2026-11-23T12:00:00Z";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        let text = collapse(text);
        if how.strict && !(how.dialect.is_date_time)(text) {
            return None;
        }
        read(text)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        use fmt::Write as _;
        let at = self.0.naive_utc();
        match plain(at, &mut [0; 19]) {
            Some(text) => {
                out.plain(text);
                out.plain(fraction_text(at.nanosecond() % 1_000_000_000, &mut [0; 10]));
                out.plain("Z");
                Ok(())
            }
            None => write!(out.out, "{self}"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for DateTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for DateTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::json::from_str(deserializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for DateTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DateTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "pattern": r"^\s*[+-]?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-4])(:[0-5][0-9]){2}(\.[0-9]*)?(Z|[+-][0-9]{2}:[0-5][0-9])?\s*$"
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_forms_peers_write() {
        for (text, utc) in [
            ("2026-11-23T12:00:00", "2026-11-23T12:00:00Z"),
            (" 2026-11-23T12:00:00Z\n", "2026-11-23T12:00:00Z"),
            ("2026-11-23T12:00:00.Z", "2026-11-23T12:00:00Z"),
            ("2026-11-23T12:00:00.000000Z", "2026-11-23T12:00:00Z"),
            ("2026-11-23T12:00:00.1234567891234Z", "2026-11-23T12:00:00.123456789Z"),
            ("2026-12-31T24:00:00Z", "2027-01-01T00:00:00Z"),
            ("2026-11-23T01:30:00+09:30", "2026-11-22T16:00:00Z"),
            ("2026-11-23T12:00:00-14:00", "2026-11-24T02:00:00Z"),
            ("-0044-03-15T12:00:00Z", "-0044-03-15T12:00:00Z"),
            ("12026-03-15T12:00:00Z", "12026-03-15T12:00:00Z"),
        ] {
            assert_eq!(text.parse::<DateTime>().unwrap().to_string(), utc, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23t12:00:00z",
            "2026-11-23 12:00:00",
            "2026-02-29T12:00:00Z",
            "2026-11-23T24:00:01Z",
            "2026-11-23T12:60:00Z",
            "2026-11-23T12:00:60Z",
            "2026-11-23T12:00:00+15:00",
            "2026-11-23T12:00:00+0100",
            "226-11-23T12:00:00Z",
            "2026-1-23T12:00:00Z",
            "2026-11-23T12:00Z",
            "2026-11-23T12:00:00ZZ",
            "99999999999-11-23T12:00:00Z",
            "2026-11-23T12:00:00.5x",
        ] {
            assert_eq!(text.parse::<DateTime>(), Err(NotADateTime), "{text}");
        }
    }

    #[test]
    fn keeps_the_offset_and_compares_instants() {
        let local: DateTime = "2026-11-23T13:00:00+01:00".parse().unwrap();
        assert_eq!(local.offset_s(), 3600);
        assert_eq!(local, "2026-11-23T12:00:00Z".parse().unwrap());
    }

    proptest! {
        #[test]
        fn what_is_read_by_its_places_is_read_so_in_general(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9x]{0,12})?[Z+]?",
        ) {
            if let Some(at) = fixed(&text) {
                prop_assert_eq!(general(&text), Some(at));
            }
        }

        #[test]
        fn writing_and_reading_returns_the_same_instant(s in -62_000_000_000i64..250_000_000_000, ns in 0u32..1_000_000_000) {
            let at = DateTime::from(chrono::DateTime::<Utc>::from_timestamp(s, ns).unwrap());
            let text = at.to_string();
            prop_assert_eq!(text.parse::<DateTime>().unwrap(), at);
            prop_assert!(crate::lexical::is_date_time(&text));
        }
    }
}
