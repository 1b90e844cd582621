//! Jobs: long work as rows. Here is what users and programs ask of them; what workers do is in [`crate::jobs::claim`] and
//! the functions beside it.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{executing, reading, transaction, writing};
use crate::{Store, StoreError};
use aisle_domain::JobId;
use aisle_domain::job::{JobKind, JobState, JobView, Progress};
use serde_json::Value;

pub use crate::queue::{Claimed, Heartbeat, MAX_LOST_LEASES, cancelled, claim, fail, heartbeat, release, succeed};

/// What a new job is made of.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// What it does.
    pub kind: JobKind,
    /// Its parameters.
    pub params: &'a Value,
    /// Who asked for it.
    pub created_by: &'a str,
    /// Attempts allowed.
    pub max_attempts: u32,
    /// While a job with this key is queued or running, no second one is made.
    pub dedupe_key: Option<&'a str>,
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
    /// When the queued job that waits longest was ready, in microseconds since 1970 UTC; it may lie ahead (a retry).
    pub oldest_ready_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, kind, state, progress_done, progress_total, progress_note, attempts, max_attempts, error, created_by, \
         created_at, started_at, finished_at, result"
    };
}

/// Queues a job. Returns the job and whether it is new (false: one with the dedupe key was there).
///
/// # Errors
/// [`StoreError::Json`], [`StoreError::Database`].
pub async fn enqueue(store: &Store, job: &NewJob<'_>, now: i64) -> Result<(JobId, bool), StoreError> {
    const INSERT: &str = "
        INSERT INTO jobs (id, kind, params, state, max_attempts, created_by, created_at, ready_at, dedupe_key)
        VALUES ($1, $2, $3, 'queued', $4, $5, $6, $6, $7)
        ON CONFLICT (dedupe_key) WHERE state IN ('queued', 'running') DO NOTHING RETURNING id";
    const LIVE: &str = "SELECT id FROM jobs WHERE dedupe_key = $1 AND state IN ('queued', 'running')";
    let params = storable(&json("params", job.params)?);
    loop {
        let inserted: Option<(Text<JobId>,)> = writing!(store, pool => sqlx::query_as(INSERT)
            .bind(new_id(now))
            .bind(job.kind.name())
            .bind(&params)
            .bind(i64::from(job.max_attempts.max(1)))
            .bind(storable(job.created_by))
            .bind(now)
            .bind(job.dedupe_key)
            .fetch_optional(pool))?;
        if let Some((id,)) = inserted {
            return Ok((id.0, true));
        }
        let live: Option<(Text<JobId>,)> =
            writing!(store, pool => sqlx::query_as(LIVE).bind(job.dedupe_key).fetch_optional(pool))?;
        if let Some((id,)) = live {
            return Ok((id.0, false));
        }
        // The job that was in the way ended in between: there is room now.
    }
}

/// Asks to stop a job; a queued one is cancelled at once, a running one when its worker hears of it, an ended one stays.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn request_cancel(store: &Store, id: &JobId, now: i64) -> Result<JobState, StoreError> {
    const UPDATE: &str = "UPDATE jobs SET
            cancel_requested = TRUE,
            finished_at = CASE WHEN state = 'queued' THEN $2 ELSE finished_at END,
            state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END
        WHERE id = $1 AND state IN ('queued', 'running')";
    executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(now))?;
    Ok(get(store, id).await?.state)
}

/// Queues a failed or cancelled job again, with its attempts at zero.
///
/// # Errors
/// [`StoreError::Conflict`] where it is neither, or another of its kind is under way; [`StoreError::NotFound`].
pub async fn retry(store: &Store, id: &JobId, now: i64) -> Result<(), StoreError> {
    use crate::error::OnConstraint;
    const UPDATE: &str = "UPDATE jobs SET state = 'queued', attempts = 0, lost_leases = 0, error = NULL, result = NULL,
            ready_at = $2, started_at = NULL, finished_at = NULL, worker = NULL, lease_until = NULL, cancel_requested = FALSE
        WHERE id = $1 AND state IN ('failed', 'cancelled')";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(now))
        .on_taken(|| "the same work is queued or running already; wait for it".to_owned())?;
    if changed == 0 {
        let state = get(store, id).await?.state.name();
        return Err(StoreError::conflict(format!(
            "this job is {state}; only a failed or cancelled one is queued again"
        )));
    }
    Ok(())
}

