use std::collections::{BTreeMap, BTreeSet};

use super::{Role, parts};
use crate::event::{CreatedEvent, DistributeEvent, Event, OptType, ResponseRequired, SignalName, SignalType};
use crate::ids::{
    EventId, OptId, RegistrationId, ReportRequestId, ReportSpecifierId, RequestId, VenId, VtnId,
};
use crate::message::Message;
use crate::registration::{CreatePartyRegistration, CreatedPartyRegistration, TransportName};
use crate::report::{Report, ReportRequest, UpdateReport};

/// How many unanswered requests of a party, and how many request identifiers of an event, are kept.
const KEPT: usize = 32;

/// What one VEN and its VTN have said to each other so far.
///
/// Rules that hold between messages take it to be whole: what was never observed was never said. Start it with the
/// registration, check each message [`after`](super::Context::after) it, and then [`observe`](Self::observe) that message.
/// It keeps the latest state of what was said, and every report asked for since the registration.
///
/// ```
/// use openadr_types::event::RequestEvent;
/// use openadr_types::registration::{CreatePartyRegistration, CreatedPartyRegistration};
/// use openadr_types::response::EiResponse;
/// use openadr_types::rules::{self, Context, Conversation, Role, Rule};
///
/// let mut conversation = Conversation::new();
/// conversation.observe(&CreatePartyRegistration::pull("req-1", "Heat pump").into(), Role::Ven);
/// let mut registered = CreatedPartyRegistration::new(EiResponse::ok("req-1"), "vtn-1");
/// registered.registration_id = Some("reg-1".into());
/// registered.ven_id = Some("ven-7".into());
/// conversation.observe(&registered.into(), Role::Vtn);
///
/// let early = RequestEvent::new("req-2", "ven-7").into();
/// let findings = rules::check_message(&early, &Context::new(Role::Ven).after(&conversation));
/// assert!(findings.iter().any(|finding| finding.rule == Rule::ReportsAfterRegistration));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    signals: Option<Vec<(SignalName, SignalType)>>,
    pub(super) ven_id: Option<VenId>,
    pub(super) vtn_id: Option<VtnId>,
    pub(super) registration_id: Option<RegistrationId>,
    pub(super) ended_registration: Option<RegistrationId>,
    /// Whether the VEN polls, as it last registered.
    pub(super) polls: Option<bool>,
    report_only: bool,
    pub(super) owes_reports: bool,
    pub(super) owes_event_request: bool,
    pub(super) events: BTreeMap<EventId, KnownEvent>,
    /// Opts that stand, and the events they are for.
    pub(super) opts: BTreeMap<OptId, Option<EventId>>,
    /// The latest of them for each event.
    pub(super) event_opts: BTreeMap<EventId, (OptId, OptType)>,
    ven: Party,
    vtn: Party,
}

/// An event as it was last distributed.
#[derive(Debug, Clone)]
pub(super) struct KnownEvent {
    pub(super) event: Event,
    pub(super) response_required: ResponseRequired,
    /// Those of the messages that brought it since it was last changed.
    pub(super) request_ids: Vec<RequestId>,
    /// The modification that the VEN last answered.
    pub(super) answered: Option<u32>,
    /// What the VEN last answered.
    pub(super) opt: Option<OptType>,
    /// What it answered before that.
    pub(super) opt_before: Option<OptType>,
}

/// What one party said.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    /// What it asked that is not answered yet, the latest last.
    pub(super) outstanding: Vec<Message>,
    /// The reports it offers.
    pub(super) offers: BTreeMap<ReportSpecifierId, Report>,
    /// The reports it was asked for.
    pub(super) asked: BTreeMap<ReportRequestId, Asked>,
}

/// A report that a party was asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) request: ReportRequest,
    pub(super) state: ReportState,
}

/// How a request for a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportState {
    Running,
    /// Cancelled, with one report to follow.
    LastToFollow,
    Ended,
}

impl Conversation {
    /// Nothing said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a VEN that is known to support just these signals (rule 109).
    #[must_use]
    pub fn supporting(self, signals: impl IntoIterator<Item = (SignalName, SignalType)>) -> Self {
        Self { signals: Some(signals.into_iter().collect()), ..self }
    }

