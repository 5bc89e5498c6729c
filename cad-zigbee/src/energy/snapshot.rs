//! Snapshots: all registers of a meter at one time (annex D.3).
//!
//! ```
//! use cad_zigbee::energy::{Payload, snapshot::{PublishSnapshot, SnapshotCause, SnapshotPayload}};
//!
//! // The registers at midnight, with one tier, without a bill.
//! let payload = [
//!     7, 0, 0, 0, 0, 0x0E, 0x27, 0x07, 1, 0, 1, 1, 0, 0, 0, 4, //
//!     0x15, 0xCD, 0x5B, 0x07, 0, 0, 1, 0x15, 0xCD, 0x5B, 0x07, 0, 0,
//! ];
//! let (snapshot, _) = PublishSnapshot::parse(&payload)?;
//! assert!(snapshot.cause.contains(SnapshotCause::GENERAL));
//! let SnapshotPayload::Registers(registers) = snapshot.payload else { unreachable!() };
//! assert_eq!(registers.summation.get().map(|raw| raw.get()), Some(123_456_789));
//! assert_eq!(registers.tiers.len(), 1);
//! assert!(registers.billing.is_none());
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::Payload;
use super::define::{choice, flags, groups, payloads};
use super::field::{Field, Maybe, U24, U48, UtcTime};
use super::list::{Counted, List};
use super::money::TrailingDigits;
use crate::error::{Error, Result};
use crate::metering::Flow;
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::{ClusterId, Direction};

/// A snapshot, or a part of one (`PublishSnapshot`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishSnapshot<'a> {
    /// Names the snapshot.
    pub snapshot_id: u32,
    /// When it was taken.
    pub time: UtcTime,
    /// How many snapshots answer the question.
    pub total_found: u8,
    /// Which command of the snapshot this is, from 0.
    pub command_index: u8,
    /// How many commands the snapshot takes.
    pub total_commands: u8,
    /// Why it was taken.
    pub cause: SnapshotCause,
    /// What it holds.
    pub payload: SnapshotPayload<'a>,
}

/// What a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotPayload<'a> {
    /// Registers (types 0 to 7).
    Registers(Registers<'a>),
    /// The registers are not there any more (type 0x80).
    Unavailable,
    /// Of a type that the standard does not define.
    Other {
        /// The type.
        payload_type: u8,
        /// What it holds.
        bytes: &'a [u8],
    },
}

/// The registers of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers<'a> {
    /// Which way the energy went.
    pub flow: Flow,
    /// All of it.
    pub summation: Maybe<U48>,
    /// What it costs.
    pub billing: Option<Billing>,
    /// In each tier of the tariff.
    pub tiers: Counted<'a, Maybe<U48>>,
    /// In each block of each tier, for tariffs with blocks.
    pub blocks: Option<TierBlocks<'a>>,
}

/// Registers for each block of each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierBlocks<'a> {
    /// The number of tiers in the high four bits, of thresholds between blocks in the low ones.
    tiers_and_thresholds: u8,
    /// The registers.
    values: List<'a, Maybe<U48>>,
}

groups! {
    /// What the energy costs.
    Billing {
        /// Since the last bill; before the decimal point is set.
        bill_to_date: Maybe<u32>,
        /// Up to when.
        bill_to_date_time: UtcTime,
        /// At the end of the billing period.
        projected_bill: Maybe<u32>,
        /// When that was reckoned.
        projected_bill_time: UtcTime,
        /// Where the decimal point is.
        trailing_digits: TrailingDigits,
    }

    /// When to take snapshots.
    SnapshotSchedule {
        /// Names the schedule.
        schedule_id: u8,
        /// From when on.
        start: UtcTime,
        /// How often.
        schedule: Frequency,
        /// What to keep: the type of [`SnapshotPayload`].
        payload_type: u8,
        /// Why.
        cause: SnapshotCause,
    }

    /// Whether a schedule is kept.
    ScheduleConfirmation {
        /// Which one.
        schedule_id: u8,
        /// Whether it is.
        confirmation: SnapshotScheduleStatus,
    }
}

