//! APS commands: how a trust centre hands out keys and hears of devices.
//!
//! ```
//! use cad_zigbee::aps::command::{Command, TransportKey};
//!
//! let mut bytes = vec![0x05, 0x01];
//! bytes.extend_from_slice(b"ZigBeeAlliance09");
//! bytes.extend_from_slice(&[0; 17]);
//! let (command, rest) = Command::read(&bytes)?;
//! assert!(matches!(command, Command::TransportKey(TransportKey::Network { sequence: 0, .. })));
//! assert!(rest.is_empty());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::address::{Eui64, ShortAddress};
use crate::error::Result;
use crate::reader::Reader;
use crate::security::Key;

/// One APS command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Hands out a key (0x05).
    TransportKey(TransportKey),
    /// Tells the trust centre that a device joined, rejoined or left (0x06).
    UpdateDevice {
        /// The device.
        device: Eui64,
        /// Its network address.
        address: ShortAddress,
        /// 0 secured rejoin, 1 unsecured join, 2 left, 3 trust centre rejoin.
        status: u8,
    },
    /// Asks a router to remove a child (0x07).
    RemoveDevice {
        /// The child.
        target: Eui64,
    },
    /// Asks for a key (0x08).
    RequestKey {
        /// 2 application link key, 4 trust centre link key.
        key_type: u8,
        /// The other device of an application link key.
        partner: Option<Eui64>,
    },
    /// Puts the next network key in use (0x09).
    SwitchKey {
        /// Its sequence number.
        sequence: u8,
    },
    /// Carries an APS frame to a device that has no network key yet (0x0E).
    Tunnel {
        /// The device.
        destination: Eui64,
        /// The APS frame.
        frame: &'a [u8],
    },
    /// A device proves that it holds its link key (0x0F).
    VerifyKey {
        /// 4: trust centre link key.
        key_type: u8,
        /// The device.
        source: Eui64,
        /// The keyed hash of the link key.
        hash: [u8; 16],
    },
    /// The trust centre's answer (0x10).
    ConfirmKey {
        /// 0 for success.
        status: u8,
        /// 4: trust centre link key.
        key_type: u8,
        /// The device.
        destination: Eui64,
    },
    /// A command this crate does not know.
    Other {
        /// The command identifier.
        id: u8,
    },
}

/// A key on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportKey {
    /// The network key (type 1).
    Network {
        /// The key.
        key: Key,
        /// Its sequence number.
        sequence: u8,
        /// Who is to have it; 0 for all.
        destination: Eui64,
        /// The trust centre; all ones in a network without one.
        source: Eui64,
    },
    /// A link key between two devices (type 3).
    ApplicationLink {
        /// The key.
        key: Key,
        /// The other device.
        partner: Eui64,
        /// Whether the receiver asked for it.
        initiator: bool,
    },
    /// A link key with the trust centre (type 4).
    TrustCentreLink {
        /// The key.
        key: Key,
        /// Who is to have it.
        destination: Eui64,
        /// The trust centre.
        source: Eui64,
    },
    /// Another type of key.
    Other {
        /// The type.
        key_type: u8,
    },
}

impl<'a> Command<'a> {
    /// Reads the payload of an APS command frame; returns the command and what follows it.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the bytes end inside the command.
    pub fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut reader = Reader::new(bytes);
        let command = match reader.u8()? {
            0x05 => Self::TransportKey(TransportKey::read(&mut reader)?),
            0x06 => Self::UpdateDevice {
                device: reader.eui64()?,
                address: reader.short_address()?,
                status: reader.u8()?,
            },
            0x07 => Self::RemoveDevice { target: reader.eui64()? },
            0x08 => {
                let key_type = reader.u8()?;
                let partner = if key_type == 2 { Some(reader.eui64()?) } else { None };
                Self::RequestKey { key_type, partner }
            }
            0x09 => Self::SwitchKey { sequence: reader.u8()? },
            0x0E => Self::Tunnel { destination: reader.eui64()?, frame: reader.take_rest() },
            0x0F => {
                Self::VerifyKey { key_type: reader.u8()?, source: reader.eui64()?, hash: reader.array()? }
            }
            0x10 => Self::ConfirmKey {
                status: reader.u8()?,
                key_type: reader.u8()?,
                destination: reader.eui64()?,
            },
            id => Self::Other { id },
        };
        Ok((command, reader.rest()))
    }

    /// The command identifier.
    pub const fn id(&self) -> u8 {
        match self {
            Self::TransportKey(_) => 0x05,
            Self::UpdateDevice { .. } => 0x06,
            Self::RemoveDevice { .. } => 0x07,
            Self::RequestKey { .. } => 0x08,
            Self::SwitchKey { .. } => 0x09,
            Self::Tunnel { .. } => 0x0E,
            Self::VerifyKey { .. } => 0x0F,
            Self::ConfirmKey { .. } => 0x10,
            Self::Other { id } => *id,
        }
    }

    /// The command's name in the standard, where this crate knows it.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::TransportKey(_) => "Transport Key",
            Self::UpdateDevice { .. } => "Update Device",
            Self::RemoveDevice { .. } => "Remove Device",
            Self::RequestKey { .. } => "Request Key",
            Self::SwitchKey { .. } => "Switch Key",
            Self::Tunnel { .. } => "Tunnel",
            Self::VerifyKey { .. } => "Verify Key",
            Self::ConfirmKey { .. } => "Confirm Key",
            Self::Other { .. } => return None,
        })
    }
}

impl TransportKey {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(match reader.u8()? {
            1 => Self::Network {
                key: Key::new(reader.array()?),
                sequence: reader.u8()?,
                destination: reader.eui64()?,
                source: reader.eui64()?,
            },
            3 => Self::ApplicationLink {
                key: Key::new(reader.array()?),
                partner: reader.eui64()?,
                initiator: reader.u8()? != 0,
            },
            4 => Self::TrustCentreLink {
                key: Key::new(reader.array()?),
                destination: reader.eui64()?,
                source: reader.eui64()?,
            },
            key_type => Self::Other { key_type },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, TransportKey};
    use crate::address::Eui64;
    use crate::error::Error;
    use crate::security::Key;

    #[test]
    fn every_command_is_read_to_its_last_byte() {
        let (eui64, key) = ([8, 7, 6, 5, 4, 3, 2, 1], [0x11; 16]);
        let commands = [
            [&[5, 1], &key[..], &[0], &eui64, &eui64].concat(),
            [&[5, 3], &key[..], &eui64, &[1]].concat(),
            [&[5, 4], &key[..], &eui64, &eui64].concat(),
            [&[6], &eui64[..], &[0x4E, 0x2B, 1]].concat(),
            [&[7], &eui64[..]].concat(),
            [&[8, 2], &eui64[..]].concat(),
            vec![8, 4],
            vec![9, 1],
            [&[0x0F, 4], &eui64[..], &key].concat(),
            [&[0x10, 0, 4], &eui64[..]].concat(),
        ];
        for bytes in &commands {
            let (command, rest) = Command::read(bytes).unwrap();
            assert_eq!(command.id(), bytes[0]);
            assert!(command.name().is_some());
            assert!(rest.is_empty(), "{command:?}");
            assert!(matches!(Command::read(&bytes[..bytes.len() - 1]), Err(Error::Truncated { .. })));
        }
        let (command, _) = Command::read(&commands[1]).unwrap();
        assert_eq!(
            command,
            Command::TransportKey(TransportKey::ApplicationLink {
                key: Key::new(key),
                partner: Eui64(0x0102_0304_0506_0708),
                initiator: true,
            })
        );
    }
}
