//! A grid operator settles what was ordered and reserved, and the aggregator agrees or not.
//!
//! ```
//! use std::num::NonZeroU32;
//! use usef_messages::flex_settlement::OrderIsp;
//! let isp = OrderIsp {
//!     start: NonZeroU32::MIN,
//!     duration: None,
//!     baseline_power_w: 900_000,
//!     ordered_flex_power_w: -400_000,
//!     actual_power_w: 500_000,
//!     delivered_flex_power_w: -400_000,
//!     power_deficiency_w: None,
//! };
//! assert_eq!((isp.duration_isps(), isp.power_deficiency_w()), (1, 0));
//! ```

use std::num::NonZeroU32;

use crate::message::{Answer, message, part, responds};
use crate::values::{Amount, Currency, EntityAddress, Outcome, Period, Uuid, Verdict};

message! {
    /// DSO to AGR: what was ordered, delivered and is to be paid in a span of days (`FlexSettlement`).
    ///
    /// In the schema it extends the type of responses, so this request carries a `Result` too.
    pub struct FlexSettlement: Answers {
        /// The first day.
        #[xml("@PeriodStart")]
        pub period_start: Period,
        /// The last day.
        #[xml("@PeriodEnd")]
        pub period_end: Period,
        /// The currency of all amounts.
        #[xml("@Currency")]
        pub currency: Currency,
        /// One at least.
        #[xml("FlexOrderSettlement+")]
        pub flex_order_settlements: Vec<FlexOrderSettlement>,
        /// One at least, also where there are no contracts.
        #[xml("ContractSettlement+")]
        pub contract_settlements: Vec<ContractSettlement>,
    }
}

part! {
    /// What one order comes to (`FlexOrderSettlement`).
    pub struct FlexOrderSettlement {
        /// The order's reference.
        #[xml("@OrderReference")]
        pub order_reference: Option<String>,
        /// The day.
        #[xml("@Period")]
        pub period: Period,
        /// The bilateral contract it is under.
        #[xml("@ContractID")]
        pub contract_id: Option<String>,
        /// The plan that the power is relative to.
        #[xml("@D-PrognosisMessageID")]
        pub d_prognosis_message_id: Option<Uuid>,
        /// Another baseline that the power is relative to.
        #[xml("@BaselineReference")]
        pub baseline_reference: Option<String>,
        /// Where in the grid.
        #[xml("@CongestionPoint")]
        pub congestion_point: EntityAddress,
        /// The price agreed.
        #[xml("@Price")]
        pub price: Amount,
        /// What is taken off for power that was not delivered; absent is 0.
        #[xml("@Penalty")]
        pub penalty: Option<Amount>,
        /// What is paid: price less penalty.
        #[xml("@NetSettlement")]
        pub net_settlement: Amount,
        /// One at least.
        #[xml("ISP+")]
        pub isps: Vec<OrderIsp>,
    }
}

impl FlexOrderSettlement {
    /// What is taken off for power that was not delivered, the schema's default included.
    pub fn penalty(&self) -> Amount {
        self.penalty.unwrap_or(Amount::ZERO)
    }
}

part! {
    /// What was ordered and delivered in a run of imbalance settlement periods (`ISP`).
    ///
    /// Power is in watts; positive is consumption.
    pub struct OrderIsp {
        /// The first period, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: NonZeroU32,
        /// How many periods; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<NonZeroU32>,
        /// The power planned, in watts.
        #[xml("@BaselinePower")]
        pub baseline_power_w: i64,
        /// The flexibility ordered, in watts.
        #[xml("@OrderedFlexPower")]
        pub ordered_flex_power_w: i64,
        /// The power metered, in watts.
        #[xml("@ActualPower")]
        pub actual_power_w: i64,
        /// The flexibility delivered, in watts.
        #[xml("@DeliveredFlexPower")]
        pub delivered_flex_power_w: i64,
        /// The flexibility ordered and not delivered, in watts; absent is 0.
        #[xml("@PowerDeficiency")]
        pub power_deficiency_w: Option<i64>,
    }
}

