use super::{Layer, Sniffer};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::aps;
use crate::error::Error;
use crate::mac::{self, TrailerFormat};
use crate::nwk;
use crate::readings::Source;
use crate::security::{AuxiliaryHeader, Key};
use crate::writer::Writer;
use crate::zcl::ClusterId;

const PAN: PanId = PanId(0x5A17);
const METER: (ShortAddress, Eui64) = (ShortAddress(0x2B4E), Eui64(0x0CA2_F400_00E5_A3E1));
const DISPLAY: ShortAddress = ShortAddress(0x3A5C);
const NETWORK_KEY: Key = Key::new([0x11; 16]);
const LINK_KEY: Key = Key::new([0x22; 16]);

/// 1.234 kW with the factors that say so.
const RESPONSE: [u8; 34] = [
    0x18, 1, 0x01, 0, 3, 0, 0x30, 0, 1, 3, 0, 0x22, 1, 0, 0, 2, 3, 0, 0x22, 0xE8, 3, 0, 0, 4, 0, 0x2A, 0xD2,
    4, 0, 3, 3, 0, 0x18, 0x2B,
];

fn written(write: impl FnOnce(&mut Writer<'_>) -> crate::Result<()>) -> Vec<u8> {
    let mut buffer = [0; 256];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer).unwrap();
    writer.written().to_vec()
}

/// A MAC frame from the meter with a NWK frame secured by the meter itself.
fn from_meter(payload: &[u8], counter: u32) -> Vec<u8> {
    let auxiliary = AuxiliaryHeader::network(METER.1, counter, 0);
    let nwk = written(|writer| {
        nwk::Frame::data(METER.0, DISPLAY, 1, payload).write_secured(writer, &NETWORK_KEY, &auxiliary)
    });
    written(|writer| mac::Frame::data(PAN, METER.0, DISPLAY, 1, &nwk).write(writer))
}

fn secured_aps(payload: &[u8], counter: u32) -> Vec<u8> {
    written(|writer| {
        let auxiliary = AuxiliaryHeader::link(None, counter);
        aps::Frame::data(ClusterId::METERING, 1, 1, 1, payload)
            .write_secured(writer, &LINK_KEY, METER.1, &auxiliary)
    })
}

#[test]
fn a_frame_opens_layer_by_layer_as_keys_become_known() {
    let bytes = from_meter(&secured_aps(&RESPONSE, 5), 1);
    let mut sniffer = Sniffer::new();
    let decoded = sniffer.mac(&bytes, TrailerFormat::None, None);
    assert_eq!(decoded.encrypted, Some((Layer::Nwk, Error::NoKey)));
    assert!(decoded.nwk.is_some() && decoded.aps.is_none() && decoded.error.is_none());

    sniffer.keys_mut().add_network_key(NETWORK_KEY);
    let decoded = sniffer.mac(&bytes, TrailerFormat::None, None);
    assert_eq!(decoded.encrypted, Some((Layer::Aps, Error::NoKey)));
    assert!(decoded.aps.is_some() && decoded.zcl.is_none());

    sniffer.keys_mut().add_link_key(LINK_KEY);
    let decoded = sniffer.mac(&bytes, TrailerFormat::None, None);
    assert_eq!((decoded.encrypted, decoded.error), (None, None));
    assert_eq!(decoded.readings.len(), 1);
    assert_eq!(decoded.readings[0].to_string(), "power 1.234 kW");
    assert_eq!(decoded.readings[0].source.meter.to_string(), "0ca2f40000e5a3e1");
}

#[test]
fn a_frame_opens_again_unless_replays_are_to_be_rejected() {
    let bytes = from_meter(&secured_aps(&RESPONSE, 5), 1);
    let mut sniffer = Sniffer::new();
    sniffer.add_key(NETWORK_KEY);
    sniffer.add_key(LINK_KEY);
    let mut readings = |rejects: bool| {
        if rejects {
            sniffer.keys_mut().reject_replays();
        }
        sniffer.mac(&bytes, TrailerFormat::None, None).readings.len()
    };
    assert_eq!([readings(false), readings(false), readings(true), readings(true)], [1, 1, 1, 0]);
}

#[test]
fn keys_on_their_way_are_learned() {
    let transport = |kind: u8, key: &Key, tail: &[u8]| [&[5, kind], &key.as_bytes()[..], tail].concat();
    let command = |payload: &[u8], key: &Key, identifier: u8| {
        // The auxiliary header of a key-transport or key-load key, which a listener never writes.
        let auxiliary = AuxiliaryHeader::read(&mut crate::reader::Reader::new(
            &[&[0x20 | (identifier << 3), 9, 0, 0, 0], &METER.1.0.to_le_bytes()[..]].concat(),
        ))
        .unwrap();
        let frame = aps::Frame {
            frame_type: aps::FrameType::Command,
            addressing: None,
            ..aps::Frame::data(ClusterId::BASIC, 0, 0, 9, payload)
        };
        written(|writer| frame.write_secured(writer, key, METER.1, &auxiliary))
    };
    let network = transport(1, &NETWORK_KEY, &[0; 17]);
    let link = transport(4, &LINK_KEY, &[0; 16]);
    let known = Key::ZIGBEE_ALLIANCE_09;

    let first = command(&network, &known.key_transport(), 2);
    let second = command(&link, &known.key_load(), 3);
    let length = u8::try_from(second.len() + 7).unwrap();
    for carrier in [&[0x0E][..], &[0x11, 0, length]] {
        let mut sniffer = Sniffer::new();
        assert_eq!(sniffer.aps(&first, None).encrypted, None);
        let carried = [carrier, &METER.1.0.to_le_bytes()[..], &second].concat();
        let third = from_meter(&command(&carried, &known, 0), 1);
        assert_eq!(sniffer.mac(&third, TrailerFormat::None, None).encrypted, None);

        let bytes = from_meter(&secured_aps(&RESPONSE, 5), 2);
        assert_eq!(sniffer.mac(&bytes, TrailerFormat::None, None).readings.len(), 1);
    }
}

