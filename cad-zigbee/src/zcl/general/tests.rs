use super::GeneralCommand;
use crate::error::Error;
use crate::writer::Writer;
use crate::zcl::record::{Record, Records};
use crate::zcl::reporting::Reporting;
use crate::zcl::{Frame, FrameType, Header};

fn read(id: u8, payload: &[u8]) -> (GeneralCommand<'_>, &[u8]) {
    GeneralCommand::read(&Frame { header: Header::from_server(id, 1), payload }).unwrap()
}

/// Reads all records and writes them back.
fn rewritten<'a, R: Record<'a>>(records: Records<'a, R>) -> Vec<u8> {
    let mut buffer = [0; 64];
    let mut writer = Writer::new(&mut buffer);
    for record in records {
        record.unwrap().write(&mut writer).unwrap();
    }
    writer.written().to_vec()
}

#[test]
fn the_records_of_every_command_are_written_as_they_were_read() {
    macro_rules! check {
        ($id:literal, $variant:ident, $payload:expr) => {
            let payload: &[u8] = &$payload;
            let (GeneralCommand::$variant(records), []) = read($id, payload) else { panic!("{}", $id) };
            assert_eq!(rewritten(records), payload);
            assert!(super::name($id).is_some());
        };
    }
    check!(0x00, ReadAttributes, [0, 0, 0, 4]);
    check!(0x01, ReadAttributesResponse, [0, 3, 0, 0x30, 0, 1, 0, 0x86]);
    check!(0x02, WriteAttributes, [0, 3, 0x30, 0]);
    check!(0x03, WriteAttributesUndivided, [0, 3, 0x30, 0]);
    check!(0x04, WriteAttributesResponse, [0x88, 0, 3, 0x8D, 1, 3]);
    check!(0x05, WriteAttributesNoResponse, [0, 3, 0x30, 0]);
    check!(0x06, ConfigureReporting, [0, 0, 4, 0x2A, 10, 0, 44, 1, 5, 0, 0, 1, 0, 0, 0x84, 3]);
    check!(0x07, ConfigureReportingResponse, [0x8C, 0, 0, 4]);
    check!(0x08, ReadReportingConfiguration, [0, 0, 4, 1, 0, 0]);
    check!(0x09, ReadReportingConfigurationResponse, [0, 1, 0, 0, 0x84, 3, 0x8B, 0, 1, 0]);
    check!(0x0A, ReportAttributes, [0, 4, 0x2A, 0xD2, 4, 0]);
    check!(0x0E, ReadAttributesStructured, [0, 3, 1, 2, 0, 0, 3, 0]);
    check!(0x0F, WriteAttributesStructured, [0, 3, 1, 2, 0, 0x20, 9]);
    check!(0x10, WriteAttributesStructuredResponse, [0x8E, 0, 3, 1, 2, 0]);
    check!(0x04, WriteAttributesResponse, [0]);
    check!(0x07, ConfigureReportingResponse, [0]);
    check!(0x10, WriteAttributesStructuredResponse, [0]);
}

#[test]
fn commands_without_records_are_written_as_they_were_read() {
    for (id, payload) in [
        (0x0B, &[0x0A, 0x86][..]),
        (0x0C, &[0, 4, 9]),
        (0x0D, &[1, 0, 4, 0x2A]),
        (0x11, &[3, 9]),
        (0x12, &[0, 3, 4]),
        (0x13, &[3, 9]),
        (0x14, &[1, 3, 4]),
        (0x15, &[0, 4, 9]),
        (0x16, &[1, 0, 4, 0x2A, 5]),
        (0x42, &[1, 2, 3]),
    ] {
        let (command, rest) = read(id, payload);
        assert!(rest.is_empty());
        assert_eq!(command.id(), id);
        let mut buffer = [0; 16];
        let mut writer = Writer::new(&mut buffer);
        command.write(&mut writer, &Header::from_server(0, 7)).unwrap();
        assert_eq!(writer.written()[..3], [0x18, 7, id]);
        assert_eq!(writer.written()[3..], *payload);
    }
    let (command, _) = read(0x0B, &[0, 0]);
    let header = Header { frame_type: FrameType::Cluster, ..Header::from_server(0, 7) };
    let outcome = command.write(&mut Writer::new(&mut [0; 16]), &header);
    assert!(matches!(outcome, Err(Error::Unwritable { .. })));
}

#[test]
fn a_discrete_type_has_no_reportable_change() {
    let (GeneralCommand::ConfigureReporting(records), _) = read(6, &[0, 6, 3, 0x18, 1, 0, 60, 0]) else {
        panic!("configure reporting")
    };
    let Ok(Reporting::Send { change: None, maximum_s: 60, .. }) = records.into_iter().next().unwrap() else {
        panic!("{records:?}")
    };
}

#[test]
fn what_follows_a_command_stays_visible() {
    let (command, rest) = read(0x0B, &[0x0A, 0x00, 0xEE]);
    assert!(matches!(command, GeneralCommand::DefaultResponse { command: 0x0A, .. }));
    assert_eq!(rest, [0xEE]);
    let (command, rest) = read(0x55, &[1, 2]);
    assert_eq!((command, rest.len()), (GeneralCommand::Other { id: 0x55, payload: &[1, 2] }, 0));
}

#[test]
fn a_record_that_ends_early_says_where() {
    let (GeneralCommand::ReportAttributes(records), _) = read(0x0A, &[0, 4, 0x2A, 0xD2, 4]) else {
        panic!("report attributes")
    };
    assert_eq!(records.into_iter().next(), Some(Err(Error::Truncated { at: 3, needed: 1 })));
}
