//! Dead letters.
use crate::{Store, StoreError};
use aisle_domain::ImportId;
/// Where a dead letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterState {
    /// Waits for a decision.
    Open,
    /// Has a new text, waits for replay.
    Mended,
    /// Was read again, with success.
    Replayed,
    /// Set aside by a user.
    Dismissed,
}
/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// Number, ascending.
    pub id: i64,
    /// The import.
    pub import_id: ImportId,
    /// File within the import.
    pub file: u32,
    /// Name of the file.
    pub file_name: String,
    /// Line where the record begins.
    pub line: u64,
    /// The column at fault.
    pub column: Option<String>,
    /// Why.
    pub reason: String,
    /// The record as it was read.
    pub raw: Vec<u8>,
    /// The record as mended.
    pub mended: Option<String>,
    /// Where it stands.
    pub state: LetterState,
    /// What became of the last replay.
    pub outcome: Option<String>,
    /// When it was rejected.
    pub created_at: i64,
    /// When last changed.
    pub updated_at: i64,
}
/// Which letters to list.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Of this import.
    pub import: Option<&'a ImportId>,
    /// Of this file of the import.
    pub file: Option<u32>,
    /// In this state.
    pub state: Option<LetterState>,
}
/// How many letters stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open.
    pub open: u64,
    /// Mended.
    pub mended: u64,
    /// Replayed.
    pub replayed: u64,
    /// Dismissed.
    pub dismissed: u64,
}
/// Letters by number, those after `after`.
pub async fn list(
    store: &Store,
    filter: &Filter<'_>,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    todo!()
}
/// One letter. [`StoreError::NotFound`].
pub async fn get(store: &Store, id: i64) -> Result<DeadLetter, StoreError> {
    todo!()
}
/// Gives an open or mended letter a new text.
pub async fn mend(store: &Store, id: i64, text: &str, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Notes a replay: with success it is settled; otherwise it is open again with the new reason.
pub async fn replayed(store: &Store, id: i64, result: Result<&str, &str>, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Sets a letter aside.
pub async fn dismiss(store: &Store, id: i64, now: i64) -> Result<(), StoreError> {
    todo!()
}
/// How many letters stand where; of one import or of all.
pub async fn counts(store: &Store, import: Option<&ImportId>) -> Result<Counts, StoreError> {
    todo!()
}
