//! How fast messages are read and written, beside what else could do it.
//!
//! `quick_xml_raw` is the floor: the tokenizer alone, building nothing, and the writer alone, given its events. The two
//! other bindings are here for comparison only, as they do less. Both accept what follows the document's end, keep no
//! limits, and do not say where an error is. `quick_xml_serde` matches local names in whatever namespace, and accepts a
//! DOCTYPE and characters that XML forbids. `yaserde` loses elements without a word where a peer declares a default
//! namespace or where a unit is one of a substitution group; of repeated elements the last wins.
//!
//! All read the same documents: ours, without white space between elements. What a peer reads of them and writes again
//! is checked to be the same message, so none is fast by leaving something out.

mod messages;
mod peer_serde;
mod peer_yaserde;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use openadr_types::Payload;
use quick_xml::events::Event;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, message) in [("event", messages::event()), ("report", messages::report())] {
        let document = message.to_xml().expect("the message can be written");
        decode(&mut criterion, &format!("decode_{name}"), &message, &document);
        encode(&mut criterion, &format!("encode_{name}"), &message, &document);
    }
    criterion.final_summary();
}

fn decode(criterion: &mut Criterion, name: &str, message: &Payload, document: &str) {
    assert_eq!(read(document), *message);
    assert_eq!(read(&peer_serde::write(&peer_serde::read(document))), *message);
    assert_eq!(read(&peer_yaserde::write(&peer_yaserde::read(document))), *message);

    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("ours", |b| b.iter(|| Payload::from_xml(black_box(document.as_bytes()))));
    group.bench_function("quick_xml_raw", |b| b.iter(|| tokenize(black_box(document))));
    group.bench_function("quick_xml_serde", |b| b.iter(|| peer_serde::read(black_box(document))));
    group.bench_function("yaserde", |b| b.iter(|| peer_yaserde::read(black_box(document))));
    group.finish();
}

fn encode(criterion: &mut Criterion, name: &str, message: &Payload, document: &str) {
    let events = events(document);
    assert_eq!(replay(&events), document.as_bytes());
    let (serde, yaserde) = (peer_serde::read(document), peer_yaserde::read(document));

    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("ours", |b| b.iter(|| black_box(message).to_xml()));
    group.bench_function("quick_xml_raw", |b| b.iter(|| replay(black_box(&events))));
    group.bench_function("quick_xml_serde", |b| b.iter(|| peer_serde::write(black_box(&serde))));
    group.bench_function("yaserde", |b| b.iter(|| peer_yaserde::write(black_box(&yaserde))));
    group.finish();
}

fn read(document: &str) -> Payload {
    Payload::from_xml(document.as_bytes()).unwrap_or_else(|error| panic!("{error} in {document}"))
}

fn tokenize(document: &str) {
    let mut reader = quick_xml::Reader::from_str(document);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(event) => drop(black_box(event)),
            Err(error) => panic!("the document is well-formed: {error}"),
        }
    }
}

fn events(document: &str) -> Vec<Event<'_>> {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut events = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return events,
            Ok(event) => events.push(event),
            Err(error) => panic!("the document is well-formed: {error}"),
        }
    }
}

fn replay(events: &[Event<'_>]) -> Vec<u8> {
    let mut writer = quick_xml::Writer::new(Vec::new());
    for event in events {
        writer.write_event(event.borrow()).expect("writing to memory does not fail");
    }
    writer.into_inner()
}
