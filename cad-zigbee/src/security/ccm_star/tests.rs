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
        (Level::Mic64, "08D0842143010000000048DEAC020500000055CF000051525354", "", "", "223BC1EC841AB553"),
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
