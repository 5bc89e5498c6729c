//! A day of trade.

use std::fmt;

use chrono::{Datelike as _, FixedOffset, NaiveDate};
use xml_wire::{Escape, Lexical, Text, lexical};

/// A day, with a zone or without (`PeriodType`, `xs:date`).
///
/// The zone says nothing about the day of trade, whose midnight is that of the message's time zone; it is kept and written again.
///
/// ```
/// use usef_messages::values::Period;
/// let day: Period = "2026-11-23+01:00".parse()?;
/// assert_eq!(day.date().to_string(), "2026-11-23");
/// assert_eq!(day.to_string(), "2026-11-23+01:00");
/// # Ok::<(), usef_messages::values::NotInList>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period(Day);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Day {
    date: NaiveDate,
    zone: Option<FixedOffset>,
}

impl Period {
    /// A day without a zone.
    pub fn new(date: NaiveDate) -> Self {
        Self(Day { date, zone: None })
    }

    /// The day, its zone left out.
    pub fn date(self) -> NaiveDate {
        self.0.date
    }

    /// The zone it was written with.
    pub fn zone(self) -> Option<FixedOffset> {
        self.0.zone
    }
}

impl From<NaiveDate> for Period {
    fn from(date: NaiveDate) -> Self {
        Self::new(date)
    }
}

fn parse(text: &str) -> Option<Day> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let negative = unsigned.len() < text.len();
    let (year, rest) = unsigned.split_once('-')?;
    if year.len() < 4 || (year.len() > 4 && year.starts_with('0')) || year.bytes().all(|b| b == b'0') {
        return None;
    }
    let year = i32::try_from(number(year)?).ok()?;
    let (month, rest) = rest.split_once('-')?;
    let (day, zone) = rest.split_at_checked(2)?;
    if month.len() != 2 {
        return None;
    }
    let zone = match zone {
        "" => None,
        "Z" => Some(FixedOffset::east_opt(0)?),
        _ => Some(offset(zone)?),
    };
    let date = NaiveDate::from_ymd_opt(if negative { -year } else { year }, number(month)?, number(day)?)?;
    Some(Day { date, zone })
}

fn offset(zone: &str) -> Option<FixedOffset> {
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    FixedOffset::east_opt(if zone.starts_with('-') { -seconds } else { seconds })
}

fn number(text: &str) -> Option<u32> {
    if super::name::is_number(text) { text.parse().ok() } else { None }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.date.year();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}", year.unsigned_abs(), self.date.month(), self.date.day())?;
        match self.zone.map(|zone| zone.local_minus_utc() / 60) {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl Text for Period {
    const EXPECTED: &'static str = "a day such as 2026-11-23";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        parse(lexical::collapse(text)).map(Self)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        fmt::Write::write_fmt(out, format_args!("{self}"))
    }
}

super::scalar!(Period, {
    "type": "string",
    "pattern": "^-?([1-9][0-9]{3,}|0[0-9]{3})-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$"
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::reads;

    #[test]
    fn takes_days_of_the_calendar_only() {
        for day in
            ["2026-11-23", "2024-02-29", " 2026-11-23Z\n", "2026-11-23-14:00", "-0044-03-15", "12026-01-01"]
        {
            assert!(reads::<Period>(day), "{day}");
        }
        let refused = [
            "2026-02-29",
            "2026-11-23+14:01",
            "2026-11-23+1:00",
            "02026-11-23",
            "0000-01-01",
            "2026-1-23",
            "2026-11-23T00:00:00",
            "+2026-11-23",
            "26-11-23",
            "2026-11-2é",
        ];
        for day in refused {
            assert!(!reads::<Period>(day), "{day}");
        }
    }

    #[test]
    fn keeps_its_zone() {
        for day in ["2026-11-23", "2026-11-23Z", "2026-11-23-03:30", "-0044-03-15+01:00"] {
            assert_eq!(day.parse::<Period>().unwrap().to_string(), day);
        }
    }
}
