use super::{Value, read_type};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::data_type::DataType;

/// The elements of an array, set, bag or structure. All are known to be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elements<'a> {
    /// The type all have, but for a structure.
    element_type: Option<DataType>,
    /// 0xFFFF for "no value".
    count: u16,
    bytes: &'a [u8],
}

impl<'a> Elements<'a> {
    /// No list of such elements, or no structure.
    pub(super) const fn invalid(element_type: Option<DataType>) -> Self {
        Self { element_type, count: u16::MAX, bytes: &[] }
    }

    /// The type all elements have; none for a structure, whose elements have each their own.
    pub const fn element_type(&self) -> Option<DataType> {
        self.element_type
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The elements in wire order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let mut reader = Reader::new(self.bytes);
        let element_type = self.element_type;
        (0..self.count).map_while(move |_| {
            let element_type = element_type.or_else(|| read_type(&mut reader).ok())?;
            Value::read(&mut reader, element_type).ok()
        })
    }

    /// Reads count and elements.
    pub(super) fn read(reader: &mut Reader<'a>, element_type: Option<DataType>, depth: u8) -> Result<Self> {
        let at = reader.at();
        let count = reader.u16()?;
        if count == u16::MAX {
            return Ok(Self { element_type, count, bytes: &[] });
        }
        let depth = depth.checked_sub(1).ok_or(Error::Malformed { at, what: "nesting deeper than 15" })?;
        let start = *reader;
        match element_type.map(|element_type| (element_type, element_type.length())) {
            Some((DataType::NoData | DataType::Unknown, _)) if count > 0 => {
                return Err(Error::Malformed { at, what: "elements without length" });
            }
            Some((_, Some(length))) => {
                reader.take(length.saturating_mul(usize::from(count)))?;
            }
            _ => {
                for _ in 0..count {
                    let element_type = match element_type {
                        Some(element_type) => element_type,
                        None => read_type(reader)?,
                    };
                    Value::read_nested(reader, element_type, depth)?;
                }
            }
        }
        let length = reader.at().saturating_sub(start.at());
        Ok(Self { element_type, count, bytes: start.rest().get(..length).unwrap_or_default() })
    }

    /// Writes type, count and elements.
    pub(super) fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        if let Some(element_type) = self.element_type {
            writer.u8(element_type.id())?;
        }
        writer.u16(self.count)?;
        writer.put(self.bytes)
    }

    /// Whether there is no list, which is not the empty one.
    pub(super) const fn is_invalid(&self) -> bool {
        self.count == u16::MAX
    }
}
