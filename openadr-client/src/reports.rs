//! Reports that a VTN has asked for: what was asked, and when the next is due.
//!
//! ```
//! use openadr_client::Ven;
//!
//! fn show(ven: &Ven) {
//!     for report in ven.reports() {
//!         println!("{} next at {}", report.request.report_request_id, report.due);
//!     }
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Duration;
use openadr_types::ids::{ReportRequestId, VenId};
use openadr_types::report::{RegisterReport, Report, ReportRequest, UpdateReport};
use openadr_types::response::ResponseCode;

use crate::backoff::Quiet;
use crate::config::Config;
use crate::error::Error;
use crate::history::History;
use crate::notice::Notice;
use crate::offer::{Offer, ReportKind};
use crate::report::{self, Data};
use crate::sample::Sample;
use crate::snapshot::Recorded;
use crate::ven::Shared;

/// A report that the VTN has asked for and that is not finished.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestedReport {
    /// What was asked.
    pub request: ReportRequest,
    /// When the next part is due.
    pub due: DateTime<Utc>,
    /// When it ends; absent where only the VTN ends it.
    pub until: Option<DateTime<Utc>>,
    /// With a granularity, the end of what was reported.
    pub from: DateTime<Utc>,
    /// Without, the place of the first sample that was not reported.
    pub next_place: u64,
    /// Whether the next part is the last (rule 345).
    pub last: bool,
}

/// All that a VEN has to report.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) requested: Vec<RequestedReport>,
    pub(crate) history: History,
    /// Whether metadata are to be sent, and which request they answer.
    pub(crate) register: Register,
    pub(crate) dropped: u64,
    /// Reports that the VTN cannot take at present.
    held: BTreeMap<ReportRequestId, Quiet>,
    /// Requests that stood when the VTN last took metadata, which may have made them void.
    before_metadata: BTreeSet<ReportRequestId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Register {
    No,
    Unasked,
    Asked(ReportRequestId),
}

/// A part of a report on its way, and where the next begins.
#[derive(Debug)]
pub(crate) struct Part {
    report_request_id: ReportRequestId,
    intervals: usize,
    samples: u64,
    from: DateTime<Utc>,
    next_place: u64,
    /// Whether there is more than fits into one message.
    more: bool,
}

/// How many reports may be asked for at the same time.
const MOST_REQUESTED: usize = 250;

/// A refusal: the code and why.
type Refusal = (ResponseCode, String);

impl Reports {
    pub(crate) fn new(history: History) -> Self {
        Self {
            requested: Vec::new(),
            history,
            register: Register::No,
            dropped: 0,
            held: BTreeMap::new(),
            before_metadata: BTreeSet::new(),
        }
    }

    /// The registration is another: what was asked under the former is void, and metadata are due (301, 406).
    pub(crate) fn start_over(&mut self, shared: &mut Shared) {
        self.held.clear();
        self.before_metadata.clear();
        for report in std::mem::take(&mut self.requested) {
            shared
                .notices
                .push_back(Notice::ReportEnded { report_request_id: report.request.report_request_id });
        }
        self.register = Register::Unasked;
    }

    pub(crate) fn record(&mut self, sample: Sample, config: &Config) -> Result<(), Error> {
        if !config.offers.iter().any(|offer| offer.point(&sample.rid).is_some()) {
            return Err(Error::UnknownDataPoint(sample.rid));
        }
        if let Some(lost) = self.history.record(sample) {
            let wanted = self.requested.iter().any(|report| report.wants(&lost));
            self.dropped = self.dropped.saturating_add(u64::from(wanted));
        }
        Ok(())
    }

    /// The VTN has the metadata, and may have repeated requests.
    pub(crate) fn registered(&mut self, repeated: &[ReportRequest]) {
        let ids = self.requested.iter().map(|report| &report.request.report_request_id);
        let others = ids.filter(|id| repeated.iter().all(|request| request.report_request_id != **id));
        self.before_metadata = others.cloned().collect();
    }

    /// The VTN does not know a request, maybe after a restart: metadata tell it what it may ask for, unless it was
    /// metadata that made the request void.
    pub(crate) fn unknown(&mut self, id: &ReportRequestId, shared: &mut Shared) {
        if !self.before_metadata.contains(id) {
            self.register = Register::Unasked;
        }
        self.end(id, shared);
    }

