//! Rules about a VEN's answer to events, and the VTN's answer to that.

use std::collections::BTreeSet;

use super::super::finding::{Findings, Place};
use super::super::{Context, Role, Rule, general};
use crate::event::{CreatedEvent, EventResponse, OptType, ResponseRequired};
use crate::message::Message;
use crate::response::{Response, ResponseCode};

pub(in super::super) fn check_created(
    message: &CreatedEvent,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let place = &place.at("pyld:eiCreatedEvent");
    root_request_id(message, place, out);
    let place = &place.at("ei:eventResponses");
    let mut answered = BTreeSet::new();
    for (index, response) in message.answers().iter().enumerate() {
        let place = &place.nth("ei:eventResponse", index);
        if !answered.insert(&response.qualified_event_id.event_id) {
            let text = format!("Answer event {} once.", response.qualified_event_id.event_id);
            out.error(Rule::EventResponses, place, text);
        }
        general::is_of_the_profile(response.code, place, out);
        refusal(response, place, out);
        own_request_id(response, place, context, out);
        wanted(response, place, context, out);
        known_event(response, place, context, out);
        unsupported(response, place, context, out);
        outranked(response, place, context, out);
    }
}

/// The whole has no request identifier where the events have theirs.
fn root_request_id(message: &CreatedEvent, place: &Place<'_>, out: &mut Findings) {
    if !message.answers().is_empty() && !message.response.request_id.as_str().is_empty() {
        let text = "Leave this request identifier empty: each event response has its own.";
        out.error(Rule::EventRequestId, &place.at("ei:eiResponse/pyld:requestID"), text);
    }
}

/// Each event is answered with the request identifier of the message that brought it.
fn own_request_id(response: &EventResponse, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let place = &place.at("pyld:requestID");
    let id = &response.request_id;
    if id.as_str().trim().is_empty() {
        return out.error(Rule::EventRequestId, place, "Echo that of the message that brought the event.");
    }
    let event = context.conversation.and_then(|c| c.events.get(&response.qualified_event_id.event_id));
    if let Some(known) = event
        && !known.request_ids.contains(id)
        && let Some(latest) = known.request_ids.last()
    {
        let text = format!("Echo that of the message that brought the event, {latest}, not {id}.");
        out.error(Rule::EventRequestId, place, text);
    }
}

/// An event that wants no answer gets none.
fn wanted(response: &EventResponse, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let id = &response.qualified_event_id.event_id;
    let event = context.conversation.and_then(|conversation| conversation.events.get(id));
    if event.is_some_and(|known| known.response_required == ResponseRequired::Never) {
        out.error(Rule::EventResponses, place, format!("Leave event {id} out: it wants no answer."));
    }
}

/// An answer is about an event that the VEN was told of, in its latest state.
fn known_event(response: &EventResponse, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let id = &response.qualified_event_id;
    let place = &place.at("ei:qualifiedEventID");
    match conversation.events.get(&id.event_id) {
        None => {
            let text =
                format!("Answer only events that were sent: {} will be refused with 452.", id.event_id);
            out.warning(Rule::ResponseCodes, &place.at("ei:eventID"), text);
        }
        Some(known) if known.event.descriptor.modification_number != id.modification_number => {
            let text = format!(
                "Answer modification {}, the latest: {} will be refused with 450.",
                known.event.descriptor.modification_number, id.modification_number
            );
            out.warning(Rule::ResponseCodes, &place.at("ei:modificationNumber"), text);
        }
        Some(_) => {}
    }
}

/// Code 460, a signal that is not supported, goes with an opt out, and so does any other refusal.
fn refusal(response: &EventResponse, place: &Place<'_>, out: &mut Findings) {
    if response.code.is_success() || response.opt_type == OptType::Out {
        return;
    }
    let place = &place.at("ei:optType");
    if response.code == ResponseCode::SIGNAL_NOT_SUPPORTED {
        out.error(Rule::UnsupportedSignal, place, "Opt out of an event whose signal is not supported.");
    } else {
        out.info(Rule::RefusalOpt, place, "Opt out of an event that is refused.");
    }
}

/// An event of which the VEN supports no signal is refused.
fn unsupported(response: &EventResponse, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let Some(known) = conversation.events.get(&response.qualified_event_id.event_id) else { return };
    if response.code.is_success()
        && response.opt_type == OptType::In
        && conversation.supports_none_of(&known.event)
    {
        let text = "Refuse with 460 and opt out: none of the event's signals is supported.";
        out.error(Rule::UnsupportedSignal, place, text);
    }
}

