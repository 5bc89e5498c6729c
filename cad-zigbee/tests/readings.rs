//! Commands that carry values, as meters and hubs send them, become readings and notices.

use cad_zigbee::address::Eui64;
use cad_zigbee::energy::Payload;
use cad_zigbee::energy::demand_response::{
    CancelAllLoadControlEvents, CancelControl, CancelLoadControlEvent, Criticality, DeviceClass,
    EventControl, LoadControlEvent,
};
use cad_zigbee::energy::field::{Maybe, UtcTime};
use cad_zigbee::energy::metering::{GetProfile, IntervalChannel, RequestMirrorResponse};
use cad_zigbee::readings::{
    Han, Heard, LoadControlCancellation, MessageCancellation, Meter, News, Source, Told, WAITING,
};
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::{self, ClusterId};
use proptest::prelude::*;
use std::time::Duration;

/// 2026-01-15 17:00:00 UTC.
const NOW: Timestamp = Timestamp(Duration::from_secs(1_768_496_400));
/// Unit kWh, multiplier 1, divisor 1000, in a read response.
const FACTORS: [u8; 22] =
    [0x18, 2, 0x01, 0, 3, 0, 0x30, 0, 1, 3, 0, 0x22, 1, 0, 0, 2, 3, 0, 0x22, 0xE8, 3, 0];

fn source(meter: u64, endpoint: u8) -> Source {
    Source { meter: Meter::Eui64(Eui64(meter)), endpoint: Some(endpoint) }
}

fn hear(han: &mut Han, cluster: ClusterId, bytes: &[u8]) -> Told {
    from(han, source(1, 1), None, cluster, bytes)
}

fn from(
    han: &mut Han,
    source: Source,
    destination: Option<Source>,
    cluster: ClusterId,
    bytes: &[u8],
) -> Told {
    let frame = zcl::Frame::read(bytes).expect("a frame");
    han.hear(&Heard { source, destination, cluster, frame: &frame, time: Some(NOW) })
}

fn frame<'a>(command: &impl Payload<'a>, sequence: u8) -> Vec<u8> {
    let mut buffer = [0; 256];
    let mut writer = Writer::new(&mut buffer);
    command.write_frame(sequence, &mut writer).expect("fits");
    writer.written().to_vec()
}

fn seconds(time: Timestamp) -> [u8; 4] {
    time.to_zigbee().expect("after 2000").to_le_bytes()
}

fn texts(told: &Told) -> Vec<String> {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    told.readings.iter().map(|reading| format!("{} {reading}", time(reading.time))).collect()
}

#[test]
fn a_profile_is_a_series_with_the_newest_first_and_gaps_left_out() {
    let mut han = Han::new();
    hear(&mut han, ClusterId::METERING, &FACTORS);
    let mut profile = vec![0x19, 7, 0x00];
    profile.extend(seconds(NOW));
    profile.extend([0, 2, 3, 0xE8, 3, 0, 0xFF, 0xFF, 0xFF, 0x0A, 0, 0]);
    let told = hear(&mut han, ClusterId::METERING, &profile);
    let expected = [
        "2026-01-15T16:30:00Z energy_import_interval 1 kWh",
        "2026-01-15T15:30:00Z energy_import_interval 0.01 kWh",
    ];
    assert_eq!(texts(&told), expected);
    assert_eq!(told.readings[0].interval, Some(Duration::from_secs(1800)));
}

#[test]
fn a_profile_is_of_what_was_asked_for() {
    let mut han = Han::new();
    let (display, meter) = (source(9, 1), source(1, 1));
    hear(&mut han, ClusterId::METERING, &FACTORS);
    let question =
        GetProfile { interval_channel: IntervalChannel::Received, end: UtcTime::NOW, number_of_periods: 1 };
    from(&mut han, display, Some(meter), ClusterId::METERING, &frame(&question, 8));
    let mut profile = vec![0x19, 8, 0x00];
    profile.extend(seconds(NOW));
    profile.extend([0, 7, 1, 5, 0, 0]);
    let expected = ["2026-01-15T16:57:30Z energy_export_interval 0.005 kWh"];
    assert_eq!(texts(&hear(&mut han, ClusterId::METERING, &profile)), expected);
    let again = ["2026-01-15T16:57:30Z energy_import_interval 0.005 kWh"];
    assert_eq!(texts(&hear(&mut han, ClusterId::METERING, &profile)), again);
}

