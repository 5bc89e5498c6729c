//! What the fields of commands are made of: the Rust type of a field is its type on the wire, so that what is read is
//! written back byte for byte.
//!
//! ```
//! use cad_zigbee::energy::field::{Field, Maybe, U24};
//! use cad_zigbee::reader::Reader;
//!
//! let mut reader = Reader::new(&[0xE8, 0x03, 0x00, 0xFF, 0xFF, 0xFF]);
//! assert_eq!(Maybe::<U24>::read(&mut reader)?.get().map(U24::get), Some(1000));
//! assert_eq!(Maybe::<U24>::read(&mut reader)?.get(), None);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::Eui64;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::timestamp::Timestamp;
use crate::writer::Writer;
use crate::zcl::{AttributeId, ClusterId};

/// Something that commands have as a field.
pub trait Field<'a>: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside it.
    fn read(reader: &mut Reader<'a>) -> Result<Self>;

    /// Writes it.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a string or list longer than its length field
    /// can say.
    fn write(&self, writer: &mut Writer<'_>) -> Result<()>;
}

/// A number of which the standard sets one aside for "no value": the largest of an unsigned type, the smallest of a
/// signed one.
pub trait Number: Copy + PartialEq {
    /// The number that means "no value".
    const NONE: Self;
}

/// A number that may be the one that means "no value".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Maybe<T>(T);

/// A whole number of 24 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct U24(u32);

/// A whole number of 48 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct U48(u64);

/// A boolean of one byte, which may also be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bool(pub Maybe<u8>);

/// Seconds since 2000-01-01 00:00:00 UTC. Most commands take 0 for "now"; the largest number means that there is no
/// such time, or that what was to happen then is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(pub u32);

/// A date: year since 1900, month, day of the month, day of the week (1 is Monday). 0xFF in one of them: any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date(pub [u8; 4]);

/// A string of up to 254 octets, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Octets<'a>(Option<&'a [u8]>);

/// A string of up to 254 bytes of characters, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<'a>(Option<&'a [u8]>);

/// All octets up to the end of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rest<'a>(pub &'a [u8]);

impl<T: Number> Maybe<T> {
    /// No value.
    pub const NONE: Self = Self(T::NONE);

    /// What this number means: none if it is the one set aside.
    pub const fn new(raw: T) -> Self {
        Self(raw)
    }

    /// The number; none if there is no value.
    pub fn get(self) -> Option<T> {
        Some(self.0).filter(|number| *number != T::NONE)
    }

    /// The number as it is on the wire.
    pub const fn raw(self) -> T {
        self.0
    }
}

impl<T> From<T> for Maybe<T> {
    fn from(raw: T) -> Self {
        Self(raw)
    }
}

impl U24 {
    /// The largest.
    pub const MAX: Self = Self(0x00FF_FFFF);

    /// None for numbers of more than 24 bits.
    pub const fn new(number: u32) -> Option<Self> {
        if number <= Self::MAX.0 { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl U48 {
    /// The largest.
    pub const MAX: Self = Self(0xFFFF_FFFF_FFFF);

    /// None for numbers of more than 48 bits.
    pub const fn new(number: u64) -> Option<Self> {
        if number <= Self::MAX.0 { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Bool {
    /// True or false; none if there is no value. **Interpretation:** any number but 0 and 0xFF is true.
    pub fn get(self) -> Option<bool> {
        self.0.get().map(|number| number != 0)
    }
}

impl From<bool> for Bool {
    fn from(flag: bool) -> Self {
        Self(Maybe(u8::from(flag)))
    }
}

impl UtcTime {
    /// Now, or as soon as the command arrives.
    pub const NOW: Self = Self(0);
    /// No such time; where a start is given: cancelled.
    pub const NONE: Self = Self(u32::MAX);

    /// The moment; none for [`Self::NONE`]. [`Self::NOW`] is the first second of 2000: see to it first.
    pub fn timestamp(self) -> Option<Timestamp> {
        (self != Self::NONE).then(|| Timestamp::from_zigbee(self.0))
    }
}

impl Date {
    /// The year; none for any.
    pub fn year(self) -> Option<u16> {
        let [year, ..] = self.0;
        Maybe(year).get().map(|year| u16::from(year).saturating_add(1900))
    }

    /// The month, from 1; none for any.
    pub fn month(self) -> Option<u8> {
        let [_, month, ..] = self.0;
        Maybe(month).get()
    }

    /// The day of the month, from 1; none for any.
    pub fn day(self) -> Option<u8> {
        let [_, _, day, _] = self.0;
        Maybe(day).get()
    }

    /// The day of the week, 1 is Monday; none for any.
    pub fn weekday(self) -> Option<u8> {
        let [.., weekday] = self.0;
        Maybe(weekday).get()
    }
}

impl<'a> Octets<'a> {
    /// No string, which is not the empty one.
    pub const NONE: Self = Self(None);

    /// A string of these octets. More than 254 are refused when it is written.
    pub const fn new(octets: &'a [u8]) -> Self {
        Self(Some(octets))
    }

    /// The octets; none if there is no string.
    pub const fn get(self) -> Option<&'a [u8]> {
        self.0
    }

    /// The octets as characters; none if there is no string, or they are not UTF-8.
    pub fn as_str(self) -> Option<&'a str> {
        core::str::from_utf8(self.0?).ok()
    }
}

impl<'a> Text<'a> {
    /// No string, which is not the empty one.
    pub const NONE: Self = Self(None);

    /// A string of these characters. More than 254 bytes are refused when it is written.
    pub const fn new(text: &'a str) -> Self {
        Self(Some(text.as_bytes()))
    }

    /// The bytes of the characters; none if there is no string.
    pub const fn get(self) -> Option<&'a [u8]> {
        self.0
    }

    /// The characters; none if there is no string, or it is not UTF-8.
    pub fn as_str(self) -> Option<&'a str> {
        core::str::from_utf8(self.0?).ok()
    }
}

impl<'a> Field<'a> for Rest<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self(reader.take_rest()))
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.put(self.0)
    }
}

