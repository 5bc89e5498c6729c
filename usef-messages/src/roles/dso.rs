//! The grid operator: asks for flexibility, orders it, settles it, keeps its congestion points with the common reference
//! operator.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use usef_messages::flex_offer::FlexOffer;
//! use usef_messages::roles::{Dso, Error};
//! use usef_messages::values::{ActivationFactor, Uuid};
//!
//! /// Orders the whole of the cheapest option of an offer.
//! fn buy(dso: &mut Dso, offer: &FlexOffer, reference: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, Error> {
//!     let Some(option) = offer.offer_options.iter().min_by_key(|option| option.price) else { return Ok(None) };
//!     let (agr, option) = (&offer.sender_domain, &option.option_reference);
//!     dso.order(agr, &offer.message_id, option, ActivationFactor::ONE, reference, now).map(Some)
//! }
//! ```

use chrono::{DateTime, Utc};

use super::error::Error;
use super::event::EventId;
use super::participant::Participant;
use super::party::{Party, messages, sealed::Sealed};
use super::store::{Direction, Entry, Peer, Stage};
use super::subject::Subject;
use crate::conversation::Key;
use crate::d_prognosis::{DPrognosis, FlexOrderStatus};
use crate::dso_portfolio::{
    DsoPortfolioQuery, DsoPortfolioQueryResponse, DsoPortfolioUpdate, DsoPortfolioUpdateResponse,
    UpdatedCongestionPoint,
};
use crate::flex_offer::{FlexOffer, FlexOfferRevocation, Isp};
use crate::flex_order::{FlexOrder, FlexOrderResponse};
use crate::flex_request::{self, FlexRequest, FlexRequestResponse};
use crate::flex_reservation_update::{FlexReservationUpdate, FlexReservationUpdateResponse};
use crate::flex_settlement::{
    ContractSettlement, FlexOrderSettlement, FlexSettlement, FlexSettlementResponse,
};
use crate::message::{Answer, headed};
use crate::metering::Metering;
use crate::payload::{Kind, Payload};
use crate::test_message::{TestMessage, TestMessageResponse};
use crate::values::{
    ActivationFactor, Amount, Currency, Domain, EntityAddress, Outcome, Period, Role, TimeZone, Uuid,
};

/// A grid operator.
pub type Dso = Participant<GridOperator>;

/// What makes a participant a grid operator.
#[derive(Debug, Clone, Copy, Default)]
pub struct GridOperator;

messages! {
    /// The requests that a grid operator is sent.
    Request {
        DPrognosis,
        FlexOffer,
        FlexOfferRevocation,
        Metering,
        TestMessage,
    }
}

messages! {
    /// The responses that a grid operator is sent.
    Response {
        FlexRequestResponse,
        FlexOrderResponse,
        FlexReservationUpdateResponse,
        FlexSettlementResponse,
        DsoPortfolioUpdateResponse,
        DsoPortfolioQueryResponse,
        TestMessageResponse,
    }
}

impl Sealed for GridOperator {}

impl Party for GridOperator {
    const ROLE: Role = Role::Dso;
    type Request = Request;
    type Response = Response;
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Until when offers are taken.
    pub expires: DateTime<Utc>,
    /// What is wanted and what there is room for; one at least.
    pub isps: Vec<flex_request::Isp>,
    /// The bilateral contract it is under.
    pub contract_id: Option<String>,
    /// The kind of service.
    pub service_type: Option<String>,
}

/// What is ordered without an offer, under a contract that allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectOrder {
    /// What the settlement names it by.
    pub order_reference: String,
    /// Its price.
    pub price: Amount,
    /// The currency of the price.
    pub currency: Currency,
    /// The power; one at least.
    pub isps: Vec<Isp>,
    /// The bilateral contract it is under.
    pub contract_id: Option<String>,
    /// The kind of service.
    pub service_type: Option<String>,
    /// The plan that the power is relative to.
    pub d_prognosis_message_id: Option<Uuid>,
    /// Another baseline that the power is relative to.
    pub baseline_reference: Option<String>,
}

