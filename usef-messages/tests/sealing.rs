//! Envelopes sealed and opened: published vectors byte for byte, every refusal, and what holds for any message.

use std::error::Error as _;

use proptest::prelude::*;
use usef_messages::envelope::SignedMessage;
use usef_messages::sealing::{
    Content, Encoding, Error, PublicKey, Received, SecretKey, encoded_twice, seal, seal_message,
};
use usef_messages::status::Status;
use usef_messages::values::{Base64, Domain, Role};
use usef_messages::{Limits, Payload, Reading, sealing::KeyError};

const SECRET: &str =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";

fn domain(text: &str) -> Domain {
    text.parse().expect("a domain")
}

fn key() -> SecretKey {
    SECRET.parse().expect("a key")
}

fn ping(sender: &str) -> Payload {
    let document = format!(
        r#"<TestMessage Version="3.1.0" SenderDomain="{sender}" RecipientDomain="agr.example"
            TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
            ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#
    );
    Payload::from_xml(document.as_bytes()).expect("a message")
}

fn request(contract: &str) -> Payload {
    let contract: String = contract.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let document = format!(
        r#"<FlexRequest Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example"
            TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
            ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
            Period="2026-11-23" CongestionPoint="ean.871685900012636543" Revision="1"
            ExpirationDateTime="2026-11-22T23:00:00Z" ContractID="{contract}">
            <ISP Disposition="Requested" MinPower="-500000" MaxPower="0" Start="69" Duration="12"/>
        </FlexRequest>"#
    );
    Payload::from_xml(document.as_bytes()).expect("a message")
}

fn body(envelope: &SignedMessage) -> String {
    let xml = envelope.to_xml().expect("writable");
    let (_, body) = xml.split_once("Body=\"").expect("a body");
    body.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn signs_as_libsodium_does() {
    let key: SecretKey =
        "pyKi39uRd2XU7LWsQiNwKS8ydvdbGyLH4gtj24weeVvtUcA5oqLBXzqRjPDKhQsxGM3Gipx9qDqjtAK8iygwrQ=="
            .parse()
            .unwrap();
    assert_eq!(key.public_key().to_string(), "7VHAOaKiwV86kYzwyoULMRjNxoqcfag6o7QCvIsoMK0=");
    let envelope: SignedMessage = seal(b"My Test Message", &domain("dso.example"), Role::Dso, &key);
    assert_eq!(
        body(&envelope),
        "L0k3PN4Dpx2YicjfnQKCHNIbgev/jIXKmvSS61dzZ+pzGJATVCfGr+AVwzBXwFzTB9P+pSfmFvsygJvCYjXWAE15IFRlc3QgTWVzc2Fn\
         ZQ=="
    );
}

#[test]
fn reproduces_the_vectors_byte_for_byte() {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no vector was read");
        return;
    };
    let folder = std::path::Path::new(&data).join("usef/vectors");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the vector is there");
    let vectors: serde_json::Value = serde_json::from_slice(&read("vectors.json")).unwrap();
    let text = |name: &str| vectors[name].as_str().expect("a text").to_owned();

    let key: SecretKey = text("private_key_base64_64bytes_seed_plus_public").parse().unwrap();
    assert_eq!(key.public_key().to_string(), text("public_key_base64"));
    let (payload, document) = (read("payload.xml"), read("signed.xml"));
    let envelope: SignedMessage = seal(&payload, &domain("sender.example.com"), Role::Dso, &key);
    assert_eq!(body(&envelope), text("body_base64"));
    let hex: String = envelope.body.0[..64].iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, text("signature_hex"));
    assert_eq!(envelope.to_xml().unwrap().trim_end().as_bytes(), document.trim_ascii_end());

    let verified = Received::<Payload>::read_strict(&document).unwrap().open(&[key.public_key()]).unwrap();
    assert_eq!(verified.payload(), payload);
    assert_eq!(verified.envelope(), document);
    assert!(matches!(verified.message(), Payload::FlexRequest(_)));

    // What another implementation sent, by a key that is not among the vectors.
    let document = read("py_wire_signed.xml");
    let received = Received::<Payload>::read(&document).unwrap();
    assert_eq!((received.sender_domain().as_str(), received.sender_role()), ("agr.dev", Role::Agr));
    assert!(matches!(received.open(&[key.public_key()]), Err(Error::Signature { .. })));
}

