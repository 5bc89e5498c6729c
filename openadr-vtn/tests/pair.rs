//! A VEN and a VTN, each a state machine, on virtual time; every message is XML on its way.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use openadr_client::config::OptChange;
use openadr_client::opts::NewOpt;
use openadr_client::{Failure, Offer, OptPolicy, Sample, Ven};
use openadr_types::event::{EventSignal, EventStatus, Level, OptType};
use openadr_types::ids::{EventId, VenId};
use openadr_types::period::Period;
use openadr_types::report::{ReportDescription, ReportType};
use openadr_types::target::Target;
use openadr_types::units::{ItemBase, SiScale};
use openadr_types::{Duration, Message, Payload};
use openadr_vtn::report::{NewReport, ReportPolicy, RequestState};
use openadr_vtn::{Config, NewEvent, Notice, Party, Peer, Reply, Vtn};

const CONTEXT: &str = "http://example.com/flex";

type VenNotice = openadr_client::Notice;

/// What happens to a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    RequestLost,
    ReplyLost,
}

struct Pair {
    vtn: Vtn,
    ven: Ven,
    now: DateTime<Utc>,
    fate: Box<dyn FnMut(usize) -> Fate>,
    /// The name of each request and of its answer.
    log: Vec<(&'static str, &'static str)>,
    vtn_notices: Vec<Notice>,
    ven_notices: Vec<VenNotice>,
}

impl Pair {
    fn new() -> Self {
        Self::of(vtn_config(TimeDelta::seconds(10)), ven_config())
    }

    fn of(vtn: Config, ven: openadr_client::Config) -> Self {
        Self {
            vtn: Vtn::new(vtn, 1),
            ven: Ven::new(ven, 2),
            now: "2026-11-23T09:00:00Z".parse().unwrap(),
            fate: Box::new(|_| Fate::Arrives),
            log: Vec::new(),
            vtn_notices: Vec::new(),
            ven_notices: Vec::new(),
        }
    }

    /// Lets so many seconds pass.
    fn run(&mut self, seconds: i64) {
        let until = self.now + TimeDelta::seconds(seconds);
        let mut at_once = 0;
        loop {
            while let Some(request) = self.ven.poll_request(self.now) {
                self.exchange(request);
                at_once += 1;
                assert!(at_once < 200, "without end: {:?}", &self.log[self.log.len() - 10..]);
            }
            self.collect();
            let due = [self.ven.poll_timeout(), self.vtn.poll_timeout()].into_iter().flatten().min();
            let due = due.unwrap_or(until).max(self.now + TimeDelta::milliseconds(1));
            if due > until {
                break;
            }
            at_once = if due > self.now + TimeDelta::seconds(1) { 0 } else { at_once };
            self.now = due;
            self.ven.handle_timeout(self.now);
            self.vtn.handle_timeout(self.now);
        }
        self.now = until;
        self.ven.handle_timeout(until);
        self.vtn.handle_timeout(until);
        self.collect();
    }

    fn exchange(&mut self, request: openadr_client::Request) {
        let fate = (self.fate)(self.log.len());
        let (id, service, name) = (request.id, request.service, request.message.name());
        let lost = || Failure::Transport("lost".to_owned());
        if fate == Fate::RequestLost {
            self.log.push((name, "lost"));
            return self.ven.handle_failure(id, lost(), self.now);
        }
        let reply = self.vtn.handle(service, &Peer::default(), over_the_wire(request.message), self.now);
        let (answer, reply) = match reply {
            Reply::Message(message) => (message.name(), over_the_wire(message).into()),
            Reply::Empty => ("nothing", openadr_client::Reply::Empty),
        };
        self.log.push((name, answer));
        match fate {
            Fate::ReplyLost => self.ven.handle_failure(id, lost(), self.now),
            Fate::Arrives | Fate::RequestLost => self.ven.handle_response(id, reply, self.now),
        }
    }

    fn collect(&mut self) {
        self.vtn_notices.extend(std::iter::from_fn(|| self.vtn.poll_event()));
        self.ven_notices.extend(std::iter::from_fn(|| self.ven.poll_event()));
    }

    /// Lets so many times ten seconds pass, with a sample in each.
    fn run_and_measure(&mut self, times: i64) {
        for _ in 0..times {
            let value = f64::from(u16::try_from(self.now.timestamp() % 1000).unwrap());
            self.ven.record(Sample::new("power", self.now, value), self.now).unwrap();
            self.run(10);
        }
    }

