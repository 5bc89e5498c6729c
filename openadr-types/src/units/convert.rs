//! Values from one unit to another, digit by digit.

use rust_decimal::Decimal;
use xml_wire::Fixed;

use super::{ItemBase, SiScale, TemperatureUnit};

impl ItemBase {
    /// A value in this unit as a value in another, exactly.
    ///
    /// Units of one kind differ in their scale; besides, watts are joules a second, degrees Celsius turn into degrees
    /// Fahrenheit and back, and pulses into watt hours by their factor. The supply that a power is drawn from does not
    /// matter. `None` where the kinds differ: currencies, and units of the parties with another name or description,
    /// are of different kinds, and so is a unit in which a peer wrote another symbol than the schema's. `None` too where
    /// the result has no end or more digits than a [`Decimal`] can hold: nothing is ever rounded.
    ///
    /// ```
    /// use openadr_types::units::{ItemBase, SiScale};
    ///
    /// let (kilowatts, watts) = (ItemBase::power_real_w(SiScale::Kilo), ItemBase::power_real_w(SiScale::None));
    /// assert_eq!(kilowatts.convert("3.425".parse()?, &watts), Some("3425".parse()?));
    /// assert_eq!(watts.convert("1".parse()?, &kilowatts), Some("0.001".parse()?));
    /// assert_eq!(kilowatts.convert("1".parse()?, &ItemBase::energy_real_wh(SiScale::Kilo)), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert(&self, value: Decimal, to: &Self) -> Option<Decimal> {
        match (self, to) {
            (Self::Temperature(from), Self::Temperature(to)) => {
                let (digits, places) = match (from.units, to.units) {
                    (TemperatureUnit::Celsius, TemperatureUnit::Fahrenheit) => fahrenheit(value, from.scale)?,
                    (TemperatureUnit::Fahrenheit, TemperatureUnit::Celsius) => celsius(value, from.scale)?,
                    (TemperatureUnit::Celsius, TemperatureUnit::Celsius)
                    | (TemperatureUnit::Fahrenheit, TemperatureUnit::Fahrenheit) => {
                        return from.scale.convert(value, to.scale);
                    }
                };
                exact(digits, places + to.scale.exponent())
            }
            (Self::PulseCount(from), Self::EnergyReal(to))
                if is_plain(&from.units) && is_plain(&to.units) =>
            {
                let (factor, factor_places) = digits_of(from.factor.0)?;
                let shift = factor_places - SiScale::Kilo.exponent() + to.scale.exponent();
                let energy =
                    |(digits, places): (i128, i32)| exact(digits.checked_mul(factor)?, places + shift);
                let value = (value.mantissa(), places(value));
                energy(value).or_else(|| energy(trimmed(value, i32::MIN)))
            }
            (Self::PulseCount(from), Self::PulseCount(to)) => (from == to).then_some(value),
            _ if self.is_same_kind(to) => self.scale()?.convert(value, to.scale()?),
            _ => None,
        }
    }

    /// Whether the two differ in their scale at most.
    fn is_same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Voltage(one), Self::Voltage(other)) => same(&one.units, &other.units),
            (Self::EnergyApparent(one), Self::EnergyApparent(other)) => same(&one.units, &other.units),
            (Self::EnergyReactive(one), Self::EnergyReactive(other)) => same(&one.units, &other.units),
            (Self::EnergyReal(one), Self::EnergyReal(other)) => same(&one.units, &other.units),
            (Self::PowerApparent(one), Self::PowerApparent(other)) => same(&one.units, &other.units),
            (Self::PowerReactive(one), Self::PowerReactive(other)) => same(&one.units, &other.units),
            (Self::PowerReal(_), Self::PowerReal(_)) => true,
            (Self::Current(one), Self::Current(other)) => same(&one.units, &other.units),
            (Self::Frequency(one), Self::Frequency(other)) => same(&one.units, &other.units),
            (Self::Therm(one), Self::Therm(other)) => same(&one.units, &other.units),
            (Self::Custom(one), Self::Custom(other)) => {
                one.units == other.units && one.description == other.description
            }
            (Self::Currency(one), Self::Currency(other))
            | (Self::CurrencyPerKWh(one), Self::CurrencyPerKWh(other))
            | (Self::CurrencyPerKW(one), Self::CurrencyPerKW(other))
            | (Self::CurrencyPerThm(one), Self::CurrencyPerThm(other)) => one.currency == other.currency,
            _ => false,
        }
    }
}

impl SiScale {
    /// A value at this scale as a value at another, exactly; `None` where that has more digits than a [`Decimal`] holds.
    ///
    /// ```
    /// use openadr_types::units::SiScale;
    /// assert_eq!(SiScale::Mega.convert("0.25".parse()?, SiScale::Kilo), Some("250".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert(self, value: Decimal, to: Self) -> Option<Decimal> {
        let places = places(value) - (self.exponent() - to.exponent());
        exact(value.mantissa(), places)
    }
}

