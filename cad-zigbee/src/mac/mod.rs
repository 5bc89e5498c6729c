//! The MAC frame of IEEE 802.15.4: who sends to whom on this hop.
//!
//! All addressing modes of the 2003, 2006 and 2015 editions are read and written, with MAC security and information
//! elements. A payload the MAC secured stays as it is: Zigbee secures on the layers above.
//!
//! ```
//! use cad_zigbee::{address::{PanId, ShortAddress}, mac};
//!
//! let bytes = [0x61, 0x88, 0x01, 0x17, 0x5A, 0x5C, 0x3A, 0x4E, 0x2B, 0x08, 0x02];
//! let frame = mac::Frame::read(&bytes, mac::TrailerFormat::None)?;
//! assert_eq!(frame.pan(), Some(PanId(0x5A17)));
//! assert_eq!(frame.source, Some(mac::Address::Short(ShortAddress(0x2B4E))));
//! assert_eq!(frame.payload, [0x08, 0x02]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

pub mod beacon;
pub mod command;
pub mod element;
mod security;
mod trailer;

pub use security::SecurityHeader;
pub use trailer::{Trailer, TrailerFormat, fcs};

#[cfg(feature = "security")]
pub(crate) use trailer::crc16;

use crate::address::{Eui64, PanId, ShortAddress};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use element::Elements;

/// One MAC frame, read from the air or to be written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the frame is for.
    pub frame_type: FrameType,
    /// The edition of the layout: 0 (2003), 1 (2006) or 2 (2015 and later).
    pub version: u8,
    /// The sender holds more data for the receiver.
    pub frame_pending: bool,
    /// The sender asks for an acknowledgement.
    pub ack_request: bool,
    /// A PAN identifier was left out because it equals the other one (version 2: see the standard's table).
    pub pan_id_compression: bool,
    /// Counts the sender's frames; version 2 may leave it out.
    pub sequence: Option<u8>,
    /// The receiver's network, where present.
    pub destination_pan: Option<PanId>,
    /// The receiver.
    pub destination: Option<Address>,
    /// The sender's network, where present: with [`Self::pan_id_compression`] it is the receiver's.
    pub source_pan: Option<PanId>,
    /// The sender.
    pub source: Option<Address>,
    /// The auxiliary security header; the payload is then encrypted, authenticated or both.
    pub security: Option<SecurityHeader<'a>>,
    /// The information elements of version 2, as they are on the air: see [`Self::elements`].
    pub information_elements: &'a [u8],
    /// What the MAC carries: for a data frame the NWK frame, for a command its identifier and fields, for
    /// [`FrameType::Other`] the whole frame.
    pub payload: &'a [u8],
    /// What follows the payload.
    pub trailer: Trailer,
}

/// What a MAC frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameType {
    /// A coordinator or router announces itself.
    Beacon,
    /// Carries a NWK frame.
    Data,
    /// Confirms a frame on this hop.
    Acknowledgement,
    /// Manages the link: association, data request.
    Command,
    /// 4 to 7: reserved, multipurpose, fragment, extended.
    ///
    /// **Interpretation:** Zigbee uses none of them, and they have headers of their own, so nothing of the header is
    /// read: [`Frame::payload`] is all of the frame, from its first byte.
    Other(u8),
}

/// A device on this hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// By network address.
    Short(ShortAddress),
    /// By EUI-64.
    Extended(Eui64),
}

impl FrameType {
    const fn from_bits(bits: u8) -> Self {
        match bits {
            0 => Self::Beacon,
            1 => Self::Data,
            2 => Self::Acknowledgement,
            3 => Self::Command,
            other => Self::Other(other),
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Beacon => 0,
            Self::Data => 1,
            Self::Acknowledgement => 2,
            Self::Command => 3,
            Self::Other(other) => other & 7,
        }
    }
}

const SECURITY: u16 = 1 << 3;
const FRAME_PENDING: u16 = 1 << 4;
const ACK_REQUEST: u16 = 1 << 5;
const PAN_ID_COMPRESSION: u16 = 1 << 6;
const SEQUENCE_SUPPRESSION: u16 = 1 << 8;
const INFORMATION_ELEMENTS: u16 = 1 << 9;

const MODE_NONE: u16 = 0;
const MODE_SHORT: u16 = 2;
const MODE_EXTENDED: u16 = 3;

