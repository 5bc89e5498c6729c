#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod backoff;
pub mod config;
mod error;
mod events;
pub mod exchange;
mod history;
#[cfg(feature = "http")]
pub mod http;
pub mod known;
pub mod notice;
pub mod offer;
pub mod opts;
mod polled;
mod random;
mod receive;
pub mod registration;
mod report;
pub mod reports;
pub mod sample;
pub mod snapshot;
mod ven;
mod work;

pub use config::{Config, OptPolicy};
pub use error::Error;
pub use exchange::{Failure, Reply, Request, RequestToken};
#[cfg(feature = "http")]
pub use http::{Client, Handle};
pub use known::KnownEvent;
pub use notice::Notice;
pub use offer::Offer;
pub use openadr_types as types;
pub use sample::Sample;
pub use snapshot::Snapshot;
pub use ven::Ven;
