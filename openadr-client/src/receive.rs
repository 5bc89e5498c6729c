use chrono::{DateTime, Utc};
use openadr_types::event::{
    DistributeEvent, DistributedEvent, Event, EventStatus, OptType, ResponseRequired,
};
use openadr_types::ids::{EventId, RequestId, VenId};
use openadr_types::response::ResponseCode;

use crate::config::{Config, OptPolicy};
use crate::events::{Answer, Events, Refusal, Verdict, qualified, tell_ended};
use crate::known::{Decision, KnownEvent, Told};
use crate::notice::Notice;
use crate::ven::Shared;

/// What becomes of the events that a VTN sends.
impl Events {
    /// Takes the VTN's list of all events that are not over.
    pub(crate) fn receive(
        &mut self,
        list: DistributeEvent,
        ven_id: &VenId,
        now: DateTime<Utc>,
        shared: &mut Shared,
    ) {
        let listed: Vec<EventId> =
            list.events.iter().map(|event| event.event.descriptor.event_id.clone()).collect();
        for distributed in list.events {
            self.receive_one(distributed, &list.request_id, ven_id, now, shared);
        }
        self.anew = false;
        self.forget_missing(&listed, now, shared);
        self.advance(now, shared);
    }

    fn receive_one(
        &mut self,
        distributed: DistributedEvent,
        request_id: &RequestId,
        ven_id: &VenId,
        now: DateTime<Utc>,
        shared: &mut Shared,
    ) {
        let DistributedEvent { mut event, response_required } = distributed;
        let id = qualified(&event);
        let verdict = match self.known.get_mut(&id.event_id) {
            Some(known)
                if !self.anew && id.modification_number < known.event.descriptor.modification_number =>
            {
                let description = "older than the modification known";
                Verdict::Refusal(Refusal { code: ResponseCode::OUT_OF_SEQUENCE, description })
            }
            Some(known) if id.modification_number == known.event.descriptor.modification_number => {
                known.request_id = request_id.clone();
                known.response_required = response_required;
                refresh(known, event);
                end_by_vtn(known, shared);
                verdict(known)
            }
            Some(known) if ended(&event).is_some() => {
                known.event.descriptor = event.descriptor;
                known.request_id = request_id.clone();
                known.response_required = response_required;
                end_by_vtn(known, shared);
                verdict(known)
            }
            None if ended(&event).is_some() => Verdict::Opt(default_opt(shared.config.opt_policy)),
            former => match check(&event, ven_id, &shared.config) {
                Ok(()) => {
                    event.signals.retain(|signal| shared.config.signals.supports(signal));
                    let known = take(event, response_required, request_id, former.as_deref(), now, shared);
                    let event_id = id.event_id.clone();
                    let decide_by = match known.decision {
                        Decision::Open { until, .. } => Some(until),
                        Decision::Opted(_) | Decision::Refused(_) => None,
                    };
                    shared.notices.push_back(if former.is_some() {
                        Notice::EventChanged { event_id, decide_by }
                    } else {
                        Notice::EventReceived { event_id, decide_by }
                    });
                    self.known.insert(id.event_id.clone(), known);
                    Verdict::Decision
                }
                Err(refusal) => {
                    let mut known =
                        take(event, response_required, request_id, former.as_deref(), now, shared);
                    known.decision = Decision::Refused(refusal.code);
                    shared.notices.push_back(Notice::EventRefused {
                        event_id: id.event_id.clone(),
                        code: refusal.code,
                        description: refusal.description.to_owned(),
                    });
                    self.known.insert(id.event_id.clone(), known);
                    Verdict::Refusal(refusal)
                }
            },
        };
        if response_required == ResponseRequired::Always {
            self.answer(Answer { event: id, request_id: request_id.clone(), verdict });
        }
    }

    /// Cancels what the VTN lists no more (rule 61), and forgets what was over already.
    fn forget_missing(&mut self, listed: &[EventId], now: DateTime<Utc>, shared: &mut Shared) {
        let implied_cancel = shared.config.implied_cancel;
        let over = |known: &KnownEvent| {
            known.ended_by_vtn.is_some()
                || known.status(now) == EventStatus::Completed
                || matches!(known.decision, Decision::Refused(_))
        };
        self.known.retain(|event_id, known| {
            if listed.contains(event_id) {
                return true;
            }
            if over(known) {
                tell_ended(known, shared);
                return false;
            }
            if implied_cancel {
                tell_ended(known, shared);
                shared
                    .notices
                    .push_back(Notice::EventCancelled { event_id: event_id.clone(), implied: true });
            }
            !implied_cancel
        });
    }
}

fn ended(event: &Event) -> Option<EventStatus> {
    Some(event.descriptor.status).filter(|s| matches!(s, EventStatus::Cancelled | EventStatus::Completed))
}

