use super::{Factors, Han, Heard, Known, METERS, Meter, News, Reading, Source, Supply, Told, WAITING};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::zcl::{ClusterId, Frame};

const REPORT: u8 = 0x0A;
const RESPONSE: u8 = 0x01;
const KWH: [u8; 5] = [0x00, 0x03, 0x00, 0x30, 0x00];
const M3: [u8; 5] = [0x00, 0x03, 0x00, 0x30, 0x01];
const MULTIPLIER_1: [u8; 7] = [0x01, 0x03, 0x00, 0x22, 1, 0, 0];
const DIVISOR_1000: [u8; 7] = [0x02, 0x03, 0x00, 0x22, 0xE8, 3, 0];
const DEMAND_1234: [u8; 6] = [0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00];

fn feed(han: &mut Han, command: u8, records: &[&[u8]]) -> Vec<Reading> {
    let bytes = [&[0x18, 0x01, command], &records.concat()[..]].concat();
    han.metering(Source::default(), &Frame::read(&bytes).unwrap(), None)
}

fn texts(readings: &[Reading]) -> Vec<String> {
    readings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_demand_is_signed_and_in_kilowatts() {
    let mut han = Han::new();
    feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1, &DIVISOR_1000]);
    assert_eq!(texts(&feed(&mut han, REPORT, &[&DEMAND_1234])), ["power 1.234 kW"]);
    let export = feed(&mut han, REPORT, &[&[0x00, 0x04, 0x2A, 0x11, 0xF6, 0xFF]]);
    assert_eq!(texts(&export), ["power -2.543 kW"]);
}

#[test]
fn what_stands_for_no_value_gives_no_reading() {
    let mut han = Han::new();
    feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1, &DIVISOR_1000]);
    let invalid_demand = [0x00, 0x04, 0x2A, 0x00, 0x00, 0x80];
    let invalid_sum = [0x00, 0x00, 0x25, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_eq!(feed(&mut han, REPORT, &[&invalid_demand, &invalid_sum]), []);
}

#[test]
fn numbers_wait_for_their_factors_and_the_oldest_make_room() {
    let mut han = Han::new();
    for number in 0..=u8::try_from(WAITING).unwrap() {
        assert_eq!(feed(&mut han, REPORT, &[&[0x00, 0x04, 0x2A, number, 0, 0]]), []);
    }
    assert_eq!(feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1]), []);
    let readings = feed(&mut han, RESPONSE, &[&DIVISOR_1000]);
    assert_eq!(readings.len(), WAITING);
    assert_eq!(readings[0].to_string(), "power 0.001 kW");
    assert_eq!(feed(&mut han, RESPONSE, &[&DIVISOR_1000]), []);
}

#[test]
fn changed_factors_hold_from_their_frame_on() {
    let mut han = Han::new();
    feed(&mut han, RESPONSE, &[&KWH, &MULTIPLIER_1, &DIVISOR_1000]);
    let divisor_512 = [0x02, 0x03, 0x22, 0x00, 0x02, 0x00];
    let readings = feed(&mut han, REPORT, &[&DEMAND_1234, &divisor_512]);
    assert_eq!(texts(&readings), ["power 2.41015625 kW"]);
}

#[test]
fn without_a_divisor_the_formatting_says_where_the_point_is() {
    let mut han = Han::new();
    let no_multiplier = [0x01, 0x03, 0x86];
    let no_divisor = [0x02, 0x03, 0x86];
    feed(&mut han, RESPONSE, &[&KWH, &no_multiplier, &no_divisor]);
    assert_eq!(feed(&mut han, REPORT, &[&DEMAND_1234]), []);
    let two_places = [0x04, 0x03, 0x00, 0x18, 0x2A];
    assert_eq!(texts(&feed(&mut han, RESPONSE, &[&two_places])), ["power 12.34 kW"]);

    let zero_divisor = [0x02, 0x03, 0x00, 0x22, 0, 0, 0];
    let readings = feed(&mut han, RESPONSE, &[&zero_divisor, &[0x00, 0x04, 0x00, 0x2A, 5, 0, 0]]);
    assert_eq!(texts(&readings), ["power 0.05 kW"]);
}

