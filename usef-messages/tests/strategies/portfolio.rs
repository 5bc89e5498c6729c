//! The messages of UFTP about portfolios: who is connected where.

use proptest::option;
use proptest::prelude::*;
use usef_messages::{agr_portfolio, dso_portfolio};

use super::{address, any_of, domain, list, period, redispatch_by, some, time_zone, uuid};

any_of!(agr_portfolio_query: agr_portfolio::AgrPortfolioQuery: Message {
    time_zone: time_zone(),
    period: period(),
});

any_of!(agr_portfolio_query_response: agr_portfolio::AgrPortfolioQueryResponse: Answers {
    time_zone: time_zone(),
    agr_portfolio_query_message_id: uuid(),
    period: period(),
    dso_views: some(agr_portfolio_dso_view()),
});

any_of!(agr_portfolio_dso_view: agr_portfolio::DsoView {
    dso_portfolios: some(agr_portfolio_dso_portfolio()),
    connections: list(agr_portfolio_connection_address()),
});

any_of!(agr_portfolio_dso_portfolio: agr_portfolio::DsoPortfolio {
    dso_domain: domain(),
    congestion_points: some(agr_portfolio_congestion_point()),
});

any_of!(agr_portfolio_congestion_point: agr_portfolio::CongestionPoint {
    entity_address: address(),
    mutex_offers_supported: any::<bool>(),
    day_ahead_redispatch_by: redispatch_by(),
    intraday_redispatch_by: option::of(redispatch_by()),
    connections: some(agr_portfolio_connection_address()),
});

any_of!(agr_portfolio_connection_address: agr_portfolio::ConnectionAddress {
    entity_address: address(),
});

any_of!(agr_portfolio_update: agr_portfolio::AgrPortfolioUpdate: Message {
    time_zone: time_zone(),
    connections: some(agr_portfolio_connection()),
});

any_of!(agr_portfolio_connection: agr_portfolio::Connection {
    entity_address: address(),
    start_period: period(),
    end_period: option::of(period()),
});

any_of!(agr_portfolio_update_response: agr_portfolio::AgrPortfolioUpdateResponse: Answers {
    agr_portfolio_update_message_id: uuid(),
});

any_of!(dso_portfolio_query: dso_portfolio::DsoPortfolioQuery: Message {
    time_zone: time_zone(),
    period: period(),
    entity_address: address(),
});

any_of!(dso_portfolio_query_response: dso_portfolio::DsoPortfolioQueryResponse: Answers {
    dso_portfolio_query_message_id: uuid(),
    time_zone: time_zone(),
    period: period(),
    congestion_point: option::of(dso_portfolio_congestion_point()),
});

any_of!(dso_portfolio_congestion_point: dso_portfolio::CongestionPoint {
    entity_address: address(),
    connections: some(dso_portfolio_connection()),
});

any_of!(dso_portfolio_connection: dso_portfolio::Connection {
    entity_address: address(),
    agr_domain: option::of(domain()),
});

any_of!(dso_portfolio_update: dso_portfolio::DsoPortfolioUpdate: Message {
    time_zone: time_zone(),
    congestion_points: some(dso_portfolio_updated_congestion_point()),
});

any_of!(dso_portfolio_updated_congestion_point: dso_portfolio::UpdatedCongestionPoint {
    entity_address: address(),
    start_period: period(),
    end_period: option::of(period()),
    mutex_offers_supported: any::<bool>(),
    day_ahead_redispatch_by: redispatch_by(),
    intraday_redispatch_by: option::of(redispatch_by()),
    connections: some(dso_portfolio_updated_connection()),
});

any_of!(dso_portfolio_updated_connection: dso_portfolio::UpdatedConnection {
    entity_address: address(),
    start_period: period(),
    end_period: option::of(period()),
});

any_of!(dso_portfolio_update_response: dso_portfolio::DsoPortfolioUpdateResponse: Answers {
    dso_portfolio_update_message_id: uuid(),
});
