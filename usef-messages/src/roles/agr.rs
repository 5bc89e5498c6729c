//! The aggregator: offers flexibility, plans, meters, keeps its portfolio with the common reference operator.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use usef_messages::flex_offer::OfferOption;
//! use usef_messages::flex_request::FlexRequest;
//! use usef_messages::roles::agr::Offer;
//! use usef_messages::roles::{Agr, Error};
//! use usef_messages::values::Uuid;
//!
//! /// Offers an option in answer to a request, for as long as the request stands.
//! fn answer(agr: &mut Agr, request: &FlexRequest, option: OfferOption, now: DateTime<Utc>) -> Result<Uuid, Error> {
//!     let expires = request.expiration_date_time.to_utc();
//!     let offer = Offer::new(expires, "EUR".parse().expect("a currency"), vec![option]);
//!     agr.offer(&request.sender_domain, &request.message_id, offer, now)
//! }
//! ```

use chrono::{DateTime, Utc};
use xml_wire::Duration;

use super::error::Error;
use super::event::EventId;
use super::participant::Participant;
use super::party::{Party, messages, sealed::Sealed};
use super::store::{Direction, Entry, Peer, Stage};
use super::subject::Subject;
use crate::agr_portfolio::{
    AgrPortfolioQuery, AgrPortfolioQueryResponse, AgrPortfolioUpdate, AgrPortfolioUpdateResponse, Connection,
};
use crate::conversation::{self, Key};
use crate::d_prognosis::{self, DPrognosis, DPrognosisResponse};
use crate::flex_offer::{
    FlexOffer, FlexOfferResponse, FlexOfferRevocation, FlexOfferRevocationResponse, OfferOption,
};
use crate::flex_order::FlexOrder;
use crate::flex_request::FlexRequest;
use crate::flex_reservation_update::FlexReservationUpdate;
use crate::flex_settlement::{FlexOrderSettlementStatus, FlexSettlement};
use crate::message::{Answer, headed};
use crate::metering::{Metering, MeteringResponse, Profile};
use crate::payload::{Kind, Payload};
use crate::test_message::{TestMessage, TestMessageResponse};
use crate::values::{Currency, Domain, MeteringPoint, Period, Role, TimeZone, Uuid};

/// An aggregator.
pub type Agr = Participant<Aggregator>;

/// What makes a participant an aggregator.
#[derive(Debug, Clone, Copy, Default)]
pub struct Aggregator;

messages! {
    /// The requests that an aggregator is sent.
    Request {
        FlexRequest,
        FlexOrder,
        FlexReservationUpdate,
        FlexSettlement,
        TestMessage,
    }
}

messages! {
    /// The responses that an aggregator is sent.
    Response {
        FlexOfferResponse,
        FlexOfferRevocationResponse,
        DPrognosisResponse,
        MeteringResponse,
        AgrPortfolioUpdateResponse,
        AgrPortfolioQueryResponse,
        TestMessageResponse,
    }
}

impl Sealed for Aggregator {}

impl Party for Aggregator {
    const ROLE: Role = Role::Agr;
    type Request = Request;
    type Response = Response;
}

/// What is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Until when it can be ordered.
    pub expires: DateTime<Utc>,
    /// The currency of all prices.
    pub currency: Currency,
    /// One at least; at most one of them is ordered.
    pub options: Vec<OfferOption>,
    /// The bilateral contract it is under; that of the request, if absent.
    pub contract_id: Option<String>,
    /// The plan that the power is relative to.
    pub d_prognosis_message_id: Option<Uuid>,
    /// Another baseline that the power is relative to.
    pub baseline_reference: Option<String>,
}

impl Offer {
    /// An offer under no contract of its own and relative to no baseline in particular.
    pub const fn new(expires: DateTime<Utc>, currency: Currency, options: Vec<OfferOption>) -> Self {
        Self {
            expires,
            currency,
            options,
            contract_id: None,
            d_prognosis_message_id: None,
            baseline_reference: None,
        }
    }
}

/// What a meter showed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterData {
    /// The connection.
    pub ean: MeteringPoint,
    /// The day.
    pub period: Period,
    /// Whose midnight the day starts at.
    pub time_zone: TimeZone,
    /// How long an imbalance settlement period (ISP) lasts.
    pub isp_duration: Duration,
    /// A currency, for tariffs.
    pub currency: Option<Currency>,
    /// One at least.
    pub profiles: Vec<Profile>,
}

impl Agr {
    /// Offers flexibility in answer to a request.
    ///
    /// # Errors
    /// When the request is not known or not accepted, or either has expired; when the offer departs from the schema or the
    /// store fails.
    pub fn offer(
        &mut self,
        dso: &Domain,
        request: &Uuid,
        offer: Offer,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(dso.clone(), Role::Dso);
        let entry = self.known(Direction::Received, &peer, request)?;
        let request = match &entry.message {
            Payload::FlexRequest(request) => request.clone(),
            other => return Err(Error::not_a(Kind::FlexRequest, other)),
        };
        if !entry.state.stage.is_accepted() {
            return Err(Error::Invalid(format!("request {} is not accepted", request.message_id)));
        }
        let contract_id = offer.contract_id.clone().or_else(|| request.contract_id.clone());
        self.post_offer(peer, Subject::of(&request), Some(&request), Offer { contract_id, ..offer }, now)
    }

