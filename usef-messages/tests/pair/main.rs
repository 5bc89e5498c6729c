//! Participants as state machines on virtual time, with a network between them that loses, repeats, delays and reorders,
//! and with programs that are killed and started again; every message is a signed document on its way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod market;
mod network;
mod trade;

use chrono::TimeDelta;
use usef_messages::payload::{Kind, Payload};
use usef_messages::roles::store::{Direction, Stage};
use usef_messages::values::{Outcome, Role};

use market::Market;
use network::Faults;
use trade::Plan;

#[test]
fn a_trade_runs_from_contract_to_settlement() {
    let mut market = Market::new(1, Plan::Buy, Faults::NONE);
    market.run(TimeDelta::hours(1));
    market.check_trade();
    let kinds: Vec<_> = market.delivered_kinds(Role::Agr, Role::Dso);
    assert!(kinds.contains(&Kind::FlexOfferRevocation) && kinds.contains(&Kind::Metering));
    assert_eq!(market.network.restarts, 0);
}

#[test]
fn a_trade_has_the_same_end_whatever_happens_on_the_way() {
    let (mut lost, mut repeated, mut restarts) = (0, 0, 0);
    for seed in 0..schedules() {
        let plan = [Plan::Buy, Plan::Cross][usize::try_from(seed % 2).unwrap()];
        let mut market = Market::new(seed, plan, Faults::ALL);
        market.run(TimeDelta::hours(3));
        // What is under way comes to its end when the network is as it should be.
        market.network.faults = Faults::NONE;
        market.run(TimeDelta::hours(1));
        market.check_trade();
        lost += market.network.lost;
        repeated += market.network.repeated;
        restarts += market.network.restarts;
    }
    assert!(
        lost > 50 && repeated > 50 && restarts > 50,
        "{lost} lost, {repeated} repeated, {restarts} restarts"
    );
}

/// How many schedules are tried: more where `PAIR_SCHEDULES` says so.
fn schedules() -> u64 {
    std::env::var("PAIR_SCHEDULES").ok().and_then(|count| count.parse().ok()).unwrap_or(16)
}

#[test]
fn a_message_for_a_peer_that_never_answers_comes_back_in_the_end() {
    let mut market = Market::new(7, Plan::Buy, Faults::CUT);
    market.run(TimeDelta::hours(6));
    let failed = market.undelivered();
    assert!(!failed.is_empty());
    for (node, message) in &failed {
        let entry = node.iter().find(|entry| entry.message.message_id() == message.message_id()).unwrap();
        assert!(matches!(entry.state.stage, Stage::Failed(_)), "{:?}", entry.state);
    }
    assert!(market.nodes().all(|node| node.waiting() == 0));
}

#[test]
fn every_request_has_one_answer_at_either_side() {
    let mut market = Market::new(3, Plan::Buy, Faults::ALL);
    market.run(TimeDelta::hours(3));
    market.network.faults = Faults::NONE;
    market.run(TimeDelta::hours(1));
    for node in market.nodes() {
        let entries: Vec<_> = node.entries();
        for request in entries.iter().filter(|entry| entry.message.kind().response().is_some()) {
            let answers = entries.iter().filter(|entry| {
                entry.direction != request.direction
                    && entry.peer == request.peer
                    && entry.message.reference() == Some(request.message.message_id())
            });
            assert_eq!(answers.count(), 1, "{}", request.message.name());
            if request.direction == Direction::Sent {
                assert_eq!(request.state.stage, Stage::Delivered);
            }
        }
    }
}

/// What both sides hold of the order, and whether they agree.
fn outcome(entries: &[usef_messages::roles::store::Entry], wanted: Kind) -> Vec<Option<Outcome>> {
    entries
        .iter()
        .filter(|entry| entry.message.kind() == wanted)
        .map(|entry| match &entry.message {
            Payload::FlexOrderResponse(response) => Some(response.result),
            Payload::FlexOfferRevocationResponse(response) => Some(response.result),
            _ => None,
        })
        .collect()
}
