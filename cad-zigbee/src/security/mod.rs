//! Security of the NWK and APS layers: the auxiliary header, and with the feature `security` the cipher and the keys.
//!
//! ```
//! use cad_zigbee::{reader::Reader, security::{AuxiliaryHeader, KeyIdentifier}};
//!
//! let bytes = [0x28, 1, 0, 0, 0, 0x10, 0x8D, 0x00, 0xE0, 0x21, 0xD5, 0xB3, 0x70, 0];
//! let header = AuxiliaryHeader::read(&mut Reader::new(&bytes))?;
//! assert_eq!(header.key_identifier(), KeyIdentifier::Network);
//! assert_eq!(header.frame_counter, 1);
//! assert_eq!(header.source.unwrap().to_string(), "70B3D521E0008D10");
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

#[cfg(feature = "security")]
mod ccm_star;
#[cfg(feature = "security")]
mod derive;
mod key;
#[cfg(feature = "security")]
mod key_ring;
mod level;
#[cfg(feature = "security")]
mod secured;

pub use key::Key;
#[cfg(feature = "security")]
pub use key_ring::KeyRing;
pub use level::Level;

#[cfg(feature = "security")]
pub(crate) use secured::write_secured;

use crate::address::Eui64;
use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;

const LEVEL_BITS: u8 = 0b0000_0111;
const EXTENDED_NONCE: u8 = 0b0010_0000;

/// The auxiliary header in front of an encrypted NWK or APS payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuxiliaryHeader {
    /// The security control field as on the air: level in bits 0-2 (sent as 0), key identifier in bits 3-4, extended
    /// nonce in bit 5.
    control: u8,
    /// Counts the frames the source has secured with this key.
    pub frame_counter: u32,
    /// The device that secured the frame; on the NWK layer the last to forward it.
    pub source: Option<Eui64>,
    /// Which of the network's keys, for [`KeyIdentifier::Network`].
    pub key_sequence: Option<u8>,
}

/// Which key secures a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyIdentifier {
    /// A link key, shared by two devices.
    Data,
    /// The network key.
    Network,
    /// Derived from a link key, for sending keys.
    KeyTransport,
    /// Derived from a link key, for sending link keys.
    KeyLoad,
}

/// What a NWK or APS frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// As it is.
    Clear(&'a [u8]),
    /// Encrypted and authenticated.
    Secured(Secured<'a>),
}

/// An encrypted payload with all that is needed to open it but the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secured<'a> {
    /// The auxiliary header.
    pub auxiliary: AuxiliaryHeader,
    /// What is authenticated but not encrypted, as received: the frame's header, then the auxiliary header.
    pub authenticated: &'a [u8],
    /// Where the auxiliary header begins in [`Self::authenticated`].
    pub auxiliary_at: usize,
    /// The encrypted payload and the message integrity code.
    pub ciphertext: &'a [u8],
}

impl AuxiliaryHeader {
    /// Of a NWK frame, secured with the network key.
    pub const fn network(source: Eui64, frame_counter: u32, key_sequence: u8) -> Self {
        let control = (1 << 3) | EXTENDED_NONCE;
        Self { control, frame_counter, source: Some(source), key_sequence: Some(key_sequence) }
    }

    /// Of an APS frame, secured with a link key. `source` is usually left out.
    pub const fn link(source: Option<Eui64>, frame_counter: u32) -> Self {
        let control = if source.is_some() { EXTENDED_NONCE } else { 0 };
        Self { control, frame_counter, source, key_sequence: None }
    }

