//! Lengths of time, and numbers, as people type them.

use chrono::TimeDelta;

/// A length of time such as `45s`, `10m`, `2h` or `1d`.
///
/// # Errors
/// Says what would have been one.
pub fn length(text: &str) -> Result<TimeDelta, String> {
    let fault = || format!("`{text}` is not a time such as 45s, 10m, 2h or 1d");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(fault)?;
    let number: i64 = number.parse().map_err(|_| fault())?;
    let length = match unit {
        "s" => TimeDelta::try_seconds(number),
        "m" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    };
    length.filter(|length| *length >= TimeDelta::zero()).ok_or_else(fault)
}

/// The same, but not zero.
///
/// # Errors
/// Says what would have been one.
pub fn period(text: &str) -> Result<TimeDelta, String> {
    let period = length(text)?;
    if period.is_zero() {
        Err("no time at all is not how often anything is done".to_owned())
    } else {
        Ok(period)
    }
}

/// A number, which neither infinity nor `NaN` is.
///
/// # Errors
/// Says what is none.
pub fn number(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("`{text}` is not a number"))
}

/// A number that is not negative.
///
/// # Errors
/// Says what is none.
pub fn amount(text: &str) -> Result<f64, String> {
    let amount = number(text)?;
    if amount < 0.0 { Err(format!("{text} is less than nothing")) } else { Ok(amount) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite() {
        assert_eq!((number("-1.5"), amount("0")), (Ok(-1.5), Ok(0.0)));
        for text in ["", "x", "NaN", "inf", "1e999"] {
            assert_eq!(number(text), Err(format!("`{text}` is not a number")));
        }
        assert_eq!(amount("-1.5"), Err("-1.5 is less than nothing".to_owned()));
    }

    #[test]
    fn does_nothing_without_a_pause() {
        assert_eq!(period("1s"), Ok(TimeDelta::seconds(1)));
        assert!(period("0m").is_err() && period("x").is_err());
    }

    #[test]
    fn reads_numbers_with_a_unit_only() {
        assert_eq!(length("90m"), Ok(TimeDelta::minutes(90)));
        for text in ["", "m", "5", "-5s", "5 m", "1.5h", "9999999999999999999d", "5é"] {
            assert!(length(text).is_err(), "{text}");
        }
    }
}
