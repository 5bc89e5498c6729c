use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::event::{CreatedEvent, DistributeEvent};
use openadr_types::ids::{RequestId, VenId};
use openadr_types::message::Service;
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, CreatedPartyRegistration, RequestReregistration,
};
use openadr_types::report::{
    CancelReport, CanceledReport, CreatedReport, RegisteredReport, ReportRequest, UpdatedReport,
};
use openadr_types::response::{EiResponse, Response, ResponseCode};

use crate::exchange::Failure;
use crate::notice::{Notice, Why};
use crate::registration::{Intent, Party};
use crate::ven::{Outgoing, Ven};
use crate::work::Step;

/// How many answers wait to be sent.
const MOST_ANSWERS: usize = 100;

/// What follows from a VTN's messages.
impl Ven {
    /// An answer has come.
    pub(crate) fn settle(
        &mut self,
        name: &'static str,
        step: Step,
        reply: Option<Message>,
        now: DateTime<Utc>,
    ) {
        if let Step::Create = step {
            self.party.asked = None;
        }
        if let Some(Message::RequestReregistration(request)) = &reply
            && !matches!(step, Step::Create | Step::CancelRegistration)
        {
            if let Step::Poll = step {
                self.poll_at_once(now);
            }
            self.release(&step);
            match step {
                // An acknowledgement has arrived whatever is said to it, and may be that of the same request.
                Step::Answer(_) if matches!(self.party.intent, Intent::Create(_)) => return,
                Step::Answer(_) => {}
                other => self.put_back(other),
            }
            return self.on_reregistration(request, now);
        }
        if let Some(response) =
            reply.as_ref().and_then(response).filter(|response| !response.code.is_success())
            && !matches!(step, Step::Create | Step::CancelRegistration)
        {
            let (code, description) = (response.code, response.description.clone());
            self.refused(name, code, description);
            self.release(&step);
            return self.on_refusal(step, code, now);
        }
        if !is_answer(&step, reply.as_ref()) {
            let found = reply.map_or("nothing", |message| message.name());
            let failure = Failure::Unreadable(format!("{found} is no answer to {name}"));
            return self.fail(name, step, failure, now);
        }
        self.release(&step);
        match (step, reply) {
            (Step::Create, Some(Message::CreatedPartyRegistration(created))) => {
                self.on_created(&created, now)
            }
            (Step::Create, Some(Message::Response(Response { response, .. }))) => {
                self.on_registration_refused(response.code, response.description.unwrap_or_default(), now);
            }
            (Step::Query, Some(Message::CreatedPartyRegistration(_))) => {
                self.party.intent = Intent::Create(now)
            }
            // Whatever the answer, the VEN is gone.
            (Step::CancelRegistration, _) => self.unregister(Why::Asked),
            (Step::RegisterReport(_), Some(Message::RegisteredReport(registered))) => {
                self.reports.registered(&registered.report_requests);
                self.on_registered(registered, now);
            }
            (Step::RegisterReport(_), _) => self.reports.registered(&[]),
            (Step::RequestEvent, Some(Message::DistributeEvent(list))) => self.on_events(list, now),
            (Step::CreatedEvent(_, responses), _) => {
                let answered = responses.into_iter().filter(|response| response.code.is_success());
                self.shared.notices.extend(answered.map(|response| Notice::EventAnswered {
                    event_id: response.qualified_event_id.event_id,
                    opt: response.opt_type,
                }));
            }
            (Step::Opt(opt_id), Some(Message::CreatedOpt(_))) => {
                self.opts.accepted(&opt_id);
                self.shared.notices.push_back(Notice::OptAccepted { opt_id });
            }
            (Step::Opt(opt_id), Some(Message::CanceledOpt(_))) => {
                self.opts.forget(&opt_id);
                self.shared.notices.push_back(Notice::OptCancelled { opt_id });
            }
            (Step::Report(part), reply) => {
                self.shared.notices.push_back(part.sent());
                self.reports.settle(&part, now, &mut self.shared);
                if let Some(Message::UpdatedReport(UpdatedReport { cancel_report: Some(cancel), .. })) = reply
                {
                    self.on_cancel_report(&cancel, now);
                }
            }
            (Step::Poll, None | Some(Message::Response(_))) => self.forgotten.succeeded(),
            (Step::Poll, Some(message)) => {
                self.forgotten.succeeded();
                self.poll_at_once(now);
                self.on_polled(message, now);
            }
            (_, _) => {}
        }
    }

