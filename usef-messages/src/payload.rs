//! The messages of UFTP, by their element.
//!
//! ```
//! use usef_messages::payload::{Kind, Payload};
//! let error = Payload::from_xml(b"<FlexRequest/>").unwrap_err();
//! assert_eq!(error.to_string(), "missing attribute Version in /FlexRequest at line 1 column 1");
//! assert_eq!(Kind::FlexRequest.response(), Some(Kind::FlexRequestResponse));
//! ```

use xml_wire::{DateTime, Encoder, XmlChoice, XmlText};

use crate::agr_portfolio::{
    AgrPortfolioQuery, AgrPortfolioQueryResponse, AgrPortfolioUpdate, AgrPortfolioUpdateResponse,
};
use crate::d_prognosis::{DPrognosis, DPrognosisResponse};
use crate::dso_portfolio::{
    DsoPortfolioQuery, DsoPortfolioQueryResponse, DsoPortfolioUpdate, DsoPortfolioUpdateResponse,
};
use crate::flex_offer::{FlexOffer, FlexOfferResponse, FlexOfferRevocation, FlexOfferRevocationResponse};
use crate::flex_order::{FlexOrder, FlexOrderResponse};
use crate::flex_request::{FlexRequest, FlexRequestResponse};
use crate::flex_reservation_update::{FlexReservationUpdate, FlexReservationUpdateResponse};
use crate::flex_settlement::{FlexSettlement, FlexSettlementResponse};
use crate::message::{Answer, Answers, FlexMessage, Header, Message};
use crate::metering::{Metering, MeteringResponse};
use crate::reading::document;
use crate::test_message::{TestMessage, TestMessageResponse};
use crate::values::{DIALECT, Domain, Outcome, Role, Uuid, Version};