payloads! {
    METERING

    /// Sets up when snapshots are to be taken (`ScheduleSnapshot`).
    ScheduleSnapshot<'a> = 0x04 client {
        /// Names the command.
        issuer_event_id: u32,
        /// Which command this is, from 0.
        command_index: u8,
        /// How many commands there are.
        command_count: u8,
        /// The schedules.
        schedules: List<'a, SnapshotSchedule>,
    }

    /// Says which schedules are kept (`ScheduleSnapshotResponse`).
    ScheduleSnapshotResponse<'a> = 0x04 server {
        /// The command answered.
        issuer_event_id: u32,
        /// What became of each schedule.
        confirmations: List<'a, ScheduleConfirmation>,
    }

    /// Asks for a snapshot to be taken (`TakeSnapshot`).
    TakeSnapshot = 0x05 client {
        /// Why.
        cause: SnapshotCause,
    }

    /// Says whether a snapshot was taken (`TakeSnapshotResponse`).
    TakeSnapshotResponse = 0x05 server {
        /// Names the snapshot.
        snapshot_id: u32,
        /// Whether it was taken.
        confirmation: SnapshotStatus,
    }

    /// Asks for snapshots (`GetSnapshot`).
    GetSnapshot = 0x06 client {
        /// Those taken from then on.
        earliest_start: UtcTime,
        /// Those taken up to then.
        latest_end: UtcTime,
        /// How many of them to leave out.
        offset: u8,
        /// Those taken for one of these causes.
        cause: SnapshotCause,
    }
}

/// How often to take a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frequency(
    /// The number in bits 0 to 19, the unit in bits 20 and 21, the place within it in bits 22 and 23.
    pub U24,
);
super::field::wrapped!(Frequency);

impl Frequency {
    /// Every so many days, weeks or months.
    pub const fn number(self) -> u32 {
        self.0.get() & 0x000F_FFFF
    }

    /// 0 for days, 1 for weeks, 2 for months.
    pub const fn unit(self) -> u32 {
        (self.0.get() >> 20) & 3
    }

    /// 0 for the start of the unit, 1 for its end, 2 where it does not matter.
    pub const fn place(self) -> u32 {
        self.0.get() >> 22
    }
}

impl SnapshotPayload<'_> {
    /// The number of its type.
    pub const fn payload_type(&self) -> u8 {
        match self {
            Self::Registers(registers) => {
                let received = matches!(registers.flow, Flow::Received);
                (if received { 1 } else { 0 })
                    | (if registers.blocks.is_some() { 2 } else { 0 })
                    | (if registers.billing.is_some() { 0 } else { 4 })
            }
            Self::Unavailable => 0x80,
            Self::Other { payload_type, .. } => *payload_type,
        }
    }
}

impl<'a> TierBlocks<'a> {
    /// Registers for each block of so many tiers, all blocks of the first tier first.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if there are more than 15 tiers or 16 blocks, none, or another number of registers.
    pub fn new(tiers: u8, blocks: u8, values: List<'a, Maybe<U48>>) -> Result<Self> {
        let count = usize::from(tiers).saturating_mul(usize::from(blocks));
        if tiers > 15 || !(1..=16).contains(&blocks) || count != values.len() {
            return Err(Error::Unwritable { what: "this number of tiers, blocks and registers" });
        }
        Ok(Self { tiers_and_thresholds: (tiers << 4) | blocks.saturating_sub(1), values })
    }

    /// How many tiers there are.
    pub const fn tiers(&self) -> u8 {
        self.tiers_and_thresholds >> 4
    }

    /// How many blocks each tier has: one more than thresholds between them.
    pub const fn blocks(&self) -> u8 {
        (self.tiers_and_thresholds & 0xF).saturating_add(1)
    }

