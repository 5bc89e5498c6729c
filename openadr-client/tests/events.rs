//! Events: what is answered, what is told, on a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod script;

use chrono::TimeDelta;
use openadr_client::config::{OptChange, Signals};
use openadr_client::known::Decision;
use openadr_client::{Config, Error, Failure, KnownEvent, Notice, OptPolicy, Ven};
use openadr_types::event::{
    CreatedEvent, Event, EventSignal, EventStatus, Level, OptType, ResponseRequired, SignalName, SignalType,
};
use openadr_types::opt::CreatedOpt;
use openadr_types::period::Tolerance;
use openadr_types::response::EiResponse;
use openadr_types::target::Target;
use openadr_types::{Duration, Message};
use script::{Script, answers, at, cancelled, created, event, list, ok, refusal};

fn config() -> Config {
    Config::new("Boiler room")
}

fn asking(timeout: TimeDelta) -> Config {
    Config { opt_policy: OptPolicy::Ask { timeout, default: OptType::In }, ..config() }
}

fn answer(script: &mut Script) -> CreatedEvent {
    match script.exchange("oadrCreatedEvent", ok()) {
        Message::CreatedEvent(created) => created,
        other => panic!("{}", other.name()),
    }
}

/// A VEN that knows event `e` and has answered it.
fn with_event(config: Config) -> Script {
    let mut script = Script::registered(config);
    script.poll(list([event("e", 0)]));
    answer(&mut script);
    script.exchange("oadrPoll", ok());
    script.notices();
    script
}

fn known<'a>(ven: &'a Ven, id: &str) -> &'a KnownEvent {
    ven.event(&id.into()).expect("the event is known")
}

#[test]
fn answers_before_the_next_poll_with_the_request_identifier_in_each_answer() {
    let mut script = Script::registered(config());
    script.poll(list([event("e", 0), event("f", 3)]));
    let created = answer(&mut script);
    assert_eq!(created.response.request_id.as_str(), "");
    assert!(created.answers().iter().all(|answer| answer.request_id.as_str() == "d-1"));
    assert_eq!(answers(&created), [("e", 0, "200", OptType::In), ("f", 3, "200", OptType::In)]);
    assert_eq!(created.ven_id.as_str(), "ven-1");
    script.exchange("oadrPoll", ok());
    assert_eq!(script.told(), ["EventReceived", "EventReceived", "EventAnswered", "EventAnswered"]);
}

#[test]
fn answers_nothing_where_no_answer_is_wanted() {
    let mut script = Script::registered(config());
    let mut events = list([event("e", 0)]);
    events.events[0].response_required = ResponseRequired::Never;
    script.poll(events);
    script.exchange("oadrPoll", ok());
    script.ven.opt(&"e".into(), OptType::Out, script.now).unwrap();
    script.sleep();
    assert_eq!(known(&script.ven, "e").decision, Decision::Opted(OptType::Out));
}

#[test]
fn follows_the_modification_numbers() {
    let mut script = with_event(Config { opt_policy: OptPolicy::Out, ..config() });
    script.poll(list([event("e", 0)]));
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::Out)]);
    assert_eq!(script.told(), ["EventAnswered"]);

    let mut changed = event("e", 4);
    changed.descriptor.vtn_comment = Some("sooner".to_owned());
    script.exchange("oadrPoll", list([changed]));
    assert_eq!(answers(&answer(&mut script)), [("e", 4, "200", OptType::Out)]);
    assert_eq!(script.told(), ["EventChanged", "EventAnswered"]);

    script.exchange("oadrPoll", list([event("e", 3)]));
    assert_eq!(answers(&answer(&mut script)), [("e", 3, "450", OptType::Out)]);
    assert_eq!(known(&script.ven, "e").event.descriptor.modification_number, 4);
    assert_eq!(script.told(), Vec::<String>::new());
}

#[test]
fn answers_a_cancellation_once_for_each_time_it_is_told() {
    let mut script = with_event(config());
    for _ in 0..2 {
        script.poll(list([cancelled("e", 1)]));
        assert_eq!(answers(&answer(&mut script)), [("e", 1, "200", OptType::In)]);
    }
    assert_eq!(script.told(), ["EventCancelled", "EventAnswered", "EventAnswered"]);
    script.exchange("oadrPoll", list([]));
    assert_eq!(script.ven.events().count(), 0);
    assert_eq!(script.told(), Vec::<String>::new());
}

