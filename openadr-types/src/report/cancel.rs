use xml_wire::Xml;

use crate::ids::{ReportRequestId, RequestId, VenId};
use crate::message::SchemaVersion;
use crate::response::EiResponse;

/// Wants no more of some reports (`oadr:oadrCancelReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CancelReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// At least one.
    #[xml("ei:reportRequestID+")]
    pub report_request_ids: Vec<ReportRequestId>,
    /// Whether one last report is to follow (rule 345).
    #[xml("pyld:reportToFollow")]
    pub report_to_follow: bool,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl CancelReport {
    /// A cancellation of version 2.0b, after which no report is to follow.
    pub fn new(
        request_id: impl Into<RequestId>,
        report_request_ids: Vec<ReportRequestId>,
        ven_id: Option<VenId>,
    ) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            report_request_ids,
            report_to_follow: false,
            ven_id,
        }
    }
}

/// Answers a [`CancelReport`] (`oadr:oadrCanceledReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CanceledReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// Periodic reports that are still to come; may be empty.
    #[xml("oadr:oadrPendingReports/ei:reportRequestID*")]
    pub pending_reports: Vec<ReportRequestId>,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl CanceledReport {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, pending_reports: Vec<ReportRequestId>, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, pending_reports, ven_id }
    }
}
