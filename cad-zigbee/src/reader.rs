//! Takes fields from a frame in wire order; all numbers are little endian.
//!
//! ```
//! use cad_zigbee::reader::Reader;
//!
//! let mut reader = Reader::new(&[0x02, 0x07, 0xE8, 0x03, 0x00]);
//! assert_eq!(reader.u16()?, 0x0702);
//! assert_eq!(reader.unsigned(3)?, 1000);
//! assert!(reader.is_empty());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::{Eui64, ShortAddress};
use crate::error::{Error, Result};

/// The unread part of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Of all the bytes, taken or not.
    length: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, length: bytes.len() }
    }

    /// How many bytes have been taken.
    pub const fn at(&self) -> usize {
        self.length.saturating_sub(self.rest.len())
    }

    /// What has not been taken yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all bytes have been taken.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer are left; nothing is taken then.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let Some((head, tail)) = self.rest.split_at_checked(count) else {
            return Err(Error::Truncated { at: self.at(), needed: count.saturating_sub(self.rest.len()) });
        };
        self.rest = tail;
        Ok(head)
    }

    /// All that is left.
    pub fn take_rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer are left.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((head, tail)) = self.rest.split_first_chunk::<N>() else {
            return Err(Error::Truncated { at: self.at(), needed: N.saturating_sub(self.rest.len()) });
        };
        self.rest = tail;
        Ok(*head)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`Error::Truncated`] if none is left.
    #[inline]
    pub fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(u8::from_le_bytes)
    }

    /// Two bytes.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer are left.
    #[inline]
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Four bytes.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer are left.
    #[inline]
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer are left.
    #[inline]
    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of `length` bytes, 0 to 8.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer are left.
    #[inline]
    pub fn unsigned(&mut self, length: usize) -> Result<u64> {
        let Some(eight) = self.rest.first_chunk() else {
            let bytes = self.take(length)?;
            return Ok(bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)));
        };
        let number = u64::from_le_bytes(*eight) & largest(length);
        self.take(length)?;
        Ok(number)
    }

    /// A 16-bit network address.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer than two bytes are left.
    pub fn short_address(&mut self) -> Result<ShortAddress> {
        self.u16().map(ShortAddress)
    }

    /// A 64-bit extended address.
    ///
    /// # Errors
    /// [`Error::Truncated`] if fewer than eight bytes are left.
    pub fn eui64(&mut self) -> Result<Eui64> {
        self.u64().map(Eui64)
    }
}

/// The largest number of `length` bytes, 0 to 8.
#[inline]
pub(crate) const fn largest(length: usize) -> u64 {
    const BY_LENGTH: [u64; 9] = [
        0,
        0xFF,
        0xFFFF,
        0xFF_FFFF,
        0xFFFF_FFFF,
        0xFF_FFFF_FFFF,
        0xFFFF_FFFF_FFFF,
        0xFF_FFFF_FFFF_FFFF,
        u64::MAX,
    ];
    #[expect(clippy::indexing_slicing, reason = "the length is checked")]
    if length < BY_LENGTH.len() { BY_LENGTH[length] } else { u64::MAX }
}

#[cfg(test)]
mod tests {
    use super::Reader;
    use crate::Error;

    #[test]
    fn takes_numbers_little_endian_and_says_where_bytes_are_missing() {
        let mut reader = Reader::new(&[1, 2, 0, 3, 0, 0, 0, 4]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(2));
        assert_eq!(reader.u32(), Ok(3));
        assert_eq!(reader.u64(), Err(Error::Truncated { at: 7, needed: 7 }));
        assert_eq!(reader.rest(), [4]);
        assert_eq!(reader.unsigned(1), Ok(4));
        assert!(reader.is_empty());
        assert_eq!(reader.at(), 8);
    }
}
