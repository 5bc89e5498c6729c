//! Lists in NWK and APS commands, as they are on the air.
//!
//! ```
//! use cad_zigbee::{address::ShortAddress, nwk::list::{Link, Links, Tlv, Tlvs}};
//!
//! let links = Links::new(&[0x4E, 0x2B, 0x31])?;
//! let link = Link { neighbour: ShortAddress(0x2B4E), incoming_cost: 1, outgoing_cost: 3 };
//! assert!(links.iter().eq([link]));
//!
//! let mut tlvs = Tlvs::new(&[0x46, 1, 0xAA, 0xBB]).iter();
//! assert_eq!(tlvs.next(), Some(Ok(Tlv { tag: 0x46, value: &[0xAA, 0xBB] })));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::ShortAddress;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use core::marker::PhantomData;

/// Entries of a fixed length, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entries<'a, E> {
    bytes: &'a [u8],
    entry: PhantomData<E>,
}

/// Something of which commands have lists.
pub trait Entry: Sized {
    /// How many bytes one takes.
    const LENGTH: usize;
    /// How many the field that counts them can say.
    const MOST: u8;

    /// Reads one.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside it.
    fn read(reader: &mut Reader<'_>) -> Result<Self>;
}

/// Consecutive 16-bit numbers: addresses or PAN identifiers.
pub type Numbers<'a> = Entries<'a, ShortAddress>;

/// A router's neighbours, three bytes each.
pub type Links<'a> = Entries<'a, Link>;

/// By how much neighbours should change their power, three bytes each.
pub type PowerDeltas<'a> = Entries<'a, PowerDelta>;

/// How well a router hears a neighbour, and it hears the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The neighbour.
    pub neighbour: ShortAddress,
    /// Cost of the way from the neighbour, 1 (best) to 7.
    pub incoming_cost: u8,
    /// Cost of the way to the neighbour, 1 (best) to 7; 0 if not known.
    pub outgoing_cost: u8,
}

/// By how much a neighbour should change the power it sends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerDelta {
    /// The neighbour.
    pub neighbour: ShortAddress,
    /// The difference between the signal that is best and the one received, in dB.
    pub delta_db: i8,
}

/// Values with a tag and a length, which revision 23 has behind many commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlvs<'a>(&'a [u8]);

/// One value with its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// What it is; below 64 this depends on the command.
    pub tag: u8,
    /// The value, 1 to 256 bytes.
    pub value: &'a [u8],
}

impl<'a, E: Entry> Entries<'a, E> {
    /// Entries as on the air.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for a part of one, and for more than can be counted.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        let entries = Self { bytes, entry: PhantomData };
        if bytes.len() == usize::from(entries.count()).saturating_mul(E::LENGTH) {
            Ok(entries)
        } else {
            Err(Error::Unwritable { what: "half an entry of a list, or more than can be counted" })
        }
    }

    pub(super) fn read(reader: &mut Reader<'a>, count: u8) -> Result<Self> {
        let bytes = reader.take(usize::from(count).saturating_mul(E::LENGTH))?;
        Ok(Self { bytes, entry: PhantomData })
    }

    /// The entries, in wire order.
    pub fn iter(&self) -> impl Iterator<Item = E> + use<'a, E> {
        let mut reader = Reader::new(self.bytes);
        core::iter::from_fn(move || E::read(&mut reader).ok())
    }

    /// The bytes as on the air.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many there are, up to as many as can be counted.
    pub(super) fn count(&self) -> u8 {
        let count = self.bytes.len().checked_div(E::LENGTH).and_then(|count| u8::try_from(count).ok());
        count.unwrap_or(u8::MAX).min(E::MOST)
    }
}

impl Entry for ShortAddress {
    const LENGTH: usize = 2;
    const MOST: u8 = u8::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.short_address()
    }
}

