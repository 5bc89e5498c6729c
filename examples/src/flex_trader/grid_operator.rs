//! The grid operator: asks for less power in tomorrow's evening peak, orders the cheapest option, settles it.

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use usef_messages::d_prognosis::FlexOrderStatus;
use usef_messages::flex_offer::{FlexOffer, Isp};
use usef_messages::flex_order::FlexOrder;
use usef_messages::flex_request;
use usef_messages::flex_settlement::{
    ContractIsp, ContractPeriod, ContractSettlement, FlexOrderSettlement, OrderIsp,
};
use usef_messages::metering::Metering;
use usef_messages::roles::dso::{Request, Response, Settlement, Wish};
use usef_messages::roles::store::Peer;
use usef_messages::roles::{Dso, Event};
use usef_messages::values::{ActivationFactor, Disposition, Domain, Outcome, Role, Verdict};
use usef_messages::{Message as _, Payload};

use super::aggregator::{BASELINE_W, number, short};
use super::setup::Need;
use super::story::{Step, Story};

/// The grid operator's side of the trade.
#[derive(Debug)]
pub struct GridOperator {
    need: Need,
    story: Story,
    offers: Vec<FlexOffer>,
}

impl GridOperator {
    /// A grid operator that needs this.
    pub fn new(need: Need, story: Story) -> Self {
        Self { need, story, offers: Vec::new() }
    }

    fn tell(&self, what: &str) {
        self.story.tell("DSO", what);
    }

    /// Begins the trade with an aggregator.
    ///
    /// # Errors
    /// When a message cannot be made.
    pub fn begin(&self, dso: &mut Dso, agr: &Domain, now: DateTime<Utc>) -> Result<()> {
        dso.test(&Peer { domain: agr.clone(), role: Role::Agr }, now)?;
        self.tell(&format!("asks whether {agr} is there"));
        let (subject, calendar, peak) = self.need.tomorrow()?;
        let isps = calendar.isps(peak);
        let (start, duration) = (number(*isps.start())?, number(isps.clone().count().try_into()?)?);
        let reserved = Isp { power_w: -self.need.reduction_w, start, duration: Some(duration) };
        let contract = &self.need.contract_id;
        dso.update_reservation(agr, subject.clone(), contract, "demo", vec![reserved], now)?;
        let period = subject.period;
        let wanted = flex_request::Isp {
            disposition: Some(Disposition::Requested),
            min_power_w: -self.need.reduction_w,
            max_power_w: 0,
            start,
            duration: Some(duration),
        };
        let expires = calendar.interval(start.get()).context("the peak")?.start - TimeDelta::hours(1);
        let wish = Wish {
            expires: expires.min(now + TimeDelta::hours(12)),
            isps: vec![wanted],
            contract_id: Some(contract.clone()),
            service_type: None,
        };
        dso.request_flex(agr, subject, wish, now)?;
        self.tell(&format!(
            "asks for {} kW less on {period} from {}, for {} quarters of an hour",
            self.need.reduction_w / 1000,
            self.need.from.format("%H:%M"),
            self.need.quarters
        ));
        Ok(())
    }

    /// Acts on an event.
    ///
    /// # Errors
    /// When a message cannot be made.
    pub fn act(&mut self, dso: &mut Dso, event: Event<Request, Response>, now: DateTime<Utc>) -> Result<()> {
        match event {
            Event::Response { message: Response::TestMessageResponse(_), peer, .. } => {
                self.tell(&format!("hears that {} is there", peer.domain));
                self.story.saw(Step::Reached);
            }
            Event::Response { message: Response::FlexReservationUpdateResponse(response), .. } => {
                self.heard(
                    "the reservation",
                    response.result,
                    response.rejection_reason.as_deref(),
                    Step::Reserved,
                );
            }
            Event::Response { message: Response::FlexRequestResponse(response), .. } => {
                self.heard(
                    "the request",
                    response.result,
                    response.rejection_reason.as_deref(),
                    Step::Requested,
                );
            }
            Event::Request { message: Request::FlexOffer(offer), .. } => {
                self.tell(&format!("accepts offer {} as one to choose from", short(&offer.message_id)));
                self.story.saw(Step::Offered);
                self.offers.push(offer);
            }
            Event::Request { message: Request::FlexOfferRevocation(revocation), .. } => {
                self.tell(&format!("lets offer {} go", short(&revocation.flex_offer_message_id)));
                self.offers.retain(|offer| offer.message_id != revocation.flex_offer_message_id);
                self.order(dso, now)?;
            }
            Event::Response { message: Response::FlexOrderResponse(response), .. } => {
                self.heard("the order", response.result, response.rejection_reason.as_deref(), Step::Ordered);
            }
            Event::Request { id, message: Request::DPrognosis(plan), peer, .. } => {
                let orders =
                    dso.messages().filter(|entry| entry.peer == peer).filter_map(|entry| {
                        match &entry.message {
                            Payload::FlexOrder(order) => Some(order.message_id.clone()),
                            _ => None,
                        }
                    });
                let statuses: Vec<_> = orders
                    .map(|order| FlexOrderStatus { flex_order_message_id: order, is_validated: true })
                    .collect();
                self.tell(&format!("accepts plan {} for {}", plan.revision, plan.period));
                dso.answer_prognosis(id, statuses, now)?;
            }
            Event::Request { message: Request::Metering(metering), peer, .. } => {
                self.tell(&format!("has the meter data of {}", metering.ean));
                self.story.saw(Step::Metered);
                self.settle(dso, &metering, &peer, now)?;
            }
            Event::Response { message: Response::FlexSettlementResponse(response), .. } => {
                let agreed = response
                    .flex_order_settlement_statuses
                    .iter()
                    .all(|status| status.disposition == Verdict::Accepted);
                self.tell(if agreed {
                    "hears that the settlement is agreed with"
                } else {
                    "hears of a dispute"
                });
                if agreed && response.result == Outcome::Accepted {
                    self.story.saw(Step::Settled);
                }
            }
            Event::Rejected { message, reason, .. } => {
                self.tell(&format!("rejects {}: {reason}", message.name()));
            }
            Event::Undelivered { message, failure, .. } => {
                self.tell(&format!("cannot deliver {}: {failure}", message.name()));
            }
            _ => {}
        }
        Ok(())
    }

