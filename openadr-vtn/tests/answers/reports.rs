use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Message;
use openadr_types::ids::ReportRequestId;
use openadr_types::interval::Interval;
use openadr_types::report::{
    CancelReport, CanceledReport, CreateReport, CreatedReport, RegisterReport, RegisteredReport, Report,
    ReportDescription, ReportName, ReportPayload, ReportRequest, ReportType, SamplingRate, UpdateReport,
};
use openadr_types::response::EiResponse;
use openadr_types::target::Target;
use openadr_types::units::{ItemBase, SiScale};
use openadr_vtn::report::{NewReport, ReportPolicy, RequestState};
use openadr_vtn::{Config, Error, Notice, Vtn};

use crate::bench::{Bench, code, is_nothing};

fn telemetry(now: DateTime<Utc>) -> Report {
    let rate = SamplingRate {
        min_period: "PT10S".parse().unwrap(),
        max_period: "PT15M".parse().unwrap(),
        on_change: false,
    };
    let power = ReportDescription {
        data_source: Some(Target::resource("pump")),
        ..ReportDescription::new("power", ReportType::Usage, ItemBase::power_real_w(SiScale::Kilo))
    };
    Report::metadata(
        "telemetry",
        ReportName::MetadataTelemetryUsage,
        now.into(),
        "PT2H".parse().unwrap(),
        vec![power.with_sampling_rate(rate)],
    )
}

fn asking_for_telemetry() -> Config {
    let granularity = TimeDelta::seconds(60);
    Config { reports: ReportPolicy::Telemetry { granularity, report_back: granularity }, ..Config::default() }
}

#[test]
fn telemetry_is_asked_for_and_arrives_with_its_times() {
    let mut bench = Bench::new(asking_for_telemetry());
    let ven_id = bench.register("pump");
    let offer = RegisterReport::new("request-2", vec![telemetry(bench.now)], Some(ven_id.clone()));
    let Message::RegisteredReport(asked) = bench.post(offer) else { panic!() };
    assert_eq!(asked.response, EiResponse::ok("request-2"));
    let [request] = asked.report_requests.as_slice() else { panic!("{asked:?}") };
    assert_eq!(request.specifier.granularity, "PT1M".parse().unwrap());
    assert_eq!(request.specifier.payloads[0].rid.as_str(), "power");
    let agreed = CreatedReport::new(
        EiResponse::ok("request-2"),
        vec![request.report_request_id.clone()],
        Some(ven_id.clone()),
    );
    assert_eq!(code(&bench.post(agreed)), ("200", "request-2"));
    let state = bench.vtn.ven(&ven_id).unwrap().requests().next().unwrap().state();
    assert_eq!(state, RequestState::Agreed);
    bench.notices();

    let sample = Interval::at(bench.now.into()).with_reading(ReportPayload::new("power", 1.5));
    let report = |id: &ReportRequestId| {
        Report::telemetry_usage(id.clone(), "telemetry", bench.now.into(), vec![sample.clone()])
    };
    let (known, unknown) = (report(&request.report_request_id), report(&"nope".into()));
    let update = UpdateReport::new("request-4", vec![unknown, known], Some(ven_id.clone()));
    assert_eq!(code(&bench.post(update.clone())), ("452", "request-4"));
    assert_eq!(code(&bench.post(update)), ("452", "request-4"));
    let telemetry: Vec<_> =
        bench.notices().into_iter().filter(|notice| matches!(notice, Notice::Telemetry { .. })).collect();
    let [Notice::Telemetry { readings, .. }] = telemetry.as_slice() else { panic!("{telemetry:?}") };
    assert_eq!(readings[0].value.number(), Some(1.5));
    assert_eq!(readings[0].unit, Some(ItemBase::power_real_w(SiScale::Kilo)));
    assert_eq!(readings[0].start, bench.now);
}

