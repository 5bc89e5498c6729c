//! All messages in memory, found by what they are asked for, and what is still to be written to the store.

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;

use chrono::{DateTime, TimeDelta, Utc};

use super::schedule::Schedule;
use super::store::{Change, Direction, Entry, Peer, Sequence, Stage, State, Store, StoreError};
use crate::conversation::{Digest, Found, Index, Key, Series, Used, history_by_index};
use crate::payload::{Kind, Payload};
use crate::values::Uuid;

/// How long to wait before a store that failed is tried again.
const STORE_PAUSE: TimeDelta = TimeDelta::seconds(1);

/// What requests and responses find each other by: the request's identifier, but for test messages the conversation's.
fn thread(message: &Payload) -> &Uuid {
    match message.kind() {
        Kind::TestMessage | Kind::TestMessageResponse => message.conversation_id(),
        _ => message.reference().unwrap_or_else(|| message.message_id()),
    }
}

fn is_request(message: &Payload) -> bool {
    message.kind().response().is_some()
}

/// What a peer is told whose message has the identifier of another.
pub(super) const DUPLICATE: &str = "Duplicate Identifier";

/// Whether a response only says that an identifier was used before: it answers no message that is kept.
fn is_about_duplicate(message: &Payload) -> bool {
    message.kind().response().is_none() && message.rejection_reason() == Some(DUPLICATE)
}

type ByPeer = HashMap<(Direction, Peer, Uuid), Sequence>;

pub(super) struct Ledger {
    store: Box<dyn Store + Send>,
    unwritten: Vec<Change>,
    /// While several calls are to become durable together.
    held: bool,
    store_retry: Option<DateTime<Utc>>,
    /// The last time that was told.
    now: DateTime<Utc>,
    next: Sequence,
    entries: BTreeMap<Sequence, Entry>,
    by_id: ByPeer,
    requests: ByPeer,
    responses: ByPeer,
    /// The history, which is all but responses that are not valid.
    index: Index,
    /// The greatest revision of each series that we sent.
    revisions: HashMap<Series, i64>,
    /// Entries that are to be sent.
    pub(super) schedule: Schedule,
    /// Entries that the application decides on, and until when.
    pub(super) undecided: BTreeSet<(DateTime<Utc>, Sequence)>,
    /// Entries that the application has not been told of in this run.
    pub(super) untold: BTreeSet<Sequence>,
    /// How many entries the application has not acknowledged.
    pub(super) unacknowledged: usize,
    /// How much room all entries take.
    pub(super) used: Used,
    shares: HashMap<Peer, Share>,
    /// How many answers wait to be sent, to whomever.
    pub(super) answers: usize,
}

/// What one peer takes up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Share {
    pub(super) used: Used,
    /// How many answers wait to be sent to it.
    pub(super) answers: usize,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("entries", &self.entries.len())
            .field("schedule", &self.schedule)
            .field("undecided", &self.undecided)
            .field("untold", &self.untold)
            .field("unwritten", &self.unwritten.len())
            .finish_non_exhaustive()
    }
}

impl Ledger {
    pub(super) fn load(mut store: Box<dyn Store + Send>) -> Result<Self, StoreError> {
        let mut entries = store.load()?;
        entries.sort_by_key(|entry| entry.sequence);
        let mut ledger = Self {
            store,
            unwritten: Vec::new(),
            held: false,
            store_retry: None,
            now: DateTime::<Utc>::MIN_UTC,
            next: Sequence::FIRST,
            entries: BTreeMap::new(),
            by_id: HashMap::new(),
            requests: HashMap::new(),
            responses: HashMap::new(),
            index: Index::default(),
            revisions: HashMap::new(),
            schedule: Schedule::default(),
            undecided: BTreeSet::new(),
            untold: BTreeSet::new(),
            unacknowledged: 0,
            used: Used::default(),
            shares: HashMap::new(),
            answers: 0,
        };
        for mut entry in entries {
            if let Stage::Waiting(retry) = &mut entry.state.stage {
                // The program may have been stopped with a try under way.
                retry.maybe_read = true;
            }
            ledger.take(entry);
        }
        Ok(ledger)
    }

    /// What a peer takes up.
    pub(super) fn share(&self, peer: &Peer) -> Share {
        self.shares.get(peer).copied().unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.values()
    }

    pub(super) fn get(&self, sequence: Sequence) -> Option<&Entry> {
        self.entries.get(&sequence)
    }