    fn heard(&self, what: &str, result: Outcome, reason: Option<&str>, step: Step) {
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        self.tell(&format!("hears that {what} is {result}{reason}"));
        if result == Outcome::Accepted {
            self.story.saw(step);
        }
    }

    /// Orders the option that is cheapest for each watt, and no more of it than is needed.
    fn order(&self, dso: &mut Dso, now: DateTime<Utc>) -> Result<()> {
        let options = self.offers.iter().flat_map(|offer| {
            offer.offer_options.iter().filter_map(move |option| {
                let watts = option.isps.iter().map(|isp| -isp.power_w).min().filter(|watts| *watts > 0)?;
                Some((option.price.get() / Decimal::from(watts), watts, offer, option))
            })
        });
        let Some((_, watts, offer, option)) = options.min_by_key(|(price, ..)| *price) else { return Ok(()) };
        let whole = ActivationFactor::ONE;
        let part =
            (Decimal::from(self.need.reduction_w) / Decimal::from(watts)).min(Decimal::ONE).round_dp(2);
        let factor = ActivationFactor::new(part).unwrap_or(whole).max(option.min_activation_factor());
        let reference = &option.option_reference;
        let order = dso.order(&offer.sender_domain, &offer.message_id, reference, factor, "order-1", now)?;
        self.tell(&format!(
            "orders {factor} of {reference} of offer {}: {}",
            short(&offer.message_id),
            short(&order)
        ));
        Ok(())
    }

    /// Pays for what the meter shows was delivered.
    fn settle(&self, dso: &mut Dso, metering: &Metering, peer: &Peer, now: DateTime<Utc>) -> Result<()> {
        let ordered = dso.messages().rev().find_map(|entry| match &entry.message {
            Payload::FlexOrder(order) if entry.peer == *peer => Some(order.clone()),
            _ => None,
        });
        let order: FlexOrder = ordered.context("nothing was ordered")?;
        let shown = metering.profiles.first().context("no profile")?;
        let actual_w = |isp: i64| -> Result<i64> {
            let found = shown.isps.iter().find(|shown| shown.start == isp).context("no such period")?;
            let watts: Decimal = found.value.get() * Decimal::ONE_THOUSAND;
            watts.round().to_string().parse().context("a power")
        };
        let mut isps = Vec::new();
        for isp in &order.isps {
            for offset in 0..isp.duration_isps() {
                let start = number(isp.start.get() + offset)?;
                let actual_power_w = actual_w(start.get().into())?;
                let delivered = actual_power_w - BASELINE_W;
                isps.push(OrderIsp {
                    start,
                    duration: None,
                    baseline_power_w: BASELINE_W,
                    ordered_flex_power_w: isp.power_w,
                    actual_power_w,
                    delivered_flex_power_w: delivered,
                    power_deficiency_w: (delivered > isp.power_w).then_some(delivered - isp.power_w),
                });
            }
        }
        let reserved = order.isps.iter().map(|isp| ContractIsp {
            start: isp.start,
            duration: isp.duration,
            reserved_power_w: -self.need.reduction_w,
            requested_power_w: Some(-self.need.reduction_w),
            available_power_w: None,
            offered_power_w: None,
            ordered_power_w: Some(isp.power_w),
        });
        let settlement = Settlement {
            start: order.period,
            end: order.period,
            currency: order.currency.clone(),
            contracts: vec![ContractSettlement {
                contract_id: order.contract_id.clone(),
                periods: vec![ContractPeriod { period: order.period, isps: reserved.collect() }],
            }],
            orders: vec![FlexOrderSettlement {
                order_reference: Some(order.order_reference.clone()),
                period: order.period,
                contract_id: order.contract_id.clone(),
                d_prognosis_message_id: None,
                baseline_reference: None,
                congestion_point: order.congestion_point.clone(),
                price: order.price,
                penalty: None,
                net_settlement: order.price,
                isps,
            }],
        };
        dso.settle(order.recipient_domain(), settlement, now)?;
        self.tell(&format!("settles {} {} for {}", order.currency, order.price, order.order_reference));
        Ok(())
    }
}
