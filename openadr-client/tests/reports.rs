//! Reports: what is asked, what is sent and when, on a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod script;

use chrono::TimeDelta;
use openadr_client::{Config, Error, Failure, Notice, Offer, Sample, Ven};
use openadr_types::ids::Rid;
use openadr_types::interval::{Interval, PayloadBase, StreamPayload};
use openadr_types::period::Period;
use openadr_types::report::{
    CancelReport, CreateReport, CreatedReport, RegisterReport, Report, ReportDescription, ReportName,
    ReportRequest, ReportSpecifier, ReportType, ResourceStatus, SpecifierPayload, UpdateReport,
    UpdatedReport,
};
use openadr_types::response::EiResponse;
use openadr_types::units::{ItemBase, SiScale};
use openadr_types::{Duration, Message};
use script::{Script, at, created, list, ok, refusal, registered};

fn config() -> Config {
    let watts = || ItemBase::power_real_w(SiScale::None);
    let usage = vec![
        ReportDescription::new("power", ReportType::Usage, watts()),
        ReportDescription::new("heat", ReportType::AvgDemand, watts()),
    ];
    Config {
        offers: vec![
            Offer::telemetry_usage("usage", usage.clone()).sampled_every(TimeDelta::seconds(10)),
            Offer::telemetry_status("status", vec![ReportDescription::status("boiler", "boiler-1")]),
            Offer::history_usage("history", usage),
        ],
        // Polls would only be in the way.
        min_poll_period: TimeDelta::hours(12),
        ..Config::new("Boiler room")
    }
}

fn duration(text: &str) -> Duration {
    text.parse().unwrap()
}

fn periodic(id: &str, granularity: &str, back: &str, length: &str) -> ReportRequest {
    let interval = Period::new(at("10:00:00").into(), duration(length));
    ReportRequest {
        report_request_id: id.into(),
        specifier: ReportSpecifier::periodic(
            "usage",
            duration(granularity),
            duration(back),
            interval,
            [Rid::from("power")],
        ),
    }
}

fn once(id: &str, specifier: &str, rid: &str) -> ReportRequest {
    let mut request = periodic(id, "PT0S", "PT0S", "PT0S");
    request.specifier.report_specifier_id = specifier.into();
    request.specifier.report_interval = None;
    request.specifier.payloads = vec![SpecifierPayload::new(rid)];
    request
}

/// A VEN that has been asked for reports as it registered.
fn asked(requests: Vec<ReportRequest>) -> (Script, CreatedReport) {
    let mut script = Script::new(config());
    script.exchange("oadrCreatePartyRegistration", created());
    script.exchange("oadrRegisterReport", registered(requests));
    let Message::CreatedReport(created) = script.exchange("oadrCreatedReport", ok()) else { panic!() };
    script.exchange("oadrRequestEvent", list([]));
    (script, created)
}

fn record(script: &mut Script, rid: &str, time: &str, value: f64) {
    script.now = at(time);
    script.ven.record(Sample::new(rid, at(time), value), at(time)).unwrap();
}

fn updated() -> UpdatedReport {
    UpdatedReport::new(EiResponse::ok("r"), None)
}

fn report(message: Message) -> Report {
    let Message::UpdateReport(UpdateReport { mut reports, ven_id, .. }) = message else { panic!() };
    assert_eq!((reports.len(), ven_id), (1, Some("ven-1".into())));
    reports.remove(0)
}

/// Start and numbers of each interval.
fn numbers(report: &Report) -> Vec<(String, Vec<f64>)> {
    let number = |payload: &StreamPayload| match payload {
        StreamPayload::Report(payload) => match &payload.value {
            PayloadBase::Float(value) => value.0,
            PayloadBase::ResourceStatus(status) => f64::from(u8::from(status.online)),
        },
        _ => panic!(),
    };
    let interval = |interval: &Interval| {
        let start = interval.start.unwrap().to_utc().format("%H:%M:%S").to_string();
        (start, interval.payloads.iter().map(number).collect())
    };
    report.intervals.iter().map(interval).collect()
}

