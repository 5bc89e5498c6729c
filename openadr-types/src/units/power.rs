use rust_decimal::Decimal;
use xml_wire::{Fixed, Xml, XmlText};

use super::SiScale;

/// Real power, in watts or joules a second (`power:powerReal`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PowerReal {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "RealPower")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// Which of its two symbols.
    #[xml("power:itemUnits")]
    pub units: PowerRealUnit,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
    /// The supply.
    #[xml("power:powerAttributes")]
    pub attributes: PowerAttributes,
}

/// The two symbols of real power, which mean the same (`power:itemUnits`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum PowerRealUnit {
    /// W
    #[xml("W")]
    Watt,
    /// J/s
    #[xml("J/s")]
    JoulePerSecond,
}

/// Reactive power, in reactive volt-amperes (`power:powerReactive`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PowerReactive {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "ReactivePower")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("power:itemUnits", fixed = "VAR")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
    /// The supply.
    #[xml("power:powerAttributes")]
    pub attributes: PowerAttributes,
}

/// Apparent power, in volt-amperes (`power:powerApparent`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PowerApparent {
    /// Repeats what the unit is.
    #[xml("power:itemDescription", fixed = "ApparentPower")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub description: Fixed,
    /// The unit's symbol.
    #[xml("power:itemUnits", fixed = "VA")]
    #[cfg_attr(feature = "serde", serde(default))]
    pub units: Fixed,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
    /// The supply.
    #[xml("power:powerAttributes")]
    pub attributes: PowerAttributes,
}

/// The supply that a power is drawn from (`power:powerAttributes`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PowerAttributes {
    /// Frequency in Hz; 0 for direct current.
    #[xml("power:hertz")]
    pub hertz: Decimal,
    /// Voltage in V.
    #[xml("power:voltage")]
    pub voltage: Decimal,
    /// Whether it is alternating current.
    #[xml("power:ac")]
    pub ac: bool,
}

/// Alternating current of 50 Hz and 230 V.
impl Default for PowerAttributes {
    fn default() -> Self {
        Self { hertz: Decimal::from(50), voltage: Decimal::from(230), ac: true }
    }
}
