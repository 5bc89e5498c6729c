//! A capture of our own with every command of Smart Energy, in as many forms as its sub-payload has, secured on both
//! layers.

use cad_zigbee::address::{Eui64, PanId, ShortAddress};
use cad_zigbee::pcap::{self, LinkType};
use cad_zigbee::security::{AuxiliaryHeader, Key};
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::cluster::layout::{Count, Layout};
use cad_zigbee::zcl::cluster::{self, Field};
use cad_zigbee::zcl::data_type::DataType;
use cad_zigbee::zcl::{self, ClusterId, Direction, FrameType, Header};
use cad_zigbee::{Result, aps, mac, nwk};

pub(crate) const NETWORK_KEY: [u8; 16] = *b"written network!";
pub(crate) const LINK_KEY: [u8; 16] = *b"meter to display";

/// The capture file.
pub(crate) fn capture() -> Vec<u8> {
    let mut file = Vec::new();
    pcap::write_header(&mut file, LinkType::IEEE802_15_4_NOFCS);
    let mut number = 0;
    for cluster in cluster::all().filter(|cluster| super::commands::is_smart_energy(cluster.id)) {
        for direction in [Direction::ServerToClient, Direction::ClientToServer] {
            for command in cluster.commands(direction) {
                for payload in payloads(command.fields) {
                    number += 1;
                    let bytes = frame(cluster.id, direction, command.id, number, &payload);
                    pcap::write_packet(&mut file, Timestamp::from_zigbee(number), &bytes.expect("it fits"));
                }
            }
        }
    }
    file
}

fn frame(
    cluster: ClusterId,
    direction: Direction,
    command: u8,
    number: u32,
    payload: &[u8],
) -> Result<Vec<u8>> {
    let [sequence, ..] = number.to_le_bytes();
    let (meter, source) = (ShortAddress(0x2B4E), Eui64(0x0CA2_F400_00E5_A3E1));
    let header = Header {
        frame_type: FrameType::Cluster,
        manufacturer: None,
        direction,
        disable_default_response: true,
        sequence,
        command,
    };
    let zcl = bytes(|writer| zcl::Frame { header, payload }.write(writer))?;
    let aps = aps::Frame::data(cluster, 1, 2, sequence, &zcl);
    let link = AuxiliaryHeader::link(None, number);
    let aps = bytes(|writer| aps.write_secured(writer, &Key::new(LINK_KEY), source, &link))?;
    let nwk = nwk::Frame::data(meter, ShortAddress(0x3A5C), sequence, &aps);
    let network = AuxiliaryHeader::network(source, number, 0);
    let nwk = bytes(|writer| nwk.write_secured(writer, &Key::new(NETWORK_KEY), &network))?;
    let mac = mac::Frame::data(PanId(0x5A17), meter, ShortAddress(0x3A5C), sequence, &nwk);
    bytes(|writer| mac.write(writer))
}

fn bytes(write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<Vec<u8>> {
    let mut buffer = [0; 512];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer)?;
    Ok(writer.written().to_vec())
}

/// A payload with these fields; several where a field may be one thing or another.
fn payloads(fields: &[Field]) -> Vec<Vec<u8>> {
    let mut written = vec![Vec::new()];
    for (index, field) in fields.iter().enumerate() {
        let next = fields.get(index + 1).map(|field| field.layout);
        let forms: Vec<Vec<u8>> = match (field.layout, next) {
            // Says what the next field is: that follows with it.
            (Layout::Value(data_type), Some(Layout::Chosen(choices))) => choices
                .iter()
                .flat_map(|choice| {
                    let said = little_endian(choice.from, data_type);
                    payloads(choice.fields).into_iter().map(move |rest| [&said[..], &rest].concat())
                })
                .collect(),
            (Layout::Value(data_type), Some(Layout::Counted(_, count))) => {
                vec![little_endian(if count == Count::Number { 2 } else { 0x22 }, data_type)]
            }
            (Layout::Chosen(_), _) => vec![Vec::new()],
            (layout, _) => some(layout, index),
        };
        written = written
            .iter()
            .flat_map(|payload| forms.iter().map(move |form| [&payload[..], form].concat()))
            .collect();
    }
    written
}

fn some(layout: Layout, index: usize) -> Vec<Vec<u8>> {
    match layout {
        Layout::Value(data_type) => vec![value(data_type, index)],
        // As long as a certificate.
        Layout::Octets => vec![vec![0xA5; 48]],
        Layout::Values(data_type) => vec![[value(data_type, index), value(data_type, index + 1)].concat()],
        Layout::Counted(data_type, Count::TiersTimesBlocks) => {
            vec![(0..6).flat_map(|count| value(data_type, index + count)).collect()]
        }
        Layout::Counted(data_type, _) => {
            vec![[value(data_type, index), value(data_type, index + 1)].concat()]
        }
        Layout::Groups(fields) => {
            let groups = payloads(fields);
            groups.iter().map(|group| [&group[..], group].concat()).collect()
        }
        Layout::Chosen(_) => vec![Vec::new()],
    }
}

/// A number tells its place by its first byte; dates, times and choices are such as there are.
fn value(data_type: DataType, index: usize) -> Vec<u8> {
    let first = 2 * u8::try_from(index).expect("few fields") + 1;
    match (data_type, data_type.length()) {
        (DataType::Date, _) => vec![126, 5, first, 1],
        (DataType::Bool | DataType::Enum8, _) => vec![1],
        (DataType::Bitmap16, _) => vec![1, 0],
        (_, Some(length)) => [first, 0xFE, 0xCA, 0x2D, 4, 5, 6, 7][..length.min(8)].to_vec(),
        (_, None) => vec![3, b'a', b'b', b'0' + first % 10],
    }
}

fn little_endian(number: u64, data_type: DataType) -> Vec<u8> {
    number.to_le_bytes()[..data_type.length().expect("a number")].to_vec()
}
