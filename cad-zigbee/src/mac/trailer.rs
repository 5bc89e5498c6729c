use crate::error::{Error, Result};
use crate::writer::Writer;

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

impl Trailer {
    /// Whether the frame check sequence matched, where that is known.
    pub const fn fcs_ok(self) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Fcs { ok, .. } | Self::RssiLqi { crc_ok: ok, .. } => Some(ok),
        }
    }

    pub(super) fn split(bytes: &[u8], format: TrailerFormat) -> Result<(&[u8], Self)> {
        if format == TrailerFormat::None {
            return Ok((bytes, Self::None));
        }
        let Some((body, &[first, second])) = bytes.split_last_chunk() else {
            return Err(Error::Truncated { at: 0, needed: 2_usize.saturating_sub(bytes.len()) });
        };
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
            Self::RssiLqi { rssi, crc_ok, lqi } => {
                writer.put(&rssi.to_le_bytes())?;
                writer.u8((lqi & 0x7F) | if crc_ok { 0x80 } else { 0 })
            }
        }
    }

    /// Whether a tool wrote 0xFFFF instead of computing the frame check sequence: it says nothing about the frame.
    pub const fn is_placeholder(self) -> bool {
        matches!(self, Self::Fcs { value: u16::MAX, ok: false })
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
    // A byte at a time: the eight steps of the polynomial 0x8408 folded into shifts.
    bytes.iter().fold(start, |crc, byte| {
        let [low, high] = crc.to_le_bytes();
        let mixed = low ^ byte;
        let mixed = u16::from(mixed ^ (mixed << 4));
        u16::from(high) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
    })
}

#[cfg(test)]
mod tests {
    use super::{Trailer, TrailerFormat, fcs};
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
        assert_eq!(trailer(fcs(&frame)).fcs_ok(), Some(true));
    }

    #[test]
    fn a_trailer_that_is_not_there_is_missed() {
        let error = Trailer::split(&[1], TrailerFormat::RssiLqi);
        assert_eq!(error, Err(Error::Truncated { at: 0, needed: 1 }));
    }
}