#[test]
fn what_is_missing_from_the_list_is_cancelled() {
    let mut script = with_event(config());
    script.poll(list([event("f", 0)]));
    let notices = script.notices();
    assert!(notices.contains(&Notice::EventCancelled { event_id: "e".into(), implied: true }), "{notices:?}");
    assert_eq!(answers(&answer(&mut script)), [("f", 0, "200", OptType::In)]);

    let mut script = with_event(Config { implied_cancel: false, ..config() });
    script.poll(list([event("f", 0)]));
    assert_eq!(script.ven.events().count(), 2);
}

#[test]
fn an_answer_without_a_list_cancels_nothing() {
    let mut script = with_event(config());
    script.poll(ok());
    assert_eq!(script.ven.events().count(), 1);
}

#[test]
fn tells_the_application_what_the_clock_changes() {
    let mut script = with_event(config());
    script.run_until("11:59:59");
    assert_eq!(script.told(), Vec::<String>::new());
    script.run_until("12:00:00");
    let [Notice::EventStarted { values, test: false, .. }] = &script.notices()[..] else { panic!() };
    assert_eq!((values[0].value, values[0].interval), (1.0, 0));
    assert_eq!(script.ven.in_force(script.now)[0].signal.value, 1.0);
    script.run_until("13:00:00");
    let [Notice::IntervalChanged { values, .. }] = &script.notices()[..] else { panic!() };
    assert_eq!((values[0].value, values[0].interval), (2.0, 1));
    script.run_until("13:30:00");
    assert_eq!(script.notices(), [Notice::EventEnded { event_id: "e".into() }]);
    assert_eq!(script.ven.in_force(script.now), []);
}

#[test]
fn wakes_up_for_what_the_clock_changes_and_not_before() {
    let mut script = with_event(config());
    // A VTN that does not answer leaves nothing but the clock.
    while script.ven.poll_timeout().is_some_and(|until| until > script.now) {
        script.sleep();
    }
    script.request("oadrPoll");
    assert_eq!(script.ven.poll_timeout(), Some(at("12:00:00")));
    script.ven.handle_timeout(at("12:00:00"));
    assert_eq!(script.ven.poll_timeout(), Some(at("13:00:00")));
}

#[test]
fn a_running_event_ends_when_it_is_cancelled_opted_out_of_or_modified_away() {
    let running = || {
        let mut script = with_event(config());
        script.run_until("12:10:00");
        script.notices();
        script
    };
    let mut script = running();
    script.poll(list([cancelled("e", 1)]));
    assert_eq!(script.told(), ["EventEnded", "EventCancelled"]);

    let mut script = running();
    script.ven.opt(&"e".into(), OptType::Out, script.now).unwrap();
    assert_eq!(script.told(), ["EventEnded"]);
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::Out)]);
    script.ven.opt(&"e".into(), OptType::In, script.now).unwrap();
    assert_eq!(script.told(), ["EventAnswered", "EventStarted"]);

    let mut script = running();
    let mut later = event("e", 1);
    later.active_period.start = at("15:00:00").into();
    script.poll(list([later]));
    assert_eq!(script.told(), ["EventChanged", "EventEnded"]);

    let mut script = running();
    let mut harder = event("e", 1);
    harder.signals = vec![EventSignal::simple("s", [("PT90M".parse().unwrap(), Level::Special)])];
    script.poll(list([harder]));
    assert_eq!(script.told(), ["EventChanged", "IntervalChanged"]);
}

type Spoil = fn(&mut Event);

#[test]
fn refuses_what_it_cannot_take_part_in() {
    let table: [(Spoil, &str); 7] = [
        (|e| e.target = Target::ven("ven-2"), "462"),
        (|e| e.target = Target::resource("house-2"), "462"),
        (|e| e.descriptor.market_context = "http://example.com/other".into(), "453"),
        (|e| e.signals[0].name = SignalName::LoadControl, "460"),
        (|e| e.signals[0].signal_type = SignalType::Setpoint, "460"),
        (|e| e.active_period.duration = "P999999Y".parse().unwrap(), "454"),
        (|e| e.active_period.duration = "-PT1H".parse().unwrap(), "454"),
    ];
    for (spoil, code) in table {
        let mut script = Script::registered(Config {
            signals: Signals::Only(vec![(SignalName::Simple, SignalType::Level)]),
            market_contexts: vec!["http://example.com/peak".into()],
            resources: vec!["house-1".into()],
            ..config()
        });
        let mut event = event("e", 0);
        spoil(&mut event);
        script.poll(list([event.clone()]));
        assert_eq!(answers(&answer(&mut script)), [("e", 0, code, OptType::Out)]);
        script.exchange("oadrPoll", list([event]));
        assert_eq!(answers(&answer(&mut script)), [("e", 0, code, OptType::Out)]);
        assert_eq!(script.told(), ["EventRefused"]);
        let refused = script.ven.opt(&"e".into(), OptType::In, script.now);
        assert_eq!(refused, Err(Error::NotOpen("e".into())));
        script.run_until("12:30:00");
        assert_eq!(script.ven.in_force(script.now), []);
    }
}

