//! The commands of Smart Energy as structs, to be read and to be written (Smart Energy Standard 1.4, annexes C and D).
//!
//! Reading: [`Command::of`] for whatever a frame is, or [`Payload::parse`] where the command is known.
//!
//! ```
//! use cad_zigbee::energy::{Command, demand_response};
//! use cad_zigbee::zcl::{self, ClusterId};
//!
//! // The supplier cancels all load control events, at random within their time.
//! let frame = zcl::Frame::read(&[0x09, 0x21, 0x02, 0x01])?;
//! let (command, rest) = Command::of(ClusterId::DEMAND_RESPONSE, &frame)?;
//! let Command::DemandResponse(demand_response::Command::CancelAllLoadControlEvents(cancel)) = command else {
//!     unreachable!()
//! };
//! assert!(cancel.control.contains(demand_response::CancelControl::RANDOMIZED));
//! assert!(rest.is_empty());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```
//!
//! Writing: set the fields, then [`Payload::write_frame`].
//!
//! ```
//! use cad_zigbee::energy::{Payload, demand_response::GetScheduledEvents, field::UtcTime};
//! use cad_zigbee::writer::Writer;
//!
//! let mut buffer = [0; 16];
//! let mut writer = Writer::new(&mut buffer);
//! let request = GetScheduledEvents { start: UtcTime::NOW, number_of_events: 0, issuer_event_id: None };
//! request.write_frame(0x22, &mut writer)?;
//! assert_eq!(writer.written(), [0x01, 0x22, 0x01, 0, 0, 0, 0, 0]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

pub mod billing;
pub mod calendar;
mod currency;
mod define;
pub mod demand_response;
pub mod device_management;
pub mod energy_management;
pub mod events;
pub mod field;
pub mod key_establishment;
pub mod list;
pub mod messaging;
pub mod metering;
pub mod money;
pub mod prepayment;
pub mod price;
pub mod request;
pub mod snapshot;
pub mod tariff;
pub mod tunneling;

use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::cluster;
use crate::zcl::fields::Fields;
use crate::zcl::{ClusterId, Direction, Frame, FrameType, Header};

