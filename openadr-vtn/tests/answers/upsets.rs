//! Messages that come late or once more, VENs that send too much, clocks that are set back.

use chrono::TimeDelta;
use openadr_types::Message;
use openadr_types::event::{OptType, QualifiedEventId};
use openadr_types::ids::{EventId, RegistrationId, ReportRequestId, VenId};
use openadr_types::interval::Interval;
use openadr_types::opt::{CancelOpt, CreateOpt};
use openadr_types::period::Period;
use openadr_types::poll::Poll;
use openadr_types::registration::{CancelPartyRegistration, CreatePartyRegistration};
use openadr_types::report::{
    CanceledReport, CreateReport, CreatedReport, RegisterReport, Report, ReportDescription, ReportName,
    ReportPayload, ReportRequest, ReportType, UpdateReport,
};
use openadr_types::response::{EiResponse, ResponseCode};
use openadr_types::units::{ItemBase, SiScale};
use openadr_vtn::refusal::Refusal;
use openadr_vtn::report::{NewReport, ReportPolicy, RequestState};
use openadr_vtn::{Config, Notice, Party};

use crate::bench::{Bench, code, distributed, is_nothing, registered};

fn opt_for(event: &EventId, id: &str, ven_id: &VenId, opt: OptType, bench: &Bench) -> CreateOpt {
    CreateOpt::event(id, ven_id.clone(), opt, bench.now.into(), QualifiedEventId::new(event.clone(), 0))
}

fn offer(bench: &Bench, ven_id: &VenId) -> RegisterReport {
    let power = ReportDescription::new("power", ReportType::Usage, ItemBase::power_real_w(SiScale::Kilo));
    let name = ReportName::MetadataTelemetryUsage;
    let report = Report::metadata("telemetry", name, bench.now.into(), "PT2H".parse().unwrap(), vec![power]);
    RegisterReport::new("request-2", vec![report], Some(ven_id.clone()))
}

fn requests(answer: Message) -> Vec<ReportRequest> {
    let Message::RegisteredReport(answer) = answer else { panic!("{answer:?}") };
    answer.report_requests
}

#[test]
fn the_latest_opt_counts_and_an_earlier_one_that_comes_again_does_not() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(60, 60));
    bench.poll(&ven_id);
    let opt = |bench: &Bench| bench.vtn.event_answers(&event).next().unwrap().1.opt_type;
    let out = opt_for(&event, "opt-1", &ven_id, OptType::Out, &bench);
    bench.post(out.clone());
    assert_eq!(opt(&bench), OptType::Out);
    bench.post(opt_for(&event, "opt-2", &ven_id, OptType::In, &bench));
    assert_eq!(opt(&bench), OptType::In);
    assert_eq!(code(&bench.post(out)), ("200", "opt-1"));
    assert_eq!(opt(&bench), OptType::In);
}

#[test]
fn opts_go_with_their_event_and_are_not_without_number() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(1, 1));
    bench.poll(&ven_id);
    bench.post(opt_for(&event, "opt-e", &ven_id, OptType::Out, &bench));
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().opts().count(), 1);
    bench.pass(3 * 24 * 3600);
    bench.poll(&ven_id);
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().opts().count(), 0);

    let mut last = String::new();
    for number in 0..1100 {
        let time = Period::new(bench.now.into(), "PT8H".parse().unwrap());
        let id = format!("opt-{number}");
        let opt = CreateOpt::schedule(id, ven_id.clone(), OptType::Out, bench.now.into(), vec![time]);
        last = code(&bench.post(opt)).0.to_owned();
    }
    assert_eq!((last.as_str(), bench.vtn.ven(&ven_id).unwrap().opts().count()), ("451", 1000));
}

