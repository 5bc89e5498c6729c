//! How texts are to be understood: strictly or not, and XSD's own patterns.
//!
//! ```
//! use xml_wire::lexical;
//! assert_eq!(lexical::collapse(" \n far\t"), "far");
//! assert!(lexical::is_duration("P1DT2H"));
//! assert!(!lexical::is_duration("P3W")); // ISO 8601 has weeks, XSD has not
//! ```

use crate::name::Dialect;

/// How a text is read.
#[derive(Debug, Clone, Copy)]
pub struct Lexical {
    /// Whether to refuse whatever the published schema would refuse.
    pub strict: bool,
    /// The family of messages the text belongs to.
    pub dialect: &'static Dialect,
}

impl Lexical {
    /// Lenient reading outside any dialect.
    pub const LENIENT: Self = Self { strict: false, dialect: &XSD };
}

static XSD: Dialect = Dialect { namespaces: &[], is_date_time, is_duration };

/// Whether a character is white space in XML.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The text without white space around it: XSD's `collapse` for values that hold none within.
#[inline]
pub fn collapse(text: &str) -> &str {
    // Most values have none.
    let bytes = text.as_bytes();
    if bytes.first() > Some(&b' ') && bytes.last() > Some(&b' ') { text } else { text.trim_matches(is_space) }
}

/// XSD's `collapse` in full: none around the text, one blank for each run within.
pub fn token(text: &str) -> std::borrow::Cow<'_, str> {
    let trimmed = collapse(text);
    let mut blank = false;
    let plain = trimmed.bytes().all(|byte| {
        let second = blank && byte == b' ';
        blank = byte == b' ';
        !second && !matches!(byte, b'\t' | b'\n' | b'\r')
    });
    if plain {
        return trimmed.into();
    }
    trimmed.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").into()
}

/// Whether a text has the form of `xs:dateTime` (values are checked apart).
pub fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let date = date.strip_prefix('-').unwrap_or(date);
    let mut parts = date.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let year_ok = digits(year) && year.len() >= 4 && (year.len() == 4 || !year.starts_with('0'));
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let zone_ok = match zone.strip_prefix(['+', '-']) {
        Some(offset) => two_by_two(offset, 2),
        None => zone.is_empty() || zone == "Z",
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    year_ok && two(month) && two(day) && two_by_two(clock, 3) && digits(fraction) && zone_ok
}

/// Whether a text has the form of `xs:duration`.
pub fn is_duration(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let Some(body) = unsigned.strip_prefix('P') else { return false };
    let (date, time) = match body.split_once('T') {
        Some((_, "")) => return false,
        Some((date, time)) => (date, time),
        None => (body, ""),
    };
    !(date.is_empty() && time.is_empty()) && fields(date, "YMD", false) && fields(time, "HMS", true)
}

/// Whether a text is numbers, each followed by one of `designators`, in that order.
fn fields(text: &str, designators: &str, fraction: bool) -> bool {
    let mut allowed = designators;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| !c.is_ascii_digit() && c != '.') {
        let (number, tail) = rest.split_at(at);
        let designator = tail.chars().next().unwrap_or_default();
        let Some(place) = allowed.find(designator) else { return false };
        let whole = match number.split_once('.') {
            Some((whole, part)) if fraction && designator == 'S' && digits(part) => whole,
            Some(_) => return false,
            None => number,
        };
        if !digits(whole) {
            return false;
        }
        allowed = &allowed[place + 1..];
        rest = &tail[1..];
    }
    rest.is_empty()
}

/// Whether a text is an extension of an open list: `x-` and something that is no white space.
pub fn is_extension(text: &str) -> bool {
    text.strip_prefix("x-").and_then(|rest| rest.chars().next()).is_some_and(|c| !is_space(c))
}

pub(crate) fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn two(text: &str) -> bool {
    text.len() == 2 && digits(text)
}

fn two_by_two(text: &str, parts: usize) -> bool {
    text.split(':').count() == parts && text.split(':').all(two)
}

/// Whether a text is an XML name without a colon (`NCName`).
pub fn is_ncname(text: &str) -> bool {
    // Nearly all names are made of these.
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.bytes().all(plain) {
        return true;
    }
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_form_of_a_date_and_time() {
        for text in ["2026-11-23T12:00:00", "2026-11-23T12:00:00.5Z", "-12026-01-01T24:00:00+09:30"] {
            assert!(is_date_time(text), "{text}");
        }
        for text in [
            "2026-11-23",
            "2026-11-23 12:00:00",
            "2026-11-23T12:00",
            "026-11-23T12:00:00",
            "2026-11-23T12:00:00.Z",
            "2026-11-23T12:00:00+0900",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }

    #[test]
    fn knows_the_form_of_a_duration() {
        for text in ["P1Y2M3DT4H5M6.7S", "-PT90M", "P0D", "PT0S"] {
            assert!(is_duration(text), "{text}");
        }
        for text in [
            "P", "PT", "P1DT", "P1H", "PT1D", "P1M1Y", "P3W", "3W", "+P1D", "PT.5S", "PT5.S", "P0.5D", " P1D",
        ] {
            assert!(!is_duration(text), "{text}");
        }
    }

    #[test]
    fn collapses_white_space_within_a_token() {
        assert_eq!(token(" Direct \n Read "), "Direct Read");
        assert_eq!(token("Direct Read"), "Direct Read");
        assert_eq!(token("a\u{a0}b"), "a\u{a0}b");
    }

    #[test]
    fn knows_names() {
        assert!(is_ncname("_a-1.é"));
        for text in ["", "1a", "a:b", "a b", "-a"] {
            assert!(!is_ncname(text), "{text}");
        }
    }
}
