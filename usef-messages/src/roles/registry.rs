//! The register of a common reference operator: which congestion points there are, which connections belong to them, and
//! who represents those, day by day.
//!
//! What an update says of a connection or a congestion point replaces what the same participant said of it before. Two
//! aggregators cannot represent one connection on the same day, nor can it be at two congestion points, nor can two grid
//! operators have a congestion point.
//!
//! ```
//! use usef_messages::roles::registry::Registry;
//! let registry = Registry::default();
//! assert_eq!(registry.connections().count(), 0);
//! ```

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::store::Sequence;
use crate::agr_portfolio::{AgrPortfolioUpdate, CongestionPoint, ConnectionAddress, DsoPortfolio, DsoView};
use crate::dso_portfolio::{self, DsoPortfolioUpdate, UpdatedCongestionPoint};
use crate::values::{Domain, EntityAddress, Period};

/// Some days on end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Days {
    start: NaiveDate,
    end: Option<NaiveDate>,
}

impl Days {
    fn new(start: Period, end: Option<Period>) -> Self {
        Self { start: start.date(), end: end.map(Period::date) }
    }

    fn holds(self, day: NaiveDate) -> bool {
        self.start <= day && self.end.is_none_or(|end| day <= end)
    }

    fn meets(self, other: Self) -> bool {
        self.end.is_none_or(|end| other.start <= end) && other.end.is_none_or(|end| self.start <= end)
    }

    fn is_within(self, other: Self) -> bool {
        other.start <= self.start
            && match (self.end, other.end) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(end), Some(limit)) => end <= limit,
            }
    }

    fn is_backward(self) -> bool {
        self.end.is_some_and(|end| end < self.start)
    }
}

/// What an aggregator says of a connection.
#[derive(Debug, Clone)]
struct Represented {
    days: Days,
    by: Sequence,
}

/// What a grid operator says of a congestion point.
#[derive(Debug, Clone)]
struct Registered {
    days: Days,
    by: Sequence,
    rules: UpdatedCongestionPoint,
}

/// The register. Changed by accepted updates only.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// By connection and aggregator.
    represented: BTreeMap<EntityAddress, BTreeMap<Domain, Represented>>,
    /// By congestion point and grid operator.
    congestion_points: BTreeMap<EntityAddress, BTreeMap<Domain, Registered>>,
    /// By connection: the grid operators and congestion points that name it, and for when.
    at: BTreeMap<EntityAddress, BTreeMap<(Domain, EntityAddress), Vec<Days>>>,
    /// By aggregator: the connections it named.
    named: BTreeMap<Domain, BTreeSet<EntityAddress>>,
    /// How much of the register rests on an update.
    resting: BTreeMap<Sequence, usize>,
}

impl Registry {
    /// Who represents a connection on a day.
    pub fn aggregator(&self, connection: &EntityAddress, day: NaiveDate) -> Option<&Domain> {
        let claims = self.represented.get(connection)?;
        claims.iter().find(|(_, claim)| claim.days.holds(day)).map(|(domain, _)| domain)
    }

    /// Whose a congestion point is on a day.
    pub fn grid_operator(&self, congestion_point: &EntityAddress, day: NaiveDate) -> Option<&Domain> {
        let claims = self.congestion_points.get(congestion_point)?;
        claims.iter().find(|(_, claim)| claim.days.holds(day)).map(|(domain, _)| domain)
    }

    /// Every connection that an aggregator or a grid operator named.
    pub fn connections(&self) -> impl Iterator<Item = &EntityAddress> {
        let all: BTreeSet<_> = self.represented.keys().chain(self.at.keys()).collect();
        all.into_iter()
    }

