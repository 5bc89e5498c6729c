//! Rules about signals and baselines.

use std::collections::BTreeSet;

use super::super::finding::{Findings, Place};
use super::super::time::{after, moved};
use super::super::{Context, Rule, series, unit};
use crate::event::{Event, EventBaseline, EventSignal, EventStatus, SignalName, SignalType};
use crate::interval::Interval;
use crate::target::{DeviceClass, Target};
use crate::units::ItemBase;

pub(super) fn check(event: &Event, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let mut ids = BTreeSet::new();
    for (index, signal) in event.signals.iter().enumerate() {
        let place = &place.nth("ei:eiEventSignal", index);
        if !ids.insert(&signal.signal_id) {
            let text =
                format!("Give each signal of the event its own identifier: {} is taken.", signal.signal_id);
            out.info(Rule::SignalId, &place.at("ei:signalID"), text);
        }
        let intervals = &place.at("strm:intervals");
        series::uids(&signal.intervals, intervals, out);
        series::no_starts(&signal.intervals, intervals, out);
        series::one_number(&signal.intervals, intervals, out);
        durations(event, signal, intervals, out);
        if is_simple(signal) {
            levels(signal, intervals, out);
            current_value(event, signal, place, context, out);
        }
        kind(signal, place, out);
        unit::check(signal.unit.as_ref(), place, out);
        device_class(signal, place, out);
    }
    if let Some(event_baseline) = &event.baseline {
        baseline(event_baseline, &place.at("ei:eiEventBaseline"), out);
    }
}

fn is_simple(signal: &EventSignal) -> bool {
    matches!(signal.name, SignalName::Simple | SignalName::SimpleA)
}

/// A signal's intervals together last as long as the event; one that is open ended may end in any of them.
fn durations(event: &Event, signal: &EventSignal, place: &Place<'_>, out: &mut Findings) {
    let period = &event.active_period;
    if period.is_open_ended() {
        return;
    }
    if series::is_of_another_length(&signal.intervals, period.start, &period.duration) {
        let text = format!("Let the intervals last {} together, as long as the event.", period.duration);
        out.error(Rule::IntervalDurations, place, text);
    }
}

/// SIMPLE levels are 0, 1, 2 and 3.
fn levels(signal: &EventSignal, place: &Place<'_>, out: &mut Findings) {
    for (index, interval) in signal.intervals.iter().enumerate() {
        if let Some(value) = interval.value()
            && ![0.0, 1.0, 2.0, 3.0].contains(&value)
        {
            let place = &place.nth("ei:interval", index);
            let text = format!("Signal level 0, 1, 2 or 3, not {value}.");
            out.error(Rule::SimpleLevels, &place.at("ei:signalPayload/ei:payloadFloat/ei:value"), text);
        }
    }
}

/// The current value of a SIMPLE signal is 0 unless the event is active, and then that of the running interval.
///
/// Which interval runs depends on the clock, to the minute, and on how far the start is put off.
fn current_value(
    event: &Event,
    signal: &EventSignal,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let Some(current) = signal.current_value else { return };
    let place = &place.at("ei:currentValue/ei:payloadFloat/ei:value");
    if event.descriptor.status != EventStatus::Active {
        if current.0 != 0.0 {
            let text =
                format!("Set the current value to 0 while the event is not active, not to {}.", current.0);
            out.error(Rule::CurrentValue, place, text);
        }
        return;
    }
    let period = &event.active_period;
    let Some(now) = context.now else { return };
    let start_after = period.tolerance.as_ref().and_then(|tolerance| tolerance.start_after.as_ref());
    let (from, to) = (moved(now, -60), moved(now, 60));
    let mut next = Some(period.start);
    let runs = |interval: &&Interval| {
        let Some(start) = next else { return false };
        next = interval.duration.as_ref().and_then(|length| after(start, length));
        // An interval without a length runs on.
        let end = next.filter(|end| *end != start);
        let end = end.and_then(|end| start_after.map_or(Some(end), |by| after(end, by)));
        start <= to && end.is_none_or(|end| from < end)
    };
    let mut running = signal.intervals.iter().filter(runs).peekable();
    if running.peek().is_some() && running.all(|interval| interval.value() != Some(current.0)) {
        let text = format!(
            "Set the current value to that of the interval that runs at {now}, not to {}.",
            current.0
        );
        out.error(Rule::CurrentValue, place, text);
    }
}

