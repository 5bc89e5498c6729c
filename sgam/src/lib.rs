#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

#[cfg(any(test, feature = "render"))]
extern crate alloc;

mod actor;
pub mod actors;
mod exchange;
mod layer;
mod plane;
mod query;
#[cfg(feature = "render")]
pub mod render;

pub use actor::{Actor, Basis};
pub use exchange::{Exchange, Link, Placed};
pub use layer::{Layer, Layers};
pub use plane::{Cell, Domain, Zone};
pub use query::Query;
