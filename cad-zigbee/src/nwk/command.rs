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
use crate::error::{Error, Result};
use crate::nwk::list::{Links, Numbers, PowerDeltas, Tlvs};
use crate::reader::Reader;
use crate::writer::Writer;

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
        /// The device it is about; left out by some where the status is about none.
        destination: Option<ShortAddress>,
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
        /// The neighbours.
        links: Links<'a>,
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
    /// Tells neighbours to send with more or less power, below 1 GHz (0x0D, revision 22).
    LinkPowerDelta {
        /// In bits 0-1: 0 notification, 1 request, 2 response.
        options: u8,
        /// The neighbours.
        deltas: PowerDeltas<'a>,
    },
    /// A device asks to join or rejoin (0x0E, revision 23).
    ///
    /// **Interpretation:** laid out as other implementations have it, with all behind the capability as tagged values.
    CommissioningRequest {
        /// 0 join, 1 rejoin.
        association_type: u8,
        /// The capability information field of the MAC.
        capability: u8,
        /// What the device says about itself.
        tlvs: Tlvs<'a>,
    },
    /// Answers that (0x0F, revision 23). Tagged values may follow: they are the rest of the command.
    CommissioningResponse {
        /// The address the device has from now on.
        address: ShortAddress,
        /// 0 for success, else a status of the MAC.
        status: u8,
    },
    /// A command this crate does not know.
    Other {
        /// The command identifier.
        id: u8,
    },
}

