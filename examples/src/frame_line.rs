//! A frame on a JSON line, as `inspect zigbee` and `meter-reader` take it.
//!
//! ```
//! use cad_zigbee::sniffer::Sniffer;
//! use examples::frame_line::FrameLine;
//!
//! let line = r#"{"id": 1, "layer": "zcl", "cluster": 1794, "hex": "18010a00042ad20400"}"#;
//! let line = FrameLine::read(1, line.as_bytes())?;
//! let mut sniffer = Sniffer::new();
//! let bytes = line.prepare(&mut sniffer)?;
//! assert!(line.decode(&mut sniffer, &bytes)?.zcl.is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use cad_zigbee::mac::TrailerFormat;
use cad_zigbee::readings::Source;
use cad_zigbee::security::Key;
use cad_zigbee::sniffer::{Decoded, Sniffer};
use cad_zigbee::zcl::ClusterId;
use serde::Deserialize;

/// A frame with what is needed to decode it.
#[derive(Debug, Clone, Deserialize)]
pub struct FrameLine {
    /// Names the frame; any JSON. [`Self::read`] gives the number of the line to a frame without name.
    #[serde(default, deserialize_with = "named")]
    pub id: Option<serde_json::Value>,
    /// Where the frame begins: `mac`, `nwk`, `aps` or `zcl`.
    pub layer: String,
    /// The frame in hex.
    pub hex: String,
    /// The profile, where `layer` is `zcl`; else Smart Energy.
    pub profile: Option<u16>,
    /// The cluster, where `layer` is `zcl`.
    pub cluster: Option<u16>,
    /// A network key in hex.
    pub network_key: Option<String>,
    /// A link key in hex.
    pub link_key: Option<String>,
}

/// A name that is null is a name too.
fn named<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(Some)
}

/// Why a line is no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoFrame {
    /// What the line says it is called; else its number.
    pub id: serde_json::Value,
    /// Why, and where.
    pub why: String,
    /// Where in the line, in characters from 1.
    pub column: usize,
}

impl std::fmt::Display for NoFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for NoFrame {}

impl FrameLine {
    /// Reads the line with this number, from 1.
    ///
    /// # Errors
    /// If it is no JSON object, or lacks a member that a frame has, or has one of a wrong kind.
    pub fn read(number: u64, line: &[u8]) -> Result<Self, NoFrame> {
        let refused = |id: Option<serde_json::Value>, error: &serde_json::Error| {
            let why = error.to_string();
            let place = format!(" at line 1 column {}", error.column());
            let before = line.get(..error.column().saturating_sub(1)).unwrap_or(line);
            let column = String::from_utf8_lossy(before).chars().count() + 1;
            let why =
                format!("{} at line {number} column {column}", why.strip_suffix(&place).unwrap_or(&why));
            NoFrame { id: id.unwrap_or_else(|| number.into()), why, column }
        };
        // A list would be taken for the members in their order.
        if !line.trim_ascii_start().starts_with(b"{") {
            let error = match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
                Ok(_) => serde::de::Error::custom("not a JSON object"),
                Err(error) => error,
            };
            return Err(refused(None, &error));
        }
        let mut read: Self = serde_json::from_slice(line).map_err(|error| {
            let object = serde_json::from_slice::<serde_json::Value>(line).ok();
            refused(object.and_then(|mut object| object.get_mut("id").map(serde_json::Value::take)), &error)
        })?;
        read.id.get_or_insert_with(|| number.into());
        Ok(read)
    }

    /// Gives the keys to the sniffer; returns the bytes of the frame.
    ///
    /// # Errors
    /// If a key or the frame is not in hex.
    pub fn prepare(&self, sniffer: &mut Sniffer) -> Result<Vec<u8>, String> {
        let key = |name: &str, text: &String| text.parse::<Key>().map_err(|error| format!("{name}: {error}"));
        // A key that is known already is no fault.
        if let Some(text) = &self.network_key {
            sniffer.keys_mut().add_network_key(key("network_key", text)?);
        }
        if let Some(text) = &self.link_key {
            sniffer.keys_mut().add_link_key(key("link_key", text)?);
        }
        bytes(&self.hex).ok_or_else(|| "hex is not pairs of hexadecimal digits".to_owned())
    }

    /// Decodes the bytes of the frame.
    ///
    /// # Errors
    /// If the layer is not known, or is `zcl` and the cluster is not said.
    pub fn decode<'a>(&self, sniffer: &'a mut Sniffer, bytes: &'a [u8]) -> Result<Decoded<'a>, String> {
        Ok(match self.layer.as_str() {
            "mac" => sniffer.mac(bytes, TrailerFormat::Fcs, None),
            "nwk" => sniffer.nwk(bytes, None),
            "aps" => sniffer.aps(bytes, None),
            "zcl" => {
                let profile = self.profile.unwrap_or(cad_zigbee::aps::SMART_ENERGY);
                let cluster = self.cluster.ok_or("a frame of layer zcl needs its cluster")?;
                let cluster = ClusterId(cluster);
                sniffer.zcl(profile, cluster, bytes, Source::default(), None)
            }
            other => return Err(format!("layer {other:?} is none of mac, nwk, aps, zcl")),
        })
    }
}

