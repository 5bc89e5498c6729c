//! Floating point as `xs:float` and `xs:double` write it.
//!
//! ```
//! use xml_wire::Float;
//! assert_eq!(Float::from(0.425).to_string(), "0.425");
//! assert_eq!(Float::from(f64::NEG_INFINITY).to_string(), "-INF");
//! assert_eq!(Float(f64::NAN), Float(f64::NAN));
//! ```

use std::fmt::{self, Write as _};
use std::str::FromStr;

use crate::lexical::{Lexical, collapse};
use crate::text::{Escape, Text};

/// A floating-point number, `INF`, `-INF` and `NaN` included.
///
/// Kept in double precision, also where the schema says single: so the digits a peer sent survive. Two are equal
/// when they are the same number, and NaN equals NaN, so messages can be compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Float(pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

impl Eq for Float {}

impl From<f64> for Float {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl From<Float> for f64 {
    fn from(value: Float) -> Self {
        value.0
    }
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value.is_nan() => f.write_str("NaN"),
            f64::INFINITY => f.write_str("INF"),
            f64::NEG_INFINITY => f.write_str("-INF"),
            // Beyond this a plain number would be hundreds of digits long.
            value if value != 0.0 && !(1e-9..1e18).contains(&value.abs()) => write!(f, "{value:E}"),
            value => write!(f, "{value}"),
        }
    }
}

impl FromStr for Float {
    type Err = NotAFloat;

    fn from_str(text: &str) -> Result<Self, NotAFloat> {
        Self::parse(text, &Lexical::LENIENT).ok_or(NotAFloat)
    }
}

/// A text that is no number in XSD's sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number")]
pub struct NotAFloat;

impl Text for Float {
    const EXPECTED: &'static str = "a number";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        let text = collapse(text);
        match text {
            "NaN" => return Some(Self(f64::NAN)),
            "INF" => return Some(Self(f64::INFINITY)),
            "-INF" => return Some(Self(f64::NEG_INFINITY)),
            _ => {}
        }
        // Rust also reads `inf`, `nan` and `infinity`, which are none of XSD's.
        let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
        if !text.bytes().all(numeric) {
            return None;
        }
        text.parse().ok().map(Self)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        // Whole numbers are most of what is sent, and quicker written as such.
        #[expect(clippy::cast_possible_truncation, reason = "compared afterwards")]
        let whole = self.0 as i32;
        if f64::from(whole) == self.0 && (whole != 0 || self.0.is_sign_positive()) {
            return write!(out.out, "{whole}");
        }
        write!(out.out, "{self}")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Float {
    /// A JSON number, or the text of one of the three that JSON cannot hold.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { serializer.collect_str(self) }
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Float {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(f64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Number(value) => Ok(Self(value)),
            // What JSON has numbers for is a number.
            Form::Text(text) => match text.parse() {
                Ok(Self(value)) if !value.is_finite() => Ok(Self(value)),
                _ => Err(serde::de::Error::custom("neither a number nor one of NaN, INF, -INF")),
            },
        }
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Float {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Float".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "anyOf": [{ "type": "number" }, { "enum": ["NaN", "INF", "-INF"] }] })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_xsd_has_and_nothing_else() {
        for (text, value) in
            [(" 1e3 ", 1000.0), ("-.5", -0.5), ("5.", 5.0), ("+1", 1.0), ("INF", f64::INFINITY)]
        {
            assert_eq!(text.parse(), Ok(Float(value)), "{text}");
        }
        for text in ["", ".", "e5", "0,345", "inf", "nan", "NAN", "1e", "0x10", "1 2", "infinity"] {
            assert_eq!(text.parse::<Float>(), Err(NotAFloat), "{text}");
        }
    }

    proptest! {
        #[test]
        fn writing_and_reading_returns_the_same_number(value: f64) {
            let text = Float(value).to_string();
            prop_assert_eq!(text.parse::<Float>(), Ok(Float(value)));
            prop_assert!(text.len() < 40, "{}", text);
        }
    }
}
