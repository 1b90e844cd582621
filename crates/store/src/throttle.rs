//! Sign-in throttle.
use crate::{Store, StoreError};
/// How many failures within which window lock for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Failures allowed within a window.
    pub failures: u32,
    /// Length of the window, microseconds.
    pub window: i64,
    /// Length of the lock once exceeded, microseconds.
    pub lock: i64,
}
/// Records a failed sign-in for a key (`account:NAME`, `ip:ADDRESS`); returns until when it is locked, if it is.
pub async fn record_failure(store: &Store, key: &str, limit: Limit, now: i64) -> Result<Option<i64>, StoreError> {
    todo!()
}
/// Until when any of the keys is locked.
pub async fn locked_until(store: &Store, keys: &[&str], now: i64) -> Result<Option<i64>, StoreError> {
    todo!()
}
/// Forgets the failures of a key.
pub async fn clear(store: &Store, key: &str) -> Result<(), StoreError> {
    todo!()
}
/// Removes counters whose window and lock are over.
pub async fn purge(store: &Store, before: i64) -> Result<u64, StoreError> {
    todo!()
}
