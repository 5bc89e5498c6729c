//! The replies of an Octopus Home Pro: to `get_meter_status`, `get_meter_info` and `get_meter_consumption`.
//!
//! Its times are said to count from 1970, but those of the meter's last update count from 2000.

use super::node::Node;
use super::{Device, Epoch, Error, Feed, Format, Report, from_hex, is_no_value, register};
use crate::address::Eui64;
use crate::decimal::Decimal;
use crate::metering::{Flow, Kind, Span, Unit, UnitOfMeasure};
use crate::readings::{Ambient, Cause, Commodity, Meter, News, Notice, Source, Supply, Symbol};
use crate::timestamp::Timestamp;
use core::time::Duration;
use std::string::String;

/// Reads a reply; none if it is not one.
pub(super) fn read(feed: &mut Feed, device: &str, root: &Node<'_>) -> Result<Option<Report>, Error> {
    let outer = ["meter_consump", "meter_status", "meter_info"].into_iter().find_map(|key| root.get(key));
    let Some(outer) = outer else {
        if let Some(report) = reply(feed, device, root) {
            return Ok(Some(report));
        }
        // A failed request has nothing but this.
        return match root.get("Status").and_then(|status| status.label()) {
            Some(status) => Err(Error::Refused(status)),
            None => Ok(None),
        };
    };
    // The reply within a reply is a string in some editions.
    match outer.text().filter(|text| text.trim_start().starts_with('{')) {
        Some(text) => Ok(reply(feed, device, &Node::parse(&text)?)),
        None => Ok(reply(feed, device, &outer)),
    }
}

fn reply(feed: &mut Feed, device: &str, node: &Node<'_>) -> Option<Report> {
    let (kind, inner) = ["consum", "status", "minfo"].into_iter().find_map(|key| {
        node.get(key).filter(|inner| inner.get("type").is_some()).map(|inner| (key, inner))
    })?;
    let commodity = match inner.get("type")?.text()?.as_str() {
        "elec" | "electricity" => Commodity::Electricity,
        "gas" => Commodity::Gas,
        _ => return None,
    };
    let asked = node.get("time").and_then(|time| time.unsigned());
    let updated = inner.get("lastupdated").and_then(|time| time.unsigned()).filter(|time| *time > 0);
    let (epoch, time) = match updated.map(|updated| moment(updated, asked)) {
        Some((epoch, time)) => (Some(epoch), Some(time)),
        None => (None, asked.map(|seconds| Timestamp(Duration::from_secs(seconds)))),
    };
    let mut report = Report::new(Format::HomePro);
    report.epoch = epoch;
    match kind {
        "consum" => {
            let meter = feed.name(device, commodity, None);
            consumption(&mut report, meter, &inner, time);
        }
        "status" => {
            let source = Source { meter: feed.name(device, commodity, None), endpoint: None };
            status(&mut report, source, commodity, &inner, time);
        }
        _ => info(&mut report, feed, device, commodity, &inner, time),
    }
    Some(report)
}

/// The moment that a number of seconds is, with the epoch it counts from: the one that brings it nearer to when the
/// reply was asked for. Where that is not known, before 2010 there was no such meter.
fn moment(seconds: u64, asked: Option<u64>) -> (Epoch, Timestamp) {
    const EPOCHS_APART_S: u64 = 946_684_800;
    const YEAR_2010_S: u64 = 1_262_304_000;
    let zigbee = seconds.saturating_add(EPOCHS_APART_S);
    let is_zigbee = match asked {
        Some(asked) => zigbee.abs_diff(asked) < seconds.abs_diff(asked),
        None => seconds < YEAR_2010_S,
    };
    let (epoch, seconds) = if is_zigbee { (Epoch::Zigbee, zigbee) } else { (Epoch::Unix, seconds) };
    (epoch, Timestamp(Duration::from_secs(seconds)))
}

