//! `inspect zigbee`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use cad_zigbee::sniffer::{Decoded, Sniffer};
use cad_zigbee::zcl::fields::Fields;
use cad_zigbee::{Error, json, pcap};
use serde::Serialize;

use super::{Status, frame_tree, show};
use crate::frame_line::{FrameLine, NoFrame};
use crate::meter_reader::keys::HexKey;
use crate::out::{put, say};

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

/// What became of a frame: the object that `--json` prints.
#[derive(Debug, Serialize)]
struct Outcome {
    id: serde_json::Value,
    ok: bool,
    error: Option<String>,
    decoded: serde_json::Value,
    readings: Vec<serde_json::Value>,
    /// What is no measured value: prices, messages, events, states.
    notices: Vec<serde_json::Value>,
}

impl Outcome {
    fn of(id: serde_json::Value, decoded: &Decoded<'_>) -> Self {
        let error =
            decoded.error.map(|(layer, error)| format!("{}: {error}", format!("{layer:?}").to_lowercase()));
        let readings = decoded.readings.iter().map(json::reading).collect();
        let notices = decoded.notices.iter().map(json::notice).collect();
        Self { id, ok: error.is_none(), error, decoded: json::decoded(decoded), readings, notices }
    }

    fn refused(id: serde_json::Value, error: String) -> Self {
        Self {
            id,
            ok: false,
            error: Some(error),
            decoded: serde_json::json!({}),
            readings: Vec::new(),
            notices: Vec::new(),
        }
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
    let is_named = file.extension().is_some_and(|extension| extension == "pcap" || extension == "pcapng");
    let read = open(file).and_then(|input| frames(&mut sniffer, input, is_named, &mut report));
    let error = match read {
        Ok(None) => return report.finish(file),
        Ok(Some(error)) => Outcome::refused(file.display().to_string().into(), error.to_string()),
        Err(error) => {
            let id = serde_json::Value::from(file.display().to_string());
            report.unopened(&Outcome::refused(id, error.to_string()));
            return Status::Unopened;
        }
    };
    report.frame(&error, None);
    report.finish(file)
}

fn open(file: &Path) -> std::io::Result<Box<dyn BufRead>> {
    Ok(if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(std::fs::File::open(file)?))
    })
}

/// Reads a capture, or lines: what it is, its name or its first bytes say. Returns why a capture is none.
fn frames(
    sniffer: &mut Sniffer,
    mut input: impl BufRead,
    is_named_capture: bool,
    report: &mut Report,
) -> std::io::Result<Option<Error>> {
    let mut head = Vec::new();
    (&mut input).take(4).read_to_end(&mut head)?;
    if !is_named_capture && !pcap::is_capture(&head) {
        return lines(sniffer, head.as_slice().chain(input), report).map(|()| None);
    }
    capture(sniffer, head.as_slice().chain(input), report)
}

/// A capture is read piece by piece: however long it is, it takes no more memory.
fn capture(
    sniffer: &mut Sniffer,
    mut input: impl Read,
    report: &mut Report,
) -> std::io::Result<Option<Error>> {
    let mut stream = pcap::Stream::new();
    let mut buffer = vec![0; 64 << 10];
    let mut number = 0_u64;
    loop {
        let count = match input.read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        stream.push(&buffer[..count]);
        if count == 0 {
            stream.end();
        }
        while let Some(packet) = stream.next_packet() {
            number += 1;
            let id = serde_json::Value::from(number);
            let frame = packet
                .and_then(|packet| packet.mac_frame().map(|(bytes, trailer)| (packet.time, bytes, trailer)));
            let error = match frame {
                Ok((time, bytes, trailer)) => {
                    let decoded = sniffer.mac(bytes, trailer, time);
                    report.frame(&Outcome::of(id, &decoded), Some(&decoded));
                    continue;
                }
                Err(error) => error,
            };
            // What does not even begin as a capture has no frames.
            if !stream.is_open() {
                return Ok(Some(error));
            }
            report.frame(&Outcome::refused(id, error.to_string()), None);
        }
        if count == 0 || stream.is_lost() {
            return Ok(None);
        }
    }
}

