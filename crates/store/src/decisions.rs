//! What monitoring decided about forecasts, with its figures and reason, also where it decided to do nothing.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{executing, reading, transaction};
use crate::{Store, StoreError};
use aisle_domain::{ArtefactId, JobId};
use serde_json::Value;

/// A decision.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Decision {
    /// Identifier (ascending in time).
    pub id: String,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// Which forecasts: `revenue` or `quantity`; empty where it is about all.
    pub measure: String,
    /// What it was asked by: `import`, `timer`, `schedule`, `training`, `person`.
    pub cause: String,
    /// What was decided: `nothing`, `retrain`, `promoted`, …
    pub action: String,
    /// Why, as a sentence.
    pub reason: String,
    /// The figures that it rests on.
    #[sqlx(try_from = "Text<Value>")]
    pub figures: Value,
    /// Version of the data.
    pub data_version: String,
    /// The model that it is about.
    #[sqlx(try_from = "Text<Option<ArtefactId>>")]
    pub artefact_id: Option<ArtefactId>,
    /// The job that it queued, or that led to it.
    #[sqlx(try_from = "Text<Option<JobId>>")]
    pub job_id: Option<JobId>,
    /// Who decided: `monitoring`, or a login name.
    pub decided_by: String,
}

/// What a new decision is made of.
#[derive(Debug, Clone)]
pub struct NewDecision<'a> {
    /// Which forecasts; empty: all.
    pub measure: &'a str,
    /// What it was asked by.
    pub cause: &'a str,
    /// What was decided.
    pub action: &'a str,
    /// Why, as a sentence.
    pub reason: &'a str,
    /// The figures that it rests on.
    pub figures: &'a Value,
    /// Version of the data.
    pub data_version: &'a str,
    /// The model that it is about.
    pub artefact_id: Option<&'a ArtefactId>,
    /// The job that it queued, or that led to it.
    pub job_id: Option<&'a JobId>,
    /// Who decided.
    pub decided_by: &'a str,
}

macro_rules! columns {
    () => {
        "id, at, measure, cause, action, reason, figures, data_version, artefact_id, job_id, decided_by"
    };
}

/// Writes a decision down; returns its identifier.
///
/// # Errors
/// [`StoreError::Json`], [`StoreError::Database`].
pub async fn append(store: &Store, new: &NewDecision<'_>, now: i64) -> Result<String, StoreError> {
    const INSERT: &str =
        concat!("INSERT INTO decisions (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    let (id, figures) = (new_id(now), json("figures", new.figures)?);
    executing!(
        store,
        sqlx::query(INSERT)
            .bind(&id)
            .bind(now)
            .bind(new.measure)
            .bind(new.cause)
            .bind(new.action)
            .bind(storable(new.reason))
            .bind(&figures)
            .bind(storable(new.data_version))
            .bind(new.artefact_id.map(ArtefactId::as_str))
            .bind(new.job_id.map(JobId::as_str))
            .bind(storable(new.decided_by))
    )?;
    Ok(id)
}

/// Decisions, newest first, on one measure (and those on all) where it is named, without those to do nothing where
/// `acted`; `before` is the identifier of the last one had.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    measure: Option<&str>,
    acted: bool,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Decision>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM decisions WHERE ($1 IS NULL OR measure = $1 OR measure = '') AND ($2 = 0 OR action <> 'nothing')",
        " AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT)
        .bind(measure)
        .bind(i64::from(acted))
        .bind(before.map(storable))
        .bind(i64::from(limit))
        .fetch_all(pool))?)
}

/// Removes decisions made before `before`, and all but the newest `keep`. Returns how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn purge(store: &Store, before: i64, keep: u32) -> Result<u64, StoreError> {
    const OLD: &str = "DELETE FROM decisions WHERE at < $1";
    const MANY: &str =
        "DELETE FROM decisions WHERE id <= (SELECT id FROM decisions ORDER BY id DESC LIMIT 1 OFFSET $1)";
    Ok(transaction!(store, tx => {
        let old = sqlx::query(OLD).bind(before).execute(&mut *tx).await?.rows_affected();
        old + sqlx::query(MANY).bind(i64::from(keep)).execute(&mut *tx).await?.rows_affected()
    }))
}
