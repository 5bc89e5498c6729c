//! `meter-reader` as a user runs it.

use std::io::Write as _;
use std::net::UdpSocket;
use std::process::{Command, Output, Stdio};

use cad_zigbee::link::zep::{Data, Frame};
use cad_zigbee::writer::Writer;
use examples::house::House;

const CAPTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/evening.pcap");
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/evening.keys.json");

fn meter_reader(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_meter-reader"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // It may end before it has read all.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program writes text")
}

#[test]
fn a_capture_becomes_json_lines() {
    let output = meter_reader(&["--key-file", KEYS, CAPTURE], b"");
    assert!(output.status.success());
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 600);
    let expected = serde_json::json!({
        "meter": "001db7e00e514e01", "quantity": "energy_import", "value": "18431.212", "unit": "kWh",
        "time": "2026-01-15T17:01:00Z",
    });
    assert_eq!(lines[0], expected);
    assert_eq!(text(&output.stderr).lines().next(), Some("302 frames, 600 readings"));
}

#[test]
fn a_capture_becomes_a_table_of_the_latest_and_csv() {
    let output = meter_reader(&["--format", "table", "--key-file", KEYS, CAPTURE], b"");
    let table = text(&output.stdout);
    assert!(table.contains("001db7e00e514e01/1  electricity"), "{table}");
    assert!(table.contains("energy_import  18458.479 kWh  2026-01-15 22:00:00  ×300"), "{table}");
    let output = meter_reader(&["--format", "csv", "--frames", "4", "--key-file", KEYS, CAPTURE], b"");
    let expected = "time,meter,endpoint,quantity,value,unit,interval_s\n\
        2026-01-15T17:01:00Z,001db7e00e514e01,1,energy_import,18431.212,kWh,\n\
        2026-01-15T17:01:00Z,001db7e00e514e01,1,power,0.336,kW,\n\
        2026-01-15T17:02:00Z,001db7e00e514e01,1,energy_import,18431.218,kWh,\n\
        2026-01-15T17:02:00Z,001db7e00e514e01,1,power,0.347,kW,\n";
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn a_capture_comes_through_a_pipe_and_may_be_cut_off() {
    let capture = std::fs::read(CAPTURE).expect("the capture is there");
    let output = meter_reader(&["--key-file", KEYS, "-"], &capture[..capture.len() - 5]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout).lines().count(), 598);
    assert!(text(&output.stderr).contains("1 not read: the capture ends inside a packet"));
}

#[test]
fn behind_a_damaged_record_reading_goes_on() {
    let mut capture = std::fs::read(CAPTURE).expect("the capture is there");
    let half = capture.len() / 2;
    capture.drain(half..half + 100);
    let output = meter_reader(&["--key-file", KEYS, "-"], &capture);
    assert!(output.status.success());
    let count = text(&output.stdout).lines().count();
    assert!((590..600).contains(&count), "{count}");
    let said = text(&output.stderr);
    assert!(said.contains("1 not read: damaged record, stepped over to the next one"), "{said}");
    assert!(said.contains(" bytes of the capture stepped over"), "{said}");
}

