//! Sessions: who is signed in, by the hash of a token that only the browser has.

use crate::column::{Text, storable};
use crate::connection::{executing, reading};
use crate::error::OnConstraint;
use crate::users::{self, User};
use crate::{Store, StoreError};
use aisle_domain::UserId;

/// A session.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Whose.
    #[sqlx(try_from = "Text<UserId>")]
    pub user_id: UserId,
    /// Secret that CSRF tokens are derived from.
    pub csrf_secret: Vec<u8>,
    /// When it began, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// When last used.
    pub last_seen_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// The browser, as it calls itself.
    pub user_agent: String,
    /// The address it came from.
    pub ip: String,
}

macro_rules! columns {
    () => {
        "token_hash, user_id, csrf_secret, created_at, last_seen_at, expires_at, user_agent, ip"
    };
}

/// Stores a session.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no such user, [`StoreError::Conflict`] where the token is known.
pub async fn create(store: &Store, session: &Session) -> Result<(), StoreError> {
    const INSERT: &str = concat!("INSERT INTO sessions (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    executing!(
        store,
        sqlx::query(INSERT)
            .bind(&session.token_hash)
            .bind(session.user_id.as_str())
            .bind(&session.csrf_secret)
            .bind(session.created_at)
            .bind(session.last_seen_at)
            .bind(session.expires_at)
            .bind(storable(&session.user_agent))
            .bind(storable(&session.ip))
    )
    .on_taken(|| "this session token is known already; draw another".to_owned())
    .on_orphan("user", session.user_id.as_str())?;
    Ok(())
}

/// The session and its user, where it has not expired and the user is enabled.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(store: &Store, token_hash: &[u8], now: i64) -> Result<Option<(Session, User)>, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM sessions WHERE token_hash = $1 AND expires_at > $2");
    let found: Option<Session> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(token_hash).bind(now).fetch_optional(pool))?;
    let Some(session) = found else { return Ok(None) };
    match users::get(store, &session.user_id).await {
        Ok(user) if !user.disabled => Ok(Some((session, user))),
        Ok(_) | Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes that it was used; moves its end to `expires_at`. An expired session stays expired.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn touch(store: &Store, token_hash: &[u8], now: i64, expires_at: i64) -> Result<(), StoreError> {
    const UPDATE: &str =
        "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE token_hash = $1 AND expires_at > $2";
    executing!(store, sqlx::query(UPDATE).bind(token_hash).bind(now).bind(expires_at))?;
    Ok(())
}

/// Sessions of a user that have not expired, last used first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_user(store: &Store, user: &UserId, now: i64) -> Result<Vec<Session>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, token_hash"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(user.as_str()).bind(now).fetch_all(pool))?)
}

/// Ends one.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn delete(store: &Store, token_hash: &[u8]) -> Result<(), StoreError> {
    executing!(store, sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash))?;
    Ok(())
}

/// Ends all of a user but `keep`. Returns how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn delete_of_user(store: &Store, user: &UserId, keep: Option<&[u8]>) -> Result<u64, StoreError> {
    const DELETE: &str = "DELETE FROM sessions WHERE user_id = $1 AND ($2 IS NULL OR token_hash <> $2)";
    Ok(executing!(store, sqlx::query(DELETE).bind(user.as_str()).bind(keep))?)
}

/// Removes the expired ones. Returns how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn purge(store: &Store, now: i64) -> Result<u64, StoreError> {
    Ok(executing!(store, sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now))?)
}
