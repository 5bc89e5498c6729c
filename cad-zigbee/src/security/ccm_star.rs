//! AES-CCM*: counter mode and CBC-MAC under one key, at every level (IEEE 802.15.4-2006, annex B; Zigbee PRO, annex A).
//!
//! The nonce is 13 bytes and the fields for lengths and counters 2, as in every Zigbee frame. A level without an
//! integrity code is the same operation with none of it kept, one without encryption the same with an empty payload.

use super::{Key, Level};
use crate::error::{Error, Result};
use aes::Aes128Enc;
use aes::cipher::consts::U16;
use aes::cipher::typenum::Unsigned;
use aes::cipher::{
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, KeyInit, ParBlocks,
};
use core::fmt;
use subtle::ConstantTimeEq;

/// A key made ready for use, which takes as long as opening a short frame. `Debug` does not show it.
#[derive(Clone)]
pub(super) struct Cipher(Aes128Enc);

/// 16 bytes, the first the lowest.
type Block = u128;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Sealing,
    Opening,
}

impl Cipher {
    pub(super) fn new(key: &Key) -> Self {
        Self(Aes128Enc::new(&(*key.as_bytes()).into()))
    }

    /// Encrypts what of the frame begins at `payload_at`; returns the integrity code, of which the level's length counts.
    ///
    /// # Errors
    /// [`Error::Unwritable`] for more than two bytes can count.
    pub(super) fn seal(
        &self,
        level: Level,
        nonce: &[u8; 13],
        frame: &mut [u8],
        payload_at: usize,
    ) -> Result<[u8; 16]> {
        self.pass_over(level, nonce, frame, payload_at, Direction::Sealing)
            .ok_or(Error::Unwritable { what: "so long a payload, secured" })
    }

    /// Decrypts what of the frame begins at `payload_at`. It is zero where the integrity code does not match.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] if it does not match.
    pub(super) fn open(
        &self,
        level: Level,
        nonce: &[u8; 13],
        frame: &mut [u8],
        payload_at: usize,
        mic: &[u8],
    ) -> Result<()> {
        let computed = self.pass_over(level, nonce, frame, payload_at, Direction::Opening);
        let computed = computed.as_ref().and_then(|computed| computed.get(..level.mic_length()));
        if computed.is_some_and(|computed| computed.ct_eq(mic).into()) {
            return Ok(());
        }
        frame.get_mut(payload_at..).unwrap_or_default().fill(0);
        Err(Error::NotAuthentic)
    }

    /// None where header or payload is longer than its field can say.
    fn pass_over(
        &self,
        level: Level,
        nonce: &[u8; 13],
        frame: &mut [u8],
        payload_at: usize,
        direction: Direction,
    ) -> Option<[u8; 16]> {
        // What is only authenticated counts as header.
        let payload_at = if level.is_encrypted() { payload_at } else { frame.len() };
        let (header, payload) = frame.split_at_mut_checked(payload_at)?;
        let header_length = u16::try_from(header.len()).ok().filter(|length| *length < HEADER_LIMIT)?;
        let payload_length = u16::try_from(payload.len()).ok()?;
        // Behind the flags and in front of a number.
        let [a, b, c, d, e, f, g, h, i, j, k, l, m] = *nonce;
        let around = Block::from_le_bytes([0, a, b, c, d, e, f, g, h, i, j, k, l, m, 0, 0]);
        let mut mic = 0;
        self.0.encrypt_with_backend(Pass {
            first: around | Block::from(flags(level, header_length)) | last(payload_length),
            counter: around | Block::from(COUNTER_FLAGS),
            header_length,
            header,
            payload,
            direction,
            mic: &mut mic,
        });
        Some(mic.to_le_bytes())
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(..)")
    }
}

/// One pass over a frame, both to encrypt and to authenticate it: run as a whole by the backend of the cipher, so that
/// it is chosen once.
struct Pass<'a> {
    /// What the integrity code is computed of before the header.
    first: Block,
    /// What the key stream is made of, with the counter 0.
    counter: Block,
    header_length: u16,
    header: &'a [u8],
    payload: &'a mut [u8],
    direction: Direction,
    mic: &'a mut Block,
}

