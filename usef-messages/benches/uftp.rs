//! An offer for each quarter of an hour of a day: read, written, sealed and opened, and held against the rules.
//!
//! `cargo bench -p usef-messages --bench uftp`
//!
//! Three of them are floors: `quick_xml_raw` is the tokenizer alone, building nothing, attributes not even taken apart;
//! `quick_xml_attributes` takes them apart too, with the tokenizer's own iterator, for whoever wants the values that these
//! messages are made of; `bare_ed25519` is a signature made and checked, without the envelope and the message that
//! `seal_open` writes and reads.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use ed25519_dalek::{Signer as _, SigningKey};
use quick_xml::events::{BytesStart, Event};
use usef_messages::Payload;
use usef_messages::conversation::{self, Memory, Store as _};
use usef_messages::sealing::{Received, SecretKey, seal_message};
use usef_messages::validation::{self, Context, Party, Policy};
use usef_messages::values::Role;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    flex_offer_96(&mut criterion);
    criterion.final_summary();
}

fn flex_offer_96(criterion: &mut Criterion) {
    let document = offer();
    let read = || Payload::from_xml(black_box(document.as_bytes()));
    let message = read().expect("an offer");
    let written = message.to_xml().expect("written");
    assert_eq!(Payload::from_xml(written.as_bytes()).expect("an offer"), message);

    let mut group = criterion.benchmark_group("flex_offer_96");
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("decode", |b| b.iter(read));
    group.bench_function("encode", |b| b.iter(|| black_box(&message).to_xml()));
    group.bench_function("quick_xml_raw", |b| b.iter(|| tokenize(black_box(&document), |_| {})));
    group.bench_function("quick_xml_attributes", |b| b.iter(|| tokenize(black_box(&document), take_apart)));

    let key = SecretKey::from_seed(&SEED);
    let keys = [key.public_key()];
    group.throughput(Throughput::Bytes(written.len() as u64));
    group.bench_function("seal_open", |b| {
        b.iter(|| {
            let envelope = seal_message(black_box(&message), Role::Agr, &key).expect("sealed");
            let document = envelope.to_xml().expect("written");
            let received = Received::<Payload>::read(black_box(document.as_bytes())).expect("read");
            received.open(&keys).expect("opened")
        });
    });
    let bare_key = SigningKey::from_bytes(&SEED);
    let bare_public_key = bare_key.verifying_key();
    group.bench_function("bare_ed25519", |b| {
        b.iter(|| {
            let signature = bare_key.sign(black_box(written.as_bytes()));
            bare_public_key.verify_strict(black_box(written.as_bytes()), &signature).expect("verified");
        });
    });

    let memory = memory();
    let policy = policy();
    let sender = Party::new("agr.example".parse().expect("a domain"), Role::Agr);
    let context = Context::new(&policy).at(message.time_stamp()).from(&sender);
    let validate = || {
        let mut failures = validation::validate(black_box(&message), &context);
        failures.extend(conversation::validate(black_box(&message), &context, &memory).expect("memory"));
        failures
    };
    assert_eq!(validate(), []);
    group.bench_function("validate", |b| b.iter(validate));
    group.finish();
}

/// A store that knows the request.
fn memory() -> Memory {
    let document = request();
    let request = Payload::from_xml(document.as_bytes()).expect("a request");
    let mut memory = Memory::default();
    memory.insert(request.clone(), document.as_bytes(), request.time_stamp()).expect("there is room");
    memory
}

/// What the system operator takes.
fn policy() -> Policy {
    let mut policy = Policy::of(Party::new("dso.example".parse().expect("a domain"), Role::Dso));
    policy.isp_durations.push("PT15M".parse().expect("a length"));
    policy.time_zones.push("Europe/London".parse().expect("a time zone"));
    policy
}

const SEED: [u8; 32] = [7; 32];

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

fn tokenize(document: &str, see_tag: impl Fn(&BytesStart<'_>)) {
    let mut reader = quick_xml::Reader::from_str(document);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(event) => {
                if let Event::Start(tag) | Event::Empty(tag) = &event {
                    see_tag(tag);
                }
                drop(black_box(event));
            }
            Err(error) => panic!("the document is well-formed: {error}"),
        }
    }
}

fn take_apart(tag: &BytesStart<'_>) {
    for attribute in tag.attributes() {
        drop(black_box(attribute.expect("the attributes are well-formed")));
    }
}