impl<'a> Command<'a> {
    /// Reads the payload of a NWK command frame; returns the command and what follows it.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside the command.
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
                    destination_eui64: read_eui64_if(reader, options & DESTINATION_EUI64)?,
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
                    originator_eui64: read_eui64_if(reader, options & ORIGINATOR_EUI64)?,
                    responder_eui64: read_eui64_if(reader, options & RESPONDER_EUI64)?,
                }
            }
            0x03 => Self::NetworkStatus {
                status: reader.u8()?,
                destination: if reader.is_empty() { None } else { Some(reader.short_address()?) },
            },
            0x04 => Self::Leave { options: reader.u8()? },
            0x05 => {
                let count = reader.u8()?;
                Self::RouteRecord { relays: Numbers::read(reader, count)? }
            }
            0x06 => Self::RejoinRequest { capability: reader.u8()? },
            0x07 => Self::RejoinResponse { address: reader.short_address()?, status: reader.u8()? },
            0x08 => {
                let options = reader.u8()?;
                Self::LinkStatus { options, links: Links::read(reader, options & COUNT)? }
            }
            0x09 => {
                let options = reader.u8()?;
                Self::NetworkReport {
                    options,
                    extended_pan_id: reader.eui64()?,
                    pan_ids: Numbers::read(reader, options & COUNT)?,
                }
            }
            0x0A => {
                let options = reader.u8()?;
                Self::NetworkUpdate {
                    options,
                    extended_pan_id: reader.eui64()?,
                    update_id: reader.u8()?,
                    pan_ids: Numbers::read(reader, options & COUNT)?,
                }
            }
            0x0B => Self::EndDeviceTimeoutRequest { timeout: reader.u8()?, configuration: reader.u8()? },
            0x0C => Self::EndDeviceTimeoutResponse { status: reader.u8()?, parent_information: reader.u8()? },
            0x0D => {
                let options = reader.u8()?;
                let count = reader.u8()?;
                Self::LinkPowerDelta { options, deltas: PowerDeltas::read(reader, count)? }
            }
            0x0E => Self::CommissioningRequest {
                association_type: reader.u8()?,
                capability: reader.u8()?,
                tlvs: Tlvs::new(reader.take_rest()),
            },
            0x0F => Self::CommissioningResponse { address: reader.short_address()?, status: reader.u8()? },
            id => Self::Other { id },
        })
    }

    /// Writes the command: the payload of a NWK command frame, up to what [`Self::read`] returns behind it.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the options announce an address or a count that
    /// is not there, or do not announce the one that is.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.id())?;
        match *self {
            Self::RouteRequest { options, id, destination, path_cost, destination_eui64 } => {
                agree(options & DESTINATION_EUI64 != 0, destination_eui64.is_some())?;
                writer.put(&[options, id])?;
                writer.short_address(destination)?;
                writer.u8(path_cost)?;
                write_eui64(writer, destination_eui64)
            }
            Self::RouteReply {
                options,
                id,
                originator,
                responder,
                path_cost,
                originator_eui64,
                responder_eui64,
            } => {
                agree(options & ORIGINATOR_EUI64 != 0, originator_eui64.is_some())?;
                agree(options & RESPONDER_EUI64 != 0, responder_eui64.is_some())?;
                writer.put(&[options, id])?;
                writer.short_address(originator)?;
                writer.short_address(responder)?;
                writer.u8(path_cost)?;
                write_eui64(writer, originator_eui64)?;
                write_eui64(writer, responder_eui64)
            }
            Self::NetworkStatus { status, destination } => {
                writer.u8(status)?;
                destination.map_or(Ok(()), |destination| writer.short_address(destination))
            }
            Self::Leave { options } => writer.u8(options),
            Self::RouteRecord { relays } => {
                writer.u8(relays.count())?;
                writer.put(relays.bytes())
            }
            Self::RejoinRequest { capability } => writer.u8(capability),
            Self::RejoinResponse { address, status } | Self::CommissioningResponse { address, status } => {
                writer.short_address(address)?;
                writer.u8(status)
            }
            Self::LinkStatus { options, links } => {
                agree(options & COUNT, links.count())?;
                writer.u8(options)?;
                writer.put(links.bytes())
            }
            Self::NetworkReport { options, extended_pan_id, pan_ids } => {
                agree(options & COUNT, pan_ids.count())?;
                writer.u8(options)?;
                writer.eui64(extended_pan_id)?;
                writer.put(pan_ids.bytes())
            }
            Self::NetworkUpdate { options, extended_pan_id, update_id, pan_ids } => {
                agree(options & COUNT, pan_ids.count())?;
                writer.u8(options)?;
                writer.eui64(extended_pan_id)?;
                writer.u8(update_id)?;
                writer.put(pan_ids.bytes())
            }
            Self::EndDeviceTimeoutRequest { timeout, configuration } => writer.put(&[timeout, configuration]),
            Self::EndDeviceTimeoutResponse { status, parent_information } => {
                writer.put(&[status, parent_information])
            }
            Self::LinkPowerDelta { options, deltas } => {
                writer.put(&[options, deltas.count()])?;
                writer.put(deltas.bytes())
            }
            Self::CommissioningRequest { association_type, capability, tlvs } => {
                writer.put(&[association_type, capability])?;
                writer.put(tlvs.bytes())
            }
            Self::Other { .. } => Ok(()),
        }
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
            Self::LinkPowerDelta { .. } => 0x0D,
            Self::CommissioningRequest { .. } => 0x0E,
            Self::CommissioningResponse { .. } => 0x0F,
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
            Self::LinkPowerDelta { .. } => "Link Power Delta",
            Self::CommissioningRequest { .. } => "Network Commissioning Request",
            Self::CommissioningResponse { .. } => "Network Commissioning Response",
            Self::Other { .. } => return None,
        })
    }
}

/// How many entries follow, in the options of three commands.
const COUNT: u8 = 0x1F;
const DESTINATION_EUI64: u8 = 1 << 5;
const ORIGINATOR_EUI64: u8 = 1 << 4;
const RESPONDER_EUI64: u8 = 1 << 5;

fn agree<T: PartialEq>(announced: T, given: T) -> Result<()> {
    const WHAT: Error = Error::Unwritable { what: "a NWK command whose options announce other fields" };
    if announced == given { Ok(()) } else { Err(WHAT) }
}

fn write_eui64(writer: &mut Writer<'_>, eui64: Option<Eui64>) -> Result<()> {
    eui64.map_or(Ok(()), |eui64| writer.eui64(eui64))
}

fn read_eui64_if(reader: &mut Reader<'_>, present: u8) -> Result<Option<Eui64>> {
    if present == 0 { Ok(None) } else { reader.eui64().map(Some) }
}

#[cfg(test)]
mod tests;
