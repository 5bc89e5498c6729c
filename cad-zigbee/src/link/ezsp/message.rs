use super::{Frame, INCOMING_MESSAGE_HANDLER, SEND_UNICAST, Version};
use crate::address::{Eui64, ShortAddress};
use crate::aps::Fragmentation;
use crate::error::{Error, Result};
use crate::link::{ApsIndication, Sender};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::ClusterId;

/// The addressing of a message between applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApsFrame {
    /// The profile.
    pub profile: u16,
    /// The cluster.
    pub cluster: ClusterId,
    /// The sending endpoint.
    pub source_endpoint: u8,
    /// The receiving endpoint.
    pub destination_endpoint: u8,
    /// [`Self::ENCRYPTION`], [`Self::RETRY`], [`Self::ENABLE_ROUTE_DISCOVERY`], [`Self::FRAGMENT`] and more.
    pub options: u16,
    /// The group; of a fragment its number, and of the first fragment their count in the high byte.
    pub group: u16,
    /// Counts the frames of the sender.
    pub sequence: u8,
}

impl ApsFrame {
    /// Encrypted with the link key.
    pub const ENCRYPTION: u16 = 1 << 5;
    /// Sent again until acknowledged.
    pub const RETRY: u16 = 1 << 6;
    /// A route is looked for if none is known.
    pub const ENABLE_ROUTE_DISCOVERY: u16 = 1 << 8;
    /// A part of a message.
    pub const FRAGMENT: u16 = 1 << 15;

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            profile: reader.u16()?,
            cluster: ClusterId(reader.u16()?),
            source_endpoint: reader.u8()?,
            destination_endpoint: reader.u8()?,
            options: reader.u16()?,
            group: reader.u16()?,
            sequence: reader.u8()?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u16(self.profile)?;
        writer.u16(self.cluster.0)?;
        writer.put(&[self.source_endpoint, self.destination_endpoint])?;
        writer.u16(self.options)?;
        writer.u16(self.group)?;
        writer.u8(self.sequence)
    }

    pub(super) const fn fragmentation(&self) -> Fragmentation {
        if self.options & Self::FRAGMENT == 0 {
            return Fragmentation::None;
        }
        match self.group.to_le_bytes() {
            [0, blocks] => Fragmentation::First { blocks },
            [block, _] => Fragmentation::Part { block },
        }
    }
}

/// A message from an application to ours (`incomingMessageHandler`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomingMessage<'a> {
    /// 0 unicast, 1 its reply, 2 to a group, 3 to a group by us, 4 to all, 5 to all by us, 6 many to one.
    pub message_type: u8,
    /// Its addressing.
    pub aps: ApsFrame,
    /// The sender.
    pub sender: ShortAddress,
    /// The sender, from version 14 on: 0 or all ones if not known.
    pub sender_eui64: Option<Eui64>,
    /// Its place in the binding table; 0xFF if it has none.
    pub binding: u8,
    /// Its place in the address table; 0xFF if it has none.
    pub address: u8,
    /// Link quality of the last hop.
    pub lqi: u8,
    /// Received signal strength of the last hop in dBm.
    pub rssi_dbm: i8,
    /// The coprocessor's clock in milliseconds, from version 14 on.
    pub timestamp_ms: Option<u32>,
    /// A ZCL frame.
    pub payload: &'a [u8],
}

const TO_GROUP: u8 = 2;
const TO_GROUP_BY_US: u8 = 3;

impl<'a> IncomingMessage<'a> {
    /// Reads the parameters of the callback, in the layout of this version.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the frame is another command; [`Error::Truncated`] if it ends early.
    pub fn read(frame: &Frame<'a>, version: Version) -> Result<Self> {
        Self::read_fields(frame, version.has_packet_info()).map(|(message, _)| message)
    }