    pub(super) fn received(&self, peer: &Peer, message_id: &Uuid) -> Option<&Entry> {
        self.find(&self.by_id, Direction::Received, peer, message_id)
    }

    pub(super) fn sent(&self, peer: &Peer, message_id: &Uuid) -> Option<&Entry> {
        self.find(&self.by_id, Direction::Sent, peer, message_id)
    }

    /// What a response from this peer responds to.
    pub(super) fn request_of(&self, peer: &Peer, response: &Payload) -> Option<&Entry> {
        self.find(&self.requests, Direction::Sent, peer, thread(response))
    }

    /// The response to an entry, whichever way it goes.
    pub(super) fn response_to(&self, request: &Entry) -> Option<&Entry> {
        let direction = match request.direction {
            Direction::Received => Direction::Sent,
            Direction::Sent => Direction::Received,
        };
        self.find(&self.responses, direction, &request.peer, thread(&request.message))
    }

    /// The messages of a kind, from a peer or to it, that refer to this one and were not rejected.
    pub(super) fn about(&self, peer: &Peer, key: &Key, kind: Kind) -> impl Iterator<Item = &Entry> {
        let entries = self.index.standing(key, kind).filter_map(|number| self.get(Sequence(number)));
        entries.filter(move |entry| entry.peer == *peer)
    }

    /// The greatest revision that we sent.
    pub(super) fn last_revision(&self, series: &Series) -> Option<i64> {
        self.revisions.get(series).copied()
    }

    fn find(&self, index: &ByPeer, direction: Direction, peer: &Peer, id: &Uuid) -> Option<&Entry> {
        self.get(*index.get(&(direction, peer.clone(), id.clone()))?)
    }

    /// Keeps a message.
    pub(super) fn insert(&mut self, entry: impl FnOnce(Sequence) -> Entry) -> Sequence {
        let entry = entry(self.next);
        let sequence = entry.sequence;
        self.unwritten.push(Change::Insert(entry.clone()));
        self.take(entry);
        sequence
    }

    fn take(&mut self, entry: Entry) {
        let sequence = entry.sequence;
        self.next = self.next.max(Sequence(sequence.0.saturating_add(1)));
        let key = |id: &Uuid| (entry.direction, entry.peer.clone(), id.clone());
        // The first of its name stays what is found by it.
        self.by_id.entry(key(entry.message.message_id())).or_insert(sequence);
        let rejected = matches!(entry.state.stage, Stage::Rejected { .. });
        let is_request = is_request(&entry.message);
        if is_request {
            self.requests.entry(key(thread(&entry.message))).or_insert(sequence);
        }
        if !is_request && !rejected && !is_about_duplicate(&entry.message) {
            self.responses.entry(key(thread(&entry.message))).or_insert(sequence);
        }
        if is_request || (!rejected && !is_about_duplicate(&entry.message)) {
            let find = |number| self.entries.get(&Sequence(number)).map(|entry| &entry.message);
            self.index.insert(sequence.0, &entry.message, find);
        }
        if is_request && rejected {
            // Not every answer names us as the request did: what strayed here is answered in our own name.
            self.index.reject(sequence.0, &entry.message);
        }
        if let (Direction::Sent, Some(series), Some(revision)) =
            (entry.direction, Series::of(&entry.message), entry.message.revision())
        {
            let last = self.revisions.entry(series).or_insert(revision);
            *last = revision.max(*last);
        }
        self.unacknowledged += usize::from(!entry.state.told);
        self.used.add(entry.envelope.len());
        self.shares.entry(entry.peer.clone()).or_default().used.add(entry.envelope.len());
        self.entries.insert(sequence, entry);
        self.enlist(sequence);
    }

    /// Puts an entry on the lists of its stage.
    fn enlist(&mut self, sequence: Sequence) {
        let Some(entry) = self.entries.get(&sequence) else { return };
        match &entry.state.stage {
            Stage::Waiting(retry) => {
                let answers = usize::from(!is_request(&entry.message));
                self.shares.entry(entry.peer.clone()).or_default().answers += answers;
                self.answers += answers;
                self.schedule.put(entry, retry);
            }
            Stage::Undecided { until } => {
                self.undecided.insert((*until, sequence));
            }
            _ => {}
        }
        if !entry.state.told {
            self.untold.insert(sequence);
        }
    }

