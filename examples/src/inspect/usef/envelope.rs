//! The signed envelopes of `inspect usef`.

use usef_messages::sealing::{self, Content, PublicKey, Received};
use usef_messages::validation::{Code, Failure, Party};
use usef_messages::values::{Domain, Role};
use usef_messages::{ErrorKind, Reading, usef_2015};

use super::super::{Finding, Problem, problem};

/// A signed envelope, opened without believing it.
pub(super) struct Opened {
    pub(super) sender_domain: Domain,
    pub(super) sender_role: usef_2015::metadata::Role,
    pub(super) payload: Vec<u8>,
    pub(super) signature: &'static str,
    /// Why the signature is invalid.
    pub(super) reason: Option<String>,
}

impl Opened {
    /// Opens an envelope; `None` for a document that is none.
    pub(super) fn of<M: Content>(
        document: &[u8],
        reading: Reading,
        keys: &[PublicKey],
    ) -> Result<Option<Self>, Problem> {
        let received = match Received::<M>::read_with(document, reading) {
            Ok(received) => received,
            Err(sealing::Error::Envelope(error)) if error.kind() == ErrorKind::UnexpectedRoot => {
                return Ok(None);
            }
            Err(sealing::Error::Envelope(error) | sealing::Error::Limit(error)) => {
                return Err(problem(&error));
            }
            Err(error) => {
                let (line, column) = place(document, b"Body");
                let path = "/SignedMessage/@Body".to_owned();
                return Err(Problem { kind: "value", path, line, column, text: error.to_string() });
            }
        };
        let (signature, reason) = match received.open(keys) {
            Err(sealing::Error::NoKey { .. }) => ("present", None),
            Err(error @ (sealing::Error::Signature { .. } | sealing::Error::TooShort { .. })) => {
                ("invalid", Some(format!("signature: {error}")))
            }
            // What else may be wrong is looked at behind the signature.
            Ok(_) | Err(_) => ("valid", None),
        };
        Ok(Some(Self {
            sender_domain: received.sender_domain().clone(),
            sender_role: received.sender_role().into(),
            payload: received.unverified_payload().to_vec(),
            signature,
            reason,
        }))
    }

    /// Who says to have signed, in a role that UFTP has.
    pub(super) fn party(&self) -> Option<Party> {
        let role = [Role::Agr, Role::Cro, Role::Dso];
        let role =
            role.into_iter().find(|role| usef_2015::metadata::Role::from(*role) == self.sender_role)?;
        Some(Party::new(self.sender_domain.clone(), role))
    }

    /// What a message of USEF 2015 has against being in this envelope.
    pub(super) fn findings_2015(&self, payload: &usef_2015::Payload) -> Vec<Finding> {
        let metadata = payload.metadata();
        let at = |attribute| format!("/{}/MessageMetadata/@{attribute}", payload.name());
        let failure = |code: Code, path, value| {
            Finding::from(Failure { code, severity: code.severity(), path, value: Some(value) })
        };
        let mut findings = Vec::new();
        if metadata.sender_domain != self.sender_domain {
            let value = metadata.sender_domain.to_string();
            findings.push(failure(Code::SenderEnvelope, at("SenderDomain"), value));
        }
        if !payload.may_be_sent_by(self.sender_role) {
            let value = metadata.sender_role.to_string();
            findings.push(failure(Code::SenderRole, at("SenderRole"), value));
        }
        findings
    }
}

/// The line and column where a name first stands, counted from 1.
fn place(document: &[u8], name: &[u8]) -> (u32, u32) {
    let at = document.windows(name.len()).position(|window| window == name).unwrap_or(0);
    let before = String::from_utf8_lossy(&document[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
