use chrono::TimeDelta;
use openadr_types::event::{DistributeEvent, EventStatus, OptType, RequestEvent};
use openadr_types::ids::{GroupId, RegistrationId, VenId};
use openadr_types::message::Service;
use openadr_types::opt::{CancelOpt, CreateOpt};
use openadr_types::period::Period;
use openadr_types::poll::Poll;
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, CreatePartyRegistration, ProfileName,
    QueryRegistration, TransportName,
};
use openadr_types::report::{CancelReport, CreateReport, RegisterReport, ReportRequest, UpdateReport};
use openadr_types::response::{EiResponse, Response};
use openadr_types::target::Target;
use openadr_types::{Message, Payload};
use openadr_vtn::admission::{Admission, KnownVen, Membership};
use openadr_vtn::{Config, Error, Fingerprint, NewEvent, Notice, Party, Reply};

use crate::bench::{Bench, code, is_nothing, registered, shown};

#[test]
fn a_query_says_what_is_on_offer_and_nothing_of_a_registration() {
    let mut bench = Bench::default();
    bench.register("pump");
    let offer = registered(bench.post(QueryRegistration::new("query-1")));
    assert_eq!((offer.response.code.as_str(), offer.response.request_id.as_str()), ("200", "query-1"));
    assert_eq!((offer.registration_id, offer.ven_id), (None, None));
    assert_eq!(offer.vtn_id.as_str(), "VTN-1");
    assert_eq!(offer.poll_freq, Some("PT10S".parse().unwrap()));
}

#[test]
fn a_query_with_a_known_certificate_brings_the_registration() {
    let mut bench = Bench::default();
    bench.peer.fingerprint = Some(Fingerprint::new([7; 10]));
    let ven_id = bench.register("pump");
    let offer = registered(bench.post(QueryRegistration::new("query-1")));
    assert_eq!(offer.ven_id, Some(ven_id));
    assert!(offer.registration_id.is_some());
}

#[test]
fn a_renewed_registration_is_the_same_and_a_new_one_keeps_the_ven() {
    let mut bench = Bench::default();
    let first = registered(bench.post(CreatePartyRegistration::pull("request-1", "pump")));
    let renewal = CreatePartyRegistration {
        registration_id: first.registration_id.clone(),
        ven_id: first.ven_id.clone(),
        ..CreatePartyRegistration::pull("request-2", "pump")
    };
    let renewed = registered(bench.post(renewal));
    assert_eq!((&renewed.registration_id, &renewed.ven_id), (&first.registration_id, &first.ven_id));
    let anew = registered(bench.post(CreatePartyRegistration::pull("request-3", "pump")));
    assert_eq!(anew.ven_id, first.ven_id);
    assert_ne!(anew.registration_id, first.registration_id);
    let again: Vec<bool> = bench
        .notices()
        .into_iter()
        .map(|notice| matches!(notice, Notice::Registered { renewed: true, .. }))
        .collect();
    assert_eq!(again, [false, true, false]);
}

#[test]
fn refuses_registrations_that_cannot_be() {
    let pull = || CreatePartyRegistration::pull("request-1", "pump");
    let table = [
        (CreatePartyRegistration { registration_id: Some("nope".into()), ..pull() }, "452"),
        (CreatePartyRegistration { profile: ProfileName::V2_0a, ..pull() }, "469"),
        (CreatePartyRegistration { transport: TransportName::Xmpp, ..pull() }, "469"),
        (CreatePartyRegistration::push("request-1", "pump", "http://192.0.2.1"), "469"),
        (CreatePartyRegistration { xml_signature: true, ..pull() }, "469"),
        (CreatePartyRegistration::pull("request-1", "stranger"), "463"),
        (CreatePartyRegistration { ven_name: None, ..pull() }, "463"),
        (CreatePartyRegistration { ven_id: Some("ven-8".into()), ..pull() }, "452"),
        (
            CreatePartyRegistration {
                ven_id: Some("ven-7".into()),
                ..CreatePartyRegistration::pull("request-1", "sealed")
            },
            "452",
        ),
        (CreatePartyRegistration::pull("request-1", "sealed"), "463"),
    ];
    for (create, expected) in table {
        let pump = KnownVen { ven_id: Some("ven-7".into()), ..KnownVen::named("pump") };
        let sealed = KnownVen { fingerprint: Some(Fingerprint::new([7; 10])), ..KnownVen::named("sealed") };
        let mut bench =
            Bench::new(Config { admission: Admission::Named(vec![pump, sealed]), ..Config::default() });
        let answer = registered(bench.post(create.clone()));
        assert_eq!(answer.response.code.as_str(), expected, "{create:?}");
        assert_eq!(answer.response.request_id.as_str(), "request-1");
        assert_eq!((answer.ven_id, answer.registration_id), (None, None));
        assert!(matches!(bench.notices().as_slice(), [Notice::Refused { .. }]));
        assert_eq!(bench.vtn.vens().count(), 0);
    }
}

