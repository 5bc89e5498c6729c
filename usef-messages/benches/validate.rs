//! How fast an offer for each quarter of an hour of a day is held against all rules, by itself and after the messages
//! before it, beside reading it.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use usef_messages::Payload;
use usef_messages::conversation::{self, Memory, Store as _};
use usef_messages::validation::{self, Context, Party, Policy};
use usef_messages::values::Role;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    flex_offer_96(&mut criterion);
    criterion.final_summary();
}

fn flex_offer_96(criterion: &mut Criterion) {
    let (request, document) = (request(), offer());
    let read = || Payload::from_xml(black_box(document.as_bytes()));
    let message = read().expect("an offer");

    let mut memory = Memory::default();
    let asked = Payload::from_xml(request.as_bytes()).expect("a request");
    memory.insert(asked.clone(), request.as_bytes(), asked.time_stamp()).expect("there is room");
    let dso = "dso.example".parse().expect("a domain");
    let mut policy = Policy::of(Party::new(dso, Role::Dso));
    policy.isp_durations.push("PT15M".parse().expect("a length"));
    policy.time_zones.push("Europe/London".parse().expect("a time zone"));
    let sender = Party::new("agr.example".parse().expect("a domain"), Role::Agr);
    let context = Context::new(&policy).at(message.time_stamp()).from(&sender);
    let validate = || {
        let mut failures = validation::validate(black_box(&message), &context);
        failures.extend(conversation::validate(black_box(&message), &context, &memory).expect("memory"));
        failures
    };
    assert_eq!(validate(), []);

    let mut group = criterion.benchmark_group("flex_offer_96");
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("validate", |b| b.iter(validate));
    group.bench_function("decode_beside", |b| b.iter(read));
    group.finish();
}

const COMMON: &str = r#"Version="3.1.0" TimeStamp="2026-11-22T11:00:00+01:00"
    ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
    Period="2026-11-23" CongestionPoint="ean.871685900012636543" ExpirationDateTime="2026-11-22T23:00:00Z""#;

/// A request for every ISP of the day.
fn request() -> String {
    format!(
        r#"<FlexRequest SenderDomain="dso.example" RecipientDomain="agr.example" {COMMON} Revision="1"
        MessageID="0f3d5155-3942-5525-baf1-7cd0c48e1e98"><ISP Disposition="Requested" MinPower="-100000"
        MaxPower="0" Start="1" Duration="96"/></FlexRequest>"#
    )
}

/// An offer with one option of 96 imbalance settlement periods.
fn offer() -> String {
    let mut document = format!(
        r#"<FlexOffer SenderDomain="agr.example" RecipientDomain="dso.example" {COMMON}
        MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
        FlexRequestMessageID="0f3d5155-3942-5525-baf1-7cd0c48e1e98" Currency="EUR">
        <OfferOption OptionReference="option-1" Price="123.45" MinActivationFactor="0.50">"#
    );
    for start in 1..=96 {
        // Writing to a string cannot fail.
        let _ = write!(document, r#"<ISP Power="-{}" Start="{start}" Duration="1"/>"#, 1000 * start);
    }
    document + "</OfferOption></FlexOffer>"
}