#[test]
fn the_operator_asks_for_a_report_and_cancels_it() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let minute = || "PT1M".parse::<openadr_types::Duration>().unwrap();
    let wish = NewReport::periodic("telemetry", minute(), minute());
    assert_eq!(
        bench.vtn.request_report(&ven_id, wish.clone(), bench.now),
        Err(Error::UnknownReport("telemetry".into()))
    );
    bench.post(RegisterReport::new("request-2", vec![telemetry(bench.now)], Some(ven_id.clone())));
    let wrong = NewReport { rids: vec!["volts".into()], ..wish.clone() };
    assert_eq!(
        bench.vtn.request_report(&ven_id, wrong, bench.now),
        Err(Error::UnknownDataPoint("volts".into()))
    );
    let id = bench.vtn.request_report(&ven_id, wish, bench.now).unwrap();
    let Message::CreateReport(create) = bench.poll(&ven_id) else { panic!() };
    assert_eq!(create.report_requests[0].report_request_id, id);
    bench.post(CreatedReport::new(EiResponse::ok(create.request_id), vec![id.clone()], Some(ven_id.clone())));
    bench.vtn.cancel_report(&ven_id, &id, true).unwrap();
    let Message::CancelReport(cancel) = bench.poll(&ven_id) else { panic!() };
    assert!(cancel.report_to_follow);
    bench.post(CanceledReport::new(EiResponse::ok(cancel.request_id), Vec::new(), Some(ven_id.clone())));
    let sample = Interval::at(bench.now.into()).with_reading(ReportPayload::new("power", 1.5));
    let last = Report::telemetry_usage(id.clone(), "telemetry", bench.now.into(), vec![sample]);
    assert_eq!(code(&bench.post(UpdateReport::new("request-9", vec![last], Some(ven_id.clone())))).0, "200");
    let state = bench.vtn.ven(&ven_id).unwrap().requests().next().unwrap().state();
    assert_eq!(state, RequestState::Complete);
}

#[test]
fn a_refused_report_is_not_expected_any_more() {
    let mut bench = Bench::new(asking_for_telemetry());
    let ven_id = bench.register("pump");
    bench.post(RegisterReport::new("request-2", vec![telemetry(bench.now)], Some(ven_id.clone())));
    let code_461 = openadr_types::response::ResponseCode::REPORT_NOT_SUPPORTED;
    let refused = EiResponse::error(code_461, "no", "request-2");
    bench.post(CreatedReport::new(refused, Vec::new(), Some(ven_id.clone())));
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().requests().count(), 0);
}

#[test]
fn registering_reports_again_replaces_them_and_what_was_asked() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let offer = || RegisterReport::new("request-2", vec![telemetry(bench.now)], Some(ven_id.clone()));
    let (first, second) = (offer(), offer());
    bench.post(first);
    let id = bench.vtn.request_report(&ven_id, NewReport::once("telemetry"), bench.now).unwrap();
    let Message::RegisteredReport(asked) = bench.post(second) else { panic!() };
    let [again] = asked.report_requests.as_slice() else { panic!("{asked:?}") };
    assert_ne!(again.report_request_id, id);
    assert!(is_nothing(&bench.poll(&ven_id)), "the first request is void");
    let Message::RegisteredReport(asked) =
        bench.post(RegisterReport::new("request-3", Vec::new(), Some(ven_id.clone())))
    else {
        panic!()
    };
    assert!(asked.report_requests.is_empty());
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().requests().count(), 0);
}

#[test]
fn a_ven_may_ask_what_the_vtn_reports_which_is_nothing() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let ask = CreateReport::new("request-2", vec![ReportRequest::metadata("meta-1")], Some(ven_id.clone()));
    assert_eq!(code(&bench.post(ask)), ("200", "request-2"));
    let Message::RegisterReport(offer) = bench.poll(&ven_id) else { panic!() };
    assert_eq!((offer.reports.len(), offer.report_request_id), (0, Some("meta-1".into())));
    let answer = RegisteredReport::new(EiResponse::ok(offer.request_id), Vec::new(), Some(ven_id.clone()));
    assert_eq!(code(&bench.post(answer)).0, "200");
    bench.pass(10);
    assert!(is_nothing(&bench.poll(&ven_id)));
    let mut request = ReportRequest::metadata("r");
    request.specifier.report_specifier_id = "telemetry".into();
    let ask = CreateReport::new("request-3", vec![request], Some(ven_id.clone()));
    assert_eq!(code(&bench.post(ask)), ("461", "request-3"));
    let cancel = CancelReport::new("request-4", vec!["r".into()], Some(ven_id));
    assert_eq!(code(&bench.post(cancel)), ("452", "request-4"));
}

#[test]
fn each_new_ven_is_told_that_there_are_no_reports() {
    let mut bench = Bench::default();
    bench.vtn = Vtn::new(Config::default(), 1);
    let ven_id = bench.register("pump");
    assert!(matches!(bench.poll(&ven_id), Message::RegisterReport(register) if register.reports.is_empty()));
}

#[test]
fn reports_of_older_peers_need_not_name_their_ven() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let Message::RegisteredReport(answer) = bench.post(RegisterReport::new("request-2", Vec::new(), None))
    else {
        panic!()
    };
    assert_eq!(answer.ven_id, Some(ven_id));
    bench.register("boiler");
    assert_eq!(code(&bench.post(RegisterReport::new("request-3", Vec::new(), None))), ("452", "request-3"));
}
