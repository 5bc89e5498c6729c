//! Where the messages of USEF 2015 stand in the Smart Grid Architecture Model.
//!
//! Who sends what to whom is [`super::payload::Kind::routing`]: there is a placement for each pair.

use sgam::{Actor, Exchange, Layers, Link, Placed, actors};

use super::metadata::Role;
use super::payload::{Kind, Payload};

const fn actor(role: Role) -> &'static Actor {
    match role {
        Role::Agr => &actors::AGGREGATOR,
        Role::Brp => &actors::BRP,
        Role::Cro => &actors::CRO,
        Role::Dso => &actors::DSO,
        Role::Mdc => &actors::MDC,
    }
}

/// What a message is for.
#[derive(Clone, Copy)]
struct Step {
    clause: &'static str,
    function: &'static [&'static str],
    business: &'static [&'static str],
}

const TRADE_GOALS: &[&str] = &["congestion management", "balancing of a portfolio"];

const TEST: Step =
    Step { clause: "USEF 2015, test message", function: &["test of the connection"], business: &[] };
const REFERENCE: Step = Step {
    clause: "USEF 2015, common reference",
    function: &["register of congestion points"],
    business: &["congestion management"],
};
const PLAN: Step =
    Step { clause: "USEF 2015, plan phase", function: &["forecast of load"], business: TRADE_GOALS };
const TRADE: Step =
    Step { clause: "USEF 2015, validate phase", function: &["flexibility trading"], business: TRADE_GOALS };
const SETTLE: Step =
    Step { clause: "USEF 2015, settle phase", function: &["settlement"], business: TRADE_GOALS };
const METER: Step = Step { clause: "USEF 2015, meter data", function: &["metering"], business: TRADE_GOALS };

const fn step(kind: Kind) -> Step {
    match kind {
        Kind::TestMessage | Kind::TestMessageResponse => TEST,
        Kind::CommonReferenceQuery
        | Kind::CommonReferenceQueryResponse
        | Kind::CommonReferenceUpdate
        | Kind::CommonReferenceUpdateResponse => REFERENCE,
        Kind::Prognosis | Kind::PrognosisResponse => PLAN,
        Kind::FlexRequest
        | Kind::FlexRequestResponse
        | Kind::FlexOffer
        | Kind::FlexOfferResponse
        | Kind::FlexOfferRevocation
        | Kind::FlexOfferRevocationResponse
        | Kind::FlexOrder
        | Kind::FlexOrderResponse => TRADE,
        Kind::SettlementMessage | Kind::SettlementMessageResponse => SETTLE,
        Kind::MeterDataQuery | Kind::MeterDataQueryResponse => METER,
    }
}

/// The first `N` pairs of a kind's routing, which has as many.
const fn placed<const N: usize>(kind: Kind, message: &'static str) -> [Exchange; N] {
    let step = step(kind);
    let layers = Layers {
        communication: &["HTTPS", "signed XML"],
        information: &["USEF 2015"],
        function: step.function,
        business: step.business,
    };
    let link = Link { protocol: "USEF 2015", from: &actors::DSO, to: &actors::AGGREGATOR, layers };
    let mut exchanges = [link.carries(message, step.clause); N];
    let routing = kind.routing();
    assert!(routing.len() == N, "a placement for each pair");
    let mut i = 0;
    while i < N {
        let (from, to) = routing[i];
        exchanges[i] = Link { from: actor(from), to: actor(to), ..link }.carries(message, step.clause);
        i += 1;
    }
    exchanges
}

impl Placed for Payload {
    /// In the order of [`Kind::ALL`].
    const EXCHANGES: &'static [&'static [Exchange]] = &[
        &placed::<20>(Kind::TestMessage, "TestMessage"),
        &placed::<20>(Kind::TestMessageResponse, "TestMessageResponse"),
        &placed::<4>(Kind::CommonReferenceQuery, "CommonReferenceQuery"),
        &placed::<4>(Kind::CommonReferenceQueryResponse, "CommonReferenceQueryResponse"),
        &placed::<3>(Kind::CommonReferenceUpdate, "CommonReferenceUpdate"),
        &placed::<3>(Kind::CommonReferenceUpdateResponse, "CommonReferenceUpdateResponse"),
        &placed::<2>(Kind::Prognosis, "Prognosis"),
        &placed::<2>(Kind::PrognosisResponse, "PrognosisResponse"),
        &placed::<2>(Kind::FlexRequest, "FlexRequest"),
        &placed::<2>(Kind::FlexRequestResponse, "FlexRequestResponse"),
        &placed::<2>(Kind::FlexOffer, "FlexOffer"),
        &placed::<2>(Kind::FlexOfferResponse, "FlexOfferResponse"),
        &placed::<2>(Kind::FlexOfferRevocation, "FlexOfferRevocation"),
        &placed::<2>(Kind::FlexOfferRevocationResponse, "FlexOfferRevocationResponse"),
        &placed::<2>(Kind::FlexOrder, "FlexOrder"),
        &placed::<2>(Kind::FlexOrderResponse, "FlexOrderResponse"),
        &placed::<2>(Kind::SettlementMessage, "SettlementMessage"),
        &placed::<2>(Kind::SettlementMessageResponse, "SettlementMessageResponse"),
        &placed::<2>(Kind::MeterDataQuery, "MeterDataQuery"),
        &placed::<2>(Kind::MeterDataQueryResponse, "MeterDataQueryResponse"),
    ];

    fn exchanges(&self) -> &'static [Exchange] {
        Self::EXCHANGES[self.kind() as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_each_message_where_the_routing_says() {
        assert_eq!(Payload::EXCHANGES.len(), Kind::ALL.len());
        for (kind, exchanges) in Kind::ALL.iter().zip(Payload::EXCHANGES) {
            let pairs: Vec<_> = exchanges
                .iter()
                .map(|exchange| (exchange.message, exchange.from.id, exchange.to.id))
                .collect();
            let routing: Vec<_> = kind
                .routing()
                .iter()
                .map(|(from, to)| (kind.as_str(), actor(*from).id, actor(*to).id))
                .collect();
            assert_eq!(pairs, routing);
        }
    }
}
