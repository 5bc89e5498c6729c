//! The newer format: blocks, each with its type and length; an interface tells the link type and resolution.

use super::{Input, LinkType, Packet, Step, padding};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use core::ops::RangeInclusive;
use core::time::Duration;
use std::vec::Vec;

const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
/// What older programs write in place of the enhanced one.
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

const LENGTH: &str = "impossible length of a block";
const INTERFACE: &str = "packet of an interface that was not described";

/// Of a block without content: type, length, and length again.
const SMALLEST: usize = 12;
/// Longer blocks are damaged ones: no frame has so many bytes, nor what is said of the capture.
const LONGEST: usize = 16 << 20;
/// How far behind a damaged block the next one is looked for, and how long that one may be.
const FARTHEST: usize = 64 << 10;
/// More interfaces than a capture has.
const INTERFACES: usize = 1 << 16;

#[derive(Debug, Clone, Default)]
pub(super) struct Pcapng {
    big_endian: bool,
    /// By their numbers; none where a description could not be read.
    interfaces: Vec<Option<Interface>>,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link_type: LinkType,
    /// No more of a packet is captured; 0: no limit.
    longest: u32,
    ticks_a_second: u64,
    offset_s: u64,
}

/// Whether there is a block, and how far away.
enum Guess {
    Yes(usize),
    No,
    /// More bytes would tell.
    Open,
}

/// How a block begins.
#[derive(Debug, Clone, Copy)]
struct Header {
    block_type: u32,
    big_endian: bool,
    length: usize,
}

impl Pcapng {
    /// What is at the beginning of `rest`; `at` is its place in the file, and `last` says that nothing will follow it.
    ///
    /// A block whose content cannot be read is stepped over. Behind one whose length cannot be right, the next one is
    /// looked for.
    pub(super) fn step<'a>(&mut self, rest: &'a [u8], at: usize, last: bool) -> Step<'a> {
        let truncated = |needed: usize| Error::Truncated { at, needed: needed.saturating_sub(rest.len()) };
        let Some(header) = self.header(rest) else {
            return if last { Step::Lost(truncated(SMALLEST)) } else { Step::More };
        };
        let error = match rest.get(..header.length) {
            _ if !header.is_possible(LONGEST) => Error::Malformed { at, what: LENGTH },
            None if last => truncated(header.length),
            None => return Step::More,
            Some(block) if header.is_repeated_behind(block) => {
                return match self.read_block(&header, block, at) {
                    Ok(Some(packet)) => Step::Packet(packet, header.length),
                    Ok(None) => Step::Other(header.length),
                    Err(error) => Step::Damaged(error, header.length),
                };
            }
            Some(_) => Error::Malformed { at, what: LENGTH },
        };
        match self.search(rest, last) {
            Guess::Yes(skipped) => Step::Damaged(error, skipped),
            Guess::No => Step::Lost(error),
            Guess::Open => Step::More,
        }
    }

    fn header(&self, rest: &[u8]) -> Option<Header> {
        let mut input = Input { rest: rest.get(..SMALLEST)?, at: 0, big_endian: self.big_endian };
        let block_type = input.u32().ok()?;
        if block_type == SECTION_HEADER {
            input.big_endian = rest.get(8..SMALLEST) == Some(&[0x1A, 0x2B, 0x3C, 0x4D]);
        }
        let length = usize::try_from(input.u32().ok()?).unwrap_or(usize::MAX);
        Some(Header { block_type, big_endian: input.big_endian, length })
    }

    /// How far away the next block is: one of a known type, not very long, with its length at both ends.
    fn search(&self, rest: &[u8], last: bool) -> Guess {
        const KNOWN: RangeInclusive<u32> = INTERFACE_DESCRIPTION..=ENHANCED_PACKET;
        let unknown = if last { Guess::No } else { Guess::Open };
        for skipped in 1..=FARTHEST {
            let Some(behind) = rest.get(skipped..) else { return unknown };
            let Some(header) = self.header(behind) else { return unknown };
            let is_known = KNOWN.contains(&header.block_type) || header.block_type == SECTION_HEADER;
            if is_known && header.is_possible(FARTHEST) {
                match behind.get(..header.length) {
                    Some(block) if header.is_repeated_behind(block) => return Guess::Yes(skipped),
                    None if !last => return Guess::Open,
                    _ => {}
                }
            }
        }
        Guess::No
    }

    fn read_block<'a>(&mut self, header: &Header, block: &'a [u8], at: usize) -> Result<Option<Packet<'a>>> {
        let mut input = Input { rest: block, at, big_endian: header.big_endian };
        input.take(8)?;
        let body_at = input.at;
        let body = input.take(header.length.saturating_sub(SMALLEST))?;
        if header.block_type == SECTION_HEADER {
            self.big_endian = header.big_endian;
            self.interfaces.clear();
        }
        self.read_body(header.block_type, Input { rest: body, at: body_at, ..input }, at)
    }

    fn read_body<'a>(
        &mut self,
        block_type: u32,
        mut body: Input<'a>,
        start: usize,
    ) -> Result<Option<Packet<'a>>> {
        match block_type {
            INTERFACE_DESCRIPTION => {
                if self.interfaces.len() >= INTERFACES {
                    return Err(Error::Malformed { at: start, what: "too many interfaces" });
                }
                // One that cannot be read has a number too.
                let interface = Interface::read(&mut body);
                self.interfaces.push(interface.ok());
                interface.map(|_| None)
            }
            ENHANCED_PACKET => {
                let interface = body.u32()?;
                self.read_packet(interface, &mut body, start).map(Some)
            }
            PACKET => {
                let interface = u32::from(body.u16()?);
                // How many were dropped.
                body.u16()?;
                self.read_packet(interface, &mut body, start).map(Some)
            }
            SIMPLE_PACKET => {
                let length = body.u32()?;
                let interface = self.interface(0, start)?;
                let captured = if interface.longest == 0 { length } else { length.min(interface.longest) };
                let bytes =
                    body.take(usize::try_from(captured).unwrap_or(usize::MAX).min(body.rest.len()))?;
                Ok(Some(Packet { time: None, link_type: interface.link_type, length, bytes }))
            }
            _ => Ok(None),
        }
    }

    fn interface(&self, number: u32, at: usize) -> Result<Interface> {
        let known = usize::try_from(number).ok().and_then(|number| self.interfaces.get(number).copied());
        known.flatten().ok_or(Error::Malformed { at, what: INTERFACE })
    }

    fn read_packet<'a>(&self, interface: u32, body: &mut Input<'a>, at: usize) -> Result<Packet<'a>> {
        let interface = self.interface(interface, at)?;
        let ticks = (u64::from(body.u32()?) << 32) | u64::from(body.u32()?);
        let captured = usize::try_from(body.u32()?).unwrap_or(usize::MAX);
        let length = body.u32()?;
        let bytes = body.take(captured)?;
        Ok(Packet { time: Some(interface.time(ticks)), link_type: interface.link_type, length, bytes })
    }
}

