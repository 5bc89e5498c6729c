//! What can be written reads back equal.

use cad_zigbee::address::{Eui64, PanId, ShortAddress};
use cad_zigbee::mac::{self, TrailerFormat};
use cad_zigbee::reader::Reader;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::data_type::DataType;
use cad_zigbee::zcl::general::{self, GeneralCommand};
use cad_zigbee::zcl::record::AttributeValue;
use cad_zigbee::zcl::status::Status;
use cad_zigbee::zcl::value::Value;
use cad_zigbee::zcl::{self, AttributeId, ClusterId};
use cad_zigbee::{aps, nwk};
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

/// A type of fixed length and a number that fits.
fn numbers() -> impl Strategy<Value = (DataType, u64)> {
    let types: Vec<DataType> =
        DataType::ALL.iter().copied().filter(|data_type| matches!(data_type.length(), Some(0..=8))).collect();
    (proptest::sample::select(types), any::<u64>()).prop_map(|(data_type, number)| {
        let length = data_type.length().unwrap_or(0);
        (data_type, if length == 8 { number } else { number & ((1 << (8 * length)) - 1) })
    })
}

fn strings() -> impl Strategy<Value = (DataType, Vec<u8>)> {
    let types = prop_oneof![
        Just(DataType::Octets),
        Just(DataType::Text),
        Just(DataType::LongOctets),
        Just(DataType::LongText)
    ];
    (types, proptest::collection::vec(any::<u8>(), 0..60))
}

fn optional_eui64() -> impl Strategy<Value = Option<Eui64>> {
    proptest::option::of(any::<u64>().prop_map(Eui64))
}

/// A command written, and behind it what it was read in front of.
fn rewritten(write: impl FnOnce(&mut Writer<'_>) -> cad_zigbee::Result<()>, rest: &[u8]) -> Vec<u8> {
    let mut buffer = [0; 128];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer).expect("what was read can be written");
    writer.put(rest).expect("fits");
    writer.written().to_vec()
}

