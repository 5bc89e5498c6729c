//! Frames in, decoded layers and readings out: what a listener needs.
//!
//! ```
//! use cad_zigbee::{mac::TrailerFormat, sniffer::Sniffer};
//!
//! let mut sniffer = Sniffer::new();
//! sniffer.add_key("c0ffee00112233445566778899aabbcc".parse()?);
//! let bytes = [0x02, 0x00, 0x2A];
//! let decoded = sniffer.mac(&bytes, TrailerFormat::None, None);
//! assert_eq!(decoded.mac.unwrap().sequence, Some(0x2A));
//! assert!(decoded.readings.is_empty());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

mod decoded;
mod fragments;
mod learn;

pub use decoded::{Decoded, Fragment, Layer, Zcl};

use crate::address::{Eui64, PanId, ShortAddress};
use crate::aps::{self, Destination, Fragmentation};
use crate::error::{Error, Result};
use crate::mac::{self, TrailerFormat};
use crate::nwk::{self, Npdu};
use crate::readings::{Han, Heard, Meter, Source, Told};
use crate::security::{AuxiliaryHeader, Key, KeyRing, Payload, Secured};
use crate::timestamp::Timestamp;
use crate::zcl::{self, ClusterId};
use fragments::{Fragments, Message};
use std::vec::Vec;

/// Decodes the frames of a home area network in the order they were captured.
///
/// Give it keys, then frames. It learns addresses and transported keys from frames, puts fragments together and
/// remembers the factors of meters, so that later frames can be opened and their numbers scaled. It never sends. Frame
/// counters are not checked, as a capture may hold a frame more than once; who listens to a live network may have them
/// checked: [`KeyRing::reject_replays`] of [`Self::keys_mut`].
#[derive(Debug)]
pub struct Sniffer {
    keys: KeyRing,
    han: Han,
    fragments: Fragments,
    nwk_payload: Vec<u8>,
    aps_payload: Vec<u8>,
}

/// What the layers below tell the one above.
#[derive(Debug, Clone, Copy, Default)]
struct Context {
    pan: Option<PanId>,
    /// The sender on this hop.
    hop: Option<ShortAddress>,
    source: Option<ShortAddress>,
    /// The device that secured the NWK frame: the sender, unless a router forwarded it.
    hop_eui64: Option<Eui64>,
    source_eui64: Option<Eui64>,
    /// The receiver at the end of the way.
    destination: Option<Meter>,
    time: Option<Timestamp>,
}

impl Default for Sniffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Sniffer {
    /// Knows no keys but the one every Zigbee 3.0 device is born with.
    pub fn new() -> Self {
        let mut keys = KeyRing::new();
        keys.accept_replays();
        keys.add_link_key(Key::ZIGBEE_ALLIANCE_09);
        Self {
            keys,
            han: Han::new(),
            fragments: Fragments::default(),
            nwk_payload: Vec::new(),
            aps_payload: Vec::new(),
        }
    }

    /// Adds a key of which it is not known whether it is a network or a link key.
    pub fn add_key(&mut self, key: Key) {
        self.keys.add_network_key(key);
        self.keys.add_link_key(key);
    }

    /// The keys and addresses known, given or learned.
    pub const fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The keys and addresses known, to add to them.
    pub const fn keys_mut(&mut self) -> &mut KeyRing {
        &mut self.keys
    }

    /// What is known about meters.
    pub const fn han(&self) -> &Han {
        &self.han
    }

    /// What is known about meters, to correct it.
    pub const fn han_mut(&mut self) -> &mut Han {
        &mut self.han
    }

