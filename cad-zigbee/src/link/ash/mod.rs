//! The asynchronous serial host protocol of Silicon Labs, which carries EZSP frames over a UART (UG101).
//!
//! [`Deframer`] reads a line, either direction of it; [`Host`] also answers as a host must, and sends again what was
//! lost.
//!
//! ```
//! use cad_zigbee::link::ash::{Deframer, Frame};
//! use cad_zigbee::writer::Writer;
//!
//! let mut buffer = [0; 16];
//! let mut writer = Writer::new(&mut buffer);
//! let version = Frame::Data { number: 0, retransmitted: false, acknowledged: 0, payload: &[0, 0, 0, 13] };
//! version.write(&mut writer)?;
//! assert_eq!(writer.written(), [0x00, 0x42, 0x21, 0xA8, 0x59, 0x7C, 0x05, 0x7E]);
//!
//! let mut deframer = Deframer::<256>::new();
//! assert_eq!(deframer.read(&mut writer.written()), Some(version));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod host;

pub use host::{Event, Failure, Host};

use super::Statistics;
use super::stream::{Byte, Line};
use crate::error::{Error, Result};
use crate::writer::Writer;

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Carries an EZSP frame.
    Data {
        /// Counts the data frames of the sender, 0 to 7.
        number: u8,
        /// It was sent before.
        retransmitted: bool,
        /// The number of the frame the sender expects next, 0 to 7: those before have arrived.
        acknowledged: u8,
        /// The EZSP frame.
        payload: &'a [u8],
    },
    /// Confirms data frames.
    Ack {
        /// The number of the frame the sender expects next, 0 to 7.
        acknowledged: u8,
        /// The host has no space for callbacks.
        not_ready: bool,
    },
    /// Asks for data frames again, from the one expected next.
    Nak {
        /// The number of the frame the sender expects next, 0 to 7.
        acknowledged: u8,
        /// The host has no space for callbacks.
        not_ready: bool,
    },
    /// Asks the coprocessor to reset.
    Reset,
    /// The coprocessor has reset.
    ResetAcknowledgement {
        /// The version of this protocol: 2.
        version: u8,
        /// Why: 0x0B as asked for by the host.
        code: u8,
    },
    /// The coprocessor has failed, and waits to be reset.
    Failed {
        /// The version of this protocol: 2.
        version: u8,
        /// Why: 0x51 for too many frames that were not confirmed.
        code: u8,
    },
}

/// Finds frames; `N` is at least the length of the longest of interest with 3 bytes around its payload.
#[derive(Debug, Clone)]
pub struct Deframer<const N: usize = 256> {
    line: Line<N>,
    statistics: Statistics,
}

/// The longest payload of a data frame.
pub const MAX_PAYLOAD: usize = 220;

const FLAG: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const SUBSTITUTE: u8 = 0x18;
const CANCEL: u8 = 0x1A;
const ESCAPE_BIT: u8 = 0x20;

const RETRANSMITTED: u8 = 1 << 3;
const NOT_READY: u8 = 1 << 3;
const ACK: u8 = 0x80;
const NAK: u8 = 0xA0;
const RESET: u8 = 0xC0;
const RESET_ACKNOWLEDGEMENT: u8 = 0xC1;
const FAILED: u8 = 0xC2;

impl<const N: usize> Default for Deframer<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Deframer<N> {
    /// Has seen nothing.
    pub const fn new() -> Self {
        Self { line: Line::new(), statistics: Statistics::EMPTY }
    }

    /// Takes bytes from the front of `input` until a frame is complete; none once all are taken.
    pub fn read(&mut self, input: &mut &[u8]) -> Option<Frame<'_>> {
        while !self.advance(input)? {}
        self.frame()
    }

    /// What has been seen so far.
    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Takes bytes until a frame has ended; says whether it is sound.
    fn advance(&mut self, input: &mut &[u8]) -> Option<bool> {
        let is_sound = self.line.read(input, &mut self.statistics, meaning, is_sound)?;
        if is_sound
            && let [control, payload @ .., _, _] = self.line.content_mut()
            && *control & 0x80 == 0
        {
            randomise(payload);
        }
        Some(is_sound)
    }

    /// The frame that has ended.
    fn frame(&self) -> Option<Frame<'_>> {
        Frame::read(self.line.content())
    }
}

