//! Faults known of other implementations: messages that they reject and are right, or accept and are wrong.

use usef_messages::validation::{self, Code, Context, Policy, Severity};

use crate::trade::{
    NOW, OFFER, Trade, at, offer, order, partial_order, read, request, revocation, settlement,
    settlement_response, with,
};

/// Errors of a message by itself and after those before it.
fn errors(trade: &Trade, document: &str) -> Vec<Code> {
    let policy = Policy::anyone();
    let mut failures = validation::validate(&read(document), &Context::new(&policy).at(at(NOW)));
    failures.extend(trade.failures(document));
    failures.retain(|failure| failure.severity == Severity::Error);
    failures.into_iter().map(|failure| failure.code).collect()
}

fn offered() -> Trade {
    Trade::of([request(), offer()])
}

#[test]
fn an_unsolicited_order_is_accepted() {
    let alone = with(&order(), &format!("FlexOfferMessageID=\"{OFFER}\""), r#"Unsolicited="true""#);
    assert_eq!(errors(&Trade::default(), &alone), []);
    assert_eq!(errors(&Trade::default(), &with(&alone, r#"OptionReference="all""#, "")), []);
}

#[test]
fn an_order_of_one_of_several_options_is_accepted() {
    assert_eq!(errors(&offered(), &order()), []);
    assert_eq!(errors(&offered(), &partial_order("1.00", -400_001, "20.01")), []);
}

#[test]
fn a_partial_activation_is_accepted_and_one_below_the_least_is_not() {
    assert_eq!(errors(&offered(), &partial_order("0.50", -200_000, "10.01")), []);
    assert_eq!(errors(&offered(), &partial_order("0.20", -80_000, "4.00")), [Code::ActivationFactor]);
}

#[test]
fn prices_with_any_number_of_zeros_are_accepted() {
    for price in ["2.3", "2.30", "2.300", "2.3000"] {
        let trade = Trade::of([request()]);
        assert_eq!(errors(&trade, &with(&offer(), "12.50", price)), [], "{price}");
    }
}

#[test]
fn a_revocation_of_a_known_offer_is_accepted() {
    assert_eq!(errors(&offered(), &revocation()), []);
}

#[test]
fn a_settlement_is_a_request_and_its_response_names_orders_not_messages() {
    let trade = offered().accepted(&order());
    assert_eq!(errors(&trade, &settlement()), []);
    assert_eq!(errors(&trade.open(&settlement()), &settlement_response()), []);
}

#[test]
fn a_request_without_disposition_is_answered_with_a_reason() {
    let silent = with(&request(), r#"Disposition="Requested""#, "");
    assert_eq!(errors(&Trade::default(), &silent), [Code::RequestedLacking]);
}

#[test]
fn isps_that_last_nothing_or_a_month_are_answered_with_a_reason() {
    for length in ["PT0S", "P1M", "-PT15M", "P1Y2M3DT4H5M6.7S"] {
        let odd = with(&request(), "PT15M", length);
        assert_eq!(errors(&Trade::default(), &odd), [Code::IspDuration], "{length}");
    }
}

#[test]
fn an_isp_that_lasts_two_thousand_million_is_told_at_once() {
    let start = std::time::Instant::now();
    let endless = with(&request(), r#"Duration="4""#, r#"Duration="2000000000""#);
    assert_eq!(errors(&Trade::default(), &endless), [Code::IspBounds, Code::IspConflict]);
    let endless = with(&order(), r#"Duration="3""#, r#"Duration="2000000000""#);
    assert_eq!(errors(&offered(), &endless), [Code::IspBounds, Code::OrderIsps]);
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn what_others_do_not_look_at_is_looked_at() {
    let trade = offered();
    let turned = with(&request(), r#"MinPower="-500000""#, r#"MinPower="5""#);
    assert_eq!(errors(&Trade::default(), &turned), [Code::PowerOrder]);
    let twice = with(&offer(), r#""part""#, r#""all""#);
    assert_eq!(errors(&Trade::of([request()]), &twice), [Code::OptionDuplicate]);
    assert_eq!(errors(&trade, &with(&order(), "EUR", "GBP")), [Code::ReferenceMismatch]);
    let net = with(&settlement(), r#"NetSettlement="12.5""#, r#"NetSettlement="13""#);
    assert_eq!(errors(&offered().accepted(&order()), &net), [Code::NetSettlement]);
}
