//! The actors of the demand-response chain, from the network operator to the meter.
//!
//! No publication we know of lists cells for these actors, so none is [`Basis::Published`]: most follow from
//! what the model's domains and zones mean, and the rest are choices that say so.
//!
//! ```
//! use sgam::{Cell, Domain, Zone, actors};
//!
//! assert_eq!(actors::VEN.cells, [Cell(Domain::CustomerPremises, Zone::Station)]);
//! assert!(actors::ALL.iter().all(|actor| !actor.cells.is_empty()));
//! ```

use crate::{Actor, Basis, Cell, Domain, Zone};

/// Every actor below, in the order of the chain.
pub const ALL: [&Actor; 17] = [
    &DSO,
    &CRO,
    &MDC,
    &BRP,
    &AGGREGATOR,
    &VTN_DSO,
    &VTN_AGGREGATOR,
    &VEN,
    &HOME_AUTOMATION,
    &CAD,
    &IHD,
    &COMMUNICATIONS_HUB,
    &GAS_PROXY,
    &ELECTRICITY_METER,
    &GAS_METER,
    &EV_CHARGER,
    &HEATER,
];

/// The actor with this [`id`](Actor::id).
pub fn from_id(id: &str) -> Option<&'static Actor> {
    ALL.into_iter().find(|actor| actor.id == id)
}

/// The distribution system operator, who buys flexibility to relieve its network (USEF role `DSO`).
pub const DSO: Actor = Actor {
    id: "dso",
    name: "DSO",
    cells: &[Cell(Domain::Distribution, Zone::Operation), Cell(Domain::Distribution, Zone::Enterprise)],
    basis: Basis::Derived("foresees congestion where it runs the network, buys flexibility as a company"),
};

/// The common reference operator, who keeps the register of congestion points (USEF role `CRO`).
pub const CRO: Actor = Actor {
    id: "cro",
    name: "CRO",
    cells: &[Cell(Domain::Distribution, Zone::Market)],
    basis: Basis::Derived("a register about the distribution grid that serves all who trade on it"),
};

/// The meter data company, who supplies metered volumes (role `MDC`, USEF 2015 only).
pub const MDC: Actor = Actor {
    id: "mdc",
    name: "Meter data company",
    cells: &[Cell(Domain::Distribution, Zone::Enterprise)],
    basis: Basis::Derived("settlement data of distribution connections, handled as a company service"),
};

/// The balance responsible party, who answers for deviations from its plan (role `BRP`, USEF 2015 only).
pub const BRP: Actor = Actor {
    id: "brp",
    name: "BRP",
    cells: &[Cell(Domain::Transmission, Zone::Market)],
    basis: Basis::ProjectAssertion(
        "its portfolio spans domains; it is drawn where imbalance is settled, with the transmission system",
    ),
};

/// The aggregator as a party, who gathers flexibility and sells it (USEF role `AGR`).
pub const AGGREGATOR: Actor = Actor {
    id: "agr",
    name: "Aggregator",
    cells: &[Cell(Domain::Der, Zone::Enterprise), Cell(Domain::Der, Zone::Market)],
    basis: Basis::ProjectAssertion(
        "a company that trades; the model has no domain for a portfolio, and DER is the nearest",
    ),
};

/// The OpenADR server at the network operator (OpenADR role `VTN`).
pub const VTN_DSO: Actor = Actor {
    id: "vtn-dso",
    name: "VTN at the DSO",
    cells: &[Cell(Domain::Distribution, Zone::Operation), Cell(Domain::Distribution, Zone::Enterprise)],
    basis: Basis::Derived("dispatch is part of running the network, programmes and enrolment are commercial"),
};

/// The demand-response management system at the aggregator, with its OpenADR server (OpenADR role `VTN`).
///
/// Towards a [`VTN_DSO`] the same system plays the VEN.
pub const VTN_AGGREGATOR: Actor = Actor {
    id: "vtn-aggregator",
    name: "DRMS, VTN at the aggregator",
    cells: &[Cell(Domain::Der, Zone::Operation), Cell(Domain::Der, Zone::Enterprise)],
    basis: Basis::Derived(
        "the operation zone covers systems that steer many resources as one; enrolment is commercial",
    ),
};

/// The home energy management system (OpenADR role `VEN`).
pub const VEN: Actor = Actor {
    id: "ven",
    name: "VEN, home energy manager",
    cells: &[Cell(Domain::CustomerPremises, Zone::Station)],
    basis: Basis::Derived("it gathers the devices of one place, which is the station zone"),
};

