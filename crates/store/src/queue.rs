//! The workers' side of jobs: claim with a lease, report progress, end.
//!
//! A worker that dies stops reporting; its lease runs out and another worker claims the job: the same attempt, resumed.
//! An attempt counts as used up when it fails by its own word, not when its process is killed: a machine that restarts
//! often must not make an import fail. Only a job that loses [`MAX_LOST_LEASES`] leases within an attempt is given up, as it
//! probably kills its workers itself.
//!
//! Imports exclude each other: a row counts as new when it is not committed yet, and two imports at a time would both take
//! it. While one runs, or has lost its worker and waits for another, the others stay queued; an index of the database
//! settles it where two workers claim at the same moment.

use crate::column::{Text, storable, whole};
use crate::connection::{executing, transaction, writing};
use crate::error::OnConstraint;
use crate::{Dialect, Store, StoreError};
use aisle_domain::JobId;
use aisle_domain::job::{JobKind, JobState, Progress};
use serde_json::Value;

/// Leases that one attempt may lose before the job is given up.
pub const MAX_LOST_LEASES: u32 = 50;

/// What a worker gets.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Claimed {
    /// The job.
    #[sqlx(try_from = "Text<JobId>")]
    pub id: JobId,
    /// What it does.
    #[sqlx(try_from = "Text<JobKind>")]
    pub kind: JobKind,
    /// Its parameters.
    #[sqlx(try_from = "Text<Value>")]
    pub params: Value,
    /// Attempts begun, this one included.
    #[sqlx(try_from = "i64")]
    pub attempts: u32,
    /// Attempts allowed.
    #[sqlx(try_from = "i64")]
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

/// Leases the next ready job to a worker for `lease` microseconds: of any kind, but never a second import. No job is ever
/// leased to two at a time.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn claim(store: &Store, worker: &str, lease: i64, now: i64) -> Result<Option<Claimed>, StoreError> {
    // Leases that ran out come first: their work is half done. Those that nobody wants any more, or that were lost too
    // often, are ended instead.
    const SETTLE: &str = "UPDATE jobs SET
            state = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END,
            error = CASE WHEN cancel_requested THEN error
                         ELSE 'its workers died too often while they ran it; see their logs' END,
            finished_at = $1, worker = NULL, lease_until = NULL
        WHERE state = 'running' AND lease_until <= $1 AND (cancel_requested OR lost_leases >= $2)";
    executing!(store, sqlx::query(SETTLE).bind(now).bind(i64::from(MAX_LOST_LEASES)))?;

    // PostgreSQL passes over rows that another claim has locked; SQLite has one writer at a time anyway.
    macro_rules! claim {
        ($lock:literal) => {
            concat!(
                "UPDATE jobs SET
                    state = 'running', worker = $1, lease_until = $2 + $3,
                    attempts = attempts + CASE WHEN state = 'queued' THEN 1 ELSE 0 END,
                    lost_leases = CASE WHEN state = 'queued' THEN 0 ELSE lost_leases + 1 END,
                    started_at = CASE WHEN state = 'queued' THEN $2 ELSE started_at END,
                    finished_at = NULL
                WHERE id = (
                    SELECT id FROM jobs
                    WHERE (state = 'running' AND lease_until <= $2)
                       OR (state = 'queued' AND ready_at <= $2
                           AND (kind <> 'import' OR NOT EXISTS
                               (SELECT 1 FROM jobs other WHERE other.kind = 'import' AND other.state = 'running')))
                    ORDER BY CASE WHEN state = 'running' THEN 0 ELSE 1 END, ready_at, id
                    LIMIT 1 ",
                $lock,
                ")
                RETURNING id, kind, params, attempts, max_attempts, created_by"
            )
        };
    }
    let text = match store.dialect() {
        Dialect::Sqlite => claim!(""),
        Dialect::Postgres => claim!("FOR UPDATE SKIP LOCKED"),
    };
    loop {
        let claimed: Result<Option<Claimed>, sqlx::Error> =
            writing!(store, pool => sqlx::query_as(text).bind(worker).bind(now).bind(lease).fetch_optional(pool));
        match claimed.on_taken(|| "another worker has just claimed an import".to_owned()) {
            // That import is seen now, and whatever else is ready comes next.
            Err(StoreError::Conflict { .. }) => {}
            settled => return settled,
        }
    }
}

