//! The Metering cluster: what its attributes measure and in which unit.
//!
//! ```
//! use cad_zigbee::metering::{Flow, Register, Span, UnitOfMeasure};
//! use cad_zigbee::zcl::AttributeId;
//!
//! let register = Register::of(AttributeId(0x0403)).unwrap();
//! assert_eq!((register.flow, register.span), (Some(Flow::Delivered), Span::Day(1)));
//! assert_eq!(UnitOfMeasure::from_id(0x00).unwrap().symbol(), "kWh");
//! ```

use crate::zcl::AttributeId;

/// Unit of the registers.
pub const UNIT_OF_MEASURE: AttributeId = AttributeId(0x0300);
/// Factor of the registers; 24 bits.
pub const MULTIPLIER: AttributeId = AttributeId(0x0301);
/// Divisor of the registers; 24 bits.
pub const DIVISOR: AttributeId = AttributeId(0x0302);
/// How sums are shown: digits behind the decimal point in bits 0-2, before it in bits 3-6, leading zeros suppressed in
/// bit 7.
pub const SUMMATION_FORMATTING: AttributeId = AttributeId(0x0303);
/// How demands are shown.
pub const DEMAND_FORMATTING: AttributeId = AttributeId(0x0304);
/// How consumptions of a day, week or month are shown.
pub const HISTORICAL_CONSUMPTION_FORMATTING: AttributeId = AttributeId(0x0305);
/// What is metered: 0 electricity, 1 gas, 2 water; a mirror of such a meter from 0x7F on.
pub const METERING_DEVICE_TYPE: AttributeId = AttributeId(0x0306);
/// The other unit that set 0x0C is in: a gas meter's energy.
pub const ALTERNATIVE_UNIT_OF_MEASURE: AttributeId = AttributeId(0x0312);
/// How demands in the other unit are shown.
pub const ALTERNATIVE_DEMAND_FORMATTING: AttributeId = AttributeId(0x0313);
/// How consumptions in the other unit are shown.
pub const ALTERNATIVE_CONSUMPTION_FORMATTING: AttributeId = AttributeId(0x0314);
/// Energy the meter has delivered to the premises.
pub const CURRENT_SUMMATION_DELIVERED: AttributeId = AttributeId(0x0000);
/// Energy the meter has received from the premises.
pub const CURRENT_SUMMATION_RECEIVED: AttributeId = AttributeId(0x0001);
/// Power now; negative where the premises export.
pub const INSTANTANEOUS_DEMAND: AttributeId = AttributeId(0x0400);

/// What an attribute with a scaled value measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Register {
    /// A sum, or how fast it grows.
    pub kind: Kind,
    /// Which way; none for values with a sign.
    pub flow: Option<Flow>,
    /// Which part of it.
    pub span: Span,
    /// In the alternative unit of measure.
    pub alternative: bool,
}

/// Whether a register sums up or tells how fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Energy or volume since the meter was made, or in a certain time. Shown as sums are.
    Summation,
    /// Energy or volume in a day, week or month. Shown as consumptions are.
    Consumption,
    /// Power or flow.
    Demand,
    /// The highest power or flow.
    MaximumDemand,
    /// The power or flow above which the supply is cut.
    DemandLimit,
    /// The energy or volume a customer means to stay below.
    Target,
    /// Reactive energy, whatever the unit says.
    ReactiveSummation,
}

/// Which way energy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// To the premises: import.
    Delivered,
    /// From the premises: export.
    Received,
}

/// Which part of a quantity a register holds. Days, weeks and months count back: 0 is the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Span {
    /// All of it.
    Total,
    /// At the last daily freeze time.
    DailyFreeze,
    /// In a period of block tariffs.
    BlockPeriod(u8),
    /// In the present profile interval so far.
    ProfileInterval,
    /// In a tier of the tariff, from 1.
    Tier(u8),
    /// In a block of the tariff, from 1.
    Block {
        /// The tier; 0 where there are none.
        tier: u8,
        /// The block.
        block: u8,
    },
    /// In a day.
    Day(u8),
    /// In a week.
    Week(u8),
    /// In a month.
    Month(u8),
    /// In a year.
    Year(u8),
    /// In a quadrant of active and reactive power, from 1.
    Quadrant(u8),
}

