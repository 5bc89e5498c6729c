#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod envelope;
pub mod flex_request;
pub mod payload;
mod sgam;
pub mod test_message;
pub mod values;

pub use payload::Payload;
pub use xml_wire::{DateTime, Duration, Error, ErrorKind, Limits};
