//! Text in a picture: where lines break, and what has to be escaped.

use alloc::string::String;
use alloc::vec::Vec;

use crate::render::push;

/// Pixels of a wide letter.
const LETTER: i32 = 8;

/// One line of text; `y` is its base line.
pub(super) fn text(out: &mut String, class: &str, x: i32, y: i32, text: &str) {
    push(out, format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>\n", escape(text)));
}

/// Breaks text between words into lines of at most `letters`; a longer word is cut and ends in `…`.
pub(super) fn wrap(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let fitting: String = if word.chars().count() > letters {
            word.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
        } else {
            word.into()
        };
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + fitting.chars().count() <= letters => {
                line.push(' ');
                line.push_str(&fitting);
            }
            _ => lines.push(fitting),
        }
    }
    lines
}

/// How many letters fit in a width.
pub(super) fn letters(width: i32) -> usize {
    usize::try_from(width / LETTER).unwrap_or(0).max(1)
}

/// A count as a length.
pub(super) fn units(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 1024)
}

/// XML text, with what XML cannot hold at all shown as U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            control if control < ' ' || matches!(control, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_xml_may_not_hold() {
        assert_eq!(escape("a<b>&\"c\"\u{1}\n"), "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd} ");
    }

    #[test]
    fn breaks_lines_between_words_and_cuts_long_ones() {
        assert_eq!(wrap("Home automation, MQTT broker", 16), ["Home automation,", "MQTT broker"]);
        assert_eq!(wrap("Incomprehensibilities", 8), ["Incompr…"]);
        assert!(wrap("", 8).is_empty());
    }
}
