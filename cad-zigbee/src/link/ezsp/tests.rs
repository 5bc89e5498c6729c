use super::{
    ApsFrame, Frame, INCOMING_MESSAGE_HANDLER, IncomingMessage, SendUnicast, Version, VersionResponse,
};
use crate::address::{Eui64, ShortAddress};
use crate::aps::Fragmentation;
use crate::error::Error;
use crate::writer::Writer;
use crate::zcl::ClusterId;

const APS: ApsFrame = ApsFrame {
    profile: 0x0109,
    cluster: ClusterId::METERING,
    source_endpoint: 1,
    destination_endpoint: 2,
    options: ApsFrame::ENCRYPTION | ApsFrame::RETRY,
    group: 0x1234,
    sequence: 9,
};

fn written(write: impl FnOnce(&mut Writer<'_>) -> Result<(), Error>) -> Result<Vec<u8>, Error> {
    let mut buffer = [0; 400];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer).map(|()| writer.written().to_vec())
}

#[test]
fn every_version_has_its_header() {
    let nop = |version| written(|writer| super::write_nop(writer, Version(version), 7)).unwrap();
    assert_eq!(nop(4), [7, 0, 5]);
    for version in 5..8 {
        assert_eq!(nop(version), [7, 0, 0xFF, 0, 5]);
    }
    for version in 8..20 {
        assert_eq!(nop(version), [7, 0, 1, 5, 0]);
    }
    for version in 4..20 {
        let bytes = nop(version);
        let frame = Frame::command(Version(version), 7, super::NOP, &[]);
        assert_eq!(Frame::read(&bytes, Version(version)), Ok(frame));
        assert_eq!(Frame::read(&bytes, Version::of_header(&bytes)), Ok(frame));
        let end = bytes.len() - 1;
        assert_eq!(
            Frame::read(&bytes[..end], Version(version)).unwrap_err(),
            if version < 8 {
                Error::Truncated { at: end, needed: 1 }
            } else {
                Error::Truncated { at: 3, needed: 1 }
            }
        );
    }
}

#[test]
fn the_header_of_another_version_is_refused() {
    let error = Frame::read(&[7, 0x80, 0, 5, 0], Version(8));
    assert_eq!(error, Err(Error::Malformed { at: 1, what: "not the header of EZSP version 8 and later" }));
    let error = Frame::read(&[7, 0x80, 1, 5, 0], Version(5));
    assert_eq!(error, Err(Error::Malformed { at: 2, what: "not the header of EZSP versions 5 to 7" }));
    let wide = Frame::command(Version(8), 1, 0x0101, &[]);
    for version in [4, 5] {
        let error = written(|writer| wide.write(writer, Version(version)));
        assert!(matches!(error, Err(Error::Unwritable { .. })));
    }
}

#[test]
fn the_coprocessor_tells_its_version() {
    let frame = Frame::read(&[0, 0x80, 1, 0, 0, 8, 2, 0x70, 0x67], Version(8)).unwrap();
    assert!(frame.is_response() && !frame.is_overflow() && !frame.is_truncated());
    let expected = VersionResponse { protocol: Version(8), stack_type: 2, stack_version: 0x6770 };
    assert_eq!(frame.version_response(), Ok(expected));
    let other = Frame { id: 5, ..frame };
    assert_eq!(
        other.version_response(),
        Err(Error::Malformed { at: 0, what: "not the response to version" })
    );
}

#[test]
fn both_layouts_of_a_message_are_read_and_told_apart() {
    let aps = written(|writer| APS.write(writer)).unwrap();
    let before = [&[2], &aps[..], &[200, 0xC3, 0x4E, 0x2B, 0xFF, 0xFE, 2, 0xAA, 0xBB]].concat();
    let eui64 = [8, 7, 6, 5, 4, 3, 2, 1];
    let after =
        [&[0], &aps[..], &[0x4E, 0x2B], &eui64, &[0xFF, 0xFE, 200, 0xC3, 1, 0, 0, 0, 2, 0xAA, 0xBB]].concat();
    let frame = |parameters| Frame { sequence: 0, control: 0x190, id: INCOMING_MESSAGE_HANDLER, parameters };
    for (parameters, version) in [(&before, 13), (&after, 14)] {
        let frame = frame(parameters);
        let message = IncomingMessage::read(&frame, Version(version)).unwrap();
        assert_eq!(IncomingMessage::read_any(&frame), Ok(message));
        assert_eq!((message.aps, message.sender), (APS, ShortAddress(0x2B4E)));
        assert_eq!((message.lqi, message.rssi_dbm), (200, -61));
        assert_eq!((message.binding, message.address, message.payload), (0xFF, 0xFE, &[0xAA, 0xBB][..]));
        let newer = version == 14;
        assert_eq!(message.timestamp_ms, newer.then_some(1));
        assert_eq!(message.sender_eui64, newer.then_some(Eui64(0x0102_0304_0506_0708)));
        assert_eq!(message.indication().group, (!newer).then_some(0x1234));
        assert!(matches!(
            IncomingMessage::read(
                &Frame { parameters: &parameters[..parameters.len() - 1], ..frame },
                Version(version)
            ),
            Err(Error::Truncated { needed: 1, .. })
        ));
    }
    let other = Frame { id: 0x3F, ..frame(&before) };
    assert!(matches!(IncomingMessage::read_any(&other), Err(Error::Malformed { .. })));
}

#[test]
fn a_part_of_a_message_is_no_message_to_a_group() {
    let fragment = |group| ApsFrame { options: ApsFrame::FRAGMENT, group, ..APS };
    assert_eq!(APS.fragmentation(), Fragmentation::None);
    assert_eq!(fragment(0x0300).fragmentation(), Fragmentation::First { blocks: 3 });
    assert_eq!(fragment(0x0002).fragmentation(), Fragmentation::Part { block: 2 });
}

#[test]
fn a_message_is_sent_in_the_layout_of_the_version() {
    let send = |version, tag, payload: &[u8]| {
        let command = SendUnicast { destination: ShortAddress(0x2B4E), aps: APS, tag, payload };
        written(|writer| command.write(writer, Version(version), 3))
    };
    let aps = written(|writer| APS.write(writer)).unwrap();
    let v13 = [&[3, 0, 1, 0x34, 0, 0, 0x4E, 0x2B], &aps[..], &[7, 1, 0xAA]].concat();
    assert_eq!(send(13, 7, &[0xAA]), Ok(v13));
    let v14 = [&[3, 0, 1, 0x34, 0, 0, 0x4E, 0x2B], &aps[..], &[0, 1, 1, 0xAA]].concat();
    assert_eq!(send(14, 0x100, &[0xAA]), Ok(v14));
    assert!(matches!(send(13, 0x100, &[]), Err(Error::Unwritable { .. })));
    assert!(matches!(send(14, 0, &[0; 256]), Err(Error::Unwritable { .. })));
}
