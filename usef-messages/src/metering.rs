//! An aggregator delivers what a connection's meter showed.
//!
//! ```
//! use usef_messages::metering::Isp;
//! let isp = Isp { start: 1, value: "5072.076".parse()? };
//! assert_eq!(isp.value.to_string(), "5072.076");
//! # Ok::<(), usef_messages::values::NotInList>(())
//! ```

use xml_wire::{Duration, XmlText};

use crate::message::{message, part, responds};
use crate::values::{Currency, MeteringPoint, Period, Quantity, TimeZone, Uuid};

message! {
    /// AGR to DSO: what the meter of a connection showed on a day (`Metering`).
    pub struct Metering {
        /// Which version of the data it is; each replaces those before.
        #[xml("@Revision")]
        pub revision: i64,
        /// How long an imbalance settlement period (ISP) lasts.
        #[xml("@ISP-Duration")]
        pub isp_duration: Duration,
        /// Whose midnight the day starts at.
        #[xml("@TimeZone")]
        pub time_zone: TimeZone,
        /// A currency, for tariffs that no profile of these editions holds.
        #[xml("@Currency")]
        pub currency: Option<Currency>,
        /// The day.
        #[xml("@Period")]
        pub period: Period,
        /// The connection.
        #[xml("@EAN")]
        pub ean: MeteringPoint,
        /// One at least.
        #[xml("Profile+")]
        pub profiles: Vec<Profile>,
    }
}

part! {
    /// One quantity over the day (`Profile`).
    pub struct Profile {
        /// What it is.
        #[xml("@ProfileType")]
        pub profile_type: ProfileType,
        /// Its unit.
        #[xml("@Unit")]
        pub unit: Unit,
        /// One at least.
        #[xml("ISP+")]
        pub isps: Vec<Isp>,
    }
}

part! {
    /// The value of one imbalance settlement period (`ISP`).
    pub struct Isp {
        /// The period, counted from 1 at midnight; the schema allows any number.
        #[xml("@Start")]
        pub start: i64,
        /// The value, in the profile's unit.
        #[xml("@Value")]
        pub value: Quantity,
    }
}

/// What a profile is about (`MeteringProfileEnum`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum ProfileType {
    /// Average power; positive is consumption.
    #[xml("Power")]
    Power,
    /// Energy taken from the grid in the period.
    #[xml("ImportEnergy")]
    ImportEnergy,
    /// Energy fed into the grid in the period.
    #[xml("ExportEnergy")]
    ExportEnergy,
    /// The register of energy taken, at the end of the period.
    #[xml("ImportMeterReading")]
    ImportMeterReading,
    /// The register of energy fed in, at the end of the period.
    #[xml("ExportMeterReading")]
    ExportMeterReading,
}

/// The unit of a profile (`MeteringUnitType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Unit {
    /// Kilowatt.
    #[xml("kW")]
    Kilowatt,
    /// Kilowatt-hour.
    #[xml("kWh")]
    KilowattHour,
}

message! {
    /// DSO to AGR: whether the data was taken (`MeteringResponse`).
    pub struct MeteringResponse: Answers {
        /// The data.
        #[xml("@MeteringMessageID")]
        pub metering_message_id: Uuid,
    }
}

responds! {
    Metering => MeteringResponse {
        metering_message_id: request.message_id.clone(),
    }, |request, _answer|
}