fn first_poll(script: &mut Script) {
    script.exchange("oadrPoll", ok());
    script.notices();
}

#[test]
fn registers_the_metadata_of_its_offers() {
    let mut script = Script::new(config());
    script.exchange("oadrCreatePartyRegistration", created());
    let Message::RegisterReport(RegisterReport { reports, ven_id, .. }) =
        script.exchange("oadrRegisterReport", registered(Vec::new()))
    else {
        panic!()
    };
    assert_eq!(ven_id, Some("ven-1".into()));
    let names: Vec<_> = reports.iter().map(|report| report.name.clone().unwrap()).collect();
    let expected = [
        ReportName::MetadataTelemetryUsage,
        ReportName::MetadataTelemetryStatus,
        ReportName::MetadataHistoryUsage,
    ];
    assert_eq!(names, expected);
    assert!(reports.iter().all(|report| report.report_request_id.as_str() == "0"));
    assert_eq!(reports[0].descriptions[0].sampling_rate.as_ref().unwrap().min_period, duration("PT10S"));
}

#[test]
fn sends_what_was_recorded_in_each_period() {
    let (mut script, created) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    assert_eq!(created.pending_reports, ["q".into()]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:10", 1.0);
    record(&mut script, "power", "10:00:20", 2.0);
    record(&mut script, "heat", "10:00:20", 9.0);
    assert_eq!(script.sleep(), TimeDelta::seconds(40));
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&report), [("10:00:10".to_owned(), vec![1.0]), ("10:00:20".to_owned(), vec![2.0])]);
    assert_eq!(report.start, report.intervals[0].start);
    assert_eq!((report.duration, report.intervals[0].duration.as_ref()), (None, None));
    assert_eq!(report.name, Some(ReportName::TelemetryUsage));
    assert_eq!((report.report_request_id.as_str(), report.report_specifier_id.as_str()), ("q", "usage"));
    assert_eq!(report.intervals[1].uid.as_ref().unwrap().as_str(), "1");
    let sent = Notice::ReportSent { report_request_id: "q".into(), intervals: 2 };
    assert_eq!(script.notices(), [sent]);
    assert_eq!(script.ven.reports()[0].due, at("10:02:00"));
}

#[test]
fn sends_one_value_for_each_granularity() {
    let (mut script, _) = asked(vec![periodic("q", "PT30S", "PT1M", "PT0S")]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:00", 1.0);
    record(&mut script, "power", "10:00:29", 2.0);
    record(&mut script, "power", "10:00:30", 3.0);
    script.sleep();
    record(&mut script, "power", "10:01:00", 4.0);
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&report), [("10:00:00".to_owned(), vec![2.0]), ("10:00:30".to_owned(), vec![3.0])]);
    assert_eq!(report.intervals[0].duration, Some(duration("PT30S")));
    assert_eq!(report.duration, Some(duration("PT1M")));
    assert_eq!(script.ven.reports()[0].from, at("10:01:00"));
}

#[test]
fn tells_late_what_was_recorded_late() {
    let (mut script, _) = asked(vec![periodic("q", "PT30S", "PT1M", "PT0S")]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:00", 1.0);
    script.sleep();
    let first = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&first), [("10:00:00".to_owned(), vec![1.0])]);
    record(&mut script, "power", "10:00:30", 2.0);
    record(&mut script, "power", "09:59:00", 9.0);
    record(&mut script, "power", "10:01:00", 3.0);
    script.sleep();
    let second = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&second), [("10:00:30".to_owned(), vec![2.0]), ("10:01:00".to_owned(), vec![3.0])]);
}

#[test]
fn averages_where_the_metadata_say_so() {
    let mut request = periodic("q", "PT1M", "PT1M", "PT0S");
    request.specifier.payloads = vec![SpecifierPayload::new("heat"), SpecifierPayload::new("power")];
    let (mut script, _) = asked(vec![request]);
    first_poll(&mut script);
    for (time, value) in [("10:00:10", 1.0), ("10:00:20", 2.0), ("10:00:30", 6.0)] {
        record(&mut script, "heat", time, value);
        record(&mut script, "power", time, value);
    }
    script.sleep();
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&report), [("10:00:00".to_owned(), vec![3.0, 6.0])]);
}

