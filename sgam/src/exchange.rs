//! A message on its way from one actor to another.

use crate::{Actor, Domain, Layer, Layers, Zone};

/// One message from one actor to another, with what stands on each layer.
///
/// A message may travel in several places: an event comes from the server of a network operator or from that
/// of an aggregator. Each place is an exchange of its own. [`Link::carries`] makes one in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// The message's name on the wire, such as `"oadr:oadrDistributeEvent"`.
    pub message: &'static str,
    /// The protocol and its edition, such as `"OpenADR 2.0b"`.
    pub protocol: &'static str,
    /// Who sends it.
    pub from: &'static Actor,
    /// Who receives it.
    pub to: &'static Actor,
    /// What stands on each layer.
    pub layers: Layers,
    /// Where the standard defines it: document, edition and section.
    pub clause: &'static str,
}

impl Exchange {
    /// Whether one end is in domain `a` and the other in domain `b`, in either direction.
    pub fn crosses(&self, a: Domain, b: Domain) -> bool {
        (self.from.in_domain(a) && self.to.in_domain(b)) || (self.from.in_domain(b) && self.to.in_domain(a))
    }

    /// Whether one end has a cell in `zone`.
    pub fn touches(&self, zone: Zone) -> bool {
        self.from.in_zone(zone) || self.to.in_zone(zone)
    }

    /// Whether something is stated about `layer`. The component layer always holds the two actors.
    pub fn on(&self, layer: Layer) -> bool {
        layer == Layer::Component || !self.layers.on(layer).is_empty()
    }

    /// Whether it travels between `a` and `b`, in either direction.
    pub fn between(&self, a: &Actor, b: &Actor) -> bool {
        (self.from == a && self.to == b) || (self.from == b && self.to == a)
    }
}

/// What the messages from one actor to another have in common.
///
/// ```
/// use sgam::{Layers, Link, actors};
///
/// const DOWN: Link = Link {
///     protocol: "OpenADR 2.0b",
///     from: &actors::VTN_DSO,
///     to: &actors::VEN,
///     layers: Layers { communication: &["HTTPS", "XML"], information: &["OpenADR 2.0b"], ..Layers::EMPTY },
/// };
/// const EVENTS: Link = DOWN.with_function(&["demand-response event dispatch"]);
///
/// let event = EVENTS.carries("oadr:oadrDistributeEvent", "OpenADR 2.0b, EiEvent service");
/// let answer = EVENTS.reversed().carries("oadr:oadrCreatedEvent", "OpenADR 2.0b, EiEvent service");
/// assert_eq!((event.to, answer.from), (&actors::VEN, &actors::VEN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link {
    /// The protocol and its edition, such as `"OpenADR 2.0b"`.
    pub protocol: &'static str,
    /// Who sends.
    pub from: &'static Actor,
    /// Who receives.
    pub to: &'static Actor,
    /// What stands on each layer.
    pub layers: Layers,
}

impl Link {
    /// The exchange of one message over this link.
    pub const fn carries(self, message: &'static str, clause: &'static str) -> Exchange {
        let Self { protocol, from, to, layers } = self;
        Exchange { message, protocol, from, to, layers, clause }
    }

    /// The same link with its ends swapped.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }

    /// The same link with these functions on the function layer.
    #[must_use]
    pub const fn with_function(self, function: &'static [&'static str]) -> Self {
        Self { layers: Layers { function, ..self.layers }, ..self }
    }

    /// The same link with these reasons on the business layer.
    #[must_use]
    pub const fn with_business(self, business: &'static [&'static str]) -> Self {
        Self { layers: Layers { business, ..self.layers }, ..self }
    }
}

