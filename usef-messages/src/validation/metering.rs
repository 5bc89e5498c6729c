//! What meters showed.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::{Code, Context, Failures, Place, address, currency, flex, isps};
use crate::calendar::IspCalendar;
use crate::metering::{Isp, Metering, Profile, ProfileType, Unit};

pub(super) fn check(message: &Metering, place: &Place<'_>, context: &Context<'_>, out: &mut Failures<'_>) {
    let day =
        flex::check_calendar(message.period, &message.time_zone, &message.isp_duration, place, context, out);
    address::check_metering_point(&message.ean, &place.at("@EAN"), context, out);
    if let Some(currency) = &message.currency {
        currency::check(currency, place, out);
    }
    if let (Some(day), Some(now)) = (&day, context.now_utc())
        && day.start() > now
    {
        out.add(Code::PeriodFuture, &place.at("@Period"), message.period);
    }
    let mut types = HashSet::new();
    out.check_filled(&message.profiles, &place.at("Profile"));
    for (index, profile) in message.profiles.iter().enumerate() {
        let place = &place.nth("Profile", index);
        if !types.insert(profile.profile_type) {
            out.add(Code::ProfileDuplicate, &place.at("@ProfileType"), profile.profile_type);
        }
        out.check_filled(&profile.isps, &place.at("ISP"));
        check_profile(profile, day.as_ref(), place, out);
    }
    check_power(message, place, out);
}

fn check_profile(profile: &Profile, day: Option<&IspCalendar>, place: &Place<'_>, out: &mut Failures<'_>) {
    let unit = match profile.profile_type {
        ProfileType::Power => Unit::Kilowatt,
        ProfileType::ImportEnergy
        | ProfileType::ExportEnergy
        | ProfileType::ImportMeterReading
        | ProfileType::ExportMeterReading => Unit::KilowattHour,
    };
    if profile.unit != unit {
        out.add(Code::MeteringUnit, &place.at("@Unit"), profile.unit);
    }
    isps::check(isps::of(&profile.isps), day.map(IspCalendar::count), place, out);
    if profile.profile_type != ProfileType::Power {
        for (index, isp) in profile.isps.iter().enumerate() {
            if isp.value.get() < Decimal::ZERO {
                out.add(Code::NegativeEnergy, &place.nth("ISP", index).at("@Value"), isp.value);
            }
        }
    }
    if matches!(profile.profile_type, ProfileType::ImportMeterReading | ProfileType::ExportMeterReading) {
        let mut isps: Vec<(usize, &Isp)> = profile.isps.iter().enumerate().collect();
        isps.sort_by_key(|(_, isp)| isp.start);
        for pair in isps.windows(2) {
            if let [(_, before), (index, isp)] = pair
                && isp.value < before.value
            {
                out.add(Code::ReadingDecreases, &place.nth("ISP", *index).at("@Value"), isp.value);
            }
        }
    }
}

