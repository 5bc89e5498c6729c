//! What frames tell about addresses and keys.

use crate::address::{Eui64, PanId, ShortAddress};
use crate::aps;
use crate::aps::command::{Command, TransportKey};
use crate::mac;
use crate::nwk;
use crate::reader::Reader;
use crate::readings::Han;
use crate::security::{KeyRing, Payload};
use crate::zcl::ClusterId;
use std::vec;

/// A coordinator or router tells a device its address.
pub(super) fn from_mac(keys: &mut KeyRing, frame: &mac::Frame<'_>) {
    const ASSOCIATION_RESPONSE: u8 = 0x02;
    let (mac::FrameType::Command, Some(mac::Address::Extended(device)), Some(pan)) =
        (frame.frame_type, frame.destination, frame.pan())
    else {
        return;
    };
    if let [ASSOCIATION_RESPONSE, low, high, 0, ..] = *frame.payload {
        keys.learn_address(pan, ShortAddress(u16::from_le_bytes([low, high])), device);
    }
}

/// The header names both addresses of a device; so do the MAC header and the auxiliary header of the last hop.
pub(super) fn from_nwk(
    keys: &mut KeyRing,
    han: &mut Han,
    pan: PanId,
    hop: Option<ShortAddress>,
    frame: &nwk::Frame<'_>,
) {
    let hop_eui64 = frame.payload.auxiliary().and_then(|auxiliary| auxiliary.source);
    for (short, eui64) in [
        (Some(frame.source), frame.source_eui64),
        (Some(frame.destination), frame.destination_eui64),
        (hop, hop_eui64),
    ] {
        if let (Some(short), Some(eui64)) = (short, eui64) {
            learn(keys, han, pan, short, eui64);
        }
    }
}

pub(super) fn from_nwk_command(
    keys: &mut KeyRing,
    han: &mut Han,
    pan: PanId,
    frame: &nwk::Frame<'_>,
    command: &nwk::command::Command<'_>,
) {
    if let (
        nwk::command::Command::RejoinResponse { address, status: 0 }
        | nwk::command::Command::CommissioningResponse { address, status: 0 },
        Some(device),
    ) = (command, frame.destination_eui64)
    {
        learn(keys, han, pan, *address, device);
    }
}

pub(super) fn from_aps_command(keys: &mut KeyRing, han: &mut Han, pan: PanId, command: &Command<'_>) {
    match command {
        Command::TransportKey(TransportKey::Network { key, .. }) => {
            keys.learn_network_key(*key);
        }
        Command::TransportKey(
            TransportKey::ApplicationLink { key, .. } | TransportKey::TrustCentreLink { key, .. },
        ) => {
            keys.learn_link_key(*key);
        }
        Command::UpdateDevice { device, address, .. } => learn(keys, han, pan, *address, *device),
        Command::Tunnel { frame, .. } => from_tunnel(keys, han, pan, frame),
        _ => {
            if let Some(relayed) = command.relayed() {
                from_tunnel(keys, han, pan, relayed.frame);
            }
        }
    }
}

/// The frame in a tunnel names who secured it.
fn from_tunnel(keys: &mut KeyRing, han: &mut Han, pan: PanId, bytes: &[u8]) {
    let Ok(frame) = aps::Frame::read(bytes) else { return };
    let (aps::FrameType::Command, Payload::Secured(secured)) = (frame.frame_type, frame.payload) else {
        return;
    };
    let mut out = vec![0; bytes.len()];
    let Ok(payload) = keys.open(&secured, None, &mut out) else { return };
    if let Ok((command @ Command::TransportKey(_), _)) = Command::read(payload) {
        from_aps_command(keys, han, pan, &command);
    }
}

/// A device announces itself, or answers for its addresses.
pub(super) fn from_zdo(keys: &mut KeyRing, han: &mut Han, pan: PanId, cluster: ClusterId, payload: &[u8]) {
    const DEVICE_ANNOUNCE: ClusterId = ClusterId(0x0013);
    const NETWORK_ADDRESS_RESPONSE: ClusterId = ClusterId(0x8000);
    const IEEE_ADDRESS_RESPONSE: ClusterId = ClusterId(0x8001);

    let mut reader = Reader::new(payload);
    let addresses = match cluster {
        DEVICE_ANNOUNCE => reader.u8().and_then(|_| Ok((reader.short_address()?, reader.eui64()?))),
        NETWORK_ADDRESS_RESPONSE | IEEE_ADDRESS_RESPONSE => reader.u16().and_then(|_| {
            let eui64 = reader.eui64()?;
            Ok((reader.short_address()?, eui64))
        }),
        _ => return,
    };
    if let Ok((short, eui64)) = addresses {
        learn(keys, han, pan, short, eui64);
    }
}

fn learn(keys: &mut KeyRing, han: &mut Han, pan: PanId, short: ShortAddress, eui64: Eui64) {
    if keys.eui64(pan, short) != Some(eui64) {
        keys.learn_address(pan, short, eui64);
        han.identify(pan, short, eui64);
    }
}
