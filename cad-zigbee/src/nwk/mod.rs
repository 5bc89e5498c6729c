//! The NWK frame of Zigbee: who sends to whom across the network.
//!
//! ```
//! use cad_zigbee::{address::ShortAddress, nwk, security::Payload};
//!
//! let bytes = [0x48, 0x00, 0x5C, 0x3A, 0x4E, 0x2B, 0x1E, 0x07, 0x40, 0x01];
//! let nwk::Npdu::Frame(frame) = nwk::Npdu::read(&bytes)? else { unreachable!() };
//! assert_eq!(frame.source, ShortAddress(0x2B4E));
//! assert_eq!(frame.payload, Payload::Clear(&[0x40, 0x01]));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

pub mod command;
pub mod list;

use crate::address::{Eui64, ShortAddress};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::security::Payload;
use crate::writer::Writer;

/// What a MAC data frame carries in a Zigbee network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Npdu<'a> {
    /// A NWK frame.
    Frame(Frame<'a>),
    /// An APS frame from outside the network, which has no NWK addresses.
    InterPan(&'a [u8]),
    /// A Green Power frame, with its header.
    GreenPower(&'a [u8]),
}

/// One NWK frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Data or command.
    pub frame_type: FrameType,
    /// 2 in every Zigbee PRO network.
    pub protocol_version: u8,
    /// Whether routers may look for a route: 0 no, 1 yes.
    pub discover_route: u8,
    /// The sender is an end device, and this its first hop.
    pub end_device_initiator: bool,
    /// The receiver, a broadcast, or with [`Self::multicast`] a group.
    pub destination: ShortAddress,
    /// The sender.
    pub source: ShortAddress,
    /// How many hops the frame may still take.
    pub radius: u8,
    /// Counts the sender's frames.
    pub sequence: u8,
    /// The receiver's EUI-64, where the sender gives it.
    pub destination_eui64: Option<Eui64>,
    /// The sender's EUI-64, where it gives it.
    pub source_eui64: Option<Eui64>,
    /// The multicast control field: mode in bits 0-1, radius in bits 2-4, its maximum in bits 5-7.
    pub multicast: Option<u8>,
    /// The routers the frame is to take.
    pub source_route: Option<SourceRoute<'a>>,
    /// An APS frame or a NWK command.
    pub payload: Payload<'a>,
}

/// What a NWK frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// An APS frame.
    Data,
    /// A [`command::Command`].
    Command,
}

/// The routers a frame is to take, last one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRoute<'a> {
    /// Which relay is next.
    pub relay_index: u8,
    relays: &'a [u8],
}

impl<'a> SourceRoute<'a> {
    /// A route over these relays, two bytes each as on the air, the one nearest to the receiver first.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for half a relay and for over 255.
    pub fn new(relay_index: u8, relays: &'a [u8]) -> Result<Self> {
        let (whole, rest) = relays.as_chunks::<2>();
        if rest.is_empty() && u8::try_from(whole.len()).is_ok() {
            Ok(Self { relay_index, relays })
        } else {
            Err(Error::Unwritable { what: "half a relay, or over 255" })
        }
    }

    /// The relays, the one nearest to the receiver first.
    pub fn relays(&self) -> impl Iterator<Item = ShortAddress> {
        self.relays.as_chunks().0.iter().map(|relay| ShortAddress(u16::from_le_bytes(*relay)))
    }
}

const DATA: u16 = 0;
const COMMAND: u16 = 1;
const INTER_PAN: u16 = 3;
const MULTICAST: u16 = 1 << 8;
const SECURITY: u16 = 1 << 9;
const SOURCE_ROUTE: u16 = 1 << 10;
const DESTINATION_EUI64: u16 = 1 << 11;
const SOURCE_EUI64: u16 = 1 << 12;
const END_DEVICE_INITIATOR: u16 = 1 << 13;

const PRO_VERSION: u8 = 2;
const GREEN_POWER_VERSION: u8 = 3;