fn lines(sniffer: &mut Sniffer, mut input: impl BufRead, report: &mut Report) -> std::io::Result<()> {
    /// A longer line is taken for several.
    const LONGEST: u64 = 1 << 20;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if (&mut input).take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii_end();
        if text.is_empty() {
            continue;
        }
        match FrameLine::read(number, text) {
            Ok(line) => frame(sniffer, line, report),
            Err(NoFrame { id, why, column }) => {
                report.frame(&Outcome::refused(id, why), None);
                report.mark(number, text, column);
            }
        }
    }
    Ok(())
}

fn frame(sniffer: &mut Sniffer, mut line: FrameLine, report: &mut Report) {
    let id = line.id.take().unwrap_or_default();
    let bytes = match line.prepare(sniffer) {
        Ok(bytes) => bytes,
        Err(error) => return report.frame(&Outcome::refused(id, error), None),
    };
    match line.decode(sniffer, &bytes) {
        Ok(decoded) => report.frame(&Outcome::of(id, &decoded), Some(&decoded)),
        Err(error) => report.frame(&Outcome::refused(id, error), None),
    }
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

    fn frame(&mut self, outcome: &Outcome, decoded: Option<&Decoded<'_>>) {
        self.frames += 1;
        self.refused += usize::from(!outcome.ok);
        self.encrypted += usize::from(is_encrypted(&outcome.decoded));
        if self.json {
            return print_json(outcome);
        }
        for reading in decoded.into_iter().flat_map(|decoded| &decoded.readings) {
            let value = format!("{} {}", reading.value, reading.unit).trim_end().to_owned();
            let json = json::reading(reading);
            let meter = json["meter"].as_str().unwrap_or("meter").to_owned();
            let entry = self.readings.entry((meter, reading.quantity.to_string()));
            let (count, _, last) = entry.or_insert_with(|| (0, value.clone(), String::new()));
            *count += 1;
            *last = value;
        }
        if self.frames <= SHOWN || !outcome.ok {
            let zcl = decoded.and_then(|decoded| decoded.zcl.as_ref());
            let command = zcl.and_then(|zcl| Fields::of(zcl.cluster, &zcl.frame)).map(|(command, _)| command);
            let error = outcome.error.as_deref();
            put(frame_tree::draw(&outcome.id, error, &outcome.decoded, command, self.style));
            if let Some((payload, column)) = decoded.and_then(|decoded| unread(decoded, &outcome.decoded)) {
                put(show::marked("payload", &payload, column, self.style));
            }
            for told in outcome.readings.iter().chain(&outcome.notices) {
                put(format_args!("  {}  {}\n", self.style.bold("→"), told_line(told)));
            }
        } else if self.frames == SHOWN + 1 {
            put(format_args!("{}\n", self.style.dim("… (--json prints every frame)")));
        }
    }

    /// Shows the line that is no frame, and where in it.
    fn mark(&self, number: u64, line: &[u8], column: usize) {
        if !self.json {
            put(show::marked(&number.to_string(), &String::from_utf8_lossy(line), column, self.style));
        }
    }

    fn unopened(&self, outcome: &Outcome) {
        if self.json {
            print_json(outcome);
        } else {
            let (name, error) =
                (outcome.id.as_str().unwrap_or_default(), outcome.error.as_deref().unwrap_or_default());
            put(format_args!("{}  {} {error}\n", self.style.bold(name), self.style.red("not opened:")));
        }
    }

    fn finish(&self, file: &Path) -> Status {
        if !self.json {
            put(format_args!(
                "{}  {} frame{}, {} not decrypted, {} refused\n",
                self.style.bold(&file.display().to_string()),
                self.frames,
                if self.frames == 1 { "" } else { "s" },
                self.encrypted,
                self.refused
            ));
            let widest = |of: fn(&(usize, String, String)) -> usize| self.readings.values().map(of).max();
            let names = self.readings.keys().map(|(_, quantity)| quantity.len()).max().unwrap_or(0);
            let firsts = widest(|(_, first, _)| first.chars().count()).unwrap_or(0);
            let mut named = "";
            for ((meter, quantity), (count, first, last)) in &self.readings {
                if named != meter {
                    named = meter;
                    put(format_args!("  {}\n", self.style.bold(meter)));
                }
                let further = if *count > 1 { format!(" … {last}") } else { String::new() };
                put(format_args!("    {quantity:<names$}  {count:>5} ×  {first:>firsts$}{further}\n"));
            }
        }
        if self.refused == 0 { Status::Fine } else { Status::Refused }
    }
}

