use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, TimeDelta, Utc};
use xml_wire::DateTime;

use super::history::outcome_in;
use super::{Digest, Full, History, Key, Selection, Store, Thread};
use crate::payload::{Kind, Payload};
use crate::values::{Domain, Outcome};

/// Room for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many.
    pub messages: usize,
    /// How long their documents are together.
    pub bytes: usize,
}

/// How much a [`Memory`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub total: Room,
    /// Exchanged by any two participants, so that one cannot take the room of others.
    pub pair: Room,
    /// In one conversation.
    pub conversation_messages: usize,
}

impl Default for Limits {
    /// 100,000 messages of 256 MiB, a tenth of the messages and a quarter of the bytes for two participants, 1000 messages
    /// a conversation.
    fn default() -> Self {
        Self {
            total: Room { messages: 100_000, bytes: 256 << 20 },
            pair: Room { messages: 10_000, bytes: 64 << 20 },
            conversation_messages: 1_000,
        }
    }
}

/// A history in memory, with bounds.
///
/// Where there is no room left the oldest conversations that are over make place: all in them is answered, nothing is
/// open for offers or orders, their days are past, and what was ordered is settled. Where none is over, nothing more is
/// taken.
#[derive(Debug, Default)]
pub struct Memory {
    limits: Limits,
    records: HashMap<Key, Record>,
    referring: HashMap<Key, Vec<Key>>,
    /// By the sequence of their first messages: the oldest comes first.
    ages: BTreeMap<u64, Thread>,
    threads: HashMap<Thread, Conversation>,
    days: BTreeMap<(Kind, Domain, Domain, NaiveDate), Vec<Key>>,
    pairs: HashMap<[Domain; 2], Used>,
    total: Used,
    next: u64,
}

#[derive(Debug)]
struct Record {
    payload: Payload,
    digest: Digest,
    bytes: usize,
    /// An order that a settlement names.
    settled: bool,
}

#[derive(Debug)]
struct Conversation {
    age: u64,
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    messages: usize,
    bytes: usize,
}

impl Used {
    fn fits(self, bytes: usize, room: Room) -> bool {
        self.messages < room.messages && self.bytes.saturating_add(bytes) <= room.bytes
    }

    fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes;
    }

    fn remove(&mut self, bytes: usize) {
        self.messages -= 1;
        self.bytes -= bytes;
    }
}

