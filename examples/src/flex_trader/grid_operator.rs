//! The grid operator: asks for less power in tomorrow's evening peak, orders the cheapest option, settles it.

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use usef_messages::d_prognosis::{DPrognosis, FlexOrderStatus};
use usef_messages::flex_offer::{FlexOffer, Isp};
use usef_messages::flex_order::FlexOrder;
use usef_messages::flex_request;
use usef_messages::flex_settlement::{
    ContractIsp, ContractPeriod, ContractSettlement, FlexOrderSettlement, OrderIsp,
};
use usef_messages::message::Answers;
use usef_messages::metering::Metering;
use usef_messages::payload::Kind;
use usef_messages::roles::dso::{self, Request, Response, Settlement, Wish};
use usef_messages::roles::store::{Direction, Entry, Peer, Stage, Store};
use usef_messages::roles::{Config, Dso, Event, Subject};
use usef_messages::values::{ActivationFactor, Disposition, Domain, Outcome, Role, Verdict};
use usef_messages::{Message as _, Payload};

use super::aggregator::{BASELINE_W, number, short, trouble};
use super::edge::Node;
use super::setup::{Need, Setup};
use super::story::{self, Step};

/// The grid operator's side of the trade. What it has to know later it asks its participant, which remembers.
#[derive(Debug)]
pub struct GridOperator {
    need: Need,
}

/// How a trade with an aggregator stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    None,
    /// It goes on.
    Open,
    /// It is settled, and all is said.
    Settled,
    /// It came to nothing, for this reason.
    Failed(String),
}

impl GridOperator {
    /// Has a grid operator listen and trade with every aggregator it knows, until something fails. Trades that were
    /// begun before go on.
    ///
    /// # Errors
    /// When its setup is wrong, the store cannot be read, or a message cannot be made.
    pub fn start(
        setup: &Setup,
        need: Need,
        store: impl Store + Send + 'static,
        listener: TcpListener,
    ) -> Result<(Node<dso::GridOperator>, JoinHandle<Result<()>>)> {
        let config = Config::new(setup.domain.clone()).asking([Kind::DPrognosis], TimeDelta::minutes(1));
        let dso = Dso::new(config, setup.key()?, setup.book(), store, rand::random())?;
        let node = Node::new(dso, setup.endpoints()?).reporting(|peer, result| trouble("DSO", peer, result));
        let program = Self { need };
        for agr in setup.peers_as(Role::Agr) {
            node.with(|dso, now| program.begin_or_go_on(dso, agr, now))?;
        }
        let running = node.start(listener, move |dso, event, now| program.act(dso, event, now));
        Ok((node, running))
    }

    /// What is needed tomorrow is bought once: a trade about it goes on, or is over.
    fn begin_or_go_on(&self, dso: &mut Dso, agr: &Domain, now: DateTime<Utc>) -> Result<()> {
        let tomorrow = self.need.tomorrow()?.0;
        let is_about_it = trade(dso, agr).any(|entry| match &entry.message {
            Payload::FlexRequest(request) => Subject::of(request) == tomorrow,
            _ => false,
        });
        let is_ordered = trade(dso, agr).any(|entry| entry.message.kind() == Kind::FlexOrder);
        match standing(dso, agr) {
            Standing::Settled if is_about_it => {
                tell(&format!("has settled {} with {agr} already", tomorrow.period));
                Ok(())
            }
            Standing::Open if is_about_it || is_ordered => {
                tell(&format!("goes on with the trade with {agr}"));
                Ok(())
            }
            // Its parts are begun all or none.
            _ => dso.together(|dso| self.begin(dso, agr, now))?,
        }
    }

    fn begin(&self, dso: &mut Dso, agr: &Domain, now: DateTime<Utc>) -> Result<()> {
        dso.test(&Peer::new(agr.clone(), Role::Agr), now)?;
        tell(&format!("asks whether {agr} is there"));
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
        tell(&format!(
            "asks for {} kW less on {period} from {}, for {} quarters of an hour",
            self.need.reduction_w / 1000,
            self.need.from.format("%H:%M"),
            self.need.quarters
        ));
        Ok(())
    }

