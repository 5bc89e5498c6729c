//! Every message of USEF 2015, and its parts.

use proptest::prelude::*;
use proptest::{option, sample};
use usef_messages::usef_2015::{
    Payload, common_reference, flex_offer, flex_order, flex_request, metadata, meter_data, prognosis,
    settlement, test_message,
};

use super::{
    address, amount, any_of, currency, disposition, domain, duration, extensions, list, outcome, period,
    some, text, time, time_zone, uuid, verdict,
};

/// A strategy for each message, in the order of [`usef_messages::usef_2015::payload::Kind::ALL`].
pub(crate) fn every_message() -> Vec<BoxedStrategy<Payload>> {
    vec![
        test_message().prop_map(Payload::from).boxed(),
        test_message_response().prop_map(Payload::from).boxed(),
        common_reference_query().prop_map(Payload::from).boxed(),
        common_reference_query_response().prop_map(Payload::from).boxed(),
        common_reference_update().prop_map(Payload::from).boxed(),
        common_reference_update_response().prop_map(Payload::from).boxed(),
        prognosis().prop_map(Payload::from).boxed(),
        prognosis_response().prop_map(Payload::from).boxed(),
        flex_request().prop_map(Payload::from).boxed(),
        flex_request_response().prop_map(Payload::from).boxed(),
        flex_offer().prop_map(Payload::from).boxed(),
        flex_offer_response().prop_map(Payload::from).boxed(),
        flex_offer_revocation().prop_map(Payload::from).boxed(),
        flex_offer_revocation_response().prop_map(Payload::from).boxed(),
        flex_order().prop_map(Payload::from).boxed(),
        flex_order_response().prop_map(Payload::from).boxed(),
        settlement_message().prop_map(Payload::from).boxed(),
        settlement_message_response().prop_map(Payload::from).boxed(),
        meter_data_query().prop_map(Payload::from).boxed(),
        meter_data_query_response().prop_map(Payload::from).boxed(),
    ]
}

any_of!(metadata: metadata::MessageMetadata {
    sender_domain: domain(),
    sender_role: sample::select(vec![metadata::Role::Agr, metadata::Role::Brp, metadata::Role::Cro, metadata::Role::Dso, metadata::Role::Mdc]),
    recipient_domain: domain(),
    recipient_role: sample::select(vec![metadata::Role::Agr, metadata::Role::Brp, metadata::Role::Cro, metadata::Role::Dso, metadata::Role::Mdc]),
    time_stamp: time(),
    message_id: uuid(),
    conversation_id: uuid(),
    precedence: sample::select(vec![metadata::Precedence::Routine, metadata::Precedence::Transactional, metadata::Precedence::Critical]),
    valid_until: option::of(time()),
});

any_of!(test_message: test_message::TestMessage {
    metadata: metadata(),
    extensions: extensions(),
});

any_of!(test_message_response: test_message::TestMessageResponse {
    metadata: metadata(),
    extensions: extensions(),
});

any_of!(common_reference_query: common_reference::CommonReferenceQuery {
    metadata: metadata(),
    entity: option::of(sample::select(vec![common_reference::Entity::CongestionPoint, common_reference::Entity::Aggregator, common_reference::Entity::Brp])),
    entity_address: option::of(address()),
    connection_entity_addresses: list(address()),
});

any_of!(common_reference_query_response: common_reference::CommonReferenceQueryResponse {
    metadata: metadata(),
    result: sample::select(vec![metadata::QueryOutcome::Success, metadata::QueryOutcome::Failure]),
    message: option::of(text()),
    congestion_points: list(common_reference_congestion_point()),
    connections: list(common_reference_connection()),
    extensions: extensions(),
});

any_of!(common_reference_congestion_point: common_reference::CongestionPoint {
    entity_address: address(),
    dso_domain: option::of(domain()),
    connections: list(common_reference_connection()),
    aggregators: list(common_reference_aggregator()),
    extensions: extensions(),
});

any_of!(common_reference_connection: common_reference::Connection {
    entity_address: address(),
    is_customer: option::of(any::<bool>()),
    brp_domain: option::of(domain()),
    agr_domain: option::of(domain()),
});

any_of!(common_reference_aggregator: common_reference::Aggregator {
    domain: option::of(domain()),
    connection_count: any::<i64>(),
});

any_of!(common_reference_update: common_reference::CommonReferenceUpdate {
    metadata: metadata(),
    entity: sample::select(vec![common_reference::Entity::CongestionPoint, common_reference::Entity::Aggregator, common_reference::Entity::Brp]),
    entity_address: option::of(address()),
    connections: list(common_reference_connection()),
    extensions: extensions(),
});

any_of!(common_reference_update_response: common_reference::CommonReferenceUpdateResponse {
    metadata: metadata(),
    result: outcome(),
    entity_address: option::of(address()),
    message: option::of(text()),
    extensions: extensions(),
});

any_of!(prognosis: prognosis::Prognosis {
    metadata: metadata(),
    kind: sample::select(vec![prognosis::PrognosisType::APlan, prognosis::PrognosisType::DPrognosis]),
    ptu_duration: duration(),
    period: period(),
    time_zone: time_zone(),
    congestion_point: option::of(address()),
    sequence: any::<i64>(),
    ptus: some(prognosis_ptu()),
    extensions: extensions(),
});

any_of!(prognosis_ptu: prognosis::Ptu {
    disposition: option::of(disposition()),
    power_w: any::<i64>(),
    start: any::<i64>(),
    duration: option::of(any::<i64>()),
    price: option::of(amount()),
});

any_of!(prognosis_response: prognosis::PrognosisResponse {
    metadata: metadata(),
    result: outcome(),
    prognosis_sequence: any::<i64>(),
    message: option::of(text()),
    flex_order_statuses: list(prognosis_flex_order_status()),
    extensions: extensions(),
});

