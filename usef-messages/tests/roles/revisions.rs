//! The revisions that a participant counts for its application: of each kind, day, place and peer by themselves.

use chrono::Days;
use usef_messages::payload::Kind;
use usef_messages::roles::store::MemoryStore;
use usef_messages::roles::{Agr, Dso, Subject};

use crate::stage::{agr, agr_on, config, domain, dso, dso_on, exchange, now, plan, readings, subject, wish};

/// The revisions of a kind that were sent, in their order.
fn sent<P: usef_messages::roles::Party>(
    participant: &usef_messages::roles::Participant<P>,
    kind: Kind,
) -> Vec<i64> {
    let of_kind = participant.messages().filter(|entry| entry.message.kind() == kind);
    of_kind.filter_map(|entry| entry.message.revision()).collect()
}

fn next_day(subject: Subject) -> Subject {
    Subject { period: (subject.period.date() + Days::new(1)).into(), ..subject }
}

fn elsewhere(subject: Subject) -> Subject {
    Subject { congestion_point: "ean.871685900012636550".parse().unwrap(), ..subject }
}

#[test]
fn plans_are_counted_by_day_place_and_grid_operator() {
    let mut agr = agr(config("agr.example"));
    let mut send = |dso: &str, subject| agr.prognosis(&domain(dso), subject, plan(), now()).unwrap();
    send("dso.example", subject());
    send("dso.example", subject());
    send("dso.example", next_day(subject()));
    send("dso.example", elsewhere(subject()));
    send("dso2.example", subject());
    send("dso.example", subject());
    send("dso.example", next_day(subject()));
    assert_eq!(sent(&agr, Kind::DPrognosis), [1, 2, 1, 1, 1, 3, 2]);
}

#[test]
fn requests_are_counted_by_day_place_and_aggregator() {
    let mut dso = dso(config("dso.example"));
    let mut send =
        |agr: &str, subject: Subject| dso.request_flex(&domain(agr), subject, wish(), now()).unwrap();
    send("agr.example", subject());
    send("agr.example", next_day(subject()));
    send("agr.example", elsewhere(subject()));
    send("agr2.example", subject());
    send("agr.example", subject());
    assert_eq!(sent(&dso, Kind::FlexRequest), [1, 1, 1, 1, 2]);
}

#[test]
fn meter_data_are_counted_by_day_and_meter_and_a_peer_takes_each() {
    let (mut agr, mut dso) = (agr(config("agr.example")), dso(config("dso.example")));
    for (day, ean) in [
        (0, "E1234567890123456"),
        (0, "E1234567890123456"),
        (1, "E1234567890123456"),
        (0, "E1234567890123457"),
        (0, "E1234567890123456"),
    ] {
        agr.meter(&domain("dso.example"), readings(day, ean), now()).unwrap();
    }
    assert_eq!(sent(&agr, Kind::Metering), [1, 2, 1, 1, 3]);
    exchange(&mut agr, &mut dso, now());
    assert_eq!(dso.messages().filter(|entry| entry.state.stage.is_accepted()).count(), 5);
}

#[test]
fn counting_goes_on_after_a_restart() {
    let store = MemoryStore::default();
    let mut first: Agr = agr_on(config("agr.example"), store.clone()).unwrap();
    first.prognosis(&domain("dso.example"), subject(), plan(), now()).unwrap();
    first.prognosis(&domain("dso.example"), next_day(subject()), plan(), now()).unwrap();
    drop(first);
    let mut second: Agr = agr_on(config("agr.example"), store).unwrap();
    second.prognosis(&domain("dso.example"), next_day(subject()), plan(), now()).unwrap();
    assert_eq!(sent(&second, Kind::DPrognosis), [1, 1, 2]);

    let store = MemoryStore::default();
    let mut first: Dso = dso_on(config("dso.example"), store.clone()).unwrap();
    first.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    drop(first);
    let mut second: Dso = dso_on(config("dso.example"), store).unwrap();
    second.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    assert_eq!(sent(&second, Kind::FlexRequest), [1, 2]);
}
