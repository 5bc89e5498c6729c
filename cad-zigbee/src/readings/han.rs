use super::meter::{Identity, Learned, Number, Said, Shared, State};
use super::notice::Notice;
use super::tariff::{CURRENCY, Tariff};
use super::{Factors, Known, Meter, Reading, Source};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::error::Result;
use crate::timestamp::Timestamp;
#[cfg(feature = "security")]
use crate::zcl::fields::Fields;
use crate::zcl::general::GeneralCommand;
use crate::zcl::record::{AttributeStatus, AttributeValue};
use crate::zcl::value::Value;
use crate::zcl::{AttributeId, ClusterId, Direction, Frame, FrameType};
use std::collections::BTreeMap;
use std::vec::Vec;

/// How many endpoints of meters are remembered; the one not heard for longest makes room for a new one.
pub const METERS: usize = 256;

/// What is known about the meters of a home area network.
#[derive(Debug, Default)]
pub struct Han {
    meters: BTreeMap<Source, State>,
    /// What any endpoint of a device has said of its tariff.
    devices: BTreeMap<Meter, Tariff>,
    /// What anyone has said of the currency.
    network: Tariff,
    /// Where meters have their mirrors, as a communications hub said.
    mirrors: BTreeMap<Source, Source>,
    heard: u64,
    dropped: u64,
}

/// A frame as it was received.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Who sent it.
    pub source: Source,
    /// To whom, where that is known.
    pub destination: Option<Source>,
    /// The cluster it is about.
    pub cluster: ClusterId,
    /// The frame.
    pub frame: &'a Frame<'a>,
    /// When it was received.
    pub time: Option<Timestamp>,
}

/// What a frame tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Measured values.
    pub readings: Vec<Reading>,
    /// What is no measured value.
    pub notices: Vec<Notice>,
}

impl Han {
    /// Knows no meter.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a frame; returns what it tells.
    ///
    /// Reports and read responses of servers count; so do the commands that carry values, prices, messages and events.
    /// The factors in a frame hold for the numbers in it and for all after it, until others come. A number that came
    /// before its factors is returned with them, with the time at which it came. What stands for "no value" gives no
    /// reading. Records from the first that cannot be read on are left out.
    pub fn hear(&mut self, heard: &Heard<'_>) -> Told {
        match heard.frame.header.frame_type {
            FrameType::Cluster => self.command(heard),
            _ => self.hear_general(heard).0,
        }
    }

    /// As [`Self::hear`]; tells also whether the frame can be read to its end.
    #[cfg(feature = "security")]
    pub(crate) fn hear_whole(&mut self, heard: &Heard<'_>) -> (Told, Result<()>) {
        if heard.frame.header.frame_type == FrameType::Global {
            return self.hear_general(heard);
        }
        let outcome = Fields::of(heard.cluster, heard.frame).map_or(Ok(()), |(_, fields)| fields.check());
        (self.hear(heard), outcome)
    }

    fn hear_general(&mut self, heard: &Heard<'_>) -> (Told, Result<()>) {
        /// Most records with a number take more bytes.
        const SHORT_RECORD: usize = 5;
        let Heard { source, cluster, time, .. } = *heard;
        let command = match GeneralCommand::read(heard.frame) {
            Ok((command, _)) => command,
            Err(error) => return (Told::default(), Err(error)),
        };
        if !is_of_interest(cluster) || !is_from_server(heard.frame) {
            return (Told::default(), command.check());
        }
        let expected = heard.frame.payload.len().div_euclid(SHORT_RECORD);
        match command {
            GeneralCommand::ReportAttributes(records) => {
                self.read_attributes(source, cluster, records.into_iter(), reported, expected, time)
            }
            GeneralCommand::ReadAttributesResponse(records) => {
                self.read_attributes(source, cluster, records.into_iter(), answered, expected, time)
            }
            other => (Told::default(), other.check()),
        }
    }

