use xml_wire::Xml;

use crate::ids::{RequestId, VenId};
use crate::message::SchemaVersion;

/// A pull VEN's request for its events (`oadr:oadrRequestEvent`).
///
/// Sent after a new registration (rule 405); from then on polling brings events.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct RequestEvent {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:eiRequestEvent/pyld:requestID")]
    pub request_id: RequestId,
    /// Who asks.
    #[xml("pyld:eiRequestEvent/ei:venID")]
    pub ven_id: VenId,
    /// The most events to send.
    #[xml("pyld:eiRequestEvent/pyld:replyLimit?")]
    #[cfg_attr(feature = "schemars", schemars(range(max = 4_294_967_295_u32)))]
    pub reply_limit: Option<u32>,
}

impl RequestEvent {
    /// A request for all events, of version 2.0b.
    pub fn new(request_id: impl Into<RequestId>, ven_id: impl Into<VenId>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            ven_id: ven_id.into(),
            reply_limit: None,
        }
    }
}
