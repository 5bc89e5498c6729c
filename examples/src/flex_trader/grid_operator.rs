//! The grid operator: asks for less power in tomorrow's evening peak, orders the cheapest options, settles them.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use usef_messages::Payload;
use usef_messages::d_prognosis::DPrognosis;
use usef_messages::flex_offer::{FlexOffer, Isp};
use usef_messages::flex_order::FlexOrder;
use usef_messages::flex_request;
use usef_messages::message::Answers;
use usef_messages::metering::Metering;
use usef_messages::payload::Kind;
use usef_messages::roles::dso::{self, Request, Response, Wish};
use usef_messages::roles::event::EventId;
use usef_messages::roles::store::{Peer, Store};
use usef_messages::roles::{Config, Dso, Error, Event, Subject};
use usef_messages::values::{ActivationFactor, Disposition, Domain, Role, Uuid, Verdict};

use super::aggregator::{number, short, tell_trouble};
use super::edge::{Application, Node};
use super::market::{Lack, Purchase, choose, cover};
use super::settling::{honoured, settlement};
use super::setup::{Need, Setup};
use super::standing::{
    self, Awaited, Standing, asked, is_settled, last_offer, may_offer, open_offers, orders,
};
use super::story;

/// How long nothing may be offered or taken back before options are ordered, where everybody has offered.
const QUIET: TimeDelta = TimeDelta::seconds(2);

/// How long before an offer is void it is ordered at the latest.
const MARGIN: TimeDelta = TimeDelta::seconds(5);

/// The grid operator's side of the trade. What it has to know later it asks its participant, which remembers.
#[derive(Debug, Clone)]
pub struct GridOperator {
    need: Need,
    aggregators: Vec<Domain>,
    offers_within: TimeDelta,
    /// Offers that could not be ordered.
    unusable: BTreeSet<Uuid>,
}

impl GridOperator {
    /// A grid operator that needs this and waits so long for the first offer of each aggregator, from when that says
    /// that it was asked.
    pub fn new(need: Need, setup: &Setup, offers_within: TimeDelta) -> Self {
        let aggregators = setup.peers_as(Role::Agr).cloned().collect();
        Self { need, aggregators, offers_within, unusable: BTreeSet::new() }
    }

    /// Has it listen and trade with every aggregator it knows, until something fails. Trades that were begun before go on.
    ///
    /// # Errors
    /// When its setup is wrong, the store cannot be read, or a message cannot be made.
    pub fn start(
        self,
        setup: &Setup,
        store: impl Store + Send + 'static,
        listener: TcpListener,
    ) -> Result<(Node<dso::GridOperator>, JoinHandle<Result<()>>)> {
        let config = Config::new(setup.domain.clone()).asking([Kind::DPrognosis], TimeDelta::minutes(1));
        let dso = Dso::new(config, setup.key()?, setup.book(), store, rand::random())?;
        let node = Node::new(dso, setup.endpoints()?).reporting(|trouble| tell_trouble("DSO", &trouble));
        for agr in &self.aggregators {
            node.with(|dso, now| self.begin_or_go_on(dso, agr, now))?;
        }
        let running = node.start(listener, self);
        Ok((node, running))
    }

    /// How the trade with an aggregator stands.
    pub fn standing(&self, dso: &Dso, agr: &Domain) -> Standing {
        let standing = standing::standing(dso, agr, Utc::now());
        let day = || asked(dso, agr).map(|(_, request)| request.period.date());
        let is_covered = |day| self.lack(dso, day).is_ok_and(|lack| lack.is_empty());
        if standing == Standing::Open(Awaited::Offer) && day().is_some_and(is_covered) {
            return Standing::Unneeded;
        }
        standing
    }

    /// Whether nothing is to be waited for any more.
    pub fn is_over(&self, dso: &Dso) -> bool {
        self.aggregators.iter().all(|agr| !matches!(self.standing(dso, agr), Standing::Open(_)))
    }

    /// Whom it trades with.
    pub fn aggregators(&self) -> &[Domain] {
        &self.aggregators
    }