impl<'a, const N: usize> Field<'a> for [u8; N] {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.array()
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.put(self)
    }
}

fn read_string<'a>(reader: &mut Reader<'a>) -> Result<Option<&'a [u8]>> {
    match reader.u8()? {
        u8::MAX => Ok(None),
        length => reader.take(usize::from(length)).map(Some),
    }
}

fn write_string(writer: &mut Writer<'_>, string: Option<&[u8]>) -> Result<()> {
    const TOO_LONG: Error = Error::Unwritable { what: "a string longer than its length field can say" };
    let Some(string) = string else { return writer.u8(u8::MAX) };
    let length = u8::try_from(string.len()).ok().filter(|length| *length != u8::MAX).ok_or(TOO_LONG)?;
    writer.u8(length)?;
    writer.put(string)
}

macro_rules! strings {
    ($($name:ident)*) => {$(
        impl<'a> Field<'a> for $name<'a> {
            fn read(reader: &mut Reader<'a>) -> Result<Self> {
                read_string(reader).map(Self)
            }

            fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
                write_string(writer, self.0)
            }
        }
    )*};
}
strings!(Octets Text);

macro_rules! numbers {
    ($($name:ident = $none:ident)*) => {$(
        impl Number for $name {
            const NONE: Self = Self::$none;
        }

        impl<'a> Field<'a> for $name {
            fn read(reader: &mut Reader<'a>) -> Result<Self> {
                reader.array().map(Self::from_le_bytes)
            }

            fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
                writer.put(&self.to_le_bytes())
            }
        }
    )*};
}
numbers!(u8 = MAX u16 = MAX u32 = MAX i8 = MIN i16 = MIN i32 = MIN);

macro_rules! long_numbers {
    ($($name:ident($raw:ident) $length:literal)*) => {$(
        impl Number for $name {
            const NONE: Self = Self::MAX;
        }

        impl<'a> Field<'a> for $name {
            fn read(reader: &mut Reader<'a>) -> Result<Self> {
                let mut bytes = [0; size_of::<$raw>()];
                let read: [u8; $length] = reader.array()?;
                bytes.iter_mut().zip(read).for_each(|(to, from)| *to = from);
                Ok(Self($raw::from_le_bytes(bytes)))
            }

            fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
                writer.unsigned(u64::from(self.0), $length)
            }
        }
    )*};
}
long_numbers!(U24(u32) 3 U48(u64) 6);

/// Newtypes are on the wire what is in them.
macro_rules! wrapped {
    ($($name:ident)*) => {$(
        impl<'a> $crate::energy::field::Field<'a> for $name {
            fn read(reader: &mut $crate::reader::Reader<'a>) -> $crate::Result<Self> {
                $crate::energy::field::Field::read(reader).map(Self)
            }

            fn write(&self, writer: &mut $crate::writer::Writer<'_>) -> $crate::Result<()> {
                $crate::energy::field::Field::write(&self.0, writer)
            }
        }
    )*};
}
pub(super) use wrapped;
wrapped!(Bool UtcTime Date ClusterId AttributeId);

impl<'a, T: Field<'a>> Field<'a> for Maybe<T> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        T::read(reader).map(Self)
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.0.write(writer)
    }
}

impl<'a> Field<'a> for Eui64 {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.eui64()
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.eui64(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bool, Date, Field, Maybe, Octets, U24, U48, UtcTime};
    use crate::writer::Writer;

    #[test]
    fn the_number_set_aside_is_no_value_but_stays_as_it_was() {
        assert_eq!(Maybe::new(-32768_i16).get(), None);
        assert_eq!(Maybe::new(-32768_i16).raw(), -32768);
        assert_eq!(Maybe::<i16>::from(-32767).get(), Some(-32767));
        assert_eq!((Maybe::<u8>::NONE.raw(), Maybe::<U48>::NONE.raw().get()), (0xFF, 0xFFFF_FFFF_FFFF));
        assert_eq!((Bool(Maybe::new(2)).get(), Bool(Maybe::NONE).get()), (Some(true), None));
        assert_eq!(UtcTime::NONE.timestamp(), None);
        assert_eq!((U24::new(0x0100_0000), U48::new(1 << 48)), (None, None));
        let date = Date([124, 0xFF, 25, 0xFF]);
        assert_eq!(
            (date.year(), date.month(), date.day(), date.weekday()),
            (Some(2024), None, Some(25), None)
        );
    }

    #[test]
    fn what_is_longer_than_its_length_field_can_say_is_not_written() {
        let mut buffer = [0; 600];
        let mut writer = Writer::new(&mut buffer);
        assert_eq!(Octets::new(&[0; 254]).write(&mut writer), Ok(()));
        let error = Octets::new(&[0; 255]).write(&mut writer).unwrap_err();
        assert_eq!(error.to_string(), "a string longer than its length field can say cannot be written");
    }
}
