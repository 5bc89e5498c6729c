//! A network that does to messages what networks do, from a seed.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use usef_messages::roles::Transmit;
use usef_messages::roles::delivery::{DeliveryResult, TransmitId};
use usef_messages::values::Role;

/// How likely each fault is, in a hundred.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    pub(crate) lost: u64,
    pub(crate) answer_lost: u64,
    pub(crate) repeated: u64,
    pub(crate) delayed: u64,
    pub(crate) busy: u64,
    pub(crate) restart: u64,
}

impl Faults {
    pub(crate) const NONE: Self =
        Self { lost: 0, answer_lost: 0, repeated: 0, delayed: 0, busy: 0, restart: 0 };
    pub(crate) const ALL: Self =
        Self { lost: 15, answer_lost: 15, repeated: 15, delayed: 30, busy: 10, restart: 8 };
    /// Nothing ever arrives.
    pub(crate) const CUT: Self = Self { lost: 100, ..Self::NONE };
}

/// Something on its way.
#[derive(Debug)]
pub(crate) enum Packet {
    /// A document; where nobody waits for the answer any more, there is no try to tell.
    Post { from: Role, to: Role, body: Vec<u8>, answer_to: Option<(TransmitId, u64)> },
    /// The end of a try, for the run of a program that made it.
    End { to: Role, id: TransmitId, run: u64, result: DeliveryResult },
}

/// All that is on its way, in the order it arrives.
#[derive(Debug)]
pub(crate) struct Network {
    seed: u64,
    packets: BTreeMap<(DateTime<Utc>, u64), Packet>,
    count: u64,
    pub(crate) faults: Faults,
    pub(crate) lost: u64,
    pub(crate) repeated: u64,
    pub(crate) restarts: u64,
}

impl Network {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        Self { seed, packets: BTreeMap::new(), count: 0, faults, lost: 0, repeated: 0, restarts: 0 }
    }

    /// A number below `most`.
    pub(crate) fn random(&mut self, most: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bits = self.seed ^ (self.seed >> 33);
        bits = bits.wrapping_mul(0xff51_afd7_ed55_8ccd);
        (bits ^ (bits >> 33)) % most
    }

    pub(crate) fn happens(&mut self, percent: u64) -> bool {
        percent > 0 && self.random(100) < percent
    }

    fn put(&mut self, at: DateTime<Utc>, packet: Packet) {
        self.count += 1;
        self.packets.insert((at, self.count), packet);
    }

    fn delay(&mut self) -> TimeDelta {
        let most_ms = if self.happens(self.faults.delayed) { 90_000 } else { 200 };
        TimeDelta::milliseconds(i64::try_from(self.random(most_ms)).unwrap() + 1)
    }

    /// Somebody posts.
    pub(crate) fn post(&mut self, from: Role, transmit: Transmit, run: u64, now: DateTime<Utc>) {
        let Transmit { id, role: to, body, .. } = transmit;
        if self.happens(self.faults.lost) {
            self.lost += 1;
            return self.end_at(now + TimeDelta::seconds(30), from, id, run, no_answer());
        }
        if self.happens(self.faults.repeated) {
            self.repeated += 1;
            let late = now + self.delay();
            self.put(late, Packet::Post { from, to, body: body.clone(), answer_to: None });
        }
        let arrival = now + self.delay();
        self.put(arrival, Packet::Post { from, to, body, answer_to: Some((id, run)) });
    }

    /// A recipient has answered with this status.
    pub(crate) fn answer(&mut self, to: Role, (id, run): (TransmitId, u64), code: u16, now: DateTime<Utc>) {
        if self.happens(self.faults.answer_lost) {
            self.lost += 1;
            return self.end_at(now + TimeDelta::seconds(30), to, id, run, no_answer());
        }
        let at = now + self.delay();
        self.end_at(at, to, id, run, DeliveryResult::status(code));
    }

    pub(crate) fn end_at(
        &mut self,
        at: DateTime<Utc>,
        to: Role,
        id: TransmitId,
        run: u64,
        result: DeliveryResult,
    ) {
        self.put(at, Packet::End { to, id, run, result });
    }

    /// When something arrives next.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.packets.keys().next().map(|(at, _)| *at)
    }

    /// What arrives now.
    pub(crate) fn take(&mut self, now: DateTime<Utc>) -> Option<Packet> {
        if self.next()? > now {
            return None;
        }
        self.packets.pop_first().map(|(_, packet)| packet)
    }
}

pub(crate) fn no_answer() -> DeliveryResult {
    DeliveryResult::NoAnswer("timed out".to_owned())
}
