//! EiReport: parties say what they can report, ask for it, and send it.
//!
//! | asks | answered by |
//! |---|---|
//! | [`RegisterReport`]: metadata | [`RegisteredReport`], which may ask for reports |
//! | [`CreateReport`]: wants reports | [`CreatedReport`] |
//! | [`UpdateReport`]: data | [`UpdatedReport`], which may cancel reports |
//! | [`CancelReport`]: wants no more | [`CanceledReport`] |
//!
//! A [`Report`] is metadata where it has descriptions, and data where it has intervals:
//!
//! ```
//! use openadr_types::interval::Interval;
//! use openadr_types::report::{Report, ReportName, ReportPayload};
//!
//! let created = "2026-11-23T17:15:05Z".parse()?;
//! let sample = Interval::at("2026-11-23T17:00:00Z".parse()?)
//!     .lasting("PT15M".parse()?)
//!     .with_reading(ReportPayload::new("power", 425.5));
//! let report = Report::telemetry_usage("request-1", "telemetry", created, vec![sample]);
//! assert_eq!(report.name, Some(ReportName::TelemetryUsage));
//! assert_eq!(report.start, Some("2026-11-23T17:00:00Z".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cancel;
mod create;
mod description;
mod payload;
mod register;
#[expect(clippy::module_inception, reason = "the module is the service, the file its main part")]
mod report;
mod request;
mod status;
mod update;

pub use cancel::{CancelReport, CanceledReport};
pub use create::{CreateReport, CreatedReport};
pub use description::{ReadingType, ReportDescription, ReportType, SamplingRate};
pub use payload::{Confidence, DataQuality, NotAConfidence, ReportPayload};
pub use register::{RegisterReport, RegisteredReport};
pub use report::{Report, ReportName};
pub use request::{ReportRequest, ReportSpecifier, SpecifierPayload};
pub use status::{LoadControl, LoadControlState, ResourceStatus};
pub use update::{UpdateReport, UpdatedReport};
