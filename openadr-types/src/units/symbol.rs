//! Units as people write them.

use super::{ItemBase, SiScale, TemperatureUnit};

impl ItemBase {
    /// The symbol with its scale, such as `kW`, `GBP/kWh` or `°C`; what a peer wrote in place of a fixed symbol stands.
    ///
    /// ```
    /// use openadr_types::units::{ItemBase, SiScale};
    /// assert_eq!(ItemBase::power_real_w(SiScale::Kilo).symbol(), "kW");
    /// assert_eq!(ItemBase::currency_per_kwh("GBP".parse()?).symbol(), "GBP/kWh");
    /// # Ok::<(), openadr_types::units::NotACurrency>(())
    /// ```
    pub fn symbol(&self) -> String {
        let symbol = match self {
            Self::Voltage(unit) => unit.units.deviation().unwrap_or("V"),
            Self::EnergyApparent(unit) => unit.units.deviation().unwrap_or("VAh"),
            Self::EnergyReactive(unit) => unit.units.deviation().unwrap_or("VARh"),
            Self::EnergyReal(unit) => unit.units.deviation().unwrap_or("Wh"),
            Self::PowerApparent(unit) => unit.units.deviation().unwrap_or("VA"),
            Self::PowerReactive(unit) => unit.units.deviation().unwrap_or("VAR"),
            Self::PowerReal(unit) => unit.units.as_str(),
            Self::Custom(unit) => &unit.units,
            Self::Current(unit) => unit.units.deviation().unwrap_or("A"),
            Self::Currency(unit) => unit.currency.as_str(),
            Self::CurrencyPerKWh(unit) => return self.scaled(&format!("{}/kWh", unit.currency)),
            Self::CurrencyPerKW(unit) => return self.scaled(&format!("{}/kW", unit.currency)),
            Self::CurrencyPerThm(unit) => return self.scaled(&format!("{}/thm", unit.currency)),
            Self::Frequency(unit) => unit.units.deviation().unwrap_or("Hz"),
            Self::Therm(unit) => unit.units.deviation().unwrap_or("thm"),
            Self::Temperature(unit) => match unit.units {
                TemperatureUnit::Celsius => "°C",
                TemperatureUnit::Fahrenheit => "°F",
            },
            Self::PulseCount(_) => "pulses",
            Self::GreenButton(_) => "Green Button",
        };
        self.scaled(symbol)
    }

    fn scaled(&self, symbol: &str) -> String {
        let prefix = match self.scale() {
            None | Some(SiScale::None) => "",
            Some(SiScale::Micro) => "µ",
            Some(scale) => return format!("{}{symbol}", scale.as_str()),
        };
        format!("{prefix}{symbol}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_scale_before_the_unit() {
        assert_eq!(ItemBase::energy_real_wh(SiScale::Mega).symbol(), "MWh");
        assert_eq!(ItemBase::current_a(SiScale::Micro).symbol(), "µA");
        assert_eq!(ItemBase::voltage_v(SiScale::None).symbol(), "V");
        assert_eq!(ItemBase::temperature_celsius().symbol(), "°C");
    }
}
