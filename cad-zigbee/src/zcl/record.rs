//! The records that general commands are lists of; those about reports are in [`reporting`](super::reporting).
//!
//! ```
//! use cad_zigbee::zcl::{AttributeId, record::{AttributeValue, Records}};
//!
//! let reports = Records::<AttributeValue<'_>>::new(&[0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00, 0x01]);
//! let mut reports = reports.into_iter();
//! assert_eq!(reports.next().unwrap()?.value.signed(), Some(1234));
//! assert!(reports.next().unwrap().is_err());
//! assert_eq!(reports.rest(), [0x01]);
//! assert!(reports.next().is_none());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::AttributeId;
use super::status::Status;
use super::value::Value;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use core::marker::PhantomData;

/// Something of which general commands have lists.
pub trait Record<'a>: Sized {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    fn read(reader: &mut Reader<'a>) -> Result<Self>;

    /// Writes one.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if its fields contradict each other.
    fn write(&self, writer: &mut Writer<'_>) -> Result<()>;
}

/// Consecutive records; iterate to read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Records<'a, R> {
    bytes: &'a [u8],
    record: PhantomData<R>,
}

/// Reads consecutive records; ends after the first that cannot be read.
#[derive(Debug, Clone)]
pub struct RecordsIter<'a, R> {
    reader: Reader<'a>,
    failed: bool,
    record: PhantomData<R>,
}

pub(super) const CONTRADICTION: Error =
    Error::Unwritable { what: "a record whose fields contradict each other" };

impl<'a, R> Records<'a, R> {
    /// The records in these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, record: PhantomData }
    }

    /// The bytes they are in.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<'a, R: Record<'a>> IntoIterator for Records<'a, R> {
    type Item = Result<R>;
    type IntoIter = RecordsIter<'a, R>;

    fn into_iter(self) -> RecordsIter<'a, R> {
        RecordsIter { reader: Reader::new(self.bytes), failed: false, record: PhantomData }
    }
}

impl<'a, R> RecordsIter<'a, R> {
    /// What has not been read: after an error, the record that could not be and all behind it.
    pub const fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }
}

impl<'a, R: Record<'a>> Iterator for RecordsIter<'a, R> {
    type Item = Result<R>;

    #[inline]
    fn next(&mut self) -> Option<Result<R>> {
        if self.failed || self.reader.is_empty() {
            return None;
        }
        let start = self.reader;
        let record = R::read(&mut self.reader);
        if record.is_err() {
            self.reader = start;
            self.failed = true;
        }
        Some(record)
    }
}

/// An attribute and its value: what is reported or to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeValue<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// Its value, with its type.
    pub value: Value<'a>,
}

/// An attribute as a device answers for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeStatus<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// Whether it could be read.
    pub status: Status,
    /// Its value, where it could.
    pub value: Option<Value<'a>>,
}

/// The outcome of writing: one record with success alone, or one for each attribute that could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteStatus<'a> {
    /// Why not, or success for all.
    pub status: Status,
    /// The attribute that could not be written.
    pub attribute: Option<AttributeId>,
    /// The part of it; in responses to structured writes alone.
    pub selector: Option<Selector<'a>>,
}

/// An attribute a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscoveredAttribute {
    /// The attribute.
    pub attribute: AttributeId,
    /// Its type, as on the air: it may be one this crate does not know.
    pub data_type: u8,
}

/// An attribute a device has, and what may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtendedAttribute {
    /// The attribute.
    pub attribute: AttributeId,
    /// Its type, as on the air: it may be one this crate does not know.
    pub data_type: u8,
    /// Readable in bit 0, writable in bit 1, reportable in bit 2.
    pub access: u8,
}

/// A part of an attribute with elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectedAttribute<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which part.
    pub selector: Selector<'a>,
}

/// A part of an attribute with elements, and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectedValue<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which part.
    pub selector: Selector<'a>,
    /// What it is to be.
    pub value: Value<'a>,
}

/// The way from an attribute to one of its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selector<'a> {
    /// Depth in bits 0-3. When writing: 0 whole value, 1 add element, 2 remove element in bits 4-7.
    pub indicator: u8,
    indexes: &'a [u8],
}

