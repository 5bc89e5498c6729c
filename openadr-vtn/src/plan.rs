use chrono::{DateTime, Utc};
use openadr_types::event::{EventBaseline, EventSignal, ResponseRequired, SignalName, SignalType};
use openadr_types::ids::{EventId, MarketContext, SignalId};
use openadr_types::interval::Interval;
use openadr_types::period::Period;
use openadr_types::target::Target;

use crate::event::EventFault;

/// An event as the operator wants it.
///
/// ```
/// use openadr_types::event::{EventSignal, SignalName, SignalType};
/// use openadr_types::interval;
/// use openadr_types::target::Target;
/// use openadr_types::units::{ItemBase, SiScale};
/// use openadr_vtn::{Config, NewEvent, Vtn};
///
/// let mut vtn = Vtn::new(Config::default(), 1);
/// let intervals = interval::series([("PT1H".parse()?, 1.5), ("PT30M".parse()?, 0.5)]);
/// let signal = EventSignal::new("load", SignalName::LoadDispatch, SignalType::Setpoint, intervals)
///     .with_unit(ItemBase::power_real_w(SiScale::Kilo));
/// let event = NewEvent {
///     target: Target::ven("ven-7"),
///     priority: Some(1),
///     ..NewEvent::new("http://example.com/flex", "2026-11-23T17:00:00Z".parse()?, signal)
/// };
/// let id = vtn.create_event(event, "2026-11-23T09:00:00Z".parse()?)?;
/// assert_eq!(vtn.event(&id).map(|event| event.modification_number()), Some(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its identifier; without one it is given one. Not looked at when an event is modified.
    pub event_id: Option<EventId>,
    /// The programme that it belongs to.
    pub market_context: MarketContext,
    /// When it is active; a duration of zero has no end but cancellation.
    pub period: Period,
    /// What to do; the intervals of each last as long as the event.
    pub signals: Vec<EventSignal>,
    /// What use would be without the event.
    pub baseline: Option<EventBaseline>,
    /// Whom it is for; empty means all VENs.
    ///
    /// If VENs are named it is for these, and each is shown itself alone (rule 21). Otherwise it is for the VENs of the
    /// groups and parties that are named, and for those that have one of the resources. **Interpretation:** what the
    /// VTN knows nothing about, such as places on the grid, is for each VEN to judge.
    pub target: Target,
    /// 1 is the highest; 0 or absent is the lowest.
    pub priority: Option<u32>,
    /// Any text but `false` makes it a test.
    pub test_event: Option<String>,
    /// For people.
    pub comment: Option<String>,
    /// Whether VENs are to opt.
    pub response_required: ResponseRequired,
}

impl NewEvent {
    /// An event of one signal, from `start` on for as long as its intervals last together, for all VENs; they are to
    /// opt. It is open ended where the last interval has no duration, or one of zero.
    pub fn new(market_context: impl Into<MarketContext>, start: DateTime<Utc>, signal: EventSignal) -> Self {
        let duration = signal.duration_from(start.into());
        Self {
            event_id: None,
            market_context: market_context.into(),
            period: Period::new(start.into(), duration),
            signals: vec![signal],
            baseline: None,
            target: Target::default(),
            priority: None,
            test_event: None,
            comment: None,
            response_required: ResponseRequired::Always,
        }
    }

    /// When it starts.
    pub fn start(&self) -> DateTime<Utc> {
        self.period.start.to_utc()
    }

    /// When it ends; none where it has no end.
    pub fn end(&self) -> Option<DateTime<Utc>> {
        if self.period.is_open_ended() { None } else { self.period.duration.after(self.start()) }
    }

    /// Whether the two are at the same time for a while.
    pub(crate) fn is_at_the_same_time(&self, other: &Self) -> bool {
        self.end().is_none_or(|end| other.start() < end) && other.end().is_none_or(|end| self.start() < end)
    }

    /// Whether it says one thing, and that can still be done.
    pub(crate) fn check(&self, now: DateTime<Utc>) -> Result<(), EventFault> {
        if self.signals.is_empty() {
            return Err(EventFault::NoSignal);
        }
        if !self.period.is_open_ended() && self.end().is_none_or(|end| end <= self.start()) {
            return Err(EventFault::EndsBeforeItStarts);
        }
        if self.end().is_some_and(|end| end <= now) {
            return Err(EventFault::Past);
        }
        for (place, signal) in self.signals.iter().enumerate() {
            if self.signals.iter().take(place).any(|earlier| earlier.signal_id == signal.signal_id) {
                return Err(EventFault::SameSignal(signal.signal_id.clone()));
            }
            self.check_intervals(&signal.intervals, self.end(), &signal.signal_id)?;
            check_simple(signal)?;
        }
        if let Some(baseline) = &self.baseline {
            let end = baseline.duration.after(baseline.start.to_utc());
            let start = baseline.start.to_utc();
            check_series(&baseline.intervals, start, end).ok_or(EventFault::Baseline)?;
        }
        Ok(())
    }