impl<'a> Frame<'a> {
    /// Reads a whole frame; `format` says what the capture has behind the payload.
    ///
    /// A frame check sequence that does not match is reported in [`Trailer`], not refused.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside the header, [`Error::Malformed`] for a reserved addressing mode.
    pub fn read(bytes: &'a [u8], format: TrailerFormat) -> Result<Self> {
        let (bytes, trailer) = Trailer::split(bytes, format)?;
        let mut reader = Reader::new(bytes);
        let frame_type = FrameType::from_bits(Reader::new(bytes).u8()? & 7);
        if let FrameType::Other(_) = frame_type {
            return Ok(Self { trailer, ..Self::other(frame_type, bytes) });
        }
        let control = reader.u16()?;
        let version = (control.to_le_bytes()[1] >> 4) & 3;
        let pan_id_compression = control & PAN_ID_COMPRESSION != 0;
        let sequence =
            if version == 2 && control & SEQUENCE_SUPPRESSION != 0 { None } else { Some(reader.u8()?) };
        let destination_mode = (control >> 10) & 3;
        let source_mode = (control >> 14) & 3;
        let (has_destination_pan, has_source_pan) =
            pans_present(version, destination_mode, source_mode, pan_id_compression);

        let destination_pan = read_pan(&mut reader, has_destination_pan)?;
        let destination = read_address(&mut reader, destination_mode)?;
        let source_pan = read_pan(&mut reader, has_source_pan)?;
        let source = read_address(&mut reader, source_mode)?;
        let security =
            if control & SECURITY != 0 { Some(SecurityHeader::read(&mut reader, version)?) } else { None };
        let information_elements = if version == 2 && control & INFORMATION_ELEMENTS != 0 {
            let encrypted = security.is_some_and(|security| security.is_encrypted());
            let behind = Elements::at(reader, encrypted).skip_all()?;
            reader.take(behind.at().saturating_sub(reader.at()))?
        } else {
            &[]
        };
        Ok(Self {
            frame_type,
            version,
            frame_pending: control & FRAME_PENDING != 0,
            ack_request: control & ACK_REQUEST != 0,
            pan_id_compression,
            sequence,
            destination_pan,
            destination,
            source_pan,
            source,
            security,
            information_elements,
            payload: reader.rest(),
            trailer,
        })
    }

    /// A data frame within one network, as a meter sends it: short addresses, 2003 layout, acknowledgement asked for
    /// unless `destination` is a broadcast.
    pub const fn data(
        pan: PanId,
        source: ShortAddress,
        destination: ShortAddress,
        sequence: u8,
        payload: &'a [u8],
    ) -> Self {
        Self {
            frame_type: FrameType::Data,
            version: 0,
            frame_pending: false,
            ack_request: !destination.is_broadcast(),
            pan_id_compression: true,
            sequence: Some(sequence),
            destination_pan: Some(pan),
            destination: Some(Address::Short(destination)),
            source_pan: None,
            source: Some(Address::Short(source)),
            security: None,
            information_elements: &[],
            payload,
            trailer: Trailer::None,
        }
    }

    /// A frame of a type with another layout.
    const fn other(frame_type: FrameType, bytes: &'a [u8]) -> Self {
        Self {
            frame_type,
            version: 0,
            frame_pending: false,
            ack_request: false,
            pan_id_compression: false,
            sequence: None,
            destination_pan: None,
            destination: None,
            source_pan: None,
            source: None,
            security: None,
            information_elements: &[],
            payload: bytes,
            trailer: Trailer::None,
        }
    }

    /// The network the frame belongs to: the receiver's, else the sender's.
    pub const fn pan(&self) -> Option<PanId> {
        match self.destination_pan {
            Some(pan) => Some(pan),
            None => self.source_pan,
        }
    }

    /// The sender's network: its own identifier, else the one left out because it equals the receiver's.
    pub const fn pan_of_source(&self) -> Option<PanId> {
        match self.source_pan {
            Some(pan) => Some(pan),
            None => self.destination_pan,
        }
    }

