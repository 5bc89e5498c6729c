//! Which VENs may register, and what they belong to.
//!
//! A VEN that presents a certificate when it first registers is held to it from then on: each of its messages must come
//! with the same one. Without certificates anyone can claim to be any VEN that may register.
//!
//! ```
//! use openadr_vtn::Fingerprint;
//! use openadr_vtn::admission::{Admission, KnownVen, Membership};
//!
//! let fingerprint: Fingerprint = "0A:1B:2C:3D:4E:5F:60:71:82:93".parse()?;
//! let heat_pump = KnownVen {
//!     ven_id: Some("ven-7".into()),
//!     fingerprint: Some(fingerprint),
//!     membership: Membership { groups: vec!["north".into()], ..Membership::default() },
//!     ..KnownVen::named("Heat pump")
//! };
//! let admission = Admission::Named(vec![heat_pump]);
//! # let _ = admission;
//! # Ok::<(), openadr_vtn::NotAFingerprint>(())
//! ```

use openadr_types::ids::{GroupId, PartyId, ResourceId, VenId};

use crate::peer::Fingerprint;

/// Which VENs may register.
#[derive(Debug, Clone, Default)]
pub enum Admission {
    /// Any, up to [`Config::most_vens`](crate::Config::most_vens) at the same time.
    #[default]
    Anyone,
    /// These.
    Named(Vec<KnownVen>),
}

/// A VEN that the operator knows before it registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownVen {
    /// The name it registers under (`oadrVenName`).
    pub name: String,
    /// Its identifier; without one it gets the one it asks for, or a new one.
    pub ven_id: Option<VenId>,
    /// Its certificate; without one it is held to the first it presents.
    pub fingerprint: Option<Fingerprint>,
    /// What it belongs to.
    pub membership: Membership,
}

impl KnownVen {
    /// A VEN of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ven_id: None, fingerprint: None, membership: Membership::default() }
    }
}

/// What a VEN belongs to: events for one of these are for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// Groups.
    pub groups: Vec<GroupId>,
    /// Parties.
    pub parties: Vec<PartyId>,
    /// Resources behind it, besides those in the reports that it offers.
    pub resources: Vec<ResourceId>,
}
