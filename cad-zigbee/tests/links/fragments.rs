//! A reading in a message that comes in parts arrives.

use cad_zigbee::address::PanId;
use cad_zigbee::link::{Assembler, ezsp};
use cad_zigbee::readings::Han;
use cad_zigbee::zcl;

/// 1234 W, and 1298.525 kWh with what it takes to know that.
const REPORT: [u8; 38] = [
    0x18, 1, 0x0A, 0x00, 0x03, 0x30, 0x00, 0x01, 0x03, 0x22, 1, 0, 0, 0x02, 0x03, 0x22, 0xE8, 3, 0, 0x00,
    0x04, 0x2A, 0xD2, 0x04, 0x00, 0x00, 0x00, 0x25, 0x6D, 0xD0, 0x13, 0, 0, 0, 0x06, 0x03, 0x18, 0x00,
];

/// The parameters of an incoming message in the layout of the version.
fn incoming(version: ezsp::Version, options: u16, group: u16, payload: &[u8]) -> Vec<u8> {
    let [group, blocks] = group.to_le_bytes();
    let [low, high] = options.to_le_bytes();
    let aps = [0x09, 0x01, 0x02, 0x07, 1, 1, low, high, group, blocks, 9];
    let length = u8::try_from(payload.len()).expect("short");
    let head = if version >= ezsp::Version(14) {
        [&[0], &aps[..], &[0x4E, 0x2B], &[7; 8], &[0xFF, 0xFF, 200, 0xC3], &[0; 4]].concat()
    } else {
        [&[0], &aps[..], &[200, 0xC3, 0x4E, 0x2B, 0xFF, 0xFF]].concat()
    };
    [&head[..], &[length], payload].concat()
}

#[test]
fn a_reading_from_a_message_in_parts_over_ezsp_arrives() {
    const FRAGMENT: u16 = ezsp::ApsFrame::FRAGMENT;
    for version in [8, 13, 14, 17].map(ezsp::Version) {
        let mut assembler = Assembler::<2, 128>::new();
        let mut han = Han::new();
        let mut readings = Vec::new();
        for order in [[0, 1, 2], [2, 0, 1]] {
            readings.clear();
            for block in order {
                let payload = REPORT.chunks(13).nth(block).expect("three parts");
                let group = [0x0300, 0x0001, 0x0002][block];
                let parameters = incoming(version, FRAGMENT, group, payload);
                let frame = ezsp::Frame {
                    sequence: 0,
                    control: 0x0190,
                    id: ezsp::INCOMING_MESSAGE_HANDLER,
                    parameters: &parameters,
                };
                let message = ezsp::IncomingMessage::read(&frame, version).expect("reads").indication();
                if let Some(whole) = assembler.take(&message) {
                    let frame = whole.zcl().expect("a ZCL frame");
                    assert!(readings.is_empty(), "the message arrives once");
                    readings = han.metering(whole.source(PanId(1)), &frame, None);
                }
            }
            let mut at_once = Han::new();
            let parameters = incoming(version, 0, 0, &REPORT);
            let frame = ezsp::Frame {
                sequence: 0,
                control: 0x0190,
                id: ezsp::INCOMING_MESSAGE_HANDLER,
                parameters: &parameters,
            };
            let message = ezsp::IncomingMessage::read(&frame, version).expect("reads").indication();
            let frame = zcl::Frame::read(&REPORT).expect("a ZCL frame");
            let expected = at_once.metering(message.source(PanId(1)), &frame, None);
            assert!(!expected.is_empty());
            assert_eq!(readings, expected);
        }
        assert_eq!(assembler.dropped(), 0);
    }
}
