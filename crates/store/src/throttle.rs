//! Sign-in throttle: failures counted by account and by address, each within a window; too many lock for a while.

use crate::column::storable;
use crate::connection::{executing, reading, writing};
use crate::{Store, StoreError};

/// How many failures within which window lock for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The failure of this number within a window locks.
    pub failures: u32,
    /// Length of the window, microseconds.
    pub window: i64,
    /// Length of the lock, microseconds.
    pub lock: i64,
}

/// Records a failed sign-in for a key (`account:NAME`, `ip:ADDRESS`); returns until when it is locked, if it is.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn record_failure(store: &Store, key: &str, limit: Limit, now: i64) -> Result<Option<i64>, StoreError> {
    // A failure after the window begins a new one. Both cases in one statement: parallel guesses are all counted.
    const COUNT: &str = "
        INSERT INTO sign_in_failures AS counter (subject, failures, window_start, locked_until)
        VALUES ($1, 1, $2, CASE WHEN $4 <= 1 THEN $2 + $5 END)
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN counter.window_start + $3 <= $2 THEN 1 ELSE counter.failures + 1 END,
            window_start = CASE WHEN counter.window_start + $3 <= $2 THEN $2 ELSE counter.window_start END,
            locked_until = CASE
                WHEN CASE WHEN counter.window_start + $3 <= $2 THEN 1 ELSE counter.failures + 1 END >= $4 THEN $2 + $5
                ELSE counter.locked_until
            END
        RETURNING locked_until";
    let locked: Option<i64> = writing!(store, pool => sqlx::query_scalar(COUNT)
        .bind(storable(key))
        .bind(now)
        .bind(limit.window)
        .bind(i64::from(limit.failures))
        .bind(limit.lock)
        .fetch_one(pool))?;
    Ok(locked.filter(|until| *until > now))
}

/// Until when any of the keys is locked.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn locked_until(store: &Store, keys: &[&str], now: i64) -> Result<Option<i64>, StoreError> {
    const SELECT: &str = "SELECT locked_until FROM sign_in_failures WHERE subject = $1 AND locked_until > $2";
    let mut latest = None;
    for key in keys {
        let until: Option<i64> =
            reading!(store, pool => sqlx::query_scalar(SELECT).bind(storable(key)).bind(now).fetch_optional(pool))?;
        latest = latest.max(until);
    }
    Ok(latest)
}

/// Forgets the failures of a key.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn clear(store: &Store, key: &str) -> Result<(), StoreError> {
    executing!(store, sqlx::query("DELETE FROM sign_in_failures WHERE subject = $1").bind(storable(key)))?;
    Ok(())
}

/// Removes counters whose window began before `before` and whose lock was over by then. Returns how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn purge(store: &Store, before: i64) -> Result<u64, StoreError> {
    const DELETE: &str =
        "DELETE FROM sign_in_failures WHERE window_start < $1 AND (locked_until IS NULL OR locked_until < $1)";
    Ok(executing!(store, sqlx::query(DELETE).bind(before))?)
}
