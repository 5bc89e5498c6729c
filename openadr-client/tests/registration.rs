//! Registration, polling and failures, on a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod script;

use chrono::TimeDelta;
use openadr_client::notice::Why;
use openadr_client::{Config, Failure, Notice, Reply};
use openadr_types::Message;
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, RequestReregistration,
};
use openadr_types::report::{CreatedReport, ReportRequest};
use openadr_types::response::{EiResponse, ResponseCode};
use script::{Script, created, list, ok, refusal, registered};

fn config() -> Config {
    Config::new("Boiler room")
}

#[test]
fn registers_then_reports_metadata_then_asks_for_events_then_polls() {
    let mut script = Script::new(config());
    let Message::CreatePartyRegistration(create) = script.exchange("oadrCreatePartyRegistration", created())
    else {
        panic!()
    };
    assert_eq!((create.registration_id, create.ven_id), (None, None));
    assert_eq!(create.ven_name.as_deref(), Some("Boiler room"));
    assert!(script.ven.is_registered());
    assert_eq!(script.ven.ven_id().unwrap().as_str(), "ven-1");
    let request = ReportRequest::metadata("m-1");
    let Message::RegisterReport(register) = script.exchange("oadrRegisterReport", registered(vec![request]))
    else {
        panic!()
    };
    assert_eq!((register.reports.len(), register.report_request_id), (0, None));
    let Message::CreatedReport(answer) = script.exchange("oadrCreatedReport", ok()) else { panic!() };
    assert_eq!(answer.response.request_id.as_str(), "rr");
    let Message::RegisterReport(register) = script.exchange("oadrRegisterReport", registered(Vec::new()))
    else {
        panic!()
    };
    assert_eq!(register.report_request_id, Some("m-1".into()));
    script.exchange("oadrRequestEvent", ok());
    script.exchange("oadrPoll", ok());
    assert_eq!(script.told(), ["Registered"]);
}

#[test]
fn asks_what_the_vtn_offers_where_told_to() {
    let mut config = config();
    config.query_registration = true;
    config.ven_id = Some("mine".into());
    let mut script = Script::new(config);
    script.exchange("oadrQueryRegistration", created());
    let Message::CreatePartyRegistration(create) = script.exchange("oadrCreatePartyRegistration", created())
    else {
        panic!()
    };
    assert_eq!(create.ven_id, Some("mine".into()));
}

#[test]
fn polls_at_most_once_in_the_period() {
    let mut script = Script::registered(config());
    assert_eq!(script.sleep(), TimeDelta::seconds(10));
    script.exchange("oadrPoll", ok());
    assert_eq!(script.sleep(), TimeDelta::seconds(10));
    script.exchange("oadrPoll", Reply::Empty);
    assert_eq!(script.sleep(), TimeDelta::seconds(10));
}

#[test]
fn polls_again_at_once_while_something_was_queued_but_not_for_ever() {
    let mut script = Script::registered(config());
    script.sleep();
    let mut polls = 0;
    while let Some(request) = script.ven.poll_request(script.now) {
        polls += 1;
        script.ven.handle_response(request.id, list([]), script.now);
    }
    assert_eq!(polls, 51);
    assert_eq!(script.sleep(), TimeDelta::seconds(10));
    script.exchange("oadrPoll", list([]));
    script.exchange("oadrPoll", ok());
}

#[test]
fn a_refusal_is_alarming_and_waits_long() {
    let mut without_id = created();
    without_id.ven_id = None;
    without_id.registration_id = None;
    let mut not_authorised = created();
    not_authorised.response.code = ResponseCode::NOT_REGISTERED;
    let table: [(Reply, &str, Option<TimeDelta>); 4] = [
        (without_id.into(), "200", Some(TimeDelta::hours(1))),
        (refusal("451").into(), "451", Some(TimeDelta::hours(1))),
        (refusal("463").into(), "463", None),
        (not_authorised.into(), "463", None),
    ];
    for (reply, code, wait) in table {
        let mut script = Script::new(config());
        script.exchange("oadrCreatePartyRegistration", reply);
        assert!(script.ven.poll_request(script.now).is_none());
        assert_eq!(script.ven.poll_timeout().map(|at| at - script.now), wait, "{code}");
        let [Notice::RegistrationRefused { code: found, .. }] = &script.notices()[..] else { panic!() };
        assert_eq!(found.as_str(), code);
    }
}

