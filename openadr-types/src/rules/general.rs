//! What holds for every message.

use xml_wire::DateTime;

use super::finding::{Findings, Place};
use super::{Context, Role, Rule, parts};
use crate::message::{Message, SchemaVersion};
use crate::response::ResponseCode;

pub(super) fn check(message: &Message, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    sender(message, place, context, out);
    schema_version(message, place, out);
    request_id(message, place, out);
    response_code(message, place, out);
    ven_id_in_answer(message, place, context, out);
    parties(message, place, context, out);
    answer(message, place, context, out);
    request_id_echo(message, place, context, out);
}

/// Some messages only a VEN sends, others only a VTN.
fn sender(message: &Message, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    if !context.sender.may_send(message) {
        let who = match context.sender {
            Role::Ven => "VTN",
            Role::Vtn => "VEN",
        };
        out.warning(Rule::Sender, place, format!("Leave {} to the {who}.", message.name()));
    }
}

/// Every payload states version 2.0b; only a warning where parties may have agreed on an extension.
fn schema_version(message: &Message, place: &Place<'_>, out: &mut Findings) {
    let place = &place.at("@ei:schemaVersion");
    match parts::schema_version(message) {
        Some(SchemaVersion::V2_0b) => {}
        Some(SchemaVersion::Other(other)) => {
            out.warning(Rule::SchemaVersion, place, format!("State version 2.0b, not {other}."));
        }
        Some(other) => {
            out.error(Rule::SchemaVersion, place, format!("State version 2.0b, not {}.", other.as_str()));
        }
        None => out.error(Rule::SchemaVersion, place, "State version 2.0b."),
    }
}

/// A request has an identifier that its answer can echo.
fn request_id(message: &Message, place: &Place<'_>, out: &mut Findings) {
    if let Some((path, id)) = parts::request_id(message)
        && id.as_str().trim().is_empty()
    {
        out.info(Rule::RequestId, &place.at(path), "Give the request an identifier for its answer to echo.");
    }
}

/// A refusal says why by one of the profile's codes.
fn response_code(message: &Message, place: &Place<'_>, out: &mut Findings) {
    if let Some((path, response)) = parts::response(message) {
        is_of_the_profile(response.code, &place.at(path), out);
    }
}

/// Rule 48 for one code.
pub(super) fn is_of_the_profile(code: ResponseCode, place: &Place<'_>, out: &mut Findings) {
    const REFUSALS: [ResponseCode; 11] = [
        ResponseCode::OUT_OF_SEQUENCE,
        ResponseCode::NOT_ALLOWED,
        ResponseCode::INVALID_ID,
        ResponseCode::NOT_RECOGNIZED,
        ResponseCode::INVALID_DATA,
        ResponseCode::COMPLIANCE_ERROR,
        ResponseCode::SIGNAL_NOT_SUPPORTED,
        ResponseCode::REPORT_NOT_SUPPORTED,
        ResponseCode::TARGET_MISMATCH,
        ResponseCode::NOT_REGISTERED,
        ResponseCode::DEPLOYMENT_ERROR,
    ];
    if !code.is_success() && !REFUSALS.contains(&code) {
        let text = format!("Refuse with 450 to 454 or 459 to 463 or 469, not with {code}.");
        out.warning(Rule::ResponseCodes, &place.at("ei:responseCode"), text);
    }
}

/// A VEN's acknowledgement names the VEN.
fn ven_id_in_answer(message: &Message, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let acknowledges = matches!(
        message,
        Message::Response(_)
            | Message::CanceledPartyRegistration(_)
            | Message::RegisteredReport(_)
            | Message::CreatedReport(_)
            | Message::UpdatedReport(_)
            | Message::CanceledReport(_)
    );
    if acknowledges && context.sender == Role::Ven && parts::ven_id(message).is_none() {
        out.info(Rule::VenIdInAnswer, &place.at("ei:venID"), "Name the VEN that answers.");
    }
}

/// Both parties are named as they registered.
fn parties(message: &Message, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let registers =
        matches!(message, Message::CreatePartyRegistration(_) | Message::CreatedPartyRegistration(_));
    if let (Some((path, id)), Some(known)) = (parts::ven_id(message), &conversation.ven_id)
        && id != known
        && !registers
    {
        out.error(Rule::Parties, &place.at(path), format!("Name the VEN {known}, as registered, not {id}."));
    }
    if let (Message::DistributeEvent(message), Some(known)) = (message, &conversation.vtn_id)
        && message.vtn_id != *known
    {
        let text = format!("Name the VTN {known}, as registered, not {}.", message.vtn_id);
        out.error(Rule::Parties, &place.at("ei:vtnID"), text);
    }
}

/// An answer fits something that was asked.
fn answer(message: &Message, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    let only_answers = parts::response(message).is_some()
        && !matches!(message, Message::Response(_) | Message::DistributeEvent(_) | Message::CreatedEvent(_));
    if only_answers && conversation.request_of(message, context.sender).is_none() {
        let text = format!("Send {} only in answer to a request that waits for it.", message.name());
        out.info(Rule::Answer, place, text);
    }
}

/// An answer carries the identifier of its request.
fn request_id_echo(message: &Message, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let (Some(conversation), Some((path, response))) = (context.conversation, parts::response(message))
    else {
        return;
    };
    let asked = &conversation.party(context.sender.other()).outstanding;
    let mut wanted = None;
    for request in asked.iter().filter(|request| parts::answers(message, request)) {
        match parts::request_id(request) {
            // Some request has no identifier of its own, and may be the one that is answered.
            None => return,
            Some((_, id)) if *id == response.request_id || id.as_str().is_empty() => return,
            Some((_, id)) => wanted = Some(id),
        }
    }
    if let Some(id) = wanted {
        let place = &place.at(path);
        out.info(Rule::RequestIdEcho, &place.at("pyld:requestID"), format!("Echo {id}, the request's."));
    }
}

