//! The Zigbee Encapsulation Protocol: captured MAC frames in UDP datagrams, to port 17754.
//!
//! The caller owns the socket: a datagram is a frame. Numbers are big endian on this link, but for those in the MAC
//! frame itself.
//!
//! ```
//! use cad_zigbee::{link::zep::{Data, Frame}, mac, writer::Writer};
//!
//! let data = Data { channel: 20, device: 1, ..Data::new(7, &[0x02, 0x00, 0x2A, 0xE0, 0x3B]) };
//! let mut buffer = [0; 64];
//! let mut writer = Writer::new(&mut buffer);
//! Frame::Data(data).write(&mut writer)?;
//! let Frame::Data(data) = Frame::read(writer.written())? else { unreachable!() };
//! let frame = mac::Frame::read(data.frame, data.trailer_format())?;
//! assert_eq!(frame.trailer.fcs_ok(), Some(true));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::error::{Error, Result};
use crate::mac::TrailerFormat;
use crate::reader::Reader;
use crate::timestamp::Timestamp;
use crate::writer::Writer;
use core::time::Duration;

/// The UDP port sniffers send to.
pub const PORT: u16 = 17754;

/// One datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A captured frame.
    Data(Data<'a>),
    /// Confirms one; version 2 alone has it.
    Acknowledgement {
        /// The number of the frame confirmed.
        sequence: u32,
    },
}

/// A captured frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<'a> {
    /// 1 or 2; 1 has neither type, time nor number.
    pub version: u8,
    /// What the datagram is for: 1 for data, or a number no edition defines; in version 1 always 1.
    pub frame_type: u8,
    /// The channel it was captured on, 11 to 26.
    pub channel: u8,
    /// The sniffer.
    pub device: u16,
    /// Whether the frame ends with its check sequence; else with what TI's CC24xx put in its place.
    pub fcs: bool,
    /// Link quality.
    pub lqi: u8,
    /// When it was captured, in NTP's format: seconds since 1900 in the high half, their fraction in the low; 0 if
    /// not known.
    pub ntp_time: u64,
    /// Counts the frames of the sniffer.
    pub sequence: u32,
    /// What the header has in reserve: 7 bytes in version 1, 10 in version 2.
    pub reserved: [u8; 10],
    /// The MAC frame.
    pub frame: &'a [u8],
}

const PREAMBLE: [u8; 2] = *b"EX";
const DATA: u8 = 1;
const ACKNOWLEDGEMENT: u8 = 2;
const RESERVED_V1: usize = 7;
/// Seconds from the epoch of NTP to that of Unix.
const NTP_TO_UNIX_S: u64 = 2_208_988_800;

impl<'a> Frame<'a> {
    /// Reads a datagram. What follows the captured frame is left out.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not of this protocol, or of a version other than 1 and 2; [`Error::Truncated`] if
    /// it ends early.
    pub fn read(datagram: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(datagram);
        if reader.array()? != PREAMBLE {
            return Err(Error::Malformed { at: 0, what: "not a ZEP datagram" });
        }
        let version = reader.u8()?;
        let frame_type = match version {
            1 => DATA,
            2 => reader.u8()?,
            _ => return Err(Error::Malformed { at: 2, what: "a version of ZEP other than 1 and 2" }),
        };
        if frame_type == ACKNOWLEDGEMENT {
            return Ok(Self::Acknowledgement { sequence: u32::from_be_bytes(reader.array()?) });
        }
        let mut data = Data {
            version,
            frame_type,
            channel: reader.u8()?,
            device: u16::from_be_bytes(reader.array()?),
            fcs: reader.u8()? != 0,
            lqi: reader.u8()?,
            ntp_time: 0,
            sequence: 0,
            reserved: [0; 10],
            frame: &[],
        };
        if version == 1 {
            let reserved: [u8; RESERVED_V1] = reader.array()?;
            for (space, byte) in data.reserved.iter_mut().zip(reserved) {
                *space = byte;
            }
        } else {
            data.ntp_time = u64::from_be_bytes(reader.array()?);
            data.sequence = u32::from_be_bytes(reader.array()?);
            data.reserved = reader.array()?;
        }
        let length = reader.u8()?;
        data.frame = reader.take(usize::from(length))?;
        Ok(Self::Data(data))
    }

    /// Writes the datagram.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a frame of over 255 bytes, for a version other
    /// than 1 and 2, and for what the version does not have.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.put(&PREAMBLE)?;
        match self {
            Self::Acknowledgement { sequence } => {
                writer.put(&[2, ACKNOWLEDGEMENT])?;
                writer.put(&sequence.to_be_bytes())
            }
            Self::Data(data) => data.write(writer),
        }
    }
}

impl<'a> Data<'a> {
    /// A frame that ends with its check sequence, in version 2; time, channel and quality are not known.
    pub const fn new(sequence: u32, frame: &'a [u8]) -> Self {
        Self {
            version: 2,
            frame_type: DATA,
            channel: 0,
            device: 0,
            fcs: true,
            lqi: 0,
            ntp_time: 0,
            sequence,
            reserved: [0; 10],
            frame,
        }
    }

