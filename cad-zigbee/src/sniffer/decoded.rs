use crate::aps;
use crate::error::Error;
use crate::mac;
use crate::nwk::Npdu;
use crate::readings::{Notice, Reading};
use crate::zcl::{self, ClusterId};
use core::fmt;
use std::vec::Vec;

/// What a frame is, as far as it could be read. The layers borrow the frame, or the sniffer where they were encrypted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded<'a> {
    /// The MAC frame.
    pub mac: Option<mac::Frame<'a>>,
    /// What a MAC data frame carries.
    pub nwk: Option<Npdu<'a>>,
    /// The payload of the NWK frame, decrypted: an APS frame or a NWK command.
    pub nwk_payload: Option<&'a [u8]>,
    /// The APS frame.
    pub aps: Option<aps::Frame<'a>>,
    /// The payload of the APS frame, decrypted: a ZCL frame, a part of one, or an APS command.
    pub aps_payload: Option<&'a [u8]>,
    /// Which part of a message this is.
    pub fragment: Option<Fragment>,
    /// The ZCL frame: of the payload, or of the whole message where this was the last part of it to arrive.
    pub zcl: Option<Zcl<'a>>,
    /// What the frame tells about meters.
    pub readings: Vec<Reading>,
    /// What else it tells: prices, messages, events, states.
    pub notices: Vec<Notice>,
    /// The layer that could not be opened, and why.
    pub encrypted: Option<(Layer, Error)>,
    /// The layer that could not be read to its end, and why.
    pub error: Option<(Layer, Error)>,
}

/// A ZCL frame with what is needed to understand it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zcl<'a> {
    /// The profile it was sent in.
    pub profile: u16,
    /// The cluster it is about.
    pub cluster: ClusterId,
    /// The frame.
    pub frame: zcl::Frame<'a>,
}

/// Which part of a message a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// From 0.
    pub index: u8,
    /// How many there are, once the first has been seen.
    pub total: Option<u8>,
}

/// A layer of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// IEEE 802.15.4.
    Mac,
    /// Network.
    Nwk,
    /// Application support.
    Aps,
    /// Zigbee cluster library.
    Zcl,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mac => "mac",
            Self::Nwk => "nwk",
            Self::Aps => "aps",
            Self::Zcl => "zcl",
        })
    }
}
