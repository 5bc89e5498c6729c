//! Grid operator and aggregator: one of them ours, the other the library's.

use std::num::NonZeroU32;

use chrono::{Days, TimeDelta};
use examples::flex_trader::edge::Node;
use examples::flex_trader::setup::Need;
use serde_json::json;
use usef_messages::d_prognosis;
use usef_messages::flex_offer::{FlexOffer, Isp, OfferOption};
use usef_messages::flex_request;
use usef_messages::flex_settlement::{
    ContractIsp, ContractPeriod, ContractSettlement, FlexOrderSettlement, OrderIsp,
};
use usef_messages::metering::{self, Profile, ProfileType, Unit};
use usef_messages::payload::{Kind, Payload};
use usef_messages::roles::agr::{Aggregator, MeterData, Offer};
use usef_messages::roles::delivery::Failure;
use usef_messages::roles::dso::{DirectOrder, GridOperator, Settlement, Wish};
use usef_messages::roles::store::{Direction, MemoryStore, Stage};
use usef_messages::roles::{Agr, Dso, Subject};
use usef_messages::values::{
    ActivationFactor, Currency, Disposition, Outcome, Period, Role, Uuid, Verdict, Version,
};

use crate::peer::{Peer, accepted, answered, beside, domain, party, until};

const REDUCTION_W: i64 = -500_000;
const BASELINE_W: i64 = 900_000;
const FIRST: NonZeroU32 = NonZeroU32::new(69).expect("not 0");
const COUNT: NonZeroU32 = NonZeroU32::new(8).expect("not 0");

async fn our_dso(env: &[(&str, &str)], version: &str) -> (Node<GridOperator>, Peer) {
    let version: Version = version.parse().expect("a version");
    let (dso, [agr]) = beside(Role::Dso, [Role::Agr], env, |mut config, key, book| {
        config.version = version;
        Dso::new(config, key, book, MemoryStore::default(), rand::random()).expect("an empty store")
    })
    .await;
    (dso, agr)
}

async fn our_agr(env: &[(&str, &str)], version: &str) -> (Node<Aggregator>, Peer) {
    let version: Version = version.parse().expect("a version");
    let (agr, [dso]) = beside(Role::Agr, [Role::Dso], env, |mut config, key, book| {
        config.version = version;
        Agr::new(config, key, book, MemoryStore::default(), rand::random()).expect("an empty store")
    })
    .await;
    (agr, dso)
}

fn subject() -> Subject {
    Need::default().tomorrow().expect("tomorrow").0
}

/// A day that is over everywhere.
fn metered_day(subject: &Subject) -> Period {
    (subject.period.date() - Days::new(3)).into()
}

fn euro() -> Currency {
    "EUR".parse().expect("a currency")
}

fn isp() -> Isp {
    Isp { power_w: REDUCTION_W, start: FIRST, duration: Some(COUNT) }
}

fn wish(now: chrono::DateTime<chrono::Utc>) -> Wish {
    Wish {
        expires: now + TimeDelta::hours(1),
        isps: vec![flex_request::Isp {
            disposition: Some(Disposition::Requested),
            min_power_w: REDUCTION_W,
            max_power_w: 0,
            start: FIRST,
            duration: Some(COUNT),
        }],
        contract_id: None,
        service_type: None,
    }
}

fn option(price: &str) -> OfferOption {
    OfferOption {
        option_reference: "a".to_owned(),
        price: price.parse().expect("an amount"),
        min_activation_factor: None,
        isps: vec![isp()],
    }
}

fn settled(subject: &Subject, order_reference: &str, price: &str) -> FlexOrderSettlement {
    FlexOrderSettlement {
        order_reference: Some(order_reference.to_owned()),
        period: subject.period,
        contract_id: None,
        d_prognosis_message_id: None,
        baseline_reference: None,
        congestion_point: subject.congestion_point.clone(),
        price: price.parse().expect("an amount"),
        penalty: None,
        net_settlement: price.parse().expect("an amount"),
        isps: vec![OrderIsp {
            start: FIRST,
            duration: Some(COUNT),
            baseline_power_w: BASELINE_W,
            ordered_flex_power_w: REDUCTION_W,
            actual_power_w: BASELINE_W + REDUCTION_W,
            delivered_flex_power_w: REDUCTION_W,
            power_deficiency_w: None,
        }],
    }
}

