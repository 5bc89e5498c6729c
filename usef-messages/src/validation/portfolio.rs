//! Portfolios in the common reference: spans of days in order, nothing listed twice for a day.

use std::collections::HashMap;

use super::span::{Span, check_order, repeated};
use super::{Code, Context, Failures, Place, address, flex};
use crate::agr_portfolio::{AgrPortfolioQueryResponse, AgrPortfolioUpdate};
use crate::dso_portfolio::{DsoPortfolioQueryResponse, DsoPortfolioUpdate};
use crate::values::EntityAddress;

/// The whole of a day that a response is about.
const ALWAYS: Span = Span { start: chrono::NaiveDate::MIN, end: None };

pub(super) fn check_agr(
    message: &AgrPortfolioUpdate,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    flex::check_zone(&message.time_zone, None, place, context, out);
    let spans = || {
        let connections = message.connections.iter();
        connections.map(|one| (&one.entity_address, Span::new(one.start_period, one.end_period)))
    };
    check_spans(spans(), "Connection", Code::ConnectionDuplicate, None, place, context, out);
}

pub(super) fn check_dso(
    message: &DsoPortfolioUpdate,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    flex::check_zone(&message.time_zone, None, place, context, out);
    let points = message.congestion_points.iter();
    let spans = points.map(|point| (&point.entity_address, Span::new(point.start_period, point.end_period)));
    check_spans(spans, "CongestionPoint", Code::CongestionPointDuplicate, None, place, context, out);
    let (mut all, mut times) = (Vec::new(), HashMap::<_, usize>::new());
    for (index, point) in message.congestion_points.iter().enumerate() {
        let place = &place.nth("CongestionPoint", index);
        let spans: Vec<_> = point
            .connections
            .iter()
            .map(|one| (&one.entity_address, Span::new(one.start_period, one.end_period)))
            .collect();
        let within = Span::new(point.start_period, point.end_period);
        let code = Code::ConnectionDuplicate;
        check_spans(spans.iter().copied(), "Connection", code, Some(within), place, context, out);
        for (address, _) in &spans {
            *times.entry((index, *address)).or_default() += 1;
        }
        all.extend(spans.into_iter().enumerate().map(|(at, (address, span))| (index, at, address, span)));
    }
    // A connection at two congestion points on a day; twice at one is told above.
    for repeated in repeated(all.iter().map(|(_, _, address, span)| (*address, *span))) {
        let Some((point, at, address, span)) = all.get(repeated) else { continue };
        if times.get(&(*point, *address)) == Some(&1) {
            let place = &place.nth("CongestionPoint", *point);
            let text = format_args!("{address}, {span}");
            out.add(Code::ConnectionConflict, &place.nth("Connection", *at), text);
        }
    }
}

fn check_spans<'a>(
    items: impl Iterator<Item = (&'a EntityAddress, Span)>,
    element: &str,
    duplicate: Code,
    within: Option<Span>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let items: Vec<_> = items.collect();
    for (index, (address, span)) in items.iter().copied().enumerate() {
        let place = &place.nth(element, index);
        address::check(address, &place.at("@EntityAddress"), context, out);
        check_order(span, "@EndPeriod", place, out);
        if within.is_some_and(|within| !span.is_turned() && !within.is_turned() && !within.holds(span)) {
            out.add(Code::PeriodOutside, place, span);
        }
    }
    for index in repeated(items.iter().copied()) {
        if let Some((address, span)) = items.get(index) {
            out.add(duplicate, &place.nth(element, index), format_args!("{address}, {span}"));
        }
    }
}

pub(super) fn check_agr_response(
    message: &AgrPortfolioQueryResponse,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    flex::check_zone(&message.time_zone, Some(message.period), place, context, out);
    for (index, view) in message.dso_views.iter().enumerate() {
        let place = &place.nth("DSO-View", index);
        for (index, portfolio) in view.dso_portfolios.iter().enumerate() {
            let place = &place.nth("DSO-Portfolio", index);
            let points = portfolio.congestion_points.iter().map(|point| &point.entity_address);
            check_list(points, "CongestionPoint", Code::CongestionPointDuplicate, place, context, out);
            for (index, point) in portfolio.congestion_points.iter().enumerate() {
                let place = &place.nth("CongestionPoint", index);
                let connections = point.connections.iter().map(|one| &one.entity_address);
                check_list(connections, "Connection", Code::ConnectionDuplicate, place, context, out);
            }
        }
        let connections = view.connections.iter().map(|one| &one.entity_address);
        check_list(connections, "Connection", Code::ConnectionDuplicate, place, context, out);
    }
}

pub(super) fn check_dso_response(
    message: &DsoPortfolioQueryResponse,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    flex::check_zone(&message.time_zone, Some(message.period), place, context, out);
    if let Some(point) = &message.congestion_point {
        let place = &place.at("CongestionPoint");
        address::check(&point.entity_address, &place.at("@EntityAddress"), context, out);
        let connections = point.connections.iter().map(|one| &one.entity_address);
        check_list(connections, "Connection", Code::ConnectionDuplicate, place, context, out);
    }
}

