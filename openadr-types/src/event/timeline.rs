use xml_wire::{DateTime, Duration};

use super::{Event, EventSignal, EventStatus};
use crate::interval::Interval;

/// When an event runs, and how it stands.
///
/// ```
/// use openadr_types::DateTime;
/// use openadr_types::event::{Event, EventSignal, EventStatus, Level};
///
/// let at = |time: &str| format!("2026-11-23T{time}Z").parse::<DateTime>();
/// let signal = EventSignal::simple("s-1", [("PT1H".parse()?, Level::Moderate), ("PT30M".parse()?, Level::High)]);
/// let mut event = Event::new("event-1", "http://example.com/peak", at("09:00:00")?, at("17:00:00")?, signal);
/// event.active_period.ramp_up = Some("PT10M".parse()?);
///
/// assert_eq!(event.end(), Some(at("18:30:00")?));
/// assert_eq!(event.status_at(at("16:55:00")?), EventStatus::Near);
/// let timeline = event.timelines().next().unwrap();
/// assert_eq!(timeline.value_at(at("18:15:00")?), Some(2.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Event {
    /// When it starts, as the VTN says; a VEN may put it off within the tolerance (rule 30).
    pub fn start(&self) -> DateTime {
        self.active_period.start
    }

    /// When it ends, with its start if its duration is negative; `None` where it is open ended, or ends past what can be
    /// computed with.
    pub fn end(&self) -> Option<DateTime> {
        if self.active_period.is_open_ended() {
            None
        } else {
            after(self.start(), &self.active_period.duration).map(|end| end.max(self.start()))
        }
    }

    /// From when on it is near: its start less its ramp-up.
    ///
    /// **Interpretation:** the start itself where there is no ramp-up before it, or one of months, which have no fixed
    /// length.
    pub fn near_from(&self) -> DateTime {
        let ramp_up = self.active_period.ramp_up.as_ref().and_then(Duration::to_time_delta);
        let near = ramp_up.and_then(|length| self.start().to_utc().checked_sub_signed(length));
        near.map_or(self.start(), DateTime::from).min(self.start())
    }

    /// How it stands at a time by the clock; the VTN's word counts only where it says cancelled or completed.
    ///
    /// Far, near from [`near_from`](Self::near_from) on, active from its start to its end, the end not included.
    pub fn status_at(&self, at: DateTime) -> EventStatus {
        match self.descriptor.status {
            ended @ (EventStatus::Cancelled | EventStatus::Completed) => ended,
            EventStatus::None | EventStatus::Far | EventStatus::Near | EventStatus::Active => {
                if self.end().is_some_and(|end| end <= at) {
                    EventStatus::Completed
                } else if self.start() <= at {
                    EventStatus::Active
                } else if self.near_from() <= at {
                    EventStatus::Near
                } else {
                    EventStatus::Far
                }
            }
        }
    }

    /// The intervals of all signals on the clock, signal by signal.
    pub fn intervals(&self) -> impl Iterator<Item = Step<'_>> {
        self.timelines().flat_map(|timeline| timeline.steps)
    }

    /// The intervals of each signal on the clock, whether or not the event is cancelled.
    pub fn timelines(&self) -> impl Iterator<Item = Timeline<'_>> {
        self.signals.iter().map(|signal| signal.timeline(self.start(), self.end()))
    }
}

impl EventSignal {
    /// The intervals on the clock, where the event starts and ends so: as it says, or as a VEN put it off.
    ///
    /// ```
    /// use openadr_types::event::{EventSignal, Level};
    ///
    /// let signal = EventSignal::simple("s-1", [("PT1H".parse()?, Level::Moderate), ("PT0S".parse()?, Level::High)]);
    /// let timeline = signal.timeline("2026-11-23T17:00:00Z".parse()?, None);
    /// assert_eq!(timeline.steps[1].start, "2026-11-23T18:00:00Z".parse()?);
    /// assert_eq!(timeline.end(), None);
    /// assert_eq!(timeline.value_at("2031-01-01T00:00:00Z".parse()?), Some(2.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn timeline(&self, start: DateTime, end: Option<DateTime>) -> Timeline<'_> {
        let mut steps = Vec::with_capacity(self.intervals.len());
        let mut next = Some(start);
        for interval in &self.intervals {
            let Some(start) = next.filter(|start| end.is_none_or(|end| *start < end)) else { break };
            let length = interval.duration.as_ref().filter(|length| !length.is_zero());
            next = length.and_then(|length| after(start, length)).map(|end| end.max(start));
            let until = [next, end].into_iter().flatten().min();
            steps.push(Step { interval, start, end: until });
        }
        Timeline { signal: self, steps }
    }
}

