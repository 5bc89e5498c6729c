use xml_wire::{DateTime, Xml, XmlText};

use crate::ids::{EventId, MarketContext};

/// Which event it is, and how it stands (`ei:eventDescriptor`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EventDescriptor {
    /// The same through all modifications.
    #[xml("ei:eventID")]
    pub event_id: EventId,
    /// 0 for a new event, then one more for each change, also for a cancellation; but not for a change of
    /// `created_date_time`, of `status` or of a signal's current value (rules 4 and 5).
    #[xml("ei:modificationNumber")]
    #[cfg_attr(feature = "schemars", schemars(range(max = 4_294_967_295_u32)))]
    pub modification_number: u32,
    /// When the event was changed.
    #[xml("ei:modificationDateTime")]
    pub modification_date_time: Option<DateTime>,
    /// Why, for people.
    #[xml("ei:modificationReason")]
    pub modification_reason: Option<String>,
    /// 1 is the highest; 0 or absent is none, the lowest.
    #[xml("ei:priority")]
    #[cfg_attr(feature = "schemars", schemars(range(max = 4_294_967_295_u32)))]
    pub priority: Option<u32>,
    /// The programme that the event belongs to.
    #[xml("ei:eiMarketContext/emix:marketContext")]
    pub market_context: MarketContext,
    /// When this state of the event was written.
    #[xml("ei:createdDateTime")]
    pub created_date_time: DateTime,
    /// Where the event stands at that time.
    #[xml("ei:eventStatus")]
    pub status: EventStatus,
    /// Any text; [`is_test`](Self::is_test) reads it.
    #[xml("ei:testEvent")]
    pub test_event: Option<String>,
    /// For people.
    #[xml("ei:vtnComment")]
    pub vtn_comment: Option<String>,
}

impl EventDescriptor {
    /// A new event, far from its start.
    pub fn new(
        event_id: impl Into<EventId>,
        market_context: impl Into<MarketContext>,
        created: DateTime,
    ) -> Self {
        Self {
            event_id: event_id.into(),
            modification_number: 0,
            modification_date_time: None,
            modification_reason: None,
            priority: None,
            market_context: market_context.into(),
            created_date_time: created,
            status: EventStatus::Far,
            test_event: None,
            vtn_comment: None,
        }
    }

    /// Whether this is only a test: `test_event` is present and is not `false` (rule 6).
    ///
    /// **Interpretation:** white space around the word and its case do not count, and an empty text is no test.
    pub fn is_test(&self) -> bool {
        self.test_event
            .as_deref()
            .map(str::trim)
            .is_some_and(|text| !text.is_empty() && !text.eq_ignore_ascii_case("false"))
    }
}

/// Where an event stands (`ei:eventStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum EventStatus {
    /// No event is pending.
    #[xml("none")]
    None,
    /// Pending, and not yet in its ramp-up.
    #[xml("far")]
    Far,
    /// Pending, and in its ramp-up.
    #[xml("near")]
    Near,
    /// Under way.
    #[xml("active")]
    Active,
    /// Over.
    #[xml("completed")]
    Completed,
    /// Withdrawn.
    #[xml("cancelled")]
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_test_unless_absent_empty_or_false() {
        let mut descriptor = EventDescriptor::new("e", "c", "2026-11-23T09:00:00Z".parse().unwrap());
        for (text, is_test) in [
            (None, false),
            (Some("false"), false),
            (Some(" False "), false),
            (Some(""), false),
            (Some("true"), true),
            (Some("yes, with people"), true),
        ] {
            descriptor.test_event = text.map(str::to_owned);
            assert_eq!(descriptor.is_test(), is_test, "{text:?}");
        }
    }
}
