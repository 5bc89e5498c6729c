use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Message;
use openadr_types::event::{CreatedEvent, EventResponse, RequestEvent};
use openadr_types::ids::OptId;
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::registration::{CancelPartyRegistration, QueryRegistration};
use openadr_types::response::ResponseCode;

use crate::backoff::Quiet;
use crate::events::Answer;
use crate::exchange::{Failure, RequestToken};
use crate::notice::{Notice, Why};
use crate::registration::{Intent, Registration};
use crate::reports::{Part, Register};
use crate::ven::{Outgoing, Ven};

/// How often a VEN polls again at once, without waiting for its period, before it does wait.
const MOST_POLLS_IN_A_ROW: u32 = 50;

/// What a request is for, and what has to be known when its answer comes.
#[derive(Debug)]
pub(crate) enum Step {
    Answer(Outgoing),
    Query,
    Create,
    CancelRegistration,
    RegisterReport(Register),
    RequestEvent,
    CreatedEvent(Vec<Answer>, Vec<EventResponse>),
    Opt(OptId),
    Report(Part),
    Poll,
}

impl Step {
    fn task(&self) -> Task {
        match self {
            Self::Answer(_) => Task::Answer,
            Self::Query | Self::Create | Self::CancelRegistration => Task::Registration,
            Self::RegisterReport(_) => Task::RegisterReport,
            Self::RequestEvent => Task::RequestEvent,
            Self::CreatedEvent(..) => Task::CreatedEvent,
            Self::Opt(_) => Task::Opt,
            Self::Report(_) => Task::Report,
            Self::Poll => Task::Poll,
        }
    }
}

/// The row of failures of a kind of message.
fn held(all: &mut Vec<(Task, Quiet)>, task: Task) -> &mut Quiet {
    let place = all.iter().position(|(held, _)| *held == task).unwrap_or_else(|| {
        all.push((task, Quiet::default()));
        all.len() - 1
    });
    &mut all[place].1
}

/// What may be sent next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Answer,
    Registration,
    RegisterReport,
    RequestEvent,
    CreatedEvent,
    Opt,
    Report,
    Poll,
}

/// What a VEN sends next, and what becomes of it without an answer.
impl Ven {
    pub(crate) fn advance(&mut self, now: DateTime<Utc>) {
        if now < self.now {
            self.set_back(self.now - now, now);
        }
        self.now = now;
        self.events.advance(now, &mut self.shared);
        self.reports.advance(now, &mut self.shared);
    }

    /// The clock was set back: nothing waits longer for that.
    fn set_back(&mut self, by: TimeDelta, now: DateTime<Utc>) {
        let earlier = |at: &mut DateTime<Utc>| *at = at.checked_sub_signed(by).unwrap_or(*at);
        earlier(&mut self.next_poll);
        earlier(&mut self.regular_poll);
        earlier(&mut self.metadata_from);
        if let Intent::Create(at) = &mut self.party.intent {
            earlier(at);
        }
        self.quiet.set_back(by);
        self.forgotten.set_back(by);
        self.held.iter_mut().for_each(|(_, quiet)| quiet.set_back(by));
        self.reports.set_back(by, now);
    }

    /// What there is to send and when, the more urgent first.
    pub(crate) fn agenda(&self) -> Vec<(DateTime<Utc>, Task)> {
        let mut agenda = self.tasks();
        for (at, task) in &mut agenda {
            let held = self.held.iter().find(|(held, _)| held == task).and_then(|(_, quiet)| quiet.until());
            *at = held.map_or(*at, |until| until.max(*at));
        }
        agenda
    }

