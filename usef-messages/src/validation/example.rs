//! A good message of each kind, of one trade, to be changed by tests.

use super::{Code, Failure};
use crate::Payload;

/// The header of messages between these two.
fn header(from: &str, to: &str, id: u8) -> String {
    format!(
        r#"Version="3.1.0" SenderDomain="{from}.example" RecipientDomain="{to}.example" TimeStamp="2026-11-22T10:00:00Z" MessageID="{id}0000000-0000-4000-8000-000000000000" ConversationID="c0000000-0000-4000-8000-000000000000""#
    )
}

const DAY: &str = r#"ISP-Duration="PT15M" TimeZone="Europe/London" Period="2026-11-23" CongestionPoint="ean.871685900012636543""#;

/// The document of a good message: request 1, offer 2, order 3, settlement 4 and others of the day 2026-11-23.
pub(crate) fn xml(kind: &str) -> String {
    match kind {
        "FlexRequest" => format!(
            r#"<FlexRequest {} {DAY} Revision="1" ExpirationDateTime="2026-11-22T23:00:00Z"><ISP Disposition="Requested" MinPower="-500000" MaxPower="0" Start="69" Duration="4"/><ISP Disposition="Available" MinPower="0" MaxPower="100000" Start="73" Duration="8"/></FlexRequest>"#,
            header("dso", "agr", 1)
        ),
        "FlexRequestResponse" => format!(
            r#"<FlexRequestResponse {} Result="Accepted" FlexRequestMessageID="10000000-0000-4000-8000-000000000000"/>"#,
            header("agr", "dso", 5)
        ),
        "FlexOffer" => format!(
            r#"<FlexOffer {} {DAY} ExpirationDateTime="2026-11-22T22:00:00Z" FlexRequestMessageID="10000000-0000-4000-8000-000000000000" Currency="EUR"><OfferOption OptionReference="all" Price="12.50"><ISP Power="-250000" Start="69"/><ISP Power="-249999" Start="70" Duration="3"/></OfferOption><OfferOption OptionReference="part" Price="20.01" MinActivationFactor="0.30"><ISP Power="-400001" Start="69" Duration="4"/></OfferOption></FlexOffer>"#,
            header("agr", "dso", 2)
        ),
        "FlexOrder" => format!(
            r#"<FlexOrder {} {DAY} FlexOfferMessageID="20000000-0000-4000-8000-000000000000" Price="12.50" Currency="EUR" OrderReference="o-1" OptionReference="all"><ISP Power="-250000" Start="69"/><ISP Power="-249999" Start="70" Duration="3"/></FlexOrder>"#,
            header("dso", "agr", 3)
        ),
        "FlexOfferRevocation" => format!(
            r#"<FlexOfferRevocation {} FlexOfferMessageID="20000000-0000-4000-8000-000000000000"/>"#,
            header("agr", "dso", 6)
        ),
        "FlexSettlement" => format!(
            r#"<FlexSettlement {} Result="Accepted" PeriodStart="2026-11-01" PeriodEnd="2026-11-30" Currency="EUR"><FlexOrderSettlement OrderReference="o-1" Period="2026-11-23" CongestionPoint="ean.871685900012636543" Price="12.50" NetSettlement="12.50"><ISP Start="69" BaselinePower="750000" OrderedFlexPower="-250000" ActualPower="500000" DeliveredFlexPower="-250000"/><ISP Start="70" Duration="3" BaselinePower="749999" OrderedFlexPower="-249999" ActualPower="0" DeliveredFlexPower="-749999"/></FlexOrderSettlement><ContractSettlement><Period Period="2026-11-23"><ISP Start="69" Duration="4" ReservedPower="0"/></Period></ContractSettlement></FlexSettlement>"#,
            header("dso", "agr", 4)
        ),
        "FlexSettlementResponse" => format!(
            r#"<FlexSettlementResponse {} Result="Accepted" FlexSettlementMessageID="40000000-0000-4000-8000-000000000000"><FlexOrderSettlementStatus OrderReference="o-1" Disposition="Accepted"/></FlexSettlementResponse>"#,
            header("agr", "dso", 7)
        ),
        "D-Prognosis" => format!(
            r#"<D-Prognosis {} {DAY} Revision="1"><ISP Power="750000" Start="1" Duration="48"/><ISP Power="740000" Start="49" Duration="48"/></D-Prognosis>"#,
            header("agr", "dso", 8)
        ),
        "FlexReservationUpdate" => format!(
            r#"<FlexReservationUpdate {} {DAY} ContractID="c-1" Reference="r-1"><ISP Power="-250000" Start="69" Duration="4"/></FlexReservationUpdate>"#,
            header("dso", "agr", 9)
        ),
        "Metering" => format!(
            r#"<Metering {} Revision="1" ISP-Duration="PT15M" TimeZone="Europe/London" Period="2026-11-23" EAN="E871685900012636543"><Profile ProfileType="Power" Unit="kW"><ISP Start="1" Value="1.6"/></Profile><Profile ProfileType="ImportEnergy" Unit="kWh"><ISP Start="1" Value="0.5"/></Profile><Profile ProfileType="ExportEnergy" Unit="kWh"><ISP Start="1" Value="0.1"/></Profile><Profile ProfileType="ImportMeterReading" Unit="kWh"><ISP Start="1" Value="1000"/><ISP Start="2" Value="1000.5"/></Profile></Metering>"#,
            header("agr", "dso", 8)
        ),
        "AGRPortfolioQuery" => format!(
            r#"<AGRPortfolioQuery {} TimeZone="Europe/London" Period="2026-11-23"/>"#,
            header("agr", "cro", 1)
        ),
        "AGRPortfolioQueryResponse" => format!(
            r#"<AGRPortfolioQueryResponse {} Result="Accepted" TimeZone="Europe/London" AGRPortfolioQueryMessageID="10000000-0000-4000-8000-000000000000" Period="2026-11-23"><DSO-View><DSO-Portfolio DSO-Domain="dso.example"><CongestionPoint EntityAddress="ean.541453179814000000" MutexOffersSupported="true" DayAheadRedispatchBy="AGR"><Connection EntityAddress="ean.871685900012636543"/></CongestionPoint></DSO-Portfolio></DSO-View></AGRPortfolioQueryResponse>"#,
            header("cro", "agr", 2)
        ),
        "AGRPortfolioUpdate" => format!(
            r#"<AGRPortfolioUpdate {} TimeZone="Europe/London"><Connection EntityAddress="ean.871685900012636543" StartPeriod="2026-12-01" EndPeriod="2027-11-30"/><Connection EntityAddress="ean.871685900012636543" StartPeriod="2027-12-01"/></AGRPortfolioUpdate>"#,
            header("agr", "cro", 1)
        ),
        "DSOPortfolioQuery" => format!(
            r#"<DSOPortfolioQuery {} TimeZone="Europe/London" Period="2026-11-23" EntityAddress="ean.871685900012636543"/>"#,
            header("dso", "cro", 1)
        ),
        "DSOPortfolioQueryResponse" => format!(
            r#"<DSOPortfolioQueryResponse {} Result="Accepted" DSOPortfolioQueryMessageID="10000000-0000-4000-8000-000000000000" TimeZone="Europe/London" Period="2026-11-23"><CongestionPoint EntityAddress="ean.541453179814000000"><Connection EntityAddress="ean.871685900012636543"/></CongestionPoint></DSOPortfolioQueryResponse>"#,
            header("cro", "dso", 2)
        ),
        "DSOPortfolioUpdate" => format!(
            r#"<DSOPortfolioUpdate {} TimeZone="Europe/London"><CongestionPoint EntityAddress="ean.541453179814000000" StartPeriod="2026-12-01" MutexOffersSupported="true" DayAheadRedispatchBy="DSO"><Connection EntityAddress="ean.871685900012636543" StartPeriod="2026-12-01"/></CongestionPoint></DSOPortfolioUpdate>"#,
            header("dso", "cro", 1)
        ),
        "TestMessage" => format!("<TestMessage {}/>", header("dso", "agr", 1)),
        other => panic!("there is no example of {other}"),
    }
}

/// A good message.
pub(crate) fn payload(kind: &str) -> Payload {
    Payload::from_xml(xml(kind).as_bytes()).unwrap_or_else(|error| panic!("{kind}: {error}"))
}

/// A good message with one text replaced, where it stands first.
pub(crate) fn changed(kind: &str, old: &str, new: &str) -> Payload {
    let xml = xml(kind);
    assert!(xml.contains(old), "{old} in {xml}");
    let changed = xml.replacen(old, new, 1);
    Payload::from_xml(changed.as_bytes()).unwrap_or_else(|error| panic!("{changed}: {error}"))
}

/// Which rules failures are of.
pub(crate) fn codes(failures: &[Failure]) -> Vec<Code> {
    failures.iter().map(|failure| failure.code).collect()
}
