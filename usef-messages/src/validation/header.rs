//! The attributes that every message carries.

use super::{Code, Context, Failures, Party, Place};
use crate::payload::Payload;
use crate::values::Role;

pub(super) fn check(payload: &Payload, place: &Place<'_>, context: &Context<'_>, out: &mut Failures<'_>) {
    let policy = context.policy;
    if !policy.versions.is_empty() && !policy.versions.contains(payload.version()) {
        out.add(Code::Version, &place.at("@Version"), payload.version());
    }
    if let (Some(limit), Some(now)) = (policy.max_skew, context.now_utc())
        && (payload.time_stamp().to_utc() - now).abs() > limit
    {
        out.add(Code::TimeStamp, &place.at("@TimeStamp"), payload.time_stamp());
    }
    check_recipient(payload, place, context, out);
    check_sender(payload, place, context, out);
}

fn check_recipient(payload: &Payload, place: &Place<'_>, context: &Context<'_>, out: &mut Failures<'_>) {
    let Some(own) = &context.policy.own else { return };
    let place = &place.at("@RecipientDomain");
    if *payload.recipient_domain() != own.domain {
        out.add(Code::Recipient, place, payload.recipient_domain());
    }
    if payload.kind().routing().iter().all(|(_, to)| *to != own.role) {
        out.add(Code::RecipientRole, place, own.role);
    }
}

fn check_sender(payload: &Payload, place: &Place<'_>, context: &Context<'_>, out: &mut Failures<'_>) {
    let Some(sender) = context.sender else { return };
    let place = &place.at("@SenderDomain");
    if *payload.sender_domain() != sender.domain {
        out.add(Code::SenderEnvelope, place, payload.sender_domain());
    }
    if payload.kind().routing().iter().all(|(from, _)| *from != sender.role) {
        out.add(Code::SenderRole, place, sender.role);
    }
    if !context.known.sender(sender) {
        let as_other = |role| context.known.sender(&Party::new(sender.domain.clone(), role));
        if [Role::Agr, Role::Cro, Role::Dso].into_iter().any(as_other) {
            out.add(Code::SenderCombination, place, sender);
        } else {
            out.add(Code::SenderUnknown, place, &sender.domain);
        }
    } else if context.known.is_barred(sender) {
        out.add(Code::SenderBarred, place, &sender.domain);
    }
    let to_register = payload.kind().routing().iter().any(|(_, to)| *to == Role::Cro);
    if to_register && !is_test(payload) && !context.known.is_registered(sender) {
        out.add(Code::Unauthorized, place, &sender.domain);
    }
}

