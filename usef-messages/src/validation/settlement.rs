//! Settlements, by themselves; they are held against their orders by [`crate::conversation`].

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::span::{self, Span};
use super::{Code, Context, Failures, Place, address, currency, decimals, flex, isps};
use crate::calendar::IspCalendar;
use crate::flex_settlement::{FlexOrderSettlement, FlexSettlement, FlexSettlementResponse, OrderIsp};
use crate::values::{Period, Verdict};

/// No day of trade is longer than 26 hours; where two clocks are changed by an hour it is 25.
const LONGEST_DAY_MIN: u32 = 26 * 60;

pub(super) fn check(
    message: &FlexSettlement,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let span = Span::new(message.period_start, Some(message.period_end));
    span::check_order(span, "@PeriodEnd", place, out);
    // The message has no clock; a day has begun everywhere 14 hours before UTC says so.
    let today = context.now_utc().and_then(|now| now.checked_add_signed(chrono::TimeDelta::hours(14)));
    for (day, attribute) in [(message.period_start, "@PeriodStart"), (message.period_end, "@PeriodEnd")] {
        if today.is_some_and(|today| day.date() > today.date_naive()) {
            out.add(Code::PeriodFuture, &place.at(attribute), day);
        }
    }
    currency::check(&message.currency, place, out);
    let decimals = decimals(&message.currency);
    let mut names = HashSet::new();
    out.check_filled(&message.flex_order_settlements, &place.at("FlexOrderSettlement"));
    for (index, item) in message.flex_order_settlements.iter().enumerate() {
        let place = &place.nth("FlexOrderSettlement", index);
        check_day(span, item.period, place, out);
        if let Some(name) = item.order_reference.as_deref().filter(|name| !names.insert(*name)) {
            out.add(Code::SettlementDuplicate, &place.at("@OrderReference"), name);
        }
        address::check(&item.congestion_point, &place.at("@CongestionPoint"), context, out);
        if !context.known.congestion_point(&item.congestion_point) {
            out.add(Code::CongestionPoint, &place.at("@CongestionPoint"), &item.congestion_point);
        }
        flex::check_contract(item.contract_id.as_deref(), place, context, out);
        flex::check_baseline(item.baseline_reference.as_deref(), place, context, out);
        currency::check_price(item.price, decimals, place, out);
        out.check_filled(&item.isps, &place.at("ISP"));
        isps::check(isps::of(&item.isps), Some(most_isps(item.period, context)), place, out);
        check_amounts(item, place, out);
    }
    for (index, contract) in message.contract_settlements.iter().enumerate() {
        let place = &place.nth("ContractSettlement", index);
        flex::check_contract(contract.contract_id.as_deref(), place, context, out);
        for (index, day) in contract.periods.iter().enumerate() {
            let place = &place.nth("Period", index);
            check_day(span, day.period, place, out);
            isps::check(isps::of(&day.isps), Some(most_isps(day.period, context)), place, out);
        }
    }
}

/// A settlement says neither how long an ISP lasts nor by which clock: the day of the market with the most ISPs sets the
/// bound, or where any length or clock is taken the longest day there is.
fn most_isps(day: Period, context: &Context<'_>) -> u32 {
    let lengths = context.policy.isp_durations.iter();
    let shortest =
        lengths.filter_map(|length| Some((flex::isp_length(length)?, length))).min_by_key(|it| it.0);
    let Some((minutes, length)) = shortest else { return LONGEST_DAY_MIN };
    let zones = context.policy.time_zones.iter();
    let days = zones.filter_map(|zone| IspCalendar::of_message(day, zone, length).ok());
    days.map(|day| day.count())
        .max()
        .unwrap_or_else(|| LONGEST_DAY_MIN / u32::try_from(minutes.num_minutes()).unwrap_or(1).max(1))
}

fn check_day(span: Span, day: Period, place: &Place<'_>, out: &mut Failures<'_>) {
    if !span.is_turned() && !span.holds(Span::new(day, Some(day))) {
        out.add(Code::PeriodOutside, &place.at("@Period"), day);
    }
}

