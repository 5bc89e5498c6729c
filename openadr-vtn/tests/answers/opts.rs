use chrono::TimeDelta;
use openadr_types::event::{OptType, QualifiedEventId};
use openadr_types::opt::{CancelOpt, CreateOpt};
use openadr_types::period::Period;
use openadr_vtn::Notice;

use crate::bench::{Bench, code};

#[test]
fn an_opt_for_an_event_outranks_the_answer_until_withdrawn() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    let event = bench.create(bench.event(60, 60));
    let id = QualifiedEventId::new(event.clone(), 0);
    let out = CreateOpt::event("opt-1", ven_id.clone(), OptType::Out, bench.now.into(), id);
    assert_eq!(code(&bench.post(out.clone())), ("452", "opt-1"), "the VEN was not sent it yet");
    bench.poll(&ven_id);
    bench.answer(&ven_id, &event, 0, OptType::In);
    assert_eq!(code(&bench.post(out)), ("200", "opt-1"));
    bench.answer(&ven_id, &event, 0, OptType::In);
    let opt = |bench: &Bench| bench.vtn.event_answers(&event).next().unwrap().1.opt_type;
    assert_eq!(opt(&bench), OptType::Out);
    for _ in 0..2 {
        assert_eq!(code(&bench.post(CancelOpt::new("request-5", "opt-1", ven_id.clone()))).0, "200");
    }
    assert_eq!(opt(&bench), OptType::In);
    assert_eq!(code(&bench.post(CancelOpt::new("request-6", "opt-9", ven_id))), ("452", "request-6"));
}

#[test]
fn an_opt_for_a_time_is_kept_and_noticed_once() {
    let mut bench = Bench::default();
    let ven_id = bench.register("pump");
    bench.notices();
    let tomorrow = Period::new((bench.now + TimeDelta::days(1)).into(), "PT8H".parse().unwrap());
    let opt = CreateOpt::schedule("opt-1", ven_id.clone(), OptType::Out, bench.now.into(), vec![tomorrow]);
    for _ in 0..2 {
        assert_eq!(code(&bench.post(opt.clone())), ("200", "opt-1"));
    }
    assert_eq!(bench.notices(), [Notice::OptSchedule(Box::new(opt.clone()))]);
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().opts().count(), 1);
    assert_eq!(code(&bench.post(CreateOpt { availability: None, ..opt })).0, "454");
}
