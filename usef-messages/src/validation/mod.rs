//! The rules of trade, beyond what the schema can say: what a message breaks, where, and what to answer.
//!
//! Everything wrong with a message is found at once. Each [`Failure`] has a [`Code`] for machines, the place and the
//! value; the [`Dialect`] decides the words that the peer is told.
//!
//! ```
//! use usef_messages::Payload;
//! use usef_messages::validation::{self, Code, Context, Policy, Wording, rejection_reason};
//!
//! let request = r#"<FlexRequest Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
//!     TimeStamp="2026-11-22T11:00:00+01:00" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
//!     Period="2026-11-23" CongestionPoint="ean.871685900012636543" Revision="1"
//!     ExpirationDateTime="2026-11-22T23:00:00Z">
//!   <ISP Disposition="Requested" MinPower="-500000" MaxPower="0" Start="69" Duration="12"/>
//!   <ISP Disposition="Available" MinPower="-100000" MaxPower="0" Start="80" Duration="18"/>
//! </FlexRequest>"#;
//! let request = Payload::from_xml(request.as_bytes())?;
//!
//! let failures = validation::check(&request);
//! assert_eq!(failures[0].code, Code::IspBounds); // 80 to 97 of a day of 96
//! assert_eq!(failures[0].path, "/FlexRequest/ISP[2]");
//! assert_eq!(rejection_reason(&failures, Wording::default()).as_deref(), Some("ISPs out of bounds;ISP conflict"));
//!
//! let policy = Policy::anyone();
//! let late = Context::new(&policy).at("2026-11-24T00:00:00Z".parse()?);
//! assert!(validation::validate(&request, &late).iter().any(|failure| failure.code == Code::PeriodPast));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`validate`] looks at one message. What depends on the messages before it is looked at by
//! [`conversation::validate`](crate::conversation::validate).

mod address;
mod answer;
mod code;
mod currency;
#[cfg(feature = "sealing")]
mod envelope;
#[cfg(test)]
pub(crate) mod example;
mod failure;
mod flex;
mod header;
mod isps;
mod metering;
mod offer;
mod policy;
mod portfolio;
mod request;
mod settlement;
mod span;
mod usef_2015;

pub use code::{Code, Dialect};
pub use failure::{Failure, Severity, Wording, answer, rejection_reason};
pub use policy::{Anything, Context, EanDigits, Known, Party, Policy};
pub use usef_2015::{check_2015, validate_2015};

pub(crate) use currency::decimals;
pub(crate) use failure::{Failures, Place};
pub(crate) use isps::meet;

use crate::payload::Payload;

/// What a message breaks by itself, whoever reads it, whenever.
pub fn check(payload: &Payload) -> Vec<Failure> {
    validate(payload, &Context::new(&Policy::anyone()))
}

/// What a message breaks, as far as it can be seen without the messages before it.
///
/// At most 100 errors and 100 other failures are told.
pub fn validate(payload: &Payload, context: &Context<'_>) -> Vec<Failure> {
    let mut out = Failures::new(context.policy);
    let place = &Place::root(payload.name());
    header::check(payload, place, context, &mut out);
    answer::check(payload, place, &mut out);
    let day = &payload.flex_message().and_then(|message| flex::check(message, place, context, &mut out));
    match payload {
        Payload::DPrognosis(message) => {
            flex::check_prognosis(message, day.as_ref(), place, context, &mut out)
        }
        Payload::FlexReservationUpdate(message) => {
            flex::check_reservation(message, day.as_ref(), place, context, &mut out);
        }
        Payload::FlexRequest(message) => request::check(message, day.as_ref(), place, context, &mut out),
        Payload::FlexOffer(message) => offer::check(message, day.as_ref(), place, context, &mut out),
        Payload::FlexOrder(message) => offer::check_order(message, day.as_ref(), place, context, &mut out),
        Payload::FlexSettlement(message) => settlement::check(message, place, context, &mut out),
        Payload::FlexSettlementResponse(message) => settlement::check_response(message, place, &mut out),
        Payload::Metering(message) => metering::check(message, place, context, &mut out),
        Payload::AgrPortfolioQuery(message) => {
            flex::check_zone(&message.time_zone, Some(message.period), place, context, &mut out);
        }
        Payload::AgrPortfolioQueryResponse(message) => {
            portfolio::check_agr_response(message, place, context, &mut out);
        }
        Payload::AgrPortfolioUpdate(message) => portfolio::check_agr(message, place, context, &mut out),
        Payload::DsoPortfolioQuery(message) => {
            flex::check_zone(&message.time_zone, Some(message.period), place, context, &mut out);
            address::check(&message.entity_address, &place.at("@EntityAddress"), context, &mut out);
        }
        Payload::DsoPortfolioQueryResponse(message) => {
            portfolio::check_dso_response(message, place, context, &mut out);
        }
        Payload::DsoPortfolioUpdate(message) => portfolio::check_dso(message, place, context, &mut out),
        Payload::AgrPortfolioUpdateResponse(_)
        | Payload::DsoPortfolioUpdateResponse(_)
        | Payload::DPrognosisResponse(_)
        | Payload::FlexRequestResponse(_)
        | Payload::FlexOfferResponse(_)
        | Payload::FlexOfferRevocation(_)
        | Payload::FlexOfferRevocationResponse(_)
        | Payload::FlexOrderResponse(_)
        | Payload::FlexReservationUpdateResponse(_)
        | Payload::MeteringResponse(_)
        | Payload::TestMessage(_)
        | Payload::TestMessageResponse(_) => {}
    }
    out.into_list()
}
