//! Units as people write them.

use super::{ItemBase, SiScale, TemperatureUnit};

impl ItemBase {
    /// The symbol with its scale, such as `kW`, `GBP/kWh` or `°C`.
    ///
    /// What a peer wrote in place of a fixed symbol stands ([`ItemBase::deviations`] tells), and where it is that symbol
    /// with a scale of its own, the unit's scale is not set before it too.
    ///
    /// ```
    /// use openadr_types::units::{ItemBase, SiScale};
    /// assert_eq!(ItemBase::power_real_w(SiScale::Kilo).symbol(), "kW");
    /// assert_eq!(ItemBase::currency_per_kwh("GBP".parse()?).symbol(), "GBP/kWh");
    /// # Ok::<(), openadr_types::units::NotACurrency>(())
    /// ```
    pub fn symbol(&self) -> String {
        let prefix = self.scale().map_or("", prefix);
        let symbol = match self {
            Self::PowerReal(unit) => unit.units.as_str(),
            Self::Custom(unit) => &unit.units,
            Self::Currency(unit) => unit.currency.as_str(),
            Self::CurrencyPerKWh(unit) => return format!("{prefix}{}/kWh", unit.currency),
            Self::CurrencyPerKW(unit) => return format!("{prefix}{}/kW", unit.currency),
            Self::CurrencyPerThm(unit) => return format!("{prefix}{}/thm", unit.currency),
            Self::Temperature(unit) => match unit.units {
                TemperatureUnit::Celsius => "°C",
                TemperatureUnit::Fahrenheit => "°F",
            },
            Self::PulseCount(_) => "pulses",
            Self::GreenButton(_) => "Green Button",
            fixed => match fixed.fixed_symbol() {
                Some((_, units, fixed)) => match units.deviation().filter(|written| !written.is_empty()) {
                    Some(written) if is_scaled(written, fixed) => return written.to_owned(),
                    written => written.unwrap_or(fixed),
                },
                None => "",
            },
        };
        format!("{prefix}{symbol}")
    }
}

fn prefix(scale: SiScale) -> &'static str {
    match scale {
        SiScale::None => "",
        SiScale::Micro => "µ",
        SiScale::Pico => "p",
        SiScale::Nano => "n",
        SiScale::Milli => "m",
        SiScale::Centi => "c",
        SiScale::Deci => "d",
        SiScale::Kilo => "k",
        SiScale::Mega => "M",
        SiScale::Giga => "G",
        SiScale::Tera => "T",
    }
}

/// Whether a text is a symbol behind a scale, in capitals or not.
fn is_scaled(written: &str, symbol: &str) -> bool {
    let start = written.len().checked_sub(symbol.len()).and_then(|start| written.split_at_checked(start));
    start.is_some_and(|(scale, rest)| {
        rest.eq_ignore_ascii_case(symbol)
            && matches!(scale, "p" | "n" | "µ" | "u" | "m" | "c" | "d" | "k" | "K" | "M" | "G" | "T")
    })
}

#[cfg(test)]
mod tests {
    use xml_wire::Decoder;

    use super::*;

    /// A voltage of this scale with this for its symbol.
    fn symbol(units: &str, scale: &str) -> String {
        let document = format!(
            r#"<p:voltage xmlns:p="{}"><p:itemDescription/>{units}<s:siScaleCode xmlns:s="{}">{scale}</s:siScaleCode></p:voltage>"#,
            crate::ns::POWER.uri(),
            crate::ns::SCALE.uri(),
        );
        Decoder::new(&crate::ns::DIALECT).read_str::<ItemBase>(&document).unwrap().symbol()
    }

    #[test]
    fn an_empty_symbol_is_the_fixed_one() {
        assert_eq!(symbol("<p:itemUnits/>", "k"), "kV");
    }

    #[test]
    fn a_peers_own_symbol_stands_and_is_scaled_once() {
        for (written, scale, shown) in [
            ("volt", "k", "kvolt"),
            ("kV", "k", "kV"),
            ("KV", "k", "KV"),
            ("kV", "none", "kV"),
            ("mV", "M", "mV"),
            ("v", "k", "kv"),
            ("\u{2126}", "none", "\u{2126}"),
        ] {
            assert_eq!(symbol(&format!("<p:itemUnits>{written}</p:itemUnits>"), scale), shown);
        }
    }

    #[test]
    fn writes_the_scale_before_the_unit() {
        assert_eq!(ItemBase::energy_real_wh(SiScale::Mega).symbol(), "MWh");
        assert_eq!(ItemBase::current_a(SiScale::Micro).symbol(), "µA");
        assert_eq!(ItemBase::voltage_v(SiScale::None).symbol(), "V");
        assert_eq!(ItemBase::temperature_celsius().symbol(), "°C");
    }
}
