//! The aggregator's plan for a congestion point.
//!
//! ```
//! use usef_messages::d_prognosis::Isp;
//! let isp = Isp { power_w: -500_000, start: 1, duration: Some(96) };
//! assert_eq!(isp.duration_isps(), 96);
//! ```

use crate::message::{message, part, responds};
use crate::values::Uuid;

message! {
    /// AGR to DSO: the power it plans for each imbalance settlement period (`D-Prognosis`).
    pub struct DPrognosis: FlexMessage {
        /// Which version of the plan it is; each replaces those before.
        #[xml("@Revision")]
        pub revision: i64,
        /// One at least.
        #[xml("ISP+")]
        pub isps: Vec<Isp>,
    }
}

part! {
    /// A run of imbalance settlement periods with the same power (`ISP`).
    ///
    /// Unlike in other messages the schema allows any start and duration, also below 1.
    pub struct Isp {
        /// The planned power in watts; positive is consumption.
        #[xml("@Power")]
        pub power_w: i64,
        /// The first period, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: i64,
        /// How many periods; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<i64>,
    }
}

impl Isp {
    /// How many periods, the schema's default included.
    pub fn duration_isps(&self) -> i64 {
        self.duration.unwrap_or(1)
    }
}

message! {
    /// DSO to AGR: whether the plan was taken, and which orders it honours (`D-PrognosisResponse`).
    pub struct DPrognosisResponse: Answers {
        /// The plan.
        #[xml("@D-PrognosisMessageID")]
        pub d_prognosis_message_id: Uuid,
        /// The orders that the plan should honour.
        #[xml("FlexOrderStatus*")]
        pub flex_order_statuses: Vec<FlexOrderStatus>,
    }
}

part! {
    /// Whether a plan honours an order (`FlexOrderStatus`).
    pub struct FlexOrderStatus {
        /// The order.
        #[xml("@FlexOrderMessageID")]
        pub flex_order_message_id: Uuid,
        /// Whether it is honoured.
        #[xml("@IsValidated")]
        pub is_validated: bool,
    }
}

responds! {
    DPrognosis => DPrognosisResponse {
        d_prognosis_message_id: request.message_id.clone(),
        flex_order_statuses: Vec::new(),
    }, |request, _answer|
}
