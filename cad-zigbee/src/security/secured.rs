//! Opens and secures the payloads of frames.

use super::ccm_star::Cipher;
use super::{AuxiliaryHeader, Key, LEVEL_BITS, Level, Payload, Secured};
use crate::address::Eui64;
use crate::error::{Error, Result};
use crate::writer::Writer;

impl AuxiliaryHeader {
    /// The nonce of a frame that `source` secured in a network of level [`Level::ZIGBEE`]: see [`Self::nonce_at`].
    pub fn nonce(&self, source: Eui64) -> [u8; 13] {
        self.nonce_at(Level::ZIGBEE, source)
    }

    /// The nonce of a frame that `source` secured: its EUI-64, the frame counter and the security control field with the
    /// level in it, which the air does not carry.
    pub fn nonce_at(&self, level: Level, source: Eui64) -> [u8; 13] {
        let control = (self.control & !LEVEL_BITS) | level.bits();
        let number =
            u128::from(source.0) | (u128::from(self.frame_counter) << 64) | (u128::from(control) << 96);
        let [nonce @ .., _, _, _] = number.to_le_bytes();
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
        self.open_at(Level::ZIGBEE, key, source, out)
    }

    /// As [`Self::open`], in a network of another level. At [`Level::Encryption`] nothing tells whether key and source
    /// are the right ones or the frame was changed.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_at<'b>(&self, level: Level, key: &Key, source: Eui64, out: &'b mut [u8]) -> Result<&'b [u8]> {
        self.open_with(level, &Cipher::new(key), source, out)
    }

    /// As [`Self::open_at`], with a key that was made ready before.
    pub(super) fn open_with<'b>(
        &self,
        level: Level,
        cipher: &Cipher,
        source: Eui64,
        out: &'b mut [u8],
    ) -> Result<&'b [u8]> {
        let header_length = self.authenticated.len();
        let split = self.ciphertext.len().checked_sub(level.mic_length());
        let Some((payload, mic)) = split.and_then(|length| self.ciphertext.split_at_checked(length)) else {
            let needed = level.mic_length().saturating_sub(self.ciphertext.len());
            return Err(Error::Truncated { at: header_length, needed });
        };
        let length = header_length.saturating_add(payload.len());
        let short = Error::NoSpace { at: 0, needed: length.saturating_sub(out.len()) };
        let frame = out.get_mut(..length).ok_or(short)?;
        let (header, space) = frame.split_at_mut_checked(header_length).ok_or(short)?;
        header.copy_from_slice(self.authenticated);
        space.copy_from_slice(payload);
        patch_level(header, self.auxiliary_at, level.bits());
        cipher.open(level, &self.auxiliary.nonce_at(level, source), frame, header_length, mic)?;
        Ok(frame.get(header_length..).unwrap_or_default())
    }
}

/// Writes a header, the auxiliary header, the payload secured and the integrity code.
///
/// What the writer holds before is not part of the frame.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the payload is secured already, or longer than the
/// cipher allows.
pub(crate) fn write_secured(
    writer: &mut Writer<'_>,
    key: &Key,
    source: Eui64,
    auxiliary: &AuxiliaryHeader,
    payload: &Payload<'_>,
    write_header: impl FnOnce(&mut Writer<'_>) -> Result<()>,
) -> Result<()> {
    let Payload::Clear(payload) = payload else {
        return Err(Error::Unwritable { what: "a payload secured twice" });
    };
    let level = auxiliary.level();
    let frame_at = writer.at();
    write_header(writer)?;
    let auxiliary_at = writer.at().saturating_sub(frame_at);
    auxiliary.write(writer)?;
    let payload_at = writer.at().saturating_sub(frame_at);
    writer.put(payload)?;

    let frame = writer.written_mut().get_mut(frame_at..).unwrap_or_default();
    patch_level(frame, auxiliary_at, level.bits());
    let mic = Cipher::new(key).seal(level, &auxiliary.nonce_at(level, source), frame, payload_at)?;
    patch_level(frame, auxiliary_at, 0);
    writer.put(mic.get(..level.mic_length()).unwrap_or_default())
}

fn patch_level(header: &mut [u8], at: usize, level: u8) {
    if let Some(control) = header.get_mut(at) {
        *control = (*control & !LEVEL_BITS) | level;
    }
}

#[cfg(test)]
mod tests {
    use crate::address::{Eui64, ShortAddress};
    use crate::error::Error;
    use crate::security::{AuxiliaryHeader, Key, Level, Payload};
    use crate::writer::Writer;
    use crate::zcl::ClusterId;
    use crate::{aps, nwk};

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

    #[test]
    fn what_is_secured_is_not_secured_again() {
        let (key, source) = (Key::new([7; 16]), Eui64(1));
        let auxiliary = AuxiliaryHeader::network(source, 9, 0);
        let nwk::Npdu::Frame(nwk) = nwk::Npdu::read(&FRAME).unwrap() else { panic!("a NWK frame") };
        let aps = aps::Frame { payload: nwk.payload, ..aps::Frame::data(ClusterId::METERING, 1, 1, 9, &[]) };
        let mut buffer = [0; 127];
        let nwk = nwk.write_secured(&mut Writer::new(&mut buffer), &key, &auxiliary);
        let aps = aps.write_secured(&mut Writer::new(&mut buffer), &key, source, &auxiliary);
        for outcome in [nwk, aps] {
            assert_eq!(outcome, Err(Error::Unwritable { what: "a payload secured twice" }));
        }
    }

    #[test]
    fn every_level_opens_what_it_sealed_and_no_level_with_a_code_opens_what_was_changed() {
        let (key, source) = (Key::new([7; 16]), Eui64(0x0CA2_F400_00E5_A3E1));
        let payload: Vec<u8> = (0..40).collect();
        let frame = nwk::Frame::data(ShortAddress(1), ShortAddress(2), 3, &payload);
        for level in (1..8).filter_map(Level::from_bits) {
            let auxiliary = AuxiliaryHeader::network(source, 9, 0).with_level(level);
            let mut buffer = [0; 127];
            let mut writer = Writer::new(&mut buffer);
            frame.write_secured(&mut writer, &key, &auxiliary).unwrap();
            let mut bytes = writer.written().to_vec();
            assert_eq!(bytes[8], 0x28, "the level is not sent");
            assert_eq!(bytes.len(), 8 + 14 + 40 + level.mic_length());
            assert_eq!(bytes[22..62] == payload, !level.is_encrypted());
            let open = |level, bytes: &[u8]| {
                let nwk::Npdu::Frame(frame) = nwk::Npdu::read(bytes).unwrap() else { panic!("a NWK frame") };
                let Payload::Secured(secured) = frame.payload else { panic!("a secured frame") };
                secured.open_at(level, &key, source, &mut [0; 127]).map(<[u8]>::to_vec)
            };
            assert_eq!(open(level, &bytes), Ok(payload.clone()));
            for other in (1..8).filter_map(Level::from_bits).filter(|other| *other != level) {
                if other.is_authenticated() {
                    assert_eq!(open(other, &bytes), Err(Error::NotAuthentic), "{level:?} as {other:?}");
                }
            }
            bytes[30] ^= 1;
            match open(level, &bytes) {
                Ok(changed) => assert!(!level.is_authenticated() && changed[8] == payload[8] ^ 1),
                Err(error) => assert!(level.is_authenticated() && error == Error::NotAuthentic),
            }
        }
    }
}
