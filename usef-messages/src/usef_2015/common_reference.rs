//! The register of congestion points and connections (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::common_reference::Connection;
//! let connection = Connection {
//!     entity_address: "ean.871685900012636543".parse()?,
//!     is_customer: None,
//!     brp_domain: None,
//!     agr_domain: None,
//! };
//! assert!(!connection.is_customer());
//! # Ok::<(), usef_messages::values::NotInList>(())
//! ```

use xml_wire::{Fragment, XmlText};

use super::message;
use super::metadata::QueryOutcome;
use crate::message::part;
use crate::values::{Domain, EntityAddress, Outcome};

message! {
    /// To the CRO: asks who is at a congestion point, or where connections belong (`CommonReferenceQuery`).
    pub struct CommonReferenceQuery: Closed {
        /// What it asks about; absent is congestion points.
        #[xml("@Entity")]
        pub entity: Option<Entity>,
        /// Which one; absent for all that the sender may see.
        #[xml("@EntityAddress")]
        pub entity_address: Option<EntityAddress>,
        /// The connections it asks about.
        #[xml("ConnectionEntityAddress*")]
        pub connection_entity_addresses: Vec<EntityAddress>,
    }
}

impl CommonReferenceQuery {
    /// What it asks about, the schema's default included.
    pub fn entity(&self) -> Entity {
        self.entity.unwrap_or(Entity::CongestionPoint)
    }
}

/// What the register is asked or told about (`CommonReferenceEntityType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Entity {
    /// Congestion points.
    #[xml("CongestionPoint")]
    CongestionPoint,
    /// Aggregators and their connections.
    #[xml("Aggregator")]
    Aggregator,
    /// Balance responsible parties and their connections.
    #[xml("BRP")]
    Brp,
}

message! {
    /// From the CRO: what was asked for (`CommonReferenceQueryResponse`).
    pub struct CommonReferenceQueryResponse {
        /// Whether the query was answered.
        #[xml("@Result")]
        pub result: QueryOutcome,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
        /// The congestion points.
        #[xml("CongestionPoint*")]
        pub congestion_points: Vec<CongestionPoint>,
        /// The connections.
        #[xml("Connection*")]
        pub connections: Vec<Connection>,
    }
}

part! {
    /// A congestion point (`CongestionPoint`).
    pub struct CongestionPoint {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// Its grid operator.
        #[xml("@DSO-Domain")]
        pub dso_domain: Option<Domain>,
        /// The connections there.
        #[xml("Connection*")]
        pub connections: Vec<Connection>,
        /// The aggregators there.
        #[xml("Aggregator*")]
        pub aggregators: Vec<Aggregator>,
        /// What other namespaces add, as it stands.
        #[xml(other)]
        pub extensions: Vec<Fragment>,
    }
}

part! {
    /// A connection, and who represents it (`Connection`).
    pub struct Connection {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// Whether it is a customer of the aggregator that says so; absent is no.
        #[xml("@IsCustomer")]
        pub is_customer: Option<bool>,
        /// Its balance responsible party.
        #[xml("@BRP-Domain")]
        pub brp_domain: Option<Domain>,
        /// Its aggregator.
        #[xml("@AGR-Domain")]
        pub agr_domain: Option<Domain>,
    }
}

impl Connection {
    /// Whether it is a customer of the aggregator that says so, the schema's default included.
    pub fn is_customer(&self) -> bool {
        self.is_customer.unwrap_or(false)
    }
}

part! {
    /// How many connections an aggregator has at a congestion point (`Aggregator`).
    pub struct Aggregator {
        /// The aggregator; absent for those that have none.
        #[xml("@Domain")]
        pub domain: Option<Domain>,
        /// How many connections; the schema allows any number.
        #[xml("@ConnectionCount")]
        pub connection_count: i64,
    }
}

message! {
    /// To the CRO: the connections of a congestion point, an aggregator or a balance responsible party
    /// (`CommonReferenceUpdate`).
    pub struct CommonReferenceUpdate {
        /// Whose connections they are.
        #[xml("@Entity")]
        pub entity: Entity,
        /// The congestion point.
        #[xml("@EntityAddress")]
        pub entity_address: Option<EntityAddress>,
        /// The connections.
        #[xml("Connection*")]
        pub connections: Vec<Connection>,
    }
}

message! {
    /// From the CRO: whether the connections were taken (`CommonReferenceUpdateResponse`).
    pub struct CommonReferenceUpdateResponse {
        /// Whether they were.
        #[xml("@Result")]
        pub result: Outcome,
        /// The congestion point.
        #[xml("@EntityAddress")]
        pub entity_address: Option<EntityAddress>,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
    }
}
