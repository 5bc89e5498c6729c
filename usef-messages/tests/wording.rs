//! The very texts of reasons for rejection: participants compare them.

use std::collections::BTreeSet;

use usef_messages::validation::{Code, Dialect, Failure};

/// A rule, where it was broken, and the reason in the words of the standard and of the library for Java.
const TEXTS: &[(Code, &str, &str, &str)] = &[
    (Code::Recipient, "/FlexOffer/@RecipientDomain", "Unknown RecipientDomain", "Unknown Recipient"),
    (Code::RecipientRole, "/FlexOffer/@RecipientDomain", "Unknown RecipientDomain", "Unknown Recipient"),
    (
        Code::SenderEnvelope,
        "/FlexOffer/@SenderDomain",
        "Mismatch SenderDomain",
        "Invalid Sender (not matching envelope)",
    ),
    (
        Code::SenderRole,
        "/FlexOffer/@SenderDomain",
        "Invalid SenderRole",
        "Invalid Sender (not matching role)",
    ),
    (Code::Envelope, "/SignedMessage", "Invalid SignedMessage", "Invalid SignedMessage"),
    (
        Code::SenderKey,
        "/SignedMessage/@SenderDomain",
        "Unknown SenderDomain (SignedMessage)",
        "Unknown SenderDomain (SignedMessage)",
    ),
    (Code::Signature, "/SignedMessage/@Body", "Invalid SignedMessage", "Invalid SignedMessage"),
    (Code::Payload, "/FlexOffer", "Invalid Message", "Invalid Message"),
    (Code::ListEmpty, "/FlexOffer/OfferOption", "Invalid Message", "Invalid Message"),
    (Code::SenderCombination, "/FlexOffer/@SenderDomain", "Invalid Sender combination", "Barred Sender"),
    (Code::SenderUnknown, "/FlexOffer/@SenderDomain", "Unknown SenderDomain (message)", "Barred Sender"),
    (Code::SenderBarred, "/FlexOffer/@SenderDomain", "Barred Sender", "Barred Sender"),
    (Code::DuplicateIdentifier, "/FlexOffer/@MessageID", "Duplicate Identifier", "Duplicate Identifier"),
    (Code::Unauthorized, "/DSOPortfolioUpdate/@SenderDomain", "Unauthorized", "Unauthorized"),
    (Code::IspDuration, "/FlexOffer/@ISP-Duration", "ISP duration rejected", "ISP duration rejected"),
    (Code::TimeZone, "/FlexOffer/@TimeZone", "TimeZone rejected", "Time zone rejected"),
    (
        Code::CongestionPoint,
        "/FlexOffer/@CongestionPoint",
        "Invalid CongestionPoint",
        "Invalid congestion point",
    ),
    (Code::NoConnections, "/FlexRequest", "No connections available", "No connections available"),
    (Code::PeriodPast, "/FlexOffer/@Period", "Period out of bounds", "Period out of bounds"),
    (Code::PeriodOutside, "/FlexSettlement/@Period", "Period out of bounds", "Period out of bounds"),
    (Code::PeriodFuture, "/Metering/@Period", "Period out of bounds", "Period out of bounds"),
    (Code::PeriodFuture, "/FlexSettlement/@PeriodStart", "PeriodStart rejected", "Period out of bounds"),
    (Code::PeriodFuture, "/FlexSettlement/@PeriodEnd", "PeriodEnd rejected", "Period out of bounds"),
    (Code::PeriodFuture, "/SettlementMessage/@PeriodEnd", "PeriodEnd rejected", "Period out of bounds"),
    (Code::PeriodOrder, "/FlexSettlement/@PeriodStart", "PeriodStart rejected", "Period out of bounds"),
    (Code::PeriodOrder, "/FlexSettlement/@PeriodEnd", "PeriodEnd rejected", "Period out of bounds"),
    (
        Code::ExpirationPast,
        "/FlexOffer/@ExpirationDateTime",
        "ExpirationDateTime out of bounds",
        "ExpirationDateTime out of bounds",
    ),
    (Code::DeadlineExpired, "/FlexReservationUpdate/@Period", "Deadline expired", "Deadline expired"),
    (Code::ValidUntil, "/FlexOffer/MessageMetadata/@ValidUntil", "Expired", "Expired"),
    (
        Code::ExpirationIsps,
        "/FlexOffer/@ExpirationDateTime",
        "ExpirationDateTime out of bounds",
        "ExpirationDateTime out of bounds (ISPs related)",
    ),
    (Code::IspBounds, "/FlexOffer/OfferOption[1]/ISP[1]", "ISPs out of bounds", "ISPs out of bounds"),
    (Code::IspConflict, "/FlexOffer/OfferOption[1]/ISP[2]", "ISP conflict", "Overlapping ISPs conflict"),
    (Code::IspsLacking, "/D-Prognosis", "Lacking ISPs", "Lacking ISPs"),
    (
        Code::UnknownContract,
        "/FlexOffer/@ContractID",
        "Unknown ContractID reference",
        "Unknown reference ContractID",
    ),
    (
        Code::UnknownBaseline,
        "/FlexOffer/@BaselineReference",
        "Unknown BaselineReference reference",
        "Unknown reference BaselineReference",
    ),
    (Code::NoBaseline, "/FlexOffer", "No baseline", "No baseline"),
    (Code::PowerImplausible, "/D-Prognosis/ISP[1]/@Power", "Power value rejection", "Power value rejection"),
    (
        Code::RequestedLacking,
        "/FlexRequest",
        "Lacking Requested Disposition",
        "Lacking Requested disposition",
    ),
    (
        Code::RequestedDirection,
        "/FlexRequest/ISP[1]",
        "Requested Power discrepancy",
        "One or more ISPs with a 'Requested' disposition has no direction",
    ),
    (Code::PowerOrder, "/FlexRequest/ISP[1]", "Power discrepancy", "Power discrepancy"),
    (
        Code::Currency,
        "/FlexOffer/@Currency",
        "Currency rejected",
        "Currency in FlexOffer is not a known ISO 4217 currency",
    ),
    (
        Code::Currency,
        "/FlexOrder/@Currency",
        "Currency rejected",
        "Currency in FlexOrder is not a known ISO 4217 currency",
    ),
    (
        Code::PriceDecimals,
        "/FlexOffer/OfferOption[1]/@Price",
        "Price rejected",
        "Price in FlexOffer option is not valid for the given currency",
    ),
    (
        Code::PriceDecimals,
        "/FlexOrder/@Price",
        "Price rejected",
        "Price in FlexOrder option is not valid for the given currency",
    ),
    (Code::MutexUnsupported, "/FlexOffer/OfferOption[2]", "No MutEx offer support", "No MutEx offer support"),
    (
        Code::UnsolicitedOffer,
        "/FlexOffer/@FlexRequestMessageID",
        "FlexRequestMessageID must (only) be present if not unsolicited",
        "FlexRequestMessageID must (only) be present if not unsolicited",
    ),
    (
        Code::UnsolicitedOrder,
        "/FlexOrder/@FlexOfferMessageID",
        "FlexOfferMessageID must (only) be present if not unsolicited",
        "FlexOfferMessageID must (only) be present if not unsolicited",
    ),
    (
        Code::UnknownReference,
        "/FlexOffer/@FlexRequestMessageID",
        "Unknown FlexRequestMessageID reference",
        "Unknown reference FlexRequestMessageID",
    ),
    (
        Code::UnknownReference,
        "/FlexOrder/@FlexOfferMessageID",
        "Unknown FlexOfferMessageID reference",
        "Unknown reference FlexOfferMessageID",
    ),
    (
        Code::UnknownReference,
        "/FlexOffer/@D-PrognosisMessageID",
        "Unknown D-PrognosisMessageID reference",
        "Unknown reference D-PrognosisMessageID",
    ),
    (
        Code::UnknownReference,
        "/D-PrognosisResponse/FlexOrderStatus[1]/@FlexOrderMessageID",
        "Unknown FlexOrderMessageID reference",
        "Unknown reference FlexOrderMessageID",
    ),
    (
        Code::UnknownRequest,
        "/FlexOfferResponse/@FlexOfferMessageID",
        "Unknown FlexOfferMessageID reference",
        "Unknown reference Request message ID",
    ),
    (
        Code::OtherConversation,
        "/FlexOrder/@FlexOfferMessageID",
        "Unknown FlexOfferMessageID reference",
        "Unknown reference FlexOfferMessageID",
    ),
    (
        Code::ReferenceExpired,
        "/FlexOrder/@FlexOfferMessageID",
        "Reference message expired",
        "Reference message expired",
    ),
    (
        Code::ReferenceRevoked,
        "/FlexOrder/@FlexOfferMessageID",
        "Reference message revoked",
        "Reference message revoked",
    ),
    (Code::ReferenceMismatch, "/FlexOrder/@Period", "Reference Period mismatch", "Reference Period mismatch"),
    (Code::Revision, "/FlexRequest/@Revision", "Subordinate sequence number", "Subordinate sequence number"),
    (
        Code::RequestMismatch,
        "/FlexOffer",
        "Request mismatch",
        "None of the ISPs with a 'requested' disposition in the referred FlexRequest, is mentioned in the FlexOffer",
    ),
    (
        Code::RevocationSender,
        "/FlexOfferRevocation/@FlexOfferMessageID",
        "Unknown FlexOfferMessageID reference",
        "Flex Offer revocation can only be sent by the same Sender Domain that sent the Flex Offer",
    ),
    (
        Code::Procured,
        "/FlexOfferRevocation/@FlexOfferMessageID",
        "Flexibility procured",
        "Flexibility procured",
    ),
    (
        Code::UnknownOption,
        "/FlexOrder/@OptionReference",
        "Unknown OptionReference reference",
        "Unknown reference OptionReference in FlexOrder",
    ),
    (
        Code::OrderIsps,
        "/FlexOrder",
        "ISP mismatch",
        "ISPs from the FlexOrder do not match the ISPs given in the FlexOffer",
    ),
    (
        Code::OrderPower,
        "/FlexOrder/ISP[1]/@Power",
        "Power mismatch",
        "Ordered flexibility does not match the offered flexibility",
    ),
    (
        Code::OrderPrice,
        "/FlexOrder/@Price",
        "Price mismatch",
        "Price in the order does not match the price given in the offer",
    ),
    (
        Code::SettlementMissing,
        "/FlexSettlement/FlexOrderSettlement",
        "Missing Settlement Items",
        "Missing Settlement Items",
    ),
    (
        Code::UnknownSettledOrder,
        "/FlexSettlementResponse/FlexOrderSettlementStatus[1]/@OrderReference",
        "Unknown OrderReference reference",
        "Unknown reference OrderReference in FlexSettlementResponse",
    ),
];

fn reasons(code: Code, path: &str) -> (String, String) {
    let failure = Failure { code, severity: code.severity(), path: path.to_owned(), value: None };
    let [spec, java] =
        [Dialect::Specification, Dialect::JavaLibrary].map(|it| failure.reason(it).into_owned());
    (spec, java)
}

#[test]
fn each_reason_has_the_words_of_the_standard_and_of_the_library() {
    for (code, path, spec, java) in TEXTS {
        assert_eq!(reasons(*code, path), ((*spec).to_owned(), (*java).to_owned()), "{code} at {path}");
    }
}

#[test]
fn where_the_library_has_words_of_its_own_they_are_in_the_table() {
    let listed: BTreeSet<_> = TEXTS.iter().map(|(code, ..)| *code).collect();
    for code in Code::ALL {
        let (spec, java) = reasons(*code, "/FlexOrder/@X");
        // These have the words of one that is in the table.
        let is_shared = matches!(code, Code::ActivationFactor | Code::UnknownOrder);
        assert!(spec == java || is_shared || listed.contains(code), "{code}: {java}");
    }
}
