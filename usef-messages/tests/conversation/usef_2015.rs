//! A trade of USEF 2015 from plan to settlement, and what is wrong with each step that breaks a rule.

use usef_messages::conversation::validate_2015;
use usef_messages::usef_2015::Payload;
use usef_messages::validation::{Code, Context, Dialect, Policy, Wording, check_2015, rejection_reason};

use crate::trade::with;

const DAY: &str = r#"PTU-Duration="PT15M" Period="2016-03-29" TimeZone="Europe/Amsterdam"
    CongestionPoint="ean.871685900012636543""#;
const UNTIL: &str = r#"ExpirationDateTime="2016-03-28T20:00:00Z""#;
const NOW: &str = "2016-03-28T12:00:00Z";

/// What a message of the aggregator's or the grid operator's carries; the number tells messages apart.
fn metadata(number: u32, from: &str) -> String {
    let to = if from == "agr" { "dso" } else { "agr" };
    format!(
        r#"<MessageMetadata SenderDomain="{from}.example" SenderRole="{}" RecipientDomain="{to}.example"
        RecipientRole="{}" TimeStamp="2016-03-28T11:00:00Z" MessageID="00000000-0000-4000-8000-{number:012}"
        ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" Precedence="Transactional"/>"#,
        from.to_uppercase(),
        to.to_uppercase()
    )
}

fn prognosis() -> String {
    let metadata = metadata(1, "agr");
    format!(
        r#"<Prognosis Type="D-Prognosis" {DAY} Sequence="10">{metadata}<PTU Power="900" Start="1" Duration="96"/></Prognosis>"#
    )
}

fn request() -> String {
    let metadata = metadata(2, "dso");
    format!(
        r#"<FlexRequest {DAY} Sequence="20" {UNTIL} PrognosisOrigin="agr.example" PrognosisSequence="10">{metadata}
        <PTU Disposition="Requested" Power="-500" Start="69" Duration="8"/>
        <PTU Disposition="Available" Power="100" Start="1" Duration="68"/></FlexRequest>"#
    )
}

fn offer() -> String {
    let metadata = metadata(3, "agr");
    format!(
        r#"<FlexOffer {DAY} Sequence="30" {UNTIL} FlexRequestOrigin="dso.example" FlexRequestSequence="20"
        Currency="EUR">{metadata}<PTU Power="-500" Start="69" Duration="4" Price="2.50"/>
        <PTU Power="-400" Start="73" Duration="4" Price="2"/></FlexOffer>"#
    )
}

