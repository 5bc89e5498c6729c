//! What the messages about a congestion point and a day have in common, and those that hold little else.

use chrono::{NaiveDate, TimeDelta};
use xml_wire::{DateTime, Duration};

use super::{Code, Context, Failures, Place, address, isps};
use crate::calendar::{CalendarError, IspCalendar, Run, Tz};
use crate::d_prognosis::DPrognosis;
use crate::flex_reservation_update::FlexReservationUpdate;
use crate::message::FlexMessage;
use crate::values::{EntityAddress, Period, TimeZone};

/// The length of an ISP, if it is one.
pub(super) fn isp_length(duration: &Duration) -> Option<TimeDelta> {
    // Whether it is one is the same on any day.
    let day = IspCalendar::new(NaiveDate::from_ymd_opt(2000, 1, 1)?, Tz::UTC, duration).ok()?;
    Some(day.isp_duration())
}

/// The day that a message is about, if its clock, its ISPs and its date are such that there is one.
pub(super) fn check_calendar(
    period: Period,
    time_zone: &TimeZone,
    isp_duration: &Duration,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) -> Option<IspCalendar> {
    check_day(period, time_zone, (isp_duration, "@ISP-Duration"), place, context, out)
}

/// The same with the length of the units of time under a name of its own.
pub(super) fn check_day(
    period: Period,
    time_zone: &TimeZone,
    (isp_duration, attribute): (&Duration, &str),
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) -> Option<IspCalendar> {
    let day = IspCalendar::of_message(period, time_zone, isp_duration);
    let lengths = &context.policy.isp_durations;
    if !(lengths.is_empty() || lengths.contains(isp_duration))
        || (day.is_err() && isp_length(isp_duration).is_none())
    {
        out.add(Code::IspDuration, &place.at(attribute), isp_duration);
    }
    check_zone(time_zone, Some(period), place, context, out);
    if let Err(CalendarError::Date { .. }) = day {
        out.add(Code::PeriodOutside, &place.at("@Period"), period);
    }
    day.ok()
}

/// Length, clock, place and day of a message.
pub(super) fn check(
    message: &dyn FlexMessage,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) -> Option<IspCalendar> {
    let day =
        check_calendar(message.period(), message.time_zone(), message.isp_duration(), place, context, out);
    let point = &place.at("@CongestionPoint");
    address::check(message.congestion_point(), point, context, out);
    if !context.known.congestion_point(message.congestion_point()) {
        out.add(Code::CongestionPoint, point, message.congestion_point());
    }
    if let (Some(day), Some(now)) = (&day, context.now_utc())
        && day.end() <= now
    {
        out.add(Code::PeriodPast, &place.at("@Period"), message.period());
    }
    day
}

/// Whether we trade by this clock, on this day if it is about one.
pub(super) fn check_zone(
    time_zone: &TimeZone,
    day: Option<Period>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let taken = &context.policy.time_zones;
    let is_same = |other: &TimeZone| day.is_some_and(|day| is_same_day(day, time_zone, other));
    let is_taken = taken.is_empty() || taken.contains(time_zone) || taken.iter().any(is_same);
    if time_zone.as_str().parse::<Tz>().is_err() || !is_taken {
        out.add(Code::TimeZone, &place.at("@TimeZone"), time_zone);
    }
}

/// Whether a day begins and ends in two time zones at the same time.
fn is_same_day(day: Period, one: &TimeZone, other: &TimeZone) -> bool {
    let ends = |zone| {
        let calendar = IspCalendar::of_message(day, zone, &TimeDelta::hours(1).into()).ok()?;
        Some((calendar.start(), calendar.end()))
    };
    ends(one).is_some_and(|ends_of_one| ends(other) == Some(ends_of_one))
}

/// Until when a request or an offer is good: beyond now, and no longer than its last ISP lasts.
pub(super) fn check_expiration(
    expires: DateTime,
    runs: impl Iterator<Item = Run>,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let place = &place.at("@ExpirationDateTime");
    if context.now_utc().is_some_and(|now| expires.to_utc() <= now) {
        out.add(Code::ExpirationPast, place, expires);
    }
    let last = runs.map(Run::last).max();
    let end = day.zip(last).and_then(|(day, last)| {
        let last = u32::try_from(last).unwrap_or(u32::MAX).clamp(1, day.count().max(1));
        day.interval(last)
    });
    if end.is_some_and(|isp| expires.to_utc() > isp.end) {
        out.add(Code::ExpirationIsps, place, expires);
    }
}

