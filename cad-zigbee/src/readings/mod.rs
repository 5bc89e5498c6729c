//! Readings: what meters measure, scaled and with a unit, from the frames of a home area network.
//!
//! A meter sends bare numbers; its unit and factors are attributes of their own, which a display reads once and a
//! listener has to catch. [`Han`] remembers them for each meter, keeps numbers it cannot scale yet, and hands out
//! readings.
//!
//! ```
//! use cad_zigbee::{readings::{Han, Source}, zcl};
//!
//! let mut han = Han::new();
//! // 5072076, of what is not known yet.
//! let report = [0x18, 1, 0x0A, 0x00, 0x00, 0x25, 0xCC, 0x64, 0x4D, 0x00, 0x00, 0x00];
//! assert!(han.metering(Source::default(), &zcl::Frame::read(&report)?, None).is_empty());
//! // Unit kWh, multiplier 1, divisor 1000.
//! let factors = [0x18, 2, 0x01, 0, 3, 0, 0x30, 0, 1, 3, 0, 0x22, 1, 0, 0, 2, 3, 0, 0x22, 0xE8, 3, 0];
//! let readings = han.metering(Source::default(), &zcl::Frame::read(&factors)?, None);
//! assert_eq!(readings[0].to_string(), "energy_import 5072.076 kWh");
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod factors;
mod quantity;

pub use factors::{Factors, Known};
pub use quantity::Quantity;

use crate::address::{Eui64, PanId, ShortAddress};
use crate::decimal::Decimal;
use crate::metering::Register;
use crate::timestamp::Timestamp;
use crate::zcl::general::GeneralCommand;
use crate::zcl::value::Value;
use crate::zcl::{AttributeId, Direction, Frame};
use factors::Scaled;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::vec::Vec;

/// How many numbers of one meter wait for their factors; the oldest makes room for a new one.
pub const WAITING: usize = 64;

/// One measured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The meter and its endpoint.
    pub source: Source,
    /// What is measured.
    pub quantity: Quantity,
    /// How much.
    pub value: Decimal,
    /// Of what: a symbol such as `kWh`, `kW` or `m3`.
    pub unit: &'static str,
    /// When the frame was received.
    pub time: Option<Timestamp>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Source {
    /// The meter.
    pub meter: Meter,
    /// Its endpoint, where known: a communications hub may mirror several meters.
    pub endpoint: Option<u8>,
}

/// Names a meter as well as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Meter {
    /// By EUI-64.
    Eui64(Eui64),
    /// By network address, where its EUI-64 has not been seen.
    Short(PanId, ShortAddress),
    /// Not at all: there is but one, or the frames came without addresses.
    #[default]
    Unnamed,
}

/// What is known about the meters of a home area network.
#[derive(Debug, Default)]
pub struct Han {
    meters: HashMap<Source, State>,
}

#[derive(Debug, Default)]
struct State {
    factors: Factors,
    /// The factors were set, not learned.
    fixed: bool,
    waiting: VecDeque<Number>,
}

/// A register value not scaled yet.
#[derive(Debug, Clone, Copy)]
struct Number {
    register: Register,
    raw: i64,
    time: Option<Timestamp>,
}

impl Han {
    /// Knows no meter.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a frame of the Metering cluster, as sent by `source` at `time`; returns what it tells.
    ///
    /// Reports and read responses of a server count, other frames tell nothing. The factors in a frame hold for the
    /// numbers in it and for all after it, until others come. A number that came before its factors is returned with
    /// them, with the time at which it came. What stands for "no value" gives no reading. Records from the first that
    /// cannot be read on are left out.
    pub fn metering(&mut self, source: Source, frame: &Frame<'_>, time: Option<Timestamp>) -> Vec<Reading> {
        let mut readings = Vec::new();
        let mut values = Vec::new();
        let state = self.meters.entry(source).or_default();
        let mut known = false;
        each_attribute(frame, |attribute, value| {
            if !state.fixed {
                known |= state.factors.learn(attribute, value);
            }
            if let (Some(register), Some(value)) = (Register::of(attribute), value) {
                values.push((register, value));
            }
        });
        if known {
            state.settle(source, &mut readings);
        }
        for (register, value) in values {
            let Some(raw) = value.integer().and_then(|raw| i64::try_from(raw).ok()) else { continue };
            state.take(source, Number { register, raw, time }, &mut readings);
        }
        readings
    }

    /// What is known about the factors of a meter.
    pub fn factors(&self, source: Source) -> Option<&Factors> {
        self.meters.get(&source).map(|state| &state.factors)
    }

    /// Sets the factors of a meter that tells them wrong or not at all; what it tells of them counts no more. Returns
    /// what waited for them.
    pub fn set_factors(&mut self, source: Source, factors: Factors) -> Vec<Reading> {
        let state = self.meters.entry(source).or_default();
        state.factors = factors;
        state.fixed = true;
        let mut readings = Vec::new();
        state.settle(source, &mut readings);
        readings
    }