/// Power is what was taken less what was fed in, over the length of the ISP; within what rounding to a watt allows.
fn check_power(message: &Metering, place: &Place<'_>, out: &mut Failures<'_>) {
    let by_isp = |wanted: ProfileType| -> Option<HashMap<i64, Decimal>> {
        let profile = message.profiles.iter().find(|profile| profile.profile_type == wanted)?;
        Some(profile.isps.iter().map(|isp| (isp.start, isp.value.get())).collect())
    };
    let power =
        message.profiles.iter().enumerate().find(|(_, profile)| profile.profile_type == ProfileType::Power);
    let (Some((index, power)), Some(import), Some(export), Some(length)) = (
        power,
        by_isp(ProfileType::ImportEnergy),
        by_isp(ProfileType::ExportEnergy),
        flex::isp_length(&message.isp_duration),
    ) else {
        return;
    };
    let place = &place.nth("Profile", index);
    let tolerance = Decimal::new(1, 2);
    for (index, isp) in power.isps.iter().enumerate() {
        let expected = || {
            let energy = import.get(&isp.start)?.checked_sub(*export.get(&isp.start)?)?;
            let difference = energy
                .checked_mul(60.into())?
                .checked_div(length.num_minutes().into())?
                .checked_sub(isp.value.get())?;
            Some(difference.abs() <= tolerance)
        };
        if expected() == Some(false) {
            out.add(Code::PowerEnergy, &place.nth("ISP", index).at("@Value"), isp.value);
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
    fn good_data_have_no_failures() {
        assert_eq!(found(&payload("Metering")), []);
    }

    #[test]
    fn power_is_in_kilowatts_and_energy_in_kilowatt_hours() {
        let wrong = changed("Metering", r#""Power" Unit="kW""#, r#""Power" Unit="kWh""#);
        assert_eq!(found(&wrong), [Code::MeteringUnit]);
        let wrong = changed("Metering", r#""ImportEnergy" Unit="kWh""#, r#""ImportEnergy" Unit="kW""#);
        assert_eq!(found(&wrong), [Code::MeteringUnit]);
    }

    #[test]
    fn a_quantity_has_one_profile_and_an_isp_one_value() {
        let twice = changed("Metering", r#""ExportEnergy""#, r#""ImportEnergy""#);
        assert_eq!(found(&twice), [Code::ProfileDuplicate]);
        let twice = changed("Metering", r#"Start="2" Value="1000.5""#, r#"Start="1" Value="1000.5""#);
        assert_eq!(found(&twice), [Code::IspConflict]);
        let beyond = changed("Metering", r#"Start="2" Value="1000.5""#, r#"Start="97" Value="1000.5""#);
        assert_eq!(found(&beyond), [Code::IspBounds]);
        let below = changed("Metering", r#"Start="1" Value="1000""#, r#"Start="0" Value="1000""#);
        assert_eq!(found(&below), [Code::IspBounds]);
    }

    #[test]
    fn registers_count_up_and_energy_has_no_sign() {
        let down = changed("Metering", r#"Value="1000.5""#, r#"Value="999.5""#);
        assert_eq!(found(&down), [Code::ReadingDecreases]);
        let below = changed("Metering", r#"Value="1000""#, r#"Value="-1""#);
        assert_eq!(found(&below), [Code::NegativeEnergy]);
    }

    #[test]
    fn power_follows_from_energy() {
        assert_eq!(found(&changed("Metering", r#"Value="1.6""#, r#"Value="1.609""#)), []);
        assert_eq!(found(&changed("Metering", r#"Value="1.6""#, r#"Value="1.5""#)), [Code::PowerEnergy]);
        let most = r#"Value="79228162514264337593543950335""#;
        assert_eq!(found(&changed("Metering", r#"Value="0.5""#, most)), []); // cannot be told
    }

    #[test]
    fn a_day_that_has_not_begun_is_told() {
        let policy = Policy::anyone();
        let found = |now: &str| {
            codes(&validate(&payload("Metering"), &Context::new(&policy).at(now.parse().unwrap())))
        };
        assert_eq!(found("2026-11-22T23:59:59Z"), [Code::PeriodFuture]);
        assert_eq!(found("2026-11-23T00:00:00Z"), []);
        assert_eq!(found("2027-11-23T00:00:00Z"), []);
    }

    #[test]
    fn a_currency_is_known_and_a_clock_and_a_length_are_taken() {
        assert_eq!(found(&changed("Metering", "Period=", r#"Currency="EUR" Period="#)), []);
        assert_eq!(found(&changed("Metering", "Period=", r#"Currency="AAA" Period="#)), [Code::Currency]);
        assert_eq!(found(&changed("Metering", "PT15M", "PT0S")), [Code::IspDuration]);
        assert_eq!(found(&changed("Metering", "Europe/London", "Europe/Mordor")), [Code::TimeZone]);
    }
}
