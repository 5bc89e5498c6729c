//! How fast an offer for each quarter of an hour of a day is read and written.
//!
//! `quick_xml_raw` is the floor of reading: the tokenizer alone, building nothing, attributes not even taken apart.
//! `quick_xml_attributes` takes them apart too, with the tokenizer's own iterator: the floor for whoever wants the values
//! that these messages are made of.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use quick_xml::events::{BytesStart, Event};
use usef_messages::Payload;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    flex_offer_96(&mut criterion);
    criterion.final_summary();
}

fn flex_offer_96(criterion: &mut Criterion) {
    let document = document();
    let read = || Payload::from_xml(black_box(document.as_bytes()));
    let message = read().expect("an offer");
    assert_eq!(Payload::from_xml(message.to_xml().expect("written").as_bytes()).expect("an offer"), message);

    let mut group = criterion.benchmark_group("flex_offer_96");
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("decode", |b| b.iter(read));
    group.bench_function("encode", |b| b.iter(|| black_box(&message).to_xml()));
    group.bench_function("quick_xml_raw", |b| b.iter(|| tokenize(black_box(&document), |_| {})));
    group.bench_function("quick_xml_attributes", |b| b.iter(|| tokenize(black_box(&document), take_apart)));
    group.finish();
}

/// An offer with one option of 96 imbalance settlement periods.
fn document() -> String {
    let mut document = String::from(
        r#"<FlexOffer Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
        TimeStamp="2026-11-22T11:00:00+01:00" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
        ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
        Period="2026-11-23" CongestionPoint="ean.871685900012636543" ExpirationDateTime="2026-11-22T23:00:00Z"
        FlexRequestMessageID="0f3d5155-3942-5525-baf1-7cd0c48e1e98" Currency="EUR">
        <OfferOption OptionReference="option-1" Price="123.45" MinActivationFactor="0.50">"#,
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
