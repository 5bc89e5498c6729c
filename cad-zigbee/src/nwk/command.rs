//! NWK commands: routing, joining and leaving.
//!
//! ```
//! use cad_zigbee::{address::ShortAddress, nwk::command::Command};
//!
//! let (command, rest) = Command::read(&[0x05, 0x01, 0x4E, 0x2B])?;
//! let Command::RouteRecord { relays } = command else { unreachable!() };
//! assert!(relays.iter().eq([ShortAddress(0x2B4E)]));
//! assert!(rest.is_empty());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::{Eui64, ShortAddress};
use crate::error::Result;
use crate::reader::Reader;

/// One NWK command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Looks for a route (0x01).
    RouteRequest {
        /// Many-to-one in bits 3-4, destination EUI-64 in bit 5, multicast in bit 6.
        options: u8,
        /// Counts the requests of the sender.
        id: u8,
        /// The device looked for.
        destination: ShortAddress,
        /// The cost of the links so far.
        path_cost: u8,
        /// The device looked for, where given.
        destination_eui64: Option<Eui64>,
    },
    /// Answers a route request (0x02).
    RouteReply {
        /// Originator EUI-64 in bit 4, responder EUI-64 in bit 5, multicast in bit 6.
        options: u8,
        /// The request's.
        id: u8,
        /// Who asked.
        originator: ShortAddress,
        /// Who was looked for.
        responder: ShortAddress,
        /// The cost of the links so far.
        path_cost: u8,
        /// Who asked, where given.
        originator_eui64: Option<Eui64>,
        /// Who was looked for, where given.
        responder_eui64: Option<Eui64>,
    },
    /// Reports a failure or a conflict (0x03).
    NetworkStatus {
        /// The status code, for instance 0x0B: the link to the parent failed.
        status: u8,
        /// The device it is about.
        destination: ShortAddress,
    },
    /// A device leaves, or is asked to (0x04).
    Leave {
        /// Rejoin in bit 5, request in bit 6, remove children in bit 7.
        options: u8,
    },
    /// Tells a concentrator the way (0x05).
    RouteRecord {
        /// The routers the frame took.
        relays: Numbers<'a>,
    },
    /// A device asks to join again (0x06).
    RejoinRequest {
        /// The capability information field of the MAC.
        capability: u8,
    },
    /// Answers a rejoin request (0x07).
    RejoinResponse {
        /// The address the device has from now on.
        address: ShortAddress,
        /// 0 for success, else a status of the MAC.
        status: u8,
    },
    /// A router's view of its neighbours (0x08).
    LinkStatus {
        /// Count in bits 0-4, first frame in bit 5, last frame in bit 6.
        options: u8,
        /// Neighbours: address, then incoming cost in bits 0-2 and outgoing cost in bits 4-6; three bytes each.
        links: &'a [u8],
    },
    /// A conflict of networks, told to the manager (0x09).
    NetworkReport {
        /// Count in bits 0-4, kind in bits 5-7.
        options: u8,
        /// The extended PAN identifier of the network.
        extended_pan_id: Eui64,
        /// PAN identifiers in use nearby.
        pan_ids: Numbers<'a>,
    },
    /// A change of the network, told by the manager (0x0A).
    NetworkUpdate {
        /// Count in bits 0-4, kind in bits 5-7.
        options: u8,
        /// The extended PAN identifier of the network.
        extended_pan_id: Eui64,
        /// Counts the changes.
        update_id: u8,
        /// The new PAN identifier.
        pan_ids: Numbers<'a>,
    },
    /// An end device says how long it may be silent (0x0B).
    EndDeviceTimeoutRequest {
        /// 0: 10 seconds, 1: 2 minutes, each further number doubles that.
        timeout: u8,
        /// 0 in all editions so far.
        configuration: u8,
    },
    /// Answers that (0x0C).
    EndDeviceTimeoutResponse {
        /// 0 for success.
        status: u8,
        /// How the parent wants to be kept in touch with.
        parent_information: u8,
    },
    /// A command this crate does not know.
    Other {
        /// The command identifier.
        id: u8,
    },
}

/// Consecutive 16-bit numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    /// The numbers as addresses.
    pub fn iter(&self) -> impl Iterator<Item = ShortAddress> {
        self.0.as_chunks().0.iter().map(|number| ShortAddress(u16::from_le_bytes(*number)))
    }
}

