//! The audit log: who did what, when. Append-only; the database refuses changes.

use crate::column::{Text, json, storable};
use crate::connection::{executing, reading};
use crate::{Store, StoreError};
use serde_json::Value;

/// One entry.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Entry {
    /// Number, ascending.
    pub id: i64,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// Who: a login name, `key:PREFIX`, `cli`.
    pub actor: String,
    /// What was done: `user.create`, `import.start`, …
    pub action: String,
    /// To what.
    pub subject: String,
    /// Further detail.
    #[sqlx(try_from = "Text<Value>")]
    pub detail: Value,
}

/// Appends an entry.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn append(
    store: &Store,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &Value,
    now: i64,
) -> Result<(), StoreError> {
    let detail = json("detail", detail)?;
    const INSERT: &str = "INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)";
    executing!(
        store,
        sqlx::query(INSERT).bind(now).bind(storable(actor)).bind(action).bind(storable(subject)).bind(&detail)
    )?;
    Ok(())
}

/// Entries, newest first, those before number `before`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(store: &Store, before: Option<i64>, limit: u32) -> Result<Vec<Entry>, StoreError> {
    const SELECT: &str = "SELECT id, at, actor, action, subject, detail FROM audit
        WHERE ($1 IS NULL OR id < $1) ORDER BY id DESC LIMIT $2";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(before).bind(i64::from(limit)).fetch_all(pool))?)
}
