//! Values that stand as text: in an attribute, or as the whole content of an element.
//!
//! ```
//! use xml_wire::{Lexical, Text};
//! assert_eq!(bool::parse(" true\n", &Lexical::LENIENT), Some(true));
//! assert_eq!(u32::parse("-1", &Lexical::LENIENT), None);
//! ```

use std::fmt::{self, Write as _};
use std::num::NonZeroU32;

use rust_decimal::Decimal;

use crate::lexical::{Lexical, collapse};

/// A value with a textual form.
pub trait Text: Sized {
    /// Completes the sentence `"…" is not …`.
    const EXPECTED: &'static str;

    /// The value of a text, or `None` where it is outside the type.
    ///
    /// The text is as it stood in the document, references resolved, white space kept.
    fn parse(text: &str, how: &Lexical) -> Option<Self>;

    /// The value of a text that is already a string of its own, or that string back.
    ///
    /// # Errors
    /// The string, where it is outside the type.
    fn from_owned(text: String, how: &Lexical) -> Result<Self, String> {
        Self::parse(&text, how).ok_or(text)
    }

    /// Writes the text; escaping is `out`'s business.
    ///
    /// # Errors
    /// When the text holds what XML cannot carry.
    fn write(&self, out: &mut Escape<'_>) -> fmt::Result;
}

/// A text that is outside a list, as [`std::str::FromStr`] of an `XmlText` type reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct NotInList {
    /// What would have been right.
    pub expected: &'static str,
}

/// Where a [`Text`] writes itself: escapes what XML reserves, refuses what XML cannot carry.
#[derive(Debug)]
pub struct Escape<'a> {
    pub(crate) out: &'a mut String,
    pub(crate) attribute: bool,
}

impl Escape<'_> {
    /// Writes text known to hold none of `<`, `>`, `&`, `"` and no control character, such as a number.
    pub fn plain(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

impl fmt::Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Most texts are identifiers: letters, digits and marks that need no escape.
        if text.bytes().all(|byte| matches!(byte, b'?'..=0x7F | b' ' | b'-'..=b';')) {
            self.out.push_str(text);
            return Ok(());
        }
        let mut from = 0;
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            // Most bytes are none of the reserved ones, and all of those but U+FFFE and U+FFFF lie below `?`.
            if byte > b'>' && byte != 0xEF {
                continue;
            }
            let replacement = match byte {
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'&' => "&amp;",
                b'"' if self.attribute => "&quot;",
                b'\t' if self.attribute => "&#9;",
                b'\n' if self.attribute => "&#10;",
                b'\r' => "&#13;",
                b'\t' | b'\n' => continue,
                0..=0x1F => return Err(fmt::Error),
                0xEF if matches!(text.as_bytes().get(at..at + 3), Some([0xEF, 0xBF, 0xBE | 0xBF])) => {
                    return Err(fmt::Error);
                }
                _ => continue,
            };
            self.out.push_str(&text[from..at]);
            self.out.push_str(replacement);
            from = at + 1;
        }
        self.out.push_str(&text[from..]);
        Ok(())
    }
}

/// `xs:string`: as it stands.
impl Text for String {
    const EXPECTED: &'static str = "a text";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        Some(text.to_owned())
    }

    fn from_owned(text: String, _: &Lexical) -> Result<Self, String> {
        Ok(text)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.write_str(self)
    }
}

/// `xs:boolean`.
impl Text for bool {
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        match collapse(text) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.plain(if *self { "true" } else { "false" });
        Ok(())
    }
}

macro_rules! integers {
    ($($type:ty: $expected:literal;)*) => {$(
        impl Text for $type {
            const EXPECTED: &'static str = $expected;

            #[inline]
            fn parse(text: &str, how: &Lexical) -> Option<Self> {
                let digits = collapse(text);
                // Validators disagree on the sign of an unsigned number; the strict reading is without.
                if how.strict && <$type>::MIN == 0 && !digits.starts_with(|c: char| c.is_ascii_digit()) {
                    return None;
                }
                digits.parse().ok()
            }

            fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
                out.plain(itoa::Buffer::new().format(*self));
                Ok(())
            }
        }
    )*};
}