/// A signal's name, type and unit go together as the profile pairs them.
fn kind(signal: &EventSignal, place: &Place<'_>, out: &mut Findings) {
    let Some(pairs) = pairs(&signal.name) else { return };
    let Some((_, unit)) = pairs.iter().find(|(signal_type, _)| *signal_type == signal.signal_type) else {
        let types: Vec<&str> = pairs.iter().map(|(signal_type, _)| signal_type.as_str()).collect();
        let text =
            format!("Give {} the type {}, not {}.", signal.name, types.join(" or "), signal.signal_type);
        return out.warning(Rule::SignalType, &place.at("ei:signalType"), text);
    };
    if !unit.admits(signal.unit.as_ref()) {
        let text = format!("Give {} of type {} {}.", signal.name, signal.signal_type, unit.wanted());
        out.info(Rule::SignalUnit, place, text);
    }
}

/// What the values of a signal may be measured in.
#[derive(Clone, Copy)]
enum Unit {
    Absent,
    PerKWh,
    PerKW,
    Currency,
    Power,
    Energy,
    RealEnergy,
    Any,
}

impl Unit {
    fn admits(self, unit: Option<&ItemBase>) -> bool {
        match self {
            Self::Absent => unit.is_none(),
            Self::PerKWh => matches!(unit, Some(ItemBase::CurrencyPerKWh(_))),
            Self::PerKW => matches!(unit, Some(ItemBase::CurrencyPerKW(_))),
            Self::Currency => matches!(unit, Some(ItemBase::Currency(_))),
            Self::Power => matches!(
                unit,
                Some(ItemBase::PowerReal(_) | ItemBase::PowerApparent(_) | ItemBase::PowerReactive(_))
            ),
            Self::Energy => matches!(
                unit,
                Some(ItemBase::EnergyReal(_) | ItemBase::EnergyApparent(_) | ItemBase::EnergyReactive(_))
            ),
            Self::RealEnergy => matches!(unit, Some(ItemBase::EnergyReal(_))),
            Self::Any => true,
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Absent => "no unit",
            Self::PerKWh => "the unit oadr:currencyPerKWh",
            Self::PerKW => "the unit oadr:currencyPerKW",
            Self::Currency => "the unit oadr:currency",
            Self::Power => "a unit of power",
            Self::Energy => "a unit of energy",
            Self::RealEnergy => "the unit power:energyReal",
            Self::Any => "any unit",
        }
    }
}

/// The types, and with them the units, that a signal may have; none for a signal that is not the profile's.
fn pairs(name: &SignalName) -> Option<&'static [(SignalType, Unit)]> {
    Some(match name {
        SignalName::Simple | SignalName::SimpleA => &[(SignalType::Level, Unit::Absent)],
        SignalName::ElectricityPrice | SignalName::EnergyPrice => &[
            (SignalType::Price, Unit::PerKWh),
            (SignalType::PriceRelative, Unit::PerKWh),
            (SignalType::PriceMultiplier, Unit::Absent),
        ],
        SignalName::DemandCharge => &[
            (SignalType::Price, Unit::PerKW),
            (SignalType::PriceRelative, Unit::PerKW),
            (SignalType::PriceMultiplier, Unit::Absent),
        ],
        SignalName::BidPrice => &[(SignalType::Price, Unit::Currency)],
        SignalName::BidLoad => &[(SignalType::Setpoint, Unit::Power)],
        SignalName::BidEnergy => &[(SignalType::Setpoint, Unit::Energy)],
        SignalName::ChargeState => &[
            (SignalType::Setpoint, Unit::RealEnergy),
            (SignalType::Delta, Unit::RealEnergy),
            (SignalType::Multiplier, Unit::Absent),
        ],
        SignalName::LoadDispatch => &[
            (SignalType::Setpoint, Unit::Power),
            (SignalType::Delta, Unit::Power),
            (SignalType::Multiplier, Unit::Absent),
            (SignalType::Level, Unit::Absent),
        ],
        SignalName::LoadControl => &[
            (SignalType::LoadControlCapacity, Unit::Absent),
            (SignalType::LoadControlLevelOffset, Unit::Absent),
            (SignalType::LoadControlPercentOffset, Unit::Absent),
            (SignalType::LoadControlSetpoint, Unit::Any),
        ],
        SignalName::Other(_) => return None,
    })
}