/// Whether the schema's symbol stands, or nothing.
fn is_plain(symbol: &Fixed) -> bool {
    symbol.deviation().is_none_or(str::is_empty)
}

fn same(one: &Fixed, other: &Fixed) -> bool {
    one == other || (is_plain(one) && is_plain(other))
}

/// 1.8 times as much, and 32: digits, and how many of them are decimal places.
fn fahrenheit(celsius: Decimal, scale: SiScale) -> Option<(i128, i32)> {
    let (digits, places) = unscaled(celsius, scale)?;
    let zero = power_of_ten(places)?.checked_mul(320)?;
    Some((digits.checked_mul(18)?.checked_add(zero)?, places + 1))
}

/// 32 less, and five ninths of it: endless unless nine divides it.
fn celsius(fahrenheit: Decimal, scale: SiScale) -> Option<(i128, i32)> {
    let (digits, places) = unscaled(fahrenheit, scale)?;
    let zero = power_of_ten(places)?.checked_mul(32)?;
    let ninths = digits.checked_sub(zero)?.checked_mul(5)?;
    (ninths % 9 == 0).then_some((ninths / 9, places))
}

/// The digits of a value at a scale, and how many of them are decimal places without it.
fn unscaled(value: Decimal, scale: SiScale) -> Option<(i128, i32)> {
    let (digits, places) = trimmed((value.mantissa(), places(value) - scale.exponent()), MOST_PLACES);
    if places < 0 { Some((digits.checked_mul(power_of_ten(-places)?)?, 0)) } else { Some((digits, places)) }
}

/// The same without the noughts at its end beyond so many places: they take up room that a conversion needs.
fn trimmed((mut digits, mut places): (i128, i32), most: i32) -> (i128, i32) {
    if digits == 0 {
        return (0, places.min(most.max(0)));
    }
    while places > most && digits % 10 == 0 {
        digits /= 10;
        places -= 1;
    }
    (digits, places)
}

/// The digits of a number as it is written, and how many of them are decimal places; none where it has none.
fn digits_of(number: f64) -> Option<(i128, i32)> {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e')?;
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction);
    let places = i32::try_from(fraction.len()).ok()? - exponent.parse::<i32>().ok()?;
    Some((digits.replace('.', "").parse().ok()?, places))
}

/// Of a [`Decimal`].
const MOST_PLACES: i32 = 28;

fn places(value: Decimal) -> i32 {
    i32::try_from(value.scale()).expect("at most 28")
}

fn power_of_ten(exponent: i32) -> Option<i128> {
    10i128.checked_pow(u32::try_from(exponent).ok()?)
}

