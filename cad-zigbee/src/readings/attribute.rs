//! What the attributes of each cluster are: a number to scale, or news.

use super::quantity::{Electrical, Extreme, Money, Numbered, Phase, Property, Quantity};
use super::tariff::{
    BILL_DELIVERED_DIGITS, BILL_RECEIVED_DIGITS, CALORIFIC_DIGITS, CALORIFIC_UNIT, CALORIFIC_UNITS,
    CARBON_DIGITS, CARBON_UNIT, CARBON_UNITS, CONVERSION_DIGITS, ELECTRICAL_MEASUREMENT, Factor,
    PRICE_DIGITS, RECEIVED_CARBON_DIGITS, RECEIVED_CARBON_UNIT, Scale,
};
use crate::metering::{Flow, Register, Span};
use crate::zcl::ClusterId;

/// How a number is scaled, and what it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// As the registers of the Metering cluster.
    Register(Register),
    /// As such a register, in an interval of a load profile or samples.
    Interval(Register),
    /// In another way.
    Other(Quantity, Scale),
}

impl What {
    /// What a server's attribute is; none where it is no number that is scaled.
    pub(super) fn of(cluster: ClusterId, attribute: u16) -> Option<Self> {
        match cluster {
            ClusterId::METERING => match Register::of(crate::zcl::AttributeId(attribute)) {
                Some(register) => Some(Self::Register(register)),
                None => metering(attribute),
            },
            ClusterId::PRICE => price(attribute),
            ClusterId::PREPAYMENT => prepayment(attribute),
            ELECTRICAL_MEASUREMENT => electrical(attribute),
            ClusterId(0x0001) => power_configuration(attribute),
            _ => None,
        }
    }
}

const fn fixed(property: Property, places: u8, unit: &'static str) -> Option<What> {
    Some(What::Other(Quantity::Property(property), Scale::Fixed { places, unit }))
}

fn metering(attribute: u16) -> Option<What> {
    let bill = |flow, projected, digits| {
        Some(What::Other(Quantity::Bill { flow, projected }, Scale::Money { digits }))
    };
    let scaled = |property, scale| Some(What::Other(Quantity::Property(property), scale));
    match attribute {
        0x0006 => fixed(Property::PowerFactor, 2, ""),
        0x000E => fixed(Property::ActiveBlock(Flow::Delivered), 0, ""),
        0x0013 => fixed(Property::FlowRestriction, 0, ""),
        0x001E => fixed(Property::ActiveBlock(Flow::Received), 0, ""),
        0x0020 => fixed(Property::ActiveTier(Flow::Delivered), 0, ""),
        0x0021 => fixed(Property::ActiveTier(Flow::Received), 0, ""),
        0x0015 => scaled(Property::InletCarrier, Scale::Carrier { flow: false }),
        0x0016 => scaled(Property::OutletCarrier, Scale::Carrier { flow: false }),
        0x0017 => scaled(Property::InletTemperature, Scale::Temperature),
        0x0018 => scaled(Property::OutletTemperature, Scale::Temperature),
        0x0019 => scaled(Property::ControlTemperature, Scale::Temperature),
        0x001A => scaled(Property::InletCarrierFlow, Scale::Carrier { flow: true }),
        0x001B => scaled(Property::OutletCarrierFlow, Scale::Carrier { flow: true }),
        0x0201 => fixed(Property::Battery, 0, "%"),
        0x0202 => fixed(Property::HoursInOperation, 0, "h"),
        0x0203 => fixed(Property::HoursInFault, 0, "h"),
        0x0205 => fixed(Property::BatteryLife, 0, "d"),
        0x0606 => fixed(Property::LoadLimitCounter, 0, ""),
        0x0A00 => bill(Flow::Delivered, false, BILL_DELIVERED_DIGITS),
        0x0A02 => bill(Flow::Delivered, true, BILL_DELIVERED_DIGITS),
        0x0A10 => bill(Flow::Received, false, BILL_RECEIVED_DIGITS),
        0x0A12 => bill(Flow::Received, true, BILL_RECEIVED_DIGITS),
        _ => None,
    }
}

