//! The calendar's events: holidays, closures, local events. There are few, so they are listed whole.

use crate::bulk::{Cell, inserting};
use crate::column::{Text, storable};
use crate::connection::{reading, transaction};
use crate::{Store, StoreError};
use aisle_domain::{CalendarEvent, Day, LocationId};
use std::collections::BTreeMap;

/// Inserts events; those equal in name, days and place are there once. Returns how many are new.
///
/// # Errors
/// [`StoreError::Database`], also where an event ends before it begins.
pub async fn upsert_events(store: &Store, events: &[CalendarEvent]) -> Result<u64, StoreError> {
    const HEAD: &str = "INSERT INTO calendar_events (name, first_day, last_day, location)";
    let mut rows: BTreeMap<&CalendarEvent, Vec<Cell>> = BTreeMap::new();
    for event in events {
        let place = event.location.as_ref().map_or("", LocationId::as_str).to_owned();
        let (first, last) = (i64::from(event.first.epoch_days()), i64::from(event.last.epoch_days()));
        rows.insert(event, vec![storable(&event.name).into(), first.into(), last.into(), place.into()]);
    }
    Ok(transaction!(store, tx => { inserting!(tx, HEAD, rows.into_values(), "ON CONFLICT DO NOTHING") }))
}

/// Events that touch the days from `first` to `last`, by first day, name and place.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn events(store: &Store, first: Day, last: Day) -> Result<Vec<CalendarEvent>, StoreError> {
    const SELECT: &str = "SELECT name, first_day, last_day, CASE WHEN location <> '' THEN location END
        FROM calendar_events WHERE last_day >= $1 AND first_day <= $2 ORDER BY first_day, name, location";
    let rows: Vec<(String, i64, i64, Text<Option<LocationId>>)> = reading!(store, pool => sqlx::query_as(SELECT)
        .bind(i64::from(first.epoch_days()))
        .bind(i64::from(last.epoch_days()))
        .fetch_all(pool))?;
    let event = |(name, first, last, location): (String, i64, i64, Text<Option<LocationId>>)| CalendarEvent {
        name,
        first: day(first),
        last: day(last),
        location: location.0,
    };
    Ok(rows.into_iter().map(event).collect())
}

/// How many events there are.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_events(store: &Store) -> Result<u64, StoreError> {
    let events: i64 =
        reading!(store, pool => sqlx::query_scalar("SELECT count(*) FROM calendar_events").fetch_one(pool))?;
    Ok(events.unsigned_abs())
}

pub(crate) fn day(days: i64) -> Day {
    Day::from_epoch_days(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
}
