//! The aggregator's portfolio in the common reference: its connections, and where they stand in the grid.
//!
//! ```
//! use usef_messages::agr_portfolio::Connection;
//! let connection = Connection {
//!     entity_address: "ean.871685900012636543".parse()?,
//!     start_period: "2026-12-01".parse()?,
//!     end_period: None, // until further notice
//! };
//! assert_eq!(connection.start_period.to_string(), "2026-12-01");
//! # Ok::<(), usef_messages::values::NotInList>(())
//! ```

use xml_wire::DateTime;

use crate::message::{Answer, Message as _, message, part, responds};
use crate::values::{Domain, EntityAddress, Period, RedispatchBy, TimeZone, Uuid};

message! {
    /// AGR to CRO: asks which congestion points its connections belong to (`AGRPortfolioQuery`).
    pub struct AgrPortfolioQuery {
        /// Whose midnight the day starts at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// The day it asks about.
        #[xml("@Period")]
        pub period: Period,
    }
}

message! {
    /// CRO to AGR: its connections by congestion point (`AGRPortfolioQueryResponse`).
    pub struct AgrPortfolioQueryResponse: Answers {
        /// Whose midnight the day starts at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// The query.
        #[xml("@AGRPortfolioQueryMessageID")]
        pub agr_portfolio_query_message_id: Uuid,
        /// The day it is about.
        #[xml("@Period")]
        pub period: Period,
        /// One at least, even in a rejection.
        #[xml("DSO-View+")]
        pub dso_views: Vec<DsoView>,
    }
}

part! {
    /// The connections seen by grid operator (`DSO-View`).
    pub struct DsoView {
        /// Those at a congestion point; one at least.
        #[xml("DSO-Portfolio+")]
        pub dso_portfolios: Vec<DsoPortfolio>,
        /// Those at none.
        #[xml("Connection*")]
        pub connections: Vec<ConnectionAddress>,
    }
}

part! {
    /// The congestion points of one grid operator (`DSO-Portfolio`).
    pub struct DsoPortfolio {
        /// The grid operator.
        #[xml("@DSO-Domain")]
        pub dso_domain: Domain,
        /// One at least.
        #[xml("CongestionPoint+")]
        pub congestion_points: Vec<CongestionPoint>,
    }
}

part! {
    /// A congestion point with the connections that the aggregator has there (`CongestionPoint`).
    pub struct CongestionPoint {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
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
        pub connections: Vec<ConnectionAddress>,
    }
}

part! {
    /// A connection by its address alone (`Connection`).
    pub struct ConnectionAddress {
        /// Its address.
        #[xml("@EntityAddress")]
        pub entity_address: EntityAddress,
    }
}

message! {
    /// AGR to CRO: which connections it represents (`AGRPortfolioUpdate`).
    pub struct AgrPortfolioUpdate {
        /// Whose midnight the days start at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// One at least.
        #[xml("Connection+")]
        pub connections: Vec<Connection>,
    }
}

part! {
    /// A connection, and from when to when it is represented (`Connection`).
    pub struct Connection {
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
    /// CRO to AGR: whether the portfolio was taken (`AGRPortfolioUpdateResponse`).
    pub struct AgrPortfolioUpdateResponse: Answers {
        /// The update.
        #[xml("@AGRPortfolioUpdateMessageID")]
        pub agr_portfolio_update_message_id: Uuid,
    }
}

impl AgrPortfolioQuery {
    /// The response with what was asked for; the schema wants one view at least, even in a rejection.
    pub fn respond(
        &self,
        answer: Answer,
        dso_views: Vec<DsoView>,
        message_id: Uuid,
        time_stamp: DateTime,
    ) -> AgrPortfolioQueryResponse {
        let header = self.header().reply(message_id, time_stamp);
        AgrPortfolioQueryResponse {
            version: header.version,
            sender_domain: header.sender_domain,
            recipient_domain: header.recipient_domain,
            time_stamp: header.time_stamp,
            message_id: header.message_id,
            conversation_id: header.conversation_id,
            result: answer.result,
            rejection_reason: answer.rejection_reason,
            time_zone: self.time_zone.clone(),
            agr_portfolio_query_message_id: self.message_id.clone(),
            period: self.period,
            dso_views,
        }
    }
}

responds! {
    AgrPortfolioUpdate => AgrPortfolioUpdateResponse {
        agr_portfolio_update_message_id: request.message_id.clone(),
    }, |request, _answer|
}
