//! Frames cut off and changed at every place, on every layer and link: nothing panics.

use cad_zigbee::address::{Eui64, PanId, ShortAddress};
use cad_zigbee::link::{ash, deconz, ezsp, nrf_sniffer, xbee, zep, znp};
use cad_zigbee::mac::{self, TrailerFormat};
use cad_zigbee::pcap::{self, LinkType};
use cad_zigbee::readings::Source;
use cad_zigbee::security::{AuxiliaryHeader, Key, Payload};
use cad_zigbee::sniffer::Sniffer;
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::{ClusterId, cluster};
use cad_zigbee::{aps, gbz, json, nwk};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const REPORT: [u8; 37] = [
    0x18, 1, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00, 0x00, 0x00, 0x25, 0xCC, 0x64, 0x4D, 0, 0, 0, 0x07,
    0x03, 0x41, 3, b'M', b'P', b'N', 0x00, 0x90, 0x48, 0x4C, 2, 0, 1, 0, 0x20, 3, 0, 0,
];

/// Gives every beginning of the frame, and the frame with every byte changed to others.
fn each_variant(frame: &[u8], changes: &[u8], mut give: impl FnMut(&[u8])) {
    for end in 0..frame.len() {
        give(&frame[..end]);
    }
    let mut changed = frame.to_vec();
    for at in 0..frame.len() {
        for change in changes {
            changed[at] = frame[at] ^ change;
            give(&changed);
        }
        changed[at] = frame[at];
    }
}

fn every_change() -> Vec<u8> {
    (1..=u8::MAX).collect()
}

/// Each bit, and all of them.
const FEW_CHANGES: [u8; 9] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF];

/// The variants for what finds frames on a line: there, beside single bits, only the bytes that mean something on a
/// line make a difference.
fn each_variant_of_line(line: &[u8], mut give: impl FnMut(&[u8])) {
    const MEANINGFUL: [u8; 12] = [0x00, 0x7E, 0x7D, 0x11, 0x13, 0x18, 0x1A, 0xC0, 0xDB, 0xDC, 0xDD, 0xFE];
    each_variant(line, &FEW_CHANGES, &mut give);
    let mut changed = line.to_vec();
    for at in 0..line.len() {
        for byte in MEANINGFUL {
            changed[at] = byte;
            give(&changed);
        }
        changed[at] = line[at];
    }
}

fn written(write: impl FnOnce(&mut Writer<'_>) -> cad_zigbee::Result<()>) -> Vec<u8> {
    let mut buffer = [0; 400];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer).expect("fits");
    writer.written().to_vec()
}

/// Any bytes, to all that reads a message of a host link.
fn as_messages(bytes: &[u8]) {
    for version in [4, 5, 8, 13, 14] {
        let version = ezsp::Version(version);
        if let Ok(frame) = ezsp::Frame::read(bytes, version) {
            let _: Result<_, _> = frame.version_response();
            for id in [frame.id, ezsp::INCOMING_MESSAGE_HANDLER] {
                let frame = ezsp::Frame { id, ..frame };
                let _: Result<_, _> =
                    ezsp::IncomingMessage::read(&frame, version).map(|read| read.indication());
                let _: Result<_, _> = ezsp::IncomingMessage::read_any(&frame).map(|read| read.indication());
            }
        }
    }
    for command1 in [0x81, 0x82] {
        let frame = znp::Frame { command0: 0x44, command1, data: bytes };
        let _: Result<_, _> = znp::IncomingMessage::read(&frame).map(|read| read.indication(|_| None));
    }
    for command in [0x07, 0x0E, 0x17] {
        let frame = deconz::Frame { command, sequence: 0, status: 0, payload: bytes };
        if let Ok(deconz::Command::DataIndication(message)) = frame.command() {
            message.indication();
        }
    }
    let _: Result<_, _> = zep::Frame::read(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        let _: Result<_, _> = nrf_sniffer::read(text, &mut [0; 127]);
    }
}

/// Any bytes, to all that finds frames on a line.
fn as_lines(bytes: &[u8]) {
    let mut input = bytes;
    let mut deframer = ash::Deframer::<64>::new();
    while deframer.read(&mut input).is_some() {}
    let mut input = bytes;
    let mut host = ash::Host::<2, 64>::new();
    host.reset();
    let now = Duration::ZERO;
    let _: Result<_, _> = host.poll_transmit(now, &mut [0; 140]).map(drop);
    while host.handle_input(&mut &[0xC1, 0x02, 0x0B, 0x0A, 0x52, 0x7E][..], now).is_some() {}
    while host.handle_input(&mut input, now).is_some() {}
    let mut input = bytes;
    let mut deframer = znp::Deframer::<64>::new();
    while let Some(frame) = deframer.read(&mut input) {
        as_messages(frame.data);
    }
    let mut input = bytes;
    let mut deframer = deconz::Deframer::<64>::new();
    while let Some(frame) = deframer.read(&mut input) {
        let _: Result<_, _> = frame.command();
    }
    for mode in [xbee::Mode::Plain, xbee::Mode::Escaped] {
        let mut input = bytes;
        let mut deframer = xbee::Deframer::<64>::new(mode);
        while deframer.read(&mut input).is_some() {}
    }
}

