//! Beacons, and the commands of MAC, NWK and APS, field by field.

use super::hex;
use crate::aps::command::{Command as ApsCommand, Relayed, TransportKey};
use crate::mac::beacon::{Beacon, ZigbeeBeacon};
use crate::mac::command::Command as MacCommand;
use crate::nwk::command::Command as NwkCommand;
use crate::nwk::list::Tlvs;
use serde_json::{Map, Value, json};
use std::string::{String, ToString};
use std::vec::Vec;

/// What a beacon says of the sender's network.
pub(super) fn beacon(beacon: &Beacon<'_>) -> Value {
    let mut object = json!({
        "beacon_order": beacon.superframe & 0xF,
        "superframe_order": (beacon.superframe >> 4) & 0xF,
        "pan_coordinator": beacon.pan_coordinator(),
        "association_permit": beacon.association_permit(),
    });
    match beacon.zigbee() {
        Ok(Some(zigbee)) => super::insert(&mut object, "network", zigbee_beacon(&zigbee)),
        _ => super::insert_rest(&mut object, beacon.payload),
    }
    object
}

fn zigbee_beacon(zigbee: &ZigbeeBeacon<'_>) -> Value {
    let mut object = json!({
        "stack_profile": zigbee.stack_profile,
        "protocol_version": zigbee.protocol_version,
        "router_capacity": zigbee.router_capacity,
        "depth": zigbee.device_depth,
        "end_device_capacity": zigbee.end_device_capacity,
        "extended_pan_id": zigbee.extended_pan_id.to_string(),
        "tx_offset": zigbee.transmit_offset,
        "update_id": zigbee.update_id,
    });
    if !zigbee.tlvs.bytes().is_empty() {
        super::insert(&mut object, "tlvs", tlvs(&zigbee.tlvs));
    }
    object
}

pub(super) fn mac(command: &MacCommand) -> Value {
    match command {
        MacCommand::AssociationRequest { capability } => json!({"capability": capability}),
        MacCommand::AssociationResponse { address, status } => {
            json!({"address": address.0, "status": status})
        }
        MacCommand::Disassociation { reason } => json!({"reason": reason}),
        MacCommand::CoordinatorRealignment { pan, coordinator, channel, address, channel_page } => json!({
            "pan": pan.0, "coordinator": coordinator.0, "channel": channel, "address": address.0,
            "channel_page": channel_page,
        }),
        MacCommand::GuaranteedTimeSlotRequest { characteristics } => {
            json!({"characteristics": characteristics})
        }
        MacCommand::DataRequest
        | MacCommand::PanIdConflict
        | MacCommand::Orphan
        | MacCommand::BeaconRequest
        | MacCommand::Other { .. } => json!({}),
    }
}

