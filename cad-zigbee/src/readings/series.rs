//! Profiles, samples and snapshots: values with times of their own.

use super::attribute::What;
use super::han::{Han, Heard, Told};
use super::meter::Number;
use super::tariff::Scale;
use super::{Quantity, Source};
use crate::energy::metering::{
    GetProfile, GetProfileResponse, GetSampledDataResponse, IntervalChannel, SampleType,
};
use crate::energy::snapshot::{Billing, PublishSnapshot, Registers, SnapshotPayload};
use crate::metering::{Flow, Kind, Register, Span};
use crate::timestamp::Timestamp;
use core::time::Duration;

/// How many questions for a profile are remembered for each meter.
const QUESTIONS: usize = 8;

const DELIVERED: Register = register(Kind::Consumption, Flow::Delivered, Span::ProfileInterval);
const RECEIVED: Register = register(Kind::Consumption, Flow::Received, Span::ProfileInterval);
const REACTIVE_DELIVERED: Register =
    register(Kind::ReactiveSummation, Flow::Delivered, Span::ProfileInterval);
const REACTIVE_RECEIVED: Register = register(Kind::ReactiveSummation, Flow::Received, Span::ProfileInterval);

const fn register(kind: Kind, flow: Flow, span: Span) -> Register {
    Register { kind, flow: Some(flow), span, alternative: false }
}

/// Remembers of what a profile is asked for: the answer does not say.
pub(super) fn asked_for_profile(han: &mut Han, heard: &Heard<'_>, question: &GetProfile) {
    let register = match question.interval_channel {
        IntervalChannel::Delivered => DELIVERED,
        IntervalChannel::Received => RECEIVED,
        IntervalChannel::ReactiveDelivered => REACTIVE_DELIVERED,
        IntervalChannel::ReactiveReceived => REACTIVE_RECEIVED,
        IntervalChannel::Other(_) => return,
    };
    let questions = &mut han.state(heard.destination.unwrap_or(heard.source)).profiles;
    if questions.len() >= QUESTIONS {
        questions.pop_front();
    }
    questions.push_back((heard.frame.header.sequence, register));
}

/// **Interpretation:** an answer to a question that was not heard is of what was delivered.
pub(super) fn profile(han: &mut Han, heard: &Heard<'_>, profile: &GetProfileResponse<'_>, told: &mut Told) {
    let state = han.state(heard.source);
    let sequence = heard.frame.header.sequence;
    let question = state.profiles.iter().position(|(asked, _)| *asked == sequence);
    let answered = question.and_then(|index| state.profiles.remove(index));
    let register = answered.map_or(DELIVERED, |(_, register)| register);
    let Some(interval) = profile.interval_period.seconds().map(u64::from).map(Duration::from_secs) else {
        return;
    };
    let mut end = profile.end.timestamp();
    for value in profile.intervals.iter() {
        // Newest first.
        let start = end.and_then(|end| end.0.checked_sub(interval)).map(Timestamp);
        end = start;
        let (Some(start), Some(value)) = (start, value.get()) else { continue };
        let number = Number {
            what: What::Interval(register),
            raw: i64::from(value.get()),
            time: Some(start),
            interval: Some(interval),
        };
        han.take(heard.source, number, told);
    }
}

pub(super) fn samples(
    han: &mut Han,
    heard: &Heard<'_>,
    samples: &GetSampledDataResponse<'_>,
    told: &mut Told,
) {
    let what = match samples.sample_type {
        SampleType::ConsumptionDelivered => What::Interval(DELIVERED),
        SampleType::ConsumptionReceived => What::Interval(RECEIVED),
        SampleType::ReactiveDelivered => What::Interval(REACTIVE_DELIVERED),
        SampleType::ReactiveReceived => What::Interval(REACTIVE_RECEIVED),
        SampleType::InstantaneousDemand => {
            What::Register(Register { kind: Kind::Demand, flow: None, span: Span::Total, alternative: false })
        }
        SampleType::Other(_) => return,
    };
    // Without it nobody knows of when they are.
    let interval = match samples.interval_s {
        0 | u16::MAX => return,
        seconds => Duration::from_secs(u64::from(seconds)),
    };
    let mut start = samples.start.timestamp();
    for value in samples.samples.iter() {
        let time = start;
        start = start.and_then(|start| start.0.checked_add(interval)).map(Timestamp);
        let (Some(_), Some(value)) = (time, value.get()) else { continue };
        let raw = i64::from(value.get());
        // A demand is signed, though samples are not.
        let (raw, interval) = match what {
            What::Register(_) => match raw {
                0x80_0000 => continue,
                0x80_0001.. => (raw.saturating_sub(0x100_0000), None),
                _ => (raw, None),
            },
            _ => (raw, Some(interval)),
        };
        han.take(heard.source, Number { what, raw, time, interval }, told);
    }
}

pub(super) fn snapshot(han: &mut Han, heard: &Heard<'_>, snapshot: &PublishSnapshot<'_>, told: &mut Told) {
    let SnapshotPayload::Registers(registers) = snapshot.payload else { return };
    let time = snapshot.time.timestamp();
    let mut take = |span: Span, raw: Option<u64>| {
        if let Some(raw) = raw.and_then(|raw| i64::try_from(raw).ok()) {
            let what = What::Register(register(Kind::Summation, registers.flow, span));
            han.take(heard.source, Number { what, raw, time, interval: None }, told);
        }
    };
    take(Span::Total, registers.summation.get().map(|raw| raw.get()));
    for (tier, raw) in (1_u8..).zip(registers.tiers.iter()) {
        take(Span::Tier(tier), raw.get().map(|raw| raw.get()));
    }
    if let Some(blocks) = registers.blocks {
        let places =
            (1..=blocks.tiers()).flat_map(|tier| (1..=blocks.blocks()).map(move |block| (tier, block)));
        for ((tier, block), raw) in places.zip(blocks.values().iter()) {
            take(Span::Block { tier, block }, raw.get().map(|raw| raw.get()));
        }
    }
    if let Registers { flow, billing: Some(billing), .. } = registers {
        bills(han, heard.source, flow, &billing, told);
    }
}

fn bills(han: &mut Han, source: Source, flow: Flow, billing: &Billing, told: &mut Told) {
    let scale = Scale::MoneyPlaces { places: billing.trailing_digits.digits() };
    for (projected, raw, time) in [
        (false, billing.bill_to_date, billing.bill_to_date_time),
        (true, billing.projected_bill, billing.projected_bill_time),
    ] {
        let Some(raw) = raw.get() else { continue };
        let what = What::Other(Quantity::Bill { flow, projected }, scale);
        let number = Number { what, raw: i64::from(raw), time: time.timestamp(), interval: None };
        han.take(source, number, told);
    }
}
