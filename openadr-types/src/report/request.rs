use xml_wire::{Duration, Xml};

use super::ReadingType;
use crate::ids::{ReportRequestId, ReportSpecifierId, Rid};
use crate::period::Period;
use crate::units::ItemBase;

/// A request for one report (`oadr:oadrReportRequest`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ReportRequest {
    /// Chosen by who asks; the reports carry it. Neither empty nor `0`.
    #[xml("ei:reportRequestID")]
    pub report_request_id: ReportRequestId,
    /// What is wanted.
    #[xml("ei:reportSpecifier")]
    pub specifier: ReportSpecifier,
}

impl ReportRequest {
    /// A request for metadata (rule 306).
    pub fn metadata(report_request_id: impl Into<ReportRequestId>) -> Self {
        Self {
            report_request_id: report_request_id.into(),
            specifier: ReportSpecifier {
                report_specifier_id: "METADATA".into(),
                granularity: Duration::ZERO,
                report_back_duration: Duration::ZERO,
                report_interval: None,
                payloads: vec![SpecifierPayload::new("0")],
            },
        }
    }
}

/// Which report, how often, and which data points of it (`ei:reportSpecifier`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ReportSpecifier {
    /// The report as registered, or `METADATA`.
    #[xml("ei:reportSpecifierID")]
    pub report_specifier_id: ReportSpecifierId,
    /// The time between two values; zero for as often as they are taken, and for history.
    #[xml("xcal:granularity/xcal:duration")]
    pub granularity: Duration,
    /// The time between two reports; zero for a single one.
    #[xml("ei:reportBackDuration/xcal:duration")]
    pub report_back_duration: Duration,
    /// From when for how long; a duration of zero until cancelled. Only the start and the duration count.
    #[xml("ei:reportInterval/xcal:properties")]
    pub report_interval: Option<Period>,
    /// At least one.
    #[xml("ei:specifierPayload+")]
    pub payloads: Vec<SpecifierPayload>,
}

impl ReportSpecifier {
    /// A periodic report: data points, taken every `granularity`, sent every `report_back_duration`, from when to when.
    pub fn periodic(
        report_specifier_id: impl Into<ReportSpecifierId>,
        granularity: Duration,
        report_back_duration: Duration,
        report_interval: Period,
        rids: impl IntoIterator<Item = Rid>,
    ) -> Self {
        Self {
            report_specifier_id: report_specifier_id.into(),
            granularity,
            report_back_duration,
            report_interval: Some(report_interval),
            payloads: rids.into_iter().map(SpecifierPayload::new).collect(),
        }
    }
}

/// A data point that is wanted (`ei:specifierPayload`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct SpecifierPayload {
    /// Which one; `0` where metadata are wanted.
    #[xml("ei:rID")]
    pub rid: Rid,
    /// Its unit; as a rule absent.
    #[xml(choice)]
    pub unit: Option<ItemBase>,
    /// As a rule [`ReadingType::NotApplicable`].
    #[xml("ei:readingType")]
    pub reading_type: ReadingType,
}

impl SpecifierPayload {
    /// A data point as its metadata describe it.
    pub fn new(rid: impl Into<Rid>) -> Self {
        Self { rid: rid.into(), unit: None, reading_type: ReadingType::NotApplicable }
    }
}
