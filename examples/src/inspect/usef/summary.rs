//! What is in a message of USEF, in a few lines.

use usef_messages::flex_order::FlexOrder;
use usef_messages::{Payload, usef_2015};

/// At most this many entries of a list are shown.
const SHOWN: usize = 6;

/// The lines that say what is in a message of UFTP.
pub(super) fn lines(payload: &Payload) -> Vec<String> {
    let mut lines = vec![format!("from {} to {}", payload.sender_domain(), payload.recipient_domain())];
    if let Some(message) = payload.flex_message() {
        lines.push(format!(
            "{} on {} in {}, by {}",
            message.congestion_point(),
            message.period(),
            message.time_zone(),
            message.isp_duration()
        ));
    }
    if let (Some(result), Some(request)) = (payload.result(), payload.reference()) {
        let reason = payload.rejection_reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        lines.push(format!("{result}, message {request}{reason}"));
    }
    content(payload, &mut lines);
    lines
}

fn content(payload: &Payload, lines: &mut Vec<String>) {
    match payload {
        Payload::DPrognosis(message) => {
            list(lines, &message.isps, |isp| run(isp.start, isp.duration_isps(), &watts(isp.power_w)));
        }
        Payload::FlexRequest(message) => list(lines, &message.isps, |isp| {
            let what = isp.disposition.map_or("unsaid", |disposition| match disposition.as_str() {
                "Requested" => "requested",
                _ => "available",
            });
            let limits = format!("{} to {} {what}", watts(isp.min_power_w), watts(isp.max_power_w));
            run(isp.start.get().into(), isp.duration_isps().into(), &limits)
        }),
        Payload::FlexOffer(message) => {
            for option in message.offer_options.iter().take(SHOWN) {
                let (reference, price) = (&option.option_reference, option.price);
                lines.push(format!("option {reference} for {price} {}", message.currency));
                list(lines, &option.isps, |isp| format!("  {}", power_run(isp)));
            }
            more(lines, message.offer_options.len());
        }
        Payload::FlexOrder(message) => order(message, lines),
        Payload::FlexReservationUpdate(message) => {
            lines.push(format!("contract {}, {}", message.contract_id, message.reference));
            list(lines, &message.isps, power_run);
        }
        Payload::FlexSettlement(message) => list(lines, &message.flex_order_settlements, |order| {
            let reference = order.order_reference.as_deref().unwrap_or("an order");
            format!("{reference} on {}: {} {}", order.period, order.net_settlement, message.currency)
        }),
        Payload::FlexSettlementResponse(message) => {
            list(lines, &message.flex_order_settlement_statuses, |order| {
                let reference = order.order_reference.as_deref().unwrap_or("an order");
                format!("{reference}: {}", order.disposition)
            });
        }
        Payload::Metering(message) => {
            lines.push(format!("{} on {}", message.ean, message.period));
            list(lines, &message.profiles, |profile| {
                format!(
                    "{} in {}: {}",
                    profile.profile_type,
                    profile.unit,
                    count(profile.isps.len(), "value")
                )
            });
        }
        Payload::AgrPortfolioUpdate(message) => list(lines, &message.connections, |connection| {
            let end = connection.end_period.map(|end| format!(" to {end}")).unwrap_or_default();
            format!("{} from {}{end}", connection.entity_address, connection.start_period)
        }),
        Payload::DsoPortfolioUpdate(message) => list(lines, &message.congestion_points, |point| {
            format!("{}: {}", point.entity_address, count(point.connections.len(), "connection"))
        }),
        Payload::AgrPortfolioQuery(message) => {
            lines.push(format!("for {} in {}", message.period, message.time_zone));
        }
        Payload::DsoPortfolioQuery(message) => {
            lines.push(format!("{} on {} in {}", message.entity_address, message.period, message.time_zone));
        }
        Payload::AgrPortfolioQueryResponse(message) => {
            lines.push(format!("for {} in {}", message.period, message.time_zone));
            let portfolios = message.dso_views.iter().flat_map(|view| &view.dso_portfolios);
            let points = portfolios.flat_map(|portfolio| {
                portfolio.congestion_points.iter().map(|point| (&portfolio.dso_domain, point))
            });
            list(lines, &points.collect::<Vec<_>>(), |(dso, point)| {
                let connections = count(point.connections.len(), "connection");
                format!("{} of {dso}: {connections}", point.entity_address)
            });
        }
        Payload::DsoPortfolioQueryResponse(message) => {
            lines.push(format!("for {} in {}", message.period, message.time_zone));
            if let Some(point) = &message.congestion_point {
                list(lines, &point.connections, |connection| match &connection.agr_domain {
                    Some(agr) => format!("{}: {agr}", connection.entity_address),
                    None => format!("{}: nobody", connection.entity_address),
                });
            }
        }
        Payload::DPrognosisResponse(message) if !message.flex_order_statuses.is_empty() => {
            list(lines, &message.flex_order_statuses, |order| {
                let honoured = if order.is_validated { "honoured" } else { "not honoured" };
                format!("order {}: {honoured}", order.flex_order_message_id)
            });
        }
        Payload::FlexOfferRevocation(message) => {
            lines.push(format!("offer {}", message.flex_offer_message_id))
        }
        _ => lines.push(format!("in conversation {}", payload.conversation_id())),
    }
}

