//! Sessions.
use crate::{Store, StoreError, users::User};
use aisle_domain::UserId;
/// A session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub user_id: UserId,
    /// Secret that CSRF tokens are derived from.
    pub csrf_secret: Vec<u8>,
    /// When it began.
    pub created_at: i64,
    /// When last used.
    pub last_seen_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// Browser.
    pub user_agent: String,
    /// Address.
    pub ip: String,
}
/// Stores a session.
pub async fn create(store: &Store, session: &Session) -> Result<(), StoreError> {
    todo!()
}
/// The session and its user, where it has not expired and the user is enabled.
pub async fn find(store: &Store, token_hash: &[u8], now: i64) -> Result<Option<(Session, User)>, StoreError> {
    todo!()
}
/// Notes that it was used; extends it.
pub async fn touch(store: &Store, token_hash: &[u8], now: i64, expires_at: i64) -> Result<(), StoreError> {
    todo!()
}
/// Sessions of a user, last used first.
pub async fn of_user(store: &Store, user: &UserId, now: i64) -> Result<Vec<Session>, StoreError> {
    todo!()
}
/// Ends one.
pub async fn delete(store: &Store, token_hash: &[u8]) -> Result<(), StoreError> {
    todo!()
}
/// Ends all of a user but `keep`. Returns how many.
pub async fn delete_of_user(store: &Store, user: &UserId, keep: Option<&[u8]>) -> Result<u64, StoreError> {
    todo!()
}
/// Removes the expired ones. Returns how many.
pub async fn purge(store: &Store, now: i64) -> Result<u64, StoreError> {
    todo!()
}
