//! A capture that comes piece by piece, as from a pipe.

use super::{Format, Packet, Step, open};
use crate::error::Result;
use std::vec::Vec;

/// The packets of a capture that is still being written: bytes in with [`push`](Self::push), packets out with
/// [`next_packet`](Self::next_packet) until it has none, and [`end`](Self::end) when no bytes will come any more.
///
/// It keeps only what is not read yet: less than a packet, or what lies behind a damaged one.
///
/// ```
/// use cad_zigbee::{pcap::{self, LinkType, Stream}, timestamp::Timestamp};
///
/// let mut file = Vec::new();
/// pcap::write_header(&mut file, LinkType::IEEE802_15_4_NOFCS);
/// pcap::write_packet(&mut file, Timestamp::from_zigbee(0), &[2, 0, 42]);
///
/// let mut stream = Stream::new();
/// stream.push(&file[..40]);
/// assert_eq!(stream.next_packet(), None);
/// stream.push(&file[40..]);
/// assert_eq!(stream.next_packet().unwrap()?.bytes, [2, 0, 42]);
/// stream.end();
/// assert_eq!(stream.next_packet(), None);
/// # Ok::<(), cad_zigbee::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stream {
    buffer: Vec<u8>,
    /// Of the buffer.
    read: usize,
    /// Where the buffer begins in the capture.
    at: usize,
    format: Option<Format>,
    has_ended: bool,
    is_lost: bool,
    skipped: u64,
}

impl Stream {
    /// Has no bytes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.read);
        self.at = self.at.saturating_add(self.read);
        self.read = 0;
        if self.is_lost {
            self.skipped = self.skipped.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// No more bytes will come: what is there is all there is.
    pub const fn end(&mut self) {
        self.has_ended = true;
    }

    /// Whether the bytes have begun as a capture.
    pub const fn is_open(&self) -> bool {
        self.format.is_some()
    }

    /// Whether nothing more can be read, whatever comes.
    pub const fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// How many bytes were damaged, and stepped over.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The next packet that is complete; none if more bytes are needed, or have ended.
    ///
    /// # Errors
    /// As [`packets`](super::packets) and its items.
    pub fn next_packet(&mut self) -> Option<Result<Packet<'_>>> {
        /// The longer of both formats' headers.
        const HEADER: usize = 24;
        loop {
            let rest = self.buffer.get(self.read..).unwrap_or_default();
            if rest.is_empty() && (self.format.is_some() || !self.has_ended) || self.is_lost {
                return None;
            }
            let at = self.at.saturating_add(self.read);
            let step = match &mut self.format {
                Some(format) => format.step(rest, at, self.has_ended),
                None if rest.len() < HEADER && !self.has_ended => return None,
                None => match open(rest) {
                    Ok((format, used)) => {
                        self.format = Some(format);
                        Step::Other(used)
                    }
                    Err(error) => Step::Lost(error),
                },
            };
            match step {
                Step::Packet(packet, used) => {
                    self.read = self.read.saturating_add(used);
                    return Some(Ok(packet));
                }
                Step::Other(used) => self.read = self.read.saturating_add(used),
                Step::More => return None,
                Step::Damaged(error, used) => {
                    self.read = self.read.saturating_add(used);
                    self.skipped = self.skipped.saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
                    return Some(Err(error));
                }
                Step::Lost(error) => {
                    self.skipped = self.skipped.saturating_add(u64::try_from(rest.len()).unwrap_or(u64::MAX));
                    self.read = self.buffer.len();
                    self.is_lost = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;
    use crate::pcap::{LinkType, packets, write_header, write_packet};
    use crate::timestamp::Timestamp;

    #[test]
    fn byte_by_byte_the_packets_are_those_of_the_whole_file_and_little_is_kept() {
        let mut file = Vec::new();
        write_header(&mut file, LinkType::IEEE802_15_4_WITHFCS);
        for number in 0..50 {
            write_packet(&mut file, Timestamp::from_zigbee(number), &[7; 30]);
        }
        file[24 + 46 * 20 + 9] = 0xFF;
        let whole: Vec<String> = packets(&file).unwrap().map(|packet| format!("{packet:?}")).collect();
        let mut stream = Stream::new();
        let mut read = Vec::new();
        for byte in &file {
            stream.push(&[*byte]);
            assert!(stream.buffer.len() < 70_000);
            while let Some(packet) = stream.next_packet() {
                read.push(format!("{packet:?}"));
            }
        }
        stream.end();
        while let Some(packet) = stream.next_packet() {
            read.push(format!("{packet:?}"));
        }
        assert_eq!(read, whole);
        assert!(stream.skipped() > 0);
    }

    #[test]
    fn what_is_no_capture_is_lost_at_once() {
        for text in [&b"{\"id\": 1, \"layer\": \"mac\"}"[..], b"", b"\xD4"] {
            let mut stream = Stream::new();
            stream.push(text);
            stream.end();
            assert!(stream.next_packet().unwrap().is_err());
            assert!(!stream.is_open() && stream.is_lost() && stream.next_packet().is_none());
        }
    }
}
