//! EiEvent: a VTN asks for response, a VEN opts in or out.
//!
//! | asks | answered by |
//! |---|---|
//! | [`RequestEvent`] | [`DistributeEvent`], also where there is no event |
//! | [`DistributeEvent`] | [`CreatedEvent`], where an event wants it |
//! | [`CreatedEvent`] | [`Response`](crate::response::Response) |
//!
//! An [`Event`] is a descriptor, the period it is active in, its signals, and its target:
//!
//! ```
//! use openadr_types::DateTime;
//! use openadr_types::event::{Event, EventSignal, EventStatus, Level};
//!
//! let start: DateTime = "2026-11-23T17:00:00Z".parse()?;
//! let created: DateTime = "2026-11-23T09:00:00Z".parse()?;
//! let signal = EventSignal::simple("s-1", [("PT1H".parse()?, Level::Moderate), ("PT30M".parse()?, Level::High)]);
//! let event = Event::new("event-1", "http://example.com/peak", created, start, signal);
//! assert_eq!(event.descriptor.status, EventStatus::Far);
//! assert_eq!(event.active_period.duration, "PT1H30M".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod baseline;
mod created;
mod descriptor;
mod distribute;
mod request;
mod signal;
mod timeline;

pub use baseline::EventBaseline;
pub use created::{CreatedEvent, EventResponse, OptType, QualifiedEventId};
pub use descriptor::{EventDescriptor, EventStatus};
pub use distribute::{DistributeEvent, DistributedEvent, Event, ResponseRequired};
pub use request::RequestEvent;
pub use signal::{EventSignal, Level, SignalName, SignalType};
pub use timeline::{Step, Timeline};
