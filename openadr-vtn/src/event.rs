//! Events as the VTN keeps them: how they stand, what VENs are shown, and what they answered.
//!
//! ```
//! use openadr_types::event::{EventSignal, EventStatus, Level};
//! use openadr_vtn::{Config, NewEvent, Vtn};
//!
//! let mut vtn = Vtn::new(Config::default(), 1);
//! let now = "2026-11-23T09:00:00Z".parse()?;
//! let start = "2026-11-23T17:00:00Z".parse()?;
//! let signal = EventSignal::simple("level", [("PT1H".parse()?, Level::High)]);
//! let id = vtn.create_event(NewEvent::new("http://example.com/peak", start, signal), now)?;
//! let event = vtn.event(&id).unwrap();
//! assert_eq!(event.status(now), EventStatus::Far);
//! assert_eq!(event.status(start), EventStatus::Active);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::event::{
    DistributedEvent, Event, EventDescriptor, EventSignal, EventStatus, OptType, QualifiedEventId,
    ResponseRequired,
};
use openadr_types::ids::{EventId, OptId, SignalId, VenId};
use openadr_types::response::ResponseCode;
use openadr_types::{AnyContent, Duration, Float};

use crate::plan::{NewEvent, is_simple};

/// An event, from its creation until it is forgotten.
#[derive(Debug, Clone)]
pub struct EventRecord {
    id: EventId,
    pub(crate) plan: NewEvent,
    modification_number: u32,
    modified: Option<DateTime<Utc>>,
    cancelled: Option<DateTime<Utc>>,
    pub(crate) answers: BTreeMap<VenId, Answers>,
    /// The status that the operator was last told.
    pub(crate) told: EventStatus,
}

impl EventRecord {
    pub(crate) fn new(id: EventId, plan: NewEvent) -> Self {
        Self {
            id,
            plan,
            modification_number: 0,
            modified: None,
            cancelled: None,
            answers: BTreeMap::new(),
            told: EventStatus::None,
        }
    }

    /// Its identifier.
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// What the operator wants.
    pub fn plan(&self) -> &NewEvent {
        &self.plan
    }

    /// How often it was changed, its cancellation included (rules 4 and 5).
    pub fn modification_number(&self) -> u32 {
        self.modification_number
    }

    /// Its identifier and its state.
    pub fn qualified_id(&self) -> QualifiedEventId {
        QualifiedEventId::new(self.id.clone(), self.modification_number)
    }

    /// Where it stands at a time.
    ///
    /// It is near from its ramp-up to its start. **Interpretation:** it is completed when its duration is over, although
    /// VENs that start late, within its tolerance, end as much later (rule 30).
    pub fn status(&self, now: DateTime<Utc>) -> EventStatus {
        if self.cancelled.is_some() {
            EventStatus::Cancelled
        } else if self.plan.end().is_some_and(|end| end <= now) {
            EventStatus::Completed
        } else if self.plan.start() <= now {
            EventStatus::Active
        } else if self.near().is_some_and(|near| near <= now) {
            EventStatus::Near
        } else {
            EventStatus::Far
        }
    }

