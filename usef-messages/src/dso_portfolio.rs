//! The grid operator's congestion points in the common reference, and who is connected to them.
//!
//! ```
//! use usef_messages::dso_portfolio::UpdatedConnection;
//! let connection = UpdatedConnection {
//!     entity_address: "ean.871685900012636543".parse()?,
//!     start_period: "2026-12-01".parse()?,
//!     end_period: Some("2027-11-30".parse()?),
//! };
//! assert!(connection.end_period.is_some());
//! # Ok::<(), usef_messages::values::NotInList>(())
//! ```

use crate::message::{message, part, responds};
use crate::values::{Domain, EntityAddress, Period, RedispatchBy, TimeZone, Uuid};

message! {
    /// DSO to CRO: asks which aggregators are at a congestion point (`DSOPortfolioQuery`).
    pub struct DsoPortfolioQuery {
        /// Whose midnight the day starts at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// The day it asks about.
        #[xml("@Period")]
        pub period: Period,
        /// The congestion point.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
    }
}

message! {
    /// CRO to DSO: the connections at the congestion point, and who represents them (`DSOPortfolioQueryResponse`).
    pub struct DsoPortfolioQueryResponse: Answers {
        /// The query.
        #[xml("@DSOPortfolioQueryMessageID")]
        pub dso_portfolio_query_message_id: Uuid,
        /// Whose midnight the day starts at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// The day it is about.
        #[xml("@Period")]
        pub period: Period,
        /// The congestion point.
        #[xml("CongestionPoint")]
        pub congestion_point: Option<CongestionPoint>,
    }
}

part! {
    /// A congestion point with all its connections (`CongestionPoint`).
    pub struct CongestionPoint {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// One at least.
        #[xml("Connection+")]
        pub connections: Vec<Connection>,
    }
}

part! {
    /// A connection, and who represents it (`Connection`).
    pub struct Connection {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// The aggregator, if it has one.
        #[xml("@AGR-Domain")]
        pub agr_domain: Option<Domain>,
    }
}

message! {
    /// DSO to CRO: which congestion points there are, and what is connected to them (`DSOPortfolioUpdate`).
    pub struct DsoPortfolioUpdate {
        /// Whose midnight the days start at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// One at least.
        #[xml("CongestionPoint+")]
        pub congestion_points: Vec<UpdatedCongestionPoint>,
    }
}

part! {
    /// A congestion point, from when to when it is one, and the rules of trade there (`CongestionPoint`).
    pub struct UpdatedCongestionPoint {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// The first day.
        #[xml("@StartPeriod")]
        pub start_period: Period,
        /// The last day; absent until further notice.
        #[xml("@EndPeriod")]
        pub end_period: Option<Period>,
        /// Whether an offer may hold options that exclude each other.
        #[xml("@MutexOffersSupported")]
        pub mutex_offers_supported: bool,
        /// Who redispatches on the day-ahead market.
        #[xml("@DayAheadRedispatchBy")]
        pub day_ahead_redispatch_by: RedispatchBy,
        /// Who redispatches on the intraday market.
        #[xml("@IntradayRedispatchBy")]
        pub intraday_redispatch_by: Option<RedispatchBy>,
        /// One at least.
        #[xml("Connection+")]
        pub connections: Vec<UpdatedConnection>,
    }
}

part! {
    /// A connection, and from when to when it belongs to the congestion point (`Connection`).
    pub struct UpdatedConnection {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
        /// The first day.
        #[xml("@StartPeriod")]
        pub start_period: Period,
        /// The last day; absent until further notice.
        #[xml("@EndPeriod")]
        pub end_period: Option<Period>,
    }
}

message! {
    /// CRO to DSO: whether the congestion points were taken (`DSOPortfolioUpdateResponse`).
    pub struct DsoPortfolioUpdateResponse: Answers {
        /// The update. The attribute is named as if it were this response; so it stands in the schema.
        #[xml("@DSOPortfolioUpdateResponseMessageID")]
        pub dso_portfolio_update_message_id: Uuid,
    }
}

responds! {
    DsoPortfolioQuery => DsoPortfolioQueryResponse {
        dso_portfolio_query_message_id: request.message_id.clone(),
        time_zone: request.time_zone.clone(),
        period: request.period,
        congestion_point: None,
    }, |request, _answer|
}

responds! {
    DsoPortfolioUpdate => DsoPortfolioUpdateResponse {
        dso_portfolio_update_message_id: request.message_id.clone(),
    }, |request, _answer|
}
