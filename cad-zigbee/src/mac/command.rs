//! MAC commands: joining, and asking for what a parent keeps.
//!
//! ```
//! use cad_zigbee::{address::ShortAddress, mac::command::Command};
//!
//! let (command, rest) = Command::read(&[0x02, 0x4E, 0x2B, 0x00])?;
//! assert_eq!(command, Command::AssociationResponse { address: ShortAddress(0x2B4E), status: 0 });
//! assert!(rest.is_empty());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::{PanId, ShortAddress};
use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;

/// One MAC command: the payload of a [`FrameType::Command`](super::FrameType::Command) frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// A device asks to join (0x01).
    AssociationRequest {
        /// Router in bit 1, mains powered in bit 2, receiver on in bit 3, MAC security in bit 6, asks for an address
        /// in bit 7.
        capability: u8,
    },
    /// Answers that (0x02).
    AssociationResponse {
        /// The address the device has from now on; 0xFFFF if it may not join.
        address: ShortAddress,
        /// 0 success, 1 the network is full, 2 access denied.
        status: u8,
    },
    /// A device leaves, or is told to (0x03).
    Disassociation {
        /// 1 the coordinator wishes it, 2 the device does.
        reason: u8,
    },
    /// A device asks for a frame its parent keeps for it (0x04).
    DataRequest,
    /// Two networks have the same PAN identifier (0x05).
    PanIdConflict,
    /// A device has lost its parent (0x06).
    Orphan,
    /// Asks for beacons (0x07).
    BeaconRequest,
    /// The coordinator answers an orphan, or changes the network (0x08).
    CoordinatorRealignment {
        /// The network.
        pan: PanId,
        /// The coordinator or router.
        coordinator: ShortAddress,
        /// The channel.
        channel: u8,
        /// The orphan's address; 0xFFFF if this is for all.
        address: ShortAddress,
        /// The channel page, where it changes.
        channel_page: Option<u8>,
    },
    /// Asks for a time slot of its own (0x09).
    GuaranteedTimeSlotRequest {
        /// Length in bits 0-3, direction in bit 4, allocation in bit 5.
        characteristics: u8,
    },
    /// A command that Zigbee does not use.
    Other {
        /// The command identifier.
        id: u8,
    },
}

impl Command {
    /// Reads the payload of a MAC command frame; returns the command and what follows it.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside the command.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8])> {
        let mut reader = Reader::new(bytes);
        let command = match reader.u8()? {
            0x01 => Self::AssociationRequest { capability: reader.u8()? },
            0x02 => Self::AssociationResponse { address: reader.short_address()?, status: reader.u8()? },
            0x03 => Self::Disassociation { reason: reader.u8()? },
            0x04 => Self::DataRequest,
            0x05 => Self::PanIdConflict,
            0x06 => Self::Orphan,
            0x07 => Self::BeaconRequest,
            0x08 => Self::CoordinatorRealignment {
                pan: PanId(reader.u16()?),
                coordinator: reader.short_address()?,
                channel: reader.u8()?,
                address: reader.short_address()?,
                channel_page: if reader.is_empty() { None } else { Some(reader.u8()?) },
            },
            0x09 => Self::GuaranteedTimeSlotRequest { characteristics: reader.u8()? },
            id => Self::Other { id },
        };
        Ok((command, reader.rest()))
    }

    /// Writes the command: the payload of a MAC command frame, up to what [`Self::read`] returns behind it.
    ///
    /// # Errors
    /// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.id())?;
        match *self {
            Self::AssociationRequest { capability } => writer.u8(capability),
            Self::AssociationResponse { address, status } => {
                writer.short_address(address)?;
                writer.u8(status)
            }
            Self::Disassociation { reason } => writer.u8(reason),
            Self::CoordinatorRealignment { pan, coordinator, channel, address, channel_page } => {
                writer.u16(pan.0)?;
                writer.short_address(coordinator)?;
                writer.u8(channel)?;
                writer.short_address(address)?;
                channel_page.map_or(Ok(()), |page| writer.u8(page))
            }
            Self::GuaranteedTimeSlotRequest { characteristics } => writer.u8(characteristics),
            Self::DataRequest
            | Self::PanIdConflict
            | Self::Orphan
            | Self::BeaconRequest
            | Self::Other { .. } => Ok(()),
        }
    }

    /// The command identifier.
    pub const fn id(&self) -> u8 {
        match self {
            Self::AssociationRequest { .. } => 0x01,
            Self::AssociationResponse { .. } => 0x02,
            Self::Disassociation { .. } => 0x03,
            Self::DataRequest => 0x04,
            Self::PanIdConflict => 0x05,
            Self::Orphan => 0x06,
            Self::BeaconRequest => 0x07,
            Self::CoordinatorRealignment { .. } => 0x08,
            Self::GuaranteedTimeSlotRequest { .. } => 0x09,
            Self::Other { id } => *id,
        }
    }

    /// The command's name in the standard, where this crate knows it.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::AssociationRequest { .. } => "Association Request",
            Self::AssociationResponse { .. } => "Association Response",
            Self::Disassociation { .. } => "Disassociation Notification",
            Self::DataRequest => "Data Request",
            Self::PanIdConflict => "PAN ID Conflict Notification",
            Self::Orphan => "Orphan Notification",
            Self::BeaconRequest => "Beacon Request",
            Self::CoordinatorRealignment { .. } => "Coordinator Realignment",
            Self::GuaranteedTimeSlotRequest { .. } => "GTS Request",
            Self::Other { .. } => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Command;
    use crate::error::Error;
    use crate::writer::Writer;

    #[test]
    fn every_command_is_read_to_its_last_byte_and_written_the_same() {
        let commands: [&[u8]; 10] = [
            &[1, 0x8E],
            &[2, 0x4E, 0x2B, 0],
            &[3, 2],
            &[4],
            &[5],
            &[6],
            &[7],
            &[8, 0x17, 0x5A, 0, 0, 15, 0x4E, 0x2B],
            &[9, 0x21],
            &[8, 0x17, 0x5A, 0, 0, 15, 0x4E, 0x2B, 28],
        ];
        for bytes in commands {
            let (command, rest) = Command::read(bytes).unwrap();
            assert_eq!((command.id(), rest), (bytes[0], &[][..]));
            assert!(command.name().is_some());
            let mut buffer = [0; 16];
            let mut writer = Writer::new(&mut buffer);
            command.write(&mut writer).unwrap();
            assert_eq!(writer.written(), bytes);
            if bytes.len() < 9 {
                let cut = Command::read(&bytes[..bytes.len() - 1]);
                assert!(matches!(cut, Err(Error::Truncated { .. })), "{cut:?}");
            }
        }
        assert_eq!(Command::read(&[0x20, 9]), Ok((Command::Other { id: 0x20 }, &[9][..])));
    }
}
