//! The roles of UFTP as state machines: an aggregator ([`Agr`]), a grid operator ([`Dso`]) and a common reference
//! operator ([`Cro`]).
//!
//! Documents and time go in; statuses, documents to post, events and deadlines come out. The loop that drives a role is
//! told at [`Participant`]. Here a grid operator and an aggregator talk without a network between them:
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use usef_messages::discovery::{AddressBook, keys_name};
//! use usef_messages::keys::{KeyString, PublishedKeys};
//! use usef_messages::roles::delivery::DeliveryResult;
//! use usef_messages::roles::store::{MemoryStore, Peer};
//! use usef_messages::roles::{Agr, Config, Dso, Event, dso, status};
//! use usef_messages::sealing::SecretKey;
//! use usef_messages::values::Role;
//!
//! let now: DateTime<Utc> = "2026-11-22T11:00:00Z".parse()?;
//! let keys = [(Role::Dso, "dso.example", 1), (Role::Agr, "agr.example", 2)];
//! let mut book = AddressBook::default();
//! for (role, domain, seed) in keys {
//!     let sign = SecretKey::from_seed(&[seed; 32]).public_key();
//!     book.insert_text(&keys_name(&domain.parse()?, role), &KeyString { sign, encrypt: None }.to_string());
//! }
//! let (dso, agr) = (Config::new("dso.example".parse()?), Config::new("agr.example".parse()?));
//! let mut dso = Dso::new(dso, SecretKey::from_seed(&[1; 32]), book.clone(), MemoryStore::default(), 1)?;
//! let mut agr = Agr::new(agr, SecretKey::from_seed(&[2; 32]), book, MemoryStore::default(), 2)?;
//!
//! dso.test(&Peer { domain: "agr.example".parse()?, role: Role::Agr }, now)?;
//! let ping = dso.poll_transmit(now).ok_or("nothing to post")?;
//! let answer = status(&agr.handle_request(&ping.body, now)).code();
//! dso.handle_delivery(ping.id, DeliveryResult::status(answer), now);
//!
//! let pong = agr.poll_transmit(now).ok_or("nothing to post")?;
//! dso.handle_request(&pong.body, now)?;
//! let event = dso.poll_event().ok_or("nothing happened")?;
//! assert!(matches!(event, Event::Response { message: dso::Response::TestMessageResponse(_), .. }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod agr;
pub mod config;
pub mod cro;
pub mod delivery;
pub mod dso;
mod error;
pub mod event;
mod ledger;
mod outbox;
mod participant;
mod party;
mod random;
mod receive;
pub mod registry;
mod schedule;
pub mod store;
mod subject;

pub use agr::Agr;
pub use config::Config;
pub use cro::Cro;
pub use delivery::Transmit;
pub use dso::Dso;
pub use error::{Error, Refusal, Taken, status};
pub use event::{Event, EventId};
pub use participant::Participant;
pub use party::Party;
pub use subject::Subject;

/// The edition that requests are written for.
fn latest() -> crate::values::Version {
    "3.1.0".parse().expect("a version")
}
