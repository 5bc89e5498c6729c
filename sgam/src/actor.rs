//! Who takes part in an exchange, and why it is drawn where it is.

use core::fmt;

use crate::{Cell, Domain, Zone};

/// A system, device or party, placed on the smart grid plane.
///
/// The actors of the demand-response chain are in [`actors`](crate::actors). Yours are one `const` each:
///
/// ```
/// use sgam::{Actor, Basis, Cell, Domain, Zone};
///
/// const BATTERY: Actor = Actor {
///     id: "home-battery",
///     name: "Home battery",
///     cells: &[Cell(Domain::CustomerPremises, Zone::Process)],
///     basis: Basis::Derived("it converts energy, and it stands behind the meter"),
/// };
/// assert!(BATTERY.in_domain(Domain::CustomerPremises));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The name programs read: lower case, words joined by hyphens, unique within a drawing.
    pub id: &'static str,
    /// The name people read.
    pub name: &'static str,
    /// Where it stands; at least one cell.
    pub cells: &'static [Cell],
    /// Where the placement comes from.
    pub basis: Basis,
}

impl Actor {
    /// Whether it has a cell in `domain`.
    pub fn in_domain(&self, domain: Domain) -> bool {
        self.cells.iter().any(|cell| cell.domain() == domain)
    }

    /// Whether it has a cell in `zone`.
    pub fn in_zone(&self, zone: Zone) -> bool {
        self.cells.iter().any(|cell| cell.zone() == zone)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

/// How far a placement can be trusted.
///
/// Few publications say in which cells a protocol's roles belong, and those that do differ. So every
/// placement says where it comes from, with the source or the reasoning as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// A publication says so; the text cites it.
    Published(&'static str),
    /// It follows from a published definition; the text says how.
    Derived(&'static str),
    /// This project chose it; the text says why.
    ProjectAssertion(&'static str),
}

impl Basis {
    /// The name programs read: `published`, `derived` or `project-assertion`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Published(_) => "published",
            Self::Derived(_) => "derived",
            Self::ProjectAssertion(_) => "project-assertion",
        }
    }

    /// The citation or the reasoning.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Published(text) | Self::Derived(text) | Self::ProjectAssertion(text) => text,
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id(), self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors;
    use alloc::string::ToString;

    #[test]
    fn knows_each_zone_it_stands_in() {
        assert!(actors::DSO.in_zone(Zone::Operation));
        assert!(!actors::DSO.in_zone(Zone::Process));
        assert!(!actors::DSO.in_domain(Domain::CustomerPremises));
    }

    #[test]
    fn names_the_kind_of_basis_before_its_text() {
        assert_eq!(Basis::Derived("from the zone").to_string(), "derived: from the zone");
        assert_eq!(Basis::ProjectAssertion("our choice").to_string(), "project-assertion: our choice");
        assert_eq!(Basis::Published("a report").to_string(), "published: a report");
    }
}