fn order(order: &FlexOrder, lines: &mut Vec<String>) {
    lines.push(format!("order {} for {} {}", order.order_reference, order.price, order.currency));
    list(lines, &order.isps, power_run);
}

fn power_run(isp: &usef_messages::flex_offer::Isp) -> String {
    run(isp.start.get().into(), isp.duration_isps().into(), &watts(isp.power_w))
}

/// The lines that say what is in a message of USEF 2015.
pub(super) fn lines_2015(payload: &usef_2015::Payload) -> Vec<String> {
    use usef_2015::Payload as Message;
    let metadata = payload.metadata();
    let (sender, recipient) = (&metadata.sender_domain, &metadata.recipient_domain);
    let mut lines =
        vec![format!("from {} {sender} to {} {recipient}", metadata.sender_role, metadata.recipient_role)];
    let ptus = match payload {
        Message::Prognosis(message) => {
            lines.push(format!("{} for {}, number {}", message.kind, message.period, message.sequence));
            &message.ptus
        }
        Message::FlexRequest(message) => {
            lines.push(format!("for {}, number {}", message.period, message.sequence));
            &message.ptus
        }
        Message::FlexOffer(message) => {
            lines.push(format!("for {}, number {}", message.period, message.sequence));
            &message.ptus
        }
        Message::FlexOrder(message) => {
            lines.push(format!("order {} for {}", message.order_reference, message.period));
            &message.ptus
        }
        other => {
            content_2015(other, &mut lines);
            return lines;
        }
    };
    list(&mut lines, ptus, |ptu| {
        let price = ptu.price.map(|price| format!(" at {price}")).unwrap_or_default();
        run(ptu.start, ptu.duration_ptus(), &format!("{}{price}", watts(ptu.power_w)))
    });
    lines
}

/// What is in a message that has no units of time of its own.
fn content_2015(payload: &usef_2015::Payload, lines: &mut Vec<String>) {
    use usef_2015::Payload as Message;
    let answer = |result: &str, what: String, reason: &Option<String>| {
        let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{result}{what}{reason}")
    };
    let number = |sequence: i64| format!(", number {sequence}");
    match payload {
        Message::PrognosisResponse(it) => {
            lines.push(answer(it.result.as_str(), number(it.prognosis_sequence), &it.message));
        }
        Message::FlexRequestResponse(it) => {
            lines.push(answer(it.result.as_str(), number(it.sequence), &it.message));
        }
        Message::FlexOfferResponse(it) => {
            lines.push(answer(it.result.as_str(), number(it.sequence), &it.message));
        }
        Message::FlexOfferRevocation(it) => lines.push(format!("offer number {}", it.sequence)),
        Message::FlexOfferRevocationResponse(it) => {
            lines.push(answer(it.result.as_str(), number(it.sequence), &it.message));
        }
        Message::FlexOrderResponse(it) => {
            lines.push(answer(it.result.as_str(), number(it.sequence), &it.message));
        }
        Message::SettlementMessage(it) => {
            lines.push(format!("{} for {} to {}", it.reference, it.period_start, it.period_end));
            list(lines, &it.flex_order_settlements, |order| {
                let units = count(order.ptu_settlements.len(), "unit");
                format!("{} on {}: {units} in {}", order.order_reference, order.period, it.currency)
            });
        }
        Message::SettlementMessageResponse(it) => {
            lines.push(answer(it.result.as_str(), format!(", {}", it.reference), &it.message));
            list(lines, &it.flex_order_settlement_statuses, |order| {
                format!("{}: {}", order.order_reference, order.disposition)
            });
        }
        Message::MeterDataQuery(it) => {
            lines.push(format!("{} of {} to {}", it.query_type(), it.date_range_start, it.date_range_end));
        }
        Message::MeterDataQueryResponse(it) => {
            let days = format!(", {} of {} to {}", it.query_type, it.date_range_start, it.date_range_end);
            lines.push(answer(it.result.as_str(), days, &it.message));
            list(lines, &it.meter_data_sets, |set| {
                format!("{}: {}", set.entity_address, count(set.meter_data.len(), "day"))
            });
        }
        Message::CommonReferenceUpdate(it) => {
            list(lines, &it.connections, |connection| connection.entity_address.to_string());
        }
        Message::CommonReferenceUpdateResponse(it) => {
            lines.push(answer(it.result.as_str(), String::new(), &it.message));
        }
        Message::CommonReferenceQueryResponse(it) => {
            lines.push(answer(it.result.as_str(), String::new(), &it.message));
            list(lines, &it.congestion_points, |point| {
                format!("{}: {}", point.entity_address, count(point.connections.len(), "connection"))
            });
        }
        _ => lines.push(format!("in conversation {}", payload.metadata().conversation_id)),
    }
}

