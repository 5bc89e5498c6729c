//! Messages whose delivery is cut short: by a restart, by an answer that comes too late, by being forgotten.

use chrono::{DateTime, TimeDelta, Utc};
use usef_messages::agr_portfolio::Connection;
use usef_messages::payload::Kind;
use usef_messages::roles::agr::Offer;
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::store::{MemoryStore, Peer, Stage, Store as _};
use usef_messages::roles::{Agr, Dso, Event, EventId, Taken};
use usef_messages::values::Role;

use crate::stage::{
    agr_on, config, domain, dso_on, exchange, isp, now, offer, pass, plan, readings, subject, wish,
};

fn dso(store: &MemoryStore) -> Dso {
    dso_on(config("dso.example"), store.clone()).unwrap()
}

fn agr() -> Peer {
    Peer::new(domain("agr.example"), Role::Agr)
}

fn stage(store: &MemoryStore) -> Stage {
    store.clone().load().unwrap()[0].state.stage.clone()
}

#[test]
fn a_message_that_was_read_before_a_restart_is_delivered_though_it_is_refused_as_duplicate() {
    let store = MemoryStore::default();
    let mut killed = dso(&store);
    killed.test(&agr(), now()).unwrap();
    let posted = killed.poll_transmit(now()).unwrap();
    drop(killed);
    let mut dso = dso(&store);
    let again = dso.poll_transmit(now()).unwrap();
    assert_eq!(again.body, posted.body);
    let text = "Duplicate message".to_owned();
    dso.handle_delivery(again.id, DeliveryResult::Status { code: 400, retry_after: None, text }, now());
    assert_eq!(stage(&store), Stage::Delivered);
    assert_eq!(dso.poll_event(), None);
}

#[test]
fn the_end_of_an_earlier_try_is_not_taken_for_that_of_the_present_one() {
    let store = MemoryStore::default();
    let mut dso = dso(&store);
    dso.test(&agr(), now()).unwrap();
    let first = dso.poll_transmit(now()).unwrap();
    dso.handle_delivery(first.id, DeliveryResult::status(503), now());
    let later = now() + TimeDelta::seconds(2);
    let second = dso.poll_transmit(later).unwrap();
    dso.handle_delivery(first.id, DeliveryResult::status(401), later);
    assert_eq!(dso.poll_transmit(later + TimeDelta::hours(1)), None, "one is under way");
    dso.handle_delivery(second.id, DeliveryResult::status(200), later);
    assert_eq!(stage(&store), Stage::Delivered);
}

/// An aggregator that remembers messages for a day.
fn forgetful(store: &MemoryStore) -> Agr {
    let config = usef_messages::roles::Config { keep: TimeDelta::days(1), ..config("agr.example") };
    agr_on(config, store.clone()).unwrap()
}

/// Takes a ping and answers it; what the event is called.
fn ping(dso: &mut Dso, agr: &mut Agr, now: DateTime<Utc>) -> EventId {
    dso.test(&self::agr(), now).unwrap();
    pass(dso, agr, now).unwrap().unwrap();
    let id = agr.poll_event().unwrap().id();
    agr.acknowledge(id);
    pass(agr, dso, now).unwrap().unwrap();
    id
}

#[test]
fn no_event_is_called_like_another_that_was_forgotten() {
    let store = MemoryStore::default();
    let (mut dso, mut agr) = (dso(&MemoryStore::default()), forgetful(&store));
    let before = ping(&mut dso, &mut agr, now());
    let later = now() + TimeDelta::days(3);
    agr.handle_timeout(later);
    assert_eq!(store.clone().load().unwrap().len(), 1, "all but the last is forgotten");
    let mut restarted = forgetful(&store);
    assert!(ping(&mut dso, &mut restarted, later) > before);
}