    /// An event of level 1, in so many minutes for so many.
    fn event(&mut self, starts_in: i64, lasts: u32) -> EventId {
        let signal = EventSignal::simple("level", [(Duration::from_minutes(lasts), Level::Moderate)]);
        let event = NewEvent::new(CONTEXT, self.now + TimeDelta::minutes(starts_in), signal);
        self.vtn.create_event(event, self.now).unwrap()
    }

    fn ven_id(&self) -> VenId {
        self.ven.ven_id().unwrap().clone()
    }

    fn answer(&self, event: &EventId) -> Option<(OptType, u32)> {
        self.vtn.event_answers(event).next().map(|(_, answer)| (answer.opt_type, answer.modification_number))
    }

    /// All values that the VTN was sent, by time.
    fn telemetry(&self) -> Vec<(DateTime<Utc>, f64)> {
        let readings = self.vtn_notices.iter().filter_map(|notice| match notice {
            Notice::Telemetry { readings, .. } => Some(readings),
            _ => None,
        });
        readings.flatten().map(|reading| (reading.start, reading.value.number().unwrap())).collect()
    }

    fn started(&self, event: &EventId) -> usize {
        let is_start = |notice: &&VenNotice| matches!(notice, VenNotice::EventStarted { event_id, .. } if event_id == event);
        self.ven_notices.iter().filter(is_start).count()
    }

    fn ended(&self, event: &EventId) -> usize {
        let is_end =
            |notice: &&VenNotice| matches!(notice, VenNotice::EventEnded { event_id } if event_id == event);
        self.ven_notices.iter().filter(is_end).count()
    }
}

fn over_the_wire(message: Message) -> Message {
    let document = Payload::new(message).to_xml().unwrap();
    let (payload, _) = openadr_types::envelope::Reading::strict().read(document.as_bytes()).unwrap();
    payload.into_message()
}

fn vtn_config(poll_freq: TimeDelta) -> Config {
    let reports =
        ReportPolicy::Telemetry { granularity: TimeDelta::seconds(10), report_back: TimeDelta::seconds(30) };
    Config { poll_freq, reports, ..Config::default() }
}

fn ven_config() -> openadr_client::Config {
    let power = ReportDescription::new("power", ReportType::Usage, ItemBase::power_real_w(SiScale::None));
    openadr_client::Config {
        offers: vec![Offer::telemetry_usage("telemetry", vec![power])],
        ..openadr_client::Config::new("Heat pump")
    }
}

/// Everything that the two do together. No single message may matter.
fn everything(pair: &mut Pair) {
    pair.run_and_measure(12);
    let ven_id = pair.ven_id();
    let ven = pair.vtn.ven(&ven_id).expect("registered");
    assert_eq!(ven.registration_id(), pair.ven.registration().map(|r| &r.registration_id));
    assert_eq!(ven.reports().len(), 1);
    assert_eq!(ven.requests().map(|request| request.state()).collect::<Vec<_>>(), [RequestState::Agreed]);

    let event = pair.event(6, 4);
    pair.run_and_measure(12);
    assert_eq!(pair.answer(&event), Some((OptType::In, 0)));
    pair.ven.opt(&event, OptType::Out, pair.now).unwrap();
    pair.run_and_measure(6);
    assert_eq!(pair.answer(&event), Some((OptType::Out, 0)));
    let later = pair.now + TimeDelta::minutes(3);
    pair.vtn.modify_event(&event, |event| event.period.start = later.into(), pair.now).unwrap();
    pair.run_and_measure(12);
    assert_eq!(pair.answer(&event), Some((OptType::In, 1)));
    pair.run_and_measure(12);
    assert_eq!(pair.started(&event), 1);
    assert_eq!(pair.ended(&event), 0);
    assert_eq!(pair.ven.in_force(pair.now).len(), 1);
    pair.run_and_measure(24);
    assert_eq!(pair.ended(&event), 1);

    let event = pair.event(1, 60);
    pair.run_and_measure(12);
    assert_eq!((pair.started(&event), pair.ended(&event)), (1, 0));
    pair.vtn.cancel_event(&event, pair.now).unwrap();
    pair.run_and_measure(12);
    assert_eq!((pair.started(&event), pair.ended(&event)), (1, 1));
    assert_eq!(pair.answer(&event).map(|(_, modification)| modification), Some(1));

    let tomorrow = Period::new((pair.now + TimeDelta::days(1)).into(), "PT8H".parse().unwrap());
    let opt = pair.ven.create_opt(NewOpt::schedule(OptType::Out, vec![tomorrow]));
    pair.run_and_measure(6);
    assert_eq!(pair.vtn.ven(&ven_id).unwrap().opts().count(), 1);
    pair.ven.cancel_opt(&opt).unwrap();
    pair.run_and_measure(6);
    assert_eq!(pair.vtn.ven(&ven_id).unwrap().opts().count(), 0);

    let telemetry = pair.telemetry();
    for (place, (at, value)) in telemetry.iter().enumerate() {
        // Which of the two samples around the time of a value stands for it is for the VEN to say.
        let earlier = at.timestamp() / 10 * 10;
        let samples = [earlier, earlier + 10].map(|at| f64::from(u16::try_from(at % 1000).unwrap()));
        assert!(samples.contains(value), "{value} at {at}");
        let before = place.checked_sub(1).map(|before| telemetry[before].0);
        assert!(before.is_none_or(|before| before < *at), "{at} after {before:?}");
    }
    assert!(telemetry.len() > 80, "{}", telemetry.len());

    pair.ven.cancel_registration();
    pair.run(120);
    assert!(!pair.ven.is_registered());
    assert_eq!(pair.vtn.ven(&ven_id).unwrap().registration_id(), None);
}

