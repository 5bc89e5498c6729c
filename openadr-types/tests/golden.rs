//! Our own messages, one file each: read strictly and leniently, some facts asserted, written, and equal to the file.

#![expect(clippy::unwrap_used, reason = "a fact that is absent is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use openadr_types::envelope::{Envelope, Reading, Writing};
use openadr_types::event::{EventStatus, OptType, ResponseRequired, SignalName, SignalType};
use openadr_types::interval::{PayloadBase, StreamPayload};
use openadr_types::message::{SchemaVersion, Service};
use openadr_types::opt::OptReason;
use openadr_types::registration::{ProfileName, TransportName};
use openadr_types::report::{DataQuality, ReadingType, ReportName, ReportType};
use openadr_types::response::ResponseCode;
use openadr_types::target::DeviceClass;
use openadr_types::units::{ItemBase, PowerRealUnit, SiScale};
use openadr_types::{Float, Message, Payload};

type Facts = fn(Payload);

const FIXTURES: [(&str, Facts); 27] = [
    ("cancel_opt", cancel_opt),
    ("cancel_party_registration", cancel_party_registration),
    ("cancel_report", cancel_report),
    ("canceled_opt", canceled_opt),
    ("canceled_party_registration", canceled_party_registration),
    ("canceled_report", canceled_report),
    ("create_opt_event", create_opt_event),
    ("create_opt_schedule", create_opt_schedule),
    ("create_party_registration", create_party_registration),
    ("create_report", create_report),
    ("created_event", created_event),
    ("created_opt", created_opt),
    ("created_party_registration", created_party_registration),
    ("created_report", created_report),
    ("distribute_event", distribute_event),
    ("distribute_event_pushed_empty", distribute_event_pushed_empty),
    ("poll", poll),
    ("poll_bare", poll_bare),
    ("query_registration", query_registration),
    ("register_report", register_report),
    ("registered_report", registered_report),
    ("request_event", request_event),
    ("request_reregistration", request_reregistration),
    ("response", response),
    ("update_report", update_report),
    ("update_report_green_button", update_report_green_button),
    ("updated_report", updated_report),
];

#[test]
fn every_fixture_reads_and_writes_back_the_same() {
    for (name, facts) in FIXTURES {
        let text = std::fs::read_to_string(directory().join(name).with_extension("xml")).expect(name);
        let strict = Reading::strict().read(text.as_bytes());
        let (payload, envelope) = strict.unwrap_or_else(|error| panic!("{name}: {error}"));
        let lenient = Reading::default().read(text.as_bytes());
        assert_eq!(lenient.unwrap_or_else(|error| panic!("{name}: {error}")), (payload.clone(), envelope));
        let written = Writing { envelope, indent: Some(2) }.write(&payload).expect(name);
        assert_eq!(written, text, "{name}");
        facts(payload);
    }
}

#[test]
fn every_fixture_is_used() {
    let used: BTreeSet<String> = FIXTURES.iter().map(|(name, _)| format!("{name}.xml")).collect();
    let there: BTreeSet<String> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, used);
}

#[test]
fn every_message_has_a_fixture() {
    let names: BTreeSet<&str> = FIXTURES
        .iter()
        .map(|(name, _)| {
            let document = std::fs::read(directory().join(name).with_extension("xml")).unwrap();
            Payload::from_xml(&document).unwrap().message().name()
        })
        .collect();
    assert_eq!(names.len(), 23, "{names:?}");
}

#[cfg(feature = "serde")]
#[test]
fn every_fixture_survives_json() {
    for (name, _) in FIXTURES {
        let document = std::fs::read(directory().join(name).with_extension("xml")).unwrap();
        let payload = Payload::from_xml(&document).unwrap();
        let json = serde_json::to_string(&payload).unwrap();
        assert_eq!(serde_json::from_str::<Payload>(&json).expect(&json), payload, "{name}: {json}");
    }
}

#[cfg(feature = "schemars")]
#[test]
fn messages_have_a_json_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(Payload)).unwrap();
    let definitions = schema["$defs"].as_object().unwrap();
    assert_eq!(definitions["EventStatus"]["enum"].as_array().unwrap().len(), 6);
    assert_eq!(definitions["ResponseCode"]["type"], "string");
    assert_eq!(definitions["Message"]["oneOf"].as_array().unwrap().len(), 23);
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The message of one kind, or a panic that says what it is instead.
macro_rules! message {
    ($payload:ident, $kind:ident) => {
        match $payload.into_message() {
            Message::$kind(message) => message,
            other => panic!("{} instead of {}", other.name(), stringify!($kind)),
        }
    };
}

