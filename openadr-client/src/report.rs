use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Duration;
use openadr_types::Float;
use openadr_types::ids::{Rid, Uid};
use openadr_types::interval::{Interval, PayloadBase};
use openadr_types::report::{ReadingType, ReportDescription, ReportPayload, ReportType, ResourceStatus};

use crate::history::History;
use crate::offer::{Offer, ReportKind};
use crate::reports::{RequestedReport, whole};
use crate::sample::Sample;
use crate::snapshot::Recorded;

/// The most intervals of one report; what is left goes into the next.
const MOST_INTERVALS: usize = 250;

/// What there is to report, and where the next part begins.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) intervals: Vec<Interval>,
    pub(crate) from: DateTime<Utc>,
    pub(crate) next_place: u64,
    pub(crate) more: bool,
}

impl Data {
    pub(crate) fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }
}

/// What a report has to tell at a time.
pub(crate) fn data(report: &RequestedReport, offer: &Offer, history: &History, now: DateTime<Utc>) -> Data {
    let mut data = match (offer.kind, report.period(), report.granularity()) {
        (ReportKind::HistoryUsage, _, _) => recorded(report, history),
        (_, None, _) => latest(report, history),
        (_, Some(_), None) => recorded(report, history),
        (_, Some(_), Some(granularity)) => slots(report, offer, history, granularity, now),
    };
    if data.is_empty() && offer.kind == ReportKind::TelemetryStatus {
        data.intervals = vec![standing(report, history, now)];
    }
    for (place, interval) in (0..).zip(&mut data.intervals) {
        interval.uid = Some(Uid::from(place));
    }
    data
}

/// How long a time intervals cover, where all have a length.
pub(crate) fn span(intervals: &[Interval]) -> Option<Duration> {
    let start = intervals.first()?.start?.to_utc();
    let last = intervals.last()?;
    let end = last.duration.as_ref()?.after(last.start?.to_utc())?;
    Some(Duration::from(end - start))
}

fn rids(report: &RequestedReport) -> impl Iterator<Item = &Rid> {
    report.request.specifier.payloads.iter().map(|point| &point.rid)
}

/// Each value as it was recorded, one interval for each time.
fn recorded(report: &RequestedReport, history: &History) -> Data {
    let within = |recorded: &&Recorded| {
        let at = recorded.sample.at;
        let started = report.request.specifier.report_interval.is_none() || at >= report.from;
        recorded.place >= report.next_place && started && report.until.is_none_or(|until| at < until)
    };
    let mut found: Vec<&Recorded> = rids(report).flat_map(|rid| history.of(rid)).filter(within).collect();
    found.sort_by_key(|recorded| recorded.place);
    let mut times: BTreeMap<DateTime<Utc>, Vec<&Sample>> = BTreeMap::new();
    let mut next_place = history.next_place();
    let mut more = false;
    for recorded in found {
        let at = recorded.sample.at;
        if times.len() == MOST_INTERVALS && !times.contains_key(&at) {
            (next_place, more) = (recorded.place, true);
            break;
        }
        let samples = times.entry(at).or_default();
        samples.retain(|earlier| earlier.rid != recorded.sample.rid);
        samples.push(&recorded.sample);
    }
    let interval = |(at, samples): (DateTime<Utc>, Vec<&Sample>)| {
        samples
            .iter()
            .fold(Interval::at(at.into()), |interval, sample| interval.with_reading(sample.payload()))
    };
    Data { intervals: times.into_iter().map(interval).collect(), from: report.from, next_place, more }
}

/// The latest value of each data point, in one interval.
fn latest(report: &RequestedReport, history: &History) -> Data {
    let samples: Vec<&Sample> =
        rids(report).filter_map(|rid| history.latest(rid)).map(|recorded| &recorded.sample).collect();
    let at = samples.iter().map(|sample| sample.at).max();
    let intervals = at.map(|at| {
        samples
            .iter()
            .fold(Interval::at(at.into()), |interval, sample| interval.with_reading(sample.payload()))
    });
    Data {
        intervals: intervals.into_iter().collect(),
        from: report.from,
        next_place: history.next_place(),
        more: false,
    }
}

