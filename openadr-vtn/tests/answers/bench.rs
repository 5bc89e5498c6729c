//! A VTN, a clock and messages over the wire.

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::event::{
    CreatedEvent, DistributeEvent, EventResponse, EventSignal, EventStatus, Level, OptType, QualifiedEventId,
};
use openadr_types::ids::{EventId, VenId};
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::registration::{CreatePartyRegistration, CreatedPartyRegistration};
use openadr_types::{Message, Payload};
use openadr_vtn::{Config, NewEvent, Notice, Peer, Reply, Vtn};

pub(crate) const CONTEXT: &str = "http://example.com/flex";

pub(crate) struct Bench {
    pub(crate) vtn: Vtn,
    pub(crate) peer: Peer,
    pub(crate) now: DateTime<Utc>,
}

impl Bench {
    pub(crate) fn new(config: Config) -> Self {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        Self { vtn: Vtn::new(Config { announce_reports: false, ..config }, 1), peer: Peer::default(), now }
    }

    pub(crate) fn default() -> Self {
        Self::new(Config::default())
    }

    /// Posts a message where it belongs.
    pub(crate) fn post(&mut self, message: impl Into<Message>) -> Message {
        let message = message.into();
        match self.post_to(message.service(), message) {
            Reply::Message(message) => message,
            Reply::Empty => panic!("empty reply"),
        }
    }

    pub(crate) fn post_to(&mut self, service: Service, message: impl Into<Message>) -> Reply {
        let reply = self.vtn.handle(service, &self.peer, over_the_wire(message.into()), self.now);
        match reply {
            Reply::Message(message) => Reply::Message(over_the_wire(message)),
            Reply::Empty => Reply::Empty,
        }
    }

    pub(crate) fn register(&mut self, name: &str) -> VenId {
        registered(self.post(CreatePartyRegistration::pull("request-1", name))).ven_id.unwrap()
    }

    pub(crate) fn poll(&mut self, ven_id: &VenId) -> Message {
        self.post(Poll::new(ven_id.clone()))
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.vtn.poll_event()).collect()
    }

    /// An event of level 1, in so many minutes for so many.
    pub(crate) fn event(&self, starts_in: i64, lasts: u32) -> NewEvent {
        let signal =
            EventSignal::simple("level", [(openadr_types::Duration::from_minutes(lasts), Level::Moderate)]);
        NewEvent::new(CONTEXT, self.now + TimeDelta::minutes(starts_in), signal)
    }

    pub(crate) fn create(&mut self, event: NewEvent) -> EventId {
        self.vtn.create_event(event, self.now).unwrap()
    }

    pub(crate) fn answer(
        &mut self,
        ven_id: &VenId,
        event: &EventId,
        modification: u32,
        opt: OptType,
    ) -> Message {
        let id = QualifiedEventId::new(event.clone(), modification);
        self.post(CreatedEvent::new(ven_id.clone(), vec![EventResponse::new("request-e", id, opt)]))
    }
}

pub(crate) fn over_the_wire(message: Message) -> Message {
    let document = Payload::new(message).to_xml().unwrap();
    assert!(document.contains(r#"ei:schemaVersion="2.0b""#), "{document}");
    let (payload, _) = openadr_types::envelope::Reading::strict().read(document.as_bytes()).unwrap();
    payload.into_message()
}

pub(crate) fn registered(answer: Message) -> CreatedPartyRegistration {
    match answer {
        Message::CreatedPartyRegistration(created) => created,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn distributed(answer: Message) -> DistributeEvent {
    match answer {
        Message::DistributeEvent(distribute) => distribute,
        other => panic!("{other:?}"),
    }
}

/// The events of a message, with their modification numbers and statuses.
pub(crate) fn shown(answer: Message) -> Vec<(EventId, u32, EventStatus)> {
    let descriptors = distributed(answer).events.into_iter().map(|event| event.event.descriptor);
    descriptors.map(|d| (d.event_id, d.modification_number, d.status)).collect()
}

/// The response code and the echoed identifier of any answer that has them.
pub(crate) fn code(answer: &Message) -> (&str, &str) {
    let response = match answer {
        Message::Response(answer) => &answer.response,
        Message::CreatedPartyRegistration(answer) => &answer.response,
        Message::CanceledPartyRegistration(answer) => &answer.response,
        Message::DistributeEvent(answer) => answer.response.as_ref().unwrap(),
        Message::RegisteredReport(answer) => &answer.response,
        Message::CreatedReport(answer) => &answer.response,
        Message::UpdatedReport(answer) => &answer.response,
        Message::CanceledReport(answer) => &answer.response,
        Message::CreatedOpt(answer) => &answer.response,
        Message::CanceledOpt(answer) => &answer.response,
        other => panic!("{other:?}"),
    };
    (response.code.as_str(), response.request_id.as_str())
}

pub(crate) fn is_nothing(answer: &Message) -> bool {
    matches!(answer, Message::Response(_)) && code(answer).0 == "200"
}