fn consumption(report: &mut Report, meter: Meter, node: &Node<'_>, time: Option<Timestamp>) {
    let raw = |key: &str| node.at(["raw", key])?.text();
    let id = node.get("unit").and_then(|id| id.unsigned()).unwrap_or(0);
    let Some(unit) = u8::try_from(id).ok().and_then(UnitOfMeasure::from_id) else { return };
    let factor = |keys: [&str; 2]| {
        let text = keys.into_iter().find_map(raw)?;
        from_hex(&text, 24, false).and_then(|factor| u32::try_from(factor).ok())
    };
    let factors = Factors {
        multiplier: factor(["multipler", "multiplier"]),
        divisor: factor(["divisor", "divisor"]),
        bcd: unit.bcd,
    };
    let sums = ["consumption"].into_iter().find_map(|key| node.get(key)).and_then(|node| node.number());
    let demands = ["instdmand", "instdemand"].into_iter().find_map(|key| node.get(key));
    let demands = demands.and_then(|node| node.number());
    let unit: Unit = unit.unit;
    if let Some(value) = factors.value(sums, raw("rawcons"), 48, false) {
        let quantity = register(Kind::Summation, Some(Flow::Delivered), Span::Total, unit);
        report.push(meter, time, (quantity, value, Symbol::Unit(unit.symbol())));
    }
    if let Some(value) = factors.value(demands, raw("rawinstdmand"), 24, true) {
        let quantity = register(Kind::Demand, None, Span::Total, unit);
        report.push(meter, time, (quantity, value, Symbol::Unit(unit.demand_symbol())));
    }
}

/// How the meter's own numbers are scaled.
struct Factors {
    multiplier: Option<u32>,
    divisor: Option<u32>,
    bcd: bool,
}

impl Factors {
    /// A value from what the device reckoned, in thousandths, and what the meter sent.
    ///
    /// None where the meter sent what stands for "no value". What the device reckoned counts where there is no number of
    /// the meter, and where the two disagree: the device has seen factors that it does not always hand on.
    fn value(&self, told: Option<Decimal>, raw: Option<String>, bits: u32, signed: bool) -> Option<Decimal> {
        let told = told
            .filter(|told| !is_no_value_raw(told))
            .and_then(|told| Some(Decimal::new(told.mantissa(), told.places().checked_add(3)?)))
            .filter(|told| !is_no_value(told));
        let Some(raw) = raw.filter(|raw| !raw.trim().is_empty()) else { return told };
        let number = from_hex(&raw, bits, signed)?;
        let scaled = match (self.multiplier, self.divisor, self.bcd) {
            (Some(multiplier @ 1..), Some(divisor @ 1..), false) => {
                Decimal::ratio(number, multiplier, divisor)
            }
            _ => None,
        };
        let is_same = |told: &Decimal| scaled.as_ref().is_some_and(|scaled| nearly(told, scaled));
        match told {
            Some(told) if !is_same(&told) => Some(told),
            Some(told) => scaled.or(Some(told)),
            None => scaled,
        }
    }
}

/// Whether a number of thousandths stands for "no value" before it is scaled.
fn is_no_value_raw(told: &Decimal) -> bool {
    told.places() == 0 && [-0x80_0000, 0xFFFF_FFFF_FFFF].contains(&told.mantissa())
}

/// Whether two numbers are the same to a thousandth.
fn nearly(told: &Decimal, scaled: &Decimal) -> bool {
    let thousandths = |number: &Decimal| {
        let scale = 10_i128.checked_pow(u32::from(number.places()))?;
        number.mantissa().checked_mul(1000)?.checked_div_euclid(scale)
    };
    match (thousandths(told), thousandths(scaled)) {
        (Some(told), Some(scaled)) => told.abs_diff(scaled) <= 1,
        _ => false,
    }
}

fn status(
    report: &mut Report,
    source: Source,
    commodity: Commodity,
    node: &Node<'_>,
    time: Option<Timestamp>,
) {
    let byte = |key: &str| node.get(key)?.unsigned().and_then(|byte| u8::try_from(byte).ok());
    let mut push = |news| report.notices.push(Notice { source, time, news });
    if let Some(flags) = byte("mstatus") {
        let device_type = Some(if commodity == Commodity::Gas { 1 } else { 0 });
        push(News::Status { flags, device_type });
    }
    if let Some(id) = byte("supply").filter(|id| *id != u8::MAX) {
        push(News::Supply { cause: Cause::Now, state: Supply::from_id(id) });
    }
    if let Some(id) = byte("aconsumindicate").filter(|id| *id != u8::MAX) {
        push(News::Ambient(Ambient::from_id(id)));
    }
}

fn info(
    report: &mut Report,
    feed: &mut Feed,
    device: &str,
    commodity: Commodity,
    node: &Node<'_>,
    time: Option<Timestamp>,
) {
    let text = |key: &str| node.get(key).and_then(|node| node.label());
    let eui64 = text("eui");
    let digits: Option<String> =
        eui64.as_ref().map(|text| text.chars().filter(|c| c.is_ascii_alphanumeric()).collect());
    let named = digits.and_then(|digits| digits.parse::<Eui64>().ok()).map(Meter::Eui64);
    let point = || text("siteid").as_deref().and_then(super::metering_point);
    feed.name(device, commodity, named.or_else(point));
    let rssi = node.get("RSSI").or_else(|| node.get("rssi"));
    report.device = Some(Device {
        eui64,
        rssi_dbm: rssi.and_then(|node| node.signed()?.try_into().ok()),
        time,
        ..Device::default()
    });
}

