//! ZCL frames: records of general commands, fields of the cluster's own.

use super::{hex, insert, insert_rest};
use crate::address::Eui64;
use crate::zcl::cluster::Field;
use crate::zcl::data_type::DataType;
use crate::zcl::fields::{FieldValue, Fields};
use crate::zcl::general::{self, GeneralCommand};
use crate::zcl::record::{
    AttributeStatus, AttributeValue, DiscoveredAttribute, ExtendedAttribute, Record, Records,
    SelectedAttribute, SelectedValue, StructuredWriteStatus, WriteStatus,
};
use crate::zcl::reporting::{Reporting, ReportingState, ReportingStatus, ReportingTarget};
use crate::zcl::value::{Content, Value};
use crate::zcl::{AttributeId, ClusterId, Direction, Frame, FrameType, cluster};
use serde_json::{Map, Value as Json, json};
use std::string::{String, ToString};
use std::vec::Vec;

pub(super) fn zcl(cluster: ClusterId, frame: &Frame<'_>) -> Json {
    let header = &frame.header;
    let mut object = json!({
        "frame_type": match header.frame_type {
            FrameType::Global => "global",
            FrameType::Cluster => "cluster",
            FrameType::Reserved(_) => "reserved",
        },
        "manufacturer_code": header.manufacturer,
        "direction": match header.direction {
            Direction::ClientToServer => "client_to_server",
            Direction::ServerToClient => "server_to_client",
        },
        "disable_default_response": header.disable_default_response,
        "tsn": header.sequence,
        "command_id": header.command,
    });
    if header.frame_type == FrameType::Global {
        insert(&mut object, "command", general::name(header.command));
        general_command(&mut object, cluster, frame);
    } else if let Some((command, mut fields)) = Fields::of(cluster, frame) {
        insert(&mut object, "command", command.name);
        let (named, rest) = fields_object(&mut fields);
        insert(&mut object, "fields", named);
        insert_rest(&mut object, rest);
    } else {
        insert(&mut object, "command", Json::Null);
        insert(&mut object, "payload", hex(frame.payload));
    }
    object
}

fn general_command(object: &mut Json, cluster: ClusterId, frame: &Frame<'_>) {
    let Ok((command, rest)) = GeneralCommand::read(frame) else {
        insert_rest(object, frame.payload);
        return;
    };
    let named = |record: AttributeValue<'_>| {
        let mut json = attribute(cluster, frame, record.attribute);
        insert_value(&mut json, &record.value);
        json
    };
    let rest = match command {
        GeneralCommand::ReadAttributes(records) => {
            insert_records(object, "attributes", records, |record: AttributeId| json!(record.0))
        }
        GeneralCommand::ReadAttributesResponse(records) => {
            insert_records(object, "records", records, |record: AttributeStatus<'_>| {
                let mut json = attribute(cluster, frame, record.attribute);
                insert(&mut json, "status", record.status.0);
                if let Some(value) = &record.value {
                    insert_value(&mut json, value);
                }
                json
            })
        }
        GeneralCommand::WriteAttributes(records)
        | GeneralCommand::WriteAttributesUndivided(records)
        | GeneralCommand::WriteAttributesNoResponse(records)
        | GeneralCommand::ReportAttributes(records) => insert_records(object, "records", records, named),
        GeneralCommand::WriteAttributesResponse(records) => {
            insert_records(object, "records", records, |record: WriteStatus<'_>| write_status(&record))
        }
        GeneralCommand::WriteAttributesStructuredResponse(records) => {
            insert_records(object, "records", records, |record: StructuredWriteStatus<'_>| {
                write_status(&record.0)
            })
        }
        GeneralCommand::ConfigureReporting(records) => {
            insert_records(object, "records", records, |record: Reporting<'_>| reporting(&record))
        }
        GeneralCommand::ConfigureReportingResponse(records) => {
            insert_records(object, "records", records, |record: ReportingStatus| {
                let mut json = record.target.map_or_else(|| json!({}), |target| target_object(&target));
                insert(&mut json, "status", record.status.0);
                json
            })
        }
        GeneralCommand::ReadReportingConfiguration(records) => {
            insert_records(object, "records", records, |record: ReportingTarget| target_object(&record))
        }
        GeneralCommand::ReadReportingConfigurationResponse(records) => {
            insert_records(object, "records", records, |record: ReportingState<'_>| {
                let mut json = match &record.reporting {
                    Some(configured) => reporting(configured),
                    None => target_object(&record.target),
                };
                insert(&mut json, "status", record.status.0);
                json
            })
        }
        GeneralCommand::DefaultResponse { command, status } => {
            insert(object, "for_command", command);
            insert(object, "status", status.0);
            rest
        }
        GeneralCommand::DiscoverAttributes { start, maximum }
        | GeneralCommand::DiscoverAttributesExtended { start, maximum } => {
            insert(object, "start", start.0);
            insert(object, "max", maximum);
            rest
        }
        GeneralCommand::DiscoverCommandsReceived { start, maximum }
        | GeneralCommand::DiscoverCommandsGenerated { start, maximum } => {
            insert(object, "start", start);
            insert(object, "max", maximum);
            rest
        }
        GeneralCommand::DiscoverAttributesResponse { complete, attributes } => {
            insert(object, "complete", complete);
            insert_records(
                object,
                "records",
                attributes,
                |record: DiscoveredAttribute| json!({"attr": record.attribute.0, "type": record.data_type}),
            )
        }
        GeneralCommand::DiscoverAttributesExtendedResponse { complete, attributes } => {
            insert(object, "complete", complete);
            insert_records(
                object,
                "records",
                attributes,
                |record: ExtendedAttribute| json!({"attr": record.attribute.0, "type": record.data_type, "access": record.access}),
            )
        }
        GeneralCommand::DiscoverCommandsReceivedResponse { complete, commands }
        | GeneralCommand::DiscoverCommandsGeneratedResponse { complete, commands } => {
            insert(object, "complete", complete);
            insert_records(object, "commands", commands, |command: u8| json!(command))
        }
        GeneralCommand::ReadAttributesStructured(records) => {
            insert_records(object, "records", records, |record: SelectedAttribute<'_>| {
                let indexes: Vec<u16> = record.selector.indexes().collect();
                json!({"attr": record.attribute.0, "selector": indexes})
            })
        }
        GeneralCommand::WriteAttributesStructured(records) => {
            insert_records(object, "records", records, |record: SelectedValue<'_>| {
                let indexes: Vec<u16> = record.selector.indexes().collect();
                let mut json = attribute(cluster, frame, record.attribute);
                insert(&mut json, "action", record.selector.indicator >> 4);
                insert(&mut json, "selector", indexes);
                insert_value(&mut json, &record.value);
                json
            })
        }
        GeneralCommand::Other { payload, .. } => {
            insert(object, "payload", hex(payload));
            rest
        }
    };
    insert_rest(object, rest);
}

