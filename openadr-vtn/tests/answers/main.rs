//! What a VTN answers to single messages, each written and read as XML on the way.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;
mod events;
mod opts;
mod registration;
mod reports;
mod signatures;
mod upsets;
