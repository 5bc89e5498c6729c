//! White space around free texts, which lenient reading takes off as it does around all other values.
//!
//! Peers pad what they write, and compare what they read without the padding.

use std::num::NonZeroU32;

use xml_wire::{Base64, DateTime, Duration, Fragment, lexical};

use crate::usef_2015::{common_reference, envelope, metadata, meter_data, prognosis};
use crate::{metering, values};

/// A value whose free texts, where it has any, can be rid of the white space around them.
pub(crate) trait Trim {
    /// Takes it off.
    fn trim(&mut self) {}
}

impl Trim for String {
    fn trim(&mut self) {
        let trimmed = lexical::collapse(self);
        if trimmed.len() < self.len() {
            *self = trimmed.to_owned();
        }
    }
}

impl<T: Trim> Trim for Option<T> {
    fn trim(&mut self) {
        if let Some(value) = self {
            value.trim();
        }
    }
}

impl<T: Trim> Trim for Vec<T> {
    fn trim(&mut self) {
        self.iter_mut().for_each(Trim::trim);
    }
}

/// Says of types that they hold no free text; reading them minds the white space itself.
macro_rules! without_texts {
    ($($type:ty),* $(,)?) => {
        $(impl Trim for $type {})*
    };
}

without_texts! {
    bool, i64, u32, NonZeroU32, Base64, DateTime, Duration, Fragment,
    values::ActivationFactor, values::Amount, values::Currency, values::Disposition, values::Domain,
    values::EntityAddress, values::MeteringPoint, values::Outcome, values::Period, values::Quantity,
    values::RedispatchBy, values::Role, values::TimeZone, values::Uuid, values::Verdict, values::Version,
    metering::ProfileType, metering::Unit,
    common_reference::Entity, envelope::Status, metadata::Precedence, metadata::QueryOutcome, metadata::Role,
    meter_data::EventType, meter_data::QueryType, prognosis::PrognosisType,
}

/// Trims a message or a part of one field by field.
macro_rules! trim_fields {
    ($name:ident { $($(#[$meta:meta])* pub $field:ident: $type:ty,)* }) => {
        impl $crate::trim::Trim for $name {
            fn trim(&mut self) {
                $($crate::trim::Trim::trim(&mut self.$field);)*
            }
        }
    };
}

pub(crate) use trim_fields;

#[cfg(test)]
mod tests {
    use crate::{Payload, usef_2015};

    const ORDER: &str = include_str!("../tests/fixtures/flex_order.xml");
    const OFFER: &str = include_str!("../tests/fixtures/flex_offer.xml");
    const SETTLEMENT_2015: &str = include_str!("../tests/fixtures/usef_2015/settlement_message.xml");

    /// The document with another text as the reference of an option or an order.
    fn named(document: &str, name: &str) -> String {
        let (before, rest) = document.split_once(" OptionReference=\"").unwrap();
        let (_, behind) = rest.split_once('"').unwrap();
        format!("{before} OptionReference=\"{name}\"{behind}")
    }

    fn option_of_order(payload: Payload) -> Option<String> {
        let Payload::FlexOrder(order) = payload else { panic!("another message") };
        order.option_reference
    }

    #[test]
    fn free_texts_are_trimmed_leniently_and_stand_as_they_are_strictly() {
        let padded = named(ORDER, "\n a b ");
        let order = Payload::from_xml(padded.as_bytes()).unwrap();
        assert!(order.to_xml().unwrap().contains(" OptionReference=\"a b\""));
        assert_eq!(option_of_order(order).unwrap(), "a b");
        // A line end in an attribute is a blank.
        let order = Payload::from_xml_strict(padded.as_bytes()).unwrap();
        assert_eq!(option_of_order(order).unwrap(), "  a b ");
    }

    #[test]
    fn so_are_those_of_parts_and_of_usef_2015() {
        let Payload::FlexOffer(offer) = Payload::from_xml(named(OFFER, " a").as_bytes()).unwrap() else {
            panic!("another message")
        };
        assert_eq!(offer.offer_options[0].option_reference, "a");
        let padded = SETTLEMENT_2015.replace("\"order-1\"", "\"order-1&#9;\"");
        let usef_2015::Payload::SettlementMessage(settlement) =
            usef_2015::Payload::from_xml(padded.as_bytes()).unwrap()
        else {
            panic!("another message")
        };
        assert_eq!(settlement.flex_order_settlements[0].order_reference, "order-1");
    }
}
