//! The names of quantities.

use super::quantity::{Electrical, Extreme, Money, Numbered, Phase, Property, Quantity};
use crate::metering::{Dimension, Flow, Kind, Register, Span};
use std::fmt;

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Register { register, dimension } => {
                register_name(f, &register, dimension)?;
                span_name(f, register.span)
            }
            Self::Interval { flow, dimension } => {
                f.write_str(sum_name(dimension))?;
                flow_name(f, Some(flow), dimension)?;
                f.write_str("_interval")
            }
            Self::Cost { flow, span } => {
                f.write_str("cost")?;
                flow_name(f, Some(flow), Dimension::Energy)?;
                span_name(f, span)
            }
            Self::Price { flow, tier, block } => {
                f.write_str("price")?;
                exported(f, flow)?;
                if tier > 0 {
                    write!(f, "_tier_{tier}")?;
                }
                if block > 0 { write!(f, "_block_{block}") } else { Ok(()) }
            }
            Self::BlockThreshold { flow, tier, block } => {
                if tier > 0 {
                    write!(f, "tier_{tier}_")?;
                }
                write!(f, "block_threshold_{block}")?;
                exported(f, flow)
            }
            Self::Bill { flow, projected } => {
                f.write_str(if projected { "projected_bill" } else { "bill" })?;
                flow_name(f, Some(flow), Dimension::Energy)
            }
            Self::Money(money) => f.write_str(money.name()),
            Self::Numbered(numbered, number) => write!(f, "{}_{number}", numbered.name()),
            Self::Electrical { measured, phase, extreme } => {
                f.write_str(measured.name())?;
                f.write_str(match phase {
                    Phase::A => "",
                    Phase::B => "_phase_b",
                    Phase::C => "_phase_c",
                })?;
                f.write_str(match extreme {
                    Extreme::None => "",
                    Extreme::Minimum => "_min",
                    Extreme::Maximum => "_max",
                })
            }
            Self::Property(property) => f.write_str(property.name()),
        }
    }
}

fn register_name(f: &mut fmt::Formatter<'_>, register: &Register, dimension: Dimension) -> fmt::Result {
    let dimension = match register.kind {
        Kind::ReactiveSummation => Dimension::ReactiveEnergy,
        _ => dimension,
    };
    let sum = sum_name(dimension);
    let demand = match dimension {
        Dimension::Energy => "power",
        Dimension::ReactiveEnergy => "reactive_power",
        Dimension::Volume => "flow",
        Dimension::Pressure | Dimension::Number => sum,
    };
    match register.kind {
        Kind::Summation | Kind::Consumption | Kind::ReactiveSummation => f.write_str(sum)?,
        Kind::Target => write!(f, "{sum}_target")?,
        Kind::Demand => f.write_str(demand)?,
        Kind::MaximumDemand => write!(f, "max_{demand}")?,
        Kind::DemandLimit => write!(f, "{demand}_limit")?,
    }
    flow_name(f, register.flow, dimension)
}

const fn sum_name(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Energy => "energy",
        Dimension::ReactiveEnergy => "reactive_energy",
        Dimension::Volume => "volume",
        Dimension::Pressure => "pressure",
        Dimension::Number => "number",
    }
}

fn flow_name(f: &mut fmt::Formatter<'_>, flow: Option<Flow>, dimension: Dimension) -> fmt::Result {
    f.write_str(match (flow, dimension) {
        (None, _) | (Some(Flow::Delivered), Dimension::Volume) => "",
        (Some(Flow::Received), Dimension::Volume) => "_received",
        (Some(Flow::Delivered), _) => "_import",
        (Some(Flow::Received), _) => "_export",
    })
}

fn exported(f: &mut fmt::Formatter<'_>, flow: Flow) -> fmt::Result {
    f.write_str(if flow == Flow::Received { "_export" } else { "" })
}