    /// Offers flexibility that nobody asked for (UFTP 3.1.0 and later say so in the message).
    ///
    /// # Errors
    /// As [`Self::offer`].
    pub fn offer_unsolicited(
        &mut self,
        dso: &Domain,
        subject: Subject,
        offer: Offer,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        self.post_offer(Peer::new(dso.clone(), Role::Dso), subject, None, offer, now)
    }

    fn post_offer(
        &mut self,
        peer: Peer,
        subject: Subject,
        request: Option<&FlexRequest>,
        offer: Offer,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let header = self.header(&peer, request.map(|request| &request.conversation_id), now);
        let message = headed!(
            header,
            subject,
            FlexOffer {
                unsolicited: (request.is_none() && self.says_unsolicited()).then_some(true),
                expiration_date_time: offer.expires.into(),
                flex_request_message_id: request.map(|request| request.message_id.clone()),
                contract_id: offer.contract_id,
                d_prognosis_message_id: offer.d_prognosis_message_id,
                baseline_reference: offer.baseline_reference,
                currency: offer.currency,
                offer_options: offer.options,
            }
        );
        self.send(peer, message, now)
    }

    /// Takes an offer back. The grid operator may have ordered it meanwhile; then it rejects the revocation.
    ///
    /// # Errors
    /// When no such offer was sent, it was ordered already and the order was not rejected, or the store fails.
    pub fn revoke(&mut self, dso: &Domain, offer: &Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
        let peer = Peer::new(dso.clone(), Role::Dso);
        let conversation = match &self.known(Direction::Sent, &peer, offer)?.message {
            Payload::FlexOffer(offer) => offer.conversation_id.clone(),
            other => return Err(Error::not_a(Kind::FlexOffer, other)),
        };
        let key = Key { sender: self.domain().clone(), message_id: offer.clone() };
        // An order that is not decided on yet may still be accepted: to take the offer back, reject it.
        let stands = |order: &Entry| {
            order.state.stage.is_accepted() || matches!(order.state.stage, Stage::Undecided { .. })
        };
        if self.ledger.about(&peer, &key, Kind::FlexOrder).any(stands) {
            return Err(Error::Invalid(format!("offer {offer} is ordered already")));
        }
        let message = headed!(
            self.header(&peer, Some(&conversation), now),
            FlexOfferRevocation { flex_offer_message_id: offer.clone() }
        );
        self.send(peer, message, now)
    }

    /// Tells the power that is planned for each period of a day; each call for the same day and place replaces those
    /// before, by the next revision.
    ///
    /// # Errors
    /// When the plan departs from the schema, or the store fails.
    pub fn prognosis(
        &mut self,
        dso: &Domain,
        subject: Subject,
        isps: Vec<d_prognosis::Isp>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(dso.clone(), Role::Dso);
        let revision = self.next_revision(Kind::DPrognosis, &peer, subject.period, subject.place());
        let header = self.header(&peer, None, now);
        self.send(peer, headed!(header, subject, DPrognosis { revision, isps }), now)
    }

    /// Tells what a meter showed on a day; each call for the same day and meter replaces those before, by the next
    /// revision.
    ///
    /// # Errors
    /// When the store fails.
    pub fn meter(&mut self, dso: &Domain, data: MeterData, now: DateTime<Utc>) -> Result<Uuid, Error> {
        let peer = Peer::new(dso.clone(), Role::Dso);
        let meter = conversation::Subject::Meter(data.ean.clone());
        let revision = self.next_revision(Kind::Metering, &peer, data.period, meter);
        let message = headed!(
            self.header(&peer, None, now),
            Metering {
                revision,
                isp_duration: data.isp_duration,
                time_zone: data.time_zone,
                currency: data.currency,
                period: data.period,
                ean: data.ean,
                profiles: data.profiles,
            }
        );
        self.send(peer, message, now)
    }

    /// Tells the common reference operator which connections are represented, and from when to when.
    ///
    /// # Errors
    /// When there is no connection, or the store fails.
    pub fn update_portfolio(
        &mut self,
        cro: &Domain,
        time_zone: TimeZone,
        connections: Vec<Connection>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(cro.clone(), Role::Cro);
        let header = self.header(&peer, None, now);
        self.send(peer, headed!(header, AgrPortfolioUpdate { time_zone, connections }), now)
    }

    /// Asks the common reference operator which congestion points the connections belong to on a day.
    ///
    /// # Errors
    /// When the store fails.
    pub fn query_portfolio(
        &mut self,
        cro: &Domain,
        time_zone: TimeZone,
        period: Period,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let peer = Peer::new(cro.clone(), Role::Cro);
        let header = self.header(&peer, None, now);
        self.send(peer, headed!(header, AgrPortfolioQuery { time_zone, period }), now)
    }

    /// Accepts a settlement as a message, and tells of each order whether it agrees. To agree with all, accept it.
    ///
    /// # Errors
    /// When the event is not a settlement, or not any more to be decided on; when there is no status, or one of an order
    /// that the settlement does not name.
    pub fn answer_settlement(
        &mut self,
        id: EventId,
        statuses: Vec<FlexOrderSettlementStatus>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.decide_with(id, now, |agr, message| {
            let Payload::FlexSettlement(settlement) = message else {
                return Err(Error::not_a(Kind::FlexSettlement, message));
            };
            let mut response = settlement.respond(Answer::accept(), agr.random.uuid(), now.into());
            response.flex_order_settlement_statuses = statuses;
            agr.checked(response.into(), now)
        })
    }
}
