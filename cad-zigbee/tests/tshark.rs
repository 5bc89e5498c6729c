//! The captures of others, decoded by us and by tshark. Needs tshark 4 and `CONFORMANCE_DATA`; `cargo test -- --ignored`.

use cad_zigbee::nwk::Npdu;
use cad_zigbee::pcap;
use cad_zigbee::security::{Key, Payload};
use cad_zigbee::sniffer::{Decoded, Sniffer};
use cad_zigbee::zcl::FrameType;
use commands::Comparison;
use defects::Met;
use std::path::{Path, PathBuf};

/// What is compared, with the fields of tshark that have it; several where each cluster has its own.
const COLUMNS: [(&str, &[&str]); 9] = [
    ("MAC sequence", &["wpan.seq_no"]),
    ("NWK destination", &["zbee_nwk.dst"]),
    ("NWK source", &["zbee_nwk.src"]),
    ("NWK sequence", &["zbee_nwk.seqno"]),
    ("frame counters", &["zbee.sec.counter"]),
    ("cluster", &["zbee_aps.cluster"]),
    ("ZCL sequence", &["zbee_zcl.cmd.tsn"]),
    ("general command", &["zbee_zcl.cmd.id"]),
    ("cluster command", COMMANDS),
];

/// Of either direction, by cluster.
const COMMANDS: &[&str] = &[
    "zbee_zcl_se.price.cmd.srv_tx.id",
    "zbee_zcl_se.price.cmd.srv_rx.id",
    "zbee_zcl_se.drlc.cmd.srv_tx.id",
    "zbee_zcl_se.drlc.cmd.srv_rx.id",
    "zbee_zcl_se.met.cmd.srv_tx.id",
    "zbee_zcl_se.met.cmd.srv_rx.id",
    "zbee_zcl_se.msg.cmd.srv_tx.id",
    "zbee_zcl_se.msg.cmd.srv_rx.id",
    "zbee_zcl_se.tun.cmd.srv_tx.id",
    "zbee_zcl_se.tun.cmd.srv_rx.id",
    "zbee_zcl_se.pp.cmd.srv_tx.id",
    "zbee_zcl_se.pp.cmd.srv_rx.id",
    "zbee_zcl_se.energy_management.cmd.srv_tx.id",
    "zbee_zcl_se.energy_management.cmd.srv_rx.id",
    "zbee_zcl_se.calendar.cmd.srv_tx.id",
    "zbee_zcl_se.calendar.cmd.srv_rx.id",
    "zbee_zcl_se.device_management.cmd.srv_tx.id",
    "zbee_zcl_se.device_management.cmd.srv_rx.id",
    "zbee_zcl_se.events.cmd.srv_tx.id",
    "zbee_zcl_se.events.cmd.srv_rx.id",
    "zbee_zcl_se.mdu_pairing.cmd.srv_tx.id",
    "zbee_zcl_se.mdu_pairing.cmd.srv_rx.id",
    "zbee_zcl_se.sub_ghz.cmd.srv_tx.id",
    "zbee_zcl_se.sub_ghz.cmd.srv_rx.id",
    "zbee_zcl_se.ke.cmd.srv_tx.id",
    "zbee_zcl_se.ke.cmd.srv_rx.id",
    "zbee_zcl_meas_sensing.elecmes.cmd.srv_tx.id",
    "zbee_zcl_meas_sensing.elecmes.cmd.srv_rx.id",
];