    /// Takes in one more message.
    pub fn observe(&mut self, message: &Message, sender: Role) {
        let request = self.settle(message, sender);
        match message {
            Message::DistributeEvent(message) => self.see_events(message, request.as_ref()),
            Message::CreatedEvent(message) => self.see_answers(message),
            Message::CreatePartyRegistration(message) => self.see_registration(message),
            Message::CreatedPartyRegistration(message) => self.see_registered(message, request.as_ref()),
            Message::CanceledPartyRegistration(message) if message.response.code.is_success() => {
                self.ended_registration = self.registration_id.take();
            }
            Message::RequestEvent(_) => self.owes_event_request = false,
            Message::CreateOpt(message) => {
                let event = message.qualified_event_id.as_ref().map(|event| event.event_id.clone());
                if let Some(event) = &event {
                    self.event_opts.insert(event.clone(), (message.opt_id.clone(), message.opt_type));
                }
                self.opts.insert(message.opt_id.clone(), event);
            }
            Message::CreatedOpt(message) if !message.response.code.is_success() => {
                if let Some(Message::CreateOpt(request)) = &request {
                    self.forget_opt(&request.opt_id);
                }
            }
            Message::CanceledOpt(message) if message.response.code.is_success() => {
                if let Some(Message::CancelOpt(request)) = &request {
                    self.forget_opt(&request.opt_id);
                }
            }
            Message::RegisterReport(message) => {
                self.owes_reports &= sender != Role::Ven;
                let offer = |report: &Report| (report.report_specifier_id.clone(), report.clone());
                self.party_mut(sender).offers = message.reports.iter().map(offer).collect();
            }
            Message::RegisteredReport(message) => self.ask(sender.other(), &message.report_requests),
            Message::CreateReport(message) => self.ask(sender.other(), &message.report_requests),
            Message::CreatedReport(message) if !message.response.code.is_success() => {
                self.forget_requests(sender, request.as_ref(), &message.pending_reports);
            }
            Message::UpdateReport(message) => self.see_data(message, sender),
            Message::UpdatedReport(message) => {
                if let Some(cancel) = &message.cancel_report {
                    self.cancel(sender.other(), &cancel.report_request_ids, cancel.report_to_follow);
                }
            }
            Message::CanceledReport(message) if message.response.code.is_success() => {
                if let Some(Message::CancelReport(request)) = &request {
                    self.cancel(sender, &request.report_request_ids, request.report_to_follow);
                }
            }
            _ => {}
        }
        if parts::awaits_answer(message) {
            let outstanding = &mut self.party_mut(sender).outstanding;
            if let Message::Poll(_) = message {
                outstanding.retain(|request| !matches!(request, Message::Poll(_)));
            }
            if outstanding.len() == KEPT {
                outstanding.remove(0);
            }
            outstanding.push(message.clone());
        }
    }

    pub(super) fn party(&self, role: Role) -> &Party {
        match role {
            Role::Ven => &self.ven,
            Role::Vtn => &self.vtn,
        }
    }

    fn party_mut(&mut self, role: Role) -> &mut Party {
        match role {
            Role::Ven => &mut self.ven,
            Role::Vtn => &mut self.vtn,
        }
    }

    /// Whether the VEN is known not to support any of the event's signals.
    pub(super) fn supports_none_of(&self, event: &Event) -> bool {
        self.signals.as_ref().is_some_and(|supported| {
            let is = |(name, kind): &(SignalName, SignalType)| {
                event.signals.iter().any(|signal| signal.name == *name && signal.signal_type == *kind)
            };
            !supported.iter().any(is)
        })
    }

    /// The request that a message by `sender` answers: by its identifier, or the latest that fits.
    pub(super) fn request_of(&self, message: &Message, sender: Role) -> Option<&Message> {
        self.request_index(message, sender).and_then(|at| self.party(sender.other()).outstanding.get(at))
    }

    fn request_index(&self, message: &Message, sender: Role) -> Option<usize> {
        let outstanding = &self.party(sender.other()).outstanding;
        let echoed = parts::response(message).map(|(_, response)| &response.request_id);
        let fits = |request: &Message| parts::answers(message, request);
        let echoes =
            |request: &Message| echoed.is_some() && echoed == parts::request_id(request).map(|(_, id)| id);
        outstanding
            .iter()
            .rposition(|request| fits(request) && echoes(request))
            .or_else(|| outstanding.iter().rposition(fits))
    }

    fn settle(&mut self, message: &Message, sender: Role) -> Option<Message> {
        let at = self.request_index(message, sender)?;
        Some(self.party_mut(sender.other()).outstanding.remove(at))
    }

    fn see_events(&mut self, message: &DistributeEvent, request: Option<&Message>) {
        if message.response.as_ref().is_some_and(|response| !response.code.is_success()) {
            return;
        }
        self.vtn_id.get_or_insert_with(|| message.vtn_id.clone());
        let mut before = std::mem::take(&mut self.events);
        for distributed in &message.events {
            let descriptor = &distributed.event.descriptor;
            let mut known = before.remove(&descriptor.event_id).unwrap_or_else(|| KnownEvent {
                event: distributed.event.clone(),
                response_required: distributed.response_required,
                request_ids: Vec::new(),
                answered: None,
                opt: None,
                opt_before: None,
            });
            if known.event.descriptor.modification_number != descriptor.modification_number {
                known.request_ids.clear();
            }
            if known.request_ids.len() == KEPT {
                known.request_ids.remove(0);
            }
            known.request_ids.push(message.request_id.clone());
            known.event.clone_from(&distributed.event);
            known.response_required = distributed.response_required;
            self.events.insert(descriptor.event_id.clone(), known);
        }
        if is_limited(request) {
            // The others were not asked for, so they stand.
            self.events.append(&mut before);
        }
    }