#[test]
fn says_who_signed_with_which_key() {
    let (old, new) = (key(), SecretKey::from_seed(&[9; 32]));
    let keys = [old.public_key(), new.public_key()];
    for key in [&old, &new] {
        let document = seal_message(&ping("dso.example"), Role::Dso, key).unwrap().to_xml().unwrap();
        let verified = Received::<Payload>::read(document.as_bytes()).unwrap().open(&keys).unwrap();
        assert_eq!(verified.key(), &key.public_key());
        assert_eq!((verified.sender_domain().as_str(), verified.sender_role()), ("dso.example", Role::Dso));
        assert_eq!(verified.payload(), ping("dso.example").to_xml().unwrap().as_bytes());
        assert_eq!(verified.encoding(), Encoding::Once);
        assert_eq!(verified.into_message(), ping("dso.example"));
    }
}

#[test]
fn reads_a_body_with_white_space_or_encoded_twice() {
    let key = key();
    let envelope = seal_message(&ping("dso.example"), Role::Dso, &key).unwrap();
    let document = envelope.to_xml().unwrap();
    let body = body(&envelope);
    let lines: Vec<&str> = body.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
    let wrapped = document.replace(&body, &lines.join("\r\n "));
    assert_ne!(wrapped, document);
    let verified = Received::<Payload>::read(wrapped.as_bytes()).unwrap().open(&[key.public_key()]).unwrap();
    assert_eq!(verified.encoding(), Encoding::Once);

    // With a line end in the place of a signature's last byte.
    let short: Vec<&str> = body.as_bytes().chunks(63).map(|line| str::from_utf8(line).unwrap()).collect();
    for inner in [body.clone(), lines.join("\n"), short.join("\n")] {
        let twice = SignedMessage { body: Base64(inner.into_bytes()), ..envelope.clone() };
        let document = twice.to_xml().unwrap();
        let verified =
            Received::<Payload>::read(document.as_bytes()).unwrap().open(&[key.public_key()]).unwrap();
        assert_eq!(verified.encoding(), Encoding::Twice);
        assert_eq!(verified.message(), &ping("dso.example"));
    }
    let twice = encoded_twice(envelope.clone());
    assert_eq!(twice.body.0, body.into_bytes());
}

#[test]
fn any_changed_byte_is_refused_or_changes_nothing() {
    let key = key();
    let message = ping("dso.example");
    let envelope = seal_message(&message, Role::Dso, &key).unwrap();
    for at in 0..envelope.body.0.len() {
        let mut changed = envelope.clone();
        changed.body.0[at] ^= 1 << (at % 8);
        let document = changed.to_xml().unwrap();
        let error =
            Received::<Payload>::read(document.as_bytes()).unwrap().open(&[key.public_key()]).unwrap_err();
        assert!(matches!(error, Error::Signature { .. }), "byte {at} of the body: {error}");
    }
    let document = envelope.to_xml().unwrap().into_bytes();
    let mut taken = 0;
    for at in 0..document.len() {
        let mut changed = document.clone();
        changed[at] ^= 1 << (at % 7);
        let Ok(received) = Received::<Payload>::read(&changed) else { continue };
        if let Ok(verified) = received.open(&[key.public_key()]) {
            assert_eq!(verified.message(), &message, "byte {at} of the document");
            taken += 1;
        }
    }
    // Such as a digit of the declaration's version, or a role that sends such messages too.
    assert!(taken < 16, "{taken} changed documents were taken");
}

#[test]
fn there_is_one_signature_for_a_message_and_a_key() {
    // The order of the group, least byte first: a signature's scalar with it added would verify as well.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = key();
    let mut envelope = seal_message(&ping("dso.example"), Role::Dso, &key).unwrap();
    let mut carry = 0;
    for (byte, order) in envelope.body.0[32..64].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    let document = envelope.to_xml().unwrap();
    let received = Received::<Payload>::read(document.as_bytes()).unwrap();
    assert!(matches!(received.open(&[key.public_key()]), Err(Error::Signature { .. })));
}

