//! What to buy: the options that serve a need at the least price.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use rust_decimal::{Decimal, RoundingStrategy};
use usef_messages::flex_offer::{FlexOffer, Isp, OfferOption};
use usef_messages::values::ActivationFactor;

/// How much less power is needed in each period, in watts.
pub type Lack = BTreeMap<u32, i64>;

/// A part of an option that is worth its price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchase<'o> {
    /// The offer.
    pub offer: &'o FlexOffer,
    /// The option; an offer's options exclude each other.
    pub option: &'o OfferOption,
    /// How much of it.
    pub factor: ActivationFactor,
}

/// The periods that a run names.
pub fn periods(isp: &Isp) -> RangeInclusive<u32> {
    isp.start.get()..=isp.start.get().saturating_add(isp.duration_isps().saturating_sub(1))
}

/// Takes what is ordered off what is needed.
pub fn cover(lack: &mut Lack, isps: &[Isp]) {
    for isp in isps {
        for (_, watts) in lack.range_mut(periods(isp)) {
            // Less power is a negative number; what is more than needed, or the wrong way, helps nobody.
            *watts = watts.saturating_add(isp.power_w.clamp(-*watts, 0));
        }
    }
    lack.retain(|_, watts| *watts > 0);
}

/// What to buy of these offers: again and again the part that serves what is still needed at the least price for each
/// watt, until nothing is needed or nothing helps.
pub fn choose(offers: &[FlexOffer], mut lack: Lack) -> Vec<Purchase<'_>> {
    let (mut chosen, mut used) = (Vec::new(), BTreeSet::new());
    while !lack.is_empty() {
        let open = offers.iter().enumerate().filter(|(at, _)| !used.contains(at));
        let helpful = open.filter_map(|(at, offer)| Some((at, best(offer, &lack)?)));
        let Some((at, (_, purchase))) = helpful.min_by_key(|(_, (price, _))| *price) else { break };
        for isp in &purchase.option.isps {
            let power_w = scaled(isp.power_w, purchase.factor).unwrap_or(0);
            cover(&mut lack, &[Isp { power_w, ..isp.clone() }]);
        }
        used.insert(at);
        chosen.push(purchase);
    }
    chosen
}

/// The part of an offer that is the cheapest for what it helps, with its price for a watt in a period.
fn best<'o>(offer: &'o FlexOffer, lack: &Lack) -> Option<(Decimal, Purchase<'o>)> {
    let options = offer.offer_options.iter().filter_map(|option| {
        let factor = factor(option, lack)?;
        let helps = option.isps.iter().map(|isp| helped(isp, factor, lack)).try_fold(0, i128::checked_add)?;
        let helps = Decimal::from_i128_with_scale(i128::min(helps, i64::MAX.into()), 0);
        let price = option.price.get().checked_mul(factor.get())?.checked_div(helps)?;
        Some((price, Purchase { offer, option, factor }))
    });
    options.min_by_key(|(price, _)| *price)
}

/// How much of an option is enough, if any of it helps.
fn factor(option: &OfferOption, lack: &Lack) -> Option<ActivationFactor> {
    let mut part = Decimal::ZERO;
    for isp in &option.isps {
        if isp.power_w > 0 {
            return None; // more power somewhere is not what is needed
        }
        let most = lack.range(periods(isp)).map(|(_, watts)| *watts).max().unwrap_or(0);
        let offered = Decimal::from(isp.power_w.saturating_neg());
        part = part.max(Decimal::from(most).checked_div(offered).unwrap_or_default());
    }
    let part = part.min(Decimal::ONE).round_dp_with_strategy(2, RoundingStrategy::AwayFromZero);
    Some(ActivationFactor::new(part)?.max(option.min_activation_factor()))
}

/// What a part of a run takes off what is needed, in watts, over its periods.
fn helped(isp: &Isp, factor: ActivationFactor, lack: &Lack) -> i128 {
    let less_w = scaled(isp.power_w, factor).unwrap_or(0).saturating_neg();
    lack.range(periods(isp)).map(|(_, watts)| i128::from(less_w.clamp(0, *watts))).sum()
}

