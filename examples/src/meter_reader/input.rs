//! Finds frames in what comes in, and goes on behind what cannot be read.

use std::io::{BufRead, Read};
use std::net::SocketAddr;

use cad_zigbee::link::zep;
use cad_zigbee::pcap;

use super::reader::Reader;

/// Reads a file or a stream to its end, as what its first bytes say it is.
pub(super) fn stream(mut input: impl BufRead, reader: &mut Reader) -> anyhow::Result<()> {
    let mut head = [0; 4];
    let mut filled = 0;
    while filled < head.len() {
        match input.read(&mut head[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    let start = &head[..filled];
    match u32::from_le_bytes(head) {
        0xA1B2_C3D4 | 0xD4C3_B2A1 | 0xA1B2_3C4D | 0x4D3C_B2A1 if filled == 4 => {
            pcap_stream(start.chain(input), reader)
        }
        0x0A0D_0D0A if filled == 4 => {
            let mut file = Vec::new();
            start.chain(input).read_to_end(&mut file)?;
            packets(&file, reader).map(drop)
        }
        _ => lines(start.chain(input), reader),
    }
}

/// Gives the frames of a capture to the reader; tells whether it wants more.
fn packets(file: &[u8], reader: &mut Reader) -> anyhow::Result<bool> {
    let packets = match pcap::packets(file) {
        Ok(packets) => packets,
        Err(error) => {
            reader.unreadable(&error.to_string());
            return Ok(false);
        }
    };
    for packet in packets {
        let frame = packet.and_then(|packet| Ok((packet.mac_frame()?, packet.time)));
        match frame {
            Ok(((bytes, trailer), time)) => reader.mac(bytes, trailer, time)?,
            Err(error) => reader.unreadable(&error.to_string()),
        }
        if reader.is_done() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A capture is read packet by packet, so that one that is still being written gives readings at once.
fn pcap_stream(mut input: impl Read, reader: &mut Reader) -> anyhow::Result<()> {
    const HEADER: usize = 24;
    const RECORD: usize = 16;
    /// No frame of IEEE 802.15.4 is as long, whatever stands in front of it.
    const LONGEST: usize = 64 << 10;
    let mut file = vec![0; HEADER];
    if !fill(&mut input, &mut file)? {
        reader.unreadable("the capture ends in its header");
        return Ok(());
    }
    let big_endian = matches!(file.first(), Some(0xA1));
    loop {
        file.resize(HEADER + RECORD, 0);
        match fill_or_end(&mut input, &mut file[HEADER..])? {
            Filled::End => return Ok(()),
            Filled::Part => {
                reader.unreadable("the capture ends inside a packet");
                return Ok(());
            }
            Filled::All => {}
        }
        let length: [u8; 4] = std::array::from_fn(|at| file[HEADER + 8 + at]);
        let length =
            if big_endian { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) } as usize;
        if length > LONGEST {
            reader.unreadable("a packet of an impossible length, and all behind it");
            return Ok(());
        }
        file.resize(HEADER + RECORD + length, 0);
        if !fill(&mut input, &mut file[HEADER + RECORD..])? {
            reader.unreadable("the capture ends inside a packet");
            return Ok(());
        }
        if !packets(&file, reader)? {
            return Ok(());
        }
    }
}

enum Filled {
    All,
    Part,
    End,
}

fn fill_or_end(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<Filled> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(if filled == 0 { Filled::End } else { Filled::Part }),
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Filled::All)
}

fn fill(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    Ok(buffer.is_empty() || matches!(fill_or_end(input, buffer)?, Filled::All))
}

/// Frames and payloads as lines of JSON; XML over as many lines as it takes.
fn lines(input: impl Read, reader: &mut Reader) -> anyhow::Result<()> {
    /// Longer lines are no frames.
    const LONGEST: u64 = 1 << 20;
    let mut input = std::io::BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut input).take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            reader.end_of_lines()?;
            return Ok(());
        }
        match std::str::from_utf8(&line) {
            Ok(text) if !text.trim().is_empty() => reader.line(text)?,
            Ok(_) => {}
            Err(_) => reader.unreadable("a line that is not text"),
        }
        if reader.is_done() {
            return Ok(());
        }
    }
}

/// Listens until it is interrupted.
pub(super) fn zep(address: SocketAddr, reader: &mut Reader) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let socket = tokio::net::UdpSocket::bind(address).await?;
        eprintln!("listening on {}; Ctrl-C ends", socket.local_addr()?);
        let mut datagram = [0; 2048];
        while !reader.is_done() {
            let length = tokio::select! {
                received = socket.recv_from(&mut datagram) => received?.0,
                _ = tokio::signal::ctrl_c() => break,
            };
            let datagram = datagram.get(..length).unwrap_or_default();
            match zep::Frame::read(datagram) {
                Ok(zep::Frame::Data(data)) => reader.mac(data.frame, data.trailer_format(), data.time())?,
                Ok(zep::Frame::Acknowledgement { .. }) => {}
                Err(error) => reader.unreadable(&format!("a datagram: {error}")),
            }
        }
        Ok(())
    })
}
