use crate::metering::{Dimension, Flow, Kind, Register, Span};
use std::fmt;

/// What a reading measures.
///
/// `Display` gives its name: `energy_import`, `energy_export`, `power`, `volume`, and with the part of it that a
/// register holds for instance `energy_import_tier_2`, `energy_import_day`, `volume_previous_month_3`,
/// `max_power_import_day`.
///
/// ```
/// use cad_zigbee::{metering::{Dimension, Register}, readings::Quantity, zcl::AttributeId};
///
/// let name = |id| {
///     let register = Register::of(AttributeId(id)).unwrap();
///     Quantity { register, dimension: Dimension::Energy }.to_string()
/// };
/// assert_eq!(name(0x0000), "energy_import");
/// assert_eq!(name(0x0001), "energy_export");
/// assert_eq!(name(0x0400), "power");
/// assert_eq!(name(0x0403), "energy_import_previous_day");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// Which register of the meter.
    pub register: Register,
    /// What the meter's unit measures.
    pub dimension: Dimension,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Register { kind, flow, span, .. } = self.register;
        let demand = matches!(kind, Kind::Demand | Kind::MaximumDemand);
        if kind == Kind::MaximumDemand {
            f.write_str("max_")?;
        }
        f.write_str(match (self.dimension, demand) {
            (Dimension::Energy, false) => "energy",
            (Dimension::Energy, true) => "power",
            (Dimension::ReactiveEnergy, false) => "reactive_energy",
            (Dimension::ReactiveEnergy, true) => "reactive_power",
            (Dimension::Volume, false) => "volume",
            (Dimension::Volume, true) => "flow",
            (Dimension::Pressure, _) => "pressure",
            (Dimension::Number, _) => "number",
        })?;
        let volume = self.dimension == Dimension::Volume;
        match flow {
            Some(Flow::Delivered) if !volume => f.write_str("_import")?,
            Some(Flow::Received) if !volume => f.write_str("_export")?,
            Some(Flow::Received) => f.write_str("_received")?,
            _ => {}
        }
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
        }
    }
}