/// A signal's own target is one of the profile's classes of devices, or an extension of them.
fn device_class(signal: &EventSignal, place: &Place<'_>, out: &mut Findings) {
    let Some(target) = &signal.target else { return };
    let place = &place.at("ei:eiTarget");
    let classes = Target { end_device_assets: target.end_device_assets.clone(), ..Target::default() };
    if *target != classes {
        out.info(Rule::DeviceClass, place, "Name only a class of devices, as power:endDeviceAsset.");
    }
    for (index, mrid) in target.end_device_assets.iter().enumerate() {
        if let DeviceClass::Other(name) = mrid.as_device_class()
            && !name.starts_with("x-")
        {
            let text =
                format!("Name a class of devices that the profile lists, or x- and another, not {name}.");
            let place = &place.nth("power:endDeviceAsset", index);
            out.info(Rule::DeviceClass, &place.at("power:mrid"), text);
        }
    }
}

/// A baseline's intervals are numbered and last as long as the baseline, unless that is open ended like its event.
fn baseline(baseline: &EventBaseline, place: &Place<'_>, out: &mut Findings) {
    let intervals = &place.at("strm:intervals");
    series::uids(&baseline.intervals, intervals, out);
    series::one_number(&baseline.intervals, intervals, out);
    unit::check(baseline.unit.as_ref(), place, out);
    let is_open_ended = baseline.duration.is_zero();
    if !is_open_ended && series::is_of_another_length(&baseline.intervals, baseline.start, &baseline.duration)
    {
        let text = format!("Let the intervals last {} together, as long as the baseline.", baseline.duration);
        out.info(Rule::BaselineDuration, intervals, text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::example;
    use super::super::super::{Role, Rule, Severity};
    use super::*;
    use crate::Float;
    use crate::event::DistributeEvent;
    use crate::interval::Interval;
    use crate::units::Currency;

    type Case = example::Case<DistributeEvent>;

    const SIGNAL: &str = "/oadr:oadrEvent[1]/ei:eiEvent/ei:eiEventSignals/ei:eiEventSignal[1]";
    const BASELINE: &str = "/oadr:oadrEvent[1]/ei:eiEvent/ei:eiEventSignals/ei:eiEventBaseline";

    #[test]
    fn finds_what_is_wrong_with_signals_and_baselines() {
        example::run(
            example::distribute,
            Role::Vtn,
            &[
                Case::new(Rule::IntervalUids, Severity::Error, |m| {
                    m.events[0].event.signals[0].intervals[1].uid = Some(2.into());
                })
                .at(format!("{SIGNAL}/strm:intervals/ei:interval[2]/xcal:uid")),
                Case::new(Rule::IntervalUids, Severity::Error, |m| {
                    m.events[0].event.baseline.as_mut().unwrap().intervals[0].uid = None;
                })
                .at(format!("{BASELINE}/strm:intervals/ei:interval[1]/xcal:uid")),
                Case::new(Rule::IntervalDurations, Severity::Error, |m| {
                    m.events[0].event.signals[0].intervals[1].duration = Some("PT31M".parse().unwrap());
                })
                .at(format!("{SIGNAL}/strm:intervals")),
                Case::new(Rule::IntervalDurations, Severity::Error, |m| {
                    m.events[0].event.signals[0].intervals[1].duration = None;
                }),
                Case::new(Rule::SimpleLevels, Severity::Error, |m| {
                    m.events[0].event.signals[0].intervals[1] =
                        Interval::signal(1, "PT30M".parse().unwrap(), 1.5);
                })
                .at(format!(
                    "{SIGNAL}/strm:intervals/ei:interval[2]/ei:signalPayload/ei:payloadFloat/ei:value"
                )),
                Case::new(Rule::CurrentValue, Severity::Error, |m| {
                    m.events[0].event.signals[0].current_value = Some(Float(1.0));
                })
                .at(format!("{SIGNAL}/ei:currentValue/ei:payloadFloat/ei:value")),
                Case::new(Rule::SignalId, Severity::Info, |m| {
                    m.events[0].event.signals[1].signal_id = "signal-1".into();
                }),
                Case::new(Rule::SignalType, Severity::Warning, |m| {
                    m.events[0].event.signals[0].signal_type = SignalType::Delta;
                })
                .at(format!("{SIGNAL}/ei:signalType")),
                Case::new(Rule::SignalUnit, Severity::Info, |m| {
                    m.events[0].event.signals[0].unit = Some(ItemBase::currency(Currency::EUR));
                })
                .at(SIGNAL),
                Case::new(Rule::SignalUnit, Severity::Info, |m| m.events[0].event.signals[1].unit = None),
                Case::new(Rule::IntervalStart, Severity::Info, |m| {
                    m.events[0].event.signals[0].intervals[0].start =
                        Some("2026-11-23T17:00:00Z".parse().unwrap());
                })
                .at(format!("{SIGNAL}/strm:intervals/ei:interval[1]/xcal:dtstart")),
                Case::new(Rule::IntervalValue, Severity::Info, |m| {
                    let payloads = &mut m.events[0].event.signals[0].intervals[0].payloads;
                    payloads.push(payloads[0].clone());
                })
                .at(format!("{SIGNAL}/strm:intervals/ei:interval[1]")),
                Case::new(Rule::DeviceClass, Severity::Info, |m| {
                    m.events[0].event.signals[0].target = Some(Target::ven("ven-7"));
                })
                .at(format!("{SIGNAL}/ei:eiTarget")),
                Case::new(Rule::DeviceClass, Severity::Info, |m| {
                    let class = DeviceClass::Other("Kettle".into());
                    m.events[0].event.signals[0].target = Some(Target::device_class(class));
                })
                .at(format!("{SIGNAL}/ei:eiTarget/power:endDeviceAsset[1]/power:mrid")),
                Case::new(Rule::BaselineDuration, Severity::Info, |m| {
                    m.events[0].event.baseline.as_mut().unwrap().duration = "PT1H".parse().unwrap();
                })
                .at(format!("{BASELINE}/strm:intervals")),
            ],
        );
    }

    #[test]
    fn compares_the_current_value_with_the_running_interval() {
        // Level 1 from 17:00 to 18:00, then 2; both may be put off by 5 min.
        for (time, fitting) in
            [("17:30:00", &[1.0] as &[f64]), ("18:03:00", &[1.0, 2.0]), ("18:20:00", &[2.0])]
        {
            for value in [0.0, 1.0, 2.0] {
                let mut message = example::distribute();
                message.events[0].event.descriptor.status = EventStatus::Active;
                message.events[0].event.signals[0].current_value = Some(Float(value));
                let now = format!("2026-11-23T{time}Z").parse().unwrap();
                let fires = example::findings_at(message, Role::Vtn, now)
                    .iter()
                    .any(|f| f.rule == Rule::CurrentValue);
                assert_eq!(fires, !fitting.contains(&value), "{value} at {time}");
            }
        }
    }

    #[test]
    fn compares_the_current_value_with_an_interval_that_runs_on() {
        for (value, fires) in [(2.0, false), (1.0, true)] {
            let mut message = example::distribute();
            let event = &mut message.events[0].event;
            event.descriptor.status = EventStatus::Active;
            event.active_period.duration = crate::Duration::ZERO;
            event.signals[0].intervals[1].duration = None;
            event.signals[0].current_value = Some(Float(value));
            let now = "2026-12-24T18:00:00Z".parse().unwrap();
            let found = example::findings_at(message, Role::Vtn, now);
            assert_eq!(found.iter().any(|f| f.rule == Rule::CurrentValue), fires, "{value}");
        }
    }

    #[test]
    fn admits_months_that_add_up_though_the_calendar_cuts_them_short() {
        let lasting = |duration: &str| {
            let mut message = example::distribute();
            let event = &mut message.events[0].event;
            event.active_period.start = "2027-01-31T00:00:00Z".parse().unwrap();
            event.active_period.duration = duration.parse().unwrap();
            event.signals.truncate(1);
            for interval in &mut event.signals[0].intervals {
                interval.duration = Some("P1M".parse().unwrap());
            }
            example::fires(message, Role::Vtn, Rule::IntervalDurations)
        };
        assert!(!lasting("P2M") && !lasting("P56D"));
        assert!(lasting("P59D") && lasting("P57D"));
    }

    #[test]
    fn lets_open_ended_events_and_the_profiles_own_pairs_be() {
        let mut message = example::distribute();
        message.events[0].event.active_period.duration = crate::Duration::ZERO;
        message.events[0].event.baseline.as_mut().unwrap().duration = crate::Duration::ZERO;
        assert!(!example::fires(message.clone(), Role::Vtn, Rule::IntervalDurations));
        assert!(!example::fires(message, Role::Vtn, Rule::BaselineDuration));

        let mut message = example::distribute();
        message.events[0].event.signals[0].name = SignalName::Other("x-OWN".into());
        message.events[0].event.signals[0].signal_type = SignalType::Delta;
        assert!(!example::fires(message, Role::Vtn, Rule::SignalType));
    }
}
