use xml_wire::{Duration, Xml, XmlText};

use crate::ids::{MarketContext, Rid};
use crate::target::Target;
use crate::units::ItemBase;

/// A data point that can be reported (`oadr:oadrReportDescription`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ReportDescription {
    /// Unique within its report.
    #[xml("ei:rID")]
    pub rid: Rid,
    /// The class of devices it is about; only its `end_device_assets` count.
    #[xml("ei:reportSubject")]
    pub subject: Option<Target>,
    /// Where the data come from: meters, resources.
    #[xml("ei:reportDataSource")]
    pub data_source: Option<Target>,
    /// What the values are.
    #[xml("ei:reportType")]
    pub report_type: ReportType,
    /// What they are measured in; absent for status.
    #[xml(choice)]
    pub unit: Option<ItemBase>,
    /// How they are come by.
    #[xml("ei:readingType")]
    pub reading_type: ReadingType,
    /// The programme that they are for.
    #[xml("emix:marketContext")]
    pub market_context: Option<MarketContext>,
    /// How often they are taken; on telemetry.
    #[xml("oadr:oadrSamplingRate")]
    pub sampling_rate: Option<SamplingRate>,
}

impl ReportDescription {
    /// A data point read directly, with all that is optional absent but the unit.
    pub fn new(rid: impl Into<Rid>, report_type: ReportType, unit: ItemBase) -> Self {
        Self {
            rid: rid.into(),
            subject: None,
            data_source: None,
            report_type,
            unit: Some(unit),
            reading_type: ReadingType::DirectRead,
            market_context: None,
            sampling_rate: None,
        }
    }

    /// The status of a resource (rule 331).
    pub fn status(rid: impl Into<Rid>, resource: impl Into<crate::ids::ResourceId>) -> Self {
        Self {
            rid: rid.into(),
            subject: None,
            data_source: Some(Target::resource(resource)),
            report_type: ReportType::ResourceStatus,
            unit: None,
            reading_type: ReadingType::NotApplicable,
            market_context: None,
            sampling_rate: None,
        }
    }

    /// The same data point, taken so often.
    #[must_use]
    pub fn with_sampling_rate(mut self, sampling_rate: SamplingRate) -> Self {
        self.sampling_rate = Some(sampling_rate);
        self
    }
}

/// How often telemetry is taken (`oadr:oadrSamplingRate`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct SamplingRate {
    /// The shortest time between two values.
    #[xml("oadr:oadrMinPeriod")]
    pub min_period: Duration,
    /// The longest.
    #[xml("oadr:oadrMaxPeriod")]
    pub max_period: Duration,
    /// Whether a value is taken when it changes, but never sooner than `min_period` after the one before.
    #[xml("oadr:oadrOnChange")]
    pub on_change: bool,
}

/// What the values of a data point are (`ei:reportType`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
pub enum ReportType {
    /// State of a meter at a moment.
    #[xml("reading")]
    Reading,
    /// Amount over a time, mostly real energy.
    #[xml("usage")]
    Usage,
    /// Rate, mostly real power.
    #[xml("demand")]
    Demand,
    /// What is set at present, mostly real power.
    #[xml("setPoint")]
    SetPoint,
    /// Use, compared with the baseline.
    #[xml("deltaUsage")]
    DeltaUsage,
    /// Set point, compared with the schedule before.
    #[xml("deltaSetPoint")]
    DeltaSetPoint,
    /// Demand, compared with the baseline.
    #[xml("deltaDemand")]
    DeltaDemand,
    /// What use or demand would be without the event.
    #[xml("baseline")]
    Baseline,
    /// Difference between what was asked and what is.
    #[xml("deviation")]
    Deviation,
    /// Use, averaged over the granularity.
    #[xml("avgUsage")]
    AvgUsage,
    /// Demand, averaged over the granularity.
    #[xml("avgDemand")]
    AvgDemand,
    /// State of a resource in general; has no unit.
    #[xml("operatingState")]
    OperatingState,
    /// Real power available upwards, positive.
    #[xml("upRegulationCapacityAvailable")]
    UpRegulationCapacityAvailable,
    /// Real power available downwards, positive.
    #[xml("downRegulationCapacityAvailable")]
    DownRegulationCapacityAvailable,
    /// Set point given by regulation.
    #[xml("regulationSetpoint")]
    RegulationSetpoint,
    /// Real energy in store.
    #[xml("storedEnergy")]
    StoredEnergy,
    /// Real energy that is to be in store.
    #[xml("targetEnergyStorage")]
    TargetEnergyStorage,
    /// Room left in store.
    #[xml("availableEnergyStorage")]
    AvailableEnergyStorage,
    /// Price for the unit.
    #[xml("price")]
    Price,
    /// Level; has no unit.
    #[xml("level")]
    Level,
    /// Power factor.
    #[xml("powerFactor")]
    PowerFactor,
    /// Use in per cent.
    #[xml("percentUsage")]
    PercentUsage,
    /// Demand in per cent.
    #[xml("percentDemand")]
    PercentDemand,
    /// Status of a resource (rule 331).
    #[xml("x-resourceStatus")]
    ResourceStatus,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}

/// How the values of a data point are come by (`ei:readingType`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
pub enum ReadingType {
    /// Read from a device that counts up; differences are use.
    #[xml("Direct Read")]
    DirectRead,
    /// Use as the meter itself works it out.
    #[xml("Net")]
    Net,
    /// Share of a meter that several resources have.
    #[xml("Allocated")]
    Allocated,
    /// Stands in for a reading that is missing.
    #[xml("Estimated")]
    Estimated,
    /// Sum of several meters.
    #[xml("Summed")]
    Summed,
    /// Worked out from run time and the like.
    #[xml("Derived")]
    Derived,
    /// Mean over the granularity.
    #[xml("Mean")]
    Mean,
    /// Highest over the granularity; for rates only.
    #[xml("Peak")]
    Peak,
    /// Several kinds in one number.
    #[xml("Hybrid")]
    Hybrid,
    /// As agreed, not as measured.
    #[xml("Contract")]
    Contract,
    /// In the future.
    #[xml("Projected")]
    Projected,
    /// Root mean square.
    #[xml("x-RMS")]
    Rms,
    /// No reading at all, as for status (rule 331).
    #[xml("x-notApplicable")]
    NotApplicable,
    /// Another, starting with `x-`.
    #[xml(other = "x-")]
    Other(String),
}
