//! The fields of the Smart Energy clusters' own commands, as we and as tshark read them: the same numbers at the same
//! places.

use crate::defects::Met;
use crate::dissection::Shown;
use cad_zigbee::sniffer::Zcl;
use cad_zigbee::zcl::ClusterId;
use cad_zigbee::zcl::data_type::DataType;
use cad_zigbee::zcl::fields::{FieldValue, Fields};
use cad_zigbee::zcl::value::{Content, Value};

/// Whether tshark has the cluster's commands.
pub(crate) fn is_smart_energy(cluster: ClusterId) -> bool {
    matches!(cluster.0, 0x0700..=0x070B) || cluster == ClusterId::KEY_ESTABLISHMENT
}

/// A field as we read it.
#[derive(Debug)]
struct Read {
    name: &'static str,
    at: usize,
    size: usize,
    /// None for text and octets.
    number: Option<i128>,
}

impl Read {
    fn is_part_of(&self, shown: &Shown) -> bool {
        self.at < shown.at + shown.size && shown.at < self.at + self.size
    }

    /// Octets that tshark takes apart: a certificate.
    fn is_octets_around(&self, shown: &Shown) -> bool {
        self.number.is_none() && self.at <= shown.at && shown.at + shown.size <= self.at + self.size
    }
}

/// The fields of a command, those of groups and sub-payloads one by one.
#[derive(Default)]
struct Walk {
    fields: Vec<Read>,
    at: usize,
}

impl Walk {
    fn fields(&mut self, fields: Fields<'_>) {
        for field in fields {
            let (field, value) = field.expect("a whole field");
            match value {
                FieldValue::Value(value) => self.value(field.name, &value),
                FieldValue::Octets(octets) => self.push(field.name, octets.len(), None),
                FieldValue::Values(values) => {
                    values.for_each(|value| self.value(field.name, &value.expect("a whole value")));
                }
                FieldValue::Groups(groups) => {
                    groups.for_each(|group| self.fields(group.expect("a whole group")));
                }
                FieldValue::Fields(fields) => self.fields(fields),
                FieldValue::Nothing => {}
            }
        }
    }

    fn value(&mut self, name: &'static str, value: &Value<'_>) {
        match (value.data_type(), value.raw_integer()) {
            // tshark shows its parts.
            (DataType::Date, Some(raw)) => {
                let [year, month, day, weekday, ..] = raw.to_le_bytes().map(i128::from);
                [1900 + year, month, day, weekday]
                    .into_iter()
                    .for_each(|part| self.push(name, 1, Some(part)));
            }
            (data_type, number) => {
                let size = data_type.length().unwrap_or_else(|| match value.content() {
                    Some(Content::Octets(octets) | Content::Text(octets)) => 1 + octets.len(),
                    _ => 1,
                });
                self.push(name, size, number);
            }
        }
    }

    fn push(&mut self, name: &'static str, size: usize, number: Option<i128>) {
        self.fields.push(Read { name, at: self.at, size, number });
        self.at += size;
    }
}

/// How the fields of commands compare.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) commands: usize,
    pub(crate) equal: usize,
    pub(crate) excepted: usize,
    pub(crate) wrong: Vec<String>,
}

impl Comparison {
    /// Compares a frame, if it is of a command of Smart Energy.
    pub(crate) fn add(&mut self, zcl: &Zcl<'_>, theirs: &[Shown], met: &mut Met) {
        if !is_smart_energy(zcl.cluster) {
            return;
        }
        let Some((command, fields)) = Fields::of(zcl.cluster, &zcl.frame) else { return };
        self.commands += 1;
        let mut ours = Walk::default();
        ours.fields(fields);
        for shown in theirs {
            let same = ours.fields.iter().find(|field| (field.at, field.size) == (shown.at, shown.size));
            let is_equal = match same {
                Some(field) => field.number == shown.number || field.number.is_none(),
                None => ours.fields.iter().any(|field| field.is_octets_around(shown)),
            };
            if is_equal {
                self.equal += 1;
                continue;
            }
            let mut parts = ours.fields.iter().filter(|field| field.is_part_of(shown));
            if parts.any(|field| met.field(command.name, field.name)) {
                self.excepted += 1;
            } else {
                let Shown { name, at, size, number } = shown;
                let theirs = format!("{name} of {size} bytes at {at}, {number:?}");
                self.wrong.push(format!("{}: tshark shows {theirs}; we read {same:?}", command.name));
            }
        }
        for field in ours.fields.iter().filter(|field| field.size > 0) {
            let is_shown = theirs.iter().any(|shown| field.is_part_of(shown));
            if !is_shown && !met.field(command.name, field.name) {
                self.wrong.push(format!("{}: tshark does not show {field:?}", command.name));
            }
        }
    }
}
