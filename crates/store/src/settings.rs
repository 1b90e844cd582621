//! Settings and secrets.
use crate::{Store, StoreError};
use serde::{Serialize, de::DeserializeOwned};
/// A setting, or its default where it was never set.
pub async fn get<T: DeserializeOwned>(store: &Store, key: &str, default: T) -> Result<T, StoreError> {
    todo!()
}
/// Sets a setting.
pub async fn set<T: Serialize + Sync>(store: &Store, key: &str, value: &T, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Every setting that was set, by key.
pub async fn all(store: &Store) -> Result<std::collections::BTreeMap<String, serde_json::Value>, StoreError> {
    todo!()
}
/// Named random bytes, created once: `proposed` is stored where there are none yet; what is stored is returned.
pub async fn secret(store: &Store, name: &str, proposed: &[u8], now: i64) -> Result<Vec<u8>, StoreError> {
    todo!()
}
