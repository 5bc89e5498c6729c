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
mod tests;
