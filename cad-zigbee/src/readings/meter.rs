use super::attribute::What;
use super::han::Told;
use super::notice::{News, Notice};
use super::tariff::{Tariff, Unscaled};
use super::{Factors, Quantity, Reading, Source};
use crate::metering::{self, Dimension, Flow, Kind, Register};
use crate::timestamp::Timestamp;
use crate::zcl::value::Value;
use crate::zcl::{AttributeId, ClusterId};
use core::time::Duration;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::string::String;

/// How many numbers of one meter wait for their factors; the oldest makes room for a new one.
pub const WAITING: usize = 64;

/// For how many readings of a frame space is made before they are known.
const AT_ONCE: usize = 32;

/// What a meter has said about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// What is metered: [`METERING_DEVICE_TYPE`](metering::METERING_DEVICE_TYPE).
    pub device_type: Option<u8>,
    /// The number of the metering point: in Great Britain, MPAN or MPRN.
    pub site_id: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// The manufacturer.
    pub manufacturer: Option<String>,
    /// The model.
    pub model: Option<String>,
}

/// What is known of one endpoint of a meter.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) factors: Factors,
    /// The factors were set, not learned.
    pub(super) fixed: bool,
    pub(super) tariff: Tariff,
    pub(super) identity: Identity,
    /// When it was last heard, in frames.
    pub(super) heard: u64,
    /// How many numbers had to make room.
    pub(super) dropped: u64,
    /// Of what profiles were asked for, by sequence number.
    pub(super) profiles: VecDeque<(u8, Register)>,
    waiting: VecDeque<Waiting>,
}

/// An attribute as it was said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'r, 'a> {
    pub(super) source: Source,
    pub(super) cluster: ClusterId,
    pub(super) attribute: AttributeId,
    pub(super) value: &'r Value<'a>,
    pub(super) time: Option<Timestamp>,
    /// About how many readings the frame may give.
    pub(super) expected: usize,
}

/// A number not scaled yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) what: What,
    pub(super) raw: i64,
    pub(super) time: Option<Timestamp>,
    pub(super) interval: Option<Duration>,
}

/// A number that lacks a factor, with those that were known when it came: later changes of these do not concern it.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    number: Number,
    factors: Factors,
    tariff: Tariff,
}

/// Of what there is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Learned {
    pub(super) factors: bool,
    pub(super) tariff: bool,
    pub(super) identity: bool,
}

/// What others have said of a tariff: the device's other endpoints count before the rest of the network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) device: Option<&'a Tariff>,
    pub(super) network: &'a Tariff,
}

impl State {
    /// Takes what an attribute says of how numbers are to be read, and of the meter itself.
    pub(super) fn learn(
        &mut self,
        cluster: ClusterId,
        attribute: AttributeId,
        value: Option<&Value<'_>>,
    ) -> Learned {
        Learned {
            factors: cluster == ClusterId::METERING && !self.fixed && self.factors.learn(attribute, value),
            tariff: self.tariff.learn(cluster, attribute, value),
            identity: value.is_some_and(|value| self.identity.learn(cluster, attribute, value)),
        }
    }

    /// Hands out what an attribute tells, but for a number of which a factor is missing, which is returned. What this
    /// endpoint has not said of a tariff is taken from others.
    pub(super) fn tell(&self, said: &Said<'_, '_>, shared: Shared<'_>, told: &mut Told) -> Option<Number> {
        let Said { source, cluster, attribute, value, time, .. } = *said;
        if cluster == ClusterId::METERING
            && let Some(register) = Register::of(attribute)
        {
            return self.tell_register(said, register, told);
        }
        let Some(what) = What::of(cluster, attribute.0) else {
            if let Some(news) = News::of(&self.identity, cluster, attribute, value) {
                told.notices.push(Notice { source, time, news });
            }
            return None;
        };
        let raw = value.integer().and_then(|raw| i64::try_from(raw).ok())?;
        let number = Number { what, raw, time, interval: None };
        let tariff = self.tariff_for(&number, shared);
        number.lacks_factors(source, &self.factors, &tariff, told).then_some(number)
    }

