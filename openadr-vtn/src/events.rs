use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::event::{
    CreatedEvent, DistributeEvent, EventDescriptor, EventResponse, EventStatus, RequestEvent,
    ResponseRequired,
};
use openadr_types::ids::{EventId, VenId};
use openadr_types::opt::CreateOpt;
use openadr_types::response::{EiResponse, Response};

use crate::error::Error;
use crate::event::{Answer, Answers, EventRecord};
use crate::notice::Notice;
use crate::peer::Peer;
use crate::plan::NewEvent;
use crate::refusal::Refusal;
use crate::ven::{Delivery, VenRecord};
use crate::vtn::Vtn;

/// How often a VEN is sent an event that it is not to answer: replies get lost, and nothing tells which.
const UNANSWERED_SENDS: u16 = 2;

/// How often a VEN is told of a cancellation that it does not answer.
const CANCELLATION_SENDS: u16 = 5;

impl Vtn {
    /// Creates an event. The VENs that it is for get it when they poll.
    ///
    /// # Errors
    /// When the event contradicts itself or would be over already, its identifier is taken, or it overlaps another in
    /// its market context for the same VEN.
    pub fn create_event(&mut self, event: NewEvent, now: DateTime<Utc>) -> Result<EventId, Error> {
        event.check(now)?;
        let id = match &event.event_id {
            Some(id) if self.events.contains_key(id) => return Err(Error::EventExists(id.clone())),
            Some(id) => id.clone(),
            None => EventId::from(self.ids.next("event")),
        };
        self.check_overlap(&id, &event, now)?;
        self.events.insert(id.clone(), EventRecord::new(id.clone(), event));
        self.wake_by(now);
        self.handle_timeout(now);
        Ok(id)
    }

    /// Changes an event, before or while it is active; its modification number rises by one.
    ///
    /// VENs that it is not for any more are told that it is cancelled.
    ///
    /// ```
    /// # use openadr_types::event::{EventSignal, Level};
    /// # use openadr_vtn::{Config, NewEvent, Vtn};
    /// # let mut vtn = Vtn::new(Config::default(), 1);
    /// # let now = "2026-11-23T09:00:00Z".parse()?;
    /// # let start = "2026-11-23T17:00:00Z".parse()?;
    /// # let signal = EventSignal::simple("level", [("PT1H".parse()?, Level::High)]);
    /// # let id = vtn.create_event(NewEvent::new("http://example.com/peak", start, signal), now)?;
    /// let later: chrono::DateTime<chrono::Utc> = "2026-11-23T18:00:00Z".parse()?;
    /// vtn.modify_event(&id, |event| event.period.start = later.into(), now)?;
    /// assert_eq!(vtn.event(&id).map(|event| event.modification_number()), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such event, it is over, or what would become of it is refused as at its creation.
    pub fn modify_event(
        &mut self,
        id: &EventId,
        change: impl FnOnce(&mut NewEvent),
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut plan = self.pending(id, now)?.plan.clone();
        change(&mut plan);
        plan.check(now)?;
        self.check_overlap(id, &plan, now)?;
        self.pending(id, now)?.modify(plan, now);
        self.wake_by(now);
        self.handle_timeout(now);
        Ok(())
    }

    /// Cancels an event, before or while it is active.
    ///
    /// # Errors
    /// When there is no such event, or it is over.
    pub fn cancel_event(&mut self, id: &EventId, now: DateTime<Utc>) -> Result<(), Error> {
        self.pending(id, now)?.cancel(now);
        self.wake_by(now);
        self.handle_timeout(now);
        Ok(())
    }

    /// The events that are not forgotten yet, in no order that means anything.
    pub fn events(&self) -> impl Iterator<Item = &EventRecord> {
        self.events.values()
    }

    /// One of these.
    pub fn event(&self, id: &EventId) -> Option<&EventRecord> {
        self.events.get(id)
    }

    /// What VENs answered to an event, the latest of each.
    pub fn event_answers(&self, id: &EventId) -> impl Iterator<Item = (&VenId, &Answer)> {
        self.events.get(id).into_iter().flat_map(EventRecord::answers)
    }

    fn pending(&mut self, id: &EventId, now: DateTime<Utc>) -> Result<&mut EventRecord, Error> {
        let event = self.events.get_mut(id).ok_or_else(|| Error::UnknownEvent(id.clone()))?;
        if event.is_over(now) { Err(Error::EventOver(id.clone())) } else { Ok(event) }
    }

    /// No two events of a market context at the same time for the same VEN, unless for different resources of it.
    fn check_overlap(&self, id: &EventId, plan: &NewEvent, now: DateTime<Utc>) -> Result<(), Error> {
        let rival = self.events.values().find(|event| {
            event.id() != id
                && !event.is_over(now)
                && event.plan.market_context == plan.market_context
                && event.plan.is_at_the_same_time(plan)
                && self.share_a_ven(&event.plan, plan)
        });
        rival.map_or(Ok(()), |rival| Err(Error::Overlap(rival.id().clone())))
    }

