#![cfg_attr(all(feature = "std", feature = "security"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "std", feature = "security")),
    doc = "Zigbee Smart Energy as a Consumer Access Device sees it: from 802.15.4 frames to values, `no_std`."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects, clippy::as_conversions)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "tests read their own data"
    )
)]

pub mod address;
pub mod aps;
pub mod decimal;
pub mod energy;
mod error;
pub mod gbz;
#[cfg(feature = "serde")]
pub mod json;
pub mod link;
pub mod mac;
pub mod metering;
pub mod nwk;
#[cfg(feature = "std")]
pub mod pcap;
pub mod reader;
#[cfg(feature = "std")]
pub mod readings;
pub mod security;
mod sgam;
#[cfg(all(feature = "std", feature = "security"))]
pub mod sniffer;
pub mod timestamp;
#[cfg(feature = "vendor")]
pub mod vendor;
pub mod writer;
pub mod zcl;

pub use error::{Error, Result};