    /// Notes that the meter known by a network address is the one with this EUI-64.
    pub fn identify(&mut self, pan: PanId, short: ShortAddress, eui64: Eui64) {
        let meter = Meter::Short(pan, short);
        let known: Vec<Source> = self.meters.keys().filter(|source| source.meter == meter).copied().collect();
        for source in known {
            if let Some(state) = self.meters.remove(&source) {
                self.meters.entry(Source { meter: Meter::Eui64(eui64), ..source }).or_insert(state);
            }
        }
    }
}

impl State {
    /// Hands out a number, or keeps it until its factors are known.
    fn take(&mut self, source: Source, number: Number, readings: &mut Vec<Reading>) {
        match self.factors.scale(&number.register, number.raw) {
            Scaled::Value(quantity, value, unit) => {
                readings.push(Reading { source, quantity, value, unit, time: number.time });
            }
            Scaled::Unknown => {
                if self.waiting.len() >= WAITING {
                    self.waiting.pop_front();
                }
                self.waiting.push_back(number);
            }
            Scaled::Never => {}
        }
    }

    /// Hands out what waited and can be scaled now.
    fn settle(&mut self, source: Source, readings: &mut Vec<Reading>) {
        for number in std::mem::take(&mut self.waiting) {
            self.take(source, number, readings);
        }
    }
}

/// Calls `found` with each attribute a server reports or answers for; without value where it does not have it.
fn each_attribute<'a>(frame: &Frame<'a>, mut found: impl FnMut(AttributeId, Option<Value<'a>>)) {
    if frame.header.direction != Direction::ServerToClient || frame.header.manufacturer.is_some() {
        return;
    }
    match GeneralCommand::read(frame) {
        Ok((GeneralCommand::ReportAttributes(records), _)) => {
            records
                .into_iter()
                .map_while(Result::ok)
                .for_each(|record| found(record.attribute, Some(record.value)));
        }
        Ok((GeneralCommand::ReadAttributesResponse(records), _)) => {
            records
                .into_iter()
                .map_while(Result::ok)
                .for_each(|record| found(record.attribute, record.value));
        }
        _ => {}
    }
}

/// Quantity, value and unit.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.quantity, self.value, self.unit)
    }
}

