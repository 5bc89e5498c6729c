//! The two messages to measure with: an event as rich as peers send them, and a report of 100 samples.
//!
//! The allocation test reads them too.

use openadr_types::event::{
    DistributeEvent, DistributedEvent, Event, EventDescriptor, EventSignal, EventStatus, ResponseRequired,
    SignalName, SignalType,
};
use openadr_types::ids::ResourceId;
use openadr_types::interval::{self, Interval};
use openadr_types::period::{Period, Tolerance};
use openadr_types::report::{Confidence, DataQuality, Report, ReportPayload, UpdateReport};
use openadr_types::response::EiResponse;
use openadr_types::target::{DeviceClass, Target};
use openadr_types::units::{Currency, ItemBase, SiScale};
use openadr_types::{DateTime, Duration, Float, Payload};

/// One event with three signals of four intervals each.
pub(crate) fn event() -> Payload {
    let market_context = "http://example.com/programmes/peak";
    let event = Event {
        descriptor: EventDescriptor {
            modification_number: 2,
            modification_date_time: Some(time("2026-11-23T11:30:00Z")),
            modification_reason: Some("The cable is hotter than forecast".to_owned()),
            priority: Some(1),
            status: EventStatus::Near,
            test_event: Some("false".to_owned()),
            vtn_comment: Some("Keep heating & cooling within the limit".to_owned()),
            ..EventDescriptor::new("event-4711", market_context, time("2026-11-23T11:30:00.25Z"))
        },
        active_period: Period {
            tolerance: Some(Tolerance { start_after: Some(length("PT5M")) }),
            notification: Some(length("P1D")),
            ramp_up: Some(length("PT10M")),
            recovery: Some(length("-PT5M")),
            ..Period::new(time("2026-11-23T17:00:00Z"), length("PT1H"))
        },
        target: Target {
            group_ids: vec!["group-station-road".into()],
            resource_ids: vec![ResourceId::from("heat-pump-1"), ResourceId::from("charger-1")],
            ..Target::ven("ven-7")
        },
        ..Event::new(
            "event-4711",
            market_context,
            time("2026-11-23T11:30:00.25Z"),
            time("2026-11-23T17:00:00Z"),
            signal("signal-1", SignalName::Simple, SignalType::Level, [1.0, 2.0, 2.0, 1.0]),
        )
    };
    let price = EventSignal {
        target: Some(Target::device_class(DeviceClass::ElectricVehicle)),
        ..signal(
            "signal-2",
            SignalName::ElectricityPrice,
            SignalType::Price,
            [0.4257, 0.5133, 0.5021, 0.3984],
        )
    }
    .with_unit(ItemBase::currency_per_kwh(Currency::EUR));
    let dispatch = signal("signal-3", SignalName::LoadDispatch, SignalType::Setpoint, [3.5, 2.25, 2.25, 3.5])
        .with_unit(ItemBase::power_real_w(SiScale::Kilo));
    let event = Event { signals: event.signals.into_iter().chain([price, dispatch]).collect(), ..event };
    Payload::new(DistributeEvent {
        response: Some(EiResponse::ok("ven-req-20")),
        events: vec![DistributedEvent { event, response_required: ResponseRequired::Always }],
        ..DistributeEvent::new("vtn-req-20", "vtn-1")
    })
}

/// A signal of four intervals of a quarter of an hour.
fn signal(id: &str, name: SignalName, signal_type: SignalType, values: [f64; 4]) -> EventSignal {
    let intervals = interval::series(values.map(|value| (length("PT15M"), value)));
    EventSignal { current_value: Some(Float(0.0)), ..EventSignal::new(id, name, signal_type, intervals) }
}

/// One report of 100 samples, a minute each.
pub(crate) fn report() -> Payload {
    let samples = (0..100).map(|place: u32| Interval {
        uid: Some(place.into()),
        ..Interval::at(time(&format!("2026-11-23T{:02}:{:02}:00Z", 13 + place / 60, place % 60)))
            .lasting(length("PT1M"))
            .with_reading(ReportPayload {
                confidence: Confidence::new(95),
                accuracy: Some(Float(0.5)),
                ..ReportPayload::new("active-power", 425.5 + f64::from(place * 37 % 100) / 8.0)
                    .with_quality(DataQuality::Good)
            })
    });
    let report = Report {
        report_id: Some("report-4711".into()),
        ..Report::telemetry_usage(
            "report-request-12",
            "telemetry-usage-1",
            time("2026-11-23T14:40:05Z"),
            samples.collect(),
        )
    };
    Payload::new(UpdateReport::new("ven-req-60", vec![report], Some("ven-7".into())))
}

fn time(text: &str) -> DateTime {
    text.parse().expect("times here are well-formed")
}

fn length(text: &str) -> Duration {
    text.parse().expect("durations here are well-formed")
}
