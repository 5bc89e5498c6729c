//! What a participant answers when a message is delivered, and what the sender makes of it.
//!
//! Both are HTTP status codes with an empty or a free body; whether the message itself is accepted is told by a message
//! of its own. Used by no code here that talks HTTP: by whoever carries messages.
//!
//! ```
//! use usef_messages::status::{Delivery, Status};
//! assert_eq!(Status::KeyNotFound.code(), 419);
//! assert_eq!(Delivery::of(Status::KeyNotFound.code()), Delivery::Again);
//! ```

/// How a delivery ended, as its recipient says it (UFTP 3.1, message transport, status codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Taken, or taken before: a repetition is no failure.
    Delivered,
    /// The envelope or the message in it cannot be read, or departs from the schema.
    Malformed,
    /// The signature is not the sender's.
    Unauthorized,
    /// The request does not say how long it is.
    LengthRequired,
    /// The document is larger than its reader takes.
    TooLarge,
    /// No key of the sender's can be found, for now.
    KeyNotFound,
    /// Too many messages in too short a time.
    TooMany,
    /// A fault of the recipient's own.
    Failed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Delivered,
        Self::Malformed,
        Self::Unauthorized,
        Self::LengthRequired,
        Self::TooLarge,
        Self::KeyNotFound,
        Self::TooMany,
        Self::Failed,
    ];

    /// The HTTP status code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Delivered => 200,
            Self::Malformed => 400,
            Self::Unauthorized => 401,
            Self::LengthRequired => 411,
            Self::TooLarge => 413,
            Self::KeyNotFound => 419,
            Self::TooMany => 429,
            Self::Failed => 500,
        }
    }
}

/// What the sender makes of a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// The message arrived.
    Done,
    /// It never will, as it is.
    Refused,
    /// To be tried again later, with longer and longer pauses.
    Again,
}

impl Delivery {
    /// What an HTTP status code means, whoever sent it. No answer at all, or half of one, is [`Self::Again`].
    ///
    /// **Interpretation:** the standard names 200 only; any other 2xx is taken for it, since to repeat a message that was
    /// taken helps nobody. 404 is as likely a peer being deployed as one that is gone, and 408 is a time-out like any
    /// other: both are worth another try. A redirection that the transport did not follow is a code like one unknown.
    pub const fn of(code: u16) -> Self {
        match code {
            200..=299 => Self::Done,
            404 | 408 | 419 | 429 => Self::Again,
            400..=499 => Self::Refused,
            _ => Self::Again,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_repeats_what_may_yet_succeed_and_nothing_else() {
        let expected = [
            (Status::Delivered, Delivery::Done),
            (Status::Malformed, Delivery::Refused),
            (Status::Unauthorized, Delivery::Refused),
            (Status::LengthRequired, Delivery::Refused),
            (Status::TooLarge, Delivery::Refused),
            (Status::KeyNotFound, Delivery::Again),
            (Status::TooMany, Delivery::Again),
            (Status::Failed, Delivery::Again),
        ];
        assert_eq!(expected.map(|(status, _)| status), Status::ALL);
        for (status, delivery) in expected {
            assert_eq!(Delivery::of(status.code()), delivery, "{status:?}");
        }
    }

    #[test]
    fn codes_nobody_planned_for_are_repeated() {
        for code in [0, 100, 302, 307, 404, 408, 502, 503, 524, 600, u16::MAX] {
            assert_eq!(Delivery::of(code), Delivery::Again, "{code}");
        }
        assert_eq!(Delivery::of(204), Delivery::Done);
        assert_eq!(Delivery::of(403), Delivery::Refused);
    }
}
