//! Host links: what is written is read in any portions and between any garbage, and nothing damaged is let through.

use cad_zigbee::link::{Statistics, ash, deconz, xbee, znp};
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::ClusterId;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use std::fmt::Debug;

const SPACE: usize = 1024;

fn written(write: impl FnOnce(&mut Writer<'_>) -> cad_zigbee::Result<()>) -> Vec<u8> {
    let mut buffer = [0; SPACE];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer).expect("it can be written");
    writer.written().to_vec()
}

/// A protocol of frames in a stream of bytes.
trait Link {
    fn new() -> Self;
    fn read(&mut self, input: &mut &[u8]) -> Option<String>;
    fn give_up(&mut self) -> bool;
    fn statistics(&self) -> Statistics;
    /// Any frame with these bytes in it, and what it is when read.
    fn frame(bytes: &[u8]) -> (Vec<u8>, String);
}

fn shown(frame: impl Debug) -> String {
    format!("{frame:?}")
}

impl Link for ash::Deframer<256> {
    fn new() -> Self {
        Self::new()
    }

    fn read(&mut self, input: &mut &[u8]) -> Option<String> {
        self.read(input).map(shown)
    }

    fn give_up(&mut self) -> bool {
        false
    }

    fn statistics(&self) -> Statistics {
        self.statistics()
    }

    fn frame(bytes: &[u8]) -> (Vec<u8>, String) {
        let numbers = bytes.first().copied().unwrap_or(0);
        let frame = match numbers >> 6 {
            0 => ash::Frame::Ack { acknowledged: numbers & 7, not_ready: numbers & 8 != 0 },
            1 => ash::Frame::Failed { version: 2, code: numbers },
            _ => ash::Frame::Data {
                number: (numbers >> 3) & 7,
                retransmitted: numbers & 1 == 1,
                acknowledged: numbers & 7,
                payload: bytes,
            },
        };
        (written(|writer| frame.write(writer)), shown(frame))
    }
}

impl Link for znp::Deframer<255> {
    fn new() -> Self {
        Self::new()
    }

    fn read(&mut self, input: &mut &[u8]) -> Option<String> {
        self.read(input).map(shown)
    }

    fn give_up(&mut self) -> bool {
        self.give_up()
    }

    fn statistics(&self) -> Statistics {
        self.statistics()
    }

    fn frame(bytes: &[u8]) -> (Vec<u8>, String) {
        let frame = znp::Frame { command0: 0x44, command1: 0x81, data: bytes };
        (written(|writer| frame.write(writer)), shown(frame))
    }
}

impl Link for deconz::Deframer<256> {
    fn new() -> Self {
        Self::new()
    }

    fn read(&mut self, input: &mut &[u8]) -> Option<String> {
        self.read(input).map(shown)
    }

    fn give_up(&mut self) -> bool {
        false
    }

    fn statistics(&self) -> Statistics {
        self.statistics()
    }

    fn frame(bytes: &[u8]) -> (Vec<u8>, String) {
        let frame = deconz::Frame { command: 0x17, sequence: 0xC0, status: 0xDB, payload: bytes };
        (written(|writer| frame.write(writer)), shown(frame))
    }
}

struct Xbee<const ESCAPED: bool>(xbee::Deframer<512>);

impl<const ESCAPED: bool> Xbee<ESCAPED> {
    const MODE: xbee::Mode = if ESCAPED { xbee::Mode::Escaped } else { xbee::Mode::Plain };
}

impl<const ESCAPED: bool> Link for Xbee<ESCAPED> {
    fn new() -> Self {
        Self(xbee::Deframer::new(Self::MODE))
    }

    fn read(&mut self, input: &mut &[u8]) -> Option<String> {
        self.0.read(input).map(shown)
    }

    fn give_up(&mut self) -> bool {
        self.0.give_up()
    }

    fn statistics(&self) -> Statistics {
        self.0.statistics()
    }

    fn frame(bytes: &[u8]) -> (Vec<u8>, String) {
        let frame = match bytes.len() % 3 {
            0 => xbee::Frame::Receive { source_eui64: 0x7E, source: 0x7D11, options: 0x13, payload: bytes },
            1 => xbee::Frame::ExplicitReceive(xbee::ExplicitReceive {
                source_eui64: 0x0CA2_F400_7E7D_1113,
                source: 0x2B4E,
                source_endpoint: 1,
                destination_endpoint: 0x7E,
                cluster: ClusterId::METERING,
                profile: 0x0109,
                options: 0x21,
                payload: bytes,
            }),
            _ => xbee::Frame::Other { frame_type: 0x7E, data: bytes },
        };
        (written(|writer| frame.write(writer, Self::MODE)), shown(frame))
    }
}

