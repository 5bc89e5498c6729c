//! The links to hosts, and what sniffers send.

use crate::zigbee::written;
use cad_zigbee::Result;
use cad_zigbee::aps::Fragmentation;
use cad_zigbee::link::{Assembler, ash, deconz, ezsp, nrf_sniffer, xbee, zep, znp};
use std::fmt::Debug;
use std::time::Duration;

/// Any bytes as an ASH line, to a deframer and to a host that answers: what reads is written and reads back equal, and
/// the portions the bytes come in make no difference.
pub fn ash(data: &[u8]) {
    let mut deframer = ash::Deframer::<256>::new();
    let mut whole = data;
    while let Some(frame) = deframer.read(&mut whole) {
        if !matches!(frame, ash::Frame::Data { payload, .. } if payload.len() > ash::MAX_PAYLOAD) {
            let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
            assert_eq!(ash::Deframer::<256>::new().read(&mut &bytes[..]), Some(frame));
        }
    }
    same_in_portions(data, ash::Deframer::<256>::new, |deframer, input| deframer.read(input).map(shown));
    ash_host(data);
}

/// A host answers and never asks for more space or time than it says, whatever comes.
fn ash_host(data: &[u8]) {
    let mut host = ash::Host::<3, 128>::new();
    let mut space = [0; 300];
    let mut now = Duration::ZERO;
    host.reset();
    let reset = host.poll_transmit(now, &mut space).expect("fits");
    assert!(reset.is_some());
    let mut connected = &[0xC1, 0x02, 0x0B, 0x0A, 0x52, 0x7E][..];
    assert!(host.handle_input(&mut connected, now).is_some());
    for mut portion in portions(data) {
        while host.handle_input(&mut portion, now).is_some() {}
        if host.can_send() {
            host.send(&data[..data.len().min(128)]).expect("there is space");
        }
        for _ in 0..9 {
            host.poll_transmit(now, &mut space).expect("fits");
        }
        assert_eq!(host.poll_transmit(now, &mut space), Ok(None));
        if let Some(deadline) = host.poll_timeout() {
            assert!(deadline <= now + Duration::from_millis(3200));
            if data.len() % 2 == 0 {
                now = deadline;
                let _: Option<ash::Failure> = host.handle_timeout(now);
            }
        }
    }
}

/// Any bytes as an EZSP frame of each version: what reads is written and reads back equal, and a part of a message finds
/// its place or none.
pub fn ezsp(data: &[u8]) {
    let mut assembler = Assembler::<2, 64>::new();
    for version in [4, 5, 8, 13, 14] {
        let version = ezsp::Version(version);
        let Ok(frame) = ezsp::Frame::read(data, version) else { continue };
        // Version 4 has no identifier 0xFF: what reads as one is the header of a later version.
        if frame.id != 0xFF || version != ezsp::Version(4) {
            let bytes = written(|writer| frame.write(writer, version)).expect("what was read can be written");
            assert_eq!(ezsp::Frame::read(&bytes, version), Ok(frame));
        }
        let _: Result<_> = frame.version_response();
        let frame = ezsp::Frame { id: ezsp::INCOMING_MESSAGE_HANDLER, ..frame };
        if let Ok(message) = ezsp::IncomingMessage::read(&frame, version) {
            let message = message.indication();
            let _: Result<_> = message.zcl();
            if let Some(whole) = assembler.take(&message) {
                assert_eq!(whole.fragmentation, Fragmentation::None);
                let _: Result<_> = whole.zcl();
            }
        }
        let _: Result<_> = ezsp::IncomingMessage::read_any(&frame);
    }
}

/// Any bytes as a line of ZNP: what reads is written and reads back equal, and the portions make no difference.
pub fn znp(data: &[u8]) {
    let mut deframer = znp::Deframer::<255>::new();
    let mut whole = data;
    while let Some(frame) = deframer.read(&mut whole) {
        let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
        assert_eq!(znp::Deframer::<255>::new().read(&mut &bytes[..]), Some(frame));
        znp_message(frame.data);
    }
    same_in_portions(data, znp::Deframer::<255>::new, |deframer, input| deframer.read(input).map(shown));
    while deframer.give_up() {
        while deframer.read(&mut &[][..]).is_some() {}
    }
    let statistics = deframer.statistics();
    assert!(statistics.skipped_bytes <= data.len() as u64);
    znp_message(data);
}

