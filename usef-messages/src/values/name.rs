//! Names: of editions, parties, time zones and currencies.

use super::pattern;

pattern! {
    /// The edition a message was written for, such as `3.1.0` (`SpecVersion`); ASCII digits only.
    Version, "a version such as 3.1.0", r"[0-9]+\.[0-9]+\.[0-9]+", |text| {
        text.split('.').count() == 3 && text.split('.').all(is_number)
    }
}

pattern! {
    /// A participant's domain, lower case (`InternetDomainType`).
    ///
    /// The pattern has no place for a port, `localhost`, an internationalized name (`xn--`) or a digit in the last
    /// label.
    Domain, "a domain such as dso.example", r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}", |text| {
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
    /// A time zone by its name in the tz database, of five regions only (`TimeZoneNameType`).
    ///
    /// The pattern has no place for Asia, the Atlantic, UTC or a name with a hyphen.
    TimeZone, "a time zone such as Europe/London", r"(Africa|America|Australia|Europe|Pacific)/[a-zA-Z0-9_/]{3,}",
    |text| {
        text.split_once('/').is_some_and(|(region, place)| {
            matches!(region, "Africa" | "America" | "Australia" | "Europe" | "Pacific")
                && place.len() >= 3
                && place.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/'))
        })
    }
}

pattern! {
    /// A currency by its three letters (`ISO4217CurrencyType`).
    Currency, "a currency such as EUR", "[A-Z]{3}", |text| {
        text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
    }
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::reads;
    use xml_wire::{Lexical, Text as _};

    #[test]
    fn takes_what_the_patterns_take() {
        assert!(reads::<Version>("3.1.0") && !reads::<Version>("3.1") && !reads::<Version>("3.1.٠"));
        assert!(reads::<Domain>("a-b.dso.example") && reads::<Domain>("1.uk"));
        let refused =
            ["localhost", "DSO.example", "a--b.example", "a.example1", "-a.example", "a..example", "a.uk:80"];
        for domain in refused {
            assert!(!reads::<Domain>(domain), "{domain}");
        }
        assert!(reads::<TimeZone>("America/North_Dakota/Center") && !reads::<TimeZone>("Asia/Tokyo"));
        assert!(reads::<Currency>("EUR") && !reads::<Currency>("eur") && !reads::<Currency>("EURO"));
    }

    #[test]
    fn trims_leniently_only() {
        assert!(Domain::parse(" dso.example\n", &Lexical::LENIENT).is_some());
        assert!(!reads::<Domain>(" dso.example"));
    }
}
