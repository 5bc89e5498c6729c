//! Asks a participant whether it is there.
//!
//! ```
//! use usef_messages::Payload;
//! let ping = r#"<TestMessage Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
//!     TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#;
//! let Payload::TestMessage(ping) = Payload::from_xml(ping.as_bytes())? else { panic!("another message") };
//! let pong = ping.respond("aaaaaaaa-0000-4000-8000-000000000001".parse()?, ping.time_stamp);
//! assert_eq!(pong.conversation_id, ping.conversation_id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use xml_wire::DateTime;

use crate::message::{Message as _, message};
use crate::values::Uuid;

message! {
    /// Any to any: asks for an answer, and nothing else (`TestMessage`).
    pub struct TestMessage {}
}

message! {
    /// Any to any: the answer (`TestMessageResponse`).
    ///
    /// It refers to the question by its conversation only, and holds no result.
    pub struct TestMessageResponse {}
}

impl TestMessage {
    /// The answer: the same version and conversation, back to the sender.
    pub fn respond(&self, message_id: Uuid, time_stamp: DateTime) -> TestMessageResponse {
        let header = self.header().reply(message_id, time_stamp);
        TestMessageResponse {
            version: header.version,
            sender_domain: header.sender_domain,
            recipient_domain: header.recipient_domain,
            time_stamp: header.time_stamp,
            message_id: header.message_id,
            conversation_id: header.conversation_id,
        }
    }
}
