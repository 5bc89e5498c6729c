//! Settlements held against their orders, and responses to settlements against them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::order::{Comparison, compare};
use super::{History, Key, Selection, reference};
use crate::flex_order::FlexOrder;
use crate::flex_settlement::{FlexOrderSettlement, FlexSettlement, FlexSettlementResponse};
use crate::payload::{Kind, Payload};
use crate::validation::{Code, Failures, Place};
use crate::values::Outcome;

pub(super) fn check<H: History + ?Sized>(
    message: &FlexSettlement,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let orders = orders(message, history)?;
    let mut settled = HashSet::new();
    for (index, item) in message.flex_order_settlements.iter().enumerate() {
        let place = &place.nth("FlexOrderSettlement", index);
        let prognosis = item.d_prognosis_message_id.as_ref();
        reference::check_prognosis(prognosis, &message.recipient_domain, place, history, out)?;
        let found = orders.iter().enumerate().find(|(at, (order, _))| {
            !settled.contains(at) && order.period.date() == item.period.date() && is_of(item, order)
        });
        let at = &place.at("@OrderReference");
        let Some((order_at, (order, outcome))) = found else {
            out.add(Code::UnknownOrder, at, item.order_reference.as_deref().unwrap_or_default());
            continue;
        };
        settled.insert(order_at);
        if *outcome == Some(Outcome::Rejected) {
            out.add(Code::ReferenceRejected, at, &order.order_reference);
        }
        if order.currency != message.currency {
            out.add(Code::ReferenceMismatch, &place.at("@Currency"), &message.currency);
        }
        check_item(item, order, place, out);
    }
    for (at, (order, outcome)) in orders.iter().enumerate() {
        if *outcome == Some(Outcome::Accepted) && !settled.contains(&at) {
            out.add(Code::SettlementMissing, &place.at("FlexOrderSettlement"), &order.order_reference);
        }
    }
    Ok(())
}

type Ordered<'h> = (Cow<'h, FlexOrder>, Option<Outcome>);

/// The orders of the days that are settled, and how each was answered.
fn orders<'h, H: History + ?Sized>(
    message: &FlexSettlement,
    history: &'h H,
) -> Result<Vec<Ordered<'h>>, H::Error> {
    let selected = history.select(&Selection {
        kind: Kind::FlexOrder,
        sender: &message.sender_domain,
        recipient: &message.recipient_domain,
        days: message.period_start.date()..=message.period_end.date(),
        subject: None,
    })?;
    let mut orders = Vec::new();
    for order in selected {
        let outcome = history.outcome(&Key::of(&order))?;
        match order {
            Cow::Borrowed(Payload::FlexOrder(order)) => orders.push((Cow::Borrowed(order), outcome)),
            Cow::Owned(Payload::FlexOrder(order)) => orders.push((Cow::Owned(order), outcome)),
            _ => {}
        }
    }
    // Of two with one reference the one that counts comes first.
    orders.sort_by_key(|(_, outcome)| *outcome == Some(Outcome::Rejected));
    Ok(orders)
}

/// Whether an item is about an order: by its reference, and without one by its place.
fn is_of(item: &FlexOrderSettlement, order: &FlexOrder) -> bool {
    match &item.order_reference {
        Some(name) => *name == order.order_reference,
        None => item.congestion_point == order.congestion_point,
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
        Comparison::Isps => out.missing(Code::SettledIsps, place),
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
            out.add(Code::UnknownSettledOrder, &place.at("@OrderReference"), name.unwrap_or_default());
        }
    }
    for item in &settlement.flex_order_settlements {
        if !judged.contains(&item.order_reference.as_deref()) {
            let name = item.order_reference.as_deref().unwrap_or_default();
            out.add(Code::VerdictMissing, &place.at("FlexOrderSettlementStatus"), name);
        }
    }
    Ok(())
}
