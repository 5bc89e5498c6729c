//! General commands of the cluster library: every record form, with values of every type.

use cad_zigbee::reader::Reader;
use cad_zigbee::security::Key;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::data_type::{Class, DataType};
use cad_zigbee::zcl::general::{self, GeneralCommand};
use cad_zigbee::zcl::record::{
    AttributeStatus, AttributeValue, DiscoveredAttribute, ExtendedAttribute, Record, Records,
    SelectedAttribute, SelectedValue, Selector, StructuredWriteStatus, WriteStatus,
};
use cad_zigbee::zcl::reporting::{Reporting, ReportingState, ReportingStatus, ReportingTarget};
use cad_zigbee::zcl::status::Status;
use cad_zigbee::zcl::value::Value;
use cad_zigbee::zcl::{self, AttributeId, Direction, FrameType};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use std::fmt::Debug;

const SPACE: usize = 4096;

/// Space for a value that lives as long as the test.
fn scratch() -> &'static mut [u8] {
    Box::leak(vec![0; SPACE].into_boxed_slice())
}

fn types(fits: impl Fn(DataType) -> bool) -> Vec<DataType> {
    DataType::ALL.iter().copied().filter(|data_type| fits(*data_type)).collect()
}

fn number_of(data_type: DataType) -> impl Strategy<Value = Value<'static>> {
    any::<u64>().prop_map(move |number| {
        let bits = 8 * data_type.length().expect("a fixed length");
        let number = if bits == 64 { number } else { number & ((1 << bits) - 1) };
        Value::from_unsigned(data_type, number).expect("fits")
    })
}

fn numbers(fits: impl Fn(DataType) -> bool) -> impl Strategy<Value = Value<'static>> {
    select(types(move |data_type| matches!(data_type.length(), Some(0..=8)) && fits(data_type)))
        .prop_flat_map(number_of)
}

fn octets_of(data_type: DataType) -> impl Strategy<Value = Value<'static>> {
    vec(any::<u8>(), 0..40)
        .prop_map(move |octets| Value::from_octets(data_type, octets.leak()).expect("a string"))
}

fn strings() -> impl Strategy<Value = Value<'static>> {
    select(types(|data_type| (0x41..=0x44).contains(&data_type.id()))).prop_flat_map(octets_of)
}

fn lists(element: DataType, elements: Vec<Value<'static>>) -> impl Strategy<Value = Value<'static>> {
    select(vec![DataType::Array, DataType::Set, DataType::Bag]).prop_map(move |data_type| {
        Value::list(data_type, element, &elements, scratch()).expect("elements of one type")
    })
}

fn leaves() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        4 => numbers(|_| true),
        2 => strings(),
        1 => any::<[u8; 16]>().prop_map(|key| Value::from_key(Key::new(key))),
        1 => select(types(|data_type| Value::invalid(data_type).is_ok()))
            .prop_map(|data_type| Value::invalid(data_type).expect("has such")),
        1 => select(DataType::ALL.to_vec())
            .prop_map(|element| Value::invalid_list(DataType::Bag, element).expect("a list")),
        1 => (select(types(|data_type| matches!(data_type.length(), Some(1..=8)))))
            .prop_flat_map(|data_type| (Just(data_type), vec(number_of(data_type), 0..6)))
            .prop_flat_map(|(data_type, elements)| lists(data_type, elements)),
        1 => vec(octets_of(DataType::LongText), 0..4)
            .prop_flat_map(|elements| lists(DataType::LongText, elements)),
    ]
}

/// Values of every type, structures within structures within lists.
fn values() -> impl Strategy<Value = Value<'static>> {
    leaves().prop_recursive(4, 12, 4, |inner| {
        let structures =
            vec(inner, 0..4).prop_map(|elements| Value::structure(&elements, scratch()).expect("elements"));
        prop_oneof![
            structures.clone(),
            vec(structures, 0..3).prop_flat_map(|elements| lists(DataType::Struct, elements)),
        ]
    })
}

fn attributes() -> impl Strategy<Value = AttributeId> {
    any::<u16>().prop_map(AttributeId)
}

fn failures() -> impl Strategy<Value = Status> {
    (1_u8..).prop_map(Status)
}

fn selectors() -> impl Strategy<Value = Selector<'static>> {
    (0_u8..16, vec(any::<u16>(), 0..16))
        .prop_map(|(operation, indexes)| Selector::new(operation, &indexes, scratch()).expect("not too deep"))
}

fn targets() -> impl Strategy<Value = ReportingTarget> {
    (0_u8..2, attributes()).prop_map(|(direction, attribute)| ReportingTarget { direction, attribute })
}

