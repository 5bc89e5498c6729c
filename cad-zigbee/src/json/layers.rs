//! MAC, NWK and APS. What a header usually does not have is left out where it is absent.

use super::{commands, hex, insert, insert_rest};
use crate::aps::{self, DeliveryMode, Destination};
use crate::mac::beacon::Beacon;
use crate::mac::{self, Address};
use crate::nwk::{self, Npdu};
use crate::security::AuxiliaryHeader;
use crate::sniffer::{Decoded, Layer};
use serde_json::{Value, json};
use std::string::ToString;
use std::vec::Vec;

pub(super) fn mac(frame: &mac::Frame<'_>, decoded: &Decoded<'_>) -> Value {
    let mut object = json!({
        "frame_type": match frame.frame_type {
            mac::FrameType::Beacon => "beacon",
            mac::FrameType::Data => "data",
            mac::FrameType::Acknowledgement => "ack",
            mac::FrameType::Command => "command",
            mac::FrameType::Other(_) => "other",
        },
        "seq": frame.sequence,
        "pan": frame.pan().map(|pan| pan.0),
        "dst": frame.destination.map(address),
        "src": frame.source.map(address),
        "ack_request": frame.ack_request,
        "fcs_ok": frame.trailer.fcs_ok(),
    });
    if let (Some(pan), Some(_)) = (frame.source_pan, frame.destination_pan) {
        insert(&mut object, "src_pan", pan.0);
    }
    if frame.frame_pending {
        insert(&mut object, "frame_pending", true);
    }
    if let Some(security) = frame.security {
        insert(&mut object, "encrypted", true);
        insert(&mut object, "frame_counter", security.frame_counter);
    }
    if let mac::Trailer::RssiLqi { rssi, lqi, .. } = frame.trailer {
        insert(&mut object, "rssi", rssi);
        insert(&mut object, "lqi", lqi);
    }
    if decoded.nwk.is_none() && !frame.payload.is_empty() {
        insert(&mut object, "payload", hex(frame.payload));
    }
    if frame.security.is_none() {
        match frame.frame_type {
            mac::FrameType::Beacon => {
                if let Ok(beacon) = Beacon::read(frame) {
                    insert(&mut object, "beacon", commands::beacon(&beacon));
                }
            }
            mac::FrameType::Command => {
                if let Ok((command, rest)) = mac::command::Command::read(frame.payload) {
                    insert(&mut object, "command_id", command.id());
                    insert(&mut object, "command", command.name());
                    insert(&mut object, "fields", commands::mac(&command));
                    insert_rest(&mut object, rest);
                }
            }
            _ => {}
        }
    }
    object
}

pub(super) fn nwk(npdu: &Npdu<'_>, decoded: &Decoded<'_>) -> Value {
    let frame = match npdu {
        Npdu::Frame(frame) => frame,
        Npdu::InterPan(_) => return json!({"frame_type": "inter_pan"}),
        Npdu::GreenPower(bytes) => return json!({"frame_type": "green_power", "payload": hex(bytes)}),
    };
    let mut object = json!({
        "frame_type": match frame.frame_type {
            nwk::FrameType::Data => "data",
            nwk::FrameType::Command => "command",
        },
        "protocol_version": frame.protocol_version,
        "dst": frame.destination.0,
        "src": frame.source.0,
        "radius": frame.radius,
        "seq": frame.sequence,
        "security": frame.payload.auxiliary().is_some(),
        "aux": frame.payload.auxiliary().map(auxiliary),
    });
    for (name, eui64) in [("dst_eui64", frame.destination_eui64), ("src_eui64", frame.source_eui64)] {
        if let Some(eui64) = eui64 {
            insert(&mut object, name, eui64.to_string());
        }
    }
    if let Some(multicast) = frame.multicast {
        insert(&mut object, "multicast", multicast);
    }
    if let Some(route) = frame.source_route {
        let relays: Vec<u16> = route.relays().map(|relay| relay.0).collect();
        insert(&mut object, "source_route", json!({"index": route.relay_index, "relays": relays}));
    }
    if matches!(decoded.encrypted, Some((Layer::Nwk, _))) {
        insert(&mut object, "encrypted", true);
    }
    let Some(payload) = decoded.nwk_payload else { return object };
    if frame.frame_type == nwk::FrameType::Command {
        match nwk::command::Command::read(payload) {
            Ok((command, rest)) => {
                insert(&mut object, "command_id", command.id());
                insert(&mut object, "command", command.name());
                insert(&mut object, "fields", commands::nwk(&command));
                insert(&mut object, "payload", hex(payload));
                insert_rest(&mut object, rest);
            }
            Err(_) => insert_rest(&mut object, payload),
        }
    } else if decoded.aps.is_none() && !payload.is_empty() {
        insert(&mut object, "payload", hex(payload));
    }
    object
}

