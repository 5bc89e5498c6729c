//! What stands in plain XML: names and values of which each byte stands for itself.

use std::ops::Range;

/// A name in a tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'i> {
    pub(super) whole: &'i str,
    pub(super) prefix: &'i str,
    pub(super) local: &'i str,
    /// The prefix as a number: no other of up to eight bytes has it.
    pub(super) key: u64,
}

/// The name that starts somewhere, if it is in ASCII and has at most one prefix.
#[inline]
pub(super) fn name(content: &str, start: usize) -> Option<Name<'_>> {
    let bytes = content.as_bytes().get(start..)?;
    let first = ncname(bytes)?;
    if first > 8 || bytes[first] != b':' {
        let whole = &content[start..start + first];
        return Some(Name { whole, prefix: "", local: whole, key: 0 });
    }
    let local_at = start + first + 1;
    let end = local_at + ncname(&bytes[first + 1..])?;
    Some(Name {
        whole: &content[start..end],
        prefix: &content[start..start + first],
        local: &content[local_at..end],
        key: key(bytes, first),
    })
}

/// How long the name without a colon is that these bytes start with, if something follows it.
#[inline]
fn ncname(bytes: &[u8]) -> Option<usize> {
    let is_name = class(*bytes.first()?) & NAME_START != 0;
    is_name.then(|| bytes.iter().position(|byte| class(*byte) & NAME == 0))?
}

/// The number of a prefix, which is the first up to eight of some bytes.
#[inline]
pub(super) fn key(bytes: &[u8], len: usize) -> u64 {
    match bytes.first_chunk() {
        Some(eight) if len > 0 => u64::from_be_bytes(*eight) >> (64 - 8 * len),
        _ => bytes[..len].iter().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    }
}

/// Where the value stands in `="value"`, if it stands for itself in a canonical form.
pub(super) fn value(content: &str, equals: usize) -> Option<Range<usize>> {
    let [b'=', quote @ (b'"' | b'\''), rest @ ..] = content.as_bytes().get(equals..)? else { return None };
    let len = rest.iter().position(|byte| class(*byte) & NOT_IN_VALUE != 0 || byte == quote)?;
    let start = equals + 2;
    (rest[len] == *quote).then_some(start..start + len)
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A byte that a name can start with.
const NAME_START: u8 = 1;
/// A byte of a name.
const NAME: u8 = 2;
/// A byte that ends plain text.
pub(super) const NOT_IN_TEXT: u8 = 4;
/// A byte that ends a plain value.
const NOT_IN_VALUE: u8 = 8;

#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => NAME_START | NAME,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            b'<' | b'&' | b'\r' => NOT_IN_TEXT | NOT_IN_VALUE,
            b'>' => NOT_IN_TEXT,
            b'"' | b'\t' | b'\n' => NOT_IN_VALUE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_in_ascii_with_one_prefix_at_most() {
        let taken = |text: &'static str| name(text, 1).map(|name| (name.prefix, name.local, name.whole));
        assert_eq!(taken("<a>"), Some(("", "a", "a")));
        assert_eq!(taken("<a-1.b_:c d"), Some(("a-1.b_", "c", "a-1.b_:c")));
        assert_eq!(taken("<abcdefgh:c>"), Some(("abcdefgh", "c", "abcdefgh:c")));
        assert_eq!(taken("<abcdefghi:c>"), Some(("", "abcdefghi", "abcdefghi")), "the colon is left");
        assert_eq!(taken("<a\u{e9}>"), Some(("", "a", "a")), "the letter is left");
        for text in ["<", "<a", "<1>", "<:a>", "<a:>", "<a:1>", "<-a>", "<\u{e9}>"] {
            assert_eq!(taken(text), None, "{text}");
        }
    }

    #[test]
    fn tells_prefixes_apart_by_their_numbers() {
        let key = |text: &str| name(text, 0).unwrap().key;
        assert_eq!(key("ei:a "), key("ei:b "));
        assert_ne!(key("ei:a "), key("ie:a "));
        assert_ne!(key("e:a "), key("ee:a "));
        assert_eq!(key("a "), 0);
    }

    #[test]
    fn takes_values_that_stand_for_themselves() {
        let taken = |text: &'static str| value(text, 0).map(|range| &text[range]);
        assert_eq!(taken("='a > b'"), Some("a > b"));
        assert_eq!(taken("=\"it's\""), Some("it's"));
        assert_eq!(taken("=''"), Some(""));
        for text in ["", "=", "='", "='a", "=a", "'a'", "='a\"'", "='a&lt;'", "='<'", "='a\tb'", "='a\r'"] {
            assert_eq!(taken(text), None, "{text}");
        }
    }
}
