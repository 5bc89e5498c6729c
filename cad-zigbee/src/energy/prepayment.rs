//! Prepayment: credit, debt and top-ups (annex D.7).
//!
//! Amounts are raw numbers: the decimal point is said by the Price cluster, see
//! [`TrailingDigits`](super::money::TrailingDigits). What may be owed as well as owned is signed.
//!
//! ```
//! use cad_zigbee::energy::{Payload, prepayment::{ConsumerTopUpResponse, TopUpResult}};
//!
//! let payload = [0x11, 0xE8, 0x03, 0, 0, 2, 0x18, 0xFC, 0xFF, 0xFF];
//! let (response, _) = ConsumerTopUpResponse::parse(&payload)?;
//! assert_eq!(response.result, TopUpResult::AcceptedSupplyDisabled);
//! assert_eq!((response.top_up_value, response.credit_remaining), (1000, -1000));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, flags, groups};
use super::field::{Field, Maybe, Octets, UtcTime};
use super::list::List;
use crate::error::Result;
use crate::reader::Reader;
use crate::writer::Writer;

commands! {
    /// The commands of the cluster.
    PREPAYMENT<'a>

    /// Takes up emergency credit (`SelectAvailableEmergencyCredit`).
    SelectAvailableEmergencyCredit<'a> = 0x00 client {
        /// When the customer asked for it.
        issued: UtcTime,
        /// Where.
        originating_device: OriginatingDevice,
    } + tail {
        /// The site: up to 32 octets.
        site_id: Octets<'a>,
        /// The serial number of the meter: up to 24 octets.
        meter_serial_number: Octets<'a>,
    }

    /// Sets up a debt, or changes one (`ChangeDebt`).
    ChangeDebt<'a> = 0x02 client {
        /// Names the command.
        issuer_event_id: u32,
        /// The name of the debt: up to 12 octets.
        label: Octets<'a>,
        /// The debt, or its change.
        amount: i32,
        /// How it is paid back.
        recovery_method: DebtRecoveryMethod,
        /// Which debt, and whether the amount is all of it.
        amount_type: DebtAmountType,
        /// From when on it is paid back.
        recovery_start: UtcTime,
        /// At which minute of the day.
        recovery_collection_time_min: u16,
        /// How often.
        recovery_frequency: DebtRecoveryFrequency,
        /// How much each time.
        recovery_amount: i32,
        /// How much of each top-up, in hundredths of a percent.
        recovery_balance_percentage: u16,
    }

    /// Sets up emergency credit (`EmergencyCreditSetup`).
    EmergencyCreditSetup = 0x03 client {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// How much there is.
        limit: u32,
        /// Below which credit it may be taken up.
        threshold: u32,
    }

    /// Adds to the credit (`ConsumerTopUp`).
    ConsumerTopUp<'a> = 0x04 client {
        /// Where the customer did.
        originating_device: OriginatingDevice,
        /// The code that the customer entered: up to 26 octets.
        code: Octets<'a>,
    }

    /// Sets the credit, or adds to it (`CreditAdjustment`).
    CreditAdjustment = 0x05 client {
        /// Names the command.
        issuer_event_id: u32,
        /// When.
        start: UtcTime,
        /// Whether it is added.
        adjustment_type: CreditAdjustmentType,
        /// How much.
        value: i32,
    }

    /// Changes between credit and prepayment (`ChangePaymentMode`).
    ChangePaymentMode = 0x06 client {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// When; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// The mode then.
        payment_control: PaymentControl,
        /// Below which credit the supply is cut off.
        cut_off_value: i32,
    }

    /// Asks for snapshots (`GetPrepaySnapshot`).
    GetPrepaySnapshot = 0x07 client {
        /// Those taken from then on.
        earliest_start: UtcTime,
        /// Those taken up to then.
        latest_end: UtcTime,
        /// How many of them to leave out.
        offset: u8,
        /// Those taken for one of these causes.
        cause: PrepaySnapshotCause,
    }

    /// Asks for top-ups made (`GetTopUpLog`).
    GetTopUpLog = 0x08 client {
        /// Those made before.
        latest_end: UtcTime,
        /// How many at most; 0 for all.
        number_of_records: u8,
    }

    /// Sets below which credit the customer is warned (`SetLowCreditWarningLevel`).
    SetLowCreditWarningLevel = 0x09 client {
        /// The credit.
        level: u32,
    }

    /// Asks for debt paid back (`GetDebtRepaymentLog`).
    GetDebtRepaymentLog = 0x0A client {
        /// What was paid before.
        latest_end: UtcTime,
        /// How many at most; 0 for all.
        number_of_debts: u8,
        /// Which debt.
        debt_type: DebtType,
    }

    /// Sets how much credit there may be (`SetMaximumCreditLimit`).
    SetMaximumCreditLimit = 0x0B client {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// When; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// In all.
        maximum_credit: u32,
        /// In one top-up.
        maximum_per_top_up: u32,
    }

    /// Sets how much may be taken to pay back debt (`SetOverallDebtCap`).
    SetOverallDebtCap = 0x0C client {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// When; [`UtcTime::NONE`] cancels.
        implementation: UtcTime,
        /// How much in a week.
        overall_debt_cap: i32,
    }

    /// A snapshot, or a part of one (`PublishPrepaySnapshot`).
    PublishPrepaySnapshot<'a> = 0x01 server {
        /// Names the snapshot.
        snapshot_id: u32,
        /// When it was taken.
        time: UtcTime,
        /// How many snapshots answer the question.
        total_found: u8,
        /// Which command of the snapshot this is, from 0.
        command_index: u8,
        /// How many commands the snapshot takes.
        total_commands: u8,
        /// Why it was taken.
        cause: PrepaySnapshotCause,
        /// What it holds.
        payload: PrepaySnapshotPayload<'a>,
    }

    /// What belongs to the mode that was changed to (`ChangePaymentModeResponse`).
    ChangePaymentModeResponse = 0x02 server {
        /// Whether there are times when the supply is not cut off.
        friendly_credit: FriendlyCredit,
        /// The calendar of those times.
        friendly_credit_calendar_id: u32,
        /// How much emergency credit there is.
        emergency_credit_limit: u32,
        /// Below which credit it may be taken up.
        emergency_credit_threshold: u32,
    }

    /// What became of a top-up (`ConsumerTopUpResponse`).
    ConsumerTopUpResponse = 0x03 server {
        /// Whether it was accepted.
        result: TopUpResult,
        /// How much it was; -1 (all bits set) in a rejection of meters in Great Britain.
        top_up_value: i32,
        /// Where it was made.
        source: OriginatingDevice,
        /// How much credit there is now; -1 (all bits set) in a rejection of meters in Great Britain.
        credit_remaining: i32,
    }

    /// Top-ups made (`PublishTopUpLog`).
    PublishTopUpLog<'a> = 0x05 server {
        /// Which command of the log this is, from 0.
        command_index: u8,
        /// How many commands the log takes.
        total_commands: u8,
        /// The top-ups, newest first.
        top_ups: List<'a, TopUp<'a>>,
    }

    /// Debt paid back (`PublishDebtLog`).
    PublishDebtLog<'a> = 0x06 server {
        /// Which command of the log this is, from 0.
        command_index: u8,
        /// How many commands the log takes.
        total_commands: u8,
        /// The payments, newest first.
        payments: List<'a, DebtPayment>,
    }
}

