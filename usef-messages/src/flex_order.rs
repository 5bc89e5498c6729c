//! A grid operator orders flexibility that was offered.
//!
//! ```
//! use std::num::NonZeroU32;
//! use usef_messages::flex_order::Isp;
//! let isp = Isp { power_w: -250_000, start: NonZeroU32::MIN, duration: NonZeroU32::new(4) };
//! assert_eq!(isp.duration_isps(), 4);
//! ```

use crate::message::{message, responds};
use crate::values::{ActivationFactor, Amount, Currency, Uuid};

pub use crate::flex_offer::Isp;

message! {
    /// DSO to AGR: orders one option of an offer, or a part of it (`FlexOrder`).
    pub struct FlexOrder: FlexMessage {
        /// Whether nobody offered it; UFTP 3.1.0 and later, without a default.
        #[xml("@Unsolicited")]
        pub unsolicited: Option<bool>,
        /// The offer; UFTP 3.0.0 demands it.
        #[xml("@FlexOfferMessageID")]
        pub flex_offer_message_id: Option<Uuid>,
        /// The kind of service; UFTP 3.1.0 and later.
        #[xml("@ServiceType")]
        pub service_type: Option<String>,
        /// The bilateral contract it is under.
        #[xml("@ContractID")]
        pub contract_id: Option<String>,
        /// The plan that the power is relative to.
        #[xml("@D-PrognosisMessageID")]
        pub d_prognosis_message_id: Option<Uuid>,
        /// Another baseline that the power is relative to.
        #[xml("@BaselineReference")]
        pub baseline_reference: Option<String>,
        /// The price of the order.
        #[xml("@Price")]
        pub price: Amount,
        /// Its currency.
        #[xml("@Currency")]
        pub currency: Currency,
        /// What the settlement names it by.
        #[xml("@OrderReference")]
        pub order_reference: String,
        /// The option of the offer.
        #[xml("@OptionReference")]
        pub option_reference: Option<String>,
        /// Which part of the option's power is ordered; absent is 1.00.
        #[xml("@ActivationFactor")]
        pub activation_factor: Option<ActivationFactor>,
        /// One at least.
        #[xml("ISP+")]
        pub isps: Vec<Isp>,
    }
}

impl FlexOrder {
    /// Which part of the option's power is ordered, the schema's default included.
    pub fn activation_factor(&self) -> ActivationFactor {
        self.activation_factor.unwrap_or(ActivationFactor::ONE)
    }
}

message! {
    /// AGR to DSO: whether the order was taken (`FlexOrderResponse`).
    pub struct FlexOrderResponse: Answers {
        /// The order.
        #[xml("@FlexOrderMessageID")]
        pub flex_order_message_id: Uuid,
    }
}

responds! {
    FlexOrder => FlexOrderResponse {
        flex_order_message_id: request.message_id.clone(),
    }, |request, _answer|
}