impl<'a> Selector<'a> {
    /// The way along these indexes, which are kept in `scratch`, two bytes each. `operation` is 0, or when writing 1 to
    /// add an element and 2 to remove one.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for over 15 indexes and for an operation over 15; [`Error::NoSpace`] if `scratch` ends.
    pub fn new(operation: u8, indexes: &[u16], scratch: &'a mut [u8]) -> Result<Self> {
        let depth = u8::try_from(indexes.len()).unwrap_or(u8::MAX);
        if depth > 0xF || operation > 0xF {
            return Err(Error::Unwritable { what: "a selector of such depth or operation" });
        }
        let mut writer = Writer::new(scratch);
        indexes.iter().try_for_each(|index| writer.u16(*index))?;
        let length = writer.at();
        Ok(Self { indicator: (operation << 4) | depth, indexes: scratch.get(..length).unwrap_or_default() })
    }

    /// The index at each depth; 0 is the number of elements.
    pub fn indexes(&self) -> impl Iterator<Item = u16> {
        self.indexes.as_chunks().0.iter().map(|index| u16::from_le_bytes(*index))
    }
}

impl<'a> Record<'a> for AttributeId {
    #[inline]
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.u16().map(Self)
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u16(self.0)
    }
}

/// A command identifier, in lists of the commands a device has.
impl<'a> Record<'a> for u8 {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.u8()
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(*self)
    }
}

impl<'a> Record<'a> for AttributeValue<'a> {
    #[inline]
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self { attribute: AttributeId::read(reader)?, value: Value::read_typed(reader)? })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.attribute.write(writer)?;
        self.value.write_typed(writer)
    }
}

impl<'a> Record<'a> for AttributeStatus<'a> {
    #[inline]
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let attribute = AttributeId::read(reader)?;
        let status = Status(reader.u8()?);
        let value = if status.is_success() { Some(Value::read_typed(reader)?) } else { None };
        Ok(Self { attribute, status, value })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        if self.status.is_success() != self.value.is_some() {
            return Err(CONTRADICTION);
        }
        self.attribute.write(writer)?;
        writer.u8(self.status.0)?;
        self.value.map_or(Ok(()), |value| value.write_typed(writer))
    }
}

impl<'a> Record<'a> for WriteStatus<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let (status, is_of_all) = read_status(reader)?;
        let attribute = if is_of_all { None } else { Some(AttributeId::read(reader)?) };
        Ok(Self { status, attribute, selector: None })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        if self.selector.is_some() || (self.attribute.is_none() && !self.status.is_success()) {
            return Err(CONTRADICTION);
        }
        writer.u8(self.status.0)?;
        self.attribute.map_or(Ok(()), |attribute| attribute.write(writer))
    }
}

/// Reads a status, and whether it is the outcome of all: success, and the only byte there is.
pub(super) fn read_status(reader: &mut Reader<'_>) -> Result<(Status, bool)> {
    let is_first = reader.at() == 0;
    let status = Status(reader.u8()?);
    Ok((status, is_first && status.is_success() && reader.is_empty()))
}

/// [`WriteStatus`] in the response to a structured write, where a selector follows each attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StructuredWriteStatus<'a>(
    /// The outcome, with its selector.
    pub WriteStatus<'a>,
);

impl<'a> Record<'a> for StructuredWriteStatus<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut status = WriteStatus::read(reader)?;
        if status.attribute.is_some() {
            status.selector = Some(Selector::read(reader)?);
        }
        Ok(Self(status))
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let WriteStatus { attribute, selector, .. } = self.0;
        if attribute.is_some() != selector.is_some() {
            return Err(CONTRADICTION);
        }
        WriteStatus { selector: None, ..self.0 }.write(writer)?;
        selector.map_or(Ok(()), |selector| selector.write(writer))
    }
}

impl<'a> Record<'a> for DiscoveredAttribute {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self { attribute: AttributeId::read(reader)?, data_type: reader.u8()? })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.attribute.write(writer)?;
        writer.u8(self.data_type)
    }
}

