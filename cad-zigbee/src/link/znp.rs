//! Texas Instruments' monitor and test (MT) interface of Zigbee network processors (Z-Stack ZNP).
//!
//! A message does not say in which profile it was sent: that follows from the endpoint of ours it was sent to.
//!
//! ```
//! use cad_zigbee::{address::ShortAddress, link::znp::{DataRequest, Deframer, Frame}, writer::Writer};
//! use cad_zigbee::zcl::ClusterId;
//!
//! let mut buffer = [0; 64];
//! let mut writer = Writer::new(&mut buffer);
//! let request = DataRequest {
//!     destination: ShortAddress(0x2B4E),
//!     destination_endpoint: 1,
//!     source_endpoint: 1,
//!     cluster: ClusterId::METERING,
//!     transaction: 7,
//!     options: DataRequest::APS_ACK | DataRequest::APS_SECURITY,
//!     radius: 30,
//!     payload: &[0x00, 0x01, 0x00, 0x00, 0x03], // reads attribute 0x0300
//! };
//! request.write(&mut writer)?;
//! let mut wire = writer.written();
//! let mut deframer = Deframer::<256>::new();
//! let frame = deframer.read(&mut wire).unwrap();
//! assert_eq!((frame.command0, frame.command1, frame.data.len()), (0x24, 0x01, 15));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::stream::{Beginning, Window};
use super::{ApsIndication, Sender, Statistics};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::aps::Fragmentation;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::ClusterId;

/// One MT frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Type in bits 5-7 (0 poll, 1 synchronous request, 2 asynchronous request, 3 synchronous response), subsystem in
    /// bits 0-4 (4: AF).
    pub command0: u8,
    /// The command within the subsystem.
    pub command1: u8,
    /// The fields of the command, up to 250 bytes.
    pub data: &'a [u8],
}

/// Finds MT frames; `N` is at least the length of the longest of interest, at most 255.
#[derive(Debug, Clone)]
pub struct Deframer<const N: usize = 255> {
    window: Window<N>,
    statistics: Statistics,
}

const START: u8 = 0xFE;
const MAX_DATA: u8 = 250;
/// Start, length, two bytes of command and the check.
const OVERHEAD: usize = 5;

impl<const N: usize> Default for Deframer<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Deframer<N> {
    /// Has seen nothing.
    pub const fn new() -> Self {
        Self { window: Window::new(), statistics: Statistics::EMPTY }
    }

    /// Takes bytes from the front of `input` until a frame is complete; none once all are taken.
    ///
    /// What looks like the beginning of a frame and is not, because the check at its end fails, is looked through
    /// again from its second byte on.
    pub fn read(&mut self, input: &mut &[u8]) -> Option<Frame<'_>> {
        match self.window.next(input, &mut self.statistics, look::<N>)? {
            [_, _, command0, command1, data @ .., _] => {
                Some(Frame { command0: *command0, command1: *command1, data })
            }
            _ => None,
        }
    }

    /// The line has been silent for so long that the frame begun will not be completed; false if there is none. What
    /// came behind its first byte is looked through again by [`Self::read`], even with no input.
    pub fn give_up(&mut self) -> bool {
        self.window.give_up(&mut self.statistics)
    }

    /// What has been seen so far.
    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }
}

fn look<const N: usize>(bytes: &[u8]) -> Beginning {
    let [START, rest @ ..] = bytes else {
        return Beginning::Nothing(bytes.iter().position(|byte| *byte == START).unwrap_or(bytes.len()));
    };
    let Some(length) = rest.first() else { return Beginning::Part };
    let total = usize::from(*length).saturating_add(OVERHEAD);
    if *length > MAX_DATA || total > N {
        return Beginning::Oversized;
    }
    match bytes.get(1..total) {
        None => Beginning::Part,
        Some(checked) if check(checked) == 0 => Beginning::Frame(total),
        Some(_) => Beginning::Damaged,
    }
}

