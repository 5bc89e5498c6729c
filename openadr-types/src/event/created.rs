use xml_wire::{Xml, XmlText};

use crate::ids::{EventId, RequestId, VenId};
use crate::message::SchemaVersion;
use crate::response::{EiResponse, ResponseCode};

/// A VEN's answer to the events it was sent (`oadr:oadrCreatedEvent`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CreatedEvent {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the whole of the events was received; its request identifier is empty where there are event responses,
    /// each of which has its own (rule 42).
    #[xml("pyld:eiCreatedEvent/ei:eiResponse")]
    pub response: EiResponse,
    /// One for each event that wants it, which [`answers`](Self::answers) gives; an empty list is not the same as none.
    #[xml("pyld:eiCreatedEvent/ei:eventResponses?/ei:eventResponse*")]
    pub event_responses: Option<Vec<EventResponse>>,
    /// Who answers.
    #[xml("pyld:eiCreatedEvent/ei:venID")]
    pub ven_id: VenId,
}

impl CreatedEvent {
    /// An answer of version 2.0b that accepts the whole; without a list where there is nothing to list.
    pub fn new(ven_id: impl Into<VenId>, event_responses: Vec<EventResponse>) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2_0b),
            response: EiResponse::ok(""),
            event_responses: Some(event_responses).filter(|responses| !responses.is_empty()),
            ven_id: ven_id.into(),
        }
    }

    /// The opts, whether or not there is a list for them.
    pub fn answers(&self) -> &[EventResponse] {
        self.event_responses.as_deref().unwrap_or_default()
    }
}

/// An opt in or out of one event (`ei:eventResponse`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EventResponse {
    /// How this event was received.
    #[xml("ei:responseCode")]
    pub code: ResponseCode,
    /// For people.
    #[xml("ei:responseDescription")]
    pub description: Option<String>,
    /// That of the message that brought the event.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
    /// The event, as the VEN knows it.
    #[xml("ei:qualifiedEventID")]
    pub qualified_event_id: QualifiedEventId,
    /// In or out; out with any refusal.
    #[xml("ei:optType")]
    pub opt_type: OptType,
}

impl EventResponse {
    /// An opt with code 200.
    pub fn new(request_id: impl Into<RequestId>, event: QualifiedEventId, opt_type: OptType) -> Self {
        Self {
            code: ResponseCode::OK,
            description: Some("OK".to_owned()),
            request_id: request_id.into(),
            qualified_event_id: event,
            opt_type,
        }
    }
}

/// One state of an event (`ei:qualifiedEventID`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct QualifiedEventId {
    /// The event.
    #[xml("ei:eventID")]
    pub event_id: EventId,
    /// Its modification.
    #[xml("ei:modificationNumber")]
    #[cfg_attr(feature = "schemars", schemars(range(max = 4_294_967_295_u32)))]
    pub modification_number: u32,
}

impl QualifiedEventId {
    /// The state of an event at one modification.
    pub fn new(event_id: impl Into<EventId>, modification_number: u32) -> Self {
        Self { event_id: event_id.into(), modification_number }
    }
}

/// In or out (`ei:optType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum OptType {
    /// Takes part.
    #[xml("optIn")]
    In,
    /// Does not.
    #[xml("optOut")]
    Out,
}

#[cfg(test)]
mod tests {
    use crate::Payload;
    use crate::envelope::Reading;

    #[test]
    fn tells_an_empty_list_of_responses_from_none() {
        let none = Payload::new(super::CreatedEvent::new("ven-7", Vec::new()));
        let xml = none.to_xml().unwrap();
        assert!(!xml.contains("eventResponses"), "{xml}");
        let empty = xml.replace("</ei:eiResponse>", "</ei:eiResponse><ei:eventResponses/>");
        let (read, _) = Reading::strict().read(empty.as_bytes()).unwrap();
        assert_ne!(read, none);
        assert_eq!(read.to_xml().unwrap(), empty);
    }
}