/// A value for each whole granularity that has one; what was recorded late is told late, not dropped.
fn slots(
    report: &RequestedReport,
    offer: &Offer,
    history: &History,
    granularity: TimeDelta,
    now: DateTime<Utc>,
) -> Data {
    let limit = report.until.map_or(now, |until| now.min(until));
    let end = whole(report.from, Some(granularity), limit).unwrap_or(limit);
    let asked_from = report.request.specifier.report_interval.as_ref().map(|period| period.start.to_utc());
    let origin = asked_from.unwrap_or(report.from);
    let mut slots: BTreeMap<DateTime<Utc>, BTreeMap<&Rid, Vec<&Sample>>> = BTreeMap::new();
    for rid in rids(report) {
        let within = history.of(rid).filter(|recorded| {
            let at = recorded.sample.at;
            let late = recorded.place >= report.next_place && asked_from.is_none_or(|from| at >= from);
            at < end && (at >= report.from || late)
        });
        for Recorded { sample, .. } in within {
            let slot = whole(origin.min(sample.at), Some(granularity), sample.at).unwrap_or(sample.at);
            slots.entry(slot).or_default().entry(rid).or_default().push(sample);
        }
    }
    let interval = |(slot, samples): (&DateTime<Utc>, &BTreeMap<&Rid, Vec<&Sample>>)| {
        let empty = Interval::at((*slot).into()).lasting(Duration::from(granularity));
        rids(report).fold(empty, |interval, rid| match samples.get(rid).map(Vec::as_slice) {
            Some(samples @ [.., last]) => interval.with_reading(sum_up(offer.point(rid), samples, last)),
            _ => interval,
        })
    };
    let more = slots.len() > MOST_INTERVALS;
    let intervals: Vec<Interval> = slots.iter().take(MOST_INTERVALS).map(interval).collect();
    let next = slots.keys().nth(MOST_INTERVALS).copied().unwrap_or(end);
    Data { intervals, from: next.max(report.from), next_place: history.next_place(), more }
}

/// The one value that stands for those of a slot: mean or highest where the metadata say so, else the last.
fn sum_up(point: Option<&ReportDescription>, samples: &[&Sample], last: &Sample) -> ReportPayload {
    let numbers = || {
        samples.iter().filter_map(|sample| match sample.value {
            PayloadBase::Float(value) => Some(value.0),
            PayloadBase::ResourceStatus(_) => None,
        })
    };
    let value = match point {
        Some(point) if point.reading_type == ReadingType::Peak => numbers().reduce(f64::max),
        Some(point)
            if point.reading_type == ReadingType::Mean
                || matches!(point.report_type, ReportType::AvgDemand | ReportType::AvgUsage) =>
        {
            // A slot has far fewer values than a float can count.
            let count = numbers().fold(0.0, |count, _| count + 1.0);
            Some(numbers().sum::<f64>() / count).filter(|_| count > 0.0)
        }
        _ => None,
    };
    let mut payload = last.payload();
    if let Some(value) = value {
        payload.value = PayloadBase::Float(Float(value));
    }
    payload
}

/// The status as it stands; online without manual override where nobody said otherwise.
fn standing(report: &RequestedReport, history: &History, now: DateTime<Utc>) -> Interval {
    let at = match report.granularity() {
        Some(granularity) => whole(report.from, Some(granularity), now)
            .and_then(|end| end.checked_sub_signed(granularity))
            .filter(|slot| *slot >= report.from)
            .unwrap_or(report.from),
        None => now,
    };
    let mut interval = Interval::at(at.into());
    interval.duration = report.granularity().map(Duration::from);
    rids(report).fold(interval, |interval, rid| {
        interval.with_reading(history.latest(rid).map_or_else(
            || {
                let status =
                    ResourceStatus { online: true, manual_override: false, load_control_state: None };
                ReportPayload::status(rid.clone(), status)
            },
            |recorded| recorded.sample.payload(),
        ))
    })
}
