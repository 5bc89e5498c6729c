//! A grid operator asks for flexibility.
//!
//! ```
//! use usef_messages::flex_request::{Disposition, Isp};
//! let isp = Isp { disposition: Some(Disposition::Requested), min_power_w: -500_000, max_power_w: 0, start: 69, duration: None };
//! assert_eq!(isp.duration_isps(), 1);
//! ```

use xml_wire::{DateTime, Duration, Xml, XmlText};

use crate::values::{Domain, EntityAddress, Outcome, Period, TimeZone, Uuid, Version};

/// Asks the aggregators at a congestion point for flexibility on a day (`FlexRequest`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct FlexRequest {
    /// The edition it is written for.
    #[xml("@Version")]
    pub version: Version,
    /// The grid operator.
    #[xml("@SenderDomain")]
    pub sender_domain: Domain,
    /// The aggregator.
    #[xml("@RecipientDomain")]
    pub recipient_domain: Domain,
    /// When it was written.
    #[xml("@TimeStamp")]
    pub time_stamp: DateTime,
    /// This message.
    #[xml("@MessageID")]
    pub message_id: Uuid,
    /// The trade it belongs to.
    #[xml("@ConversationID")]
    pub conversation_id: Uuid,
    /// How long an imbalance settlement period lasts.
    #[xml("@ISP-Duration")]
    pub isp_duration: Duration,
    /// Whose midnight the day starts at.
    #[xml("@TimeZone")]
    pub time_zone: TimeZone,
    /// The day.
    #[xml("@Period")]
    pub period: Period,
    /// Where the flexibility is needed.
    #[xml("@CongestionPoint")]
    pub congestion_point: EntityAddress,
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

/// A run of imbalance settlement periods with the same limits (`ISP`).
///
/// Power is in watts; positive is consumption.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Isp {
    /// Whether flexibility is wanted or room for it is left.
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
    pub start: u32,
    /// How many periods; absent is 1.
    #[xml("@Duration")]
    pub duration: Option<u32>,
}

impl Isp {
    /// How many periods, the schema's default included.
    pub fn duration_isps(&self) -> u32 {
        self.duration.unwrap_or(1)
    }
}

/// What a period in a request is about (`AvailableRequestedType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Disposition {
    /// There is room for it.
    #[xml("Available")]
    Available,
    /// It is wanted.
    #[xml("Requested")]
    Requested,
}

/// Whether a request was taken (`FlexRequestResponse`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct FlexRequestResponse {
    /// The edition it is written for.
    #[xml("@Version")]
    pub version: Version,
    /// The aggregator.
    #[xml("@SenderDomain")]
    pub sender_domain: Domain,
    /// The grid operator.
    #[xml("@RecipientDomain")]
    pub recipient_domain: Domain,
    /// When it was written.
    #[xml("@TimeStamp")]
    pub time_stamp: DateTime,
    /// This message.
    #[xml("@MessageID")]
    pub message_id: Uuid,
    /// The trade it belongs to.
    #[xml("@ConversationID")]
    pub conversation_id: Uuid,
    /// The outcome.
    #[xml("@Result")]
    pub result: Outcome,
    /// Why it was rejected.
    #[xml("@RejectionReason")]
    pub rejection_reason: Option<String>,
    /// The request.
    #[xml("@FlexRequestMessageID")]
    pub flex_request_message_id: Uuid,
}
