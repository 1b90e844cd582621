//! Leases: work that one of several processes does for all, by name.

use crate::column::storable;
use crate::connection::executing;
use crate::{Store, StoreError};

/// Takes or keeps a lease for `lease` microseconds. False: somebody else holds it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn take(store: &Store, name: &str, holder: &str, lease: i64, now: i64) -> Result<bool, StoreError> {
    const UPSERT: &str = "INSERT INTO leases (name, holder, held_until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
        WHERE leases.held_until <= $4 OR leases.holder = excluded.holder";
    let until = now.saturating_add(lease);
    Ok(executing!(store, sqlx::query(UPSERT).bind(name).bind(storable(holder)).bind(until).bind(now))? > 0)
}

/// Gives a lease back, where it is held by this holder.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn give_back(store: &Store, name: &str, holder: &str) -> Result<(), StoreError> {
    const DELETE: &str = "DELETE FROM leases WHERE name = $1 AND holder = $2";
    executing!(store, sqlx::query(DELETE).bind(name).bind(storable(holder)))?;
    Ok(())
}
