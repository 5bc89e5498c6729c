//! One event as a VEN knows it: what the VTN sent, what was decided, when it runs, what its signals say.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use openadr_client::Ven;
//!
//! /// What to heat at: 0 normal, up to 3 special.
//! fn level(ven: &Ven, now: DateTime<Utc>) -> f64 {
//!     ven.in_force(now).first().map_or(0.0, |in_force| in_force.signal.value)
//! }
//! ```

use chrono::{DateTime, Utc};
use openadr_types::event::{
    Event, EventSignal, EventStatus, OptType, ResponseRequired, SignalName, SignalType,
};
use openadr_types::ids::{EventId, MarketContext, RequestId, SignalId};
use openadr_types::response::ResponseCode;
use openadr_types::units::ItemBase;

/// An event as the VEN knows it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KnownEvent {
    /// As the VTN last sent it, without the signals that the VEN does not support.
    pub event: Event,
    /// Whether the VTN wants an answer.
    pub response_required: ResponseRequired,
    /// That of the message which last brought it.
    pub request_id: RequestId,
    /// What was decided.
    pub decision: Decision,
    /// When it starts: as the VTN says, put off at random where it may be (rule 30).
    pub start: DateTime<Utc>,
    /// When it ends, put off as much; absent where it is open ended.
    pub end: Option<DateTime<Utc>>,
    /// Whether the VTN ended it: [`EventStatus::Cancelled`] or [`EventStatus::Completed`].
    pub ended_by_vtn: Option<EventStatus>,
    /// What the application was last told.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) told: Told,
}

/// What was decided about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Decision {
    /// The application is asked.
    Open {
        /// What stands if it does not decide.
        default: OptType,
        /// Until when it may.
        until: DateTime<Utc>,
    },
    /// The VEN takes part, or does not.
    Opted(OptType),
    /// The VEN cannot take part.
    Refused(ResponseCode),
}

impl Decision {
    /// In or out, as things stand.
    pub fn opt(self) -> OptType {
        match self {
            Self::Open { default, .. } => default,
            Self::Opted(opt) => opt,
            Self::Refused(_) => OptType::Out,
        }
    }
}

/// How far an application has been told of an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Told {
    #[default]
    Nothing,
    Near,
    /// That it runs, and in which interval each signal is.
    Running(Vec<(SignalId, u32)>),
}

/// What a signal says at a time.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SignalValue {
    /// The signal.
    pub signal_id: SignalId,
    /// What its values mean.
    pub name: SignalName,
    /// How they are meant.
    pub signal_type: SignalType,
    /// Which of its intervals runs, from 0.
    pub interval: u32,
    /// The value.
    pub value: f64,
    /// What it is measured in.
    pub unit: Option<ItemBase>,
}

/// A signal that a VEN is to follow at a time.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct InForce {
    /// The event.
    pub event_id: EventId,
    /// The programme that it belongs to.
    pub market_context: MarketContext,
    /// Whether it is only a test.
    pub test: bool,
    /// 1 is the highest; 0 is none, the lowest.
    pub priority: u32,
    /// What it says.
    pub signal: SignalValue,
}

impl KnownEvent {
    /// The event's identifier.
    pub fn id(&self) -> &EventId {
        &self.event.descriptor.event_id
    }

    /// Where the event stands by the clock; the VTN's word counts only where it ended the event.
    ///
    /// Near from its ramp-up on, which is counted from the start that the VTN stated.
    pub fn status(&self, now: DateTime<Utc>) -> EventStatus {
        if let Some(status) = self.ended_by_vtn {
            status
        } else if self.end.is_some_and(|end| now >= end) {
            EventStatus::Completed
        } else if now >= self.start {
            EventStatus::Active
        } else if now >= self.near_from() {
            EventStatus::Near
        } else {
            EventStatus::Far
        }
    }

    /// Whether the VEN is to follow the event's signals.
    pub fn is_running(&self, now: DateTime<Utc>) -> bool {
        self.decision == Decision::Opted(OptType::In) && self.status(now) == EventStatus::Active
    }

    /// What the event's signals say at a time, whether or not the VEN takes part; nothing while it is not active.
    ///
    /// A signal whose intervals are over before the event, or whose interval has no single number, says nothing.
    pub fn values(&self, at: DateTime<Utc>) -> Vec<SignalValue> {
        if at < self.start || self.end.is_some_and(|end| at >= end) {
            return Vec::new();
        }
        let value = |signal: &EventSignal| {
            let step = self.steps(signal).find(|step| step.until.is_none_or(|until| at < until))?;
            Some(SignalValue {
                signal_id: signal.signal_id.clone(),
                name: signal.name.clone(),
                signal_type: signal.signal_type,
                interval: step.interval,
                value: step.value?,
                unit: signal.unit.clone(),
            })
        };
        self.event.signals.iter().filter_map(value).collect()
    }

