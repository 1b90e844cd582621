//! Imports.
use crate::{Store, StoreError};
use aisle_domain::{
    ImportId,
    import::{Entity, ImportReport, Mapping, Rejection},
};
/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Files are there; mapping is being settled.
    Draft,
    /// Waits for a worker.
    Queued,
    /// Being read.
    Running,
    /// Done.
    Succeeded,
    /// Given up.
    Failed,
    /// Stopped by a user.
    Cancelled,
}
/// One file of an import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportFile {
    /// Index within the import, from 0.
    pub file: u32,
    /// Name, as the user gave it.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Size, in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// How its columns become facts, once settled.
    pub mapping: Option<Mapping>,
}
/// What a new file of an import is made of.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Name, as the user gave it.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Size, in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Mapping, where settled.
    pub mapping: Option<Mapping>,
}
/// An import.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Identifier (ascending in time).
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// Who started it.
    pub created_by: String,
    /// When created.
    pub created_at: i64,
    /// When last changed.
    pub updated_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// What became of the rows, once done.
    pub report: Option<ImportReport>,
}
/// A chunk of a file's rows: stored as pending before its facts are committed, confirmed after.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// File within the import.
    pub file: u32,
    /// Number within the file, ascending.
    pub sequence: u64,
    /// Whether its facts are known to be committed.
    pub confirmed: bool,
    /// What the caller counts and where the next chunk begins: any JSON.
    pub tally: serde_json::Value,
}
/// Creates an import in state draft.
pub async fn create(store: &Store, files: &[NewFile], created_by: &str, now: i64) -> Result<Import, StoreError> {
    todo!()
}
/// One import. [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &ImportId) -> Result<Import, StoreError> {
    todo!()
}
/// Its files, by index.
pub async fn files(store: &Store, id: &ImportId) -> Result<Vec<ImportFile>, StoreError> {
    todo!()
}
/// Adds a file to a draft; returns its index.
pub async fn add_file(store: &Store, id: &ImportId, file: &NewFile, now: i64) -> Result<u32, StoreError> {
    todo!()
}
/// Settles the mapping of one file of a draft.
pub async fn set_mapping(
    store: &Store,
    id: &ImportId,
    file: u32,
    mapping: &Mapping,
    now: i64,
) -> Result<(), StoreError> {
    todo!()
}
/// The latest succeeded import that holds a file of these bytes, and the file's entity.
pub async fn find_by_hash(store: &Store, sha256: &[u8]) -> Result<Option<(ImportId, u32, Option<Entity>)>, StoreError> {
    todo!()
}
/// Imports, newest first, those before `before`; in one state or in any.
pub async fn list(
    store: &Store,
    state: Option<ImportState>,
    before: Option<&ImportId>,
    limit: u32,
) -> Result<Vec<Import>, StoreError> {
    todo!()
}
/// Moves an import to a state that is not final, or fails or cancels it, with a reason.
pub async fn set_state(
    store: &Store,
    id: &ImportId,
    state: ImportState,
    error: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    todo!()
}
/// Ends an import well, with its report. Refused while a chunk is pending.
pub async fn finish(store: &Store, id: &ImportId, report: &ImportReport, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Stores a pending chunk and its dead letters in one transaction. One chunk of an import is pending at a time, and
/// sequences of a file ascend: otherwise [`StoreError::Conflict`].
pub async fn begin_chunk(
    store: &Store,
    id: &ImportId,
    file: u32,
    sequence: u64,
    tally: &serde_json::Value,
    rejections: &[Rejection],
    now: i64,
) -> Result<(), StoreError> {
    todo!()
}
/// Marks the pending chunk as committed. Confirming twice changes nothing.
pub async fn confirm_chunk(store: &Store, id: &ImportId, file: u32, sequence: u64, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// The pending chunk of an import: look in the lake whether its commit is there, then confirm or discard.
pub async fn pending_chunk(store: &Store, id: &ImportId) -> Result<Option<Chunk>, StoreError> {
    todo!()
}
/// Removes the pending chunk and its dead letters. Returns whether there was one.
pub async fn discard_pending(store: &Store, id: &ImportId) -> Result<bool, StoreError> {
    todo!()
}
/// The last confirmed chunk of a file.
pub async fn last_confirmed(store: &Store, id: &ImportId, file: u32) -> Result<Option<Chunk>, StoreError> {
    todo!()
}
/// Every confirmed chunk of an import, by file and sequence.
pub async fn confirmed_chunks(store: &Store, id: &ImportId) -> Result<Vec<Chunk>, StoreError> {
    todo!()
}