/// The attributes for received energy have the highest bit set, and else mostly the numbers of those for delivered.
fn price(attribute: u16) -> Option<What> {
    const MONEY: Scale = Scale::Money { digits: PRICE_DIGITS };
    let flow = if attribute & 0x8000 == 0 { Flow::Delivered } else { Flow::Received };
    let [low, set] = (attribute & 0x7FFF).to_le_bytes();
    let of_tier = |tier, block| Some(What::Other(Quantity::Price { flow, tier, block }, Scale::Price));
    let money = |money| Some(What::Other(Quantity::Money(money), MONEY));
    let listed = |property, digits, unit, units| {
        Some(What::Other(Quantity::Property(property), Scale::Listed { digits, unit, units }))
    };
    match (set, low) {
        // The sixteenth of each tier is the number of thresholds.
        (0x01, _) if low & 0xF == 0xF => None,
        (0x01, _) => {
            let (tier, block) = (low >> 4, (low & 0xF).saturating_add(1));
            Some(What::Other(Quantity::BlockThreshold { flow, tier, block }, Scale::Threshold))
        }
        (0x03, 0x01) if flow == Flow::Delivered => {
            Some(What::Other(Quantity::Money(Money::StandingCharge), Scale::DailyCharge))
        }
        (0x03, 0x02) if flow == Flow::Delivered => Some(What::Other(
            Quantity::Property(Property::ConversionFactor),
            Scale::Digits { digits: CONVERSION_DIGITS, unit: "" },
        )),
        (0x03, 0x04) if flow == Flow::Delivered => {
            listed(Property::CalorificValue, CALORIFIC_DIGITS, CALORIFIC_UNIT, CALORIFIC_UNITS)
        }
        (0x04, _) => of_tier(low >> 4, (low & 0xF).saturating_add(1)),
        (0x05, 0x0F..=0x2F) => of_tier(low.saturating_add(1), 0),
        (0x06, 0x20) if flow == Flow::Delivered => {
            listed(Property::Carbon(flow), CARBON_DIGITS, CARBON_UNIT, CARBON_UNITS)
        }
        (0x06, 0x25) if flow == Flow::Received => {
            listed(Property::Carbon(flow), RECEIVED_CARBON_DIGITS, RECEIVED_CARBON_UNIT, CARBON_UNITS)
        }
        (0x07, 0x04) => money(Money::ConsolidatedBill),
        (0x08, 0x02) if flow == Flow::Delivered => money(Money::PaymentOverdue),
        (0x08, 0x0A) if flow == Flow::Delivered => money(Money::PaymentDiscount),
        (0x08, 0x10 | 0x20 | 0x30 | 0x40 | 0x50) if flow == Flow::Delivered => {
            Some(What::Other(Quantity::Numbered(Numbered::Payment, low >> 4), MONEY))
        }
        _ => None,
    }
}

/// **Interpretation:** amounts are in the currency of the Price cluster with its trailing digits; costs of past days
/// have a currency and a scale of their own.
fn prepayment(attribute: u16) -> Option<What> {
    const MONEY: Scale = Scale::Money { digits: PRICE_DIGITS };
    let [low, set] = attribute.to_le_bytes();
    let money = |money| Some(What::Other(Quantity::Money(money), MONEY));
    let numbered = |numbered, number| Some(What::Other(Quantity::Numbered(numbered, number), MONEY));
    match (set, low) {
        (0x00, 0x01) => money(Money::Credit),
        (0x00, 0x02) => money(Money::EmergencyCredit),
        (0x00, 0x05) => money(Money::Debt),
        (0x00, 0x06) => money(Money::DebtCap),
        (0x00, 0x10) => money(Money::EmergencyCreditLimit),
        (0x00, 0x11) => money(Money::EmergencyCreditThreshold),
        (0x00, 0x20) => money(Money::CreditAdded),
        (0x00, 0x21) => money(Money::CreditLimit),
        (0x00, 0x22) => money(Money::TopUpLimit),
        (0x00, 0x31) => money(Money::CreditWarning),
        (0x00, 0x32) => money(Money::DisplayCreditWarning),
        (0x00, 0x40) => money(Money::CutOff),
        (0x01, 0x01 | 0x11 | 0x21 | 0x31 | 0x41) => numbered(Numbered::TopUp, (low >> 4).saturating_add(1)),
        (0x02, 0x11 | 0x21 | 0x31) => numbered(Numbered::Debt, low >> 4),
        (0x02, 0x17 | 0x27 | 0x37) => numbered(Numbered::DebtRecovery, low >> 4),
        (0x05, 0x1C..=0x5B) => {
            let flow = if low & 1 == 0 { Flow::Delivered } else { Flow::Received };
            let pair = |first: u8| low.saturating_sub(first) >> 1;
            let span = match low {
                0x1C..=0x2D => Span::Day(pair(0x1C)),
                0x30..=0x3B => Span::Week(pair(0x30)),
                0x40..=0x5B => Span::Month(pair(0x40)),
                _ => return None,
            };
            Some(What::Other(Quantity::Cost { flow, span }, Scale::Cost))
        }
        _ => None,
    }
}

