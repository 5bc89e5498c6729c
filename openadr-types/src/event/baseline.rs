use xml_wire::{DateTime, Duration, Xml};

use crate::ids::{BaselineId, ResourceId};
use crate::interval::Interval;
use crate::units::ItemBase;

/// What use would be without the event (`ei:eiEventBaseline`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EventBaseline {
    /// When the first interval starts.
    #[xml("xcal:dtstart/xcal:date-time")]
    pub start: DateTime,
    /// How long all of them last together.
    #[xml("xcal:duration/xcal:duration")]
    pub duration: Duration,
    /// At least one; consecutive.
    #[xml("strm:intervals/ei:interval+")]
    pub intervals: Vec<Interval>,
    /// Unique among baselines.
    #[xml("ei:baselineID")]
    pub baseline_id: BaselineId,
    /// Whose use it is; empty means the event's target.
    #[xml("ei:resourceID")]
    pub resource_ids: Vec<ResourceId>,
    /// For people.
    #[xml("ei:baselineName")]
    pub name: String,
    /// What the values are measured in.
    #[xml(choice)]
    pub unit: Option<ItemBase>,
}
