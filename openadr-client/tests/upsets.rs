//! Restarts at a bad moment, clocks that are set back, VTNs that start over or want too much.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod script;

use chrono::TimeDelta;
use openadr_client::config::OptChange;
use openadr_client::opts::NewOpt;
use openadr_client::{Config, Failure, Offer, Reply, Sample, Ven};
use openadr_types::Message;
use openadr_types::event::{EventStatus, OptType, RequestEvent};
use openadr_types::opt::CreatedOpt;
use openadr_types::period::Period;
use openadr_types::report::{
    CreateReport, ReportDescription, ReportRequest, ReportSpecifier, ReportType, UpdatedReport,
};
use openadr_types::response::EiResponse;
use openadr_types::units::{ItemBase, SiScale};
use script::{Script, answers, at, cancelled, created, event, list, ok, refusal, registered};

fn config() -> Config {
    let power = ReportDescription::new("power", ReportType::Usage, ItemBase::power_real_w(SiScale::None));
    Config { offers: vec![Offer::telemetry_usage("usage", vec![power])], ..Config::new("Boiler room") }
}

/// All that is recorded, every minute.
fn wanted(id: &str) -> ReportRequest {
    let (all, minute) = ("PT0S".parse().unwrap(), "PT1M".parse().unwrap());
    let from_now = Period::new(at("10:00:00").into(), "PT0S".parse().unwrap());
    let specifier = ReportSpecifier::periodic("usage", all, minute, from_now, ["power".into()]);
    ReportRequest { report_request_id: id.into(), specifier }
}

fn asked(requests: Vec<ReportRequest>) -> Script {
    let mut script = Script::new(config());
    script.exchange("oadrCreatePartyRegistration", created());
    script.exchange("oadrRegisterReport", registered(requests));
    script.exchange("oadrCreatedReport", ok());
    script.exchange("oadrRequestEvent", list([]));
    script.exchange("oadrPoll", ok());
    script.notices();
    script
}

fn updated() -> UpdatedReport {
    UpdatedReport::new(EiResponse::ok("r"), None)
}

#[test]
fn registers_its_reports_although_killed_before() {
    let mut script = Script::new(config());
    script.exchange("oadrCreatePartyRegistration", created());
    script.ven = Ven::restore(config(), 2, script.ven.snapshot());
    script.request("oadrRegisterReport");
    script.ven = Ven::restore(config(), 3, script.ven.snapshot());
    script.exchange("oadrRegisterReport", registered(Vec::new()));
    script.ven = Ven::restore(config(), 4, script.ven.snapshot());
    script.exchange("oadrRequestEvent", list([]));
}

#[test]
fn reports_what_is_recorded_after_a_restart_without_samples() {
    let mut script = asked(vec![wanted("q")]);
    for value in 0..5 {
        script.ven.record(Sample::new("power", script.now, f64::from(value)), script.now).unwrap();
    }
    script.run_until("10:00:59");
    script.now = at("10:01:00");
    script.exchange("oadrUpdateReport", updated());
    let mut snapshot = script.ven.snapshot();
    snapshot.samples.clear();
    script.ven = Ven::restore(config(), 2, snapshot);
    script.exchange("oadrRequestEvent", list([]));
    script.ven.record(Sample::new("power", script.now, 7.0), script.now).unwrap();
    script.run_until("10:01:59");
    script.now = at("10:02:00");
    let Message::UpdateReport(update) = script.exchange("oadrUpdateReport", updated()) else { panic!() };
    assert_eq!(update.reports[0].intervals.len(), 1);
}

