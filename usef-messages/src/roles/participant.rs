use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::config::Config;
use super::error::Error;
use super::event::{Event, EventId};
use super::ledger::Ledger;
use super::party;
use super::random::Random;
use super::store::{Direction, Entry, Peer, Sequence, Stage, Store, StoreError};
use crate::conversation::{self, Series};
use crate::discovery::AddressBook;
use crate::message::{Header, headed};
use crate::payload::Kind;
use crate::sealing::SecretKey;
use crate::test_message::TestMessage;
use crate::validation::{Anything, Known, Party};
use crate::values::{Domain, Period, Uuid};

/// How often what is old is forgotten.
const TIDY_PERIOD: TimeDelta = TimeDelta::hours(1);

/// A participant in one role: all of its protocol, and no clock, no I/O, no thread.
///
/// [`Agr`](super::Agr), [`Dso`](super::Dso) and [`Cro`](super::Cro) are participants. Whoever drives one does this, again
/// and again:
///
/// 1. take every [`Event`] from [`poll_event`](Self::poll_event), act on it, and [`acknowledge`](Self::acknowledge) it;
/// 2. take every [`Transmit`](super::Transmit) from [`poll_transmit`](Self::poll_transmit) and post it; several may be
///    under way;
/// 3. take every [`Peer`] from [`poll_lookup`](Self::poll_lookup), look up its keys, and
///    [put them](AddressBook::insert_keys) into [`book_mut`](Self::book_mut);
/// 4. wait for a document that a peer posts, for the end of a post, for the time that
///    [`poll_timeout`](Self::poll_timeout) says, or for the application;
/// 5. hand in what came first: [`handle_request`](Self::handle_request), and answer the peer with the
///    [`status`](super::status) of its result; [`handle_delivery`](Self::handle_delivery);
///    [`handle_timeout`](Self::handle_timeout); or one of the calls of the role.
///
/// Time is always an argument; it may stand still and it may jump, but it should not go back.
///
/// What happened is handed to the [`Store`] before anything that follows from it comes out: no status, no message, no
/// event. So a participant can be killed at any time, and [`Self::new`] with the same store goes on where it stopped.
pub struct Participant<P> {
    pub(super) config: Config,
    pub(super) key: SecretKey,
    pub(super) book: AddressBook,
    pub(super) party: P,
    pub(super) known: Box<dyn Known + Send>,
    pub(super) ledger: Ledger,
    pub(super) random: Random,
    pub(super) wanted: VecDeque<Peer>,
    tidied: DateTime<Utc>,
}

impl<P: std::fmt::Debug> std::fmt::Debug for Participant<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Participant")
            .field("config", &self.config)
            .field("party", &self.party)
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