    /// The VTN has refused what a step was for.
    fn on_refusal(&mut self, step: Step, code: ResponseCode, now: DateTime<Utc>) {
        match step {
            _ if code == ResponseCode::NOT_REGISTERED => self.unregister(Why::NotAuthorised),
            // The VEN's own identifier is the only one in these.
            Step::Poll | Step::RequestEvent if code == ResponseCode::INVALID_ID => self.on_forgotten(now),
            Step::Report(part) if code == ResponseCode::INVALID_ID => {
                self.reports.unknown(part.report_request_id(), &mut self.shared);
            }
            Step::Report(part) => self.reports.settle(&part, now, &mut self.shared),
            Step::Opt(opt_id) => self.opts.forget(&opt_id),
            Step::Query => self.on_registration_refused(code, String::new(), now),
            Step::Answer(_)
            | Step::Create
            | Step::CancelRegistration
            | Step::RegisterReport(_)
            | Step::RequestEvent
            | Step::CreatedEvent(..)
            | Step::Poll => {}
        }
    }

    /// The VTN does not know the VEN, which registers again.
    fn on_forgotten(&mut self, now: DateTime<Utc>) {
        self.unregister(Why::Forgotten);
        let policy = self.shared.config.backoff;
        let at = self.forgotten.failed(&policy, &mut self.shared.random, now);
        self.party.intent = Intent::Create(at);
    }

    fn on_created(&mut self, created: &CreatedPartyRegistration, now: DateTime<Utc>) {
        let registration = match Party::agreed(created, &self.shared.config) {
            Ok(registration) => registration,
            Err((code, description)) => return self.on_registration_refused(code, description, now),
        };
        let former = self.party.registration.as_ref();
        let new = former.is_none_or(|former| former.registration_id != registration.registration_id);
        if new && former.is_some() {
            self.opts.clear();
        }
        if new {
            self.reports.start_over(&mut self.shared);
            self.events.anew = true;
        }
        self.events.ask = !self.shared.config.report_only;
        self.start_polling(registration.poll_period(&self.shared.config), now);
        self.party.registration = Some(registration.clone());
        if self.party.intent != Intent::Cancel {
            self.party.intent = Intent::Keep;
        }
        self.shared.notices.push_back(Notice::Registered { registration, new });
    }

    fn on_registration_refused(&mut self, code: ResponseCode, description: String, now: DateTime<Utc>) {
        let stop = code == ResponseCode::NOT_REGISTERED || self.party.intent == Intent::Cancel;
        if self.is_registered() && code == ResponseCode::INVALID_ID && !stop {
            // The registration to renew is not known: there has to be a new one.
            self.refused("oadrCreatePartyRegistration", code, Some(description));
            return self.on_forgotten(now);
        }
        let retry_at = self.shared.config.refused_retry.filter(|_| !stop);
        let retry_at = retry_at.and_then(|wait| now.checked_add_signed(wait));
        self.shared.notices.push_back(Notice::RegistrationRefused { code, description, retry_at });
        if self.is_registered() {
            self.unregister(Why::Refused);
        }
        self.party.intent = retry_at.map_or(Intent::Stop, Intent::Create);
    }

    fn on_registered(&mut self, registered: RegisteredReport, now: DateTime<Utc>) {
        if !registered.report_requests.is_empty() {
            self.on_report_requests(registered.report_requests, registered.response.request_id, now);
        }
    }

    /// What a poll has brought.
    fn on_polled(&mut self, message: Message, now: DateTime<Utc>) {
        let ven_id = self.party.registration.as_ref().map(|registration| registration.ven_id.clone());
        let name = message.name();
        match message {
            Message::DistributeEvent(list) => self.on_events(list, now),
            Message::CreateReport(create) => match self.for_us(name, create.ven_id.as_ref()) {
                Ok(()) => self.on_report_requests(create.report_requests, create.request_id, now),
                Err(refusal) => {
                    let response = self.reject(name, refusal, create.request_id);
                    self.answer(CreatedReport::new(response, self.reports.pending(), ven_id));
                }
            },
            Message::CancelReport(cancel) => self.on_cancel_report(&cancel, now),
            Message::RegisterReport(register) => {
                let response = match self.for_us(name, register.ven_id.as_ref()) {
                    Ok(()) => EiResponse::ok(register.request_id),
                    Err(refusal) => self.reject(name, refusal, register.request_id),
                };
                self.answer(RegisteredReport::new(response, Vec::new(), ven_id));
            }
            Message::UpdateReport(update) => {
                // The VEN asks for no reports, so it knows none.
                let response = if update.reports.is_empty() {
                    EiResponse::ok(update.request_id)
                } else {
                    let refusal = (ResponseCode::INVALID_ID, "no such report was asked for".to_owned());
                    self.reject(name, refusal, update.request_id)
                };
                self.answer(UpdatedReport::new(response, ven_id));
            }
            Message::CancelPartyRegistration(cancel) => self.on_cancel_registration(cancel),
            Message::RequestReregistration(request) => self.on_reregistration(&request, now),
            other => self.on_misplaced(&other, ven_id),
        }
    }

