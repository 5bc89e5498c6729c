use usef_messages::validation::{Code, Dialect};

use crate::trade::{
    OFFER, PLAN, REQUEST, Trade, offer, order, plan, read, request, revocation, settlement, with,
};

#[test]
fn an_offer_answers_a_request_of_its_conversation() {
    assert_eq!(Trade::of([request()]).codes(&offer()), []);
    let failures = Trade::default().failures(&offer());
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].code, failures[0].path.as_str()),
        (Code::UnknownReference, "/FlexOffer/@FlexRequestMessageID")
    );
    assert_eq!(failures[0].reason(Dialect::Specification), "Unknown FlexRequestMessageID reference");
    assert_eq!(failures[0].value.as_deref(), Some(REQUEST));
    let elsewhere = with(&request(), "c0000000", "c1000000");
    assert_eq!(Trade::of([elsewhere]).codes(&offer()), [Code::OtherConversation]);
}

#[test]
fn a_request_of_another_operator_with_the_same_identifier_is_unknown() {
    let stranger = with(&request(), "dso.example", "other.example");
    assert_eq!(Trade::of([stranger]).codes(&offer()), [Code::UnknownReference]);
}

#[test]
fn a_message_of_another_kind_is_no_request() {
    let named = with(&offer(), REQUEST, OFFER);
    let own = with(
        &offer(),
        "SenderDomain=\"agr.example\" RecipientDomain=\"dso.example\"",
        "SenderDomain=\"dso.example\" RecipientDomain=\"agr.example\"",
    );
    assert_eq!(
        Trade::default().accepted(&own).codes(&with(
            &named,
            &format!("MessageID=\"{OFFER}\" C"),
            "MessageID=\"21000000-0000-4000-8000-000000000000\" C"
        )),
        [Code::UnknownReference]
    );
}

#[test]
fn a_request_that_expired_or_was_rejected_takes_no_offers() {
    let trade = Trade::of([request()]);
    let codes = |now: &str| -> Vec<Code> {
        trade.failures_at(&offer(), now).iter().map(|failure| failure.code).collect()
    };
    assert_eq!(codes("2026-11-22T22:59:59Z"), []);
    assert_eq!(codes("2026-11-22T23:00:00Z"), [Code::ReferenceExpired]);
    assert_eq!(Trade::default().rejected(&request()).codes(&offer()), [Code::ReferenceRejected]);
    assert_eq!(Trade::default().open(&request()).codes(&offer()), []);
}

#[test]
fn an_offer_to_a_request_that_was_replaced_is_told() {
    let newer = with(
        &with(&request(), REQUEST, "11000000-0000-4000-8000-000000000000"),
        r#"Revision="1""#,
        r#"Revision="2""#,
    );
    let failures = Trade::of([request(), newer.clone()]).failures(&offer());
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].code, Code::ReferenceReplaced);
    assert_eq!(Trade::of([request()]).rejected(&newer).codes(&offer()), []);
}

#[test]
fn an_offer_is_about_the_day_place_and_clock_of_its_request() {
    let trade = Trade::of([request()]);
    for (old, new, attribute) in [
        ("2026-11-23", "2026-11-24", "Period"),
        ("ean.871685900012636543", "ean.541453179814000000", "CongestionPoint"),
        ("PT15M", "PT30M", "ISP-Duration"),
        ("Europe/London", "Europe/Lisbon", "TimeZone"),
    ] {
        let failures = trade.failures(&with(&offer(), old, new));
        assert_eq!(failures.len(), 1, "{attribute}");
        assert_eq!(failures[0].code, Code::ReferenceMismatch);
        assert_eq!(failures[0].reason(Dialect::JavaLibrary), format!("Reference {attribute} mismatch"));
    }
    // The same length, and the same day whatever its zone.
    assert_eq!(trade.codes(&with(&offer(), "PT15M", "PT900S")), []);
    assert_eq!(trade.codes(&with(&offer(), "2026-11-23\"", "2026-11-23Z\"")), []);
}

