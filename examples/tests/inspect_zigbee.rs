//! `inspect zigbee` as a user runs it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const CAPTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/evening.pcap");
const NETWORK_KEY: &str = "c0ffee00112233445566778899aabbcc";

/// The exit status and the objects that `--json` prints.
fn inspect(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<Value>) {
    let (status, text) = report(&[&["--json"], arguments].concat(), input);
    (status, text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

/// The exit status and what is printed.
fn report(arguments: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_inspect"))
        .arg("zigbee")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // It may end before it has read all.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    (output.status.code(), String::from_utf8(output.stdout).expect("the program writes text"))
}

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder for tests is there");
    path
}

fn keys_of_the_evening() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/evening.keys.json"));
    let keys: Value = serde_json::from_str(&text.expect("the keys are there")).expect("JSON");
    let mut found = Vec::new();
    let mut open = vec![&keys];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if text.len() == 32 => found.push(text.clone()),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    found
}

#[test]
fn a_reading_has_its_meter_quantity_value_unit_and_time() {
    let keys = keys_of_the_evening();
    let mut arguments: Vec<&str> = keys.iter().flat_map(|key| ["--key", key.as_str()]).collect();
    arguments.push(CAPTURE);
    let (status, frames) = inspect(&arguments, b"");
    assert_eq!(status, Some(0));
    assert!((1_u64..).zip(&frames).all(|(number, frame)| frame["id"] == number && frame["ok"] == true));
    let first = frames.iter().flat_map(|frame| frame["readings"].as_array()).flatten().next();
    let expected = json!({
        "meter": "001db7e00e514e01", "quantity": "energy_import", "value": "18431.212", "unit": "kWh",
        "time": "2026-01-15T17:01:00Z",
    });
    assert_eq!(first, Some(&expected));
}

#[test]
fn a_reading_of_a_line_has_no_time_and_lines_keep_their_names() {
    let input = concat!(
        r#"{"id": "formats", "layer": "zcl", "profile": 265, "cluster": 1794,
            "hex": "18020100030030000103002201000002030022e80300"}"#,
        "\n",
        r#"{"id": ["power", 2], "layer": "zcl", "profile": 265, "cluster": 1794, "hex": "18010a00042ad20400"}"#,
        "\n",
        r#"{"id": null, "layer": "zcl", "cluster": 1794, "hex": "18010a00042a000080", "network_key": null}"#,
    )
    .replace("\n            ", " ");
    let (status, frames) = inspect(&["-"], input.as_bytes());
    assert_eq!(status, Some(0));
    let ids: Vec<&Value> = frames.iter().map(|frame| &frame["id"]).collect();
    assert_eq!(ids, [&json!("formats"), &json!(["power", 2]), &Value::Null]);
    let expected =
        json!([{"meter": null, "quantity": "power", "value": "1.234", "unit": "kW", "time": null}]);
    assert_eq!(frames[1]["readings"], expected);
    assert_eq!(frames[2]["readings"], json!([]), "an invalid value is no reading");
}

#[test]
fn a_frame_that_no_key_opens_is_read_as_far_as_it_can_be() {
    let (status, frames) = inspect(&[CAPTURE], b"");
    assert_eq!(status, Some(0));
    assert!(frames.iter().all(|frame| frame["ok"] == true && frame["error"].is_null()));
    assert!(frames.iter().all(|frame| frame["decoded"]["nwk"]["encrypted"] == true));
    assert!(frames.iter().all(|frame| frame["decoded"]["mac"]["fcs_ok"] == true));
    assert!(frames.iter().all(|frame| frame["decoded"].get("aps").is_none()));
}