impl Register {
    /// What an attribute of a meter measures; none where its value is not scaled.
    pub fn of(attribute: AttributeId) -> Option<Self> {
        let [low, set] = attribute.0.to_le_bytes();
        let register = |kind, flow, span| Some(Self { kind, flow, span, alternative: false });
        let delivered_or_received = if low & 1 == 0 { Some(Flow::Delivered) } else { Some(Flow::Received) };
        match (set, low) {
            (0x00, 0x00 | 0x01) => register(Kind::Summation, delivered_or_received, Span::Total),
            (0x00, 0x02 | 0x03) => register(Kind::MaximumDemand, delivered_or_received, Span::Total),
            (0x00, 0x04) => register(Kind::Summation, Some(Flow::Delivered), Span::DailyFreeze),
            (0x00, 0x1F) => register(Kind::Summation, Some(Flow::Received), Span::DailyFreeze),
            (0x00, 0x0C) => register(Kind::Summation, Some(Flow::Delivered), Span::BlockPeriod(0)),
            (0x00, 0x1C) => register(Kind::Summation, Some(Flow::Delivered), Span::BlockPeriod(1)),
            (0x00, 0x1D) => register(Kind::Summation, Some(Flow::Received), Span::BlockPeriod(0)),
            (0x00, 0x0D) => register(Kind::Target, Some(Flow::Delivered), Span::Day(0)),
            (0x06, 0x00) => register(Kind::Demand, Some(Flow::Delivered), Span::Total),
            (0x06, 0x01) => register(Kind::DemandLimit, Some(Flow::Delivered), Span::Total),
            (0x0D, 0x01..=0x04) => register(Kind::Summation, None, Span::Quadrant(low)),
            (0x0D, 0x05..=0x08) => {
                register(Kind::ReactiveSummation, None, Span::Quadrant(low.saturating_sub(4)))
            }
            (0x01, 0x00..=0x5F) => {
                register(Kind::Summation, delivered_or_received, Span::Tier((low >> 1).saturating_add(1)))
            }
            (0x04, _) => Self::historical(low),
            (0x07 | 0x09, _) => {
                let flow = if set == 0x07 { Flow::Delivered } else { Flow::Received };
                let span = Span::Block { tier: low >> 4, block: (low & 0xF).saturating_add(1) };
                register(Kind::Summation, Some(flow), span)
            }
            (0x0C, _) => Self::historical_alternative(low),
            _ => None,
        }
    }

    /// Set 0x04.
    const fn historical(low: u8) -> Option<Self> {
        match low {
            0x07 => consumption(Flow::Delivered, Span::ProfileInterval),
            0x08 => consumption(Flow::Received, Span::ProfileInterval),
            0x5D => maximum(Some(Flow::Delivered), Span::Day(0)),
            0x5F => maximum(Some(Flow::Received), Span::Day(0)),
            0x61 => maximum(Some(Flow::Delivered), Span::Day(1)),
            0x63 => maximum(Some(Flow::Received), Span::Day(1)),
            other => Self::historical_common(other),
        }
    }

    /// Set 0x0C, which lacks some of set 0x04 and has others elsewhere.
    const fn historical_alternative(low: u8) -> Option<Self> {
        let register = match low {
            0x5C => maximum(Some(Flow::Delivered), Span::Day(0)),
            0x5E => maximum(Some(Flow::Received), Span::Day(0)),
            0x60 => maximum(Some(Flow::Delivered), Span::Day(1)),
            0x62 => maximum(Some(Flow::Received), Span::Day(1)),
            other => Self::historical_common(other),
        };
        match register {
            Some(register) => Some(Self { alternative: true, ..register }),
            None => None,
        }
    }