#[test]
fn follows_the_signals_it_supports_and_leaves_the_others() {
    let config = Config { signals: Signals::Only(vec![(SignalName::Simple, SignalType::Level)]), ..config() };
    let mut script = Script::registered(config);
    let mut both = event("e", 0);
    let price = EventSignal { name: SignalName::ElectricityPrice, ..both.signals[0].clone() };
    both.signals.insert(0, price);
    script.poll(list([both]));
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::In)]);
    assert_eq!(script.ven.in_force(at("12:00:00")).len(), 1);
}

#[test]
fn refuses_events_of_another_vtn_as_a_whole() {
    let mut script = Script::registered(config());
    let mut events = list([event("e", 0)]);
    events.vtn_id = "vtn-2".into();
    script.poll(events);
    let created = answer(&mut script);
    assert_eq!((created.response.code.as_str(), created.response.request_id.as_str()), ("452", "d-1"));
    assert_eq!(created.answers(), []);
    assert_eq!(script.ven.events().count(), 0);
}

#[test]
fn waits_for_the_application_up_to_the_next_poll() {
    let mut script = Script::registered(asking(TimeDelta::minutes(30)));
    script.poll(list([event("e", 0)]));
    let decide_by = Some(script.now + TimeDelta::minutes(30));
    assert_eq!(script.notices(), [Notice::EventReceived { event_id: "e".into(), decide_by }]);
    assert!(script.ven.poll_request(script.now).is_none());
    script.ven.opt(&"e".into(), OptType::Out, script.now).unwrap();
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::Out)]);
    script.exchange("oadrPoll", ok());
}

#[test]
fn a_decision_after_the_answer_is_sent_as_a_change() {
    let mut script = Script::registered(asking(TimeDelta::minutes(30)));
    script.poll(list([event("e", 0)]));
    assert_eq!(script.sleep(), TimeDelta::seconds(10));
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::In)]);
    script.exchange("oadrPoll", ok());
    assert!(matches!(known(&script.ven, "e").decision, Decision::Open { .. }));
    script.ven.opt(&"e".into(), OptType::In, script.now).unwrap();
    assert!(script.ven.poll_request(script.now).is_none());
    script.ven.opt(&"e".into(), OptType::Out, script.now).unwrap();
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::Out)]);
}

#[test]
fn the_default_stands_after_the_time_to_decide_and_from_the_start_on() {
    let mut script = Script::registered(asking(TimeDelta::minutes(30)));
    script.poll(list([event("e", 0)]));
    script.sleep();
    answer(&mut script);
    script.run_until("10:30:00");
    assert!(matches!(known(&script.ven, "e").decision, Decision::Open { .. }));
    script.run_until("10:31:00");
    assert_eq!(known(&script.ven, "e").decision, Decision::Opted(OptType::In));

    let mut script = Script::registered(asking(TimeDelta::hours(3)));
    script.poll(list([event("e", 0)]));
    script.sleep();
    answer(&mut script);
    script.run_until("12:00:00");
    assert!(script.told().contains(&"EventStarted".to_owned()));
}

#[test]
fn a_change_of_mind_may_go_through_the_opt_service() {
    let mut script = with_event(Config { opt_change: OptChange::CreateOpt, ..config() });
    script.ven.opt(&"e".into(), OptType::Out, script.now).unwrap();
    let request = script.request("oadrCreateOpt");
    let Message::CreateOpt(opt) = request.message else { panic!() };
    assert_eq!(opt.qualified_event_id.as_ref().unwrap().event_id.as_str(), "e");
    assert_eq!((opt.opt_type, &opt.availability, &opt.market_context), (OptType::Out, &None, &None));
    let answer = CreatedOpt::new(EiResponse::ok(opt.request_id), opt.opt_id);
    script.ven.handle_response(request.id, answer, script.now);
    assert_eq!(script.told(), ["OptAccepted"]);
    assert!(script.ven.opts().is_empty());
}

#[test]
fn opts_only_for_events_that_are_known_and_not_over() {
    let mut script = with_event(config());
    assert_eq!(
        script.ven.opt(&"x".into(), OptType::In, script.now).unwrap_err().to_string(),
        "no event x is known"
    );
    script.run_until("14:00:00");
    assert_eq!(
        script.ven.opt(&"e".into(), OptType::In, script.now).unwrap_err().to_string(),
        "event e is not open to opt in or out of"
    );
}

