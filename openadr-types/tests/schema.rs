//! The JSON Schemas under `schema/` say what the types say. `UPDATE=1 cargo test -p openadr-types --features schemars
//! --test schema` writes them anew.
#![cfg(feature = "schemars")]

use std::collections::BTreeSet;
use std::path::Path;

use openadr_types::envelope::SignedObject;
use openadr_types::event::{CreatedEvent, DistributeEvent, Event, QualifiedEventId, RequestEvent};
use openadr_types::opt::{CancelOpt, CanceledOpt, CreateOpt, CreatedOpt};
use openadr_types::poll::Poll;
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, CreatePartyRegistration, CreatedPartyRegistration,
    QueryRegistration, RequestReregistration,
};
use openadr_types::report::{
    CancelReport, CanceledReport, Confidence, CreateReport, CreatedReport, RegisterReport, RegisteredReport,
    ReportName, UpdateReport, UpdatedReport,
};
use openadr_types::response::{Response, ResponseCode};
use openadr_types::units::{Currency, EnergyReal};
use openadr_types::{DateTime, Duration, Float, Message, Payload};
use schemars::{Schema, schema_for};
use xml_wire::XmlChoice as _;

macro_rules! schemas {
    ($($element:ident: $type:ident)*) => {
        /// The name of each message's element, and its schema.
        fn schemas() -> Vec<(&'static str, Schema)> {
            vec![$((stringify!($element), schema_for!($type))),*]
        }
    };
}

schemas! {
    oadrPayload: Payload
    oadrDistributeEvent: DistributeEvent
    oadrCreatedEvent: CreatedEvent
    oadrRequestEvent: RequestEvent
    oadrResponse: Response
    oadrCancelOpt: CancelOpt
    oadrCanceledOpt: CanceledOpt
    oadrCreateOpt: CreateOpt
    oadrCreatedOpt: CreatedOpt
    oadrCancelReport: CancelReport
    oadrCanceledReport: CanceledReport
    oadrCreateReport: CreateReport
    oadrCreatedReport: CreatedReport
    oadrRegisterReport: RegisterReport
    oadrRegisteredReport: RegisteredReport
    oadrUpdateReport: UpdateReport
    oadrUpdatedReport: UpdatedReport
    oadrCancelPartyRegistration: CancelPartyRegistration
    oadrCanceledPartyRegistration: CanceledPartyRegistration
    oadrCreatePartyRegistration: CreatePartyRegistration
    oadrCreatedPartyRegistration: CreatedPartyRegistration
    oadrRequestReregistration: RequestReregistration
    oadrQueryRegistration: QueryRegistration
    oadrPoll: Poll
}

#[test]
fn the_schemas_are_current() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let update = std::env::var_os("UPDATE").is_some();
    if update {
        std::fs::create_dir_all(&directory).expect("a writable directory");
    }
    let mut expected = BTreeSet::new();
    for (element, schema) in schemas() {
        let file = directory.join(format!("{element}.json"));
        if update {
            std::fs::write(&file, format!("{:#}\n", schema.as_value())).expect("a writable file");
        }
        let stored = std::fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok());
        // Not as text: the order of an object's keys is up to how serde_json was built.
        let current = stored.as_ref() == Some(schema.as_value());
        assert!(current, "{} is not current: UPDATE=1 writes it", file.display());
        expected.insert(file);
    }
    let entries = std::fs::read_dir(&directory).expect("schemas");
    let found: BTreeSet<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(found, expected, "one file for each message, and one for the envelope");
}

/// The envelope's schema and every other belong to one message each.
#[test]
fn there_is_one_for_every_message() {
    let elements: BTreeSet<_> = schemas().into_iter().map(|(element, _)| element).collect();
    assert_eq!(elements.len(), Message::NAMES.len() + 1);
    for name in Message::NAMES {
        assert!(elements.contains(name.local()), "{name:?}");
    }
}

