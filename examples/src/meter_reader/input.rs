//! Finds frames in what comes in, and goes on behind what cannot be read.

use std::io::{BufRead, Read};
use std::net::SocketAddr;

use cad_zigbee::link::zep;
use cad_zigbee::{Error, pcap};

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
    if pcap::is_capture(start) {
        capture(start.chain(input), reader)
    } else {
        lines(start.chain(input), reader)
    }
}

/// A capture is read packet by packet, so that one that is still being written gives readings at once, and one that
/// never ends takes no more memory.
fn capture(mut input: impl Read, reader: &mut Reader) -> anyhow::Result<()> {
    let mut stream = pcap::Stream::new();
    let mut buffer = vec![0; 64 << 10];
    let mut has_ended = false;
    while !has_ended {
        match input.read(&mut buffer) {
            Ok(0) => {
                has_ended = true;
                stream.end();
            }
            Ok(count) => stream.push(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        while let Some(packet) = stream.next_packet() {
            let frame = packet.and_then(|packet| Ok((packet.mac_frame()?, packet.time)));
            match frame {
                Ok(((bytes, trailer), time)) => reader.mac(bytes, trailer, time)?,
                Err(Error::Truncated { .. }) if has_ended => {
                    reader.unreadable("the capture ends inside a packet");
                }
                // Where it was differs each time; what it was is counted.
                Err(Error::Malformed { what, .. }) => reader.unreadable(what),
                Err(error) => reader.unreadable(&error.to_string()),
            }
            if reader.is_done() {
                break;
            }
        }
        if reader.is_done() || stream.is_lost() {
            break;
        }
    }
    reader.skipped(stream.skipped());
    Ok(())
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
