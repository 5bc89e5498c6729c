use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::event::OptType;
use openadr_types::ids::{EventId, OptId, VenId};
use openadr_types::message::Service;

use crate::backoff::Quiet;
use crate::config::{Config, OptChange};
use crate::error::Error;
use crate::events::{Change, Events};
use crate::exchange::{Failure, Reply, Request, RequestToken};
use crate::history::History;
use crate::known::{InForce, KnownEvent};
use crate::notice::Notice;
use crate::opts::{NewOpt, Opt, Opts};
use crate::random::Random;
use crate::registration::{Intent, Party, Registration};
use crate::reports::{Register, Reports, RequestedReport};
use crate::sample::Sample;
use crate::snapshot::Snapshot;
use crate::work::{Step, Task};

/// A virtual end node: all of its protocol, and no clock, no I/O, no thread.
///
/// It posts one message at a time and waits for its answer. Whoever drives it does this, again and again:
///
/// 1. take every [`Notice`] from [`poll_event`](Self::poll_event);
/// 2. if no request is under way, take the next from [`poll_request`](Self::poll_request) and post it;
/// 3. wait for the answer, for the time that [`poll_timeout`](Self::poll_timeout) says, or for the application;
/// 4. hand in what came first: [`handle_response`](Self::handle_response) or
///    [`handle_failure`](Self::handle_failure), [`handle_timeout`](Self::handle_timeout), or one of the application's
///    calls ([`opt`](Self::opt), [`record`](Self::record), …).
///
/// Time is always an argument; it may stand still and it may jump. Where it goes back, nothing waits longer for that,
/// and an event that runs ends and starts again where its start is to come once more.
#[derive(Debug)]
pub struct Ven {
    pub(crate) shared: Shared,
    pub(crate) party: Party,
    pub(crate) events: Events,
    pub(crate) reports: Reports,
    pub(crate) opts: Opts,
    /// Answers to what the VTN sent, in the order they are to go.
    pub(crate) outbox: VecDeque<Outgoing>,
    pub(crate) in_flight: Option<(RequestToken, &'static str, Step)>,
    pub(crate) last_token: u64,
    /// While the VTN cannot be reached.
    pub(crate) quiet: Quiet,
    /// While the VTN cannot take a kind of message; reports have their own.
    pub(crate) held: Vec<(Task, Quiet)>,
    /// How many messages the VTN took.
    pub(crate) taken: u64,
    /// How often the VTN forgot the VEN, without a good poll between.
    pub(crate) forgotten: Quiet,
    pub(crate) next_poll: DateTime<Utc>,
    /// When the period allows the next poll.
    pub(crate) regular_poll: DateTime<Utc>,
    pub(crate) polls_in_a_row: u32,
    /// When metadata may be asked for again.
    pub(crate) metadata_from: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
}

/// What all parts of a VEN need.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) random: Random,
    pub(crate) notices: VecDeque<Notice>,
}

/// An answer on its way.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) service: Service,
    pub(crate) message: Message,
}

impl Ven {
    /// A VEN that is not registered yet and will register as soon as it can.
    ///
    /// The seed is for jitter, for starts put off at random, and for the identifiers of requests; it should differ
    /// from run to run.
    pub fn new(config: Config, seed: u64) -> Self {
        let history = History::new(config.history);
        Self {
            party: Party::new(&config),
            shared: Shared { config, random: Random::new(seed), notices: VecDeque::new() },
            events: Events::default(),
            reports: Reports::new(history),
            opts: Opts::default(),
            outbox: VecDeque::new(),
            in_flight: None,
            last_token: 0,
            quiet: Quiet::default(),
            held: Vec::new(),
            taken: 0,
            forgotten: Quiet::default(),
            next_poll: DateTime::<Utc>::MIN_UTC,
            regular_poll: DateTime::<Utc>::MIN_UTC,
            polls_in_a_row: 0,
            metadata_from: DateTime::<Utc>::MIN_UTC,
            now: DateTime::<Utc>::MIN_UTC,
        }
    }

    /// A VEN that goes on where a former one stopped.
    ///
    /// Without a registration in the snapshot it registers; with one it asks for its events and polls. Events that
    /// run are told anew.
    pub fn restore(config: Config, seed: u64, snapshot: Snapshot) -> Self {
        let mut ven = Self::new(config, seed);
        let Snapshot { registration, events, reports, opts, metadata_due, samples } = snapshot;
        ven.reports.history = History::restore(ven.shared.config.history, samples);
        // Samples may have been left out, but not those to come.
        reports.iter().for_each(|report| ven.reports.history.skip_to(report.next_place));
        if registration.is_some() {
            ven.party = Party { registration, intent: Intent::Keep, asked: None };
            ven.events = Events::restore(events);
            ven.events.ask = !ven.shared.config.report_only;
            ven.reports.requested = reports;
            if metadata_due {
                ven.reports.register = Register::Unasked;
            }
        }
        ven.opts = Opts::restore(opts);
        ven
    }

