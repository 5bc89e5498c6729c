#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod envelope;
pub mod event;
pub mod ids;
pub mod interval;
pub mod message;
pub mod ns;
mod opaque;
pub mod opt;
pub mod period;
pub mod poll;
pub mod registration;
pub mod report;
pub mod response;
pub mod rules;
mod sgam;
#[cfg(feature = "signature")]
pub mod signature;
pub mod target;
pub mod units;
mod uri;
mod xcal;

pub use envelope::Payload;
pub use message::Message;
pub use rust_decimal::Decimal;
pub use xml_wire::{AnyContent, DateTime, Duration, Error, ErrorKind, Fixed, Float, Fragment, Limits};