#[test]
fn an_offer_is_for_an_isp_that_is_asked_for() {
    let trade = Trade::of([request()]);
    let other = with(&with(&offer(), r#"Start="69""#, r#"Start="73""#), r#"Start="70""#, r#"Start="74""#);
    assert_eq!(trade.codes(&other), [Code::RequestMismatch]);
    // One option of two is enough, and one ISP of four.
    let partly = with(&offer(), r#"Start="69" Duration="4""#, r#"Start="72" Duration="20""#);
    assert_eq!(trade.codes(&partly), []);
}

#[test]
fn a_request_without_disposition_asks_for_nothing() {
    let silent = with(&request(), r#"Disposition="Requested""#, "");
    assert_eq!(Trade::of([silent]).codes(&offer()), [Code::RequestMismatch]);
}

#[test]
fn an_unsolicited_offer_needs_no_request() {
    let alone = with(&offer(), &format!("FlexRequestMessageID=\"{REQUEST}\""), r#"Unsolicited="true""#);
    assert_eq!(Trade::default().codes(&alone), []);
}

#[test]
fn a_plan_that_is_named_is_known_and_the_newest() {
    let named = with(&offer(), "Currency=", &format!("D-PrognosisMessageID=\"{PLAN}\" Currency="));
    assert_eq!(Trade::of([request()]).codes(&named), [Code::UnknownReference]);
    // A plan has a conversation of its own.
    let plan = with(&plan(), "c0000000", "c2000000");
    assert_eq!(Trade::of([request(), plan.clone()]).codes(&named), []);
    assert_eq!(Trade::of([request()]).rejected(&plan).codes(&named), [Code::ReferenceRejected]);
    let newer = with(
        &with(&plan, PLAN, "51000000-0000-4000-8000-000000000000"),
        r#"Revision="1""#,
        r#"Revision="2""#,
    );
    assert_eq!(Trade::of([request(), plan, newer]).codes(&named), [Code::ReferenceReplaced]);
}

#[test]
fn a_plan_that_is_named_is_for_the_same_day_and_place() {
    let name = format!("D-PrognosisMessageID=\"{PLAN}\"");
    let messages = [
        (with(&offer(), "Currency=", &format!("{name} Currency=")), "/FlexOffer"),
        (with(&order(), "Currency=", &format!("{name} Currency=")), "/FlexOrder"),
        (
            with(&settlement(), "CongestionPoint=", &format!("{name} CongestionPoint=")),
            "/FlexSettlement/FlexOrderSettlement[1]",
        ),
    ];
    for (message, place) in messages {
        let trade = |plan: String| match place {
            "/FlexOffer" => Trade::of([request(), plan]),
            "/FlexOrder" => Trade::of([request(), offer(), plan]),
            _ => Trade::of([request(), offer(), order(), plan]),
        };
        assert_eq!(trade(plan()).codes(&message), [], "{place}");
        let tomorrow = trade(with(&plan(), "2026-11-23", "2026-11-24"));
        assert_eq!(tomorrow.codes(&message), [Code::ReferenceMismatch], "{place}");
        let failures = tomorrow.failures(&message);
        assert_eq!(failures[0].path, format!("{place}/@Period"));
        assert_eq!(failures[0].reason(Dialect::Specification), "Reference Period mismatch");
        let elsewhere = trade(with(&plan(), "ean.871685900012636543", "ean.871685900012636544"));
        assert_eq!(elsewhere.codes(&message), [Code::ReferenceMismatch], "{place}");
        assert_eq!(elsewhere.paths(&message), [format!("{place}/@CongestionPoint")]);
    }
}

#[test]
fn a_revocation_finds_its_offer_by_identifier_and_conversation() {
    assert_eq!(Trade::of([request(), offer()]).codes(&revocation()), []);
    assert_eq!(Trade::of([request()]).codes(&revocation()), [Code::UnknownReference]);
    let elsewhere = with(&revocation(), "c0000000", "c1000000");
    assert_eq!(Trade::of([request(), offer()]).codes(&elsewhere), [Code::OtherConversation]);
}

#[test]
fn an_offer_is_revoked_by_who_made_it() {
    let stranger = with(&revocation(), "agr.example", "agr2.example");
    let offered = Trade::of([request(), offer()]);
    assert_eq!(offered.codes(&stranger), [Code::RevocationSender]);
    assert_eq!(offered.paths(&stranger), ["/FlexOfferRevocation/@FlexOfferMessageID"]);
    // What nobody offered, or to someone else, is only unknown.
    assert_eq!(Trade::of([request()]).codes(&stranger), [Code::UnknownReference]);
    let elsewhere = with(&stranger, "dso.example", "dso2.example");
    assert_eq!(offered.codes(&elsewhere), [Code::UnknownReference]);
}

#[test]
fn an_offer_that_was_rejected_cannot_be_taken_back() {
    let trade = Trade::of([request()]).rejected(&offer());
    assert_eq!(trade.codes(&revocation()), [Code::ReferenceRejected]);
}

#[test]
fn an_offer_is_revoked_once() {
    let again = with(&revocation(), "60000000", "61000000");
    assert_eq!(Trade::of([request(), offer(), revocation()]).codes(&again), [Code::ReferenceRevoked]);
    assert_eq!(Trade::of([request(), offer()]).rejected(&revocation()).codes(&again), []);
}

#[test]
fn a_revocation_wins_over_an_order_that_it_crossed_and_not_over_one_that_was_accepted() {
    let offered = || Trade::of([request(), offer()]);
    assert_eq!(offered().open(&order()).codes(&revocation()), []);
    assert_eq!(offered().rejected(&order()).codes(&revocation()), []);
    let failures = offered().accepted(&order()).failures(&revocation());
    assert_eq!(failures[0].code, Code::Procured);
    assert_eq!(failures[0].reason(Dialect::Specification), "Flexibility procured");
}

#[test]
fn revisions_of_plans_and_requests_count_up() {
    let next = |document: &str, revision: &str| {
        let document = with(document, r#"Revision="1""#, &format!("Revision=\"{revision}\""));
        let id = read(&document).message_id().to_string();
        with(&document, &id, "90000000-0000-4000-8000-000000000000")
    };
    for document in [plan(), request()] {
        let trade = Trade::of([document.clone()]);
        assert_eq!(trade.codes(&next(&document, "2")), []);
        assert_eq!(trade.codes(&next(&document, "1")), [Code::Revision]);
        assert_eq!(trade.codes(&next(&document, "-1")), [Code::Revision]);
        // Of another place, of another day, to someone else: another sequence.
        for (old, new) in
            [("636543", "636544"), ("2026-11-23", "2026-11-24"), ("dso.example", "dso2.example")]
        {
            assert_eq!(trade.codes(&with(&next(&document, "1"), old, new)), [], "{new}");
        }
        // A rejected revision does not count.
        assert_eq!(Trade::default().rejected(&document).codes(&next(&document, "1")), []);
        assert_eq!(Trade::default().open(&document).codes(&next(&document, "1")), [Code::Revision]);
    }
}

#[test]
fn revisions_of_meter_data_count_up_by_meter_and_day() {
    let data = r#"<Metering Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
        TimeStamp="2026-11-24T10:00:00Z" MessageID="80000000-0000-4000-8000-000000000000"
        ConversationID="c0000000-0000-4000-8000-000000000000" Revision="3" ISP-Duration="PT15M"
        TimeZone="Europe/London" Period="2026-11-23" EAN="E871685900012636543"><Profile ProfileType="Power"
        Unit="kW"><ISP Start="1" Value="1.6"/></Profile></Metering>"#;
    let again = with(data, "80000000", "81000000");
    let trade = Trade::of([data.to_owned()]);
    assert_eq!(trade.codes(&again), [Code::Revision]);
    assert_eq!(trade.codes(&with(&again, r#"Revision="3""#, r#"Revision="4""#)), []);
    assert_eq!(trade.codes(&with(&again, "E871685900012636543", "E871685900012636544")), []);
}
