//! Jobs: queue, leases, attempts, cancellation.

use crate::{NOW, SECOND};
use aisle_domain::JobId;
use aisle_domain::job::{JobKind, JobState, Progress};
use aisle_store::jobs::{self, Heartbeat, NewJob};
use aisle_store::{Store, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const LEASE: i64 = 30 * SECOND;

async fn enqueue(store: &Store, params: &Value, dedupe_key: Option<&str>) -> (JobId, bool) {
    let job = NewJob { kind: JobKind::Train, params, created_by: "ada", max_attempts: 2, dedupe_key };
    jobs::enqueue(store, &job, NOW).await.unwrap()
}

async fn claim(store: &Store, worker: &str, now: i64) -> Option<JobId> {
    jobs::claim(store, worker, LEASE, now).await.unwrap().map(|claimed| claimed.id)
}

pub(crate) async fn no_job_is_claimed_twice(store: Store) {
    let mut queued = BTreeSet::new();
    for number in 0..200 {
        queued.insert(enqueue(&store, &json!({ "number": number }), None).await.0.to_string());
    }
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let worker = format!("worker-{number}");
                let mut mine = Vec::new();
                while let Some(job) = jobs::claim(&store, &worker, LEASE, NOW).await.unwrap() {
                    assert_eq!((job.attempts, job.max_attempts), (1, 2));
                    mine.push(job.id.to_string());
                }
                mine
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap());
    }
    assert_eq!(claimed.len(), 200);
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), queued);
    let statistics = jobs::statistics(&store).await.unwrap();
    assert_eq!((statistics.queued, statistics.running, statistics.oldest_ready_at), (0, 200, None));
}

async fn enqueue_import(store: &Store, now: i64) -> JobId {
    let params = json!({});
    let job = NewJob { kind: JobKind::Import, params: &params, created_by: "ada", max_attempts: 2, dedupe_key: None };
    jobs::enqueue(store, &job, now).await.unwrap().0
}

pub(crate) async fn imports_exclude_each_other(store: Store) {
    let mut imports = BTreeSet::new();
    for _ in 0..12 {
        imports.insert(enqueue_import(&store, NOW).await.to_string());
    }
    // All of them claim at once, over and over; on PostgreSQL each through a connection of its own, as other machines do.
    let running = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let (store, running) = (store.clone(), Arc::clone(&running));
            tokio::spawn(async move {
                let (worker, mut mine, mut idle) = (format!("worker-{number}"), Vec::new(), 0);
                while idle < 20 {
                    let Some(job) = jobs::claim(&store, &worker, LEASE, NOW).await.unwrap() else {
                        idle += 1;
                        tokio::task::yield_now().await;
                        continue;
                    };
                    assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "two imports run at once");
                    jobs::heartbeat(&store, &job.id, &worker, &Progress::default(), LEASE, NOW).await.unwrap();
                    running.fetch_sub(1, Ordering::SeqCst);
                    jobs::succeed(&store, &job.id, &worker, "done", NOW).await.unwrap();
                    mine.push(job.id.to_string());
                }
                mine
            })
        })
        .collect();
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    while let Some(job) = claim(&store, "last", NOW).await {
        jobs::succeed(&store, &job, "last", "done", NOW).await.unwrap();
        done.push(job.to_string());
    }
    assert_eq!(done.len(), 12, "each import runs once");
    assert_eq!(done.into_iter().collect::<BTreeSet<_>>(), imports);
}

