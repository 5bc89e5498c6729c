//! Modification numbers: how an event differs from what the VEN was told before.

use super::super::finding::{Findings, Place};
use super::super::{Context, Rule};
use crate::event::{Event, EventStatus};

pub(super) fn check(event: &Event, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let place = &place.at("ei:modificationNumber");
    match conversation.events.get(&event.descriptor.event_id) {
        None => new_event(event, place, out),
        Some(known) => changed_event(event, &known.event, place, out),
    }
}

/// A new event has modification number 0.
///
/// Only a warning: the VEN may have registered after the event was changed.
fn new_event(event: &Event, place: &Place<'_>, out: &mut Findings) {
    let number = event.descriptor.modification_number;
    if number != 0 {
        out.warning(
            Rule::NewEvent,
            place,
            format!("Start a new event with modification number 0, not {number}."),
        );
    }
}

/// Each change adds one; a change of creation time, status or current value is none, but a cancellation is.
///
/// More than one more is only a warning: the VEN may have missed a change.
fn changed_event(event: &Event, known: &Event, place: &Place<'_>, out: &mut Findings) {
    let (number, before) = (event.descriptor.modification_number, known.descriptor.modification_number);
    if number < before {
        let text = format!(
            "Send the latest state of the event: {number} is older than {before}, which was sent before."
        );
        out.error(Rule::ChangedEvent, place, text);
    } else if number == before && is_changed(event, known) {
        let text = format!("Add one to modification number {before}: the event has changed.");
        out.error(Rule::ChangedEvent, place, text);
    } else if number - before > 1 {
        let text = format!("Add one for each change: {number} does not follow {before}.");
        out.warning(Rule::ChangedEvent, place, text);
    }
}

fn is_changed(event: &Event, known: &Event) -> bool {
    let cancelled = |event: &Event| event.descriptor.status == EventStatus::Cancelled;
    cancelled(event) != cancelled(known) || without_what_may_change(event) != without_what_may_change(known)
}

fn without_what_may_change(event: &Event) -> Event {
    let mut event = event.clone();
    event.descriptor.status = EventStatus::None;
    event.descriptor.created_date_time = event.active_period.start;
    for signal in &mut event.signals {
        signal.current_value = None;
    }
    event
}

#[cfg(test)]
mod tests {
    use super::super::super::example;
    use super::super::super::{Context, Conversation, Role, Rule, Severity, check_message};
    use crate::Float;
    use crate::event::{DistributeEvent, EventStatus};

    fn severity(rule: Rule, message: DistributeEvent, conversation: &Conversation) -> Option<Severity> {
        let findings = check_message(&message.into(), &Context::new(Role::Vtn).after(conversation));
        findings.iter().filter(|finding| finding.rule == rule).map(|finding| finding.severity).max()
    }

    #[test]
    fn wants_new_events_to_start_from_zero() {
        let nothing = Conversation::new();
        let mut message = example::distribute();
        assert_eq!(severity(Rule::NewEvent, message.clone(), &nothing), None);
        message.events[0].event.descriptor.modification_number = 3;
        assert_eq!(severity(Rule::NewEvent, message, &nothing), Some(Severity::Warning));
    }

    #[test]
    fn wants_one_more_for_each_change() {
        let mut first = example::distribute();
        first.events[0].event.descriptor.modification_number = 2;
        let known = example::observed(&[(first.clone().into(), Role::Vtn)]);
        let changed = |change: fn(&mut DistributeEvent)| {
            let mut message = first.clone();
            change(&mut message);
            severity(Rule::ChangedEvent, message, &known)
        };
        assert_eq!(changed(|_| {}), None);
        assert_eq!(
            changed(|m| {
                let event = &mut m.events[0].event;
                event.descriptor.status = EventStatus::Active;
                event.descriptor.created_date_time = "2026-11-23T17:00:00Z".parse().unwrap();
                event.signals[0].current_value = Some(Float(1.0));
            }),
            None
        );
        assert_eq!(changed(|m| m.events[0].event.descriptor.priority = Some(7)), Some(Severity::Error));
        assert_eq!(
            changed(|m| m.events[0].event.descriptor.status = EventStatus::Cancelled),
            Some(Severity::Error)
        );
        assert_eq!(changed(|m| m.events[0].event.descriptor.modification_number = 1), Some(Severity::Error));
        assert_eq!(
            changed(|m| {
                m.events[0].event.descriptor.priority = Some(7);
                m.events[0].event.descriptor.modification_number = 3;
            }),
            None
        );
        assert_eq!(
            changed(|m| m.events[0].event.descriptor.modification_number = 4),
            Some(Severity::Warning)
        );
    }
}