    fn tasks(&self) -> Vec<(DateTime<Utc>, Task)> {
        let now = self.now;
        let mut agenda = Vec::new();
        if !self.outbox.is_empty() {
            agenda.push((now, Task::Answer));
        }
        match self.party.intent {
            Intent::Query => agenda.push((now, Task::Registration)),
            Intent::Create(at) => agenda.push((at, Task::Registration)),
            Intent::Cancel if self.is_registered() => agenda.push((now, Task::Registration)),
            Intent::Keep | Intent::Cancel | Intent::Stop => {}
        }
        if self.party.registration.is_none() || self.party.intent != Intent::Keep {
            return agenda;
        }
        match &self.reports.register {
            Register::No => {}
            Register::Unasked => agenda.push((now, Task::RegisterReport)),
            // A VTN may answer metadata by asking for metadata.
            Register::Asked(_) => agenda.push((self.metadata_from.max(now), Task::RegisterReport)),
        }
        if self.events.ask {
            agenda.push((now, Task::RequestEvent));
        }
        // An opt for an event goes before what is answered to it, which it outranks (rule 206).
        if self.opts.is_due() {
            agenda.push((now, Task::Opt));
        }
        let answers = self.events.answers_due(now, self.regular_poll);
        agenda.extend(answers.map(|at| (at, Task::CreatedEvent)));
        agenda.extend(self.reports.next_due(&self.shared.config).map(|at| (at, Task::Report)));
        // An answer is due before the next poll; while the application is asked, only the regular one may come.
        let poll = if answers.is_some() { self.next_poll.max(self.regular_poll) } else { self.next_poll };
        agenda.push((poll, Task::Poll));
        agenda
    }

    pub(crate) fn begin(&mut self, task: Task, now: DateTime<Utc>) -> Option<(Step, Service, Message)> {
        let config = &self.shared.config;
        let random = &mut self.shared.random;
        if let Task::Answer = task {
            let outgoing = self.outbox.pop_front()?;
            return Some((Step::Answer(outgoing.clone()), outgoing.service, outgoing.message));
        }
        if let Task::Registration = task {
            let (step, message) = match (self.party.intent, &self.party.registration) {
                (Intent::Query, _) => (Step::Query, QueryRegistration::new(random.id()).into()),
                (Intent::Create(_), _) => (Step::Create, self.party.create(random.id(), config).into()),
                (Intent::Cancel, Some(Registration { registration_id, ven_id, .. })) => {
                    let (registration_id, ven_id) = (registration_id.clone(), ven_id.clone());
                    let cancel = CancelPartyRegistration::new(random.id(), registration_id, ven_id);
                    (Step::CancelRegistration, Message::from(cancel))
                }
                (Intent::Keep | Intent::Cancel | Intent::Stop, _) => return None,
            };
            return Some((step, Service::RegisterParty, message));
        }
        let registration = self.party.registration.as_ref()?;
        let ven_id = registration.ven_id.clone();
        let (step, message) = match task {
            Task::RegisterReport => {
                let message = self.reports.metadata(config, &ven_id, now, random.id());
                if let Register::Asked(_) = self.reports.register {
                    let period = registration.poll_period(config);
                    self.metadata_from = now.checked_add_signed(period).unwrap_or(now);
                }
                let register = std::mem::replace(&mut self.reports.register, Register::No);
                (Step::RegisterReport(register), Message::from(message))
            }
            Task::RequestEvent => {
                self.events.ask = false;
                (Step::RequestEvent, RequestEvent::new(random.id(), ven_id).into())
            }
            Task::CreatedEvent => {
                let (responses, answers) = self.events.take_answers();
                let message = CreatedEvent::new(ven_id, responses.clone());
                (Step::CreatedEvent(answers, responses), message.into())
            }
            Task::Opt => {
                let (opt_id, message) = self.opts.next(&ven_id, now, random.id())?;
                (Step::Opt(opt_id), message)
            }
            Task::Report => {
                let ids = (random.id(), random.id());
                let (part, message) = self.reports.next_part(config, &ven_id, now, ids)?;
                (Step::Report(part), message.into())
            }
            Task::Poll => {
                if now >= self.regular_poll {
                    self.polls_in_a_row = 0;
                }
                let period = registration.poll_period(config);
                self.regular_poll = now.checked_add_signed(period).unwrap_or(now);
                self.next_poll = self.regular_poll;
                (Step::Poll, Poll::new(ven_id).into())
            }
            Task::Answer | Task::Registration => return None,
        };
        let service = message.service();
        Some((step, service, message))
    }

    pub(crate) fn take_in_flight(&mut self, id: RequestToken) -> Option<(&'static str, Step)> {
        let (_, name, step) = self.in_flight.take_if(|(token, _, _)| *token == id)?;
        Some((name, step))
    }

    /// Polls again without waiting, unless the VTN has had its share (rule 500).
    pub(crate) fn poll_at_once(&mut self, now: DateTime<Utc>) {
        if self.polls_in_a_row < MOST_POLLS_IN_A_ROW {
            self.polls_in_a_row += 1;
            self.next_poll = now;
        }
    }