impl<'a> Command<'a> {
    /// Reads the payload of a NWK command frame; returns the command and what follows it.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside the command.
    pub fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut reader = Reader::new(bytes);
        let id = reader.u8()?;
        let command = Self::read_fields(id, &mut reader)?;
        Ok((command, reader.rest()))
    }

    fn read_fields(id: u8, reader: &mut Reader<'a>) -> Result<Self> {
        Ok(match id {
            0x01 => {
                let options = reader.u8()?;
                Self::RouteRequest {
                    options,
                    id: reader.u8()?,
                    destination: reader.short_address()?,
                    path_cost: reader.u8()?,
                    destination_eui64: read_eui64_if(reader, options & 0x20)?,
                }
            }
            0x02 => {
                let options = reader.u8()?;
                Self::RouteReply {
                    options,
                    id: reader.u8()?,
                    originator: reader.short_address()?,
                    responder: reader.short_address()?,
                    path_cost: reader.u8()?,
                    originator_eui64: read_eui64_if(reader, options & 0x10)?,
                    responder_eui64: read_eui64_if(reader, options & 0x20)?,
                }
            }
            0x03 => Self::NetworkStatus { status: reader.u8()?, destination: reader.short_address()? },
            0x04 => Self::Leave { options: reader.u8()? },
            0x05 => {
                let count = reader.u8()?;
                Self::RouteRecord { relays: read_numbers(reader, count)? }
            }
            0x06 => Self::RejoinRequest { capability: reader.u8()? },
            0x07 => Self::RejoinResponse { address: reader.short_address()?, status: reader.u8()? },
            0x08 => {
                let options = reader.u8()?;
                let length = usize::from(options & 0x1F).saturating_mul(3);
                Self::LinkStatus { options, links: reader.take(length)? }
            }
            0x09 => {
                let options = reader.u8()?;
                Self::NetworkReport {
                    options,
                    extended_pan_id: reader.eui64()?,
                    pan_ids: read_numbers(reader, options & 0x1F)?,
                }
            }
            0x0A => {
                let options = reader.u8()?;
                Self::NetworkUpdate {
                    options,
                    extended_pan_id: reader.eui64()?,
                    update_id: reader.u8()?,
                    pan_ids: read_numbers(reader, options & 0x1F)?,
                }
            }
            0x0B => Self::EndDeviceTimeoutRequest { timeout: reader.u8()?, configuration: reader.u8()? },
            0x0C => Self::EndDeviceTimeoutResponse { status: reader.u8()?, parent_information: reader.u8()? },
            id => Self::Other { id },
        })
    }

    /// The command identifier.
    pub const fn id(&self) -> u8 {
        match self {
            Self::RouteRequest { .. } => 0x01,
            Self::RouteReply { .. } => 0x02,
            Self::NetworkStatus { .. } => 0x03,
            Self::Leave { .. } => 0x04,
            Self::RouteRecord { .. } => 0x05,
            Self::RejoinRequest { .. } => 0x06,
            Self::RejoinResponse { .. } => 0x07,
            Self::LinkStatus { .. } => 0x08,
            Self::NetworkReport { .. } => 0x09,
            Self::NetworkUpdate { .. } => 0x0A,
            Self::EndDeviceTimeoutRequest { .. } => 0x0B,
            Self::EndDeviceTimeoutResponse { .. } => 0x0C,
            Self::Other { id } => *id,
        }
    }

    /// The command's name in the standard, where this crate knows it.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::RouteRequest { .. } => "Route Request",
            Self::RouteReply { .. } => "Route Reply",
            Self::NetworkStatus { .. } => "Network Status",
            Self::Leave { .. } => "Leave",
            Self::RouteRecord { .. } => "Route Record",
            Self::RejoinRequest { .. } => "Rejoin Request",
            Self::RejoinResponse { .. } => "Rejoin Response",
            Self::LinkStatus { .. } => "Link Status",
            Self::NetworkReport { .. } => "Network Report",
            Self::NetworkUpdate { .. } => "Network Update",
            Self::EndDeviceTimeoutRequest { .. } => "End Device Timeout Request",
            Self::EndDeviceTimeoutResponse { .. } => "End Device Timeout Response",
            Self::Other { .. } => return None,
        })
    }
}

fn read_numbers<'a>(reader: &mut Reader<'a>, count: u8) -> Result<Numbers<'a>> {
    reader.take(usize::from(count).saturating_mul(2)).map(Numbers)
}

fn read_eui64_if(reader: &mut Reader<'_>, present: u8) -> Result<Option<Eui64>> {
    if present == 0 { Ok(None) } else { reader.eui64().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::Command;
    use crate::address::{Eui64, ShortAddress};
    use crate::error::Error;

    #[test]
    fn every_command_is_read_to_its_last_byte() {
        let eui64 = [8, 7, 6, 5, 4, 3, 2, 1];
        let with = |head: &[u8], tail: &[u8]| [head, &eui64, tail].concat();
        let commands = [
            with(&[1, 0x20, 7, 0x4E, 0x2B, 3], &[]),
            with(&[2, 0x20, 7, 0, 0, 0x4E, 0x2B, 3], &[]),
            vec![3, 0x0B, 0x4E, 0x2B],
            vec![4, 0x40],
            vec![5, 2, 1, 0, 2, 0],
            vec![6, 0x8E],
            vec![7, 0x4E, 0x2B, 0],
            vec![8, 0x62, 1, 0, 0x11, 2, 0, 0x13],
            with(&[9, 0x01], &[0x17, 0x5A]),
            with(&[10, 0x01], &[5, 0x17, 0x5A]),
            vec![11, 8, 0],
            vec![12, 0, 3],
        ];
        for (id, bytes) in (1..).zip(&commands) {
            let (command, rest) = Command::read(bytes).unwrap();
            assert_eq!(command.id(), id);
            assert!(command.name().is_some());
            assert!(rest.is_empty(), "{command:?}");
            assert!(matches!(Command::read(&bytes[..bytes.len() - 1]), Err(Error::Truncated { .. })));
        }
        let (command, _) = Command::read(&commands[0]).unwrap();
        let Command::RouteRequest { destination_eui64, .. } = command else { panic!("{command:?}") };
        assert_eq!(destination_eui64, Some(Eui64(0x0102_0304_0506_0708)));
        assert_eq!(Command::read(&[0x7F, 9]), Ok((Command::Other { id: 0x7F }, &[9][..])));
    }

    #[test]
    fn a_rejoin_tells_the_new_address() {
        let (command, _) = Command::read(&[7, 0x4E, 0x2B, 0]).unwrap();
        assert_eq!(command, Command::RejoinResponse { address: ShortAddress(0x2B4E), status: 0 });
    }
}
