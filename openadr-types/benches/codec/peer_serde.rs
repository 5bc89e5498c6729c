//! The messages as quick-xml's serde support binds them: what the measured documents hold, and no more.
//!
//! Reading sees local names, writing needs prefixed ones, so each has its own; declarations are attributes to copy.
//! Texts of closed lists, times and durations stay strings: checking them would be further work for this binding.

use serde::{Deserialize, Serialize};

pub(crate) fn read(document: &str) -> Payload {
    quick_xml::de::from_str(document).expect("the document is of these messages")
}

pub(crate) fn write(payload: &Payload) -> String {
    quick_xml::se::to_string(payload).expect("the message can be written")
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "oadr:oadrPayload")]
pub(crate) struct Payload {
    #[serde(rename = "@xmlns:oadr", skip_serializing_if = "Option::is_none")]
    xmlns_oadr: Option<String>,
    #[serde(rename = "@xmlns:ei", skip_serializing_if = "Option::is_none")]
    xmlns_ei: Option<String>,
    #[serde(rename = "@xmlns:pyld", skip_serializing_if = "Option::is_none")]
    xmlns_pyld: Option<String>,
    #[serde(rename = "@xmlns:xcal", skip_serializing_if = "Option::is_none")]
    xmlns_xcal: Option<String>,
    #[serde(rename = "@xmlns:strm", skip_serializing_if = "Option::is_none")]
    xmlns_strm: Option<String>,
    #[serde(rename = "@xmlns:emix", skip_serializing_if = "Option::is_none")]
    xmlns_emix: Option<String>,
    #[serde(rename = "@xmlns:power", skip_serializing_if = "Option::is_none")]
    xmlns_power: Option<String>,
    #[serde(rename = "@xmlns:scale", skip_serializing_if = "Option::is_none")]
    xmlns_scale: Option<String>,
    #[serde(rename(serialize = "oadr:oadrSignedObject", deserialize = "oadrSignedObject"))]
    object: SignedObject,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SignedObject {
    #[serde(
        rename(serialize = "oadr:oadrDistributeEvent", deserialize = "oadrDistributeEvent"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    distribute_event: Option<DistributeEvent>,
    #[serde(
        rename(serialize = "oadr:oadrUpdateReport", deserialize = "oadrUpdateReport"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    update_report: Option<UpdateReport>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DistributeEvent {
    #[serde(
        rename(serialize = "@ei:schemaVersion", deserialize = "@schemaVersion"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    schema_version: Option<String>,
    #[serde(
        rename(serialize = "ei:eiResponse", deserialize = "eiResponse"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    response: Option<EiResponse>,
    #[serde(rename(serialize = "pyld:requestID", deserialize = "requestID"))]
    request_id: String,
    #[serde(rename(serialize = "ei:vtnID", deserialize = "vtnID"))]
    vtn_id: String,
    #[serde(rename(serialize = "oadr:oadrEvent", deserialize = "oadrEvent"), default)]
    events: Vec<DistributedEvent>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EiResponse {
    #[serde(rename(serialize = "ei:responseCode", deserialize = "responseCode"))]
    code: String,
    #[serde(
        rename(serialize = "ei:responseDescription", deserialize = "responseDescription"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    description: Option<String>,
    #[serde(rename(serialize = "pyld:requestID", deserialize = "requestID"))]
    request_id: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DistributedEvent {
    #[serde(rename(serialize = "ei:eiEvent", deserialize = "eiEvent"))]
    event: Event,
    #[serde(rename(serialize = "oadr:oadrResponseRequired", deserialize = "oadrResponseRequired"))]
    response_required: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    #[serde(rename(serialize = "ei:eventDescriptor", deserialize = "eventDescriptor"))]
    descriptor: EventDescriptor,
    #[serde(rename(serialize = "ei:eiActivePeriod", deserialize = "eiActivePeriod"))]
    active_period: ActivePeriod,
    #[serde(rename(serialize = "ei:eiEventSignals", deserialize = "eiEventSignals"))]
    signals: EventSignals,
    #[serde(rename(serialize = "ei:eiTarget", deserialize = "eiTarget"))]
    target: Target,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EventDescriptor {
    #[serde(rename(serialize = "ei:eventID", deserialize = "eventID"))]
    event_id: String,
    #[serde(rename(serialize = "ei:modificationNumber", deserialize = "modificationNumber"))]
    modification_number: u32,
    #[serde(
        rename(serialize = "ei:modificationDateTime", deserialize = "modificationDateTime"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    modification_date_time: Option<String>,
    #[serde(
        rename(serialize = "ei:modificationReason", deserialize = "modificationReason"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    modification_reason: Option<String>,
    #[serde(
        rename(serialize = "ei:priority", deserialize = "priority"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    priority: Option<u32>,
    #[serde(rename(serialize = "ei:eiMarketContext", deserialize = "eiMarketContext"))]
    market_context: MarketContext,
    #[serde(rename(serialize = "ei:createdDateTime", deserialize = "createdDateTime"))]
    created_date_time: String,
    #[serde(rename(serialize = "ei:eventStatus", deserialize = "eventStatus"))]
    status: String,
    #[serde(
        rename(serialize = "ei:testEvent", deserialize = "testEvent"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    test_event: Option<String>,
    #[serde(
        rename(serialize = "ei:vtnComment", deserialize = "vtnComment"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    vtn_comment: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MarketContext {
    #[serde(rename(serialize = "emix:marketContext", deserialize = "marketContext"))]
    uri: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ActivePeriod {
    #[serde(rename(serialize = "xcal:properties", deserialize = "properties"))]
    properties: Period,
    #[serde(rename(serialize = "xcal:components", deserialize = "components"))]
    components: Components,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Components {}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Period {
    #[serde(rename(serialize = "xcal:dtstart", deserialize = "dtstart"))]
    start: Start,
    #[serde(rename(serialize = "xcal:duration", deserialize = "duration"))]
    duration: Duration,
    #[serde(
        rename(serialize = "xcal:tolerance", deserialize = "tolerance"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    tolerance: Option<Tolerance>,
    #[serde(
        rename(serialize = "ei:x-eiNotification", deserialize = "x-eiNotification"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    notification: Option<Duration>,
    #[serde(
        rename(serialize = "ei:x-eiRampUp", deserialize = "x-eiRampUp"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    ramp_up: Option<Duration>,
    #[serde(
        rename(serialize = "ei:x-eiRecovery", deserialize = "x-eiRecovery"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    recovery: Option<Duration>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    #[serde(rename(serialize = "xcal:date-time", deserialize = "date-time"))]
    date_time: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Duration {
    #[serde(rename(serialize = "xcal:duration", deserialize = "duration"))]
    duration: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tolerance {
    #[serde(rename(serialize = "xcal:tolerate", deserialize = "tolerate"))]
    tolerate: Tolerate,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tolerate {
    #[serde(
        rename(serialize = "xcal:startafter", deserialize = "startafter"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    start_after: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EventSignals {
    #[serde(rename(serialize = "ei:eiEventSignal", deserialize = "eiEventSignal"), default)]
    signals: Vec<EventSignal>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EventSignal {
    #[serde(rename(serialize = "strm:intervals", deserialize = "intervals"))]
    intervals: Intervals,
    #[serde(
        rename(serialize = "ei:eiTarget", deserialize = "eiTarget"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    target: Option<Target>,
    #[serde(rename(serialize = "ei:signalName", deserialize = "signalName"))]
    name: String,
    #[serde(rename(serialize = "ei:signalType", deserialize = "signalType"))]
    signal_type: String,
    #[serde(rename(serialize = "ei:signalID", deserialize = "signalID"))]
    signal_id: String,
    #[serde(
        rename(serialize = "oadr:currencyPerKWh", deserialize = "currencyPerKWh"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    currency_per_kwh: Option<CurrencyUnit>,
    #[serde(
        rename(serialize = "power:powerReal", deserialize = "powerReal"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    power_real: Option<PowerReal>,
    #[serde(
        rename(serialize = "ei:currentValue", deserialize = "currentValue"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    current_value: Option<SignalPayload>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Intervals {
    #[serde(rename(serialize = "ei:interval", deserialize = "interval"), default)]
    intervals: Vec<Interval>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Interval {
    #[serde(
        rename(serialize = "xcal:dtstart", deserialize = "dtstart"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    start: Option<Start>,
    #[serde(
        rename(serialize = "xcal:duration", deserialize = "duration"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    duration: Option<Duration>,
    #[serde(
        rename(serialize = "xcal:uid", deserialize = "uid"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    uid: Option<Uid>,
    #[serde(
        rename(serialize = "ei:signalPayload", deserialize = "signalPayload"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    signal_payload: Option<SignalPayload>,
    #[serde(rename(serialize = "oadr:oadrReportPayload", deserialize = "oadrReportPayload"), default)]
    report_payloads: Vec<ReportPayload>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Uid {
    #[serde(rename(serialize = "xcal:text", deserialize = "text"))]
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SignalPayload {
    #[serde(rename(serialize = "ei:payloadFloat", deserialize = "payloadFloat"))]
    float: PayloadFloat,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayloadFloat {
    #[serde(rename(serialize = "ei:value", deserialize = "value"))]
    value: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CurrencyUnit {
    #[serde(rename(serialize = "oadr:itemDescription", deserialize = "itemDescription"))]
    description: String,
    #[serde(rename(serialize = "oadr:itemUnits", deserialize = "itemUnits"))]
    currency: String,
    #[serde(rename(serialize = "scale:siScaleCode", deserialize = "siScaleCode"))]
    scale: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PowerReal {
    #[serde(rename(serialize = "power:itemDescription", deserialize = "itemDescription"))]
    description: String,
    #[serde(rename(serialize = "power:itemUnits", deserialize = "itemUnits"))]
    units: String,
    #[serde(rename(serialize = "scale:siScaleCode", deserialize = "siScaleCode"))]
    scale: String,
    #[serde(rename(serialize = "power:powerAttributes", deserialize = "powerAttributes"))]
    attributes: PowerAttributes,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PowerAttributes {
    #[serde(rename(serialize = "power:hertz", deserialize = "hertz"))]
    hertz: f64,
    #[serde(rename(serialize = "power:voltage", deserialize = "voltage"))]
    voltage: f64,
    #[serde(rename(serialize = "power:ac", deserialize = "ac"))]
    ac: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Target {
    #[serde(rename(serialize = "power:endDeviceAsset", deserialize = "endDeviceAsset"), default)]
    end_device_assets: Vec<EndDeviceAsset>,
    #[serde(rename(serialize = "ei:groupID", deserialize = "groupID"), default)]
    group_ids: Vec<String>,
    #[serde(rename(serialize = "ei:resourceID", deserialize = "resourceID"), default)]
    resource_ids: Vec<String>,
    #[serde(rename(serialize = "ei:venID", deserialize = "venID"), default)]
    ven_ids: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EndDeviceAsset {
    #[serde(rename(serialize = "power:mrid", deserialize = "mrid"))]
    mrid: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UpdateReport {
    #[serde(
        rename(serialize = "@ei:schemaVersion", deserialize = "@schemaVersion"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    schema_version: Option<String>,
    #[serde(rename(serialize = "pyld:requestID", deserialize = "requestID"))]
    request_id: String,
    #[serde(rename(serialize = "oadr:oadrReport", deserialize = "oadrReport"), default)]
    reports: Vec<Report>,
    #[serde(
        rename(serialize = "ei:venID", deserialize = "venID"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    ven_id: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    #[serde(
        rename(serialize = "xcal:dtstart", deserialize = "dtstart"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    start: Option<Start>,
    #[serde(
        rename(serialize = "xcal:duration", deserialize = "duration"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    duration: Option<Duration>,
    #[serde(
        rename(serialize = "strm:intervals", deserialize = "intervals"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    intervals: Option<Intervals>,
    #[serde(
        rename(serialize = "ei:eiReportID", deserialize = "eiReportID"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    report_id: Option<String>,
    #[serde(rename(serialize = "ei:reportRequestID", deserialize = "reportRequestID"))]
    report_request_id: String,
    #[serde(rename(serialize = "ei:reportSpecifierID", deserialize = "reportSpecifierID"))]
    report_specifier_id: String,
    #[serde(
        rename(serialize = "ei:reportName", deserialize = "reportName"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    name: Option<String>,
    #[serde(rename(serialize = "ei:createdDateTime", deserialize = "createdDateTime"))]
    created_date_time: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReportPayload {
    #[serde(rename(serialize = "ei:rID", deserialize = "rID"))]
    rid: String,
    #[serde(
        rename(serialize = "ei:confidence", deserialize = "confidence"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    confidence: Option<u32>,
    #[serde(
        rename(serialize = "ei:accuracy", deserialize = "accuracy"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    accuracy: Option<f64>,
    #[serde(rename(serialize = "ei:payloadFloat", deserialize = "payloadFloat"))]
    float: PayloadFloat,
    #[serde(
        rename(serialize = "oadr:oadrDataQuality", deserialize = "oadrDataQuality"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    data_quality: Option<String>,
}
