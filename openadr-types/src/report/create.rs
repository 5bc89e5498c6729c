use xml_wire::Xml;

use super::ReportRequest;
use crate::ids::{ReportRequestId, RequestId, VenId};
use crate::message::SchemaVersion;
use crate::response::EiResponse;

/// Asks for reports (`oadr:oadrCreateReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreateReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// At least one.
    #[xml("oadr:oadrReportRequest+")]
    pub report_requests: Vec<ReportRequest>,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl CreateReport {
    /// A request of version 2.0b.
    pub fn new(
        request_id: impl Into<RequestId>,
        report_requests: Vec<ReportRequest>,
        ven_id: Option<VenId>,
    ) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            report_requests,
            ven_id,
        }
    }
}

/// Answers a [`CreateReport`] (`oadr:oadrCreatedReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreatedReport {
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

impl CreatedReport {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, pending_reports: Vec<ReportRequestId>, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, pending_reports, ven_id }
    }
}