    pub(crate) fn metadata(
        &self,
        config: &Config,
        ven_id: &VenId,
        now: DateTime<Utc>,
        id: String,
    ) -> RegisterReport {
        let reports = config.offers.iter().map(|offer| offer.metadata(now)).collect();
        let mut message = RegisterReport::new(id, reports, Some(ven_id.clone()));
        if let Register::Asked(report_request_id) = &self.register {
            message.report_request_id = Some(report_request_id.clone());
        }
        message
    }

    /// Takes requests for reports, all or none of them.
    ///
    /// **Interpretation:** an answer has one code for all requests, so the first that is refused refuses all. A
    /// request with an identifier that is in use replaces the one before.
    pub(crate) fn request(
        &mut self,
        requests: Vec<ReportRequest>,
        now: DateTime<Utc>,
        shared: &mut Shared,
    ) -> Result<(), Refusal> {
        let mut accepted = Vec::new();
        let known: BTreeSet<_> =
            self.requested.iter().map(|report| &report.request.report_request_id).collect();
        let new = requests.iter().filter(|request| !known.contains(&request.report_request_id)).count();
        if self.requested.len() + new > MOST_REQUESTED {
            return Err((ResponseCode::REPORT_NOT_SUPPORTED, format!("more than {MOST_REQUESTED} reports")));
        }
        for request in requests {
            accepted.push((check(&request, &shared.config)?, request));
        }
        for (offer, request) in accepted {
            let report_request_id = request.report_request_id.clone();
            let known = self.requested.iter().any(|report| report.request == request);
            let Some(offer) = offer else {
                self.register = Register::Asked(report_request_id);
                continue;
            };
            if known {
                continue;
            }
            shared.notices.push_back(Notice::ReportRequested {
                report_request_id: report_request_id.clone(),
                report_specifier_id: request.specifier.report_specifier_id.clone(),
            });
            self.requested.retain(|report| report.request.report_request_id != report_request_id);
            self.before_metadata.remove(&report_request_id);
            self.requested.push(RequestedReport::new(request, offer, self.history.next_place(), now));
        }
        Ok(())
    }

    /// Ends reports, or sends one last part of each first (rule 345).
    pub(crate) fn cancel(
        &mut self,
        report_request_ids: &[ReportRequestId],
        one_more: bool,
        now: DateTime<Utc>,
        shared: &mut Shared,
    ) -> Result<(), Refusal> {
        let known = |id: &&ReportRequestId| {
            self.requested.iter().any(|report| report.request.report_request_id == **id)
        };
        if let Some(unknown) = report_request_ids.iter().find(|id| !known(id)) {
            return Err((ResponseCode::INVALID_ID, format!("no report request {unknown}")));
        }
        for id in report_request_ids {
            if one_more {
                for report in
                    self.requested.iter_mut().filter(|report| report.request.report_request_id == *id)
                {
                    (report.last, report.due) = (true, now);
                }
            } else {
                self.end(id, shared);
            }
        }
        Ok(())
    }

    pub(crate) fn end(&mut self, report_request_id: &ReportRequestId, shared: &mut Shared) {
        self.held.remove(report_request_id);
        self.before_metadata.remove(report_request_id);
        let before = self.requested.len();
        self.requested.retain(|report| report.request.report_request_id != *report_request_id);
        if self.requested.len() < before {
            let report_request_id = report_request_id.clone();
            shared.notices.push_back(Notice::ReportEnded { report_request_id });
        }
    }

    /// Periodic reports that are still to come.
    pub(crate) fn pending(&self) -> Vec<ReportRequestId> {
        let pending = self.requested.iter().filter(|report| report.period().is_some() && !report.last);
        pending.map(|report| report.request.report_request_id.clone()).collect()
    }

    /// Puts off what is due while there is nothing to tell.
    pub(crate) fn advance(&mut self, now: DateTime<Utc>, shared: &mut Shared) {
        let mut finished = Vec::new();
        for report in &mut self.requested {
            let Some(period) = report.period() else { continue };
            let Some(offer) = offer(&shared.config, &report.request) else { continue };
            if report.due > now || report.last || !report::data(report, offer, &self.history, now).is_empty()
            {
                continue;
            }
            if report.put_off(period, now) {
                finished.push(report.request.report_request_id.clone());
            }
        }
        for id in finished {
            self.end(&id, shared);
        }
    }

