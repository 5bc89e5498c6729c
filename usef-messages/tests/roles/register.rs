//! What the register of a common reference operator takes from whom, and what it tells.

use usef_messages::agr_portfolio::{AgrPortfolioUpdate, Connection};
use usef_messages::dso_portfolio::{
    DsoPortfolioQuery, DsoPortfolioUpdate, UpdatedCongestionPoint, UpdatedConnection,
};
use usef_messages::message::Header;
use usef_messages::payload::Payload;
use usef_messages::roles::Cro;
use usef_messages::roles::store::{Direction, MemoryStore};
use usef_messages::sealing::seal_message;
use usef_messages::values::{EntityAddress, Period, RedispatchBy, Role, Uuid};

use crate::stage::{book, config, domain, key, now};

const POINT: &str = "ean.871685900012636543";
const OTHER_POINT: &str = "ean.541453179814000000";

/// A register, and how many messages it was sent.
struct Register {
    cro: Cro,
    store: MemoryStore,
    count: u8,
}

fn day(text: &str) -> Period {
    text.parse().unwrap()
}

fn end(text: &str) -> Option<Period> {
    (!text.is_empty()).then(|| day(text))
}

fn connection(number: u32) -> EntityAddress {
    format!("ean.8716859000{number:08}").parse().unwrap()
}

fn start(store: &MemoryStore) -> Cro {
    Cro::new(config("cro.example"), key("cro.example"), book(), store.clone(), 3).unwrap()
}

impl Register {
    fn new() -> Self {
        let store = MemoryStore::default();
        Self { cro: start(&store), store, count: 0 }
    }

    fn header(&mut self, sender: &str) -> Header {
        self.count += 1;
        let id: Uuid = Uuid::from_bytes([self.count; 16]);
        Header {
            version: "3.1.0".parse().unwrap(),
            sender_domain: domain(sender),
            recipient_domain: domain("cro.example"),
            time_stamp: now().into(),
            message_id: id.clone(),
            conversation_id: id,
        }
    }

    /// The reason for which a message is rejected; `None` where it is accepted.
    fn tell(&mut self, sender: &str, message: Payload) -> Option<String> {
        let role = if sender.starts_with("agr") { Role::Agr } else { Role::Dso };
        let document = seal_message(&message, role, &key(sender)).unwrap().to_xml().unwrap();
        self.cro.handle_request(document.as_bytes(), now()).unwrap();
        let answer = self.cro.messages().rfind(|entry| entry.direction == Direction::Sent).unwrap();
        assert_eq!(answer.message.reference(), Some(message.message_id()));
        answer.message.rejection_reason().map(ToOwned::to_owned)
    }

    /// An aggregator says from when to when it represents connections.
    fn represent(&mut self, agr: &str, connections: &[(u32, &str, &str)]) -> Option<String> {
        let header = self.header(agr);
        let message = AgrPortfolioUpdate {
            version: header.version,
            sender_domain: header.sender_domain,
            recipient_domain: header.recipient_domain,
            time_stamp: header.time_stamp,
            message_id: header.message_id,
            conversation_id: header.conversation_id,
            time_zone: "Europe/Amsterdam".parse().unwrap(),
            connections: connections
                .iter()
                .map(|(number, from, to)| Connection {
                    entity_address: connection(*number),
                    start_period: day(from),
                    end_period: end(to),
                })
                .collect(),
        };
        self.tell(agr, message.into())
    }

    /// A grid operator says what is at its congestion points, from when to when.
    fn place(&mut self, dso: &str, points: &[Place<'_>]) -> Option<String> {
        let header = self.header(dso);
        let point = |(address, (from, to), connections): &Place<'_>| UpdatedCongestionPoint {
            entity_address: address.parse().unwrap(),
            start_period: day(from),
            end_period: end(to),
            mutex_offers_supported: true,
            day_ahead_redispatch_by: RedispatchBy::Dso,
            intraday_redispatch_by: None,
            connections: connections
                .iter()
                .map(|(number, from, to)| UpdatedConnection {
                    entity_address: connection(*number),
                    start_period: day(from),
                    end_period: end(to),
                })
                .collect(),
        };
        let message = DsoPortfolioUpdate {
            version: header.version,
            sender_domain: header.sender_domain,
            recipient_domain: header.recipient_domain,
            time_stamp: header.time_stamp,
            message_id: header.message_id,
            conversation_id: header.conversation_id,
            time_zone: "Europe/Amsterdam".parse().unwrap(),
            congestion_points: points.iter().map(point).collect(),
        };
        self.tell(dso, message.into())
    }

