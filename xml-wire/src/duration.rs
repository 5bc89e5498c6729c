//! A length of time as ISO 8601, XSD and OpenADR write it.
//!
//! ```
//! use xml_wire::Duration;
//! let length: Duration = "PT90M".parse()?;
//! assert_eq!(length.to_string(), "PT90M"); // as it was written
//! assert_eq!(length, Duration::from_seconds(5400));
//! assert_eq!(Duration::from_seconds(5400).to_string(), "PT1H30M");
//! # Ok::<(), xml_wire::NotADuration>(())
//! ```

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, TimeDelta, Utc};
use smol_str::SmolStr;

use crate::datetime::{fraction_text, nanoseconds};
use crate::lexical::{Lexical, collapse, digits};
use crate::text::{Escape, Text};

/// A length of time: sign, years to fractional seconds, and weeks.
///
/// The text it was read from survives: `PT90M` stays `PT90M`. Two are equal when they are as long, that is, when
/// their months (with years) and their seconds (with weeks to minutes) are; a month has no fixed number of days, so
/// durations have no order. Digits after the ninth of a fraction of a second are kept in the text but not counted.
///
/// Read: the ISO form, weeks with or without `P`, and a time part without its `T` where only OpenADR's schema allows
/// it. `P` and `PT`, which that schema allows too, are zero. Written into a document, weeks behind a `P`, which neither
/// XSD's type nor OpenADR's schema has, are days, and a fraction of zeros is left out.
#[derive(Clone)]
pub struct Duration {
    text: SmolStr,
}

/// The numbers of a [`Duration`], each as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Whether the whole is negative.
    pub negative: bool,
    /// Calendar years.
    pub years: u32,
    /// Calendar months.
    pub months: u32,
    /// Weeks.
    pub weeks: u32,
    /// Days.
    pub days: u32,
    /// Hours.
    pub hours: u32,
    /// Minutes.
    pub minutes: u32,
    /// Whole seconds.
    pub seconds: u64,
    /// Nanoseconds beyond the seconds, below 1,000,000,000.
    pub nanos: u32,
}

impl Duration {
    /// No time at all; for the length of an OpenADR event it means open ended.
    pub const ZERO: Self = Self { text: SmolStr::new_inline("PT0S") };

    /// A number of seconds, written in days, hours, minutes and seconds.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from(TimeDelta::seconds(seconds.clamp(-i64::MAX / 1000, i64::MAX / 1000)))
    }

    /// A number of minutes, written in days, hours and minutes.
    pub fn from_minutes(minutes: u32) -> Self {
        Self::from_seconds(i64::from(minutes) * 60)
    }

    /// The numbers it was written with.
    pub fn parts(&self) -> Parts {
        parts(&self.text).unwrap_or_default()
    }

    /// Whether it is no time at all.
    pub fn is_zero(&self) -> bool {
        self.length() == (0, 0)
    }

    /// The length in days of 24 hours and less; `None` where it holds years or months, which have no fixed length,
    /// or exceeds what chrono can hold.
    pub fn to_time_delta(&self) -> Option<TimeDelta> {
        let (months, _) = self.length();
        if months != 0 {
            return None;
        }
        let parts = self.parts();
        let length = TimeDelta::new(i64::try_from(parts.whole_seconds()).ok()?, parts.nanos)?;
        Some(if parts.negative { -length } else { length })
    }

    /// The time this long after `start`; `None` past what chrono can hold.
    ///
    /// Years and months are added on the calendar first: a month after 31 January is the last of February.
    pub fn after(&self, start: chrono::DateTime<Utc>) -> Option<chrono::DateTime<Utc>> {
        let parts = self.parts();
        let months = Months::new(parts.years.checked_mul(12)?.checked_add(parts.months)?);
        let days = Days::new(u64::from(parts.weeks) * 7 + u64::from(parts.days));
        let clock = Parts { weeks: 0, days: 0, ..parts };
        let clock = TimeDelta::new(i64::try_from(clock.whole_seconds()).ok()?, parts.nanos)?;
        if parts.negative {
            start.checked_sub_months(months)?.checked_sub_days(days)?.checked_sub_signed(clock)
        } else {
            start.checked_add_months(months)?.checked_add_days(days)?.checked_add_signed(clock)
        }
    }

    /// Months and nanoseconds, signed: what equality is about.
    fn length(&self) -> (i64, i128) {
        let parts = self.parts();
        let months = i64::from(parts.years) * 12 + i64::from(parts.months);
        let nanos = parts.whole_seconds() * 1_000_000_000 + i128::from(parts.nanos);
        if parts.negative { (-months, -nanos) } else { (months, nanos) }
    }
}

impl Parts {
    fn whole_seconds(&self) -> i128 {
        let days = i128::from(self.weeks) * 7 + i128::from(self.days);
        days * 86_400
            + i128::from(self.hours) * 3600
            + i128::from(self.minutes) * 60
            + i128::from(self.seconds)
    }
}

