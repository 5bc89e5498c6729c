//! Values of attributes and command fields. The standard sets one number of most types aside for "no value": it is
//! never handed out as a number.
//!
//! ```
//! use cad_zigbee::{reader::Reader, zcl::{data_type::DataType, value::{Content, Value}}};
//!
//! let value = Value::read(&mut Reader::new(&[0x00, 0x00, 0x80]), DataType::Signed24)?;
//! assert_eq!(value.content(), None);
//! assert!(value.is_invalid());
//! assert_eq!(value.raw_integer(), Some(-8_388_608));
//!
//! let value = Value::read(&mut Reader::new(&[0x11, 0xF6, 0xFF]), DataType::Signed24)?;
//! assert_eq!(value.content(), Some(Content::Signed(-2543)));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod build;
mod elements;

pub use elements::Elements;

use super::data_type::DataType;
use crate::address::Eui64;
use crate::error::{Error, Result};
use crate::reader::{Reader, largest};
use crate::security::Key;
use crate::writer::Writer;
use core::str;

/// A value with its type, as it is on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    data_type: DataType,
    raw: Raw<'a>,
}

/// The parts of a value that are not implied by its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Raw<'a> {
    /// All types of a fixed length up to 8 bytes.
    Number(u64),
    /// Strings: what is behind the length, unless that says "no value".
    Octets(Option<&'a [u8]>),
    Key([u8; 16]),
    /// Array, set, bag, structure.
    Elements(Elements<'a>),
}

/// What a valid value is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Content<'a> {
    /// No data.
    NoData,
    /// Bits without further meaning (`data8` to `data64`).
    Data(u64),
    /// A boolean. **Interpretation:** any number but 0 (and 0xFF, which is "no value") is true.
    Bool(bool),
    /// Flags (`map8` to `map64`).
    Bitmap(u64),
    /// An unsigned number.
    Unsigned(u64),
    /// A signed number.
    Signed(i64),
    /// One of a list.
    Enum(u16),
    /// A floating point number; may be infinite, never NaN.
    Float(f64),
    /// Octets.
    Octets(&'a [u8]),
    /// Characters, which should be UTF-8: see [`Value::text`].
    Text(&'a [u8]),
    /// An array, set or bag.
    List(Elements<'a>),
    /// A structure.
    Struct(Elements<'a>),
    /// Time of day: hours, minutes, seconds, hundredths. 0xFF in one of them: not given.
    TimeOfDay([u8; 4]),
    /// Date: year since 1900, month, day of month, day of week (1 is Monday). 0xFF in one of them: not given.
    Date([u8; 4]),
    /// Seconds since 2000-01-01 00:00:00 UTC.
    Utc(u32),
    /// A cluster identifier.
    ClusterId(u16),
    /// An attribute identifier.
    AttributeId(u16),
    /// A BACnet object identifier.
    BacnetOid(u32),
    /// An EUI-64.
    Eui64(Eui64),
    /// A key.
    Key(Key),
}

/// Structures within structures within arrays: this deep and no deeper, as the standard has it.
const MAX_DEPTH: u8 = 15;

impl<'a> Value<'a> {
    /// Reads a value of this type.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside it; [`Error::UnknownType`] for a structure or list with elements of
    /// a type that does not exist; [`Error::Malformed`] for nesting deeper than 15, and for the type "unknown".
    #[inline]
    pub fn read(reader: &mut Reader<'a>, data_type: DataType) -> Result<Self> {
        let raw = match data_type.length() {
            Some(length @ ..=8) => Raw::Number(reader.unsigned(length)?),
            _ => {
                // Of a copy, so that the reader itself stays in registers while numbers are read.
                let mut copy = *reader;
                let value = Self::read_nested(&mut copy, data_type, MAX_DEPTH);
                *reader = copy;
                value?.raw
            }
        };
        Ok(Self { data_type, raw })
    }

    /// Reads the type, then the value.
    ///
    /// # Errors
    /// As [`Self::read`]; [`Error::UnknownType`] also for the type of the value itself.
    #[inline]
    pub fn read_typed(reader: &mut Reader<'a>) -> Result<Self> {
        let data_type = read_type(reader)?;
        Self::read(reader, data_type)
    }

    fn read_nested(reader: &mut Reader<'a>, data_type: DataType, depth: u8) -> Result<Self> {
        let at = reader.at();
        let raw = match data_type {
            DataType::Octets | DataType::Text => match reader.u8()? {
                u8::MAX => Raw::Octets(None),
                length => Raw::Octets(Some(reader.take(usize::from(length))?)),
            },
            DataType::LongOctets | DataType::LongText => match reader.u16()? {
                u16::MAX => Raw::Octets(None),
                length => Raw::Octets(Some(reader.take(usize::from(length))?)),
            },
            DataType::Array | DataType::Set | DataType::Bag => {
                let element_type = read_type(reader)?;
                Raw::Elements(Elements::read(reader, Some(element_type), depth)?)
            }
            DataType::Struct => Raw::Elements(Elements::read(reader, None, depth)?),
            DataType::Key128 => Raw::Key(reader.array()?),
            fixed => match fixed.length() {
                Some(length) => Raw::Number(reader.unsigned(length)?),
                None => return Err(Error::Malformed { at, what: "a value of unknown type" }),
            },
        };
        Ok(Self { data_type, raw })
    }

    /// Writes the value without its type.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if octets are too many for their type.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const TOO_LONG: Error = Error::Unwritable { what: "a string longer than its length field can say" };
        match self.raw {
            Raw::Number(number) => writer.unsigned(number, self.data_type.length().unwrap_or(8)),
            Raw::Key(key) => writer.put(&key),
            Raw::Octets(octets) => {
                let length = octets.map(<[u8]>::len);
                if matches!(self.data_type, DataType::Octets | DataType::Text) {
                    writer.u8(match length.map(u8::try_from) {
                        None => u8::MAX,
                        Some(Ok(length)) if length != u8::MAX => length,
                        Some(_) => return Err(TOO_LONG),
                    })?;
                } else {
                    writer.u16(match length.map(u16::try_from) {
                        None => u16::MAX,
                        Some(Ok(length)) if length != u16::MAX => length,
                        Some(_) => return Err(TOO_LONG),
                    })?;
                }
                writer.put(octets.unwrap_or_default())
            }
            Raw::Elements(elements) => elements.write(writer),
        }
    }

    /// Writes the type, then the value.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_typed(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.data_type.id())?;
        self.write(writer)
    }

    /// The type.
    pub const fn data_type(&self) -> DataType {
        self.data_type
    }

    /// Whether this is the one number, length or count the standard sets aside for "no value", or NaN.
    pub fn is_invalid(&self) -> bool {
        match self.raw {
            Raw::Number(number) => match self.data_type {
                DataType::Semi | DataType::Single | DataType::Double => self.float_or_nan().is_nan(),
                signed if signed.is_signed() => {
                    let largest = largest(signed.length().unwrap_or(8));
                    number == largest & !(largest >> 1)
                }
                other => other.has_invalid_number() && number == largest(other.length().unwrap_or(8)),
            },
            Raw::Octets(octets) => octets.is_none(),
            Raw::Key(_) => false,
            Raw::Elements(elements) => elements.is_invalid(),
        }
    }

    /// What the value is; none if it is invalid.
    pub fn content(&self) -> Option<Content<'a>> {
        if self.is_invalid() {
            return None;
        }
        Some(match self.raw {
            Raw::Octets(octets) => match self.data_type {
                DataType::Text | DataType::LongText => Content::Text(octets?),
                _ => Content::Octets(octets?),
            },
            Raw::Key(key) => Content::Key(Key::new(key)),
            Raw::Elements(elements) => match self.data_type {
                DataType::Struct => Content::Struct(elements),
                _ => Content::List(elements),
            },
            Raw::Number(number) => {
                let [first, second, third, fourth, ..] = number.to_le_bytes();
                let low = u16::from_le_bytes([first, second]);
                let quad = [first, second, third, fourth];
                match self.data_type {
                    DataType::NoData => Content::NoData,
                    DataType::Bool => Content::Bool(number != 0),
                    DataType::Enum8 | DataType::Enum16 => Content::Enum(low),
                    DataType::Semi | DataType::Single | DataType::Double => {
                        Content::Float(self.float_or_nan())
                    }
                    DataType::TimeOfDay => Content::TimeOfDay(quad),
                    DataType::Date => Content::Date(quad),
                    DataType::Utc => Content::Utc(u32::from_le_bytes(quad)),
                    DataType::ClusterId => Content::ClusterId(low),
                    DataType::AttributeId => Content::AttributeId(low),
                    DataType::BacnetOid => Content::BacnetOid(u32::from_le_bytes(quad)),
                    DataType::Eui64 => Content::Eui64(Eui64(number)),
                    signed if signed.is_signed() => {
                        Content::Signed(sign_extend(number, signed.length().unwrap_or(8)))
                    }
                    unsigned if unsigned.is_unsigned() => Content::Unsigned(number),
                    other if other.id() < DataType::Bool.id() => Content::Data(number),
                    _ => Content::Bitmap(number),
                }
            }
        })
    }

    /// A valid number of a signed type.
    pub fn signed(&self) -> Option<i64> {
        match self.content()? {
            Content::Signed(number) => Some(number),
            _ => None,
        }
    }

    /// A valid number of an unsigned type, or the bits of data, flags, a choice, an identifier or a time.
    pub fn unsigned(&self) -> Option<u64> {
        u64::try_from(self.integer()?).ok().filter(|_| !self.data_type.is_signed())
    }

    /// A valid integer of any type, signed or not; bits of data, flags, a choice, an identifier or a time.
    #[inline]
    pub fn integer(&self) -> Option<i128> {
        // Numbers first, of which it is asked most.
        if let Raw::Number(number) = self.raw {
            let length = self.data_type.length().unwrap_or(8);
            let largest = largest(length);
            if self.data_type.is_unsigned() {
                return (number != largest).then(|| i128::from(number));
            }
            if self.data_type.is_signed() {
                let lowest = largest & !(largest >> 1);
                return (number != lowest).then(|| i128::from(sign_extend(number, length)));
            }
        }
        Some(match self.content()? {
            Content::Signed(number) => i128::from(number),
            Content::Unsigned(number) | Content::Data(number) | Content::Bitmap(number) => i128::from(number),
            Content::Enum(number) | Content::ClusterId(number) | Content::AttributeId(number) => {
                i128::from(number)
            }
            Content::Utc(number) | Content::BacnetOid(number) => i128::from(number),
            Content::Bool(flag) => i128::from(flag),
            _ => return None,
        })
    }

    /// A valid floating point number.
    pub fn float(&self) -> Option<f64> {
        match self.content()? {
            Content::Float(number) => Some(number),
            _ => None,
        }
    }

    /// Valid octets or characters.
    pub fn octets(&self) -> Option<&'a [u8]> {
        match self.raw {
            Raw::Octets(octets) => octets,
            _ => None,
        }
    }

    /// Valid characters, if they are UTF-8.
    pub fn text(&self) -> Option<&'a str> {
        match self.content()? {
            Content::Text(octets) => str::from_utf8(octets).ok(),
            _ => None,
        }
    }

    /// The integer on the air, even where it stands for "no value"; none for floats, strings and what has elements.
    pub fn raw_integer(&self) -> Option<i128> {
        match (self.raw, self.data_type) {
            (_, DataType::NoData | DataType::Semi | DataType::Single | DataType::Double) => None,
            (Raw::Number(number), signed) if signed.is_signed() => {
                Some(i128::from(sign_extend(number, signed.length().unwrap_or(8))))
            }
            (Raw::Number(number), _) => Some(i128::from(number)),
            _ => None,
        }
    }

    fn float_or_nan(&self) -> f64 {
        let Raw::Number(number) = self.raw else { return f64::NAN };
        let [a, b, c, d, ..] = number.to_le_bytes();
        match self.data_type {
            DataType::Semi => semi_float(u16::from_le_bytes([a, b])),
            DataType::Single => f64::from(f32::from_le_bytes([a, b, c, d])),
            _ => f64::from_bits(number),
        }
    }
}

/// Reads the identifier of a type.
#[inline]
pub(crate) fn read_type(reader: &mut Reader<'_>) -> Result<DataType> {
    let at = reader.at();
    let id = reader.u8()?;
    DataType::from_id(id).ok_or(Error::UnknownType { at, id })
}

const fn sign_extend(number: u64, length: usize) -> i64 {
    let largest_positive = largest(length) >> 1;
    let extended = if number > largest_positive { number | !largest(length) } else { number };
    extended.cast_signed()
}

/// 1 sign bit, 5 bits of exponent, 10 of fraction.
fn semi_float(bits: u16) -> f64 {
    let sign = u64::from(bits >> 15) << 63;
    let exponent = (bits >> 10) & 0x1F;
    let fraction = u64::from(bits & 0x3FF);
    let magnitude = match exponent {
        0 => f64::from(bits & 0x3FF) * f64::from_bits(0x3E70_0000_0000_0000),
        0x1F => f64::from_bits((0x7FF << 52) | (fraction << 42)),
        _ => f64::from_bits((u64::from(exponent.saturating_add(1023 - 15)) << 52) | (fraction << 42)),
    };
    f64::from_bits(magnitude.to_bits() | sign)
}

#[cfg(test)]
mod tests;
