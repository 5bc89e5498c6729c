//! Aligned columns for a terminal.

use alloc::string::String;
use alloc::vec::Vec;

use super::push;
use crate::{Actor, Domain, Exchange, Layer};

const HEADER: [&str; 5] = ["MESSAGE", "FROM", "TO", "CELLS", "LAYERS"];

/// A table for terminals: message, sender, receiver, their cells, and the layers about which something is
/// stated.
///
/// Actors are given by their id. Layers are given by their first four letters; the component layer, which
/// always holds the actors, is left out.
///
/// ```
/// use sgam::{Layers, Link, actors, render};
///
/// let link = Link {
///     protocol: "OpenADR 2.0b",
///     from: &actors::VEN,
///     to: &actors::VTN_DSO,
///     layers: Layers { communication: &["HTTPS"], ..Layers::EMPTY },
/// };
/// let text = render::table(&[link.carries("oadr:oadrPoll", "")]);
/// assert_eq!(
///     text,
///     "MESSAGE        FROM  TO       CELLS                                                           LAYERS\n\
///      oadr:oadrPoll  ven   vtn-dso  Customer Premises/Station > Distribution/Operation, Enterprise  comm\n",
/// );
/// ```
pub fn table<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> String {
    let mut rows: Vec<[String; HEADER.len()]> = Vec::new();
    rows.push(HEADER.map(String::from));
    for exchange in exchanges {
        let mut between = cells(exchange.from);
        between.push_str(" > ");
        between.push_str(&cells(exchange.to));
        rows.push([
            exchange.message.into(),
            exchange.from.id.into(),
            exchange.to.id.into(),
            between,
            layers(exchange),
        ]);
    }
    let widths: [usize; HEADER.len()] =
        core::array::from_fn(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0));
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (field, width) in row.iter().zip(widths) {
            push(&mut line, format_args!("{field:width$}  "));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The cells of an actor, with each domain named once.
fn cells(actor: &Actor) -> String {
    let mut out = String::new();
    let mut last: Option<Domain> = None;
    for cell in actor.cells {
        if last == Some(cell.domain()) {
            push(&mut out, format_args!(", {}", cell.zone()));
        } else {
            let separator = if last.is_some() { "; " } else { "" };
            push(&mut out, format_args!("{separator}{cell}"));
        }
        last = Some(cell.domain());
    }
    out
}

fn layers(exchange: &Exchange) -> String {
    let stated: Vec<&str> = Layer::ALL
        .into_iter()
        .filter(|layer| *layer != Layer::Component && exchange.on(*layer))
        .map(|layer| layer.id().get(..4).unwrap_or(layer.id()))
        .collect();
    stated.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Basis, Cell, Layers, Link, Zone, actors};

    #[test]
    fn names_each_domain_of_an_actor_once() {
        let both = Actor {
            id: "a",
            name: "A",
            cells: &[
                Cell(Domain::Der, Zone::Field),
                Cell(Domain::Der, Zone::Station),
                Cell(Domain::Distribution, Zone::Station),
            ],
            basis: Basis::ProjectAssertion("a test"),
        };
        assert_eq!(cells(&both), "DER/Field, Station; Distribution/Station");
    }

    #[test]
    fn names_the_layers_that_are_stated() {
        let layers_of = Layers { information: &["x"], business: &["y"], ..Layers::EMPTY };
        let link = Link { protocol: "p", from: &actors::VEN, to: &actors::CAD, layers: layers_of };
        assert_eq!(layers(&link.carries("m", "")), "info busi");
    }
}
