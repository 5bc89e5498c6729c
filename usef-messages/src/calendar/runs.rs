//! Runs of ISPs, as messages carry them: the first and how many.
//!
//! Nothing here takes longer or more memory for a run of 2,000,000,000 periods than for one of one.

use std::ops::RangeInclusive;

use super::IspCalendar;

/// Consecutive ISPs: `Start` and `Duration` of a message, legal or not.
///
/// ```
/// use usef_messages::calendar::{Run, conflicts};
/// let runs = [Run::new(1, 4), Run::new(5, 2_000_000_000), Run::new(6, 1)];
/// assert_eq!(conflicts(runs), [(1, 2)]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// The first, counted from 1.
    pub start: i64,
    /// How many; at least 1.
    pub duration: i64,
}

impl Run {
    /// So many ISPs from this one on.
    pub fn new(start: impl Into<i64>, duration: impl Into<i64>) -> Self {
        Self { start: start.into(), duration: duration.into() }
    }

    /// The last one; below the first where the run is of none.
    pub fn last(self) -> i64 {
        self.start.saturating_add(self.duration).saturating_sub(1)
    }

    /// Whether there is not one ISP in it, which no message may say.
    pub fn is_empty(self) -> bool {
        self.duration < 1
    }
}

impl IspCalendar {
    /// Whether the day has every ISP of the run, and the run has at least one.
    pub fn is_within(&self, run: Run) -> bool {
        !run.is_empty() && run.start >= 1 && run.last() <= i64::from(self.count())
    }

    /// The ISPs of a run that the day has, in order.
    pub fn isps(&self, run: Run) -> RangeInclusive<u32> {
        /// Of nothing.
        const NONE: RangeInclusive<u32> = RangeInclusive::new(1, 0);
        let first = u32::try_from(run.start.max(1));
        let last = u32::try_from(run.last().clamp(0, i64::from(self.count())));
        match (first, last) {
            (Ok(first), Ok(last)) if !run.is_empty() && first <= last => first..=last,
            _ => NONE,
        }
    }

    /// The single ISPs of runs with the value that each has, in the order of the runs; those that the day does not have
    /// are left out.
    pub fn expand<T: Clone>(
        &self,
        runs: impl IntoIterator<Item = (Run, T)>,
    ) -> impl Iterator<Item = (u32, T)> {
        let calendar = *self;
        runs.into_iter().flat_map(move |(run, value)| calendar.isps(run).map(move |isp| (isp, value.clone())))
    }

    /// The ISPs of the day that are in none of the runs, as runs in order.
    pub fn missing(&self, runs: impl IntoIterator<Item = Run>) -> Vec<Run> {
        let mut covered: Vec<RangeInclusive<u32>> =
            runs.into_iter().map(|run| self.isps(run)).filter(|isps| !isps.is_empty()).collect();
        covered.sort_unstable_by_key(|isps| *isps.start());
        let end = self.count() + 1;
        let mut missing = Vec::new();
        let mut next = 1;
        for isps in covered.into_iter().chain([end..=end]) {
            if *isps.start() > next {
                missing.push(Run::new(next, *isps.start() - next));
            }
            next = next.max(isps.end() + 1);
        }
        missing
    }
}

/// Puts ISPs together that follow each other and have the same value.
pub fn compress<T: PartialEq>(isps: impl IntoIterator<Item = (u32, T)>) -> Vec<(Run, T)> {
    let mut runs: Vec<(Run, T)> = Vec::new();
    for (isp, value) in isps {
        match runs.last_mut() {
            Some((run, last)) if *last == value && run.last() + 1 == i64::from(isp) => run.duration += 1,
            _ => runs.push((Run::new(isp, 1), value)),
        }
    }
    runs
}

