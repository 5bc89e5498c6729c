//! GBZ: messages that are written, and any bytes that are a message.

use cad_zigbee::energy::field::UtcTime;
use cad_zigbee::gbz::{Component, Content, Encrypted, Message, write};
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::{ClusterId, Direction, Frame, FrameType, Header};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

const LAST: u8 = 1;

fn written(components: &[Component<'_>]) -> Vec<u8> {
    let mut buffer = vec![0; 4096];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer, components).expect("it fits");
    writer.written().to_vec()
}

proptest! {
    #[test]
    fn messages_read_back(
        parts in vec(
            (any::<u16>(), option::of(any::<u32>()), option::of(any::<[u8; 2]>()), vec(any::<u8>(), 0..40)),
            0..6,
        ),
        (sequence, command, manufacturer) in any::<(u8, u8, Option<u16>)>(),
    ) {
        let header = Header {
            frame_type: FrameType::Global,
            manufacturer,
            direction: Direction::ServerToClient,
            disable_default_response: true,
            sequence,
            command,
        };
        let components: Vec<Component<'_>> = (1..)
            .zip(&parts)
            .map(|(number, (cluster, from, encrypted, bytes))| Component {
                control: if number == parts.len() { LAST } else { 0 },
                cluster: ClusterId(*cluster),
                from: from.map(UtcTime),
                content: match encrypted {
                    Some([additional_control, frame_counter]) => Content::Encrypted(Encrypted {
                        additional_control: *additional_control,
                        frame_counter: *frame_counter,
                        header,
                        ciphered: bytes,
                    }),
                    None => Content::Clear(Frame { header, payload: bytes }),
                },
            })
            .collect();
        let bytes = written(&components);
        let (message, rest) = Message::read(&bytes).expect("our own message");
        prop_assert!(rest.is_empty());
        prop_assert_eq!(message.components().collect::<Vec<_>>(), components);
    }

    #[test]
    fn any_bytes_that_are_a_message_are_written_to_read_equal(mut bytes in vec(0_u8..40, 3..90)) {
        bytes[..2].copy_from_slice(&[0x01, 0x09]);
        bytes[2] %= 4;
        let Ok((message, _)) = Message::read(&bytes) else { return Ok(()) };
        let mut components: Vec<Component<'_>> = message.components().collect();
        let count = components.len();
        let rewritten = written(&components);
        for (number, component) in (1..).zip(&mut components) {
            component.control = component.control & !LAST | u8::from(number == count);
        }
        let (message, rest) = Message::read(&rewritten).expect("our own message");
        prop_assert!(rest.is_empty());
        prop_assert_eq!(message.components().collect::<Vec<_>>(), components);
    }
}