/// Pairs of hexadecimal digits as bytes.
pub fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let digits = hex.len().is_multiple_of(2) && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if digits { (0..hex.len()).step_by(2).map(pair).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{FrameLine, Sniffer, bytes};

    #[test]
    fn what_is_no_hex_is_refused() {
        assert_eq!(bytes("0aFF"), Some(vec![0x0A, 0xFF]));
        for wrong in ["0", "0g", "+1", "é1", "0 "] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
        let line: FrameLine = serde_json::from_str(r#"{"layer": "mac", "hex": "x"}"#).unwrap();
        assert_eq!(line.prepare(&mut Sniffer::new()).unwrap_err(), "hex is not pairs of hexadecimal digits");
    }

    #[test]
    fn a_key_that_is_none_is_named() {
        for name in ["network_key", "link_key"] {
            let line = format!(r#"{{"layer": "mac", "hex": "00", "{name}": "zz"}}"#);
            let line = FrameLine::read(1, line.as_bytes()).unwrap();
            let error = line.prepare(&mut Sniffer::new()).unwrap_err();
            assert_eq!(error, format!("{name}: a key is 32 hex digits at offset 0"));
        }
    }

    #[test]
    fn a_frame_without_name_has_the_number_of_its_line() {
        let id = |line: &[u8]| FrameLine::read(7, line).unwrap().id;
        assert_eq!(id(br#"{"layer": "mac", "hex": "00"}"#), Some(serde_json::json!(7)));
        assert_eq!(id(br#"{"id": null, "layer": "mac", "hex": "00"}"#), Some(serde_json::Value::Null));
    }

    #[test]
    fn a_layer_that_is_none_is_named() {
        let line: FrameLine = serde_json::from_str(r#"{"layer": "ip", "hex": "00"}"#).unwrap();
        let error = line.decode(&mut Sniffer::new(), &[0]).unwrap_err();
        assert_eq!(error, "layer \"ip\" is none of mac, nwk, aps, zcl");
    }

    #[test]
    fn a_command_without_its_cluster_is_refused() {
        let line = FrameLine::read(1, br#"{"layer": "zcl", "hex": "010000"}"#).unwrap();
        let error = line.decode(&mut Sniffer::new(), &[1, 0, 0]).unwrap_err();
        assert_eq!(error, "a frame of layer zcl needs its cluster");
    }

    #[test]
    fn a_line_that_is_no_frame_is_refused_by_its_name_or_else_its_number() {
        for (line, id, why) in [
            (&br#"{"id": "a"}"#[..], serde_json::json!("a"), "missing field `layer` at line 7 column 11"),
            (
                br#"{"id": 4, "layer": 1}"#,
                serde_json::json!(4),
                "invalid type: integer `1`, expected a string",
            ),
            (b"{\"hex\": \"00\"", serde_json::json!(7), "EOF while parsing an object at line 7 column 12"),
            (br#"[1, "mac", "00", null, null, null, null]"#, serde_json::json!(7), "not a JSON object"),
            (b"mac 00", serde_json::json!(7), "expected value at line 7 column 1"),
            (b"{\"id\": \"\xFF\"}", serde_json::json!(7), "invalid unicode code point at line 7"),
            ("{\"£\": 1, x}".as_bytes(), serde_json::json!(7), "key must be a string at line 7 column 10"),
        ] {
            let error = FrameLine::read(7, line).unwrap_err();
            assert_eq!(error.id, id);
            assert!(error.to_string().starts_with(why), "{error}");
        }
    }
}
