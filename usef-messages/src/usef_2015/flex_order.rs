//! A grid operator or a balance responsible party orders flexibility (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::payload::Kind;
//! assert_eq!(Kind::FlexOrderResponse.request(), Some(Kind::FlexOrder));
//! ```

use super::message;
use crate::values::{Currency, Domain, Outcome};

message! {
    /// BRP or DSO to AGR: orders what was offered (`FlexOrder`).
    pub struct FlexOrder: FlexBase {
        /// Who wrote the offer.
        #[xml("@FlexOfferOrigin")]
        pub flex_offer_origin: Domain,
        /// The offer.
        #[xml("@FlexOfferSequence")]
        pub flex_offer_sequence: i64,
        /// The currency of all prices.
        #[xml("@Currency")]
        pub currency: Currency,
        /// What the settlement names it by.
        #[xml("@OrderReference")]
        pub order_reference: String,
    }
}

message! {
    /// AGR to BRP or DSO: whether the order was taken (`FlexOrderResponse`).
    pub struct FlexOrderResponse {
        /// The order.
        #[xml("@Sequence")]
        pub sequence: i64,
        /// Whether it was.
        #[xml("@Result")]
        pub result: Outcome,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
    }
}
