//! OadrPoll.

use super::finding::{Findings, Place};
use super::{Context, Rule};
use crate::event::{EventStatus, ResponseRequired};

pub(super) fn check(place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    push_mode(place, context, out);
    unanswered_events(place, context, out);
}

/// A VEN that is pushed to does not poll.
fn push_mode(place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    if context.conversation.is_some_and(|conversation| conversation.polls == Some(false)) {
        out.info(Rule::PollInPushMode, place, "Wait to be pushed to, or register to poll.");
    }
}

/// Events that want an answer are answered before the next poll.
///
/// **Interpretation:** once for each modification, and not where the event is over.
fn unanswered_events(place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let Some(conversation) = context.conversation else { return };
    for (id, known) in &conversation.events {
        let descriptor = &known.event.descriptor;
        if known.response_required == ResponseRequired::Always
            && known.answered != Some(descriptor.modification_number)
            && descriptor.status != EventStatus::Completed
        {
            let text = format!("Answer event {id} by an oadrCreatedEvent before polling.");
            out.error(Rule::AnswerBeforePoll, place, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Role, example};
    use super::*;
    use crate::poll::Poll;
    use crate::registration::CreatePartyRegistration;

    #[test]
    fn wants_no_polls_from_a_ven_that_is_pushed_to() {
        let poll = || Poll::new("ven-7").into();
        for (register, fires) in [
            (CreatePartyRegistration::pull("req-1", "VEN"), false),
            (CreatePartyRegistration::push("req-1", "VEN", "https://ven.example"), true),
        ] {
            let conversation = example::observed(&[(register.into(), Role::Ven)]);
            let found = example::fires_after(poll(), Role::Ven, &conversation, Rule::PollInPushMode);
            assert_eq!(found, fires);
        }
    }

    #[test]
    fn wants_events_answered_before_the_next_poll() {
        let mut conversation = example::observed(&[(example::distribute().into(), Role::Vtn)]);
        let fires = |conversation: &_| {
            example::fires_after(Poll::new("ven-7").into(), Role::Ven, conversation, Rule::AnswerBeforePoll)
        };
        assert!(fires(&conversation));
        conversation.observe(&example::created().into(), Role::Ven);
        assert!(!fires(&conversation));
        conversation.observe(&example::distribute().into(), Role::Vtn);
        assert!(!fires(&conversation), "the same modification again");
    }
}
