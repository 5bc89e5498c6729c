use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{NaiveDate, NaiveTime, TimeDelta, Utc};
use xml_wire::DateTime;

use super::history::day_of;
use super::limits::{Limits, Used};
use super::{Digest, Found, Full, Index, Key, OrderName, Store, Thread, history_by_index};
use crate::flex_settlement::FlexSettlement;
use crate::payload::{Kind, Payload};
use crate::values::{Domain, Outcome};

/// A history in memory, with bounds.
///
/// Where there is no room left, conversations that are over make place, those that were over first before others: all in
/// them is answered, nothing is open for offers or orders, their days are past, and what was ordered is settled. Where
/// none is over, nothing more is taken.
///
/// What a message costs does not depend on how many there are: each look-up has its index, and conversations that only
/// time keeps are in the order of their ends.
#[derive(Debug, Default)]
pub struct Memory {
    limits: Limits,
    records: HashMap<u64, Record>,
    index: Index,
    threads: HashMap<Thread, Conversation>,
    /// Conversations that only time keeps.
    ending: BTreeMap<Ending, Thread>,
    pairs: HashMap<[Domain; 2], Pair>,
    total: Used,
    next: u64,
}

/// When a conversation is over, and its first message: the earliest end comes first, the oldest of the same end.
type Ending = (chrono::DateTime<Utc>, u64);

#[derive(Debug)]
struct Record {
    payload: Payload,
    digest: Digest,
    bytes: usize,
    /// An order that a settlement names.
    settled: bool,
    /// Whether it is to be answered or settled.
    open: bool,
}

#[derive(Debug)]
struct Conversation {
    first: u64,
    /// How many messages are open.
    open: usize,
    /// When all days are past, and all that could be answered has expired; not before the last message came.
    until: chrono::DateTime<Utc>,
}

impl Conversation {
    fn ending(&self) -> Option<Ending> {
        (self.open == 0).then_some((self.until, self.first))
    }
}

/// What two participants have.
#[derive(Debug, Default)]
struct Pair {
    used: Used,
    ending: BTreeMap<Ending, Thread>,
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

    fn make_room(&mut self, thread: &Thread, bytes: usize, now: chrono::DateTime<Utc>) -> Result<(), Full> {
        // What would not fit an empty memory drives nothing out of it.
        if !Used::default().fits(bytes, self.limits.pair) {
            return Err(Full::Pair);
        }
        if !Used::default().fits(bytes, self.limits.total) {
            return Err(Full::Total);
        }
        // Of what is over, all but this conversation.
        let over = |ending: &BTreeMap<Ending, Thread>| {
            let mut over = ending.iter().take_while(|((until, _), _)| *until <= now).map(|(_, old)| old);
            over.find(|old| *old != thread).cloned()
        };
        while let Some(pair) = self.pairs.get(&thread.parties)
            && !pair.used.fits(bytes, self.limits.pair)
        {
            let old = over(&pair.ending).ok_or(Full::Pair)?;
            self.forget(&old);
        }
        while !self.total.fits(bytes, self.limits.total) {
            let old = over(&self.ending).ok_or(Full::Total)?;
            self.forget(&old);
        }
        Ok(())
    }

    /// Changes a conversation, and its place among those that end.
    fn change(&mut self, thread: &Thread, change: impl FnOnce(&mut Conversation)) {
        let Some(conversation) = self.threads.get_mut(thread) else { return };
        let before = conversation.ending();
        change(conversation);
        let after = conversation.ending();
        let pair = self.pairs.entry(thread.parties.clone()).or_default();
        for ending in [&mut self.ending, &mut pair.ending] {
            if let Some(before) = before {
                ending.remove(&before);
            }
            if let Some(after) = after {
                ending.insert(after, thread.clone());
            }
        }
    }

    /// Looks again whether a message is to be answered or settled.
    fn look_again(&mut self, number: u64) {
        let Some(record) = self.records.get(&number) else { return };
        let outcome = || {
            let response = self.index.response(&record.payload)?;
            self.payload(response)?.result()
        };
        let open = match record.payload.kind() {
            Kind::FlexOrder => match outcome() {
                None => true,
                Some(Outcome::Accepted) => !record.settled,
                Some(Outcome::Rejected) => false,
            },
            // A test that nobody answered keeps nothing.
            Kind::TestMessage => false,
            kind => kind.response().is_some() && outcome().is_none(),
        };
        if open == record.open {
            return;
        }
        let thread = Thread::of(&record.payload);
        self.change(&thread, |conversation| match open {
            true => conversation.open += 1,
            false => conversation.open -= 1,
        });
        if let Some(record) = self.records.get_mut(&number) {
            record.open = open;
        }
    }

