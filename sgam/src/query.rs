//! Questions about many exchanges at once.

use crate::{Actor, Domain, Exchange, Layer, Zone};

/// Narrows any iterator of exchanges; each step returns an iterator, so steps combine in any order.
///
/// Every step is the method of the same name on [`Exchange`], as a filter.
///
/// ```
/// use sgam::{Domain, Exchange, Layer, Layers, Link, Query, actors};
///
/// const FROM_DSO: Link = Link {
///     protocol: "OpenADR 2.0b",
///     from: &actors::VTN_DSO,
///     to: &actors::VEN,
///     layers: Layers { information: &["OpenADR 2.0b"], ..Layers::EMPTY },
/// };
/// const FROM_AGGREGATOR: Link = Link { from: &actors::VTN_AGGREGATOR, ..FROM_DSO };
/// const EVENT: [Exchange; 2] = [
///     FROM_DSO.carries("oadr:oadrDistributeEvent", "EiEvent service"),
///     FROM_AGGREGATOR.carries("oadr:oadrDistributeEvent", "EiEvent service"),
/// ];
///
/// let found: Vec<_> = EVENT
///     .iter()
///     .crosses(Domain::CustomerPremises, Domain::Distribution)
///     .on(Layer::Information)
///     .collect();
/// assert_eq!(found, [&EVENT[0]]);
/// ```
pub trait Query<'a>: Iterator<Item = &'a Exchange> + Sized {
    /// Those with one end in domain `a` and the other in domain `b`.
    fn crosses(self, a: Domain, b: Domain) -> impl Iterator<Item = &'a Exchange> {
        self.filter(move |exchange| exchange.crosses(a, b))
    }

    /// Those with an end in `zone`.
    fn touches(self, zone: Zone) -> impl Iterator<Item = &'a Exchange> {
        self.filter(move |exchange| exchange.touches(zone))
    }

    /// Those that state something about `layer`.
    fn on(self, layer: Layer) -> impl Iterator<Item = &'a Exchange> {
        self.filter(move |exchange| exchange.on(layer))
    }

    /// Those that travel between two actors, in either direction.
    fn between(self, a: &Actor, b: &Actor) -> impl Iterator<Item = &'a Exchange> {
        self.filter(move |exchange| exchange.between(a, b))
    }
}

impl<'a, I: Iterator<Item = &'a Exchange>> Query<'a> for I {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Link, actors};
    use alloc::vec::Vec;

    const TRADE: Link = Link {
        protocol: "UFTP 3.1",
        from: &actors::DSO,
        to: &actors::AGGREGATOR,
        layers: Layers { business: &["flexibility trade"], ..Layers::EMPTY },
    };
    const EVENTS: Link = Link {
        protocol: "OpenADR 2.0b",
        from: &actors::VTN_AGGREGATOR,
        to: &actors::VEN,
        layers: Layers::EMPTY,
    };
    const ALL: [Exchange; 3] = [
        TRADE.carries("FlexRequest", "4"),
        TRADE.reversed().carries("FlexOffer", "4"),
        EVENTS.carries("oadr:oadrDistributeEvent", "EiEvent service"),
    ];

    fn messages<'a>(exchanges: impl Iterator<Item = &'a Exchange>) -> Vec<&'a str> {
        exchanges.map(|exchange| exchange.message).collect()
    }

    #[test]
    fn answers_each_question() {
        let trade = ["FlexRequest", "FlexOffer"];
        assert_eq!(messages(ALL.iter().crosses(Domain::Der, Domain::Distribution)), trade);
        assert_eq!(messages(ALL.iter().touches(Zone::Market)), trade);
        assert_eq!(messages(ALL.iter().on(Layer::Business)), trade);
        assert_eq!(messages(ALL.iter().between(&actors::AGGREGATOR, &actors::DSO)), trade);
    }

    #[test]
    fn combines_questions_in_any_order() {
        let one =
            messages(ALL.iter().touches(Zone::Enterprise).crosses(Domain::Der, Domain::CustomerPremises));
        let other =
            messages(ALL.iter().crosses(Domain::Der, Domain::CustomerPremises).touches(Zone::Enterprise));
        assert_eq!(one, ["oadr:oadrDistributeEvent"]);
        assert_eq!(one, other);
    }
}