#[test]
fn puts_the_start_and_the_end_off_at_random_where_it_may() {
    let mut starts = Vec::new();
    for seed in 0..20 {
        let mut script = Script::registered(config());
        script.ven = Ven::restore(config(), seed, script.ven.snapshot());
        let mut event = event("e", 0);
        let start_after = Some(Duration::from_minutes(10));
        event.active_period.tolerance = Some(Tolerance { start_after });
        script.exchange("oadrRequestEvent", list([event.clone()]));
        let known = known(&script.ven, "e").clone();
        assert!((at("12:00:00")..=at("12:10:00")).contains(&known.start));
        assert_eq!(known.end.unwrap() - known.start, TimeDelta::minutes(90));
        starts.push(known.start);
        answer(&mut script);
        // A modification that leaves the start alone leaves chance alone.
        event.descriptor.modification_number = 1;
        script.poll(list([event]));
        assert_eq!(script.ven.event(&"e".into()).unwrap().start, known.start);
    }
    starts.sort();
    starts.dedup();
    assert!(starts.len() > 15, "{starts:?}");
}

#[test]
fn tells_of_the_ramp_up() {
    let mut script = Script::registered(config());
    let mut event = event("e", 0);
    event.active_period.ramp_up = Some("PT15M".parse().unwrap());
    script.poll(list([event]));
    answer(&mut script);
    script.notices();
    script.run_until("11:45:00");
    assert_eq!(script.notices(), [Notice::EventNear { event_id: "e".into(), test: false }]);
    assert_eq!(known(&script.ven, "e").status(script.now), EventStatus::Near);
}

#[test]
fn real_events_come_before_tests_and_higher_priorities_before_lower() {
    let mut script = Script::registered(config());
    let with = |id: &str, priority: Option<u32>, test: bool| {
        let mut event = event(id, 0);
        event.descriptor.priority = priority;
        event.descriptor.test_event = test.then(|| "true".to_owned());
        event
    };
    script.poll(list([
        with("test", Some(1), true),
        with("none", Some(0), false),
        with("low", Some(5), false),
        with("high", Some(2), false),
    ]));
    let in_force = script.ven.in_force(at("12:00:00"));
    let order: Vec<_> = in_force.iter().map(|signal| (signal.event_id.as_str(), signal.test)).collect();
    assert_eq!(order, [("high", false), ("low", false), ("none", false), ("test", true)]);
}

#[test]
fn answers_that_did_not_get_through_are_sent_again() {
    let mut script = Script::registered(config());
    script.poll(list([event("e", 0)]));
    script.fail("oadrCreatedEvent", Failure::Transport("reset".to_owned()));
    script.sleep();
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::In)]);
}

#[test]
fn a_refused_answer_is_told_and_not_repeated() {
    let mut script = Script::registered(config());
    script.poll(list([event("e", 0)]));
    script.exchange("oadrCreatedEvent", refusal("452"));
    assert_eq!(script.told(), ["EventReceived", "Refused"]);
    script.exchange("oadrPoll", ok());
}

#[test]
fn remembers_events_and_answers_over_a_restart() {
    let mut script = with_event(config());
    script.ven.opt(&"e".into(), OptType::Out, script.now).unwrap();
    answer(&mut script);
    script.ven = Ven::restore(config(), 2, script.ven.snapshot());
    script.now = at("12:20:00");
    script.exchange("oadrRequestEvent", list([event("e", 0)]));
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "200", OptType::Out)]);
    script.exchange("oadrPoll", ok());
    script.ven.opt(&"e".into(), OptType::In, script.now).unwrap();
    assert_eq!(script.told(), ["EventAnswered", "EventStarted"]);
    script.ven = Ven::restore(config(), 3, script.ven.snapshot());
    script.ven.handle_timeout(script.now);
    assert_eq!(script.told(), ["EventStarted"]);
}

#[test]
fn a_ven_that_only_reports_refuses_events() {
    let mut script = Script::registered(Config { report_only: true, ..config() });
    script.poll(list([event("e", 0)]));
    assert_eq!(answers(&answer(&mut script)), [("e", 0, "451", OptType::Out)]);
}

#[test]
fn events_end_with_the_registration() {
    let mut script = with_event(config());
    script.run_until("12:10:00");
    script.notices();
    while script.ven.poll_timeout().is_some_and(|until| until > script.now) {
        script.sleep();
    }
    script.exchange("oadrPoll", refusal("463"));
    assert_eq!(script.told(), ["Refused", "Unregistered", "EventEnded"]);
    script.ven.register();
    script.exchange("oadrCreatePartyRegistration", created());
}
