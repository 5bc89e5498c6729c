//! The API modes of Digi XBee modules: mode 1, and mode 2 with escapes.
//!
//! The module gives messages with their addressing only when told to (`AO` = 1); they then come as
//! [`ExplicitReceive`]. All numbers on this link are big endian, but for those in the message itself.
//!
//! ```
//! use cad_zigbee::link::xbee::{Deframer, ExplicitReceive, Frame, Mode};
//!
//! let wire = [
//!     0x7E, 0x00, 0x1B, 0x91, 0x0C, 0xA2, 0xF4, 0x00, 0x00, 0xE5, 0xA3, 0xE1, 0x2B, 0x4E, 0x01, 0x01, 0x07, 0x02,
//!     0x01, 0x09, 0x21, 0x18, 0x01, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00, 0x8D,
//! ];
//! let mut deframer = Deframer::<128>::new(Mode::Plain);
//! let Some(Frame::ExplicitReceive(message)) = deframer.read(&mut &wire[..]) else { unreachable!() };
//! assert_eq!(message.profile, 0x0109);
//! assert_eq!(message.indication().payload[..3], [0x18, 0x01, 0x0A]);
//! ```

mod line;

pub use line::{Deframer, Mode};

use super::{ApsIndication, Sender};
use crate::address::{Eui64, ShortAddress};
use crate::aps::Fragmentation;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::ClusterId;

/// One API frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// A message with its addressing (0x91).
    ExplicitReceive(ExplicitReceive<'a>),
    /// A message without (0x90): the cluster is not known.
    Receive {
        /// The sender; all ones if not known.
        source_eui64: u64,
        /// The sender; 0xFFFE if not known.
        source: u16,
        /// Acknowledged in bit 0, broadcast in bit 1, encrypted in bit 5.
        options: u8,
        /// The message.
        payload: &'a [u8],
    },
    /// What became of a message we sent (0x8B).
    TransmitStatus {
        /// The one given when sending.
        frame_id: u8,
        /// The receiver; 0xFFFE if not found.
        destination: u16,
        /// How often it was tried again.
        retries: u8,
        /// 0 for success.
        delivery: u8,
        /// What was needed to find the receiver.
        discovery: u8,
    },
    /// Something happened to the module (0x8A).
    ModemStatus {
        /// 0 reset, 2 joined, 3 left the network, and more.
        status: u8,
    },
    /// Any other frame, and those above with a length they cannot have.
    Other {
        /// The frame type.
        frame_type: u8,
        /// What follows it.
        data: &'a [u8],
    },
}

/// A message with its addressing (0x91).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExplicitReceive<'a> {
    /// The sender; all ones if not known.
    pub source_eui64: u64,
    /// The sender; 0xFFFE if not known.
    pub source: u16,
    /// From which of its endpoints.
    pub source_endpoint: u8,
    /// To which of ours.
    pub destination_endpoint: u8,
    /// The cluster it is about.
    pub cluster: ClusterId,
    /// The profile it was sent in.
    pub profile: u16,
    /// Acknowledged in bit 0, broadcast in bit 1, encrypted in bit 5.
    pub options: u8,
    /// A ZCL frame.
    pub payload: &'a [u8],
}

const TRANSMIT: u8 = 0x11;
const MODEM_STATUS: u8 = 0x8A;
const TRANSMIT_STATUS: u8 = 0x8B;
const RECEIVE: u8 = 0x90;
const EXPLICIT_RECEIVE: u8 = 0x91;

impl<'a> Frame<'a> {
    /// Reads the content of a frame: what is between its length and its check.
    fn read(content: &'a [u8]) -> Self {
        let (frame_type, data) = content.split_first().map_or((0, content), |(first, data)| (*first, data));
        Self::read_fields(frame_type, data).unwrap_or(Self::Other { frame_type, data })
    }

    fn read_fields(frame_type: u8, data: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(data);
        let frame = match frame_type {
            EXPLICIT_RECEIVE => Self::ExplicitReceive(ExplicitReceive {
                source_eui64: u64::from_be_bytes(reader.array()?),
                source: u16::from_be_bytes(reader.array()?),
                source_endpoint: reader.u8()?,
                destination_endpoint: reader.u8()?,
                cluster: ClusterId(u16::from_be_bytes(reader.array()?)),
                profile: u16::from_be_bytes(reader.array()?),
                options: reader.u8()?,
                payload: reader.take_rest(),
            }),
            RECEIVE => Self::Receive {
                source_eui64: u64::from_be_bytes(reader.array()?),
                source: u16::from_be_bytes(reader.array()?),
                options: reader.u8()?,
                payload: reader.take_rest(),
            },
            TRANSMIT_STATUS => Self::TransmitStatus {
                frame_id: reader.u8()?,
                destination: u16::from_be_bytes(reader.array()?),
                retries: reader.u8()?,
                delivery: reader.u8()?,
                discovery: reader.u8()?,
            },
            MODEM_STATUS => Self::ModemStatus { status: reader.u8()? },
            _ => Self::Other { frame_type, data: reader.take_rest() },
        };
        if reader.is_empty() {
            Ok(frame)
        } else {
            Err(Error::Malformed { at: reader.at(), what: "more than fields" })
        }
    }

