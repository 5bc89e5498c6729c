//! Puts together messages that came in parts.

use super::Fragment;
use crate::address::{PanId, ShortAddress};
use crate::aps::Fragmentation;
use std::collections::{BTreeMap, VecDeque};
use std::vec::Vec;

/// How many messages may be incomplete at a time; the oldest makes room for a new one.
const INCOMPLETE: usize = 32;

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
        parts.total = total.or(parts.total);
        parts.parts.insert(index, payload.to_vec());
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
    fn is_complete(&self) -> bool {
        let Some(total) = self.total else { return false };
        (0..total).all(|index| self.parts.contains_key(&index)) && self.parts.len() == usize::from(total)
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
    fn messages_that_never_end_make_room() {
        let mut fragments = Fragments::default();
        for counter in 0..=255 {
            fragments.take(message(counter), Part { block: 1 }, &[0]);
        }
        assert_eq!(fragments.incomplete.len(), INCOMPLETE);
    }
}
