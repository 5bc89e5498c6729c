use super::Source;
use super::meter::{Identity, text};
use super::utility::{LoadControl, LoadControlCancellation, Message, MessageCancellation, PriceInForce};
use crate::timestamp::Timestamp;
use crate::zcl::value::Value;
use crate::zcl::{AttributeId, ClusterId};
use std::fmt;
use std::string::String;

/// What a meter or the utility tells that is no measured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Who tells it.
    pub source: Source,
    /// When the frame was received.
    pub time: Option<Timestamp>,
    /// What.
    pub news: News,
}

/// The content of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Whether the premises are supplied, and what would cut them off (Metering 0x0014, 0x0605 to 0x0609).
    Supply {
        /// What the state is for.
        cause: Cause,
        /// The state.
        state: Supply,
    },
    /// What is wrong with the meter (Metering 0x0200): bits whose meaning depends on what is metered.
    Status {
        /// The bits.
        flags: u8,
        /// What is metered, as [`METERING_DEVICE_TYPE`](crate::metering::METERING_DEVICE_TYPE), where known.
        device_type: Option<u8>,
    },
    /// How much is being used, as a traffic light shows it (Metering 0x0207).
    Ambient(Ambient),
    /// The state of credit (Prepayment 0x0003): bits.
    CreditStatus(u8),
    /// How consumption is paid (Prepayment 0x0000): bits.
    PaymentControl(u16),
    /// What is wrong with prepayment (Prepayment 0x0400): bits.
    PrepaymentAlarms(u16),
    /// A name: of the tariff, the supplier, a tier, a debt.
    Label {
        /// Of what.
        of: Label,
        /// The name.
        text: String,
    },
    /// Supply is or will be switched (`SupplyStatusResponse`).
    SupplyChange {
        /// The state then.
        state: Supply,
        /// When; none for a time that is not known.
        at: Option<Timestamp>,
    },
    /// A price and when it holds (`PublishPrice`).
    Price(PriceInForce),
    /// Load is to be changed (`LoadControlEvent`).
    LoadControl(LoadControl),
    /// It is not, or no longer (`CancelLoadControlEvent`, `CancelAllLoadControlEvents`).
    LoadControlCancelled(LoadControlCancellation),
    /// A text for people (`DisplayMessage`, `DisplayProtectedMessage`).
    Message(Message),
    /// A text is to be shown no more (`CancelMessage`, `CancelAllMessages`).
    MessageCancelled(MessageCancellation),
}

/// What a supply state is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The state of supply itself.
    Now,
    /// What it becomes when the load limit is passed.
    LoadLimit,
    /// What it becomes when someone tampers with the meter.
    Tamper,
    /// What it becomes when credit is used up.
    Depletion,
    /// What it becomes when gas flows uncontrolled.
    UncontrolledFlow,
}

/// Whether the premises are supplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Supply {
    /// Not.
    Off,
    /// Not, but the customer may switch it on.
    Armed,
    /// They are.
    On,
    /// As it was: a state for a cause, which then changes nothing.
    Unchanged,
    /// A number that is reserved.
    Reserved(u8),
}

/// How much is being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ambient {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// A number that is reserved.
    Reserved(u8),
}

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Label {
    /// The tariff for what is delivered.
    TariffDelivered,
    /// The tariff for what is received.
    TariffReceived,
    /// A tier of the tariff, from 1.
    Tier(u8),
    /// A debt, from 1.
    Debt(u8),
    /// The supplier.
    Supplier,
}

impl Supply {
    /// From its number.
    pub const fn from_id(id: u8) -> Self {
        match id {
            0 => Self::Off,
            1 => Self::Armed,
            2 => Self::On,
            3 => Self::Unchanged,
            reserved => Self::Reserved(reserved),
        }
    }
}

impl Ambient {
    /// From its number.
    pub const fn from_id(id: u8) -> Self {
        match id {
            0 => Self::Low,
            1 => Self::Medium,
            2 => Self::High,
            reserved => Self::Reserved(reserved),
        }
    }
}

