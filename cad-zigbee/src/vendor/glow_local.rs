//! What a Glow display publishes to a broker of the household: `glow/<MAC>/STATE`, `glow/<MAC>/SENSOR/electricitymeter`
//! and `…/gasmeter`.

use super::node::Node;
use super::{Device, Format, Report, is_no_value, metering_point, register};
use crate::decimal::Decimal;
use crate::energy::money::Currency;
use crate::metering::{Flow, Kind, Span, Unit};
use crate::readings::{Commodity, Label, Meter, Money, News, Notice, Quantity, Source, Symbol};
use crate::timestamp::Timestamp;
use std::string::String;

/// The state of the display.
pub(super) fn state(root: &Node<'_>) -> Report {
    let text = |key: &str| root.get(key).and_then(|node| node.label());
    let han = |key: &str| root.at(["han", key]);
    let mut report = Report::new(Format::GlowState);
    report.device = Some(Device {
        eui64: text("eui"),
        hardware: text("hardware"),
        software: text("software"),
        status: han("status").and_then(|node| node.label()),
        rssi_dbm: han("rssi").and_then(|node| node.signed()?.try_into().ok()),
        link_quality: han("lqi").and_then(|node| node.unsigned()?.try_into().ok()),
        time: time(root),
    });
    report
}

/// The values of meters.
pub(super) fn sensor(root: &Node<'_>) -> Report {
    let mut report = Report::new(Format::GlowSensor);
    for (key, commodity) in [("electricitymeter", Commodity::Electricity), ("gasmeter", Commodity::Gas)] {
        if let Some(node) = root.get(key) {
            Sensor { node, commodity, time: time(&node).or_else(|| time(root)) }.read(&mut report);
        }
    }
    report
}

fn time(node: &Node<'_>) -> Option<Timestamp> {
    node.get("timestamp")?.text()?.parse().ok()
}

struct Sensor<'a> {
    node: Node<'a>,
    commodity: Commodity,
    time: Option<Timestamp>,
}

impl Sensor<'_> {
    fn read(&self, report: &mut Report) {
        let import = |key: &str| self.node.at(["energy", "import", key]);
        let point = import("mpan").or_else(|| import("mprn")).and_then(|node| node.text());
        let meter = point.as_deref().and_then(metering_point).unwrap_or(Meter::Only(self.commodity));
        let mut push = |quantity: Quantity, value: Option<Decimal>, unit: Symbol| {
            if let Some(value) = value.filter(|value| !is_no_value(value)) {
                report.push(meter, self.time, (quantity, value, unit));
            }
        };
        for (direction, flow) in [("import", Flow::Delivered), ("export", Flow::Received)] {
            let value = |key: &str| self.node.at(["energy", direction, key]);
            let unit = |key: &str| value(key).and_then(|node| sum_unit(&node.text()?));
            let number = |key: &str| value(key).and_then(|node| node.number());
            if let Some(unit) = unit("units") {
                for (key, span) in SPANS {
                    push(sum(flow, span, unit), number(key), Symbol::Unit(unit.symbol()));
                }
            }
            if let Some(unit) = unit("cumulativevolunits") {
                let quantity = sum(flow, Span::Total, unit);
                push(quantity, number("cumulativevol"), Symbol::Unit(unit.symbol()));
            }
            // Though called volumes they are usually energies, which stand there already.
            if let Some(unit) = unit("dayweekmonthvolunits").filter(|vol| Some(*vol) != self::unit(&value)) {
                for (key, span) in VOLUME_SPANS {
                    push(sum(flow, span, unit), number(key), Symbol::Unit(unit.symbol()));
                }
            }
        }
        let power = |key: &str| self.node.at(["power", key]);
        if let Some(unit) = power("units").and_then(|node| demand_unit(&node.text()?)) {
            let value = power("value").and_then(|node| node.number()).and_then(|value| unit.scale(value));
            push(register(Kind::Demand, None, Span::Total, unit.unit), value, Symbol::Unit(unit.symbol()));
        }
        let price = |key: &str| self.node.at(["energy", "import", "price", key])?.number();
        let pounds = Currency::POUND_STERLING;
        let in_force = Quantity::Price { flow: Flow::Delivered, tier: 0, block: 0 };
        push(in_force, price("unitrate"), Symbol::MoneyPer(pounds, "kWh"));
        let standing = Quantity::Money(Money::StandingCharge);
        push(standing, price("standingcharge"), Symbol::MoneyPer(pounds, "d"));
        if let Some(text) = import("supplier").and_then(|node| node.label()) {
            let source = Source { meter, endpoint: None };
            let news = News::Label { of: Label::Supplier, text };
            report.notices.push(Notice { source, time: self.time, news });
        }
    }
}

const SPANS: [(&str, Span); 4] =
    [("cumulative", Span::Total), ("day", Span::Day(0)), ("week", Span::Week(0)), ("month", Span::Month(0))];
const VOLUME_SPANS: [(&str, Span); 3] =
    [("dayvol", Span::Day(0)), ("weekvol", Span::Week(0)), ("monthvol", Span::Month(0))];

fn sum(flow: Flow, span: Span, unit: Unit) -> Quantity {
    let kind = if span == Span::Total { Kind::Summation } else { Kind::Consumption };
    register(kind, Some(flow), span, unit)
}

fn unit<'a>(value: &impl Fn(&str) -> Option<Node<'a>>) -> Option<Unit> {
    value("units").and_then(|node| sum_unit(&node.text()?))
}

fn sum_unit(text: &str) -> Option<Unit> {
    let text: String = text.trim().to_ascii_lowercase();
    Some(match text.as_str() {
        "kwh" => Unit::KilowattHours,
        "m3" | "m³" => Unit::CubicMetres,
        "ft3" | "ft³" => Unit::CubicFeet,
        "ccf" => Unit::HundredCubicFeet,
        "l" => Unit::Litres,
        "mj" => Unit::Megajoules,
        _ => return None,
    })
}

/// The unit of a demand: that of the sum, and whether it is a thousandth of it.
struct DemandUnit {
    unit: Unit,
    thousandth: bool,
}

fn demand_unit(text: &str) -> Option<DemandUnit> {
    let text: String = text.trim().to_ascii_lowercase();
    let (unit, thousandth) = match text.as_str() {
        "kw" => (Unit::KilowattHours, false),
        "w" => (Unit::KilowattHours, true),
        "m3/h" | "m³/h" => (Unit::CubicMetres, false),
        _ => return None,
    };
    Some(DemandUnit { unit, thousandth })
}

impl DemandUnit {
    fn scale(&self, value: Decimal) -> Option<Decimal> {
        if self.thousandth {
            value.places().checked_add(3).map(|places| Decimal::new(value.mantissa(), places))
        } else {
            Some(value)
        }
    }

    const fn symbol(&self) -> &'static str {
        self.unit.demand_symbol()
    }
}