/// All bytes XORed: 0 where the check is among them.
fn check(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |check, byte| check ^ byte)
}

impl Frame<'_> {
    /// Writes the frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for over 250 bytes of data.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.write_parts(writer, &[self.data])
    }

    /// Writes the frame with these parts for data.
    fn write_parts(&self, writer: &mut Writer<'_>, parts: &[&[u8]]) -> Result<()> {
        let length = parts.iter().fold(0_usize, |length, part| length.saturating_add(part.len()));
        let length = u8::try_from(length)
            .ok()
            .filter(|length| *length <= MAX_DATA)
            .ok_or(Error::Unwritable { what: "over 250 bytes of data in an MT frame" })?;
        let head = [length, self.command0, self.command1];
        writer.u8(START)?;
        writer.put(&head)?;
        let mut sum = check(&head);
        for part in parts {
            writer.put(part)?;
            sum ^= check(part);
        }
        writer.u8(sum)
    }
}

/// A message for one of our endpoints (`AF_INCOMING_MSG`, `AF_INCOMING_MSG_EXT`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomingMessage<'a> {
    /// The group it was sent to, else 0.
    pub group: u16,
    /// The cluster it is about.
    pub cluster: ClusterId,
    /// Who sent it.
    pub source: Source,
    /// From which of its endpoints.
    pub source_endpoint: u8,
    /// The network of the sender, where it is another than ours; only in the extended form.
    pub source_pan: Option<PanId>,
    /// To which of ours.
    pub destination_endpoint: u8,
    /// Not 0 if it was sent to all.
    pub broadcast: u8,
    /// Link quality of the last hop.
    pub lqi: u8,
    /// Not 0 if it was secured.
    pub security: u8,
    /// The coprocessor's clock.
    pub timestamp: u32,
    /// The transaction sequence number.
    pub transaction: u8,
    /// How long the message is.
    pub length: u16,
    /// The message; empty where it does not fit a frame and has to be fetched (`AF_DATA_RETRIEVE`).
    pub payload: &'a [u8],
    /// The neighbour it came from and the hops it could still have taken, which newer coprocessors tell.
    pub last_hop: Option<(ShortAddress, u8)>,
}

/// A sender, by address mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// By network address; the only way of the short form.
    Short(ShortAddress),
    /// By EUI-64.
    Eui64(Eui64),
    /// None, or a group.
    Other {
        /// The address mode.
        mode: u8,
        /// The eight bytes of address.
        address: u64,
    },
}

const AF_REQUEST: u8 = 0x24;
const AF_INDICATION: u8 = 0x44;
const DATA_REQUEST: u8 = 0x01;
const INCOMING_MESSAGE: u8 = 0x81;
const INCOMING_MESSAGE_EXTENDED: u8 = 0x82;
const MODE_SHORT: u8 = 2;
const MODE_EUI64: u8 = 3;

