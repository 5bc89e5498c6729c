use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::ids::{EventId, RequestId, VenId};
use openadr_types::message::Service;
use openadr_types::response::{EiResponse, Response};

use crate::config::{Config, Signatures};
use crate::event::EventRecord;
use crate::ids::Ids;
use crate::notice::Notice;
use crate::peer::Peer;
use crate::refusal::Refusal;
use crate::ven::VenRecord;

/// A virtual top node: all of its protocol state, and no I/O, clock or randomness of its own.
///
/// The loop, whatever drives it:
///
/// 1. Give each message that arrives to [`handle`](Self::handle), with the service it was posted to, and send the
///    [`Reply`] back. Answer a payload that cannot be read with [`refuse`](Self::refuse).
/// 2. Take notices from [`poll_event`](Self::poll_event) until there are none.
/// 3. At the time that [`poll_timeout`](Self::poll_timeout) says, call [`handle_timeout`](Self::handle_timeout) and take
///    notices again. Being late does no harm: statuses of events that VENs are shown depend on the time of the message.
/// 4. In between, call what the operator wants: [`create_event`](Self::create_event) and so on. It reaches VENs as they
///    poll.
///
/// Time may pass at any speed. Where it goes back, VENs are sent what they are due all the same; the operator may be told
/// of statuses late.
///
/// ```
/// use openadr_types::Message;
/// use openadr_types::message::Service;
/// use openadr_types::registration::CreatePartyRegistration;
/// use openadr_vtn::{Config, Peer, Reply, Vtn};
///
/// let mut vtn = Vtn::new(Config::default(), 1);
/// let now = "2026-11-23T09:00:00Z".parse()?;
/// let request = CreatePartyRegistration::pull("request-1", "Heat pump").into();
/// let reply = vtn.handle(Service::RegisterParty, &Peer::default(), request, now);
/// let Reply::Message(Message::CreatedPartyRegistration(created)) = reply else { panic!("{reply:?}") };
/// assert!(created.response.code.is_success());
/// assert!(created.ven_id.is_some());
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug)]
pub struct Vtn {
    pub(crate) config: Config,
    pub(crate) ids: Ids,
    pub(crate) vens: BTreeMap<VenId, VenRecord>,
    pub(crate) events: BTreeMap<EventId, EventRecord>,
    /// VENs that are not known, but were asked to register again.
    pub(crate) strangers: BTreeSet<VenId>,
    pub(crate) notices: VecDeque<Notice>,
    /// No timeout is due before this.
    wake: Option<DateTime<Utc>>,
}

/// What a VEN is sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "handed over once, never stored")]
pub enum Reply {
    /// A message.
    Message(Message),
    /// Nothing: what arrived was itself an acknowledgement.
    Empty,
}