impl<'a> Record<'a> for ExtendedAttribute {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self { attribute: AttributeId::read(reader)?, data_type: reader.u8()?, access: reader.u8()? })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.attribute.write(writer)?;
        writer.u8(self.data_type)?;
        writer.u8(self.access)
    }
}

impl<'a> Record<'a> for Selector<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let indicator = reader.u8()?;
        let indexes = reader.take(usize::from(indicator & 0xF).saturating_mul(2))?;
        Ok(Self { indicator, indexes })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.indicator)?;
        writer.put(self.indexes)
    }
}

impl<'a> Record<'a> for SelectedAttribute<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self { attribute: AttributeId::read(reader)?, selector: Selector::read(reader)? })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.attribute.write(writer)?;
        self.selector.write(writer)
    }
}

impl<'a> Record<'a> for SelectedValue<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self {
            attribute: AttributeId::read(reader)?,
            selector: Selector::read(reader)?,
            value: Value::read_typed(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.attribute.write(writer)?;
        self.selector.write(writer)?;
        self.value.write_typed(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::{AttributeStatus, Record, Records, Selector, StructuredWriteStatus, WriteStatus};
    use crate::error::{Error, Result};
    use crate::writer::Writer;
    use crate::zcl::AttributeId;
    use crate::zcl::data_type::DataType;
    use crate::zcl::status::Status;
    use crate::zcl::value::Value;

    fn written<'a>(record: &impl Record<'a>) -> Result<()> {
        record.write(&mut Writer::new(&mut [0; 64]))
    }

    #[test]
    fn records_that_contradict_themselves_are_not_written() {
        let attribute = AttributeId(0x0400);
        let value = Some(Value::from_unsigned(DataType::Unsigned8, 1).unwrap());
        let selector = Some(Selector::new(0, &[], &mut []).unwrap());
        let (success, failure) = (Status::SUCCESS, Status::UNSUPPORTED_ATTRIBUTE);
        let write_status = |attribute, selector| WriteStatus { status: failure, attribute, selector };
        for outcome in [
            written(&AttributeStatus { attribute, status: success, value: None }),
            written(&AttributeStatus { attribute, status: failure, value }),
            written(&write_status(Some(attribute), selector)),
            written(&StructuredWriteStatus(write_status(Some(attribute), None))),
            written(&StructuredWriteStatus(write_status(None, selector))),
            written(&write_status(None, None)),
        ] {
            assert_eq!(outcome, Err(super::CONTRADICTION));
        }
    }

    #[test]
    fn a_status_without_its_attribute_is_success_of_all_or_cut_off() {
        fn read(bytes: &[u8]) -> Vec<Result<Option<AttributeId>>> {
            let records = Records::<WriteStatus<'_>>::new(bytes).into_iter();
            records.map(|record| record.map(|record| record.attribute)).collect()
        }
        let attribute = Ok(Some(AttributeId(0x0300)));
        assert_eq!(read(&[0]), [Ok(None)]);
        assert_eq!(read(&[0, 0, 3]), [attribute]);
        assert_eq!(read(&[0x88]), [Err(Error::Truncated { at: 1, needed: 2 })]);
        for cut_off in [&[0x88, 0, 3, 0x88][..], &[0x88, 0, 3, 0]] {
            assert_eq!(read(cut_off), [attribute, Err(Error::Truncated { at: 4, needed: 2 })]);
        }
    }

    #[test]
    fn a_selector_is_at_most_15_deep() {
        let mut scratch = [0; 30];
        let selector = Selector::new(2, &[7; 15], &mut scratch).unwrap();
        assert_eq!((selector.indicator, selector.indexes().count()), (0x2F, 15));
        for (operation, depth, space) in [(16, 0, 30), (0, 16, 32)] {
            let outcome = Selector::new(operation, &[0; 16][..depth], &mut [0; 32][..space]).map(drop);
            assert!(matches!(outcome, Err(Error::Unwritable { .. })));
        }
        assert!(matches!(Selector::new(0, &[1], &mut [0; 1]), Err(Error::NoSpace { .. })));
    }
}