/// The payload of a ZCL frame that cannot be read to its end, in hex, and the column from which on it cannot.
fn unread(decoded: &Decoded<'_>, json: &serde_json::Value) -> Option<(String, usize)> {
    let (payload, rest) = (decoded.zcl.as_ref()?.frame.payload, json["zcl"]["rest"].as_str()?);
    let payload: String = payload.iter().map(|byte| format!("{byte:02x}")).collect();
    let column = payload.len().checked_sub(rest.len())? + 1;
    decoded.error.map(|_| (payload, column))
}

/// A reading or notice as a person reads it. Texts come from the air: what a terminal would obey is left out.
fn told_line(told: &serde_json::Value) -> String {
    let text = |value: &serde_json::Value| {
        value.as_str().map_or_else(|| value.to_string(), |text| text.replace(char::is_control, " "))
    };
    if let Some(quantity) = told["quantity"].as_str() {
        return format!("{quantity} {} {}", text(&told["value"]), text(&told["unit"])).trim_end().to_owned();
    }
    let members = told.as_object().into_iter().flatten();
    let said: Vec<String> = members
        .filter(|(name, value)| !value.is_null() && !["notice", "meter", "time"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    format!("{} {}", text(&told["notice"]), said.join(" "))
}

fn is_encrypted(decoded: &serde_json::Value) -> bool {
    ["nwk", "aps"].iter().any(|layer| decoded[layer]["encrypted"] == true)
}

fn print_json(outcome: &Outcome) {
    match serde_json::to_string(outcome) {
        Ok(line) => say(line),
        Err(error) => eprintln!("{}: {error}", outcome.id),
    }
}

#[cfg(test)]
mod tests {
    use super::{told_line, unread};
    use cad_zigbee::readings::Source;
    use cad_zigbee::sniffer::Sniffer;
    use cad_zigbee::zcl::ClusterId;
    use serde_json::json;

    #[test]
    fn the_payload_is_marked_where_it_cannot_be_read_any_more() {
        let mut sniffer = Sniffer::new();
        let mut marked = |bytes: &[u8]| {
            let decoded = sniffer.zcl(0x0109, ClusterId::METERING, bytes, Source::default(), None);
            unread(&decoded, &cad_zigbee::json::decoded(&decoded))
        };
        let report = [0x18, 1, 0x0A, 0, 4, 0x2A, 0xD2, 4, 0, 0, 0];
        assert_eq!(marked(&report[..9]), None);
        assert_eq!(marked(&report), Some(("00042ad204000000".to_owned(), 13)));
    }

    #[test]
    fn a_text_from_the_air_gives_the_terminal_no_orders() {
        let message = json!({"notice": "message", "text": "Hello\u{1b}[2J", "start": null, "meter": "x"});
        assert_eq!(told_line(&message), "message text=Hello [2J");
        let reading = json!({"quantity": "power", "value": "1.2", "unit": "kW"});
        assert_eq!(told_line(&reading), "power 1.2 kW");
    }
}