/// `digits` with so many decimal places, where a [`Decimal`] can hold that.
fn exact(mut digits: i128, mut places: i32) -> Option<Decimal> {
    if places < 0 {
        digits = digits.checked_mul(power_of_ten(-places)?)?;
        places = 0;
    }
    loop {
        if let Ok(value) = Decimal::try_from_i128_with_scale(digits, u32::try_from(places).ok()?) {
            return Some(value);
        }
        // Noughts at the end of the decimal places are what can be spared.
        if places == 0 || digits % 10 != 0 {
            return None;
        }
        digits /= 10;
        places -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Currency, PowerRealUnit, Temperature};

    fn converted(value: &str, from: &ItemBase, to: &ItemBase) -> Option<String> {
        from.convert(value.parse().unwrap(), to).map(|value| value.to_string())
    }

    fn degrees(units: TemperatureUnit, scale: SiScale) -> ItemBase {
        ItemBase::Temperature(Temperature { description: Fixed::default(), units, scale })
    }

    #[test]
    fn moves_the_point() {
        for (value, from, to, expected) in [
            ("3.425", SiScale::Kilo, SiScale::None, "3425"),
            ("1.50", SiScale::Kilo, SiScale::None, "1500"),
            ("1.5000", SiScale::Kilo, SiScale::None, "1500.0"),
            ("-1", SiScale::None, SiScale::Tera, "-0.000000000001"),
            ("0.001", SiScale::Milli, SiScale::Micro, "1"),
            ("7", SiScale::Centi, SiScale::Deci, "0.7"),
            ("0", SiScale::Tera, SiScale::Pico, "0"),
            ("79228162514264337593543950335", SiScale::None, SiScale::None, "79228162514264337593543950335"),
            ("79228162514264337593543950335", SiScale::None, SiScale::Giga, "79228162514264337593.543950335"),
        ] {
            let (from, to) = (ItemBase::energy_real_wh(from), ItemBase::energy_real_wh(to));
            assert_eq!(converted(value, &from, &to).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn rounds_nothing() {
        let (pico, none, tera) = (SiScale::Pico, SiScale::None, SiScale::Tera);
        let smallest: Decimal = "0.0000000000000000000000000001".parse().unwrap();
        assert_eq!(none.convert(smallest, tera), None);
        assert_eq!(tera.convert(Decimal::MAX, none), None);
        assert_eq!(tera.convert(Decimal::MAX, pico), None);
        let noughts: Decimal = "1.0000000000000000000000000000".parse().unwrap();
        assert_eq!(none.convert(noughts, tera), Some("0.000000000001".parse().unwrap()));
    }

    #[test]
    fn every_scale_goes_there_and_back() {
        let scales = "p n micro m c d k M G T none".split(' ').map(|code| code.parse::<SiScale>().unwrap());
        let scales: Vec<_> = scales.collect();
        for (from, to) in scales.iter().flat_map(|from| scales.iter().map(move |to| (*from, *to))) {
            let value: Decimal = "-12.5".parse().unwrap();
            let there = from.convert(value, to).unwrap();
            assert_eq!(to.convert(there, from), Some(value), "{from} to {to}");
        }
    }

    #[test]
    fn keeps_kinds_apart() {
        let scale = SiScale::None;
        let pounds = |unit: fn(Currency) -> ItemBase| unit(Currency::GBP);
        let units = [
            ItemBase::voltage_v(scale),
            ItemBase::energy_apparent_vah(scale),
            ItemBase::energy_reactive_varh(scale),
            ItemBase::energy_real_wh(scale),
            ItemBase::power_apparent_va(scale),
            ItemBase::power_reactive_var(scale),
            ItemBase::power_real_w(scale),
            ItemBase::custom("wind", "m/s", scale),
            ItemBase::custom("wind", "knots", scale),
            ItemBase::current_a(scale),
            pounds(ItemBase::currency),
            pounds(ItemBase::currency_per_kwh),
            pounds(ItemBase::currency_per_kw),
            pounds(ItemBase::currency_per_therm),
            ItemBase::currency(Currency::EUR),
            ItemBase::frequency_hz(scale),
            ItemBase::therm(scale),
            ItemBase::temperature_celsius(),
            ItemBase::pulse_count(0.002),
            ItemBase::pulse_count(0.001),
        ];
        for (i, from) in units.iter().enumerate() {
            for (j, to) in units.iter().enumerate() {
                let pulses = matches!((from, to), (ItemBase::PulseCount(_), ItemBase::EnergyReal(_)));
                assert_eq!(converted("1.0", from, to).is_some(), i == j || pulses, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn watts_are_joules_a_second_on_any_supply() {
        let watts = ItemBase::power_real_w(SiScale::Kilo);
        let mut joules = watts.clone();
        if let ItemBase::PowerReal(unit) = &mut joules {
            unit.units = PowerRealUnit::JoulePerSecond;
            unit.attributes.voltage = Decimal::from(400);
        }
        assert_eq!(converted("2", &watts, &joules).as_deref(), Some("2"));
    }

    #[test]
    fn degrees_turn_where_they_come_out_even() {
        let (celsius, fahrenheit) = (TemperatureUnit::Celsius, TemperatureUnit::Fahrenheit);
        let (celsius, fahrenheit) = (degrees(celsius, SiScale::None), degrees(fahrenheit, SiScale::None));
        let [milli, pico, tera] = [SiScale::Milli, SiScale::Pico, SiScale::Tera]
            .map(|scale| degrees(TemperatureUnit::Celsius, scale));
        for (value, from, to, expected) in [
            ("21.5", &celsius, &fahrenheit, Some("70.70")),
            ("-40", &celsius, &fahrenheit, Some("-40.0")),
            ("70.7", &fahrenheit, &celsius, Some("21.5")),
            ("70", &fahrenheit, &celsius, None),
            ("50", &fahrenheit, &milli, Some("10000")),
            ("21500", &milli, &fahrenheit, Some("70.7000")),
            // What it is between the two scales need not fit.
            ("0.0000000000000000000000000015", &pico, &pico, Some("0.0000000000000000000000000015")),
            ("79228162514264337593543950335", &tera, &tera, Some("79228162514264337593543950335")),
            ("0.0000000000000000000000000000", &pico, &fahrenheit, Some("32.000000000000000000000000000")),
        ] {
            assert_eq!(converted(value, from, to).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn pulses_turn_into_energy() {
        let watt_hours = ItemBase::energy_real_wh(SiScale::None);
        let energy = |count: &str, factor: f64| converted(count, &ItemBase::pulse_count(factor), &watt_hours);
        assert_eq!(energy("1200", 0.0005).as_deref(), Some("600.0"));
        assert_eq!(energy("3", 1e-10).as_deref(), Some("0.0000003"));
        assert_eq!(energy("1", f64::NAN), None);
        assert_eq!(energy("1", f64::INFINITY), None);
        // Nothing is rounded on the way, and what comes out may fit where that does not.
        let factor = 0.1234567890123;
        assert_eq!(energy("1.0000000000000000000000000000", factor).as_deref(), Some("123.4567890123"));
        assert_eq!(energy("1", 1.5e-28).as_deref(), Some("0.00000000000000000000000015"));
        assert_eq!(energy("1", 1.23456789e-27), None);
    }
}