    /// The registers, all blocks of the first tier first.
    pub const fn values(&self) -> List<'a, Maybe<U48>> {
        self.values
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let tiers_and_thresholds = reader.u8()?;
        let mut blocks = Self { tiers_and_thresholds, values: List::EMPTY };
        let count = usize::from(blocks.tiers()).saturating_mul(usize::from(blocks.blocks()));
        blocks.values = List::read_exactly(reader, count)?;
        Ok(blocks)
    }
}

impl<'a> Registers<'a> {
    fn read(reader: &mut Reader<'a>, payload_type: u8) -> Result<Self> {
        Ok(Self {
            flow: if payload_type & 1 == 0 { Flow::Delivered } else { Flow::Received },
            summation: Field::read(reader)?,
            billing: if payload_type & 4 == 0 { Some(Field::read(reader)?) } else { None },
            tiers: Field::read(reader)?,
            blocks: if payload_type & 2 == 0 { None } else { Some(TierBlocks::read(reader)?) },
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.summation.write(writer)?;
        if let Some(billing) = &self.billing {
            billing.write(writer)?;
        }
        self.tiers.write(writer)?;
        if let Some(blocks) = &self.blocks {
            writer.u8(blocks.tiers_and_thresholds)?;
            blocks.values.write(writer)?;
        }
        Ok(())
    }
}

impl<'a> Payload<'a> for PublishSnapshot<'a> {
    const CLUSTER: ClusterId = ClusterId::METERING;
    const DIRECTION: Direction = Direction::ServerToClient;
    const ID: u8 = 0x06;

    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self {
            snapshot_id: reader.u32()?,
            time: Field::read(reader)?,
            total_found: reader.u8()?,
            command_index: reader.u8()?,
            total_commands: reader.u8()?,
            cause: Field::read(reader)?,
            payload: match reader.u8()? {
                registers @ 0..=7 => SnapshotPayload::Registers(Registers::read(reader, registers)?),
                0x80 => SnapshotPayload::Unavailable,
                payload_type => SnapshotPayload::Other { payload_type, bytes: reader.take_rest() },
            },
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u32(self.snapshot_id)?;
        self.time.write(writer)?;
        writer.put(&[self.total_found, self.command_index, self.total_commands])?;
        self.cause.write(writer)?;
        writer.u8(self.payload.payload_type())?;
        match &self.payload {
            SnapshotPayload::Registers(registers) => registers.write(writer),
            SnapshotPayload::Unavailable => Ok(()),
            SnapshotPayload::Other { bytes, .. } => writer.put(bytes),
        }
    }
}

flags! {
    /// Why a snapshot is taken.
    SnapshotCause(u32) {
        0x0000_0001 GENERAL "In general: in Great Britain, at midnight.",
        0x0000_0002 END_OF_BILLING_PERIOD "A billing period ends.",
        0x0000_0004 END_OF_BLOCK_PERIOD "A block period ends.",
        0x0000_0008 CHANGE_OF_TARIFF "The tariff changes.",
        0x0000_0010 CHANGE_OF_PRICES "The price matrix changes.",
        0x0000_0020 CHANGE_OF_THRESHOLDS "The thresholds between blocks change.",
        0x0000_0040 CHANGE_OF_CALORIFIC_VALUE "The calorific value changes.",
        0x0000_0080 CHANGE_OF_CONVERSION_FACTOR "The conversion factor changes.",
        0x0000_0100 CHANGE_OF_CALENDAR "The calendar changes.",
        0x0000_0200 CRITICAL_PEAK "A critical peak price begins or ends.",
        0x0000_0400 ASKED "A client asked for it.",
        0x0000_0800 END_OF_RESOLVE_PERIOD "A resolve period ends.",
        0x0000_1000 CHANGE_OF_TENANCY "The customer changes.",
        0x0000_2000 CHANGE_OF_SUPPLIER "The supplier changes.",
        0x0000_4000 CHANGE_OF_MODE "The meter changes between credit and prepayment.",
        0x0000_8000 DEBT_PAYMENT "A debt is paid.",
        0x0001_0000 SCHEDULED "It was scheduled.",
        0x0002_0000 FIRMWARE "New firmware is loaded.",
    }
}

choice! {
    /// Whether a snapshot was taken.
    SnapshotStatus {
        0 Accepted "It was.",
        1 CauseNotSupported "The meter does not take snapshots for that cause.",
    }
}

choice! {
    /// Whether a schedule of snapshots is kept.
    SnapshotScheduleStatus {
        0 Accepted "It is.",
        1 TypeNotSupported "The meter does not have that type.",
        2 CauseNotSupported "The meter does not take snapshots for that cause.",
        3 NotAvailable "Not at present.",
        4 NotSupported "The meter has no schedules.",
        5 InsufficientSpace "The meter has no room for it.",
    }
}

#[cfg(test)]
mod tests {
    use super::{Frequency, PublishSnapshot, SnapshotPayload, TierBlocks};
    use crate::energy::Payload;
    use crate::energy::field::U24;
    use crate::energy::list::List;
    use crate::writer::Writer;

