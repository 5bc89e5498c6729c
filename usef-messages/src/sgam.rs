//! Where the messages stand in the Smart Grid Architecture Model.
//!
//! Who sends what to whom is [`Kind::routing`]; a message that goes both ways has a placement for each.

use sgam::{Exchange, Layers, Link, Placed, actors};

use crate::payload::{Kind, Payload};
use crate::values::Role;

/// A grid operator to an aggregator.
const DSO_AGR: Link = Link {
    protocol: "UFTP",
    from: &actors::DSO,
    to: &actors::AGGREGATOR,
    layers: Layers {
        communication: &["HTTPS", "signed XML"],
        information: &["UFTP 3.1"],
        function: &[],
        business: &["congestion management"],
    },
};
const AGR_DSO: Link = DSO_AGR.reversed();
const AGR_CRO: Link = Link { from: &actors::AGGREGATOR, to: &actors::CRO, ..DSO_AGR };
const CRO_AGR: Link = AGR_CRO.reversed();
const DSO_CRO: Link = Link { from: &actors::DSO, to: &actors::CRO, ..DSO_AGR };
const CRO_DSO: Link = DSO_CRO.reversed();

/// A step of the market process, and what it is for.
#[derive(Clone, Copy)]
struct Step {
    clause: &'static str,
    function: &'static [&'static str],
}

const REFERENCE: Step =
    Step { clause: "UFTP 3.1, common reference", function: &["register of congestion points"] };
const PLAN: Step = Step { clause: "UFTP 3.1, D-prognosis", function: &["forecast of load"] };
const REQUEST: Step = Step { clause: "UFTP 3.1, flexibility request", function: &["flexibility trading"] };
const OFFER: Step = Step { clause: "UFTP 3.1, flexibility offer", function: &["flexibility trading"] };
const ORDER: Step = Step { clause: "UFTP 3.1, flexibility order", function: &["flexibility trading"] };
const RESERVATION: Step =
    Step { clause: "UFTP 3.1, flexibility reservation", function: &["flexibility trading"] };
const SETTLEMENT: Step = Step { clause: "UFTP 3.1, settlement", function: &["settlement"] };
const METERING: Step = Step { clause: "UFTP 3.1, metering", function: &["metering"] };
const TEST: Step = Step { clause: "UFTP 3.1, test message", function: &["test of the connection"] };

const fn one(link: Link, message: &'static str, step: Step) -> [Exchange; 1] {
    [link.with_function(step.function).carries(message, step.clause)]
}

const fn every(message: &'static str, step: Step) -> [Exchange; 6] {
    let [a] = one(AGR_CRO, message, step);
    let [b] = one(AGR_DSO, message, step);
    let [c] = one(CRO_AGR, message, step);
    let [d] = one(CRO_DSO, message, step);
    let [e] = one(DSO_AGR, message, step);
    let [f] = one(DSO_CRO, message, step);
    [a, b, c, d, e, f]
}

impl Placed for Payload {
    /// In the order of [`crate::payload::Kind::ALL`].
    const EXCHANGES: &'static [&'static [Exchange]] = &[
        &one(AGR_CRO, "AGRPortfolioQuery", REFERENCE),
        &one(CRO_AGR, "AGRPortfolioQueryResponse", REFERENCE),
        &one(AGR_CRO, "AGRPortfolioUpdate", REFERENCE),
        &one(CRO_AGR, "AGRPortfolioUpdateResponse", REFERENCE),
        &one(DSO_CRO, "DSOPortfolioQuery", REFERENCE),
        &one(CRO_DSO, "DSOPortfolioQueryResponse", REFERENCE),
        &one(DSO_CRO, "DSOPortfolioUpdate", REFERENCE),
        &one(CRO_DSO, "DSOPortfolioUpdateResponse", REFERENCE),
        &one(AGR_DSO, "D-Prognosis", PLAN),
        &one(DSO_AGR, "D-PrognosisResponse", PLAN),
        &one(DSO_AGR, "FlexRequest", REQUEST),
        &one(AGR_DSO, "FlexRequestResponse", REQUEST),
        &one(AGR_DSO, "FlexOffer", OFFER),
        &one(DSO_AGR, "FlexOfferResponse", OFFER),
        &one(AGR_DSO, "FlexOfferRevocation", OFFER),
        &one(DSO_AGR, "FlexOfferRevocationResponse", OFFER),
        &one(DSO_AGR, "FlexOrder", ORDER),
        &one(AGR_DSO, "FlexOrderResponse", ORDER),
        &one(DSO_AGR, "FlexReservationUpdate", RESERVATION),
        &one(AGR_DSO, "FlexReservationUpdateResponse", RESERVATION),
        &one(DSO_AGR, "FlexSettlement", SETTLEMENT),
        &one(AGR_DSO, "FlexSettlementResponse", SETTLEMENT),
        &one(AGR_DSO, "Metering", METERING),
        &one(DSO_AGR, "MeteringResponse", METERING),
        &every("TestMessage", TEST),
        &every("TestMessageResponse", TEST),
    ];

    fn exchanges(&self) -> &'static [Exchange] {
        Self::EXCHANGES[self.kind() as usize]
    }
}

impl Kind {
    /// Where the message stands when it goes from one role to another; `None` where it does not.
    ///
    /// ```
    /// use usef_messages::payload::Kind;
    /// use usef_messages::values::Role;
    /// let test = Kind::TestMessage.exchange(Role::Dso, Role::Agr).expect("any to any");
    /// assert_eq!((test.from.id, test.to.id), (sgam::actors::DSO.id, sgam::actors::AGGREGATOR.id));
    /// assert!(Kind::FlexOffer.exchange(Role::Dso, Role::Agr).is_none());
    /// ```
    pub fn exchange(self, from: Role, to: Role) -> Option<&'static Exchange> {
        let at = self.routing().iter().position(|pair| *pair == (from, to))?;
        Payload::EXCHANGES.get(self as usize)?.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_each_message_where_the_routing_says() {
        let actor = |role| match role {
            Role::Agr => &actors::AGGREGATOR,
            Role::Cro => &actors::CRO,
            Role::Dso => &actors::DSO,
        };
        assert_eq!(Payload::EXCHANGES.len(), Kind::ALL.len());
        for (kind, exchanges) in Kind::ALL.iter().zip(Payload::EXCHANGES) {
            assert!(exchanges.iter().all(|exchange| exchange.message == kind.as_str()), "{kind}");
            let pairs: Vec<_> = exchanges.iter().map(|exchange| (exchange.from.id, exchange.to.id)).collect();
            let routing: Vec<_> =
                kind.routing().iter().map(|(from, to)| (actor(*from).id, actor(*to).id)).collect();
            assert_eq!(pairs, routing, "{kind}");
        }
    }
}
