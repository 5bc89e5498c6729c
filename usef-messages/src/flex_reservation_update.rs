//! A grid operator says how much of the flexibility reserved under a contract it still needs.
//!
//! ```
//! use std::num::NonZeroU32;
//! use usef_messages::flex_reservation_update::Isp;
//! let isp = Isp { power_w: -250_000, start: NonZeroU32::MIN, duration: None };
//! assert_eq!(isp.duration_isps(), 1);
//! ```

use crate::message::{message, responds};
use crate::values::Uuid;

pub use crate::flex_offer::Isp;

message! {
    /// DSO to AGR: what stays reserved on a day under a bilateral contract (`FlexReservationUpdate`).
    pub struct FlexReservationUpdate: FlexMessage {
        /// The bilateral contract.
        #[xml("@ContractID")]
        pub contract_id: String,
        /// What the update is named by.
        #[xml("@Reference")]
        pub reference: String,
        /// The power that stays reserved; one at least.
        #[xml("ISP+")]
        pub isps: Vec<Isp>,
    }
}

message! {
    /// AGR to DSO: whether the update was taken (`FlexReservationUpdateResponse`).
    pub struct FlexReservationUpdateResponse: Answers {
        /// The update.
        #[xml("@FlexReservationUpdateMessageID")]
        pub flex_reservation_update_message_id: Uuid,
    }
}

responds! {
    FlexReservationUpdate => FlexReservationUpdateResponse {
        flex_reservation_update_message_id: request.message_id.clone(),
    }, |request, _answer|
}
