//! Messages of peers: opened, told from repetitions, checked, answered.

use chrono::{DateTime, Utc};

use super::error::{Error, Refusal, Taken};
use super::event::EventId;
use super::ledger::DUPLICATE;
use super::participant::Participant;
use super::party::{Heading, Party, Verdict};
use super::store::{Direction, Entry, Peer, Sequence, Stage, State};
use crate::conversation;
use crate::discovery::find_keys;
use crate::message::Answer;
use crate::payload::{Kind, Payload};
use crate::sealing::{Received, Verified};
use crate::validation::{self, Code, Context, Failure, Severity, rejection_reason};
use crate::values::Outcome;

/// How many unknown peers are remembered to be looked up.
const MAX_WANTED: usize = 256;

const ACCEPTED: Stage = Stage::Answered { outcome: Outcome::Accepted };

impl<P: Party> Participant<P> {
    /// A peer posted a document. Its [`status`](super::status) is the answer.
    ///
    /// A message that came before has no second effect; where the answer to it is still under way, or was given up, it
    /// is sent again at once: the peer is there, and seems not to have it.
    ///
    /// # Errors
    /// When the document cannot be opened, when too much waits, or when the store fails. Nothing came of it, but for a
    /// store that fails: the peer is to post again.
    pub fn handle_request(&mut self, body: &[u8], now: DateTime<Utc>) -> Result<Taken, Refusal> {
        self.advance(now);
        self.ledger.flush()?;
        let taken = self.receive(body, now)?;
        self.ledger.flush()?;
        Ok(taken)
    }

    fn receive(&mut self, body: &[u8], now: DateTime<Utc>) -> Result<Taken, Refusal> {
        let config = &self.config;
        if self.ledger.unacknowledged >= config.max_events || !self.ledger.used.fits(body.len(), config.room)
        {
            return Err(Refusal::Busy);
        }
        let received = Received::<Payload>::read(body)?;
        let peer = Peer { domain: received.sender_domain().clone(), role: received.sender_role() };
        let keys = match find_keys(&self.book, &peer.domain, peer.role) {
            Ok(keys) => keys.to_verify(),
            Err(_) => {
                self.want(&peer);
                Vec::new()
            }
        };
        let verified = received.open(&keys)?;
        let message = verified.message();
        let known = self.ledger.received(&peer, message.message_id());
        if let Some(known) = known
            && known.message == *message
        {
            let known = known.sequence;
            self.repeat(known, now);
            return Ok(Taken::Before);
        }
        let (share, config) = (self.ledger.share(&peer), &self.config);
        let is_request = message.kind().response().is_some();
        // Neither a response nor what we ask ourselves stands in the way of others: two who have much to say to each
        // other would else refuse each other's messages, and wait for ever.
        let is_owed_much =
            self.ledger.answers >= config.max_waiting || share.answers >= config.of_peer.waiting;
        if (is_request && is_owed_much) || !share.used.fits(body.len(), config.of_peer.room) {
            return Err(Refusal::Busy);
        }
        if known.is_some() {
            let answer = Answer::reject(DUPLICATE);
            if let Some(response) = self.response(message, answer, now) {
                self.post(peer, response, now)?;
            }
            return Ok(Taken::Duplicate);
        }
        if is_request {
            self.take_request(peer, verified, now)?;
        } else {
            self.take_response(peer, verified, now);
        }
        Ok(Taken::New)
    }

    fn want(&mut self, peer: &Peer) {
        if self.wanted.len() < MAX_WANTED && !self.wanted.contains(peer) {
            self.wanted.push_back(peer.clone());
        }
    }

    /// A message came again.
    fn repeat(&mut self, sequence: Sequence, now: DateTime<Utc>) {
        let Some(response) = self.ledger.get(sequence).and_then(|entry| self.ledger.response_to(entry))
        else {
            return;
        };
        if response.direction == Direction::Sent {
            let response = response.sequence;
            self.hurry(response, now);
        }
    }