/// Extends the lease to `lease` microseconds from now and stores the progress. A lease that ran out is taken up again where
/// nobody else has claimed the job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn heartbeat(
    store: &Store,
    id: &JobId,
    worker: &str,
    progress: &Progress,
    lease: i64,
    now: i64,
) -> Result<Heartbeat, StoreError> {
    const UPDATE: &str = "UPDATE jobs SET progress_done = $3, progress_total = $4, progress_note = $5, lease_until = $6
        WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING cancel_requested";
    let cancel: Option<bool> = writing!(store, pool => sqlx::query_scalar(UPDATE)
        .bind(id.as_str())
        .bind(worker)
        .bind(whole(progress.done))
        .bind(progress.total.map(whole))
        .bind(storable(&progress.note))
        .bind(now.saturating_add(lease))
        .fetch_optional(pool))?;
    Ok(match cancel {
        Some(false) => Heartbeat::Continue,
        Some(true) => Heartbeat::CancelRequested,
        None => Heartbeat::LeaseLost,
    })
}

/// Ends a job well; `result` names what it made.
///
/// # Errors
/// [`StoreError::LeaseLost`].
pub async fn succeed(store: &Store, id: &JobId, worker: &str, result: &str, now: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE jobs SET state = 'succeeded', result = $3, error = NULL, finished_at = $4,
            progress_done = coalesce(progress_total, progress_done), worker = NULL, lease_until = NULL
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    held(id, executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(worker).bind(storable(result)).bind(now))?)
}

/// Ends an attempt badly: again at `retry_at` where that is given, attempts are left and nobody asked to stop; else for
/// good. Returns where the job stands now.
///
/// # Errors
/// [`StoreError::LeaseLost`].
pub async fn fail(
    store: &Store,
    id: &JobId,
    worker: &str,
    error: &str,
    retry_at: Option<i64>,
    now: i64,
) -> Result<JobState, StoreError> {
    const HELD: &str = "SELECT attempts < max_attempts AND NOT cancel_requested FROM jobs
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    const UPDATE: &str = "UPDATE jobs SET state = $3, error = $4, ready_at = coalesce($5, ready_at), finished_at = $6,
            worker = NULL, lease_until = NULL
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    Ok(transaction!(store, tx => {
        let may_retry: Option<bool> = sqlx::query_scalar(HELD).bind(id.as_str()).bind(worker).fetch_optional(&mut *tx).await?;
        let again = retry_at.filter(|_| may_retry == Some(true));
        let state = if again.is_some() { JobState::Queued } else { JobState::Failed };
        let changed = sqlx::query(UPDATE)
            .bind(id.as_str())
            .bind(worker)
            .bind(state.name())
            .bind(storable(error))
            .bind(again)
            .bind(now)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        held(id, changed)?;
        state
    }))
}

/// Ends a job whose cancellation was requested.
///
/// # Errors
/// [`StoreError::LeaseLost`].
pub async fn cancelled(store: &Store, id: &JobId, worker: &str, now: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE jobs SET state = 'cancelled', finished_at = $3, worker = NULL, lease_until = NULL
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    held(id, executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(worker).bind(now))?)
}

/// Gives back the leases of workers whose name begins so: those of an earlier process on the same machine, known to be
/// dead. Returns how many; they can be claimed at once.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn release(store: &Store, worker_prefix: &str, now: i64) -> Result<u64, StoreError> {
    const UPDATE: &str = "UPDATE jobs SET lease_until = $2 WHERE state = 'running' AND substr(worker, 1, length($1)) = $1 AND lease_until > $2";
    Ok(executing!(store, sqlx::query(UPDATE).bind(worker_prefix).bind(now))?)
}

fn held(id: &JobId, changed: u64) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::LeaseLost { job: id.to_string() }) } else { Ok(()) }
}
