//! Puts together messages that a coprocessor hands over in parts.
//!
//! ```
//! use cad_zigbee::link::{Assembler, ezsp};
//!
//! let mut assembler = Assembler::<4, 1024>::new();
//! let part = |block, blocks, payload: &[u8]| {
//!     let aps = [0x09, 0x01, 0x02, 0x07, 1, 1, 0x00, 0x80, block, blocks, 9];
//!     [&[0, 0x90, 1, 0x45, 0, 0], &aps[..], &[200, 0xC3, 0x4E, 0x2B, 0xFF, 0xFF, 3], payload].concat()
//! };
//! let mut whole = Vec::new();
//! for bytes in [part(0, 2, &[0x18, 1, 0x0A]), part(1, 0, &[0x00, 0x00, 0x20])] {
//!     let frame = ezsp::Frame::read(&bytes, ezsp::Version(13))?;
//!     let message = ezsp::IncomingMessage::read(&frame, ezsp::Version(13))?.indication();
//!     if let Some(message) = assembler.take(&message) {
//!         whole.extend_from_slice(message.payload);
//!     }
//! }
//! assert_eq!(whole, [0x18, 1, 0x0A, 0x00, 0x00, 0x20]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::{ApsIndication, Sender};
use crate::aps::Fragmentation;
use crate::zcl::ClusterId;

/// How many parts a message may have.
const BLOCKS: usize = 32;

/// Keeps the parts of at most `MESSAGES` messages, of at most `SIZE` bytes each, until none is missing.
///
/// A message of more parts than 32 or more bytes is dropped, and so is the one that began first where there are too
/// many. All space is within the value: `MESSAGES` + 1 times `SIZE` bytes and a little more.
#[derive(Debug, Clone)]
pub struct Assembler<const MESSAGES: usize, const SIZE: usize> {
    slots: [Slot<SIZE>; MESSAGES],
    complete: [u8; SIZE],
    started: u64,
    dropped: u64,
}

/// The parts of one message.
#[derive(Debug, Clone)]
struct Slot<const SIZE: usize> {
    message: Option<Message>,
    /// Which of all messages it was, for the oldest to make room.
    started: u64,
    total: Option<u8>,
    /// Where in `bytes` each part is.
    parts: [Option<(usize, usize)>; BLOCKS],
    used: usize,
    bytes: [u8; SIZE],
}

/// Which message a part is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Message {
    sender: Sender,
    profile: Option<u16>,
    cluster: ClusterId,
    endpoints: (u8, u8),
    counter: Option<u8>,
}

impl<const MESSAGES: usize, const SIZE: usize> Default for Assembler<MESSAGES, SIZE> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const MESSAGES: usize, const SIZE: usize> Assembler<MESSAGES, SIZE> {
    /// Holds no parts.
    pub fn new() -> Self {
        Self {
            slots: core::array::from_fn(|_| Slot {
                message: None,
                started: 0,
                total: None,
                parts: [None; BLOCKS],
                used: 0,
                bytes: [0; SIZE],
            }),
            complete: [0; SIZE],
            started: 0,
            dropped: 0,
        }
    }

    /// Takes what came; returns the message where it is whole: at once if it came in one, else with its last part.
    ///
    /// Parts may come in any order and more than once.
    pub fn take<'a>(&'a mut self, part: &ApsIndication<'a>) -> Option<ApsIndication<'a>> {
        let (block, total) = match part.fragmentation {
            Fragmentation::None => return Some(*part),
            Fragmentation::First { blocks } => (0, Some(blocks)),
            Fragmentation::Part { block } => (block, None),
        };
        let message = Message {
            sender: part.sender,
            profile: part.profile,
            cluster: part.cluster,
            endpoints: (part.source_endpoint, part.destination_endpoint),
            counter: part.counter,
        };
        let place = self.place(message);
        let slot = self.slots.get_mut(place)?;
        if slot.differs(block, total, part.payload) {
            // The counter went round: this is another message, and the rest of the old one never came.
            self.dropped = self.dropped.saturating_add(1);
            slot.start(message, self.started);
        }
        if slot.put(block, total, part.payload).is_none() {
            slot.message = None;
            self.dropped = self.dropped.saturating_add(1);
            return None;
        }
        let length = slot.copy_whole(&mut self.complete)?;
        slot.message = None;
        let payload = self.complete.get(..length)?;
        Some(ApsIndication { fragmentation: Fragmentation::None, payload, ..*part })
    }

    /// How many messages were dropped before they were whole. The number stops at its maximum.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The slot that has the message, else one that has it from now on.
    fn place(&mut self, message: Message) -> usize {
        if let Some(known) = self.slots.iter().position(|slot| slot.message == Some(message)) {
            return known;
        }
        let free = self.slots.iter().position(|slot| slot.message.is_none());
        let place = free.unwrap_or_else(|| {
            self.dropped = self.dropped.saturating_add(1);
            let oldest = self.slots.iter().enumerate().min_by_key(|(_, slot)| slot.started);
            oldest.map_or(0, |(place, _)| place)
        });
        self.started = self.started.saturating_add(1);
        if let Some(slot) = self.slots.get_mut(place) {
            slot.start(message, self.started);
        }
        place
    }
}

impl<const SIZE: usize> Slot<SIZE> {
    const fn start(&mut self, message: Message, started: u64) {
        self.message = Some(message);
        self.started = started;
        self.total = None;
        self.parts = [None; BLOCKS];
        self.used = 0;
    }

