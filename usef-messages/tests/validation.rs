//! The rules over the messages of other implementations: what is right has no failures.

#[expect(dead_code, reason = "each test uses the strategies that it needs")]
mod strategies;

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use usef_messages::Payload;
use usef_messages::conversation::{self, Memory, Store as _};
use usef_messages::validation::{
    Code, Context, Dialect, Failure, Policy, Severity, Wording, check, rejection_reason, validate,
    validate_2015,
};

/// The messages of a folder, or nothing, loudly.
fn messages(folder: &str) -> Vec<(String, Payload)> {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no message of {folder} was checked");
        return Vec::new();
    };
    let folder = PathBuf::from(data).join("usef/corpus").join(folder);
    let mut messages = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.starts_with("SignedMessage") {
            let document = std::fs::read(&path).expect("a message");
            let message = Payload::from_xml(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
            messages.push((name, message));
        }
    }
    assert!(!messages.is_empty());
    messages
}

fn errors(message: &Payload) -> Vec<Failure> {
    check(message).into_iter().filter(|failure| failure.severity == Severity::Error).collect()
}

#[test]
fn every_day_of_the_corpus_has_as_many_isps_as_its_plan_lists() {
    for (name, message) in messages("days-3.1.0") {
        assert_eq!(check(&message), [], "{name}");
        // One ISP less is lacking, one more is out of bounds.
        let Payload::DPrognosis(plan) = message else { panic!("{name} is a plan") };
        let mut shorter = plan.clone();
        let last = shorter.isps.pop().expect("a plan has ISPs");
        let codes: Vec<Code> = check(&shorter.into()).iter().map(|failure| failure.code).collect();
        assert_eq!(codes, [Code::IspsLacking], "{name}");
        let mut longer = plan;
        longer.isps.push(usef_messages::d_prognosis::Isp { start: last.start + 1, ..last });
        let codes: Vec<Code> = check(&longer.into()).iter().map(|failure| failure.code).collect();
        assert_eq!(codes, [Code::IspBounds], "{name}");
    }
}

/// These messages are made to fit the schema, not the rules: which rules they break is known, and more would be a fault.
#[test]
fn what_messages_made_for_the_schema_break_is_told_and_nothing_else() {
    let settlement = ("FlexSettlement", Code::NetSettlement);
    let plan = ("D-Prognosis", Code::IspsLacking);
    let request = ("FlexRequest", Code::RequestedLacking);
    let portfolio = ("DSOPortfolioUpdate", Code::ConnectionConflict);
    let (offer, order) = (("FlexOffer", Code::UnsolicitedOffer), ("FlexOrder", Code::UnsolicitedOrder));
    let late = [("FlexOffer", Code::ExpirationIsps), ("FlexRequest", Code::ExpirationIsps)];
    let expected: [(&str, Vec<(&str, Code)>); 3] = [
        ("synthetic-uftp-3.0.0", vec![settlement, plan, request, portfolio]),
        ("synthetic-uftp-3.1.0", vec![settlement, plan, request, portfolio, offer, order]),
        ("py-lib-2.4.0", vec![settlement, plan, late[0], late[1]]),
    ];
    for (folder, expected) in expected {
        let messages = messages(folder);
        if messages.is_empty() {
            continue;
        }
        let found: BTreeSet<(&str, Code)> = messages
            .iter()
            .flat_map(|(_, message)| {
                errors(message).into_iter().map(|failure| (message.name(), failure.code))
            })
            .collect();
        assert_eq!(found, expected.into_iter().collect(), "{folder}");
    }
}

#[test]
fn any_message_is_held_against_all_rules_without_a_panic_and_its_rejection_can_be_written() {
    let policy = Policy { ean_check_digit: true, ..Policy::anyone() };
    let now = "2026-11-23T12:00:00Z".parse().expect("a time");
    let context = Context::new(&policy).at(now);
    let mut memory = Memory::default();
    for strategy in strategies::uftp::every_message() {
        let holds = |payload: Payload| {
            let mut failures = validate(&payload, &context);
            let errors = failures.iter().filter(|failure| failure.severity == Severity::Error).count();
            prop_assert!(errors <= 100 && failures.len() - errors <= 100);
            failures.extend(conversation::validate(&payload, &context, &memory).expect("memory"));
            for failure in &failures {
                prop_assert!(failure.path.starts_with(&format!("/{}", payload.name())), "{failure}");
            }
            for dialect in [Dialect::Specification, Dialect::JavaLibrary] {
                let reason = rejection_reason(&failures, Wording { dialect, with_values: true });
                let answer = reason.map_or_else(
                    usef_messages::message::Answer::accept,
                    usef_messages::message::Answer::reject,
                );
                if let Some(response) = payload.respond(answer, payload.message_id().clone(), now) {
                    prop_assert!(response.to_xml().is_ok());
                }
            }
            let document = payload.to_xml().expect("it is written");
            memory.insert(payload, document.as_bytes(), now).expect("there is room");
            Ok(())
        };
        let cell = std::cell::RefCell::new(holds);
        let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
        TestRunner::new(config).run(&strategy, |payload| (cell.borrow_mut())(payload)).expect("it holds");
    }
}

#[test]
fn any_message_of_usef_2015_is_held_against_its_rules_without_a_panic() {
    let policy = Policy::anyone();
    let context = Context::new(&policy).at("2016-09-30T12:00:00Z".parse().expect("a time"));
    let before = std::cell::RefCell::new(Vec::new());
    for strategy in strategies::usef_2015::every_message() {
        let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
        let holds = |payload: usef_messages::usef_2015::Payload| {
            let mut failures = validate_2015(&payload, &context);
            failures.extend(conversation::validate_2015(&payload, &context, &before.borrow()));
            for failure in failures {
                prop_assert!(failure.path.starts_with(&format!("/{}", payload.name())), "{failure}");
            }
            before.borrow_mut().push(payload);
            Ok(())
        };
        TestRunner::new(config).run(&strategy, holds).expect("it holds");
    }
}
