//! Any message at all: every part absent or present, every value of every list, every text that XML can carry.
//!
//! All of it is valid under the published schema.

pub(crate) mod event;
pub(crate) mod opt;
pub(crate) mod registration;
pub(crate) mod report;
pub(crate) mod scalar;
pub(crate) mod target;
pub(crate) mod units;

use openadr_types::envelope::SignedObject;
use openadr_types::{Message, Payload};
use proptest::option;
use proptest::prelude::*;

/// A message in an envelope, signed or not.
pub(crate) fn payload<T: Into<Message> + std::fmt::Debug + 'static>(
    message: BoxedStrategy<T>,
) -> BoxedStrategy<Payload> {
    (option::weighted(0.2, scalar::signature()), option::of(scalar::name()), message)
        .prop_map(|(signature, id, message)| Payload {
            signature,
            object: SignedObject { id, message: message.into() },
        })
        .boxed()
}
