//! Each reason for which a document that a peer posted is not taken, and what the peer is told.

use chrono::TimeDelta;
use usef_messages::d_prognosis::FlexOrderStatus;
use usef_messages::payload::Payload;
use usef_messages::roles::delivery::DeliveryResult;
use usef_messages::roles::store::{Direction, Peer, Stage};
use usef_messages::roles::{Agr, Dso, Event, Refusal, Taken, status};
use usef_messages::sealing::{self, SecretKey, seal_message};
use usef_messages::status::Status;
use usef_messages::validation::{Dialect, Wording};
use usef_messages::values::{Outcome, Role};

use crate::stage::{
    agr, config, direct_order, domain, dso, exchange, isp, key, now, offer, pass, plan, readings, settlement,
    subject, wish,
};

fn dso_peer() -> Peer {
    Peer { domain: domain("dso.example"), role: Role::Dso }
}

/// A document that a participant posts.
fn ping(dso: &mut Dso) -> Vec<u8> {
    dso.test(&Peer { domain: domain("agr.example"), role: Role::Agr }, now()).unwrap();
    let transmit = dso.poll_transmit(now()).unwrap();
    dso.handle_delivery(transmit.id, DeliveryResult::status(200), now());
    transmit.body
}

fn refused(agr: &mut Agr, document: &[u8], expected: Status) -> Refusal {
    let taken = agr.handle_request(document, now());
    assert_eq!(status(&taken), expected, "{taken:?}");
    assert_eq!(agr.messages().count(), 0, "something came of it");
    taken.unwrap_err()
}

#[test]
fn a_document_that_cannot_be_opened_has_no_effect() {
    let mut agr = agr(config("agr.example"));
    let refusal = refused(&mut agr, b"hello", Status::Malformed);
    assert!(matches!(refusal, Refusal::Sealing(sealing::Error::Envelope(_))), "{refusal:?}");
    assert_eq!(refusal.to_string(), "the envelope cannot be read");
    refused(&mut agr, &vec![b' '; (16 << 20) + 1], Status::TooLarge);

    let good = String::from_utf8(ping(&mut dso(config("dso.example")))).unwrap();
    let other = good.replace("dso.example", "dso2.example");
    let refusal = refused(&mut agr, other.as_bytes(), Status::Unauthorized);
    assert!(matches!(refusal, Refusal::Sealing(sealing::Error::Signature { .. })), "{refusal:?}");
}

#[test]
fn a_sender_without_a_key_is_looked_up_and_told_to_try_again() {
    let mut agr = agr(config("agr.example"));
    let document = String::from_utf8(ping(&mut dso(config("dso.example")))).unwrap();
    let stranger = document.replace("dso.example", "dso9.example");
    let refusal = refused(&mut agr, stranger.as_bytes(), Status::KeyNotFound);
    assert!(matches!(refusal, Refusal::Sealing(sealing::Error::NoKey { .. })), "{refusal:?}");
    refused(&mut agr, stranger.as_bytes(), Status::KeyNotFound);
    let wanted = agr.poll_lookup().unwrap();
    assert_eq!(wanted.to_string(), "dso9.example as DSO");
    assert_eq!(agr.poll_lookup(), None, "asked for once");
}

#[test]
fn a_peer_is_told_to_wait_when_too_much_waits() {
    let limits: [fn(&mut usef_messages::roles::Config); 7] = [
        |config| config.max_waiting = 1,
        |config| config.max_events = 1,
        |config| config.room.messages = 2,
        |config| config.room.bytes = 1_300,
        |config| config.of_peer.waiting = 1,
        |config| config.of_peer.room.messages = 2,
        |config| config.of_peer.room.bytes = 1_300,
    ];
    for limit in limits {
        let mut config = config("agr.example");
        limit(&mut config);
        let (mut agr, mut dso) = (agr(config), dso(crate::stage::config("dso.example")));
        let (first, second) = (ping(&mut dso), ping(&mut dso));
        assert_eq!(agr.handle_request(&first, now()).unwrap(), Taken::New);
        let before = agr.messages().count();
        let taken = agr.handle_request(&second, now());
        assert!(matches!(taken, Err(Refusal::Busy)), "{taken:?}");
        assert_eq!(taken.as_ref().unwrap_err().to_string(), "too many messages");
        assert_eq!(status(&taken), Status::TooMany);
        assert_eq!(agr.messages().count(), before);
    }
}

