//! The messages as yaserde binds them: what the measured documents hold, and no more.
//!
//! Units are optional fields here, as yaserde loses them where they are one enum. Texts of closed lists, times and
//! durations stay strings: checking them would be further work for this binding.

use yaserde::{YaDeserialize, YaSerialize};

pub(crate) fn read(document: &str) -> Payload {
    yaserde::de::from_str(document).expect("the document is of these messages")
}

pub(crate) fn write(payload: &Payload) -> String {
    yaserde::ser::to_string(payload).expect("the message can be written")
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrPayload",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "pyld" = "http://docs.oasis-open.org/ns/energyinterop/201110/payloads",
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0",
        "strm" = "urn:ietf:params:xml:ns:icalendar-2.0:stream",
        "emix" = "http://docs.oasis-open.org/ns/emix/2011/06",
        "power" = "http://docs.oasis-open.org/ns/emix/2011/06/power",
        "scale" = "http://docs.oasis-open.org/ns/emix/2011/06/siscale"
    }
)]
pub(crate) struct Payload {
    #[yaserde(prefix = "oadr", rename = "oadrSignedObject")]
    object: SignedObject,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrSignedObject",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07"
    }
)]
pub(crate) struct SignedObject {
    #[yaserde(prefix = "oadr", rename = "oadrDistributeEvent")]
    distribute_event: Option<DistributeEvent>,
    #[yaserde(prefix = "oadr", rename = "oadrUpdateReport")]
    update_report: Option<UpdateReport>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrDistributeEvent",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "pyld" = "http://docs.oasis-open.org/ns/energyinterop/201110/payloads"
    }
)]
pub(crate) struct DistributeEvent {
    #[yaserde(attribute = true, prefix = "ei", rename = "schemaVersion")]
    schema_version: Option<String>,
    #[yaserde(prefix = "ei", rename = "eiResponse")]
    response: Option<EiResponse>,
    #[yaserde(prefix = "pyld", rename = "requestID")]
    request_id: String,
    #[yaserde(prefix = "ei", rename = "vtnID")]
    vtn_id: String,
    #[yaserde(prefix = "oadr", rename = "oadrEvent")]
    events: Vec<DistributedEvent>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiResponse",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "pyld" = "http://docs.oasis-open.org/ns/energyinterop/201110/payloads"
    }
)]
pub(crate) struct EiResponse {
    #[yaserde(prefix = "ei", rename = "responseCode")]
    code: String,
    #[yaserde(prefix = "ei", rename = "responseDescription")]
    description: Option<String>,
    #[yaserde(prefix = "pyld", rename = "requestID")]
    request_id: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrEvent",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct DistributedEvent {
    #[yaserde(prefix = "ei", rename = "eiEvent")]
    event: Event,
    #[yaserde(prefix = "oadr", rename = "oadrResponseRequired")]
    response_required: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiEvent",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct Event {
    #[yaserde(prefix = "ei", rename = "eventDescriptor")]
    descriptor: EventDescriptor,
    #[yaserde(prefix = "ei", rename = "eiActivePeriod")]
    active_period: ActivePeriod,
    #[yaserde(prefix = "ei", rename = "eiEventSignals")]
    signals: EventSignals,
    #[yaserde(prefix = "ei", rename = "eiTarget")]
    target: Target,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eventDescriptor",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct EventDescriptor {
    #[yaserde(prefix = "ei", rename = "eventID")]
    event_id: String,
    #[yaserde(prefix = "ei", rename = "modificationNumber")]
    modification_number: u32,
    #[yaserde(prefix = "ei", rename = "modificationDateTime")]
    modification_date_time: Option<String>,
    #[yaserde(prefix = "ei", rename = "modificationReason")]
    modification_reason: Option<String>,
    #[yaserde(prefix = "ei", rename = "priority")]
    priority: Option<u32>,
    #[yaserde(prefix = "ei", rename = "eiMarketContext")]
    market_context: MarketContext,
    #[yaserde(prefix = "ei", rename = "createdDateTime")]
    created_date_time: String,
    #[yaserde(prefix = "ei", rename = "eventStatus")]
    status: String,
    #[yaserde(prefix = "ei", rename = "testEvent")]
    test_event: Option<String>,
    #[yaserde(prefix = "ei", rename = "vtnComment")]
    vtn_comment: Option<String>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiMarketContext",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "emix" = "http://docs.oasis-open.org/ns/emix/2011/06"
    }
)]
pub(crate) struct MarketContext {
    #[yaserde(prefix = "emix", rename = "marketContext")]
    uri: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiActivePeriod",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct ActivePeriod {
    #[yaserde(prefix = "xcal", rename = "properties")]
    properties: Period,
    #[yaserde(prefix = "xcal", rename = "components")]
    components: Components,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "components",
    namespaces = {
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Components {}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "properties",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Period {
    #[yaserde(prefix = "xcal", rename = "dtstart")]
    start: Start,
    #[yaserde(prefix = "xcal", rename = "duration")]
    duration: Duration,
    #[yaserde(prefix = "xcal", rename = "tolerance")]
    tolerance: Option<Tolerance>,
    #[yaserde(prefix = "ei", rename = "x-eiNotification")]
    notification: Option<Duration>,
    #[yaserde(prefix = "ei", rename = "x-eiRampUp")]
    ramp_up: Option<Duration>,
    #[yaserde(prefix = "ei", rename = "x-eiRecovery")]
    recovery: Option<Duration>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "dtstart",
    namespaces = {
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Start {
    #[yaserde(prefix = "xcal", rename = "date-time")]
    date_time: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "duration",
    namespaces = {
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Duration {
    #[yaserde(prefix = "xcal", rename = "duration")]
    duration: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "tolerance",
    namespaces = {
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Tolerance {
    #[yaserde(prefix = "xcal", rename = "tolerate")]
    tolerate: Tolerate,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "tolerate",
    namespaces = {
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Tolerate {
    #[yaserde(prefix = "xcal", rename = "startafter")]
    start_after: Option<String>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiEventSignals",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct EventSignals {
    #[yaserde(prefix = "ei", rename = "eiEventSignal")]
    signals: Vec<EventSignal>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiEventSignal",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "strm" = "urn:ietf:params:xml:ns:icalendar-2.0:stream",
        "power" = "http://docs.oasis-open.org/ns/emix/2011/06/power"
    }
)]
pub(crate) struct EventSignal {
    #[yaserde(prefix = "strm", rename = "intervals")]
    intervals: Intervals,
    #[yaserde(prefix = "ei", rename = "eiTarget")]
    target: Option<Target>,
    #[yaserde(prefix = "ei", rename = "signalName")]
    name: String,
    #[yaserde(prefix = "ei", rename = "signalType")]
    signal_type: String,
    #[yaserde(prefix = "ei", rename = "signalID")]
    signal_id: String,
    #[yaserde(prefix = "oadr", rename = "currencyPerKWh")]
    currency_per_kwh: Option<CurrencyUnit>,
    #[yaserde(prefix = "power", rename = "powerReal")]
    power_real: Option<PowerReal>,
    #[yaserde(prefix = "ei", rename = "currentValue")]
    current_value: Option<SignalPayload>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "strm",
    rename = "intervals",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "strm" = "urn:ietf:params:xml:ns:icalendar-2.0:stream"
    }
)]
pub(crate) struct Intervals {
    #[yaserde(prefix = "ei", rename = "interval")]
    intervals: Vec<Interval>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "interval",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Interval {
    #[yaserde(prefix = "xcal", rename = "dtstart")]
    start: Option<Start>,
    #[yaserde(prefix = "xcal", rename = "duration")]
    duration: Option<Duration>,
    #[yaserde(prefix = "xcal", rename = "uid")]
    uid: Option<Uid>,
    #[yaserde(prefix = "ei", rename = "signalPayload")]
    signal_payload: Option<SignalPayload>,
    #[yaserde(prefix = "oadr", rename = "oadrReportPayload")]
    report_payloads: Vec<ReportPayload>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "xcal",
    rename = "uid",
    namespaces = {
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0"
    }
)]
pub(crate) struct Uid {
    #[yaserde(prefix = "xcal", rename = "text")]
    text: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "signalPayload",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct SignalPayload {
    #[yaserde(prefix = "ei", rename = "payloadFloat")]
    float: PayloadFloat,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "payloadFloat",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct PayloadFloat {
    #[yaserde(prefix = "ei", rename = "value")]
    value: f64,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "currencyPerKWh",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "scale" = "http://docs.oasis-open.org/ns/emix/2011/06/siscale"
    }
)]
pub(crate) struct CurrencyUnit {
    #[yaserde(prefix = "oadr", rename = "itemDescription")]
    description: String,
    #[yaserde(prefix = "oadr", rename = "itemUnits")]
    currency: String,
    #[yaserde(prefix = "scale", rename = "siScaleCode")]
    scale: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "power",
    rename = "powerReal",
    namespaces = {
        "power" = "http://docs.oasis-open.org/ns/emix/2011/06/power",
        "scale" = "http://docs.oasis-open.org/ns/emix/2011/06/siscale"
    }
)]
pub(crate) struct PowerReal {
    #[yaserde(prefix = "power", rename = "itemDescription")]
    description: String,
    #[yaserde(prefix = "power", rename = "itemUnits")]
    units: String,
    #[yaserde(prefix = "scale", rename = "siScaleCode")]
    scale: String,
    #[yaserde(prefix = "power", rename = "powerAttributes")]
    attributes: PowerAttributes,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "power",
    rename = "powerAttributes",
    namespaces = {
        "power" = "http://docs.oasis-open.org/ns/emix/2011/06/power"
    }
)]
pub(crate) struct PowerAttributes {
    #[yaserde(prefix = "power", rename = "hertz")]
    hertz: f64,
    #[yaserde(prefix = "power", rename = "voltage")]
    voltage: f64,
    #[yaserde(prefix = "power", rename = "ac")]
    ac: bool,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "ei",
    rename = "eiTarget",
    namespaces = {
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "power" = "http://docs.oasis-open.org/ns/emix/2011/06/power"
    }
)]
pub(crate) struct Target {
    #[yaserde(prefix = "power", rename = "endDeviceAsset")]
    end_device_assets: Vec<EndDeviceAsset>,
    #[yaserde(prefix = "ei", rename = "groupID")]
    group_ids: Vec<String>,
    #[yaserde(prefix = "ei", rename = "resourceID")]
    resource_ids: Vec<String>,
    #[yaserde(prefix = "ei", rename = "venID")]
    ven_ids: Vec<String>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "power",
    rename = "endDeviceAsset",
    namespaces = {
        "power" = "http://docs.oasis-open.org/ns/emix/2011/06/power"
    }
)]
pub(crate) struct EndDeviceAsset {
    #[yaserde(prefix = "power", rename = "mrid")]
    mrid: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrUpdateReport",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "pyld" = "http://docs.oasis-open.org/ns/energyinterop/201110/payloads"
    }
)]
pub(crate) struct UpdateReport {
    #[yaserde(attribute = true, prefix = "ei", rename = "schemaVersion")]
    schema_version: Option<String>,
    #[yaserde(prefix = "pyld", rename = "requestID")]
    request_id: String,
    #[yaserde(prefix = "oadr", rename = "oadrReport")]
    reports: Vec<Report>,
    #[yaserde(prefix = "ei", rename = "venID")]
    ven_id: Option<String>,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrReport",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110",
        "xcal" = "urn:ietf:params:xml:ns:icalendar-2.0",
        "strm" = "urn:ietf:params:xml:ns:icalendar-2.0:stream"
    }
)]
pub(crate) struct Report {
    #[yaserde(prefix = "xcal", rename = "dtstart")]
    start: Option<Start>,
    #[yaserde(prefix = "xcal", rename = "duration")]
    duration: Option<Duration>,
    #[yaserde(prefix = "strm", rename = "intervals")]
    intervals: Option<Intervals>,
    #[yaserde(prefix = "ei", rename = "eiReportID")]
    report_id: Option<String>,
    #[yaserde(prefix = "ei", rename = "reportRequestID")]
    report_request_id: String,
    #[yaserde(prefix = "ei", rename = "reportSpecifierID")]
    report_specifier_id: String,
    #[yaserde(prefix = "ei", rename = "reportName")]
    name: Option<String>,
    #[yaserde(prefix = "ei", rename = "createdDateTime")]
    created_date_time: String,
}

#[derive(Debug, Default, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "oadr",
    rename = "oadrReportPayload",
    namespaces = {
        "oadr" = "http://openadr.org/oadr-2.0b/2012/07",
        "ei" = "http://docs.oasis-open.org/ns/energyinterop/201110"
    }
)]
pub(crate) struct ReportPayload {
    #[yaserde(prefix = "ei", rename = "rID")]
    rid: String,
    #[yaserde(prefix = "ei", rename = "confidence")]
    confidence: Option<u32>,
    #[yaserde(prefix = "ei", rename = "accuracy")]
    accuracy: Option<f64>,
    #[yaserde(prefix = "ei", rename = "payloadFloat")]
    float: PayloadFloat,
    #[yaserde(prefix = "oadr", rename = "oadrDataQuality")]
    data_quality: Option<String>,
}
