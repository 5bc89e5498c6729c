#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod admission;
mod config;
mod error;
pub mod event;
mod events;
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub mod http;
mod ids;
mod notice;
mod opts;
mod peer;
mod plan;
mod poll;
pub mod refusal;
mod registration;
pub mod report;
mod reports;
pub mod ven;
mod vtn;

pub use config::{Config, Signatures};
pub use error::Error;
pub use notice::{Notice, Party};
pub use peer::{Fingerprint, NotAFingerprint, Peer};
pub use plan::NewEvent;
pub use vtn::{Reply, Vtn};
