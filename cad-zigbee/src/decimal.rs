//! Exact decimal numbers, as meters show them.
//!
//! ```
//! use cad_zigbee::decimal::Decimal;
//!
//! let energy = Decimal::ratio(5_072_076, 1, 1000).unwrap();
//! assert_eq!(energy.to_string(), "5072.076");
//! assert_eq!((energy.mantissa(), energy.places()), (5_072_076, 3));
//! ```

use crate::error::{Error, Result};
use core::fmt;

/// A number of the form `mantissa / 10^places`, without zeros at the end of its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    places: u8,
}

/// How many places a number has at most: ten to the power of them fits the mantissa.
pub const MOST_PLACES: u8 = 38;

/// To how many places a number is rounded that has no end in decimal.
pub const ROUNDED_PLACES: u8 = 12;

impl Decimal {
    /// `mantissa / 10^places`; what is behind [`MOST_PLACES`] places is left out.
    pub fn new(mantissa: i128, places: u8) -> Self {
        if let Some(excess @ 1..) = places.checked_sub(MOST_PLACES) {
            let mantissa = power(10, excess).and_then(|scale| mantissa.checked_div(scale)).unwrap_or(0);
            return Self::new(mantissa, MOST_PLACES);
        }
        if let Ok(mantissa) = i64::try_from(mantissa) {
            return Self::short(mantissa, places);
        }
        let (mut mantissa, mut places) = (mantissa, places);
        while places > 0 && mantissa % 10 == 0 {
            (mantissa, places) = (mantissa / 10, places.saturating_sub(1));
        }
        Self { mantissa, places }
    }

    /// `raw * multiplier / divisor`, as the Metering cluster scales its registers.
    ///
    /// Exact wherever the result has an end in decimal, which it has for every divisor in use. Otherwise rounded to
    /// [`ROUNDED_PLACES`] places, half to even. None for a divisor of 0, and where the result needs more than 127 bits:
    /// that takes a register of more than 48 bits.
    #[inline]
    pub fn ratio(raw: i64, multiplier: u32, divisor: u32) -> Option<Self> {
        if let (Some(numerator), Some(places)) = (raw.checked_mul(i64::from(multiplier)), places_of(divisor))
        {
            return Some(Self::short(numerator, places));
        }
        Self::long_ratio(raw, multiplier, divisor)
    }

    fn long_ratio(raw: i64, multiplier: u32, divisor: u32) -> Option<Self> {
        let numerator = i128::from(raw).checked_mul(i128::from(multiplier))?;
        let divisor = i128::from(divisor);
        let common = greatest_common_divisor(numerator, divisor)?;
        let (numerator, divisor) = (numerator.checked_div(common)?, divisor.checked_div(common)?);

        let (twos, rest) = factors(divisor, 2);
        let (fives, rest) = factors(rest, 5);
        if rest == 1 {
            let places = twos.max(fives);
            let scale = power(5, places.saturating_sub(fives))?
                .checked_mul(power(2, places.saturating_sub(twos))?)?;
            return Some(Self::new(numerator.checked_mul(scale)?, places));
        }
        let scaled = numerator.checked_mul(power(10, ROUNDED_PLACES)?)?;
        let (quotient, remainder) =
            (scaled.checked_div_euclid(divisor)?, scaled.checked_rem_euclid(divisor)?);
        let twice = remainder.checked_mul(2)?;
        let up = twice > divisor || (twice == divisor && quotient.checked_rem(2) != Some(0));
        Some(Self::new(quotient.checked_add(i128::from(up))?, ROUNDED_PLACES))
    }

    /// As [`Self::new`]. Few numbers need the slow division of 128 bits.
    #[inline(always)]
    fn short(mantissa: i64, places: u8) -> Self {
        let (mut mantissa, mut places) = (mantissa, places);
        while places > 0 && mantissa % 10 == 0 {
            (mantissa, places) = (mantissa / 10, places.saturating_sub(1));
        }
        Self { mantissa: mantissa.into(), places }
    }

    /// The number without its decimal point.
    pub const fn mantissa(&self) -> i128 {
        self.mantissa
    }

    /// How many digits are behind the decimal point.
    pub const fn places(&self) -> u8 {
        self.places
    }

    /// The nearest floating point number, for plots and thresholds.
    pub fn to_f64(&self) -> f64 {
        #[expect(clippy::as_conversions, reason = "the nearest float is what is asked for")]
        let mantissa = self.mantissa as f64;
        (0..self.places).fold(mantissa, |number, _| number / 10.0)
    }
}

impl core::str::FromStr for Decimal {
    type Err = Error;

    /// Reads a number as JSON has it: sign, digits, fraction, exponent.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else, and for numbers of more than 38 digits.
    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or(Error::Malformed { at: 0, what: "not a decimal number" })
    }
}