#[test]
fn a_registration_that_was_replaced_may_be_replaced_again_as_the_answer_may_be_lost() {
    let mut bench = Bench::default();
    let ven_id = VenId::from("ven-7");
    assert!(matches!(bench.post(Poll::new(ven_id.clone())), Message::RequestReregistration(_)));
    let mut requests = 0;
    let mut renewal = |registration: RegistrationId, ven_id: &VenId| {
        requests += 1;
        CreatePartyRegistration {
            registration_id: Some(registration),
            ven_id: Some(ven_id.clone()),
            ..CreatePartyRegistration::pull(format!("request-{requests}"), "pump")
        }
    };
    let first = registered(bench.post(renewal("of before".into(), &ven_id)));
    let second = registered(bench.post(renewal("of before".into(), &ven_id)));
    assert_eq!(second.response.code.as_str(), "200");
    assert_eq!(second.ven_id, Some(ven_id.clone()));
    assert_ne!(second.registration_id, first.registration_id);
    let third = registered(bench.post(renewal(second.registration_id.clone().unwrap(), &ven_id)));
    assert_eq!(third.registration_id, second.registration_id);
    let other = registered(bench.post(renewal("of another".into(), &ven_id)));
    assert_eq!(other.response.code.as_str(), "452");
    let thief = registered(bench.post(renewal("of before".into(), &"ven-8".into())));
    assert_eq!(thief.response.code.as_str(), "452");
}

#[test]
fn what_is_agreed_goes_on_when_reports_are_registered_again() {
    let policy =
        ReportPolicy::Telemetry { granularity: TimeDelta::minutes(1), report_back: TimeDelta::minutes(1) };
    let mut bench = Bench::new(Config { reports: policy, ..Config::default() });
    let ven_id = bench.register("pump");
    let asked = requests(bench.post(offer(&bench, &ven_id)));
    bench.pass(60);
    assert_eq!(requests(bench.post(offer(&bench, &ven_id))), asked, "the first answer was lost");
    let minute = || "PT1M".parse::<openadr_types::Duration>().unwrap();
    let wish = NewReport::periodic("telemetry", minute(), minute());
    let id = bench.vtn.request_report(&ven_id, wish, bench.now).unwrap();
    let Message::CreateReport(create) = bench.poll(&ven_id) else { panic!() };
    bench.post(CreatedReport::new(EiResponse::ok("request-2"), Vec::new(), Some(ven_id.clone())));
    bench.post(CreatedReport::new(EiResponse::ok(create.request_id), Vec::new(), Some(ven_id.clone())));
    bench.pass(60);
    let mut again: Vec<ReportRequestId> =
        requests(bench.post(offer(&bench, &ven_id))).into_iter().map(|r| r.report_request_id).collect();
    let mut expected = vec![asked[0].report_request_id.clone(), id];
    again.sort();
    expected.sort();
    assert_eq!(again, expected);
    let mut states = bench.vtn.ven(&ven_id).unwrap().requests().map(|request| request.state());
    assert!(states.all(|state| state == RequestState::Agreed));
}

#[test]
fn a_value_that_comes_again_much_later_is_not_told_twice() {
    let policy =
        ReportPolicy::Telemetry { granularity: TimeDelta::minutes(1), report_back: TimeDelta::minutes(1) };
    let mut bench = Bench::new(Config { reports: policy, ..Config::default() });
    let ven_id = bench.register("pump");
    let id = requests(bench.post(offer(&bench, &ven_id)))[0].report_request_id.clone();
    let update = |bench: &Bench, value: f64| {
        let sample = Interval::at(bench.now.into()).with_reading(ReportPayload::new("power", value));
        let report = Report::telemetry_usage(id.clone(), "telemetry", bench.now.into(), vec![sample]);
        UpdateReport::new("request-4", vec![report], Some(ven_id.clone()))
    };
    let delayed = update(&bench, 1.0);
    bench.post(delayed.clone());
    bench.pass(60);
    bench.post(update(&bench, 1.0));
    assert_eq!(code(&bench.post(delayed)).0, "200");
    let told = bench.notices().into_iter().filter(|notice| matches!(notice, Notice::Telemetry { .. }));
    assert_eq!(told.count(), 2);
}