    /// Something became of a message. Where the application has to know, it is told, again if need be.
    pub(super) fn update(&mut self, sequence: Sequence, stage: Stage, told: bool) {
        let Some(entry) = self.entries.get_mut(&sequence) else { return };
        match entry.state.stage {
            Stage::Waiting(_) => {
                let answers = usize::from(!is_request(&entry.message));
                self.shares.entry(entry.peer.clone()).or_default().answers -= answers;
                self.answers -= answers;
                self.schedule.remove(sequence);
            }
            Stage::Undecided { until } => {
                self.undecided.remove(&(until, sequence));
            }
            _ => {}
        }
        let state = State { stage, told };
        self.unacknowledged =
            self.unacknowledged.saturating_sub(usize::from(!entry.state.told)) + usize::from(!told);
        entry.state = state.clone();
        self.enlist(sequence);
        self.unwritten.push(Change::Update(sequence, state));
    }

    /// The application knows. Whether it had anything to know.
    pub(super) fn acknowledge(&mut self, sequence: Sequence) -> bool {
        let Some(entry) = self.entries.get_mut(&sequence).filter(|entry| !entry.state.told) else {
            return false;
        };
        entry.state.told = true;
        self.unacknowledged = self.unacknowledged.saturating_sub(1);
        self.unwritten.push(Change::Update(sequence, entry.state.clone()));
        self.untold.remove(&sequence);
        true
    }

    /// Forgets what is over and older than `before`, unless it is to be kept. The last entry stays, so that no number is
    /// given twice, also after a restart.
    pub(super) fn forget(&mut self, before: DateTime<Utc>, keep: impl Fn(&Entry) -> bool) {
        let last = self.entries.last_key_value().map(|(sequence, _)| *sequence);
        let is_old = |entry: &&Entry| {
            let over = !matches!(entry.state.stage, Stage::Waiting(_) | Stage::Undecided { .. });
            over && entry.state.told && entry.at < before && Some(entry.sequence) != last && !keep(entry)
        };
        // Entries are in the order they came in, but for clocks that were set back.
        let old: Vec<_> = self.entries.values().filter(is_old).map(|entry| entry.sequence).collect();
        for sequence in old {
            let Some(entry) = self.entries.remove(&sequence) else { continue };
            let key = |id: &Uuid| (entry.direction, entry.peer.clone(), id.clone());
            for (index, id) in [
                (&mut self.by_id, entry.message.message_id()),
                (&mut self.requests, thread(&entry.message)),
                (&mut self.responses, thread(&entry.message)),
            ] {
                let key = key(id);
                if index.get(&key) == Some(&sequence) {
                    index.remove(&key);
                }
            }
            self.index.remove(sequence.0, &entry.message);
            self.used.remove(entry.envelope.len());
            if let MapEntry::Occupied(mut share) = self.shares.entry(entry.peer.clone()) {
                share.get_mut().used.remove(entry.envelope.len());
                if share.get().used.messages == 0 {
                    share.remove();
                }
            }
            if let (Direction::Sent, Some(series)) = (entry.direction, Series::of(&entry.message))
                && self.revisions.get(&series).copied() == entry.message.revision()
            {
                self.revisions.remove(&series);
            }
            self.unwritten.push(Change::Remove(sequence));
        }
    }

    /// Whether all that happened is durable, after a try to make it so.
    pub(super) fn flush(&mut self) -> Result<(), StoreError> {
        if self.held || self.unwritten.is_empty() {
            return Ok(());
        }
        let result = self.store.commit(&self.unwritten);
        match &result {
            Ok(()) => {
                self.unwritten.clear();
                self.store_retry = None;
            }
            Err(_) => self.store_retry = self.now.checked_add_signed(STORE_PAUSE),
        }
        result
    }

    /// When to try the store again.
    pub(super) fn store_retry(&self) -> Option<DateTime<Utc>> {
        self.store_retry
    }

    pub(super) fn hold(&mut self, held: bool) -> bool {
        std::mem::replace(&mut self.held, held)
    }

    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    pub(super) fn set_now(&mut self, now: DateTime<Utc>) {
        self.now = now;
    }
}

impl Found for Ledger {
    fn index(&self) -> &Index {
        &self.index
    }

    fn payload(&self, number: u64) -> Option<&Payload> {
        self.get(Sequence(number)).map(|entry| &entry.message)
    }

    fn document(&self, number: u64) -> Option<Digest> {
        self.get(Sequence(number)).map(|entry| Digest::of(&entry.envelope))
    }
}

history_by_index!(Ledger, Infallible);
