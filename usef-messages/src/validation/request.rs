//! Requests for flexibility.

use super::{Code, Context, Failures, Place, flex, isps};
use crate::calendar::IspCalendar;
use crate::flex_request::FlexRequest;
use crate::values::Disposition;

pub(super) fn check(
    message: &FlexRequest,
    day: Option<&IspCalendar>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    if !context.known.has_connections(&message.congestion_point) {
        out.add(Code::NoConnections, &place.at("@CongestionPoint"), &message.congestion_point);
    }
    flex::check_contract(message.contract_id.as_deref(), place, context, out);
    let runs = isps::of(&message.isps);
    isps::check(runs.clone(), day.map(IspCalendar::count), place, out);
    flex::check_expiration(message.expiration_date_time, runs, day, place, context, out);
    for (index, isp) in message.isps.iter().enumerate() {
        let place = &place.nth("ISP", index);
        if isp.min_power_w > isp.max_power_w {
            out.add(Code::PowerOrder, place, format_args!("{} W to {} W", isp.min_power_w, isp.max_power_w));
        }
        match isp.disposition {
            Some(Disposition::Requested) if isp.min_power_w < 0 && isp.max_power_w > 0 => out.add(
                Code::RequestedDirection,
                place,
                format_args!("{} W to {} W", isp.min_power_w, isp.max_power_w),
            ),
            Some(Disposition::Requested | Disposition::Available) => {}
            None => out.missing(Code::DispositionMissing, &place.at("@Disposition")),
        }
    }
    if message.isps.iter().all(|isp| isp.disposition != Some(Disposition::Requested)) {
        out.missing(Code::RequestedLacking, place);
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{changed, codes, payload};
    use super::super::{Known, Policy, check, validate};
    use super::*;
    use crate::values::EntityAddress;

    #[test]
    fn a_good_request_has_no_failures() {
        assert_eq!(codes(&check(&payload("FlexRequest"))), []);
    }

    #[test]
    fn one_isp_at_least_is_requested() {
        let available = changed("FlexRequest", "Requested", "Available");
        assert_eq!(codes(&check(&available)), [Code::RequestedLacking]);
    }

    #[test]
    fn an_isp_without_disposition_is_told_and_not_taken_for_requested() {
        let silent = changed("FlexRequest", r#"Disposition="Requested""#, "");
        assert_eq!(codes(&check(&silent)), [Code::DispositionMissing, Code::RequestedLacking]);
    }

    #[test]
    fn what_is_requested_has_a_direction() {
        let both = changed("FlexRequest", r#"MaxPower="0""#, r#"MaxPower="1""#);
        assert_eq!(codes(&check(&both)), [Code::RequestedDirection]);
        // The second ISP is available, and may be used either way.
        let available =
            changed("FlexRequest", r#"MinPower="0" MaxPower="100000""#, r#"MinPower="-1" MaxPower="2""#);
        assert_eq!(codes(&check(&available)), []);
    }

    #[test]
    fn the_least_power_is_not_above_the_most() {
        let turned = changed("FlexRequest", r#"MinPower="-500000""#, r#"MinPower="1""#);
        let failures = check(&turned);
        assert_eq!(codes(&failures), [Code::PowerOrder]);
        assert_eq!(failures[0].value.as_deref(), Some("1 W to 0 W"));
    }

    #[test]
    fn we_have_connections_at_the_congestion_point() {
        struct Elsewhere;
        impl Known for Elsewhere {
            fn has_connections(&self, _: &EntityAddress) -> bool {
                false
            }
        }
        let policy = Policy::anyone();
        let context = Context::new(&policy).knowing(&Elsewhere);
        assert_eq!(codes(&validate(&payload("FlexRequest"), &context)), [Code::NoConnections]);
    }
}
