//! Audit log.
use crate::{Store, StoreError};
/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Number, ascending.
    pub id: i64,
    /// When.
    pub at: i64,
    /// Who: a login name, `key:PREFIX`, `cli`.
    pub actor: String,
    /// What was done: `user.create`, `import.start`, …
    pub action: String,
    /// To what.
    pub subject: String,
    /// Further detail.
    pub detail: serde_json::Value,
}
/// Appends an entry.
pub async fn append(
    store: &Store,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &serde_json::Value,
    now: i64,
) -> Result<(), StoreError> {
    todo!()
}
/// Entries, newest first, those before number `before`.
pub async fn list(store: &Store, before: Option<i64>, limit: u32) -> Result<Vec<Entry>, StoreError> {
    todo!()
}
