//! Where a participant publishes its keys and its endpoint: names, records and what is read from them.
//!
//! Three records say all there is to know of a participant, and all three are found by its domain (UFTP 3.1, key
//! discovery): the version it speaks, its keys in a role, and the host its endpoint in that role is on. The look-up is a
//! trait: a DNS client, a cache in front of one, or an [`AddressBook`], which is all that a closed market needs.
//!
//! ```
//! use usef_messages::discovery::{AddressBook, find_endpoint, find_keys};
//! use usef_messages::envelope::SignedMessage;
//!
//! let mut book = AddressBook::default();
//! book.insert_text("_usef.dso.example", "3.1.0");
//! book.insert_text("_DSO._usef.dso.example", "cs1.A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
//! book.insert_alias("_http._DSO._usef.dso.example", "uftp.dso.example");
//!
//! let envelope =
//!     SignedMessage::from_xml(b"<SignedMessage SenderDomain='dso.example' SenderRole='DSO' Body=''/>")?;
//! let keys = find_keys(&book, &envelope.sender_domain, envelope.sender_role)?;
//! assert_eq!(keys.to_verify().len(), 1);
//! let endpoint = find_endpoint(&book, &envelope.sender_domain, envelope.sender_role)?;
//! assert_eq!(endpoint.url(), "https://uftp.dso.example/shapeshifter/api/v3/message");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address_book;
mod endpoint;
mod version;

pub use address_book::AddressBook;
pub use endpoint::{Endpoint, Host, NotAHost, find_endpoint};
pub use version::{NotAVersion, PublishedVersion, find_version};

use crate::keys::{KeyStringError, PublishedKeys};
use crate::usef_2015::metadata::Role;
use crate::values::Domain;

/// The name of the text record with the version a participant speaks: `_usef.dso.example`.
pub fn version_name(domain: &Domain) -> String {
    format!("_usef.{domain}")
}

/// The name of the text record with a participant's keys in a role: `_DSO._usef.dso.example`.
pub fn keys_name(domain: &Domain, role: impl Into<Role>) -> String {
    let role = role.into();
    format!("_{role}._usef.{domain}")
}

/// The name that stands for the host of a participant's endpoint in a role: `_http._DSO._usef.dso.example`.
pub fn endpoint_name(domain: &Domain, role: impl Into<Role>) -> String {
    let role = role.into();
    format!("_http._{role}._usef.{domain}")
}

/// Looks up records by name.
///
/// A look-up that waits is done before: fill an [`AddressBook`] with what was found, then ask that. The standard demands
/// that records be authenticated (DNSSEC); a resolver that enforces it reports what is not as [`LookupError::Temporary`].
pub trait Resolver {
    /// The text records of a name, each with its strings joined; empty where there are none.
    ///
    /// # Errors
    /// [`LookupError::Absent`] when there is no such name, [`LookupError::Temporary`] when that cannot be told.
    fn texts(&self, name: &str) -> Result<Vec<String>, LookupError>;

    /// The name that this one stands for (CNAME), one step only; `None` where it stands for itself.
    ///
    /// # Errors
    /// [`LookupError::Absent`] when there is no such name, [`LookupError::Temporary`] when that cannot be told.
    fn alias(&self, name: &str) -> Result<Option<String>, LookupError>;
}

/// Why a look-up gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LookupError {
    /// There is no such name.
    #[error("there is no such name")]
    Absent,
    /// There was no answer, or none that can be trusted: another time there may be.
    #[error("no answer for now")]
    Temporary,
}

/// Why a participant's keys or its endpoint were not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The look-up failed.
    #[error("looking up {name}")]
    Lookup {
        /// The name that was looked up.
        name: String,
        /// Why.
        #[source]
        source: LookupError,
    },
    /// The name exists, but has no record that is wanted.
    #[error("no record at {name}")]
    NoRecord {
        /// The name.
        name: String,
    },
    /// None of the text records is a version.
    #[error("no version at {name}")]
    Version {
        /// The name.
        name: String,
        /// What is wrong with the last of them.
        #[source]
        source: NotAVersion,
    },
    /// The text records are no key strings.
    #[error("no keys at {name}")]
    Keys {
        /// The name.
        name: String,
        /// What is wrong with them.
        #[source]
        source: KeyStringError,
    },
    /// The alias is no name that a host can have.
    #[error("no host at {name}")]
    Host {
        /// The name.
        name: String,
        /// What is wrong with it.
        #[source]
        source: NotAHost,
    },
    /// Aliases lead back to a name that was seen before.
    #[error("the aliases of {name} lead in a circle")]
    Loop {
        /// The name they start from.
        name: String,
    },
    /// More aliases follow each other than are followed.
    #[error("more than {limit} aliases from {name}")]
    TooManyAliases {
        /// The name they start from.
        name: String,
        /// How many are followed.
        limit: usize,
    },
}

