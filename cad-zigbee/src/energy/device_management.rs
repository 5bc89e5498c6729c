//! Device Management: change of supplier and of customer, passwords, what events do (annex D.10).
//!
//! ```
//! use cad_zigbee::energy::{Payload, device_management::{ChangeControl, PublishChangeOfTenancy}};
//!
//! let payload = [1, 0, 0, 0, 7, 0, 0, 0, 0, 0x0E, 0x27, 0x07, 0, 0x01, 0x02, 0, 0];
//! let (change, _) = PublishChangeOfTenancy::parse(&payload)?;
//! assert!(change.control.contains(ChangeControl::PRE_SNAPSHOTS.with(ChangeControl::CLEAR_DISPLAY_CUSTOMER)));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, flags, groups};
use super::field::{Field, Octets, UtcTime};
use super::list::{Counted, List};
use super::tariff::TariffType;
use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;

commands! {
    /// The commands of the cluster.
    DEVICE_MANAGEMENT<'a>

    /// Asks for a change of customer (`GetChangeOfTenancy`).
    GetChangeOfTenancy = 0x00 client {}

    /// Asks for a change of supplier (`GetChangeOfSupplier`).
    GetChangeOfSupplier = 0x01 client {}

    /// Asks for a password (`RequestNewPassword`).
    RequestNewPassword = 0x02 client {
        /// Which one.
        password_type: PasswordType,
    }

    /// Asks for the site (`GetSiteID`).
    GetSiteId = 0x03 client {}

    /// What events do (`ReportEventConfiguration`).
    ReportEventConfiguration<'a> = 0x04 client {
        /// Which command this is, from 0.
        command_index: u8,
        /// How many commands there are.
        total_commands: u8,
        /// The events.
        configurations: List<'a, EventConfiguration>,
    }

    /// Asks for the customer's number (`GetCIN`).
    GetCin = 0x05 client {}

    /// A change of customer (`PublishChangeOfTenancy`).
    PublishChangeOfTenancy = 0x00 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// What is supplied.
        tariff_type: TariffType,
        /// When; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// What is to be done then.
        control: ChangeControl,
    }

    /// A change of supplier (`PublishChangeOfSupplier`).
    PublishChangeOfSupplier<'a> = 0x01 server {
        /// The supplier so far.
        current_provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// What is supplied.
        tariff_type: TariffType,
        /// The supplier to come.
        proposed_provider_id: u32,
        /// When; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// What is to be done then.
        control: ChangeControl,
        /// The name of the supplier to come: up to 16 octets.
        proposed_provider_name: Octets<'a>,
        /// How to reach the supplier to come: up to 18 octets.
        proposed_provider_contact: Octets<'a>,
    }

    /// A password (`RequestNewPasswordResponse`).
    RequestNewPasswordResponse<'a> = 0x02 server {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// For how many minutes; 0 for ever.
        duration_min: u16,
        /// Which one.
        password_type: PasswordType,
        /// The password: up to 10 octets.
        password: Octets<'a>,
    }

    /// The site (`UpdateSiteID`).
    UpdateSiteId<'a> = 0x03 server {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// The supplier.
        provider_id: u32,
        /// The site, for instance a MPAN: up to 32 octets.
        site_id: Octets<'a>,
    }

    /// Sets what events do (`SetEventConfiguration`).
    SetEventConfiguration<'a> = 0x04 server {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// What they do.
        actions: EventActions,
        /// Which events.
        events: EventSelection<'a>,
    }

    /// Asks what events do (`GetEventConfiguration`).
    GetEventConfiguration = 0x05 server {
        /// Which event; 0xFFFF for all, one with 0xFF in its low byte for a group.
        event_id: u16,
    }

    /// The customer's number (`UpdateCIN`).
    UpdateCin<'a> = 0x06 server {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// The supplier.
        provider_id: u32,
        /// The number: up to 24 octets.
        customer_id_number: Octets<'a>,
    }
}

groups! {
    /// What an event does.
    EventConfiguration {
        /// The event.
        event_id: u16,
        /// What it does.
        actions: EventActions,
    }
}

/// Which events are meant; the first byte says how they are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSelection<'a> {
    /// Those listed (0).
    List(Counted<'a, u16>),
    /// All of a group, whose identifier ends in 0xFF (1).
    Group(u16),
    /// All of a log (2).
    Log(u8),
    /// All that do this now (3).
    Matching(EventActions),
    /// Given in a way that the standard does not define.
    Other {
        /// How they are given.
        control: u8,
        /// What is given.
        bytes: &'a [u8],
    },
}