fn znp_message(data: &[u8]) {
    for command1 in [0x81, 0x82] {
        let frame = znp::Frame { command0: 0x44, command1, data };
        if let Ok(message) = znp::IncomingMessage::read(&frame) {
            let _: Result<_> = message.indication(|_| None).zcl();
        }
    }
}

/// Any bytes as a line of XBee in both modes: what reads is written and reads back equal, and the portions make no
/// difference.
pub fn xbee(data: &[u8]) {
    for mode in [xbee::Mode::Plain, xbee::Mode::Escaped] {
        let mut deframer = xbee::Deframer::<512>::new(mode);
        let mut whole = data;
        while let Some(frame) = deframer.read(&mut whole) {
            let bytes = written(|writer| frame.write(writer, mode)).expect("what was read can be written");
            assert_eq!(xbee::Deframer::<512>::new(mode).read(&mut &bytes[..]), Some(frame));
            if let xbee::Frame::ExplicitReceive(message) = frame {
                let _: Result<_> = message.indication().zcl();
            }
        }
        assert!(whole.is_empty());
        let new = || xbee::Deframer::<512>::new(mode);
        same_in_portions(data, new, |deframer, input| deframer.read(input).map(shown));
        while deframer.give_up() {
            while deframer.read(&mut &[][..]).is_some() {}
        }
        assert!(deframer.statistics().skipped_bytes <= data.len() as u64);
    }
}

/// Any bytes as a line of deCONZ: what reads is written and reads back equal, and the portions make no difference.
pub fn deconz(data: &[u8]) {
    let mut deframer = deconz::Deframer::<512>::new();
    let mut whole = data;
    while let Some(frame) = deframer.read(&mut whole) {
        let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
        assert_eq!(deconz::Deframer::<512>::new().read(&mut &bytes[..]), Some(frame));
    }
    same_in_portions(data, deconz::Deframer::<512>::new, |deframer, input| deframer.read(input).map(shown));
    for command in [0x07, 0x0E, 0x17] {
        let frame = deconz::Frame { command, sequence: 0, status: 0, payload: data };
        if let Ok(deconz::Command::DataIndication(message)) = frame.command() {
            let _: Result<_> = message.indication().zcl();
        }
    }
}

/// Any bytes as a ZEP datagram, and as a line of the nRF sniffer: what reads is written and reads back equal.
pub fn zep(data: &[u8]) {
    if let Ok(frame) = zep::Frame::read(data) {
        let bytes = written(|writer| frame.write(writer)).expect("what was read can be written");
        assert_eq!(zep::Frame::read(&bytes), Ok(frame));
        if let zep::Frame::Data(data) = frame
            && let Some(time) = data.time()
        {
            assert_eq!(data.at(time).time(), Some(time));
        }
    }
    let Ok(text) = str::from_utf8(data) else { return };
    let mut space = [0; 256];
    if let Ok(line) = nrf_sniffer::read(text, &mut space) {
        assert_eq!(nrf_sniffer::read(&line.to_string(), &mut [0; 256]), Ok(line));
    }
}

/// The same frames come in whatever portions the bytes come.
fn same_in_portions<D>(
    data: &[u8],
    new: impl Fn() -> D,
    read: impl Fn(&mut D, &mut &[u8]) -> Option<String>,
) {
    let all = |portions: Vec<&[u8]>| {
        let mut deframer = new();
        let mut frames = Vec::new();
        for mut portion in portions {
            while let Some(frame) = read(&mut deframer, &mut portion) {
                frames.push(frame);
            }
            assert!(portion.is_empty());
        }
        frames
    };
    assert_eq!(all(portions(data)), all(vec![data]));
}

fn shown(frame: impl Debug) -> String {
    format!("{frame:?}")
}

/// The bytes in portions whose lengths they say themselves.
pub(crate) fn portions(data: &[u8]) -> Vec<&[u8]> {
    let mut portions = Vec::new();
    let mut rest = data;
    while let Some(first) = rest.first() {
        let length = usize::from(first & 0x1F).clamp(1, rest.len());
        let (portion, behind) = rest.split_at(length);
        portions.push(portion);
        rest = behind;
    }
    portions
}