groups! {
    /// A top-up.
    TopUp<'a> {
        /// The code that the customer entered.
        code: Octets<'a>,
        /// How much it was.
        amount: i32,
        /// When.
        time: UtcTime,
    }

    /// A payment of debt.
    DebtPayment {
        /// When.
        collected: UtcTime,
        /// How much.
        amount: i32,
        /// Which debt.
        debt_type: DebtType,
        /// How much of it is left.
        outstanding_debt: u32,
    }

    /// How a customer's account stood.
    DebtCreditStatus {
        /// All debt.
        accumulated_debt: Maybe<i32>,
        /// What is left of debt 1.
        debt_1_remaining: Maybe<u32>,
        /// What is left of debt 2.
        debt_2_remaining: Maybe<u32>,
        /// What is left of debt 3.
        debt_3_remaining: Maybe<u32>,
        /// What is left of emergency credit.
        emergency_credit_remaining: Maybe<i32>,
        /// What is left of credit.
        credit_remaining: Maybe<i32>,
    }
}

/// What a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepaySnapshotPayload<'a> {
    /// How the account stood (type 0).
    DebtCreditStatus(DebtCreditStatus),
    /// Of a type that the standard does not define, or of none (0xFF).
    Other {
        /// The type.
        payload_type: u8,
        /// What it holds.
        bytes: &'a [u8],
    },
}