#[test]
fn says_nothing_while_there_is_nothing_to_say() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    first_poll(&mut script);
    script.sleep();
    assert!(script.ven.poll_request(script.now).is_none());
    assert_eq!(script.ven.reports()[0].due, at("10:02:00"));
}

#[test]
fn ends_with_its_interval() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT90S")]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:10", 1.0);
    script.sleep();
    script.exchange("oadrUpdateReport", updated());
    record(&mut script, "power", "10:01:10", 2.0);
    record(&mut script, "power", "10:01:29", 3.0);
    assert_eq!(script.sleep(), TimeDelta::seconds(1));
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(report.intervals.len(), 2);
    assert_eq!(script.told(), ["ReportSent", "ReportSent", "ReportEnded"]);
    assert_eq!(script.ven.reports(), []);
}

#[test]
fn a_single_report_has_the_latest_value_and_waits_for_the_first() {
    let (mut script, created) = asked(vec![once("q", "usage", "power")]);
    assert_eq!(created.pending_reports, []);
    first_poll(&mut script);
    assert!(script.ven.poll_timeout().unwrap() > at("20:00:00"));
    record(&mut script, "power", "10:00:10", 1.0);
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&report), [("10:00:10".to_owned(), vec![1.0])]);
    assert_eq!(script.told(), ["ReportSent", "ReportEnded"]);
}

#[test]
fn a_status_nobody_recorded_is_online() {
    let (mut script, _) = asked(vec![once("q", "status", "boiler")]);
    let first = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&first), [("10:00:00".to_owned(), vec![1.0])]);
    assert_eq!(first.name, Some(ReportName::TelemetryStatus));
    let status = ResourceStatus { online: false, manual_override: true, load_control_state: None };
    script.ven.record(Sample::status("boiler", at("10:00:00"), status), script.now).unwrap();
    script.exchange("oadrPoll", CreateReport::new("c", vec![once("q2", "status", "boiler")], None));
    script.exchange("oadrCreatedReport", ok());
    let second = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&second), [("10:00:00".to_owned(), vec![0.0])]);
}

#[test]
fn history_is_what_was_kept_within_the_interval() {
    let (mut script, _) = asked(vec![once("q", "usage", "power")]);
    first_poll(&mut script);
    for minute in 1..=5 {
        record(&mut script, "power", &format!("10:0{minute}:00"), f64::from(minute));
    }
    script.exchange("oadrUpdateReport", updated());
    let mut history = once("h", "history", "power");
    history.specifier.report_interval = Some(Period::new(at("10:02:00").into(), duration("PT2M")));
    script.now = at("22:00:00");
    script.exchange("oadrPoll", CreateReport::new("c", vec![history], None));
    script.exchange("oadrCreatedReport", ok());
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&report), [("10:02:00".to_owned(), vec![2.0]), ("10:03:00".to_owned(), vec![3.0])]);
    assert_eq!(report.name, Some(ReportName::HistoryUsage));
}

type Spoil = fn(&mut ReportRequest);

#[test]
fn refuses_what_it_cannot_report() {
    let table: [(Spoil, &str, &str); 9] = [
        (|r| r.specifier.report_specifier_id = "x".into(), "452", "no report x"),
        (|r| r.specifier.payloads[0].rid = "x".into(), "452", "no data point x"),
        (|r| r.report_request_id = "0".into(), "454", "reportRequestID is empty or 0"),
        (|r| r.report_request_id = "".into(), "454", "reportRequestID is empty or 0"),
        (|r| r.specifier.granularity = duration("PT1S"), "461", "power is not taken as often"),
        (
            |r| r.specifier.granularity = duration("-PT1M"),
            "461",
            "a period is negative or has no fixed length",
        ),
        (
            |r| r.specifier.report_back_duration = duration("P1M"),
            "461",
            "a period is negative or has no fixed length",
        ),
        (
            |r| r.specifier.report_back_duration = duration("PT0.01S"),
            "461",
            "reports every PT0.01S are too many",
        ),
        (|r| r.specifier.report_specifier_id = "history".into(), "461", "history is reported once"),
    ];
    for (spoil, code, why) in table {
        let mut request = periodic("q", "PT0S", "PT1M", "PT0S");
        spoil(&mut request);
        let (script, created) = asked(vec![periodic("good", "PT0S", "PT1M", "PT0S"), request]);
        assert_eq!(created.response.code.as_str(), code, "{why}");
        assert_eq!(created.response.description.as_deref(), Some(why));
        assert_eq!((created.pending_reports, script.ven.reports().len()), (vec![], 0));
    }
}