impl<P: party::Party> Participant<P> {
    /// A participant with all that the store remembers.
    ///
    /// The seed is for the identifiers of messages and for jitter; it should differ from run to run.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        config: Config,
        key: SecretKey,
        book: AddressBook,
        store: impl Store + Send + 'static,
        seed: u64,
    ) -> Result<Self, StoreError> {
        let ledger = Ledger::load(Box::new(store))?;
        let (mut party, mut config) = (P::default(), config);
        config.policy.own = Some(Party::new(config.domain.clone(), P::ROLE));
        for entry in ledger.iter().filter(|entry| entry.state.stage.is_accepted()) {
            party.learn(entry);
        }
        Ok(Self {
            config,
            key,
            book,
            party,
            known: Box::new(Anything),
            ledger,
            random: Random::new(seed),
            wanted: VecDeque::new(),
            tidied: DateTime::<Utc>::MIN_UTC,
        })
    }

    /// Has messages looked at with this knowledge: of contracts, congestion points, participants to be barred.
    #[must_use]
    pub fn knowing(self, known: impl Known + Send + 'static) -> Self {
        Self { known: Box::new(known), ..self }
    }

    /// Who this is.
    pub fn domain(&self) -> &Domain {
        &self.config.domain
    }

    /// What the participant was told at its start.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the keys of others are looked up.
    pub fn book(&self) -> &AddressBook {
        &self.book
    }

    /// Where the keys of others are looked up, for adding to it.
    ///
    /// Nothing in it grows old by itself. A participant that changes its key publishes the next beside the present one for
    /// about a day before it signs with it, so keys that were looked up are to be looked up again within that time: what
    /// is signed with a key that is not known is refused for good.
    pub fn book_mut(&mut self) -> &mut AddressBook {
        &mut self.book
    }

    /// A peer whose keys are not known, though it sent a message. It was asked to try again later.
    pub fn poll_lookup(&mut self) -> Option<Peer> {
        self.wanted.pop_front()
    }

    /// The next thing to tell the application. It is told again after a restart, until it is acknowledged.
    pub fn poll_event(&mut self) -> Option<Event<P::Request, P::Response>> {
        if self.ledger.is_held() || self.ledger.flush().is_err() {
            return None;
        }
        while let Some(sequence) = self.ledger.untold.pop_first() {
            if let Some(event) = self.event(sequence) {
                return Some(event);
            }
            // Nothing that an application could know of: not to be told again.
            self.ledger.acknowledge(sequence);
        }
        None
    }

    fn event(&self, sequence: Sequence) -> Option<Event<P::Request, P::Response>> {
        let entry = self.ledger.get(sequence)?;
        let (id, peer, message) = (EventId(sequence), entry.peer.clone(), entry.message.clone());
        Some(match &entry.state.stage {
            Stage::Undecided { until } => Event::Request {
                id,
                peer,
                message: P::Request::try_from(message).ok()?,
                decide_by: Some(*until),
            },
            Stage::Answered { .. } => {
                Event::Request { id, peer, message: P::Request::try_from(message).ok()?, decide_by: None }
            }
            Stage::Taken => {
                let request = self.ledger.request_of(&peer, &message)?.message.message_id().clone();
                Event::Response { id, peer, request, message: P::Response::try_from(message).ok()? }
            }
            Stage::Lapsed { outcome } => {
                Event::Lapsed { id, peer, message: P::Request::try_from(message).ok()?, outcome: *outcome }
            }
            Stage::Rejected { reason } => Event::Rejected { id, peer, message, reason: reason.clone() },
            Stage::Failed(failure) => Event::Undelivered { id, peer, message, failure: failure.clone() },
            Stage::Waiting(_) | Stage::Delivered => return None,
        })
    }

    /// The effect of an event is durable: it need not be told again. Whether it was not acknowledged before.
    pub fn acknowledge(&mut self, id: EventId) -> bool {
        let acknowledged = self.ledger.acknowledge(id.0);
        // Where it fails, it is tried again later.
        let _ = self.ledger.flush();
        acknowledged
    }

    /// Does several things that are to become durable together: acknowledges an event and sends what follows from it.
    ///
    /// # Errors
    /// When the store fails. What was done counts nevertheless; it becomes durable when the store works again.
    pub fn together<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Result<T, StoreError> {
        let outer = self.ledger.hold(true);
        let result = act(self);
        self.ledger.hold(outer);
        self.ledger.flush()?;
        Ok(result)
    }

    /// The time that [`poll_timeout`](Self::poll_timeout) said has come.
    pub fn handle_timeout(&mut self, now: DateTime<Utc>) {
        self.advance(now);
        // Where it fails, it is tried again later.
        let _ = self.ledger.flush();
    }

    /// When to come back: call [`handle_timeout`](Self::handle_timeout) then, and ask again for events and messages.
    ///
    /// A time in the past means at once.
    pub fn poll_timeout(&self) -> Option<DateTime<Utc>> {
        let decision = self.ledger.undecided.first().map(|(until, _)| *until);
        let tries = self.ledger.schedule.next(self.config.max_in_flight);
        decision.into_iter().chain(tries).chain(self.ledger.store_retry()).min()
    }

    /// All that follows from time alone.
    pub(super) fn advance(&mut self, now: DateTime<Utc>) {
        self.ledger.set_now(now);
        self.lapse(now);
        self.expire(now);
        if now >= self.tidied.checked_add_signed(TIDY_PERIOD).unwrap_or(now) {
            self.tidied = now;
            // A message may say to be written later than it came; until it is too old to be taken, it is known.
            let keep = self.config.keep.checked_add(&self.config.max_ahead).unwrap_or(TimeDelta::MAX);
            if let Some(before) = now.checked_sub_signed(keep) {
                let party = &self.party;
                self.ledger.forget(before, |entry| party.needs(entry));
            }
        }
    }

    /// Every message that is remembered, in the order they came and went.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.ledger.iter()
    }

    /// A message of ours.
    pub fn sent(&self, peer: &Peer, message_id: &Uuid) -> Option<&Entry> {
        self.ledger.sent(peer, message_id)
    }

    /// A message of a peer's.
    pub fn received(&self, peer: &Peer, message_id: &Uuid) -> Option<&Entry> {
        self.ledger.received(peer, message_id)
    }

    /// The response to a message, whichever way it went.
    pub fn response_to(&self, request: &Entry) -> Option<&Entry> {
        self.ledger.response_to(request)
    }

    /// How many messages wait to be sent or are under way.
    pub fn waiting(&self) -> usize {
        self.ledger.schedule.len()
    }

    /// The head of a new message.
    pub(super) fn header(
        &mut self,
        recipient: &Peer,
        conversation: Option<&Uuid>,
        now: DateTime<Utc>,
    ) -> Header {
        let message_id = self.random.uuid();
        Header {
            version: self.config.version.clone(),
            sender_domain: self.config.domain.clone(),
            recipient_domain: recipient.domain.clone(),
            time_stamp: now.into(),
            conversation_id: conversation.cloned().unwrap_or_else(|| self.random.uuid()),
            message_id,
        }
    }

    /// Asks a peer whether it is there.
    ///
    /// # Errors
    /// When too many messages wait, the peer has our own role, or the store fails.
    pub fn test(&mut self, peer: &Peer, now: DateTime<Utc>) -> Result<Uuid, Error> {
        let header = self.header(peer, None, now);
        self.send(peer.clone(), headed!(header, TestMessage {}), now)
    }

    /// A message that the application names.
    pub(super) fn known(&self, direction: Direction, peer: &Peer, id: &Uuid) -> Result<&Entry, Error> {
        let found = match direction {
            Direction::Received => self.ledger.received(peer, id),
            Direction::Sent => self.ledger.sent(peer, id),
        };
        found.ok_or_else(|| Error::Unknown(id.clone()))
    }

    /// The revision that follows all that were sent to a peer about a place or a meter on a day.
    pub(super) fn next_revision(
        &self,
        kind: Kind,
        peer: &Peer,
        period: Period,
        subject: conversation::Subject,
    ) -> i64 {
        let (sender, recipient) = (self.config.domain.clone(), peer.domain.clone());
        let last =
            self.ledger.last_revision(&Series { kind, sender, recipient, day: period.date(), subject });
        last.map_or(1, |last| last.saturating_add(1))
    }

    /// Whether the edition has a word for what was not asked for.
    pub(super) fn says_unsolicited(&self) -> bool {
        !self.config.version.as_str().starts_with("3.0.")
    }
}