    /// What speaks against an aggregator's update.
    pub(super) fn check_agr(&self, agr: &Domain, update: &AgrPortfolioUpdate) -> Result<(), String> {
        let mut reasons = Vec::new();
        let mut seen: BTreeMap<&EntityAddress, Vec<Days>> = BTreeMap::new();
        for connection in &update.connections {
            let address = &connection.entity_address;
            let days = Days::new(connection.start_period, connection.end_period);
            if days.is_backward() {
                reasons.push(format!("Period out of bounds: {address}"));
                continue;
            }
            let earlier = seen.entry(address).or_default();
            if !earlier.is_empty() {
                reasons.push(format!("Connection conflict: {address} at {agr}"));
            }
            earlier.push(days);
            let others =
                self.represented.get(address).into_iter().flatten().filter(|(domain, _)| *domain != agr);
            for (domain, _) in others.filter(|(_, claim)| claim.days.meets(days)) {
                reasons.push(format!("Connection conflict: {address} at {domain}"));
            }
        }
        joined(reasons)
    }

    /// What speaks against a grid operator's update.
    pub(super) fn check_dso(&self, dso: &Domain, update: &DsoPortfolioUpdate) -> Result<(), String> {
        let mut reasons = Vec::new();
        let mut seen = BTreeSet::new();
        // What the update says of these is all that counts from now on.
        let replaced: BTreeSet<_> =
            update.congestion_points.iter().map(|point| &point.entity_address).collect();
        for point in &update.congestion_points {
            let address = &point.entity_address;
            let days = Days::new(point.start_period, point.end_period);
            if days.is_backward() {
                reasons.push(format!("Period out of bounds: {address}"));
            }
            if !seen.insert(address) {
                reasons.push(format!("Congestion point conflict: {address} at {dso}"));
            }
            let others = self
                .congestion_points
                .get(address)
                .into_iter()
                .flatten()
                .filter(|(domain, _)| *domain != dso);
            for (domain, _) in others.filter(|(_, claim)| claim.days.meets(days)) {
                reasons.push(format!("Congestion point conflict: {address} at {domain}"));
            }
            for connection in &point.connections {
                let own = Days::new(connection.start_period, connection.end_period);
                let address = &connection.entity_address;
                if own.is_backward() || !own.is_within(days) {
                    reasons.push(format!("Period out of bounds: {address}"));
                }
                for (domain, place, claimed) in self.grid_claims(address) {
                    let is_replaced = domain == dso && replaced.contains(place);
                    if !is_replaced && claimed.meets(own) {
                        reasons.push(format!("Connection conflict: {address} at {place}"));
                    }
                }
            }
        }
        joined(reasons)
    }

    /// The grid operators that have a connection, at which congestion point, and when.
    fn grid_claims(
        &self,
        connection: &EntityAddress,
    ) -> impl Iterator<Item = (&Domain, &EntityAddress, Days)> {
        let places = self.at.get(connection).into_iter().flatten();
        places.flat_map(|((domain, point), days)| days.iter().map(move |days| (domain, point, *days)))
    }

    pub(super) fn take_agr(&mut self, by: Sequence, agr: &Domain, update: &AgrPortfolioUpdate) {
        for connection in &update.connections {
            let address = &connection.entity_address;
            let days = Days::new(connection.start_period, connection.end_period);
            let claims = self.represented.entry(address.clone()).or_default();
            let before = claims.insert(agr.clone(), Represented { days, by }).map(|before| before.by);
            self.named.entry(agr.clone()).or_default().insert(address.clone());
            self.rest(before, by);
        }
    }

    pub(super) fn take_dso(&mut self, by: Sequence, dso: &Domain, update: &DsoPortfolioUpdate) {
        for point in &update.congestion_points {
            let place = (dso.clone(), point.entity_address.clone());
            let registered = Registered {
                days: Days::new(point.start_period, point.end_period),
                by,
                rules: point.clone(),
            };
            let claims = self.congestion_points.entry(point.entity_address.clone()).or_default();
            let before = claims.insert(dso.clone(), registered);
            for connection in before.iter().flat_map(|before| &before.rules.connections) {
                if let Some(places) = self.at.get_mut(&connection.entity_address) {
                    places.remove(&place);
                }
            }
            for connection in &point.connections {
                let days = Days::new(connection.start_period, connection.end_period);
                let places = self.at.entry(connection.entity_address.clone()).or_default();
                places.entry(place.clone()).or_default().push(days);
            }
            self.rest(before.map(|before| before.by), by);
        }
    }

