use xml_wire::{Float, Xml};

/// How a resource stands (`oadr:oadrPayloadResourceStatus`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ResourceStatus {
    /// Whether it can be reached.
    #[xml("oadr:oadrOnline")]
    pub online: bool,
    /// Whether somebody has taken its control by hand.
    #[xml("oadr:oadrManualOverride")]
    pub manual_override: bool,
    /// What its load control is set to.
    #[xml("oadr:oadrLoadControlState")]
    pub load_control_state: Option<Box<LoadControlState>>,
}

/// What a load control is set to; the same in all intervals of a report (`oadr:oadrLoadControlState`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct LoadControlState {
    /// Share of the capacity, 1 being all of it.
    #[xml("oadr:oadrCapacity")]
    pub capacity: Option<LoadControl>,
    /// Whole levels from normal operation.
    #[xml("oadr:oadrLevelOffset")]
    pub level_offset: Option<LoadControl>,
    /// Per cent from normal operation.
    #[xml("oadr:oadrPercentOffset")]
    pub percent_offset: Option<LoadControl>,
    /// Set point, in whatever the device is set in.
    #[xml("oadr:oadrSetPoint")]
    pub set_point: Option<LoadControl>,
}

/// One setting of a load control, with its range (`oadr:oadrLoadControlStateTypeType`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct LoadControl {
    /// The least it can be.
    #[xml("oadr:oadrMin")]
    pub min: Option<Float>,
    /// The most it can be.
    #[xml("oadr:oadrMax")]
    pub max: Option<Float>,
    /// What it is.
    #[xml("oadr:oadrCurrent")]
    pub current: Float,
    /// What it normally is.
    #[xml("oadr:oadrNormal")]
    pub normal: Option<Float>,
}
