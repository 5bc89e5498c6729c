//! The messages of one trade: a request for ISPs 69 to 72 of a day, an offer of two options, an order of one.

use usef_messages::conversation::{self, Memory, Store as _};
use usef_messages::message::Answer;
use usef_messages::validation::{Code, Context, Failure, Policy};
use usef_messages::{DateTime, Payload};

pub(crate) const REQUEST: &str = "10000000-0000-4000-8000-000000000000";
pub(crate) const OFFER: &str = "20000000-0000-4000-8000-000000000000";
pub(crate) const ORDER: &str = "30000000-0000-4000-8000-000000000000";
pub(crate) const SETTLEMENT: &str = "40000000-0000-4000-8000-000000000000";
pub(crate) const PLAN: &str = "50000000-0000-4000-8000-000000000000";

/// While all of it is going on.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

fn header(from: &str, to: &str, id: &str) -> String {
    format!(
        r#"Version="3.1.0" SenderDomain="{from}.example" RecipientDomain="{to}.example"
        TimeStamp="2026-11-22T10:00:00Z" MessageID="{id}" ConversationID="c0000000-0000-4000-8000-000000000000""#
    )
}

const DAY: &str = r#"ISP-Duration="PT15M" TimeZone="Europe/London" Period="2026-11-23"
    CongestionPoint="ean.871685900012636543""#;

pub(crate) fn plan() -> String {
    format!(
        r#"<D-Prognosis {} {DAY} Revision="1"><ISP Power="750000" Start="1" Duration="96"/></D-Prognosis>"#,
        header("agr", "dso", PLAN)
    )
}

pub(crate) fn request() -> String {
    format!(
        r#"<FlexRequest {} {DAY} Revision="1" ExpirationDateTime="2026-11-22T23:00:00Z">
        <ISP Disposition="Requested" MinPower="-500000" MaxPower="0" Start="69" Duration="4"/>
        <ISP Disposition="Available" MinPower="0" MaxPower="100000" Start="73" Duration="8"/></FlexRequest>"#,
        header("dso", "agr", REQUEST)
    )
}

pub(crate) fn offer() -> String {
    format!(
        r#"<FlexOffer {} {DAY} ExpirationDateTime="2026-11-22T22:00:00Z" FlexRequestMessageID="{REQUEST}"
        Currency="EUR"><OfferOption OptionReference="all" Price="12.50"><ISP Power="-250000" Start="69"/>
        <ISP Power="-249999" Start="70" Duration="3"/></OfferOption>
        <OfferOption OptionReference="part" Price="20.01" MinActivationFactor="0.30">
        <ISP Power="-400001" Start="69" Duration="4"/></OfferOption></FlexOffer>"#,
        header("agr", "dso", OFFER)
    )
}

pub(crate) fn revocation() -> String {
    format!(
        r#"<FlexOfferRevocation {} FlexOfferMessageID="{OFFER}"/>"#,
        header("agr", "dso", "60000000-0000-4000-8000-000000000000")
    )
}

/// An order of the first option.
pub(crate) fn order() -> String {
    format!(
        r#"<FlexOrder {} {DAY} FlexOfferMessageID="{OFFER}" Price="12.50" Currency="EUR" OrderReference="o-1"
        OptionReference="all"><ISP Power="-250000" Start="69"/><ISP Power="-249999" Start="70" Duration="3"/>
        </FlexOrder>"#,
        header("dso", "agr", ORDER)
    )
}

/// An order of a part of the second option: 0.3 of -400001 W is -120000.3 W, 0.3 of 20.01 is 6.003.
pub(crate) fn partial_order(factor: &str, power: i64, price: &str) -> String {
    format!(
        r#"<FlexOrder {} {DAY} FlexOfferMessageID="{OFFER}" Price="{price}" Currency="EUR" OrderReference="o-1"
        OptionReference="part" ActivationFactor="{factor}"><ISP Power="{power}" Start="69" Duration="4"/></FlexOrder>"#,
        header("dso", "agr", ORDER)
    )
}