#[test]
fn a_key_that_verifies_anything_is_none() {
    // Of order 1, 2, 4 and 8, each in its one encoding.
    for hex in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ] {
        let bytes: Vec<u8> =
            (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
        let bytes: [u8; 32] = bytes.try_into().unwrap();
        assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::SmallOrder), "{hex}");
    }
}

#[test]
fn a_signature_by_a_point_of_small_order_is_refused() {
    use curve25519_dalek::constants::EIGHT_TORSION;
    use curve25519_dalek::{EdwardsPoint, Scalar};
    use sha2::{Digest as _, Sha512};

    // R a point of small order T, chosen so that S·B = R + k·A up to that point: every verifier that multiplies by the
    // cofactor takes it, and so does one that does not where T is the neutral element.
    let seed = [7; 32];
    let public_key = SecretKey::from_seed(&seed).public_key();
    let mut secret: [u8; 32] = Sha512::digest(seed)[..32].try_into().unwrap();
    secret[0] &= 0xf8;
    secret[31] = secret[31] & 0x7f | 0x40;
    let secret = Scalar::from_bytes_mod_order(secret);
    assert_eq!(EdwardsPoint::mul_base(&secret).compress().as_bytes(), public_key.as_bytes());

    let payload = ping("dso.example").to_xml().unwrap();
    for point in EIGHT_TORSION {
        let r = point.compress();
        let hash = Sha512::new().chain_update(r.as_bytes()).chain_update(public_key.as_bytes());
        let k = Scalar::from_bytes_mod_order_wide(&hash.chain_update(&payload).finalize().into());
        let s = k * secret;
        let rest = EdwardsPoint::mul_base(&s) - k * EdwardsPoint::mul_base(&secret) - point;
        assert!(rest.is_small_order(), "the signature's equation holds but for a point of small order");
        let body = [&r.as_bytes()[..], s.as_bytes(), payload.as_bytes()].concat();
        let envelope = seal::<SignedMessage>(&[], &domain("dso.example"), Role::Dso, &key());
        let document = SignedMessage { body: Base64(body), ..envelope }.to_xml().unwrap();
        let opened = Received::<Payload>::read(document.as_bytes()).unwrap().open(&[public_key]);
        assert!(matches!(opened, Err(Error::Signature { .. })), "{:?}", r.as_bytes());
    }
}

#[test]
fn a_server_may_lower_the_limits_on_envelopes_and_on_what_is_in_them() {
    let key = key();
    let document = seal_message(&request("x"), Role::Dso, &key).unwrap().to_xml().unwrap();
    let read = |limits| Received::<Payload>::read_with(document.as_bytes(), Reading { limits, strict: true });
    let opened = |limits| read(limits).and_then(|received| received.open(&[key.public_key()]));
    assert!(opened(Limits { bytes: document.len(), elements: 2, ..Limits::default() }).is_ok());
    for limits in [
        Limits { bytes: document.len() - 1, ..Limits::default() },
        Limits { attributes: 2, ..Limits::default() },
    ] {
        let error = read(limits).unwrap_err();
        assert!(matches!(error, Error::Limit(_)), "{error}");
        assert_eq!(error.status(), Status::TooLarge);
    }
    // The envelope is one element of three attributes; the message in it has more of both.
    for limits in [Limits { elements: 1, ..Limits::default() }, Limits { attributes: 3, ..Limits::default() }]
    {
        assert!(read(limits).is_ok());
        assert!(matches!(opened(limits), Err(Error::Limit(_))));
    }
}

