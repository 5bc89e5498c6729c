//! Key Establishment: how two devices come to a link key by their certificates (annex C).
//!
//! ```
//! use cad_zigbee::energy::{Payload, key_establishment::{KeyStatus, Suites, TerminateKeyEstablishmentFromServer}};
//!
//! let (terminate, _) = TerminateKeyEstablishmentFromServer::parse(&[2, 10, 1, 0])?;
//! assert_eq!(terminate.status, KeyStatus::BadKeyConfirm);
//! assert!(terminate.suites.contains(Suites::SECT163K1));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, flags};
use super::field::{Field, Rest};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

commands! {
    /// The commands of the cluster.
    KEY_ESTABLISHMENT<'a>

    /// Starts (`InitiateKeyEstablishmentRequest`).
    InitiateKeyEstablishmentRequest<'a> = 0x00 client {
        /// Who wants to, and how.
        initiation: Initiation<'a>,
    }

    /// A public key for this once (`EphemeralDataRequest`).
    EphemeralDataRequest<'a> = 0x01 client {
        /// The key: 22 octets in suite 1, 37 in suite 2.
        ephemeral_data: Rest<'a>,
    }

    /// A proof of having the new key (`ConfirmKeyDataRequest`).
    ConfirmKeyDataRequest = 0x02 client {
        /// The proof.
        mac: [u8; 16],
    }

    /// Gives up (`TerminateKeyEstablishment`).
    TerminateKeyEstablishmentFromClient = 0x03 client {
        /// Why.
        status: KeyStatus,
        /// How many seconds to wait before another try.
        wait_s: u8,
        /// What the sender takes.
        suites: Suites,
    }

    /// Starts as well (`InitiateKeyEstablishmentResponse`).
    InitiateKeyEstablishmentResponse<'a> = 0x00 server {
        /// Who answers, and how.
        initiation: Initiation<'a>,
    }

    /// The other public key for this once (`EphemeralDataResponse`).
    EphemeralDataResponse<'a> = 0x01 server {
        /// The key: 22 octets in suite 1, 37 in suite 2.
        ephemeral_data: Rest<'a>,
    }

    /// The other proof of having the new key (`ConfirmKeyDataResponse`).
    ConfirmKeyDataResponse = 0x02 server {
        /// The proof.
        mac: [u8; 16],
    }

    /// Gives up (`TerminateKeyEstablishment`).
    TerminateKeyEstablishmentFromServer = 0x03 server {
        /// Why.
        status: KeyStatus,
        /// How many seconds to wait before another try.
        wait_s: u8,
        /// What the sender takes.
        suites: Suites,
    }
}

/// Who wants to come to a key, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Initiation<'a> {
    /// The suite.
    suite: Suites,
    /// How many seconds it takes to make a public key.
    ephemeral_data_generate_time_s: u8,
    /// How many seconds it takes to make a proof.
    confirm_key_generate_time_s: u8,
    /// The certificate.
    certificate: &'a [u8],
}

impl<'a> Initiation<'a> {
    /// By this suite, with this certificate; both times in seconds.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if certificates of the suite have another length: 48 octets in suite 1, 74 in suite 2.
    pub fn new(
        suite: Suites,
        ephemeral_data_generate_time_s: u8,
        confirm_key_generate_time_s: u8,
        certificate: &'a [u8],
    ) -> Result<Self> {
        if suite.certificate_length().is_some_and(|length| length != certificate.len()) {
            return Err(Error::Unwritable { what: "a certificate of another suite" });
        }
        Ok(Self { suite, ephemeral_data_generate_time_s, confirm_key_generate_time_s, certificate })
    }

    /// The suite.
    pub const fn suite(&self) -> Suites {
        self.suite
    }

    /// How many seconds it takes to make a public key.
    pub const fn ephemeral_data_generate_time_s(&self) -> u8 {
        self.ephemeral_data_generate_time_s
    }

    /// How many seconds it takes to make a proof.
    pub const fn confirm_key_generate_time_s(&self) -> u8 {
        self.confirm_key_generate_time_s
    }

    /// The certificate.
    pub const fn certificate(&self) -> &'a [u8] {
        self.certificate
    }
}

impl<'a> Field<'a> for Initiation<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let suite = Suites::read(reader)?;
        Ok(Self {
            suite,
            ephemeral_data_generate_time_s: reader.u8()?,
            confirm_key_generate_time_s: reader.u8()?,
            certificate: match suite.certificate_length() {
                Some(length) => reader.take(length)?,
                None => reader.take_rest(),
            },
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.suite.write(writer)?;
        writer.put(&[self.ephemeral_data_generate_time_s, self.confirm_key_generate_time_s])?;
        writer.put(self.certificate)
    }
}

flags! {
    /// Suites of elliptic curve and hash.
    Suites(u16) {
        0x0001 SECT163K1 "Suite 1: 80 bits of security.",
        0x0002 SECT283K1 "Suite 2: 128 bits of security.",
    }
}

impl Suites {
    /// How long a certificate of this suite is; none for several suites, or one that the standard does not define.
    pub const fn certificate_length(self) -> Option<usize> {
        match self {
            Self::SECT163K1 => Some(48),
            Self::SECT283K1 => Some(74),
            _ => None,
        }
    }
}

choice! {
    /// Why a device gives up.
    KeyStatus {
        0 Success "It does not.",
        1 UnknownIssuer "The certificate is of an unknown issuer.",
        2 BadKeyConfirm "The proof is wrong.",
        3 BadMessage "A message was wrong, or came at the wrong time.",
        4 NoResources "The device is busy.",
        5 UnsupportedSuite "The device does not take the suite.",
        6 InvalidKeyUsage "The certificate is not for this.",
    }
}

#[cfg(test)]
mod tests {
    use super::{InitiateKeyEstablishmentRequest, Initiation, Suites};
    use crate::energy::Payload;
    use crate::error::Error;

    #[test]
    fn the_suite_says_how_long_the_certificate_is() {
        let mut payload = vec![2, 0, 3, 9];
        payload.resize(78, 0xCC);
        let (request, rest) = InitiateKeyEstablishmentRequest::parse(&payload).unwrap();
        assert_eq!((request.initiation.certificate().len(), rest.len()), (74, 0));
        payload[0] = 1;
        assert_eq!(InitiateKeyEstablishmentRequest::parse(&payload).unwrap().1.len(), 26);
        assert_eq!(
            InitiateKeyEstablishmentRequest::parse(&payload[..50]),
            Err(Error::Truncated { at: 4, needed: 2 })
        );
        let error = Initiation::new(Suites::SECT163K1, 3, 9, &[0; 74]).unwrap_err();
        assert_eq!(error.to_string(), "a certificate of another suite cannot be written");
    }
}
