//! Participants without a network: what one has to send is handed to the other at once.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Days, TimeDelta, Utc};
use usef_messages::d_prognosis;
use usef_messages::discovery::{AddressBook, keys_name};
use usef_messages::flex_offer::{Isp, OfferOption};
use usef_messages::flex_request;
use usef_messages::flex_settlement::{
    ContractIsp, ContractPeriod, ContractSettlement, FlexOrderSettlement, OrderIsp,
};
use usef_messages::keys::KeyString;
use usef_messages::metering::{self, Profile, ProfileType, Unit};
use usef_messages::roles::agr::{MeterData, Offer};
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::dso::{DirectOrder, Settlement, Wish};
use usef_messages::roles::store::{MemoryStore, Store};
use usef_messages::roles::{Agr, Config, Dso, Participant, Party, Refusal, Subject, Taken, status};
use usef_messages::sealing::SecretKey;
use usef_messages::values::{Disposition, Domain, Role, Uuid};

/// Who there is, and the seed of its key.
const ALL: [(&str, Role, u8); 5] = [
    ("agr.example", Role::Agr, 1),
    ("dso.example", Role::Dso, 2),
    ("cro.example", Role::Cro, 3),
    ("agr2.example", Role::Agr, 4),
    ("dso2.example", Role::Dso, 5),
];

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T11:00:00Z".parse().unwrap()
}

pub(crate) fn domain(name: &str) -> Domain {
    name.parse().unwrap()
}

pub(crate) fn key(name: &str) -> SecretKey {
    let (_, _, seed) = ALL.into_iter().find(|(known, ..)| *known == name).unwrap();
    SecretKey::from_seed(&[seed; 32])
}

pub(crate) fn book() -> AddressBook {
    let mut book = AddressBook::default();
    for (name, role, seed) in ALL {
        let sign = SecretKey::from_seed(&[seed; 32]).public_key();
        book.insert_text(&keys_name(&domain(name), role), &KeyString { sign, encrypt: None }.to_string());
    }
    book
}

pub(crate) fn config(name: &str) -> Config {
    Config::new(domain(name))
}

pub(crate) fn agr(config: Config) -> Agr {
    agr_on(config, MemoryStore::default()).unwrap()
}

pub(crate) fn dso(config: Config) -> Dso {
    dso_on(config, MemoryStore::default()).unwrap()
}

/// Another one for each run of a program.
fn seed() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn agr_on(
    config: Config,
    store: impl Store + Send + 'static,
) -> Result<Agr, usef_messages::roles::store::StoreError> {
    let key = key(config.domain.as_str());
    Agr::new(config, key, book(), store, seed())
}

pub(crate) fn dso_on(
    config: Config,
    store: impl Store + Send + 'static,
) -> Result<Dso, usef_messages::roles::store::StoreError> {
    let key = key(config.domain.as_str());
    Dso::new(config, key, book(), store, seed())
}

/// Hands over the next message, and its end back; whether there was one.
pub(crate) fn pass<A: Party, B: Party>(
    from: &mut Participant<A>,
    to: &mut Participant<B>,
    now: DateTime<Utc>,
) -> Option<Result<Taken, Refusal>> {
    let transmit = from.poll_transmit(now)?;
    assert_eq!(transmit.recipient, *to.domain());
    let taken = to.handle_request(&transmit.body, now);
    from.handle_delivery(transmit.id, DeliveryResult::status(status(&taken).code()), now);
    Some(taken)
}

/// Hands everything over, both ways.
pub(crate) fn exchange<A: Party, B: Party>(
    one: &mut Participant<A>,
    other: &mut Participant<B>,
    now: DateTime<Utc>,
) {
    while pass(one, other, now).is_some() || pass(other, one, now).is_some() {}
}

pub(crate) fn subject() -> Subject {
    Subject {
        congestion_point: "ean.871685900012636543".parse().unwrap(),
        period: "2026-11-23".parse().unwrap(),
        time_zone: "Europe/Amsterdam".parse().unwrap(),
        isp_duration: "PT15M".parse().unwrap(),
    }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

pub(crate) fn isp() -> Isp {
    Isp { power_w: -500_000, start: number(69), duration: Some(number(8)) }
}

pub(crate) fn wish() -> Wish {
    Wish {
        expires: now() + TimeDelta::hours(10),
        isps: vec![flex_request::Isp {
            disposition: Some(Disposition::Requested),
            min_power_w: -500_000,
            max_power_w: 0,
            start: number(69),
            duration: Some(number(8)),
        }],
        contract_id: None,
        service_type: None,
    }
}

pub(crate) fn offer() -> Offer {
    let option = OfferOption {
        option_reference: "a".to_owned(),
        price: "30.00".parse().unwrap(),
        min_activation_factor: Some("0.50".parse().unwrap()),
        isps: vec![isp()],
    };
    Offer::new(now() + TimeDelta::hours(8), "EUR".parse().unwrap(), vec![option])
}

pub(crate) fn plan() -> Vec<d_prognosis::Isp> {
    vec![d_prognosis::Isp { power_w: 400_000, start: 1, duration: Some(96) }]
}

pub(crate) fn direct_order(order_reference: &str) -> DirectOrder {
    DirectOrder {
        order_reference: order_reference.to_owned(),
        price: "75".parse().unwrap(),
        currency: "EUR".parse().unwrap(),
        isps: vec![isp()],
        contract_id: None,
        service_type: None,
        d_prognosis_message_id: None,
        baseline_reference: None,
    }
}

pub(crate) fn readings(day: u64, ean: &str) -> MeterData {
    let isps = vec![metering::Isp { start: 1, value: "1".parse().unwrap() }];
    MeterData {
        ean: ean.parse().unwrap(),
        period: ("2026-11-20".parse::<chrono::NaiveDate>().unwrap() + Days::new(day)).into(),
        time_zone: subject().time_zone,
        isp_duration: subject().isp_duration,
        currency: None,
        profiles: vec![Profile { profile_type: ProfileType::Power, unit: Unit::Kilowatt, isps }],
    }
}

/// What an order without an offer comes to.
pub(crate) fn settlement(order_reference: &str) -> Settlement {
    let day = subject().period;
    let isp = OrderIsp {
        start: number(69),
        duration: Some(number(8)),
        baseline_power_w: 400_000,
        ordered_flex_power_w: -500_000,
        actual_power_w: -100_000,
        delivered_flex_power_w: -500_000,
        power_deficiency_w: None,
    };
    let reserved = ContractIsp {
        start: number(69),
        duration: None,
        reserved_power_w: 0,
        requested_power_w: None,
        available_power_w: None,
        offered_power_w: None,
        ordered_power_w: None,
    };
    Settlement {
        start: day,
        end: day,
        currency: "EUR".parse().unwrap(),
        orders: vec![FlexOrderSettlement {
            order_reference: Some(order_reference.to_owned()),
            period: day,
            contract_id: None,
            d_prognosis_message_id: None,
            baseline_reference: None,
            congestion_point: subject().congestion_point,
            price: "75".parse().unwrap(),
            penalty: None,
            net_settlement: "75".parse().unwrap(),
            isps: vec![isp],
        }],
        contracts: vec![ContractSettlement {
            contract_id: None,
            periods: vec![ContractPeriod { period: day, isps: vec![reserved] }],
        }],
    }
}

/// An identifier that no message has.
pub(crate) fn nobody() -> Uuid {
    "00000000-0000-4000-8000-000000000000".parse().unwrap()
}
