//! Asks a participant whether it is there.
//!
//! ```
//! use usef_messages::Payload;
//! let ping = r#"<TestMessage Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
//!     TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#;
//! assert!(matches!(Payload::from_xml(ping.as_bytes())?, Payload::TestMessage(_)));
//! # Ok::<(), usef_messages::Error>(())
//! ```

use xml_wire::{DateTime, Xml};

use crate::values::{Domain, Uuid, Version};

/// Asks for an answer, and nothing else (`TestMessage`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct TestMessage {
    /// The edition it is written for.
    #[xml("@Version")]
    pub version: Version,
    /// Who sends it.
    #[xml("@SenderDomain")]
    pub sender_domain: Domain,
    /// Who is to answer.
    #[xml("@RecipientDomain")]
    pub recipient_domain: Domain,
    /// When it was written.
    #[xml("@TimeStamp")]
    pub time_stamp: DateTime,
    /// This message.
    #[xml("@MessageID")]
    pub message_id: Uuid,
    /// What the answer repeats.
    #[xml("@ConversationID")]
    pub conversation_id: Uuid,
}

/// The answer: it refers to the question by its conversation only (`TestMessageResponse`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct TestMessageResponse {
    /// The edition it is written for.
    #[xml("@Version")]
    pub version: Version,
    /// Who answers.
    #[xml("@SenderDomain")]
    pub sender_domain: Domain,
    /// Who asked.
    #[xml("@RecipientDomain")]
    pub recipient_domain: Domain,
    /// When it was written.
    #[xml("@TimeStamp")]
    pub time_stamp: DateTime,
    /// This message.
    #[xml("@MessageID")]
    pub message_id: Uuid,
    /// The question's.
    #[xml("@ConversationID")]
    pub conversation_id: Uuid,
}