#[test]
fn however_often_a_ven_asks_what_the_vtn_reports_it_is_told_once() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    for _ in 0..100 {
        let ask = ReportRequest::metadata("meta-1");
        bench.post(CreateReport::new("request-2", vec![ask], Some(ven_id.clone())));
    }
    assert!(matches!(bench.poll(&ven_id), Message::RegisterReport(_)));
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn what_is_not_answered_is_sent_again_although_the_clock_was_set_back() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.create(bench.event(600, 60));
    assert_eq!(distributed(bench.poll(&ven_id)).events.len(), 1);
    bench.vtn.request_metadata(&ven_id).unwrap();
    assert!(matches!(bench.poll(&ven_id), Message::CreateReport(_)));
    bench.pass(-3600);
    assert!(matches!(bench.poll(&ven_id), Message::CreateReport(_)));
    assert_eq!(distributed(bench.poll(&ven_id)).events.len(), 1);
}

#[test]
fn a_request_to_register_that_comes_late_or_once_more_is_carried_out_once() {
    let mut bench = Bench::default();
    let create = |id: &str| CreatePartyRegistration::pull(id, "pump");
    let first = registered(bench.post(create("request-1")));
    assert_eq!(registered(bench.post(create("request-1"))), first, "its answer may be lost");
    let second = registered(bench.post(create("request-2")));
    assert_ne!(second.registration_id, first.registration_id);
    let ven_id = second.ven_id.clone().unwrap();
    let event = bench.create(bench.event(60, 60));
    bench.poll(&ven_id);
    let out = opt_for(&event, "opt-1", &ven_id, OptType::Out, &bench);
    bench.post(out);
    bench.notices();
    let late = registered(bench.post(create("request-1")));
    assert_eq!((&late.registration_id, &late.ven_id), (&second.registration_id, &second.ven_id));
    assert_eq!(late.response, EiResponse::ok("request-1"));
    assert_eq!(bench.notices(), [], "nothing is new");
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().opts().count(), 1);
    let another = CreatePartyRegistration { report_only: true, ..create("request-2") };
    assert_ne!(registered(bench.post(another)).registration_id, second.registration_id, "it asks for more");
    bench.pass(600);
    let counting_anew = registered(bench.post(create("request-1")));
    assert_ne!(counting_anew.registration_id, second.registration_id);
    let end =
        CancelPartyRegistration::new("request-3", counting_anew.registration_id.clone().unwrap(), ven_id);
    bench.post(end);
    let after_the_end = registered(bench.post(create("request-1")));
    assert_ne!(after_the_end.registration_id, counting_anew.registration_id);
}

#[test]
fn a_new_registration_voids_what_was_said_of_events() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(60, 60));
    bench.poll(&ven_id);
    bench.post(opt_for(&event, "opt-1", &ven_id, OptType::Out, &bench));
    bench.post(CreatePartyRegistration::pull("request-2", "pump"));
    assert_eq!(bench.vtn.event_answers(&event).count(), 0);
    bench.poll(&ven_id);
    bench.answer(&ven_id, &event, 0, OptType::In);
    assert_eq!(bench.vtn.event_answers(&event).next().unwrap().1.opt_type, OptType::In);
}

