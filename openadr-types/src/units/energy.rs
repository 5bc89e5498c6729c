use xml_wire::{Fixed, Xml};

use super::SiScale;

/// Real energy, in watt hours (`power:energyReal`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EnergyReal {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "RealEnergy")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("power:itemUnits", fixed = "Wh")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Reactive energy, in reactive volt-ampere hours (`power:energyReactive`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EnergyReactive {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "ReactiveEnergy")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("power:itemUnits", fixed = "VARh")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Apparent energy, in volt-ampere hours (`power:energyApparent`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EnergyApparent {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "ApparentEnergy")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("power:itemUnits", fixed = "VAh")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}
