//! Identifiers: one type each, so that none stands in another's place.
//!
//! Each is any text, and may be empty: peers send empty request identifiers where there is nothing to echo.
//!
//! ```
//! use openadr_types::ids::VenId;
//!
//! let ven = VenId::from("ven-7");
//! assert_eq!(ven.as_str(), "ven-7");
//! assert_eq!(ven.to_string(), "ven-7");
//! ```

use std::fmt::{self, Write as _};

use xml_wire::lexical::{collapse, is_ncname};
use xml_wire::{Escape, Lexical, Text, XmlText};

use crate::uri::is_uri_reference;

macro_rules! conversions {
    ($name:ident) => {
        impl $name {
            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
        pub struct $name(String);

        conversions!($name);
    )*};
}

identifiers! {
    /// A virtual end node: who responds to demand (`ei:venID`).
    ///
    /// Assigned by the VTN, at registration or beforehand.
    VenId
    /// A virtual top node: who asks for response (`ei:vtnID`).
    VtnId
    /// A registration of a VEN with a VTN, assigned by the VTN (`ei:registrationID`).
    RegistrationId
    /// One request, echoed by its answer (`pyld:requestID`).
    RequestId
    /// An event, the same through all its modifications (`ei:eventID`).
    EventId
    /// One signal of one event (`ei:signalID`).
    SignalId
    /// One baseline of an event (`ei:baselineID`).
    BaselineId
    /// An opt schedule, assigned by the VEN (`ei:optID`).
    OptId
    /// One instance of a report (`ei:eiReportID`).
    ReportId
    /// One request for a report, assigned by who asks; reports carry it (`ei:reportRequestID`).
    ReportRequestId
    /// One report a party can send, assigned in its metadata (`ei:reportSpecifierID`).
    ReportSpecifierId
    /// A data point, unique within its report (`ei:rID`).
    Rid
    /// A resource behind a VEN (`ei:resourceID`).
    ResourceId
    /// A group of resources or VENs (`ei:groupID`).
    GroupId
    /// A party to a market (`ei:partyID`).
    PartyId
    /// The place of an interval in its series (`xcal:uid`).
    ///
    /// Whole numbers from 0 in steps of 1 (rule 2), though the schema admits any text.
    Uid
    /// A device or a meter; as a device class, one of the names in [`DeviceClass`](crate::target::DeviceClass)
    /// (`power:mrid`).
    Mrid
    /// A place on the grid (`power:node`).
    Node
}

/// The programme or market that an event, an opt or a data point belongs to; a URI (`emix:marketContext`).
///
/// White space around it is not part of it. Only strict reading refuses what is no URI.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct MarketContext(String);

conversions!(MarketContext);

impl Text for MarketContext {
    const EXPECTED: &'static str = "a URI";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        let uri = collapse(text);
        (!how.strict || is_uri_reference(uri)).then(|| Self::from(uri))
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A name for an element within its document, for a signature to refer to (`oadr:Id`, `gml:id`).
///
/// An XML name without a colon; only strict reading refuses others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Id(String);

conversions!(Id);

impl Text for Id {
    const EXPECTED: &'static str = "an XML name without a colon";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        let name = collapse(text);
        (!how.strict || is_ncname(name)).then(|| Self::from(name))
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<u32> for Uid {
    fn from(place: u32) -> Self {
        Self(place.to_string())
    }
}

impl Uid {
    /// The place as a number, where it is one.
    pub fn number(&self) -> Option<u32> {
        self.0.trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_intervals_from_zero() {
        assert_eq!(Uid::from(0).as_str(), "0");
        assert_eq!(Uid::from("12").number(), Some(12));
        assert_eq!(Uid::from("first").number(), None);
    }

    #[test]
    fn only_strict_reading_refuses_a_market_context_that_is_no_uri() {
        let strict = Lexical { strict: true, ..Lexical::LENIENT };
        assert_eq!(MarketContext::parse(" flex:1 ", &strict), Some(MarketContext::from("flex:1")));
        assert_eq!(MarketContext::parse("1:flex", &strict), None);
        assert_eq!(MarketContext::parse("1:flex", &Lexical::LENIENT), Some(MarketContext::from("1:flex")));
    }
}