#[test]
fn a_message_is_known_for_as_long_as_its_time_stamp_is_taken() {
    let (mut dso, mut agr) = (dso(&MemoryStore::default()), forgetful(&MemoryStore::default()));
    let ahead = now() + TimeDelta::minutes(50);
    dso.test(&self::agr(), ahead).unwrap();
    let posted = dso.poll_transmit(ahead).unwrap();
    assert_eq!(agr.handle_request(&posted.body, now()).unwrap(), Taken::New);
    let answer = agr.poll_transmit(now()).unwrap();
    agr.handle_delivery(answer.id, DeliveryResult::status(200), now());
    let event = agr.poll_event().unwrap();
    assert!(matches!(event, Event::Request { .. }));
    agr.acknowledge(event.id());
    let replayed = now() + TimeDelta::days(1) + TimeDelta::minutes(20);
    assert_eq!(agr.handle_request(&posted.body, replayed).unwrap(), Taken::Before);
    assert_eq!(agr.poll_event(), None);
}

/// What is posted at once, when nothing of it arrives.
fn posted<P: usef_messages::roles::Party>(from: &mut usef_messages::roles::Participant<P>) -> Vec<Kind> {
    let mut posted = Vec::new();
    while let Some(transmit) = from.poll_transmit(now()) {
        let received = usef_messages::sealing::Received::read(&transmit.body).unwrap();
        let message = received.open(&[crate::stage::key(from.domain().as_str()).public_key()]).unwrap();
        let message: usef_messages::Payload = message.into_message();
        posted.push(message.kind());
    }
    posted
}

#[test]
fn nothing_overtakes_what_it_replaces_or_rests_on() {
    let mut agr = agr_on(config("agr.example"), MemoryStore::default()).unwrap();
    let dso = domain("dso.example");
    let plan_id = agr.prognosis(&dso, subject(), plan(), now()).unwrap();
    agr.prognosis(&dso, subject(), plan(), now()).unwrap();
    let relative = Offer { d_prognosis_message_id: Some(plan_id), ..offer() };
    agr.offer_unsolicited(&dso, subject(), relative, now()).unwrap();
    agr.offer_unsolicited(&dso, subject(), offer(), now()).unwrap();
    for ean in ["E1234567890123456", "E1234567890123456", "E1234567890123457"] {
        agr.meter(&dso, readings(0, ean), now()).unwrap();
    }
    for day in ["2026-11-23", "2026-11-24"] {
        let connection = Connection {
            entity_address: subject().congestion_point,
            start_period: day.parse().unwrap(),
            end_period: None,
        };
        let zone = subject().time_zone;
        agr.update_portfolio(&domain("cro.example"), zone, vec![connection], now()).unwrap();
    }
    assert_eq!(
        posted(&mut agr),
        [Kind::DPrognosis, Kind::FlexOffer, Kind::Metering, Kind::Metering, Kind::AgrPortfolioUpdate]
    );

    let mut dso = self::dso(&MemoryStore::default());
    for agr in ["agr.example", "agr.example", "agr2.example"] {
        dso.request_flex(&domain(agr), subject(), wish(), now()).unwrap();
        let (agr, isps) = (domain(agr), vec![isp()]);
        dso.update_reservation(&agr, subject(), "contract-1", "week 47", isps, now()).unwrap();
    }
    assert_eq!(
        posted(&mut dso),
        [Kind::FlexRequest, Kind::FlexReservationUpdate, Kind::FlexRequest, Kind::FlexReservationUpdate]
    );
}

#[test]
fn what_stood_behind_another_goes_when_that_arrived() {
    let mut agr = agr_on(config("agr.example"), MemoryStore::default()).unwrap();
    let mut dso = dso(&MemoryStore::default());
    for _ in 0..3 {
        agr.prognosis(dso.domain(), subject(), plan(), now()).unwrap();
    }
    exchange(&mut agr, &mut dso, now());
    assert_eq!((agr.waiting(), dso.waiting()), (0, 0));
    let accepted = dso.messages().filter(|entry| entry.state.stage.is_accepted());
    let revisions: Vec<_> = accepted.filter_map(|entry| entry.message.revision()).collect();
    assert_eq!(revisions, [1, 2, 3]);
}
