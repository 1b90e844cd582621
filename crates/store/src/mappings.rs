//! Mappings kept.
use crate::{Store, StoreError};
/// A mapping kept for files of a shape.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptMapping {
    /// Fingerprint of the shape (header and format).
    pub shape: String,
    /// Name, as shown.
    pub name: String,
    /// The mapping, as TOML.
    pub toml: String,
    /// When last changed.
    pub updated_at: i64,
}
/// Keeps a mapping; one of the same shape is replaced.
pub async fn keep(store: &Store, shape: &str, name: &str, toml: &str, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// The mapping of a shape.
pub async fn find(store: &Store, shape: &str) -> Result<Option<KeptMapping>, StoreError> {
    todo!()
}
/// Every mapping, last changed first.
pub async fn list(store: &Store, limit: u32) -> Result<Vec<KeptMapping>, StoreError> {
    todo!()
}
/// Forgets one. Returns whether it was there.
pub async fn forget(store: &Store, shape: &str) -> Result<bool, StoreError> {
    todo!()
}
