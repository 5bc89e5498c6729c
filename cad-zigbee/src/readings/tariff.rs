//! Factors outside the Metering cluster: currency, trailing digits, the factors of electrical measurements.

use super::{Known, Symbol};
use crate::decimal::Decimal;
use crate::energy::money::Currency;
use crate::metering::UnitOfMeasure;
use crate::zcl::value::Value;
use crate::zcl::{AttributeId, ClusterId};

/// An attribute that says how the numbers of others are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Factor(pub(super) ClusterId, pub(super) u16);

pub(super) const ELECTRICAL_MEASUREMENT: ClusterId = ClusterId(0x0B04);

const fn price(attribute: u16) -> Factor {
    Factor(ClusterId::PRICE, attribute)
}

const fn metering(attribute: u16) -> Factor {
    Factor(ClusterId::METERING, attribute)
}

const fn prepayment(attribute: u16) -> Factor {
    Factor(ClusterId::PREPAYMENT, attribute)
}

pub(super) const CURRENCY: Factor = price(0x0616);
pub(super) const PRICE_UNIT: Factor = price(0x0615);
pub(super) const PRICE_DIGITS: Factor = price(0x0617);
pub(super) const THRESHOLD_MULTIPLIER: Factor = price(0x0202);
pub(super) const THRESHOLD_DIVISOR: Factor = price(0x0203);
pub(super) const CONVERSION_DIGITS: Factor = price(0x0303);
pub(super) const CALORIFIC_UNIT: Factor = price(0x0305);
pub(super) const CALORIFIC_DIGITS: Factor = price(0x0306);
pub(super) const CARBON_UNIT: Factor = price(0x0621);
pub(super) const CARBON_DIGITS: Factor = price(0x0622);
pub(super) const RECEIVED_CARBON_UNIT: Factor = price(0x8626);
pub(super) const RECEIVED_CARBON_DIGITS: Factor = price(0x8627);
pub(super) const CARRIER_UNIT: Factor = metering(0x0309);
pub(super) const CARRIER_SUM_FORMATTING: Factor = metering(0x030A);
pub(super) const CARRIER_DEMAND_FORMATTING: Factor = metering(0x030B);
pub(super) const TEMPERATURE_UNIT: Factor = metering(0x030C);
pub(super) const TEMPERATURE_FORMATTING: Factor = metering(0x030D);
pub(super) const BILL_DELIVERED_DIGITS: Factor = metering(0x0A04);
pub(super) const BILL_RECEIVED_DIGITS: Factor = metering(0x0A14);
pub(super) const COST_SCALE: Factor = prepayment(0x0502);
pub(super) const COST_CURRENCY: Factor = prepayment(0x0503);

/// All of them in order, those of the Electrical Measurement cluster too.
const FACTORS: [Factor; 37] = [
    THRESHOLD_MULTIPLIER,
    THRESHOLD_DIVISOR,
    CONVERSION_DIGITS,
    CALORIFIC_UNIT,
    CALORIFIC_DIGITS,
    PRICE_UNIT,
    CURRENCY,
    PRICE_DIGITS,
    CARBON_UNIT,
    CARBON_DIGITS,
    RECEIVED_CARBON_UNIT,
    RECEIVED_CARBON_DIGITS,
    CARRIER_UNIT,
    CARRIER_SUM_FORMATTING,
    CARRIER_DEMAND_FORMATTING,
    TEMPERATURE_UNIT,
    TEMPERATURE_FORMATTING,
    BILL_DELIVERED_DIGITS,
    BILL_RECEIVED_DIGITS,
    COST_SCALE,
    COST_CURRENCY,
    Factor(ELECTRICAL_MEASUREMENT, 0x0200),
    Factor(ELECTRICAL_MEASUREMENT, 0x0201),
    Factor(ELECTRICAL_MEASUREMENT, 0x0202),
    Factor(ELECTRICAL_MEASUREMENT, 0x0203),
    Factor(ELECTRICAL_MEASUREMENT, 0x0204),
    Factor(ELECTRICAL_MEASUREMENT, 0x0205),
    Factor(ELECTRICAL_MEASUREMENT, 0x0400),
    Factor(ELECTRICAL_MEASUREMENT, 0x0401),
    Factor(ELECTRICAL_MEASUREMENT, 0x0402),
    Factor(ELECTRICAL_MEASUREMENT, 0x0403),
    Factor(ELECTRICAL_MEASUREMENT, 0x0600),
    Factor(ELECTRICAL_MEASUREMENT, 0x0601),
    Factor(ELECTRICAL_MEASUREMENT, 0x0602),
    Factor(ELECTRICAL_MEASUREMENT, 0x0603),
    Factor(ELECTRICAL_MEASUREMENT, 0x0604),
    Factor(ELECTRICAL_MEASUREMENT, 0x0605),
];