    /// Decodes a MAC frame, as a capture has it.
    ///
    /// A frame whose check sequence does not match is decoded like any other: where the NWK layer is secured, as in all
    /// of Smart Energy, its integrity code tells whether the frame was damaged. Of the MAC layer, which is not, no address
    /// is learned then.
    pub fn mac<'a>(
        &'a mut self,
        bytes: &'a [u8],
        trailer: TrailerFormat,
        time: Option<Timestamp>,
    ) -> Decoded<'a> {
        let mut decoded = Decoded::default();
        if let Err(error) = self.read_mac(bytes, trailer, time, &mut decoded) {
            decoded.error = Some(error);
        }
        decoded
    }

    /// Decodes a NWK frame, as it is in a MAC data frame.
    pub fn nwk<'a>(&'a mut self, bytes: &'a [u8], time: Option<Timestamp>) -> Decoded<'a> {
        let mut decoded = Decoded::default();
        let context = Context { time, ..Context::default() };
        if let Err(error) = self.read_nwk(bytes, context, &mut decoded) {
            decoded.error = Some(error);
        }
        decoded
    }

    /// Decodes an APS frame, as it is in a NWK data frame.
    pub fn aps<'a>(&'a mut self, bytes: &'a [u8], time: Option<Timestamp>) -> Decoded<'a> {
        let mut decoded = Decoded::default();
        let context = Context { time, ..Context::default() };
        if let Err(error) = self.read_aps(bytes, context, &mut decoded) {
            decoded.error = Some(error);
        }
        decoded
    }

    /// Decodes a ZCL frame, as it is in an APS data frame or as a host gives it. `source` names the meter as far as it
    /// is known.
    pub fn zcl<'a>(
        &mut self,
        profile: u16,
        cluster: ClusterId,
        bytes: &'a [u8],
        source: Source,
        time: Option<Timestamp>,
    ) -> Decoded<'a> {
        let mut decoded = Decoded::default();
        let parties = Parties { source, destination: None, time };
        if let Err(error) = read_zcl(&mut self.han, profile, cluster, bytes, parties, &mut decoded) {
            decoded.error = Some(error);
        }
        decoded
    }

    fn read_mac<'a>(
        &'a mut self,
        bytes: &'a [u8],
        trailer: TrailerFormat,
        time: Option<Timestamp>,
        decoded: &mut Decoded<'a>,
    ) -> Outcome {
        let frame = mac::Frame::read(bytes, trailer).map_err(at(Layer::Mac))?;
        decoded.mac = Some(frame);
        if !frame.trailer.is_damaged() {
            learn::from_mac(&mut self.keys, &frame);
        }
        if frame.security.is_some() {
            return Ok(());
        }
        match frame.frame_type {
            mac::FrameType::Data if !frame.payload.is_empty() => {}
            mac::FrameType::Command => {
                return mac::command::Command::read(frame.payload).map(drop).map_err(at(Layer::Mac));
            }
            // Later versions have elements in place of the payload.
            mac::FrameType::Beacon if frame.version < 2 => {
                return mac::beacon::Beacon::read(&frame).map(drop).map_err(at(Layer::Mac));
            }
            _ => return Ok(()),
        }
        let hop = match frame.source {
            Some(mac::Address::Short(short)) => Some(short),
            _ => None,
        };
        let context = Context { pan: frame.pan_of_source(), hop, time, ..Context::default() };
        self.read_nwk(frame.payload, context, decoded)
    }

    fn read_nwk<'a>(
        &'a mut self,
        bytes: &'a [u8],
        mut context: Context,
        decoded: &mut Decoded<'a>,
    ) -> Outcome {
        let npdu = Npdu::read(bytes).map_err(at(Layer::Nwk))?;
        decoded.nwk = Some(npdu);
        let frame = match npdu {
            Npdu::Frame(frame) => frame,
            Npdu::InterPan(payload) => return self.read_aps(payload, context, decoded),
            Npdu::GreenPower(_) => return Ok(()),
        };
        let pan = context.pan.unwrap_or(UNKNOWN_PAN);
        let source = frame.source_eui64.or_else(|| self.keys.eui64(pan, frame.source));
        let payload = match &frame.payload {
            Payload::Clear(payload) => payload,
            Payload::Secured(secured) => {
                match open(&mut self.keys, secured, &[source], &mut self.nwk_payload, bytes.len()) {
                    Ok((payload, _)) => payload,
                    Err(error) => {
                        decoded.encrypted = Some((Layer::Nwk, error));
                        return Ok(());
                    }
                }
            }
        };
        decoded.nwk_payload = Some(payload);
        context.hop_eui64 =
            frame.payload.auxiliary().and_then(|auxiliary: &AuxiliaryHeader| auxiliary.source);
        context.source = Some(frame.source);
        learn::from_nwk(&mut self.keys, &mut self.han, pan, context.hop, &frame);
        context.source_eui64 = frame.source_eui64.or_else(|| self.keys.eui64(pan, frame.source));
        context.destination = (!frame.destination.is_broadcast()).then(|| {
            let eui64 = frame.destination_eui64.or_else(|| self.keys.eui64(pan, frame.destination));
            eui64.map_or(Meter::Short(pan, frame.destination), Meter::Eui64)
        });
        match frame.frame_type {
            nwk::FrameType::Data => {
                let Self { keys, han, fragments, aps_payload, .. } = self;
                read_aps(keys, han, fragments, aps_payload, payload, context, decoded)
            }
            nwk::FrameType::Command => {
                let (command, _) = nwk::command::Command::read(payload).map_err(at(Layer::Nwk))?;
                learn::from_nwk_command(&mut self.keys, &mut self.han, pan, &frame, &command);
                Ok(())
            }
        }
    }

    fn read_aps<'a>(&'a mut self, bytes: &'a [u8], context: Context, decoded: &mut Decoded<'a>) -> Outcome {
        let Self { keys, han, fragments, aps_payload, .. } = self;
        read_aps(keys, han, fragments, aps_payload, bytes, context, decoded)
    }
}

/// Stands for the network where a frame came without its MAC header.
const UNKNOWN_PAN: PanId = PanId(0xFFFF);