/// Anyone may ask whether we are there.
const fn is_test(payload: &Payload) -> bool {
    matches!(payload, Payload::TestMessage(_) | Payload::TestMessageResponse(_))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::example::{codes, payload};
    use super::super::{Known, Policy, validate};
    use super::*;

    fn party(domain: &str, role: Role) -> Party {
        Party::new(domain.parse().unwrap(), role)
    }

    #[test]
    fn a_message_is_for_us_in_our_role() {
        let found = |own: Party| codes(&validate(&payload("FlexRequest"), &Context::new(&Policy::of(own))));
        assert_eq!(found(party("agr.example", Role::Agr)), []);
        assert_eq!(found(party("other.example", Role::Agr)), [Code::Recipient]);
        assert_eq!(found(party("agr.example", Role::Cro)), [Code::RecipientRole]);
    }

    #[test]
    fn a_register_in_closed_mode_takes_portfolios_of_those_it_knows() {
        struct Closed;
        impl Known for Closed {
            fn is_registered(&self, party: &Party) -> bool {
                party.domain.as_str() == "dso.example"
            }
        }
        let policy = Policy::anyone();
        let found = |kind: &str, domain: &str, role| {
            let sender = party(domain, role);
            let context = Context::new(&policy).from(&sender).knowing(&Closed);
            codes(&validate(&payload(kind), &context))
        };
        for kind in ["AGRPortfolioQuery", "AGRPortfolioUpdate"] {
            assert_eq!(found(kind, "agr.example", Role::Agr), [Code::Unauthorized], "{kind}");
        }
        assert_eq!(found("DSOPortfolioUpdate", "dso.example", Role::Dso), []);
        assert_eq!(found("FlexOffer", "agr.example", Role::Agr), []);
        assert_eq!(Code::Unauthorized.wording(super::super::Dialect::Specification), "Unauthorized");
    }

    #[test]
    fn a_message_is_from_who_signed_it_in_the_role_that_sends_it() {
        let policy = Policy::anyone();
        let found =
            |sender: Party| codes(&validate(&payload("FlexRequest"), &Context::new(&policy).from(&sender)));
        assert_eq!(found(party("dso.example", Role::Dso)), []);
        assert_eq!(found(party("other.example", Role::Dso)), [Code::SenderEnvelope]);
        assert_eq!(found(party("dso.example", Role::Agr)), [Code::SenderRole]);
    }

    #[test]
    fn the_common_reference_takes_portfolios_of_aggregators() {
        let policy = Policy::of(party("cro.example", Role::Cro));
        let sender = party("agr.example", Role::Agr);
        let context = Context::new(&policy).from(&sender);
        assert_eq!(codes(&validate(&payload("AGRPortfolioUpdate"), &context)), []);
    }

    #[test]
    fn strangers_and_barred_participants_are_told_apart() {
        struct Doubts(bool);
        impl Known for Doubts {
            fn sender(&self, _: &Party) -> bool {
                self.0
            }
            fn is_barred(&self, _: &Party) -> bool {
                true
            }
        }
        let (policy, sender) = (Policy::anyone(), party("dso.example", Role::Dso));
        let found = |doubts: Doubts| {
            let context = Context::new(&policy).from(&sender).knowing(&doubts);
            codes(&validate(&payload("FlexRequest"), &context))
        };
        assert_eq!(found(Doubts(false)), [Code::SenderUnknown]);
        assert_eq!(found(Doubts(true)), [Code::SenderBarred]);
    }

    #[test]
    fn a_participant_that_is_known_as_something_else_is_told_so() {
        struct AsAgr;
        impl Known for AsAgr {
            fn sender(&self, party: &Party) -> bool {
                party.role == Role::Agr
            }
        }
        let (policy, sender) = (Policy::anyone(), party("dso.example", Role::Dso));
        let context = Context::new(&policy).from(&sender).knowing(&AsAgr);
        let failures = validate(&payload("FlexRequest"), &context);
        assert_eq!(codes(&failures), [Code::SenderCombination]);
        assert_eq!(failures[0].value.as_deref(), Some("DSO dso.example"));
    }

    #[test]
    fn an_edition_that_we_do_not_speak_is_refused() {
        let mut policy = Policy::anyone();
        policy.versions = vec!["3.0.0".parse().unwrap()];
        assert_eq!(codes(&validate(&payload("FlexRequest"), &Context::new(&policy))), [Code::Version]);
        policy.versions.push("3.1.0".parse().unwrap());
        assert_eq!(codes(&validate(&payload("FlexRequest"), &Context::new(&policy))), []);
    }

    #[test]
    fn a_message_was_written_about_now() {
        let mut policy = Policy::anyone();
        policy.max_skew = Some(TimeDelta::minutes(5));
        let found = |now: &str| {
            codes(&validate(&payload("FlexRequest"), &Context::new(&policy).at(now.parse().unwrap())))
        };
        assert_eq!(found("2026-11-22T10:05:00Z"), []);
        assert_eq!(found("2026-11-22T10:05:01Z"), [Code::TimeStamp]);
        assert_eq!(found("2026-11-22T09:54:59Z"), [Code::TimeStamp]);
    }
}
