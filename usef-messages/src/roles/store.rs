//! What a participant remembers over a restart, and where.
//!
//! Every message sent or received is an [`Entry`]: the message, the signed document as evidence, and what became of it.
//! A participant keeps its entries in memory and hands each [`Change`] to its [`Store`] before anything that follows
//! from it leaves the participant.
//!
//! ```
//! use usef_messages::roles::store::{Change, MemoryStore, Sequence, Store as _};
//!
//! let mut disk = MemoryStore::default();
//! let mut same = disk.clone(); // what a participant is given; it survives the participant
//! same.commit(&[Change::Remove(Sequence::FIRST)])?;
//! assert!(disk.load()?.is_empty());
//! # Ok::<(), usef_messages::roles::store::StoreError>(())
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::delivery::{Failure, Retry};
use crate::payload::Payload;
use crate::sealing::PublicKey;
use crate::values::{Domain, Outcome, Role};

/// The place of a message among all that one participant sent and received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sequence(pub(super) u64);

impl Sequence {
    /// The first message of all.
    pub const FIRST: Self = Self(0);

    /// The number, counted from 0.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl From<u64> for Sequence {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// Another participant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Peer {
    /// Its name.
    pub domain: Domain,
    /// What it acts as.
    pub role: Role,
}

impl Peer {
    /// The participant of this name, acting as this.
    pub const fn new(domain: Domain, role: Role) -> Self {
        Self { domain, role }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.domain, self.role)
    }
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Direction {
    /// From the peer.
    Received,
    /// To the peer.
    Sent,
}

/// One message, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Entry {
    /// Its place.
    pub sequence: Sequence,
    /// Which way it went.
    pub direction: Direction,
    /// From whom or to whom.
    pub peer: Peer,
    /// When it was received or handed over to be sent.
    pub at: DateTime<Utc>,
    /// The message.
    pub message: Payload,
    /// The signed envelope, byte for byte; in JSON in base64.
    #[cfg_attr(feature = "serde", serde(with = "in_base64"))]
    pub envelope: Vec<u8>,
    /// The key that verified it, where it was received.
    pub key: Option<PublicKey>,
    /// What became of it.
    pub state: State,
}

#[cfg(feature = "serde")]
mod in_base64 {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::values::Base64;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Base64(bytes.to_vec()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Base64::deserialize(deserializer).map(|text| text.0)
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// How far it got.
    pub stage: Stage,
    /// Whether the application knows, or need not.
    pub told: bool,
}

/// How far a message got.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Stage {
    /// Received; the application has to decide.
    Undecided {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// A request that was received and answered, as the application wished or without asking it.
    Answered {
        /// How.
        outcome: Outcome,
    },
    /// A response that was received.
    Taken,
    /// Received, and answered without the application, which did not decide in time.
    Lapsed {
        /// How.
        outcome: Outcome,
    },
    /// Received, and not valid.
    Rejected {
        /// Why, in the words told to the peer.
        reason: String,
    },
    /// To be sent.
    Waiting(Retry),
    /// Sent, and taken by the recipient.
    Delivered,
    /// Given up.
    Failed(Failure),
}

impl Stage {
    /// Whether it is a request that was received and accepted.
    pub const fn is_accepted(&self) -> bool {
        matches!(
            self,
            Self::Answered { outcome: Outcome::Accepted } | Self::Lapsed { outcome: Outcome::Accepted }
        )
    }
}

/// Something to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::large_enum_variant, reason = "most changes are insertions")]
pub enum Change {
    /// A new entry.
    Insert(Entry),
    /// An entry changed.
    Update(Sequence, State),
    /// An entry is needed no more; it may be archived.
    Remove(Sequence),
}

/// A store that failed. The participant tries again, and lets nothing out meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(pub String);

/// Where a participant's memory survives it: a database, a file.
pub trait Store {
    /// All entries, in any order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn load(&mut self) -> Result<Vec<Entry>, StoreError>;

    /// Remembers all of the changes, in their order, or none of them.
    ///
    /// # Errors
    /// When they could not be made durable. The same changes come again, with others behind them.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError>;
}

/// A store in memory, which outlives the participant and no more. Clones share what is in it.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    entries: Arc<Mutex<BTreeMap<Sequence, Entry>>>,
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Vec<Entry>, StoreError> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(entries.values().cloned().collect())
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            match change {
                Change::Insert(entry) => {
                    entries.insert(entry.sequence, entry.clone());
                }
                Change::Update(sequence, state) => {
                    if let Some(entry) = entries.get_mut(sequence) {
                        entry.state = state.clone();
                    }
                }
                Change::Remove(sequence) => {
                    entries.remove(sequence);
                }
            }
        }
        Ok(())
    }
}
