//! The APS frame of Zigbee: which endpoint of which application sends to which.
//!
//! ```
//! use cad_zigbee::{aps, security::Payload, zcl};
//!
//! let bytes = [0x40, 0x01, 0x02, 0x07, 0x09, 0x01, 0x01, 0x2A, 0x18, 0x01, 0x0A];
//! let frame = aps::Frame::read(&bytes)?;
//! let addressing = frame.addressing.unwrap();
//! assert_eq!(addressing.cluster, zcl::ClusterId::METERING);
//! assert_eq!(addressing.profile, aps::SMART_ENERGY);
//! assert_eq!(frame.payload, Payload::Clear(&[0x18, 0x01, 0x0A]));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

pub mod command;

use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::security::Payload;
use crate::writer::Writer;
use crate::zcl::ClusterId;

/// The profile of the Zigbee Device Object.
pub const DEVICE_PROFILE: u16 = 0x0000;
/// The Home Automation profile, which Zigbee 3.0 devices use.
pub const HOME_AUTOMATION: u16 = 0x0104;
/// The Smart Energy profile.
pub const SMART_ENERGY: u16 = 0x0109;

/// One APS frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the frame is for.
    pub frame_type: FrameType,
    /// To one, to all, to a group.
    pub delivery: DeliveryMode,
    /// Of an acknowledgement: it confirms a command, and has no addressing.
    pub ack_format: bool,
    /// The sender asks for an acknowledgement.
    pub ack_request: bool,
    /// Absent in commands and in acknowledgements of them.
    pub addressing: Option<Addressing>,
    /// Counts the sender's frames; absent in inter-PAN frames.
    pub counter: Option<u8>,
    /// The extended header: which part of a fragmented message this is.
    pub extended: Option<ExtendedHeader>,
    /// A ZCL or ZDO frame, or an APS command.
    pub payload: Payload<'a>,
}

/// What an APS frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// Carries a ZCL or ZDO frame.
    Data,
    /// A [`command::Command`].
    Command,
    /// Confirms a frame end to end.
    Acknowledgement,
    /// Carries a ZCL frame to or from a device outside the network.
    InterPan,
}

/// To whom a frame is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryMode {
    /// To one endpoint.
    Unicast,
    /// To one endpoint of an indirect binding; no longer in use.
    Indirect,
    /// To an endpoint of many devices.
    Broadcast,
    /// To the members of a group.
    Group,
}

/// Where a frame comes from and goes to within its devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressing {
    /// The receiving endpoint or group; absent in inter-PAN frames that go to no group.
    pub destination: Option<Destination>,
    /// The cluster of the payload.
    pub cluster: ClusterId,
    /// The profile of the payload.
    pub profile: u16,
    /// The sending endpoint; absent in inter-PAN frames.
    pub source_endpoint: Option<u8>,
}

/// The receiver within a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// An endpoint: 0 the device object, 0xFF all.
    Endpoint(u8),
    /// A group.
    Group(u16),
}

/// Which part of a fragmented message a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtendedHeader {
    /// Whether and how the message is fragmented.
    pub fragmentation: Fragmentation,
    /// In acknowledgements: which blocks of the window have arrived.
    pub ack_bitfield: Option<u8>,
}

/// Whether and how a message is fragmented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fragmentation {
    /// Not.
    None,
    /// The first block.
    First {
        /// How many blocks the message has; in acknowledgements, the block's number.
        blocks: u8,
    },
    /// A further block.
    Part {
        /// Its number, from 1.
        block: u8,
    },
}

const SECURITY: u8 = 1 << 5;
const ACK_REQUEST: u8 = 1 << 6;
const EXTENDED_HEADER: u8 = 1 << 7;
const ACK_FORMAT: u8 = 1 << 4;