/// The seven designators in their order; `M` stands for two.
const ORDER: [u8; 7] = *b"YMWDHMS";

fn parts(text: &str) -> Option<Parts> {
    let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let mut parts = Parts { negative, ..Parts::default() };
    // Weeks without `P` are all that OpenADR's pattern allows of weeks.
    let Some(mut rest) = unsigned.strip_prefix('P') else {
        parts.weeks = whole(unsigned.strip_suffix('W')?)?;
        return Some(parts);
    };
    let mut place = 0;
    loop {
        if place <= 4 && rest.starts_with('T') {
            rest = &rest[1..];
            place = 4;
            // Nothing but times may follow, and a second `T` is none.
            if rest.starts_with('T') {
                return None;
            }
        }
        let Some(at) = rest.find(|c: char| !c.is_ascii_digit() && c != '.') else {
            return rest.is_empty().then_some(parts);
        };
        let (number, tail) = rest.split_at(at);
        let designator = *tail.as_bytes().first()?;
        let found = place + ORDER.get(place..)?.iter().position(|d| *d == designator)?;
        match found {
            0 => parts.years = whole(number)?,
            1 => parts.months = whole(number)?,
            2 => parts.weeks = whole(number)?,
            3 => parts.days = whole(number)?,
            4 => parts.hours = whole(number)?,
            5 => parts.minutes = whole(number)?,
            _ => {
                let (seconds, fraction) = number.split_once('.').unwrap_or((number, "0"));
                if !digits(seconds) || !digits(fraction) {
                    return None;
                }
                parts.seconds = seconds.parse().ok()?;
                parts.nanos = nanoseconds(fraction)?;
            }
        }
        place = found + 1;
        rest = tail.get(1..)?;
    }
}

fn whole(number: &str) -> Option<u32> {
    if digits(number) { number.parse().ok() } else { None }
}

impl PartialEq for Duration {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text || self.length() == other.length()
    }
}

impl Eq for Duration {}

impl std::hash::Hash for Duration {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.length().hash(state);
    }
}

impl Default for Duration {
    fn default() -> Self {
        Self::ZERO
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Duration({})", self.text)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Written in days of 24 hours and less. More than `u32::MAX` days, eleven million years, count as so many.
impl From<TimeDelta> for Duration {
    fn from(length: TimeDelta) -> Self {
        use fmt::Write as _;
        let absolute = length.abs().min(TimeDelta::days(u32::MAX.into()));
        let (seconds, nanos) = (absolute.num_seconds(), absolute.subsec_nanos().unsigned_abs());
        if seconds == 0 && nanos == 0 {
            return Self::ZERO;
        }
        let mut text = smol_str::SmolStrBuilder::new();
        text.push_str(if length < TimeDelta::zero() { "-P" } else { "P" });
        let mut put = |value: i64, designator: char| {
            if value > 0 {
                // Writing to a string cannot fail.
                let _ = write!(text, "{value}{designator}");
            }
        };
        put(seconds / 86_400, 'D');
        if seconds % 86_400 > 0 || nanos > 0 {
            text.push('T');
            let mut put = |value: i64, designator: char| {
                if value > 0 {
                    let _ = write!(text, "{value}{designator}");
                }
            };
            put(seconds % 86_400 / 3600, 'H');
            put(seconds % 3600 / 60, 'M');
            if nanos > 0 {
                let _ = write!(text, "{}{}S", seconds % 60, fraction_text(nanos, &mut [0; 10]));
            } else {
                put(seconds % 60, 'S');
            }
        }
        Self { text: text.finish() }
    }
}

/// A text that is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a duration such as PT15M")]
pub struct NotADuration;

impl FromStr for Duration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, NotADuration> {
        let text = collapse(text);
        parts(text).map(|_| Self { text: SmolStr::new(text) }).ok_or(NotADuration)
    }
}

impl Text for Duration {
    const EXPECTED: &'static str = "a duration such as PT15M";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        if how.strict && !(how.dialect.is_duration)(text) {
            return None;
        }
        text.parse().ok()
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        match without_fraction(&self.text).or_else(|| without_weeks(&self.text)) {
            Some(text) => out.plain(&text),
            None => out.plain(&self.text),
        }
        Ok(())
    }
}

/// The text without a fraction of nothing, and without weeks, where it has such a fraction.
fn without_fraction(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let zeros = fraction.strip_suffix('S')?;
    let text = format!("{whole}S");
    zeros.bytes().all(|zero| zero == b'0').then(|| without_weeks(&text).unwrap_or(text))
}

/// The text with its weeks as days, where they stand behind a `P`.
fn without_weeks(text: &str) -> Option<String> {
    let (before, after) = text.split_once('W').filter(|(before, _)| before.contains('P'))?;
    let parts = parts(text)?;
    let days = parts.weeks.checked_mul(7)?.checked_add(parts.days)?;
    let before = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let after = after.split_once('D').map_or(after, |(_, after)| after);
    Some(format!("{before}{days}D{after}"))
}