    /// Whether it is completed or cancelled.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        matches!(self.status(now), EventStatus::Completed | EventStatus::Cancelled)
    }

    fn near(&self) -> Option<DateTime<Utc>> {
        let ramp_up = self.plan.period.ramp_up.as_ref()?.to_time_delta()?;
        self.plan.start().checked_sub_signed(ramp_up)
    }

    /// When its status changes next.
    pub(crate) fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.cancelled.is_some() {
            return None;
        }
        [self.near(), Some(self.plan.start()), self.plan.end()]
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// When it was over.
    pub(crate) fn ended(&self) -> Option<DateTime<Utc>> {
        self.cancelled.or_else(|| self.plan.end())
    }

    /// Whether VENs that took part may still be at it, `slack` included: it is completed, but not all of them started
    /// on time, and some are recovering.
    ///
    /// **Interpretation:** so long it is repeated as completed, lest its absence cancel it (rule 61).
    pub(crate) fn lingers(&self, now: DateTime<Utc>, slack: TimeDelta) -> bool {
        let period = &self.plan.period;
        let start_after = period.tolerance.as_ref().and_then(|tolerance| tolerance.start_after.as_ref());
        let late: TimeDelta = [start_after, period.recovery.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|duration| duration.to_time_delta())
            .filter(|length| *length > TimeDelta::zero())
            .sum();
        self.plan.end().is_some_and(|end| now - end < late + slack)
    }

    pub(crate) fn modify(&mut self, plan: NewEvent, now: DateTime<Utc>) {
        self.plan = plan;
        self.modified = Some(now);
        self.modification_number = self.modification_number.saturating_add(1);
    }

    pub(crate) fn cancel(&mut self, now: DateTime<Utc>) {
        self.cancelled = Some(now);
        self.modified = Some(now);
        self.modification_number = self.modification_number.saturating_add(1);
    }

    /// What VENs answered, the latest of each.
    pub fn answers(&self) -> impl Iterator<Item = (&VenId, &Answer)> {
        self.answers.iter().filter_map(|(ven_id, answers)| Some((ven_id, answers.effective()?)))
    }

    /// What is sent to a VEN; one that it no longer is for is shown it as cancelled.
    pub(crate) fn distributed(
        &self,
        ven_id: &VenId,
        status: EventStatus,
        now: DateTime<Utc>,
    ) -> DistributedEvent {
        let plan = &self.plan;
        let mut target = plan.target.clone();
        target.ven_ids.retain(|named| named == ven_id);
        let mut active_period = plan.period.clone();
        // Optional in the schema, but there are VENs that miss it.
        active_period.notification.get_or_insert(Duration::ZERO);
        let response_required = match status {
            EventStatus::Completed => ResponseRequired::Never,
            EventStatus::None
            | EventStatus::Far
            | EventStatus::Near
            | EventStatus::Active
            | EventStatus::Cancelled => plan.response_required,
        };
        let event = Event {
            descriptor: EventDescriptor {
                modification_number: self.modification_number,
                modification_date_time: self.modified.map(Into::into),
                priority: plan.priority,
                status,
                test_event: plan.test_event.clone(),
                vtn_comment: plan.comment.clone(),
                ..EventDescriptor::new(self.id.clone(), plan.market_context.clone(), now.into())
            },
            active_period,
            components: AnyContent::default(),
            signals: plan.signals.iter().map(|signal| self.current(signal, status, now)).collect(),
            baseline: plan.baseline.clone(),
            target,
        };
        DistributedEvent { event, response_required }
    }

    /// A signal with the value of the interval that is running (rule 14).
    fn current(&self, signal: &EventSignal, status: EventStatus, now: DateTime<Utc>) -> EventSignal {
        let running = || {
            let mut end = self.plan.start();
            signal.intervals.iter().find_map(|interval| {
                let duration = interval.duration.as_ref().filter(|duration| !duration.is_zero());
                end = duration.map_or(Some(DateTime::<Utc>::MAX_UTC), |duration| duration.after(end))?;
                if now < end { interval.value() } else { None }
            })
        };
        let active = if status == EventStatus::Active { running() } else { None };
        let value = active.or(if is_simple(signal) { Some(0.0) } else { None });
        EventSignal { current_value: value.map(Float), ..signal.clone() }
    }

    /// The place among the events of one message: active ones by priority and start, pending ones by start and
    /// priority, then those that are over (rule 15).
    pub(crate) fn order(&self, status: EventStatus) -> impl Ord + use<> {
        let priority = self.plan.priority.filter(|priority| *priority != 0).unwrap_or(u32::MAX);
        let start = self.plan.start();
        match status {
            EventStatus::Active => (0, Some(priority), start, 0, self.id.clone()),
            EventStatus::None | EventStatus::Far | EventStatus::Near => {
                (1, None, start, priority, self.id.clone())
            }
            EventStatus::Cancelled => (2, None, start, priority, self.id.clone()),
            EventStatus::Completed => (3, None, start, priority, self.id.clone()),
        }
    }
}

/// All that one VEN said about one event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    pub(crate) created: Option<Answer>,
    pub(crate) opts: Vec<Answer>,
}

impl Answers {
    /// The answer that counts: the latest opt, unless the VEN answered a later state of the event (rule 206).
    pub(crate) fn effective(&self) -> Option<&Answer> {
        let opt = self.opts.iter().max_by_key(|opt| opt.modification_number);
        match (&self.created, opt) {
            (Some(created), Some(opt)) if created.modification_number > opt.modification_number => {
                Some(created)
            }
            (created, opt) => opt.or(created.as_ref()),
        }
    }
}