    /// A grid operator asks who is at a congestion point.
    fn ask(&mut self, dso: &str, address: &str, on: &str) -> Option<String> {
        let header = self.header(dso);
        let message = DsoPortfolioQuery {
            version: header.version,
            sender_domain: header.sender_domain,
            recipient_domain: header.recipient_domain,
            time_stamp: header.time_stamp,
            message_id: header.message_id,
            conversation_id: header.conversation_id,
            time_zone: "Europe/Amsterdam".parse().unwrap(),
            period: day(on),
            entity_address: address.parse().unwrap(),
        };
        self.tell(dso, message.into())
    }

    fn aggregator(&self, number: u32, on: &str) -> Option<String> {
        self.cro.registry().aggregator(&connection(number), day(on).date()).map(ToString::to_string)
    }
}

/// A congestion point: its address, its days, and its connections with theirs.
type Place<'a> = (&'a str, (&'a str, &'a str), &'a [(u32, &'a str, &'a str)]);

fn conflict(number: u32, at: &str) -> Option<String> {
    Some(format!("Connection conflict: {} at {at}", connection(number)))
}

#[test]
fn a_connection_has_one_aggregator_a_day() {
    let mut register = Register::new();
    assert_eq!(register.represent("agr.example", &[(1, "2026-01-01", "2026-06-30")]), None);
    let theirs = "agr.example";
    for (from, to, expected) in [
        ("2026-06-30", "", conflict(1, theirs)),
        ("2025-01-01", "", conflict(1, theirs)),
        ("2025-01-01", "2026-01-01", conflict(1, theirs)),
        ("2026-02-01", "2026-02-02", conflict(1, theirs)),
        ("2026-07-01", "", None),
    ] {
        assert_eq!(register.represent("agr2.example", &[(1, from, to)]), expected, "{from} to {to}");
    }
    assert_eq!(register.aggregator(1, "2026-06-30").as_deref(), Some("agr.example"));
    assert_eq!(register.aggregator(1, "2026-07-01").as_deref(), Some("agr2.example"));
    assert_eq!(register.aggregator(1, "2025-12-31"), None);
}

#[test]
fn of_many_conflicts_a_hundred_are_told() {
    let mut register = Register::new();
    let all: Vec<_> = (0..150).map(|number| (number, "2026-12-01", "")).collect();
    assert_eq!(register.represent("agr.example", &all), None);
    let reason = register.represent("agr2.example", &all).unwrap();
    assert_eq!(reason.split(';').count(), 100);
    assert!(reason.starts_with(&conflict(0, "agr.example").unwrap()), "{reason}");
}

#[test]
fn an_update_that_is_rejected_changes_nothing() {
    let mut register = Register::new();
    register.represent("agr.example", &[(1, "2026-01-01", "")]);
    let both = [(2, "2026-01-01", ""), (1, "2026-01-01", "")];
    assert_eq!(register.represent("agr2.example", &both), conflict(1, "agr.example"));
    assert_eq!(register.aggregator(2, "2026-01-01"), None);
    let turned = [(2, "2026-01-02", "2026-01-01")];
    let reason = register.represent("agr2.example", &turned);
    assert_eq!(reason.as_deref(), Some("EndPeriod rejected"));
}

#[test]
fn an_aggregator_replaces_what_it_said_before() {
    let mut register = Register::new();
    register.represent("agr.example", &[(1, "2026-01-01", "")]);
    assert_eq!(register.represent("agr.example", &[(1, "2026-01-01", "2026-03-31")]), None);
    assert_eq!(register.represent("agr2.example", &[(1, "2026-04-01", "")]), None);
    assert_eq!(register.aggregator(1, "2026-04-01").as_deref(), Some("agr2.example"));
}

#[test]
fn a_congestion_point_has_one_grid_operator_a_day() {
    let mut register = Register::new();
    let place: Place<'_> = (POINT, ("2026-01-01", "2026-12-31"), &[(1, "2026-01-01", "2026-12-31")]);
    assert_eq!(register.place("dso.example", &[place]), None);
    let reason = Some(format!("Congestion point conflict: {POINT} at dso.example"));
    let place: Place<'_> = (POINT, ("2026-12-31", ""), &[(2, "2026-12-31", "")]);
    assert_eq!(register.place("dso2.example", &[place]), reason);
    let place: Place<'_> = (POINT, ("2027-01-01", ""), &[(1, "2027-01-01", "")]);
    assert_eq!(register.place("dso2.example", &[place]), None, "the connection moves along");
}

