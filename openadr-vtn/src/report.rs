//! Reports: which are asked for, and what they bring.
//!
//! ```
//! use openadr_types::Float;
//! use openadr_vtn::report::{Reading, Value};
//!
//! let reading = Reading {
//!     rid: "power".into(),
//!     start: "2026-11-23T17:00:00Z".parse()?,
//!     duration: None,
//!     value: Value::Number(Float(1.5)),
//!     unit: None,
//!     quality: None,
//! };
//! assert_eq!(reading.value.number(), Some(1.5));
//! # Ok::<(), chrono::ParseError>(())
//! ```

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::ids::{ReportRequestId, ReportSpecifierId, Rid};
use openadr_types::interval::{PayloadBase, StreamPayload};
use openadr_types::period::Period;
use openadr_types::report::{
    DataQuality, Report, ReportDescription, ReportName, ReportRequest, ReportSpecifier, ResourceStatus,
};
use openadr_types::units::ItemBase;
use openadr_types::{Duration, Float, Fragment};

use crate::refusal::Refusal;

/// Which of the reports that a VEN offers are asked for at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ReportPolicy {
    /// None; the operator asks.
    #[default]
    Nothing,
    /// All telemetry, from now on until cancelled.
    Telemetry {
        /// The time between two values; brought within what a VEN offers.
        granularity: TimeDelta,
        /// The time between two reports.
        report_back: TimeDelta,
    },
}

impl ReportPolicy {
    /// What to ask for of a report that is offered.
    pub(crate) fn wants(&self, offered: &Report, now: DateTime<Utc>) -> Option<ReportSpecifier> {
        let Self::Telemetry { granularity, report_back } = self else { return None };
        let is_telemetry = matches!(
            offered.name,
            Some(ReportName::MetadataTelemetryUsage | ReportName::MetadataTelemetryStatus)
        );
        if !is_telemetry || offered.descriptions.is_empty() {
            return None;
        }
        let granularity = within_offer(*granularity, &offered.descriptions);
        Some(ReportSpecifier::periodic(
            offered.report_specifier_id.clone(),
            granularity.into(),
            (*report_back).max(granularity).into(),
            Period::new(now.into(), Duration::ZERO),
            offered.descriptions.iter().map(|point| point.rid.clone()),
        ))
    }
}

/// The granularity nearest to `wanted` that all data points have.
fn within_offer(wanted: TimeDelta, points: &[ReportDescription]) -> TimeDelta {
    let rates = || points.iter().filter_map(|point| point.sampling_rate.as_ref());
    let most = rates().filter_map(|rate| rate.max_period.to_time_delta()).min().unwrap_or(wanted);
    let least = rates().filter_map(|rate| rate.min_period.to_time_delta()).max().unwrap_or(wanted);
    wanted.min(most).max(least)
}

/// A report that the operator asks for.
///
/// ```
/// use openadr_vtn::report::NewReport;
///
/// let quarters = NewReport::periodic("telemetry", "PT15M".parse()?, "PT1H".parse()?);
/// assert!(quarters.rids.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Which of those that the VEN offers.
    pub report_specifier_id: ReportSpecifierId,
    /// Which of its data points; empty means all.
    pub rids: Vec<Rid>,
    /// The time between two values; zero for as often as they are taken, and for history.
    pub granularity: Duration,
    /// The time between two reports; zero for a single one.
    pub report_back_duration: Duration,
    /// From when for how long; zero until cancelled. Without, from now on until cancelled.
    pub interval: Option<Period>,
}

impl NewReport {
    /// All data points of a report, from now on until cancelled.
    pub fn periodic(
        report_specifier_id: impl Into<ReportSpecifierId>,
        granularity: Duration,
        report_back_duration: Duration,
    ) -> Self {
        Self {
            report_specifier_id: report_specifier_id.into(),
            rids: Vec::new(),
            granularity,
            report_back_duration,
            interval: None,
        }
    }

    /// A single report of all data points.
    pub fn once(report_specifier_id: impl Into<ReportSpecifierId>) -> Self {
        Self::periodic(report_specifier_id, Duration::ZERO, Duration::ZERO)
    }
}

/// A report that a VEN was asked for.
#[derive(Debug, Clone)]
pub struct RequestRecord {
    pub(crate) id: ReportRequestId,
    pub(crate) specifier: ReportSpecifier,
    pub(crate) asked_by: AskedBy,
    pub(crate) state: RequestState,
    /// When the report that came last was written, by the VEN's clock.
    pub(crate) last_created: Option<DateTime<Utc>>,
    /// What came last, to recognise values that are sent again because an answer was lost.
    pub(crate) heard: Heard,
}

/// How many values are remembered of a report, if the last part of it has no more.
const MOST_HEARD: usize = 1000;

