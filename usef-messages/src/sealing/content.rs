//! What envelopes carry, and the two kinds of envelopes.

use std::fmt;

use crate::envelope::SignedMessage;
use crate::payload::Payload;
use crate::reading::Reading;
use crate::usef_2015;
use crate::usef_2015::metadata::Role as AnyRole;
use crate::values::{Base64, Domain, Role};

/// A family of messages that travel in envelopes: UFTP's [`Payload`], or [`usef_2015::Payload`].
pub trait Content: Sized {
    /// What a participant is.
    type Role: Copy + fmt::Debug + PartialEq + Into<AnyRole>;
    /// What the messages travel in.
    type Envelope: Envelope<Role = Self::Role>;

    /// Reads a message.
    ///
    /// # Errors
    /// When the document is refused.
    fn from_xml_with(document: &[u8], reading: &Reading) -> Result<Self, crate::Error>;

    /// Writes the message.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    fn to_xml(&self) -> Result<String, crate::Error>;

    /// Who the message says to be from.
    fn sender_domain(&self) -> &Domain;

    /// Whether a participant in this role sends such messages, and the message does not name another.
    fn may_be_sent_by(&self, role: Self::Role) -> bool;
}

/// An envelope, of either family.
pub trait Envelope: Sized {
    /// What a participant is.
    type Role: Copy;

    /// Of these parts.
    fn new(sender_domain: Domain, sender_role: Self::Role, body: Base64) -> Self;

    /// The parts again.
    fn into_parts(self) -> (Domain, Self::Role, Base64);

    /// Reads an envelope.
    ///
    /// # Errors
    /// When the document is refused.
    fn from_xml_with(document: &[u8], reading: &Reading) -> Result<Self, crate::Error>;
}

/// The traits of a family, by what its types have already.
macro_rules! family {
    ($payload:ty, $envelope:ty, $role:ty, $sender_domain:expr, $is_sent_by:expr) => {
        impl Content for $payload {
            type Role = $role;
            type Envelope = $envelope;

            fn from_xml_with(document: &[u8], reading: &Reading) -> Result<Self, crate::Error> {
                Self::from_xml_with(document, reading)
            }

            fn to_xml(&self) -> Result<String, crate::Error> {
                self.to_xml()
            }

            fn sender_domain(&self) -> &Domain {
                let sender_domain: fn(&Self) -> &Domain = $sender_domain;
                sender_domain(self)
            }

            fn may_be_sent_by(&self, role: $role) -> bool {
                let is_sent_by: fn(&Self, $role) -> bool = $is_sent_by;
                is_sent_by(self, role) && self.kind().routing().iter().any(|(from, _)| *from == role)
            }
        }

        impl Envelope for $envelope {
            type Role = $role;

            fn new(sender_domain: Domain, sender_role: $role, body: Base64) -> Self {
                Self { sender_domain, sender_role, body }
            }

            fn into_parts(self) -> (Domain, $role, Base64) {
                (self.sender_domain, self.sender_role, self.body)
            }

            fn from_xml_with(document: &[u8], reading: &Reading) -> Result<Self, crate::Error> {
                Self::from_xml_with(document, reading)
            }
        }
    };
}

family!(Payload, SignedMessage, Role, |message| message.sender_domain(), |_, _| true);
family!(
    usef_2015::Payload,
    usef_2015::envelope::SignedMessage,
    AnyRole,
    |message| &message.metadata().sender_domain,
    |message, role| message.metadata().sender_role == role
);

/// USEF 2015 has the roles of UFTP, and two more.
impl From<Role> for AnyRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Agr => Self::Agr,
            Role::Cro => Self::Cro,
            Role::Dso => Self::Dso,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_keep_their_names() {
        for role in [Role::Agr, Role::Cro, Role::Dso] {
            assert_eq!(AnyRole::from(role).to_string(), role.to_string());
        }
    }
}
