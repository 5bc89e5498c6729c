//! The smart grid plane as a picture.

use alloc::string::String;

use super::conversation::Conversation;
use super::push;
use crate::{Actor, Domain, Exchange, Zone};

mod arrows;
mod layout;
mod legend;
mod route;
mod text;

use arrows::arrows;
use layout::{Layout, Rect};
use legend::legend;
use text::{escape, letters, text, units, wrap};

/// Pixels in a grid unit.
const UNIT: i32 = 10;
const MARGIN: i32 = 24;
/// Left of the plane, for the names of the zones.
const ZONES_WIDTH: i32 = 92;
/// Above the plane, for a title of one line and the names of the domains.
const DOMAINS_HEIGHT: i32 = 92;
/// Pixels of a wide letter of the title, and from one of its lines to the next.
const TITLE_LETTER: i32 = 13;
const TITLE_LINE: i32 = 24;
/// Letters in a line of a box.
const BOX_LETTERS: usize = 16;

/// Every rule is below the class of the picture, so that the style stays inside when a page embeds the
/// picture.
const STYLE: &str = include_str!("style.css");
/// How many protocols have a colour of their own.
const COLOURS: usize = 6;

/// The smart grid plane with the actors in their cells and an arrow for each pair that talks, as an SVG
/// document.
///
/// Arrows are numbered; the list below the plane names their messages. Each protocol has a colour. The
/// picture carries its title and a description for screen readers, and follows the reader's light or dark
/// setting.
///
/// ```
/// use sgam::{Layers, Link, actors, render};
///
/// let link = Link { protocol: "UFTP 3.1", from: &actors::DSO, to: &actors::AGGREGATOR, layers: Layers::EMPTY };
/// let picture = render::svg("Who trades & why", &[link.carries("FlexRequest", "")]);
/// assert!(picture.contains("<title>Who trades &amp; why</title>"));
/// ```
pub fn svg<'a>(title: &str, exchanges: impl IntoIterator<Item = &'a Exchange>) -> String {
    let conversations = Conversation::gather(exchanges);
    let actors = Conversation::actors(&conversations);
    let protocols = Conversation::protocols(&conversations);
    let lines = actors.iter().map(|actor| wrap(actor.name, BOX_LETTERS).len()).max().unwrap_or(1);
    let layout = Layout::new(&actors, 2 + units(lines).max(2) * 3 / 2);
    let colour = |conversation: &Conversation<'_>| {
        protocols.iter().position(|p| *p == conversation.protocol).unwrap_or(0) % COLOURS
    };

    let left = MARGIN + ZONES_WIDTH;
    let width = (left + layout.width() * UNIT + MARGIN).max(560);
    let heading = wrap(title, usize::try_from((width - 2 * MARGIN) / TITLE_LETTER).unwrap_or(1));
    let plane_top = DOMAINS_HEIGHT + (units(heading.len()).max(1) - 1) * TITLE_LINE;
    let plane_bottom = plane_top + layout.height() * UNIT;
    let legend = legend(&conversations, (MARGIN, plane_bottom + 34), width - 2 * MARGIN, colour);
    let height = legend.bottom + MARGIN;

    let mut out = String::new();
    push(
        &mut out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sgam\" role=\"img\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
        ),
    );
    push(&mut out, format_args!("<title>{}</title>\n", escape(title)));
    push(&mut out, format_args!("<desc>{}</desc>\n", escape(&description(&conversations))));
    push(&mut out, format_args!("<style>{STYLE}</style>\n"));
    push(&mut out, format_args!("<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n"));
    for (line, y) in heading.iter().zip((0..).map(|line| 40 + TITLE_LINE * line)) {
        text(&mut out, "title", MARGIN, y, line);
    }
    push(&mut out, format_args!("<g transform=\"translate({left} {plane_top})\">\n"));
    plane(&mut out, &layout);
    arrows(&mut out, &layout, &conversations, &actors, colour);
    for node in &layout.nodes {
        actor(&mut out, actors[node.actor], node.rect);
    }
    out.push_str("</g>\n");
    out.push_str(&legend.text);
    out.push_str("</svg>\n");
    out
}

