//! The address that messages for a participant are sent to.

use std::fmt;
use std::str::FromStr;

use super::address_book::canonical;
use super::{DiscoveryError, PublishedVersion, Resolver, endpoint_name, find_version, look_up};
use crate::usef_2015::metadata::Role;
use crate::values::Domain;

/// How many aliases are followed.
const ALIASES: usize = 8;

/// The name of a host: letters, digits and hyphens between dots; without the dot at its end, in lower case.
///
/// What a peer publishes becomes part of a URL, so nothing else may stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host(String);

/// A name that no host can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not the name of a host")]
pub struct NotAHost {
    name: String,
}

impl Host {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Host {
    type Err = NotAHost;

    fn from_str(name: &str) -> Result<Self, NotAHost> {
        let host = canonical(name);
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        // A last label of digits alone makes an IPv4 address of it.
        let top = host.rsplit('.').next().is_some_and(|top| top.bytes().any(|b| !b.is_ascii_digit()));
        if host.len() <= 253 && host.split('.').all(label) && top {
            Ok(Self(host))
        } else {
            Err(NotAHost { name: name.chars().take(80).collect() })
        }
    }
}

/// Where a participant takes messages in a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The host, on the port of HTTPS.
    pub host: Host,
    /// What it speaks.
    pub version: PublishedVersion,
}

impl Endpoint {
    /// The address to post envelopes to.
    pub fn url(&self) -> String {
        let host = &self.host;
        match self.version {
            PublishedVersion::Usef2015 => format!("https://{host}/USEF/2015/SignedMessage"),
            PublishedVersion::Uftp { major, .. } => {
                format!("https://{host}/shapeshifter/api/v{major}/message")
            }
        }
    }
}

/// Where a participant takes messages in a role, as it publishes it.
///
/// **Interpretation:** the first name in the chain of aliases that a host can have is the host, and what that stands for
/// in turn is left to whoever connects to it: the certificate is for that name. The names before are those of the
/// service, which a provider may hold for its customers.
///
/// # Errors
/// When the version or the host cannot be looked up, or what was found is neither.
pub fn find_endpoint(
    resolver: &impl Resolver,
    domain: &Domain,
    role: impl Into<Role>,
) -> Result<Endpoint, DiscoveryError> {
    let version = find_version(resolver, domain)?;
    let start = endpoint_name(domain, role);
    let mut seen = vec![canonical(&start)];
    let mut name = start.clone();
    loop {
        let Some(target) = look_up(&name, Resolver::alias, resolver)? else {
            return Err(DiscoveryError::NoRecord { name });
        };
        // A label of a service starts with an underscore, one of a host does not.
        if !target.starts_with('_') {
            let host = target.parse().map_err(|source| DiscoveryError::Host { name, source })?;
            return Ok(Endpoint { host, version });
        }
        let key = canonical(&target);
        if seen.contains(&key) {
            return Err(DiscoveryError::Loop { name: start });
        }
        if seen.len() == ALIASES {
            return Err(DiscoveryError::TooManyAliases { name: start, limit: ALIASES });
        }
        seen.push(key);
        name = target;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::{AddressBook, LookupError};

    const NAME: &str = "_http._AGR._usef.agr.example";

    fn found(version: &str, aliases: &[(&str, &str)]) -> Result<String, DiscoveryError> {
        let domain: Domain = "agr.example".parse().expect("a domain");
        let mut book = AddressBook::default();
        book.insert_text("_usef.agr.example", version);
        for (name, target) in aliases {
            book.insert_alias(name, target);
        }
        find_endpoint(&book, &domain, Role::Agr).map(|endpoint| endpoint.url())
    }

    #[test]
    fn the_address_depends_on_the_version() {
        for (version, url) in [
            ("2015", "https://uftp.agr.example/USEF/2015/SignedMessage"),
            ("3.0.0", "https://uftp.agr.example/shapeshifter/api/v3/message"),
            ("3.1.0", "https://uftp.agr.example/shapeshifter/api/v3/message"),
            ("4.0.0", "https://uftp.agr.example/shapeshifter/api/v4/message"),
        ] {
            assert_eq!(found(version, &[(NAME, "UFTP.agr.example.")]).as_deref(), Ok(url));
        }
    }

    #[test]
    fn follows_aliases_of_the_service_to_the_first_host() {
        let aliases = [
            (NAME, "_http._AGR._usef.provider.example"),
            ("_http._agr._usef.provider.example", "uftp.provider.example"),
            ("uftp.provider.example", "balancer.cloud.example"),
        ];
        let url = "https://uftp.provider.example/shapeshifter/api/v3/message";
        assert_eq!(found("3.1.0", &aliases).as_deref(), Ok(url));
    }

    #[test]
    fn says_why_there_is_no_endpoint() {
        let chain: Vec<(String, String)> =
            (0..20).map(|i| (format!("_{i}.example"), format!("_{}.example", i + 1))).collect();
        let mut long: Vec<(&str, &str)> = chain.iter().map(|(name, target)| (&**name, &**target)).collect();
        long.push((NAME, "_0.example"));
        for (aliases, text, temporary) in [
            (&[][..], "looking up _http._AGR._usef.agr.example", true),
            (&[(NAME, "_http.gone.example")], "looking up _http.gone.example", true),
            (&[(NAME, NAME)], "the aliases of _http._AGR._usef.agr.example lead in a circle", true),
            (
                &[(NAME, "_a.example"), ("_a.example", "_B.example"), ("_b.example", "_A.example.")],
                "the aliases of _http._AGR._usef.agr.example lead in a circle",
                true,
            ),
            (&long, "more than 8 aliases from _http._AGR._usef.agr.example", true),
            (&[(NAME, "a/b@c.example")], "no host at _http._AGR._usef.agr.example", false),
        ] {
            let error = found("3.1.0", aliases).unwrap_err();
            assert_eq!((error.to_string().as_str(), error.is_temporary()), (text, temporary));
        }
        let absent = DiscoveryError::Lookup { name: NAME.to_owned(), source: LookupError::Absent };
        assert_eq!(found("3.1.0", &[]), Err(absent));
        assert!(matches!(found("three", &[(NAME, "a.example")]), Err(DiscoveryError::Version { .. })));
    }

    #[test]
    fn a_host_is_nothing_but_a_name() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = ["a.".repeat(124).as_str(), "example"].concat();
        for name in [
            "",
            ".",
            "a..b",
            "-a.example",
            "a-.example",
            "a_b.example",
            "a.example:443",
            "a.example/x",
            "user@a.example",
            "10.0.0.1",
            "a.example ",
            "ä.example",
            "[::1]",
            &long,
            &longer,
        ] {
            assert!(name.parse::<Host>().is_err(), "{name}");
        }
        for name in ["localhost", "xn--e1afmkfd.example", "1a.example", "a.example."] {
            assert!(name.parse::<Host>().is_ok(), "{name}");
        }
        let error = "a b".parse::<Host>().unwrap_err();
        assert_eq!(error.to_string(), "\"a b\" is not the name of a host");
    }
}
