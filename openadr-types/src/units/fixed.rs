//! What the schema fixes in a unit, and what peers write instead.

use xml_wire::Fixed;

use super::ItemBase;

/// What a peer wrote in a unit where the schema fixes another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation<'a> {
    /// The path to it from the unit's own element, such as `power:energyReal/power:itemUnits`.
    pub path: &'static str,
    /// What the schema fixes.
    pub fixed: &'static str,
    /// What stands there.
    pub written: &'a str,
}

/// A path, what stands there, and what the schema fixes.
type Place<'a> = (&'static str, &'a Fixed, &'static str);

impl ItemBase {
    /// What a peer wrote instead of what the schema fixes, in the unit's description and its symbol.
    ///
    /// Only lenient reading lets it pass. An empty element has the fixed value, and is no deviation.
    ///
    /// ```
    /// use openadr_types::units::{ItemBase, SiScale};
    /// assert_eq!(ItemBase::energy_real_wh(SiScale::Kilo).deviations().count(), 0);
    /// ```
    pub fn deviations(&self) -> impl Iterator<Item = Deviation<'_>> {
        let places = [self.fixed_description(), self.fixed_symbol()];
        places.into_iter().flatten().filter_map(|(path, text, fixed)| {
            let written = text.deviation().filter(|written| !written.is_empty())?;
            Some(Deviation { path, fixed, written })
        })
    }

    fn fixed_description(&self) -> Option<Place<'_>> {
        Some(match self {
            Self::Voltage(unit) => ("power:voltage/power:itemDescription", &unit.description, "Voltage"),
            Self::EnergyApparent(unit) => {
                ("power:energyApparent/power:itemDescription", &unit.description, "ApparentEnergy")
            }
            Self::EnergyReactive(unit) => {
                ("power:energyReactive/power:itemDescription", &unit.description, "ReactiveEnergy")
            }
            Self::EnergyReal(unit) => {
                ("power:energyReal/power:itemDescription", &unit.description, "RealEnergy")
            }
            Self::PowerApparent(unit) => {
                ("power:powerApparent/power:itemDescription", &unit.description, "ApparentPower")
            }
            Self::PowerReactive(unit) => {
                ("power:powerReactive/power:itemDescription", &unit.description, "ReactivePower")
            }
            Self::PowerReal(unit) => {
                ("power:powerReal/power:itemDescription", &unit.description, "RealPower")
            }
            Self::Current(unit) => ("oadr:current/oadr:itemDescription", &unit.description, "Current"),
            Self::Frequency(unit) => ("oadr:frequency/oadr:itemDescription", &unit.description, "Frequency"),
            Self::Therm(unit) => ("oadr:Therm/oadr:itemDescription", &unit.description, "Therm"),
            Self::Temperature(unit) => {
                ("oadr:temperature/oadr:itemDescription", &unit.description, "temperature")
            }
            Self::PulseCount(unit) => {
                ("oadr:pulseCount/oadr:itemDescription", &unit.description, "pulse count")
            }
            Self::Custom(_)
            | Self::Currency(_)
            | Self::CurrencyPerKWh(_)
            | Self::CurrencyPerKW(_)
            | Self::CurrencyPerThm(_)
            | Self::GreenButton(_) => return None,
        })
    }

    pub(super) fn fixed_symbol(&self) -> Option<Place<'_>> {
        Some(match self {
            Self::Voltage(unit) => ("power:voltage/power:itemUnits", &unit.units, "V"),
            Self::EnergyApparent(unit) => ("power:energyApparent/power:itemUnits", &unit.units, "VAh"),
            Self::EnergyReactive(unit) => ("power:energyReactive/power:itemUnits", &unit.units, "VARh"),
            Self::EnergyReal(unit) => ("power:energyReal/power:itemUnits", &unit.units, "Wh"),
            Self::PowerApparent(unit) => ("power:powerApparent/power:itemUnits", &unit.units, "VA"),
            Self::PowerReactive(unit) => ("power:powerReactive/power:itemUnits", &unit.units, "VAR"),
            Self::Current(unit) => ("oadr:current/oadr:itemUnits", &unit.units, "A"),
            Self::Frequency(unit) => ("oadr:frequency/oadr:itemUnits", &unit.units, "Hz"),
            Self::Therm(unit) => ("oadr:Therm/oadr:itemUnits", &unit.units, "thm"),
            Self::PulseCount(unit) => ("oadr:pulseCount/oadr:itemUnits", &unit.units, "count"),
            Self::PowerReal(_)
            | Self::Temperature(_)
            | Self::Custom(_)
            | Self::Currency(_)
            | Self::CurrencyPerKWh(_)
            | Self::CurrencyPerKW(_)
            | Self::CurrencyPerThm(_)
            | Self::GreenButton(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::{Reading, Writing};
    use crate::units::SiScale;

    #[test]
    fn knows_what_the_schema_fixes_in_every_unit() {
        let scale = SiScale::Kilo;
        for (unit, count) in [
            (ItemBase::voltage_v(scale), 2),
            (ItemBase::energy_apparent_vah(scale), 2),
            (ItemBase::energy_reactive_varh(scale), 2),
            (ItemBase::energy_real_wh(scale), 2),
            (ItemBase::power_apparent_va(scale), 2),
            (ItemBase::power_reactive_var(scale), 2),
            (ItemBase::power_real_w(scale), 1),
            (ItemBase::current_a(scale), 2),
            (ItemBase::frequency_hz(scale), 2),
            (ItemBase::therm(scale), 2),
            (ItemBase::temperature_celsius(), 1),
            (ItemBase::pulse_count(0.001), 2),
            (ItemBase::custom("wind", "m/s", scale), 0),
        ] {
            let written = Writing::default().write_unit(&unit).unwrap();
            let places: Vec<_> =
                [unit.fixed_description(), unit.fixed_symbol()].into_iter().flatten().collect();
            assert_eq!(places.len(), count, "{written}");
            let (mut other, mut empty) = (written.clone(), written.clone());
            for (path, _, fixed) in &places {
                let element = path.split('/').next_back().unwrap();
                let whole = format!("<{element}>{fixed}</{element}>");
                assert!(written.contains(&whole), "{whole} in {written}");
                assert!(written.contains(&format!("<{} ", path.split('/').next().unwrap())), "{written}");
                other = other.replace(&whole, &format!("<{element}>k{fixed}</{element}>"));
                empty = empty.replace(&whole, &format!("<{element}/>"));
            }
            let read = |document: &str| Reading::default().read_unit(document.as_bytes()).unwrap().1;
            assert_eq!(read(&empty).deviations().count(), 0);
            let read = read(&other);
            let found = read.deviations().map(|found| (found.path, found.fixed, found.written.to_owned()));
            let wanted = places.iter().map(|(path, _, fixed)| (*path, *fixed, format!("k{fixed}")));
            assert_eq!(found.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
        }
    }
}
