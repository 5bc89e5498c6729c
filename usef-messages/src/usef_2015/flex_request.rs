//! A grid operator or a balance responsible party asks for flexibility (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::payload::Kind;
//! use usef_messages::usef_2015::metadata::Role;
//! assert_eq!(Kind::FlexRequest.routing(), [(Role::Brp, Role::Agr), (Role::Dso, Role::Agr)]);
//! ```

use super::message;
use crate::values::{Domain, Outcome};

message! {
    /// BRP or DSO to AGR: asks for flexibility relative to a plan (`FlexRequest`).
    pub struct FlexRequest: FlexBase {
        /// Who wrote the plan.
        #[xml("@PrognosisOrigin")]
        pub prognosis_origin: Domain,
        /// The plan.
        #[xml("@PrognosisSequence")]
        pub prognosis_sequence: i64,
    }
}

message! {
    /// AGR to BRP or DSO: whether the request was taken (`FlexRequestResponse`).
    pub struct FlexRequestResponse {
        /// The request.
        #[xml("@Sequence")]
        pub sequence: i64,
        /// Whether it was.
        #[xml("@Result")]
        pub result: Outcome,
        /// Why not.
        #[xml("@Message")]
        pub message: Option<String>,
    }
}