    /// The clock was set back: what has begun waits at most a period longer for that, and keeps to
    /// whole periods.
    pub(crate) fn set_back(&mut self, by: TimeDelta, now: DateTime<Utc>) {
        self.held.values_mut().for_each(|quiet| quiet.set_back(by));
        for report in &mut self.requested {
            let interval = report.request.specifier.report_interval.as_ref();
            let begun = interval.is_none_or(|interval| interval.start.to_utc() <= now);
            if let Some(period) = report.period().filter(|_| begun) {
                let period = period.num_milliseconds().max(1);
                let periods = by.num_milliseconds() / period;
                let by = TimeDelta::try_milliseconds(periods.saturating_mul(period)).unwrap_or_default();
                report.due = report.due.checked_sub_signed(by).unwrap_or(now);
            }
        }
    }

    /// When the next part of a report is due.
    pub(crate) fn next_due(&self, config: &Config) -> Option<DateTime<Utc>> {
        let ready = self.requested.iter().filter(|report| self.can_send(report, config));
        ready.map(|report| self.send_at(report)).min()
    }

    fn send_at(&self, report: &RequestedReport) -> DateTime<Utc> {
        let held = self.held.get(&report.request.report_request_id).and_then(Quiet::until);
        held.map_or(report.due, |until| until.max(report.due))
    }

    /// The row of failures of a report.
    pub(crate) fn held(&mut self, part: &Part) -> &mut Quiet {
        self.held.entry(part.report_request_id.clone()).or_default()
    }

    /// The VTN can take a report.
    pub(crate) fn release(&mut self, part: &Part) {
        self.held.remove(&part.report_request_id);
    }

    /// A single telemetry report waits for the first value.
    fn can_send(&self, report: &RequestedReport, config: &Config) -> bool {
        let Some(offer) = offer(config, &report.request) else { return false };
        report.period().is_some()
            || report.last
            || offer.kind != ReportKind::TelemetryUsage
            || !report::data(report, offer, &self.history, report.due).is_empty()
    }

    /// The part that is due first.
    pub(crate) fn next_part(
        &self,
        config: &Config,
        ven_id: &VenId,
        now: DateTime<Utc>,
        ids: (String, String),
    ) -> Option<(Part, UpdateReport)> {
        let ready = self.requested.iter().filter(|report| self.can_send(report, config));
        let requested = ready.filter(|report| self.send_at(report) <= now).min_by_key(|report| report.due)?;
        let offer = offer(config, &requested.request)?;
        let Data { intervals, from, next_place, more } = report::data(requested, offer, &self.history, now);
        let part = Part {
            report_request_id: requested.request.report_request_id.clone(),
            intervals: intervals.len(),
            samples: intervals.iter().map(|interval| interval.payloads.len() as u64).sum(),
            from,
            next_place,
            more,
        };
        let (request_id, report_id) = ids;
        let report = Report {
            start: Some(intervals.first().and_then(|first| first.start).unwrap_or_else(|| now.into())),
            duration: report::span(&intervals),
            intervals,
            report_id: Some(report_id.into()),
            descriptions: Vec::new(),
            report_request_id: part.report_request_id.clone(),
            report_specifier_id: offer.specifier_id.clone(),
            name: Some(offer.kind.name()),
            created_date_time: now.into(),
        };
        Some((part, UpdateReport::new(request_id, vec![report], Some(ven_id.clone()))))
    }

    /// A part is with the VTN, or is given up: what is next follows it.
    pub(crate) fn settle(&mut self, part: &Part, now: DateTime<Utc>, shared: &mut Shared) {
        let id = &part.report_request_id;
        let Some(report) = self.requested.iter_mut().find(|report| report.request.report_request_id == *id)
        else {
            return;
        };
        (report.from, report.next_place) = (part.from, part.next_place);
        if part.more {
            return;
        }
        let finished = report.last || report.period().is_none_or(|period| report.put_off(period, now));
        if finished {
            self.end(id, shared);
        }
    }
}

impl Part {
    pub(crate) fn report_request_id(&self) -> &ReportRequestId {
        &self.report_request_id
    }

    /// How many values it has.
    pub(crate) fn samples(&self) -> u64 {
        self.samples
    }

    pub(crate) fn sent(&self) -> Notice {
        Notice::ReportSent { report_request_id: self.report_request_id.clone(), intervals: self.intervals }
    }
}

impl RequestedReport {
    fn new(request: ReportRequest, offer: &Offer, next_place: u64, now: DateTime<Utc>) -> Self {
        let interval = request.specifier.report_interval.as_ref();
        let start = interval.map_or(now, |interval| interval.start.to_utc());
        let until = interval.filter(|interval| !interval.is_open_ended());
        let until = until.and_then(|interval| interval.duration.after(start));
        let mut report = Self { request, due: start.max(now), until, from: start, next_place, last: false };
        if offer.kind == ReportKind::HistoryUsage {
            report.next_place = 0;
        } else if let Some(period) = report.period() {
            // Parts end at whole periods after the start, values at whole granularities.
            report.from = whole(start, report.granularity(), now).unwrap_or(now).max(start);
            let last = whole(start, Some(period), now).unwrap_or(now);
            report.due = last.max(start).checked_add_signed(period).unwrap_or(last);
            report.due = report.until.map_or(report.due, |until| report.due.min(until));
        }
        report
    }

