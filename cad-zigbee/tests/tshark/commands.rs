//! The fields of the Smart Energy clusters' own commands, and the records of attributes and their values, as we and as
//! tshark read them: the same numbers at the same places.

use crate::defects::Met;
use crate::dissection::Shown;
use cad_zigbee::sniffer::Zcl;
use cad_zigbee::zcl::data_type::DataType;
use cad_zigbee::zcl::fields::{FieldValue, Fields};
use cad_zigbee::zcl::general::{self, GeneralCommand};
use cad_zigbee::zcl::value::{Content, Value};
use cad_zigbee::zcl::{ClusterId, Frame, cluster};

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

    /// The records of the general commands that have values; false for other frames.
    fn records(&mut self, cluster: ClusterId, frame: &Frame<'_>) -> bool {
        let named = |id, value: &Value<'_>| {
            let known =
                cluster::find(cluster).and_then(|cluster| cluster.attribute(frame.header.direction, id));
            known.map_or(value.data_type().name(), |attribute| attribute.name)
        };
        match GeneralCommand::read(frame) {
            Ok((
                GeneralCommand::ReportAttributes(list)
                | GeneralCommand::WriteAttributes(list)
                | GeneralCommand::WriteAttributesUndivided(list)
                | GeneralCommand::WriteAttributesNoResponse(list),
                _,
            )) => {
                for record in list.into_iter().map_while(Result::ok) {
                    self.push("attribute", 2, Some(record.attribute.0.into()));
                    self.typed(named(record.attribute, &record.value), &record.value);
                }
            }
            Ok((GeneralCommand::ReadAttributesResponse(list), _)) => {
                for record in list.into_iter().map_while(Result::ok) {
                    self.push("attribute", 2, Some(record.attribute.0.into()));
                    self.push("status", 1, Some(record.status.0.into()));
                    if let Some(value) = &record.value {
                        self.typed(named(record.attribute, value), value);
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn typed(&mut self, name: &'static str, value: &Value<'_>) {
        self.push("type", 1, Some(value.data_type().id().into()));
        match (value.data_type(), value.raw_integer()) {
            (DataType::Date, Some(raw)) => self.parts(name, raw, 0),
            _ => self.value(name, value),
        }
    }

    fn value(&mut self, name: &'static str, value: &Value<'_>) {
        match (value.data_type(), value.raw_integer()) {
            // Commands show the year, and not how many came after 1900.
            (DataType::Date, Some(raw)) => self.parts(name, raw, 1900),
            (DataType::TimeOfDay, Some(raw)) => self.parts(name, raw, 0),
            (data_type, number) => {
                let size = data_type.length().unwrap_or_else(|| match value.content() {
                    Some(Content::Octets(octets) | Content::Text(octets)) => {
                        length_of(data_type) + octets.len()
                    }
                    _ => length_of(data_type),
                });
                self.push(name, size, number);
            }
        }
    }

    /// The bytes of a time or date, which tshark shows one by one.
    fn parts(&mut self, name: &'static str, raw: i128, first: i128) {
        for (byte, add) in raw.to_le_bytes().into_iter().zip([first, 0, 0, 0]) {
            self.push(name, 1, Some(i128::from(byte) + add));
        }
    }

    fn push(&mut self, name: &'static str, size: usize, number: Option<i128>) {
        self.fields.push(Read { name, at: self.at, size, number });
        self.at += size;
    }
}

/// How many bytes the length of a string takes.
const fn length_of(data_type: DataType) -> usize {
    if matches!(data_type, DataType::LongOctets | DataType::LongText) { 2 } else { 1 }
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
    /// Compares a frame, if it is a command of Smart Energy or one with values of attributes.
    pub(crate) fn add(&mut self, zcl: &Zcl<'_>, theirs: &[Shown], met: &mut Met) {
        let mut ours = Walk::default();
        let name = if let Some((command, fields)) = Fields::of(zcl.cluster, &zcl.frame) {
            if !is_smart_energy(zcl.cluster) {
                return;
            }
            ours.fields(fields);
            command.name
        } else {
            if !ours.records(zcl.cluster, &zcl.frame) {
                return;
            }
            general::name(zcl.frame.header.command).expect("a general command")
        };
        self.commands += 1;
        for shown in theirs {
            let same = ours.fields.iter().find(|field| (field.at, field.size) == (shown.at, shown.size));
            let is_equal = match same {
                Some(field) => {
                    field.number == shown.number || field.number.is_none() || shown.is_without_number()
                }
                None => ours.fields.iter().any(|field| field.is_octets_around(shown)),
            };
            if is_equal {
                self.equal += 1;
                continue;
            }
            let mut parts = ours.fields.iter().filter(|field| field.is_part_of(shown));
            if parts.any(|field| met.field(name, field.name)) {
                self.excepted += 1;
            } else {
                let Shown { name: field, at, size, number } = shown;
                let theirs = format!("{field} of {size} bytes at {at}, {number:?}");
                self.wrong.push(format!("{name}: tshark shows {theirs}; we read {same:?}"));
            }
        }
        for field in ours.fields.iter().filter(|field| field.size > 0) {
            let is_shown = theirs.iter().any(|shown| field.is_part_of(shown));
            if !is_shown && !met.field(name, field.name) {
                self.wrong.push(format!("{name}: tshark does not show {field:?}"));
            }
        }
    }
}
