//! Settlements of USEF 2015 held against their orders, and responses to settlements against them.

use std::collections::{HashMap, HashSet};

use super::naming::answers;
use super::{Before, merged, price, runs};
use crate::usef_2015::Payload;
use crate::usef_2015::flex_order::FlexOrder;
use crate::usef_2015::payload::Kind;
use crate::usef_2015::settlement::{
    FlexOrderSettlement, PtuSettlement, SettlementMessage, SettlementMessageResponse,
};
use crate::validation::{Code, Failures, Place};
use crate::values::{Amount, Outcome};

impl<'a> Before<'a> {
    pub(super) fn check_settlement(
        &self,
        message: &'a SettlementMessage,
        place: &Place<'_>,
        out: &mut Failures<'_>,
    ) {
        let days = message.period_start.date()..=message.period_end.date();
        let orders: Vec<(&FlexOrder, Option<Outcome>)> = self
            .sent(Kind::FlexOrder, &message.metadata.sender_domain)
            .filter_map(|payload| match payload {
                Payload::FlexOrder(order) => Some((order, self.outcome(payload))),
                _ => None,
            })
            .filter(|(order, _)| order.metadata.recipient_domain == message.metadata.recipient_domain)
            .collect();
        // Of several of a name the first that stands, and where none does the first of all.
        let mut of_name: HashMap<&str, (&FlexOrder, Option<Outcome>)> = HashMap::new();
        for (order, outcome) in &orders {
            let named = of_name.entry(&order.order_reference).or_insert((order, *outcome));
            if named.1 == Some(Outcome::Rejected) && *outcome != named.1 {
                *named = (order, *outcome);
            }
        }
        let mut settled = HashSet::new();
        for (index, item) in message.flex_order_settlements.iter().enumerate() {
            let place = &place.nth("FlexOrderSettlement", index);
            let at = &place.at("@OrderReference");
            if !settled.insert(item.order_reference.as_str()) {
                out.add(Code::SettlementDuplicate, at, &item.order_reference);
            }
            match of_name.get(item.order_reference.as_str()) {
                None => out.add(Code::UnknownOrder, at, &item.order_reference),
                Some((_, Some(Outcome::Rejected))) => {
                    out.add(Code::ReferenceRejected, at, &item.order_reference);
                }
                Some((order, _)) => check_item(item, order, message, place, out),
            }
        }
        for (order, outcome) in orders {
            if outcome == Some(Outcome::Accepted)
                && days.contains(&order.period.date())
                && !settled.contains(order.order_reference.as_str())
            {
                out.add(Code::SettlementMissing, &place.at("FlexOrderSettlement"), &order.order_reference);
            }
        }
    }

    pub(super) fn check_verdicts(
        &self,
        message: &'a SettlementMessageResponse,
        place: &Place<'_>,
        out: &mut Failures<'_>,
    ) {
        let request = self.list.iter().find(|other| answers(self.payload, other));
        let Some(Payload::SettlementMessage(settlement)) = request else { return };
        let names = |items: &'a [FlexOrderSettlement]| -> HashSet<&'a str> {
            items.iter().map(|item| item.order_reference.as_str()).collect()
        };
        let settled = names(&settlement.flex_order_settlements);
        let mut judged = HashSet::new();
        for (index, status) in message.flex_order_settlement_statuses.iter().enumerate() {
            let name = status.order_reference.as_str();
            judged.insert(name);
            if !settled.contains(name) {
                let place = &place.nth("FlexOrderSettlementStatus", index);
                out.add(Code::UnknownSettledOrder, &place.at("@OrderReference"), name);
            }
        }
        for item in &settlement.flex_order_settlements {
            if !judged.contains(item.order_reference.as_str()) {
                let place = &place.at("FlexOrderSettlementStatus");
                out.add(Code::VerdictMissing, place, &item.order_reference);
            }
        }
    }
}

fn check_item(
    item: &FlexOrderSettlement,
    order: &FlexOrder,
    message: &SettlementMessage,
    place: &Place<'_>,
    out: &mut Failures<'_>,
) {
    if item.period.date() != order.period.date() {
        out.add(Code::ReferenceMismatch, &place.at("@Period"), item.period);
    }
    if let Some(point) = item.congestion_point.as_ref()
        && order.congestion_point.as_ref() != Some(point)
    {
        out.add(Code::ReferenceMismatch, &place.at("@CongestionPoint"), point);
    }
    if message.currency != order.currency {
        out.add(Code::ReferenceMismatch, &place.at("@Currency"), &message.currency);
    }
    let settled = |of: fn(&PtuSettlement) -> (i64, Amount)| {
        let ptus = &item.ptu_settlements;
        merged(ptus.iter().map(|ptu| (ptu.start, ptu.duration_ptus(), of(ptu))).collect())
    };
    let nothing = |power| (power, Amount::ZERO);
    if settled(|_| (0, Amount::ZERO)) != runs(&order.ptus, |_| nothing(0)) {
        out.missing(Code::SettledIsps, place);
    } else if settled(|ptu| (ptu.ordered_flex_power_w, Amount::ZERO))
        != runs(&order.ptus, |ptu| nothing(ptu.power_w))
    {
        out.missing(Code::SettledPower, place);
    } else if settled(|ptu| (0, ptu.price)) != runs(&order.ptus, |ptu| (0, price(ptu))) {
        out.missing(Code::SettledPrice, place);
    }
}
