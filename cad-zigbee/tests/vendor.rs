//! Payloads of real displays and hubs, from the folder that `CONFORMANCE_DATA` names, and payloads of any kind.

use cad_zigbee::json;
use cad_zigbee::vendor::{Feed, Format, Report};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn corpus() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no payload of a real device is read");
        return None;
    };
    Some(PathBuf::from(folder).join("zigbee").join("corpus"))
}

fn texts(report: &Report) -> Vec<String> {
    report.readings.iter().map(|reading| format!("{} {reading}", reading.source.meter)).collect()
}

/// What the payloads say, as their owners read them.
#[test]
fn payloads_of_real_devices_become_readings() {
    let Some(corpus) = corpus() else { return };
    let text = fs::read_to_string(corpus.join("cad_payloads.jsonl")).expect("the corpus is there");
    let mut feed = Feed::new();
    let mut all = Vec::new();
    for line in text.lines() {
        let report = feed.read(None, line).expect("a payload of a known device");
        let value: Value = serde_json::from_str(line).expect("JSON");
        let format = match value["kind"].as_str().expect("a kind") {
            "glow_cloud_raw" => Format::GlowCloud,
            "glow_local_state" => Format::GlowState,
            "raven_xml" => Format::Raven,
            _ => Format::GlowSensor,
        };
        assert_eq!(report.format, format, "{line}");
        if let Some(unix) = value["decoded"]["timestamp_unix"].as_u64() {
            assert_eq!(report.readings[0].time.map(|time| time.0.as_secs()), Some(unix));
        }
        assert_eq!(report.device.is_some(), matches!(format, Format::GlowState | Format::GlowCloud));
        for reading in &report.readings {
            let json = json::reading(reading);
            assert!(json["value"].as_str().is_some() && json["meter"].as_str().is_some(), "{json}");
        }
        all.extend(texts(&report));
    }
    for expected in [
        "1023497978063 energy_import 5072.076 kWh",
        "1023497978063 energy_export 0 kWh",
        "1023497978063 power 2.547 kW",
        "1023497978063 energy_import_day 7.971 kWh",
        "1023497978063 energy_import_week 18.962 kWh",
        "1023497978063 energy_import_month 72.764 kWh",
        "7443608110 volume 2282.363 m3",
        "7443608110 energy_import_day 39.452 kWh",
        "7443608110 energy_import_week 89.589 kWh",
        "7443608110 energy_import_month 278.708 kWh",
        "electricity energy_import 15254.827 kWh",
        "electricity energy_import_day 3.717 kWh",
        "electricity power 0.425 kW",
        "electricity price 0.16401 GBP/kWh",
        "electricity standing_charge 0.19383 GBP/d",
        "gas energy_import 66589.57 kWh",
        "gas volume 5995.276 m3",
        "gas energy_import_day 98.493 kWh",
        "001c64001354ec34 power 1.638 kW",
    ] {
        assert!(all.iter().any(|text| text == expected), "{expected} is not among {all:#?}");
    }
    assert!(!all.iter().any(|text| text.contains("volume_day")), "{all:#?}");
}

#[test]
fn a_sensor_without_a_value_gives_no_reading_of_it() {
    let payload = r#"{"electricitymeter": {"timestamp": "2022-11-07T09:20:08Z",
        "energy": {"export": {"cumulative": 281474976710.655, "units": "kWh"},
                   "import": {"cumulative": null, "day": "", "week": 16777.215, "month": 4294967.295, "units": "kWh",
                              "price": {"unitrate": 42949.67295, "standingcharge": "n/a"}}},
        "power": {"value": -8388.608, "units": "kW"}}}"#;
    let report = Feed::new().read(None, payload).expect("a payload");
    assert_eq!(texts(&report), [""; 0]);
}

#[test]
fn attributes_in_hex_without_a_value_give_no_reading() {
    let payload = r#"{"elecMtr": {"0702": {
        "00": {"00": "FFFFFFFFFFFF", "01": "00000000000A"},
        "03": {"00": "00", "01": "000001", "02": "0003E8"},
        "04": {"00": "FF800000", "01": "FFFFFF", "30": "00FFFFFF", "40": "zz"}}}}"#;
    let report = Feed::new().read(None, payload).expect("a payload");
    assert_eq!(texts(&report), ["electricity energy_export 0.01 kWh"]);
    let export = payload.replace("FF800000", "FFFFF611");
    let report = Feed::new().read(None, &export).expect("a payload");
    assert!(texts(&report).contains(&"electricity power -2.543 kW".to_owned()), "{report:?}");
}

#[test]
fn factors_are_remembered_from_one_payload_to_the_next() {
    let mut feed = Feed::new();
    let topic = Some("SMART/HILD/0123456789AB");
    let first = r#"{"elecMtr": {"0702": {"04": {"00": "0003E8"}}}}"#;
    assert_eq!(texts(&feed.read(topic, first).expect("a payload")), [""; 0]);
    let second = r#"{"elecMtr": {"0702": {"03": {"00": "00", "01": "000001", "02": "0003E8"}}}}"#;
    assert_eq!(texts(&feed.read(topic, second).expect("a payload")), ["electricity power 1 kW"]);
}

/// Pieces of payloads, so that some of what is put together is taken for one.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"electricitymeter\":{",
        "\"gasmeter\":{",
        "\"energy\":{",
        "\"import\":{",
        "\"cumulative\":",
        "\"units\":\"kWh\"",
        "\"power\":{",
        "\"value\":",
        "1e308",
        "-8388.608",
        "\"elecMtr\":{",
        "\"0702\":{",
        "\"04\":{",
        "\"00\":\"FFFFFF\"",
        "\"meter_consump\":",
        "\"consum\":{",
        "\"type\":\"gas\"",
        "\"raw\":{",
        "\"rawcons\":\"FF\"",
        "\"lastupdated\":18446744073709551615",
        "\"payload\":",
        "<InstantaneousDemand>",
        "</InstantaneousDemand>",
        "<Demand>0x",
        "</Demand>",
        "&#0;",
        "<!",
        "null",
    ];
    prop_oneof![
        4 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ]
}

proptest! {
    #[test]
    fn no_text_makes_anything_panic(text in "\\PC{0,400}") {
        let _ = Feed::new().read(Some(&text), &text);
    }

    #[test]
    fn no_mixture_of_payloads_makes_anything_panic(pieces in proptest::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let _ = Feed::new().read(None, &text);
        let _ = Feed::new().read(None, &format!("{{{text}}}"));
    }

    #[test]
    fn any_sensor_value_is_exact_or_absent(whole in 0_u32..9_999_999, fraction in 0_u32..1000) {
        let payload = format!(
            r#"{{"gasmeter": {{"energy": {{"import": {{"cumulative": {whole}.{fraction:03}, "units": "kWh"}}}}}}}}"#
        );
        let report = Feed::new().read(None, &payload).expect("a payload");
        for reading in report.readings {
            let expected: cad_zigbee::decimal::Decimal =
                format!("{whole}.{fraction:03}").parse().expect("a number");
            prop_assert_eq!(reading.value, expected);
        }
    }
}
