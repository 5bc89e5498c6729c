//! The aggregator: offers what its file says, takes its dearer offer back, delivers what is ordered.

use std::num::NonZeroU32;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use usef_messages::calendar::IspCalendar;
use usef_messages::flex_offer::{Isp, OfferOption};
use usef_messages::flex_order::FlexOrder;
use usef_messages::flex_request::FlexRequest;
use usef_messages::metering::{Isp as MeteredIsp, Profile, ProfileType, Unit};
use usef_messages::payload::Kind;
use usef_messages::roles::agr::{self, MeterData, Offer, Request, Response};
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::store::{Entry, Peer, Store};
use usef_messages::roles::{Agr, Config, Event, Subject};
use usef_messages::values::{Amount, Disposition, Outcome, Quantity, Uuid};
use usef_messages::{Payload, d_prognosis};

use super::edge::{Application, Node, Trouble};
use super::setup::{Flexibility, FlexibilityOption, Setup};
use super::story;

/// The aggregator's side of the trade. What it has to know later it asks its participant, which remembers.
#[derive(Debug)]
pub struct Aggregator {
    flexibility: Flexibility,
}

impl Aggregator {
    /// Has an aggregator that can do this listen and trade, until something fails.
    ///
    /// # Errors
    /// When its setup is wrong, or the store cannot be read.
    pub fn start(
        setup: &Setup,
        flexibility: Flexibility,
        store: impl Store + Send + 'static,
        listener: TcpListener,
    ) -> Result<(Node<agr::Aggregator>, JoinHandle<Result<()>>)> {
        let config = Config::new(setup.domain.clone()).asking([Kind::FlexOrder], TimeDelta::minutes(1));
        let agr = Agr::new(config, setup.key()?, setup.book(), store, rand::random())?;
        let node = Node::new(agr, setup.endpoints()?).reporting(|trouble| tell_trouble("AGR", &trouble));
        let running = node.start(listener, Self { flexibility });
        Ok((node, running))
    }
}

