//! Elements without a common root, each with fields of text.

use crate::address::Eui64;
use crate::readings::Meter;
use crate::timestamp::Timestamp;
use crate::vendor::{Error, from_hex};
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;
use xml_wire::{Decoder, Dialect, Limits, Namespace, Piece, lexical};

const ALL: &[Namespace] = &[];
static DIALECT: Dialect =
    Dialect { namespaces: ALL, is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

/// An element with what its children hold.
pub(super) struct Fragment {
    pub(super) name: String,
    /// In their order; a profile has many of one name.
    pub(super) fields: Vec<(String, String)>,
}

/// The fragments of a text, read as the children of one element.
pub(super) fn fragments(text: &str) -> Result<Vec<Fragment>, Error> {
    /// A fragment has some twenty elements, and no more than some dozens come at once.
    const LIMITS: Limits = Limits { bytes: 64 << 10, depth: 8, attributes: 8, namespaces: 8, elements: 4096 };
    let mut text = text;
    if let Some(declaration) = text.strip_prefix("<?xml") {
        text = declaration.split_once("?>").map_or("", |(_, rest)| rest);
    }
    let document = format!("<fragments>{text}</fragments>");
    let mut fragments = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let see = |piece: Piece<'_, '_>| match piece {
        Piece::Start(tag) => {
            let name = tag.name().to_string();
            if open.len() == 1 {
                fragments.push(Fragment { name: name.clone(), fields: Vec::new() });
            } else if let (2, Some(fragment)) = (open.len(), fragments.last_mut()) {
                fragment.fields.push((name.clone(), String::new()));
            }
            open.push(name);
        }
        Piece::Text(text) => {
            let field = fragments.last_mut().and_then(|fragment| fragment.fields.last_mut());
            if let (3, Some((_, field))) = (open.len(), field) {
                field.push_str(&text);
            }
        }
        Piece::End => {
            open.pop();
        }
        Piece::Instruction(_) => {}
    };
    Decoder::new(&DIALECT)
        .with_limits(LIMITS)
        .walk(document.as_bytes(), see)
        .map_err(|error| Error::Xml(error.to_string()))?;
    Ok(fragments)
}

impl Fragment {
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let (_, text) = self.fields.iter().find(|(name, _)| name == key)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn hex(&self, key: &str, bits: u32) -> Option<i64> {
        self.text(key).and_then(|text| from_hex(text, bits, false))
    }

    pub(super) fn eui64(&self, key: &str) -> Option<Eui64> {
        let text = self.text(key)?;
        text.strip_prefix("0x").unwrap_or(text).parse().ok()
    }

    pub(super) fn meter(&self) -> Meter {
        self.eui64("MeterMacId").map_or(Meter::Unnamed, Meter::Eui64)
    }

    /// When the meter said so; the device sends all ones where it does not know.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.moment("TimeStamp")
    }

    pub(super) fn moment(&self, key: &str) -> Option<Timestamp> {
        let seconds = self.hex(key, 32).filter(|seconds| *seconds > 0)?;
        u32::try_from(seconds).ok().map(Timestamp::from_zigbee)
    }

    /// A multiplier or divisor. The device's documents say that 0 stands for 1.
    pub(super) fn factor(&self, key: &str) -> u32 {
        self.hex(key, 32).and_then(|factor| u32::try_from(factor).ok()).unwrap_or(1).max(1)
    }
}
