//! Rules about all events of a message together.

use std::collections::{BTreeMap, BTreeSet};

use xml_wire::DateTime;

use super::super::conversation::is_limited;
use super::super::finding::{Findings, Place, Severity};
use super::super::{Context, Role, Rule};
use super::Span;
use crate::event::{DistributeEvent, Event, EventStatus};
use crate::ids::MarketContext;
use crate::message::Message;

pub(super) fn check(message: &DistributeEvent, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    unique_ids(message, place, out);
    order(message, place, out);
    overlap(message, place, out);
    response_to_pull(message, place, context, out);
    left_out(message, place, context, out);
    nothing_queued(message, place, context, out);
}

/// No two events of a message have the same identifier.
fn unique_ids(message: &DistributeEvent, place: &Place<'_>, out: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (index, distributed) in message.events.iter().enumerate() {
        let id = &distributed.event.descriptor.event_id;
        if !seen.insert(id) {
            let place = &place.nth("oadr:oadrEvent", index);
            let place = &place.at("ei:eiEvent/ei:eventDescriptor/ei:eventID");
            out.info(Rule::EventId, place, format!("Send event {id} once, in its latest state."));
        }
    }
}

/// Active events come first, by priority and start, then pending ones by start and priority, completed ones last.
///
/// **Interpretation:** cancelled events may stand anywhere, and completed ones in any order.
fn order(message: &DistributeEvent, place: &Place<'_>, out: &mut Findings) {
    let mut before: Option<(&Event, Rank)> = None;
    for (index, distributed) in message.events.iter().enumerate() {
        let event = &distributed.event;
        let Some(rank) = Rank::of(event) else { continue };
        if let Some((other, other_rank)) = before
            && rank < other_rank
        {
            let text = format!(
                "Put event {} before event {}: active ones come first, by priority and start, then pending ones by start.",
                event.descriptor.event_id, other.descriptor.event_id
            );
            out.error(Rule::EventOrder, &place.nth("oadr:oadrEvent", index), text);
        }
        before = Some((event, rank));
    }
}

/// Where an event stands among others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Active(Priority, DateTime),
    Pending(DateTime, Priority),
    Completed,
}

/// 0 is the lowest, like none; of the others the lowest number is the highest.
type Priority = (bool, u32);

impl Rank {
    fn of(event: &Event) -> Option<Self> {
        let priority = event.descriptor.priority.unwrap_or(0);
        let priority = (priority == 0, priority);
        let start = event.active_period.start;
        match event.descriptor.status {
            EventStatus::Active => Some(Self::Active(priority, start)),
            EventStatus::Far | EventStatus::Near => Some(Self::Pending(start, priority)),
            EventStatus::Completed => Some(Self::Completed),
            EventStatus::None | EventStatus::Cancelled => None,
        }
    }
}

/// Events that are not over do not overlap: not at all within a market context, and with care across.
///
/// Told at the one of the two that starts later.
fn overlap(message: &DistributeEvent, place: &Place<'_>, out: &mut Findings) {
    let mut spans: Vec<(usize, &Event, Span)> = Vec::new();
    for (index, distributed) in message.events.iter().enumerate() {
        let event = &distributed.event;
        if let Some(span) = Span::of(event).filter(|_| is_live(event)) {
            spans.push((index, event, span));
        }
    }
    spans.sort_by_key(|(_, _, span)| span.start);
    let mut going_on = GoingOn::default();
    let mut found = BTreeMap::new();
    for (index, event, span) in spans {
        let context = &event.descriptor.market_context;
        if let Some(other) = going_on.within(context, span) {
            let other = &other.descriptor.event_id;
            let text = format!("Keep events of one market context apart: this overlaps event {other}.");
            found.insert(index, text);
        } else if let Some(other) = going_on.across(context, span) {
            let other = &other.descriptor.event_id;
            let text =
                format!("Check the priorities: this overlaps event {other} of another market context.");
            found.insert(index, text);
        }
        going_on.add(event, span);
    }
    for (index, text) in found {
        let place = &place.nth("oadr:oadrEvent", index);
        out.info(Rule::EventOverlap, &place.at("ei:eiEvent/ei:eiActivePeriod"), text);
    }
}

/// Of the events so far, by their start, those that last the longest.
#[derive(Default)]
struct GoingOn<'a> {
    /// In each market context.
    contexts: BTreeMap<&'a MarketContext, (&'a Event, Span)>,
    /// Of all market contexts two, the one that lasts longer first.
    longest: Vec<(&'a Event, Span)>,
}

