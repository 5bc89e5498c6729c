//! Asks a participant whether it is there (USEF 2015).
//!
//! ```
//! use usef_messages::usef_2015::payload::Kind;
//! assert_eq!(Kind::TestMessage.response(), Some(Kind::TestMessageResponse));
//! ```

use super::message;

message! {
    /// Any to any: asks for an answer, and nothing else (`TestMessage`).
    pub struct TestMessage {}
}

message! {
    /// Any to any: the answer (`TestMessageResponse`).
    pub struct TestMessageResponse {}
}
