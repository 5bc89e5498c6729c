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
use crate::error::{Error, Result};
use crate::nwk::list::Tlvs;
use crate::reader::Reader;
use crate::security::Key;
use crate::writer::Writer;

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
    /// The trust centre speaks through a router to a device that is not in the network yet (0x11, revision 23).
    RelayMessageDownstream {
        /// The message and whom it is for: see [`Self::relayed`].
        tlvs: Tlvs<'a>,
    },
    /// Such a device speaks to the trust centre (0x12, revision 23).
    RelayMessageUpstream {
        /// The message and whom it is from: see [`Self::relayed`].
        tlvs: Tlvs<'a>,
    },
    /// A command this crate does not know.
    Other {
        /// The command identifier.
        id: u8,
    },
}

/// An APS frame that a router relays for a device that is not in the network yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relayed<'a> {
    /// The device.
    pub device: Eui64,
    /// The APS frame.
    pub frame: &'a [u8],
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
    /// [`Error::Truncated`] if the bytes end inside the command.
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
                let partner = if key_type == APPLICATION_LINK_KEY { Some(reader.eui64()?) } else { None };
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
            0x11 => Self::RelayMessageDownstream { tlvs: Tlvs::new(reader.take_rest()) },
            0x12 => Self::RelayMessageUpstream { tlvs: Tlvs::new(reader.take_rest()) },
            id => Self::Other { id },
        };
        Ok((command, reader.rest()))
    }

    /// Writes the command: the payload of an APS command frame, up to what [`Self::read`] returns behind it.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] for a request of a key whose type and partner do
    /// not fit each other.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.id())?;
        match *self {
            Self::TransportKey(key) => key.write(writer),
            Self::UpdateDevice { device, address, status } => {
                writer.eui64(device)?;
                writer.short_address(address)?;
                writer.u8(status)
            }
            Self::RemoveDevice { target } => writer.eui64(target),
            Self::RequestKey { key_type, partner } => {
                if (key_type == APPLICATION_LINK_KEY) != partner.is_some() {
                    return Err(Error::Unwritable { what: "this type of key with or without a partner" });
                }
                writer.u8(key_type)?;
                partner.map_or(Ok(()), |partner| writer.eui64(partner))
            }
            Self::SwitchKey { sequence } => writer.u8(sequence),
            Self::Tunnel { destination, frame } => {
                writer.eui64(destination)?;
                writer.put(frame)
            }
            Self::VerifyKey { key_type, source, hash } => {
                writer.u8(key_type)?;
                writer.eui64(source)?;
                writer.put(&hash)
            }
            Self::ConfirmKey { status, key_type, destination } => {
                writer.put(&[status, key_type])?;
                writer.eui64(destination)
            }
            Self::RelayMessageDownstream { tlvs } | Self::RelayMessageUpstream { tlvs } => {
                writer.put(tlvs.bytes())
            }
            Self::Other { .. } => Ok(()),
        }
    }

    /// What a relay message carries.
    ///
    /// **Interpretation:** the value with tag 0, an EUI-64 and behind it an APS frame, as other implementations have it;
    /// further values are left where they are.
    pub fn relayed(&self) -> Option<Relayed<'a>> {
        let (Self::RelayMessageDownstream { tlvs } | Self::RelayMessageUpstream { tlvs }) = self else {
            return None;
        };
        let message = tlvs.iter().map_while(Result::ok).find(|value| value.tag == RELAYED_MESSAGE)?;
        let mut reader = Reader::new(message.value);
        Some(Relayed { device: reader.eui64().ok()?, frame: reader.rest() })
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
            Self::RelayMessageDownstream { .. } => 0x11,
            Self::RelayMessageUpstream { .. } => 0x12,
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
            Self::RelayMessageDownstream { .. } => "Relay Message Downstream",
            Self::RelayMessageUpstream { .. } => "Relay Message Upstream",
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

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        match *self {
            Self::Network { key, sequence, destination, source } => {
                writer.u8(1)?;
                writer.put(key.as_bytes())?;
                writer.u8(sequence)?;
                writer.eui64(destination)?;
                writer.eui64(source)
            }
            Self::ApplicationLink { key, partner, initiator } => {
                writer.u8(3)?;
                writer.put(key.as_bytes())?;
                writer.eui64(partner)?;
                writer.u8(u8::from(initiator))
            }
            Self::TrustCentreLink { key, destination, source } => {
                writer.u8(4)?;
                writer.put(key.as_bytes())?;
                writer.eui64(destination)?;
                writer.eui64(source)
            }
            Self::Other { key_type } => writer.u8(key_type),
        }
    }
}

/// The tag of the message that a router relays.
const RELAYED_MESSAGE: u8 = 0;

/// The type of a requested key that has a partner.
const APPLICATION_LINK_KEY: u8 = 2;

#[cfg(test)]
mod tests {
    use super::{Command, Relayed, TransportKey};
    use crate::address::Eui64;
    use crate::error::Error;
    use crate::security::Key;
    use crate::writer::Writer;

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
            let mut buffer = [0; 64];
            let mut writer = Writer::new(&mut buffer);
            command.write(&mut writer).unwrap();
            assert_eq!(writer.written(), bytes);
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

    #[test]
    fn a_relayed_message_is_for_or_from_a_device_and_may_have_more_values() {
        for id in [0x11, 0x12] {
            let bytes = [id, 0x45, 0, 0xEE, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0xAA, 0xBB];
            let (command, rest) = Command::read(&bytes).unwrap();
            assert_eq!((command.id(), rest), (id, &[][..]));
            let relayed = Relayed { device: Eui64(0x0102_0304_0506_0708), frame: &[0xAA, 0xBB] };
            assert_eq!(command.relayed(), Some(relayed));
            let mut buffer = [0; 16];
            command.write(&mut Writer::new(&mut buffer)).unwrap();
            assert_eq!(buffer, bytes);
            let (command, _) = Command::read(&bytes[..12]).unwrap();
            assert_eq!(command.relayed(), None);
        }
        assert_eq!(Command::SwitchKey { sequence: 1 }.relayed(), None);
    }

    #[test]
    fn a_requested_key_has_a_partner_where_its_type_has() {
        for (key_type, partner) in [(2, None), (4, Some(Eui64(1)))] {
            let error = Command::RequestKey { key_type, partner }.write(&mut Writer::new(&mut [0; 16]));
            assert!(matches!(error, Err(Error::Unwritable { .. })));
        }
    }
}
