//! The layers of Zigbee, captures, and what displays and hubs publish.

use crate::zigbee_links::portions;
use cad_zigbee::mac::{self, TrailerFormat};
use cad_zigbee::nwk::{self, Npdu};
use cad_zigbee::readings::Source;
use cad_zigbee::security::{Key, Payload};
use cad_zigbee::sniffer::Sniffer;
use cad_zigbee::vendor::Feed;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::fields::Fields;
use cad_zigbee::zcl::general::GeneralCommand;
use cad_zigbee::zcl::record::{Record, Records};
use cad_zigbee::zcl::{self, ClusterId, cluster};
use cad_zigbee::{Result, aps, energy, gbz, json, pcap};

/// Any bytes as a capture, and as a frame of each layer, to a listener that knows a house's keys: nothing panics, and
/// whatever was decoded has a JSON form.
pub fn frame(data: &[u8]) {
    let mut sniffer = Sniffer::new();
    sniffer.add_key(Key::new(*b"evening network!"));
    sniffer.add_key(Key::new(*b"display to meter"));
    for packet in pcap::packets(data).into_iter().flatten().flatten() {
        if let Ok((frame, trailer)) = packet.mac_frame() {
            json::decoded(&sniffer.mac(frame, trailer, packet.time));
        }
    }
    for trailer in [TrailerFormat::Fcs, TrailerFormat::None] {
        json::decoded(&sniffer.mac(data, trailer, None));
    }
    json::decoded(&sniffer.nwk(data, None));
    json::decoded(&sniffer.aps(data, None));
    for cluster in [0x0700, 0x0701, 0x0702, 0x0703, 0x0704, 0x0705, 0x0707, 0x0708, 0x0800] {
        json::decoded(&sniffer.zcl(0x0109, ClusterId(cluster), data, Source::default(), None));
    }
}

