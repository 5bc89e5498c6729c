//! An aggregator offers flexibility, and takes an offer back (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::payload::Kind;
//! assert_eq!(Kind::FlexOfferRevocation.response(), Some(Kind::FlexOfferRevocationResponse));
//! ```

use super::message;
use crate::values::{Currency, Domain, Outcome};

message! {
    /// AGR to BRP or DSO: offers flexibility, priced by program time unit (`FlexOffer`).
    pub struct FlexOffer: FlexBase {
        /// Who wrote the request.
        #[xml("@FlexRequestOrigin")]
        pub flex_request_origin: Domain,
        /// The request.
        #[xml("@FlexRequestSequence")]
        pub flex_request_sequence: i64,
        /// The currency of all prices.
        #[xml("@Currency")]
        pub currency: Currency,
    }
}

message! {
    /// BRP or DSO to AGR: whether the offer was taken (`FlexOfferResponse`).
    pub struct FlexOfferResponse {
        /// The offer.
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

message! {
    /// AGR to BRP or DSO: takes an offer back (`FlexOfferRevocation`).
    pub struct FlexOfferRevocation {
        /// The offer.
        #[xml("@Sequence")]
        pub sequence: i64,
    }
}

message! {
    /// BRP or DSO to AGR: whether it could be taken back (`FlexOfferRevocationResponse`).
    pub struct FlexOfferRevocationResponse {
        /// The offer.
        #[xml("@Sequence")]
        pub sequence: i64,
        /// Whether it could.
        #[xml("@Result")]
        pub result: Outcome,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
    }
}
