use usef_messages::conversation::{Thread, Urgency, next};
use usef_messages::payload::Kind;

use crate::trade::{NOW, Trade, at, offer, order, read, request, revocation, settlement, with};

fn steps(trade: &Trade, now: &str) -> Vec<(Kind, String, Urgency)> {
    let thread = Thread::of(&read(&request()));
    let steps = next(&thread, at(now), &trade.memory).expect("memory can be read");
    steps.into_iter().map(|step| (step.kind, step.sender.to_string(), step.urgency)).collect()
}

fn may(kind: Kind, sender: &str) -> (Kind, String, Urgency) {
    (kind, sender.to_owned(), Urgency::Possible)
}

fn must(kind: Kind, sender: &str) -> (Kind, String, Urgency) {
    (kind, sender.to_owned(), Urgency::Due)
}

#[test]
fn a_request_wants_an_answer_and_takes_offers_until_it_expires() {
    let trade = Trade::default().open(&request());
    let (answer, offer) =
        (must(Kind::FlexRequestResponse, "agr.example"), may(Kind::FlexOffer, "agr.example"));
    assert_eq!(steps(&trade, NOW), [answer.clone(), offer.clone()]);
    assert_eq!(steps(&trade, "2026-11-22T23:00:00Z"), [answer]);
    assert_eq!(steps(&Trade::of([request()]), NOW), [offer]);
    assert_eq!(steps(&Trade::default().rejected(&request()), NOW), []);
}

#[test]
fn an_offer_can_be_ordered_or_taken_back_until_either_happened() {
    let more = || may(Kind::FlexOffer, "agr.example");
    let offered = || Trade::of([request(), offer()]);
    let open = [more(), may(Kind::FlexOrder, "dso.example"), may(Kind::FlexOfferRevocation, "agr.example")];
    assert_eq!(steps(&offered(), NOW), open);
    assert_eq!(steps(&offered(), "2026-11-22T22:00:00Z"), [more()]);
    assert_eq!(steps(&offered().accepted(&revocation()), NOW), [more()]);
    assert_eq!(steps(&offered().rejected(&revocation()), NOW), open);
    assert_eq!(steps(&offered().accepted(&order()), NOW), [more()]);
    assert_eq!(steps(&offered().rejected(&order()), NOW), open);
    assert_eq!(steps(&offered().open(&order()), NOW), [more(), must(Kind::FlexOrderResponse, "agr.example")]);
}

#[test]
fn an_order_can_be_settled_when_its_day_is_over() {
    let trade = Trade::of([request(), offer(), order()]);
    assert_eq!(steps(&trade, "2026-11-23T23:59:59Z"), []);
    assert_eq!(steps(&trade, "2026-11-24T00:00:00Z"), [may(Kind::FlexSettlement, "dso.example")]);
    let settled = trade.open(&settlement());
    let answer = must(Kind::FlexSettlementResponse, "agr.example");
    assert_eq!(steps(&settled, "2026-12-01T00:00:00Z"), [answer]);
}

#[test]
fn a_request_that_was_replaced_takes_no_more_offers() {
    let newer = with(&with(&request(), "10000000-", "11000000-"), r#"Revision="1""#, r#"Revision="2""#);
    assert_eq!(steps(&Trade::of([request(), newer]), NOW), [may(Kind::FlexOffer, "agr.example")]);
}
