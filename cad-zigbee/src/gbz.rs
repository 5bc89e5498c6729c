//! GBZ: ZCL frames within the remote messages of Great Britain, as a supplier and a gas meter exchange them (GBCS,
//! section 7.2.10).
//!
//! Around the frames, numbers are big endian; within them, they are little endian as in all of Zigbee.
//!
//! ```
//! use cad_zigbee::gbz::{Content, Message};
//! use cad_zigbee::zcl::{AttributeId, ClusterId, general::GeneralCommand};
//!
//! // Reads the energy delivered so far.
//! let bytes = [0x01, 0x09, 1, 0x01, 0x07, 0x02, 0x00, 0x05, 0x00, 0x07, 0x00, 0x00, 0x00];
//! let (message, _) = Message::read(&bytes)?;
//! let component = message.components().next().unwrap();
//! assert_eq!(component.cluster, ClusterId::METERING);
//! let Content::Clear(frame) = component.content else { unreachable!() };
//! let (GeneralCommand::ReadAttributes(ids), _) = GeneralCommand::read(&frame)? else { unreachable!() };
//! assert_eq!(ids.into_iter().next(), Some(Ok(AttributeId(0x0000))));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::energy::field::UtcTime;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::{ClusterId, Frame, Header};

/// The profile of Smart Energy, with which every message begins.
const PROFILE: u16 = 0x0109;

const LAST: u8 = 0x01;
const ENCRYPTED: u8 = 0x02;
const FROM: u8 = 0x10;

/// The components of a message. All are known to be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    count: u8,
    bytes: &'a [u8],
}

/// What a device says of its own accord, with the components that belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert<'a> {
    /// What happened.
    pub code: u16,
    /// When.
    pub time: UtcTime,
    /// The components, or none.
    pub message: Message<'a>,
    /// What some alerts have in place of components.
    pub rest: &'a [u8],
}

/// A ZCL frame with the cluster it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component<'a> {
    /// The bits of the control field that nothing else tells: bit 0, the last component of the message, and reserved
    /// ones.
    pub control: u8,
    /// The cluster.
    pub cluster: ClusterId,
    /// Only what is from this time on is of interest.
    ///
    /// **Interpretation:** it stands before all else in a component; encrypted ones, which devices send, have had none.
    pub from: Option<UtcTime>,
    /// The frame.
    pub content: Content<'a>,
}

/// What a component holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// A ZCL frame.
    Clear(Frame<'a>),
    /// A ZCL frame whose payload is encrypted.
    Encrypted(Encrypted<'a>),
}

/// A ZCL frame whose payload only the supplier can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encrypted<'a> {
    /// Reserved.
    pub additional_control: u8,
    /// Counts the encrypted components of the message.
    pub frame_counter: u8,
    /// The header of the frame.
    pub header: Header,
    /// Security header (5 octets), the encrypted payload, and its authentication tag (12 octets), all by AES-GCM.
    pub ciphered: &'a [u8],
}

/// The components of a message, in wire order.
#[derive(Debug, Clone)]
pub struct Components<'a> {
    reader: Reader<'a>,
    left: u8,
}

impl<'a> Message<'a> {
    /// Reads the content of a request or a response; returns what follows the last component.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside a component; [`Error::Malformed`] for another profile than Smart
    /// Energy's, and for a component whose parts do not add up to its length.
    pub fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut reader = Reader::new(bytes);
        let count = read_start(&mut reader)?;
        let message = Self::read_components(&mut reader, count)?;
        Ok((message, reader.rest()))
    }

    fn read_components(reader: &mut Reader<'a>, count: u8) -> Result<Self> {
        let start = *reader;
        for _ in 0..count {
            Component::read(reader)?;
        }
        let length = reader.at().saturating_sub(start.at());
        Ok(Self { count, bytes: start.rest().get(..length).unwrap_or_default() })
    }

    /// The components, in wire order.
    pub const fn components(&self) -> Components<'a> {
        Components { reader: Reader::new(self.bytes), left: self.count }
    }
}

impl<'a> Alert<'a> {
    /// Reads the content of an alert.
    ///
    /// # Errors
    /// As [`Message::read`]. Some alerts have other things in place of components: what cannot be read as such is left
    /// in [`Self::rest`].
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let count = read_start(&mut reader)?;
        let code = u16::from_be_bytes(reader.array()?);
        let time = UtcTime(u32::from_be_bytes(reader.array()?));
        let mut ahead = reader;
        let message = match Message::read_components(&mut ahead, count) {
            Ok(message) => {
                reader = ahead;
                message
            }
            Err(_) => Message { count: 0, bytes: &[] },
        };
        Ok(Self { code, time, message, rest: reader.rest() })
    }
}