/// A message, or an enum of messages, that knows its place in the model.
///
/// Implement it with a `match` that names every variant and has no wildcard. A message without a placement
/// then does not compile:
///
/// ```
/// use sgam::{Exchange, Layers, Link, Placed, actors};
///
/// enum Message {
///     Poll,
///     Response(u16),
/// }
///
/// const UP: Link = Link {
///     protocol: "Example",
///     from: &actors::VEN,
///     to: &actors::VTN_AGGREGATOR,
///     layers: Layers { communication: &["HTTPS"], ..Layers::EMPTY },
/// };
/// const POLL: &[Exchange] = &[UP.carries("poll", "1.1")];
/// const RESPONSE: &[Exchange] = &[UP.carries("response", "1.2"), UP.reversed().carries("response", "1.2")];
///
/// impl Placed for Message {
///     const EXCHANGES: &'static [&'static [Exchange]] = &[POLL, RESPONSE];
///
///     fn exchanges(&self) -> &'static [Exchange] {
///         match self {
///             Self::Poll => POLL,
///             Self::Response(_) => RESPONSE,
///         }
///     }
/// }
///
/// assert_eq!(Message::Response(200).exchanges().len(), 2);
/// assert_eq!(Message::every_exchange().count(), 3);
/// ```
///
/// The same with a variant that nobody placed:
///
/// ```compile_fail,E0004
/// # use sgam::{Exchange, Placed};
/// # const POLL: &[Exchange] = &[];
/// # const RESPONSE: &[Exchange] = &[];
/// enum Message {
///     Poll,
///     Response(u16),
///     Forgotten,
/// }
///
/// impl Placed for Message {
///     const EXCHANGES: &'static [&'static [Exchange]] = &[POLL, RESPONSE];
///
///     fn exchanges(&self) -> &'static [Exchange] {
///         match self {
///             Self::Poll => POLL,
///             Self::Response(_) => RESPONSE,
///         }
///     }
/// }
/// ```
pub trait Placed {
    /// Every placement of every message: one list a message, in the standard's order.
    const EXCHANGES: &'static [&'static [Exchange]];

    /// The placements of this message; one of [`EXCHANGES`](Self::EXCHANGES).
    fn exchanges(&self) -> &'static [Exchange];

    /// Every placement of every message, one after the other: the input of a query or a drawing.
    fn every_exchange() -> impl Iterator<Item = &'static Exchange> {
        Self::EXCHANGES.iter().copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors;

    const EVENTS: Link = Link {
        protocol: "OpenADR 2.0b",
        from: &actors::VTN_AGGREGATOR,
        to: &actors::VEN,
        layers: Layers { communication: &["HTTPS"], ..Layers::EMPTY },
    };

    #[test]
    fn crosses_two_domains_whichever_way_it_travels() {
        let event = EVENTS.carries("oadr:oadrDistributeEvent", "EiEvent service");
        assert!(event.crosses(Domain::Der, Domain::CustomerPremises));
        assert!(event.crosses(Domain::CustomerPremises, Domain::Der));
        assert!(!event.crosses(Domain::Distribution, Domain::CustomerPremises));
        assert!(!event.crosses(Domain::Der, Domain::Der));
    }

    #[test]
    fn touches_the_zones_of_either_end() {
        let event = EVENTS.carries("oadr:oadrDistributeEvent", "EiEvent service");
        let touched = Zone::ALL.map(|zone| event.touches(zone));
        assert_eq!(touched, [false, false, true, true, true, false]);
    }

    #[test]
    fn stands_on_the_component_layer_and_on_those_that_are_stated() {
        let event =
            EVENTS.with_business(&["peak reduction"]).carries("oadr:oadrDistributeEvent", "EiEvent service");
        assert_eq!(Layer::ALL.map(|layer| event.on(layer)), [true, true, false, false, true]);
    }

    #[test]
    fn swaps_only_the_ends_of_a_link() {
        let back = EVENTS.reversed();
        assert_eq!((back.from, back.to), (EVENTS.to, EVENTS.from));
        assert_eq!((back.protocol, back.layers), (EVENTS.protocol, EVENTS.layers));
        assert_eq!(back.reversed(), EVENTS);
        assert!(back.carries("a", "1").between(&actors::VTN_AGGREGATOR, &actors::VEN));
        assert!(!back.carries("a", "1").between(&actors::VTN_DSO, &actors::VEN));
    }
}
