//! Metering: profiles, samples, mirrors and the supply (annex D.3); for snapshots see [`snapshot`](super::snapshot).
//!
//! ```
//! use cad_zigbee::energy::{Payload, metering::{GetProfileResponse, IntervalPeriod}};
//!
//! let payload = [0, 0x0E, 0x27, 0x07, 0, 2, 2, 0xE8, 0x03, 0, 0xFF, 0xFF, 0xFF];
//! let (profile, _) = GetProfileResponse::parse(&payload)?;
//! assert_eq!(profile.interval_period, IntervalPeriod::Minutes30);
//! // Newest first; none where the meter has no value.
//! let intervals: Vec<_> = profile.intervals.iter().map(|value| value.get().map(|raw| raw.get())).collect();
//! assert_eq!(intervals, [Some(1000), None]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::Payload;
use super::define::{choice, commands, flags};
use super::field::{Bool, Field, Maybe, U24, UtcTime};
use super::list::{Counted, List};
use super::money::UnitId;
use super::snapshot::{
    GetSnapshot, PublishSnapshot, ScheduleSnapshot, ScheduleSnapshotResponse, TakeSnapshot,
    TakeSnapshotResponse,
};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::{AttributeId, ClusterId, Direction};

commands! {
    /// The commands of the cluster.
    METERING<'a>

    /// Consumption of consecutive intervals (`GetProfileResponse`).
    GetProfileResponse<'a> = 0x00 server {
        /// When the newest interval ends.
        end: UtcTime,
        /// Whether there is an answer.
        status: ProfileStatus,
        /// How long each interval is.
        interval_period: IntervalPeriod,
        /// Consumption in each, newest first; scaled as the registers are.
        intervals: Counted<'a, Maybe<U24>>,
    }

    /// A battery-powered meter asks for a mirror of itself (`RequestMirror`).
    RequestMirror = 0x01 server {}

    /// A meter asks for its mirror to be removed (`RemoveMirror`).
    RemoveMirror = 0x02 server {}

    /// The meter will take fast polling for a while (`RequestFastPollModeResponse`).
    RequestFastPollModeResponse = 0x03 server {
        /// Seconds between two polls.
        applied_update_period_s: u8,
        /// When fast polling ends.
        end: UtcTime,
    }

    /// Names the samples to be taken (`StartSamplingResponse`).
    StartSamplingResponse = 0x0D server {
        /// The samples; 0xFFFF if they cannot be taken.
        sample_id: Maybe<u16>,
    }

    /// Samples that a meter took (`GetSampledDataResponse`).
    GetSampledDataResponse<'a> = 0x07 server {
        /// Which samples.
        sample_id: u16,
        /// When the first of them was taken.
        start: UtcTime,
        /// What was sampled.
        sample_type: SampleType,
        /// Seconds between two samples.
        interval_s: u16,
        /// The samples, oldest first; scaled as the registers are.
        samples: Counted<'a, Maybe<U24>, u16>,
    }

    /// How a mirror is to report (`ConfigureMirror`).
    ConfigureMirror = 0x08 server {
        /// Names the command.
        issuer_event_id: u32,
        /// Seconds between two reports of the meter.
        reporting_interval_s: U24,
        /// Whether notification flags come with the response to a report.
        notification_reporting: Bool,
        /// Which flags: see [`MirrorReportAttributeResponse`].
        notification_scheme: u8,
    }

    /// In which order a mirror has notification flags (`ConfigureNotificationScheme`).
    ConfigureNotificationScheme = 0x09 server {
        /// Names the command.
        issuer_event_id: u32,
        /// The scheme that is set up.
        notification_scheme: u8,
        /// Eight times four bits: the flags attribute that comes first, second, and so on; 0xF for none.
        notification_flag_order: u32,
    }

    /// What the bits of a notification flags attribute stand for (`ConfigureNotificationFlags`).
    ConfigureNotificationFlags<'a> = 0x0A server {
        /// Names the command.
        issuer_event_id: u32,
        /// The scheme that is set up.
        notification_scheme: u8,
        /// The attribute.
        attribute: AttributeId,
        /// The cluster whose commands its bits stand for.
        cluster: ClusterId,
        /// Whose commands they are; 0xFFFF for the standard's.
        manufacturer: Maybe<u16>,
        /// The command of each bit, from bit 0 on.
        commands: Counted<'a, u8>,
    }

    /// Asks for the command that a notification flag stands for (`GetNotifiedMessage`).
    GetNotifiedMessage = 0x0B server {
        /// The scheme.
        notification_scheme: u8,
        /// The notification flags attribute.
        attribute: AttributeId,
        /// Which of its bits.
        flags: u32,
    }

    /// The supply as it is after a change (`SupplyStatusResponse`).
    SupplyStatusResponse = 0x0C server {
        /// The supplier who asked.
        provider_id: u32,
        /// The change.
        issuer_event_id: u32,
        /// When it takes place.
        implementation: UtcTime,
        /// The supply then.
        supply_status: SupplyStatus,
    }

    /// Asks for consumption of consecutive intervals (`GetProfile`).
    GetProfile = 0x00 client {
        /// Of what.
        interval_channel: IntervalChannel,
        /// The newest interval ends then or before; [`UtcTime::NOW`] for the newest there is.
        end: UtcTime,
        /// How many intervals at most.
        number_of_periods: u8,
    }

    /// Where a meter has its mirror (`RequestMirrorResponse`).
    RequestMirrorResponse = 0x01 client {
        /// The endpoint; none if there is no room for a mirror.
        endpoint: Maybe<u16>,
    }

    /// A meter's mirror is gone (`MirrorRemoved`).
    MirrorRemoved = 0x02 client {
        /// The endpoint where it was; none if it cannot be removed.
        endpoint: Maybe<u16>,
    }

    /// Asks to poll fast for a while (`RequestFastPollMode`).
    RequestFastPollMode = 0x03 client {
        /// Seconds between two polls.
        update_period_s: u8,
        /// For how many minutes; at most 15.
        duration_min: u8,
    }

    /// Asks a meter to take samples (`StartSampling`).
    StartSampling = 0x07 client {
        /// Names the command.
        issuer_event_id: u32,
        /// When to start; [`UtcTime::NONE`] cancels.
        start: UtcTime,
        /// Of what.
        sample_type: SampleType,
        /// Seconds between two samples.
        interval_s: u16,
        /// How many at most.
        maximum_samples: u16,
    }

    /// Asks for samples that a meter took (`GetSampledData`).
    GetSampledData = 0x08 client {
        /// Which samples.
        sample_id: u16,
        /// Those taken from then on.
        earliest: UtcTime,
        /// Of what.
        sample_type: SampleType,
        /// How many at most.
        number_of_samples: u16,
    }

    /// Starts the counter of load limits again (`ResetLoadLimitCounter`).
    ResetLoadLimitCounter = 0x0A client {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
    }

    /// Switches the supply (`ChangeSupply`).
    ChangeSupply = 0x0B client {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// When it was asked for.
        requested: UtcTime,
        /// When it is to take place; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// The supply then.
        proposed_supply_status: SupplyStatus,
        /// Who switches, and whether to answer.
        control: SupplyControl,
    }

    /// Switches the supply from within the premises (`LocalChangeSupply`).
    LocalChangeSupply = 0x0C client {
        /// The supply then: armed or on.
        proposed_supply_status: SupplyStatus,
    }

    /// What becomes of the supply when something is wrong (`SetSupplyStatus`).
    SetSupplyStatus = 0x0D client {
        /// Names the command.
        issuer_event_id: u32,
        /// When the meter is tampered with.
        on_tamper: SupplyStatus,
        /// When the credit is used up.
        on_depletion: SupplyStatus,
        /// When gas flows without being controlled.
        on_uncontrolled_flow: SupplyStatus,
        /// When the load is above its limit.
        on_load_limit: SupplyStatus,
    }

    /// From which flow on gas flows without being controlled (`SetUncontrolledFlowThreshold`).
    SetUncontrolledFlowThreshold = 0x0E client {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// The flow, before multiplier and divisor.
        threshold: u16,
        /// Its unit.
        unit: UnitId,
        /// Its factor.
        multiplier: u16,
        /// Its divisor.
        divisor: u16,
        /// For how many tenths of a second the flow settles.
        stabilisation_period_ds: u8,
        /// For how many seconds it is measured.
        measurement_period_s: u16,
    }

    + elsewhere
        PublishSnapshot<'a>, ScheduleSnapshot<'a>, ScheduleSnapshotResponse<'a>, TakeSnapshot,
        TakeSnapshotResponse, GetSnapshot, MirrorReportAttributeResponse<'a>
}

