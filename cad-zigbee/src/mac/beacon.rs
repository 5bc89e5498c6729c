//! Beacons: how coordinators and routers announce themselves, and what Zigbee has them say.
//!
//! ```
//! use cad_zigbee::mac::{self, beacon::Beacon};
//!
//! let bytes = [
//!     0x00, 0x80, 0x07, 0x17, 0x5A, 0x00, 0x00, 0xFF, 0xCF, 0x00, 0x00, // from the coordinator of 5A17
//!     0x00, 0x22, 0x84, 0x01, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x00,
//! ];
//! let frame = mac::Frame::read(&bytes, mac::TrailerFormat::None)?;
//! let beacon = Beacon::read(&frame)?;
//! assert!(beacon.association_permit());
//! let zigbee = beacon.zigbee()?.unwrap();
//! assert_eq!((zigbee.stack_profile, zigbee.protocol_version), (2, 2));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::{Frame, FrameType};
use crate::address::{Eui64, ShortAddress};
use crate::error::{Error, Result};
use crate::nwk::list::Tlvs;
use crate::reader::Reader;
use crate::writer::Writer;

/// The payload of a beacon frame of versions 0 and 1.
///
/// An enhanced beacon, of version 2, has none of this: see [`Frame::elements`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beacon<'a> {
    /// Beacon order in bits 0-3 and superframe order in bits 4-7, both 15 in a Zigbee network; final slot in bits 8-11,
    /// battery life extension in bit 12, PAN coordinator in bit 14, association permit in bit 15.
    pub superframe: u16,
    /// Count in bits 0-2, permit in bit 7.
    pub slots_control: u8,
    /// Which of the guaranteed time slots are for receiving; absent if there are none.
    pub slots_directions: Option<u8>,
    /// The guaranteed time slots, three bytes each: address, then start in bits 0-3 and length in bits 4-7.
    slots: &'a [u8],
    /// How many short addresses follow in bits 0-2, how many extended ones in bits 4-6.
    pub pending_control: u8,
    pending_short: &'a [u8],
    pending_extended: &'a [u8],
    /// What the network layer says: see [`Self::zigbee`].
    pub payload: &'a [u8],
}

/// What the network layer of Zigbee says in a beacon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZigbeeBeacon<'a> {
    /// 0 of one network, 1 Zigbee, 2 Zigbee PRO.
    pub stack_profile: u8,
    /// 2 in every Zigbee PRO network.
    pub protocol_version: u8,
    /// Bits 8 and 9 of the second field, reserved.
    pub reserved: u8,
    /// Another router may join here.
    pub router_capacity: bool,
    /// How far from the coordinator the sender is, 0 to 15.
    pub device_depth: u8,
    /// Another end device may join here.
    pub end_device_capacity: bool,
    /// The network.
    pub extended_pan_id: Eui64,
    /// Time between this beacon and the parent's, 24 bits; all ones without a superframe.
    pub transmit_offset: u32,
    /// Counts the changes of the network.
    pub update_id: u8,
    /// What revision 23 has behind that.
    pub tlvs: Tlvs<'a>,
}

/// A guaranteed time slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSlot {
    /// Whose it is.
    pub device: ShortAddress,
    /// The first of the 16 slots of a superframe, from 0.
    pub start: u8,
    /// How many there are.
    pub length: u8,
}

const COUNT: u8 = 7;

impl<'a> Beacon<'a> {
    /// Reads the payload of a beacon frame.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the frame is not a beacon of version 0 or 1 or has MAC security;
    /// [`Error::Truncated`] if its payload ends early.
    pub fn read(frame: &Frame<'a>) -> Result<Self> {
        if frame.frame_type != FrameType::Beacon || frame.version > 1 || frame.security.is_some() {
            return Err(Error::Malformed { at: 0, what: "not a beacon of version 0 or 1 in the clear" });
        }
        let mut reader = Reader::new(frame.payload);
        let superframe = reader.u16()?;
        let slots_control = reader.u8()?;
        let slots_count = slots_control & COUNT;
        let slots_directions = if slots_count == 0 { None } else { Some(reader.u8()?) };
        let slots = reader.take(usize::from(slots_count).saturating_mul(3))?;
        let pending_control = reader.u8()?;
        let pending_short = reader.take(usize::from(pending_control & COUNT).saturating_mul(2))?;
        let pending_extended = reader.take(usize::from((pending_control >> 4) & COUNT).saturating_mul(8))?;
        Ok(Self {
            superframe,
            slots_control,
            slots_directions,
            slots,
            pending_control,
            pending_short,
            pending_extended,
            payload: reader.take_rest(),
        })
    }