/// All frames in the bytes, given in portions of these lengths in turn, and then given up.
fn all<L: Link>(bytes: &[u8], portions: &[usize]) -> (Vec<String>, Statistics) {
    let mut link = L::new();
    let mut frames = Vec::new();
    let mut rest = bytes;
    let mut lengths = portions.iter().cycle();
    while !rest.is_empty() {
        let length = lengths.next().map_or(rest.len(), |length| (*length).clamp(1, rest.len()));
        let (mut portion, behind) = rest.split_at(length);
        rest = behind;
        while let Some(frame) = link.read(&mut portion) {
            frames.push(frame);
        }
        assert!(portion.is_empty());
    }
    loop {
        while let Some(frame) = link.read(&mut &[][..]) {
            frames.push(frame);
        }
        if !link.give_up() {
            return (frames, link.statistics());
        }
    }
}

fn any_frames<L: Link>() -> impl Strategy<Value = Vec<(Vec<u8>, String)>> {
    vec(vec(any::<u8>(), 0..40).prop_map(|bytes| L::frame(&bytes)), 1..6)
}

/// The checks that hold for every protocol; `start` must not be in garbage that is to hide nothing.
macro_rules! every_link {
    ($($module:ident, $link:ty, $start:literal, $behind:expr;)*) => {$(
        mod $module {
            use super::*;

            proptest! {
                #[test]
                fn what_is_written_is_read_in_any_portions(
                    frames in any_frames::<$link>(),
                    portions in vec(1..50_usize, 0..9),
                ) {
                    let wire: Vec<u8> = frames.iter().flat_map(|frame| frame.0.clone()).collect();
                    let expected: Vec<String> = frames.into_iter().map(|frame| frame.1).collect();
                    let (read, statistics) = all::<$link>(&wire, &portions);
                    prop_assert_eq!(read, expected);
                    prop_assert_eq!(statistics.damaged_frames, 0);
                }

                #[test]
                fn garbage_between_frames_hides_none_of_them(
                    frames in any_frames::<$link>(),
                    garbage in vec(any::<u8>(), 1..90),
                ) {
                    let garbage: Vec<u8> = garbage.into_iter().filter(|byte| *byte != $start).collect();
                    let behind: &[u8] = &$behind;
                    let mut wire = Vec::new();
                    for (frame, _) in &frames {
                        wire.extend_from_slice(&garbage);
                        wire.extend_from_slice(behind);
                        wire.extend_from_slice(frame);
                    }
                    let expected: Vec<String> = frames.into_iter().map(|frame| frame.1).collect();
                    prop_assert_eq!(all::<$link>(&wire, &[]).0, expected);
                }

                #[test]
                fn any_bytes_give_the_same_frames_in_any_portions(
                    bytes in vec(any::<u8>(), 0..300),
                    frames in any_frames::<$link>(),
                    portions in vec(1..50_usize, 1..9),
                ) {
                    let mut wire = bytes.clone();
                    for (frame, _) in frames {
                        wire.extend(frame);
                        wire.extend(&bytes);
                    }
                    prop_assert_eq!(all::<$link>(&wire, &portions), all::<$link>(&wire, &[]));
                }
            }

            #[test]
            fn no_damaged_frame_is_taken_for_the_one_it_was() {
                let (frame, expected) = <$link>::frame(&[0xFF, 0x7E, 0x7D, 0x11, 0xC0, 0xDB, 0xFE, 5, 9]);
                for end in 0..frame.len() {
                    // The end of an escaped frame may be missing only together with what it ends.
                    let (read, _) = all::<$link>(&frame[..end], &[]);
                    assert!(!read.contains(&expected) && read.len() <= 1, "cut at {end}: {read:?}");
                }
                for at in 0..frame.len() {
                    for bit in 0..8 {
                        let mut changed = frame.clone();
                        changed[at] ^= 1 << bit;
                        let (read, statistics) = all::<$link>(&changed, &[]);
                        let lost = $start == 0xC0 && at == 0;
                        assert!(
                            read.is_empty() || lost || read == [expected.clone()] && statistics.skipped_bytes > 0,
                            "bit {bit} of byte {at}: {read:?}"
                        );
                    }
                }
            }
        }
    )*};
}

every_link! {
    ash_link, ash::Deframer<256>, 0x7E, [0x7E];
    znp_link, znp::Deframer<255>, 0xFE, [];
    deconz_link, deconz::Deframer<256>, 0xC0, [0xC0];
    xbee_plain, Xbee<false>, 0x7E, [];
    xbee_escaped, Xbee<true>, 0x7E, [];
}

#[path = "links/corpus.rs"]
mod corpus;
#[path = "links/fragments.rs"]
mod fragments;
