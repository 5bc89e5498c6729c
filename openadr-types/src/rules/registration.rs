//! EiRegisterParty, and what follows a registration.

use super::finding::{Findings, Place};
use super::{Context, Role, Rule};
use crate::message::Message;
use crate::registration::{
    CancelPartyRegistration, CreatePartyRegistration, CreatedPartyRegistration, TransportName,
};

/// A VEN that has registered registers its reports, and then asks for events, before it does anything else.
pub(super) fn check_after_registration(
    message: &Message,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let Some(conversation) = context.conversation.filter(|_| context.sender == Role::Ven) else { return };
    let polls = matches!(message, Message::Poll(_));
    if conversation.owes_reports && (polls || matches!(message, Message::RequestEvent(_))) {
        let text = "Register reports first, right after registration, even if there are none.";
        out.error(Rule::ReportsAfterRegistration, place, text);
    }
    if conversation.owes_event_request && polls {
        let text = "Ask for events by oadrRequestEvent first, after a new registration.";
        out.error(Rule::EventsAfterRegistration, place, text);
    }
}

pub(super) fn check_create(
    message: &CreatePartyRegistration,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    transport(message, place, out);
    renewed(message, place, context, out);
}

/// Over HTTP a VEN says whether it polls, and where it is reached unless it does; over XMPP where it is reached.
fn transport(message: &CreatePartyRegistration, place: &Place<'_>, out: &mut Findings) {
    let over_http = message.transport == TransportName::SimpleHttp;
    if over_http && message.http_pull_model.is_none() {
        out.info(Rule::Transport, &place.at("oadr:oadrHttpPullModel"), "Say whether the VEN polls.");
    }
    let is_pushed_to = !over_http || message.http_pull_model == Some(false);
    let address = message.transport_address.as_deref().map_or("", str::trim);
    if is_pushed_to && address.is_empty() {
        let place = &place.at("oadr:oadrTransportAddress");
        out.info(Rule::Transport, place, "Say where the VEN is reached.");
    }
}

/// A registration that ended is not renewed, and one that stands is renewed by its own identifier.
fn renewed(message: &CreatePartyRegistration, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let (Some(conversation), Some(id)) = (context.conversation, &message.registration_id) else { return };
    let place = &place.at("ei:registrationID");
    if conversation.ended_registration.as_ref() == Some(id) {
        let text = format!("Register anew, without a registration: {id} has ended.");
        out.error(Rule::EndedRegistration, place, text);
    } else if let Some(known) = conversation.registration_id.as_ref().filter(|known| *known != id) {
        let text = format!("Renew registration {known}, not {id}, which will be refused with 452.");
        out.warning(Rule::RegistrationId, place, text);
    }
}

/// A registration that is accepted has identifiers and, for a VEN that polls, a frequency.
pub(super) fn check_created(
    message: &CreatedPartyRegistration,
    request: Option<&Message>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let (Some(conversation), Some(request)) = (context.conversation, request) else { return };
    if !message.response.code.is_success() {
        return;
    }
    let Message::CreatePartyRegistration(request) = request else {
        if message.registration_id.is_some() && conversation.registration_id.is_none() {
            let text = "Leave this out: the VEN asked what there is, and is not registered.";
            out.info(Rule::RegistrationId, &place.at("ei:registrationID"), text);
        }
        return;
    };
    if message.registration_id.is_none() {
        let text = "Give the registration an identifier, or refuse it.";
        out.warning(Rule::RegistrationId, &place.at("ei:registrationID"), text);
    }
    if message.ven_id.is_none() {
        let text = "Give the VEN an identifier, or refuse the registration.";
        out.warning(Rule::RegistrationId, &place.at("ei:venID"), text);
    }
    if request.http_pull_model == Some(true) && message.poll_freq.is_none() {
        let place = &place.at("oadr:oadrRequestedOadrPollFreq");
        out.info(Rule::PollFrequency, place, "Tell the VEN how often it is to poll.");
    }
}

