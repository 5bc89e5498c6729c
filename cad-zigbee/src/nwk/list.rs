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

/// Consecutive 16-bit numbers: addresses or PAN identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers<'a>(&'a [u8]);

/// A router's neighbours, three bytes each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Links<'a>(&'a [u8]);

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

/// By how much neighbours should change their power, three bytes each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerDeltas<'a>(&'a [u8]);

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

/// The bytes, if they are whole entries and their number fits the field that counts them.
fn whole<const SIZE: usize>(bytes: &[u8], most: usize) -> Result<&[u8]> {
    let (entries, rest) = bytes.as_chunks::<SIZE>();
    if rest.is_empty() && entries.len() <= most {
        Ok(bytes)
    } else {
        Err(Error::Unwritable { what: "half an entry of a list, or more than can be counted" })
    }
}

impl<'a> Numbers<'a> {
    /// Numbers of two bytes each, as on the air.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for half a number and for over 255.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        whole::<2>(bytes, 255).map(Self)
    }

    pub(super) fn read(reader: &mut Reader<'a>, count: u8) -> Result<Self> {
        reader.take(usize::from(count).saturating_mul(2)).map(Self)
    }

    /// The numbers as addresses.
    pub fn iter(&self) -> impl Iterator<Item = ShortAddress> {
        self.0.as_chunks().0.iter().map(|number| ShortAddress(u16::from_le_bytes(*number)))
    }

    /// The bytes as on the air.
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn count(&self) -> u8 {
        count(self.0, 2)
    }
}

impl<'a> Links<'a> {
    /// Links of three bytes each, as on the air.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for a part of a link and for over 31.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        whole::<3>(bytes, 31).map(Self)
    }

    pub(super) fn read(reader: &mut Reader<'a>, count: u8) -> Result<Self> {
        reader.take(usize::from(count).saturating_mul(3)).map(Self)
    }

    /// The links, in the order of the neighbours' addresses.
    pub fn iter(&self) -> impl Iterator<Item = Link> {
        self.0.as_chunks().0.iter().map(|[low, high, costs]| Link {
            neighbour: ShortAddress(u16::from_le_bytes([*low, *high])),
            incoming_cost: costs & 7,
            outgoing_cost: (costs >> 4) & 7,
        })
    }

    /// The bytes as on the air.
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn count(&self) -> u8 {
        count(self.0, 3)
    }
}

impl<'a> PowerDeltas<'a> {
    /// Power deltas of three bytes each, as on the air.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for a part of one and for over 255.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        whole::<3>(bytes, 255).map(Self)
    }

    pub(super) fn read(reader: &mut Reader<'a>, count: u8) -> Result<Self> {
        reader.take(usize::from(count).saturating_mul(3)).map(Self)
    }

    /// The neighbours and by how much they should change.
    pub fn iter(&self) -> impl Iterator<Item = PowerDelta> {
        self.0.as_chunks().0.iter().map(|[low, high, delta]| PowerDelta {
            neighbour: ShortAddress(u16::from_le_bytes([*low, *high])),
            delta_db: i8::from_le_bytes([*delta]),
        })
    }

    /// The bytes as on the air.
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn count(&self) -> u8 {
        count(self.0, 3)
    }
}

fn count(bytes: &[u8], size: usize) -> u8 {
    bytes.len().checked_div(size).and_then(|count| u8::try_from(count).ok()).unwrap_or(u8::MAX)
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
