//! Readings: what meters measure, scaled and with a unit, from the frames of a home area network.
//!
//! A meter sends bare numbers; its unit and factors are attributes of their own, which a display reads once and a
//! listener has to catch. [`Han`] remembers them for each meter, keeps numbers it cannot scale yet, and hands out
//! readings.
//!
//! ```
//! use cad_zigbee::{readings::{Han, Source}, zcl};
//!
//! let mut han = Han::new();
//! // 5072076, of what is not known yet.
//! let report = [0x18, 1, 0x0A, 0x00, 0x00, 0x25, 0xCC, 0x64, 0x4D, 0x00, 0x00, 0x00];
//! assert!(han.metering(Source::default(), &zcl::Frame::read(&report)?, None).is_empty());
//! // Unit kWh, multiplier 1, divisor 1000.
//! let factors = [0x18, 2, 0x01, 0, 3, 0, 0x30, 0, 1, 3, 0, 0x22, 1, 0, 0, 2, 3, 0, 0x22, 0xE8, 3, 0];
//! let readings = han.metering(Source::default(), &zcl::Frame::read(&factors)?, None);
//! assert_eq!(readings[0].to_string(), "energy_import 5072.076 kWh");
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod attribute;
mod command;
mod factors;
mod han;
mod meter;
mod notice;
mod quantity;
mod quantity_name;
mod series;
mod symbol;
mod tariff;
mod utility;

pub use factors::{Factors, Known};
pub use han::{Han, Heard, METERS, Told};
pub use meter::{Identity, WAITING};
pub use notice::{Ambient, Cause, Label, News, Notice, Supply};
pub use quantity::{Electrical, Extreme, Money, Numbered, Phase, Property, Quantity};
pub use symbol::Symbol;
pub use utility::{LoadControl, LoadControlCancellation, Message, MessageCancellation, PriceInForce};

use crate::address::{Eui64, PanId, ShortAddress};
use crate::decimal::Decimal;
use crate::timestamp::Timestamp;
use core::time::Duration;
use std::fmt;

/// One measured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The meter and its endpoint.
    pub source: Source,
    /// What is measured.
    pub quantity: Quantity,
    /// How much.
    pub value: Decimal,
    /// Of what.
    pub unit: Symbol,
    /// When it was so: for snapshots, profiles and samples the meter's time, otherwise when the frame was received.
    pub time: Option<Timestamp>,
    /// How long the interval is that began then, for profiles and samples.
    pub interval: Option<Duration>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Source {
    /// The meter.
    pub meter: Meter,
    /// Its endpoint, where known: a communications hub may mirror several meters.
    pub endpoint: Option<u8>,
}

/// Names a meter as well as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Meter {
    /// By EUI-64.
    Eui64(Eui64),
    /// By network address, where its EUI-64 has not been seen.
    Short(PanId, ShortAddress),
    /// By the number of its metering point: in Great Britain, MPAN or MPRN.
    Point(u64),
    /// As the only one of its kind on the premises.
    Only(Commodity),
    /// Not at all: there is but one, or the frames came without addresses.
    #[default]
    Unnamed,
}

/// What a meter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Commodity {
    /// Electricity.
    Electricity,
    /// Gas.
    Gas,
}

/// Quantity, value and unit.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.quantity, self.value)?;
        if self.unit == "" { Ok(()) } else { write!(f, " {}", self.unit) }
    }
}

/// The EUI-64 in lower-case hex; else network and address, the number of the metering point, or what is metered;
/// nothing where there is no name.
impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eui64(eui64) => write!(f, "{eui64:x}"),
            Self::Short(pan, short) => write!(f, "{pan}/{short}"),
            Self::Point(number) => write!(f, "{number}"),
            Self::Only(Commodity::Electricity) => f.write_str("electricity"),
            Self::Only(Commodity::Gas) => f.write_str("gas"),
            Self::Unnamed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
