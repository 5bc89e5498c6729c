//! Prints readings: a table of the latest, JSON lines, or CSV.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use cad_zigbee::json;
use cad_zigbee::readings::{Han, Meter, Notice, Reading, Source};

/// How readings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// The latest value of each quantity of each meter; redrawn as values come, on a terminal
    Table,
    /// A JSON object a line, for each reading and each notice
    Jsonl,
    /// Comma-separated values with a heading, for each reading
    Csv,
}

pub(super) struct Output {
    format: Format,
    live: bool,
    meters: BTreeMap<Source, BTreeMap<String, Row>>,
    headed: bool,
    drawn_lines: usize,
    drawn: Option<Instant>,
}

#[derive(Debug, Default)]
struct Row {
    value: String,
    unit: String,
    time: String,
    count: u64,
    /// Words, not a number.
    is_text: bool,
}

/// A table is redrawn at most that often.
const REDRAW: Duration = Duration::from_millis(100);
/// A table has no more meters, whoever sends under however many names.
const METERS: usize = 256;
/// A table has no more rows for one meter: profiles and tariffs are long.
const ROWS: usize = 1000;

impl Output {
    pub(super) fn new(format: Option<Format>) -> Self {
        let terminal = io::stdout().is_terminal();
        let format = format.unwrap_or(if terminal { Format::Table } else { Format::Jsonl });
        Self { format, live: terminal, meters: BTreeMap::new(), headed: false, drawn_lines: 0, drawn: None }
    }

    pub(super) fn show(&mut self, han: &Han, readings: &[Reading], notices: &[Notice]) -> io::Result<()> {
        match self.format {
            Format::Table => {
                readings.iter().for_each(|reading| self.note(reading));
                notices.iter().for_each(|notice| self.note_news(notice));
                let due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW);
                let news = !readings.is_empty() || !notices.is_empty();
                if self.live && due && news { self.draw(han, terminal()) } else { Ok(()) }
            }
            Format::Jsonl => {
                let mut out = io::stdout().lock();
                let readings = readings.iter().map(|reading| (reading.source, json::reading(reading)));
                let notices = notices.iter().map(|notice| (notice.source, json::notice(notice)));
                for (source, mut object) in readings.chain(notices) {
                    if let Some(endpoint) = source.endpoint {
                        object["endpoint"] = endpoint.into();
                    }
                    if let Some(mirrored) = han.mirrored(source) {
                        object["mirror_of"] = mirrored.meter.to_string().into();
                    }
                    writeln!(out, "{object}")?;
                }
                out.flush()
            }
            Format::Csv => {
                let mut out = io::stdout().lock();
                if !self.headed {
                    self.headed = true;
                    writeln!(out, "time,meter,endpoint,quantity,value,unit,interval_s")?;
                }
                for reading in readings {
                    let endpoint = reading.source.endpoint.map(|endpoint| endpoint.to_string());
                    writeln!(
                        out,
                        "{},{},{},{},{},{},{}",
                        reading.time.map(|time| time.to_string()).unwrap_or_default(),
                        reading.source.meter,
                        endpoint.unwrap_or_default(),
                        reading.quantity,
                        reading.value,
                        reading.unit,
                        reading.interval.map(|interval| interval.as_secs().to_string()).unwrap_or_default(),
                    )?;
                }
                out.flush()
            }
        }
    }

    pub(super) fn finish(&mut self, han: &Han) -> io::Result<()> {
        // In the end all of it, however long: nothing goes up over it any more.
        if self.format == Format::Table { self.draw(han, None) } else { Ok(()) }
    }

    fn note(&mut self, reading: &Reading) {
        let value = reading.value.to_string();
        let time = reading.time.map(|time| time.to_string()).unwrap_or_default();
        let row = Row { value, unit: reading.unit.to_string(), time, ..Row::default() };
        self.row(reading.source, reading.quantity.to_string(), row);
    }

    /// What a notice says, in the words of its JSON.
    fn note_news(&mut self, notice: &Notice) {
        let object = json::notice(notice);
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut name = text(&object["notice"]);
        if let Some(of) = ["of", "cause"].into_iter().find_map(|key| object[key].as_str()) {
            name = format!("{name}_{of}");
        }
        let said: Vec<String> =
            ["id", "text", "state", "level", "set", "price", "unit", "event", "flags", "start", "end", "at"]
                .into_iter()
                .filter(|key| !object[key].is_null())
                .map(|key| text(&object[key]))
                .collect();
        let time = text(&object["time"]).replace("null", "");
        let said = said.join(" ").replace(char::is_control, " ");
        self.row(notice.source, name, Row { value: said, time, is_text: true, ..Row::default() });
    }

    fn row(&mut self, source: Source, name: String, row: Row) {
        if self.meters.len() >= METERS && !self.meters.contains_key(&source) {
            return;
        }
        let rows = self.meters.entry(source).or_default();
        if rows.len() >= ROWS && !rows.contains_key(&name) {
            return;
        }
        let count = rows.get(&name).map_or(0, |row| row.count) + 1;
        rows.insert(name, Row { count, ..row });
    }

    /// Draws the table over the last one. It goes up by as many lines as it drew, so none may be wrapped, nor scrolled
    /// out of sight.
    fn draw(&mut self, han: &Han, size: Option<Size>) -> io::Result<()> {
        let text = self.table(han);
        let text = match size {
            Some(size) => size.clip(&text),
            None => text,
        };
        let mut out = io::stdout().lock();
        if self.live && self.drawn_lines > 0 {
            // Up to where the table began, then each line over the old one; terminals that keep what is cleared at once
            // would keep every table.
            write!(out, "\x1b[{}F", self.drawn_lines)?;
            out.write_all(text.replace('\n', "\x1b[K\n").as_bytes())?;
            out.write_all(b"\x1b[J")?;
        } else {
            out.write_all(text.as_bytes())?;
        }
        out.flush()?;
        self.drawn_lines = text.lines().count();
        self.drawn = Some(Instant::now());
        Ok(())
    }

    fn table(&self, han: &Han) -> String {
        let mut out = String::new();
        let (bold, dim, plain) = if self.live { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        let rows = || self.meters.values().flatten();
        let widest = |of: fn((&String, &Row)) -> usize| rows().map(of).max().unwrap_or(0);
        let names = widest(|(name, _)| name.chars().count());
        let values = widest(|(_, row)| if row.is_text { 0 } else { row.value.chars().count() });
        let units = widest(|(_, row)| row.unit.chars().count());
        for (source, rows) in &self.meters {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{bold}{}{plain}", title(han, *source));
            let mut rows: Vec<_> = rows.iter().collect();
            rows.sort_by_key(|(name, _)| in_order(name));
            for (name, Row { value, unit, time, count, is_text }) in rows {
                let times = if *count > 1 { format!("×{count}") } else { String::new() };
                let time = time.strip_suffix('Z').unwrap_or(time).replace('T', " ");
                let said = if *is_text {
                    format!("{value:<width$}", width = values + 1 + units)
                } else {
                    format!("{value:>values$} {unit:<units$}")
                };
                let line = format!("  {name:<names$}  {said}  {dim}{time}  {times}");
                let _ = writeln!(out, "{}{plain}", line.trim_end());
            }
        }
        out
    }
}