    fn take_request(
        &mut self,
        peer: Peer,
        verified: Verified<Payload>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let message = verified.message();
        let failures = self.failures(&peer, message, now);
        if let Some(reason) = rejection_reason(&failures, self.config.wording) {
            let response = self.response(message, Answer::reject(reason.clone()), now);
            self.keep(&peer, verified, Stage::Rejected { reason }, false, now);
            return Ok(self.post_response(peer, response, now)?);
        }
        let heading = Heading { message_id: self.random.uuid(), now };
        match self.party.answer(&peer, message, &heading) {
            Verdict::Response(response) => {
                let sequence = self.keep(&peer, verified, ACCEPTED, false, now);
                self.post_response(peer, Some(response), now)?;
                self.learn(sequence);
            }
            Verdict::Reject(answer) => {
                let reason = answer.rejection_reason.clone().unwrap_or_default();
                let response = self.response(message, answer, now);
                self.keep(&peer, verified, Stage::Rejected { reason }, false, now);
                self.post_response(peer, response, now)?;
            }
            Verdict::Open => match self.config.ask.get(&message.kind()) {
                Some(ask) => {
                    let until = now.checked_add_signed(ask.within).unwrap_or(now);
                    self.keep(&peer, verified, Stage::Undecided { until }, false, now);
                }
                None => {
                    let response = self.response(message, Answer::accept(), now);
                    let sequence = self.keep(&peer, verified, ACCEPTED, false, now);
                    self.post_response(peer, response, now)?;
                    self.learn(sequence);
                }
            },
        }
        Ok(())
    }

    fn take_response(&mut self, peer: Peer, verified: Verified<Payload>, now: DateTime<Utc>) {
        let message = verified.message();
        let request = self.ledger.request_of(&peer, message).filter(|request| {
            request.message.kind().response() == Some(message.kind())
                && request.message.conversation_id() == message.conversation_id()
        });
        let mut failures = self.failures(&peer, message, now);
        let name = message.kind().reference_attribute().unwrap_or_default();
        let fault = |code| Failure {
            code,
            severity: Severity::Error,
            path: format!("/{}/@{name}", message.name()),
            value: message.reference().map(ToString::to_string),
        };
        match request {
            // Reasons are told once, however often they are found.
            None => failures.push(fault(Code::UnknownRequest)),
            Some(request) if self.ledger.response_to(request).is_some() => {
                failures.push(fault(Code::AnsweredTwice));
            }
            Some(_) => {}
        }
        let request = request.map(|request| request.sequence);
        let stage = match rejection_reason(&failures, self.config.wording) {
            None => Stage::Taken,
            Some(reason) => Stage::Rejected { reason },
        };
        self.keep(&peer, verified, stage, false, now);
        if let Some(request) = request {
            // An answer is better proof of delivery than a status.
            self.delivered(request);
        }
    }

    fn keep(
        &mut self,
        peer: &Peer,
        verified: Verified<Payload>,
        stage: Stage,
        told: bool,
        now: DateTime<Utc>,
    ) -> Sequence {
        let envelope = verified.envelope().to_vec();
        let key = Some(*verified.key());
        self.ledger.insert(|sequence| Entry {
            sequence,
            direction: Direction::Received,
            peer: peer.clone(),
            at: now,
            message: verified.into_message(),
            envelope,
            key,
            state: State { stage, told },
        })
    }

    fn learn(&mut self, sequence: Sequence) {
        if let Some(entry) = self.ledger.get(sequence) {
            self.party.learn(entry);
        }
    }

    /// The response to a request; where the schema leaves no place for the answer, as good as it can be given.
    fn response(&mut self, request: &Payload, answer: Answer, now: DateTime<Utc>) -> Option<Payload> {
        let message_id = self.random.uuid();
        if *request.recipient_domain() != self.config.domain {
            // What strayed here is answered in our own name, the only one that we sign in.
            let mut request = request.clone();
            request.set_recipient_domain(self.config.domain.clone());
            return self.response(&request, answer, now);
        }
        match request {
            Payload::AgrPortfolioQuery(query) => Some(
                query
                    .respond(answer, super::cro::no_view(&self.config.domain), message_id, now.into())
                    .into(),
            ),
            _ => request.respond(answer, message_id, now.into()),
        }
    }