/// Declares the messages with their elements, once for the payload and once for its kind.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident = $wire:tt,)*) => {
        /// One message: what a signed envelope holds.
        #[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
            /// Every kind, in the order of the standard's chapters.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }

        impl Payload {
            /// Which message it is.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$name(_) => Kind::$name,)*
                }
            }

            /// Says another edition.
            pub(crate) fn set_version(&mut self, version: Version) {
                match self {
                    $(Self::$name(message) => message.version = version,)*
                }
            }

            /// Names another recipient.
            #[cfg(feature = "roles")]
            pub(crate) fn set_recipient_domain(&mut self, recipient: Domain) {
                match self {
                    $(Self::$name(message) => message.recipient_domain = recipient,)*
                }
            }

            /// What all messages have in common.
            pub fn message(&self) -> &dyn Message {
                match self {
                    $(Self::$name(message) => message,)*
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
    /// AGR to CRO: asks which congestion points its connections belong to.
    AgrPortfolioQuery = "AGRPortfolioQuery",
    /// CRO to AGR: its connections by congestion point.
    AgrPortfolioQueryResponse = "AGRPortfolioQueryResponse",
    /// AGR to CRO: which connections it represents.
    AgrPortfolioUpdate = "AGRPortfolioUpdate",
    /// CRO to AGR: whether the portfolio was taken.
    AgrPortfolioUpdateResponse = "AGRPortfolioUpdateResponse",
    /// DSO to CRO: asks which aggregators are at a congestion point.
    DsoPortfolioQuery = "DSOPortfolioQuery",
    /// CRO to DSO: the connections at the congestion point.
    DsoPortfolioQueryResponse = "DSOPortfolioQueryResponse",
    /// DSO to CRO: which congestion points there are.
    DsoPortfolioUpdate = "DSOPortfolioUpdate",
    /// CRO to DSO: whether the congestion points were taken.
    DsoPortfolioUpdateResponse = "DSOPortfolioUpdateResponse",
    /// AGR to DSO: the power it plans.
    DPrognosis = "D-Prognosis",
    /// DSO to AGR: whether the plan was taken.
    DPrognosisResponse = "D-PrognosisResponse",
    /// DSO to AGR: asks for flexibility.
    FlexRequest = "FlexRequest",
    /// AGR to DSO: whether the request was taken.
    FlexRequestResponse = "FlexRequestResponse",
    /// AGR to DSO: offers flexibility.
    FlexOffer = "FlexOffer",
    /// DSO to AGR: whether the offer was taken.
    FlexOfferResponse = "FlexOfferResponse",
    /// AGR to DSO: takes an offer back.
    FlexOfferRevocation = "FlexOfferRevocation",
    /// DSO to AGR: whether it could be taken back.
    FlexOfferRevocationResponse = "FlexOfferRevocationResponse",
    /// DSO to AGR: orders flexibility.
    FlexOrder = "FlexOrder",
    /// AGR to DSO: whether the order was taken.
    FlexOrderResponse = "FlexOrderResponse",
    /// DSO to AGR: what stays reserved under a contract.
    FlexReservationUpdate = "FlexReservationUpdate",
    /// AGR to DSO: whether the update was taken.
    FlexReservationUpdateResponse = "FlexReservationUpdateResponse",
    /// DSO to AGR: what was delivered and is to be paid.
    FlexSettlement = "FlexSettlement",
    /// AGR to DSO: what it agrees with.
    FlexSettlementResponse = "FlexSettlementResponse",
    /// AGR to DSO: what a meter showed.
    Metering = "Metering",
    /// DSO to AGR: whether the data was taken.
    MeteringResponse = "MeteringResponse",
    /// Any to any: asks whether the other is there.
    TestMessage = "TestMessage",
    /// Any to any: it is.
    TestMessageResponse = "TestMessageResponse",
}

impl Kind {
    /// Who may send it to whom. Test messages may go from each role to each other.
    ///
    /// ```
    /// use usef_messages::payload::Kind;
    /// use usef_messages::values::Role;
    /// assert_eq!(Kind::FlexOffer.routing(), [(Role::Agr, Role::Dso)]);
    /// assert_eq!(Kind::TestMessage.routing().len(), 6);
    /// ```
    pub const fn routing(self) -> &'static [(Role, Role)] {
        use Role::{Agr, Cro, Dso};
        match self {
            Self::AgrPortfolioQuery | Self::AgrPortfolioUpdate => &[(Agr, Cro)],
            Self::AgrPortfolioQueryResponse | Self::AgrPortfolioUpdateResponse => &[(Cro, Agr)],
            Self::DsoPortfolioQuery | Self::DsoPortfolioUpdate => &[(Dso, Cro)],
            Self::DsoPortfolioQueryResponse | Self::DsoPortfolioUpdateResponse => &[(Cro, Dso)],
            Self::DPrognosis
            | Self::FlexRequestResponse
            | Self::FlexOffer
            | Self::FlexOfferRevocation
            | Self::FlexOrderResponse
            | Self::FlexReservationUpdateResponse
            | Self::FlexSettlementResponse
            | Self::Metering => &[(Agr, Dso)],
            Self::DPrognosisResponse
            | Self::FlexRequest
            | Self::FlexOfferResponse
            | Self::FlexOfferRevocationResponse
            | Self::FlexOrder
            | Self::FlexReservationUpdate
            | Self::FlexSettlement
            | Self::MeteringResponse => &[(Dso, Agr)],
            Self::TestMessage | Self::TestMessageResponse => {
                &[(Agr, Cro), (Agr, Dso), (Cro, Agr), (Cro, Dso), (Dso, Agr), (Dso, Cro)]
            }
        }
    }

    /// The response to this request; `None` for a response.
    pub const fn response(self) -> Option<Self> {
        Some(match self {
            Self::AgrPortfolioQuery => Self::AgrPortfolioQueryResponse,
            Self::AgrPortfolioUpdate => Self::AgrPortfolioUpdateResponse,
            Self::DsoPortfolioQuery => Self::DsoPortfolioQueryResponse,
            Self::DsoPortfolioUpdate => Self::DsoPortfolioUpdateResponse,
            Self::DPrognosis => Self::DPrognosisResponse,
            Self::FlexRequest => Self::FlexRequestResponse,
            Self::FlexOffer => Self::FlexOfferResponse,
            Self::FlexOfferRevocation => Self::FlexOfferRevocationResponse,
            Self::FlexOrder => Self::FlexOrderResponse,
            Self::FlexReservationUpdate => Self::FlexReservationUpdateResponse,
            Self::FlexSettlement => Self::FlexSettlementResponse,
            Self::Metering => Self::MeteringResponse,
            Self::TestMessage => Self::TestMessageResponse,
            Self::AgrPortfolioQueryResponse
            | Self::AgrPortfolioUpdateResponse
            | Self::DsoPortfolioQueryResponse
            | Self::DsoPortfolioUpdateResponse
            | Self::DPrognosisResponse
            | Self::FlexRequestResponse
            | Self::FlexOfferResponse
            | Self::FlexOfferRevocationResponse
            | Self::FlexOrderResponse
            | Self::FlexReservationUpdateResponse
            | Self::FlexSettlementResponse
            | Self::MeteringResponse
            | Self::TestMessageResponse => return None,
        })
    }

    /// The request that this responds to; `None` for a request.
    pub fn request(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|request| request.response() == Some(self))
    }

    /// The attribute by which a response names its request; a test response has but its conversation.
    #[cfg(feature = "validation")]
    pub(crate) fn reference_attribute(self) -> Option<String> {
        Some(match self {
            Self::TestMessageResponse => "ConversationID".to_owned(),
            // The others are named after the request, this one after the response.
            Self::DsoPortfolioUpdateResponse => "DSOPortfolioUpdateResponseMessageID".to_owned(),
            _ => format!("{}MessageID", self.request()?),
        })
    }
}

