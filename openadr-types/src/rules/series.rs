//! Rules about the intervals of signals, baselines and reports.

use xml_wire::{DateTime, Duration};

use super::Rule;
use super::finding::{Findings, Place, Severity};
use super::time::after;
use crate::ids::Uid;
use crate::interval::Interval;

/// Intervals are numbered from 0 in steps of 1.
///
/// Only a warning where none of a report's is numbered, as many peers leave that out: they have starts to tell them
/// apart.
pub(super) fn uids(intervals: &[Interval], place: &Place<'_>, out: &mut Findings) {
    let none = intervals.iter().all(|interval| interval.uid.is_none() && interval.start.is_some());
    let severity = if none { Severity::Warning } else { Severity::Error };
    for (index, interval) in intervals.iter().enumerate() {
        let number = interval.uid.as_ref().and_then(Uid::number);
        if number.map(usize::try_from) != Some(Ok(index)) {
            let found = interval.uid.as_ref().map_or("none", |uid| uid.as_str());
            let text = format!("Number the intervals from 0 in steps of 1: here {index}, not {found}.");
            let place = &place.nth("ei:interval", index);
            // One finding tells it: all that follow are off by as much.
            return out.add(severity, Rule::IntervalUids, &place.at("xcal:uid"), text);
        }
    }
}

/// Intervals of an event follow one another, so none has a start.
pub(super) fn no_starts(intervals: &[Interval], place: &Place<'_>, out: &mut Findings) {
    for (index, _) in intervals.iter().enumerate().filter(|(_, interval)| interval.start.is_some()) {
        let place = &place.nth("ei:interval", index);
        let text = "Leave the start out: an interval of an event starts where the one before ends.";
        out.info(Rule::IntervalStart, &place.at("xcal:dtstart"), text);
    }
}

/// An interval of an event has one value, and that a number.
pub(super) fn one_number(intervals: &[Interval], place: &Place<'_>, out: &mut Findings) {
    for (index, _) in intervals.iter().enumerate().filter(|(_, interval)| interval.value().is_none()) {
        let text = "Give the interval exactly one value, as ei:signalPayload/ei:payloadFloat.";
        out.info(Rule::IntervalValue, &place.nth("ei:interval", index), text);
    }
}

/// Whether intervals from `start` on do not last `duration` together; also where an interval has no duration.
///
/// **Interpretation:** it is enough that they do on the calendar, or that their numbers add up: a month and a month after
/// 31 January are shorter than two months.
pub(super) fn is_of_another_length(intervals: &[Interval], start: DateTime, duration: &Duration) -> bool {
    let added = intervals.iter().try_fold((0, 0), |(months, nanos), interval| {
        let (more_months, more_nanos) = length(interval.duration.as_ref()?);
        Some((months + more_months, nanos + more_nanos))
    });
    if added == Some(length(duration)) {
        return false;
    }
    let ends = bounds(intervals, start).map(|bounds| bounds.last().map(|(_, end)| *end));
    match (ends, after(start, duration)) {
        (Some(Some(end)), Some(wanted)) => end != wanted,
        (None, Some(_)) => true,
        _ => false,
    }
}

/// Months and nanoseconds, signed.
fn length(duration: &Duration) -> (i128, i128) {
    let parts = duration.parts();
    let months = i128::from(parts.years) * 12 + i128::from(parts.months);
    let days = i128::from(parts.weeks) * 7 + i128::from(parts.days);
    let minutes = (days * 24 + i128::from(parts.hours)) * 60 + i128::from(parts.minutes);
    let nanos = (minutes * 60 + i128::from(parts.seconds)) * 1_000_000_000 + i128::from(parts.nanos);
    if parts.negative { (-months, -nanos) } else { (months, nanos) }
}

/// When each of consecutive intervals starts and ends; none where one has no duration.
pub(super) fn bounds(intervals: &[Interval], start: DateTime) -> Option<Vec<(DateTime, DateTime)>> {
    let mut start = start;
    let mut bounds = Vec::with_capacity(intervals.len());
    for interval in intervals {
        let end = after(start, interval.duration.as_ref()?)?;
        bounds.push((start, end));
        start = end;
    }
    Some(bounds)
}
