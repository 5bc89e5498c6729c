//! A snapshot as JSON and back.
#![cfg_attr(feature = "serde", expect(clippy::unwrap_used, reason = "a test fails by panicking"))]
#![cfg(feature = "serde")]

mod script;

use chrono::TimeDelta;
use openadr_client::opts::NewOpt;
use openadr_client::{Config, Offer, OptPolicy, Sample, Snapshot, Ven};
use openadr_types::event::OptType;
use openadr_types::period::Period;
use openadr_types::report::{ReportDescription, ReportRequest};
use openadr_types::report::{ReportSpecifier, ReportType};
use openadr_types::units::{ItemBase, SiScale};
use script::{Script, at, created, event, list, ok, registered};

#[test]
fn survives_json() {
    let power = ReportDescription::new("power", ReportType::Usage, ItemBase::power_real_w(SiScale::None));
    let config = Config {
        offers: vec![Offer::telemetry_usage("usage", vec![power])],
        opt_policy: OptPolicy::Ask { timeout: TimeDelta::hours(1), default: OptType::In },
        ..Config::new("Boiler room")
    };
    let mut script = Script::new(config.clone());
    script.exchange("oadrCreatePartyRegistration", created());
    let interval = Period::new(at("10:00:00").into(), "PT0S".parse().unwrap());
    let minute = || "PT1M".parse().unwrap();
    let specifier = ReportSpecifier::periodic("usage", minute(), minute(), interval, ["power".into()]);
    let request = ReportRequest { report_request_id: "q".into(), specifier };
    script.exchange("oadrRegisterReport", registered(vec![request]));
    script.exchange("oadrCreatedReport", ok());
    script.exchange("oadrRequestEvent", list([event("e", 3)]));
    script.ven.record(Sample::new("power", script.now, 425.5), script.now).unwrap();
    let holidays = Period::new(at("18:00:00").into(), "P8D".parse().unwrap());
    script.ven.create_opt(NewOpt::schedule(OptType::Out, vec![holidays]));

    let snapshot = script.ven.snapshot();
    assert!(snapshot.registration.is_some());
    let lengths =
        [snapshot.events.len(), snapshot.reports.len(), snapshot.opts.len(), snapshot.samples.len()];
    assert_eq!(lengths, [1, 1, 1, 1]);
    let json = serde_json::to_string(&snapshot).unwrap();
    let read: Snapshot = serde_json::from_str(&json).unwrap();
    assert_eq!(read, snapshot);
    assert_eq!(Ven::restore(config, 2, read).snapshot(), snapshot);
}