#[test]
fn gas_is_a_volume_and_its_alternative_an_energy() {
    let mut han = Han::new();
    let alternative_kwh = [0x12, 0x03, 0x00, 0x30, 0x00];
    feed(&mut han, RESPONSE, &[&M3, &MULTIPLIER_1, &DIVISOR_1000, &alternative_kwh]);
    let sum = [0x00, 0x00, 0x25, 0x8B, 0xD3, 0x22, 0, 0, 0];
    let day = [0x01, 0x0C, 0x22, 0x1C, 0x9A, 0x00];
    let readings = feed(&mut han, REPORT, &[&sum, &day]);
    assert_eq!(texts(&readings), ["volume 2282.379 m3", "energy_import_day 39.452 kWh"]);
}

#[test]
fn binary_coded_decimals_are_read_as_digits() {
    let mut han = Han::new();
    let kwh_bcd = [0x00, 0x03, 0x00, 0x30, 0x80];
    feed(&mut han, RESPONSE, &[&kwh_bcd, &MULTIPLIER_1, &DIVISOR_1000]);
    let sum = [0x00, 0x00, 0x25, 0x76, 0x20, 0x07, 0x05, 0, 0];
    assert_eq!(texts(&feed(&mut han, REPORT, &[&sum])), ["energy_import 5072.076 kWh"]);
    let no_digit = [0x00, 0x00, 0x25, 0x7A, 0x20, 0x07, 0x05, 0, 0];
    assert_eq!(feed(&mut han, REPORT, &[&no_digit]), []);
}

#[test]
fn factors_that_were_set_outlive_what_the_meter_tells() {
    let mut han = Han::new();
    feed(&mut han, REPORT, &[&DEMAND_1234]);
    let factors = Factors {
        unit: Known::Value(0),
        multiplier: Known::Value(1),
        divisor: Known::Value(100),
        ..Factors::default()
    };
    let readings = han.set_factors(Source::default(), factors);
    assert_eq!(texts(&readings), ["power 12.34 kW"]);
    feed(&mut han, RESPONSE, &[&DIVISOR_1000]);
    assert_eq!(texts(&feed(&mut han, REPORT, &[&DEMAND_1234])), ["power 12.34 kW"]);
}

#[test]
fn a_meter_keeps_its_factors_when_its_name_becomes_known() {
    let mut han = Han::new();
    let (pan, short, eui64) = (PanId(0x5A17), ShortAddress(0x2B4E), Eui64(7));
    let source = |meter| Source { meter, endpoint: Some(1) };
    let factors = [&[0x18, 1, RESPONSE][..], &KWH, &MULTIPLIER_1, &DIVISOR_1000].concat();
    let report = [&[0x18, 1, REPORT][..], &DEMAND_1234].concat();
    han.metering(source(Meter::Short(pan, short)), &Frame::read(&factors).unwrap(), None);
    han.identify(pan, short, eui64);
    let readings = han.metering(source(Meter::Eui64(eui64)), &Frame::read(&report).unwrap(), None);
    assert_eq!(texts(&readings), ["power 1.234 kW"]);
    assert_eq!(readings[0].source.meter.to_string(), "0000000000000007");
}

fn told(han: &mut Han, cluster: ClusterId, records: &[&[u8]]) -> Told {
    let bytes = [&[0x18, 0x01, RESPONSE], &records.concat()[..]].concat();
    let frame = Frame::read(&bytes).unwrap();
    let source = Source::default();
    han.hear(&Heard { source, destination: None, cluster, frame: &frame, time: None })
}

