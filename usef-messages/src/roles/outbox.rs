//! Messages to peers: kept, tried, repeated, given up.

use chrono::{DateTime, Utc};

use super::delivery::{DeliveryResult, Failure, Next, Retry, Transmit, TransmitId};
use super::error::Error;
use super::participant::Participant;
use super::party::Party;
use super::store::{Direction, Entry, Peer, Sequence, Stage, State};
use crate::conversation;
use crate::metering::Metering;
use crate::payload::Payload;
use crate::sealing::{self, seal_message};
use crate::validation::{self, Context, Policy, Wording, rejection_reason};
use crate::values::Uuid;

impl<P: Party> Participant<P> {
    /// The next message to post, if there is one now.
    ///
    /// Requests of one conversation go to a peer one after the other, each when the one before has been delivered or
    /// given up, so that none overtakes what it refers to; so do a plan and the offers relative to it, revisions,
    /// reservations for a place and a day, and what a common reference operator is told, so that none overtakes what it
    /// replaces.
    pub fn poll_transmit(&mut self, now: DateTime<Utc>) -> Option<Transmit> {
        self.advance(now);
        if self.ledger.is_held()
            || self.ledger.flush().is_err()
            || self.ledger.schedule.in_flight() >= self.config.max_in_flight
        {
            return None;
        }
        let sequence = self.ledger.schedule.due(now)?;
        let entry = self.ledger.get(sequence)?;
        let Stage::Waiting(retry) = &entry.state.stage else { return None };
        let transmit = Transmit {
            id: TransmitId { sequence, attempt: retry.attempts },
            recipient: entry.peer.domain.clone(),
            role: entry.peer.role,
            address: retry.redirect.as_ref().map(|(address, _)| address.clone()),
            body: entry.envelope.clone(),
        };
        self.ledger.schedule.begin(sequence);
        Some(transmit)
    }

    /// A post ended. The end of any but one that is under way is ignored.
    pub fn handle_delivery(&mut self, id: TransmitId, result: DeliveryResult, now: DateTime<Utc>) {
        let attempt = self.retry(id.sequence).map(|retry| retry.attempts);
        // What is not to be sent any more may still be under way; its end counts whatever it is.
        let is_under_way = attempt.is_none_or(|attempt| attempt == id.attempt);
        if is_under_way && self.ledger.schedule.end(id.sequence) {
            let backoff = self.config.backoff;
            let next = self
                .retry(id.sequence)
                .cloned()
                .map(|retry| retry.after(result, &backoff, &mut self.random, now));
            match next {
                Some(Next::Delivered) => self.delivered(id.sequence),
                Some(Next::Failed(failure)) => self.ledger.update(id.sequence, Stage::Failed(failure), false),
                Some(Next::Again(retry)) => self.ledger.update(id.sequence, Stage::Waiting(retry), true),
                None => {}
            }
        }
        self.advance(now);
        // Where it fails, it is tried again later.
        let _ = self.ledger.flush();
    }

    fn retry(&self, sequence: Sequence) -> Option<&Retry> {
        match &self.ledger.get(sequence)?.state.stage {
            Stage::Waiting(retry) => Some(retry),
            _ => None,
        }
    }

    /// Gives up what is of no use any more.
    pub(super) fn expire(&mut self, now: DateTime<Utc>) {
        while let Some(sequence) = self.ledger.schedule.late(now) {
            let attempts = self.retry(sequence).map_or(0, |retry| retry.attempts);
            self.ledger.update(sequence, Stage::Failed(Failure::TimedOut { attempts }), false);
        }
    }

    /// A message arrived.
    pub(super) fn delivered(&mut self, sequence: Sequence) {
        if let Some(entry) = self.ledger.get(sequence)
            && matches!(entry.state.stage, Stage::Waiting(_) | Stage::Failed(_))
        {
            self.ledger.update(sequence, Stage::Delivered, true);
        }
    }

    /// A response is wanted now: it is tried at once, also where it was given up.
    pub(super) fn hurry(&mut self, sequence: Sequence, now: DateTime<Utc>) {
        if self.ledger.schedule.is_in_flight(sequence) {
            return;
        }
        let until = self.window(now);
        let Some(entry) = self.ledger.get(sequence) else { return };
        let retry = match &entry.state.stage {
            Stage::Waiting(retry) if retry.next > now => Retry { next: now, ..retry.clone() },
            Stage::Failed(_) => Retry::new(now, until),
            _ => return,
        };
        self.ledger.update(sequence, Stage::Waiting(retry), true);
    }

