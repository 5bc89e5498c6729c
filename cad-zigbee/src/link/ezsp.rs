//! The EmberZNet serial protocol of Silicon Labs: commands to a coprocessor, responses and callbacks from it.
//!
//! Headers and messages changed with the versions of the protocol. A host asks for the version first, in the oldest
//! form of header ([`write_version`]), and asks again in the form of the version it was told.
//!
//! ```
//! use cad_zigbee::link::ezsp::{self, Frame, Version};
//! use cad_zigbee::writer::Writer;
//!
//! let mut buffer = [0; 16];
//! let mut writer = Writer::new(&mut buffer);
//! ezsp::write_version(&mut writer, Version(4), 0, Version(13))?;
//! assert_eq!(writer.written(), [0x00, 0x00, 0x00, 13]);
//! let response = Frame::read(&[0x00, 0x80, 0x00, 13, 2, 0x10, 0x73], Version(4))?;
//! assert_eq!(response.version_response()?.protocol, Version(13));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod message;

pub use message::{ApsFrame, IncomingMessage, SendUnicast};

use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

/// A version of the protocol; 4 and later are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(
    /// The number as on the wire.
    pub u8,
);

/// A command, response or callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Counts the commands of the host; a response has that of its command.
    pub sequence: u8,
    /// Low byte: response in bit 7, network in bits 5-6, kind of callback in bits 3-4, callback pending in bit 2,
    /// truncated in bit 1, overflow in bit 0. High byte, from version 8 on: security in bit 7, padding in bit 6, form
    /// of the frame in bits 0-1.
    pub control: u16,
    /// Which command it is.
    pub id: u16,
    /// The fields of the command.
    pub parameters: &'a [u8],
}

/// Asks for the version.
pub const VERSION: u16 = 0x0000;
/// Does nothing.
pub const NOP: u16 = 0x0005;
/// Sends a message to one device.
pub const SEND_UNICAST: u16 = 0x0034;
/// What became of a message we sent.
pub const MESSAGE_SENT_HANDLER: u16 = 0x003F;
/// A message has come: see [`IncomingMessage`].
pub const INCOMING_MESSAGE_HANDLER: u16 = 0x0045;

const RESPONSE: u16 = 1 << 7;
/// The form of frame that version 8 brought.
const FORM_1: u16 = 1 << 8;
/// Stands in place of the identifier in versions 5 to 7, which have it behind a second control byte.
const EXTENDED: u8 = 0xFF;

#[derive(Clone, Copy)]
enum Header {
    Short,
    Extended,
    Wide,
}

impl Version {
    const fn header(self) -> Header {
        match self.0 {
            ..=4 => Header::Short,
            5..=7 => Header::Extended,
            _ => Header::Wide,
        }
    }

    /// Whether messages come with what version 14 gathered about their reception.
    const fn has_packet_info(self) -> bool {
        self.0 >= 14
    }

    /// A version whose header this frame has, as far as it shows: 4, 5 or 8. For a listener who missed the
    /// negotiation.
    pub const fn of_header(frame: &[u8]) -> Self {
        match frame {
            [_, _, EXTENDED, ..] => Self(5),
            [_, _, 1, _, _, ..] => Self(8),
            _ => Self(4),
        }
    }
}

impl<'a> Frame<'a> {
    /// Reads a frame with the header of this version.
    ///
    /// # Errors
    /// [`Error::Truncated`] if it ends inside the header; [`Error::Malformed`] if it has the header of another version.
    pub fn read(bytes: &'a [u8], version: Version) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let sequence = reader.u8()?;
        let (control, id) = match version.header() {
            Header::Short => (u16::from(reader.u8()?), u16::from(reader.u8()?)),
            Header::Extended => {
                let control = u16::from(reader.u8()?);
                let at = reader.at();
                if reader.u8()? != EXTENDED {
                    return Err(Error::Malformed { at, what: "not the header of EZSP versions 5 to 7" });
                }
                (control | (u16::from(reader.u8()?) << 8), u16::from(reader.u8()?))
            }
            Header::Wide => {
                let at = reader.at();
                let control = reader.u16()?;
                if control & (3 << 8) != FORM_1 {
                    return Err(Error::Malformed { at, what: "not the header of EZSP version 8 and later" });
                }
                (control, reader.u16()?)
            }
        };
        Ok(Self { sequence, control, id, parameters: reader.take_rest() })
    }

    /// A command of the host.
    pub const fn command(version: Version, sequence: u8, id: u16, parameters: &'a [u8]) -> Self {
        let control = match version.header() {
            Header::Short | Header::Extended => 0,
            Header::Wide => FORM_1,
        };
        Self { sequence, control, id, parameters }
    }

    /// Writes the frame with the header of this version: the content of an ASH data frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if identifier or control do not fit the header.
    pub fn write(&self, writer: &mut Writer<'_>, version: Version) -> Result<()> {
        self.write_header(writer, version)?;
        writer.put(self.parameters)
    }

    fn write_header(&self, writer: &mut Writer<'_>, version: Version) -> Result<()> {
        const WHAT: Error = Error::Unwritable { what: "this command in the header of this EZSP version" };
        let [low, high] = self.control.to_le_bytes();
        let short_id = u8::try_from(self.id).map_err(|_| WHAT);
        writer.u8(self.sequence)?;
        match version.header() {
            Header::Short if high == 0 && self.id != u16::from(EXTENDED) => writer.put(&[low, short_id?]),
            Header::Extended => writer.put(&[low, EXTENDED, high, short_id?]),
            Header::Wide if self.control & (3 << 8) == FORM_1 => {
                writer.u16(self.control)?;
                writer.u16(self.id)
            }
            Header::Short | Header::Wide => Err(WHAT),
        }
    }

    /// Whether the coprocessor sent it: a response or callback.
    pub const fn is_response(&self) -> bool {
        self.control & RESPONSE != 0
    }

    /// Whether the coprocessor had more callbacks than space.
    pub const fn is_overflow(&self) -> bool {
        self.control & 1 != 0
    }

    /// Whether the coprocessor had to leave out the end of it.
    pub const fn is_truncated(&self) -> bool {
        self.control & 2 != 0
    }

    /// What the coprocessor answers to [`write_version`].
    ///
    /// # Errors
    /// [`Error::Malformed`] if this is not that; [`Error::Truncated`] if it ends early.
    pub fn version_response(&self) -> Result<VersionResponse> {
        if self.id != VERSION {
            return Err(Error::Malformed { at: 0, what: "not the response to version" });
        }
        let mut reader = Reader::new(self.parameters);
        Ok(VersionResponse {
            protocol: Version(reader.u8()?),
            stack_type: reader.u8()?,
            stack_version: reader.u16()?,
        })
    }
}

/// The version of a coprocessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionResponse {
    /// The version of the protocol it speaks. Where it is not the one asked for, ask again with it.
    pub protocol: Version,
    /// 2: a mesh.
    pub stack_type: u8,
    /// The version of its firmware, a hex digit a part.
    pub stack_version: u16,
}

/// Asks whether the coprocessor speaks `wanted`: in the header of version 4 first, then in that of the version itself.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends.
pub fn write_version(writer: &mut Writer<'_>, header: Version, sequence: u8, wanted: Version) -> Result<()> {
    Frame::command(header, sequence, VERSION, &[wanted.0]).write(writer, header)
}

/// Asks for nothing, to see that the coprocessor is there and to fetch callbacks.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends.
pub fn write_nop(writer: &mut Writer<'_>, version: Version, sequence: u8) -> Result<()> {
    Frame::command(version, sequence, NOP, &[]).write(writer, version)
}

#[cfg(test)]
mod tests;
