//! The messages of USEF 2015, the framework's first edition, as its reference implementation 1.3 has them.
//!
//! They share names with UFTP's messages but little else: what all of them carry stands in an element of its own
//! ([`metadata::MessageMetadata`]), two more roles take part, time is cut into program time units (PTU), messages refer to each
//! other by sequence numbers, and elements of other namespaces may stand at the end of most elements.
//!
//! Power is in watts. In plans and trades positive is consumption, as in UFTP; in meter data
//! ([`meter_data::PtuMeterData`]) the schema says the opposite.
//!
//! ```
//! use usef_messages::usef_2015::Payload;
//! use usef_messages::usef_2015::metadata::Role;
//! let ping = r#"<TestMessage><MessageMetadata SenderDomain="brp.example" SenderRole="BRP"
//!     RecipientDomain="mdc.example" RecipientRole="MDC" TimeStamp="2016-01-01T00:00:00Z"
//!     MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98" ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"
//!     Precedence="Routine"/></TestMessage>"#;
//! assert_eq!(Payload::from_xml(ping.as_bytes())?.metadata().sender_role, Role::Brp);
//! # Ok::<(), usef_messages::Error>(())
//! ```

pub mod common_reference;
pub mod envelope;
pub mod flex_offer;
pub mod flex_order;
pub mod flex_request;
pub mod metadata;
pub mod meter_data;
pub mod payload;
pub mod prognosis;
pub mod settlement;
mod sgam;
pub mod test_message;

pub use payload::Payload;

/// Declares a message: the metadata first, its own parts, then what other namespaces add.
///
/// `struct X: Closed` has no place for other namespaces; `struct X: FlexBase` has the attributes and program time units of the
/// schema's type of that name.
macro_rules! message {
    ($(#[$meta:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $crate::usef_2015::message!(@struct [$(#[$meta])*] $name [
            $($own)*
            /// What other namespaces add, as it stands.
            #[xml(other)]
            pub extensions: Vec<xml_wire::Fragment>,
        ]);
    };
    ($(#[$meta:meta])* pub struct $name:ident: Closed { $($own:tt)* }) => {
        $crate::usef_2015::message!(@struct [$(#[$meta])*] $name [$($own)*]);
    };
    ($(#[$meta:meta])* pub struct $name:ident: FlexBase { $($own:tt)* }) => {
        $crate::usef_2015::message! {
            $(#[$meta])*
            pub struct $name {
                /// How long a program time unit (PTU) lasts.
                #[xml("@PTU-Duration")]
                pub ptu_duration: xml_wire::Duration,
                /// The day.
                #[xml("@Period")]
                pub period: $crate::values::Period,
                /// Whose midnight the day starts at.
                #[xml("@TimeZone")]
                pub time_zone: $crate::values::TimeZone,
                /// Where in the grid; absent for all connections of a balance responsible party.
                #[xml("@CongestionPoint")]
                pub congestion_point: Option<$crate::values::EntityAddress>,
                /// Which version it is; each replaces those with a lower number.
                #[xml("@Sequence")]
                pub sequence: i64,
                /// Until when it is valid.
                #[xml("@ExpirationDateTime")]
                pub expiration_date_time: xml_wire::DateTime,
                $($own)*
                /// The power by program time unit.
                #[xml("PTU*")]
                pub ptus: Vec<$crate::usef_2015::prognosis::Ptu>,
            }
        }
    };
    (@struct [$(#[$meta:meta])*] $name:ident [$($own:tt)*]) => {
        $crate::message::part! {
            $(#[$meta])*
            pub struct $name {
                /// Who sends it to whom, when, and in which conversation.
                #[xml("MessageMetadata")]
                pub metadata: $crate::usef_2015::metadata::MessageMetadata,
                $($own)*
            }
        }
    };
}

use message;