#[test]
fn everything_works() {
    let mut pair = Pair::new();
    everything(&mut pair);
    let refused = |notice: &&Notice| matches!(notice, Notice::Refused { .. } | Notice::Unanswered { .. });
    assert_eq!(pair.vtn_notices.iter().find(refused), None);
    let first: Vec<_> = pair.log.iter().take(7).collect();
    assert_eq!(
        first,
        [
            &("oadrCreatePartyRegistration", "oadrCreatedPartyRegistration"),
            &("oadrRegisterReport", "oadrRegisteredReport"),
            &("oadrCreatedReport", "oadrResponse"),
            &("oadrRequestEvent", "oadrDistributeEvent"),
            &("oadrPoll", "oadrRegisterReport"),
            &("oadrRegisteredReport", "oadrResponse"),
            &("oadrPoll", "oadrResponse"),
        ]
    );
}

#[test]
fn everything_works_although_any_one_message_is_lost() {
    let mut whole = Pair::new();
    everything(&mut whole);
    let is_poll = |place: usize| {
        // Of the many polls and reports the first few stand for all.
        place > 15
            && matches!(
                whole.log[place],
                ("oadrPoll", "oadrResponse") | ("oadrUpdateReport", "oadrUpdatedReport")
            )
    };
    for place in (0..whole.log.len()).filter(|place| !is_poll(*place)) {
        for fate in [Fate::RequestLost, Fate::ReplyLost] {
            eprintln!("{fate:?} at {place}: {:?}", whole.log[place]);
            let mut pair = Pair::new();
            pair.fate = Box::new(move |now| if now == place { fate } else { Fate::Arrives });
            everything(&mut pair);
        }
    }
}

#[test]
fn a_vtn_that_has_forgotten_its_vens_gets_them_back() {
    let mut pair = Pair::new();
    pair.run_and_measure(12);
    let before = pair.ven.registration().unwrap().clone();
    let lost = pair.event(1, 60);
    pair.run_and_measure(12);
    assert_eq!(pair.started(&lost), 1);

    pair.vtn = Vtn::new(vtn_config(TimeDelta::seconds(10)), 99);
    pair.vtn_notices.clear();
    let event = pair.event(5, 10);
    pair.run_and_measure(12);
    let after = pair.ven.registration().unwrap();
    assert_eq!(after.ven_id, before.ven_id);
    assert_ne!(after.registration_id, before.registration_id);
    assert_eq!(pair.answer(&event), Some((OptType::In, 0)));
    assert_eq!(pair.ended(&lost), 1, "what the VTN lists no more is cancelled");
    assert!(pair.telemetry().len() > 3);
}