    /// What a VTN sends only in answer to something else, or never.
    fn on_misplaced(&mut self, message: &Message, ven_id: Option<VenId>) {
        let refusal = match response(message) {
            Some(_) => (ResponseCode::OUT_OF_SEQUENCE, "an answer that nothing waits for"),
            None => (ResponseCode::NOT_ALLOWED, "not for a VTN to send"),
        };
        let response = self.reject(message.name(), (refusal.0, refusal.1.to_owned()), request_id(message));
        self.post(Service::Event, Response::new(response, ven_id).into());
    }

    fn on_events(&mut self, list: DistributeEvent, now: DateTime<Utc>) {
        let Some(registration) = &self.party.registration else { return };
        let ven_id = registration.ven_id.clone();
        if list.vtn_id != registration.vtn_id {
            let refusal = (ResponseCode::INVALID_ID, format!("the VTN is {}", registration.vtn_id));
            let response = self.reject("oadrDistributeEvent", refusal, list.request_id);
            let mut answer = CreatedEvent::new(ven_id, Vec::new());
            answer.response = response;
            return self.answer(answer);
        }
        self.events.receive(list, &ven_id, now, &mut self.shared);
    }

    fn on_report_requests(
        &mut self,
        requests: Vec<ReportRequest>,
        request_id: RequestId,
        now: DateTime<Utc>,
    ) {
        let response = match self.reports.request(requests, now, &mut self.shared) {
            Ok(()) => EiResponse::ok(request_id),
            Err(refusal) => self.reject("oadrReportRequest", refusal, request_id),
        };
        let ven_id = self.ven_id().cloned();
        self.answer(CreatedReport::new(response, self.reports.pending(), ven_id));
    }

    /// **Interpretation:** a cancellation that came with the answer to a report is answered like any other.
    fn on_cancel_report(&mut self, cancel: &CancelReport, now: DateTime<Utc>) {
        let name = "oadrCancelReport";
        let done = self.for_us(name, cancel.ven_id.as_ref()).and_then(|()| {
            self.reports.cancel(&cancel.report_request_ids, cancel.report_to_follow, now, &mut self.shared)
        });
        let response = match done {
            Ok(()) => EiResponse::ok(cancel.request_id.clone()),
            Err(refusal) => self.reject(name, refusal, cancel.request_id.clone()),
        };
        let ven_id = self.ven_id().cloned();
        self.answer(CanceledReport::new(response, self.reports.pending(), ven_id));
    }

    fn on_cancel_registration(&mut self, cancel: CancelPartyRegistration) {
        let name = "oadrCancelPartyRegistration";
        let CancelPartyRegistration { request_id, registration_id, ven_id, .. } = cancel;
        let ours =
            self.party.registration.as_ref().is_some_and(|ours| ours.registration_id == registration_id);
        let checked = if ours {
            self.for_us(name, ven_id.as_ref())
        } else {
            Err((ResponseCode::INVALID_ID, format!("no registration {registration_id}")))
        };
        let ven_id = self.ven_id().cloned();
        match checked {
            Ok(()) => {
                let response = EiResponse::ok(request_id);
                self.unregister(Why::ByVtn);
                self.answer(CanceledPartyRegistration::new(response, Some(registration_id), ven_id));
            }
            Err(refusal) => {
                let response = self.reject(name, refusal, request_id);
                self.answer(CanceledPartyRegistration::new(response, Some(registration_id), ven_id));
            }
        }
    }

    fn on_reregistration(&mut self, request: &RequestReregistration, now: DateTime<Utc>) {
        let name = "oadrRequestReregistration";
        let response = match self.for_us(name, Some(&request.ven_id)) {
            Ok(()) => {
                // At once, but not again and again.
                let again = self.forgotten.until().is_some();
                let policy = self.shared.config.backoff;
                let later = self.forgotten.failed(&policy, &mut self.shared.random, now);
                self.party.intent = Intent::Create(if again { later } else { now });
                EiResponse::ok("")
            }
            Err(refusal) => self.reject(name, refusal, "".into()),
        };
        let message = Response::new(response, self.ven_id().cloned()).into();
        self.post(Service::RegisterParty, message);
    }