proptest! {
    #[test]
    fn reports_and_read_responses_read_back(
        sequence: u8,
        numbers in proptest::collection::vec((any::<u16>(), numbers()), 0..6),
        strings in proptest::collection::vec((any::<u16>(), strings()), 0..3),
    ) {
        let mut reports = Vec::new();
        for (id, (data_type, number)) in &numbers {
            let value = Value::from_unsigned(*data_type, *number).expect("fits");
            reports.push(AttributeValue { attribute: AttributeId(*id), value });
        }
        for (id, (data_type, octets)) in &strings {
            let value = Value::from_octets(*data_type, octets).expect("a string");
            reports.push(AttributeValue { attribute: AttributeId(*id), value });
        }
        let mut buffer = [0; 512];
        let mut writer = Writer::new(&mut buffer);
        let header = zcl::Header::from_server(general::REPORT_ATTRIBUTES, sequence);
        general::write(&mut writer, &header, &reports).expect("fits");
        let frame = zcl::Frame::read(writer.written()).expect("reads back");
        prop_assert_eq!(frame.header, header);
        let (GeneralCommand::ReportAttributes(records), []) = GeneralCommand::read(&frame).expect("reads back") else {
            panic!("not a report");
        };
        let read: Result<Vec<_>, _> = records.into_iter().collect();
        prop_assert_eq!(read, Ok(reports.clone()));

        let answers: Vec<_> = reports
            .iter()
            .map(|report| zcl::record::AttributeStatus {
                attribute: report.attribute,
                status: Status::SUCCESS,
                value: Some(report.value),
            })
            .collect();
        let mut buffer = [0; 512];
        let mut writer = Writer::new(&mut buffer);
        let header = zcl::Header::from_server(general::READ_ATTRIBUTES_RESPONSE, sequence);
        general::write(&mut writer, &header, &answers).expect("fits");
        let frame = zcl::Frame::read(writer.written()).expect("reads back");
        let (GeneralCommand::ReadAttributesResponse(records), []) = GeneralCommand::read(&frame).expect("reads back")
        else {
            panic!("not a response");
        };
        let read: Result<Vec<_>, _> = records.into_iter().collect();
        prop_assert_eq!(read, Ok(answers));
    }

    #[test]
    fn signed_numbers_read_back(number: i64, length in 1_u8..=8) {
        let data_type = DataType::from_id(0x27 + length).expect("a signed type");
        let number = number >> (64 - 8 * u32::from(length));
        let value = Value::from_signed(data_type, number).expect("fits");
        let mut buffer = [0; 8];
        let mut writer = Writer::new(&mut buffer);
        value.write(&mut writer).expect("fits");
        let read = Value::read(&mut Reader::new(writer.written()), data_type).expect("reads back");
        prop_assert_eq!(read, value);
        prop_assert_eq!(read.raw_integer(), Some(i128::from(number)));
    }

    #[test]
    fn mac_nwk_and_aps_headers_read_back(
        pan: u16, source: u16, destination: u16, sequence: u8, counter: u8, cluster: u16,
        source_eui64 in optional_eui64(), destination_eui64 in optional_eui64(),
        multicast in proptest::option::of(any::<u8>()), end_device_initiator: bool,
        payload in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let (source, destination) = (ShortAddress(source), ShortAddress(destination));
        let aps = aps::Frame::data(ClusterId(cluster), 1, 2, counter, &payload);
        let mut aps_buffer = [0; 100];
        let mut writer = Writer::new(&mut aps_buffer);
        aps.write(&mut writer).expect("fits");
        prop_assert_eq!(aps::Frame::read(writer.written()), Ok(aps));

        let nwk = nwk::Frame {
            source_eui64, destination_eui64, multicast, end_device_initiator,
            ..nwk::Frame::data(source, destination, sequence, writer.written())
        };
        let mut nwk_buffer = [0; 127];
        let mut writer = Writer::new(&mut nwk_buffer);
        nwk.write(&mut writer).expect("fits");
        prop_assert_eq!(nwk::Npdu::read(writer.written()), Ok(nwk::Npdu::Frame(nwk)));

        let mac = mac::Frame::data(PanId(pan), source, destination, sequence, writer.written());
        let mut mac_buffer = [0; 140];
        let mut writer = Writer::new(&mut mac_buffer);
        mac.write(&mut writer).expect("fits");
        prop_assert_eq!(mac::Frame::read(writer.written(), TrailerFormat::None), Ok(mac));
    }

    #[test]
    fn commands_that_read_write_the_same_bytes(
        id in 0..20_u8,
        fields in proptest::collection::vec(any::<u8>(), 0..90),
    ) {
        let bytes = [&[id], &fields[..]].concat();
        if let Ok((command, rest)) = nwk::command::Command::read(&bytes) {
            prop_assert_eq!(rewritten(|writer| command.write(writer), rest), bytes.clone());
        }
        if let Ok((command, rest)) = mac::command::Command::read(&bytes) {
            prop_assert_eq!(rewritten(|writer| command.write(writer), rest), bytes.clone());
        }
        if let Ok((command, rest)) = aps::command::Command::read(&bytes) {
            let again = rewritten(|writer| command.write(writer), rest);
            prop_assert_eq!(aps::command::Command::read(&again), Ok((command, rest)));
        }
    }

    #[test]
    fn mac_frames_of_every_form_that_read_are_written_to_read_equal(
        control: u16,
        fields in proptest::collection::vec(any::<u8>(), 0..60),
        elements in proptest::collection::vec((any::<u8>(), 0..9_u8), 0..4),
    ) {
        let elements: Vec<u8> = elements
            .iter()
            .flat_map(|(id, length)| {
                let element = mac::element::Element {
                    kind: mac::element::Kind::Header,
                    id: *id,
                    content: &[0x55; 9][..usize::from(*length)],
                };
                rewritten(|writer| element.write(writer), &[])
            })
            .collect();
        for bytes in [[&control.to_le_bytes(), &fields[..]].concat(), [&[0x41, 0x23][..], &elements].concat()] {
            if let Ok(frame) = mac::Frame::read(&bytes, TrailerFormat::None) {
                let again = rewritten(|writer| frame.write(writer), &[]);
                prop_assert_eq!(mac::Frame::read(&again, TrailerFormat::None), Ok(frame));
            }
        }
    }

    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..130)) {
        let _: Result<_, _> = mac::Frame::read(&bytes, TrailerFormat::Fcs);
        let _: Result<_, _> = nwk::Npdu::read(&bytes);
        let _: Result<_, _> = nwk::command::Command::read(&bytes);
        let _: Result<_, _> = aps::Frame::read(&bytes);
        let _: Result<_, _> = aps::command::Command::read(&bytes);
        if let Ok(frame) = zcl::Frame::read(&bytes) {
            if let Ok((command, _)) = GeneralCommand::read(&frame) {
                let _: Result<_, _> = command.check();
            }
            for cluster in zcl::cluster::all() {
                if let Some((_, fields)) = zcl::fields::Fields::of(cluster.id, &frame) {
                    let _: Result<_, _> = fields.check();
                }
            }
        }
    }
}

#[cfg(feature = "security")]
mod secured {
    use super::*;
    use cad_zigbee::security::{AuxiliaryHeader, Key, Payload};

    proptest! {
        #[test]
        fn secured_frames_open_to_what_was_sealed(
            key: [u8; 16], source: u64, frame_counter: u32, key_sequence: u8,
            payload in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let (key, source) = (Key::new(key), Eui64(source));
            let mut out = [0; 140];

            let auxiliary = AuxiliaryHeader::network(source, frame_counter, key_sequence);
            let frame = nwk::Frame::data(ShortAddress(1), ShortAddress(2), 3, &payload);
            let mut buffer = [0; 140];
            let mut writer = Writer::new(&mut buffer);
            frame.write_secured(&mut writer, &key, &auxiliary).expect("fits");
            let Ok(nwk::Npdu::Frame(read)) = nwk::Npdu::read(writer.written()) else { panic!("reads back") };
            let Payload::Secured(secured) = read.payload else { panic!("is secured") };
            prop_assert_eq!(secured.auxiliary, auxiliary);
            prop_assert_eq!(secured.open(&key, source, &mut out), Ok(&payload[..]));

            let auxiliary = AuxiliaryHeader::link(None, frame_counter);
            let frame = aps::Frame::data(ClusterId::METERING, 1, 2, 3, &payload);
            let mut buffer = [0; 140];
            let mut writer = Writer::new(&mut buffer);
            frame.write_secured(&mut writer, &key, source, &auxiliary).expect("fits");
            let read = aps::Frame::read(writer.written()).expect("reads back");
            let Payload::Secured(secured) = read.payload else { panic!("is secured") };
            prop_assert_eq!(secured.open(&key, source, &mut out), Ok(&payload[..]));
        }
    }
}

#[path = "roundtrip/gbz.rs"]
mod gbz;
#[path = "roundtrip/general.rs"]
mod general_commands;