#[test]
fn a_ven_goes_on_where_it_stopped() {
    let mut pair = Pair::new();
    pair.run_and_measure(12);
    let event = pair.event(5, 10);
    pair.run_and_measure(6);
    pair.ven.opt(&event, OptType::Out, pair.now).unwrap();
    pair.run_and_measure(6);
    let snapshot = pair.ven.snapshot();
    pair.now += TimeDelta::minutes(5);
    pair.ven = Ven::restore(ven_config(), 3, snapshot);
    pair.vtn_notices.clear();
    pair.run_and_measure(12);
    assert_eq!(pair.answer(&event), Some((OptType::Out, 0)));
    assert_eq!(pair.started(&event), 0);
    assert!(pair.telemetry().len() > 3);
    let registered = |notice: &&Notice| matches!(notice, Notice::Registered { .. });
    assert_eq!(pair.vtn_notices.iter().find(registered), None);
}

#[test]
fn a_ven_that_has_forgotten_everything_is_the_same_ven() {
    let mut pair = Pair::new();
    pair.run_and_measure(12);
    let event = pair.event(5, 10);
    pair.run_and_measure(6);
    let before = pair.ven.registration().unwrap().clone();
    pair.ven = Ven::new(ven_config(), 3);
    pair.run_and_measure(6);
    let after = pair.ven.registration().unwrap();
    assert_eq!(after.ven_id, before.ven_id);
    assert_ne!(after.registration_id, before.registration_id);
    assert_eq!(pair.answer(&event), Some((OptType::In, 0)));
    assert_eq!(pair.vtn.vens().count(), 1);
}

#[test]
fn the_operator_wants_a_ven_to_register_again() {
    let mut pair = Pair::new();
    pair.run_and_measure(12);
    let before = pair.ven.registration().unwrap().clone();
    let ven_id = pair.ven_id();
    pair.vtn.request_reregistration(&ven_id).unwrap();
    pair.vtn_notices.clear();
    pair.run_and_measure(12);
    assert_eq!(pair.ven.registration(), Some(&before));
    let renewals =
        pair.vtn_notices.iter().filter(|notice| matches!(notice, Notice::Registered { renewed: true, .. }));
    assert_eq!(renewals.count(), 1);
    assert_eq!(pair.vtn.ven(&ven_id).unwrap().requests().count(), 1, "reports stand");
    assert!(pair.telemetry().len() > 3);
}

#[test]
fn the_operator_ends_a_registration() {
    let mut pair = Pair::new();
    pair.run_and_measure(12);
    let event = pair.event(1, 60);
    pair.run_and_measure(12);
    let ven_id = pair.ven_id();
    pair.vtn.cancel_registration(&ven_id).unwrap();
    pair.run(60);
    assert!(!pair.ven.is_registered());
    assert_eq!(pair.ended(&event), 1);
    assert!(pair.vtn_notices.contains(&Notice::Unregistered { ven_id: ven_id.clone(), by: Party::Vtn }));
    let posts = pair.log.len();
    pair.run(600);
    assert_eq!(pair.log.len(), posts, "it has stopped");
    pair.ven.register();
    pair.run_and_measure(6);
    assert_eq!(pair.ven_id(), ven_id);
}

#[test]
fn the_operator_asks_for_more_reports_and_for_fewer() {
    let mut pair = Pair::of(Config::default(), ven_config());
    pair.run_and_measure(6);
    let ven_id = pair.ven_id();
    assert!(pair.telemetry().is_empty());
    let seconds = Duration::from_seconds;
    let wish = NewReport::periodic("telemetry", seconds(10), seconds(20));
    let id = pair.vtn.request_report(&ven_id, wish, pair.now).unwrap();
    pair.run_and_measure(12);
    assert!(pair.telemetry().len() > 6);
    assert_eq!(pair.ven.reports().len(), 1);
    pair.vtn.cancel_report(&ven_id, &id, false).unwrap();
    pair.run_and_measure(6);
    assert_eq!(pair.ven.reports().len(), 0);
    assert_eq!(pair.vtn.ven(&ven_id).unwrap().requests().count(), 0);
    let sent = pair.telemetry().len();
    pair.run_and_measure(12);
    assert_eq!(pair.telemetry().len(), sent);
    pair.vtn.request_metadata(&ven_id).unwrap();
    pair.vtn_notices.clear();
    pair.run(60);
    assert!(pair.vtn_notices.iter().any(|notice| matches!(notice, Notice::ReportsOffered { .. })));
}

