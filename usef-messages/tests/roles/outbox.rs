//! Messages whose delivery is cut short: by a restart, by an answer that comes too late, by being forgotten.

use chrono::{DateTime, TimeDelta, Utc};
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::store::{MemoryStore, Peer, Stage, Store as _};
use usef_messages::roles::{Agr, Dso, Event, EventId, Taken};
use usef_messages::values::Role;

use crate::stage::{agr_on, config, domain, dso_on, now, pass};

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
