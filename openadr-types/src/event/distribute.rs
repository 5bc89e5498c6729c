use xml_wire::{AnyContent, DateTime, Xml, XmlText};

use super::{EventBaseline, EventDescriptor, EventSignal};
use crate::ids::{EventId, MarketContext, RequestId, VtnId};
use crate::message::SchemaVersion;
use crate::period::Period;
use crate::response::EiResponse;
use crate::target::Target;

/// All events a VEN is to know, in the order it is to look at them (`oadr:oadrDistributeEvent`).
///
/// Every event that is not over is in each of these; one that is missing counts as cancelled (rule 61). Active ones
/// come first by priority and start, then pending ones by start, then completed ones (rule 15).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct DistributeEvent {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the VEN's request went; absent where the VTN pushes (rule 40).
    #[xml("ei:eiResponse")]
    pub response: Option<EiResponse>,
    /// Echoed by each [`EventResponse`](super::EventResponse).
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// Who asks for response.
    #[xml("ei:vtnID")]
    pub vtn_id: VtnId,
    /// May be empty.
    #[xml("oadr:oadrEvent")]
    pub events: Vec<DistributedEvent>,
}

impl DistributeEvent {
    /// A push of no events yet, of version 2.0b.
    pub fn new(request_id: impl Into<RequestId>, vtn_id: impl Into<VtnId>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            response: None,
            request_id: request_id.into(),
            vtn_id: vtn_id.into(),
            events: Vec::new(),
        }
    }
}

/// An event, and whether the VEN is to answer it (`oadr:oadrEvent`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct DistributedEvent {
    /// The event.
    #[xml("ei:eiEvent")]
    pub event: Event,
    /// Whether the VEN is to opt.
    #[xml("oadr:oadrResponseRequired")]
    pub response_required: ResponseRequired,
}

/// Whether a VEN is to answer an event (`oadr:oadrResponseRequired`).
///
/// Always: exactly one response for each time the event is received; never: none (rules 12 and 62).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum ResponseRequired {
    /// An opt is expected.
    #[xml("always")]
    Always,
    /// None is.
    #[xml("never")]
    Never,
}

/// A request for response: what to do, when, and who (`ei:eiEvent`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Event {
    /// Which event this is, and how it stands.
    #[xml("ei:eventDescriptor")]
    pub descriptor: EventDescriptor,
    /// When it is active (`ei:eiActivePeriod`); a duration of zero has no end.
    #[xml("ei:eiActivePeriod/xcal:properties")]
    pub active_period: Period,
    /// Required, and empty but for what other profiles put there.
    #[xml("ei:eiActivePeriod/xcal:components")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub components: AnyContent,
    /// At least one; all run at the same time.
    #[xml("ei:eiEventSignals/ei:eiEventSignal+")]
    pub signals: Vec<EventSignal>,
    /// What use would be without the event.
    #[xml("ei:eiEventSignals/ei:eiEventBaseline?")]
    pub baseline: Option<EventBaseline>,
    /// Who is to respond; empty means all that the VEN stands for.
    #[xml("ei:eiTarget")]
    pub target: Target,
}

impl Event {
    /// A new, far event with one signal, active for as long as the signal's intervals last together from `start` on
    /// (rule 8).
    ///
    /// Open ended where the last interval has no duration, or one of zero. Its target is empty:
    /// [`target`](Self::target) is to be set where only some are to respond.
    pub fn new(
        event_id: impl Into<EventId>,
        market_context: impl Into<MarketContext>,
        created: DateTime,
        start: DateTime,
        signal: EventSignal,
    ) -> Self {
        Self {
            descriptor: EventDescriptor::new(event_id, market_context, created),
            active_period: Period::new(start, signal.duration_from(start)),
            components: AnyContent::default(),
            signals: vec![signal],
            baseline: None,
            target: Target::default(),
        }
    }
}
