//! Calendar: which tier of a tariff holds when, by seasons, weeks and days (annex D.9).
//!
//! ```
//! use cad_zigbee::energy::{Payload, calendar::PublishDayProfile};
//!
//! let payload = [1, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 2, 0, 1, 0, 0, 0, 1, 0xA4, 0x01, 2];
//! let (day, _) = PublishDayProfile::parse(&payload)?;
//! let entries: Vec<_> = day.entries.iter().map(|entry| (entry.start_min, entry.value)).collect();
//! assert_eq!(entries, [(0, 1), (420, 2)]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, groups};
use super::field::{Date, Maybe, Octets, UtcTime};
use super::list::List;

commands! {
    /// The commands of the cluster.
    CALENDAR<'a>

    /// A calendar (`PublishCalendar`).
    PublishCalendar<'a> = 0x00 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Names the calendar.
        calendar_id: u32,
        /// From when on; [`UtcTime::NONE`] cancels.
        start: UtcTime,
        /// What it is for.
        calendar_type: CalendarType,
        /// Which clock its times are of.
        time_reference: TimeReference,
        /// Its name: up to 12 octets.
        name: Octets<'a>,
        /// How many seasons it has.
        number_of_seasons: u8,
        /// How many week profiles it has.
        number_of_week_profiles: u8,
        /// How many day profiles it has.
        number_of_day_profiles: u8,
    }

    /// What holds when in a day (`PublishDayProfile`).
    PublishDayProfile<'a> = 0x01 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Of which calendar.
        calendar_id: u32,
        /// Names the day profile, from 1.
        day_id: u8,
        /// How many entries it has in all commands.
        total_entries: u8,
        /// Which command of the profile this is, from 0.
        command_index: u8,
        /// How many commands the profile takes.
        total_commands: u8,
        /// What it is for.
        calendar_type: CalendarType,
        /// The entries, by their time.
        entries: List<'a, ScheduleEntry>,
    }

    /// Which day profile each day of a week has (`PublishWeekProfile`).
    PublishWeekProfile = 0x02 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Of which calendar.
        calendar_id: u32,
        /// Names the week profile, from 1.
        week_id: u8,
        /// The day profiles, Monday first.
        day_ids: [u8; 7],
    }

    /// Which week profile holds from which date on (`PublishSeasons`).
    PublishSeasons<'a> = 0x03 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Of which calendar.
        calendar_id: u32,
        /// Which command of the seasons this is, from 0.
        command_index: u8,
        /// How many commands the seasons take.
        total_commands: u8,
        /// The seasons, by their date.
        seasons: List<'a, Season>,
    }

    /// Days with a profile of their own (`PublishSpecialDays`).
    PublishSpecialDays<'a> = 0x04 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Of which calendar.
        calendar_id: u32,
        /// From when on.
        start: UtcTime,
        /// What it is for.
        calendar_type: CalendarType,
        /// How many days there are in all commands.
        total_days: u8,
        /// Which command of the days this is, from 0.
        command_index: u8,
        /// How many commands the days take.
        total_commands: u8,
        /// The days.
        days: List<'a, SpecialDay>,
    }

    /// Takes back a calendar (`CancelCalendar`).
    CancelCalendar = 0x05 server {
        /// The supplier.
        provider_id: u32,
        /// Which calendar.
        calendar_id: u32,
        /// What it is for.
        calendar_type: CalendarType,
    }

    /// Asks for calendars (`GetCalendar`).
    GetCalendar = 0x00 client {
        /// Those that hold after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_calendars: u8,
        /// What they are for; 0xFF for any.
        calendar_type: CalendarType,
    } + tail {
        /// The supplier; none for any.
        provider_id: Maybe<u32>,
    }

    /// Asks for day profiles (`GetDayProfiles`).
    GetDayProfiles = 0x01 client {
        /// The supplier.
        provider_id: u32,
        /// Of which calendar.
        calendar_id: u32,
        /// From this profile on.
        start_day_id: u8,
        /// How many at most; 0 for all.
        number_of_days: u8,
    }

    /// Asks for week profiles (`GetWeekProfiles`).
    GetWeekProfiles = 0x02 client {
        /// The supplier.
        provider_id: u32,
        /// Of which calendar.
        calendar_id: u32,
        /// From this profile on.
        start_week_id: u8,
        /// How many at most; 0 for all.
        number_of_weeks: u8,
    }

    /// Asks for seasons (`GetSeasons`).
    GetSeasons = 0x03 client {
        /// The supplier.
        provider_id: u32,
        /// Of which calendar.
        calendar_id: u32,
    }

    /// Asks for days with a profile of their own (`GetSpecialDays`).
    GetSpecialDays = 0x04 client {
        /// Those in calendars that hold after this time.
        start: UtcTime,
        /// How many at most; 0 for all.
        number_of_events: u8,
        /// What the calendar is for; 0xFF for any.
        calendar_type: CalendarType,
    } + tail {
        /// The supplier; none for any.
        provider_id: Maybe<u32>,
        /// Of which calendar; 0 for any.
        calendar_id: u32,
    }

    /// Asks whether a calendar was taken back (`GetCalendarCancellation`).
    GetCalendarCancellation = 0x05 client {}
}

groups! {
    /// What holds from some time of a day on.
    ScheduleEntry {
        /// Minutes since midnight.
        start_min: u16,
        /// The tier; in calendars of friendly credit, 1 while the supply is not cut off; in those of auxiliary switches,
        /// a bit for each switch.
        value: u8,
    }

    /// A season.
    Season {
        /// When it starts.
        start: Date,
        /// The week profile.
        week_id: u8,
    }

    /// A day with a profile of its own.
    SpecialDay {
        /// The day.
        date: Date,
        /// The day profile.
        day_id: u8,
    }
}

choice! {
    /// What a calendar is for.
    CalendarType {
        0 Delivered "Energy delivered to the premises.",
        1 Received "Energy received from the premises.",
        2 DeliveredAndReceived "Both.",
        3 FriendlyCredit "Times when the supply is not cut off.",
        4 AuxiliaryLoadSwitch "Auxiliary load switches.",
    }
}

choice! {
    /// Which clock times are of.
    TimeReference {
        0 Utc "UTC.",
        1 Standard "Standard time: that of winter, all year.",
        2 Local "Local time.",
    }
}