fn cancel_opt(payload: Payload) {
    assert_eq!(payload.message().service(), Service::Opt);
    let message = message!(payload, CancelOpt);
    assert_eq!(message.opt_id.as_str(), "opt-1");
    assert_eq!(message.ven_id.as_str(), "ven-7");
    assert_eq!(message.request_id.as_str(), "req-32");
}

fn cancel_party_registration(payload: Payload) {
    assert!(payload.signature.as_ref().unwrap().as_str().starts_with("<ds:Signature "));
    assert_eq!(payload.object.id.as_ref().unwrap().as_str(), "signed-object");
    assert_eq!(message!(payload, CancelPartyRegistration).registration_id.as_str(), "reg-1");
}

fn cancel_report(payload: Payload) {
    let message = message!(payload, CancelReport);
    assert!(message.report_to_follow);
    assert_eq!(message.report_request_ids, ["rr-1".into(), "rr-2".into()]);
}

fn canceled_opt(payload: Payload) {
    assert_eq!(message!(payload, CanceledOpt).opt_id, Some("opt-1".into()));
}

fn canceled_party_registration(payload: Payload) {
    let message = message!(payload, CanceledPartyRegistration);
    assert!(message.response.code.is_success());
    assert_eq!(message.registration_id, Some("reg-1".into()));
}

fn canceled_report(payload: Payload) {
    assert!(message!(payload, CanceledReport).pending_reports.is_empty());
}

fn create_opt_event(payload: Payload) {
    let message = message!(payload, CreateOpt);
    assert_eq!(message.qualified_event_id.as_ref().unwrap().modification_number, 2);
    assert_eq!(message.reason, OptReason::Economic);
    assert_eq!(message.availability, None);
    assert!(message.target.is_empty());
}

fn create_opt_schedule(payload: Payload) {
    let message = message!(payload, CreateOpt);
    assert_eq!(message.opt_type, OptType::Out);
    let available = message.availability.unwrap().available;
    assert_eq!(available.len(), 2);
    assert_eq!(available[1].duration, "P1D".parse().unwrap());
    assert_eq!(
        message.device_class.unwrap().end_device_assets[0].as_device_class(),
        DeviceClass::WaterHeater
    );
}

fn create_party_registration(payload: Payload) {
    let message = message!(payload, CreatePartyRegistration);
    assert_eq!(message.profile, ProfileName::V2_0b);
    assert_eq!(message.http_pull_model, Some(false));
    assert!(message.xml_signature && !message.report_only);
    assert_eq!(message.transport_address.as_deref(), Some("https://ven-7.example.com:8443"));
}

fn create_report(payload: Payload) {
    let message = message!(payload, CreateReport);
    let periodic = &message.report_requests[0].specifier;
    assert_eq!(periodic.granularity, "PT15M".parse().unwrap());
    assert_eq!(periodic.report_interval.as_ref().unwrap().duration, "PT24H".parse().unwrap());
    assert_eq!(periodic.payloads[1].reading_type, ReadingType::DirectRead);
    assert!(matches!(periodic.payloads[1].unit, Some(ItemBase::Temperature(_))));
    let once = &message.report_requests[1].specifier;
    assert!(once.report_back_duration.is_zero() && once.report_interval.is_none());
}

fn created_event(payload: Payload) {
    let message = message!(payload, CreatedEvent);
    assert_eq!(message.response.request_id.as_str(), "");
    let [accepted, refused] = message.answers() else { panic!("two responses") };
    assert_eq!((accepted.code, accepted.opt_type), (ResponseCode::OK, OptType::In));
    assert_eq!((refused.code, refused.opt_type), (ResponseCode::SIGNAL_NOT_SUPPORTED, OptType::Out));
    assert_eq!(refused.description, None);
}

fn created_opt(payload: Payload) {
    assert_eq!(message!(payload, CreatedOpt).opt_id.as_str(), "opt-1");
}

