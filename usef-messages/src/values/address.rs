//! Addresses of congestion points, connections and meters.

use super::name::is_number;
use super::pattern;

pattern! {
    /// A congestion point or a connection: an `ea1` address, or an EAN of 12 to 34 digits (`EntityAddressType`).
    EntityAddress, "an entity address such as ean.871685900012636543",
    r"(ea1\.[0-9]{4}-[0-9]{2}\..{1,244}:.{1,244}|ean\.[0-9]{12,34})",
    |text| match text.split_once('.') {
        Some(("ean", digits)) => (12..=34).contains(&digits.len()) && is_number(digits),
        Some(("ea1", rest)) => is_ea1(rest),
        _ => false,
    }
}

/// What follows `ea1.`: the month a domain was held, the domain reversed, a colon and a name.
fn is_ea1(text: &str) -> bool {
    let Some((month, rest)) = text.split_once('.') else { return false };
    let dated = month.split_once('-').is_some_and(|(year, month)| {
        year.len() == 4 && month.len() == 2 && is_number(year) && is_number(month)
    });
    // A character has four bytes at most: what is longer cannot match, and is not searched.
    if !dated || rest.len() > 4 * (244 + 1 + 244) || rest.contains(['\n', '\r']) {
        return false;
    }
    let sized = |part: &str| (1..=244).contains(&part.chars().count());
    rest.match_indices(':').any(|(at, _)| sized(&rest[..at]) && sized(&rest[at + 1..]))
}

/// The EAN of a metering point (`EANType`): `E` or `e` and its digits.
///
/// **Interpretation:** every published schema says 16 digits, and strict reading takes no other number; real codes have
/// 18, which the implementations in use send, and lenient reading takes both. Which one a peer expects is for the two parties to agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeteringPoint(smol_str::SmolStr);

impl MeteringPoint {
    /// The code with its first letter, as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code without its first letter.
    pub fn digits(&self) -> &str {
        self.0.get(1..).unwrap_or_default()
    }

    /// Whether it has the 16 digits that the schemas say.
    pub fn is_schema_valid(&self) -> bool {
        self.digits().len() == 16
    }
}

impl xml_wire::Text for MeteringPoint {
    const EXPECTED: &'static str = "the EAN of a metering point such as E1234567890123456";

    fn parse(text: &str, how: &xml_wire::Lexical) -> Option<Self> {
        let text = if how.strict { text } else { xml_wire::lexical::collapse(text) };
        let digits = text.strip_prefix(['E', 'e'])?;
        let fits = digits.len() == 16 || (digits.len() == 18 && !how.strict);
        (fits && is_number(digits)).then(|| Self(text.into()))
    }

    fn write(&self, out: &mut xml_wire::Escape<'_>) -> std::fmt::Result {
        out.plain(&self.0);
        Ok(())
    }
}

super::scalar!(MeteringPoint, { "type": "string", "pattern": "^[Ee]([0-9]{16}|[0-9]{18})$" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::reads;

    #[test]
    fn takes_what_the_pattern_takes() {
        for address in ["ean.871685900012636543", "ea1.2007-11.net.company:b1/9", "ea1.2007-11.a::"] {
            assert!(reads::<EntityAddress>(address), "{address}");
        }
        let refused = [
            "ean.12345678901",
            "ea1.2007.net:x",
            "ea1.2007-11.net",
            "EAN.871685900012636543",
            "ea1.2007-11.:x",
            "ea1.2007-11.a:b\r",
        ];
        for address in refused {
            assert!(!reads::<EntityAddress>(address), "{address}");
        }
        assert!(!reads::<EntityAddress>(&format!("ea1.2007-11.{}", ":".repeat(1_000_000))));
        assert!(reads::<EntityAddress>(&format!("ea1.2007-11.{}", ":".repeat(489))));
        assert!(!reads::<EntityAddress>(&format!("ea1.2007-11.{}", ":".repeat(490))));
    }

    #[test]
    fn blanks_around_an_address_go_unless_they_are_of_its_name() {
        for named in ["ea1.2007-11.a: ", "ea1.2007-11.a:b "] {
            assert!(reads::<EntityAddress>(named));
            assert_eq!(named.parse::<EntityAddress>().unwrap().as_str(), named);
        }
        let padded = " ean.871685900012636543\n";
        assert!(!reads::<EntityAddress>(padded));
        assert_eq!(padded.parse::<EntityAddress>().unwrap().as_str(), padded.trim());
    }

    #[test]
    fn takes_eighteen_digits_leniently_only() {
        let real = "E871685900012636543";
        assert_eq!(real.parse::<MeteringPoint>().unwrap().digits(), "871685900012636543");
        assert!(!real.parse::<MeteringPoint>().unwrap().is_schema_valid());
        assert!(!reads::<MeteringPoint>(real));
        assert!(reads::<MeteringPoint>("e1234567890123456"));
        assert!("E12345678901234567".parse::<MeteringPoint>().is_err());
    }
}
