use super::{Address, Frame, FrameType, Trailer, TrailerFormat, fcs};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::error::Error;
use crate::writer::Writer;
use std::vec::Vec;

fn written(frame: &Frame<'_>) -> Vec<u8> {
    let mut buffer = [0; 127];
    let mut writer = Writer::new(&mut buffer);
    frame.write(&mut writer).unwrap();
    writer.written().to_vec()
}

#[test]
fn writes_and_reads_a_data_frame_with_its_check_sequence() {
    let mut frame = Frame::data(PanId(0x5A17), ShortAddress(0x2B4E), ShortAddress(0x3A5C), 1, &[8, 2]);
    frame.trailer = Trailer::Fcs { value: 0, ok: false };
    let mut bytes = written(&frame);
    let read = Frame::read(&bytes, TrailerFormat::Fcs).unwrap();
    let value = fcs(&bytes[..bytes.len() - 2]);
    assert_eq!(read, Frame { trailer: Trailer::Fcs { value, ok: true }, ..frame });
    assert_eq!(read.pan_of_source(), Some(PanId(0x5A17)));

    bytes[9] ^= 1;
    assert_eq!(Frame::read(&bytes, TrailerFormat::Fcs).unwrap().trailer.fcs_ok(), Some(false));
    frame.trailer = Trailer::LongFcs { value: 0, ok: false };
    let read = Frame::read(&written(&frame), TrailerFormat::LongFcs).map(|read| read.trailer.fcs_ok());
    assert_eq!(read, Ok(Some(true)));
}

#[test]
fn reads_what_ti_puts_in_place_of_the_check_sequence() {
    let frame = Frame::read(&[0x02, 0x00, 0x2A, 0xC3, 0xEA], TrailerFormat::RssiLqi).unwrap();
    assert_eq!(frame.frame_type, FrameType::Acknowledgement);
    assert_eq!(frame.sequence, Some(0x2A));
    assert_eq!(frame.trailer, Trailer::RssiLqi { rssi: -61, crc_ok: true, lqi: 0x6A });
    assert_eq!(written(&frame), [0x02, 0x00, 0x2A, 0xC3, 0xEA]);
}

#[test]
fn every_addressing_mode_of_every_version_reads_back() {
    let addresses = [
        None,
        Some(Address::Short(ShortAddress(0x2B4E))),
        Some(Address::Extended(Eui64(0x0CA2_F400_00E5_A3E1))),
    ];
    for version in 0..3 {
        for destination in addresses {
            for source in addresses {
                for pan_id_compression in [false, true] {
                    for (destination_pan, source_pan) in [
                        (None, None),
                        (Some(PanId(1)), None),
                        (None, Some(PanId(2))),
                        (Some(PanId(1)), Some(PanId(2))),
                    ] {
                        let frame = Frame {
                            version,
                            destination,
                            source,
                            pan_id_compression,
                            destination_pan,
                            source_pan,
                            ..Frame::data(PanId(1), ShortAddress(1), ShortAddress(2), 9, &[7])
                        };
                        let mut buffer = [0; 40];
                        let mut writer = Writer::new(&mut buffer);
                        if frame.write(&mut writer).is_ok() {
                            assert_eq!(Frame::read(writer.written(), TrailerFormat::None), Ok(frame));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_frame_with_security_and_information_elements_is_written_as_it_was() {
    let bytes = [
        0x49, 0xAA, 0x05, 0x17, 0x5A, 0x5C, 0x3A, 0x4E, 0x2B, 0x0D, 1, 0, 0, 0, 0x11, 0x02, 0x1D, 0xAA, 0xBB,
        0x80, 0x3F, 0x55,
    ];
    let frame = Frame::read(&bytes, TrailerFormat::None).unwrap();
    assert_eq!(frame.security.unwrap().frame_counter, Some(1));
    assert_eq!(frame.information_elements, [0x02, 0x1D, 0xAA, 0xBB, 0x80, 0x3F]);
    assert_eq!(frame.payload, [0x55]);
    assert_eq!(frame.elements().count(), 2);
    assert_eq!(written(&frame), bytes);
}

#[test]
fn elements_that_would_swallow_the_payload_are_not_written() {
    let data = Frame::data(PanId(1), ShortAddress(1), ShortAddress(2), 9, &[7]);
    let open_ended = Frame { version: 2, information_elements: &[0x01, 0x1D, 0xAA], ..data };
    for frame in [
        open_ended,
        Frame { version: 1, information_elements: &[0x80, 0x3F], ..data },
        Frame { information_elements: &[0x80, 0x3F, 0], ..open_ended },
        Frame { information_elements: &[0x01, 0x1D], ..open_ended },
    ] {
        let error = frame.write(&mut Writer::new(&mut [0; 40]));
        assert!(matches!(error, Err(Error::Unwritable { .. })), "{frame:?}");
    }
    let alone = Frame { payload: &[], ..open_ended };
    assert_eq!(Frame::read(&written(&alone), TrailerFormat::None), Ok(alone));
}

#[test]
fn a_frame_of_a_type_with_another_layout_is_kept_whole() {
    // Multipurpose with a control field of one byte, reserved, fragment, extended.
    for bytes in [&[0xA5, 7, 1, 2][..], &[0x04], &[0x0E, 1, 2], &[0x07, 0]] {
        let frame = Frame::read(bytes, TrailerFormat::None).unwrap();
        assert_eq!((frame.frame_type, frame.payload), (FrameType::Other(bytes[0] & 7), bytes));
        assert_eq!((frame.sequence, frame.source, frame.pan()), (None, None, None));
        assert_eq!(written(&frame), bytes);
        let other_type = Frame { payload: &[0x06 ^ bytes[0]], ..frame };
        for frame in [other_type, Frame { payload: &[], ..frame }, Frame { sequence: Some(1), ..frame }] {
            assert!(matches!(frame.write(&mut Writer::new(&mut [0; 9])), Err(Error::Unwritable { .. })));
        }
    }
}

#[test]
fn refuses_a_reserved_addressing_mode() {
    assert_eq!(
        Frame::read(&[0x01, 0x04, 0x00, 0, 0, 0, 0], TrailerFormat::None),
        Err(Error::Malformed { at: 5, what: "reserved addressing mode" })
    );
}
