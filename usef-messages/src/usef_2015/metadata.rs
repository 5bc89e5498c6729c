//! What every message of USEF 2015 carries.
//!
//! ```
//! use usef_messages::usef_2015::metadata::{Precedence, Role};
//! assert_eq!("MDC".parse(), Ok(Role::Mdc));
//! assert_eq!(Precedence::Routine.as_str(), "Routine");
//! ```

use xml_wire::{DateTime, XmlText};

use crate::message::part;
use crate::values::{Domain, Uuid};

part! {
    /// Who sends a message to whom, when, and in which conversation (`MessageMetadata`).
    pub struct MessageMetadata {
        /// Who sends it.
        #[xml("@SenderDomain")]
        pub sender_domain: Domain,
        /// As what.
        #[xml("@SenderRole")]
        pub sender_role: Role,
        /// Whom it is for.
        #[xml("@RecipientDomain")]
        pub recipient_domain: Domain,
        /// As what.
        #[xml("@RecipientRole")]
        pub recipient_role: Role,
        /// When it was written.
        #[xml("@TimeStamp")]
        pub time_stamp: DateTime,
        /// This message.
        #[xml("@MessageID")]
        pub message_id: Uuid,
        /// The exchange of messages it belongs to.
        #[xml("@ConversationID")]
        pub conversation_id: Uuid,
        /// How much depends on it.
        #[xml("@Precedence")]
        pub precedence: Precedence,
        /// Until when it is worth handling.
        #[xml("@ValidUntil")]
        pub valid_until: Option<DateTime>,
    }
}

impl MessageMetadata {
    /// That of an answer: the same conversation and precedence, back to the sender, without an end of validity.
    #[must_use]
    pub fn reply(&self, message_id: Uuid, time_stamp: DateTime) -> Self {
        Self {
            sender_domain: self.recipient_domain.clone(),
            sender_role: self.recipient_role,
            recipient_domain: self.sender_domain.clone(),
            recipient_role: self.sender_role,
            time_stamp,
            message_id,
            conversation_id: self.conversation_id.clone(),
            precedence: self.precedence,
            valid_until: None,
        }
    }
}

/// What a participant is (`USEF-Role`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
#[xml(string)]
pub enum Role {
    /// Aggregator: gathers flexibility and sells it.
    #[xml("AGR")]
    Agr,
    /// Balance responsible party: answers for deviations from its plan, and buys flexibility against them.
    #[xml("BRP")]
    Brp,
    /// Common reference operator: keeps the register of congestion points.
    #[xml("CRO")]
    Cro,
    /// Distribution system operator: buys flexibility to relieve its grid.
    #[xml("DSO")]
    Dso,
    /// Meter data company: supplies metered volumes.
    #[xml("MDC")]
    Mdc,
}

/// How much depends on a message (`MessagePrecedence`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
#[xml(string)]
pub enum Precedence {
    /// Little.
    #[xml("Routine")]
    Routine,
    /// A trade.
    #[xml("Transactional")]
    Transactional,
    /// The grid.
    #[xml("Critical")]
    Critical,
}

/// Whether a query was answered (`Disposition-SuccessFailure`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum QueryOutcome {
    /// It was.
    #[xml("Success")]
    Success,
    /// It was not; a message stands beside.
    #[xml("Failure")]
    Failure,
}