fn parse(text: &str) -> Option<Decimal> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i16>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    let mut mantissa = 0_i128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let digit = digit.is_ascii_digit().then(|| i128::from(digit.wrapping_sub(b'0')))?;
        mantissa = mantissa.checked_mul(10)?.checked_add(digit)?;
    }
    if negative {
        mantissa = mantissa.checked_neg()?;
    }
    let places = i16::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    match u8::try_from(places) {
        Ok(places @ 0..=MOST_PLACES) => Some(Decimal::new(mantissa, places)),
        _ if mantissa == 0 => Some(Decimal::new(0, 0)),
        Ok(_) => None,
        Err(_) => {
            let zeros = u8::try_from(places.checked_neg()?).ok().filter(|zeros| *zeros <= MOST_PLACES)?;
            Some(Decimal::new(mantissa.checked_mul(power(10, zeros)?)?, 0))
        }
    }
}

/// Gives as many digits as the number has, with a leading 0 where it is below 1.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = power(10, self.places).unwrap_or(1).unsigned_abs();
        let magnitude = self.mantissa.unsigned_abs();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let whole = magnitude.checked_div(scale).unwrap_or(0);
        if self.places == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = magnitude.checked_rem(scale).unwrap_or(0);
        write!(f, "{sign}{whole}.{fraction:0width$}", width = usize::from(self.places))
    }
}

/// How many places dividing by this moves the point, where that is all it does, as mostly.
const fn places_of(divisor: u32) -> Option<u8> {
    Some(match divisor {
        1 => 0,
        10 => 1,
        100 => 2,
        1000 => 3,
        10_000 => 4,
        100_000 => 5,
        1_000_000 => 6,
        10_000_000 => 7,
        100_000_000 => 8,
        1_000_000_000 => 9,
        _ => return None,
    })
}

fn power(base: i128, exponent: u8) -> Option<i128> {
    base.checked_pow(u32::from(exponent))
}

/// Always positive for a positive `b`; none for `b` of 0.
fn greatest_common_divisor(a: i128, b: i128) -> Option<i128> {
    let (mut a, mut b) = (b, a.checked_rem(b)?);
    while b != 0 {
        (a, b) = (b, a.checked_rem(b)?);
    }
    a.checked_abs()
}

/// How often `factor` divides a positive number, and what is left of the number then.
fn factors(mut number: i128, factor: i128) -> (u8, i128) {
    let mut count = 0_u8;
    while number.checked_rem(factor) == Some(0) && number > 0 {
        number = number.checked_div(factor).unwrap_or(1);
        count = count.saturating_add(1);
    }
    (count, number)
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use std::string::ToString;

    #[test]
    fn divisors_of_all_kinds_give_the_exact_number_where_there_is_one() {
        let table = [
            (5_072_076, 1, 1000, "5072.076"),
            (-2543, 1, 1000, "-2.543"),
            (5, 1, 1000, "0.005"),
            (-5, 1, 1000, "-0.005"),
            (0, 1, 1000, "0"),
            (1_000_000, 1, 1000, "1000"),
            (123, 100, 1, "12300"),
            (1, 1, 512, "0.001953125"),
            (7, 3, 6, "3.5"),
            (1, 1, 8_388_608, "0.00000011920928955078125"),
            (281_474_976_710_654, 16_777_213, 8_388_608, "562949852758012.0000007152557373046875"),
        ];
        for (raw, multiplier, divisor, text) in table {
            assert_eq!(Decimal::ratio(raw, multiplier, divisor).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_number_without_end_is_rounded_half_to_even_at_twelve_places() {
        assert_eq!(Decimal::ratio(1, 1, 3).unwrap().to_string(), "0.333333333333");
        assert_eq!(Decimal::ratio(2, 1, 3).unwrap().to_string(), "0.666666666667");
        assert_eq!(Decimal::ratio(-2, 1, 3).unwrap().to_string(), "-0.666666666667");
        assert_eq!(Decimal::ratio(3, 1, 3).unwrap().to_string(), "1");
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, shown) in [
            ("15254.827", "15254.827"),
            ("-8388.608", "-8388.608"),
            ("0.10", "0.1"),
            ("-0.0", "0"),
            ("1.5e3", "1500"),
            ("25E-3", "0.025"),
            ("0e999", "0"),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), shown);
        }
        for wrong in ["", "-", ".5", "5.", "1,5", "+1", "0x10", "1e", "1e99", "1e-99", "١", &"9".repeat(50)]
        {
            assert!(wrong.parse::<Decimal>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_divisor_of_zero_gives_none() {
        assert_eq!(Decimal::ratio(1, 1, 0), None);
        assert_eq!(Decimal::ratio(0, 0, 0), None);
    }

    #[test]
    fn what_is_behind_the_last_place_is_left_out() {
        let places = |mantissa, places| Decimal::new(mantissa, places).to_string();
        assert_eq!(places(12_345, 40), format!("0.{}123", "0".repeat(35)));
        assert_eq!(places(-199, 40), format!("-0.{}1", "0".repeat(37)));
        assert_eq!((places(99, 40), places(i128::MAX, u8::MAX)), ("0".into(), "0".into()));
        assert_eq!(places(i128::MIN, 38), "-1.70141183460469231731687303715884105728");
    }

    #[test]
    fn equal_numbers_are_equal_however_they_were_scaled() {
        assert_eq!(Decimal::ratio(1500, 1, 1000), Decimal::ratio(15, 1, 10));
        assert_eq!(Decimal::new(1500, 3).to_f64(), 1.5);
    }
}
