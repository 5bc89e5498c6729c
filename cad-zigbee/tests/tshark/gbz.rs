//! GBZ messages of our own within the remote messages of Great Britain, as tshark reads them.

use crate::dissection;
use cad_zigbee::energy::field::UtcTime;
use cad_zigbee::gbz::{Alert, Component, Content, Encrypted, Message, write};
use cad_zigbee::pcap::{self, LinkType};
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::{ClusterId, Direction, Frame, FrameType, Header, general};
use std::path::Path;

const FIELDS: [&str; 12] = [
    "gbcs_gbz.components",
    "gbcs_gbz.alert_code",
    "gbcs_gbz.timestamp",
    "gbcs_gbz.extended_header_control",
    "gbcs_gbz.extended_header_cluster",
    "gbcs_gbz.from_date_time",
    "gbcs_gbz.additional_header_control",
    "gbcs_gbz.additional_frame_counter",
    "gbcs_gbz.transaction",
    "gbcs_gbz.command_id",
    "gbcs_gbz.length_of_ciphered_information",
    "gbcs_gbz.invocation_counter",
];

const COMMAND: u8 = 1;
const ALERT: u8 = 3;

/// The dissector reads a link type of the user's own as such messages.
const USER_LINK_TYPE: u16 = 147;

/// Header, originator, recipient and code of a remote message around this content.
fn remote_message(kind: u8, content: &[u8]) -> Vec<u8> {
    let head = [0xDF, 0x09, kind, 0, 0, 0, 0, 0, 0, 3, 0xE8];
    let originator = [8, 0x90, 0xB3, 0xD5, 0x1F, 0x30, 1, 0, 0];
    let recipient = [8, 0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xA0];
    let length = u8::try_from(content.len()).expect("a short message");
    [&head[..], &originator, &recipient, &[0, 2, 0, 0, length], content].concat()
}

fn components() -> [Component<'static>; 3] {
    let header = |direction, sequence, command| Header {
        frame_type: FrameType::Global,
        manufacturer: None,
        direction,
        disable_default_response: false,
        sequence,
        command,
    };
    let read = |sequence, payload| Frame {
        header: header(Direction::ClientToServer, sequence, general::READ_ATTRIBUTES),
        payload,
    };
    let from = Some(UtcTime(0x2DC0_0001));
    let encrypted = Encrypted {
        additional_control: 0,
        frame_counter: 2,
        header: header(Direction::ServerToClient, 9, general::READ_ATTRIBUTES_RESPONSE),
        ciphered: &[0x31, 0, 0, 0, 7, 0xAA, 0xBB, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    };
    [
        Component::new(ClusterId::METERING, read(7, &[0, 0])),
        Component { from, ..Component::new(ClusterId::PREPAYMENT, read(8, &[1, 0])) },
        Component {
            content: Content::Encrypted(encrypted),
            ..Component::new(ClusterId::METERING, read(9, &[]))
        },
    ]
}

/// What we read, in the columns of [`FIELDS`].
fn row(components: Message<'_>, alert: Option<&Alert<'_>>) -> Vec<Vec<i128>> {
    let mut row = vec![Vec::new(); FIELDS.len()];
    let mut push = |column: usize, number: i128| row[column].push(number);
    push(0, components.components().count() as i128);
    if let Some(alert) = alert {
        push(1, alert.code.into());
        push(2, alert.time.0.into());
    }
    for component in components.components() {
        let mut control = i128::from(component.control);
        if let Some(from) = component.from {
            control |= 0x10;
            push(5, from.0.into());
        }
        let header = match component.content {
            Content::Clear(frame) => frame.header,
            Content::Encrypted(encrypted) => {
                control |= 0x02;
                push(6, encrypted.additional_control.into());
                push(7, encrypted.frame_counter.into());
                push(10, encrypted.ciphered.len() as i128);
                let counter = encrypted.ciphered[1..5].first_chunk().expect("four bytes");
                push(11, u32::from_be_bytes(*counter).into());
                encrypted.header
            }
        };
        push(3, control);
        push(4, component.cluster.0.into());
        push(8, header.sequence.into());
        push(9, header.command.into());
    }
    row
}

pub(crate) fn compare(file: &Path) {
    let mut buffer = [0; 256];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer, &components()).expect("it fits");
    let message = writer.written();
    // The one alert whose components tshark reads.
    let alert = [&message[..2], &[1, 0x8F, 0x0A, 0x2D, 0xC0, 0, 9], &message[3..13]].concat();

    let mut capture = Vec::new();
    pcap::write_header(&mut capture, LinkType(USER_LINK_TYPE));
    for (kind, content) in [(COMMAND, message), (ALERT, &alert)] {
        pcap::write_packet(&mut capture, Timestamp::from_zigbee(0), &remote_message(kind, content));
    }
    std::fs::write(file, capture).expect("a temporary file");
    let dissector = "uat:user_dlts:\"User 0 (DLT=147)\",\"gbcs_message\",\"0\",\"\",\"0\",\"\"";
    let theirs = dissection::columns(file, &["-o", dissector], &FIELDS);
    std::fs::remove_file(file).expect("the temporary file");

    let (message, rest) = Message::read(message).expect("our own message");
    assert!(rest.is_empty());
    let alert = Alert::read(&alert).expect("our own alert");
    assert!(alert.rest.is_empty());
    assert_eq!(theirs, [row(message, None), row(alert.message, Some(&alert))]);
}
