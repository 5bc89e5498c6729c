//! Puts fields into a caller's buffer in wire order; all numbers are little endian.
//!
//! ```
//! use cad_zigbee::writer::Writer;
//!
//! let mut buffer = [0; 8];
//! let mut writer = Writer::new(&mut buffer);
//! writer.u16(0x0702)?;
//! writer.unsigned(1000, 3)?;
//! assert_eq!(writer.written(), [0x02, 0x07, 0xE8, 0x03, 0x00]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::{Eui64, ShortAddress};
use crate::error::{Error, Result};

/// A buffer and how much of it is in use.
#[derive(Debug)]
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    at: usize,
}

impl<'b> Writer<'b> {
    /// Starts at the first byte of `buffer`.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, at: 0 }
    }

    /// How many bytes have been put.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// What has been put so far.
    pub fn written(&self) -> &[u8] {
        self.buffer.get(..self.at).unwrap_or_default()
    }

    /// What has been put so far, to be changed in place.
    pub fn written_mut(&mut self) -> &mut [u8] {
        self.buffer.get_mut(..self.at).unwrap_or_default()
    }

    /// Puts bytes as they are.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if they do not fit; nothing is put then.
    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.at.saturating_add(bytes.len());
        match self.buffer.get_mut(self.at..end) {
            Some(space) => {
                space.copy_from_slice(bytes);
                self.at = end;
                Ok(())
            }
            None => Err(Error::NoSpace { at: self.at, needed: end.saturating_sub(self.buffer.len()) }),
        }
    }

    /// Puts one byte.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if it does not fit.
    pub fn u8(&mut self, value: u8) -> Result<()> {
        self.put(&[value])
    }

    /// Puts two bytes.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if they do not fit.
    pub fn u16(&mut self, value: u16) -> Result<()> {
        self.put(&value.to_le_bytes())
    }

    /// Puts four bytes.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if they do not fit.
    pub fn u32(&mut self, value: u32) -> Result<()> {
        self.put(&value.to_le_bytes())
    }

    /// Puts eight bytes.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if they do not fit.
    pub fn u64(&mut self, value: u64) -> Result<()> {
        self.put(&value.to_le_bytes())
    }

    /// Puts the low `length` bytes of a number, 0 to 8.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if they do not fit.
    pub fn unsigned(&mut self, value: u64, length: usize) -> Result<()> {
        self.put(value.to_le_bytes().get(..length).unwrap_or(&value.to_le_bytes()))
    }

    /// Puts a 16-bit network address.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if it does not fit.
    pub fn short_address(&mut self, address: ShortAddress) -> Result<()> {
        self.u16(address.0)
    }

    /// Puts a 64-bit extended address.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if it does not fit.
    pub fn eui64(&mut self, address: Eui64) -> Result<()> {
        self.u64(address.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;
    use crate::Error;

    #[test]
    fn puts_nothing_of_what_does_not_fit() {
        let mut buffer = [0; 3];
        let mut writer = Writer::new(&mut buffer);
        assert_eq!(writer.u16(0x0201), Ok(()));
        assert_eq!(writer.u32(0), Err(Error::NoSpace { at: 2, needed: 3 }));
        assert_eq!(writer.u8(3), Ok(()));
        assert_eq!(writer.written(), [1, 2, 3]);
    }
}
