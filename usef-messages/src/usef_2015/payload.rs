//! The messages of USEF 2015, by their element.
//!
//! ```
//! use usef_messages::usef_2015::payload::{Kind, Payload};
//! let error = Payload::from_xml(b"<Prognosis/>").unwrap_err();
//! assert_eq!(error.to_string(), "missing attribute Type in /Prognosis at line 1 column 1");
//! assert_eq!(Kind::Prognosis.response(), Some(Kind::PrognosisResponse));
//! ```

use xml_wire::{Encoder, XmlChoice, XmlText};

use super::common_reference::{
    CommonReferenceQuery, CommonReferenceQueryResponse, CommonReferenceUpdate, CommonReferenceUpdateResponse,
};
use super::flex_offer::{FlexOffer, FlexOfferResponse, FlexOfferRevocation, FlexOfferRevocationResponse};
use super::flex_order::{FlexOrder, FlexOrderResponse};
use super::flex_request::{FlexRequest, FlexRequestResponse};
use super::metadata::{MessageMetadata, Role};
use super::meter_data::{MeterDataQuery, MeterDataQueryResponse};
use super::prognosis::{Prognosis, PrognosisResponse};
use super::settlement::{SettlementMessage, SettlementMessageResponse};
use super::test_message::{TestMessage, TestMessageResponse};
use crate::reading::document;
use crate::values::DIALECT;

/// Declares the messages with their elements, once for the payload and once for its kind.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident = $wire:tt,)*) => {
        /// One message of USEF 2015: what a signed envelope holds.
        #[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schemars", schemars(rename = "Payload2015"))]
        pub enum Payload {
            $(
                $(#[$doc])*
                #[xml($wire)]
                $name($name),
            )*
        }

        /// Which message it is, named as its element is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
        pub enum Kind {
            $(
                $(#[$doc])*
                #[xml($wire)]
                $name,
            )*
        }

        impl crate::trim::Trim for Payload {
            fn trim(&mut self) {
                match self {
                    $(Self::$name(message) => message.trim(),)*
                }
            }
        }

        impl Kind {
            /// Every kind, each request before its response.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }

        impl Payload {
            /// Which message it is.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$name(_) => Kind::$name,)*
                }
            }

            /// Who sends it to whom, when, and in which conversation.
            pub fn metadata(&self) -> &MessageMetadata {
                match self {
                    $(Self::$name(message) => &message.metadata,)*
                }
            }
        }

        $(
            impl From<$name> for Payload {
                fn from(message: $name) -> Self {
                    Self::$name(message)
                }
            }
        )*
    };
}

payloads! {
    /// Any to any: asks whether the other is there.
    TestMessage = "TestMessage",
    /// Any to any: it is.
    TestMessageResponse = "TestMessageResponse",
    /// To the CRO: asks about congestion points and connections.
    CommonReferenceQuery = "CommonReferenceQuery",
    /// From the CRO: what was asked for.
    CommonReferenceQueryResponse = "CommonReferenceQueryResponse",
    /// To the CRO: connections.
    CommonReferenceUpdate = "CommonReferenceUpdate",
    /// From the CRO: whether they were taken.
    CommonReferenceUpdateResponse = "CommonReferenceUpdateResponse",
    /// AGR to BRP or DSO: the power it plans.
    Prognosis = "Prognosis",
    /// BRP or DSO to AGR: whether the plan was taken.
    PrognosisResponse = "PrognosisResponse",
    /// BRP or DSO to AGR: asks for flexibility.
    FlexRequest = "FlexRequest",
    /// AGR to BRP or DSO: whether the request was taken.
    FlexRequestResponse = "FlexRequestResponse",
    /// AGR to BRP or DSO: offers flexibility.
    FlexOffer = "FlexOffer",
    /// BRP or DSO to AGR: whether the offer was taken.
    FlexOfferResponse = "FlexOfferResponse",
    /// AGR to BRP or DSO: takes an offer back.
    FlexOfferRevocation = "FlexOfferRevocation",
    /// BRP or DSO to AGR: whether it could be taken back.
    FlexOfferRevocationResponse = "FlexOfferRevocationResponse",
    /// BRP or DSO to AGR: orders flexibility.
    FlexOrder = "FlexOrder",
    /// AGR to BRP or DSO: whether the order was taken.
    FlexOrderResponse = "FlexOrderResponse",
    /// BRP or DSO to AGR: what was delivered and is to be paid.
    SettlementMessage = "SettlementMessage",
    /// AGR to BRP or DSO: what it agrees with.
    SettlementMessageResponse = "SettlementMessageResponse",
    /// BRP or DSO to MDC: asks for metered volumes.
    MeterDataQuery = "MeterDataQuery",
    /// MDC to BRP or DSO: the volumes.
    MeterDataQueryResponse = "MeterDataQueryResponse",
}

