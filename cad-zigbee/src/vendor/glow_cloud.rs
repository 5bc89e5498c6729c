//! The attributes of meters as Glow's cloud publishes them: objects of clusters, attribute sets and attributes, all named
//! by hex, with values as big-endian hex.

use super::node::Node;
use super::{Device, Feed, Format, Report, from_hex, metering_point};
use crate::readings::{Commodity, Source, Told};
use crate::timestamp::Timestamp;
use crate::zcl::data_type::DataType;
use crate::zcl::value::Value;
use crate::zcl::{AttributeId, ClusterId, Direction, cluster};
use core::time::Duration;
use std::string::String;
use std::vec::Vec;

pub(super) fn read(feed: &mut Feed, device: &str, root: &Node<'_>) -> Report {
    let mut report = Report::new(Format::GlowCloud);
    let time = time(root);
    for (key, commodity) in [("elecMtr", Commodity::Electricity), ("gasMtr", Commodity::Gas)] {
        let Some(meter) = root.get(key) else { continue };
        let site = meter.at(["0702", "03", "07"]).and_then(|node| node.text());
        let name = feed.name(device, commodity, site.as_deref().and_then(metering_point));
        let source = Source { meter: name, endpoint: None };
        for (id, node) in meter.entries() {
            if let Ok(id) = u16::from_str_radix(&id, 16) {
                report.add(read_cluster(feed, source, ClusterId(id), &node, time));
            }
        }
    }
    let text = |key: &str| root.get(key).and_then(|node| node.label());
    let pan = |key: &str| root.at(["pan", key])?.text();
    report.device = Some(Device {
        eui64: text("gid"),
        hardware: text("hversion"),
        software: text("zbSoftVer"),
        status: root.at(["pan", "status"]).and_then(|node| node.label()),
        rssi_dbm: pan("rssi").and_then(|hex| from_hex(&hex, 8, true)?.try_into().ok()),
        link_quality: pan("lqi").and_then(|hex| from_hex(&hex, 8, false)?.try_into().ok()),
        time,
    });
    report
}

/// In seconds since 1970, as a number or in hex.
fn time(root: &Node<'_>) -> Option<Timestamp> {
    let hex = || root.get("time")?.text().and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    let seconds = root.get("gmtime").and_then(|node| node.unsigned()).or_else(hex)?;
    Some(Timestamp(Duration::from_secs(seconds)))
}

fn read_cluster(
    feed: &mut Feed,
    source: Source,
    id: ClusterId,
    node: &Node<'_>,
    time: Option<Timestamp>,
) -> Told {
    let Some(cluster) = cluster::find(id) else { return Told::default() };
    let mut texts: Vec<(AttributeId, DataType, String)> = Vec::new();
    for (set, node) in node.entries() {
        for (low, node) in node.entries() {
            let byte = |hex: &str| u8::from_str_radix(hex, 16).ok();
            let (Some(set), Some(low), Some(text)) = (byte(&set), byte(&low), node.text()) else { continue };
            let attribute = AttributeId(u16::from_be_bytes([set, low]));
            if let Some(known) = cluster.attribute(Direction::ServerToClient, attribute) {
                texts.push((attribute, known.data_type, text));
            }
        }
    }
    let values: Vec<(AttributeId, Option<Value<'_>>)> = texts
        .iter()
        .filter_map(|(attribute, data_type, text)| Some((*attribute, Some(value(*data_type, text)?))))
        .collect();
    feed.han.attributes(source, id, &values, time)
}

/// Strings stand for themselves, numbers are in hex.
fn value(data_type: DataType, text: &str) -> Option<Value<'_>> {
    if let Ok(string) = Value::from_octets(data_type, text.as_bytes()) {
        return (!text.is_empty()).then_some(string);
    }
    let bits = u32::try_from(data_type.length()?).ok()?.checked_mul(8)?;
    let number = from_hex(text, bits, data_type.is_signed())?;
    if data_type.is_signed() {
        Value::from_signed(data_type, number).ok()
    } else {
        Value::from_unsigned(data_type, u64::try_from(number).ok()?).ok()
    }
}
