//! The ZCL frame: a command of a cluster, or one that all clusters have.
//!
//! ```
//! use cad_zigbee::zcl::{self, general::GeneralCommand};
//!
//! // A meter reports 1234 W of instantaneous demand.
//! let frame = zcl::Frame::read(&[0x18, 0x01, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00])?;
//! let (GeneralCommand::ReportAttributes(reports), _) = GeneralCommand::read(&frame)? else { unreachable!() };
//! for report in reports {
//!     let report = report?;
//!     assert_eq!(report.attribute, zcl::AttributeId(0x0400));
//!     assert_eq!(report.value.signed(), Some(1234));
//! }
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

pub mod cluster;
pub mod data_type;
pub mod fields;
pub mod general;
pub mod record;
pub mod reporting;
pub mod status;
pub mod value;

use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;

/// Which cluster: a group of attributes and commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(
    /// The identifier as a number.
    pub u16,
);

/// Which attribute of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(
    /// The identifier as a number: the attribute set in the high byte.
    pub u16,
);

impl ClusterId {
    /// Basic.
    pub const BASIC: Self = Self(0x0000);
    /// Time.
    pub const TIME: Self = Self(0x000A);
    /// Price.
    pub const PRICE: Self = Self(0x0700);
    /// Demand Response and Load Control.
    pub const DEMAND_RESPONSE: Self = Self(0x0701);
    /// Metering.
    pub const METERING: Self = Self(0x0702);
    /// Messaging.
    pub const MESSAGING: Self = Self(0x0703);
    /// Tunneling.
    pub const TUNNELING: Self = Self(0x0704);
    /// Prepayment.
    pub const PREPAYMENT: Self = Self(0x0705);
    /// Energy Management.
    pub const ENERGY_MANAGEMENT: Self = Self(0x0706);
    /// Calendar.
    pub const CALENDAR: Self = Self(0x0707);
    /// Device Management.
    pub const DEVICE_MANAGEMENT: Self = Self(0x0708);
    /// Events.
    pub const EVENTS: Self = Self(0x0709);
    /// Key Establishment.
    pub const KEY_ESTABLISHMENT: Self = Self(0x0800);
}

/// The header of a ZCL frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Whether the command is the cluster's own.
    pub frame_type: FrameType,
    /// Whose command it is, where it is not the standard's.
    pub manufacturer: Option<u16>,
    /// Which side sends.
    pub direction: Direction,
    /// The sender wants no default response to success.
    pub disable_default_response: bool,
    /// Pairs a response with its request.
    pub sequence: u8,
    /// The command identifier.
    pub command: u8,
}

/// A ZCL frame: header and payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The header.
    pub header: Header,
    /// The fields of the command.
    pub payload: &'a [u8],
}

/// Whether a command is the cluster's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// One of the general commands, which all clusters have.
    Global,
    /// One of the cluster's own.
    Cluster,
    /// 2 or 3, which are reserved.
    Reserved(u8),
}

/// Which side of a cluster sends a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The client, for instance a display.
    ClientToServer,
    /// The server, for instance a meter.
    ServerToClient,
}

const MANUFACTURER_SPECIFIC: u8 = 1 << 2;
const SERVER_TO_CLIENT: u8 = 1 << 3;
const DISABLE_DEFAULT_RESPONSE: u8 = 1 << 4;

impl Header {
    /// The header of a general command as a meter sends it.
    pub const fn from_server(command: u8, sequence: u8) -> Self {
        Self {
            frame_type: FrameType::Global,
            manufacturer: None,
            direction: Direction::ServerToClient,
            disable_default_response: true,
            sequence,
            command,
        }
    }

    /// The header of a general command as a client sends it: a display, or what reads the meter.
    pub const fn from_client(command: u8, sequence: u8) -> Self {
        Self {
            frame_type: FrameType::Global,
            manufacturer: None,
            direction: Direction::ClientToServer,
            disable_default_response: false,
            sequence,
            command,
        }
    }

    /// The header of a command that answers one with this header: of the same kind, with its sequence number, back to
    /// the other side, not to be answered in turn.
    #[must_use]
    pub const fn answer(&self, command: u8) -> Self {
        let direction = match self.direction {
            Direction::ClientToServer => Direction::ServerToClient,
            Direction::ServerToClient => Direction::ClientToServer,
        };
        Self { direction, disable_default_response: true, command, ..*self }
    }

    /// Reads the header.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside it.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let control = reader.u8()?;
        Ok(Self {
            frame_type: match control & 3 {
                0 => FrameType::Global,
                1 => FrameType::Cluster,
                reserved => FrameType::Reserved(reserved),
            },
            manufacturer: if control & MANUFACTURER_SPECIFIC != 0 { Some(reader.u16()?) } else { None },
            direction: if control & SERVER_TO_CLIENT != 0 {
                Direction::ServerToClient
            } else {
                Direction::ClientToServer
            },
            disable_default_response: control & DISABLE_DEFAULT_RESPONSE != 0,
            sequence: reader.u8()?,
            command: reader.u8()?,
        })
    }

    /// Writes the header; the fields of the command follow it.
    ///
    /// # Errors
    /// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let mut control = match self.frame_type {
            FrameType::Global => 0,
            FrameType::Cluster => 1,
            FrameType::Reserved(reserved) => reserved & 3,
        };
        control |= if self.manufacturer.is_some() { MANUFACTURER_SPECIFIC } else { 0 };
        control |= if self.direction == Direction::ServerToClient { SERVER_TO_CLIENT } else { 0 };
        control |= if self.disable_default_response { DISABLE_DEFAULT_RESPONSE } else { 0 };
        writer.u8(control)?;
        if let Some(manufacturer) = self.manufacturer {
            writer.u16(manufacturer)?;
        }
        writer.u8(self.sequence)?;
        writer.u8(self.command)
    }
}

impl<'a> Frame<'a> {
    /// Reads a ZCL frame: the payload of an APS data frame, or what a host gives as such.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside the header.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        Ok(Self { header: Header::read(&mut reader)?, payload: reader.rest() })
    }

    /// Writes header and payload.
    ///
    /// # Errors
    /// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.header.write(writer)?;
        writer.put(self.payload)
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Frame, FrameType, Header};
    use crate::error::Error;
    use crate::writer::Writer;

    #[test]
    fn every_header_reads_back() {
        for frame_type in [FrameType::Global, FrameType::Cluster, FrameType::Reserved(2)] {
            for manufacturer in [None, Some(0x1015)] {
                for direction in [Direction::ClientToServer, Direction::ServerToClient] {
                    for disable_default_response in [false, true] {
                        let frame = Frame {
                            header: Header {
                                frame_type,
                                manufacturer,
                                direction,
                                disable_default_response,
                                sequence: 7,
                                command: 0x0A,
                            },
                            payload: &[1, 2],
                        };
                        let mut buffer = [0; 7];
                        let mut writer = Writer::new(&mut buffer);
                        frame.write(&mut writer).unwrap();
                        assert_eq!(Frame::read(writer.written()), Ok(frame));
                    }
                }
            }
        }
    }

    #[test]
    fn a_header_that_ends_early_says_where() {
        assert_eq!(Frame::read(&[0x1C, 0x15, 0x10, 0x29]), Err(Error::Truncated { at: 4, needed: 1 }));
    }
}
