//! Whatever can be said is written, read back and equal, leniently and strictly, as XML and as JSON; and what is written
//! is valid under the published schema, where `CONFORMANCE_DATA` has it.

mod strategies;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use openadr_types::envelope::{Envelope, Reading, Writing};
use openadr_types::units::{ItemBase, PowerAttributes};
use openadr_types::{Decimal, Message, Payload, ns};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use strategies::{event, opt, payload, registration, report};
use xml_wire::{Decoder, Encoder, XmlChoice as _};

/// A test for each message, and a list of all.
macro_rules! messages {
    ($($test:ident: $strategy:path;)*) => {
        $(#[test]
        fn $test() {
            let mut runner = TestRunner::new(config());
            runner.run(&payload($strategy()), |payload| assert_survives(&payload)).unwrap();
        })*

        fn every_message() -> Vec<BoxedStrategy<Payload>> {
            vec![$(payload($strategy())),*]
        }
    };
}

messages! {
    distribute_event: event::distribute_event;
    created_event: event::created_event;
    request_event: event::request_event;
    response: event::response;
    cancel_opt: opt::cancel_opt;
    canceled_opt: opt::canceled_opt;
    create_opt: opt::create_opt;
    created_opt: opt::created_opt;
    cancel_report: report::cancel_report;
    canceled_report: report::canceled_report;
    create_report: report::create_report;
    created_report: report::created_report;
    register_report: report::register_report;
    registered_report: report::registered_report;
    update_report: report::update_report;
    updated_report: report::updated_report;
    cancel_party_registration: registration::cancel_party_registration;
    canceled_party_registration: registration::canceled_party_registration;
    create_party_registration: registration::create_party_registration;
    created_party_registration: registration::created_party_registration;
    request_reregistration: registration::request_reregistration;
    query_registration: registration::query_registration;
    poll: registration::poll;
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_decimal_of_any_size(digits in -(1i128 << 96) + 1..1 << 96, places in 0..=28u32, voltage: u32) {
        let hertz = Decimal::from_i128_with_scale(digits, places);
        let attributes = PowerAttributes { hertz, voltage: voltage.into(), ac: true };
        let mut unit = ItemBase::power_real_w(Default::default());
        if let ItemBase::PowerReal(unit) = &mut unit {
            unit.attributes = attributes;
        }
        let text = Encoder::new(&ns::DIALECT).write(&unit).unwrap();
        let read: ItemBase = Decoder::new(&ns::DIALECT).strict().read_str(&text).unwrap();
        prop_assert_eq!(&read, &unit);
        let ItemBase::PowerReal(read) = read else { panic!("another unit") };
        prop_assert_eq!(read.attributes.hertz.to_string(), hertz.to_string());
    }
}

#[test]
fn the_schema_accepts_every_message() {
    let messages = every_message();
    assert_eq!(messages.len(), Message::NAMES.len());
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("roundtrip");
    std::fs::create_dir_all(&directory).expect("a writable directory");
    let mut runner = TestRunner::new(config());
    let mut files = Vec::new();
    let mut names = BTreeSet::new();
    for strategy in messages {
        for place in 0..12 {
            let payload = strategy.new_tree(&mut runner).expect("a message").current();
            let name = payload.message().name();
            names.insert(name);
            let file = directory.join(format!("{name}-{place}.xml"));
            let text = payload.to_xml().unwrap_or_else(|error| panic!("{payload:?}: {error}"));
            std::fs::write(&file, text).expect("a writable directory");
            files.push(file);
        }
    }
    assert_eq!(names.len(), Message::NAMES.len());
    assert_valid(&files);
}

/// As many cases as `PROPTEST_CASES` says; nothing is written beside the sources.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

fn assert_survives(payload: &Payload) -> Result<(), TestCaseError> {
    let bare = Payload::new(payload.message().clone());
    for indent in [None, Some(2)] {
        for (envelope, expected) in [(Envelope::Wrapped, payload), (Envelope::Bare, &bare)] {
            let text = Writing { envelope, indent }
                .write(payload)
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            for reading in [Reading::strict(), Reading::default()] {
                match reading.read(text.as_bytes()) {
                    Ok((read, around)) => {
                        prop_assert_eq!(&read, expected, "{}", text);
                        prop_assert_eq!(around, envelope);
                    }
                    Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
                }
            }
        }
    }
    #[cfg(feature = "serde")]
    assert_survives_json(payload)?;
    Ok(())
}

#[cfg(feature = "serde")]
fn assert_survives_json(payload: &Payload) -> Result<(), TestCaseError> {
    let fail = |error: serde_json::Error| TestCaseError::fail(error.to_string());
    let value = serde_json::to_value(payload).map_err(fail)?;
    let text = serde_json::to_string(payload).map_err(fail)?;
    // As it is built here, serde_json may be off by the last bit of a number of more than 15 digits.
    if serde_json::from_str::<serde_json::Value>(&text).map_err(fail)? == value {
        prop_assert_eq!(&serde_json::from_str::<Payload>(&text).map_err(fail)?, payload, "{}", text);
    }
    prop_assert_eq!(&serde_json::from_value::<Payload>(value).map_err(fail)?, payload);
    Ok(())
}

fn assert_valid(files: &[PathBuf]) {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA").map(PathBuf::from) else {
        return say("SKIPPED: CONFORMANCE_DATA is not set, so the schema was not asked");
    };
    let schema = data.join("openadr/xsd/oadr_20b.xsd");
    let run =
        Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(files).output();
    let Ok(output) = run else {
        return say("SKIPPED: no xmllint here, so the schema was not asked");
    };
    let log = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = log.lines().filter(|line| !line.ends_with(" validates")).collect();
    assert!(output.status.success(), "{}", complaints.join("\n"));
}

/// Says something even where the test passes, whose output is held back otherwise.
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("a standard error");
}
