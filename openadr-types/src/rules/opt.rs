//! EiOpt.

use super::finding::{Findings, Place};
use super::{Context, Rule, general};
use crate::opt::{CancelOpt, CreateOpt};

pub(super) fn check_create(
    message: &CreateOpt,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    general::created_time(message.created_date_time, 60, place, context, out);
    if message.opt_id.as_str().trim().is_empty() {
        out.info(Rule::OptId, &place.at("ei:optID"), "Give the opt an identifier to withdraw it by.");
    }
    content(message, place, out);
    availability(message, place, out);
    event(message, place, context, out);
}

/// An opt is for an event, or for a schedule and perhaps one market context.
fn content(message: &CreateOpt, place: &Place<'_>, out: &mut Findings) {
    let availability = &place.at("xcal:vavailability");
    if message.qualified_event_id.is_none() {
        if message.availability.is_none() {
            out.info(Rule::OptContent, availability, "Name an event, or give a schedule.");
        }
        return;
    }
    if message.availability.is_some() {
        out.info(Rule::OptContent, availability, "Leave the schedule out: the opt is for an event.");
    }
    if message.market_context.is_some() {
        let place = &place.at("emix:marketContext");
        out.info(Rule::OptContent, place, "Leave the market context out: the opt is for an event.");
    }
}

/// A schedule is made of starts and durations only.
fn availability(message: &CreateOpt, place: &Place<'_>, out: &mut Findings) {
    let Some(availability) = &message.availability else { return };
    let place = &place.at("xcal:vavailability/xcal:components");
    for (index, period) in availability.available.iter().enumerate() {
        let place = &place.nth("xcal:available", index);
        let place = &place.at("xcal:properties");
        let extra = [
            ("xcal:tolerance", period.tolerance.is_some()),
            ("ei:x-eiNotification", period.notification.is_some()),
            ("ei:x-eiRampUp", period.ramp_up.is_some()),
            ("ei:x-eiRecovery", period.recovery.is_some()),
        ];
        for (step, _) in extra.into_iter().filter(|(_, present)| *present) {
            let text = "Leave this out: a schedule is made of starts and durations.";
            out.info(Rule::OptAvailability, &place.at(step), text);
        }
    }
}

/// An opt for an event is for one that the VEN was told of.
fn event(message: &CreateOpt, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let (Some(conversation), Some(id)) = (context.conversation, &message.qualified_event_id) else { return };
    if !conversation.events.contains_key(&id.event_id) {
        let text = format!("Opt for events that were sent: {} will be refused with 452.", id.event_id);
        out.warning(Rule::ResponseCodes, &place.at("ei:qualifiedEventID/ei:eventID"), text);
    }
}

/// An opt that is withdrawn was made, and stands.
pub(super) fn check_cancel(
    message: &CancelOpt,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let Some(conversation) = context.conversation else { return };
    if !conversation.opts.contains_key(&message.opt_id) {
        let text = format!("Withdraw an opt that stands: {} will be refused with 452.", message.opt_id);
        out.info(Rule::OptKnown, &place.at("ei:optID"), text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::super::{Conversation, Role, Severity};
    use super::*;
    use crate::event::{OptType, QualifiedEventId};
    use crate::message::Message;
    use crate::opt::CreatedOpt;
    use crate::period::Period;
    use crate::response::{EiResponse, ResponseCode};

    type Case = example::Case<CreateOpt>;

    fn schedule() -> CreateOpt {
        let period = Period::new("2026-12-24T00:00:00Z".parse().unwrap(), "P3D".parse().unwrap());
        CreateOpt::schedule("opt-1", "ven-7", OptType::Out, example::NOW.parse().unwrap(), vec![period])
    }

    fn for_event() -> CreateOpt {
        let event = QualifiedEventId::new("event-1", 0);
        CreateOpt::event("opt-2", "ven-7", OptType::Out, example::NOW.parse().unwrap(), event)
    }

    #[test]
    fn finds_what_is_wrong_with_an_opt() {
        example::run(schedule, Role::Ven, &[
            Case::new(Rule::OptId, Severity::Info, |m| m.opt_id = "".into()).at("/ei:optID"),
            Case::new(Rule::OptContent, Severity::Info, |m| m.availability = None)
                .at("/xcal:vavailability"),
            Case::new(Rule::OptAvailability, Severity::Info, |m| {
                m.availability.as_mut().unwrap().available[0].notification = Some("PT1H".parse().unwrap());
            })
            .at("/xcal:vavailability/xcal:components/xcal:available[1]/xcal:properties/ei:x-eiNotification"),
            Case::new(Rule::CreatedTime, Severity::Info, |m| {
                m.created_date_time = "2026-11-23T11:58:00Z".parse().unwrap();
            })
            .at("/ei:createdDateTime"),
        ]);
        example::run(
            for_event,
            Role::Ven,
            &[
                Case::new(Rule::OptContent, Severity::Info, |m| m.availability = schedule().availability)
                    .at("/xcal:vavailability"),
                Case::new(Rule::OptContent, Severity::Info, |m| {
                    m.market_context = Some("http://example.com/peak".into());
                })
                .at("/emix:marketContext"),
            ],
        );
    }

    #[test]
    fn compares_an_opt_with_the_events_and_opts_that_stand() {
        let fires = |rule: Rule, message: Message, conversation: &Conversation| {
            example::fires_after(message, Role::Ven, conversation, rule)
        };
        let mut conversation = Conversation::new();
        assert!(fires(Rule::ResponseCodes, for_event().into(), &conversation));
        conversation.observe(&example::distribute().into(), Role::Vtn);
        assert!(!fires(Rule::ResponseCodes, for_event().into(), &conversation));

        let cancel = || Message::from(CancelOpt::new("req-1", "opt-2", "ven-7"));
        assert!(fires(Rule::OptKnown, cancel(), &conversation));
        conversation.observe(&for_event().into(), Role::Ven);
        assert!(!fires(Rule::OptKnown, cancel(), &conversation));
        let refused = EiResponse::error(ResponseCode::COMPLIANCE_ERROR, "no", for_event().request_id);
        conversation.observe(&CreatedOpt::new(refused, "opt-2").into(), Role::Vtn);
        assert!(fires(Rule::OptKnown, cancel(), &conversation), "a refused opt does not stand");
    }
}
