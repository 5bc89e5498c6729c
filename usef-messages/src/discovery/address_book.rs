//! Records in memory.

use std::collections::BTreeMap;

use super::{
    LookupError, PublishedVersion, Resolver, endpoint::Host, endpoint_name, keys_name, version_name,
};
use crate::keys::PublishedKeys;
use crate::usef_2015::metadata::Role;
use crate::values::Domain;

/// Records by name: the participants of a closed market, the answers a DNS client collected, or a test's.
///
/// Names have no case, and an absolute name is the same as one without its last dot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressBook {
    records: BTreeMap<String, Records>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Records {
    texts: Vec<String>,
    alias: Option<String>,
}

impl AddressBook {
    /// Adds a text record to those of a name.
    pub fn insert_text(&mut self, name: &str, text: &str) {
        self.at(name).texts.push(text.to_owned());
    }

    /// Has a name stand for another, instead of what it stood for.
    pub fn insert_alias(&mut self, name: &str, target: &str) {
        self.at(name).alias = Some(target.to_owned());
    }

    /// Enters the keys of a participant in a role, in place of those that were known.
    pub fn insert_keys(&mut self, domain: &Domain, role: impl Into<Role>, keys: &PublishedKeys) {
        self.at(&keys_name(domain, role)).texts = vec![keys.to_string()];
    }

    /// Enters a participant in a role, in place of what was known of it in that role; the version is that of all its roles.
    pub fn insert_participant(
        &mut self,
        domain: &Domain,
        role: impl Into<Role>,
        keys: &PublishedKeys,
        host: &Host,
        version: PublishedVersion,
    ) {
        let role = role.into();
        self.at(&version_name(domain)).texts = vec![version.to_string()];
        self.insert_keys(domain, role, keys);
        self.at(&endpoint_name(domain, role)).alias = Some(host.as_str().to_owned());
    }

    /// Forgets a participant in a role.
    pub fn remove_participant(&mut self, domain: &Domain, role: impl Into<Role>) {
        let role = role.into();
        self.records.remove(&canonical(&keys_name(domain, role)));
        self.records.remove(&canonical(&endpoint_name(domain, role)));
    }

    fn at(&mut self, name: &str) -> &mut Records {
        self.records.entry(canonical(name)).or_default()
    }

    fn records(&self, name: &str) -> Result<&Records, LookupError> {
        self.records.get(&canonical(name)).ok_or(LookupError::Absent)
    }
}

impl Resolver for AddressBook {
    fn texts(&self, name: &str) -> Result<Vec<String>, LookupError> {
        self.records(name).map(|records| records.texts.clone())
    }

    fn alias(&self, name: &str) -> Result<Option<String>, LookupError> {
        self.records(name).map(|records| records.alias.clone())
    }
}

/// A name as it is compared: lower case, without the dot at its end.
pub(super) fn canonical(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::{find_endpoint, find_keys};
    use crate::keys::KeyString;
    use crate::sealing::SecretKey;

    #[test]
    fn finds_who_was_entered_until_removed() {
        let domain: Domain = "agr.example".parse().unwrap();
        let keys = |seed| {
            let sign = SecretKey::from_seed(&[seed; 32]).public_key();
            PublishedKeys::new(KeyString { sign, encrypt: None })
        };
        let mut book = AddressBook::default();
        let version: PublishedVersion = "3.0.0".parse().unwrap();
        for (seed, host) in [(1, "old.agr.example"), (2, "new.agr.example")] {
            book.insert_participant(&domain, Role::Agr, &keys(seed), &host.parse().unwrap(), version);
            assert_eq!(find_keys(&book, &domain, Role::Agr).unwrap(), keys(seed));
            let endpoint = find_endpoint(&book, &domain, Role::Agr).unwrap();
            assert_eq!((endpoint.host.as_str(), endpoint.version), (host, version));
        }
        assert!(find_keys(&book, &domain, Role::Dso).is_err());
        book.remove_participant(&domain, Role::Agr);
        assert!(find_keys(&book, &domain, Role::Agr).is_err());
        assert!(find_endpoint(&book, &domain, Role::Agr).is_err());
    }

    #[test]
    fn new_keys_replace_what_stood_there() {
        let domain: Domain = "agr.example".parse().unwrap();
        let mut book = AddressBook::default();
        book.insert_text(&keys_name(&domain, Role::Agr), "cs1.AAAA");
        assert!(find_keys(&book, &domain, Role::Agr).is_err());
        for seed in [1, 2, 3] {
            let sign = SecretKey::from_seed(&[seed; 32]).public_key();
            let keys = PublishedKeys::new(KeyString { sign, encrypt: None });
            book.insert_keys(&domain, Role::Agr, &keys);
            assert_eq!(find_keys(&book, &domain, Role::Agr), Ok(keys));
        }
    }

    #[test]
    fn names_have_no_case_and_may_be_absolute() {
        let mut book = AddressBook::default();
        book.insert_text("_AGR._usef.Agr.Example.", "a");
        book.insert_text("_agr._usef.agr.example", "b");
        assert_eq!(book.texts("_AGR._usef.agr.example"), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(book.alias("_AGR._usef.agr.example"), Ok(None));
        assert_eq!(book.texts("_DSO._usef.agr.example"), Err(LookupError::Absent));
    }
}
