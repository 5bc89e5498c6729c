use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::{Digest, Key, OrderName, Series, Thread};
use crate::payload::{Kind, Payload};
use crate::values::{Domain, Outcome, Uuid};

/// Finds messages, each of which has a number, by all that a [`History`](super::History) is asked for.
///
/// A look-up costs what it finds, whatever else is there. For that, what was rejected is taken off every list as soon as
/// its response comes; it is still found by its key and its name.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_key: HashMap<Key, u64>,
    /// The first response of a kind to what has the key, in a conversation: all others are none.
    responses: HashMap<(Key, Thread, Kind), u64>,
    standing: HashMap<(Key, Kind), BTreeSet<u64>>,
    /// By their identifiers and recipients.
    offers: HashMap<(Uuid, Domain), BTreeSet<u64>>,
    revisions: HashMap<Series, BTreeSet<(i64, u64)>>,
    orders: BTreeMap<(Domain, Domain, NaiveDate), BTreeSet<u64>>,
    /// Orders that were rejected come behind those that were not.
    named: HashMap<OrderName, BTreeSet<(bool, u64)>>,
    threads: HashMap<Thread, BTreeSet<u64>>,
}

impl Index {
    /// Lists a message; `find` gives those that are listed already.
    pub(crate) fn insert<'m>(
        &mut self,
        number: u64,
        message: &Payload,
        find: impl Fn(u64) -> Option<&'m Payload>,
    ) {
        // The first with its key stays what is found by it.
        self.by_key.entry(Key::of(message)).or_insert(number);
        self.threads.entry(Thread::of(message)).or_default().insert(number);
        if let Some(slot) = response_slot(message) {
            if let Entry::Vacant(first) = self.responses.entry(slot) {
                first.insert(number);
                if message.result() == Some(Outcome::Rejected)
                    && let Some((asked, request)) = self.request(number, message, find)
                {
                    self.reject(asked, request);
                }
            }
            return;
        }
        if let Some(offer) = offer_id(message) {
            self.offers.entry(offer).or_default().insert(number);
        }
        let response = self.response(message).and_then(find);
        let rejected = response.and_then(Payload::result) == Some(Outcome::Rejected);
        if !rejected {
            self.list(number, message);
        }
        if let Some(name) = OrderName::of(message) {
            self.named.entry(name).or_default().insert((rejected, number));
        }
    }

    fn list(&mut self, number: u64, message: &Payload) {
        if let Some(key) = Key::of_reference(message) {
            self.standing.entry((key, message.kind())).or_default().insert(number);
        }
        if let (Some(series), Some(revision)) = (Series::of(message), message.revision()) {
            self.revisions.entry(series).or_default().insert((revision, number));
        }
        if let Some(day) = order_day(message) {
            self.orders.entry(day).or_default().insert(number);
        }
    }

    fn unlist(&mut self, number: u64, message: &Payload) {
        if let Some(key) = Key::of_reference(message) {
            drop_from(&mut self.standing, &(key, message.kind()), &number);
        }
        if let (Some(series), Some(revision)) = (Series::of(message), message.revision()) {
            drop_from(&mut self.revisions, &series, &(revision, number));
        }
        if let Some(day) = order_day(message)
            && let Some(list) = self.orders.get_mut(&day)
        {
            list.remove(&number);
            if list.is_empty() {
                self.orders.remove(&day);
            }
        }
    }

    /// Notes that a message was rejected.
    pub(crate) fn reject(&mut self, number: u64, message: &Payload) {
        self.unlist(number, message);
        if let Some(name) = OrderName::of(message) {
            drop_from(&mut self.named, &name, &(false, number));
            self.named.entry(name).or_default().insert((true, number));
        }
    }

    /// Forgets a message.
    pub(crate) fn remove(&mut self, number: u64, message: &Payload) {
        if let Entry::Occupied(found) = self.by_key.entry(Key::of(message))
            && *found.get() == number
        {
            found.remove();
        }
        drop_from(&mut self.threads, &Thread::of(message), &number);
        if let Some(slot) = response_slot(message) {
            if let Entry::Occupied(first) = self.responses.entry(slot)
                && *first.get() == number
            {
                first.remove();
            }
            return;
        }
        if let Some(offer) = offer_id(message) {
            drop_from(&mut self.offers, &offer, &number);
        }
        self.unlist(number, message);
        if let Some(name) = OrderName::of(message) {
            drop_from(&mut self.named, &name, &(false, number));
            drop_from(&mut self.named, &name, &(true, number));
        }
    }

    /// The message with a key.
    pub(crate) fn get(&self, key: &Key) -> Option<u64> {
        self.by_key.get(key).copied()
    }

    /// Whether there is an offer with an identifier to a participant.
    pub(crate) fn is_offered(&self, message_id: &Uuid, recipient: &Domain) -> bool {
        self.offers.contains_key(&(message_id.clone(), recipient.clone()))
    }

    /// The response to a message.
    pub(crate) fn response(&self, request: &Payload) -> Option<u64> {
        let kind = request.kind().response()?;
        self.responses.get(&(Key::of(request), Thread::of(request), kind)).copied()
    }

    /// What a listed message responds to, where it is the response to it.
    pub(crate) fn request<'m>(
        &self,
        number: u64,
        response: &Payload,
        find: impl Fn(u64) -> Option<&'m Payload>,
    ) -> Option<(u64, &'m Payload)> {
        let asked = self.get(&Key::of_reference(response)?)?;
        let request = find(asked)?;
        (self.response(request) == Some(number)).then_some((asked, request))
    }

    /// The messages of a kind that refer to the one with a key and were not rejected, oldest first.
    pub(crate) fn standing(&self, key: &Key, kind: Kind) -> impl Iterator<Item = u64> {
        self.standing.get(&(key.clone(), kind)).into_iter().flatten().copied()
    }

    /// The greatest revision that was not rejected.
    pub(crate) fn latest(&self, series: &Series) -> Option<u64> {
        self.revisions.get(series)?.last().map(|(_, number)| *number)
    }

    /// The orders of a name: those that were rejected behind those that were not, oldest first.
    pub(crate) fn named(&self, name: &OrderName) -> impl Iterator<Item = u64> {
        self.named.get(name).into_iter().flatten().map(|(_, number)| *number)
    }

    /// The orders of some days that were not rejected, by day.
    pub(crate) fn orders(
        &self,
        sender: &Domain,
        recipient: &Domain,
        days: RangeInclusive<NaiveDate>,
    ) -> impl Iterator<Item = u64> {
        let at = |day: &NaiveDate| (sender.clone(), recipient.clone(), *day);
        let some = (!days.is_empty()).then(|| self.orders.range(at(days.start())..=at(days.end())));
        some.into_iter().flatten().flat_map(|(_, list)| list).copied()
    }

    /// The messages of a conversation, oldest first.
    pub(crate) fn thread(&self, thread: &Thread) -> impl ExactSizeIterator<Item = u64> {
        static NONE: BTreeSet<u64> = BTreeSet::new();
        self.threads.get(thread).unwrap_or(&NONE).iter().copied()
    }
}

