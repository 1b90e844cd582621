//! Artefacts: what training fitted, from which data, how well, which one is live, and since when.

use crate::column::{Text, json, new_id, storable, whole};
use crate::connection::{reading, transaction};
use crate::{Store, StoreError};
use aisle_domain::{ArtefactId, JobId};
use serde_json::Value;

/// An artefact, without its bytes.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Artefact {
    /// Identifier (ascending in time).
    #[sqlx(try_from = "Text<ArtefactId>")]
    pub id: ArtefactId,
    /// Hash of its bytes, hexadecimal.
    pub hash: String,
    /// What it is for: `forecast`, …
    pub kind: String,
    /// Version of the data it was fitted on.
    pub data_version: String,
    /// Hyperparameters.
    #[sqlx(try_from = "Text<Value>")]
    pub params: Value,
    /// Measured in backtests, series by series.
    #[sqlx(try_from = "Text<Value>")]
    pub metrics: Value,
    /// What a list shows of them.
    #[sqlx(try_from = "Text<Value>")]
    pub summary: Value,
    /// Size, in bytes.
    #[sqlx(try_from = "i64")]
    pub bytes: u64,
    /// The job that made it.
    #[sqlx(try_from = "Text<Option<JobId>>")]
    pub job_id: Option<JobId>,
    /// When registered, in microseconds since 1970 UTC.
    pub created_at: i64,
}

/// What a new artefact is made of.
#[derive(Debug, Clone)]
pub struct NewArtefact<'a> {
    /// Hash of its bytes, hexadecimal.
    pub hash: &'a str,
    /// What it is for.
    pub kind: &'a str,
    /// Version of the data it was fitted on.
    pub data_version: &'a str,
    /// Hyperparameters.
    pub params: &'a Value,
    /// Measured in backtests, series by series.
    pub metrics: &'a Value,
    /// What a list shows of them.
    pub summary: &'a Value,
    /// The job that made it.
    pub job_id: Option<&'a JobId>,
    /// The datasets it was fitted on: (dataset, version).
    pub inputs: &'a [(String, String)],
}

/// An artefact as lists show it: without its bytes and without the metrics of every series.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Listed {
    /// Identifier (ascending in time).
    #[sqlx(try_from = "Text<ArtefactId>")]
    pub id: ArtefactId,
    /// Hash of its bytes, hexadecimal.
    pub hash: String,
    /// What it is for: `forecast`, …
    pub kind: String,
    /// Version of the data it was fitted on.
    pub data_version: String,
    /// Hyperparameters.
    #[sqlx(try_from = "Text<Value>")]
    pub params: Value,
    /// Errors of the backtest over all series.
    #[sqlx(try_from = "Text<Value>")]
    pub summary: Value,
    /// Size, in bytes.
    #[sqlx(try_from = "i64")]
    pub bytes: u64,
    /// The job that made it.
    #[sqlx(try_from = "Text<Option<JobId>>")]
    pub job_id: Option<JobId>,
    /// When registered, in microseconds since 1970 UTC.
    pub created_at: i64,
}

/// Which artefact was live from when on.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Promotion {
    /// Number, ascending.
    pub id: i64,
    /// What it is for.
    pub kind: String,
    /// The artefact.
    #[sqlx(try_from = "Text<ArtefactId>")]
    pub artefact_id: ArtefactId,
    /// Who promoted it.
    pub promoted_by: String,
    /// Why.
    pub reason: String,
    /// From when on, in microseconds since 1970 UTC.
    pub at: i64,
}

macro_rules! columns {
    () => {
        "id, hash, kind, data_version, params, metrics, summary, bytes, job_id, created_at"
    };
}