/// What is known of these factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tariff([Known<u32>; FACTORS.len()]);

impl Default for Tariff {
    fn default() -> Self {
        Self([Known::NotYet; FACTORS.len()])
    }
}

impl Tariff {
    /// Takes an attribute, without value where the device does not have it; tells whether that is news.
    pub(super) fn learn(
        &mut self,
        cluster: ClusterId,
        attribute: AttributeId,
        value: Option<&Value<'_>>,
    ) -> bool {
        self.slot(Factor(cluster, attribute.0)).is_some_and(|slot| slot.learn(value))
    }

    /// Takes what a command says of a factor in passing: it counts until the attribute itself is seen.
    pub(super) fn suggest(&mut self, factor: Factor, number: u32) -> bool {
        match self.slot(factor) {
            Some(slot @ (Known::NotYet | Known::Absent)) => {
                *slot = Known::Value(number);
                true
            }
            _ => false,
        }
    }

    pub(super) fn get(&self, factor: Factor) -> Known<u32> {
        factor.index().and_then(|index| self.0.get(index).copied()).unwrap_or_default()
    }

    /// Fills in from another what is not known here.
    pub(super) fn complete(&mut self, other: &Self) {
        for (slot, known) in self.0.iter_mut().zip(other.0) {
            slot.complete(known);
        }
    }

    fn slot(&mut self, factor: Factor) -> Option<&mut Known<u32>> {
        self.0.get_mut(factor.index()?)
    }
}

impl Factor {
    /// Where it is among all; none if it is not.
    fn index(self) -> Option<usize> {
        let [_, set] = self.1.to_le_bytes();
        // Most attributes are no factors, and are not looked for.
        let may_be_one = match self.0 {
            ClusterId::METERING => matches!(set, 0x03 | 0x0A),
            ClusterId::PRICE | ClusterId::PREPAYMENT | ELECTRICAL_MEASUREMENT => set != 0,
            _ => false,
        };
        if may_be_one { FACTORS.binary_search(&self).ok() } else { None }
    }
}

