//! Public keys as participants publish them: key strings.
//!
//! A key string is `cs1.` and base64: of the key that verifies signatures, usually followed by a key to encrypt for, which
//! no message uses. One or two stand in a record, the second while one key replaces the other (UFTP 3.1, key discovery).
//!
//! ```
//! use usef_messages::keys::PublishedKeys;
//!
//! let text = "cs1.A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
//! let keys: PublishedKeys = text.parse()?;
//! assert_eq!(keys.to_verify().len(), 1); // what an envelope is opened with
//! assert_eq!(keys.to_string(), text);
//! # Ok::<(), usef_messages::keys::KeyStringError>(())
//! ```

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sealing::{KeyError, PublicKey};

/// What a key string starts with: its cipher suite.
const PREFIX: &str = "cs1.";

/// A text that is no key string, or not one or two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStringError {
    /// It starts otherwise: with another cipher suite, or it is something else altogether.
    #[error("a key string does not start with cs1.")]
    Prefix,
    /// What follows is not base64, or of no key's length.
    #[error("a key string of neither 32 nor 64 bytes in base64")]
    Length,
    /// The key that verifies is none.
    #[error("a key string without a key that verifies")]
    Key(#[source] KeyError),
    /// There are none, or more than two.
    #[error("{count} key strings, neither one nor two")]
    Count {
        /// How many.
        count: usize,
    },
}

/// A key that verifies and, with most participants, one to encrypt for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyString {
    /// Verifies the participant's signatures.
    pub sign: PublicKey,
    /// An X25519 key, as libsodium's `crypto_box` takes it. Published by most, used by none.
    pub encrypt: Option<[u8; 32]>,
}

impl fmt::Display for KeyString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.sign.as_bytes().to_vec();
        bytes.extend(self.encrypt.iter().flatten());
        write!(f, "{PREFIX}{}", STANDARD.encode(bytes))
    }
}

impl FromStr for KeyString {
    type Err = KeyStringError;

    fn from_str(text: &str) -> Result<Self, KeyStringError> {
        let text = text.trim_ascii().strip_prefix(PREFIX).ok_or(KeyStringError::Prefix)?;
        let bytes = STANDARD.decode(text).map_err(|_| KeyStringError::Length)?;
        let (sign, rest) = bytes.split_first_chunk::<32>().ok_or(KeyStringError::Length)?;
        let encrypt = match rest {
            [] => None,
            rest => Some(rest.try_into().map_err(|_| KeyStringError::Length)?),
        };
        Ok(Self { sign: PublicKey::from_bytes(sign).map_err(KeyStringError::Key)?, encrypt })
    }
}

/// The keys of a participant in one role: one, or two while one replaces the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublishedKeys {
    first: KeyString,
    second: Option<KeyString>,
}

impl PublishedKeys {
    /// One key.
    pub fn new(key: KeyString) -> Self {
        Self { first: key, second: None }
    }

    /// With another beside it, for the time in which peers may know either.
    #[must_use]
    pub fn with_second(self, key: KeyString) -> Self {
        Self { second: Some(key), ..self }
    }

    /// The key strings, in the order they are published in.
    pub fn iter(&self) -> impl Iterator<Item = &KeyString> {
        std::iter::once(&self.first).chain(&self.second)
    }

    /// The keys to open an envelope with.
    pub fn to_verify(&self) -> Vec<PublicKey> {
        self.iter().map(|key| key.sign).collect()
    }
}

impl fmt::Display for PublishedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)?;
        self.second.iter().try_for_each(|key| write!(f, " {key}"))
    }
}

impl FromStr for PublishedKeys {
    type Err = KeyStringError;

    fn from_str(text: &str) -> Result<Self, KeyStringError> {
        let mut words = text.split_ascii_whitespace();
        let count = words.clone().count();
        match (words.next(), words.next(), count) {
            (Some(first), None, _) => Ok(Self::new(first.parse()?)),
            (Some(first), Some(second), 2) => Ok(Self::new(first.parse()?).with_second(second.parse()?)),
            _ => Err(KeyStringError::Count { count }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::SecretKey;

    const SIGN: &str = "cs1.A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    const BOTH: &str =
        "cs1.A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbhXMIAKs0D8sYzlER7anXBfkTiLQeRUTL0QO6WULbIjPg==";

    const EXAMPLE: &str =
        "cs1.V4lZrkYHq8FzneXxUML+QEMXMul3tBm+gPGoVDIZBA92VoWTu8/kRu2Zx72XOm1i/qwwoSgXjqSAqSa43myCaQ==";

    #[test]
    fn reads_and_writes_key_strings_with_one_key_or_two() {
        let sign: KeyString = SIGN.parse().unwrap();
        assert_eq!((sign.encrypt, sign.to_string().as_str()), (None, SIGN));
        let both: KeyString = BOTH.parse().unwrap();
        assert_eq!(both.sign, sign.sign);
        assert_eq!(STANDARD.encode(both.encrypt.unwrap()), "VzCACrNA/LGM5REe2p1wX5E4i0HkVEy9EDullC2yIz4=");
        assert_eq!(both.to_string(), BOTH);
        let seed: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        assert_eq!(SecretKey::from_seed(&seed).public_key(), sign.sign);
    }

    #[test]
    fn reads_two_key_strings_while_one_replaces_the_other() {
        let other = KeyString { sign: SecretKey::from_seed(&[9; 32]).public_key(), encrypt: None };
        let keys = PublishedKeys::new(BOTH.parse().unwrap()).with_second(other);
        assert_eq!(keys.to_string(), format!("{BOTH} {other}"));
        assert_eq!(format!(" {BOTH}\t{other}\n").parse(), Ok(keys.clone()));
        assert_eq!(keys.to_verify(), [SIGN.parse::<KeyString>().unwrap().sign, other.sign]);
        assert_eq!(keys.iter().count(), 2);
    }

    #[test]
    fn refuses_what_is_no_key_string() {
        let small = format!("cs1.{}", STANDARD.encode([0; 32]));
        let long = format!("cs1.{}", STANDARD.encode([1; 65]));
        let middle = format!("cs1.{}", STANDARD.encode([0x33; 48]));
        let three = format!("{SIGN} {SIGN} {SIGN}");
        for (text, error) in [
            ("cs2.AAAA", KeyStringError::Prefix),
            (&SIGN[4..], KeyStringError::Prefix),
            ("v=spf1 -all", KeyStringError::Prefix),
            ("cs1.", KeyStringError::Length),
            ("cs1.A6E", KeyStringError::Length),
            ("cs1.A6EH", KeyStringError::Length),
            (&middle, KeyStringError::Length),
            (&long, KeyStringError::Length),
            (&small, KeyStringError::Key(KeyError::SmallOrder)),
            // The example of the standard, whose first half is on no curve.
            (EXAMPLE, KeyStringError::Key(KeyError::NotAPoint)),
            ("", KeyStringError::Count { count: 0 }),
            (&three, KeyStringError::Count { count: 3 }),
        ] {
            // A text of two words fails with the first.
            assert_eq!(text.parse::<PublishedKeys>(), Err(error), "{text}");
        }
        assert_eq!(KeyStringError::Count { count: 3 }.to_string(), "3 key strings, neither one nor two");
        assert_eq!(KeyStringError::Prefix.to_string(), "a key string does not start with cs1.");
        assert_eq!(KeyStringError::Length.to_string(), "a key string of neither 32 nor 64 bytes in base64");
        assert_eq!(
            KeyStringError::Key(KeyError::SmallOrder).to_string(),
            "a key string without a key that verifies"
        );
    }
}