impl<'a> Frame<'a> {
    /// Reads the payload of a NWK data frame, or of an inter-PAN frame.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside a header; [`Error::Malformed`] for a reserved fragmentation.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let control = reader.u8()?;
        let frame_type = FrameType::from_bits(control);
        let delivery = DeliveryMode::from_bits(control >> 2);
        let ack_format = control & ACK_FORMAT != 0;
        let addressing = match frame_type {
            FrameType::Command => None,
            FrameType::Acknowledgement if ack_format => None,
            _ => Some(Addressing::read(&mut reader, frame_type, delivery)?),
        };
        let counter = if frame_type == FrameType::InterPan { None } else { Some(reader.u8()?) };
        let extended = if control & EXTENDED_HEADER != 0 {
            Some(ExtendedHeader::read(&mut reader, frame_type)?)
        } else {
            None
        };
        Ok(Self {
            frame_type,
            delivery,
            ack_format,
            ack_request: control & ACK_REQUEST != 0,
            addressing,
            counter,
            extended,
            payload: Payload::read(bytes, reader, control & SECURITY != 0)?,
        })
    }

    /// A data frame to one endpoint, not yet secured, with acknowledgement.
    pub const fn data(
        cluster: ClusterId,
        source_endpoint: u8,
        destination_endpoint: u8,
        counter: u8,
        payload: &'a [u8],
    ) -> Self {
        Self {
            frame_type: FrameType::Data,
            delivery: DeliveryMode::Unicast,
            ack_format: false,
            ack_request: true,
            addressing: Some(Addressing {
                destination: Some(Destination::Endpoint(destination_endpoint)),
                cluster,
                profile: SMART_ENERGY,
                source_endpoint: Some(source_endpoint),
            }),
            counter: Some(counter),
            extended: None,
            payload: Payload::Clear(payload),
        }
    }

    /// Writes the frame as it is: a secured payload stays the ciphertext it was.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if a field is missing that this kind of frame has.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.write_header(writer, matches!(self.payload, Payload::Secured(_)))?;
        self.payload.write(writer)
    }

    /// Writes the frame with its clear payload encrypted. `source` is the EUI-64 of the sender, whether or not
    /// `auxiliary` names it ([`AuxiliaryHeader::link`](crate::security::AuxiliaryHeader::link)).
    ///
    /// # Errors
    /// As [`Self::write`]; [`Error::Unwritable`] also if the payload is secured already.
    #[cfg(feature = "security")]
    pub fn write_secured(
        &self,
        writer: &mut Writer<'_>,
        key: &crate::security::Key,
        source: crate::address::Eui64,
        auxiliary: &crate::security::AuxiliaryHeader,
    ) -> Result<()> {
        crate::security::write_secured(writer, key, source, auxiliary, &self.payload, |writer| {
            self.write_header(writer, true)
        })
    }

    fn write_header(&self, writer: &mut Writer<'_>, secured: bool) -> Result<()> {
        const INCOMPLETE: Error = Error::Unwritable { what: "this combination of APS header fields" };
        let has_addressing = match self.frame_type {
            FrameType::Command => false,
            FrameType::Acknowledgement => !self.ack_format,
            FrameType::Data | FrameType::InterPan => true,
        };
        let has_counter = self.frame_type != FrameType::InterPan;
        if self.addressing.is_some() != has_addressing || self.counter.is_some() != has_counter {
            return Err(INCOMPLETE);
        }
        let mut control = self.frame_type.bits() | (self.delivery.bits() << 2);
        for (set, bit) in [
            (self.ack_format, ACK_FORMAT),
            (secured, SECURITY),
            (self.ack_request, ACK_REQUEST),
            (self.extended.is_some(), EXTENDED_HEADER),
        ] {
            control |= if set { bit } else { 0 };
        }
        writer.u8(control)?;
        if let Some(addressing) = self.addressing {
            let inter_pan = self.frame_type == FrameType::InterPan;
            match (addressing.destination, self.delivery) {
                (Some(Destination::Group(group)), DeliveryMode::Group) => writer.u16(group)?,
                (Some(Destination::Endpoint(endpoint)), mode)
                    if mode != DeliveryMode::Group && !inter_pan =>
                {
                    writer.u8(endpoint)?;
                }
                (None, mode) if mode != DeliveryMode::Group && inter_pan => {}
                _ => return Err(INCOMPLETE),
            }
            writer.u16(addressing.cluster.0)?;
            writer.u16(addressing.profile)?;
            match addressing.source_endpoint {
                Some(endpoint) if !inter_pan => writer.u8(endpoint)?,
                None if inter_pan => {}
                _ => return Err(INCOMPLETE),
            }
        }
        if let Some(counter) = self.counter {
            writer.u8(counter)?;
        }
        match self.extended {
            Some(extended) => extended.write(writer, self.frame_type),
            None => Ok(()),
        }
    }
}

impl Addressing {
    fn read(reader: &mut Reader<'_>, frame_type: FrameType, delivery: DeliveryMode) -> Result<Self> {
        let inter_pan = frame_type == FrameType::InterPan;
        let destination = if delivery == DeliveryMode::Group {
            Some(Destination::Group(reader.u16()?))
        } else if inter_pan {
            None
        } else {
            Some(Destination::Endpoint(reader.u8()?))
        };
        Ok(Self {
            destination,
            cluster: ClusterId(reader.u16()?),
            profile: reader.u16()?,
            source_endpoint: if inter_pan { None } else { Some(reader.u8()?) },
        })
    }
}

