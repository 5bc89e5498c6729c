//! Each reason for which a call of the application is refused, and what it says.

use chrono::TimeDelta;
use usef_messages::d_prognosis::FlexOrderStatus;
use usef_messages::flex_settlement::FlexOrderSettlementStatus;
use usef_messages::metering::Profile;
use usef_messages::payload::Kind;
use usef_messages::roles::agr::{MeterData, Offer};
use usef_messages::roles::dso::Wish;
use usef_messages::roles::store::{Peer, Stage};
use usef_messages::roles::{Agr, Dso, Error, Event, EventId, Participant, Party, Subject};
use usef_messages::values::{ActivationFactor, Role, Uuid, Verdict};

use crate::stage::{
    agr, config, direct_order, domain, dso, exchange, nobody, now, offer, plan, readings, settlement,
    subject, wish,
};

/// A grid operator and an aggregator with a request and an offer between them.
fn trade() -> (Dso, Agr, Uuid, Uuid) {
    let (mut dso, mut agr) = (dso(config("dso.example")), agr(config("agr.example")));
    let request = dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let offer = agr.offer(&domain("dso.example"), &request, offer(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    (dso, agr, request, offer)
}

fn order(dso: &mut Dso, offer: &Uuid, option: &str, factor: &str) -> Result<Uuid, Error> {
    let factor: ActivationFactor = factor.parse().unwrap();
    dso.order(&domain("agr.example"), offer, option, factor, "order-1", now())
}

#[test]
fn a_message_that_is_not_known_cannot_be_referred_to() {
    let (mut dso, mut agr, ..) = trade();
    let text = format!("no message {} is known", nobody());
    let other = domain("dso.example");
    for error in [
        agr.offer(&other, &nobody(), offer(), now()).unwrap_err(),
        agr.revoke(&other, &nobody(), now()).unwrap_err(),
        order(&mut dso, &nobody(), "a", "1").unwrap_err(),
    ] {
        assert!(matches!(error, Error::Unknown(_)), "{error:?}");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn an_identifier_of_another_peer_is_not_known() {
    let (mut dso, mut agr, request, offered) = trade();
    let stranger = agr.offer(&domain("dso2.example"), &request, offer(), now());
    assert!(matches!(stranger, Err(Error::Unknown(id)) if id == request));
    let stranger = dso.order(&domain("agr2.example"), &offered, "a", ActivationFactor::ONE, "order-1", now());
    assert!(matches!(stranger, Err(Error::Unknown(id)) if id == offered));
}

#[test]
fn a_message_of_another_kind_does_not_do() {
    let (mut dso, mut agr, _, offered) = trade();
    let plan = agr.prognosis(&domain("dso.example"), subject(), plan(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let error = order(&mut dso, &plan, "a", "1").unwrap_err();
    assert!(matches!(error, Error::Kind { kind: Kind::DPrognosis, expected: Kind::FlexOffer, .. }));
    assert_eq!(error.to_string(), format!("message {plan} is a D-Prognosis, not a FlexOffer"));
    let error = agr.revoke(&domain("dso.example"), &plan, now()).unwrap_err();
    assert!(matches!(error, Error::Kind { kind: Kind::DPrognosis, expected: Kind::FlexOffer, .. }));

    let order = order(&mut dso, &offered, "a", "1").unwrap();
    exchange(&mut dso, &mut agr, now());
    let error = agr.offer(&domain("dso.example"), &order, offer(), now()).unwrap_err();
    assert!(matches!(error, Error::Kind { kind: Kind::FlexOrder, expected: Kind::FlexRequest, .. }));
}

#[test]
fn an_answer_is_given_to_what_it_is_for() {
    let asking = |name| config(name).asking([Kind::FlexRequest, Kind::FlexOffer], TimeDelta::hours(1));
    let (mut dso, mut agr) = (dso(asking("dso.example")), agr(asking("agr.example")));
    dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    agr.offer_unsolicited(&domain("dso.example"), subject(), offer(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let event = next_event(&mut agr);
    let error = agr.answer_settlement(event, Vec::new(), now()).unwrap_err();
    assert!(matches!(error, Error::Kind { kind: Kind::FlexRequest, expected: Kind::FlexSettlement, .. }));
    let event = next_event(&mut dso);
    let error = dso.answer_prognosis(event, Vec::new(), now()).unwrap_err();
    assert!(matches!(error, Error::Kind { kind: Kind::FlexOffer, expected: Kind::DPrognosis, .. }));
}

#[test]
fn an_event_is_known_and_is_answered_once() {
    let asking = config("agr.example").asking([Kind::FlexRequest], TimeDelta::hours(1));
    let (mut dso, mut agr) = (dso(config("dso.example")), agr(asking));
    let request = dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let event = next_event(&mut agr);
    agr.accept(event, now()).unwrap();
    for error in [agr.accept(event, now()).unwrap_err(), agr.reject(event, "late", now()).unwrap_err()] {
        assert!(matches!(&error, Error::Answered(id) if *id == request), "{error:?}");
        assert_eq!(error.to_string(), format!("message {request} is answered already"));
    }

    // An event of another participant, whose messages are more.
    exchange(&mut dso, &mut agr, now());
    let mut longer = Vec::new();
    for _ in 0..4 {
        dso.test(&Peer { domain: domain("agr.example"), role: Role::Agr }, now()).unwrap();
        exchange(&mut dso, &mut agr, now());
    }
    while let Some(event) = dso.poll_event() {
        longer.push(event.id());
    }
    let (_, mut other, ..) = trade();
    let foreign = *longer.last().unwrap();
    let error = other.accept(foreign, now()).unwrap_err();
    assert!(matches!(error, Error::UnknownEvent(id) if id == foreign));
    assert_eq!(error.to_string(), format!("no event {} is known", foreign.sequence().number()));
    assert!(!other.acknowledge(foreign));
}

#[test]
fn the_application_cannot_decide_after_the_deadline() {
    let asking = config("agr.example").asking([Kind::FlexRequest], TimeDelta::hours(1));
    let (mut dso, mut agr) = (dso(config("dso.example")), agr(asking));
    dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let event = next_event(&mut agr);
    let late = agr.accept(event, now() + TimeDelta::hours(1)).unwrap_err();
    assert!(matches!(late, Error::Answered(_)), "{late:?}");
}

#[test]
fn messages_go_only_between_roles_that_exchange_them() {
    let mut agr = agr(config("agr.example"));
    let twin = Peer { domain: domain("agr2.example"), role: Role::Agr };
    let error = agr.test(&twin, now()).unwrap_err();
    assert!(matches!(error, Error::Routing { kind: Kind::TestMessage, from: Role::Agr, to: Role::Agr }));
    assert_eq!(error.to_string(), "AGR does not send TestMessage to AGR");
}

#[test]
fn an_order_is_for_an_option_and_a_part_of_it_that_are_offered() {
    let (mut dso, _, _, offer) = trade();
    let error = order(&mut dso, &offer, "b", "1").unwrap_err();
    assert!(matches!(&error, Error::Option { option, .. } if option == "b"), "{error:?}");
    assert_eq!(error.to_string(), format!("offer {offer} has no option \"b\""));
    let error = order(&mut dso, &offer, "a", "0.49").unwrap_err();
    assert!(matches!(error, Error::Factor { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("offer {offer} cannot be ordered to 0.49"));
    order(&mut dso, &offer, "a", "0.50").unwrap();
}

#[test]
fn what_is_void_is_not_sent() {
    let (mut dso, mut agr, request, offered) = trade();
    let (expired, other) = (now() + TimeDelta::hours(10), domain("dso.example"));
    let late = wish();
    let error = dso.request_flex(&domain("agr.example"), subject(), late, expired).unwrap_err();
    assert!(matches!(error, Error::Expired(at) if at == expired), "{error:?}");
    assert_eq!(error.to_string(), "expired at 2026-11-22 21:00:00 UTC");
    // An offer that would still stand, in answer to a request that does not.
    let long = Offer { expires: expired + TimeDelta::hours(1), ..offer() };
    let error = agr.offer(&other, &request, long, expired).unwrap_err();
    assert!(matches!(error, Error::Expired(at) if at == expired), "{error:?}");
    let late = dso.order(
        &domain("agr.example"),
        &offered,
        "a",
        ActivationFactor::ONE,
        "order-1",
        now() + TimeDelta::hours(8),
    );
    assert!(matches!(late, Err(Error::Expired(at)) if at == now() + TimeDelta::hours(8)));
}

#[test]
fn what_a_peer_would_reject_is_not_sent() {
    let (mut dso, mut agr, _, offered) = trade();
    let empty =
        dso.request_flex(&domain("agr.example"), subject(), Wish { isps: Vec::new(), ..wish() }, now());
    let error = empty.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(error.to_string().starts_with("not valid: missing "), "{error}");

    let mut twice = wish();
    twice.isps.push(twice.isps[0].clone());
    let overlapping = dso.request_flex(&domain("agr.example"), subject(), twice, now()).unwrap_err();
    assert_eq!(overlapping.to_string(), "not valid: ISP conflict (/FlexRequest/ISP[2]: 69 to 76)");
    let elsewhere = Subject { period: "2026-11-20".parse().unwrap(), ..subject() };
    let past = agr.prognosis(&domain("dso.example"), elsewhere, plan(), now()).unwrap_err();
    assert_eq!(past.to_string(), "not valid: Period out of bounds (/D-Prognosis/@Period: 2026-11-20)");

    order(&mut dso, &offered, "a", "1").unwrap();
    let again = order(&mut dso, &offered, "a", "1").unwrap_err();
    assert_eq!(again.to_string(), format!("not valid: offer {offered} is ordered already"));
    exchange(&mut dso, &mut agr, now());
    let revoked = agr.revoke(&domain("dso.example"), &offered, now()).unwrap_err();
    assert_eq!(revoked.to_string(), format!("not valid: offer {offered} is ordered already"));

    let mut old = config("dso.example");
    old.version = "3.0.0".parse().unwrap();
    let mut old = crate::stage::dso(old);
    let direct = old.order_unsolicited(&domain("agr.example"), subject(), direct_order("o"), now());
    assert_eq!(direct.unwrap_err().to_string(), "not valid: version 3.0.0 has no orders without an offer");
}

#[test]
fn only_an_offer_that_stands_and_was_accepted_is_ordered() {
    let asking = config("dso.example").asking([Kind::FlexOffer], TimeDelta::hours(1));
    let (mut dso, mut agr) = (dso(asking), agr(config("agr.example")));
    let offered = agr.offer_unsolicited(&domain("dso.example"), subject(), offer(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let early = order(&mut dso, &offered, "a", "1").unwrap_err();
    assert_eq!(early.to_string(), format!("not valid: offer {offered} is not accepted"));
    let event = next_event(&mut dso);
    dso.accept(event, now()).unwrap();
    agr.revoke(&domain("dso.example"), &offered, now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let late = order(&mut dso, &offered, "a", "1").unwrap_err();
    assert_eq!(late.to_string(), format!("not valid: offer {offered} is revoked"));
}

#[test]
fn only_a_request_that_was_accepted_is_answered_with_an_offer() {
    let asking = config("agr.example").asking([Kind::FlexRequest], TimeDelta::hours(1));
    let (mut dso, mut agr) = (dso(config("dso.example")), agr(asking));
    let request = dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    // It may still be rejected, and the offer with it.
    let early = agr.offer(&domain("dso.example"), &request, offer(), now()).unwrap_err();
    assert_eq!(early.to_string(), format!("not valid: request {request} is not accepted"));
    let event = next_event(&mut agr);
    agr.accept(event, now()).unwrap();
    agr.offer(&domain("dso.example"), &request, offer(), now()).unwrap();
}

#[test]
fn an_offer_is_not_taken_back_while_its_order_may_be_accepted() {
    let asking = config("agr.example").asking([Kind::FlexOrder], TimeDelta::hours(1));
    let (mut dso, mut agr) = (dso(config("dso.example")), agr(asking));
    let offered = agr.offer_unsolicited(&domain("dso.example"), subject(), offer(), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    order(&mut dso, &offered, "a", "1").unwrap();
    exchange(&mut dso, &mut agr, now());
    let early = agr.revoke(&domain("dso.example"), &offered, now()).unwrap_err();
    assert_eq!(early.to_string(), format!("not valid: offer {offered} is ordered already"));
    while agr.poll_event().is_some_and(|event| agr.reject(event.id(), "not now", now()).is_err()) {}
    agr.revoke(&domain("dso.example"), &offered, now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    assert!(dso.messages().all(|entry| !matches!(entry.state.stage, Stage::Rejected { .. })));
}

#[test]
fn an_answer_that_a_peer_would_not_take_is_not_given() {
    let asking = config("dso.example").asking([Kind::DPrognosis], TimeDelta::hours(1));
    let (mut dso, mut agr) =
        (dso(asking), agr(config("agr.example").asking([Kind::FlexSettlement], TimeDelta::hours(1))));
    agr.prognosis(&domain("dso.example"), subject(), plan(), now()).unwrap();
    let direct = dso.order_unsolicited(&domain("agr.example"), subject(), direct_order("order-1"), now());
    exchange(&mut dso, &mut agr, now());
    let event = question(&mut dso);
    let status = |id| FlexOrderStatus { flex_order_message_id: id, is_validated: true };
    let unknown = dso.answer_prognosis(event, vec![status(nobody())], now()).unwrap_err();
    assert!(unknown.to_string().starts_with("not valid: Unknown FlexOrderMessageID reference"), "{unknown}");
    dso.answer_prognosis(event, vec![status(direct.unwrap())], now()).unwrap();

    while agr.poll_event().is_some() {}
    dso.settle(&domain("agr.example"), settlement("order-1"), now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    let event = question(&mut agr);
    let status = |order: &str| FlexOrderSettlementStatus {
        order_reference: Some(order.to_owned()),
        disposition: Verdict::Accepted,
        dispute_reason: None,
    };
    let empty = agr.answer_settlement(event, Vec::new(), now()).unwrap_err();
    assert!(empty.to_string().starts_with("not valid: missing FlexOrderSettlementStatus in "), "{empty}");
    let foreign = vec![status("order-1"), status("order-2")];
    let unknown = agr.answer_settlement(event, foreign, now()).unwrap_err();
    assert!(unknown.to_string().starts_with("not valid: Unknown OrderReference reference"), "{unknown}");
    agr.answer_settlement(event, vec![status("order-1")], now()).unwrap();
    exchange(&mut dso, &mut agr, now());
    for answer in agr.messages().chain(dso.messages()) {
        assert!(!matches!(answer.state.stage, Stage::Rejected { .. }), "{answer:?}");
    }
}

#[test]
fn meter_data_that_the_schema_refuses_are_not_sent_whatever_the_length_of_the_code() {
    let mut agr = agr(config("agr.example"));
    for ean in ["E1234567890123456", "E123456789012345678"] {
        let full = readings(0, ean);
        let [profile] = full.profiles.as_slice() else { panic!("{full:?}") };
        let bare = vec![Profile { isps: Vec::new(), ..profile.clone() }];
        for (profiles, missing) in [(Vec::new(), "missing Profile in "), (bare, "missing ISP in ")] {
            let data = MeterData { profiles, ..full.clone() };
            let error = agr.meter(&domain("dso.example"), data, now()).unwrap_err();
            assert!(error.to_string().starts_with(&format!("not valid: {missing}")), "{error}");
        }
        assert_eq!(agr.waiting(), 0);
        agr.meter(&domain("dso.example"), full, now()).unwrap();
        agr.poll_transmit(now()).unwrap();
        agr = crate::stage::agr(config("agr.example"));
    }
}

#[test]
fn no_more_waits_than_may() {
    let mut few = config("agr.example");
    few.max_waiting = 2;
    let mut agr = agr(few);
    let peer = Peer { domain: domain("dso.example"), role: Role::Dso };
    agr.test(&peer, now()).unwrap();
    agr.test(&peer, now()).unwrap();
    let error = agr.test(&peer, now()).unwrap_err();
    assert!(matches!(error, Error::Full { limit: 2 }), "{error:?}");
    assert_eq!(error.to_string(), "2 messages wait already");
    assert_eq!(agr.waiting(), 2);
}

#[test]
fn a_text_that_xml_cannot_carry_is_told() {
    let mut dso = dso(config("dso.example"));
    let order = direct_order("a\u{1}b");
    let error = dso.order_unsolicited(&domain("agr.example"), subject(), order, now()).unwrap_err();
    assert!(matches!(error, Error::Sealing(_)), "{error:?}");
    assert_eq!(error.to_string(), "the message cannot be sealed");
    assert_eq!(dso.waiting(), 0);
}

/// The next thing that a participant tells.
fn next_event<P: Party>(participant: &mut Participant<P>) -> EventId {
    participant.poll_event().as_ref().map(Event::id).unwrap()
}

/// The next thing that a participant asks.
fn question<P: Party>(participant: &mut Participant<P>) -> EventId {
    let mut events = std::iter::from_fn(|| participant.poll_event());
    events.find(|event| matches!(event, Event::Request { decide_by: Some(_), .. })).unwrap().id()
}
