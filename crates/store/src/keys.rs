//! API keys.
use crate::{Store, StoreError};
use aisle_domain::{Permission, UserId};
/// An API key.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiKey {
    /// Identifier.
    pub id: String,
    /// First characters of the key, shown and looked up by; unique.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub key_hash: Vec<u8>,
    /// Whose rights bound it.
    pub owner: UserId,
    /// Name given by the owner.
    pub name: String,
    /// What it may do, at most.
    pub scopes: Vec<Permission>,
    /// When created.
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
    /// SHA-256.
    pub key_hash: Vec<u8>,
    /// Owner.
    pub owner: UserId,
    /// Name.
    pub name: String,
    /// Scopes.
    pub scopes: Vec<Permission>,
    /// End.
    pub expires_at: Option<i64>,
}
/// Stores a key.
pub async fn create(store: &Store, key: NewApiKey, now: i64) -> Result<ApiKey, StoreError> {
    todo!()
}
/// The key of that prefix, where it is neither revoked nor expired. The caller compares the hash.
pub async fn find(store: &Store, prefix: &str, now: i64) -> Result<Option<ApiKey>, StoreError> {
    todo!()
}
/// Notes that it was used.
pub async fn touch(store: &Store, id: &str, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Keys, newest first; of one owner or of all.
pub async fn list(
    store: &Store,
    owner: Option<&UserId>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<ApiKey>, StoreError> {
    todo!()
}
/// Revokes one. [`StoreError::NotFound`] where `owner` is given and it is not theirs.
pub async fn revoke(store: &Store, id: &str, owner: Option<&UserId>, now: i64) -> Result<(), StoreError> {
    todo!()
}
