//! Messaging: text from the supplier to the customer, and the customer's answer (annex D.5).
//!
//! ```
//! use cad_zigbee::energy::{Payload, messaging::{DisplayMessage, Urgency}};
//!
//! let payload = [1, 0, 0, 0, 0x88, 0, 0, 0, 0, 60, 0, 5, b'H', b'e', b'l', b'l', b'o'];
//! let (message, _) = DisplayMessage::parse(&payload)?;
//! assert_eq!(message.text.as_str(), Some("Hello"));
//! assert_eq!(message.control.urgency(), Urgency::High);
//! assert!(message.control.wants_confirmation());
//! assert_eq!(message.extended_control, None);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{commands, flags};
use super::field::{Octets, Text, UtcTime, wrapped};

commands! {
    /// The commands of the cluster.
    MESSAGING<'a>

    /// A text to be shown (`DisplayMessage`).
    DisplayMessage<'a> = 0x00 server {
        /// Names the message.
        message_id: u32,
        /// How it is to be shown.
        control: MessageControl,
        /// From when on.
        start: UtcTime,
        /// For how many minutes; 0xFFFF until it is changed.
        duration_min: u16,
        /// The text.
        text: Text<'a>,
    } + tail {
        /// Whether it was confirmed elsewhere.
        extended_control: ExtendedControl,
    }

    /// Takes back a message (`CancelMessage`).
    CancelMessage = 0x01 server {
        /// Which message.
        message_id: u32,
        /// As in the message.
        control: MessageControl,
    }

    /// A text to be shown to who has entered the password (`DisplayProtectedMessage`).
    DisplayProtectedMessage<'a> = 0x02 server {
        /// Names the message.
        message_id: u32,
        /// How it is to be shown.
        control: MessageControl,
        /// From when on.
        start: UtcTime,
        /// For how many minutes; 0xFFFF until it is changed.
        duration_min: u16,
        /// The text.
        text: Text<'a>,
    } + tail {
        /// Whether it was confirmed elsewhere.
        extended_control: ExtendedControl,
    }

    /// Takes back all messages (`CancelAllMessages`).
    CancelAllMessages = 0x03 server {
        /// When.
        implementation: UtcTime,
    }

    /// Asks for the message that is to be shown now (`GetLastMessage`).
    GetLastMessage = 0x00 client {}

    /// The customer has seen a message (`MessageConfirmation`).
    MessageConfirmation<'a> = 0x01 client {
        /// Which message.
        message_id: u32,
        /// When.
        confirmation_time: UtcTime,
    } + tail {
        /// Which answer the customer gave.
        control: ConfirmationControl,
        /// What the customer wrote: up to 20 octets.
        response: Octets<'a>,
    }

    /// Asks for messages taken back (`GetMessageCancellation`).
    GetMessageCancellation = 0x02 client {
        /// Those to be taken back from then on.
        earliest_implementation: UtcTime,
    }
}

/// How a message is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageControl(
    /// All bits.
    pub u8,
);
wrapped!(MessageControl);

/// By which way a message goes on from where it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transmission {
    /// Only within Smart Energy.
    Normal,
    /// Also to devices without a key of their own.
    NormalAndAnonymous,
    /// Only to devices without a key of their own.
    Anonymous,
    /// Reserved.
    Reserved,
}

/// How urgent a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl MessageControl {
    /// By which way it goes on.
    pub const fn transmission(self) -> Transmission {
        match self.0 & 3 {
            0 => Transmission::Normal,
            1 => Transmission::NormalAndAnonymous,
            2 => Transmission::Anonymous,
            _ => Transmission::Reserved,
        }
    }

    /// How urgent it is.
    pub const fn urgency(self) -> Urgency {
        match (self.0 >> 2) & 3 {
            0 => Urgency::Low,
            1 => Urgency::Medium,
            2 => Urgency::High,
            _ => Urgency::Critical,
        }
    }

    /// Whether the customer is to answer with yes, no or a text.
    pub const fn wants_enhanced_confirmation(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Whether the customer is to confirm it.
    pub const fn wants_confirmation(self) -> bool {
        self.0 & 0x80 != 0
    }
}

flags! {
    /// More on how a message is to be shown.
    ExtendedControl(u8) {
        0x01 CONFIRMED "It has been confirmed, perhaps by another device.",
    }
}

flags! {
    /// Which answer a customer gave.
    ConfirmationControl(u8) {
        0x01 NO "No.",
        0x02 YES "Yes.",
    }
}

#[cfg(test)]
mod tests {
    use super::{MessageControl, Transmission, Urgency};

    #[test]
    fn the_bits_of_the_control_are_told_apart() {
        let control = MessageControl(0b0010_1101);
        assert_eq!(
            (control.transmission(), control.urgency()),
            (Transmission::NormalAndAnonymous, Urgency::Critical)
        );
        assert_eq!((control.wants_enhanced_confirmation(), control.wants_confirmation()), (true, false));
        assert_eq!(MessageControl(0x80).transmission(), Transmission::Normal);
        assert!(MessageControl(0x80).wants_confirmation());
    }
}
