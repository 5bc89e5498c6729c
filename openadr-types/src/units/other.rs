use xml_wire::{Fixed, Float, Xml, XmlText};

use super::SiScale;

/// Voltage, in volts (`power:voltage`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Voltage {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "Voltage")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("power:itemUnits", fixed = "V")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Current, in amperes (`oadr:current`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Current {
    /// Repeats what the unit is.
    #[xml("oadr:itemDescription", fixed = "Current")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("oadr:itemUnits", fixed = "A")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Frequency, in hertz (`oadr:frequency`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Frequency {
    /// Repeats what the unit is.
    #[xml("oadr:itemDescription", fixed = "Frequency")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("oadr:itemUnits", fixed = "Hz")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Heat, in therms (`oadr:Therm`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Therm {
    /// Repeats what the unit is.
    #[xml("oadr:itemDescription", fixed = "Therm")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("oadr:itemUnits", fixed = "thm")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Temperature, in degrees (`oadr:temperature`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Temperature {
    /// Repeats what the unit is.
    #[xml("oadr:itemDescription", fixed = "temperature")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// Whose degrees.
    #[xml("oadr:itemUnits")]
    pub units: TemperatureUnit,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

/// Whose degrees (`oadr:itemUnits`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum TemperatureUnit {
    /// °C
    #[xml("celsius")]
    Celsius,
    /// °F
    #[xml("fahrenheit")]
    Fahrenheit,
}

/// Pulses of a meter (`oadr:pulseCount`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PulseCount {
    /// Repeats what the unit is.
    #[xml("oadr:itemDescription", fixed = "pulse count")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("oadr:itemUnits", fixed = "count")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Kilowatt hours a pulse.
    #[xml("oadr:pulseFactor")]
    pub factor: Float,
}

/// A unit that only the parties know (`oadr:customUnit`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CustomUnit {
    /// What is measured.
    #[xml("oadr:itemDescription")]
    pub description: String,
    /// The unit's symbol.
    #[xml("oadr:itemUnits")]
    pub units: String,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}
