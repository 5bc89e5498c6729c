use std::collections::BTreeMap;
use std::fmt;

use chrono::{TimeDelta, Utc};
use xml_wire::{DateTime, Duration};

use super::{Code, Severity};
use crate::values::{Domain, EntityAddress, Period, Role, TimeZone, Version};

/// A participant in one of its roles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party {
    /// Who.
    pub domain: Domain,
    /// As what.
    pub role: Role,
}

impl Party {
    /// A participant in a role.
    pub const fn new(domain: Domain, role: Role) -> Self {
        Self { domain, role }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.role, self.domain)
    }
}

/// How many digits the EAN of a metering point has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EanDigits {
    /// 16 or 18.
    #[default]
    Either,
    /// 16, as the published schemas have it.
    Sixteen,
    /// 18, as real codes and the newer libraries have it.
    Eighteen,
}

/// What a participant takes; set once. What is empty or `None` is not looked at.
///
/// ```
/// use usef_messages::validation::{Code, Party, Policy, Severity};
/// use usef_messages::values::Role;
///
/// let mut policy = Policy::of(Party::new("agr.example".parse()?, Role::Agr));
/// policy.isp_durations.push("PT15M".parse()?);
/// policy.severities.insert(Code::PriceDecimals, Severity::Error); // stricter than the standard
/// assert_eq!(policy.severity(Code::PriceDecimals), Severity::Error);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Who we are.
    pub own: Option<Party>,
    /// The editions that we speak.
    pub versions: Vec<Version>,
    /// The lengths of ISPs that we trade in.
    pub isp_durations: Vec<Duration>,
    /// The time zones that we trade in. Another one that shows the same on the day of a message is as good.
    pub time_zones: Vec<TimeZone>,
    /// How far a message's time stamp may be from now, before or after.
    pub max_skew: Option<TimeDelta>,
    /// The length of metering points.
    pub ean_digits: EanDigits,
    /// Whether the check digits of EANs are looked at.
    pub ean_check_digit: bool,
    /// Rules that are more or less severe than by themselves.
    pub severities: BTreeMap<Code, Severity>,
}

impl Policy {
    /// Takes what anyone may take: only the message itself is looked at.
    pub fn anyone() -> Self {
        Self::default()
    }

    /// The policy of a participant that takes all editions, lengths and time zones.
    pub fn of(own: Party) -> Self {
        Self { own: Some(own), ..Self::default() }
    }

    /// How severe a rule is here.
    pub fn severity(&self, code: Code) -> Severity {
        self.severities.get(&code).copied().unwrap_or_else(|| code.severity())
    }
}

/// What a participant knows of the world. Everything is known and allowed unless it says otherwise.
///
/// ```
/// use usef_messages::validation::Known;
/// use usef_messages::values::EntityAddress;
///
/// struct OnePoint(EntityAddress);
///
/// impl Known for OnePoint {
///     fn congestion_point(&self, address: &EntityAddress) -> bool {
///         *address == self.0
///     }
/// }
/// # let point = OnePoint("ean.871685900012636543".parse()?);
/// # assert!(!point.congestion_point(&"ean.541453179814000000".parse()?) && point.contract("c-1"));
/// # Ok::<(), usef_messages::values::NotInList>(())
/// ```
pub trait Known {
    /// Whether we know a participant in this role.
    fn sender(&self, party: &Party) -> bool {
        let _ = party;
        true
    }

    /// Whether we refuse this participant.
    fn is_barred(&self, party: &Party) -> bool {
        let _ = party;
        false
    }

    /// Whether we, a common reference operator, take portfolios of this participant and tell it of them.
    fn is_registered(&self, party: &Party) -> bool {
        let _ = party;
        true
    }

    /// Whether there is such a congestion point.
    fn congestion_point(&self, address: &EntityAddress) -> bool {
        let _ = address;
        true
    }

    /// Whether we, an aggregator, have connections at the congestion point.
    fn has_connections(&self, congestion_point: &EntityAddress) -> bool {
        let _ = congestion_point;
        true
    }

    /// Whether options that exclude each other may be offered at the congestion point.
    fn supports_mutex_offers(&self, congestion_point: &EntityAddress) -> bool {
        let _ = congestion_point;
        true
    }

    /// Whether there is such a bilateral contract.
    fn contract(&self, contract_id: &str) -> bool {
        let _ = contract_id;
        true
    }

    /// Whether there is such a baseline.
    fn baseline(&self, reference: &str) -> bool {
        let _ = reference;
        true
    }

    /// Whether an aggregator whose offer names no baseline has one at the congestion point for the day.
    fn has_baseline(&self, aggregator: &Domain, congestion_point: &EntityAddress, day: Period) -> bool {
        let _ = (aggregator, congestion_point, day);
        true
    }

    /// When it becomes too late for a reservation under a contract for a day; `None` where that is never.
    fn reservation_deadline(&self, contract_id: &str, day: Period) -> Option<DateTime> {
        let _ = (contract_id, day);
        None
    }

    /// Whether so much power, in watts, can be planned, offered or reserved at the congestion point.
    fn is_plausible(&self, congestion_point: &EntityAddress, power_w: i64) -> bool {
        let _ = (congestion_point, power_w);
        true
    }
}

/// Knows and allows everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Anything;

impl Known for Anything {}

/// What a message is looked at with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What we take.
    pub policy: &'a Policy,
    /// What we know.
    pub known: &'a dyn Known,
    /// Whose envelope the message came in; without, what depends on it is not looked at.
    pub sender: Option<&'a Party>,
    /// When; without, what depends on the clock is not looked at.
    pub now: Option<DateTime>,
}

impl<'a> Context<'a> {
    /// Nothing but a policy.
    pub const fn new(policy: &'a Policy) -> Self {
        Self { policy, known: &Anything, sender: None, now: None }
    }

    /// The same at a time.
    #[must_use]
    pub const fn at(self, now: DateTime) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The same for a message out of this participant's envelope.
    #[must_use]
    pub const fn from(self, sender: &'a Party) -> Self {
        Self { sender: Some(sender), ..self }
    }

    /// The same with knowledge of the world.
    #[must_use]
    pub const fn knowing(self, known: &'a dyn Known) -> Self {
        Self { known, ..self }
    }

    pub(crate) fn now_utc(&self) -> Option<chrono::DateTime<Utc>> {
        self.now.map(DateTime::to_utc)
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("policy", self.policy)
            .field("sender", &self.sender)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
