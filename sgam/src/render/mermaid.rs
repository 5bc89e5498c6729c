//! Mermaid flowcharts, which Markdown viewers draw.

use alloc::string::String;
use alloc::vec::Vec;

use super::conversation::Conversation;
use super::push;
use crate::{Actor, Domain, Exchange};

/// How many messages an arrow names before it counts the rest.
const NAMED: usize = 3;

/// A Mermaid flowchart: one box a domain, its actors with their zones inside, one arrow a pair of actors and
/// protocol.
///
/// An actor with cells in several domains stands in the first of them. An arrow names the first three
/// messages and counts the rest.
///
/// ```
/// use sgam::{Layers, Link, actors, render};
///
/// let link = Link { protocol: "UFTP 3.1", from: &actors::DSO, to: &actors::AGGREGATOR, layers: Layers::EMPTY };
/// let text = render::mermaid(&[link.carries("FlexRequest", "")]);
/// assert!(text.contains(r#"n_dso -->|"UFTP 3.1<br/>FlexRequest"| n_agr"#));
/// ```
pub fn mermaid<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> String {
    let conversations = Conversation::gather(exchanges);
    let actors = Conversation::actors(&conversations);
    let mut out = String::from("flowchart LR\n");
    for domain in Domain::ALL {
        let mut inside = actors
            .iter()
            .filter(|actor| actor.cells.first().is_some_and(|cell| cell.domain() == domain))
            .peekable();
        if inside.peek().is_none() {
            continue;
        }
        push(
            &mut out,
            format_args!("  subgraph {} [\"{}\"]\n", domain.id().replace('-', "_"), domain.label()),
        );
        for actor in inside {
            let zones: Vec<&str> = actor.cells.iter().map(|cell| cell.zone().label()).collect();
            push(
                &mut out,
                format_args!("    {}[\"{}<br/>({})\"]\n", node(actor), escape(actor.name), zones.join(", ")),
            );
        }
        out.push_str("  end\n");
    }
    for conversation in &conversations {
        let arrow = if conversation.back.is_empty() { "-->" } else { "<-->" };
        push(
            &mut out,
            format_args!(
                "  {} {arrow}|\"{}<br/>{}\"| {}\n",
                node(conversation.a),
                escape(conversation.protocol),
                messages(conversation),
                node(conversation.b)
            ),
        );
    }
    out
}

/// The actor's id in the letters Mermaid takes, with a prefix so that it is never one of Mermaid's own words.
fn node(actor: &Actor) -> String {
    let letters = actor.id.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' });
    "n_".chars().chain(letters).collect()
}

fn messages(conversation: &Conversation<'_>) -> String {
    let all: Vec<&str> = conversation.there.iter().chain(&conversation.back).copied().collect();
    let named: Vec<String> = all.iter().take(NAMED).map(|message| escape(message)).collect();
    let mut out = named.join(", ");
    if all.len() > NAMED {
        push(&mut out, format_args!(" and {} more", all.len() - NAMED));
    }
    out
}

/// Mermaid's entities, for what would end or change a quoted label.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '&' => out.push_str("#amp;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '`' => out.push_str("#96;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Link, actors};

    #[test]
    fn escapes_what_would_end_a_label() {
        assert_eq!(escape("a \"b\" <c> #1 & `d`\n"), "a #quot;b#quot; #lt;c#gt; #35;1 #amp; #96;d#96; ");
    }

    #[test]
    fn counts_the_messages_it_does_not_name() {
        let link = Link { protocol: "p", from: &actors::VEN, to: &actors::VTN_DSO, layers: Layers::EMPTY };
        let exchanges = ["a", "b", "c", "d", "e"].map(|message| link.carries(message, ""));
        assert!(mermaid(&exchanges).contains("a, b, c and 2 more"));
    }

    #[test]
    fn draws_one_arrow_with_two_heads_for_both_directions() {
        let link = Link { protocol: "p", from: &actors::VEN, to: &actors::VTN_DSO, layers: Layers::EMPTY };
        let text = mermaid(&[link.carries("a", ""), link.reversed().carries("b", "")]);
        assert_eq!(text.matches("n_ven <-->").count(), 1);
        assert_eq!(text.matches("-->").count(), 1);
    }
}
