//! A Zigbee frame for people: a tree of its layers, each on a line, with what it holds below.

use std::fmt::Write as _;

use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::zcl::ClusterId;
use cad_zigbee::zcl::cluster::layout::Layout;
use cad_zigbee::zcl::cluster::{self, Command};
use serde_json::{Map, Value};

use super::show::Style;

/// The tree, from the frame's JSON form; `command` is what the ZCL frame is, where it is one of a cluster's own.
pub(super) fn draw(
    id: &Value,
    error: Option<&str>,
    decoded: &Value,
    command: Option<&Command>,
    style: Style,
) -> String {
    let mut out = String::new();
    let name = if id.is_null() { "frame".to_owned() } else { format!("frame {}", plain(id)) };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", style.bold(&name));
    let names = ["mac", "nwk", "aps", "zcl"];
    let layers: Vec<(&str, &Map<String, Value>)> =
        names.into_iter().filter_map(|name| Some((name, decoded[name].as_object()?))).collect();
    for (index, (name, fields)) in layers.iter().enumerate() {
        let is_last = index + 1 == layers.len();
        let _ = writeln!(out, "  {} {name}  {}", if is_last { "└" } else { "├" }, line(name, fields));
        let trunk = if is_last { " " } else { "│" };
        let command = command.filter(|_| *name == "zcl");
        for content in contents(fields, command, style) {
            let _ = writeln!(out, "  {trunk}      {content}");
        }
    }
    if let Some(error) = error {
        let _ = writeln!(out, "  {} {error}", style.red("refused:"));
    }
    out
}

/// What a layer's header says: the fields that a person looks for in words, the others by their names.
fn line(layer: &str, fields: &Map<String, Value>) -> String {
    let mut words = Vec::new();
    let known = match layer {
        "mac" | "nwk" => header(fields, &mut words),
        "aps" => aps(fields, &mut words),
        _ => zcl(fields, &mut words),
    };
    if let Some(auxiliary) = fields.get("aux").and_then(Value::as_object) {
        words.push(security(auxiliary));
    }
    if fields.get("encrypted") == Some(&Value::Bool(true)) {
        words.push("not decrypted".to_owned());
    }
    let others = fields.iter().filter(|(name, value)| {
        let is_simple = !value.is_null() && !value.is_object() && !value.is_array();
        is_simple && !known.contains(&name.as_str()) && !["security", "encrypted"].contains(&name.as_str())
    });
    words.extend(others.map(|(name, value)| format!("{name}={}", plain(value))));
    words.join(", ")
}

fn header(fields: &Map<String, Value>, words: &mut Vec<String>) -> &'static [&'static str] {
    let text = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let ways = match (text("src"), text("dst")) {
        (Some(source), Some(destination)) => format!(" {} → {}", address(source), address(destination)),
        (Some(source), None) => format!(" from {}", address(source)),
        (None, Some(destination)) => format!(" to {}", address(destination)),
        (None, None) => String::new(),
    };
    words.push(format!("{}{ways}", text("frame_type").map(plain).unwrap_or_default()));
    if let Some(command) = text("command") {
        words.push(plain(command));
    }
    if let Some(pan) = text("pan") {
        words.push(format!("PAN {}", address(pan)));
    }
    if let Some(sequence) = text("seq") {
        words.push(format!("sequence {sequence}"));
    }
    if let Some(radius) = text("radius") {
        words.push(format!("radius {radius}"));
    }
    if text("fcs_ok") == Some(&Value::Bool(false)) {
        words.push("check sequence wrong".to_owned());
    }
    if text("ack_request") == Some(&Value::Bool(true)) {
        words.push("acknowledgement asked for".to_owned());
    }
    &[
        "frame_type",
        "src",
        "dst",
        "command",
        "command_id",
        "pan",
        "seq",
        "radius",
        "fcs_ok",
        "ack_request",
        "protocol_version",
    ]
}

