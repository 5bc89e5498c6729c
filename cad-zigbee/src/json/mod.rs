//! Decoded frames and readings as JSON, for programs that pass them on.
//!
//! ```
//! use cad_zigbee::{json, readings::Source, sniffer::Sniffer, zcl::ClusterId};
//!
//! let mut sniffer = Sniffer::new();
//! let bytes = [0x18, 0x01, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00];
//! let decoded = sniffer.zcl(0x0109, ClusterId::METERING, &bytes, Source::default(), None);
//! let value = json::decoded(&decoded);
//! assert_eq!(value["zcl"]["command"], "Report Attributes");
//! assert_eq!(value["zcl"]["records"][0]["value"], 1234);
//! ```

mod commands;
mod layers;
mod notice;
mod records;

pub use notice::notice;

use crate::readings::{Meter, Notice, Reading};
use crate::sniffer::Decoded;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::string::{String, ToString};

/// The layers of a frame: an object with `mac`, `nwk`, `aps` and `zcl`, as far as the frame has them.
///
/// Numbers are JSON integers, octets and keys lower-case hex, EUI-64s in headers upper-case hex, strings text, NaN and
/// infinities their names; a number that stands for "no value" is given with `"invalid": true`. A layer that could not
/// be decrypted has `"encrypted": true`. Bytes that were left over are given as hex in `rest`, and as `payload` where
/// the layer above could not be read at all.
pub fn decoded(decoded: &Decoded<'_>) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, layer: Option<Value>| {
        if let Some(layer) = layer {
            object.insert(name.to_string(), layer);
        }
    };
    put("mac", decoded.mac.as_ref().map(|mac| layers::mac(mac, decoded)));
    put("nwk", decoded.nwk.as_ref().map(|nwk| layers::nwk(nwk, decoded)));
    put("aps", decoded.aps.as_ref().map(|aps| layers::aps(aps, decoded)));
    put("zcl", decoded.zcl.as_ref().map(|zcl| records::zcl(zcl.cluster, &zcl.frame)));
    Value::Object(object)
}

/// A reading: `meter`, `quantity`, `value` (a decimal number as a string, so that it stays exact), `unit` and `time`
/// (RFC 3339, or null); of an interval that began then also `interval_s`. A meter without a name is null.
pub fn reading(reading: &Reading) -> Value {
    let mut object = json!({
        "meter": match reading.source.meter {
            Meter::Unnamed => None,
            meter => Some(meter.to_string()),
        },
        "quantity": reading.quantity.to_string(),
        "value": reading.value.to_string(),
        "unit": reading.unit.to_string(),
        "time": reading.time.map(|time| time.to_string()),
    });
    if let Some(interval) = reading.interval {
        insert(&mut object, "interval_s", interval.as_secs());
    }
    object
}

impl Serialize for Notice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        notice(self).serialize(serializer)
    }
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        reading(self).serialize(serializer)
    }
}

impl Serialize for Decoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        decoded(self).serialize(serializer)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _: std::fmt::Result = write!(text, "{byte:02x}");
        text
    })
}

fn insert(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(object) = object {
        object.insert(name.to_string(), value.into());
    }
}

/// Adds what was left over, if anything was.
fn insert_rest(object: &mut Value, rest: &[u8]) {
    if !rest.is_empty() {
        insert(object, "rest", hex(rest));
    }
}