#[test]
fn a_change_of_mind_goes_by_opt_where_the_ven_wants_that() {
    let ven = openadr_client::Config { opt_change: OptChange::CreateOpt, ..ven_config() };
    let mut pair = Pair::of(vtn_config(TimeDelta::seconds(10)), ven);
    pair.run_and_measure(6);
    let event = pair.event(5, 10);
    pair.run_and_measure(6);
    pair.ven.opt(&event, OptType::Out, pair.now).unwrap();
    pair.run_and_measure(6);
    assert!(pair.log.contains(&("oadrCreateOpt", "oadrCreatedOpt")));
    assert_eq!(pair.answer(&event), Some((OptType::Out, 0)));
}

#[test]
fn an_application_that_is_asked_may_take_its_time() {
    let policy = OptPolicy::Ask { timeout: TimeDelta::minutes(3), default: OptType::Out };
    let ven = openadr_client::Config { opt_policy: policy, ..ven_config() };
    let mut pair = Pair::of(vtn_config(TimeDelta::seconds(10)), ven);
    pair.run_and_measure(6);
    let event = pair.event(10, 10);
    pair.run_and_measure(6);
    pair.ven.opt(&event, OptType::In, pair.now).unwrap();
    pair.run_and_measure(6);
    assert_eq!(pair.answer(&event), Some((OptType::In, 0)));
}

#[test]
fn a_thousand_vens_of_which_one_is_meant() {
    let mut vtn = Vtn::new(vtn_config(TimeDelta::minutes(5)), 1);
    let now: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
    let mut vens: Vec<Ven> = (0..1000)
        .map(|number| Ven::new(openadr_client::Config::new(format!("pump {number}")), number))
        .collect();
    let settle = |vtn: &mut Vtn, vens: &mut [Ven], now| {
        for ven in vens {
            while let Some(request) = ven.poll_request(now) {
                match vtn.handle(request.service, &Peer::default(), request.message, now) {
                    Reply::Message(message) => ven.handle_response(request.id, message, now),
                    Reply::Empty => ven.handle_response(request.id, openadr_client::Reply::Empty, now),
                }
            }
        }
    };
    settle(&mut vtn, &mut vens, now);
    let meant = vens[500].ven_id().unwrap().clone();
    let signal = EventSignal::simple("level", [(Duration::from_minutes(30), Level::Moderate)]);
    let event =
        NewEvent { target: Target::ven(meant), ..NewEvent::new(CONTEXT, now + TimeDelta::hours(1), signal) };
    let event = vtn.create_event(event, now).unwrap();
    settle(&mut vtn, &mut vens, now + TimeDelta::minutes(6));
    let knowing: Vec<usize> = (0..1000).filter(|number| vens[*number].event(&event).is_some()).collect();
    assert_eq!(knowing, [500]);
    assert_eq!(vtn.event_answers(&event).count(), 1);
}

#[test]
fn a_week_of_events_over_a_bad_line() {
    let mut pair = Pair::of(Config { poll_freq: TimeDelta::minutes(5), ..Config::default() }, ven_config());
    let mut noise: u64 = 42;
    pair.fate = Box::new(move |_| {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match (noise >> 33) % 20 {
            0 => Fate::RequestLost,
            1 => Fate::ReplyLost,
            _ => Fate::Arrives,
        }
    });
    pair.run(3600);
    // Each hour an event, known two hours before: every third is changed, every fourth cancelled.
    let mut plans: BTreeMap<EventId, bool> = BTreeMap::new();
    for hour in 0..7 * 24 {
        let event = pair.event(125, 50);
        pair.run(1800);
        if hour % 3 == 0 {
            let reason = format!("hour {hour}");
            pair.vtn.modify_event(&event, |event| event.comment = Some(reason), pair.now).unwrap();
        }
        if hour % 4 == 0 {
            pair.vtn.cancel_event(&event, pair.now).unwrap();
        }
        pair.run(1800);
        plans.insert(event, hour % 4 != 0);
    }
    pair.run(4 * 3600);
    for (event, takes_place) in &plans {
        let times = usize::from(*takes_place);
        assert_eq!((pair.started(event), pair.ended(event)), (times, times), "{event}");
    }
    let over = pair.vtn.events().filter(|event| event.is_over(pair.now)).count();
    assert!(over <= 30, "{over} are remembered");
    assert!(pair.ven.events().count() <= 2, "{} are remembered", pair.ven.events().count());
    let statuses = pair
        .vtn_notices
        .iter()
        .filter(|notice| matches!(notice, Notice::Event { status: EventStatus::Completed, .. }));
    assert_eq!(statuses.count(), plans.values().filter(|takes_place| **takes_place).count());
}