fn default_opt(policy: OptPolicy) -> OptType {
    match policy {
        OptPolicy::In => OptType::In,
        OptPolicy::Out => OptType::Out,
        OptPolicy::Ask { default, .. } => default,
    }
}

/// What an event that was received once more is answered with: the same as before.
fn verdict(known: &KnownEvent) -> Verdict {
    match known.decision {
        Decision::Refused(code) => Verdict::Refusal(Refusal { code, description: "refused before" }),
        Decision::Open { .. } | Decision::Opted(_) => Verdict::Decision,
    }
}

/// What may change without a new modification number: status, time of writing, current values (rule 5).
fn refresh(known: &mut KnownEvent, event: Event) {
    known.event.descriptor.status = event.descriptor.status;
    known.event.descriptor.created_date_time = event.descriptor.created_date_time;
    for signal in &mut known.event.signals {
        if let Some(new) = event.signals.iter().find(|new| new.signal_id == signal.signal_id) {
            signal.current_value = new.current_value;
        }
    }
}

fn end_by_vtn(known: &mut KnownEvent, shared: &mut Shared) {
    let status = ended(&known.event);
    if known.ended_by_vtn.is_none() && status == Some(EventStatus::Cancelled) {
        tell_ended(known, shared);
        shared.notices.push_back(Notice::EventCancelled { event_id: known.id().clone(), implied: false });
    }
    known.ended_by_vtn = known.ended_by_vtn.or(status);
}

/// Why an event cannot be taken part in.
fn check(event: &Event, ven_id: &VenId, config: &Config) -> Result<(), Refusal> {
    let refuse = |code, description| Err(Refusal { code, description });
    let period = &event.active_period;
    let start = period.start.to_utc();
    let target = &event.target;
    if config.report_only {
        refuse(ResponseCode::NOT_ALLOWED, "the VEN only reports")
    } else if event.descriptor.event_id.as_str().is_empty() {
        refuse(ResponseCode::INVALID_DATA, "eventID is empty")
    } else if period.duration.after(start).is_none_or(|end| end < start) {
        refuse(ResponseCode::INVALID_DATA, "the active period has no end within the calendar")
    } else if !target.ven_ids.is_empty() && !target.ven_ids.contains(ven_id) {
        refuse(ResponseCode::TARGET_MISMATCH, "for other VENs")
    } else if !target.resource_ids.is_empty()
        && !config.resources.is_empty()
        && !target.resource_ids.iter().any(|resource| config.resources.contains(resource))
    {
        refuse(ResponseCode::TARGET_MISMATCH, "for resources of other VENs")
    } else if !config.market_contexts.is_empty()
        && !config.market_contexts.contains(&event.descriptor.market_context)
    {
        refuse(ResponseCode::NOT_RECOGNIZED, "unknown market context")
    } else if !event.signals.iter().any(|signal| config.signals.supports(signal)) {
        refuse(ResponseCode::SIGNAL_NOT_SUPPORTED, "no signal that is supported")
    } else {
        Ok(())
    }
}

/// An event to take part in, or not, as the policy says.
fn take(
    event: Event,
    response_required: ResponseRequired,
    request_id: &RequestId,
    former: Option<&KnownEvent>,
    now: DateTime<Utc>,
    shared: &mut Shared,
) -> KnownEvent {
    let period = &event.active_period;
    let stated = period.start.to_utc();
    let tolerance = |event: &Event| event.active_period.tolerance.as_ref()?.start_after.clone();
    // A start that the modification does not touch stays where chance has put it.
    let kept = former.filter(|former| {
        former.event.active_period.start == period.start && tolerance(&former.event) == tolerance(&event)
    });
    let start = kept.map_or_else(
        || {
            let most = tolerance(&event).and_then(|length| length.to_time_delta()).unwrap_or_default();
            stated.checked_add_signed(shared.random.up_to(most)).unwrap_or(stated)
        },
        |former| former.start,
    );
    let end = if period.is_open_ended() { None } else { period.duration.after(start) };
    let decision = match shared.config.opt_policy {
        OptPolicy::In => Decision::Opted(OptType::In),
        OptPolicy::Out => Decision::Opted(OptType::Out),
        OptPolicy::Ask { timeout, default } => {
            let until = now.checked_add_signed(timeout).unwrap_or(now);
            Decision::Open { default, until: if start > now { until.min(start) } else { until } }
        }
    };
    KnownEvent {
        response_required,
        request_id: request_id.clone(),
        decision,
        start,
        end,
        ended_by_vtn: None,
        told: match former.map(|former| &former.told) {
            // Even in the same interval the values may be others.
            Some(Told::Running(_)) => Told::Running(Vec::new()),
            Some(Told::Near) => Told::Near,
            Some(Told::Nothing) | None => Told::Nothing,
        },
        event,
    }
}