    /// The time between two parts; none for a single one.
    ///
    /// **Interpretation:** with a granularity and no report-back duration, each value is a part.
    pub(crate) fn period(&self) -> Option<TimeDelta> {
        let back = &self.request.specifier.report_back_duration;
        back.to_time_delta().filter(|back| *back > TimeDelta::zero()).or_else(|| self.granularity())
    }

    /// The time between two values; none for all that were recorded.
    pub(crate) fn granularity(&self) -> Option<TimeDelta> {
        self.request.specifier.granularity.to_time_delta().filter(|length| *length > TimeDelta::zero())
    }

    /// Whether a sample has yet to be reported.
    fn wants(&self, recorded: &Recorded) -> bool {
        let asked = self.request.specifier.payloads.iter().any(|point| point.rid == recorded.sample.rid);
        asked
            && self.period().is_some()
            && match self.granularity() {
                Some(_) => recorded.sample.at >= self.from,
                None => recorded.place >= self.next_place,
            }
    }

    /// Moves on to the next time after `now` when a part is due; says whether there is none.
    fn put_off(&mut self, period: TimeDelta, now: DateTime<Utc>) -> bool {
        if self.until.is_some_and(|until| until <= now) {
            return true;
        }
        let last = whole(self.due, Some(period), now).unwrap_or(now).max(self.due);
        let due = last.checked_add_signed(period).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.due = self.until.map_or(due, |until| due.min(until));
        false
    }
}

/// The last time up to `now` that is a whole number of steps after `start`; where `now` is before, `start`.
pub(crate) fn whole(
    start: DateTime<Utc>,
    step: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let step = step?.num_milliseconds().max(1);
    let steps = ((now - start).num_milliseconds() / step).max(0);
    start.checked_add_signed(TimeDelta::try_milliseconds(steps.checked_mul(step)?)?)
}

pub(crate) fn offer<'a>(config: &'a Config, request: &ReportRequest) -> Option<&'a Offer> {
    config.offers.iter().find(|offer| offer.specifier_id == request.specifier.report_specifier_id)
}

/// The offer that a request is for, or none where it asks for metadata.
fn check<'a>(request: &ReportRequest, config: &'a Config) -> Result<Option<&'a Offer>, Refusal> {
    let specifier = &request.specifier;
    let id = request.report_request_id.as_str().trim();
    if specifier.report_specifier_id.as_str() == "METADATA" {
        return Ok(None);
    }
    if id.is_empty() || id == "0" {
        return Err((ResponseCode::INVALID_DATA, "reportRequestID is empty or 0".to_owned()));
    }
    let Some(offer) = offer(config, request) else {
        let id = &specifier.report_specifier_id;
        return Err((ResponseCode::INVALID_ID, format!("no report {id}")));
    };
    let not_supported = |why: String| Err((ResponseCode::REPORT_NOT_SUPPORTED, why));
    let length = |duration: &Duration| duration.to_time_delta().filter(|length| *length >= TimeDelta::zero());
    let (Some(granularity), Some(back)) =
        (length(&specifier.granularity), length(&specifier.report_back_duration))
    else {
        return not_supported("a period is negative or has no fixed length".to_owned());
    };
    let least = TimeDelta::seconds(1);
    if back > TimeDelta::zero() && back < least {
        return not_supported(format!("reports every {back} are too many"));
    }
    if offer.kind == ReportKind::HistoryUsage && (granularity, back) != (TimeDelta::zero(), TimeDelta::zero())
    {
        return not_supported("history is reported once".to_owned());
    }
    for wanted in &specifier.payloads {
        let Some(point) = offer.point(&wanted.rid) else {
            return Err((ResponseCode::INVALID_ID, format!("no data point {}", wanted.rid)));
        };
        let shortest = offer.rate(point).min_period.to_time_delta().unwrap_or_default();
        if granularity > TimeDelta::zero() && granularity < shortest.max(TimeDelta::milliseconds(1)) {
            return not_supported(format!("{} is not taken as often", wanted.rid));
        }
    }
    Ok(Some(offer))
}
