//! The bodies of the fuzz targets, as plain functions: each takes any bytes, and panics on a fault of ours.

pub mod usef;
pub mod zigbee;
pub mod zigbee_links;

use openadr_types::envelope::{Envelope, Payload, Reading, Writing};
use openadr_types::signature::{Certificate, PrivateKey, ReplayProtect, Signer, Trust, Verifier};
use xml_wire::Fragment;

/// Any bytes as an OpenADR document: what reads is written and reads back equal, in both modes; what is strictly
/// right is also leniently right, and means the same.
pub fn openadr_payload(data: &[u8]) {
    let lenient = Reading::default().read(data);
    let strict = Reading::strict().read(data);
    if let Ok(strict) = &strict {
        assert_eq!(lenient.as_ref().expect("lenient reading accepts what strict reading does"), strict);
    }
    let Ok((payload, envelope)) = lenient else { return };
    let written = write(&payload, envelope, None);
    assert_eq!(read(&written), payload);
    assert_eq!(read(&write(&payload, envelope, Some(2))), payload);
    if strict.is_ok() {
        Reading::strict().read(written.as_bytes()).expect("what was valid is written valid");
    }
    let json = serde_json::to_string(&payload).expect("every message has a JSON form");
    assert_eq!(serde_json::from_str::<Payload>(&json).expect("our own JSON reads"), payload);
}

fn write(payload: &Payload, envelope: Envelope, indent: Option<usize>) -> String {
    Writing { envelope, indent }.write(payload).expect("what was read can be written")
}

fn read(document: &str) -> Payload {
    Reading::default().read(document.as_bytes()).expect("our own document reads").0
}

/// Any text as an opaque fragment: its own source reads to itself.
pub fn xml_fragment(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(fragment) = Fragment::parse(text) {
        assert_eq!(Fragment::parse(fragment.as_str()).expect("a fragment's source reads"), fragment);
    }
}

/// Any bytes as a signed document: verifying never panics, and a comment before the document element, which has the
/// canonical form made in general and not from the source, changes nothing. And any message that reads can be signed, and
/// its signature holds for the very same message.
pub fn openadr_signature(data: &[u8]) {
    let verifier = Verifier::new(Trust::anyone());
    let verified = verifier.verify_at_any_time(data).ok();
    assert_eq!(verifier.verify_at_any_time(&with_comment(data)).ok(), verified);
    if let Some(verified) = verified {
        assert_eq!(
            Reading::default().read(data).expect("what was verified reads").0.message().name(),
            verified.message().name()
        );
    }
    let Ok(payload) = Payload::from_xml(data) else { return };
    let Ok(signer) = signer() else { panic!("the test key is one") };
    let replay_protect = ReplayProtect::new("2026-11-23T12:00:00Z".parse().expect("a time"), "nonce");
    let message = payload.into_message();
    let document = signer.sign(message.clone(), &replay_protect).expect("what was read can be signed");
    let verified = verifier.verify_at_any_time(document.as_bytes()).expect("our own signature holds");
    assert_eq!(verified.message().name(), message.name());
}

/// The same document with a comment behind its XML declaration.
fn with_comment(document: &[u8]) -> Vec<u8> {
    let text = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let declared = text.starts_with(b"<?xml");
    let end = text.windows(2).position(|two| two == b"?>").filter(|_| declared);
    let at = document.len() - text.len() + end.map_or(0, |end| end + 2);
    [&document[..at], b"<!---->", &document[at..]].concat()
}

fn signer() -> Result<Signer, openadr_types::signature::Error> {
    let key = PrivateKey::from_pem(include_bytes!("../keys/p256.pem"))?;
    Signer::new(key, Certificate::from_pem(include_bytes!("../keys/p256.crt"))?)
}