/// The home automation server with its MQTT broker.
pub const HOME_AUTOMATION: Actor = Actor {
    id: "home-automation",
    name: "Home automation, MQTT broker",
    cells: &[Cell(Domain::CustomerPremises, Zone::Station)],
    basis: Basis::Derived("it gathers the devices of one place, which is the station zone"),
};

/// The consumer access device, which reads the meters for the customer (`CAD`, Zigbee Smart Energy).
pub const CAD: Actor = Actor {
    id: "cad",
    name: "CAD",
    cells: &[Cell(Domain::CustomerPremises, Zone::Station)],
    basis: Basis::Derived("it gathers the readings of one place, which is the station zone"),
};

/// The in-home display (`IHD`, Zigbee Smart Energy).
pub const IHD: Actor = Actor {
    id: "ihd",
    name: "In-home display",
    cells: &[Cell(Domain::CustomerPremises, Zone::Station)],
    basis: Basis::Derived("it gathers the readings of one place, which is the station zone"),
};

/// The communications hub, coordinator and trust centre of the home area network (`CHF`, Zigbee Smart
/// Energy).
pub const COMMUNICATIONS_HUB: Actor = Actor {
    id: "communications-hub",
    name: "Communications hub",
    cells: &[Cell(Domain::CustomerPremises, Zone::Station)],
    basis: Basis::Derived("it gathers the meters of one place and links them to the outside"),
};

/// The gas proxy, which answers for a gas meter that sleeps (`GPF`, Zigbee Smart Energy).
pub const GAS_PROXY: Actor = Actor {
    id: "gpf",
    name: "Gas proxy",
    cells: &[Cell(Domain::CustomerPremises, Zone::Station)],
    basis: Basis::Derived("a mirror inside the communications hub, so it stands where the hub does"),
};

/// The electricity meter (`ESME`, Zigbee Smart Energy).
pub const ELECTRICITY_METER: Actor = Actor {
    id: "esme",
    name: "Electricity meter",
    cells: &[Cell(Domain::CustomerPremises, Zone::Field)],
    basis: Basis::Derived("it measures the process, which is the field zone"),
};

/// The gas meter (`GSME`, Zigbee Smart Energy).
pub const GAS_METER: Actor = Actor {
    id: "gsme",
    name: "Gas meter",
    cells: &[Cell(Domain::CustomerPremises, Zone::Field)],
    basis: Basis::Derived("it measures the process, which is the field zone"),
};

/// The charging point of an electric vehicle at home.
pub const EV_CHARGER: Actor = Actor {
    id: "ev-charger",
    name: "EV charger",
    cells: &[Cell(Domain::CustomerPremises, Zone::Process), Cell(Domain::CustomerPremises, Zone::Field)],
    basis: Basis::Derived("it converts energy and carries its own control; behind the meter is not DER"),
};

/// An electric heater or heat pump with its switch.
pub const HEATER: Actor = Actor {
    id: "heater",
    name: "Heater",
    cells: &[Cell(Domain::CustomerPremises, Zone::Process), Cell(Domain::CustomerPremises, Zone::Field)],
    basis: Basis::Derived("it converts energy and carries its own control"),
};

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn places_every_actor_in_a_cell_and_says_why() {
        for actor in ALL {
            assert!(!actor.cells.is_empty(), "{} has no cell", actor.id);
            assert!(!actor.basis.text().is_empty(), "{} gives no reason", actor.id);
            let cells: BTreeSet<_> = actor.cells.iter().collect();
            assert_eq!(cells.len(), actor.cells.len(), "{} repeats a cell", actor.id);
        }
    }

    #[test]
    fn gives_every_actor_its_own_id_in_lower_case() {
        let ids: BTreeSet<_> = ALL.iter().map(|actor| actor.id).collect();
        assert_eq!(ids.len(), ALL.len());
        assert!(ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    }

    #[test]
    fn finds_an_actor_by_its_id() {
        assert_eq!(from_id("esme"), Some(&ELECTRICITY_METER));
        assert_eq!(from_id("ESME"), None);
    }

    #[test]
    fn keeps_home_equipment_in_the_customer_premises() {
        for actor in [VEN, CAD, IHD, ELECTRICITY_METER, GAS_METER, EV_CHARGER, HEATER] {
            assert!(actor.cells.iter().all(|cell| cell.domain() == Domain::CustomerPremises), "{actor}");
        }
    }
}