#[test]
fn refuses_each_kind_of_fault_with_its_status() {
    let key = key();
    let keys = [key.public_key()];
    let sealed = |payload: &[u8], sender: &str, role| {
        seal::<SignedMessage>(payload, &domain(sender), role, &key).to_xml().unwrap().into_bytes()
    };
    let ping = ping("dso.example").to_xml().unwrap();
    let request = request("x").to_xml().unwrap();
    let deep = ping.replace("/>", &format!(">{}", "<a>".repeat(200)));
    let envelope = |body: &str| {
        format!("<SignedMessage SenderDomain='dso.example' SenderRole='DSO' Body='{body}'/>").into_bytes()
    };
    let good = sealed(ping.as_bytes(), "dso.example", Role::Dso);
    assert!(Received::<Payload>::read(&good).unwrap().open(&keys).is_ok());
    let other = [SecretKey::from_seed(&[1; 32]).public_key()];

    type Case<'a> = (&'a str, Vec<u8>, &'a [PublicKey], &'a str, Option<&'a str>, Status);
    let cases: [Case<'_>; 13] = [
        ("no XML", b"hello".to_vec(), &keys, "the envelope cannot be read", None, Status::Malformed),
        (
            "another root",
            ping.clone().into_bytes(),
            &keys,
            "the envelope cannot be read",
            None,
            Status::Malformed,
        ),
        (
            "no base64",
            envelope("=A=="),
            &keys,
            "the envelope cannot be read",
            Some("\"=A==\" is not base64 for Body in /SignedMessage at line 1 column 66"),
            Status::Malformed,
        ),
        ("large", vec![b' '; (16 << 20) + 1], &keys, "larger than is taken", None, Status::TooLarge),
        (
            "short",
            envelope("AAAA"),
            &keys,
            "a body of 3 bytes, too short for a signature of 64",
            None,
            Status::Unauthorized,
        ),
        (
            "empty",
            envelope(""),
            &keys,
            "a body of 0 bytes, too short for a signature of 64",
            None,
            Status::Unauthorized,
        ),
        ("no key", good.clone(), &[], "no key of dso.example as DSO is known", None, Status::KeyNotFound),
        (
            "another key",
            good.clone(),
            &other,
            "the signature is not by dso.example as DSO",
            None,
            Status::Unauthorized,
        ),
        (
            "signed, but no XML",
            sealed(b"My Test Message", "dso.example", Role::Dso),
            &keys,
            "the signed message cannot be read",
            None,
            Status::Malformed,
        ),
        (
            "signed, but nothing",
            sealed(b"", "dso.example", Role::Dso),
            &keys,
            "the signed message cannot be read",
            None,
            Status::Malformed,
        ),
        (
            "deep",
            sealed(deep.as_bytes(), "dso.example", Role::Dso),
            &keys,
            "larger than is taken",
            None,
            Status::TooLarge,
        ),
        (
            "another sender",
            sealed(ping.as_bytes(), "evil.example", Role::Dso),
            &keys,
            "a message of dso.example in an envelope of evil.example",
            None,
            Status::Unauthorized,
        ),
        (
            "another role",
            sealed(request.as_bytes(), "dso.example", Role::Agr),
            &keys,
            "not a message that AGR sends",
            None,
            Status::Unauthorized,
        ),
    ];
    for (what, document, keys, text, source, status) in cases {
        let error =
            Received::<Payload>::read(&document).and_then(|received| received.open(keys)).expect_err(what);
        assert_eq!(error.to_string(), text, "{what}");
        assert_eq!(error.status(), status, "{what}");
        if let Some(source) = source {
            assert_eq!(error.source().expect(what).to_string(), source);
        }
    }
}

#[test]
fn seals_no_message_that_the_role_does_not_send_or_that_xml_cannot_carry() {
    let error = seal_message(&request("x"), Role::Agr, &key()).unwrap_err();
    assert!(matches!(error, Error::SenderRole { role } if role == Role::Agr.into()));

    /// A message that cannot be written.
    struct Unwritable(Domain);
    impl Content for Unwritable {
        type Role = Role;
        type Envelope = SignedMessage;
        fn from_xml_with(document: &[u8], reading: &Reading) -> Result<Self, usef_messages::Error> {
            SignedMessage::from_xml_with(document, reading).map(|envelope| Self(envelope.sender_domain))
        }
        fn to_xml(&self) -> Result<String, usef_messages::Error> {
            Err(SignedMessage::from_xml(b"").unwrap_err())
        }
        fn sender_domain(&self) -> &Domain {
            &self.0
        }
        fn may_be_sent_by(&self, _: Role) -> bool {
            true
        }
    }
    let error = seal_message(&Unwritable(domain("dso.example")), Role::Dso, &key()).unwrap_err();
    assert_eq!(error.to_string(), "the message cannot be written");
    assert_eq!(error.status(), Status::Failed);
}

