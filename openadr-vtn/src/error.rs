use openadr_types::ids::{EventId, ReportRequestId, ReportSpecifierId, Rid, VenId};

use crate::event::EventFault;

/// Why the operator's wish was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No VEN has this identifier.
    #[error("no VEN {0} is known")]
    UnknownVen(VenId),
    /// The VEN is known, but its registration has ended.
    #[error("VEN {0} is not registered")]
    NotRegistered(VenId),
    /// No event has this identifier, or it was over so long ago that it is forgotten.
    #[error("no event {0} is known")]
    UnknownEvent(EventId),
    /// The event is completed or cancelled, and stays as it is.
    #[error("event {0} is over")]
    EventOver(EventId),
    /// Another event has this identifier.
    #[error("an event {0} exists already")]
    EventExists(EventId),
    /// The event contradicts itself.
    #[error("the event is not valid")]
    InvalidEvent(#[from] EventFault),
    /// The event would overlap this one, in the same market context and for the same VEN.
    #[error("the event overlaps event {0} of the same market context")]
    Overlap(EventId),
    /// The VEN does not offer this report.
    #[error("the VEN offers no report {0}")]
    UnknownReport(ReportSpecifierId),
    /// The report has no such data point.
    #[error("the report has no data point {0}")]
    UnknownDataPoint(Rid),
    /// The VEN was not asked for a report under this identifier.
    #[error("no report was requested as {0}")]
    UnknownReportRequest(ReportRequestId),
}
