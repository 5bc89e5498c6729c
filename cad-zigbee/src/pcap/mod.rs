//! Capture files: pcap and pcapng with frames of IEEE 802.15.4, read from bytes; pcap also written.
//!
//! ```
//! use cad_zigbee::{pcap::{self, LinkType}, timestamp::Timestamp};
//! use std::time::Duration;
//!
//! let mut file = Vec::new();
//! pcap::write_header(&mut file, LinkType::IEEE802_15_4_WITHFCS);
//! pcap::write_packet(&mut file, Timestamp(Duration::from_secs(1)), &[0x02, 0x00, 0x2A, 0x85, 0x44]);
//!
//! let packets: Vec<_> = pcap::packets(&file)?.collect::<Result<_, _>>()?;
//! assert_eq!(packets[0].bytes, [0x02, 0x00, 0x2A, 0x85, 0x44]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::error::{Error, Result};
use crate::mac::TrailerFormat;
use crate::timestamp::Timestamp;
use std::vec::Vec;

mod pcapng;
mod record;
mod stream;

pub use stream::Stream;

/// What a capture file says its packets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkType(
    /// The number that tcpdump.org assigns.
    pub u16,
);

impl LinkType {
    /// MAC frames with their frame check sequence.
    pub const IEEE802_15_4_WITHFCS: Self = Self(195);
    /// MAC frames without.
    pub const IEEE802_15_4_NOFCS: Self = Self(230);
    /// MAC frames behind a header with details of reception.
    pub const IEEE802_15_4_TAP: Self = Self(283);
}

/// One captured packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// When it was captured, where the file says.
    pub time: Option<Timestamp>,
    /// What it is.
    pub link_type: LinkType,
    /// How long it was on the air, in bytes; more than [`Self::bytes`] where the capture cut it off.
    pub length: u32,
    /// What was captured.
    pub bytes: &'a [u8],
}

/// The packets of a capture file, in order. Behind a damaged record or block the next one is looked for, as far as 64
/// KiB; where there is none, the error is the last item.
#[derive(Debug, Clone)]
pub struct Packets<'a> {
    format: Format,
    rest: &'a [u8],
    at: usize,
    skipped: u64,
}

#[derive(Debug, Clone)]
enum Format {
    Pcap(record::Pcap),
    Pcapng(pcapng::Pcapng),
}

/// What comes next in a capture, and how many bytes it takes.
enum Step<'a> {
    Packet(Packet<'a>, usize),
    /// Something that is no packet.
    Other(usize),
    /// More bytes are needed.
    More,
    /// What cannot be read, and how far it goes.
    Damaged(Error, usize),
    /// What cannot be read, and all behind it.
    Lost(Error),
}

/// The rest of a file, with numbers in its byte order.
#[derive(Debug, Clone)]
struct Input<'a> {
    rest: &'a [u8],
    at: usize,
    big_endian: bool,
}

/// The packets of a capture file.
///
/// # Errors
/// [`Error::Malformed`] or [`Error::Truncated`] for what does not begin as one.
pub fn packets(file: &[u8]) -> Result<Packets<'_>> {
    let (format, at) = open(file)?;
    Ok(Packets { format, rest: file.get(at..).unwrap_or_default(), at, skipped: 0 })
}

/// Tells the format by the first bytes; returns how many of them are the header.
fn open(file: &[u8]) -> Result<(Format, usize)> {
    const NOT_A_CAPTURE: Error = Error::Malformed { at: 0, what: "neither a pcap nor a pcapng file" };
    let Some(magic) = file.first_chunk::<4>() else {
        return Err(NOT_A_CAPTURE);
    };
    let (big_endian, nanoseconds) = match u32::from_le_bytes(*magic) {
        0xA1B2_C3D4 => (false, false),
        0xA1B2_3C4D => (false, true),
        0xD4C3_B2A1 => (true, false),
        0x4D3C_B2A1 => (true, true),
        0x0A0D_0D0A => return Ok((Format::Pcapng(pcapng::Pcapng::default()), 0)),
        _ => return Err(NOT_A_CAPTURE),
    };
    let mut input = Input { rest: file, at: 0, big_endian };
    input.take(4)?;
    let pcap = record::open(&mut input, nanoseconds)?;
    Ok((Format::Pcap(pcap), input.at))
}