#[cfg(feature = "serde")]
impl serde::Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Duration {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::json::from_str(deserializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Duration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // The format `duration` has neither signs nor fractions.
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^\s*[+-]?(P([0-9]+[YMWD])*T?([0-9]+[HM])*([0-9]+(\.[0-9]+)?S)?|[0-9]+W)\s*$"
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::DateTime;

    fn duration(text: &str) -> Duration {
        text.parse().unwrap_or_else(|_| panic!("{text} is a duration"))
    }

    #[test]
    fn keeps_the_text_it_was_read_from() {
        for text in [
            "PT90M", "P1M", "P1DT24H", "-PT5M", "+PT5M", "P0D", "PT0S", "P3W", "3W", "PT0.50S", "P1H", "P",
            "PT", "PT007S",
        ] {
            assert_eq!(duration(text).to_string(), text);
        }
    }

    #[test]
    fn writes_days_for_weeks_that_no_schema_admits() {
        for (text, written) in [
            ("P3W", "P21D"),
            ("-P1Y2M3W4DT5H", "-P1Y2M25DT5H"),
            ("P2WT0.50S", "P14DT0.50S"),
            ("P1WT5.00S", "P7DT5S"),
            ("P0DT10.000S", "P0DT10S"),
            ("3W", "3W"),
            ("PT0.50S", "PT0.50S"),
            ("P4294967295W", "P4294967295W"),
        ] {
            let mut out = String::new();
            Text::write(&duration(text), &mut Escape { out: &mut out, attribute: false }).unwrap();
            assert_eq!(out, written);
            assert_eq!(duration(&out), duration(text), "{text}");
        }
    }

    #[test]
    fn compares_lengths() {
        assert_eq!(duration("PT60M"), duration("PT1H"));
        assert_eq!(duration("P1Y"), duration("P12M"));
        assert_eq!(duration("P3W"), duration("3W"));
        assert_eq!(duration("-PT0S"), Duration::ZERO);
        assert_ne!(duration("P1M"), duration("P30D"));
        assert_ne!(duration("PT5M"), duration("-PT5M"));
    }

    #[test]
    fn tells_months_from_minutes_by_what_stands_before() {
        assert_eq!(duration("P5M").parts(), Parts { months: 5, ..Parts::default() });
        assert_eq!(duration("PT5M").parts(), Parts { minutes: 5, ..Parts::default() });
        assert_eq!(duration("P1D5M").parts(), Parts { days: 1, minutes: 5, ..Parts::default() });
        assert_eq!(
            duration("P1Y5M6M").parts(),
            Parts { years: 1, months: 5, minutes: 6, ..Parts::default() }
        );
    }

    #[test]
    fn adds_months_on_the_calendar() {
        let start = "2026-01-31T12:00:00Z".parse::<DateTime>().unwrap().to_utc();
        let after = |text: &str| DateTime::from(duration(text).after(start).unwrap()).to_string();
        assert_eq!(after("P1M"), "2026-02-28T12:00:00Z");
        assert_eq!(after("-P1M1DT1H"), "2025-12-30T11:00:00Z");
        assert_eq!(after("P2WT0.25S"), "2026-02-14T12:00:00.25Z");
        assert_eq!(duration("P4294967295Y").after(start), None);
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in [
            "",
            "P1",
            "1D",
            "PTS",
            "P1S1H",
            "P1Y1Y",
            "PT1HT1M",
            "P-1D",
            "PT1.5H",
            "PT.5S",
            "P1DTT1H",
            "--P1D",
            "P99999999999D",
            "pt5m",
            "PT5M5",
            "W",
            "P1M1M1M",
        ] {
            assert_eq!(text.parse::<Duration>(), Err(NotADuration), "{text}");
        }
    }

    #[test]
    fn a_length_that_no_duration_holds_is_the_longest() {
        let longest = duration("P4294967295D");
        assert_eq!(Duration::from(TimeDelta::MAX), longest);
        assert_eq!(Duration::from_seconds(i64::MAX), longest);
        assert_eq!(Duration::from_seconds(i64::MIN), duration("-P4294967295D"));
        assert!(!longest.is_zero() && longest.to_time_delta().is_some());
    }

    proptest! {
        #[test]
        fn writes_a_length_that_reads_back_equal(seconds in -400_000_000i64..400_000_000, nanos in 0u32..1_000_000_000) {
            let length = TimeDelta::new(seconds, nanos).unwrap();
            let text = Duration::from(length).to_string();
            prop_assert!(crate::lexical::is_duration(&text), "{}", text);
            prop_assert_eq!(duration(&text).to_time_delta(), Some(length));
        }
    }
}
