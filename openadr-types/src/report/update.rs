use xml_wire::Xml;

use super::{CancelReport, Report};
use crate::ids::{RequestId, VenId};
use crate::message::SchemaVersion;
use crate::response::EiResponse;

/// Sends reports that were asked for (`oadr:oadrUpdateReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct UpdateReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// Data, one for each request; may be empty.
    #[xml("oadr:oadrReport")]
    pub reports: Vec<Report>,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl UpdateReport {
    /// An update of version 2.0b.
    pub fn new(request_id: impl Into<RequestId>, reports: Vec<Report>, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), request_id: request_id.into(), reports, ven_id }
    }
}

/// Answers an [`UpdateReport`] (`oadr:oadrUpdatedReport`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct UpdatedReport {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// Wants no more of reports that were in the update.
    #[xml("oadr:oadrCancelReport")]
    pub cancel_report: Option<CancelReport>,
    /// The VEN, whichever party it is; peers of before 2015 leave it out.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl UpdatedReport {
    /// An answer of version 2.0b that cancels nothing.
    pub fn new(response: EiResponse, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, cancel_report: None, ven_id }
    }
}
