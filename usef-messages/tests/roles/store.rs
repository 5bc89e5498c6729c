//! A store that fails, and what callers and peers are told meanwhile.

use std::sync::{Arc, Mutex};

use usef_messages::roles::store::{Change, Entry, MemoryStore, Peer, Store, StoreError};
use usef_messages::roles::{Agr, Error, Event, Refusal, Taken, status};
use usef_messages::status::Status;
use usef_messages::values::Role;

use crate::stage::{agr_on, config, domain, dso_on, now, plan, subject};

/// A store that fails at some of its operations, counted from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flaky {
    inner: MemoryStore,
    plan: Arc<Mutex<FailurePlan>>,
}

#[derive(Debug, Default)]
struct FailurePlan {
    first: u64,
    count: u64,
    commits: u64,
    failed: bool,
    loads_fail: bool,
}

impl Flaky {
    pub(crate) fn failing(first: u64, count: u64) -> Self {
        let plan = FailurePlan { first, count, ..FailurePlan::default() };
        Self { plan: Arc::new(Mutex::new(plan)), ..Self::default() }
    }

    /// How often something was to be made durable.
    pub(crate) fn commits(&self) -> u64 {
        self.plan.lock().unwrap().commits
    }

    /// Whether it failed since this was last asked.
    pub(crate) fn take_failed(&self) -> bool {
        std::mem::take(&mut self.plan.lock().unwrap().failed)
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.inner.clone().load().unwrap()
    }

    fn fail(&self, count: u64) {
        let mut plan = self.plan.lock().unwrap();
        (plan.first, plan.count) = (plan.commits, count);
    }
}

impl Store for Flaky {
    fn load(&mut self) -> Result<Vec<Entry>, StoreError> {
        if self.plan.lock().unwrap().loads_fail {
            return Err(StoreError("no such file".to_owned()));
        }
        self.inner.load()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut plan = self.plan.lock().unwrap();
        let at = plan.commits;
        plan.commits += 1;
        if (plan.first..plan.first.saturating_add(plan.count)).contains(&at) {
            plan.failed = true;
            return Err(StoreError("the disk is full".to_owned()));
        }
        drop(plan);
        self.inner.commit(changes)
    }
}

#[test]
fn a_participant_does_not_start_from_a_store_that_cannot_be_read() {
    let store = Flaky::default();
    store.plan.lock().unwrap().loads_fail = true;
    let error = agr_on(config("agr.example"), store).unwrap_err();
    assert_eq!(error.to_string(), "the store failed: no such file");
}

#[test]
fn a_call_says_that_the_store_failed_and_nothing_goes_out_until_it_works() {
    let store = Flaky::failing(0, 3);
    let mut agr = agr_on(config("agr.example"), store.clone()).unwrap();
    let peer = Peer { domain: domain("dso.example"), role: Role::Dso };
    let error = agr.test(&peer, now()).unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error:?}");
    assert_eq!(error.to_string(), "the store failed: the disk is full");
    assert_eq!(agr.poll_transmit(now()), None);
    assert_eq!(agr.poll_timeout(), Some(now()), "the message is due");
    assert_eq!(agr.poll_event(), None);
    assert_eq!(store.entries(), []);
    assert!(agr.poll_transmit(now()).is_some());
    assert_eq!(store.entries().len(), 1);
}

#[test]
fn several_things_become_durable_together_or_not_at_all() {
    let store = Flaky::default();
    let mut agr = agr_on(config("agr.example"), store.clone()).unwrap();
    let peer = Peer { domain: domain("dso.example"), role: Role::Dso };
    let two = |agr: &mut Agr| {
        agr.together(|agr| {
            agr.test(&peer, now()).unwrap();
            assert_eq!(agr.poll_transmit(now()), None, "half of it");
            agr.test(&peer, now()).unwrap();
        })
    };
    store.fail(1);
    assert_eq!(two(&mut agr).unwrap_err(), StoreError("the disk is full".to_owned()));
    assert_eq!(store.entries(), []);
    agr.handle_timeout(now());
    assert_eq!(store.entries().len(), 2);
    two(&mut agr).unwrap();
    assert_eq!((store.entries().len(), store.commits()), (4, 3));
}

#[test]
fn a_peer_posts_again_what_could_not_be_kept_and_it_counts_once() {
    let store = Flaky::default();
    let mut dso = dso_on(config("dso.example"), store.clone()).unwrap();
    let mut agr = agr_on(config("agr.example"), MemoryStore::default()).unwrap();
    agr.prognosis(&domain("dso.example"), subject(), plan(), now()).unwrap();
    let posted = agr.poll_transmit(now()).unwrap();
    store.fail(2);
    for _ in 0..2 {
        let taken = dso.handle_request(&posted.body, now());
        assert!(matches!(taken, Err(Refusal::Store(_))), "{taken:?}");
        assert_eq!(taken.as_ref().unwrap_err().to_string(), "the store failed: the disk is full");
        assert_eq!(status(&taken), Status::Failed);
    }
    assert_eq!(dso.handle_request(&posted.body, now()).unwrap(), Taken::Before);
    assert_eq!(store.entries().len(), 2, "the plan and its answer");
    assert!(matches!(dso.poll_event(), Some(Event::Request { .. })));
    assert_eq!(dso.poll_event(), None);
}