pub(super) fn nwk(command: &NwkCommand<'_>) -> Value {
    let mut fields = match command {
        NwkCommand::RouteRequest { options, id, destination, path_cost, .. } => json!({
            "options": options, "request_id": id, "destination": destination.0, "path_cost": path_cost,
        }),
        NwkCommand::RouteReply { options, id, originator, responder, path_cost, .. } => json!({
            "options": options, "request_id": id, "originator": originator.0, "responder": responder.0,
            "path_cost": path_cost,
        }),
        NwkCommand::NetworkStatus { status, destination } => {
            json!({"status": status, "destination": destination.map(|destination| destination.0)})
        }
        NwkCommand::Leave { options } => json!({
            "rejoin": options & (1 << 5) != 0, "request": options & (1 << 6) != 0,
            "remove_children": options & (1 << 7) != 0,
        }),
        NwkCommand::RouteRecord { relays } => {
            json!({"relays": relays.iter().map(|relay| relay.0).collect::<Vec<u16>>()})
        }
        NwkCommand::RejoinRequest { capability } => json!({"capability": capability}),
        NwkCommand::RejoinResponse { address, status } => json!({"address": address.0, "status": status}),
        NwkCommand::LinkStatus { options, links } => {
            let links = links.iter().map(|link| {
                json!({
                    "address": link.neighbour.0, "incoming_cost": link.incoming_cost,
                    "outgoing_cost": link.outgoing_cost,
                })
            });
            let links: Vec<Value> = links.collect();
            json!({"first": options & (1 << 5) != 0, "last": options & (1 << 6) != 0, "links": links})
        }
        NwkCommand::NetworkReport { options, extended_pan_id, pan_ids } => json!({
            "options": options, "extended_pan_id": extended_pan_id.to_string(),
            "pan_ids": pan_ids.iter().map(|pan| pan.0).collect::<Vec<u16>>(),
        }),
        NwkCommand::NetworkUpdate { options, extended_pan_id, update_id, pan_ids } => json!({
            "options": options, "extended_pan_id": extended_pan_id.to_string(), "update_id": update_id,
            "pan_ids": pan_ids.iter().map(|pan| pan.0).collect::<Vec<u16>>(),
        }),
        NwkCommand::EndDeviceTimeoutRequest { timeout, configuration } => {
            json!({"timeout": timeout, "configuration": configuration})
        }
        NwkCommand::EndDeviceTimeoutResponse { status, parent_information } => {
            json!({"status": status, "parent_information": parent_information})
        }
        NwkCommand::LinkPowerDelta { options, deltas } => {
            let deltas =
                deltas.iter().map(|delta| json!({"address": delta.neighbour.0, "delta_db": delta.delta_db}));
            json!({"type": options & 3, "deltas": deltas.collect::<Vec<Value>>()})
        }
        NwkCommand::CommissioningRequest { association_type, capability, tlvs: values } => {
            json!({"association_type": association_type, "capability": capability, "tlvs": tlvs(values)})
        }
        NwkCommand::CommissioningResponse { address, status } => {
            json!({"address": address.0, "status": status})
        }
        _ => json!({}),
    };
    let addresses = match command {
        NwkCommand::RouteRequest { destination_eui64, .. } => {
            [("destination_eui64", *destination_eui64), ("", None)]
        }
        NwkCommand::RouteReply { originator_eui64, responder_eui64, .. } => {
            [("originator_eui64", *originator_eui64), ("responder_eui64", *responder_eui64)]
        }
        _ => [("", None); 2],
    };
    for (name, eui64) in addresses {
        if let Some(eui64) = eui64 {
            super::insert(&mut fields, name, eui64.to_string());
        }
    }
    fields
}

pub(super) fn aps(command: &ApsCommand<'_>) -> Value {
    match command {
        ApsCommand::TransportKey(transport) => transport_key(transport),
        ApsCommand::UpdateDevice { device, address, status } => {
            json!({"device": device.to_string(), "address": address.0, "status": status})
        }
        ApsCommand::RemoveDevice { target } => json!({"target": target.to_string()}),
        ApsCommand::RequestKey { key_type, partner } => {
            json!({"key_type": key_type, "partner": partner.map(|partner| partner.to_string())})
        }
        ApsCommand::SwitchKey { sequence } => json!({"key_seq": sequence}),
        ApsCommand::Tunnel { destination, frame } => {
            json!({"destination": destination.to_string(), "frame": hex(frame)})
        }
        ApsCommand::VerifyKey { key_type, source, hash } => {
            json!({"key_type": key_type, "source": source.to_string(), "hash": hex(hash)})
        }
        ApsCommand::ConfirmKey { status, key_type, destination } => {
            json!({"status": status, "key_type": key_type, "destination": destination.to_string()})
        }
        ApsCommand::RelayMessageDownstream { tlvs: values }
        | ApsCommand::RelayMessageUpstream { tlvs: values } => match command.relayed() {
            Some(Relayed { device, frame }) => json!({"device": device.to_string(), "frame": hex(frame)}),
            None => json!({"tlvs": tlvs(values)}),
        },
        ApsCommand::Other { .. } => Value::Object(Map::new()),
    }
}

/// Up to the first value that is cut short.
fn tlvs(values: &Tlvs<'_>) -> Vec<Value> {
    let whole = values.iter().map_while(Result::ok);
    whole.map(|value| json!({"tag": value.tag, "value": hex(value.value)})).collect()
}

