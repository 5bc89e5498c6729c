//! The typed commands of Smart Energy: what is read is written back byte for byte, and reads the same again.

use cad_zigbee::Error;
use cad_zigbee::energy::Command;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::cluster::layout::Layout;
use cad_zigbee::zcl::data_type::DataType;
use cad_zigbee::zcl::fields::Fields;
use cad_zigbee::zcl::{self, AttributeId, ClusterId, Direction, cluster};
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

/// A struct whose fields do not begin where the table says would take a frame for another one.
#[test]
fn the_fields_of_structs_begin_where_the_tables_say() {
    let plain = |command: &cluster::Command| {
        let value = |field: &cluster::Field| matches!(field.layout, Layout::Value(_));
        // Seven bytes there, one array here.
        command.fields.iter().all(value) && command.name != "PublishWeekProfile"
    };
    let mut compared = 0;
    for (cluster, direction, command) in commands() {
        if !TYPED.contains(&cluster) || !plain(command) {
            continue;
        }
        compared += 1;
        for fill in [0, 1, 3] {
            let payload = [fill; 160];
            let (_, rest) = Command::parse(cluster, direction, command.id, &payload).expect("enough bytes");
            let mut fields = fields_of(cluster, direction, command.id, &payload);
            assert!(fields.by_ref().all(|field| field.is_ok()));
            assert_eq!(rest, fields.rest(), "{}", command.name);
            for end in 0..payload.len() - rest.len() {
                let cut = &payload[..end];
                let table = fields_of(cluster, direction, command.id, cut).check();
                match (Command::parse(cluster, direction, command.id, cut), table) {
                    (typed, Err(error)) => assert_eq!(typed.err(), Some(error), "{} {end}", command.name),
                    (Err(Error::Truncated { at, .. }), Ok(())) => assert_eq!(at, end, "{}", command.name),
                    (Err(error), Ok(())) => panic!("{} {end}: {error}", command.name),
                    (Ok((_, rest)), Ok(())) => assert!(rest.is_empty()),
                }
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

fn fields_of(cluster: ClusterId, direction: Direction, id: u8, payload: &[u8]) -> Fields<'_> {
    let header = zcl::Header {
        frame_type: zcl::FrameType::Cluster,
        manufacturer: None,
        direction,
        disable_default_response: false,
        sequence: 0,
        command: id,
    };
    let frame = zcl::Frame { header, payload };
    Fields::of(cluster, &frame).expect("a command of the table").1
}

/// What the published description of the clusters gets wrong, by the type the field has on the wire.
#[test]
fn known_errors_of_the_description_are_put_right() {
    let fields = [
        (0x0701, Direction::ClientToServer, 0x00, "coolingTemperatureSetPointApplied", DataType::Signed16),
        (0x0701, Direction::ClientToServer, 0x00, "heatingTemperatureSetPointApplied", DataType::Signed16),
        (0x0706, Direction::ServerToClient, 0x00, "coolingTemperatureSetPointApplied", DataType::Signed16),
        (0x0706, Direction::ServerToClient, 0x00, "heatingTemperatureSetPointApplied", DataType::Signed16),
        (0x0705, Direction::ClientToServer, 0x02, "debtAmount", DataType::Signed32),
        (0x0705, Direction::ClientToServer, 0x02, "debtRecoveryAmount", DataType::Signed32),
        (0x0705, Direction::ClientToServer, 0x02, "debtRecoveryBalancePercentage", DataType::Unsigned16),
        (0x0705, Direction::ClientToServer, 0x05, "creditAdjustmentValue", DataType::Signed32),
        (0x0705, Direction::ClientToServer, 0x06, "cutOffValue", DataType::Signed32),
        (0x0705, Direction::ClientToServer, 0x0C, "overallDebtCap", DataType::Signed32),
        (0x0705, Direction::ServerToClient, 0x03, "topUpValue", DataType::Signed32),
        (0x0705, Direction::ServerToClient, 0x03, "creditRemaining", DataType::Signed32),
        (0x0708, Direction::ServerToClient, 0x00, "proposedTenancyChangeControl", DataType::Bitmap32),
        (0x0708, Direction::ServerToClient, 0x02, "durationInMinutes", DataType::Unsigned16),
        (0x0702, Direction::ServerToClient, 0x03, "fastPollModeEndtime", DataType::Utc),
        (0x0701, Direction::ServerToClient, 0x01, "effectiveTime", DataType::Utc),
        (0x0703, Direction::ClientToServer, 0x01, "messageConfirmationControl", DataType::Bitmap8),
    ];
    for (cluster, direction, id, name, data_type) in fields {
        let command = cluster::find(ClusterId(cluster)).and_then(|cluster| cluster.command(direction, id));
        let field = command.expect("a command").fields.iter().find(|field| field.name == name);
        let layout = field.expect(name).layout;
        assert!(matches!(layout, Layout::Value(known) if known == data_type), "{name}: {layout:?}");
    }
    let logs = [(0x05, "topUpAmount"), (0x06, "amountCollected")];
    for (id, name) in logs {
        let command = cluster::find(ClusterId::PREPAYMENT)
            .and_then(|cluster| cluster.command(Direction::ServerToClient, id))
            .expect("a command");
        let Some(Layout::Groups(group)) = command.fields.last().map(|field| field.layout) else {
            panic!("a list of groups")
        };
        let field = group.iter().find(|field| field.name == name).expect(name);
        assert!(matches!(field.layout, Layout::Value(DataType::Signed32)), "{name}");
    }
    let attributes = [
        (ClusterId::PREPAYMENT, 0x0001, DataType::Signed32),
        (ClusterId::PREPAYMENT, 0x0002, DataType::Signed32),
        (ClusterId::PREPAYMENT, 0x0005, DataType::Signed32),
        (ClusterId::PREPAYMENT, 0x0006, DataType::Signed32),
        (ClusterId::PREPAYMENT, 0x0040, DataType::Signed32),
        (ClusterId::METERING, 0x0312, DataType::Enum8),
        (ClusterId::METERING, 0x0313, DataType::Bitmap8),
        (ClusterId::METERING, 0x0314, DataType::Bitmap8),
    ];
    for (cluster, id, data_type) in attributes {
        let known = cluster::find(cluster)
            .and_then(|cluster| cluster.attribute(Direction::ServerToClient, AttributeId(id)));
        assert_eq!(known.map(|attribute| attribute.data_type), Some(data_type), "{cluster:?} {id:#06X}");
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

/// Every command of the published table is in ours, with its fields in their order.
#[test]
fn all_published_commands_are_in_the_tables() {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so our tables are compared with no other");
        return;
    };
    let path = PathBuf::from(folder).join("zigbee/tables/se_commands.tsv");
    let text = std::fs::read_to_string(path).expect("the table is there");
    let mut rows = 0;
    for row in text.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let number =
            |column: &str| u16::from_str_radix(column.trim_start_matches("0x"), 16).expect("a hex number");
        let direction =
            if columns[3] == "server" { Direction::ServerToClient } else { Direction::ClientToServer };
        let id = u8::try_from(number(columns[2])).expect("a byte");
        let command = cluster::find(ClusterId(number(columns[0])))
            .and_then(|cluster| cluster.command(direction, id))
            .unwrap_or_else(|| panic!("no command {row}"));
        assert_eq!(command.name, columns[4]);
        let published = columns
            .get(5)
            .into_iter()
            .flat_map(|fields| fields.split("; "))
            .filter(|field| !field.is_empty());
        let published: Vec<&str> = published.map(|field| field.split(':').next().unwrap_or(field)).collect();
        let ours: Vec<&str> = command.fields.iter().map(|field| field.name).collect();
        assert_eq!(ours, published, "{}", command.name);
        rows += 1;
    }
    eprintln!("{rows} commands");
    assert!(rows > 170);
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