/// A message is sent within `limit_s` seconds of when it says that it was written.
pub(super) fn created_time(
    created: DateTime,
    limit_s: i64,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let Some(now) = context.now else { return };
    let off_s = (now.to_utc() - created.to_utc()).num_seconds();
    if off_s.abs() > limit_s {
        let text = format!("Write a time within {} min of sending: this is {off_s} s off.", limit_s / 60);
        out.info(Rule::CreatedTime, &place.at("ei:createdDateTime"), text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Conversation, Severity, example};
    use super::*;
    use crate::opt::CreatedOpt;
    use crate::poll::Poll;
    use crate::registration::{CancelPartyRegistration, QueryRegistration};
    use crate::report::CreatedReport;
    use crate::response::{EiResponse, Response};

    fn response() -> Response {
        Response::new(EiResponse::ok("req-1"), Some("ven-7".into()))
    }

    #[test]
    fn finds_what_is_wrong_with_any_message() {
        type Case<M> = example::Case<M>;
        example::run(
            || Poll::new("ven-7"),
            Role::Ven,
            &[
                Case::new(Rule::SchemaVersion, Severity::Error, |m: &mut Poll| m.schema_version = None)
                    .at("/oadr:oadrPoll/@ei:schemaVersion"),
                Case::new(Rule::SchemaVersion, Severity::Error, |m: &mut Poll| {
                    m.schema_version = Some(SchemaVersion::V2_0a);
                }),
                Case::new(Rule::SchemaVersion, Severity::Warning, |m: &mut Poll| {
                    m.schema_version = Some(SchemaVersion::Other("x-own".into()));
                }),
            ],
        );
        example::run(
            || QueryRegistration::new("req-1"),
            Role::Ven,
            &[Case::new(Rule::RequestId, Severity::Info, |m: &mut QueryRegistration| {
                m.request_id = " ".into();
            })
            .at("/oadr:oadrQueryRegistration/pyld:requestID")],
        );
        example::run(
            response,
            Role::Ven,
            &[
                Case::new(Rule::ResponseCodes, Severity::Warning, |m: &mut Response| {
                    m.response.code = ResponseCode::new("404").unwrap();
                })
                .at("/ei:eiResponse/ei:responseCode"),
                Case::new(Rule::VenIdInAnswer, Severity::Info, |m: &mut Response| m.ven_id = None)
                    .at("/oadr:oadrResponse/ei:venID"),
            ],
        );
    }

    #[test]
    fn knows_who_sends_what() {
        assert!(!example::fires(Poll::new("ven-7"), Role::Ven, Rule::Sender));
        assert!(example::fires(Poll::new("ven-7"), Role::Vtn, Rule::Sender));
        assert!(example::fires(example::distribute(), Role::Ven, Rule::Sender));
        for message in [Message::from(Poll::new("ven-7")), response().into(), example::distribute().into()] {
            assert!(Role::usual_sender(&message).may_send(&message), "{}", message.name());
        }
    }

    #[test]
    fn admits_the_codes_of_the_profile() {
        for (code, fires) in [("200", false), ("452", false), ("469", false), ("455", true), ("500", true)] {
            let mut message = response();
            message.response.code = ResponseCode::new(code).unwrap();
            assert_eq!(example::fires(message, Role::Vtn, Rule::ResponseCodes), fires, "{code}");
        }
    }

    #[test]
    fn wants_parties_named_as_registered() {
        let registered = example::registered();
        let fires = |message: Message, sender: Role| {
            example::fires_after(message, sender, &registered, Rule::Parties)
        };
        assert!(!fires(Poll::new("ven-7").into(), Role::Ven));
        assert!(fires(Poll::new("ven-8").into(), Role::Ven));
        let mut distribute = example::distribute();
        assert!(!fires(distribute.clone().into(), Role::Vtn));
        distribute.vtn_id = "vtn-2".into();
        assert!(fires(distribute.into(), Role::Vtn));
    }

    #[test]
    fn wants_answers_only_to_requests_and_with_their_identifiers() {
        let nothing = Conversation::new();
        let asked = example::observed(&[(example::request().into(), Role::Vtn)]);
        let answer = |id: &str| {
            Message::from(CreatedReport::new(EiResponse::ok(id), Vec::new(), Some("ven-7".into())))
        };
        let fires = |rule: Rule, message: Message, conversation: &Conversation| {
            example::fires_after(message, Role::Ven, conversation, rule)
        };
        assert!(!fires(Rule::Answer, answer("req-3"), &asked));
        assert!(fires(Rule::Answer, answer("req-3"), &nothing));
        assert!(!fires(Rule::RequestIdEcho, answer("req-3"), &asked));
        assert!(fires(Rule::RequestIdEcho, answer("req-4"), &asked));

        let opt = CreatedOpt::new(EiResponse::ok("req-1"), "opt-1");
        assert!(example::fires_after(opt.into(), Role::Vtn, &asked, Rule::Answer));
        let cancel = CancelPartyRegistration::new("req-5", "reg-1", "ven-7");
        let cancelling = example::observed(&[(cancel.into(), Role::Ven)]);
        assert!(example::fires_after(response().into(), Role::Vtn, &cancelling, Rule::RequestIdEcho));
        let polled = example::observed(&[(Poll::new("ven-7").into(), Role::Ven)]);
        assert!(!example::fires_after(response().into(), Role::Vtn, &polled, Rule::RequestIdEcho));
    }
}
