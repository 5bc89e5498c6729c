//! Events: what happened to a meter (annex D.11).
//!
//! ```
//! use cad_zigbee::energy::{Payload, events::{EventLog, PublishEvent}};
//!
//! let payload = [1, 0x02, 0, 0, 0x0E, 0x27, 0x07, 1, 0];
//! let (event, _) = PublishEvent::parse(&payload)?;
//! assert_eq!((event.log, event.event_id), (EventLog::Tamper, 2));
//! assert_eq!(event.data.get(), Some([].as_slice()));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, flags, groups};
use super::field::{Field, Octets, UtcTime};
use super::list::List;
use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;

commands! {
    /// The commands of the cluster.
    EVENTS<'a>

    /// Asks for events (`GetEventLog`).
    GetEventLog = 0x00 client {
        /// The log in the low four bits; 1 in the high ones to get all that is known of an event.
        control_and_log: u8,
        /// Which event; 0 for all.
        event_id: u16,
        /// Those from then on.
        start: UtcTime,
        /// Those up to then.
        end: UtcTime,
        /// How many at most; 0 for all.
        number_of_events: u8,
        /// How many to leave out.
        offset: u16,
    }

    /// Asks for a log to be cleared (`ClearEventLogRequest`).
    ClearEventLogRequest = 0x01 client {
        /// Which log.
        log: EventLog,
    }

    /// An event that has just happened (`PublishEvent`).
    PublishEvent<'a> = 0x00 server {
        /// The log it is in.
        log: EventLog,
        /// The event.
        event_id: u16,
        /// When it happened.
        time: UtcTime,
        /// Who is to be told.
        control: EventReport,
        /// What else is known.
        data: Octets<'a>,
    }

    /// Events of a log (`PublishEventLog`).
    PublishEventLog<'a> = 0x01 server {
        /// How many events answer the question.
        total_events: u16,
        /// Which command this is, from 0.
        command_index: u8,
        /// How many commands there are.
        total_commands: u8,
        /// The events.
        payload: EventLogPayload<'a>,
    }

    /// Which logs were cleared (`ClearEventLogResponse`).
    ClearEventLogResponse = 0x02 server {
        /// The logs.
        cleared: ClearedLogs,
    }
}

groups! {
    /// An event in a log.
    LoggedEvent<'a> {
        /// The log it is in.
        log: EventLog,
        /// The event.
        event_id: u16,
        /// When it happened.
        time: UtcTime,
        /// What else is known.
        data: Octets<'a>,
    }
}

/// Events, or a part of what several commands hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventLogPayload<'a> {
    /// Whole events.
    Events {
        /// The number of events in the high four bits, by its sender; 0 in the low ones.
        control: u8,
        /// The events.
        events: List<'a, LoggedEvent<'a>>,
    },
    /// An event is cut at the end of the command, or goes on at its start.
    Part {
        /// The number of events in the high four bits, by its sender; not 0 in the low ones.
        control: u8,
        /// The octets, to be put together with those of the other commands.
        bytes: &'a [u8],
    },
}

impl<'a> Field<'a> for EventLogPayload<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let control = reader.u8()?;
        Ok(if control & 0xF == 0 {
            Self::Events { control, events: Field::read(reader)? }
        } else {
            Self::Part { control, bytes: reader.take_rest() }
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Events { control, events } => {
                writer.u8(*control)?;
                events.write(writer)
            }
            Self::Part { control, bytes } => {
                writer.u8(*control)?;
                writer.put(bytes)
            }
        }
    }
}

flags! {
    /// Who is to be told of an event.
    EventReport(u8) {
        0x01 HAN "Devices of the home.",
        0x02 WAN "The supplier.",
    }
}

flags! {
    /// Logs.
    ClearedLogs(u8) {
        0x01 ALL "All.",
        0x02 TAMPER "That of tampering.",
        0x04 FAULT "That of faults.",
        0x08 GENERAL "That of general events.",
        0x10 SECURITY "That of security.",
        0x20 NETWORK "That of the network.",
    }
}

choice! {
    /// A log.
    EventLog {
        0 All "All of them.",
        1 Tamper "Tampering.",
        2 Fault "Faults.",
        3 General "General events.",
        4 Security "Security.",
        5 Network "The network.",
        6 GbGeneral "General events of Great Britain.",
        7 GbSecurity "Security events of Great Britain.",
    }
}

#[cfg(test)]
mod tests {
    use super::{EventLogPayload, PublishEventLog};
    use crate::energy::Payload;

    #[test]
    fn a_log_is_read_event_by_event_unless_one_is_cut() {
        let payload = [2, 0, 0, 1, 0x10, 3, 1, 0, 0, 0, 0, 0, 1, 0xAA];
        let (log, _) = PublishEventLog::parse(&payload).unwrap();
        let EventLogPayload::Events { events, .. } = log.payload else { panic!("events") };
        assert_eq!(events.iter().next().unwrap().data.get(), Some([0xAA].as_slice()));
        let (log, _) = PublishEventLog::parse(&[2, 0, 0, 2, 0x11, 3, 1, 0, 0]).unwrap();
        assert_eq!(log.payload, EventLogPayload::Part { control: 0x11, bytes: &[3, 1, 0, 0] });
    }
}