const fn meaning(byte: u8, escaped: bool) -> Byte {
    match byte {
        XON | XOFF => Byte::Ignored,
        SUBSTITUTE => Byte::Damage,
        CANCEL => Byte::Cancel,
        FLAG => Byte::End,
        ESCAPE if !escaped => Byte::Escape,
        byte if escaped => Byte::Content(byte ^ ESCAPE_BIT),
        byte => Byte::Content(byte),
    }
}

fn is_sound(bytes: &[u8]) -> bool {
    let Some((body, sum)) = bytes.split_last_chunk() else { return false };
    crc(body) == u16::from_be_bytes(*sum) && Frame::read(bytes).is_some()
}

/// CRC-16 with polynomial 0x1021, starting at all ones.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(u16::MAX, |crc, byte| update_crc(crc, *byte))
}

fn update_crc(crc: u16, byte: u8) -> u16 {
    (0..8).fold(
        crc ^ (u16::from(byte) << 8),
        |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        },
    )
}

/// Adds the pseudo-random sequence that keeps payloads from being full of escapes; adding it again takes it away.
fn randomise(bytes: &mut [u8]) {
    for (byte, random) in bytes.iter_mut().zip(random_sequence()) {
        *byte ^= random;
    }
}

/// A linear feedback shift register of 8 bits.
fn random_sequence() -> impl Iterator<Item = u8> {
    const SEED: u8 = 0x42;
    core::iter::successors(Some(SEED), |last| Some((last >> 1) ^ if last & 1 == 1 { 0xB8 } else { 0 }))
}

impl<'a> Frame<'a> {
    /// Reads control, payload without randomisation, and check.
    const fn read(bytes: &'a [u8]) -> Option<Self> {
        let [control, payload @ .., _, _] = bytes else { return None };
        let acknowledged = *control & 7;
        let bit_3 = *control & (1 << 3) != 0;
        Some(match (*control, payload) {
            (0..=0x7F, payload) => {
                Self::Data { number: *control >> 4, retransmitted: bit_3, acknowledged, payload }
            }
            (0x80..=0x9F, []) => Self::Ack { acknowledged, not_ready: bit_3 },
            (0xA0..=0xBF, []) => Self::Nak { acknowledged, not_ready: bit_3 },
            (RESET, []) => Self::Reset,
            (RESET_ACKNOWLEDGEMENT, [version, code]) => {
                Self::ResetAcknowledgement { version: *version, code: *code }
            }
            (FAILED, [version, code]) => Self::Failed { version: *version, code: *code },
            _ => return None,
        })
    }

    /// Writes the frame; a reset with the byte in front of it that makes the coprocessor forget what it has of another
    /// frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for numbers over 7 and a payload of over 220 bytes.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const WHAT: Error =
            Error::Unwritable { what: "an ASH frame with such a number or so long a payload" };
        let bit = |set, bit| if set { bit } else { 0 };
        let three_bits = |number: u8| if number < 8 { Ok(number) } else { Err(WHAT) };
        let (control, payload): (u8, &[u8]) = match self {
            Self::Data { number, retransmitted, acknowledged, payload } => {
                if payload.len() > MAX_PAYLOAD {
                    return Err(WHAT);
                }
                let numbers = (three_bits(*number)? << 4) | three_bits(*acknowledged)?;
                (numbers | bit(*retransmitted, RETRANSMITTED), payload)
            }
            Self::Ack { acknowledged, not_ready } => {
                (ACK | three_bits(*acknowledged)? | bit(*not_ready, NOT_READY), &[])
            }
            Self::Nak { acknowledged, not_ready } => {
                (NAK | three_bits(*acknowledged)? | bit(*not_ready, NOT_READY), &[])
            }
            Self::Reset => {
                writer.u8(CANCEL)?;
                (RESET, &[])
            }
            Self::ResetAcknowledgement { version, code } => (RESET_ACKNOWLEDGEMENT, &[*version, *code]),
            Self::Failed { version, code } => (FAILED, &[*version, *code]),
        };
        let random = random_sequence().map(|random| if control & 0x80 == 0 { random } else { 0 });
        let mut sum = update_crc(u16::MAX, control);
        write_escaped(writer, control)?;
        for (byte, random) in payload.iter().zip(random) {
            sum = update_crc(sum, byte ^ random);
            write_escaped(writer, byte ^ random)?;
        }
        sum.to_be_bytes().into_iter().try_for_each(|byte| write_escaped(writer, byte))?;
        writer.u8(FLAG)
    }
}

