use xml_wire::XmlText;

use super::Severity;

/// The wording of a reason for rejection. Participants compare texts, so each has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// As the standard words it.
    #[default]
    Specification,
    /// As the most used implementation, the Shapeshifter library for Java, words it.
    JavaLibrary,
}

/// Declares the rules, each with its severity and its wording. `{}` stands for the name of the attribute, or of the
/// message.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $severity:ident, $spec:literal $(, java $java:literal)?;)*) => {
        /// A rule that messages are held against. Its text is stable, for machines.
        ///
        /// What a type already refuses has no rule here: a currency of other than three letters, an activation factor of
        /// zero or above one, an amount with more than four decimal places never becomes a message.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
        #[non_exhaustive]
        pub enum Code {
            $(
                $(#[$doc])*
                #[xml($wire)]
                $name,
            )*
        }

        impl Code {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How sure it is that a message must be rejected; a [`Policy`](super::Policy) may see it otherwise.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// The text for a reason of rejection, `{}` standing for the name of the attribute, or of the message.
            pub(super) const fn wording(self, dialect: Dialect) -> &'static str {
                match (self, dialect) {
                    $(
                        $((Self::$name, Dialect::JavaLibrary) => $java,)?
                        (Self::$name, _) => $spec,
                    )*
                }
            }
        }
    };
}

