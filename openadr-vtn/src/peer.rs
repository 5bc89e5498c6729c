use std::fmt;
use std::str::FromStr;

/// Whom a message came from, as far as the transport or a signature can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Peer {
    /// The certificate that the connection was made with.
    pub fingerprint: Option<Fingerprint>,
    /// The certificate that the message was signed with, if it was and the signature holds.
    pub signed_by: Option<Fingerprint>,
}

impl Peer {
    /// The certificate that shows who it is.
    ///
    /// **Interpretation:** a VEN has one certificate, for its connections and its signatures; either shows who it is.
    pub(crate) fn certificate(&self) -> Option<Fingerprint> {
        self.signed_by.or(self.fingerprint)
    }

    /// Whether the connection was made with one certificate and the message signed with another.
    pub(crate) fn contradicts_itself(&self) -> bool {
        self.fingerprint.zip(self.signed_by).is_some_and(|(connection, signature)| connection != signature)
    }
}

/// What identifies a certificate: the last 10 bytes of the SHA-256 digest of its DER form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 10]);

impl Fingerprint {
    /// The fingerprint of these bytes.
    pub const fn new(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if place > 0 { ":" } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

#[cfg(feature = "signature")]
impl From<openadr_types::signature::Fingerprint> for Fingerprint {
    fn from(fingerprint: openadr_types::signature::Fingerprint) -> Self {
        Self(*fingerprint.as_bytes())
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint of 10 bytes such as 0A:1B:2C:3D:4E:5F:60:71:82:93")]
pub struct NotAFingerprint;

/// Twenty hexadecimal digits in either case, with colons between bytes or without.
impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or(NotAFingerprint)?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, d| byte << 4 | d)).collect();
        if digits.len() != 20 {
            return Err(NotAFingerprint);
        }
        bytes.try_into().map(Self).map_err(|_| NotAFingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fingerprints_with_and_without_colons() {
        let fingerprint: Fingerprint = "0A:1B:2C:3D:4E:5F:60:71:82:93".parse().unwrap();
        assert_eq!("0a1b2c3d4e5f60718293".parse(), Ok(fingerprint));
        assert_eq!(fingerprint.to_string(), "0A:1B:2C:3D:4E:5F:60:71:82:93");
        for text in ["", "0A:1B", "0a1b2c3d4e5f6071829", "0a1b2c3d4e5f607182931", "0g1b2c3d4e5f60718293"] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NotAFingerprint), "{text}");
        }
    }
}
