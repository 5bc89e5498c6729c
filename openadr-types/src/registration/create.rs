use xml_wire::{Xml, XmlText};

use crate::ids::{RegistrationId, RequestId, VenId};
use crate::message::SchemaVersion;

/// Registers a VEN, anew or again (`oadr:oadrCreatePartyRegistration`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreatePartyRegistration {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// The registration to renew; absent from a new one.
    #[xml("ei:registrationID")]
    pub registration_id: Option<RegistrationId>,
    /// The VEN's identifier, where it already has one.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
    /// The profile chosen.
    #[xml("oadr:oadrProfileName")]
    pub profile: ProfileName,
    /// The transport chosen.
    #[xml("oadr:oadrTransportName")]
    pub transport: TransportName,
    /// Where the VEN is reached: the root of its URLs, with the port if need be, or its JID. Not needed for pull.
    #[xml("oadr:oadrTransportAddress")]
    pub transport_address: Option<String>,
    /// Whether the VEN only reports, and takes no events.
    #[xml("oadr:oadrReportOnly")]
    pub report_only: bool,
    /// Whether the VEN signs its payloads and checks signatures.
    #[xml("oadr:oadrXmlSignature")]
    pub xml_signature: bool,
    /// A name for people.
    #[xml("oadr:oadrVenName")]
    pub ven_name: Option<String>,
    /// Over HTTP, whether the VEN polls (true) or is pushed to (false).
    #[xml("oadr:oadrHttpPullModel")]
    pub http_pull_model: Option<bool>,
}

impl CreatePartyRegistration {
    /// A new registration of a VEN that polls over HTTP, takes events and does not sign.
    pub fn pull(request_id: impl Into<RequestId>, ven_name: impl Into<String>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            registration_id: None,
            ven_id: None,
            profile: ProfileName::V2_0b,
            transport: TransportName::SimpleHttp,
            transport_address: None,
            report_only: false,
            xml_signature: false,
            ven_name: Some(ven_name.into()),
            http_pull_model: Some(true),
        }
    }

    /// A new registration of a VEN that the VTN pushes to over HTTP, at `address`.
    pub fn push(
        request_id: impl Into<RequestId>,
        ven_name: impl Into<String>,
        address: impl Into<String>,
    ) -> Self {
        Self {
            transport_address: Some(address.into()),
            http_pull_model: Some(false),
            ..Self::pull(request_id, ven_name)
        }
    }
}

/// A profile of OpenADR (`oadr:oadrProfileName`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum ProfileName {
    /// OpenADR 2.0a.
    #[xml("2.0a")]
    V2_0a,
    /// OpenADR 2.0b.
    #[xml("2.0b")]
    V2_0b,
}

/// A transport of payloads (`oadr:oadrTransportName`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum TransportName {
    /// HTTP POST.
    #[xml("simpleHttp")]
    SimpleHttp,
    /// XMPP.
    #[xml("xmpp")]
    Xmpp,
}
