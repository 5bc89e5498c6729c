//! How trades stand: what the messages that a grid operator remembers say about it.

use chrono::{DateTime, Utc};
use usef_messages::Payload;
use usef_messages::flex_offer::FlexOffer;
use usef_messages::flex_order::FlexOrder;
use usef_messages::flex_request::FlexRequest;
use usef_messages::payload::Kind;
use usef_messages::roles::store::{Direction, Entry, Peer, Stage};
use usef_messages::roles::{Dso, Subject};
use usef_messages::values::{Domain, Outcome};

use super::story::Step;

/// How a trade with an aggregator stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    None,
    /// It goes on.
    Open(Awaited),
    /// Nothing was ordered, since others had what was needed.
    Unneeded,
    /// It is settled, and all is said.
    Settled,
    /// It came to nothing, for this reason.
    Failed(String),
}

/// What an open trade waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// A response, or that a message arrives.
    Answer,
    /// An offer that helps.
    Offer,
    /// Meter data of what was ordered.
    MeterData,
}

impl std::fmt::Display for Awaited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Answer => "its answer",
            Self::Offer => "an offer that helps",
            Self::MeterData => "its meter data",
        })
    }
}

/// The messages of the last trade with an aggregator, the newest first: a trade begins with a test message.
pub fn trade<'d>(dso: &'d Dso, agr: &Domain) -> impl Iterator<Item = &'d Entry> {
    let mut begun = false;
    let with_it = dso.messages().rev().filter(move |entry| entry.peer.domain == *agr);
    with_it.take_while(move |entry| {
        !std::mem::replace(
            &mut begun,
            entry.direction == Direction::Sent && entry.message.kind() == Kind::TestMessage,
        )
    })
}

/// How the last trade with an aggregator stands.
pub fn standing(dso: &Dso, agr: &Domain, now: DateTime<Utc>) -> Standing {
    let (mut standing, mut waiting, mut settled) = (Standing::None, false, false);
    let (mut ordered, mut refused) = (false, None);
    for entry in trade(dso, agr) {
        standing = Standing::Open(Awaited::Offer);
        settled |= Step::of(entry) == Some(Step::Settled);
        let is_request = entry.message.kind().response().is_some();
        ordered |= entry.message.kind() == Kind::FlexOrder && is_standing(dso, entry);
        let name = entry.message.name();
        match &entry.state.stage {
            Stage::Waiting(_) => waiting = true,
            Stage::Delivered if is_request => waiting |= dso.response_to(entry).is_none(),
            Stage::Taken if entry.message.result() == Some(Outcome::Rejected) => {
                let reason = entry.message.rejection_reason().unwrap_or("no reason is given");
                refused.get_or_insert_with(|| (entry.message.kind(), format!("{name}: {reason}")));
            }
            Stage::Failed(failure) if is_request => {
                refused.get_or_insert_with(|| (entry.message.kind(), format!("{name}: {failure}")));
            }
            _ => {}
        }
    }
    match refused {
        // It may have taken its offer back for a better one.
        Some((Kind::FlexOrderResponse, _)) if ordered || !open_offers(dso, agr, now).is_empty() => {}
        Some((_, reason)) => return Standing::Failed(reason),
        None => {}
    }
    match standing {
        Standing::Open(_) if waiting => Standing::Open(Awaited::Answer),
        Standing::Open(_) if settled => Standing::Settled,
        Standing::Open(_) if ordered => Standing::Open(Awaited::MeterData),
        other => other,
    }
}

/// Whether a request of ours is under way or accepted.
fn is_standing(dso: &Dso, request: &Entry) -> bool {
    let rejected = |response: &Entry| response.message.result() == Some(Outcome::Rejected);
    let failed = matches!(request.state.stage, Stage::Failed(_));
    request.direction == Direction::Sent && !failed && !dso.response_to(request).is_some_and(rejected)
}

/// What was asked for in the last trade with an aggregator, and when; of several requests the last.
pub fn asked<'d>(dso: &'d Dso, agr: &Domain) -> Option<(&'d Entry, &'d FlexRequest)> {
    trade(dso, agr).find_map(|entry| match &entry.message {
        Payload::FlexRequest(request) => Some((entry, request)),
        _ => None,
    })
}

/// Whether an aggregator that was asked may still make a first offer.
pub fn may_offer(dso: &Dso, agr: &Domain) -> bool {
    let is_asked = asked(dso, agr).is_some_and(|(request, _)| is_standing(dso, request));
    is_asked && trade(dso, agr).all(|entry| entry.message.kind() != Kind::FlexOffer)
}

/// When an aggregator last made or took back an offer.
pub fn last_offer(dso: &Dso, agr: &Domain) -> Option<DateTime<Utc>> {
    let is_offer = |entry: &&Entry| {
        entry.direction == Direction::Received
            && matches!(entry.message.kind(), Kind::FlexOffer | Kind::FlexOfferRevocation)
    };
    trade(dso, agr).find(is_offer).map(|entry| entry.at)
}

/// The offers of the last trade that can be ordered: neither void nor taken back, and not ordered before.
pub fn open_offers<'d>(dso: &'d Dso, agr: &Domain, now: DateTime<Utc>) -> Vec<&'d FlexOffer> {
    let (mut offers, mut gone) = (Vec::new(), Vec::new());
    for entry in trade(dso, agr) {
        match &entry.message {
            Payload::FlexOfferRevocation(revocation) if entry.state.stage.is_accepted() => {
                gone.push(&revocation.flex_offer_message_id);
            }
            Payload::FlexOrder(order) => gone.extend(&order.flex_offer_message_id),
            Payload::FlexOffer(offer) if entry.state.stage.is_accepted() => offers.push(offer),
            _ => {}
        }
    }
    offers.retain(|offer| offer.expiration_date_time.to_utc() > now && !gone.contains(&&offer.message_id));
    offers
}

/// The orders for a place and a day, of whatever trade, that were not rejected.
pub fn orders<'d>(dso: &'d Dso, subject: &Subject) -> impl Iterator<Item = (&'d Peer, &'d FlexOrder)> {
    dso.messages().filter_map(move |entry| match &entry.message {
        Payload::FlexOrder(order) if Subject::of(order) == *subject && is_standing(dso, entry) => {
            Some((&entry.peer, order))
        }
        _ => None,
    })
}

/// Whether an order is in a settlement that was not rejected.
pub fn is_settled(dso: &Dso, peer: &Peer, order: &FlexOrder) -> bool {
    dso.messages().any(|entry| match &entry.message {
        Payload::FlexSettlement(settlement) if entry.peer == *peer && is_standing(dso, entry) => {
            settlement.flex_order_settlements.iter().any(|item| {
                item.period == order.period && item.order_reference.as_ref() == Some(&order.order_reference)
            })
        }
        _ => false,
    })
}