    /// Whether a message is for this VEN; one that names none is.
    fn for_us(&self, name: &str, ven_id: Option<&VenId>) -> Result<(), (ResponseCode, String)> {
        match (ven_id, self.ven_id()) {
            (Some(theirs), Some(ours)) if theirs != ours => {
                Err((ResponseCode::INVALID_ID, format!("{name} is for the VEN {theirs}")))
            }
            _ => Ok(()),
        }
    }

    fn answer(&mut self, message: impl Into<Message>) {
        let message = message.into();
        self.post(message.service(), message);
    }

    /// Puts an answer in the row; a VTN that takes none gets the latest.
    fn post(&mut self, service: Service, message: Message) {
        if self.outbox.len() >= MOST_ANSWERS {
            self.outbox.pop_front();
        }
        self.outbox.push_back(Outgoing { service, message });
    }

    fn reject(&mut self, name: &str, refusal: (ResponseCode, String), request_id: RequestId) -> EiResponse {
        let (code, description) = refusal;
        self.shared.notices.push_back(Notice::Rejected {
            message: name.to_owned(),
            code,
            description: description.clone(),
        });
        EiResponse::error(code, description, request_id)
    }
}

/// Whether a message that refuses nothing is one that a step can be answered with.
fn is_answer(step: &Step, reply: Option<&Message>) -> bool {
    match (step, reply) {
        (Step::Create, Some(Message::Response(answer))) => !answer.response.code.is_success(),
        (Step::Query | Step::Create, reply) => matches!(reply, Some(Message::CreatedPartyRegistration(_))),
        (Step::Opt(_), reply) => matches!(reply, Some(Message::CreatedOpt(_) | Message::CanceledOpt(_))),
        // Peers answer much with a plain acknowledgement, or with nothing.
        (_, None | Some(Message::Response(_)))
        | (Step::Answer(_) | Step::CancelRegistration | Step::Poll, _) => true,
        (Step::RegisterReport(_), reply) => matches!(reply, Some(Message::RegisteredReport(_))),
        (Step::RequestEvent, reply) => matches!(reply, Some(Message::DistributeEvent(_))),
        (Step::Report(_), reply) => matches!(reply, Some(Message::UpdatedReport(_))),
        (Step::CreatedEvent(..), _) => false,
    }
}

/// How a request went, according to its answer.
fn response(message: &Message) -> Option<&EiResponse> {
    match message {
        Message::Response(answer) => Some(&answer.response),
        Message::CreatedPartyRegistration(answer) => Some(&answer.response),
        Message::CanceledPartyRegistration(answer) => Some(&answer.response),
        Message::RegisteredReport(answer) => Some(&answer.response),
        Message::CreatedReport(answer) => Some(&answer.response),
        Message::UpdatedReport(answer) => Some(&answer.response),
        Message::CanceledReport(answer) => Some(&answer.response),
        Message::CreatedOpt(answer) => Some(&answer.response),
        Message::CanceledOpt(answer) => Some(&answer.response),
        Message::CreatedEvent(answer) => Some(&answer.response),
        Message::DistributeEvent(answer) => answer.response.as_ref(),
        Message::RequestEvent(_)
        | Message::CancelOpt(_)
        | Message::CreateOpt(_)
        | Message::CancelReport(_)
        | Message::CreateReport(_)
        | Message::RegisterReport(_)
        | Message::UpdateReport(_)
        | Message::CancelPartyRegistration(_)
        | Message::CreatePartyRegistration(_)
        | Message::RequestReregistration(_)
        | Message::QueryRegistration(_)
        | Message::Poll(_) => None,
    }
}

/// The request identifier that an answer to a message is to echo; empty where it has none.
fn request_id(message: &Message) -> RequestId {
    match message {
        Message::RequestEvent(request) => request.request_id.clone(),
        Message::CancelOpt(request) => request.request_id.clone(),
        Message::CreateOpt(request) => request.request_id.clone(),
        Message::CreatePartyRegistration(request) => request.request_id.clone(),
        Message::QueryRegistration(request) => request.request_id.clone(),
        other => response(other).map(|response| response.request_id.clone()).unwrap_or_default(),
    }
}