/// Registers an artefact with its bytes and its inputs. The same kind and hash again (a job that was run twice) returns the
/// one there is.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no such job.
pub async fn register(
    store: &Store,
    artefact: &NewArtefact<'_>,
    bytes: &[u8],
    now: i64,
) -> Result<Artefact, StoreError> {
    use crate::error::OnConstraint;
    const INSERT: &str = concat!(
        "INSERT INTO artefacts (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        " ON CONFLICT (kind, hash) DO NOTHING"
    );
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM artefacts WHERE kind = $1 AND hash = $2");
    const BYTES: &str = "INSERT INTO artefact_bytes (artefact_id, content) VALUES ($1, $2)";
    const INPUT: &str = "INSERT INTO artefact_inputs (artefact_id, dataset, version) VALUES ($1, $2, $3)
        ON CONFLICT (artefact_id, dataset) DO UPDATE SET version = excluded.version";
    let (params, metrics) = (json("params", artefact.params)?, json("metrics", artefact.metrics)?);
    let summary = json("summary", artefact.summary)?;
    let id = new_id(now);
    let registered: Result<Artefact, StoreError> = async {
        Ok(transaction!(store, tx => {
            let inserted = sqlx::query(INSERT)
                .bind(&id)
                .bind(artefact.hash)
                .bind(artefact.kind)
                .bind(storable(artefact.data_version))
                .bind(&params)
                .bind(&metrics)
                .bind(&summary)
                .bind(whole(bytes.len() as u64))
                .bind(artefact.job_id.map(JobId::as_str))
                .bind(now)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if inserted > 0 {
                sqlx::query(BYTES).bind(&id).bind(bytes).execute(&mut *tx).await?;
            }
            let kept: Artefact = sqlx::query_as(SELECT).bind(artefact.kind).bind(artefact.hash).fetch_one(&mut *tx).await?;
            // An artefact that comes out the same was fitted on the newer inputs, too.
            for (dataset, version) in artefact.inputs {
                sqlx::query(INPUT).bind(kept.id.as_str()).bind(dataset).bind(version).execute(&mut *tx).await?;
            }
            kept
        }))
    }
    .await;
    registered.on_orphan("job", artefact.job_id.map_or("", JobId::as_str))
}

/// Makes an artefact the live one of its kind. Promoting the live one changes nothing.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn promote(store: &Store, id: &ArtefactId, by: &str, reason: &str, now: i64) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO promotions (kind, artefact_id, promoted_by, reason, at)
        SELECT kind, id, $2, $3, $4 FROM artefacts WHERE id = $1 AND id <> coalesce(
            (SELECT p.artefact_id FROM promotions p WHERE p.kind = artefacts.kind ORDER BY p.id DESC LIMIT 1), '')";
    let changed = transaction!(store, tx => {
        let query = sqlx::query(INSERT).bind(id.as_str()).bind(storable(by)).bind(storable(reason)).bind(now);
        query.execute(&mut *tx).await?.rows_affected()
    });
    if changed == 0 { get(store, id).await.map(|_| ()) } else { Ok(()) }
}

/// The live artefact of a kind.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn live(store: &Store, kind: &str) -> Result<Option<Artefact>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM artefacts WHERE id = ",
        "(SELECT artefact_id FROM promotions WHERE kind = $1 ORDER BY id DESC LIMIT 1)"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(storable(kind)).fetch_optional(pool))?)
}

/// What was live when, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn promotions(store: &Store, kind: &str, limit: u32) -> Result<Vec<Promotion>, StoreError> {
    const SELECT: &str = "SELECT id, kind, artefact_id, promoted_by, reason, at FROM promotions
        WHERE kind = $1 ORDER BY id DESC LIMIT $2";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(storable(kind)).bind(i64::from(limit)).fetch_all(pool))?)
}

/// One artefact.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &ArtefactId) -> Result<Artefact, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM artefacts WHERE id = $1");
    let found = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("artefact", id))
}

/// Its bytes.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn load(store: &Store, id: &ArtefactId) -> Result<Vec<u8>, StoreError> {
    const SELECT: &str = "SELECT content FROM artefact_bytes WHERE artefact_id = $1";
    let found = reading!(store, pool => sqlx::query_scalar(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("artefact", id))
}

/// Artefacts, newest first, those before `before`; of one kind or of any.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    kind: Option<&str>,
    before: Option<&ArtefactId>,
    limit: u32,
) -> Result<Vec<Listed>, StoreError> {
    const SELECT: &str = "SELECT id, hash, kind, data_version, params, summary, bytes, job_id, created_at
        FROM artefacts WHERE ($1 IS NULL OR kind = $1) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";
    Ok(reading!(store, pool => sqlx::query_as(SELECT)
        .bind(kind.map(storable))
        .bind(before.map(ArtefactId::as_str))
        .bind(i64::from(limit))
        .fetch_all(pool))?)
}

/// The datasets an artefact was fitted on, by name: (dataset, version).
///
/// # Errors
/// [`StoreError::Database`].
pub async fn inputs(store: &Store, id: &ArtefactId) -> Result<Vec<(String, String)>, StoreError> {
    const SELECT: &str = "SELECT dataset, version FROM artefact_inputs WHERE artefact_id = $1 ORDER BY dataset";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_all(pool))?)
}