    /// What sets 0x04 and 0x0C have in the same place.
    const fn historical_common(low: u8) -> Option<Self> {
        let even_delivered = if low & 1 == 0 { Flow::Delivered } else { Flow::Received };
        match low {
            0x00 => Some(Self { kind: Kind::Demand, flow: None, span: Span::Total, alternative: false }),
            0x01 => consumption(Flow::Delivered, Span::Day(0)),
            0x02 => consumption(Flow::Received, Span::Day(0)),
            0x03 => consumption(Flow::Delivered, Span::Day(1)),
            0x04 => consumption(Flow::Received, Span::Day(1)),
            0x0D => maximum(None, Span::Day(0)),
            0x0E => maximum(None, Span::Day(1)),
            0x0F => maximum(None, Span::Month(0)),
            0x10 => maximum(None, Span::Year(0)),
            0x20..=0x2D => consumption(even_delivered, Span::Day(pair(low, 0x20).saturating_add(2))),
            0x30..=0x3B => consumption(even_delivered, Span::Week(pair(low, 0x30))),
            0x40..=0x5B => consumption(even_delivered, Span::Month(pair(low, 0x40))),
            _ => None,
        }
    }
}

const fn consumption(flow: Flow, span: Span) -> Option<Register> {
    Some(Register { kind: Kind::Consumption, flow: Some(flow), span, alternative: false })
}

const fn maximum(flow: Option<Flow>, span: Span) -> Option<Register> {
    Some(Register { kind: Kind::MaximumDemand, flow, span, alternative: false })
}

/// The number of the pair of attributes, delivered and received, that `low` is in.
const fn pair(low: u8, first: u8) -> u8 {
    low.saturating_sub(first) >> 1
}

/// What a meter counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitOfMeasure {
    /// The unit.
    pub unit: Unit,
    /// Register values are binary coded decimals.
    pub bcd: bool,
}

/// A unit of the Metering cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Kilowatt hours; demand in kilowatts.
    KilowattHours,
    /// Cubic metres; demand an hour.
    CubicMetres,
    /// Cubic feet; demand an hour.
    CubicFeet,
    /// Hundreds of cubic feet; demand an hour.
    HundredCubicFeet,
    /// US gallons; demand an hour.
    UsGallons,
    /// Imperial gallons; demand an hour.
    ImperialGallons,
    /// British thermal units; demand an hour.
    BritishThermalUnits,
    /// Litres; demand an hour.
    Litres,
    /// Kilopascal, relative to the atmosphere.
    KilopascalGauge,
    /// Kilopascal.
    KilopascalAbsolute,
    /// Thousands of cubic feet; demand a second.
    ThousandCubicFeet,
    /// A bare number.
    Unitless,
    /// Megajoules; demand a second.
    Megajoules,
    /// Kilovar hours; demand in kilovar.
    KilovarHours,
}

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Energy; demand is power.
    Energy,
    /// Reactive energy; demand is reactive power.
    ReactiveEnergy,
    /// Volume; demand is flow.
    Volume,
    /// Pressure.
    Pressure,
    /// A bare number.
    Number,
}

impl UnitOfMeasure {
    /// The unit with this identifier; none for those reserved.
    pub const fn from_id(id: u8) -> Option<Self> {
        let unit = match id & 0x7F {
            0x00 => Unit::KilowattHours,
            0x01 => Unit::CubicMetres,
            0x02 => Unit::CubicFeet,
            0x03 => Unit::HundredCubicFeet,
            0x04 => Unit::UsGallons,
            0x05 => Unit::ImperialGallons,
            0x06 => Unit::BritishThermalUnits,
            0x07 => Unit::Litres,
            0x08 => Unit::KilopascalGauge,
            0x09 => Unit::KilopascalAbsolute,
            0x0A => Unit::ThousandCubicFeet,
            0x0B => Unit::Unitless,
            0x0C => Unit::Megajoules,
            0x0D => Unit::KilovarHours,
            _ => return None,
        };
        Some(Self { unit, bcd: id & 0x80 != 0 })
    }

    /// The symbol of sums.
    pub const fn symbol(self) -> &'static str {
        self.unit.symbol()
    }
}

