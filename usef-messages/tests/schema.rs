//! The JSON Schemas under `schema/` say what the types say. `UPDATE=1 cargo test -p usef-messages --features schemars
//! --test schema` writes them anew.
#![cfg(feature = "schemars")]

use std::collections::BTreeSet;
use std::path::Path;

use schemars::{Schema, schema_for};
use usef_messages::{Payload, envelope, usef_2015};

/// What each file describes: the messages of each family, told apart by their names, and the envelopes.
fn schemas() -> [(&'static str, Schema); 5] {
    [
        ("uftp", schema_for!(Payload)),
        ("uftp-signed-message", schema_for!(envelope::SignedMessage)),
        ("usef-2015", schema_for!(usef_2015::Payload)),
        ("usef-2015-signed-message", schema_for!(usef_2015::envelope::SignedMessage)),
        ("usef-2015-signed-message-reply", schema_for!(usef_2015::envelope::SignedMessageReply)),
    ]
}

#[test]
fn the_schemas_are_current() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let update = std::env::var_os("UPDATE").is_some();
    if update {
        std::fs::create_dir_all(&directory).expect("a writable directory");
    }
    let mut expected = BTreeSet::new();
    for (name, schema) in schemas() {
        let file = directory.join(format!("{name}.json"));
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
    assert_eq!(found, expected);
}

#[test]
fn there_is_a_place_for_every_message() {
    let variants = |schema: &Schema| schema.get("oneOf").and_then(|all| all.as_array()).map_or(0, Vec::len);
    let [(_, uftp), _, (_, older), ..] = schemas();
    assert_eq!(variants(&uftp), usef_messages::payload::Kind::ALL.len());
    assert_eq!(variants(&older), usef_2015::payload::Kind::ALL.len());
}

/// Every definition that a schema refers to stands in it.
#[test]
fn the_schemas_are_whole() {
    for (name, schema) in schemas() {
        let text = schema.as_value().to_string();
        let definitions = schema.get("$defs").and_then(|definitions| definitions.as_object());
        for reference in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(definitions.is_some_and(|all| all.contains_key(reference)), "{name}: {reference}");
        }
    }
}
