//! Imports: their files, where they stand, and what became of them. The chunks of their rows are in [`crate::chunks`].

use crate::column::{Text, json, new_id, storable, whole};
use crate::connection::{executing, reading, transaction};
use crate::error::OnConstraint;
use crate::{Store, StoreError};
use aisle_domain::ImportId;
use aisle_domain::import::{Entity, ImportReport, Mapping};
use std::collections::BTreeSet;

pub use crate::chunks::{
    Chunk, begin_chunk, confirm_chunk, confirmed_chunks, discard_pending, last_confirmed, pending_chunk,
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

impl ImportState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads a state's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == word)
    }
}

/// One file of an import.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ImportFile {
    /// Index within the import, from 0.
    #[sqlx(try_from = "i64")]
    pub file: u32,
    /// Name, as the user gave it.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Size, in bytes.
    #[sqlx(try_from = "i64")]
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// How its columns become facts, once settled.
    #[sqlx(try_from = "Text<Option<Mapping>>")]
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
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Import {
    /// Identifier (ascending in time).
    #[sqlx(try_from = "Text<ImportId>")]
    pub id: ImportId,
    /// Where it stands.
    #[sqlx(try_from = "Text<ImportState>")]
    pub state: ImportState,
    /// Who started it.
    pub created_by: String,
    /// When created, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// When last changed.
    pub updated_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// What became of the rows, once done.
    #[sqlx(try_from = "Text<Option<ImportReport>>")]
    pub report: Option<ImportReport>,
}

macro_rules! columns {
    () => {
        "id, state, created_by, created_at, updated_at, finished_at, error, report"
    };
}

const INSERT_FILE: &str = "INSERT INTO import_files (import_id, file, name, path, bytes, sha256, mapping) VALUES ($1, $2, $3, $4, $5, $6, $7)";

macro_rules! insert_file {
    ($tx:expr, $import:expr, $index:expr, $file:expr) => {{
        let mapping = $file.mapping.as_ref().map(|mapping| json("mapping", mapping)).transpose()?;
        sqlx::query(INSERT_FILE)
            .bind($import)
            .bind(i64::from($index))
            .bind(storable(&$file.name))
            .bind(storable(&$file.path))
            .bind(whole($file.bytes))
            .bind(&$file.sha256)
            .bind(mapping)
            .execute(&mut *$tx)
            .await?
    }};
}

/// Creates an import in state draft.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(store: &Store, files: &[NewFile], created_by: &str, now: i64) -> Result<Import, StoreError> {
    const INSERT: &str = concat!(
        "INSERT INTO imports (id, state, created_by, created_at, updated_at) VALUES ($1, 'draft', $2, $3, $3) RETURNING ",
        columns!()
    );
    let id = new_id(now);
    Ok(transaction!(store, tx => {
        let import = sqlx::query_as(INSERT).bind(&id).bind(storable(created_by)).bind(now).fetch_one(&mut *tx).await?;
        for (index, file) in (0_u32..).zip(files) {
            insert_file!(tx, &id, index, file);
        }
        import
    }))
}

/// One import.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &ImportId) -> Result<Import, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM imports WHERE id = $1");
    let found = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("import", id))
}

/// Its files, by index.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn files(store: &Store, id: &ImportId) -> Result<Vec<ImportFile>, StoreError> {
    const SELECT: &str =
        "SELECT file, name, path, bytes, sha256, mapping FROM import_files WHERE import_id = $1 ORDER BY file";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_all(pool))?)
}

/// Adds a file to a draft; returns its index.
///
/// # Errors
/// [`StoreError::Conflict`] where the import is no draft, or another file came in at the same moment.
pub async fn add_file(store: &Store, id: &ImportId, file: &NewFile, now: i64) -> Result<u32, StoreError> {
    let added: Result<u32, StoreError> = async {
        Ok(transaction!(store, tx => {
            let draft = "UPDATE imports SET updated_at = $2 WHERE id = $1 AND state = 'draft'";
            if sqlx::query(draft).bind(id.as_str()).bind(now).execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(StoreError::conflict("files are added to a draft only; start another import"));
            }
            let next = "SELECT coalesce(max(file) + 1, 0) FROM import_files WHERE import_id = $1";
            let index: i64 = sqlx::query_scalar(next).bind(id.as_str()).fetch_one(&mut *tx).await?;
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            insert_file!(tx, id.as_str(), index, file);
            index
        }))
    }
    .await;
    added.on_taken(|| "another file was added at the same moment; try again".to_owned())
}

/// Settles the mapping of one file of a draft.
///
/// # Errors
/// [`StoreError::Conflict`] where the import is no draft, [`StoreError::NotFound`] where there is no such file.
pub async fn set_mapping(
    store: &Store,
    id: &ImportId,
    file: u32,
    mapping: &Mapping,
    now: i64,
) -> Result<(), StoreError> {
    let text = json("mapping", mapping)?;
    transaction!(store, tx => {
        let draft = "UPDATE imports SET updated_at = $2 WHERE id = $1 AND state = 'draft'";
        if sqlx::query(draft).bind(id.as_str()).bind(now).execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(StoreError::conflict("a mapping is changed in a draft only; start another import"));
        }
        let update = "UPDATE import_files SET mapping = $3 WHERE import_id = $1 AND file = $2";
        let query = sqlx::query(update).bind(id.as_str()).bind(i64::from(file)).bind(&text);
        if query.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(StoreError::missing("file", file));
        }
    });
    Ok(())
}