    fn see_answers(&mut self, message: &CreatedEvent) {
        for response in message.answers() {
            let id = &response.qualified_event_id;
            if let Some(known) = self.events.get_mut(&id.event_id) {
                known.answered = Some(id.modification_number);
                known.opt_before = known.opt.replace(response.opt_type);
            }
        }
    }

    fn see_registration(&mut self, message: &CreatePartyRegistration) {
        self.report_only = message.report_only;
        self.polls = match message.transport {
            TransportName::SimpleHttp => message.http_pull_model,
            TransportName::Xmpp => Some(false),
        };
    }

    fn see_registered(&mut self, message: &CreatedPartyRegistration, request: Option<&Message>) {
        let registers = matches!(request, Some(Message::CreatePartyRegistration(_)));
        if !registers || !message.response.code.is_success() {
            return;
        }
        self.ven_id = message.ven_id.clone().or(self.ven_id.take());
        self.vtn_id = Some(message.vtn_id.clone());
        if message.registration_id == self.registration_id {
            return;
        }
        self.registration_id.clone_from(&message.registration_id);
        self.owes_reports = true;
        self.owes_event_request = !self.report_only;
        self.opts.clear();
        self.event_opts.clear();
        for role in [Role::Ven, Role::Vtn] {
            let party = self.party_mut(role);
            party.offers.clear();
            party.asked.clear();
        }
    }

    fn forget_opt(&mut self, id: &OptId) {
        if let Some(Some(event)) = self.opts.remove(id)
            && self.event_opts.get(&event).is_some_and(|(opt, _)| opt == id)
        {
            self.event_opts.remove(&event);
        }
    }

    /// Reports that a party refused were not agreed on, but for those that it says it sends.
    fn forget_requests(&mut self, reporter: Role, refused: Option<&Message>, pending: &[ReportRequestId]) {
        let requests = match refused {
            Some(Message::CreateReport(message)) => &message.report_requests,
            Some(Message::RegisteredReport(message)) => &message.report_requests,
            _ => return,
        };
        let pending: BTreeSet<_> = pending.iter().collect();
        for id in requests.iter().map(|request| &request.report_request_id) {
            if !pending.contains(id) {
                self.party_mut(reporter).asked.remove(id);
            }
        }
    }

    fn ask(&mut self, reporter: Role, requests: &[ReportRequest]) {
        let asked = &mut self.party_mut(reporter).asked;
        for request in requests {
            let state = ReportState::Running;
            asked.insert(request.report_request_id.clone(), Asked { request: request.clone(), state });
        }
    }

    fn see_data(&mut self, message: &UpdateReport, reporter: Role) {
        for report in &message.reports {
            if let Some(asked) = self.party_mut(reporter).asked.get_mut(&report.report_request_id)
                && asked.state == ReportState::LastToFollow
            {
                asked.state = ReportState::Ended;
            }
        }
    }

    fn cancel(&mut self, reporter: Role, ids: &[ReportRequestId], to_follow: bool) {
        let state = if to_follow { ReportState::LastToFollow } else { ReportState::Ended };
        for id in ids {
            if let Some(asked) = self.party_mut(reporter).asked.get_mut(id) {
                asked.state = state;
            }
        }
    }
}

