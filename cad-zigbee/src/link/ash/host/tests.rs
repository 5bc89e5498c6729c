use super::{Event, FIRST_PATIENCE, Failure, Host, MOST_PATIENCE, PATIENCE_FOR_RESET};
use crate::error::Error;
use crate::link::ash::{Deframer, Frame};
use crate::writer::Writer;
use core::time::Duration;

const ZERO: Duration = Duration::ZERO;

/// A host and what it says, without payloads.
struct Line<const WINDOW: usize> {
    host: Host<WINDOW, 64>,
    now: Duration,
}

impl<const WINDOW: usize> Line<WINDOW> {
    fn connected() -> Self {
        let mut line = Self { host: Host::new(), now: ZERO };
        line.host.reset();
        assert_eq!(line.said(), ["Reset"]);
        assert_eq!(line.hears(Frame::ResetAcknowledgement { version: 2, code: 11 }), ["connected"]);
        line
    }

    fn said(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        let mut buffer = [0; 160];
        while let Some(bytes) = self.host.poll_transmit(self.now, &mut buffer).unwrap() {
            said.push(match Deframer::<64>::new().read(&mut &*bytes).unwrap() {
                Frame::Data { number, retransmitted, acknowledged, payload } => {
                    let again = if retransmitted { " again" } else { "" };
                    format!("Data {number}{again}, expects {acknowledged}: {payload:?}")
                }
                Frame::Ack { acknowledged, .. } => format!("Ack {acknowledged}"),
                Frame::Nak { acknowledged, .. } => format!("Nak {acknowledged}"),
                other => format!("{other:?}"),
            });
        }
        said
    }

    fn hears(&mut self, frame: Frame<'_>) -> Vec<String> {
        let mut buffer = [0; 160];
        let mut writer = Writer::new(&mut buffer);
        frame.write(&mut writer).unwrap();
        self.hears_bytes(writer.written())
    }

    fn hears_bytes(&mut self, mut input: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        while let Some(event) = self.host.handle_input(&mut input, self.now) {
            events.push(match event {
                Event::Connected { .. } => "connected".to_owned(),
                Event::Data(payload) => format!("{payload:?}"),
                Event::Failed(failure) => format!("{failure:?}"),
            });
        }
        events
    }
}

const fn data(number: u8, retransmitted: bool, acknowledged: u8, payload: &[u8]) -> Frame<'_> {
    Frame::Data { number, retransmitted, acknowledged, payload }
}

#[test]
fn frames_are_taken_in_order_and_confirmed() {
    let mut line = Line::<1>::connected();
    for number in (0..8).chain(0..3) {
        assert_eq!(line.hears(data(number, false, 0, &[number])), [format!("[{number}]")]);
        assert_eq!(line.said(), [format!("Ack {}", (number + 1) % 8)]);
    }
    assert_eq!(line.host.statistics().frames, 12);
}

#[test]
fn a_lost_frame_is_asked_for_once_and_a_repeated_one_is_not_taken_twice() {
    let mut line = Line::<1>::connected();
    assert_eq!(line.hears(data(0, false, 0, &[0])), ["[0]"]);
    assert_eq!(line.said(), ["Ack 1"]);
    assert!(line.hears(data(2, false, 0, &[2])).is_empty());
    assert_eq!(line.said(), ["Nak 1"]);
    assert!(line.hears(data(3, false, 0, &[3])).is_empty());
    assert!(line.said().is_empty());
    assert_eq!(line.hears(data(1, true, 0, &[1])), ["[1]"]);
    assert_eq!(line.said(), ["Ack 2"]);
    assert!(line.hears(data(1, true, 0, &[1])).is_empty());
    assert_eq!(line.said(), ["Ack 2"]);
}

#[test]
fn a_damaged_frame_is_asked_for_again() {
    let mut line = Line::<1>::connected();
    assert!(line.hears_bytes(&[0x00, 0x42, 0x21, 0xA9, 0x59, 0xD3, 0xFC, 0x7E]).is_empty());
    assert_eq!(line.said(), ["Nak 0"]);
    assert_eq!(line.hears(data(0, true, 0, &[5])), ["[5]"]);
    assert_eq!(line.said(), ["Ack 1"]);
}

#[test]
fn a_confirmation_of_what_was_never_sent_counts_as_damage() {
    let mut line = Line::<2>::connected();
    line.host.send(&[7]).unwrap();
    assert!(line.hears(data(0, false, 1, &[5])).is_empty());
    assert_eq!(line.said(), ["Nak 0", "Data 0, expects 0: [7]"]);
}