impl Kind {
    /// Who may send it to whom. Test messages may go from each role to each other.
    pub const fn routing(self) -> &'static [(Role, Role)] {
        use Role::{Agr, Brp, Cro, Dso, Mdc};
        match self {
            Self::TestMessage | Self::TestMessageResponse => &[
                (Agr, Brp),
                (Agr, Cro),
                (Agr, Dso),
                (Agr, Mdc),
                (Brp, Agr),
                (Brp, Cro),
                (Brp, Dso),
                (Brp, Mdc),
                (Cro, Agr),
                (Cro, Brp),
                (Cro, Dso),
                (Cro, Mdc),
                (Dso, Agr),
                (Dso, Brp),
                (Dso, Cro),
                (Dso, Mdc),
                (Mdc, Agr),
                (Mdc, Brp),
                (Mdc, Cro),
                (Mdc, Dso),
            ],
            Self::CommonReferenceQuery => &[(Agr, Cro), (Brp, Cro), (Dso, Cro), (Mdc, Cro)],
            Self::CommonReferenceQueryResponse => &[(Cro, Agr), (Cro, Brp), (Cro, Dso), (Cro, Mdc)],
            Self::CommonReferenceUpdate => &[(Agr, Cro), (Brp, Cro), (Dso, Cro)],
            Self::CommonReferenceUpdateResponse => &[(Cro, Agr), (Cro, Brp), (Cro, Dso)],
            Self::Prognosis
            | Self::FlexRequestResponse
            | Self::FlexOffer
            | Self::FlexOfferRevocation
            | Self::FlexOrderResponse
            | Self::SettlementMessageResponse => &[(Agr, Brp), (Agr, Dso)],
            Self::PrognosisResponse
            | Self::FlexRequest
            | Self::FlexOfferResponse
            | Self::FlexOfferRevocationResponse
            | Self::FlexOrder
            | Self::SettlementMessage => &[(Brp, Agr), (Dso, Agr)],
            Self::MeterDataQuery => &[(Brp, Mdc), (Dso, Mdc)],
            Self::MeterDataQueryResponse => &[(Mdc, Brp), (Mdc, Dso)],
        }
    }

    /// The response to this request; `None` for a response.
    pub const fn response(self) -> Option<Self> {
        Some(match self {
            Self::TestMessage => Self::TestMessageResponse,
            Self::CommonReferenceQuery => Self::CommonReferenceQueryResponse,
            Self::CommonReferenceUpdate => Self::CommonReferenceUpdateResponse,
            Self::Prognosis => Self::PrognosisResponse,
            Self::FlexRequest => Self::FlexRequestResponse,
            Self::FlexOffer => Self::FlexOfferResponse,
            Self::FlexOfferRevocation => Self::FlexOfferRevocationResponse,
            Self::FlexOrder => Self::FlexOrderResponse,
            Self::SettlementMessage => Self::SettlementMessageResponse,
            Self::MeterDataQuery => Self::MeterDataQueryResponse,
            Self::TestMessageResponse
            | Self::CommonReferenceQueryResponse
            | Self::CommonReferenceUpdateResponse
            | Self::PrognosisResponse
            | Self::FlexRequestResponse
            | Self::FlexOfferResponse
            | Self::FlexOfferRevocationResponse
            | Self::FlexOrderResponse
            | Self::SettlementMessageResponse
            | Self::MeterDataQueryResponse => return None,
        })
    }

    /// The request that this responds to; `None` for a request.
    pub fn request(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|request| request.response() == Some(self))
    }
}

document!(
    Payload,
    "a message",
    "the schema",
    |document, reading| reading.decoder().read(document).map(|message| reading.trimmed(message)),
    |message| Encoder::new(&DIALECT).write(message),
);

impl Payload {
    /// The name of its element.
    pub fn name(&self) -> &'static str {
        Self::NAMES.get(self.kind() as usize).map_or("", |name| name.as_str())
    }
}
