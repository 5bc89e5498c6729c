//! What a client signs with, and whose signatures it accepts.

use std::sync::{Arc, Mutex, PoisonError};

use openadr_types::Message;
use openadr_types::signature::{Acceptance, Error, Signer};

use crate::exchange::Failure;

/// Both may be absent. Clones of a client share what was accepted.
#[derive(Debug, Clone, Default)]
pub(super) struct Signing {
    pub(super) signer: Option<Arc<Signer>>,
    pub(super) acceptance: Option<Arc<Mutex<Acceptance>>>,
}

impl Signing {
    /// The message in an answer; none where signatures are not looked at.
    pub(super) fn accept(&self, body: &[u8]) -> Option<Result<Message, Failure>> {
        let acceptance = self.acceptance.as_ref()?;
        // A panic elsewhere leaves at worst a nonce remembered whose message was not taken.
        let mut acceptance = acceptance.lock().unwrap_or_else(PoisonError::into_inner);
        let accepted = acceptance.accept(body, chrono::Utc::now().into());
        Some(accepted.map(openadr_types::signature::Accepted::into_message).map_err(|error| match error {
            Error::Xml(error) => Failure::Unreadable(error.to_string()),
            error => Failure::Signature(error.to_string()),
        }))
    }
}