any_of!(prognosis_flex_order_status: prognosis::FlexOrderStatus {
    sequence: any::<i64>(),
    is_validated: option::of(any::<bool>()),
});

any_of!(flex_request: flex_request::FlexRequest: FlexBase {
    prognosis_origin: domain(),
    prognosis_sequence: any::<i64>(),
});

any_of!(flex_request_response: flex_request::FlexRequestResponse {
    metadata: metadata(),
    sequence: any::<i64>(),
    result: outcome(),
    message: option::of(text()),
    extensions: extensions(),
});

any_of!(flex_offer: flex_offer::FlexOffer: FlexBase {
    flex_request_origin: domain(),
    flex_request_sequence: any::<i64>(),
    currency: currency(),
});

any_of!(flex_offer_response: flex_offer::FlexOfferResponse {
    metadata: metadata(),
    sequence: any::<i64>(),
    result: outcome(),
    message: option::of(text()),
    extensions: extensions(),
});

any_of!(flex_offer_revocation: flex_offer::FlexOfferRevocation {
    metadata: metadata(),
    sequence: any::<i64>(),
    extensions: extensions(),
});

any_of!(flex_offer_revocation_response: flex_offer::FlexOfferRevocationResponse {
    metadata: metadata(),
    sequence: any::<i64>(),
    result: outcome(),
    message: option::of(text()),
    extensions: extensions(),
});

any_of!(flex_order: flex_order::FlexOrder: FlexBase {
    flex_offer_origin: domain(),
    flex_offer_sequence: any::<i64>(),
    currency: currency(),
    order_reference: text(),
});

any_of!(flex_order_response: flex_order::FlexOrderResponse {
    metadata: metadata(),
    sequence: any::<i64>(),
    result: outcome(),
    message: option::of(text()),
    extensions: extensions(),
});

any_of!(settlement_message: settlement::SettlementMessage {
    metadata: metadata(),
    time_zone: time_zone(),
    period_start: period(),
    period_end: period(),
    reference: text(),
    ptu_duration: duration(),
    currency: currency(),
    flex_order_settlements: some(settlement_flex_order_settlement()),
    extensions: extensions(),
});

any_of!(settlement_flex_order_settlement: settlement::FlexOrderSettlement {
    period: period(),
    order_reference: text(),
    congestion_point: option::of(address()),
    ptu_settlements: some(settlement_ptu_settlement()),
    extensions: extensions(),
});

any_of!(settlement_ptu_settlement: settlement::PtuSettlement {
    start: any::<i64>(),
    duration: option::of(any::<i64>()),
    prognosis_power_w: any::<i64>(),
    ordered_flex_power_w: any::<i64>(),
    price: amount(),
    actual_power_w: any::<i64>(),
    delivered_flex_power_w: any::<i64>(),
    power_deficiency_w: option::of(any::<i64>()),
    penalty: option::of(amount()),
    net_settlement: amount(),
});

any_of!(settlement_message_response: settlement::SettlementMessageResponse {
    metadata: metadata(),
    reference: text(),
    result: outcome(),
    message: option::of(text()),
    flex_order_settlement_statuses: some(settlement_flex_order_settlement_status()),
    extensions: extensions(),
});

any_of!(settlement_flex_order_settlement_status: settlement::FlexOrderSettlementStatus {
    order_reference: text(),
    disposition: verdict(),
});

any_of!(meter_data_query: meter_data::MeterDataQuery {
    metadata: metadata(),
    date_range_start: period(),
    date_range_end: period(),
    query_type: option::of(sample::select(vec![meter_data::QueryType::Any, meter_data::QueryType::Usage, meter_data::QueryType::Events])),
    connections: list(meter_data_connections()),
    extensions: extensions(),
});

any_of!(meter_data_connections: meter_data::Connections {
    parent: text(),
    connections: list(address()),
});

any_of!(meter_data_query_response: meter_data::MeterDataQueryResponse {
    metadata: metadata(),
    result: sample::select(vec![metadata::QueryOutcome::Success, metadata::QueryOutcome::Failure]),
    message: option::of(text()),
    date_range_start: period(),
    date_range_end: period(),
    query_type: sample::select(vec![meter_data::QueryType::Any, meter_data::QueryType::Usage, meter_data::QueryType::Events]),
    meter_data_sets: list(meter_data_meter_data_set()),
    extensions: extensions(),
});

any_of!(meter_data_meter_data_set: meter_data::MeterDataSet {
    entity_address: text(),
    meter_data: list(meter_data_meter_data()),
});

any_of!(meter_data_meter_data: meter_data::MeterData {
    period: period(),
    connection_meter_data: list(meter_data_connection_meter_data()),
    connection_meter_events: list(meter_data_connection_meter_event()),
    extensions: extensions(),
});

any_of!(meter_data_connection_meter_data: meter_data::ConnectionMeterData {
    entity_address: option::of(address()),
    entity_count: option::of(any::<i64>()),
    agr_domain: option::of(domain()),
    ptu_meter_data: list(meter_data_ptu_meter_data()),
    extensions: extensions(),
});

any_of!(meter_data_ptu_meter_data: meter_data::PtuMeterData {
    power_w: any::<i64>(),
    start: any::<i64>(),
    duration: option::of(any::<i64>()),
});

any_of!(meter_data_connection_meter_event: meter_data::ConnectionMeterEvent {
    entity_address: address(),
    event_type: sample::select(vec![meter_data::EventType::CapacityManagement, meter_data::EventType::ConnectionInterruption, meter_data::EventType::ConnectionResumption]),
    event_data: option::of(any::<i64>()),
    event_date_time: time(),
});