impl DiscoveryError {
    /// Whether another try later may find what this one did not.
    ///
    /// **Interpretation:** the standard has a missing key and an alias that leads in a circle be temporary. Any record can
    /// be published or mended, so only what was found and is wrong in itself is final.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Lookup { .. } | Self::NoRecord { .. } | Self::Loop { .. } | Self::TooManyAliases { .. } => {
                true
            }
            Self::Version { .. } | Self::Keys { .. } | Self::Host { .. } => false,
        }
    }
}

/// The keys that a participant publishes for a role: what its envelopes are opened with.
///
/// Text records that do not start as a key string does are passed over, and two records of a key each are as good as
/// one with two.
///
/// # Errors
/// When they cannot be looked up, or are none. To the peer that is [`crate::status::Status::KeyNotFound`].
pub fn find_keys(
    resolver: &impl Resolver,
    domain: &Domain,
    role: impl Into<Role>,
) -> Result<PublishedKeys, DiscoveryError> {
    let name = keys_name(domain, role);
    let texts = look_up(&name, Resolver::texts, resolver)?;
    let keys: Vec<&str> =
        texts.iter().map(|text| text.trim_ascii()).filter(|text| text.starts_with("cs")).collect();
    if keys.is_empty() {
        return Err(DiscoveryError::NoRecord { name });
    }
    keys.join(" ").parse().map_err(|source| DiscoveryError::Keys { name, source })
}

/// One look-up, its error with the name.
fn look_up<R: Resolver, T>(
    name: &str,
    how: impl Fn(&R, &str) -> Result<T, LookupError>,
    resolver: &R,
) -> Result<T, DiscoveryError> {
    how(resolver, name).map_err(|source| DiscoveryError::Lookup { name: name.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyString;
    use crate::sealing::{KeyError, SecretKey};

    const NAME: &str = "_AGR._usef.agr.example";

    fn domain() -> Domain {
        "agr.example".parse().expect("a domain")
    }

    fn key(seed: u8) -> String {
        KeyString { sign: SecretKey::from_seed(&[seed; 32]).public_key(), encrypt: Some([seed; 32]) }
            .to_string()
    }

    fn found(texts: &[&str]) -> Result<PublishedKeys, DiscoveryError> {
        let mut book = AddressBook::default();
        for text in texts {
            book.insert_text(NAME, text);
        }
        find_keys(&book, &domain(), Role::Agr)
    }

    #[test]
    fn names_are_those_of_the_standard() {
        assert_eq!(version_name(&domain()), "_usef.agr.example");
        assert_eq!(keys_name(&domain(), Role::Cro), "_CRO._usef.agr.example");
        assert_eq!(endpoint_name(&domain(), Role::Dso), "_http._DSO._usef.agr.example");
    }

    #[test]
    fn finds_keys_in_one_record_or_in_two_among_others() {
        let (old, new) = (key(1), key(2));
        let both = format!("{old} {new}");
        assert_eq!(found(&[&old]).unwrap().to_string(), old);
        assert_eq!(found(&[&both]).unwrap().to_string(), both);
        assert_eq!(found(&["v=spf1 -all", &old, &new]).unwrap().to_string(), both);
    }

    #[test]
    fn says_why_there_are_no_keys() {
        let small = format!("cs1.{}=", "A".repeat(43));
        let absent = DiscoveryError::Lookup { name: NAME.to_owned(), source: LookupError::Absent };
        let keys = |source| DiscoveryError::Keys { name: NAME.to_owned(), source };
        for (texts, error, text, temporary) in [
            (&[][..], absent, "looking up _AGR._usef.agr.example", true),
            (
                &["v=spf1 -all"],
                DiscoveryError::NoRecord { name: NAME.to_owned() },
                "no record at _AGR._usef.agr.example",
                true,
            ),
            (&["cs2.AAAA"], keys(KeyStringError::Prefix), "no keys at _AGR._usef.agr.example", false),
            (
                &[&key(1), &key(2), &key(3)],
                keys(KeyStringError::Count { count: 3 }),
                "no keys at _AGR._usef.agr.example",
                false,
            ),
            (
                &[&small],
                keys(KeyStringError::Key(KeyError::SmallOrder)),
                "no keys at _AGR._usef.agr.example",
                false,
            ),
        ] {
            let refused = found(texts).unwrap_err();
            assert_eq!(refused, error);
            assert_eq!(refused.to_string(), text);
            assert_eq!(refused.is_temporary(), temporary, "{refused}");
        }
        let temporary = find_keys(&Silent, &domain(), Role::Agr).unwrap_err();
        assert!(matches!(&temporary, DiscoveryError::Lookup { source: LookupError::Temporary, .. }));
        assert!(temporary.is_temporary());
        assert_eq!(LookupError::Absent.to_string(), "there is no such name");
        assert_eq!(LookupError::Temporary.to_string(), "no answer for now");
    }

    /// Never answers.
    struct Silent;

    impl Resolver for Silent {
        fn texts(&self, _: &str) -> Result<Vec<String>, LookupError> {
            Err(LookupError::Temporary)
        }

        fn alias(&self, _: &str) -> Result<Option<String>, LookupError> {
            Err(LookupError::Temporary)
        }
    }
}
