//! The report for people.

use std::fmt::Write as _;

use openadr_types::rules::Severity;

use super::{Finding, Outcome, Problem};
use crate::out;

/// Escape sequences, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    colour: bool,
}

impl Style {
    /// With colour where standard output is a terminal and nobody asked for none.
    pub(super) fn of_terminal() -> Self {
        Self { colour: out::is_colourful() }
    }

    /// Without colour.
    #[cfg(test)]
    pub(super) const fn plain() -> Self {
        Self { colour: false }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn yellow(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    fn green(self, text: &str) -> String {
        self.paint("1;32", text)
    }
}

/// What a person wants to know of one input: what it is, what is in it, what is wrong with it and where.
pub(super) fn report(outcome: &Outcome, document: &str, summary: &[String], style: Style) -> String {
    let mut out = String::new();
    let verdict = match &outcome.error {
        None => style.green("read"),
        Some(problem) if problem.kind == "io" => style.red("failed"),
        Some(_) => style.red("refused"),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}  {verdict}", style.bold(&one_line(&outcome.file)));
    if let Some(message) = &outcome.message {
        let envelope = match outcome.envelope {
            Some("none") | None => "bare".to_owned(),
            Some(envelope) => format!("in {envelope}"),
        };
        let edition = outcome.edition.unwrap_or("unknown edition");
        let signature = match outcome.signature {
            "none" => "not signed".to_owned(),
            other => format!("signature {other}"),
        };
        let _ = writeln!(out, "  {message} {}", style.dim(&format!("({edition}, {envelope}, {signature})")));
    }
    for line in summary {
        let _ = writeln!(out, "    {}", one_line(line));
    }
    if let Some(problem) = &outcome.error {
        let _ = writeln!(out, "  {} {}", style.red(&format!("{}:", problem.kind)), one_line(&problem.text));
        mark(&mut out, problem, document, style);
    }
    for finding in &outcome.findings {
        let Finding { rule, severity, path, text } = finding;
        let label = match severity {
            Severity::Error => style.red("error"),
            Severity::Warning => style.yellow("warning"),
            Severity::Info => style.dim("info"),
        };
        let _ = writeln!(out, "  {label} {rule}: {} {}", one_line(text), style.dim(path));
    }
    out
}

/// A text of a peer's or a file's name: it neither ends a line nor commands a terminal.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// The line itself, with a mark under the column.
fn mark(out: &mut String, problem: &Problem, document: &str, style: Style) {
    let document = document.strip_prefix('\u{feff}').unwrap_or(document);
    let index = (problem.line as usize).checked_sub(1);
    let Some(line) = index.and_then(|index| document.split('\n').nth(index)) else { return };
    out.push_str(&marked(&problem.line.to_string(), line, problem.column as usize, style));
}

/// A line behind a label, with a mark under the column, from 1.
pub(super) fn marked(label: &str, line: &str, column: usize, style: Style) -> String {
    /// The widest part of a line that is shown.
    const WIDTH: usize = 100;
    let column = column.saturating_sub(1);
    let characters: Vec<char> = line.trim_end_matches('\r').chars().collect();
    let from = if characters.len() <= WIDTH { 0 } else { column.saturating_sub(WIDTH / 2) };
    let to = characters.len().min(from + WIDTH);
    let shown = one_line(&characters[from.min(to)..to].iter().collect::<String>());
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < characters.len() { "…" } else { "" });
    let gutter = format!("{label:>6} | ");
    let blank = " ".repeat(gutter.len() - 2);
    let offset = " ".repeat(column.saturating_sub(from) + before.chars().count());
    let (gutter, blank, mark) = (style.dim(&gutter), style.dim(&format!("{blank}| ")), style.red("^"));
    format!("{gutter}{before}{shown}{after}\n{blank}{offset}{mark}\n")
}
