//! Users.
use crate::{Store, StoreError};
use aisle_domain::{Role, UserId};
/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Login name, lower case, unique.
    pub login: String,
    /// Name as shown.
    pub display_name: String,
    /// What the user is to the shop.
    pub role: Role,
    /// Argon2 hash of the password (PHC string).
    pub password_hash: String,
    /// May not sign in.
    pub disabled: bool,
    /// Must choose a new password before anything else.
    pub must_change_password: bool,
    /// Preferences of the pages (theme, columns, …): a JSON object.
    pub preferences: serde_json::Value,
    /// When created.
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
/// Creates a user. [`StoreError::Conflict`] where the login name is taken.
pub async fn create(store: &Store, user: NewUser, now: i64) -> Result<User, StoreError> {
    todo!()
}
/// Gets one. [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &UserId) -> Result<User, StoreError> {
    todo!()
}
/// Finds by login name, without case.
pub async fn by_login(store: &Store, login: &str) -> Result<Option<User>, StoreError> {
    todo!()
}
/// Lists by login name, those after `after`.
pub async fn list(store: &Store, after: Option<&str>, limit: u32) -> Result<Vec<User>, StoreError> {
    todo!()
}
/// How many there are.
pub async fn count(store: &Store) -> Result<u64, StoreError> {
    todo!()
}
/// Changes name, role and disabled. The last enabled administrator stays: [`StoreError::Conflict`].
pub async fn update(
    store: &Store,
    id: &UserId,
    display_name: &str,
    role: Role,
    disabled: bool,
    now: i64,
) -> Result<User, StoreError> {
    todo!()
}
/// Sets the password hash.
pub async fn set_password(
    store: &Store,
    id: &UserId,
    hash: &str,
    must_change: bool,
    now: i64,
) -> Result<(), StoreError> {
    todo!()
}
/// Sets the preferences.
pub async fn set_preferences(
    store: &Store,
    id: &UserId,
    preferences: &serde_json::Value,
    now: i64,
) -> Result<(), StoreError> {
    todo!()
}