impl Memory {
    /// An empty memory.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// How many messages it holds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn payload(&self, key: &Key) -> Option<&Payload> {
        self.records.get(key).map(|record| &record.payload)
    }

    fn list<'a>(&'a self, keys: impl IntoIterator<Item = &'a Key>) -> Vec<Cow<'a, Payload>> {
        keys.into_iter().filter_map(|key| self.payload(key)).map(Cow::Borrowed).collect()
    }

    fn make_room(&mut self, thread: &Thread, bytes: usize, now: chrono::DateTime<Utc>) -> Result<(), Full> {
        let used = |memory: &Self| memory.pairs.get(&thread.parties).copied().unwrap_or_default();
        while !used(self).fits(bytes, self.limits.pair) {
            let over =
                |old: &&Thread| old.parties == thread.parties && *old != thread && self.is_over(old, now);
            let over = self.ages.values().find(over).cloned().ok_or(Full::Pair)?;
            self.forget(&over);
        }
        while !self.total.fits(bytes, self.limits.total) {
            let over = |old: &&Thread| *old != thread && self.is_over(old, now);
            let over = self.ages.values().find(over).cloned().ok_or(Full::Total)?;
            self.forget(&over);
        }
        Ok(())
    }

    /// Whether nothing in a conversation matters any more.
    fn is_over(&self, thread: &Thread, now: chrono::DateTime<Utc>) -> bool {
        let Some(conversation) = self.threads.get(thread) else { return true };
        // No day of trade ends later than a day and a half after it ended in UTC.
        let past = now.checked_sub_signed(TimeDelta::hours(36)).map(|past| past.date_naive());
        conversation.keys.iter().filter_map(|key| Some((key, self.records.get(key)?))).all(|(key, record)| {
            let day_is_past =
                Selection::day_of(&record.payload).is_none_or(|day| past.is_some_and(|past| day < past));
            let expired = match &record.payload {
                Payload::FlexRequest(request) => request.expiration_date_time.to_utc() <= now,
                Payload::FlexOffer(offer) => offer.expiration_date_time.to_utc() <= now,
                _ => true,
            };
            let answers = || self.list(self.referring.get(key).into_iter().flatten());
            let outcome = || answers().iter().find_map(|answer| outcome_in(answer));
            let answered = match record.payload.kind() {
                Kind::TestMessage => true,
                kind => kind.response().is_none() || outcome().is_some(),
            };
            let settled = record.payload.kind() != Kind::FlexOrder
                || record.settled
                || outcome() == Some(Outcome::Rejected);
            day_is_past && expired && answered && settled
        })
    }

    fn forget(&mut self, thread: &Thread) {
        let Some(conversation) = self.threads.remove(thread) else { return };
        self.ages.remove(&conversation.age);
        for key in conversation.keys {
            let Some(record) = self.records.remove(&key) else { continue };
            self.total.remove(record.bytes);
            if let Some(used) = self.pairs.get_mut(&thread.parties) {
                used.remove(record.bytes);
                if used.messages == 0 {
                    self.pairs.remove(&thread.parties);
                }
            }
            if let Some(reference) = Key::of_reference(&record.payload)
                && let Some(keys) = self.referring.get_mut(&reference)
            {
                keys.retain(|other| *other != key);
                if keys.is_empty() {
                    self.referring.remove(&reference);
                }
            }
            if let Some(day) = day_key(&record.payload)
                && let Some(keys) = self.days.get_mut(&day)
            {
                keys.retain(|other| *other != key);
                if keys.is_empty() {
                    self.days.remove(&day);
                }
            }
        }
    }

    /// Notes which orders a settlement names.
    fn settle(&mut self, payload: &Payload) {
        let Payload::FlexSettlement(settlement) = payload else { return };
        for item in &settlement.flex_order_settlements {
            let day = item.period.date();
            let (sender, recipient) = (settlement.sender_domain.clone(), settlement.recipient_domain.clone());
            let keys = self.days.get(&(Kind::FlexOrder, sender, recipient, day));
            for key in keys.into_iter().flatten() {
                if let Some(record) = self.records.get_mut(key)
                    && let Payload::FlexOrder(order) = &record.payload
                    && item.order_reference.as_ref().is_none_or(|name| *name == order.order_reference)
                {
                    record.settled = true;
                }
            }
        }
    }
}

fn day_key(payload: &Payload) -> Option<(Kind, Domain, Domain, NaiveDate)> {
    let day = Selection::day_of(payload)?;
    Some((payload.kind(), payload.sender_domain().clone(), payload.recipient_domain().clone(), day))
}

impl History for Memory {
    /// Reading never fails.
    type Error = Full;

    fn message(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, Full> {
        Ok(self.payload(key).map(Cow::Borrowed))
    }

    fn digest(&self, key: &Key) -> Result<Option<Digest>, Full> {
        Ok(self.records.get(key).map(|record| record.digest))
    }

    fn referring(&self, key: &Key) -> Result<Vec<Cow<'_, Payload>>, Full> {
        Ok(self.list(self.referring.get(key).into_iter().flatten()))
    }

    fn conversation(&self, thread: &Thread) -> Result<Vec<Cow<'_, Payload>>, Full> {
        Ok(self.list(self.threads.get(thread).into_iter().flat_map(|conversation| &conversation.keys)))
    }

    fn select(&self, selection: &Selection<'_>) -> Result<Vec<Cow<'_, Payload>>, Full> {
        if selection.days.is_empty() {
            return Ok(Vec::new());
        }
        let at =
            |day: NaiveDate| (selection.kind, selection.sender.clone(), selection.recipient.clone(), day);
        let days = self.days.range(at(*selection.days.start())..=at(*selection.days.end()));
        let mut messages = self.list(days.flat_map(|(_, keys)| keys));
        messages.retain(|message| selection.takes(message));
        Ok(messages)
    }
}