/// What was delivered in some days, and is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The first day.
    pub start: Period,
    /// The last day.
    pub end: Period,
    /// The currency of all amounts.
    pub currency: Currency,
    /// One at least.
    pub orders: Vec<FlexOrderSettlement>,
    /// One at least; the schema wants it also where there are no contracts.
    pub contracts: Vec<ContractSettlement>,
}

impl Dso {
    /// Asks an aggregator for flexibility; each call for the same day and place replaces those before, by the next
    /// revision.
    ///
    /// # Errors
    /// When it has expired, departs from the schema, or the store fails.
    pub fn request_flex(
        &mut self,
        agr: &Domain,
        subject: Subject,
        wish: Wish,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(agr.clone(), Role::Agr);
        let revision = self.next_revision(Kind::FlexRequest, &peer, subject.period, subject.place());
        let message = headed!(
            self.header(&peer, None, now),
            subject,
            FlexRequest {
                revision,
                expiration_date_time: wish.expires.into(),
                contract_id: wish.contract_id,
                service_type: wish.service_type,
                isps: wish.isps,
            }
        );
        self.send(peer, message, now)
    }

    /// Orders an option of an offer, or a part of it: power and price are those of the option times the factor.
    ///
    /// # Errors
    /// When the offer or the option is not known, the offer has expired, was revoked or was ordered already; when the
    /// factor is less than is offered or leaves no whole watts; when the store fails.
    pub fn order(
        &mut self,
        agr: &Domain,
        offer: &Uuid,
        option: &str,
        factor: ActivationFactor,
        order_reference: &str,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(agr.clone(), Role::Agr);
        let offer = self.open_offer(&peer, offer)?.clone();
        let chosen =
            offer.offer_options.iter().find(|known| known.option_reference == option).ok_or_else(|| {
                Error::Option { offer: offer.message_id.clone(), option: option.to_owned() }
            })?;
        let (price, isps) =
            chosen.part(factor).ok_or_else(|| Error::Factor { offer: offer.message_id.clone(), factor })?;
        let header = self.header(&peer, Some(&offer.conversation_id), now);
        let message = headed!(
            header,
            Subject::of(&offer),
            FlexOrder {
                unsolicited: None,
                flex_offer_message_id: Some(offer.message_id),
                service_type: None,
                contract_id: offer.contract_id,
                d_prognosis_message_id: offer.d_prognosis_message_id,
                baseline_reference: offer.baseline_reference,
                price,
                currency: offer.currency,
                order_reference: order_reference.to_owned(),
                option_reference: Some(option.to_owned()),
                activation_factor: (factor != ActivationFactor::ONE).then_some(factor),
                isps,
            }
        );
        self.send(peer, message, now)
    }

    /// An offer that can be ordered: accepted, not taken back, and not ordered but in orders that came to nothing.
    fn open_offer(&self, peer: &Peer, offer: &Uuid) -> Result<&FlexOffer, Error> {
        let entry = self.known(Direction::Received, peer, offer)?;
        let found = match &entry.message {
            Payload::FlexOffer(found) => found,
            other => return Err(Error::not_a(Kind::FlexOffer, other)),
        };
        if !entry.state.stage.is_accepted() {
            return Err(Error::Invalid(format!("offer {offer} is not accepted")));
        }
        let key = &Key::of(&entry.message);
        let mut revocations = self.ledger.about(peer, key, Kind::FlexOfferRevocation);
        if revocations.any(|revocation| revocation.state.stage.is_accepted()) {
            return Err(Error::Invalid(format!("offer {offer} is revoked")));
        }
        let failed = |order: &Entry| matches!(order.state.stage, Stage::Failed(_));
        if !self.ledger.about(peer, key, Kind::FlexOrder).all(failed) {
            return Err(Error::Invalid(format!("offer {offer} is ordered already")));
        }
        Ok(found)
    }