impl<'a> Field<'a> for PrepaySnapshotPayload<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(match reader.u8()? {
            0 => Self::DebtCreditStatus(Field::read(reader)?),
            payload_type => Self::Other { payload_type, bytes: reader.take_rest() },
        })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::DebtCreditStatus(status) => {
                writer.u8(0)?;
                status.write(writer)
            }
            Self::Other { payload_type, bytes } => {
                writer.u8(*payload_type)?;
                writer.put(bytes)
            }
        }
    }
}

flags! {
    /// How a meter is paid for.
    PaymentControl(u16) {
        0x0001 DISCONNECTION "The supply is cut off when credit is used up.",
        0x0002 PREPAYMENT "In advance; otherwise on credit.",
        0x0004 CREDIT_MANAGEMENT "Credit is managed.",
        0x0010 CREDIT_DISPLAY "Credit is shown.",
        0x0040 ACCOUNT_BASE "In units of energy; otherwise in money.",
        0x0080 CONTACTOR_FITTED "The meter can cut off the supply.",
        0x0100 STANDING_CHARGE "The standing charge is taken while credit is used up.",
        0x0200 EMERGENCY_STANDING_CHARGE "The standing charge is taken from emergency credit.",
        0x0400 DEBT "Debt is taken while credit is used up.",
        0x0800 EMERGENCY_DEBT "Debt is taken from emergency credit.",
    }
}

flags! {
    /// Why a snapshot is taken.
    PrepaySnapshotCause(u32) {
        0x0000_0001 GENERAL "In general.",
        0x0000_0002 END_OF_BILLING_PERIOD "A billing period ends.",
        0x0000_0008 CHANGE_OF_TARIFF "The tariff changes.",
        0x0000_0010 CHANGE_OF_PRICES "The price matrix changes.",
        0x0000_0400 ASKED "A client asked for it.",
        0x0000_1000 CHANGE_OF_TENANCY "The customer changes.",
        0x0000_2000 CHANGE_OF_SUPPLIER "The supplier changes.",
        0x0000_4000 CHANGE_OF_MODE "The meter changes between credit and prepayment.",
        0x0004_0000 TOP_UP "Credit is added by a top-up.",
        0x0008_0000 DEBT_OR_CREDIT "Debt or credit is added.",
    }
}

flags! {
    /// Whether there are times when the supply is not cut off.
    FriendlyCredit(u8) {
        0x01 ENABLED "There are.",
    }
}

choice! {
    /// Where a command comes from.
    OriginatingDevice {
        0 EnergyServiceInterface "The supplier, by the Energy Service Interface.",
        1 Meter "The meter.",
        2 InHomeDisplay "A display.",
    }
}

choice! {
    /// How a debt is paid back.
    DebtRecoveryMethod {
        0 TimeBased "An amount now and then.",
        1 PercentageBased "A part of each top-up.",
        2 CatchUpBased "What has not been paid back in time.",
    }
}

