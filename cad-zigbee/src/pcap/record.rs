//! The older format: a header of the file, then records, each a header and a packet.

use super::{Input, LinkType, Packet, Step};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use core::time::Duration;

/// Of a record.
const HEADER: usize = 16;
/// No frame of IEEE 802.15.4 is as long, whatever stands in front of it.
const ORDINARY: u32 = 2048;
/// The longest packet that capture programs write.
const LONGEST: u32 = 256 << 10;
/// How far behind a damaged record the next one is looked for.
const FARTHEST: usize = 64 << 10;
const DAMAGED: &str = "damaged record, stepped over to the next one";

#[derive(Debug, Clone)]
pub(super) struct Pcap {
    pub(super) big_endian: bool,
    pub(super) nanoseconds: bool,
    pub(super) link_type: LinkType,
    /// When the last packet was captured, in seconds.
    pub(super) last: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    seconds: u32,
    fraction: u32,
    captured: u32,
    length: u32,
}

/// Whether a record is where it should be.
#[derive(Debug, PartialEq, Eq)]
enum Guess {
    Yes,
    No,
    /// More bytes would tell.
    Open,
}

impl Pcap {
    /// What is at the beginning of `rest`; `at` is its place in the file, and `last` says that nothing will follow it.
    ///
    /// A record that is as others are is taken as it is. One that is not, is taken if another follows it; else it is
    /// damaged, and so is one that is impossible.
    pub(super) fn step<'a>(&mut self, rest: &'a [u8], at: usize, last: bool) -> Step<'a> {
        let truncated = |needed: usize| Error::Truncated { at, needed: needed.saturating_sub(rest.len()) };
        let Some(header) = self.header(rest) else {
            return if last { Step::Lost(truncated(HEADER)) } else { Step::More };
        };
        let end = header.end();
        let impossible = header.captured > LONGEST;
        let packet = rest.get(HEADER..end).filter(|_| !impossible);
        let follows = match packet {
            None if !impossible && !last => return Step::More,
            None => Guess::No,
            Some(_) if self.is_ordinary(&header) => Guess::Yes,
            Some(_) => self.follows(rest.get(end..).unwrap_or_default(), last),
        };
        match (follows, packet) {
            (Guess::Open, _) => Step::More,
            (Guess::Yes, Some(bytes)) => {
                self.last = Some(header.seconds);
                Step::Packet(self.packet(&header, bytes), end)
            }
            _ => match self.search(rest, last) {
                Some(0) => Step::More,
                Some(skipped) => Step::Damaged(Error::Malformed { at, what: DAMAGED }, skipped),
                None if impossible || packet.is_some() => Step::Lost(Error::Malformed { at, what: DAMAGED }),
                None => Step::Lost(truncated(end)),
            },
        }
    }

    fn header(&self, rest: &[u8]) -> Option<Header> {
        let mut input = Input { rest, at: 0, big_endian: self.big_endian };
        let mut number = || input.u32().ok();
        Some(Header { seconds: number()?, fraction: number()?, captured: number()?, length: number()? })
    }

    fn packet<'a>(&self, header: &Header, bytes: &'a [u8]) -> Packet<'a> {
        let nanoseconds =
            if self.nanoseconds { header.fraction } else { header.fraction.saturating_mul(1000) };
        let time = Duration::from_secs(u64::from(header.seconds))
            .saturating_add(Duration::from_nanos(u64::from(nanoseconds)));
        Packet { time: Some(Timestamp(time)), link_type: self.link_type, length: header.length, bytes }
    }

    fn is_ordinary(&self, header: &Header) -> bool {
        let second = if self.nanoseconds { 1_000_000_000 } else { 1_000_000 };
        header.fraction < second && header.captured <= header.length && header.captured <= ORDINARY
    }

    /// Whether what follows a record may be the next one.
    fn follows(&self, rest: &[u8], last: bool) -> Guess {
        match self.header(rest) {
            Some(header) if header.captured <= ORDINARY => Guess::Yes,
            None if rest.is_empty() && last => Guess::Yes,
            None if !last => Guess::Open,
            _ => Guess::No,
        }
    }

    /// Whether a record of about the same time begins here.
    fn begins(&self, rest: &[u8], last: bool) -> Guess {
        const YEAR_S: u32 = 366 * 86_400;
        let Some(header) = self.header(rest) else { return if last { Guess::No } else { Guess::Open } };
        let is_near = self.last.is_none_or(|known| known.abs_diff(header.seconds) < YEAR_S);
        if !is_near || header.captured == 0 || header.length > LONGEST || !self.is_ordinary(&header) {
            return Guess::No;
        }
        match rest.get(header.end()..) {
            Some(behind) => self.follows(behind, last),
            None if last => Guess::No,
            None => Guess::Open,
        }
    }

    /// How far away the next record is; 0 if more bytes are needed to tell, none if there is none.
    fn search(&self, rest: &[u8], last: bool) -> Option<usize> {
        for skipped in 1..=FARTHEST {
            match self.begins(rest.get(skipped..)?, last) {
                Guess::Yes => return Some(skipped),
                Guess::Open => return Some(0),
                Guess::No => {}
            }
        }
        None
    }
}

