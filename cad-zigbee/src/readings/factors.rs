use super::Symbol;
use super::tariff::Unscaled;
use crate::decimal::Decimal;
use crate::metering::{self, Dimension, Kind, Register, Unit, UnitOfMeasure};
use crate::zcl::AttributeId;
use crate::zcl::value::Value;

/// How a meter's numbers become values, as far as it has said.
///
/// **Interpretation:** the multiplier and divisor hold for all registers, those in the alternative unit included, and
/// only together: where either is 0, or the meter says that it does not have it, the formatting attribute tells where
/// the decimal point is. Where it has no formatting either, a factor that it has counts alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

impl Factors {
    /// Takes an attribute of the meter, without value where it does not have it; tells whether that is news.
    pub(super) fn learn(&mut self, attribute: AttributeId, value: Option<&Value<'_>>) -> bool {
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

    /// Fills in from another what is not known here.
    pub(super) fn complete(&mut self, other: &Self) {
        self.unit.complete(other.unit);
        self.alternative_unit.complete(other.alternative_unit);
        self.multiplier.complete(other.multiplier);
        self.divisor.complete(other.divisor);
        self.summation_formatting.complete(other.summation_formatting);
        self.demand_formatting.complete(other.demand_formatting);
        self.consumption_formatting.complete(other.consumption_formatting);
        self.alternative_demand_formatting.complete(other.alternative_demand_formatting);
        self.alternative_consumption_formatting.complete(other.alternative_consumption_formatting);
        self.device_type.complete(other.device_type);
    }

    /// The value of a number of a register, its unit and what that measures.
    #[inline(always)]
    pub(super) fn scale(
        &self,
        register: &Register,
        raw: i64,
    ) -> Result<(Decimal, Symbol, Dimension), Unscaled> {
        let unit = match if register.alternative { self.alternative_unit } else { self.unit } {
            Known::NotYet => return Err(Unscaled::Unknown),
            Known::Absent => return Err(Unscaled::Never),
            Known::Value(id) => UnitOfMeasure::from_id(id).ok_or(Unscaled::Never)?,
        };
        let Some(raw) = decimal_digits(raw, unit.bcd) else { return Err(Unscaled::Never) };
        let value = match (self.multiplier, self.divisor) {
            (Known::NotYet, _) | (_, Known::NotYet) => return Err(Unscaled::Unknown),
            (Known::Value(multiplier @ 1..), Known::Value(divisor @ 1..)) => {
                Decimal::ratio(raw, multiplier, divisor)
            }
            (multiplier, divisor) => match self.formatting(register) {
                Known::NotYet => return Err(Unscaled::Unknown),
                Known::Value(formatting) => Some(Decimal::new(i128::from(raw), formatting & 7)),
                Known::Absent => {
                    let alone = |factor| match factor {
                        Known::Value(number @ 1..) => number,
                        _ => 1,
                    };
                    Decimal::ratio(raw, alone(multiplier), alone(divisor))
                }
            },
        };
        let symbol = match register.kind {
            Kind::Demand | Kind::MaximumDemand | Kind::DemandLimit => unit.unit.demand_symbol(),
            Kind::ReactiveSummation if unit.unit == Unit::KilowattHours => Unit::KilovarHours.symbol(),
            _ => unit.unit.symbol(),
        };
        let value = value.ok_or(Unscaled::Never)?;
        Ok((value, Symbol::Unit(symbol), unit.unit.dimension()))
    }

    const fn formatting(&self, register: &Register) -> Known<u8> {
        match (register.kind, register.alternative) {
            (Kind::Summation | Kind::ReactiveSummation, _) => self.summation_formatting,
            (Kind::Consumption | Kind::Target, false) => self.consumption_formatting,
            (Kind::Consumption | Kind::Target, true) => self.alternative_consumption_formatting,
            (Kind::Demand | Kind::MaximumDemand | Kind::DemandLimit, false) => self.demand_formatting,
            (Kind::Demand | Kind::MaximumDemand | Kind::DemandLimit, true) => {
                self.alternative_demand_formatting
            }
        }
    }
}

impl<T: Copy> Known<T> {
    /// The value, where there is one.
    pub const fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::NotYet | Self::Absent => None,
        }
    }

    pub(super) const fn complete(&mut self, other: Self) {
        if let Self::NotYet = self {
            *self = other;
        }
    }
}

impl<T: TryFrom<i128> + Copy + PartialEq> Known<T> {
    pub(super) fn learn(&mut self, value: Option<&Value<'_>>) -> bool {
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