    fn share_a_ven(&self, one: &NewEvent, other: &NewEvent) -> bool {
        let (one, other) = (&one.target, &other.target);
        let apart = |a: &[_], b: &[_]| !a.is_empty() && !b.is_empty() && !a.iter().any(|id| b.contains(id));
        if apart(&one.resource_ids, &other.resource_ids) {
            return false;
        }
        if !one.ven_ids.is_empty() && !other.ven_ids.is_empty() {
            return one.ven_ids.iter().any(|ven_id| other.ven_ids.contains(ven_id));
        }
        // VENs that register later count as well where both are for all or for the same ones.
        let same = one.is_empty() || other.is_empty() || one == other;
        same || self.vens.values().any(|ven| ven.is_target(one) && ven.is_target(other))
    }

    /// A VEN asks for all of its events.
    pub(crate) fn request_event(
        &mut self,
        request: &RequestEvent,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        self.registered(&request.ven_id, peer, now)?;
        let response = EiResponse::ok(request.request_id.clone());
        Ok(self.distribute(&request.ven_id, response, request.reply_limit, now).into())
    }

    /// Whether a VEN is to be sent its events without having asked for them.
    pub(crate) fn news(&self, ven_id: &VenId, now: DateTime<Utc>) -> News {
        let Some(ven) = self.vens.get(ven_id) else { return News::None };
        let shown = self.events.values().filter_map(|event| Some(self.shown(event, ven, now)?.news));
        shown.chain(self.missing(ven, now).map(|(_, news)| news)).max().unwrap_or(News::None)
    }

    /// All events that a VEN is to know of, which thereby count as sent.
    pub(crate) fn distribute(
        &mut self,
        ven_id: &VenId,
        response: EiResponse,
        limit: Option<u32>,
        now: DateTime<Utc>,
    ) -> DistributeEvent {
        let mut message = DistributeEvent {
            response: Some(response),
            ..DistributeEvent::new(self.ids.next("request"), self.config.vtn_id.clone())
        };
        let Some(ven) = self.vens.get(ven_id) else { return message };
        let mut shown: Vec<(&EventRecord, EventStatus)> = self
            .events
            .values()
            .filter_map(|event| Some((event, self.shown(event, ven, now)?.status)))
            .collect();
        shown.sort_by_cached_key(|(event, status)| event.order(*status));
        let missing: Vec<EventId> = self.missing(ven, now).map(|(event, _)| event.id().clone()).collect();
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        shown.truncate(limit);
        message.events =
            shown.iter().map(|(event, status)| event.distributed(ven_id, *status, now)).collect();
        if let Some(ven) = self.vens.get_mut(ven_id) {
            for sent in &message.events {
                let descriptor = &sent.event.descriptor;
                ven.sent(descriptor, now);
            }
            missing.iter().for_each(|event_id| ven.missed(event_id, now));
        }
        for event_id in missing {
            self.events.get_mut(&event_id).and_then(|event| event.answers.remove(ven_id));
        }
        message
    }

    /// The events that a VEN was sent and that are not for it any more, although they are what they were: it, or what it
    /// belongs to, is another.
    ///
    /// **Interpretation:** they vanish from its list, which cancels them for it (rule 61). Shown as cancelled they would
    /// need another modification number (rule 5), which would be one for all VENs, and would stay cancelled where they
    /// are for the VEN again later. Nothing tells whether a list has arrived, so it is sent more than once.
    fn missing(&self, ven: &VenRecord, now: DateTime<Utc>) -> impl Iterator<Item = (&EventRecord, News)> {
        ven.deliveries.iter().filter_map(move |(event_id, sent)| {
            let event = self.events.get(event_id)?;
            if !self.has_left(event, ven, sent) || event.is_over(now) {
                return None;
            }
            let is_due = (now - sent.at).abs() >= self.config.resend_after();
            let news = match sent.missing {
                0 => News::New,
                missing if missing < UNANSWERED_SENDS && is_due => News::Repeated,
                _ => News::None,
            };
            Some((event, news))
        })
    }

    /// Whether an event was for a VEN, and without having been modified is not any more.
    fn has_left(&self, event: &EventRecord, ven: &VenRecord, sent: &Delivery) -> bool {
        sent.live && sent.modification_number == event.modification_number() && !ven.is_for(event)
    }

