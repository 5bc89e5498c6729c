//! A trade in which a store fails at one operation after the other, with programs that go on or are killed by it: nothing
//! is lost and nothing happens twice.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use usef_messages::payload::Kind;
use usef_messages::roles::agr::{self, Aggregator};
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::dso::{self, GridOperator};
use usef_messages::roles::store::Entry;
use usef_messages::roles::{Agr, Dso, Event, EventId, Participant, Party, status};
use usef_messages::values::ActivationFactor;

use crate::stage::{agr_on, config, domain, dso_on, now, offer, plan, subject, wish};
use crate::store::Flaky;

type Act<P> = fn(
    &mut Participant<P>,
    Event<<P as Party>::Request, <P as Party>::Response>,
    DateTime<Utc>,
) -> &'static str;

/// A participant, its store, and the program that uses both: it keeps its own effects beside what the participant keeps.
struct Side<P: Party> {
    participant: Participant<P>,
    store: Flaky,
    start: fn(Flaky) -> Participant<P>,
    act: Act<P>,
    effects: BTreeMap<EventId, &'static str>,
    /// Whether the program is killed where its store fails.
    is_killed: bool,
}

impl<P: Party> Side<P> {
    fn new(store: Flaky, is_killed: bool, start: fn(Flaky) -> Participant<P>, act: Act<P>) -> Self {
        let participant = start(store.clone());
        Self { participant, store, start, act, effects: BTreeMap::new(), is_killed }
    }

    /// Kills and starts the program if its store has just failed; whether it did.
    fn restart(&mut self) -> bool {
        let failed = self.store.take_failed();
        if failed && self.is_killed {
            self.participant = (self.start)(self.store.clone());
        }
        failed && self.is_killed
    }

    fn act(&mut self, now: DateTime<Utc>) {
        self.participant.handle_timeout(now);
        self.restart();
        while let Some(event) = self.participant.poll_event() {
            let (id, act) = (event.id(), self.act);
            let mut effect = "";
            let _ = self.participant.together(|participant| {
                effect = act(participant, event, now);
                participant.acknowledge(id);
            });
            // What was not durable when the program was killed had no effect.
            if !self.restart() {
                assert_eq!(self.effects.insert(id, effect), None, "{effect} had its effect before");
            }
        }
        self.restart();
    }

    fn post<Q: Party>(&mut self, to: &mut Side<Q>, now: DateTime<Utc>) {
        let Some(transmit) = self.participant.poll_transmit(now) else {
            self.restart();
            return;
        };
        let taken = to.participant.handle_request(&transmit.body, now);
        to.restart();
        self.participant.handle_delivery(transmit.id, DeliveryResult::status(status(&taken).code()), now);
        self.restart();
    }

    fn check(&self, expected: &[&str], what: &str) -> Vec<Entry> {
        let mut effects: Vec<_> = self.effects.values().copied().collect();
        effects.sort_unstable();
        assert_eq!(effects, expected, "{what}");
        let entries = self.store.entries();
        let known: Vec<_> = self.participant.messages().cloned().collect();
        assert_eq!(known, entries, "{what}");
        assert!(entries.iter().all(|entry| entry.state.told), "{what}");
        assert_eq!(self.participant.waiting(), 0, "{what}");
        entries
    }
}

fn agr_acts(agr: &mut Agr, event: Event<agr::Request, agr::Response>, now: DateTime<Utc>) -> &'static str {
    let (id, dso) = (event.id(), domain("dso.example"));
    match event {
        Event::Request { message: agr::Request::FlexRequest(request), .. } => {
            agr.offer(&dso, &request.message_id, offer(), now).unwrap();
            "request"
        }
        Event::Request { message: agr::Request::FlexOrder(_), .. } => {
            agr.accept(id, now).unwrap();
            agr.prognosis(&dso, subject(), plan(), now).unwrap();
            "order"
        }
        Event::Response { message: agr::Response::FlexOfferResponse(_), .. } => "offer answered",
        Event::Response { message: agr::Response::DPrognosisResponse(_), .. } => "plan answered",
        other => panic!("unexpected: {other:?}"),
    }
}

fn dso_acts(dso: &mut Dso, event: Event<dso::Request, dso::Response>, now: DateTime<Utc>) -> &'static str {
    match event {
        Event::Request { message: dso::Request::FlexOffer(offer), .. } => {
            let agr = domain("agr.example");
            dso.order(&agr, &offer.message_id, "a", ActivationFactor::ONE, "order-1", now).unwrap();
            "offer"
        }
        Event::Request { message: dso::Request::DPrognosis(_), .. } => "plan",
        Event::Response { message: dso::Response::FlexRequestResponse(_), .. } => "request answered",
        Event::Response { message: dso::Response::FlexOrderResponse(_), .. } => "order answered",
        other => panic!("unexpected: {other:?}"),
    }
}

fn start_agr(store: Flaky) -> Participant<Aggregator> {
    let asking = config("agr.example").asking([Kind::FlexOrder], TimeDelta::hours(1));
    agr_on(asking, store).unwrap()
}

fn start_dso(store: Flaky) -> Participant<GridOperator> {
    dso_on(config("dso.example"), store).unwrap()
}

/// Runs the trade to its end; how often each store was used.
fn trade(agr: Flaky, dso: Flaky, is_killed: bool, what: &str) -> (u64, u64) {
    let mut agr = Side::new(agr, is_killed, start_agr, agr_acts);
    let mut dso = Side::new(dso, is_killed, start_dso, dso_acts);
    let mut time = now();
    // What was not durable when the program was killed is wished for again.
    let ask = |dso: &mut Side<GridOperator>| {
        let _ = dso.participant.request_flex(&domain("agr.example"), subject(), wish(), now());
    };
    ask(&mut dso);
    while dso.restart() {
        ask(&mut dso);
    }
    for _ in 0..120 {
        time += TimeDelta::seconds(1);
        agr.act(time);
        dso.act(time);
        agr.post(&mut dso, time);
        dso.post(&mut agr, time);
    }
    let theirs = agr.check(&["offer answered", "order", "plan answered", "request"], what);
    let ours = dso.check(&["offer", "order answered", "plan", "request answered"], what);
    let ids = |entries: &[Entry]| {
        let mut ids: Vec<_> = entries.iter().map(|entry| entry.message.message_id().to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(theirs.len(), 8, "{what}: four requests and an answer to each");
    assert_eq!(ids(&theirs), ids(&ours), "{what}");
    (agr.store.commits(), dso.store.commits())
}

#[test]
fn a_store_that_fails_at_any_operation_neither_loses_nor_doubles_an_effect() {
    let (agr_commits, dso_commits) = trade(Flaky::default(), Flaky::default(), false, "no failure");
    assert!(agr_commits >= 10 && dso_commits >= 10, "{agr_commits} and {dso_commits} commits");
    for is_killed in [false, true] {
        for count in [1, 3] {
            for first in 0..agr_commits {
                let what = format!("agr fails {count} times from {first} on, killed: {is_killed}");
                trade(Flaky::failing(first, count), Flaky::default(), is_killed, &what);
            }
            for first in 0..dso_commits {
                let what = format!("dso fails {count} times from {first} on, killed: {is_killed}");
                trade(Flaky::default(), Flaky::failing(first, count), is_killed, &what);
            }
        }
    }
}
