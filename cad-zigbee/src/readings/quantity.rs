use crate::metering::{Dimension, Flow, Register, Span};

/// What a reading measures. `Display` gives its name, which stays the same from version to version.
///
/// A name begins with what is measured, then says which way, then which part of it:
///
/// | name | what | usual unit |
/// |---|---|---|
/// | `energy_import`, `energy_export` | sum of energy delivered to and received from the premises | kWh |
/// | `volume`, `volume_received` | the same of gas or water | m3 |
/// | `reactive_energy_import`, `_export` | the same of reactive energy | kvarh |
/// | `power`, `flow`, `reactive_power` | demand now; power is negative while the premises export | kW, m3/h, kvar |
/// | `power_import` | demand in the present integration period | kW |
/// | `power_limit_import` | the demand above which supply is cut | kW |
/// | `max_power_import`, `max_flow` | highest demand | kW |
/// | `energy_target_import_day` | what the customer means to stay below | kWh |
/// | …`_day`, `_week`, `_month`, `_year` | in the current one | |
/// | …`_previous_day`, `_previous_day_2`, … | in the last, the one before it, … | |
/// | …`_tier_1`, `_block_1`, `_tier_1_block_2` | in a tier or block of the tariff | |
/// | …`_block_period`, `_previous_block_period` | in a period of block tariffs | |
/// | …`_daily_freeze` | at the last daily freeze time | |
/// | …`_profile_interval` | in the profile interval that has not ended | |
/// | …`_interval` | in an interval of a profile or of samples: the reading says when and how long | |
/// | …`_quadrant_1` | in a quadrant of active and reactive power | |
/// | `cost_import_day`, … | cost, by the same parts | GBP |
/// | `price`, `price_tier_1`, `price_block_1`, `price_tier_1_block_2` | price in force, and prices of the tariff | GBP/kWh |
/// | `price_export`, … | the same for what is received | GBP/kWh |
/// | `block_threshold_1`, `tier_1_block_threshold_2` | where one block ends and the next begins | kWh |
/// | `standing_charge` | | GBP/d |
/// | `bill_import`, `projected_bill_import`, `_export` | bill so far, and as expected at the end of the period | GBP |
/// | `consolidated_bill` | bill of the last period | GBP |
/// | `credit`, `emergency_credit` | what is left; negative when in debt | GBP |
/// | `debt`, `debt_1`, `debt_recovery_1`, `debt_cap` | all debt, each debt, what is collected of it at a time | GBP |
/// | `credit_limit`, `top_up_limit`, `credit_added`, `cut_off`, `credit_warning`, `display_credit_warning`, `emergency_credit_limit`, `emergency_credit_threshold` | the settings of prepayment | GBP |
/// | `top_up_1` | the last amounts paid in | GBP |
/// | `payment_overdue`, `payment_discount`, `payment_1` | payments in credit mode | GBP |
/// | `voltage`, `current`, `frequency`, `active_power`, `apparent_power`, `power_factor`, … | electrical measurements; `_phase_b`, `_phase_c`, `_min`, `_max` | V, A, Hz, W, VA |
/// | `active_power_total`, `reactive_power_total`, `apparent_power_total` | of all phases | kW, kvar, kVA |
/// | `battery`, `battery_life` | what is left of a battery, and for how long | %, d |
/// | `hours_in_operation`, `hours_in_fault` | | h |
/// | `active_tier_import`, `active_block_import`, … | the tier or block in force | |
/// | `calorific_value`, `conversion_factor` | from volume of gas to energy | MJ/m3 |
/// | `carbon`, `carbon_export` | carbon dioxide | kg/kWh |
/// | `inlet_temperature`, `outlet_temperature`, `control_temperature` | of heat meters | °C |
///
/// ```
/// use cad_zigbee::{metering::{Dimension, Register}, readings::Quantity, zcl::AttributeId};
///
/// let name = |id| {
///     let register = Register::of(AttributeId(id)).unwrap();
///     Quantity::Register { register, dimension: Dimension::Energy }.to_string()
/// };
/// assert_eq!(name(0x0000), "energy_import");
/// assert_eq!(name(0x0001), "energy_export");
/// assert_eq!(name(0x0400), "power");
/// assert_eq!(name(0x0403), "energy_import_previous_day");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// A register of the Metering cluster.
    Register {
        /// Which.
        register: Register,
        /// What the meter's unit measures.
        dimension: Dimension,
    },
    /// Energy or volume in one interval of a load profile or of samples.
    Interval {
        /// Which way.
        flow: Flow,
        /// What the meter's unit measures.
        dimension: Dimension,
    },
    /// What consumption cost.
    Cost {
        /// Which way.
        flow: Flow,
        /// When.
        span: Span,
    },
    /// A price of the tariff; the price in force where tier and block are 0.
    Price {
        /// Which way.
        flow: Flow,
        /// The tier; 0 where there are none.
        tier: u8,
        /// The block; 0 where there are none.
        block: u8,
    },
    /// Up to where a block goes.
    BlockThreshold {
        /// Which way.
        flow: Flow,
        /// The tier; 0 where there are none.
        tier: u8,
        /// The block, from 1.
        block: u8,
    },
    /// A bill.
    Bill {
        /// Which way.
        flow: Flow,
        /// As expected at the end of the billing period, not so far.
        projected: bool,
    },
    /// An amount of money that there is one of.
    Money(Money),
    /// One of several amounts of money, counted from 1.
    Numbered(Numbered, u8),
    /// A measurement of the Electrical Measurement cluster.
    Electrical {
        /// What.
        measured: Electrical,
        /// Of which phase.
        phase: Phase,
        /// Now, or the least or most so far.
        extreme: Extreme,
    },
    /// Something else a meter tells about itself or its tariff.
    Property(Property),
}

