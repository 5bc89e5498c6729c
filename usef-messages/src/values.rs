//! Values that many messages hold: names of parties, identifiers, addresses.
//!
//! ```
//! use usef_messages::values::Role;
//! assert_eq!("DSO".parse(), Ok(Role::Dso));
//! ```

use std::fmt;

use xml_wire::{Dialect, Escape, Lexical, Text, XmlText, lexical};

/// UFTP has no namespace, and XSD's own dates and durations.
pub(crate) static DIALECT: Dialect =
    Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

/// What a participant is (`USEF-RoleType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Role {
    /// Aggregator.
    #[xml("AGR")]
    Agr,
    /// Common reference operator.
    #[xml("CRO")]
    Cro,
    /// Distribution system operator.
    #[xml("DSO")]
    Dso,
}

/// Whether a request was taken (`AcceptedRejectedType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Outcome {
    /// It was.
    #[xml("Accepted")]
    Accepted,
    /// It was not; a reason stands beside.
    #[xml("Rejected")]
    Rejected,
}

/// Declares a text with a pattern that the schema demands; lenient reading trims it and takes it as it is.
macro_rules! pattern {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(transparent))]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Text for $name {
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str, how: &Lexical) -> Option<Self> {
                let check: fn(&str) -> bool = $check;
                let text = if how.strict { text } else { lexical::collapse(text) };
                check(text).then(|| Self(text.to_owned()))
            }

            fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
                fmt::Write::write_str(out, &self.0)
            }
        }
    };
}

pattern! {
    /// The edition a message was written for, such as `3.1.0` (`SpecVersion`); ASCII digits only.
    Version, "a version such as 3.1.0", |text| {
        text.split('.').count() == 3 && text.split('.').all(is_number)
    }
}

pattern! {
    /// A participant's domain, lower case (`InternetDomainType`).
    Domain, "a domain such as dso.example", |text| {
        let label = |label: &str| {
            label.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
        };
        let top = |label: &str| label.len() >= 2 && label.bytes().all(|b| b.is_ascii_lowercase());
        text.rsplit_once('.').is_some_and(|(rest, last)| top(last) && rest.split('.').all(label))
    }
}

pattern! {
    /// The identifier of a message or a conversation (`UUIDType`); the case of its digits survives.
    Uuid, "a UUID", |text| {
        let lengths = [8, 4, 4, 4, 12];
        text.split('-').map(str::len).eq(lengths)
            && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
    }
}

pattern! {
    /// A time zone by its name in the tz database, of five regions only (`TimeZoneNameType`).
    TimeZone, "a time zone such as Europe/London", |text| {
        text.split_once('/').is_some_and(|(region, place)| {
            matches!(region, "Africa" | "America" | "Australia" | "Europe" | "Pacific")
                && place.len() >= 3
                && place.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/'))
        })
    }
}

pattern! {
    /// A congestion point or a connection: an `ea1` address, or an EAN of 12 to 34 digits (`EntityAddressType`).
    EntityAddress, "an entity address such as ean.871685900012636543", |text| match text.split_once('.') {
        Some(("ean", digits)) => (12..=34).contains(&digits.len()) && is_number(digits),
        Some(("ea1", rest)) => is_ea1(rest),
        _ => false,
    }
}

pattern! {
    /// A day, with a zone or without (`PeriodType`).
    Period, "a day such as 2026-11-23", |text| {
        let at = text.char_indices().nth(10).map_or(text.len(), |(at, _)| at);
        // A day is what stands before midnight.
        format!("{}T00:00:00{}", &text[..at], &text[at..]).parse::<xml_wire::DateTime>().is_ok()
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What follows `ea1.`: the month a domain was held, the domain reversed, a colon and a name.
fn is_ea1(text: &str) -> bool {
    let Some((month, rest)) = text.split_once('.') else { return false };
    let dated = month.split_once('-').is_some_and(|(year, month)| {
        year.len() == 4 && month.len() == 2 && is_number(year) && is_number(month)
    });
    let sized = |part: &str| (1..=244).contains(&part.chars().count()) && !part.contains('\n');
    dated && rest.match_indices(':').any(|(at, _)| sized(&rest[..at]) && sized(&rest[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads<T: Text>(text: &str) -> bool {
        T::parse(text, &Lexical { strict: true, dialect: &DIALECT }).is_some()
    }

    #[test]
    fn takes_what_the_patterns_take() {
        assert!(reads::<Version>("3.1.0") && !reads::<Version>("3.1") && !reads::<Version>("3.1.٠"));
        assert!(reads::<Domain>("a-b.dso.example") && reads::<Domain>("1.uk"));
        for domain in [
            "localhost",
            "DSO.example",
            "a--b.example",
            "a.example1",
            "-a.example",
            "a..example",
            "a.example:80",
        ] {
            assert!(!reads::<Domain>(domain), "{domain}");
        }
        assert!(
            reads::<Uuid>("1E3D5155-3942-5525-baf1-7cd0c48e1e98")
                && !reads::<Uuid>("1e3d515539425525baf17cd0c48e1e98")
        );
        assert!(reads::<TimeZone>("America/North_Dakota/Center") && !reads::<TimeZone>("Asia/Tokyo"));
        assert!(
            reads::<EntityAddress>("ean.871685900012636543")
                && reads::<EntityAddress>("ea1.2007-11.net.company:b1/9")
        );
        for address in [
            "ean.12345678901",
            "ea1.2007.net:x",
            "ea1.2007-11.net",
            "EAN.871685900012636543",
            "ea1.2007-11.:x",
        ] {
            assert!(!reads::<EntityAddress>(address), "{address}");
        }
        assert!(
            reads::<Period>("2026-11-23")
                && reads::<Period>("2026-11-23+01:00")
                && !reads::<Period>("2026-02-29")
        );
    }

    #[test]
    fn trims_leniently_only() {
        assert!(Domain::parse(" dso.example\n", &Lexical::LENIENT).is_some());
        assert!(!reads::<Domain>(" dso.example"));
    }
}