impl BlockSizeUser for Pass<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Pass<'_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let Self { first, counter, header_length, header, payload, direction, mic } = self;
        let (blocks, tail) = payload.as_chunks_mut::<16>();
        let mut counters =
            Counters { next: 1, left: blocks.len().saturating_add(usize::from(!tail.is_empty())) };
        let mut chain = Chain { backend, counter, mac: first, key_stream: 0 };
        chain.step(counters.take());

        if header_length > 0 {
            let (begin, rest) = header.split_at_checked(14).unwrap_or((header, &[]));
            chain.authenticate(u128::from(header_length.swap_bytes()) | (padded(begin) << 16));
            let (whole, rest) = rest.as_chunks();
            for block in whole {
                chain.authenticate(Block::from_le_bytes(*block));
            }
            if !rest.is_empty() {
                chain.authenticate(padded(rest));
            }
        }

        for bytes in blocks {
            let turned = chain.turn(Block::from_le_bytes(*bytes), direction, counters.take());
            *bytes = turned.to_le_bytes();
        }
        if !tail.is_empty() {
            chain.key_stream &= padded([0xFF; 16].get(..tail.len()).unwrap_or_default());
            let turned = chain.turn(padded(tail), direction, counters.take());
            tail.iter_mut().zip(turned.to_le_bytes()).for_each(|(byte, turned)| *byte = turned);
        }
        *mic = chain.mac ^ chain.key_stream;
    }
}

/// The CBC-MAC so far, and the key stream, which is always one block ahead: both are encrypted side by side.
struct Chain<'a, B> {
    backend: &'a B,
    counter: Block,
    mac: Block,
    key_stream: Block,
}

impl<B: BlockCipherEncBackend<BlockSize = U16>> Chain<'_, B> {
    /// Encrypts or decrypts a block with the key stream.
    #[inline(always)]
    fn turn(&mut self, given: Block, direction: Direction, next_counter: u16) -> Block {
        let turned = given ^ self.key_stream;
        self.mac ^= if direction == Direction::Opening { turned } else { given };
        self.step(next_counter);
        turned
    }

    #[inline(always)]
    fn authenticate(&mut self, block: Block) {
        let mut mac = (self.mac ^ block).to_le_bytes().into();
        self.backend.encrypt_block_inplace(&mut mac);
        self.mac = Block::from_le_bytes(mac.into());
    }

    /// Encrypts the MAC, and beside it the next block of the key stream.
    #[inline(always)]
    fn step(&mut self, counter: u16) {
        let mut pair = [self.mac, self.counter | last(counter)].map(|block| block.to_le_bytes().into());
        if B::ParBlocksSize::USIZE <= IN_SOFTWARE {
            let mut together = ParBlocks::<B>::default();
            together.iter_mut().zip(&pair).for_each(|(space, block)| *space = *block);
            self.backend.encrypt_par_blocks_inplace(&mut together);
            pair.iter_mut().zip(&together).for_each(|(block, encrypted)| *block = *encrypted);
        } else {
            pair.iter_mut().for_each(|block| self.backend.encrypt_block_inplace(block));
        }
        [self.mac, self.key_stream] = pair.map(|block| Block::from_le_bytes(block.into()));
    }
}

/// The counters of the key stream in the order of their use: from 1 on for the payload, then 0 for the integrity code.
struct Counters {
    next: u16,
    /// How many blocks the payload still has.
    left: usize,
}

impl Counters {
    #[inline(always)]
    fn take(&mut self) -> u16 {
        let counter = if self.left > 0 { self.next } else { 0 };
        self.left = self.left.saturating_sub(1);
        self.next = self.next.saturating_add(1);
        counter
    }
}

/// From this length on it would be written in another form.
const HEADER_LIMIT: u16 = 0xFF00;
/// A field of 2 bytes, less 1.
const COUNTER_FLAGS: u8 = 1;
/// A backend in software encrypts 2 or 4 blocks in the time of one; one in hardware takes more, and overlaps single ones.
const IN_SOFTWARE: usize = 4;

fn flags(level: Level, header_length: u16) -> u8 {
    let mic_length = match level.mic_length() {
        16 => 7,
        8 => 3,
        4 => 1,
        _ => 0,
    };
    let has_header = if header_length > 0 { 1 << 6 } else { 0 };
    has_header | (mic_length << 3) | COUNTER_FLAGS
}

/// A number in the last two bytes of a block.
#[inline(always)]
fn last(number: u16) -> Block {
    Block::from(number).swap_bytes()
}