impl<'a> GoingOn<'a> {
    fn within(&self, context: &MarketContext, span: Span) -> Option<&'a Event> {
        self.contexts.get(context).filter(|(_, other)| span.overlaps(*other)).map(|(event, _)| *event)
    }

    fn across(&self, context: &MarketContext, span: Span) -> Option<&'a Event> {
        let others = || self.longest.iter().filter(|(event, _)| event.descriptor.market_context != *context);
        others().find(|(_, other)| span.overlaps(*other)).map(|(event, _)| *event)
    }

    fn add(&mut self, event: &'a Event, span: Span) {
        let context = &event.descriptor.market_context;
        let in_context = self.contexts.entry(context).or_insert((event, span));
        if span.outlasts(in_context.1) {
            *in_context = (event, span);
        }
        let in_context = *in_context;
        self.longest.retain(|(other, _)| other.descriptor.market_context != *context);
        let at = self.longest.iter().position(|(_, other)| in_context.1.outlasts(*other));
        self.longest.insert(at.unwrap_or(self.longest.len()), in_context);
        self.longest.truncate(2);
    }
}

/// Events that were asked for come with a response; those that are pushed come without.
fn response_to_pull(message: &DistributeEvent, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let place = &place.at("ei:eiResponse");
    let asked = conversation
        .party(Role::Ven)
        .outstanding
        .iter()
        .any(|request| matches!(request, Message::Poll(_) | Message::RequestEvent(_)));
    if asked && message.response.is_none() {
        out.error(Rule::ResponseToPull, place, "Say how the request for events went.");
    } else if !asked && message.response.is_some() && conversation.polls == Some(false) {
        out.error(Rule::ResponseToPull, place, "Leave the response out where events are pushed.");
    }
}

/// Every event that is not over is sent again; one that is left out is cancelled.
fn left_out(message: &DistributeEvent, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let refused = message.response.as_ref().is_some_and(|response| !response.code.is_success());
    let requests = &conversation.party(Role::Ven).outstanding;
    if refused || requests.iter().any(|request| is_limited(Some(request))) {
        return;
    }
    let sent: BTreeSet<_> = message.events.iter().map(|sent| &sent.event.descriptor.event_id).collect();
    for (id, known) in &conversation.events {
        if sent.contains(id) || !is_live(&known.event) {
            continue;
        }
        let end = Span::of(&known.event).and_then(|span| span.end);
        let severity = match (context.now, end) {
            (Some(now), Some(end)) if end <= now => continue,
            (None, Some(_)) => Severity::Info,
            _ => Severity::Warning,
        };
        let text = format!(
            "Send event {id} again while it is not over: left out, it counts as cancelled; to cancel it, send it as cancelled once."
        );
        out.add(severity, Rule::ImplicitCancel, place, text);
    }
}

/// A poll is answered with no events only where that takes events away: otherwise the VEN would poll again at once.
fn nothing_queued(message: &DistributeEvent, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let polled = conversation.party(Role::Ven).outstanding.iter().any(|r| matches!(r, Message::Poll(_)));
    let requested =
        conversation.party(Role::Ven).outstanding.iter().any(|r| matches!(r, Message::RequestEvent(_)));
    if message.events.is_empty() && conversation.events.is_empty() && polled && !requested {
        let text = "Answer the poll with oadrResponse where nothing is queued: after anything else the VEN polls again at once.";
        out.warning(Rule::PollUntilEmpty, place, text);
    }
}

/// Whether an event is neither over nor cancelled.
fn is_live(event: &Event) -> bool {
    matches!(event.descriptor.status, EventStatus::Far | EventStatus::Near | EventStatus::Active)
}

#[cfg(test)]
mod tests {
    use super::super::super::example;
    use super::super::super::{Context, Conversation, Role, Rule, Severity, check_message};
    use crate::event::{DistributeEvent, EventStatus, RequestEvent};
    use crate::message::Message;
    use crate::poll::Poll;
    use crate::response::EiResponse;

    type Case = example::Case<DistributeEvent>;

    #[test]
    fn finds_what_is_wrong_with_a_list_of_events() {
        example::run(
            example::distribute,
            Role::Vtn,
            &[
                Case::new(Rule::EventId, Severity::Info, |m| {
                    m.events[1].event.descriptor.event_id = "event-1".into();
                })
                .at("/oadr:oadrEvent[2]/ei:eiEvent/ei:eventDescriptor/ei:eventID"),
                Case::new(Rule::EventOrder, Severity::Error, |m| m.events.swap(0, 1))
                    .at("/oadr:oadrEvent[2]"),
                Case::new(Rule::EventOrder, Severity::Error, |m| {
                    m.events[1].event.descriptor.status = EventStatus::Active;
                }),
                Case::new(Rule::EventOverlap, Severity::Info, |m| {
                    m.events[1].event.active_period.start = "2026-11-23T18:00:00Z".parse().unwrap();
                })
                .at("/oadr:oadrEvent[2]/ei:eiEvent/ei:eiActivePeriod"),
            ],
        );
    }