impl<'a> IncomingMessage<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the frame is another command; [`Error::Truncated`] if it ends early.
    pub fn read(frame: &Frame<'a>) -> Result<Self> {
        let extended = match (frame.command0, frame.command1) {
            (AF_INDICATION, INCOMING_MESSAGE) => false,
            (AF_INDICATION, INCOMING_MESSAGE_EXTENDED) => true,
            _ => return Err(Error::Malformed { at: 0, what: "not an incoming message" }),
        };
        let mut reader = Reader::new(frame.data);
        let (group, cluster) = (reader.u16()?, ClusterId(reader.u16()?));
        let source =
            if extended { Source::read(&mut reader)? } else { Source::Short(reader.short_address()?) };
        let source_endpoint = reader.u8()?;
        let source_pan = if extended { Some(PanId(reader.u16()?)) } else { None };
        let message = Self {
            group,
            cluster,
            source,
            source_endpoint,
            source_pan,
            destination_endpoint: reader.u8()?,
            broadcast: reader.u8()?,
            lqi: reader.u8()?,
            security: reader.u8()?,
            timestamp: reader.u32()?,
            transaction: reader.u8()?,
            length: if extended { reader.u16()? } else { u16::from(reader.u8()?) },
            payload: &[],
            last_hop: None,
        };
        if extended && message.is_held(reader.rest().len()) {
            return Ok(message);
        }
        let payload = reader.take(usize::from(message.length))?;
        let last_hop =
            if reader.rest().len() < 3 { None } else { Some((reader.short_address()?, reader.u8()?)) };
        Ok(Self { payload, last_hop, ..message })
    }

    /// Whether the coprocessor keeps the message until it is fetched.
    fn is_held(&self, rest: usize) -> bool {
        rest < usize::from(self.length) && matches!(rest, 0 | 3)
    }

    /// The message; `profile_of` tells the profile of each of our endpoints.
    pub fn indication(&self, profile_of: impl FnOnce(u8) -> Option<u16>) -> ApsIndication<'a> {
        let sender = match self.source {
            Source::Short(short) => Sender { short: Some(short), eui64: None },
            Source::Eui64(eui64) => Sender { short: None, eui64: Some(eui64) },
            Source::Other { .. } => Sender::default(),
        };
        ApsIndication {
            profile: profile_of(self.destination_endpoint),
            cluster: self.cluster,
            sender,
            source_endpoint: self.source_endpoint,
            destination_endpoint: self.destination_endpoint,
            group: if self.group == 0 { None } else { Some(self.group) },
            counter: None,
            fragmentation: Fragmentation::None,
            lqi: Some(self.lqi),
            rssi_dbm: None,
            payload: self.payload,
        }
    }
}

impl Source {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mode = reader.u8()?;
        let address = reader.u64()?;
        let [low, high, ..] = address.to_le_bytes();
        Ok(match mode {
            MODE_SHORT => Self::Short(ShortAddress(u16::from_le_bytes([low, high]))),
            MODE_EUI64 => Self::Eui64(Eui64(address)),
            _ => Self::Other { mode, address },
        })
    }
}

/// Asks the coprocessor to send a message (`AF_DATA_REQUEST`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataRequest<'a> {
    /// To whom.
    pub destination: ShortAddress,
    /// To which endpoint.
    pub destination_endpoint: u8,
    /// From which of our endpoints, registered before; it decides the profile.
    pub source_endpoint: u8,
    /// What the message is about.
    pub cluster: ClusterId,
    /// Returns in the confirmation.
    pub transaction: u8,
    /// [`Self::APS_ACK`], [`Self::DISCOVER_ROUTE`], [`Self::APS_SECURITY`].
    pub options: u8,
    /// How many hops the message may take.
    pub radius: u8,
    /// A ZCL frame.
    pub payload: &'a [u8],
}

impl DataRequest<'_> {
    /// Asks for an acknowledgement of the receiver.
    pub const APS_ACK: u8 = 1 << 4;
    /// Looks for a route.
    pub const DISCOVER_ROUTE: u8 = 1 << 5;
    /// Encrypts with the link key, as Smart Energy demands.
    pub const APS_SECURITY: u8 = 1 << 6;

    /// Writes the request as an MT frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a payload of over 240 bytes.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let mut head = [0; 10];
        let mut fields = Writer::new(&mut head);
        fields.short_address(self.destination)?;
        fields.put(&[self.destination_endpoint, self.source_endpoint])?;
        fields.u16(self.cluster.0)?;
        fields.put(&[self.transaction, self.options, self.radius])?;
        fields.u8(u8::try_from(self.payload.len()).unwrap_or(u8::MAX))?;
        let frame = Frame { command0: AF_REQUEST, command1: DATA_REQUEST, data: &[] };
        frame.write_parts(writer, &[fields.written(), self.payload])
    }
}

