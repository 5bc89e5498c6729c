//! Amounts, factors and quantities: decimal, never a float.

use rust_decimal::Decimal;
use xml_wire::{Escape, Lexical, Text, lexical};

/// Declares a decimal with what the schema demands of it.
macro_rules! decimal {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $pattern:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The value, or `None` where it is outside the type.
            pub fn new(value: Decimal) -> Option<Self> {
                let check: fn(Decimal) -> bool = $check;
                check(value).then_some(Self(value))
            }

            /// The value.
            pub const fn get(self) -> Decimal {
                self.0
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl Text for $name {
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str, how: &Lexical) -> Option<Self> {
                let value = Decimal::parse(text, how).or_else(|| Decimal::parse(shortest(text), how))?;
                Self::new(value)
            }

            fn write(&self, out: &mut Escape<'_>) -> std::fmt::Result {
                self.0.write(out)
            }
        }

        super::scalar!($name, { "type": "string", "pattern": $pattern });
    };
}

/// The text without the zeros that end its fraction, which may be more than a decimal holds.
fn shortest(text: &str) -> &str {
    let text = lexical::collapse(text);
    if text.matches('.').count() == 1 { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

decimal! {
    /// An amount of money, with at most four decimal places (`CurrencyAmountType`); compared by value.
    Amount, "an amount with at most 4 decimal places", "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)$",
    |value| value.normalize().scale() <= 4
}

decimal! {
    /// Which part of an offer is or may be used, from 0.01 to 1.00 (`ActivationFactorType`); compared by value.
    ActivationFactor, "a factor from 0.01 to 1.00", "^\\+?(0*(\\.[0-9]*)?|0*1(\\.0*)?)$",
    |value| value.normalize().scale() <= 2 && value >= Decimal::new(1, 2) && value <= Decimal::ONE
}

decimal! {
    /// A metered quantity, in the unit that stands beside it (`xs:decimal`); compared by value.
    Quantity, "a decimal number of at most 28 digits", "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)$", |_| true
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl ActivationFactor {
    /// The whole.
    pub const ONE: Self = Self(Decimal::ONE);
}

impl From<i32> for Amount {
    /// Whole units of the currency.
    fn from(units: i32) -> Self {
        Self(units.into())
    }
}

impl From<Decimal> for Quantity {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::reads;

    #[test]
    fn takes_decimal_places_by_value() {
        for text in ["0", "-12.3456", "+1", " 1.00000 ", "007", "1.0000000000000000000000000000000000"] {
            assert!(reads::<Amount>(text), "{text}");
        }
        for text in
            ["1.00001", "3.1.0", "1.0000000000000000000000000000000001", "1e3", "1,5", "", "NaN", "1 2"]
        {
            assert!(!reads::<Amount>(text), "{text}");
        }
        assert_eq!("1.50".parse::<Amount>(), "1.5".parse());
        assert_eq!("1.50".parse::<Amount>().unwrap().to_string(), "1.50");
    }

    #[test]
    fn takes_factors_above_zero_up_to_one() {
        for text in ["0.01", "1.00", "1", ".5", "0.500"] {
            assert!(reads::<ActivationFactor>(text), "{text}");
        }
        for text in ["0", "0.00", "1.01", "-0.5", "0.001", "0.005"] {
            assert!(!reads::<ActivationFactor>(text), "{text}");
        }
    }
}
