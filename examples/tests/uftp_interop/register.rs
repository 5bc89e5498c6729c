//! The common reference operator: ours with their aggregator and grid operator, theirs with ours.

use examples::flex_trader::setup::Need;
use serde_json::json;
use usef_messages::agr_portfolio::Connection;
use usef_messages::dso_portfolio::{UpdatedCongestionPoint, UpdatedConnection};
use usef_messages::payload::{Kind, Payload};
use usef_messages::roles::store::MemoryStore;
use usef_messages::roles::{Agr, Cro, Dso, Subject};
use usef_messages::values::{EntityAddress, Outcome, RedispatchBy, Role};

use crate::peer::{accepted, answered, beside, domain, party};

fn subject() -> Subject {
    Need::default().tomorrow().expect("tomorrow").0
}

fn connection() -> EntityAddress {
    "ean.871685900000000001".parse().expect("an address")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_common_reference_operator_answers_their_participants_from_its_register() {
    let (cro, [mut agr, mut dso]) = beside(Role::Cro, [Role::Agr, Role::Dso], &[], |config, key, book| {
        Cro::new(config, key, book, MemoryStore::default(), rand::random()).expect("an empty store")
    })
    .await;
    let (subject, ours) = (subject(), Role::Cro);
    let day = subject.period;
    for (peer, role) in [(&mut agr, Role::Agr), (&mut dso, Role::Dso)] {
        cro.with(|cro, now| cro.test(&party(role), now)).expect("sent");
        peer.received(Kind::TestMessage);
        peer.send(Kind::TestMessage, ours, day, json!({}));
        peer.received(Kind::TestMessageResponse);
    }
    answered(&cro, Kind::TestMessageResponse).await;

    dso.send(Kind::DsoPortfolioUpdate, ours, day, json!({}));
    dso.received_response(Kind::DsoPortfolioUpdateResponse, Outcome::Accepted, None);
    agr.send(Kind::AgrPortfolioUpdate, ours, day, json!({}));
    agr.received_response(Kind::AgrPortfolioUpdateResponse, Outcome::Accepted, None);
    accepted(&cro, Kind::AgrPortfolioUpdate).await;

    agr.send(Kind::AgrPortfolioQuery, ours, day, json!({}));
    let Payload::AgrPortfolioQueryResponse(response) = agr.received(Kind::AgrPortfolioQueryResponse) else {
        panic!("no response")
    };
    let portfolio = &response.dso_views[0].dso_portfolios[0];
    assert_eq!(portfolio.dso_domain, domain(Role::Dso));
    assert_eq!(portfolio.congestion_points[0].entity_address, subject.congestion_point);
    assert_eq!(portfolio.congestion_points[0].connections[0].entity_address, connection());

    dso.send(Kind::DsoPortfolioQuery, ours, day, json!({}));
    let Payload::DsoPortfolioQueryResponse(response) = dso.received(Kind::DsoPortfolioQueryResponse) else {
        panic!("no response")
    };
    let point = response.congestion_point.expect("a congestion point");
    assert_eq!(point.connections[0].entity_address, connection());
    assert_eq!(point.connections[0].agr_domain, Some(domain(Role::Agr)));
    agr.has_done_all(ours);
    dso.has_done_all(ours);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_aggregator_keeps_its_portfolio_with_their_common_reference_operator() {
    let (agr, [mut cro]) = beside(Role::Agr, [Role::Cro], &[], |config, key, book| {
        Agr::new(config, key, book, MemoryStore::default(), rand::random()).expect("an empty store")
    })
    .await;
    let (subject, other) = (subject(), domain(Role::Cro));
    agr.with(|agr, now| {
        agr.test(&party(Role::Cro), now).expect("sent");
        let known =
            Connection { entity_address: connection(), start_period: subject.period, end_period: None };
        agr.update_portfolio(&other, subject.time_zone.clone(), vec![known], now).expect("sent");
        agr.query_portfolio(&other, subject.time_zone.clone(), subject.period, now).expect("sent");
    });
    answered(&agr, Kind::TestMessageResponse).await;
    answered(&agr, Kind::AgrPortfolioUpdateResponse).await;
    let response = answered(&agr, Kind::AgrPortfolioQueryResponse).await;
    let Payload::AgrPortfolioQueryResponse(response) = response else { panic!("no response") };
    let point = &response.dso_views[0].dso_portfolios[0].congestion_points[0];
    assert_eq!(point.intraday_redispatch_by, Some(RedispatchBy::Agr));
    assert_eq!(response.dso_views[0].connections[0].entity_address, connection());
    cro.send(Kind::TestMessage, Role::Agr, subject.period, json!({}));
    cro.received(Kind::TestMessageResponse);
    cro.has_done_all(Role::Agr);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_grid_operator_keeps_its_congestion_points_with_their_common_reference_operator() {
    let (dso, [mut cro]) = beside(Role::Dso, [Role::Cro], &[], |config, key, book| {
        Dso::new(config, key, book, MemoryStore::default(), rand::random()).expect("an empty store")
    })
    .await;
    let (subject, other) = (subject(), domain(Role::Cro));
    dso.with(|dso, now| {
        dso.test(&party(Role::Cro), now).expect("sent");
        let point = UpdatedCongestionPoint {
            entity_address: subject.congestion_point.clone(),
            start_period: subject.period,
            end_period: None,
            mutex_offers_supported: true,
            day_ahead_redispatch_by: RedispatchBy::Dso,
            intraday_redispatch_by: None,
            connections: vec![UpdatedConnection {
                entity_address: connection(),
                start_period: subject.period,
                end_period: None,
            }],
        };
        dso.update_portfolio(&other, subject.time_zone.clone(), vec![point], now).expect("sent");
        let place = subject.congestion_point.clone();
        dso.query_portfolio(&other, subject.time_zone.clone(), subject.period, place, now).expect("sent");
    });
    answered(&dso, Kind::TestMessageResponse).await;
    answered(&dso, Kind::DsoPortfolioUpdateResponse).await;
    let response = answered(&dso, Kind::DsoPortfolioQueryResponse).await;
    let Payload::DsoPortfolioQueryResponse(response) = response else { panic!("no response") };
    let point = response.congestion_point.expect("a congestion point");
    assert_eq!(point.connections[0].agr_domain, Some(domain(Role::Agr)));
    cro.send(Kind::TestMessage, Role::Dso, subject.period, json!({}));
    cro.received(Kind::TestMessageResponse);
    cro.has_done_all(Role::Dso);
}