fn description(conversations: &[Conversation<'_>]) -> String {
    let mut out = String::from("The smart grid plane: domains from left to right, zones from bottom to top.");
    for (at, conversation) in conversations.iter().enumerate() {
        let Conversation { protocol, a, b, there, back } = conversation;
        push(&mut out, format_args!(" {}: {protocol}, {a} to {b}: {}", at + 1, there.join(", ")));
        if !back.is_empty() {
            push(&mut out, format_args!("; back: {}", back.join(", ")));
        }
        out.push('.');
    }
    out
}

/// The cells and the names of the axes.
fn plane(out: &mut String, layout: &Layout) {
    let (width, height) = (layout.width() * UNIT, layout.height() * UNIT);
    push(out, format_args!("<rect class=\"plane\" width=\"{width}\" height=\"{height}\"/>\n"));
    for (at, zone) in Zone::ALL.into_iter().rev().enumerate() {
        let (top, bottom) = (layout.rows[at] * UNIT, layout.rows[at + 1] * UNIT);
        if at % 2 == 1 {
            let height = bottom - top;
            push(
                out,
                format_args!("<rect class=\"even\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>\n"),
            );
        }
        text(out, "axis", -ZONES_WIDTH, (top + bottom) / 2 + 4, zone.label());
    }
    let mut lines = String::new();
    for x in layout.columns {
        push(&mut lines, format_args!("M{} 0V{height}", x * UNIT));
    }
    for y in layout.rows {
        push(&mut lines, format_args!("M0 {}H{width}", y * UNIT));
    }
    push(out, format_args!("<path class=\"grid\" d=\"{lines}\"/>\n"));
    for (at, domain) in Domain::ALL.into_iter().enumerate() {
        let middle = (layout.columns[at] + layout.columns[at + 1]) * UNIT / 2;
        let lines = wrap(domain.label(), letters((layout.columns[at + 1] - layout.columns[at]) * UNIT));
        for (line, y) in lines.iter().rev().zip((0..).map(|line| -10 - 15 * line)) {
            text(out, "axis name", middle, y, line);
        }
    }
}

fn actor(out: &mut String, actor: &Actor, rect: Rect) {
    let Rect { x, y, width, height } = rect;
    push(out, format_args!("<g><title>{}</title>\n", escape(actor.name)));
    push(
        out,
        format_args!(
            "<rect class=\"actor\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
            x * UNIT,
            y * UNIT,
            width * UNIT,
            height * UNIT
        ),
    );
    let lines = wrap(actor.name, BOX_LETTERS);
    let middle = (2 * x + width) * UNIT / 2;
    let first = (2 * y + height) * UNIT / 2 + 4 - 15 * (units(lines.len()) - 1) / 2;
    for (line, y) in lines.iter().zip((0..).map(|line| first + 15 * line)) {
        text(out, "name", middle, y, line);
    }
    out.push_str("</g>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Link, actors};
    use alloc::vec::Vec;

    #[test]
    fn draws_an_empty_plane_for_no_exchange() {
        let picture = svg("Nothing", &[]);
        assert_eq!(picture.matches("class=\"actor\"").count(), 0);
        assert!(picture.contains(">Market</text>"));
    }

    #[test]
    fn a_title_too_long_for_a_line_takes_several() {
        let title =
            "What a network operator, an aggregator and a home say to each other, and what each answers";
        let picture = svg(title, &[]);
        let lines: Vec<&str> = picture.lines().filter(|line| line.contains("class=\"title\"")).collect();
        assert!(
            lines.len() > 1 && lines[0].contains("y=\"40\"") && lines[1].contains("y=\"64\""),
            "{lines:?}"
        );
        assert!(!picture.contains("translate(116 92)") && svg("Short", &[]).contains("translate(116 92)"));
    }

    #[test]
    fn finds_a_way_for_every_arrow_of_a_crowded_plane() {
        let mut exchanges = Vec::new();
        for from in actors::ALL {
            for to in [&actors::VEN, &actors::DSO, &actors::CAD] {
                let link = Link { protocol: "p", from, to, layers: Layers::EMPTY };
                exchanges.push(link.carries("m", ""));
            }
        }
        let picture = svg("Everyone to everyone", &exchanges);
        assert_eq!(picture.matches("class=\"line ").count(), 17 * 3 - 3);
    }
}