    /// Polls from now on: first at once, then every period.
    pub(crate) fn start_polling(&mut self, period: TimeDelta, now: DateTime<Utc>) {
        self.regular_poll = now.checked_add_signed(period).unwrap_or(now);
        self.next_poll = self.regular_poll;
        self.poll_at_once(now);
    }

    /// A request had no usable answer: what it was for is done later, or given up.
    pub(crate) fn fail(&mut self, name: &'static str, step: Step, failure: Failure, now: DateTime<Utc>) {
        let policy = self.shared.config.backoff;
        // A poll's answer that is lost may have held events; a gateway may lose it too.
        let answered = matches!(failure, Failure::Status(status) if !matches!(status, 502 | 504));
        let lost = !answered && matches!(step, Step::Poll);
        let (retry_at, given_up) = if let Failure::Transport(_) = failure {
            (self.quiet.failed(&policy, &mut self.shared.random, now), false)
        } else {
            self.quiet.succeeded();
            let taken = self.taken;
            let held = match &step {
                Step::Report(part) => self.reports.held(part),
                other => held(&mut self.held, other.task()),
            };
            if held.failures() == 0 {
                held.taken = taken;
            }
            let until = held.failed(&policy, &mut self.shared.random, now);
            // A VTN that takes nothing at all does not mind this message. Nothing is sent beside registering.
            let other_taken = taken > held.taken || step.task() == Task::Registration;
            (until, failure.is_final() || held.failures() >= policy.attempts && other_taken)
        };
        let message = name.to_owned();
        self.shared.notices.push_back(Notice::Failed { message, failure, retry_at });
        if given_up {
            self.give_up(step, now);
        } else {
            self.put_back(step);
        }
        self.events.ask |= lost && !self.shared.config.report_only;
    }

    /// The VTN can take this kind of message.
    pub(crate) fn release(&mut self, step: &Step) {
        self.taken += 1;
        self.end_row(step);
    }

    fn end_row(&mut self, step: &Step) {
        match step {
            Step::Report(part) => self.reports.release(part),
            other => self.held.retain(|(task, _)| *task != other.task()),
        }
    }

    /// Has a step done once more, later.
    pub(crate) fn put_back(&mut self, step: Step) {
        match step {
            Step::Answer(outgoing) => self.outbox.push_front(outgoing),
            Step::RegisterReport(register) => {
                if self.reports.register == Register::No {
                    self.reports.register = register;
                }
            }
            Step::RequestEvent => self.events.ask = true,
            Step::CreatedEvent(answers, _) => self.events.put_back(answers),
            // These follow from the state.
            Step::Query
            | Step::Create
            | Step::CancelRegistration
            | Step::Opt(_)
            | Step::Report(_)
            | Step::Poll => {}
        }
    }

    fn give_up(&mut self, step: Step, now: DateTime<Utc>) {
        if !matches!(step, Step::Create | Step::Poll | Step::Report(_)) {
            self.end_row(&step);
        }
        match step {
            Step::CancelRegistration => self.unregister(Why::Asked),
            Step::Query => self.party.intent = Intent::Create(now),
            Step::Opt(opt_id) => self.opts.forget(&opt_id),
            Step::Report(part) => {
                self.reports.dropped = self.reports.dropped.saturating_add(part.samples());
                self.reports.settle(&part, now, &mut self.shared);
            }
            Step::Answer(_)
            | Step::Create
            | Step::RegisterReport(_)
            | Step::RequestEvent
            | Step::CreatedEvent(..)
            | Step::Poll => {}
        }
    }

    /// Is not registered any more; registers again only if the VTN forgot the VEN.
    pub(crate) fn unregister(&mut self, why: Why) {
        if self.party.registration.take().is_some() {
            self.shared.notices.push_back(Notice::Unregistered(why));
        }
        self.events.clear(&mut self.shared);
        self.reports.start_over(&mut self.shared);
        self.opts.clear();
        self.party.intent = Intent::Stop;
    }

    /// The VTN has refused a message.
    pub(crate) fn refused(&mut self, name: &str, code: ResponseCode, description: Option<String>) {
        let description = description.unwrap_or_default();
        self.shared.notices.push_back(Notice::Refused { message: name.to_owned(), code, description });
    }
}