fn reserved(subject: &Subject) -> ContractSettlement {
    let isp = ContractIsp {
        start: FIRST,
        duration: Some(COUNT),
        reserved_power_w: REDUCTION_W,
        requested_power_w: Some(REDUCTION_W),
        available_power_w: None,
        offered_power_w: Some(REDUCTION_W),
        ordered_power_w: Some(REDUCTION_W),
    };
    ContractSettlement {
        contract_id: Some("c".to_owned()),
        periods: vec![ContractPeriod { period: subject.period, isps: vec![isp] }],
    }
}

fn flex_offer(message: Payload) -> FlexOffer {
    let Payload::FlexOffer(offer) = message else { panic!("{message:?}") };
    offer
}

/// Orders an offer of the peer's.
fn order(dso: &Node<GridOperator>, offer: &Uuid, reference: &str) {
    let agr = domain(Role::Agr);
    dso.with(|dso, now| dso.order(&agr, offer, "b", ActivationFactor::ONE, reference, now)).expect("sent");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_grid_operator_and_their_aggregator_exchange_every_message() {
    let (dso, mut agr) = our_dso(&[], "3.1.0").await;
    let (subject, other) = (subject(), domain(Role::Agr));
    let day = subject.period;

    dso.with(|dso, now| dso.test(&party(Role::Agr), now)).expect("sent");
    answered(&dso, Kind::TestMessageResponse).await;
    agr.send(Kind::TestMessage, Role::Dso, day, json!({}));
    agr.received(Kind::TestMessageResponse);

    agr.send(Kind::DPrognosis, Role::Dso, day, json!({}));
    accepted(&dso, Kind::DPrognosis).await;
    agr.received_response(Kind::DPrognosisResponse, Outcome::Accepted, None);
    agr.send(Kind::Metering, Role::Dso, metered_day(&subject), json!({}));
    accepted(&dso, Kind::Metering).await;
    agr.received_response(Kind::MeteringResponse, Outcome::Accepted, None);

    dso.with(|dso, now| {
        dso.update_reservation(&other, subject.clone(), "c", "r", vec![isp()], now).expect("sent");
        dso.request_flex(&other, subject.clone(), wish(now), now).expect("sent");
    });
    answered(&dso, Kind::FlexReservationUpdateResponse).await;
    answered(&dso, Kind::FlexRequestResponse).await;

    agr.send(Kind::FlexOffer, Role::Dso, day, json!({}));
    let offer = flex_offer(accepted(&dso, Kind::FlexOffer).await);
    agr.received_response(Kind::FlexOfferResponse, Outcome::Accepted, None);
    order(&dso, &offer.message_id, "order-1");
    let Payload::FlexOrder(ordered) = agr.received(Kind::FlexOrder) else { panic!("no order") };
    assert_eq!(ordered.flex_offer_message_id, Some(offer.message_id));
    assert_eq!((ordered.price, ordered.isps), ("90".parse().expect("an amount"), vec![isp()]));
    answered(&dso, Kind::FlexOrderResponse).await;

    let direct = DirectOrder {
        order_reference: "order-2".to_owned(),
        price: "75".parse().expect("an amount"),
        currency: euro(),
        isps: vec![isp()],
        contract_id: Some("c".to_owned()),
        service_type: None,
        d_prognosis_message_id: None,
        baseline_reference: None,
    };
    let direct =
        dso.with(|dso, now| dso.order_unsolicited(&other, subject.clone(), direct, now)).expect("sent");
    until(&dso, "the answer to the direct order", |entry| {
        entry.state.stage == Stage::Taken && entry.message.reference() == Some(&direct)
    })
    .await;

    agr.send(Kind::FlexOffer, Role::Dso, day, json!({ "unsolicited": true }));
    agr.send(Kind::FlexOfferRevocation, Role::Dso, day, json!({}));
    accepted(&dso, Kind::FlexOfferRevocation).await;
    agr.received_response(Kind::FlexOfferRevocationResponse, Outcome::Accepted, None);

    let settlement = Settlement {
        start: day,
        end: day,
        currency: euro(),
        orders: vec![settled(&subject, "order-1", "90"), settled(&subject, "order-2", "75")],
        contracts: vec![reserved(&subject)],
    };
    dso.with(|dso, now| dso.settle(&other, settlement, now)).expect("sent");
    let Payload::FlexSettlementResponse(response) = answered(&dso, Kind::FlexSettlementResponse).await else {
        panic!("no response")
    };
    let statuses = response.flex_order_settlement_statuses;
    assert_eq!(statuses.len(), 2);
    assert!(statuses.iter().all(|status| status.disposition == Verdict::Disputed), "{statuses:?}");
    assert_eq!(statuses[0].dispute_reason.as_deref(), Some("the meter shows more"));
    agr.has_done_all(Role::Dso);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_aggregator_and_their_grid_operator_exchange_every_message() {
    let (agr, mut dso) = our_agr(&[], "3.1.0").await;
    let (subject, other) = (subject(), domain(Role::Dso));
    let day = subject.period;

    agr.with(|agr, now| agr.test(&party(Role::Dso), now)).expect("sent");
    answered(&agr, Kind::TestMessageResponse).await;
    dso.send(Kind::TestMessage, Role::Agr, day, json!({}));
    dso.received(Kind::TestMessageResponse);

    let isps = (1..=96).map(|start| metering::Isp { start, value: "1.25".parse().expect("a number") });
    let meter = MeterData {
        ean: "E871685900000000018".parse().expect("a metering point"),
        period: metered_day(&subject),
        time_zone: subject.time_zone.clone(),
        isp_duration: subject.isp_duration.clone(),
        currency: None,
        profiles: vec![Profile {
            profile_type: ProfileType::Power,
            unit: Unit::Kilowatt,
            isps: isps.collect(),
        }],
    };
    agr.with(|agr, now| {
        let plan = d_prognosis::Isp { power_w: BASELINE_W, start: 1, duration: Some(96) };
        agr.prognosis(&other, subject.clone(), vec![plan], now).expect("sent");
        agr.meter(&other, meter, now).expect("sent");
    });
    answered(&agr, Kind::DPrognosisResponse).await;
    answered(&agr, Kind::MeteringResponse).await;

    dso.send(Kind::FlexReservationUpdate, Role::Agr, day, json!({}));
    dso.received_response(Kind::FlexReservationUpdateResponse, Outcome::Accepted, None);
    dso.send(Kind::FlexRequest, Role::Agr, day, json!({}));
    let request = accepted(&agr, Kind::FlexRequest).await;
    dso.received_response(Kind::FlexRequestResponse, Outcome::Accepted, None);

    let offer = agr.with(|agr, now| {
        let offer = Offer::new(now + TimeDelta::minutes(30), euro(), vec![option("80.00")]);
        agr.offer(&other, request.message_id(), offer, now).expect("sent")
    });
    answered(&agr, Kind::FlexOfferResponse).await;
    assert_eq!(flex_offer(dso.received(Kind::FlexOffer)).message_id, offer);
    dso.send(Kind::FlexOrder, Role::Agr, day, json!({ "order": "order-1" }));
    accepted(&agr, Kind::FlexOrder).await;
    dso.received_response(Kind::FlexOrderResponse, Outcome::Accepted, None);
    dso.send(Kind::FlexOrder, Role::Agr, day, json!({ "order": "order-2", "unsolicited": true }));

    agr.with(|agr, now| {
        let offer = Offer::new(now + TimeDelta::minutes(30), euro(), vec![option("70.00")]);
        let offer = agr.offer_unsolicited(&other, subject.clone(), offer, now).expect("sent");
        agr.revoke(&other, &offer, now).expect("sent");
    });
    answered(&agr, Kind::FlexOfferRevocationResponse).await;

    // Each of the orders is settled, or the settlement is not accepted.
    until(&agr, "the direct order", |entry| {
        let is_direct =
            matches!(&entry.message, Payload::FlexOrder(it) if it.flex_offer_message_id.is_none());
        is_direct && entry.state.stage.is_accepted()
    })
    .await;
    let orders = json!({ "orders": [["order-1", "80"], ["order-2", "75"]] });
    dso.send(Kind::FlexSettlement, Role::Agr, day, orders);
    accepted(&agr, Kind::FlexSettlement).await;
    dso.received_response(Kind::FlexSettlementResponse, Outcome::Accepted, None);
    dso.has_done_all(Role::Agr);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn a_trade_in_the_older_edition_stays_in_it() {
    let (dso, mut agr) = our_dso(&[("UFTP_VERSION", "3.0.0")], "3.0.0").await;
    let (subject, other) = (subject(), domain(Role::Agr));
    dso.with(|dso, now| dso.request_flex(&other, subject.clone(), wish(now), now)).expect("sent");
    agr.received(Kind::FlexRequest);
    agr.send(Kind::FlexOffer, Role::Dso, subject.period, json!({}));
    let offer = flex_offer(accepted(&dso, Kind::FlexOffer).await);
    order(&dso, &offer.message_id, "order-1");
    answered(&dso, Kind::FlexOrderResponse).await;
    let all = dso.with(|dso, _| dso.messages().map(|entry| entry.message.clone()).collect::<Vec<_>>());
    assert_eq!(all.len(), 6, "{all:#?}");
    for message in all {
        assert_eq!(message.version().as_str(), "3.0.0", "{}", message.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn an_offer_that_nobody_asked_for_needs_the_newer_edition() {
    let (agr, _dso) = our_agr(&[("UFTP_VERSION", "3.0.0")], "3.0.0").await;
    let offer = agr.with(|agr, now| {
        let offer = Offer::new(now + TimeDelta::minutes(30), euro(), vec![option("80.00")]);
        agr.offer_unsolicited(&domain(Role::Dso), subject(), offer, now).expect("sent")
    });
    until(&agr, "the refusal", |entry| {
        *entry.message.message_id() == offer
            && matches!(&entry.state.stage, Stage::Failed(Failure::Refused { code: 400, .. }))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn rejections_and_their_reasons_arrive() {
    let (dso, mut agr) = our_dso(&[("REJECT", "FlexRequest")], "3.1.0").await;
    let (subject, other) = (subject(), domain(Role::Agr));
    dso.with(|dso, now| dso.request_flex(&other, subject.clone(), wish(now), now)).expect("sent");
    let response =
        until(&dso, "the rejection", |entry| entry.message.result() == Some(Outcome::Rejected)).await;
    assert_eq!(response.rejection_reason(), Some("Unauthorized"));

    let late = json!({ "unsolicited": true, "expires": "2020-01-01T00:00:00Z" });
    agr.send(Kind::FlexOffer, Role::Dso, subject.period, late);
    let reason = Some("ExpirationDateTime out of bounds");
    agr.received_response(Kind::FlexOfferResponse, Outcome::Rejected, reason);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn a_message_that_is_sent_twice_counts_once() {
    let (dso, mut agr) = our_dso(&[], "3.1.0").await;
    let day = subject().period;
    agr.send(Kind::DPrognosis, Role::Dso, day, json!({}));
    accepted(&dso, Kind::DPrognosis).await;
    agr.received_response(Kind::DPrognosisResponse, Outcome::Accepted, None);
    // Refused, the library's client would have failed.
    agr.send(Kind::DPrognosis, Role::Dso, day, json!({ "again": true }));
    let received =
        dso.with(|dso, _| dso.messages().filter(|entry| entry.direction == Direction::Received).count());
    assert_eq!(received, 1);
}
