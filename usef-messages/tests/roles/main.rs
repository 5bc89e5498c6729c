//! Participants one call at a time: what they refuse and why, what a store that fails does to them, what becomes of a
//! message whose delivery is cut short, and what a register takes from whom.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crash;
mod errors;
mod outbox;
mod refusals;
mod register;
mod revisions;
mod stage;
mod store;