fn created_party_registration(payload: Payload) {
    let message = message!(payload, CreatedPartyRegistration);
    assert_eq!(message.poll_freq, Some("PT10S".parse().unwrap()));
    assert_eq!(message.profiles[0].name, ProfileName::V2_0a);
    assert_eq!(message.profiles[1].transports, [TransportName::SimpleHttp, TransportName::Xmpp]);
    let services = message.service_specific_info.unwrap();
    assert_eq!((services[0].service, services[0].info.len()), (Service::Event, 2));
    assert_eq!(services[0].info[1].value, "");
    let extensions = message.extensions.unwrap();
    assert_eq!(extensions[0].info[0].key, "currency");
    assert!(extensions[1].info.is_empty());
}

fn created_report(payload: Payload) {
    assert_eq!(message!(payload, CreatedReport).pending_reports, ["rr-1".into(), "rr-2".into()]);
}

fn distribute_event(payload: Payload) {
    let message = message!(payload, DistributeEvent);
    let [near, far] = message.events.as_slice() else { panic!("two events") };
    assert_eq!(near.response_required, ResponseRequired::Always);
    assert_eq!(far.response_required, ResponseRequired::Never);

    let descriptor = &near.event.descriptor;
    assert_eq!(descriptor.status, EventStatus::Near);
    assert_eq!(descriptor.vtn_comment.as_deref(), Some("Please keep < 3.5 kW & no more"));
    assert!(!descriptor.is_test() && far.event.descriptor.is_test());

    let period = &near.event.active_period;
    assert_eq!(period.tolerance.as_ref().unwrap().start_after, Some("PT5M".parse().unwrap()));
    assert_eq!(period.recovery, Some("-PT5M".parse().unwrap()));
    assert!(far.event.active_period.is_open_ended());
    assert!(near.event.components.element().is_none());
    assert!(far.event.components.element().unwrap().as_str().contains("xsi:nil"));

    let [simple, price, limit] = near.event.signals.as_slice() else { panic!("three signals") };
    assert_eq!((&simple.name, simple.signal_type), (&SignalName::Simple, SignalType::Level));
    assert_eq!(simple.total_duration(), Some(period.duration.clone()));
    assert_eq!(price.intervals[0].value(), Some(0.4257));
    assert_eq!(price.target.as_ref().unwrap().end_device_assets.len(), 1);
    let Some(ItemBase::CurrencyPerKWh(unit)) = &price.unit else { panic!("{:?}", price.unit) };
    assert_eq!(unit.currency.as_str(), "EUR");
    assert_eq!(limit.name, SignalName::Other("x-CABLE_LIMIT".to_owned()));
    assert_eq!(limit.unit.as_ref().unwrap().scale(), Some(SiScale::Kilo));
    assert_eq!(far.event.signals[0].signal_type, SignalType::LoadControlCapacity);
    assert_eq!(near.event.baseline.as_ref().unwrap().resource_ids.len(), 2);

    let target = &near.event.target;
    assert_eq!(target.end_device_assets[1].as_device_class(), DeviceClass::Other("x-BatteryBank".to_owned()));
    assert_eq!(target.service_areas[0].polygon.exterior.pairs().nth(2), Some((52.2, 5.45)));
    assert_eq!(target.service_areas[0].id, Some("area-1".into()));
    assert_eq!(target.service_locations[0].polygon.id, None);
    assert_eq!(target.transport_interfaces[0].point_of_delivery.as_str(), "feeder-3b");
    assert_eq!(target.group_ids.len(), 2);
    assert_eq!(target.party_ids, ["party-9".into()]);
    assert!(far.event.target.is_empty());
}

fn distribute_event_pushed_empty(payload: Payload) {
    let message = message!(payload, DistributeEvent);
    assert_eq!(message.response, None);
    assert!(message.events.is_empty());
}

fn poll(payload: Payload) {
    assert_eq!(payload.message().service(), Service::Poll);
    let version = message!(payload, Poll).schema_version;
    assert_eq!(version, Some(SchemaVersion::Other("x-2.0b-trial".to_owned())));
}

fn poll_bare(payload: Payload) {
    let bare = Writing { envelope: Envelope::Bare, indent: None }.write(&payload).unwrap();
    assert_eq!(Reading::strict().read(bare.as_bytes()).unwrap(), (payload.clone(), Envelope::Bare));
    assert_eq!(message!(payload, Poll).schema_version, Some(SchemaVersion::V2_0b));
}