/// How a number outside the registers of the Metering cluster becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Always the same way.
    Fixed { places: u8, unit: &'static str },
    /// In halves of the unit.
    Halves { unit: &'static str },
    /// With a multiplier and a divisor, each 1 where the device does not have it.
    Ratio { multiplier: Factor, divisor: Factor, unit: &'static str },
    /// Money with as many digits behind the point as the high bits of an attribute say.
    Money { digits: Factor },
    /// Money with so many digits behind the point.
    MoneyPlaces { places: u8 },
    /// Money with digits as of a price, for each unit of consumption.
    Price,
    /// Such money for each day.
    DailyCharge,
    /// What consumption cost, with a scale of its own.
    Cost,
    /// Consumption in the unit that prices are for.
    Threshold,
    /// A number with as many digits behind the point as the high bits of an attribute say.
    Digits { digits: Factor, unit: &'static str },
    /// Such a number whose unit is one of a list, from 1.
    Listed { digits: Factor, unit: Factor, units: &'static [&'static str] },
    /// A temperature.
    Temperature,
    /// Heat carrier, as sum or as flow.
    Carrier { flow: bool },
}

/// Why a number has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unscaled {
    /// A factor has not been seen yet.
    Unknown,
    /// It cannot be scaled.
    Never,
}

pub(super) const CALORIFIC_UNITS: &[&str] = &["MJ/m3", "MJ/kg"];
pub(super) const CARBON_UNITS: &[&str] = &["kg/kWh", "kg/gal", "kg/therm"];

impl Scale {
    /// The value of a number, and its unit.
    pub(super) fn apply(self, tariff: &Tariff, raw: i64) -> Result<(Decimal, Symbol), Unscaled> {
        let places = |places: u8, unit: Symbol| Ok((Decimal::new(i128::from(raw), places), unit));
        match self {
            Self::Fixed { places: fixed, unit } => places(fixed, Symbol::Unit(unit)),
            Self::Halves { unit } => {
                let value = Decimal::ratio(raw, 1, 2).ok_or(Unscaled::Never)?;
                Ok((value, Symbol::Unit(unit)))
            }
            Self::Ratio { multiplier, divisor, unit } => {
                let factor = |factor| number(tariff, factor).map(|number| number.unwrap_or(1).max(1));
                let value =
                    Decimal::ratio(raw, factor(multiplier)?, factor(divisor)?).ok_or(Unscaled::Never)?;
                Ok((value, Symbol::Unit(unit)))
            }
            Self::Money { digits } => {
                let currency = currency(tariff, CURRENCY)?;
                places(high_digits(tariff, digits)?, Symbol::Money(currency))
            }
            Self::MoneyPlaces { places: fixed } => {
                let currency = currency(tariff, CURRENCY)?;
                places(fixed, Symbol::Money(currency))
            }
            Self::Price => {
                let currency = currency(tariff, CURRENCY)?;
                let unit = price_unit(tariff)?;
                places(high_digits(tariff, PRICE_DIGITS)?, Symbol::MoneyPer(currency, unit.symbol()))
            }
            Self::DailyCharge => {
                let currency = currency(tariff, CURRENCY)?;
                places(high_digits(tariff, PRICE_DIGITS)?, Symbol::MoneyPer(currency, "d"))
            }
            Self::Cost => {
                let currency = match currency(tariff, COST_CURRENCY)? {
                    Currency::NONE => currency(tariff, CURRENCY)?,
                    known => known,
                };
                let value = cost(number(tariff, COST_SCALE)?, raw).ok_or(Unscaled::Never)?;
                Ok((value, Symbol::Money(currency)))
            }
            Self::Threshold => {
                let unit = price_unit(tariff)?;
                let factor = |factor| number(tariff, factor).map(|number| number.unwrap_or(1).max(1));
                let value = Decimal::ratio(raw, factor(THRESHOLD_MULTIPLIER)?, factor(THRESHOLD_DIVISOR)?)
                    .ok_or(Unscaled::Never)?;
                Ok((value, Symbol::Unit(unit.symbol())))
            }
            Self::Digits { digits, unit } => places(high_digits(tariff, digits)?, Symbol::Unit(unit)),
            Self::Listed { digits, unit, units } => {
                let index = number(tariff, unit)?.unwrap_or(1).checked_sub(1);
                let unit = index.and_then(|index| units.get(usize::try_from(index).ok()?));
                let unit = unit.ok_or(Unscaled::Never)?;
                places(high_digits(tariff, digits)?, Symbol::Unit(unit))
            }
            Self::Temperature => {
                let unit = match number(tariff, TEMPERATURE_UNIT)?.unwrap_or(1) {
                    0 => "K",
                    1 => "°C",
                    2 => "°F",
                    _ => return Err(Unscaled::Never),
                };
                places(low_digits(tariff, TEMPERATURE_FORMATTING)?, Symbol::Unit(unit))
            }
            Self::Carrier { flow } => {
                let id = number(tariff, CARRIER_UNIT)?.and_then(|id| u8::try_from(id).ok());
                let unit = id.and_then(UnitOfMeasure::from_id).filter(|unit| !unit.bcd);
                let unit = unit.ok_or(Unscaled::Never)?.unit;
                let (digits, symbol) = if flow {
                    (CARRIER_DEMAND_FORMATTING, unit.demand_symbol())
                } else {
                    (CARRIER_SUM_FORMATTING, unit.symbol())
                };
                places(low_digits(tariff, digits)?, Symbol::Unit(symbol))
            }
        }
    }
}

/// A factor; none where the device does not have it, an error where it may still come.
fn number(tariff: &Tariff, factor: Factor) -> Result<Option<u32>, Unscaled> {
    match tariff.get(factor) {
        Known::NotYet => Err(Unscaled::Unknown),
        Known::Absent => Ok(None),
        Known::Value(number) => Ok(Some(number)),
    }
}

fn currency(tariff: &Tariff, factor: Factor) -> Result<Currency, Unscaled> {
    let number = number(tariff, factor)?.and_then(|number| u16::try_from(number).ok());
    Ok(number.map_or(Currency::NONE, Currency))
}

/// What consumption cost, in the currency's unit.
///
/// **Interpretation:** the currency scaling factor (Prepayment 0x0502) is an enumeration of powers of ten in their order:
/// 0x00 for 10⁻⁶, through 0x06 for 1, to 0x0C for 10⁶; so its number less six is the exponent. A device without it
/// counts in the currency's unit. What is past 0x0C is reserved and makes no reading.
fn cost(scale: Option<u32>, raw: i64) -> Option<Decimal> {
    /// Stands for 1.
    const ONE: u32 = 6;
    match scale.unwrap_or(ONE) {
        scale @ 0..=ONE => Some(Decimal::new(i128::from(raw), u8::try_from(ONE.saturating_sub(scale)).ok()?)),
        scale @ 7..=12 => Decimal::ratio(raw, 10_u32.checked_pow(scale.checked_sub(ONE)?)?, 1),
        _ => None,
    }
}

/// **Interpretation:** kilowatt hours where the device does not say.
fn price_unit(tariff: &Tariff) -> Result<UnitOfMeasure, Unscaled> {
    let id = number(tariff, PRICE_UNIT)?.unwrap_or(0);
    u8::try_from(id).ok().and_then(UnitOfMeasure::from_id).ok_or(Unscaled::Never)
}

/// Trailing digits: the high four bits.
fn high_digits(tariff: &Tariff, factor: Factor) -> Result<u8, Unscaled> {
    let bits = number(tariff, factor)?.unwrap_or(0);
    Ok(u8::try_from((bits >> 4) & 0xF).unwrap_or(0))
}

/// Formatting: the low three bits.
fn low_digits(tariff: &Tariff, factor: Factor) -> Result<u8, Unscaled> {
    let bits = number(tariff, factor)?.unwrap_or(0);
    Ok(u8::try_from(bits & 7).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{FACTORS, cost};
    use std::string::ToString as _;

    #[test]
    fn factors_are_in_order() {
        assert!(FACTORS.is_sorted());
        assert!(FACTORS.iter().map(|factor| factor.index()).eq((0..FACTORS.len()).map(Some)));
    }

    #[test]
    fn a_cost_has_the_power_of_ten_that_the_scaling_factor_stands_for() {
        for (scale, expected) in [
            (Some(0), Some("0.00125")),
            (Some(3), Some("1.25")),
            (Some(5), Some("125")),
            (Some(6), Some("1250")),
            (None, Some("1250")),
            (Some(7), Some("12500")),
            (Some(12), Some("1250000000")),
            (Some(13), None),
            (Some(255), None),
        ] {
            assert_eq!(cost(scale, 1250).map(|cost| cost.to_string()).as_deref(), expected, "{scale:?}");
        }
    }
}