    /// Acts on an event.
    fn act(&self, dso: &mut Dso, event: Event<Request, Response>, now: DateTime<Utc>) -> Result<()> {
        match event {
            Event::Response { message: Response::TestMessageResponse(_), peer, .. } => {
                tell(&format!("hears that {} is there", peer.domain));
            }
            Event::Response { message: Response::FlexReservationUpdateResponse(response), .. } => {
                heard("the reservation", &response);
            }
            Event::Response { message: Response::FlexRequestResponse(response), .. } => {
                heard("the request", &response);
            }
            Event::Request { message: Request::FlexOffer(offer), .. } => {
                tell(&format!("accepts offer {} as one to choose from", short(&offer.message_id)));
            }
            Event::Request { message: Request::FlexOfferRevocation(revocation), peer, .. } => {
                tell(&format!("lets offer {} go", short(&revocation.flex_offer_message_id)));
                self.order(dso, &peer, now)?;
            }
            Event::Response { message: Response::FlexOrderResponse(response), .. } => {
                heard("the order", &response);
            }
            Event::Request { id, message: Request::DPrognosis(plan), peer, .. } => {
                tell(&format!("accepts plan {} for {}", plan.revision, plan.period));
                dso.answer_prognosis(id, honoured(dso, &peer, &plan), now)?;
            }
            Event::Request { message: Request::Metering(metering), peer, .. } => {
                tell(&format!("has the meter data of {}", metering.ean));
                self.settle(dso, &metering, &peer, now)?;
            }
            Event::Response { message: Response::FlexSettlementResponse(response), .. } => {
                let mut statuses = response.flex_order_settlement_statuses.iter();
                let agreed = statuses.all(|status| status.disposition == Verdict::Accepted);
                tell(if agreed { "hears that the settlement is agreed with" } else { "hears of a dispute" });
            }
            Event::Rejected { message, reason, .. } => {
                tell(&format!("rejects {}: {reason}", message.name()));
            }
            Event::Undelivered { message, failure, .. } => {
                tell(&format!("cannot deliver {}: {failure}", message.name()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Orders the option that is cheapest for each watt, and no more of it than is needed.
    fn order(&self, dso: &mut Dso, peer: &Peer, now: DateTime<Utc>) -> Result<()> {
        let offers = open_offers(dso, peer, now);
        let options = offers.iter().flat_map(|offer| {
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
        let chosen = &option.option_reference;
        let before = dso.messages().filter(|entry| entry.message.kind() == Kind::FlexOrder).count();
        let reference = format!("order-{}", before + 1);
        let order = dso.order(&peer.domain, &offer.message_id, chosen, factor, &reference, now)?;
        let part = if factor == whole { "all".to_owned() } else { factor.to_string() };
        tell(&format!("orders {part} of {chosen} of offer {}: {}", short(&offer.message_id), short(&order)));
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
        tell(&format!("settles {} {} for {}", order.currency, order.price, order.order_reference));
        Ok(())
    }
}

/// The messages of the last trade with an aggregator, the newest first: a trade begins with a test message.
fn trade<'d>(dso: &'d Dso, agr: &Domain) -> impl Iterator<Item = &'d Entry> {
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
pub fn standing(dso: &Dso, agr: &Domain) -> Standing {
    let (mut standing, mut settled, mut waiting) = (Standing::None, false, false);
    for entry in trade(dso, agr) {
        standing = Standing::Open;
        settled |= Step::of(entry) == Some(Step::Settled);
        let is_request = entry.message.kind().response().is_some();
        match &entry.state.stage {
            Stage::Waiting(_) => waiting = true,
            Stage::Delivered if is_request => waiting |= dso.response_to(entry).is_none(),
            Stage::Taken if entry.message.result() == Some(Outcome::Rejected) => {
                let reason = entry.message.rejection_reason().unwrap_or("no reason is given");
                return Standing::Failed(format!("{}: {reason}", entry.message.name()));
            }
            Stage::Failed(failure) if is_request => {
                return Standing::Failed(format!("{}: {failure}", entry.message.name()));
            }
            _ => {}
        }
    }
    if settled && !waiting { Standing::Settled } else { standing }
}

/// The offers of the last trade that can be ordered.
fn open_offers(dso: &Dso, peer: &Peer, now: DateTime<Utc>) -> Vec<FlexOffer> {
    let (mut offers, mut revoked) = (Vec::new(), Vec::new());
    for entry in trade(dso, &peer.domain).filter(|entry| entry.state.stage.is_accepted()) {
        match &entry.message {
            Payload::FlexOfferRevocation(revocation) => revoked.push(&revocation.flex_offer_message_id),
            Payload::FlexOffer(offer)
                if offer.expiration_date_time.to_utc() > now && !revoked.contains(&&offer.message_id) =>
            {
                offers.push(offer.clone());
            }
            _ => {}
        }
    }
    offers
}

/// The orders at the place and day of a plan, each of which it honours.
fn honoured(dso: &Dso, peer: &Peer, plan: &DPrognosis) -> Vec<FlexOrderStatus> {
    let orders =
        dso.messages().filter(|entry| entry.peer == *peer).filter_map(|entry| match &entry.message {
            Payload::FlexOrder(order)
                if order.period == plan.period && order.congestion_point == plan.congestion_point =>
            {
                Some(order.message_id.clone())
            }
            _ => None,
        });
    orders.map(|order| FlexOrderStatus { flex_order_message_id: order, is_validated: true }).collect()
}

fn heard(what: &str, response: &dyn Answers) {
    let reason = response.rejection_reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    tell(&format!("hears that {what} is {}{reason}", response.result()));
}

fn tell(what: &str) {
    story::tell("DSO", what);
}