#[test]
fn a_connection_is_at_one_congestion_point_a_day_whoever_has_it() {
    for dso in ["dso.example", "dso2.example"] {
        let mut register = Register::new();
        let place: Place<'_> = (POINT, ("2026-01-01", ""), &[(1, "2026-01-01", "2026-06-30")]);
        assert_eq!(register.place("dso.example", &[place]), None);
        let place: Place<'_> = (OTHER_POINT, ("2026-01-01", ""), &[(1, "2026-06-30", "")]);
        assert_eq!(register.place(dso, &[place]), conflict(1, POINT), "{dso}");
        let place: Place<'_> = (OTHER_POINT, ("2026-01-01", ""), &[(1, "2026-07-01", "")]);
        assert_eq!(register.place(dso, &[place]), None, "{dso}");
    }
}

#[test]
fn a_connection_moves_to_another_congestion_point_in_one_update() {
    let mut register = Register::new();
    let here: Place<'_> = (POINT, ("2026-01-01", ""), &[(1, "2026-01-01", ""), (2, "2026-01-01", "")]);
    assert_eq!(register.place("dso.example", &[here]), None);
    let rest: Place<'_> = (POINT, ("2026-01-01", ""), &[(2, "2026-01-01", "")]);
    let there: Place<'_> = (OTHER_POINT, ("2026-01-01", ""), &[(1, "2026-01-01", "")]);
    assert_eq!(register.place("dso.example", &[rest, there]), None);
    assert_eq!(register.ask("dso.example", OTHER_POINT, "2026-05-01"), None);
}

#[test]
fn a_connection_lies_within_the_days_of_its_congestion_point() {
    let mut register = Register::new();
    let outside = "Period out of bounds";
    for (connection, expected) in [
        ((1, "2025-12-31", "2026-01-31"), outside),
        ((1, "2026-01-01", ""), outside),
        ((1, "2026-01-02", "2026-01-01"), "EndPeriod rejected"),
    ] {
        let place: Place<'_> = (POINT, ("2026-01-01", "2026-01-31"), &[connection]);
        assert_eq!(register.place("dso.example", &[place]).as_deref(), Some(expected), "{connection:?}");
    }
}

#[test]
fn a_grid_operator_asks_about_its_own_congestion_points() {
    let mut register = Register::new();
    let place: Place<'_> = (POINT, ("2026-01-01", "2026-12-31"), &[(1, "2026-02-01", "")]);
    register.place("dso.example", &[place]);
    let place: Place<'_> = (POINT, ("2026-01-01", "2026-12-31"), &[(1, "2026-02-01", "2026-12-31")]);
    assert_eq!(register.place("dso.example", &[place]), None);
    let own = |register: &mut Register, on| register.ask("dso.example", POINT, on);
    assert_eq!(own(&mut register, "2026-02-01"), None);
    assert_eq!(own(&mut register, "2026-01-31").as_deref(), Some("No connections available"));
    assert_eq!(own(&mut register, "2027-01-01").as_deref(), Some("Invalid CongestionPoint"));
    let stranger = register.ask("dso2.example", POINT, "2026-02-01");
    assert_eq!(stranger.as_deref(), Some("Unauthorized"));
    let unknown = register.ask("dso.example", OTHER_POINT, "2026-02-01");
    assert_eq!(unknown.as_deref(), Some("Invalid CongestionPoint"));
}

#[test]
fn a_register_is_the_same_after_a_restart() {
    let mut register = Register::new();
    let place: Place<'_> = (POINT, ("2026-01-01", ""), &[(1, "2026-01-01", "")]);
    register.place("dso.example", &[place]);
    register.represent("agr.example", &[(1, "2026-01-01", "")]);
    register.represent("agr2.example", &[(1, "2026-01-01", "")]);
    register.represent("agr.example", &[(1, "2026-01-01", "2026-06-30")]);
    let before = format!("{:?}", register.cro.registry());
    register.cro = start(&register.store);
    assert_eq!(format!("{:?}", register.cro.registry()), before);
    assert_eq!(register.represent("agr2.example", &[(1, "2026-06-30", "")]), conflict(1, "agr.example"));
}