fn reportings() -> impl Strategy<Value = Reporting<'static>> {
    let changes = prop_oneof![
        numbers(|data_type| data_type.class() == Class::Analog)
            .prop_map(|change| (change.data_type(), Some(change))),
        select(types(|data_type| data_type.class() == Class::Discrete))
            .prop_map(|data_type| (data_type, None)),
    ];
    prop_oneof![
        (attributes(), any::<u16>())
            .prop_map(|(attribute, timeout_s)| Reporting::Expect { attribute, timeout_s }),
        (attributes(), any::<(u16, u16)>(), changes).prop_map(
            |(attribute, (minimum_s, maximum_s), (data_type, change))| Reporting::Send {
                attribute,
                data_type,
                minimum_s,
                maximum_s,
                change
            }
        ),
    ]
}

fn states() -> impl Strategy<Value = ReportingState<'static>> {
    prop_oneof![
        reportings().prop_map(|reporting| {
            let (direction, attribute) = match reporting {
                Reporting::Send { attribute, .. } => (0, attribute),
                Reporting::Expect { attribute, .. } => (1, attribute),
            };
            let target = ReportingTarget { direction, attribute };
            ReportingState { status: Status::SUCCESS, target, reporting: Some(reporting) }
        }),
        (failures(), targets()).prop_map(|(status, target)| ReportingState {
            status,
            target,
            reporting: None
        }),
    ]
}

fn headers(command: u8) -> impl Strategy<Value = zcl::Header> {
    (option::of(any::<u16>()), any::<bool>(), any::<bool>(), any::<u8>()).prop_map(
        move |(manufacturer, server, disable_default_response, sequence)| zcl::Header {
            frame_type: FrameType::Global,
            manufacturer,
            direction: if server { Direction::ServerToClient } else { Direction::ClientToServer },
            disable_default_response,
            sequence,
            command,
        },
    )
}

/// Writes a list of records with `general::write`, reads it, compares, and writes the command that was read.
fn records_read_back<R: Record<'static> + PartialEq + Debug>(
    header: zcl::Header,
    records: &[R],
    of: impl Fn(GeneralCommand<'static>) -> Option<Records<'static, R>>,
) {
    let space = scratch();
    let mut writer = Writer::new(space);
    general::write(&mut writer, &header, records).expect("fits");
    let length = writer.at();
    compare(header, &space[..length], records, of);
}

fn discovered_read_back<R: Record<'static> + PartialEq + Debug>(
    header: zcl::Header,
    complete: bool,
    records: &[R],
    of: impl Fn(GeneralCommand<'static>) -> Option<(bool, Records<'static, R>)>,
) {
    let space = scratch();
    let mut writer = Writer::new(space);
    general::write_discovered(&mut writer, &header, complete, records).expect("fits");
    let length = writer.at();
    compare(header, &space[..length], records, |command| {
        let (read, records) = of(command)?;
        assert_eq!(read, complete);
        Some(records)
    });
}

fn compare<R: Record<'static> + PartialEq + Debug>(
    header: zcl::Header,
    bytes: &'static [u8],
    records: &[R],
    of: impl Fn(GeneralCommand<'static>) -> Option<Records<'static, R>>,
) {
    let frame = zcl::Frame::read(bytes).expect("reads back");
    assert_eq!(frame.header, header);
    let (command, rest) = GeneralCommand::read(&frame).expect("reads back");
    assert!(rest.is_empty());
    command.check().expect("all can be read");
    let read: Result<Vec<R>, _> = of(command).expect("the same command").into_iter().collect();
    assert_eq!(read.as_deref(), Ok(records));

    let mut buffer = [0; SPACE];
    let mut writer = Writer::new(&mut buffer);
    command
        .write(&mut writer, &zcl::Header { command: 0xFF, ..header })
        .expect("what was read can be written");
    assert_eq!(writer.written(), bytes);
}

macro_rules! lists_of_records {
    ($($test:ident, $id:literal, $variant:ident, $records:expr;)*) => {
        proptest! {$(
            #[test]
            fn $test(header in headers($id), records in vec($records, 0..4)) {
                records_read_back(header, &records, |command| match command {
                    GeneralCommand::$variant(records) => Some(records),
                    _ => None,
                });
            }
        )*}
    };
}

fn attribute_values() -> impl Strategy<Value = AttributeValue<'static>> {
    (attributes(), values()).prop_map(|(attribute, value)| AttributeValue { attribute, value })
}

