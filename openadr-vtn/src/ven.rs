//! VENs as the VTN knows them.
//!
//! ```
//! use openadr_types::message::Service;
//! use openadr_types::registration::CreatePartyRegistration;
//! use openadr_vtn::{Config, Peer, Vtn};
//!
//! let mut vtn = Vtn::new(Config::default(), 1);
//! let now = "2026-11-23T09:00:00Z".parse()?;
//! let register = CreatePartyRegistration::pull("request-1", "Heat pump").into();
//! vtn.handle(Service::RegisterParty, &Peer::default(), register, now);
//! let ven = vtn.vens().next().unwrap();
//! assert_eq!(ven.name(), Some("Heat pump"));
//! assert!(ven.registration_id().is_some());
//! assert_eq!(ven.last_seen(), now);
//! # Ok::<(), chrono::ParseError>(())
//! ```

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::ids::{EventId, OptId, RegistrationId, ReportRequestId, ResourceId, VenId};
use openadr_types::opt::CreateOpt;
use openadr_types::registration::CreatePartyRegistration;
use openadr_types::report::Report;
use openadr_types::target::Target;

use crate::admission::Membership;
use crate::peer::Fingerprint;
use crate::poll::Outgoing;
use crate::report::RequestRecord;

/// How many requests to register are remembered of a VEN.
const MOST_ASKED: usize = 8;

/// For how long: longer than a message is on its way, but not until a VEN that counts its requests from the start each
/// time it is switched on has been.
const REPEATED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// A VEN that has registered, now or before.
#[derive(Debug, Clone)]
pub struct VenRecord {
    pub(crate) id: VenId,
    pub(crate) name: Option<String>,
    pub(crate) registration_id: Option<RegistrationId>,
    /// The registration that ended or was replaced last, so that ending or replacing it once more is no error: the first
    /// answer may have been lost.
    pub(crate) former_registration_id: Option<RegistrationId>,
    /// The requests to register that were answered last, and when, to recognise them when they arrive once more.
    pub(crate) asked: VecDeque<(DateTime<Utc>, CreatePartyRegistration)>,
    pub(crate) report_only: bool,
    pub(crate) signs: bool,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) membership: Membership,
    pub(crate) last_seen: DateTime<Utc>,
    pub(crate) silent: bool,
    pub(crate) reports: Vec<Report>,
    pub(crate) requests: BTreeMap<ReportRequestId, RequestRecord>,
    /// Its opts and when they arrived.
    pub(crate) opts: BTreeMap<OptId, (DateTime<Utc>, CreateOpt)>,
    /// The opts that were withdrawn last.
    pub(crate) withdrawn: VecDeque<Withdrawn>,
    pub(crate) queue: VecDeque<Outgoing>,
    pub(crate) deliveries: BTreeMap<EventId, Delivery>,
}

/// How far a VEN knows an event.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// The state it was sent last.
    pub(crate) modification_number: u32,
    /// When that was.
    pub(crate) at: DateTime<Utc>,
    /// How often that state was sent.
    pub(crate) times: u16,
    /// Whether it answered that state.
    pub(crate) answered: bool,
    /// Whether it was shown it as an event for it.
    pub(crate) live: bool,
    /// How often the event was missing from its list since, as it is not for it any more.
    pub(crate) missing: u16,
}

/// An opt that was withdrawn.
#[derive(Debug, Clone)]
pub(crate) struct Withdrawn {
    pub(crate) opt_id: OptId,
    /// Whether it had arrived before.
    pub(crate) had_arrived: bool,
    /// Opts under its identifier that were written up to then, by the VEN's clock, are older than its withdrawal.
    pub(crate) until: DateTime<Utc>,
}