/// The latest succeeded import that holds a file of these bytes, the file's index there, and its entity.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find_by_hash(store: &Store, sha256: &[u8]) -> Result<Option<(ImportId, u32, Option<Entity>)>, StoreError> {
    const SELECT: &str =
        "SELECT f.import_id, f.file, f.mapping FROM import_files f JOIN imports i ON i.id = f.import_id
        WHERE f.sha256 = $1 AND i.state = 'succeeded' ORDER BY f.import_id DESC, f.file LIMIT 1";
    let found: Option<(Text<ImportId>, i64, Text<Option<Mapping>>)> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(sha256).fetch_optional(pool))?;
    Ok(found.map(|(id, file, mapping)| {
        (id.0, u32::try_from(file).unwrap_or(u32::MAX), mapping.0.map(|mapping| mapping.entity))
    }))
}

/// The newest import of exactly these files, by their content, that was started and has not succeeded: queued, running,
/// failed or cancelled. An archive's members all have the hash of the archive.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find_unfinished(store: &Store, sha256: &[Vec<u8>]) -> Result<Option<ImportId>, StoreError> {
    const SELECT: &str = "SELECT DISTINCT i.id FROM imports i JOIN import_files f ON f.import_id = i.id
        WHERE f.sha256 = $1 AND i.state IN ('queued', 'running', 'failed', 'cancelled') ORDER BY i.id DESC LIMIT 100";
    let wanted: BTreeSet<&[u8]> = sha256.iter().map(Vec::as_slice).collect();
    let Some(first) = wanted.first() else { return Ok(None) };
    let candidates: Vec<(Text<ImportId>,)> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(*first).fetch_all(pool))?;
    for (id,) in candidates {
        let files = files(store, &id.0).await?;
        if files.iter().map(|file| file.sha256.as_slice()).collect::<BTreeSet<_>>() == wanted {
            return Ok(Some(id.0));
        }
    }
    Ok(None)
}

/// Says where the file of these bytes lies now; it may have been moved since the import was made.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn set_path(store: &Store, id: &ImportId, sha256: &[u8], path: &str, now: i64) -> Result<(), StoreError> {
    transaction!(store, tx => {
        let moved = "UPDATE import_files SET path = $3 WHERE import_id = $1 AND sha256 = $2";
        sqlx::query(moved).bind(id.as_str()).bind(sha256).bind(storable(path)).execute(&mut *tx).await?;
        let touch = "UPDATE imports SET updated_at = $2 WHERE id = $1";
        sqlx::query(touch).bind(id.as_str()).bind(now).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Imports, newest first, those before `before`; in one state or in any.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    state: Option<ImportState>,
    before: Option<&ImportId>,
    limit: u32,
) -> Result<Vec<Import>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM imports WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT)
        .bind(state.map(ImportState::name))
        .bind(before.map(ImportId::as_str))
        .bind(i64::from(limit))
        .fetch_all(pool))?)
}

/// Moves an import to another state; `error` says why it failed or was cancelled. A succeeded import stays, and only
/// [`finish`] makes one. A failed or cancelled one may be queued again: it resumes after its last confirmed chunk.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::NotFound`].
pub async fn set_state(
    store: &Store,
    id: &ImportId,
    state: ImportState,
    error: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    if state == ImportState::Succeeded {
        return Err(StoreError::conflict("an import succeeds by its report only"));
    }
    let ended = matches!(state, ImportState::Failed | ImportState::Cancelled).then_some(now);
    const UPDATE: &str = "UPDATE imports SET state = $2, error = $3, updated_at = $4, finished_at = $5
        WHERE id = $1 AND state <> 'succeeded'";
    let changed = executing!(
        store,
        sqlx::query(UPDATE).bind(id.as_str()).bind(state.name()).bind(error.map(storable)).bind(now).bind(ended)
    )?;
    if changed == 0 {
        get(store, id).await?;
        return Err(StoreError::conflict("this import has succeeded already; nothing is left to do"));
    }
    Ok(())
}

/// Ends an import well, with its report. Finishing again (a worker that died just after) replaces the report.
///
/// # Errors
/// [`StoreError::Conflict`] while a chunk is pending, [`StoreError::NotFound`].
pub async fn finish(store: &Store, id: &ImportId, report: &ImportReport, now: i64) -> Result<(), StoreError> {
    let report = json("report", report)?;
    const UPDATE: &str =
        "UPDATE imports SET state = 'succeeded', error = NULL, report = $2, updated_at = $3, finished_at = $3
        WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM import_chunks WHERE import_id = $1 AND NOT confirmed)";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(storable(&report)).bind(now))?;
    if changed == 0 {
        get(store, id).await?;
        return Err(StoreError::conflict("a chunk of this import is pending; confirm or discard it first"));
    }
    Ok(())
}
