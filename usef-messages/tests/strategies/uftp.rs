//! Every message of UFTP, and the parts of those about flexibility.

use proptest::prelude::*;
use proptest::{option, sample};
use usef_messages::{
    Payload, d_prognosis, flex_offer, flex_order, flex_request, flex_reservation_update, flex_settlement,
    metering, test_message,
};

use super::portfolio;
use super::{
    address, amount, any_of, currency, disposition, duration, factor, list, metering_point, period, quantity,
    some, start, text, time, time_zone, uuid, verdict,
};

/// A strategy for each message, in the order of [`usef_messages::payload::Kind::ALL`].
pub(crate) fn every_message() -> Vec<BoxedStrategy<Payload>> {
    vec![
        portfolio::agr_portfolio_query().prop_map(Payload::from).boxed(),
        portfolio::agr_portfolio_query_response().prop_map(Payload::from).boxed(),
        portfolio::agr_portfolio_update().prop_map(Payload::from).boxed(),
        portfolio::agr_portfolio_update_response().prop_map(Payload::from).boxed(),
        portfolio::dso_portfolio_query().prop_map(Payload::from).boxed(),
        portfolio::dso_portfolio_query_response().prop_map(Payload::from).boxed(),
        portfolio::dso_portfolio_update().prop_map(Payload::from).boxed(),
        portfolio::dso_portfolio_update_response().prop_map(Payload::from).boxed(),
        d_prognosis().prop_map(Payload::from).boxed(),
        d_prognosis_response().prop_map(Payload::from).boxed(),
        flex_request().prop_map(Payload::from).boxed(),
        flex_request_response().prop_map(Payload::from).boxed(),
        flex_offer().prop_map(Payload::from).boxed(),
        flex_offer_response().prop_map(Payload::from).boxed(),
        flex_offer_revocation().prop_map(Payload::from).boxed(),
        flex_offer_revocation_response().prop_map(Payload::from).boxed(),
        flex_order().prop_map(Payload::from).boxed(),
        flex_order_response().prop_map(Payload::from).boxed(),
        flex_reservation_update().prop_map(Payload::from).boxed(),
        flex_reservation_update_response().prop_map(Payload::from).boxed(),
        flex_settlement().prop_map(Payload::from).boxed(),
        flex_settlement_response().prop_map(Payload::from).boxed(),
        metering().prop_map(Payload::from).boxed(),
        metering_response().prop_map(Payload::from).boxed(),
        test_message().prop_map(Payload::from).boxed(),
        test_message_response().prop_map(Payload::from).boxed(),
    ]
}

any_of!(d_prognosis: d_prognosis::DPrognosis: FlexMessage {
    revision: any::<i64>(),
    isps: some(d_prognosis_isp()),
});

any_of!(d_prognosis_isp: d_prognosis::Isp {
    power_w: any::<i64>(),
    start: any::<i64>(),
    duration: option::of(any::<i64>()),
});

any_of!(d_prognosis_response: d_prognosis::DPrognosisResponse: Answers {
    d_prognosis_message_id: uuid(),
    flex_order_statuses: list(d_prognosis_flex_order_status()),
});

any_of!(d_prognosis_flex_order_status: d_prognosis::FlexOrderStatus {
    flex_order_message_id: uuid(),
    is_validated: any::<bool>(),
});

any_of!(flex_request: flex_request::FlexRequest: FlexMessage {
    revision: any::<i64>(),
    expiration_date_time: time(),
    contract_id: option::of(text()),
    service_type: option::of(text()),
    isps: some(flex_request_isp()),
});

any_of!(flex_request_isp: flex_request::Isp {
    disposition: option::of(disposition()),
    min_power_w: any::<i64>(),
    max_power_w: any::<i64>(),
    start: start(),
    duration: option::of(start()),
});

any_of!(flex_request_response: flex_request::FlexRequestResponse: Answers {
    flex_request_message_id: uuid(),
});

any_of!(flex_offer: flex_offer::FlexOffer: FlexMessage {
    expiration_date_time: time(),
    unsolicited: option::of(any::<bool>()),
    flex_request_message_id: option::of(uuid()),
    contract_id: option::of(text()),
    d_prognosis_message_id: option::of(uuid()),
    baseline_reference: option::of(text()),
    currency: currency(),
    offer_options: some(flex_offer_offer_option()),
});

any_of!(flex_offer_offer_option: flex_offer::OfferOption {
    option_reference: text(),
    price: amount(),
    min_activation_factor: option::of(factor()),
    isps: some(flex_offer_isp()),
});

any_of!(flex_offer_isp: flex_offer::Isp {
    power_w: any::<i64>(),
    start: start(),
    duration: option::of(start()),
});

