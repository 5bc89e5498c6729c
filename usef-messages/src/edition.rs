//! The editions of the protocol, and what a message can say in each.
//!
//! UFTP 3.1.0 differs from 3.0.0 in two messages: a flexibility order need not name an offer, and may say that it is
//! unsolicited and of which service; a flexibility offer may say that it is unsolicited.
//!
//! ```
//! use usef_messages::{Edition, Payload};
//! let order = br#"<FlexOrder Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
//!     TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
//!     ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
//!     Period="2026-11-23" CongestionPoint="ean.871685900012636543" Price="1" Currency="EUR" OrderReference="o-1"
//!     ServiceType="redispatch"><ISP Power="-1000" Start="1"/></FlexOrder>"#;
//! let order = Payload::from_xml(order)?;
//! let error = order.check_edition(Edition::V3_0_0).unwrap_err();
//! assert_eq!(error.to_string(), "UFTP 3.0.0 demands /FlexOrder/@FlexOfferMessageID");
//! # Ok::<(), usef_messages::Error>(())
//! ```

use xml_wire::{Decoder, Error, ErrorKind, XmlText};

use crate::payload::Payload;
use crate::values::{DIALECT, Version};

/// An edition of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
pub enum Edition {
    /// USEF 2015, whose messages are those of [`crate::usef_2015`].
    #[xml("2015")]
    Usef2015,
    /// UFTP 3.0.0.
    #[xml("3.0.0")]
    V3_0_0,
    /// UFTP 3.1.0.
    #[xml("3.1.0")]
    V3_1_0,
}

impl Edition {
    /// The edition that a message's version names, if it is one of these.
    pub fn of(version: &Version) -> Option<Self> {
        [Self::V3_0_0, Self::V3_1_0].into_iter().find(|edition| edition.as_str() == version.as_str())
    }

    /// The version that messages of the edition carry; those of USEF 2015 carry none.
    pub fn version(self) -> Option<Version> {
        self.as_str().parse().ok()
    }
}

/// Why a message cannot be one of an edition; paths are those of the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInEdition {
    /// The edition demands what the message does not say.
    #[error("UFTP {edition} demands {path}")]
    Missing {
        /// Where it would stand.
        path: &'static str,
        /// The edition.
        edition: Edition,
    },
    /// The message says what the edition has no place for.
    #[error("UFTP {edition} has no {path}")]
    Unknown {
        /// Where it stands.
        path: &'static str,
        /// The edition.
        edition: Edition,
    },
    /// The edition has other messages altogether.
    #[error("USEF 2015 has other messages than UFTP")]
    OtherMessages,
}

/// A message as another edition has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The message.
    pub payload: Payload,
    /// What the edition has no place for and was left out, as paths of the wire.
    pub lost: Vec<&'static str>,
}

impl Payload {
    /// Reads a message, refusing whatever the schema of an edition of UFTP would refuse.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where. No document is a message of USEF 2015 here:
    /// [`crate::usef_2015::Payload`] reads those.
    pub fn from_xml_strict_as(document: &[u8], edition: Edition) -> Result<Self, Error> {
        Decoder::new(&DIALECT).strict().read_if(document, |payload: &Self| {
            payload.check_edition(edition).map_err(|error| match error {
                NotInEdition::Missing { path, .. } => {
                    (ErrorKind::Missing, format!("missing attribute {}", attribute(path)))
                }
                NotInEdition::Unknown { path, .. } => {
                    (ErrorKind::Unknown, format!("unexpected attribute {}", attribute(path)))
                }
                NotInEdition::OtherMessages => (ErrorKind::UnexpectedRoot, error.to_string()),
            })
        })
    }

    /// Whether the edition's schema has a place for all that the message says, and demands nothing else.
    ///
    /// The message's own [`version`](Self::version) is not looked at.
    ///
    /// # Errors
    /// The first thing in the way.
    pub fn check_edition(&self, edition: Edition) -> Result<(), NotInEdition> {
        match edition {
            Edition::V3_1_0 => Ok(()),
            Edition::Usef2015 => Err(NotInEdition::OtherMessages),
            Edition::V3_0_0 => {
                self.demanded_by_3_0_0()?;
                match self.unknown_to_3_0_0().first() {
                    Some(path) => Err(NotInEdition::Unknown { path, edition }),
                    None => Ok(()),
                }
            }
        }
    }

    /// The message as an edition of UFTP has it, with that edition as its version, and what was lost.
    ///
    /// # Errors
    /// When the edition demands what the message does not say.
    pub fn to_edition(&self, edition: Edition) -> Result<Converted, NotInEdition> {
        let version = edition.version().ok_or(NotInEdition::OtherMessages)?;
        let mut payload = self.clone();
        let mut lost = Vec::new();
        if edition == Edition::V3_0_0 {
            self.demanded_by_3_0_0()?;
            lost = self.unknown_to_3_0_0();
            match &mut payload {
                Self::FlexOffer(offer) => offer.unsolicited = None,
                Self::FlexOrder(order) => (order.unsolicited, order.service_type) = (None, None),
                _ => {}
            }
        }
        payload.set_version(version);
        Ok(Converted { payload, lost })
    }

