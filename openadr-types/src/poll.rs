//! A pull VEN's question whether anything is queued for it.
//!
//! ```
//! use openadr_types::poll::Poll;
//!
//! assert_eq!(Poll::new("ven-7").ven_id.as_str(), "ven-7");
//! ```

use xml_wire::Xml;

use crate::ids::VenId;
use crate::message::SchemaVersion;

/// Asks the VTN for what it would push (`oadr:oadrPoll`).
///
/// Answered by the one message that is next, or by [`Response`](crate::response::Response) where the queue is empty;
/// repeated until then (rule 500), and then at most once in the duration that registration agreed.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Poll {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// Who asks.
    #[xml("ei:venID")]
    pub ven_id: VenId,
}

impl Poll {
    /// A poll of version 2.0b.
    pub fn new(ven_id: impl Into<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), ven_id: ven_id.into() }
    }
}
