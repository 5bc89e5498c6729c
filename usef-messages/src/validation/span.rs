//! Spans of days, from the first to the last, both included.

use chrono::NaiveDate;

use super::{Code, Failures, Place};
use crate::values::Period;

/// From a day to a day; without a last one until further notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: NaiveDate,
    pub(super) end: Option<NaiveDate>,
}

impl Span {
    pub(super) fn new(start: Period, end: Option<Period>) -> Self {
        Self { start: start.date(), end: end.map(Period::date) }
    }

    pub(super) fn is_turned(self) -> bool {
        self.end.is_some_and(|end| end < self.start)
    }

    /// Whether all of another span lies in this.
    pub(super) fn holds(self, other: Self) -> bool {
        let ends = match (self.end, other.end) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(end), Some(other)) => other <= end,
        };
        self.start <= other.start && ends
    }

    /// The last day, for comparison.
    fn last(self) -> NaiveDate {
        self.end.unwrap_or(NaiveDate::MAX)
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.end {
            Some(end) => write!(f, "{} to {end}", self.start),
            None => write!(f, "{} on", self.start),
        }
    }
}

/// Whether a span ends no earlier than it starts.
pub(super) fn check_order(span: Span, attribute: &str, place: &Place<'_>, out: &mut Failures<'_>) {
    if span.is_turned() {
        out.add(Code::PeriodOrder, &place.at(attribute), span);
    }
}

/// Which things are listed twice for a day: the later of each two in the list, by its index.
pub(super) fn repeated<K: Ord>(things: impl Iterator<Item = (K, Span)>) -> Vec<usize> {
    let mut sorted: Vec<(K, Span, usize)> =
        things.enumerate().map(|(index, (thing, span))| (thing, span, index)).collect();
    sorted.sort_by(|(a, a_span, a_at), (b, b_span, b_at)| {
        a.cmp(b).then(a_span.start.cmp(&b_span.start)).then(a_at.cmp(b_at))
    });
    let mut repeated = Vec::new();
    let mut furthest: Option<(&K, NaiveDate, usize)> = None;
    for (thing, span, index) in &sorted {
        if let Some((before, last, at)) = furthest
            && before == thing
        {
            if span.start <= last {
                repeated.push((*index).max(at));
            }
            if span.last() <= last {
                continue;
            }
        }
        furthest = Some((thing, span.last(), *index));
    }
    repeated.sort_unstable();
    repeated.dedup();
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: &str, end: Option<&str>) -> Span {
        Span::new(start.parse().unwrap(), end.map(|end| end.parse().unwrap()))
    }

    #[test]
    fn a_span_without_end_holds_all_that_starts_later() {
        let open = span("2026-01-02", None);
        assert!(open.holds(span("2026-01-02", Some("2026-01-02"))) && open.holds(span("2027-01-01", None)));
        assert!(!open.holds(span("2026-01-01", None)));
        let year = span("2026-01-01", Some("2026-12-31"));
        assert!(!year.holds(open) && year.holds(span("2026-12-31", Some("2026-12-31"))));
        assert!(span("2026-01-02", Some("2026-01-01")).is_turned() && !open.is_turned());
    }

    #[test]
    fn what_is_listed_for_the_same_day_twice_is_repeated() {
        let (first, second) = (span("2026-01-01", Some("2026-06-30")), span("2026-07-01", None));
        assert!(repeated([("a", first), ("a", second), ("b", first)].into_iter()).is_empty());
        assert_eq!(repeated([("a", second), ("b", first), ("a", first), ("a", first)].into_iter()), [3]);
        let all = span("2025-01-01", None);
        assert_eq!(repeated([("a", all), ("a", first), ("a", second)].into_iter()), [1, 2]);
    }
}
