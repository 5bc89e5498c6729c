//! Runs of ISPs in messages. Nothing here costs more for a run of two thousand million than for one of one.

use std::fmt;

use super::{Code, Failures, Place};
use crate::calendar::{IspCalendar, Run, conflicts};
use crate::{d_prognosis, flex_offer, flex_request, flex_settlement, metering};

/// Whether an ISP is in runs of both lists. No run is held against every other: either list may be long.
pub(crate) fn meet(some: impl Iterator<Item = Run>, others: impl Iterator<Item = Run>) -> bool {
    let mut others: Vec<Run> = others.filter(|run| !run.is_empty()).collect();
    others.sort_unstable_by_key(|run| run.start);
    // How far those up to each reach.
    let furthest = others.iter().scan(i64::MIN, |furthest, run| {
        *furthest = run.last().max(*furthest);
        Some(*furthest)
    });
    let furthest: Vec<i64> = furthest.collect();
    some.filter(|run| !run.is_empty()).any(|run| {
        let begun = others.partition_point(|other| other.start <= run.last());
        begun.checked_sub(1).and_then(|at| furthest.get(at)).is_some_and(|last| *last >= run.start)
    })
}

/// A run for people to read.
struct Shown(Run);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.duration {
            1 => write!(f, "{}", self.0.start),
            _ => write!(f, "{} to {}", self.0.start, self.0.last()),
        }
    }
}

/// Tells of a type of ISP which run it is.
macro_rules! runs {
    ($($isp:ty),*) => {$(
        impl From<&$isp> for Run {
            fn from(isp: &$isp) -> Self {
                Self { start: i64::from(isp.start.get()), duration: i64::from(isp.duration_isps()) }
            }
        }
    )*};
}

runs!(flex_offer::Isp, flex_request::Isp, flex_settlement::OrderIsp, flex_settlement::ContractIsp);

impl From<&d_prognosis::Isp> for Run {
    fn from(isp: &d_prognosis::Isp) -> Self {
        Self { start: isp.start, duration: isp.duration_isps() }
    }
}

impl From<&metering::Isp> for Run {
    fn from(isp: &metering::Isp) -> Self {
        Self { start: isp.start, duration: 1 }
    }
}

/// The runs of a list of ISPs.
pub(super) fn of<'a, T>(isps: &'a [T]) -> impl Iterator<Item = Run> + Clone
where
    Run: From<&'a T>,
{
    isps.iter().map(Run::from)
}

/// Whether ISPs are within a day of `count` and none is listed twice.
pub(super) fn check(
    runs: impl Iterator<Item = Run> + Clone,
    count: Option<u32>,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    check_named("ISP", runs, count, place, out);
}

/// The same of elements with another name.
pub(super) fn check_named(
    element: &str,
    runs: impl Iterator<Item = Run> + Clone,
    count: Option<u32>,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    let count = count.map_or(i64::MAX, i64::from);
    let (mut in_order, mut last) = (true, i64::MIN);
    for (index, run) in runs.clone().enumerate() {
        if run.start < 1 || run.is_empty() || run.last() > count {
            out.add(Code::IspBounds, &place.nth(element, index), Shown(run));
        }
        in_order &= run.start > last;
        last = last.max(run.last());
    }
    // What is in order needs no list of its own: nearly all messages are.
    if in_order {
        return;
    }
    let mut repeated: Vec<usize> = conflicts(runs.clone()).into_iter().map(|(_, later)| later).collect();
    repeated.sort_unstable();
    repeated.dedup();
    let mut runs = runs.enumerate();
    for index in repeated {
        if let Some((index, run)) = runs.find(|(at, _)| *at == index) {
            out.add(Code::IspConflict, &place.nth(element, index), Shown(run));
        }
    }
}

