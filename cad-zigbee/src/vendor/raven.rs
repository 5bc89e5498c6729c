//! The XML of Rainforest's RAVEn and EMU-2: fragments without a common root, numbers in hex, times in seconds since 2000.

use super::{Device, Error, Format, Report, from_hex, register};
use crate::address::Eui64;
use crate::decimal::Decimal;
use crate::energy::money::Currency;
use crate::metering::{Flow, Kind, Span, Unit};
use crate::readings::{Label, Meter, News, Notice, Quantity, Source, Symbol};
use crate::timestamp::Timestamp;
use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;
use xml_wire::{Decoder, Dialect, Limits, Namespace, Piece, lexical};

const ALL: &[Namespace] = &[];
static DIALECT: Dialect =
    Dialect { namespaces: ALL, is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

/// Reads one fragment after the other.
pub(super) fn read(text: &str) -> Result<Report, Error> {
    let mut report = Report::new(Format::Raven);
    let mut known = false;
    for fragment in fragments(text)? {
        known |= fragment.read(&mut report);
    }
    if known { Ok(report) } else { Err(Error::Unknown) }
}

/// An element with what its children hold.
struct Fragment {
    name: String,
    fields: BTreeMap<String, String>,
}

/// The fragments of a text, read as the children of one element.
fn fragments(text: &str) -> Result<Vec<Fragment>, Error> {
    /// A fragment has some twenty elements, and no more than some dozens come at once.
    const LIMITS: Limits = Limits { bytes: 64 << 10, depth: 8, attributes: 8, namespaces: 8, elements: 4096 };
    let mut text = text;
    if let Some(declaration) = text.strip_prefix("<?xml") {
        text = declaration.split_once("?>").map_or("", |(_, rest)| rest);
    }
    let document = format!("<fragments>{text}</fragments>");
    let mut fragments = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let see = |piece: Piece<'_, '_>| match piece {
        Piece::Start(tag) => {
            let name = tag.name().to_string();
            if open.len() == 1 {
                fragments.push(Fragment { name: name.clone(), fields: BTreeMap::new() });
            }
            open.push(name);
        }
        Piece::Text(text) => {
            if let ([_, _, field], Some(fragment)) = (open.as_slice(), fragments.last_mut()) {
                fragment.fields.entry(field.clone()).or_default().push_str(&text);
            }
        }
        Piece::End => {
            open.pop();
        }
        Piece::Instruction(_) => {}
    };
    Decoder::new(&DIALECT)
        .with_limits(LIMITS)
        .walk(document.as_bytes(), see)
        .map_err(|error| Error::Xml(error.to_string()))?;
    Ok(fragments)
}

impl Fragment {
    /// Tells whether the fragment is known.
    fn read(&self, report: &mut Report) -> bool {
        match self.name.as_str() {
            "InstantaneousDemand" => {
                self.push(report, "Demand", (Kind::Demand, None, Span::Total));
            }
            "CurrentSummationDelivered" | "CurrentSummation" => {
                let span = Span::Total;
                self.push(report, "SummationDelivered", (Kind::Summation, Some(Flow::Delivered), span));
                self.push(report, "SummationReceived", (Kind::Summation, Some(Flow::Received), span));
            }
            // The billing period is the nearest that a meter has to the device's periods.
            "CurrentPeriodUsage" => {
                let what = (Kind::Summation, Some(Flow::Delivered), Span::BlockPeriod(0));
                self.push(report, "CurrentUsage", what);
            }
            "LastPeriodUsage" => {
                let what = (Kind::Summation, Some(Flow::Delivered), Span::BlockPeriod(1));
                self.push(report, "LastUsage", what);
            }
            "PriceCluster" => self.price(report),
            "DeviceInfo" | "NetworkInfo" | "ConnectionStatus" => {
                let text = |key: &str| self.text(key).map(String::from);
                report.device = Some(Device {
                    eui64: self.eui64("DeviceMacId").map(|eui64| eui64.to_string()),
                    hardware: text("ModelId").or_else(|| text("HWVersion")),
                    software: text("FWVersion"),
                    status: text("Status"),
                    link_quality: self
                        .text("LinkStrength")
                        .and_then(|hex| from_hex(hex, 16, false)?.try_into().ok()),
                    ..Device::default()
                });
            }
            "TimeCluster" | "MeterInfo" | "MeterList" | "MessageCluster" | "ScheduleInfo"
            | "BlockPriceDetail" | "FastPollStatus" | "ProfileData" | "Information" | "Warning" | "Error" => {
            }
            _ => return false,
        }
        true
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn hex(&self, key: &str, bits: u32) -> Option<i64> {
        self.text(key).and_then(|text| from_hex(text, bits, false))
    }

    fn eui64(&self, key: &str) -> Option<Eui64> {
        let text = self.text(key)?;
        text.strip_prefix("0x").unwrap_or(text).parse().ok()
    }

    fn meter(&self) -> Meter {
        self.eui64("MeterMacId").map_or(Meter::Unnamed, Meter::Eui64)
    }

    /// When the meter said so; the device sends all ones where it does not know.
    fn time(&self) -> Option<Timestamp> {
        let seconds = self.hex("TimeStamp", 32).filter(|seconds| *seconds > 0)?;
        u32::try_from(seconds).ok().map(Timestamp::from_zigbee)
    }

    fn push(&self, report: &mut Report, key: &str, (kind, flow, span): (Kind, Option<Flow>, Span)) {
        let Some(text) = self.text(key) else { return };
        let raw = if kind == Kind::Demand {
            // A demand of more than 24 bits is written with 32.
            from_hex(text, 24, true).or_else(|| {
                from_hex(text, 32, true).filter(|raw| *raw != -0x80_0000 && *raw != 0x80_0000 && *raw != -1)
            })
        } else {
            let digits = text.trim_start_matches("0x").len();
            from_hex(text, if digits > 8 { 48 } else { 32 }, false)
        };
        // The device's documents say that 0 stands for 1.
        let factor =
            |key: &str| self.hex(key, 32).and_then(|factor| u32::try_from(factor).ok()).unwrap_or(1).max(1);
        let Some(value) = raw.and_then(|raw| Decimal::ratio(raw, factor("Multiplier"), factor("Divisor")))
        else {
            return;
        };
        let unit = Unit::KilowattHours;
        let symbol = if kind == Kind::Demand { unit.demand_symbol() } else { unit.symbol() };
        let quantity = register(kind, flow, span, unit);
        report.push(self.meter(), self.time(), (quantity, value, Symbol::Unit(symbol)));
    }

    fn price(&self, report: &mut Report) {
        let (meter, time) = (self.meter(), self.time());
        let digits = self.hex("TrailingDigits", 8).and_then(|digits| u8::try_from(digits).ok());
        let currency = self.hex("Currency", 16).and_then(|number| u16::try_from(number).ok());
        if let (Some(price), Some(digits @ 0..=15)) = (self.hex("Price", 32), digits) {
            let currency = currency.map_or(Currency::NONE, Currency);
            let quantity = Quantity::Price { flow: Flow::Delivered, tier: 0, block: 0 };
            let value = Decimal::new(i128::from(price), digits);
            report.push(meter, time, (quantity, value, Symbol::MoneyPer(currency, "kWh")));
        }
        let tier = self.hex("Tier", 8).and_then(|tier| u8::try_from(tier).ok()).unwrap_or(0);
        if let Some(text) = self.text("RateLabel").or_else(|| self.text("TierLabel")) {
            let of = if tier == 0 { Label::TariffDelivered } else { Label::Tier(tier) };
            let news = News::Label { of, text: text.into() };
            report.notices.push(Notice { source: Source { meter, endpoint: None }, time, news });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Feed};

    const DEMAND: &str = "<InstantaneousDemand>\r\n  <DeviceMacId>0xd8d5b90000011999</DeviceMacId>\r\n  \
        <MeterMacId>0x001c64001354ec34</MeterMacId>\r\n  <TimeStamp>0x29fde1c2</TimeStamp>\r\n  \
        <Demand>0xVALUE</Demand>\r\n  <Multiplier>0x00000003</Multiplier>\r\n  <Divisor>0x000003e8</Divisor>\r\n\
        </InstantaneousDemand>\r\n";

    fn texts(payload: &str) -> Vec<String> {
        Feed::new().read(None, payload).unwrap().readings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_demand_has_its_sign_and_the_meters_time() {
        let report = Feed::new().read(None, &DEMAND.replace("VALUE", "000222")).unwrap();
        let reading = &report.readings[0];
        assert_eq!(reading.to_string(), "power 1.638 kW");
        assert_eq!(reading.source.meter.to_string(), "001c64001354ec34");
        assert_eq!(reading.time.unwrap().to_string(), "2022-04-28T23:37:38Z");
        for value in ["fffdde", "fffffdde"] {
            assert_eq!(texts(&DEMAND.replace("VALUE", value)), ["power -1.638 kW"], "{value}");
        }
        for value in ["800000", "ff800000", "nothing"] {
            assert_eq!(texts(&DEMAND.replace("VALUE", value)), [""; 0], "{value}");
        }
    }

    #[test]
    fn several_fragments_come_in_one_text() {
        let sum = "<CurrentSummationDelivered><MeterMacId>0x001c64001354ec34</MeterMacId>\
            <SummationDelivered>0x0000000001321a5f</SummationDelivered>\
            <SummationReceived>0x00000000003f8240</SummationReceived>\
            <Multiplier>0x00000000</Multiplier><Divisor>0x000003e8</Divisor></CurrentSummationDelivered>";
        let price = "<PriceCluster><TimeStamp>0xffffffff</TimeStamp><Price>0x0000000e</Price>\
            <Currency>0x0348</Currency><TrailingDigits>0x02</TrailingDigits><Tier>0x01</Tier>\
            <RateLabel>Set by User</RateLabel></PriceCluster>";
        let report = Feed::new().read(None, &[sum, "\n", price].concat()).unwrap();
        let texts: Vec<String> = report.readings.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            ["energy_import 20060.767 kWh", "energy_export 4162.112 kWh", "price 0.14 USD/kWh"]
        );
        assert_eq!(report.readings[2].time, None);
        assert_eq!(report.notices.len(), 1);
    }

    #[test]
    fn what_is_no_xml_and_what_is_of_another_device_is_refused() {
        let mut feed = Feed::new();
        let cut_off = DEMAND.trim_end().trim_end_matches("</InstantaneousDemand>");
        assert!(matches!(feed.read(None, cut_off), Err(Error::Xml(_))));
        assert_eq!(feed.read(None, "<rss><channel/></rss>"), Err(Error::Unknown));
    }
}