    fn window(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_add_signed(self.config.backoff.window).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Sends a request.
    pub(super) fn send(
        &mut self,
        peer: Peer,
        message: impl Into<Payload>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        self.advance(now);
        let message = message.into();
        let kind = message.kind();
        if !kind.routing().contains(&(P::ROLE, peer.role)) {
            return Err(Error::Routing { kind, from: P::ROLE, to: peer.role });
        }
        if self.ledger.schedule.len() >= self.config.max_waiting {
            return Err(Error::Full { limit: self.config.max_waiting });
        }
        if let Some(until) = self.void_from(&peer, &message)
            && until <= now
        {
            return Err(Error::Expired(until));
        }
        check_schema(&message)?;
        self.check_rules(&message, now)?;
        let id = message.message_id().clone();
        self.post(peer, message, now)?;
        self.ledger.flush()?;
        Ok(id)
    }

    /// A response that the application wrote a part of, if the peer will take it.
    pub(super) fn checked(&self, response: Payload, now: DateTime<Utc>) -> Result<Payload, Error> {
        check_schema(&response)?;
        self.check_rules(&response, now)?;
        Ok(response)
    }

    /// What a peer would reject by the rules of trade is not sent either.
    fn check_rules(&self, message: &Payload, now: DateTime<Utc>) -> Result<(), Error> {
        // What we ask of those who send to us does not hold for what we send.
        let policy = Policy { severities: self.config.policy.severities.clone(), ..Policy::anyone() };
        let context = Context::new(&policy).at(now.into());
        let mut failures = validation::validate(message, &context);
        match conversation::validate(message, &context, &self.ledger) {
            Ok(more) => failures.extend(more),
            Err(never) => match never {},
        }
        let wording = Wording { with_values: true, ..self.config.wording };
        rejection_reason(&failures, wording).map_or(Ok(()), |reason| Err(Error::Invalid(reason)))
    }

    /// A message is to be sent, whatever it is.
    pub(super) fn post(
        &mut self,
        peer: Peer,
        message: Payload,
        now: DateTime<Utc>,
    ) -> Result<Sequence, sealing::Error> {
        let envelope = seal_message(&message, P::ROLE, &self.key)?
            .to_xml()
            .map_err(sealing::Error::Unwritable)?
            .into_bytes();
        let window = self.window(now);
        let until = self.void_from(&peer, &message).map_or(window, |void| void.min(window));
        Ok(self.ledger.insert(|sequence| Entry {
            sequence,
            direction: Direction::Sent,
            peer,
            at: now,
            message,
            envelope,
            key: None,
            state: State { stage: Stage::Waiting(Retry::new(now, until)), told: true },
        }))
    }

    pub(super) fn post_response(
        &mut self,
        peer: Peer,
        response: Option<Payload>,
        now: DateTime<Utc>,
    ) -> Result<(), sealing::Error> {
        response.map_or(Ok(()), |response| self.post(peer, response, now).map(drop))
    }

    /// When a message loses its use: with its own expiration, or that of what it refers to.
    fn void_from(&self, peer: &Peer, message: &Payload) -> Option<DateTime<Utc>> {
        let reference = match message {
            Payload::FlexOffer(offer) => offer.flex_request_message_id.as_ref(),
            Payload::FlexOrder(order) => order.flex_offer_message_id.as_ref(),
            _ => None,
        };
        let referred = reference.and_then(|id| self.ledger.received(peer, id));
        let referred = referred.and_then(|entry| entry.message.expiration());
        message.expiration().into_iter().chain(referred).map(xml_wire::DateTime::to_utc).min()
    }
}

/// What the schema would refuse is not sent.
///
/// Metering points are left out: their codes have more digits than every published schema says.
fn check_schema(message: &Payload) -> Result<(), Error> {
    if let Payload::Metering(metering) = message
        && !metering.ean.is_schema_valid()
    {
        let ean = "E0000000000000000".parse().expect("a metering point");
        return check_schema(&Metering { ean, ..metering.clone() }.into());
    }
    let document = message.to_xml().map_err(sealing::Error::Unwritable)?;
    Payload::from_xml_strict(document.as_bytes()).map(drop).map_err(|error| Error::Invalid(error.to_string()))
}