    /// What is still to be ordered for a day.
    fn lack(&self, dso: &Dso, day: NaiveDate) -> Result<Lack> {
        let (subject, calendar, peak) = self.need.on(day)?;
        let mut lack = calendar.isps(peak).map(|isp| (isp, self.need.reduction_w.get().into())).collect();
        for (_, order) in orders(dso, &subject) {
            cover(&mut lack, &order.isps);
        }
        Ok(lack)
    }

    /// What is needed tomorrow is bought once: a trade about it goes on, or is over.
    fn begin_or_go_on(&self, dso: &mut Dso, agr: &Domain, now: DateTime<Utc>) -> Result<()> {
        let tomorrow = self.need.tomorrow()?.0;
        let is_about_it = asked(dso, agr).is_some_and(|(_, request)| Subject::of(request) == tomorrow);
        match self.standing(dso, agr) {
            Standing::Settled if is_about_it => {
                tell(&format!("has settled {} with {agr} already", tomorrow.period));
            }
            Standing::Open(_) if is_about_it => tell(&format!("goes on with the trade with {agr}")),
            Standing::Open(Awaited::MeterData) => tell(&format!("goes on with the trade with {agr}")),
            _ if self.lack(dso, tomorrow.period.date())?.is_empty() => {
                tell(&format!("has ordered what it needs on {} already", tomorrow.period));
            }
            // Its parts are begun all or none.
            _ => dso.together(|dso| self.begin(dso, agr, now))??,
        }
        Ok(())
    }

    fn begin(&self, dso: &mut Dso, agr: &Domain, now: DateTime<Utc>) -> Result<()> {
        dso.test(&Peer::new(agr.clone(), Role::Agr), now)?;
        tell(&format!("asks whether {agr} is there"));
        let (subject, calendar, peak) = self.need.tomorrow()?;
        let isps = calendar.isps(peak);
        let (start, duration) = (number(*isps.start())?, number(isps.clone().count().try_into()?)?);
        let least_w = -i64::from(self.need.reduction_w.get());
        let reserved = Isp { power_w: least_w, start, duration: Some(duration) };
        let contract = &self.need.contract_id;
        dso.update_reservation(agr, subject.clone(), contract, "demo", vec![reserved], now)?;
        let period = subject.period;
        let wanted = flex_request::Isp {
            disposition: Some(Disposition::Requested),
            min_power_w: least_w,
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
            "asks for {} kW less on {period} from {}, for {duration} quarters of an hour",
            self.need.reduction_w.get() / 1000,
            self.need.from.format("%H:%M"),
        ));
        Ok(())
    }

    /// Orders what is the cheapest for a day, once all have had the time to offer. Returns when that will be.
    fn buy(&mut self, dso: &mut Dso, day: NaiveDate, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let lack = self.lack(dso, day)?;
        let subject = self.need.on(day)?.0;
        let is_right = |offer: &&FlexOffer| {
            Subject::of(*offer) == subject
                && offer.currency == self.need.currency
                && !self.unusable.contains(&offer.message_id)
        };
        let offers = self.aggregators.iter().flat_map(|agr| open_offers(dso, agr, now)).filter(is_right);
        let offers: Vec<FlexOffer> = offers.cloned().collect();
        let purchases = choose(&offers, lack);
        if purchases.is_empty() {
            return Ok(None);
        }
        let until = offers.iter().map(|offer| offer.expiration_date_time.to_utc()).min();
        let last_chance = until.and_then(|until| until.checked_sub_signed(MARGIN));
        let due = self.all_have_offered(dso).into_iter().chain(last_chance).min().unwrap_or(now);
        if due > now {
            return Ok(Some(due));
        }
        for purchase in purchases {
            if let Err(error) = place(dso, purchase, now) {
                let id = &purchase.offer.message_id;
                tell(&format!("cannot order of offer {}: {error}", short(id)));
                self.unusable.insert(id.clone());
            }
        }
        Ok(None)
    }

    /// When it is time to choose: a moment after the last offer where everybody has offered, and else when the time for
    /// it is over.
    fn all_have_offered(&self, dso: &Dso) -> Option<DateTime<Utc>> {
        let asked_at = |agr: &Domain| {
            let (request, _) = asked(dso, agr)?;
            Some(dso.response_to(request).map_or(request.at, |response| response.at))
        };
        let last_asked = self.aggregators.iter().filter_map(asked_at).max()?;
        let deadline = last_asked.checked_add_signed(self.offers_within)?;
        let quiet = self.aggregators.iter().filter_map(|agr| last_offer(dso, agr)).max()? + QUIET;
        let is_waiting = self.aggregators.iter().any(|agr| may_offer(dso, agr));
        Some(if is_waiting { deadline } else { quiet.min(deadline) })
    }

    /// Says which orders a plan honours.
    fn judge(
        &self,
        dso: &mut Dso,
        id: EventId,
        plan: &DPrognosis,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let subject = Subject::of(plan);
        let with_it: Vec<&FlexOrder> =
            orders(dso, &subject).filter(|(other, _)| *other == peer).map(|(_, order)| order).collect();
        let statuses = honoured(&self.need, plan, &with_it);
        let broken = statuses.iter().filter(|status| !status.is_validated).count();
        let verdict = match broken {
            0 => String::new(),
            _ => format!(", which does not honour {broken} of {} orders", statuses.len()),
        };
        tell(&format!("accepts plan {} for {}{verdict}", plan.revision, plan.period));
        Ok(dso.answer_prognosis(id, statuses, now)?)
    }

    /// Pays for what the meter shows was delivered, once.
    fn settle(&self, dso: &mut Dso, metering: &Metering, peer: &Peer, now: DateTime<Utc>) -> Result<()> {
        let subject = self.need.on(metering.period.date())?.0;
        let open = orders(dso, &subject)
            .filter(|(other, order)| *other == peer && !is_settled(dso, peer, order))
            .map(|(_, order)| order.clone());
        let open: Vec<FlexOrder> = open.collect();
        if open.is_empty() {
            tell(&format!("has no order of {} to settle with {}", metering.period, peer.domain));
            return Ok(());
        }
        let settlement = settlement(&self.need, metering, &open.iter().collect::<Vec<_>>())?;
        dso.settle(&peer.domain, settlement, now)?;
        for order in open {
            tell(&format!("settles {} {} for {}", order.currency, order.price, order.order_reference));
        }
        Ok(())
    }
}