fn check_amounts(item: &FlexOrderSettlement, place: &Place<'_>, out: &mut Failures<'_>) {
    let (price, penalty) = (item.price.get(), item.penalty().get());
    if price.checked_sub(penalty).is_none_or(|net| net != item.net_settlement.get()) {
        let text = format_args!("{} is not {price} less {penalty}", item.net_settlement);
        out.add(Code::NetSettlement, &place.at("@NetSettlement"), text);
    }
    if penalty != Decimal::ZERO && item.isps.iter().all(|isp| isp.power_deficiency_w() == 0) {
        out.add(Code::PenaltyUnfounded, &place.at("@Penalty"), penalty);
    }
    for (index, isp) in item.isps.iter().enumerate() {
        let place = &place.nth("ISP", index);
        if isp.actual_power_w.checked_sub(isp.baseline_power_w) != Some(isp.delivered_flex_power_w) {
            out.add(Code::DeliveredPower, &place.at("@DeliveredFlexPower"), isp.delivered_flex_power_w);
        }
        if i128::from(isp.power_deficiency_w()) != deficiency(isp) {
            out.add(Code::PowerDeficiency, &place.at("@PowerDeficiency"), isp.power_deficiency_w());
        }
    }
}

/// What was ordered and not delivered, in the direction of the order.
fn deficiency(isp: &OrderIsp) -> i128 {
    let (ordered, delivered) = (i128::from(isp.ordered_flex_power_w), i128::from(isp.delivered_flex_power_w));
    if ordered < 0 { (ordered - delivered).min(0).abs() } else { (ordered - delivered).max(0) }
}

