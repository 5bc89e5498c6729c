//! What a Consumer Access Device sends: whole ZCL frames into a buffer of the caller.
//!
//! Commands are made by the constructors of their structs and written with [`Payload::write_frame`](super::Payload::write_frame) if they ask, with
//! [`Payload::write_answer`](super::Payload::write_answer) if they answer; general commands by the functions here.
//!
//! ```
//! use cad_zigbee::energy::{Payload, request};
//! use cad_zigbee::energy::demand_response::{EventStatus, LoadControlEvent, ReportEventStatus};
//! use cad_zigbee::energy::field::UtcTime;
//! use cad_zigbee::writer::Writer;
//! use cad_zigbee::zcl::AttributeId;
//!
//! let mut buffer = [0; 80];
//! let mut writer = Writer::new(&mut buffer);
//! request::read_attributes(1, &[AttributeId(0x0000), AttributeId(0x0400)], &mut writer)?;
//! assert_eq!(writer.written(), [0x00, 1, 0x00, 0x00, 0x00, 0x00, 0x04]);
//!
//! // A load control event has come: the customer takes no part in it.
//! let payload = [7, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 60, 0, 2, 0xFF, 0xFF, 0, 0x80, 0, 0x80, 0x80, 50, 0];
//! let (event, _) = LoadControlEvent::parse(&payload)?;
//! let mut writer = Writer::new(&mut buffer);
//! ReportEventStatus::new(&event, EventStatus::OptedOut, UtcTime(768_278_017)).write_frame(2, &mut writer)?;
//! assert_eq!(writer.written().len(), 3 + 60);
//! assert!(writer.written().ends_with(&[0xFF; 42]));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::demand_response::{
    CancelLoadControlEvent, Criticality, DeviceClass, EventControl, EventStatus, GetScheduledEvents,
    LoadControlEvent, ReportEventStatus, SignatureType,
};
use super::field::{Maybe, Octets, UtcTime};
use super::messaging::{ConfirmationControl, DisplayMessage, MessageConfirmation};
use super::metering::{
    GetProfile, GetSampledData, IntervalChannel, MirrorRemoved, RequestMirrorResponse, SampleType,
};
use super::price::{GetCurrentPrice, GetScheduledPrices, PriceAcknowledgement, PriceOptions, PublishPrice};
use super::snapshot::{GetSnapshot, SnapshotCause};
use crate::error::Result;
use crate::writer::Writer;
use crate::zcl::status::Status;
use crate::zcl::{AttributeId, FrameType, Header, general};

/// Writes a frame that asks a server for values of its attributes.
///
/// # Errors
/// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends.
pub fn read_attributes(sequence: u8, attributes: &[AttributeId], writer: &mut Writer<'_>) -> Result<()> {
    general::write(writer, &Header::from_client(general::READ_ATTRIBUTES, sequence), attributes)
}

/// Writes a frame that says how a command went which has no answer of its own, or that it failed.
///
/// None is due for a command that came by broadcast or multicast, for a default response, and for success where the
/// sender does not want one: see [`wants_default_response`].
///
/// # Errors
/// [`Error::NoSpace`](crate::Error::NoSpace) if the buffer ends.
pub fn default_response(to: &Header, status: Status, writer: &mut Writer<'_>) -> Result<()> {
    Header { frame_type: FrameType::Global, ..to.answer(general::DEFAULT_RESPONSE) }.write(writer)?;
    writer.put(&[to.command, status.0])
}

/// Whether a unicast command is to be answered with a default response, if it has no other answer.
pub fn wants_default_response(to: &Header, status: Status) -> bool {
    let is_default_response = to.frame_type == FrameType::Global && to.command == general::DEFAULT_RESPONSE;
    !is_default_response && (!to.disable_default_response || status != Status::SUCCESS)
}

impl GetCurrentPrice {
    /// The price that holds now. Whoever can be reached at any time is sent prices when they change.
    pub const fn new(rx_on_when_idle: bool) -> Self {
        let options = if rx_on_when_idle { PriceOptions::RX_ON_WHEN_IDLE } else { PriceOptions::NONE };
        Self { options }
    }
}

impl GetScheduledPrices {
    /// All prices from now on.
    pub const ALL: Self = Self { start: UtcTime::NOW, number_of_events: 0 };
}

