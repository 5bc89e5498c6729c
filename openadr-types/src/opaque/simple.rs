//! Which texts the simple types take.

use xml_wire::{Base64, DateTime, Lexical, Text as _, lexical};

use crate::ns::DIALECT;
use crate::uri::is_uri_reference;

/// Whether a text is of a type, called as in [`super::tables`].
pub(super) fn is_of(kind: &str, text: &str) -> bool {
    let whole = lexical::collapse(text);
    let number = || whole.parse::<i128>().ok();
    let within = |least: i128, most: i128| number().is_some_and(|number| (least..=most).contains(&number));
    let unsigned = |bits: u32| within(0, (1 << bits) - 1) && whole.starts_with(|c: char| c.is_ascii_digit());
    match kind {
        "string" => true,
        "string256" => text.chars().count() <= 256,
        "base64" => Base64::parse(text, &Lexical { strict: true, dialect: &DIALECT }).is_some(),
        "hex2" => is_hex(whole, 2),
        "hex4" => is_hex(whole, 4),
        "uri" => is_uri_reference(whole),
        "id" => lexical::is_ncname(whole),
        "nmtoken" => !whole.is_empty() && lexical::is_ncname(&format!("_{}", whole.replace(':', "_"))),
        "language" => is_language(whole),
        "space" => matches!(whole, "default" | "preserve"),
        "text" => matches!(whole, "text" | "html" | "xhtml"),
        "email" => is_email(text),
        "dateTime" => lexical::is_date_time(whole) && whole.parse::<DateTime>().is_ok(),
        "boolean" => matches!(whole, "true" | "false" | "1" | "0"),
        "integer" => is_integer(whole),
        "positive" => {
            is_integer(whole) && !whole.starts_with('-') && whole.contains(|c| matches!(c, '1'..='9'))
        }
        "u8" => unsigned(8),
        "u16" => unsigned(16),
        "u32" => unsigned(32),
        "i16" => within(i16::MIN.into(), i16::MAX.into()),
        "i48" => within(-(1 << 47), 1 << 47),
        "i64" => within(i64::MIN.into(), i64::MAX.into()),
        _ => unreachable!("{kind:?} is no type of the tables"),
    }
}

/// At most so many bytes.
fn is_hex(text: &str, most: usize) -> bool {
    text.len().is_multiple_of(2)
        && text.len() <= 2 * most
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(place, part)| {
        let is_fit = |byte: u8| byte.is_ascii_alphabetic() || place > 0 && byte.is_ascii_digit();
        (1..=8).contains(&part.len()) && part.bytes().all(is_fit)
    })
}

/// Words, an at sign, and words with dots between them, two at least.
fn is_email(text: &str) -> bool {
    let is_word = |word: &str| {
        let fits = |c: char| c.is_alphanumeric() || "$+<=>^`|~".contains(c);
        !word.is_empty() && word.chars().all(fits)
    };
    text.split_once('@')
        .is_some_and(|(name, host)| is_word(name) && host.contains('.') && host.split('.').all(is_word))
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn knows_each_type_by_what_it_takes_and_what_not() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("string256", &["", &"x".repeat(256)], &[&"é".repeat(257)]),
            ("base64", &["", "QUJD", " QUI= "], &["Q", "QUJ"]),
            ("hex2", &["", "0a", " 0AfF "], &["0", "0g", "000000"]),
            ("hex4", &["00000000"], &["0000000000"]),
            ("uri", &["", "#a", "urn:x"], &["%"]),
            ("id", &["a", " _1 "], &["", "1", "a:b"]),
            ("nmtoken", &["1", "a:b", "-"], &["", "a b", "é+"]),
            ("language", &["en", "de-CH-1996", "x"], &["", "1", "en-", "abcdefghi"]),
            ("space", &["default", "preserve"], &["", "x"]),
            ("text", &["text", " xhtml "], &["", "Text", "xml"]),
            ("email", &["a@b.c", "a+b@c.d.e"], &["", "a@b", "a.b@c.d", "a_b@c.d", "a@b..c", " a@b.c"]),
            (
                "dateTime",
                &["2026-11-23T12:00:00+01:00", "2026-11-23T12:00:00"],
                &["", "2026-11-23", "2026-02-29T12:00:00Z"],
            ),
            ("boolean", &["true", "0"], &["", "TRUE"]),
            ("integer", &["-0", "+99999999999999999999999999999999999999999"], &["", "+", "1.0"]),
            ("positive", &["1", "+010"], &["0", "-1", "+"]),
            ("u8", &["0", "255"], &["", "-1", "+1", "256"]),
            ("u16", &["65535", " 1 "], &["65536"]),
            ("u32", &["4294967295"], &["4294967296"]),
            ("i16", &["-32768", "+32767"], &["32768"]),
            ("i48", &["-140737488355328", "140737488355328"], &["140737488355329"]),
            ("i64", &["-9223372036854775808"], &["9223372036854775808", "1.5"]),
        ];
        for (kind, good, bad) in cases {
            assert!(good.iter().all(|text| is_of(kind, text)), "{kind}");
            for text in *bad {
                assert!(!is_of(kind, text), "{text:?} as {kind}");
            }
        }
    }
}
