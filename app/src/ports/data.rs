//! Imports, dead letters, tables.

use super::{Answer, Page, Visitor};
use aisle_domain::import::{FileReport, Mapping, Preview};
use aisle_domain::job::JobView;
use aisle_domain::{Day, ImportId};
use serde::{Deserialize, Serialize};

/// An import, as listed and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportView {
    /// Identifier.
    pub id: ImportId,
    /// Names of its files.
    pub files: Vec<String>,
    /// Size of its files, in bytes.
    pub bytes: u64,
    /// draft, queued, running, succeeded, failed, cancelled.
    pub state: String,
    /// Who uploaded it.
    pub created_by: String,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// The job that runs it, once queued.
    pub job: Option<JobView>,
    /// Report by file, once there is one (also while it runs).
    pub report: Vec<FileReport>,
    /// Open dead letters.
    pub dead_letters: u64,
}

/// A file's corrected or confirmed mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MappingAnswer {
    /// Name of the file within the import.
    pub file: String,
    /// The mapping to read it by.
    pub mapping: Mapping,
}

/// Which dead letters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeadLetterQuery {
    /// Of this import only.
    pub import: Option<ImportId>,
    /// open, replayed, dismissed; open where `None`.
    pub state: Option<String>,
    /// Cursor.
    pub after: Option<String>,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterView {
    /// Identifier.
    pub id: String,
    /// The import.
    pub import: ImportId,
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column at fault.
    pub column: Option<String>,
    /// Why.
    pub reason: String,
    /// The record, with bytes that are not UTF-8 replaced.
    pub raw: String,
    /// open, replayed, dismissed.
    pub state: String,
}

/// A fact table or a table of master data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// Its name.
    pub name: String,
    /// What a row is.
    pub meaning: String,
    /// Its version; master data has none.
    pub version: Option<u64>,
    /// Rows.
    pub rows: u64,
    /// Size of its files, in bytes.
    pub bytes: Option<u64>,
    /// Files.
    pub files: Option<u64>,
    /// First and last day.
    pub days: Option<(Day, Day)>,
    /// Columns: name, type, meaning.
    pub columns: Vec<(String, String, String)>,
}

/// One version of a fact table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableVersion {
    /// The version.
    pub version: u64,
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// What made it: `append`, `compact`.
    pub operation: String,
    /// The import that made it, where one did.
    pub import: Option<String>,
    /// Rows that it added.
    pub rows: Option<u64>,
}

/// Imports, dead letters, tables.
#[async_trait::async_trait]
pub trait DataDesk: Send + Sync {
    /// Imports, newest first.
    async fn imports(&self, after: Option<String>) -> Answer<Page<ImportView>>;
    /// One import.
    async fn import(&self, id: &ImportId) -> Answer<ImportView>;
    /// What was guessed of a draft's files.
    async fn previews(&self, id: &ImportId) -> Answer<Vec<Preview>>;
    /// Checks answers against the files again: the previews that would result, with the questions that remain.
    async fn check_mapping(&self, id: &ImportId, answers: Vec<MappingAnswer>) -> Answer<Vec<Preview>>;
    /// Confirms a draft's mappings and queues it.
    async fn start_import(&self, by: &Visitor, id: &ImportId, answers: Vec<MappingAnswer>) -> Answer<JobView>;
    /// Throws a draft away.
    async fn discard_import(&self, by: &Visitor, id: &ImportId) -> Answer<()>;
    /// Dead letters, in the order of file and line.
    async fn dead_letters(&self, query: DeadLetterQuery) -> Answer<Page<DeadLetterView>>;
    /// Reads a mended record again through the same door; the problem says why it still cannot be taken.
    async fn replay(&self, by: &Visitor, id: &str, mended: &str) -> Answer<()>;
    /// Puts a dead letter aside for good.
    async fn dismiss(&self, by: &Visitor, id: &str) -> Answer<()>;
    /// Tables: facts and master data.
    async fn tables(&self) -> Answer<Vec<TableView>>;
    /// Versions of a fact table, newest first.
    async fn versions(&self, table: &str) -> Answer<Vec<TableVersion>>;
}
