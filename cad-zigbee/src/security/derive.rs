//! Keys made from other keys and from install codes, all with the AES-MMO hash.

use super::Key;
use crate::error::{Error, Result};
use crate::mac::crc16;
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

impl Key {
    /// The key a trust centre sends keys with, derived from the link key.
    pub fn key_transport(&self) -> Self {
        self.keyed_hash(0x00)
    }

    /// The key a trust centre sends link keys with, derived from the link key.
    pub fn key_load(&self) -> Self {
        self.keyed_hash(0x02)
    }

    /// The link key an install code stands for. The code is what is printed on the device, with its check: 8, 10, 14
    /// or 18 bytes, the last two being the CRC of the others.
    ///
    /// ```
    /// use cad_zigbee::security::Key;
    ///
    /// let code = [0x96, 0x6B, 0x9F, 0x3E, 0xF9, 0x8A, 0xE6, 0x05, 0x97, 0x08];
    /// let key = Key::from_install_code(&code)?;
    /// assert_eq!(key, "ca48267ef8a76b6b4091044190b4faf1".parse()?);
    /// # Ok::<(), cad_zigbee::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] for another length or a CRC that does not match.
    pub fn from_install_code(code: &[u8]) -> Result<Self> {
        if !matches!(code.len(), 8 | 10 | 14 | 18) {
            return Err(Error::Malformed { at: 0, what: "an install code is 8, 10, 14 or 18 bytes" });
        }
        let Some((body, crc)) = code.split_last_chunk::<2>() else {
            return Err(Error::Truncated { at: 0, needed: 2 });
        };
        if !crc16(0xFFFF, body) != u16::from_le_bytes(*crc) {
            return Err(Error::Malformed {
                at: body.len(),
                what: "the CRC of the install code does not match",
            });
        }
        Ok(Self::new(mmo(&[code])))
    }

    /// HMAC with the AES-MMO hash over one byte.
    fn keyed_hash(&self, input: u8) -> Self {
        let inner_key = self.as_bytes().map(|byte| byte ^ 0x36);
        let outer_key = self.as_bytes().map(|byte| byte ^ 0x5C);
        let inner = mmo(&[&inner_key, &[input]]);
        Self::new(mmo(&[&outer_key, &inner]))
    }
}

/// The Matyas-Meyer-Oseas hash with AES-128 over the parts, one after the other; together under 8 kB.
fn mmo(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = [0; 16];
    let mut block = [0; 16];
    let mut filled = 0_usize;
    let mut bits = 0_u16;
    let mut push = |byte: u8, filled: &mut usize| {
        if let Some(space) = block.get_mut(*filled) {
            *space = byte;
        }
        *filled = filled.saturating_add(1);
        if *filled == block.len() {
            hash = compress(&hash, &block);
            *filled = 0;
        }
    };
    for byte in parts.iter().flat_map(|part| part.iter()) {
        push(*byte, &mut filled);
        bits = bits.wrapping_add(8);
    }
    push(0x80, &mut filled);
    while filled != 14 {
        push(0, &mut filled);
    }
    for byte in bits.to_be_bytes() {
        push(byte, &mut filled);
    }
    hash
}

fn compress(hash: &[u8; 16], block: &[u8; 16]) -> [u8; 16] {
    let mut out = (*block).into();
    Aes128::new(&(*hash).into()).encrypt_block(&mut out);
    let mut out: [u8; 16] = out.into();
    for (byte, input) in out.iter_mut().zip(block) {
        *byte ^= input;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::error::Error;

    #[test]
    fn derives_the_published_keys_of_the_default_link_key() {
        let key = Key::ZIGBEE_ALLIANCE_09;
        assert_eq!(key.key_transport(), "4BAB0F173E1434A2D572E1C1EF478782".parse().unwrap());
        assert_eq!(key.key_load(), "C5A47035C332CCBF251571D8BADED188".parse().unwrap());
    }

    #[test]
    fn hashes_an_install_code_with_its_crc_and_refuses_a_mistyped_one() {
        let mut code = [
            0x83, 0xFE, 0xD3, 0x40, 0x7A, 0x93, 0x97, 0x23, 0xA5, 0xC6, 0x39, 0xB2, 0x69, 0x16, 0xD5, 0x05,
            0xC3, 0xB5,
        ];
        assert_eq!(Key::from_install_code(&code), "66b6900981e1ee3ca4206b6b861c02bb".parse());
        assert!(matches!(Key::from_install_code(&code[..16]), Err(Error::Malformed { at: 0, .. })));
        code[3] ^= 1;
        assert!(matches!(Key::from_install_code(&code), Err(Error::Malformed { at: 16, .. })));
    }

    /// The codes are the beginnings of one, each with its own CRC; the keys were computed apart from this crate.
    #[test]
    fn codes_of_every_length_give_a_key_and_no_changed_byte_goes_unnoticed() {
        let table: [(&[u8], &str); 4] = [
            (&[0x83, 0xFE, 0xD3, 0x40, 0x7A, 0x93, 0x2B, 0x70], "cd4fa064773f46941ec986c09963d1a8"),
            (
                &[0x83, 0xFE, 0xD3, 0x40, 0x7A, 0x93, 0x97, 0x23, 0x97, 0xFC],
                "850be0bf5b369ac441280a53265db167",
            ),
            (
                &[0x83, 0xFE, 0xD3, 0x40, 0x7A, 0x93, 0x97, 0x23, 0xA5, 0xC6, 0x39, 0xB2, 0xAD, 0x8B],
                "c2b323efc9fca1d9657e32a0e5c2aaf3",
            ),
            (
                &[
                    0x83, 0xFE, 0xD3, 0x40, 0x7A, 0x93, 0x97, 0x23, 0xA5, 0xC6, 0x39, 0xB2, 0x69, 0x16, 0xD5,
                    0x05, 0xC3, 0xB5,
                ],
                "66b6900981e1ee3ca4206b6b861c02bb",
            ),
        ];
        for (code, key) in table {
            assert_eq!(Key::from_install_code(code), key.parse());
            for at in 0..code.len() {
                let mut changed = code.to_vec();
                changed[at] ^= 0x10;
                let error = Key::from_install_code(&changed);
                let at = code.len() - 2;
                assert!(matches!(error, Err(Error::Malformed { at: told, .. }) if told == at));
            }
        }
        for length in (0..20).filter(|length| ![8, 10, 14, 18].contains(length)) {
            assert!(matches!(
                Key::from_install_code(&[0; 20][..length]),
                Err(Error::Malformed { at: 0, .. })
            ));
        }
    }
}