/// Our values of a column; none where there is nothing to compare.
fn ours(column: &str, decoded: &Decoded<'_>) -> Option<Vec<i128>> {
    let nwk = match decoded.nwk {
        Some(Npdu::Frame(frame)) => Some(frame),
        _ => None,
    };
    let zcl = decoded.zcl.map(|zcl| zcl.frame.header);
    Some(match column {
        "MAC sequence" => decoded.mac?.sequence.into_iter().map(i128::from).collect(),
        "NWK destination" => vec![i128::from(nwk?.destination.0)],
        "NWK source" => vec![i128::from(nwk?.source.0)],
        "NWK sequence" => vec![i128::from(nwk?.sequence)],
        "frame counters" => {
            let payloads: [Option<&Payload<'_>>; 2] =
                [nwk.as_ref().map(|frame| &frame.payload), decoded.aps.as_ref().map(|frame| &frame.payload)];
            payloads
                .into_iter()
                .flatten()
                .filter_map(|payload| payload.auxiliary())
                .map(|auxiliary| i128::from(auxiliary.frame_counter))
                .collect()
        }
        "cluster" => vec![i128::from(decoded.aps?.addressing?.cluster.0)],
        "ZCL sequence" => vec![i128::from(zcl?.sequence)],
        "general command" if zcl?.frame_type == FrameType::Global => vec![i128::from(zcl?.command)],
        "cluster command" if zcl?.frame_type == FrameType::Cluster => vec![i128::from(zcl?.command)],
        _ => return None,
    })
}

/// The values of each column.
type Row = Vec<Vec<i128>>;

/// What tshark says, a row a frame.
fn tshark(file: &Path, keys: &[String]) -> Vec<Row> {
    let names: Vec<&str> = COLUMNS.iter().flat_map(|(_, fields)| *fields).copied().collect();
    let frames = dissection::columns(file, &dissection::with_keys(keys), &names);
    let row = |fields: Vec<Vec<i128>>| {
        let mut fields = fields.into_iter();
        COLUMNS.iter().map(|(_, names)| fields.by_ref().take(names.len()).flatten().collect()).collect()
    };
    frames.into_iter().map(row).collect()
}

fn compare(file: &Path, keys: &[String], met: &mut Met) {
    let theirs = tshark(file, keys);
    let shown = dissection::of_commands(file, keys);
    let mut commands = Comparison::default();
    let mut sniffer = Sniffer::new();
    for key in keys {
        sniffer.add_key(key.parse::<Key>().expect("a key"));
    }
    let bytes = std::fs::read(file).expect("the capture is there");
    let (mut frames, mut compared, mut excepted, mut wrong) = (0, 0, 0, 0);
    for (packet, (row, shown)) in pcap::packets(&bytes).expect("a capture").zip(theirs.iter().zip(&shown)) {
        let packet = packet.expect("a packet");
        let (frame, trailer) = packet.mac_frame().expect("a MAC frame");
        let decoded = sniffer.mac(frame, trailer, packet.time);
        frames += 1;
        if let Some(zcl) = decoded.zcl.as_ref().filter(|_| !met.column("fields", &decoded)) {
            commands.add(zcl, shown, met);
        }
        for ((column, _), theirs) in COLUMNS.iter().zip(row) {
            let Some(ours) = ours(column, &decoded) else { continue };
            if met.column(column, &decoded) {
                excepted += 1;
                continue;
            }
            compared += 1;
            if ours != *theirs {
                eprintln!("{} frame {frames} {column}: ours {ours:?}, tshark's {theirs:?}", file.display());
                wrong += 1;
            }
        }
    }
    let name = file.file_name().expect("a name").display();
    eprintln!("{name}: {frames} frames, {compared} columns equal or wrong, {excepted} excepted");
    let Comparison { commands, equal, excepted, wrong: wrong_fields } = commands;
    eprintln!("{name}: {commands} commands, {equal} fields equal, {excepted} excepted");
    assert_eq!((frames, frames), (theirs.len(), shown.len()));
    assert!(compared > frames * 5, "{compared}");
    assert_eq!((wrong, wrong_fields), (0, Vec::new()));
}

fn with_colons(hex: &str) -> String {
    let pairs: Vec<&str> = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]).collect();
    pairs.join(":")
}

#[test]
#[ignore = "needs tshark"]
fn captures_of_the_corpus_are_read_as_tshark_reads_them() {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no capture is compared");
        return;
    };
    let corpus = PathBuf::from(folder).join("zigbee/corpus");
    let keys = std::fs::read_to_string(corpus.join("keys.json")).expect("the keys are there");
    let keys: serde_json::Value = serde_json::from_str(&keys).expect("JSON");
    let link_keys = keys["link_keys"].as_object().expect("link keys").values();
    let keys: Vec<String> = std::iter::once(&keys["network_key"])
        .chain(link_keys)
        .map(|key| with_colons(key.as_str().expect("a key")))
        .collect();
    let mut met = Met::default();
    for name in ["se_nwk.pcap", "se_aps_link.pcap"] {
        compare(&corpus.join(name), &keys, &mut met);
    }
    compare_all_commands("commands_and_corpus.pcap", &mut met);
    assert_eq!(met.not_met(), Vec::<&str>::new(), "no frame shows that");
}

#[test]
#[ignore = "needs tshark"]
fn our_own_captures_are_read_as_tshark_reads_them() {
    gbz::compare(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("gbz.pcap"));
    compare_all_commands("commands.pcap", &mut Met::default());
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data");
    let keys = std::fs::read_to_string(data.join("evening.keys.json")).expect("the keys are there");
    let keys: serde_json::Value = serde_json::from_str(&keys).expect("JSON");
    let keys = ["network_key", "link_key"].map(|name| with_colons(keys[name].as_str().expect("a key")));
    compare(&data.join("evening.pcap"), &keys, &mut Met::default());
}

fn compare_all_commands(name: &str, met: &mut Met) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, written::capture()).expect("a temporary file");
    let hex = |key: [u8; 16]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let keys = [written::NETWORK_KEY, written::LINK_KEY].map(|key| with_colons(&hex(key)));
    compare(&file, &keys, met);
    std::fs::remove_file(&file).expect("the temporary file");
}

#[path = "tshark/commands.rs"]
mod commands;
#[path = "tshark/defects.rs"]
mod defects;
#[path = "tshark/dissection.rs"]
mod dissection;
#[path = "tshark/gbz.rs"]
mod gbz;
#[path = "tshark/written.rs"]
mod written;
