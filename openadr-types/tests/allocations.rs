//! Reading a message allocates once for each string and list in it, and little else.

#[path = "../benches/codec/messages.rs"]
mod messages;

use std::hint::black_box;

use allocation_counter::measure;
use openadr_types::Payload;

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