fn aps(fields: &Map<String, Value>, words: &mut Vec<String>) -> &'static [&'static str] {
    let text = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let endpoint = |name| text(name).map_or_else(|| "?".to_owned(), Value::to_string);
    let mut kind = text("frame_type").map(plain).unwrap_or_default();
    match (text("group"), text("src_ep").or(text("dst_ep"))) {
        (Some(group), _) => {
            let _ = write!(kind, " endpoint {} → group {}", endpoint("src_ep"), address(group));
        }
        (None, Some(_)) => {
            let _ = write!(kind, " endpoint {} → {}", endpoint("src_ep"), endpoint("dst_ep"));
        }
        (None, None) => {}
    }
    words.push(kind);
    if let Some(command) = text("command") {
        words.push(plain(command));
    }
    if let Some(id) = text("cluster").and_then(Value::as_u64).and_then(|id| u16::try_from(id).ok()) {
        let name = cluster::find(ClusterId(id)).map_or("cluster", |cluster| cluster.name);
        words.push(format!("{name} 0x{id:04X}"));
    }
    if let Some(profile) = text("profile") {
        words.push(format!("profile {}", address(profile)));
    }
    if let Some(counter) = text("counter") {
        words.push(format!("counter {counter}"));
    }
    if let Some(fragment) = text("fragment") {
        let total = fragment["total"].as_u64().map(|total| format!(" of {total}")).unwrap_or_default();
        words.push(format!("part {}{total}", fragment["index"]));
    }
    if text("ack_request") == Some(&Value::Bool(true)) {
        words.push("acknowledgement asked for".to_owned());
    }
    const UNICAST: &[&str] = &[
        "frame_type",
        "src_ep",
        "dst_ep",
        "group",
        "command",
        "command_id",
        "cluster",
        "profile",
        "counter",
        "ack_request",
        "delivery",
    ];
    let usual = ["unicast", "group"].map(Value::from);
    let is_usual = text("delivery").is_some_and(|delivery| usual.contains(delivery));
    if is_usual { UNICAST } else { UNICAST.split_last().map_or(UNICAST, |(_, known)| known) }
}

fn zcl(fields: &Map<String, Value>, words: &mut Vec<String>) -> &'static [&'static str] {
    let text = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let id = text("command_id").and_then(Value::as_u64).unwrap_or_default();
    let name = text("command").map_or_else(|| "command".to_owned(), plain);
    words.push(format!("{name} 0x{id:02X}"));
    words.push(match text("direction").and_then(Value::as_str) {
        Some("server_to_client") => "server → client".to_owned(),
        _ => "client → server".to_owned(),
    });
    if let Some(manufacturer) = text("manufacturer_code") {
        words.push(format!("manufacturer {}", address(manufacturer)));
    }
    if let Some(sequence) = text("tsn") {
        words.push(format!("sequence {sequence}"));
    }
    &[
        "frame_type",
        "command",
        "command_id",
        "direction",
        "manufacturer_code",
        "tsn",
        "disable_default_response",
    ]
}

fn security(auxiliary: &Map<String, Value>) -> String {
    let key = match auxiliary.get("key_id").and_then(Value::as_u64) {
        Some(0) => "link key",
        Some(1) => "network key",
        Some(2) => "key-transport key",
        _ => "key-load key",
    };
    let source = auxiliary.get("source_eui64").map(|source| format!(" by {}", plain(source)));
    let counter = auxiliary.get("frame_counter").map(Value::to_string).unwrap_or_default();
    format!("secured with a {key}{}, frame counter {counter}", source.unwrap_or_default())
}

/// Records of attributes and fields of commands, a line each.
fn contents(fields: &Map<String, Value>, command: Option<&Command>, style: Style) -> Vec<String> {
    let list = |name: &str| fields.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut lines: Vec<String> = list("records").map(|value| record(value, style)).collect();
    lines.extend(list("attributes").filter_map(Value::as_u64).map(|id| format!("0x{id:04X}")));
    lines.extend(list("commands").filter_map(Value::as_u64).map(|id| format!("0x{id:02X}")));
    let members = |name: &str| fields.get(name).and_then(Value::as_object);
    match (command, members("fields")) {
        (Some(command), Some(values)) => lines.extend(in_wire_order(command, values)),
        (None, Some(values)) => lines.extend(by_name(values)),
        (_, None) => {}
    }
    lines.extend(members("beacon").into_iter().flat_map(by_name));
    lines
}

fn by_name(values: &Map<String, Value>) -> impl Iterator<Item = String> {
    values.iter().map(|(name, value)| format!("{name} = {}", plain(value)))
}

fn in_wire_order(command: &Command, values: &Map<String, Value>) -> impl Iterator<Item = String> {
    command.fields.iter().filter_map(|field| {
        let value = values.get(field.name)?;
        Some(match field.layout {
            Layout::Value(data_type) => format!("{} = {}", field.name, typed(value, data_type.name())),
            _ => format!("{} = {}", field.name, plain(value)),
        })
    })
}

