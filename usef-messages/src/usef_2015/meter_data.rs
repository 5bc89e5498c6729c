//! A meter data company is asked for metered volumes (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::meter_data::PtuMeterData;
//! let ptu = PtuMeterData { power_w: -500, start: 1, duration: None };
//! assert_eq!(ptu.consumption_w(), Some(500)); // negative is consumption here
//! ```

use xml_wire::{DateTime, Fragment, XmlText};

use super::message;
use super::metadata::QueryOutcome;
use crate::message::part;
use crate::values::{Domain, EntityAddress, Period};

message! {
    /// BRP or DSO to MDC: asks for the volumes of connections in a span of days (`MeterDataQuery`).
    pub struct MeterDataQuery {
        /// The first day.
        #[xml("@DateRangeStart")]
        pub date_range_start: Period,
        /// The last day.
        #[xml("@DateRangeEnd")]
        pub date_range_end: Period,
        /// What it asks for; absent is usage.
        #[xml("@QueryType")]
        pub query_type: Option<QueryType>,
        /// The connections, in groups.
        #[xml("Connections*")]
        pub connections: Vec<Connections>,
    }
}

impl MeterDataQuery {
    /// What it asks for, the schema's default included.
    pub fn query_type(&self) -> QueryType {
        self.query_type.unwrap_or(QueryType::Usage)
    }
}

/// Which meter data is meant (`MeterDataQueryType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum QueryType {
    /// All there is.
    #[xml("Any")]
    Any,
    /// Power by program time unit.
    #[xml("Usage")]
    Usage,
    /// What happened to connections.
    #[xml("Events")]
    Events,
}

part! {
    /// A group of connections (`Connections`).
    pub struct Connections {
        /// What the group belongs to: a congestion point or a balance responsible party.
        #[xml("@Parent")]
        pub parent: String,
        /// The connections.
        #[xml("Connection*")]
        pub connections: Vec<EntityAddress>,
    }
}

message! {
    /// MDC to BRP or DSO: the volumes (`MeterDataQueryResponse`).
    pub struct MeterDataQueryResponse {
        /// Whether the query was answered.
        #[xml("@Result")]
        pub result: QueryOutcome,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
        /// The first day asked for.
        #[xml("@DateRangeStart")]
        pub date_range_start: Period,
        /// The last day asked for.
        #[xml("@DateRangeEnd")]
        pub date_range_end: Period,
        /// What was asked for.
        #[xml("@QueryType")]
        pub query_type: QueryType,
        /// The volumes, by group.
        #[xml("MeterDataSet*")]
        pub meter_data_sets: Vec<MeterDataSet>,
    }
}

part! {
    /// The data of a group of connections (`MeterDataSet`).
    pub struct MeterDataSet {
        /// What the group belongs to; any text.
        #[xml("@EntityAddress")]
        pub entity_address: String,
        /// Its days.
        #[xml("MeterData*")]
        pub meter_data: Vec<MeterData>,
    }
}

part! {
    /// The data of a day (`MeterData`).
    pub struct MeterData {
        /// The day.
        #[xml("@Period")]
        pub period: Period,
        /// Volumes by connection, or of several together.
        #[xml("ConnectionMeterData*")]
        pub connection_meter_data: Vec<ConnectionMeterData>,
        /// What happened to connections.
        #[xml("ConnectionMeterEvent*")]
        pub connection_meter_events: Vec<ConnectionMeterEvent>,
        /// What other namespaces add, as it stands.
        #[xml(other)]
        pub extensions: Vec<Fragment>,
    }
}

part! {
    /// The volumes of a connection, or of several together (`ConnectionMeterData`).
    pub struct ConnectionMeterData {
        /// The connection, where it is one.
        #[xml("@EntityAddress")]
        pub entity_address: Option<EntityAddress>,
        /// How many connections, where they are several; the schema allows any number.
        #[xml("@EntityCount")]
        pub entity_count: Option<i64>,
        /// Who represents them.
        #[xml("@AGR-Domain")]
        pub agr_domain: Option<Domain>,
        /// The power by program time unit.
        #[xml("PTU-MeterData*")]
        pub ptu_meter_data: Vec<PtuMeterData>,
        /// What other namespaces add, as it stands.
        #[xml(other)]
        pub extensions: Vec<Fragment>,
    }
}

part! {
    /// A run of program time units with the same metered power (`PTU-MeterData`).
    ///
    /// The schema allows any start and duration, also below 1.
    pub struct PtuMeterData {
        /// The power in watts. Unlike everywhere else, negative is consumption: so the schema's documentation says.
        #[xml("@Power")]
        pub power_w: i64,
        /// The first unit, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: i64,
        /// How many units; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<i64>,
    }
}

impl PtuMeterData {
    /// How many units, the schema's default included.
    pub fn duration_ptus(&self) -> i64 {
        self.duration.unwrap_or(1)
    }

    /// The power with the sign of all other messages, positive for consumption; `None` for the one number that has no opposite.
    pub fn consumption_w(&self) -> Option<i64> {
        self.power_w.checked_neg()
    }
}

part! {
    /// Something that happened to a connection (`ConnectionMeterEvent`).
    pub struct ConnectionMeterEvent {
        /// The connection.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// What happened.
        #[xml("@EventType")]
        pub event_type: EventType,
        /// The most power allowed in watts, for capacity management; absent at its end.
        #[xml("@EventData")]
        pub event_data: Option<i64>,
        /// When.
        #[xml("@EventDateTime")]
        pub event_date_time: DateTime,
    }
}

/// What happened to a connection (`MeterEventType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum EventType {
    /// Its power was limited, or no longer.
    #[xml("CapacityManagement")]
    CapacityManagement,
    /// It was cut off.
    #[xml("ConnectionInterruption")]
    ConnectionInterruption,
    /// It was restored.
    #[xml("ConnectionResumption")]
    ConnectionResumption,
}
