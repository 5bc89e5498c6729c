//! The frames of other implementations, from the folder that `CONFORMANCE_DATA` names.

use cad_zigbee::address::PanId;
use cad_zigbee::link::{ApsIndication, ash, deconz, ezsp, nrf_sniffer, xbee, zep, znp};
use cad_zigbee::mac;
use cad_zigbee::sniffer::Sniffer;
use cad_zigbee::writer::Writer;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

fn lines() -> Vec<Value> {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no frame of another implementation is read");
        return Vec::new();
    };
    let path = PathBuf::from(folder).join("zigbee/corpus/host_framing.jsonl");
    let text = fs::read_to_string(path).expect("the corpus is there");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
    assert!(!lines.is_empty());
    lines
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

/// Asserts that all that is expected is there and equal.
fn assert_has(got: &Value, expected: &Value, of: &Value) {
    for (name, value) in expected.as_object().expect("an object") {
        if name != "same_as" {
            assert_eq!(&got[name], value, "{name} of {}", of["name"]);
        }
    }
}

/// The message is one that the reading pipeline takes.
fn assert_is_read(message: &ApsIndication<'_>) {
    let mut sniffer = Sniffer::new();
    let source = message.source(PanId(0x5A17));
    let decoded = sniffer.zcl(message.profile.unwrap_or(0), message.cluster, message.payload, source, None);
    assert_eq!(decoded.error, None);
    assert_eq!(decoded.zcl.expect("a ZCL frame").frame, message.zcl().expect("a ZCL frame"));
    assert_ne!(source.meter, cad_zigbee::readings::Meter::Unnamed);
}

fn ash(line: &Value) {
    let wire = bytes(&line["hex"]);
    let mut deframer = ash::Deframer::<256>::new();
    let frame = deframer.read(&mut &wire[..]).expect("a frame");
    let mut buffer = [0; 512];
    let mut writer = Writer::new(&mut buffer);
    frame.write(&mut writer).expect("what was read can be written");
    assert!(writer.written().ends_with(&wire));
    let got = match frame {
        ash::Frame::Data { number, retransmitted, acknowledged, .. } => {
            let crc = hex(&wire[wire.len() - 3..wire.len() - 1]);
            json!({"type": "DATA", "frm_num": number, "re_tx": retransmitted, "ack_num": acknowledged, "crc": crc})
        }
        ash::Frame::Ack { .. } => json!({"type": "ACK"}),
        ash::Frame::Nak { .. } => json!({"type": "NAK"}),
        ash::Frame::Reset => json!({"type": "RST"}),
        ash::Frame::ResetAcknowledgement { .. } => json!({"type": "RSTACK"}),
        ash::Frame::Failed { .. } => json!({"type": "ERROR"}),
    };
    let expected = &line["decoded"];
    assert_has(&got, &expected["ash"], line);
    let ash::Frame::Data { payload, .. } = frame else { return };
    let version = expected["ezsp"]["version"].as_str().expect("a version");
    let version = ezsp::Version(if version.starts_with("v14") { 14 } else { 13 });
    let command = ezsp::Frame::read(payload, version).expect("an EZSP frame");
    assert_eq!(ezsp::Frame::read(payload, ezsp::Version::of_header(payload)), Ok(command));
    let got = json!({
        "seq": command.sequence, "frame_control": command.control, "frame_id": command.id,
        "version": expected["ezsp"]["version"],
    });
    assert_has(&got, &expected["ezsp"], line);
    let message = ezsp::IncomingMessage::read(&command, version).expect("a message");
    assert_eq!(ezsp::IncomingMessage::read_any(&command), Ok(message));
    let kind = if message.message_type == 0 { "unicast" } else { "other" };
    let got = json!({
        "type": kind, "profile": message.aps.profile, "cluster": message.aps.cluster.0,
        "src_ep": message.aps.source_endpoint, "dst_ep": message.aps.destination_endpoint,
        "aps_options": message.aps.options, "group": message.aps.group, "aps_seq": message.aps.sequence,
        "lqi": message.lqi, "rssi": message.rssi_dbm, "sender": message.sender.0, "binding": message.binding,
        "address": message.address, "payload": hex(message.payload), "timestamp": message.timestamp_ms,
        "eui64": message.sender_eui64.map(|eui64| eui64.to_string()),
    });
    assert_has(&got, &expected["message"], line);
    assert_is_read(&message.indication());
}