    fn check_intervals(
        &self,
        intervals: &[Interval],
        end: Option<DateTime<Utc>>,
        signal_id: &SignalId,
    ) -> Result<(), EventFault> {
        check_series(intervals, self.start(), end).ok_or_else(|| EventFault::Intervals(signal_id.clone()))
    }
}

/// Numbered from 0, one number each, none with a start, together as long as the whole (rules 2 and 8).
fn check_series(intervals: &[Interval], start: DateTime<Utc>, end: Option<DateTime<Utc>>) -> Option<()> {
    let mut at = start;
    for (place, interval) in (0..).zip(intervals) {
        let in_place = interval.uid.as_ref().and_then(|uid| uid.number()) == Some(place);
        if !in_place || interval.start.is_some() || interval.value().is_none() {
            return None;
        }
        at = interval.duration.as_ref().map_or(Some(at), |duration| duration.after(at))?;
    }
    let fills = end.is_none_or(|end| at == end);
    (!intervals.is_empty() && fills).then_some(())
}

/// A level from 0 to 3 without a unit (rule 9).
fn check_simple(signal: &EventSignal) -> Result<(), EventFault> {
    if !is_simple(signal) {
        return Ok(());
    }
    let is_level = |interval: &Interval| matches!(interval.value(), Some(0.0 | 1.0 | 2.0 | 3.0));
    let valid = signal.signal_type == SignalType::Level
        && signal.unit.is_none()
        && signal.intervals.iter().all(is_level);
    if valid { Ok(()) } else { Err(EventFault::Simple(signal.signal_id.clone())) }
}

pub(crate) fn is_simple(signal: &EventSignal) -> bool {
    matches!(signal.name, SignalName::Simple | SignalName::SimpleA)
}

#[cfg(test)]
mod tests {
    use openadr_types::event::Level;
    use openadr_types::{Duration, interval};

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    fn event() -> NewEvent {
        let signal = EventSignal::simple(
            "s",
            [("PT1H".parse().unwrap(), Level::Moderate), ("PT30M".parse().unwrap(), Level::High)],
        );
        NewEvent::new("http://example.com/flex", "2026-11-23T17:00:00Z".parse().unwrap(), signal)
    }

    #[test]
    fn accepts_what_says_one_thing() {
        assert_eq!(event().check(now()), Ok(()));
        let mut open = event();
        open.period.duration = Duration::ZERO;
        assert_eq!(open.check(now()), Ok(()));
        assert_eq!(open.end(), None);
    }

    #[test]
    fn refuses_what_contradicts_itself() {
        type Spoil = fn(&mut NewEvent);
        let table: [(Spoil, &str); 10] = [
            (|event| event.signals.clear(), "it has no signal"),
            (
                |event| event.period.start = "2026-11-23T07:30:00Z".parse().unwrap(),
                "it would be over already",
            ),
            (|event| event.period.duration = "-PT1H".parse().unwrap(), "it ends before it starts"),
            (|event| event.signals.push(event.signals[0].clone()), "signal s is in it twice"),
            (
                |event| event.period.duration = "PT2H".parse().unwrap(),
                "the intervals of signal s are not one number each, numbered from 0, together as long as the event",
            ),
            (
                |event| event.signals[0].intervals.swap(0, 1),
                "the intervals of signal s are not one number each, numbered from 0, together as long as the event",
            ),
            (
                |event| event.signals[0].intervals[0].start = Some(event.period.start),
                "the intervals of signal s are not one number each, numbered from 0, together as long as the event",
            ),
            (
                |event| {
                    event.signals[0].intervals =
                        interval::series([("PT1H".parse().unwrap(), 1.0), ("PT30M".parse().unwrap(), 4.0)]);
                },
                "SIMPLE signal s is not a level of 0, 1, 2 or 3 without a unit",
            ),
            (
                |event| event.signals[0].signal_type = SignalType::Delta,
                "SIMPLE signal s is not a level of 0, 1, 2 or 3 without a unit",
            ),
            (
                |event| {
                    event.baseline = Some(EventBaseline {
                        start: event.period.start,
                        duration: "PT1H".parse().unwrap(),
                        intervals: interval::series([("PT30M".parse().unwrap(), 4.0)]),
                        baseline_id: "b".into(),
                        resource_ids: Vec::new(),
                        name: String::new(),
                        unit: None,
                    });
                },
                "the intervals of the baseline are not one number each, numbered from 0, together as long as it says",
            ),
        ];
        for (spoil, error) in table {
            let mut spoilt = event();
            spoil(&mut spoilt);
            assert_eq!(spoilt.check(now()).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn knows_when_two_are_at_the_same_time() {
        let first = event();
        let mut second = event();
        second.period.start = "2026-11-23T18:30:00Z".parse().unwrap();
        assert!(!first.is_at_the_same_time(&second));
        second.period.start = "2026-11-23T18:29:59Z".parse().unwrap();
        assert!(first.is_at_the_same_time(&second) && second.is_at_the_same_time(&first));
        second.period.start = "2026-11-23T09:00:00Z".parse().unwrap();
        assert!(!first.is_at_the_same_time(&second));
        second.period.duration = Duration::ZERO;
        assert!(first.is_at_the_same_time(&second));
    }
}
