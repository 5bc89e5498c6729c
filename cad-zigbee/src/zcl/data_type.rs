//! The data types of the ZCL.
//!
//! ```
//! use cad_zigbee::zcl::data_type::{Class, DataType};
//!
//! let summation = DataType::from_id(0x25).unwrap();
//! assert_eq!(summation, DataType::Unsigned48);
//! assert_eq!((summation.name(), summation.length()), ("uint48", Some(6)));
//! assert_eq!(summation.class(), Class::Analog);
//! ```

/// Whether a change of a value is worth reporting by how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A quantity: reported when it has changed by enough.
    Analog,
    /// Anything else: reported when it has changed at all.
    Discrete,
}

macro_rules! data_types {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $name:literal, $length:expr, $class:ident;)*) => {
        /// What a value is and how long it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DataType {
            $($(#[$doc])* $variant = $id,)*
        }

        impl DataType {
            /// All types in order of their identifiers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The type with this identifier, where there is one.
            #[inline]
            #[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "there are 256 of them")]
            pub const fn from_id(id: u8) -> Option<Self> {
                // Looked up: in numbers so far apart, a match would search.
                const BY_ID: [Option<DataType>; 256] = {
                    let mut table = [None; 256];
                    $(table[$id] = Some(DataType::$variant);)*
                    table
                };
                BY_ID[id as usize]
            }

            /// The identifier on the air.
            pub const fn id(self) -> u8 {
                match self { $(Self::$variant => $id,)* }
            }

            /// The short name the standard gives it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How many bytes a value takes, where all take the same.
            #[inline]
            #[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "there are 256 of them")]
            pub const fn length(self) -> Option<usize> {
                const VARIABLE: u8 = u8::MAX;
                const BY_ID: [u8; 256] = {
                    let mut table = [VARIABLE; 256];
                    $(table[$id] = match $length {
                        Some(length) => length,
                        None => VARIABLE,
                    };)*
                    table
                };
                match BY_ID[self as usize] {
                    VARIABLE => None,
                    length => Some(length as usize),
                }
            }

            /// Whether values are quantities.
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class,)* }
            }
        }
    };
}