impl VenRecord {
    pub(crate) fn new(id: VenId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name: None,
            registration_id: None,
            former_registration_id: None,
            asked: VecDeque::new(),
            report_only: false,
            signs: false,
            fingerprint: None,
            membership: Membership::default(),
            last_seen: now,
            silent: false,
            reports: Vec::new(),
            requests: BTreeMap::new(),
            opts: BTreeMap::new(),
            withdrawn: VecDeque::new(),
            queue: VecDeque::new(),
            deliveries: BTreeMap::new(),
        }
    }

    /// Its identifier, which it keeps through all registrations under the same name.
    pub fn id(&self) -> &VenId {
        &self.id
    }

    /// Its name, for people.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its registration; none once that has ended.
    pub fn registration_id(&self) -> Option<&RegistrationId> {
        self.registration_id.as_ref()
    }

    /// Whether it only reports, and is sent no events.
    pub fn is_report_only(&self) -> bool {
        self.report_only
    }

    /// Whether it registered with signatures, so that it has to sign all it sends.
    pub fn signs(&self) -> bool {
        self.signs
    }

    /// The certificate it is held to.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint
    }

    /// What it belongs to.
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// When it was last heard of.
    pub fn last_seen(&self) -> DateTime<Utc> {
        self.last_seen
    }

    /// The reports it offers: their metadata.
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// The reports it was asked for.
    pub fn requests(&self) -> impl Iterator<Item = &RequestRecord> {
        self.requests.values()
    }

    /// Its opts, for times and for events.
    pub fn opts(&self) -> impl Iterator<Item = &CreateOpt> {
        self.opts.values().map(|(_, opt)| opt)
    }

    /// Whether something in `target` names it; an empty one names all.
    pub(crate) fn is_target(&self, target: &Target) -> bool {
        if !target.ven_ids.is_empty() {
            return target.ven_ids.contains(&self.id);
        }
        let of = &self.membership;
        let named =
            !(target.group_ids.is_empty() && target.party_ids.is_empty() && target.resource_ids.is_empty());
        !named
            || target.group_ids.iter().any(|group| of.groups.contains(group))
            || target.party_ids.iter().any(|party| of.parties.contains(party))
            || target.resource_ids.iter().any(|resource| self.has_resource(resource))
    }

    fn has_resource(&self, resource: &ResourceId) -> bool {
        let offered = |report: &Report| {
            let mut sources = report.descriptions.iter().filter_map(|point| point.data_source.as_ref());
            sources.any(|source| source.resource_ids.contains(resource))
        };
        self.membership.resources.contains(resource) || self.reports.iter().any(offered)
    }

    /// Keeps a request to register that is answered.
    pub(crate) fn asked(&mut self, create: &CreatePartyRegistration, now: DateTime<Utc>) {
        self.asked.retain(|(at, _)| (now - *at).abs() < REPEATED_WITHIN);
        if self.asked.len() >= MOST_ASKED {
            self.asked.pop_front();
        }
        self.asked.push_back((now, create.clone()));
    }

    /// Whether this very request to register was answered not long ago.
    ///
    /// One without an identifier, or that does not say who sends it, is like any other of its kind.
    pub(crate) fn has_asked(&self, create: &CreatePartyRegistration, now: DateTime<Utc>) -> bool {
        let names_itself =
            create.ven_name.is_some() || create.ven_id.is_some() || create.registration_id.is_some();
        let same = |(at, asked): &(DateTime<Utc>, CreatePartyRegistration)| {
            asked == create && (now - *at).abs() < REPEATED_WITHIN
        };
        names_itself && !create.request_id.as_str().is_empty() && self.asked.iter().any(same)
    }

    /// Forgets what a registration brought with it (rule 406).
    pub(crate) fn wipe(&mut self) {
        self.reports.clear();
        self.requests.clear();
        self.opts.clear();
        self.queue.clear();
        self.deliveries.clear();
    }
}

#[cfg(test)]
mod tests {
    use openadr_types::ids::GroupId;

    use super::*;

    #[test]
    fn is_the_target_by_name_or_by_what_it_belongs_to() {
        let mut ven = VenRecord::new("ven-7".into(), "2026-11-23T09:00:00Z".parse().unwrap());
        ven.membership.groups.push("north".into());
        ven.membership.resources.push("pump".into());
        let group = |group: &str| Target { group_ids: vec![GroupId::from(group)], ..Target::default() };
        let resource_of_another = Target { resource_ids: vec!["pump".into()], ..Target::ven("ven-8") };
        let on_the_grid = Target { pnodes: vec!["node".into()], ..Target::default() };
        for (target, expected) in [
            (Target::default(), true),
            (Target::ven("ven-7"), true),
            (Target::ven("ven-8"), false),
            (group("north"), true),
            (group("south"), false),
            (Target::resource("pump"), true),
            (Target::resource("boiler"), false),
            (resource_of_another, false),
            (on_the_grid, true),
        ] {
            assert_eq!(ven.is_target(&target), expected, "{target:?}");
        }
    }
}
