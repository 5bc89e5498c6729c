//! Whatever a VTN says in answer to whatever: the VEN neither panics nor storms it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod script;

use chrono::{DateTime, TimeDelta, Utc};
use openadr_client::{Config, Failure, Offer, OptPolicy, Reply, Sample, Ven};
use openadr_types::event::{EventStatus, OptType, RequestEvent, ResponseRequired};
use openadr_types::ids::Rid;
use openadr_types::opt::{CanceledOpt, CreatedOpt};
use openadr_types::period::{Period, Tolerance};
use openadr_types::poll::Poll;
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, QueryRegistration, RequestReregistration,
};
use openadr_types::report::{
    CancelReport, CanceledReport, CreateReport, RegisterReport, ReportDescription, ReportRequest,
    ReportSpecifier, ReportType, UpdateReport, UpdatedReport,
};
use openadr_types::response::EiResponse;
use openadr_types::units::{ItemBase, SiScale};
use script::{at, cancelled, created, event, list, ok, refusal, registered};

/// A number below `below`, from a state (xorshift).
fn pick(state: &mut u64, below: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % 1_000_000).unwrap() % below
}

fn requests() -> Vec<ReportRequest> {
    let mut all = vec![ReportRequest::metadata("m")];
    for (place, (start, length, granularity, back)) in [
        ("2026-11-23T10:00:00Z", "PT0S", "PT10S", "PT1M"),
        ("0001-01-01T00:00:00Z", "P9000Y", "PT1S", "PT1S"),
        ("9999-12-31T23:59:59Z", "P400Y", "PT0S", "PT1M"),
        ("2026-11-23T10:00:00Z", "-PT1H", "PT0S", "P99999D"),
        ("2026-11-23T10:00:00Z", "PT1H", "PT1H", "PT0S"),
        ("2026-11-23T10:00:00Z", "PT0S", "PT0S", "PT0S"),
    ]
    .into_iter()
    .enumerate()
    {
        let interval = Period::new(start.parse().unwrap(), length.parse().unwrap());
        let (granularity, back) = (granularity.parse().unwrap(), back.parse().unwrap());
        let specifier = ReportSpecifier::periodic("usage", granularity, back, interval, [Rid::from("power")]);
        all.push(ReportRequest { report_request_id: format!("q-{place}").into(), specifier });
    }
    all
}

fn replies() -> Vec<Reply> {
    let odd = |start: &str, length: &str, modification: u32| {
        let mut event = event("odd", modification);
        event.active_period = Period::new(start.parse().unwrap(), length.parse().unwrap())
            .with_tolerance(Tolerance { start_after: Some("P300000D".parse().unwrap()) });
        event.active_period.ramp_up = Some("P900000000D".parse().unwrap());
        event.signals[0].intervals[0].duration = Some("P99999Y".parse().unwrap());
        event.signals[0].intervals[1].payloads.clear();
        event
    };
    let mut completed = event("e", 2);
    completed.descriptor.status = EventStatus::Completed;
    let mut silent = list([event("f", 0)]);
    silent.events[0].response_required = ResponseRequired::Never;
    let mut other = created();
    other.registration_id = Some("reg-2".into());
    other.poll_freq = Some("PT0.001S".parse().unwrap());
    let mut last = CancelReport::new("c", vec!["q-0".into(), "q-1".into()], None);
    last.report_to_follow = true;
    let mut updated = UpdatedReport::new(EiResponse::ok("u"), None);
    updated.cancel_report = Some(CancelReport::new("c", vec!["q-4".into()], None));
    let wanted = requests();
    let mut all: Vec<Reply> = vec![
        Reply::Empty,
        ok().into(),
        ok().into(),
        refusal("450").into(),
        refusal("452").into(),
        created().into(),
        created().into(),
        other.into(),
        registered(Vec::new()).into(),
        registered(requests()).into(),
        list([]).into(),
        list([event("e", 0), event("f", 1), event("e", 1)]).into(),
        list([cancelled("e", 2), event("f", 0)]).into(),
        list([completed]).into(),
        silent.into(),
        list([odd("9999-12-31T23:59:59Z", "P200000Y", 0)]).into(),
        list([odd("0001-01-01T00:00:00Z", "PT0S", 1)]).into(),
        list([odd("2026-11-23T10:30:00Z", "P1M", 2)]).into(),
        last.into(),
        updated.into(),
        UpdatedReport::new(EiResponse::ok("u"), None).into(),
        UpdatedReport::new(EiResponse::ok("u"), None).into(),
        RegisterReport::new("r", Vec::new(), None).into(),
        UpdateReport::new("u", Vec::new(), None).into(),
        CanceledReport::new(EiResponse::ok("c"), Vec::new(), None).into(),
        RequestReregistration::new("ven-1").into(),
        CancelPartyRegistration::new("c", "reg-1", "ven-1").into(),
        CanceledPartyRegistration::new(EiResponse::ok("c"), None, None).into(),
        CreatedOpt::new(EiResponse::ok("o"), "o").into(),
        CanceledOpt { schema_version: None, response: EiResponse::ok("o"), opt_id: None }.into(),
        Poll::new("ven-1").into(),
        QueryRegistration::new("q").into(),
        RequestEvent::new("r", "ven-1").into(),
    ];
    all.extend(wanted.into_iter().map(|request| CreateReport::new("c", vec![request], None).into()));
    all
}

