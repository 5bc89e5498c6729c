use super::Command;
use crate::address::{Eui64, ShortAddress};
use crate::error::Error;
use crate::nwk::list::{Links, Numbers};
use crate::writer::Writer;

#[test]
fn every_command_is_read_to_its_last_byte() {
    let eui64 = [8, 7, 6, 5, 4, 3, 2, 1];
    let with = |head: &[u8], tail: &[u8]| [head, &eui64, tail].concat();
    let commands = [
        with(&[1, 0x20, 7, 0x4E, 0x2B, 3], &[]),
        with(&[2, 0x20, 7, 0, 0, 0x4E, 0x2B, 3], &[]),
        vec![3, 0x0B, 0x4E, 0x2B],
        vec![4, 0x40],
        vec![5, 2, 1, 0, 2, 0],
        vec![6, 0x8E],
        vec![7, 0x4E, 0x2B, 0],
        vec![8, 0x62, 1, 0, 0x11, 2, 0, 0x13],
        with(&[9, 0x01], &[0x17, 0x5A]),
        with(&[10, 0x01], &[5, 0x17, 0x5A]),
        vec![11, 8, 0],
        vec![12, 0, 3],
        vec![13, 1, 2, 1, 0, 0xFD, 2, 0, 3],
        vec![14, 1, 0x8E],
        vec![15, 0x4E, 0x2B, 0],
    ];
    for (id, bytes) in (1..).zip(&commands) {
        let (command, rest) = Command::read(bytes).unwrap();
        assert_eq!(command.id(), id);
        assert!(command.name().is_some());
        assert!(rest.is_empty(), "{command:?}");
        let mut buffer = [0; 32];
        let mut writer = Writer::new(&mut buffer);
        command.write(&mut writer).unwrap();
        assert_eq!(writer.written(), bytes);
        assert!(matches!(Command::read(&bytes[..bytes.len() - 1]), Err(Error::Truncated { .. })));
    }
    let (command, _) = Command::read(&commands[0]).unwrap();
    let Command::RouteRequest { destination_eui64, .. } = command else { panic!("{command:?}") };
    assert_eq!(destination_eui64, Some(Eui64(0x0102_0304_0506_0708)));
    assert_eq!(Command::read(&[0x7F, 9]), Ok((Command::Other { id: 0x7F }, &[9][..])));
}

#[test]
fn a_rejoin_tells_the_new_address() {
    let (command, _) = Command::read(&[7, 0x4E, 0x2B, 0]).unwrap();
    assert_eq!(command, Command::RejoinResponse { address: ShortAddress(0x2B4E), status: 0 });
}

#[test]
fn options_that_announce_other_fields_are_not_written() {
    let (extended_pan_id, pan_ids) = (Eui64(1), Numbers::new(&[1, 0]).unwrap());
    for command in [
        Command::RouteRequest {
            options: 0x20,
            id: 1,
            destination: ShortAddress(2),
            path_cost: 3,
            destination_eui64: None,
        },
        Command::RouteReply {
            options: 0x10,
            id: 1,
            originator: ShortAddress(1),
            responder: ShortAddress(2),
            path_cost: 3,
            originator_eui64: Some(Eui64(1)),
            responder_eui64: Some(Eui64(2)),
        },
        Command::LinkStatus { options: 0x61, links: Links::new(&[]).unwrap() },
        Command::NetworkReport { options: 0, extended_pan_id, pan_ids },
        Command::NetworkUpdate { options: 2, extended_pan_id, update_id: 1, pan_ids },
    ] {
        let error = command.write(&mut Writer::new(&mut [0; 32]));
        assert!(matches!(error, Err(Error::Unwritable { .. })), "{command:?}");
    }
}

#[test]
fn a_status_about_no_device_may_leave_out_the_address() {
    let (command, rest) = Command::read(&[3, 0x12]).unwrap();
    assert_eq!((command, rest), (Command::NetworkStatus { status: 0x12, destination: None }, &[][..]));
}
