//! How fast frames are decoded.
//!
//! Groups `report` and `read_response`: a ZCL frame to attribute records, ids `ours` and `panweave_zcl`, another crate
//! without allocation. Both read the same bytes and hand out each record with a typed value, strings as unchecked bytes.
//! The other sign-extends numbers when it reads them; here that is done when they are asked for, as is the test of
//! numbers for "no value", which the other leaves to its caller. Our errors say where; its errors do not.
//!
//! Group `secured`: a MAC frame with NWK and APS security to attribute records. Group `capture`: a capture of 10,000 such
//! frames to readings. In both, `bare_ccm` is what nobody can do without: the AES-CCM operations over the same bytes. Its
//! keys are expanded beforehand, as ours are once they were of use, but it is given nonces and associated data ready
//! made and does nothing else: no frame check sequence, no search for the key, no parsing.

use aes::Aes128;
use cad_zigbee::address::{Eui64, PanId, ShortAddress};
use cad_zigbee::aps;
use cad_zigbee::mac::{self, TrailerFormat};
use cad_zigbee::nwk::{self, Npdu};
use cad_zigbee::pcap::{self, LinkType};
use cad_zigbee::security::{AuxiliaryHeader, Key, KeyRing, Payload, Secured};
use cad_zigbee::sniffer::Sniffer;
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::general::GeneralCommand;
use cad_zigbee::zcl::{self, ClusterId};
use ccm::aead::{AeadInOut, KeyInit};
use ccm::consts::{U4, U13};
use ccm::{Ccm, Tag};
use criterion::{Criterion, Throughput};
use panweave_zcl::global::{AttributeValue, ReadAttributeStatus, Records};
use std::hint::black_box;
use std::time::Duration;

/// Energy imported and exported, power, what was used today and yesterday: 37 bytes.
const REPORT: [u8; 41] = [
    0x18, 0x2A, 0x0A, 0x00, 0x00, 0x25, 0xCC, 0x64, 0x4D, 0x00, 0x00, 0x00, 0x01, 0x00, 0x25, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x2A, 0xF3, 0x09, 0x00, 0x01, 0x04, 0x22, 0x23, 0x1F, 0x00, 0x03,
    0x04, 0x22, 0x48, 0x24, 0x00, 0x00, 0x02,
];

/// Unit, multiplier, divisor, both formattings, device type, site and one attribute that is not there.
const RESPONSE: [u8; 60] = [
    0x18, 0x2B, 0x01, 0x00, 0x03, 0x00, 0x30, 0x00, 0x01, 0x03, 0x00, 0x22, 0x01, 0x00, 0x00, 0x02, 0x03,
    0x00, 0x22, 0xE8, 0x03, 0x00, 0x03, 0x03, 0x00, 0x18, 0x2B, 0x04, 0x03, 0x00, 0x18, 0x2B, 0x06, 0x03,
    0x00, 0x18, 0x00, 0x07, 0x03, 0x00, 0x41, 0x0D, b'1', b'0', b'1', b'2', b'3', b'4', b'5', b'6', b'7',
    b'8', b'9', b'0', b'1', 0x12, 0x03, 0x86, 0x00, 0x00,
];

const NETWORK_KEY: Key = Key::new([0x11; 16]);
const LINK_KEY: Key = Key::new([0x22; 16]);
const PAN: PanId = PanId(0x5A17);
const METER: (ShortAddress, Eui64) = (ShortAddress(0x2B4E), Eui64(0x0CA2_F400_00E5_A3E1));
const DISPLAY: ShortAddress = ShortAddress(0x3A5C);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    report(&mut criterion);
    read_response(&mut criterion);
    secured(&mut criterion);
    capture(&mut criterion);
    criterion.final_summary();
}

fn report(criterion: &mut Criterion) {
    // The last two bytes would be half a record.
    let frame = &REPORT[..39];
    let mut group = criterion.benchmark_group("report");
    group.throughput(Throughput::Elements(1));
    group.bench_function("ours", |b| b.iter(|| records(black_box(frame))));
    group.bench_function("panweave_zcl", |b| b.iter(|| peer_records(black_box(frame))));
    group.finish();
    assert_eq!((records(frame), peer_records(frame)), (5, 5));
}