/// The values that came last, as hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    in_order: VecDeque<u64>,
    all: HashSet<u64>,
}

impl Heard {
    /// The readings of a report that did not come before.
    pub(crate) fn new_among(&mut self, readings: Vec<Reading>) -> Vec<Reading> {
        let keep = MOST_HEARD.max(readings.len());
        let new = readings.into_iter().filter(|reading| self.is_new(reading)).collect();
        while self.in_order.len() > keep {
            self.in_order.pop_front().map(|oldest| self.all.remove(&oldest));
        }
        new
    }

    fn is_new(&mut self, reading: &Reading) -> bool {
        let mut hasher = DefaultHasher::new();
        // Not all of its parts can be hashed, but all can be shown.
        format!("{reading:?}").hash(&mut hasher);
        let hash = hasher.finish();
        let is_new = self.all.insert(hash);
        if is_new {
            self.in_order.push_back(hash);
        }
        is_new
    }
}

/// Who wants a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedBy {
    Policy,
    Operator,
}

/// How far a request for a report has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// The VEN has not answered yet.
    Asked,
    /// The VEN sends it.
    Agreed,
    /// It is to be cancelled.
    Canceling,
    /// It is cancelled, but for one last report.
    LastToFollow,
    /// All of it has come.
    Complete,
}

impl RequestRecord {
    pub(crate) fn new(id: ReportRequestId, specifier: ReportSpecifier, asked_by: AskedBy) -> Self {
        Self {
            id,
            specifier,
            asked_by,
            state: RequestState::Asked,
            last_created: None,
            heard: Heard::default(),
        }
    }

    /// Its identifier.
    pub fn id(&self) -> &ReportRequestId {
        &self.id
    }

    /// What was asked for.
    pub fn specifier(&self) -> &ReportSpecifier {
        &self.specifier
    }

    /// How far it has come.
    pub fn state(&self) -> RequestState {
        self.state
    }

    /// When the last report came, by the VEN's clock.
    pub fn last_report(&self) -> Option<DateTime<Utc>> {
        self.last_created
    }

    /// Where it stands once a report has come.
    pub(crate) fn next_state(&self) -> RequestState {
        let is_single = self.specifier.report_back_duration.is_zero();
        match self.state {
            RequestState::Asked | RequestState::Agreed if is_single => RequestState::Complete,
            RequestState::Asked => RequestState::Agreed,
            RequestState::LastToFollow => RequestState::Complete,
            state @ (RequestState::Agreed | RequestState::Canceling | RequestState::Complete) => state,
        }
    }

    /// Whether this is what it asks for, whenever it began.
    pub(crate) fn is_for(&self, wanted: &ReportSpecifier) -> bool {
        let begun =
            ReportSpecifier { report_interval: self.specifier.report_interval.clone(), ..wanted.clone() };
        self.specifier == begun
    }

    pub(crate) fn to_wire(&self) -> ReportRequest {
        ReportRequest { report_request_id: self.id.clone(), specifier: self.specifier.clone() }
    }
}

/// One value of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The data point.
    pub rid: Rid,
    /// From when it holds.
    pub start: DateTime<Utc>,
    /// For how long; none where it holds at that moment.
    pub duration: Option<Duration>,
    /// The value.
    pub value: Value,
    /// What it is measured in, as the VEN's metadata say.
    pub unit: Option<ItemBase>,
    /// How good it is.
    pub quality: Option<DataQuality>,
}

/// What a report says of a data point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(Float),
    /// How a resource stands.
    Status(ResourceStatus),
    /// Green Button data, as they stand.
    GreenButton(Fragment),
}

impl Value {
    /// The number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.0),
            Self::Status(_) | Self::GreenButton(_) => None,
        }
    }
}

impl From<&PayloadBase> for Value {
    fn from(value: &PayloadBase) -> Self {
        match value {
            PayloadBase::Float(number) => Self::Number(*number),
            PayloadBase::ResourceStatus(status) => Self::Status(status.clone()),
        }
    }
}

/// The values of a report, each with its time.
///
/// An interval without a start has that of the report, or follows the one before (rules 314 and 342).
/// **Interpretation:** where intervals have neither starts nor durations, the granularity that was asked for is between
/// them.
pub(crate) fn readings(
    report: &Report,
    granularity: &Duration,
    points: &[ReportDescription],
) -> Result<Vec<Reading>, Refusal> {
    let mut readings = Vec::new();
    let mut follows = report.start.map(|start| start.to_utc());
    for (place, interval) in report.intervals.iter().enumerate() {
        let no_time = || Refusal::NoTime { report: report.report_request_id.clone(), place };
        let start = interval.start.map(|start| start.to_utc()).or(follows).ok_or_else(no_time)?;
        let duration = interval.duration.clone().filter(|duration| !duration.is_zero());
        let step = duration.as_ref().or(Some(granularity).filter(|granularity| !granularity.is_zero()));
        follows = step.and_then(|step| step.after(start));
        for payload in &interval.payloads {
            let (rid, value, quality) = match payload {
                StreamPayload::Report(payload) => {
                    (payload.rid.clone(), Value::from(&payload.value), payload.data_quality.clone())
                }
                StreamPayload::GreenButton(feed) => (Rid::default(), Value::GreenButton(feed.clone()), None),
                StreamPayload::Signal(payload) => (Rid::default(), Value::from(&payload.value), None),
            };
            let unit = points.iter().find(|point| point.rid == rid).and_then(|point| point.unit.clone());
            readings.push(Reading { rid, start, duration: duration.clone(), value, unit, quality });
        }
    }
    Ok(readings)
}

