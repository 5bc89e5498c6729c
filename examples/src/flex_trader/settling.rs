//! What was delivered, by the meter: whether plans honour orders, and what orders are settled for.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use rust_decimal::Decimal;
use usef_messages::d_prognosis::{DPrognosis, FlexOrderStatus};
use usef_messages::flex_order::FlexOrder;
use usef_messages::flex_settlement::{
    ContractIsp, ContractPeriod, ContractSettlement, FlexOrderSettlement, OrderIsp,
};
use usef_messages::metering::{Metering, ProfileType};
use usef_messages::roles::dso::Settlement;

use super::aggregator::number;
use super::market::periods;
use super::setup::Need;

/// Which orders a plan honours: those of which it draws no more in any period than is drawn without flexibility, less
/// what all orders take off.
pub fn honoured(need: &Need, plan: &DPrognosis, orders: &[&FlexOrder]) -> Vec<FlexOrderStatus> {
    let ordered_w = ordered(orders);
    let planned = |isp: u32| {
        let is_in = |run: &&usef_messages::d_prognosis::Isp| {
            (run.start..run.start.saturating_add(run.duration_isps())).contains(&i64::from(isp))
        };
        plan.isps.iter().find(is_in).map(|run| run.power_w)
    };
    let honours = |order: &FlexOrder| {
        order.isps.iter().flat_map(periods).all(|isp| {
            let most = need.baseline_w.saturating_add(ordered_w.get(&isp).copied().unwrap_or(0));
            planned(isp).is_some_and(|power_w| power_w <= most)
        })
    };
    let status = |order: &&FlexOrder| FlexOrderStatus {
        flex_order_message_id: order.message_id.clone(),
        is_validated: honours(order),
    };
    orders.iter().map(status).collect()
}

/// What all orders take off together, by period.
fn ordered(orders: &[&FlexOrder]) -> BTreeMap<u32, i64> {
    let mut powers_w = BTreeMap::<u32, i64>::new();
    for isp in orders.iter().flat_map(|order| &order.isps) {
        for period in periods(isp) {
            let power_w = powers_w.entry(period).or_default();
            *power_w = power_w.saturating_add(isp.power_w);
        }
    }
    powers_w
}

/// The power that a meter showed, by period, in watts: as it says, or as follows from energy.
fn shown(metering: &Metering) -> BTreeMap<i64, Decimal> {
    let of = |wanted: ProfileType| {
        let profiles = metering.profiles.iter().filter(move |profile| profile.profile_type == wanted);
        profiles.flat_map(|profile| &profile.isps).map(|isp| (isp.start, isp.value.get()))
    };
    let kilo = |kw: Decimal| kw.checked_mul(Decimal::ONE_THOUSAND);
    let power: BTreeMap<_, _> =
        of(ProfileType::Power).filter_map(|(isp, kw)| Some((isp, kilo(kw)?))).collect();
    let minutes = metering.isp_duration.to_time_delta().map_or(0, |length| length.num_minutes());
    if !power.is_empty() || minutes == 0 {
        return power;
    }
    let export: BTreeMap<_, _> = of(ProfileType::ExportEnergy).collect();
    let drawn = |(isp, kwh): (i64, Decimal)| {
        let net = kwh.checked_sub(export.get(&isp).copied().unwrap_or_default())?;
        let per_hour = Decimal::from(TimeDelta::hours(1).num_minutes()).checked_div(minutes.into())?;
        Some((isp, kilo(net.checked_mul(per_hour)?)?))
    };
    of(ProfileType::ImportEnergy).filter_map(drawn).collect()
}

