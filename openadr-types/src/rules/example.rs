//! Good messages, and tables of what spoils them.

use xml_wire::{DateTime, Duration};

use super::{Context, Conversation, Finding, Role, Rule, Severity, check_message};
use crate::event::{
    CreatedEvent, DistributeEvent, DistributedEvent, Event, EventBaseline, EventResponse, EventSignal, Level,
    OptType, QualifiedEventId, ResponseRequired, SignalName, SignalType,
};
use crate::interval::{Interval, series};
use crate::message::Message;
use crate::period::{Period, Tolerance};
use crate::registration::{CreatePartyRegistration, CreatedPartyRegistration};
use crate::report::{
    CreateReport, RegisterReport, Report, ReportDescription, ReportName, ReportPayload, ReportRequest,
    ReportSpecifier, ReportType, SamplingRate, UpdateReport,
};
use crate::response::EiResponse;
use crate::target::{DeviceClass, Target};
use crate::units::{Currency, ItemBase, SiScale};

/// When the good messages are sent.
pub(super) const NOW: &str = "2026-11-23T12:00:00Z";

/// One way to break a rule.
pub(super) struct Case<M> {
    rule: Rule,
    severity: Severity,
    spoil: fn(&mut M),
    below: String,
}

impl<M> Case<M> {
    pub(super) fn new(rule: Rule, severity: Severity, spoil: fn(&mut M)) -> Self {
        Self { rule, severity, spoil, below: String::new() }
    }

    /// Where the finding is to be, below the message's element.
    pub(super) fn at(self, below: impl Into<String>) -> Self {
        Self { below: below.into(), ..self }
    }
}

/// Each rule is silent on the good message, and fires on the spoiled one: as sure as told, and there.
pub(super) fn run<M: Into<Message>>(good: impl Fn() -> M, sender: Role, cases: &[Case<M>]) {
    run_in(&good, Context::new(sender), cases);
}

/// The same after other messages.
pub(super) fn run_after<M: Into<Message>>(
    good: impl Fn() -> M,
    sender: Role,
    conversation: &Conversation,
    cases: &[Case<M>],
) {
    run_in(&good, Context::new(sender).after(conversation), cases);
}

fn run_in<M: Into<Message>>(good: &impl Fn() -> M, context: Context<'_>, cases: &[Case<M>]) {
    let context = context.at(NOW.parse().unwrap());
    for (index, Case { rule, severity, spoil, below }) in cases.iter().enumerate() {
        let found = |message: M| -> Vec<Finding> {
            let findings = check_message(&message.into(), &context);
            findings.into_iter().filter(|finding| finding.rule == *rule).collect()
        };
        assert_eq!(found(good()), [], "case {index}, {rule:?}");
        let mut bad = good();
        spoil(&mut bad);
        let findings = found(bad);
        assert!(
            findings.iter().any(|finding| finding.severity == *severity && finding.path.ends_with(below)),
            "case {index}, {rule:?}: {findings:?}"
        );
        for finding in findings {
            let text = &finding.text;
            assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "not a sentence: {text}");
        }
    }
}

/// What is found at a time.
pub(super) fn findings_at(message: impl Into<Message>, sender: Role, now: DateTime) -> Vec<Finding> {
    check_message(&message.into(), &Context::new(sender).at(now))
}

/// Whether a rule fires on the message alone.
pub(super) fn fires(message: impl Into<Message>, sender: Role, rule: Rule) -> bool {
    check_message(&message.into(), &Context::new(sender)).iter().any(|finding| finding.rule == rule)
}

/// Whether a rule fires after other messages.
pub(super) fn fires_after(message: Message, sender: Role, conversation: &Conversation, rule: Rule) -> bool {
    let context = Context::new(sender).after(conversation);
    check_message(&message, &context).iter().any(|finding| finding.rule == rule)
}

/// A conversation of these messages.
pub(super) fn observed(messages: &[(Message, Role)]) -> Conversation {
    let mut conversation = Conversation::new();
    for (message, sender) in messages {
        conversation.observe(message, *sender);
    }
    conversation
}

/// A conversation of one registration of a VEN that polls.
pub(super) fn registered() -> Conversation {
    observed(&[
        (CreatePartyRegistration::pull("req-1", "Heat pump").into(), Role::Ven),
        (created_registration().into(), Role::Vtn),
    ])
}

pub(super) fn created_registration() -> CreatedPartyRegistration {
    CreatedPartyRegistration {
        registration_id: Some("reg-1".into()),
        ven_id: Some("ven-7".into()),
        poll_freq: Some("PT10S".parse().unwrap()),
        ..CreatedPartyRegistration::new(EiResponse::ok("req-1"), "vtn-1")
    }
}

