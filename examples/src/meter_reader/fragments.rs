//! XML over as many lines as it takes, as RAVEn and EMU-2 write it to their serial line: where one fragment ends and the
//! next begins, also where listening began in the middle of one, or a part of one was lost.

use cad_zigbee::vendor::{Error, Feed, Report};

/// Lines that are no whole fragment yet.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    text: String,
}

/// What became of a line.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// More lines are needed.
    Waits,
    /// It ends a fragment; whether lines before that belong to none.
    Read(Result<Report, Error>, bool),
    /// It ends something that had no beginning, as had all before it.
    Stray,
}

/// More than a fragment has.
const LONGEST: usize = 16 << 10;

impl Fragments {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What waits, and will no more.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Takes a line.
    pub(super) fn push(&mut self, line: &str, feed: &mut Feed) -> Outcome {
        let line_at = self.text.len();
        self.text.push_str(line);
        self.text.push('\n');
        let outcome = match closed(line) {
            Some(name) => self.close(name, line_at, feed),
            None if line_at == 0 && line.ends_with("/>") => Outcome::Read(feed.read(None, line), false),
            None => Outcome::Waits,
        };
        match outcome {
            Outcome::Waits if self.text.len() < LONGEST => Outcome::Waits,
            Outcome::Waits => Outcome::Read(feed.read(None, &self.take()), false),
            ended => {
                self.text.clear();
                ended
            }
        }
    }

    /// The line, which begins at `line_at`, ends an element of this name.
    fn close(&self, name: &str, line_at: usize, feed: &mut Feed) -> Outcome {
        let is_opening = |at: &usize| {
            let behind = self.text.get(at + 1 + name.len()..).unwrap_or_default();
            behind.starts_with(['>', ' ', '\t', '\n', '/'])
        };
        let opening = format!("<{name}");
        match self.text.rmatch_indices(&opening).map(|(at, _)| at).find(is_opening) {
            // The first element: what is between may be more of them.
            Some(0) => Outcome::Read(feed.read(None, &self.text), false),
            Some(_) if line_at == 0 => Outcome::Read(feed.read(None, &self.text), false),
            // A field of a fragment, or a fragment behind what is left of another.
            Some(at) => match feed.read(None, self.text.get(at..).unwrap_or_default()) {
                Ok(report) => Outcome::Read(Ok(report), true),
                Err(_) => Outcome::Waits,
            },
            None => Outcome::Stray,
        }
    }
}

/// The name of the element that ends at the end of the line.
fn closed(line: &str) -> Option<&str> {
    let (_, name) = line.strip_suffix('>')?.rsplit_once("</")?;
    let name = name.trim_end();
    (!name.is_empty() && !name.contains(['<', '>'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Fragments, LONGEST, Outcome};
    use cad_zigbee::vendor::{Error, Feed};

    const DEMAND: [&str; 4] = [
        "<InstantaneousDemand>",
        "<Demand>0x0003e8</Demand>",
        "<Divisor>0x03e8</Divisor>",
        "</InstantaneousDemand>",
    ];

    /// What each line brings: nothing, readings (`+` in front where lines before were dropped), or a fault.
    fn told(lines: &[&str]) -> Vec<String> {
        let (mut fragments, mut feed) = (Fragments::default(), Feed::new());
        let told = |line: &&str| match fragments.push(line, &mut feed) {
            Outcome::Waits => String::new(),
            Outcome::Read(Ok(report), dropped) => {
                format!("{}{}", if dropped { "+" } else { "" }, report.readings.len())
            }
            Outcome::Read(Err(Error::Unknown), _) => "unknown".to_owned(),
            Outcome::Read(Err(_), _) => "xml".to_owned(),
            Outcome::Stray => "stray".to_owned(),
        };
        lines.iter().map(told).collect()
    }

    #[test]
    fn a_fragment_is_read_when_it_ends() {
        assert_eq!(told(&[&DEMAND[..], &DEMAND].concat()), ["", "", "", "1", "", "", "", "1"]);
        let one_line = DEMAND.concat();
        assert_eq!(
            told(&[&one_line, &[&one_line[..], &one_line].concat(), "<TimeCluster/>"]),
            ["1", "2", "0"]
        );
        let declared = [&["<?xml version=\"1.0\"?>"], &DEMAND[..]].concat();
        assert_eq!(told(&declared), ["", "", "", "", "+1"]);
    }

    #[test]
    fn listening_may_begin_in_the_middle_of_a_fragment() {
        let lines = [&DEMAND[1..], &DEMAND].concat();
        assert_eq!(told(&lines), ["unknown", "unknown", "stray", "", "", "", "1"]);
    }

    #[test]
    fn a_fragment_without_end_hides_not_the_next() {
        assert_eq!(told(&[&DEMAND[..2], &DEMAND].concat()), ["", "", "", "", "", "+1"]);
        let other = ["<PriceCluster>", "<Price>0x1"];
        assert_eq!(told(&[&other[..], &DEMAND].concat()), ["", "", "", "", "", "+1"]);
    }

    #[test]
    fn what_is_broken_is_told_at_its_end() {
        let broken = ["<InstantaneousDemand>", "<Demand>0x00&</Demand>", "</InstantaneousDemand>"];
        assert_eq!(told(&[&broken[..], &DEMAND].concat()), ["", "", "xml", "", "", "", "1"]);
        assert_eq!(told(&["<html>", "<p>x</p>", "</html>"]), ["", "", "unknown"]);
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let (mut fragments, mut feed) = (Fragments::default(), Feed::new());
        let line = "<open>".repeat(100);
        let given_up = (0..30).filter(|_| fragments.push(&line, &mut feed) != Outcome::Waits).count();
        assert_eq!(given_up, 30 * (line.len() + 1) / LONGEST);
    }
}