    fn part(&self, block: u8) -> Option<&[u8]> {
        let (start, end) = (*self.parts.get(usize::from(block))?)?;
        self.bytes.get(start..end)
    }

    /// Whether this part contradicts what is known of the message.
    fn differs(&self, block: u8, total: Option<u8>, payload: &[u8]) -> bool {
        self.part(block).is_some_and(|known| known != payload)
            || total.zip(self.total).is_some_and(|(total, known)| total != known)
    }

    /// `None` if the message has too many parts or bytes.
    fn put(&mut self, block: u8, total: Option<u8>, payload: &[u8]) -> Option<()> {
        self.total = total.or(self.total);
        let space = self.parts.get_mut(usize::from(block))?;
        if space.is_none() {
            let end = self.used.checked_add(payload.len())?;
            self.bytes.get_mut(self.used..end)?.copy_from_slice(payload);
            *space = Some((self.used, end));
            self.used = end;
        }
        let total = self.total.map_or(BLOCKS, usize::from);
        let behind = self.parts.get(total..)?;
        if total > 0 && behind.iter().all(Option::is_none) { Some(()) } else { None }
    }

    /// Puts the parts one behind the other; `None` if one is missing.
    fn copy_whole(&self, out: &mut [u8; SIZE]) -> Option<usize> {
        let mut length = 0_usize;
        for block in 0..self.total? {
            let part = self.part(block)?;
            let end = length.checked_add(part.len())?;
            out.get_mut(length..end)?.copy_from_slice(part);
            length = end;
        }
        Some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::Assembler;
    use crate::aps::Fragmentation::{self, First, Part};
    use crate::link::{ApsIndication, Sender};
    use crate::zcl::ClusterId;
    use std::vec::Vec;

    fn part(counter: u8, fragmentation: Fragmentation, payload: &[u8]) -> ApsIndication<'_> {
        ApsIndication {
            profile: Some(0x0109),
            cluster: ClusterId::METERING,
            sender: Sender::known(0x2B4E, 0),
            source_endpoint: 1,
            destination_endpoint: 1,
            group: None,
            counter: Some(counter),
            fragmentation,
            lqi: None,
            rssi_dbm: None,
            payload,
        }
    }

    fn take(assembler: &mut Assembler<2, 8>, part: ApsIndication<'_>) -> Option<Vec<u8>> {
        assembler.take(&part).map(|whole| {
            assert_eq!(whole.fragmentation, Fragmentation::None);
            whole.payload.to_vec()
        })
    }

    #[test]
    fn parts_come_in_any_order_and_more_than_once() {
        let mut assembler = Assembler::new();
        assert_eq!(take(&mut assembler, part(1, Part { block: 2 }, &[5])), None);
        assert_eq!(take(&mut assembler, part(2, First { blocks: 2 }, &[9])), None);
        for _ in 0..2 {
            assert_eq!(take(&mut assembler, part(1, First { blocks: 3 }, &[1, 2])), None);
        }
        let whole = take(&mut assembler, part(1, Part { block: 1 }, &[3, 4]));
        assert_eq!(whole, Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(take(&mut assembler, part(3, Fragmentation::None, &[7; 20])), Some(vec![7; 20]));
        assert_eq!(take(&mut assembler, part(2, Part { block: 1 }, &[8])), Some(vec![9, 8]));
        assert_eq!(assembler.dropped(), 0);
    }

    #[test]
    fn the_message_that_began_first_makes_room() {
        let mut assembler = Assembler::new();
        for counter in 1..=3 {
            assert_eq!(take(&mut assembler, part(counter, First { blocks: 2 }, &[counter])), None);
        }
        assert_eq!(assembler.dropped(), 1);
        assert_eq!(take(&mut assembler, part(3, Part { block: 1 }, &[0])), Some(vec![3, 0]));
        assert_eq!(take(&mut assembler, part(2, Part { block: 1 }, &[0])), Some(vec![2, 0]));
        assert_eq!(take(&mut assembler, part(1, Part { block: 1 }, &[0])), None);
    }

    #[test]
    fn a_message_too_large_or_of_impossible_parts_is_dropped() {
        let mut assembler = Assembler::new();
        for (counter, parts) in [
            (1, [part(1, First { blocks: 2 }, &[0; 5]), part(1, Part { block: 1 }, &[0; 4])]),
            (2, [part(2, First { blocks: 2 }, &[0]), part(2, Part { block: 2 }, &[0])]),
            (3, [part(3, Part { block: 1 }, &[0]), part(3, First { blocks: 1 }, &[0])]),
        ] {
            assert!(parts.iter().all(|part| assembler.take(part).is_none()));
            assert_eq!(assembler.dropped(), counter);
        }
        for single in [First { blocks: 0 }, First { blocks: 33 }, Part { block: 32 }] {
            let before = assembler.dropped();
            assert_eq!(take(&mut assembler, part(9, single, &[])), None);
            assert_eq!(assembler.dropped(), before + 1);
        }
    }

    #[test]
    fn another_message_with_the_same_counter_starts_anew() {
        let mut assembler = Assembler::new();
        assert_eq!(take(&mut assembler, part(1, First { blocks: 3 }, &[1])), None);
        assert_eq!(take(&mut assembler, part(1, First { blocks: 2 }, &[2])), None);
        assert_eq!(take(&mut assembler, part(1, Part { block: 1 }, &[3])), Some(vec![2, 3]));
        assert_eq!(assembler.dropped(), 1);
        assert!(Assembler::<0, 8>::new().take(&part(1, First { blocks: 2 }, &[1])).is_none());
    }
}