pub(crate) async fn an_import_whose_worker_died_comes_before_the_next_one(store: Store) {
    let (first, second) = (enqueue_import(&store, NOW - SECOND).await, enqueue_import(&store, NOW).await);
    assert_eq!(claim(&store, "dead", NOW).await, Some(first.clone()));
    assert_eq!(claim(&store, "other", NOW).await, None, "the second import waits");
    let (training, _) = enqueue(&store, &json!({}), None).await;
    assert_eq!(claim(&store, "other", NOW).await, Some(training.clone()), "other work goes on");
    jobs::succeed(&store, &training, "other", "done", NOW).await.unwrap();
    assert_eq!(claim(&store, "other", NOW + LEASE - 1).await, None);
    assert_eq!(claim(&store, "heir", NOW + LEASE).await, Some(first.clone()), "half-done work first");
    jobs::fail(&store, &first, "heir", "disk full", Some(NOW + 9 * LEASE), NOW + LEASE).await.unwrap();
    // While the first waits for its next attempt, the second has its turn.
    assert_eq!(claim(&store, "other", NOW + LEASE).await, Some(second.clone()));
    assert_eq!(claim(&store, "heir", NOW + 9 * LEASE).await, Some(second), "its lease has ended by then");
}

pub(crate) async fn a_lost_lease_is_claimed_again_and_its_first_worker_hears_of_it(store: Store) {
    let (id, _) = enqueue(&store, &json!({"file": 1}), None).await;
    assert_eq!(jobs::params(&store, &id).await.unwrap(), json!({"file": 1}));
    let first = jobs::claim(&store, "first", LEASE, NOW).await.unwrap().unwrap();
    assert_eq!((first.kind, first.params, first.created_by.as_str()), (JobKind::Train, json!({"file": 1}), "ada"));
    assert_eq!(claim(&store, "second", NOW + LEASE - 1).await, None);
    let progress = Progress { done: 3, total: Some(9), note: "reading".into() };
    let beat = |worker: &'static str, now| {
        let (store, id, progress) = (store.clone(), id.clone(), progress.clone());
        async move { jobs::heartbeat(&store, &id, worker, &progress, LEASE, now).await.unwrap() }
    };
    assert_eq!(beat("first", NOW + LEASE - 1).await, Heartbeat::Continue);
    let shown = jobs::get(&store, &id).await.unwrap();
    assert_eq!((shown.state, shown.progress, shown.started_at), (JobState::Running, progress.clone(), Some(NOW)));
    assert_eq!(claim(&store, "second", NOW + LEASE).await, None, "the heartbeat extended the lease");
    let later = NOW + 2 * LEASE;
    assert_eq!(claim(&store, "second", later).await, Some(id.clone()));
    assert_eq!(jobs::get(&store, &id).await.unwrap().attempts, 1, "a crash resumes the attempt");
    assert_eq!(beat("first", later).await, Heartbeat::LeaseLost);
    assert!(matches!(jobs::succeed(&store, &id, "first", "x", later).await, Err(StoreError::LeaseLost { .. })));
    assert!(matches!(jobs::fail(&store, &id, "first", "x", None, later).await, Err(StoreError::LeaseLost { .. })));
    assert_eq!(jobs::release(&store, "sec", later).await.unwrap(), 1);
    assert_eq!(claim(&store, "third", later).await, Some(id.clone()), "given back, it is claimed at once");
    jobs::succeed(&store, &id, "third", "import-1", later).await.unwrap();
    let done = jobs::get(&store, &id).await.unwrap();
    assert_eq!(
        (done.state, done.result.as_deref(), done.finished_at),
        (JobState::Succeeded, Some("import-1"), Some(later))
    );
    assert_eq!(jobs::purge(&store, later + 1).await.unwrap(), 1);
    assert!(matches!(jobs::get(&store, &id).await, Err(StoreError::NotFound { what: "job", .. })));
}

pub(crate) async fn attempts_are_limited_and_wait_for_their_time(store: Store) {
    let (id, _) = enqueue(&store, &json!({}), None).await;
    assert_eq!(claim(&store, "w", NOW).await, Some(id.clone()));
    let retry_at = NOW + 60 * SECOND;
    let state = jobs::fail(&store, &id, "w", "disk full", Some(retry_at), NOW).await.unwrap();
    assert_eq!((state, jobs::get(&store, &id).await.unwrap().error.as_deref()), (JobState::Queued, Some("disk full")));
    assert_eq!(jobs::statistics(&store).await.unwrap().oldest_ready_at, Some(retry_at));
    assert_eq!(claim(&store, "w", retry_at - 1).await, None);
    assert_eq!(claim(&store, "w", retry_at).await, Some(id.clone()));
    let state = jobs::fail(&store, &id, "w", "disk full", Some(retry_at), NOW).await.unwrap();
    assert_eq!(state, JobState::Failed, "two attempts were allowed");
    assert_eq!(claim(&store, "w", retry_at).await, None);
    jobs::retry(&store, &id, NOW).await.unwrap();
    assert!(matches!(jobs::retry(&store, &id, NOW).await, Err(StoreError::Conflict { .. })));
    assert_eq!(claim(&store, "w", NOW).await, Some(id.clone()));
    assert_eq!(
        jobs::fail(&store, &id, "w", "bad file", None, NOW).await.unwrap(),
        JobState::Failed,
        "not worth a retry"
    );
}