#[test]
fn a_known_ven_gets_its_identifier_and_its_groups() {
    let membership = Membership { groups: vec!["north".into()], ..Membership::default() };
    let known = KnownVen { ven_id: Some("ven-7".into()), membership, ..KnownVen::named("pump") };
    let mut bench = Bench::new(Config { admission: Admission::Named(vec![known]), ..Config::default() });
    let ven_id = bench.register("pump");
    assert_eq!(ven_id.as_str(), "ven-7");
    let group = Target { group_ids: vec![GroupId::from("north")], ..Target::default() };
    let north = bench.create(NewEvent { target: group, ..bench.event(60, 60) });
    let group = Target { group_ids: vec![GroupId::from("south")], ..Target::default() };
    bench.create(NewEvent { target: group, ..bench.event(60, 60) });
    assert_eq!(shown(bench.poll(&ven_id)), [(north, 0, EventStatus::Far)]);
}

#[test]
fn a_ven_is_held_to_the_certificate_it_registered_with() {
    let mut bench = Bench::default();
    bench.peer.fingerprint = Some(Fingerprint::new([7; 10]));
    let ven_id = bench.register("pump");
    bench.peer.fingerprint = Some(Fingerprint::new([8; 10]));
    assert_eq!(code(&bench.poll(&ven_id)).0, "463");
    let answer = bench.post(CreatePartyRegistration::pull("request-2", "pump"));
    assert_eq!(code(&answer).0, "463");
    let answer = bench.post(RequestEvent::new("request-3", ven_id.clone()));
    assert_eq!(code(&answer), ("463", "request-3"));
    bench.vtn.set_fingerprint(&ven_id, bench.peer.fingerprint).unwrap();
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn a_ven_that_was_forgotten_registers_again_under_a_new_registration() {
    let mut bench = Bench::default();
    let poll = bench.poll(&"ven-7".into());
    assert!(matches!(poll, Message::RequestReregistration(request) if request.ven_id.as_str() == "ven-7"));
    assert_eq!(
        bench.post_to(Service::RegisterParty, Response::new(EiResponse::ok(""), Some("ven-7".into()))),
        Reply::Empty
    );
    let create = CreatePartyRegistration {
        registration_id: Some("of-before".into()),
        ven_id: Some("ven-7".into()),
        ..CreatePartyRegistration::pull("request-1", "pump")
    };
    let created = registered(bench.post(create));
    assert_eq!(created.ven_id, Some("ven-7".into()));
    assert_ne!(created.registration_id, Some("of-before".into()));
    assert!(is_nothing(&bench.poll(&"ven-7".into())));
}

#[test]
fn messages_of_vens_that_are_not_known_are_refused_in_kind() {
    let mut bench = Bench::default();
    let now = bench.now.into();
    let ven = || VenId::from("nobody");
    let opt = CreateOpt::schedule(
        "opt-1",
        "nobody",
        OptType::Out,
        now,
        vec![Period::new(now, "PT1H".parse().unwrap())],
    );
    let messages: [Message; 8] = [
        RequestEvent::new("q", ven()).into(),
        RegisterReport::new("q", Vec::new(), Some(ven())).into(),
        UpdateReport::new("q", Vec::new(), Some(ven())).into(),
        CreateReport::new("q", vec![ReportRequest::metadata("m")], Some(ven())).into(),
        CancelReport::new("q", vec!["r".into()], Some(ven())).into(),
        CreateOpt { request_id: "q".into(), ..opt }.into(),
        CancelOpt::new("q", "opt-1", ven()).into(),
        CancelPartyRegistration::new("q", "r", ven()).into(),
    ];
    for message in messages {
        assert_eq!(code(&bench.post(message)), ("452", "q"));
    }
}

#[test]
fn a_ven_ends_its_registration_and_may_say_so_twice() {
    let mut bench = Bench::default();
    let created = registered(bench.post(CreatePartyRegistration::pull("request-1", "pump")));
    let (ven_id, registration_id) = (created.ven_id.unwrap(), created.registration_id.unwrap());
    let wrong = CancelPartyRegistration::new("request-2", "wrong", ven_id.clone());
    assert_eq!(code(&bench.post(wrong)), ("452", "request-2"));
    bench.notices();
    let cancel = CancelPartyRegistration::new("request-3", registration_id, ven_id.clone());
    for _ in 0..2 {
        assert_eq!(code(&bench.post(cancel.clone())), ("200", "request-3"));
    }
    assert_eq!(bench.notices(), [Notice::Unregistered { ven_id: ven_id.clone(), by: Party::Ven }]);
    assert_eq!(code(&bench.poll(&ven_id)).0, "463");
    assert_eq!(bench.register("pump"), ven_id);
}

#[test]
fn the_operator_ends_a_registration() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.vtn.cancel_registration(&ven_id).unwrap();
    let Message::CancelPartyRegistration(cancel) = bench.poll(&ven_id) else { panic!() };
    assert!(is_nothing(&bench.poll(&ven_id)), "sent once in a while only");
    bench.pass(10);
    assert!(matches!(bench.poll(&ven_id), Message::CancelPartyRegistration(_)), "sent again until answered");
    let canceled = CanceledPartyRegistration::new(
        EiResponse::ok(cancel.request_id),
        Some(cancel.registration_id),
        Some(ven_id.clone()),
    );
    bench.notices();
    for _ in 0..2 {
        assert_eq!(code(&bench.post(canceled.clone())).0, "200");
    }
    assert_eq!(bench.notices(), [Notice::Unregistered { ven_id: ven_id.clone(), by: Party::Vtn }]);
    assert_eq!(bench.vtn.cancel_registration(&ven_id), Err(Error::NotRegistered(ven_id)));
}