    /// Reads the header.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside it.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let control = reader.u8()?;
        let frame_counter = reader.u32()?;
        let source = if control & EXTENDED_NONCE != 0 { Some(reader.eui64()?) } else { None };
        let mut header = Self { control, frame_counter, source, key_sequence: None };
        if header.key_identifier() == KeyIdentifier::Network {
            header.key_sequence = Some(reader.u8()?);
        }
        Ok(header)
    }

    /// Writes the header, with level 0 as on the air.
    ///
    /// # Errors
    /// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.control & !LEVEL_BITS)?;
        writer.u32(self.frame_counter)?;
        if let Some(source) = self.source {
            writer.eui64(source)?;
        }
        if let Some(sequence) = self.key_sequence {
            writer.u8(sequence)?;
        }
        Ok(())
    }

    /// For a frame to be written in a network of another level than [`Level::ZIGBEE`].
    #[must_use]
    pub const fn with_level(mut self, level: Level) -> Self {
        self.control = (self.control & !LEVEL_BITS) | level.bits();
        self
    }

    /// The level to secure a frame with: that given, or [`Level::ZIGBEE`].
    #[cfg(feature = "security")]
    const fn level(&self) -> Level {
        match Level::from_bits(self.control) {
            Some(level) => level,
            None => Level::ZIGBEE,
        }
    }

    /// Which key secures the frame.
    pub const fn key_identifier(&self) -> KeyIdentifier {
        match (self.control >> 3) & 3 {
            0 => KeyIdentifier::Data,
            1 => KeyIdentifier::Network,
            2 => KeyIdentifier::KeyTransport,
            _ => KeyIdentifier::KeyLoad,
        }
    }

    /// Whether the header names the source.
    pub const fn extended_nonce(&self) -> bool {
        self.control & EXTENDED_NONCE != 0
    }
}

impl KeyIdentifier {
    /// The number on the air: 0 to 3.
    pub const fn id(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Network => 1,
            Self::KeyTransport => 2,
            Self::KeyLoad => 3,
        }
    }
}

impl<'a> Payload<'a> {
    /// Reads what follows a header: `frame` is the whole frame, `reader` stands behind its header.
    pub(crate) fn read(frame: &'a [u8], mut reader: Reader<'a>, secured: bool) -> Result<Self> {
        if !secured {
            return Ok(Self::Clear(reader.take_rest()));
        }
        let auxiliary_at = reader.at();
        let auxiliary = AuxiliaryHeader::read(&mut reader)?;
        let authenticated = frame.get(..reader.at()).unwrap_or_default();
        Ok(Self::Secured(Secured { auxiliary, authenticated, auxiliary_at, ciphertext: reader.take_rest() }))
    }

    /// The payload where it is not encrypted.
    pub const fn clear(&self) -> Option<&'a [u8]> {
        match self {
            Self::Clear(bytes) => Some(bytes),
            Self::Secured(_) => None,
        }
    }

    /// The auxiliary header where it is.
    pub const fn auxiliary(&self) -> Option<&AuxiliaryHeader> {
        match self {
            Self::Clear(_) => None,
            Self::Secured(secured) => Some(&secured.auxiliary),
        }
    }

    /// Writes the payload as it is.
    pub(crate) fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Clear(bytes) => writer.put(bytes),
            Self::Secured(secured) => {
                secured.auxiliary.write(writer)?;
                writer.put(secured.ciphertext)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AuxiliaryHeader;
    use crate::address::Eui64;
    use crate::error::Error;
    use crate::reader::Reader;
    use crate::writer::Writer;

    #[test]
    fn both_forms_of_the_header_read_back() {
        for header in [
            AuxiliaryHeader::network(Eui64(0x70B3_D521_E000_8D10), 2001, 1),
            AuxiliaryHeader::link(None, 11),
            AuxiliaryHeader::link(Some(Eui64(1)), u32::MAX),
        ] {
            let mut buffer = [0; 14];
            let mut writer = Writer::new(&mut buffer);
            header.write(&mut writer).unwrap();
            assert_eq!(AuxiliaryHeader::read(&mut Reader::new(writer.written())), Ok(header));
        }
    }

    #[test]
    fn a_header_that_ends_early_says_where() {
        let error = AuxiliaryHeader::read(&mut Reader::new(&[0x28, 1, 0, 0, 0, 9])).unwrap_err();
        assert_eq!(error, Error::Truncated { at: 5, needed: 7 });
    }
}