codes! {
    /// The document is an envelope, with room for a signature (message validation, signed message).
    Envelope = "envelope", Error, "Invalid SignedMessage";
    /// A key of the sender's is known (message validation, signed message).
    SenderKey = "sender-key", Error, "Unknown SenderDomain (SignedMessage)";
    /// The envelope is signed by its sender (message validation, signed message).
    Signature = "signature", Error, "Invalid SignedMessage";
    /// What is in the envelope is a message (message validation, message).
    Payload = "payload", Error, "Invalid Message";
    /// A list that cannot be empty by the schema is not; lenient reading takes it so (message validation, message).
    ListEmpty = "list-empty", Error, "Invalid Message";
    /// The edition is one that we speak (message header).
    Version = "version", Error, "Version rejected";
    /// The message is for our domain (message validation, recipient).
    Recipient = "recipient", Error, "Unknown RecipientDomain", java "Unknown Recipient";
    /// Such messages are for participants in our role (routing of messages).
    RecipientRole = "recipient-role", Error, "Unknown RecipientDomain", java "Unknown Recipient";
    /// The message is from the domain that signed its envelope (message validation, sender).
    SenderEnvelope = "sender-envelope", Error, "Mismatch SenderDomain", java "Invalid Sender (not matching envelope)";
    /// A participant in the sender's role sends such messages (routing of messages).
    SenderRole = "sender-role", Error, "Invalid SenderRole", java "Invalid Sender (not matching role)";
    /// We know the sender in this role, and not only in another (message validation, sender).
    SenderCombination = "sender-combination", Error, "Invalid Sender combination", java "Barred Sender";
    /// We know the sender (message validation, sender).
    SenderUnknown = "sender-unknown", Error, "Unknown SenderDomain (message)", java "Barred Sender";
    /// We do not refuse the sender (message validation, sender).
    SenderBarred = "sender-barred", Error, "Barred Sender";
    /// A common reference operator that works in closed mode knows whose portfolio it is (contract phase).
    Unauthorized = "unauthorized", Error, "Unauthorized";
    /// The message was written about now; a guard against replays that the standard leaves to the participants.
    TimeStamp = "time-stamp", Error, "TimeStamp out of bounds";
    /// An identifier stands for one message (message validation, duplicates).
    DuplicateIdentifier = "duplicate-identifier", Error, "Duplicate Identifier";
    /// A rejection says why (responses).
    ReasonMissing = "reason-missing", Warning, "RejectionReason missing";
    /// Only a rejection says why (responses).
    ReasonUnexpected = "reason-unexpected", Info, "RejectionReason without rejection";

    /// We trade in periods of this length: positive, whole minutes, a part of 24 hours (flexibility messages, ISP duration).
    IspDuration = "isp-duration", Error, "ISP duration rejected";
    /// We trade by the clock of this time zone, or one that shows the same on that day, and it exists (flexibility
    /// messages, time zone).
    TimeZone = "time-zone", Error, "TimeZone rejected", java "Time zone rejected";
    /// We know the congestion point (flexibility messages, congestion point).
    CongestionPoint = "congestion-point", Error, "Invalid CongestionPoint", java "Invalid congestion point";
    /// We have connections at the congestion point (flexibility request).
    NoConnections = "no-connections", Error, "No connections available";
    /// The day is not over (flexibility messages, period).
    PeriodPast = "period-past", Error, "Period out of bounds";
    /// Metered and settled days have begun (metering, settlement).
    PeriodFuture = "period-future", Warning, "Period out of bounds";
    /// What has a first and a last day ends no earlier than it starts (settlement, common reference).
    PeriodOrder = "period-order", Error, "{} rejected", java "Period out of bounds";
    /// What belongs to something with a first and a last day lies within it (settlement, common reference).
    PeriodOutside = "period-outside", Error, "Period out of bounds";
    /// The message is still good for something when it arrives (flexibility request, flexibility offer).
    ExpirationPast = "expiration-past", Error, "ExpirationDateTime out of bounds";
    /// Reserved flexibility is taken or given back before the deadline of the contract (flexibility reservation update).
    DeadlineExpired = "deadline-expired", Error, "Deadline expired";
    /// The message arrives while it is valid (USEF 2015, message metadata).
    ValidUntil = "valid-until", Error, "Expired";
    /// The message is good until the end of its last ISP at most (flexibility request, flexibility offer).
    ExpirationIsps = "expiration-isps", Error, "ExpirationDateTime out of bounds",
        java "ExpirationDateTime out of bounds (ISPs related)";
    /// ISPs count from 1 to as many as the day has in its time zone (flexibility messages, ISPs).
    IspBounds = "isp-bounds", Error, "ISPs out of bounds";
    /// No ISP is listed twice (flexibility messages, ISPs).
    IspConflict = "isp-conflict", Error, "ISP conflict", java "Overlapping ISPs conflict";
    /// A plan lists every ISP of its day (D-prognosis).
    IspsLacking = "isps-lacking", Error, "Lacking ISPs";
    /// We know the bilateral contract (flexibility messages, contract).
    UnknownContract = "unknown-contract", Error, "Unknown ContractID reference", java "Unknown reference ContractID";
    /// We know the baseline (flexibility offer, flexibility order, settlement).
    UnknownBaseline = "unknown-baseline", Error, "Unknown BaselineReference reference",
        java "Unknown reference BaselineReference";

    /// An aggregator that offers has a baseline, if only a plan for the day (flexibility offer).
    NoBaseline = "no-baseline", Error, "No baseline";
    /// So much power can be planned, offered or reserved at the congestion point (D-prognosis, flexibility offer,
    /// flexibility reservation update).
    PowerImplausible = "power-implausible", Error, "Power value rejection";

    /// Each ISP says whether flexibility is wanted; the schema lets it be left out and knows no default (flexibility request).
    DispositionMissing = "disposition-missing", Warning, "Disposition missing";
    /// Flexibility is wanted in one ISP at least (flexibility request).
    RequestedLacking = "requested-lacking", Error, "Lacking Requested Disposition",
        java "Lacking Requested disposition";
    /// Where flexibility is wanted its direction is clear: the limits are not on both sides of zero (flexibility request).
    RequestedDirection = "requested-direction", Error, "Requested Power discrepancy",
        java "One or more ISPs with a 'Requested' disposition has no direction";
    /// The least power is not above the most (flexibility request).
    PowerOrder = "power-order", Error, "Power discrepancy";

    /// The currency is in ISO 4217 (flexibility offer, flexibility order, settlement, metering).
    Currency = "currency", Error, "Currency rejected", java "Currency in {} is not a known ISO 4217 currency";
    /// A price can be paid: it has no more decimal places, by value, than its currency. The standard allows four for every
    /// currency, so this alone is no reason to reject.
    PriceDecimals = "price-decimals", Warning, "Price rejected",
        java "Price in {} option is not valid for the given currency";
    /// The options of an offer have names of their own (flexibility offer, options).
    OptionDuplicate = "option-duplicate", Error, "OptionReference not unique";
    /// Options that exclude each other are offered only where the congestion point supports them (flexibility offer, options).
    MutexUnsupported = "mutex-unsupported", Error, "No MutEx offer support";
    /// An offer names a request unless it says that nobody asked (flexibility offer, 3.1).
    UnsolicitedOffer = "unsolicited-offer", Error, "FlexRequestMessageID must (only) be present if not unsolicited";
    /// An order names an offer unless it says that nobody offered (flexibility order, 3.1).
    UnsolicitedOrder = "unsolicited-order", Error, "FlexOfferMessageID must (only) be present if not unsolicited";

    /// What is paid is the price less the penalty (settlement).
    NetSettlement = "net-settlement", Error, "Price mismatch";
    /// Delivered flexibility is actual power less baseline; the standard leaves its determination to the operator (settlement).
    DeliveredPower = "delivered-power", Info, "Power mismatch";
    /// The deficiency is what was ordered less what was delivered, and none where all was; the standard leaves its
    /// determination to the operator (settlement).
    PowerDeficiency = "power-deficiency", Info, "Power mismatch";
    /// A penalty is for a deficiency (settlement).
    PenaltyUnfounded = "penalty-unfounded", Warning, "Price mismatch";
    /// An order is settled once in a settlement (settlement).
    SettlementDuplicate = "settlement-duplicate", Error, "OrderReference not unique";
    /// A dispute says why (settlement response).
    DisputeReasonMissing = "dispute-reason-missing", Warning, "DisputeReason missing";

    /// Power is in kilowatts, energy and readings in kilowatt-hours (metering).
    MeteringUnit = "metering-unit", Error, "Unit rejected";
    /// A quantity has one profile (metering).
    ProfileDuplicate = "profile-duplicate", Error, "ProfileType not unique";
    /// Energy, and what a register shows, is not negative: its direction is in the profile (metering).
    NegativeEnergy = "negative-energy", Warning, "Value rejected";
    /// A register counts up (metering).
    ReadingDecreases = "reading-decreases", Warning, "Value rejected";
    /// Average power is energy taken less energy fed in, over the length of the ISP (metering, profile Power).
    PowerEnergy = "power-energy", Warning, "Power mismatch";
    /// The metering point has as many digits as agreed: 16 by the schemas, 18 in reality (metering).
    EanDigits = "ean-digits", Error, "EAN rejected";

    /// The month of an `ea1` address is one of twelve (entity addresses).
    AddressMonth = "address-month", Warning, "{} rejected";
    /// The owner of an `ea1` address is a domain name, turned around (entity addresses).
    AddressDomain = "address-domain", Warning, "{} rejected";
    /// An `ea1` address is at most 255 printable ASCII characters (entity addresses).
    AddressText = "address-text", Warning, "{} rejected";
    /// The last digit of an EAN checks the others; only looked at where asked for, as no participant relies on it (GS1).
    EanCheckDigit = "ean-check-digit", Warning, "{} rejected";
    /// A congestion point is listed once for a day (common reference).
    CongestionPointDuplicate = "congestion-point-duplicate", Error, "CongestionPoint conflict";
    /// A connection is listed once for a day (common reference).
    ConnectionDuplicate = "connection-duplicate", Error, "Connection conflict";
    /// A connection is at one congestion point on a day (common reference).
    ConnectionConflict = "connection-conflict", Error, "Connection conflict";

    /// The message referred to is known, of the right kind and party (message validation, references).
    UnknownReference = "unknown-reference", Error, "Unknown {} reference", java "Unknown reference {}";
    /// A response is to a request of ours (message validation, references).
    UnknownRequest = "unknown-request", Error, "Unknown {} reference", java "Unknown reference Request message ID";
    /// The message referred to is part of the same conversation (message validation, references).
    OtherConversation = "other-conversation", Error, "Unknown {} reference", java "Unknown reference {}";
    /// A request gets one response.
    AnsweredTwice = "answered-twice", Warning, "Request already answered";
    /// The message referred to was not rejected.
    ReferenceRejected = "reference-rejected", Error, "Reference message rejected";
    /// The message referred to has not expired (message validation, references).
    ReferenceExpired = "reference-expired", Error, "Reference message expired";
    /// The offer was not taken back (message validation, references).
    ReferenceRevoked = "reference-revoked", Error, "Reference message revoked";
    /// A newer revision has not replaced the message referred to.
    ReferenceReplaced = "reference-replaced", Warning, "Reference message replaced";
    /// Both messages are about the same day, place, clock and currency (message validation, references).
    ReferenceMismatch = "reference-mismatch", Error, "Reference {} mismatch";
    /// Each revision has a greater number than those before it (D-prognosis, flexibility request, metering).
    Revision = "revision", Error, "Subordinate sequence number";

    /// An offer is for one of the ISPs in which flexibility is wanted, at least (flexibility offer).
    RequestMismatch = "request-mismatch", Error, "Request mismatch",
        java "None of the ISPs with a 'requested' disposition in the referred FlexRequest, is mentioned in the FlexOffer";
    /// An offer is taken back by who made it (flexibility offer revocation).
    RevocationSender = "revocation-sender", Error, "Unknown {} reference",
        java "Flex Offer revocation can only be sent by the same Sender Domain that sent the Flex Offer";
    /// An offer that was ordered cannot be taken back (flexibility offer revocation).
    Procured = "procured", Error, "Flexibility procured";
    /// An offer is ordered once, in one of its options (flexibility order).
    OrderedTwice = "ordered-twice", Error, "Flexibility procured";
    /// An order names an option of the offer, and need not where there is but one (flexibility order).
    UnknownOption = "unknown-option", Error, "Unknown OptionReference reference",
        java "Unknown reference OptionReference in FlexOrder";
    /// An order is for the ISPs of its option (flexibility order).
    OrderIsps = "order-isps", Error, "ISP mismatch",
        java "ISPs from the FlexOrder do not match the ISPs given in the FlexOffer";
    /// An order is for the power of its option, times the activation factor (flexibility order).
    OrderPower = "order-power", Error, "Power mismatch",
        java "Ordered flexibility does not match the offered flexibility";
    /// An order is at the price of its option, times the activation factor (flexibility order).
    OrderPrice = "order-price", Error, "Price mismatch",
        java "Price in the order does not match the price given in the offer";
    /// No less of an option is ordered than it allows (flexibility order).
    ActivationFactor = "activation-factor", Error, "Power mismatch",
        java "Ordered flexibility does not match the offered flexibility";
    /// Orders have references of their own, by which they are settled (flexibility order).
    OrderReferenceDuplicate = "order-reference-duplicate", Error, "OrderReference not unique";

    /// A settlement names orders that we know (settlement).
    UnknownOrder = "unknown-order", Error, "Unknown OrderReference reference",
        java "Unknown reference OrderReference";
    /// A settlement is of all orders of its days (settlement).
    SettlementMissing = "settlement-missing", Error, "Missing Settlement Items";
    /// What is settled is what was ordered (settlement).
    SettledIsps = "settled-isps", Error, "ISP mismatch";
    /// The power settled is the power ordered (settlement).
    SettledPower = "settled-power", Error, "Power mismatch";
    /// The price settled is the price of the order (settlement).
    SettledPrice = "settled-price", Error, "Price mismatch";
    /// A response to a settlement names orders of that settlement (settlement response).
    UnknownSettledOrder = "unknown-settled-order", Error, "Unknown OrderReference reference",
        java "Unknown reference OrderReference in FlexSettlementResponse";
    /// A response to a settlement is about each of its orders (settlement response).
    VerdictMissing = "verdict-missing", Warning, "Missing Settlement Items";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_lower_case_and_read_back() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for name in &names {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert_eq!(name.parse::<Code>().unwrap().as_str(), *name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn no_wording_holds_the_mark_that_parts_reasons() {
        for code in Code::ALL {
            for dialect in [Dialect::Specification, Dialect::JavaLibrary] {
                let text = code.wording(dialect);
                assert!(!text.is_empty() && !text.contains(';'), "{code}");
            }
        }
    }
}
