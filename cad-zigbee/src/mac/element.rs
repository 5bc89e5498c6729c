//! Information elements of frame version 2: what the MAC says beside addresses and payload.
//!
//! Zigbee has them on its bands below 1 GHz: enhanced beacons, and requests for them.
//!
//! ```
//! use cad_zigbee::mac::element::{Element, Elements, Kind};
//!
//! let bytes = [0x02, 0x1D, 0xAA, 0xBB, 0x80, 0x3F];
//! let mut elements = Elements::new(&bytes);
//! assert_eq!(elements.next(), Some(Ok(Element { kind: Kind::Header, id: 0x3A, content: &[0xAA, 0xBB] })));
//! assert_eq!(elements.next().unwrap()?.id, Element::PAYLOAD_FOLLOWS);
//! assert_eq!(elements.next(), None);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

/// One information element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// In which list it stands.
    pub kind: Kind,
    /// The element identifier of a header element, 0 to 0xFF; the group of a payload element, 0 to 0xF.
    pub id: u8,
    /// Its content; of the payload group [`Element::MLME`], elements again: see [`Nested`].
    pub content: &'a [u8],
}

/// In which list an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Among the header elements, which are never encrypted.
    Header,
    /// Among the payload elements.
    Payload,
}

impl Element<'_> {
    /// Ends the header elements: payload elements follow.
    pub const PAYLOAD_ELEMENTS_FOLLOW: u8 = 0x7E;
    /// Ends the header elements: the payload follows.
    pub const PAYLOAD_FOLLOWS: u8 = 0x7F;
    /// The group of payload elements that holds the nested elements of the MAC.
    pub const MLME: u8 = 0x1;
    /// The group of payload elements that vendors define: an OUI of 3 bytes, then their own.
    pub const VENDOR: u8 = 0x2;
    /// Ends the payload elements.
    pub const LAST_PAYLOAD_ELEMENT: u8 = 0xF;

    const fn is_last(&self, payload_elements: bool) -> bool {
        match self.kind {
            Kind::Header => {
                self.id == Self::PAYLOAD_FOLLOWS
                    || (self.id == Self::PAYLOAD_ELEMENTS_FOLLOW && !payload_elements)
            }
            Kind::Payload => self.id == Self::LAST_PAYLOAD_ELEMENT,
        }
    }

    /// Writes the element.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the group is over 0xF, or the content longer than
    /// 127 bytes in the header or 2047 in the payload.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const WHAT: Error = Error::Unwritable { what: "so long an information element, or such a group" };
        let length = u16::try_from(self.content.len()).map_err(|_| WHAT)?;
        let descriptor = match self.kind {
            Kind::Header if length <= 0x7F => (u16::from(self.id) << 7) | length,
            Kind::Payload if length <= 0x7FF && self.id <= 0xF => {
                PAYLOAD_KIND | (u16::from(self.id) << 11) | length
            }
            Kind::Header | Kind::Payload => return Err(WHAT),
        };
        writer.u16(descriptor)?;
        writer.put(self.content)
    }
}

/// Set in the descriptor of a payload element, clear in that of a header element.
const PAYLOAD_KIND: u16 = 1 << 15;

/// Iterates over elements as they are in a frame; ends after the last one, or the first that cannot be read.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    reader: Reader<'a>,
    kind: Option<Kind>,
    payload_elements: bool,
}

impl<'a> Elements<'a> {
    /// The elements of [`Frame::information_elements`](super::Frame::information_elements).
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(bytes), kind: Some(Kind::Header), payload_elements: true }
    }

    /// The elements at which `reader` stands. Where the payload is encrypted, so are payload elements, and those in the
    /// header are the only ones.
    pub(super) const fn at(reader: Reader<'a>, encrypted: bool) -> Self {
        Self { reader, kind: Some(Kind::Header), payload_elements: !encrypted }
    }

    /// Steps over all; returns the reader behind them.
    pub(super) fn skip_all(mut self) -> Result<Reader<'a>> {
        for element in self.by_ref() {
            element?;
        }
        Ok(self.reader)
    }

    /// Whether an element has been seen behind which there is none.
    pub(super) const fn has_ended(&self) -> bool {
        self.kind.is_none()
    }

    /// What has not been read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }

    fn read(&mut self, kind: Kind) -> Result<Element<'a>> {
        let at = self.reader.at();
        let descriptor = self.reader.u16()?;
        if (descriptor & PAYLOAD_KIND != 0) != (kind == Kind::Payload) {
            return Err(Error::Malformed { at, what: "an information element of the other list" });
        }
        let (id, length) = match kind {
            Kind::Header => (descriptor >> 7, descriptor & 0x7F),
            Kind::Payload => ((descriptor >> 11) & 0xF, descriptor & 0x7FF),
        };
        Ok(Element { kind, id: id.to_le_bytes()[0], content: self.reader.take(usize::from(length))? })
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.kind?;
        if self.reader.is_empty() {
            return None;
        }
        let element = self.read(kind);
        self.kind = match element {
            Ok(element) if element.is_last(self.payload_elements) => None,
            Ok(Element { kind: Kind::Header, id: Element::PAYLOAD_ELEMENTS_FOLLOW, .. }) => {
                Some(Kind::Payload)
            }
            Ok(_) => Some(kind),
            Err(_) => None,
        };
        Some(element)
    }
}

