use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::Digest;
use crate::payload::{Kind, Payload};
use crate::values::{Domain, EntityAddress, MeteringPoint, Outcome, Uuid};

/// A message by who sent it and its identifier: identifiers are chosen by senders, so two may choose the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Key {
    /// Who sent it.
    pub sender: Domain,
    /// Its identifier.
    pub message_id: Uuid,
}

impl Key {
    /// The key of this message.
    pub fn of(payload: &Payload) -> Self {
        Self { sender: payload.sender_domain().clone(), message_id: payload.message_id().clone() }
    }

    /// The key of the message that this one is about: of a response its request, of an offer the request it answers, of
    /// an order and of a revocation the offer. `None` where there is none.
    pub fn of_reference(payload: &Payload) -> Option<Self> {
        let (sender, message_id) = match payload {
            Payload::FlexOffer(offer) => (&offer.recipient_domain, offer.flex_request_message_id.as_ref()?),
            Payload::FlexOrder(order) => (&order.recipient_domain, order.flex_offer_message_id.as_ref()?),
            Payload::FlexOfferRevocation(revocation) => {
                (&revocation.sender_domain, &revocation.flex_offer_message_id)
            }
            response => (response.recipient_domain(), response.reference()?),
        };
        Some(Self { sender: sender.clone(), message_id: message_id.clone() })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.message_id, self.sender)
    }
}

/// A conversation: its identifier, chosen by who began it, and the two who have it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thread {
    /// Its identifier.
    pub id: Uuid,
    /// The two, in the order of their names.
    pub parties: [Domain; 2],
}

impl Thread {
    /// The conversation of two participants with this identifier.
    pub fn new(id: Uuid, one: Domain, other: Domain) -> Self {
        let parties = if one <= other { [one, other] } else { [other, one] };
        Self { id, parties }
    }

    /// The conversation that a message is part of.
    pub fn of(payload: &Payload) -> Self {
        let (sender, recipient) = (payload.sender_domain().clone(), payload.recipient_domain().clone());
        Self::new(payload.conversation_id().clone(), sender, recipient)
    }
}

/// What a message is about: a congestion point or a meter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A congestion point.
    CongestionPoint(EntityAddress),
    /// A meter.
    Meter(MeteringPoint),
}

impl Subject {
    /// What a message is about, if it is about one.
    pub fn of(payload: &Payload) -> Option<Self> {
        match payload {
            Payload::Metering(message) => Some(Self::Meter(message.ean.clone())),
            other => Some(Self::CongestionPoint(other.flex_message()?.congestion_point().clone())),
        }
    }
}

/// Which messages of a history are wanted: those of a kind from one participant to another, of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<'a> {
    /// Which messages.
    pub kind: Kind,
    /// From whom.
    pub sender: &'a Domain,
    /// To whom.
    pub recipient: &'a Domain,
    /// Of which days.
    pub days: RangeInclusive<NaiveDate>,
    /// About what; `None` for anything.
    pub subject: Option<Subject>,
}

impl Selection<'_> {
    /// The day that a message is about, for messages that selections are made of: plans, requests, offers, orders,
    /// reservations and meter data.
    pub fn day_of(payload: &Payload) -> Option<NaiveDate> {
        match payload {
            Payload::Metering(message) => Some(message.period.date()),
            other => Some(other.flex_message()?.period().date()),
        }
    }

    /// Whether a message is one of those wanted.
    pub fn takes(&self, payload: &Payload) -> bool {
        payload.kind() == self.kind
            && payload.sender_domain() == self.sender
            && payload.recipient_domain() == self.recipient
            && Self::day_of(payload).is_some_and(|day| self.days.contains(&day))
            && (self.subject.is_none() || self.subject == Subject::of(payload))
    }
}

/// The messages that a participant sent and received, as a database or memory holds them.
///
/// Five look-ups, each by what an index is easily made for. What is returned may be borrowed or read anew.
pub trait History {
    /// Why it cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The message with this key.
    ///
    /// # Errors
    /// When the history cannot be read; so for all of these.
    fn message(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, Self::Error>;

    /// The digest of the document of the message with this key.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn digest(&self, key: &Key) -> Result<Option<Digest>, Self::Error>;

    /// The messages whose [`Key::of_reference`] this is, oldest first: responses to it, offers, orders, revocations.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn referring(&self, key: &Key) -> Result<Vec<Cow<'_, Payload>>, Self::Error>;

    /// The messages of this conversation, oldest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn conversation(&self, thread: &Thread) -> Result<Vec<Cow<'_, Payload>>, Self::Error>;

    /// The messages that a selection takes, oldest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn select(&self, selection: &Selection<'_>) -> Result<Vec<Cow<'_, Payload>>, Self::Error>;

    /// Whether a message was answered, and how.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn outcome(&self, key: &Key) -> Result<Option<Outcome>, Self::Error> {
        Ok(self.referring(key)?.iter().find_map(|message| outcome_in(message)))
    }
}

/// What a message says of its request, if it is a response that says so.
pub(super) fn outcome_in(message: &Payload) -> Option<Outcome> {
    message.kind().request().and(message.result())
}
