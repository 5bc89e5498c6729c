use openadr_types::ids::{EventId, OptId, Rid};

/// Why a call was refused. What a peer does wrong is no error: it becomes an answer and a
/// [`Notice`](crate::Notice).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such event is known, or not any more.
    #[error("no event {0} is known")]
    UnknownEvent(EventId),
    /// The event is over, or the VEN has refused it, so there is nothing to opt for.
    #[error("event {0} is not open to opt in or out of")]
    NotOpen(EventId),
    /// No configured offer has the data point.
    #[error("no offer has the data point {0}")]
    UnknownDataPoint(Rid),
    /// No such opt is known, or not any more.
    #[error("no opt {0} is known")]
    UnknownOpt(OptId),
    /// The VTN's address cannot be used.
    #[cfg(feature = "http")]
    #[error(
        "{0:?} is not an address starting with http:// or https://, then a host, and a port and a path if need be"
    )]
    Address(String),
    /// A certificate or a key cannot be used, or the HTTP client cannot be set up.
    #[cfg(feature = "http")]
    #[error("HTTP client cannot be set up: {0}")]
    Setup(String),
    /// The loop that drives the VEN has ended.
    #[cfg(feature = "http")]
    #[error("the VEN is not running")]
    NotRunning,
}
