//! The XML of Rainforest's RAVEn and EMU-2: fragments without a common root, numbers in hex, times in seconds since 2000.

mod fragment;

use super::{Device, Error, Format, Report, from_hex, register};
use crate::decimal::Decimal;
use crate::energy::messaging::Urgency;
use crate::energy::metering::IntervalPeriod;
use crate::energy::money::Currency;
use crate::metering::{Flow, Kind, Span, Unit};
use crate::readings::{Label, Message, MessageCancellation, Meter, News, Notice, Quantity, Source, Symbol};
use crate::timestamp::Timestamp;
use core::time::Duration;
use fragment::{Fragment, fragments};
use std::collections::HashMap;
use std::format;
use std::string::{String, ToString};

/// What meters said that other fragments need: by the meter, the multiplier and the divisor of its sums.
pub(super) type Factors = HashMap<Meter, (u32, u32)>;

/// Reads one fragment after the other.
pub(super) fn read(factors: &mut Factors, text: &str) -> Result<Report, Error> {
    let mut report = Report::new(Format::Raven);
    let mut known = false;
    for fragment in fragments(text)? {
        known |= fragment.read(factors, &mut report);
    }
    if known { Ok(report) } else { Err(Error::Unknown) }
}

impl Fragment {
    /// Tells whether the fragment is known.
    fn read(&self, factors: &mut Factors, report: &mut Report) -> bool {
        match self.name.as_str() {
            "InstantaneousDemand" => {
                self.push(report, "Demand", (Kind::Demand, None, Span::Total));
            }
            "CurrentSummationDelivered" | "CurrentSummation" => {
                let span = Span::Total;
                self.learn(factors);
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
            "MessageCluster" => self.message(report),
            "BlockPriceDetail" => self.blocks(report),
            "ProfileData" => self.profile(factors, report),
            "TimeCluster" | "MeterInfo" | "MeterList" | "ScheduleInfo" | "FastPollStatus" | "Information"
            | "Warning" | "Error" => {}
            _ => return false,
        }
        true
    }

    fn notice(&self, news: News) -> Notice {
        Notice { source: Source { meter: self.meter(), endpoint: None }, time: self.time(), news }
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
        let Some(value) =
            raw.and_then(|raw| Decimal::ratio(raw, self.factor("Multiplier"), self.factor("Divisor")))
        else {
            return;
        };
        let unit = Unit::KilowattHours;
        let symbol = if kind == Kind::Demand { unit.demand_symbol() } else { unit.symbol() };
        let quantity = register(kind, flow, span, unit);
        report.push(self.meter(), self.time(), (quantity, value, Symbol::Unit(symbol)));
    }

    fn price(&self, report: &mut Report) {
        self.money_per_kwh(report, "Price", 0);
        let tier = self.hex("Tier", 8).and_then(|tier| u8::try_from(tier).ok()).unwrap_or(0);
        if let Some(text) = self.text("RateLabel").or_else(|| self.text("TierLabel")) {
            let of = if tier == 0 { Label::TariffDelivered } else { Label::Tier(tier) };
            let news = News::Label { of, text: text.into() };
            report.notices.push(self.notice(news));
        }
    }

    /// A price, of a block unless that is 0.
    fn money_per_kwh(&self, report: &mut Report, key: &str, block: u8) {
        let digits = self.hex("TrailingDigits", 8).and_then(|digits| u8::try_from(digits).ok());
        let currency = self.hex("Currency", 16).and_then(|number| u16::try_from(number).ok());
        if let (Some(price), Some(digits @ 0..=15)) = (self.hex(key, 32), digits) {
            let currency = currency.map_or(Currency::NONE, Currency);
            let quantity = Quantity::Price { flow: Flow::Delivered, tier: 0, block };
            let value = Decimal::new(i128::from(price), digits);
            report.push(self.meter(), self.time(), (quantity, value, Symbol::MoneyPer(currency, "kWh")));
        }
    }

    /// Prices by block, where one block ends and the next begins, and what was counted in the period of blocks.
    ///
    /// **Interpretation:** a device whose meter has no blocks sends zeros: no blocks and nothing counted is no reading.
    fn blocks(&self, report: &mut Report) {
        let sum = self.hex("BlockPeriodConsumption", 48);
        let count = self.hex("NumberOfBlocks", 8).and_then(|count| u8::try_from(count).ok()).unwrap_or(0);
        let (multiplier, divisor) =
            (self.factor("BlockPeriodConsumptionMultiplier"), self.factor("BlockPeriodConsumptionDivisor"));
        let sum = sum.filter(|sum| *sum > 0 || count > 0);
        if let Some(sum) = sum.and_then(|sum| Decimal::ratio(sum, multiplier, divisor)) {
            let period = Span::BlockPeriod(0);
            let quantity = register(Kind::Summation, Some(Flow::Delivered), period, Unit::KilowattHours);
            report.push(self.meter(), self.time(), (quantity, sum, Symbol::Unit("kWh")));
        }
        /// Smart Energy has no more.
        const BLOCKS: u8 = 16;
        for block in 1..=count.min(BLOCKS) {
            self.money_per_kwh(report, &format!("Price{block}"), block);
            let threshold = self.hex(&format!("Threshold{block}"), 48);
            let threshold = threshold
                .and_then(|raw| Decimal::ratio(raw, self.factor("Multiplier"), self.factor("Divisor")));
            if let Some(threshold) = threshold {
                let quantity = Quantity::BlockThreshold { flow: Flow::Delivered, tier: 0, block };
                report.push(self.meter(), self.time(), (quantity, threshold, Symbol::Unit("kWh")));
            }
        }
    }

    /// A text for people, or that it is to be shown no more. There is none where the text is empty.
    fn message(&self, report: &mut Report) {
        let id = self.hex("Id", 32).and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
        let says = |key: &str, word: &str| self.text(key).is_some_and(|text| text.eq_ignore_ascii_case(word));
        if says("Queue", "Cancel Pending") {
            let news = News::MessageCancelled(MessageCancellation::One(id));
            return report.notices.push(self.notice(news));
        }
        let Some(text) = self.text("Text") else { return };
        let urgency = match self.text("Priority").map(str::to_ascii_lowercase).as_deref() {
            Some("medium") => Urgency::Medium,
            Some("high") => Urgency::High,
            Some("critical") => Urgency::Critical,
            _ => Urgency::Low,
        };
        let start = self.moment("StartTime").or_else(|| self.time());
        let minutes = self.hex("Duration", 16).and_then(|minutes| u64::try_from(minutes).ok());
        let length = minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
        report.notices.push(self.notice(News::Message(Message {
            id,
            text: text.into(),
            urgency,
            protected: false,
            wants_confirmation: says("ConfirmationRequired", "Y") && !says("Confirmed", "Y"),
            start,
            end: start.zip(length).and_then(|(start, length)| start.0.checked_add(length)).map(Timestamp),
        })));
    }

    /// Remembers how the sums of a meter are scaled.
    fn learn(&self, factors: &mut Factors) {
        /// More meters than one device knows.
        const METERS: usize = 64;
        let meter = self.meter();
        if factors.len() >= METERS && !factors.contains_key(&meter) {
            factors.clear();
        }
        factors.insert(meter, (self.factor("Multiplier"), self.factor("Divisor")));
    }

    /// Consumption by intervals, the newest first.
    ///
    /// **Interpretation:** a profile does not say how its numbers are scaled: as the meter's sum is. Before one was read
    /// there is no reading of a profile.
    fn profile(&self, factors: &Factors, report: &mut Report) {
        let has_own = self.text("Divisor").is_some();
        let own = has_own.then(|| (self.factor("Multiplier"), self.factor("Divisor")));
        let Some((multiplier, divisor)) = own.or_else(|| factors.get(&self.meter()).copied()) else { return };
        let period = self.hex("ProfileIntervalPeriod", 8).and_then(|id| u8::try_from(id).ok());
        let period = period.and_then(|id| IntervalPeriod::from_id(id).seconds());
        let (Some(seconds), Some(mut end)) = (period, self.moment("EndTime")) else { return };
        if self.hex("Status", 8).unwrap_or(0) != 0 {
            return;
        }
        let is_received =
            self.text("IntervalChannel").is_some_and(|text| text.eq_ignore_ascii_case("received"));
        let flow = if is_received { Flow::Received } else { Flow::Delivered };
        let quantity = Quantity::Interval { flow, dimension: Unit::KilowattHours.dimension() };
        let interval = Duration::from_secs(u64::from(seconds));
        let is_interval = |name: &str| {
            name.strip_prefix("IntervalData")
                .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        for (_, text) in self.fields.iter().filter(|(name, _)| is_interval(name)) {
            let Some(start) = end.0.checked_sub(interval).map(Timestamp) else { return };
            end = start;
            let value = from_hex(text, 24, false).and_then(|raw| Decimal::ratio(raw, multiplier, divisor));
            let Some(value) = value else { continue };
            report.push(self.meter(), Some(start), (quantity, value, Symbol::Unit("kWh")));
            if let Some(reading) = report.readings.last_mut() {
                reading.interval = Some(interval);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Feed};
    use crate::energy::messaging::Urgency;
    use crate::readings::{MessageCancellation, News};
    use crate::timestamp::Timestamp;
    use core::time::Duration;

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
    fn a_text_of_the_utility_is_a_notice_until_it_is_taken_back() {
        let message = "<MessageCluster><MeterMacId>0x00078100006a0b11</MeterMacId>\
            <TimeStamp>0x2a000000</TimeStamp><Id>0x00000102</Id><Text>Peak &amp; off-peak swap</Text>\
            <Priority>High</Priority><StartTime>0x2a000e10</StartTime><Duration>0x003c</Duration>\
            <ConfirmationRequired>Y</ConfirmationRequired><Confirmed>N</Confirmed><Queue>Active</Queue>\
            <Port>/dev/ttySP0</Port></MessageCluster>";
        let notices = |text: &str| Feed::new().read(None, text).unwrap().notices;
        let [notice] = &notices(message)[..] else { panic!("one notice") };
        assert_eq!(notice.source.meter.to_string(), "00078100006a0b11");
        let News::Message(shown) = &notice.news else { panic!("a message") };
        assert_eq!((shown.id, shown.text.as_str()), (0x102, "Peak & off-peak swap"));
        assert_eq!((shown.urgency, shown.wants_confirmation), (Urgency::High, true));
        let seconds = |time: Option<Timestamp>| time.unwrap().0.as_secs();
        assert_eq!(seconds(shown.end) - seconds(shown.start), 3600);
        assert_eq!(seconds(shown.start) - seconds(notice.time), 3600);

        let confirmed = notices(&message.replace("<Confirmed>N", "<Confirmed>Y").replace("0x003c", "0xffff"));
        let News::Message(shown) = &confirmed[0].news else { panic!("a message") };
        assert_eq!((shown.wants_confirmation, shown.end), (false, None));
        let taken_back = notices(&message.replace("Active", "Cancel Pending"));
        assert_eq!(taken_back[0].news, News::MessageCancelled(MessageCancellation::One(0x102)));
        let none = "<MessageCluster><Id>0x00000000</Id><Text></Text></MessageCluster>";
        assert_eq!(notices(none), []);
    }

    #[test]
    fn blocks_have_prices_and_thresholds_and_a_sum() {
        let blocks = "<BlockPriceDetail><TimeStamp>0x2a000000</TimeStamp><CurrentStart>0x29ff0000</CurrentStart>\
            <CurrentDuration>0x2ad0</CurrentDuration><BlockPeriodConsumption>0x000000000000c350</BlockPeriodConsumption>\
            <BlockPeriodConsumptionMultiplier>0x00000001</BlockPeriodConsumptionMultiplier>\
            <BlockPeriodConsumptionDivisor>0x000003e8</BlockPeriodConsumptionDivisor>\
            <NumberOfBlocks>0x02</NumberOfBlocks><Multiplier>0x00000001</Multiplier><Divisor>0x0000000a</Divisor>\
            <Currency>0x007c</Currency><TrailingDigits>0x04</TrailingDigits><Price1>0x0000031e</Price1>\
            <Threshold1>0x000002c7</Threshold1><Price2>0x000004ac</Price2><New>1</New></BlockPriceDetail>";
        assert_eq!(
            texts(blocks),
            [
                "energy_import_block_period 50 kWh",
                "price_block_1 0.0798 CAD/kWh",
                "block_threshold_1 71.1 kWh",
                "price_block_2 0.1196 CAD/kWh",
            ]
        );
        let none = blocks.replace("0x02<", "0x00<").replace("c350", "0000");
        assert_eq!(texts(&none), [""; 0]);
    }

    #[test]
    fn a_profile_is_scaled_as_the_sum_of_its_meter_and_goes_back_in_time() {
        let profile = "<ProfileData><MeterMacId>0x00078100006a0b11</MeterMacId><EndTime>0x2a000e10</EndTime>\
            <Status>0x00</Status><ProfileIntervalPeriod>0x02</ProfileIntervalPeriod>\
            <NumberOfPeriodsDelivered>0x03</NumberOfPeriodsDelivered><IntervalData1>0x000fa0</IntervalData1>\
            <IntervalData2>0xffffff</IntervalData2><IntervalData3>0x00000a</IntervalData3>\
            <IntervalDataCount>3</IntervalDataCount></ProfileData>";
        let sum = "<CurrentSummationDelivered><MeterMacId>0x00078100006a0b11</MeterMacId>\
            <SummationDelivered>0x00000001</SummationDelivered><Multiplier>0x00000001</Multiplier>\
            <Divisor>0x000003e8</Divisor></CurrentSummationDelivered>";
        let mut feed = Feed::new();
        assert_eq!(feed.read(None, profile).unwrap().readings, []);
        feed.read(None, sum).unwrap();
        let repeated =
            profile.replace("IntervalData1", "IntervalData").replace("IntervalData2", "IntervalData");
        for text in [profile, &repeated.replace("IntervalData3", "IntervalData")] {
            let readings = feed.read(None, text).unwrap().readings;
            let texts: Vec<String> = readings.iter().map(ToString::to_string).collect();
            assert_eq!(texts, ["energy_import_interval 4 kWh", "energy_import_interval 0.01 kWh"]);
            let starts: Vec<_> = readings.iter().filter_map(|reading| reading.time).collect();
            assert_eq!(starts[0], Timestamp::from_zigbee(0x2a00_0e10 - 1800));
            assert_eq!(starts[1], Timestamp::from_zigbee(0x2a00_0e10 - 3 * 1800));
            assert!(readings.iter().all(|reading| reading.interval == Some(Duration::from_secs(1800))));
        }
        for wrong in
            [("<Status>0x00", "<Status>0x05"), ("0x02</Prof", "0x63</Prof"), ("0x2a000e10", "0x00000000")]
        {
            let text = profile.replace(wrong.0, wrong.1);
            assert_eq!(feed.read(None, &text).unwrap().readings, [], "{wrong:?}");
        }
    }

    #[test]
    fn what_is_no_xml_and_what_is_of_another_device_is_refused() {
        let mut feed = Feed::new();
        let cut_off = DEMAND.trim_end().trim_end_matches("</InstantaneousDemand>");
        assert!(matches!(feed.read(None, cut_off), Err(Error::Xml(_))));
        assert_eq!(feed.read(None, "<rss><channel/></rss>"), Err(Error::Unknown));
    }
}
