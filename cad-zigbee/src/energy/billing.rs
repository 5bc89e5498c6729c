//! Billing in the Price cluster: periods, bills and payments (annex D.4).
//!
//! ```
//! use cad_zigbee::energy::{Payload, billing::{PublishBillingPeriod, TimeBase}};
//!
//! let payload = [1, 0, 0, 0, 7, 0, 0, 0, 0, 0xFE, 0xCA, 0x2D, 1, 0, 0xC0, 0x03, 0];
//! let (period, _) = PublishBillingPeriod::parse(&payload)?;
//! assert_eq!((period.duration.number(), period.duration.unit()), (1, TimeBase::Months));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, payloads};
use super::field::{Maybe, Octets, U24, UtcTime, wrapped};
use super::money::{Currency, TrailingDigits};
use super::tariff::TariffType;

payloads! {
    PRICE

    /// A period at whose end there is a bill (`PublishBillingPeriod`).
    PublishBillingPeriod = 0x09 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// How long.
        duration: BillingDuration,
        /// Where it begins or ends.
        duration_type: DurationType,
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// The bill of a period (`PublishConsolidatedBill`).
    PublishConsolidatedBill = 0x0A server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// When the period began.
        start: UtcTime,
        /// How long it was.
        duration: BillingDuration,
        /// Where it began or ended.
        duration_type: DurationType,
        /// What the tariff is for.
        tariff_type: TariffType,
        /// The bill, before the decimal point is set.
        bill: Maybe<u32>,
        /// Of the bill.
        currency: Currency,
        /// Where the decimal point is.
        trailing_digits: TrailingDigits,
    }

    /// What a customer owes and has paid (`PublishCreditPayment`).
    PublishCreditPayment<'a> = 0x0C server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// When the next payment is due.
        due: UtcTime,
        /// What is overdue, before the decimal point is set.
        overdue_amount: u32,
        /// How payment stands.
        status: CreditPaymentStatus,
        /// The last payment, before the decimal point is set.
        payment: u32,
        /// When it was made.
        paid: UtcTime,
        /// Its reference: up to 20 octets.
        reference: Octets<'a>,
    }

    /// Asks for billing periods (`GetBillingPeriod`).
    GetBillingPeriod = 0x0B client {
        /// Those that hold after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_commands: u8,
    } + tail {
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// Asks for bills (`GetConsolidatedBill`).
    GetConsolidatedBill = 0x0C client {
        /// Those of periods that start after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_commands: u8,
    } + tail {
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// Asks for payments (`GetCreditPayment`).
    GetCreditPayment = 0x0E client {
        /// Those made before this time.
        latest_end: UtcTime,
        /// How many at most; 0 for all.
        number_of_records: u8,
    }
}

/// How long a billing period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BillingDuration(
    /// The number in bits 0 to 21, the unit above.
    pub U24,
);
wrapped!(BillingDuration);

impl BillingDuration {
    /// How many.
    pub const fn number(self) -> u32 {
        self.0.get() & 0x003F_FFFF
    }

    /// Of what.
    pub const fn unit(self) -> TimeBase {
        match self.0.get() >> 22 {
            0 => TimeBase::Minutes,
            1 => TimeBase::Days,
            2 => TimeBase::Weeks,
            _ => TimeBase::Months,
        }
    }
}

/// The unit of a duration, and where in it the period begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DurationType(
    /// The unit in the low four bits, the place in the high ones: 0 at its start, 1 at its end, 2 not specified.
    pub u8,
);
wrapped!(DurationType);

impl DurationType {
    /// The unit; none for reserved ones.
    pub const fn unit(self) -> Option<TimeBase> {
        match self.0 & 0xF {
            0 => Some(TimeBase::Minutes),
            1 => Some(TimeBase::Days),
            2 => Some(TimeBase::Weeks),
            3 => Some(TimeBase::Months),
            _ => None,
        }
    }

    /// Where in the unit: 0 at its start, 1 at its end, 2 not specified.
    pub const fn place(self) -> u8 {
        self.0 >> 4
    }
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeBase {
    /// Minutes.
    Minutes,
    /// Days.
    Days,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
}

choice! {
    /// How payment stands.
    CreditPaymentStatus {
        0 Pending "Due.",
        1 Received "Paid.",
        2 Overdue "Overdue.",
        3 TwoOverdue "Two payments are overdue.",
        4 ThreeOverdue "Three payments are overdue.",
    }
}

#[cfg(test)]
mod tests {
    use super::{BillingDuration, DurationType, TimeBase};
    use crate::energy::field::U24;

    #[test]
    fn durations_have_a_unit() {
        let duration = BillingDuration(U24::new(0xC0_0003).unwrap());
        assert_eq!((duration.number(), duration.unit()), (3, TimeBase::Months));
        assert_eq!((DurationType(0x12).unit(), DurationType(0x12).place()), (Some(TimeBase::Weeks), 1));
        assert_eq!(DurationType(4).unit(), None);
    }
}
