//! Readings from what displays and hubs publish: Glow over MQTT (the display's own broker and the maker's cloud), the
//! replies of a Home Pro, the XML of RAVEn and EMU-2 (feature `raven`).
//!
//! All give the same [`Reading`]s as frames do: exact decimals, no reading where the device sent what stands for "no
//! value".
//!
//! ```
//! use cad_zigbee::vendor::Feed;
//!
//! let mut feed = Feed::new();
//! let report = feed.read(
//!     Some("glow/BCDDC2C6A91C/SENSOR/electricitymeter"),
//!     r#"{"electricitymeter": {
//!         "timestamp": "2022-11-07T09:20:08Z",
//!         "energy": {"import": {"cumulative": 15254.827, "units": "kWh", "mpan": "1023497978063"}},
//!         "power": {"value": -8388.608, "units": "kW"}
//!     }}"#,
//! )?;
//! assert_eq!(report.readings.len(), 1);
//! assert_eq!(report.readings[0].to_string(), "energy_import 15254.827 kWh");
//! assert_eq!(report.readings[0].source.meter.to_string(), "1023497978063");
//! # Ok::<(), cad_zigbee::vendor::Error>(())
//! ```

mod glow_cloud;
mod glow_local;
mod home_pro;
mod node;
#[cfg(feature = "raven")]
mod raven;

use crate::decimal::Decimal;
use crate::metering::{Flow, Kind, Register, Span, Unit};
use crate::readings::{Commodity, Han, Meter, Notice, Quantity, Reading, Source, Symbol, Told};
use crate::timestamp::Timestamp;
use node::Node;
use std::collections::HashMap;
use std::fmt;
use std::string::String;
use std::vec::Vec;

/// Reads what one household's devices publish, in order: it remembers how meters are called and what their numbers
/// mean.
#[derive(Debug, Default)]
pub struct Feed {
    han: Han,
    /// By the device that publishes, and what is metered.
    names: HashMap<(String, Commodity), Meter>,
    #[cfg(feature = "raven")]
    factors: raven::Factors,
}

/// What one payload tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What the payload is.
    pub format: Format,
    /// Measured values.
    pub readings: Vec<Reading>,
    /// What is no measured value.
    pub notices: Vec<Notice>,
    /// What the device that publishes says of itself.
    pub device: Option<Device>,
    /// Whether the payload's times count from 2000 or from 1970, where that had to be told by their size.
    pub epoch: Option<Epoch>,
}

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A Glow display's state.
    GlowState,
    /// A Glow display's values of a meter.
    GlowSensor,
    /// The attributes of meters as Glow's cloud has them.
    GlowCloud,
    /// A reply of a Home Pro.
    HomePro,
    /// XML of RAVEn or EMU-2.
    Raven,
}

/// From when a time counts its seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Epoch {
    /// 2000-01-01 00:00:00 UTC, as Zigbee does.
    Zigbee,
    /// 1970-01-01 00:00:00 UTC.
    Unix,
}

/// What a device says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// Its EUI-64, as it writes it.
    pub eui64: Option<String>,
    /// The hardware.
    pub hardware: Option<String>,
    /// The software.
    pub software: Option<String>,
    /// Whether it has joined the home area network.
    pub status: Option<String>,
    /// How strong the signal is, in dBm.
    pub rssi_dbm: Option<i16>,
    /// How good the link is, 0 to 255.
    pub link_quality: Option<u8>,
    /// When it said so.
    pub time: Option<Timestamp>,
}

/// Why a payload could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// It is no JSON, from this place on.
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// It is no XML, or not that of RAVEn.
    Xml(String),
    /// It is JSON or XML, but of none of the devices known.
    Unknown,
    /// The device answered that it could not.
    Refused(String),
}

impl Feed {
    /// Knows no meter.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a payload, as published under `topic` where it came over MQTT. A JSON object with `topic` and `payload` is
    /// taken apart.
    ///
    /// # Errors
    /// If it is neither JSON nor XML, or of no device known, or says that the device could not answer. A value that
    /// makes no sense is no error: it is left out.
    pub fn read(&mut self, topic: Option<&str>, payload: &str) -> Result<Report, Error> {
        let payload = payload.trim_start_matches('\u{feff}').trim();
        if payload.starts_with('<') {
            #[cfg(feature = "raven")]
            return raven::read(&mut self.factors, payload);
            #[cfg(not(feature = "raven"))]
            return Err(Error::Unknown);
        }
        let root = Node::parse(payload)?;
        if let Some(inner) = root.get("payload") {
            let wrapped = root.get("topic").and_then(|topic| topic.text());
            let topic = wrapped.as_deref().or(topic);
            return match inner.text() {
                Some(text) if text.trim_start().starts_with(['{', '<']) => self.read_inner(topic, &text),
                _ => self.read_json(topic, &inner),
            };
        }
        self.read_json(topic, &root)
    }

