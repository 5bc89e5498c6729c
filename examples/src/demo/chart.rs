//! Power over time, as the VTN has it from the reports.

use chrono::{DateTime, TimeDelta, Utc};

/// A value that a report brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// When it was measured.
    pub(super) at: DateTime<Utc>,
    /// Kilowatts.
    pub(super) kw: f64,
}

/// The mean power between two times; none where nothing was reported.
pub(super) fn mean_kw(points: &[Point], from: DateTime<Utc>, to: DateTime<Utc>) -> Option<f64> {
    let within: Vec<f64> =
        points.iter().filter(|point| from <= point.at && point.at < to).map(|p| p.kw).collect();
    let count = u32::try_from(within.len()).ok().filter(|count| *count > 0)?;
    Some(within.iter().sum::<f64>() / f64::from(count))
}

/// Height of the chart in lines.
const LINES: u32 = 11;
/// Minutes that a column stands for.
const COLUMN: TimeDelta = TimeDelta::minutes(3);

/// A chart of `points` from `start` to `end`, with the event marked below it.
pub(super) fn draw(
    points: &[Point],
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    event: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> String {
    let mut columns = Vec::new();
    let mut at = start;
    while at < end {
        columns.push((at, mean_kw(points, at, at + COLUMN)));
        at += COLUMN;
    }
    let top = columns.iter().filter_map(|(_, kw)| *kw).fold(1.0_f64, f64::max).ceil();
    let mut out = String::from("   kW\n");
    for line in (0..LINES).rev() {
        let floor = top * f64::from(line) / f64::from(LINES);
        let step = top / f64::from(LINES);
        let label = if line % 2 == 0 { format!("{floor:5.1}") } else { " ".repeat(5) };
        let bars = columns.iter().map(|(_, kw)| match kw {
            Some(kw) => block((kw - floor) / step),
            None => ' ',
        });
        let bars: String = bars.collect();
        out.push_str(&format!("{label} │{}\n", bars.trim_end()));
    }
    out.push_str(&format!("      └{}\n", "─".repeat(columns.len())));
    out.push_str(&format!("       {}\n", hours(&columns)));
    if let Some((from, to)) = event {
        let mark = columns.iter().map(|(at, _)| if from <= *at && *at < to { '▲' } else { ' ' });
        let mark: String = mark.collect();
        out.push_str(&format!("       {} event\n", mark.trim_end()));
    }
    out
}

/// A block filled by this part.
fn block(part: f64) -> char {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let eighths = (0_u8..8).filter(|eighth| part > f64::from(*eighth) / 8.0 + 1.0 / 16.0).count();
    BLOCKS[eighths]
}

/// The full hours, below their columns.
fn hours(columns: &[(DateTime<Utc>, Option<f64>)]) -> String {
    let mut line = String::new();
    for (index, (at, _)) in columns.iter().enumerate() {
        if at.format("%M").to_string() == "00" && line.chars().count() <= index {
            line.push_str(&" ".repeat(index - line.chars().count()));
            line.push_str(&at.format("%H:%M").to_string());
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_high_power_higher_and_marks_the_event() {
        let start: DateTime<Utc> = "2026-01-15T17:00:00Z".parse().unwrap();
        let at = |minutes| start + TimeDelta::minutes(minutes);
        let points: Vec<Point> =
            (0..12).map(|i| Point { at: at(i), kw: if i < 6 { 8.0 } else { 1.0 } }).collect();
        assert_eq!(mean_kw(&points, at(0), at(12)), Some(4.5));
        assert_eq!(mean_kw(&points, at(60), at(70)), None);
        let chart = draw(&points, (start, at(12)), Some((at(6), at(12))));
        let lines: Vec<&str> = chart.lines().collect();
        assert!(lines[1].ends_with("│██"), "{chart}");
        assert!(lines[LINES as usize].ends_with("│████"), "{chart}");
        assert!(chart.contains("17:00"), "{chart}");
        assert!(chart.ends_with("         ▲▲ event\n"), "{chart}");
    }
}
