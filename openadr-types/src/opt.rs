//! EiOpt: a VEN opts in or out, for a time or for an event.
//!
//! | asks | answered by |
//! |---|---|
//! | [`CreateOpt`] | [`CreatedOpt`] |
//! | [`CancelOpt`] | [`CanceledOpt`] |
//!
//! ```
//! use openadr_types::event::OptType;
//! use openadr_types::opt::{CreateOpt, OptReason};
//! use openadr_types::period::Period;
//! use openadr_types::target::Target;
//!
//! let holidays = Period::new("2026-12-24T00:00:00Z".parse()?, "P8D".parse()?);
//! let created = "2026-11-23T09:00:00Z".parse()?;
//! let opt = CreateOpt::schedule("opt-1", "ven-7", OptType::Out, created, vec![holidays]);
//! assert_eq!(opt.reason, OptReason::Schedule);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use xml_wire::{DateTime, Xml, XmlText};

use crate::event::{OptType, QualifiedEventId};
use crate::ids::{MarketContext, OptId, RequestId, VenId};
use crate::message::SchemaVersion;
use crate::period::Period;
use crate::response::EiResponse;
use crate::target::Target;

/// Opts in or out, for a schedule or for one event (`oadr:oadrCreateOpt`).
///
/// For a schedule it has `availability` and may have `market_context`; for an event it has `qualified_event_id` and
/// neither of these, and outranks what the VEN said in a [`CreatedEvent`](crate::event::CreatedEvent) (rule 206).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreateOpt {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Chosen by the VEN, to cancel it by.
    #[xml("ei:optID")]
    pub opt_id: OptId,
    /// In or out.
    #[xml("ei:optType")]
    pub opt_type: OptType,
    /// Why.
    #[xml("ei:optReason")]
    pub reason: OptReason,
    /// The programme it is for; absent for all.
    #[xml("emix:marketContext")]
    pub market_context: Option<MarketContext>,
    /// Who opts.
    #[xml("ei:venID")]
    pub ven_id: VenId,
    /// The schedule.
    #[xml("xcal:vavailability")]
    pub availability: Option<Availability>,
    /// When it was written.
    #[xml("ei:createdDateTime")]
    pub created_date_time: DateTime,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// The event.
    #[xml("ei:qualifiedEventID")]
    pub qualified_event_id: Option<QualifiedEventId>,
    /// Which resources; empty means the whole VEN.
    #[xml("ei:eiTarget")]
    pub target: Target,
    /// The class of devices it is for; only its `end_device_assets` count.
    #[xml("oadr:oadrDeviceClass")]
    pub device_class: Option<Target>,
}

impl CreateOpt {
    /// A schedule for the whole VEN, under any programme; the request identifier is that of the opt.
    pub fn schedule(
        opt_id: impl Into<OptId>,
        ven_id: impl Into<VenId>,
        opt_type: OptType,
        created: DateTime,
        availability: Vec<Period>,
    ) -> Self {
        let opt_id = opt_id.into();
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: opt_id.as_str().into(),
            opt_id,
            opt_type,
            reason: OptReason::Schedule,
            market_context: None,
            ven_id: ven_id.into(),
            availability: Some(Availability { available: availability }),
            created_date_time: created,
            qualified_event_id: None,
            target: Target::default(),
            device_class: None,
        }
    }

    /// An opt for one event and the whole VEN; the request identifier is that of the opt.
    pub fn event(
        opt_id: impl Into<OptId>,
        ven_id: impl Into<VenId>,
        opt_type: OptType,
        created: DateTime,
        event: QualifiedEventId,
    ) -> Self {
        let reason = match opt_type {
            OptType::In => OptReason::Participating,
            OptType::Out => OptReason::NotParticipating,
        };
        Self {
            reason,
            availability: None,
            qualified_event_id: Some(event),
            ..Self::schedule(opt_id, ven_id, opt_type, created, Vec::new())
        }
    }
}

/// The times for which a VEN opts (`xcal:vavailability`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Availability {
    /// Only their starts and durations count (`xcal:available`).
    #[xml("xcal:components/xcal:available*/xcal:properties")]
    pub available: Vec<Period>,
}

/// Answers a [`CreateOpt`] (`oadr:oadrCreatedOpt`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreatedOpt {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// The opt.
    #[xml("ei:optID")]
    pub opt_id: OptId,
}

impl CreatedOpt {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, opt_id: impl Into<OptId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, opt_id: opt_id.into() }
    }
}

/// Withdraws an opt schedule (`oadr:oadrCancelOpt`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CancelOpt {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Echoed by the answer.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// The opt; one that is not known is refused with 452.
    #[xml("ei:optID")]
    pub opt_id: OptId,
    /// Who opted.
    #[xml("ei:venID")]
    pub ven_id: VenId,
}

impl CancelOpt {
    /// A withdrawal of version 2.0b.
    pub fn new(request_id: impl Into<RequestId>, opt_id: impl Into<OptId>, ven_id: impl Into<VenId>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            request_id: request_id.into(),
            opt_id: opt_id.into(),
            ven_id: ven_id.into(),
        }
    }
}

/// Answers a [`CancelOpt`] (`oadr:oadrCanceledOpt`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CanceledOpt {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// The opt.
    #[xml("ei:optID")]
    pub opt_id: Option<OptId>,
}

impl CanceledOpt {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, opt_id: Option<OptId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, opt_id }
    }
}

/// Why a VEN opts (`ei:optReason`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
pub enum OptReason {
    /// It pays, or does not.
    #[xml("economic")]
    Economic,
    /// An emergency.
    #[xml("emergency")]
    Emergency,
    /// Has to run.
    #[xml("mustRun")]
    MustRun,
    /// Does not take part.
    #[xml("notParticipating")]
    NotParticipating,
    /// Is out of order.
    #[xml("outageRunStatus")]
    OutageRunStatus,
    /// Somebody overrode it.
    #[xml("overrideStatus")]
    OverrideStatus,
    /// Takes part.
    #[xml("participating")]
    Participating,
    /// Follows a schedule.
    #[xml("x-schedule")]
    Schedule,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}
