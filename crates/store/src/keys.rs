//! API keys: found by their prefix, told by their hash, bounded by scopes and by the rights of their owner.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{executing, reading, writing};
use crate::error::OnConstraint;
use crate::{Store, StoreError};
use aisle_domain::{Permission, UserId};

/// An API key.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ApiKey {
    /// Identifier (ascending in time).
    pub id: String,
    /// First characters of the key, shown and looked up by; unique.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub key_hash: Vec<u8>,
    /// Whose rights bound it.
    #[sqlx(try_from = "Text<UserId>")]
    pub owner: UserId,
    /// Name given by the owner.
    pub name: String,
    /// What it may do, at most.
    #[sqlx(try_from = "Text<Vec<Permission>>")]
    pub scopes: Vec<Permission>,
    /// When created, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: Option<i64>,
    /// When last used.
    pub last_used_at: Option<i64>,
    /// When revoked.
    pub revoked_at: Option<i64>,
}

/// What a new key is made of.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// First characters.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub key_hash: Vec<u8>,
    /// Whose rights bound it.
    pub owner: UserId,
    /// Name given by the owner.
    pub name: String,
    /// What it may do, at most.
    pub scopes: Vec<Permission>,
    /// When it ends.
    pub expires_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, prefix, key_hash, owner, name, scopes, created_at, expires_at, last_used_at, revoked_at"
    };
}

/// Stores a key.
///
/// # Errors
/// [`StoreError::Conflict`] where the prefix is taken, [`StoreError::NotFound`] where there is no such owner.
pub async fn create(store: &Store, key: NewApiKey, now: i64) -> Result<ApiKey, StoreError> {
    let scopes = json("scopes", &key.scopes)?;
    const INSERT: &str = concat!(
        "INSERT INTO api_keys (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL) RETURNING ",
        columns!()
    );
    writing!(store, pool => sqlx::query_as(INSERT)
        .bind(new_id(now))
        .bind(&key.prefix)
        .bind(&key.key_hash)
        .bind(key.owner.as_str())
        .bind(storable(&key.name))
        .bind(&scopes)
        .bind(now)
        .bind(key.expires_at)
        .fetch_one(pool))
    .on_taken(|| "a key with this prefix exists; draw another".to_owned())
    .on_orphan("user", key.owner.as_str())
}

/// The key of that prefix, where it is neither revoked nor expired. The caller compares the hash.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(store: &Store, prefix: &str, now: i64) -> Result<Option<ApiKey>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM api_keys WHERE prefix = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(storable(prefix)).bind(now).fetch_optional(pool))?)
}

/// Notes that it was used.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn touch(store: &Store, id: &str, now: i64) -> Result<(), StoreError> {
    executing!(store, sqlx::query("UPDATE api_keys SET last_used_at = $2 WHERE id = $1").bind(id).bind(now))?;
    Ok(())
}

/// Keys, newest first, those before `before`; of one owner or of all.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    owner: Option<&UserId>,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<ApiKey>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM api_keys WHERE ($1 IS NULL OR owner = $1) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT)
        .bind(owner.map(UserId::as_str))
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(pool))?)
}

/// Revokes one; revoking twice keeps the first time.
///
/// # Errors
/// [`StoreError::NotFound`], also where `owner` is given and it is not theirs.
pub async fn revoke(store: &Store, id: &str, owner: Option<&UserId>, now: i64) -> Result<(), StoreError> {
    const UPDATE: &str =
        "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND ($2 IS NULL OR owner = $2)";
    let changed = executing!(store, sqlx::query(UPDATE).bind(storable(id)).bind(owner.map(UserId::as_str)).bind(now))?;
    if changed == 0 { Err(StoreError::missing("API key", id)) } else { Ok(()) }
}
