use super::{Cipher, KeyRing, Shelf};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::aps;
use crate::error::{Error, Result};
use crate::security::{AuxiliaryHeader, Key, Level, Payload};
use crate::writer::Writer;
use crate::zcl::ClusterId;

const METER: Eui64 = Eui64(0x0CA2_F400_00E5_A3E1);

/// What the ring makes of a frame that the meter secured so.
fn open(ring: &mut KeyRing, key: &Key, auxiliary: AuxiliaryHeader) -> Result<Vec<u8>> {
    let frame = aps::Frame::data(ClusterId::METERING, 1, 1, 9, &[1, 2, 3]);
    let mut buffer = [0; 64];
    let mut writer = Writer::new(&mut buffer);
    frame.write_secured(&mut writer, key, METER, &auxiliary)?;
    let Payload::Secured(secured) = aps::Frame::read(writer.written())?.payload else { panic!("secured") };
    ring.open(&secured, Some(METER), &mut [0; 64]).map(<[u8]>::to_vec)
}

#[test]
fn a_frame_is_opened_once_unless_replays_are_accepted() {
    let (key, other) = (Key::new([1; 16]), Key::new([2; 16]));
    let mut ring = KeyRing::new();
    ring.add_link_key(key);
    ring.add_link_key(other);
    let at = |ring: &mut KeyRing, key: &Key, counter| open(ring, key, AuxiliaryHeader::link(None, counter));
    assert_eq!(at(&mut ring, &key, 7), Ok(vec![1, 2, 3]));
    assert_eq!(at(&mut ring, &key, 7), Err(Error::Replayed { counter: 7, last: 7 }));
    assert!(at(&mut ring, &key, 9).is_ok());
    assert_eq!(at(&mut ring, &key, 8), Err(Error::Replayed { counter: 8, last: 9 }));
    assert!(at(&mut ring, &other, 3).is_ok(), "each key has its counters");
    assert_eq!(at(&mut ring, &Key::new([3; 16]), u32::MAX), Err(Error::NoKey));
    assert!(at(&mut ring, &key, 10).is_ok(), "a frame that is not authentic counts for nothing");
    ring.accept_replays();
    assert!(at(&mut ring, &key, 1).is_ok() && at(&mut ring, &key, 1).is_ok());
    ring.reject_replays();
    assert!(at(&mut ring, &key, 1).is_ok() && at(&mut ring, &key, 1).is_err());
}

#[test]
fn a_ring_opens_the_level_of_its_network_and_none_without_a_code() {
    let key = Key::new([1; 16]);
    for level in (1..8).filter_map(Level::from_bits) {
        let mut ring = KeyRing::new();
        ring.add_link_key(key);
        let auxiliary = AuxiliaryHeader::link(None, 1).with_level(level);
        if level != Level::ZIGBEE {
            assert!(open(&mut ring, &key, auxiliary).is_err());
        }
        ring.set_level(level);
        let opened = open(&mut ring, &key, auxiliary);
        if level.is_authenticated() {
            assert_eq!(opened, Ok(vec![1, 2, 3]));
        } else {
            assert_eq!(opened, Err(Error::NotAuthentic));
        }
    }
}

#[test]
fn the_oldest_makes_room() {
    let mut shelf = Shelf::<u8, 3>::new();
    for item in 1..=5 {
        shelf.add(item);
    }
    assert!(shelf.iter().eq(&[3, 4, 5]));
}

#[test]
fn what_was_of_use_stays() {
    let mut shelf = Shelf::<u8, 3>::new();
    for item in 1..=3 {
        shelf.add(item);
    }
    shelf.put_last(0);
    shelf.put_last(2);
    shelf.add(4);
    assert!(shelf.iter().eq(&[3, 1, 4]));
}

#[test]
fn a_device_may_change_its_network_address() {
    let mut ring = KeyRing::new();
    let (pan, meter) = (PanId(1), Eui64(7));
    ring.learn_address(pan, ShortAddress(10), meter);
    ring.learn_address(pan, ShortAddress(10), Eui64(8));
    ring.learn_address(pan, ShortAddress(11), meter);
    ring.learn_address(pan, ShortAddress(0xFFFF), meter);
    assert_eq!(ring.eui64(pan, ShortAddress(10)), Some(Eui64(8)));
    assert_eq!(ring.eui64(pan, ShortAddress(11)), Some(meter));
    assert_eq!(ring.eui64(PanId(2), ShortAddress(11)), None);
    assert_eq!(ring.eui64(pan, ShortAddress(0xFFFF)), None);
}

#[test]
fn a_key_is_kept_once() {
    let mut ring = KeyRing::new();
    assert!(ring.add_link_key(Key::ZIGBEE_ALLIANCE_09));
    assert!(!ring.add_link_key(Key::ZIGBEE_ALLIANCE_09));
    assert!(ring.add_network_key(Key::ZIGBEE_ALLIANCE_09));
}

#[test]
fn keys_from_the_air_drive_out_none_that_was_given() {
    let key = |number: u8| Key::new([number; 16]);
    let known =
        |ring: &KeyRing| -> Vec<u8> { ring.network_keys.iter().map(|held| held.key.as_bytes()[0]).collect() };
    let mut ring = KeyRing::new();
    assert!(ring.learn_network_key(key(0)) && !ring.add_network_key(key(0)), "given after it was learned");
    for number in 1..=40 {
        assert!(ring.learn_network_key(key(number)));
    }
    assert_eq!(known(&ring), [&[0][..], &(26..=40).collect::<Vec<_>>()].concat());
    for number in 101..=116 {
        assert!(ring.add_network_key(key(number)));
    }
    assert!(!ring.learn_network_key(key(200)));
    assert_eq!(known(&ring), (101..=116).collect::<Vec<_>>());
    assert!(ring.learn_link_key(key(200)), "link keys have space of their own");
}

#[test]
fn keys_made_ready_make_room_for_each_other() {
    let mut ready = KeyRing::new().ready;
    for byte in 0..6 {
        let key = Key::new([byte; 16]);
        ready.keep(key, Cipher::new(&key));
    }
    let known = |byte| ready.find(&Key::new([byte; 16])).is_some();
    assert_eq!([0, 1, 2, 3, 4, 5].map(known), [false, false, true, true, true, true]);
    assert_eq!(format!("{:?}", ready.find(&Key::new([5; 16]))), "Some(Cipher(..))");
}