#[test]
fn a_capture_that_goes_on_gives_readings_before_it_ends() {
    use std::io::{BufRead as _, BufReader};

    let capture = std::fs::read(CAPTURE).expect("the capture is there");
    let packets: Vec<_> = cad_zigbee::pcap::packets(&capture).expect("a capture").flatten().collect();
    // The same as pcapng: a section, an interface, and a block for each packet.
    let block = |kind: u32, body: &[u8]| {
        let length = u32::try_from(body.len() + 12).expect("short").to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, &length].concat()
    };
    let section = [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255];
    let link_type = packets[0].link_type.0.to_le_bytes();
    let interface = [&link_type[..], &[0, 0, 0, 0, 0, 0]].concat();
    let mut blocks = [block(0x0A0D_0D0A, &section), block(1, &interface)].concat();
    for packet in &packets {
        let ticks = u64::try_from(packet.time.expect("a time").0.as_micros()).expect("a time of today");
        let mut body = vec![0; 4];
        for number in [(ticks >> 32) as u32, ticks as u32, packet.bytes.len() as u32, packet.length] {
            body.extend(number.to_le_bytes());
        }
        body.extend(packet.bytes);
        body.resize(body.len().next_multiple_of(4), 0);
        blocks.extend(block(6, &body));
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_meter-reader"))
        .args(["--key-file", KEYS, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(&blocks[..blocks.len() / 2]).expect("it reads");
    stdin.flush().expect("it reads");
    let mut lines = BufReader::new(child.stdout.take().expect("standard output is a pipe")).lines();
    let first = lines.next().expect("a reading before the capture ends").expect("text");
    assert!(first.contains("18431.212"), "{first}");
    let rest = std::thread::spawn(move || lines.count());
    stdin.write_all(&blocks[blocks.len() / 2..]).expect("it reads");
    drop(stdin);
    assert_eq!(rest.join().expect("lines"), 599);
    assert!(child.wait().expect("the program ends").success());
}

#[test]
fn without_a_key_it_says_what_is_missing() {
    let output = meter_reader(&[CAPTURE], b"");
    assert_eq!(output.status.code(), Some(1));
    let said = "302 not read: encrypted with a network key: no known key opens the frame";
    assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
}

#[test]
fn lines_may_be_frames_payloads_xml_and_noise() {
    let input = concat!(
        r#"{"id": 1, "layer": "zcl", "cluster": 1794, "hex": "18020100030030000103002201000002030022e80300"}"#,
        "\nnoise\n",
        r#"{"id": 2, "layer": "zcl", "cluster": 1794, "hex": "18010a00042ad20400"}"#,
        "\n",
        r#"{"topic": "glow/A/SENSOR/gasmeter", "payload": {"gasmeter": {"energy": {"import":
            {"cumulative": 1.5, "units": "kWh"}}}}}"#,
        "\n<InstantaneousDemand>\n <Demand>0x0003e8</Demand>\n <Divisor>0x03e8</Divisor>\n</InstantaneousDemand>\n",
    )
    .replace("\n            ", " ");
    let output = meter_reader(&["--format", "csv", "-"], input.as_bytes());
    let values: Vec<&str> = text(&output.stdout).lines().skip(1).collect();
    assert_eq!(values, [",,,power,1.234,kW,", ",gas,,energy_import,1.5,kWh,", ",,,power,1,kW,"]);
    assert!(text(&output.stderr).contains("1 not read: not JSON"), "{}", text(&output.stderr));
}

#[test]
fn an_input_that_is_not_there_and_a_key_that_is_none_are_refused() {
    let output = meter_reader(&["/nowhere/evening.pcap"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("meter-reader: /nowhere/evening.pcap: "));
    let output = meter_reader(&["--key", "c0ffee", CAPTURE], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("a key is 32 hexadecimal digits"));
}

#[test]
fn frames_come_live_over_udp() {
    use std::io::{BufRead as _, BufReader};

    let mut house = House::new();
    let mut frames = house.join().expect("frames");
    frames.extend(house.step(60).expect("frames"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_meter-reader"))
        .args(["--zep", "127.0.0.1:0", "--format", "csv", "--key-file", KEYS])
        .args(["--frames", &frames.len().to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut errors = BufReader::new(child.stderr.take().expect("standard error is a pipe"));
    let mut listening = String::new();
    errors.read_line(&mut listening).expect("it says where it listens");
    let address = listening.trim_start_matches("listening on ").split(';').next().expect("an address");

    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for (number, frame) in (1..).zip(&frames) {
        let mut buffer = [0; 256];
        let mut writer = Writer::new(&mut buffer);
        Frame::Data(Data::new(number, &frame.bytes).at(frame.time)).write(&mut writer).expect("fits");
        socket.send_to(writer.written(), address).expect("sent");
    }
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success());
    assert_eq!(text(&output.stdout).lines().count(), 3, "{}", text(&output.stdout));
}