fn read_response(criterion: &mut Criterion) {
    let frame = &RESPONSE[..58];
    let mut group = criterion.benchmark_group("read_response");
    group.throughput(Throughput::Elements(1));
    group.bench_function("ours", |b| b.iter(|| records(black_box(frame))));
    group.bench_function("panweave_zcl", |b| b.iter(|| peer_records(black_box(frame))));
    group.finish();
    assert_eq!((records(frame), peer_records(frame)), (8, 8));
}

/// Decodes all records of a report or a read response; returns how many there are.
fn records(frame: &[u8]) -> usize {
    let frame = zcl::Frame::read(frame).expect("a header");
    let mut count = 0;
    match GeneralCommand::read(&frame).expect("a command").0 {
        GeneralCommand::ReportAttributes(records) => {
            for record in records {
                black_box(record.expect("a record"));
                count += 1;
            }
        }
        GeneralCommand::ReadAttributesResponse(records) => {
            for record in records {
                black_box(record.expect("a record"));
                count += 1;
            }
        }
        other => panic!("{other:?}"),
    }
    count
}

/// The same by the other crate.
fn peer_records(frame: &[u8]) -> usize {
    let (header, at) = panweave_zcl::frame::Header::decode_prefix(frame).expect("a header");
    let payload = &frame[at..];
    let mut count = 0;
    match header.command.0 {
        0x0A => {
            for record in Records::<AttributeValue<'_>>::new(payload) {
                black_box(record.expect("a record"));
                count += 1;
            }
        }
        0x01 => {
            for record in Records::<ReadAttributeStatus<'_>>::new(payload) {
                black_box(record.expect("a record"));
                count += 1;
            }
        }
        other => panic!("{other}"),
    }
    count
}

fn secured(criterion: &mut Criterion) {
    let bytes = frame_from_meter(&REPORT[..39], 1);
    let mut keys = KeyRing::new();
    keys.accept_replays();
    keys.add_network_key(NETWORK_KEY);
    keys.add_link_key(LINK_KEY);
    let bare = Bare::of(&bytes);
    let mut group = criterion.benchmark_group("secured");
    group.throughput(Throughput::Elements(1));
    group.bench_function("ours", |b| b.iter(|| opened_records(black_box(&bytes), &mut keys)));
    group.bench_function("bare_ccm", |b| b.iter(|| black_box(&bare).open()));
    group.finish();
    assert_eq!(opened_records(&bytes, &mut keys), 5);
}

/// From the MAC frame to the records, layer by layer.
fn opened_records(bytes: &[u8], keys: &mut KeyRing) -> usize {
    let (mut nwk_out, mut aps_out) = ([0; 128], [0; 128]);
    let mac = mac::Frame::read(bytes, TrailerFormat::Fcs).expect("a MAC frame");
    let Ok(Npdu::Frame(nwk)) = Npdu::read(mac.payload) else { panic!("a NWK frame") };
    let Payload::Secured(secured) = &nwk.payload else { panic!("secured") };
    let source = secured.auxiliary.source;
    let payload = keys.open(secured, source, &mut nwk_out).expect("it opens");
    let aps = aps::Frame::read(payload).expect("an APS frame");
    let Payload::Secured(secured) = &aps.payload else { panic!("secured") };
    records(keys.open(secured, source, &mut aps_out).expect("it opens"))
}

fn capture(criterion: &mut Criterion) {
    const FRAMES: u32 = 10_000;
    let mut file = Vec::new();
    pcap::write_header(&mut file, LinkType::IEEE802_15_4_WITHFCS);
    let mut bare = Vec::new();
    for counter in 0..FRAMES {
        let zcl = if counter == 0 { &RESPONSE[..58] } else { &REPORT[..39] };
        let frame = frame_from_meter(zcl, counter);
        pcap::write_packet(&mut file, Timestamp(Duration::from_secs(counter.into())), &frame);
        bare.push(Bare::of(&frame));
    }
    let mut group = criterion.benchmark_group("capture");
    group.throughput(Throughput::Elements(FRAMES.into()));
    group.sample_size(20);
    group.bench_function("ours", |b| b.iter(|| readings(black_box(&file))));
    group.bench_function("bare_ccm", |b| b.iter(|| black_box(&bare).iter().for_each(Bare::open)));
    group.finish();
    assert!(readings(&file) >= 5 * (10_000 - 1), "{}", readings(&file));
}