fn list<T>(lines: &mut Vec<String>, all: &[T], line: impl Fn(&T) -> String) {
    lines.extend(all.iter().take(SHOWN).map(line));
    more(lines, all.len());
}

fn more(lines: &mut Vec<String>, len: usize) {
    if len > SHOWN {
        lines.push(format!("… and {} more", len - SHOWN));
    }
}

/// A run of settlement periods, by the first and the last.
fn run(start: i64, length: i64, what: &str) -> String {
    match start.saturating_add(length.saturating_sub(1)) {
        last if last > start => format!("{start} to {last}: {what}"),
        _ => format!("{start}: {what}"),
    }
}

fn watts(watts: i64) -> String {
    if watts % 1000 == 0 { format!("{} kW", watts / 1000) } else { format!("{watts} W") }
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str) -> Vec<u8> {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../usef-messages/tests/fixtures");
        std::fs::read(format!("{fixtures}/{name}.xml")).unwrap()
    }

    fn told(name: &str) -> Vec<String> {
        let document = document(name);
        let lines = match name.starts_with("usef_2015/") {
            true => lines_2015(&usef_2015::Payload::from_xml(&document).unwrap()),
            false => lines(&Payload::from_xml(&document).unwrap()),
        };
        lines.into_iter().skip(1).collect()
    }

    #[test]
    fn says_what_a_register_answers() {
        assert_eq!(
            told("agr_portfolio_query_response"),
            [
                "Accepted, message 6bf63124-f634-5385-9f3d-f618fa1cb997",
                "for 2026-11-23 in Europe/Amsterdam",
                "ea1.2026-01.example.dso:feeder-3b of dso.example: 1 connection"
            ]
        );
    }

    #[test]
    fn says_what_is_metered_and_settled_in_usef_2015() {
        assert_eq!(
            told("usef_2015/meter_data_query_response"),
            ["Success, Usage of 2015-11-23 to 2015-11-24", "brp.example: 1 day"]
        );
        assert_eq!(
            told("usef_2015/settlement_message"),
            ["2015-11 for 2015-11-01 to 2015-11-30", "order-1 on 2015-11-23: 2 units in EUR"]
        );
    }

    #[test]
    fn says_more_than_the_conversation_of_all_but_tests_and_plain_queries() {
        for name in
            ["flex_offer_revocation", "dso_portfolio_query", "d_prognosis_response", "flex_settlement"]
        {
            assert!(told(name).iter().all(|line| !line.starts_with("in conversation")), "{name}");
        }
        for name in
            ["prognosis", "flex_order", "prognosis_response", "meter_data_query", "flex_offer_revocation"]
        {
            let lines = told(&format!("usef_2015/{name}"));
            assert!(lines.iter().all(|line| !line.starts_with("in conversation")), "{name}: {lines:?}");
        }
    }
}