fn znp(line: &Value) {
    const KINDS: [&str; 4] = ["POLL", "SREQ", "AREQ", "SRSP"];
    let wire = bytes(&line["hex"]);
    let mut deframer = znp::Deframer::<255>::new();
    let frame = deframer.read(&mut &wire[..]).expect("a frame");
    let message = znp::IncomingMessage::read(&frame).expect("a message");
    let znp::Source::Short(source) = message.source else { panic!("{message:?}") };
    let (last_hop, radius) = message.last_hop.expect("a last hop");
    let got = json!({
        "sof": wire[0], "len": frame.data.len(), "cmd0": frame.command0, "cmd1": frame.command1,
        "type": KINDS[usize::from((frame.command0 >> 5) & 3)],
        "subsystem": if frame.command0 & 0x1F == 4 { "AF" } else { "" },
        "fcs": wire[wire.len() - 1], "group": message.group, "cluster": message.cluster.0, "src": source.0,
        "src_ep": message.source_endpoint, "dst_ep": message.destination_endpoint,
        "broadcast": message.broadcast != 0, "lqi": message.lqi, "security": message.security != 0,
        "timestamp": message.timestamp, "tsn": message.transaction, "payload": hex(message.payload),
        "mac_src": last_hop.0, "radius": radius,
    });
    assert_has(&got, &line["decoded"], line);
    assert_is_read(&message.indication(|_| Some(0x0109)));
}

fn xbee(line: &Value) {
    let wire = bytes(&line["hex"]);
    let escaped = line["name"].as_str().is_some_and(|name| name.contains("AP=2"));
    let mode = if escaped { xbee::Mode::Escaped } else { xbee::Mode::Plain };
    let mut deframer = xbee::Deframer::<512>::new(mode);
    let frame = deframer.read(&mut &wire[..]).expect("a frame");
    let xbee::Frame::ExplicitReceive(message) = frame else { panic!("{frame:?}") };
    let got = json!({
        "api": 0x91, "src64": format!("{:016X}", message.source_eui64), "src16": message.source,
        "src_ep": message.source_endpoint, "dst_ep": message.destination_endpoint,
        "cluster": message.cluster.0, "profile": message.profile, "options": message.options,
        "payload": hex(message.payload), "checksum": wire[wire.len() - 1],
    });
    assert_has(&got, &line["decoded"], line);
    let mut buffer = [0; 512];
    let mut writer = Writer::new(&mut buffer);
    frame.write(&mut writer, mode).expect("what was read can be written");
    assert_eq!(writer.written(), wire);
    assert_is_read(&message.indication());
}

fn deconz(line: &Value) {
    let wire = bytes(&line["hex"]);
    let mut deframer = deconz::Deframer::<256>::new();
    let frame = deframer.read(&mut &wire[..]).expect("a frame");
    let command = frame.command().expect("a command");
    let deconz::Command::DataIndication(indication) = command else { panic!("{command:?}") };
    let message = indication.indication();
    let got = json!({
        "profile": message.profile, "cluster": message.cluster.0, "src": message.sender.short.map(|short| short.0),
        "src_ep": message.source_endpoint, "dst_ep": message.destination_endpoint,
        "payload": hex(message.payload), "lqi": message.lqi, "rssi": message.rssi_dbm,
    });
    assert_has(&got, &line["decoded"], line);
    assert_is_read(&message);
}

fn zep(line: &Value) {
    let datagram = bytes(&line["hex"]);
    let frame = zep::Frame::read(&datagram).expect("a datagram");
    let zep::Frame::Data(data) = frame else { panic!("{frame:?}") };
    let got = json!({
        "version": data.version, "type": data.frame_type, "channel": data.channel, "device_id": data.device,
        "crc_mode": u8::from(data.fcs), "lqi": data.lqi, "seq": data.sequence, "length": data.frame.len(),
        "mac": hex(data.frame),
    });
    assert_has(&got, &line["decoded"], line);
    let frame = mac::Frame::read(data.frame, data.trailer_format()).expect("a MAC frame");
    assert_eq!(frame.trailer.fcs_ok(), Some(true));
    let mut buffer = [0; 512];
    let mut writer = Writer::new(&mut buffer);
    zep::Frame::Data(data).write(&mut writer).expect("what was read can be written");
    assert_eq!(writer.written(), datagram);
}

fn nrf_sniffer(line: &Value) {
    let text = line["text"].as_str().expect("a line");
    let mut buffer = [0; 127];
    let read = nrf_sniffer::read(text, &mut buffer).expect("a line");
    let got = json!({
        "psdu": hex(read.frame), "rssi": read.rssi_dbm, "lqi": read.lqi, "time_us": read.time_us,
    });
    assert_has(&got, &line["decoded"], line);
    assert_eq!(read.to_string(), text);
}

#[test]
fn frames_of_every_link_are_read_as_others_do() {
    let lines = lines();
    for line in &lines {
        match line["kind"].as_str() {
            Some("ash") => ash(line),
            Some("znp") => znp(line),
            Some("xbee") => xbee(line),
            Some("deconz") => deconz(line),
            Some("zep") => zep(line),
            Some("nrf_sniffer_text") => nrf_sniffer(line),
            kind => panic!("an unknown link: {kind:?}"),
        }
    }
    eprintln!("{} frames of host links", lines.len());
}