/// The intervals of a signal on the clock, each from where the one before ends.
///
/// One without a duration, or with one of zero, lasts as long as the event, and none comes after it. None goes on after
/// the event's end, and one of a negative duration lasts no time. What an interval says of its own start does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline<'a> {
    /// The signal.
    pub signal: &'a EventSignal,
    /// Its intervals, in their order.
    pub steps: Vec<Step<'a>>,
}

impl<'a> Timeline<'a> {
    /// When the last interval ends; `None` where it is open ended, or there is none.
    pub fn end(&self) -> Option<DateTime> {
        self.steps.last()?.end
    }

    /// How long the intervals last together, those of months too; `None` where the last is open ended.
    pub fn duration(&self) -> Option<Duration> {
        let Some((first, last)) = self.steps.first().zip(self.steps.last()) else {
            return Some(Duration::ZERO);
        };
        Some((last.end?.to_utc() - first.start.to_utc()).into())
    }

    /// The interval that runs at a time.
    pub fn step_at(&self, at: DateTime) -> Option<&Step<'a>> {
        self.steps.iter().find(|step| step.contains(at))
    }

    /// The value in force at a time; `None` outside the intervals, and in one that has no single number.
    pub fn value_at(&self, at: DateTime) -> Option<f64> {
        self.step_at(at)?.value()
    }
}

/// One interval on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The interval.
    pub interval: &'a Interval,
    /// When it starts.
    pub start: DateTime,
    /// When it ends; `None` where it is open ended.
    pub end: Option<DateTime>,
}

impl Step<'_> {
    /// Whether it runs at a time; at its end it no longer does.
    pub fn contains(&self, at: DateTime) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }

    /// Its value, where there is exactly one number.
    pub fn value(&self) -> Option<f64> {
        self.interval.value()
    }
}

