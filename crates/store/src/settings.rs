//! Settings of the installation, and its secrets.

use crate::column::{Text, json};
use crate::connection::{executing, reading, transaction};
use crate::{Store, StoreError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;

/// A setting, or its default where it was never set, or was set to something that this version does not read.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get<T: DeserializeOwned>(store: &Store, key: &str, default: T) -> Result<T, StoreError> {
    let found: Option<String> = reading!(store, pool =>
        sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(key).fetch_optional(pool))?;
    let Some(text) = found else { return Ok(default) };
    Ok(serde_json::from_str(&text).unwrap_or_else(|error| {
        tracing::warn!(setting = key, %error, "a setting does not read; its default is used");
        default
    }))
}

/// Sets a setting.
///
/// # Errors
/// [`StoreError::Json`], [`StoreError::Database`].
pub async fn set<T: Serialize + Sync>(store: &Store, key: &str, value: &T, now: i64) -> Result<(), StoreError> {
    let value = json("setting", value)?;
    const UPSERT: &str = "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    executing!(store, sqlx::query(UPSERT).bind(key).bind(&value).bind(now))?;
    Ok(())
}

/// Every setting that was set, by key.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn all(store: &Store) -> Result<BTreeMap<String, Value>, StoreError> {
    let rows: Vec<(String, Text<Value>)> =
        reading!(store, pool => sqlx::query_as("SELECT name, value FROM settings").fetch_all(pool))?;
    Ok(rows.into_iter().map(|(name, value)| (name, value.0)).collect())
}

/// Named random bytes, created once: `proposed` is stored where there are none yet; what is stored is returned, so that
/// every server of an installation signs with the same.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn secret(store: &Store, name: &str, proposed: &[u8], now: i64) -> Result<Vec<u8>, StoreError> {
    const INSERT: &str =
        "INSERT INTO secrets (name, bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    Ok(transaction!(store, tx => {
        sqlx::query(INSERT).bind(name).bind(proposed).bind(now).execute(&mut *tx).await?;
        sqlx::query_scalar("SELECT bytes FROM secrets WHERE name = $1").bind(name).fetch_one(&mut *tx).await?
    }))
}
