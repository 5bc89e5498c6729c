//! The version that a participant publishes.

use std::fmt;
use std::str::FromStr;

use super::{DiscoveryError, Resolver, look_up, version_name};
use crate::values::Domain;

/// The version of the specification that a participant speaks.
///
/// Versions have an order: UFTP follows USEF 2015.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublishedVersion {
    /// USEF 2015, published as `2015`.
    Usef2015,
    /// UFTP by its three numbers, such as `3.1.0`.
    Uftp {
        /// Changes with what is not compatible; a part of the endpoint's address.
        major: u32,
        /// Changes with what is added.
        minor: u32,
        /// Changes with what is corrected.
        patch: u32,
    },
}

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is neither 2015 nor a version such as 3.1.0")]
pub struct NotAVersion {
    text: String,
}

impl fmt::Display for PublishedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usef2015 => f.write_str("2015"),
            Self::Uftp { major, minor, patch } => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

/// Reads `2015`, or three numbers; what follows the third is passed over, as other implementations do.
impl FromStr for PublishedVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let numbers = || {
            let (major, rest) = number(text.trim_ascii())?;
            let (minor, rest) = number(rest.strip_prefix('.')?)?;
            let (patch, _) = number(rest.strip_prefix('.')?)?;
            Some(Self::Uftp { major, minor, patch })
        };
        if text.trim_ascii() == "2015" {
            return Ok(Self::Usef2015);
        }
        numbers().ok_or_else(|| NotAVersion { text: text.chars().take(40).collect() })
    }
}

/// The digits that a text starts with, and what follows them.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// The version that a participant publishes: of several, the newest.
///
/// # Errors
/// When it cannot be looked up, or none of the text records is one.
pub fn find_version(resolver: &impl Resolver, domain: &Domain) -> Result<PublishedVersion, DiscoveryError> {
    let name = version_name(domain);
    let mut newest = None;
    let mut wrong = None;
    for text in look_up(&name, Resolver::texts, resolver)? {
        match text.parse() {
            Ok(version) => newest = newest.max(Some(version)),
            Err(error) => wrong = Some(error),
        }
    }
    match (newest, wrong) {
        (Some(version), _) => Ok(version),
        (None, Some(source)) => Err(DiscoveryError::Version { name, source }),
        (None, None) => Err(DiscoveryError::NoRecord { name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::AddressBook;

    const UFTP_3_1: PublishedVersion = PublishedVersion::Uftp { major: 3, minor: 1, patch: 0 };

    #[test]
    fn reads_the_numbers_and_no_more() {
        for text in ["3.1.0", " 3.1.0 ", "3.1.0-rc1", "3.1.0 2015", "3.1.0.7"] {
            assert_eq!(text.parse(), Ok(UFTP_3_1), "{text}");
        }
        assert_eq!("2015".parse(), Ok(PublishedVersion::Usef2015));
        for text in [
            "",
            "3",
            "3.1",
            "3.1.",
            "v3.1.0",
            "3..0",
            "-3.1.0",
            "20151",
            "2015:I",
            "99999999999.0.0",
            "٣.1.0",
        ] {
            assert!(text.parse::<PublishedVersion>().is_err(), "{text}");
        }
        let error = "3.1".parse::<PublishedVersion>().unwrap_err();
        assert_eq!(error.to_string(), "\"3.1\" is neither 2015 nor a version such as 3.1.0");
    }

    #[test]
    fn finds_the_newest_among_other_records() {
        let domain: Domain = "dso.example".parse().unwrap();
        let mut book = AddressBook::default();
        book.insert_alias("_usef.dso.example", "elsewhere.example");
        let error = find_version(&book, &domain).unwrap_err();
        assert_eq!(error.to_string(), "no record at _usef.dso.example");
        book.insert_text("_usef.dso.example", "v=spf1 -all");
        let error = find_version(&book, &domain).unwrap_err();
        assert_eq!(error.to_string(), "no version at _usef.dso.example");
        assert!(!error.is_temporary());
        for (text, newest) in [("2015", PublishedVersion::Usef2015), ("3.1.0", UFTP_3_1), ("3.0.0", UFTP_3_1)]
        {
            book.insert_text("_usef.dso.example", text);
            assert_eq!(find_version(&book, &domain), Ok(newest), "{text}");
        }
        assert_eq!(UFTP_3_1.to_string(), "3.1.0");
        assert_eq!(PublishedVersion::Usef2015.to_string(), "2015");
    }
}
