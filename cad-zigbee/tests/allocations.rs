//! Reading frames allocates nothing, from the air or a host link to the values of attributes.

use allocation_counter::measure;
use cad_zigbee::address::{Eui64, PanId, ShortAddress};
use cad_zigbee::link::{ash, ezsp, znp};
use cad_zigbee::mac::{self, TrailerFormat};
use cad_zigbee::nwk::{self, Npdu};
use cad_zigbee::security::{AuxiliaryHeader, Key, KeyRing, Payload};
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::general::GeneralCommand;
use cad_zigbee::zcl::{self, ClusterId};
use cad_zigbee::{Error, aps};
use std::hint::black_box;

/// Demand 1234 W, summation 5072076 Wh, site identifier, an array.
const REPORT: [u8; 37] = [
    0x18, 1, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00, 0x00, 0x00, 0x25, 0xCC, 0x64, 0x4D, 0, 0, 0, 0x07,
    0x03, 0x41, 3, b'M', b'P', b'N', 0x00, 0x90, 0x48, 0x21, 3, 0, 1, 0, 2, 0, 3, 0,
];
/// Unit, multiplier, divisor, and an attribute that is not there.
const RESPONSE: [u8; 25] =
    [0x18, 2, 0x01, 0, 3, 0, 0x30, 0, 1, 3, 0, 0x22, 1, 0, 0, 2, 3, 0, 0x22, 0xE8, 3, 0, 0x14, 0, 0x86];

/// How many values the frame has, and the sum of those that are numbers.
fn values(bytes: &[u8]) -> Result<(usize, i128), Error> {
    let frame = zcl::Frame::read(bytes)?;
    let mut found = (0, 0);
    let mut add = |value: zcl::value::Value<'_>| {
        found.0 += 1;
        found.1 += value.integer().unwrap_or(0);
    };
    match GeneralCommand::read(&frame)?.0 {
        GeneralCommand::ReportAttributes(records) => {
            for record in records {
                let value = record?.value;
                add(value);
                if let Some(zcl::value::Content::List(elements)) = value.content() {
                    elements.iter().for_each(&mut add);
                }
            }
        }
        GeneralCommand::ReadAttributesResponse(records) => {
            for record in records {
                record?.value.into_iter().for_each(&mut add);
            }
        }
        _ => {}
    }
    Ok(found)
}

fn allocates_nothing<T>(what: &str, read: impl FnOnce() -> T) -> T {
    let mut outcome = None;
    let measured = measure(|| outcome = Some(read()));
    assert_eq!(measured.count_total, 0, "{what}");
    outcome.expect("it was read")
}

#[test]
fn reports_and_read_responses_are_read_without_allocation() {
    let report = allocates_nothing("a report", || values(black_box(&REPORT)));
    assert_eq!(report, Ok((7, 1234 + 5_072_076 + 6)));
    let response = allocates_nothing("a read response", || values(black_box(&RESPONSE)));
    assert_eq!(response, Ok((3, 1001)));
    let broken = allocates_nothing("a broken report", || values(black_box(&REPORT[..20])));
    assert_eq!(broken, Err(Error::Truncated { at: 17, needed: 1 }));
}

#[test]
fn a_secured_frame_is_opened_and_read_without_allocation() {
    let (network_key, link_key) = (Key::new([1; 16]), Key::new([2; 16]));
    let (source, short, pan) = (Eui64(0x0CA2_F400_00E5_A3E1), ShortAddress(0x2B4E), PanId(0x5A17));
    let mut keys = KeyRing::new();
    keys.add_network_key(network_key);
    keys.add_link_key(link_key);

    let mut aps_space = [0; 127];
    let mut writer = Writer::new(&mut aps_space);
    let frame = aps::Frame::data(ClusterId::METERING, 1, 1, 9, &REPORT);
    frame.write_secured(&mut writer, &link_key, source, &AuxiliaryHeader::link(None, 5)).expect("fits");
    let mut nwk_space = [0; 127];
    let mut nwk_writer = Writer::new(&mut nwk_space);
    let frame = nwk::Frame::data(short, ShortAddress::COORDINATOR, 7, writer.written());
    let auxiliary = AuxiliaryHeader::network(source, 6, 0);
    frame.write_secured(&mut nwk_writer, &network_key, &auxiliary).expect("fits");
    let mut mac_space = [0; 127];
    let mut writer = Writer::new(&mut mac_space);
    let mut frame = mac::Frame::data(pan, short, ShortAddress::COORDINATOR, 3, nwk_writer.written());
    frame.trailer = mac::Trailer::Fcs { value: 0, ok: false };
    frame.write(&mut writer).expect("fits");

    let read = allocates_nothing("a secured frame", || {
        let (mut network, mut application) = ([0; 127], [0; 127]);
        let mac = mac::Frame::read(black_box(writer.written()), TrailerFormat::Fcs)?;
        let Npdu::Frame(nwk) = Npdu::read(mac.payload)? else { return Err(Error::UnknownSource) };
        keys.learn_address(pan, nwk.source, source);
        let Payload::Secured(secured) = nwk.payload else { return Err(Error::NoKey) };
        let aps = aps::Frame::read(keys.open(&secured, None, &mut network)?)?;
        let Payload::Secured(secured) = aps.payload else { return Err(Error::NoKey) };
        let source = keys.eui64(pan, nwk.source);
        values(keys.open(&secured, source, &mut application)?)
    });
    assert_eq!(read, Ok((7, 1234 + 5_072_076 + 6)));
}

#[test]
fn messages_of_host_links_are_read_without_allocation() {
    let mut space = [0; 300];
    let mut writer = Writer::new(&mut space);
    let head = [0, 0, 0x02, 0x07, 0x4E, 0x2B, 1, 1, 0, 200, 0, 0, 0, 0, 0, 7, 37];
    let data = [&head[..], &REPORT].concat();
    znp::Frame { command0: 0x44, command1: 0x81, data: &data }.write(&mut writer).expect("fits");
    let read = allocates_nothing("a message of ZNP", || {
        let mut deframer = znp::Deframer::<255>::new();
        let frame = deframer.read(&mut black_box(writer.written())).ok_or(Error::NoKey)?;
        values(znp::IncomingMessage::read(&frame)?.indication(|_| None).payload)
    });
    assert_eq!(read.map(|found| found.0), Ok(7));

    let mut writer = Writer::new(&mut space);
    let head =
        [0, 0x90, 1, 0x45, 0, 0, 9, 1, 2, 7, 1, 1, 0, 0, 0, 0, 9, 200, 0xC3, 0x4E, 0x2B, 0xFF, 0xFF, 37];
    let payload = [&head[..], &REPORT].concat();
    let frame = ash::Frame::Data { number: 0, retransmitted: false, acknowledged: 0, payload: &payload };
    frame.write(&mut writer).expect("fits");
    let read = allocates_nothing("a message of EZSP", || {
        let mut deframer = ash::Deframer::<256>::new();
        let frame = deframer.read(&mut black_box(writer.written()));
        let Some(ash::Frame::Data { payload, .. }) = frame else { return Err(Error::NoKey) };
        let frame = ezsp::Frame::read(payload, ezsp::Version(13))?;
        values(ezsp::IncomingMessage::read(&frame, ezsp::Version(13))?.indication().payload)
    });
    assert_eq!(read.map(|found| found.0), Ok(7));
}
