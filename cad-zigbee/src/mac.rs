//! The MAC frame of IEEE 802.15.4: who sends to whom on this hop.
//!
//! All addressing modes of the 2003, 2006 and 2015 editions are read. A secured MAC payload and information elements
//! are kept as bytes: Zigbee uses neither.
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

use crate::address::{Eui64, PanId, ShortAddress};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

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
    /// The header information elements of version 2, as they are on the air.
    pub information_elements: &'a [u8],
    /// What the MAC carries: for a data frame the NWK frame, for a command its identifier and fields.
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
    /// 4 to 7, which Zigbee does not use.
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

/// The MAC's own auxiliary security header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityHeader<'a> {
    /// Level in bits 0-2, key identifier mode in bits 3-4.
    pub control: u8,
    /// Absent in version 2 with frame counter suppression.
    pub frame_counter: Option<u32>,
    /// Key source and key index: 0, 1, 5 or 9 bytes.
    pub key_identifier: &'a [u8],
}

/// What a capture has behind the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailerFormat {
    /// Nothing.
    None,
    /// The frame check sequence.
    Fcs,
    /// RSSI, and LQI with a bit for the check, as TI's CC24xx put them in its place.
    RssiLqi,
}

/// What was found behind the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trailer {
    /// Nothing.
    None,
    /// The frame check sequence, and whether it matches. Some tools write 0xFFFF instead of computing it.
    Fcs {
        /// As on the air.
        value: u16,
        /// Whether it matches the frame.
        ok: bool,
    },
    /// What TI's CC24xx put in place of the frame check sequence.
    RssiLqi {
        /// Received signal strength, raw: dBm after adding the chip's offset.
        rssi: i8,
        /// Whether the frame check sequence matched.
        crc_ok: bool,
        /// Link quality, 0 to 127.
        lqi: u8,
    },
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

impl Trailer {
    /// Whether the frame check sequence matched, where that is known.
    pub const fn fcs_ok(self) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Fcs { ok, .. } | Self::RssiLqi { crc_ok: ok, .. } => Some(ok),
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
        let (bytes, trailer) = split_trailer(bytes, format)?;
        let mut reader = Reader::new(bytes);
        let control = reader.u16()?;
        let frame_type = FrameType::from_bits(control.to_le_bytes()[0] & 7);
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
            read_information_elements(&mut reader)?
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

    /// Writes the frame, and a frame check sequence behind it where [`Self::trailer`] is [`Trailer::Fcs`]
    /// (computed anew). The writer must be at the start of the frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the frame has MAC security or information
    /// elements, or if its PAN identifiers do not fit its addresses and compression.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        if self.security.is_some() || !self.information_elements.is_empty() {
            return Err(Error::Unwritable { what: "a MAC frame with security or information elements" });
        }
        let destination_mode = mode(self.destination);
        let source_mode = mode(self.source);
        let present = pans_present(self.version, destination_mode, source_mode, self.pan_id_compression);
        if present != (self.destination_pan.is_some(), self.source_pan.is_some())
            || (self.sequence.is_none() && self.version != 2)
            || self.version > 3
        {
            return Err(Error::Unwritable { what: "this combination of MAC header fields" });
        }
        let mut control = u16::from(self.frame_type.bits());
        control |= if self.frame_pending { FRAME_PENDING } else { 0 };
        control |= if self.ack_request { ACK_REQUEST } else { 0 };
        control |= if self.pan_id_compression { PAN_ID_COMPRESSION } else { 0 };
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
        writer.put(self.payload)?;
        match self.trailer {
            Trailer::None => Ok(()),
            Trailer::Fcs { .. } => {
                let fcs = fcs(writer.written());
                writer.u16(fcs)
            }
            Trailer::RssiLqi { rssi, crc_ok, lqi } => {
                writer.put(&rssi.to_le_bytes())?;
                writer.u8((lqi & 0x7F) | if crc_ok { 0x80 } else { 0 })
            }
        }
    }
}