impl PriceAcknowledgement {
    /// Says that this price has arrived.
    pub fn new(price: &PublishPrice<'_>, acknowledged: UtcTime) -> Self {
        Self {
            provider_id: price.provider_id,
            issuer_event_id: price.issuer_event_id,
            acknowledged,
            control: price.control.unwrap_or(super::money::PriceControl::NONE),
        }
    }
}

impl GetProfile {
    /// The newest intervals of a channel, so many at most.
    pub const fn newest(interval_channel: IntervalChannel, number_of_periods: u8) -> Self {
        Self { interval_channel, end: UtcTime::NOW, number_of_periods }
    }
}

impl GetSnapshot {
    /// Snapshots taken for any of these causes in this time. The answer says how many there are; it holds the first,
    /// and `offset` leaves so many out.
    pub const fn new(earliest_start: UtcTime, latest_end: UtcTime, offset: u8, cause: SnapshotCause) -> Self {
        Self { earliest_start, latest_end, offset, cause }
    }
}

impl GetSampledData {
    /// Samples of delivered consumption from then on.
    pub const fn new(sample_id: u16, earliest: UtcTime, number_of_samples: u16) -> Self {
        Self { sample_id, earliest, sample_type: SampleType::ConsumptionDelivered, number_of_samples }
    }
}

impl RequestMirrorResponse {
    /// The mirror is at this endpoint.
    pub const fn at(endpoint: u8) -> Self {
        Self { endpoint: Maybe::new(u16::from_le_bytes([endpoint, 0])) }
    }

    /// There is no room for a mirror.
    pub const NO_ROOM: Self = Self { endpoint: Maybe::NONE };
}

impl MirrorRemoved {
    /// The mirror was at this endpoint.
    pub const fn from(endpoint: u8) -> Self {
        Self { endpoint: Maybe::new(u16::from_le_bytes([endpoint, 0])) }
    }

    /// The mirror cannot be removed.
    pub const NOT_REMOVED: Self = Self { endpoint: Maybe::NONE };
}

impl GetScheduledEvents {
    /// All events that have not ended.
    pub const ALL: Self = Self { start: UtcTime::NOW, number_of_events: 0, issuer_event_id: None };
}

impl ReportEventStatus {
    /// What is the case with an event. Where the device takes part, the values of the event are those applied.
    pub fn new(event: &LoadControlEvent, status: EventStatus, status_time: UtcTime) -> Self {
        let unsigned = Self::refused(event.issuer_event_id, status, status_time);
        let takes_part = matches!(
            status,
            EventStatus::Received
                | EventStatus::Started
                | EventStatus::Completed
                | EventStatus::OptedIn
                | EventStatus::PartlyCompletedOptedOut
                | EventStatus::PartlyCompletedOptedIn
        );
        let control = event.control;
        if !takes_part {
            return Self { criticality: event.criticality, control, ..unsigned };
        }
        Self {
            criticality: event.criticality,
            cooling_set_point: event.cooling_set_point,
            heating_set_point: event.heating_set_point,
            average_load_adjustment_percent: event.average_load_adjustment_percent,
            duty_cycle: event.duty_cycle,
            control,
            ..unsigned
        }
    }

    /// Refuses an event, or the cancellation of one, that the device does not know.
    pub const fn refused(issuer_event_id: u32, status: EventStatus, status_time: UtcTime) -> Self {
        Self {
            issuer_event_id,
            status,
            status_time,
            criticality: Criticality::Other(0),
            cooling_set_point: Maybe::NONE,
            heating_set_point: Maybe::NONE,
            average_load_adjustment_percent: Maybe::NONE,
            duty_cycle: Maybe::NONE,
            control: EventControl::NONE,
            signature_type: Some(SignatureType::None),
            signature: Some([0xFF; 42]),
        }
    }
}

impl LoadControlEvent {
    /// Whether the event is for a device of this class in this group.
    pub const fn is_for(&self, class: DeviceClass, group: u8) -> bool {
        self.device_class.contains(class) && is_in(group, self.utility_enrollment_group)
    }
}