/// Two events: one with levels, prices and a baseline, that wants an answer; and a later one that does not.
pub(super) fn distribute() -> DistributeEvent {
    let [hour, half]: [Duration; 2] = ["PT1H", "PT30M"].map(|text| text.parse().unwrap());
    let steps = |values: [f64; 2]| series([hour.clone(), half.clone()].into_iter().zip(values));
    let start = "2026-11-23T17:00:00Z".parse().unwrap();
    let created = NOW.parse().unwrap();
    let simple =
        EventSignal::simple("signal-1", [(hour.clone(), Level::Moderate), (half.clone(), Level::High)]);
    let mut first = Event::new("event-1", "http://example.com/peak", created, start, simple);
    first.active_period =
        first.active_period.with_tolerance(Tolerance { start_after: Some("PT5M".parse().unwrap()) });
    first.active_period.notification = Some("P1D".parse().unwrap());
    first.active_period.ramp_up = Some("PT10M".parse().unwrap());
    first.target = Target::ven("ven-7");
    let mut price =
        EventSignal::new("signal-2", SignalName::ElectricityPrice, SignalType::Price, steps([0.25, 0.31]))
            .with_unit(ItemBase::currency_per_kwh(Currency::EUR));
    price.target = Some(Target::device_class(DeviceClass::WaterHeater));
    first.signals.push(price);
    first.baseline = Some(EventBaseline {
        start,
        duration: "PT1H30M".parse().unwrap(),
        intervals: steps([4.8, 5.1]),
        baseline_id: "baseline-1".into(),
        resource_ids: Vec::new(),
        name: "Ten similar days".into(),
        unit: Some(ItemBase::power_real_w(SiScale::Kilo)),
    });
    let simple = EventSignal::simple("signal-1", [(hour, Level::Moderate)]);
    let tomorrow = "2026-11-24T17:00:00Z".parse().unwrap();
    let mut second = Event::new("event-2", "http://example.com/peak", created, tomorrow, simple);
    second.active_period.notification = Some("P1D".parse().unwrap());
    let event = |event, response_required| DistributedEvent { event, response_required };
    DistributeEvent {
        response: Some(EiResponse::ok("req-1")),
        events: vec![event(first, ResponseRequired::Always), event(second, ResponseRequired::Never)],
        ..DistributeEvent::new("vtn-req-1", "vtn-1")
    }
}

/// The answer to [`distribute`].
pub(super) fn created() -> CreatedEvent {
    let event = QualifiedEventId::new("event-1", 0);
    CreatedEvent::new("ven-7", vec![EventResponse::new("vtn-req-1", event, OptType::In)])
}

/// Telemetry of usage and of status on offer.
pub(super) fn register() -> RegisterReport {
    let rate = SamplingRate {
        min_period: "PT5M".parse().unwrap(),
        max_period: "PT15M".parse().unwrap(),
        on_change: false,
    };
    let energy = ReportDescription::new("energy", ReportType::Usage, ItemBase::energy_real_wh(SiScale::Kilo))
        .with_sampling_rate(rate.clone());
    let status = ReportDescription::status("status", "heat-pump").with_sampling_rate(rate);
    let metadata = |id: &str, name, description| {
        Report::metadata(id, name, NOW.parse().unwrap(), "P1D".parse().unwrap(), vec![description])
    };
    let reports = vec![
        metadata("usage", ReportName::MetadataTelemetryUsage, energy),
        metadata("status", ReportName::MetadataTelemetryStatus, status),
    ];
    RegisterReport::new("req-2", reports, Some("ven-7".into()))
}

/// A request for the usage of [`register`].
pub(super) fn request() -> CreateReport {
    let interval = Period::new(NOW.parse().unwrap(), "P1D".parse().unwrap());
    let specifier = ReportSpecifier::periodic(
        "usage",
        "PT15M".parse().unwrap(),
        "PT30M".parse().unwrap(),
        interval,
        ["energy".into()],
    );
    let request = ReportRequest { report_request_id: "rr-1".into(), specifier };
    CreateReport::new("req-3", vec![request], Some("ven-7".into()))
}

/// The data of [`request`].
pub(super) fn update() -> UpdateReport {
    let quarter = |place: u32, start: &str| Interval {
        uid: Some(place.into()),
        ..Interval::at(start.parse().unwrap())
            .lasting("PT15M".parse().unwrap())
            .with_reading(ReportPayload::new("energy", 1.5))
    };
    let intervals = vec![quarter(0, "2026-11-23T11:30:00Z"), quarter(1, "2026-11-23T11:45:00Z")];
    let report = Report::telemetry_usage("rr-1", "usage", NOW.parse().unwrap(), intervals);
    UpdateReport::new("req-60", vec![report], Some("ven-7".into()))
}

#[test]
fn nothing_is_wrong_with_the_good_messages() {
    let messages: [(Message, Role); 6] = [
        (distribute().into(), Role::Vtn),
        (created().into(), Role::Ven),
        (register().into(), Role::Ven),
        (request().into(), Role::Vtn),
        (update().into(), Role::Ven),
        (created_registration().into(), Role::Vtn),
    ];
    for (message, sender) in messages {
        assert_eq!(findings_at(message, sender, NOW.parse().unwrap()), []);
    }
}