/// A command of a cluster, without its header.
pub trait Payload<'a>: Sized {
    /// Whose command it is.
    const CLUSTER: ClusterId;
    /// Which side of the cluster sends it.
    const DIRECTION: Direction;
    /// Its identifier.
    const ID: u8;

    /// Reads the fields.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside a field, or before one that has always
    /// been part of the command; [`Error::Malformed`](crate::Error::Malformed) if a field contradicts another.
    fn read(reader: &mut Reader<'a>) -> Result<Self>;

    /// Writes the fields.
    ///
    /// # Errors
    /// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends; [`Error::Unwritable`](crate::Error::Unwritable)
    /// for a string or list longer than its length field can say, and for a field behind one that is left out.
    fn write(&self, writer: &mut Writer<'_>) -> Result<()>;

    /// Reads the payload of a frame; returns the command and what follows its last field.
    ///
    /// # Errors
    /// As [`Self::read`].
    fn parse(payload: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut reader = Reader::new(payload);
        let command = Self::read(&mut reader)?;
        Ok((command, reader.rest()))
    }

    /// Writes a ZCL frame that asks for a default response if it fails, or if there is no other response.
    ///
    /// # Errors
    /// As [`Self::write`].
    fn write_frame(&self, sequence: u8, writer: &mut Writer<'_>) -> Result<()> {
        header(Self::DIRECTION, Self::ID, sequence).write(writer)?;
        self.write(writer)
    }

    /// Writes a ZCL frame that answers another: with its sequence number, and without asking for a default response.
    ///
    /// # Errors
    /// As [`Self::write`].
    fn write_answer(&self, to: &Header, writer: &mut Writer<'_>) -> Result<()> {
        to.answer(Self::ID).write(writer)?;
        self.write(writer)
    }
}

/// All commands of a cluster.
pub trait Commands<'a>: Sized {
    /// Whose commands they are.
    const CLUSTER: ClusterId;

    /// Reads the fields of the command with this identifier; none if the cluster has no such command.
    ///
    /// # Errors
    /// As [`Payload::read`].
    fn read(direction: Direction, id: u8, reader: &mut Reader<'a>) -> Result<Option<Self>>;

    /// Writes the fields.
    ///
    /// # Errors
    /// As [`Payload::write`].
    fn write(&self, writer: &mut Writer<'_>) -> Result<()>;

    /// Which side sends the command, and its identifier.
    fn identity(&self) -> (Direction, u8);

    /// Writes a ZCL frame, as [`Payload::write_frame`] does.
    ///
    /// # Errors
    /// As [`Payload::write`].
    fn write_frame(&self, sequence: u8, writer: &mut Writer<'_>) -> Result<()> {
        let (direction, id) = self.identity();
        header(direction, id, sequence).write(writer)?;
        self.write(writer)
    }
}

const fn header(direction: Direction, command: u8, sequence: u8) -> Header {
    Header {
        frame_type: FrameType::Cluster,
        manufacturer: None,
        direction,
        disable_default_response: false,
        sequence,
        command,
    }
}

/// A command of any cluster.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Of the Price cluster.
    Price(price::Command<'a>),
    /// Of the Demand Response and Load Control cluster.
    DemandResponse(demand_response::Command),
    /// Of the Metering cluster.
    Metering(metering::Command<'a>),
    /// Of the Messaging cluster.
    Messaging(messaging::Command<'a>),
    /// Of the Tunneling cluster.
    Tunneling(tunneling::Command<'a>),
    /// Of the Prepayment cluster.
    Prepayment(prepayment::Command<'a>),
    /// Of the Energy Management cluster.
    EnergyManagement(energy_management::Command),
    /// Of the Calendar cluster.
    Calendar(calendar::Command<'a>),
    /// Of the Device Management cluster.
    DeviceManagement(device_management::Command<'a>),
    /// Of the Events cluster.
    Events(events::Command<'a>),
    /// Of the Key Establishment cluster.
    KeyEstablishment(key_establishment::Command<'a>),
    /// Of another cluster, read along its table.
    Listed(&'static cluster::Command, Fields<'a>),
    /// A command that no table has, a manufacturer's, or a general one: its payload.
    Unknown(&'a [u8]),
}

impl<'a> Command<'a> {
    /// Reads the command that a frame of this cluster is; returns it and what follows its last field.
    ///
    /// # Errors
    /// As [`Payload::read`].
    pub fn of(cluster: ClusterId, frame: &Frame<'a>) -> Result<(Self, &'a [u8])> {
        let header = &frame.header;
        if header.frame_type != FrameType::Cluster || header.manufacturer.is_some() {
            return Ok((Self::Unknown(frame.payload), &[]));
        }
        Self::parse(cluster, header.direction, header.command, frame.payload)
    }

    /// Reads the payload of a command of this cluster; returns it and what follows its last field.
    ///
    /// # Errors
    /// As [`Payload::read`].
    pub fn parse(
        cluster: ClusterId,
        direction: Direction,
        id: u8,
        payload: &'a [u8],
    ) -> Result<(Self, &'a [u8])> {
        let mut reader = Reader::new(payload);
        let command = match cluster {
            ClusterId::PRICE => Commands::read(direction, id, &mut reader)?.map(Self::Price),
            ClusterId::DEMAND_RESPONSE => {
                Commands::read(direction, id, &mut reader)?.map(Self::DemandResponse)
            }
            ClusterId::METERING => Commands::read(direction, id, &mut reader)?.map(Self::Metering),
            ClusterId::MESSAGING => Commands::read(direction, id, &mut reader)?.map(Self::Messaging),
            ClusterId::TUNNELING => Commands::read(direction, id, &mut reader)?.map(Self::Tunneling),
            ClusterId::PREPAYMENT => Commands::read(direction, id, &mut reader)?.map(Self::Prepayment),
            ClusterId::ENERGY_MANAGEMENT => {
                Commands::read(direction, id, &mut reader)?.map(Self::EnergyManagement)
            }
            ClusterId::CALENDAR => Commands::read(direction, id, &mut reader)?.map(Self::Calendar),
            ClusterId::DEVICE_MANAGEMENT => {
                Commands::read(direction, id, &mut reader)?.map(Self::DeviceManagement)
            }
            ClusterId::EVENTS => Commands::read(direction, id, &mut reader)?.map(Self::Events),
            ClusterId::KEY_ESTABLISHMENT => {
                Commands::read(direction, id, &mut reader)?.map(Self::KeyEstablishment)
            }
            _ => None,
        };
        if let Some(command) = command {
            return Ok((command, reader.rest()));
        }
        match cluster::find(cluster).and_then(|cluster| cluster.command(direction, id)) {
            Some(command) => {
                let fields = Fields::new(command, payload);
                let rest = fields.clone().finish()?;
                Ok((Self::Listed(command, fields), rest))
            }
            None => Ok((Self::Unknown(payload), &[])),
        }
    }

    /// Writes the fields; what was read along a table is written as it was read.
    ///
    /// # Errors
    /// As [`Payload::write`].
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Price(command) => command.write(writer),
            Self::DemandResponse(command) => command.write(writer),
            Self::Metering(command) => command.write(writer),
            Self::Messaging(command) => command.write(writer),
            Self::Tunneling(command) => command.write(writer),
            Self::Prepayment(command) => command.write(writer),
            Self::EnergyManagement(command) => command.write(writer),
            Self::Calendar(command) => command.write(writer),
            Self::DeviceManagement(command) => command.write(writer),
            Self::Events(command) => command.write(writer),
            Self::KeyEstablishment(command) => command.write(writer),
            Self::Listed(_, fields) => writer.put(fields.rest()),
            Self::Unknown(payload) => writer.put(payload),
        }
    }
}
