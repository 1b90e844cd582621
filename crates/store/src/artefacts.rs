//! Artefacts.
use crate::{Store, StoreError};
use aisle_domain::{ArtefactId, JobId};
/// An artefact, without its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Artefact {
    /// Identifier (ascending in time).
    pub id: ArtefactId,
    /// Hash of its bytes, hexadecimal.
    pub hash: String,
    /// What it is for: `forecast`, …
    pub kind: String,
    /// Version of the data it was fitted on.
    pub data_version: String,
    /// Hyperparameters.
    pub params: serde_json::Value,
    /// Measured in backtests.
    pub metrics: serde_json::Value,
    /// Size, in bytes.
    pub bytes: u64,
    /// The job that made it.
    pub job_id: Option<JobId>,
    /// When registered.
    pub created_at: i64,
}
/// What a new artefact is made of.
#[derive(Debug, Clone)]
pub struct NewArtefact<'a> {
    /// Hash of its bytes, hexadecimal.
    pub hash: &'a str,
    /// What it is for.
    pub kind: &'a str,
    /// Version of the data it was fitted on.
    pub data_version: &'a str,
    /// Hyperparameters.
    pub params: &'a serde_json::Value,
    /// Metrics.
    pub metrics: &'a serde_json::Value,
    /// The job that made it.
    pub job_id: Option<&'a JobId>,
    /// The datasets it was fitted on: (dataset, version).
    pub inputs: &'a [(String, String)],
}
/// Which artefact was live from when on.
#[derive(Debug, Clone, PartialEq)]
pub struct Promotion {
    /// Number, ascending.
    pub id: i64,
    /// What it is for.
    pub kind: String,
    /// The artefact.
    pub artefact_id: ArtefactId,
    /// Who promoted it.
    pub promoted_by: String,
    /// Why.
    pub reason: String,
    /// From when on.
    pub at: i64,
}
/// Registers an artefact with its bytes. The same kind and hash again returns the one there is.
pub async fn register(
    store: &Store,
    artefact: &NewArtefact<'_>,
    bytes: &[u8],
    now: i64,
) -> Result<Artefact, StoreError> {
    todo!()
}
/// Makes an artefact the live one of its kind.
pub async fn promote(store: &Store, id: &ArtefactId, by: &str, reason: &str, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// The live artefact of a kind.
pub async fn live(store: &Store, kind: &str) -> Result<Option<Artefact>, StoreError> {
    todo!()
}
/// What was live when, newest first.
pub async fn promotions(store: &Store, kind: &str, limit: u32) -> Result<Vec<Promotion>, StoreError> {
    todo!()
}
/// One artefact. [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &ArtefactId) -> Result<Artefact, StoreError> {
    todo!()
}
/// Its bytes. [`StoreError::NotFound`].
pub async fn load(store: &Store, id: &ArtefactId) -> Result<Vec<u8>, StoreError> {
    todo!()
}
/// Artefacts, newest first, those before `before`.
pub async fn list(
    store: &Store,
    kind: Option<&str>,
    before: Option<&ArtefactId>,
    limit: u32,
) -> Result<Vec<Artefact>, StoreError> {
    todo!()
}
/// The datasets an artefact was fitted on: (dataset, version).
pub async fn inputs(store: &Store, id: &ArtefactId) -> Result<Vec<(String, String)>, StoreError> {
    todo!()
}
