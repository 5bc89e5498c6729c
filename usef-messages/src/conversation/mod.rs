//! Messages held against those before them: what they refer to, what was offered, ordered, taken back and settled.
//!
//! A participant keeps what it sent and what it received in a [`History`]; [`Memory`] is one. [`validate`] looks at what
//! depends on it, [`seen`] tells a repetition from a new message, [`next`] tells what may be said next.
//!
//! ```
//! use usef_messages::Payload;
//! use usef_messages::conversation::{self, Memory, Seen, Store as _};
//! use usef_messages::validation::{Code, Context, Policy};
//!
//! let revocation = r#"<FlexOfferRevocation Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
//!     TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"
//!     FlexOfferMessageID="aaaaaaaa-0000-4000-8000-000000000001"/>"#;
//! let message = Payload::from_xml(revocation.as_bytes())?;
//!
//! let mut memory = Memory::default();
//! let policy = Policy::anyone();
//! let failures = conversation::validate(&message, &Context::new(&policy), &memory)?;
//! assert_eq!(failures[0].code, Code::UnknownReference);
//! assert_eq!(failures[0].path, "/FlexOfferRevocation/@FlexOfferMessageID");
//!
//! assert_eq!(conversation::seen(&message, revocation.as_bytes(), &memory)?, Seen::New);
//! memory.insert(message.clone(), revocation.as_bytes(), message.time_stamp())?;
//! assert_eq!(conversation::seen(&message, revocation.as_bytes(), &memory)?, Seen::Repeated);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Messages of USEF 2015 name each other otherwise, and are held against each other by [`validate_2015`].
//!
//! A message that was answered with a rejection stays in the history, since it may come again, and stands for nothing
//! else: what refers to it is told so. A rejection is a response in the history, like any other message.

mod duplicate;
mod history;
mod index;
mod limits;
mod memory;
mod next;
mod offer;
mod order;
mod reference;
mod settlement;
mod store;
mod usef_2015;

pub use duplicate::{Digest, Seen, seen};
pub use history::{History, Key, OrderName, Series, Subject, Thread};
pub(crate) use index::{Found, Index, history_by_index};
#[cfg(feature = "roles")]
pub(crate) use limits::Used;
pub use limits::{Limits, Room};
pub use memory::Memory;
pub use next::{Step, Urgency, next};
pub use store::{Full, Store};
pub use usef_2015::validate_2015;

use crate::payload::Payload;
use crate::validation::{Context, Failure, Failures, Place};

/// What a message breaks that can be seen only with the messages before it.
///
/// At most 100 errors and 100 other failures are told.
///
/// What the message breaks by itself is looked at by [`crate::validation::validate`]. The history holds the messages
/// before this one, of both directions, and not this one.
///
/// # Errors
/// When the history cannot be read.
pub fn validate<H: History + ?Sized>(
    payload: &Payload,
    context: &Context<'_>,
    history: &H,
) -> Result<Vec<Failure>, H::Error> {
    let mut out = Failures::new(context.policy);
    let place = &Place::root(payload.name());
    match payload {
        Payload::DPrognosis(_) | Payload::FlexRequest(_) | Payload::Metering(_) => {
            reference::check_revision(payload, place, history, &mut out)?;
        }
        Payload::FlexOffer(message) => offer::check(message, place, context, history, &mut out)?,
        Payload::FlexOfferRevocation(message) => offer::check_revocation(message, place, history, &mut out)?,
        Payload::FlexOrder(message) => order::check(message, place, context, history, &mut out)?,
        Payload::FlexSettlement(message) => settlement::check(message, place, history, &mut out)?,
        Payload::FlexSettlementResponse(message) => {
            settlement::check_response(message, place, history, &mut out)?;
        }
        Payload::DPrognosisResponse(message) => {
            reference::check_order_statuses(message, place, history, &mut out)?;
        }
        Payload::AgrPortfolioQueryResponse(_)
        | Payload::DsoPortfolioQueryResponse(_)
        | Payload::AgrPortfolioQuery(_)
        | Payload::AgrPortfolioUpdate(_)
        | Payload::AgrPortfolioUpdateResponse(_)
        | Payload::DsoPortfolioQuery(_)
        | Payload::DsoPortfolioUpdate(_)
        | Payload::DsoPortfolioUpdateResponse(_)
        | Payload::FlexRequestResponse(_)
        | Payload::FlexOfferResponse(_)
        | Payload::FlexOfferRevocationResponse(_)
        | Payload::FlexOrderResponse(_)
        | Payload::FlexReservationUpdate(_)
        | Payload::FlexReservationUpdateResponse(_)
        | Payload::MeteringResponse(_)
        | Payload::TestMessage(_)
        | Payload::TestMessageResponse(_) => {}
    }
    reference::check_response(payload, place, history, &mut out)?;
    Ok(out.into_list())
}