const fn power_configuration(attribute: u16) -> Option<What> {
    match attribute {
        0x0021 => Some(What::Other(Quantity::Property(Property::Battery), Scale::Halves { unit: "%" })),
        _ => None,
    }
}

fn electrical(attribute: u16) -> Option<What> {
    const fn factor(attribute: u16) -> Factor {
        Factor(ELECTRICAL_MEASUREMENT, attribute)
    }
    const VOLTAGE: (u16, u16) = (0x0600, 0x0601);
    const CURRENT: (u16, u16) = (0x0602, 0x0603);
    const POWER: (u16, u16) = (0x0604, 0x0605);
    const TOTAL: (u16, u16) = (0x0402, 0x0403);

    let [low, set] = attribute.to_le_bytes();
    let (phase, set) = match set {
        0x09 => (Phase::B, 0x05),
        0x0A => (Phase::C, 0x05),
        set => (Phase::A, set),
    };
    let now = |measured, factors, unit| Some((measured, Extreme::None, factors, unit));
    let found = match (set, low) {
        (0x01, 0x00..=0x02) => Some((Electrical::DcVoltage, extreme(low, 0x00), (0x0200, 0x0201), "V")),
        (0x01, 0x03..=0x05) => Some((Electrical::DcCurrent, extreme(low, 0x03), (0x0202, 0x0203), "A")),
        (0x01, 0x06..=0x08) => Some((Electrical::DcPower, extreme(low, 0x06), (0x0204, 0x0205), "W")),
        (0x03, 0x00..=0x02) => Some((Electrical::Frequency, extreme(low, 0x00), (0x0400, 0x0401), "Hz")),
        (0x03, 0x03) => now(Electrical::NeutralCurrent, CURRENT, "A"),
        (0x03, 0x04) => now(Electrical::ActivePowerTotal, TOTAL, "kW"),
        (0x03, 0x05) => now(Electrical::ReactivePowerTotal, TOTAL, "kvar"),
        (0x03, 0x06) => now(Electrical::ApparentPowerTotal, TOTAL, "kVA"),
        (0x05, 0x00) => now(Electrical::InstantaneousVoltage, VOLTAGE, "V"),
        (0x05, 0x01) => now(Electrical::LineCurrent, CURRENT, "A"),
        (0x05, 0x02) => now(Electrical::ActiveCurrent, CURRENT, "A"),
        (0x05, 0x03) => now(Electrical::ReactiveCurrent, CURRENT, "A"),
        (0x05, 0x04) => now(Electrical::InstantaneousPower, POWER, "W"),
        (0x05, 0x05..=0x07) => Some((Electrical::Voltage, extreme(low, 0x05), VOLTAGE, "V")),
        (0x05, 0x08..=0x0A) => Some((Electrical::Current, extreme(low, 0x08), CURRENT, "A")),
        (0x05, 0x0B..=0x0D) => Some((Electrical::ActivePower, extreme(low, 0x0B), POWER, "W")),
        (0x05, 0x0E) => now(Electrical::ReactivePower, POWER, "var"),
        (0x05, 0x0F) => now(Electrical::ApparentPower, POWER, "VA"),
        (0x05, 0x10) => {
            let quantity =
                Quantity::Electrical { measured: Electrical::PowerFactor, phase, extreme: Extreme::None };
            return Some(What::Other(quantity, Scale::Fixed { places: 2, unit: "" }));
        }
        _ => None,
    };
    let (measured, extreme, (multiplier, divisor), unit) = found?;
    Some(What::Other(
        Quantity::Electrical { measured, phase, extreme },
        Scale::Ratio { multiplier: factor(multiplier), divisor: factor(divisor), unit },
    ))
}

/// The first of three is now, then follow the least and the most.
const fn extreme(low: u8, first: u8) -> Extreme {
    match low.saturating_sub(first) {
        0 => Extreme::None,
        1 => Extreme::Minimum,
        _ => Extreme::Maximum,
    }
}
