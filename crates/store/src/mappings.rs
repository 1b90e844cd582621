//! Mappings that were settled once, kept for the next file of the same shape.

use crate::column::storable;
use crate::connection::{executing, reading};
use crate::{Store, StoreError};

/// A mapping kept for files of a shape.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct KeptMapping {
    /// Fingerprint of the shape (header and format).
    pub shape: String,
    /// Name, as shown.
    pub name: String,
    /// The mapping, as TOML.
    pub toml: String,
    /// When last changed, in microseconds since 1970 UTC.
    pub updated_at: i64,
}

/// Keeps a mapping; one of the same shape is replaced.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn keep(store: &Store, shape: &str, name: &str, toml: &str, now: i64) -> Result<(), StoreError> {
    const UPSERT: &str = "INSERT INTO mappings (shape, name, toml, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (shape) DO UPDATE SET name = excluded.name, toml = excluded.toml, updated_at = excluded.updated_at";
    executing!(store, sqlx::query(UPSERT).bind(shape).bind(storable(name)).bind(storable(toml)).bind(now))?;
    Ok(())
}

/// The mapping of a shape.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(store: &Store, shape: &str) -> Result<Option<KeptMapping>, StoreError> {
    const SELECT: &str = "SELECT shape, name, toml, updated_at FROM mappings WHERE shape = $1";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(shape).fetch_optional(pool))?)
}

/// The mappings, last changed first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(store: &Store, limit: u32) -> Result<Vec<KeptMapping>, StoreError> {
    const SELECT: &str = "SELECT shape, name, toml, updated_at FROM mappings ORDER BY updated_at DESC, shape LIMIT $1";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(i64::from(limit)).fetch_all(pool))?)
}

/// Forgets one. Returns whether it was there.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn forget(store: &Store, shape: &str) -> Result<bool, StoreError> {
    Ok(executing!(store, sqlx::query("DELETE FROM mappings WHERE shape = $1").bind(shape))? > 0)
}