pub(super) fn check_contract(
    contract_id: Option<&str>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    if let Some(contract_id) = contract_id.filter(|contract_id| !context.known.contract(contract_id)) {
        out.add(Code::UnknownContract, &place.at("@ContractID"), contract_id);
    }
}

pub(super) fn check_baseline(
    reference: Option<&str>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    if let Some(reference) = reference.filter(|reference| !context.known.baseline(reference)) {
        out.add(Code::UnknownBaseline, &place.at("@BaselineReference"), reference);
    }
}

/// How much power can be planned, offered or reserved at a congestion point.
pub(super) fn check_power(
    congestion_point: &EntityAddress,
    powers_w: impl Iterator<Item = i64>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    for (index, power_w) in powers_w.enumerate() {
        if !context.known.is_plausible(congestion_point, power_w) {
            out.add(
                Code::PowerImplausible,
                &place.nth("ISP", index).at("@Power"),
                format_args!("{power_w} W"),
            );
        }
    }
}

pub(super) fn check_prognosis(
    message: &DPrognosis,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let powers = message.isps.iter().map(|isp| isp.power_w);
    check_power(&message.congestion_point, powers, place, context, out);
    isps::check(isps::of(&message.isps), day.map(IspCalendar::count), place, out);
    if let Some(day) = day {
        isps::check_complete("ISP", isps::of(&message.isps), day, place, out);
    }
}

pub(super) fn check_reservation(
    message: &FlexReservationUpdate,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    check_contract(Some(&message.contract_id), place, context, out);
    let deadline = context.known.reservation_deadline(&message.contract_id, message.period);
    if let (Some(deadline), Some(now)) = (deadline, context.now)
        && deadline <= now
    {
        out.add(Code::DeadlineExpired, &place.at("@Period"), message.period);
    }
    let powers = message.isps.iter().map(|isp| isp.power_w);
    check_power(&message.congestion_point, powers, place, context, out);
    out.check_filled(&message.isps, &place.at("ISP"));
    isps::check(isps::of(&message.isps), day.map(IspCalendar::count), place, out);
}

#[cfg(test)]
mod tests {
    use super::super::example::{changed, codes, payload};
    use super::super::{Known, Policy, validate};
    use super::*;
    use crate::Payload;

    fn found(payload: &Payload) -> Vec<Code> {
        codes(&super::super::check(payload))
    }

