//! JSON, for programs.

use alloc::string::String;
use alloc::vec::Vec;

use super::conversation::distinct;
use super::push;
use crate::{Actor, Exchange, Layer};

/// The actors and the exchanges, as one JSON object.
///
/// Exchanges name their actors by id. Domains, zones, layers and kinds of basis appear by their `id`. The
/// order of members is fixed. Members may be added later; those here keep their name and meaning while
/// `schema` stays the same.
///
/// ```json
/// {
///   "schema": "sgam/1",
///   "actors": [
///     {
///       "id": "ven",
///       "name": "VEN, home energy manager",
///       "cells": [{"domain": "customer-premises", "zone": "station"}],
///       "basis": {"kind": "derived", "text": "…"}
///     }
///   ],
///   "exchanges": [
///     {
///       "message": "oadr:oadrPoll",
///       "protocol": "OpenADR 2.0b",
///       "from": "ven",
///       "to": "vtn-dso",
///       "layers": {"communication": ["HTTPS"], "information": [], "function": [], "business": []},
///       "clause": "…"
///     }
///   ]
/// }
/// ```
pub fn json<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> String {
    let exchanges: Vec<&Exchange> = exchanges.into_iter().collect();
    let actors = distinct(exchanges.iter().flat_map(|exchange| [exchange.from, exchange.to]));
    let mut out = String::from("{\n  \"schema\": \"sgam/1\",\n  \"actors\": ");
    block(&mut out, actors, actor);
    out.push_str(",\n  \"exchanges\": ");
    block(&mut out, exchanges, exchange);
    out.push_str("\n}\n");
    out
}

fn actor(out: &mut String, actor: &Actor) {
    member(out, "id", actor.id);
    member(out, "name", actor.name);
    out.push_str("      \"cells\": ");
    list(out, actor.cells, |out, cell| {
        push(
            out,
            format_args!("{{\"domain\": \"{}\", \"zone\": \"{}\"}}", cell.domain().id(), cell.zone().id()),
        );
    });
    push(out, format_args!(",\n      \"basis\": {{\"kind\": \"{}\", \"text\": ", actor.basis.id()));
    string(out, actor.basis.text());
    out.push_str("}\n");
}

fn exchange(out: &mut String, exchange: &Exchange) {
    member(out, "message", exchange.message);
    member(out, "protocol", exchange.protocol);
    member(out, "from", exchange.from.id);
    member(out, "to", exchange.to.id);
    out.push_str("      \"layers\": {");
    let stated = Layer::ALL.into_iter().filter(|layer| *layer != Layer::Component);
    for (at, layer) in stated.enumerate() {
        push(out, format_args!("{}\"{}\": ", if at > 0 { ", " } else { "" }, layer.id()));
        list(out, exchange.layers.on(layer), |out, text| string(out, text));
    }
    out.push_str("},\n      \"clause\": ");
    string(out, exchange.clause);
    out.push('\n');
}

/// An array of objects, each on lines of its own.
fn block<'a, T>(out: &mut String, items: Vec<&'a T>, mut write: impl FnMut(&mut String, &'a T)) {
    if items.is_empty() {
        out.push_str("[]");
        return;
    }
    for (at, item) in items.into_iter().enumerate() {
        out.push_str(if at == 0 { "[\n    {\n" } else { ",\n    {\n" });
        write(out, item);
        out.push_str("    }");
    }
    out.push_str("\n  ]");
}

/// An array on one line.
fn list<T>(out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(out, item);
    }
    out.push(']');
}

/// A text member on a line of its own, with the comma that follows.
fn member(out: &mut String, name: &str, value: &str) {
    push(out, format_args!("      \"{name}\": "));
    string(out, value);
    out.push_str(",\n");
}

/// A JSON string, escaped as RFC 8259 asks.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => push(out, format_args!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Link, actors};

    #[test]
    fn escapes_what_a_string_may_not_hold() {
        let mut out = String::new();
        string(&mut out, "a\"b\\c\n\r\t\u{1}é");
        assert_eq!(out, r#""a\"b\\c\n\r\t\u0001é""#);
    }

    #[test]
    fn writes_empty_lists_for_no_exchange() {
        assert_eq!(json(&[]), "{\n  \"schema\": \"sgam/1\",\n  \"actors\": [],\n  \"exchanges\": []\n}\n");
    }

    #[test]
    fn lists_each_actor_once() {
        let link = Link { protocol: "p", from: &actors::VEN, to: &actors::VTN_DSO, layers: Layers::EMPTY };
        let text = json(&[link.carries("a", ""), link.reversed().carries("b", "")]);
        assert_eq!(text.matches("\"id\": \"ven\"").count(), 1);
        assert_eq!(text.matches("\"message\"").count(), 2);
    }
}
