//! What was ordered is settled, and the aggregator agrees or not (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::settlement::FlexOrderSettlementStatus;
//! use usef_messages::values::Verdict;
//! let status = FlexOrderSettlementStatus { order_reference: "o-1".into(), disposition: Verdict::Disputed };
//! assert_eq!(status.disposition.as_str(), "Disputed");
//! ```

use xml_wire::{Duration, Fragment};

use super::message;
use crate::message::part;
use crate::values::{Amount, Currency, EntityAddress, Outcome, Period, TimeZone, Verdict};

message! {
    /// BRP or DSO to AGR: what was ordered, delivered and is to be paid in a span of days (`SettlementMessage`).
    pub struct SettlementMessage {
        /// Whose midnight the days start at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// The first day.
        #[xml("@PeriodStart")]
        pub period_start: Period,
        /// The last day.
        #[xml("@PeriodEnd")]
        pub period_end: Period,
        /// What the response names it by.
        #[xml("@Reference")]
        pub reference: String,
        /// How long a program time unit (PTU) lasts.
        #[xml("@PTU-Duration")]
        pub ptu_duration: Duration,
        /// The currency of all amounts.
        #[xml("@Currency")]
        pub currency: Currency,
        /// One at least.
        #[xml("FlexOrderSettlement+")]
        pub flex_order_settlements: Vec<FlexOrderSettlement>,
    }
}

part! {
    /// What one order comes to (`FlexOrderSettlement`).
    pub struct FlexOrderSettlement {
        /// The day.
        #[xml("@Period")]
        pub period: Period,
        /// The order's reference.
        #[xml("@OrderReference")]
        pub order_reference: String,
        /// Where in the grid.
        #[xml("@CongestionPoint")]
        pub congestion_point: Option<EntityAddress>,
        /// One at least.
        #[xml("PTU-Settlement+")]
        pub ptu_settlements: Vec<PtuSettlement>,
        /// What other namespaces add, as it stands.
        #[xml(other)]
        pub extensions: Vec<Fragment>,
    }
}

part! {
    /// What was ordered and delivered in a run of program time units (`PTU-Settlement`).
    ///
    /// Power is in watts; positive is consumption. The schema allows any start and duration, also below 1.
    pub struct PtuSettlement {
        /// The first unit, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: i64,
        /// How many units; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<i64>,
        /// The power planned, in watts.
        #[xml("@PrognosisPower")]
        pub prognosis_power_w: i64,
        /// The flexibility ordered, in watts.
        #[xml("@OrderedFlexPower")]
        pub ordered_flex_power_w: i64,
        /// The price agreed.
        #[xml("@Price")]
        pub price: Amount,
        /// The power metered, in watts.
        #[xml("@ActualPower")]
        pub actual_power_w: i64,
        /// The flexibility delivered, in watts.
        #[xml("@DeliveredFlexPower")]
        pub delivered_flex_power_w: i64,
        /// The flexibility ordered and not delivered, in watts; absent is 0.
        #[xml("@PowerDeficiency")]
        pub power_deficiency_w: Option<i64>,
        /// What is taken off for that; absent is 0.
        #[xml("@Penalty")]
        pub penalty: Option<Amount>,
        /// What is paid: price less penalty.
        #[xml("@NetSettlement")]
        pub net_settlement: Amount,
    }
}

impl PtuSettlement {
    /// How many units, the schema's default included.
    pub fn duration_ptus(&self) -> i64 {
        self.duration.unwrap_or(1)
    }

    /// The flexibility ordered and not delivered in watts, the schema's default included.
    pub fn power_deficiency_w(&self) -> i64 {
        self.power_deficiency_w.unwrap_or(0)
    }

    /// What is taken off for that, the schema's default included.
    pub fn penalty(&self) -> Amount {
        self.penalty.unwrap_or(Amount::ZERO)
    }
}

message! {
    /// AGR to BRP or DSO: what it agrees with and what not (`SettlementMessageResponse`).
    pub struct SettlementMessageResponse {
        /// The settlement.
        #[xml("@Reference")]
        pub reference: String,
        /// Whether it was taken.
        #[xml("@Result")]
        pub result: Outcome,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
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
        pub order_reference: String,
        /// Whether it agrees.
        #[xml("@Disposition")]
        pub disposition: Verdict,
    }
}
