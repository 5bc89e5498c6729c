use xml_wire::DateTime;

use super::History;
use crate::payload::Payload;

/// A history that messages are added to.
pub trait Store: History {
    /// Keeps a message that was sent or received at a time, `document` being the bytes that were signed. A message that
    /// is there already stays as it is.
    ///
    /// # Errors
    /// When the message cannot be kept.
    fn insert(&mut self, message: Payload, document: &[u8], at: DateTime) -> Result<(), Self::Error>;
}

/// A store in memory has no room left, and all it holds is still needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Full {
    /// Between these two participants more is going on than may be.
    #[error("there is no room for another message between these participants")]
    Pair,
    /// With all participants together.
    #[error("there is no room for another message")]
    Total,
    /// One conversation is longer than may be.
    #[error("there is no room for another message of this conversation")]
    Conversation,
}
