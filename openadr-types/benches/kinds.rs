//! Every kind of message: how fast it is read and written, beside the tokenizer and its writer alone.
//!
//! A group for each of our golden messages, with the ids `decode`, `decode_raw`, `encode` and `encode_raw`.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput};
use openadr_types::Payload;
use quick_xml::events::Event;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> = std::fs::read_dir(fixtures)
        .expect("the golden messages are there")
        .map(|entry| entry.expect("a golden message").path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let message = Payload::from_xml(&std::fs::read(&file).expect("a golden message")).expect("it reads");
        let document = message.to_xml().expect("it can be written");
        let events = events(&document);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(document.len() as u64));
        group.bench_function("decode", |b| b.iter(|| Payload::from_xml(black_box(document.as_bytes()))));
        group.bench_function("decode_raw", |b| b.iter(|| events_of(black_box(&document))));
        group.bench_function("encode", |b| b.iter(|| black_box(&message).to_xml()));
        group.bench_function("encode_raw", |b| b.iter(|| replay(black_box(&events))));
        group.finish();
    }
    criterion.final_summary();
}

/// Reads all tokens, and does nothing with them.
fn events_of(document: &str) {
    let mut reader = quick_xml::Reader::from_str(document);
    while !matches!(black_box(reader.read_event().expect("our own document")), Event::Eof) {}
}

fn events(document: &str) -> Vec<Event<'_>> {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut events = Vec::new();
    loop {
        match reader.read_event().expect("our own document") {
            Event::Eof => return events,
            event => events.push(event),
        }
    }
}

fn replay(events: &[Event<'_>]) -> Vec<u8> {
    let mut writer = quick_xml::Writer::new(Vec::new());
    for event in events {
        writer.write_event(event.borrow()).expect("a vector takes everything");
    }
    writer.into_inner()
}
