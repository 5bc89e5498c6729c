//! The fields of a cluster's own commands, read along the table of the cluster.
//!
//! ```
//! use cad_zigbee::zcl::{self, ClusterId, fields::{FieldValue, Fields}};
//!
//! // A meter grants fast polling every 18 seconds.
//! let frame = zcl::Frame::read(&[0x19, 0x7A, 0x03, 0x12, 0x01, 0xFE, 0xCA, 0x2D])?;
//! let (command, mut fields) = Fields::of(ClusterId::METERING, &frame).unwrap();
//! assert_eq!(command.name, "RequestFastPollModeResponse");
//! let (field, value) = fields.next().unwrap()?;
//! assert_eq!(field.name, "appliedUpdatePeriod");
//! let FieldValue::Value(value) = value else { unreachable!() };
//! assert_eq!(value.unsigned(), Some(18));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::cluster::layout::{Count, Layout};
use super::cluster::{self, Command, Field};
use super::data_type::DataType;
use super::value::Value;
use super::{ClusterId, Frame, FrameType};
use crate::error::{Error, Result};
use crate::reader::Reader;

/// Reads fields one after the other; ends at the end of the bytes, or after the first that cannot be read.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    layout: core::slice::Iter<'static, Field>,
    reader: Reader<'a>,
    /// The last value that was a number: it may say what the next field is.
    previous: u64,
    /// Whether fields at the end may be absent.
    open_end: bool,
}

/// What a field holds.
#[derive(Debug, Clone)]
pub enum FieldValue<'a> {
    /// One value.
    Value(Value<'a>),
    /// Octets.
    Octets(&'a [u8]),
    /// Values of one type.
    Values(Values<'a>),
    /// Groups of fields.
    Groups(Groups<'a>),
    /// Fields of a sub-payload.
    Fields(Fields<'a>),
    /// The field before says that there is nothing.
    Nothing,
}

/// Values of one type, one after the other.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    data_type: DataType,
    reader: Reader<'a>,
    failed: bool,
}

/// Groups of fields, one after the other.
#[derive(Debug, Clone)]
pub struct Groups<'a> {
    layout: &'static [Field],
    reader: Reader<'a>,
    failed: bool,
}

impl<'a> Fields<'a> {
    /// The command that a frame is, and its fields; none if the tables do not have it.
    pub fn of(cluster: ClusterId, frame: &Frame<'a>) -> Option<(&'static Command, Self)> {
        let header = &frame.header;
        if header.frame_type != FrameType::Cluster || header.manufacturer.is_some() {
            return None;
        }
        let command = cluster::find(cluster)?.command(header.direction, header.command)?;
        Some((command, Self::new(command, frame.payload)))
    }

    pub(crate) fn new(command: &'static Command, payload: &'a [u8]) -> Self {
        Self { layout: command.fields.iter(), reader: Reader::new(payload), previous: 0, open_end: true }
    }

    /// What has not been read: after the last field, bytes no edition knows; after an error, the field that could not
    /// be read and all behind it.
    pub const fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }

    /// Reads all fields to see whether they can be.
    ///
    /// # Errors
    /// What is wrong with the first that cannot, and where in the payload or in its list.
    pub fn check(self) -> Result<()> {
        self.finish().map(drop)
    }

    /// Reads all fields; returns what follows the last, or the last within it.
    pub(crate) fn finish(mut self) -> Result<&'a [u8]> {
        let mut within: &[u8] = &[];
        self.try_for_each(|field| match field?.1 {
            FieldValue::Values(mut values) => values.try_for_each(|value| value.map(drop)),
            FieldValue::Groups(mut groups) => groups.try_for_each(|group| group?.check()),
            FieldValue::Fields(fields) => fields.finish().map(|rest| within = rest),
            FieldValue::Value(_) | FieldValue::Octets(_) | FieldValue::Nothing => Ok(()),
        })?;
        Ok(if within.is_empty() { self.rest() } else { within })
    }

    fn read(&mut self, layout: Layout) -> Result<FieldValue<'a>> {
        let reader = &mut self.reader;
        Ok(match layout {
            Layout::Value(data_type) => {
                let value = Value::read(reader, data_type)?;
                self.previous = value.raw_integer().and_then(|raw| u64::try_from(raw).ok()).unwrap_or(0);
                FieldValue::Value(value)
            }
            Layout::Octets => FieldValue::Octets(reader.take_rest()),
            Layout::Values(data_type) => FieldValue::Values(Values::new(data_type, reader.take_rest())),
            Layout::Counted(data_type, count) => {
                let length = data_type.length().unwrap_or(0);
                let count = usize::try_from(count.of(self.previous)).unwrap_or(usize::MAX);
                let bytes = reader.take(length.saturating_mul(count))?;
                FieldValue::Values(Values::new(data_type, bytes))
            }
            Layout::Groups(layout) => {
                let reader = Reader::new(reader.take_rest());
                FieldValue::Groups(Groups { layout, reader, failed: false })
            }
            Layout::Chosen(choices) => {
                let said = self.previous;
                match choices.iter().find(|choice| (choice.from..=choice.to).contains(&said)) {
                    Some(choice) => FieldValue::Fields(Self {
                        layout: choice.fields.iter(),
                        reader: Reader::new(reader.take_rest()),
                        previous: 0,
                        open_end: false,
                    }),
                    None if reader.is_empty() => FieldValue::Nothing,
                    None => FieldValue::Octets(reader.take_rest()),
                }
            }
        })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(&'static Field, FieldValue<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        let field = self.layout.next()?;
        let start = self.reader;
        if self.open_end && start.is_empty() && matches!(field.layout, Layout::Value(_)) {
            self.layout = [].iter();
            return None;
        }
        let value = self.read(field.layout);
        if value.is_err() {
            self.reader = start;
            self.layout = [].iter();
        }
        Some(value.map(|value| (field, value)))
    }
}

