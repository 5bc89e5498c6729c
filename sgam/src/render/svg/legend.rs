//! The list below the plane: what each arrow carries.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::arrows::badge;
use super::text::{letters, text, units, wrap};
use crate::render::conversation::Conversation;

const LINE: i32 = 18;
/// Between two entries.
const GAP: i32 = 12;
/// Left of the text, for the number.
const INDENT: i32 = 26;
const COLUMN_WIDTH: i32 = 440;
/// Lines for the messages of one direction, before the rest is left out.
const MOST_LINES: usize = 6;

pub(super) struct Legend {
    pub(super) text: String,
    pub(super) bottom: i32,
}

/// One entry an arrow, in columns of about the same height; the top left corner is at `x`, `top`.
pub(super) fn legend(
    conversations: &[Conversation<'_>],
    (x, top): (i32, i32),
    width: i32,
    colour: impl Fn(&Conversation<'_>) -> usize,
) -> Legend {
    let columns = (width / COLUMN_WIDTH).max(1);
    let column_width = width / columns;
    let entries: Vec<Vec<(String, String)>> = conversations
        .iter()
        .map(|conversation| entry(conversation, letters(column_width - INDENT - GAP), colour(conversation)))
        .collect();
    let size = |lines: &[(String, String)]| units(lines.len()) * LINE + GAP;
    let total: i32 = entries.iter().map(|lines| size(lines)).sum();

    let mut legend = Legend { text: String::new(), bottom: top };
    let (mut column, mut done, mut y) = (0, 0, top);
    for (at, lines) in entries.iter().enumerate() {
        if column + 1 < columns && done * columns >= total * (column + 1) {
            column += 1;
            y = top;
        }
        let left = x + column * column_width;
        badge(&mut legend.text, (left + 9, y - 4), at + 1, colour(&conversations[at]));
        for ((class, line), below) in lines.iter().zip(0..) {
            text(&mut legend.text, class, left + INDENT, y + below * LINE, line);
        }
        y += size(lines);
        done += size(lines);
        legend.bottom = legend.bottom.max(y - GAP - LINE);
    }
    legend
}

/// The lines of an entry, each with its class: the actors, the protocol, the messages of each direction.
fn entry(conversation: &Conversation<'_>, letters: usize, colour: usize) -> Vec<(String, String)> {
    let class = |class: &str, lines: Vec<String>| {
        lines.into_iter().map(|line| (String::from(class), line)).collect::<Vec<_>>()
    };
    let mut lines = class("head", wrap(&format!("{} – {}", conversation.a, conversation.b), letters));
    lines.extend(class(&format!("f{colour}"), wrap(conversation.protocol, letters)));
    lines.extend(class("small", messages('→', &conversation.there, letters)));
    lines.extend(class("small", messages('←', &conversation.back, letters)));
    lines
}

fn messages(arrow: char, messages: &[&str], letters: usize) -> Vec<String> {
    if messages.is_empty() {
        return Vec::new();
    }
    let mut lines = wrap(&format!("{arrow} {}", messages.join(", ")), letters);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_messages_beyond_the_last_line() {
        let lines = messages('→', &["Request"; 20], 20);
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!(lines[0], "→ Request, Request,");
        assert_eq!(lines[MOST_LINES - 1], "Request, Request, …");
        assert!(messages('←', &[], 20).is_empty());
    }
}
