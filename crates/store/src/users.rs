//! Users: who may sign in, as what.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{executing, reading, transaction, writing};
use crate::error::OnConstraint;
use crate::{Dialect, Store, StoreError};
use aisle_domain::{Role, UserId};
use serde_json::Value;

/// A user.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct User {
    /// Identifier.
    #[sqlx(try_from = "Text<UserId>")]
    pub id: UserId,
    /// Login name, lower case, unique.
    pub login: String,
    /// Name as shown.
    pub display_name: String,
    /// What the user is to the shop.
    #[sqlx(try_from = "Text<Role>")]
    pub role: Role,
    /// Argon2 hash of the password (PHC string).
    pub password_hash: String,
    /// May not sign in.
    pub disabled: bool,
    /// Must choose a new password before anything else.
    pub must_change_password: bool,
    /// Preferences of the pages (theme, columns, …): a JSON object.
    #[sqlx(try_from = "Text<Value>")]
    pub preferences: Value,
    /// When created, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// When last changed.
    pub updated_at: i64,
}

/// What a new user is made of.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Login name; trimmed and lowered.
    pub login: String,
    /// Name as shown.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// Argon2 hash (PHC string).
    pub password_hash: String,
    /// Must choose a new password first.
    pub must_change_password: bool,
}

macro_rules! columns {
    () => {
        "id, login, display_name, role, password_hash, disabled, must_change_password, preferences, created_at, updated_at"
    };
}

/// Creates a user.
///
/// # Errors
/// [`StoreError::Conflict`] where the login name is taken.
pub async fn create(store: &Store, user: NewUser, now: i64) -> Result<User, StoreError> {
    let login = lowered(&user.login);
    const INSERT: &str = concat!(
        "INSERT INTO users (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, FALSE, $6, '{}', $7, $7) RETURNING ",
        columns!()
    );
    writing!(store, pool => sqlx::query_as(INSERT)
        .bind(new_id(now))
        .bind(&login)
        .bind(storable(&user.display_name))
        .bind(user.role.name())
        .bind(&user.password_hash)
        .bind(user.must_change_password)
        .bind(now)
        .fetch_one(pool))
    .on_taken(|| format!("the login name {login:?} is taken; choose another"))
}

/// Gets one.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &UserId) -> Result<User, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM users WHERE id = $1");
    let found = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("user", id))
}

/// Finds by login name, without case.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn by_login(store: &Store, login: &str) -> Result<Option<User>, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM users WHERE login = $1");
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(lowered(login)).fetch_optional(pool))?)
}

/// Lists by login name, those after `after`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(store: &Store, after: Option<&str>, limit: u32) -> Result<Vec<User>, StoreError> {
    const SELECT: &str =
        concat!("SELECT ", columns!(), " FROM users WHERE ($1 IS NULL OR login > $1) ORDER BY login LIMIT $2");
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(after).bind(i64::from(limit)).fetch_all(pool))?)
}

/// How many there are.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count(store: &Store) -> Result<u64, StoreError> {
    let users: i64 = reading!(store, pool => sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(pool))?;
    Ok(users.unsigned_abs())
}

/// Changes name, role and disabled. Disabling ends no session by itself: a disabled user's sessions are not found.
///
/// # Errors
/// [`StoreError::Conflict`] where no enabled administrator would be left, [`StoreError::NotFound`].
pub async fn update(
    store: &Store,
    id: &UserId,
    display_name: &str,
    role: Role,
    disabled: bool,
    now: i64,
) -> Result<User, StoreError> {
    // Two administrators that demote each other at the same moment must not both succeed: PostgreSQL locks the rows that
    // were counted, SQLite has locked everything already.
    let administrators = match store.dialect() {
        Dialect::Sqlite => "SELECT id FROM users WHERE role = 'administrator' AND NOT disabled",
        Dialect::Postgres => {
            "SELECT id FROM users WHERE role = 'administrator' AND NOT disabled ORDER BY id FOR UPDATE"
        }
    };
    const UPDATE: &str = concat!(
        "UPDATE users SET display_name = $2, role = $3, disabled = $4, updated_at = $5 WHERE id = $1 RETURNING ",
        columns!()
    );
    let updated: Option<User> = transaction!(store, tx => {
        let enabled: Vec<String> = sqlx::query_scalar(administrators).fetch_all(&mut *tx).await?;
        let stays_administrator = role == Role::Administrator && !disabled;
        if !stays_administrator && enabled.len() == 1 && enabled[0] == id.as_str() {
            return Err(StoreError::conflict("this is the last enabled administrator; make another one first"));
        }
        sqlx::query_as(UPDATE)
            .bind(id.as_str())
            .bind(storable(display_name))
            .bind(role.name())
            .bind(disabled)
            .bind(now)
            .fetch_optional(&mut *tx)
            .await?
    });
    updated.ok_or_else(|| StoreError::missing("user", id))
}

/// Sets the password hash.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_password(
    store: &Store,
    id: &UserId,
    hash: &str,
    must_change: bool,
    now: i64,
) -> Result<(), StoreError> {
    const UPDATE: &str =
        "UPDATE users SET password_hash = $2, must_change_password = $3, updated_at = $4 WHERE id = $1";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(hash).bind(must_change).bind(now))?;
    if changed == 0 { Err(StoreError::missing("user", id)) } else { Ok(()) }
}

/// Sets the preferences.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_preferences(store: &Store, id: &UserId, preferences: &Value, now: i64) -> Result<(), StoreError> {
    let preferences = json("preferences", preferences)?;
    const UPDATE: &str = "UPDATE users SET preferences = $2, updated_at = $3 WHERE id = $1";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(&preferences).bind(now))?;
    if changed == 0 { Err(StoreError::missing("user", id)) } else { Ok(()) }
}

fn lowered(login: &str) -> String {
    storable(&login.trim().to_lowercase())
}
