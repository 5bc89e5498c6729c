use crate::energy::money::Currency;
use std::fmt::{self, Write as _};

/// The unit of a reading: `kWh`, `m3`, `GBP`, `GBP/kWh`.
///
/// ```
/// use cad_zigbee::{energy::money::Currency, readings::Symbol};
///
/// assert_eq!(Symbol::Unit("kWh"), "kWh");
/// assert_eq!(Symbol::MoneyPer(Currency::POUND_STERLING, "kWh").to_string(), "GBP/kWh");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Symbol {
    /// A unit of measure; empty for a bare number.
    Unit(&'static str),
    /// An amount of money.
    Money(Currency),
    /// Money for each of a unit.
    MoneyPer(Currency, &'static str),
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit(unit) => f.pad(unit),
            Self::Money(currency) => currency.fmt(f),
            Self::MoneyPer(currency, "") => currency.fmt(f),
            Self::MoneyPer(currency, unit) => write!(f, "{currency}/{unit}"),
        }
    }
}

impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        let mut rest = Rest(other);
        write!(rest, "{self}").is_ok() && rest.0.is_empty()
    }
}

impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// What is left of a text behind all that was written; refuses what is not the same.
struct Rest<'a>(&'a str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Symbol};

    #[test]
    fn a_unit_is_compared_as_it_is_shown() {
        let price = Symbol::MoneyPer(Currency::POUND_STERLING, "kWh");
        assert_eq!(price, "GBP/kWh");
        assert_ne!(price, "GBP");
        assert_ne!(price, "GBP/kWh ");
        assert_eq!(Symbol::MoneyPer(Currency(978), ""), "EUR");
        assert_eq!(Symbol::Unit(""), "");
    }
}
