//! Sealing and opening a message of 96 periods, beside the signature alone.
//!
//! `cargo bench -p usef-messages --features sealing --bench sealing`

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::{Signer as _, SigningKey};
use usef_messages::Payload;
use usef_messages::sealing::{Received, SecretKey, seal_message};
use usef_messages::values::Role;

const SEED: [u8; 32] = [7; 32];

/// A day in quarters of an hour, each with a power of its own.
fn message() -> Payload {
    let isps: String = (1..=96)
        .map(|isp| format!(r#"<ISP Power="-{}" Start="{isp}" Duration="1"/>"#, isp * 13_577 % 500_000))
        .collect();
    let document = format!(
        r#"<FlexOffer Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
            TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
            ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4" ISP-Duration="PT15M" TimeZone="Europe/London"
            Period="2026-11-23" CongestionPoint="ean.871685900012636543" ExpirationDateTime="2026-11-22T23:00:00Z"
            FlexRequestMessageID="bbbbbbbb-cccc-4ddd-8eee-ffffffffffff" Currency="EUR">
            <OfferOption OptionReference="a" Price="12.50" MinActivationFactor="1.00">{isps}</OfferOption>
        </FlexOffer>"#
    );
    Payload::from_xml(document.as_bytes()).expect("a message")
}

fn flex_offer_96(criterion: &mut Criterion) {
    let message = message();
    let payload = message.to_xml().expect("writable").into_bytes();
    let key = SecretKey::from_seed(&SEED);
    let keys = [key.public_key()];
    let mut group = criterion.benchmark_group("flex_offer_96");
    group.throughput(Throughput::Bytes(payload.len() as u64));
    group.bench_function("seal_open", |bencher| {
        bencher.iter(|| {
            let envelope = seal_message(black_box(&message), Role::Agr, &key).expect("sealed");
            let document = envelope.to_xml().expect("written");
            let received = Received::<Payload>::read(black_box(document.as_bytes())).expect("read");
            received.open(&keys).expect("opened")
        });
    });
    let key = SigningKey::from_bytes(&SEED);
    let public = key.verifying_key();
    group.bench_function("bare_ed25519", |bencher| {
        bencher.iter(|| {
            let signature = key.sign(black_box(&payload));
            public.verify_strict(black_box(&payload), &signature).expect("verified");
        });
    });
    group.finish();
}

criterion_group!(benches, flex_offer_96);
criterion_main!(benches);
