//! `inspect zigbee`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use cad_zigbee::mac::TrailerFormat;
use cad_zigbee::readings::{Reading, Source};
use cad_zigbee::security::Key;
use cad_zigbee::sniffer::{Decoded, Sniffer};
use cad_zigbee::zcl::ClusterId;
use cad_zigbee::{json, pcap};
use serde::{Deserialize, Serialize};

use super::{Status, show};

/// Reads Zigbee frames.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print one JSON object a line for each frame, and nothing else
    #[arg(long)]
    json: bool,
    /// A network or link key, 32 hexadecimal digits; may be given again
    #[arg(long = "key", value_name = "HEX")]
    keys: Vec<HexKey>,
    /// Captures (.pcap, .pcapng), or frames as JSON lines (.jsonl, or - for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// A key as people and JSON write it.
#[derive(Debug, Clone, Copy)]
struct HexKey(Key);

impl FromStr for HexKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        let bytes = bytes(&digits).and_then(|bytes| bytes.try_into().ok());
        bytes.map(|bytes| Self(Key::new(bytes))).ok_or_else(|| "a key is 32 hexadecimal digits".to_owned())
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let digits = hex.len().is_multiple_of(2) && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if digits { (0..hex.len()).step_by(2).map(pair).collect() } else { None }
}

/// A frame on a JSON line.
#[derive(Debug, Deserialize)]
struct Line {
    id: serde_json::Value,
    layer: String,
    hex: String,
    profile: Option<u16>,
    cluster: Option<u16>,
    network_key: Option<String>,
    link_key: Option<String>,
}

/// What became of a frame: the object that `--json` prints.
#[derive(Debug, Serialize)]
struct Outcome {
    id: serde_json::Value,
    ok: bool,
    error: Option<String>,
    decoded: serde_json::Value,
    readings: Vec<serde_json::Value>,
}

impl Outcome {
    fn of(id: serde_json::Value, decoded: &Decoded<'_>) -> Self {
        let error =
            decoded.error.map(|(layer, error)| format!("{}: {error}", format!("{layer:?}").to_lowercase()));
        let readings = decoded.readings.iter().map(json::reading).collect();
        Self { id, ok: error.is_none(), error, decoded: json::decoded(decoded), readings }
    }

    fn refused(id: serde_json::Value, error: String) -> Self {
        Self { id, ok: false, error: Some(error), decoded: serde_json::json!({}), readings: Vec::new() }
    }
}

pub(super) fn run(arguments: &Arguments) -> Status {
    arguments.files.iter().map(|file| one(arguments, file)).max().unwrap_or(Status::Fine)
}

fn one(arguments: &Arguments, file: &Path) -> Status {
    let mut sniffer = Sniffer::new();
    for HexKey(key) in &arguments.keys {
        sniffer.add_key(*key);
    }
    let mut report = Report::new(arguments.json);
    let read = contents(file).and_then(|contents| {
        let is_capture =
            file.extension().is_some_and(|extension| extension == "pcap" || extension == "pcapng");
        if is_capture {
            capture(&mut sniffer, &contents, &mut report)
        } else {
            lines(&mut sniffer, &contents, &mut report)
        }
    });
    match read {
        Ok(()) => report.finish(file),
        Err(error) => {
            let id = serde_json::Value::from(file.display().to_string());
            report.unopened(&Outcome::refused(id, error.to_string()));
            Status::Unopened
        }
    }
}

fn contents(file: &Path) -> std::io::Result<Vec<u8>> {
    if file.as_os_str() != "-" {
        return std::fs::read(file);
    }
    let mut contents = Vec::new();
    std::io::stdin().read_to_end(&mut contents)?;
    Ok(contents)
}

fn capture(sniffer: &mut Sniffer, contents: &[u8], report: &mut Report) -> std::io::Result<()> {
    let packets = pcap::packets(contents).map_err(std::io::Error::other)?;
    for (number, packet) in (1_u64..).zip(packets) {
        let id = serde_json::Value::from(number);
        let frame = packet
            .and_then(|packet| packet.mac_frame().map(|(bytes, trailer)| (packet.time, bytes, trailer)));
        match frame {
            Ok((time, bytes, trailer)) => {
                let decoded = sniffer.mac(bytes, trailer, time);
                report.frame(&Outcome::of(id, &decoded), &decoded.readings);
            }
            Err(error) => report.frame(&Outcome::refused(id, error.to_string()), &[]),
        }
    }
    Ok(())
}

fn lines(sniffer: &mut Sniffer, contents: &[u8], report: &mut Report) -> std::io::Result<()> {
    let text = str::from_utf8(contents).map_err(std::io::Error::other)?;
    for (number, line) in (1_u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Line>(line) {
            Ok(line) => frame(sniffer, line, report),
            Err(error) => report.frame(&Outcome::refused(number.into(), error.to_string()), &[]),
        }
    }
    Ok(())
}