impl Store for Memory {
    fn insert(&mut self, message: Payload, document: &[u8], at: DateTime) -> Result<(), Full> {
        let key = Key::of(&message);
        if self.records.contains_key(&key) {
            return Ok(());
        }
        let thread = Thread::of(&message);
        let length = self.threads.get(&thread).map_or(0, |conversation| conversation.keys.len());
        if length >= self.limits.conversation_messages {
            return Err(Full::Conversation);
        }
        self.make_room(&thread, document.len(), at.to_utc())?;
        self.settle(&message);
        let age = self.next;
        let conversation = self.threads.entry(thread.clone()).or_insert_with(|| {
            self.ages.insert(age, thread.clone());
            self.next += 1;
            Conversation { age, keys: Vec::new() }
        });
        conversation.keys.push(key.clone());
        self.pairs.entry(thread.parties).or_default().add(document.len());
        self.total.add(document.len());
        if let Some(reference) = Key::of_reference(&message) {
            self.referring.entry(reference).or_default().push(key.clone());
        }
        if let Some(day) = day_key(&message) {
            self.days.entry(day).or_default().push(key.clone());
        }
        let (digest, bytes) = (Digest::of(document), document.len());
        self.records.insert(key, Record { payload: message, digest, bytes, settled: false });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::example::{payload, xml};

    /// A message of a conversation of its own, with an identifier of its own.
    fn numbered(kind: &str, number: usize) -> Payload {
        let id = format!("{number:08x}-0000-4000-8000-000000000000");
        let document = xml(kind).replace("c0000000-0000-4000-8000-000000000000", &id).replacen(
            "MessageID=\"",
            &format!("MessageID=\"{id}\" Was=\""),
            1,
        );
        Payload::from_xml(document.as_bytes()).unwrap()
    }

    fn small(messages: usize, pair: usize) -> Limits {
        let room = |messages| Room { messages, bytes: 10_000 };
        Limits { total: room(messages), pair: room(pair), conversation_messages: 5 }
    }

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_over_makes_room_for_what_is_new_and_leaves_nothing_behind() {
        let mut memory = Memory::new(small(10, 4));
        for number in 0..1_000 {
            memory.insert(numbered("TestMessage", number), b"x", at("2026-11-22T10:00:00Z")).unwrap();
        }
        assert_eq!(
            (memory.len(), memory.threads.len(), memory.ages.len(), memory.total.messages),
            (4, 4, 4, 4)
        );
        assert!(memory.payload(&Key::of(&numbered("TestMessage", 999))).is_some());
        assert!(memory.payload(&Key::of(&numbered("TestMessage", 995))).is_none());
        let all: Vec<Thread> = memory.ages.values().cloned().collect();
        for thread in all {
            memory.forget(&thread);
        }
        assert!(memory.is_empty() && memory.pairs.is_empty() && memory.referring.is_empty());
        assert!(memory.days.is_empty() && memory.ages.is_empty() && memory.threads.is_empty());
        assert_eq!(memory.total.bytes, 0);
    }

    #[test]
    fn what_is_open_is_kept_and_more_is_refused() {
        let mut memory = Memory::new(small(10, 4));
        let now = at("2026-11-22T10:00:00Z");
        for number in 0..4 {
            memory.insert(numbered("FlexRequest", number), b"x", now).unwrap();
        }
        assert_eq!(memory.insert(numbered("FlexRequest", 4), b"x", now), Err(Full::Pair));
        // A repetition needs no room.
        memory.insert(numbered("FlexRequest", 0), b"x", now).unwrap();
        assert_eq!(memory.len(), 4);
        // Days later they are past, but nobody answered them.
        let later = at("2026-12-22T10:00:00Z");
        assert_eq!(memory.insert(numbered("FlexRequest", 4), b"x", later), Err(Full::Pair));
    }

    #[test]
    fn an_order_is_kept_until_it_is_settled() {
        let mut memory = Memory::new(small(4, 4));
        let now = at("2026-12-22T10:00:00Z");
        let order = payload("FlexOrder");
        let answer = crate::message::Answer::accept();
        let response =
            order.respond(answer, "50000000-0000-4000-8000-000000000000".parse().unwrap(), now).unwrap();
        memory.insert(order.clone(), b"x", now).unwrap();
        memory.insert(response, b"x", now).unwrap();
        assert!(!memory.is_over(&Thread::of(&order), now.to_utc()));
        let settlement = numbered("FlexSettlement", 9);
        memory.insert(settlement.clone(), b"x", now).unwrap();
        assert!(memory.is_over(&Thread::of(&order), now.to_utc()));
        assert!(!memory.is_over(&Thread::of(&settlement), now.to_utc())); // it was not answered
        assert!(!memory.is_over(&Thread::of(&order), at("2026-11-23T10:00:00Z").to_utc()));
        for number in 20..22 {
            memory.insert(numbered("TestMessage", number), b"x", now).unwrap();
        }
        assert!(memory.payload(&Key::of(&order)).is_none());
        assert!(memory.payload(&Key::of(&settlement)).is_some());
    }

    #[test]
    fn bytes_and_conversations_are_bounded() {
        let mut memory = Memory::new(small(100, 100));
        let now = at("2026-11-22T10:00:00Z");
        let long = vec![b'x'; 10_001];
        assert_eq!(memory.insert(payload("FlexRequest"), &long, now), Err(Full::Pair));
        let limits = Limits { pair: Room { messages: 1, bytes: 20_000 }, ..small(100, 100) };
        assert_eq!(Memory::new(limits).insert(payload("FlexRequest"), &long, now), Err(Full::Total));
        for kind in ["FlexRequest", "FlexOffer", "FlexOrder", "FlexRequestResponse", "FlexOfferRevocation"] {
            memory.insert(payload(kind), b"x", now).unwrap();
        }
        assert_eq!(memory.insert(payload("FlexSettlement"), b"x", now), Err(Full::Conversation));
        assert_eq!(
            Full::Conversation.to_string(),
            "there is no room for another message of this conversation"
        );
    }

    #[test]
    fn finds_messages_by_what_they_name_and_by_day() {
        let mut memory = Memory::default();
        let now = at("2026-11-22T10:00:00Z");
        for kind in ["FlexRequest", "FlexRequestResponse", "FlexOffer", "FlexOrder"] {
            memory.insert(payload(kind), b"x", now).unwrap();
        }
        let request = Key::of(&payload("FlexRequest"));
        let kinds: Vec<Kind> =
            memory.referring(&request).unwrap().iter().map(|message| message.kind()).collect();
        assert_eq!(kinds, [Kind::FlexRequestResponse, Kind::FlexOffer]);
        assert_eq!(memory.outcome(&request), Ok(Some(Outcome::Accepted)));
        assert_eq!(memory.conversation(&Thread::of(&payload("FlexOffer"))).unwrap().len(), 4);
        let (dso, agr) = ("dso.example".parse().unwrap(), "agr.example".parse().unwrap());
        let mut selection = Selection {
            kind: Kind::FlexOrder,
            sender: &dso,
            recipient: &agr,
            days: NaiveDate::MIN..=NaiveDate::MAX,
            subject: None,
        };
        assert_eq!(memory.select(&selection).unwrap().len(), 1);
        selection.days = "2026-11-24".parse().unwrap()..=NaiveDate::MAX;
        assert_eq!(memory.select(&selection).unwrap().len(), 0);
        // A span that is turned around holds no day.
        selection.days = NaiveDate::MAX..=NaiveDate::MIN;
        assert_eq!(memory.select(&selection).unwrap().len(), 0);
    }
}