data_types! {
    /// No data.
    NoData = 0x00, "nodata", Some(0), Discrete;
    /// 8 bits of data.
    Data8 = 0x08, "data8", Some(1), Discrete;
    /// 16 bits of data.
    Data16 = 0x09, "data16", Some(2), Discrete;
    /// 24 bits of data.
    Data24 = 0x0A, "data24", Some(3), Discrete;
    /// 32 bits of data.
    Data32 = 0x0B, "data32", Some(4), Discrete;
    /// 40 bits of data.
    Data40 = 0x0C, "data40", Some(5), Discrete;
    /// 48 bits of data.
    Data48 = 0x0D, "data48", Some(6), Discrete;
    /// 56 bits of data.
    Data56 = 0x0E, "data56", Some(7), Discrete;
    /// 64 bits of data.
    Data64 = 0x0F, "data64", Some(8), Discrete;
    /// A boolean: 0 or 1.
    Bool = 0x10, "bool", Some(1), Discrete;
    /// 8 flags.
    Bitmap8 = 0x18, "map8", Some(1), Discrete;
    /// 16 flags.
    Bitmap16 = 0x19, "map16", Some(2), Discrete;
    /// 24 flags.
    Bitmap24 = 0x1A, "map24", Some(3), Discrete;
    /// 32 flags.
    Bitmap32 = 0x1B, "map32", Some(4), Discrete;
    /// 40 flags.
    Bitmap40 = 0x1C, "map40", Some(5), Discrete;
    /// 48 flags.
    Bitmap48 = 0x1D, "map48", Some(6), Discrete;
    /// 56 flags.
    Bitmap56 = 0x1E, "map56", Some(7), Discrete;
    /// 64 flags.
    Bitmap64 = 0x1F, "map64", Some(8), Discrete;
    /// An unsigned number of 8 bits.
    Unsigned8 = 0x20, "uint8", Some(1), Analog;
    /// An unsigned number of 16 bits.
    Unsigned16 = 0x21, "uint16", Some(2), Analog;
    /// An unsigned number of 24 bits.
    Unsigned24 = 0x22, "uint24", Some(3), Analog;
    /// An unsigned number of 32 bits.
    Unsigned32 = 0x23, "uint32", Some(4), Analog;
    /// An unsigned number of 40 bits.
    Unsigned40 = 0x24, "uint40", Some(5), Analog;
    /// An unsigned number of 48 bits.
    Unsigned48 = 0x25, "uint48", Some(6), Analog;
    /// An unsigned number of 56 bits.
    Unsigned56 = 0x26, "uint56", Some(7), Analog;
    /// An unsigned number of 64 bits.
    Unsigned64 = 0x27, "uint64", Some(8), Analog;
    /// A signed number of 8 bits.
    Signed8 = 0x28, "int8", Some(1), Analog;
    /// A signed number of 16 bits.
    Signed16 = 0x29, "int16", Some(2), Analog;
    /// A signed number of 24 bits.
    Signed24 = 0x2A, "int24", Some(3), Analog;
    /// A signed number of 32 bits.
    Signed32 = 0x2B, "int32", Some(4), Analog;
    /// A signed number of 40 bits.
    Signed40 = 0x2C, "int40", Some(5), Analog;
    /// A signed number of 48 bits.
    Signed48 = 0x2D, "int48", Some(6), Analog;
    /// A signed number of 56 bits.
    Signed56 = 0x2E, "int56", Some(7), Analog;
    /// A signed number of 64 bits.
    Signed64 = 0x2F, "int64", Some(8), Analog;
    /// One of a list, 8 bits.
    Enum8 = 0x30, "enum8", Some(1), Discrete;
    /// One of a list, 16 bits.
    Enum16 = 0x31, "enum16", Some(2), Discrete;
    /// A floating point number of 16 bits.
    Semi = 0x38, "semi", Some(2), Analog;
    /// A floating point number of 32 bits.
    Single = 0x39, "single", Some(4), Analog;
    /// A floating point number of 64 bits.
    Double = 0x3A, "double", Some(8), Analog;
    /// Octets, up to 254.
    Octets = 0x41, "octstr", None, Discrete;
    /// Characters, up to 254 octets.
    Text = 0x42, "string", None, Discrete;
    /// Octets, up to 65534.
    LongOctets = 0x43, "octstr16", None, Discrete;
    /// Characters, up to 65534 octets.
    LongText = 0x44, "string16", None, Discrete;
    /// A list of elements of one type.
    Array = 0x48, "array", None, Discrete;
    /// A list of elements, each with its type.
    Struct = 0x4C, "struct", None, Discrete;
    /// A list without order or repetition.
    Set = 0x50, "set", None, Discrete;
    /// A list without order.
    Bag = 0x51, "bag", None, Discrete;
    /// Hours, minutes, seconds, hundredths.
    TimeOfDay = 0xE0, "ToD", Some(4), Analog;
    /// Year since 1900, month, day of month, day of week.
    Date = 0xE1, "date", Some(4), Analog;
    /// Seconds since 2000-01-01 00:00:00 UTC.
    Utc = 0xE2, "UTC", Some(4), Analog;
    /// A cluster identifier.
    ClusterId = 0xE8, "clusterId", Some(2), Discrete;
    /// An attribute identifier.
    AttributeId = 0xE9, "attribId", Some(2), Discrete;
    /// A BACnet object identifier.
    BacnetOid = 0xEA, "bacOID", Some(4), Discrete;
    /// An EUI-64.
    Eui64 = 0xF0, "EUI64", Some(8), Discrete;
    /// A key.
    Key128 = 0xF1, "key128", Some(16), Discrete;
    /// Unknown: no value has this type.
    Unknown = 0xFF, "unk", None, Discrete;
}

impl DataType {
    /// Whether this is one of the signed integers.
    pub const fn is_signed(self) -> bool {
        matches!(self.id(), 0x28..=0x2F)
    }

    /// Whether this is one of the unsigned integers.
    pub const fn is_unsigned(self) -> bool {
        matches!(self.id(), 0x20..=0x27)
    }

    /// Whether all bits set, or for signed integers the lowest number, stands for "no value".
    pub(crate) const fn has_invalid_number(self) -> bool {
        matches!(self.id(), 0x10 | 0x20..=0x31 | 0xE0..=0xE2 | 0xE8..=0xEA | 0xF0)
    }
}

#[cfg(test)]
mod tests {
    use super::DataType;

    #[test]
    fn identifiers_and_types_are_one_to_one() {
        assert_eq!(DataType::ALL.len(), 56);
        for data_type in DataType::ALL {
            assert_eq!(DataType::from_id(data_type.id()), Some(*data_type));
        }
        assert_eq!((0..=255).filter_map(DataType::from_id).count(), 56);
    }
}