/// What a response answers; `None` for a request, and for an answer to a test, which names none.
fn response_slot(message: &Payload) -> Option<(Key, Thread, Kind)> {
    let kind = message.kind();
    let key = kind.response().is_none().then(|| Key::of_reference(message))??;
    Some((key, Thread::of(message), kind))
}

fn offer_id(message: &Payload) -> Option<(Uuid, Domain)> {
    let Payload::FlexOffer(offer) = message else { return None };
    Some((offer.message_id.clone(), offer.recipient_domain.clone()))
}

fn order_day(message: &Payload) -> Option<(Domain, Domain, NaiveDate)> {
    let Payload::FlexOrder(order) = message else { return None };
    Some((order.sender_domain.clone(), order.recipient_domain.clone(), order.period.date()))
}

fn drop_from<K: std::hash::Hash + Eq, T: Ord>(lists: &mut HashMap<K, BTreeSet<T>>, key: &K, item: &T) {
    if let Some(list) = lists.get_mut(key) {
        list.remove(item);
        if list.is_empty() {
            lists.remove(key);
        }
    }
}

/// What an index finds messages for.
pub(crate) trait Found {
    /// The index.
    fn index(&self) -> &Index;

    /// The message of a number.
    fn payload(&self, number: u64) -> Option<&Payload>;

    /// The digest of the document of the message of a number.
    fn document(&self, number: u64) -> Option<Digest>;

    fn one(&self, number: Option<u64>) -> Option<Cow<'_, Payload>> {
        number.and_then(|number| self.payload(number)).map(Cow::Borrowed)
    }

    fn all(&self, numbers: impl Iterator<Item = u64>) -> Vec<Cow<'_, Payload>> {
        numbers.filter_map(|number| self.one(Some(number))).collect()
    }
}