    /// What has to be remembered over a restart.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            registration: self.party.registration.clone(),
            events: self.events.known().cloned().map(KnownEvent::untold).collect(),
            reports: self.reports.requested.clone(),
            opts: self.opts.all.clone(),
            metadata_due: self.is_registered()
                && (self.reports.register != Register::No
                    || matches!(self.in_flight, Some((_, _, Step::RegisterReport(_))))),
            samples: self.reports.history.samples(),
        }
    }

    /// The next message to post, if there is one now and none is under way.
    pub fn poll_request(&mut self, now: DateTime<Utc>) -> Option<Request> {
        self.advance(now);
        if self.in_flight.is_some() || self.quiet.until().is_some_and(|until| now < until) {
            return None;
        }
        for (at, task) in self.agenda() {
            if at <= now
                && let Some((step, service, message)) = self.begin(task, now)
            {
                self.last_token += 1;
                let id = RequestToken(self.last_token);
                self.in_flight = Some((id, message.name(), step));
                return Some(Request { id, service, message });
            }
        }
        None
    }

    /// The VTN has answered a request. Answers to any but the request under way are ignored.
    pub fn handle_response(&mut self, id: RequestToken, reply: impl Into<Reply>, now: DateTime<Utc>) {
        self.advance(now);
        if let Some((name, step)) = self.take_in_flight(id) {
            let reply = match reply.into() {
                Reply::Message(message) => Some(message),
                Reply::Empty => None,
            };
            self.quiet.succeeded();
            self.settle(name, step, reply, now);
            self.advance(now);
        }
    }

    /// A request has no answer. It is sent again later, or given up, as [`Backoff`](crate::backoff::Backoff) says.
    pub fn handle_failure(&mut self, id: RequestToken, failure: Failure, now: DateTime<Utc>) {
        self.advance(now);
        if let Some((name, step)) = self.take_in_flight(id) {
            self.fail(name, step, failure, now);
            self.advance(now);
        }
    }

    /// The time that [`poll_timeout`](Self::poll_timeout) said has come.
    pub fn handle_timeout(&mut self, now: DateTime<Utc>) {
        self.advance(now);
    }

    /// When to come back: call [`handle_timeout`](Self::handle_timeout) then, and ask again for notices and requests.
    ///
    /// A time in the past means at once. None while the VEN waits for an answer and no event is pending.
    pub fn poll_timeout(&self) -> Option<DateTime<Utc>> {
        let change = self.events.next_change(self.now);
        let task = if self.in_flight.is_some() {
            None
        } else {
            self.agenda()
                .into_iter()
                .map(|(at, _)| at)
                .min()
                .map(|at| at.max(self.quiet.until().unwrap_or(at)))
        };
        change.into_iter().chain(task).min()
    }

    /// The next thing to tell the application.
    pub fn poll_event(&mut self) -> Option<Notice> {
        self.shared.notices.pop_front()
    }

    /// Decides on an event, or changes what was decided.
    ///
    /// What the VTN has been told already is told anew, as [`Config::opt_change`] says.
    ///
    /// # Errors
    /// Where the event is not known, or is over, or was refused.
    pub fn opt(&mut self, event_id: &EventId, opt: OptType, now: DateTime<Utc>) -> Result<(), Error> {
        self.advance(now);
        if let Change::Told(event) = self.events.opt(event_id, opt, now, &mut self.shared)? {
            match self.shared.config.opt_change {
                OptChange::CreatedEvent => self.events.answer_again(event_id),
                OptChange::CreateOpt => {
                    self.opts.create(NewOpt::event(opt, event), &mut self.shared.random);
                }
            }
        }
        Ok(())
    }

    /// Keeps a value for the reports that want it.
    ///
    /// # Errors
    /// Where no offer has the data point.
    pub fn record(&mut self, sample: Sample, now: DateTime<Utc>) -> Result<(), Error> {
        self.advance(now);
        self.reports.record(sample, &self.shared.config)
    }

    /// Opts in or out by EiOpt, for times or for an event; the identifier is for withdrawing it.
    pub fn create_opt(&mut self, opt: NewOpt) -> OptId {
        self.opts.create(opt, &mut self.shared.random)
    }

    /// Withdraws an opt.
    ///
    /// # Errors
    /// Where the opt is not known.
    pub fn cancel_opt(&mut self, opt_id: &OptId) -> Result<(), Error> {
        self.opts.cancel(opt_id)
    }

    /// Ends the registration and stops.
    pub fn cancel_registration(&mut self) {
        let creating = matches!(self.in_flight, Some((_, _, Step::Create)));
        self.party.intent =
            if self.party.registration.is_some() || creating { Intent::Cancel } else { Intent::Stop };
    }

    /// Registers, where the VEN has stopped; renews the registration, where there is one.
    pub fn register(&mut self) {
        self.party.intent = Intent::register(&self.shared.config);
    }

    /// Sends the metadata of all offers again.
    pub fn register_reports(&mut self) {
        self.reports.register = Register::Unasked;
    }

    /// Whether the VTN has the VEN registered.
    pub fn is_registered(&self) -> bool {
        self.party.registration.is_some()
    }

    /// What was agreed at registration.
    pub fn registration(&self) -> Option<&Registration> {
        self.party.registration.as_ref()
    }

    /// The VEN's identifier: as the VTN assigned it, else as configured.
    pub fn ven_id(&self) -> Option<&VenId> {
        let assigned = self.party.registration.as_ref().map(|registration| &registration.ven_id);
        assigned.or(self.shared.config.ven_id.as_ref())
    }

    /// All events known, by identifier.
    pub fn events(&self) -> impl Iterator<Item = &KnownEvent> {
        self.events.known()
    }

    /// One event.
    pub fn event(&self, event_id: &EventId) -> Option<&KnownEvent> {
        self.events.get(event_id)
    }

    /// The signals that the VEN is to follow at a time, those that win first: real events before tests, then by
    /// priority, then by start.
    pub fn in_force(&self, at: DateTime<Utc>) -> Vec<InForce> {
        self.events.in_force(at)
    }

    /// The reports that the VTN has asked for and that are not finished.
    pub fn reports(&self) -> &[RequestedReport] {
        &self.reports.requested
    }

    /// The opts that the VTN has or is to have.
    pub fn opts(&self) -> &[Opt] {
        &self.opts.all
    }

    /// How many values were lost because they could not be sent before newer ones took their place.
    pub fn samples_dropped(&self) -> u64 {
        self.reports.dropped
    }

    /// What the VEN was told at its start.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }
}
