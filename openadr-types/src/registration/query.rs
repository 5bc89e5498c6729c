use xml_wire::Xml;

use crate::ids::{RequestId, VenId};
use crate::message::SchemaVersion;

/// Asks what a VTN offers, without registering (`oadr:oadrQueryRegistration`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct QueryRegistration {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
}

impl QueryRegistration {
    /// A query of version 2.0b.
    pub fn new(request_id: impl Into<RequestId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), request_id: request_id.into() }
    }
}

/// Wants a VEN to register again, under its present registration (`oadr:oadrRequestReregistration`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct RequestReregistration {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Which VEN.
    #[xml("ei:venID")]
    pub ven_id: VenId,
}

impl RequestReregistration {
    /// A request of version 2.0b.
    pub fn new(ven_id: impl Into<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), ven_id: ven_id.into() }
    }
}
