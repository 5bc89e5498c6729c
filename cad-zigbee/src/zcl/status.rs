//! What a device says about a request: the status codes of the ZCL.
//!
//! ```
//! use cad_zigbee::zcl::status::Status;
//!
//! assert_eq!(Status(0x86).name(), Some("UNSUPPORTED_ATTRIBUTE"));
//! assert!(Status::SUCCESS.is_success());
//! ```

use core::fmt;

/// A status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(
    /// The code on the air.
    pub u8,
);

impl Status {
    /// The request was carried out.
    pub const SUCCESS: Self = Self(0x00);
    /// The device does not have the attribute.
    pub const UNSUPPORTED_ATTRIBUTE: Self = Self(0x86);

    /// Whether the request was carried out.
    pub const fn is_success(self) -> bool {
        self.0 == 0
    }

    /// The standard's name for the code; codes it no longer uses included.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "SUCCESS",
            0x01 => "FAILURE",
            0x7E => "NOT_AUTHORIZED",
            0x7F => "RESERVED_FIELD_NOT_ZERO",
            0x80 => "MALFORMED_COMMAND",
            0x81 => "UNSUP_COMMAND",
            0x82 => "UNSUP_GENERAL_COMMAND",
            0x83 => "UNSUP_MANUF_CLUSTER_COMMAND",
            0x84 => "UNSUP_MANUF_GENERAL_COMMAND",
            0x85 => "INVALID_FIELD",
            0x86 => "UNSUPPORTED_ATTRIBUTE",
            0x87 => "INVALID_VALUE",
            0x88 => "READ_ONLY",
            0x89 => "INSUFFICIENT_SPACE",
            0x8A => "DUPLICATE_EXISTS",
            0x8B => "NOT_FOUND",
            0x8C => "UNREPORTABLE_ATTRIBUTE",
            0x8D => "INVALID_DATA_TYPE",
            0x8E => "INVALID_SELECTOR",
            0x8F => "WRITE_ONLY",
            0x90 => "INCONSISTENT_STARTUP_STATE",
            0x91 => "DEFINED_OUT_OF_BAND",
            0x92 => "INCONSISTENT",
            0x93 => "ACTION_DENIED",
            0x94 => "TIMEOUT",
            0x95 => "ABORT",
            0x96 => "INVALID_IMAGE",
            0x97 => "WAIT_FOR_DATA",
            0x98 => "NO_IMAGE_AVAILABLE",
            0x99 => "REQUIRE_MORE_IMAGE",
            0x9A => "NOTIFICATION_PENDING",
            0xC0 => "HARDWARE_FAILURE",
            0xC1 => "SOFTWARE_FAILURE",
            0xC2 => "CALIBRATION_ERROR",
            0xC3 => "UNSUPPORTED_CLUSTER",
            0xC4 => "LIMIT_REACHED",
            _ => return None,
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:02X}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status;
    use std::string::ToString;

    #[test]
    fn a_code_without_a_name_is_shown_as_a_number() {
        assert_eq!(Status(0xC0).to_string(), "HARDWARE_FAILURE");
        assert_eq!(Status(0x42).to_string(), "0x42");
    }
}
