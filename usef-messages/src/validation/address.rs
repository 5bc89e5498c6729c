//! Addresses in the grid, beyond their pattern.

use super::{Code, Context, EanDigits, Failures, Place};
use crate::values::{EntityAddress, MeteringPoint};

/// The longest `ea1` address, in characters.
const EA1_MAX: usize = 255;

pub(super) fn check(
    address: &EntityAddress,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let text = address.as_str();
    if let Some(digits) = text.strip_prefix("ean.") {
        check_digit(digits, address, place, context, out);
        return;
    }
    // ea1.YYYY-MM.
    let month = text.get(9..11).and_then(|month| month.parse::<u8>().ok());
    if !month.is_some_and(|month| (1..=12).contains(&month)) {
        out.add(Code::AddressMonth, place, address);
    }
    let owner = text.get(12..).and_then(|rest| rest.split(':').next());
    if !owner.is_some_and(is_turned_domain) {
        out.add(Code::AddressDomain, place, address);
    }
    if text.len() > EA1_MAX || !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        out.add(Code::AddressText, place, address);
    }
}

/// Whether this is a domain name, the top level first.
fn is_turned_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !(label.is_empty() || label.starts_with('-') || label.ends_with('-'))
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split('.').all(is_label) && !text.starts_with(|c: char| c.is_ascii_digit())
}

pub(super) fn check_metering_point(
    ean: &MeteringPoint,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let fits = match context.policy.ean_digits {
        EanDigits::Either => true,
        EanDigits::Sixteen => ean.digits().len() == 16,
        EanDigits::Eighteen => ean.digits().len() == 18,
    };
    if !fits {
        out.add(Code::EanDigits, place, ean);
    }
    check_digit(ean.digits(), ean, place, context, out);
}

fn check_digit(
    digits: &str,
    whole: impl std::fmt::Display,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    if context.policy.ean_check_digit && !is_checked(digits) {
        out.add(Code::EanCheckDigit, place, whole);
    }
}

/// Whether the weighted sum of the digits (3 for each second from the right, the last excluded) ends in 0 (GS1).
fn is_checked(digits: &str) -> bool {
    let weighted = digits.bytes().rev().zip([1_u32, 3].into_iter().cycle());
    weighted.map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::super::{Failure, Policy};
    use super::*;

    fn found(address: &str, check_digit: bool) -> Vec<Code> {
        let policy = Policy { ean_check_digit: check_digit, ..Policy::anyone() };
        let mut out = Failures::new(&policy);
        check(&address.parse().unwrap(), &Place::root("X"), &Context::new(&policy), &mut out);
        out.into_list().iter().map(|failure: &Failure| failure.code).collect()
    }

    #[test]
    fn an_address_names_a_month_and_is_short_printable_ascii() {
        assert_eq!(found("ea1.2007-11.net.company:b1/9", false), []);
        assert_eq!(found("ea1.2007-13.net.company:b1/9", false), [Code::AddressMonth]);
        assert_eq!(found("ea1.2007-00.net.company:b1/9", false), [Code::AddressMonth]);
        assert_eq!(found("ea1.2007-11.net.company:b1é9", false), [Code::AddressText]);
        for owner in ["net.xn--a-0fa", "net", "NL.Grid-1.b"] {
            assert_eq!(found(&format!("ea1.2007-11.{owner}:b:1.9"), false), [], "{owner}");
        }
        for owner in ["net..company", "net.", "net.-a", "net.a-", "net.a b", "7.net", "net_a"] {
            assert_eq!(found(&format!("ea1.2007-11.{owner}:b1"), false), [Code::AddressDomain], "{owner}");
        }
        assert_eq!(found(&format!("ea1.2007-11.net:{}", "x".repeat(239)), false), []);
        assert_eq!(found(&format!("ea1.2007-11.net:{}", "x".repeat(240)), false), [Code::AddressText]);
    }

    #[test]
    fn the_check_digit_is_looked_at_where_asked_for() {
        assert_eq!(found("ean.541453179814000000", false), []);
        assert_eq!(found("ean.541453179814000000", true), [Code::EanCheckDigit]);
        assert_eq!(found("ean.871685900012636543", true), []);
    }

    #[test]
    fn metering_points_have_as_many_digits_as_agreed() {
        let found = |ean: &str, ean_digits: EanDigits| {
            let policy = Policy { ean_digits, ..Policy::anyone() };
            let mut out = Failures::new(&policy);
            check_metering_point(&ean.parse().unwrap(), &Place::root("X"), &Context::new(&policy), &mut out);
            out.into_list().len()
        };
        let (short, long) = ("E1234567890123456", "E871685900012636543");
        assert_eq!([found(short, EanDigits::Either), found(long, EanDigits::Either)], [0, 0]);
        assert_eq!([found(short, EanDigits::Sixteen), found(long, EanDigits::Sixteen)], [0, 1]);
        assert_eq!([found(short, EanDigits::Eighteen), found(long, EanDigits::Eighteen)], [1, 0]);
    }
}