#[test]
fn the_same_request_twice_is_one_report() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    let again = CreateReport::new("c", vec![periodic("q", "PT0S", "PT1M", "PT0S")], Some("ven-1".into()));
    script.exchange("oadrPoll", again);
    let Message::CreatedReport(created) = script.exchange("oadrCreatedReport", ok()) else { panic!() };
    assert_eq!((created.response.code.as_str(), created.response.request_id.as_str()), ("200", "c"));
    assert_eq!(script.ven.reports().len(), 1);
    script.exchange("oadrPoll", CreateReport::new("d", vec![], Some("ven-2".into())));
    let Message::CreatedReport(created) = script.exchange("oadrCreatedReport", ok()) else { panic!() };
    assert_eq!(created.response.code.as_str(), "452");
    assert_eq!(created.pending_reports, ["q".into()]);
}

#[test]
fn cancels_at_once_or_after_one_more_report() {
    let (mut script, _) =
        asked(vec![periodic("q", "PT0S", "PT1M", "PT0S"), periodic("p", "PT0S", "PT1M", "PT0S")]);
    script.exchange("oadrPoll", CancelReport::new("c", vec!["q".into(), "x".into()], None));
    let Message::CanceledReport(canceled) = script.exchange("oadrCanceledReport", ok()) else { panic!() };
    assert_eq!((canceled.response.code.as_str(), canceled.pending_reports.len()), ("452", 2));

    script.exchange("oadrPoll", CancelReport::new("c", vec!["q".into()], None));
    let Message::CanceledReport(canceled) = script.exchange("oadrCanceledReport", ok()) else { panic!() };
    assert_eq!(canceled.pending_reports, ["p".into()]);

    let mut last = CancelReport::new("c", vec!["p".into()], None);
    last.report_to_follow = true;
    script.exchange("oadrPoll", last);
    let Message::CanceledReport(canceled) = script.exchange("oadrCanceledReport", ok()) else { panic!() };
    assert_eq!((canceled.response.code.as_str(), canceled.pending_reports.len()), ("200", 0));
    assert_eq!(report(script.exchange("oadrUpdateReport", updated())).report_request_id.as_str(), "p");
    assert_eq!(script.ven.reports(), []);
}

#[test]
fn a_cancellation_may_come_with_the_answer_to_a_report() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:10", 1.0);
    script.sleep();
    let mut answer = updated();
    answer.cancel_report = Some(CancelReport::new("c", vec!["q".into()], None));
    script.exchange("oadrUpdateReport", answer);
    script.exchange("oadrCanceledReport", ok());
    assert_eq!(script.told(), ["ReportSent", "ReportEnded"]);
}

#[test]
fn keeps_samples_over_an_outage_and_counts_those_it_loses() {
    let mut limited = config();
    limited.history = 100;
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    script.ven = Ven::restore(limited, 1, script.ven.snapshot());
    script.exchange("oadrRequestEvent", ok());
    first_poll(&mut script);
    for second in 0..59 {
        record(&mut script, "power", &format!("10:00:{second:02}"), f64::from(second));
        record(&mut script, "power", &format!("10:00:{second:02}"), f64::from(second));
    }
    assert_eq!(script.ven.samples_dropped(), 18);
    script.sleep();
    script.fail("oadrUpdateReport", Failure::Transport("no route".to_owned()));
    script.sleep();
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(report.intervals.len(), 50);
    assert_eq!(script.ven.samples_dropped(), 18);
}