/// One job.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &JobId) -> Result<JobView, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM jobs WHERE id = $1");
    let found: Option<Row> = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.map(JobView::from).ok_or_else(|| StoreError::missing("job", id))
}

/// Its parameters.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn params(store: &Store, id: &JobId) -> Result<Value, StoreError> {
    const SELECT: &str = "SELECT params FROM jobs WHERE id = $1";
    let found: Option<(Text<Value>,)> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.map(|(params,)| params.0).ok_or_else(|| StoreError::missing("job", id))
}

/// Jobs, newest first, those before `before`; of one kind and in one state, or of any.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    kind: Option<JobKind>,
    state: Option<JobState>,
    before: Option<&JobId>,
    limit: u32,
) -> Result<Vec<JobView>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM jobs WHERE ($1 IS NULL OR kind = $1) AND ($2 IS NULL OR state = $2)",
        " AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"
    );
    let rows: Vec<Row> = reading!(store, pool => sqlx::query_as(SELECT)
        .bind(kind.map(JobKind::name))
        .bind(state.map(JobState::name))
        .bind(before.map(JobId::as_str))
        .bind(i64::from(limit))
        .fetch_all(pool))?;
    Ok(rows.into_iter().map(JobView::from).collect())
}

/// How the queue stands.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn statistics(store: &Store) -> Result<QueueStatistics, StoreError> {
    const SELECT: &str = "SELECT state, count(*), min(ready_at) FROM jobs GROUP BY state";
    let rows: Vec<(Text<JobState>, i64, Option<i64>)> =
        reading!(store, pool => sqlx::query_as(SELECT).fetch_all(pool))?;
    let mut statistics = QueueStatistics::default();
    for (state, jobs, oldest) in rows {
        let jobs = jobs.unsigned_abs();
        match state.0 {
            JobState::Queued => (statistics.queued, statistics.oldest_ready_at) = (jobs, oldest),
            JobState::Running => statistics.running = jobs,
            JobState::Succeeded => statistics.succeeded = jobs,
            JobState::Failed => statistics.failed = jobs,
            JobState::Cancelled => statistics.cancelled = jobs,
        }
    }
    Ok(statistics)
}

/// Removes ended jobs that made no artefact and ended before `before`. Returns how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn purge(store: &Store, before: i64) -> Result<u64, StoreError> {
    const DELETE: &str = "DELETE FROM jobs WHERE state IN ('succeeded', 'failed', 'cancelled') AND finished_at < $1
        AND id NOT IN (SELECT job_id FROM artefacts WHERE job_id IS NOT NULL)";
    Ok(transaction!(store, tx => { sqlx::query(DELETE).bind(before).execute(&mut *tx).await?.rows_affected() }))
}

/// A job's row, as far as it is shown.
#[derive(sqlx::FromRow)]
struct Row {
    id: Text<JobId>,
    kind: Text<JobKind>,
    state: Text<JobState>,
    progress_done: i64,
    progress_total: Option<i64>,
    progress_note: String,
    attempts: i64,
    max_attempts: i64,
    error: Option<String>,
    created_by: String,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    result: Option<String>,
}

impl From<Row> for JobView {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.0,
            state: row.state.0,
            progress: Progress {
                done: row.progress_done.unsigned_abs(),
                total: row.progress_total.map(i64::unsigned_abs),
                note: row.progress_note,
            },
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            max_attempts: u32::try_from(row.max_attempts).unwrap_or(u32::MAX),
            error: row.error,
            created_by: row.created_by,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            result: row.result,
        }
    }
}
