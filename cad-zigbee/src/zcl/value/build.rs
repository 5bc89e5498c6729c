use super::{Raw, Value, semi_float, sign_extend};
use crate::error::{Error, Result};
use crate::reader::{Reader, largest};
use crate::security::Key;
use crate::writer::Writer;
use crate::zcl::data_type::DataType;

/// Values to be written.
///
/// ```
/// use cad_zigbee::zcl::{data_type::DataType, value::Value};
///
/// let mut scratch = [0; 16];
/// let tiers = [Value::from_unsigned(DataType::Unsigned16, 7)?, Value::invalid(DataType::Unsigned16)?];
/// let list = Value::list(DataType::Array, DataType::Unsigned16, &tiers, &mut scratch)?;
/// let mut buffer = [0; 16];
/// let mut writer = cad_zigbee::writer::Writer::new(&mut buffer);
/// list.write_typed(&mut writer)?;
/// assert_eq!(writer.written(), [0x48, 0x21, 2, 0, 7, 0, 0xFF, 0xFF]);
/// # Ok::<(), cad_zigbee::Error>(())
/// ```
impl<'a> Value<'a> {
    /// A number of an unsigned type, or of any other fixed-length type by its bits: flags, a choice, a time.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if the number does not fit the type, or the type is of no fixed length up to 8 bytes.
    pub const fn from_unsigned(data_type: DataType, number: u64) -> Result<Self> {
        match data_type.length() {
            Some(length) if length <= 8 && number <= largest(length) => {
                Ok(Self { data_type, raw: Raw::Number(number) })
            }
            _ => Err(Error::Unwritable { what: "this number in its type" }),
        }
    }

    /// A number of a signed type.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if the number does not fit the type, or the type is not signed.
    pub const fn from_signed(data_type: DataType, number: i64) -> Result<Self> {
        const WHAT: Error = Error::Unwritable { what: "this number in its type" };
        let (true, Some(length)) = (data_type.is_signed(), data_type.length()) else {
            return Err(WHAT);
        };
        let value = Self { data_type, raw: Raw::Number(number.cast_unsigned() & largest(length)) };
        match value.raw {
            Raw::Number(raw) if sign_extend(raw, length) == number => Ok(value),
            _ => Err(WHAT),
        }
    }

    /// A string of octets or characters.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if the type is not a string. Too long a string is refused when it is written.
    pub const fn from_octets(data_type: DataType, octets: &'a [u8]) -> Result<Self> {
        match data_type {
            DataType::Octets | DataType::Text | DataType::LongOctets | DataType::LongText => {
                Ok(Self { data_type, raw: Raw::Octets(Some(octets)) })
            }
            _ => Err(Error::Unwritable { what: "octets in a type that is not a string" }),
        }
    }

    /// A floating point number; NaN for "no value".
    ///
    /// # Errors
    /// [`Error::Unwritable`] if the number cannot be said exactly in the type, or the type is not of floating point.
    pub fn from_float(data_type: DataType, number: f64) -> Result<Self> {
        const WHAT: Error = Error::Unwritable { what: "this number in its type" };
        let raw = match data_type {
            DataType::Double => number.to_bits(),
            DataType::Single => {
                #[expect(clippy::as_conversions, reason = "rounds; the next lines see whether it did")]
                let single = number as f32;
                if !number.is_nan() && f64::from(single).to_bits() != number.to_bits() {
                    return Err(WHAT);
                }
                u64::from(single.to_bits())
            }
            DataType::Semi => u64::from(semi_float_bits(number).ok_or(WHAT)?),
            _ => return Err(WHAT),
        };
        Ok(Self { data_type, raw: Raw::Number(raw) })
    }

    /// A key.
    pub const fn from_key(key: Key) -> Self {
        Self { data_type: DataType::Key128, raw: Raw::Key(*key.as_bytes()) }
    }