#[test]
fn samples_go_on_from_their_start() {
    let mut han = Han::new();
    let mut samples = vec![0x19, 7, 0x07, 1, 0];
    samples.extend(seconds(NOW));
    samples.extend([4, 10, 0, 3, 0, 0xE8, 3, 0, 0xFF, 0xFF, 0xFF, 0x18, 0xFC, 0xFF]);
    assert_eq!(texts(&hear(&mut han, ClusterId::METERING, &samples)), [""; 0]);
    let told = hear(&mut han, ClusterId::METERING, &FACTORS);
    assert_eq!(texts(&told), ["2026-01-15T17:00:00Z power 1 kW", "2026-01-15T17:00:20Z power -1 kW"]);
}

#[test]
fn samples_at_no_distance_are_of_no_time() {
    for (distance, readings) in [([10, 0], 2), ([0, 0], 0), ([0xFF, 0xFF], 0)] {
        let mut han = Han::new();
        hear(&mut han, ClusterId::METERING, &FACTORS);
        let mut samples = vec![0x19, 7, 0x07, 1, 0];
        samples.extend(seconds(NOW));
        samples.push(0);
        samples.extend(distance);
        samples.extend([2, 0, 1, 0, 0, 2, 0, 0]);
        assert_eq!(hear(&mut han, ClusterId::METERING, &samples).readings.len(), readings);
    }
}

