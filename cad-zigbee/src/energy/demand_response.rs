//! Demand Response and Load Control: events that a supplier sends, and what devices say of them (annex D.2).
//!
//! ```
//! use cad_zigbee::energy::{Payload, demand_response::{DeviceClass, LoadControlEvent}};
//!
//! let payload = [
//!     7, 0, 0, 0, 0x04, 0x04, 0, 0, 0, 0, 0, 60, 0, 2, 0xFF, 0xFF, 0, 0x80, 0, 0x80, 0x80, 50, 3,
//! ];
//! let (event, _) = LoadControlEvent::parse(&payload)?;
//! assert!(event.device_class.contains(DeviceClass::ELECTRIC_VEHICLE));
//! assert_eq!(event.duration_min, 60);
//! assert_eq!(event.duty_cycle.get(), Some(50));
//! assert_eq!(event.cooling_set_point.get(), None);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, flags};
use super::field::{Maybe, UtcTime};

commands! {
    /// The commands of the cluster.
    DEMAND_RESPONSE

    /// Tells devices to change their load (`LoadControlEvent`).
    LoadControlEvent = 0x00 server {
        /// Names the event; a later one for the same time and class supersedes it.
        issuer_event_id: u32,
        /// Which devices.
        device_class: DeviceClass,
        /// Which group of them; 0 for all.
        utility_enrollment_group: u8,
        /// When it starts.
        start: UtcTime,
        /// For how many minutes; at most 1440.
        duration_min: u16,
        /// How urgent it is.
        criticality: Criticality,
        /// To be added to the set point for cooling, in 0.1 °C.
        cooling_offset: Maybe<u8>,
        /// To be taken from the set point for heating, in 0.1 °C.
        heating_offset: Maybe<u8>,
        /// The set point for cooling, in 0.01 °C.
        cooling_set_point: Maybe<i16>,
        /// The set point for heating, in 0.01 °C.
        heating_set_point: Maybe<i16>,
        /// How much more or less load on average, in percent: -100 to 100.
        average_load_adjustment_percent: Maybe<i8>,
        /// How much of the time a device may be on, in percent.
        duty_cycle: Maybe<u8>,
        /// How start and end are spread.
        control: EventControl,
    }

    /// Takes back an event (`CancelLoadControlEvent`).
    CancelLoadControlEvent = 0x01 server {
        /// Which event.
        issuer_event_id: u32,
        /// For which devices.
        device_class: DeviceClass,
        /// For which group of them; 0 for all.
        utility_enrollment_group: u8,
        /// How it ends.
        control: CancelControl,
        /// When it ends. Now, in all editions but the first.
        effective: UtcTime,
    }

    /// Takes back all events (`CancelAllLoadControlEvents`).
    CancelAllLoadControlEvents = 0x02 server {
        /// How they end.
        control: CancelControl,
    }

    /// Says what a device does about an event (`ReportEventStatus`).
    ReportEventStatus = 0x00 client {
        /// Which event.
        issuer_event_id: u32,
        /// What is the case.
        status: EventStatus,
        /// Since when.
        status_time: UtcTime,
        /// The criticality that is applied.
        criticality: Criticality,
        /// The set point for cooling that is applied, in 0.01 °C.
        cooling_set_point: Maybe<i16>,
        /// The set point for heating that is applied, in 0.01 °C.
        heating_set_point: Maybe<i16>,
        /// The change of average load that is applied, in percent.
        average_load_adjustment_percent: Maybe<i8>,
        /// The duty cycle that is applied, in percent.
        duty_cycle: Maybe<u8>,
        /// How start and end are spread.
        control: EventControl,
    } + tail {
        /// How the report is signed.
        signature_type: SignatureType,
        /// The signature: all 0xFF where there is none.
        signature: [u8; 42],
    }

    /// Asks for events that have not ended (`GetScheduledEvents`).
    GetScheduledEvents = 0x01 client {
        /// Those that end after this time.
        start: UtcTime,
        /// How many at most; 0 for all.
        number_of_events: u8,
    } + tail {
        /// Those that start at the given time, from this identifier on.
        issuer_event_id: Maybe<u32>,
    }
}

flags! {
    /// Kinds of devices.
    DeviceClass(u16) {
        0x0001 HVAC "Compressors and furnaces.",
        0x0002 STRIP_HEATERS "Strip heat and baseboard heat.",
        0x0004 WATER_HEATER "Water heaters.",
        0x0008 POOL_PUMP "Pumps of pools and spas.",
        0x0010 SMART_APPLIANCES "Smart appliances.",
        0x0020 IRRIGATION_PUMP "Irrigation pumps.",
        0x0040 MANAGED_LOADS "Managed commercial and industrial loads.",
        0x0080 SIMPLE_LOADS "Simple loads that can be switched on and off.",
        0x0100 EXTERIOR_LIGHTING "Lights outside.",
        0x0200 INTERIOR_LIGHTING "Lights inside.",
        0x0400 ELECTRIC_VEHICLE "Electric vehicles.",
        0x0800 GENERATION "Generators.",
    }
}

flags! {
    /// How start and end of an event are spread.
    EventControl(u8) {
        0x01 RANDOMIZED_START "At random after the start.",
        0x02 RANDOMIZED_END "At random after the end.",
    }
}

flags! {
    /// How a cancelled event ends.
    CancelControl(u8) {
        0x01 RANDOMIZED "At random, as the event itself would have; otherwise at once.",
    }
}

choice! {
    /// How urgent an event is. Levels up to [`Level5`](Self::Level5) are voluntary.
    Criticality {
        1 Green "Energy is mostly from renewable sources.",
        2 Level1 "Voluntary, level 1.",
        3 Level2 "Voluntary, level 2.",
        4 Level3 "Voluntary, level 3.",
        5 Level4 "Voluntary, level 4.",
        6 Level5 "Voluntary, level 5.",
        7 Emergency "An emergency: mandatory.",
        8 PlannedOutage "A planned outage: mandatory.",
        9 ServiceDisconnect "The service is disconnected: mandatory.",
        10 Utility1 "As agreed with the supplier.",
        11 Utility2 "As agreed with the supplier.",
        12 Utility3 "As agreed with the supplier.",
        13 Utility4 "As agreed with the supplier.",
        14 Utility5 "As agreed with the supplier.",
        15 Utility6 "As agreed with the supplier.",
    }
}

choice! {
    /// What a device says of an event.
    EventStatus {
        1 Received "It has the event.",
        2 Started "The event has started.",
        3 Completed "The event has ended.",
        4 OptedOut "The user takes no part.",
        5 OptedIn "The user takes part.",
        6 Cancelled "The event was taken back.",
        7 Superseded "Another event takes its place.",
        8 PartlyCompletedOptedOut "The user left before the end.",
        9 PartlyCompletedOptedIn "The user joined after the start.",
        10 CompletedOptedOut "The event has ended, and the user took no part.",
        0xF6 InvalidOptOut "The event does not let the user opt out.",
        0xF7 NotFound "There is no such event.",
        0xF8 InvalidCancel "The event cannot be taken back like this.",
        0xF9 InvalidCancelTime "The event cannot be taken back at this time.",
        0xFB Expired "The event was over when it came.",
        0xFD UndefinedEventCancelled "An event was taken back that the device does not know.",
        0xFE Rejected "The device refuses the event.",
    }
}

choice! {
    /// How a report is signed.
    SignatureType {
        0 None "Not at all: the signature is all 0xFF.",
        1 Ecdsa "By the elliptic curve of the certificate.",
    }
}
