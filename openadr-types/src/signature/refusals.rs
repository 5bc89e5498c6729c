//! Documents whose digests and signature are right and that are refused all the same, one for each reason.

use xml_wire::{Encoder, Limits};

use super::certificate::Trust;
use super::error::Error;
use super::forger::{Forger, form, part, replay_protect};
use super::names;
use super::parts::{Root, SignedInfo};
use super::tree::Tree;
use super::verify::Verifier;
use crate::Payload;
use crate::envelope::Reading;
use crate::poll::Poll;

#[test]
fn has_a_reason_for_each_refusal() {
    let forger = Forger::new();
    let sound = forger.sound();
    let verifier = Verifier::new(Trust::anyone());
    verifier.verify_at_any_time(forger.sign(sound.clone()).as_bytes()).unwrap();

    let signature = part(&sound, "<ds:Signature ", "</ds:Signature>").to_owned();
    let object = part(&sound, "<oadr:oadrSignedObject", "</oadr:oadrSignedObject>").to_owned();
    let ds_object = part(&sound, "<ds:Object", "</ds:Object>").to_owned();
    let replay = part(&sound, "<dsp:ReplayProtect", "</dsp:ReplayProtect>").to_owned();
    let moved = replay.replace(
        "<dsp:ReplayProtect",
        "<dsp:ReplayProtect xmlns:dsp=\"http://openadr.org/oadr-2.0b/2012/07/xmldsig-properties\"",
    );
    let key_info = part(&sound, "<ds:KeyInfo", "</ds:KeyInfo>").to_owned();
    let to_object = part(&sound, "<ds:Reference URI=\"#signed\"", "</ds:Reference>").to_owned();
    let to_replay = part(&sound, "<ds:Reference URI=\"#replay\"", "</ds:Reference>").to_owned();
    let transforms = part(&sound, "<ds:Transforms", "</ds:Transforms>").to_owned();
    let poll = part(&object, "<oadr:oadrPoll", "</oadr:oadrPoll>").to_owned();
    let other =
        object.replace("#signed", "#other").replace("ven-7", "ven-8").replace("\"signed\"", "\"other\"");
    let swap = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from} in {sound}");
        sound.replacen(from, to, 1)
    };

    type Case<'a> = (&'a str, String, &'a str, &'a str);
    let cases: Vec<Case<'_>> = vec![
        (
            "bare message",
            Encoder::new(&crate::ns::DIALECT).write(Payload::new(Poll::new("ven-7")).message()).unwrap(),
            "the document is not signed",
            "463",
        ),
        ("no signature", swap(&signature, ""), "the document is not signed", "463"),
        (
            "two signatures",
            swap(
                &object,
                &format!("{object}<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
            ),
            "there is more than one ds:Signature",
            "459",
        ),
        (
            "signature in the object",
            swap(&signature, "").replace(&poll, &format!("{poll}{signature}")),
            "ds:Signature does not stand in oadr:oadrPayload",
            "459",
        ),
        (
            "signature in a wrapper",
            swap(&signature, &format!("<x>{signature}</x>")),
            "ds:Signature does not stand in oadr:oadrPayload",
            "459",
        ),
        (
            "object before its double",
            swap(&object, &format!("{object}{other}")),
            "there is more than one oadr:oadrSignedObject",
            "459",
        ),
        (
            "object behind its double",
            swap(&object, &format!("{other}{object}")),
            "there is more than one oadr:oadrSignedObject",
            "459",
        ),
        (
            "object wrapped beside its double",
            swap(&object, &format!("{other}<x>{object}</x>")),
            "there is more than one oadr:oadrSignedObject",
            "459",
        ),
        (
            "object moved into the signature",
            swap(&object, &other).replace(&ds_object, &format!("{ds_object}<ds:Object>{object}</ds:Object>")),
            "there is more than one oadr:oadrSignedObject",
            "459",
        ),
        (
            "object wrapped",
            swap(&object, &format!("<x>{object}</x>")),
            "oadr:oadrSignedObject does not stand in oadr:oadrPayload",
            "459",
        ),
        ("no object", swap(&object, ""), "oadr:oadrSignedObject does not stand in oadr:oadrPayload", "459"),
        (
            "double Id",
            swap(&object, &format!("{object}<x Id=\"signed\"/>")),
            "the Id \"signed\" stands twice",
            "459",
        ),
        (
            "double Id in another namespace",
            swap(&object, &format!("<x xmlns:y=\"urn:y\" y:Id=\"signed\"/>{object}")),
            "the Id \"signed\" stands twice",
            "459",
        ),
        (
            "no SignedInfo",
            swap(part(&sound, "<ds:SignedInfo", "</ds:SignedInfo>"), ""),
            "ds:SignedInfo does not stand once in ds:Signature",
            "459",
        ),
        (
            "two values",
            swap("<ds:KeyInfo>", "<ds:SignatureValue/><ds:KeyInfo>"),
            "ds:SignatureValue does not stand once in ds:Signature",
            "459",
        ),
        (
            "no canonicalization",
            swap(part(&sound, "<ds:CanonicalizationMethod", "/>"), ""),
            "the signature is not in the form of the profile",
            "454",
        ),
        (
            "canonicalization with comments",
            swap("REC-xml-c14n-20010315\"", "REC-xml-c14n-20010315#WithComments\""),
            "the algorithm \"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\" is not accepted",
            "459",
        ),
        (
            "HMAC",
            swap("xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256"),
            "the algorithm \"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\" is not accepted",
            "459",
        ),
        (
            "SHA-1",
            swap("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"),
            "the algorithm \"http://www.w3.org/2000/09/xmldsig#sha1\" is not accepted",
            "459",
        ),
        (
            "XPath",
            swap(
                &transforms,
                "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"/></ds:Transforms>",
            ),
            "the algorithm \"http://www.w3.org/TR/1999/REC-xpath-19991116\" is not accepted",
            "459",
        ),
        (
            "XPath with its path",
            swap(
                &transforms,
                "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>true()</ds:XPath></ds:Transform></ds:Transforms>",
            ),
            "the signature is not in the form of the profile",
            "454",
        ),
        (
            "two transforms",
            swap(
                &transforms,
                &transforms.replace("</ds:Transforms>", &transforms.replace("<ds:Transforms>", "")),
            ),
            "2 transforms in a reference, not one",
            "459",
        ),
        ("no transform", swap(&transforms, ""), "0 transforms in a reference, not one", "459"),
        (
            "reference to the whole",
            swap("\"#signed\"", "\"\""),
            "a reference to \"\", which is not to be signed or is signed already",
            "459",
        ),
        (
            "reference elsewhere",
            swap("\"#signed\"", "\"http://example.com/\""),
            "a reference to \"http://example.com/\", which is not to be signed or is signed already",
            "459",
        ),
        (
            "reference to nothing",
            swap("URI=\"#signed\"", "URI=\"#none\""),
            "a reference to \"#none\", which is not to be signed or is signed already",
            "459",
        ),
        (
            "reference to a part of the object",
            swap("URI=\"#signed\"", "URI=\"#part\"").replace("<oadr:oadrPoll", "<oadr:oadrPoll Id=\"part\""),
            "a reference to \"#part\", which is not to be signed or is signed already",
            "459",
        ),
        (
            "reference to the signature",
            swap("URI=\"#signed\"", "URI=\"#signature\""),
            "a reference to \"#signature\", which is not to be signed or is signed already",
            "459",
        ),
        (
            "two references to the object",
            swap(&to_object, &format!("{to_object}{to_object}")),
            "a reference to \"#signed\", which is not to be signed or is signed already",
            "459",
        ),
        ("object not signed", swap(&to_object, ""), "oadr:oadrSignedObject is not signed", "459"),
        ("replay protection not signed", swap(&to_replay, ""), "dsp:ReplayProtect is not signed", "459"),
        ("no replay protection", swap(&replay, ""), "there is no dsp:ReplayProtect in ds:Signature", "459"),
        (
            "replay protection in the object",
            swap(&replay, "").replace(&poll, &format!("{poll}{moved}")),
            "there is no dsp:ReplayProtect in ds:Signature",
            "459",
        ),
        (
            "replay protection in KeyInfo",
            swap(&replay, "").replace("<ds:KeyInfo>", &format!("<ds:KeyInfo>{replay}")),
            "there is no dsp:ReplayProtect in ds:Signature",
            "459",
        ),
        (
            "two replay protections",
            swap(&replay, &format!("{replay}{replay}")),
            "there is more than one dsp:ReplayProtect",
            "459",
        ),
        (
            "a second replay protection, unsigned",
            swap(
                &key_info,
                &format!(
                    "{key_info}<ds:Object><ds:SignatureProperties><ds:SignatureProperty Target=\"#signature\">{replay}</ds:SignatureProperty></ds:SignatureProperties></ds:Object>"
                ),
            ),
            "there is more than one dsp:ReplayProtect",
            "459",
        ),
        (
            "no nonce",
            swap("<dsp:nonce>nonce-1</dsp:nonce>", ""),
            "the signature is not in the form of the profile",
            "454",
        ),
        (
            "two timestamps",
            swap("<dsp:nonce>", "<dsp:timestamp>2026-11-23T12:00:01Z</dsp:timestamp><dsp:nonce>"),
            "the signature is not in the form of the profile",
            "454",
        ),
        ("no certificate", swap(&key_info, ""), "there is no certificate in ds:KeyInfo", "459"),
        (
            "key value only",
            swap(&key_info, "<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>"),
            "there is no certificate in ds:KeyInfo",
            "459",
        ),
        (
            "no certificate at all",
            swap(
                &key_info,
                "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            ),
            "a certificate that cannot be read",
            "459",
        ),
        (
            "another method than the key's",
            swap("xmldsig-more#ecdsa-sha256", "xmldsig-more#rsa-sha256"),
            "the signature is not that of its certificate",
            "463",
        ),
        ("not a message", swap(&poll, "<oadr:oadrPing/>"), "missing one of", "454"),
    ];
    for (name, document, reason, code) in cases {
        let error = verifier.verify_at_any_time(forger.sign(document).as_bytes()).expect_err(name);
        assert!(error.to_string().starts_with(reason), "{name}: {error:?}");
        assert_eq!(error.response_code().as_str(), code, "{name}");
    }
}