pub(super) fn aps(frame: &aps::Frame<'_>, decoded: &Decoded<'_>) -> Value {
    let addressing = frame.addressing;
    let destination = addressing.and_then(|addressing| addressing.destination);
    let mut object = json!({
        "frame_type": match frame.frame_type {
            aps::FrameType::Data => "data",
            aps::FrameType::Command => "command",
            aps::FrameType::Acknowledgement => "ack",
            aps::FrameType::InterPan => "inter_pan",
        },
        "delivery": match frame.delivery {
            DeliveryMode::Unicast => "unicast",
            DeliveryMode::Indirect => "indirect",
            DeliveryMode::Broadcast => "broadcast",
            DeliveryMode::Group => "group",
        },
        "dst_ep": match destination {
            Some(Destination::Endpoint(endpoint)) => Some(endpoint),
            _ => None,
        },
        "src_ep": addressing.and_then(|addressing| addressing.source_endpoint),
        "cluster": addressing.map(|addressing| addressing.cluster.0),
        "profile": addressing.map(|addressing| addressing.profile),
        "counter": frame.counter,
        "ack_request": frame.ack_request,
        "security": frame.payload.auxiliary().is_some(),
        "aux": frame.payload.auxiliary().map(auxiliary),
        "fragment": decoded.fragment.map(|fragment| json!({"index": fragment.index, "total": fragment.total})),
    });
    if let Some(Destination::Group(group)) = destination {
        insert(&mut object, "group", group);
    }
    if matches!(decoded.encrypted, Some((Layer::Aps, _))) {
        insert(&mut object, "encrypted", true);
    }
    let Some(payload) = decoded.aps_payload else { return object };
    if frame.frame_type == aps::FrameType::Command {
        match aps::command::Command::read(payload) {
            Ok((command, rest)) => {
                insert(&mut object, "command_id", command.id());
                insert(&mut object, "command", command.name());
                insert(&mut object, "fields", commands::aps(&command));
                insert(&mut object, "payload", hex(payload));
                insert_rest(&mut object, rest);
            }
            Err(_) => insert_rest(&mut object, payload),
        }
    } else if decoded.zcl.is_none() && decoded.fragment.is_none() && !payload.is_empty() {
        insert(&mut object, "payload", hex(payload));
    }
    object
}

fn auxiliary(header: &AuxiliaryHeader) -> Value {
    let mut object = json!({
        "key_id": header.key_identifier().id(),
        "extended_nonce": header.extended_nonce(),
        "frame_counter": header.frame_counter,
    });
    if let Some(source) = header.source {
        insert(&mut object, "source_eui64", source.to_string());
    }
    if let Some(sequence) = header.key_sequence {
        insert(&mut object, "key_seq", sequence);
    }
    object
}

fn address(address: Address) -> Value {
    match address {
        Address::Short(short) => json!(short.0),
        Address::Extended(eui64) => json!(eui64.to_string()),
    }
}