/// What is written into space enough.
pub(crate) fn written(write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<Vec<u8>> {
    let mut space = vec![0; 1 << 18];
    let mut writer = Writer::new(&mut space);
    write(&mut writer)?;
    let length = writer.at();
    space.truncate(length);
    Ok(space)
}

/// Any bytes as a MAC frame and as a MAC command: what reads is written and reads back equal, but for the check
/// sequence, which is computed anew.
pub fn mac(data: &[u8]) {
    if let Ok((command, rest)) = mac::command::Command::read(data) {
        let bytes = written(|writer| command.write(writer).and_then(|()| writer.put(rest)));
        assert_eq!(bytes.as_deref(), Ok(data));
    }
    let formats = [TrailerFormat::None, TrailerFormat::Fcs, TrailerFormat::LongFcs, TrailerFormat::RssiLqi];
    for format in formats {
        let Ok(frame) = mac::Frame::read(data, format) else { continue };
        if let Ok(beacon) = mac::beacon::Beacon::read(&frame) {
            let bytes = written(|writer| beacon.write(writer)).expect("what was read can be written");
            assert_eq!(frame.payload, bytes);
            if let Ok(Some(zigbee)) = beacon.zigbee() {
                let bytes = written(|writer| zigbee.write(writer)).expect("what was read can be written");
                assert_eq!(beacon.payload, bytes);
            }
        }
        for element in frame.elements().flatten() {
            mac::element::Nested::new(element.content).for_each(drop);
        }
        let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
        let read = mac::Frame::read(&bytes, format).expect("our own frame reads");
        if matches!(format, TrailerFormat::Fcs | TrailerFormat::LongFcs) {
            assert_eq!(read.trailer.fcs_ok(), Some(true));
        }
        assert_eq!(mac::Frame { trailer: frame.trailer, ..read }, frame);
    }
}

/// Any bytes as a NWK frame and as a NWK command: what reads is written and reads back equal.
pub fn nwk(data: &[u8]) {
    if let Ok((command, rest)) = nwk::command::Command::read(data) {
        let bytes = written(|writer| command.write(writer).and_then(|()| writer.put(rest)));
        assert_eq!(bytes.as_deref(), Ok(data));
    }
    let Ok(Npdu::Frame(frame)) = Npdu::read(data) else { return };
    let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
    let Ok(Npdu::Frame(read)) = Npdu::read(&bytes) else { panic!("our own frame reads") };
    assert_eq!(
        nwk::Frame { payload: Payload::Clear(&[]), ..read },
        nwk::Frame { payload: Payload::Clear(&[]), ..frame }
    );
    same_payload(&read.payload, &frame.payload);
}

/// Any bytes as an APS frame and as an APS command: what reads is written and reads back equal.
pub fn aps(data: &[u8]) {
    if let Ok((command, rest)) = aps::command::Command::read(data) {
        let bytes = written(|writer| command.write(writer).and_then(|()| writer.put(rest)));
        let bytes = bytes.expect("what was read can be written");
        assert_eq!(aps::command::Command::read(&bytes), Ok((command, rest)));
    }
    let Ok(frame) = aps::Frame::read(data) else { return };
    let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
    let read = aps::Frame::read(&bytes).expect("our own frame reads");
    assert_eq!(
        aps::Frame { payload: Payload::Clear(&[]), ..read },
        aps::Frame { payload: Payload::Clear(&[]), ..frame }
    );
    same_payload(&read.payload, &frame.payload);
}

/// Equal but for the level of security, which the air does not carry, and for reserved bits of the header.
fn same_payload(read: &Payload<'_>, was: &Payload<'_>) {
    match (read, was) {
        (Payload::Clear(read), Payload::Clear(was)) => assert_eq!(read, was),
        (Payload::Secured(read), Payload::Secured(was)) => {
            assert_eq!(read.ciphertext, was.ciphertext);
            assert_eq!(read.auxiliary.frame_counter, was.auxiliary.frame_counter);
            assert_eq!(read.auxiliary.source, was.auxiliary.source);
            assert_eq!(read.auxiliary.key_sequence, was.auxiliary.key_sequence);
        }
        _ => panic!("security comes and goes"),
    }
}

/// Any bytes as a ZCL frame: what reads is written and reads back equal, general commands record by record too.
pub fn zcl(data: &[u8]) {
    let Ok(frame) = zcl::Frame::read(data) else { return };
    let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
    assert_eq!(zcl::Frame::read(&bytes), Ok(frame));
    for cluster in cluster::all() {
        if let Some((_, fields)) = Fields::of(cluster.id, &frame) {
            let _: Result<()> = fields.check();
        }
    }
    let Ok((command, rest)) = GeneralCommand::read(&frame) else { return };
    let bytes = written(|writer| {
        command.write(writer, &frame.header)?;
        writer.put(rest)
    });
    let bytes = bytes.expect("what was read can be written");
    let read = zcl::Frame::read(&bytes).expect("our own frame reads");
    assert_eq!(GeneralCommand::read(&read), Ok((command, rest)));
    match command {
        GeneralCommand::ReadAttributes(list) => records(list),
        GeneralCommand::ReadAttributesResponse(list) => records(list),
        GeneralCommand::WriteAttributes(list)
        | GeneralCommand::WriteAttributesUndivided(list)
        | GeneralCommand::WriteAttributesNoResponse(list)
        | GeneralCommand::ReportAttributes(list) => records(list),
        GeneralCommand::WriteAttributesResponse(list) => records(list),
        GeneralCommand::ConfigureReporting(list) => records(list),
        GeneralCommand::ConfigureReportingResponse(list) => records(list),
        GeneralCommand::ReadReportingConfiguration(list) => records(list),
        GeneralCommand::ReadReportingConfigurationResponse(list) => records(list),
        GeneralCommand::DiscoverAttributesResponse { attributes, .. } => records(attributes),
        GeneralCommand::DiscoverAttributesExtendedResponse { attributes, .. } => records(attributes),
        GeneralCommand::ReadAttributesStructured(list) => records(list),
        GeneralCommand::WriteAttributesStructured(list) => records(list),
        GeneralCommand::WriteAttributesStructuredResponse(list) => records(list),
        _ => {}
    }
}

/// Each record that reads is written as it was.
fn records<'a, R: Record<'a>>(records: Records<'a, R>) {
    let all = records.bytes();
    let read: Vec<R> = records.into_iter().map_while(Result::ok).collect();
    let bytes = written(|writer| read.iter().try_for_each(|record| record.write(writer)));
    let bytes = bytes.expect("what was read can be written");
    assert_eq!(all.get(..bytes.len()), Some(&bytes[..]));
}

/// Any bytes as a command of Smart Energy, which the first three choose: what reads as a struct is written as it was.
pub fn energy(data: &[u8]) {
    let [cluster, direction, id, payload @ ..] = data else { return };
    let clusters: Vec<ClusterId> = cluster::all().map(|cluster| cluster.id).collect();
    let cluster = clusters[usize::from(*cluster) % clusters.len()];
    let direction =
        if direction & 1 == 0 { zcl::Direction::ServerToClient } else { zcl::Direction::ClientToServer };
    let Ok((command, rest)) = energy::Command::parse(cluster, direction, *id, payload) else { return };
    let bytes = written(|writer| {
        command.write(writer)?;
        if matches!(command, energy::Command::Listed(..)) { Ok(()) } else { writer.put(rest) }
    });
    assert_eq!(bytes.as_deref(), Ok(payload));
}

/// Any bytes as a GBZ message and as an alert: what reads is written and reads back equal.
pub fn gbz(data: &[u8]) {
    let _: Result<_> = gbz::Alert::read(data);
    let Ok((message, _)) = gbz::Message::read(data) else { return };
    let mut components: Vec<_> = message.components().collect();
    let bytes = written(|writer| gbz::write(writer, &components)).expect("what was read can be written");
    let (message, rest) = gbz::Message::read(&bytes).expect("our own message reads");
    assert!(rest.is_empty());
    // The last one says so, and no other.
    let count = components.len();
    for (index, component) in components.iter_mut().enumerate() {
        component.control = component.control & !1 | u8::from(index + 1 == count);
    }
    assert!(message.components().eq(components));
}

/// Any bytes as a capture: packets lie within the file, and written again they read equal.
pub fn pcap(data: &[u8]) {
    let Ok(packets) = pcap::packets(data) else { return };
    let mut file = Vec::new();
    let mut expected = Vec::new();
    pcap::write_header(&mut file, pcap::LinkType::IEEE802_15_4_WITHFCS);
    for packet in packets.map_while(Result::ok) {
        let _: Result<_> = packet.mac_frame();
        if let Some(time) = packet.time {
            pcap::write_packet(&mut file, time, packet.bytes);
            expected.push(packet.bytes);
        }
    }
    let read: Result<Vec<_>> = pcap::packets(&file).expect("our own capture").collect();
    let read: Vec<&[u8]> = read.expect("our own packets").iter().map(|packet| packet.bytes).collect();
    assert_eq!(read, expected);
}

/// Any bytes as a capture that comes in portions: it gives what the whole gives.
pub fn pcap_stream(data: &[u8]) {
    let mut expected = Vec::new();
    let mut skipped = None;
    match pcap::packets(data) {
        Ok(mut packets) => {
            expected.extend(packets.by_ref());
            skipped = Some(packets.skipped());
        }
        Err(error) => expected.push(Err(error)),
    }
    let mut expected = expected.into_iter();
    let mut stream = pcap::Stream::new();
    for portion in portions(data) {
        stream.push(portion);
        while let Some(packet) = stream.next_packet() {
            assert_eq!(Some(packet), expected.next());
        }
    }
    stream.end();
    while let Some(packet) = stream.next_packet() {
        assert_eq!(Some(packet), expected.next());
    }
    assert_eq!(expected.next(), None);
    assert_eq!(stream.skipped(), skipped.unwrap_or(stream.skipped()));
}

/// Any text as a payload of a display or hub: nothing panics, readings have their texts, and where it is read once it
/// is read again.
pub fn vendor(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let mut feed = Feed::new();
    for topic in [None, Some("glow/A/SENSOR/electricitymeter")] {
        match feed.read(topic, text) {
            Ok(report) => {
                report.readings.iter().for_each(|reading| drop(json::reading(reading)));
                report.notices.iter().for_each(|notice| drop(json::notice(notice)));
                assert_eq!(feed.read(topic, text).map(|again| again.format), Ok(report.format));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