#[test]
fn an_opt_that_comes_after_its_withdrawal_does_not_stand() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let time = Period::new(bench.now.into(), "PT8H".parse().unwrap());
    let opt = |id: &str, bench: &Bench| {
        CreateOpt::schedule(id, ven_id.clone(), OptType::Out, bench.now.into(), vec![time.clone()])
    };
    let stand = |bench: &Bench| bench.vtn.ven(&ven_id).unwrap().opts().count();
    let (arrives, unseen) = (opt("opt-1", &bench), opt("opt-2", &bench));
    bench.post(arrives.clone());
    bench.pass(20);
    let late = opt("opt-1", &bench);
    bench.pass(20);
    bench.post(CancelOpt::new("request-5", "opt-1", ven_id.clone()));
    bench.notices();
    for opt in [&arrives, &late] {
        assert_eq!(code(&bench.post(opt.clone())), ("200", "opt-1"));
    }
    assert_eq!((stand(&bench), bench.notices().len()), (0, 0));
    assert_eq!(code(&bench.post(CancelOpt::new("request-6", "opt-2", ven_id.clone()))).0, "452");
    assert_eq!(code(&bench.post(unseen)), ("200", "opt-2"));
    assert_eq!(stand(&bench), 0);
    bench.pass(1);
    let anew = opt("opt-1", &bench);
    bench.post(anew);
    bench.post(late);
    assert_eq!(stand(&bench), 1, "an identifier may be used again");
}

#[test]
fn a_request_that_metadata_made_anew_is_sent_again_if_it_is_not_answered() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.post(offer(&bench, &ven_id));
    bench.vtn.request_report(&ven_id, NewReport::once("telemetry"), bench.now).unwrap();
    let late = requests(bench.post(offer(&bench, &ven_id)));
    assert!(is_nothing(&bench.poll(&ven_id)), "its answer may be on its way");
    bench.pass(10);
    let Message::CreateReport(create) = bench.poll(&ven_id) else { panic!() };
    assert_eq!(create.report_requests, late);
    let id = late[0].report_request_id.clone();
    let answer = |bench: &Bench| bench.vtn.ven(&ven_id).unwrap().requests().next().unwrap().state();
    bench.post(CreatedReport::new(EiResponse::ok(create.request_id), vec![id], Some(ven_id.clone())));
    assert_eq!(answer(&bench), RequestState::Agreed);
    bench.pass(10);
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn a_last_report_of_what_the_ven_does_not_know_is_not_waited_for() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.post(offer(&bench, &ven_id));
    let id = bench.vtn.request_report(&ven_id, NewReport::once("telemetry"), bench.now).unwrap();
    bench.poll(&ven_id);
    bench.vtn.cancel_report(&ven_id, &id, true).unwrap();
    let Message::CancelReport(cancel) = bench.poll(&ven_id) else { panic!() };
    let unknown = EiResponse::error(ResponseCode::INVALID_ID, "no such request", cancel.request_id);
    bench.post(CanceledReport::new(unknown, Vec::new(), Some(ven_id.clone())));
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().requests().count(), 0);
    assert!(bench.notices().contains(&Notice::ReportCanceled { ven_id, report_request_id: id }));
}

#[test]
fn one_ven_too_many_takes_the_place_of_one_that_is_gone_or_is_refused() {
    let mut bench = Bench::new(Config { most_vens: 2, ..Config::default() });
    let first = registered(bench.post(CreatePartyRegistration::pull("request-1", "first")));
    let second = bench.register("second");
    bench.notices();
    let refused = registered(bench.post(CreatePartyRegistration::pull("request-2", "third")));
    assert_eq!(refused.response.code.as_str(), "469");
    assert_eq!((refused.ven_id, bench.vtn.vens().count()), (None, 2));
    assert!(matches!(bench.notices().as_slice(), [Notice::Refused { refusal: Refusal::TooManyVens, .. }]));
    assert_eq!(bench.register("second"), second, "those that are known may register again");
    let first_id = first.ven_id.unwrap();
    bench.post(CancelPartyRegistration::new("request-3", first.registration_id.unwrap(), first_id.clone()));
    let third = bench.register("third");
    assert!(bench.vtn.ven(&first_id).is_none() && bench.vtn.ven(&third).is_some());
    bench.pass(60);
    bench.poll(&second);
    bench.notices();
    bench.register("fourth");
    assert!(bench.vtn.ven(&third).is_none(), "it was silent");
    assert_eq!(bench.notices()[0], Notice::Unregistered { ven_id: third.clone(), by: Party::Vtn });
    assert!(matches!(bench.poll(&third), Message::RequestReregistration(_)));
}
