//! The schema's own patterns for times and durations (`xcal:DateTimeType`, `xcal:DurationValueType`).
//!
//! Both are narrower than ISO 8601 and than XSD's types. Strict reading asks them; lenient reading accepts offsets
//! and weeks as well, and writing keeps to what both accept.

/// Whether the schema's pattern admits `text` as a date and time.
///
/// The zone is `Z` or absent, never an offset; a year has four digits and is not 0. (The pattern alone would also admit a leading
/// `+` and a fraction without digits; the type it narrows does not.)
pub(crate) fn is_date_time(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some((whole, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else { return false };
    let fraction = rest.strip_suffix('Z').unwrap_or(rest);
    let shaped = whole.bytes().zip("0000-00-00T00:00:00".bytes()).all(|(byte, model)| match model {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    });
    shaped
        && !whole.starts_with("0000")
        && (fraction.is_empty()
            || fraction.strip_prefix('.').is_some_and(|digits| !digits.is_empty() && all_digits(digits)))
}

/// Whether the schema's pattern admits `text` as a duration.
///
/// The pattern's alternatives bind wider than meant: weeks stand without the `P` (`3W`, not `P3W`). Every part may be
/// absent, the `T` does not depend on what follows it, and fractions are not admitted.
pub(crate) fn is_duration(text: &str) -> bool {
    is_weeks(text) || is_calendar(text)
}

fn is_weeks(text: &str) -> bool {
    text.strip_suffix('W').is_some_and(|digits| !digits.is_empty() && all_digits(digits))
}

fn is_calendar(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some(mut rest) = unsigned.strip_prefix('P') else { return false };
    for designator in ['Y', 'M', 'D'] {
        rest = skip_part(rest, designator);
    }
    rest = rest.strip_prefix('T').unwrap_or(rest);
    for designator in ['H', 'M', 'S'] {
        rest = skip_part(rest, designator);
    }
    rest.is_empty()
}

/// What follows digits and `designator`, or all of `text` where it does not start so.
fn skip_part(text: &str, designator: char) -> &str {
    let after_digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if after_digits.len() == text.len() {
        return text;
    }
    after_digits.strip_prefix(designator).unwrap_or(text)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_the_dates_the_schema_admits() {
        for text in [
            "2026-11-23T10:00:00Z",
            "2026-11-23T10:00:00",
            "2026-11-23T10:00:00.123Z",
            "-0001-01-01T00:00:00Z",
        ] {
            assert!(is_date_time(text), "{text}");
        }
    }

    #[test]
    fn refuses_offsets_and_short_dates() {
        for text in [
            "2026-11-23T10:00:00+01:00",
            "2026-11-23T10:00:00.",
            "+2026-11-23T10:00:00Z",
            "0000-01-01T00:00:00Z",
            "2026-11-23T10:00Z",
            "2026-11-23",
            "2026-11-23T10:00:00.1a",
            "2026-11-23t10:00:00Z",
            "12026-11-23T10:00:00Z",
            "",
            "2026-11-23T10:00:0é",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }

    #[test]
    fn admits_the_durations_the_schema_admits() {
        for text in [
            "P",
            "PT",
            "PT5M",
            "-PT5M",
            "+PT5M",
            "P1H",
            "P1M1M",
            "P1Y2M3DT4H5M6S",
            "3W",
            "P5M",
            "PT0S",
            "P1DT",
        ] {
            assert!(is_duration(text), "{text}");
        }
    }

    #[test]
    fn refuses_weeks_with_p_fractions_and_white_space() {
        for text in
            ["P3W", "W", "PT0.5S", " PT5M", "PT5M ", "", "5M", "PT5M3H", "PTS", "-3W", "P1T", "PP1D", "PTT5M"]
        {
            assert!(!is_duration(text), "{text}");
        }
    }
}