#[test]
fn refuses_what_was_changed_after_signing() {
    let forger = Forger::new();
    let sound = forger.sound();
    let verifier = Verifier::new(Trust::anyone());
    for (from, to, reason) in [
        ("ven-7", "ven-8", "\"#signed\" is not what was signed"),
        ("nonce-1", "nonce-2", "\"#replay\" is not what was signed"),
        (
            "<ds:Reference URI=\"#signed\"",
            "<ds:Reference Id=\"r\" URI=\"#signed\"",
            "the signature is not that of its certificate",
        ),
    ] {
        let error = verifier.verify_at_any_time(sound.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), reason);
        assert_eq!(error.response_code().as_str(), "463");
    }
}

#[test]
fn refuses_who_is_not_known() {
    let (forger, other) = (Forger::new(), Forger::new());
    let verifier = Verifier::new(Trust::nobody().with_sender(other.certificate));
    let error = verifier.verify_at_any_time(forger.sound().as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the certificate {} is not accepted", forger.certificate.fingerprint())
    );
    assert_eq!(error.response_code().as_str(), "463");
}

#[test]
fn keeps_the_limits_of_reading() {
    let forger = Forger::new();
    let sound = forger.sound();
    let limited = |limits| {
        let verifier = Verifier::new(Trust::anyone()).with_reading(Reading { limits, ..Reading::default() });
        verifier.verify_at_any_time(sound.as_bytes())
    };
    let elements = sound.matches("</").count() + sound.matches("/>").count();
    let limits = Limits { bytes: sound.len(), depth: 7, elements, ..Limits::default() };
    limited(limits).unwrap();
    for limits in [
        Limits { bytes: sound.len() - 1, ..limits },
        Limits { depth: 6, ..limits },
        Limits { elements: elements - 1, ..limits },
    ] {
        assert!(matches!(limited(limits), Err(Error::Xml(_))));
    }
}

