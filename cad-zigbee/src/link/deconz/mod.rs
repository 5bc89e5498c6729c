//! The serial protocol of dresden elektronik's ConBee and RaspBee (deCONZ).
//!
//! The stick does not send messages by itself: it says that it has one ([`DeviceState`]), the host asks for it
//! ([`write_indication_request`]), and it answers with a [`DataIndication`].
//!
//! ```
//! use cad_zigbee::link::deconz::{self, Command, Deframer};
//! use cad_zigbee::writer::Writer;
//!
//! let mut deframer = Deframer::<256>::new();
//! let frame = deframer.read(&mut &[0xC0, 0x0E, 5, 0, 7, 0, 0x0A, 0, 0xDC, 0xFF, 0xC0][..]).unwrap();
//! let Command::DeviceStateChanged(state) = frame.command()? else { unreachable!() };
//! assert!(state.has_indication());
//! let mut buffer = [0; 32];
//! let mut writer = Writer::new(&mut buffer);
//! deconz::write_indication_request(&mut writer, 6)?;
//! assert_eq!(writer.written(), [0xC0, 0x17, 6, 0, 8, 0, 1, 0, 4, 0xD6, 0xFF, 0xC0]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod line;

pub use line::{Deframer, Frame};

use super::{ApsIndication, Sender};
use crate::address::{Eui64, ShortAddress};
use crate::aps::Fragmentation;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::ClusterId;

impl<'a> Frame<'a> {
    /// What the frame says.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the fields end early; [`Error::Malformed`] for an address mode that does not exist.
    pub fn command(&self) -> Result<Command<'a>> {
        let mut reader = Reader::new(self.payload);
        Ok(match self.command {
            DATA_INDICATION if self.status == 0 => {
                Command::DataIndication(DataIndication::read(&mut reader)?)
            }
            DEVICE_STATE_CHANGED => Command::DeviceStateChanged(DeviceState(reader.u8()?)),
            DEVICE_STATE => Command::DeviceState(DeviceState(reader.u8()?)),
            _ => Command::Other,
        })
    }
}

/// What a frame of the stick says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// A message (0x17).
    DataIndication(DataIndication<'a>),
    /// The state of the stick, unasked (0x0E).
    DeviceStateChanged(DeviceState),
    /// The state of the stick (0x07).
    DeviceState(DeviceState),
    /// Anything else: see the frame.
    Other,
}

/// The state of a stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceState(
    /// The flags on the wire.
    pub u8,
);

impl DeviceState {
    /// Whether the stick is in a network.
    pub const fn is_connected(self) -> bool {
        self.0 & 3 == 2
    }

    /// Whether the outcome of a request waits to be asked for (0x04).
    pub const fn has_confirmation(self) -> bool {
        self.0 & (1 << 2) != 0
    }

    /// Whether a message waits to be asked for: see [`write_indication_request`].
    pub const fn has_indication(self) -> bool {
        self.0 & (1 << 3) != 0
    }

    /// Whether there is space for a request.
    pub const fn has_free_slots(self) -> bool {
        self.0 & (1 << 5) != 0
    }
}

const DEVICE_STATE: u8 = 0x07;
const DEVICE_STATE_CHANGED: u8 = 0x0E;
const DATA_REQUEST: u8 = 0x12;
const DATA_INDICATION: u8 = 0x17;

/// An address and how it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// A group (mode 1).
    Group(u16),
    /// A network address (mode 2).
    Short(ShortAddress),
    /// An EUI-64 (mode 3).
    Eui64(Eui64),
    /// Both addresses (mode 4).
    Both(ShortAddress, Eui64),
}

/// A message from an application to ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataIndication<'a> {
    /// The state of the stick.
    pub state: DeviceState,
    /// To whom it was sent.
    pub destination: Address,
    /// To which of our endpoints.
    pub destination_endpoint: u8,
    /// Who sent it.
    pub source: Address,
    /// From which of its endpoints.
    pub source_endpoint: u8,
    /// The profile it was sent in.
    pub profile: u16,
    /// The cluster it is about.
    pub cluster: ClusterId,
    /// A ZCL frame.
    pub payload: &'a [u8],
    /// Link quality, and received signal strength in dBm; older firmware does not tell.
    pub reception: Option<(u8, i8)>,
}

