use openadr_types::registration::{CreatePartyRegistration, QueryRegistration};
use openadr_types::response::{EiResponse, Response};
use openadr_vtn::refusal::Refusal;
use openadr_vtn::{Config, Fingerprint, Notice, Peer, Signatures};

use crate::bench::{Bench, code, is_nothing, registered};

const ONE: Option<Fingerprint> = Some(Fingerprint::new([7; 10]));
const OTHER: Option<Fingerprint> = Some(Fingerprint::new([8; 10]));

fn bench(signatures: Signatures) -> Bench {
    Bench::new(Config { signatures, ..Config::default() })
}

fn signed(create: CreatePartyRegistration) -> CreatePartyRegistration {
    CreatePartyRegistration { xml_signature: true, ..create }
}

#[test]
fn where_signatures_are_required_nothing_is_taken_without() {
    let mut bench = bench(Signatures::Required);
    bench.peer.fingerprint = ONE;
    assert_eq!(code(&bench.post(QueryRegistration::new("query-1"))), ("463", "query-1"));
    assert_eq!(code(&bench.post(CreatePartyRegistration::pull("request-1", "pump"))), ("463", "request-1"));
    let answer = bench.post(Response::new(EiResponse::ok("request-2"), Some("ven-7".into())));
    assert_eq!(code(&answer), ("463", "request-2"));
    assert!(bench.notices().iter().all(|n| matches!(n, Notice::Refused { refusal: Refusal::Unsigned, .. })));
    bench.peer.signed_by = ONE;
    // Some VENs sign and do not say so.
    let ven_id = bench.register("pump");
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn a_ven_that_registered_with_signatures_signs_all_it_sends() {
    let mut bench = bench(Signatures::Optional);
    bench.peer = Peer { fingerprint: ONE, signed_by: None };
    let create = || signed(CreatePartyRegistration::pull("request-1", "pump"));
    assert_eq!(code(&bench.post(create())), ("463", "request-1"), "wants signatures, and does not sign");
    bench.peer.signed_by = ONE;
    let ven_id = registered(bench.post(create())).ven_id.unwrap();
    assert!(bench.vtn.ven(&ven_id).unwrap().signs());
    assert!(is_nothing(&bench.poll(&ven_id)));
    bench.peer.signed_by = None;
    assert_eq!(code(&bench.poll(&ven_id)).0, "463");
    // Registering anew without is its own decision, as its connection shows who it is.
    let ven_id = bench.register("pump");
    assert!(is_nothing(&bench.poll(&ven_id)));
}

#[test]
fn a_signature_shows_who_a_ven_is_as_a_connection_does() {
    let mut bench = bench(Signatures::Optional);
    bench.peer = Peer { fingerprint: None, signed_by: ONE };
    let ven_id = bench.register("pump");
    assert_eq!(bench.vtn.ven(&ven_id).unwrap().fingerprint(), ONE);
    let offer = registered(bench.post(QueryRegistration::new("query-1")));
    assert_eq!(offer.ven_id.as_ref(), Some(&ven_id));
    for (fingerprint, signed_by, accepted) in [
        (None, ONE, true),
        (ONE, None, true),
        (ONE, ONE, true),
        (None, None, false),
        (None, OTHER, false),
        (OTHER, None, false),
        (OTHER, OTHER, false),
        (ONE, OTHER, false),
        (OTHER, ONE, false),
    ] {
        bench.peer = Peer { fingerprint, signed_by };
        let answer = bench.poll(&ven_id);
        assert_eq!(is_nothing(&answer), accepted, "{:?}", bench.peer);
        assert!(accepted || code(&answer).0 == "463");
    }
}

#[test]
fn nobody_registers_with_two_certificates() {
    let mut bench = bench(Signatures::Optional);
    bench.peer = Peer { fingerprint: ONE, signed_by: OTHER };
    assert_eq!(code(&bench.post(CreatePartyRegistration::pull("request-1", "pump"))).0, "463");
    let [Notice::Refused { refusal, .. }] = &bench.notices()[..] else { panic!() };
    assert_eq!(*refusal, Refusal::TwoCertificates);
    assert_eq!(bench.vtn.vens().count(), 0);
}

#[cfg(feature = "signature")]
#[test]
fn a_signature_that_does_not_hold_is_answered_in_the_message_that_belongs_to_it() {
    use openadr_types::Message;
    use openadr_types::poll::Poll;
    use openadr_types::signature::Error;

    let mut bench = bench(Signatures::Required);
    let claimed: Message = CreatePartyRegistration::pull("request-1", "pump").into();
    let answer = bench.vtn.refuse_signature(&Error::Signature, Some(&claimed));
    assert_eq!(answer.name(), "oadrCreatedPartyRegistration");
    assert_eq!(code(&answer), ("463", "request-1"));
    let poll: Message = Poll::new("ven-7").into();
    assert_eq!(code(&bench.vtn.refuse_signature(&Error::NoCertificate, Some(&poll))).0, "459");
    assert_eq!(code(&bench.vtn.refuse_signature(&Error::NonceMemoryFull, None)).0, "469");
    let said: Vec<_> = bench
        .notices()
        .into_iter()
        .map(|notice| match notice {
            Notice::Refused { ven_id, message, refusal } => (ven_id, message, refusal.to_string()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (None, "oadrCreatePartyRegistration", Error::Signature.to_string()),
        (Some("ven-7".into()), "oadrPoll", Error::NoCertificate.to_string()),
        (None, "unreadable payload", Error::NonceMemoryFull.to_string()),
    ];
    assert_eq!(said, expected);
}
