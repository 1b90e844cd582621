//! Events of the calendar that people entered.

use crate::column::{Text, new_id, storable};
use crate::connection::{executing, reading, writing};
use crate::error::OnConstraint;
use crate::events::day;
use crate::{Store, StoreError};
use aisle_domain::{CalendarEvent, HolidayKind, LocationId};

/// An event that somebody entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEvent {
    /// Identifier (ascending in time).
    pub id: String,
    /// Name, days, place.
    pub event: CalendarEvent,
    /// What kind of event.
    pub kind: HolidayKind,
    /// Who entered it.
    pub created_by: String,
    /// When, in microseconds since 1970 UTC.
    pub created_at: i64,
}

type Row = (String, String, Text<HolidayKind>, i64, i64, Text<Option<LocationId>>, String, i64);

macro_rules! columns {
    () => {
        "id, name, kind, first_day, last_day, CASE WHEN location <> '' THEN location END, created_by, created_at"
    };
}

fn own_event((id, name, kind, first, last, location, created_by, created_at): Row) -> OwnEvent {
    let event = CalendarEvent { name, first: day(first), last: day(last), location: location.0 };
    OwnEvent { id, event, kind: kind.0, created_by, created_at }
}

fn place(event: &CalendarEvent) -> String {
    event.location.as_ref().map_or("", LocationId::as_str).to_owned()
}

fn taken(event: &CalendarEvent) -> String {
    format!("the calendar holds {:?} of that kind on these days at this place already", event.name)
}

/// Enters an event.
///
/// # Errors
/// [`StoreError::Conflict`] where an equal one is there; [`StoreError::Database`], also where it ends before it begins.
pub async fn create(
    store: &Store,
    event: &CalendarEvent,
    kind: HolidayKind,
    by: &str,
    now: i64,
) -> Result<OwnEvent, StoreError> {
    const INSERT: &str = concat!(
        "INSERT INTO own_events (id, name, kind, first_day, last_day, location, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ",
        columns!()
    );
    let made: Result<Row, sqlx::Error> = writing!(store, pool => sqlx::query_as(INSERT)
        .bind(new_id(now))
        .bind(storable(&event.name))
        .bind(kind.name())
        .bind(i64::from(event.first.epoch_days()))
        .bind(i64::from(event.last.epoch_days()))
        .bind(place(event))
        .bind(storable(by))
        .bind(now)
        .fetch_one(pool));
    made.map(own_event).on_taken(|| taken(event))
}

/// Changes an event.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] where an equal one is there.
pub async fn change(store: &Store, id: &str, event: &CalendarEvent, kind: HolidayKind) -> Result<OwnEvent, StoreError> {
    const UPDATE: &str = concat!(
        "UPDATE own_events SET name = $2, kind = $3, first_day = $4, last_day = $5, location = $6 WHERE id = $1 RETURNING ",
        columns!()
    );
    let changed: Result<Option<Row>, sqlx::Error> = writing!(store, pool => sqlx::query_as(UPDATE)
        .bind(storable(id))
        .bind(storable(&event.name))
        .bind(kind.name())
        .bind(i64::from(event.first.epoch_days()))
        .bind(i64::from(event.last.epoch_days()))
        .bind(place(event))
        .fetch_optional(pool));
    let changed = changed.on_taken(|| taken(event))?;
    changed.map(own_event).ok_or_else(|| StoreError::missing("event", id))
}

/// Removes an event; gives what it was.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(store: &Store, id: &str) -> Result<OwnEvent, StoreError> {
    let found = get(store, id).await?;
    let gone = executing!(store, sqlx::query("DELETE FROM own_events WHERE id = $1").bind(storable(id)))?;
    if gone == 0 { Err(StoreError::missing("event", id)) } else { Ok(found) }
}

/// One event.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &str) -> Result<OwnEvent, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM own_events WHERE id = $1");
    let found: Option<Row> = reading!(store, pool => sqlx::query_as(SELECT).bind(storable(id)).fetch_optional(pool))?;
    found.map(own_event).ok_or_else(|| StoreError::missing("event", id))
}

/// Every event, by first day, name, kind and place. There are few, so they are listed whole.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(store: &Store) -> Result<Vec<OwnEvent>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM own_events ORDER BY first_day, name, kind, own_events.location, last_day"
    );
    let rows: Vec<Row> = reading!(store, pool => sqlx::query_as(SELECT).fetch_all(pool))?;
    Ok(rows.into_iter().map(own_event).collect())
}
