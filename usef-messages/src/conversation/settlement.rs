//! Settlements held against their orders, and responses to settlements against them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

use chrono::NaiveDate;

use super::order::{Comparison, compare};
use super::{History, Key, OrderName, reference};
use crate::flex_order::FlexOrder;
use crate::flex_settlement::{FlexOrderSettlement, FlexSettlement, FlexSettlementResponse};
use crate::payload::Payload;
use crate::validation::{Code, Failures, Place};
use crate::values::{EntityAddress, Outcome};

pub(super) fn check<H: History + ?Sized>(
    message: &FlexSettlement,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let days = message.period_start.date()..=message.period_end.date();
    let orders = history.orders(&message.sender_domain, &message.recipient_domain, days.clone())?;
    let orders: Vec<&FlexOrder> = orders.iter().filter_map(|order| flex_order(order)).collect();
    let mut open = Open::of(&orders);
    for (index, item) in message.flex_order_settlements.iter().enumerate() {
        let place = &place.nth("FlexOrderSettlement", index);
        let parties = [&message.recipient_domain, &message.sender_domain];
        let (plan, about) = (item.d_prognosis_message_id.as_ref(), (item.period, &item.congestion_point));
        reference::check_prognosis(plan, parties, about, place, history, out)?;
        let at = &place.at("@OrderReference");
        let standing = open.take(item).and_then(|at| orders.get(at).copied());
        let rejected = match standing {
            None if days.contains(&item.period.date()) => rejected_order(item, message, history)?,
            _ => None,
        };
        let Some(order) = standing.or_else(|| flex_order(rejected.as_ref()?)) else {
            out.add_or_missing(Code::UnknownOrder, at, item.order_reference.as_deref());
            continue;
        };
        if rejected.is_some() {
            out.add(Code::ReferenceRejected, at, &order.order_reference);
        }
        if order.currency != message.currency {
            out.add(Code::ReferenceMismatch, &place.at("@Currency"), &message.currency);
        }
        check_item(item, order, place, out);
    }
    for order in open.left().filter_map(|at| orders.get(at)) {
        let key = Key { sender: order.sender_domain.clone(), message_id: order.message_id.clone() };
        if history.outcome(&key)? == Some(Outcome::Accepted) {
            out.add(Code::SettlementMissing, &place.at("FlexOrderSettlement"), &order.order_reference);
        }
    }
    Ok(())
}

fn flex_order(payload: &Payload) -> Option<&FlexOrder> {
    match payload {
        Payload::FlexOrder(order) => Some(order),
        _ => None,
    }
}

/// The order that an item names, if it was rejected.
fn rejected_order<'h, H: History + ?Sized>(
    item: &FlexOrderSettlement,
    message: &FlexSettlement,
    history: &'h H,
) -> Result<Option<Cow<'h, Payload>>, H::Error> {
    let Some(reference) = item.order_reference.clone() else { return Ok(None) };
    let (sender, recipient) = (message.sender_domain.clone(), message.recipient_domain.clone());
    let name = OrderName { sender, recipient, day: item.period.date(), reference };
    let Some(order) = history.order(&name)? else { return Ok(None) };
    let is_rejected = history.outcome(&Key::of(&order))? == Some(Outcome::Rejected);
    Ok(is_rejected.then_some(order))
}

/// Orders by their indices, found by what an item says of them, each once.
struct Open<'a> {
    named: HashMap<(NaiveDate, &'a str), VecDeque<usize>>,
    placed: HashMap<(NaiveDate, &'a EntityAddress), VecDeque<usize>>,
    left: Vec<bool>,
}

impl<'a> Open<'a> {
    fn of(orders: &[&'a FlexOrder]) -> Self {
        let mut open = Self { named: HashMap::new(), placed: HashMap::new(), left: vec![true; orders.len()] };
        for (at, order) in orders.iter().enumerate() {
            let day = order.period.date();
            open.named.entry((day, &order.order_reference)).or_default().push_back(at);
            open.placed.entry((day, &order.congestion_point)).or_default().push_back(at);
        }
        open
    }

    /// The order that an item is about: by its reference, and without one by its place.
    fn take(&mut self, item: &'a FlexOrderSettlement) -> Option<usize> {
        let day = item.period.date();
        let queue = match &item.order_reference {
            Some(name) => self.named.get_mut(&(day, name.as_str())),
            None => self.placed.get_mut(&(day, &item.congestion_point)),
        }?;
        // What was taken by the other way stands in the queue still.
        let at = std::iter::from_fn(|| queue.pop_front()).find(|at| self.left.get(*at) == Some(&true))?;
        *self.left.get_mut(at)? = false;
        Some(at)
    }

    /// Those that no item was about.
    fn left(&self) -> impl Iterator<Item = usize> {
        self.left.iter().enumerate().filter(|(_, left)| **left).map(|(at, _)| at)
    }
}

fn check_item(item: &FlexOrderSettlement, order: &FlexOrder, place: &Place<'_>, out: &mut Failures<'_>) {
    if item.congestion_point != order.congestion_point {
        out.add(Code::ReferenceMismatch, &place.at("@CongestionPoint"), &item.congestion_point);
    }
    if item.price != order.price {
        out.add(Code::SettledPrice, &place.at("@Price"), item.price);
    }
    match compare(&order.isps, &item.isps, |ordered, settled| ordered == settled) {
        Comparison::Same => {}
        Comparison::Lacking(isp) => out.add(Code::SettledIsps, &place.at("ISP"), isp),
        Comparison::Extra(index, isp) => out.add(Code::SettledIsps, &place.nth("ISP", index), isp),
        Comparison::Power(index) => {
            let power = item.isps.get(index).map_or(0, |isp| isp.ordered_flex_power_w);
            let place = &place.nth("ISP", index);
            out.add(Code::SettledPower, &place.at("@OrderedFlexPower"), format_args!("{power} W"));
        }
    }
}

pub(super) fn check_response<H: History + ?Sized>(
    message: &FlexSettlementResponse,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let key = Key {
        sender: message.recipient_domain.clone(),
        message_id: message.flex_settlement_message_id.clone(),
    };
    // That it is unknown is told with those of all responses.
    let Some(found) = history.message(&key)? else { return Ok(()) };
    let Payload::FlexSettlement(settlement) = &*found else { return Ok(()) };
    let settled: HashSet<Option<&str>> =
        settlement.flex_order_settlements.iter().map(|item| item.order_reference.as_deref()).collect();
    let mut judged = HashSet::new();
    for (index, status) in message.flex_order_settlement_statuses.iter().enumerate() {
        let name = status.order_reference.as_deref();
        judged.insert(name);
        if !settled.contains(&name) {
            let place = &place.nth("FlexOrderSettlementStatus", index);
            out.add_or_missing(Code::UnknownSettledOrder, &place.at("@OrderReference"), name);
        }
    }
    for item in &settlement.flex_order_settlements {
        if !judged.contains(&item.order_reference.as_deref()) {
            let name = item.order_reference.as_deref();
            out.add_or_missing(Code::VerdictMissing, &place.at("FlexOrderSettlementStatus"), name);
        }
    }
    Ok(())
}