impl ExtendedHeader {
    fn read(reader: &mut Reader<'_>, frame_type: FrameType) -> Result<Self> {
        let at = reader.at();
        let fragmentation = match reader.u8()? & 3 {
            0 => return Ok(Self { fragmentation: Fragmentation::None, ack_bitfield: None }),
            1 => Fragmentation::First { blocks: reader.u8()? },
            2 => Fragmentation::Part { block: reader.u8()? },
            _ => return Err(Error::Malformed { at, what: "reserved fragmentation" }),
        };
        let ack_bitfield = if frame_type == FrameType::Acknowledgement { Some(reader.u8()?) } else { None };
        Ok(Self { fragmentation, ack_bitfield })
    }

    fn write(self, writer: &mut Writer<'_>, frame_type: FrameType) -> Result<()> {
        let fields = match self.fragmentation {
            Fragmentation::None => return writer.u8(0),
            Fragmentation::First { blocks } => [1, blocks],
            Fragmentation::Part { block } => [2, block],
        };
        writer.put(&fields)?;
        match (frame_type == FrameType::Acknowledgement, self.ack_bitfield) {
            (true, Some(bitfield)) => writer.u8(bitfield),
            (false, None) => Ok(()),
            _ => Err(Error::Unwritable { what: "this combination of APS header fields" }),
        }
    }
}

impl FrameType {
    const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Data,
            1 => Self::Command,
            2 => Self::Acknowledgement,
            _ => Self::InterPan,
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Command => 1,
            Self::Acknowledgement => 2,
            Self::InterPan => 3,
        }
    }
}

impl DeliveryMode {
    const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Unicast,
            1 => Self::Indirect,
            2 => Self::Broadcast,
            _ => Self::Group,
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Unicast => 0,
            Self::Indirect => 1,
            Self::Broadcast => 2,
            Self::Group => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Addressing, DeliveryMode, Destination, ExtendedHeader, Fragmentation, Frame, FrameType};
    use crate::error::Error;
    use crate::security::Payload;
    use crate::writer::Writer;
    use crate::zcl::ClusterId;

    #[test]
    fn every_kind_of_frame_reads_back() {
        let data = Frame::data(ClusterId::METERING, 1, 2, 42, &[9]);
        let part = |fragmentation| Some(ExtendedHeader { fragmentation, ack_bitfield: None });
        let group =
            Some(Addressing { destination: Some(Destination::Group(0x1234)), ..data.addressing.unwrap() });
        let stub = Some(Addressing { destination: None, source_endpoint: None, ..data.addressing.unwrap() });
        let acknowledgement = Frame {
            frame_type: FrameType::Acknowledgement,
            payload: Payload::Clear(&[]),
            extended: Some(ExtendedHeader {
                fragmentation: Fragmentation::Part { block: 2 },
                ack_bitfield: Some(7),
            }),
            ..data
        };
        for frame in [
            data,
            Frame { delivery: DeliveryMode::Broadcast, ack_request: false, ..data },
            Frame { delivery: DeliveryMode::Group, addressing: group, ..data },
            Frame { extended: part(Fragmentation::None), ..data },
            Frame { extended: part(Fragmentation::First { blocks: 8 }), ..data },
            Frame { extended: part(Fragmentation::Part { block: 1 }), ..data },
            acknowledgement,
            Frame { ack_format: true, addressing: None, extended: None, ..acknowledgement },
            Frame { frame_type: FrameType::Command, addressing: None, ..data },
            Frame { frame_type: FrameType::InterPan, addressing: stub, counter: None, ..data },
        ] {
            let mut buffer = [0; 32];
            let mut writer = Writer::new(&mut buffer);
            frame.write(&mut writer).unwrap();
            assert_eq!(Frame::read(writer.written()), Ok(frame));
        }
    }

    #[test]
    fn a_frame_that_contradicts_itself_is_not_written() {
        let data = Frame::data(ClusterId::METERING, 1, 2, 42, &[9]);
        for frame in [
            Frame { addressing: None, ..data },
            Frame { counter: None, ..data },
            Frame { delivery: DeliveryMode::Group, ..data },
            Frame { frame_type: FrameType::Command, ..data },
        ] {
            let mut buffer = [0; 32];
            assert!(matches!(frame.write(&mut Writer::new(&mut buffer)), Err(Error::Unwritable { .. })));
        }
    }
}
