//! Lists that commands have as fields: values, or groups of fields.
//!
//! ```
//! use cad_zigbee::energy::field::{Field, Maybe, U24};
//! use cad_zigbee::energy::list::List;
//! use cad_zigbee::reader::Reader;
//!
//! let samples = List::<Maybe<U24>>::read(&mut Reader::new(&[0xE8, 0x03, 0x00, 0xFF, 0xFF, 0xFF]))?;
//! let samples: Vec<_> = samples.iter().map(|sample| sample.get().map(U24::get)).collect();
//! assert_eq!(samples, [Some(1000), None]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::field::Field;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use core::fmt;
use core::marker::PhantomData;

/// Values or groups of fields up to the end of the command. All are known to be complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct List<'a, T> {
    bytes: &'a [u8],
    len: usize,
    item: PhantomData<T>,
}

/// A list with its length before it, as a number of type `N`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a, T, N = u8> {
    list: List<'a, T>,
    count: PhantomData<N>,
}

/// The items of a list.
#[derive(Debug, Clone)]
pub struct Items<'a, T> {
    reader: Reader<'a>,
    left: usize,
    item: PhantomData<T>,
}

impl<'a, T: Field<'a>> List<'a, T> {
    /// Writes items into a buffer, to be sent as a list.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends.
    pub fn write_items(buffer: &'a mut [u8], items: &[T]) -> Result<Self> {
        let mut writer = Writer::new(&mut *buffer);
        items.iter().try_for_each(|item| item.write(&mut writer))?;
        let end = writer.at();
        let buffer: &'a [u8] = buffer;
        Ok(Self { bytes: buffer.get(..end).unwrap_or_default(), len: items.len(), item: PhantomData })
    }

    /// Reads a list of this many items.
    pub(crate) fn read_exactly(reader: &mut Reader<'a>, len: usize) -> Result<Self> {
        let start = *reader;
        for _ in 0..len {
            T::read(reader)?;
        }
        Ok(Self::between(start, reader, len))
    }

    fn between(start: Reader<'a>, end: &Reader<'a>, len: usize) -> Self {
        let taken = end.at().saturating_sub(start.at());
        Self { bytes: start.rest().get(..taken).unwrap_or_default(), len, item: PhantomData }
    }

    /// The items, in wire order.
    pub const fn iter(&self) -> Items<'a, T> {
        Items { reader: Reader::new(self.bytes), left: self.len, item: PhantomData }
    }
}

impl<'a, T> List<'a, T> {
    /// No items.
    pub const EMPTY: Self = Self { bytes: &[], len: 0, item: PhantomData };

    /// How many items there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes they are in.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<'a, T, N> Counted<'a, T, N> {
    /// No items.
    pub const EMPTY: Self = Self { list: List::EMPTY, count: PhantomData };

    /// A list that is written with its length before it.
    pub const fn new(list: List<'a, T>) -> Self {
        Self { list, count: PhantomData }
    }

    /// How many items there are.
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<'a, T: Field<'a>, N> Counted<'a, T, N> {
    /// The items, in wire order.
    pub const fn iter(&self) -> Items<'a, T> {
        self.list.iter()
    }
}

impl<'a, T: Field<'a>> Iterator for Items<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        T::read(&mut self.reader).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, T: Field<'a>> ExactSizeIterator for Items<'a, T> {}

impl<'a, T: Field<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = Items<'a, T>;

    fn into_iter(self) -> Items<'a, T> {
        self.iter()
    }
}

impl<'a, T: Field<'a>, N> IntoIterator for Counted<'a, T, N> {
    type Item = T;
    type IntoIter = Items<'a, T>;

    fn into_iter(self) -> Items<'a, T> {
        self.iter()
    }
}

impl<'a, T: Field<'a> + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Field<'a> + fmt::Debug, N> fmt::Debug for Counted<'a, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<'a, T: Field<'a>> Field<'a> for List<'a, T> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let start = *reader;
        let mut len = 0_usize;
        while !reader.is_empty() {
            let at = reader.at();
            T::read(reader)?;
            if reader.at() == at {
                return Err(Error::Malformed { at, what: "an item without a byte" });
            }
            len = len.saturating_add(1);
        }
        Ok(Self::between(start, reader, len))
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.put(self.bytes)
    }
}

impl<'a, T: Field<'a>, N: Field<'a> + TryFrom<usize>> Field<'a> for Counted<'a, T, N>
where
    usize: From<N>,
{
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let len = usize::from(N::read(reader)?);
        List::read_exactly(reader, len).map(Self::new)
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const TOO_LONG: Error = Error::Unwritable { what: "a list longer than its count can say" };
        N::try_from(self.list.len).map_err(|_| TOO_LONG)?.write(writer)?;
        self.list.write(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, List};
    use crate::energy::field::Field;
    use crate::error::Error;
    use crate::reader::Reader;
    use crate::writer::Writer;

    #[test]
    fn a_list_with_a_part_of_an_item_at_its_end_is_refused() {
        let mut reader = Reader::new(&[1, 0, 2]);
        assert_eq!(List::<u16>::read(&mut reader), Err(Error::Truncated { at: 2, needed: 1 }));
        let mut reader = Reader::new(&[2, 1, 0, 2]);
        assert_eq!(Counted::<u16>::read(&mut reader), Err(Error::Truncated { at: 3, needed: 1 }));
        let mut reader = Reader::new(&[1, 1, 0, 2]);
        assert_eq!(Counted::<u16>::read(&mut reader).unwrap().iter().collect::<Vec<_>>(), [1]);
        assert_eq!(reader.rest(), [2]);
    }

    #[test]
    fn what_is_longer_than_its_count_can_say_is_not_written() {
        let mut buffer = [0; 600];
        let mut writer = Writer::new(&mut buffer);
        let mut items = [0; 256];
        let list = Counted::<u8>::new(List::write_items(&mut items, &[7_u8; 256]).unwrap());
        let error = list.write(&mut writer).unwrap_err();
        assert_eq!(error.to_string(), "a list longer than its count can say cannot be written");
    }
}