/// Inserts the records that can be read; returns what is left.
fn insert_records<'a, R: Record<'a>>(
    object: &mut Json,
    name: &str,
    records: Records<'a, R>,
    convert: impl Fn(R) -> Json,
) -> &'a [u8] {
    let mut records = records.into_iter();
    let list: Vec<Json> = records.by_ref().map_while(Result::ok).map(convert).collect();
    insert(object, name, list);
    records.rest()
}

/// An attribute with the name it has on the sending side; manufacturers' attributes have no name.
fn attribute(cluster: ClusterId, frame: &Frame<'_>, id: AttributeId) -> Json {
    let known = match frame.header.manufacturer {
        Some(_) => None,
        None => cluster::find(cluster).and_then(|cluster| cluster.attribute(frame.header.direction, id)),
    };
    json!({"attr": id.0, "name": known.map(|attribute| attribute.name)})
}

fn insert_value(object: &mut Json, typed: &Value<'_>) {
    insert(object, "type", typed.data_type().id());
    insert(object, "type_name", typed.data_type().name());
    insert(object, "value", value(typed));
    insert(object, "invalid", typed.is_invalid());
}

fn write_status(record: &WriteStatus<'_>) -> Json {
    let mut json = json!({"status": record.status.0});
    if let Some(attribute) = record.attribute {
        insert(&mut json, "attr", attribute.0);
    }
    if let Some(selector) = record.selector {
        insert(&mut json, "selector", selector.indexes().collect::<Vec<u16>>());
    }
    json
}

fn target_object(target: &ReportingTarget) -> Json {
    json!({"direction": target.direction, "attr": target.attribute.0})
}

fn reporting(reporting: &Reporting<'_>) -> Json {
    match reporting {
        Reporting::Send { attribute, data_type, minimum_s, maximum_s, change } => json!({
            "direction": 0,
            "attr": attribute.0,
            "type": data_type.id(),
            "min": minimum_s,
            "max": maximum_s,
            "change": change.as_ref().map(value),
        }),
        Reporting::Expect { attribute, timeout_s } => {
            json!({"direction": 1, "attr": attribute.0, "timeout": timeout_s})
        }
    }
}

