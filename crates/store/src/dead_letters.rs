//! Dead letters: rows that could not be taken, kept as they were read until someone mends, replays or dismisses them.

use crate::column::{Text, storable};
use crate::connection::{executing, reading};
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

impl LetterState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Mended, Self::Replayed, Self::Dismissed];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mended => "mended",
            Self::Replayed => "replayed",
            Self::Dismissed => "dismissed",
        }
    }

    /// Reads a state's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == word)
    }
}

/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DeadLetter {
    /// Number, ascending.
    pub id: i64,
    /// The import.
    #[sqlx(try_from = "Text<ImportId>")]
    pub import_id: ImportId,
    /// File within the import.
    #[sqlx(try_from = "i64")]
    pub file: u32,
    /// Name of the file.
    pub file_name: String,
    /// Line where the record begins (row, in Parquet), from 1.
    #[sqlx(try_from = "i64")]
    pub line: u64,
    /// The column at fault.
    #[sqlx(rename = "column_name")]
    pub column: Option<String>,
    /// Why.
    pub reason: String,
    /// The record as it was read.
    pub raw: Vec<u8>,
    /// The record as mended.
    pub mended: Option<String>,
    /// Where it stands.
    #[sqlx(try_from = "Text<LetterState>")]
    pub state: LetterState,
    /// What became of the last replay.
    pub outcome: Option<String>,
    /// When it was rejected, in microseconds since 1970 UTC.
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
    /// Wait for a decision.
    pub open: u64,
    /// Wait for replay.
    pub mended: u64,
    /// Were read again.
    pub replayed: u64,
    /// Set aside.
    pub dismissed: u64,
}

macro_rules! columns {
    () => {
        "id, import_id, file, file_name, line, column_name, reason, raw, mended, state, outcome, created_at, updated_at"
    };
}

/// Letters by number, those after `after`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    filter: &Filter<'_>,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM dead_letters WHERE ($1 IS NULL OR import_id = $1) AND ($2 IS NULL OR file = $2)",
        " AND ($3 IS NULL OR state = $3) AND ($4 IS NULL OR id > $4) ORDER BY id LIMIT $5"
    );
    Ok(reading!(store, pool => sqlx::query_as(SELECT)
        .bind(filter.import.map(ImportId::as_str))
        .bind(filter.file.map(i64::from))
        .bind(filter.state.map(LetterState::name))
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(pool))?)
}

/// One letter.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: i64) -> Result<DeadLetter, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM dead_letters WHERE id = $1");
    let found = reading!(store, pool => sqlx::query_as(SELECT).bind(id).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("dead letter", id))
}

/// Gives a letter a new text. One that was set aside comes back; one that was replayed stays.
///
/// # Errors
/// [`StoreError::Conflict`] where it was replayed, [`StoreError::NotFound`].
pub async fn mend(store: &Store, id: i64, text: &str, now: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE dead_letters SET mended = $2, state = 'mended', updated_at = $3
        WHERE id = $1 AND state <> 'replayed'";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id).bind(storable(text)).bind(now))?;
    unless_replayed(store, id, changed).await
}

/// Notes a replay: with `Ok` it is settled, and the text says what it became; with `Err` it is open again, and the text
/// says why. Noting the same success twice changes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] where it was replayed before, [`StoreError::NotFound`].
pub async fn replayed(store: &Store, id: i64, result: Result<&str, &str>, now: i64) -> Result<(), StoreError> {
    let (state, outcome) = match result {
        Ok(outcome) => (LetterState::Replayed, outcome),
        Err(reason) => (LetterState::Open, reason),
    };
    const UPDATE: &str = "UPDATE dead_letters SET state = $2, outcome = $3, updated_at = $4
        WHERE id = $1 AND (state <> 'replayed' OR (state = $2 AND outcome = $3))";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id).bind(state.name()).bind(storable(outcome)).bind(now))?;
    unless_replayed(store, id, changed).await
}

/// Sets a letter aside.
///
/// # Errors
/// [`StoreError::Conflict`] where it was replayed, [`StoreError::NotFound`].
pub async fn dismiss(store: &Store, id: i64, now: i64) -> Result<(), StoreError> {
    const UPDATE: &str =
        "UPDATE dead_letters SET state = 'dismissed', updated_at = $2 WHERE id = $1 AND state <> 'replayed'";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id).bind(now))?;
    unless_replayed(store, id, changed).await
}

/// How many letters stand where; of one import or of all.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn counts(store: &Store, import: Option<&ImportId>) -> Result<Counts, StoreError> {
    const SELECT: &str = "SELECT state, count(*) FROM dead_letters WHERE ($1 IS NULL OR import_id = $1) GROUP BY state";
    let rows: Vec<(Text<LetterState>, i64)> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(import.map(ImportId::as_str)).fetch_all(pool))?;
    let mut counts = Counts::default();
    for (state, letters) in rows {
        let letters = letters.unsigned_abs();
        match state.0 {
            LetterState::Open => counts.open = letters,
            LetterState::Mended => counts.mended = letters,
            LetterState::Replayed => counts.replayed = letters,
            LetterState::Dismissed => counts.dismissed = letters,
        }
    }
    Ok(counts)
}

async fn unless_replayed(store: &Store, id: i64, changed: u64) -> Result<(), StoreError> {
    if changed == 0 {
        get(store, id).await?;
        return Err(StoreError::conflict("this row was replayed already; nothing is left to do"));
    }
    Ok(())
}