    /// Reads the parameters in whichever layout they fill to the last byte. For a listener who missed the negotiation.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_any(frame: &Frame<'a>) -> Result<Self> {
        let newer = Self::read_fields(frame, true);
        match newer {
            Ok((message, [])) => Ok(message),
            _ => Self::read_fields(frame, false).or(newer).map(|(message, _)| message),
        }
    }

    fn read_fields(frame: &Frame<'a>, has_packet_info: bool) -> Result<(Self, &'a [u8])> {
        if frame.id != INCOMING_MESSAGE_HANDLER {
            return Err(Error::Malformed { at: 0, what: "not an incoming message" });
        }
        let mut reader = Reader::new(frame.parameters);
        let message_type = reader.u8()?;
        let aps = ApsFrame::read(&mut reader)?;
        let message = if has_packet_info {
            Self {
                message_type,
                aps,
                sender: reader.short_address()?,
                sender_eui64: Some(reader.eui64()?),
                binding: reader.u8()?,
                address: reader.u8()?,
                lqi: reader.u8()?,
                rssi_dbm: i8::from_le_bytes(reader.array()?),
                timestamp_ms: Some(reader.u32()?),
                payload: &[],
            }
        } else {
            let (lqi, rssi_dbm) = (reader.u8()?, i8::from_le_bytes(reader.array()?));
            Self {
                message_type,
                aps,
                sender: reader.short_address()?,
                sender_eui64: None,
                binding: reader.u8()?,
                address: reader.u8()?,
                lqi,
                rssi_dbm,
                timestamp_ms: None,
                payload: &[],
            }
        };
        let length = reader.u8()?;
        let payload = reader.take(usize::from(length))?;
        Ok((Self { payload, ..message }, reader.rest()))
    }

    /// The message. Of a fragmented one this may be a part: give all to an
    /// [`Assembler`](crate::link::Assembler).
    pub fn indication(&self) -> ApsIndication<'a> {
        let to_group = matches!(self.message_type, TO_GROUP | TO_GROUP_BY_US);
        let fragmentation = self.aps.fragmentation();
        let group = to_group && fragmentation == Fragmentation::None;
        ApsIndication {
            profile: Some(self.aps.profile),
            cluster: self.aps.cluster,
            sender: Sender::known(self.sender.0, self.sender_eui64.map_or(0, |eui64| eui64.0)),
            source_endpoint: self.aps.source_endpoint,
            destination_endpoint: self.aps.destination_endpoint,
            group: if group { Some(self.aps.group) } else { None },
            counter: Some(self.aps.sequence),
            fragmentation,
            lqi: Some(self.lqi),
            rssi_dbm: Some(self.rssi_dbm),
            payload: self.payload,
        }
    }
}

/// Asks the coprocessor to send a message to a device (`sendUnicast`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendUnicast<'a> {
    /// To whom.
    pub destination: ShortAddress,
    /// The addressing; the coprocessor sets the sequence.
    pub aps: ApsFrame,
    /// Returns in the report of what became of it; over 255 only from version 14 on.
    pub tag: u16,
    /// A ZCL frame, up to 255 bytes.
    pub payload: &'a [u8],
}

impl SendUnicast<'_> {
    /// Writes the command in the layout of this version.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the payload or the tag is too large.
    pub fn write(&self, writer: &mut Writer<'_>, version: Version, sequence: u8) -> Result<()> {
        const DIRECT: u8 = 0;
        let length = u8::try_from(self.payload.len())
            .map_err(|_| Error::Unwritable { what: "over 255 bytes of message in an EZSP command" })?;
        let tag = u8::try_from(self.tag);
        Frame::command(version, sequence, SEND_UNICAST, &[]).write_header(writer, version)?;
        writer.u8(DIRECT)?;
        writer.short_address(self.destination)?;
        self.aps.write(writer)?;
        match tag {
            _ if version.has_packet_info() => writer.u16(self.tag)?,
            Ok(tag) => writer.u8(tag)?,
            Err(_) => return Err(Error::Unwritable { what: "so large a tag before EZSP version 14" }),
        }
        writer.u8(length)?;
        writer.put(self.payload)
    }
}