/// An attribute with whatever its record says.
fn record(record: &Value, style: Style) -> String {
    let attribute = record["attr"].as_u64().map(|attr| format!("0x{attr:04X}"));
    let name = record["name"].as_str().map(str::to_owned);
    let is_invalid = record["invalid"] == true;
    let kind = record["type_name"].as_str().unwrap_or_default();
    let value = match &record["value"] {
        Value::Null if !is_invalid => None,
        _ if is_invalid => Some("= no value".to_owned()),
        value => Some(format!("= {}", typed(value, kind))),
    };
    let is_read = record.get("value").is_some();
    let is_told = |name: &str, value: &Value| match name {
        "attr" | "name" | "value" | "invalid" | "type_name" => true,
        "type" => !kind.is_empty(),
        "status" => is_read && *value == 0,
        _ => value.is_null(),
    };
    let others = record.as_object().into_iter().flatten().filter(|(name, value)| !is_told(name, value));
    let others: Vec<String> = others.map(|(name, value)| format!("{name}={}", plain(value))).collect();
    let kind = if kind.is_empty() { None } else { Some(style.dim(&format!("({kind})"))) };
    let parts = [attribute, name, value, Some(others.join(" ")).filter(|others| !others.is_empty()), kind];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A value as its type is read: times as such, octets that are text as that too.
fn typed(value: &Value, kind: &str) -> String {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    match (kind, number, value.as_str()) {
        ("UTC", Some(u32::MAX), _) => format!("no time ({})", u32::MAX),
        ("UTC", Some(seconds), _) => format!("{} ({seconds})", Timestamp::from_zigbee(seconds)),
        ("map8" | "map16" | "map24" | "map32", Some(flags), _) => format!("0x{flags:X}"),
        ("octstr", _, Some(hex)) => match crate::frame_line::bytes(hex).map(String::from_utf8) {
            Some(Ok(text)) if !text.is_empty() && !text.contains(char::is_control) => {
                format!("{hex} {text:?}")
            }
            _ => hex.to_owned(),
        },
        ("string", ..) => value.to_string(),
        _ => plain(value),
    }
}

/// A network address, group, PAN or profile in hex; an EUI-64 as it is.
fn address(value: &Value) -> String {
    value.as_u64().map_or_else(|| plain(value), |number| format!("0x{number:04X}"))
}

/// A value without the quotes of a string, and without what a terminal would obey.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::inspect::show::Style;
    use cad_zigbee::json;
    use cad_zigbee::mac::TrailerFormat;
    use cad_zigbee::readings::Source;
    use cad_zigbee::sniffer::Sniffer;
    use cad_zigbee::zcl::{ClusterId, Direction, cluster};
    use serde_json::Value;

    #[test]
    fn a_frame_is_a_tree_in_the_words_of_the_layers() {
        let mut bytes = vec![0x61, 0x88, 7, 0x17, 0x5A, 0x5C, 0x3A, 0x4E, 0x2B];
        bytes.extend([0x08, 0, 0x5C, 0x3A, 0x4E, 0x2B, 30, 9]);
        bytes.extend([0x40, 1, 2, 7, 9, 1, 2, 3]);
        bytes.extend([
            0x18, 4, 0x01, 0, 4, 0, 0x2A, 0, 0, 0x80, 7, 3, 0, 0x41, 2, b'4', b'2', 0xFE, 0x7F, 0x86,
        ]);
        let mut sniffer = Sniffer::new();
        let decoded = json::decoded(&sniffer.mac(&bytes, TrailerFormat::None, None));
        let expected = "\
frame 1
  ├ mac  data 0x2B4E → 0x3A5C, PAN 0x5A17, sequence 7, acknowledgement asked for
  ├ nwk  data 0x2B4E → 0x3A5C, sequence 9, radius 30
  ├ aps  data endpoint 2 → 1, Metering 0x0702, profile 0x0109, counter 3, acknowledgement asked for
  └ zcl  Read Attributes Response 0x01, server → client, sequence 4
         0x0400 instantaneous demand = no value (int24)
         0x0307 site id = 3432 \"42\" (octstr)
         0x7FFE status=134
  refused: why
";
        assert_eq!(draw(&Value::from(1), Some("why"), &decoded, None, Style::plain()), expected);
    }

    #[test]
    fn a_time_that_stands_for_none_is_told_from_others() {
        let time = |seconds: u32| super::typed(&Value::from(seconds), "UTC");
        assert_eq!(time(u32::MAX), "no time (4294967295)");
        assert_eq!(time(0), "2000-01-01T00:00:00Z (0)");
    }

    #[test]
    fn fields_of_a_command_stand_below_it_as_on_the_wire() {
        let mut sniffer = Sniffer::new();
        let bytes = [0x19, 0x7A, 0x03, 0x12, 0x01, 0xFE, 0xCA, 0x2D];
        let decoded = sniffer.zcl(0x0109, ClusterId::METERING, &bytes, Source::default(), None);
        let command = cluster::find(ClusterId::METERING).unwrap().command(Direction::ServerToClient, 3);
        let expected = "\
frame
  └ zcl  RequestFastPollModeResponse 0x03, server → client, sequence 122
         appliedUpdatePeriod = 18
         fastPollModeEndtime = 2024-05-06T02:33:37Z (768278017)
";
        assert_eq!(draw(&Value::Null, None, &json::decoded(&decoded), command, Style::plain()), expected);
    }
}