#[test]
fn frames_are_sent_within_the_window_and_confirmed_by_data() {
    let mut line = Line::<3>::connected();
    for payload in [[1], [2], [3]] {
        line.host.send(&payload).unwrap();
    }
    assert!(!line.host.can_send());
    assert!(matches!(line.host.send(&[4]), Err(Error::Unwritable { .. })));
    let said = line.said();
    assert_eq!(said, ["Data 0, expects 0: [1]", "Data 1, expects 0: [2]", "Data 2, expects 0: [3]"]);
    assert_eq!(line.hears(data(0, false, 2, &[9])), ["[9]"]);
    line.host.send(&[4]).unwrap();
    assert_eq!(line.said(), ["Data 3, expects 1: [4]"]);
    assert!(line.hears(Frame::Ack { acknowledged: 4, not_ready: false }).is_empty());
    assert_eq!(line.host.poll_timeout(), None);
}

#[test]
fn what_is_refused_is_sent_again_from_there() {
    let mut line = Line::<3>::connected();
    for payload in [[1], [2], [3]] {
        line.host.send(&payload).unwrap();
    }
    line.said();
    line.hears(Frame::Nak { acknowledged: 1, not_ready: false });
    assert_eq!(line.said(), ["Data 1 again, expects 0: [2]", "Data 2 again, expects 0: [3]"]);
}

#[test]
fn numbers_wrap_around() {
    let mut line = Line::<1>::connected();
    for number in (0..8_u8).chain(0..3) {
        line.host.send(&[number]).unwrap();
        assert_eq!(line.said(), [format!("Data {number}, expects 0: [{number}]")]);
        line.hears(Frame::Ack { acknowledged: (number + 1) % 8, not_ready: false });
    }
    assert!(line.host.can_send());
}

#[test]
fn what_is_not_confirmed_is_sent_again_and_then_given_up() {
    let mut line = Line::<1>::connected();
    line.host.send(&[1]).unwrap();
    assert_eq!(line.said(), ["Data 0, expects 0: [1]"]);
    assert_eq!(line.host.poll_timeout(), Some(FIRST_PATIENCE));
    assert_eq!(line.host.handle_timeout(FIRST_PATIENCE - Duration::from_millis(1)), None);
    assert!(line.said().is_empty());
    for _ in 0..4 {
        line.now = line.host.poll_timeout().unwrap();
        assert_eq!(line.host.handle_timeout(line.now), None);
        assert_eq!(line.said(), ["Data 0 again, expects 0: [1]"]);
        assert_eq!(line.host.poll_timeout(), Some(line.now + MOST_PATIENCE));
    }
    line.now = line.host.poll_timeout().unwrap();
    assert_eq!(line.host.handle_timeout(line.now), Some(Failure::Silence));
    assert!(!line.host.is_connected());
    assert_eq!(line.host.poll_timeout(), None);
}

#[test]
fn patience_follows_how_long_answers_take() {
    let mut line = Line::<1>::connected();
    for number in 0..30 {
        line.host.send(&[1]).unwrap();
        line.said();
        line.now += Duration::from_millis(10);
        line.hears(Frame::Ack { acknowledged: (number + 1) % 8, not_ready: false });
    }
    line.host.send(&[1]).unwrap();
    line.said();
    assert_eq!(line.host.poll_timeout(), Some(line.now + Duration::from_millis(400)));
}

#[test]
fn a_reset_is_repeated_and_then_given_up() {
    let mut line = Line::<1> { host: Host::new(), now: ZERO };
    line.host.reset();
    for _ in 0..5 {
        assert_eq!(line.said(), ["Reset"]);
        line.now += PATIENCE_FOR_RESET;
        assert_eq!(line.host.poll_timeout(), Some(line.now));
        let failure = line.host.handle_timeout(line.now);
        if failure.is_some() {
            assert_eq!((failure, line.now), (Some(Failure::Silence), PATIENCE_FOR_RESET * 5));
        }
    }
    assert!(line.said().is_empty());
    assert!(matches!(line.host.send(&[1]), Err(Error::Unwritable { .. })));
}

#[test]
fn the_coprocessors_failures_end_the_connection() {
    for (frame, expected) in [
        (Frame::ResetAcknowledgement { version: 2, code: 6 }, "Reset { code: 6 }"),
        (Frame::Failed { version: 2, code: 0x51 }, "Failed { code: 81 }"),
    ] {
        let mut line = Line::<1>::connected();
        assert_eq!(line.hears(frame), [expected]);
        assert!(!line.host.is_connected());
        line.host.reset();
        assert_eq!(line.said(), ["Reset"]);
        assert_eq!(line.hears(Frame::ResetAcknowledgement { version: 3, code: 11 }), ["Version(3)"]);
    }
    let mut idle = Line::<1> { host: Host::new(), now: ZERO };
    assert!(idle.hears(data(0, false, 0, &[1])).is_empty());
    assert!(idle.said().is_empty());
}

#[test]
fn a_payload_too_long_is_refused_and_a_short_buffer_loses_nothing() {
    let mut line = Line::<1>::connected();
    assert!(matches!(line.host.send(&[0; 65]), Err(Error::Unwritable { .. })));
    line.host.send(&[1]).unwrap();
    assert!(matches!(line.host.poll_transmit(ZERO, &mut [0; 3]), Err(Error::NoSpace { .. })));
    assert_eq!(line.said(), ["Data 0, expects 0: [1]"]);
}
