use openadr_types::Message;
use openadr_types::event::{EventStatus, OptType, QualifiedEventId, RequestEvent, ResponseRequired};
use openadr_types::ids::EventId;
use openadr_types::opt::CreateOpt;
use openadr_types::registration::CreatePartyRegistration;
use openadr_types::response::EiResponse;
use openadr_types::target::Target;
use openadr_vtn::admission::Membership;
use openadr_vtn::{Error, NewEvent, Notice};

use crate::bench::{Bench, code, distributed, is_nothing, registered, shown};

#[test]
fn a_request_for_events_is_answered_with_events_even_if_there_are_none() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let answer = distributed(bench.post(RequestEvent::new("request-2", ven_id)));
    assert_eq!(answer.response, Some(EiResponse::ok("request-2")));
    assert!(answer.events.is_empty());
}

#[test]
fn an_event_is_repeated_until_answered_and_again_with_others() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let first = bench.create(bench.event(60, 30));
    assert_eq!(shown(bench.poll(&ven_id)), [(first.clone(), 0, EventStatus::Far)]);
    assert!(is_nothing(&bench.poll(&ven_id)));
    bench.pass(10);
    assert_eq!(shown(bench.poll(&ven_id)).len(), 1, "the VEN has not answered");
    assert_eq!(code(&bench.answer(&ven_id, &first, 0, OptType::In)).0, "200");
    bench.pass(10);
    assert!(is_nothing(&bench.poll(&ven_id)));
    let second = bench.create(bench.event(120, 30));
    let both = [(first, 0, EventStatus::Far), (second, 0, EventStatus::Far)];
    assert_eq!(shown(bench.poll(&ven_id)), both);
}

#[test]
fn an_event_without_answer_is_sent_twice() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.create(NewEvent { response_required: ResponseRequired::Never, ..bench.event(60, 30) });
    let mut sent = 0;
    for _ in 0..10 {
        sent += usize::from(matches!(bench.poll(&ven_id), Message::DistributeEvent(_)));
        bench.pass(10);
    }
    assert_eq!(sent, 2);
}

#[test]
fn a_change_raises_the_number_and_an_answer_to_the_old_state_is_out_of_sequence() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(60, 30));
    bench.poll(&ven_id);
    bench.vtn.modify_event(&event, |event| event.priority = Some(1), bench.now).unwrap();
    assert_eq!(code(&bench.answer(&ven_id, &event, 0, OptType::In)).0, "450");
    assert_eq!(shown(bench.poll(&ven_id)), [(event.clone(), 1, EventStatus::Far)]);
    assert_eq!(code(&bench.answer(&ven_id, &event, 2, OptType::In)).0, "450");
    assert_eq!(code(&bench.answer(&ven_id, &event, 1, OptType::In)).0, "200");
    assert_eq!(code(&bench.answer(&ven_id, &event, 1, OptType::Out)).0, "200");
    let (_, answer) = bench.vtn.event_answers(&event).next().unwrap();
    assert_eq!(answer.opt_type, OptType::Out);
    let nothing = EventId::from("nope");
    assert_eq!(code(&bench.answer(&ven_id, &nothing, 0, OptType::In)).0, "452");
}

#[test]
fn a_cancelled_event_is_shown_until_acknowledged_and_then_no_more() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(60, 30));
    bench.poll(&ven_id);
    bench.answer(&ven_id, &event, 0, OptType::In);
    bench.vtn.cancel_event(&event, bench.now).unwrap();
    assert_eq!(bench.vtn.cancel_event(&event, bench.now), Err(Error::EventOver(event.clone())));
    let cancelled = [(event.clone(), 1, EventStatus::Cancelled)];
    assert_eq!(shown(bench.poll(&ven_id)), cancelled);
    let again = bench.post(RequestEvent::new("request-2", ven_id.clone()));
    assert_eq!(shown(again), cancelled);
    bench.answer(&ven_id, &event, 1, OptType::In);
    let after = bench.post(RequestEvent::new("request-3", ven_id.clone()));
    assert!(shown(after).is_empty());
}

#[test]
fn an_event_that_was_cancelled_before_a_ven_knew_it_is_not_shown() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(60, 30));
    bench.vtn.cancel_event(&event, bench.now).unwrap();
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn a_ven_that_an_event_is_no_longer_for_is_told_that_it_is_cancelled() {
    let mut bench = Bench::default();
    let (pump, boiler) = (bench.register("pump"), bench.register("boiler"));
    let both = Target { ven_ids: vec![pump.clone(), boiler.clone()], ..Target::default() };
    let event = bench.create(NewEvent { target: both, ..bench.event(60, 30) });
    for ven_id in [&pump, &boiler] {
        let answer = distributed(bench.poll(ven_id));
        assert_eq!(
            answer.events[0].event.target.ven_ids,
            std::slice::from_ref(ven_id),
            "each sees itself alone"
        );
    }
    bench.vtn.modify_event(&event, |event| event.target = Target::ven(pump.clone()), bench.now).unwrap();
    assert_eq!(shown(bench.poll(&pump)), [(event.clone(), 1, EventStatus::Far)]);
    assert_eq!(shown(bench.poll(&boiler)), [(event, 1, EventStatus::Cancelled)]);
}