    /// When the frame was captured, where the sniffer knows; to the nanosecond.
    pub fn time(&self) -> Option<Timestamp> {
        if self.ntp_time == 0 {
            return None;
        }
        let seconds = (self.ntp_time >> 32).checked_sub(NTP_TO_UNIX_S)?;
        let nanoseconds = (self.ntp_time & 0xFFFF_FFFF).saturating_mul(1_000_000_000) >> 32;
        Some(Timestamp(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds))))
    }

    /// The same frame, captured at `time`; not known where NTP's format has no such time: before 1970, after 2036.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        let seconds = time.0.as_secs().saturating_add(NTP_TO_UNIX_S);
        // One more than rounded down, so that the nanosecond reads back.
        let fraction = (u64::from(time.0.subsec_nanos()) << 32).div_ceil(1_000_000_000);
        self.ntp_time = if u32::try_from(seconds).is_ok() { (seconds << 32) | fraction } else { 0 };
        self
    }

    /// What is behind the payload of the MAC frame.
    pub const fn trailer_format(&self) -> TrailerFormat {
        if self.fcs { TrailerFormat::Fcs } else { TrailerFormat::RssiLqi }
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let (v1_reserved, v2_reserved) = self.reserved.split_at(RESERVED_V1);
        let possible = match self.version {
            1 => {
                self.frame_type == DATA
                    && self.ntp_time == 0
                    && self.sequence == 0
                    && v2_reserved.iter().all(|byte| *byte == 0)
            }
            2 => self.frame_type != ACKNOWLEDGEMENT,
            _ => false,
        };
        let length = u8::try_from(self.frame.len()).ok().filter(|_| possible);
        let length =
            length.ok_or(Error::Unwritable { what: "so long a frame, or this combination of ZEP fields" })?;
        writer.u8(self.version)?;
        if self.version == 2 {
            writer.u8(self.frame_type)?;
        }
        writer.u8(self.channel)?;
        writer.put(&self.device.to_be_bytes())?;
        writer.put(&[u8::from(self.fcs), self.lqi])?;
        if self.version == 1 {
            writer.put(v1_reserved)?;
        } else {
            writer.put(&self.ntp_time.to_be_bytes())?;
            writer.put(&self.sequence.to_be_bytes())?;
            writer.put(&self.reserved)?;
        }
        writer.u8(length)?;
        writer.put(self.frame)
    }
}

#[cfg(test)]
mod tests {
    use super::{Data, Frame};
    use crate::error::Error;
    use crate::mac::TrailerFormat;
    use crate::timestamp::Timestamp;
    use crate::writer::Writer;
    use core::time::Duration;

    fn reads_back(frame: Frame<'_>) -> usize {
        let mut buffer = [0; 300];
        let mut writer = Writer::new(&mut buffer);
        frame.write(&mut writer).unwrap();
        assert_eq!(Frame::read(writer.written()), Ok(frame));
        for end in 0..writer.at() {
            assert!(matches!(Frame::read(&writer.written()[..end]), Err(Error::Truncated { .. })), "{end}");
        }
        writer.at()
    }

    #[test]
    fn both_versions_and_the_acknowledgement_read_back() {
        let data = Data { channel: 20, device: 0x1234, lqi: 200, ..Data::new(9, &[1, 2, 3]) };
        assert_eq!(reads_back(Frame::Data(data)), 35);
        assert_eq!(reads_back(Frame::Data(Data { version: 1, sequence: 0, fcs: false, ..data })), 19);
        assert_eq!(reads_back(Frame::Acknowledgement { sequence: 9 }), 8);
        assert_eq!(Data { fcs: false, ..data }.trailer_format(), TrailerFormat::RssiLqi);
    }

    #[test]
    fn the_time_of_ntp_reads_back_to_the_nanosecond() {
        for nanoseconds in [0, 1, 123_456_789, 999_999_999] {
            let time = Timestamp(Duration::new(1_790_000_000, nanoseconds));
            assert_eq!(Data::new(0, &[]).at(time).time(), Some(time));
        }
        assert_eq!(Data::new(0, &[]).time(), None);
        let late = Timestamp(Duration::from_secs(3_000_000_000));
        assert_eq!(Data::new(0, &[]).at(late).time(), None);
    }

    #[test]
    fn what_is_not_of_the_protocol_is_refused() {
        let malformed = |bytes: &[u8]| match Frame::read(bytes) {
            Err(Error::Malformed { at, .. }) => at,
            other => panic!("{other:?}"),
        };
        assert_eq!(malformed(b"EY\x02\x01"), 0);
        assert_eq!(malformed(b"EX\x03\x01"), 2);
        let data = Data::new(1, &[0; 256]);
        for data in [data, Data { version: 3, frame: &[], ..data }, Data { version: 1, frame: &[], ..data }] {
            let outcome = Frame::Data(data).write(&mut Writer::new(&mut [0; 400]));
            assert!(matches!(outcome, Err(Error::Unwritable { .. })));
        }
    }
}
