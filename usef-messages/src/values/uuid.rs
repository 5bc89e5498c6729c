//! Identifiers of messages and conversations.

use std::hash::{Hash, Hasher};

/// The identifier of a message or a conversation (`UUIDType`).
///
/// The case of its digits survives on the wire; compared without it, as RFC 9562 has it (section 4).
#[derive(Debug, Clone)]
pub struct Uuid(smol_str::SmolStr);

impl Uuid {
    /// The text, as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier with these 128 bits, most significant first, in lower case.
    ///
    /// ```
    /// use usef_messages::values::Uuid;
    /// assert_eq!(Uuid::from_bytes([0x1e; 16]).as_str(), "1e1e1e1e-1e1e-1e1e-1e1e-1e1e1e1e1e1e");
    /// ```
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let digits = u128::from_be_bytes(bytes);
        Self(smol_str::format_smolstr!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            digits >> 96,
            (digits >> 80) & 0xFFFF,
            (digits >> 64) & 0xFFFF,
            (digits >> 48) & 0xFFFF,
            digits & 0xFFFF_FFFF_FFFF
        ))
    }

    /// A random identifier (version 4) from 16 random bytes, of which 122 bits count.
    ///
    /// ```
    /// use usef_messages::values::Uuid;
    /// assert_eq!(Uuid::from_random([0xFF; 16]).as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    /// ```
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        Self::from_bytes(bytes)
    }

    /// The 128 bits, most significant first.
    pub fn to_bytes(&self) -> [u8; 16] {
        let digits = self.0.bytes().filter_map(|b| char::from(b).to_digit(16));
        digits.fold(0u128, |bits, digit| bits << 4 | u128::from(digit)).to_be_bytes()
    }
}

impl PartialEq for Uuid {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Uuid {}

impl Hash for Uuid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_bytes().hash(state);
    }
}

impl PartialOrd for Uuid {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Uuid {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.to_bytes().cmp(&other.to_bytes())
    }
}

impl xml_wire::Text for Uuid {
    const EXPECTED: &'static str = "a UUID";

    fn parse(text: &str, how: &xml_wire::Lexical) -> Option<Self> {
        let text = if how.strict { text } else { xml_wire::lexical::collapse(text) };
        let in_place = |(at, b): (usize, u8)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        };
        (text.len() == 36 && text.bytes().enumerate().all(in_place)).then(|| Self(text.into()))
    }

    fn write(&self, out: &mut xml_wire::Escape<'_>) -> std::fmt::Result {
        out.plain(&self.0);
        Ok(())
    }
}

super::scalar!(Uuid, {
    "type": "string",
    "pattern": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::reads;

    #[test]
    fn takes_what_the_pattern_takes() {
        assert!(reads::<Uuid>("1E3D5155-3942-5525-baf1-7cd0c48e1e98"));
        let refused =
            ["1e3d5155394255-25-baf1-7cd0c48e1e98", "1e3d515539425525baf17cd0c48e1e98", "", "{1e3d5155}"];
        for text in refused {
            assert!(!reads::<Uuid>(text), "{text}");
        }
    }

    #[test]
    fn is_compared_without_case_and_written_with_it() {
        let (upper, lower): (Uuid, Uuid) = (
            "1E3D5155-3942-5525-BAF1-7CD0C48E1E98".parse().unwrap(),
            "1e3d5155-3942-5525-baf1-7cd0c48e1e98".parse().unwrap(),
        );
        assert_eq!(upper, lower);
        assert_ne!(upper.to_string(), lower.to_string());
        assert_eq!(Uuid::from_bytes(upper.to_bytes()).as_str(), lower.as_str());
    }
}