/// Every property that a schema requires is one it has, and every definition it refers to stands in it.
#[test]
fn the_schemas_are_whole() {
    for (element, schema) in schemas() {
        let text = schema.as_value().to_string();
        let definitions = schema.get("$defs").and_then(|definitions| definitions.as_object());
        for reference in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(definitions.is_some_and(|all| all.contains_key(reference)), "{element}: {reference}");
        }
    }
}

/// What is written as JSON has the properties that the schema names, and no others.
#[test]
fn a_message_has_the_properties_of_its_schema() {
    let schema = schema_for!(SignedObject);
    let names = |value: Option<&serde_json::Value>| -> BTreeSet<String> {
        value.and_then(|value| value.as_object()).map(|all| all.keys().cloned().collect()).unwrap_or_default()
    };
    let written = serde_json::to_value(Payload::new(Poll::new("ven-7")).object).expect("JSON");
    assert_eq!(names(Some(&written)), names(schema.get("properties")));
}

/// What a type refuses, its schema refuses.
#[test]
fn the_schemas_are_as_narrow_as_the_types() {
    let confidence = schema_for!(Confidence);
    for percent in 0..=u8::MAX {
        let taken = serde_json::from_value::<Confidence>(percent.into()).is_ok();
        assert_eq!(confidence.get("maximum").and_then(|most| most.as_u64()) >= Some(percent.into()), taken);
    }
    assert_eq!(schema_for!(ResponseCode).get("pattern").and_then(|p| p.as_str()), Some("^[0-9]{3}$"));
    for code in ["20", "2000", "2OO", "٢٠٠", ""] {
        assert!(serde_json::from_value::<ResponseCode>(code.into()).is_err(), "{code}");
    }
    let currencies = schema_for!(Currency);
    let listed: Vec<_> =
        currencies.get("enum").and_then(|all| all.as_array()).into_iter().flatten().collect();
    assert!(listed.len() > 150);
    for code in listed {
        assert!(serde_json::from_value::<Currency>(code.clone()).is_ok(), "{code}");
    }
}

/// A string that is no date and time, no duration or no number, a number that is too large: the schemas refuse them too.
#[test]
fn the_schemas_have_the_bounds_of_scalars() {
    let pattern = |schema: &Schema| schema.get("pattern").and_then(|p| p.as_str()).map(str::to_owned);
    for schema in [schema_for!(DateTime), schema_for!(Duration), schema_for!(ReportName)] {
        assert!(pattern(&schema).is_some(), "{schema:?}");
    }
    // The format of that name refuses what is legal.
    assert!("-PT0.5S".parse::<Duration>().is_ok());
    assert_eq!(schema_for!(Duration).get("format"), None);
    for blank in ["", " "] {
        assert!(serde_json::from_value::<ReportName>(blank.into()).is_err());
    }

    let most = schema_for!(QualifiedEventId);
    let most = most.as_value().pointer("/properties/modification_number/maximum");
    assert_eq!(most.and_then(|most| most.as_u64()), Some(u32::MAX.into()));

    for (text, taken) in
        [("NaN", true), ("INF", true), ("-INF", true), ("1.5", false), (" 1", false), ("", false)]
    {
        assert_eq!(serde_json::from_value::<Float>(text.into()).is_ok(), taken, "{text:?}");
    }
}

/// What may be left out is not required.
#[test]
fn the_schemas_do_not_require_what_has_a_default() {
    let unit = serde_json::from_value::<EnergyReal>(serde_json::json!({ "scale": "k" }));
    assert!(unit.expect("a unit").description.deviation().is_none());
    let required = schema_for!(EnergyReal);
    assert_eq!(required.get("required"), Some(&serde_json::json!(["scale"])));
    let event = schema_for!(Event);
    let required = event.get("required").and_then(|all| all.as_array()).expect("a list");
    assert!(required.contains(&"signals".into()) && !required.contains(&"components".into()));
}