    #[test]
    fn puts_no_priority_last_and_leaves_cancelled_events_alone() {
        let fires = |priorities: [Option<u32>; 2], statuses: [EventStatus; 2]| {
            let mut message = example::distribute();
            for (event, (priority, status)) in
                message.events.iter_mut().zip(priorities.into_iter().zip(statuses))
            {
                event.event.descriptor.priority = priority;
                event.event.descriptor.status = status;
            }
            example::fires(message, Role::Vtn, Rule::EventOrder)
        };
        let active = [EventStatus::Active; 2];
        assert!(!fires([Some(1), Some(2)], active));
        assert!(fires([Some(2), Some(1)], active));
        assert!(fires([Some(0), Some(9)], active));
        assert!(!fires([Some(9), None], active));
        assert!(fires([None, None], [EventStatus::Completed, EventStatus::Far]));
        assert!(!fires([None, None], [EventStatus::Cancelled, EventStatus::Active]));
    }

    #[test]
    fn tells_overlaps_of_many_events_by_their_contexts() {
        let lasting = |spans: &[(&str, &str, &str)]| {
            let mut message = example::distribute();
            let one = message.events[0].clone();
            message.events = spans
                .iter()
                .map(|(context, start, duration)| {
                    let mut one = one.clone();
                    one.event.descriptor.market_context = (*context).into();
                    one.event.active_period.start = format!("2026-11-23T{start}:00Z").parse().unwrap();
                    one.event.active_period.duration = duration.parse().unwrap();
                    one
                })
                .collect();
            let findings = example::findings_at(message, Role::Vtn, example::NOW.parse().unwrap());
            let overlaps = findings.into_iter().filter(|finding| finding.rule == Rule::EventOverlap);
            overlaps
                .map(|finding| (finding.path.contains("[1]"), finding.text.starts_with("Keep")))
                .collect::<Vec<_>>()
        };
        assert_eq!(lasting(&[("a", "17:00", "PT1H"), ("a", "18:00", "PT1H"), ("b", "19:00", "PT1H")]), []);
        assert_eq!(lasting(&[("a", "17:30", "PT1H"), ("a", "17:00", "PT1H")]), [(true, true)]);
        assert_eq!(lasting(&[("a", "17:00", "PT0S"), ("b", "23:00", "PT1H")]), [(false, false)]);
        // The longest is of its own context, so it is told after the others.
        assert_eq!(
            lasting(&[
                ("a", "17:00", "PT5H"),
                ("b", "17:00", "PT1H"),
                ("a", "17:30", "PT1H"),
                ("b", "18:30", "PT1H")
            ]),
            [(false, false), (false, true), (false, false)]
        );
        assert_eq!(
            lasting(&[
                ("a", "17:00", "PT1H"),
                ("b", "17:00", "PT2H"),
                ("c", "17:00", "PT3H"),
                ("c", "20:00", "PT1H")
            ]),
            [(false, false), (false, false)]
        );
    }

    fn after(messages: &[(Message, Role)]) -> Conversation {
        example::observed(messages)
    }

    fn fires(rule: Rule, message: DistributeEvent, conversation: &Conversation) -> bool {
        let context = Context::new(Role::Vtn).after(conversation);
        check_message(&message.into(), &context).iter().any(|finding| finding.rule == rule)
    }

    #[test]
    fn wants_a_response_where_events_were_asked_for_and_only_there() {
        let pulled = example::distribute();
        let pushed = DistributeEvent { response: None, ..pulled.clone() };
        let asked = after(&[(RequestEvent::new("req-1", "ven-7").into(), Role::Ven)]);
        assert!(!fires(Rule::ResponseToPull, pulled.clone(), &asked));
        assert!(fires(Rule::ResponseToPull, pushed.clone(), &asked));

        let register =
            crate::registration::CreatePartyRegistration::push("req-1", "VEN", "https://ven.example");
        let by_push = after(&[(register.into(), Role::Ven)]);
        assert!(fires(Rule::ResponseToPull, pulled, &by_push));
        assert!(!fires(Rule::ResponseToPull, pushed, &by_push));
    }

    #[test]
    fn misses_events_that_are_not_over() {
        let known = after(&[(example::distribute().into(), Role::Vtn)]);
        assert!(!fires(Rule::ImplicitCancel, example::distribute(), &known));
        let mut fewer = example::distribute();
        fewer.events.pop();
        assert!(fires(Rule::ImplicitCancel, fewer.clone(), &known));

        let mut limited = known.clone();
        let mut request = RequestEvent::new("req-1", "ven-7");
        request.reply_limit = Some(1);
        limited.observe(&request.into(), Role::Ven);
        assert!(!fires(Rule::ImplicitCancel, fewer, &limited));
    }

    #[test]
    fn wants_polling_to_come_to_an_end() {
        let polled = after(&[(Poll::new("ven-7").into(), Role::Ven)]);
        let mut empty = example::distribute();
        empty.events.clear();
        assert!(fires(Rule::PollUntilEmpty, empty.clone(), &polled));
        assert!(!fires(Rule::PollUntilEmpty, example::distribute(), &polled));

        let asked = after(&[(RequestEvent::new("req-1", "ven-7").into(), Role::Ven)]);
        empty.response = Some(EiResponse::ok("req-1"));
        assert!(!fires(Rule::PollUntilEmpty, empty, &asked));
    }
}
