use crate::error::{Error, Result};
use crate::writer::Writer;

/// What a capture has behind the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailerFormat {
    /// Nothing.
    None,
    /// The frame check sequence, of two bytes.
    Fcs,
    /// The frame check sequence of four bytes, which some networks below 1 GHz have.
    LongFcs,
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
    /// The frame check sequence of four bytes, and whether it matches.
    LongFcs {
        /// As on the air.
        value: u32,
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

impl Trailer {
    /// Whether the frame check sequence matched, where that is known.
    pub const fn fcs_ok(self) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Fcs { ok, .. } | Self::LongFcs { ok, .. } | Self::RssiLqi { crc_ok: ok, .. } => Some(ok),
        }
    }

    pub(super) fn split(bytes: &[u8], format: TrailerFormat) -> Result<(&[u8], Self)> {
        let length = match format {
            TrailerFormat::None => return Ok((bytes, Self::None)),
            TrailerFormat::Fcs | TrailerFormat::RssiLqi => 2_usize,
            TrailerFormat::LongFcs => 4,
        };
        let missing = Error::Truncated { at: 0, needed: length.saturating_sub(bytes.len()) };
        if format == TrailerFormat::LongFcs {
            let (body, value) = bytes.split_last_chunk().ok_or(missing)?;
            let value = u32::from_le_bytes(*value);
            return Ok((body, Self::LongFcs { value, ok: value == long_fcs(body) }));
        }
        let (body, &[first, second]) = bytes.split_last_chunk().ok_or(missing)?;
        let trailer = if format == TrailerFormat::Fcs {
            let value = u16::from_le_bytes([first, second]);
            Self::Fcs { value, ok: value == fcs(body) }
        } else {
            Self::RssiLqi { rssi: i8::from_le_bytes([first]), crc_ok: second & 0x80 != 0, lqi: second & 0x7F }
        };
        Ok((body, trailer))
    }

    /// Writes what stands behind the frame that the writer holds.
    pub(super) fn write(self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Fcs { .. } => {
                let fcs = fcs(writer.written());
                writer.u16(fcs)
            }
            Self::LongFcs { .. } => {
                let fcs = long_fcs(writer.written());
                writer.u32(fcs)
            }
            Self::RssiLqi { rssi, crc_ok, lqi } => {
                writer.put(&rssi.to_le_bytes())?;
                writer.u8((lqi & 0x7F) | if crc_ok { 0x80 } else { 0 })
            }
        }
    }

    /// Whether a tool wrote all ones instead of computing the frame check sequence: it says nothing about the frame.
    pub const fn is_placeholder(self) -> bool {
        matches!(
            self,
            Self::Fcs { value: u16::MAX, ok: false } | Self::LongFcs { value: u32::MAX, ok: false }
        )
    }

    /// Whether the frame was damaged on its way, as far as the frame check sequence tells.
    pub const fn is_damaged(self) -> bool {
        matches!(self.fcs_ok(), Some(false)) && !self.is_placeholder()
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

/// The frame check sequence of four bytes: CRC-32 with polynomial 0x04C11DB7, bits reflected, starting at all ones,
/// inverted; of at least four bytes, with zeros behind those there are.
fn long_fcs(bytes: &[u8]) -> u32 {
    let padding = [0; 4];
    let padding = padding.iter().take(padding.len().saturating_sub(bytes.len()));
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().chain(padding).fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
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

#[cfg(test)]
mod tests {
    use super::{Trailer, TrailerFormat, fcs, long_fcs};
    use crate::error::Error;

    #[test]
    fn a_placeholder_is_told_from_a_damaged_frame() {
        let frame = [0x02, 0x00, 0x2A];
        let trailer = |check: u16| {
            let bytes = [&frame[..], &check.to_le_bytes()].concat();
            Trailer::split(&bytes, TrailerFormat::Fcs).unwrap().1
        };
        assert!(trailer(0xFFFF).is_placeholder());
        assert!(!trailer(0xFFFE).is_placeholder() && !trailer(fcs(&frame)).is_placeholder());
        assert!(trailer(0xFFFE).is_damaged() && !trailer(0xFFFF).is_damaged());
        assert!(!trailer(fcs(&frame)).is_damaged() && !Trailer::None.is_damaged());
        assert_eq!(trailer(fcs(&frame)).fcs_ok(), Some(true));
    }

    #[test]
    fn words_are_checked_as_their_bits_are() {
        let bits = |bytes: &[u8]| {
            bytes.iter().fold(0_u16, |crc, byte| {
                let step = |crc: u16, _| if crc & 1 == 1 { (crc >> 1) ^ 0x8408 } else { crc >> 1 };
                (0..8).fold(crc ^ u16::from(*byte), step)
            })
        };
        let bytes: Vec<u8> = (0..200_u32).map(|at| (at.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect();
        for end in 0..bytes.len() {
            assert_eq!(fcs(&bytes[..end]), bits(&bytes[..end]), "{end} bytes");
        }
    }

    #[test]
    fn a_check_sequence_of_four_bytes_is_the_usual_crc_32() {
        assert_eq!(long_fcs(b"123456789"), 0xCBF4_3926);
        assert_eq!(long_fcs(&[2, 0, 42]), long_fcs(&[2, 0, 42, 0]));
        let frame = [&[2, 0, 42][..], &long_fcs(&[2, 0, 42]).to_le_bytes()].concat();
        let (body, trailer) = Trailer::split(&frame, TrailerFormat::LongFcs).unwrap();
        assert_eq!((body, trailer.fcs_ok()), (&[2, 0, 42][..], Some(true)));
        let (_, trailer) = Trailer::split(&[9, 0xFF, 0xFF, 0xFF, 0xFF], TrailerFormat::LongFcs).unwrap();
        assert!(trailer.is_placeholder());
        let error = Trailer::split(&[1, 2, 3], TrailerFormat::LongFcs);
        assert_eq!(error, Err(Error::Truncated { at: 0, needed: 1 }));
    }

    #[test]
    fn a_trailer_that_is_not_there_is_missed() {
        let error = Trailer::split(&[1], TrailerFormat::RssiLqi);
        assert_eq!(error, Err(Error::Truncated { at: 0, needed: 1 }));
    }
}
