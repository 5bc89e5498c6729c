//! The line of an XBee module: where frames begin and end.

use super::Frame;
use crate::error::{Error, Result};
use crate::link::Statistics;
use crate::link::stream::{self, Beginning, End, Window};
use crate::writer::Writer;

/// How a module is set to talk (`AP`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bytes as they are (mode 1).
    Plain,
    /// With escapes, so that 0x7E is always the start of a frame (mode 2).
    Escaped,
}

/// Finds API frames; `N` is at least the length of the longest of interest with 4 bytes around it.
#[derive(Debug, Clone)]
pub struct Deframer<const N: usize = 512> {
    line: Line<N>,
    statistics: Statistics,
}

#[derive(Debug, Clone)]
enum Line<const N: usize> {
    Plain(Window<N>),
    Escaped { frame: stream::Frame<N>, escaped: bool, complete: bool },
}

const START: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const ESCAPE_BIT: u8 = 0x20;
/// Start, two bytes of length and the check.
const OVERHEAD: usize = 4;

impl<const N: usize> Deframer<N> {
    /// Has seen nothing.
    pub const fn new(mode: Mode) -> Self {
        let line = match mode {
            Mode::Plain => Line::Plain(Window::new()),
            Mode::Escaped => Line::Escaped { frame: stream::Frame::new(), escaped: false, complete: false },
        };
        Self { line, statistics: Statistics::EMPTY }
    }

    /// Takes bytes from the front of `input` until a frame is complete; none once all are taken.
    ///
    /// In mode 1, what looks like the beginning of a frame and is not, because the check at its end fails, is looked
    /// through again from its second byte on.
    pub fn read(&mut self, input: &mut &[u8]) -> Option<Frame<'_>> {
        let statistics = &mut self.statistics;
        match &mut self.line {
            Line::Plain(window) => match window.next(input, statistics, look::<N>)? {
                [_, _, _, content @ .., _] => Some(Frame::read(content)),
                _ => None,
            },
            Line::Escaped { frame, escaped, complete } => {
                if *complete {
                    frame.clear();
                    *complete = false;
                }
                loop {
                    let (byte, rest) = input.split_first()?;
                    *input = rest;
                    if *byte == START {
                        if !frame.is_empty() {
                            frame.damage();
                            frame.end(statistics, is_sound);
                            frame.clear();
                        }
                        frame.count();
                        frame.push(START);
                        *escaped = false;
                        continue;
                    }
                    if frame.is_empty() {
                        statistics.skip(1);
                        continue;
                    }
                    frame.count();
                    match *byte {
                        ESCAPE if !*escaped => {
                            *escaped = true;
                            continue;
                        }
                        byte if *escaped => frame.push(byte ^ ESCAPE_BIT),
                        byte => frame.push(byte),
                    }
                    *escaped = false;
                    if !is_complete::<N>(frame.content()) {
                        continue;
                    }
                    if frame.end(statistics, is_sound) == End::Complete {
                        *complete = true;
                        break;
                    }
                    frame.clear();
                }
                match frame.content() {
                    [_, _, _, content @ .., _] => Some(Frame::read(content)),
                    _ => None,
                }
            }
        }
    }

    /// The line has been silent for so long that the frame begun will not be completed; false if there is none. What
    /// came behind its first byte is looked through again by [`Self::read`], even with no input.
    pub fn give_up(&mut self) -> bool {
        match &mut self.line {
            Line::Plain(window) => window.give_up(&mut self.statistics),
            Line::Escaped { frame, complete, .. } => {
                let begun = !frame.is_empty() && !*complete;
                if begun {
                    frame.damage();
                    frame.end(&mut self.statistics, is_sound);
                    frame.clear();
                }
                begun
            }
        }
    }

    /// What has been seen so far.
    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }
}

/// The length of a frame whose beginning this is, with all around its content.
fn total(high: u8, low: u8) -> usize {
    usize::from(u16::from_be_bytes([high, low])).saturating_add(OVERHEAD)
}

