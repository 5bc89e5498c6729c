//! Character references and the five predefined entities; no other exists, as there is never a DOCTYPE.

use std::borrow::Cow;

/// A fault in a value: what, and how many bytes into it.
pub(crate) type Fault = (String, usize);

/// The character of a reference, given what stands between `&` and `;`.
pub(crate) fn character(name: &str) -> Option<char> {
    let code = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => name.strip_prefix('#')?,
    };
    let code = match code.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
        None if code.bytes().all(|b| b.is_ascii_digit()) => code.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|c| is_xml_char(*c))
}

/// Whether XML 1.0 can carry a character.
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// Resolves the references in an attribute's value, and makes its white space blanks.
pub(crate) fn resolve_attribute(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if !raw.bytes().any(|b| matches!(b, b'&' | b'\t' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        if let Some(reference) = tail.strip_prefix('&') {
            let fault = || (format!("a bare & or an unknown reference in {raw:?}"), raw.len() - tail.len());
            let (name, after) = reference.split_once(';').ok_or_else(fault)?;
            out.push(character(name).ok_or_else(fault)?);
            rest = after;
        } else {
            out.push(' ');
            // A carriage return and its line feed are one line end.
            rest = tail.strip_prefix("\r\n").unwrap_or(&tail[1..]);
        }
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// A text's line ends as XML defines them: each one line feed.
pub(crate) fn line_ends(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_five_entities_and_characters_by_number() {
        for (name, c) in [("lt", '<'), ("quot", '"'), ("#65", 'A'), ("#x1F600", '😀'), ("#xA", '\n')] {
            assert_eq!(character(name), Some(c), "{name}");
        }
        for name in [
            "",
            "nbsp",
            "#",
            "#x",
            "#X41",
            "#-1",
            "#+65",
            "#0",
            "#1",
            "#xFFFE",
            "#xD800",
            "#x110000",
            "#99999999999",
        ] {
            assert_eq!(character(name), None, "{name}");
        }
    }

    #[test]
    fn makes_white_space_in_attributes_blanks_unless_referenced() {
        assert_eq!(resolve_attribute("a\r\nb\tc\rd&#10;&amp;").unwrap(), "a b c d\n&");
        assert!(resolve_attribute("a & b").is_err());
        assert!(resolve_attribute("a &nbsp; b").is_err());
    }

    #[test]
    fn makes_every_line_end_a_line_feed() {
        assert_eq!(line_ends("a\r\nb\rc\n"), "a\nb\nc\n");
    }
}