    /// Everything that is wrong with a message.
    fn failures(&self, peer: &Peer, message: &Payload, now: DateTime<Utc>) -> Vec<Failure> {
        let sender = validation::Party::new(peer.domain.clone(), peer.role);
        let context = Context::new(&self.config.policy).at(now.into()).from(&sender).knowing(&*self.known);
        let mut failures = validation::validate(message, &context);
        match conversation::validate(message, &context, &self.ledger) {
            Ok(more) => failures.extend(more),
            Err(never) => match never {},
        }
        let written = message.time_stamp().to_utc();
        let oldest = now.checked_sub_signed(self.config.keep).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let newest = now.checked_add_signed(self.config.max_ahead).unwrap_or(DateTime::<Utc>::MAX_UTC);
        if written < oldest || written > newest {
            failures.push(Failure {
                code: Code::TimeStamp,
                severity: Severity::Error,
                path: format!("/{}/@TimeStamp", message.name()),
                value: Some(message.time_stamp().to_string()),
            });
        }
        failures
    }

    /// The application accepts a request that it was asked about.
    ///
    /// # Errors
    /// When it is not, or not any more, for the application to decide.
    pub fn accept(&mut self, id: EventId, now: DateTime<Utc>) -> Result<(), Error> {
        self.decide(id, Answer::accept(), now)
    }

    /// The application rejects a request that it was asked about. Several reasons are separated by semicolons.
    ///
    /// # Errors
    /// When it is not, or not any more, for the application to decide.
    pub fn reject(
        &mut self,
        id: EventId,
        reason: impl Into<String>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.decide(id, Answer::reject(reason), now)
    }

    fn decide(&mut self, id: EventId, answer: Answer, now: DateTime<Utc>) -> Result<(), Error> {
        self.decide_with(id, now, |participant, request| {
            participant
                .response(request, answer, now)
                .ok_or_else(|| Error::Unknown(request.message_id().clone()))
        })
    }

    /// The application answers a request that it was asked about.
    pub(super) fn decide_with(
        &mut self,
        id: EventId,
        now: DateTime<Utc>,
        response: impl FnOnce(&mut Self, &Payload) -> Result<Payload, Error>,
    ) -> Result<(), Error> {
        self.advance(now);
        let entry = self.ledger.get(id.0).ok_or(Error::UnknownEvent(id))?;
        if !matches!(entry.state.stage, Stage::Undecided { .. }) {
            return Err(Error::Answered(entry.message.message_id().clone()));
        }
        let (peer, message) = (entry.peer.clone(), entry.message.clone());
        let response = response(self, &message)?;
        let outcome = response.result().unwrap_or(Outcome::Accepted);
        self.post_response(peer, Some(response), now)?;
        self.ledger.update(id.0, Stage::Answered { outcome }, true);
        if outcome == Outcome::Accepted {
            self.learn(id.0);
        }
        Ok(self.ledger.flush()?)
    }

    /// Answers what the application did not decide on in time.
    pub(super) fn lapse(&mut self, now: DateTime<Utc>) {
        while let Some((_, sequence)) =
            self.ledger.undecided.first().copied().filter(|(until, _)| *until <= now)
        {
            let Some(entry) = self.ledger.get(sequence) else { break };
            let (peer, message) = (entry.peer.clone(), entry.message.clone());
            let answer = self.default_answer(message.kind());
            let outcome = answer.result;
            let response = self.response(&message, answer, now);
            // A response that cannot be written is none: the request was readable, so it can.
            let _ = self.post_response(peer, response, now);
            self.ledger.update(sequence, Stage::Lapsed { outcome }, false);
            if outcome == Outcome::Accepted {
                self.learn(sequence);
            }
        }
    }

    fn default_answer(&self, kind: Kind) -> Answer {
        let ask = self.config.ask.get(&kind);
        ask.map_or_else(|| Answer::reject("Deadline expired"), |ask| ask.default.clone())
    }
}