    /// Orders without an offer (UFTP 3.1.0 and later).
    ///
    /// # Errors
    /// When the edition has no such orders, the order departs from the schema, or the store fails.
    pub fn order_unsolicited(
        &mut self,
        agr: &Domain,
        subject: Subject,
        order: DirectOrder,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        if !self.says_unsolicited() {
            let version = &self.config.version;
            return Err(Error::Invalid(format!("version {version} has no orders without an offer")));
        }
        let peer = Peer::new(agr.clone(), Role::Agr);
        let message = headed!(
            self.header(&peer, None, now),
            subject,
            FlexOrder {
                unsolicited: Some(true),
                flex_offer_message_id: None,
                service_type: order.service_type,
                contract_id: order.contract_id,
                d_prognosis_message_id: order.d_prognosis_message_id,
                baseline_reference: order.baseline_reference,
                price: order.price,
                currency: order.currency,
                order_reference: order.order_reference,
                option_reference: None,
                activation_factor: None,
                isps: order.isps,
            }
        );
        self.send(peer, message, now)
    }

    /// Tells an aggregator what stays reserved under a contract on a day.
    ///
    /// # Errors
    /// When the message departs from the schema, or the store fails.
    pub fn update_reservation(
        &mut self,
        agr: &Domain,
        subject: Subject,
        contract_id: &str,
        reference: &str,
        isps: Vec<Isp>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(agr.clone(), Role::Agr);
        let message = headed!(
            self.header(&peer, None, now),
            subject,
            FlexReservationUpdate {
                contract_id: contract_id.to_owned(),
                reference: reference.to_owned(),
                isps,
            }
        );
        self.send(peer, message, now)
    }

    /// Tells an aggregator what was delivered and is to be paid.
    ///
    /// # Errors
    /// When orders or contracts are missing, or the store fails.
    pub fn settle(
        &mut self,
        agr: &Domain,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(agr.clone(), Role::Agr);
        let message = headed!(
            self.header(&peer, None, now),
            FlexSettlement {
                // The schema of these editions wants a result in this request.
                result: Outcome::Accepted,
                rejection_reason: None,
                period_start: settlement.start,
                period_end: settlement.end,
                currency: settlement.currency,
                flex_order_settlements: settlement.orders,
                contract_settlements: settlement.contracts,
            }
        );
        self.send(peer, message, now)
    }

    /// Tells the common reference operator which congestion points there are and what is connected to them.
    ///
    /// # Errors
    /// When the message departs from the schema, or the store fails.
    pub fn update_portfolio(
        &mut self,
        cro: &Domain,
        time_zone: TimeZone,
        congestion_points: Vec<UpdatedCongestionPoint>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(cro.clone(), Role::Cro);
        let header = self.header(&peer, None, now);
        self.send(peer, headed!(header, DsoPortfolioUpdate { time_zone, congestion_points }), now)
    }

    /// Asks the common reference operator which aggregators are at a congestion point on a day.
    ///
    /// # Errors
    /// When the store fails.
    pub fn query_portfolio(
        &mut self,
        cro: &Domain,
        time_zone: TimeZone,
        period: Period,
        congestion_point: EntityAddress,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(cro.clone(), Role::Cro);
        let message = headed!(
            self.header(&peer, None, now),
            DsoPortfolioQuery { time_zone, period, entity_address: congestion_point }
        );
        self.send(peer, message, now)
    }

    /// Accepts a plan, and tells of each order at that place and day whether the plan honours it. To say nothing of
    /// orders, accept it.
    ///
    /// # Errors
    /// When the event is not a plan, or not any more to be decided on; when a status is of no order to that aggregator.
    pub fn answer_prognosis(
        &mut self,
        id: EventId,
        statuses: Vec<FlexOrderStatus>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.decide_with(id, now, |dso, message| {
            let Payload::DPrognosis(plan) = message else {
                return Err(Error::not_a(Kind::DPrognosis, message));
            };
            let mut response = plan.respond(Answer::accept(), dso.random.uuid(), now.into());
            response.flex_order_statuses = statuses;
            dso.checked(response.into(), now)
        })
    }
}