fn transport_key(transport: &TransportKey) -> Value {
    let fields = |pairs: [(&str, String); 3]| {
        pairs.into_iter().map(|(name, text)| (name.to_string(), Value::from(text))).collect::<Map<_, _>>()
    };
    match transport {
        TransportKey::Network { key, sequence, destination, source } => {
            let mut object = fields([
                ("key", hex(key.as_bytes())),
                ("destination", destination.to_string()),
                ("source", source.to_string()),
            ]);
            object.insert("key_type".to_string(), 1.into());
            object.insert("key_seq".to_string(), (*sequence).into());
            Value::Object(object)
        }
        TransportKey::ApplicationLink { key, partner, initiator } => json!({
            "key_type": 3, "key": hex(key.as_bytes()), "partner": partner.to_string(), "initiator": initiator,
        }),
        TransportKey::TrustCentreLink { key, destination, source } => {
            let mut object = fields([
                ("key", hex(key.as_bytes())),
                ("destination", destination.to_string()),
                ("source", source.to_string()),
            ]);
            object.insert("key_type".to_string(), 4.into());
            Value::Object(object)
        }
        TransportKey::Other { key_type, .. } => json!({"key_type": key_type}),
    }
}

#[cfg(test)]
mod tests {
    use crate::json;
    use crate::mac::TrailerFormat;
    use crate::sniffer::Sniffer;

    #[test]
    fn a_beacon_says_which_network_and_whether_one_may_join() {
        let mut bytes = vec![0x00, 0x80, 7, 0x17, 0x5A, 0, 0, 0xFF, 0xCF, 0, 0, 0, 0x22, 0x84];
        bytes.extend([1, 2, 3, 4, 5, 6, 7, 8, 0xFF, 0xFF, 0xFF, 9]);
        let mut sniffer = Sniffer::new();
        let value = json::decoded(&sniffer.mac(&bytes, TrailerFormat::None, None));
        let beacon = &value["mac"]["beacon"];
        assert_eq!(beacon["association_permit"], true);
        assert_eq!(beacon["network"]["extended_pan_id"], "0807060504030201");
        assert_eq!(beacon["network"]["stack_profile"], 2);
        assert_eq!(beacon["network"]["update_id"], 9);
        let cut_off = json::decoded(&sniffer.mac(&bytes[..8], TrailerFormat::None, None));
        assert!(cut_off["mac"]["beacon"].is_null() && cut_off["mac"]["payload"] == "ff");
    }

    #[test]
    fn a_payload_that_is_no_frame_of_the_layer_above_stays() {
        let mut sniffer = Sniffer::new();
        let nwk = [0x08, 0, 0, 0, 0x4E, 0x2B, 30, 9, 0x40, 0x01];
        let mac = [&[0x61, 0x88, 1, 0x17, 0x5A, 0, 0, 0x4E, 0x2B], &nwk[..]].concat();
        let value = json::decoded(&sniffer.mac(&mac, TrailerFormat::None, None));
        assert!(value["mac"]["payload"].is_null() && value["nwk"]["payload"] == "4001");
        let value = json::decoded(&sniffer.mac(&mac[..12], TrailerFormat::None, None));
        assert_eq!(value["mac"]["payload"], "080000");
    }

    #[test]
    fn commands_have_names_and_fields_on_every_layer() {
        let mut sniffer = Sniffer::new();
        let mut association = vec![0x63, 0xCC, 1, 0x17, 0x5A];
        association.extend([2; 8]);
        association.extend([1; 8]);
        association.extend([0x02, 0x4E, 0x2B, 0x00]);
        let value = json::decoded(&sniffer.mac(&association, TrailerFormat::None, None));
        assert_eq!(value["mac"]["command"], "Association Response");
        assert_eq!(value["mac"]["fields"]["address"], 0x2B4E);

        let link_status = [0x09, 0x00, 0xFC, 0xFF, 0, 0, 1, 9, 0x08, 0x61, 0x4E, 0x2B, 0x11];
        let value = json::decoded(&sniffer.nwk(&link_status, None));
        assert_eq!(value["nwk"]["fields"]["links"][0]["address"], 0x2B4E);
        assert_eq!(value["nwk"]["fields"]["links"][0]["outgoing_cost"], 1);

        let mut transport = vec![0x01, 7, 5, 1];
        transport.extend([0xAB; 16]);
        transport.extend([3, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        let value = json::decoded(&sniffer.aps(&transport, None));
        assert_eq!(value["aps"]["fields"]["key"], "ab".repeat(16));
        assert_eq!(value["aps"]["fields"]["key_seq"], 3);
    }
}
