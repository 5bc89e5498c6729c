//! The five interoperability layers, and what an exchange puts on them.

use core::fmt;

/// A view of the same exchange: from the hardware that takes part up to the reason it happens.
///
/// The order is the model's own, bottom up, so `Component < Business`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Who takes part: systems, devices, applications.
    Component,
    /// How bytes travel: protocols and media.
    Communication,
    /// What the bytes mean: data models and the objects exchanged.
    Information,
    /// What is done, whoever does it.
    Function,
    /// Why it is done: markets, regulation, business models.
    Business,
}

impl Layer {
    /// Every layer, bottom up.
    pub const ALL: [Self; 5] =
        [Self::Component, Self::Communication, Self::Information, Self::Function, Self::Business];

    /// The name people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Component => "Component",
            Self::Communication => "Communication",
            Self::Information => "Information",
            Self::Function => "Function",
            Self::Business => "Business",
        }
    }

    /// The name programs read, in JSON and on command lines; it never changes.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Communication => "communication",
            Self::Information => "information",
            Self::Function => "function",
            Self::Business => "business",
        }
    }

    /// The layer with this [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.id() == id)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// What stands on each layer of an exchange.
///
/// The component layer has no field: it holds the two actors. An empty list says nothing about a layer, and
/// [`Exchange::on`](crate::Exchange::on) is then false for it.
///
/// ```
/// use sgam::{Layer, Layers};
///
/// const OPENADR: Layers = Layers {
///     communication: &["HTTPS", "XML"],
///     information: &["OpenADR 2.0b"],
///     ..Layers::EMPTY
/// };
/// const EVENTS: Layers = Layers { function: &["demand-response event dispatch"], ..OPENADR };
/// assert_eq!(EVENTS.on(Layer::Information), ["OpenADR 2.0b"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Layers {
    /// Protocols and media, such as `"HTTPS"`.
    pub communication: &'static [&'static str],
    /// Data models, such as `"OpenADR 2.0b"`.
    pub information: &'static [&'static str],
    /// Functions, such as `"demand-response event dispatch"`.
    pub function: &'static [&'static str],
    /// Reasons, such as `"flexibility trade"`.
    pub business: &'static [&'static str],
}

impl Layers {
    /// Nothing on any layer; a base to fill in.
    pub const EMPTY: Self = Self { communication: &[], information: &[], function: &[], business: &[] };

    /// What stands on `layer`; always empty for [`Layer::Component`].
    pub const fn on(&self, layer: Layer) -> &'static [&'static str] {
        match layer {
            Layer::Component => &[],
            Layer::Communication => self.communication,
            Layer::Information => self.information,
            Layer::Function => self.function,
            Layer::Business => self.business,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_layer_bottom_up_and_finds_it_by_its_id() {
        assert!(Layer::ALL.is_sorted_by(|a, b| a < b));
        for layer in Layer::ALL {
            assert_eq!(Layer::from_id(layer.id()), Some(layer));
        }
    }

    #[test]
    fn keeps_each_layer_apart() {
        let layers =
            Layers { communication: &["c"], information: &["i"], function: &["f"], business: &["b"] };
        let read: [&[&str]; 5] = Layer::ALL.map(|layer| layers.on(layer));
        assert_eq!(read, [&[][..], &["c"], &["i"], &["f"], &["b"]]);
    }
}
