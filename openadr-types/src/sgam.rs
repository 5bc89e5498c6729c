//! Where the messages stand in the Smart Grid Architecture Model.
//!
//! Each message has a placement for each pair that may exchange it: an aggregator's VTN and a home's VEN, a grid
//! operator's VTN and that VEN, and the grid operator's VTN and the aggregator in the part of a VEN.

use ::sgam::{Exchange, Layers, Link, Placed, actors};

use crate::message::Message;

const AGGREGATOR: Link = Link {
    protocol: "OpenADR 2.0b",
    from: &actors::VTN_AGGREGATOR,
    to: &actors::VEN,
    layers: Layers { communication: &["HTTP(S)", "XML"], information: &["OpenADR 2.0b"], ..Layers::EMPTY },
};
const DSO: Link = Link { from: &actors::VTN_DSO, ..AGGREGATOR };
const UPSTREAM: Link = Link { from: &actors::VTN_DSO, to: &actors::VTN_AGGREGATOR, ..AGGREGATOR };

/// A service of the profile: what it is for, by name.
#[derive(Clone, Copy)]
struct Place {
    clause: &'static str,
    function: &'static [&'static str],
}

const EVENT: Place = Place { clause: "EiEvent service", function: &["demand-response event dispatch"] };
const OPT: Place = Place { clause: "EiOpt service", function: &["availability of flexibility"] };
const REPORT: Place = Place { clause: "EiReport service", function: &["telemetry"] };
const REGISTER: Place = Place { clause: "EiRegisterParty service", function: &["registration"] };
const POLL: Place = Place { clause: "OadrPoll service", function: &["pull transport"] };
const ANY: Place = Place { clause: "every service", function: &["acknowledgement"] };

const fn from_vtn(message: &'static str, place: Place) -> [Exchange; 3] {
    [
        AGGREGATOR.with_function(place.function).carries(message, place.clause),
        DSO.with_function(place.function).carries(message, place.clause),
        UPSTREAM.with_function(place.function).carries(message, place.clause),
    ]
}

const fn from_ven(message: &'static str, place: Place) -> [Exchange; 3] {
    [
        AGGREGATOR.reversed().with_function(place.function).carries(message, place.clause),
        DSO.reversed().with_function(place.function).carries(message, place.clause),
        UPSTREAM.reversed().with_function(place.function).carries(message, place.clause),
    ]
}

const fn from_either(message: &'static str, place: Place) -> [Exchange; 6] {
    let [a, b, c] = from_vtn(message, place);
    let [d, e, f] = from_ven(message, place);
    [a, b, c, d, e, f]
}

const DISTRIBUTE_EVENT: &[Exchange] = &from_vtn("oadr:oadrDistributeEvent", EVENT);
const CREATED_EVENT: &[Exchange] = &from_ven("oadr:oadrCreatedEvent", EVENT);
const REQUEST_EVENT: &[Exchange] = &from_ven("oadr:oadrRequestEvent", EVENT);
const RESPONSE: &[Exchange] = &from_either("oadr:oadrResponse", ANY);
const CANCEL_OPT: &[Exchange] = &from_ven("oadr:oadrCancelOpt", OPT);
const CANCELED_OPT: &[Exchange] = &from_vtn("oadr:oadrCanceledOpt", OPT);
const CREATE_OPT: &[Exchange] = &from_ven("oadr:oadrCreateOpt", OPT);
const CREATED_OPT: &[Exchange] = &from_vtn("oadr:oadrCreatedOpt", OPT);
const CANCEL_REPORT: &[Exchange] = &from_either("oadr:oadrCancelReport", REPORT);
const CANCELED_REPORT: &[Exchange] = &from_either("oadr:oadrCanceledReport", REPORT);
const CREATE_REPORT: &[Exchange] = &from_either("oadr:oadrCreateReport", REPORT);
const CREATED_REPORT: &[Exchange] = &from_either("oadr:oadrCreatedReport", REPORT);
const REGISTER_REPORT: &[Exchange] = &from_either("oadr:oadrRegisterReport", REPORT);
const REGISTERED_REPORT: &[Exchange] = &from_either("oadr:oadrRegisteredReport", REPORT);
const UPDATE_REPORT: &[Exchange] = &from_either("oadr:oadrUpdateReport", REPORT);
const UPDATED_REPORT: &[Exchange] = &from_either("oadr:oadrUpdatedReport", REPORT);
const CANCEL_REGISTRATION: &[Exchange] = &from_either("oadr:oadrCancelPartyRegistration", REGISTER);
const CANCELED_REGISTRATION: &[Exchange] = &from_either("oadr:oadrCanceledPartyRegistration", REGISTER);
const CREATE_REGISTRATION: &[Exchange] = &from_ven("oadr:oadrCreatePartyRegistration", REGISTER);
const CREATED_REGISTRATION: &[Exchange] = &from_vtn("oadr:oadrCreatedPartyRegistration", REGISTER);
const REQUEST_REREGISTRATION: &[Exchange] = &from_vtn("oadr:oadrRequestReregistration", REGISTER);
const QUERY_REGISTRATION: &[Exchange] = &from_ven("oadr:oadrQueryRegistration", REGISTER);
const POLL_MESSAGE: &[Exchange] = &from_ven("oadr:oadrPoll", POLL);

