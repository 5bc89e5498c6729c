//! What all messages have in common.
//!
//! ```
//! use usef_messages::{Message, Payload};
//! let ping = r#"<TestMessage Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
//!     TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#;
//! let message = Payload::from_xml(ping.as_bytes())?;
//! let header = message.header();
//! assert_eq!(header.sender_domain.as_str(), "dso.example");
//! assert_eq!(header.reply("aaaaaaaa-0000-4000-8000-000000000001".parse()?, header.time_stamp).recipient_domain.as_str(), "dso.example");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use xml_wire::{DateTime, Duration};

use crate::values::{Domain, EntityAddress, Outcome, Period, TimeZone, Uuid, Version};

/// The six attributes that every message carries (`PayloadMessageType`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The edition the message is written for.
    pub version: Version,
    /// Who sends it.
    pub sender_domain: Domain,
    /// Whom it is for.
    pub recipient_domain: Domain,
    /// When it was written.
    pub time_stamp: DateTime,
    /// This message.
    pub message_id: Uuid,
    /// The exchange of messages it belongs to.
    pub conversation_id: Uuid,
}

impl Header {
    /// The header of an answer: the same version and conversation, back to the sender.
    #[must_use]
    pub fn reply(&self, message_id: Uuid, time_stamp: DateTime) -> Self {
        Self {
            version: self.version.clone(),
            sender_domain: self.recipient_domain.clone(),
            recipient_domain: self.sender_domain.clone(),
            time_stamp,
            message_id,
            conversation_id: self.conversation_id.clone(),
        }
    }
}

/// Any message.
pub trait Message {
    /// The six attributes that every message carries, as one value.
    fn header(&self) -> Header;

    /// The edition the message is written for.
    fn version(&self) -> &Version;

    /// Who sends it.
    fn sender_domain(&self) -> &Domain;

    /// Whom it is for.
    fn recipient_domain(&self) -> &Domain;

    /// When it was written.
    fn time_stamp(&self) -> DateTime;

    /// This message.
    fn message_id(&self) -> &Uuid;

    /// The exchange of messages it belongs to.
    fn conversation_id(&self) -> &Uuid;
}

/// A message about flexibility at a congestion point on a day (`FlexMessageType`).
pub trait FlexMessage: Message {
    /// How long an imbalance settlement period (ISP) lasts.
    fn isp_duration(&self) -> &Duration;

    /// Whose midnight the day starts at.
    fn time_zone(&self) -> &TimeZone;

    /// The day.
    fn period(&self) -> Period;

    /// Where in the grid.
    fn congestion_point(&self) -> &EntityAddress;
}

/// What an answer says: the request was taken, or not and why.
///
/// ```
/// use usef_messages::message::Answer;
/// use usef_messages::values::Outcome;
/// assert_eq!(Answer::accept().result, Outcome::Accepted);
/// assert_eq!(Answer::reject("unknown congestion point").rejection_reason.as_deref(), Some("unknown congestion point"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it was taken.
    pub result: Outcome,
    /// Why not.
    pub rejection_reason: Option<String>,
}

impl Answer {
    /// The request was taken.
    pub const fn accept() -> Self {
        Self { result: Outcome::Accepted, rejection_reason: None }
    }

    /// The request was not taken.
    pub fn reject(reason: impl Into<String>) -> Self {
        Self { result: Outcome::Rejected, rejection_reason: Some(reason.into()) }
    }
}

/// A message that says whether something was taken (`PayloadMessageResponseType`).
///
/// All responses but that to a test message do, and so does [`crate::flex_settlement::FlexSettlement`], which is a request.
pub trait Answers: Message {
    /// Whether it was taken.
    fn result(&self) -> Outcome;

    /// Why not.
    fn rejection_reason(&self) -> Option<&str>;
}