#[test]
fn no_broken_frame_of_any_layer_makes_anything_panic() {
    let (network_key, link_key) = (Key::new([1; 16]), Key::new([2; 16]));
    let mut sniffer = Sniffer::new();
    sniffer.add_key(network_key);
    sniffer.add_key(link_key);
    let source = Eui64(0x0CA2_F400_00E5_A3E1);
    let frame = aps::Frame::data(ClusterId::METERING, 1, 1, 9, &REPORT);
    let clear_aps = written(|writer| frame.write(writer));
    let aps =
        written(|writer| frame.write_secured(writer, &link_key, source, &AuxiliaryHeader::link(None, 5)));
    let frame = nwk::Frame::data(ShortAddress(0x2B4E), ShortAddress::COORDINATOR, 7, &aps);
    let auxiliary = AuxiliaryHeader::network(source, 6, 0);
    let secured_nwk = written(|writer| frame.write_secured(writer, &network_key, &auxiliary));
    let frame = nwk::Frame { payload: Payload::Clear(&clear_aps), ..frame };
    let clear_nwk = written(|writer| frame.write(writer));

    for nwk in [&secured_nwk, &clear_nwk] {
        let frame = mac::Frame::data(PanId(0x5A17), ShortAddress(0x2B4E), ShortAddress::COORDINATOR, 3, nwk);
        let mac = written(|writer| frame.write(writer));
        assert!(sniffer.mac(&mac, TrailerFormat::None, None).zcl.is_some());
        each_variant(&mac, &FEW_CHANGES, |broken| {
            for trailer in
                [TrailerFormat::None, TrailerFormat::Fcs, TrailerFormat::LongFcs, TrailerFormat::RssiLqi]
            {
                json::decoded(&sniffer.mac(broken, trailer, None));
            }
        });
        each_variant(nwk, &FEW_CHANGES, |broken| {
            json::decoded(&sniffer.nwk(broken, None));
        });
    }
    // Of a secured frame any change is alike: it does not open.
    for (aps, changes) in [(&aps, &FEW_CHANGES[..]), (&clear_aps, &every_change())] {
        each_variant(aps, changes, |broken| {
            json::decoded(&sniffer.aps(broken, None));
            let _: Result<_, _> = aps::command::Command::read(broken);
            let _: Result<_, _> = nwk::command::Command::read(broken);
            let _: Result<_, _> = mac::command::Command::read(broken);
            let _: Result<_, _> = mac::beacon::ZigbeeBeacon::read(broken);
        });
    }
    each_variant(&REPORT, &every_change(), |broken| {
        json::decoded(&sniffer.zcl(aps::SMART_ENERGY, ClusterId::METERING, broken, Source::default(), None));
    });
    for command in 0..0x20 {
        for control in [0x18, 0x1C, 0x19, 0x11] {
            let mut frame = REPORT;
            (frame[0], frame[2]) = (control, command);
            // What a general command means does not depend on the cluster, but that of meters has readings.
            let general = control & 1 == 0;
            let clusters: Vec<ClusterId> = cluster::all().map(|cluster| cluster.id).collect();
            let clusters = if general { &[ClusterId::METERING, ClusterId::BASIC] } else { &clusters[..] };
            each_variant(&frame, if general { &[0x01, 0xFF] } else { &[0xFF] }, |broken| {
                for cluster in clusters {
                    sniffer.zcl(aps::SMART_ENERGY, *cluster, broken, Source::default(), None);
                }
            });
        }
    }
}