#[test]
fn renews_when_asked_and_keeps_reports_under_the_same_registration() {
    let mut script = Script::registered(config());
    script.sleep();
    script.exchange("oadrPoll", RequestReregistration::new("ven-1"));
    let request = script.request("oadrResponse");
    assert_eq!(request.service, Service::RegisterParty);
    let Message::Response(response) = request.message else { panic!() };
    assert_eq!(response.ven_id, Some("ven-1".into()));
    script.ven.handle_response(request.id, Reply::Empty, script.now);
    let Message::CreatePartyRegistration(create) = script.exchange("oadrCreatePartyRegistration", created())
    else {
        panic!()
    };
    assert_eq!((create.registration_id, create.ven_id), (Some("reg-1".into()), Some("ven-1".into())));
    script.exchange("oadrRequestEvent", ok());
    script.exchange("oadrPoll", ok());
}

#[test]
fn starts_over_under_a_new_registration() {
    let mut script = Script::registered(config());
    script.sleep();
    script.exchange("oadrPoll", RequestReregistration::new("ven-1"));
    script.exchange("oadrResponse", Reply::Empty);
    let mut other = created();
    other.registration_id = Some("reg-2".into());
    script.exchange("oadrCreatePartyRegistration", other);
    script.exchange("oadrRegisterReport", registered(Vec::new()));
    script.exchange("oadrRequestEvent", ok());
    assert!(matches!(&script.notices()[..], [Notice::Registered { new: true, .. }]));
}

#[test]
fn does_not_renew_again_and_again() {
    let mut script = Script::registered(config());
    script.sleep();
    for _ in 0..2 {
        script.exchange("oadrPoll", RequestReregistration::new("ven-1"));
        script.exchange("oadrResponse", Reply::Empty);
        while script.ven.poll_timeout().is_some_and(|at| at > script.now) {
            script.sleep();
        }
        script.exchange("oadrCreatePartyRegistration", created());
        script.exchange("oadrRequestEvent", ok());
    }
    assert!(script.now > script::at("10:00:10"));
}

#[test]
fn refuses_to_renew_for_another_ven() {
    let mut script = Script::registered(config());
    script.sleep();
    script.exchange("oadrPoll", RequestReregistration::new("ven-2"));
    let Message::Response(response) = script.exchange("oadrResponse", ok()) else { panic!() };
    assert_eq!(response.response.code, ResponseCode::INVALID_ID);
    script.exchange("oadrPoll", ok());
}

#[test]
fn ends_when_the_vtn_cancels_the_registration_it_knows() {
    let mut script = Script::registered(config());
    script.sleep();
    script.exchange("oadrPoll", CancelPartyRegistration::new("c-1", "reg-9", "ven-1"));
    let Message::CanceledPartyRegistration(answer) = script.exchange("oadrCanceledPartyRegistration", ok())
    else {
        panic!()
    };
    assert_eq!(answer.response.code, ResponseCode::INVALID_ID);
    script.exchange("oadrPoll", CancelPartyRegistration::new("c-2", "reg-1", "ven-1"));
    let Message::CanceledPartyRegistration(answer) = script.exchange("oadrCanceledPartyRegistration", ok())
    else {
        panic!()
    };
    assert_eq!((answer.response.code, answer.response.request_id.as_str()), (ResponseCode::OK, "c-2"));
    assert_eq!(answer.registration_id, Some("reg-1".into()));
    assert_eq!(answer.ven_id, Some("ven-1".into()));
    assert!(!script.ven.is_registered());
    assert_eq!(script.ven.poll_timeout(), None);
    script.ven.register();
    script.exchange("oadrCreatePartyRegistration", created());
}

#[test]
fn cancels_its_own_registration() {
    let mut script = Script::registered(config());
    script.ven.cancel_registration();
    let Message::CancelPartyRegistration(cancel) = script.request("oadrCancelPartyRegistration").message
    else {
        panic!()
    };
    assert_eq!(cancel.registration_id.as_str(), "reg-1");
    let mut script = Script::registered(config());
    script.ven.cancel_registration();
    let canceled =
        CanceledPartyRegistration::new(EiResponse::ok("r"), Some("reg-1".into()), Some("ven-1".into()));
    script.exchange("oadrCancelPartyRegistration", canceled);
    assert_eq!(script.notices(), [Notice::Unregistered(Why::Asked)]);
    assert_eq!(script.ven.poll_timeout(), None);
}

