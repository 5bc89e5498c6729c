//! Intervals: the steps of signals, baselines and reports, and the values in them.
//!
//! ```
//! use openadr_types::interval::{Interval, PayloadBase, StreamPayload};
//! use openadr_types::report::ReportPayload;
//!
//! let level = Interval::signal(0, "PT15M".parse()?, 1.0);
//! assert_eq!(level.value(), Some(1.0));
//!
//! let sample = Interval::at("2026-11-23T17:00:00Z".parse()?).with_reading(ReportPayload::new("power", 425.5));
//! assert!(matches!(&sample.payloads[0], StreamPayload::Report(p) if p.value == PayloadBase::Float(425.5.into())));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use xml_wire::{DateTime, Duration, Float, Fragment, Xml, XmlChoice};

use crate::ids::Uid;
use crate::report::{ReportPayload, ResourceStatus};

/// One step of a series, and what holds during it (`ei:interval`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Interval {
    /// When it starts; absent in events, where each follows the one before.
    #[xml("xcal:dtstart/xcal:date-time")]
    pub start: Option<DateTime>,
    /// How long it lasts; zero in an event has no end. In a report, if one interval has it all do (rule 342).
    #[xml("xcal:duration/xcal:duration")]
    pub duration: Option<Duration>,
    /// Its place in the series, from 0 in steps of 1 (rule 2).
    #[xml("xcal:uid/xcal:text")]
    pub uid: Option<Uid>,
    /// At least one; in an event exactly one, in a report one for each data point.
    #[xml(choice+)]
    pub payloads: Vec<StreamPayload>,
}

impl Interval {
    /// A step of an event's signal or baseline: its place, how long it lasts, and its value.
    pub fn signal(place: u32, duration: Duration, value: f64) -> Self {
        let value = PayloadBase::Float(Float(value));
        Self {
            start: None,
            duration: Some(duration),
            uid: Some(Uid::from(place)),
            payloads: vec![StreamPayload::Signal(SignalPayload { value })],
        }
    }

    /// A step of a report that starts at `start`, with no values yet.
    pub fn at(start: DateTime) -> Self {
        Self { start: Some(start), duration: None, uid: None, payloads: Vec::new() }
    }

    /// The same step lasting `duration`.
    #[must_use]
    pub fn lasting(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// The same step with one more value.
    #[must_use]
    pub fn with_reading(mut self, payload: ReportPayload) -> Self {
        self.payloads.push(StreamPayload::Report(payload));
        self
    }

    /// The value of a signal's or a baseline's step, where there is exactly one number.
    pub fn value(&self) -> Option<f64> {
        match self.payloads.as_slice() {
            [StreamPayload::Signal(SignalPayload { value: PayloadBase::Float(value) })] => Some(value.0),
            _ => None,
        }
    }
}

/// Intervals for a signal or a baseline, numbered from 0.
pub fn series(steps: impl IntoIterator<Item = (Duration, f64)>) -> Vec<Interval> {
    (0..).zip(steps).map(|(place, (duration, value))| Interval::signal(place, duration, value)).collect()
}

/// How long intervals last together, those without a duration counting as zero.
///
/// `None` where one lasts months or years, which have no fixed length.
pub fn total_duration(intervals: &[Interval]) -> Option<Duration> {
    let mut total = Duration::ZERO.to_time_delta()?;
    for duration in intervals.iter().filter_map(|interval| interval.duration.as_ref()) {
        total = total.checked_add(&duration.to_time_delta()?)?;
    }
    Some(total.into())
}

/// What holds during an interval (`strm:streamPayloadBase`).
#[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum StreamPayload {
    /// The value of a signal or a baseline.
    #[xml("ei:signalPayload")]
    Signal(SignalPayload),
    /// The value of a data point.
    #[xml("oadr:oadrReportPayload")]
    Report(ReportPayload),
    /// Green Button data: an Atom feed, kept as it stands (`oadr:oadrGBPayload`).
    #[xml("oadr:oadrGBPayload/atom:feed")]
    GreenButton(Fragment),
}

/// The value of a signal or a baseline (`ei:signalPayload`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct SignalPayload {
    /// A number, in events always.
    #[xml(choice)]
    pub value: PayloadBase,
}

/// A value (`ei:payloadBase`).
#[derive(Debug, Clone, PartialEq, Eq, XmlChoice)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum PayloadBase {
    /// A number (`ei:payloadFloat`).
    #[xml("ei:payloadFloat/ei:value")]
    Float(Float),
    /// The status of a resource.
    #[xml("oadr:oadrPayloadResourceStatus")]
    ResourceStatus(ResourceStatus),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_durations_up_unless_they_have_no_fixed_length() {
        let steps = |texts: &[&str]| series(texts.iter().map(|text| (text.parse().unwrap(), 0.0)));
        assert_eq!(total_duration(&steps(&["PT90M", "P1D", "3W"])), Some("P22DT1H30M".parse().unwrap()));
        assert_eq!(total_duration(&[]), Some(Duration::ZERO));
        assert_eq!(total_duration(&steps(&["P1M"])), None);
    }
}
