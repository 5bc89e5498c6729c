//! Writes the capture of a plausible evening with a 7 kW car charger, and its keys.
//!
//! ```text
//! cargo run -p examples --bin evening [DIRECTORY]
//! ```
//!
//! `evening.pcap` has a report of the meter every minute from 17:00 to 22:00; `evening.keys.json` has the keys that open
//! it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use cad_zigbee::pcap::{self, LinkType};
use cad_zigbee::security::Key;
use clap::Parser;
use examples::house::House;
use examples::out;

const INTERVAL_S: u32 = 60;

/// Makes the demo's capture: an evening of encrypted meter frames, and the keys to them.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder to write `evening.pcap` and `evening.keys.json` to
    #[arg(default_value = "examples/data")]
    directory: PathBuf,
}

fn main() -> ExitCode {
    out::ended(make(&Arguments::parse().directory))
}

fn make(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let write = |name: &str, content: &[u8]| {
        let file = directory.join(name);
        fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))
    };

    let mut house = House::new();
    let mut capture = Vec::new();
    pcap::write_header(&mut capture, LinkType::IEEE802_15_4_WITHFCS);
    let mut frames = house.join()?;
    while !house.is_over() {
        frames.extend(house.step(INTERVAL_S)?);
    }
    for frame in &frames {
        pcap::write_packet(&mut capture, frame.time, &frame.bytes);
    }
    let keys = serde_json::json!({
        "network_key": hex(&house.network_key()),
        "link_key": hex(&house.link_key()),
        "meter": format!("{:x}", house.meter()),
    });
    write("evening.pcap", &capture)?;
    write("evening.keys.json", format!("{keys:#}\n").as_bytes())?;
    out::say(format_args!(
        "{}: {} frames, {} bytes",
        directory.join("evening.pcap").display(),
        frames.len(),
        capture.len()
    ));
    Ok(())
}

fn hex(key: &Key) -> String {
    key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
