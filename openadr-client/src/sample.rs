//! What an application measures and hands to the VEN to report.
//!
//! ```
//! use openadr_client::Sample;
//! use openadr_types::report::DataQuality;
//!
//! let at = "2026-11-23T17:00:00Z".parse()?;
//! let power = Sample::new("power", at, 425.5).with_quality(DataQuality::Good);
//! # Ok::<(), chrono::ParseError>(())
//! ```

use chrono::{DateTime, Utc};
use openadr_types::Float;
use openadr_types::ids::Rid;
use openadr_types::interval::PayloadBase;
use openadr_types::report::{DataQuality, ReportPayload, ResourceStatus};

/// The value of a data point at a time.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sample {
    /// The data point, as an [`Offer`](crate::Offer) names it.
    pub rid: Rid,
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// A number in the data point's unit, or a resource's status.
    pub value: PayloadBase,
    /// How good the value is.
    pub quality: Option<DataQuality>,
}

impl Sample {
    /// A number, in the data point's unit.
    pub fn new(rid: impl Into<Rid>, at: DateTime<Utc>, value: f64) -> Self {
        Self { rid: rid.into(), at, value: PayloadBase::Float(Float(value)), quality: None }
    }

    /// The status of a resource, which holds until the next.
    pub fn status(rid: impl Into<Rid>, at: DateTime<Utc>, status: ResourceStatus) -> Self {
        Self { rid: rid.into(), at, value: PayloadBase::ResourceStatus(status), quality: None }
    }

    /// The same value with its quality.
    #[must_use]
    pub fn with_quality(mut self, quality: DataQuality) -> Self {
        self.quality = Some(quality);
        self
    }

    pub(crate) fn payload(&self) -> ReportPayload {
        let mut payload = match &self.value {
            PayloadBase::Float(value) => ReportPayload::new(self.rid.clone(), value.0),
            PayloadBase::ResourceStatus(status) => ReportPayload::status(self.rid.clone(), status.clone()),
        };
        payload.data_quality = self.quality.clone();
        payload
    }
}