impl Header {
    const fn is_possible(&self, longest: usize) -> bool {
        self.length.is_multiple_of(4) && SMALLEST <= self.length && self.length <= longest
    }

    /// A block ends with its length.
    fn is_repeated_behind(&self, block: &[u8]) -> bool {
        let number =
            |bytes| if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        let length = block.last_chunk().map(|bytes| number(*bytes));
        length.and_then(|length| usize::try_from(length).ok()) == Some(self.length)
    }
}

impl Interface {
    fn read(body: &mut Input<'_>) -> Result<Self> {
        const END_OF_OPTIONS: u16 = 0;
        const RESOLUTION: u16 = 9;
        const OFFSET: u16 = 14;
        let link_type = LinkType(body.u16()?);
        // Reserved.
        body.u16()?;
        let longest = body.u32()?;
        let mut interface = Self { link_type, longest, ticks_a_second: 1_000_000, offset_s: 0 };
        while !body.rest.is_empty() {
            let (option, length) = (body.u16()?, body.u16()?);
            let at = body.at;
            let mut value = body.part(usize::from(length))?;
            body.take(padding(length).min(body.rest.len()))?;
            match option {
                END_OF_OPTIONS => break,
                RESOLUTION => {
                    let [exponent] = value.array()?;
                    let base: u64 = if exponent & 0x80 == 0 { 10 } else { 2 };
                    let ticks = base.checked_pow(u32::from(exponent & 0x7F));
                    interface.ticks_a_second =
                        ticks.ok_or(Error::Malformed { at, what: "impossible time resolution" })?;
                }
                OFFSET => interface.offset_s = u64::from_le_bytes(value.array()?),
                _ => {}
            }
        }
        Ok(interface)
    }

    fn time(&self, ticks: u64) -> Timestamp {
        let seconds = ticks.checked_div(self.ticks_a_second).unwrap_or(0).wrapping_add(self.offset_s);
        let fraction = u128::from(ticks.checked_rem(self.ticks_a_second).unwrap_or(0));
        let nanoseconds = fraction
            .saturating_mul(1_000_000_000)
            .checked_div(u128::from(self.ticks_a_second))
            .and_then(|nanoseconds| u32::try_from(nanoseconds).ok())
            .unwrap_or(0);
        Timestamp(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(u64::from(nanoseconds))))
    }
}

#[cfg(test)]
mod tests {
    use super::LENGTH;
    use crate::error::{Error, Result};
    use crate::pcap::{LinkType, packets};
    use crate::timestamp::Timestamp;
    use core::time::Duration;

