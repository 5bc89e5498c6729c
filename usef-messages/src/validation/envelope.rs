//! What is wrong with envelopes, in the terms of the rules.

use super::{Code, Failure};
use crate::sealing::Error;

impl Failure {
    /// Why an envelope was refused; `None` where that was not its sender's doing.
    ///
    /// No message answers an envelope that cannot be opened: this is for logs, and for the text beside the
    /// [`status`](Error::status) that its sender is told.
    ///
    /// ```
    /// use usef_messages::Payload;
    /// use usef_messages::sealing::Received;
    /// use usef_messages::validation::{Code, Dialect, Failure};
    ///
    /// let short = br#"<SignedMessage SenderDomain="dso.example" SenderRole="DSO" Body="AAAA"/>"#;
    /// let failure = Failure::of_envelope(&Received::<Payload>::read(short).unwrap_err()).ok_or("ours")?;
    /// assert_eq!((failure.code, failure.path.as_str()), (Code::Envelope, "/SignedMessage/@Body"));
    /// assert_eq!(failure.reason(Dialect::Specification), "Invalid SignedMessage");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn of_envelope(error: &Error) -> Option<Self> {
        let at = |attribute: &str| format!("/SignedMessage/@{attribute}");
        // What is no document at all has no path of its own.
        let within = |source: &crate::Error, otherwise: &str| match source.path() {
            "" => otherwise.to_owned(),
            path => path.to_owned(),
        };
        let (code, path, value) = match error {
            Error::Envelope(source) | Error::Limit(source) => {
                (Code::Envelope, within(source, "/SignedMessage"), source.to_string())
            }
            Error::TooShort { len } => (Code::Envelope, at("Body"), format!("{len} bytes")),
            Error::NoKey { domain, role } => {
                (Code::SenderKey, at("SenderDomain"), format!("{domain} as {role}"))
            }
            Error::Signature { domain, role } => {
                (Code::Signature, at("Body"), format!("not by {domain} as {role}"))
            }
            Error::Payload(source) => (Code::Payload, within(source, &at("Body")), source.to_string()),
            Error::SenderDomain { message, .. } => {
                (Code::SenderEnvelope, at("SenderDomain"), message.to_string())
            }
            Error::SenderRole { role } => (Code::SenderRole, at("SenderRole"), role.to_string()),
            Error::Unwritable(_) => return None,
        };
        Some(Self { code, severity: code.severity(), path, value: Some(value) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Dialect;
    use super::super::example::xml;
    use super::*;
    use crate::Payload;
    use crate::sealing::{Received, SecretKey, seal};
    use crate::values::Role;

    #[test]
    fn each_refusal_has_a_code_a_place_and_the_words_of_the_standard() {
        let (key, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let sealed = |payload: &str, domain: &str, role| {
            let envelope: crate::envelope::SignedMessage =
                seal(payload.as_bytes(), &domain.parse().unwrap(), role, &key);
            envelope.to_xml().unwrap()
        };
        let request = xml("FlexRequest");
        let good = sealed(&request, "dso.example", Role::Dso);
        let (ours, theirs) = ([key.public_key()], [other.public_key()]);
        let keys: [(&str, String, &[_], _, _, _); 7] = [
            ("", String::new(), &ours, Code::Envelope, "/SignedMessage", "Invalid SignedMessage"),
            (
                "short",
                good.split("Body").next().unwrap().to_owned() + "Body=\"\"/>",
                &ours,
                Code::Envelope,
                "/SignedMessage/@Body",
                "Invalid SignedMessage",
            ),
            (
                "no key",
                good.clone(),
                &[],
                Code::SenderKey,
                "/SignedMessage/@SenderDomain",
                "Unknown SenderDomain (SignedMessage)",
            ),
            ("other key", good, &theirs, Code::Signature, "/SignedMessage/@Body", "Invalid SignedMessage"),
            (
                "nothing inside",
                sealed("<FlexRequest/>", "dso.example", Role::Dso),
                &ours,
                Code::Payload,
                "/FlexRequest",
                "Invalid Message",
            ),
            (
                "other domain",
                sealed(&request, "dso2.example", Role::Dso),
                &ours,
                Code::SenderEnvelope,
                "/SignedMessage/@SenderDomain",
                "Mismatch SenderDomain",
            ),
            (
                "other role",
                sealed(&request, "dso.example", Role::Agr),
                &ours,
                Code::SenderRole,
                "/SignedMessage/@SenderRole",
                "Invalid SenderRole",
            ),
        ];
        for (what, document, keys, code, path, reason) in keys {
            let opened =
                Received::<Payload>::read(document.as_bytes()).and_then(|it| it.open(keys).map(drop));
            let failure = Failure::of_envelope(&opened.unwrap_err()).unwrap();
            assert_eq!((failure.code, failure.path.as_str()), (code, path), "{what}");
            assert_eq!(failure.reason(Dialect::Specification), reason, "{what}");
            assert!(failure.value.is_some_and(|value| !value.is_empty()), "{what}");
        }
    }
}
