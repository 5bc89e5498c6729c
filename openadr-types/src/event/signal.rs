use xml_wire::{DateTime, Duration, Float, Xml, XmlText};

use crate::ids::SignalId;
use crate::interval::{self, Interval};
use crate::target::Target;
use crate::units::ItemBase;

/// One signal of an event: what to do in each interval (`ei:eiEventSignal`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EventSignal {
    /// At least one; consecutive, starting at the event's start, together as long as the event (rule 8).
    #[xml("strm:intervals/ei:interval+")]
    pub intervals: Vec<Interval>,
    /// The class of devices that the signal is for; only its `end_device_assets` count.
    #[xml("ei:eiTarget")]
    pub target: Option<Target>,
    /// What the values mean.
    #[xml("ei:signalName")]
    pub name: SignalName,
    /// How they are meant.
    #[xml("ei:signalType")]
    pub signal_type: SignalType,
    /// Unique within the event.
    #[xml("ei:signalID")]
    pub signal_id: SignalId,
    /// What the values are measured in; absent for levels and factors.
    #[xml(choice)]
    pub unit: Option<ItemBase>,
    /// The value of the running interval; for a SIMPLE signal 0 while the event is not active (rule 14).
    #[xml("ei:currentValue/ei:payloadFloat/ei:value")]
    pub current_value: Option<Float>,
}

impl EventSignal {
    /// A signal for all devices, without a unit.
    pub fn new(
        signal_id: impl Into<SignalId>,
        name: SignalName,
        signal_type: SignalType,
        intervals: Vec<Interval>,
    ) -> Self {
        Self {
            intervals,
            target: None,
            name,
            signal_type,
            signal_id: signal_id.into(),
            unit: None,
            current_value: None,
        }
    }

    /// A SIMPLE signal: for each interval how long it lasts and its level.
    pub fn simple(
        signal_id: impl Into<SignalId>,
        levels: impl IntoIterator<Item = (Duration, Level)>,
    ) -> Self {
        let intervals =
            interval::series(levels.into_iter().map(|(duration, level)| (duration, level.value())));
        Self {
            current_value: Some(Float(0.0)),
            ..Self::new(signal_id, SignalName::Simple, SignalType::Level, intervals)
        }
    }

    /// The same signal with values in `unit`.
    #[must_use]
    pub fn with_unit(mut self, unit: ItemBase) -> Self {
        self.unit = Some(unit);
        self
    }

    /// How long the intervals last together: see [`interval::total_duration`].
    pub fn total_duration(&self) -> Option<Duration> {
        interval::total_duration(&self.intervals)
    }

    /// How long an event of these intervals lasts that starts then: months as the calendar has them, and zero, which is
    /// open ended, where the last interval is.
    pub fn duration_from(&self, start: DateTime) -> Duration {
        self.timeline(start, None).duration().unwrap_or(Duration::ZERO)
    }
}

/// A level of a SIMPLE signal (rule 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 0: nothing is asked for.
    Normal,
    /// 1: some load is to be shed.
    Moderate,
    /// 2: more than that.
    High,
    /// 3: as the parties agreed.
    Special,
}

impl Level {
    /// As it stands in an interval, from 0 to 3.
    pub const fn value(self) -> f64 {
        match self {
            Self::Normal => 0.0,
            Self::Moderate => 1.0,
            Self::High => 2.0,
            Self::Special => 3.0,
        }
    }
}

/// What a signal's values mean (`ei:signalName`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
pub enum SignalName {
    /// Levels 0 normal, 1 moderate, 2 high, 3 special (rule 9).
    #[xml("SIMPLE")]
    Simple,
    /// The same, as 2.0a writes it.
    #[xml("simple")]
    SimpleA,
    /// Price of electricity.
    #[xml("ELECTRICITY_PRICE")]
    ElectricityPrice,
    /// Price of energy.
    #[xml("ENERGY_PRICE")]
    EnergyPrice,
    /// Charge for the highest demand.
    #[xml("DEMAND_CHARGE")]
    DemandCharge,
    /// Price the resource bid.
    #[xml("BID_PRICE")]
    BidPrice,
    /// Load the resource bid.
    #[xml("BID_LOAD")]
    BidLoad,
    /// Energy the resource bid.
    #[xml("BID_ENERGY")]
    BidEnergy,
    /// State of charge of a store.
    #[xml("CHARGE_STATE")]
    ChargeState,
    /// Load to run at.
    #[xml("LOAD_DISPATCH")]
    LoadDispatch,
    /// Load control relative to the device.
    #[xml("LOAD_CONTROL")]
    LoadControl,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}

/// How a signal's values are meant (`ei:signalType`).
///
/// A closed list: names starting with `x-` other than these are not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum SignalType {
    /// Change from what use would be without the signal.
    #[xml("delta")]
    Delta,
    /// Level of a programme.
    #[xml("level")]
    Level,
    /// Factor on what use would be without the signal.
    #[xml("multiplier")]
    Multiplier,
    /// Price.
    #[xml("price")]
    Price,
    /// Factor on the usual price.
    #[xml("priceMultiplier")]
    PriceMultiplier,
    /// Difference from the usual price.
    #[xml("priceRelative")]
    PriceRelative,
    /// Amount to run at.
    #[xml("setpoint")]
    Setpoint,
    /// Share of the device's capacity: 0 is off, 1 is all of it.
    #[xml("x-loadControlCapacity")]
    LoadControlCapacity,
    /// Whole levels from normal operation, which is 0.
    #[xml("x-loadControlLevelOffset")]
    LoadControlLevelOffset,
    /// Per cent from normal operation.
    #[xml("x-loadControlPercentOffset")]
    LoadControlPercentOffset,
    /// Set point of the load controller.
    #[xml("x-loadControlSetpoint")]
    LoadControlSetpoint,
}