    /// Whether and how a VEN is shown an event.
    fn shown(&self, event: &EventRecord, ven: &VenRecord, now: DateTime<Utc>) -> Option<Shown> {
        let is_for = ven.is_for(event);
        // Where it was missing from the list, it has to be sent anew.
        let delivery = ven.deliveries.get(event.id()).filter(|sent| !is_for || sent.missing == 0);
        let status = event.status(now);
        if !is_for && delivery.is_none_or(|sent| self.has_left(event, ven, sent)) {
            return None;
        }
        let status = if is_for { status } else { EventStatus::Cancelled };
        let present = delivery.filter(|sent| sent.modification_number == event.modification_number());
        let is_settled = present.is_some_and(|sent| match event.plan.response_required {
            ResponseRequired::Never => sent.times >= UNANSWERED_SENDS,
            ResponseRequired::Always => {
                sent.answered || status == EventStatus::Cancelled && sent.times >= CANCELLATION_SENDS
            }
        });
        let news = match present {
            None => News::New,
            Some(sent) if !is_settled && (now - sent.at).abs() >= self.config.resend_after() => {
                News::Repeated
            }
            Some(_) => News::None,
        };
        match status {
            EventStatus::Cancelled => (delivery.is_some() && !is_settled).then_some(Shown { status, news }),
            EventStatus::Completed => {
                let lingers = delivery.is_some() && event.lingers(now, self.config.poll_freq);
                lingers.then_some(Shown { status, news: News::None })
            }
            EventStatus::None | EventStatus::Far | EventStatus::Near | EventStatus::Active => {
                Some(Shown { status, news })
            }
        }
    }

    /// A VEN answers events.
    pub(crate) fn created_event(
        &mut self,
        created: &CreatedEvent,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let ven = self.registered(&created.ven_id, peer, now)?;
        if !created.response.code.is_success() && created.answers().is_empty() {
            // It made nothing of the message as a whole; the same again would not help it.
            ven.deliveries.values_mut().for_each(|delivery| delivery.answered = true);
            let ven_id = created.ven_id.clone();
            let (code, description) = (created.response.code, created.response.description.clone());
            self.notices.push_back(Notice::EventsRefused { ven_id, code, description });
        }
        let mut outcome = Ok(());
        for response in created.answers() {
            outcome = outcome.and(self.answered(&created.ven_id, response, now));
        }
        outcome?;
        let request_id = created.response.request_id.clone();
        Ok(Response::new(EiResponse::ok(request_id), Some(created.ven_id.clone())).into())
    }

    fn answered(
        &mut self,
        ven_id: &VenId,
        response: &EventResponse,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let answered = response.qualified_event_id.modification_number;
        let answer = Answer {
            opt_type: response.opt_type,
            code: response.code,
            modification_number: answered,
            opt_id: None,
            at: now,
        };
        self.record_answer(ven_id, &response.qualified_event_id.event_id, answered, |answers| {
            answers.created = Some(answer);
        })
    }

    /// Records an answer to the present state of an event that the VEN was sent, and notices if it changes anything.
    pub(crate) fn record_answer(
        &mut self,
        ven_id: &VenId,
        event_id: &EventId,
        answered: u32,
        record: impl FnOnce(&mut Answers),
    ) -> Result<(), Refusal> {
        let unknown = || Refusal::UnknownEvent(event_id.clone());
        let event = self.events.get_mut(event_id).ok_or_else(unknown)?;
        let ven = self.vens.get_mut(ven_id).ok_or_else(unknown)?;
        let delivery =
            ven.deliveries.get_mut(event_id).filter(|sent| sent.missing == 0).ok_or_else(unknown)?;
        let present = event.modification_number();
        if answered != present {
            return Err(Refusal::OtherModification { event_id: event_id.clone(), present, answered });
        }
        delivery.answered = true;
        let answers = event.answers.entry(ven_id.clone()).or_default();
        let said =
            |answers: &Answers| answers.effective().map(|a| (a.opt_type, a.code, a.modification_number));
        let before = said(answers);
        record(answers);
        let after = said(answers);
        if before != after
            && let Some((opt_type, code, _)) = after
        {
            let event = event.qualified_id();
            self.notices.push_back(Notice::Opt { ven_id: ven_id.clone(), event, opt_type, code });
        }
        Ok(())
    }
}

/// How a VEN is shown an event.
struct Shown {
    status: EventStatus,
    news: News,
}

/// Whether something is to be sent without having been asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum News {
    /// No.
    None,
    /// The VEN was sent it and has not answered.
    Repeated,
    /// The VEN was not sent it yet.
    New,
}

impl VenRecord {
    fn is_for(&self, event: &EventRecord) -> bool {
        !self.report_only && self.is_target(&event.plan.target)
    }

    fn sent(&mut self, event: &EventDescriptor, now: DateTime<Utc>) {
        let modification_number = event.modification_number;
        let live = event.status != EventStatus::Cancelled;
        let fresh = || Delivery { modification_number, at: now, times: 0, answered: false, live, missing: 0 };
        let delivery = self.deliveries.entry(event.event_id.clone()).or_insert_with(fresh);
        if delivery.modification_number != modification_number || delivery.missing > 0 {
            *delivery = fresh();
        }
        delivery.at = now;
        delivery.times = delivery.times.saturating_add(1);
    }

    /// An event that it was sent was not in its list, and so is cancelled for it.
    fn missed(&mut self, event_id: &EventId, now: DateTime<Utc>) {
        if let Some(delivery) = self.deliveries.get_mut(event_id) {
            delivery.at = now;
            delivery.missing = delivery.missing.saturating_add(1);
        }
        let is_about = |opt: &CreateOpt| {
            opt.qualified_event_id.as_ref().is_some_and(|event| event.event_id == *event_id)
        };
        self.opts.retain(|_, (_, opt)| !is_about(opt));
    }
}