    #[test]
    fn isps_last_whole_minutes_that_divide_a_day() {
        for (length, expected) in [
            ("PT15M", vec![]),
            ("PT900S", vec![]),
            ("PT0S", vec![Code::IspDuration]),
            ("P1M", vec![Code::IspDuration]),
            ("P1Y", vec![Code::IspDuration]),
            ("-PT15M", vec![Code::IspDuration]),
            ("PT0.5S", vec![Code::IspDuration]),
            ("PT90S", vec![Code::IspDuration]),
            ("PT7M", vec![Code::IspDuration]),
            ("P2D", vec![Code::IspDuration]),
            ("P4294967295Y", vec![Code::IspDuration]),
        ] {
            let request =
                changed("FlexRequest", r#"ISP-Duration="PT15M""#, &format!("ISP-Duration=\"{length}\""));
            assert_eq!(found(&request), expected, "{length}");
        }
    }

    #[test]
    fn only_lengths_and_zones_of_the_market_are_taken() {
        let mut policy = Policy::anyone();
        policy.isp_durations = vec!["PT30M".parse().unwrap()];
        policy.time_zones = vec!["Europe/Amsterdam".parse().unwrap()];
        let failures = validate(&payload("FlexRequest"), &Context::new(&policy));
        assert_eq!(codes(&failures), [Code::IspDuration, Code::TimeZone]);
        policy.isp_durations = vec!["PT900S".parse().unwrap()]; // as long as PT15M
        policy.time_zones.push("Europe/London".parse().unwrap());
        assert_eq!(codes(&validate(&payload("FlexRequest"), &Context::new(&policy))), []);
    }

    #[test]
    fn a_clock_that_shows_the_same_on_the_day_is_as_good() {
        let mut policy = Policy::anyone();
        policy.time_zones = vec!["Europe/Lisbon".parse().unwrap()];
        let found = |payload: &Payload| codes(&validate(payload, &Context::new(&policy)));
        assert_eq!(found(&payload("FlexRequest")), []);
        assert_eq!(found(&payload("AGRPortfolioQuery")), []);
        assert_eq!(found(&changed("FlexRequest", "Europe/London", "Africa/Abidjan")), []);
        assert_eq!(found(&changed("FlexRequest", "Europe/London", "Africa/Lagos")), [Code::TimeZone]);
        // A portfolio is about no day in particular.
        assert_eq!(found(&payload("AGRPortfolioUpdate")), [Code::TimeZone]);
    }

    #[test]
    fn a_time_zone_exists() {
        assert_eq!(found(&changed("FlexRequest", "Europe/London", "Europe/Atlantis")), [Code::TimeZone]);
    }

    #[test]
    fn the_day_is_over_at_midnight_of_its_time_zone() {
        let policy = Policy::anyone();
        let prognosis = changed("D-Prognosis", "Europe/London", "America/New_York");
        let found = |now: &str| codes(&validate(&prognosis, &Context::new(&policy).at(now.parse().unwrap())));
        assert_eq!(found("2026-11-24T04:59:59Z"), []);
        assert_eq!(found("2026-11-24T05:00:00Z"), [Code::PeriodPast]);
    }

    #[test]
    fn an_expiration_lies_between_now_and_the_end_of_the_last_isp() {
        let policy = Policy::anyone();
        // ISPs 69 to 80: until 20:00 in London.
        let found = |expires: &str, now: &str| {
            let request = changed("FlexRequest", "2026-11-22T23:00:00Z", expires);
            codes(&validate(&request, &Context::new(&policy).at(now.parse().unwrap())))
        };
        assert_eq!(found("2026-11-23T20:00:00Z", "2026-11-23T19:59:59Z"), []);
        assert_eq!(found("2026-11-23T20:00:00Z", "2026-11-23T20:00:00Z"), [Code::ExpirationPast]);
        assert_eq!(found("2026-11-23T20:00:01Z", "2026-11-22T00:00:00Z"), [Code::ExpirationIsps]);
    }

    #[test]
    fn a_plan_lists_every_isp_of_the_day() {
        assert_eq!(found(&payload("D-Prognosis")), []);
        let gap = changed("D-Prognosis", r#"Duration="48""#, r#"Duration="40""#);
        let failures = super::super::check(&gap);
        assert_eq!(codes(&failures), [Code::IspsLacking]);
        assert_eq!(failures[0].value.as_deref(), Some("41 to 48"));
        let short = changed("D-Prognosis", r#"Start="49" Duration="48""#, r#"Start="49" Duration="47""#);
        assert_eq!(super::super::check(&short)[0].value.as_deref(), Some("96"));
        let below = changed("D-Prognosis", r#"Start="1""#, r#"Start="0""#);
        assert_eq!(found(&below), [Code::IspBounds, Code::IspsLacking]);
    }

    #[test]
    fn a_reservation_comes_before_the_deadline_of_its_contract_and_is_plausible() {
        struct Contract;
        impl Known for Contract {
            fn reservation_deadline(&self, contract_id: &str, day: Period) -> Option<DateTime> {
                assert_eq!((contract_id, day.to_string().as_str()), ("c-1", "2026-11-23"));
                "2026-11-22T12:00:00+01:00".parse().ok()
            }
            fn is_plausible(&self, _: &EntityAddress, power_w: i64) -> bool {
                power_w.abs() <= 250_000
            }
        }
        let policy = Policy::anyone();
        let context = Context::new(&policy).knowing(&Contract);
        let reservation = payload("FlexReservationUpdate");
        let at = |now: &str| validate(&reservation, &context.at(now.parse().unwrap()));
        assert_eq!(codes(&at("2026-11-22T10:59:59Z")), []);
        let late = at("2026-11-22T11:00:00Z");
        assert_eq!(codes(&late), [Code::DeadlineExpired]);
        assert_eq!(
            (late[0].path.as_str(), late[0].value.as_deref()),
            ("/FlexReservationUpdate/@Period", Some("2026-11-23"))
        );
        let much = changed("FlexReservationUpdate", "-250000", "-250001");
        let failures = validate(&much, &context);
        assert_eq!(codes(&failures), [Code::PowerImplausible]);
        assert_eq!(failures[0].path, "/FlexReservationUpdate/ISP[1]/@Power");
        assert_eq!(failures[0].value.as_deref(), Some("-250001 W"));
    }

    #[test]
    fn congestion_points_and_contracts_are_known() {
        struct Nothing;
        impl Known for Nothing {
            fn congestion_point(&self, _: &EntityAddress) -> bool {
                false
            }
            fn contract(&self, _: &str) -> bool {
                false
            }
        }
        let policy = Policy::anyone();
        let context = Context::new(&policy).knowing(&Nothing);
        let failures = validate(&payload("FlexReservationUpdate"), &context);
        assert_eq!(codes(&failures), [Code::CongestionPoint, Code::UnknownContract]);
        assert_eq!(found(&payload("FlexReservationUpdate")), []);
    }
}
