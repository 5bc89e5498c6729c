//! Messages whose delivery is cut short: by a restart, or by an answer that comes too late.

use chrono::TimeDelta;
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::store::{MemoryStore, Peer, Stage, Store as _};
use usef_messages::roles::Dso;
use usef_messages::values::Role;

use crate::stage::{config, domain, dso_on, now};

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