    /// Takes attributes of a server, as a host hands them over; without value where the meter does not have one. As
    /// with frames, the factors among them hold for the numbers among them.
    pub fn attributes(
        &mut self,
        source: Source,
        cluster: ClusterId,
        attributes: &[(AttributeId, Option<Value<'_>>)],
        time: Option<Timestamp>,
    ) -> Told {
        let expected = attributes.len();
        self.read_attributes(source, cluster, attributes.iter().map(Ok), given, expected, time).0
    }

    /// Reads attributes up to the first that cannot be read, and tells why.
    ///
    /// The factors among them hold for the numbers before them too, so it may take two passes: one to learn them and one
    /// to scale the numbers. Mostly there are none, and the first does both.
    fn read_attributes<'a, R>(
        &mut self,
        source: Source,
        cluster: ClusterId,
        records: impl Iterator<Item = Result<R>> + Clone,
        parts: impl for<'r> Fn(&'r R) -> (AttributeId, Option<&'r Value<'a>>),
        expected: usize,
        time: Option<Timestamp>,
    ) -> (Told, Result<()>) {
        let (mut told, mut outcome) = (Told::default(), Ok(()));
        let mut unread = records.clone();
        let mut record = unread.next();
        match &record {
            None => return (told, Ok(())),
            Some(Err(error)) => return (told, Err(*error)),
            Some(Ok(_)) => {}
        }
        let mut learned = Learned::default();
        let mut scales = true;
        let (state, shared) = self.known(source);
        while let Some(readable) = &record {
            let (attribute, value) = match readable {
                Ok(record) => parts(record),
                Err(error) => {
                    outcome = Err(*error);
                    break;
                }
            };
            learned |= state.learn(cluster, attribute, value);
            scales = scales && learned == Learned::default();
            if scales && let Some(value) = value {
                let said = Said { source, cluster, attribute, value, time, expected };
                scales = state.tell(&said, shared, &mut told).is_none();
            }
            record = unread.next();
        }
        if scales {
            return (told, outcome);
        }

        told = Told::default();
        if learned.tariff {
            self.share(source, &mut told);
        } else if learned.factors {
            self.settle(source, &mut told);
        }
        let (state, shared) = self.known(source);
        for record in records.map_while(Result::ok) {
            let (attribute, Some(value)) = parts(&record) else { continue };
            let said = Said { source, cluster, attribute, value, time, expected };
            if let Some(number) = state.tell(&said, shared, &mut told) {
                state.keep(number, shared);
            }
        }
        (told, outcome)
    }

    /// Takes a frame of the Metering cluster, as sent by `source` at `time`; returns the readings in it: see
    /// [`Self::hear`].
    pub fn metering(&mut self, source: Source, frame: &Frame<'_>, time: Option<Timestamp>) -> Vec<Reading> {
        let cluster = ClusterId::METERING;
        self.hear(&Heard { source, destination: None, cluster, frame, time }).readings
    }

    /// What is known about the factors of a meter.
    pub fn factors(&self, source: Source) -> Option<&Factors> {
        self.meters.get(&source).map(|state| &state.factors)
    }

    /// What a meter has said about itself.
    pub fn identity(&self, source: Source) -> Option<&Identity> {
        self.meters.get(&source).map(|state| &state.identity)
    }

    /// All that has been heard of, in order of their names.
    pub fn sources(&self) -> Vec<Source> {
        let mut sources: Vec<Source> = self.meters.keys().copied().collect();
        sources.sort_unstable();
        sources
    }

    /// The meter that this is a mirror of: the one to which the hub gave this endpoint, or that has the same serial or
    /// site number.
    pub fn mirrored(&self, mirror: Source) -> Option<Source> {
        if let Some(meter) = self.mirrors.get(&mirror) {
            return Some(*meter);
        }
        let identity = self.identity(mirror).filter(|identity| identity.is_mirror())?;
        let mut meters: Vec<Source> = self
            .meters
            .iter()
            .filter(|(_, state)| !state.identity.is_mirror() && identity.is_of(&state.identity))
            .map(|(source, _)| *source)
            .filter(|source| source.meter != mirror.meter)
            .collect();
        meters.sort_unstable();
        meters.first().copied()
    }

    /// How many numbers wait for their factors.
    pub fn waiting(&self) -> usize {
        self.meters.values().map(State::waiting).sum()
    }

    /// How many numbers made room for others before their factors came.
    pub fn dropped(&self) -> u64 {
        self.meters.values().fold(self.dropped, |sum, state| sum.saturating_add(state.dropped))
    }

    /// Sets the factors of a meter that tells them wrong or not at all; what it tells of them counts no more. Returns
    /// what waited for them.
    pub fn set_factors(&mut self, source: Source, factors: Factors) -> Vec<Reading> {
        let state = self.state(source);
        state.factors = factors;
        state.fixed = true;
        let mut told = Told::default();
        self.settle(source, &mut told);
        told.readings
    }

    /// Notes that the meter known by a network address is the one with this EUI-64.
    pub fn identify(&mut self, pan: PanId, short: ShortAddress, eui64: Eui64) {
        // Mostly all have been named before.
        if self.is_named() {
            return;
        }
        let (meter, named) = (Meter::Short(pan, short), Meter::Eui64(eui64));
        let endpoints = Source { meter, endpoint: None }..=Source { meter, endpoint: Some(u8::MAX) };
        let known: Vec<Source> = self.meters.range(endpoints).map(|(source, _)| *source).collect();
        for source in known {
            if let Some(state) = self.meters.remove(&source) {
                self.meters.entry(Source { meter: named, ..source }).or_default().join(state);
            }
        }
        if self.mirrors.iter().any(|(mirror, mirrored)| mirror.meter == meter || mirrored.meter == meter) {
            let renamed = |source: Source| {
                if source.meter == meter { Source { meter: named, ..source } } else { source }
            };
            self.mirrors = std::mem::take(&mut self.mirrors)
                .into_iter()
                .map(|(mirror, meter)| (renamed(mirror), renamed(meter)))
                .collect();
        }
        if let Some(tariff) = self.devices.remove(&meter) {
            self.devices.entry(named).or_default().complete(&tariff);
        }
    }

