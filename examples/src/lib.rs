//! What the example programs share: the demonstration, the flexibility trade, the inspector, the meter reader,
//! the model house, standard output.

pub mod demo;
pub mod flex_trader;
pub mod frame_line;
pub mod house;
pub mod inspect;
pub mod length;
pub mod meter_reader;
pub mod out;
pub mod signing;

/// The project's README, whose examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