#[test]
fn a_peer_that_takes_up_its_room_leaves_that_of_others() {
    let limits: [fn(&mut usef_messages::roles::Config); 2] =
        [|config| config.of_peer.waiting = 1, |config| config.of_peer.room.messages = 2];
    for limit in limits {
        let mut config = config("agr.example");
        limit(&mut config);
        let mut agr = agr(config);
        let mut greedy = dso(crate::stage::config("dso.example"));
        let (first, second) = (ping(&mut greedy), ping(&mut greedy));
        agr.handle_request(&first, now()).unwrap();
        assert!(matches!(agr.handle_request(&second, now()), Err(Refusal::Busy)));
        // What it repeats needs no room.
        assert_eq!(agr.handle_request(&first, now()).unwrap(), Taken::Before);
        let other = ping(&mut dso(crate::stage::config("dso2.example")));
        assert_eq!(agr.handle_request(&other, now()).unwrap(), Taken::New);
    }
}

#[test]
fn a_peer_has_room_again_when_its_messages_are_forgotten_or_gone() {
    let mut small = config("agr.example");
    (small.of_peer.room.messages, small.of_peer.waiting) = (2, 1);
    let (mut agr, mut dso) = (agr(small), dso(config("dso.example")));
    let first = ping(&mut dso);
    agr.handle_request(&first, now()).unwrap();
    let event = agr.poll_event().unwrap();
    agr.acknowledge(event.id());
    assert_eq!(pass(&mut agr, &mut dso, now()).unwrap().unwrap(), Taken::New);
    let later = now() + TimeDelta::days(401);
    dso.test(&Peer::new(domain("agr.example"), Role::Agr), later).unwrap();
    let second = dso.poll_transmit(later).unwrap().body;
    assert_eq!(agr.handle_request(&second, later).unwrap(), Taken::New);
}

#[test]
fn a_peer_goes_on_when_less_waits() {
    let mut few = config("agr.example");
    few.max_events = 1;
    let (mut agr, mut dso) = (agr(few), dso(config("dso.example")));
    let (first, second) = (ping(&mut dso), ping(&mut dso));
    agr.handle_request(&first, now()).unwrap();
    agr.handle_request(&second, now()).unwrap_err();
    let event = agr.poll_event().unwrap();
    agr.acknowledge(event.id());
    assert_eq!(agr.handle_request(&second, now()).unwrap(), Taken::New);
}

#[test]
fn an_identifier_is_used_once() {
    let (mut agr, mut dso) = (agr(config("agr.example")), dso(config("dso.example")));
    agr.prognosis(&domain("dso.example"), subject(), plan(), now()).unwrap();
    let transmit = agr.poll_transmit(now()).unwrap();
    assert_eq!(dso.handle_request(&transmit.body, now()).unwrap(), Taken::New);
    assert_eq!(dso.handle_request(&transmit.body, now()).unwrap(), Taken::Before);

    let first = agr.messages().next().unwrap().message.clone();
    let Payload::DPrognosis(mut other) = first else { panic!("{first:?}") };
    other.revision = 2;
    let document = seal_message(&Payload::from(other), Role::Agr, &key("agr.example")).unwrap();
    let document = document.to_xml().unwrap().into_bytes();
    for _ in 0..2 {
        let taken = dso.handle_request(&document, now());
        assert_eq!(status(&taken), Status::Delivered);
        assert_eq!(taken.unwrap(), Taken::Duplicate);
    }
    let received = dso.messages().filter(|entry| entry.direction == Direction::Received);
    assert_eq!(received.count(), 1);
    let reasons: Vec<_> = dso.messages().filter_map(|entry| entry.message.rejection_reason()).collect();
    assert_eq!(reasons, ["Duplicate Identifier"; 2]);
}

#[test]
fn the_same_message_signed_with_a_newer_key_is_the_same_message() {
    let mut agr = agr(config("agr.example"));
    let mut dso = dso(config("dso.example"));
    dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    let transmit = dso.poll_transmit(now()).unwrap();
    agr.handle_request(&transmit.body, now()).unwrap();
    let message = dso.messages().next().unwrap().message.clone();
    // Keys change over: for a day both verify.
    let new = SecretKey::from_seed(&[77; 32]);
    let name = usef_messages::discovery::keys_name(&domain("dso.example"), Role::Dso);
    let text = |key: &SecretKey| {
        usef_messages::keys::KeyString { sign: key.public_key(), encrypt: None }.to_string()
    };
    let both = format!("{} {}", text(&key("dso.example")), text(&new));
    agr.book_mut().remove_participant(&domain("dso.example"), Role::Dso);
    agr.book_mut().insert_text(&name, &both);
    let document = seal_message(&message, Role::Dso, &new).unwrap().to_xml().unwrap();
    assert_eq!(agr.handle_request(document.as_bytes(), now()).unwrap(), Taken::Before);
}

