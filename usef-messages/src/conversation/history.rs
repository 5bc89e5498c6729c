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

/// What revisions replace each other in: plans, requests or meter data from one participant to another, about a place or a
/// meter on a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Series {
    /// Which messages.
    pub kind: Kind,
    /// From whom.
    pub sender: Domain,
    /// To whom.
    pub recipient: Domain,
    /// About which day.
    pub day: NaiveDate,
    /// About what.
    pub subject: Subject,
}

impl Series {
    /// What a message is a revision in, if it has a revision.
    pub fn of(payload: &Payload) -> Option<Self> {
        payload.revision()?;
        Some(Self {
            kind: payload.kind(),
            sender: payload.sender_domain().clone(),
            recipient: payload.recipient_domain().clone(),
            day: day_of(payload)?,
            subject: Subject::of(payload)?,
        })
    }
}

/// What a settlement names an order by: its reference, among those of a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderName {
    /// Who ordered.
    pub sender: Domain,
    /// From whom.
    pub recipient: Domain,
    /// For which day.
    pub day: NaiveDate,
    /// The order's reference.
    pub reference: String,
}

impl OrderName {
    /// The name of a message, if it is an order.
    pub fn of(payload: &Payload) -> Option<Self> {
        let Payload::FlexOrder(order) = payload else { return None };
        Some(Self {
            sender: order.sender_domain.clone(),
            recipient: order.recipient_domain.clone(),
            day: order.period.date(),
            reference: order.order_reference.clone(),
        })
    }
}

/// The day that a plan, a request, an offer, an order, a reservation or meter data is about.
pub(super) fn day_of(payload: &Payload) -> Option<NaiveDate> {
    match payload {
        Payload::Metering(message) => Some(message.period.date()),
        other => Some(other.flex_message()?.period().date()),
    }
}

/// The messages that a participant sent and received, as a database or memory holds them.
///
/// Each look-up is by what an index is easily made for, and costs what it finds. What is returned may be borrowed or read
/// anew.
///
/// A message stands until it is rejected. A response is to a message of the right kind in its conversation, from its
/// recipient; of several the first counts.
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

    /// Whether an offer with this identifier came to a participant, from whomever. Who takes back what another offered is
    /// told so only by a history that knows; any other may leave this out.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn is_offered(&self, message_id: &Uuid, recipient: &Domain) -> Result<bool, Self::Error> {
        let _ = (message_id, recipient);
        Ok(false)
    }

    /// The response to the message with this key.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn response(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, Self::Error>;

    /// The standing messages of a kind whose [`Key::of_reference`] this is, oldest first: offers, orders, revocations.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn standing(&self, key: &Key, kind: Kind) -> Result<Vec<Cow<'_, Payload>>, Self::Error>;

    /// The standing message with the greatest revision of a series.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn latest(&self, series: &Series) -> Result<Option<Cow<'_, Payload>>, Self::Error>;

    /// The order of this name; of several the first that stands, and where none does the first of all.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn order(&self, name: &OrderName) -> Result<Option<Cow<'_, Payload>>, Self::Error>;

    /// The standing orders for some days, by day.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn orders(
        &self,
        sender: &Domain,
        recipient: &Domain,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<Cow<'_, Payload>>, Self::Error>;

    /// The messages of this conversation, oldest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn conversation(&self, thread: &Thread) -> Result<Vec<Cow<'_, Payload>>, Self::Error>;

    /// Whether a message was answered, and how.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn outcome(&self, key: &Key) -> Result<Option<Outcome>, Self::Error> {
        Ok(self.response(key)?.and_then(|response| response.result()))
    }
}
