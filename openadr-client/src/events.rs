use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use openadr_types::event::{Event, EventResponse, EventStatus, OptType, QualifiedEventId, ResponseRequired};
use openadr_types::ids::{EventId, RequestId, SignalId};
use openadr_types::response::ResponseCode;

use crate::config::OptChange;
use crate::error::Error;
use crate::known::{Decision, InForce, KnownEvent, SignalValue, Told};
use crate::notice::Notice;
use crate::ven::Shared;

/// All events of a VEN, and what is still to be answered.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) known: BTreeMap<EventId, KnownEvent>,
    answers: Vec<Answer>,
    /// Whether to ask the VTN for all events.
    pub(crate) ask: bool,
    /// Whether the registration is another than that which brought the events: modifications may be counted anew.
    pub(crate) anew: bool,
}

/// An answer that is due for a received event.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) event: QualifiedEventId,
    pub(crate) request_id: RequestId,
    pub(crate) verdict: Verdict,
}

#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// Whatever is decided when the answer is sent.
    Decision,
    /// This, without there being anything to decide.
    Opt(OptType),
    Refusal(Refusal),
}

#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: ResponseCode,
    pub(crate) description: &'static str,
}

impl Events {
    pub(crate) fn restore(known: Vec<KnownEvent>) -> Self {
        Self {
            known: known.into_iter().map(|event| (event.id().clone(), event)).collect(),
            ..Self::default()
        }
    }

    pub(crate) fn known(&self) -> impl Iterator<Item = &KnownEvent> {
        self.known.values()
    }

    pub(crate) fn get(&self, event_id: &EventId) -> Option<&KnownEvent> {
        self.known.get(event_id)
    }

    /// Puts an answer in the row; it stands in for an earlier one for the same event that was not sent yet.
    pub(crate) fn answer(&mut self, answer: Answer) {
        self.answers.retain(|other| other.event.event_id != answer.event.event_id);
        self.answers.push(answer);
    }

    /// Decides for the application; says whether a change of mind is to be sent.
    pub(crate) fn opt(
        &mut self,
        event_id: &EventId,
        opt: OptType,
        now: DateTime<Utc>,
        shared: &mut Shared,
    ) -> Result<Change, Error> {
        let known = self.known.get_mut(event_id).ok_or_else(|| Error::UnknownEvent(event_id.clone()))?;
        let closed = known.ended_by_vtn.is_some()
            || known.status(now) == EventStatus::Completed
            || matches!(known.decision, Decision::Refused(_));
        if closed {
            return Err(Error::NotOpen(event_id.clone()));
        }
        let before = known.decision.opt();
        // An answer in the row may be one more of an event that was opted for by EiOpt since, which outranks it.
        let outranked = shared.config.opt_change == OptChange::CreateOpt
            && !matches!(known.decision, Decision::Open { .. });
        known.decision = Decision::Opted(opt);
        let told = known.response_required == ResponseRequired::Never
            || !outranked && self.answers.iter().any(|answer| answer.event.event_id == *event_id);
        let change = if told || before == opt { Change::None } else { Change::Told(qualified(&known.event)) };
        self.advance(now, shared);
        Ok(change)
    }

    /// Puts an answer in the row for an event that was answered otherwise before.
    pub(crate) fn answer_again(&mut self, event_id: &EventId) {
        if let Some(known) = self.known.get(event_id) {
            let answer = Answer {
                event: qualified(&known.event),
                request_id: known.request_id.clone(),
                verdict: Verdict::Decision,
            };
            self.answer(answer);
        }
    }

    /// When answers are due, where there are any: at once, unless the application is asked; then with its decision,
    /// and with the next regular poll at the latest (rules 12 and 62).
    pub(crate) fn answers_due(&self, now: DateTime<Utc>, poll_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let due = |answer: &Answer| match (&answer.verdict, self.known.get(&answer.event.event_id)) {
            (Verdict::Decision, Some(KnownEvent { decision: Decision::Open { until, .. }, .. })) => {
                (*until).min(poll_at)
            }
            _ => now,
        };
        self.answers.iter().map(due).max()
    }

    /// The answers in the row, as they are to be sent.
    pub(crate) fn take_answers(&mut self) -> (Vec<EventResponse>, Vec<Answer>) {
        let answers = std::mem::take(&mut self.answers);
        (answers.iter().map(|answer| self.response(answer)).collect(), answers)
    }