    /// The information elements, one by one.
    pub const fn elements(&self) -> Elements<'a> {
        Elements::new(self.information_elements)
    }

    /// Writes the frame, and a frame check sequence behind it where [`Self::trailer`] is [`Trailer::Fcs`] or
    /// [`Trailer::LongFcs`] (computed anew). The writer must be at the start of the frame. A secured payload stays the ciphertext it was.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the PAN identifiers do not fit addresses and
    /// compression, the fields of MAC security each other, or the information elements the frame, and if a frame of
    /// [`FrameType::Other`] has anything but its payload, or another type in it.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const FIELDS: Error = Error::Unwritable { what: "this combination of MAC header fields" };
        if let FrameType::Other(_) = self.frame_type {
            let of_type = self.payload.first().map(|first| FrameType::from_bits(first & 7));
            let bare = Self { trailer: self.trailer, ..Self::other(self.frame_type, self.payload) };
            if of_type != Some(self.frame_type) || *self != bare {
                return Err(FIELDS);
            }
            writer.put(self.payload)?;
            return self.trailer.write(writer);
        }
        self.check_elements()?;
        let destination_mode = mode(self.destination);
        let source_mode = mode(self.source);
        let present = pans_present(self.version, destination_mode, source_mode, self.pan_id_compression);
        if present != (self.destination_pan.is_some(), self.source_pan.is_some())
            || (self.sequence.is_none() && self.version != 2)
            || self.version > 3
        {
            return Err(FIELDS);
        }
        let mut control = u16::from(self.frame_type.bits());
        control |= if self.frame_pending { FRAME_PENDING } else { 0 };
        control |= if self.ack_request { ACK_REQUEST } else { 0 };
        control |= if self.pan_id_compression { PAN_ID_COMPRESSION } else { 0 };
        control |= if self.security.is_some() { SECURITY } else { 0 };
        control |= if self.information_elements.is_empty() { 0 } else { INFORMATION_ELEMENTS };
        control |= if self.sequence.is_none() { SEQUENCE_SUPPRESSION } else { 0 };
        control |= destination_mode << 10;
        control |= u16::from(self.version) << 12;
        control |= source_mode << 14;
        writer.u16(control)?;
        if let Some(sequence) = self.sequence {
            writer.u8(sequence)?;
        }
        for (pan, address) in [(self.destination_pan, self.destination), (self.source_pan, self.source)] {
            if let Some(pan) = pan {
                writer.u16(pan.0)?;
            }
            match address {
                Some(Address::Short(short)) => writer.short_address(short)?,
                Some(Address::Extended(eui64)) => writer.eui64(eui64)?,
                None => {}
            }
        }
        if let Some(security) = &self.security {
            security.write(writer, self.version)?;
        }
        writer.put(self.information_elements)?;
        writer.put(self.payload)?;
        self.trailer.write(writer)
    }

    /// Elements must be in the frame what they are alone, and the payload none of them.
    fn check_elements(&self) -> Result<()> {
        const WHAT: Error =
            Error::Unwritable { what: "information elements that do not end with themselves" };
        if self.information_elements.is_empty() {
            return Ok(());
        }
        let encrypted = self.security.is_some_and(|security| security.is_encrypted());
        let mut elements = Elements::at(Reader::new(self.information_elements), encrypted);
        let read = elements.by_ref().all(|element| element.is_ok());
        let whole = elements.has_ended() || self.payload.is_empty();
        if read && whole && elements.rest().is_empty() && self.version == 2 { Ok(()) } else { Err(WHAT) }
    }
}

/// Which PAN identifiers the header has: the destination's, the source's.
const fn pans_present(version: u8, destination: u16, source: u16, compression: bool) -> (bool, bool) {
    let (has_destination, has_source) = (destination != MODE_NONE, source != MODE_NONE);
    if version < 2 {
        return (has_destination, has_source && !(compression && has_destination));
    }
    match (has_destination, has_source) {
        (false, false) => (compression, false),
        (true, false) => (!compression, false),
        (false, true) => (false, !compression),
        (true, true) if destination == MODE_EXTENDED && source == MODE_EXTENDED => (!compression, false),
        (true, true) => (true, !compression),
    }
}

const fn mode(address: Option<Address>) -> u16 {
    match address {
        None => MODE_NONE,
        Some(Address::Short(_)) => MODE_SHORT,
        Some(Address::Extended(_)) => MODE_EXTENDED,
    }
}

fn read_pan(reader: &mut Reader<'_>, present: bool) -> Result<Option<PanId>> {
    if present { reader.u16().map(|pan| Some(PanId(pan))) } else { Ok(None) }
}

fn read_address(reader: &mut Reader<'_>, mode: u16) -> Result<Option<Address>> {
    match mode {
        MODE_NONE => Ok(None),
        MODE_SHORT => reader.short_address().map(|short| Some(Address::Short(short))),
        MODE_EXTENDED => reader.eui64().map(|eui64| Some(Address::Extended(eui64))),
        _ => Err(Error::Malformed { at: reader.at(), what: "reserved addressing mode" }),
    }
}

#[cfg(test)]
mod tests;