#[test]
fn events_come_in_the_order_of_rule_15_and_no_more_than_wanted() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let context = |name: &str| format!("http://example.com/{name}").into();
    let later = bench.create(NewEvent { market_context: context("a"), ..bench.event(90, 30) });
    let soon = bench.create(NewEvent { market_context: context("b"), ..bench.event(60, 30) });
    let low = bench.create(NewEvent { market_context: context("c"), ..bench.event(0, 30) });
    let high =
        bench.create(NewEvent { market_context: context("d"), priority: Some(1), ..bench.event(0, 30) });
    let order = |answer| shown(answer).into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    let limited = RequestEvent { reply_limit: Some(2), ..RequestEvent::new("request-2", ven_id.clone()) };
    assert_eq!(order(bench.post(limited)), [high.clone(), low.clone()]);
    assert_eq!(order(bench.poll(&ven_id)), [high, low, soon, later]);
}

#[test]
fn a_completed_event_lingers_as_long_as_vens_may_be_late() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let mut late = bench.event(0, 30);
    late.period.tolerance =
        Some(openadr_types::period::Tolerance { start_after: Some("PT5M".parse().unwrap()) });
    let event = bench.create(late);
    bench.poll(&ven_id);
    bench.pass(30 * 60);
    let ask = RequestEvent::new("request-2", ven_id.clone());
    let answer = distributed(bench.post(ask.clone()));
    assert_eq!(answer.events[0].response_required, ResponseRequired::Never);
    assert_eq!(answer.events[0].event.descriptor.status, EventStatus::Completed);
    bench.pass(5 * 60 + 10);
    assert!(shown(bench.post(ask)).is_empty());
    assert!(bench.vtn.event(&event).is_some());
    bench.pass(86_400);
    bench.vtn.handle_timeout(bench.now);
    assert!(bench.vtn.event(&event).is_none(), "forgotten after a day");
}

#[test]
fn overlapping_events_of_a_market_context_are_refused() {
    let mut bench = Bench::default();
    let (pump, boiler) = (bench.register("pump"), bench.register("boiler"));
    let first = bench.create(NewEvent { target: Target::ven(pump.clone()), ..bench.event(60, 60) });
    let other = bench.event(90, 60);
    assert_eq!(bench.vtn.create_event(other.clone(), bench.now), Err(Error::Overlap(first.clone())));
    let for_pump = NewEvent { target: Target::ven(pump), ..other.clone() };
    assert_eq!(bench.vtn.create_event(for_pump, bench.now), Err(Error::Overlap(first)));
    bench.create(NewEvent { target: Target::ven(boiler), ..other.clone() });
    bench.create(NewEvent { market_context: "http://example.com/other".into(), ..other });
    bench.create(bench.event(150, 60));
}

#[test]
fn a_ven_that_only_reports_gets_no_events() {
    let mut bench = Bench::default();
    let create =
        CreatePartyRegistration { report_only: true, ..CreatePartyRegistration::pull("request-1", "meter") };
    let ven_id = registered(bench.post(create)).ven_id.unwrap();
    bench.create(bench.event(60, 60));
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn events_are_noticed_as_the_time_passes() {
    let mut bench = Bench::default();
    let mut event = bench.event(60, 30);
    event.period.ramp_up = Some("PT10M".parse().unwrap());
    let event_id = bench.create(event);
    let mut statuses = Vec::new();
    while let Some(due) = bench.vtn.poll_timeout() {
        bench.vtn.handle_timeout(due);
        for notice in bench.notices() {
            let Notice::Event { event_id: id, status } = notice else { panic!("{notice:?}") };
            assert_eq!(id, event_id);
            statuses.push(status);
        }
    }
    use EventStatus::{Active, Completed, Far, Near};
    assert_eq!(statuses, [Far, Near, Active, Completed]);
    assert!(bench.vtn.event(&event_id).is_none());
}

#[test]
fn an_event_vanishes_for_a_ven_that_it_is_not_for_any_more_and_may_come_back() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let north = || Membership { groups: vec!["north".into()], ..Membership::default() };
    bench.vtn.set_membership(&ven_id, north()).unwrap();
    let group = Target { group_ids: vec!["north".into()], ..Target::default() };
    let event = bench.create(NewEvent { target: group, ..bench.event(60, 60) });
    let other = bench.create(bench.event(180, 60));
    assert_eq!(shown(bench.poll(&ven_id)).len(), 2);
    for event in [&event, &other] {
        bench.answer(&ven_id, event, 0, OptType::In);
    }
    let id = QualifiedEventId::new(event.clone(), 0);
    bench.post(CreateOpt::event("opt-1", ven_id.clone(), OptType::Out, bench.now.into(), id));
    bench.vtn.set_membership(&ven_id, Membership::default()).unwrap();
    let mut lists = Vec::new();
    for _ in 0..5 {
        bench.pass(10);
        let answer = bench.poll(&ven_id);
        if let Message::DistributeEvent(_) = answer {
            lists.push(shown(answer));
        }
    }
    let without = vec![(other.clone(), 0, EventStatus::Far)];
    assert_eq!(lists, [without.clone(), without], "twice, as one may be lost");
    assert_eq!(bench.vtn.event_answers(&event).count(), 0);
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().opts().count(), 0);
    assert_eq!(code(&bench.answer(&ven_id, &event, 0, OptType::In)).0, "452");
    bench.vtn.set_membership(&ven_id, north()).unwrap();
    assert_eq!(shown(bench.poll(&ven_id)).len(), 2);
    assert_eq!(code(&bench.answer(&ven_id, &event, 0, OptType::In)).0, "200");
    assert_eq!(bench.vtn.event_answers(&event).count(), 1);
    bench.pass(10);
    assert!(is_nothing(&bench.poll(&ven_id)));
}