    /// Reads what was a string within a payload: no further such string is opened.
    fn read_inner(&mut self, topic: Option<&str>, text: &str) -> Result<Report, Error> {
        #[cfg(feature = "raven")]
        if text.trim_start().starts_with('<') {
            return raven::read(&mut self.factors, text.trim());
        }
        self.read_json(topic, &Node::parse(text)?)
    }

    fn read_json(&mut self, topic: Option<&str>, root: &Node<'_>) -> Result<Report, Error> {
        let device = device_of(topic);
        let has = |key: &str| root.get(key).is_some();
        if has("electricitymeter") || has("gasmeter") {
            return Ok(glow_local::sensor(root));
        }
        if has("elecMtr") || has("gasMtr") {
            return Ok(glow_cloud::read(self, device, root));
        }
        if let Some(report) = home_pro::read(self, device, root)? {
            return Ok(report);
        }
        if has("han") || (has("hardware") && has("timestamp")) {
            return Ok(glow_local::state(root));
        }
        Err(Error::Unknown)
    }

    /// How the meter is called; remembers it if it is said.
    fn name(&mut self, device: &str, commodity: Commodity, said: Option<Meter>) -> Meter {
        /// More names than one household needs.
        const NAMES: usize = 64;
        let key = (String::from(device), commodity);
        if let Some(meter) = said {
            if self.names.len() >= NAMES && !self.names.contains_key(&key) {
                self.names.clear();
            }
            self.names.insert(key, meter);
            return meter;
        }
        self.names.get(&key).copied().unwrap_or(Meter::Only(commodity))
    }
}

/// The device in a topic: the second part of `glow/<device>/…`, the last of `SMART/HILD/<device>`.
fn device_of(topic: Option<&str>) -> &str {
    let Some(topic) = topic else { return "" };
    match topic.strip_prefix("glow/") {
        Some(rest) => rest.split('/').next().unwrap_or(rest),
        None => topic.rsplit('/').next().unwrap_or(topic),
    }
}

/// The meter of this metering point, if it is one: MPAN and MPRN are numbers of 6 to 13 digits, and as an MPAN is also
/// written with all its parts, up to 21.
fn metering_point(text: &str) -> Option<Meter> {
    let text = text.trim();
    let is_number = (6..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number > 0).map(Meter::Point)
}

impl Report {
    const fn new(format: Format) -> Self {
        Self { format, readings: Vec::new(), notices: Vec::new(), device: None, epoch: None }
    }

    fn add(&mut self, told: Told) {
        self.readings.extend(told.readings);
        self.notices.extend(told.notices);
    }

    fn push(
        &mut self,
        meter: Meter,
        time: Option<Timestamp>,
        (quantity, value, unit): (Quantity, Decimal, Symbol),
    ) {
        let source = Source { meter, endpoint: None };
        self.readings.push(Reading { source, quantity, value, unit, time, interval: None });
    }
}

/// A register of a meter that counts in this unit.
fn register(kind: Kind, flow: Option<Flow>, span: Span, unit: Unit) -> Quantity {
    let register = Register { kind, flow, span, alternative: false };
    Quantity::Register { register, dimension: unit.dimension() }
}

/// Whether a number is what stands for "no value" in one of the types meters use, at whatever place the device put the
/// decimal point.
///
/// **Interpretation:** so is a sum of a hundred million and more, of whatever unit: no household's meter has so many
/// digits, but a number that stands for "no value" has them still after it was multiplied.
fn is_no_value(value: &Decimal) -> bool {
    const NO_VALUE: [i128; 5] = [0xFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF, -0x80_0000, -0x8000_0000];
    const TOO_MUCH: i128 = 100_000_000;
    let mut mantissa = value.mantissa();
    let mut places = value.places();
    let scale = 10_i128.checked_pow(u32::from(places)).and_then(|scale| scale.checked_mul(TOO_MUCH));
    if scale.is_some_and(|limit| mantissa.unsigned_abs() >= limit.unsigned_abs()) {
        return true;
    }
    while places <= 6 {
        if NO_VALUE.contains(&mantissa) {
            return true;
        }
        let Some(next) = mantissa.checked_mul(10) else { return false };
        mantissa = next;
        places = places.saturating_add(1);
    }
    false
}