#[test]
fn a_cancellation_while_registering_comes_after() {
    let mut script = Script::new(config());
    let request = script.request("oadrCreatePartyRegistration");
    script.ven.cancel_registration();
    script.ven.handle_response(request.id, created(), script.now);
    script.request("oadrCancelPartyRegistration");
}

#[test]
fn stops_and_alarms_when_it_is_not_authorised() {
    let mut script = Script::registered(config());
    script.sleep();
    script.exchange("oadrPoll", refusal("463"));
    assert_eq!(script.told(), ["Refused", "Unregistered"]);
    assert_eq!(script.ven.poll_timeout(), None);
}

#[test]
fn registers_anew_with_a_vtn_that_forgot_it() {
    let mut script = Script::registered(config());
    script.sleep();
    script.exchange("oadrPoll", refusal("452"));
    assert!(script.notices().contains(&Notice::Unregistered(Why::Forgotten)));
    let wait = script.sleep();
    assert!(wait <= TimeDelta::seconds(2));
    let Message::CreatePartyRegistration(create) = script.exchange("oadrCreatePartyRegistration", created())
    else {
        panic!()
    };
    assert_eq!(create.registration_id, None);
}

#[test]
fn keeps_quiet_longer_and_longer_while_the_vtn_cannot_be_reached() {
    let mut script = Script::registered(config());
    script.sleep();
    let mut waits = Vec::new();
    for _ in 0..12 {
        script.fail("oadrPoll", Failure::Transport("connection refused".to_owned()));
        waits.push(script.sleep());
        if let Some(request) = script.ven.poll_request(script.now) {
            // What the lost answer may have held is asked for first.
            assert_eq!(request.message.name(), "oadrRequestEvent");
            script.ven.handle_response(request.id, ok(), script.now);
            break;
        }
    }
    assert!(waits[0] <= TimeDelta::seconds(2));
    let mut script = Script::new(config());
    let mut waits = Vec::new();
    for _ in 0..14 {
        script.fail("oadrCreatePartyRegistration", Failure::Status(503));
        waits.push(script.sleep());
    }
    assert!(waits[5] > waits[2] && waits[13] >= TimeDelta::seconds(450), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= TimeDelta::minutes(15)));
}

#[test]
fn goes_on_without_what_a_vtn_cannot_take() {
    let mut script = Script::new(config());
    script.exchange("oadrCreatePartyRegistration", created());
    script.fail("oadrRegisterReport", Failure::Status(404));
    let mut events = 0;
    while script.now < script::at("10:10:00") {
        while let Some(request) = script.ven.poll_request(script.now) {
            match request.message.name() {
                "oadrRequestEvent" => {
                    events += 1;
                    script.ven.handle_failure(request.id, Failure::Status(500), script.now);
                }
                "oadrPoll" => script.ven.handle_response(request.id, ok(), script.now),
                other => panic!("{other}"),
            }
        }
        script.sleep();
    }
    assert_eq!(events, 5);
    // The polls were not held up.
    assert!(script.ven.poll_timeout().unwrap() <= script.now + TimeDelta::seconds(10));
}

#[test]
fn an_answer_of_the_wrong_kind_is_a_failure() {
    let mut script = Script::new(config());
    script.exchange("oadrCreatePartyRegistration", Poll::new("x"));
    let [Notice::Failed { failure, .. }] = &script.notices()[..] else { panic!() };
    assert_eq!(
        failure.to_string(),
        "unreadable answer: oadrPoll is no answer to oadrCreatePartyRegistration"
    );
}

#[test]
fn answers_what_is_out_of_place() {
    let table: [(Reply, &str); 2] = [
        (Poll::new("ven-1").into(), "451"),
        (CreatedReport::new(EiResponse::ok("x-1"), Vec::new(), None).into(), "450"),
    ];
    for (reply, code) in table {
        let mut script = Script::registered(config());
        script.sleep();
        script.exchange("oadrPoll", reply);
        let Message::Response(response) = script.exchange("oadrResponse", ok()) else { panic!() };
        assert_eq!(response.response.code.as_str(), code);
        script.exchange("oadrPoll", ok());
    }
}

#[test]
fn ignores_answers_to_requests_that_are_not_under_way() {
    let mut script = Script::registered(config());
    script.sleep();
    let request = script.request("oadrPoll");
    script.ven.handle_response(request.id, ok(), script.now);
    script.ven.handle_response(request.id, refusal("463"), script.now);
    assert!(script.ven.is_registered());
}
