//! Runs of ISPs. Nothing here costs more for a run of two thousand million than for one of one.

use super::day::Day;
use super::{Code, Failures, Place};
use crate::{d_prognosis, flex_offer, flex_request, flex_settlement, metering};

/// `Duration` ISPs from `Start` on, as a message says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Counted from 1, if the message is right.
    pub(crate) start: i64,
    /// One at least, if the message is right.
    pub(crate) duration: i64,
}

impl Run {
    /// The last ISP of it.
    pub(crate) const fn last(self) -> i64 {
        self.start.saturating_add(self.duration).saturating_sub(1)
    }

    /// Whether both have an ISP in common.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.start <= other.last() && other.start <= self.last()
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.duration {
            1 => write!(f, "{}", self.start),
            _ => write!(f, "{} to {}", self.start, self.last()),
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

/// Whether ISPs are within the day of `count` and none is listed twice.
pub(super) fn check(
    runs: impl Iterator<Item = Run> + Clone,
    count: Option<i64>,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    let count = count.unwrap_or(i64::MAX);
    let (mut in_order, mut last) = (true, i64::MIN);
    for (index, run) in runs.clone().enumerate() {
        if run.start < 1 || run.duration < 1 || run.last() > count {
            out.add(Code::IspBounds, &place.nth("ISP", index), run);
        }
        in_order &= run.start > last;
        last = last.max(run.last());
    }
    if in_order {
        return;
    }
    let mut sorted: Vec<(usize, Run)> = runs.enumerate().filter(|(_, run)| run.duration > 0).collect();
    sorted.sort_by_key(|(_, run)| run.start);
    let mut last = None;
    for (index, run) in sorted {
        if last.is_some_and(|last| run.start <= last) {
            out.add(Code::IspConflict, &place.nth("ISP", index), run);
        }
        last = last.max(Some(run.last()));
    }
}

/// Whether every ISP of the day is listed.
pub(super) fn check_complete(
    runs: impl Iterator<Item = Run>,
    day: Day,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    let mut sorted: Vec<Run> = runs.filter(|run| run.duration > 0).collect();
    sorted.sort_by_key(|run| run.start);
    let end = Run { start: day.count() + 1, duration: 1 };
    let mut next = 1;
    for run in sorted.into_iter().chain([end]) {
        let until = run.start.min(end.start);
        if until > next {
            out.add(Code::IspsLacking, &place.at("ISP"), Run { start: next, duration: until - next });
        }
        next = next.max(run.last().saturating_add(1));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::{Failure, Policy};
    use super::*;

    fn found(runs: &[(i64, i64)], count: Option<i64>) -> Vec<Failure> {
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
        assert_eq!(codes(&[(5, 1), (1, 10)]), [conflict(1)]);
        assert_eq!(codes(&[(7, 1), (7, 1)]), [conflict(2)]);
    }

    #[test]
    fn a_run_of_two_thousand_million_costs_nothing() {
        let start = Instant::now();
        let runs: Vec<_> = (0..10_000).map(|start| (start, 2_000_000_000)).collect();
        assert_eq!(found(&runs, None).len(), 100);
        assert!(start.elapsed().as_secs() < 5);
    }
}
