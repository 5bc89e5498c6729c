//! A model house on a winter evening: base load, a 7 kW car charger, and the smart meter that reports them.
//!
//! The meter writes what a real one sends: MAC frames with NWK security (network key) and APS security (link key)
//! around Metering reports. The same steps always give the same frames.
//!
//! ```
//! use cad_zigbee::{mac::TrailerFormat, sniffer::Sniffer};
//! use examples::house::House;
//!
//! let mut house = House::new();
//! let mut sniffer = Sniffer::new();
//! sniffer.keys_mut().add_network_key(house.network_key());
//! sniffer.keys_mut().add_link_key(house.link_key());
//! let mut readings = Vec::new();
//! for frame in house.join()?.into_iter().chain(house.step(60)?) {
//!     readings.extend(sniffer.mac(&frame.bytes, TrailerFormat::Fcs, Some(frame.time)).readings);
//! }
//! assert_eq!(readings[0].quantity.to_string(), "energy_import");
//! assert_eq!(readings[1].unit, "kW");
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use cad_zigbee::address::{Eui64, PanId, ShortAddress};
use cad_zigbee::metering::{
    CURRENT_SUMMATION_DELIVERED, DEMAND_FORMATTING, DIVISOR, INSTANTANEOUS_DEMAND, METERING_DEVICE_TYPE,
    MULTIPLIER, SUMMATION_FORMATTING, UNIT_OF_MEASURE,
};
use cad_zigbee::security::{AuxiliaryHeader, Key};
use cad_zigbee::timestamp::Timestamp;
use cad_zigbee::writer::Writer;
use cad_zigbee::zcl::data_type::DataType;
use cad_zigbee::zcl::record::{AttributeStatus, AttributeValue};
use cad_zigbee::zcl::status::Status;
use cad_zigbee::zcl::value::Value;
use cad_zigbee::zcl::{AttributeId, ClusterId, Direction, Header, general};
use cad_zigbee::{Result, aps, mac, nwk};
use std::time::Duration;

/// When the evening begins: 2026-01-15 17:00:00 UTC.
pub const START: Timestamp = Timestamp(Duration::from_secs(1_768_496_400));
/// How long it lasts, in seconds: until 22:00.
pub const LENGTH_S: u32 = 5 * 3600;
/// What the charger draws while nothing holds it back, in watts.
pub const CHARGER_W: u32 = 7000;

/// When the car is plugged in, in seconds from the start: 17:30.
const PLUGGED_IN_S: u32 = 30 * 60;
/// What the car's battery lacks, in watt seconds: 22 kWh.
const BATTERY_LACKS_WS: u64 = 22_000 * 3600;

const PAN: PanId = PanId(0x1E57);
const ENDPOINT: u8 = 1;
/// The register at 17:00, in watt hours.
const REGISTER_WH: u64 = 18_431_207;

/// A device of the home area network, with what it counts.
#[derive(Debug)]
struct Device {
    eui64: Eui64,
    short: ShortAddress,
    sequence: u8,
    frame_counter: u32,
    link_frame_counter: u32,
}

/// One frame on the air.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// When it was sent.
    pub time: Timestamp,
    /// The MAC frame with its frame check sequence.
    pub bytes: Vec<u8>,
}

/// The house, the meter and the clock.
#[derive(Debug)]
pub struct House {
    elapsed_s: u32,
    register_ws: u64,
    battery_lacks_ws: u64,
    charger_limit_w: u32,
    network_key: Key,
    link_key: Key,
    meter: Device,
    display: Device,
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}

impl House {
    /// The house at 17:00.
    pub const fn new() -> Self {
        Self {
            elapsed_s: 0,
            register_ws: REGISTER_WH * 3600,
            battery_lacks_ws: BATTERY_LACKS_WS,
            charger_limit_w: CHARGER_W,
            network_key: Key::new(*b"evening network!"),
            link_key: Key::new(*b"display to meter"),
            meter: Device::new(Eui64(0x001D_B7E0_0E51_4E01), ShortAddress(0x4D7A), 51_200),
            display: Device::new(Eui64(0x70B3_D5CA_D000_0001), ShortAddress(0x91C4), 1_700),
        }
    }

    /// The key of the home area network.
    pub const fn network_key(&self) -> Key {
        self.network_key
    }

    /// The key that the meter and the display share.
    pub const fn link_key(&self) -> Key {
        self.link_key
    }

    /// The meter.
    pub const fn meter(&self) -> Eui64 {
        self.meter.eui64
    }

    /// What time it is.
    pub fn time(&self) -> Timestamp {
        Timestamp(START.0 + Duration::from_secs(u64::from(self.elapsed_s)))
    }