fn check_list<'a>(
    items: impl Iterator<Item = &'a EntityAddress>,
    element: &str,
    duplicate: Code,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let items: Vec<_> = items.collect();
    for (index, address) in items.iter().enumerate() {
        address::check(address, &place.nth(element, index).at("@EntityAddress"), context, out);
    }
    for index in repeated(items.iter().map(|address| (*address, ALWAYS))) {
        if let Some(address) = items.get(index) {
            out.add(duplicate, &place.nth(element, index), address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::super::example::{changed, codes, payload};
    use super::*;
    use crate::Payload;

    fn found(payload: &Payload) -> Vec<Code> {
        codes(&check(payload))
    }

    #[test]
    fn good_portfolios_have_no_failures() {
        let kinds = [
            "AGRPortfolioQuery",
            "AGRPortfolioQueryResponse",
            "AGRPortfolioUpdate",
            "DSOPortfolioQuery",
            "DSOPortfolioQueryResponse",
            "DSOPortfolioUpdate",
        ];
        for kind in kinds {
            assert_eq!(found(&payload(kind)), [], "{kind}");
        }
    }

    #[test]
    fn the_last_day_of_a_connection_is_not_before_its_first() {
        let turned = changed("AGRPortfolioUpdate", r#"EndPeriod="2027-11-30""#, r#"EndPeriod="2026-11-30""#);
        let failures = check(&turned);
        assert_eq!(codes(&failures), [Code::PeriodOrder]);
        assert_eq!(failures[0].path, "/AGRPortfolioUpdate/Connection[1]/@EndPeriod");
    }

    #[test]
    fn a_connection_is_listed_once_for_a_day() {
        let again =
            changed("AGRPortfolioUpdate", r#"StartPeriod="2027-12-01""#, r#"StartPeriod="2027-11-30""#);
        let failures = check(&again);
        assert_eq!(codes(&failures), [Code::ConnectionDuplicate]);
        assert_eq!(failures[0].path, "/AGRPortfolioUpdate/Connection[2]");
    }

    #[test]
    fn a_connection_lies_within_the_days_of_its_congestion_point() {
        let point = r#"StartPeriod="2026-12-01" Mutex"#;
        let later = changed("DSOPortfolioUpdate", point, r#"StartPeriod="2026-12-02" Mutex"#);
        let failures = check(&later);
        assert_eq!(codes(&failures), [Code::PeriodOutside]);
        assert_eq!(failures[0].path, "/DSOPortfolioUpdate/CongestionPoint[1]/Connection[1]");
        let endless =
            changed("DSOPortfolioUpdate", point, r#"StartPeriod="2026-12-01" EndPeriod="2030-01-01" Mutex"#);
        assert_eq!(found(&endless), [Code::PeriodOutside]);
    }

    #[test]
    fn congestion_points_and_their_connections_are_listed_once() {
        let xml = super::super::example::xml("DSOPortfolioUpdate");
        let (start, end) = (xml.find("<CongestionPoint").unwrap(), xml.find("</DSOPortfolioUpdate").unwrap());
        let point = &xml[start..end];
        let twice =
            changed("DSOPortfolioUpdate", "</DSOPortfolioUpdate", &format!("{point}</DSOPortfolioUpdate"));
        let failures = check(&twice);
        assert_eq!(codes(&failures), [Code::CongestionPointDuplicate, Code::ConnectionConflict]);
        assert_eq!(failures[1].path, "/DSOPortfolioUpdate/CongestionPoint[2]/Connection[1]");
        let connection = r#"<Connection EntityAddress="ean.871685900012636543"/>"#;
        let twice = changed("DSOPortfolioQueryResponse", connection, &connection.repeat(2));
        assert_eq!(found(&twice), [Code::ConnectionDuplicate]);
        let twice = changed("AGRPortfolioQueryResponse", connection, &connection.repeat(2));
        assert_eq!(found(&twice), [Code::ConnectionDuplicate]);
    }

    #[test]
    fn clocks_and_addresses_are_looked_at_everywhere() {
        for kind in ["AGRPortfolioQuery", "AGRPortfolioQueryResponse", "DSOPortfolioQuery"] {
            assert_eq!(found(&changed(kind, "Europe/London", "Europe/Nowhere")), [Code::TimeZone], "{kind}");
        }
        let odd = changed("DSOPortfolioQuery", "ean.871685900012636543", "ea1.2026-00.uk.dso:1");
        assert_eq!(found(&odd), [Code::AddressMonth]);
    }

    #[test]
    fn what_is_listed_a_hundred_thousand_times_is_not_looked_at_that_often_each_time() {
        const TIMES: usize = 100_000;
        let start = std::time::Instant::now();
        let Payload::DsoPortfolioUpdate(mut update) = payload("DSOPortfolioUpdate") else { panic!() };
        let mut point = update.congestion_points[0].clone();
        point.connections.truncate(1);
        update.congestion_points = vec![point.clone(); TIMES];
        let found = codes(&check(&update.clone().into()));
        assert!(found.contains(&Code::CongestionPointDuplicate));
        point.connections = vec![point.connections[0].clone(); TIMES];
        update.congestion_points = vec![point];
        let found = codes(&check(&update.into()));
        assert_eq!(found, [Code::ConnectionDuplicate; 100]);
        let Payload::DsoPortfolioQueryResponse(mut response) = payload("DSOPortfolioQueryResponse") else {
            panic!()
        };
        let point = response.congestion_point.as_mut().unwrap();
        point.connections = vec![point.connections[0].clone(); TIMES];
        assert_eq!(codes(&check(&response.into())), [Code::ConnectionDuplicate; 100]);
        // Each time against each other time takes minutes.
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