impl Unit {
    /// The symbol of sums.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::KilowattHours => "kWh",
            Self::CubicMetres => "m3",
            Self::CubicFeet => "ft3",
            Self::HundredCubicFeet => "ccf",
            Self::UsGallons => "US gal",
            Self::ImperialGallons => "IMP gal",
            Self::BritishThermalUnits => "BTU",
            Self::Litres => "l",
            Self::KilopascalGauge => "kPa (gauge)",
            Self::KilopascalAbsolute => "kPa (absolute)",
            Self::ThousandCubicFeet => "mcf",
            Self::Unitless => "",
            Self::Megajoules => "MJ",
            Self::KilovarHours => "kvarh",
        }
    }

    /// The symbol of demands.
    pub const fn demand_symbol(self) -> &'static str {
        match self {
            Self::KilowattHours => "kW",
            Self::CubicMetres => "m3/h",
            Self::CubicFeet => "ft3/h",
            Self::HundredCubicFeet => "ccf/h",
            Self::UsGallons => "US gal/h",
            Self::ImperialGallons => "IMP gal/h",
            Self::BritishThermalUnits => "BTU/h",
            Self::Litres => "l/h",
            Self::ThousandCubicFeet => "mcf/s",
            Self::Megajoules => "MJ/s",
            Self::KilovarHours => "kvar",
            Self::KilopascalGauge | Self::KilopascalAbsolute | Self::Unitless => self.symbol(),
        }
    }

    /// What the unit measures.
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::KilowattHours | Self::BritishThermalUnits | Self::Megajoules => Dimension::Energy,
            Self::KilovarHours => Dimension::ReactiveEnergy,
            Self::CubicMetres
            | Self::CubicFeet
            | Self::HundredCubicFeet
            | Self::UsGallons
            | Self::ImperialGallons
            | Self::Litres
            | Self::ThousandCubicFeet => Dimension::Volume,
            Self::KilopascalGauge | Self::KilopascalAbsolute => Dimension::Pressure,
            Self::Unitless => Dimension::Number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Flow, Kind, Register, Span};
    use crate::zcl::cluster;
    use crate::zcl::{AttributeId, ClusterId, Direction};

    #[test]
    fn what_a_register_holds_agrees_with_the_name_of_its_attribute() {
        let metering = cluster::find(ClusterId::METERING).unwrap();
        let mut registers = 0;
        for attribute in metering.attributes(Direction::ServerToClient) {
            let Some(register) = Register::of(attribute.id) else { continue };
            registers += 1;
            let (name, id) = (attribute.name.to_lowercase(), attribute.id);
            let maximum = register.kind == Kind::MaximumDemand;
            assert_eq!(name.contains("max demand"), maximum, "{id:?} {name}");
            assert_eq!(name.contains("alternative"), register.alternative, "{id:?} {name}");
            let received = register.flow == Some(Flow::Received);
            assert_eq!(name.contains("received"), received, "{id:?} {name}");
            assert_eq!(name.contains("limit"), register.kind == Kind::DemandLimit, "{id:?} {name}");
            assert_eq!(name.contains("reactive"), register.kind == Kind::ReactiveSummation, "{id:?} {name}");
            let number = |word: &str| name.split(word).nth(1)?.split(' ').nth(1)?.parse().ok();
            let back = |word: &str| match name.contains("previous") {
                false => 0,
                true => number(word).unwrap_or(1),
            };
            match register.span {
                Span::Tier(tier) => assert_eq!(number("tier"), Some(tier), "{name}"),
                Span::Block { tier, block } => {
                    assert_eq!((number("tier").unwrap_or(0), number("block")), (tier, Some(block)), "{name}");
                }
                Span::Quadrant(quadrant) => assert!(name.ends_with(&format!("q{quadrant}")), "{name}"),
                Span::Day(0) if register.kind == Kind::Target => assert!(name.contains("daily"), "{name}"),
                Span::Day(day) => assert_eq!(back("day"), day, "{name}"),
                Span::Week(week) => assert_eq!(back("week"), week, "{name}"),
                Span::Month(month) => assert_eq!(back("month"), month, "{name}"),
                Span::Year(_) => assert!(name.contains("year")),
                Span::BlockPeriod(_) => assert!(name.contains("block period")),
                Span::ProfileInterval => assert!(name.contains("profile interval value"), "{name}"),
                Span::DailyFreeze => assert!(name.contains("dft")),
                Span::Total => assert!(id.0 < 4 || id.0 & 0xFF == 0 || id.0 == 0x0601, "{name}"),
            }
        }
        assert!(registers > 700, "{registers}");
        assert_eq!(Register::of(AttributeId(0x0300)), None);
        assert_eq!(Register::of(AttributeId(0x0406)), None);
    }
}
