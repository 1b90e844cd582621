//! The chunks of an import, so that each row counts exactly once whatever dies in between.
//!
//! For each chunk: [`begin_chunk`], commit its facts to the lake under a name made of import, file and sequence, then
//! [`confirm_chunk`]. After a crash: [`pending_chunk`]; where the lake has that commit, confirm it, else
//! [`discard_pending`]; go on after [`last_confirmed`], whose tally says where.

use crate::bulk::{Cell, inserting};
use crate::column::{Text, json, storable, whole};
use crate::connection::{executing, reading, transaction};
use crate::error::OnConstraint;
use crate::{Store, StoreError};
use aisle_domain::ImportId;
use aisle_domain::import::Rejection;
use serde_json::Value;

/// A chunk of a file's rows: stored as pending before its facts are committed, confirmed after.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Chunk {
    /// File within the import.
    #[sqlx(try_from = "i64")]
    pub file: u32,
    /// Number within the file, ascending.
    #[sqlx(try_from = "i64")]
    pub sequence: u64,
    /// Whether its facts are known to be committed.
    pub confirmed: bool,
    /// What the caller counts and where the next chunk begins: any JSON.
    #[sqlx(try_from = "Text<Value>")]
    pub tally: Value,
}

/// Stores a pending chunk and its dead letters in one transaction.
///
/// # Errors
/// [`StoreError::Conflict`] where a chunk of the import is pending, or the sequence does not ascend within the file;
/// [`StoreError::NotFound`] where there is no such file.
pub async fn begin_chunk(
    store: &Store,
    id: &ImportId,
    file: u32,
    sequence: u64,
    tally: &Value,
    rejections: &[Rejection],
    now: i64,
) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO import_chunks (import_id, file, sequence, confirmed, tally, begun_at)
        VALUES ($1, $2, $3, FALSE, $4, $5)";
    const LETTERS: &str = "INSERT INTO dead_letters
        (import_id, file, sequence, file_name, line, column_name, reason, raw, state, created_at, updated_at)";
    let tally = json("tally", tally)?;
    let key = (i64::from(file), whole(sequence));
    let letters: Vec<Vec<Cell>> = rejections.iter().map(|rejection| letter(id, key, rejection, now)).collect();
    let begun: Result<(), StoreError> = async {
        transaction!(store, tx => {
            let newest = "SELECT max(sequence) FROM import_chunks WHERE import_id = $1 AND file = $2";
            let last: Option<i64> = sqlx::query_scalar(newest).bind(id.as_str()).bind(key.0).fetch_one(&mut *tx).await?;
            if last.is_some_and(|last| last >= key.1) {
                return Err(StoreError::conflict(format!("chunk {sequence} of file {file} is there already")));
            }
            sqlx::query(INSERT).bind(id.as_str()).bind(key.0).bind(key.1).bind(&tally).bind(now).execute(&mut *tx).await?;
            inserting!(tx, LETTERS, letters, "");
        });
        Ok(())
    }
    .await;
    begun
        .on_taken(|| "another chunk of this import is pending; confirm or discard it first".to_owned())
        .on_orphan("file of an import", &format!("{id}/{file}"))
}

/// Marks a chunk as committed. Confirming twice changes nothing.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no such chunk.
pub async fn confirm_chunk(store: &Store, id: &ImportId, file: u32, sequence: u64, now: i64) -> Result<(), StoreError> {
    transaction!(store, tx => {
        let confirm = "UPDATE import_chunks SET confirmed = TRUE WHERE import_id = $1 AND file = $2 AND sequence = $3";
        let query = sqlx::query(confirm).bind(id.as_str()).bind(i64::from(file)).bind(whole(sequence));
        if query.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(StoreError::missing("chunk", format!("{id}/{file}/{sequence}")));
        }
        let touch = "UPDATE imports SET updated_at = $2 WHERE id = $1";
        sqlx::query(touch).bind(id.as_str()).bind(now).execute(&mut *tx).await?;
    });
    Ok(())
}

/// The pending chunk of an import, if any.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn pending_chunk(store: &Store, id: &ImportId) -> Result<Option<Chunk>, StoreError> {
    const SELECT: &str =
        "SELECT file, sequence, confirmed, tally FROM import_chunks WHERE import_id = $1 AND NOT confirmed";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?)
}

/// Removes the pending chunk and its dead letters. Returns whether there was one.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn discard_pending(store: &Store, id: &ImportId) -> Result<bool, StoreError> {
    const DELETE: &str = "DELETE FROM import_chunks WHERE import_id = $1 AND NOT confirmed";
    Ok(executing!(store, sqlx::query(DELETE).bind(id.as_str()))? > 0)
}

/// The last confirmed chunk of a file.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn last_confirmed(store: &Store, id: &ImportId, file: u32) -> Result<Option<Chunk>, StoreError> {
    const SELECT: &str = "SELECT file, sequence, confirmed, tally FROM import_chunks
        WHERE import_id = $1 AND file = $2 AND confirmed ORDER BY sequence DESC LIMIT 1";
    Ok(reading!(store, pool =>
        sqlx::query_as(SELECT).bind(id.as_str()).bind(i64::from(file)).fetch_optional(pool))?)
}

/// Every confirmed chunk of an import, by file and sequence.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn confirmed_chunks(store: &Store, id: &ImportId) -> Result<Vec<Chunk>, StoreError> {
    const SELECT: &str = "SELECT file, sequence, confirmed, tally FROM import_chunks
        WHERE import_id = $1 AND confirmed ORDER BY file, sequence";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_all(pool))?)
}

fn letter(id: &ImportId, (file, sequence): (i64, i64), rejection: &Rejection, now: i64) -> Vec<Cell> {
    vec![
        id.as_str().to_owned().into(),
        file.into(),
        sequence.into(),
        storable(&rejection.file).into(),
        whole(rejection.line).into(),
        Cell::Text(rejection.column.as_deref().map(storable)),
        storable(&rejection.reason).into(),
        Cell::Bytes(rejection.raw.clone()),
        "open".to_owned().into(),
        now.into(),
        now.into(),
    ]
}