integers! {
    u8: "a whole number from 0 to 255";
    u16: "a whole number from 0 to 65535";
    u32: "a whole number from 0 to 4294967295";
    u64: "a whole number from 0 to 18446744073709551615";
    i32: "a whole number from -2147483648 to 2147483647";
    i64: "a whole number from -9223372036854775808 to 9223372036854775807";
}

/// `xs:positiveInteger`, as far as 32 bits go.
impl Text for NonZeroU32 {
    const EXPECTED: &'static str = "a whole number from 1 to 4294967295";

    #[inline]
    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        collapse(text).parse().ok()
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.plain(itoa::Buffer::new().format(self.get()));
        Ok(())
    }
}

/// `xs:decimal`, up to 28 digits; the number of decimal places survives.
impl Text for Decimal {
    const EXPECTED: &'static str = "a decimal number of at most 28 digits";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        let text = collapse(text);
        if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.')) {
            return None;
        }
        Self::from_str_exact(text).ok()
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        write!(out.out, "{self}")
    }
}

/// `xs:base64Binary`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(transparent))]
pub struct Base64(#[cfg_attr(feature = "schemars", schemars(with = "String"))] pub Vec<u8>);

impl Text for Base64 {
    const EXPECTED: &'static str = "base64";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::STANDARD;
        // Looks at every byte, as that is done many at a time.
        let white = text.bytes().fold(false, |white, b| white | (b <= b' '));
        if !white {
            return engine.decode(text).ok().map(Self);
        }
        let packed: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r')).collect();
        engine.decode(packed).ok().map(Self)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode_string(&self.0, out.out);
        Ok(())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Base64 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(&self.0))
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Base64 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::json::from_str(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Text>(value: &T, attribute: bool) -> Result<String, fmt::Error> {
        let mut out = String::new();
        value.write(&mut Escape { out: &mut out, attribute })?;
        Ok(out)
    }

    #[test]
    fn escapes_what_xml_reserves() {
        let text = "<a & \"b\">\r\n\té".to_owned();
        assert_eq!(written(&text, false).unwrap(), "&lt;a &amp; \"b\"&gt;&#13;\n\té");
        assert_eq!(written(&text, true).unwrap(), "&lt;a &amp; &quot;b&quot;&gt;&#13;&#10;&#9;é");
    }

    #[test]
    fn refuses_to_write_what_xml_cannot_carry() {
        for text in ["\u{0}", "a\u{1}b", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
            assert!(written(&text.to_owned(), false).is_err(), "{text:?}");
        }
        assert!(written(&"\u{fffd}\u{f000}\u{7f}".to_owned(), false).is_ok());
    }

    #[test]
    fn reads_integers_within_their_range_only() {
        let strict = Lexical { strict: true, ..Lexical::LENIENT };
        assert_eq!(u32::parse(" 42 ", &strict), Some(42));
        assert_eq!(u32::parse("+42", &Lexical::LENIENT), Some(42));
        assert_eq!(u32::parse("+42", &strict), None);
        assert_eq!(i32::parse("+42", &strict), Some(42));
        assert_eq!(u8::parse("256", &Lexical::LENIENT), None);
        assert_eq!(u8::parse("4 2", &Lexical::LENIENT), None);
    }

    #[test]
    fn keeps_every_digit_of_a_decimal() {
        for text in ["230", "50.00", "-0.1234567890123456789"] {
            assert_eq!(written(&Decimal::parse(text, &Lexical::LENIENT).unwrap(), false).unwrap(), text);
        }
        for text in ["1e3", "0,5", "1_000", "", "12345678901234567890123456789.5"] {
            assert_eq!(Decimal::parse(text, &Lexical::LENIENT), None, "{text}");
        }
    }

    #[test]
    fn reads_base64_with_white_space_in_it() {
        assert_eq!(Base64::parse("aGVs\n bG8=", &Lexical::LENIENT), Some(Base64(b"hello".to_vec())));
        assert_eq!(written(&Base64(b"hello".to_vec()), false).unwrap(), "aGVsbG8=");
        assert_eq!(Base64::parse("a", &Lexical::LENIENT), None);
    }
}