any_of!(flex_offer_response: flex_offer::FlexOfferResponse: Answers {
    flex_offer_message_id: uuid(),
});

any_of!(flex_offer_revocation: flex_offer::FlexOfferRevocation: Message {
    flex_offer_message_id: uuid(),
});

any_of!(flex_offer_revocation_response: flex_offer::FlexOfferRevocationResponse: Answers {
    flex_offer_revocation_message_id: uuid(),
});

any_of!(flex_order: flex_order::FlexOrder: FlexMessage {
    unsolicited: option::of(any::<bool>()),
    flex_offer_message_id: option::of(uuid()),
    service_type: option::of(text()),
    contract_id: option::of(text()),
    d_prognosis_message_id: option::of(uuid()),
    baseline_reference: option::of(text()),
    price: amount(),
    currency: currency(),
    order_reference: text(),
    option_reference: option::of(text()),
    activation_factor: option::of(factor()),
    isps: some(flex_offer_isp()),
});

any_of!(flex_order_response: flex_order::FlexOrderResponse: Answers {
    flex_order_message_id: uuid(),
});

any_of!(flex_reservation_update: flex_reservation_update::FlexReservationUpdate: FlexMessage {
    contract_id: text(),
    reference: text(),
    isps: some(flex_offer_isp()),
});

any_of!(flex_reservation_update_response: flex_reservation_update::FlexReservationUpdateResponse: Answers {
    flex_reservation_update_message_id: uuid(),
});

any_of!(flex_settlement: flex_settlement::FlexSettlement: Answers {
    period_start: period(),
    period_end: period(),
    currency: currency(),
    flex_order_settlements: some(flex_settlement_flex_order_settlement()),
    contract_settlements: some(flex_settlement_contract_settlement()),
});

any_of!(flex_settlement_flex_order_settlement: flex_settlement::FlexOrderSettlement {
    order_reference: option::of(text()),
    period: period(),
    contract_id: option::of(text()),
    d_prognosis_message_id: option::of(uuid()),
    baseline_reference: option::of(text()),
    congestion_point: address(),
    price: amount(),
    penalty: option::of(amount()),
    net_settlement: amount(),
    isps: some(flex_settlement_order_isp()),
});

any_of!(flex_settlement_order_isp: flex_settlement::OrderIsp {
    start: start(),
    duration: option::of(start()),
    baseline_power_w: any::<i64>(),
    ordered_flex_power_w: any::<i64>(),
    actual_power_w: any::<i64>(),
    delivered_flex_power_w: any::<i64>(),
    power_deficiency_w: option::of(any::<i64>()),
});

any_of!(flex_settlement_contract_settlement: flex_settlement::ContractSettlement {
    contract_id: option::of(text()),
    periods: some(flex_settlement_contract_period()),
});

any_of!(flex_settlement_contract_period: flex_settlement::ContractPeriod {
    period: period(),
    isps: some(flex_settlement_contract_isp()),
});

any_of!(flex_settlement_contract_isp: flex_settlement::ContractIsp {
    start: start(),
    duration: option::of(start()),
    reserved_power_w: any::<i64>(),
    requested_power_w: option::of(any::<i64>()),
    available_power_w: option::of(any::<i64>()),
    offered_power_w: option::of(any::<i64>()),
    ordered_power_w: option::of(any::<i64>()),
});

any_of!(flex_settlement_response: flex_settlement::FlexSettlementResponse: Answers {
    flex_settlement_message_id: uuid(),
    flex_order_settlement_statuses: some(flex_settlement_flex_order_settlement_status()),
});

any_of!(flex_settlement_flex_order_settlement_status: flex_settlement::FlexOrderSettlementStatus {
    order_reference: option::of(text()),
    disposition: verdict(),
    dispute_reason: option::of(text()),
});

any_of!(metering: metering::Metering: Message {
    revision: any::<i64>(),
    isp_duration: duration(),
    time_zone: time_zone(),
    currency: option::of(currency()),
    period: period(),
    ean: metering_point(),
    profiles: some(metering_profile()),
});

any_of!(metering_profile: metering::Profile {
    profile_type: sample::select(vec![metering::ProfileType::Power, metering::ProfileType::ImportEnergy, metering::ProfileType::ExportEnergy, metering::ProfileType::ImportMeterReading, metering::ProfileType::ExportMeterReading]),
    unit: sample::select(vec![metering::Unit::Kilowatt, metering::Unit::KilowattHour]),
    isps: some(metering_isp()),
});

any_of!(metering_isp: metering::Isp {
    start: any::<i64>(),
    value: quantity(),
});

any_of!(metering_response: metering::MeteringResponse: Answers {
    metering_message_id: uuid(),
});

any_of!(test_message: test_message::TestMessage: Message {});

any_of!(test_message_response: test_message::TestMessageResponse: Message {});