pub(crate) fn settlement() -> String {
    format!(
        r#"<FlexSettlement {} Result="Accepted" PeriodStart="2026-11-01" PeriodEnd="2026-11-30" Currency="EUR">
        <FlexOrderSettlement OrderReference="o-1" Period="2026-11-23" CongestionPoint="ean.871685900012636543"
        Price="12.5" NetSettlement="12.5"><ISP Start="69" BaselinePower="750000" OrderedFlexPower="-250000"
        ActualPower="500000" DeliveredFlexPower="-250000"/><ISP Start="70" Duration="3" BaselinePower="749999"
        OrderedFlexPower="-249999" ActualPower="500000" DeliveredFlexPower="-249999"/></FlexOrderSettlement>
        <ContractSettlement><Period Period="2026-11-23"><ISP Start="69" ReservedPower="0"/></Period>
        </ContractSettlement></FlexSettlement>"#,
        header("dso", "agr", SETTLEMENT)
    )
}

pub(crate) fn settlement_response() -> String {
    format!(
        r#"<FlexSettlementResponse {} Result="Accepted" FlexSettlementMessageID="{SETTLEMENT}">
        <FlexOrderSettlementStatus OrderReference="o-1" Disposition="Accepted"/></FlexSettlementResponse>"#,
        header("agr", "dso", "70000000-0000-4000-8000-000000000000")
    )
}

pub(crate) fn read(document: &str) -> Payload {
    Payload::from_xml(document.as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"))
}

pub(crate) fn at(text: &str) -> DateTime {
    text.parse().expect("a time")
}

/// A text with a part replaced that is there.
pub(crate) fn with(document: &str, old: &str, new: &str) -> String {
    assert!(document.contains(old), "{old} in {document}");
    document.replace(old, new)
}

/// Messages as one participant keeps them, each with the answer to it.
#[derive(Default)]
pub(crate) struct Trade {
    pub(crate) memory: Memory,
    answers: u32,
}

impl Trade {
    /// These messages, each accepted.
    pub(crate) fn of<const N: usize>(documents: [String; N]) -> Self {
        documents.iter().fold(Self::default(), |trade, document| trade.accepted(document))
    }

    /// With another message, not answered.
    pub(crate) fn open(mut self, document: &str) -> Self {
        self.memory.insert(read(document), document.as_bytes(), at(NOW)).expect("there is room");
        self
    }

    /// With another message, accepted.
    pub(crate) fn accepted(self, document: &str) -> Self {
        self.answered(document, Answer::accept())
    }

    /// With another message, rejected.
    pub(crate) fn rejected(self, document: &str) -> Self {
        self.answered(document, Answer::reject("no"))
    }

    fn answered(self, document: &str, answer: Answer) -> Self {
        let mut trade = self.open(document);
        trade.answers += 1;
        let id = format!("{:08x}-0000-4000-8000-00000000000a", trade.answers).parse().expect("an identifier");
        let message = read(document);
        if let Some(response) = message.respond(answer, id, message.time_stamp()) {
            let document = response.to_xml().expect("it is written");
            trade.memory.insert(response, document.as_bytes(), at(NOW)).expect("there is room");
        }
        trade
    }

    /// What is wrong with a message now.
    pub(crate) fn failures(&self, document: &str) -> Vec<Failure> {
        self.failures_at(document, NOW)
    }

    pub(crate) fn failures_at(&self, document: &str, now: &str) -> Vec<Failure> {
        let policy = Policy::anyone();
        let context = Context::new(&policy).at(at(now));
        conversation::validate(&read(document), &context, &self.memory).expect("memory can be read")
    }

    /// Which rules a message breaks now.
    pub(crate) fn codes(&self, document: &str) -> Vec<Code> {
        self.failures(document).iter().map(|failure| failure.code).collect()
    }

    /// Where a message breaks rules now.
    pub(crate) fn paths(&self, document: &str) -> Vec<String> {
        self.failures(document).into_iter().map(|failure| failure.path).collect()
    }
}
