//! Documents with something beside or around what is signed, to be taken for it or to wear the verifier out.

use xml_wire::Limits;

use super::algorithm::Canonicalization;
use super::c14n::canonical;
use super::certificate::Trust;
use super::error::Error;
use super::forger::{Forger, base64, part, replace};
use super::names;
use super::tree::Tree;
use super::verify::Verifier;
use crate::envelope::Reading;
use crate::ns::EI;

/// What looks like a signed object must not lend its content to the one that is read.
#[test]
fn refuses_a_message_beside_a_double_that_has_what_was_signed() {
    // What is moved out of the object finds its prefix declared there too.
    let payload = format!("<oadr:oadrPayload xmlns:ei=\"{}\"", EI.uri());
    let forger = Forger::new();
    let sound = forger.sign(forger.sound().replace("<oadr:oadrPayload", &payload));
    let verifier = Verifier::new(Trust::anyone());
    verifier.verify_at_any_time(sound.as_bytes()).unwrap();
    let poll = part(&sound, "<oadr:oadrPoll", "</oadr:oadrPoll>").to_owned();
    let end = "</oadr:oadrPayload>";
    for evil in [poll.replace("ven-7", "ven-8"), String::new()] {
        for (before, after) in [
            ("<oadr:x-oadrSignedObject>", "</oadr:x-oadrSignedObject>"),
            ("<oadr:x-oadrSignedObject>", "</oadr:x-oadrSignedObject><x/>"),
            ("<y:oadrSignedObject xmlns:y=\"urn:y\">", "</y:oadrSignedObject>"),
            ("<oadrSignedObject>", "</oadrSignedObject>"),
            ("<?x <oadrSignedObject>", "</oadrSignedObject>?>"),
            ("<?x < oadrSignedObject>", "</ oadrSignedObject>?>"),
            ("<!-- <oadrSignedObject>", "</oadrSignedObject> -->"),
        ] {
            let double = format!("{before}{poll}{after}");
            let evil = sound.replace(&poll, &evil);
            for document in [evil.replace(end, &format!("{double}{end}")), format!("{evil}{double}")] {
                let refused = verifier.verify_at_any_time(document.as_bytes());
                assert!(
                    matches!(refused, Err(Error::Digest { .. } | Error::Xml(_))),
                    "{document}: {refused:?}"
                );
            }
        }
    }
}

#[test]
fn refuses_a_canonical_form_out_of_all_proportion() {
    let forger = Forger::new();
    let uri = format!("urn:{}", "u".repeat(1_000));
    let many = "<u:x/>".repeat(2_000);
    let document = forger
        .sound()
        .replace("<oadr:oadrPayload", &format!("<oadr:oadrPayload xmlns:u=\"{uri}\""))
        .replace("</oadr:oadrSignedObject>", &format!("{many}</oadr:oadrSignedObject>"))
        .replace(Canonicalization::Inclusive.uri(), Canonicalization::Exclusive.uri());
    let reading = Reading { limits: Limits { bytes: 1 << 20, ..Limits::default() }, ..Reading::default() };
    let verifier = Verifier::new(Trust::anyone()).with_reading(reading);
    let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
    let signed_info = tree.named(names::SIGNED_INFO).next().unwrap();
    let form = canonical(&tree, signed_info, Canonicalization::Exclusive, 1 << 20).unwrap();
    let mut document = document.clone();
    replace(&mut document, "ds:SignatureValue", 0, &base64(&forger.key().sign(form.as_bytes()).unwrap()));
    let error = verifier.verify_at_any_time(document.as_bytes()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert_eq!(error.response_code().as_str(), "454");
}
