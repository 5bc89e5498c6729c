//! What one more message costs where many are kept already: the times of a group are alike, however many there are.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use usef_messages::Payload;
use usef_messages::conversation::{self, Full, Limits, Memory, Room, Store as _};
use usef_messages::discovery::{AddressBook, keys_name};
use usef_messages::keys::KeyString;
use usef_messages::roles::store::{MemoryStore, Peer};
use usef_messages::roles::{Config, Dso};
use usef_messages::sealing::SecretKey;
use usef_messages::validation::{Context, Policy};
use usef_messages::values::Role;

const COUNTS: [u32; 3] = [100, 1_000, 10_000];

/// A plan for a day, in a conversation of its own.
fn plan(revision: u32) -> Payload {
    let document = format!(
        r#"<D-Prognosis Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
        TimeStamp="2026-11-22T10:00:00Z" MessageID="{revision:08x}-0000-4000-8000-000000000000"
        ConversationID="{revision:08x}-0000-4000-8000-000000000001" ISP-Duration="PT15M" TimeZone="Europe/London"
        Period="2026-11-23" CongestionPoint="ean.871685900012636543" Revision="{revision}"><ISP Power="750000"
        Start="1" Duration="96"/></D-Prognosis>"#
    );
    Payload::from_xml(document.as_bytes()).unwrap()
}

/// A memory full of plans that nobody answered.
fn full(count: u32) -> Memory {
    let room = Room { messages: usize::try_from(count).unwrap(), bytes: usize::MAX };
    let mut memory = Memory::new(Limits { total: room, pair: room, conversation_messages: 1_000 });
    for revision in 0..count {
        let plan = plan(revision);
        let at = plan.time_stamp();
        memory.insert(plan, b"", at).unwrap();
    }
    memory
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("memory_refuse");
    for count in COUNTS {
        let (mut memory, new) = (full(count), plan(count));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| assert_eq!(memory.insert(new.clone(), b"", new.time_stamp()), Err(Full::Pair)));
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("revision_check");
    for count in COUNTS {
        let (memory, new, policy) = (full(count), plan(count), Policy::anyone());
        let context = Context::new(&policy);
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| assert_eq!(conversation::validate(black_box(&new), &context, &memory), Ok(Vec::new())));
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("outbox_send");
    let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
    for count in COUNTS {
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter_batched_ref(
                || waiting(count, now),
                |(dso, peer)| {
                    dso.test(peer, now).unwrap();
                    (dso.poll_transmit(now + TimeDelta::seconds(1)), dso.poll_timeout())
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// A grid operator with so many messages for a peer that is not there.
fn waiting(count: u32, now: DateTime<Utc>) -> (Dso, Peer) {
    let peer = Peer::new("agr.example".parse().unwrap(), Role::Agr);
    let mut book = AddressBook::default();
    let sign = SecretKey::from_seed(&[1; 32]).public_key();
    book.insert_text(&keys_name(&peer.domain, peer.role), &KeyString { sign, encrypt: None }.to_string());
    let mut config = Config::new("dso.example".parse().unwrap());
    config.max_waiting = usize::MAX;
    let mut dso = Dso::new(config, SecretKey::from_seed(&[2; 32]), book, MemoryStore::default(), 1).unwrap();
    dso.together(|dso| {
        for _ in 0..count {
            dso.test(&peer, now).unwrap();
        }
    })
    .unwrap();
    (dso, peer)
}

criterion_group!(benches, bench);
criterion_main!(benches);
