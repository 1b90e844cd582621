//! Calendar files (iCalendar) as they came. Their events are laid out by whoever asks, as far ahead as is looked.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{executing, reading, transaction, writing};
use crate::{Store, StoreError};
use aisle_domain::LocationId;

/// A calendar file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CalendarFile {
    /// Identifier (ascending in time).
    pub id: String,
    /// Its name; of those in use each name is there once.
    pub name: String,
    /// Hash of its bytes, hexadecimal.
    pub hash: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Whether its events count; else it waits for its preview to be confirmed.
    pub active: bool,
    /// Names of its events that do not count.
    #[sqlx(try_from = "Text<Vec<String>>")]
    pub left_out: Vec<String>,
    /// Where its events hold; everywhere where `None`.
    #[sqlx(try_from = "Text<Option<LocationId>>")]
    pub location: Option<LocationId>,
    /// Who brought it.
    pub created_by: String,
    /// When, in microseconds since 1970 UTC.
    pub created_at: i64,
}

/// Drafts are forgotten after a day.
const DRAFT_LIVES: i64 = 86_400_000_000;

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, name, hash, content, active, left_out, CASE WHEN location <> '' THEN location END AS location,
            created_by, created_at FROM calendar_files WHERE ",
            $condition
        )
    };
}

/// Keeps a file as a draft, and forgets drafts of more than a day ago.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn draft(
    store: &Store,
    name: &str,
    hash: &str,
    content: &[u8],
    by: &str,
    now: i64,
) -> Result<CalendarFile, StoreError> {
    const FORGET: &str = "DELETE FROM calendar_files WHERE NOT active AND created_at < $1";
    const INSERT: &str =
        "INSERT INTO calendar_files (id, name, hash, content, active, left_out, location, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, '[]', '', $6, $7)";
    executing!(store, sqlx::query(FORGET).bind(now - DRAFT_LIVES))?;
    let id = new_id(now);
    executing!(
        store,
        sqlx::query(INSERT)
            .bind(&id)
            .bind(storable(name))
            .bind(hash)
            .bind(content)
            .bind(false)
            .bind(storable(by))
            .bind(now)
    )?;
    get(store, &id).await
}

/// Puts a file to use, with the names that are left out and the place it holds for; the file of that name in use before
/// goes.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn put_to_use(
    store: &Store,
    id: &str,
    left_out: &[String],
    location: Option<&LocationId>,
) -> Result<CalendarFile, StoreError> {
    const REPLACE: &str = "DELETE FROM calendar_files WHERE active AND id <> $1
        AND name = (SELECT name FROM calendar_files WHERE id = $1)";
    const UPDATE: &str = "UPDATE calendar_files SET active = $2, left_out = $3, location = $4 WHERE id = $1";
    let names: Vec<String> = left_out.iter().map(|name| storable(name)).collect();
    let names = json("left_out", &names)?;
    let place = location.map_or("", LocationId::as_str);
    let changed = transaction!(store, tx => {
        sqlx::query(REPLACE).bind(storable(id)).execute(&mut *tx).await?;
        let update = sqlx::query(UPDATE).bind(storable(id)).bind(true).bind(&names).bind(place);
        update.execute(&mut *tx).await?.rows_affected()
    });
    if changed == 0 { Err(StoreError::missing("calendar file", id)) } else { get(store, id).await }
}

/// Forgets a file, a draft or one in use; gives what it was.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(store: &Store, id: &str) -> Result<CalendarFile, StoreError> {
    let found = get(store, id).await?;
    let gone = writing!(store, pool => sqlx::query_scalar::<_, String>("DELETE FROM calendar_files WHERE id = $1 RETURNING id")
        .bind(storable(id)).fetch_optional(pool))?;
    gone.map(|_| found).ok_or_else(|| StoreError::missing("calendar file", id))
}

/// One file.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &str) -> Result<CalendarFile, StoreError> {
    const SELECT: &str = select!("id = $1");
    let found = reading!(store, pool => sqlx::query_as(SELECT).bind(storable(id)).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("calendar file", id))
}

/// The file in use of this name.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn named(store: &Store, name: &str) -> Result<CalendarFile, StoreError> {
    const SELECT: &str = select!("active AND name = $1");
    let found = reading!(store, pool => sqlx::query_as(SELECT).bind(storable(name)).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("calendar file", name))
}

/// The files in use, by name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn in_use(store: &Store) -> Result<Vec<CalendarFile>, StoreError> {
    const SELECT: &str = select!("active ORDER BY name");
    Ok(reading!(store, pool => sqlx::query_as(SELECT).fetch_all(pool))?)
}