    /// The next time after `now` at which the event's status or the value of a signal changes, or a question closes.
    pub(crate) fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.ended_by_vtn.is_some() {
            return None;
        }
        let open_until = match self.decision {
            Decision::Open { until, .. } => Some(until),
            Decision::Opted(_) | Decision::Refused(_) => None,
        };
        let steps =
            self.event.signals.iter().flat_map(|signal| self.steps(signal)).filter_map(|step| step.until);
        [Some(self.near_from()), Some(self.start), self.end, open_until]
            .into_iter()
            .flatten()
            .chain(steps.filter(|until| self.end.is_none_or(|end| *until < end)))
            .filter(|at| *at > now)
            .min()
    }

    /// The event as a restarted VEN finds it, whose application knows nothing of it.
    pub(crate) fn untold(mut self) -> Self {
        self.told = Told::Nothing;
        self
    }

    fn near_from(&self) -> DateTime<Utc> {
        let stated = self.event.active_period.start.to_utc();
        let ramp_up = self.event.active_period.ramp_up.as_ref().and_then(|length| length.to_time_delta());
        ramp_up.and_then(|length| stated.checked_sub_signed(length)).unwrap_or(stated).min(self.start)
    }

    /// The intervals of a signal on the clock; ends with the first that has no end.
    fn steps<'a>(&self, signal: &'a EventSignal) -> impl Iterator<Item = Step> + use<'a> {
        let mut from = Some(self.start);
        (0..).zip(&signal.intervals).map_while(move |(interval, step)| {
            let until = match &step.duration {
                Some(duration) if !duration.is_zero() => Some(duration.after(from?)?),
                Some(_) | None => {
                    from?;
                    None
                }
            };
            from = until;
            Some(Step { interval, until, value: step.value() })
        })
    }
}

/// One interval on the clock.
struct Step {
    interval: u32,
    until: Option<DateTime<Utc>>,
    value: Option<f64>,
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::TimeDelta;
    use openadr_types::event::{EventSignal, Level};

    use super::*;

    pub(crate) fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-23T{text}Z").parse().unwrap()
    }

    /// An event from 12:00 on with a SIMPLE signal of 1 for an hour and 2 for half an hour.
    pub(crate) fn event(id: &str) -> Event {
        let signal = EventSignal::simple(
            "s",
            [("PT1H".parse().unwrap(), Level::Moderate), ("PT30M".parse().unwrap(), Level::High)],
        );
        Event::new(id, "http://example.com/peak", at("09:00:00").into(), at("12:00:00").into(), signal)
    }

    fn known(event: Event) -> KnownEvent {
        let start = event.active_period.start.to_utc();
        let end = (!event.active_period.is_open_ended())
            .then(|| event.active_period.duration.after(start).unwrap());
        KnownEvent {
            event,
            response_required: ResponseRequired::Always,
            request_id: "r".into(),
            decision: Decision::Opted(OptType::In),
            start,
            end,
            ended_by_vtn: None,
            told: Told::Nothing,
        }
    }

    fn values(known: &KnownEvent, time: &str) -> Vec<(u32, f64)> {
        known.values(at(time)).iter().map(|value| (value.interval, value.value)).collect()
    }

    #[test]
    fn goes_from_far_to_completed_by_the_clock() {
        let mut event = event("e");
        event.active_period.ramp_up = Some("PT10M".parse().unwrap());
        let known = known(event);
        for (time, status) in [
            ("11:49:59", EventStatus::Far),
            ("11:50:00", EventStatus::Near),
            ("12:00:00", EventStatus::Active),
            ("13:29:59", EventStatus::Active),
            ("13:30:00", EventStatus::Completed),
        ] {
            assert_eq!(known.status(at(time)), status, "{time}");
        }
    }

    #[test]
    fn says_the_value_of_the_interval_that_runs() {
        let known = known(event("e"));
        assert_eq!(values(&known, "11:59:59"), []);
        assert_eq!(values(&known, "12:00:00"), [(0, 1.0)]);
        assert_eq!(values(&known, "13:00:00"), [(1, 2.0)]);
        assert_eq!(values(&known, "13:30:00"), []);
    }

    #[test]
    fn an_open_ended_event_keeps_its_last_value() {
        let mut event = event("e");
        event.active_period.duration = "PT0S".parse().unwrap();
        event.signals = vec![EventSignal::simple(
            "s",
            [("PT1H".parse().unwrap(), Level::Moderate), ("PT0S".parse().unwrap(), Level::Special)],
        )];
        let known = known(event);
        assert_eq!(values(&known, "23:00:00"), [(1, 3.0)]);
        assert_eq!(known.status(at("23:00:00")), EventStatus::Active);
        assert_eq!(known.next_change(at("13:00:00")), None);
    }

    #[test]
    fn says_when_something_changes_next() {
        let known = known(event("e"));
        let mut now = at("09:00:00");
        let mut changes = Vec::new();
        while let Some(next) = known.next_change(now) {
            changes.push(next.format("%H:%M").to_string());
            now = next;
        }
        assert_eq!(changes, ["12:00", "13:00", "13:30"]);
    }

    #[test]
    fn a_start_put_off_puts_off_the_intervals_too() {
        let mut known = known(event("e"));
        known.start += TimeDelta::minutes(5);
        known.end = known.end.map(|end| end + TimeDelta::minutes(5));
        assert_eq!(known.status(at("12:04:59")), EventStatus::Near);
        assert_eq!(values(&known, "13:04:59"), [(0, 1.0)]);
        assert_eq!(values(&known, "13:05:00"), [(1, 2.0)]);
    }
}
