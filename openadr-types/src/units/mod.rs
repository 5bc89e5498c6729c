//! What values are measured in: all units of the profile, by their element.
//!
//! ```
//! use openadr_types::units::{ItemBase, SiScale};
//!
//! let kilowatts = ItemBase::power_real_w(SiScale::Kilo);
//! assert_eq!(kilowatts.scale().map(SiScale::exponent), Some(3));
//! ```

mod convert;
mod currency;
mod energy;
mod fixed;
mod other;
mod power;
mod symbol;

use xml_wire::{Fixed, Float, Fragment, XmlChoice, XmlText};

pub use currency::{Currency, CurrencyDescription, CurrencyUnit, NotACurrency};
pub use energy::{EnergyApparent, EnergyReactive, EnergyReal};
pub use fixed::Deviation;
pub use other::{Current, CustomUnit, Frequency, PulseCount, Temperature, TemperatureUnit, Therm, Voltage};
pub use power::{PowerApparent, PowerAttributes, PowerReactive, PowerReal, PowerRealUnit};

/// A unit with its scale (`emix:itemBase`).
///
/// The element says which unit it is; the description and the symbol inside repeat it, and are fixed for most. A
/// `power:energyItem` or `power:powerItem` says it by its `xsi:type`; such a unit is written as the element of its own.
#[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum ItemBase {
    /// Volts.
    #[xml("power:voltage")]
    Voltage(Voltage),
    /// Volt-ampere hours.
    #[xml("power:energyApparent", or = "power:energyItem as power:EnergyApparentType")]
    EnergyApparent(EnergyApparent),
    /// Reactive volt-ampere hours.
    #[xml("power:energyReactive", or = "power:energyItem as power:EnergyReactiveType")]
    EnergyReactive(EnergyReactive),
    /// Watt hours.
    #[xml("power:energyReal", or = "power:energyItem as power:EnergyRealType")]
    EnergyReal(EnergyReal),
    /// Volt-amperes.
    #[xml("power:powerApparent", or = "power:powerItem as power:PowerApparentType")]
    PowerApparent(PowerApparent),
    /// Reactive volt-amperes.
    #[xml("power:powerReactive", or = "power:powerItem as power:PowerReactiveType")]
    PowerReactive(PowerReactive),
    /// Watts, or joules a second.
    #[xml("power:powerReal", or = "power:powerItem as power:PowerRealType")]
    PowerReal(PowerReal),
    /// A unit that only the parties know.
    #[xml("oadr:customUnit")]
    Custom(CustomUnit),
    /// Amperes.
    #[xml("oadr:current")]
    Current(Current),
    /// Money.
    #[xml("oadr:currency")]
    Currency(CurrencyUnit),
    /// Money for a kilowatt hour.
    #[xml("oadr:currencyPerKWh")]
    CurrencyPerKWh(CurrencyUnit),
    /// Money for a kilowatt.
    #[xml("oadr:currencyPerKW")]
    CurrencyPerKW(CurrencyUnit),
    /// Money for a therm.
    #[xml("oadr:currencyPerThm")]
    CurrencyPerThm(CurrencyUnit),
    /// Hertz.
    #[xml("oadr:frequency")]
    Frequency(Frequency),
    /// Therms.
    #[xml("oadr:Therm")]
    Therm(Therm),
    /// Degrees.
    #[xml("oadr:temperature")]
    Temperature(Temperature),
    /// Pulses of a meter.
    #[xml("oadr:pulseCount")]
    PulseCount(PulseCount),
    /// What Green Button data hold: an Atom feed, kept as it stands (`oadr:oadrGBDataDescription`).
    #[xml("oadr:oadrGBDataDescription/atom:feed")]
    GreenButton(Fragment),
}

impl ItemBase {
    /// Watts, on alternating current of 50 Hz and 230 V.
    pub fn power_real_w(scale: SiScale) -> Self {
        Self::PowerReal(PowerReal {
            description: Fixed::default(),
            units: PowerRealUnit::Watt,
            scale,
            attributes: PowerAttributes::default(),
        })
    }

    /// Volt-amperes, on alternating current of 50 Hz and 230 V.
    pub fn power_apparent_va(scale: SiScale) -> Self {
        let attributes = PowerAttributes::default();
        Self::PowerApparent(PowerApparent {
            description: Fixed::default(),
            units: Fixed::default(),
            scale,
            attributes,
        })
    }

    /// Reactive volt-amperes, on alternating current of 50 Hz and 230 V.
    pub fn power_reactive_var(scale: SiScale) -> Self {
        let attributes = PowerAttributes::default();
        Self::PowerReactive(PowerReactive {
            description: Fixed::default(),
            units: Fixed::default(),
            scale,
            attributes,
        })
    }

