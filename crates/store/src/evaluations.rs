//! Evaluations of the way of fitting: what was asked, on which data, and the errors that were found.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{reading, transaction};
use crate::{Store, StoreError};
use aisle_domain::JobId;
use serde_json::Value;

/// An evaluation.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Evaluation {
    /// Identifier (ascending in time).
    pub id: String,
    /// What the series count: `revenue` or `quantity`.
    pub measure: String,
    /// Version of the data that it ran on.
    pub data_version: String,
    /// Origins, horizon and weights that were asked for.
    #[sqlx(try_from = "Text<Value>")]
    pub plan: Value,
    /// The errors found.
    #[sqlx(try_from = "Text<Value>")]
    pub report: Value,
    /// The job that did it.
    #[sqlx(try_from = "Text<JobId>")]
    pub job_id: JobId,
    /// Who asked for it.
    pub created_by: String,
    /// When it was done, in microseconds since 1970 UTC.
    pub created_at: i64,
}

/// What a new evaluation is made of.
#[derive(Debug, Clone)]
pub struct NewEvaluation<'a> {
    /// `revenue` or `quantity`.
    pub measure: &'a str,
    /// Version of the data that it ran on.
    pub data_version: &'a str,
    /// Origins, horizon and weights that were asked for.
    pub plan: &'a Value,
    /// The errors found.
    pub report: &'a Value,
    /// The job that did it.
    pub job_id: &'a JobId,
    /// Who asked for it.
    pub created_by: &'a str,
}

macro_rules! columns {
    () => {
        "id, measure, data_version, plan, report, job_id, created_by, created_at"
    };
}

/// Keeps an evaluation; one of the same job and measure (a job that was run twice) is replaced.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no such job.
pub async fn keep(store: &Store, new: &NewEvaluation<'_>, now: i64) -> Result<String, StoreError> {
    use crate::error::OnConstraint;
    const INSERT: &str = concat!(
        "INSERT INTO evaluations (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (job_id, measure) DO UPDATE SET data_version = excluded.data_version, plan = excluded.plan,
            report = excluded.report, created_at = excluded.created_at
        RETURNING id"
    );
    let (plan, report) = (json("plan", new.plan)?, json("report", new.report)?);
    let id = new_id(now);
    let kept: Result<String, StoreError> = async {
        Ok(transaction!(store, tx => {
            sqlx::query_scalar(INSERT)
                .bind(&id)
                .bind(new.measure)
                .bind(storable(new.data_version))
                .bind(&plan)
                .bind(&report)
                .bind(new.job_id.as_str())
                .bind(storable(new.created_by))
                .bind(now)
                .fetch_one(&mut *tx)
                .await?
        }))
    }
    .await;
    kept.on_orphan("job", new.job_id.as_str())
}

/// Evaluations, newest first, of one measure where it is named; `before` is the identifier of the last one had.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    measure: Option<&str>,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Evaluation>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM evaluations WHERE ($1 IS NULL OR measure = $1) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT)
        .bind(measure)
        .bind(before.map(storable))
        .bind(i64::from(limit))
        .fetch_all(pool))?)
}

/// Evaluations that a job made.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_job(store: &Store, job: &JobId) -> Result<Vec<Evaluation>, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM evaluations WHERE job_id = $1 ORDER BY measure");
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(job.as_str()).fetch_all(pool))?)
}

/// One evaluation.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &str) -> Result<Evaluation, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM evaluations WHERE id = $1");
    let found: Option<Evaluation> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(storable(id)).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("evaluation", id))
}