/// Has a type whose messages an index finds be a history, reading which never fails.
macro_rules! history_by_index {
    ($messages:ty, $error:ty) => {
        const _: () = {
            use std::borrow::Cow;
            use std::ops::RangeInclusive;

            use chrono::NaiveDate;
            use $crate::conversation::{Digest, History, Key, OrderName, Series, Thread};
            use $crate::payload::{Kind, Payload};
            use $crate::values::{Domain, Uuid};

            impl History for $messages {
                type Error = $error;

                fn message(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, $error> {
                    Ok(self.one(self.index().get(key)))
                }

                fn digest(&self, key: &Key) -> Result<Option<Digest>, $error> {
                    Ok(self.index().get(key).and_then(|number| self.document(number)))
                }

                fn is_offered(&self, message_id: &Uuid, recipient: &Domain) -> Result<bool, $error> {
                    Ok(self.index().is_offered(message_id, recipient))
                }

                fn response(&self, key: &Key) -> Result<Option<Cow<'_, Payload>>, $error> {
                    let request = self.index().get(key).and_then(|number| self.payload(number));
                    Ok(self.one(request.and_then(|request| self.index().response(request))))
                }

                fn standing(&self, key: &Key, kind: Kind) -> Result<Vec<Cow<'_, Payload>>, $error> {
                    Ok(self.all(self.index().standing(key, kind)))
                }

                fn latest(&self, series: &Series) -> Result<Option<Cow<'_, Payload>>, $error> {
                    Ok(self.one(self.index().latest(series)))
                }

                fn order(&self, name: &OrderName) -> Result<Option<Cow<'_, Payload>>, $error> {
                    Ok(self.one(self.index().named(name).next()))
                }

                fn orders(
                    &self,
                    sender: &Domain,
                    recipient: &Domain,
                    days: RangeInclusive<NaiveDate>,
                ) -> Result<Vec<Cow<'_, Payload>>, $error> {
                    Ok(self.all(self.index().orders(sender, recipient, days)))
                }

                fn conversation(&self, thread: &Thread) -> Result<Vec<Cow<'_, Payload>>, $error> {
                    Ok(self.all(self.index().thread(thread)))
                }
            }
        };
    };
}

pub(crate) use history_by_index;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::example::{changed, payload, xml};

    /// An index with these messages, numbered from 0.
    fn of(messages: &[Payload]) -> Index {
        let mut index = Index::default();
        for (number, message) in (0..).zip(messages) {
            index.insert(number, message, |number| messages.get(usize::try_from(number).unwrap()));
        }
        index
    }

    impl Index {
        pub(crate) fn is_empty(&self) -> bool {
            let lists = [self.by_key.is_empty(), self.responses.is_empty(), self.standing.is_empty()];
            let others = [self.revisions.is_empty(), self.orders.is_empty(), self.named.is_empty()];
            let more = [self.threads.is_empty(), self.offers.is_empty()];
            lists.into_iter().chain(others).chain(more).all(|empty| empty)
        }
    }

    fn rejection() -> Payload {
        changed("FlexRequestResponse", "Accepted", "Rejected")
    }

    #[test]
    fn what_is_rejected_stands_no_more_whichever_comes_first() {
        let request = payload("FlexRequest");
        let series = Series::of(&request).unwrap();
        assert_eq!(of(std::slice::from_ref(&request)).latest(&series), Some(0));
        assert_eq!(of(&[request.clone(), payload("FlexRequestResponse")]).latest(&series), Some(0));
        assert_eq!(of(&[request.clone(), rejection()]).latest(&series), None);
        assert_eq!(of(&[rejection(), request.clone()]).latest(&series), None);
        // The first response counts.
        let second = Payload::from_xml(
            xml("FlexRequestResponse").replace("Accepted", "Rejected").replace("\"50", "\"51").as_bytes(),
        );
        assert_eq!(of(&[request, payload("FlexRequestResponse"), second.unwrap()]).latest(&series), Some(0));
    }

    #[test]
    fn a_response_of_another_conversation_kind_or_sender_is_none() {
        let request = payload("FlexRequest");
        for (old, new) in [
            ("ConversationID=\"c0", "ConversationID=\"c1"),
            ("SenderDomain=\"agr.", "SenderDomain=\"other."),
            ("FlexRequestResponse", "FlexOfferResponse"),
        ] {
            let document = xml("FlexRequestResponse").replace("Accepted", "Rejected").replacen(old, new, 1);
            let document = document.replace("FlexRequestMessageID", "FlexOfferMessageID");
            let named =
                if new == "FlexOfferResponse" { "FlexOfferMessageID" } else { "FlexRequestMessageID" };
            let document = document.replace("FlexOfferMessageID", named);
            let stray = Payload::from_xml(document.as_bytes()).unwrap();
            let index = of(&[request.clone(), stray]);
            assert_eq!(index.response(&request), None, "{new}");
            assert_eq!(index.latest(&Series::of(&request).unwrap()), Some(0), "{new}");
        }
    }

    #[test]
    fn an_order_that_was_rejected_is_named_behind_one_that_was_not() {
        let first = payload("FlexOrder");
        let second = changed("FlexOrder", "MessageID=\"30", "MessageID=\"31");
        let no = crate::message::Answer::reject("no");
        let id = "50000000-0000-4000-8000-000000000000".parse().unwrap();
        let answer = first.respond(no, id, first.time_stamp()).unwrap();
        let messages = [first.clone(), second, answer];
        let mut index = of(&messages);
        let name = OrderName::of(&first).unwrap();
        assert_eq!(index.named(&name).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(
            index.standing(&Key::of_reference(&first).unwrap(), Kind::FlexOrder).collect::<Vec<_>>(),
            [1]
        );
        for (number, message) in (0..).zip(&messages) {
            index.remove(number, message);
        }
        assert!(index.is_empty(), "{index:?}");
    }
}