pub(crate) async fn cancellation_reaches_queued_and_running_jobs(store: Store) {
    let (queued, _) = enqueue(&store, &json!({}), None).await;
    assert_eq!(jobs::request_cancel(&store, &queued, NOW + 1).await.unwrap(), JobState::Cancelled);
    assert_eq!(jobs::get(&store, &queued).await.unwrap().finished_at, Some(NOW + 1));
    let (running, _) = enqueue(&store, &json!({}), None).await;
    assert_eq!(claim(&store, "w", NOW).await, Some(running.clone()));
    assert_eq!(jobs::request_cancel(&store, &running, NOW).await.unwrap(), JobState::Running);
    let heard = jobs::heartbeat(&store, &running, "w", &Progress::default(), LEASE, NOW).await.unwrap();
    assert_eq!(heard, Heartbeat::CancelRequested);
    jobs::cancelled(&store, &running, "w", NOW).await.unwrap();
    assert_eq!(jobs::request_cancel(&store, &running, NOW).await.unwrap(), JobState::Cancelled);
    let (orphan, _) = enqueue(&store, &json!({}), None).await;
    assert_eq!(claim(&store, "w", NOW).await, Some(orphan.clone()));
    jobs::request_cancel(&store, &orphan, NOW).await.unwrap();
    assert_eq!(claim(&store, "w", NOW + LEASE).await, None, "nobody wants it any more");
    assert_eq!(jobs::get(&store, &orphan).await.unwrap().state, JobState::Cancelled);
    let listed = jobs::list(&store, Some(JobKind::Train), Some(JobState::Cancelled), None, 9).await.unwrap();
    assert_eq!(listed.len(), 3);
    let rest = jobs::list(&store, None, None, Some(&listed[0].id), 9).await.unwrap();
    assert_eq!(rest, listed[1..]);
}

pub(crate) async fn a_dedupe_key_allows_one_live_job(store: Store) {
    let (first, new) = enqueue(&store, &json!({}), Some("train")).await;
    assert!(new);
    assert_eq!(enqueue(&store, &json!({}), Some("train")).await, (first.clone(), false));
    assert_eq!(claim(&store, "w", NOW).await, Some(first.clone()));
    assert_eq!(enqueue(&store, &json!({}), Some("train")).await, (first.clone(), false));
    jobs::fail(&store, &first, "w", "x", None, NOW).await.unwrap();
    let (second, new) = enqueue(&store, &json!({}), Some("train")).await;
    assert!(new && second != first);
    assert!(matches!(jobs::retry(&store, &first, NOW).await, Err(StoreError::Conflict { .. })));
    assert!(enqueue(&store, &json!({}), None).await.1 && enqueue(&store, &json!({}), None).await.1);
}

pub(crate) async fn a_job_that_kills_its_workers_is_given_up(store: Store) {
    let (id, _) = enqueue(&store, &json!({}), None).await;
    let mut now = NOW;
    let mut claims = 0;
    while claim(&store, "w", now).await.is_some() {
        claims += 1;
        now += LEASE;
        assert!(claims <= 100);
    }
    assert_eq!(claims, 1 + jobs::MAX_LOST_LEASES);
    let job = jobs::get(&store, &id).await.unwrap();
    assert_eq!(job.state, JobState::Failed);
    assert!(job.error.unwrap().contains("died"));
}