#[test]
fn a_message_that_breaks_a_rule_is_taken_and_rejected_with_all_reasons() {
    let (mut agr, mut dso) = (agr(config("agr.example")), dso(config("dso.example")));
    dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    let mut message = dso.messages().next().unwrap().message.clone();
    let Payload::FlexRequest(request) = &mut message else { panic!("{message:?}") };
    request.isps[0].disposition = None;
    request.isps[0].start = 95.try_into().unwrap();
    let document = seal_message(&message, Role::Dso, &key("dso.example")).unwrap().to_xml().unwrap();
    assert_eq!(agr.handle_request(document.as_bytes(), now()).unwrap(), Taken::New);
    let Some(Event::Rejected { reason, .. }) = agr.poll_event() else { panic!("not told") };
    assert_eq!(reason, "ISPs out of bounds;Lacking Requested Disposition");
    let answer = &agr.messages().last().unwrap().message;
    assert_eq!(answer.reference(), Some(message.message_id()));
    assert_eq!(answer.result(), Some(Outcome::Rejected));
    assert_eq!(answer.rejection_reason(), Some(reason.as_str()));
}

#[test]
fn a_message_of_nothing_is_rejected() {
    let (mut agr, mut dso) = (agr(config("agr.example")), dso(config("dso.example")));
    let (to_agr, to_dso) = (domain("agr.example"), domain("dso.example"));
    dso.order_unsolicited(&to_agr, subject(), direct_order("order-1"), now()).unwrap();
    dso.update_reservation(&to_agr, subject(), "contract-1", "week 47", vec![isp()], now()).unwrap();
    dso.settle(&to_agr, settlement("order-1"), now()).unwrap();
    agr.offer_unsolicited(&to_dso, subject(), offer(), now()).unwrap();
    agr.meter(&to_dso, readings(0, "E1234567890123456"), now()).unwrap();
    let sent: Vec<_> = dso.messages().chain(agr.messages()).map(|entry| entry.message.clone()).collect();
    for mut message in sent {
        let role = if message.sender_domain().as_str() == "dso.example" { Role::Dso } else { Role::Agr };
        match &mut message {
            Payload::FlexOrder(order) => order.isps.clear(),
            Payload::FlexReservationUpdate(update) => update.isps.clear(),
            Payload::FlexSettlement(settlement) => settlement.flex_order_settlements.clear(),
            Payload::FlexOffer(offer) => offer.offer_options.clear(),
            Payload::Metering(metering) => metering.profiles.clear(),
            other => panic!("{other:?}"),
        }
        let document = seal_message(&message, role, &key(message.sender_domain().as_str())).unwrap();
        let document = document.to_xml().unwrap().into_bytes();
        let (mut agr, mut dso) =
            (crate::stage::agr(config("agr.example")), crate::stage::dso(config("dso.example")));
        let answer = if role == Role::Dso {
            agr.handle_request(&document, now()).unwrap();
            agr.messages().last().unwrap().message.clone()
        } else {
            dso.handle_request(&document, now()).unwrap();
            dso.messages().last().unwrap().message.clone()
        };
        assert_eq!(answer.rejection_reason(), Some("Invalid Message"), "{}", message.name());
        // The answer is what the schema wants, though the request was not.
        Payload::from_xml_strict(answer.to_xml().unwrap().as_bytes()).unwrap();
    }
}

#[test]
fn two_who_have_much_to_say_take_each_others_answers() {
    let few = |name| {
        let mut config = config(name);
        (config.max_waiting, config.of_peer.waiting) = (6, 4);
        config
    };
    let (mut agr, mut dso) = (agr(few("agr.example")), dso(few("dso.example")));
    let (to_agr, to_dso) = (Peer::new(domain("agr.example"), Role::Agr), dso_peer());
    for _ in 0..6 {
        agr.test(&to_dso, now()).unwrap();
        dso.test(&to_agr, now()).unwrap();
    }
    // Each has more to send than it lets wait for one peer before it takes requests again.
    for second in 0..20 {
        exchange(&mut agr, &mut dso, now() + TimeDelta::seconds(second));
    }
    assert_eq!((agr.waiting(), dso.waiting()), (0, 0));
    assert_eq!((agr.messages().count(), dso.messages().count()), (24, 24));
}

