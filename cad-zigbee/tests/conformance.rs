//! Frames of independent sources with their decoding, from the folder that `CONFORMANCE_DATA` names.

use cad_zigbee::json;
use cad_zigbee::mac::TrailerFormat;
use cad_zigbee::readings::{Han, Source};
use cad_zigbee::security::Key;
use cad_zigbee::sniffer::Sniffer;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::data_type::{Class, DataType};
use cad_zigbee::zcl::record::AttributeStatus;
use cad_zigbee::zcl::status::Status;
use cad_zigbee::zcl::{self, AttributeId, ClusterId, Direction, cluster, general};
use cad_zigbee::{nwk, pcap, security};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn data() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no frame of another implementation is read");
        return None;
    };
    Some(PathBuf::from(folder).join("zigbee"))
}

fn lines(folder: &std::path::Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("corpus").join(name)).expect("the corpus is there");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
    assert!(!lines.is_empty());
    lines
}

fn json_file(folder: &std::path::Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join("corpus").join(name)).expect("the corpus is there");
    serde_json::from_str(&text).expect("JSON")
}

fn table(folder: &std::path::Path, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join("tables").join(name)).expect("the table is there");
    text.lines().skip(1).map(|line| line.split('\t').map(String::from).collect()).collect()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("a string of hex");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits"))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn number(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a hex number")
}

fn number_of(hex: &Value) -> u16 {
    u16::try_from(number(hex.as_str().expect("a string"))).expect("16 bits")
}

fn key(hex: &Value) -> Key {
    hex.as_str().expect("a key").parse().expect("a key")
}

fn cluster_of(line: &Value) -> ClusterId {
    ClusterId(line["cluster"].as_u64().and_then(|id| u16::try_from(id).ok()).expect("a cluster"))
}

fn secured(name: &str) {
    let Some(folder) = data() else { return };
    let mut sniffer = Sniffer::new();
    let mut wrong = 0;
    for line in lines(&folder, name) {
        let expected = &line["decoded"];
        for name in ["network_key", "link_key"] {
            if line[name].is_string() {
                sniffer.add_key(key(&line[name]));
            }
        }
        let frame = bytes(&line["hex"]);
        let decoded = sniffer.mac(&frame, TrailerFormat::Fcs, None);
        let value = json::decoded(&decoded);
        assert_eq!(decoded.encrypted, None, "{}", line["id"]);
        for layer in ["mac", "nwk", "aps"] {
            if value[layer] != expected[layer] {
                eprintln!(
                    "{} {layer}\n  expected {}\n  got      {}",
                    line["id"], expected[layer], value[layer]
                );
                wrong += 1;
            }
        }
        let nwk_payload = decoded.nwk_payload.map(hex);
        assert_eq!(nwk_payload.as_deref(), expected["nwk_payload_plain"].as_str(), "{}", line["id"]);
        let aps_payload = decoded.aps_payload.map(hex);
        assert_eq!(aps_payload.as_deref(), expected["aps_payload_plain"].as_str(), "{}", line["id"]);
    }
    assert_eq!(wrong, 0);
}

#[test]
fn frames_secured_with_the_network_key_are_opened() {
    secured("mac_nwk_secured.jsonl");
}

#[test]
fn frames_secured_with_network_and_link_key_are_opened() {
    secured("mac_nwk_aps_secured.jsonl");
}

fn decoded_as_others_do(name: &str) {
    let Some(folder) = data() else { return };
    let mut wrong = 0;
    for line in lines(&folder, name) {
        let frame = bytes(&line["hex"]);
        let mut sniffer = Sniffer::new();
        let decoded = sniffer.zcl(0x0109, cluster_of(&line), &frame, Source::default(), None);
        let value = &json::decoded(&decoded)["zcl"];
        if *value != line["decoded"] || decoded.error.is_some() {
            eprintln!(
                "{} {:?}\n  expected {}\n  got      {value}",
                line["id"], decoded.error, line["decoded"]
            );
            wrong += 1;
        }
    }
    assert_eq!(wrong, 0);
}

#[test]
fn general_commands_are_decoded_as_others_do() {
    decoded_as_others_do("zcl_general.jsonl");
}

#[test]
fn smart_energy_commands_are_decoded_as_others_do() {
    decoded_as_others_do("zcl_se.jsonl");
}