#[cfg(test)]
mod tests {
    use openadr_types::interval::Interval;
    use openadr_types::report::{ReportPayload, ReportType, SamplingRate};
    use openadr_types::units::SiScale;

    use super::*;

    fn length(text: &str) -> Duration {
        text.parse().unwrap()
    }

    fn report(start: Option<&str>, intervals: &[(Option<&str>, Option<&str>)]) -> Report {
        let intervals = intervals.iter().map(|(start, duration)| Interval {
            start: start.map(|time| format!("2026-11-23T{time}Z").parse().unwrap()),
            duration: duration.map(length),
            ..Interval::at("2026-11-23T00:00:00Z".parse().unwrap()).with_reading(ReportPayload::new("p", 1.0))
        });
        Report {
            start: start.map(|time| format!("2026-11-23T{time}Z").parse().unwrap()),
            ..Report::telemetry_usage("r", "s", "2026-11-23T20:00:00Z".parse().unwrap(), intervals.collect())
        }
    }

    #[test]
    fn each_value_gets_its_time() {
        type Intervals = &'static [(Option<&'static str>, Option<&'static str>)];
        const AT: Option<&str> = Some("17:00:00");
        const STEP: Option<&str> = Some("PT15M");
        let table: [(Option<&str>, &str, Intervals, &[&str]); 5] = [
            (AT, "PT0S", &[(None, None)], &["17:00:00"]),
            (None, "PT0S", &[(AT, None), (Some("17:07:00"), None)], &["17:00:00", "17:07:00"]),
            (AT, "PT0S", &[(None, STEP), (None, STEP), (None, STEP)], &["17:00:00", "17:15:00", "17:30:00"]),
            (AT, "PT5M", &[(None, None), (None, None)], &["17:00:00", "17:05:00"]),
            (Some("16:00:00"), "PT0S", &[(AT, STEP), (None, None)], &["17:00:00", "17:15:00"]),
        ];
        for (start, granularity, intervals, times) in table {
            let readings = readings(&report(start, intervals), &length(granularity), &[]).unwrap();
            let got: Vec<String> = readings.iter().map(|r| r.start.format("%H:%M:%S").to_string()).collect();
            assert_eq!(got, times);
        }
    }

    #[test]
    fn refuses_values_without_a_time() {
        let nothing = readings(&report(None, &[(None, None)]), &length("PT5M"), &[]).unwrap_err();
        assert_eq!(nothing.to_string(), "interval 0 of report r has no time");
        let second = readings(&report(Some("17:00:00"), &[(None, None), (None, None)]), &Duration::ZERO, &[]);
        assert_eq!(second.unwrap_err(), Refusal::NoTime { report: "r".into(), place: 1 });
    }

    #[test]
    fn asks_for_telemetry_within_what_is_offered() {
        let rate =
            SamplingRate { min_period: length("PT10S"), max_period: length("PT60S"), on_change: false };
        let point = ReportDescription::new("p", ReportType::Usage, ItemBase::power_real_w(SiScale::Kilo))
            .with_sampling_rate(rate);
        let now: DateTime<Utc> = "2026-11-23T17:00:00Z".parse().unwrap();
        let offered = |name| Report::metadata("s", name, now.into(), length("PT2H"), vec![point.clone()]);
        for (wanted, granularity) in [(1, "PT10S"), (30, "PT30S"), (900, "PT1M")] {
            let policy = ReportPolicy::Telemetry {
                granularity: TimeDelta::seconds(wanted),
                report_back: TimeDelta::seconds(15),
            };
            let specifier = policy.wants(&offered(ReportName::MetadataTelemetryUsage), now).unwrap();
            assert_eq!(specifier.granularity, length(granularity));
            assert!(specifier.report_back_duration.to_time_delta() >= specifier.granularity.to_time_delta());
            assert_eq!(policy.wants(&offered(ReportName::MetadataHistoryUsage), now), None);
        }
        assert_eq!(ReportPolicy::Nothing.wants(&offered(ReportName::MetadataTelemetryUsage), now), None);
    }
}