impl Entry for Link {
    const LENGTH: usize = 3;
    const MOST: u8 = 31;

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let (neighbour, costs) = (reader.short_address()?, reader.u8()?);
        Ok(Self { neighbour, incoming_cost: costs & 7, outgoing_cost: (costs >> 4) & 7 })
    }
}

impl Entry for PowerDelta {
    const LENGTH: usize = 3;
    const MOST: u8 = u8::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self { neighbour: reader.short_address()?, delta_db: i8::from_le_bytes(reader.array()?) })
    }
}

impl<'a> Tlvs<'a> {
    /// Values as on the air. They are looked at when they are iterated over.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The values; ends after the first that cannot be read.
    pub const fn iter(&self) -> TlvIter<'a> {
        TlvIter { reader: Reader::new(self.0) }
    }

    /// The bytes as on the air.
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> IntoIterator for &Tlvs<'a> {
    type Item = Result<Tlv<'a>>;
    type IntoIter = TlvIter<'a>;

    fn into_iter(self) -> TlvIter<'a> {
        self.iter()
    }
}

impl Tlv<'_> {
    /// Writes tag, length and value.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the value is not 1 to 256 bytes.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let length = self.value.len().checked_sub(1).and_then(|length| u8::try_from(length).ok());
        let length = length.ok_or(Error::Unwritable { what: "a tagged value not of 1 to 256 bytes" })?;
        writer.put(&[self.tag, length])?;
        writer.put(self.value)
    }
}

/// Iterates over [`Tlvs`].
#[derive(Debug, Clone)]
pub struct TlvIter<'a> {
    reader: Reader<'a>,
}

impl<'a> Iterator for TlvIter<'a> {
    type Item = Result<Tlv<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let mut read = || {
            let tag = self.reader.u8()?;
            // The field holds one less than the length.
            let length = usize::from(self.reader.u8()?).saturating_add(1);
            Ok(Tlv { tag, value: self.reader.take(length)? })
        };
        let tlv = read();
        if tlv.is_err() {
            self.reader.take_rest();
        }
        Some(tlv)
    }
}

#[cfg(test)]
mod tests {
    use super::{Links, Numbers, PowerDelta, PowerDeltas, Tlv, Tlvs};
    use crate::address::ShortAddress;
    use crate::error::Error;
    use crate::writer::Writer;

    #[test]
    fn a_list_is_of_whole_entries_that_can_be_counted() {
        assert!(Numbers::new(&[0; 510]).is_ok() && Links::new(&[0; 93]).is_ok());
        for refused in [
            Numbers::new(&[0; 3]).err(),
            Numbers::new(&[0; 512]).err(),
            Links::new(&[0; 2]).err(),
            Links::new(&[0; 96]).err(),
            PowerDeltas::new(&[0; 4]).err(),
        ] {
            assert!(matches!(refused, Some(Error::Unwritable { .. })));
        }
        let deltas = PowerDeltas::new(&[0x4E, 0x2B, 0xFD]).unwrap();
        assert!(deltas.iter().eq([PowerDelta { neighbour: ShortAddress(0x2B4E), delta_db: -3 }]));
    }

    #[test]
    fn a_tagged_value_has_at_least_one_byte_and_ends_with_the_list() {
        let tlv = Tlv { tag: 7, value: &[9; 256] };
        let mut buffer = [0; 258];
        let mut writer = Writer::new(&mut buffer);
        tlv.write(&mut writer).unwrap();
        assert!(Tlvs::new(writer.written()).iter().eq([Ok(tlv)]));
        for value in [&[][..], &[9; 257]] {
            let error = Tlv { tag: 7, value }.write(&mut Writer::new(&mut [0; 300]));
            assert!(matches!(error, Err(Error::Unwritable { .. })));
        }
        let mut cut = Tlvs::new(&[7, 1, 9]).iter();
        assert_eq!(cut.next(), Some(Err(Error::Truncated { at: 2, needed: 1 })));
        assert_eq!(cut.next(), None);
    }
}