/// After an opt for an event, only another opt changes it; an answer that says the same changes nothing.
fn outranked(response: &EventResponse, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let id = &response.qualified_event_id.event_id;
    if let Some((opt, opt_type)) = conversation.event_opts.get(id)
        && *opt_type != response.opt_type
    {
        let text =
            format!("Send an oadrCreateOpt to change opt {opt}: this answer to event {id} is ignored.");
        out.warning(Rule::EventOpt, &place.at("ei:optType"), text);
    }
}

/// A VTN accepts opts for events that stand, and refuses the others with the codes for that.
pub(in super::super) fn check_response(
    message: &Response,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let Some(conversation) = context.conversation.filter(|_| context.sender == Role::Vtn) else { return };
    let Some(Message::CreatedEvent(created)) = conversation.party(Role::Ven).outstanding.last() else {
        return;
    };
    let place = &place.at("ei:eiResponse/ei:responseCode");
    let mut all_stand = !created.answers().is_empty();
    for response in created.answers() {
        let id = &response.qualified_event_id;
        let wanted = match conversation.events.get(&id.event_id) {
            None => ResponseCode::INVALID_ID,
            Some(known) if known.event.descriptor.modification_number != id.modification_number => {
                ResponseCode::OUT_OF_SEQUENCE
            }
            Some(_) => continue,
        };
        all_stand = false;
        if message.response.code.is_success() {
            let text = format!(
                "Refuse the answer to modification {} of event {} with {wanted}.",
                id.modification_number, id.event_id
            );
            out.warning(Rule::ResponseCodes, place, text);
        }
    }
    let may_refuse = [ResponseCode::NOT_REGISTERED, ResponseCode::DEPLOYMENT_ERROR];
    if all_stand && !message.response.code.is_success() && !may_refuse.contains(&message.response.code) {
        let changes = |response: &EventResponse| {
            let known = conversation.events.get(&response.qualified_event_id.event_id);
            response.opt_type == OptType::Out
                && known.is_some_and(|known| known.opt_before == Some(OptType::In))
        };
        let later = created.answers().iter().any(changes);
        let rule = if later { Rule::LaterOptAccepted } else { Rule::OptAccepted };
        out.warning(rule, place, "Accept an opt in or out of an event that stands.");
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Severity;
    use super::super::super::example;
    use super::super::super::{Context, Conversation, check_message};
    use super::*;
    use crate::event::{QualifiedEventId, SignalName, SignalType};
    use crate::opt::{CreateOpt, CreatedOpt};
    use crate::response::EiResponse;

    type Case = example::Case<CreatedEvent>;

    const RESPONSE: &str = "/pyld:eiCreatedEvent/ei:eventResponses/ei:eventResponse";

    fn responses(message: &mut CreatedEvent) -> &mut Vec<EventResponse> {
        message.event_responses.get_or_insert_default()
    }

    #[test]
    fn finds_what_is_wrong_with_an_answer() {
        example::run(
            example::created,
            Role::Ven,
            &[
                Case::new(Rule::EventRequestId, Severity::Error, |m| {
                    m.response.request_id = "vtn-req-1".into()
                })
                .at("/pyld:eiCreatedEvent/ei:eiResponse/pyld:requestID"),
                Case::new(Rule::EventRequestId, Severity::Error, |m| {
                    responses(m)[0].request_id = "".into();
                })
                .at(format!("{RESPONSE}[1]/pyld:requestID")),
                Case::new(Rule::EventResponses, Severity::Error, |m| {
                    responses(m).extend_from_within(..1);
                })
                .at(format!("{RESPONSE}[2]")),
                Case::new(Rule::ResponseCodes, Severity::Warning, |m| {
                    responses(m)[0].code = ResponseCode::new("500").unwrap();
                    responses(m)[0].opt_type = OptType::Out;
                })
                .at(format!("{RESPONSE}[1]/ei:responseCode")),
                Case::new(Rule::UnsupportedSignal, Severity::Error, |m| {
                    responses(m)[0].code = ResponseCode::SIGNAL_NOT_SUPPORTED;
                })
                .at(format!("{RESPONSE}[1]/ei:optType")),
                Case::new(Rule::RefusalOpt, Severity::Info, |m| {
                    responses(m)[0].code = ResponseCode::TARGET_MISMATCH;
                })
                .at(format!("{RESPONSE}[1]/ei:optType")),
            ],
        );
    }

    #[test]
    fn compares_an_answer_with_the_events() {
        let mut known = example::observed(&[(example::distribute().into(), Role::Vtn)]);
        example::run_after(
            example::created,
            Role::Ven,
            &known,
            &[
                Case::new(Rule::EventRequestId, Severity::Error, |m| {
                    responses(m)[0].request_id = "other".into();
                }),
                Case::new(Rule::ResponseCodes, Severity::Warning, |m| {
                    responses(m)[0].qualified_event_id = QualifiedEventId::new("event-9", 0);
                })
                .at(format!("{RESPONSE}[1]/ei:qualifiedEventID/ei:eventID")),
                Case::new(Rule::ResponseCodes, Severity::Warning, |m| {
                    responses(m)[0].qualified_event_id.modification_number = 1;
                })
                .at(format!("{RESPONSE}[1]/ei:qualifiedEventID/ei:modificationNumber")),
                Case::new(Rule::EventResponses, Severity::Error, |m| {
                    responses(m)[0].qualified_event_id.event_id = "event-2".into();
                })
                .at(format!("{RESPONSE}[1]")),
            ],
        );

        let opt = CreateOpt::event(
            "opt-1",
            "ven-7",
            OptType::Out,
            "2026-11-23T12:00:00Z".parse().unwrap(),
            QualifiedEventId::new("event-1", 0),
        );
        known.observe(&opt.into(), Role::Ven);
        assert!(fires(Rule::EventOpt, example::created().into(), Role::Ven, &known));
        let mut agreeing = example::created();
        responses(&mut agreeing)[0].opt_type = OptType::Out;
        assert!(!fires(Rule::EventOpt, agreeing.into(), Role::Ven, &known), "rule 62 wants the answer");
        let refused = EiResponse::error(ResponseCode::COMPLIANCE_ERROR, "no", "opt-1");
        known.observe(&CreatedOpt::new(refused, "opt-1").into(), Role::Vtn);
        assert!(!fires(Rule::EventOpt, example::created().into(), Role::Ven, &known));
    }

    #[test]
    fn wants_unsupported_signals_refused() {
        let supporting = |name: SignalName, signal_type: SignalType| {
            let mut conversation = Conversation::new().supporting([(name, signal_type)]);
            conversation.observe(&example::distribute().into(), Role::Vtn);
            conversation
        };
        let created = || Message::from(example::created());
        let levels = supporting(SignalName::Simple, SignalType::Level);
        assert!(!fires(Rule::UnsupportedSignal, created(), Role::Ven, &levels));
        let bids = supporting(SignalName::BidLoad, SignalType::Setpoint);
        assert!(fires(Rule::UnsupportedSignal, created(), Role::Ven, &bids));
    }

    #[test]
    fn compares_a_response_with_the_answer() {
        let after = |answers: &[CreatedEvent]| {
            let mut conversation = example::observed(&[(example::distribute().into(), Role::Vtn)]);
            for answer in answers {
                conversation.observe(&answer.clone().into(), Role::Ven);
            }
            conversation
        };
        let respond = |response: EiResponse| Message::from(Response::new(response, None));
        let refusal = || respond(EiResponse::error(ResponseCode::INVALID_DATA, "no", ""));
        let acceptance = || respond(EiResponse::ok(""));

        let opted_in = after(&[example::created()]);
        assert!(fires(Rule::OptAccepted, refusal(), Role::Vtn, &opted_in));
        assert!(!fires(Rule::OptAccepted, acceptance(), Role::Vtn, &opted_in));
        let mut out = example::created();
        responses(&mut out)[0].opt_type = OptType::Out;
        assert!(fires(Rule::OptAccepted, refusal(), Role::Vtn, &after(&[out.clone()])));
        let opted_out_later = after(&[example::created(), out]);
        assert!(fires(Rule::LaterOptAccepted, refusal(), Role::Vtn, &opted_out_later));
        assert!(!fires(Rule::LaterOptAccepted, acceptance(), Role::Vtn, &opted_out_later));
        let mut unknown = example::created();
        responses(&mut unknown)[0].qualified_event_id.event_id = "event-9".into();
        let unknown = after(&[unknown]);
        assert!(fires(Rule::ResponseCodes, acceptance(), Role::Vtn, &unknown));
        assert!(!fires(Rule::ResponseCodes, refusal(), Role::Vtn, &unknown));
    }

    fn fires(rule: Rule, message: Message, sender: Role, conversation: &Conversation) -> bool {
        let context = Context::new(sender).after(conversation);
        check_message(&message, &context).iter().any(|finding| finding.rule == rule)
    }
}
