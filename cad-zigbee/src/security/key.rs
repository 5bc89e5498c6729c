use crate::error::{Error, Result};
use core::{fmt, str};

/// A 128-bit AES key: a network key or a link key. `Debug` does not show it.
///
/// ```
/// use cad_zigbee::security::Key;
///
/// let key: Key = "5a6967426565416c6c69616e63653039".parse()?;
/// assert_eq!(key, Key::ZIGBEE_ALLIANCE_09);
/// assert_eq!(format!("{key:?}"), "Key(..)");
/// # Ok::<(), cad_zigbee::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The link key every Zigbee 3.0 device is born with; Smart Energy does not use it.
    pub const ZIGBEE_ALLIANCE_09: Self = Self(*b"ZigBeeAlliance09");

    /// A key of these bytes, first on the air first.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, first on the air first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl str::FromStr for Key {
    type Err = Error;

    /// Reads 32 hex digits of either case; colons between bytes are allowed.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else.
    fn from_str(text: &str) -> Result<Self> {
        const WHAT: &str = "a key is 32 hex digits";
        let mut digits = text.char_indices().filter(|(_, character)| *character != ':');
        let mut bytes = [0; 16];
        let mut digit = || match digits.next() {
            Some((at, character)) => character
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
                .ok_or(Error::Malformed { at, what: WHAT }),
            None => Err(Error::Malformed { at: text.len(), what: WHAT }),
        };
        for byte in &mut bytes {
            *byte = (digit()? << 4) | digit()?;
        }
        match digits.next() {
            None => Ok(Self(bytes)),
            Some((at, _)) => Err(Error::Malformed { at, what: WHAT }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::error::Error;

    #[test]
    fn refuses_what_is_not_32_hex_digits_and_says_where() {
        let at = |text: &str| match text.parse::<Key>() {
            Err(Error::Malformed { at, .. }) => Some(at),
            _ => None,
        };
        assert_eq!(at("c0:ff:ee:00:11:22:33:44:55:66:77:88:99:aa:bb:cc"), None);
        assert_eq!(at("c0ffee"), Some(6));
        assert_eq!(at("c0ffeg00112233445566778899aabbcc"), Some(5));
        assert_eq!(at("c0ffee00112233445566778899aabbccd"), Some(32));
    }
}