#[test]
fn known_answers_of_cipher_and_key_derivation_are_met() {
    let Some(folder) = data() else { return };
    for case in json_file(&folder, "security_kat.json").as_array().expect("a list") {
        match case["kind"].as_str() {
            Some("nwk") => {
                let frame = [bytes(&case["hdr"]), bytes(&case["secured"])].concat();
                let Ok(nwk::Npdu::Frame(read)) = nwk::Npdu::read(&frame) else { panic!("{case}") };
                let security::Payload::Secured(secured) = read.payload else { panic!("{case}") };
                let source = secured.auxiliary.source.expect("the source is named");
                assert_eq!(Some(source.to_string().as_str()), case["source_eui64"].as_str());
                assert_eq!(Some(u64::from(secured.auxiliary.frame_counter)), case["frame_counter"].as_u64());
                assert_eq!(Some(hex(&secured.auxiliary.nonce(source)).as_str()), case["nonce"].as_str());
                let mut out = [0; 127];
                let opened = secured.open(&key(&case["key"]), source, &mut out).expect("opens");
                assert_eq!(opened, bytes(&case["plain"]));
            }
            Some("keyed_hash") => {
                let derived = match case["byte"].as_u64() {
                    Some(0) => key(&case["key"]).key_transport(),
                    _ => key(&case["key"]).key_load(),
                };
                assert_eq!(derived, key(&case["out"]));
            }
            Some("install_code") => {
                assert_eq!(Key::from_install_code(&bytes(&case["code"])), Ok(key(&case["link_key"])));
            }
            kind => panic!("an unknown kind of known answer: {kind:?}"),
        }
    }
}

#[test]
fn captures_are_read_to_the_last_frame() {
    let Some(folder) = data() else { return };
    let keys = json_file(&folder, "keys.json");
    for (name, corpus) in
        [("se_nwk.pcap", "mac_nwk_secured.jsonl"), ("se_aps_link.pcap", "mac_nwk_aps_secured.jsonl")]
    {
        let mut sniffer = Sniffer::new();
        sniffer.keys_mut().add_network_key(key(&keys["network_key"]));
        for link_key in keys["link_keys"].as_object().expect("link keys").values() {
            sniffer.keys_mut().add_link_key(key(link_key));
        }
        let file = fs::read(folder.join("corpus").join(name)).expect("the capture is there");
        let (mut frames, mut readings, mut zcl) = (0, 0, 0);
        for packet in pcap::packets(&file).expect("a capture") {
            let packet = packet.expect("a packet");
            let (frame, trailer) = packet.mac_frame().expect("a MAC frame");
            let decoded = sniffer.mac(frame, trailer, packet.time);
            assert_eq!(decoded.encrypted, None, "{name} frame {frames}");
            assert!(decoded.mac.and_then(|mac| mac.trailer.fcs_ok()).unwrap_or(true));
            frames += 1;
            readings += decoded.readings.len();
            zcl += usize::from(decoded.zcl.is_some());
        }
        assert!(frames >= lines(&folder, corpus).len() / 2, "{frames}");
        assert!(zcl > 0 && readings > 0);
        eprintln!("{name}: {frames} frames, {zcl} of the cluster library, {readings} readings");
    }
}

#[test]
fn tables_agree_with_the_published_ones() {
    let Some(folder) = data() else { return };
    for row in table(&folder, "zcl_types.tsv") {
        let data_type = DataType::from_id(u8::try_from(number(&row[0])).expect("a byte")).expect("a type");
        assert_eq!(data_type.name(), row[1]);
        if data_type != DataType::Unknown {
            assert_eq!(data_type.length().map(|length| length.to_string()).unwrap_or("var".into()), row[2]);
        }
        assert_eq!(data_type.class() == Class::Analog, row.get(4).is_some_and(|class| class == "analog"));
    }
    for row in table(&folder, "zcl_general_commands.tsv") {
        assert_eq!(general::name(u8::try_from(number(&row[0])).expect("a byte")), Some(row[1].as_str()));
    }
    for row in table(&folder, "zcl_status.tsv") {
        let name = row[1].split(' ').next();
        assert_eq!(Status(u8::try_from(number(&row[0])).expect("a byte")).name(), name);
    }
    for row in table(&folder, "se_attributes.tsv") {
        let cluster = ClusterId(u16::try_from(number(&row[0])).expect("a cluster"));
        let side = match row[3].as_str() {
            "server" => Direction::ServerToClient,
            _ => Direction::ClientToServer,
        };
        let id = AttributeId(u16::try_from(number(&row[2])).expect("an attribute"));
        let known = cluster::find(cluster)
            .and_then(|cluster| cluster.attribute(side, id))
            .expect("a known attribute");
        assert_eq!((known.name, known.data_type.name()), (row[4].as_str(), row[5].as_str()));
        assert_eq!(known.access == cluster::Access::ReadWrite, row[7] == "1", "{}", known.name);
    }
}