impl Application<dso::GridOperator> for GridOperator {
    fn act(&mut self, dso: &mut Dso, event: Event<Request, Response>, now: DateTime<Utc>) -> Result<()> {
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
            Event::Request { message: Request::FlexOfferRevocation(revocation), .. } => {
                tell(&format!("lets offer {} go", short(&revocation.flex_offer_message_id)));
            }
            Event::Response { message: Response::FlexOrderResponse(response), .. } => {
                heard("the order", &response);
            }
            Event::Request { id, message: Request::DPrognosis(plan), peer, .. } => {
                self.judge(dso, id, &plan, &peer, now)?;
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

    fn go_on(&mut self, dso: &mut Dso, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let requests = self.aggregators.iter().filter_map(|agr| asked(dso, agr));
        let days: BTreeSet<NaiveDate> = requests.map(|(_, request)| request.period.date()).collect();
        let mut next = None;
        for day in days {
            next = next.into_iter().chain(self.buy(dso, day, now)?).min();
        }
        Ok(next)
    }
}

/// Places an order; of the whole option, where a part cannot be ordered.
fn place(dso: &mut Dso, purchase: Purchase<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let Purchase { offer, option, mut factor } = purchase;
    let (agr, id, chosen) = (&offer.sender_domain, &offer.message_id, &option.option_reference);
    let before = dso.messages().filter(|entry| matches!(entry.message, Payload::FlexOrder(_))).count();
    let reference = format!("order-{}", before + 1);
    let order = dso.order(agr, id, chosen, factor, &reference, now).or_else(|error| match error {
        Error::Factor { .. } => {
            factor = ActivationFactor::ONE;
            dso.order(agr, id, chosen, factor, &reference, now)
        }
        other => Err(other),
    })?;
    let part = if factor == ActivationFactor::ONE { "all".to_owned() } else { factor.to_string() };
    tell(&format!("orders {part} of {chosen} of offer {} of {agr}: {}", short(id), short(&order)));
    Ok(())
}

fn heard(what: &str, response: &dyn Answers) {
    let reason = response.rejection_reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    tell(&format!("hears that {what} is {}{reason}", response.result()));
}

fn tell(what: &str) {
    story::tell("DSO", what);
}
