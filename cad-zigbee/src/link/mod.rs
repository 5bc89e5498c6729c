//! Links between a host and what receives for it: Zigbee coprocessors on a serial line, and sniffers.
//!
//! A coprocessor decrypts and hands over messages between applications; whatever its protocol, one becomes an
//! [`ApsIndication`]. Each protocol has a module with a `Deframer`, which finds frames in bytes that come in any
//! portions, and with the messages in the frames:
//!
//! | module | who speaks it | finds frames | messages |
//! |---|---|---|---|
//! | [`ash`], [`ezsp`] | Silicon Labs | [`ash::Deframer`], [`ash::Host`] | [`ezsp::IncomingMessage`] |
//! | [`znp`] | Texas Instruments | [`znp::Deframer`] | [`znp::IncomingMessage`] |
//! | [`xbee`] | Digi XBee | [`xbee::Deframer`] | [`xbee::ExplicitReceive`] |
//! | [`deconz`] | ConBee, RaspBee | [`deconz::Deframer`] | [`deconz::DataIndication`] |
//! | [`zep`] | sniffers, over UDP | a datagram is a frame | MAC frames |
//! | [`nrf_sniffer`] | nRF 802.15.4 sniffer | a line is a frame | MAC frames |
//!
//! All give the bytes of the wire to `read`, until it has taken all of them:
//!
//! ```
//! use cad_zigbee::address::PanId;
//! use cad_zigbee::link::znp::{Deframer, IncomingMessage};
//! use cad_zigbee::readings::Han;
//!
//! let mut deframer = Deframer::<256>::new();
//! let mut han = Han::new();
//! let received = [
//!     0xFE, 0x1D, 0x44, 0x81, 0, 0, 0x02, 0x07, 0x4E, 0x2B, 1, 1, 0, 200, 0, 0, 0, 0, 0, 7, 9, // AF_INCOMING_MSG
//!     0x18, 1, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00, 0x4E, 0x2B, 0x1D, 0xED,
//! ];
//! for mut portion in received.chunks(5) {
//!     while let Some(frame) = deframer.read(&mut portion) {
//!         let message = IncomingMessage::read(&frame)?.indication(|endpoint| (endpoint == 1).then_some(0x0109));
//!         assert_eq!(message.profile, Some(0x0109));
//!         han.metering(message.source(PanId(0x5A17)), &message.zcl()?, None);
//!     }
//! }
//! assert_eq!(deframer.statistics().frames, 1);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

pub mod ash;
pub mod deconz;
pub mod ezsp;
mod fragments;
pub mod nrf_sniffer;
mod stream;
pub mod xbee;
pub mod zep;
pub mod znp;

pub use fragments::Assembler;

use crate::address::{Eui64, ShortAddress};
use crate::aps::Fragmentation;
use crate::error::Result;
use crate::zcl::{self, ClusterId};

/// A message from an application to ours, as a coprocessor hands it over (APSDE-DATA.indication).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApsIndication<'a> {
    /// The profile it was sent in, where the link says.
    pub profile: Option<u16>,
    /// The cluster it is about.
    pub cluster: ClusterId,
    /// Who sent it.
    pub sender: Sender,
    /// From which of its endpoints.
    pub source_endpoint: u8,
    /// To which of ours.
    pub destination_endpoint: u8,
    /// The group it was sent to.
    pub group: Option<u16>,
    /// The APS counter of the message, where the link says; the parts of a message share it.
    pub counter: Option<u8>,
    /// Which part of a message this is, where the coprocessor leaves it to the host to put the parts together: give all
    /// to an [`Assembler`].
    pub fragmentation: Fragmentation,
    /// Link quality of the last hop, 0 to 255.
    pub lqi: Option<u8>,
    /// Received signal strength of the last hop in dBm.
    pub rssi_dbm: Option<i8>,
    /// A ZCL frame; in the device profile (0x0000) a frame of the device object.
    pub payload: &'a [u8],
}