/// Declares a message: its own attributes and elements, after those of the type it extends in the schema.
///
/// `struct X` extends `PayloadMessageType`, `struct X: Answers` extends `PayloadMessageResponseType`, and
/// `struct X: FlexMessage` extends `FlexMessageType`.
macro_rules! message {
    ($(#[$meta:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $crate::message::message!(@struct [$(#[$meta])*] $name [] { $($own)* });
    };
    ($(#[$meta:meta])* pub struct $name:ident: Answers { $($own:tt)* }) => {
        $crate::message::message!(@struct [$(#[$meta])*] $name [
            /// Whether the request was taken.
            #[xml("@Result")]
            pub result: $crate::values::Outcome,
            /// Why it was rejected.
            #[xml("@RejectionReason")]
            pub rejection_reason: Option<String>,
        ] { $($own)* });

        impl $crate::message::Answers for $name {
            fn result(&self) -> $crate::values::Outcome {
                self.result
            }

            fn rejection_reason(&self) -> Option<&str> {
                self.rejection_reason.as_deref()
            }
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident: FlexMessage { $($own:tt)* }) => {
        $crate::message::message!(@struct [$(#[$meta])*] $name [
            /// How long an imbalance settlement period (ISP) lasts.
            #[xml("@ISP-Duration")]
            pub isp_duration: xml_wire::Duration,
            /// Whose midnight the day starts at.
            #[xml("@TimeZone")]
            pub time_zone: $crate::values::TimeZone,
            /// The day.
            #[xml("@Period")]
            pub period: $crate::values::Period,
            /// Where in the grid.
            #[xml("@CongestionPoint")]
            pub congestion_point: $crate::values::EntityAddress,
        ] { $($own)* });

        impl $crate::message::FlexMessage for $name {
            fn isp_duration(&self) -> &xml_wire::Duration {
                &self.isp_duration
            }

            fn time_zone(&self) -> &$crate::values::TimeZone {
                &self.time_zone
            }

            fn period(&self) -> $crate::values::Period {
                self.period
            }

            fn congestion_point(&self) -> &$crate::values::EntityAddress {
                &self.congestion_point
            }
        }
    };
    (@struct [$(#[$meta:meta])*] $name:ident [$($inherited:tt)*] { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, xml_wire::Xml)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        pub struct $name {
            /// The edition it is written for.
            #[xml("@Version")]
            pub version: $crate::values::Version,
            /// Who sends it.
            #[xml("@SenderDomain")]
            pub sender_domain: $crate::values::Domain,
            /// Whom it is for.
            #[xml("@RecipientDomain")]
            pub recipient_domain: $crate::values::Domain,
            /// When it was written.
            #[xml("@TimeStamp")]
            pub time_stamp: xml_wire::DateTime,
            /// This message.
            #[xml("@MessageID")]
            pub message_id: $crate::values::Uuid,
            /// The exchange of messages it belongs to.
            #[xml("@ConversationID")]
            pub conversation_id: $crate::values::Uuid,
            $($inherited)*
            $($own)*
        }

        $crate::trim::trim_fields!($name { $($inherited)* $($own)* });

        impl $crate::message::Message for $name {
            fn header(&self) -> $crate::message::Header {
                $crate::message::Header {
                    version: self.version.clone(),
                    sender_domain: self.sender_domain.clone(),
                    recipient_domain: self.recipient_domain.clone(),
                    time_stamp: self.time_stamp,
                    message_id: self.message_id.clone(),
                    conversation_id: self.conversation_id.clone(),
                }
            }

            fn version(&self) -> &$crate::values::Version {
                &self.version
            }

            fn sender_domain(&self) -> &$crate::values::Domain {
                &self.sender_domain
            }

            fn recipient_domain(&self) -> &$crate::values::Domain {
                &self.recipient_domain
            }

            fn time_stamp(&self) -> xml_wire::DateTime {
                self.time_stamp
            }

            fn message_id(&self) -> &$crate::values::Uuid {
                &self.message_id
            }

            fn conversation_id(&self) -> &$crate::values::Uuid {
                &self.conversation_id
            }
        }
    };
}

/// Declares a part of a message.
macro_rules! part {
    ($(#[$meta:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, xml_wire::Xml)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        pub struct $name { $($own)* }

        $crate::trim::trim_fields!($name { $($own)* });
    };
}

/// A message with this header; with this subject too, if it is about a congestion point on a day.
macro_rules! headed {
    ($header:expr, $subject:expr, $message:ident { $($own:tt)* }) => {{
        let subject: $crate::roles::Subject = $subject;
        $crate::message::headed!($header, $message {
            isp_duration: subject.isp_duration,
            time_zone: subject.time_zone,
            period: subject.period,
            congestion_point: subject.congestion_point,
            $($own)*
        })
    }};
    ($header:expr, $message:ident { $($own:tt)* }) => {{
        let header: $crate::message::Header = $header;
        $message {
            version: header.version,
            sender_domain: header.sender_domain,
            recipient_domain: header.recipient_domain,
            time_stamp: header.time_stamp,
            message_id: header.message_id,
            conversation_id: header.conversation_id,
            $($own)*
        }
    }};
}

/// Gives a request the method that builds its response.
macro_rules! responds {
    ($request:ident => $response:ident { $($field:ident: $value:expr),* $(,)? }, |$this:ident, $answer:ident|) => {
        impl $request {
            /// The response: the same version and conversation, back to the sender, naming this message.
            pub fn respond(
                &self,
                answer: $crate::message::Answer,
                message_id: $crate::values::Uuid,
                time_stamp: xml_wire::DateTime,
            ) -> $response {
                let ($this, $answer) = (self, &answer);
                $crate::message::headed!($crate::message::Message::header(self).reply(message_id, time_stamp), $response {
                    $($field: $value,)*
                    result: answer.result,
                    rejection_reason: answer.rejection_reason,
                })
            }
        }
    };
}

pub(crate) use {headed, message, part, responds};