fn revocation() -> String {
    format!(r#"<FlexOfferRevocation Sequence="30">{}</FlexOfferRevocation>"#, metadata(4, "agr"))
}

/// The order cuts the periods otherwise than the offer.
fn order() -> String {
    let metadata = metadata(5, "dso");
    format!(
        r#"<FlexOrder {DAY} Sequence="40" {UNTIL} FlexOfferOrigin="agr.example" FlexOfferSequence="30"
        Currency="EUR" OrderReference="o-1">{metadata}<PTU Power="-500" Start="69" Duration="3" Price="2.5"/>
        <PTU Power="-500" Start="72" Price="2.50"/><PTU Power="-400" Start="73" Duration="4" Price="2.00"/>
        </FlexOrder>"#
    )
}

fn settlement() -> String {
    let metadata = metadata(6, "dso");
    let ptu = |start: u32, ordered: i32, price: &str| {
        let actual = 900 + ordered;
        format!(
            r#"<PTU-Settlement Start="{start}" Duration="4" PrognosisPower="900" OrderedFlexPower="{ordered}"
            Price="{price}" ActualPower="{actual}" DeliveredFlexPower="{ordered}" NetSettlement="{price}"/>"#
        )
    };
    format!(
        r#"<SettlementMessage TimeZone="Europe/Amsterdam" PeriodStart="2016-03-01" PeriodEnd="2016-03-31"
        Reference="march" PTU-Duration="PT15M" Currency="EUR">{metadata}<FlexOrderSettlement Period="2016-03-29"
        OrderReference="o-1" CongestionPoint="ean.871685900012636543">{}{}</FlexOrderSettlement></SettlementMessage>"#,
        ptu(69, -500, "2.50"),
        ptu(73, -400, "2.00"),
    )
}

/// The response to a message of the other's.
fn response(number: u32, from: &str, name: &str, named: &str, result: &str) -> String {
    format!(r#"<{name} {named} Result="{result}">{}</{name}>"#, metadata(number, from))
}

fn order_response(result: &str) -> String {
    response(15, "agr", "FlexOrderResponse", r#"Sequence="40""#, result)
}

fn settlement_response() -> String {
    let status = r#"<FlexOrderSettlementStatus OrderReference="o-1" Disposition="Disputed"/>"#;
    let empty = response(16, "agr", "SettlementMessageResponse", r#"Reference="march""#, "Accepted");
    empty.replace("</Sett", &format!("{status}</Sett"))
}

fn read(document: &str) -> Payload {
    Payload::from_xml_strict(document.as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn failures(before: &[String], document: &str) -> Vec<usef_messages::validation::Failure> {
    let policy = Policy::anyone();
    let before: Vec<_> = before.iter().map(|document| read(document)).collect();
    validate_2015(&read(document), &Context::new(&policy).at(NOW.parse().expect("a time")), &before)
}

fn codes(before: &[String], document: &str) -> Vec<Code> {
    failures(before, document).into_iter().map(|failure| failure.code).collect()
}

/// All that goes before a settlement, the order having been answered.
fn ordered(result: &str) -> Vec<String> {
    vec![prognosis(), request(), offer(), order(), order_response(result)]
}

#[test]
fn a_trade_from_plan_to_settlement_has_no_failures() {
    let accept = |number, from, name: &str, sequence| {
        let attribute = if name == "PrognosisResponse" { "PrognosisSequence" } else { "Sequence" };
        response(number, from, name, &format!(r#"{attribute}="{sequence}""#), "Accepted")
    };
    let steps = [
        prognosis(),
        accept(11, "dso", "PrognosisResponse", 10),
        request(),
        accept(12, "agr", "FlexRequestResponse", 20),
        offer(),
        accept(13, "dso", "FlexOfferResponse", 30),
        order(),
        order_response("Accepted"),
        settlement(),
        settlement_response(),
    ];
    for (index, step) in steps.iter().enumerate() {
        assert_eq!(failures(&steps[..index], step), [], "{step}");
        assert_eq!(check_2015(&read(step)), [], "{step}");
        // A repetition is told from another message elsewhere.
        assert_eq!(codes(&steps[..=index], step), [], "{step}");
    }
}

#[test]
fn what_is_named_is_known_and_the_reason_names_the_attribute() {
    for (message, reason, java) in [
        (request(), "Unknown PrognosisSequence reference", "Unknown reference PrognosisSequence"),
        (offer(), "Unknown FlexRequestSequence reference", "Unknown reference FlexRequestSequence"),
        (order(), "Unknown FlexOfferSequence reference", "Unknown reference FlexOfferSequence"),
        (revocation(), "Unknown Sequence reference", "Unknown reference Sequence"),
    ] {
        let found = failures(&[], &message);
        let texts = [Dialect::Specification, Dialect::JavaLibrary]
            .map(|dialect| rejection_reason(&found, Wording { dialect, with_values: false }).unwrap());
        assert_eq!(texts, [reason, java]);
    }
    assert_eq!(codes(&[], &settlement()), [Code::UnknownOrder]);
    assert_eq!(codes(&[], &order_response("Accepted")), [Code::UnknownRequest]);
    let stranger =
        with(&offer(), r#"FlexRequestOrigin="dso.example""#, r#"FlexRequestOrigin="dso2.example""#);
    assert_eq!(codes(&[request()], &stranger), [Code::UnknownReference]);
}

#[test]
fn what_was_rejected_stands_for_nothing() {
    let rejected = response(13, "dso", "FlexOfferResponse", r#"Sequence="30""#, "Rejected");
    let before = [request(), offer(), rejected];
    assert_eq!(codes(&before, &order()), [Code::ReferenceRejected]);
    assert_eq!(codes(&ordered("Rejected"), &settlement()), [Code::ReferenceRejected]);
    // Its number may be used again.
    let again = with(&offer(), "000000000003", "000000000099");
    assert_eq!(codes(&before, &again), []);
    assert_eq!(codes(&[request(), offer()], &again), [Code::Revision]);
}

#[test]
fn a_request_is_about_the_newest_plan_for_its_recipient() {
    let newer =
        with(&with(&prognosis(), "Sequence=\"10\"", "Sequence=\"11\""), "000000000001", "000000000091");
    assert_eq!(codes(&[prognosis(), newer.clone()], &request()), [Code::ReferenceReplaced]);
    assert_eq!(codes(&[newer], &prognosis()), [Code::Revision]);
    let other = with(&prognosis(), "D-Prognosis", "A-Plan");
    assert_eq!(codes(&[other], &request()), [Code::UnknownReference]);
}

#[test]
fn a_trade_is_about_one_day_and_place() {
    let changes = [
        (r#"Period="2016-03-29""#, r#"Period="2016-03-30""#, "Period"),
        ("ean.871685900012636543", "ean.541453179814000000", "CongestionPoint"),
        ("PT15M", "PT30M", "PTU-Duration"),
        ("Europe/Amsterdam", "Europe/Brussels", "TimeZone"),
    ];
    let before = [prognosis(), request(), offer()];
    for (old, new, attribute) in changes {
        for message in [request(), offer(), order()] {
            let found = failures(&before, &with(&with(&message, old, new), "000000000", "100000000"));
            let found: Vec<_> = found.into_iter().filter(|it| it.code == Code::ReferenceMismatch).collect();
            assert_eq!(found.len(), 1, "{message}");
            assert!(found[0].path.ends_with(&format!("/@{attribute}")), "{}", found[0].path);
        }
    }
    let found = codes(&before, &with(&order(), "EUR", "GBP"));
    assert_eq!(found, [Code::ReferenceMismatch]);
}

#[test]
fn an_offer_is_for_what_was_asked_while_it_was() {
    let before = [prognosis(), request()];
    let elsewhere = with(&with(&offer(), r#"Start="69""#, r#"Start="1""#), r#"Start="73""#, r#"Start="5""#);
    assert_eq!(codes(&before, &elsewhere), [Code::RequestMismatch]);
    let nothing = format!("{}</FlexOffer>", offer().split("<PTU").next().unwrap());
    assert_eq!(codes(&before, &nothing), []);
    let expired = with(&request(), "2016-03-28T20:00:00Z", NOW);
    assert_eq!(codes(&[expired], &offer()), [Code::ReferenceExpired]);
}

#[test]
fn an_offer_is_ordered_once_as_it_is_and_not_after_it_was_taken_back() {
    let before = [request(), offer()];
    assert_eq!(codes(&before, &with(&order(), r#"Start="72""#, r#"Start="78""#)), [Code::OrderIsps]);
    assert_eq!(codes(&before, &with(&order(), r#"Power="-400""#, r#"Power="-401""#)), [Code::OrderPower]);
    assert_eq!(codes(&before, &with(&order(), r#"Price="2.00""#, r#"Price="2.01""#)), [Code::OrderPrice]);
    let late = [request(), offer(), revocation()];
    assert_eq!(codes(&late, &order()), [Code::ReferenceRevoked]);
    let expired = with(&offer(), "2016-03-28T20:00:00Z", NOW);
    assert_eq!(codes(&[expired], &order()), [Code::ReferenceExpired]);
    let another = with(&with(&order(), "Sequence=\"40\"", "Sequence=\"41\""), "000000000005", "000000000095");
    assert_eq!(
        codes(&[request(), offer(), order()], &another),
        [Code::OrderReferenceDuplicate, Code::OrderedTwice]
    );
}

#[test]
fn an_offer_is_taken_back_once_and_not_after_an_order_was_accepted() {
    assert_eq!(codes(&[offer()], &revocation()), []);
    assert_eq!(codes(&[offer(), order()], &revocation()), []);
    assert_eq!(codes(&[offer(), order(), order_response("Accepted")], &revocation()), [Code::Procured]);
    assert_eq!(codes(&[offer(), order(), order_response("Rejected")], &revocation()), []);
    let again = with(&revocation(), "000000000004", "000000000094");
    assert_eq!(codes(&[offer(), revocation()], &again), [Code::ReferenceRevoked]);
}

#[test]
fn a_settlement_is_of_all_orders_as_they_were() {
    let before = ordered("Accepted");
    assert_eq!(codes(&before, &settlement()), []);
    for (old, new, code) in [
        (r#"Start="73" Duration="4""#, r#"Start="73" Duration="3""#, Code::SettledIsps),
        (r#"OrderedFlexPower="-400""#, r#"OrderedFlexPower="-399""#, Code::SettledPower),
        (r#"Price="2.00" Actual"#, r#"Price="2.10" Actual"#, Code::SettledPrice),
        ("ean.871685900012636543", "ean.541453179814000000", Code::ReferenceMismatch),
        (r#"Period="2016-03-29""#, r#"Period="2016-03-28""#, Code::ReferenceMismatch),
        ("EUR", "GBP", Code::ReferenceMismatch),
    ] {
        let found: Vec<_> = codes(&before, &with(&settlement(), old, new));
        assert_eq!(found, [code], "{old}");
    }
    let other = with(&settlement(), r#"OrderReference="o-1""#, r#"OrderReference="o-2""#);
    assert_eq!(codes(&before, &other), [Code::UnknownOrder, Code::SettlementMissing]);
    let (start, end) = (settlement().find("<FlexOrder").unwrap(), settlement().find("</Settl").unwrap());
    let twice = settlement().replace("</Settl", &format!("{}</Settl", &settlement()[start..end]));
    assert_eq!(codes(&before, &twice), [Code::SettlementDuplicate]);
    // Of another month nothing is missing.
    let earlier = with(&with(&settlement(), "2016-03-01", "2016-02-01"), "2016-03-31", "2016-02-29");
    assert!(!codes(&before, &with(&earlier, "o-1", "o-9")).contains(&Code::SettlementMissing));
}

#[test]
fn a_response_is_to_a_request_of_its_conversation_and_the_only_one() {
    let mut before = ordered("Accepted");
    let second = with(&order_response("Rejected"), "000000000015", "000000000085");
    assert_eq!(codes(&before, &second), [Code::AnsweredTwice]);
    let elsewhere = with(&second, "610fbabf", "710fbabf");
    assert_eq!(codes(&before, &elsewhere), [Code::UnknownRequest]);
    assert_eq!(codes(&before, &settlement_response()), [Code::UnknownRequest]);
    before.push(settlement());
    assert_eq!(codes(&before, &settlement_response()), []);
    let other = with(&settlement_response(), "o-1", "o-2");
    assert_eq!(codes(&before, &other), [Code::UnknownSettledOrder, Code::VerdictMissing]);
    let status = r#"<FlexOrderStatus Sequence="40" IsValidated="true"/>"#;
    let plan = response(11, "dso", "PrognosisResponse", r#"PrognosisSequence="10""#, "Accepted");
    let plan = plan.replace("</Prog", &format!("{status}</Prog"));
    assert_eq!(codes(&before, &plan), []);
    assert_eq!(codes(&before, &with(&plan, "Sequence=\"40\"", "Sequence=\"41\"")), [Code::UnknownReference]);
    let ping = format!("<TestMessageResponse>{}</TestMessageResponse>", metadata(17, "agr"));
    assert_eq!(codes(&before, &ping), [Code::UnknownRequest]);
    before.push(format!("<TestMessage>{}</TestMessage>", metadata(7, "dso")));
    assert_eq!(codes(&before, &ping), []);
}

#[test]
fn an_identifier_stands_for_one_message() {
    let other = with(&prognosis(), r#"Power="900""#, r#"Power="901""#);
    let found = failures(&[prognosis()], &other);
    assert_eq!(found[0].code, Code::DuplicateIdentifier);
    assert_eq!(found[0].path, "/Prognosis/MessageMetadata/@MessageID");
}

#[test]
fn periods_that_never_end_are_compared_at_once() {
    let endless = format!(r#"Start="72" Duration="{}""#, i64::MAX);
    let endless = with(&order(), r#"Start="72""#, &endless);
    assert_eq!(codes(&[request(), offer()], &endless), [Code::OrderIsps]);
    let endless =
        with(&offer(), r#"Start="73" Duration="4""#, &format!(r#"Start="73" Duration="{}""#, i64::MAX));
    assert_eq!(codes(&[request()], &endless), []);
}