fn readings(file: &[u8]) -> usize {
    let mut sniffer = Sniffer::new();
    sniffer.keys_mut().add_network_key(NETWORK_KEY);
    sniffer.keys_mut().add_link_key(LINK_KEY);
    let mut readings = 0;
    for packet in pcap::packets(file).expect("a capture") {
        let packet = packet.expect("a packet");
        let (frame, trailer) = packet.mac_frame().expect("a MAC frame");
        let decoded = sniffer.mac(frame, trailer, packet.time);
        readings += black_box(&decoded.readings).len();
    }
    readings
}

/// A MAC frame with both layers secured by the meter.
fn frame_from_meter(zcl: &[u8], counter: u32) -> Vec<u8> {
    let aps = written(|writer| {
        aps::Frame::data(ClusterId::METERING, 1, 1, 1, zcl).write_secured(
            writer,
            &LINK_KEY,
            METER.1,
            &AuxiliaryHeader::link(None, counter),
        )
    });
    let nwk = written(|writer| {
        nwk::Frame::data(METER.0, DISPLAY, 1, &aps).write_secured(
            writer,
            &NETWORK_KEY,
            &AuxiliaryHeader::network(METER.1, counter, 0),
        )
    });
    let mut frame = written(|writer| mac::Frame::data(PAN, METER.0, DISPLAY, 1, &nwk).write(writer));
    let fcs = mac::fcs(&frame);
    frame.extend(fcs.to_le_bytes());
    frame
}

fn written(write: impl FnOnce(&mut Writer<'_>) -> cad_zigbee::Result<()>) -> Vec<u8> {
    let mut buffer = [0; 256];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer).expect("it fits");
    writer.written().to_vec()
}

type AesCcm = Ccm<Aes128, U4, U13>;

/// The two operations that open a frame, with all they need.
struct Bare {
    operations: [Operation; 2],
}

struct Operation {
    cipher: AesCcm,
    nonce: [u8; 13],
    associated: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: [u8; 4],
}

impl Bare {
    fn of(bytes: &[u8]) -> Self {
        let mac = mac::Frame::read(bytes, TrailerFormat::Fcs).expect("a MAC frame");
        let Ok(Npdu::Frame(nwk)) = Npdu::read(mac.payload) else { panic!("a NWK frame") };
        let Payload::Secured(secured) = &nwk.payload else { panic!("secured") };
        let mut out = [0; 128];
        let plain = secured.open(&NETWORK_KEY, METER.1, &mut out).expect("it opens");
        let aps = aps::Frame::read(plain).expect("an APS frame");
        let Payload::Secured(inner) = &aps.payload else { panic!("secured") };
        Self { operations: [Operation::of(secured, &NETWORK_KEY), Operation::of(inner, &LINK_KEY)] }
    }

    fn open(&self) {
        for operation in &self.operations {
            operation.open();
        }
    }
}

impl Operation {
    fn of(secured: &Secured<'_>, key: &Key) -> Self {
        let (ciphertext, tag) = secured.ciphertext.split_last_chunk::<4>().expect("an integrity code");
        let mut associated = secured.authenticated.to_vec();
        associated[secured.auxiliary_at] |= 5;
        Self {
            cipher: AesCcm::new(&(*key.as_bytes()).into()),
            nonce: secured.auxiliary.nonce(METER.1),
            associated,
            ciphertext: ciphertext.to_vec(),
            tag: *tag,
        }
    }

    fn open(&self) {
        let mut out = [0; 128];
        let out = &mut out[..self.ciphertext.len()];
        out.copy_from_slice(&self.ciphertext);
        self.cipher
            .decrypt_inout_detached(
                &self.nonce.into(),
                &self.associated,
                (&mut *out).into(),
                &Tag::from(self.tag),
            )
            .expect("it opens");
        black_box(out);
    }
}