    /// The short way of most numbers.
    fn tell_register(&self, said: &Said<'_, '_>, register: Register, told: &mut Told) -> Option<Number> {
        let Said { source, time, .. } = *said;
        let raw = said.value.integer().and_then(|raw| i64::try_from(raw).ok())?;
        match self.factors.scale(&register, raw) {
            Ok((value, unit, dimension)) => {
                let quantity = Quantity::Register { register, dimension };
                if told.readings.is_empty() {
                    told.readings.reserve_exact(said.expected.min(AT_ONCE));
                }
                told.readings.push(Reading { source, quantity, value, unit, time, interval: None });
                None
            }
            Err(Unscaled::Unknown) => {
                Some(Number { what: What::Register(register), raw, time, interval: None })
            }
            Err(Unscaled::Never) => None,
        }
    }

    /// Hands out a number, or keeps it until its factors are known.
    pub(super) fn take(&mut self, source: Source, number: Number, shared: Shared<'_>, told: &mut Told) {
        let tariff = self.tariff_for(&number, shared);
        if number.lacks_factors(source, &self.factors, &tariff, told) {
            self.keep(number, shared);
        }
    }

    /// Keeps a number until its factors are known.
    pub(super) fn keep(&mut self, number: Number, shared: Shared<'_>) {
        let tariff = self.tariff_for(&number, shared);
        self.wait(Waiting { number, factors: self.factors, tariff });
    }

    fn tariff_for(&self, number: &Number, shared: Shared<'_>) -> Tariff {
        match number.what {
            What::Other(..) => shared.complete(self.tariff),
            What::Register(_) | What::Interval(_) => self.tariff,
        }
    }

    /// Hands out what waited and can be scaled now.
    pub(super) fn settle(&mut self, source: Source, shared: Shared<'_>, told: &mut Told) {
        for mut waiting in std::mem::take(&mut self.waiting) {
            if self.fixed {
                waiting.factors = self.factors;
            }
            waiting.factors.complete(&self.factors);
            waiting.tariff.complete(&self.tariff);
            waiting.tariff = shared.complete(waiting.tariff);
            if waiting.number.lacks_factors(source, &waiting.factors, &waiting.tariff, told) {
                self.wait(waiting);
            }
        }
    }

    fn wait(&mut self, waiting: Waiting) {
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.waiting.push_back(waiting);
    }

    /// How many numbers wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Joins what was known of the same endpoint under another name. What waits here came later.
    pub(super) fn join(&mut self, mut earlier: Self) {
        earlier.waiting.append(&mut self.waiting);
        self.waiting = earlier.waiting;
        while self.waiting.len() > WAITING {
            self.waiting.pop_front();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.dropped = self.dropped.saturating_add(earlier.dropped);
        if earlier.fixed && !self.fixed {
            (self.fixed, self.factors) = (true, earlier.factors);
        }
        self.factors.complete(&earlier.factors);
        self.tariff.complete(&earlier.tariff);
        self.identity.complete(earlier.identity);
    }
}

impl Number {
    /// Hands the number out if it can be scaled; tells whether a factor is still missing.
    fn lacks_factors(&self, source: Source, factors: &Factors, tariff: &Tariff, told: &mut Told) -> bool {
        let Self { what, raw, time, interval } = *self;
        let scaled = match what {
            What::Other(quantity, scale) => {
                scale.apply(tariff, raw).map(|(value, unit)| (quantity, value, unit))
            }
            What::Register(register) | What::Interval(register) => {
                factors.scale(&register, raw).map(|(value, unit, dimension)| {
                    let quantity = if matches!(what, What::Register(_)) {
                        Quantity::Register { register, dimension }
                    } else {
                        let dimension = match register.kind {
                            Kind::ReactiveSummation => Dimension::ReactiveEnergy,
                            _ => dimension,
                        };
                        Quantity::Interval { flow: register.flow.unwrap_or(Flow::Delivered), dimension }
                    };
                    (quantity, value, unit)
                })
            }
        };
        match scaled {
            Ok((quantity, value, unit)) => {
                told.readings.push(Reading { source, quantity, value, unit, time, interval });
                false
            }
            Err(outcome) => outcome == Unscaled::Unknown,
        }
    }
}

impl Shared<'_> {
    /// Fills in what is not known.
    fn complete(self, mut tariff: Tariff) -> Tariff {
        if let Some(device) = self.device {
            tariff.complete(device);
        }
        tariff.complete(self.network);
        tariff
    }
}