    /// Whether no meter is known but by its EUI-64, as the order of their names tells.
    fn is_named(&self) -> bool {
        let is_eui64 = |meter: &Meter| matches!(meter, Meter::Eui64(_));
        self.meters.last_key_value().is_none_or(|(source, _)| is_eui64(&source.meter))
            && self.devices.last_key_value().is_none_or(|(meter, _)| is_eui64(meter))
            && self.mirrors.is_empty()
    }

    /// Notes that a meter has its mirror here, or none any more.
    pub(super) fn mirror(&mut self, mirror: Source, meter: Option<Source>) {
        match meter {
            Some(meter) if self.mirrors.len() < METERS || self.mirrors.contains_key(&mirror) => {
                self.mirrors.insert(mirror, meter);
            }
            Some(_) => {}
            None => _ = self.mirrors.remove(&mirror),
        }
    }

    pub(super) fn state(&mut self, source: Source) -> &mut State {
        self.known(source).0
    }

    /// What is known of an endpoint, and what others have said.
    fn known(&mut self, source: Source) -> (&mut State, Shared<'_>) {
        self.heard = self.heard.saturating_add(1);
        if self.meters.len() >= METERS && !self.meters.contains_key(&source) {
            self.forget_one();
        }
        let state = self.meters.entry(source).or_default();
        state.heard = self.heard;
        (state, Shared { device: self.devices.get(&source.meter), network: &self.network })
    }

    /// Forgets the endpoint not heard for longest.
    fn forget_one(&mut self) {
        let oldest = self.meters.iter().min_by_key(|(_, state)| state.heard).map(|(source, _)| *source);
        let Some(oldest) = oldest else { return };
        if let Some(state) = self.meters.remove(&oldest) {
            let lost = u64::try_from(state.waiting()).unwrap_or(u64::MAX);
            self.dropped = self.dropped.saturating_add(state.dropped).saturating_add(lost);
        }
        if !self.meters.keys().any(|source| source.meter == oldest.meter) {
            self.devices.remove(&oldest.meter);
        }
    }

    /// Hands out a number, or keeps it until its factors are known.
    pub(super) fn take(&mut self, source: Source, number: Number, told: &mut Told) {
        let (state, shared) = self.known(source);
        state.take(source, number, shared, told);
    }

    /// Lets other endpoints of the device know what this one has said of its tariff, and everyone the currency.
    pub(super) fn share(&mut self, source: Source, told: &mut Told) {
        let Some(tariff) = self.meters.get(&source).map(|state| state.tariff) else { return };
        let mut device = tariff;
        if let Some(known) = self.devices.get(&source.meter) {
            device.complete(known);
        }
        self.devices.insert(source.meter, device);
        if let Known::Value(currency) = tariff.get(CURRENCY) {
            self.network.suggest(CURRENCY, currency);
        }
        for source in self.sources() {
            self.settle(source, told);
        }
    }

    fn settle(&mut self, source: Source, told: &mut Told) {
        let Self { meters, devices, network, .. } = self;
        let shared = Shared { device: devices.get(&source.meter), network };
        if let Some(state) = meters.get_mut(&source) {
            state.settle(source, shared, told);
        }
    }
}

fn reported<'r, 'a>(record: &'r AttributeValue<'a>) -> (AttributeId, Option<&'r Value<'a>>) {
    (record.attribute, Some(&record.value))
}

fn answered<'r, 'a>(record: &'r AttributeStatus<'a>) -> (AttributeId, Option<&'r Value<'a>>) {
    (record.attribute, record.value.as_ref())
}

fn given<'r, 'a>(record: &'r &(AttributeId, Option<Value<'a>>)) -> (AttributeId, Option<&'r Value<'a>>) {
    (record.0, record.1.as_ref())
}

const fn is_of_interest(cluster: ClusterId) -> bool {
    matches!(
        cluster,
        ClusterId::METERING
            | ClusterId::PRICE
            | ClusterId::PREPAYMENT
            | ClusterId::DEVICE_MANAGEMENT
            | ClusterId::BASIC
            | super::tariff::ELECTRICAL_MEASUREMENT
            | ClusterId(0x0001)
    )
}

/// Whether the attributes in a frame are a server's, and the standard's.
fn is_from_server(frame: &Frame<'_>) -> bool {
    frame.header.direction == Direction::ServerToClient && frame.header.manufacturer.is_none()
}