lists_of_records! {
    read_attributes, 0x00, ReadAttributes, attributes();
    read_attributes_response, 0x01, ReadAttributesResponse, prop_oneof![
        attribute_values().prop_map(|AttributeValue { attribute, value }| {
            AttributeStatus { attribute, status: Status::SUCCESS, value: Some(value) }
        }),
        (attributes(), failures())
            .prop_map(|(attribute, status)| AttributeStatus { attribute, status, value: None }),
    ];
    write_attributes, 0x02, WriteAttributes, attribute_values();
    write_attributes_undivided, 0x03, WriteAttributesUndivided, attribute_values();
    write_attributes_response, 0x04, WriteAttributesResponse, (attributes(), failures())
        .prop_map(|(attribute, status)| WriteStatus { status, attribute: Some(attribute), selector: None });
    write_attributes_no_response, 0x05, WriteAttributesNoResponse, attribute_values();
    configure_reporting, 0x06, ConfigureReporting, reportings();
    configure_reporting_response, 0x07, ConfigureReportingResponse, (targets(), failures())
        .prop_map(|(target, status)| ReportingStatus { status, target: Some(target) });
    read_reporting_configuration, 0x08, ReadReportingConfiguration, targets();
    read_reporting_configuration_response, 0x09, ReadReportingConfigurationResponse, states();
    report_attributes, 0x0A, ReportAttributes, attribute_values();
    read_attributes_structured, 0x0E, ReadAttributesStructured, (attributes(), selectors())
        .prop_map(|(attribute, selector)| SelectedAttribute { attribute, selector });
    write_attributes_structured, 0x0F, WriteAttributesStructured, (attribute_values(), selectors())
        .prop_map(|(AttributeValue { attribute, value }, selector)| SelectedValue { attribute, selector, value });
    write_attributes_structured_response, 0x10, WriteAttributesStructuredResponse,
        (attributes(), failures(), selectors()).prop_map(|(attribute, status, selector)| {
            StructuredWriteStatus(WriteStatus { status, attribute: Some(attribute), selector: Some(selector) })
        });
}

proptest! {
    #[test]
    fn responses_to_discovery(
        attributes in vec((attributes(), any::<(u8, u8)>()), 0..6),
        commands in vec(any::<u8>(), 0..6),
        complete: bool,
        header in headers(0),
    ) {
        let header = |command| zcl::Header { command, ..header };
        let discovered: Vec<_> = attributes
            .iter()
            .map(|(attribute, (data_type, _))| DiscoveredAttribute { attribute: *attribute, data_type: *data_type })
            .collect();
        discovered_read_back(header(0x0D), complete, &discovered, |command| match command {
            GeneralCommand::DiscoverAttributesResponse { complete, attributes } => Some((complete, attributes)),
            _ => None,
        });
        let extended: Vec<_> = attributes
            .into_iter()
            .map(|(attribute, (data_type, access))| ExtendedAttribute { attribute, data_type, access })
            .collect();
        discovered_read_back(header(0x16), complete, &extended, |command| match command {
            GeneralCommand::DiscoverAttributesExtendedResponse { complete, attributes } => Some((complete, attributes)),
            _ => None,
        });
        discovered_read_back(header(0x12), complete, &commands, |command| match command {
            GeneralCommand::DiscoverCommandsReceivedResponse { complete, commands } => Some((complete, commands)),
            _ => None,
        });
        discovered_read_back(header(0x14), complete, &commands, |command| match command {
            GeneralCommand::DiscoverCommandsGeneratedResponse { complete, commands } => Some((complete, commands)),
            _ => None,
        });
    }

    #[test]
    fn success_alone(header in headers(0)) {
        let header = |command| zcl::Header { command, ..header };
        let written = WriteStatus { status: Status::SUCCESS, attribute: None, selector: None };
        records_read_back(header(0x04), &[written], |command| match command {
            GeneralCommand::WriteAttributesResponse(records) => Some(records),
            _ => None,
        });
        records_read_back(header(0x10), &[StructuredWriteStatus(written)], |command| match command {
            GeneralCommand::WriteAttributesStructuredResponse(records) => Some(records),
            _ => None,
        });
        let configured = ReportingStatus { status: Status::SUCCESS, target: None };
        records_read_back(header(0x07), &[configured], |command| match command {
            GeneralCommand::ConfigureReportingResponse(records) => Some(records),
            _ => None,
        });
    }

    #[test]
    fn values_of_every_type(value in values()) {
        let mut buffer = [0; SPACE];
        let mut writer = Writer::new(&mut buffer);
        value.write_typed(&mut writer).expect("fits");
        let mut reader = Reader::new(writer.written());
        prop_assert_eq!(Value::read_typed(&mut reader), Ok(value));
        prop_assert!(reader.is_empty());
    }

    #[test]
    fn any_global_frame_that_reads_is_written_as_it_was(
        id in 0_u8..0x18,
        payload in vec(any::<u8>(), 0..30),
        header in headers(0),
    ) {
        let header = zcl::Header { command: id, ..header };
        let frame = zcl::Frame { header, payload: &payload };
        let Ok((command, rest)) = GeneralCommand::read(&frame) else { return Ok(()) };
        let mut buffer = [0; SPACE];
        let mut writer = Writer::new(&mut buffer);
        command.write(&mut writer, &header).expect("what was read can be written");
        writer.put(rest).expect("fits");
        let read = zcl::Frame::read(writer.written()).expect("reads back");
        prop_assert_eq!(GeneralCommand::read(&read), Ok((command, rest)));
    }
}
