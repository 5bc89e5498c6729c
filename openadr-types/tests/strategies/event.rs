//! EiEvent's messages, periods and intervals.

use openadr_types::AnyContent;
use openadr_types::event::{
    CreatedEvent, DistributeEvent, DistributedEvent, Event, EventBaseline, EventDescriptor, EventResponse,
    EventSignal, QualifiedEventId, RequestEvent,
};
use openadr_types::interval::{Interval, PayloadBase, SignalPayload, StreamPayload};
use openadr_types::period::{Period, Tolerance};
use openadr_types::response::{EiResponse, Response};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::report::{report_payload, resource_status};
use super::scalar::{
    components, duration, feed, float, id, listed, market_context, number, open_list, response_code,
    schema_version, text, time,
};
use super::target::target;
use super::units::unit;

pub(crate) fn ei_response() -> BoxedStrategy<EiResponse> {
    (response_code(), option::of(text()), id())
        .prop_map(|(code, description, request_id)| EiResponse { code, description, request_id })
        .boxed()
}

pub(crate) fn response() -> BoxedStrategy<Response> {
    (schema_version(), ei_response(), option::of(id()))
        .prop_map(|(schema_version, response, ven_id)| Response { schema_version, response, ven_id })
        .boxed()
}

pub(crate) fn period() -> BoxedStrategy<Period> {
    let tolerance = option::of(duration()).prop_map(|start_after| Tolerance { start_after });
    let around = (option::of(duration()), option::of(duration()), option::of(duration()));
    (time(), duration(), option::of(tolerance), around)
        .prop_map(|(start, duration, tolerance, (notification, ramp_up, recovery))| Period {
            start,
            duration,
            tolerance,
            notification,
            ramp_up,
            recovery,
        })
        .boxed()
}

pub(crate) fn payload_base() -> BoxedStrategy<PayloadBase> {
    prop_oneof![3 => float().prop_map(PayloadBase::Float), 1 => resource_status().prop_map(PayloadBase::ResourceStatus)].boxed()
}

pub(crate) fn interval() -> BoxedStrategy<Interval> {
    let payload = prop_oneof![
        3 => payload_base().prop_map(|value| StreamPayload::Signal(SignalPayload { value })),
        2 => report_payload().prop_map(StreamPayload::Report),
        1 => feed().prop_map(StreamPayload::GreenButton),
    ];
    (option::of(time()), option::of(duration()), option::of(id()), vec(payload, 1..3))
        .prop_map(|(start, duration, uid, payloads)| Interval { start, duration, uid, payloads })
        .boxed()
}

fn signal() -> BoxedStrategy<EventSignal> {
    let what = (open_list(), listed(), id());
    (vec(interval(), 1..4), option::of(target()), what, option::of(unit()), option::of(float()))
        .prop_map(|(intervals, target, (name, signal_type, signal_id), unit, current_value)| EventSignal {
            intervals,
            target,
            name,
            signal_type,
            signal_id,
            unit,
            current_value,
        })
        .boxed()
}

fn baseline() -> BoxedStrategy<EventBaseline> {
    (time(), duration(), vec(interval(), 1..3), id(), vec(id(), 0..3), text(), option::of(unit()))
        .prop_map(|(start, duration, intervals, baseline_id, resource_ids, name, unit)| EventBaseline {
            start,
            duration,
            intervals,
            baseline_id,
            resource_ids,
            name,
            unit,
        })
        .boxed()
}

fn descriptor() -> BoxedStrategy<EventDescriptor> {
    let modification = (number(), option::of(time()), option::of(text()), option::of(number()));
    let rest = (market_context(), time(), listed(), option::of(text()), option::of(text()));
    (id(), modification, rest)
        .prop_map(|(event_id, modification, rest)| {
            let (modification_number, modification_date_time, modification_reason, priority) = modification;
            let (market_context, created_date_time, status, test_event, vtn_comment) = rest;
            EventDescriptor {
                event_id,
                modification_number,
                modification_date_time,
                modification_reason,
                priority,
                market_context,
                created_date_time,
                status,
                test_event,
                vtn_comment,
            }
        })
        .boxed()
}

fn event() -> BoxedStrategy<Event> {
    let components = prop_oneof![
        4 => Just(AnyContent::default()),
        1 => components().prop_map(AnyContent::from),
    ];
    (descriptor(), period(), components, vec(signal(), 1..3), option::of(baseline()), target())
        .prop_map(|(descriptor, active_period, components, signals, baseline, target)| Event {
            descriptor,
            active_period,
            components,
            signals,
            baseline,
            target,
        })
        .boxed()
}

pub(crate) fn distribute_event() -> BoxedStrategy<DistributeEvent> {
    let event = (event(), listed())
        .prop_map(|(event, response_required)| DistributedEvent { event, response_required });
    (schema_version(), option::of(ei_response()), id(), id(), vec(event, 0..3))
        .prop_map(|(schema_version, response, request_id, vtn_id, events)| DistributeEvent {
            schema_version,
            response,
            request_id,
            vtn_id,
            events,
        })
        .boxed()
}

pub(crate) fn qualified_event_id() -> BoxedStrategy<QualifiedEventId> {
    (id(), number())
        .prop_map(|(event_id, modification_number)| QualifiedEventId { event_id, modification_number })
        .boxed()
}

pub(crate) fn created_event() -> BoxedStrategy<CreatedEvent> {
    let event_response = (response_code(), option::of(text()), id(), qualified_event_id(), listed())
        .prop_map(|(code, description, request_id, qualified_event_id, opt_type)| EventResponse {
            code,
            description,
            request_id,
            qualified_event_id,
            opt_type,
        });
    (schema_version(), ei_response(), option::of(vec(event_response, 0..4)), id())
        .prop_map(|(schema_version, response, event_responses, ven_id)| CreatedEvent {
            schema_version,
            response,
            event_responses,
            ven_id,
        })
        .boxed()
}

pub(crate) fn request_event() -> BoxedStrategy<RequestEvent> {
    (schema_version(), id(), id(), option::of(number()))
        .prop_map(|(schema_version, request_id, ven_id, reply_limit)| RequestEvent {
            schema_version,
            request_id,
            ven_id,
            reply_limit,
        })
        .boxed()
}
