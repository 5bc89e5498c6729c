use super::Quantity;
use crate::decimal::Decimal;
use crate::metering::{self, Kind, Register, UnitOfMeasure};
use crate::zcl::AttributeId;
use crate::zcl::value::Value;

/// How a meter's numbers become values, as far as it has said.
///
/// **Interpretation:** the multiplier and divisor hold for all registers, those in the alternative unit included. A
/// divisor of 0, or none where the meter says that it has none, leaves the formatting attribute to tell where the
/// decimal point is; a multiplier of 0 or none is 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors {
    /// The unit of all sets but 0x0C.
    pub unit: Known<u8>,
    /// The unit of set 0x0C.
    pub alternative_unit: Known<u8>,
    /// What numbers are multiplied with.
    pub multiplier: Known<u32>,
    /// What they are divided by.
    pub divisor: Known<u32>,
    /// Formatting of sums.
    pub summation_formatting: Known<u8>,
    /// Formatting of demands.
    pub demand_formatting: Known<u8>,
    /// Formatting of consumptions.
    pub consumption_formatting: Known<u8>,
    /// Formatting of demands in the alternative unit.
    pub alternative_demand_formatting: Known<u8>,
    /// Formatting of consumptions in the alternative unit.
    pub alternative_consumption_formatting: Known<u8>,
    /// What is metered: [`metering::METERING_DEVICE_TYPE`].
    pub device_type: Known<u8>,
}

/// What a meter has said about one of its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// Nothing yet.
    #[default]
    NotYet,
    /// That it does not have it, or that it has no value.
    Absent,
    /// Its value.
    Value(T),
}

/// What becomes of a number.
pub(super) enum Scaled {
    /// What it measures, how much, and the unit's symbol.
    Value(Quantity, Decimal, &'static str),
    /// A factor has not been seen yet.
    Unknown,
    /// It cannot be scaled.
    Never,
}

impl Factors {
    /// Takes an attribute of the meter, without value where it does not have it; tells whether that is news.
    pub(super) fn learn(&mut self, attribute: AttributeId, value: Option<Value<'_>>) -> bool {
        let slot = match attribute {
            metering::MULTIPLIER => return self.multiplier.learn(value),
            metering::DIVISOR => return self.divisor.learn(value),
            metering::UNIT_OF_MEASURE => &mut self.unit,
            metering::ALTERNATIVE_UNIT_OF_MEASURE => &mut self.alternative_unit,
            metering::SUMMATION_FORMATTING => &mut self.summation_formatting,
            metering::DEMAND_FORMATTING => &mut self.demand_formatting,
            metering::HISTORICAL_CONSUMPTION_FORMATTING => &mut self.consumption_formatting,
            metering::ALTERNATIVE_DEMAND_FORMATTING => &mut self.alternative_demand_formatting,
            metering::ALTERNATIVE_CONSUMPTION_FORMATTING => &mut self.alternative_consumption_formatting,
            metering::METERING_DEVICE_TYPE => &mut self.device_type,
            _ => return false,
        };
        slot.learn(value)
    }

    /// Scales a number of a register.
    pub(super) fn scale(&self, register: &Register, raw: i64) -> Scaled {
        let unit = if register.alternative { self.alternative_unit } else { self.unit };
        let unit = match unit {
            Known::NotYet => return Scaled::Unknown,
            Known::Absent => return Scaled::Never,
            Known::Value(id) => match UnitOfMeasure::from_id(id) {
                Some(unit) => unit,
                None => return Scaled::Never,
            },
        };
        let value = match (self.divisor, self.multiplier) {
            (Known::NotYet, _) | (_, Known::NotYet) => return Scaled::Unknown,
            (Known::Value(divisor @ 1..), Known::Value(multiplier @ 1..)) => {
                decimal_digits(raw, unit.bcd).and_then(|raw| Decimal::ratio(raw, multiplier, divisor))
            }
            (Known::Value(divisor @ 1..), _) => {
                decimal_digits(raw, unit.bcd).and_then(|raw| Decimal::ratio(raw, 1, divisor))
            }
            _ => match self.formatting(register) {
                Known::NotYet => return Scaled::Unknown,
                Known::Absent => decimal_digits(raw, unit.bcd).map(|raw| Decimal::new(i128::from(raw), 0)),
                Known::Value(formatting) => {
                    decimal_digits(raw, unit.bcd).map(|raw| Decimal::new(i128::from(raw), formatting & 7))
                }
            },
        };
        let demand = matches!(register.kind, Kind::Demand | Kind::MaximumDemand);
        let symbol = if demand { unit.unit.demand_symbol() } else { unit.unit.symbol() };
        match value {
            Some(value) => Scaled::Value(
                Quantity { register: *register, dimension: unit.unit.dimension() },
                value,
                symbol,
            ),
            None => Scaled::Never,
        }
    }

    const fn formatting(&self, register: &Register) -> Known<u8> {
        match (register.kind, register.alternative) {
            (Kind::Summation, _) => self.summation_formatting,
            (Kind::Consumption, false) => self.consumption_formatting,
            (Kind::Consumption, true) => self.alternative_consumption_formatting,
            (Kind::Demand | Kind::MaximumDemand, false) => self.demand_formatting,
            (Kind::Demand | Kind::MaximumDemand, true) => self.alternative_demand_formatting,
        }
    }
}

impl<T: TryFrom<i128> + Copy + PartialEq> Known<T> {
    fn learn(&mut self, value: Option<Value<'_>>) -> bool {
        let said = value
            .and_then(|value| value.integer())
            .and_then(|number| T::try_from(number).ok())
            .map_or(Self::Absent, Self::Value);
        // A value once known outlives a failure to read it.
        if said == *self || (said == Self::Absent && matches!(self, Self::Value(_))) {
            return false;
        }
        *self = said;
        true
    }
}

/// The number, or what its hex digits say in decimal; none if one of them is no decimal digit.
fn decimal_digits(raw: i64, bcd: bool) -> Option<i64> {
    if !bcd {
        return Some(raw);
    }
    let mut digits = raw.unsigned_abs();
    let mut place = 1_i64;
    let mut number = 0_i64;
    while digits > 0 {
        let digit = i64::try_from(digits & 0xF).ok().filter(|digit| *digit < 10)?;
        number = number.checked_add(digit.checked_mul(place)?)?;
        digits >>= 4;
        place = place.saturating_mul(10);
    }
    number.checked_mul(raw.signum())
}
