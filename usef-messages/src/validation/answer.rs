//! What responses say of their requests.

use super::{Code, Failures, Place};
use crate::payload::Payload;
use crate::values::Outcome;

pub(super) fn check(payload: &Payload, place: &Place<'_>, out: &mut Failures<'_>) {
    // A settlement is a request; the schema gives it a result that says nothing.
    let (Some(answer), false) = (payload.answers(), matches!(payload, Payload::FlexSettlement(_))) else {
        return;
    };
    let place = &place.at("@RejectionReason");
    match (answer.result(), answer.rejection_reason()) {
        (Outcome::Rejected, None | Some("")) => out.missing(Code::ReasonMissing, place),
        (Outcome::Accepted, Some(reason)) => out.add(Code::ReasonUnexpected, place, reason),
        (Outcome::Rejected, Some(_)) | (Outcome::Accepted, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::super::example::{changed, codes, payload};
    use super::*;

    #[test]
    fn a_rejection_says_why_and_nothing_else_does() {
        assert_eq!(codes(&check(&payload("FlexRequestResponse"))), []);
        let silent = changed("FlexRequestResponse", r#"Result="Accepted""#, r#"Result="Rejected""#);
        assert_eq!(codes(&check(&silent)), [Code::ReasonMissing]);
        let told = r#"Result="Rejected" RejectionReason="ISP conflict""#;
        assert_eq!(codes(&check(&changed("FlexRequestResponse", r#"Result="Accepted""#, told))), []);
        let odd = r#"Result="Accepted" RejectionReason="ISP conflict""#;
        let odd = changed("FlexRequestResponse", r#"Result="Accepted""#, odd);
        assert_eq!(codes(&check(&odd)), [Code::ReasonUnexpected]);
    }
}