impl Application<agr::Aggregator> for Aggregator {
    fn act(&mut self, agr: &mut Agr, event: Event<Request, Response>, now: DateTime<Utc>) -> Result<()> {
        match event {
            Event::Request { message: Request::TestMessage(_), peer, .. } => {
                tell(&format!("answers a test message of {}", peer.domain));
            }
            Event::Request { message: Request::FlexReservationUpdate(update), .. } => {
                let runs: u32 = update.isps.iter().map(Isp::duration_isps).sum();
                tell(&format!("keeps {runs} periods reserved under contract {}", update.contract_id));
            }
            Event::Request { message: Request::FlexRequest(request), .. } => {
                self.offer(agr, &request, now)?;
            }
            Event::Response { message: Response::FlexOfferResponse(response), peer, .. } => {
                let id = &response.flex_offer_message_id;
                tell(&format!("hears that its offer {} is {}", short(id), response.result));
                if response.result == Outcome::Accepted && is_spare(agr, &peer, id) {
                    agr.revoke(&peer.domain, id, now)?;
                    tell(&format!("takes offer {} back", short(id)));
                }
            }
            Event::Response { message: Response::FlexOfferRevocationResponse(response), .. } => {
                tell(&format!("hears that taking it back is {}", response.result));
            }
            Event::Request { id, message: Request::FlexOrder(order), .. } => {
                if order.flex_offer_message_id.is_none() {
                    // No contract of ours says that we deliver what we did not offer.
                    agr.reject(id, "Unauthorized", now)?;
                    tell(&format!("rejects order {}, which it made no offer for", order.order_reference));
                } else {
                    agr.accept(id, now)?;
                    self.deliver(agr, &order, now)?;
                }
            }
            Event::Response { message: Response::DPrognosisResponse(response), .. } => {
                tell(&format!("hears that its plan is {}", response.result));
            }
            Event::Response { message: Response::MeteringResponse(response), .. } => {
                tell(&format!("hears that its meter data is {}", response.result));
            }
            Event::Request { message: Request::FlexSettlement(settlement), .. } => {
                for order in &settlement.flex_order_settlements {
                    let reference = order.order_reference.as_deref().unwrap_or("an order");
                    let amount = order.net_settlement;
                    tell(&format!("agrees to be paid {} {amount} for {reference}", settlement.currency));
                }
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
}

impl Aggregator {
    /// Offers everything that fits the request, and the first of it once more at twice the price.
    fn offer(&self, agr: &mut Agr, request: &FlexRequest, now: DateTime<Utc>) -> Result<()> {
        let wanted: Vec<_> =
            request.isps.iter().filter(|isp| isp.disposition == Some(Disposition::Requested)).collect();
        let least_w = wanted.iter().map(|isp| isp.min_power_w).max().context("nothing is requested")?;
        tell(&format!("is asked for down to {} kW at {}", least_w / 1000, request.congestion_point));
        let option = |known: &FlexibilityOption| OfferOption {
            option_reference: known.reference.clone(),
            price: known.price,
            min_activation_factor: known.least,
            isps: wanted
                .iter()
                .map(|isp| Isp { power_w: known.power_w(), start: isp.start, duration: isp.duration })
                .collect(),
        };
        let fits = |known: &&FlexibilityOption| known.power_w() >= least_w;
        let options: Vec<_> = self.flexibility.options.iter().filter(fits).map(option).collect();
        let Some(first) = options.first().cloned() else {
            tell("has nothing that fits");
            return Ok(());
        };
        let spare_price = first.price.get().checked_mul(Decimal::TWO).and_then(Amount::new);
        let spare_price = spare_price.context("twice its price is no price")?;
        let spare = OfferOption { price: spare_price, ..first };
        let expires = request.expiration_date_time.to_utc() - TimeDelta::minutes(1);
        for options in [options, vec![spare]] {
            let listed: Vec<_> = options
                .iter()
                .map(|option| {
                    let kw = option.isps.first().map_or(0, |isp| isp.power_w / 1000);
                    format!(
                        "{} ({kw} kW for {} {})",
                        option.option_reference, self.flexibility.currency, option.price
                    )
                })
                .collect();
            let offer = Offer::new(expires, self.flexibility.currency.clone(), options);
            let id = agr.offer(&request.sender_domain, &request.message_id, offer, now)?;
            tell(&format!("offers {} as {}", listed.join(" or "), short(&id)));
        }
        Ok(())
    }

    /// Does what is ordered: here the day is over at once, and everything was delivered.
    fn deliver(&self, agr: &mut Agr, order: &FlexOrder, now: DateTime<Utc>) -> Result<()> {
        let calendar = IspCalendar::of_message(order.period, &order.time_zone, &order.isp_duration)?;
        for isp in &order.isps {
            let first = isp.start.get();
            let time = |isp: u32| calendar.local_start(isp).map(|start| start.format("%H:%M").to_string());
            let (from, to) = (time(first), time(first + isp.duration_isps()));
            tell(&format!(
                "must draw {} kW less from {} to {} on {}, for {} {}",
                isp.power_w / -1000,
                from.unwrap_or_default(),
                to.unwrap_or_else(|| "midnight".to_owned()),
                order.period,
                order.currency,
                order.price
            ));
        }
        let mut powers = vec![self.flexibility.baseline_w; usize::try_from(calendar.count())?];
        for isp in &order.isps {
            let first = usize::try_from(isp.start.get())? - 1;
            for power in powers.iter_mut().skip(first).take(usize::try_from(isp.duration_isps())?) {
                *power = power.saturating_add(isp.power_w);
            }
        }
        let plan = (1..).zip(&powers).map(|(start, power_w)| d_prognosis::Isp {
            power_w: *power_w,
            start,
            duration: None,
        });
        agr.prognosis(&order.sender_domain, Subject::of(order), plan.collect(), now)?;
        tell("sends its plan for the day, which honours the order");
        let kw = |power_w: &i64| Quantity::from(Decimal::from(*power_w) / Decimal::ONE_THOUSAND);
        let isps = (1..).zip(&powers).map(|(start, power_w)| MeteredIsp { start, value: kw(power_w) });
        let data = MeterData {
            ean: "E1234567890123456".parse()?,
            period: order.period,
            time_zone: order.time_zone.clone(),
            isp_duration: order.isp_duration.clone(),
            currency: None,
            profiles: vec![Profile {
                profile_type: ProfileType::Power,
                unit: Unit::Kilowatt,
                isps: isps.collect(),
            }],
        };
        agr.meter(&order.sender_domain, data, now)?;
        tell("sends what its meter showed, as if the day were over");
        Ok(())
    }
}

/// Whether an offer is the last of several in answer to one request: the dear one.
fn is_spare(agr: &Agr, peer: &Peer, id: &Uuid) -> bool {
    let request = |entry: &Entry| match &entry.message {
        Payload::FlexOffer(offer) if entry.peer == *peer => offer.flex_request_message_id.clone(),
        _ => None,
    };
    let Some(asked) = agr.sent(peer, id).and_then(request) else { return false };
    let mut offers = agr.messages().rev().filter(|entry| request(entry).as_ref() == Some(&asked));
    offers.next().is_some_and(|last| last.message.message_id() == id) && offers.next().is_some()
}

fn tell(what: &str) {
    story::tell("AGR", what);
}

/// Tells what goes wrong.
pub fn tell_trouble(who: &str, trouble: &Trouble<'_>) {
    let (peer, result) = match trouble {
        Trouble::Undelivered(peer, result) => (peer, result),
        Trouble::Refused(why) => return story::tell(who, &format!("refuses what is posted to it: {why}")),
        Trouble::GivenUp(error) => return story::tell(who, &format!("gives up: {error:#}")),
    };
    let what = match result {
        DeliveryResult::Status { code, text, .. } => format!("is answered {code} by {}: {text}", peer.domain),
        DeliveryResult::Redirect { location } => format!("is sent on by {} to {location}", peer.domain),
        DeliveryResult::NoAnswer(why) => format!("cannot reach {} ({why}) and tries again", peer.domain),
        DeliveryResult::NoEndpoint => format!("does not know where {peer} takes messages"),
    };
    story::tell(who, &what);
}

/// The beginning of an identifier, for people.
pub fn short(id: &Uuid) -> &str {
    id.as_str().split('-').next().unwrap_or_default()
}

/// A number that cannot be 0.
pub fn number(number: u32) -> Result<NonZeroU32> {
    NonZeroU32::new(number).context("periods are counted from 1")
}
