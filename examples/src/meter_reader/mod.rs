//! The program `meter-reader`: frames or payloads in, readings out.
//!
//! [`keys`] has the keys, `input` finds frames in files, streams and datagrams, `fragments` what there is in lines of XML,
//! `reader` makes readings of them, `output` prints those.

mod fragments;
mod input;
pub mod keys;
mod output;
mod reader;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use cad_zigbee::link::zep;
use keys::{HexKey, InstallCode};
use output::Output;
use reader::Reader;

/// Reads meters: from a capture, from a sniffer on the network, or from what displays and hubs publish.
#[derive(Debug, clap::Parser)]
#[command(
    name = "meter-reader",
    version,
    after_help = "\
Smart Energy encrypts twice. What a sniffer hears needs the key of the network, and the link key that a meter shares with
its display. Keys that are sent while devices join are learned from the capture; an install code gives the link key that
protects them on their way. Frames that a host has decrypted (JSON lines with \"layer\": \"zcl\") need none.

Input is told by its content:
  pcap, pcapng   frames of IEEE 802.15.4 (link types 195, 230, 283)
  JSON lines     frames: {\"layer\": \"mac\"|\"nwk\"|\"aps\"|\"zcl\", \"hex\": \"…\", \"cluster\": 1794}
                 payloads of Glow and Home Pro, bare or as {\"topic\": \"…\", \"payload\": …}
  XML            what RAVEn and EMU-2 write to their serial line

Key file: JSON such as {\"network_key\": \"…\", \"link_keys\": {\"meter\": \"…\"}}, or lines of text:
  network c0ffee00112233445566778899aabbcc
  link    00112233445566778899aabbccddeeff     # of meter and display
  install 83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5

A line of JSON out has the reading's meter, endpoint, quantity, value, unit and time, and of a mirror the meter that it is
a mirror of.

Exit status: 0 readings were shown; 1 there were none; 2 wrong arguments, or an input that cannot be opened.

Examples:
  meter-reader --key-file examples/data/evening.keys.json examples/data/evening.pcap
  meter-reader --format csv --key c0ffee… --key 001122… capture.pcapng > readings.csv
  mosquitto_sub -t 'glow/#' -F '{\"topic\": \"%t\", \"payload\": %p}' | meter-reader -
  meter-reader --zep --key-file keys.txt"
)]
pub struct Arguments {
    /// A capture or JSON lines; - for standard input
    #[arg(value_name = "FILE", required_unless_present = "zep", conflicts_with = "zep")]
    input: Option<PathBuf>,
    /// Listen for a sniffer's frames (ZEP over UDP) instead of reading a file
    #[arg(long, value_name = "ADDR:PORT", num_args = 0..=1, default_missing_value = "0.0.0.0:17754")]
    zep: Option<SocketAddr>,
    /// A network or link key, 32 hexadecimal digits; may be given again
    #[arg(long = "key", value_name = "HEX")]
    keys: Vec<HexKey>,
    /// A file of keys: JSON, or lines of text
    #[arg(long = "key-file", value_name = "FILE")]
    key_files: Vec<PathBuf>,
    /// The install code of a device with its checksum, as printed on it
    #[arg(long = "install-code", value_name = "HEX")]
    install_codes: Vec<InstallCode>,
    /// How to print; a table on a terminal, else JSON lines
    #[arg(long, value_enum)]
    format: Option<output::Format>,
    /// Stop after so many frames
    #[arg(long, value_name = "N")]
    frames: Option<u64>,
}

/// Runs the program.
pub fn run(arguments: &Arguments) -> ExitCode {
    match read(arguments) {
        Ok(0) => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref::<io::Error>() {
            // Whoever read our output has enough.
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => {
                eprintln!("meter-reader: {error:#}");
                ExitCode::from(2)
            }
        },
    }
}

/// Reads all input; returns how many readings there were.
fn read(arguments: &Arguments) -> anyhow::Result<u64> {
    let mut reader = Reader::new(Output::new(arguments.format));
    for HexKey(key) in &arguments.keys {
        reader.sniffer.add_key(*key);
    }
    for InstallCode(key) in &arguments.install_codes {
        reader.sniffer.keys_mut().add_link_key(*key);
    }
    for file in &arguments.key_files {
        let text = std::fs::read_to_string(file).with_context(|| format!("key file {}", file.display()))?;
        keys::read(&text, &mut reader.sniffer).with_context(|| format!("key file {}", file.display()))?;
    }
    reader.limit = arguments.frames;
    match (&arguments.zep, &arguments.input) {
        (Some(address), _) => input::zep(*address, &mut reader)
            .with_context(|| format!("{address}, where ZEP comes to (usually port {})", zep::PORT))?,
        (None, Some(file)) if file.as_os_str() == "-" => input::stream(io::stdin().lock(), &mut reader)?,
        (None, Some(file)) => {
            let opened = std::fs::File::open(file).with_context(|| file.display().to_string())?;
            anyhow::ensure!(!opened.metadata()?.is_dir(), "{}: a directory", file.display());
            input::stream(io::BufReader::new(opened), &mut reader)?;
        }
        (None, None) => {}
    }
    reader.finish()
}