impl<'a> SecurityHeader<'a> {
    fn read(reader: &mut Reader<'a>, version: u8) -> Result<Self> {
        let control = reader.u8()?;
        let suppressed = version == 2 && control & 0x20 != 0;
        let frame_counter = if suppressed { None } else { Some(reader.u32()?) };
        let key_identifier = reader.take(match (control >> 3) & 3 {
            0 => 0,
            1 => 1,
            2 => 5,
            _ => 9,
        })?;
        Ok(Self { control, frame_counter, key_identifier })
    }
}

/// The frame check sequence of IEEE 802.15.4 over header and payload: CRC-16 with polynomial 0x1021, bits reflected,
/// starting at 0.
///
/// ```
/// assert_eq!(cad_zigbee::mac::fcs(b"123456789"), 0x2189);
/// ```
pub fn fcs(bytes: &[u8]) -> u16 {
    crc16(0, bytes)
}

pub(crate) fn crc16(start: u16, bytes: &[u8]) -> u16 {
    let (words, rest) = bytes.as_chunks::<8>();
    let crc = words.iter().fold(start, |crc, word| crc16_of_word(u64::from_le_bytes(*word) ^ u64::from(crc)));
    // A byte at a time: the eight steps of the polynomial 0x8408 folded into shifts.
    rest.iter().fold(crc, |crc, byte| {
        let [low, high] = crc.to_le_bytes();
        let mixed = low ^ byte;
        let mixed = u16::from(mixed ^ (mixed << 4));
        u16::from(high) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
    })
}

/// The 64 steps of the polynomial folded into shifts: the quotient is the word times 1 / (1 + u), where u is
/// y^4 + y^11 + y^16, and that is (1 + u)(1 + u^2)(1 + u^4)(1 + u^8) up to y^63.
const fn crc16_of_word(word: u64) -> u16 {
    let quotient = word ^ (word << 4) ^ (word << 11) ^ (word << 16);
    let quotient = quotient ^ (quotient << 8) ^ (quotient << 22) ^ (quotient << 32);
    let quotient = quotient ^ (quotient << 16) ^ (quotient << 44);
    let quotient = quotient ^ (quotient << 32);
    let [.., low, high] = ((quotient >> 12) ^ (quotient >> 5) ^ quotient).to_le_bytes();
    u16::from_le_bytes([low, high])
}