impl Format {
    fn step<'a>(&mut self, rest: &'a [u8], at: usize, last: bool) -> Step<'a> {
        match self {
            Self::Pcap(pcap) => pcap.step(rest, at, last),
            Self::Pcapng(pcapng) => pcapng.step(rest, at, last),
        }
    }
}

/// Whether a file that begins with these bytes is a capture, to tell by its first four.
pub fn is_capture(start: &[u8]) -> bool {
    const PCAPNG: u32 = 0x0A0D_0D0A;
    let magic = start.first_chunk().map(|magic| u32::from_le_bytes(*magic));
    matches!(magic, Some(0xA1B2_C3D4 | 0xD4C3_B2A1 | 0xA1B2_3C4D | 0x4D3C_B2A1 | PCAPNG))
}

impl Packets<'_> {
    /// How many bytes were damaged, and stepped over.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Packet<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (used, item) = match self.format.step(self.rest, self.at, true) {
                Step::Packet(packet, used) => (used, Some(Ok(packet))),
                Step::Other(used) => (used, None),
                Step::Damaged(error, used) => (used, Some(Err(error))),
                Step::Lost(error) => (self.rest.len(), Some(Err(error))),
                Step::More => return None,
            };
            self.rest = self.rest.get(used..).unwrap_or_default();
            self.at = self.at.saturating_add(used);
            if matches!(item, Some(Err(_))) {
                self.skipped = self.skipped.saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
            }
            if item.is_some() {
                return item;
            }
        }
        None
    }
}

impl<'a> Packet<'a> {
    /// The MAC frame in the packet, and what is behind its payload.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not of IEEE 802.15.4; [`Error::Truncated`] if a header in front of the frame is not
    /// complete.
    pub fn mac_frame(&self) -> Result<(&'a [u8], TrailerFormat)> {
        let (bytes, trailer) = match self.link_type {
            LinkType::IEEE802_15_4_WITHFCS => (self.bytes, TrailerFormat::Fcs),
            LinkType::IEEE802_15_4_NOFCS => (self.bytes, TrailerFormat::None),
            LinkType::IEEE802_15_4_TAP => tap(self.bytes)?,
            _ => return Err(OTHER_LINK_TYPE),
        };
        let cut_off = usize::try_from(self.length).unwrap_or(usize::MAX) > self.bytes.len();
        Ok((bytes, if cut_off { TrailerFormat::None } else { trailer }))
    }
}

const OTHER_LINK_TYPE: Error = Error::Malformed { at: 0, what: "the link type is not of IEEE 802.15.4" };

/// Steps over the TAP header: version, a reserved byte, length, then fields of type, length and value.
fn tap(bytes: &[u8]) -> Result<(&[u8], TrailerFormat)> {
    const FCS_TYPE: u16 = 0;
    let mut input = Input { rest: bytes, at: 0, big_endian: false };
    input.u16()?;
    let length = usize::from(input.u16()?);
    let mut fields = input.part(length.saturating_sub(4))?;
    let mut trailer = TrailerFormat::None;
    while !fields.rest.is_empty() {
        let (field, length) = (fields.u16()?, fields.u16()?);
        let value = fields.take(usize::from(length))?;
        fields.take(padding(length).min(fields.rest.len()))?;
        if field == FCS_TYPE {
            trailer = match value.first() {
                Some(1) => TrailerFormat::Fcs,
                Some(2) => TrailerFormat::LongFcs,
                _ => TrailerFormat::None,
            };
        }
    }
    Ok((input.rest, trailer))
}

/// How many bytes are missing to a multiple of four.
fn padding(length: u16) -> usize {
    usize::from(length.wrapping_neg() & 3)
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let needed = count.saturating_sub(self.rest.len());
        let (head, tail) =
            self.rest.split_at_checked(count).ok_or(Error::Truncated { at: self.at, needed })?;
        self.rest = tail;
        self.at = self.at.saturating_add(count);
        Ok(head)
    }

    /// The next `count` bytes, to be read on their own.
    fn part(&mut self, count: usize) -> Result<Self> {
        let at = self.at;
        Ok(Self { rest: self.take(count)?, at, big_endian: self.big_endian })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let at = self.at;
        let mut bytes = <[u8; N]>::try_from(self.take(N)?).map_err(|_| Error::Truncated { at, needed: N })?;
        if self.big_endian {
            bytes.reverse();
        }
        Ok(bytes)
    }

    fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }
}