    fn forget(&mut self, thread: &Thread) {
        let numbers: Vec<u64> = self.index.thread(thread).collect();
        let mut pair = self.pairs.remove(&thread.parties).unwrap_or_default();
        for number in numbers {
            let Some(record) = self.records.remove(&number) else { continue };
            self.index.remove(number, &record.payload);
            self.total.remove(record.bytes);
            pair.used.remove(record.bytes);
        }
        if let Some(ending) = self.threads.remove(thread).and_then(|conversation| conversation.ending()) {
            self.ending.remove(&ending);
            pair.ending.remove(&ending);
        }
        if pair.used.messages > 0 {
            self.pairs.insert(thread.parties.clone(), pair);
        }
    }

    /// Notes which orders a settlement names: by their references, and without one by their places.
    fn settle(&mut self, settlement: &FlexSettlement) {
        let (sender, recipient) = (&settlement.sender_domain, &settlement.recipient_domain);
        let (mut orders, mut places) = (HashSet::new(), HashSet::new());
        for item in &settlement.flex_order_settlements {
            let day = item.period.date();
            match item.order_reference.clone() {
                Some(reference) => {
                    let (sender, recipient) = (sender.clone(), recipient.clone());
                    orders.extend(self.index.named(&OrderName { sender, recipient, day, reference }));
                }
                None => {
                    places.insert((day, &item.congestion_point));
                }
            }
        }
        let days: HashSet<NaiveDate> = places.iter().map(|(day, _)| *day).collect();
        for number in days.into_iter().flat_map(|day| self.index.orders(sender, recipient, day..=day)) {
            if let Some(Payload::FlexOrder(order)) = self.payload(number)
                && places.contains(&(order.period.date(), &order.congestion_point))
            {
                orders.insert(number);
            }
        }
        for number in orders {
            if let Some(record) = self.records.get_mut(&number) {
                record.settled = true;
            }
            self.look_again(number);
        }
    }
}

/// Until when a message that came at a time keeps its conversation, whatever else happens.
fn keeps_until(payload: &Payload, at: chrono::DateTime<Utc>) -> chrono::DateTime<Utc> {
    // No day of trade ends later than a day and a half after it ended in UTC.
    let past = |day: NaiveDate| {
        let midnight = day.succ_opt()?.and_time(NaiveTime::MIN).and_utc();
        midnight.checked_add_signed(TimeDelta::hours(36))
    };
    let past = day_of(payload).map(|day| past(day).unwrap_or(chrono::DateTime::<Utc>::MAX_UTC));
    let expired = payload.expiration().map(DateTime::to_utc);
    past.max(expired).map_or(at, |until| until.max(at))
}

impl Found for Memory {
    fn index(&self) -> &Index {
        &self.index
    }

    fn payload(&self, number: u64) -> Option<&Payload> {
        self.records.get(&number).map(|record| &record.payload)
    }

    fn document(&self, number: u64) -> Option<Digest> {
        self.records.get(&number).map(|record| record.digest)
    }
}

// Reading never fails.
history_by_index!(Memory, Full);

