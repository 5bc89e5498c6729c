//! The newer format: blocks, each with its type and length; an interface tells the link type and resolution.

use super::{Input, LinkType, Packet, Step, padding};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use core::time::Duration;
use std::vec::Vec;

const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

const LENGTH: &str = "impossible length of a block";
const INTERFACE: &str = "packet of an interface that was not described";

/// Longer blocks are damaged ones: no frame has so many bytes, nor what is said of the capture.
const LONGEST: usize = 16 << 20;
/// More interfaces than a capture has.
const INTERFACES: usize = 1 << 16;

#[derive(Debug, Clone, Default)]
pub(super) struct Pcapng {
    big_endian: bool,
    interfaces: Vec<Interface>,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link_type: LinkType,
    ticks_a_second: u64,
    offset_s: u64,
}

impl Pcapng {
    /// What is at the beginning of `rest`; `at` is its place in the file, and `last` says that nothing will follow it.
    pub(super) fn step<'a>(&mut self, rest: &'a [u8], at: usize, last: bool) -> Step<'a> {
        match self.read_block(rest, at) {
            Ok((Some(packet), used)) => Step::Packet(packet, used),
            Ok((None, used)) => Step::Other(used),
            Err(Error::Truncated { at: end, .. }) if !last && end == at => Step::More,
            Err(error) => Step::Lost(error),
        }
    }

    /// An error that says that `at` is where bytes are missing is about the block itself, not about what is in it.
    fn read_block<'a>(&mut self, rest: &'a [u8], at: usize) -> Result<(Option<Packet<'a>>, usize)> {
        const SMALLEST: usize = 12;
        let start = at;
        let truncated = |needed: usize| Error::Truncated { at, needed: needed.saturating_sub(rest.len()) };
        if rest.len() < SMALLEST {
            return Err(truncated(SMALLEST));
        }
        let mut input = Input { rest, at, big_endian: self.big_endian };
        let block_type = input.u32()?;
        if block_type == SECTION_HEADER {
            input.big_endian = rest.get(8..SMALLEST) == Some(&[0x1A, 0x2B, 0x3C, 0x4D]);
        }
        let length = usize::try_from(input.u32()?).unwrap_or(usize::MAX);
        if !length.is_multiple_of(4) || !(SMALLEST..=LONGEST).contains(&length) {
            return Err(Error::Malformed { at, what: LENGTH });
        }
        if rest.len() < length {
            return Err(truncated(length));
        }
        let body_at = input.at;
        let body = input.take(length.saturating_sub(SMALLEST))?;
        if block_type == SECTION_HEADER {
            self.big_endian = input.big_endian;
            self.interfaces.clear();
        }
        let packet = self.read_body(block_type, Input { rest: body, at: body_at, ..input }, start)?;
        Ok((packet, length))
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
                self.interfaces.push(Interface::read(&mut body)?);
                Ok(None)
            }
            ENHANCED_PACKET => self.read_enhanced(&mut body).map(Some),
            SIMPLE_PACKET => {
                let length = body.u32()?;
                let interface =
                    self.interfaces.first().ok_or(Error::Malformed { at: start, what: INTERFACE })?;
                let captured = usize::try_from(length).unwrap_or(usize::MAX).min(body.rest.len());
                let bytes = body.take(captured)?;
                Ok(Some(Packet { time: None, link_type: interface.link_type, length, bytes }))
            }
            _ => Ok(None),
        }
    }

    fn read_enhanced<'a>(&self, body: &mut Input<'a>) -> Result<Packet<'a>> {
        let at = body.at;
        let interface = usize::try_from(body.u32()?).unwrap_or(usize::MAX);
        let interface = self.interfaces.get(interface).ok_or(Error::Malformed { at, what: INTERFACE })?;
        let ticks = (u64::from(body.u32()?) << 32) | u64::from(body.u32()?);
        let captured = usize::try_from(body.u32()?).unwrap_or(usize::MAX);
        let length = body.u32()?;
        let bytes = body.take(captured)?;
        Ok(Packet { time: Some(interface.time(ticks)), link_type: interface.link_type, length, bytes })
    }
}

impl Interface {
    fn read(body: &mut Input<'_>) -> Result<Self> {
        const END_OF_OPTIONS: u16 = 0;
        const RESOLUTION: u16 = 9;
        const OFFSET: u16 = 14;
        let link_type = LinkType(body.u16()?);
        body.take(6)?;
        let mut interface = Self { link_type, ticks_a_second: 1_000_000, offset_s: 0 };
        while !body.rest.is_empty() {
            let (option, length) = (body.u16()?, body.u16()?);
            let mut value = Input { rest: body.take(usize::from(length))?, ..body.clone() };
            body.take(padding(length).min(body.rest.len()))?;
            match option {
                END_OF_OPTIONS => break,
                RESOLUTION => {
                    let [exponent] = value.array()?;
                    let base: u64 = if exponent & 0x80 == 0 { 10 } else { 2 };
                    let ticks = base.checked_pow(u32::from(exponent & 0x7F));
                    interface.ticks_a_second =
                        ticks.ok_or(Error::Malformed { at: value.at, what: "impossible time resolution" })?;
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
    fn a_file_that_ends_early_or_lies_about_a_length_is_refused() {
        let mut file = file();
        assert!(matches!(
            packets(&file[..file.len() - 1]).unwrap().last(),
            Some(Err(Error::Truncated { .. }))
        ));
        file[7] = 29;
        assert_eq!(packets(&file).unwrap().next(), Some(Err(Error::Malformed { at: 0, what: LENGTH })));
    }
}