    /// Writes the frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a content of over 65535 bytes.
    pub fn write(&self, writer: &mut Writer<'_>, mode: Mode) -> Result<()> {
        let mut head = [0; 18];
        let mut fields = Writer::new(&mut head);
        let payload = match self {
            Self::ExplicitReceive(message) => {
                fields.u8(EXPLICIT_RECEIVE)?;
                fields.put(&message.source_eui64.to_be_bytes())?;
                fields.put(&message.source.to_be_bytes())?;
                fields.put(&[message.source_endpoint, message.destination_endpoint])?;
                fields.put(&message.cluster.0.to_be_bytes())?;
                fields.put(&message.profile.to_be_bytes())?;
                fields.u8(message.options)?;
                message.payload
            }
            Self::Receive { source_eui64, source, options, payload } => {
                fields.u8(RECEIVE)?;
                fields.put(&source_eui64.to_be_bytes())?;
                fields.put(&source.to_be_bytes())?;
                fields.u8(*options)?;
                payload
            }
            Self::TransmitStatus { frame_id, destination, retries, delivery, discovery } => {
                fields.put(&[TRANSMIT_STATUS, *frame_id])?;
                fields.put(&destination.to_be_bytes())?;
                fields.put(&[*retries, *delivery, *discovery])?;
                &[]
            }
            Self::ModemStatus { status } => {
                fields.put(&[MODEM_STATUS, *status])?;
                &[]
            }
            Self::Other { frame_type, data } => {
                fields.u8(*frame_type)?;
                data
            }
        };
        line::write(writer, mode, &[fields.written(), payload])
    }
}

impl<'a> ExplicitReceive<'a> {
    /// The message.
    pub const fn indication(&self) -> ApsIndication<'a> {
        ApsIndication {
            profile: Some(self.profile),
            cluster: self.cluster,
            sender: Sender::known(self.source, self.source_eui64),
            source_endpoint: self.source_endpoint,
            destination_endpoint: self.destination_endpoint,
            group: None,
            counter: None,
            fragmentation: Fragmentation::None,
            lqi: None,
            rssi_dbm: None,
            payload: self.payload,
        }
    }
}

/// Asks the module to send a message, with its addressing (0x11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExplicitTransmit<'a> {
    /// Returns in the transmit status; 0 for none.
    pub frame_id: u8,
    /// To whom; all ones where only the network address is known.
    pub destination_eui64: Eui64,
    /// To whom; 0xFFFE where only the EUI-64 is known.
    pub destination: ShortAddress,
    /// From which of our endpoints.
    pub source_endpoint: u8,
    /// To which endpoint.
    pub destination_endpoint: u8,
    /// What the message is about.
    pub cluster: ClusterId,
    /// The profile to send it in.
    pub profile: u16,
    /// How many hops it may take; 0 for the most.
    pub radius: u8,
    /// Encrypted with the link key in bit 5.
    pub options: u8,
    /// A ZCL frame.
    pub payload: &'a [u8],
}

impl ExplicitTransmit<'_> {
    /// Writes the request as a frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the payload is too long for a frame.
    pub fn write(&self, writer: &mut Writer<'_>, mode: Mode) -> Result<()> {
        let mut head = [0; 20];
        let mut fields = Writer::new(&mut head);
        fields.put(&[TRANSMIT, self.frame_id])?;
        fields.put(&self.destination_eui64.0.to_be_bytes())?;
        fields.put(&self.destination.0.to_be_bytes())?;
        fields.put(&[self.source_endpoint, self.destination_endpoint])?;
        fields.put(&self.cluster.0.to_be_bytes())?;
        fields.put(&self.profile.to_be_bytes())?;
        fields.put(&[self.radius, self.options])?;
        line::write(writer, mode, &[fields.written(), self.payload])
    }
}

#[cfg(test)]
mod tests {
    use super::{Deframer, ExplicitTransmit, Frame, Mode};
    use crate::address::{Eui64, ShortAddress};
    use crate::writer::Writer;
    use crate::zcl::ClusterId;

    #[test]
    fn the_fields_of_every_kind_of_frame_are_read() {
        let eui64 = [1, 2, 3, 4, 5, 6, 7, 8];
        let receive = [&[0x90], &eui64[..], &[0x2B, 0x4E, 1, 9, 9]].concat();
        let Frame::Receive { source_eui64, source, options: 1, payload: [9, 9] } = Frame::read(&receive)
        else {
            panic!("a received message")
        };
        assert_eq!((source_eui64, source), (0x0102_0304_0506_0708, 0x2B4E));
        let status = Frame::read(&[0x8B, 7, 0x2B, 0x4E, 1, 0x24, 2]);
        let expected = Frame::TransmitStatus {
            frame_id: 7,
            destination: 0x2B4E,
            retries: 1,
            delivery: 0x24,
            discovery: 2,
        };
        assert_eq!(status, expected);
        let cut = Frame::read(&[0x8B, 7]);
        assert_eq!(cut, Frame::Other { frame_type: 0x8B, data: &[7] });
    }

    #[test]
    fn a_request_has_its_fields_in_network_order() {
        let request = ExplicitTransmit {
            frame_id: 1,
            destination_eui64: Eui64(0x0CA2_F400_00E5_A3E1),
            destination: ShortAddress(0x2B4E),
            source_endpoint: 1,
            destination_endpoint: 2,
            cluster: ClusterId::METERING,
            profile: 0x0109,
            radius: 0,
            options: 0x20,
            payload: &[0, 1, 0],
        };
        let mut buffer = [0; 40];
        let mut writer = Writer::new(&mut buffer);
        request.write(&mut writer, Mode::Plain).unwrap();
        assert_eq!(
            writer.written()[..23],
            [
                0x7E, 0, 23, 0x11, 1, 0x0C, 0xA2, 0xF4, 0, 0, 0xE5, 0xA3, 0xE1, 0x2B, 0x4E, 1, 2, 7, 2, 1, 9,
                0, 0x20
            ]
        );
        let mut deframer = Deframer::<64>::new(Mode::Plain);
        assert!(matches!(deframer.read(&mut writer.written()), Some(Frame::Other { frame_type: 0x11, .. })));
    }
}
