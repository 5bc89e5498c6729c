//! Fields that are more than one value: lists and sub-payloads.
//!
//! ```
//! use cad_zigbee::zcl::{ClusterId, Direction, cluster::{self, layout::{Count, Layout}}, data_type::DataType};
//!
//! let metering = cluster::find(ClusterId::METERING).unwrap();
//! let response = metering.command(Direction::ServerToClient, 0x07).unwrap();
//! let samples = response.fields.last().unwrap();
//! assert_eq!(samples.name, "samples");
//! assert!(matches!(samples.layout, Layout::Counted(DataType::Unsigned24, Count::Number)));
//! ```

use super::{Field, field, value};
use crate::zcl::data_type::DataType;

/// What a field consists of.
#[derive(Debug, Clone, Copy)]
pub enum Layout {
    /// One value.
    Value(DataType),
    /// All octets that are left.
    Octets,
    /// Values of one type, as many as are left.
    Values(DataType),
    /// Values of one type, as many as an earlier field says.
    Counted(DataType, Count),
    /// Groups of fields, as many as are left.
    Groups(&'static [Field]),
    /// Fields, depending on the number in the field before.
    Chosen(&'static [Choice]),
}

/// How the field before says how many values there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// It is the number.
    Number,
    /// Its low four bits are the number.
    LowBits,
    /// Its high four bits are a number of tiers, its low four bits a number of thresholds; each tier has a value for
    /// each block, of which there is one more than thresholds.
    TiersTimesBlocks,
}

/// Fields that are there if the field before says so.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The least number that says so.
    pub from: u64,
    /// The largest number that says so.
    pub to: u64,
    /// The fields.
    pub fields: &'static [Field],
}

pub(super) const CONSUMPTION: Layout = Layout::Counted(DataType::Unsigned24, Count::Number);

pub(super) const COMMAND_IDS: Layout = Layout::Counted(DataType::Unsigned8, Count::Number);

pub(super) const PRICE_MATRIX: Layout =
    Layout::Groups(&[value("tierBlockId", DataType::Unsigned8), value("price", DataType::Unsigned32)]);

pub(super) const BLOCK_THRESHOLDS: Layout = Layout::Groups(&[
    value("tierNumberOfBlockThresholds", DataType::Unsigned8),
    field("blockThresholds", Layout::Counted(DataType::Unsigned48, Count::LowBits)),
]);

pub(super) const TIER_LABELS: Layout =
    Layout::Groups(&[value("tier", DataType::Unsigned8), value("label", DataType::Text)]);

pub(super) const SNAPSHOT_RESPONSE: Layout =
    Layout::Groups(&[value("id", DataType::Unsigned8), value("confirmation", DataType::Enum8)]);

pub(super) const SNAPSHOT_SCHEDULE: Layout = Layout::Groups(&[
    value("id", DataType::Unsigned8),
    value("startTime", DataType::Utc),
    value("schedule", DataType::Bitmap24),
    value("payloadType", DataType::Enum8),
    value("cause", DataType::Bitmap32),
]);

/// The sub-payload of PublishSnapshot by its type: time of use or block tiers, delivered or received, with billing or
/// without.
pub(super) const SNAPSHOT: Layout = Layout::Chosen(&[
    Choice {
        from: 0,
        to: 1,
        fields: &[SUMMATION, BILL[0], BILL[1], BILL[2], BILL[3], BILL[4], TIER_COUNT, TIERS],
    },
    Choice {
        from: 2,
        to: 3,
        fields: &[
            SUMMATION,
            BILL[0],
            BILL[1],
            BILL[2],
            BILL[3],
            BILL[4],
            TIER_COUNT,
            TIERS,
            TIER_BLOCK_COUNT,
            TIER_BLOCKS,
        ],
    },
    Choice { from: 4, to: 5, fields: &[SUMMATION, TIER_COUNT, TIERS] },
    Choice { from: 6, to: 7, fields: &[SUMMATION, TIER_COUNT, TIERS, TIER_BLOCK_COUNT, TIER_BLOCKS] },
]);

const SUMMATION: Field = value("currentSummation", DataType::Unsigned48);
const BILL: [Field; 5] = [
    value("billToDate", DataType::Unsigned32),
    value("billToDateTimeStamp", DataType::Utc),
    value("projectedBill", DataType::Unsigned32),
    value("projectedBillTimeStamp", DataType::Utc),
    value("billTrailingDigit", DataType::Bitmap8),
];
const TIER_COUNT: Field = value("numberOfTiers", DataType::Unsigned8);
const TIERS: Field = field("tiers", Layout::Counted(DataType::Unsigned48, Count::Number));
const TIER_BLOCK_COUNT: Field = value("numberOfTiersAndBlockThresholds", DataType::Bitmap8);
const TIER_BLOCKS: Field =
    field("tierBlocks", Layout::Counted(DataType::Unsigned48, Count::TiersTimesBlocks));

pub(super) const TUNNEL_PROTOCOLS: Layout = Layout::Groups(&[
    value("manufacturerCode", DataType::Unsigned16),
    value("protocolId", DataType::Unsigned8),
]);

pub(super) const TOP_UPS: Layout = Layout::Groups(&[
    value("topUpCode", DataType::Text),
    value("topUpAmount", DataType::Signed32),
    value("topUpTime", DataType::Utc),
]);

pub(super) const DEBTS: Layout = Layout::Groups(&[
    value("collectionTime", DataType::Utc),
    value("amountCollected", DataType::Signed32),
    value("debtType", DataType::Enum8),
    value("outstandingDebt", DataType::Unsigned32),
]);

pub(super) const DAY_SCHEDULE: Layout =
    Layout::Groups(&[value("startTime", DataType::Unsigned16), value("value", DataType::Unsigned8)]);

pub(super) const SEASONS: Layout =
    Layout::Groups(&[value("date", DataType::Date), value("weekId", DataType::Unsigned8)]);

pub(super) const SPECIAL_DAYS: Layout =
    Layout::Groups(&[value("date", DataType::Date), value("dayId", DataType::Unsigned8)]);

pub(super) const EVENT_LOG: Layout = Layout::Groups(&[
    value("logId", DataType::Enum8),
    value("eventId", DataType::Unsigned16),
    value("eventTime", DataType::Utc),
    value("eventData", DataType::Octets),
]);

pub(super) const EVENT_CONFIGURATIONS: Layout =
    Layout::Groups(&[value("eventId", DataType::Unsigned16), value("cfg", DataType::Bitmap8)]);

/// Which events SetEventConfiguration is about, by its configuration control: a list, a group, a log, or those with a
/// certain configuration.
pub(super) const EVENTS_TO_CONFIGURE: Layout = Layout::Chosen(&[
    Choice {
        from: 0,
        to: 0,
        fields: &[
            value("numberOfEvents", DataType::Unsigned8),
            field("eventIds", Layout::Counted(DataType::Unsigned16, Count::Number)),
        ],
    },
    Choice { from: 1, to: 1, fields: &[value("eventGroupId", DataType::Unsigned16)] },
    Choice { from: 2, to: 2, fields: &[value("logId", DataType::Unsigned8)] },
    Choice { from: 3, to: 3, fields: &[value("configurationValueMatch", DataType::Unsigned8)] },
]);