impl CancelLoadControlEvent {
    /// Whether the cancellation is for a device of this class in this group.
    pub const fn is_for(&self, class: DeviceClass, group: u8) -> bool {
        self.device_class.contains(class) && is_in(group, self.utility_enrollment_group)
    }
}

/// 0 is every group, on either side.
const fn is_in(group: u8, addressed: u8) -> bool {
    addressed == 0 || group == 0 || addressed == group
}

impl<'a> MessageConfirmation<'a> {
    /// The customer has seen the message.
    pub const fn new(message: &DisplayMessage<'_>, confirmation_time: UtcTime) -> Self {
        Self { message_id: message.message_id, confirmation_time, control: None, response: None }
    }

    /// The customer has answered, perhaps in words; no words are an empty string.
    pub const fn with_answer(self, control: ConfirmationControl, response: &'a [u8]) -> Self {
        Self { control: Some(control), response: Some(Octets::new(response)), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::{default_response, read_attributes, wants_default_response};
    use crate::energy::Payload;
    use crate::energy::demand_response::{
        DeviceClass, EventStatus, GetScheduledEvents, LoadControlEvent, ReportEventStatus,
    };
    use crate::energy::field::UtcTime;
    use crate::energy::messaging::{
        ConfirmationControl, DisplayMessage, GetLastMessage, MessageConfirmation,
    };
    use crate::energy::metering::{
        GetProfile, GetSampledData, IntervalChannel, MirrorRemoved, RequestMirrorResponse,
    };
    use crate::energy::price::{GetCurrentPrice, GetScheduledPrices, PriceAcknowledgement, PublishPrice};
    use crate::energy::snapshot::{GetSnapshot, SnapshotCause};
    use crate::error::{Error, Result};
    use crate::writer::Writer;
    use crate::zcl::status::Status;
    use crate::zcl::{AttributeId, Frame, FrameType, Header};

    fn frame(write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Vec<u8> {
        let mut buffer = [0; 127];
        let mut writer = Writer::new(&mut buffer);
        write(&mut writer).unwrap();
        writer.written().to_vec()
    }

    fn asked<'a>(command: &impl Payload<'a>) -> Vec<u8> {
        frame(|writer| command.write_frame(9, writer))
    }

    #[test]
    fn requests_go_to_the_server_and_want_to_hear_of_errors() {
        assert_eq!(
            frame(|writer| read_attributes(9, &[AttributeId(0x0301)], writer)),
            [0x00, 9, 0, 0x01, 0x03]
        );
        assert_eq!(asked(&GetCurrentPrice::new(true)), [0x01, 9, 0, 1]);
        assert_eq!(asked(&GetCurrentPrice::new(false)), [0x01, 9, 0, 0]);
        assert_eq!(asked(&GetScheduledPrices::ALL), [0x01, 9, 1, 0, 0, 0, 0, 0]);
        assert_eq!(asked(&GetScheduledEvents::ALL), [0x01, 9, 1, 0, 0, 0, 0, 0]);
        assert_eq!(asked(&GetLastMessage {}), [0x01, 9, 0]);
        assert_eq!(
            asked(&GetProfile::newest(IntervalChannel::Received, 24)),
            [0x01, 9, 0, 1, 0, 0, 0, 0, 24]
        );
        assert_eq!(
            asked(&GetSnapshot::new(UtcTime(1), UtcTime(2), 3, SnapshotCause::GENERAL)),
            [0x01, 9, 6, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 0, 0, 0]
        );
        assert_eq!(asked(&GetSampledData::new(5, UtcTime(1), 48)), [0x01, 9, 8, 5, 0, 1, 0, 0, 0, 0, 48, 0]);
    }

    #[test]
    fn an_answer_has_the_number_of_its_request_and_wants_no_default_response() {
        let request = Frame::read(&[0x09, 0x41, 0x01]).unwrap();
        let answer =
            |command: RequestMirrorResponse| frame(|writer| command.write_answer(&request.header, writer));
        assert_eq!(answer(RequestMirrorResponse::at(10)), [0x11, 0x41, 1, 10, 0]);
        assert_eq!(answer(RequestMirrorResponse::NO_ROOM), [0x11, 0x41, 1, 0xFF, 0xFF]);
        let removed = |command: MirrorRemoved| frame(|writer| command.write_answer(&request.header, writer));
        assert_eq!(removed(MirrorRemoved::from(10)), [0x11, 0x41, 2, 10, 0]);
        assert_eq!(removed(MirrorRemoved::NOT_REMOVED), [0x11, 0x41, 2, 0xFF, 0xFF]);
    }

    #[test]
    fn a_default_response_goes_back_with_the_manufacturer_of_the_command() {
        let from_meter = Header {
            frame_type: FrameType::Cluster,
            manufacturer: Some(0x1015),
            ..Header::from_server(0x00, 0x41)
        };
        let response = frame(|writer| default_response(&from_meter, Status(0x81), writer));
        assert_eq!(response, [0x14, 0x15, 0x10, 0x41, 0x0B, 0x00, 0x81]);
        assert!(wants_default_response(&from_meter, Status(0x81)));
        assert!(!wants_default_response(&from_meter, Status::SUCCESS));
        assert!(wants_default_response(&Header::from_client(0, 1), Status::SUCCESS));
        assert!(!wants_default_response(&Header::from_server(0x0B, 1), Status(0x81)));
    }

    const EVENT: [u8; 23] =
        [7, 0, 0, 0, 4, 0, 3, 0, 0, 0, 0, 60, 0, 2, 0xFF, 0xFF, 0, 0x80, 0xD0, 7, 0xF6, 50, 3];

    #[test]
    fn a_report_gives_what_is_applied_or_that_nothing_is() {
        let (event, _) = LoadControlEvent::parse(&EVENT).unwrap();
        let started = asked(&ReportEventStatus::new(&event, EventStatus::Started, UtcTime(1)));
        assert_eq!(
            started[..22],
            [0x01, 9, 0, 7, 0, 0, 0, 2, 1, 0, 0, 0, 2, 0, 0x80, 0xD0, 7, 0xF6, 50, 3, 0, 0xFF]
        );
        assert_eq!(started[22..], [0xFF; 41]);
        let out = asked(&ReportEventStatus::new(&event, EventStatus::OptedOut, UtcTime(1)));
        assert_eq!(out[7..21], [4, 1, 0, 0, 0, 2, 0, 0x80, 0, 0x80, 0x80, 0xFF, 3, 0]);
        let unknown = ReportEventStatus::refused(8, EventStatus::UndefinedEventCancelled, UtcTime(1));
        assert_eq!(asked(&unknown)[3..9], [8, 0, 0, 0, 0xFD, 1]);
    }

    #[test]
    fn an_event_is_for_its_classes_in_its_group() {
        let (event, _) = LoadControlEvent::parse(&EVENT).unwrap();
        assert!(event.is_for(DeviceClass::WATER_HEATER, 3));
        assert!(event.is_for(DeviceClass::WATER_HEATER, 0));
        assert!(!event.is_for(DeviceClass::WATER_HEATER, 4));
        assert!(!event.is_for(DeviceClass::HVAC, 3));
    }

    #[test]
    fn a_message_is_confirmed_with_or_without_an_answer() {
        let (message, _) = DisplayMessage::parse(&[1, 0, 0, 0, 0x80, 0, 0, 0, 0, 60, 0, 0]).unwrap();
        let seen = MessageConfirmation::new(&message, UtcTime(2));
        assert_eq!(asked(&seen), [0x01, 9, 1, 1, 0, 0, 0, 2, 0, 0, 0]);
        let yes = seen.with_answer(ConfirmationControl::YES, b"ok");
        assert_eq!(asked(&yes)[11..], [2, 2, b'o', b'k']);
    }

    #[test]
    fn a_price_is_acknowledged_by_its_number() {
        let mut payload = [0; 28];
        payload[0] = 5;
        payload[5] = 6;
        let (price, _) = PublishPrice::parse(&payload).unwrap();
        assert_eq!(
            asked(&PriceAcknowledgement::new(&price, UtcTime(7)))[3..],
            [5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 0]
        );
    }

    #[test]
    fn a_buffer_too_small_says_so() {
        let error = GetCurrentPrice::new(true).write_frame(9, &mut Writer::new(&mut [0; 3])).unwrap_err();
        assert_eq!(error, Error::NoSpace { at: 3, needed: 1 });
    }
}
