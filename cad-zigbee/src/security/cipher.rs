//! AES-CCM* with a 13-byte nonce and a 4-byte integrity code.

use super::{AuxiliaryHeader, Key, LEVEL, LEVEL_BITS, MIC_LENGTH, Secured};
use crate::address::Eui64;
use crate::error::{Error, Result};
use crate::writer::Writer;
use aes::Aes128Enc;
use ccm::aead::{AeadInOut, KeyInit};
use ccm::consts::{U4, U13};
use ccm::{Ccm, Tag};
use core::fmt;

type AesCcm = Ccm<Aes128Enc, U4, U13>;

/// A key made ready for use, which takes as long as opening a short frame. `Debug` does not show it.
#[derive(Clone)]
pub(super) struct Cipher(AesCcm);

impl Cipher {
    pub(super) fn new(key: &Key) -> Self {
        Self(AesCcm::new(&(*key.as_bytes()).into()))
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(..)")
    }
}

impl AuxiliaryHeader {
    /// The nonce of a frame that `source` secured: its EUI-64, the frame counter and the security control field with
    /// level 5 in it, which the air does not carry.
    pub fn nonce(&self, source: Eui64) -> [u8; 13] {
        let mut nonce = [0; 13];
        let mut writer = Writer::new(&mut nonce);
        let fits = writer
            .eui64(source)
            .and_then(|()| writer.u32(self.frame_counter))
            .and_then(|()| writer.u8(with_level(self.control)));
        debug_assert!(fits.is_ok(), "8, 4 and 1 byte are 13");
        nonce
    }
}

impl Secured<'_> {
    /// Decrypts the payload into `out` and checks that nobody changed the frame. `source` is the EUI-64 of the device
    /// that secured it: [`AuxiliaryHeader::source`], or known from elsewhere.
    ///
    /// `out` must be as long as the whole frame; what is returned is a part of it.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] if the integrity code does not match, [`Error::Truncated`] if there is none,
    /// [`Error::NoSpace`] if `out` is too short.
    pub fn open<'b>(&self, key: &Key, source: Eui64, out: &'b mut [u8]) -> Result<&'b [u8]> {
        self.open_with(&Cipher::new(key), source, out)
    }

    /// As [`Self::open`], with a key that was made ready before.
    pub(super) fn open_with<'b>(
        &self,
        cipher: &Cipher,
        source: Eui64,
        out: &'b mut [u8],
    ) -> Result<&'b [u8]> {
        let header_length = self.authenticated.len();
        let Some((ciphertext, tag)) = self.ciphertext.split_last_chunk::<MIC_LENGTH>() else {
            let needed = MIC_LENGTH.saturating_sub(self.ciphertext.len());
            return Err(Error::Truncated { at: header_length, needed });
        };
        let length = header_length.saturating_add(ciphertext.len());
        let short = Error::NoSpace { at: 0, needed: length.saturating_sub(out.len()) };
        let (header, payload) =
            out.get_mut(..length).and_then(|out| out.split_at_mut_checked(header_length)).ok_or(short)?;
        header.copy_from_slice(self.authenticated);
        payload.copy_from_slice(ciphertext);
        patch_level(header, self.auxiliary_at, LEVEL);
        cipher
            .0
            .decrypt_inout_detached(
                &self.auxiliary.nonce(source).into(),
                header,
                (&mut *payload).into(),
                &Tag::from(*tag),
            )
            .map_err(|_| Error::NotAuthentic)?;
        Ok(payload)
    }
}

/// Writes a header, the auxiliary header, the payload encrypted and the integrity code.
///
/// What the writer holds before is not part of the frame.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the payload is longer than the cipher allows.
pub(crate) fn write_secured(
    writer: &mut Writer<'_>,
    key: &Key,
    source: Eui64,
    auxiliary: &AuxiliaryHeader,
    payload: &[u8],
    write_header: impl FnOnce(&mut Writer<'_>) -> Result<()>,
) -> Result<()> {
    const WHAT: Error = Error::Unwritable { what: "so long a payload, secured" };
    let frame_at = writer.at();
    write_header(writer)?;
    let auxiliary_at = writer.at().saturating_sub(frame_at);
    auxiliary.write(writer)?;
    let payload_at = writer.at().saturating_sub(frame_at);
    writer.put(payload)?;

    let frame = writer.written_mut().get_mut(frame_at..).unwrap_or_default();
    let (header, payload) = frame.split_at_mut_checked(payload_at).ok_or(WHAT)?;
    patch_level(header, auxiliary_at, LEVEL);
    let mic = AesCcm::new(&(*key.as_bytes()).into())
        .encrypt_inout_detached(&auxiliary.nonce(source).into(), header, payload.into())
        .map_err(|_| WHAT)?;
    patch_level(header, auxiliary_at, 0);
    writer.put(&mic)
}

const fn with_level(control: u8) -> u8 {
    (control & !LEVEL_BITS) | LEVEL
}

fn patch_level(header: &mut [u8], at: usize, level: u8) {
    if let Some(control) = header.get_mut(at) {
        *control = (*control & !LEVEL_BITS) | level;
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::nwk;
    use crate::security::{Key, Payload};

    /// A NWK frame secured with the network key C0FFEE00112233445566778899AABBCC.
    const FRAME: [u8; 46] = [
        0x08, 0x02, 0x00, 0x00, 0x5C, 0x3A, 0x1E, 0x07, 0x28, 0x01, 0x00, 0x00, 0x00, 0x10, 0x8D, 0x00, 0xE0,
        0x21, 0xD5, 0xB3, 0x70, 0x00, 0x44, 0xB3, 0x1A, 0x7B, 0x8F, 0x01, 0xAA, 0x47, 0x93, 0x7F, 0x1D, 0x92,
        0x41, 0xFB, 0x78, 0x86, 0x56, 0x31, 0xB9, 0xB3, 0x55, 0x02, 0x16, 0x84,
    ];

    #[test]
    fn opens_a_frame_and_refuses_a_changed_one() {
        let key: Key = "c0ffee00112233445566778899aabbcc".parse().unwrap();
        let mut out = [0; 127];
        let open = |bytes: &[u8], out: &mut [u8]| {
            let nwk::Npdu::Frame(frame) = nwk::Npdu::read(bytes).unwrap() else { panic!("a NWK frame") };
            let Payload::Secured(secured) = frame.payload else { panic!("a secured frame") };
            secured.open(&key, secured.auxiliary.source.unwrap(), out).map(<[u8]>::to_vec)
        };
        assert_eq!(open(&FRAME, &mut out).unwrap(), (0..20).collect::<Vec<u8>>());
        assert_eq!(open(&FRAME, &mut out[..41]), Err(Error::NoSpace { at: 0, needed: 1 }));
        for at in 2..FRAME.len() {
            let mut changed = FRAME;
            changed[at] ^= 0x40;
            assert_eq!(open(&changed, &mut out), Err(Error::NotAuthentic), "byte {at}");
        }
        assert_eq!(open(&FRAME[..25], &mut out), Err(Error::Truncated { at: 22, needed: 1 }));
    }
}