    /// Summation 1; a bill; one tier with 2; one tier of two blocks, with 3 and 4.
    fn payload(payload_type: u8) -> Vec<u8> {
        let mut bytes = vec![7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, payload_type, 1, 0, 0, 0, 0, 0];
        if payload_type & 4 == 0 {
            bytes.extend([9, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0x20]);
        }
        bytes.extend([1, 2, 0, 0, 0, 0, 0]);
        if payload_type & 2 != 0 {
            bytes.extend([0x11, 3, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
        }
        bytes
    }

    #[test]
    fn every_type_has_its_registers_and_is_written_as_it_was_read() {
        for payload_type in 0..8 {
            let bytes = payload(payload_type);
            let (snapshot, rest) = PublishSnapshot::parse(&bytes).unwrap();
            assert_eq!((snapshot.payload.payload_type(), rest), (payload_type, [].as_slice()));
            let SnapshotPayload::Registers(registers) = snapshot.payload else { panic!("registers") };
            assert_eq!(registers.billing.is_some(), payload_type & 4 == 0);
            if let Some(billing) = registers.billing {
                assert_eq!((billing.bill_to_date.get(), billing.projected_bill.get()), (Some(9), None));
            }
            assert_eq!(registers.blocks.is_some(), payload_type & 2 != 0);
            if let Some(blocks) = registers.blocks {
                assert_eq!((blocks.tiers(), blocks.blocks(), blocks.values().len()), (1, 2, 2));
                assert_eq!(TierBlocks::new(1, 2, blocks.values()), Ok(blocks));
            }
            let mut buffer = [0; 127];
            let mut writer = Writer::new(&mut buffer);
            snapshot.write(&mut writer).unwrap();
            assert_eq!(writer.written(), bytes);
        }
    }

    #[test]
    fn a_snapshot_without_data_and_one_of_a_new_type_are_told_apart() {
        let mut bytes = payload(4);
        bytes[15] = 0x80;
        let (snapshot, rest) = PublishSnapshot::parse(&bytes).unwrap();
        assert_eq!((snapshot.payload, rest.len()), (SnapshotPayload::Unavailable, 13));
        bytes[15] = 9;
        let (snapshot, rest) = PublishSnapshot::parse(&bytes).unwrap();
        assert!(
            matches!(snapshot.payload, SnapshotPayload::Other { payload_type: 9, bytes } if bytes.len() == 13)
        );
        assert!(rest.is_empty());
    }

    #[test]
    fn a_number_of_registers_that_does_not_fit_is_refused() {
        let error = TierBlocks::new(1, 2, List::EMPTY).unwrap_err();
        assert_eq!(error.to_string(), "this number of tiers, blocks and registers cannot be written");
        assert!(TierBlocks::new(0, 0, List::EMPTY).is_err());
        assert!(TierBlocks::new(16, 1, List::EMPTY).is_err());
    }

    #[test]
    fn a_frequency_is_number_unit_and_place() {
        let frequency = Frequency(U24::new(0x60_0002).unwrap());
        assert_eq!((frequency.number(), frequency.unit(), frequency.place()), (2, 2, 1));
    }
}