    fn response(&self, answer: &Answer) -> EventResponse {
        let opt = match &answer.verdict {
            Verdict::Decision => {
                self.known.get(&answer.event.event_id).map_or(OptType::Out, |known| known.decision.opt())
            }
            Verdict::Opt(opt) => *opt,
            Verdict::Refusal(refusal) => {
                return EventResponse {
                    code: refusal.code,
                    description: Some(refusal.description.to_owned()),
                    request_id: answer.request_id.clone(),
                    qualified_event_id: answer.event.clone(),
                    opt_type: OptType::Out,
                };
            }
        };
        EventResponse::new(answer.request_id.clone(), answer.event.clone(), opt)
    }

    /// Puts answers back that did not get through, unless there are newer ones.
    pub(crate) fn put_back(&mut self, answers: Vec<Answer>) {
        for answer in answers {
            if self.answers.iter().all(|newer| newer.event.event_id != answer.event.event_id) {
                self.answers.push(answer);
            }
        }
    }

    /// Forgets all events; those that run end.
    pub(crate) fn clear(&mut self, shared: &mut Shared) {
        for known in self.known.values_mut() {
            tell_ended(known, shared);
        }
        *self = Self::default();
    }

    /// Closes questions and tells the application what the clock has changed.
    pub(crate) fn advance(&mut self, now: DateTime<Utc>, shared: &mut Shared) {
        for known in self.known.values_mut() {
            if let Decision::Open { default, until } = known.decision
                && until <= now
            {
                known.decision = Decision::Opted(default);
            }
            tell(known, now, shared);
        }
    }

    pub(crate) fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.known.values().filter_map(|known| known.next_change(now)).min()
    }

    /// Real events before tests, then by priority, then by start.
    pub(crate) fn in_force(&self, at: DateTime<Utc>) -> Vec<InForce> {
        let mut running: Vec<&KnownEvent> =
            self.known.values().filter(|known| known.is_running(at)).collect();
        let rank =
            |known: &KnownEvent| known.event.descriptor.priority.filter(|p| *p > 0).unwrap_or(u32::MAX);
        running.sort_by_key(|known| (known.event.descriptor.is_test(), rank(known), known.start));
        let signals = |known: &&KnownEvent| {
            let descriptor = known.event.descriptor.clone();
            known.values(at).into_iter().map(move |signal| InForce {
                event_id: descriptor.event_id.clone(),
                market_context: descriptor.market_context.clone(),
                test: descriptor.is_test(),
                priority: descriptor.priority.unwrap_or(0),
                signal,
            })
        };
        running.iter().flat_map(signals).collect()
    }
}

/// Whether a decision of the application has to be told to the VTN on its own.
#[derive(Debug)]
pub(crate) enum Change {
    None,
    Told(QualifiedEventId),
}

pub(crate) fn qualified(event: &Event) -> QualifiedEventId {
    QualifiedEventId::new(event.descriptor.event_id.clone(), event.descriptor.modification_number)
}

fn tell(known: &mut KnownEvent, now: DateTime<Utc>, shared: &mut Shared) {
    let takes_part = known.decision == Decision::Opted(OptType::In);
    match known.status(now) {
        EventStatus::Active if takes_part => {
            let values = known.values(now);
            let told = Told::Running(positions(&values));
            if known.told == told {
                return;
            }
            let (event_id, test) = (known.id().clone(), known.event.descriptor.is_test());
            shared.notices.push_back(match known.told {
                Told::Running(_) => Notice::IntervalChanged { event_id, test, values },
                Told::Nothing | Told::Near => Notice::EventStarted { event_id, test, values },
            });
            known.told = told;
        }
        EventStatus::Near if takes_part => {
            tell_ended(known, shared);
            if known.told == Told::Nothing && known.event.active_period.ramp_up.is_some() {
                let (event_id, test) = (known.id().clone(), known.event.descriptor.is_test());
                shared.notices.push_back(Notice::EventNear { event_id, test });
                known.told = Told::Near;
            }
        }
        EventStatus::Far => {
            tell_ended(known, shared);
            // Put off, it will be near once more.
            known.told = Told::Nothing;
        }
        _ => tell_ended(known, shared),
    }
}

fn positions(values: &[SignalValue]) -> Vec<(SignalId, u32)> {
    values.iter().map(|value| (value.signal_id.clone(), value.interval)).collect()
}

pub(crate) fn tell_ended(known: &mut KnownEvent, shared: &mut Shared) {
    if matches!(known.told, Told::Running(_)) {
        shared.notices.push_back(Notice::EventEnded { event_id: known.id().clone() });
        known.told = Told::Nothing;
    }
}
