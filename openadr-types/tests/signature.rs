//! Signing and verifying from outside: every message, every kind of key, each byte changed, and who is accepted when.

#![expect(clippy::unwrap_used, reason = "what fails in a step of a test fails the test")]

mod infoset;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use openadr_types::envelope::Reading;
use openadr_types::poll::Poll;
use openadr_types::signature::{
    Canonicalization, Certificate, Error, PrivateKey, ReplayGuard, ReplayProtect, SignatureMethod, Signer,
    Trust, Verified, Verifier,
};
use openadr_types::{DateTime, Payload};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

const RSA: &str = include_str!("keys/rsa.pem");

/// A sender with a certificate that nobody issued.
struct Sender {
    key: String,
    certificate: Certificate,
}

impl Sender {
    fn rsa() -> Self {
        Self::with_key(&KeyPair::from_pem(RSA).unwrap())
    }

    fn p256() -> Self {
        Self::with_key(&KeyPair::generate().unwrap())
    }

    fn with_key(key: &KeyPair) -> Self {
        let made = params("ven-7").self_signed(key).unwrap();
        Self { key: key.serialize_pem(), certificate: certificate(made.der()) }
    }

    fn signer(&self) -> Signer {
        let key = PrivateKey::from_pem(self.key.as_bytes()).unwrap();
        Signer::new(key, vec![self.certificate.clone()]).unwrap()
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(Trust::nobody().with_sender(self.certificate.clone()))
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![format!("{name}.example")]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    params
}

fn certificate(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn noon() -> DateTime {
    time("2026-11-23T12:00:00Z")
}

fn poll() -> Payload {
    Payload::new(Poll::new("ven-7"))
}

/// Our own messages, which between them hold every part of the profile.
fn fixtures() -> Vec<(String, Payload)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let read = |file: PathBuf| {
        let payload = Payload::from_xml(&std::fs::read(&file).unwrap()).unwrap();
        (file.display().to_string(), payload)
    };
    files.map(read).collect()
}

#[test]
fn verifies_what_it_signed_with_either_key_in_either_form() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 20);
    for sender in [Sender::rsa(), Sender::p256()] {
        for form in [Canonicalization::Inclusive, Canonicalization::Exclusive] {
            let (signer, verifier) = (sender.signer().with_canonicalization(form), sender.verifier());
            let mut guard = ReplayGuard::default();
            for (file, payload) in &fixtures {
                let replay_protect = ReplayProtect::random(noon()).unwrap();
                let document = signer.sign(payload.clone(), &replay_protect).unwrap();
                let verified = verifier.verify(document.as_bytes(), noon(), &mut guard).unwrap();
                // It is a document like any other, valid under the schema.
                let (read, _) = Reading::strict().read(document.as_bytes()).unwrap();
                // Equal but for XML that is kept as it stands, which came in its canonical form.
                let [signed, read, sent] = [verified.message(), read.message(), payload.message()]
                    .map(|message| infoset::parse(&Payload::new(message.clone()).to_xml().unwrap()));
                assert_eq!(infoset::difference(&signed, &sent), None, "{file}");
                assert_eq!(infoset::difference(&read, &sent), None, "{file}");
                // In one form, what was hashed is what stands there.
                let authentic = verifier.authenticate(document.as_bytes()).unwrap();
                assert!(form == Canonicalization::Exclusive || document.contains(authentic.signed_object()));
                assert_eq!(verified.timestamp(), noon());
                assert_eq!(verified.nonce(), replay_protect.nonce);
                assert_eq!(verified.sender(), &sender.certificate);
                verifier
                    .clone()
                    .with_reading(Reading::strict())
                    .verify_at_any_time(document.as_bytes())
                    .unwrap();
            }
            assert_eq!(guard.len(), fixtures.len());
        }
    }
}

#[test]
fn reads_keys_in_each_form_that_openssl_writes() {
    for (pem, method) in [
        (RSA, SignatureMethod::RsaSha256),
        (include_str!("keys/rsa-pkcs1.pem"), SignatureMethod::RsaSha256),
        (include_str!("keys/p256-sec1.pem"), SignatureMethod::EcdsaSha256),
    ] {
        assert_eq!(PrivateKey::from_pem(pem.as_bytes()).unwrap().method(), method);
    }
    let pkcs1 = PrivateKey::from_pem(include_bytes!("keys/rsa-pkcs1.pem")).unwrap();
    let certificate = Sender::rsa().certificate;
    assert!(Signer::new(pkcs1, vec![certificate.clone()]).is_ok());
    let sec1 = PrivateKey::from_pem(include_bytes!("keys/p256-sec1.pem")).unwrap();
    assert!(matches!(Signer::new(sec1, vec![certificate]), Err(Error::KeyMismatch)));
}