#[cfg(test)]
mod tests {
    use super::super::{Epoch, Error, Feed};

    fn texts(feed: &mut Feed, payload: &str) -> Vec<String> {
        feed.read(None, payload).unwrap().readings.iter().map(ToString::to_string).collect()
    }

    fn consumption(consumption: &str, demand: &str, raw: &str) -> String {
        format!(
            r#"{{"time": 1713539551, "consum": {{"type": "elec", "consumption": {consumption}, "instdmand": {demand},
                "lastupdated": 766854750, "unit": 0, "raw": {{{raw} "multipler": "000001", "divisor": "0003E8",
                "consformat": "33", "demformat": "00"}}}}}}"#
        )
    }

    #[test]
    fn a_reply_gives_sum_and_demand_at_the_time_of_the_meter() {
        let mut feed = Feed::new();
        let payload =
            consumption("30117796", "284", r#""rawcons": "000001CB8F84", "rawinstdmand": "00011C","#);
        let report = feed.read(None, &payload).unwrap();
        assert_eq!(report.epoch, Some(Epoch::Zigbee));
        let reading = &report.readings[0];
        assert_eq!(reading.to_string(), "energy_import 30117.796 kWh");
        assert_eq!(reading.time.unwrap().to_string(), "2024-04-19T15:12:30Z");
        assert_eq!(reading.source.meter.to_string(), "electricity");
        assert_eq!(report.readings[1].to_string(), "power 0.284 kW");
    }

    #[test]
    fn what_the_meter_did_not_have_gives_no_reading() {
        let mut feed = Feed::new();
        let invalid = r#""rawcons": "FFFFFFFFFFFF", "rawinstdmand": "800000","#;
        assert_eq!(texts(&mut feed, &consumption("281474976710655", "-8388608", invalid)), [""; 0]);
        assert_eq!(texts(&mut feed, &consumption("281474976710655", "-8388608", "")), [""; 0]);
    }

    #[test]
    fn what_the_device_reckoned_counts_where_the_meters_number_is_another() {
        let mut feed = Feed::new();
        let other = r#""rawcons": "00000000ABD0", "rawinstdmand": "000000","#;
        let expected = ["energy_import 30117.796 kWh", "power 0.284 kW"];
        assert_eq!(texts(&mut feed, &consumption("30117796", "284", other)), expected);
    }

    #[test]
    fn a_reply_may_be_a_string_within_a_reply_and_the_meter_has_the_name_it_said() {
        let mut feed = Feed::new();
        let info = r#"{"meter_info": {"time": 1713538882, "minfo": {"type": "gas", "eui": "0C-A2-F4-00-00-6A-5A-3E",
            "serial": "E6S", "siteid": "7443608110", "RSSI": -63}}}"#;
        assert_eq!(feed.read(None, info).unwrap().device.unwrap().rssi_dbm, Some(-63));
        let inner = r#"{"time":1713539551,"consum":{"type":"gas","consumption":5655830,"unit":1}}"#;
        let payload = format!("{{\"meter_consump\": {}}}", serde_json::to_string(inner).unwrap());
        let report = feed.read(None, &payload).unwrap();
        assert_eq!(report.readings[0].to_string(), "volume 5655.83 m3");
        assert_eq!(report.readings[0].source.meter.to_string(), "0ca2f400006a5a3e");
    }

    #[test]
    fn a_time_from_1970_is_told_from_one_from_2000() {
        let mut feed = Feed::new();
        let status = |updated: u64| {
            format!(
                r#"{{"meter_status": {{"time": 1713535438, "status":
                    {{"type": "elec", "mstatus": 0, "aconsumindicate": 0, "lastupdated": {updated}}}}}}}"#
            )
        };
        for (updated, epoch) in [(766_850_639, Epoch::Zigbee), (1_713_535_439, Epoch::Unix)] {
            let report = feed.read(None, &status(updated)).unwrap();
            assert_eq!(report.epoch, Some(epoch));
            assert_eq!(report.notices[0].time.unwrap().to_string(), "2024-04-19T14:03:59Z");
            assert_eq!(report.notices.len(), 2);
        }
    }

    #[test]
    fn a_request_that_failed_says_why() {
        let refused = Feed::new().read(None, r#"{"Status": "Meter not found"}"#);
        assert_eq!(refused, Err(Error::Refused("Meter not found".into())));
    }
}
