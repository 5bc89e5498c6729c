//! Offers and orders of flexibility, each by itself; an order is held against its offer by
//! [`crate::conversation`].

use std::collections::HashSet;

use super::{Code, Context, Failures, Place, currency, decimals, flex, isps};
use crate::calendar::IspCalendar;
use crate::flex_offer::FlexOffer;
use crate::flex_order::FlexOrder;

pub(super) fn check(
    message: &FlexOffer,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    // Absent is as before 3.1: it may go either way.
    if message.unsolicited.is_some_and(|alone| alone == message.flex_request_message_id.is_some()) {
        out.missing(Code::UnsolicitedOffer, &place.at("@FlexRequestMessageID"));
    }
    flex::check_contract(message.contract_id.as_deref(), place, context, out);
    flex::check_baseline(message.baseline_reference.as_deref(), place, context, out);
    currency::check(&message.currency, place, out);
    let runs = message.offer_options.iter().flat_map(|option| isps::of(&option.isps));
    flex::check_expiration(message.expiration_date_time, runs, day, place, context, out);
    check_options(message, day, place, context, out);
    let names_baseline = message.d_prognosis_message_id.is_some() || message.baseline_reference.is_some();
    let (aggregator, point) = (&message.sender_domain, &message.congestion_point);
    if !names_baseline && !context.known.has_baseline(aggregator, point, message.period) {
        out.missing(Code::NoBaseline, place);
    }
    if message.offer_options.len() > 1 && !context.known.supports_mutex_offers(&message.congestion_point) {
        out.add(Code::MutexUnsupported, &place.nth("OfferOption", 1), message.offer_options.len());
    }
}

fn check_options(
    message: &FlexOffer,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let decimals = decimals(&message.currency);
    let mut names = HashSet::new();
    out.check_filled(&message.offer_options, &place.at("OfferOption"));
    for (index, option) in message.offer_options.iter().enumerate() {
        let place = &place.nth("OfferOption", index);
        if !names.insert(option.option_reference.as_str()) {
            out.add(Code::OptionDuplicate, &place.at("@OptionReference"), &option.option_reference);
        }
        currency::check_price(option.price, decimals, place, out);
        out.check_filled(&option.isps, &place.at("ISP"));
        isps::check(isps::of(&option.isps), day.map(IspCalendar::count), place, out);
        let powers = option.isps.iter().map(|isp| isp.power_w);
        flex::check_power(&message.congestion_point, powers, place, context, out);
    }
}

pub(super) fn check_order(
    message: &FlexOrder,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    if (message.unsolicited == Some(true)) == message.flex_offer_message_id.is_some() {
        out.missing(Code::UnsolicitedOrder, &place.at("@FlexOfferMessageID"));
    }
    flex::check_contract(message.contract_id.as_deref(), place, context, out);
    flex::check_baseline(message.baseline_reference.as_deref(), place, context, out);
    currency::check(&message.currency, place, out);
    currency::check_price(message.price, decimals(&message.currency), place, out);
    out.check_filled(&message.isps, &place.at("ISP"));
    isps::check(isps::of(&message.isps), day.map(IspCalendar::count), place, out);
}

#[cfg(test)]
mod tests {
    use super::super::example::{changed, codes, payload};
    use super::super::{Dialect, Known, Policy, check, validate};
    use super::*;
    use crate::Payload;
    use crate::values::{Domain, EntityAddress, Period};

    fn found(payload: &Payload) -> Vec<Code> {
        codes(&check(payload))
    }

    #[test]
    fn good_offers_and_orders_have_no_failures() {
        assert_eq!(found(&payload("FlexOffer")), []);
        assert_eq!(found(&payload("FlexOrder")), []);
    }

    #[test]
    fn isps_are_checked_by_option_as_options_exclude_each_other() {
        // Both options of the example are for the same ISPs.
        let twice = changed(
            "FlexOffer",
            r#"<ISP Power="-250000" Start="69"/>"#,
            &r#"<ISP Power="1" Start="69"/>"#.repeat(2),
        );
        let failures = check(&twice);
        assert_eq!(codes(&failures), [Code::IspConflict]);
        assert_eq!(failures[0].path, "/FlexOffer/OfferOption[1]/ISP[2]");
    }

