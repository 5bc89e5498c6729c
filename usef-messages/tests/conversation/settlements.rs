use usef_messages::validation::{Code, Dialect};

use crate::trade::{
    OFFER, ORDER, PLAN, SETTLEMENT, Trade, offer, order, plan, request, settlement, settlement_response, with,
};

fn ordered() -> Trade {
    Trade::of([request(), offer(), order()])
}

#[test]
fn a_settlement_is_of_the_orders_of_its_days() {
    assert_eq!(ordered().codes(&settlement()), []);
    // In a conversation of its own too.
    assert_eq!(ordered().codes(&with(&settlement(), "c0000000", "c3000000")), []);
    let unknown = ordered().failures(&with(&settlement(), "o-1", "o-2"));
    let codes: Vec<Code> = unknown.iter().map(|failure| failure.code).collect();
    assert_eq!(codes, [Code::UnknownOrder, Code::SettlementMissing]);
    assert_eq!(unknown[1].reason(Dialect::Specification), "Missing Settlement Items");
    assert_eq!(unknown[1].value.as_deref(), Some("o-1"));
    let other_day = with(&settlement(), r#""o-1" Period="2026-11-23""#, r#""o-1" Period="2026-11-24""#);
    assert_eq!(ordered().codes(&other_day), [Code::UnknownOrder, Code::SettlementMissing]);
}

#[test]
fn every_accepted_order_of_the_days_is_settled() {
    let alone = with(&order(), &format!("FlexOfferMessageID=\"{OFFER}\""), r#"Unsolicited="true""#);
    let second = with(&with(&alone, ORDER, "31000000-0000-4000-8000-000000000000"), "o-1", "o-2");
    assert_eq!(ordered().accepted(&second).codes(&settlement()), [Code::SettlementMissing]);
    assert_eq!(ordered().rejected(&second).codes(&settlement()), []);
    assert_eq!(ordered().open(&second).codes(&settlement()), []);
    let later = with(&second, "2026-11-23", "2026-12-01");
    assert_eq!(ordered().accepted(&later).codes(&settlement()), []);
}

#[test]
fn a_rejected_order_is_not_settled() {
    let trade = Trade::of([request(), offer()]).rejected(&order());
    assert_eq!(trade.codes(&settlement()), [Code::ReferenceRejected]);
}

#[test]
fn what_is_settled_is_what_was_ordered() {
    for (old, new, code) in [
        ("ean.871685900012636543", "ean.541453179814000000", Code::ReferenceMismatch),
        ("EUR", "GBP", Code::ReferenceMismatch),
        (r#"Price="12.5" "#, r#"Price="12.4" "#, Code::SettledPrice),
        (r#"OrderedFlexPower="-249999""#, r#"OrderedFlexPower="-249998""#, Code::SettledPower),
        (r#"Start="70" Duration="3""#, r#"Start="70" Duration="2""#, Code::SettledIsps),
    ] {
        assert_eq!(ordered().codes(&with(&settlement(), old, new)), [code], "{new}");
    }
}

#[test]
fn an_item_without_reference_is_found_by_its_place() {
    let nameless = with(&settlement(), r#"OrderReference="o-1""#, "");
    assert_eq!(ordered().codes(&nameless), []);
    assert_eq!(
        ordered().codes(&with(&nameless, "636543", "636544")),
        [Code::UnknownOrder, Code::SettlementMissing]
    );
    assert_eq!(Trade::default().failures(&nameless)[0].value, None);
}

#[test]
fn days_that_are_turned_around_hold_no_orders() {
    let turned = with(&settlement(), r#"PeriodStart="2026-11-01""#, r#"PeriodStart="2027-11-01""#);
    assert_eq!(ordered().codes(&turned), [Code::UnknownOrder]);
}

#[test]
fn the_plan_of_an_item_is_known() {
    let named =
        with(&settlement(), r#"Price="12.5" "#, &format!(r#"D-PrognosisMessageID="{PLAN}" Price="12.5" "#));
    assert_eq!(ordered().codes(&named), [Code::UnknownReference]);
    assert_eq!(ordered().accepted(&plan()).codes(&named), []);
}

#[test]
fn a_response_judges_each_order_of_its_settlement() {
    let settled = ordered().open(&settlement());
    assert_eq!(settled.codes(&settlement_response()), []);
    assert_eq!(ordered().codes(&settlement_response()), [Code::UnknownRequest]);
    let other = settled.failures(&with(&settlement_response(), "o-1", "o-2"));
    let codes: Vec<Code> = other.iter().map(|failure| failure.code).collect();
    assert_eq!(codes, [Code::UnknownSettledOrder, Code::VerdictMissing]);
    assert_eq!(
        other[0].reason(Dialect::JavaLibrary),
        "Unknown reference OrderReference in FlexSettlementResponse"
    );
}

#[test]
fn a_response_is_to_a_request_in_its_conversation_and_the_only_one() {
    let settled = ordered().open(&settlement());
    let elsewhere = settled.failures(&with(&settlement_response(), "c0000000", "c1000000"));
    assert_eq!(elsewhere[0].code, Code::UnknownRequest);
    assert_eq!(elsewhere[0].path, "/FlexSettlementResponse/@FlexSettlementMessageID");
    assert_eq!(elsewhere[0].reason(Dialect::Specification), "Unknown FlexSettlementMessageID reference");
    let stranger = with(&settlement_response(), "agr.example", "agr2.example");
    assert!(settled.codes(&stranger).contains(&Code::UnknownRequest));
    let other_kind = with(&settlement_response(), SETTLEMENT, ORDER);
    assert_eq!(settled.codes(&other_kind), [Code::UnknownRequest]);
    let again = with(&settlement_response(), "70000000", "71000000");
    assert_eq!(settled.open(&settlement_response()).codes(&again), [Code::AnsweredTwice]);
}

#[test]
fn orders_in_a_response_to_a_plan_are_known() {
    let response = |order: &str| {
        format!(
            r#"<D-PrognosisResponse Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
            TimeStamp="2026-11-22T11:00:00Z" MessageID="a0000000-0000-4000-8000-000000000000"
            ConversationID="c0000000-0000-4000-8000-000000000000" Result="Accepted" D-PrognosisMessageID="{PLAN}">
            <FlexOrderStatus FlexOrderMessageID="{order}" IsValidated="true"/></D-PrognosisResponse>"#
        )
    };
    let trade = ordered().open(&plan());
    assert_eq!(trade.codes(&response(ORDER)), []);
    assert_eq!(trade.codes(&response(OFFER)), [Code::UnknownReference]);
}

#[test]
fn answers_of_the_common_reference_repeat_what_was_asked() {
    let query = r#"<DSOPortfolioQuery Version="3.1.0" SenderDomain="dso.example" RecipientDomain="cro.example"
        TimeStamp="2026-11-22T10:00:00Z" MessageID="10000000-0000-4000-8000-000000000000"
        ConversationID="c0000000-0000-4000-8000-000000000000" TimeZone="Europe/London" Period="2026-11-23"
        EntityAddress="ean.871685900012636543"/>"#;
    let response = r#"<DSOPortfolioQueryResponse Version="3.1.0" SenderDomain="cro.example"
        RecipientDomain="dso.example" TimeStamp="2026-11-22T10:00:00Z"
        MessageID="20000000-0000-4000-8000-000000000000" ConversationID="c0000000-0000-4000-8000-000000000000"
        Result="Accepted" DSOPortfolioQueryMessageID="10000000-0000-4000-8000-000000000000"
        TimeZone="Europe/London" Period="2026-11-23"><CongestionPoint EntityAddress="ean.871685900012636543">
        <Connection EntityAddress="ean.541453179814000000"/></CongestionPoint></DSOPortfolioQueryResponse>"#;
    let trade = Trade::default().open(query);
    assert_eq!(trade.codes(response), []);
    for (old, new) in [("2026-11-23", "2026-11-24"), ("London", "Lisbon"), ("636543", "636544")] {
        assert_eq!(trade.codes(&with(response, old, new)), [Code::ReferenceMismatch], "{new}");
    }
}

#[test]
fn the_response_to_a_dso_portfolio_names_it_by_an_attribute_named_after_the_response() {
    let response = r#"<DSOPortfolioUpdateResponse Version="3.1.0" SenderDomain="cro.example"
        RecipientDomain="dso.example" TimeStamp="2026-11-22T10:00:00Z"
        MessageID="20000000-0000-4000-8000-000000000000" ConversationID="c0000000-0000-4000-8000-000000000000"
        Result="Accepted" DSOPortfolioUpdateResponseMessageID="10000000-0000-4000-8000-000000000000"/>"#;
    let paths = Trade::default().paths(response);
    assert_eq!(paths, ["/DSOPortfolioUpdateResponse/@DSOPortfolioUpdateResponseMessageID"]);
}

#[test]
fn an_answer_to_a_test_is_in_the_conversation_of_one() {
    let test = |name: &str, from: &str, to: &str, id: &str| {
        format!(
            r#"<{name} Version="3.1.0" SenderDomain="{from}.example" RecipientDomain="{to}.example"
            TimeStamp="2026-11-22T10:00:00Z" MessageID="{id}0000000-0000-4000-8000-000000000000"
            ConversationID="c0000000-0000-4000-8000-000000000000"/>"#
        )
    };
    let response = test("TestMessageResponse", "agr", "dso", "2");
    assert_eq!(Trade::default().codes(&response), [Code::UnknownRequest]);
    assert_eq!(Trade::default().open(&test("TestMessage", "dso", "agr", "1")).codes(&response), []);
}
