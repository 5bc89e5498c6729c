//! What a VEN can report: its metadata.
//!
//! ```
//! use openadr_client::{Config, Offer};
//! use openadr_types::report::{ReportDescription, ReportType};
//! use openadr_types::units::{ItemBase, SiScale};
//!
//! let watts = ItemBase::power_real_w(SiScale::None);
//! let power = ReportDescription::new("power", ReportType::Usage, watts);
//! let mut config = Config::new("ven-7");
//! config.offers = vec![
//!     Offer::telemetry_usage("usage", vec![power]),
//!     Offer::telemetry_status("status", vec![ReportDescription::status("boiler", "boiler-1")]),
//! ];
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Duration;
use openadr_types::ids::{ReportSpecifierId, Rid};
use openadr_types::report::{Report, ReportDescription, ReportName, SamplingRate};

/// A report that a VTN may ask for.
///
/// A VEN that offers telemetry is to offer both of its kinds (rule 510). An rID names one series of values, also
/// where several offers have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Unique among a VEN's offers, and not `METADATA`.
    pub specifier_id: ReportSpecifierId,
    /// What kind of report.
    pub kind: ReportKind,
    /// The data points. Telemetry that does not say its sampling rate gets `sampling_rate`.
    pub points: Vec<ReportDescription>,
    /// How often telemetry is taken; from every second to every minute by default.
    pub sampling_rate: SamplingRate,
    /// For how long a time data are kept; a day by default, and never less than the longest sampling period
    /// (rule 312). What is really kept is bounded by [`Config::history`](crate::Config::history).
    pub kept: TimeDelta,
}

impl Offer {
    /// Use as it is measured: real power or energy, read directly (rule 331).
    pub fn telemetry_usage(
        specifier_id: impl Into<ReportSpecifierId>,
        points: Vec<ReportDescription>,
    ) -> Self {
        let sampling_rate = SamplingRate {
            min_period: Duration::from_seconds(1),
            max_period: Duration::from_minutes(1),
            on_change: false,
        };
        Self {
            specifier_id: specifier_id.into(),
            kind: ReportKind::TelemetryUsage,
            points,
            sampling_rate,
            kept: TimeDelta::days(1),
        }
    }

    /// The status of resources, made of [`ReportDescription::status`] (rule 331).
    ///
    /// A resource whose status nobody recorded is reported online and under no manual override.
    pub fn telemetry_status(
        specifier_id: impl Into<ReportSpecifierId>,
        points: Vec<ReportDescription>,
    ) -> Self {
        Self { kind: ReportKind::TelemetryStatus, ..Self::telemetry_usage(specifier_id, points) }
    }

    /// Use in the past, as far as the VEN keeps it.
    pub fn history_usage(specifier_id: impl Into<ReportSpecifierId>, points: Vec<ReportDescription>) -> Self {
        Self { kind: ReportKind::HistoryUsage, ..Self::telemetry_usage(specifier_id, points) }
    }

    /// The same offer, with values taken every `period`.
    #[must_use]
    pub fn sampled_every(mut self, period: TimeDelta) -> Self {
        let period = Duration::from(period);
        self.sampling_rate =
            SamplingRate { min_period: period.clone(), max_period: period, on_change: false };
        self
    }

    pub(crate) fn point(&self, rid: &Rid) -> Option<&ReportDescription> {
        self.points.iter().find(|point| point.rid == *rid)
    }

    /// The sampling rate of one of the data points.
    pub(crate) fn rate<'a>(&'a self, point: &'a ReportDescription) -> &'a SamplingRate {
        point.sampling_rate.as_ref().unwrap_or(&self.sampling_rate)
    }

    pub(crate) fn metadata(&self, now: DateTime<Utc>) -> Report {
        let longest =
            self.points.iter().filter_map(|point| self.rate(point).max_period.to_time_delta()).max();
        let kept = self.kept.max(longest.unwrap_or_default());
        let mut points = self.points.clone();
        if self.kind != ReportKind::HistoryUsage {
            for point in &mut points {
                point.sampling_rate.get_or_insert_with(|| self.sampling_rate.clone());
            }
        }
        Report::metadata(
            self.specifier_id.clone(),
            self.kind.metadata_name(),
            now.into(),
            Duration::from(kept),
            points,
        )
    }
}

/// The kinds of report that a VEN offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// Use as it is measured.
    TelemetryUsage,
    /// Status of resources.
    TelemetryStatus,
    /// Use in the past.
    HistoryUsage,
}

impl ReportKind {
    /// The name that data carry.
    pub fn name(self) -> ReportName {
        match self {
            Self::TelemetryUsage => ReportName::TelemetryUsage,
            Self::TelemetryStatus => ReportName::TelemetryStatus,
            Self::HistoryUsage => ReportName::HistoryUsage,
        }
    }

    /// The name that metadata carry.
    pub fn metadata_name(self) -> ReportName {
        match self {
            Self::TelemetryUsage => ReportName::MetadataTelemetryUsage,
            Self::TelemetryStatus => ReportName::MetadataTelemetryStatus,
            Self::HistoryUsage => ReportName::MetadataHistoryUsage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_data_no_shorter_than_the_longest_sampling_period() {
        let mut offer = Offer::telemetry_status("s", vec![ReportDescription::status("r", "boiler")])
            .sampled_every(TimeDelta::days(3));
        assert_eq!(offer.metadata(DateTime::UNIX_EPOCH).duration, Some("P3D".parse().unwrap()));
        offer.kept = TimeDelta::days(30);
        assert_eq!(offer.metadata(DateTime::UNIX_EPOCH).duration, Some("P30D".parse().unwrap()));
    }

    #[test]
    fn states_a_sampling_rate_for_telemetry_only() {
        let points = vec![ReportDescription::status("r", "boiler")];
        let telemetry = Offer::telemetry_status("s", points.clone()).metadata(DateTime::UNIX_EPOCH);
        assert!(telemetry.descriptions[0].sampling_rate.is_some());
        let history = Offer::history_usage("s", points).metadata(DateTime::UNIX_EPOCH);
        assert!(history.descriptions[0].sampling_rate.is_none());
        assert_eq!(history.report_request_id.as_str(), "0");
    }
}