#[test]
fn writes_the_signature_first_and_anew_each_time() {
    let sender = Sender::p256();
    let first = sender.signer().sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
    let again = Payload::from_xml(first.as_bytes()).unwrap();
    let second = sender.signer().sign(again, &ReplayProtect::new(noon(), "2")).unwrap();
    assert!(second.find("<ds:Signature ") < second.find("<oadr:oadrSignedObject"), "{second}");
    assert_eq!(second.matches("<ds:Signature ").count(), 1);
    assert_eq!(sender.verifier().verify_at_any_time(second.as_bytes()).unwrap().nonce(), "2");
}

#[test]
fn takes_the_signature_from_behind_the_object_too() {
    let sender = Sender::p256();
    let document = sender.signer().sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
    let signature = part(&document, "<ds:Signature ", "</ds:Signature>");
    let moved = document
        .replace(signature, "")
        .replace("</oadr:oadrPayload>", &format!("{signature}</oadr:oadrPayload>"));
    assert_eq!(sender.verifier().verify_at_any_time(moved.as_bytes()).unwrap().message(), poll().message());
}

#[test]
fn signs_under_the_identifier_that_the_object_has() {
    let sender = Sender::p256();
    let mut payload = poll();
    payload.object.id = Some("mine".into());
    let document = sender.signer().sign(payload.clone(), &ReplayProtect::new(noon(), "1")).unwrap();
    assert!(document.contains("URI=\"#mine\""));
    sender.verifier().verify_at_any_time(document.as_bytes()).unwrap();
    payload.object.id = Some("replay".into());
    let error = sender.signer().sign(payload, &ReplayProtect::new(noon(), "1")).unwrap_err();
    assert!(matches!(error, Error::DuplicateId { id } if id == "replay"));
}

/// Whatever byte is changed, the message is refused, or it still says the same.
#[test]
fn lets_no_changed_byte_change_the_message() {
    for form in [Canonicalization::Inclusive, Canonicalization::Exclusive] {
        let sender = Sender::p256();
        let replay_protect = ReplayProtect::new(noon(), "a nonce");
        let document = sender.signer().with_canonicalization(form).sign(poll(), &replay_protect).unwrap();
        let verifier = sender.verifier();
        let sound = verifier.verify_at_any_time(document.as_bytes()).unwrap();
        let object = document.find("<oadr:oadrSignedObject").unwrap();
        let signed_info = document.find("<ds:SignedInfo").unwrap()..document.find("</ds:SignedInfo").unwrap();
        let mut accepted = Vec::new();
        for at in 0..document.len() {
            let byte = document.as_bytes()[at];
            for other in [byte ^ 1, byte ^ 0x20, b' ', b'<', b'"'] {
                let mut changed = document.clone().into_bytes();
                changed[at] = other;
                if let (Ok(verified), false) = (verifier.verify_at_any_time(&changed), other == byte) {
                    assert_eq!(verified, sound, "{}", String::from_utf8_lossy(&changed));
                    accepted.push(at);
                }
            }
        }
        // White space in a tag and around the object is all that may be other.
        for at in accepted {
            let around = &document[at.saturating_sub(12)..(at + 12).min(document.len())];
            let inside =
                at > object && at < document.len() - "</oadr:oadrSignedObject></oadr:oadrPayload>".len();
            assert!(!(inside || signed_info.contains(&at)), "a change of {around:?} was accepted");
        }
    }
}

/// Whatever byte is left out or put in twice, likewise.
#[test]
fn lets_no_lost_or_doubled_byte_change_the_message() {
    let sender = Sender::p256();
    let document = sender.signer().sign(poll(), &ReplayProtect::new(noon(), "a nonce")).unwrap().into_bytes();
    let verifier = sender.verifier();
    let sound = verifier.verify_at_any_time(&document).unwrap();
    for at in 0..document.len() {
        let (before, after) = document.split_at(at);
        for changed in [[before, &after[1..]].concat(), [before, &after[..1], after].concat()] {
            if let Ok(verified) = verifier.verify_at_any_time(&changed) {
                assert_eq!(verified, sound);
            }
        }
    }
}

