//! Jobs when things go wrong: workers that die, users who change their minds, work that fails.

use crate::clock::{self, SECOND};
use crate::jobs;
use crate::testing::{TestApp, tiny_sales};
use aisle_domain::job::{JobKind, JobState, JobView};
use aisle_domain::{JobId, Role};
use aisle_store::imports::{self, ImportState};
use aisle_store::jobs as kept;
use std::fmt::Write;
use std::time::Duration;

/// Waits for a job to be as wanted, for at most two minutes.
async fn wait_for(test: &TestApp, job: &JobId, what: &str, wanted: impl Fn(&JobView) -> bool) -> JobView {
    for _ in 0..2_400 {
        let view = kept::get(&test.app.store, job).await.unwrap();
        if wanted(&view) {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let view = kept::get(&test.app.store, job).await.unwrap();
    panic!("two minutes were not enough for the job to be {what}: {view:?}");
}

#[tokio::test]
async fn work_whose_worker_died_is_taken_up_and_done_once() {
    let test = TestApp::empty().await;
    let (import, job) = test.queue_import("sales.csv", &tiny_sales()).await;
    // A worker that claimed the job an hour ago and was never heard of again.
    let long_ago = clock::now() - 3_600 * SECOND;
    let claim = kept::claim(&test.app.store, "dead", 15 * SECOND, clock::now()).await.unwrap().expect("the job");
    assert_eq!(claim.id, job);
    let before = kept::claim(&test.app.store, "early", 15 * SECOND, clock::now()).await.unwrap();
    assert!(before.is_none(), "a lease that runs is respected");
    kept::release(&test.app.store, "dead", long_ago).await.unwrap();
    let report = test.report(&(import, job.clone())).await;
    assert_eq!((report.files[0].read, report.files[0].taken), (720, 720));
    let view = kept::get(&test.app.store, &job).await.unwrap();
    assert_eq!(view.attempts, 1, "a lost lease is no failed attempt");
    let late = kept::succeed(&test.app.store, &job, "dead", "twice", clock::now()).await;
    assert!(late.is_err(), "the dead worker's word counts no more");
}

#[tokio::test]
async fn a_queued_job_is_cancelled_at_once_and_can_be_queued_again() {
    let test = TestApp::empty().await;
    let (import, job) = test.queue_import("sales.csv", &tiny_sales()).await;
    test.user(Role::Planner).await;
    let planner = test.signed_in("planner").await;
    let (program, _) = test.program("planner", &[aisle_domain::Permission::RunJobs]).await;
    let path = format!("/api/v1/jobs/{job}/cancel");
    assert_eq!(program.json(&path, &serde_json::json!({})).await.json(202)["state"], "cancelled");
    // The board of jobs is not the only one to know.
    assert!(kept::claim(&test.app.store, "w", SECOND, clock::now()).await.unwrap().is_none());
    let again = planner.json_form("/fn/retry_job", &[("id", job.as_str())]).await;
    assert!(again.status.is_success(), "{again:?}");
    assert_eq!(test.report(&(import, job)).await.files[0].taken, 720);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_job_stops_when_asked() {
    let test = TestApp::empty().await;
    // A training that takes far longer than the worker needs to hear of the request.
    let mut text = "date,store,item,revenue\n".to_owned();
    let first = aisle_domain::Day::parse("2019-01-04").unwrap();
    for series in 0..3_000 {
        for week in 0..110 {
            let value = 100 + (week * 7 + series * 13) % 90;
            writeln!(text, "{},s{:02},i{:03},{value}.00", first.plus(week * 7), series % 30, series / 30).unwrap();
        }
    }
    test.import("large.csv", &text).await;
    let job = test.app.enqueue("test", JobKind::Train, serde_json::json!({}), Some("train")).await.unwrap();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(jobs::work(test.app.clone(), stopping));
    wait_for(&test, &job.id, "running", |view| view.state == JobState::Running).await;
    kept::request_cancel(&test.app.store, &job.id, clock::now()).await.unwrap();
    let ended = wait_for(&test, &job.id, "cancelled", |view| view.state.is_final()).await;
    assert_eq!(ended.state, JobState::Cancelled, "{ended:?}");
    assert!(aisle_store::artefacts::list(&test.app.store, None, None, 10).await.unwrap().is_empty());
    stop.send(true).unwrap();
    worker.await.unwrap();
}

#[tokio::test]
async fn work_that_fails_is_tried_again_later_and_succeeds_when_it_can() {
    let test = TestApp::empty().await;
    let (import, job) = test.queue_import("sales.csv", &tiny_sales()).await;
    // Something lies where the table belongs: a fault that somebody clears away.
    let table = std::path::Path::new(test.app.lake.root()).join("sales");
    std::fs::write(&table, "in the way").unwrap();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(jobs::work(test.app.clone(), stopping));
    let failed = wait_for(&test, &job, "failed once", |view| view.error.is_some()).await;
    assert!(!failed.state.is_final(), "{failed:?}");
    assert_eq!(imports::get(&test.app.store, &import).await.unwrap().state, ImportState::Running, "not given up");
    std::fs::remove_file(&table).unwrap();
    let done = wait_for(&test, &job, "done", |view| view.state.is_final()).await;
    assert_eq!(done.state, JobState::Succeeded, "{done:?}");
    assert!(done.attempts >= 2);
    let waited = done.started_at.expect("a start") - done.created_at;
    assert!(waited >= 2 * SECOND, "it was tried again after {waited} µs, not after two seconds at the least");
    stop.send(true).unwrap();
    worker.await.unwrap();
    let report = imports::get(&test.app.store, &import).await.unwrap().report.expect("a report");
    assert_eq!((report.files[0].read, report.files[0].taken), (720, 720));
}

#[tokio::test]
async fn work_that_can_never_succeed_is_given_up_at_once_and_the_import_says_why() {
    let test = TestApp::empty().await;
    let (import, job) = test.queue_import("sales.csv", &tiny_sales()).await;
    let files = imports::files(&test.app.store, &import).await.unwrap();
    std::fs::remove_file(&files[0].path).unwrap();
    jobs::work_off(&test.app, &job, |_| ()).await.unwrap();
    let ended = kept::get(&test.app.store, &job).await.unwrap();
    assert_eq!((ended.state, ended.attempts), (JobState::Failed, 1), "{ended:?}");
    let import = imports::get(&test.app.store, &import).await.unwrap();
    assert_eq!(import.state, ImportState::Failed);
    assert!(import.error.is_some_and(|error| error.contains("sales.csv")), "the error names the file");

    let empty = TestApp::empty().await;
    let job = empty.app.enqueue("test", JobKind::Train, serde_json::json!({}), Some("train")).await.unwrap();
    jobs::work_off(&empty.app, &job.id, |_| ()).await.unwrap();
    let ended = kept::get(&empty.app.store, &job.id).await.unwrap();
    assert_eq!(ended.state, JobState::Failed);
    assert!(ended.error.is_some_and(|error| error.contains("no sales")));
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_leaves_its_job_to_the_next() {
    let test = TestApp::empty().await;
    let (import, job) = test.queue_import("sales.csv", &tiny_sales()).await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    stop.send(true).unwrap();
    jobs::work(test.app.clone(), stopping).await;
    assert_eq!(
        kept::get(&test.app.store, &job).await.unwrap().state,
        JobState::Queued,
        "a stopped worker claims nothing"
    );
    assert_eq!(test.report(&(import, job)).await.files[0].taken, 720);
}

#[tokio::test]
async fn several_workers_do_every_job_once() {
    let test = TestApp::empty().await;
    let mut queued = Vec::new();
    for part in 0..6 {
        let rows: String = (1..=28).map(|day| format!("2021-02-{day:02},north,item {part},{day},1.00\n")).collect();
        queued.push(
            test.queue_import(&format!("part{part}.csv"), &format!("date,store,item,quantity,revenue\n{rows}")).await,
        );
    }
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let workers: Vec<_> = (0..3).map(|_| tokio::spawn(jobs::work(test.app.clone(), stopping.clone()))).collect();
    for (_, job) in &queued {
        let ended = wait_for(&test, job, "done", |view| view.state.is_final()).await;
        assert_eq!((ended.state, ended.attempts), (JobState::Succeeded, 1), "{ended:?}");
    }
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    let sums = test.app.lake.sums_by_kind(&aisle_lake::SaleFilter::everything()).await.unwrap();
    assert_eq!(sums.iter().map(|sum| sum.rows).sum::<u64>(), 6 * 28);
}