/// A number in hex as devices write it, big endian, as the number of a type with this many bits.
///
/// They write fewer digits than the type has, or more: a signed number then has its sign in all of them, or in none.
/// None where it does not fit, and where it stands for "no value".
fn from_hex(text: &str, bits: u32, signed: bool) -> Option<i64> {
    let digits = text.trim();
    let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits);
    if digits.is_empty() || digits.len() > 16 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u64::from_str_radix(digits, 16).ok()?;
    let ones = u64::MAX.checked_shr(64_u32.checked_sub(bits)?)?;
    if !signed {
        let all_ones = digits.len() >= 4 && digits.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'F'));
        let fits = number < ones && !all_ones;
        return i64::try_from(number).ok().filter(|_| fits);
    }
    let low = number & ones;
    let high = number & !ones;
    let written = u32::try_from(digits.len()).ok()?.checked_mul(4)?;
    let sign_bits = u64::MAX.checked_shr(64_u32.checked_sub(written)?)? & !ones;
    if high != 0 && high != sign_bits {
        return None;
    }
    let sign = ones.checked_sub(ones >> 1)?;
    if low == sign {
        return None;
    }
    if low & sign == 0 {
        // A negative number that fits the type has its sign there too.
        return if high == 0 { i64::try_from(low).ok() } else { None };
    }
    Some((low | !ones).cast_signed())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column, what } => {
                write!(f, "not JSON: {what} at line {line} column {column}")
            }
            Self::Xml(what) => write!(f, "not readable XML: {what}"),
            Self::Unknown => f.write_str("a payload of no device known"),
            Self::Refused(what) => write!(f, "the device could not answer: {what}"),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::{Decimal, Error, Feed, from_hex, is_no_value, metering_point};

    #[test]
    fn hex_has_its_sign_wherever_the_device_wrote_it() {
        for (text, number) in [
            ("000009F3", Some(2547)),
            ("09F3", Some(2547)),
            ("FFFFF611", Some(-2543)),
            ("FFF611", Some(-2543)),
            ("00FFF611", Some(-2543)),
            ("0x000222", Some(546)),
            ("FFFFFFFF", Some(-1)),
            ("FF800000", None),
            ("800000", None),
            ("00800000", None),
            ("12345678", None),
            ("FF000001", None),
            ("", None),
            ("+9F3", None),
            ("12345678901234567", None),
        ] {
            assert_eq!(from_hex(text, 24, true), number, "{text}");
        }
    }

    #[test]
    fn unsigned_hex_may_be_longer_or_shorter_than_its_type() {
        assert_eq!(from_hex("000003E8", 24, false), Some(1000));
        assert_eq!(from_hex("011C3C", 32, false), Some(72_764));
        assert_eq!(from_hex("01000000", 24, false), None);
        for (text, bits) in [("FFFFFFFFFFFF", 48), ("FFFFFF", 24), ("00FFFFFF", 24), ("FFFFFF", 32)] {
            assert_eq!(from_hex(text, bits, false), None, "{text}");
        }
        assert_eq!(from_hex("FFFF", 64, false), None);
        assert_eq!(from_hex("7FFFFFFFFFFFFFFF", 64, false), Some(i64::MAX));
    }

    #[test]
    fn what_stands_for_no_value_is_known_wherever_its_point_is() {
        let is = |text: &str| is_no_value(&text.parse::<Decimal>().unwrap());
        for text in ["-8388.608", "281474976710.655", "16777.215", "4294967.295", "281474976.711", "-8388608"]
        {
            assert!(is(text), "{text}");
        }
        for text in ["-8388.607", "15254.827", "0", "99999999.999"] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn a_metering_point_is_a_number() {
        assert!(metering_point("1023497978063").is_some());
        for wrong in ["", "abcd", "---", "12345", "12345678901234567890", "-123456", "0000000"] {
            assert_eq!(metering_point(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_refusal_says_why() {
        let mut feed = Feed::new();
        for (payload, text) in [
            ("{\"a\": }", "not JSON: expected value at line 1 column 7"),
            ("{\"a\": 1}", "a payload of no device known"),
            ("[]", "a payload of no device known"),
            ("{\"Status\": \"no meter\"}", "the device could not answer: no meter"),
        ] {
            assert_eq!(feed.read(None, payload).unwrap_err().to_string(), text);
        }
        #[cfg(feature = "raven")]
        assert!(matches!(feed.read(None, "<InstantaneousDemand>"), Err(Error::Xml(_))));
        assert_eq!(feed.read(None, "<TimeCluster/>").is_err(), cfg!(not(feature = "raven")));
        assert_eq!(feed.read(None, "<html></html>"), Err(Error::Unknown));
    }
}