    /// Whether it is 22:00.
    pub const fn is_over(&self) -> bool {
        self.elapsed_s >= LENGTH_S
    }

    /// Holds the charger to `limit_w` watts from now on; [`CHARGER_W`] or more lets it go.
    pub const fn limit_charger(&mut self, limit_w: u32) {
        self.charger_limit_w = limit_w;
    }

    /// What the charger draws at present, in watts.
    pub const fn charger_w(&self) -> u32 {
        if self.elapsed_s < PLUGGED_IN_S || self.battery_lacks_ws == 0 {
            0
        } else if self.charger_limit_w < CHARGER_W {
            self.charger_limit_w
        } else {
            CHARGER_W
        }
    }

    /// What the house draws at present, in watts.
    pub fn power_w(&self) -> u32 {
        base_load_w(self.elapsed_s) + self.charger_w()
    }

    /// The meter's register, in watt hours.
    pub const fn register_wh(&self) -> u64 {
        self.register_ws / 3600
    }

    /// The display asks for the meter's unit and factors, and the meter answers.
    ///
    /// # Errors
    /// What cannot be written; the model writes nothing of the kind.
    pub fn join(&mut self) -> Result<Vec<Frame>> {
        let attributes: [(AttributeId, DataType, u64); 6] = [
            (UNIT_OF_MEASURE, DataType::Enum8, 0),
            (MULTIPLIER, DataType::Unsigned24, 1),
            (DIVISOR, DataType::Unsigned24, 1000),
            (SUMMATION_FORMATTING, DataType::Bitmap8, 0x2B),
            (DEMAND_FORMATTING, DataType::Bitmap8, 0x2B),
            (METERING_DEVICE_TYPE, DataType::Bitmap8, 0),
        ];
        let question: Vec<AttributeId> = attributes.iter().map(|(attribute, ..)| *attribute).collect();
        let mut answer = Vec::new();
        for (attribute, data_type, number) in attributes {
            let value = Some(Value::from_unsigned(data_type, number)?);
            answer.push(AttributeStatus { attribute, status: Status::SUCCESS, value });
        }
        let ask = Header {
            direction: Direction::ClientToServer,
            ..Header::from_server(general::READ_ATTRIBUTES, self.display.sequence)
        };
        let reply = Header::from_server(general::READ_ATTRIBUTES_RESPONSE, self.display.sequence);
        let question = zcl_frame(|writer| general::write(writer, &ask, &question))?;
        let answer = zcl_frame(|writer| general::write(writer, &reply, &answer))?;
        let (network, link, time) = (&self.network_key, &self.link_key, self.time());
        Ok(vec![
            Frame { time, bytes: self.display.send(self.meter.short, &question, network, link)? },
            Frame {
                time: Timestamp(time.0 + Duration::from_millis(40)),
                bytes: self.meter.send(self.display.short, &answer, network, link)?,
            },
        ])
    }

    /// Lets `seconds` pass; returns the frames the meter sends then: a report of register and power.
    ///
    /// # Errors
    /// What cannot be written; the model writes nothing of the kind.
    pub fn step(&mut self, seconds: u32) -> Result<Vec<Frame>> {
        for _ in 0..seconds {
            let charged = u64::from(self.charger_w());
            self.register_ws += u64::from(self.power_w());
            self.battery_lacks_ws = self.battery_lacks_ws.saturating_sub(charged);
            self.elapsed_s += 1;
        }
        let reports = [
            AttributeValue {
                attribute: CURRENT_SUMMATION_DELIVERED,
                value: Value::from_unsigned(DataType::Unsigned48, self.register_wh())?,
            },
            AttributeValue {
                attribute: INSTANTANEOUS_DEMAND,
                value: Value::from_signed(DataType::Signed24, i64::from(self.power_w()))?,
            },
        ];
        let header = Header::from_server(general::REPORT_ATTRIBUTES, self.meter.sequence);
        let report = zcl_frame(|writer| general::write(writer, &header, &reports))?;
        let time = self.time();
        let bytes = self.meter.send(self.display.short, &report, &self.network_key, &self.link_key)?;
        Ok(vec![Frame { time, bytes }])
    }
}

impl Device {
    const fn new(eui64: Eui64, short: ShortAddress, frame_counter: u32) -> Self {
        Self { eui64, short, sequence: 0, frame_counter, link_frame_counter: 1 }
    }