fn span_name(f: &mut fmt::Formatter<'_>, span: Span) -> fmt::Result {
    let back = |f: &mut fmt::Formatter<'_>, name: &str, count: u8| match count {
        0 => write!(f, "_{name}"),
        1 => write!(f, "_previous_{name}"),
        more => write!(f, "_previous_{name}_{more}"),
    };
    match span {
        Span::Total => Ok(()),
        Span::DailyFreeze => f.write_str("_daily_freeze"),
        Span::ProfileInterval => f.write_str("_profile_interval"),
        Span::BlockPeriod(count) => back(f, "block_period", count),
        Span::Tier(tier) => write!(f, "_tier_{tier}"),
        Span::Block { tier: 0, block } => write!(f, "_block_{block}"),
        Span::Block { tier, block } => write!(f, "_tier_{tier}_block_{block}"),
        Span::Day(count) => back(f, "day", count),
        Span::Week(count) => back(f, "week", count),
        Span::Month(count) => back(f, "month", count),
        Span::Year(count) => back(f, "year", count),
        Span::Quadrant(quadrant) => write!(f, "_quadrant_{quadrant}"),
    }
}

impl Money {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credit => "credit",
            Self::EmergencyCredit => "emergency_credit",
            Self::Debt => "debt",
            Self::DebtCap => "debt_cap",
            Self::EmergencyCreditLimit => "emergency_credit_limit",
            Self::EmergencyCreditThreshold => "emergency_credit_threshold",
            Self::CreditAdded => "credit_added",
            Self::CreditLimit => "credit_limit",
            Self::TopUpLimit => "top_up_limit",
            Self::CreditWarning => "credit_warning",
            Self::DisplayCreditWarning => "display_credit_warning",
            Self::CutOff => "cut_off",
            Self::StandingCharge => "standing_charge",
            Self::ConsolidatedBill => "consolidated_bill",
            Self::PaymentOverdue => "payment_overdue",
            Self::PaymentDiscount => "payment_discount",
        }
    }
}

impl Numbered {
    const fn name(self) -> &'static str {
        match self {
            Self::Debt => "debt",
            Self::DebtRecovery => "debt_recovery",
            Self::TopUp => "top_up",
            Self::Payment => "payment",
        }
    }
}

impl Electrical {
    /// Its name, of the first phase.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DcVoltage => "dc_voltage",
            Self::DcCurrent => "dc_current",
            Self::DcPower => "dc_power",
            Self::Frequency => "frequency",
            Self::NeutralCurrent => "neutral_current",
            Self::Voltage => "voltage",
            Self::Current => "current",
            Self::LineCurrent => "line_current",
            Self::ActiveCurrent => "active_current",
            Self::ReactiveCurrent => "reactive_current",
            Self::InstantaneousVoltage => "instantaneous_voltage",
            Self::InstantaneousPower => "instantaneous_power",
            Self::ActivePower => "active_power",
            Self::ReactivePower => "reactive_power",
            Self::ApparentPower => "apparent_power",
            Self::PowerFactor => "power_factor",
            Self::ActivePowerTotal => "active_power_total",
            Self::ReactivePowerTotal => "reactive_power_total",
            Self::ApparentPowerTotal => "apparent_power_total",
        }
    }
}

impl Property {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PowerFactor => "power_factor",
            Self::Battery => "battery",
            Self::BatteryLife => "battery_life",
            Self::HoursInOperation => "hours_in_operation",
            Self::HoursInFault => "hours_in_fault",
            Self::FlowRestriction => "flow_restriction",
            Self::ActiveTier(Flow::Delivered) => "active_tier_import",
            Self::ActiveTier(Flow::Received) => "active_tier_export",
            Self::ActiveBlock(Flow::Delivered) => "active_block_import",
            Self::ActiveBlock(Flow::Received) => "active_block_export",
            Self::LoadLimitCounter => "load_limit_counter",
            Self::CalorificValue => "calorific_value",
            Self::ConversionFactor => "conversion_factor",
            Self::Carbon(Flow::Delivered) => "carbon",
            Self::Carbon(Flow::Received) => "carbon_export",
            Self::InletTemperature => "inlet_temperature",
            Self::OutletTemperature => "outlet_temperature",
            Self::ControlTemperature => "control_temperature",
            Self::InletCarrier => "inlet_carrier",
            Self::OutletCarrier => "outlet_carrier",
            Self::InletCarrierFlow => "inlet_carrier_flow",
            Self::OutletCarrierFlow => "outlet_carrier_flow",
        }
    }
}