type Outcome = core::result::Result<(), (Layer, Error)>;

const fn at(layer: Layer) -> impl FnOnce(Error) -> (Layer, Error) {
    move |error| (layer, error)
}

fn read_aps<'a>(
    keys: &mut KeyRing,
    han: &mut Han,
    fragments: &'a mut Fragments,
    plain: &'a mut Vec<u8>,
    bytes: &'a [u8],
    context: Context,
    decoded: &mut Decoded<'a>,
) -> Outcome {
    let frame = aps::Frame::read(bytes).map_err(at(Layer::Aps))?;
    decoded.aps = Some(frame);
    let pan = context.pan.unwrap_or(UNKNOWN_PAN);
    let mut source_eui64 = context.source_eui64;
    let payload = match &frame.payload {
        Payload::Clear(payload) => payload,
        Payload::Secured(secured) => {
            match open(keys, secured, &[source_eui64, context.hop_eui64], plain, bytes.len()) {
                Ok((payload, source)) => {
                    source_eui64 = Some(source);
                    if let Some(short) = context.source {
                        keys.learn_address(pan, short, source);
                        han.identify(pan, short, source);
                    }
                    payload
                }
                Err(error) => {
                    decoded.encrypted = Some((Layer::Aps, error));
                    return Ok(());
                }
            }
        }
    };
    decoded.aps_payload = Some(payload);
    if frame.frame_type == aps::FrameType::Command {
        let (command, _) = aps::command::Command::read(payload).map_err(at(Layer::Aps))?;
        learn::from_aps_command(keys, han, pan, &command);
        return Ok(());
    }
    let (Some(addressing), true) = (frame.addressing, frame.frame_type != aps::FrameType::Acknowledgement)
    else {
        return Ok(());
    };
    let message = match frame.extended.map(|extended| extended.fragmentation) {
        None | Some(Fragmentation::None) => Some(payload),
        Some(fragmentation) => {
            let message = Message {
                pan,
                source: context.source,
                endpoint: addressing.source_endpoint,
                counter: frame.counter,
            };
            let (fragment, whole) = fragments.take(message, fragmentation, payload);
            decoded.fragment = Some(fragment);
            whole
        }
    };
    let Some(message) = message else { return Ok(()) };
    if addressing.profile == aps::DEVICE_PROFILE {
        learn::from_zdo(keys, han, pan, addressing.cluster, message);
        return Ok(());
    }
    let meter = match (source_eui64, context.source) {
        (Some(eui64), _) => Meter::Eui64(eui64),
        (None, Some(short)) => Meter::Short(pan, short),
        (None, None) => Meter::Unnamed,
    };
    let endpoint = match addressing.destination {
        Some(Destination::Endpoint(endpoint)) => Some(endpoint),
        _ => None,
    };
    let parties = Parties {
        source: Source { meter, endpoint: addressing.source_endpoint },
        destination: context.destination.map(|meter| Source { meter, endpoint }),
        time: context.time,
    };
    read_zcl(han, addressing.profile, addressing.cluster, message, parties, decoded)
}

/// Between whom a message goes, and when.
#[derive(Debug, Clone, Copy)]
struct Parties {
    source: Source,
    destination: Option<Source>,
    time: Option<Timestamp>,
}

fn read_zcl<'a>(
    han: &mut Han,
    profile: u16,
    cluster: ClusterId,
    bytes: &'a [u8],
    parties: Parties,
    decoded: &mut Decoded<'a>,
) -> Outcome {
    let frame = zcl::Frame::read(bytes).map_err(at(Layer::Zcl))?;
    decoded.zcl = Some(Zcl { profile, cluster, frame });
    let Parties { source, destination, time } = parties;
    let (told, outcome) = han.hear_whole(&Heard { source, destination, cluster, frame: &frame, time });
    Told { readings: decoded.readings, notices: decoded.notices } = told;
    outcome.map_err(at(Layer::Zcl))
}

/// Opens a payload with any of the keys, as secured by the first of the sources for which one fits; returns that too.
fn open<'b>(
    keys: &mut KeyRing,
    secured: &Secured<'_>,
    sources: &[Option<Eui64>],
    out: &'b mut Vec<u8>,
    frame_length: usize,
) -> Result<(&'b [u8], Eui64)> {
    if out.len() < frame_length {
        out.resize(frame_length, 0);
    }
    let sources = match secured.auxiliary.source {
        Some(_) => &[secured.auxiliary.source],
        None => sources,
    };
    let mut outcome = Err(Error::UnknownSource);
    for source in sources.iter().flatten() {
        outcome = keys.open(secured, Some(*source), out).map(|payload| (payload.len(), *source));
        if outcome.is_ok() {
            break;
        }
    }
    let (length, source) = outcome?;
    let start = secured.authenticated.len();
    Ok((out.get(start..start.saturating_add(length)).unwrap_or_default(), source))
}

#[cfg(test)]
mod tests;