    /// Wraps a ZCL frame in APS, NWK and MAC frames.
    fn send(&mut self, to: ShortAddress, zcl: &[u8], network_key: &Key, link_key: &Key) -> Result<Vec<u8>> {
        let (mut aps, mut nwk, mut frame) = ([0; 127], [0; 127], [0; 127]);
        let sequence = self.sequence;

        let mut writer = Writer::new(&mut aps);
        let auxiliary = AuxiliaryHeader::link(None, self.link_frame_counter);
        aps::Frame::data(ClusterId::METERING, ENDPOINT, ENDPOINT, sequence, zcl).write_secured(
            &mut writer,
            link_key,
            self.eui64,
            &auxiliary,
        )?;
        let aps = writer.written();

        let mut writer = Writer::new(&mut nwk);
        let auxiliary = AuxiliaryHeader::network(self.eui64, self.frame_counter, 0);
        nwk::Frame::data(self.short, to, sequence, aps).write_secured(
            &mut writer,
            network_key,
            &auxiliary,
        )?;
        let nwk = writer.written();

        let mut writer = Writer::new(&mut frame);
        let mut mac = mac::Frame::data(PAN, self.short, to, sequence, nwk);
        mac.trailer = mac::Trailer::Fcs { value: 0, ok: true };
        mac.write(&mut writer)?;

        self.sequence = self.sequence.wrapping_add(1);
        self.frame_counter += 1;
        self.link_frame_counter += 1;
        Ok(writer.written().to_vec())
    }
}

fn zcl_frame(write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<Vec<u8>> {
    let mut buffer = [0; 80];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer)?;
    Ok(writer.written().to_vec())
}

/// What the house draws without the charger: fridge, lights, dinner, kettle, television, dishwasher.
fn base_load_w(elapsed_s: u32) -> u32 {
    let minute = elapsed_s / 60;
    let between = |from: u32, to: u32, watts: u32| if (from..to).contains(&minute) { watts } else { 0 };
    let fridge = if minute % 40 < 14 { 95 } else { 0 };
    let oven_heats = minute % 6 < 4;
    let oven = between(65, 120, if oven_heats { 2100 } else { 0 });
    let hob = between(80, 105, 1200);
    let kettle = between(12, 15, 2800) + between(140, 143, 2800) + between(231, 234, 2800);
    let television = between(125, 285, 110);
    let dishwasher = between(150, 168, 1900) + between(168, 200, 90) + between(200, 212, 1900);
    let lights = between(0, 40, 60) + between(40, 290, 140);
    180 + fridge + oven + hob + kettle + television + dishwasher + lights + flicker_w(elapsed_s)
}

/// Up to 40 watts that change every ten seconds, the same every time.
const fn flicker_w(elapsed_s: u32) -> u32 {
    let mixed = (elapsed_s / 10).wrapping_mul(0x9E37_79B1);
    (mixed ^ (mixed >> 15)) % 41
}

#[cfg(test)]
mod tests {
    use super::{CHARGER_W, House};
    use cad_zigbee::mac::TrailerFormat;
    use cad_zigbee::sniffer::Sniffer;

    #[test]
    fn a_listener_with_both_keys_sees_the_charger_start_and_shed() {
        let mut house = House::new();
        let mut sniffer = Sniffer::new();
        sniffer.add_key(house.network_key());
        sniffer.add_key(house.link_key());
        for frame in house.join().unwrap() {
            let decoded = sniffer.mac(&frame.bytes, TrailerFormat::Fcs, Some(frame.time));
            assert_eq!((decoded.encrypted, decoded.error), (None, None));
        }
        let mut powers = Vec::new();
        while !house.is_over() {
            if house.time() == super::Timestamp(super::START.0 + std::time::Duration::from_secs(3600)) {
                house.limit_charger(1400);
            }
            for frame in house.step(60).unwrap() {
                let decoded = sniffer.mac(&frame.bytes, TrailerFormat::Fcs, Some(frame.time));
                assert_eq!(decoded.readings.len(), 2);
                powers.push(decoded.readings[1].value.to_f64());
            }
        }
        assert_eq!(powers.len(), 300);
        assert!(powers[10] < 3.5, "before the car is plugged in: {}", powers[10]);
        assert!(powers[45] > f64::from(CHARGER_W) / 1000.0, "charging: {}", powers[45]);
        assert!(powers[64] < 4.0, "held back: {}", powers[64]);
    }

    #[test]
    fn the_same_steps_give_the_same_frames() {
        let frames = || {
            let mut house = House::new();
            let mut frames = house.join().unwrap();
            (0..50).for_each(|_| frames.extend(house.step(10).unwrap()));
            frames
        };
        assert_eq!(frames(), frames());
    }
}
