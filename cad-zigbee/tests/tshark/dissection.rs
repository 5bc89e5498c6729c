//! What tshark reads.

use cad_zigbee::timestamp::Timestamp;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// A field as tshark shows it.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Its name in tshark.
    pub(crate) name: String,
    /// Where it begins in the payload of the ZCL frame.
    pub(crate) at: usize,
    /// How many bytes it takes.
    pub(crate) size: usize,
    /// The number it shows, the Zigbee time or the EUI-64; none for text and octets.
    pub(crate) number: Option<i128>,
}

/// Of an attribute: its lowest bit.
const BOOLEAN: &str = "zbee_zcl.attr.boolean";
/// Of an attribute whose type tshark does not read further.
const BYTES: &str = "zbee_zcl.attr.bytes";

impl Shown {
    /// Whether it has a place alone.
    pub(crate) fn is_without_number(&self) -> bool {
        [BOOLEAN, BYTES].contains(&&*self.name)
    }
}

/// The fields of the ZCL command of each frame, in tshark's order. Flags and digits within a field are left out: the
/// whole field has their bits.
pub(crate) fn of_commands(file: &Path, keys: &[String]) -> Vec<Vec<Shown>> {
    let mut arguments = with_keys(keys);
    arguments.extend(["-T", "pdml", "-J", "zbee_zcl"].map(str::to_owned));
    let text = run(file, &arguments);
    text.split("<packet>").skip(1).map(fields).collect()
}

/// All numbers that these fields have in each frame, field by field.
pub(crate) fn columns(file: &Path, arguments: &[impl AsRef<OsStr>], names: &[&str]) -> Vec<Vec<Vec<i128>>> {
    let format = ["-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=|"];
    let fields = names.iter().flat_map(|name| ["-e", *name]);
    let arguments =
        arguments.iter().map(AsRef::as_ref).chain(format.into_iter().chain(fields).map(OsStr::new));
    let text = run(file, &arguments.collect::<Vec<_>>());
    let number = |text: &str| number(text).unwrap_or_else(|| panic!("{text} is no number"));
    let column =
        |field: &str| field.split('|').filter(|text| !text.is_empty()).map(number).collect::<Vec<_>>();
    text.lines().map(|line| line.split('\t').map(column).collect()).collect()
}

/// The arguments that give tshark keys.
pub(crate) fn with_keys(keys: &[String]) -> Vec<String> {
    let keys = keys.iter().zip(1..);
    let keys = keys.map(|(key, index)| format!("uat:zigbee_pc_keys:\"{key}\",\"Normal\",\"key {index}\""));
    keys.flat_map(|key| ["-o".to_owned(), key]).collect()
}

fn run(file: &Path, arguments: &[impl AsRef<OsStr>]) -> String {
    let mut command = Command::new("tshark");
    let output = command.env("TZ", "UTC").arg("-r").arg(file).args(arguments).output();
    let output = output.expect("tshark is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Each field stands on a line of its own.
fn fields(packet: &str) -> Vec<Shown> {
    let mut payload = None;
    let mut fields = Vec::new();
    for line in packet.lines() {
        let Some(name) = attribute(line, "name") else { continue };
        let number = |name| attribute(line, name).and_then(|text| text.parse::<usize>().ok());
        let (Some(at), Some(size)) = (number("pos"), number("size")) else { continue };
        let is_field = name.starts_with("zbee_zcl") && line.contains("<field") && size > 0;
        if ["cmd.srv_tx.id", "cmd.srv_rx.id", "zbee_zcl.cmd.id"].iter().any(|end| name.ends_with(end)) {
            payload = Some(at + size);
        } else if is_field {
            let Some(payload) = payload else { continue };
            if attribute(line, "unmaskedvalue").is_none() || name == BOOLEAN {
                let number = attribute(line, "show").and_then(self::number);
                fields.push(Shown { name: name.to_owned(), at: at - payload, size, number });
            }
        }
    }
    fields
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = line.split_once(&format!(" {name}=\""))?;
    behind.split_once('"').map(|(value, _)| value)
}

fn number(show: &str) -> Option<i128> {
    match show.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16).ok(),
        None => show.parse().ok().or_else(|| zigbee_seconds(show)).or_else(|| eui64(show)),
    }
}

/// Of eight octets as `00:1d:b7:00:00:c0:ff:ee`.
fn eui64(show: &str) -> Option<i128> {
    let octets = show.split(':').map(|octet| i128::from_str_radix(octet, 16));
    let number = octets.clone().try_fold(0, |number, octet| Some(number << 8 | octet.ok()?));
    number.filter(|_| octets.count() == 8)
}

/// Of a time as `May  6, 2024 02:33:37.000000000 UTC`.
fn zigbee_seconds(show: &str) -> Option<i128> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const ZIGBEE_EPOCH_S: i128 = 946_684_800;
    let words: Vec<&str> = show.split_whitespace().collect();
    let [month, day, year, time, "UTC"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let (day, (time, _)) = (day.trim_end_matches(','), time.split_once('.')?);
    let moment: Timestamp = format!("{year}-{month:02}-{day:0>2}T{time}Z").parse().ok()?;
    Some(i128::from(moment.0.as_secs()) - ZIGBEE_EPOCH_S)
}
