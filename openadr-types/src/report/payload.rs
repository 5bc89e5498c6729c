use std::fmt;

use xml_wire::{Escape, Float, Lexical, Text, Xml, XmlText};

use super::ResourceStatus;
use crate::ids::Rid;
use crate::interval::PayloadBase;

/// The value of a data point of a report (`oadr:oadrReportPayload`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ReportPayload {
    /// The data point, as the metadata names it.
    #[xml("ei:rID")]
    pub rid: Rid,
    /// How likely the value is, in per cent.
    #[xml("ei:confidence")]
    pub confidence: Option<Confidence>,
    /// How far the value may be off, in the value's unit.
    #[xml("ei:accuracy")]
    pub accuracy: Option<Float>,
    /// A number, or a resource's status.
    #[xml(choice)]
    pub value: PayloadBase,
    /// How good the value is.
    #[xml("oadr:oadrDataQuality")]
    pub data_quality: Option<DataQuality>,
}

impl ReportPayload {
    /// A number.
    pub fn new(rid: impl Into<Rid>, value: f64) -> Self {
        Self::of(rid, PayloadBase::Float(Float(value)))
    }

    /// A resource's status.
    pub fn status(rid: impl Into<Rid>, status: ResourceStatus) -> Self {
        Self::of(rid, PayloadBase::ResourceStatus(status))
    }

    fn of(rid: impl Into<Rid>, value: PayloadBase) -> Self {
        Self { rid: rid.into(), confidence: None, accuracy: None, value, data_quality: None }
    }

    /// The same value with its quality.
    #[must_use]
    pub fn with_quality(mut self, quality: DataQuality) -> Self {
        self.data_quality = Some(quality);
        self
    }
}

/// A share in per cent, from 0 to 100 (`ei:confidence`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u8", into = "u8"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(extend("maximum" = 100)))]
pub struct Confidence(u8);

impl Confidence {
    /// The share, or none above 100.
    pub const fn new(percent: u8) -> Option<Self> {
        if percent <= 100 { Some(Self(percent)) } else { None }
    }

    /// The share in per cent.
    pub const fn percent(self) -> u8 {
        self.0
    }
}

impl From<Confidence> for u8 {
    fn from(confidence: Confidence) -> Self {
        confidence.0
    }
}

impl TryFrom<u8> for Confidence {
    type Error = NotAConfidence;

    fn try_from(percent: u8) -> Result<Self, NotAConfidence> {
        Self::new(percent).ok_or(NotAConfidence)
    }
}

/// A number above 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a whole number from 0 to 100")]
pub struct NotAConfidence;

impl Text for Confidence {
    const EXPECTED: &'static str = "a whole number from 0 to 100";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        Self::new(u8::parse(text, how)?)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        Text::write(&self.0, out)
    }
}

/// How good a value is (`oadr:oadrDataQuality`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
pub enum DataQuality {
    /// There is no value.
    #[xml("No Quality - No Value")]
    NoValue,
    /// No new value; the one before stands.
    #[xml("No New Value - Previous Value Used")]
    PreviousValueUsed,
    /// Bad, for no stated reason.
    #[xml("Quality Bad - Non Specific")]
    Bad,
    /// Bad: misconfigured.
    #[xml("Quality Bad - Configuration Error")]
    BadConfigurationError,
    /// Bad: not connected.
    #[xml("Quality Bad - Not Connected")]
    BadNotConnected,
    /// Bad: the device failed.
    #[xml("Quality Bad - Device Failure")]
    BadDeviceFailure,
    /// Bad: the sensor failed.
    #[xml("Quality Bad - Sensor Failure")]
    BadSensorFailure,
    /// Bad: the last value known.
    #[xml("Quality Bad - Last Known Value")]
    BadLastKnownValue,
    /// Bad: communication failed.
    #[xml("Quality Bad - Comm Failure")]
    BadCommFailure,
    /// Bad: out of service.
    #[xml("Quality Bad - Out of Service")]
    BadOutOfService,
    /// Uncertain, for no stated reason.
    #[xml("Quality Uncertain - Non Specific")]
    Uncertain,
    /// Uncertain: the last value that could be used.
    #[xml("Quality Uncertain - Last Usable Value")]
    UncertainLastUsableValue,
    /// Uncertain: the sensor is not accurate.
    #[xml("Quality Uncertain - Sensor Not Accurate")]
    UncertainSensorNotAccurate,
    /// Uncertain: outside the range of the unit.
    #[xml("Quality Uncertain - EU Units Exceeded")]
    UncertainUnitsExceeded,
    /// Uncertain: below normal.
    #[xml("Quality Uncertain - Sub Normal")]
    UncertainSubNormal,
    /// Good.
    #[xml("Quality Good - Non Specific")]
    Good,
    /// Good: overridden on the spot.
    #[xml("Quality Good - Local Override")]
    GoodLocalOverride,
    /// At no limit.
    #[xml("Quality Limit - Field/Not")]
    LimitNot,
    /// At the lower limit.
    #[xml("Quality Limit - Field/Low")]
    LimitLow,
    /// At the upper limit.
    #[xml("Quality Limit - Field/High")]
    LimitHigh,
    /// Held constant.
    #[xml("Quality Limit - Field/Constant")]
    LimitConstant,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_ends_at_a_hundred() {
        assert_eq!(Confidence::parse(" 100 ", &Lexical::LENIENT), Confidence::new(100));
        assert_eq!(Confidence::parse("101", &Lexical::LENIENT), None);
        assert_eq!(Confidence::parse("-1", &Lexical::LENIENT), None);
    }
}