#[test]
fn strict_opening_refuses_what_the_schema_refuses() {
    let lenient = ping("dso.example").to_xml().unwrap().replace(" Version=", " Unknown=\"1\" Version=");
    let document = seal::<SignedMessage>(lenient.as_bytes(), &domain("dso.example"), Role::Dso, &key())
        .to_xml()
        .unwrap();
    let keys = [key().public_key()];
    assert!(Received::<Payload>::read(document.as_bytes()).unwrap().open(&keys).is_ok());
    let error = Received::<Payload>::read_strict(document.as_bytes()).unwrap().open(&keys).unwrap_err();
    assert_eq!(error.status(), Status::Malformed);
}

#[test]
fn usef_2015_seals_in_the_role_that_the_message_names() {
    use usef_messages::usef_2015::metadata::Role;
    use usef_messages::usef_2015::{Payload, envelope};

    let ping = Payload::from_xml(
        br#"<TestMessage><MessageMetadata SenderDomain="brp.example" SenderRole="BRP"
            RecipientDomain="mdc.example" RecipientRole="MDC" TimeStamp="2016-01-01T00:00:00Z"
            MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98" ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"
            Precedence="Routine"/></TestMessage>"#,
    )
    .unwrap();
    let key = key();
    let document = encoded_twice(seal_message(&ping, Role::Brp, &key).unwrap()).to_xml().unwrap();
    let verified = Received::<Payload>::read(document.as_bytes()).unwrap().open(&[key.public_key()]).unwrap();
    assert_eq!((verified.message(), verified.encoding()), (&ping, Encoding::Twice));
    assert_eq!(verified.sender_role(), Role::Brp);

    assert!(matches!(seal_message(&ping, Role::Dso, &key), Err(Error::SenderRole { role: Role::Dso })));
    let payload = ping.to_xml().unwrap();
    let other: envelope::SignedMessage = seal(payload.as_bytes(), &domain("brp.example"), Role::Dso, &key);
    let document = other.to_xml().unwrap();
    let error =
        Received::<Payload>::read(document.as_bytes()).unwrap().open(&[key.public_key()]).unwrap_err();
    assert_eq!(error.to_string(), "not a message that DSO sends");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens(seed: [u8; 32], contract in "[ -~\u{a0}-\u{d7ff}\u{10000}-\u{10ffff}]{0,40}", twice: bool) {
        let key = SecretKey::from_seed(&seed);
        let message = request(&contract);
        let envelope = seal_message(&message, Role::Dso, &key).unwrap();
        let envelope = if twice { encoded_twice(envelope) } else { envelope };
        let document = envelope.to_xml().unwrap();
        let verified = Received::<Payload>::read(document.as_bytes()).unwrap().open(&[key.public_key()]).unwrap();
        prop_assert_eq!(verified.message(), &message);
        prop_assert_eq!(verified.encoding() == Encoding::Twice, twice);
    }

    #[test]
    fn any_bytes_can_be_signed_and_their_signature_holds(seed: [u8; 32], payload: Vec<u8>, twice: bool) {
        let key = SecretKey::from_seed(&seed);
        let envelope: SignedMessage = seal(&payload, &domain("dso.example"), Role::Dso, &key);
        let envelope = if twice { encoded_twice(envelope) } else { envelope };
        let document = envelope.to_xml().unwrap();
        let opened = Received::<Payload>::read(document.as_bytes()).unwrap().open(&[key.public_key()]);
        // Random bytes are no message, but that is found out behind the signature only.
        prop_assert!(matches!(opened, Err(Error::Payload(_))));
    }

    #[test]
    fn any_body_is_refused_without_a_panic(body: Vec<u8>) {
        let ping = ping("dso.example");
        let envelope = seal_message(&ping, Role::Dso, &key()).unwrap();
        let document = SignedMessage { body: Base64(body), ..envelope }.to_xml().unwrap();
        let opened = Received::<Payload>::read(document.as_bytes())
            .and_then(|received| received.open(&[key().public_key()]));
        let refused = matches!(opened, Err(Error::TooShort { .. } | Error::Signature { .. }));
        prop_assert!(refused);
    }
}
