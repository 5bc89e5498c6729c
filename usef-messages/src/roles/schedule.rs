//! What is to be sent: which of it may go, and when it is tried and given up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::delivery::Retry;
use super::store::{Entry, Peer, Sequence};
use crate::conversation::{Series, Subject};
use crate::payload::{Kind, Payload};
use crate::values::Uuid;

/// All messages that wait to be sent, in the order of their times; each question about them is answered at once, however
/// many wait.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    waiting: BTreeMap<Sequence, Waiting>,
    /// The requests of a line go one after the other: what is the first of all its lines may go.
    lines: HashMap<Line, BTreeSet<Sequence>>,
    /// Tries under way; of what is not to be sent any more too, until they end.
    in_flight: BTreeSet<Sequence>,
    /// What may go and is not under way, by its next try.
    ready: BTreeSet<(DateTime<Utc>, Sequence)>,
    /// What is not under way, by the time when it is given up.
    ends: BTreeSet<(DateTime<Utc>, Sequence)>,
}

/// To whom, and what of.
type Line = (Peer, Topic);

/// What requests must not overtake each other in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Topic {
    /// A conversation: a message may refer to those before.
    Conversation(Uuid),
    /// A plan, and the offers relative to it.
    Plan(Uuid),
    /// Messages about a place or a meter on a day, of which each replaces those before.
    Series(Series),
    /// A portfolio, as a common reference operator has it.
    Portfolio,
}

impl Topic {
    /// What a request must not overtake others in.
    fn all_of(request: &Payload) -> Vec<Self> {
        let mut topics = vec![Self::Conversation(request.conversation_id().clone())];
        topics.extend(Series::of(request).map(Self::Series));
        match request {
            Payload::DPrognosis(plan) => topics.push(Self::Plan(plan.message_id.clone())),
            Payload::FlexOffer(offer) => topics.extend(offer.d_prognosis_message_id.clone().map(Self::Plan)),
            // It has no revision.
            Payload::FlexReservationUpdate(update) => topics.push(Self::Series(Series {
                kind: Kind::FlexReservationUpdate,
                sender: update.sender_domain.clone(),
                recipient: update.recipient_domain.clone(),
                day: update.period.date(),
                subject: Subject::CongestionPoint(update.congestion_point.clone()),
            })),
            Payload::AgrPortfolioUpdate(_) | Payload::DsoPortfolioUpdate(_) => topics.push(Self::Portfolio),
            _ => {}
        }
        topics
    }
}

#[derive(Debug)]
struct Waiting {
    next: DateTime<Utc>,
    until: DateTime<Utc>,
    /// Where it stands, if it is a request.
    lines: Vec<Line>,
}

impl Schedule {
    /// How many messages wait or are under way.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// A message waits, or waits for another time.
    pub(super) fn put(&mut self, entry: &Entry, retry: &Retry) {
        let sequence = entry.sequence;
        self.remove(sequence);
        let is_request = entry.message.kind().response().is_some();
        let topics = if is_request { Topic::all_of(&entry.message) } else { Vec::new() };
        let lines: Vec<Line> = topics.into_iter().map(|topic| (entry.peer.clone(), topic)).collect();
        let waiting = Waiting { next: retry.next, until: retry.until, lines: lines.clone() };
        self.waiting.insert(sequence, waiting);
        for line in &lines {
            self.change(line, |queue| queue.insert(sequence));
        }
        self.list(sequence);
    }

    /// A message waits no more.
    pub(super) fn remove(&mut self, sequence: Sequence) {
        self.unlist(sequence);
        for line in self.waiting.remove(&sequence).iter().flat_map(|waiting| &waiting.lines) {
            self.change(line, |queue| queue.remove(&sequence));
        }
    }

    /// Changes a line, and lists its first again, before and after.
    fn change(&mut self, line: &Line, change: impl FnOnce(&mut BTreeSet<Sequence>) -> bool) {
        let queue = self.lines.entry(line.clone()).or_default();
        let before = queue.first().copied();
        change(queue);
        let after = queue.first().copied();
        if queue.is_empty() {
            self.lines.remove(line);
        }
        for sequence in before.into_iter().chain(after) {
            self.unlist(sequence);
            self.list(sequence);
        }
    }

    /// Puts a message where it belongs by its times.
    fn list(&mut self, sequence: Sequence) {
        let Some(waiting) = self.waiting.get(&sequence) else { return };
        if self.in_flight.contains(&sequence) {
            return;
        }
        self.ends.insert((waiting.until, sequence));
        let is_first = |line| self.lines.get(line).and_then(BTreeSet::first) == Some(&sequence);
        if waiting.lines.iter().all(is_first) {
            self.ready.insert((waiting.next, sequence));
        }
    }

    fn unlist(&mut self, sequence: Sequence) {
        if let Some(waiting) = self.waiting.get(&sequence) {
            self.ends.remove(&(waiting.until, sequence));
            self.ready.remove(&(waiting.next, sequence));
        }
    }

