//! `meter-reader` as a user runs it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::UdpSocket;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use cad_zigbee::link::zep::{Data, Frame};
use cad_zigbee::writer::Writer;

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
        "time": "2026-01-15T17:01:00Z", "endpoint": 1,
    });
    assert_eq!(lines[0], expected);
    assert_eq!(text(&output.stderr).lines().next(), Some("302 frames, 600 readings"));
}

#[test]
fn a_mirror_is_told_with_the_meter_it_is_of() {
    // An APS frame from this endpoint: attributes of a meter or a mirror, with the number of the metering point.
    let line = |endpoint: u8, device_type: u8, name: &str| {
        let frame = [0x40, 1, 2, 7, 9, 1, endpoint, endpoint, 0x18, 1, 0x0A];
        let identity = [6, 3, 0x18, device_type, 7, 3, 0x41, 2, b'4', b'2'];
        let values = [0, 3, 0x30, 1, 1, 3, 0x22, 1, 0, 0, 2, 3, 0x22, 1, 0, 0, 0, 0, 0x25, 5, 0, 0, 0, 0, 0];
        let bytes = [&frame[..], &identity, &values].concat();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        // The NWK header names the sender.
        let eui64: String =
            name.chars().rev().collect::<Vec<_>>().chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        format!("{{\"layer\": \"nwk\", \"hex\": \"0810000000{endpoint:02x}1e01{eui64}{hex}\"}}\n")
    };
    let input = line(1, 0x01, "00155f0000000001") + &line(5, 0x80, "00155f00000000aa");
    let output = meter_reader(&["-"], input.as_bytes());
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2, "{}", text(&output.stderr));
    assert!(lines[0].get("mirror_of").is_none());
    let expected = serde_json::json!({
        "meter": "00155f00000000aa", "endpoint": 5, "mirror_of": "00155f0000000001", "quantity": "volume",
        "value": "5", "unit": "m3", "time": null,
    });
    assert_eq!(lines[1], expected);
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
fn what_a_device_says_gives_the_terminal_no_orders() {
    let said = format!("{{\"Status\": \"no\\u001b[2J{}\"}}", "x".repeat(999));
    let output = meter_reader(&["-"], said.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(
        told.contains("1 not read: the device could not answer: no [2Jxxx") && told.len() < 300,
        "{told}"
    );
}

#[test]
fn a_serial_line_may_be_heard_from_the_middle_of_a_fragment_on() {
    let demand = "<InstantaneousDemand>\r\n  <Demand>0x0003e8</Demand>\r\n  <Divisor>0x03e8</Divisor>\r\n";
    let end = "</InstantaneousDemand>\r\n";
    // The rest of one, a whole one, one that was cut off, a whole one, one before a line of JSON.
    let input = [&demand[20..], end, demand, end, demand, demand, end, demand].concat()
        + r#"{"gasmeter": {"energy": {"import": {"cumulative": 1.5, "units": "kWh"}}}}"#;
    let output = meter_reader(&["--format", "csv", "-"], input.as_bytes());
    let values: Vec<&str> = text(&output.stdout).lines().skip(1).collect();
    assert_eq!(values, [",,,power,1,kW,", ",,,power,1,kW,", ",gas,,energy_import,1.5,kWh,"]);
    let said = text(&output.stderr);
    assert!(said.contains("2 not read: lines of XML that are no whole fragment"), "{said}");
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

/// A program that listens for datagrams.
struct Listening {
    child: Child,
    errors: BufReader<ChildStderr>,
    /// Where it says that it listens.
    address: String,
}

impl Listening {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_meter-reader"))
            .args(["--zep", "127.0.0.1:0", "--format", "csv", "--key-file", KEYS])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut errors = BufReader::new(child.stderr.take().expect("standard error is a pipe"));
        let mut line = String::new();
        errors.read_line(&mut line).expect("it says where it listens");
        let address = line.strip_prefix("listening on ").and_then(|line| line.split(';').next());
        let address = address.expect("an address").to_owned();
        Self { child, errors, address }
    }

    fn lines(&mut self) -> impl Iterator<Item = String> + use<> {
        let lines = BufReader::new(self.child.stdout.take().expect("standard output is a pipe")).lines();
        lines.map(|line| line.expect("text"))
    }

    /// What it says when it ends.
    fn end(mut self) -> String {
        assert!(self.child.wait().expect("the program ends").success());
        let mut said = String::new();
        self.errors.read_to_string(&mut said).expect("text");
        said
    }
}

fn datagram(data: Data<'_>) -> Vec<u8> {
    let mut buffer = [0; 256];
    let mut writer = Writer::new(&mut buffer);
    Frame::Data(data).write(&mut writer).expect("fits");
    writer.written().to_vec()
}

#[test]
fn a_capture_sent_over_udp_gives_the_same_readings_live_whatever_comes_between() {
    let recorded = meter_reader(&["--format", "csv", "--key-file", KEYS, CAPTURE], b"");
    let expected: Vec<&str> = text(&recorded.stdout).lines().collect();
    let capture = std::fs::read(CAPTURE).expect("the capture is there");
    let packets: Vec<_> = cad_zigbee::pcap::packets(&capture).expect("a capture").flatten().collect();
    let sound = datagram(Data::new(0, packets[0].bytes));
    let garbage: [&[u8]; 6] = [b"", b"E", b"HTTP/1.1 400", &[0xFF; 300], &sound[..40], &sound[..5]];
    let acknowledgement = [b'E', b'X', 2, 2, 0, 0, 0, 9];

    let mut program = Listening::start(&["--frames", &packets.len().to_string()]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let mut lines = program.lines();
    let send = |bytes: &[u8]| socket.send_to(bytes, &program.address).expect("sent");
    let mut read: Vec<String> = Vec::new();
    for (number, packet) in (0..).zip(&packets) {
        send(garbage[number % garbage.len()]);
        send(&acknowledgement);
        let data = Data::new(number as u32, packet.bytes).at(packet.time.expect("a time"));
        send(&datagram(data));
        // A reading is out before the next frame comes; the first two frames have none.
        let until = if number < 2 { 0 } else { 1 + 2 * (number - 1) };
        while read.len() < until {
            read.push(lines.next().expect("readings come as frames do"));
        }
    }
    assert_eq!(read, expected);
    let said = program.end();
    assert!(said.starts_with("302 frames, 600 readings\n"), "{said}");
    for (fault, count) in
        [("not a ZEP datagram", 100), ("1 more byte needed", 51), ("more bytes needed at offset", 151)]
    {
        let counts = said.lines().filter(|line| line.contains(fault));
        let counts = counts.map(|line| line.trim().split(' ').next()?.parse::<usize>().ok());
        assert_eq!(counts.sum::<Option<usize>>(), Some(count), "{said}");
    }
}

#[test]
fn a_frame_that_was_changed_on_its_way_gives_no_reading() {
    let capture = std::fs::read(CAPTURE).expect("the capture is there");
    let packets: Vec<_> = cad_zigbee::pcap::packets(&capture).expect("a capture").flatten().collect();
    let mut program = Listening::start(&["--frames", "4"]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for (number, packet) in (0..).zip(&packets[..4]) {
        let mut bytes = packet.bytes.to_vec();
        if number == 2 {
            bytes[60] ^= 1;
        }
        socket.send_to(&datagram(Data::new(number, &bytes)), &program.address).expect("sent");
    }
    assert_eq!(program.lines().count(), 3);
    assert!(program.end().contains("4 frames, 2 readings\n  1 not read: encrypted"));
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = taken.local_addr().expect("an address").to_string();
    let output = meter_reader(&["--zep", &address], b"");
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.starts_with(&format!("meter-reader: {address}, where ZEP comes to")), "{said}");
}
