//! Puts together messages that came in parts.

use super::Fragment;
use crate::address::{PanId, ShortAddress};
use crate::aps::Fragmentation;
use std::collections::{BTreeMap, VecDeque};
use std::vec::Vec;

/// How many messages may be incomplete at a time; the oldest makes room for a new one.
const INCOMPLETE: usize = 32;

/// A message of more bytes is none: no length field of an application reaches further.
const LONGEST: usize = 1 << 16;

/// Messages of which parts have come.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    incomplete: VecDeque<(Message, Parts)>,
    complete: Vec<u8>,
}

/// Which message a part is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) pan: PanId,
    pub(super) source: Option<ShortAddress>,
    pub(super) endpoint: Option<u8>,
    pub(super) counter: Option<u8>,
}

#[derive(Debug, Default)]
struct Parts {
    total: Option<u8>,
    parts: BTreeMap<u8, Vec<u8>>,
}

impl Fragments {
    /// Takes a part; returns which it is, and the message where none is missing any more.
    ///
    /// Counters go round: a part that contradicts those there are is of another message, and what is missing of the one
    /// before never came.
    pub(super) fn take(
        &mut self,
        message: Message,
        fragmentation: Fragmentation,
        payload: &[u8],
    ) -> (Fragment, Option<&[u8]>) {
        let (index, total) = match fragmentation {
            Fragmentation::None => (0, Some(1)),
            Fragmentation::First { blocks } => (0, Some(blocks)),
            Fragmentation::Part { block } => (block, None),
        };
        let place = match self.incomplete.iter().position(|(known, _)| *known == message) {
            Some(place) => place,
            None => {
                if self.incomplete.len() >= INCOMPLETE {
                    self.incomplete.pop_front();
                }
                self.incomplete.push_back((message, Parts::default()));
                self.incomplete.len().saturating_sub(1)
            }
        };
        let Some((_, parts)) = self.incomplete.get_mut(place) else {
            return (Fragment { index, total }, None);
        };
        if parts.differ(index, total, payload) {
            *parts = Parts::default();
        }
        parts.put(index, total, payload);
        let fragment = Fragment { index, total: parts.total };
        if !parts.is_complete() {
            return (fragment, None);
        }
        self.complete.clear();
        if let Some((_, parts)) = self.incomplete.remove(place) {
            parts.parts.values().for_each(|part| self.complete.extend_from_slice(part));
        }
        (fragment, Some(&self.complete))
    }
}

impl Parts {
    /// Whether this part contradicts those there are.
    fn differ(&self, index: u8, total: Option<u8>, payload: &[u8]) -> bool {
        let total = total.or(self.total);
        self.total.is_some_and(|known| total != Some(known))
            || total.is_some_and(|total| index >= total || self.parts.keys().any(|known| *known >= total))
            || self.parts.get(&index).is_some_and(|known| known != payload)
    }

    /// What is too much for a message, or more parts than it has, is not kept.
    fn put(&mut self, index: u8, total: Option<u8>, payload: &[u8]) {
        self.total = total.or(self.total);
        let length = self.parts.values().fold(payload.len(), |sum, part| sum.saturating_add(part.len()));
        if length <= LONGEST && self.total.is_none_or(|total| index < total) {
            self.parts.entry(index).or_insert_with(|| payload.to_vec());
        }
    }

    fn is_complete(&self) -> bool {
        let Some(total) = self.total else { return false };
        total > 0 && self.parts.len() == usize::from(total)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fragments, INCOMPLETE, Message};
    use crate::address::PanId;
    use crate::aps::Fragmentation::{First, Part};

    fn message(counter: u8) -> Message {
        Message { pan: PanId(1), source: None, endpoint: Some(1), counter: Some(counter) }
    }

    #[test]
    fn parts_come_in_any_order_and_more_than_once() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.take(message(1), Part { block: 2 }, &[5]).1, None);
        assert_eq!(fragments.take(message(1), First { blocks: 3 }, &[1, 2]).1, None);
        assert_eq!(fragments.take(message(2), Part { block: 1 }, &[9]).1, None);
        assert_eq!(fragments.take(message(1), First { blocks: 3 }, &[1, 2]).1, None);
        let (fragment, whole) = fragments.take(message(1), Part { block: 1 }, &[3, 4]);
        assert_eq!((fragment.index, fragment.total), (1, Some(3)));
        assert_eq!(whole, Some(&[1, 2, 3, 4, 5][..]));
    }

    #[test]
    fn a_message_is_not_mixed_with_an_earlier_one_of_the_same_counter() {
        let mut fragments = Fragments::default();
        // The second part never came.
        fragments.take(message(1), First { blocks: 3 }, &[1]);
        fragments.take(message(1), Part { block: 2 }, &[3]);
        // Another first part, another number of parts, a part past the last one: all are of another message.
        for (blocks, first) in [(3, 9), (2, 9), (2, 7)] {
            assert_eq!(fragments.take(message(1), First { blocks }, &[first]).1, None);
        }
        assert_eq!(fragments.take(message(1), Part { block: 1 }, &[8]).1, Some(&[7, 8][..]));
        fragments.take(message(2), Part { block: 2 }, &[3]);
        assert_eq!(fragments.take(message(2), First { blocks: 2 }, &[1]).1, None);
        assert_eq!(fragments.take(message(2), Part { block: 1 }, &[2]).1, Some(&[1, 2][..]));
        assert_eq!(fragments.take(message(3), First { blocks: 1 }, &[5]).1, Some(&[5][..]));
    }

    #[test]
    fn a_message_without_parts_or_with_too_many_bytes_is_never_whole() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.take(message(1), First { blocks: 0 }, &[1]).1, None);
        let long = vec![0; super::LONGEST];
        fragments.take(message(2), First { blocks: 2 }, &long);
        assert_eq!(fragments.take(message(2), Part { block: 1 }, &[1]).1, None);
        let kept = |(_, parts): &(Message, super::Parts)| parts.parts.values().map(Vec::len).sum::<usize>();
        assert_eq!(fragments.incomplete.iter().map(kept).sum::<usize>(), super::LONGEST);
    }

    #[test]
    fn messages_that_never_end_make_room() {
        let mut fragments = Fragments::default();
        for counter in 0..=255 {
            fragments.take(message(counter), Part { block: 1 }, &[0]);
        }
        assert_eq!(fragments.incomplete.len(), INCOMPLETE);
    }
}