/// What these orders of one aggregator and one day come to, which are in one currency.
///
/// What was drawn less than without flexibility is counted to the orders one after the other: the first has what it asks
/// for, the next what is left.
///
/// # Errors
/// When the meter data lack a period of an order.
pub fn settlement(need: &Need, metering: &Metering, orders: &[&FlexOrder]) -> Result<Settlement> {
    let first = orders.first().context("there is nothing to settle")?;
    let shown_w = shown(metering);
    let mut without_w = BTreeMap::new();
    let mut items = Vec::new();
    for (at, order) in orders.iter().enumerate() {
        let later = ordered(orders.get(at + 1..).unwrap_or_default());
        let mut isps = Vec::new();
        for isp in &order.isps {
            for period in periods(isp) {
                let meter: Option<i64> =
                    shown_w.get(&period.into()).and_then(|watts| watts.round().try_into().ok());
                let meter =
                    meter.with_context(|| format!("the meter data do not tell of period {period}"))?;
                let baseline = *without_w.get(&period).unwrap_or(&need.baseline_w);
                let target = baseline.saturating_add(isp.power_w);
                let actual = if later.contains_key(&period) { meter.max(target) } else { meter };
                let delivered = actual.saturating_sub(baseline);
                without_w.insert(period, actual);
                isps.push(OrderIsp {
                    start: number(period)?,
                    duration: None,
                    baseline_power_w: baseline,
                    ordered_flex_power_w: isp.power_w,
                    actual_power_w: actual,
                    delivered_flex_power_w: delivered,
                    power_deficiency_w: (delivered > isp.power_w)
                        .then(|| delivered.saturating_sub(isp.power_w)),
                });
            }
        }
        items.push(FlexOrderSettlement {
            order_reference: Some(order.order_reference.clone()),
            period: order.period,
            contract_id: order.contract_id.clone(),
            d_prognosis_message_id: order.d_prognosis_message_id.clone(),
            baseline_reference: order.baseline_reference.clone(),
            congestion_point: order.congestion_point.clone(),
            price: order.price,
            penalty: None,
            net_settlement: order.price,
            isps,
        });
    }
    let contract = ContractSettlement {
        contract_id: Some(need.contract_id.clone()),
        periods: vec![ContractPeriod { period: first.period, isps: reserved(need, orders)? }],
    };
    Ok(Settlement {
        start: first.period,
        end: first.period,
        currency: first.currency.clone(),
        contracts: vec![contract],
        orders: items,
    })
}

/// What was reserved in each period of the peak, and what of it was ordered.
fn reserved(need: &Need, orders: &[&FlexOrder]) -> Result<Vec<ContractIsp>> {
    let day = orders.first().context("there is nothing to settle")?.period.date();
    let (_, calendar, peak) = need.on(day)?;
    let ordered_w = ordered(orders);
    let isp = |isp: u32| -> Result<ContractIsp> {
        Ok(ContractIsp {
            start: number(isp)?,
            duration: None,
            reserved_power_w: -i64::from(need.reduction_w.get()),
            requested_power_w: Some(-i64::from(need.reduction_w.get())),
            available_power_w: None,
            offered_power_w: None,
            ordered_power_w: Some(ordered_w.get(&isp).copied().unwrap_or(0)),
        })
    };
    calendar.isps(peak).map(isp).collect()
}

#[cfg(test)]
mod tests {
    use usef_messages::Payload;
    use usef_messages::validation::{Severity, check};

    use super::*;

    const HEAD: &str = r#"Version="3.1.0" SenderDomain="a.example" RecipientDomain="b.example"
        TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
        ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/Amsterdam"
        Period="2026-11-23""#;

    fn read(text: &str) -> Payload {
        Payload::from_xml(text.replace("HEAD", HEAD).as_bytes()).expect("a message")
    }

    /// An order of so much less in the first two quarters of the peak.
    fn order(reference: &str, power_w: i64) -> FlexOrder {
        let text = format!(
            r#"<FlexOrder HEAD CongestionPoint="ean.871685900012636543" Unsolicited="true" Price="10" Currency="EUR"
                OrderReference="{reference}"><ISP Power="{power_w}" Start="69" Duration="2"/></FlexOrder>"#
        );
        let Payload::FlexOrder(order) = read(&text) else { panic!("an order") };
        order
    }

