//! What the programs do with what their participants tell them. A program keeps the events it has acted on; what is kept
//! survives it, and so does its participant's store.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};
use usef_messages::agr_portfolio::Connection;
use usef_messages::d_prognosis::{self, FlexOrderStatus};
use usef_messages::dso_portfolio::{UpdatedCongestionPoint, UpdatedConnection};
use usef_messages::flex_offer::{FlexOffer, Isp, OfferOption};
use usef_messages::flex_request;
use usef_messages::flex_settlement::{
    ContractIsp, ContractPeriod, ContractSettlement, FlexOrderSettlement, FlexOrderSettlementStatus, OrderIsp,
};
use usef_messages::metering::{Isp as MeteredIsp, Profile, ProfileType, Unit};
use usef_messages::payload::Payload;
use usef_messages::roles::agr::{self, MeterData, Offer};
use usef_messages::roles::dso::{self, Settlement, Wish};
use usef_messages::roles::store::Peer;
use usef_messages::roles::{Agr, Cro, Dso, Event, EventId, Subject};
use usef_messages::values::{
    ActivationFactor, Disposition, EntityAddress, Outcome, Period, RedispatchBy, Role, TimeZone, Uuid,
    Verdict,
};

use crate::market::domain;
use crate::network::Network;

/// What the aggregator makes of the grid operator's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// It offers twice and takes the dearer offer back.
    Buy,
    /// It takes the offer back that is about to be ordered.
    Cross,
}

pub(crate) fn point() -> EntityAddress {
    "ean.871685900012636543".parse().unwrap()
}

fn connection() -> EntityAddress {
    "ean.871685900000000012".parse().unwrap()
}

fn zone() -> TimeZone {
    "Europe/Amsterdam".parse().unwrap()
}

fn day() -> Period {
    "2026-11-23".parse().unwrap()
}

fn subject() -> Subject {
    let isp_duration = "PT15M".parse().unwrap();
    Subject { congestion_point: point(), period: day(), time_zone: zone(), isp_duration }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// What a program keeps: how often each thing had its effect.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    done: BTreeSet<EventId>,
    effects: BTreeMap<String, u32>,
    pub(crate) undelivered: Vec<Payload>,
}

impl Log {
    fn note(&mut self, id: EventId, effect: &str) {
        assert!(self.done.insert(id), "{effect} had its effect before");
        *self.effects.entry(effect.to_owned()).or_default() += 1;
    }

    pub(crate) fn check(&self, role: Role, plan: Plan) {
        let expected: &[(&str, u32)] = match (role, plan) {
            (Role::Agr, Plan::Buy) => &[
                ("portfolio Accepted", 1),
                ("view", 1),
                ("reservation", 1),
                ("request", 1),
                ("offer Accepted", 2),
                ("revocation Accepted", 1),
                ("order", 1),
                ("prognosis Accepted", 1),
                ("metering Accepted", 1),
                ("settlement", 1),
            ],
            (Role::Dso, Plan::Buy) => &[
                ("portfolio Accepted", 1),
                ("view", 1),
                ("reservation Accepted", 1),
                ("request Accepted", 1),
                ("offer", 2),
                ("revocation", 1),
                ("order Accepted", 1),
                ("prognosis", 1),
                ("metering", 1),
                ("settlement Accepted", 1),
            ],
            (Role::Cro, _) => &[
                ("aggregator's portfolio", 1),
                ("aggregator's query", 1),
                ("grid operator's portfolio", 1),
                ("grid operator's query", 1),
            ],
            (Role::Agr, Plan::Cross) => &[("request", 1), ("offer Accepted", 1)],
            (Role::Dso, Plan::Cross) => &[("request Accepted", 1), ("offer", 1)],
        };
        for (effect, times) in expected {
            assert_eq!(self.effects.get(*effect), Some(times), "{role}: {effect} among {:?}", self.effects);
        }
        assert!(self.undelivered.is_empty(), "{role}: {:?}", self.undelivered);
    }
}

/// Whether the program is killed at this point.
fn killed(network: &mut Network) -> bool {
    network.happens(network.faults.restart)
}

