//! Reading a message allocates once for each string and list in it, and little else; and what it holds is not much
//! larger than the document was.

#[path = "../benches/codec/messages.rs"]
mod messages;

use std::hint::black_box;

use allocation_counter::measure;
use openadr_types::{Message, Payload};

/// What reading may allocate beyond the message: the reader's own lists and passing texts.
const SURPLUS: u64 = 10;

#[test]
fn reading_allocates_once_for_each_string_and_list() {
    // Of the report each interval holds a list, a place and a data point; 7 are around the 100.
    for (name, message, owned) in [("event", messages::event(), 50), ("report", messages::report(), 307)] {
        // A clone allocates exactly once for each string and list that is not empty.
        assert_eq!(measure(|| drop(black_box(message.clone()))).count_total, owned, "in the {name}");

        let document = message.to_xml().unwrap();
        let mut read = None;
        // Growing a list or a string counts as an allocation, as the counter sees each reallocation as a new one.
        let reading = measure(|| read = Some(Payload::from_xml(document.as_bytes()).unwrap()));
        assert_eq!(read, Some(message));
        let made = reading.count_total;
        assert!(
            made <= owned + SURPLUS,
            "{made} allocations for the {name}, which has {owned} strings and lists"
        );
    }
}

#[test]
fn a_large_message_takes_at_most_three_times_its_document() {
    let Message::UpdateReport(mut report) = messages::report().into_message() else { panic!("a report") };
    let Message::DistributeEvent(mut events) = messages::event().into_message() else { panic!("events") };
    for report in &mut report.reports {
        report.intervals = std::iter::repeat_n(report.intervals.clone(), 4).flatten().collect();
    }
    events.events = std::iter::repeat_n(events.events.clone(), 36).flatten().collect();
    for (name, message) in [("report", Payload::new(report)), ("events", Payload::new(events))] {
        let document = message.to_xml().unwrap();
        assert!(document.len() > 190_000, "{name}: {}", document.len());
        let reading = measure(|| drop(black_box(Payload::from_xml(document.as_bytes()).unwrap())));
        let most = reading.bytes_max;
        assert!(
            most <= 3 * document.len() as u64,
            "{name}: {most} bytes for a document of {}",
            document.len()
        );
        println!("{name}: {:.2} times its document", most as f64 / document.len() as f64);
    }
}