fn read_start(reader: &mut Reader<'_>) -> Result<u8> {
    if u16::from_be_bytes(reader.array()?) != PROFILE {
        return Err(Error::Malformed { at: 0, what: "another profile than Smart Energy" });
    }
    reader.u8()
}

/// Writes the content of a request or a response; the last component gets the mark of the last.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for more than 255 components, or a component of more
/// than 65535 octets.
pub fn write(writer: &mut Writer<'_>, components: &[Component<'_>]) -> Result<()> {
    const TOO_MANY: Error = Error::Unwritable { what: "more than 255 components" };
    writer.put(&PROFILE.to_be_bytes())?;
    writer.u8(u8::try_from(components.len()).map_err(|_| TOO_MANY)?)?;
    let Some((last, others)) = components.split_last() else { return Ok(()) };
    for component in others {
        Component { control: component.control & !LAST, ..*component }.write(writer)?;
    }
    Component { control: last.control | LAST, ..*last }.write(writer)
}

impl<'a> Component<'a> {
    /// A frame that is not encrypted.
    pub const fn new(cluster: ClusterId, frame: Frame<'a>) -> Self {
        Self { control: 0, cluster, from: None, content: Content::Clear(frame) }
    }

    /// Whether it says that it is the last of its message.
    pub const fn is_last(&self) -> bool {
        self.control & LAST != 0
    }

    /// Reads a component.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let control = reader.u8()?;
        let cluster = ClusterId(u16::from_be_bytes(reader.array()?));
        let length = usize::from(u16::from_be_bytes(reader.array()?));
        let at = reader.at();
        let mut inner = Reader::new(reader.take(length)?);
        let from = if control & FROM != 0 { Some(inner.array().map_err(within(at))?) } else { None };
        let content = if control & ENCRYPTED != 0 {
            Content::Encrypted(Encrypted::read(&mut inner).map_err(within(at))?)
        } else {
            Content::Clear(Frame::read(inner.rest()).map_err(within(at.saturating_add(inner.at())))?)
        };
        Ok(Self {
            control: control & !(FROM | ENCRYPTED),
            cluster,
            from: from.map(|from| UtcTime(u32::from_be_bytes(from))),
            content,
        })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if it has more than 65535 octets.
    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const TOO_LONG: Error = Error::Unwritable { what: "a component of more than 65535 octets" };
        let mut control = self.control & !(FROM | ENCRYPTED);
        control |= if self.from.is_some() { FROM } else { 0 };
        control |= if matches!(self.content, Content::Encrypted(_)) { ENCRYPTED } else { 0 };
        writer.u8(control)?;
        writer.put(&self.cluster.0.to_be_bytes())?;
        let length_at = writer.at();
        writer.u16(0)?;
        let start = writer.at();
        if let Some(from) = self.from {
            writer.put(&from.0.to_be_bytes())?;
        }
        match &self.content {
            Content::Clear(frame) => frame.write(writer)?,
            Content::Encrypted(encrypted) => {
                writer.put(&[encrypted.additional_control, encrypted.frame_counter])?;
                encrypted.header.write(writer)?;
                let length = u16::try_from(encrypted.ciphered.len()).map_err(|_| TOO_LONG)?;
                writer.put(&length.to_be_bytes())?;
                writer.put(encrypted.ciphered)?;
            }
        }
        let length = u16::try_from(writer.at().saturating_sub(start)).map_err(|_| TOO_LONG)?;
        if let Some(space) = writer.written_mut().get_mut(length_at..start) {
            space.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }
}

impl<'a> Encrypted<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let encrypted = Self {
            additional_control: reader.u8()?,
            frame_counter: reader.u8()?,
            header: Header::read(reader)?,
            ciphered: {
                let length = u16::from_be_bytes(reader.array()?);
                reader.take(usize::from(length))?
            },
        };
        if !reader.is_empty() {
            let what = "a component longer than its encrypted payload";
            return Err(Error::Malformed { at: reader.at(), what });
        }
        Ok(encrypted)
    }
}

/// An error within a component that begins at `start`, as one of the whole message.
const fn within(start: usize) -> impl FnOnce(Error) -> Error {
    move |error| match error {
        Error::Truncated { at, needed } => Error::Truncated { at: at.saturating_add(start), needed },
        Error::Malformed { at, what } => Error::Malformed { at: at.saturating_add(start), what },
        other => other,
    }
}

impl<'a> Iterator for Components<'a> {
    type Item = Component<'a>;