#[test]
fn what_is_never_answered_is_given_up() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.vtn.request_metadata(&ven_id).unwrap();
    let mut sent = 0;
    for _ in 0..20 {
        bench.pass(10);
        sent += usize::from(matches!(bench.poll(&ven_id), Message::CreateReport(_)));
    }
    assert_eq!(sent, 5);
    let given_up = Notice::Unanswered { ven_id, message: "oadrCreateReport" };
    assert!(bench.notices().contains(&given_up));
}

#[test]
fn a_silent_ven_is_noticed_and_its_return() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.notices();
    let seen = bench.now;
    let due = bench.vtn.poll_timeout().unwrap();
    assert_eq!(due, seen + TimeDelta::seconds(30));
    bench.vtn.handle_timeout(due);
    assert_eq!(bench.notices(), [Notice::Silent { ven_id: ven_id.clone(), last_seen: seen }]);
    bench.now = due;
    bench.poll(&ven_id);
    assert_eq!(bench.notices(), [Notice::Returned { ven_id }]);
    assert!(bench.vtn.poll_timeout().is_some());
}

#[test]
fn a_reregistration_request_is_sent_until_the_ven_does() {
    let mut bench = Bench::default();
    let created = registered(bench.post(CreatePartyRegistration::pull("request-1", "pump")));
    let ven_id = created.ven_id.clone().unwrap();
    bench.vtn.request_reregistration(&ven_id).unwrap();
    assert!(matches!(bench.poll(&ven_id), Message::RequestReregistration(_)));
    let renewal = CreatePartyRegistration {
        registration_id: created.registration_id.clone(),
        ven_id: created.ven_id,
        ..CreatePartyRegistration::pull("request-2", "pump")
    };
    assert_eq!(registered(bench.post(renewal)).registration_id, created.registration_id);
    bench.pass(10);
    assert!(is_nothing(&bench.poll(&ven_id)));
    let _: Option<RegistrationId> = created.registration_id;
}

#[test]
fn messages_at_the_wrong_address_or_of_a_vtn_are_refused() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let Reply::Message(answer) = bench.post_to(Service::Event, Poll::new(ven_id.clone())) else { panic!() };
    assert_eq!(code(&answer).0, "459");
    let request = RequestEvent::new("request-2", ven_id);
    let Reply::Message(answer) = bench.post_to(Service::Report, request) else { panic!() };
    assert_eq!(code(&answer), ("459", "request-2"));
    let answer = bench.post(DistributeEvent::new("request-3", "VTN-2"));
    assert_eq!(code(&answer), ("451", "request-3"));
}

#[test]
fn an_unreadable_payload_is_answered_with_where_it_is_wrong() {
    let mut bench = Bench::default();
    let error = Payload::from_xml(b"<oadrPayload/>").unwrap_err();
    let Message::Response(answer) = bench.vtn.refuse(&error) else { panic!() };
    assert_eq!(answer.response.code.as_str(), "454");
    assert!(answer.response.description.unwrap().contains("line 1"));
}

#[test]
fn a_known_ven_may_register_by_its_identifier_alone() {
    let known = KnownVen { ven_id: Some("ven-7".into()), ..KnownVen::named("pump") };
    let mut bench = Bench::new(Config { admission: Admission::Named(vec![known]), ..Config::default() });
    let by_id = CreatePartyRegistration {
        ven_id: Some("ven-7".into()),
        ven_name: None,
        ..CreatePartyRegistration::pull("request-1", "")
    };
    let first = registered(bench.post(by_id.clone()));
    let renewal = CreatePartyRegistration { registration_id: first.registration_id.clone(), ..by_id };
    assert_eq!(registered(bench.post(renewal)).registration_id, first.registration_id);
    assert_eq!(bench.vtn.vens().next().unwrap().name(), Some("pump"));
}
