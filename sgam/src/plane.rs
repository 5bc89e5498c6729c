//! The smart grid plane: five domains by six zones.

use core::fmt;

/// A part of the energy conversion chain, from the power station to the plug.
///
/// The order is the model's own, so `BulkGeneration < CustomerPremises`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// Large plants that feed the transmission grid: nuclear, hydro, gas, offshore wind.
    BulkGeneration,
    /// The grid that carries power over long distances.
    Transmission,
    /// The grid that brings power to customers.
    Distribution,
    /// Small resources that connect straight to the public distribution grid and may be steered by its
    /// operator.
    Der,
    /// Homes, offices and plants, with what they own: solar panels, chargers and batteries behind the meter
    /// too.
    CustomerPremises,
}

impl Domain {
    /// Every domain, in the model's order.
    pub const ALL: [Self; 5] =
        [Self::BulkGeneration, Self::Transmission, Self::Distribution, Self::Der, Self::CustomerPremises];

    /// The name people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::BulkGeneration => "Bulk Generation",
            Self::Transmission => "Transmission",
            Self::Distribution => "Distribution",
            Self::Der => "DER",
            Self::CustomerPremises => "Customer Premises",
        }
    }

    /// The name programs read, in JSON and on command lines; it never changes.
    pub const fn id(self) -> &'static str {
        match self {
            Self::BulkGeneration => "bulk-generation",
            Self::Transmission => "transmission",
            Self::Distribution => "distribution",
            Self::Der => "der",
            Self::CustomerPremises => "customer-premises",
        }
    }

    /// The domain with this [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|domain| domain.id() == id)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// A level of power system management, from the physics up to the market.
///
/// The order is the model's own, so `Process < Market`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Where energy is converted or moved, and the equipment that does it.
    Process,
    /// Devices that protect, control and measure the process.
    Field,
    /// What gathers the field devices of one place: concentrators, local control.
    Station,
    /// Running the system of one domain: network control, fleets, virtual power plants.
    Operation,
    /// The commercial and organisational side of a company: customers, billing, assets.
    Enterprise,
    /// Trade in energy and flexibility between companies.
    Market,
}

impl Zone {
    /// Every zone, in the model's order.
    pub const ALL: [Self; 6] =
        [Self::Process, Self::Field, Self::Station, Self::Operation, Self::Enterprise, Self::Market];

    /// The name people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Process => "Process",
            Self::Field => "Field",
            Self::Station => "Station",
            Self::Operation => "Operation",
            Self::Enterprise => "Enterprise",
            Self::Market => "Market",
        }
    }

    /// The name programs read, in JSON and on command lines; it never changes.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Field => "field",
            Self::Station => "station",
            Self::Operation => "operation",
            Self::Enterprise => "enterprise",
            Self::Market => "market",
        }
    }

    /// The zone with this [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|zone| zone.id() == id)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// One of the thirty fields of the smart grid plane.
///
/// ```
/// use sgam::{Cell, Domain, Zone};
///
/// let cell = Cell(Domain::CustomerPremises, Zone::Station);
/// assert_eq!(cell.to_string(), "Customer Premises/Station");
/// assert_eq!(Cell::all().count(), 30);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(pub Domain, pub Zone);

impl Cell {
    /// Every cell, domain by domain.
    pub fn all() -> impl Iterator<Item = Self> {
        Domain::ALL.into_iter().flat_map(|domain| Zone::ALL.into_iter().map(move |zone| Self(domain, zone)))
    }

    /// The column of the plane.
    pub const fn domain(self) -> Domain {
        self.0
    }

    /// The row of the plane.
    pub const fn zone(self) -> Zone {
        self.1
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn lists_every_axis_value_in_order_and_once() {
        assert!(Domain::ALL.is_sorted_by(|a, b| a < b));
        assert!(Zone::ALL.is_sorted_by(|a, b| a < b));
        assert_eq!(Cell::all().collect::<BTreeSet<_>>().len(), 30);
    }

    #[test]
    fn finds_every_axis_value_by_its_id() {
        for domain in Domain::ALL {
            assert_eq!(Domain::from_id(domain.id()), Some(domain));
        }
        for zone in Zone::ALL {
            assert_eq!(Zone::from_id(zone.id()), Some(zone));
        }
        assert_eq!(Domain::from_id("Distribution"), None);
    }
}
