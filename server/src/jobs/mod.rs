//! Long work: claimed with a lease, reported as it goes, stopped when asked, taken up again after a crash.

pub(crate) mod backtest;
pub(crate) mod import;
pub(crate) mod replay;
pub(crate) mod train;

mod compact;
mod impact;
mod panel;
mod stock_outs;

use crate::clock::{self, SECOND};
use crate::state::App;
use aisle_domain::job::{JobKind, Progress};
use aisle_domain::{JobId, Problem};
use aisle_store::jobs::{self, Claimed, Heartbeat};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// A worker that does not report for so long is taken for dead, and its job is claimed by another.
const LEASE: i64 = 15 * SECOND;
/// How often a worker reports, and hears that its job is to stop; tests do not wait as long.
const BEAT: Duration = Duration::from_millis(if cfg!(test) { 50 } else { 3_000 });
const IDLE: Duration = Duration::from_millis(400);

/// How a job ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    /// A user asked for it, or the program shuts down, or the lease went to another worker.
    #[error("stopped")]
    Stopped,
    /// It cannot be done, and trying again changes nothing.
    #[error("{0}")]
    Hopeless(String),
    /// It failed; it is tried again.
    #[error("{0}")]
    Failed(String),
}

impl From<aisle_store::StoreError> for JobError {
    fn from(error: aisle_store::StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<aisle_lake::LakeError> for JobError {
    fn from(error: aisle_lake::LakeError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Problem> for JobError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem.detail)
    }
}

/// What running work tells the outside, and hears from it.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    progress: Arc<Mutex<Progress>>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// Says how far the work has come.
    pub(crate) fn say(&self, done: u64, total: Option<u64>, note: impl Into<String>) {
        if let Ok(mut progress) = self.progress.lock() {
            *progress = Progress { done, total, note: note.into() };
        }
    }

    /// Whether the work is to stop at the next safe place.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asks the work to stop.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Ends the work where it is to stop.
    pub(crate) fn check(&self) -> Result<(), JobError> {
        if self.stopped() { Err(JobError::Stopped) } else { Ok(()) }
    }

    /// How far the work has come.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.lock().map(|progress| progress.clone()).unwrap_or_default()
    }
}

/// Works until told to stop; a job under way stops at its next safe place and waits for another worker.
pub(crate) async fn work(app: App, mut stop: watch::Receiver<bool>) {
    let worker = format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
    while !*stop.borrow() {
        match jobs::claim(&app.store, &worker, LEASE, clock::now()).await {
            Ok(Some(job)) => run(&app, &worker, job, &stop).await,
            Ok(None) => {
                // Whichever comes first; a closed channel means that the program ends.
                let _ = tokio::time::timeout(IDLE, stop.changed()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                let _ = tokio::time::timeout(BEAT, stop.changed()).await;
            }
        }
    }
}

/// Claims and does jobs until none is left; for commands that wait for their own.
pub(crate) async fn work_off(app: &App, watched: &JobId, show: impl Fn(&Progress)) -> Result<(), Problem> {
    let worker = format!("cli-{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
    let (_keep, stop) = watch::channel(false);
    loop {
        let view = jobs::get(&app.store, watched).await.map_err(crate::failure::store)?;
        show(&view.progress);
        if view.state.is_final() {
            return Ok(());
        }
        match jobs::claim(&app.store, &worker, LEASE, clock::now()).await.map_err(crate::failure::store)? {
            Some(job) => {
                let running = run(app, &worker, job, &stop);
                tokio::pin!(running);
                loop {
                    tokio::select! {
                        () = &mut running => break,
                        () = tokio::time::sleep(IDLE) => {
                            let view = jobs::get(&app.store, watched).await.map_err(crate::failure::store)?;
                            show(&view.progress);
                        }
                    }
                }
            }
            None => tokio::time::sleep(IDLE).await,
        }
    }
}

async fn run(app: &App, worker: &str, job: Claimed, stop: &watch::Receiver<bool>) {
    let watch = Watch::default();
    let (id, kind) = (job.id.clone(), job.kind);
    tracing::info!(job = id.as_str(), kind = kind.name(), attempt = job.attempts, "job begun");
    let began = std::time::Instant::now();
    let mut work = tokio::spawn(execute(app.clone(), job.clone(), watch.clone()));
    let mut ending = Heartbeat::Continue;
    let mut beats = tokio::time::interval(BEAT);
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let outcome = loop {
        tokio::select! {
            done = &mut work => break done.unwrap_or_else(|error| Err(JobError::Failed(format!("the job broke off: {error}")))),
            _ = beats.tick() => {
                match jobs::heartbeat(&app.store, &id, worker, &watch.progress(), LEASE, clock::now()).await {
                    Ok(Heartbeat::Continue) => {}
                    Ok(other) => {
                        ending = other;
                        watch.stop();
                    }
                    Err(error) => tracing::warn!(%error, job = id.as_str(), "no heartbeat"),
                }
                if *stop.borrow() {
                    watch.stop();
                }
            }
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    metrics::histogram!("aisle_job_seconds", "kind" => kind.name()).record(seconds);
    if let Err(error) = conclude(app, worker, &job, &watch, outcome, ending).await {
        tracing::error!(%error, job = id.as_str(), "the job's end could not be written down; its lease will expire");
    }
    app.board.forget_freshness();
}

async fn conclude(
    app: &App,
    worker: &str,
    job: &Claimed,
    watch: &Watch,
    outcome: Result<String, JobError>,
    ending: Heartbeat,
) -> Result<(), aisle_store::StoreError> {
    let (store, now) = (&app.store, clock::now());
    match outcome {
        Ok(result) => {
            jobs::heartbeat(store, &job.id, worker, &watch.progress(), LEASE, now).await?;
            tracing::info!(job = job.id.as_str(), result, "job done");
            jobs::succeed(store, &job.id, worker, &result, now).await
        }
        Err(JobError::Stopped) => match ending {
            Heartbeat::CancelRequested => {
                import::cancelled(app, job).await;
                jobs::cancelled(store, &job.id, worker, now).await
            }
            Heartbeat::LeaseLost => Ok(()),
            // The program shuts down: the next worker goes on at once.
            Heartbeat::Continue => jobs::release(store, worker, now).await.map(|_| ()),
        },
        Err(error) => {
            let again = matches!(error, JobError::Failed(_)) && job.attempts < job.max_attempts;
            // 2, 8, 32, 128 seconds.
            let wait = 2 * SECOND * 4_i64.pow(job.attempts.saturating_sub(1).min(4));
            tracing::warn!(job = job.id.as_str(), %error, again, "job failed");
            if !again {
                import::failed(app, job, &error.to_string()).await;
            }
            jobs::fail(store, &job.id, worker, &error.to_string(), again.then_some(now + wait), now).await.map(|_| ())
        }
    }
}

async fn execute(app: App, job: Claimed, watch: Watch) -> Result<String, JobError> {
    match job.kind {
        JobKind::Import => import::run(&app, &job, &watch).await,
        JobKind::Train => train::run(&app, &job, &watch).await,
        JobKind::Compact => compact::run(&app, &watch).await,
        JobKind::Backtest => backtest::run(&app, &job, &watch).await,
    }
}