/// Amounts of money that there is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Money {
    /// What is left, or the debt if negative.
    Credit,
    /// What is left of emergency credit.
    EmergencyCredit,
    /// All debt together.
    Debt,
    /// How much may be collected in a time.
    DebtCap,
    /// How much emergency credit there is.
    EmergencyCreditLimit,
    /// Below which credit emergency credit can be chosen.
    EmergencyCreditThreshold,
    /// All that was ever paid in.
    CreditAdded,
    /// The most credit a meter takes.
    CreditLimit,
    /// The most that can be paid in at a time.
    TopUpLimit,
    /// Below which the supplier's warning is shown.
    CreditWarning,
    /// Below which the display's own warning is shown.
    DisplayCreditWarning,
    /// At which credit supply ends.
    CutOff,
    /// What is owed each day whatever is used.
    StandingCharge,
    /// The bill of the last period.
    ConsolidatedBill,
    /// What should have been paid.
    PaymentOverdue,
    /// What is taken off.
    PaymentDiscount,
}

/// Amounts of money of which there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Numbered {
    /// A debt.
    Debt,
    /// What is collected of a debt at a time.
    DebtRecovery,
    /// An amount paid in; 1 is the last.
    TopUp,
    /// A payment in credit mode; 1 is the last.
    Payment,
}

/// What the Electrical Measurement cluster measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Electrical {
    /// Direct voltage.
    DcVoltage,
    /// Direct current.
    DcCurrent,
    /// Power of direct current.
    DcPower,
    /// Frequency.
    Frequency,
    /// Current in the neutral conductor.
    NeutralCurrent,
    /// Voltage, root mean square.
    Voltage,
    /// Current, root mean square.
    Current,
    /// Current in the line.
    LineCurrent,
    /// Current in phase with voltage.
    ActiveCurrent,
    /// Current a quarter off.
    ReactiveCurrent,
    /// Voltage at a moment.
    InstantaneousVoltage,
    /// Power at a moment.
    InstantaneousPower,
    /// Active power.
    ActivePower,
    /// Reactive power.
    ReactivePower,
    /// Apparent power.
    ApparentPower,
    /// Active by apparent power.
    PowerFactor,
    /// Active power of all phases.
    ActivePowerTotal,
    /// Reactive power of all phases.
    ReactivePowerTotal,
    /// Apparent power of all phases.
    ApparentPowerTotal,
}

/// Which phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The first or only one.
    A,
    /// The second.
    B,
    /// The third.
    C,
}

/// Now, or the least or most so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extreme {
    /// Now.
    None,
    /// The least.
    Minimum,
    /// The most.
    Maximum,
}

/// Something a meter tells about itself or its tariff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Property {
    /// Active by apparent power.
    PowerFactor,
    /// What is left of the battery.
    Battery,
    /// How long the battery will last.
    BatteryLife,
    /// How long the meter has run.
    HoursInOperation,
    /// How long the meter was at fault.
    HoursInFault,
    /// How much the flow is throttled.
    FlowRestriction,
    /// The tier in force.
    ActiveTier(Flow),
    /// The block in force.
    ActiveBlock(Flow),
    /// How often the load limit cut the supply.
    LoadLimitCounter,
    /// Energy in a volume of gas.
    CalorificValue,
    /// From volume as measured to volume at standard conditions.
    ConversionFactor,
    /// Carbon dioxide emitted for each unit.
    Carbon(Flow),
    /// Temperature of the heat carrier as it comes.
    InletTemperature,
    /// Temperature of the heat carrier as it leaves.
    OutletTemperature,
    /// Temperature that is controlled.
    ControlTemperature,
    /// Sum of the heat carrier as it comes.
    InletCarrier,
    /// Sum of the heat carrier as it leaves.
    OutletCarrier,
    /// Flow of the heat carrier as it comes.
    InletCarrierFlow,
    /// Flow of the heat carrier as it leaves.
    OutletCarrierFlow,
}