/// A program takes each event, acts on it and acknowledges it; it may be killed before, between and after.
macro_rules! act {
    ($participant:ty, $effect:ident) => {
        pub(crate) fn act(
            &mut self,
            it: &mut $participant,
            network: &mut Network,
            now: DateTime<Utc>,
        ) -> bool {
            self.start(it, now);
            while let Some(event) = it.poll_event() {
                if killed(network) {
                    return true;
                }
                let id = event.id();
                if !self.log.done.contains(&id) {
                    // What follows in the protocol and that it is done become durable together.
                    it.together(|it| {
                        self.$effect(it, event, now);
                        it.acknowledge(id);
                    })
                    .unwrap();
                } else {
                    it.acknowledge(id);
                }
                if killed(network) {
                    return true;
                }
            }
            false
        }
    };
}

fn result(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "Accepted",
        Outcome::Rejected => "Rejected",
    }
}

#[derive(Debug)]
pub(crate) struct AgrProgram {
    plan: Plan,
    started: bool,
    offers: Vec<Uuid>,
    ordered: bool,
    pub(crate) log: Log,
}

impl AgrProgram {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, started: false, offers: Vec::new(), ordered: false, log: Log::default() }
    }

    fn start(&mut self, agr: &mut Agr, now: DateTime<Utc>) {
        if !std::mem::replace(&mut self.started, true) {
            let connections = vec![Connection {
                entity_address: connection(),
                start_period: "2026-01-01".parse().unwrap(),
                end_period: None,
            }];
            agr.update_portfolio(&domain(Role::Cro), zone(), connections, now).unwrap();
        }
    }

    act!(Agr, effect);

    fn effect(&mut self, agr: &mut Agr, event: Event<agr::Request, agr::Response>, now: DateTime<Utc>) {
        use usef_messages::roles::agr::{Request, Response};
        let (id, dso) = (event.id(), domain(Role::Dso));
        match event {
            Event::Request { message: Request::FlexReservationUpdate(_), .. } => {
                self.log.note(id, "reservation")
            }
            Event::Request { message: Request::FlexRequest(request), .. } => {
                self.log.note(id, "request");
                let prices = if self.plan == Plan::Buy { &["30.00", "50.00"][..] } else { &["30.00"] };
                for price in prices {
                    let offer = agr.offer(&dso, &request.message_id, offer(price, now), now).unwrap();
                    self.offers.push(offer);
                }
            }
            Event::Response { message: Response::FlexOfferResponse(response), .. } => {
                self.log.note(id, &format!("offer {}", result(response.result)));
                let last = self.offers.last() == Some(&response.flex_offer_message_id);
                if last && (self.plan == Plan::Buy || !self.ordered) {
                    agr.revoke(&dso, &response.flex_offer_message_id, now).unwrap();
                }
            }
            Event::Response { message: Response::FlexOfferRevocationResponse(response), .. } => {
                self.log.note(id, &format!("revocation {}", result(response.result)));
            }
            Event::Request { message: Request::FlexOrder(_), .. } => {
                self.log.note(id, "order");
                self.ordered = true;
                agr.prognosis(&dso, subject(), plan(), now).unwrap();
                agr.meter(&dso, metered(), now).unwrap();
            }
            Event::Request { message: Request::FlexSettlement(settlement), .. } => {
                self.log.note(id, "settlement");
                let statuses =
                    settlement.flex_order_settlements.iter().map(|order| FlexOrderSettlementStatus {
                        order_reference: order.order_reference.clone(),
                        disposition: Verdict::Disputed,
                        dispute_reason: Some("the meter was read at another time".to_owned()),
                    });
                agr.answer_settlement(id, statuses.collect(), now).unwrap();
            }
            Event::Response { message: Response::DPrognosisResponse(response), .. } => {
                assert_eq!(response.flex_order_statuses.len(), 1);
                self.log.note(id, &format!("prognosis {}", result(response.result)));
            }
            Event::Response { message: Response::MeteringResponse(response), .. } => {
                self.log.note(id, &format!("metering {}", result(response.result)));
            }
            Event::Response { message: Response::AgrPortfolioUpdateResponse(response), .. } => {
                self.log.note(id, &format!("portfolio {}", result(response.result)));
                agr.query_portfolio(&domain(Role::Cro), zone(), day(), now).unwrap();
            }
            Event::Response { message: Response::AgrPortfolioQueryResponse(response), .. } => {
                // The grid operator may not have told of its congestion points yet.
                match response.result {
                    Outcome::Accepted => assert_eq!(response.dso_views.len(), 1),
                    Outcome::Rejected => {
                        assert_eq!(response.rejection_reason.as_deref(), Some("No connections available"));
                    }
                }
                self.log.note(id, "view");
            }
            Event::Rejected { message: Payload::FlexOrder(_), reason, .. } => {
                assert_eq!((self.plan, reason.as_str()), (Plan::Cross, "Reference message revoked"));
                self.log.note(id, "order too late");
            }
            Event::Undelivered { message, .. } => {
                self.log.note(id, "undelivered");
                self.log.undelivered.push(message);
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
}

fn offer(price: &str, now: DateTime<Utc>) -> Offer {
    let option = |reference: &str, power_w| OfferOption {
        option_reference: reference.to_owned(),
        price: price.parse().unwrap(),
        min_activation_factor: Some("0.50".parse().unwrap()),
        isps: vec![Isp { power_w, start: number(69), duration: Some(number(8)) }],
    };
    let expires = now + TimeDelta::hours(8);
    Offer::new(expires, "EUR".parse().unwrap(), vec![option("all", -500_000), option("half", -250_000)])
}

fn plan() -> Vec<d_prognosis::Isp> {
    vec![d_prognosis::Isp { power_w: 400_000, start: 1, duration: Some(96) }]
}

fn metered() -> MeterData {
    let isps =
        (1..=96).map(|start| MeteredIsp { start, value: start.to_string().parse().unwrap() }).collect();
    MeterData {
        ean: "E1234567890123456".parse().unwrap(),
        period: day(),
        time_zone: zone(),
        isp_duration: "PT15M".parse().unwrap(),
        currency: None,
        profiles: vec![Profile { profile_type: ProfileType::Power, unit: Unit::Kilowatt, isps }],
    }
}

#[derive(Debug, Default)]
pub(crate) struct DsoProgram {
    started: bool,
    order: Option<Uuid>,
    pub(crate) log: Log,
}

impl DsoProgram {
    fn start(&mut self, dso: &mut Dso, now: DateTime<Utc>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        let start = "2026-01-01".parse().unwrap();
        let point = UpdatedCongestionPoint {
            entity_address: point(),
            start_period: start,
            end_period: None,
            mutex_offers_supported: true,
            day_ahead_redispatch_by: RedispatchBy::Agr,
            intraday_redispatch_by: None,
            connections: vec![UpdatedConnection {
                entity_address: connection(),
                start_period: start,
                end_period: None,
            }],
        };
        dso.update_portfolio(&domain(Role::Cro), zone(), vec![point], now).unwrap();
        let agr = domain(Role::Agr);
        let isps = vec![Isp { power_w: -100_000, start: number(65), duration: Some(number(16)) }];
        dso.update_reservation(&agr, subject(), "contract-1", "week 47", isps, now).unwrap();
        let wanted = flex_request::Isp {
            disposition: Some(Disposition::Requested),
            min_power_w: -500_000,
            max_power_w: 0,
            start: number(69),
            duration: Some(number(8)),
        };
        let wish = Wish {
            expires: now + TimeDelta::hours(10),
            isps: vec![wanted],
            contract_id: Some("contract-1".to_owned()),
            service_type: None,
        };
        dso.request_flex(&agr, subject(), wish, now).unwrap();
    }

    act!(Dso, effect);

    fn effect(&mut self, dso: &mut Dso, event: Event<dso::Request, dso::Response>, now: DateTime<Utc>) {
        use usef_messages::roles::dso::{Request, Response};
        let (id, agr) = (event.id(), domain(Role::Agr));
        match event {
            Event::Response { message: Response::FlexReservationUpdateResponse(response), .. } => {
                self.log.note(id, &format!("reservation {}", result(response.result)));
            }
            Event::Response { message: Response::FlexRequestResponse(response), .. } => {
                self.log.note(id, &format!("request {}", result(response.result)));
            }
            Event::Request { message: Request::FlexOffer(offer), .. } => {
                self.log.note(id, "offer");
                self.buy(dso, &offer, now);
            }
            Event::Request { message: Request::FlexOfferRevocation(_), .. } => {
                self.log.note(id, "revocation")
            }
            Event::Rejected { message: Payload::FlexOfferRevocation(_), reason, .. } => {
                assert_eq!(reason, "Flexibility procured");
                self.log.note(id, "revocation too late");
            }
            Event::Response { message: Response::FlexOrderResponse(response), .. } => {
                self.log.note(id, &format!("order {}", result(response.result)));
            }
            Event::Request { message: Request::DPrognosis(_), .. } => {
                self.log.note(id, "prognosis");
                let status = FlexOrderStatus {
                    flex_order_message_id: self.order.clone().unwrap(),
                    is_validated: true,
                };
                dso.answer_prognosis(id, vec![status], now).unwrap();
            }
            Event::Request { message: Request::Metering(_), .. } => {
                self.log.note(id, "metering");
                dso.settle(&agr, settlement(), now).unwrap();
            }
            Event::Response { message: Response::FlexSettlementResponse(response), .. } => {
                assert_eq!(response.flex_order_settlement_statuses[0].disposition, Verdict::Disputed);
                self.log.note(id, &format!("settlement {}", result(response.result)));
            }
            Event::Response { message: Response::DsoPortfolioUpdateResponse(response), .. } => {
                self.log.note(id, &format!("portfolio {}", result(response.result)));
                dso.query_portfolio(&domain(Role::Cro), zone(), day(), point(), now).unwrap();
            }
            Event::Response { message: Response::DsoPortfolioQueryResponse(response), .. } => {
                let connections = response.congestion_point.unwrap().connections;
                assert_eq!(connections.len(), 1);
                self.log.note(id, "view");
            }
            Event::Undelivered { message, .. } => {
                self.log.note(id, "undelivered");
                self.log.undelivered.push(message);
            }
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// Orders three quarters of the cheaper offer.
    fn buy(&mut self, dso: &mut Dso, offer: &FlexOffer, now: DateTime<Utc>) {
        if offer.offer_options[0].price != "30".parse().unwrap() {
            return;
        }
        let factor: ActivationFactor = "0.75".parse().unwrap();
        // The aggregator may have taken it back already.
        match dso.order(&domain(Role::Agr), &offer.message_id, "all", factor, "order-1", now) {
            Ok(order) => self.order = Some(order),
            Err(error) => {
                assert_eq!(error.to_string(), format!("not valid: offer {} is revoked", offer.message_id))
            }
        }
    }
}

fn settlement() -> Settlement {
    let isp = OrderIsp {
        start: number(69),
        duration: Some(number(8)),
        baseline_power_w: 400_000,
        ordered_flex_power_w: -375_000,
        actual_power_w: 25_000,
        delivered_flex_power_w: -375_000,
        power_deficiency_w: None,
    };
    let reserved = ContractIsp {
        start: number(65),
        duration: Some(number(16)),
        reserved_power_w: -100_000,
        requested_power_w: None,
        available_power_w: None,
        offered_power_w: None,
        ordered_power_w: None,
    };
    Settlement {
        start: day(),
        end: day(),
        currency: "EUR".parse().unwrap(),
        orders: vec![FlexOrderSettlement {
            order_reference: Some("order-1".to_owned()),
            period: day(),
            contract_id: Some("contract-1".to_owned()),
            d_prognosis_message_id: None,
            baseline_reference: None,
            congestion_point: point(),
            price: "22.50".parse().unwrap(),
            penalty: None,
            net_settlement: "22.50".parse().unwrap(),
            isps: vec![isp],
        }],
        contracts: vec![ContractSettlement {
            contract_id: Some("contract-1".to_owned()),
            periods: vec![ContractPeriod { period: day(), isps: vec![reserved] }],
        }],
    }
}

#[derive(Debug, Default)]
pub(crate) struct CroProgram {
    pub(crate) log: Log,
}

impl CroProgram {
    fn start(&self, _: &mut Cro, _: DateTime<Utc>) {}

    act!(Cro, effect);

    fn effect(
        &mut self,
        cro: &mut Cro,
        event: Event<usef_messages::roles::cro::Request, usef_messages::roles::cro::Response>,
        _: DateTime<Utc>,
    ) {
        use usef_messages::roles::cro::Request;
        let id = event.id();
        match event {
            Event::Request { message: Request::AgrPortfolioUpdate(_), peer, .. } => {
                self.log.note(id, "aggregator's portfolio");
                assert_eq!(peer, Peer { domain: domain(Role::Agr), role: Role::Agr });
                assert_eq!(cro.registry().aggregator(&connection(), day().date()), Some(&peer.domain));
            }
            Event::Request { message: Request::AgrPortfolioQuery(_), .. }
            | Event::Rejected { message: Payload::AgrPortfolioQuery(_), .. } => {
                self.log.note(id, "aggregator's query");
            }
            Event::Request { message: Request::DsoPortfolioUpdate(_), .. } => {
                self.log.note(id, "grid operator's portfolio");
            }
            Event::Request { message: Request::DsoPortfolioQuery(_), .. } => {
                self.log.note(id, "grid operator's query");
            }
            Event::Undelivered { message, .. } => {
                self.log.note(id, "undelivered");
                self.log.undelivered.push(message);
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
}
