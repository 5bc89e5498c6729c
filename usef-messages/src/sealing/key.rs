//! Keys to sign and to verify with.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::envelope::SIGNATURE_LEN;

/// A text or bytes that are no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not base64.
    #[error("a key that is not base64")]
    NotBase64,
    /// Base64, but of another length than a key.
    #[error("a key of {len} bytes, not {expected}")]
    Length {
        /// The length in bytes.
        len: usize,
        /// What it may be.
        expected: &'static str,
    },
    /// 32 bytes that are not a point on the curve, or not in its one encoding.
    #[error("not a point on the curve")]
    NotAPoint,
    /// A point of small order: anybody could sign for it.
    #[error("a point of small order")]
    SmallOrder,
    /// The second half of a secret key is not the public key of the first.
    #[error("the public half of the key is not that of its seed")]
    Mismatch,
}

/// A participant's secret key for signing; cleared from memory when dropped, and shown nowhere.
///
/// It stays in one place until then: passing it on leaves no copy behind.
///
/// Read from base64 with [`str::parse`]: libsodium's 64 bytes, the seed and the public key, or the seed of 32 alone.
///
/// ```
/// use usef_messages::sealing::SecretKey;
/// let key = SecretKey::from_seed(&[7; 32]);
/// assert_eq!(format!("{key:?}"), "SecretKey(..)");
/// let again: SecretKey = key.to_base64().parse()?;
/// assert_eq!(again.public_key(), key.public_key());
/// # Ok::<(), usef_messages::sealing::KeyError>(())
/// ```
pub struct SecretKey(Box<SigningKey>);

impl SecretKey {
    /// The key of a seed. For a new key the seed is 32 bytes from the system's random number generator.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        // This one is cleared at the end of the function, which one that is moved away is not.
        let key = SigningKey::from(seed);
        Self(Box::new(key.clone()))
    }

    /// The public key that belongs to it.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The key in the form libsodium and other implementations keep it: base64 of 64 bytes, the seed and the public key.
    pub fn to_base64(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([&self.0.as_bytes()[..], self.0.verifying_key().as_bytes()].concat());
        Zeroizing::new(STANDARD.encode(bytes.as_slice()))
    }

    pub(super) fn sign(&self, payload: &[u8]) -> [u8; SIGNATURE_LEN] {
        self.0.sign(payload).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl FromStr for SecretKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = decode_secret(text).ok_or(KeyError::NotBase64)?;
        let Some((seed, public)) = bytes.split_first_chunk::<32>() else {
            return Err(KeyError::Length { len: bytes.len(), expected: "32 or 64" });
        };
        let key = Self::from_seed(seed);
        match public.len() {
            0 => Ok(key),
            32 if public == key.0.verifying_key().as_bytes() => Ok(key),
            32 => Err(KeyError::Mismatch),
            _ => Err(KeyError::Length { len: bytes.len(), expected: "32 or 64" }),
        }
    }
}

/// A participant's public key: base64 of 32 bytes.
///
/// Always a point of full order in its one encoding, so that a signature binds its signer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// When they are no point on the curve in its canonical encoding, or one of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::SmallOrder);
        }
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NotAPoint);
        }
        Ok(Self(key))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether the signature is by this key and over this payload, in its one form.
    pub(super) fn verifies(&self, payload: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool {
        self.0.verify_strict(payload, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = decode(text).ok_or(KeyError::NotBase64)?;
        let bytes = bytes
            .try_into()
            .map_err(|bytes: Vec<u8>| KeyError::Length { len: bytes.len(), expected: "32" })?;
        Self::from_bytes(&bytes)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The bytes behind base64 with padding, white space aside.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if !text.contains(is_white) {
        return STANDARD.decode(text).ok();
    }
    let packed: String = text.split(is_white).collect();
    STANDARD.decode(packed).ok()
}

/// The same, where no part of it may stay in memory: not in buffers that were outgrown, nor where the rest is no base64.
fn decode_secret(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut packed = Zeroizing::new(String::with_capacity(text.len()));
    packed.extend(text.split(is_white));
    let mut bytes = Zeroizing::new(Vec::with_capacity(base64::decoded_len_estimate(packed.len())));
    STANDARD.decode_vec(packed.as_bytes(), &mut bytes).ok()?;
    Some(bytes)
}

/// White space as XML has it.
fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str =
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
    const SEED: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const PUBLIC: &str = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

    #[test]
    fn reads_a_secret_key_with_its_public_half_or_without() {
        for text in [SECRET, SEED, &format!(" {}\n{} ", &SECRET[..30], &SECRET[30..])] {
            let key: SecretKey = text.parse().unwrap();
            assert_eq!(key.public_key().to_string(), PUBLIC, "{text}");
            assert_eq!(*key.to_base64(), SECRET);
        }
    }

    #[test]
    fn shows_nothing_of_a_secret_key() {
        let key: SecretKey = SECRET.parse().unwrap();
        assert_eq!(format!("{key:?} {key:#?}"), "SecretKey(..) SecretKey(..)");
    }

    #[test]
    fn passing_on_a_secret_key_copies_nothing_of_it() {
        assert_eq!(size_of::<SecretKey>(), size_of::<usize>());
    }

    #[test]
    fn refuses_what_is_no_secret_key() {
        let other = STANDARD.encode([decode(SEED).unwrap(), vec![0; 32]].concat());
        for (text, error) in [
            ("not base64!", "a key that is not base64"),
            ("", "a key of 0 bytes, not 32 or 64"),
            ("AAAA", "a key of 3 bytes, not 32 or 64"),
            (&STANDARD.encode([1; 33]), "a key of 33 bytes, not 32 or 64"),
            (&STANDARD.encode([1; 96]), "a key of 96 bytes, not 32 or 64"),
            (&other, "the public half of the key is not that of its seed"),
        ] {
            assert_eq!(text.parse::<SecretKey>().unwrap_err().to_string(), error, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_public_key() {
        let mut one = [0; 32];
        one[0] = 1;
        let mut two = [0; 32];
        two[0] = 2;
        // The field's prime, 2^255 - 19, and three more: a second encoding of y = 3, which is on the curve.
        let mut prime_and_three = [0xff; 32];
        prime_and_three[0] = 0xed + 3;
        prime_and_three[31] = 0x7f;
        let mut three = [0; 32];
        three[0] = 3;
        assert!(PublicKey::from_bytes(&three).is_ok());
        for (bytes, error) in [
            (one, KeyError::SmallOrder),
            ([0; 32], KeyError::SmallOrder),
            (two, KeyError::NotAPoint),
            (prime_and_three, KeyError::NotAPoint),
        ] {
            assert_eq!(PublicKey::from_bytes(&bytes), Err(error), "{bytes:?}");
        }
        assert_eq!("A6E".parse::<PublicKey>(), Err(KeyError::NotBase64));
        assert_eq!("A6EH".parse::<PublicKey>().unwrap_err().to_string(), "a key of 3 bytes, not 32");
        assert_eq!(KeyError::NotAPoint.to_string(), "not a point on the curve");
        assert_eq!(KeyError::SmallOrder.to_string(), "a point of small order");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_public_key_is_its_base64_in_json() {
        let key: PublicKey = PUBLIC.parse().unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), format!("{PUBLIC:?}"));
        assert_eq!(serde_json::from_str::<PublicKey>(&format!("{PUBLIC:?}")).unwrap(), key);
        assert!(serde_json::from_str::<PublicKey>("\"AAAA\"").is_err());
    }
}