/// What sorts names so that the numbers in them count: the second tier stands before the tenth.
fn in_order(name: &str) -> Vec<(&str, u32)> {
    name.split('_').map(|part| part.parse().map_or((part, 0), |number| ("", number))).collect()
}

/// How much a terminal shows.
#[derive(Debug, Clone, Copy)]
struct Size {
    columns: usize,
    rows: usize,
}

fn terminal() -> Option<Size> {
    let (columns, rows) = terminal_size::terminal_size()?;
    Some(Size { columns: columns.0.into(), rows: rows.0.into() })
}

impl Size {
    /// As much of a text as can be seen at once, with the cursor below it.
    fn clip(self, text: &str) -> String {
        let count = text.lines().count();
        let room = self.rows.saturating_sub(1).max(1);
        let shown = if count > room { room.saturating_sub(1) } else { count };
        let mut clipped = String::new();
        for line in text.lines().take(shown) {
            self.clip_line(line, &mut clipped);
            clipped.push('\n');
        }
        if shown < count {
            let _ = writeln!(clipped, "… {} more lines", count - shown);
        }
        clipped
    }

    fn clip_line(self, line: &str, clipped: &mut String) {
        let mut columns = 0;
        let mut is_escape = false;
        for character in line.chars() {
            if is_escape || character == '\x1b' {
                is_escape = character != 'm';
                clipped.push(character);
                continue;
            }
            columns += 1;
            if columns < self.columns {
                clipped.push(character);
            } else if columns == self.columns {
                // Whatever follows is left out, but for what ends its colour.
                clipped.push('…');
            }
        }
    }
}

/// A meter with what it says of itself.
fn title(han: &Han, source: Source) -> String {
    let mut title = match source.meter {
        Meter::Unnamed => "meter".to_owned(),
        meter => meter.to_string(),
    };
    if let Some(endpoint) = source.endpoint {
        let _ = write!(title, "/{endpoint}");
    }
    let Some(identity) = han.identity(source) else { return title };
    if let Some(commodity) = identity.commodity() {
        let _ = write!(title, "  {commodity}{}", if identity.is_mirror() { " (mirror)" } else { "" });
    }
    for (name, text) in [("site", &identity.site_id), ("serial", &identity.serial)] {
        if let Some(text) = text {
            let _ = write!(title, "  {name} {text}");
        }
    }
    if let Some(meter) = han.mirrored(source) {
        let _ = write!(title, "  of {}", meter.meter);
    }
    title
}

#[cfg(test)]
mod tests {
    use super::{Size, in_order};

    #[test]
    fn rows_stand_in_the_order_of_their_numbers() {
        let names = ["import", "import_tier_2", "import_tier_2_block_3", "import_tier_10", "power"];
        assert!(names.is_sorted_by_key(|name| in_order(name)));
    }

    #[test]
    fn a_table_is_clipped_to_what_the_terminal_shows() {
        let size = Size { columns: 8, rows: 4 };
        let table = "\x1b[1mmeter\x1b[0m\n  power  1.2\x1b[2m now\x1b[0m\n  tier_1\n";
        assert_eq!(size.clip(table), "\x1b[1mmeter\x1b[0m\n  power…\x1b[2m\x1b[0m\n  tier_…\n");
        let long = format!("{table}last\n");
        assert_eq!(size.clip(&long).lines().count(), 3);
        assert!(size.clip(&long).ends_with("\n… 2 more lines\n"));
        assert_eq!(Size { columns: 0, rows: 0 }.clip(&long), "… 4 more lines\n");
    }
}