/// One element of the MAC within a payload element of the group [`Element::MLME`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NestedElement<'a> {
    /// 0 to 0xF of the long form, 0x10 to 0x7F of the short form; for instance 0x1E, the filter of an enhanced beacon
    /// request.
    pub id: u8,
    /// Its content.
    pub content: &'a [u8],
}

/// Iterates over the elements in the content of a payload element of the group [`Element::MLME`]; ends after the first
/// that cannot be read.
#[derive(Debug, Clone)]
pub struct Nested<'a> {
    reader: Reader<'a>,
}

impl<'a> Nested<'a> {
    /// The elements in this content.
    pub const fn new(content: &'a [u8]) -> Self {
        Self { reader: Reader::new(content) }
    }
}

impl<'a> Iterator for Nested<'a> {
    type Item = Result<NestedElement<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        const LONG_FORM: u16 = 1 << 15;
        if self.reader.is_empty() {
            return None;
        }
        let mut read = || {
            let descriptor = self.reader.u16()?;
            let (id, length) = if descriptor & LONG_FORM != 0 {
                ((descriptor >> 11) & 0xF, descriptor & 0x7FF)
            } else {
                ((descriptor >> 8) & 0x7F, descriptor & 0xFF)
            };
            Ok(NestedElement { id: id.to_le_bytes()[0], content: self.reader.take(usize::from(length))? })
        };
        let element = read();
        if element.is_err() {
            self.reader.take_rest();
        }
        Some(element)
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, Elements, Kind, Nested, NestedElement};
    use crate::error::Error;
    use crate::reader::Reader;
    use crate::writer::Writer;
    use std::vec::Vec;

    fn written(elements: &[Element<'_>]) -> Vec<u8> {
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        elements.iter().for_each(|element| element.write(&mut writer).unwrap());
        writer.written().to_vec()
    }

    const LISTS: [Element<'_>; 4] = [
        Element { kind: Kind::Header, id: 0x1A, content: &[1, 2] },
        Element { kind: Kind::Header, id: Element::PAYLOAD_ELEMENTS_FOLLOW, content: &[] },
        Element { kind: Kind::Payload, id: Element::MLME, content: &[1, 0x1E, 3, 0x02, 0x90, 8, 9] },
        Element { kind: Kind::Payload, id: Element::LAST_PAYLOAD_ELEMENT, content: &[] },
    ];

    #[test]
    fn both_lists_read_back() {
        let bytes = written(&LISTS);
        assert!(Elements::new(&bytes).eq(LISTS.map(Ok)));
        let nested = [NestedElement { id: 0x1E, content: &[3] }, NestedElement { id: 2, content: &[8, 9] }];
        assert!(Nested::new(LISTS[2].content).eq(nested.map(Ok)));
    }

    #[test]
    fn encrypted_payload_elements_are_payload() {
        let bytes = written(&LISTS);
        let reader = Elements::at(Reader::new(&bytes), true).skip_all().unwrap();
        assert_eq!(reader.at(), 6);
        let reader = Elements::at(Reader::new(&bytes), false).skip_all().unwrap();
        assert!(reader.is_empty());
    }

    #[test]
    fn an_element_of_the_other_list_or_too_long_is_refused() {
        let bytes = written(&[LISTS[2]]);
        let refused = Err(Error::Malformed { at: 0, what: "an information element of the other list" });
        assert!(Elements::new(&bytes).eq([refused]));
        assert!(matches!(Elements::new(&[2, 0x1D, 0]).next(), Some(Err(Error::Truncated { at: 2, .. }))));
        assert!(matches!(Nested::new(&[2, 0x1E, 0]).next(), Some(Err(Error::Truncated { at: 2, .. }))));
        for (kind, id, length) in [(Kind::Header, 1, 128), (Kind::Payload, 1, 2048), (Kind::Payload, 16, 0)] {
            let content = &[0; 2048][..length];
            let error = Element { kind, id, content }.write(&mut Writer::new(&mut [0; 4096]));
            assert!(matches!(error, Err(Error::Unwritable { .. })));
        }
    }
}