#[test]
fn lines_that_are_no_frames_are_refused_each_for_itself() {
    let input = b"\xEF\xBB\xBF{\"id\": 1, \"layer\": \"mac\"\nmac 00\n\n{\"id\": 4, \"layer\": \"mac\"}\n[1]\n\
        {\"id\": \"\xFF\"}\n{\"id\": 7, \"layer\": \"ip\", \"hex\": \"00\"}\n{\"id\": 8, \"layer\": \"mac\", \"hex\": \"0\"}\n\
        {\"id\": 9, \"layer\": \"zcl\", \"hex\": \"18010a\"}\n{\"id\": 10, \"layer\": \"mac\", \"hex\": \"\"}\n\
        {\"id\": 11, \"layer\": \"mac\", \"hex\": \"00\", \"network_key\": \"c0ffee\"}\n\
        {\"id\": 12, \"layer\": \"zcl\", \"cluster\": 1794, \"hex\": \"18010a\"}";
    let (status, lines) = inspect(&["-"], input);
    assert_eq!(status, Some(1));
    let refused: Vec<(u64, &str)> = lines
        .iter()
        .filter(|line| line["ok"] == false && line["decoded"] == json!({}) && line["readings"] == json!([]))
        .map(|line| (line["id"].as_u64().unwrap_or(0), line["error"].as_str().unwrap_or("")))
        .collect();
    let expected = [
        (1, "EOF while parsing an object at line 1 column 24"),
        (2, "expected value at line 2 column 1"),
        (4, "missing field `hex` at line 4 column 25"),
        (5, "not a JSON object at line 5 column 1"),
        (6, "invalid unicode code point at line 6 column 9"),
        (7, "layer \"ip\" is none of mac, nwk, aps, zcl"),
        (8, "hex is not pairs of hexadecimal digits"),
        (9, "a frame of layer zcl needs its cluster"),
        (10, "mac: 2 more bytes needed at offset 0"),
        (11, "network_key: a key is 32 hex digits at offset 6"),
    ];
    assert_eq!(refused, expected);
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[10]["ok"], true);
}

#[test]
fn a_person_sees_where_a_line_or_a_payload_is_wrong() {
    let input = "{\"id\": \"£\", \"layer\": \"zcl\", \"cluster\": 70000, \"hex\": \"00\"}\n\
        {\"layer\": \"zcl\", \"cluster\": 1794, \"hex\": \"18010a00042ad204000000\"}\n";
    let (status, text) = report(&["-"], input.as_bytes());
    assert_eq!(status, Some(1));
    let expected = "\
frame £
  refused: invalid value: integer `70000`, expected u16 at line 1 column 44
     1 | {\"id\": \"£\", \"layer\": \"zcl\", \"cluster\": 70000, \"hex\": \"00\"}
       |                                            ^
frame 2
  └ zcl  Report Attributes 0x0A, server → client, sequence 1, rest=0000
         0x0400 instantaneous demand = 1234 (int24)
  refused: zcl: 1 more byte needed at offset 8
payload | 00042ad204000000
        |             ^
-  2 frames, 0 not decrypted, 2 refused
";
    assert_eq!(text, expected);
}

#[test]
fn what_a_file_is_its_content_says_where_its_name_does_not() {
    let capture = std::fs::read(CAPTURE).expect("the capture is there");
    let line = br#"{"id": 1, "layer": "zcl", "cluster": 1794, "hex": "18010a"}"#;
    for (name, content, frames) in [
        ("capture.cap", &capture[..], 302),
        ("capture", &capture[..], 302),
        ("lines.txt", &line[..], 1),
        ("empty.jsonl", &[][..], 0),
    ] {
        let path = file(name, content);
        let (status, objects) = inspect(&[&path.display().to_string()], b"");
        assert_eq!((status, objects.len()), (Some(0), frames), "{name}");
    }
    let (status, objects) = inspect(&["-"], &capture);
    assert_eq!((status, objects.len()), (Some(0), 302));
}

#[test]
fn a_capture_that_is_none_is_refused_and_a_file_that_is_not_there_cannot_be_opened() {
    let empty = file("empty.pcap", b"").display().to_string();
    let (status, objects) = inspect(&[&empty], b"");
    assert_eq!(status, Some(1));
    assert_eq!(objects[0]["id"], json!(empty));
    assert_eq!(objects[0]["error"], "neither a pcap nor a pcapng file at offset 0");
    // The others are inspected all the same.
    let (status, objects) = inspect(&["/nowhere/evening.pcap", CAPTURE], b"");
    assert_eq!((status, objects.len()), (Some(2), 303));
    assert_eq!(objects[0]["ok"], false);
    let (status, objects) = inspect(&["--key", "c0ffee", CAPTURE], b"");
    assert_eq!((status, objects.len()), (Some(2), 0));
    let (status, objects) = inspect(&["--key", NETWORK_KEY], b"");
    assert_eq!((status, objects.len()), (Some(2), 0));
}