impl<'a> Npdu<'a> {
    /// Reads the payload of a MAC data frame.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside a header; [`Error::Malformed`] if this is no frame of a Zigbee PRO
    /// network (protocol version 2) nor Green Power.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let control = reader.u16()?;
        let frame_type = control & 3;
        let protocol_version = (control.to_le_bytes()[0] >> 2) & 0xF;
        if protocol_version == GREEN_POWER_VERSION {
            return Ok(Self::GreenPower(bytes));
        }
        if protocol_version != PRO_VERSION {
            return Err(Error::Malformed { at: 0, what: "not the protocol version of Zigbee PRO" });
        }
        let frame_type = match frame_type {
            DATA => FrameType::Data,
            COMMAND => FrameType::Command,
            INTER_PAN => return Ok(Self::InterPan(reader.take_rest())),
            _ => return Err(Error::Malformed { at: 0, what: "reserved NWK frame type" }),
        };
        let present = |bit: u16| control & bit != 0;
        Ok(Self::Frame(Frame {
            frame_type,
            protocol_version,
            discover_route: (control.to_le_bytes()[0] >> 6) & 3,
            end_device_initiator: present(END_DEVICE_INITIATOR),
            destination: reader.short_address()?,
            source: reader.short_address()?,
            radius: reader.u8()?,
            sequence: reader.u8()?,
            destination_eui64: if present(DESTINATION_EUI64) { Some(reader.eui64()?) } else { None },
            source_eui64: if present(SOURCE_EUI64) { Some(reader.eui64()?) } else { None },
            multicast: if present(MULTICAST) { Some(reader.u8()?) } else { None },
            source_route: if present(SOURCE_ROUTE) { Some(read_source_route(&mut reader)?) } else { None },
            payload: Payload::read(bytes, reader, present(SECURITY))?,
        }))
    }
}

impl<'a> Frame<'a> {
    /// A data frame as a meter sends it, not yet secured.
    pub const fn data(
        source: ShortAddress,
        destination: ShortAddress,
        sequence: u8,
        payload: &'a [u8],
    ) -> Self {
        Self {
            frame_type: FrameType::Data,
            protocol_version: 2,
            discover_route: 0,
            end_device_initiator: false,
            destination,
            source,
            radius: 30,
            sequence,
            destination_eui64: None,
            source_eui64: None,
            multicast: None,
            source_route: None,
            payload: Payload::Clear(payload),
        }
    }

    /// Writes the frame as it is: a secured payload stays the ciphertext it was.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a protocol version other than 2 and a route
    /// discovery over 3.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.write_header(writer, matches!(self.payload, Payload::Secured(_)))?;
        self.payload.write(writer)
    }

    /// Writes the frame with its clear payload encrypted. `auxiliary` must name the source
    /// ([`AuxiliaryHeader::network`](crate::security::AuxiliaryHeader::network)). The writer may hold a MAC header.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::UnknownSource`] if `auxiliary` names none;
    /// [`Error::Unwritable`] if the payload is secured already.
    #[cfg(feature = "security")]
    pub fn write_secured(
        &self,
        writer: &mut Writer<'_>,
        key: &crate::security::Key,
        auxiliary: &crate::security::AuxiliaryHeader,
    ) -> Result<()> {
        let source = auxiliary.source.ok_or(Error::UnknownSource)?;
        crate::security::write_secured(writer, key, source, auxiliary, &self.payload, |writer| {
            self.write_header(writer, true)
        })
    }

    fn write_header(&self, writer: &mut Writer<'_>, secured: bool) -> Result<()> {
        let relays = self.source_route.map_or(&[][..], |route| route.relays);
        let relay_count = u8::try_from(relays.len().div_euclid(2))
            .map_err(|_| Error::Unwritable { what: "over 255 relays" })?;
        if self.protocol_version != PRO_VERSION || self.discover_route > 3 {
            return Err(Error::Unwritable { what: "this combination of NWK header fields" });
        }
        let mut control = match self.frame_type {
            FrameType::Data => DATA,
            FrameType::Command => COMMAND,
        };
        control |= u16::from(self.protocol_version) << 2;
        control |= u16::from(self.discover_route) << 6;
        for (present, bit) in [
            (self.multicast.is_some(), MULTICAST),
            (secured, SECURITY),
            (self.source_route.is_some(), SOURCE_ROUTE),
            (self.destination_eui64.is_some(), DESTINATION_EUI64),
            (self.source_eui64.is_some(), SOURCE_EUI64),
            (self.end_device_initiator, END_DEVICE_INITIATOR),
        ] {
            control |= if present { bit } else { 0 };
        }
        writer.u16(control)?;
        writer.short_address(self.destination)?;
        writer.short_address(self.source)?;
        writer.u8(self.radius)?;
        writer.u8(self.sequence)?;
        for eui64 in [self.destination_eui64, self.source_eui64].into_iter().flatten() {
            writer.eui64(eui64)?;
        }
        if let Some(multicast) = self.multicast {
            writer.u8(multicast)?;
        }
        if let Some(route) = self.source_route {
            writer.u8(relay_count)?;
            writer.u8(route.relay_index)?;
            writer.put(relays)?;
        }
        Ok(())
    }
}