/// Writes the header of a pcap file with times in microseconds.
pub fn write_header(file: &mut Vec<u8>, link_type: LinkType) {
    for number in [0xA1B2_C3D4, 0x0004_0002, 0, 0, 65_535, u32::from(link_type.0)] {
        file.extend_from_slice(&u32::to_le_bytes(number));
    }
}

/// Writes a packet behind the header or other packets. Times are kept to the microsecond and until 2106.
pub fn write_packet(file: &mut Vec<u8>, time: Timestamp, bytes: &[u8]) {
    let seconds = u32::try_from(time.0.as_secs()).unwrap_or(u32::MAX);
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    for number in [seconds, time.0.subsec_micros(), length, length] {
        file.extend_from_slice(&number.to_le_bytes());
    }
    file.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::{LinkType, OTHER_LINK_TYPE, Packet, packets, write_header, write_packet};
    use crate::error::{Error, Result};
    use crate::mac::TrailerFormat;
    use crate::timestamp::Timestamp;
    use core::time::Duration;

    #[test]
    fn reads_what_it_writes() {
        let mut file = Vec::new();
        write_header(&mut file, LinkType::IEEE802_15_4_WITHFCS);
        let time = Timestamp(Duration::new(1_700_000_000, 123_456_000));
        write_packet(&mut file, time, &[1, 2, 3]);
        write_packet(&mut file, time, &[]);
        let read: Result<Vec<_>> = packets(&file).unwrap().collect();
        let packet = Packet {
            time: Some(time),
            link_type: LinkType::IEEE802_15_4_WITHFCS,
            length: 3,
            bytes: &[1, 2, 3],
        };
        assert_eq!(read, Ok(vec![packet, Packet { length: 0, bytes: &[], ..packet }]));
        let end = file.len() - 1;
        assert_eq!(packets(&file[..end]).unwrap().last(), Some(Err(Error::Truncated { at: 43, needed: 1 })));
    }

    #[test]
    fn both_byte_orders_and_both_resolutions_are_read() {
        let numbers = [0xA1B2_3C4D_u32, 0x0002_0004, 0, 0, 65_535, 230, 1, 2, 2, 9];
        let mut file: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        file.extend([7, 8]);
        let packet = packets(&file).unwrap().next().unwrap().unwrap();
        assert_eq!(packet.time, Some(Timestamp(Duration::new(1, 2))));
        assert_eq!((packet.link_type, packet.length), (LinkType::IEEE802_15_4_NOFCS, 9));
        assert_eq!(packet.mac_frame(), Ok((&[7, 8][..], TrailerFormat::None)));
    }

    #[test]
    fn the_tap_header_is_stepped_over() {
        fn packet(bytes: &[u8]) -> Packet<'_> {
            Packet { time: None, link_type: LinkType::IEEE802_15_4_TAP, length: 14, bytes }
        }
        let of_type = |fcs| [0, 0, 12, 0, 0, 0, 1, 0, fcs, 0, 0, 0, 0xAA, 0xBB];
        for (fcs, trailer) in [(0, TrailerFormat::None), (1, TrailerFormat::Fcs), (2, TrailerFormat::LongFcs)]
        {
            assert_eq!(packet(&of_type(fcs)).mac_frame(), Ok((&[0xAA, 0xBB][..], trailer)));
        }
        let bytes = of_type(1);
        let packet = packet(&bytes);
        let cut = Packet { bytes: &bytes[..8], ..packet };
        assert_eq!(cut.mac_frame(), Err(Error::Truncated { at: 4, needed: 4 }));
        let half_a_field = [0, 0, 7, 0, 0, 0, 1];
        let cut = Packet { bytes: &half_a_field, ..packet };
        assert_eq!(cut.mac_frame(), Err(Error::Truncated { at: 6, needed: 1 }));
    }

    #[test]
    fn refuses_other_files_and_other_packets() {
        for other in [&b"{}\n\n\n"[..], &[]] {
            assert!(matches!(packets(other), Err(Error::Malformed { at: 0, .. })));
        }
        let ethernet = Packet { time: None, link_type: LinkType(1), length: 0, bytes: &[] };
        assert_eq!(ethernet.mac_frame(), Err(OTHER_LINK_TYPE));
    }
}