fn query_registration(payload: Payload) {
    assert_eq!(message!(payload, QueryRegistration).request_id.as_str(), "req-1");
}

fn register_report(payload: Payload) {
    let message = message!(payload, RegisterReport);
    assert_eq!(message.report_request_id, Some("rr-0".into()));
    let [telemetry, status] = message.reports.as_slice() else { panic!("two reports") };
    assert_eq!(telemetry.name, Some(ReportName::MetadataTelemetryUsage));
    let kinds: BTreeSet<_> = telemetry
        .descriptions
        .iter()
        .map(|description| std::mem::discriminant(description.unit.as_ref().unwrap()))
        .map(|discriminant| format!("{discriminant:?}"))
        .collect();
    assert_eq!(kinds.len(), 18, "every unit of the schema");

    let power = &telemetry.descriptions[0];
    let Some(ItemBase::PowerReal(unit)) = &power.unit else { panic!("{:?}", power.unit) };
    assert_eq!(unit.units, PowerRealUnit::Watt);
    assert_eq!((unit.attributes.hertz.to_string(), unit.attributes.ac), ("50.0".to_owned(), true));
    assert!(power.sampling_rate.as_ref().unwrap().on_change);
    assert_eq!(power.data_source.as_ref().unwrap().resource_ids.len(), 1);
    assert!(power.subject.is_some() && power.market_context.is_some());
    assert_eq!(telemetry.descriptions[17].report_type, ReportType::Other("x-windSpeed".to_owned()));

    assert_eq!(status.descriptions[0].report_type, ReportType::ResourceStatus);
    assert_eq!(status.descriptions[0].unit, None);
}

fn registered_report(payload: Payload) {
    let message = message!(payload, RegisteredReport);
    assert_eq!(message.report_requests[0].report_request_id.as_str(), "rr-1");
    assert_eq!(message.response, openadr_types::response::EiResponse::ok("req-50"));
}

fn request_event(payload: Payload) {
    assert_eq!(message!(payload, RequestEvent).reply_limit, Some(10));
}

fn request_reregistration(payload: Payload) {
    assert_eq!(message!(payload, RequestReregistration).ven_id.as_str(), "ven-7");
}

fn response(payload: Payload) {
    let message = message!(payload, Response);
    assert_eq!(message.response.code, ResponseCode::NOT_REGISTERED);
    assert_eq!(message.ven_id, Some("ven-7".into()));
}

fn update_report(payload: Payload) {
    let message = message!(payload, UpdateReport);
    let [usage, status] = message.reports.as_slice() else { panic!("two reports") };
    assert_eq!(usage.report_id, Some("report-1".into()));
    let StreamPayload::Report(first) = &usage.intervals[0].payloads[0] else { panic!("a report payload") };
    assert_eq!(first.value, PayloadBase::Float(Float(3.425)));
    assert_eq!(first.confidence.unwrap().percent(), 95);
    assert_eq!(first.data_quality, Some(DataQuality::Good));
    let StreamPayload::Report(gap) = &usage.intervals[1].payloads[0] else { panic!("a report payload") };
    assert!(matches!(gap.value, PayloadBase::Float(Float(value)) if value.is_nan()));
    assert_eq!(gap.data_quality, Some(DataQuality::NoValue));

    let StreamPayload::Report(first) = &status.intervals[0].payloads[0] else { panic!("a report payload") };
    let PayloadBase::ResourceStatus(resource) = &first.value else { panic!("a status") };
    assert!(resource.online && !resource.manual_override);
    let control = resource.load_control_state.as_ref().unwrap();
    assert_eq!(control.capacity.as_ref().unwrap().current, Float(0.5));
    assert_eq!(control.percent_offset.as_ref().unwrap().min, None);
}

fn update_report_green_button(payload: Payload) {
    let message = message!(payload, UpdateReport);
    let StreamPayload::GreenButton(feed) = &message.reports[0].intervals[0].payloads[0] else {
        panic!("a feed")
    };
    assert!(feed.as_str().contains("this comment too"));
}

fn updated_report(payload: Payload) {
    let message = message!(payload, UpdatedReport);
    assert_eq!(message.cancel_report.unwrap().report_request_ids, ["rr-3".into()]);
}
