//! EiReport.

mod data;
mod metadata;
mod request;

pub(super) use data::{check_update, check_updated};
pub(super) use metadata::check_register;
pub(super) use request::check_requests;

use crate::report::ReportName;

/// The name that data have where metadata have `name`; none where `name` is not metadata's.
fn data_name(name: &ReportName) -> Option<&'static str> {
    match name {
        ReportName::MetadataHistoryUsage => Some("HISTORY_USAGE"),
        ReportName::MetadataHistoryGreenButton => Some("HISTORY_GREENBUTTON"),
        ReportName::MetadataTelemetryUsage => Some("TELEMETRY_USAGE"),
        ReportName::MetadataTelemetryStatus => Some("TELEMETRY_STATUS"),
        ReportName::HistoryUsage
        | ReportName::HistoryGreenButton
        | ReportName::TelemetryUsage
        | ReportName::TelemetryStatus
        | ReportName::Other(_) => None,
    }
}
