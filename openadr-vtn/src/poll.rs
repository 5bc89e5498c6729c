use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Message;
use openadr_types::ids::{ReportRequestId, RequestId, VenId};
use openadr_types::poll::Poll;
use openadr_types::registration::RequestReregistration;
use openadr_types::response::{EiResponse, Response};

use crate::events::News;
use crate::notice::{Notice, Party};
use crate::peer::Peer;
use crate::refusal::Refusal;
use crate::ven::VenRecord;
use crate::vtn::Vtn;

/// How often a message is sent that is not answered.
const ATTEMPTS: u16 = 5;

/// How many VENs that are not known are remembered as having been asked to register again.
const STRANGERS: usize = 1000;

/// A message that waits to be polled, or having been sent waits for its answer.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    message: Message,
    sent: Option<DateTime<Utc>>,
    times: u16,
}

impl Outgoing {
    pub(crate) fn is_reregistration(&self) -> bool {
        matches!(self.message, Message::RequestReregistration(_))
    }

    /// Whether it asks for reports or cancels some.
    pub(crate) fn is_about_reports(&self) -> bool {
        matches!(self.message, Message::CreateReport(_) | Message::CancelReport(_))
    }

    pub(crate) fn offers_reports(&self) -> bool {
        matches!(self.message, Message::RegisterReport(_))
    }

    pub(crate) fn asks_for(&self, report_request_id: &ReportRequestId) -> bool {
        let Message::CreateReport(create) = &self.message else { return false };
        create.report_requests.iter().any(|request| request.report_request_id == *report_request_id)
    }
}

impl VenRecord {
    /// Queues a message.
    pub(crate) fn enqueue(&mut self, message: impl Into<Message>) {
        self.queue.push_back(Outgoing { message: message.into(), sent: None, times: 0 });
    }

    /// Queues a message that went out already, with an answer, and is sent on its own if nothing comes of that.
    pub(crate) fn enqueue_sent(&mut self, message: impl Into<Message>, now: DateTime<Utc>) {
        self.queue.push_back(Outgoing { message: message.into(), sent: Some(now), times: 0 });
    }

    /// Queues a message before all others.
    pub(crate) fn enqueue_first(&mut self, message: impl Into<Message>) {
        self.queue.push_front(Outgoing { message: message.into(), sent: None, times: 0 });
    }

    /// Takes what was answered out of the queue: of the messages sent that `asked` knows, the one with the request's
    /// identifier, or the first where the answer has none. Returns what `asked` says of it.
    pub(crate) fn settle<T>(
        &mut self,
        request_id: &RequestId,
        asked: impl Fn(&Message) -> Option<(RequestId, T)>,
    ) -> Option<T> {
        let is_answered = |outgoing: &Outgoing| {
            let such = asked(&outgoing.message).filter(|_| outgoing.sent.is_some());
            such.is_some_and(|(id, _)| id == *request_id || request_id.as_str().is_empty())
        };
        let place = self.queue.iter().position(is_answered)?;
        let outgoing = self.queue.remove(place)?;
        asked(&outgoing.message).map(|(_, what)| what)
    }

    /// The next message that is due, and those that are given up.
    fn next_outgoing(
        &mut self,
        now: DateTime<Utc>,
        resend_after: TimeDelta,
    ) -> (Option<Message>, Vec<Message>) {
        let is_due =
            |outgoing: &Outgoing| outgoing.sent.is_none_or(|sent| (now - sent).abs() >= resend_after);
        let mut given_up = Vec::new();
        while let Some(place) = self.queue.iter().position(is_due) {
            if let Some(outgoing) = self.queue.get_mut(place)
                && outgoing.times < ATTEMPTS
            {
                outgoing.sent = Some(now);
                outgoing.times += 1;
                return (Some(outgoing.message.clone()), given_up);
            }
            given_up.extend(self.queue.remove(place).map(|outgoing| outgoing.message));
        }
        (None, given_up)
    }
}

impl Vtn {
    /// Answers a poll with the one message that is next: about the registration, then new events, then what is queued,
    /// then events that were not answered.
    ///
    /// A VEN that is not known is asked to register again, as the VTN may have been restarted.
    pub(crate) fn poll(&mut self, poll: &Poll, peer: &Peer, now: DateTime<Utc>) -> Result<Message, Refusal> {
        if !self.vens.contains_key(&poll.ven_id) && self.may_be_admitted(&poll.ven_id, peer) {
            self.ask_stranger(&poll.ven_id);
            return Ok(RequestReregistration::new(poll.ven_id.clone()).into());
        }
        self.registered(&poll.ven_id, peer, now)?;
        let first = self.vens.get(&poll.ven_id).and_then(|ven| ven.queue.front());
        let about_registration = first.is_some_and(|outgoing| {
            matches!(
                outgoing.message,
                Message::CancelPartyRegistration(_) | Message::RequestReregistration(_)
            )
        });
        let news = self.news(&poll.ven_id, now);
        if (about_registration || news != News::New)
            && let Some(message) = self.next_queued(&poll.ven_id, now)
        {
            return Ok(message);
        }
        let response = EiResponse::ok("");
        Ok(match news {
            News::New | News::Repeated => self.distribute(&poll.ven_id, response, None, now).into(),
            News::None => Response::new(response, Some(poll.ven_id.clone())).into(),
        })
    }

    fn next_queued(&mut self, ven_id: &VenId, now: DateTime<Utc>) -> Option<Message> {
        let resend_after = self.config.resend_after();
        let (message, given_up) = self.vens.get_mut(ven_id)?.next_outgoing(now, resend_after);
        for unanswered in given_up {
            self.notices.push_back(Notice::Unanswered { ven_id: ven_id.clone(), message: unanswered.name() });
            self.give_up(ven_id, &unanswered);
        }
        message
    }

    /// What a message asked for will not be.
    fn give_up(&mut self, ven_id: &VenId, message: &Message) {
        let Some(ven) = self.vens.get_mut(ven_id) else { return };
        match message {
            Message::CreateReport(create) => {
                for request in &create.report_requests {
                    ven.requests.remove(&request.report_request_id);
                }
            }
            Message::CancelReport(cancel) => {
                for request in &cancel.report_request_ids {
                    ven.requests.remove(request);
                }
            }
            Message::CancelPartyRegistration(_) => self.unregister(ven_id, Party::Vtn),
            _ => {}
        }
    }

    fn ask_stranger(&mut self, ven_id: &VenId) {
        if self.strangers.len() >= STRANGERS {
            self.strangers.pop_first();
        }
        self.strangers.insert(ven_id.clone());
    }

    /// A VEN's acknowledgement. Only that of a re-registration request says anything: the VEN is on its way.
    pub(crate) fn acknowledged(&mut self, response: &Response, peer: &Peer, now: DateTime<Utc>) {
        let Some(ven_id) = &response.ven_id else { return };
        let Ok(ven) = self.registered(ven_id, peer, now) else { return };
        ven.settle(&RequestId::default(), |message| match message {
            Message::RequestReregistration(_) => Some((RequestId::default(), ())),
            _ => None,
        });
    }
}