document!(
    Payload,
    "a message",
    "the schema of UFTP 3.1.0",
    |document, reading| reading.decoder().read(document).map(|message| reading.trimmed(message)),
    |message| Encoder::new(&DIALECT).write(message),
);

impl Payload {
    /// The name of its element.
    pub fn name(&self) -> &'static str {
        Self::NAMES.get(self.kind() as usize).map_or("", |name| name.as_str())
    }

    /// The six attributes that every message carries.
    pub fn header(&self) -> Header {
        self.message().header()
    }

    /// The edition it is written for.
    pub fn version(&self) -> &Version {
        self.message().version()
    }

    /// Who sends it.
    pub fn sender_domain(&self) -> &Domain {
        self.message().sender_domain()
    }

    /// Whom it is for.
    pub fn recipient_domain(&self) -> &Domain {
        self.message().recipient_domain()
    }

    /// When it was written.
    pub fn time_stamp(&self) -> DateTime {
        self.message().time_stamp()
    }

    /// This message.
    pub fn message_id(&self) -> &Uuid {
        self.message().message_id()
    }

    /// The exchange of messages it belongs to.
    pub fn conversation_id(&self) -> &Uuid {
        self.message().conversation_id()
    }

    /// What messages about a congestion point and a day have in common, if it is one.
    pub fn flex_message(&self) -> Option<&dyn FlexMessage> {
        match self {
            Self::DPrognosis(message) => Some(message),
            Self::FlexRequest(message) => Some(message),
            Self::FlexOffer(message) => Some(message),
            Self::FlexOrder(message) => Some(message),
            Self::FlexReservationUpdate(message) => Some(message),
            _ => None,
        }
    }

    /// Until when it can be answered by an offer or an order, if it is a request for flexibility or an offer.
    pub const fn expiration(&self) -> Option<DateTime> {
        match self {
            Self::FlexRequest(message) => Some(message.expiration_date_time),
            Self::FlexOffer(message) => Some(message.expiration_date_time),
            _ => None,
        }
    }

    /// Which revision it is, of a plan, a request or meter data; each replaces those before about its place and day.
    pub const fn revision(&self) -> Option<i64> {
        match self {
            Self::DPrognosis(message) => Some(message.revision),
            Self::FlexRequest(message) => Some(message.revision),
            Self::Metering(message) => Some(message.revision),
            _ => None,
        }
    }

    /// What messages that hold a result have in common, if it is one.
    pub fn answers(&self) -> Option<&dyn Answers> {
        match self {
            Self::AgrPortfolioQueryResponse(message) => Some(message),
            Self::AgrPortfolioUpdateResponse(message) => Some(message),
            Self::DsoPortfolioQueryResponse(message) => Some(message),
            Self::DsoPortfolioUpdateResponse(message) => Some(message),
            Self::DPrognosisResponse(message) => Some(message),
            Self::FlexRequestResponse(message) => Some(message),
            Self::FlexOfferResponse(message) => Some(message),
            Self::FlexOfferRevocationResponse(message) => Some(message),
            Self::FlexOrderResponse(message) => Some(message),
            Self::FlexReservationUpdateResponse(message) => Some(message),
            Self::FlexSettlement(message) => Some(message),
            Self::FlexSettlementResponse(message) => Some(message),
            Self::MeteringResponse(message) => Some(message),
            _ => None,
        }
    }

    /// Whether what it is about was taken; also of [`FlexSettlement`], where it says nothing.
    pub fn result(&self) -> Option<Outcome> {
        self.answers().map(Answers::result)
    }

    /// Why it was rejected.
    pub fn rejection_reason(&self) -> Option<&str> {
        self.answers().and_then(Answers::rejection_reason)
    }

    /// The request that this response names; `None` for requests, and for a test response, which names none.
    pub fn reference(&self) -> Option<&Uuid> {
        match self {
            Self::AgrPortfolioQueryResponse(message) => Some(&message.agr_portfolio_query_message_id),
            Self::AgrPortfolioUpdateResponse(message) => Some(&message.agr_portfolio_update_message_id),
            Self::DsoPortfolioQueryResponse(message) => Some(&message.dso_portfolio_query_message_id),
            Self::DsoPortfolioUpdateResponse(message) => Some(&message.dso_portfolio_update_message_id),
            Self::DPrognosisResponse(message) => Some(&message.d_prognosis_message_id),
            Self::FlexRequestResponse(message) => Some(&message.flex_request_message_id),
            Self::FlexOfferResponse(message) => Some(&message.flex_offer_message_id),
            Self::FlexOfferRevocationResponse(message) => Some(&message.flex_offer_revocation_message_id),
            Self::FlexOrderResponse(message) => Some(&message.flex_order_message_id),
            Self::FlexReservationUpdateResponse(message) => Some(&message.flex_reservation_update_message_id),
            Self::FlexSettlementResponse(message) => Some(&message.flex_settlement_message_id),
            Self::MeteringResponse(message) => Some(&message.metering_message_id),
            _ => None,
        }
    }

    /// The response to this request, with nothing in it but the answer.
    ///
    /// `None` for a response, and for [`AgrPortfolioQuery`]: the schema wants a portfolio in its response, even in a
    /// rejection, so [`AgrPortfolioQuery::respond`] asks for one. The answer to a test message has no place for a result.
    pub fn respond(&self, answer: Answer, message_id: Uuid, time_stamp: DateTime) -> Option<Self> {
        Some(match self {
            Self::AgrPortfolioUpdate(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::DsoPortfolioQuery(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::DsoPortfolioUpdate(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::DPrognosis(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::FlexRequest(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::FlexOffer(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::FlexOfferRevocation(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::FlexOrder(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::FlexReservationUpdate(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::FlexSettlement(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::Metering(request) => request.respond(answer, message_id, time_stamp).into(),
            Self::TestMessage(request) => request.respond(message_id, time_stamp).into(),
            _ => return None,
        })
    }
}