#[test]
fn a_response_to_nothing_is_told_and_changes_nothing() {
    let (mut agr, mut dso) = (agr(config("agr.example")), dso(config("dso.example")));
    dso.request_flex(&domain("agr.example"), subject(), wish(), now()).unwrap();
    pass(&mut dso, &mut agr, now()).unwrap().unwrap();
    // Another grid operator is sent the response.
    let response = agr.poll_transmit(now()).unwrap();
    let mut stranger = crate::stage::dso(config("dso.example"));
    assert_eq!(stranger.handle_request(&response.body, now()).unwrap(), Taken::New);
    let Some(Event::Rejected { reason, .. }) = stranger.poll_event() else { panic!("not told") };
    assert_eq!(reason, "Unknown FlexRequestMessageID reference");
    assert_eq!(stranger.poll_transmit(now()), None, "responses are not answered");

    // The right one takes the first of two.
    dso.handle_request(&response.body, now()).unwrap();
    let mut second = agr.messages().last().unwrap().message.clone();
    let Payload::FlexRequestResponse(message) = &mut second else { panic!("{second:?}") };
    message.message_id = crate::stage::nobody();
    message.result = Outcome::Rejected;
    let second = seal_message(&second, Role::Agr, &key("agr.example")).unwrap().to_xml().unwrap();
    dso.handle_request(second.as_bytes(), now()).unwrap();
    let stages: Vec<_> = dso
        .messages()
        .filter(|entry| entry.direction == Direction::Received)
        .map(|entry| entry.state.stage.clone())
        .collect();
    assert_eq!(stages[0], Stage::Taken);
    assert_eq!(stages[1], Stage::Rejected { reason: "Request already answered".to_owned() });
}

#[test]
fn a_response_that_breaks_a_rule_is_told_in_the_words_that_were_chosen() {
    for (dialect, expected) in [
        (Dialect::Specification, "Unknown FlexOrderMessageID reference"),
        (Dialect::JavaLibrary, "Unknown reference FlexOrderMessageID"),
    ] {
        let mut of_agr = config("agr.example");
        of_agr.wording = Wording { dialect, ..Wording::default() };
        let (mut agr, mut dso) = (agr(of_agr), dso(config("dso.example")));
        let plan = agr.prognosis(&domain("dso.example"), subject(), plan(), now()).unwrap();
        pass(&mut agr, &mut dso, now()).unwrap().unwrap();
        let mut response = dso.messages().last().unwrap().message.clone();
        let Payload::DPrognosisResponse(message) = &mut response else { panic!("{response:?}") };
        message.message_id = crate::stage::nobody();
        // The plan is no order.
        message.flex_order_statuses =
            vec![FlexOrderStatus { flex_order_message_id: plan.clone(), is_validated: true }];
        let response = seal_message(&response, Role::Dso, &key("dso.example")).unwrap().to_xml().unwrap();
        assert_eq!(agr.handle_request(response.as_bytes(), now()).unwrap(), Taken::New);
        let Some(Event::Rejected { reason, .. }) = agr.poll_event() else { panic!("not told") };
        assert_eq!(reason, expected);
        // Nevertheless it shows that the plan arrived, and leaves room for a better one.
        assert_eq!(agr.sent(&dso_peer(), &plan).unwrap().state.stage, Stage::Delivered);
        pass(&mut dso, &mut agr, now()).unwrap().unwrap();
        assert!(matches!(agr.poll_event(), Some(Event::Response { .. })));
    }
}

#[test]
fn a_time_stamp_of_long_ago_or_ahead_is_rejected() {
    for (later, expected) in [
        (TimeDelta::zero(), None),
        (TimeDelta::days(401), Some("TimeStamp out of bounds")),
        (TimeDelta::hours(-2), Some("TimeStamp out of bounds")),
    ] {
        let mut agr = agr(config("agr.example"));
        let document = ping(&mut dso(config("dso.example")));
        agr.handle_request(&document, now() + later).unwrap();
        let entry = agr.received(&dso_peer(), agr.messages().next().unwrap().message.message_id());
        match (&entry.unwrap().state.stage, expected) {
            (Stage::Answered { outcome: Outcome::Accepted }, None) => {}
            (Stage::Rejected { reason }, Some(expected)) => assert_eq!(reason, expected),
            (stage, _) => panic!("{stage:?}"),
        }
    }
}

#[test]
fn a_message_for_somebody_else_is_rejected_in_our_own_name() {
    let (mut agr, mut dso) = (agr(config("agr.example")), dso(config("dso.example")));
    dso.request_flex(&domain("agr2.example"), subject(), wish(), now()).unwrap();
    let strayed = dso.poll_transmit(now()).unwrap();
    assert_eq!(agr.handle_request(&strayed.body, now()).unwrap(), Taken::New);
    let answer = agr.poll_transmit(now()).unwrap();
    let received = sealing::Received::<Payload>::read(&answer.body).unwrap();
    assert_eq!(received.sender_domain().as_str(), "agr.example");
    let opened = received.open(&[key("agr.example").public_key()]).unwrap();
    assert_eq!(opened.message().rejection_reason(), Some("Unknown RecipientDomain"));
}
