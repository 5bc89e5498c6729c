use xml_wire::Xml;

use super::{Report, ReportRequest};
use crate::ids::{ReportRequestId, RequestId, VenId};
use crate::message::SchemaVersion;
use crate::response::EiResponse;

/// Says which reports a party can send (`oadr:oadrRegisterReport`).
///
/// Sent right after registration, even if there is nothing to report (rule 301).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct RegisterReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// Metadata, one for each report; replaces what was registered before. May be empty.
    #[xml("oadr:oadrReport")]
    pub reports: Vec<Report>,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
    /// The request this answers; absent where nobody asked (rules 306 and 311).
    #[xml("ei:reportRequestID")]
    pub report_request_id: Option<ReportRequestId>,
}

impl RegisterReport {
    /// A registration of version 2.0b that nobody asked for.
    pub fn new(request_id: impl Into<RequestId>, reports: Vec<Report>, ven_id: Option<VenId>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            reports,
            ven_id,
            report_request_id: None,
        }
    }
}

/// Answers a [`RegisterReport`], and may ask for reports at once (`oadr:oadrRegisteredReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct RegisteredReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// Reports wanted; the receiver answers them with a [`CreatedReport`](super::CreatedReport). May be empty.
    #[xml("oadr:oadrReportRequest")]
    pub report_requests: Vec<ReportRequest>,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl RegisteredReport {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, report_requests: Vec<ReportRequest>, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, report_requests, ven_id }
    }
}
