//! The lines Nordic's nRF 802.15.4 sniffer prints: a captured MAC frame in hex, without its check sequence.
//!
//! ```
//! use cad_zigbee::{link::nrf_sniffer, mac};
//!
//! let mut buffer = [0; 127];
//! let line = nrf_sniffer::read("received: 02002A power: -61 lqi: 200 time: 12345678", &mut buffer)?;
//! assert_eq!((line.rssi_dbm, line.lqi, line.time_us), (-61, 200, 12_345_678));
//! let frame = mac::Frame::read(line.frame, mac::TrailerFormat::None)?;
//! assert_eq!(frame.sequence, Some(0x2A));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::error::{Error, Result};
use core::fmt;

/// A captured frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'b> {
    /// The MAC frame without its check sequence.
    pub frame: &'b [u8],
    /// Received signal strength in dBm.
    pub rssi_dbm: i8,
    /// Link quality.
    pub lqi: u8,
    /// The sniffer's clock in microseconds.
    pub time_us: u64,
}

const RECEIVED: &str = "received:";

/// Reads a line, with or without its end; the frame goes to `buffer`.
///
/// # Errors
/// [`Error::Malformed`] if the line is of another form; [`Error::NoSpace`] if the frame does not fit the buffer.
pub fn read<'b>(line: &str, buffer: &'b mut [u8]) -> Result<Line<'b>> {
    const MALFORMED: Error = Error::Malformed { at: 0, what: "not a line of the nRF sniffer" };
    let mut words = line.split_ascii_whitespace();
    let mut word = || words.next().ok_or(MALFORMED);
    if word()? != RECEIVED {
        return Err(MALFORMED);
    }
    let length = read_hex(word()?, buffer)?;
    let mut number = |name: &str| match word()? == name {
        true => word()?.parse::<i64>().map_err(|_| MALFORMED),
        false => Err(MALFORMED),
    };
    let rssi_dbm = number("power:")?.try_into().map_err(|_| MALFORMED)?;
    let lqi = number("lqi:")?.try_into().map_err(|_| MALFORMED)?;
    let time_us = number("time:")?.try_into().map_err(|_| MALFORMED)?;
    Ok(Line { frame: buffer.get(..length).unwrap_or_default(), rssi_dbm, lqi, time_us })
}

/// Puts the bytes that the digits are into the buffer; returns how many.
fn read_hex(digits: &str, buffer: &mut [u8]) -> Result<usize> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        return Err(Error::Malformed { at: 0, what: "an odd number of hex digits" });
    };
    let needed = pairs.len().saturating_sub(buffer.len());
    let space = buffer.get_mut(..pairs.len()).ok_or(Error::NoSpace { at: 0, needed })?;
    for (byte, [high, low]) in space.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Ok(pairs.len())
}

fn digit(digit: u8) -> Result<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(Error::Malformed { at: 0, what: "not a hex digit" })
}

/// As the sniffer prints it.
impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{RECEIVED} ")?;
        self.frame.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, " power: {} lqi: {} time: {}", self.rssi_dbm, self.lqi, self.time_us)
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, read};
    use crate::error::Error;
    use std::string::ToString;

    #[test]
    fn a_line_reads_back() {
        let line = Line { frame: &[0x61, 0x88, 0xFF], rssi_dbm: -128, lqi: 0, time_us: 1 };
        let mut buffer = [0; 3];
        assert_eq!(read(&line.to_string(), &mut buffer), Ok(line));
        assert_eq!(read(&line.to_string(), &mut [0; 2]), Err(Error::NoSpace { at: 0, needed: 1 }));
    }

    #[test]
    fn another_line_is_refused() {
        for line in [
            "",
            "> shell",
            "received: 6",
            "received: 6x power: 1 lqi: 1 time: 1",
            "received: 60 power: -129 lqi: 1 time: 1",
            "received: 60 power: 1 lqi: 256 time: 1",
            "received: 60 power: 1 lqi: 1 time: -1",
            "received: 60 power: 1 lqi: 1",
            "received: 60 lqi: 1 power: 1 time: 1",
        ] {
            assert!(matches!(read(line, &mut [0; 9]), Err(Error::Malformed { .. })), "{line}");
        }
    }
}