impl Vtn {
    /// A VTN that knows no VENs and no events.
    ///
    /// The seed decides which identifiers it hands out. It should differ each time a VTN starts, or VENs of before may
    /// hold identifiers that now are another's.
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            config,
            ids: Ids::new(seed),
            vens: BTreeMap::new(),
            events: BTreeMap::new(),
            strangers: BTreeSet::new(),
            notices: VecDeque::new(),
            wake: None,
        }
    }

    /// How it behaves.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes a message that was posted to `service` by `peer`, and returns what to send back.
    pub fn handle(&mut self, service: Service, peer: &Peer, message: Message, now: DateTime<Utc>) -> Reply {
        self.handle_timeout(now);
        if let Err(refusal) = self.check_certificates(peer) {
            return Reply::Message(self.refused(&message, refusal));
        }
        if let Message::Response(response) = &message {
            self.acknowledged(response, peer, now);
            return Reply::Empty;
        }
        let answer = if message.service() == service {
            self.dispatch(&message, peer, now)
        } else {
            Err(Refusal::WrongService { message: message.name(), service })
        };
        Reply::Message(answer.unwrap_or_else(|refusal| self.refused(&message, refusal)))
    }

    /// Tells the operator of a refusal; the answer to the VEN.
    fn refused(&mut self, message: &Message, refusal: Refusal) -> Message {
        let answer = refusal.answer(message, &self.config.vtn_id);
        let ven_id = sender(message).cloned();
        self.notices.push_back(Notice::Refused { ven_id, message: message.name(), refusal });
        answer
    }

    /// What can be said before it is known which VEN it is.
    fn check_certificates(&self, peer: &Peer) -> Result<(), Refusal> {
        if peer.contradicts_itself() {
            Err(Refusal::TwoCertificates)
        } else if self.config.signatures == Signatures::Required && peer.signed_by.is_none() {
            Err(Refusal::Unsigned)
        } else {
            Ok(())
        }
    }

    /// What to send back for a payload that could not be read: `oadrResponse` with code 454, saying what is wrong where.
    pub fn refuse(&mut self, error: &openadr_types::Error) -> Message {
        let refusal = Refusal::from(error);
        let answer = refusal.bare(&RequestId::default(), None);
        self.notices.push_back(Notice::Refused { ven_id: None, message: "unreadable payload", refusal });
        answer
    }

    /// What to send back for a payload whose signature does not hold: the answer to the message that it claims to be,
    /// where it can be read, with the code of the error.
    #[cfg(feature = "signature")]
    #[cfg_attr(docsrs, doc(cfg(feature = "signature")))]
    pub fn refuse_signature(
        &mut self,
        error: &openadr_types::signature::Error,
        claimed: Option<&Message>,
    ) -> Message {
        let refusal = Refusal::from(error);
        if let Some(message) = claimed {
            return self.refused(message, refusal);
        }
        let answer = refusal.bare(&RequestId::default(), None);
        self.notices.push_back(Notice::Refused { ven_id: None, message: "unreadable payload", refusal });
        answer
    }

    fn dispatch(&mut self, message: &Message, peer: &Peer, now: DateTime<Utc>) -> Result<Message, Refusal> {
        match message {
            Message::QueryRegistration(query) => Ok(self.query_registration(query, peer)),
            Message::CreatePartyRegistration(create) => self.create_registration(create, peer, now),
            Message::CancelPartyRegistration(cancel) => self.registration_cancelled(cancel, peer, now),
            Message::CanceledPartyRegistration(canceled) => self.cancellation_answered(canceled, peer, now),
            Message::Poll(poll) => self.poll(poll, peer, now),
            Message::RequestEvent(request) => self.request_event(request, peer, now),
            Message::CreatedEvent(created) => self.created_event(created, peer, now),
            Message::RegisterReport(register) => self.register_report(register, peer, now),
            Message::CreatedReport(created) => self.created_report(created, peer, now),
            Message::UpdateReport(update) => self.update_report(update, peer, now),
            Message::CanceledReport(canceled) => self.canceled_report(canceled, peer, now),
            Message::CreateReport(create) => self.report_wanted(create, peer, now),
            Message::CancelReport(cancel) => self.report_unwanted(cancel, peer, now),
            Message::RegisteredReport(registered) => self.registered_report(registered, peer, now),
            Message::UpdatedReport(updated) => {
                let ven = self.registered_or_only(updated.ven_id.as_ref(), peer, now)?.id.clone();
                Ok(Response::new(EiResponse::ok(updated.response.request_id.clone()), Some(ven)).into())
            }
            Message::CreateOpt(create) => self.create_opt(create, peer, now),
            Message::CancelOpt(cancel) => self.cancel_opt(cancel, peer, now),
            Message::DistributeEvent(_)
            | Message::CreatedOpt(_)
            | Message::CanceledOpt(_)
            | Message::CreatedPartyRegistration(_)
            | Message::RequestReregistration(_)
            | Message::Response(_) => Err(Refusal::WrongDirection(message.name())),
        }
    }

    /// The next notice for the operator.
    pub fn poll_event(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), if no message arrives before.
    pub fn poll_timeout(&self) -> Option<DateTime<Utc>> {
        self.wake
    }

    /// Notices what the time brings: events that reach another status, VENs that fall silent.
    pub fn handle_timeout(&mut self, now: DateTime<Utc>) {
        if self.wake.is_none_or(|wake| now < wake) {
            return;
        }
        let mut next: Option<DateTime<Utc>> = None;
        let mut wake_at = |at: DateTime<Utc>| next = Some(next.map_or(at, |earlier| earlier.min(at)));
        let keep = self.config.keep_ended;
        self.events.retain(|_, event| event.ended().is_none_or(|ended| now - ended < keep));
        for event in self.events.values_mut() {
            let status = event.status(now);
            if status != event.told {
                event.told = status;
                self.notices.push_back(Notice::Event { event_id: event.id().clone(), status });
            }
            event.next_change(now).into_iter().for_each(&mut wake_at);
            event.ended().filter(|ended| *ended <= now).into_iter().for_each(|ended| wake_at(ended + keep));
        }
        let patience = self.config.patience();
        for ven in self.vens.values_mut() {
            ven.deliveries.retain(|event, _| self.events.contains_key(event));
            ven.opts.retain(|_, (_, opt)| {
                let event = opt.qualified_event_id.as_ref();
                event.is_none_or(|event| self.events.contains_key(&event.event_id))
            });
            if ven.registration_id.is_none() || ven.silent {
                continue;
            }
            if now - ven.last_seen >= patience {
                ven.silent = true;
                self.notices.push_back(Notice::Silent { ven_id: ven.id.clone(), last_seen: ven.last_seen });
            } else {
                wake_at(ven.last_seen + patience);
            }
        }
        self.wake = next;
    }

    /// Sees to it that the next timeout is not after `at`.
    pub(crate) fn wake_by(&mut self, at: DateTime<Utc>) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    /// The VENs that have registered, now or before.
    pub fn vens(&self) -> impl Iterator<Item = &VenRecord> {
        self.vens.values()
    }

    /// One of these.
    pub fn ven(&self, ven_id: &VenId) -> Option<&VenRecord> {
        self.vens.get(ven_id)
    }

    /// The registered VEN that a message names, which thereby was heard of.
    pub(crate) fn registered(
        &mut self,
        ven_id: &VenId,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<&mut VenRecord, Refusal> {
        let ven = self.vens.get_mut(ven_id).ok_or_else(|| Refusal::UnknownVen(Some(ven_id.clone())))?;
        if ven.fingerprint.is_some() && ven.fingerprint != peer.certificate() {
            return Err(Refusal::WrongCertificate(ven_id.clone()));
        }
        if ven.signs && peer.signed_by.is_none() {
            return Err(Refusal::Unsigned);
        }
        if ven.registration_id.is_none() {
            return Err(Refusal::NotRegistered(ven_id.clone()));
        }
        ven.last_seen = now;
        if ven.silent {
            ven.silent = false;
            self.notices.push_back(Notice::Returned { ven_id: ven_id.clone() });
            let patience = self.config.patience();
            self.wake = Some(self.wake.map_or(now + patience, |wake| wake.min(now + patience)));
        }
        Ok(ven)
    }

    /// The same for a message that need not name its VEN: by its certificate, or the only one there is.
    pub(crate) fn registered_or_only(
        &mut self,
        ven_id: Option<&VenId>,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<&mut VenRecord, Refusal> {
        let ven_id = match ven_id.filter(|ven_id| !ven_id.as_str().is_empty()) {
            Some(ven_id) => ven_id.clone(),
            None => self.unnamed(peer).ok_or(Refusal::UnknownVen(None))?,
        };
        self.registered(&ven_id, peer, now)
    }

    fn unnamed(&self, peer: &Peer) -> Option<VenId> {
        let mut registered = self.vens.values().filter(|ven| ven.registration_id.is_some());
        let shown = peer.certificate();
        let known = |ven: &&VenRecord| shown.is_some() && ven.fingerprint == shown;
        if let Some(ven) = self.vens.values().find(known) {
            return Some(ven.id.clone());
        }
        let only = registered.next()?;
        registered.next().is_none().then(|| only.id.clone())
    }
}

/// Who sent a message, as far as it says.
fn sender(message: &Message) -> Option<&VenId> {
    match message {
        Message::CreatePartyRegistration(create) => create.ven_id.as_ref(),
        Message::CancelPartyRegistration(cancel) => cancel.ven_id.as_ref(),
        Message::CanceledPartyRegistration(canceled) => canceled.ven_id.as_ref(),
        Message::Poll(poll) => Some(&poll.ven_id),
        Message::RequestEvent(request) => Some(&request.ven_id),
        Message::CreatedEvent(created) => Some(&created.ven_id),
        Message::RegisterReport(register) => register.ven_id.as_ref(),
        Message::RegisteredReport(registered) => registered.ven_id.as_ref(),
        Message::CreateReport(create) => create.ven_id.as_ref(),
        Message::CreatedReport(created) => created.ven_id.as_ref(),
        Message::UpdateReport(update) => update.ven_id.as_ref(),
        Message::UpdatedReport(updated) => updated.ven_id.as_ref(),
        Message::CancelReport(cancel) => cancel.ven_id.as_ref(),
        Message::CanceledReport(canceled) => canceled.ven_id.as_ref(),
        Message::CreateOpt(create) => Some(&create.ven_id),
        Message::CancelOpt(cancel) => Some(&cancel.ven_id),
        Message::Response(response) => response.ven_id.as_ref(),
        Message::QueryRegistration(_)
        | Message::DistributeEvent(_)
        | Message::CreatedPartyRegistration(_)
        | Message::RequestReregistration(_)
        | Message::CreatedOpt(_)
        | Message::CanceledOpt(_) => None,
    }
}