    fn demanded_by_3_0_0(&self) -> Result<(), NotInEdition> {
        match self {
            Self::FlexOrder(order) if order.flex_offer_message_id.is_none() => Err(NotInEdition::Missing {
                path: "/FlexOrder/@FlexOfferMessageID",
                edition: Edition::V3_0_0,
            }),
            _ => Ok(()),
        }
    }

    fn unknown_to_3_0_0(&self) -> Vec<&'static str> {
        let said = match self {
            Self::FlexOffer(offer) => vec![(offer.unsolicited.is_some(), "/FlexOffer/@Unsolicited")],
            Self::FlexOrder(order) => vec![
                (order.unsolicited.is_some(), "/FlexOrder/@Unsolicited"),
                (order.service_type.is_some(), "/FlexOrder/@ServiceType"),
            ],
            _ => Vec::new(),
        };
        said.into_iter().filter_map(|(said, path)| said.then_some(path)).collect()
    }
}

/// The attribute that a path leads to.
fn attribute(path: &str) -> &str {
    path.rsplit('@').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
        TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
        ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
        Period="2026-11-23" CongestionPoint="ean.871685900012636543" Currency="EUR""#;

    fn order(more: &str) -> String {
        format!(
            r#"<FlexOrder {HEADER} Price="1" OrderReference="o" {more}><ISP Power="1" Start="1"/></FlexOrder>"#
        )
    }

    const OFFER_ID: &str = r#"FlexOfferMessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98""#;

    fn strict(document: &str, edition: Edition) -> Result<Payload, String> {
        Payload::from_xml_strict_as(document.as_bytes(), edition).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_strictly_what_the_edition_has() {
        let plain = order(OFFER_ID);
        assert!(strict(&plain, Edition::V3_0_0).is_ok() && strict(&plain, Edition::V3_1_0).is_ok());
        let cases = [
            ("", "missing attribute FlexOfferMessageID in /FlexOrder at line 1 column 1"),
            (r#"Unsolicited="false""#, "unexpected attribute Unsolicited in /FlexOrder at line 1 column 1"),
            (r#"ServiceType="s""#, "unexpected attribute ServiceType in /FlexOrder at line 1 column 1"),
        ];
        for (more, error) in cases {
            let id = if more.is_empty() { "" } else { OFFER_ID };
            let newer = order(&format!("{id} {more}"));
            assert!(strict(&newer, Edition::V3_1_0).is_ok());
            assert_eq!(strict(&newer, Edition::V3_0_0).unwrap_err(), error);
        }
        let error = strict(&plain, Edition::Usef2015).unwrap_err();
        assert_eq!(error, "USEF 2015 has other messages than UFTP in /FlexOrder at line 1 column 1");
    }

    #[test]
    fn says_what_a_conversion_loses() {
        let text = order(&format!(r#"{OFFER_ID} Unsolicited="false" ServiceType="s""#));
        let newer = Payload::from_xml(text.as_bytes()).unwrap();
        let older = newer.to_edition(Edition::V3_0_0).unwrap();
        assert_eq!(older.lost, ["/FlexOrder/@Unsolicited", "/FlexOrder/@ServiceType"]);
        assert_eq!(older.payload.version().as_str(), "3.0.0");
        assert_eq!(older.payload.check_edition(Edition::V3_0_0), Ok(()));
        let again = older.payload.to_edition(Edition::V3_1_0).unwrap();
        assert_eq!((again.lost.len(), again.payload.version().as_str()), (0, "3.1.0"));
        assert_eq!(newer.to_edition(Edition::Usef2015), Err(NotInEdition::OtherMessages));

        let offer = format!(
            r#"<FlexOffer {HEADER} ExpirationDateTime="2026-11-23T00:00:00Z" Unsolicited="true">
            <OfferOption OptionReference="a" Price="1"><ISP Power="1" Start="1"/></OfferOption></FlexOffer>"#
        );
        let offer = Payload::from_xml(offer.as_bytes()).unwrap();
        assert_eq!(offer.to_edition(Edition::V3_0_0).unwrap().lost, ["/FlexOffer/@Unsolicited"]);
        let error = offer.check_edition(Edition::V3_0_0).unwrap_err();
        assert_eq!(error.to_string(), "UFTP 3.0.0 has no /FlexOffer/@Unsolicited");
    }

    #[test]
    fn refuses_to_convert_what_the_edition_demands_more_of() {
        let order = Payload::from_xml(order("").as_bytes()).unwrap();
        let error = order.to_edition(Edition::V3_0_0).unwrap_err();
        assert_eq!(error, order.check_edition(Edition::V3_0_0).unwrap_err());
        assert_eq!(error.to_string(), "UFTP 3.0.0 demands /FlexOrder/@FlexOfferMessageID");
    }

    #[test]
    fn knows_the_edition_of_a_version() {
        assert_eq!(Edition::of(&"3.0.0".parse().unwrap()), Some(Edition::V3_0_0));
        assert_eq!(Edition::of(&"3.2.0".parse().unwrap()), None);
        assert_eq!("2015".parse(), Ok(Edition::Usef2015));
        assert_eq!(Edition::Usef2015.version(), None);
    }
}