impl<'a> Values<'a> {
    const fn new(data_type: DataType, bytes: &'a [u8]) -> Self {
        Self { data_type, reader: Reader::new(bytes), failed: false }
    }

    /// The type of all of them.
    pub const fn data_type(&self) -> DataType {
        self.data_type
    }

    /// What has not been read: after an error, the value that could not be and all behind it.
    pub const fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }
}

impl<'a> Groups<'a> {
    /// What has not been read: after an error, the group that could not be and all behind it.
    pub const fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Result<Value<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.reader.is_empty() {
            return None;
        }
        let start = self.reader;
        let value = Value::read(&mut self.reader, self.data_type);
        if value.is_err() {
            self.reader = start;
            self.failed = true;
        }
        Some(value)
    }
}

impl<'a> Iterator for Groups<'a> {
    type Item = Result<Fields<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.reader.is_empty() {
            return None;
        }
        let fields = Fields { layout: self.layout.iter(), reader: self.reader, previous: 0, open_end: false };
        let mut ahead = fields.clone();
        let outcome: Result<()> = ahead.by_ref().try_for_each(|field| field.map(drop));
        let at = self.reader.at();
        let outcome = match outcome {
            Ok(()) if ahead.reader.at() == at => {
                Err(Error::Malformed { at, what: "an empty group of fields" })
            }
            outcome => outcome,
        };
        if outcome.is_ok() {
            self.reader = ahead.reader;
        } else {
            self.failed = true;
        }
        Some(outcome.map(|()| fields))
    }
}

impl Count {
    const fn of(self, previous: u64) -> u64 {
        let [low, ..] = previous.to_le_bytes();
        let number = match self {
            Self::Number => return previous,
            Self::LowBits => low & 0xF,
            Self::TiersTimesBlocks => (low >> 4).saturating_mul((low & 0xF).saturating_add(1)),
        };
        u64::from_le_bytes([number, 0, 0, 0, 0, 0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldValue, Fields};
    use crate::error::Error;
    use crate::zcl::{ClusterId, Frame};

    #[test]
    fn a_field_that_ends_early_says_where_and_absent_ones_are_no_error() {
        let read = |bytes: &'static [u8]| {
            let frame = Frame::read(bytes).unwrap();
            let (_, fields) = Fields::of(ClusterId::METERING, &frame).unwrap();
            fields.map(|field| field.map(|(field, _)| field.name)).collect::<Vec<_>>()
        };
        assert_eq!(read(&[0x19, 1, 3]), []);
        assert_eq!(read(&[0x19, 1, 3, 18]), [Ok("appliedUpdatePeriod")]);
        assert_eq!(
            read(&[0x19, 1, 3, 18, 1, 2]),
            [Ok("appliedUpdatePeriod"), Err(Error::Truncated { at: 1, needed: 2 })]
        );
    }

    #[test]
    fn a_snapshot_has_the_registers_its_type_says() {
        let mut bytes = vec![0x19, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 6];
        bytes.extend([9, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0x11]);
        bytes.extend([0; 12]);
        let frame = Frame::read(&bytes).unwrap();
        let (_, fields) = Fields::of(ClusterId::METERING, &frame).unwrap();
        let Some(Ok((_, FieldValue::Fields(snapshot)))) = fields.last() else { panic!("a sub-payload") };
        let Some(Ok((field, FieldValue::Values(values)))) = snapshot.last() else { panic!("registers") };
        assert_eq!((field.name, values.count()), ("tierBlocks", 2));
    }

    #[test]
    fn a_manufacturers_command_is_not_looked_up() {
        let frame = Frame::read(&[0x1D, 0x15, 0x10, 1, 3, 18]).unwrap();
        assert!(Fields::of(ClusterId::METERING, &frame).is_none());
    }
}
