//! Which texts are URIs.

/// Whether a text is a URI or a relative reference to one (`xs:anyURI`), white space around it being gone.
///
/// **Interpretation:** the type takes in characters that URIs have not, such as blanks and letters beyond ASCII, as they
/// would be escaped; what is left is RFC 3986, section 4.1. Validators differ in a port of no digits and in what may
/// stand between brackets; the first is refused, the second taken.
pub(crate) fn is_uri_reference(text: &str) -> bool {
    let mut rest = Cursor(text.as_bytes());
    rest.skip_scheme();
    let absolute = rest.0.len() < text.len();
    if rest.skip("//") {
        if !rest.skip_authority() {
            return false;
        }
        // What follows is a path that begins with a slash, or none.
        if !matches!(rest.0.first(), None | Some(b'/' | b'?' | b'#')) {
            return false;
        }
    } else if !absolute {
        // A colon in the first segment would have ended a scheme.
        rest.skip_all(|byte| is_segment(byte) && byte != b':');
    }
    if !absolute && matches!(rest.0.first(), Some(b':')) {
        return false;
    }
    rest.skip_all(|byte| is_segment(byte) || byte == b'/');
    if rest.skip("?") {
        rest.skip_all(|byte| is_segment(byte) || matches!(byte, b'/' | b'?'));
    }
    if rest.skip("#") {
        rest.skip_all(|byte| is_segment(byte) || matches!(byte, b'/' | b'?' | b'[' | b']'));
    }
    rest.0.is_empty()
}

/// What is not read yet.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn skip(&mut self, prefix: &str) -> bool {
        let rest = self.0.strip_prefix(prefix.as_bytes());
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Skips bytes as long as they are accepted, and whole escapes such as `%20`.
    fn skip_all(&mut self, accepted: impl Fn(u8) -> bool) {
        loop {
            self.0 = match self.0 {
                [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => rest,
                [byte, rest @ ..] if *byte != b'%' && accepted(*byte) => rest,
                _ => return,
            };
        }
    }

    /// A letter, then letters, digits and marks, and a colon; nothing, if it is not that.
    fn skip_scheme(&mut self) {
        let is_mark = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = self.0.iter().take_while(|byte| is_mark(byte)).count();
        if let (Some(b'a'..=b'z' | b'A'..=b'Z'), Some((b':', rest))) =
            (self.0.first(), self.0.get(length..).and_then(<[u8]>::split_first))
        {
            self.0 = rest;
        }
    }

    /// A user, a host and a port; each may be absent.
    fn skip_authority(&mut self) -> bool {
        let start = self.0;
        self.skip_all(|byte| is_segment(byte) && byte != b'@');
        if !self.skip("@") {
            self.0 = start;
        }
        if self.skip("[") {
            let Some(end) = self.0.iter().position(|byte| *byte == b']') else { return false };
            self.0 = self.0.get(end + 1..).unwrap_or_default();
        } else {
            self.skip_all(|byte| is_segment(byte) && !matches!(byte, b':' | b'@'));
        }
        !self.skip(":") || self.skip_port()
    }

    /// A port in 31 bits, as validators count.
    fn skip_port(&mut self) -> bool {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        std::str::from_utf8(digits)
            .is_ok_and(|digits| digits.parse::<u32>().is_ok_and(|port| port >> 31 == 0))
    }
}

/// What a segment of a path may hold, and what would be escaped there.
fn is_segment(byte: u8) -> bool {
    !matches!(byte, b'/' | b'?' | b'#' | b'[' | b']' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_uris_and_what_becomes_one_by_escaping() {
        for uri in [
            "",
            "a",
            "a/b:c",
            "./a:b",
            "/a",
            "//",
            "//h",
            "a:",
            "a:b:c",
            "a:/b",
            "a+b-c.d:e",
            "urn:x:y",
            "%41",
            "http://example.com/flex",
            "http://u:p@h:2147483647/%20?a=b?c#d",
            "http://",
            "http:///x",
            "http://[::1]:80/",
            "http://1.2.3.4.5/",
            "a b",
            "é字",
            "{x}|<y>\\^`\"",
            "a?b/c?d",
            "a#[b]?/",
            "@!$&'()*+,;=~",
        ] {
            assert!(is_uri_reference(uri), "{uri}");
        }
    }

    #[test]
    fn refuses_what_no_escaping_makes_a_uri() {
        for text in [
            "%",
            "%4",
            "%zz",
            "?%zz",
            "#%zz",
            "http://h/%4",
            ":a",
            "1:a",
            "a_b:c",
            "-a:b",
            "é:a",
            "a#b#c",
            "[a]",
            "a[b",
            "a/[b]",
            "a?[b]",
            "http://h:port",
            "http://h:8a/",
            "http://h:",
            "http://h:2147483648",
            "http://[::1",
            "http://[::1]x",
            "http://u@v@h/",
        ] {
            assert!(!is_uri_reference(text), "{text}");
        }
    }
}