fn after(start: DateTime, length: &Duration) -> Option<DateTime> {
    length.after(start.to_utc()).map(DateTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Level;

    fn at(time: &str) -> DateTime {
        format!("2026-11-23T{time}Z").parse().unwrap()
    }

    /// From 12:00 on, with levels 1, 2 and 3.
    fn event(lengths: &[&str]) -> Event {
        let levels = [Level::Moderate, Level::High, Level::Special];
        assert!(lengths.len() <= levels.len());
        let levels = levels.into_iter().zip(lengths).map(|(level, length)| (length.parse().unwrap(), level));
        let signal = EventSignal::simple("s", levels);
        Event::new("e", "http://example.com/peak", at("09:00:00"), at("12:00:00"), signal)
    }

    fn values(event: &Event, times: &[&str]) -> Vec<Option<f64>> {
        let timeline = event.timelines().next().unwrap();
        times.iter().map(|time| timeline.value_at(at(time))).collect()
    }

    #[test]
    fn stands_by_the_clock() {
        let mut event = event(&["PT1H", "PT30M"]);
        event.active_period.ramp_up = Some("PT10M".parse().unwrap());
        for (time, status) in [
            ("11:49:59", EventStatus::Far),
            ("11:50:00", EventStatus::Near),
            ("12:00:00", EventStatus::Active),
            ("13:29:59", EventStatus::Active),
            ("13:30:00", EventStatus::Completed),
        ] {
            assert_eq!(event.status_at(at(time)), status, "{time}");
        }
    }

    #[test]
    fn a_ramp_up_after_the_start_makes_nothing_near() {
        let mut event = event(&["PT1H"]);
        for ramp_up in [None, Some("-PT10M"), Some("P1M")] {
            event.active_period.ramp_up = ramp_up.map(|text| text.parse().unwrap());
            assert_eq!(event.status_at(at("11:59:59")), EventStatus::Far, "{ramp_up:?}");
            assert_eq!(event.status_at(at("12:00:00")), EventStatus::Active, "{ramp_up:?}");
        }
    }

    #[test]
    fn the_vtn_has_the_last_word_on_the_end_only() {
        let mut event = event(&["PT1H"]);
        for (stated, status) in [
            (EventStatus::Cancelled, EventStatus::Cancelled),
            (EventStatus::Completed, EventStatus::Completed),
            (EventStatus::Far, EventStatus::Active),
        ] {
            event.descriptor.status = stated;
            assert_eq!(event.status_at(at("12:30:00")), status);
        }
    }

    #[test]
    fn says_the_value_of_the_interval_that_runs() {
        let event = event(&["PT1H", "PT30M"]);
        let times = ["11:59:59", "12:00:00", "12:59:59", "13:00:00", "13:29:59", "13:30:00"];
        assert_eq!(values(&event, &times), [None, Some(1.0), Some(1.0), Some(2.0), Some(2.0), None]);
        let timeline = event.timelines().next().unwrap();
        assert_eq!(timeline.duration(), Some("PT90M".parse().unwrap()));
        assert_eq!(timeline.end(), event.end());
    }

    #[test]
    fn an_open_ended_event_keeps_its_last_value() {
        let mut event = event(&["PT1H", "PT0S", "PT1H"]);
        event.active_period.duration = Duration::ZERO;
        assert_eq!(event.end(), None);
        assert_eq!(values(&event, &["12:59:59", "13:00:00", "23:00:00"]), [Some(1.0), Some(2.0), Some(2.0)]);
        assert_eq!(event.status_at(at("23:00:00")), EventStatus::Active);
        let timeline = event.timelines().next().unwrap();
        assert_eq!((timeline.steps.len(), timeline.duration()), (2, None));
    }

    #[test]
    fn no_interval_goes_on_after_the_event() {
        let mut event = event(&["PT1H", "PT1H", "PT1H"]);
        event.active_period.duration = "PT90M".parse().unwrap();
        assert_eq!(values(&event, &["13:29:59", "13:30:00", "14:00:00"]), [Some(2.0), None, None]);
        assert_eq!(event.timelines().next().unwrap().steps.len(), 2);
    }

    #[test]
    fn an_interval_of_negative_length_lasts_no_time() {
        let mut event = event(&["-PT1H", "PT1H", "PT30M"]);
        let times = ["10:59:59", "11:00:00", "12:00:00", "13:00:00", "13:30:00"];
        assert_eq!(values(&event, &times), [None, None, Some(2.0), Some(3.0), None]);
        assert_eq!(event.end(), Some(at("13:30:00")));
        event.active_period.duration = "-PT1H".parse().unwrap();
        assert_eq!((event.end(), event.status_at(at("11:30:00"))), (Some(at("12:00:00")), EventStatus::Far));
    }

    #[test]
    fn months_are_as_long_as_they_are() {
        let signal = EventSignal::simple(
            "s",
            [("P1M".parse().unwrap(), Level::Moderate), ("P1M".parse().unwrap(), Level::High)],
        );
        let timeline = signal.timeline("2026-02-01T00:00:00Z".parse().unwrap(), None);
        assert_eq!(timeline.duration(), Some("P59D".parse().unwrap()));
        assert_eq!(timeline.steps[1].start, "2026-03-01T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_new_event_lasts_as_long_as_its_intervals_do_from_its_start_on() {
        // The months from 23 November on have 30 and 31 days.
        assert_eq!(event(&["P1M", "P1M", "PT1H"]).active_period.duration, "P61DT1H".parse().unwrap());
        assert_eq!(event(&["PT1H", "3W"]).active_period.duration, "P21DT1H".parse().unwrap());
        assert!(event(&["PT1H", "PT0S"]).active_period.is_open_ended());
        assert!(event(&["PT0S"]).active_period.is_open_ended());
        let open = event(&["PT1H", "PT0S"]);
        let starts: Vec<DateTime> = open.intervals().map(|step| step.start).collect();
        assert_eq!(starts, [at("12:00:00"), at("13:00:00")]);
    }

    #[test]
    fn a_signal_without_intervals_says_nothing() {
        let mut event = event(&["PT1H"]);
        event.signals[0].intervals.clear();
        assert_eq!(values(&event, &["12:30:00"]), [None]);
        assert_eq!(event.timelines().next().unwrap().duration(), Some(Duration::ZERO));
    }
}