#[test]
fn a_number_that_waits_keeps_the_factors_that_were_known_when_it_came() {
    let mut han = Han::new();
    feed(&mut han, RESPONSE, &[&MULTIPLIER_1, &DIVISOR_1000]);
    assert_eq!(feed(&mut han, REPORT, &[&DEMAND_1234]), []);
    let divisor_100 = [0x02, 0x03, 0x00, 0x22, 100, 0, 0];
    assert_eq!(feed(&mut han, RESPONSE, &[&divisor_100]), []);
    assert_eq!(feed(&mut han, REPORT, &[&DEMAND_1234]), []);
    assert_eq!(texts(&feed(&mut han, RESPONSE, &[&KWH])), ["power 1.234 kW", "power 12.34 kW"]);
}

#[test]
fn without_formatting_a_factor_counts_alone() {
    let mut han = Han::new();
    let (no_multiplier, no_formatting) = ([0x01, 0x03, 0x86], [0x04, 0x03, 0x86]);
    feed(&mut han, RESPONSE, &[&KWH, &no_multiplier, &DIVISOR_1000, &no_formatting]);
    assert_eq!(texts(&feed(&mut han, REPORT, &[&DEMAND_1234])), ["power 1.234 kW"]);
}

#[test]
fn what_makes_room_is_counted() {
    let mut han = Han::new();
    for _ in 0..WAITING + 3 {
        feed(&mut han, REPORT, &[&DEMAND_1234]);
    }
    assert_eq!((han.waiting(), han.dropped()), (WAITING, 3));
}

#[test]
fn meters_without_number_do_not_fill_the_memory() {
    let mut han = Han::new();
    let bytes = [&[0x18, 0x01, REPORT][..], &DEMAND_1234].concat();
    for short in 0..=u16::try_from(METERS).unwrap() {
        let meter = Meter::Short(PanId(1), ShortAddress(short));
        han.metering(Source { meter, endpoint: Some(1) }, &Frame::read(&bytes).unwrap(), None);
    }
    assert_eq!((han.sources().len(), han.dropped()), (METERS, 1));
    assert_eq!(han.sources()[0].meter, Meter::Short(PanId(1), ShortAddress(1)));
}

#[test]
fn credit_is_signed_money_in_the_currency_of_prices() {
    let mut han = Han::new();
    let credit = [0x01, 0x00, 0x00, 0x2B, 0x18, 0xFC, 0xFF, 0xFF];
    assert_eq!(told(&mut han, ClusterId::PREPAYMENT, &[&credit]), Told::default());
    let (currency, digits) = ([0x16, 0x06, 0x00, 0x21, 0x3A, 0x03], [0x17, 0x06, 0x00, 0x18, 0x50]);
    let readings = told(&mut han, ClusterId::PRICE, &[&currency, &digits]).readings;
    assert_eq!(texts(&readings), ["credit -0.01 GBP"]);
}

#[test]
fn a_price_has_currency_and_unit() {
    let mut han = Han::new();
    let (currency, digits) = ([0x16, 0x06, 0x00, 0x21, 0x3A, 0x03], [0x17, 0x06, 0x00, 0x18, 0x50]);
    let unit = [0x15, 0x06, 0x00, 0x30, 0x00];
    let price = [0x10, 0x04, 0x00, 0x23, 0x80, 0x25, 0x00, 0x00];
    let standing = [0x01, 0x03, 0x00, 0x23, 0xB7, 0x4B, 0x00, 0x00];
    let readings = told(&mut han, ClusterId::PRICE, &[&currency, &digits, &unit, &price, &standing]).readings;
    assert_eq!(texts(&readings), ["price_tier_1_block_1 0.096 GBP/kWh", "standing_charge 0.19383 GBP/d"]);
}

