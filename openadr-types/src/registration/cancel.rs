use xml_wire::Xml;

use crate::ids::{RegistrationId, RequestId, VenId};
use crate::message::SchemaVersion;
use crate::response::EiResponse;

/// Ends a registration; either party may (`oadr:oadrCancelPartyRegistration`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CancelPartyRegistration {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// The registration to end; one that is not known is refused with 452.
    #[xml("ei:registrationID")]
    pub registration_id: RegistrationId,
    /// The VEN registered.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl CancelPartyRegistration {
    /// A request of version 2.0b.
    pub fn new(
        request_id: impl Into<RequestId>,
        registration_id: impl Into<RegistrationId>,
        ven_id: impl Into<VenId>,
    ) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            registration_id: registration_id.into(),
            ven_id: Some(ven_id.into()),
        }
    }
}

/// Answers a [`CancelPartyRegistration`] (`oadr:oadrCanceledPartyRegistration`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CanceledPartyRegistration {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// The registration that ended.
    #[xml("ei:registrationID")]
    pub registration_id: Option<RegistrationId>,
    /// The VEN registered.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl CanceledPartyRegistration {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, registration_id: Option<RegistrationId>, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, registration_id, ven_id }
    }
}
