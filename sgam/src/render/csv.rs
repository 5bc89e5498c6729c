//! Comma-separated values.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{Actor, Exchange, Layer};

const HEADER: [&str; 11] = [
    "message",
    "protocol",
    "from",
    "to",
    "from_cells",
    "to_cells",
    "communication",
    "information",
    "function",
    "business",
    "clause",
];

/// One row an exchange, after a header row, as RFC 4180 has it: lines end in CR LF, quotes only where needed.
///
/// Actors are given by their id. A field with several values, such as the cells of an actor, joins them with
/// `"; "`.
///
/// ```
/// use sgam::{Layers, Link, actors, render};
///
/// let link = Link { protocol: "UFTP 3.1", from: &actors::DSO, to: &actors::CRO, layers: Layers::EMPTY };
/// let text = render::csv(&[link.carries("DSOPortfolioUpdate", "4.1, table 3")]);
/// assert!(text.lines().nth(1).is_some_and(|row| row.ends_with(r#","4.1, table 3""#)));
/// ```
pub fn csv<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> String {
    let mut out = String::new();
    row(&mut out, HEADER);
    for exchange in exchanges {
        let [from_cells, to_cells] = [exchange.from, exchange.to].map(cells);
        let [communication, information, function, business] =
            [Layer::Communication, Layer::Information, Layer::Function, Layer::Business]
                .map(|layer| exchange.layers.on(layer).join("; "));
        row(
            &mut out,
            [
                exchange.message,
                exchange.protocol,
                exchange.from.id,
                exchange.to.id,
                &from_cells,
                &to_cells,
                &communication,
                &information,
                &function,
                &business,
                exchange.clause,
            ],
        );
    }
    out
}

fn cells(actor: &Actor) -> String {
    actor.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn row(out: &mut String, fields: [&str; HEADER.len()]) {
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Link, actors};

    /// Reads what RFC 4180 allows, so that writing can be checked against it.
    fn read(text: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut fields = Vec::new();
        let mut field = String::new();
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(core::mem::take(&mut field)),
                '\r' if !quoted && chars.peek() == Some(&'\n') => {
                    chars.next();
                    fields.push(core::mem::take(&mut field));
                    rows.push(core::mem::take(&mut fields));
                }
                other => field.push(other),
            }
        }
        assert!(field.is_empty() && fields.is_empty() && !quoted, "the text ends inside a row");
        rows
    }

    #[test]
    fn reads_back_what_it_wrote_whatever_the_text_holds() {
        let link = Link {
            protocol: "a,b",
            from: &actors::VTN_AGGREGATOR,
            to: &actors::VEN,
            layers: Layers { communication: &["say \"x\"", "y"], ..Layers::EMPTY },
        };
        let rows = read(&csv(&[link.carries("two\r\nlines", "\"quoted\""), link.carries("", "plain")]));
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0], HEADER);
        assert!(rows.iter().all(|row| row.len() == HEADER.len()));
        assert_eq!(rows[1][..4], ["two\r\nlines", "a,b", "vtn-aggregator", "ven"]);
        assert_eq!(rows[1][4..6], ["DER/Operation; DER/Enterprise", "Customer Premises/Station"]);
        assert_eq!(rows[1][6], "say \"x\"; y");
        assert_eq!(rows[1][10], "\"quoted\"");
        assert_eq!(rows[2][0], "");
    }
}