/// Tells a meter, in answer to a report to its mirror, what waits for it (`MirrorReportAttributeResponse`).
///
/// The number of words depends on the scheme: 1 in scheme 1, which has the functional flags alone; 5 in scheme 2, which
/// also has those of Price, Calendar, Prepayment and Device Management; as agreed in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MirrorReportAttributeResponse<'a> {
    /// The scheme.
    notification_scheme: u8,
    /// The words of flags.
    flags: List<'a, u32>,
}

impl<'a> MirrorReportAttributeResponse<'a> {
    /// The flags of a scheme.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if a predefined scheme has another number of words.
    pub const fn new(notification_scheme: u8, flags: List<'a, u32>) -> Result<Self> {
        match Self::words(notification_scheme) {
            Some(words) if words != flags.len() => {
                Err(Error::Unwritable { what: "another number of flags than the scheme has" })
            }
            _ => Ok(Self { notification_scheme, flags }),
        }
    }

    /// The scheme.
    pub const fn notification_scheme(&self) -> u8 {
        self.notification_scheme
    }

    /// The words of flags.
    pub const fn flags(&self) -> List<'a, u32> {
        self.flags
    }

    const fn words(scheme: u8) -> Option<usize> {
        match scheme {
            1 => Some(1),
            2 => Some(5),
            _ => None,
        }
    }
}