fn write_escaped(writer: &mut Writer<'_>, byte: u8) -> Result<()> {
    match byte {
        FLAG | ESCAPE | XON | XOFF | SUBSTITUTE | CANCEL => writer.put(&[ESCAPE, byte ^ ESCAPE_BIT]),
        byte => writer.u8(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::{Deframer, Frame, crc, random_sequence};
    use crate::error::Error;
    use crate::writer::Writer;

    #[test]
    fn the_random_sequence_and_the_check_are_the_published_ones() {
        let expected = [0x42, 0x21, 0xA8, 0x54, 0x2A, 0x15, 0xB2, 0x59];
        assert!(random_sequence().take(8).eq(expected));
        assert_eq!(crc(b"123456789"), 0x29B1);
    }

    #[test]
    fn control_frames_are_written_as_published() {
        for (frame, expected) in [
            (Frame::Reset, &[0x1A, 0xC0, 0x38, 0xBC, 0x7E][..]),
            (Frame::ResetAcknowledgement { version: 2, code: 2 }, &[0xC1, 2, 2, 0x9B, 0x7B, 0x7E]),
            (Frame::Failed { version: 2, code: 0x51 }, &[0xC2, 2, 0x51, 0xA8, 0xBD, 0x7E]),
            (Frame::Ack { acknowledged: 1, not_ready: false }, &[0x81, 0x60, 0x59, 0x7E]),
            (Frame::Nak { acknowledged: 6, not_ready: false }, &[0xA6, 0x34, 0xDC, 0x7E]),
            (Frame::Ack { acknowledged: 6, not_ready: true }, &[0x8E, 0x91, 0xB6, 0x7E]),
        ] {
            let mut buffer = [0; 8];
            let mut writer = Writer::new(&mut buffer);
            frame.write(&mut writer).unwrap();
            assert_eq!(writer.written(), expected, "{frame:?}");
            assert_eq!(Deframer::<8>::new().read(&mut writer.written()), Some(frame));
        }
    }

    #[test]
    fn reserved_bytes_are_obeyed() {
        let ack = Frame::Ack { acknowledged: 1, not_ready: false };
        let mut deframer = Deframer::<8>::new();
        // Flow control within a frame, a cancelled frame, one substituted, one that ends in an escape, empty ones.
        let wire = [
            0x81, 0x11, 0x60, 0x13, 0x59, 0x7E, 1, 2, 3, 0x1A, 0x81, 0x60, 0x59, 0x7E, 0x81, 0x60, 0x59,
            0x18, 0x7E, 0x81, 0x60, 0x59, 0x7D, 0x7E, 0x7E, 0x7E, 0x81, 0x60, 0x58, 0x7E, 0x81, 0x60, 0x59,
            0x7E,
        ];
        let mut input = &wire[..];
        for _ in 0..3 {
            assert_eq!(deframer.read(&mut input), Some(ack));
        }
        assert_eq!(deframer.read(&mut input), None);
        let statistics = deframer.statistics();
        assert_eq!((statistics.frames, statistics.damaged_frames, statistics.skipped_bytes), (3, 3, 14));
    }

    #[test]
    fn a_frame_longer_than_the_buffer_is_passed_over() {
        let mut buffer = [0; 80];
        let mut writer = Writer::new(&mut buffer);
        let data = Frame::Data { number: 7, retransmitted: true, acknowledged: 7, payload: &[0x7E; 30] };
        data.write(&mut writer).unwrap();
        let ack = Frame::Ack { acknowledged: 1, not_ready: false };
        ack.write(&mut writer).unwrap();
        let mut deframer = Deframer::<32>::new();
        assert_eq!(deframer.read(&mut writer.written()), Some(ack));
        assert_eq!(deframer.statistics().oversized_frames, 1);
        assert_eq!(Deframer::<33>::new().read(&mut writer.written()), Some(data));
    }

    #[test]
    fn numbers_over_seven_are_not_written() {
        for frame in [
            Frame::Ack { acknowledged: 8, not_ready: false },
            Frame::Nak { acknowledged: 8, not_ready: false },
            Frame::Data { number: 8, retransmitted: false, acknowledged: 0, payload: &[] },
            Frame::Data { number: 0, retransmitted: false, acknowledged: 0, payload: &[0; 221] },
        ] {
            let outcome = frame.write(&mut Writer::new(&mut [0; 500]));
            assert!(matches!(outcome, Err(Error::Unwritable { .. })), "{frame:?}");
        }
    }
}
