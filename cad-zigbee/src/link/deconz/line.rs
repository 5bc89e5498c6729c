//! The line of a stick: where frames begin and end.

use crate::error::{Error, Result};
use crate::link::Statistics;
use crate::link::stream::{Byte, Line};
use crate::reader::Reader;
use crate::writer::Writer;

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The command identifier.
    pub command: u8,
    /// Pairs a response with its request.
    pub sequence: u8,
    /// In responses, 0 for success.
    pub status: u8,
    /// The fields of the command.
    pub payload: &'a [u8],
}

/// Finds frames; `N` is at least the length of the longest of interest with 7 bytes around its payload.
#[derive(Debug, Clone)]
pub struct Deframer<const N: usize = 512> {
    line: Line<N>,
    statistics: Statistics,
}

const END: u8 = 0xC0;
const ESCAPE: u8 = 0xDB;
const ESCAPED_END: u8 = 0xDC;
const ESCAPED_ESCAPE: u8 = 0xDD;
/// Command, sequence, status and length.
const HEADER_LENGTH: u16 = 5;

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
        while !self.line.read(input, &mut self.statistics, meaning, is_sound)? {}
        Frame::read(self.line.content()).ok()
    }

    /// What has been seen so far.
    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }
}

const fn meaning(byte: u8, escaped: bool) -> Byte {
    match byte {
        END => Byte::End,
        ESCAPED_END if escaped => Byte::Content(END),
        ESCAPED_ESCAPE if escaped => Byte::Content(ESCAPE),
        _ if escaped => Byte::Damage,
        ESCAPE => Byte::Escape,
        byte => Byte::Content(byte),
    }
}

/// Whether the check holds and the length is possible.
fn is_sound(bytes: &[u8]) -> bool {
    let Some((body, sum)) = bytes.split_last_chunk() else { return false };
    check(body) == u16::from_le_bytes(*sum) && Frame::read(bytes).is_ok()
}

/// The two's complement of the sum of all bytes.
fn check(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0_u16, |sum, byte| sum.wrapping_sub(u16::from(*byte)))
}

impl<'a> Frame<'a> {
    /// Reads what is between the ends of a frame.
    fn read(bytes: &'a [u8]) -> Result<Self> {
        let (body, _) = bytes.split_last_chunk::<2>().ok_or(Error::Truncated { at: 0, needed: 2 })?;
        let mut reader = Reader::new(body);
        let (command, sequence, status) = (reader.u8()?, reader.u8()?, reader.u8()?);
        let length = reader.u16()?;
        let payload = length
            .checked_sub(HEADER_LENGTH)
            .ok_or(Error::Malformed { at: 3, what: "a frame shorter than its header" })?;
        Ok(Self { command, sequence, status, payload: reader.take(usize::from(payload))? })
    }

    /// Writes the frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a payload of over 65530 bytes.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.write_parts(writer, &[self.payload])
    }

    /// Writes the frame with these parts for payload.
    pub(super) fn write_parts(&self, writer: &mut Writer<'_>, parts: &[&[u8]]) -> Result<()> {
        let payload = parts.iter().fold(0_usize, |length, part| length.saturating_add(part.len()));
        let length = u16::try_from(payload.saturating_add(usize::from(HEADER_LENGTH)))
            .map_err(|_| Error::Unwritable { what: "so long a payload in a deCONZ frame" })?;
        let [low, high] = length.to_le_bytes();
        let head = [self.command, self.sequence, self.status, low, high];
        writer.u8(END)?;
        write_escaped(writer, &head)?;
        let mut sum = check(&head);
        for part in parts {
            write_escaped(writer, part)?;
            sum = sum.wrapping_add(check(part));
        }
        write_escaped(writer, &sum.to_le_bytes())?;
        writer.u8(END)
    }
}

fn write_escaped(writer: &mut Writer<'_>, bytes: &[u8]) -> Result<()> {
    bytes.iter().try_for_each(|byte| match *byte {
        END => writer.put(&[ESCAPE, ESCAPED_END]),
        ESCAPE => writer.put(&[ESCAPE, ESCAPED_ESCAPE]),
        byte => writer.u8(byte),
    })
}

#[cfg(test)]
mod tests {
    use super::{Deframer, Frame};
    use crate::writer::Writer;

    #[test]
    fn escapes_stand_for_the_bytes_the_line_needs() {
        let frame = Frame { command: 0x0A, sequence: 0xC0, status: 0, payload: &[0xDB, 0xC0, 0xDC] };
        let mut buffer = [0; 32];
        let mut writer = Writer::new(&mut buffer);
        frame.write(&mut writer).unwrap();
        assert_eq!(writer.written()[..4], [0xC0, 0x0A, 0xDB, 0xDC]);
        let mut deframer = Deframer::<32>::new();
        assert_eq!(deframer.read(&mut writer.written()), Some(frame));
    }

    #[test]
    fn damaged_and_oversized_frames_are_counted_and_passed_over() {
        let sound = [0xC0, 0x0E, 5, 0, 7, 0, 0x0A, 0, 0xDC, 0xFF, 0xC0];
        let broken = [0x0E, 5, 0, 7, 0, 0x0B, 0, 0xDC, 0xFF, 0xC0, 1, 2, 0xDB, 0x07, 3, 0xC0];
        let wire = [&broken[..], &[9; 40], &sound, &sound].concat();
        let mut deframer = Deframer::<16>::new();
        let mut input = &wire[..];
        let mut found = 0;
        while let Some(frame) = deframer.read(&mut input) {
            assert_eq!((frame.command, frame.payload), (0x0E, &[0x0A, 0][..]));
            found += 1;
        }
        let statistics = deframer.statistics();
        assert_eq!((found, statistics.damaged_frames, statistics.oversized_frames), (2, 2, 1));
    }

    #[test]
    fn a_length_past_the_end_is_no_frame() {
        let mut deframer = Deframer::<32>::new();
        assert_eq!(deframer.read(&mut &[0xC0, 0x0E, 5, 0, 9, 0, 0x0A, 0, 0xDA, 0xFF, 0xC0][..]), None);
        assert_eq!(deframer.read(&mut &[0xC0, 0x0E, 5, 0, 4, 0, 0xE9, 0xFF, 0xC0][..]), None);
        assert_eq!(deframer.statistics().damaged_frames, 2);
    }
}
