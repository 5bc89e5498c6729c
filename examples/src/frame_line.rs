//! A frame on a JSON line, as `inspect zigbee` and `meter-reader` take it.
//!
//! ```
//! use cad_zigbee::sniffer::Sniffer;
//! use examples::frame_line::FrameLine;
//!
//! let line = r#"{"id": 1, "layer": "zcl", "cluster": 1794, "hex": "18010a00042ad20400"}"#;
//! let line: FrameLine = serde_json::from_str(line)?;
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
    /// Names the frame; any JSON.
    #[serde(default)]
    pub id: serde_json::Value,
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

impl FrameLine {
    /// Gives the keys to the sniffer; returns the bytes of the frame.
    ///
    /// # Errors
    /// If a key or the frame is not in hex.
    pub fn prepare(&self, sniffer: &mut Sniffer) -> Result<Vec<u8>, String> {
        let key = |text: &String| text.parse::<Key>().map_err(|error| error.to_string());
        // A key that is known already is no fault.
        if let Some(text) = &self.network_key {
            sniffer.keys_mut().add_network_key(key(text)?);
        }
        if let Some(text) = &self.link_key {
            sniffer.keys_mut().add_link_key(key(text)?);
        }
        bytes(&self.hex).ok_or_else(|| "hex is not pairs of hexadecimal digits".to_owned())
    }

    /// Decodes the bytes of the frame.
    ///
    /// # Errors
    /// If the layer is not known.
    pub fn decode<'a>(&self, sniffer: &'a mut Sniffer, bytes: &'a [u8]) -> Result<Decoded<'a>, String> {
        Ok(match self.layer.as_str() {
            "mac" => sniffer.mac(bytes, TrailerFormat::Fcs, None),
            "nwk" => sniffer.nwk(bytes, None),
            "aps" => sniffer.aps(bytes, None),
            "zcl" => {
                let profile = self.profile.unwrap_or(cad_zigbee::aps::SMART_ENERGY);
                let cluster = ClusterId(self.cluster.unwrap_or_default());
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
    fn a_layer_that_is_none_is_named() {
        let line: FrameLine = serde_json::from_str(r#"{"layer": "ip", "hex": "00"}"#).unwrap();
        let error = line.decode(&mut Sniffer::new(), &[0]).unwrap_err();
        assert_eq!(error, "layer \"ip\" is none of mac, nwk, aps, zcl");
    }
}
