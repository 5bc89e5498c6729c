use xml_wire::{DateTime, Duration, Xml, XmlText};

use super::ReportDescription;
use crate::ids::{ReportId, ReportRequestId, ReportSpecifierId, Uid};
use crate::interval::{self, Interval};

/// What a party can report, or what it reports (`oadr:oadrReport`).
///
/// Metadata have descriptions and a duration (for how long data are kept, rule 312); data have a start and intervals.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Report {
    /// When the data start.
    #[xml("xcal:dtstart/xcal:date-time")]
    pub start: Option<DateTime>,
    /// How long a time the data cover (rule 342), or in metadata for how long they are kept.
    #[xml("xcal:duration/xcal:duration")]
    pub duration: Option<Duration>,
    /// The data. Empty and absent are the same, and written as absent.
    #[xml("strm:intervals?/ei:interval+")]
    pub intervals: Vec<Interval>,
    /// This instance of the report; absent from metadata.
    #[xml("ei:eiReportID")]
    pub report_id: Option<ReportId>,
    /// The data points; in metadata only.
    #[xml("oadr:oadrReportDescription")]
    pub descriptions: Vec<ReportDescription>,
    /// The request that is answered; `0` in metadata (rules 306 and 311).
    #[xml("ei:reportRequestID")]
    pub report_request_id: ReportRequestId,
    /// The report among those a party can send.
    #[xml("ei:reportSpecifierID")]
    pub report_specifier_id: ReportSpecifierId,
    /// What kind of report.
    #[xml("ei:reportName")]
    pub name: Option<ReportName>,
    /// When it was written.
    #[xml("ei:createdDateTime")]
    pub created_date_time: DateTime,
}

impl Report {
    /// Metadata: a report that can be asked for, and for how long its data are kept.
    pub fn metadata(
        report_specifier_id: impl Into<ReportSpecifierId>,
        name: ReportName,
        created: DateTime,
        duration: Duration,
        descriptions: Vec<ReportDescription>,
    ) -> Self {
        Self {
            start: None,
            duration: Some(duration),
            intervals: Vec::new(),
            report_id: None,
            descriptions,
            report_request_id: "0".into(),
            report_specifier_id: report_specifier_id.into(),
            name: Some(name),
            created_date_time: created,
        }
    }

    /// Telemetry of use: it starts with its first interval, and lasts as long as they cover where all have a duration
    /// (rule 342). Those without a number get theirs (rule 2).
    pub fn telemetry_usage(
        report_request_id: impl Into<ReportRequestId>,
        report_specifier_id: impl Into<ReportSpecifierId>,
        created: DateTime,
        mut intervals: Vec<Interval>,
    ) -> Self {
        for (place, interval) in (0..).zip(&mut intervals) {
            interval.uid.get_or_insert_with(|| Uid::from(place));
        }
        Self {
            start: intervals.first().and_then(|interval| interval.start),
            duration: covered(&intervals),
            intervals,
            report_id: None,
            descriptions: Vec::new(),
            report_request_id: report_request_id.into(),
            report_specifier_id: report_specifier_id.into(),
            name: Some(ReportName::TelemetryUsage),
            created_date_time: created,
        }
    }

    /// Telemetry of status, otherwise as [`telemetry_usage`](Self::telemetry_usage).
    pub fn telemetry_status(
        report_request_id: impl Into<ReportRequestId>,
        report_specifier_id: impl Into<ReportSpecifierId>,
        created: DateTime,
        intervals: Vec<Interval>,
    ) -> Self {
        let name = Some(ReportName::TelemetryStatus);
        Self { name, ..Self::telemetry_usage(report_request_id, report_specifier_id, created, intervals) }
    }
}

/// From the first start to the last end, or in all where there are no starts; none where one has no duration.
fn covered(intervals: &[Interval]) -> Option<Duration> {
    if intervals.iter().any(|interval| interval.duration.is_none()) {
        return None;
    }
    let Some(starts) = intervals.iter().map(|interval| interval.start).collect::<Option<Vec<_>>>() else {
        return interval::total_duration(intervals);
    };
    let end = |interval: &Interval| interval.duration.as_ref()?.after(interval.start?.to_utc());
    let ends = intervals.iter().map(end).collect::<Option<Vec<_>>>()?;
    Some(match (starts.into_iter().min(), ends.into_iter().max()) {
        (Some(start), Some(end)) => (end - start.to_utc()).into(),
        _ => Duration::ZERO,
    })
}

/// A kind of report (`ei:reportName`).
///
/// Metadata carry the name that starts so, data the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
pub enum ReportName {
    /// Metadata of [`HistoryUsage`](Self::HistoryUsage).
    #[xml("METADATA_HISTORY_USAGE")]
    MetadataHistoryUsage,
    /// Use in the past.
    #[xml("HISTORY_USAGE")]
    HistoryUsage,
    /// Metadata of [`HistoryGreenButton`](Self::HistoryGreenButton).
    #[xml("METADATA_HISTORY_GREENBUTTON")]
    MetadataHistoryGreenButton,
    /// Use in the past, as Green Button data.
    #[xml("HISTORY_GREENBUTTON")]
    HistoryGreenButton,
    /// Metadata of [`TelemetryUsage`](Self::TelemetryUsage).
    #[xml("METADATA_TELEMETRY_USAGE")]
    MetadataTelemetryUsage,
    /// Use as it is measured.
    #[xml("TELEMETRY_USAGE")]
    TelemetryUsage,
    /// Metadata of [`TelemetryStatus`](Self::TelemetryStatus).
    #[xml("METADATA_TELEMETRY_STATUS")]
    MetadataTelemetryStatus,
    /// Status of resources.
    #[xml("TELEMETRY_STATUS")]
    TelemetryStatus,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{ReportPayload, UpdateReport};
    use crate::rules::{Context, Role, check_message};

    #[test]
    fn telemetry_is_without_findings_whether_or_not_its_intervals_follow_one_another() {
        for (starts, length, covered) in [
            (["11:00:00", "11:15:00"], Some("PT15M"), Some("PT30M")),
            (["11:00:00", "11:40:00"], Some("PT15M"), Some("PT55M")),
            (["11:00:00", "11:00:00"], Some("PT15M"), Some("PT15M")),
            (["11:00:00", "11:15:00"], Some("P1M"), Some("P30DT15M")),
            (["11:00:00", "11:15:00"], None, None),
        ] {
            let interval = |start| Interval {
                duration: length.map(|length| length.parse().unwrap()),
                ..Interval::at(format!("2026-11-23T{start}Z").parse().unwrap())
                    .with_reading(ReportPayload::new("power", 1.5))
            };
            let created = "2026-11-23T12:00:00Z".parse().unwrap();
            let report = Report::telemetry_usage("rr-1", "usage", created, starts.map(interval).into());
            assert_eq!(report.duration, covered.map(|length| length.parse().unwrap()), "{starts:?}");
            let update = UpdateReport::new("req-1", vec![report], Some("ven-7".into()));
            assert_eq!(check_message(&update.into(), &Context::new(Role::Ven)), [], "{starts:?}");
        }
    }
}
