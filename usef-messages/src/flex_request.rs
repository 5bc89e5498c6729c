//! A grid operator asks for flexibility.
//!
//! ```
//! use std::num::NonZeroU32;
//! use usef_messages::flex_request::Isp;
//! use usef_messages::values::Disposition;
//!
//! let start = NonZeroU32::new(69).ok_or("periods count from 1")?;
//! let isp = Isp { disposition: Some(Disposition::Requested), min_power_w: -500_000, max_power_w: 0, start, duration: None };
//! assert_eq!(isp.duration_isps(), 1);
//! # Ok::<(), &str>(())
//! ```

use std::num::NonZeroU32;

use xml_wire::DateTime;

use crate::message::{message, part, responds};
use crate::values::{Disposition, Uuid};

message! {
    /// DSO to AGR: asks the aggregators at a congestion point for flexibility on a day (`FlexRequest`).
    pub struct FlexRequest: FlexMessage {
        /// Which version of the request it is; each replaces those before.
        #[xml("@Revision")]
        pub revision: i64,
        /// Until when offers are taken.
        #[xml("@ExpirationDateTime")]
        pub expiration_date_time: DateTime,
        /// The bilateral contract it is under.
        #[xml("@ContractID")]
        pub contract_id: Option<String>,
        /// The kind of service.
        #[xml("@ServiceType")]
        pub service_type: Option<String>,
        /// What is wanted and what there is room for; one at least.
        #[xml("ISP+")]
        pub isps: Vec<Isp>,
    }
}

part! {
    /// A run of imbalance settlement periods with the same limits (`ISP`).
    ///
    /// Power is in watts; positive is consumption.
    pub struct Isp {
        /// Whether flexibility is wanted or room for it is left; the schema knows no default.
        #[xml("@Disposition")]
        pub disposition: Option<Disposition>,
        /// The least power, in watts.
        #[xml("@MinPower")]
        pub min_power_w: i64,
        /// The most power, in watts.
        #[xml("@MaxPower")]
        pub max_power_w: i64,
        /// The first period, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: NonZeroU32,
        /// How many periods; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<NonZeroU32>,
    }
}

impl Isp {
    /// How many periods, the schema's default included.
    pub fn duration_isps(&self) -> u32 {
        self.duration.map_or(1, NonZeroU32::get)
    }
}

message! {
    /// AGR to DSO: whether the request was taken (`FlexRequestResponse`).
    pub struct FlexRequestResponse: Answers {
        /// The request.
        #[xml("@FlexRequestMessageID")]
        pub flex_request_message_id: Uuid,
    }
}

responds! {
    FlexRequest => FlexRequestResponse {
        flex_request_message_id: request.message_id.clone(),
    }, |request, _answer|
}