#[test]
fn long_reports_go_in_parts() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT10M", "PT0S")]);
    first_poll(&mut script);
    for second in 0..300 {
        let time = at("10:00:01") + TimeDelta::seconds(second);
        script.ven.record(Sample::new("power", time, 1.0), time).unwrap();
    }
    script.now = at("10:10:00");
    assert_eq!(report(script.exchange("oadrUpdateReport", updated())).intervals.len(), 250);
    assert_eq!(report(script.exchange("oadrUpdateReport", updated())).intervals.len(), 50);
    assert!(script.ven.poll_request(script.now).is_none());
}

#[test]
fn registers_its_reports_anew_with_a_vtn_that_forgot_a_request() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:10", 1.0);
    script.sleep();
    script.exchange("oadrUpdateReport", refusal("452"));
    assert_eq!(script.told(), ["Refused", "ReportEnded"]);
    script.exchange("oadrRegisterReport", registered(Vec::new()));
}

#[test]
fn a_report_that_a_vtn_cannot_take_holds_up_nothing_else() {
    let mut status = periodic("s", "PT0S", "PT1M", "PT0S");
    status.specifier.report_specifier_id = "status".into();
    status.specifier.payloads = vec![SpecifierPayload::new("boiler")];
    let (mut script, _) = asked(vec![status, periodic("q", "PT0S", "PT1M", "PT0S")]);
    first_poll(&mut script);
    record(&mut script, "power", "10:00:30", 1.0);
    let (mut good, mut bad) = (0, 0);
    while script.now < at("10:30:00") {
        script.sleep();
        while let Some(request) = script.ven.poll_request(script.now) {
            if report(request.message).name == Some(ReportName::TelemetryStatus) {
                bad += 1;
                script.ven.handle_failure(request.id, Failure::Status(500), script.now);
            } else {
                good += 1;
                script.ven.handle_response(request.id, updated(), script.now);
                script.ven.record(Sample::new("power", script.now, 1.0), script.now).unwrap();
            }
        }
    }
    assert_eq!(good, 30);
    assert!((5..12).contains(&bad), "{bad}");
}

#[test]
fn goes_on_reporting_after_a_restart() {
    let (mut script, _) = asked(vec![periodic("q", "PT0S", "PT1M", "PT0S")]);
    record(&mut script, "power", "10:00:10", 1.0);
    script.ven = Ven::restore(config(), 2, script.ven.snapshot());
    script.now = at("10:05:30");
    script.exchange("oadrRequestEvent", list([]));
    let report = report(script.exchange("oadrUpdateReport", updated()));
    assert_eq!(numbers(&report), [("10:00:10".to_owned(), vec![1.0])]);
    assert_eq!(script.ven.reports()[0].due, at("10:06:00"));
}

#[test]
fn acknowledges_the_vtns_own_reports_without_asking_for_any() {
    let mut script = Script::registered(config());
    script.poll(RegisterReport::new("v", Vec::new(), Some("ven-1".into())));
    let Message::RegisteredReport(answer) = script.exchange("oadrRegisteredReport", ok()) else { panic!() };
    assert_eq!((answer.response.request_id.as_str(), answer.report_requests.len()), ("v", 0));
    let stray = Report::telemetry_usage("q", "s", at("10:00:00").into(), Vec::new());
    script.exchange("oadrPoll", UpdateReport::new("u", vec![stray], None));
    let Message::UpdatedReport(answer) = script.exchange("oadrUpdatedReport", ok()) else { panic!() };
    assert_eq!(answer.response.code.as_str(), "452");
}

#[test]
fn records_only_what_is_offered() {
    let mut ven = Ven::new(config(), 1);
    let refused = ven.record(Sample::new("x", at("10:00:00"), 1.0), at("10:00:00"));
    assert_eq!(refused, Err(Error::UnknownDataPoint("x".into())));
}