/// The attributes of two real meters, electricity and gas, become the numbers their owner saw.
#[test]
fn attributes_of_real_meters_become_readings() {
    let Some(folder) = data() else { return };
    let mut han = Han::new();
    let mut texts = Vec::new();
    for (endpoint, meter) in [(1, "elecMtr"), (2, "gasMtr")] {
        let mut records = Vec::new();
        for attribute in json_file(&folder, "glow_raw_attributes.json").as_array().expect("a list") {
            let data_type =
                DataType::ALL.iter().find(|known| Some(known.name()) == attribute["zcl_type"].as_str());
            let (Some(data_type), Some(number)) = (data_type, attribute["value"].as_i64()) else { continue };
            if attribute["meter"] != meter || attribute["cluster"] != "0x0702" {
                continue;
            }
            let id = number_of(&attribute["attr"]);
            let value = if data_type.is_signed() {
                zcl::value::Value::from_signed(*data_type, number)
            } else {
                zcl::value::Value::from_unsigned(*data_type, number.unsigned_abs())
            };
            let value = Some(value.expect("a number of its type"));
            records.push(AttributeStatus { attribute: AttributeId(id), status: Status::SUCCESS, value });
        }
        let mut buffer = [0; 512];
        let mut writer = Writer::new(&mut buffer);
        let header = zcl::Header::from_server(general::READ_ATTRIBUTES_RESPONSE, 1);
        general::write(&mut writer, &header, &records).expect("fits");
        let frame = zcl::Frame::read(writer.written()).expect("a frame");
        let source = Source { endpoint: Some(endpoint), ..Source::default() };
        texts.extend(han.metering(source, &frame, None).iter().map(ToString::to_string));
    }
    for expected in [
        "energy_import 5072.076 kWh",
        "energy_export 0 kWh",
        "power 2.547 kW",
        "energy_import_day 7.971 kWh",
        "energy_import_week 18.962 kWh",
        "energy_import_month 72.764 kWh",
        "volume 2282.363 m3",
        "energy_import_day 39.452 kWh",
        "energy_import_month 278.708 kWh",
    ] {
        assert!(texts.iter().any(|text| text == expected), "{expected} is not among {texts:?}");
    }
}

/// Every truncation and every change of one byte to a few others, on all layers.
#[test]
fn no_broken_frame_makes_anything_panic() {
    let Some(folder) = data() else { return };
    let mut sniffer = Sniffer::new();
    let mut variants = 0;
    for name in ["zcl_general.jsonl", "zcl_se.jsonl"] {
        for line in lines(&folder, name) {
            let frame = bytes(&line["hex"]);
            each_variant(&frame, |broken| {
                variants += 1;
                let cluster = cluster_of(&line);
                json::decoded(&sniffer.zcl(0x0109, cluster, broken, Source::default(), None));
            });
        }
    }
    for line in lines(&folder, "mac_nwk_aps_secured.jsonl").iter().step_by(25) {
        let frame = bytes(&line["hex"]);
        each_variant(&frame, |broken| {
            variants += 1;
            json::decoded(&sniffer.mac(broken, TrailerFormat::Fcs, None));
        });
        for layer in ["nwk_payload_plain", "aps_payload_plain"] {
            each_variant(&bytes(&line["decoded"][layer]), |broken| {
                variants += 1;
                json::decoded(&sniffer.nwk(broken, None));
                json::decoded(&sniffer.aps(broken, None));
            });
        }
    }
    eprintln!("{variants} broken frames");
}

fn each_variant(frame: &[u8], mut give: impl FnMut(&[u8])) {
    for end in 0..frame.len() {
        give(&frame[..end]);
    }
    let mut changed = frame.to_vec();
    for at in 0..frame.len() {
        for change in [0x01, 0x80, 0xFF, frame[at], !frame[at]] {
            changed[at] = frame[at] ^ change;
            give(&changed);
        }
        changed[at] = frame[at];
    }
}
