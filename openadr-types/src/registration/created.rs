use xml_wire::{Duration, Xml};

use super::{ProfileName, TransportName};
use crate::ids::{RegistrationId, VenId, VtnId};
use crate::message::{SchemaVersion, Service};
use crate::response::EiResponse;

/// Answers a registration or a query with what the VTN offers (`oadr:oadrCreatedPartyRegistration`).
///
/// In the answer to a query `registration_id` and `ven_id` are absent, unless the VEN is registered already.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreatedPartyRegistration {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// The registration; a new one voids earlier reports and opts (rule 406).
    #[xml("ei:registrationID")]
    pub registration_id: Option<RegistrationId>,
    /// The VEN's identifier from now on.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
    /// Who answers.
    #[xml("ei:vtnID")]
    pub vtn_id: VtnId,
    /// What the VTN supports, at least one profile; all of it in answer to a query.
    #[xml("oadr:oadrProfiles/oadr:oadrProfile+")]
    pub profiles: Vec<Profile>,
    /// For a pull VEN: it polls at most once in this time.
    #[xml("oadr:oadrRequestedOadrPollFreq/xcal:duration")]
    pub poll_freq: Option<Duration>,
    /// Settings by service; an empty list is not the same as none.
    #[xml("oadr:oadrServiceSpecificInfo?/oadr:oadrService*")]
    pub service_specific_info: Option<Vec<ServiceInfo>>,
    /// Settings by extension; an empty list is not the same as none.
    #[xml("oadr:oadrExtensions?/oadr:oadrExtension*")]
    pub extensions: Option<Vec<Extension>>,
}

impl CreatedPartyRegistration {
    /// An answer by `vtn_id` that offers 2.0b over HTTP and leaves all else absent.
    pub fn new(response: EiResponse, vtn_id: impl Into<VtnId>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            response,
            registration_id: None,
            ven_id: None,
            vtn_id: vtn_id.into(),
            profiles: vec![Profile { name: ProfileName::V2_0b, transports: vec![TransportName::SimpleHttp] }],
            poll_freq: None,
            service_specific_info: None,
            extensions: None,
        }
    }
}

/// A profile and the transports it is offered over (`oadr:oadrProfile`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Profile {
    /// The profile.
    #[xml("oadr:oadrProfileName")]
    pub name: ProfileName,
    /// At least one.
    #[xml("oadr:oadrTransports/oadr:oadrTransport+/oadr:oadrTransportName")]
    pub transports: Vec<TransportName>,
}

/// Settings of one service (`oadr:oadrService`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ServiceInfo {
    /// The service.
    #[xml("oadr:oadrServiceName")]
    pub service: Service,
    /// At least one.
    #[xml("oadr:oadrInfo+")]
    pub info: Vec<Info>,
}

/// Settings of one extension (`oadr:oadrExtension`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Extension {
    /// The extension's name.
    #[xml("oadr:oadrExtensionName")]
    pub name: String,
    /// May be empty.
    #[xml("oadr:oadrInfo")]
    pub info: Vec<Info>,
}

/// One setting (`oadr:oadrInfo`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Info {
    /// What is set.
    #[xml("oadr:oadrKey")]
    pub key: String,
    /// To what.
    #[xml("oadr:oadrValue")]
    pub value: String,
}