#[test]
fn voltage_needs_the_factors_of_its_own_cluster() {
    let mut han = Han::new();
    let cluster = ClusterId(0x0B04);
    let voltage = [0x05, 0x05, 0x00, 0x21, 0x5F, 0x09];
    assert_eq!(told(&mut han, cluster, &[&voltage]), Told::default());
    let (no_multiplier, divisor) = ([0x00, 0x06, 0x86], [0x01, 0x06, 0x00, 0x21, 10, 0]);
    assert_eq!(texts(&told(&mut han, cluster, &[&no_multiplier, &divisor]).readings), ["voltage 239.9 V"]);
    let invalid = [0x05, 0x05, 0x00, 0x21, 0xFF, 0xFF];
    assert_eq!(told(&mut han, cluster, &[&invalid]), Told::default());
}

#[test]
fn states_are_notices() {
    let mut han = Han::new();
    let (supply, status) = ([0x14, 0x00, 0x00, 0x30, 2], [0x00, 0x02, 0x00, 0x18, 0x10]);
    let gas_mirror = [0x06, 0x03, 0x00, 0x18, 0x80];
    let notices = told(&mut han, ClusterId::METERING, &[&supply, &status, &gas_mirror]).notices;
    let news: Vec<News> = notices.into_iter().map(|notice| notice.news).collect();
    let [News::Supply { state: Supply::On, .. }, News::Status { flags, device_type }] = news[..] else {
        panic!("{news:?}")
    };
    assert_eq!(News::status_names(flags, device_type).collect::<Vec<_>>(), ["low_pressure"]);
}

#[test]
fn a_name_longer_than_its_attribute_is_not_kept() {
    let mut han = Han::new();
    let long = [&[0x08, 0x03, 0x00, 0x43, 0xFF, 0x00][..], &[b'7'; 255]].concat();
    told(&mut han, ClusterId::METERING, &[&long[..]]);
    let serial = |han: &Han| han.sources().iter().find_map(|source| han.identity(*source)?.serial.clone());
    assert_eq!(serial(&han), None);
    told(&mut han, ClusterId::METERING, &[&[0x08, 0x03, 0x00, 0x43, 2, 0, b'4', b'2']]);
    assert_eq!(serial(&han).as_deref(), Some("42"));
}

#[test]
fn a_mirror_is_told_from_its_meter_and_finds_it_by_its_number() {
    let mut han = Han::new();
    let hear = |han: &mut Han, source, records: &[&[u8]]| {
        let bytes = [&[0x18, 0x01, RESPONSE], &records.concat()[..]].concat();
        han.metering(source, &Frame::read(&bytes).unwrap(), None);
    };
    let hub = |endpoint| Source { meter: Meter::Eui64(Eui64(1)), endpoint: Some(endpoint) };
    let meter = Source { meter: Meter::Eui64(Eui64(2)), endpoint: Some(1) };
    let kind = |kind| [0x06, 0x03, 0x00, 0x18, kind];
    let serial = |digit| [0x08, 0x03, 0x00, 0x41, 2, b'E', digit];
    hear(&mut han, meter, &[&kind(1), &serial(b'7')]);
    hear(&mut han, hub(5), &[&kind(0x80), &serial(b'7')]);
    hear(&mut han, hub(6), &[&kind(0x80), &serial(b'8')]);
    assert_eq!(han.mirrored(hub(5)), Some(meter));
    assert_eq!(han.mirrored(hub(6)), None);
    let identity = han.identity(hub(6)).unwrap();
    assert_eq!((identity.commodity(), identity.serial.as_deref()), (Some("gas"), Some("E8")));
}

#[test]
fn attributes_of_a_client_tell_nothing() {
    let mut han = Han::new();
    let from_client = [&[0x10, 0x01, REPORT][..], &DEMAND_1234, &KWH, &MULTIPLIER_1, &DIVISOR_1000].concat();
    let readings = han.metering(Source::default(), &Frame::read(&from_client).unwrap(), None);
    assert_eq!((readings, han.waiting(), han.sources().len()), (vec![], 0, 0));
}
