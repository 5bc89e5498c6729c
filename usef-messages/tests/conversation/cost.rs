//! What a message costs, counted: the messages of the history that are looked at for it.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use usef_messages::Payload;
use usef_messages::conversation::{self, Digest, Full, History, Key, Memory, OrderName, Series, Thread};
use usef_messages::payload::Kind;
use usef_messages::validation::{Context, Policy};
use usef_messages::values::Domain;

use crate::trade::{
    NOW, PLAN, Trade, at, offer, order, plan, read, request, revocation, settlement, settlement_response,
    with,
};

/// A memory that counts what is taken out of it.
struct Counting<'m> {
    memory: &'m Memory,
    seen: Cell<usize>,
}

impl Counting<'_> {
    fn one<'c>(&self, found: Option<Cow<'c, Payload>>) -> Option<Cow<'c, Payload>> {
        self.seen.set(self.seen.get() + 1);
        found
    }

    fn all<'c>(&self, found: Vec<Cow<'c, Payload>>) -> Vec<Cow<'c, Payload>> {
        self.seen.set(self.seen.get() + 1 + found.len());
        found
    }
}

impl History for Counting<'_> {
    type Error = Full;

    fn message(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, Full> {
        self.memory.message(key).map(|found| self.one(found))
    }

    fn digest(&self, key: &Key) -> Result<Option<Digest>, Full> {
        self.memory.digest(key)
    }

    fn response(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, Full> {
        self.memory.response(key).map(|found| self.one(found))
    }

    fn standing(&self, key: &Key, kind: Kind) -> Result<Vec<Cow<'_, Payload>>, Full> {
        self.memory.standing(key, kind).map(|found| self.all(found))
    }

    fn latest(&self, series: &Series) -> Result<Option<Cow<'_, Payload>>, Full> {
        self.memory.latest(series).map(|found| self.one(found))
    }

    fn order(&self, name: &OrderName) -> Result<Option<Cow<'_, Payload>>, Full> {
        self.memory.order(name).map(|found| self.one(found))
    }

    fn orders(
        &self,
        sender: &Domain,
        recipient: &Domain,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<Cow<'_, Payload>>, Full> {
        self.memory.orders(sender, recipient, days).map(|found| self.all(found))
    }

    fn conversation(&self, thread: &Thread) -> Result<Vec<Cow<'_, Payload>>, Full> {
        self.memory.conversation(thread).map(|found| self.all(found))
    }
}

/// How many messages of a history are looked at to check this one.
fn cost(trade: &Trade, document: &str) -> usize {
    let (memory, policy) = (Counting { memory: &trade.memory, seen: Cell::new(0) }, Policy::anyone());
    conversation::validate(&read(document), &Context::new(&policy).at(at(NOW)), &memory)
        .expect("memory is read");
    memory.seen.get()
}

/// A trade after this many others between the same two about the same place and day: requests and plans of all revisions,
/// offers of this request and orders of this offer, most of them rejected.
fn after(others: u32) -> Trade {
    let mut trade = Trade::of([plan(), request(), offer()]);
    for number in 0..others {
        let other = |document: String| {
            let revision = format!("Revision=\"{}\"", number + 2);
            renamed(&document.replace("Revision=\"1\"", &revision), &format!("{number:04x}"))
        };
        trade = trade.accepted(&other(plan())).accepted(&other(request()));
        trade = trade.rejected(&other(offer())).rejected(&other(order())).rejected(&other(settlement()));
    }
    trade
}

/// The same with an identifier that begins with these four digits and a digit of its own.
fn renamed(document: &str, digits: &str) -> String {
    let (before, id) = document.split_once(" MessageID=\"").expect("an identifier");
    let own = id.get(..1).expect("a digit");
    format!("{before} MessageID=\"{digits}{own}{}", id.get(5..).expect("the rest"))
}

#[test]
fn a_message_costs_the_same_after_ten_trades_and_after_ninety() {
    let (few, many) = (after(10), after(90));
    let planned =
        with(&offer(), "Currency=\"EUR\"", &format!("Currency=\"EUR\" D-PrognosisMessageID=\"{PLAN}\""));
    for document in [
        plan(),
        with(&plan(), "Revision=\"1\"", "Revision=\"500\""),
        request(),
        offer(),
        planned,
        revocation(),
        order(),
        with(&order(), "o-1", "o-2"),
        settlement(),
        settlement_response(),
    ] {
        let document = renamed(&document, "ffff");
        let costs = [cost(&few, &document), cost(&many, &document)];
        assert_eq!(costs[0], costs[1], "{document}");
        assert!((1..=12).contains(&costs[0]), "{} for {document}", costs[0]);
    }
}