impl Address {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let at = reader.at();
        Ok(match reader.u8()? {
            1 => Self::Group(reader.u16()?),
            2 => Self::Short(reader.short_address()?),
            3 => Self::Eui64(reader.eui64()?),
            4 => Self::Both(reader.short_address()?, reader.eui64()?),
            _ => return Err(Error::Malformed { at, what: "reserved address mode" }),
        })
    }

    fn write(self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Group(group) => writer.u8(1).and_then(|()| writer.u16(group)),
            Self::Short(short) => writer.u8(2).and_then(|()| writer.short_address(short)),
            Self::Eui64(eui64) => writer.u8(3).and_then(|()| writer.eui64(eui64)),
            Self::Both(short, eui64) => {
                writer.u8(4)?;
                writer.short_address(short)?;
                writer.eui64(eui64)
            }
        }
    }
}

impl<'a> DataIndication<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.u16()?;
        let indication = Self {
            state: DeviceState(reader.u8()?),
            destination: Address::read(reader)?,
            destination_endpoint: reader.u8()?,
            source: Address::read(reader)?,
            source_endpoint: reader.u8()?,
            profile: reader.u16()?,
            cluster: ClusterId(reader.u16()?),
            payload: {
                let length = reader.u16()?;
                reader.take(usize::from(length))?
            },
            reception: None,
        };
        let reception = match reader.rest() {
            [_, _, lqi, _, _, _, _, rssi, ..] => Some((*lqi, i8::from_le_bytes([*rssi]))),
            _ => None,
        };
        Ok(Self { reception, ..indication })
    }

    /// The message.
    pub fn indication(&self) -> ApsIndication<'a> {
        let (short, eui64) = match self.source {
            Address::Short(short) => (Some(short), None),
            Address::Eui64(eui64) => (None, Some(eui64)),
            Address::Both(short, eui64) => (Some(short), Some(eui64)),
            Address::Group(_) => (None, None),
        };
        let group = match self.destination {
            Address::Group(group) => Some(group),
            _ => None,
        };
        ApsIndication {
            profile: Some(self.profile),
            cluster: self.cluster,
            sender: Sender { short, eui64 },
            source_endpoint: self.source_endpoint,
            destination_endpoint: self.destination_endpoint,
            group,
            counter: None,
            fragmentation: Fragmentation::None,
            lqi: self.reception.map(|(lqi, _)| lqi),
            rssi_dbm: self.reception.map(|(_, rssi)| rssi),
            payload: self.payload,
        }
    }
}

/// Asks for the message that waits, with both addresses of its sender.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends.
pub fn write_indication_request(writer: &mut Writer<'_>, sequence: u8) -> Result<()> {
    const BOTH_ADDRESSES: u8 = 4;
    let frame = Frame { command: DATA_INDICATION, sequence, status: 0, payload: &[1, 0, BOTH_ADDRESSES] };
    frame.write(writer)
}

/// Asks the stick to send a message (0x12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataRequest<'a> {
    /// Returns in the confirmation.
    pub request_id: u8,
    /// To whom.
    pub destination: Address,
    /// To which endpoint; not written for a group.
    pub destination_endpoint: u8,
    /// The profile to send it in.
    pub profile: u16,
    /// What the message is about.
    pub cluster: ClusterId,
    /// From which of our endpoints.
    pub source_endpoint: u8,
    /// A ZCL frame.
    pub payload: &'a [u8],
    /// Encrypted with the link key in bit 0, acknowledged in bit 2, in parts if need be in bit 3.
    pub options: u8,
    /// How many hops it may take; 0 for the most.
    pub radius: u8,
}