impl<'a> Payload<'a> for MirrorReportAttributeResponse<'a> {
    const CLUSTER: ClusterId = ClusterId::METERING;
    const DIRECTION: Direction = Direction::ClientToServer;
    const ID: u8 = 0x09;

    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let notification_scheme = reader.u8()?;
        let flags = match Self::words(notification_scheme) {
            Some(words) => List::read_exactly(reader, words)?,
            None => List::read(reader)?,
        };
        Ok(Self { notification_scheme, flags })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.notification_scheme)?;
        self.flags.write(writer)
    }
}

choice! {
    /// Whether a meter has an answer to [`GetProfile`].
    ProfileStatus {
        0 Success "It has.",
        1 UndefinedChannel "There is no such channel.",
        2 ChannelNotSupported "The meter does not have this channel.",
        3 InvalidEndTime "The end is not valid.",
        4 MoreThanCanBeReturned "More intervals were asked for than fit.",
        5 NoIntervals "There are no intervals at that time.",
    }
}

choice! {
    /// Which consumption intervals are of.
    IntervalChannel {
        0 Delivered "Delivered to the premises.",
        1 Received "Received from the premises.",
        2 ReactiveDelivered "Reactive, delivered to the premises.",
        3 ReactiveReceived "Reactive, received from the premises.",
    }
}

choice! {
    /// How long an interval is.
    IntervalPeriod {
        0 Daily "A day.",
        1 Minutes60 "60 minutes.",
        2 Minutes30 "30 minutes.",
        3 Minutes15 "15 minutes.",
        4 Minutes10 "10 minutes.",
        5 Minutes7And30Seconds "7.5 minutes.",
        6 Minutes5 "5 minutes.",
        7 Minutes2And30Seconds "2.5 minutes.",
    }
}

impl IntervalPeriod {
    /// Its length in seconds; none if the standard does not define it.
    pub const fn seconds(self) -> Option<u32> {
        Some(match self {
            Self::Daily => 86_400,
            Self::Minutes60 => 3600,
            Self::Minutes30 => 1800,
            Self::Minutes15 => 900,
            Self::Minutes10 => 600,
            Self::Minutes7And30Seconds => 450,
            Self::Minutes5 => 300,
            Self::Minutes2And30Seconds => 150,
            Self::Other(_) => return None,
        })
    }
}

choice! {
    /// What is sampled.
    SampleType {
        0 ConsumptionDelivered "Consumption delivered to the premises.",
        1 ConsumptionReceived "Consumption received from the premises.",
        2 ReactiveDelivered "Reactive consumption delivered to the premises.",
        3 ReactiveReceived "Reactive consumption received from the premises.",
        4 InstantaneousDemand "Power, or flow.",
    }
}

choice! {
    /// The state of the supply.
    SupplyStatus {
        0 Off "Off.",
        1 OffArmed "Off, but the customer may switch it on.",
        2 On "On.",
        3 Unchanged "As it was.",
    }
}

flags! {
    /// How the supply is to be switched.
    SupplyControl(u8) {
        0x01 ACKNOWLEDGE "With a [`SupplyStatusResponse`].",
    }
}

#[cfg(test)]
mod tests {
    use super::MirrorReportAttributeResponse;
    use crate::energy::Payload;
    use crate::energy::list::List;
    use crate::error::Error;

    #[test]
    fn a_predefined_scheme_has_as_many_flags_as_it_says() {
        let read = MirrorReportAttributeResponse::parse;
        let (response, rest) = read(&[1, 1, 0, 0, 0, 9]).unwrap();
        assert_eq!((response.flags().iter().collect::<Vec<_>>(), rest), (vec![1], [9].as_slice()));
        assert_eq!(read(&[2, 1, 0, 0, 0]), Err(Error::Truncated { at: 5, needed: 4 }));
        assert_eq!(read(&[0x81, 1, 0, 0, 0, 2, 0, 0, 0]).unwrap().0.flags().len(), 2);
        let error = MirrorReportAttributeResponse::new(2, List::EMPTY).unwrap_err();
        assert_eq!(error.to_string(), "another number of flags than the scheme has cannot be written");
    }
}