pub(super) fn check_response(message: &FlexSettlementResponse, place: &Place<'_>, out: &mut Failures<'_>) {
    let mut names = HashSet::new();
    for (index, status) in message.flex_order_settlement_statuses.iter().enumerate() {
        let place = &place.nth("FlexOrderSettlementStatus", index);
        if let Some(name) = status.order_reference.as_deref().filter(|name| !names.insert(*name)) {
            out.add(Code::SettlementDuplicate, &place.at("@OrderReference"), name);
        }
        let told = status.dispute_reason.as_deref().is_some_and(|reason| !reason.is_empty());
        if status.disposition == Verdict::Disputed && !told {
            out.missing(Code::DisputeReasonMissing, &place.at("@DisputeReason"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{changed, codes, payload};
    use super::super::{Policy, check, validate};
    use super::*;
    use crate::Payload;

    fn found(payload: &Payload) -> Vec<Code> {
        codes(&check(payload))
    }

    #[test]
    fn good_settlements_and_responses_have_no_failures() {
        assert_eq!(found(&payload("FlexSettlement")), []);
        assert_eq!(found(&payload("FlexSettlementResponse")), []);
    }

    #[test]
    fn the_last_day_is_not_before_the_first() {
        let turned = changed("FlexSettlement", r#"PeriodStart="2026-11-01""#, r#"PeriodStart="2026-12-01""#);
        let failures = check(&turned);
        assert_eq!(codes(&failures), [Code::PeriodOrder]);
        assert_eq!(failures[0].reason(super::super::Dialect::Specification), "PeriodEnd rejected");
        assert_eq!(failures[0].reason(super::super::Dialect::JavaLibrary), "Period out of bounds");
    }

    #[test]
    fn items_are_of_days_within_the_settlement() {
        let outside = changed("FlexSettlement", r#"PeriodEnd="2026-11-30""#, r#"PeriodEnd="2026-11-22""#);
        let failures = check(&outside);
        assert_eq!(codes(&failures), [Code::PeriodOutside, Code::PeriodOutside]);
        assert_eq!(failures[1].path, "/FlexSettlement/ContractSettlement[1]/Period[1]/@Period");
    }

    #[test]
    fn days_that_have_not_begun_anywhere_are_told() {
        let policy = Policy::anyone();
        let found = |now: &str| {
            let context = Context::new(&policy).at(now.parse().unwrap());
            codes(&validate(&payload("FlexSettlement"), &context))
        };
        assert_eq!(found("2026-11-29T09:59:59Z"), [Code::PeriodFuture]);
        assert_eq!(found("2026-11-29T10:00:00Z"), []);
        // What has not even started is told of both ends, in the words of the standard for each.
        let context = Context::new(&policy).at("2026-10-31T09:59:59Z".parse().unwrap());
        let failures = validate(&payload("FlexSettlement"), &context);
        assert_eq!(codes(&failures), [Code::PeriodFuture, Code::PeriodFuture]);
        let spec = super::super::Dialect::Specification;
        assert_eq!(failures[0].reason(spec), "PeriodStart rejected");
        assert_eq!(failures[1].reason(spec), "PeriodEnd rejected");
    }

    #[test]
    fn what_is_paid_is_price_less_penalty_by_value() {
        let net = |text: &str| {
            let new = format!("NetSettlement=\"{text}\"");
            found(&changed("FlexSettlement", r#"NetSettlement="12.50""#, &new))
        };
        assert_eq!(net("12.5000"), []);
        assert_eq!(net("12.51"), [Code::NetSettlement]);
        let penalty = r#"Penalty="2.50" NetSettlement="10""#;
        let fined = changed("FlexSettlement", r#"NetSettlement="12.50""#, penalty);
        assert_eq!(found(&fined), [Code::PenaltyUnfounded]); // all was delivered
    }

    #[test]
    fn delivery_and_deficiency_follow_from_the_powers() {
        let short = r#"ActualPower="600000" DeliveredFlexPower="-150000""#;
        let all = r#"ActualPower="500000" DeliveredFlexPower="-250000""#;
        assert_eq!(found(&changed("FlexSettlement", all, short)), [Code::PowerDeficiency]);
        let told = format!(r#"{short} PowerDeficiency="100000""#);
        assert_eq!(found(&changed("FlexSettlement", all, &told)), []);
        let odd = r#"ActualPower="500000" DeliveredFlexPower="-300000""#;
        assert_eq!(found(&changed("FlexSettlement", all, odd)), [Code::DeliveredPower]);
    }

    #[test]
    fn extreme_powers_and_amounts_do_not_overflow() {
        let powers = format!(r#"ActualPower="{}" DeliveredFlexPower="{}""#, i64::MIN, i64::MAX);
        let all = r#"ActualPower="500000" DeliveredFlexPower="-250000""#;
        let codes = found(&changed("FlexSettlement", all, &powers));
        assert_eq!(codes, [Code::DeliveredPower, Code::PowerDeficiency]);
        let most = r#"Penalty="-79228162514264337593543950335" NetSettlement="12.50""#;
        let codes = found(&changed("FlexSettlement", r#"NetSettlement="12.50""#, most));
        assert_eq!(codes, [Code::NetSettlement, Code::PenaltyUnfounded]);
    }

    #[test]
    fn isps_are_within_the_longest_day_of_the_market() {
        let late = changed("FlexSettlement", r#"Start="69" Baseline"#, r#"Start="105" Baseline"#);
        assert_eq!(found(&late), []);
        let mut policy = Policy::anyone();
        policy.isp_durations = vec!["PT15M".parse().unwrap()];
        assert_eq!(codes(&validate(&late, &Context::new(&policy))), [Code::IspBounds]);
        // Where the clock is known too, so is the day.
        policy.time_zones = vec!["Europe/London".parse().unwrap()];
        let found = |day: &str, isp: &str| {
            let xml = super::super::example::xml("FlexSettlement")
                .replace(r#"<ISP Start="69" Duration="4""#, &format!("<ISP Start=\"{isp}\""))
                .replace("2026-11-23", day)
                .replace("2026-11-01", "2026-01-01");
            let failures = validate(&Payload::from_xml(xml.as_bytes()).unwrap(), &Context::new(&policy));
            failures.into_iter().map(|failure| (failure.code, failure.path)).collect::<Vec<_>>()
        };
        let path = "/FlexSettlement/ContractSettlement[1]/Period[1]/ISP[1]".to_owned();
        for (day, most) in [("2026-11-23", 96), ("2026-03-29", 92), ("2026-10-25", 100)] {
            assert_eq!(found(day, &most.to_string()), [], "{day}");
            assert_eq!(found(day, &(most + 1).to_string()), [(Code::IspBounds, path.clone())], "{day}");
        }
    }

    #[test]
    fn an_order_is_settled_and_judged_once() {
        let xml = super::super::example::xml("FlexSettlement");
        let (start, end) = (xml.find("<FlexOrder").unwrap(), xml.find("<Contract").unwrap());
        let twice = changed(
            "FlexSettlement",
            "<ContractSettlement",
            &format!("{}<ContractSettlement", &xml[start..end]),
        );
        assert_eq!(found(&twice), [Code::SettlementDuplicate]);
        let status = r#"<FlexOrderSettlementStatus OrderReference="o-1" Disposition="Accepted"/>"#;
        let twice = changed("FlexSettlementResponse", status, &status.repeat(2));
        assert_eq!(found(&twice), [Code::SettlementDuplicate]);
    }

    #[test]
    fn a_dispute_says_why() {
        let accepted = r#"Disposition="Accepted""#;
        let silent = changed("FlexSettlementResponse", accepted, r#"Disposition="Disputed""#);
        assert_eq!(found(&silent), [Code::DisputeReasonMissing]);
        let told = r#"Disposition="Disputed" DisputeReason="metered twice""#;
        assert_eq!(found(&changed("FlexSettlementResponse", accepted, told)), []);
    }
}