#[test]
fn tells_the_peer_of_time_and_memory_and_keeps_its_own_faults_apart() {
    let at = replay_protect().timestamp;
    for (error, text, code) in [
        (
            Error::Stale { timestamp: at, at },
            "signed at 2026-11-23T12:00:00Z, which at 2026-11-23T12:00:00Z is not within the window",
            "463",
        ),
        (Error::Replayed { nonce: "n".to_owned() }, "the nonce \"n\" came before", "463"),
        (Error::NonceMemoryFull, "no room to remember another nonce", "469"),
        (Error::Key, "not a private key for RSA of 2048 bits or more, or for ECDSA on P-256", "469"),
        (Error::KeyMismatch, "the private key is not that of the certificate", "469"),
        (Error::Randomness, "no random numbers", "469"),
    ] {
        assert_eq!(error.to_string(), text);
        assert_eq!(error.response_code().as_str(), code);
    }
}

/// What is written is in the form that strict reading of a signature asks for.
#[test]
fn reads_its_own_signed_information_strictly() {
    let sound = Forger::new().sound();
    let tree = Tree::read(sound.as_bytes(), Limits::default()).unwrap();
    let signed_info = form(&tree, tree.named(names::SIGNED_INFO).next().unwrap());
    let read = xml_wire::Decoder::new(&crate::ns::DIALECT).strict().read_str(&signed_info).unwrap();
    let Root::SignedInfo(SignedInfo { references, .. }) = read else { panic!("{read:?}") };
    assert_eq!(references.iter().map(|r| &*r.uri).collect::<Vec<_>>(), ["#signed", "#replay"]);
}