    /// Watt hours.
    pub fn energy_real_wh(scale: SiScale) -> Self {
        Self::EnergyReal(EnergyReal { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Volt-ampere hours.
    pub fn energy_apparent_vah(scale: SiScale) -> Self {
        Self::EnergyApparent(EnergyApparent { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Reactive volt-ampere hours.
    pub fn energy_reactive_varh(scale: SiScale) -> Self {
        Self::EnergyReactive(EnergyReactive { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Volts.
    pub fn voltage_v(scale: SiScale) -> Self {
        Self::Voltage(Voltage { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Amperes.
    pub fn current_a(scale: SiScale) -> Self {
        Self::Current(Current { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Hertz.
    pub fn frequency_hz(scale: SiScale) -> Self {
        Self::Frequency(Frequency { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Therms.
    pub fn therm(scale: SiScale) -> Self {
        Self::Therm(Therm { description: Fixed::default(), units: Fixed::default(), scale })
    }

    /// Degrees Celsius.
    pub fn temperature_celsius() -> Self {
        Self::Temperature(Temperature {
            description: Fixed::default(),
            units: TemperatureUnit::Celsius,
            scale: SiScale::None,
        })
    }

    /// Pulses of a meter, each standing for so many kilowatt hours.
    pub fn pulse_count(kwh_per_pulse: f64) -> Self {
        Self::PulseCount(PulseCount {
            description: Fixed::default(),
            units: Fixed::default(),
            factor: Float(kwh_per_pulse),
        })
    }

    /// Money.
    pub fn currency(currency: Currency) -> Self {
        Self::Currency(CurrencyUnit::new(CurrencyDescription::Currency, currency))
    }

    /// Money for a kilowatt hour.
    pub fn currency_per_kwh(currency: Currency) -> Self {
        Self::CurrencyPerKWh(CurrencyUnit::new(CurrencyDescription::CurrencyPerKWh, currency))
    }

    /// Money for a kilowatt.
    pub fn currency_per_kw(currency: Currency) -> Self {
        Self::CurrencyPerKW(CurrencyUnit::new(CurrencyDescription::CurrencyPerKW, currency))
    }

    /// Money for a therm.
    ///
    /// **Interpretation:** the schema has this unit's element but no description for it; plain `currency` is written.
    pub fn currency_per_therm(currency: Currency) -> Self {
        Self::CurrencyPerThm(CurrencyUnit::new(CurrencyDescription::Currency, currency))
    }

    /// A unit that only the parties know.
    pub fn custom(description: impl Into<String>, units: impl Into<String>, scale: SiScale) -> Self {
        Self::Custom(CustomUnit { description: description.into(), units: units.into(), scale })
    }

    /// The scale; none for pulses and Green Button data.
    pub fn scale(&self) -> Option<SiScale> {
        Some(match self {
            Self::Voltage(unit) => unit.scale,
            Self::EnergyApparent(unit) => unit.scale,
            Self::EnergyReactive(unit) => unit.scale,
            Self::EnergyReal(unit) => unit.scale,
            Self::PowerApparent(unit) => unit.scale,
            Self::PowerReactive(unit) => unit.scale,
            Self::PowerReal(unit) => unit.scale,
            Self::Custom(unit) => unit.scale,
            Self::Current(unit) => unit.scale,
            Self::Currency(unit)
            | Self::CurrencyPerKWh(unit)
            | Self::CurrencyPerKW(unit)
            | Self::CurrencyPerThm(unit) => unit.scale,
            Self::Frequency(unit) => unit.scale,
            Self::Therm(unit) => unit.scale,
            Self::Temperature(unit) => unit.scale,
            Self::PulseCount(_) | Self::GreenButton(_) => return None,
        })
    }
}

/// A power of ten before a unit (`scale:siScaleCode`).
///
/// The list knows no hecto and no deca.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum SiScale {
    /// 10⁻¹²
    #[xml("p")]
    Pico,
    /// 10⁻⁹
    #[xml("n")]
    Nano,
    /// 10⁻⁶
    #[xml("micro")]
    Micro,
    /// 10⁻³
    #[xml("m")]
    Milli,
    /// 10⁻²
    #[xml("c")]
    Centi,
    /// 10⁻¹
    #[xml("d")]
    Deci,
    /// 10³
    #[xml("k")]
    Kilo,
    /// 10⁶
    #[xml("M")]
    Mega,
    /// 10⁹
    #[xml("G")]
    Giga,
    /// 10¹²
    #[xml("T")]
    Tera,
    /// 1
    #[default]
    #[xml("none")]
    None,
}

impl SiScale {
    /// The exponent of ten: a value times ten to this is in the unscaled unit.
    pub const fn exponent(self) -> i32 {
        match self {
            Self::Pico => -12,
            Self::Nano => -9,
            Self::Micro => -6,
            Self::Milli => -3,
            Self::Centi => -2,
            Self::Deci => -1,
            Self::None => 0,
            Self::Kilo => 3,
            Self::Mega => 6,
            Self::Giga => 9,
            Self::Tera => 12,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::{Reading, Writing};

    const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

    /// Each unit of energy and power with the name of its element.
    fn units() -> [(&'static str, ItemBase); 6] {
        let scale = SiScale::Kilo;
        [
            ("energyApparent", ItemBase::energy_apparent_vah(scale)),
            ("energyReactive", ItemBase::energy_reactive_varh(scale)),
            ("energyReal", ItemBase::energy_real_wh(scale)),
            ("powerApparent", ItemBase::power_apparent_va(scale)),
            ("powerReactive", ItemBase::power_reactive_var(scale)),
            ("powerReal", ItemBase::power_real_w(scale)),
        ]
    }

    #[test]
    fn a_general_element_is_the_unit_that_its_type_names() {
        for (name, unit) in units() {
            let written = Writing::default().write_unit(&unit).unwrap();
            let (general, kind) = name.split_at(name.find(char::is_uppercase).unwrap());
            let kind = format!("{}{}{kind}Type", general[..1].to_uppercase(), &general[1..]);
            let said = format!("xmlns:xsi='{XSI}' xsi:type='power:{kind}'");
            let document = written
                .replace(&format!("power:{name}>"), &format!("power:{general}Item>"))
                .replace(&format!("power:{name} "), &format!("power:{general}Item {said} "));
            for reading in [Reading::default(), Reading::strict()] {
                let read = reading.read_unit(document.as_bytes());
                assert_eq!(read.unwrap().1, unit, "{document}");
                let untyped = document.replace(&said, "");
                let refused = reading.read_unit(untyped.as_bytes()).unwrap_err();
                let wanted = format!("power:{general}Item has to say by xsi:type which of power:");
                assert!(refused.what().starts_with(&wanted), "{refused}");
            }
        }
    }
}