choice! {
    /// Which debt, and whether an amount is all of it or added to it.
    DebtAmountType {
        0 Debt1Absolute "All of debt 1.",
        1 Debt1Incremental "Added to debt 1.",
        2 Debt2Absolute "All of debt 2.",
        3 Debt2Incremental "Added to debt 2.",
        4 Debt3Absolute "All of debt 3.",
        5 Debt3Incremental "Added to debt 3.",
    }
}

choice! {
    /// How often a debt is paid back.
    DebtRecoveryFrequency {
        0 Hourly "Each hour.",
        1 Daily "Each day.",
        2 Weekly "Each week.",
        3 Monthly "Each month.",
        4 Quarterly "Each quarter.",
    }
}

choice! {
    /// A debt.
    DebtType {
        0 Debt1 "Debt 1.",
        1 Debt2 "Debt 2.",
        2 Debt3 "Debt 3.",
        0xFF All "All of them.",
    }
}

choice! {
    /// Whether an adjustment is added.
    CreditAdjustmentType {
        0 Incremental "It is added to the credit.",
        1 Absolute "It is the credit.",
    }
}

choice! {
    /// What became of a top-up.
    TopUpResult {
        0 Accepted "It was accepted.",
        1 RejectedInvalid "Its code is not valid.",
        2 RejectedDuplicate "It has been made before.",
        3 RejectedError "Something went wrong.",
        4 RejectedMaximumCredit "There would be too much credit.",
        5 RejectedKeypadLocked "The keypad is locked.",
        6 RejectedTooLarge "It is too large.",
        0x10 AcceptedSupplyEnabled "It was accepted, and the supply is on.",
        0x11 AcceptedSupplyDisabled "It was accepted, and the supply is off.",
        0x12 AcceptedSupplyArmed "It was accepted, and the customer may switch the supply on.",
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeDebt, PrepaySnapshotPayload, PublishPrepaySnapshot, SelectAvailableEmergencyCredit};
    use crate::energy::Payload;

    #[test]
    fn what_may_be_owed_is_signed_and_the_percentage_has_two_bytes() {
        let payload = [
            1, 0, 0, 0, 1, b'x', 0xFE, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0xFD, 0xFF, 0xFF, 0xFF,
            0x10, 0x27,
        ];
        let (debt, rest) = ChangeDebt::parse(&payload).unwrap();
        assert!(rest.is_empty());
        assert_eq!((debt.amount, debt.recovery_amount, debt.recovery_balance_percentage), (-2, -3, 10_000));
    }

    #[test]
    fn a_snapshot_of_the_account_has_six_amounts() {
        let mut payload = vec![7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0];
        for amount in [-1_i32, 2, 3, -1, i32::MIN, -5] {
            payload.extend(amount.to_le_bytes());
        }
        let (snapshot, rest) = PublishPrepaySnapshot::parse(&payload).unwrap();
        assert!(rest.is_empty());
        let PrepaySnapshotPayload::DebtCreditStatus(status) = snapshot.payload else { panic!("an account") };
        assert_eq!((status.accumulated_debt.get(), status.debt_2_remaining.get()), (Some(-1), Some(3)));
        assert_eq!((status.debt_3_remaining.get(), status.emergency_credit_remaining.get()), (None, None));
        assert_eq!(status.credit_remaining.get(), Some(-5));
    }

    #[test]
    fn site_and_meter_may_be_absent() {
        let (select, _) = SelectAvailableEmergencyCredit::parse(&[0, 0, 0, 0, 2]).unwrap();
        assert_eq!((select.site_id, select.meter_serial_number), (None, None));
        let (select, _) = SelectAvailableEmergencyCredit::parse(&[0, 0, 0, 0, 2, 1, b'A', 0xFF]).unwrap();
        assert_eq!(select.site_id.and_then(|site| site.as_str()), Some("A"));
        assert_eq!(select.meter_serial_number.unwrap().get(), None);
    }
}
