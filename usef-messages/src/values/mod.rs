//! Values that many messages hold: names of parties, identifiers, addresses, days, amounts.
//!
//! Each type takes what its pattern in the schema takes, and nothing else; lenient reading also takes white space
//! around it. Integers of the schema have no bounds; here powers are [`i64`] watts and the numbers of imbalance settlement
//! periods 32 bits wide, and what is beyond is refused rather than cut.
//!
//! ```
//! use usef_messages::values::{Domain, Outcome, Role};
//! assert_eq!("DSO".parse(), Ok(Role::Dso));
//! assert_eq!(Outcome::Accepted.as_str(), "Accepted");
//! assert_eq!("DSO.example".parse::<Domain>().unwrap_err().to_string(), "not a domain such as dso.example");
//! ```

mod address;
mod decimal;
mod name;
mod period;
mod uuid;

use xml_wire::{Dialect, XmlText, lexical};

pub use address::{EntityAddress, MeteringPoint};
pub use decimal::{ActivationFactor, Amount, Quantity};
pub use name::{Currency, Domain, TimeZone, Version};
pub use period::Period;
pub use uuid::Uuid;
pub use xml_wire::{Base64, NotInList};

/// UFTP and USEF 2015 have no namespace, and XSD's own dates and durations.
pub(crate) static DIALECT: Dialect = Dialect { namespaces: &[], is_date_time, is_duration };

/// The first edition of XML Schema, by which the schemas are, has no year 0.
fn is_date_time(text: &str) -> bool {
    !text.trim_start_matches('-').starts_with("0000-") && lexical::is_date_time(text)
}

/// White space around a duration is none of it.
fn is_duration(text: &str) -> bool {
    lexical::is_duration(lexical::collapse(text))
}

/// What a participant is (`USEF-RoleType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
#[xml(string)]
pub enum Role {
    /// Aggregator: gathers flexibility and sells it.
    #[xml("AGR")]
    Agr,
    /// Common reference operator: keeps the register of congestion points.
    #[xml("CRO")]
    Cro,
    /// Distribution system operator: buys flexibility.
    #[xml("DSO")]
    Dso,
}

/// Whether a request was taken (`AcceptedRejectedType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Outcome {
    /// It was.
    #[xml("Accepted")]
    Accepted,
    /// It was not; a reason may stand beside.
    #[xml("Rejected")]
    Rejected,
}

/// Whether a settlement is agreed with (`AcceptedDisputedType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Verdict {
    /// It is.
    #[xml("Accepted")]
    Accepted,
    /// It is not; a reason may stand beside.
    #[xml("Disputed")]
    Disputed,
}

/// What a settlement period in a request is about (`AvailableRequestedType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum Disposition {
    /// There is room in the grid.
    #[xml("Available")]
    Available,
    /// Flexibility is wanted.
    #[xml("Requested")]
    Requested,
}

/// Who moves generation elsewhere to keep the balance when flexibility is used (`RedispatchByType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
#[xml(string)]
pub enum RedispatchBy {
    /// The aggregator.
    #[xml("AGR")]
    Agr,
    /// The grid operator.
    #[xml("DSO")]
    Dso,
}

/// Declares a text with a pattern that the schema demands; lenient reading trims it.
macro_rules! pattern {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $regex:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(smol_str::SmolStr);

        impl $name {
            /// The text, as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl xml_wire::Text for $name {
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str, how: &xml_wire::Lexical) -> Option<Self> {
                let check: fn(&str) -> bool = $check;
                // Blanks at the ends may belong to the text, so they go only where it is none with them.
                if check(text) {
                    return Some(Self(text.into()));
                }
                let collapsed = xml_wire::lexical::collapse(text);
                (!how.strict && check(collapsed)).then(|| Self(collapsed.into()))
            }

            fn write(&self, out: &mut xml_wire::Escape<'_>) -> std::fmt::Result {
                std::fmt::Write::write_str(out, &self.0)
            }
        }

        $crate::values::scalar!($name, { "type": "string", "pattern": concat!("^", $regex, "$") });
    };
}

/// Gives a scalar that knows its text `Display`, `FromStr` and JSON.
macro_rules! scalar {
    ($name:ident, $schema:tt) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = xml_wire::NotInList;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                <Self as xml_wire::Text>::parse(text, &xml_wire::Lexical::LENIENT)
                    .ok_or(xml_wire::NotInList { expected: <Self as xml_wire::Text>::EXPECTED })
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <std::borrow::Cow<'de, str> as serde::Deserialize<'de>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

use {pattern, scalar};

#[cfg(test)]
pub(crate) fn reads<T: xml_wire::Text>(text: &str) -> bool {
    T::parse(text, &xml_wire::Lexical { strict: true, dialect: &DIALECT }).is_some()
}

#[cfg(test)]
mod tests {
    use super::reads;
    use xml_wire::{DateTime, Duration};

    #[test]
    fn a_duration_and_a_time_may_stand_in_white_space() {
        assert!(reads::<Duration>(" PT15M\n") && reads::<DateTime>("\n2026-11-23T12:00:00Z "));
        assert!(!reads::<Duration>("PT 15M") && !reads::<Duration>("\u{a0}PT15M"));
    }

    #[test]
    fn there_is_no_year_zero() {
        assert!(reads::<DateTime>("0001-01-01T00:00:00Z") && reads::<DateTime>("-0001-01-01T00:00:00Z"));
        assert!(!reads::<DateTime>("0000-01-01T00:00:00Z") && !reads::<DateTime>("-0000-01-01T00:00:00Z"));
    }
}
