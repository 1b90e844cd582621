//! Jobs.
use crate::{Store, StoreError};
use aisle_domain::{
    JobId,
    job::{JobKind, JobState, JobView, Progress},
};
/// What a new job is made of.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// What it does.
    pub kind: JobKind,
    /// Its parameters.
    pub params: &'a serde_json::Value,
    /// Who asked for it.
    pub created_by: &'a str,
    /// Attempts allowed.
    pub max_attempts: u32,
    /// While a job with this key is queued or running, no second one is made.
    pub dedupe_key: Option<&'a str>,
}
/// What a worker gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The job.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Its parameters.
    pub params: serde_json::Value,
    /// Attempts begun, this one included.
    pub attempts: u32,
    /// Attempts allowed.
    pub max_attempts: u32,
    /// Who asked for it.
    pub created_by: String,
}
/// What a worker learns when it reports progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heartbeat {
    /// Go on.
    Continue,
    /// A user wants it stopped: stop, then call [`cancelled`].
    CancelRequested,
    /// Another worker has it, or it has ended: stop without a trace.
    LeaseLost,
}
/// How the queue stands, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStatistics {
    /// Waiting.
    pub queued: u64,
    /// Running.
    pub running: u64,
    /// Done.
    pub succeeded: u64,
    /// Given up.
    pub failed: u64,
    /// Stopped.
    pub cancelled: u64,
    /// When the oldest queued job became ready.
    pub oldest_ready_at: Option<i64>,
}
/// Queues a job. Returns the job and whether it is new (false: one with the dedupe key was there).
pub async fn enqueue(store: &Store, job: &NewJob<'_>, now: i64) -> Result<(JobId, bool), StoreError> {
    todo!()
}
/// Leases the next ready job to a worker for `lease` microseconds.
pub async fn claim(store: &Store, worker: &str, lease: i64, now: i64) -> Result<Option<Claimed>, StoreError> {
    todo!()
}
/// Extends the lease and stores the progress.
pub async fn heartbeat(
    store: &Store,
    id: &JobId,
    worker: &str,
    progress: &Progress,
    lease: i64,
    now: i64,
) -> Result<Heartbeat, StoreError> {
    todo!()
}
/// Ends a job well. [`StoreError::LeaseLost`].
pub async fn succeed(store: &Store, id: &JobId, worker: &str, result: &str, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Ends an attempt badly: again at `retry_at` where attempts are left, else for good.
pub async fn fail(
    store: &Store,
    id: &JobId,
    worker: &str,
    error: &str,
    retry_at: Option<i64>,
    now: i64,
) -> Result<JobState, StoreError> {
    todo!()
}
/// Ends a job whose cancellation was requested.
pub async fn cancelled(store: &Store, id: &JobId, worker: &str, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Asks to stop a job; a queued one is cancelled at once.
pub async fn request_cancel(store: &Store, id: &JobId, now: i64) -> Result<JobState, StoreError> {
    todo!()
}
/// Queues a failed or cancelled job again, with its attempts at zero.
pub async fn retry(store: &Store, id: &JobId, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Gives back the leases of workers whose name begins so (after a crash of that machine's process).
pub async fn release(store: &Store, worker_prefix: &str, now: i64) -> Result<u64, StoreError> {
    todo!()
}
/// One job. [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &JobId) -> Result<JobView, StoreError> {
    todo!()
}
/// Its parameters.
pub async fn params(store: &Store, id: &JobId) -> Result<serde_json::Value, StoreError> {
    todo!()
}
/// Jobs, newest first, those before `before`.
pub async fn list(
    store: &Store,
    kind: Option<JobKind>,
    state: Option<JobState>,
    before: Option<&JobId>,
    limit: u32,
) -> Result<Vec<JobView>, StoreError> {
    todo!()
}
/// How the queue stands.
pub async fn statistics(store: &Store) -> Result<QueueStatistics, StoreError> {
    todo!()
}