    /// What stands for "no value". A list has no type of elements then: see [`Self::invalid_list`].
    ///
    /// # Errors
    /// [`Error::Unwritable`] if nothing does in this type.
    pub fn invalid(data_type: DataType) -> Result<Self> {
        let value = match data_type {
            DataType::Octets | DataType::Text | DataType::LongOctets | DataType::LongText => {
                Self { data_type, raw: Raw::Octets(None) }
            }
            DataType::Struct => Self::read(&mut Reader::new(&[0xFF, 0xFF]), data_type)?,
            DataType::Semi => Self { data_type, raw: Raw::Number(SEMI_NAN) },
            DataType::Single | DataType::Double => Self::from_float(data_type, f64::NAN)?,
            other => {
                let ones = largest(other.length().unwrap_or(0));
                let number = if other.is_signed() { ones & !(ones >> 1) } else { ones };
                Self { data_type, raw: Raw::Number(number) }
            }
        };
        if value.is_invalid() && data_type.length() != Some(0) {
            Ok(value)
        } else {
            Err(Error::Unwritable { what: "\"no value\" in a type that has no such" })
        }
    }

    /// What stands for "no value" among arrays, sets and bags.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for another type.
    pub fn invalid_list(data_type: DataType, element_type: DataType) -> Result<Value<'static>> {
        if !is_list(data_type) {
            return Err(NO_LIST);
        }
        let elements = super::Elements::invalid(Some(element_type));
        Ok(Value { data_type, raw: Raw::Elements(elements) })
    }

    /// An array, set or bag of elements of one type; their bytes are kept in `scratch`, with three more.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if `scratch` ends; [`Error::Unwritable`] if an element is of another type, if they are too
    /// many or nested too deep, or if the type is none of the three.
    pub fn list(
        data_type: DataType,
        element_type: DataType,
        elements: &[Value<'_>],
        scratch: &'a mut [u8],
    ) -> Result<Self> {
        if !is_list(data_type) || elements.iter().any(|element| element.data_type != element_type) {
            return Err(NO_LIST);
        }
        let mut writer = Writer::new(scratch);
        writer.u8(element_type.id())?;
        writer.u16(count(elements)?)?;
        elements.iter().try_for_each(|element| element.write(&mut writer))?;
        let length = writer.at();
        read_back(data_type, scratch, length)
    }

    /// A structure of these elements; their bytes are kept in `scratch`, with two more and one for each.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if `scratch` ends; [`Error::Unwritable`] if the elements are too many or nested too deep.
    pub fn structure(elements: &[Value<'_>], scratch: &'a mut [u8]) -> Result<Self> {
        let mut writer = Writer::new(scratch);
        writer.u16(count(elements)?)?;
        elements.iter().try_for_each(|element| element.write_typed(&mut writer))?;
        let length = writer.at();
        read_back(DataType::Struct, scratch, length)
    }
}

const NO_LIST: Error = Error::Unwritable { what: "these elements in this type" };
const SEMI_NAN: u64 = 0x7E00;

const fn is_list(data_type: DataType) -> bool {
    matches!(data_type, DataType::Array | DataType::Set | DataType::Bag)
}

/// The count on the wire.
fn count(elements: &[Value<'_>]) -> Result<u16> {
    u16::try_from(elements.len()).ok().filter(|count| *count != u16::MAX).ok_or(NO_LIST)
}

/// Only what can be read is written.
fn read_back(data_type: DataType, scratch: &[u8], length: usize) -> Result<Value<'_>> {
    let mut reader = Reader::new(scratch.get(..length).unwrap_or_default());
    Value::read(&mut reader, data_type).map_err(|_| NO_LIST)
}

/// The bits of exactly this number, where there are such.
fn semi_float_bits(number: f64) -> Option<u16> {
    const INFINITY: u16 = 0x7C00;
    let sign = if number.is_sign_negative() { 1 << 15 } else { 0 };
    if number.is_nan() {
        return u16::try_from(SEMI_NAN).ok();
    }
    // The larger the bits, the larger the number: so they can be found from the highest down.
    let magnitude = (0..15).rev().map(|bit| 1_u16 << bit).fold(0, |bits, bit| {
        let larger = bits | bit;
        if larger <= INFINITY && semi_float(larger) <= number.abs() { larger } else { bits }
    });
    (semi_float(magnitude) == number.abs()).then_some(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::reader::Reader;
    use crate::security::Key;
    use crate::writer::Writer;
    use crate::zcl::data_type::DataType;
    use crate::zcl::value::Value;

    fn read_back(value: Value<'_>) {
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        value.write_typed(&mut writer).unwrap();
        let mut reader = Reader::new(writer.written());
        assert_eq!(Value::read_typed(&mut reader), Ok(value));
        assert!(reader.is_empty());
    }

    #[test]
    fn no_value_can_be_written_in_every_type_that_has_it() {
        for data_type in DataType::ALL {
            match (data_type.id(), Value::invalid(*data_type)) {
                (0x00..=0x0F | 0x18..=0x1F | 0x48 | 0x50 | 0x51 | 0xF1 | 0xFF, outcome) => {
                    assert!(matches!(outcome, Err(Error::Unwritable { .. })), "{data_type:?}");
                }
                (_, value) => {
                    let value = value.unwrap();
                    assert!(value.is_invalid() && value.content().is_none());
                    read_back(value);
                }
            }
        }
        for data_type in [DataType::Array, DataType::Set, DataType::Bag] {
            let value = Value::invalid_list(data_type, DataType::Unsigned24).unwrap();
            assert!(value.is_invalid());
            read_back(value);
        }
        assert!(Value::invalid_list(DataType::Struct, DataType::Bool).is_err());
    }

    #[test]
    fn every_float_of_16_bits_finds_its_bits() {
        for bits in 0..=u16::MAX {
            let number = super::semi_float(bits);
            if !number.is_nan() {
                assert_eq!(super::semi_float_bits(number), Some(bits));
            }
        }
        assert_eq!(super::semi_float_bits(0.1), None);
        assert_eq!(super::semi_float_bits(65520.0), None);
    }

    #[test]
    fn a_float_that_is_not_exact_is_refused() {
        assert_eq!(Value::from_float(DataType::Single, 0.5).unwrap().float(), Some(0.5));
        assert_eq!(Value::from_float(DataType::Double, 0.1).unwrap().float(), Some(0.1));
        assert_eq!(
            Value::from_float(DataType::Single, -0.0).unwrap().float().map(f64::to_bits),
            Some(1 << 63)
        );
        for (data_type, number) in [
            (DataType::Single, 0.1),
            (DataType::Semi, 0.1),
            (DataType::Unsigned8, 1.0),
            (DataType::Single, 1e300),
        ] {
            assert!(matches!(Value::from_float(data_type, number), Err(Error::Unwritable { .. })));
        }
        read_back(Value::from_key(Key::ZIGBEE_ALLIANCE_09));
    }

    #[test]
    fn a_list_that_could_not_be_read_is_refused() {
        let one = Value::from_unsigned(DataType::Unsigned8, 1).unwrap();
        let nothing = Value::from_unsigned(DataType::NoData, 0).unwrap();
        let mut scratch = [0; 128];
        let mut list = |list, element, elements: &[Value<'_>]| {
            matches!(Value::list(list, element, elements, &mut scratch), Err(Error::Unwritable { .. }))
        };
        assert!(list(DataType::Struct, DataType::Unsigned8, &[one]));
        assert!(list(DataType::Array, DataType::Unsigned16, &[one]));
        assert!(list(DataType::Array, DataType::NoData, &[nothing]));
        assert!(!list(DataType::Array, DataType::Unsigned8, &[one]));
        assert!(matches!(Value::structure(&[one], &mut scratch[..3]), Err(Error::NoSpace { .. })));
        assert!(matches!(Value::structure(&vec![one; 65535], &mut scratch), Err(Error::Unwritable { .. })));

        let mut value = one;
        for depth in 0..15 {
            let scratch = Box::leak(Box::new([0; 64]));
            value = Value::structure(&[value], scratch).unwrap_or_else(|error| panic!("{depth}: {error}"));
        }
        assert!(matches!(Value::structure(&[value], &mut scratch), Err(Error::Unwritable { .. })));
    }
}