fn look<const N: usize>(bytes: &[u8]) -> Beginning {
    match bytes {
        [START] | [START, _] => Beginning::Part,
        [START, 0, 0, ..] => Beginning::Nothing(1),
        [START, high, low, ..] => {
            let total = total(*high, *low);
            if total > N {
                return Beginning::Oversized;
            }
            match bytes.get(..total) {
                None => Beginning::Part,
                Some(frame) if is_sound(frame) => Beginning::Frame(total),
                Some(_) => Beginning::Damaged,
            }
        }
        _ => Beginning::Nothing(bytes.iter().position(|byte| *byte == START).unwrap_or(bytes.len())),
    }
}

/// Whether a frame has all its bytes, or has more than there is space for.
fn is_complete<const N: usize>(bytes: &[u8]) -> bool {
    match bytes {
        [_, high, low, ..] => {
            let total = total(*high, *low);
            total > N || total == OVERHEAD || bytes.len() >= total
        }
        _ => false,
    }
}

fn is_sound(frame: &[u8]) -> bool {
    match frame {
        [START, high, low, content @ ..] => {
            content.len() > 1 && frame.len() == total(*high, *low) && sum(content) == u8::MAX
        }
        _ => false,
    }
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Writes a frame with these parts for content.
pub(super) fn write(writer: &mut Writer<'_>, mode: Mode, parts: &[&[u8]]) -> Result<()> {
    let length = parts.iter().fold(0_usize, |length, part| length.saturating_add(part.len()));
    let length =
        u16::try_from(length).map_err(|_| Error::Unwritable { what: "over 65535 bytes in an API frame" })?;
    writer.u8(START)?;
    write_bytes(writer, mode, &length.to_be_bytes())?;
    let mut all = 0_u8;
    for part in parts {
        write_bytes(writer, mode, part)?;
        all = all.wrapping_add(sum(part));
    }
    write_bytes(writer, mode, &[!all])
}

fn write_bytes(writer: &mut Writer<'_>, mode: Mode, bytes: &[u8]) -> Result<()> {
    if mode == Mode::Plain {
        return writer.put(bytes);
    }
    bytes.iter().try_for_each(|byte| match *byte {
        START | ESCAPE | XON | XOFF => writer.put(&[ESCAPE, byte ^ ESCAPE_BIT]),
        byte => writer.u8(byte),
    })
}

#[cfg(test)]
mod tests {
    use super::{Deframer, Mode};
    use crate::link::xbee::Frame;
    use crate::writer::Writer;

    const MODEM: Frame<'static> = Frame::ModemStatus { status: 0x11 };

    #[test]
    fn escapes_hide_what_the_line_gives_a_meaning() {
        let mut buffer = [0; 16];
        let mut writer = Writer::new(&mut buffer);
        MODEM.write(&mut writer, Mode::Escaped).unwrap();
        assert_eq!(writer.written(), [0x7E, 0, 2, 0x8A, 0x7D, 0x31, 0x64]);
        let mut deframer = Deframer::<32>::new(Mode::Escaped);
        assert_eq!(deframer.read(&mut writer.written()), Some(MODEM));
    }

    #[test]
    fn with_escapes_a_start_ends_what_was_begun() {
        let wire = [9, 0x7E, 0, 9, 0x8A, 0x7E, 0, 2, 0x8A, 0x7D, 0x31, 0x64, 0x7E, 0, 2, 0x8A, 0, 0];
        let mut deframer = Deframer::<32>::new(Mode::Escaped);
        let mut input = &wire[..];
        assert_eq!(deframer.read(&mut input), Some(MODEM));
        assert_eq!(deframer.read(&mut input), None);
        let statistics = deframer.statistics();
        assert_eq!((statistics.frames, statistics.damaged_frames, statistics.skipped_bytes), (1, 2, 11));
    }

    #[test]
    fn a_frame_longer_than_the_buffer_is_passed_over() {
        for mode in [Mode::Plain, Mode::Escaped] {
            let wire = [0x7E, 0xFF, 0xF0, 1, 2, 3, 0x7E, 0, 2, 0x8A, 0, 0x75];
            let mut deframer = Deframer::<16>::new(mode);
            let frame = Frame::ModemStatus { status: 0 };
            assert_eq!(deframer.read(&mut &wire[..]), Some(frame), "{mode:?}");
            assert_eq!(deframer.statistics().skipped_bytes, 6);
        }
    }
}