    /// A beacon of a network without superframes, as all of Zigbee's: no time slots and nobody with frames pending.
    pub const fn new(pan_coordinator: bool, association_permit: bool, payload: &'a [u8]) -> Self {
        let superframe = 0x0FFF
            | if pan_coordinator { PAN_COORDINATOR } else { 0 }
            | if association_permit { ASSOCIATION_PERMIT } else { 0 };
        Self {
            superframe,
            slots_control: 0,
            slots_directions: None,
            slots: &[],
            pending_control: 0,
            pending_short: &[],
            pending_extended: &[],
            payload,
        }
    }

    /// Writes the payload of a beacon frame.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if the counts are not those of the lists.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let slots = usize::from(self.slots_control & COUNT);
        let short = usize::from(self.pending_control & COUNT);
        let extended = usize::from((self.pending_control >> 4) & COUNT);
        if self.slots.len() != slots.saturating_mul(3)
            || self.slots_directions.is_some() != (slots > 0)
            || self.pending_short.len() != short.saturating_mul(2)
            || self.pending_extended.len() != extended.saturating_mul(8)
        {
            return Err(Error::Unwritable { what: "a beacon that counts otherwise than it lists" });
        }
        writer.u16(self.superframe)?;
        writer.u8(self.slots_control)?;
        if let Some(directions) = self.slots_directions {
            writer.u8(directions)?;
        }
        writer.put(self.slots)?;
        writer.u8(self.pending_control)?;
        writer.put(self.pending_short)?;
        writer.put(self.pending_extended)?;
        writer.put(self.payload)
    }

    /// Whether devices may join at the sender.
    pub const fn association_permit(&self) -> bool {
        self.superframe & ASSOCIATION_PERMIT != 0
    }

    /// Whether the sender is the coordinator of the network.
    pub const fn pan_coordinator(&self) -> bool {
        self.superframe & PAN_COORDINATOR != 0
    }

    /// The guaranteed time slots.
    pub fn slots(&self) -> impl Iterator<Item = TimeSlot> {
        self.slots.as_chunks().0.iter().map(|[low, high, slot]| TimeSlot {
            device: ShortAddress(u16::from_le_bytes([*low, *high])),
            start: slot & 0xF,
            length: slot >> 4,
        })
    }

    /// The devices by network address that the sender keeps frames for.
    pub fn pending_short(&self) -> impl Iterator<Item = ShortAddress> {
        self.pending_short.as_chunks().0.iter().map(|address| ShortAddress(u16::from_le_bytes(*address)))
    }

    /// The devices by EUI-64 that the sender keeps frames for.
    pub fn pending_extended(&self) -> impl Iterator<Item = Eui64> {
        self.pending_extended.as_chunks().0.iter().map(|address| Eui64(u64::from_le_bytes(*address)))
    }

    /// What the network layer of Zigbee says; `None` if the payload is of another protocol.
    ///
    /// # Errors
    /// [`Error::Truncated`] if it ends early.
    pub fn zigbee(&self) -> Result<Option<ZigbeeBeacon<'a>>> {
        ZigbeeBeacon::read(self.payload)
    }
}

const PAN_COORDINATOR: u16 = 1 << 14;
const ASSOCIATION_PERMIT: u16 = 1 << 15;

const ZIGBEE: u8 = 0;
const ROUTER_CAPACITY: u16 = 1 << 10;
const END_DEVICE_CAPACITY: u16 = 1 << 15;

impl<'a> ZigbeeBeacon<'a> {
    /// Reads the payload of a beacon; `None` if it is empty or of another protocol.
    ///
    /// # Errors
    /// [`Error::Truncated`] if it ends early.
    pub fn read(bytes: &'a [u8]) -> Result<Option<Self>> {
        let mut reader = Reader::new(bytes);
        if reader.is_empty() || reader.u8()? != ZIGBEE {
            return Ok(None);
        }
        let fields = reader.u16()?;
        let [low, high] = fields.to_le_bytes();
        Ok(Some(Self {
            stack_profile: low & 0xF,
            protocol_version: low >> 4,
            reserved: high & 3,
            router_capacity: fields & ROUTER_CAPACITY != 0,
            device_depth: (high >> 3) & 0xF,
            end_device_capacity: fields & END_DEVICE_CAPACITY != 0,
            extended_pan_id: reader.eui64()?,
            transmit_offset: {
                let [a, b, c] = reader.array()?;
                u32::from_le_bytes([a, b, c, 0])
            },
            update_id: reader.u8()?,
            tlvs: Tlvs::new(reader.take_rest()),
        }))
    }

