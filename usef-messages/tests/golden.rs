//! Our own messages, one file each: read strictly and leniently, some facts asserted, written, and equal to the file.

#![expect(clippy::unwrap_used, reason = "a fact that is absent is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use usef_messages::message::Answer;
use usef_messages::metering::ProfileType;
use usef_messages::payload::Kind;
use usef_messages::usef_2015::payload::Kind as Kind2015;
use usef_messages::values::{ActivationFactor, Amount, Disposition, Outcome, RedispatchBy, Uuid, Verdict};
use usef_messages::{Edition, Payload, usef_2015};

/// The message of one kind, or a panic that says what it is instead.
macro_rules! message {
    ($payload:expr, $family:ident::$kind:ident) => {
        match $payload {
            $family::$kind(message) => message,
            other => panic!("{} instead of {}", other.name(), stringify!($kind)),
        }
    };
}

#[test]
fn every_fixture_of_uftp_reads_and_writes_back_the_same() {
    let mut kinds = BTreeSet::new();
    for (name, text) in fixtures("") {
        let strict = Payload::from_xml_strict(text.as_bytes());
        let payload = strict.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(Payload::from_xml(text.as_bytes()).unwrap(), payload, "{name}");
        assert_eq!(payload.to_xml().unwrap(), compact(&text), "{name}");
        kinds.insert(payload.kind());
    }
    assert!(kinds.iter().eq(Kind::ALL), "every message has a fixture: {kinds:?}");
}

#[test]
fn every_fixture_of_usef_2015_reads_and_writes_back_the_same() {
    let mut kinds = BTreeSet::new();
    for (name, text) in fixtures("usef_2015") {
        let strict = usef_2015::Payload::from_xml_strict(text.as_bytes());
        let payload = strict.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(usef_2015::Payload::from_xml(text.as_bytes()).unwrap(), payload, "{name}");
        assert_eq!(payload.to_xml().unwrap(), compact(&text), "{name}");
        kinds.insert(payload.kind());
    }
    assert!(kinds.iter().eq(Kind2015::ALL), "every message has a fixture: {kinds:?}");
}

#[test]
fn every_request_has_the_response_of_its_kind() {
    let id = Uuid::from_random([7; 16]);
    for (name, text) in fixtures("") {
        let payload = Payload::from_xml(text.as_bytes()).unwrap();
        let response = payload.respond(Answer::reject("no"), id.clone(), payload.time_stamp());
        let Some(response) = response else {
            let none = payload.kind().response().is_none() || payload.kind() == Kind::AgrPortfolioQuery;
            assert!(none, "{name} has no response");
            continue;
        };
        assert_eq!(Some(response.kind()), payload.kind().response(), "{name}");
        assert_eq!(response.kind().request(), Some(payload.kind()), "{name}");
        assert_eq!(response.header(), payload.header().reply(id.clone(), payload.time_stamp()), "{name}");
        if payload.kind() != Kind::TestMessage {
            assert_eq!(response.reference(), Some(payload.message_id()), "{name}");
            assert_eq!(response.result(), Some(Outcome::Rejected), "{name}");
            assert_eq!(response.rejection_reason(), Some("no"), "{name}");
        }
        let text = response.to_xml().unwrap();
        assert_eq!(Payload::from_xml_strict(text.as_bytes()).unwrap(), response, "{name}");
    }
}

#[test]
fn requests_and_plans() {
    let request = message!(uftp("flex_request"), Payload::FlexRequest);
    let [available, requested, unsaid] = request.isps.as_slice() else { panic!("three periods") };
    assert_eq!(available.disposition, Some(Disposition::Available));
    assert_eq!((requested.min_power_w, requested.max_power_w), (-500_000, 0));
    assert_eq!((unsaid.disposition, unsaid.duration_isps()), (None, 1));
    assert_eq!(request.service_type.as_deref(), Some("congestion"));

    let plan = message!(uftp("d_prognosis"), Payload::DPrognosis);
    assert_eq!(plan.isps.iter().map(|isp| isp.duration_isps()).sum::<i64>(), 96);
    let response = message!(uftp("d_prognosis_response"), Payload::DPrognosisResponse);
    assert!(response.flex_order_statuses[0].is_validated);
    assert_eq!(response.d_prognosis_message_id, plan.message_id);
}

#[test]
fn offers_and_orders() {
    let offer = message!(uftp("flex_offer"), Payload::FlexOffer);
    let [all, some] = offer.offer_options.as_slice() else { panic!("two options") };
    assert_eq!((all.price, all.min_activation_factor()), ("120.5".parse().unwrap(), "0.5".parse().unwrap()));
    assert_eq!(
        (some.price.to_string(), some.min_activation_factor()),
        ("0.0125".to_owned(), ActivationFactor::ONE)
    );
    assert_eq!(offer.unsolicited, Some(false));

    let order = message!(uftp("flex_order"), Payload::FlexOrder);
    assert_eq!(order.flex_offer_message_id, Some(offer.message_id));
    assert_eq!(order.activation_factor().to_string(), "0.50");
    let order = message!(uftp("flex_order_unsolicited"), Payload::FlexOrder);
    assert_eq!(
        (order.unsolicited, order.price, order.activation_factor()),
        (Some(true), (-1).into(), ActivationFactor::ONE)
    );
    assert!(Payload::from(order).check_edition(Edition::V3_0_0).is_err());
}