    #[test]
    fn options_have_names_of_their_own() {
        let failures = check(&changed("FlexOffer", r#""part""#, r#""all""#));
        assert_eq!(codes(&failures), [Code::OptionDuplicate]);
        assert_eq!(failures[0].value.as_deref(), Some("all"));
    }

    #[test]
    fn options_that_exclude_each_other_need_a_point_that_takes_them() {
        struct NoMutex;
        impl Known for NoMutex {
            fn supports_mutex_offers(&self, _: &EntityAddress) -> bool {
                false
            }
        }
        let policy = Policy::anyone();
        let context = Context::new(&policy).knowing(&NoMutex);
        assert_eq!(codes(&validate(&payload("FlexOffer"), &context)), [Code::MutexUnsupported]);
    }

    #[test]
    fn price_of_2_3_and_of_2_3000_euro_is_accepted() {
        for price in ["2.3", "2", "2.30", "2.3000", "-2.3"] {
            assert_eq!(found(&changed("FlexOrder", "\"12.50\"", &format!("\"{price}\""))), [], "{price}");
            assert_eq!(found(&changed("FlexOffer", "\"12.50\"", &format!("\"{price}\""))), [], "{price}");
        }
    }

    #[test]
    fn a_price_that_cannot_be_paid_is_told_and_no_reason_to_reject() {
        let odd = check(&changed("FlexOffer", "\"12.50\"", "\"2.345\""));
        assert_eq!(codes(&odd), [Code::PriceDecimals]);
        assert_eq!(super::super::rejection_reason(&odd, Default::default()), None);
        let yen = changed("FlexOrder", r#"Currency="EUR""#, r#"Currency="JPY""#);
        assert_eq!(found(&yen), [Code::PriceDecimals]);
    }

    #[test]
    fn a_currency_is_one_of_iso_4217() {
        let failures = check(&changed("FlexOffer", "EUR", "EUX"));
        assert_eq!(codes(&failures), [Code::Currency]);
        let text = failures[0].reason(Dialect::JavaLibrary);
        assert_eq!(text, "Currency in FlexOffer is not a known ISO 4217 currency");
        assert_eq!(found(&changed("FlexOrder", "EUR", "EUX")), [Code::Currency]);
    }

    #[test]
    fn an_offer_names_a_request_unless_nobody_asked() {
        let id = r#"FlexRequestMessageID="10000000-0000-4000-8000-000000000000""#;
        for (attributes, expected) in [
            (id.to_owned(), vec![]),
            (String::new(), vec![]), // as before 3.1
            (r#"Unsolicited="true""#.into(), vec![]),
            (format!(r#"Unsolicited="false" {id}"#), vec![]),
            (format!(r#"Unsolicited="true" {id}"#), vec![Code::UnsolicitedOffer]),
            (r#"Unsolicited="false""#.into(), vec![Code::UnsolicitedOffer]),
        ] {
            assert_eq!(found(&changed("FlexOffer", id, &attributes)), expected, "{attributes}");
        }
    }

    #[test]
    fn an_order_names_an_offer_unless_nobody_offered() {
        let id = r#"FlexOfferMessageID="20000000-0000-4000-8000-000000000000""#;
        for (attributes, expected) in [
            (id.to_owned(), vec![]),
            (r#"Unsolicited="true""#.into(), vec![]),
            (format!(r#"Unsolicited="false" {id}"#), vec![]),
            (String::new(), vec![Code::UnsolicitedOrder]),
            (format!(r#"Unsolicited="true" {id}"#), vec![Code::UnsolicitedOrder]),
            (r#"Unsolicited="false""#.into(), vec![Code::UnsolicitedOrder]),
        ] {
            assert_eq!(found(&changed("FlexOrder", id, &attributes)), expected, "{attributes}");
        }
    }

    #[test]
    fn an_aggregator_that_offers_has_a_baseline_and_as_much_power() {
        struct Small;
        impl Known for Small {
            fn has_baseline(&self, aggregator: &Domain, _: &EntityAddress, _: Period) -> bool {
                aggregator.as_str() != "agr.example"
            }
            fn is_plausible(&self, _: &EntityAddress, power_w: i64) -> bool {
                power_w.abs() < 200_000
            }
        }
        let policy = Policy::anyone();
        let context = Context::new(&policy).knowing(&Small);
        let failures = validate(&payload("FlexOffer"), &context);
        let reasons: Vec<_> =
            failures.iter().map(|it| it.reason(Dialect::Specification).into_owned()).collect();
        assert!(reasons.contains(&"No baseline".to_owned()), "{reasons:?}");
        assert!(reasons.contains(&"Power value rejection".to_owned()), "{reasons:?}");
        let power = failures.iter().find(|it| it.code == Code::PowerImplausible).unwrap();
        assert_eq!(power.path, "/FlexOffer/OfferOption[1]/ISP[1]/@Power");
        let named = changed("FlexOffer", "Currency=", r#"BaselineReference="b" Currency="#);
        assert!(!codes(&validate(&named, &context)).contains(&Code::NoBaseline));
        let plan = codes(&validate(&payload("D-Prognosis"), &context));
        assert_eq!(plan, [Code::PowerImplausible; 2]);
    }

    #[test]
    fn contracts_and_baselines_are_known() {
        struct Nothing;
        impl Known for Nothing {
            fn contract(&self, _: &str) -> bool {
                false
            }
            fn baseline(&self, _: &str) -> bool {
                false
            }
        }
        let policy = Policy::anyone();
        let context = Context::new(&policy).knowing(&Nothing);
        let named = changed("FlexOrder", "Currency=", r#"ContractID="c" BaselineReference="b" Currency="#);
        assert_eq!(codes(&validate(&named, &context)), [Code::UnknownContract, Code::UnknownBaseline]);
        assert_eq!(codes(&validate(&payload("FlexOrder"), &context)), []);
    }
}