fn split_trailer(bytes: &[u8], format: TrailerFormat) -> Result<(&[u8], Trailer)> {
    if format == TrailerFormat::None {
        return Ok((bytes, Trailer::None));
    }
    let Some((body, &[first, second])) = bytes.split_last_chunk() else {
        return Err(Error::Truncated { at: 0, needed: 2_usize.saturating_sub(bytes.len()) });
    };
    let trailer = if format == TrailerFormat::Fcs {
        let value = u16::from_le_bytes([first, second]);
        Trailer::Fcs { value, ok: value == fcs(body) }
    } else {
        Trailer::RssiLqi { rssi: i8::from_le_bytes([first]), crc_ok: second & 0x80 != 0, lqi: second & 0x7F }
    };
    Ok((body, trailer))
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

/// Header elements up to their terminator, and payload elements up to theirs where the terminator says they follow.
fn read_information_elements<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    const PAYLOAD_ELEMENTS_FOLLOW: u16 = 0x7E;
    const PAYLOAD_FOLLOWS: u16 = 0x7F;
    const LAST_PAYLOAD_ELEMENT: u16 = 0xF;

    let all = *reader;
    let mut payload_elements = false;
    while !reader.is_empty() {
        let descriptor = reader.u16()?;
        if payload_elements {
            reader.take(usize::from(descriptor & 0x7FF))?;
            if (descriptor >> 11) & 0xF == LAST_PAYLOAD_ELEMENT {
                break;
            }
        } else {
            reader.take(usize::from(descriptor & 0x7F))?;
            match (descriptor >> 7) & 0xFF {
                PAYLOAD_ELEMENTS_FOLLOW => payload_elements = true,
                PAYLOAD_FOLLOWS => break,
                _ => {}
            }
        }
    }
    let length = reader.at().saturating_sub(all.at());
    Ok(all.rest().get(..length).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Address, Frame, FrameType, Trailer, TrailerFormat, fcs};
    use crate::address::{Eui64, PanId, ShortAddress};
    use crate::error::Error;
    use crate::writer::Writer;
    use std::vec::Vec;

    fn written(frame: &Frame<'_>) -> Vec<u8> {
        let mut buffer = [0; 127];
        let mut writer = Writer::new(&mut buffer);
        frame.write(&mut writer).unwrap();
        writer.written().to_vec()
    }

    #[test]
    fn writes_and_reads_a_data_frame_with_its_check_sequence() {
        let mut frame = Frame::data(PanId(0x5A17), ShortAddress(0x2B4E), ShortAddress(0x3A5C), 1, &[8, 2]);
        frame.trailer = Trailer::Fcs { value: 0, ok: false };
        let mut bytes = written(&frame);
        let read = Frame::read(&bytes, TrailerFormat::Fcs).unwrap();
        let value = fcs(&bytes[..bytes.len() - 2]);
        assert_eq!(read, Frame { trailer: Trailer::Fcs { value, ok: true }, ..frame });
        assert_eq!(read.pan_of_source(), Some(PanId(0x5A17)));

        bytes[9] ^= 1;
        assert_eq!(Frame::read(&bytes, TrailerFormat::Fcs).unwrap().trailer.fcs_ok(), Some(false));
    }

    #[test]
    fn reads_what_ti_puts_in_place_of_the_check_sequence() {
        let frame = Frame::read(&[0x02, 0x00, 0x2A, 0xC3, 0xEA], TrailerFormat::RssiLqi).unwrap();
        assert_eq!(frame.frame_type, FrameType::Acknowledgement);
        assert_eq!(frame.sequence, Some(0x2A));
        assert_eq!(frame.trailer, Trailer::RssiLqi { rssi: -61, crc_ok: true, lqi: 0x6A });
        assert_eq!(written(&frame), [0x02, 0x00, 0x2A, 0xC3, 0xEA]);
    }

    #[test]
    fn every_addressing_mode_of_every_version_reads_back() {
        let addresses = [
            None,
            Some(Address::Short(ShortAddress(0x2B4E))),
            Some(Address::Extended(Eui64(0x0CA2_F400_00E5_A3E1))),
        ];
        for version in 0..3 {
            for destination in addresses {
                for source in addresses {
                    for pan_id_compression in [false, true] {
                        for (destination_pan, source_pan) in [
                            (None, None),
                            (Some(PanId(1)), None),
                            (None, Some(PanId(2))),
                            (Some(PanId(1)), Some(PanId(2))),
                        ] {
                            let frame = Frame {
                                version,
                                destination,
                                source,
                                pan_id_compression,
                                destination_pan,
                                source_pan,
                                ..Frame::data(PanId(1), ShortAddress(1), ShortAddress(2), 9, &[7])
                            };
                            let mut buffer = [0; 40];
                            let mut writer = Writer::new(&mut buffer);
                            if frame.write(&mut writer).is_ok() {
                                assert_eq!(Frame::read(writer.written(), TrailerFormat::None), Ok(frame));
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn steps_over_security_and_information_elements() {
        let bytes = [
            0x49, 0xAA, 0x05, 0x17, 0x5A, 0x5C, 0x3A, 0x4E, 0x2B, 0x0D, 1, 0, 0, 0, 0x11, 0x02, 0x1D, 0xAA,
            0xBB, 0x80, 0x3F, 0x55,
        ];
        let frame = Frame::read(&bytes, TrailerFormat::None).unwrap();
        assert_eq!(frame.security.unwrap().frame_counter, Some(1));
        assert_eq!(frame.information_elements, [0x02, 0x1D, 0xAA, 0xBB, 0x80, 0x3F]);
        assert_eq!(frame.payload, [0x55]);
    }

    #[test]
    fn refuses_a_reserved_addressing_mode() {
        assert_eq!(
            Frame::read(&[0x01, 0x04, 0x00, 0, 0, 0, 0], TrailerFormat::None),
            Err(Error::Malformed { at: 5, what: "reserved addressing mode" })
        );
    }
}