/// A device as far as a link names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sender {
    /// Its network address.
    pub short: Option<ShortAddress>,
    /// Its EUI-64.
    pub eui64: Option<Eui64>,
}

/// What a deframer has seen so far. Numbers stop at their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Frames handed out.
    pub frames: u64,
    /// Bytes that belong to no frame handed out.
    pub skipped_bytes: u64,
    /// Frames whose checksum did not match, or that did not hold together in another way.
    pub damaged_frames: u64,
    /// Frames longer than the buffer or the protocol allows.
    pub oversized_frames: u64,
}

impl<'a> ApsIndication<'a> {
    /// The ZCL frame in the payload.
    ///
    /// # Errors
    /// [`Error::Truncated`](crate::Error::Truncated) if the payload ends inside the header.
    pub fn zcl(&self) -> Result<zcl::Frame<'a>> {
        zcl::Frame::read(self.payload)
    }

    /// The sender as [`Han`](crate::readings::Han) and [`Sniffer`](crate::sniffer::Sniffer) name it; `pan` is the
    /// network the coprocessor is in.
    #[cfg(feature = "std")]
    pub fn source(&self, pan: crate::address::PanId) -> crate::readings::Source {
        use crate::readings::{Meter, Source};
        let meter = match (self.sender.eui64, self.sender.short) {
            (Some(eui64), _) => Meter::Eui64(eui64),
            (None, Some(short)) => Meter::Short(pan, short),
            (None, None) => Meter::Unnamed,
        };
        Source { meter, endpoint: Some(self.source_endpoint) }
    }
}

impl Sender {
    /// What a link writes for addresses it does not know is none.
    pub(crate) const fn known(short: u16, eui64: u64) -> Self {
        const UNKNOWN_SHORT: u16 = 0xFFFE;
        Self {
            short: if short == UNKNOWN_SHORT || short == u16::MAX { None } else { Some(ShortAddress(short)) },
            eui64: if eui64 == 0 || eui64 == u64::MAX { None } else { Some(Eui64(eui64)) },
        }
    }
}

impl Statistics {
    const EMPTY: Self = Self { frames: 0, skipped_bytes: 0, damaged_frames: 0, oversized_frames: 0 };

    fn skip(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.skipped_bytes = self.skipped_bytes.saturating_add(bytes);
    }

    const fn frame(&mut self) {
        self.frames = self.frames.saturating_add(1);
    }

    const fn damaged(&mut self) {
        self.damaged_frames = self.damaged_frames.saturating_add(1);
    }

    const fn oversized(&mut self) {
        self.oversized_frames = self.oversized_frames.saturating_add(1);
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::{ApsIndication, Sender};
    use crate::address::{Eui64, PanId, ShortAddress};
    use crate::aps::Fragmentation;
    use crate::readings::{Meter, Source};
    use crate::zcl::ClusterId;

    #[test]
    fn a_sender_is_named_by_the_best_of_its_addresses() {
        let mut message = ApsIndication {
            profile: None,
            cluster: ClusterId::METERING,
            sender: Sender::known(0x2B4E, 7),
            source_endpoint: 3,
            destination_endpoint: 1,
            group: None,
            counter: None,
            fragmentation: Fragmentation::None,
            lqi: None,
            rssi_dbm: None,
            payload: &[],
        };
        let pan = PanId(1);
        let by = |meter| Source { meter, endpoint: Some(3) };
        assert_eq!(message.source(pan), by(Meter::Eui64(Eui64(7))));
        message.sender = Sender::known(0x2B4E, u64::MAX);
        assert_eq!(message.source(pan), by(Meter::Short(pan, ShortAddress(0x2B4E))));
        message.sender = Sender::known(0xFFFE, 0);
        assert_eq!(message.source(pan), by(Meter::Unnamed));
        assert!(message.zcl().is_err());
    }
}