    /// A part of the register rests on an update, and on the one before no more.
    fn rest(&mut self, before: Option<Sequence>, by: Sequence) {
        *self.resting.entry(by).or_default() += 1;
        if let Some(before) = before
            && let Some(count) = self.resting.get_mut(&before)
        {
            *count -= 1;
            if *count == 0 {
                self.resting.remove(&before);
            }
        }
    }

    /// Whether the register would be another without an update.
    pub(super) fn rests_on(&self, update: Sequence) -> bool {
        self.resting.contains_key(&update)
    }

    /// The connections of an aggregator on a day, by grid operator and congestion point.
    pub(super) fn views(&self, agr: &Domain, day: NaiveDate) -> Result<Vec<DsoView>, String> {
        let mut by_dso: BTreeMap<&Domain, BTreeMap<&EntityAddress, (&Registered, Vec<ConnectionAddress>)>> =
            BTreeMap::new();
        let mut elsewhere = Vec::new();
        for connection in self.named.get(agr).into_iter().flatten() {
            if self.aggregator(connection, day) != Some(agr) {
                continue;
            }
            let address = || ConnectionAddress { entity_address: connection.clone() };
            let mut found = false;
            for ((dso, point), days) in self.at.get(connection).into_iter().flatten() {
                let claims = self.congestion_points.get(point).and_then(|claims| claims.get(dso));
                let Some(registered) = claims.filter(|claim| claim.days.holds(day)) else { continue };
                if days.iter().any(|days| days.holds(day)) {
                    found = true;
                    let points = by_dso.entry(dso).or_default();
                    points.entry(point).or_insert_with(|| (registered, Vec::new())).1.push(address());
                }
            }
            if !found {
                elsewhere.push(address());
            }
        }
        if by_dso.is_empty() {
            // The schema has no way to say that no connection is at a congestion point.
            return Err("No connections available".to_owned());
        }
        let portfolios = by_dso.into_iter().map(|(dso, points)| DsoPortfolio {
            dso_domain: dso.clone(),
            congestion_points: points
                .into_iter()
                .map(|(point, (registered, connections))| CongestionPoint {
                    entity_address: point.clone(),
                    mutex_offers_supported: registered.rules.mutex_offers_supported,
                    day_ahead_redispatch_by: registered.rules.day_ahead_redispatch_by,
                    intraday_redispatch_by: registered.rules.intraday_redispatch_by,
                    connections,
                })
                .collect(),
        });
        Ok(vec![DsoView { dso_portfolios: portfolios.collect(), connections: elsewhere }])
    }

    /// The connections at a congestion point on a day, with those who represent them.
    pub(super) fn congestion_point(
        &self,
        dso: &Domain,
        address: &EntityAddress,
        day: NaiveDate,
    ) -> Result<dso_portfolio::CongestionPoint, String> {
        let claim = self.congestion_points.get(address).and_then(|claims| claims.get(dso));
        let Some(registered) = claim.filter(|claim| claim.days.holds(day)) else {
            return Err(match self.grid_operator(address, day) {
                Some(_) => "Unauthorized".to_owned(),
                None => "Invalid CongestionPoint".to_owned(),
            });
        };
        let is_there = |named: &&dso_portfolio::UpdatedConnection| {
            Days::new(named.start_period, named.end_period).holds(day)
        };
        let connections: Vec<_> = registered
            .rules
            .connections
            .iter()
            .filter(is_there)
            .map(|named| dso_portfolio::Connection {
                entity_address: named.entity_address.clone(),
                agr_domain: self.aggregator(&named.entity_address, day).cloned(),
            })
            .collect();
        if connections.is_empty() {
            return Err("No connections available".to_owned());
        }
        Ok(dso_portfolio::CongestionPoint { entity_address: address.clone(), connections })
    }
}

/// Several reasons are separated by semicolons (UFTP 3.1, message validation).
/// How many reasons are told: what an update says wrong more often is left out.
const MAX_REASONS: usize = 100;

fn joined(mut reasons: Vec<String>) -> Result<(), String> {
    reasons.dedup();
    reasons.truncate(MAX_REASONS);
    if reasons.is_empty() { Ok(()) } else { Err(reasons.join(";")) }
}