#[test]
fn a_snapshot_has_all_registers_and_the_bill_of_its_time() {
    let mut han = Han::new();
    hear(&mut han, ClusterId::METERING, &FACTORS);
    let mut snapshot = vec![0x19, 7, 0x06, 1, 0, 0, 0];
    snapshot.extend(seconds(NOW));
    snapshot.extend([1, 0, 1, 1, 0, 0, 0, 3]);
    snapshot.extend([9, 0, 0, 0, 0, 0]);
    snapshot.extend([0x10, 0x27, 0, 0]);
    snapshot.extend(seconds(NOW));
    snapshot.extend([0xFF; 8]);
    snapshot.extend([0x20, 2, 1, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    snapshot.extend([0x11, 4, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0]);
    let at = "2026-01-15T17:00:00Z";
    let expected = [
        format!("{at} energy_export 0.009 kWh"),
        format!("{at} energy_export_tier_1 0.001 kWh"),
        format!("{at} energy_export_tier_1_block_1 0.004 kWh"),
        format!("{at} energy_export_tier_1_block_2 0.005 kWh"),
    ];
    assert_eq!(texts(&hear(&mut han, ClusterId::METERING, &snapshot)), expected);
    // The currency is another's to tell.
    let currency = [0x18, 2, 0x01, 0x16, 0x06, 0x00, 0x21, 0x3A, 0x03];
    let told = from(&mut han, source(2, 1), None, ClusterId::PRICE, &currency);
    assert_eq!(texts(&told), [format!("{at} bill_export 100 GBP")]);
    let unavailable = [&snapshot[..17], &[0x80]].concat();
    assert_eq!(hear(&mut han, ClusterId::METERING, &unavailable), Told::default());
}

fn price(start: u32, duration: u16) -> Vec<u8> {
    let mut price = vec![0x09, 7, 0x00, 1, 0, 0, 0, 3, b'D', b'a', b'y', 2, 0, 0, 0];
    price.extend(seconds(NOW));
    price.extend([0, 0x3A, 0x03, 0x51, 0x11]);
    price.extend(start.to_le_bytes());
    price.extend(duration.to_le_bytes());
    price.extend([0x80, 0x25, 0, 0]);
    price
}

#[test]
fn a_price_is_a_reading_once_it_holds() {
    let mut han = Han::new();
    let told = hear(&mut han, ClusterId::PRICE, &price(0, 0xFFFF));
    assert_eq!(texts(&told), ["2026-01-15T17:00:00Z price 0.096 GBP/kWh"]);
    let News::Price(price_now) = &told.notices[0].news else { panic!("{told:?}") };
    assert_eq!((price_now.start, price_now.end, price_now.tier), (Some(NOW), None, 1));
    assert_eq!(price_now.label.as_deref(), Some("Day"));

    let later = NOW.to_zigbee().unwrap() + 60;
    let told = hear(&mut han, ClusterId::PRICE, &price(later, 30));
    assert_eq!(texts(&told), [""; 0]);
    let News::Price(price_later) = &told.notices[0].news else { panic!("{told:?}") };
    assert_eq!(price_later.end.unwrap().to_string(), "2026-01-15T17:31:00Z");
    assert_eq!(hear(&mut han, ClusterId::PRICE, &price(u32::MAX, 30)), Told::default());

    // Credit is in the currency and with the digits of the price.
    let credit = [0x18, 2, 0x01, 0x01, 0, 0, 0x2B, 0xA0, 0x86, 0x01, 0];
    let told = hear(&mut han, ClusterId::PREPAYMENT, &credit);
    assert_eq!(texts(&told), ["2026-01-15T17:00:00Z credit 1 GBP"]);
}

#[test]
fn load_control_has_a_beginning_and_an_end() {
    let mut han = Han::new();
    let event = LoadControlEvent {
        issuer_event_id: 7,
        device_class: DeviceClass::ELECTRIC_VEHICLE,
        utility_enrollment_group: 0,
        start: UtcTime::NOW,
        duration_min: 90,
        criticality: Criticality::Level2,
        cooling_offset: Maybe::NONE,
        heating_offset: Maybe::NONE,
        cooling_set_point: Maybe::NONE,
        heating_set_point: Maybe::NONE,
        average_load_adjustment_percent: Maybe::NONE,
        duty_cycle: Maybe::new(50),
        control: EventControl(0),
    };
    let told = hear(&mut han, ClusterId::DEMAND_RESPONSE, &frame(&event, 1));
    let News::LoadControl(control) = &told.notices[0].news else { panic!("{told:?}") };
    assert_eq!((control.event, control.start), (event, Some(NOW)));
    assert_eq!(control.end.unwrap().to_string(), "2026-01-15T18:30:00Z");

    let cancel = CancelLoadControlEvent {
        issuer_event_id: 7,
        device_class: DeviceClass::ELECTRIC_VEHICLE,
        utility_enrollment_group: 0,
        control: CancelControl(0),
        effective: UtcTime::NOW,
    };
    let told = hear(&mut han, ClusterId::DEMAND_RESPONSE, &frame(&cancel, 2));
    let expected = LoadControlCancellation::One { cancelled: cancel, at: Some(NOW) };
    assert_eq!(told.notices[0].news, News::LoadControlCancelled(expected));
    let all = CancelAllLoadControlEvents { control: CancelControl::RANDOMIZED };
    let told = hear(&mut han, ClusterId::DEMAND_RESPONSE, &frame(&all, 3));
    let expected = LoadControlCancellation::All(CancelControl::RANDOMIZED);
    assert_eq!(told.notices[0].news, News::LoadControlCancelled(expected));
}

#[test]
fn a_message_is_shown_and_cancelled() {
    let mut han = Han::new();
    let mut message = vec![0x09, 7, 0x00, 5, 0, 0, 0, 0x8C, 0, 0, 0, 0, 10, 0, 5];
    message.extend(b"hello");
    let told = hear(&mut han, ClusterId::MESSAGING, &message);
    let News::Message(shown) = &told.notices[0].news else { panic!("{told:?}") };
    assert_eq!((shown.text.as_str(), shown.wants_confirmation, shown.protected), ("hello", true, false));
    assert_eq!(shown.end.unwrap().to_string(), "2026-01-15T17:10:00Z");
    let told = hear(&mut han, ClusterId::MESSAGING, &[0x09, 8, 0x01, 5, 0, 0, 0, 0]);
    assert_eq!(told.notices[0].news, News::MessageCancelled(MessageCancellation::One(5)));
}

#[test]
fn a_hub_says_where_the_mirror_of_a_meter_is() {
    let mut han = Han::new();
    let (hub, gas) = (source(1, 1), source(2, 1));
    let response = RequestMirrorResponse { endpoint: Maybe::new(5) };
    from(&mut han, hub, Some(gas), ClusterId::METERING, &frame(&response, 1));
    assert_eq!(han.mirrored(source(1, 5)), Some(gas));
    assert_eq!(han.mirrored(source(1, 6)), None);
}

/// What a meter may send about its demand.
#[derive(Debug, Clone, Copy)]
enum Step {
    Demand(i32),
    Unit,
    Multiplier(u32),
    Divisor(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (-8_388_607..8_388_608).prop_map(Step::Demand),
        1 => Just(Step::Unit),
        1 => (1_u32..1000).prop_map(Step::Multiplier),
        1 => (1_u32..10_000).prop_map(Step::Divisor),
    ]
}

proptest! {
    /// However values and factors are mixed: each value is given once and in order, with the factors that held when it
    /// came, or the first to come after it where there were none.
    #[test]
    fn every_value_has_the_factors_of_its_time(steps in proptest::collection::vec(step(), 0..WAITING)) {
        let mut han = Han::new();
        let mut given = Vec::new();
        let mut demands = Vec::new();
        for (place, step) in steps.iter().enumerate() {
            let number = |number: u32| number.to_le_bytes()[..3].to_vec();
            let record = match *step {
                Step::Demand(demand) => {
                    demands.push((place, demand));
                    [vec![0x00, 0x04, 0x2A], demand.to_le_bytes()[..3].to_vec()].concat()
                }
                Step::Unit => vec![0x00, 0x03, 0x30, 0x00],
                Step::Multiplier(factor) => [vec![0x01, 0x03, 0x22], number(factor)].concat(),
                Step::Divisor(factor) => [vec![0x02, 0x03, 0x22], number(factor)].concat(),
            };
            let bytes = [vec![0x18, 1, 0x0A], record].concat();
            given.extend(hear(&mut han, ClusterId::METERING, &bytes).readings);
        }
        let factor = |place: usize, pick: &dyn Fn(&Step) -> Option<u32>| {
            steps[..place].iter().rev().find_map(pick).or_else(|| steps[place..].iter().find_map(pick))
        };
        let mut expected = Vec::new();
        for (place, demand) in demands {
            let unit = factor(place, &|step| matches!(step, Step::Unit).then_some(0));
            let multiplier =
                factor(place, &|step| if let Step::Multiplier(factor) = step { Some(*factor) } else { None });
            let divisor =
                factor(place, &|step| if let Step::Divisor(factor) = step { Some(*factor) } else { None });
            if let (Some(_), Some(multiplier), Some(divisor)) = (unit, multiplier, divisor) {
                expected.push(cad_zigbee::decimal::Decimal::ratio(demand.into(), multiplier, divisor).unwrap());
            }
        }
        let values: Vec<_> = given.iter().map(|reading| reading.value).collect();
        prop_assert_eq!(values, expected);
        prop_assert_eq!(han.dropped(), 0);
    }

    /// Nothing grows without bound, whatever is sent by whomever.
    #[test]
    fn what_waits_is_bounded(frames in proptest::collection::vec((0_u64..4, any::<[u8; 12]>()), 0..300)) {
        let mut han = Han::new();
        for (meter, bytes) in frames {
            let bytes = [&[0x19, 1, bytes[0] % 8], &bytes[1..]].concat();
            for cluster in [ClusterId::METERING, ClusterId::PRICE, ClusterId::PREPAYMENT, ClusterId::MESSAGING] {
                from(&mut han, source(meter, 1), None, cluster, &bytes);
            }
            let report = [0x18, 1, 0x0A, 0x00, 0x04, 0x2A, 1, 0, 0];
            from(&mut han, source(meter, 1), None, ClusterId::METERING, &report);
        }
        prop_assert!(han.waiting() <= 4 * WAITING);
    }
}
