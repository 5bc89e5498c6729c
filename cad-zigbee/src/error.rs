//! What can go wrong, and where.
//!
//! ```
//! use cad_zigbee::{Error, zcl};
//!
//! let error = zcl::Frame::read(&[0x18, 0x01]).unwrap_err();
//! assert_eq!(error, Error::Truncated { at: 2, needed: 1 });
//! assert_eq!(error.to_string(), "1 more byte needed at offset 2");
//! ```

use core::fmt;

/// Why a frame could not be read, opened or written.
///
/// `at` is an offset in bytes from the start of what was given to be read: a frame, or the payload of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes end inside a field: `needed` more would have to follow at `at`.
    Truncated {
        /// Where the field begins that does not fit.
        at: usize,
        /// How many bytes are missing.
        needed: usize,
    },
    /// A field holds what its layout does not allow.
    Malformed {
        /// Where the field begins.
        at: usize,
        /// The field, and what is wrong with it.
        what: &'static str,
    },
    /// A ZCL data type identifier that no edition defines, so the length of the value is unknown.
    UnknownType {
        /// Where the value begins.
        at: usize,
        /// The identifier.
        id: u8,
    },
    /// The message integrity code does not match: another key, another source, or a changed frame.
    NotAuthentic,
    /// None of the known keys opens the frame.
    NoKey,
    /// The EUI-64 of the sender is neither in the frame nor known from an earlier one.
    UnknownSource,
    /// The frame is authentic, but the sender has been past its counter: it was heard before, or is one held back.
    Replayed {
        /// The counter of the frame.
        counter: u32,
        /// The highest counter known of the sender.
        last: u32,
    },
    /// The caller's buffer ends: `needed` more bytes would have to fit at `at`.
    NoSpace {
        /// Where in the buffer the bytes would go.
        at: usize,
        /// How many bytes do not fit.
        needed: usize,
    },
    /// The caller asked to write or derive something that has no form on the wire.
    Unwritable {
        /// What it was.
        what: &'static str,
    },
}

/// A result with this crate's [`Error`].
pub type Result<T> = core::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { at, needed: 1 } => write!(f, "1 more byte needed at offset {at}"),
            Self::Truncated { at, needed } => write!(f, "{needed} more bytes needed at offset {at}"),
            Self::Malformed { at, what } => write!(f, "{what} at offset {at}"),
            Self::UnknownType { at, id } => write!(f, "unknown data type 0x{id:02X} at offset {at}"),
            Self::NotAuthentic => f.write_str("the message integrity code does not match"),
            Self::NoKey => f.write_str("no known key opens the frame"),
            Self::UnknownSource => f.write_str("the EUI-64 of the sender is not known"),
            Self::Replayed { counter, last } => {
                write!(f, "frame counter {counter} is not past {last}, which the sender has used")
            }
            Self::NoSpace { at, needed } => {
                write!(f, "{needed} bytes do not fit into the buffer at offset {at}")
            }
            Self::Unwritable { what } => write!(f, "{what} cannot be written"),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;
    use std::string::ToString;

    #[test]
    fn every_error_says_what_and_where() {
        let table = [
            (Error::Truncated { at: 3, needed: 1 }, "1 more byte needed at offset 3"),
            (Error::Truncated { at: 0, needed: 9 }, "9 more bytes needed at offset 0"),
            (
                Error::Malformed { at: 7, what: "relay index past the list" },
                "relay index past the list at offset 7",
            ),
            (Error::UnknownType { at: 2, id: 0x77 }, "unknown data type 0x77 at offset 2"),
            (Error::NotAuthentic, "the message integrity code does not match"),
            (Error::NoKey, "no known key opens the frame"),
            (Error::UnknownSource, "the EUI-64 of the sender is not known"),
            (
                Error::Replayed { counter: 7, last: 9 },
                "frame counter 7 is not past 9, which the sender has used",
            ),
            (Error::NoSpace { at: 120, needed: 16 }, "16 bytes do not fit into the buffer at offset 120"),
            (
                Error::Unwritable { what: "a MAC frame with security" },
                "a MAC frame with security cannot be written",
            ),
        ];
        for (error, text) in table {
            assert_eq!(error.to_string(), text);
        }
    }
}