/// What a VEN answered to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In or out.
    pub opt_type: OptType,
    /// 200, or why it cannot do what the event asks.
    pub code: ResponseCode,
    /// The state of the event that it answers.
    pub modification_number: u32,
    /// The opt that said so; none where it was an answer to the event (`oadrCreatedEvent`).
    pub opt_id: Option<OptId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// How an event contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// There is nothing to do in it.
    #[error("it has no signal")]
    NoSignal,
    /// Its duration is negative, or beyond all calendars.
    #[error("it ends before it starts")]
    EndsBeforeItStarts,
    /// It would be over already.
    #[error("it would be over already")]
    Past,
    /// Two signals have one identifier.
    #[error("signal {0} is in it twice")]
    SameSignal(SignalId),
    /// A signal's intervals are not as they have to be (rules 2 and 8).
    #[error(
        "the intervals of signal {0} are not one number each, numbered from 0, together as long as the event"
    )]
    Intervals(SignalId),
    /// A SIMPLE signal is not simple (rule 9).
    #[error("SIMPLE signal {0} is not a level of 0, 1, 2 or 3 without a unit")]
    Simple(SignalId),
    /// The baseline's intervals are not as they have to be.
    #[error(
        "the intervals of the baseline are not one number each, numbered from 0, together as long as it says"
    )]
    Baseline,
}

#[cfg(test)]
mod tests {
    use openadr_types::event::{Level, SignalName, SignalType};
    use openadr_types::interval;

    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-23T{time}Z").parse().unwrap()
    }

    fn length(text: &str) -> Duration {
        text.parse().unwrap()
    }

    fn record() -> EventRecord {
        let simple =
            EventSignal::simple("s", [(length("PT1H"), Level::Moderate), (length("PT30M"), Level::High)]);
        let steps = interval::series([(length("PT30M"), 7.5), (length("PT1H"), 0.0)]);
        let dispatch = EventSignal::new("d", SignalName::LoadDispatch, SignalType::Setpoint, steps);
        let mut plan = NewEvent::new("http://example.com/flex", at("17:00:00"), simple);
        plan.signals.push(dispatch);
        plan.period.ramp_up = Some(length("PT10M"));
        EventRecord::new("e".into(), plan)
    }

    #[test]
    fn stands_by_the_clock() {
        let mut record = record();
        for (time, status) in [
            ("16:49:59", EventStatus::Far),
            ("16:50:00", EventStatus::Near),
            ("17:00:00", EventStatus::Active),
            ("18:29:59", EventStatus::Active),
            ("18:30:00", EventStatus::Completed),
        ] {
            assert_eq!(record.status(at(time)), status, "{time}");
        }
        assert_eq!(record.next_change(at("09:00:00")), Some(at("16:50:00")));
        assert_eq!(record.next_change(at("16:50:00")), Some(at("17:00:00")));
        assert_eq!(record.next_change(at("18:30:00")), None);
        record.cancel(at("17:10:00"));
        assert_eq!(record.status(at("17:10:00")), EventStatus::Cancelled);
        assert_eq!(record.modification_number(), 1);
    }

    #[test]
    fn shows_the_value_of_the_running_interval() {
        let record = record();
        for (time, values) in [
            ("16:00:00", [Some(0.0), None]),
            ("17:00:00", [Some(1.0), Some(7.5)]),
            ("17:30:00", [Some(1.0), Some(0.0)]),
            ("18:00:00", [Some(2.0), Some(0.0)]),
            ("18:30:00", [Some(0.0), None]),
        ] {
            let shown = record.distributed(&"ven-7".into(), record.status(at(time)), at(time));
            let current: Vec<_> = shown.event.signals.iter().map(|s| s.current_value.map(|v| v.0)).collect();
            assert_eq!(current, values, "{time}");
        }
    }

    #[test]
    fn a_later_answer_outranks_an_opt_of_an_earlier_state() {
        let answer = |modification_number, opt_id: Option<&str>, opt_type| Answer {
            opt_type,
            code: ResponseCode::OK,
            modification_number,
            opt_id: opt_id.map(Into::into),
            at: at("09:00:00"),
        };
        let mut answers = Answers { created: Some(answer(0, None, OptType::In)), opts: Vec::new() };
        answers.opts.push(answer(0, Some("o"), OptType::Out));
        assert_eq!(answers.effective().unwrap().opt_type, OptType::Out);
        answers.created = Some(answer(1, None, OptType::In));
        assert_eq!(answers.effective().unwrap().opt_type, OptType::In);
    }
}