/// Fewer than 16 bytes, with zeros behind.
#[inline(always)]
fn padded(bytes: &[u8]) -> Block {
    let (mut number, mut rest) = (0_u128, bytes);
    if bytes.len() & 1 != 0
        && let Some((front, part)) = rest.split_last_chunk()
    {
        (number, rest) = (u8::from_le_bytes(*part).into(), front);
    }
    if bytes.len() & 2 != 0
        && let Some((front, part)) = rest.split_last_chunk()
    {
        (number, rest) = ((number << 16) | u128::from(u16::from_le_bytes(*part)), front);
    }
    if bytes.len() & 4 != 0
        && let Some((front, part)) = rest.split_last_chunk()
    {
        (number, rest) = ((number << 32) | u128::from(u32::from_le_bytes(*part)), front);
    }
    if let Some(part) = rest.first_chunk() {
        number = (number << 64) | u128::from(u64::from_le_bytes(*part));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::{Cipher, HEADER_LIMIT};
    use crate::error::Error;
    use crate::security::{Key, Level};
    use aes::Aes128;
    use ccm::Ccm;
    use ccm::aead::{AeadInOut, KeyInit, Nonce};
    use ccm::consts::{U4, U8, U13, U16};
    use proptest::prelude::{Strategy, any, prop};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> =
            text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
    }

    /// The examples of IEEE 802.15.4-2006, annex C.2, which name the source and the counter in the other order of bytes.
    #[test]
    fn secures_the_examples_of_the_standard_of_the_mac_and_opens_them() {
        let key = Cipher::new(&Key::new(std::array::from_fn(|at| 0xC0 + at as u8)));
        for (level, header, payload, secured, mic) in [
            (
                Level::Mic64,
                "08D0842143010000000048DEAC020500000055CF000051525354",
                "",
                "",
                "223BC1EC841AB553",
            ),
            (
                Level::Encryption,
                "69DC842143020000000048DEAC010000000048DEAC0405000000",
                "61626364",
                "D43E022B",
                "",
            ),
            (
                Level::EncryptionMic64,
                "2BDC842143020000000048DEACFFFF010000000048DEAC060500000001",
                "CE",
                "D8",
                "4FDE529061F9C6F1",
            ),
        ] {
            let mut nonce: [u8; 13] = hex("ACDE4800000000010000000500").try_into().unwrap();
            nonce[12] = level.bits();
            let header = hex(header);
            let clear = [&header[..], &hex(payload)].concat();
            let mut frame = clear.clone();
            let computed = key.seal(level, &nonce, &mut frame, header.len()).unwrap();
            assert_eq!(frame[header.len()..], hex(secured), "{level:?}");
            assert_eq!(computed[..level.mic_length()], hex(mic), "{level:?}");
            key.open(level, &nonce, &mut frame, header.len(), &hex(mic)).unwrap();
            assert_eq!(frame, clear);
        }
    }

    /// The first packet of RFC 3610, section 8, whose header and payload both end inside a block.
    #[test]
    fn secures_the_first_packet_of_the_rfc_and_opens_it() {
        let key = Cipher::new(&Key::new(std::array::from_fn(|at| 0xC0 + at as u8)));
        let nonce = hex("00000003020100A0A1A2A3A4A5").try_into().unwrap();
        let clear: Vec<u8> = (0..0x1F).collect();
        let mut frame = clear.clone();
        let mic = key.seal(Level::EncryptionMic64, &nonce, &mut frame, 8).unwrap();
        assert_eq!(frame[8..], hex("588C979A61C663D2F066D0C2C0F989806D5F6B61DAC384"));
        assert_eq!(mic[..8], hex("17E8D12CFDF926E0"));
        key.open(Level::EncryptionMic64, &nonce, &mut frame, 8, &mic[..8]).unwrap();
        assert_eq!(frame, clear);
    }

    /// The frame and its integrity code as another implementation makes them.
    fn by_the_peer(
        level: Level,
        key: &Key,
        nonce: &[u8; 13],
        frame: &[u8],
        payload_at: usize,
    ) -> (Vec<u8>, Vec<u8>) {
        fn seal<C: AeadInOut + KeyInit>(
            key: &Key,
            nonce: &[u8; 13],
            header: &[u8],
            payload: &mut [u8],
        ) -> Vec<u8> {
            let cipher = C::new_from_slice(key.as_bytes()).unwrap();
            let nonce = Nonce::<C>::try_from(&nonce[..]).unwrap();
            cipher.encrypt_inout_detached(&nonce, header, payload.into()).unwrap().to_vec()
        }
        let mut frame = frame.to_vec();
        let at = if level.is_encrypted() { payload_at } else { frame.len() };
        let (header, payload) = frame.split_at_mut(at);
        let mic = match level.mic_length() {
            16 => seal::<Ccm<Aes128, U16, U13>>(key, nonce, header, payload),
            8 => seal::<Ccm<Aes128, U8, U13>>(key, nonce, header, payload),
            4 => seal::<Ccm<Aes128, U4, U13>>(key, nonce, header, payload),
            // What is encrypted does not depend on the length of the integrity code.
            _ => {
                seal::<Ccm<Aes128, U4, U13>>(key, nonce, header, payload);
                Vec::new()
            }
        };
        (frame, mic)
    }

    /// Seals and opens a frame, both as the peer does.
    fn agrees(level: Level, key: &Key, nonce: &[u8; 13], clear: &[u8], payload_at: usize) {
        let cipher = Cipher::new(key);
        let (sealed, mic) = by_the_peer(level, key, nonce, clear, payload_at);
        let mut frame = clear.to_vec();
        let computed = cipher.seal(level, nonce, &mut frame, payload_at).unwrap();
        let what = || format!("{level:?}, {payload_at} of {} bytes", clear.len());
        assert_eq!(frame, sealed, "{}", what());
        assert_eq!(computed[..level.mic_length()], mic, "{}", what());
        cipher.open(level, nonce, &mut frame, payload_at, &mic).unwrap();
        assert_eq!(frame, clear, "{}", what());
    }

    #[test]
    fn every_length_of_header_and_payload_is_secured_as_by_the_peer() {
        let (key, nonce) = (Key::new([0x5A; 16]), [0xC3; 13]);
        let bytes: Vec<u8> = (0..254_u32).map(|at| (at.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect();
        for header in 0..=127 {
            for payload in 0..=127 {
                agrees(Level::ZIGBEE, &key, &nonce, &bytes[..header + payload], header);
            }
        }
        // The other levels in every length of either, not of both together.
        for level in (1..8).filter_map(Level::from_bits) {
            for one in 0..=127 {
                for other in [0, 1, 13, 14, 15, 16, 29, 30, 31, 32, 127] {
                    agrees(level, &key, &nonce, &bytes[..one + other], one);
                    agrees(level, &key, &nonce, &bytes[..one + other], other);
                }
            }
        }
    }

    fn level() -> impl Strategy<Value = Level> {
        (1_u8..8).prop_map(|bits| Level::from_bits(bits).unwrap())
    }

    proptest! {
        #[test]
        fn whatever_is_secured_is_so_as_by_the_peer_and_opens_unless_a_byte_is_changed(
            level in level(),
            (key, nonce) in (any::<[u8; 16]>(), any::<[u8; 13]>()),
            header in prop::collection::vec(any::<u8>(), 0..=127),
            payload in prop::collection::vec(any::<u8>(), 0..=127),
            (changed, by) in (any::<prop::sample::Index>(), 1..=255_u8),
        ) {
            let (key, at) = (Key::new(key), header.len());
            let clear = [header, payload].concat();
            agrees(level, &key, &nonce, &clear, at);
            if level.is_authenticated() {
                let (sealed, mic) = by_the_peer(level, &key, &nonce, &clear, at);
                let mut whole = [&sealed[..], &mic].concat();
                whole[changed.index(sealed.len() + mic.len())] ^= by;
                let (frame, mic) = whole.split_at_mut(sealed.len());
                let opened = Cipher::new(&key).open(level, &nonce, frame, at, mic);
                prop_assert_eq!(opened, Err(Error::NotAuthentic));
                prop_assert!(frame[at..].iter().all(|byte| *byte == 0), "nothing of it is handed out");
            }
        }
    }

    #[test]
    fn a_code_of_another_length_does_not_match() {
        let (cipher, nonce) = (Cipher::new(&Key::new([1; 16])), [2; 13]);
        let mut frame = [3; 40];
        let mic = cipher.seal(Level::ZIGBEE, &nonce, &mut frame, 8).unwrap();
        for length in [0, 1, 3, 5, 16] {
            let opened = cipher.open(Level::ZIGBEE, &nonce, &mut frame.clone(), 8, &mic[..length]);
            assert_eq!(opened, Err(Error::NotAuthentic), "{length} bytes");
        }
        assert_eq!(cipher.open(Level::ZIGBEE, &nonce, &mut frame, 8, &mic[..4]), Ok(()));
    }

    #[test]
    fn what_is_too_long_to_count_is_not_secured() {
        let (cipher, nonce) = (Cipher::new(&Key::new([1; 16])), [2; 13]);
        let limit = usize::from(HEADER_LIMIT);
        let too_long = Err(Error::Unwritable { what: "so long a payload, secured" });
        let seal = |level, length: usize, payload_at| {
            cipher.seal(level, &nonce, &mut vec![0; length], payload_at).map(|_| ())
        };
        assert_eq!(seal(Level::ZIGBEE, 0xFFFF, 0), Ok(()));
        assert_eq!(seal(Level::ZIGBEE, 0x1_0000, 0), too_long);
        assert_eq!(seal(Level::ZIGBEE, limit, limit - 1), Ok(()));
        assert_eq!(seal(Level::ZIGBEE, limit, limit), too_long);
        assert_eq!(seal(Level::Mic32, limit, 8), too_long);
        assert_eq!(seal(Level::ZIGBEE, 8, 9), too_long);
        let opened = cipher.open(Level::ZIGBEE, &nonce, &mut vec![1; 0x1_0008], 8, &[0; 4]);
        assert_eq!(opened, Err(Error::NotAuthentic));
    }
}