impl<'a> Field<'a> for EventSelection<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(match reader.u8()? {
            0 => Self::List(Field::read(reader)?),
            1 => Self::Group(reader.u16()?),
            2 => Self::Log(reader.u8()?),
            3 => Self::Matching(Field::read(reader)?),
            control => Self::Other { control, bytes: reader.take_rest() },
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::List(events) => {
                writer.u8(0)?;
                events.write(writer)
            }
            Self::Group(group) => {
                writer.u8(1)?;
                writer.u16(*group)
            }
            Self::Log(log) => writer.put(&[2, *log]),
            Self::Matching(actions) => writer.put(&[3, actions.0]),
            Self::Other { control, bytes } => {
                writer.u8(*control)?;
                writer.put(bytes)
            }
        }
    }
}

flags! {
    /// What an event does, besides being logged.
    EventActions(u8) {
        0x08 PUSH_TO_WAN "It is sent to the supplier.",
        0x10 PUSH_TO_HAN "It is sent to devices of the home.",
        0x20 ALARM_ZIGBEE "It raises an alarm by Zigbee.",
        0x40 ALARM_PHYSICAL "It raises an alarm at the device.",
    }
}

impl EventActions {
    /// In which log it is: 0 in none, otherwise that of [`EventLog`](super::events::EventLog).
    pub const fn log(self) -> u8 {
        self.0 & 7
    }
}

flags! {
    /// What is to be done when the customer or the supplier changes.
    ChangeControl(u32) {
        0x0001 PRE_SNAPSHOTS "Snapshots before.",
        0x0002 POST_SNAPSHOTS "Snapshots after.",
        0x0004 RESET_CREDIT "Credit starts at zero.",
        0x0008 RESET_DEBIT "Debit starts at zero.",
        0x0010 RESET_BILLING_PERIOD "The billing period starts again.",
        0x0020 CLEAR_TARIFF "The tariff is cleared.",
        0x0040 CLEAR_STANDING_CHARGE "The standing charge is cleared.",
        0x0080 BLOCK_LOAD_PROFILE "The load profile so far is not given out.",
        0x0100 CLEAR_LOAD_PROFILE "The load profile so far is cleared.",
        0x0200 CLEAR_DISPLAY_CUSTOMER "Displays clear what belongs to the customer.",
        0x0400 CLEAR_DISPLAY_SUPPLIER "Displays clear what belongs to the supplier.",
        0x2000 CLEAR_TRANSACTION_LOG "The log of transactions is cleared.",
        0x4000 CLEAR_PREPAYMENT "What belongs to prepayment is cleared.",
    }
}

impl ChangeControl {
    /// The supply then: 0 as it was, 1 off, 2 off and armed, 3 on.
    pub const fn supply(self) -> u32 {
        (self.0 >> 11) & 3
    }
}

choice! {
    /// A password.
    PasswordType {
        1 ServiceMenu "That of the service menu.",
        2 ConsumerMenu "That of the customer's menu.",
        3 Password3 "The third.",
        4 Password4 "The fourth.",
    }
}

#[cfg(test)]
mod tests {
    use super::{
        ChangeControl, EventActions, EventSelection, RequestNewPasswordResponse, SetEventConfiguration,
    };
    use crate::energy::Payload;

    #[test]
    fn events_are_given_in_four_ways() {
        let mut payload = vec![1, 0, 0, 0, 0, 0, 0, 0, 0x0A];
        let events =
            |payload: &[u8]| format!("{:?}", SetEventConfiguration::parse(payload).unwrap().0.events);
        for (bytes, expected) in [
            (&[0, 2, 1, 0, 2, 0][..], "List([1, 2])"),
            (&[1, 0xFF, 0x66], "Group(26367)"),
            (&[2, 4], "Log(4)"),
            (&[3, 8], "Matching(EventActions(8))"),
            (&[9, 1, 2], "Other { control: 9, bytes: [1, 2] }"),
        ] {
            payload.truncate(9);
            payload.extend(bytes);
            assert_eq!(events(&payload), expected);
        }
        assert_eq!(EventActions(0x0A).log(), 2);
        assert!(matches!(EventSelection::Log(1), EventSelection::Log(_)));
    }

    #[test]
    fn numbers_are_little_endian_as_everywhere() {
        let payload = [1, 0, 0, 0, 0, 0, 0, 0, 0x3C, 0, 2, 1, b'x'];
        let (password, _) = RequestNewPasswordResponse::parse(&payload).unwrap();
        assert_eq!(password.duration_min, 60);
        assert_eq!(ChangeControl(0x1801).supply(), 3);
    }
}
