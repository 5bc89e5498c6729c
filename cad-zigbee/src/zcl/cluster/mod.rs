//! What the clusters of Smart Energy have: attributes and commands with their names and types.
//!
//! The tables are generated: see `examples/generate_tables.rs`.
//!
//! ```
//! use cad_zigbee::zcl::{AttributeId, ClusterId, Direction, cluster};
//!
//! let metering = cluster::find(ClusterId::METERING).unwrap();
//! let attribute = metering.attribute(Direction::ServerToClient, AttributeId(0x0000)).unwrap();
//! assert_eq!((attribute.name, attribute.data_type.name()), ("current summation delivered", "uint48"));
//! assert_eq!(attribute.access, cluster::Access::ReadOnly);
//! assert_eq!(metering.command(Direction::ServerToClient, 0x06).unwrap().name, "PublishSnapshot");
//! ```

mod basic;
mod calendar;
mod demand_response;
mod device_management;
mod electrical_measurement;
mod energy_management;
mod events;
mod foundation;
pub mod layout;
mod messaging;
mod metering;
mod prepayment;
mod price;
mod security;
mod tunneling;

use super::{AttributeId, ClusterId, Direction};
use crate::zcl::data_type::DataType;
use layout::Layout;

/// A cluster.
#[derive(Debug)]
pub struct Cluster {
    /// Its identifier.
    pub id: ClusterId,
    /// Its name.
    pub name: &'static str,
    /// What its server has: attributes in order of their identifiers, and commands that it sends.
    server: Side,
    /// What its client has.
    client: Side,
}

#[derive(Debug)]
struct Side {
    attributes: &'static [Attribute],
    commands: &'static [Command],
}

/// An attribute of one side of a cluster.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its identifier.
    pub id: AttributeId,
    /// The type the standard gives it; a device may use another.
    pub data_type: DataType,
    /// Its name.
    pub name: &'static str,
    /// What the other side may do with it.
    pub access: Access,
}

/// What the other side may do with an attribute; a device may allow less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read it.
    ReadOnly,
    /// Read and write it.
    ReadWrite,
}

/// A command that one side of a cluster sends.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Its identifier.
    pub id: u8,
    /// Its name.
    pub name: &'static str,
    /// Its fields in wire order. Any number at the end may be absent: later editions added fields.
    pub fields: &'static [Field],
}

/// A field of a command.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it consists of.
    pub layout: Layout,
}

impl Cluster {
    /// An attribute of the side that sends in this direction.
    pub fn attribute(&self, sender: Direction, id: AttributeId) -> Option<&'static Attribute> {
        let attributes = self.side(sender).attributes;
        let index = attributes.binary_search_by_key(&id, |attribute| attribute.id).ok()?;
        attributes.get(index)
    }

    /// All attributes of the side that sends in this direction, in order of their identifiers.
    pub const fn attributes(&self, sender: Direction) -> &'static [Attribute] {
        self.side(sender).attributes
    }

    /// A command sent in this direction.
    pub fn command(&self, direction: Direction, id: u8) -> Option<&'static Command> {
        self.side(direction).commands.iter().find(|command| command.id == id)
    }

    /// All commands sent in this direction.
    pub const fn commands(&self, direction: Direction) -> &'static [Command] {
        self.side(direction).commands
    }

    const fn side(&self, sender: Direction) -> &Side {
        match sender {
            Direction::ServerToClient => &self.server,
            Direction::ClientToServer => &self.client,
        }
    }
}

/// An attribute that is only read.
const fn attribute(id: u16, data_type: DataType, name: &'static str) -> Attribute {
    Attribute { id: AttributeId(id), data_type, name, access: Access::ReadOnly }
}

/// An attribute that may be written too.
const fn writable(id: u16, data_type: DataType, name: &'static str) -> Attribute {
    Attribute { id: AttributeId(id), data_type, name, access: Access::ReadWrite }
}

const fn command(id: u8, name: &'static str, fields: &'static [Field]) -> Command {
    Command { id, name, fields }
}

/// A field that is one value.
const fn value(name: &'static str, data_type: DataType) -> Field {
    Field { name, layout: Layout::Value(data_type) }
}

/// A field of another layout.
const fn field(name: &'static str, layout: Layout) -> Field {
    Field { name, layout }
}

/// The cluster with this identifier, where the tables have it.
pub fn find(id: ClusterId) -> Option<&'static Cluster> {
    all().find(|cluster| cluster.id == id)
}

/// All clusters in the tables.
pub fn all() -> impl Iterator<Item = &'static Cluster> {
    [
        metering::CLUSTERS,
        price::CLUSTERS,
        demand_response::CLUSTERS,
        messaging::CLUSTERS,
        tunneling::CLUSTERS,
        prepayment::CLUSTERS,
        energy_management::CLUSTERS,
        calendar::CLUSTERS,
        device_management::CLUSTERS,
        events::CLUSTERS,
        security::CLUSTERS,
        basic::CLUSTERS,
        foundation::CLUSTERS,
        electrical_measurement::CLUSTERS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::{all, find};
    use crate::zcl::{AttributeId, ClusterId, Direction};

    #[test]
    fn attributes_are_sorted_so_that_each_is_found() {
        for cluster in all() {
            for side in [Direction::ServerToClient, Direction::ClientToServer] {
                assert!(cluster.attributes(side).is_sorted_by(|a, b| a.id < b.id), "{}", cluster.name);
            }
        }
    }

    #[test]
    fn the_two_sides_are_told_apart() {
        let management = find(ClusterId::DEVICE_MANAGEMENT).unwrap();
        let name = |side| management.attribute(side, AttributeId(0x0100)).unwrap().name;
        assert_eq!(name(Direction::ServerToClient), "provider id (server)");
        assert_eq!(name(Direction::ClientToServer), "tou tariff activation");
        assert!(find(ClusterId(0xFC00)).is_none());
    }
}