#[test]
fn nothing_waits_longer_because_the_clock_was_set_back() {
    let mut script = asked(vec![wanted("q")]);
    script.run_until("10:30:00");
    script.now = at("09:59:30");
    script.ven.handle_timeout(script.now);
    script.poll(ok());
    assert!(script.now <= at("09:59:40"), "{}", script.now);
    script.ven.record(Sample::new("power", script.now, 1.0), script.now).unwrap();
    let mut sent = None;
    while sent.is_none() && script.now < at("10:40:00") {
        script.sleep();
        while let Some(request) = script.ven.poll_request(script.now) {
            if matches!(request.message, Message::UpdateReport(_)) {
                sent = Some(script.now);
            }
            script.ven.handle_response(request.id, ok(), script.now);
        }
    }
    // The request holds from 10:00 on.
    assert_eq!(sent, None, "what was recorded before the request holds is not for it");

    let mut script = asked(vec![wanted("q")]);
    script.run_until("10:30:00");
    script.ven.handle_timeout(at("10:05:00"));
    script.now = at("10:05:00");
    script.ven.record(Sample::new("power", script.now, 1.0), script.now).unwrap();
    script.run_until("10:05:59");
    script.now = at("10:06:00");
    script.exchange("oadrUpdateReport", updated());

    let mut script = Script::registered(config());
    for _ in 0..12 {
        while script.ven.poll_timeout().unwrap() > script.now {
            script.sleep();
        }
        let request = script.ven.poll_request(script.now).unwrap();
        script.ven.handle_failure(request.id, Failure::Transport("down".into()), script.now);
    }
    script.now -= TimeDelta::hours(5);
    script.ven.handle_timeout(script.now);
    assert!(script.sleep() <= TimeDelta::minutes(15));
}

#[test]
fn an_event_that_is_put_off_is_near_once_more() {
    let near = |modification, start: &str| {
        let mut event = event("e", modification);
        event.active_period.start = at(start).into();
        event.active_period.ramp_up = Some("PT10M".parse().unwrap());
        event
    };
    let mut script = Script::registered(Config::new("Boiler room"));
    script.poll(list([near(0, "10:05:00")]));
    script.exchange("oadrCreatedEvent", ok());
    assert_eq!(script.told(), ["EventReceived", "EventNear", "EventAnswered"]);
    script.poll(list([near(1, "12:00:00")]));
    script.exchange("oadrCreatedEvent", ok());
    assert_eq!(script.told(), ["EventChanged", "EventAnswered"]);
    script.run_until("12:00:00");
    assert_eq!(script.told(), ["EventNear", "EventStarted"]);
}

#[test]
fn metadata_that_make_requests_void_are_not_sent_again_for_that() {
    let mut script = asked(vec![wanted("a"), wanted("b"), wanted("c")]);
    script.ven.register_reports();
    script.exchange("oadrRegisterReport", registered(vec![wanted("d"), wanted("e"), wanted("f")]));
    script.exchange("oadrCreatedReport", ok());
    script.ven.record(Sample::new("power", script.now, 1.0), script.now).unwrap();
    script.run_until("10:00:59");
    script.now = at("10:01:00");
    for _ in 0..3 {
        script.exchange("oadrUpdateReport", refusal("452"));
    }
    for _ in 0..3 {
        script.exchange("oadrUpdateReport", updated());
    }
    script.run_until("10:01:30");
    assert_eq!(script.ven.reports().len(), 3);
}

#[test]
fn keeps_no_more_requests_for_reports_than_it_can_serve() {
    let mut script = Script::registered(config());
    for round in 0..4 {
        let requests = (0..100).map(|number| wanted(&format!("{round}-{number}"))).collect();
        script.poll(CreateReport::new("c", requests, None));
        let Message::CreatedReport(answer) = script.exchange("oadrCreatedReport", ok()) else { panic!() };
        let (code, why) = (answer.response.code.as_str(), answer.response.description.unwrap_or_default());
        if round < 2 {
            assert_eq!(code, "200");
        } else {
            assert_eq!((code, why.as_str()), ("461", "more than 250 reports"));
        }
    }
    assert_eq!(script.ven.reports().len(), 200);
}

