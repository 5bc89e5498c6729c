//! The aggregator's plan (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::prognosis::Ptu;
//! let ptu = Ptu { disposition: None, power_w: -250_000, start: 1, duration: None, price: None };
//! assert_eq!(ptu.duration_ptus(), 1);
//! ```

use xml_wire::{Duration, XmlText};

use super::message;
use crate::message::part;
use crate::values::{Amount, Disposition, EntityAddress, Outcome, Period, TimeZone};

message! {
    /// AGR to BRP or DSO: the power it plans for each program time unit (`Prognosis`).
    pub struct Prognosis {
        /// For whom: a BRP gets an A-plan, a DSO a D-prognosis.
        #[xml("@Type")]
        pub kind: PrognosisType,
        /// How long a program time unit (PTU) lasts.
        #[xml("@PTU-Duration")]
        pub ptu_duration: Duration,
        /// The day.
        #[xml("@Period")]
        pub period: Period,
        /// Whose midnight the day starts at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// Where in the grid; absent in an A-plan.
        #[xml("@CongestionPoint")]
        pub congestion_point: Option<EntityAddress>,
        /// Which version it is; each replaces those with a lower number.
        #[xml("@Sequence")]
        pub sequence: i64,
        /// One at least.
        #[xml("PTU+")]
        pub ptus: Vec<Ptu>,
    }
}

/// For whom a plan is (`PrognosisType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum PrognosisType {
    /// For the balance responsible party.
    #[xml("A-Plan")]
    APlan,
    /// For the grid operator.
    #[xml("D-Prognosis")]
    DPrognosis,
}

part! {
    /// A run of program time units with the same power (`PTU`).
    ///
    /// Positive power flows towards the prosumer. The schema allows any start and duration, also below 1.
    pub struct Ptu {
        /// In a request only: whether flexibility is wanted or room for it is left.
        #[xml("@Disposition")]
        pub disposition: Option<Disposition>,
        /// The power in watts; positive is consumption.
        #[xml("@Power")]
        pub power_w: i64,
        /// The first unit, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: i64,
        /// How many units; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<i64>,
        /// In offers and orders only: the price, in the message's currency.
        #[xml("@Price")]
        pub price: Option<Amount>,
    }
}

impl Ptu {
    /// How many units, the schema's default included.
    pub fn duration_ptus(&self) -> i64 {
        self.duration.unwrap_or(1)
    }
}

message! {
    /// BRP or DSO to AGR: whether the plan was taken, and which orders it honours (`PrognosisResponse`).
    pub struct PrognosisResponse {
        /// Whether it was.
        #[xml("@Result")]
        pub result: Outcome,
        /// The plan.
        #[xml("@PrognosisSequence")]
        pub prognosis_sequence: i64,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
        /// The orders that the plan should honour.
        #[xml("FlexOrderStatus*")]
        pub flex_order_statuses: Vec<FlexOrderStatus>,
    }
}

part! {
    /// Whether a plan honours an order (`FlexOrderStatus`).
    pub struct FlexOrderStatus {
        /// The order.
        #[xml("@Sequence")]
        pub sequence: i64,
        /// Whether it is honoured; absent is no.
        #[xml("@IsValidated")]
        pub is_validated: Option<bool>,
    }
}

impl FlexOrderStatus {
    /// Whether it is honoured, the schema's default included.
    pub fn is_validated(&self) -> bool {
        self.is_validated.unwrap_or(false)
    }
}