/// The runs that share an ISP with another, as pairs of places in the list, the lower first; in the order of their starts.
///
/// Every run that shares one with any other is in a pair; not all pairs are given, at most one less than there are runs.
pub fn conflicts(runs: impl IntoIterator<Item = Run>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, Run)> =
        runs.into_iter().enumerate().filter(|(_, run)| !run.is_empty()).collect();
    runs.sort_by_key(|(_, run)| run.start);
    let mut pairs = Vec::new();
    let mut furthest: Option<(usize, Run)> = None;
    for (place, run) in runs {
        if let Some((other, before)) = furthest {
            if run.start <= before.last() {
                pairs.push((place.min(other), place.max(other)));
            }
            if run.last() <= before.last() {
                continue;
            }
        }
        furthest = Some((place, run));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Tz;
    use proptest::prelude::*;
    use xml_wire::Duration;

    /// Twenty-four ISPs.
    fn day() -> IspCalendar {
        IspCalendar::new("2024-04-02".parse().expect("a day"), Tz::UTC, &Duration::from_minutes(60))
            .expect("one")
    }

    const HOSTILE: [Run; 8] = [
        Run { start: 1, duration: 2_000_000_000 },
        Run { start: i64::MIN, duration: i64::MAX },
        Run { start: i64::MAX, duration: i64::MAX },
        Run { start: i64::MIN, duration: i64::MIN },
        Run { start: i64::MAX, duration: i64::MIN },
        Run { start: 0, duration: 1 },
        Run { start: 24, duration: 2 },
        Run { start: 1, duration: 0 },
    ];

    #[test]
    fn runs_beyond_the_day_are_told_and_cut() {
        let expected: [&[u32]; 8] = [&(1..=24).collect::<Vec<_>>(), &[], &[], &[], &[], &[], &[24], &[]];
        for (run, isps) in HOSTILE.into_iter().zip(expected) {
            assert!(!day().is_within(run), "{run:?}");
            assert_eq!(day().isps(run).collect::<Vec<_>>(), isps, "{run:?}");
        }
        for run in [Run::new(1, 24), Run::new(24, 1), Run::new(1, 1)] {
            assert!(day().is_within(run), "{run:?}");
        }
        assert_eq!(day().missing(HOSTILE), []);
        assert_eq!(day().missing(HOSTILE.into_iter().skip(1)), [Run::new(1, 23)]);
    }

    #[test]
    fn expands_and_compresses() {
        let runs =
            [(Run::new(3, 2), 'a'), (Run::new(5, 1), 'a'), (Run::new(7, 1), 'a'), (Run::new(8, 40), 'b')];
        let isps: Vec<(u32, char)> = day().expand(runs).collect();
        assert_eq!(isps[..5], [(3, 'a'), (4, 'a'), (5, 'a'), (7, 'a'), (8, 'b')]);
        assert_eq!(isps.len(), 4 + 17);
        let runs = [(Run::new(3, 3), 'a'), (Run::new(7, 1), 'a'), (Run::new(8, 17), 'b')];
        assert_eq!(compress(isps), runs);
        assert_eq!(compress(Vec::<(u32, char)>::new()), []);
    }

    #[test]
    fn tells_what_is_missing() {
        let runs = [Run::new(20, 100), Run::new(2, 3), Run::new(3, 5), Run::new(3, 1)];
        assert_eq!(day().missing(runs), [Run::new(1, 1), Run::new(8, 12)]);
        assert_eq!(day().missing([]), [Run::new(1, 24)]);
        assert_eq!(day().missing([Run::new(1, 24)]), []);
    }

    #[test]
    fn tells_which_runs_conflict() {
        assert_eq!(conflicts([Run::new(1, 4), Run::new(5, 4), Run::new(9, 1)]), []);
        assert_eq!(conflicts([Run::new(5, 1), Run::new(1, 10), Run::new(3, 1)]), [(1, 2), (0, 1)]);
        assert_eq!(conflicts([Run::new(5, 1), Run::new(5, 1), Run::new(5, 0)]), [(0, 1)]);
        assert_eq!(conflicts(HOSTILE), [(0, 6)]);
    }

    #[test]
    fn many_long_runs_take_no_time() {
        let runs = (0..100_000).map(|start| Run::new(start, 2_000_000_000));
        assert_eq!(conflicts(runs.clone()).len(), 99_999);
        assert_eq!(day().missing(runs), []);
    }

    fn runs() -> impl Strategy<Value = Vec<Run>> {
        prop::collection::vec(
            (-2_i64..30, -1_i64..6).prop_map(|(start, duration)| Run { start, duration }),
            0..12,
        )
    }

    proptest! {
        #[test]
        fn what_is_missing_is_what_no_run_has(runs in runs()) {
            let day = day();
            let missing: Vec<u32> =
                day.expand(day.missing(runs.clone()).into_iter().map(|run| (run, ()))).map(|(isp, ())| isp).collect();
            let has = |isp: u32| runs.iter().any(|run| run.start <= i64::from(isp) && i64::from(isp) <= run.last());
            let expected: Vec<u32> = (1..=24).filter(|isp| !has(*isp)).collect();
            prop_assert_eq!(missing, expected);
        }

        #[test]
        fn conflicts_name_every_run_that_overlaps_another(runs in runs()) {
            let overlap = |a: Run, b: Run| {
                !a.is_empty() && !b.is_empty() && a.start <= b.last() && b.start <= a.last()
            };
            let pairs = conflicts(runs.clone());
            for (a, b) in &pairs {
                prop_assert!(a < b && overlap(runs[*a], runs[*b]));
            }
            for (place, run) in runs.iter().enumerate() {
                let overlaps = runs.iter().enumerate().any(|(other, o)| other != place && overlap(*run, *o));
                prop_assert_eq!(pairs.iter().any(|(a, b)| *a == place || *b == place), overlaps);
            }
        }

        #[test]
        fn expanding_undoes_compressing(values in prop::collection::btree_map(1_u32..=24, 0_u8..3, 0..24)) {
            let isps: Vec<(u32, u8)> = values.into_iter().collect();
            let runs = compress(isps.clone());
            prop_assert_eq!(conflicts(runs.iter().map(|(run, _)| *run)), []);
            prop_assert_eq!(day().expand(runs).collect::<Vec<_>>(), isps);
        }
    }
}