#[test]
fn answers_that_a_vtn_does_not_take_do_not_pile_up() {
    let mut script = Script::registered(Config::new("Boiler room"));
    while script.now < at("10:10:00") {
        while let Some(request) = script.ven.poll_request(script.now) {
            match request.message {
                Message::Poll(_) => {
                    script.ven.handle_response(request.id, RequestEvent::new("r", "ven-1"), script.now);
                }
                _ => script.ven.handle_failure(request.id, Failure::Status(500), script.now),
            }
        }
        script.now += TimeDelta::seconds(1);
    }
    let mut sent = 0;
    while script.now < at("10:40:00") {
        while let Some(request) = script.ven.poll_request(script.now) {
            sent += u32::from(!matches!(request.message, Message::Poll(_)));
            script.ven.handle_response(request.id, ok(), script.now);
        }
        script.now += TimeDelta::seconds(1);
    }
    assert!((1..=101).contains(&sent), "{sent}");
}

#[test]
fn asks_for_events_that_a_gateway_may_have_lost() {
    for (status, asks) in [(502, true), (504, true), (500, false), (404, false)] {
        let mut script = Script::registered(Config::new("Boiler room"));
        while script.ven.poll_timeout().unwrap() > script.now {
            script.sleep();
        }
        script.fail("oadrPoll", Failure::Status(status));
        let request = script.ven.poll_request(script.now);
        assert_eq!(request.is_some_and(|r| matches!(r.message, Message::RequestEvent(_))), asks, "{status}");
    }
}

/// A gateway answers for a VTN that is away for an hour.
#[test]
fn gives_up_nothing_while_the_vtn_takes_nothing() {
    for failure in [
        Failure::Status(503),
        Failure::Status(500),
        Failure::Status(403),
        Failure::Unreadable("a page".to_owned()),
    ] {
        let mut script = Script::new(Config::new("Boiler room"));
        script.exchange("oadrCreatePartyRegistration", created());
        let (mut sent, mut owed) = (0, vec!["oadrRegisterReport", "oadrRequestEvent"]);
        while script.now < at("11:30:00") {
            while let Some(request) = script.ven.poll_request(script.now) {
                if script.now < at("11:00:00") {
                    sent += 1;
                    script.ven.handle_failure(request.id, failure.clone(), script.now);
                } else {
                    owed.retain(|name| *name != request.message.name());
                    let reply: Reply = match request.message {
                        Message::RegisterReport(_) => registered(Vec::new()).into(),
                        Message::RequestEvent(_) => list([]).into(),
                        _ => ok().into(),
                    };
                    script.ven.handle_response(request.id, reply, script.now);
                }
            }
            script.now = script.ven.poll_timeout().unwrap();
            script.ven.handle_timeout(script.now);
        }
        assert!(owed.is_empty(), "{failure}: {owed:?}");
        assert!(sent < 50, "{failure}: {sent} messages in an hour");
    }
}

#[test]
fn goes_on_without_asking_a_vtn_that_cannot_be_asked() {
    let mut script = Script::new(Config { query_registration: true, ..Config::new("Boiler room") });
    for attempt in 0..5 {
        if attempt > 0 {
            script.sleep();
        }
        script.fail("oadrQueryRegistration", Failure::Status(500));
    }
    script.exchange("oadrCreatePartyRegistration", created());
}

#[test]
fn registers_anew_at_once_where_the_vtn_does_not_know_what_is_to_be_renewed() {
    let mut script = Script::registered(Config::new("Boiler room"));
    script.ven.register();
    let Message::CreatePartyRegistration(create) =
        script.exchange("oadrCreatePartyRegistration", refusal("452"))
    else {
        panic!()
    };
    assert!(create.registration_id.is_some());
    assert_eq!(script.told(), ["Refused", "Unregistered"]);
    assert!(script.sleep() <= TimeDelta::seconds(2));
    let Message::CreatePartyRegistration(create) = script.exchange("oadrCreatePartyRegistration", created())
    else {
        panic!()
    };
    assert_eq!(create.registration_id, None);
}