impl std::ops::BitOrAssign for Learned {
    fn bitor_assign(&mut self, other: Self) {
        self.factors |= other.factors;
        self.tariff |= other.tariff;
        self.identity |= other.identity;
    }
}

impl Identity {
    /// Takes an attribute of the Basic or the Metering cluster; tells whether what is metered is another now.
    pub(super) fn learn(&mut self, cluster: ClusterId, attribute: AttributeId, value: &Value<'_>) -> bool {
        let slot = match (cluster, attribute) {
            (ClusterId::METERING, metering::METERING_DEVICE_TYPE) => {
                let kind = value.integer().and_then(|kind| u8::try_from(kind).ok());
                let known = self.device_type;
                self.device_type = kind.or(known);
                return self.device_type != known;
            }
            (ClusterId::METERING, AttributeId(0x0307)) => &mut self.site_id,
            (ClusterId::METERING, AttributeId(0x0308)) => &mut self.serial,
            (ClusterId::BASIC, AttributeId(0x0004)) => &mut self.manufacturer,
            (ClusterId::BASIC, AttributeId(0x0005)) => &mut self.model,
            _ => return false,
        };
        /// What these attributes can hold; a longer type is another thing, and is not kept for each meter.
        const LONGEST: usize = 254;
        let octets = value.octets().filter(|octets| octets.len() <= LONGEST);
        if let Some(text) = octets.map(text).filter(|text| !text.is_empty()) {
            *slot = Some(text);
        }
        false
    }

    /// Whether it is a mirror: a gas meter sleeps most of the time, so the communications hub speaks for it.
    pub fn is_mirror(&self) -> bool {
        self.device_type.is_some_and(|kind| kind >= 0x7F)
    }

    /// What kind of meter it is, or is a mirror of: `electricity`, `gas`, `water`, `heat`, or another.
    pub fn commodity(&self) -> Option<&'static str> {
        let kind = self.device_type?;
        Some(match if kind >= 0x7F { kind.wrapping_sub(0x7F) } else { kind } {
            0 | 13..=15 => "electricity",
            1 => "gas",
            2 => "water",
            3 => "thermal",
            4 => "pressure",
            5 => "heat",
            6 => "cooling",
            7 => "electric vehicle",
            8..=12 => "generation",
            _ => "unknown",
        })
    }

    /// Whether a meter says the same of itself.
    pub(super) fn is_of(&self, meter: &Self) -> bool {
        let same = |here: &Option<String>, there: &Option<String>| Some(here.as_ref()? == there.as_ref()?);
        match (same(&self.serial, &meter.serial), same(&self.site_id, &meter.site_id)) {
            (Some(serial), _) => serial,
            (None, site) => site == Some(true),
        }
    }

    fn complete(&mut self, other: Self) {
        self.device_type = self.device_type.or(other.device_type);
        for (slot, known) in [
            (&mut self.site_id, other.site_id),
            (&mut self.serial, other.serial),
            (&mut self.manufacturer, other.manufacturer),
            (&mut self.model, other.model),
        ] {
            if slot.is_none() {
                *slot = known;
            }
        }
    }
}

/// Characters, without what pads them; hex where they are none.
pub(super) fn text(octets: &[u8]) -> String {
    let trimmed = octets.trim_ascii_end();
    let end = trimmed.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    let octets = trimmed.get(..end).unwrap_or_default();
    match core::str::from_utf8(octets) {
        Ok(text) if !text.chars().any(char::is_control) => text.trim().into(),
        _ => octets.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _: std::fmt::Result = write!(hex, "{byte:02x}");
            hex
        }),
    }
}
