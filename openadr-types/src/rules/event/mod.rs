//! EiEvent.

mod answer;
mod list;
mod modification;
mod signal;

pub(super) use answer::{check_created, check_response};

use xml_wire::DateTime;

use super::finding::{Findings, Place};
use super::time::{after, before, moved};
use super::{Context, Rule, general};
use crate::event::{DistributeEvent, Event, EventStatus};
use crate::target::Target;

pub(super) fn check_distribute(
    message: &DistributeEvent,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    list::check(message, place, context, out);
    for (index, distributed) in message.events.iter().enumerate() {
        let event = &distributed.event;
        let place = &place.nth("oadr:oadrEvent", index);
        let place = &place.at("ei:eiEvent");
        let descriptor_place = &place.at("ei:eventDescriptor");
        general::created_time(event.descriptor.created_date_time, 300, descriptor_place, context, out);
        status(event, descriptor_place, context, out);
        one_ven(&event.target, &place.at("ei:eiTarget"), out);
        notification(event, place, out);
        modification::check(event, descriptor_place, context, out);
        signal::check(event, &place.at("ei:eiEventSignals"), context, out);
    }
}

/// An event's target names at most one VEN.
fn one_ven(target: &Target, place: &Place<'_>, out: &mut Findings) {
    if target.ven_ids.len() > 1 {
        let text = format!("Name one VEN, not {}: send each its own event.", target.ven_ids.len());
        out.error(Rule::Parties, &place.nth("ei:venID", 1), text);
    }
}

/// An event says how long before its start it is told.
fn notification(event: &Event, place: &Place<'_>, out: &mut Findings) {
    if event.active_period.notification.is_none() {
        let place = &place.at("ei:eiActivePeriod/xcal:properties/ei:x-eiNotification");
        out.info(Rule::Notification, place, "Say how long before its start the VEN is told of the event.");
    }
}

/// An event is far, near, active or completed by the clock, give or take a minute.
fn status(event: &Event, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let status = event.descriptor.status;
    let Some(now) = context.now else { return };
    let Some(span) = Span::of(event) else { return };
    let (earliest, latest) = (moved(now, -60), moved(now, 60));
    let start_after =
        event.active_period.tolerance.as_ref().and_then(|tolerance| tolerance.start_after.as_ref());
    let put_off = |at: DateTime| start_after.map_or(Some(at), |by| after(at, by));
    // A ramp-up after the start makes nothing near.
    let ramp_up = event.active_period.ramp_up.as_ref();
    let ramps_from = ramp_up.and_then(|by| before(span.start, by)).filter(|from| *from < span.start);
    let fits = match status {
        EventStatus::None | EventStatus::Cancelled => true,
        EventStatus::Far => earliest < ramps_from.unwrap_or(span.start),
        EventStatus::Near => {
            put_off(span.start).is_none_or(|start| earliest < start)
                && ramps_from.is_none_or(|from| latest >= from)
        }
        EventStatus::Active => {
            latest >= span.start && span.end.and_then(put_off).is_none_or(|end| earliest < end)
        }
        EventStatus::Completed => span.end.is_some_and(|end| latest >= end),
    };
    if !fits {
        let text =
            format!("Set the status that the event has at {now}: {} is for another time.", status.as_str());
        out.info(Rule::EventStatus, &place.at("ei:eventStatus"), text);
    }
}

/// From when to when an event is active; without an end where it is open ended.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: DateTime,
    end: Option<DateTime>,
}

impl Span {
    /// None past what can be computed with.
    fn of(event: &Event) -> Option<Self> {
        let period = &event.active_period;
        let end = if period.is_open_ended() { None } else { Some(after(period.start, &period.duration)?) };
        Some(Self { start: period.start, end })
    }

    fn outlasts(self, other: Self) -> bool {
        other.end.is_some_and(|other| self.end.is_none_or(|end| end > other))
    }

    fn overlaps(self, other: Self) -> bool {
        self.end.is_none_or(|end| other.start < end) && other.end.is_none_or(|end| self.start < end)
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::super::{Role, Rule, Severity};
    use crate::event::DistributeEvent;
    use crate::event::EventStatus;

    type Case = example::Case<DistributeEvent>;

    const EVENT: &str = "/oadr:oadrEvent[1]/ei:eiEvent";

    #[test]
    fn finds_what_is_wrong_with_an_event() {
        example::run(
            example::distribute,
            Role::Vtn,
            &[
                Case::new(Rule::Parties, Severity::Error, |m| {
                    m.events[0].event.target.ven_ids = vec!["ven-7".into(), "ven-8".into()];
                })
                .at(format!("{EVENT}/ei:eiTarget/ei:venID[2]")),
                Case::new(Rule::Notification, Severity::Info, |m| {
                    m.events[0].event.active_period.notification = None;
                })
                .at(format!("{EVENT}/ei:eiActivePeriod/xcal:properties/ei:x-eiNotification")),
                Case::new(Rule::CreatedTime, Severity::Info, |m| {
                    m.events[0].event.descriptor.created_date_time = "2026-11-23T11:53:00Z".parse().unwrap();
                })
                .at(format!("{EVENT}/ei:eventDescriptor/ei:createdDateTime")),
            ],
        );
    }

    #[test]
    fn a_ramp_up_after_the_start_says_nothing_about_what_comes_before() {
        for (time, status, fires) in [
            ("16:55:00", EventStatus::Far, false),
            ("16:55:00", EventStatus::Near, false),
            ("17:08:00", EventStatus::Far, true),
        ] {
            let mut message = example::distribute();
            message.events[0].event.descriptor.status = status;
            message.events[0].event.active_period.ramp_up = Some("-PT10M".parse().unwrap());
            let now = format!("2026-11-23T{time}Z").parse().unwrap();
            let found = example::findings_at(message, Role::Vtn, now)
                .iter()
                .any(|finding| finding.rule == Rule::EventStatus && finding.path.contains("oadrEvent[1]"));
            assert_eq!(found, fires, "{status} at {time}");
        }
    }

    #[test]
    fn compares_the_status_with_the_clock() {
        use EventStatus::{Active, Cancelled, Completed, Far, Near};
        // From 17:00 to 18:30, ramping up from 16:50, put off by at most 5 min.
        for (time, fitting) in [
            ("12:00:00", &[Far, Cancelled] as &[_]),
            ("16:50:30", &[Far, Near, Cancelled]),
            ("16:55:00", &[Near, Cancelled]),
            ("17:03:00", &[Near, Active, Cancelled]),
            ("18:00:00", &[Active, Cancelled]),
            ("18:33:00", &[Active, Completed, Cancelled]),
            ("19:00:00", &[Completed, Cancelled]),
        ] {
            for status in [Far, Near, Active, Completed, Cancelled] {
                let mut message = example::distribute();
                message.events[0].event.descriptor.status = status;
                let now = format!("2026-11-23T{time}Z").parse().unwrap();
                let fires = example::findings_at(message, Role::Vtn, now).iter().any(|finding| {
                    finding.rule == Rule::EventStatus && finding.path.contains("oadrEvent[1]")
                });
                assert_eq!(fires, !fitting.contains(&status), "{status} at {time}");
            }
        }
    }
}