    /// Writes the payload of a beacon.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if a number does not fit its bits.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        if self.stack_profile > 0xF
            || self.protocol_version > 0xF
            || self.reserved > 3
            || self.device_depth > 0xF
            || self.transmit_offset > 0xFF_FFFF
        {
            return Err(Error::Unwritable { what: "so large a number in a beacon" });
        }
        let low = self.stack_profile | (self.protocol_version << 4);
        let mut fields = u16::from_le_bytes([low, self.reserved | (self.device_depth << 3)]);
        fields |= if self.router_capacity { ROUTER_CAPACITY } else { 0 };
        fields |= if self.end_device_capacity { END_DEVICE_CAPACITY } else { 0 };
        writer.u8(ZIGBEE)?;
        writer.u16(fields)?;
        writer.eui64(self.extended_pan_id)?;
        writer.unsigned(u64::from(self.transmit_offset), 3)?;
        writer.u8(self.update_id)?;
        writer.put(self.tlvs.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{Beacon, TimeSlot, ZigbeeBeacon};
    use crate::address::{Eui64, PanId, ShortAddress};
    use crate::error::{Error, Result};
    use crate::mac::{Frame, FrameType};
    use crate::nwk::list::Tlvs;
    use crate::writer::Writer;
    use std::vec::Vec;

    fn frame(payload: &[u8]) -> Frame<'_> {
        let data = Frame::data(PanId(0x5A17), ShortAddress(0), ShortAddress(0), 7, payload);
        Frame { frame_type: FrameType::Beacon, ..data }
    }

    fn written(write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<Vec<u8>> {
        let mut buffer = [0; 127];
        let mut writer = Writer::new(&mut buffer);
        write(&mut writer).map(|()| writer.written().to_vec())
    }

    #[test]
    fn every_list_of_a_beacon_is_read_and_written() {
        let bytes = [
            &[0xFF, 0x4F, 0x81, 0x01, 0x4E, 0x2B, 0x27, 0x12, 1, 0, 2, 0][..],
            &[8, 7, 6, 5, 4, 3, 2, 1],
            &[0x55, 0x66],
        ]
        .concat();
        let beacon = Beacon::read(&frame(&bytes)).unwrap();
        assert!(beacon.pan_coordinator() && !beacon.association_permit());
        assert!(beacon.slots().eq([TimeSlot { device: ShortAddress(0x2B4E), start: 7, length: 2 }]));
        assert!(beacon.pending_short().eq([ShortAddress(1), ShortAddress(2)]));
        assert!(beacon.pending_extended().eq([Eui64(0x0102_0304_0506_0708)]));
        assert_eq!(beacon.payload, [0x55, 0x66]);
        assert_eq!(beacon.zigbee(), Ok(None));
        assert_eq!(written(|writer| beacon.write(writer)).unwrap(), bytes);
        for end in 0..bytes.len() - 2 {
            assert!(matches!(Beacon::read(&frame(&bytes[..end])), Err(Error::Truncated { .. })));
        }
        let miscounted = Beacon { pending_control: 0, ..beacon };
        assert!(matches!(written(|writer| miscounted.write(writer)), Err(Error::Unwritable { .. })));
    }

    #[test]
    fn what_zigbee_says_reads_back_with_what_revision_23_adds() {
        let zigbee = ZigbeeBeacon {
            stack_profile: 2,
            protocol_version: 2,
            reserved: 0,
            router_capacity: true,
            device_depth: 3,
            end_device_capacity: true,
            extended_pan_id: Eui64(0x0102_0304_0506_0708),
            transmit_offset: 0xFF_FFFF,
            update_id: 9,
            tlvs: Tlvs::new(&[0x40, 0, 1]),
        };
        let payload = written(|writer| zigbee.write(writer)).unwrap();
        assert_eq!(payload[..3], [0, 0x22, 0x9C]);
        let beacon = Beacon::new(true, false, &payload);
        let bytes = written(|writer| beacon.write(writer)).unwrap();
        let read = Beacon::read(&frame(&bytes)).unwrap();
        assert_eq!((read, read.zigbee()), (beacon, Ok(Some(zigbee))));
        assert!(matches!(ZigbeeBeacon::read(&payload[..14]), Err(Error::Truncated { .. })));
        for wrong in [
            ZigbeeBeacon { stack_profile: 16, ..zigbee },
            ZigbeeBeacon { device_depth: 16, ..zigbee },
            ZigbeeBeacon { transmit_offset: 1 << 24, ..zigbee },
        ] {
            assert!(matches!(written(|writer| wrong.write(writer)), Err(Error::Unwritable { .. })));
        }
    }

    #[test]
    fn an_enhanced_beacon_is_another_thing() {
        let enhanced = Frame { version: 2, ..frame(&[0xFF, 0xCF, 0, 0]) };
        assert!(matches!(Beacon::read(&enhanced), Err(Error::Malformed { at: 0, .. })));
    }
}
