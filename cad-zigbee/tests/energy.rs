//! The typed commands of Smart Energy: what is read is written back byte for byte, and reads the same again.

use cad_zigbee::Error;
use cad_zigbee::energy::Command;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::{self, ClusterId, Direction, cluster};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::Strategy;
use serde_json::Value;
use std::path::PathBuf;

/// The clusters all of whose commands have structs.
const TYPED: [ClusterId; 11] = [
    ClusterId::PRICE,
    ClusterId::DEMAND_RESPONSE,
    ClusterId::METERING,
    ClusterId::MESSAGING,
    ClusterId::TUNNELING,
    ClusterId::PREPAYMENT,
    ClusterId::ENERGY_MANAGEMENT,
    ClusterId::CALENDAR,
    ClusterId::DEVICE_MANAGEMENT,
    ClusterId::EVENTS,
    ClusterId::KEY_ESTABLISHMENT,
];

const DIRECTIONS: [Direction; 2] = [Direction::ClientToServer, Direction::ServerToClient];

/// Every command in the tables.
fn commands() -> Vec<(ClusterId, Direction, &'static cluster::Command)> {
    let of_cluster = |cluster: &'static cluster::Cluster| {
        DIRECTIONS.into_iter().flat_map(move |direction| {
            cluster.commands(direction).iter().map(move |command| (cluster.id, direction, command))
        })
    };
    cluster::all().flat_map(of_cluster).collect()
}

fn written(command: &Command<'_>) -> Vec<u8> {
    let mut buffer = [0; 1024];
    let mut writer = Writer::new(&mut buffer);
    command.write(&mut writer).expect("what was read can be written");
    writer.written().to_vec()
}

#[test]
fn every_command_of_a_typed_cluster_has_a_struct() {
    for (cluster, direction, command) in commands().into_iter().filter(|(id, ..)| TYPED.contains(id)) {
        let zeros = [0; 96];
        let (read, _) = (76..96)
            .find_map(|end| Command::parse(cluster, direction, command.id, &zeros[..end]).ok())
            .expect("some number of zeros is a payload");
        assert!(!matches!(read, Command::Listed(..) | Command::Unknown(_)), "{cluster:?} {}", command.name);
        let name = format!("{read:?}");
        // `Price(PublishPrice(PublishPrice { ..`: the name in the table, but for acronyms.
        let name = name.split('(').nth(1).expect("the name of the command").to_lowercase();
        let listed = command.name.trim_end_matches("Command").to_lowercase();
        assert_eq!(name, listed, "{cluster:?} {direction:?} {:#04X}", command.id);
    }
}

fn any_command() -> impl Strategy<Value = (ClusterId, Direction, u8)> {
    let commands = commands();
    (0..commands.len()).prop_map(move |index| {
        let (cluster, direction, command) = commands[index];
        (cluster, direction, command.id)
    })
}

/// Mostly small numbers, so that counts and lengths are often met by what follows.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let byte = (any::<u8>(), 0..10).prop_map(|(byte, kind)| match kind {
        0..6 => byte & 3,
        6..9 => byte,
        _ => 0xFF,
    });
    vec(byte, 0..120)
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(4000))]

    #[test]
    fn what_is_read_is_written_back((cluster, direction, id) in any_command(), payload in payload()) {
        let Ok((command, rest)) = Command::parse(cluster, direction, id, &payload) else { return Ok(()) };
        let bytes = written(&command);
        if let Command::Listed(..) = command {
            prop_assert_eq!(bytes, payload);
            return Ok(());
        }
        prop_assert_eq!(&bytes, &payload[..payload.len() - rest.len()]);
        let (again, rest) = Command::parse(cluster, direction, id, &bytes).expect("it was read before");
        prop_assert!(rest.is_empty());
        prop_assert_eq!(format!("{again:?}"), format!("{command:?}"));
    }

    /// Whatever a frame is cut to is read, or refused with the place where bytes are missing.
    #[test]
    fn a_command_cut_short_is_refused_where_it_ends(
        (cluster, direction, id) in any_command(),
        payload in payload(),
        cut in any::<proptest::sample::Index>(),
    ) {
        let cut = &payload[..cut.index(payload.len() + 1).min(payload.len())];
        if let Err(error) = Command::parse(cluster, direction, id, cut) {
            let truncated = matches!(error, Error::Truncated { at, needed } if at <= cut.len() && needed > 0);
            prop_assert!(truncated, "{error}");
        }
    }
}

fn corpus() -> Option<Vec<Value>> {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no command of another implementation is read");
        return None;
    };
    let path = PathBuf::from(folder).join("zigbee/corpus/zcl_se.jsonl");
    let text = std::fs::read_to_string(path).expect("the corpus is there");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect())
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits"))
        .collect()
}

#[test]
fn commands_of_others_are_read_whole_and_written_back() {
    let Some(lines) = corpus() else { return };
    let (mut typed, mut listed) = (0, 0);
    for line in lines {
        let cluster = line["cluster"].as_u64().and_then(|id| u16::try_from(id).ok()).expect("a cluster");
        let frame = bytes(line["hex"].as_str().expect("hex"));
        let frame = zcl::Frame::read(&frame).expect("a frame");
        let (command, rest) = Command::of(ClusterId(cluster), &frame).expect("a command");
        assert_eq!(written(&command), frame.payload, "{}", line["id"]);
        match command {
            Command::Unknown(_) => panic!("{} is not known", line["id"]),
            Command::Listed(..) => listed += 1,
            _ => typed += 1,
        }
        assert!(rest.is_empty(), "{}: {rest:?}", line["id"]);
    }
    eprintln!("{typed} commands read as structs, {listed} along their tables");
    assert!(typed > 160);
}
