//! Makes readings of frames and payloads, and counts what it could not read.

use std::collections::BTreeMap;

use cad_zigbee::mac::TrailerFormat;
use cad_zigbee::readings::{Notice, Reading};
use cad_zigbee::sniffer::{Decoded, Layer, Sniffer};
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::vendor::{self, Feed};

use super::fragments::{Fragments, Outcome};
use super::output::Output;
use crate::frame_line::FrameLine;

pub(super) struct Reader {
    pub(super) sniffer: Sniffer,
    /// So many frames, and no more.
    pub(super) limit: Option<u64>,
    feed: Feed,
    output: Output,
    xml: Fragments,
    frames: u64,
    payloads: u64,
    readings: u64,
    /// Bytes of a capture that were damaged.
    skipped: u64,
    /// What could not be read, and how often.
    faults: BTreeMap<String, u64>,
}

impl Reader {
    pub(super) fn new(output: Output) -> Self {
        Self {
            sniffer: Sniffer::new(),
            limit: None,
            feed: Feed::new(),
            output,
            xml: Fragments::default(),
            frames: 0,
            payloads: 0,
            readings: 0,
            skipped: 0,
            faults: BTreeMap::new(),
        }
    }

    /// Whether as many frames have come as were wanted.
    pub(super) fn is_done(&self) -> bool {
        self.limit.is_some_and(|limit| self.frames >= limit)
    }

    pub(super) fn mac(
        &mut self,
        bytes: &[u8],
        trailer: TrailerFormat,
        time: Option<Timestamp>,
    ) -> anyhow::Result<()> {
        let told = Told::of(self.sniffer.mac(bytes, trailer, time));
        self.frame(told)
    }

    /// A line of JSON: a frame, or else a payload; or a line of XML.
    pub(super) fn line(&mut self, text: &str) -> anyhow::Result<()> {
        let trimmed = text.trim_start_matches('\u{feff}').trim();
        if trimmed.starts_with('{') {
            // No line of XML: what waits for its end waits in vain.
            self.end_of_lines()?;
        } else if trimmed.starts_with('<') || !self.xml.is_empty() {
            return self.xml_line(trimmed);
        }
        let Ok(line) = serde_json::from_str::<FrameLine>(trimmed) else { return self.payload(trimmed) };
        let told = line
            .prepare(&mut self.sniffer)
            .and_then(|bytes| line.decode(&mut self.sniffer, &bytes).map(Told::of));
        match told {
            Ok(told) => self.frame(told),
            Err(error) => {
                self.unreadable(&error);
                Ok(())
            }
        }
    }

    /// What is left when the lines end, or those of XML.
    pub(super) fn end_of_lines(&mut self) -> anyhow::Result<()> {
        if self.xml.is_empty() {
            return Ok(());
        }
        let xml = self.xml.take();
        self.payload(&xml)
    }

    fn xml_line(&mut self, line: &str) -> anyhow::Result<()> {
        const NO_FRAGMENT: &str = "lines of XML that are no whole fragment";
        match self.xml.push(line, &mut self.feed) {
            Outcome::Waits => Ok(()),
            Outcome::Stray => {
                self.unreadable(NO_FRAGMENT);
                Ok(())
            }
            Outcome::Read(outcome, dropped) => {
                if dropped {
                    self.unreadable(NO_FRAGMENT);
                }
                self.report(outcome)
            }
        }
    }

    fn payload(&mut self, text: &str) -> anyhow::Result<()> {
        let outcome = self.feed.read(None, text);
        self.report(outcome)
    }

    fn report(&mut self, outcome: Result<vendor::Report, vendor::Error>) -> anyhow::Result<()> {
        match outcome {
            Ok(report) => {
                self.payloads += 1;
                self.show(&report.readings, &report.notices)
            }
            Err(error) => {
                self.unreadable(&error.to_string());
                Ok(())
            }
        }
    }

    fn frame(&mut self, told: Told) -> anyhow::Result<()> {
        self.frames += 1;
        if let Some(fault) = &told.fault {
            self.unreadable(fault);
        }
        self.show(&told.readings, &told.notices)
    }

    fn show(&mut self, readings: &[Reading], notices: &[Notice]) -> anyhow::Result<()> {
        self.readings += readings.len() as u64;
        Ok(self.output.show(self.sniffer.han(), readings, notices)?)
    }

    pub(super) fn unreadable(&mut self, why: &str) {
        /// So many reasons are told apart.
        const REASONS: usize = 100;
        /// So much of one is told.
        const CHARACTERS: usize = 200;
        // Some quote what was read: a terminal is given no orders by that.
        let why: String =
            why.chars().take(CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let known = self.faults.len() < REASONS || self.faults.contains_key(&why);
        *self.faults.entry(if known { why } else { "for other reasons".to_owned() }).or_default() += 1;
    }

    /// So many bytes of a capture were damaged, and stepped over.
    pub(super) fn skipped(&mut self, bytes: u64) {
        self.skipped += bytes;
    }

    /// Prints what is still to be printed, and on standard error what there was; returns how many readings.
    pub(super) fn finish(mut self) -> anyhow::Result<u64> {
        self.output.finish(self.sniffer.han())?;
        let count =
            |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let mut parts = vec![count(self.frames, "frame")];
        if self.payloads > 0 {
            parts.push(count(self.payloads, "payload"));
        }
        parts.push(count(self.readings, "reading"));
        eprintln!("{}", parts.join(", "));
        for (why, number) in &self.faults {
            eprintln!("  {number} not read: {why}");
        }
        if self.skipped > 0 {
            eprintln!("  {} bytes of the capture stepped over", self.skipped);
        }
        let han = self.sniffer.han();
        if han.waiting() > 0 {
            let values = count(han.waiting() as u64, "value");
            eprintln!("  {values} without reading: unit or factors did not come");
        }
        if han.dropped() > 0 {
            eprintln!("  {} given up: unit or factors did not come in time", count(han.dropped(), "value"));
        }
        Ok(self.readings)
    }
}

/// What a frame tells, apart from the frame.
struct Told {
    readings: Vec<Reading>,
    notices: Vec<Notice>,
    fault: Option<String>,
}

impl Told {
    fn of(decoded: Decoded<'_>) -> Self {
        let fault = match (decoded.encrypted, decoded.error) {
            (Some((layer, why)), _) => {
                let key = match layer {
                    Layer::Nwk => "network",
                    _ => "link",
                };
                Some(format!("encrypted with a {key} key: {why}"))
            }
            (None, Some((layer, why))) => Some(format!("{layer}: {why}")),
            (None, None) => None,
        };
        Self { readings: decoded.readings, notices: decoded.notices, fault }
    }
}
