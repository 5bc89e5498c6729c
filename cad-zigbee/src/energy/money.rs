//! Amounts of money: whole numbers of the smallest part of a currency, with the decimal point said elsewhere.
//!
//! ```
//! use cad_zigbee::energy::money::{Currency, TrailingDigits};
//!
//! let price = TrailingDigits(0x50).decimal(9600);
//! assert_eq!(price.to_string(), "0.096");
//! assert_eq!(Currency(826).code(), Some("GBP"));
//! ```

pub use super::currency::Currency;

use super::define::flags;
use crate::decimal::Decimal;
use crate::metering::UnitOfMeasure;

/// How many digits are right of the decimal point: the high four bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrailingDigits(
    /// All bits.
    pub u8,
);

/// How many digits of a price are right of the decimal point, and the tier of the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrailingDigitsAndTier(
    /// All bits.
    pub u8,
);

/// A unit of measure, by its number in the Metering cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitId(
    /// The number.
    pub u8,
);

flags! {
    /// How a price is to be handled.
    PriceControl(u8) {
        0x01 ACKNOWLEDGE "The price is to be acknowledged.",
        0x02 MORE_THAN_15_TIERS "There are more than 15 tiers: the extended fields say how many.",
    }
}

impl TrailingDigits {
    /// How many.
    pub const fn digits(self) -> u8 {
        self.0 >> 4
    }

    /// The amount that a raw number stands for.
    pub fn decimal(self, raw: impl Into<i128>) -> Decimal {
        Decimal::new(raw.into(), self.digits())
    }
}

impl TrailingDigitsAndTier {
    /// How many digits are right of the decimal point.
    pub const fn trailing_digits(self) -> TrailingDigits {
        TrailingDigits(self.0)
    }

    /// The tier: 0 for none, 15 also where the extended price tier says which.
    pub const fn tier(self) -> u8 {
        self.0 & 0xF
    }
}

impl UnitId {
    /// The unit; none for a reserved number.
    pub const fn unit(self) -> Option<UnitOfMeasure> {
        UnitOfMeasure::from_id(self.0)
    }
}

super::field::wrapped!(TrailingDigits TrailingDigitsAndTier Currency UnitId);

#[cfg(test)]
mod tests {
    use super::{TrailingDigits, TrailingDigitsAndTier};

    #[test]
    fn digits_are_counted_from_the_right() {
        let table = [
            (0x00, 9600, "9600"),
            (0x50, 9600, "0.096"),
            (0x21, -1, "-0.01"),
            (0xF0, 1, "0.000000000000001"),
        ];
        for (bits, raw, text) in table {
            assert_eq!(TrailingDigits(bits).decimal(raw).to_string(), text);
        }
        let packed = TrailingDigitsAndTier(0x53);
        assert_eq!((packed.trailing_digits().digits(), packed.tier()), (5, 3));
    }
}