#[test]
fn settlement_and_metering() {
    let settlement = message!(uftp("flex_settlement"), Payload::FlexSettlement);
    assert_eq!(settlement.result, Outcome::Accepted);
    let [late, plain] = settlement.flex_order_settlements.as_slice() else { panic!("two orders") };
    assert_eq!((late.penalty(), plain.penalty()), ("10.25".parse().unwrap(), Amount::ZERO));
    assert_eq!((late.isps[0].power_deficiency_w(), plain.isps[0].power_deficiency_w()), (50_000, 0));
    assert_eq!(settlement.contract_settlements[0].periods[0].isps[0].ordered_power_w, Some(100_000));
    let response = message!(uftp("flex_settlement_response"), Payload::FlexSettlementResponse);
    assert_eq!(response.flex_order_settlement_statuses[0].disposition, Verdict::Disputed);

    let metering = message!(uftp("metering"), Payload::Metering);
    assert_eq!(metering.ean.digits(), "1234567890123456");
    assert_eq!(metering.profiles[1].profile_type, ProfileType::ImportMeterReading);
    assert_eq!(metering.profiles[0].isps[0].value.to_string(), "-1.250");
}

#[test]
fn portfolios() {
    let response = message!(uftp("agr_portfolio_query_response"), Payload::AgrPortfolioQueryResponse);
    let point = &response.dso_views[0].dso_portfolios[0].congestion_points[0];
    assert_eq!(
        (point.day_ahead_redispatch_by, point.intraday_redispatch_by),
        (RedispatchBy::Agr, Some(RedispatchBy::Dso))
    );
    assert_eq!(response.dso_views[0].connections.len(), 1);
    let update = message!(uftp("agr_portfolio_update"), Payload::AgrPortfolioUpdate);
    assert_eq!(update.connections[1].end_period.unwrap().zone().unwrap().local_minus_utc(), 3600);
    let response = message!(uftp("dso_portfolio_query_response"), Payload::DsoPortfolioQueryResponse);
    assert_eq!(response.congestion_point.unwrap().connections[1].agr_domain, None);
    let response = uftp("dso_portfolio_update_response");
    assert_eq!(response.rejection_reason(), Some("feeder-3b & feeder-3c are one"));
    assert_eq!(response.reference(), Some(uftp("dso_portfolio_update").message_id()));
}

#[test]
fn usef_2015_keeps_defaults_and_extensions_apart() {
    use usef_2015::Payload as Older;
    use usef_2015::common_reference::Entity;
    use usef_2015::meter_data::QueryType;
    let ping = message!(older("test_message"), Older::TestMessage);
    assert_eq!(
        ping.extensions[0].as_str(),
        r#"<x:trace xmlns:x="urn:example:trace" id="7"><x:hop/></x:trace>"#
    );
    assert_eq!(message!(older("common_reference_query"), Older::CommonReferenceQuery).entity(), Entity::Brp);
    let answer = message!(older("common_reference_query_response"), Older::CommonReferenceQueryResponse);
    assert!(!answer.congestion_points[0].connections[0].is_customer() && answer.connections[0].is_customer());
    let query = message!(older("meter_data_query"), Older::MeterDataQuery);
    assert_eq!((query.query_type, query.query_type()), (None, QueryType::Usage));
    let data = message!(older("meter_data_query_response"), Older::MeterDataQueryResponse);
    let day = &data.meter_data_sets[0].meter_data[0];
    assert_eq!(day.connection_meter_data[0].ptu_meter_data[0].consumption_w(), Some(500));
    assert_eq!(day.connection_meter_data[1].entity_count, Some(12));
    let plan = message!(older("prognosis_response"), Older::PrognosisResponse);
    assert!(plan.flex_order_statuses[0].is_validated() && !plan.flex_order_statuses[1].is_validated());
    let settlement = message!(older("settlement_message"), Older::SettlementMessage);
    assert_eq!(settlement.flex_order_settlements[0].ptu_settlements[1].penalty(), Amount::ZERO);
}

fn uftp(name: &str) -> Payload {
    let text = std::fs::read(directory().join(name).with_extension("xml")).expect(name);
    Payload::from_xml_strict(&text).unwrap()
}

fn older(name: &str) -> usef_2015::Payload {
    let text = std::fs::read(directory().join("usef_2015").join(name).with_extension("xml")).expect(name);
    usef_2015::Payload::from_xml_strict(&text).unwrap()
}

/// The files of a folder, by name.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(directory().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The document without white space between its elements.
fn compact(document: &str) -> String {
    let (declaration, rest) = document.split_once('\n').unwrap();
    format!("{declaration}\n{}", rest.lines().map(str::trim).collect::<String>())
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}