#[test]
fn no_broken_frame_of_any_link_makes_anything_panic() {
    let aps = [9, 1, 2, 7, 1, 1, 0x60, 0, 0, 0, 9];
    let v13 =
        [&[0, 0x90, 1, 0x45, 0, 0], &aps[..], &[200, 0xC3, 0x4E, 0x2B, 0xFF, 0xFF, 37], &REPORT].concat();
    let v14 = [
        &[0, 0x90, 1, 0x45, 0, 0],
        &aps[..],
        &[0x4E, 0x2B],
        &[7; 8],
        &[0xFF, 0xFF, 200, 0xC3],
        &[0; 4],
        &[37],
        &REPORT,
    ]
    .concat();
    let znp = [&[0, 0, 2, 7, 0x4E, 0x2B, 1, 1, 0, 200, 0, 0, 0, 0, 0, 7, 37], &REPORT[..], &[0x4E, 0x2B, 29]]
        .concat();
    let deconz = [
        &[64, 0, 0x22, 2, 0, 0, 1, 4, 0x4E, 0x2B][..],
        &[7; 8],
        &[1, 9, 1, 2, 7, 37, 0],
        &REPORT[..],
        &[0; 8],
    ]
    .concat();
    let line = "received: 02002A power: -61 lqi: 200 time: 12345678";
    let zep = written(|writer| zep::Frame::Data(zep::Data::new(7, &REPORT)).write(writer));
    for message in [&v13[..], &v14, &znp, &deconz, line.as_bytes(), &zep] {
        each_variant(message, &every_change(), as_messages);
    }
    let payload = &REPORT[..20];
    let frames = [
        written(|writer| {
            ash::Frame::Data { number: 0, retransmitted: false, acknowledged: 0, payload }.write(writer)
        }),
        written(|writer| znp::Frame { command0: 0x44, command1: 0x81, data: payload }.write(writer)),
        written(|writer| deconz::Frame { command: 0x17, sequence: 0, status: 0, payload }.write(writer)),
        written(|writer| {
            xbee::Frame::Other { frame_type: 0x91, data: payload }.write(writer, xbee::Mode::Plain)
        }),
        written(|writer| {
            xbee::Frame::Other { frame_type: 0x91, data: payload }.write(writer, xbee::Mode::Escaped)
        }),
    ];
    for frame in &frames {
        let twice = [&frame[..], frame].concat();
        each_variant_of_line(&twice, as_lines);
    }
}

#[test]
fn no_broken_frame_of_another_implementation_makes_a_link_panic() {
    let Some(folder) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no frame of another implementation is broken");
        return;
    };
    let path = PathBuf::from(folder).join("zigbee/corpus/host_framing.jsonl");
    let text = fs::read_to_string(path).expect("the corpus is there");
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON lines");
        let Some(hex) = line["hex"].as_str() else { continue };
        let frame: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits"))
            .collect();
        each_variant_of_line(&frame, as_lines);
        each_variant(&frame, &FEW_CHANGES, as_messages);
    }
}

#[test]
fn no_broken_capture_makes_anything_panic() {
    let mut file = Vec::new();
    pcap::write_header(&mut file, LinkType::IEEE802_15_4_WITHFCS);
    for number in 0..3 {
        pcap::write_packet(&mut file, Timestamp::from_zigbee(number), &[0x02, 0x00, 0x2A, 0xE0, 0x3B]);
    }
    let section = [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0];
    let section = [&section[..], &[0xFF; 8], &[28, 0, 0, 0]].concat();
    let interface = [1, 0, 0, 0, 28, 0, 0, 0, 195, 0, 0, 0, 0, 0, 1, 0, 9, 0, 1, 0, 9, 0, 0, 0, 28, 0, 0, 0];
    let head = [6, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0];
    let packet = [&head[..], &[0x02, 0x00, 0x2A, 0xE0, 0x3B, 0, 0, 0, 40, 0, 0, 0]].concat();
    let blocks = [&section[..], &interface, &packet, &packet].concat();
    for (file, whole) in [(file, 3), (blocks, 2)] {
        assert_eq!(pcap::packets(&file).expect("a capture").flatten().count(), whole);
        each_variant(&file, &every_change(), |broken| {
            for packet in pcap::packets(broken).into_iter().flatten().flatten() {
                let _: cad_zigbee::Result<_> = packet.mac_frame();
            }
            let mut stream = pcap::Stream::new();
            stream.push(broken);
            stream.end();
            while stream.next_packet().is_some() {}
        });
    }
}

#[test]
fn no_broken_gbz_message_makes_anything_panic() {
    let read = [0x00, 0x07, 0x02, 0x00, 0x05, 0x00, 0x07, 0x00, 0x00, 0x00];
    let from = [0x10, 0x07, 0x05, 0x00, 0x09, 0x2D, 0xC0, 0x00, 0x01, 0x00, 0x08, 0x00, 0x01, 0x00];
    let encrypted = [0x03, 0x07, 0x02, 0x00, 0x08, 0x00, 0x02, 0x18, 0x09, 0x01, 0x00, 0x01, 0x31];
    let message = [&[0x01, 0x09, 3][..], &read, &from, &encrypted].concat();
    assert_eq!(gbz::Message::read(&message).expect("a message").0.components().count(), 3);
    each_variant(&message, &every_change(), |broken| {
        if let Ok((message, _)) = gbz::Message::read(broken) {
            assert!(message.components().count() <= 0xFF);
        }
        if let Ok(alert) = gbz::Alert::read(broken) {
            assert!(alert.rest.len() < broken.len());
        }
    });
}