    /// How many tries are under way.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether a message is under way.
    pub(super) fn is_in_flight(&self, sequence: Sequence) -> bool {
        self.in_flight.contains(&sequence)
    }

    /// A message that may go now, the longest due first.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Option<Sequence> {
        self.ready.first().filter(|(next, _)| *next <= now).map(|(_, sequence)| *sequence)
    }

    /// A try begins.
    pub(super) fn begin(&mut self, sequence: Sequence) {
        self.unlist(sequence);
        self.in_flight.insert(sequence);
    }

    /// A try ends. Whether one was under way.
    pub(super) fn end(&mut self, sequence: Sequence) -> bool {
        let was = self.in_flight.remove(&sequence);
        self.list(sequence);
        was
    }

    /// A message that is to be given up now.
    pub(super) fn late(&self, now: DateTime<Utc>) -> Option<Sequence> {
        self.ends.first().filter(|(until, _)| *until <= now).map(|(_, sequence)| *sequence)
    }

    /// When something is to be tried or given up next, where this many tries may be under way.
    pub(super) fn next(&self, max_in_flight: usize) -> Option<DateTime<Utc>> {
        let ready = self.ready.first().filter(|_| self.in_flight.len() < max_in_flight);
        ready.into_iter().chain(self.ends.first()).map(|(time, _)| *time).min()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::payload::Payload;
    use crate::roles::store::{Direction, Stage, State};
    use crate::validation::example::{payload, xml};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn at(seconds: i64) -> DateTime<Utc> {
        START + TimeDelta::seconds(seconds)
    }

    fn retry(next: i64) -> Retry {
        Retry { next: at(next), ..Retry::new(START, at(1_000)) }
    }

    fn put(schedule: &mut Schedule, sequence: u64, message: Payload, next: i64) {
        let entry = Entry {
            sequence: Sequence(sequence),
            direction: Direction::Sent,
            peer: Peer::new("agr.example".parse().unwrap(), crate::values::Role::Agr),
            at: START,
            message,
            envelope: Vec::new(),
            key: None,
            state: State { stage: Stage::Waiting(retry(next)), told: true },
        };
        schedule.put(&entry, &retry(next));
    }

    #[test]
    fn requests_of_a_conversation_go_one_after_the_other_and_all_else_by_its_time() {
        let mut schedule = Schedule::default();
        put(&mut schedule, 0, payload("FlexRequest"), 5);
        put(&mut schedule, 1, payload("FlexReservationUpdate"), 0);
        put(&mut schedule, 2, payload("FlexRequestResponse"), 3);
        let other = xml("FlexRequest").replace("ConversationID=\"c0", "ConversationID=\"c1");
        let other = other.replace("ean.871685900012636543", "ean.871685900012636550");
        put(&mut schedule, 3, Payload::from_xml(other.as_bytes()).unwrap(), 4);
        let mut gone = Vec::new();
        while let Some(sequence) = schedule.due(at(10)) {
            schedule.begin(sequence);
            gone.push(sequence.number());
        }
        assert_eq!(gone, [2, 3, 0]); // 1 stands behind 0
        assert!(schedule.end(Sequence(0)));
        assert_eq!(schedule.due(at(10)), Some(Sequence(0)));
        schedule.remove(Sequence(0));
        assert_eq!(schedule.due(at(10)), Some(Sequence(1)));
        assert!(!schedule.end(Sequence(0)));
    }

    #[test]
    fn says_when_to_come_back_and_what_is_late() {
        let mut schedule = Schedule::default();
        assert_eq!(schedule.next(1), None);
        put(&mut schedule, 0, payload("FlexRequest"), 5);
        put(&mut schedule, 1, payload("FlexReservationUpdate"), 2);
        assert_eq!((schedule.next(1), schedule.due(at(4))), (Some(at(5)), None));
        assert_eq!(schedule.next(0), Some(at(1_000)));
        schedule.begin(Sequence(0));
        assert_eq!(schedule.next(2), Some(at(1_000)), "the second waits for the first");
        assert_eq!(schedule.late(at(1_000)), Some(Sequence(1)), "the first is under way");
        schedule.end(Sequence(0));
        assert_eq!((schedule.late(at(999)), schedule.late(at(1_000))), (None, Some(Sequence(0))));
        assert_eq!((schedule.len(), schedule.in_flight()), (2, 0));
    }

    #[test]
    fn what_waits_for_another_keeps_its_place() {
        let mut schedule = Schedule::default();
        put(&mut schedule, 0, payload("FlexRequest"), 0);
        put(&mut schedule, 1, payload("FlexReservationUpdate"), 0);
        put(&mut schedule, 0, payload("FlexRequest"), 9);
        assert_eq!(schedule.due(at(8)), None);
        assert_eq!((schedule.ready.len(), schedule.ends.len(), schedule.len()), (1, 2, 2));
        schedule.remove(Sequence(1));
        schedule.remove(Sequence(0));
        assert!(schedule.lines.is_empty() && schedule.ready.is_empty() && schedule.ends.is_empty());
    }
}
