//! Participants one call at a time: what they refuse and why, what a store that fails does to them, and what a register
//! takes from whom.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crash;
mod errors;
mod refusals;
mod register;
mod revisions;
mod stage;
mod store;
