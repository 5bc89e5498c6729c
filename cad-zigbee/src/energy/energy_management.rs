//! Energy Management: what a device with a load does about events, and being told what to do (annex D.12).
//!
//! ```
//! use cad_zigbee::energy::{Payload, energy_management::{Action, ManageEvent}};
//!
//! let (manage, _) = ManageEvent::parse(&[7, 0, 0, 0, 4, 0, 0, 2])?;
//! assert!(manage.actions.contains(Action::OPT_IN));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{commands, flags};
use super::demand_response::{Criticality, DeviceClass, EventControl, EventStatus};
use super::field::{Maybe, UtcTime};

commands! {
    /// The commands of the cluster.
    ENERGY_MANAGEMENT

    /// Says what a device does about an event (`ReportEventStatus`).
    ReportEventStatus = 0x00 server {
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
    }

    /// Tells a device what to do about an event (`ManageEvent`).
    ManageEvent = 0x00 client {
        /// Which event.
        issuer_event_id: u32,
        /// For which devices.
        device_class: DeviceClass,
        /// For which group of them; 0 for all.
        utility_enrollment_group: u8,
        /// What to do.
        actions: Action,
    }
}

flags! {
    /// What to do about an event.
    Action(u8) {
        0x01 OPT_OUT "Take no part in it.",
        0x02 OPT_IN "Take part in it.",
        0x04 DISABLE_DUTY_CYCLING "Do not switch on and off.",
        0x08 ENABLE_DUTY_CYCLING "Switch on and off.",
    }
}
