//! Keys, as people write them.
//!
//! ```
//! use cad_zigbee::{security::Key, sniffer::Sniffer};
//! use examples::meter_reader::keys::{self, InstallCode};
//!
//! let code: InstallCode = "83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5".parse()?;
//! assert_eq!(code.0, "66b6900981e1ee3ca4206b6b861c02bb".parse::<Key>()?);
//! let mut sniffer = Sniffer::new();
//! assert_eq!(keys::read("network c0ffee00112233445566778899aabbcc # of the house", &mut sniffer)?, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::str::FromStr;

use anyhow::{Context as _, ensure};
use cad_zigbee::security::Key;
use cad_zigbee::sniffer::Sniffer;
use serde_json::Value;

/// A key of 32 hexadecimal digits, with or without colons.
#[derive(Debug, Clone, Copy)]
pub struct HexKey(
    /// The key.
    pub Key,
);

/// The link key that an install code stands for: 8, 10, 14 or 18 bytes of hex, the last two the checksum.
#[derive(Debug, Clone, Copy)]
pub struct InstallCode(
    /// The key.
    pub Key,
);

impl FromStr for HexKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|_| "a key is 32 hexadecimal digits".to_owned())
    }
}

impl FromStr for InstallCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | ':')).collect();
        let code = crate::frame_line::bytes(&digits).ok_or("an install code is hexadecimal digits")?;
        Key::from_install_code(&code).map(Self).map_err(|error| error.to_string())
    }
}

/// Reads a file of keys, JSON or lines of text, and gives them to the sniffer; returns how many there were.
///
/// # Errors
/// If the file has none, or something in it is no key; the error says where.
pub fn read(text: &str, sniffer: &mut Sniffer) -> anyhow::Result<usize> {
    let text = text.trim_start_matches('\u{feff}');
    let count = if text.trim_start().starts_with(['{', '[']) {
        let value: Value = serde_json::from_str(text)?;
        read_json(&value, "", Use::Any, sniffer)?
    } else {
        read_lines(text, sniffer)?
    };
    ensure!(count > 0, "no key in it");
    Ok(count)
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Network,
    Link,
    Install,
    Any,
}

fn add(text: &str, use_of: Use, sniffer: &mut Sniffer) -> anyhow::Result<()> {
    match use_of {
        Use::Install => {
            let InstallCode(key) = text.parse().map_err(anyhow::Error::msg)?;
            sniffer.keys_mut().add_link_key(key);
        }
        other => {
            let HexKey(key) = text.parse().map_err(anyhow::Error::msg)?;
            match other {
                Use::Network => _ = sniffer.keys_mut().add_network_key(key),
                Use::Link => _ = sniffer.keys_mut().add_link_key(key),
                Use::Install | Use::Any => sniffer.add_key(key),
            }
        }
    }
    Ok(())
}

fn read_lines(text: &str, sniffer: &mut Sniffer) -> anyhow::Result<usize> {
    let mut count = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (word, rest) = line.split_once([' ', '\t', '=']).unwrap_or(("", line));
        let (use_of, key) = match word.trim_end_matches(':').to_ascii_lowercase().as_str() {
            "network" | "nwk" => (Use::Network, rest),
            "link" | "aps" => (Use::Link, rest),
            "install" => (Use::Install, rest),
            "key" => (Use::Any, rest),
            _ => (Use::Any, line),
        };
        add(key.trim_matches([' ', '\t', '=']), use_of, sniffer).with_context(|| format!("line {number}"))?;
        count += 1;
    }
    Ok(count)
}

/// Takes every string that stands under a name with "key" or "install" in it.
fn read_json(value: &Value, path: &str, use_of: Use, sniffer: &mut Sniffer) -> anyhow::Result<usize> {
    match value {
        Value::String(text) if path.contains("key") || use_of == Use::Install => {
            add(text, use_of, sniffer).with_context(|| path.to_owned())?;
            Ok(1)
        }
        Value::Array(items) => items.iter().map(|item| read_json(item, path, use_of, sniffer)).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let lower = name.to_ascii_lowercase();
                let use_of = match lower.as_str() {
                    name if name.contains("install") => Use::Install,
                    name if name.contains("network") || name.contains("nwk") => Use::Network,
                    name if name.contains("link") => Use::Link,
                    _ => use_of,
                };
                // What is no string of hex under such a name belongs to another program.
                let is_ours = lower.contains("key") || lower.contains("install") || path.contains("key");
                match value {
                    Value::String(_) if !is_ours => Ok(0),
                    Value::String(text) if text.contains(' ') && use_of != Use::Install => Ok(0),
                    _ => read_json(value, &format!("{path}/{lower}"), use_of, sniffer),
                }
            })
            .sum(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{InstallCode, read};
    use cad_zigbee::sniffer::Sniffer;

    fn count(text: &str) -> Result<usize, String> {
        read(text, &mut Sniffer::new()).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn both_forms_of_a_key_file_are_read() {
        let key = "c0ffee00112233445566778899aabbcc";
        assert_eq!(count(&format!("# mine\nnetwork {key}\nlink={key}\nkey: {key}\n\n{key} # bare\n")), Ok(4));
        let json = format!(
            r#"{{"network_key": "{key}", "link_keys": {{"a": "{key}", "b": "{key}"}}, "pan": 23063,
                "euis": {{"0x0000": "001DB70000C0FFEE"}}, "install_code": "83FED3407A939723A5C639B26916D505C3B5"}}"#
        );
        assert_eq!(count(&json), Ok(4));
        let evening = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/evening.keys.json"));
        assert_eq!(count(&evening.unwrap()), Ok(2));
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_place() {
        for (text, error) in [
            ("", "no key in it"),
            ("network c0ffee", "line 1: a key is 32 hexadecimal digits"),
            ("{\"link_key\": \"c0ffee\"}", "/link_key: a key is 32 hexadecimal digits"),
            ("\ninstall 83FE", "line 2: "),
            ("{\"a\": 1}", "no key in it"),
            ("{", "EOF while parsing"),
        ] {
            assert!(count(text).unwrap_err().starts_with(error), "{text}: {:?}", count(text));
        }
        assert!("83FED3407A939723A5C639B26916D505C3B6".parse::<InstallCode>().is_err());
    }
}