impl Placed for Message {
    const EXCHANGES: &'static [&'static [Exchange]] = &[
        DISTRIBUTE_EVENT,
        CREATED_EVENT,
        REQUEST_EVENT,
        RESPONSE,
        CANCEL_OPT,
        CANCELED_OPT,
        CREATE_OPT,
        CREATED_OPT,
        CANCEL_REPORT,
        CANCELED_REPORT,
        CREATE_REPORT,
        CREATED_REPORT,
        REGISTER_REPORT,
        REGISTERED_REPORT,
        UPDATE_REPORT,
        UPDATED_REPORT,
        CANCEL_REGISTRATION,
        CANCELED_REGISTRATION,
        CREATE_REGISTRATION,
        CREATED_REGISTRATION,
        REQUEST_REREGISTRATION,
        QUERY_REGISTRATION,
        POLL_MESSAGE,
    ];

    fn exchanges(&self) -> &'static [Exchange] {
        match self {
            Self::DistributeEvent(_) => DISTRIBUTE_EVENT,
            Self::CreatedEvent(_) => CREATED_EVENT,
            Self::RequestEvent(_) => REQUEST_EVENT,
            Self::Response(_) => RESPONSE,
            Self::CancelOpt(_) => CANCEL_OPT,
            Self::CanceledOpt(_) => CANCELED_OPT,
            Self::CreateOpt(_) => CREATE_OPT,
            Self::CreatedOpt(_) => CREATED_OPT,
            Self::CancelReport(_) => CANCEL_REPORT,
            Self::CanceledReport(_) => CANCELED_REPORT,
            Self::CreateReport(_) => CREATE_REPORT,
            Self::CreatedReport(_) => CREATED_REPORT,
            Self::RegisterReport(_) => REGISTER_REPORT,
            Self::RegisteredReport(_) => REGISTERED_REPORT,
            Self::UpdateReport(_) => UPDATE_REPORT,
            Self::UpdatedReport(_) => UPDATED_REPORT,
            Self::CancelPartyRegistration(_) => CANCEL_REGISTRATION,
            Self::CanceledPartyRegistration(_) => CANCELED_REGISTRATION,
            Self::CreatePartyRegistration(_) => CREATE_REGISTRATION,
            Self::CreatedPartyRegistration(_) => CREATED_REGISTRATION,
            Self::RequestReregistration(_) => REQUEST_REREGISTRATION,
            Self::QueryRegistration(_) => QUERY_REGISTRATION,
            Self::Poll(_) => POLL_MESSAGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use xml_wire::XmlChoice as _;

    use super::*;
    use crate::poll::Poll;

    #[test]
    fn places_every_message_under_its_own_name() {
        let placed: Vec<&str> = Message::EXCHANGES.iter().map(|exchanges| exchanges[0].message).collect();
        let names: Vec<&str> = Message::NAMES.iter().map(xml_wire::Name::as_str).collect();
        assert_eq!(placed, names);
    }

    #[test]
    fn places_a_poll_between_home_and_aggregator() {
        let poll = Message::from(Poll::new("ven-7"));
        assert!(poll.exchanges().iter().any(|e| e.between(&actors::VEN, &actors::VTN_AGGREGATOR)));
        assert!(poll.exchanges().iter().all(|e| e.message == "oadr:oadrPoll"));
    }
}