/// Whatever part from one tag to another is left out or put in twice, likewise.
#[test]
fn lets_no_lost_or_doubled_part_change_the_message() {
    let sender = Sender::p256();
    let document = sender.signer().sign(poll(), &ReplayProtect::new(noon(), "a nonce")).unwrap();
    let verifier = sender.verifier();
    let sound = verifier.verify_at_any_time(document.as_bytes()).unwrap();
    let tags: Vec<_> = document.match_indices('<').map(|(at, _)| at).chain([document.len()]).collect();
    for (index, from) in tags.iter().enumerate() {
        for to in &tags[index + 1..] {
            for changed in [[&document[..*from], &document[*to..]], [&document[..*to], &document[*from..]]] {
                if let Ok(verified) = verifier.verify_at_any_time(changed.concat().as_bytes()) {
                    assert_eq!(verified, sound);
                }
            }
        }
    }
}

/// Comments are not signed, so they must not part a value either.
#[test]
fn reads_what_was_hashed_and_nothing_else() {
    let sender = Sender::p256();
    let document = sender.signer().sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
    for (from, to) in [
        ("ven-7", "ven<!-- -->-7"),
        ("ven-7", "<![CDATA[ven-7]]>"),
        ("ven-7", "&#118;en-7"),
        ("<ei:venID>", "<ei:venID  >"),
        ("<oadr:oadrSignedObject", "<x>ven-8</x>unsigned<oadr:oadrSignedObject"),
    ] {
        let changed = document.replace(from, to);
        match sender.verifier().verify_at_any_time(changed.as_bytes()) {
            Ok(verified) => assert_eq!(verified.message(), poll().message(), "{to}"),
            Err(error) => panic!("{to}: {error}"),
        }
    }
}

#[test]
fn accepts_a_message_once_and_about_its_time() {
    let sender = Sender::p256();
    let document = sender.signer().sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
    let mut guard = ReplayGuard::default();
    let mut at = |text| sender.verifier().verify(document.as_bytes(), time(text), &mut guard);
    assert!(matches!(at("2026-11-23T12:00:05.001Z"), Err(Error::Stale { .. })));
    assert!(matches!(at("2026-11-23T11:59:54.999Z"), Err(Error::Stale { .. })));
    assert!(at("2026-11-23T13:00:05+01:00").is_ok());
    assert!(matches!(at("2026-11-23T12:00:00Z"), Err(Error::Replayed { nonce }) if nonce == "1"));
    assert!(sender.verifier().verify_at_any_time(document.as_bytes()).is_ok());
}

#[test]
fn remembers_no_nonce_of_a_message_it_refused() {
    let (sender, stranger) = (Sender::p256(), Sender::p256());
    let document = stranger.signer().sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
    let mut guard = ReplayGuard::default();
    let error = sender.verifier().verify(document.as_bytes(), noon(), &mut guard).unwrap_err();
    assert!(
        matches!(error, Error::UnknownCertificate { fingerprint } if fingerprint == stranger.certificate.fingerprint())
    );
    assert!(guard.is_empty());
}

/// A root, an authority under it, and a sender's certificate from that.
struct Chain {
    root: Certificate,
    middle: Certificate,
    leaf: Certificate,
    key: PrivateKey,
}

impl Chain {
    fn new(purpose: ExtendedKeyUsagePurpose) -> Self {
        Self::with_middle_for(purpose, &[KeyUsagePurpose::KeyCertSign])
    }