fn read_source_route<'a>(reader: &mut Reader<'a>) -> Result<SourceRoute<'a>> {
    let count = usize::from(reader.u8()?);
    let relay_index = reader.u8()?;
    Ok(SourceRoute { relay_index, relays: reader.take(count.saturating_mul(2))? })
}

#[cfg(test)]
mod tests {
    use super::{Frame, Npdu, SourceRoute};
    use crate::address::{Eui64, ShortAddress};
    use crate::error::Error;
    use crate::writer::Writer;

    #[test]
    fn a_frame_with_every_optional_field_reads_back() {
        let frame = Frame {
            discover_route: 1,
            end_device_initiator: true,
            destination_eui64: Some(Eui64(1)),
            source_eui64: Some(Eui64(2)),
            multicast: Some(0x51),
            source_route: SourceRoute::new(1, &[0x11, 0x22, 0x33, 0x44]).ok(),
            ..Frame::data(ShortAddress(0x2B4E), ShortAddress(0xFFFD), 7, &[1, 2, 3])
        };
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        frame.write(&mut writer).unwrap();
        assert_eq!(Npdu::read(writer.written()), Ok(Npdu::Frame(frame)));
        let route = frame.source_route.unwrap();
        assert!(route.relays().eq([ShortAddress(0x2211), ShortAddress(0x4433)]));
    }

    #[test]
    fn tells_inter_pan_and_green_power_from_nwk_frames() {
        assert_eq!(Npdu::read(&[0x0B, 0x00, 0x0B, 9]), Ok(Npdu::InterPan(&[0x0B, 9])));
        assert_eq!(Npdu::read(&[0x0C, 0x00, 9]), Ok(Npdu::GreenPower(&[0x0C, 0x00, 9])));
        assert!(matches!(Npdu::read(&[0x41, 0x60, 0, 0]), Err(Error::Malformed { at: 0, .. })));
        assert!(matches!(Npdu::read(&[0x0A, 0x00]), Err(Error::Malformed { at: 0, .. })));
    }

    #[test]
    fn a_frame_that_could_not_be_read_is_not_written() {
        let frame = Frame::data(ShortAddress(1), ShortAddress(2), 3, &[]);
        for frame in [Frame { protocol_version: 3, ..frame }, Frame { discover_route: 4, ..frame }] {
            assert!(matches!(frame.write(&mut Writer::new(&mut [0; 16])), Err(Error::Unwritable { .. })));
        }
        assert!(matches!(SourceRoute::new(0, &[1]), Err(Error::Unwritable { .. })));
        assert!(matches!(SourceRoute::new(0, &[0; 512]), Err(Error::Unwritable { .. })));
    }
}