impl News {
    /// What an attribute tells that is no number.
    pub(super) fn of(
        identity: &Identity,
        cluster: ClusterId,
        attribute: AttributeId,
        value: &Value<'_>,
    ) -> Option<Self> {
        let number = value.integer();
        let byte = || number.and_then(|number| u8::try_from(number).ok());
        let word = || number.and_then(|number| u16::try_from(number).ok());
        let supply = |cause| byte().map(|id| Self::Supply { cause, state: Supply::from_id(id) });
        let label = |of| {
            let text = value.octets().map(text).filter(|text| !text.is_empty())?;
            Some(Self::Label { of, text })
        };
        let [low, _] = attribute.0.to_le_bytes();
        match (cluster, attribute.0) {
            (ClusterId::METERING, 0x0014) => supply(Cause::Now),
            (ClusterId::METERING, 0x0605) => supply(Cause::LoadLimit),
            (ClusterId::METERING, 0x0607) => supply(Cause::Tamper),
            (ClusterId::METERING, 0x0608) => supply(Cause::Depletion),
            (ClusterId::METERING, 0x0609) => supply(Cause::UncontrolledFlow),
            (ClusterId::METERING, 0x0200) => {
                let device_type = identity.device_type;
                byte().map(|flags| Self::Status { flags, device_type })
            }
            (ClusterId::METERING, 0x0207) => byte().map(|id| Self::Ambient(Ambient::from_id(id))),
            (ClusterId::METERING, 0x030F) => label(Label::TariffDelivered),
            (ClusterId::METERING, 0x0310) => label(Label::TariffReceived),
            (ClusterId::PRICE, 0x0000..=0x002F) => label(Label::Tier(low.saturating_add(1))),
            (ClusterId::PRICE, 0x0610) => label(Label::TariffDelivered),
            (ClusterId::PRICE, 0x8610) => label(Label::TariffReceived),
            (ClusterId::PREPAYMENT, 0x0000) => word().map(Self::PaymentControl),
            (ClusterId::PREPAYMENT, 0x0003) => byte().map(Self::CreditStatus),
            (ClusterId::PREPAYMENT, 0x0400) => word().map(Self::PrepaymentAlarms),
            (ClusterId::PREPAYMENT, 0x0210 | 0x0220 | 0x0230) => label(Label::Debt(low >> 4)),
            (ClusterId::DEVICE_MANAGEMENT, 0x0101) => label(Label::Supplier),
            _ => None,
        }
    }

    /// The names of the status bits that are set, for this kind of meter.
    ///
    /// ```
    /// use cad_zigbee::readings::News;
    ///
    /// let names: Vec<_> = News::status_names(0x12, Some(0x80)).collect();
    /// assert_eq!(names, ["low_battery", "low_pressure"]);
    /// ```
    pub fn status_names(flags: u8, device_type: Option<u8>) -> impl Iterator<Item = &'static str> {
        // Mirrored device types are 0x7F more than those they mirror.
        let kind = device_type.map(|kind| if kind >= 0x7F { kind.wrapping_sub(0x7F) } else { kind });
        let names = match kind {
            Some(0x01) => GAS,
            Some(0x02) => WATER,
            Some(0x05 | 0x06) => HEAT,
            _ => ELECTRICITY,
        };
        names
            .iter()
            .enumerate()
            .filter(move |(bit, _)| flags.checked_shr(u32::try_from(*bit).unwrap_or(8)).unwrap_or(0) & 1 == 1)
            .map(|(_, name)| *name)
    }
}

const ELECTRICITY: &[&str] = &[
    "check_meter",
    "low_battery",
    "tamper_detect",
    "power_failure",
    "power_quality",
    "leak_detect",
    "service_disconnect_open",
    "reserved",
];
const GAS: &[&str] = &[
    "check_meter",
    "low_battery",
    "tamper_detect",
    "not_defined",
    "low_pressure",
    "leak_detect",
    "service_disconnect",
    "reverse_flow",
];
const WATER: &[&str] = &[
    "check_meter",
    "low_battery",
    "tamper_detect",
    "pipe_empty",
    "low_pressure",
    "leak_detect",
    "service_disconnect",
    "reverse_flow",
];
const HEAT: &[&str] = &[
    "check_meter",
    "low_battery",
    "tamper_detect",
    "temperature_sensor",
    "burst_detect",
    "leak_detect",
    "service_disconnect",
    "reverse_flow",
];

impl fmt::Display for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Armed => f.write_str("armed"),
            Self::On => f.write_str("on"),
            Self::Unchanged => f.write_str("unchanged"),
            Self::Reserved(id) => write!(f, "0x{id:02X}"),
        }
    }
}

impl fmt::Display for Ambient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Low => f.write_str("low"),
            Self::Medium => f.write_str("medium"),
            Self::High => f.write_str("high"),
            Self::Reserved(id) => write!(f, "0x{id:02X}"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "now",
            Self::LoadLimit => "load_limit",
            Self::Tamper => "tamper",
            Self::Depletion => "depletion",
            Self::UncontrolledFlow => "uncontrolled_flow",
        })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TariffDelivered => f.write_str("tariff"),
            Self::TariffReceived => f.write_str("tariff_export"),
            Self::Tier(tier) => write!(f, "tier_{tier}"),
            Self::Debt(debt) => write!(f, "debt_{debt}"),
            Self::Supplier => f.write_str("supplier"),
        }
    }
}