#[test]
fn the_source_of_a_forwarded_frame_must_have_been_seen() {
    let router = (ShortAddress(0x7C11), Eui64(7));
    let auxiliary = AuxiliaryHeader::network(router.1, 1, 0);
    let nwk = nwk::Frame::data(METER.0, DISPLAY, 1, &[]);
    let payload = secured_aps(&RESPONSE, 5);
    let nwk = nwk::Frame { payload: crate::security::Payload::Clear(&payload), ..nwk };
    let nwk = written(|writer| nwk.write_secured(writer, &NETWORK_KEY, &auxiliary));
    let forwarded = written(|writer| mac::Frame::data(PAN, router.0, DISPLAY, 1, &nwk).write(writer));

    let mut sniffer = Sniffer::new();
    sniffer.add_key(NETWORK_KEY);
    sniffer.add_key(LINK_KEY);
    let decoded = sniffer.mac(&forwarded, TrailerFormat::None, None);
    assert_eq!(decoded.encrypted, Some((Layer::Aps, Error::NoKey)));

    // The meter announces itself: sequence, network address, EUI-64, capability.
    let announcement = [&[1, 0x4E, 0x2B], &METER.1.0.to_le_bytes()[..], &[0x8E]].concat();
    let mut announcement_frame = aps::Frame::data(ClusterId(0x0013), 0, 0, 1, &announcement);
    announcement_frame.addressing.as_mut().unwrap().profile = aps::DEVICE_PROFILE;
    let announcement = from_meter(&written(|writer| announcement_frame.write(writer)), 2);
    sniffer.mac(&announcement, TrailerFormat::None, None);
    assert_eq!(sniffer.mac(&forwarded, TrailerFormat::None, None).readings.len(), 1);
}

#[test]
fn an_association_tells_an_address() {
    let mut sniffer = Sniffer::new();
    let mut bytes = vec![0x63, 0xCC, 0x01, 0x17, 0x5A];
    bytes.extend(METER.1.0.to_le_bytes());
    bytes.extend([1; 8]);
    bytes.extend([0x02, 0x4E, 0x2B, 0x00]);
    let damaged = [&bytes[..], &[1, 2]].concat();
    sniffer.mac(&damaged, TrailerFormat::Fcs, None);
    assert_eq!(sniffer.keys().eui64(PAN, METER.0), None);
    sniffer.mac(&bytes, TrailerFormat::None, None);
    assert_eq!(sniffer.keys().eui64(PAN, METER.0), Some(METER.1));
}

#[test]
fn what_can_be_read_of_a_broken_frame_is_kept_with_the_reason() {
    let bytes = from_meter(
        &written(|writer| aps::Frame::data(ClusterId::METERING, 1, 1, 1, &RESPONSE[..27]).write(writer)),
        1,
    );
    let mut sniffer = Sniffer::new();
    sniffer.add_key(NETWORK_KEY);
    let decoded = sniffer.mac(&bytes, TrailerFormat::None, None);
    assert_eq!(decoded.error, Some((Layer::Zcl, Error::Truncated { at: 23, needed: 2 })));
    assert!(decoded.zcl.is_some());
}

#[test]
fn a_mac_command_or_beacon_that_ends_early_is_told() {
    let mut sniffer = Sniffer::new();
    let mut error = |bytes: &[u8]| sniffer.mac(bytes, TrailerFormat::None, None).error;
    let command = [0x63, 0x88, 1, 0x17, 0x5A, 0x4E, 0x2B, 0, 0, 0x02, 0x4E, 0x2B, 0x00];
    let beacon = [0x00, 0x80, 7, 0x17, 0x5A, 0, 0, 0xFF, 0xCF, 0, 0];
    assert_eq!((error(&command), error(&beacon)), (None, None));
    assert_eq!(error(&command[..12]), Some((Layer::Mac, Error::Truncated { at: 3, needed: 1 })));
    assert_eq!(error(&beacon[..10]), Some((Layer::Mac, Error::Truncated { at: 3, needed: 1 })));
    // A beacon of a later version has no such fields.
    let enhanced = [0x00, 0xA0, 7, 0x17, 0x5A, 0, 0, 0xFF];
    assert_eq!(error(&enhanced), None);
}

#[test]
fn a_list_shorter_than_the_field_before_it_says_is_told() {
    let mut sniffer = Sniffer::new();
    let mut error = |bytes: &[u8]| {
        sniffer.zcl(aps::SMART_ENERGY, ClusterId::METERING, bytes, Source::default(), None).error
    };
    let profile = [0x19, 1, 0x00, 0, 0, 0, 0x2D, 0, 2, 2, 1, 0, 0, 2, 0, 0];
    assert_eq!(error(&profile), None);
    let truncated = Some((Layer::Zcl, Error::Truncated { at: 7, needed: 3 }));
    assert_eq!(error(&profile[..13]), truncated);
    let samples = [0x19, 1, 0x07, 1, 0, 0, 0, 0, 0x2D, 0, 8, 7, 3, 0, 1, 0, 0];
    assert_eq!(error(&samples), Some((Layer::Zcl, Error::Truncated { at: 11, needed: 6 })));
    // The end of a command may be left out by devices of earlier editions.
    assert_eq!(error(&profile[..9]), None);
}