impl DataRequest<'_> {
    /// Writes the request as a frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the payload is too long for a frame, or the
    /// address is given both ways.
    pub fn write(&self, writer: &mut Writer<'_>, sequence: u8) -> Result<()> {
        const TOO_LONG: Error = Error::Unwritable { what: "so long a payload in a deCONZ frame" };
        if matches!(self.destination, Address::Both(..)) {
            return Err(Error::Unwritable { what: "a destination given both ways" });
        }
        let mut head = [0; 21];
        let mut fields = Writer::new(&mut head);
        fields.put(&[self.request_id, 0])?;
        self.destination.write(&mut fields)?;
        if !matches!(self.destination, Address::Group(_)) {
            fields.u8(self.destination_endpoint)?;
        }
        fields.u16(self.profile)?;
        fields.u16(self.cluster.0)?;
        fields.u8(self.source_endpoint)?;
        fields.u16(u16::try_from(self.payload.len()).map_err(|_| TOO_LONG)?)?;
        let tail = [self.options, self.radius];
        let length = fields.at().saturating_add(self.payload.len()).saturating_add(tail.len());
        let length = u16::try_from(length).map_err(|_| TOO_LONG)?.to_le_bytes();
        let frame = Frame { command: DATA_REQUEST, sequence, status: 0, payload: &[] };
        frame.write_parts(writer, &[&length, fields.written(), self.payload, &tail])
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Command, DataRequest, Frame};
    use crate::address::{Eui64, ShortAddress};
    use crate::error::Error;
    use crate::writer::Writer;
    use crate::zcl::ClusterId;

    #[test]
    fn all_address_modes_are_read_and_a_reserved_one_is_refused() {
        let read = |source: &[u8]| {
            let payload = [&[0, 0, 0x22, 1, 0x34, 0x12, 9], source, &[1, 9, 1, 2, 7, 0, 0]].concat();
            let frame = Frame { command: 0x17, sequence: 0, status: 0, payload: &payload };
            frame.command().map(|command| match command {
                Command::DataIndication(message) => {
                    assert_eq!((message.destination, message.reception), (Address::Group(0x1234), None));
                    assert_eq!(message.indication().group, Some(0x1234));
                    message.source
                }
                other => panic!("{other:?}"),
            })
        };
        let (short, eui64) = (ShortAddress(0x2B4E), Eui64(0x0102_0304_0506_0708));
        assert_eq!(read(&[2, 0x4E, 0x2B]), Ok(Address::Short(short)));
        assert_eq!(read(&[3, 8, 7, 6, 5, 4, 3, 2, 1]), Ok(Address::Eui64(eui64)));
        assert_eq!(read(&[4, 0x4E, 0x2B, 8, 7, 6, 5, 4, 3, 2, 1]), Ok(Address::Both(short, eui64)));
        assert_eq!(read(&[5, 0, 0]), Err(Error::Malformed { at: 7, what: "reserved address mode" }));
    }

    #[test]
    fn a_request_to_a_group_names_no_endpoint() {
        let request = DataRequest {
            request_id: 3,
            destination: Address::Short(ShortAddress(0x2B4E)),
            destination_endpoint: 1,
            profile: 0x0109,
            cluster: ClusterId::METERING,
            source_endpoint: 1,
            payload: &[0, 1, 0],
            options: 5,
            radius: 0,
        };
        let written = |request: DataRequest<'_>| {
            let mut buffer = [0; 64];
            let mut writer = Writer::new(&mut buffer);
            request.write(&mut writer, 7).map(|()| writer.written().to_vec())
        };
        let unicast = written(request).unwrap();
        assert_eq!(
            unicast[1..26],
            [0x12, 7, 0, 25, 0, 18, 0, 3, 0, 2, 0x4E, 0x2B, 1, 9, 1, 2, 7, 1, 3, 0, 0, 1, 0, 5, 0]
        );
        let group = written(DataRequest { destination: Address::Group(1), ..request }).unwrap();
        assert_eq!(group.len() + 1, unicast.len());
        let both = Address::Both(ShortAddress(1), Eui64(1));
        assert!(matches!(
            written(DataRequest { destination: both, ..request }),
            Err(Error::Unwritable { .. })
        ));
    }
}