    fn block(block_type: u32, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 12).unwrap();
        [&block_type.to_be_bytes(), &length.to_be_bytes(), body, &length.to_be_bytes()].concat()
    }

    fn file() -> Vec<u8> {
        let section = [0x1A, 0x2B, 0x3C, 0x4D, 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255];
        let interface = [0, 195, 0, 0, 0, 0, 255, 255, 0, 9, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0];
        let packet = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 220, 0, 0, 0, 3, 0, 0, 0, 3, 7, 8, 9, 0];
        let unknown = [1, 2, 3, 4];
        [block(0x0A0D_0D0A, &section), block(1, &interface), block(5, &unknown), block(6, &packet)].concat()
    }

    #[test]
    fn reads_packets_with_the_resolution_of_their_interface() {
        let file = file();
        let read: Result<Vec<_>> = packets(&file).unwrap().collect();
        let read = read.unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].link_type, LinkType::IEEE802_15_4_WITHFCS);
        assert_eq!(read[0].time, Some(Timestamp(Duration::from_millis(1500))));
        assert_eq!(read[0].bytes, [7, 8, 9]);
    }

    #[test]
    fn the_packets_of_older_programs_are_read() {
        let mut file = file();
        let packet = file.len() - 36;
        file[packet + 3] = 2;
        // Interface 0, five packets dropped.
        file[packet + 8..packet + 12].copy_from_slice(&[0, 0, 0, 5]);
        let read = packets(&file).unwrap().next().unwrap().unwrap();
        assert_eq!((read.time, read.bytes), (Some(Timestamp(Duration::from_millis(1500))), &[7, 8, 9][..]));
    }

    #[test]
    fn an_interface_whose_description_is_damaged_keeps_its_number() {
        let whole = file();
        let (section, others) = whole.split_at(28);
        let damaged = block(1, &[0, 230, 0, 0, 0, 0, 255, 255, 0, 9, 0, 1, 0x7F, 0, 0, 0]);
        let mut file = [section, &damaged, others].concat();
        let what = "impossible time resolution";
        let refused = Error::Malformed { at: 48, what };
        let at = file.len() - 36;
        assert_eq!(
            packets(&file).unwrap().collect::<Vec<_>>(),
            [Err(refused), Err(Error::Malformed { at, what: super::INTERFACE })]
        );
        file[at + 11] = 1;
        let read = packets(&file).unwrap().collect::<Vec<_>>();
        assert_eq!(
            read[1].map(|packet| (packet.link_type, packet.bytes)),
            Ok((LinkType(195), &[7, 8, 9][..]))
        );
    }

    #[test]
    fn a_simple_packet_ends_where_its_interface_cuts_it_off() {
        let section = &file()[..28];
        let interface = block(1, &[0, 195, 0, 0, 0, 0, 0, 2]);
        let file = [section, &interface, &block(3, &[0, 0, 0, 9, 7, 8, 0, 0])].concat();
        let packet = packets(&file).unwrap().next().unwrap().unwrap();
        assert_eq!((packet.length, packet.bytes), (9, &[7, 8][..]));
    }

    #[test]
    fn a_file_that_ends_early_or_lies_about_a_length_is_refused() {
        let file = file();
        assert!(matches!(
            packets(&file[..file.len() - 1]).unwrap().last(),
            Some(Err(Error::Truncated { .. }))
        ));
    }

    #[test]
    fn a_damaged_block_costs_no_more_than_itself() {
        let whole = file();
        let packet = whole.len() - 36;
        let file = [&whole[..], &whole[packet..], &whole[packet..]].concat();
        let lengths = [29, 0, 0, 0];
        let a_length = [&whole[..packet + 4], &lengths, &file[packet + 8..]].concat();
        let no_interface = [&whole[..packet + 8], &lengths, &file[packet + 12..]].concat();
        let too_long = [&whole[..packet + 4], &[0, 0x80, 0, 0], &file[packet + 8..]].concat();
        let garbage = [&whole[..packet], &[0xA5; 999], &file[packet + 36..]].concat();
        for (damaged, skipped) in [(a_length, 36), (no_interface, 36), (too_long, 36), (garbage, 999)] {
            let mut packets = packets(&damaged).unwrap();
            let read: Vec<_> = packets.by_ref().collect();
            assert_eq!(read.len(), 3, "{read:?}");
            assert!(read[0].is_err());
            assert!(read[1..].iter().all(|packet| packet.as_ref().unwrap().bytes == [7, 8, 9]));
            assert_eq!(packets.skipped(), skipped);
        }
    }

    #[test]
    fn where_no_block_follows_the_capture_ends() {
        let mut file = file();
        file.truncate(60);
        file[7] = 29;
        assert_eq!(packets(&file).unwrap().next(), Some(Err(Error::Malformed { at: 0, what: LENGTH })));
    }
}
