//! What holidays did to sales, as the latest training of each measure found it.

use crate::column::{Text, storable};
use crate::connection::{reading, transaction};
use crate::{Store, StoreError};
use serde_json::Value;

/// One event's impact as a list shows it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Listed {
    /// The event's name.
    pub event: String,
    /// Version of the data that it was measured on.
    pub data_version: String,
    /// Its impact on the whole.
    #[sqlx(try_from = "Text<Value>")]
    pub total: Value,
    /// When it was measured, in microseconds since 1970 UTC.
    pub made_at: i64,
}

/// One event's impact to be kept.
#[derive(Debug, Clone)]
pub struct NewImpact {
    /// The event's name.
    pub event: String,
    /// Its impact on the whole, as JSON.
    pub total: String,
    /// Its impact on every unit, as JSON.
    pub units: String,
}

/// Keeps the impacts of a measure in place of all that were kept of it before.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn replace(
    store: &Store,
    measure: &str,
    data_version: &str,
    impacts: &[NewImpact],
    now: i64,
) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO holiday_impacts (measure, event, data_version, total, units, made_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    transaction!(store, tx => {
        sqlx::query("DELETE FROM holiday_impacts WHERE measure = $1").bind(measure).execute(&mut *tx).await?;
        for impact in impacts {
            sqlx::query(INSERT)
                .bind(measure)
                .bind(storable(&impact.event))
                .bind(storable(data_version))
                .bind(&impact.total)
                .bind(&impact.units)
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
    });
    Ok(())
}

/// Impacts of a measure on the whole, by event.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(store: &Store, measure: &str) -> Result<Vec<Listed>, StoreError> {
    const SELECT: &str =
        "SELECT event, data_version, total, made_at FROM holiday_impacts WHERE measure = $1 ORDER BY event";
    Ok(reading!(store, pool => sqlx::query_as(SELECT).bind(measure).fetch_all(pool))?)
}

/// One event's impact on every unit, as JSON.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn units(store: &Store, measure: &str, event: &str) -> Result<String, StoreError> {
    const SELECT: &str = "SELECT units FROM holiday_impacts WHERE measure = $1 AND event = $2";
    let found =
        reading!(store, pool => sqlx::query_scalar(SELECT).bind(measure).bind(storable(event)).fetch_optional(pool))?;
    found.ok_or_else(|| StoreError::missing("measured event", event))
}