/// Whether every ISP of the day is listed, each run in an element of this name.
pub(super) fn check_complete(
    element: &str,
    runs: impl Iterator<Item = Run>,
    day: &IspCalendar,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    for run in day.missing(runs) {
        out.add(Code::IspsLacking, &place.at(element), Shown(run));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::{Failure, Policy};
    use super::*;

    fn found(runs: &[(i64, i64)], count: Option<u32>) -> Vec<Failure> {
        let policy = Policy::anyone();
        let mut out = Failures::new(&policy);
        let runs = runs.iter().map(|(start, duration)| Run { start: *start, duration: *duration });
        check(runs, count, &Place::root("FlexRequest"), &mut out);
        out.into_list()
    }

    fn codes(runs: &[(i64, i64)]) -> Vec<(Code, String)> {
        found(runs, Some(96)).into_iter().map(|failure| (failure.code, failure.path)).collect()
    }

    #[test]
    fn runs_within_the_day_that_do_not_meet_are_right_in_any_order() {
        assert_eq!(codes(&[(1, 4), (5, 4), (96, 1)]), []);
        assert_eq!(codes(&[(93, 4), (1, 4), (5, 88)]), []);
    }

    #[test]
    fn each_run_out_of_the_day_is_named() {
        let bounds = |isp: usize| (Code::IspBounds, format!("/FlexRequest/ISP[{isp}]"));
        assert_eq!(codes(&[(0, 1), (1, 1), (96, 2), (200, 1)]), [bounds(1), bounds(3), bounds(4)]);
        assert_eq!(codes(&[(-5, 3), (1, 0), (2, -7)]), [bounds(1), bounds(2), bounds(3)]);
        assert_eq!(codes(&[(i64::MAX, i64::MAX), (i64::MIN, 1)]), [bounds(1), bounds(2)]);
    }

    #[test]
    fn each_run_that_meets_an_earlier_one_is_named() {
        let conflict = |isp: usize| (Code::IspConflict, format!("/FlexRequest/ISP[{isp}]"));
        assert_eq!(codes(&[(1, 10), (3, 1), (5, 1)]), [conflict(2), conflict(3)]);
        assert_eq!(codes(&[(5, 1), (1, 10)]), [conflict(2)]);
        assert_eq!(codes(&[(7, 1), (7, 1)]), [conflict(2)]);
    }

    #[test]
    fn lists_meet_where_they_have_an_isp_in_common() {
        let meet = |some: &[(i64, i64)], others: &[(i64, i64)]| {
            let runs = |list: &[(i64, i64)]| -> Vec<Run> {
                list.iter().map(|(start, duration)| Run { start: *start, duration: *duration }).collect()
            };
            let (some, others) = (runs(some), runs(others));
            let found = meet(some.iter().copied(), others.iter().copied());
            assert_eq!(found, meet(others.into_iter(), some.into_iter()));
            found
        };
        assert!(meet(&[(10, 2)], &[(11, 1)]) && meet(&[(1, 1), (10, 2)], &[(20, 1), (11, 1)]));
        assert!(!meet(&[(10, 2)], &[(12, 1), (9, 1)]) && !meet(&[], &[(1, 1)]));
        // A long one that begins early reaches over short ones.
        assert!(meet(&[(50, 1)], &[(1, 96), (2, 1), (3, 1)]));
        assert!(!meet(&[(5, 0)], &[(1, 10)]) && !meet(&[(5, -3)], &[(1, 10)]));
    }

    #[test]
    fn long_lists_that_do_not_meet_are_told_so_at_once() {
        let start = Instant::now();
        let every_other = |first: i64| (0..200_000).map(move |at| Run { start: first + 2 * at, duration: 1 });
        assert!(!meet(every_other(1), every_other(2)));
        assert!(start.elapsed().as_secs() < 10);
    }

    #[test]
    fn a_run_of_two_thousand_million_costs_nothing() {
        let start = Instant::now();
        let runs: Vec<_> = (0..10_000).map(|start| (start, 2_000_000_000)).collect();
        assert_eq!(found(&runs, None).len(), 100);
        assert!(start.elapsed().as_secs() < 5);
    }
}