/// Whether a request is for only some of the events.
pub(super) fn is_limited(request: Option<&Message>) -> bool {
    matches!(request, Some(Message::RequestEvent(request)) if request.reply_limit.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Rule, check_message, example};
    use super::*;
    use crate::event::{QualifiedEventId, RequestEvent};
    use crate::opt::{CancelOpt, CanceledOpt, CreateOpt, CreatedOpt};
    use crate::poll::Poll;
    use crate::registration::{
        CancelPartyRegistration, CanceledPartyRegistration, QueryRegistration, RequestReregistration,
    };
    use crate::report::{
        CancelReport, CanceledReport, CreatedReport, RegisterReport, RegisteredReport, UpdatedReport,
    };
    use crate::response::{EiResponse, Response, ResponseCode};

    fn ven_id() -> Option<VenId> {
        Some("ven-7".into())
    }

    fn registration() -> Vec<(Message, Role)> {
        let queried = CreatedPartyRegistration::new(EiResponse::ok("req-0"), "vtn-1");
        let registered =
            RegisteredReport::new(EiResponse::ok("req-2"), example::request().report_requests, ven_id());
        let created = CreatedReport::new(EiResponse::ok(""), vec!["rr-1".into()], ven_id());
        vec![
            (QueryRegistration::new("req-0").into(), Role::Ven),
            (queried.into(), Role::Vtn),
            (CreatePartyRegistration::pull("req-1", "Heat pump").into(), Role::Ven),
            (example::created_registration().into(), Role::Vtn),
            (example::register().into(), Role::Ven),
            (registered.into(), Role::Vtn),
            (created.into(), Role::Ven),
            (Response::new(EiResponse::ok(""), None).into(), Role::Vtn),
            (RegisterReport::new("vtn-req-0", Vec::new(), ven_id()).into(), Role::Vtn),
            (RegisteredReport::new(EiResponse::ok("vtn-req-0"), Vec::new(), ven_id()).into(), Role::Ven),
        ]
    }

    fn operation() -> Vec<(Message, Role)> {
        let poll = || (Message::from(Poll::new("ven-7")), Role::Ven);
        let empty = || (Message::from(Response::new(EiResponse::ok(""), ven_id())), Role::Vtn);
        let event = QualifiedEventId::new("event-1", 0);
        let now = example::NOW.parse().unwrap();
        let opt = CreateOpt::event("opt-1", "ven-7", OptType::Out, now, event);
        vec![
            (RequestEvent::new("req-1", "ven-7").into(), Role::Ven),
            (example::distribute().into(), Role::Vtn),
            (example::created().into(), Role::Ven),
            empty(),
            poll(),
            empty(),
            (example::update().into(), Role::Ven),
            (UpdatedReport::new(EiResponse::ok("req-60"), ven_id()).into(), Role::Vtn),
            (opt.into(), Role::Ven),
            (CreatedOpt::new(EiResponse::ok("opt-1"), "opt-1").into(), Role::Vtn),
            (CancelOpt::new("req-8", "opt-1", "ven-7").into(), Role::Ven),
            (CanceledOpt::new(EiResponse::ok("req-8"), Some("opt-1".into())).into(), Role::Vtn),
            poll(),
            (CancelReport::new("vtn-req-9", vec!["rr-1".into()], ven_id()).into(), Role::Vtn),
            (CanceledReport::new(EiResponse::ok("vtn-req-9"), Vec::new(), ven_id()).into(), Role::Ven),
            empty(),
            poll(),
            (RequestReregistration::new("ven-7").into(), Role::Vtn),
            (Response::new(EiResponse::ok(""), ven_id()).into(), Role::Ven),
        ]
    }

    fn end() -> Vec<(Message, Role)> {
        let again = CreatePartyRegistration {
            registration_id: Some("reg-1".into()),
            ven_id: ven_id(),
            ..CreatePartyRegistration::pull("req-1", "Heat pump")
        };
        let canceled =
            CanceledPartyRegistration::new(EiResponse::ok("req-11"), Some("reg-1".into()), ven_id());
        vec![
            (again.into(), Role::Ven),
            (example::created_registration().into(), Role::Vtn),
            (Poll::new("ven-7").into(), Role::Ven),
            (Response::new(EiResponse::ok(""), ven_id()).into(), Role::Vtn),
            (CancelPartyRegistration::new("req-11", "reg-1", "ven-7").into(), Role::Ven),
            (canceled.into(), Role::Vtn),
        ]
    }

    #[test]
    fn forgets_a_request_that_is_refused_unless_it_runs_on() {
        let mut asked = Conversation::new();
        asked.observe(&example::request().into(), Role::Vtn);
        let fires_after_refusal = |pending: Vec<ReportRequestId>| {
            let mut asked = asked.clone();
            let no = EiResponse::error(ResponseCode::REPORT_NOT_SUPPORTED, "no", "req-3");
            asked.observe(&CreatedReport::new(no, pending, ven_id()).into(), Role::Ven);
            example::fires_after(example::update().into(), Role::Ven, &asked, Rule::ReportAskedFor)
        };
        assert!(fires_after_refusal(Vec::new()));
        assert!(!fires_after_refusal(vec!["rr-1".into()]));
    }

    #[test]
    fn nothing_is_wrong_with_a_whole_conversation() {
        let mut conversation = Conversation::new();
        for (message, sender) in [registration(), operation(), end()].into_iter().flatten() {
            let context = Context::new(sender).at(example::NOW.parse().unwrap()).after(&conversation);
            assert_eq!(check_message(&message, &context), [], "{}", message.name());
            conversation.observe(&message, sender);
        }
        assert!(conversation.ven.outstanding.is_empty(), "{:?}", conversation.ven.outstanding);
        assert!(conversation.vtn.outstanding.is_empty(), "{:?}", conversation.vtn.outstanding);
        assert_eq!(conversation.ended_registration, Some("reg-1".into()));
    }
}