    fn next(&mut self) -> Option<Component<'a>> {
        self.left = self.left.checked_sub(1)?;
        Component::read(&mut self.reader).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Alert, Component, Content, Message, write};
    use crate::energy::field::UtcTime;
    use crate::error::Error;
    use crate::writer::Writer;
    use crate::zcl::ClusterId;

    /// A read, one with a time, and an encrypted response.
    const MESSAGE: [u8; 58] = [
        0x01, 0x09, 3, //
        0x00, 0x07, 0x02, 0x00, 0x05, 0x00, 0x07, 0x00, 0x00, 0x00, //
        0x10, 0x07, 0x05, 0x00, 0x09, 0x2D, 0xC0, 0x00, 0x01, 0x00, 0x08, 0x00, 0x01, 0x00, //
        0x03, 0x07, 0x02, 0x00, 0x1A, 0x00, 0x02, 0x18, 0x09, 0x01, 0x00, 0x13, 0x31, 0, 0, 0, 0, 0xAA, 0xBB,
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ];

    fn written(components: &[Component<'_>]) -> Vec<u8> {
        let mut buffer = [0; 128];
        let mut writer = Writer::new(&mut buffer);
        write(&mut writer, components).unwrap();
        writer.written().to_vec()
    }

    #[test]
    fn components_are_read_and_written_back() {
        let (message, rest) = Message::read(&MESSAGE).unwrap();
        assert!(rest.is_empty());
        let components: Vec<_> = message.components().collect();
        let [read, log, encrypted] = components.as_slice() else { panic!("three components") };
        assert_eq!((read.cluster, read.from, read.is_last()), (ClusterId::METERING, None, false));
        assert_eq!((log.cluster, log.from), (ClusterId::PREPAYMENT, Some(UtcTime(0x2DC0_0001))));
        assert!(matches!(log.content, Content::Clear(frame) if frame.header.sequence == 8));
        let Content::Encrypted(content) = encrypted.content else { panic!("encrypted") };
        assert!(encrypted.is_last());
        assert_eq!((content.frame_counter, content.header.sequence, content.ciphered.len()), (2, 9, 19));
        assert_eq!(written(&components), MESSAGE);
    }

    #[test]
    fn only_the_last_component_is_marked_as_such() {
        let (message, _) = Message::read(&MESSAGE).unwrap();
        let components: Vec<_> = message.components().collect();
        let reordered = written(&[components[2], components[0]]);
        let (message, _) = Message::read(&reordered).unwrap();
        assert!(message.components().map(|component| component.is_last()).eq([false, true]));
        assert_eq!(written(&[]), [0x01, 0x09, 0]);
    }

    #[test]
    fn every_part_that_does_not_fit_is_refused_where_it_is() {
        for end in 0..MESSAGE.len() {
            let Err(Error::Truncated { at, .. }) = Message::read(&MESSAGE[..end]) else { panic!("{end}") };
            assert!(at <= end, "{end} {at}");
        }
        let changed = |at: usize, byte: u8| {
            let mut bytes = MESSAGE;
            bytes[at] = byte;
            Message::read(&bytes).map(|_| ()).unwrap_err().to_string()
        };
        assert_eq!(changed(1, 0x04), "another profile than Smart Energy at offset 0");
        assert_eq!(changed(7, 2), "1 more byte needed at offset 10");
        assert_eq!(changed(38, 0x12), "a component longer than its encrypted payload at offset 57");
        let (_, rest) = Message::read(&[0x01, 0x09, 0, 0xEE]).unwrap();
        assert_eq!(rest, [0xEE]);
    }

    #[test]
    fn what_is_too_much_is_not_written() {
        let (message, _) = Message::read(&MESSAGE).unwrap();
        let component = message.components().next().unwrap();
        let mut buffer = [0; 8192];
        let error = write(&mut Writer::new(&mut buffer), &[component; 256]).unwrap_err();
        assert_eq!(error.to_string(), "more than 255 components cannot be written");
        let mut buffer = vec![0; 70_000];
        let payload = vec![0; 65_533];
        let Content::Clear(mut frame) = component.content else { panic!("clear") };
        frame.payload = &payload;
        let error =
            write(&mut Writer::new(&mut buffer), &[Component::new(ClusterId::BASIC, frame)]).unwrap_err();
        assert_eq!(error.to_string(), "a component of more than 65535 octets cannot be written");
    }

    #[test]
    fn an_alert_has_a_code_and_a_time_and_may_have_no_component() {
        let bytes = [&[0x01, 0x09, 1, 0x81, 0xA0, 0x2D, 0xC0, 0, 1], &MESSAGE[3..13]].concat();
        let alert = Alert::read(&bytes).unwrap();
        assert_eq!((alert.code, alert.time, alert.rest.len()), (0x81A0, UtcTime(0x2DC0_0001), 0));
        assert_eq!(alert.message.components().count(), 1);
        let alert = Alert::read(&bytes[..12]).unwrap();
        assert_eq!((alert.message.components().count(), alert.rest.len()), (0, 3));
    }
}