impl Store for Memory {
    fn insert(&mut self, message: Payload, document: &[u8], at: DateTime) -> Result<(), Full> {
        if self.index.get(&Key::of(&message)).is_some() {
            return Ok(());
        }
        let (thread, bytes) = (Thread::of(&message), document.len());
        if self.index.thread(&thread).len() >= self.limits.conversation_messages {
            return Err(Full::Conversation);
        }
        self.make_room(&thread, bytes, at.to_utc())?;
        let number = self.next;
        self.next += 1;
        self.pairs.entry(thread.parties.clone()).or_default().used.add(bytes);
        self.total.add(bytes);
        self.index.insert(number, &message, |other| self.records.get(&other).map(|record| &record.payload));
        let until = keeps_until(&message, at.to_utc());
        self.threads.entry(thread.clone()).or_insert(Conversation { first: number, open: 0, until });
        self.change(&thread, |conversation| conversation.until = conversation.until.max(until));
        let find = |other: u64| self.records.get(&other).map(|record| &record.payload);
        let request = self.index.request(number, &message, find).map(|(request, _)| request);
        if let Payload::FlexSettlement(settlement) = &message {
            self.settle(settlement);
        }
        let digest = Digest::of(document);
        self.records.insert(number, Record { payload: message, digest, bytes, settled: false, open: false });
        self.look_again(number);
        if let Some(request) = request {
            self.look_again(request);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{History as _, Room, Series};
    use super::*;
    use crate::message::Answer;
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

    fn has(memory: &Memory, message: &Payload) -> bool {
        memory.message(&Key::of(message)).unwrap().is_some()
    }

    fn is_over(memory: &Memory, message: &Payload, now: DateTime) -> bool {
        let conversation = memory.threads.get(&Thread::of(message)).unwrap();
        conversation.ending().is_some_and(|(until, _)| until <= now.to_utc())
    }

    #[test]
    fn what_is_over_makes_room_for_what_is_new_and_leaves_nothing_behind() {
        let mut memory = Memory::new(small(10, 4));
        for number in 0..1_000 {
            memory.insert(numbered("TestMessage", number), b"x", at("2026-11-22T10:00:00Z")).unwrap();
        }
        assert_eq!(
            (memory.len(), memory.threads.len(), memory.ending.len(), memory.total.messages),
            (4, 4, 4, 4)
        );
        assert!(has(&memory, &numbered("TestMessage", 999)));
        assert!(!has(&memory, &numbered("TestMessage", 995)));
        let all: Vec<Thread> = memory.ending.values().cloned().collect();
        for thread in all {
            memory.forget(&thread);
        }
        assert!(memory.is_empty() && memory.pairs.is_empty() && memory.index.is_empty());
        assert!(memory.ending.is_empty() && memory.threads.is_empty());
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
        // None of what is open is looked at for it.
        assert!(memory.ending.is_empty());
        // Days later they are past, but nobody answered them.
        let later = at("2026-12-22T10:00:00Z");
        assert_eq!(memory.insert(numbered("FlexRequest", 4), b"x", later), Err(Full::Pair));
    }

    #[test]
    fn an_order_is_kept_until_it_is_settled() {
        let mut memory = Memory::new(small(4, 4));
        let now = at("2026-12-22T10:00:00Z");
        let order = payload("FlexOrder");
        let answer = Answer::accept();
        let response =
            order.respond(answer, "50000000-0000-4000-8000-000000000000".parse().unwrap(), now).unwrap();
        memory.insert(order.clone(), b"x", now).unwrap();
        memory.insert(response, b"x", now).unwrap();
        assert!(!is_over(&memory, &order, now));
        let settlement = numbered("FlexSettlement", 9);
        memory.insert(settlement.clone(), b"x", now).unwrap();
        assert!(is_over(&memory, &order, now));
        assert!(!is_over(&memory, &settlement, now)); // it was not answered
        assert!(!is_over(&memory, &order, at("2026-11-23T10:00:00Z")));
        for number in 20..22 {
            memory.insert(numbered("TestMessage", number), b"x", now).unwrap();
        }
        assert!(!has(&memory, &order));
        assert!(has(&memory, &settlement));
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
        let standing = |kind| memory.standing(&request, kind).unwrap().len();
        assert_eq!((standing(Kind::FlexOffer), standing(Kind::FlexOrder)), (1, 0));
        assert_eq!(memory.outcome(&request), Ok(Some(Outcome::Accepted)));
        assert_eq!(memory.conversation(&Thread::of(&payload("FlexOffer"))).unwrap().len(), 4);
        let (dso, agr) = ("dso.example".parse().unwrap(), "agr.example".parse().unwrap());
        let orders = |days| memory.orders(&dso, &agr, days).unwrap().len();
        assert_eq!(orders(NaiveDate::MIN..=NaiveDate::MAX), 1);
        assert_eq!(orders("2026-11-24".parse().unwrap()..=NaiveDate::MAX), 0);
        // A span that is turned around holds no day.
        assert_eq!(orders(NaiveDate::MAX..=NaiveDate::MIN), 0);
        let name = OrderName::of(&payload("FlexOrder")).unwrap();
        assert_eq!(memory.order(&name).unwrap().unwrap().into_owned(), payload("FlexOrder"));
        let series = Series::of(&payload("FlexRequest")).unwrap();
        assert_eq!(memory.latest(&series).unwrap().unwrap().revision(), Some(1));
    }

    #[test]
    fn an_order_settled_by_its_place_or_rejected_is_over_when_its_day_is() {
        let now = at("2026-12-22T10:00:00Z");
        let order = payload("FlexOrder");
        let answer =
            |answer| order.respond(answer, "50000000-0000-4000-8000-000000000000".parse().unwrap(), now);
        let nameless = xml("FlexSettlement").replace("OrderReference=\"o-1\"", "");
        let elsewhere = nameless.replace("636543", "636544");
        for (answered, settlement, over) in [
            (Answer::accept(), &nameless, true),
            (Answer::accept(), &elsewhere, false),
            (Answer::reject("no"), &elsewhere, true),
        ] {
            let mut memory = Memory::new(small(4, 4));
            // In another conversation, which does not keep this one.
            let settlement = settlement.replace("c0000000", "c3000000");
            let settlement = Payload::from_xml(settlement.as_bytes()).unwrap();
            for message in [order.clone(), answer(answered).unwrap(), settlement] {
                memory.insert(message, b"x", now).unwrap();
            }
            assert_eq!(is_over(&memory, &order, now), over);
        }
    }
}