#[cfg(test)]
mod tests {
    use super::{DataRequest, Deframer, Frame, IncomingMessage, Source};
    use crate::address::{Eui64, PanId, ShortAddress};
    use crate::error::Error;
    use crate::writer::Writer;
    use crate::zcl::ClusterId;

    #[test]
    fn what_only_looked_like_a_frame_hides_none() {
        let mut wire = vec![0xFE, 0x09, 0x44];
        let mut buffer = [0; 16];
        let mut writer = Writer::new(&mut buffer);
        let frame = Frame { command0: 0x41, command1: 0x80, data: &[1, 2, 3] };
        frame.write(&mut writer).unwrap();
        wire.extend(writer.written());
        wire.extend(writer.written());
        let mut deframer = Deframer::<64>::new();
        let mut input = &wire[..];
        assert_eq!(deframer.read(&mut input), Some(frame));
        assert_eq!(deframer.read(&mut input), Some(frame));
        assert_eq!(deframer.read(&mut input), None);
        let statistics = deframer.statistics();
        assert_eq!((statistics.frames, statistics.damaged_frames, statistics.skipped_bytes), (2, 1, 3));
    }

    #[test]
    fn a_frame_that_is_not_completed_is_given_up() {
        let mut deframer = Deframer::<64>::new();
        assert_eq!(deframer.read(&mut &[0xFE, 0x30, 0xFE, 0x00, 0x21, 0x01, 0x20][..]), None);
        assert!(deframer.give_up());
        assert_eq!(deframer.read(&mut &[][..]), Some(Frame { command0: 0x21, command1: 1, data: &[] }));
        assert!(!deframer.give_up());
        assert_eq!(deframer.statistics().skipped_bytes, 2);
    }

    #[test]
    fn the_extended_form_names_the_sender_by_its_eui64_or_keeps_the_message_back() {
        let head = [0, 0, 2, 7, 3, 8, 7, 6, 5, 4, 3, 2, 1, 9, 0x17, 0x5A, 1, 0, 200, 1, 1, 0, 0, 0, 5];
        let message = [&head[..], &[2, 0, 0xAA, 0xBB]].concat();
        let frame = Frame { command0: 0x44, command1: 0x82, data: &message };
        let read = IncomingMessage::read(&frame).unwrap();
        assert_eq!(read.source, Source::Eui64(Eui64(0x0102_0304_0506_0708)));
        assert_eq!((read.source_pan, read.payload), (Some(PanId(0x5A17)), &[0xAA, 0xBB][..]));

        let held = [&head[..], &[0x2C, 1]].concat();
        let read = IncomingMessage::read(&Frame { data: &held, ..frame }).unwrap();
        assert_eq!((read.length, read.payload.len()), (300, 0));
        let cut = [&head[..], &[9, 0, 1]].concat();
        let error = IncomingMessage::read(&Frame { data: &cut, ..frame });
        assert_eq!(error, Err(Error::Truncated { at: 27, needed: 8 }));
        let other = IncomingMessage::read(&Frame { command1: 0x80, ..frame });
        assert_eq!(other, Err(Error::Malformed { at: 0, what: "not an incoming message" }));
    }

    #[test]
    fn a_request_that_fits_no_frame_is_refused() {
        let payload = [7; 250];
        let request = |length| DataRequest {
            destination: ShortAddress(0x2B4E),
            destination_endpoint: 1,
            source_endpoint: 2,
            cluster: ClusterId::METERING,
            transaction: 3,
            options: 0,
            radius: 30,
            payload: &payload[..length],
        };
        let mut buffer = [0; 300];
        let mut written = |length| {
            let mut writer = Writer::new(&mut buffer);
            request(length).write(&mut writer).map(|()| writer.written()[3])
        };
        assert_eq!(written(240), Ok(0x01));
        assert!(matches!(written(241), Err(Error::Unwritable { .. })));
    }
}
