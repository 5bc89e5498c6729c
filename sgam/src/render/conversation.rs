//! Exchanges gathered by who talks to whom: one arrow of a picture.

use alloc::vec::Vec;

use crate::{Actor, Exchange};

/// All messages between two actors over one protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversation<'a> {
    pub(super) protocol: &'a str,
    /// The sender of the first message.
    pub(super) a: &'a Actor,
    pub(super) b: &'a Actor,
    /// Messages from `a` to `b`, without repeats.
    pub(super) there: Vec<&'a str>,
    /// Messages from `b` to `a`, without repeats.
    pub(super) back: Vec<&'a str>,
}

impl<'a> Conversation<'a> {
    /// Gathers exchanges; conversations and their messages keep the order of first appearance.
    pub(super) fn gather(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for exchange in exchanges {
            let found = all.iter().position(|conversation| {
                conversation.protocol == exchange.protocol && exchange.between(conversation.a, conversation.b)
            });
            let at = found.unwrap_or_else(|| {
                all.push(Self {
                    protocol: exchange.protocol,
                    a: exchange.from,
                    b: exchange.to,
                    there: Vec::new(),
                    back: Vec::new(),
                });
                all.len() - 1
            });
            let conversation = &mut all[at];
            let messages = if conversation.a == exchange.from {
                &mut conversation.there
            } else {
                &mut conversation.back
            };
            if !messages.contains(&exchange.message) {
                messages.push(exchange.message);
            }
        }
        all
    }

    /// The actors of these conversations, in order of first appearance.
    pub(super) fn actors(all: &[Self]) -> Vec<&'a Actor> {
        distinct(all.iter().flat_map(|conversation| [conversation.a, conversation.b]))
    }

    /// The protocols of these conversations, in order of first appearance.
    pub(super) fn protocols(all: &[Self]) -> Vec<&'a str> {
        distinct(all.iter().map(|conversation| conversation.protocol))
    }
}

/// The first appearance of each item.
pub(super) fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Link, actors};

    const TRADE: Link =
        Link { protocol: "UFTP", from: &actors::DSO, to: &actors::AGGREGATOR, layers: Layers::EMPTY };

    #[test]
    fn gathers_both_directions_and_drops_repeats() {
        let exchanges = [
            TRADE.carries("FlexRequest", "1"),
            TRADE.reversed().carries("FlexOffer", "2"),
            TRADE.carries("FlexRequest", "1"),
            Link { protocol: "Mail", ..TRADE }.carries("Letter", "3"),
        ];
        let gathered = Conversation::gather(&exchanges);
        assert_eq!(gathered.len(), 2);
        assert_eq!(gathered[0].there, ["FlexRequest"]);
        assert_eq!(gathered[0].back, ["FlexOffer"]);
        assert_eq!(Conversation::protocols(&gathered), ["UFTP", "Mail"]);
        assert_eq!(Conversation::actors(&gathered), [&actors::DSO, &actors::AGGREGATOR]);
    }
}