/// The registration that ends is the one that stands.
pub(super) fn check_cancel(
    message: &CancelPartyRegistration,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let known = context.conversation.and_then(|conversation| conversation.registration_id.as_ref());
    if let Some(known) = known.filter(|known| **known != message.registration_id) {
        let id = &message.registration_id;
        let text = format!("Cancel registration {known}, not {id}, which will be refused with 452.");
        out.warning(Rule::RegistrationId, &place.at("ei:registrationID"), text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::super::{Conversation, Severity};
    use super::*;
    use crate::event::RequestEvent;
    use crate::poll::Poll;
    use crate::registration::{CanceledPartyRegistration, QueryRegistration};
    use crate::report::RegisterReport;
    use crate::response::EiResponse;

    type Case = example::Case<CreatePartyRegistration>;
    type CreatedCase = example::Case<CreatedPartyRegistration>;

    #[test]
    fn finds_what_is_wrong_with_a_registration() {
        let register = || CreatePartyRegistration::push("req-1", "Heat pump", "https://ven.example");
        example::run(
            register,
            Role::Ven,
            &[
                Case::new(Rule::Transport, Severity::Info, |m| m.http_pull_model = None)
                    .at("/oadr:oadrHttpPullModel"),
                Case::new(Rule::Transport, Severity::Info, |m| m.transport_address = None)
                    .at("/oadr:oadrTransportAddress"),
                Case::new(Rule::Transport, Severity::Info, |m| {
                    m.transport = TransportName::Xmpp;
                    m.transport_address = None;
                }),
            ],
        );
        let mut pull = CreatePartyRegistration::pull("req-1", "Heat pump");
        pull.transport_address = None;
        assert!(!example::fires(pull, Role::Ven, Rule::Transport));
    }

    #[test]
    fn wants_reports_registered_and_events_asked_for_first() {
        let mut conversation = example::registered();
        let fires = |rule: Rule, message: Message, conversation: &Conversation| {
            example::fires_after(message, Role::Ven, conversation, rule)
        };
        let poll = || Message::from(Poll::new("ven-7"));
        let request = || Message::from(RequestEvent::new("req-3", "ven-7"));
        assert!(fires(Rule::ReportsAfterRegistration, poll(), &conversation));
        assert!(fires(Rule::ReportsAfterRegistration, request(), &conversation));

        conversation
            .observe(&RegisterReport::new("req-2", Vec::new(), Some("ven-7".into())).into(), Role::Ven);
        assert!(!fires(Rule::ReportsAfterRegistration, poll(), &conversation));
        assert!(fires(Rule::EventsAfterRegistration, poll(), &conversation));

        conversation.observe(&request(), Role::Ven);
        assert!(!fires(Rule::EventsAfterRegistration, poll(), &conversation));
    }

    #[test]
    fn compares_registrations_with_the_one_that_stands() {
        let mut conversation = example::registered();
        let renew = |id: &str| {
            let mut message = CreatePartyRegistration::pull("req-4", "Heat pump");
            message.registration_id = Some(id.into());
            Message::from(message)
        };
        let fires = |rule: Rule, message: Message, conversation: &Conversation| {
            example::fires_after(message, Role::Ven, conversation, rule)
        };
        assert!(!fires(Rule::RegistrationId, renew("reg-1"), &conversation));
        assert!(fires(Rule::RegistrationId, renew("reg-2"), &conversation));
        let cancel = |id: &str| Message::from(CancelPartyRegistration::new("req-5", id, "ven-7"));
        assert!(!fires(Rule::RegistrationId, cancel("reg-1"), &conversation));
        assert!(fires(Rule::RegistrationId, cancel("reg-2"), &conversation));

        assert!(!fires(Rule::EndedRegistration, renew("reg-1"), &conversation));
        conversation.observe(&cancel("reg-1"), Role::Ven);
        let canceled = CanceledPartyRegistration::new(EiResponse::ok("req-5"), None, None);
        conversation.observe(&canceled.into(), Role::Vtn);
        assert!(fires(Rule::EndedRegistration, renew("reg-1"), &conversation));
    }

    #[test]
    fn wants_a_registration_that_is_accepted_to_be_whole() {
        let asked =
            example::observed(&[(CreatePartyRegistration::pull("req-1", "Heat pump").into(), Role::Ven)]);
        example::run_after(
            example::created_registration,
            Role::Vtn,
            &asked,
            &[
                CreatedCase::new(Rule::RegistrationId, Severity::Warning, |m| m.registration_id = None)
                    .at("/ei:registrationID"),
                CreatedCase::new(Rule::RegistrationId, Severity::Warning, |m| m.ven_id = None)
                    .at("/ei:venID"),
                CreatedCase::new(Rule::PollFrequency, Severity::Info, |m| m.poll_freq = None)
                    .at("/oadr:oadrRequestedOadrPollFreq"),
            ],
        );
        let queried = example::observed(&[(QueryRegistration::new("req-1").into(), Role::Ven)]);
        let answer = || example::created_registration().into();
        assert!(example::fires_after(answer(), Role::Vtn, &queried, Rule::RegistrationId));
    }

    #[test]
    fn forgets_reports_with_a_registration() {
        let mut conversation = example::registered();
        conversation.observe(&example::register().into(), Role::Ven);
        conversation.observe(&example::request().into(), Role::Vtn);
        let fires = |conversation: &Conversation| {
            example::fires_after(example::update().into(), Role::Ven, conversation, Rule::ReportAskedFor)
        };
        assert!(!fires(&conversation));
        conversation.observe(&CreatePartyRegistration::pull("req-1", "Heat pump").into(), Role::Ven);
        let mut anew = example::created_registration();
        anew.registration_id = Some("reg-2".into());
        conversation.observe(&anew.into(), Role::Vtn);
        assert!(fires(&conversation));
    }
}