    fn plan(power_w: i64) -> DPrognosis {
        let text = format!(
            r#"<D-Prognosis HEAD CongestionPoint="ean.871685900012636543" Revision="1">
                <ISP Power="900000" Start="1" Duration="68"/><ISP Power="{power_w}" Start="69" Duration="28"/>
            </D-Prognosis>"#
        );
        let Payload::DPrognosis(plan) = read(&text) else { panic!("a plan") };
        plan
    }

    fn metering(profiles: &str) -> Metering {
        let text = format!(r#"<Metering HEAD Revision="1" EAN="E1234567890123456">{profiles}</Metering>"#);
        let Payload::Metering(metering) = read(&text) else { panic!("meter data") };
        metering
    }

    fn profile(kind: &str, unit: &str, values: [&str; 2]) -> String {
        let [one, two] = values;
        format!(
            r#"<Profile ProfileType="{kind}" Unit="{unit}"><ISP Start="69" Value="{one}"/><ISP Start="70" Value="{two}"/></Profile>"#
        )
    }

    #[test]
    fn a_plan_honours_orders_if_it_draws_no_more_than_they_leave() {
        let orders = [order("o-1", -300_000), order("o-2", -100_000)];
        let orders: Vec<&FlexOrder> = orders.iter().collect();
        let validated = |power_w| {
            let statuses = honoured(&Need::default(), &plan(power_w), &orders);
            statuses.iter().map(|status| status.is_validated).collect::<Vec<_>>()
        };
        assert_eq!(validated(500_000), [true, true]);
        assert_eq!(validated(500_001), [false, false]);
    }

    #[test]
    fn orders_are_settled_one_after_the_other_by_power_or_energy() {
        let orders = [order("o-1", -300_000), order("o-2", -100_000)];
        let orders: Vec<&FlexOrder> = orders.iter().collect();
        let power = profile("Power", "kW", ["500", "550"]);
        let energy =
            profile("ImportEnergy", "kWh", ["150", "140"]) + &profile("ExportEnergy", "kWh", ["25", "2.5"]);
        for profiles in [power, energy] {
            let settlement =
                settlement(&Need::default(), &metering(&profiles), &orders).expect("all is told");
            let delivered = |at: usize| -> Vec<(i64, Option<i64>)> {
                let isps = settlement.orders[at].isps.iter();
                isps.map(|isp| (isp.delivered_flex_power_w, isp.power_deficiency_w)).collect()
            };
            assert_eq!(delivered(0), [(-300_000, None), (-300_000, None)]);
            assert_eq!(delivered(1), [(-100_000, None), (-50_000, Some(50_000))]);
            assert_eq!(settlement.contracts[0].periods[0].isps[1].ordered_power_w, Some(-400_000));
            assert_eq!(settlement.contracts[0].periods[0].isps[2].ordered_power_w, Some(0));
        }
    }

    #[test]
    fn a_meter_that_shows_too_little_or_too_much_settles_nothing() {
        let order = order("o-1", -300_000);
        let most = "79228162514264337593543950335";
        for profiles in [
            profile("Power", "kW", ["500", "500"]).replace("\"70\"", "\"71\""),
            profile("Power", "kW", [most, most]),
            profile("ImportMeterReading", "kWh", ["1", "2"]),
        ] {
            let error = settlement(&Need::default(), &metering(&profiles), &[&order]).expect_err("no power");
            assert!(error.to_string().starts_with("the meter data do not tell of period "), "{error}");
        }
    }

    #[test]
    fn powers_at_the_ends_of_their_range_are_reckoned_with() {
        let order = order("o-1", i64::MIN);
        let power = profile("Power", "kW", ["9223372036854775", "-9223372036854775"]);
        let need = Need { baseline_w: i64::MIN, ..Need::default() };
        let settlement = settlement(&need, &metering(&power), &[&order]).expect("both are told");
        assert_eq!(settlement.orders[0].isps[0].delivered_flex_power_w, i64::MAX);
        assert!(check(&Payload::Metering(metering(&power))).iter().all(|f| f.severity < Severity::Error));
    }
}
