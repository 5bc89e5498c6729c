//! A VEN, a clock that stands still unless moved, and a VTN that says what a test has it say.
#![allow(dead_code, reason = "each test binary uses its part")]

use chrono::{DateTime, TimeDelta, Utc};
use openadr_client::{Config, Failure, Notice, Reply, Request, Ven};
use openadr_types::Message;
use openadr_types::event::{
    CreatedEvent, DistributeEvent, DistributedEvent, Event, EventSignal, EventStatus, Level, OptType,
    ResponseRequired,
};
use openadr_types::registration::CreatedPartyRegistration;
use openadr_types::report::{RegisteredReport, ReportRequest};
use openadr_types::response::{EiResponse, Response, ResponseCode};
use openadr_types::rules::{self, Context, Conversation, Role, Severity};

pub(crate) struct Script {
    pub(crate) ven: Ven,
    pub(crate) now: DateTime<Utc>,
    conversation: Conversation,
}

pub(crate) fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-23T{time}Z").parse().unwrap()
}

pub(crate) fn ok() -> Response {
    Response::new(EiResponse::ok("r"), None)
}

pub(crate) fn refusal(code: &str) -> Response {
    Response::new(EiResponse::error(ResponseCode::new(code).unwrap(), "no", "r"), None)
}

/// VEN `ven-1` under registration `reg-1`, polling every 10 s.
pub(crate) fn created() -> CreatedPartyRegistration {
    let mut created = CreatedPartyRegistration::new(EiResponse::ok("r"), "vtn-1");
    created.registration_id = Some("reg-1".into());
    created.ven_id = Some("ven-1".into());
    created.poll_freq = Some("PT10S".parse().unwrap());
    created
}

pub(crate) fn registered(requests: Vec<ReportRequest>) -> RegisteredReport {
    RegisteredReport::new(EiResponse::ok("rr"), requests, None)
}

/// From 12:00, SIMPLE 1 for an hour, then 2 for half an hour.
pub(crate) fn event(id: &str, modification: u32) -> Event {
    let signal = EventSignal::simple(
        "s",
        [("PT1H".parse().unwrap(), Level::Moderate), ("PT30M".parse().unwrap(), Level::High)],
    );
    let created = at("09:00:00").into();
    let mut event = Event::new(id, "http://example.com/peak", created, at("12:00:00").into(), signal);
    event.descriptor.modification_number = modification;
    event
}

pub(crate) fn cancelled(id: &str, modification: u32) -> Event {
    let mut event = event(id, modification);
    event.descriptor.status = EventStatus::Cancelled;
    event
}

pub(crate) fn list(events: impl IntoIterator<Item = Event>) -> DistributeEvent {
    let mut list = DistributeEvent::new("d-1", "vtn-1");
    list.response = Some(EiResponse::ok("r"));
    list.events = events
        .into_iter()
        .map(|event| DistributedEvent { event, response_required: ResponseRequired::Always })
        .collect();
    list
}

/// Event, modification, code and opt of each answer.
pub(crate) fn answers(created: &CreatedEvent) -> Vec<(&str, u32, &str, OptType)> {
    let answers = created.answers().iter();
    answers
        .map(|answer| {
            let event = &answer.qualified_event_id;
            (event.event_id.as_str(), event.modification_number, answer.code.as_str(), answer.opt_type)
        })
        .collect()
}

impl Script {
    /// A VEN that wants to register, at 10:00.
    pub(crate) fn new(config: Config) -> Self {
        Self { ven: Ven::new(config, 1), now: at("10:00:00"), conversation: Conversation::new() }
    }

    /// A VEN that is registered, has no events, and has polled, at 10:00.
    pub(crate) fn registered(config: Config) -> Self {
        let mut script = Self::new(config);
        script.exchange("oadrCreatePartyRegistration", created());
        script.exchange("oadrRegisterReport", registered(Vec::new()));
        if !script.ven.config().report_only {
            script.exchange("oadrRequestEvent", list([]));
        }
        script.exchange("oadrPoll", ok());
        script.notices();
        script
    }

    pub(crate) fn request(&mut self, name: &str) -> Request {
        let request =
            self.ven.poll_request(self.now).unwrap_or_else(|| panic!("nothing to send, not {name}"));
        assert_eq!(request.message.name(), name);
        self.check(&request.message);
        request
    }

    /// What the VEN says must break no rule of the profile.
    fn check(&mut self, message: &Message) {
        let context = Context::new(Role::Ven).at(self.now.into()).after(&self.conversation);
        let mut findings = rules::check_message(message, &context);
        findings.retain(|finding| finding.severity != Severity::Info);
        assert!(findings.is_empty(), "{}: {findings:#?}", message.name());
        self.conversation.observe(message, Role::Ven);
    }

    fn answer(&mut self, request: &Request, reply: Reply) {
        if let Reply::Message(message) = &reply {
            self.conversation.observe(message, Role::Vtn);
        }
        self.ven.handle_response(request.id, reply, self.now);
    }

    /// Takes the next request, which must be this one, and answers it.
    pub(crate) fn exchange(&mut self, name: &str, reply: impl Into<Reply>) -> Message {
        let request = self.request(name);
        self.answer(&request, reply.into());
        request.message
    }

    pub(crate) fn fail(&mut self, name: &str, failure: Failure) -> Message {
        let request = self.request(name);
        self.ven.handle_failure(request.id, failure, self.now);
        request.message
    }

    /// Moves the clock to when the VEN wants to be asked again; it must have nothing to send before.
    pub(crate) fn sleep(&mut self) -> TimeDelta {
        let early = self.ven.poll_request(self.now);
        assert!(early.is_none(), "sends {}", early.map_or("", |request| request.message.name()));
        let until = self.ven.poll_timeout().expect("there is something to wait for");
        assert!(until > self.now, "{until} is not after {}", self.now);
        let slept = until - self.now;
        self.now = until;
        self.ven.handle_timeout(until);
        slept
    }

    /// Moves the clock on, answering polls as if nothing were queued.
    pub(crate) fn run_until(&mut self, time: &str) {
        let until = at(time);
        loop {
            while let Some(request) = self.ven.poll_request(self.now) {
                assert_eq!(request.message.name(), "oadrPoll", "at {}", self.now);
                self.ven.handle_response(request.id, ok(), self.now);
            }
            match self.ven.poll_timeout() {
                Some(next) if next <= until => self.now = next.max(self.now),
                _ => break,
            }
            self.ven.handle_timeout(self.now);
        }
        self.now = until;
        self.ven.handle_timeout(until);
    }

    /// Sleeps until the next poll, and answers it.
    pub(crate) fn poll(&mut self, reply: impl Into<Reply>) {
        while self.ven.poll_timeout().is_some_and(|until| until > self.now) {
            self.sleep();
        }
        self.exchange("oadrPoll", reply);
    }

    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.ven.poll_event()).collect()
    }

    /// The names of the notices since.
    pub(crate) fn told(&mut self) -> Vec<String> {
        let name = |notice: Notice| format!("{notice:?}").split(['(', ' ']).next().unwrap_or("").to_owned();
        self.notices().into_iter().map(name).collect()
    }
}