#[test]
fn a_vtn_that_starts_over_may_count_modifications_anew() {
    let mut script = Script::registered(Config::new("Boiler room"));
    script.poll(list([event("e", 3)]));
    script.exchange("oadrCreatedEvent", ok());
    script.exchange("oadrPoll", ok());
    script.notices();
    script.ven.register();
    let mut other = created();
    other.registration_id = Some("reg-2".into());
    script.exchange("oadrCreatePartyRegistration", other);
    script.exchange("oadrRegisterReport", registered(Vec::new()));
    script.exchange("oadrRequestEvent", list([event("e", 0)]));
    let Message::CreatedEvent(answer) = script.exchange("oadrCreatedEvent", ok()) else { panic!() };
    assert_eq!(answers(&answer), [("e", 0, "200", OptType::In)]);
    assert_eq!(script.told(), ["Registered", "EventChanged", "EventAnswered"]);
    script.exchange("oadrPoll", list([cancelled("e", 1)]));
    script.exchange("oadrCreatedEvent", ok());
    assert_eq!(script.ven.event(&"e".into()).unwrap().status(at("12:30:00")), EventStatus::Cancelled);
}

#[test]
fn registers_by_the_same_request_until_it_is_answered() {
    let mut script = Script::new(config());
    let id = |message: Message| match message {
        Message::CreatePartyRegistration(create) => create.request_id,
        other => panic!("{other:?}"),
    };
    let lost = || Failure::Transport("lost".to_owned());
    let first = id(script.fail("oadrCreatePartyRegistration", lost()));
    script.sleep();
    assert_eq!(id(script.fail("oadrCreatePartyRegistration", lost())), first);
    script.sleep();
    assert_eq!(id(script.exchange("oadrCreatePartyRegistration", created())), first);
    script.exchange("oadrRegisterReport", registered(Vec::new()));
    script.ven.register();
    assert_ne!(id(script.exchange("oadrCreatePartyRegistration", created())), first, "it asks for another");
}

#[test]
fn withdraws_an_opt_that_may_have_arrived() {
    let mut script = Script::registered(config());
    let tomorrow = Period::new(at("23:00:00").into(), "PT8H".parse().unwrap());
    let opt_id = script.ven.create_opt(NewOpt::schedule(OptType::Out, vec![tomorrow.clone()]));
    script.fail("oadrCreateOpt", Failure::Transport("lost".to_owned()));
    script.ven.cancel_opt(&opt_id).unwrap();
    script.sleep();
    script.fail("oadrCancelOpt", Failure::Transport("lost".to_owned()));
    script.ven = Ven::restore(config(), 2, script.ven.snapshot());
    script.exchange("oadrRequestEvent", list([]));
    script.exchange("oadrCancelOpt", refusal("452"));
    assert!(script.ven.opts().is_empty());
    let opt_id = script.ven.create_opt(NewOpt::schedule(OptType::Out, vec![tomorrow]));
    script.ven.cancel_opt(&opt_id).unwrap();
    assert!(script.ven.opts().is_empty(), "it was never sent");
}

#[test]
fn a_change_of_mind_goes_by_opt_although_an_answer_is_due_that_the_opt_before_outranks() {
    let mut script = Script::registered(Config { opt_change: OptChange::CreateOpt, ..config() });
    script.poll(list([event("e", 0)]));
    script.exchange("oadrCreatedEvent", ok());
    for opt in [OptType::Out, OptType::In] {
        script.ven.opt(&"e".into(), opt, script.now).unwrap();
        let request = script.request("oadrCreateOpt");
        let Message::CreateOpt(create) = request.message else { panic!() };
        assert_eq!(create.opt_type, opt);
        let answer = CreatedOpt::new(EiResponse::ok(create.request_id), create.opt_id);
        script.ven.handle_response(request.id, answer, script.now);
        if opt == OptType::Out {
            script.exchange("oadrPoll", list([event("e", 0)]));
        }
    }
    script.exchange("oadrCreatedEvent", ok());
}