fn config() -> Config {
    let power = ReportDescription::new("power", ReportType::Usage, ItemBase::power_real_w(SiScale::None));
    Config {
        offers: vec![Offer::telemetry_usage("usage", vec![power])],
        opt_policy: OptPolicy::Ask { timeout: TimeDelta::minutes(1), default: OptType::Out },
        history: 100,
        ..Config::new("Boiler room")
    }
}

/// Answers everything at random for a while; gives the requests and the time they took.
fn converse(seed: u64, replies: &[Reply]) -> (u32, TimeDelta) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut ven = Ven::new(config(), seed);
    let start = at("10:00:00");
    let (mut now, mut sent): (DateTime<Utc>, u32) = (start, 0);
    for _ in 0..3000 {
        while ven.poll_event().is_some() {}
        if let Some(request) = ven.poll_request(now) {
            sent += 1;
            match pick(&mut random, 12) {
                0 => ven.handle_failure(request.id, Failure::Transport(String::new()), now),
                1 => ven.handle_failure(request.id, Failure::Status(500), now),
                2 => ven.handle_failure(request.id, Failure::Unreadable(String::new()), now),
                _ => {
                    let reply = replies[pick(&mut random, replies.len())].clone();
                    ven.handle_response(request.id, reply, now);
                }
            }
        } else {
            match ven.poll_timeout() {
                Some(until) => {
                    assert!(until > now, "the VEN has nothing to send, and yet something to do");
                    now = until;
                    ven.handle_timeout(now);
                }
                None => ven.register(),
            }
        }
        match pick(&mut random, 40) {
            0 => drop(ven.opt(&"e".into(), OptType::In, now)),
            1 => drop(ven.opt(&"odd".into(), OptType::In, now)),
            2 => ven.cancel_registration(),
            3 => ven = Ven::restore(config(), seed, ven.snapshot()),
            4..20 => ven.record(Sample::new("power", now, 1.0), now).unwrap(),
            _ => {}
        }
        let _ = ven.in_force(now);
        if now > at("23:00:00") + TimeDelta::days(30) {
            break;
        }
    }
    (sent, now - start)
}

#[test]
fn nothing_a_vtn_says_breaks_a_ven() {
    let replies = replies();
    for seed in 0..30 {
        converse(seed, &replies);
    }
}

#[test]
fn whatever_a_vtn_keeps_saying_it_is_not_stormed() {
    for reply in replies() {
        let mut ven = Ven::new(config(), 1);
        let mut now = at("10:00:00");
        let mut sent = 0;
        while now < at("10:10:00") {
            while let Some(request) = ven.poll_request(now) {
                sent += 1;
                assert!(sent < 10_000, "{reply:?}");
                // It has to get in at first.
                let reply = if sent == 1 { created().into() } else { reply.clone() };
                ven.handle_response(request.id, reply, now);
            }
            let Some(until) = ven.poll_timeout() else { break };
            now = until;
            ven.handle_timeout(now);
        }
        // Ten minutes have 60 polls, each of which may bring 50 more and their answers, and a little besides.
        assert!(sent <= 60 * (51 * 2 + 10), "{sent} requests where the VTN says {reply:?}");
    }
}