/// The EUI-64 in lower-case hex; else network and address; nothing where there is no name.
impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eui64(eui64) => write!(f, "{eui64:x}"),
            Self::Short(pan, short) => write!(f, "{pan}/{short}"),
            Self::Unnamed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Factors, Han, Known, Meter, Reading, Source, WAITING};
    use crate::address::{Eui64, PanId, ShortAddress};
    use crate::zcl::Frame;

    const REPORT: u8 = 0x0A;
    const RESPONSE: u8 = 0x01;
    const KWH: [u8; 5] = [0x00, 0x03, 0x00, 0x30, 0x00];
    const M3: [u8; 5] = [0x00, 0x03, 0x00, 0x30, 0x01];
    const MULTIPLIER_1: [u8; 7] = [0x01, 0x03, 0x00, 0x22, 1, 0, 0];
    const DIVISOR_1000: [u8; 7] = [0x02, 0x03, 0x00, 0x22, 0xE8, 3, 0];
    const DEMAND_1234: [u8; 6] = [0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00];

    fn feed(han: &mut Han, command: u8, records: &[&[u8]]) -> Vec<Reading> {
        let bytes = [&[0x18, 0x01, command], &records.concat()[..]].concat();
        han.metering(Source::default(), &Frame::read(&bytes).unwrap(), None)
    }

    fn texts(readings: &[Reading]) -> Vec<String> {
        readings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_demand_is_signed_and_in_kilowatts() {
        let mut han = Han::new();
        feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1, &DIVISOR_1000]);
        assert_eq!(texts(&feed(&mut han, REPORT, &[&DEMAND_1234])), ["power 1.234 kW"]);
        let export = feed(&mut han, REPORT, &[&[0x00, 0x04, 0x2A, 0x11, 0xF6, 0xFF]]);
        assert_eq!(texts(&export), ["power -2.543 kW"]);
    }

    #[test]
    fn what_stands_for_no_value_gives_no_reading() {
        let mut han = Han::new();
        feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1, &DIVISOR_1000]);
        let invalid_demand = [0x00, 0x04, 0x2A, 0x00, 0x00, 0x80];
        let invalid_sum = [0x00, 0x00, 0x25, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(feed(&mut han, REPORT, &[&invalid_demand, &invalid_sum]), []);
    }

    #[test]
    fn numbers_wait_for_their_factors_and_the_oldest_make_room() {
        let mut han = Han::new();
        for number in 0..=u8::try_from(WAITING).unwrap() {
            assert_eq!(feed(&mut han, REPORT, &[&[0x00, 0x04, 0x2A, number, 0, 0]]), []);
        }
        assert_eq!(feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1]), []);
        let readings = feed(&mut han, RESPONSE, &[&DIVISOR_1000]);
        assert_eq!(readings.len(), WAITING);
        assert_eq!(readings[0].to_string(), "power 0.001 kW");
        assert_eq!(feed(&mut han, RESPONSE, &[&DIVISOR_1000]), []);
    }

    #[test]
    fn changed_factors_hold_from_their_frame_on() {
        let mut han = Han::new();
        feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1, &DIVISOR_1000]);
        let divisor_512 = [0x02, 0x03, 0x22, 0x00, 0x02, 0x00];
        let readings = feed(&mut han, REPORT, &[&DEMAND_1234, &divisor_512]);
        assert_eq!(texts(&readings), ["power 2.41015625 kW"]);
    }

    #[test]
    fn without_a_divisor_the_formatting_says_where_the_point_is() {
        let mut han = Han::new();
        let no_multiplier = [0x01, 0x03, 0x86];
        let no_divisor = [0x02, 0x03, 0x86];
        feed(&mut han, RESPONSE, &[&KWH, &no_multiplier, &no_divisor]);
        assert_eq!(feed(&mut han, REPORT, &[&DEMAND_1234]), []);
        let two_places = [0x04, 0x03, 0x00, 0x18, 0x2A];
        assert_eq!(texts(&feed(&mut han, RESPONSE, &[&two_places])), ["power 12.34 kW"]);

        let zero_divisor = [0x02, 0x03, 0x00, 0x22, 0, 0, 0];
        let readings = feed(&mut han, RESPONSE, &[&zero_divisor, &[0x00, 0x04, 0x00, 0x2A, 5, 0, 0]]);
        assert_eq!(texts(&readings), ["power 0.05 kW"]);
    }

    #[test]
    fn gas_is_a_volume_and_its_alternative_an_energy() {
        let mut han = Han::new();
        let alternative_kwh = [0x12, 0x03, 0x00, 0x30, 0x00];
        feed(&mut han, RESPONSE, &[&M3, &MULTIPLIER_1, &DIVISOR_1000, &alternative_kwh]);
        let sum = [0x00, 0x00, 0x25, 0x8B, 0xD3, 0x22, 0, 0, 0];
        let day = [0x01, 0x0C, 0x22, 0x1C, 0x9A, 0x00];
        let readings = feed(&mut han, REPORT, &[&sum, &day]);
        assert_eq!(texts(&readings), ["volume 2282.379 m3", "energy_import_day 39.452 kWh"]);
    }

    #[test]
    fn binary_coded_decimals_are_read_as_digits() {
        let mut han = Han::new();
        let kwh_bcd = [0x00, 0x03, 0x00, 0x30, 0x80];
        feed(&mut han, RESPONSE, &[&kwh_bcd, &MULTIPLIER_1, &DIVISOR_1000]);
        let sum = [0x00, 0x00, 0x25, 0x76, 0x20, 0x07, 0x05, 0, 0];
        assert_eq!(texts(&feed(&mut han, REPORT, &[&sum])), ["energy_import 5072.076 kWh"]);
        let no_digit = [0x00, 0x00, 0x25, 0x7A, 0x20, 0x07, 0x05, 0, 0];
        assert_eq!(feed(&mut han, REPORT, &[&no_digit]), []);
    }

    #[test]
    fn factors_that_were_set_outlive_what_the_meter_tells() {
        let mut han = Han::new();
        feed(&mut han, REPORT, &[&DEMAND_1234]);
        let factors = Factors {
            unit: Known::Value(0),
            multiplier: Known::Value(1),
            divisor: Known::Value(100),
            ..Factors::default()
        };
        let readings = han.set_factors(Source::default(), factors);
        assert_eq!(texts(&readings), ["power 12.34 kW"]);
        feed(&mut han, RESPONSE, &[&DIVISOR_1000]);
        assert_eq!(texts(&feed(&mut han, REPORT, &[&DEMAND_1234])), ["power 12.34 kW"]);
    }

    #[test]
    fn a_meter_keeps_its_factors_when_its_name_becomes_known() {
        let mut han = Han::new();
        let (pan, short, eui64) = (PanId(0x5A17), ShortAddress(0x2B4E), Eui64(7));
        let source = |meter| Source { meter, endpoint: Some(1) };
        let factors = [&[0x18, 1, RESPONSE][..], &KWH, &MULTIPLIER_1, &DIVISOR_1000].concat();
        let report = [&[0x18, 1, REPORT][..], &DEMAND_1234].concat();
        han.metering(source(Meter::Short(pan, short)), &Frame::read(&factors).unwrap(), None);
        han.identify(pan, short, eui64);
        let readings = han.metering(source(Meter::Eui64(eui64)), &Frame::read(&report).unwrap(), None);
        assert_eq!(texts(&readings), ["power 1.234 kW"]);
        assert_eq!(readings[0].source.meter.to_string(), "0000000000000007");
    }
}