impl OrderIsp {
    /// How many periods, the schema's default included.
    pub fn duration_isps(&self) -> u32 {
        self.duration.map_or(1, NonZeroU32::get)
    }

    /// The flexibility ordered and not delivered in watts, the schema's default included.
    pub fn power_deficiency_w(&self) -> i64 {
        self.power_deficiency_w.unwrap_or(0)
    }
}

part! {
    /// What was reserved under one contract, and used (`ContractSettlement`).
    pub struct ContractSettlement {
        /// The bilateral contract.
        #[xml("@ContractID")]
        pub contract_id: Option<String>,
        /// Its days; one at least.
        #[xml("Period+")]
        pub periods: Vec<ContractPeriod>,
    }
}

part! {
    /// A day under a contract (`Period`).
    pub struct ContractPeriod {
        /// The day.
        #[xml("@Period")]
        pub period: Period,
        /// One at least.
        #[xml("ISP+")]
        pub isps: Vec<ContractIsp>,
    }
}

part! {
    /// What was reserved and used in a run of imbalance settlement periods (`ISP`).
    ///
    /// Power is in watts; positive is consumption.
    pub struct ContractIsp {
        /// The first period, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: NonZeroU32,
        /// How many periods; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<NonZeroU32>,
        /// The power reserved, in watts.
        #[xml("@ReservedPower")]
        pub reserved_power_w: i64,
        /// The power requested, in watts.
        #[xml("@RequestedPower")]
        pub requested_power_w: Option<i64>,
        /// The power available, in watts.
        #[xml("@AvailablePower")]
        pub available_power_w: Option<i64>,
        /// The power offered, in watts.
        #[xml("@OfferedPower")]
        pub offered_power_w: Option<i64>,
        /// The power ordered, in watts.
        #[xml("@OrderedPower")]
        pub ordered_power_w: Option<i64>,
    }
}

impl ContractIsp {
    /// How many periods, the schema's default included.
    pub fn duration_isps(&self) -> u32 {
        self.duration.map_or(1, NonZeroU32::get)
    }
}

message! {
    /// AGR to DSO: what it agrees with and what not (`FlexSettlementResponse`).
    pub struct FlexSettlementResponse: Answers {
        /// The settlement.
        #[xml("@FlexSettlementMessageID")]
        pub flex_settlement_message_id: Uuid,
        /// One at least.
        #[xml("FlexOrderSettlementStatus+")]
        pub flex_order_settlement_statuses: Vec<FlexOrderSettlementStatus>,
    }
}

part! {
    /// Whether the aggregator agrees with what an order comes to (`FlexOrderSettlementStatus`).
    pub struct FlexOrderSettlementStatus {
        /// The order's reference.
        #[xml("@OrderReference")]
        pub order_reference: Option<String>,
        /// Whether it agrees.
        #[xml("@Disposition")]
        pub disposition: Verdict,
        /// Why it does not.
        #[xml("@DisputeReason")]
        pub dispute_reason: Option<String>,
    }
}

// An answer to the whole is one to each order; a caller who disputes some sets them apart.
responds! {
    FlexSettlement => FlexSettlementResponse {
        flex_settlement_message_id: request.message_id.clone(),
        flex_order_settlement_statuses: statuses(&request.flex_order_settlements, answer),
    }, |request, answer|
}

/// The same answer to each; the schema wants one also where nothing is settled.
fn statuses(settled: &[FlexOrderSettlement], answer: &Answer) -> Vec<FlexOrderSettlementStatus> {
    let status = |order_reference: Option<String>| FlexOrderSettlementStatus {
        order_reference,
        disposition: match answer.result {
            Outcome::Accepted => Verdict::Accepted,
            Outcome::Rejected => Verdict::Disputed,
        },
        dispute_reason: answer.rejection_reason.clone(),
    };
    match settled {
        [] => vec![status(None)],
        settled => settled.iter().map(|settlement| status(settlement.order_reference.clone())).collect(),
    }
}
