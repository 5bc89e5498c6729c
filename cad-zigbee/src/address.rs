//! Names of devices and networks on the air.
//!
//! ```
//! use cad_zigbee::address::{Eui64, ShortAddress};
//!
//! let meter: Eui64 = "0CA2F40000E5A3E1".parse()?;
//! assert_eq!(meter.to_string(), "0CA2F40000E5A3E1");
//! assert_eq!(format!("{meter:x}"), "0ca2f40000e5a3e1");
//! assert!(ShortAddress(0xFFFD).is_broadcast());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use crate::error::{Error, Result};
use core::{fmt, str};

/// The 64-bit address a device is made with (EUI-64, IEEE address, extended address).
///
/// `Display` gives 16 upper-case hex digits, `{:x}` lower-case ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Eui64(
    /// The address as a number: its first hex digit is the most significant.
    pub u64,
);

/// The 16-bit address a device has in its network; 0 is the coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortAddress(
    /// The address as a number.
    pub u16,
);

/// The 16-bit identifier of a network; 0xFFFF addresses all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PanId(
    /// The identifier as a number.
    pub u16,
);

impl ShortAddress {
    /// The coordinator, which is the trust centre in a home area network.
    pub const COORDINATOR: Self = Self(0);

    /// Whether this names a group of devices: all (FFFF), those with the receiver on (FFFD), routers (FFFC).
    pub const fn is_broadcast(self) -> bool {
        self.0 >= 0xFFF8
    }
}

impl fmt::Display for Eui64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

impl fmt::LowerHex for Eui64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Display for ShortAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Display for PanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl str::FromStr for Eui64 {
    type Err = Error;

    /// Reads 16 hex digits of either case.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else.
    fn from_str(text: &str) -> Result<Self> {
        let malformed = Error::Malformed { at: 0, what: "an EUI-64 is 16 hex digits" };
        if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::Eui64;

    #[test]
    fn an_eui64_is_exactly_16_hex_digits() {
        assert_eq!("001db70000c0ffee".parse(), Ok(Eui64(0x001D_B700_00C0_FFEE)));
        for wrong in ["", "1DB70000C0FFEE", "+01DB70000C0FFEE", "00:1D:B7:00:00:C0"] {
            assert!(wrong.parse::<Eui64>().is_err(), "{wrong}");
        }
    }
}
