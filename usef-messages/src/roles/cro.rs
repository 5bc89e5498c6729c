//! The common reference operator: keeps the register of congestion points and connections, and answers from it.
//!
//! ```
//! use usef_messages::roles::Cro;
//! use usef_messages::values::{EntityAddress, Period};
//!
//! fn represented_by(cro: &Cro, connection: &EntityAddress, day: Period) -> Option<String> {
//!     cro.registry().aggregator(connection, day.date()).map(ToString::to_string)
//! }
//! ```

use super::participant::Participant;
use super::party::{Heading, Party, Verdict, messages, sealed::Sealed};
use super::registry::Registry;
use super::store::{Entry, Peer};
use crate::agr_portfolio::{
    AgrPortfolioQuery, AgrPortfolioUpdate, CongestionPoint, ConnectionAddress, DsoPortfolio, DsoView,
};
use crate::dso_portfolio::{DsoPortfolioQuery, DsoPortfolioUpdate};
use crate::message::Answer;
use crate::payload::Payload;
use crate::test_message::{TestMessage, TestMessageResponse};
use crate::values::{Domain, EntityAddress, RedispatchBy, Role};

/// A common reference operator.
///
/// It answers updates and queries by itself, from the [`Registry`] that accepted updates make; the application hears of
/// them as events. After a restart the register is what the updates in the store say.
pub type Cro = Participant<Registry>;

messages! {
    /// The requests that a common reference operator is sent.
    Request {
        AgrPortfolioUpdate,
        AgrPortfolioQuery,
        DsoPortfolioUpdate,
        DsoPortfolioQuery,
        TestMessage,
    }
}

messages! {
    /// The responses that a common reference operator is sent.
    Response {
        TestMessageResponse,
    }
}

impl Sealed for Registry {}

impl Party for Registry {
    const ROLE: Role = Role::Cro;
    type Request = Request;
    type Response = Response;

    fn answer(&self, peer: &Peer, request: &Payload, heading: &Heading) -> Verdict {
        let (id, now) = (heading.message_id.clone(), heading.now.into());
        let response: Result<Payload, String> = match request {
            Payload::AgrPortfolioUpdate(update) => self
                .check_agr(&peer.domain, update)
                .map(|()| update.respond(Answer::accept(), id, now).into()),
            Payload::DsoPortfolioUpdate(update) => self
                .check_dso(&peer.domain, update)
                .map(|()| update.respond(Answer::accept(), id, now).into()),
            Payload::AgrPortfolioQuery(query) => self
                .views(&peer.domain, query.period.date())
                .map(|views| query.respond(Answer::accept(), views, id, now).into()),
            Payload::DsoPortfolioQuery(query) => self
                .congestion_point(&peer.domain, &query.entity_address, query.period.date())
                .map(|congestion_point| {
                    let mut response = query.respond(Answer::accept(), id, now);
                    response.congestion_point = Some(congestion_point);
                    response.into()
                }),
            _ => return Verdict::Open,
        };
        response.map_or_else(|reason| Verdict::Reject(Answer::reject(reason)), Verdict::Response)
    }

    fn learn(&mut self, entry: &Entry) {
        match &entry.message {
            Payload::AgrPortfolioUpdate(update) => self.take_agr(entry.sequence, &entry.peer.domain, update),
            Payload::DsoPortfolioUpdate(update) => self.take_dso(entry.sequence, &entry.peer.domain, update),
            _ => {}
        }
    }

    fn needs(&self, entry: &Entry) -> bool {
        self.rests_on(entry.sequence)
    }
}

impl Cro {
    /// The register of congestion points and connections.
    pub fn registry(&self) -> &Registry {
        &self.party
    }
}

/// A portfolio that says nothing, for rejections.
///
/// **Interpretation:** the schema of these editions wants a portfolio in every answer to an aggregator's query, also in a
/// rejection, where nobody reads it. It names the sender itself as grid operator, and an address of zeros.
pub(super) fn no_view(domain: &Domain) -> Vec<DsoView> {
    let nowhere: EntityAddress = "ean.000000000000".parse().expect("an address");
    vec![DsoView {
        dso_portfolios: vec![DsoPortfolio {
            dso_domain: domain.clone(),
            congestion_points: vec![CongestionPoint {
                entity_address: nowhere.clone(),
                mutex_offers_supported: false,
                day_ahead_redispatch_by: RedispatchBy::Dso,
                intraday_redispatch_by: None,
                connections: vec![ConnectionAddress { entity_address: nowhere }],
            }],
        }],
        connections: Vec::new(),
    }]
}
