//! How long it takes to verify a message, beside what no verifier can do without.
//!
//! `ours` verifies a document: it takes it apart, makes canonical forms, and checks digests, certificate and signature.
//! `bare` is the signature and the digests alone, over the same bytes, laid out beforehand. `typed` is reading the same
//! message unsigned; `both` verifies and then reads. `exclusive` is `ours` where canonical forms have to be made, which are
//! longer, and `exclusive_bare` the digests of those.

#[path = "codec/messages.rs"]
mod messages;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use openadr_types::Payload;
use openadr_types::poll::Poll;
use openadr_types::signature::{
    Canonicalization, Certificate, PrivateKey, ReplayProtect, Signer, Trust, Verifier,
};
use rcgen::{CertificateParams, KeyPair};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use ring::{digest, rand};

const RSA: &str = include_str!("../tests/keys/rsa.pem");

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let poll = Payload::new(Poll::new("ven-7"));
    for (name, message) in [("poll", poll), ("event", messages::event()), ("report", messages::report())] {
        verify(&mut criterion, &format!("verify_{name}"), &message);
    }
    criterion.final_summary();
}

fn verify(criterion: &mut Criterion, name: &str, message: &Payload) {
    let key = KeyPair::from_pem(RSA).expect("a key");
    let params = CertificateParams::new(vec!["ven.example".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    let certificate = Certificate::from_der(certificate.der().to_vec()).expect("a certificate");
    let at = "2026-11-23T12:00:00Z".parse().expect("a time");
    let [document, exclusive] = [Canonicalization::Inclusive, Canonicalization::Exclusive].map(|how| {
        let signer =
            Signer::new(PrivateKey::from_pem(RSA.as_bytes()).expect("a key"), vec![certificate.clone()])
                .expect("the certificate of the key")
                .with_canonicalization(how);
        signer.sign(message.clone(), &ReplayProtect::new(at, "nonce")).expect("a message")
    });
    let verifier = Verifier::new(Trust::nobody().with_sender(certificate));
    let verify = |document: &str| verifier.verify_at_any_time(document.as_bytes()).expect("a sound message");
    assert_eq!(verify(&document).message(), message.message());
    assert_eq!(verify(&exclusive).message(), message.message());

    // The object is written in its canonical form; the other two differ from theirs by a few declarations only.
    let [signed_info, property, object] = [
        ("<ds:SignedInfo", "</ds:SignedInfo>"),
        ("<ds:SignatureProperty ", "</ds:SignatureProperty>"),
        OBJECT,
    ]
    .map(|(start, end)| part(&document, start, end).as_bytes());
    let authentic = verifier.authenticate(exclusive.as_bytes()).expect("a sound message");
    let exclusive_object = authentic.signed_object().as_bytes();
    let pair = RsaKeyPair::from_pkcs8(&key.serialize_der()).expect("a key");
    let mut value = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &rand::SystemRandom::new(), signed_info, &mut value).expect("a signature");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref());

    let unsigned = message.to_xml().expect("a message");
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(document.len() as u64));
    for (id, document) in [("ours", &document), ("exclusive", &exclusive)] {
        group.bench_function(id, |b| {
            b.iter(|| {
                let authentic =
                    verifier.authenticate(black_box(document.as_bytes())).expect("a sound message");
                authentic.signed_object().len()
            });
        });
    }
    group.bench_function("both", |b| b.iter(|| verify(black_box(&document))));
    for (id, object) in [("bare", object), ("exclusive_bare", exclusive_object)] {
        group.bench_function(id, |b| {
            b.iter(|| {
                let digests = [property, object].map(|part| digest::digest(&digest::SHA256, black_box(part)));
                public.verify(black_box(signed_info), &value).expect("a sound signature");
                digests
            });
        });
    }
    group.bench_function("typed", |b| {
        b.iter(|| Payload::from_xml(black_box(unsigned.as_bytes())).expect("a message"));
    });
    group.finish();
}

const OBJECT: (&str, &str) = ("<oadr:oadrSignedObject", "</oadr:oadrSignedObject>");

fn part<'a>(document: &'a str, start: &str, end: &str) -> &'a str {
    let from = document.find(start).expect("a start");
    let to = document.find(end).expect("an end") + end.len();
    &document[from..to]
}