    /// With these usages of the key of the authority in the middle.
    fn with_middle_for(purpose: ExtendedKeyUsagePurpose, usages: &[KeyUsagePurpose]) -> Self {
        let ca = |name: &str| {
            let mut params = params(name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
        };
        let root = CertifiedIssuer::self_signed(ca("root"), KeyPair::generate().unwrap()).unwrap();
        let mut middle = ca("middle");
        middle.key_usages = usages.to_vec();
        let middle = CertifiedIssuer::signed_by(middle, KeyPair::generate().unwrap(), &root).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut leaf = params("ven-7");
        leaf.extended_key_usages = vec![purpose];
        let leaf = leaf.signed_by(&key, &middle).unwrap();
        Self {
            root: certificate(root.der()),
            middle: certificate(middle.der()),
            leaf: certificate(leaf.der()),
            key: PrivateKey::from_pkcs8(&key.serialize_der()).unwrap(),
        }
    }
}

#[test]
fn accepts_certificates_by_their_issuer_while_they_are_valid() {
    for purpose in [ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth] {
        let Chain { root, middle, leaf, key } = Chain::new(purpose);
        let signer = Signer::new(key, vec![leaf.clone(), middle.clone()]).unwrap();
        let document = signer.sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
        let verify = |trust: Trust, at: &str| -> Result<Verified, Error> {
            let mut guard = ReplayGuard::new(std::time::Duration::from_secs(1 << 30), 10);
            Verifier::new(trust).verify(document.as_bytes(), time(at), &mut guard)
        };
        let by_root = || Trust::nobody().with_authority(&root).unwrap();
        assert_eq!(verify(by_root(), "2026-11-23T12:00:00Z").unwrap().sender(), &leaf);
        assert!(verify(Trust::nobody().with_authority(&middle).unwrap(), "2026-11-23T12:00:00Z").is_ok());
        assert!(verify(Trust::listed([root.clone()]).unwrap(), "2026-11-23T12:00:00Z").is_ok());
        assert!(Verifier::new(by_root()).verify_at_any_time(document.as_bytes()).is_ok());
        let stranger = Chain::new(ExtendedKeyUsagePurpose::ClientAuth).root;
        for (trust, at) in [
            (by_root(), "2025-12-31T23:59:59Z"),
            (by_root(), "2027-01-01T00:00:01Z"),
            (by_root(), "1969-12-31T23:59:59Z"),
            (Trust::nobody(), "2026-11-23T12:00:00Z"),
            (Trust::nobody().with_sender(root.clone()), "2026-11-23T12:00:00Z"),
            (Trust::listed([stranger]).unwrap(), "2026-11-23T12:00:00Z"),
        ] {
            assert!(matches!(verify(trust, at), Err(Error::UnknownCertificate { .. })), "{at}");
        }
    }
}

#[test]
fn accepts_no_issuer_whose_key_is_for_other_things() {
    for (usage, accepted) in [(KeyUsagePurpose::KeyCertSign, true), (KeyUsagePurpose::CrlSign, false)] {
        let Chain { root, middle, leaf, key } =
            Chain::with_middle_for(ExtendedKeyUsagePurpose::ClientAuth, &[usage]);
        let signer = Signer::new(key, vec![leaf, middle]).unwrap();
        let document = signer.sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
        let trust = Trust::nobody().with_authority(&root).unwrap();
        assert_eq!(Verifier::new(trust).verify_at_any_time(document.as_bytes()).is_ok(), accepted);
    }
}

/// A sender that is accepted does not thereby issue certificates.
#[test]
fn lists_no_sender_as_an_authority() {
    let sender = Sender::p256();
    let issuer = rcgen::Issuer::new(params("ven-7"), KeyPair::from_pem(&sender.key).unwrap());
    let key = KeyPair::generate().unwrap();
    let issued = certificate(params("ven-8").signed_by(&key, &issuer).unwrap().der());
    let key = PrivateKey::from_pkcs8(&key.serialize_der()).unwrap();
    let signer = Signer::new(key, vec![issued, sender.certificate.clone()]).unwrap();
    let document = signer.sign(poll(), &ReplayProtect::new(noon(), "1")).unwrap();
    let listed = Verifier::new(Trust::listed([sender.certificate]).unwrap());
    let error = listed.verify_at_any_time(document.as_bytes()).unwrap_err();
    assert!(matches!(error, Error::UnknownCertificate { .. }), "{error}");
}

#[test]
fn verifies_the_messages_of_openleadr() {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA").map(PathBuf::from) else {
        writeln!(std::io::stderr(), "SKIPPED: CONFORMANCE_DATA is not set").unwrap();
        return;
    };
    let corpus = std::fs::read_dir(data.join("openadr/corpus/openleadr")).unwrap();
    let files =
        corpus.map(|entry| entry.unwrap().path()).filter(|file| file.to_string_lossy().contains("_signed_"));
    let verifier = Verifier::new(Trust::anyone());
    let mut verified = 0;
    for file in files {
        let document = std::fs::read(&file).unwrap();
        let outcome = verifier.verify_at_any_time(&document);
        let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(outcome.message(), Payload::from_xml(&document).unwrap().message(), "{}", file.display());

        let mut guard = ReplayGuard::default();
        let pinned = Verifier::new(Trust::listed([outcome.sender().clone()]).unwrap());
        pinned.verify(&document, outcome.timestamp(), &mut guard).unwrap();
        assert!(matches!(
            pinned.verify(&document, outcome.timestamp(), &mut guard),
            Err(Error::Replayed { .. })
        ));
        assert!(matches!(pinned.verify(&document, noon(), &mut guard), Err(Error::Stale { .. })));
        verified += 1;
    }
    assert!(verified >= 8, "{verified} messages");
}

/// What stands from one text up to and with another.
fn part<'a>(document: &'a str, from: &str, to: &str) -> &'a str {
    let start = document.find(from).unwrap();
    &document[start..start + document[start..].find(to).unwrap() + to.len()]
}