fn frame(sniffer: &mut Sniffer, line: Line, report: &mut Report) {
    let keys = [(&line.network_key, true), (&line.link_key, false)];
    for (key, network) in keys {
        let Some(key) = key else { continue };
        // A key that is known already is no fault.
        match key.parse() {
            Ok(HexKey(key)) if network => _ = sniffer.keys_mut().add_network_key(key),
            Ok(HexKey(key)) => _ = sniffer.keys_mut().add_link_key(key),
            Err(error) => return report.frame(&Outcome::refused(line.id, error), &[]),
        }
    }
    let Some(bytes) = bytes(&line.hex) else {
        return report
            .frame(&Outcome::refused(line.id, "hex is not pairs of hexadecimal digits".to_owned()), &[]);
    };
    let decoded = match line.layer.as_str() {
        "mac" => sniffer.mac(&bytes, TrailerFormat::Fcs, None),
        "nwk" => sniffer.nwk(&bytes, None),
        "aps" => sniffer.aps(&bytes, None),
        "zcl" => {
            let (profile, cluster) =
                (line.profile.unwrap_or(0x0109), ClusterId(line.cluster.unwrap_or_default()));
            sniffer.zcl(profile, cluster, &bytes, Source::default(), None)
        }
        other => {
            let error = format!("layer {other:?} is none of mac, nwk, aps, zcl");
            return report.frame(&Outcome::refused(line.id, error), &[]);
        }
    };
    report.frame(&Outcome::of(line.id, &decoded), &decoded.readings);
}

/// Prints frames as they come, and sums them up for people.
#[derive(Debug)]
struct Report {
    json: bool,
    style: show::Style,
    frames: usize,
    refused: usize,
    encrypted: usize,
    /// By meter and quantity: how many, the first and the last value with its unit.
    readings: BTreeMap<(String, String), (usize, String, String)>,
}

/// So many frames are shown one by one; of more, only those with a fault.
const SHOWN: usize = 20;

impl Report {
    fn new(json: bool) -> Self {
        let (frames, refused, encrypted) = (0, 0, 0);
        Self {
            json,
            style: show::Style::of_terminal(),
            frames,
            refused,
            encrypted,
            readings: BTreeMap::new(),
        }
    }

    fn frame(&mut self, outcome: &Outcome, readings: &[Reading]) {
        self.frames += 1;
        self.refused += usize::from(!outcome.ok);
        self.encrypted += usize::from(is_encrypted(&outcome.decoded));
        if self.json {
            return print_json(outcome);
        }
        for reading in readings {
            let value = format!("{} {}", reading.value, reading.unit);
            let json = json::reading(reading);
            let meter = json["meter"].as_str().unwrap_or("meter").to_owned();
            let entry = self.readings.entry((meter, reading.quantity.to_string()));
            let (count, _, last) = entry.or_insert_with(|| (0, value.clone(), String::new()));
            *count += 1;
            *last = value;
        }
        if self.frames <= SHOWN || !outcome.ok {
            print!("{}", show::frame(&outcome.id, outcome.error.as_deref(), &outcome.decoded, self.style));
        } else if self.frames == SHOWN + 1 {
            println!("{}", self.style.dim("… (--json prints every frame)"));
        }
    }

    fn unopened(&self, outcome: &Outcome) {
        if self.json {
            print_json(outcome);
        } else {
            let (name, error) =
                (outcome.id.as_str().unwrap_or_default(), outcome.error.as_deref().unwrap_or_default());
            println!("{}  {} {error}", self.style.bold(name), self.style.red("not opened:"));
        }
    }

    fn finish(&self, file: &Path) -> Status {
        if !self.json {
            println!(
                "{}  {} frames, {} not decrypted, {} refused",
                self.style.bold(&file.display().to_string()),
                self.frames,
                self.encrypted,
                self.refused
            );
            for ((meter, quantity), (count, first, last)) in &self.readings {
                println!("  {meter}  {quantity:<16} {count:>5} readings  {first:>16} … {last}");
            }
        }
        if self.refused == 0 { Status::Fine } else { Status::Refused }
    }
}

fn is_encrypted(decoded: &serde_json::Value) -> bool {
    ["nwk", "aps"].iter().any(|layer| decoded[layer]["encrypted"] == true)
}

fn print_json(outcome: &Outcome) {
    match serde_json::to_string(outcome) {
        Ok(line) => println!("{line}"),
        Err(error) => eprintln!("{}: {error}", outcome.id),
    }
}