impl Header {
    /// Where the record ends.
    fn end(&self) -> usize {
        usize::try_from(self.captured).unwrap_or(usize::MAX).saturating_add(HEADER)
    }
}

/// Reads the header of the file, without its first four bytes.
pub(super) fn open(input: &mut Input<'_>, nanoseconds: bool) -> Result<Pcap> {
    input.take(16)?;
    let link_type = LinkType(u16::try_from(input.u32()? & 0xFFFF).unwrap_or(0));
    Ok(Pcap { big_endian: input.big_endian, nanoseconds, link_type, last: None })
}

#[cfg(test)]
mod tests {
    use super::DAMAGED;
    use crate::error::Error;
    use crate::pcap::{LinkType, packets, write_header, write_packet};
    use crate::timestamp::Timestamp;
    use core::time::Duration;

    /// Ten packets of twenty bytes.
    fn file() -> Vec<u8> {
        let mut file = Vec::new();
        write_header(&mut file, LinkType::IEEE802_15_4_WITHFCS);
        for number in 0..10 {
            let time = Timestamp(Duration::from_secs(1_700_000_000 + u64::from(number)));
            write_packet(&mut file, time, &[number; 20]);
        }
        file
    }

    const RECORD: usize = 36;

    #[test]
    fn a_damaged_length_costs_no_more_than_its_packet_and_the_next() {
        for length in [[0xFF; 4], [0, 0, 1, 0], [21, 0, 0, 0], [201, 0, 0, 0], [0, 8, 0, 0], [3, 0, 0, 0]] {
            let mut file = file();
            let at = 24 + 3 * RECORD;
            file[at + 8..at + 12].copy_from_slice(&length);
            let mut packets = packets(&file).unwrap();
            let read: Vec<_> = packets.by_ref().collect();
            let whole = read.iter().flatten().filter(|packet| packet.bytes.len() == 20).count();
            assert!(whole >= 8, "{length:?}: {read:?}");
            assert!(read.iter().any(|packet| matches!(packet, Err(Error::Malformed { what: DAMAGED, .. }))));
            assert!((1..2 * RECORD as u64).contains(&packets.skipped()), "{length:?}");
            assert_eq!(read.last().unwrap().as_ref().unwrap().bytes, [9; 20]);
        }
    }

    #[test]
    fn bytes_that_are_missing_or_too_many_are_stepped_over() {
        let whole = file();
        let at = 24 + 3 * RECORD;
        let missing = [&whole[..at + 7], &whole[at + 30..]].concat();
        let too_many = [&whole[..at], &[0xA5; 1000], &whole[at..]].concat();
        for (file, expected) in [(missing, 9), (too_many, 10)] {
            let read: Vec<_> = packets(&file).unwrap().collect();
            assert_eq!(read.iter().flatten().count(), expected, "{read:?}");
            assert_eq!(read.iter().filter(|packet| packet.is_err()).count(), 1);
        }
    }

    #[test]
    fn where_no_record_follows_the_capture_ends() {
        let mut file = file();
        file.truncate(24 + 3 * RECORD);
        file.extend([0xA5; 100_000]);
        let mut packets = packets(&file).unwrap();
        let read: Vec<_> = packets.by_ref().collect();
        assert_eq!(read.len(), 4);
        assert_eq!(read[3], Err(Error::Malformed { at: 24 + 3 * RECORD, what: DAMAGED }));
        assert_eq!(packets.skipped(), 100_000);
    }
}