fn scaled(power_w: i64, factor: ActivationFactor) -> Option<i64> {
    Decimal::from(power_w).checked_mul(factor.get())?.round().try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use chrono::TimeDelta;

    use super::*;

    fn isp(power_w: i64, start: u32, duration: u32) -> Isp {
        let number = |number| NonZeroU32::new(number).expect("not 0");
        Isp { power_w, start: number(start), duration: Some(number(duration)) }
    }

    fn option(name: &str, price: &str, least: Option<&str>, isps: Vec<Isp>) -> OfferOption {
        OfferOption {
            option_reference: name.to_owned(),
            price: price.parse().expect("a price"),
            min_activation_factor: least.map(|least| least.parse().expect("a factor")),
            isps,
        }
    }

    fn offer(offer_options: Vec<OfferOption>) -> FlexOffer {
        let id = || "aaaaaaaa-0000-4000-8000-000000000001".parse().expect("an identifier");
        let time = || "2026-11-22T11:00:00Z".parse().expect("a time");
        FlexOffer {
            version: "3.1.0".parse().expect("a version"),
            sender_domain: "agr.example".parse().expect("a domain"),
            recipient_domain: "dso.example".parse().expect("a domain"),
            time_stamp: time(),
            message_id: id(),
            conversation_id: id(),
            isp_duration: TimeDelta::minutes(15).into(),
            time_zone: "Europe/Amsterdam".parse().expect("a time zone"),
            period: "2026-11-23".parse().expect("a day"),
            congestion_point: "ean.871685900012636543".parse().expect("an address"),
            expiration_date_time: time(),
            unsolicited: None,
            flex_request_message_id: Some(id()),
            contract_id: None,
            d_prognosis_message_id: None,
            baseline_reference: None,
            currency: "EUR".parse().expect("a currency"),
            offer_options,
        }
    }

    fn evening(watts: i64) -> Lack {
        (69..=72).map(|isp| (isp, watts)).collect()
    }

    fn bought(offers: &[FlexOffer], lack: Lack) -> Vec<(&str, String)> {
        let purchases = choose(offers, lack).into_iter();
        purchases.map(|buy| (buy.option.option_reference.as_str(), buy.factor.to_string())).collect()
    }

    #[test]
    fn one_option_of_an_offer_is_bought_and_the_rest_of_others_by_price() {
        let offers = [
            offer(vec![
                option("small", "30", None, vec![isp(-200_000, 69, 4)]),
                option("large", "40", None, vec![isp(-300_000, 69, 4)]),
            ]),
            offer(vec![option("dear", "90", None, vec![isp(-500_000, 69, 4)])]),
            offer(vec![option("half", "30", Some("0.1"), vec![isp(-400_000, 69, 4)])]),
        ];
        // First 75 for a megawatt; then what is left is served by "small" for less than by "large".
        assert_eq!(bought(&offers, evening(500_000)), [("half", "1".to_owned()), ("small", "1".to_owned())]);
        assert_eq!(bought(&offers, evening(100_000)), [("half", "0.25".to_owned())]);
        assert_eq!(bought(&offers, evening(0).into_iter().filter(|(_, watts)| *watts > 0).collect()), []);
    }

    #[test]
    fn each_period_is_served_by_what_is_offered_for_it() {
        let offers = [
            offer(vec![option("first", "10", None, vec![isp(-100, 69, 2)])]),
            offer(vec![option("last", "20", None, vec![isp(-100, 71, 2)])]),
            offer(vec![option("elsewhere", "1", None, vec![isp(-100, 1, 68)])]),
            offer(vec![option("wrong way", "1", None, vec![isp(-100, 69, 2), isp(1, 71, 2)])]),
        ];
        let all = ["first", "last"].map(|name| (name, "1".to_owned()));
        assert_eq!(bought(&offers, evening(100)), all);
    }

    #[test]
    fn no_offer_is_too_large_to_be_reckoned_with() {
        let most = "79228162514264337593543950335";
        let offers = [
            offer(vec![option(
                "all",
                most,
                None,
                vec![isp(i64::MIN, 1, u32::MAX), isp(i64::MIN, u32::MAX, 9)],
            )]),
            offer(vec![option("none", "0", None, vec![isp(0, 69, 4)])]),
            offer(vec![option("free", "-1", Some("0.01"), vec![isp(i64::MIN, 69, 1)])]),
        ];
        assert_eq!(bought(&offers, evening(i64::MAX)).len(), 2);
        let mut lack = evening(100);
        cover(&mut lack, &[isp(i64::MIN, 69, 2), isp(i64::MAX, 71, 1), isp(-40, 72, u32::MAX)]);
        assert_eq!(lack, [(71, 100), (72, 60)].into());
    }
}