fn value(value: &Value<'_>) -> Json {
    if let (DataType::TimeOfDay | DataType::Date, Some(raw)) = (value.data_type(), value.raw_integer()) {
        let [first, second, third, fourth, ..] = raw.to_le_bytes();
        return json!([first, second, third, fourth]);
    }
    if let Some(raw) = value.raw_integer() {
        return u64::try_from(raw)
            .map(Json::from)
            .or_else(|_| i64::try_from(raw).map(Json::from))
            .unwrap_or(Json::Null);
    }
    match value.content() {
        Some(Content::Float(number)) if number.is_finite() => json!(number),
        Some(Content::Float(number)) if number > 0.0 => json!("Infinity"),
        Some(Content::Float(_)) => json!("-Infinity"),
        Some(Content::Octets(octets)) => json!(hex(octets)),
        Some(Content::Text(octets)) => json!(String::from_utf8_lossy(octets)),
        Some(Content::Key(key)) => json!(hex(key.as_bytes())),
        Some(Content::List(elements)) => json!({
            "element_type": elements.element_type().map(DataType::name),
            "elements": elements.iter().map(|element| self::value(&element)).collect::<Vec<_>>(),
        }),
        Some(Content::Struct(elements)) => elements
            .iter()
            .map(|element| json!({"type": element.data_type().name(), "value": self::value(&element)}))
            .collect(),
        _ if matches!(value.data_type(), DataType::Semi | DataType::Single | DataType::Double) => {
            json!("NaN")
        }
        _ => Json::Null,
    }
}

/// The fields by name, and what is left behind the last of them or within it.
fn fields_object<'a>(fields: &mut Fields<'a>) -> (Json, &'a [u8]) {
    let mut object = Map::new();
    let mut within: &[u8] = &[];
    for (field, held) in fields.by_ref().map_while(Result::ok) {
        let (value, rest) = field_value(field, held);
        object.insert(field.name.to_string(), value);
        within = rest;
    }
    (Json::Object(object), if within.is_empty() { fields.rest() } else { within })
}

/// A field, and what is left of it.
fn field_value<'a>(field: &Field, held: FieldValue<'a>) -> (Json, &'a [u8]) {
    let json = match held {
        // Signed in the standard; what this JSON is compared with has the description's unsigned numbers.
        FieldValue::Value(held) if field.name.ends_with("TemperatureSetPointApplied") => {
            held.raw_integer().map_or(Json::Null, |raw| json!(u16::try_from(raw.rem_euclid(1 << 16)).ok()))
        }
        FieldValue::Value(held) => value(&held),
        FieldValue::Octets(octets) => json!(hex(octets)),
        FieldValue::Values(mut values) => {
            let list = values.by_ref().map_while(Result::ok).map(|held| {
                match (held.data_type(), held.raw_integer().map(u64::try_from)) {
                    (DataType::Eui64, Some(Ok(eui64))) => json!(Eui64(eui64).to_string()),
                    _ => value(&held),
                }
            });
            return (list.collect(), values.rest());
        }
        FieldValue::Groups(mut groups) => {
            // Behind the fields of a group are those of the next.
            let list = groups.by_ref().map_while(Result::ok).map(|mut fields| fields_object(&mut fields).0);
            return (list.collect(), groups.rest());
        }
        FieldValue::Fields(mut fields) => return fields_object(&mut fields),
        FieldValue::Nothing => Json::Null,
    };
    (json, &[])
}

#[cfg(test)]
mod tests {
    use crate::json;
    use crate::readings::Source;
    use crate::sniffer::Sniffer;
    use crate::zcl::ClusterId;

    #[test]
    fn devices_in_a_list_are_named_even_where_one_is_none() {
        let mut bytes = vec![0x19, 1, 0, 1, 0, 0, 0, 2, 0, 1];
        bytes.extend([0xC2, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([0xFF; 8]);
        let mut sniffer = Sniffer::new();
        let decoded = sniffer.zcl(0x0109, ClusterId(0x070A), &bytes, Source::default(), None);
        let eui64s = &json::decoded(&decoded)["zcl"]["fields"]["eui64s"];
        assert_eq!(*eui64s, serde_json::json!(["00000000000000C2", "FFFFFFFFFFFFFFFF"]));
    }

    #[test]
    fn what_is_left_of_a_list_or_a_part_is_kept() {
        let rest = |cluster: ClusterId, bytes: &[u8]| {
            let mut sniffer = Sniffer::new();
            let decoded = sniffer.zcl(0x0109, cluster, bytes, Source::default(), None);
            json::decoded(&decoded)["zcl"]["rest"].clone()
        };
        let calendar = ClusterId(0x0707);
        let mut seasons = vec![0x19, 1, 3, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 1];
        seasons.extend([126, 4, 1, 255, 1, 126, 10]);
        assert_eq!(rest(calendar, &seasons), "7e0a");
        assert!(rest(calendar, &seasons[..22]).is_null());
        let flags = [0x11, 1, 9, 1, 1, 0, 0, 0, 2, 0, 0];
        assert_eq!(rest(ClusterId::METERING, &flags), "020000");
        // A group of events, and two bytes too many; half a group.
        let events = [0x19, 1, 4, 1, 0, 0, 0, 0, 0, 0, 0, 3, 1, 5, 0x80, 0xAA, 0xBB];
        assert_eq!(rest(ClusterId::DEVICE_MANAGEMENT, &events), "aabb");
        assert_eq!(rest(ClusterId::DEVICE_MANAGEMENT, &events[..14]), "05");
    }
}
