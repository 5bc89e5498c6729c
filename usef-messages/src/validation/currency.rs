//! Currencies and what can be paid in them.

use rust_decimal::Decimal;

use super::{Code, Failures, Place};
use crate::values::{Amount, Currency};

/// How many decimal places a currency has; `None` for one that is not in ISO 4217, and for what is not counted (gold).
pub(crate) fn decimals(currency: &Currency) -> Option<u32> {
    iso(currency)?.exponent().map(u32::from)
}

fn iso(currency: &Currency) -> Option<iso_currency::Currency> {
    iso_currency::Currency::from_code(currency.as_str())
}

pub(super) fn check(currency: &Currency, place: &Place<'_>, out: &mut Failures<'_>) {
    if iso(currency).is_none() {
        out.add(Code::Currency, &place.at("@Currency"), currency);
    }
}

/// Decimal places count by value: 2.3 and 2.3000 are both in cents.
pub(super) fn check_price(price: Amount, decimals: Option<u32>, place: &Place<'_>, out: &mut Failures<'_>) {
    let value: Decimal = price.get().normalize();
    if decimals.is_some_and(|decimals| value.scale() > decimals) {
        out.add(Code::PriceDecimals, &place.at("@Price"), price);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_currencies_and_their_decimal_places() {
        let decimals = |code: &str| decimals(&code.parse().unwrap());
        assert_eq!(decimals("EUR"), Some(2));
        assert_eq!(decimals("JPY"), Some(0));
        assert_eq!(decimals("TND"), Some(3));
        assert_eq!(decimals("XYZ"), None);
    }
}
