//! Whatever can be said is written, read back and equal, leniently and strictly, as XML and as JSON; and what is written
//! is valid under the published schema, where `CONFORMANCE_DATA` has it.

mod strategies;

use std::fmt::Debug;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use strategies::{uftp, usef_2015};
use usef_messages::envelope::SignedMessage;
use usef_messages::usef_2015 as older;
use usef_messages::values::{Base64, Domain, Role};
use usef_messages::{Edition, Error, Payload};

#[test]
fn every_message_of_uftp_survives() {
    let strategies = uftp::every_message();
    assert_eq!(strategies.len(), usef_messages::payload::Kind::ALL.len());
    for (strategy, kind) in strategies.iter().zip(usef_messages::payload::Kind::ALL) {
        let survives = |payload: Payload| {
            prop_assert_eq!(payload.kind(), *kind);
            prop_assert_eq!(payload.name(), kind.as_str());
            let text = written(payload.to_xml())?;
            same(Payload::from_xml(text.as_bytes()), &payload, &text)?;
            same(Payload::from_xml_strict(text.as_bytes()), &payload, &text)?;
            if let Ok(older) = payload.to_edition(Edition::V3_0_0) {
                let text = written(older.payload.to_xml())?;
                same(Payload::from_xml_strict_as(text.as_bytes(), Edition::V3_0_0), &older.payload, &text)?;
            }
            #[cfg(feature = "serde")]
            survives_json(&payload)?;
            Ok(())
        };
        runner().run(strategy, survives).unwrap();
    }
}

#[test]
fn every_message_of_usef_2015_survives() {
    let strategies = usef_2015::every_message();
    assert_eq!(strategies.len(), older::payload::Kind::ALL.len());
    for (strategy, kind) in strategies.iter().zip(older::payload::Kind::ALL) {
        let survives = |payload: older::Payload| {
            prop_assert_eq!(payload.kind(), *kind);
            prop_assert_eq!(payload.name(), kind.as_str());
            let text = written(payload.to_xml())?;
            same(older::Payload::from_xml(text.as_bytes()), &payload, &text)?;
            same(older::Payload::from_xml_strict(text.as_bytes()), &payload, &text)?;
            #[cfg(feature = "serde")]
            survives_json(&payload)?;
            Ok(())
        };
        runner().run(strategy, survives).unwrap();
    }
}

#[test]
fn the_schemas_accept_every_message() {
    let text = |payload: Payload| payload.to_xml().expect("written");
    let newest = uftp::every_message().into_iter().map(|strategy| strategy.prop_map(text).boxed());
    assert_valid("uftp-3.1.0/ALL.xsd", newest.collect());
    let text = |payload: older::Payload| payload.to_xml().expect("written");
    let oldest = usef_2015::every_message().into_iter().map(|strategy| strategy.prop_map(text).boxed());
    assert_valid("usef-2015-ri-1.3.6/messaging.xsd", oldest.collect());
}

#[test]
fn envelopes_survive() {
    let survives = |(sender_domain, body): (Domain, Base64)| {
        for sender_role in [Role::Agr, Role::Cro, Role::Dso] {
            let envelope =
                SignedMessage { sender_domain: sender_domain.clone(), sender_role, body: body.clone() };
            let text = written(envelope.to_xml())?;
            same(SignedMessage::from_xml(text.as_bytes()), &envelope, &text)?;
            same(SignedMessage::from_xml_strict(text.as_bytes()), &envelope, &text)?;
        }
        Ok(())
    };
    runner().run(&(strategies::domain(), strategies::bytes()), survives).unwrap();
}

/// As many cases as `PROPTEST_CASES` says, or a few for each of so many messages; nothing is written beside the sources.
fn runner() -> TestRunner {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new(if asked { config } else { Config { cases: 48, ..config } })
}

fn written(text: Result<String, Error>) -> Result<String, TestCaseError> {
    text.map_err(|error| TestCaseError::fail(error.to_string()))
}

fn same<T: PartialEq + Debug>(read: Result<T, Error>, expected: &T, text: &str) -> Result<(), TestCaseError> {
    match read {
        Ok(read) => {
            prop_assert_eq!(&read, expected, "{}", text);
            Ok(())
        }
        Err(error) => Err(TestCaseError::fail(format!("{error}\n{text}"))),
    }
}

#[cfg(feature = "serde")]
fn survives_json<T>(payload: &T) -> Result<(), TestCaseError>
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
{
    let fail = |error: serde_json::Error| TestCaseError::fail(error.to_string());
    let text = serde_json::to_string(payload).map_err(fail)?;
    prop_assert_eq!(&serde_json::from_str::<T>(&text).map_err(fail)?, payload, "{}", text);
    Ok(())
}

fn assert_valid(schema: &str, messages: Vec<BoxedStrategy<String>>) {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA").map(PathBuf::from) else {
        say("SKIPPED: CONFORMANCE_DATA is not set, so the schema was not asked");
        return;
    };
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("roundtrip");
    std::fs::create_dir_all(&directory).expect("a writable directory");
    let mut runner = runner();
    let mut files = Vec::new();
    for strategy in messages {
        for _ in 0..12 {
            let text = strategy.new_tree(&mut runner).expect("a message").current();
            let file = directory.join(format!("{}.xml", files.len()));
            std::fs::write(&file, text).expect("a writable directory");
            files.push(file);
        }
    }
    let schema = data.join("usef/xsd").join(schema);
    let run =
        Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(&files).output();
    let Ok(output) = run else {
        say("SKIPPED: no xmllint here, so the schema was not asked");
        return;
    };
    let log = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = log.lines().filter(|line| !line.ends_with(" validates")).collect();
    assert!(output.status.success(), "{}", complaints.join("\n"));
}

/// Says something even where the test passes, whose output is held back otherwise.
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("a standard error");
}
