//! Units as people write them.

use xml_wire::Fixed;

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
            Self::Voltage(unit) => written(&unit.units, "V"),
            Self::EnergyApparent(unit) => written(&unit.units, "VAh"),
            Self::EnergyReactive(unit) => written(&unit.units, "VARh"),
            Self::EnergyReal(unit) => written(&unit.units, "Wh"),
            Self::PowerApparent(unit) => written(&unit.units, "VA"),
            Self::PowerReactive(unit) => written(&unit.units, "VAR"),
            Self::PowerReal(unit) => unit.units.as_str(),
            Self::Custom(unit) => &unit.units,
            Self::Current(unit) => written(&unit.units, "A"),
            Self::Currency(unit) => unit.currency.as_str(),
            Self::CurrencyPerKWh(unit) => return self.scaled(&format!("{}/kWh", unit.currency)),
            Self::CurrencyPerKW(unit) => return self.scaled(&format!("{}/kW", unit.currency)),
            Self::CurrencyPerThm(unit) => return self.scaled(&format!("{}/thm", unit.currency)),
            Self::Frequency(unit) => written(&unit.units, "Hz"),
            Self::Therm(unit) => written(&unit.units, "thm"),
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

/// What a peer wrote in place of a fixed symbol; an empty element has the fixed value.
fn written<'a>(units: &'a Fixed, fixed: &'a str) -> &'a str {
    units.deviation().filter(|symbol| !symbol.is_empty()).unwrap_or(fixed)
}

#[cfg(test)]
mod tests {
    use xml_wire::Decoder;

    use super::*;

    #[test]
    fn an_empty_symbol_is_the_fixed_one() {
        let symbol = |units: &str| {
            let document = format!(
                r#"<p:voltage xmlns:p="{}"><p:itemDescription/>{units}<s:siScaleCode xmlns:s="{}">k</s:siScaleCode></p:voltage>"#,
                crate::ns::POWER.uri(),
                crate::ns::SCALE.uri(),
            );
            Decoder::new(&crate::ns::DIALECT).read_str::<ItemBase>(&document).unwrap().symbol()
        };
        assert_eq!(symbol("<p:itemUnits/>"), "kV");
        assert_eq!(symbol("<p:itemUnits>volt</p:itemUnits>"), "kvolt");
    }

    #[test]
    fn writes_the_scale_before_the_unit() {
        assert_eq!(ItemBase::energy_real_wh(SiScale::Mega).symbol(), "MWh");
        assert_eq!(ItemBase::current_a(SiScale::Micro).symbol(), "µA");
        assert_eq!(ItemBase::voltage_v(SiScale::None).symbol(), "V");
        assert_eq!(ItemBase::temperature_celsius().symbol(), "°C");
    }
}
