//! What a VEN has to remember over a restart, as plain data.
//!
//! With the feature `serde` it is JSON, or whatever else serde writes. Snapshots are equal while nothing changed, so
//! an application need not write the same twice.
//!
//! ```
//! use openadr_client::{Config, Snapshot, Ven};
//!
//! let config = Config::new("ven-7");
//! let ven = Ven::new(config.clone(), 1);
//! let remembered: Snapshot = ven.snapshot();
//!
//! let restarted = Ven::restore(config, 2, remembered.clone());
//! assert_eq!(restarted.snapshot(), remembered);
//! ```

use crate::known::KnownEvent;
use crate::opts::Opt;
use crate::registration::Registration;
use crate::reports::RequestedReport;
use crate::sample::Sample;

/// The state of a VEN.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Snapshot {
    /// The registration.
    pub registration: Option<Registration>,
    /// The events and what was decided about each.
    pub events: Vec<KnownEvent>,
    /// The reports that the VTN has asked for and that are not finished.
    pub reports: Vec<RequestedReport>,
    /// The opts.
    pub opts: Vec<Opt>,
    /// Whether the VTN has yet to be sent the metadata of what the VEN offers.
    #[cfg_attr(feature = "serde", serde(default))]
    pub metadata_due: bool,
    /// The samples, for reports that were not sent yet and for history. May be left out to write less: then they are
    /// not reported.
    #[cfg_attr(feature = "serde", serde(default))]
    pub samples: Vec<Recorded>,
}

/// A sample and its place among all that were recorded.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Recorded {
    /// Counts up from 0 over all data points.
    pub place: u64,
    /// The sample.
    pub sample: Sample,
}
