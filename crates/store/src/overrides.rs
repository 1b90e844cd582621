//! Planners' overrides of forecasts: kept as they were made, withdrawn but never deleted.

use crate::column::{Text, json, new_id, storable};
use crate::connection::{executing, reading, transaction};
use crate::{Store, StoreError};
use aisle_domain::overrides::{Amount, Change, Effect, ForecastOverride, NewOverride, OverrideState, Scope};
use aisle_domain::{Day, ItemId, LocationId, Measure, OverrideId, UserId};

/// Who makes an override, and what it changes on the day.
#[derive(Debug, Clone)]
pub struct Making<'a> {
    /// Who.
    pub author: &'a UserId,
    /// Their name, as shown.
    pub author_name: &'a str,
    /// What it changes, for each measure concerned.
    pub effects: &'a [Effect],
    /// Names the request: the same again makes no second override.
    pub request: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Text<OverrideId>")]
    id: OverrideId,
    #[sqlx(try_from = "Text<Option<Measure>>")]
    measure: Option<Measure>,
    #[sqlx(try_from = "Text<Option<LocationId>>")]
    location: Option<LocationId>,
    region: Option<String>,
    #[sqlx(try_from = "Text<Option<ItemId>>")]
    item: Option<ItemId>,
    category: Option<String>,
    #[sqlx(try_from = "Text<Change>")]
    change: Change,
    #[sqlx(try_from = "Text<Amount>")]
    amount: Amount,
    first_day: i64,
    last_day: i64,
    reason: String,
    #[sqlx(try_from = "Text<UserId>")]
    author: UserId,
    author_name: String,
    created_at: i64,
    expires_day: Option<i64>,
    #[sqlx(try_from = "Text<Vec<Effect>>")]
    effects: Vec<Effect>,
    withdrawn_at: Option<i64>,
    withdrawn_by: Option<String>,
}

impl From<Row> for ForecastOverride {
    fn from(row: Row) -> Self {
        let Row { location, region, item, category, change, amount, .. } = row;
        Self {
            id: row.id,
            asked: NewOverride {
                measure: row.measure,
                scope: Scope { location, region, item, category },
                change,
                amount,
                periods: (day(row.first_day), day(row.last_day)),
                reason: row.reason,
                expires: row.expires_day.map(day),
            },
            author: row.author,
            author_name: row.author_name,
            created_at: row.created_at,
            effects: row.effects,
            withdrawn: row.withdrawn_at.zip(row.withdrawn_by),
        }
    }
}

fn day(days: i64) -> Day {
    Day::from_epoch_days(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
}

fn days(day: Day) -> i64 {
    i64::from(day.epoch_days())
}

macro_rules! columns {
    () => {
        "id, measure, location, region, item, category, change, amount, first_day, last_day, reason, author, author_name, \
         created_at, expires_day, effects, withdrawn_at, withdrawn_by"
    };
}

/// Keeps an override. The same request again gives the one that it made, and whether it was made now.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(
    store: &Store,
    asked: &NewOverride,
    making: &Making<'_>,
    now: i64,
) -> Result<(ForecastOverride, bool), StoreError> {
    const INSERT: &str = concat!(
        "INSERT INTO forecast_overrides (",
        columns!(),
        ", request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, NULL, NULL, $17)
        ON CONFLICT (request) DO NOTHING"
    );
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM forecast_overrides WHERE request = $1");
    let (change, effects) = (json("change", &asked.change)?, json("effects", making.effects)?);
    let (id, request, scope) = (new_id(now), storable(making.request), &asked.scope);
    let (inserted, row): (u64, Row) = transaction!(store, tx => {
        let inserted = sqlx::query(INSERT)
            .bind(&id)
            .bind(asked.measure.map(Measure::name))
            .bind(scope.location.as_ref().map(LocationId::as_str))
            .bind(scope.region.as_deref().map(storable))
            .bind(scope.item.as_ref().map(ItemId::as_str))
            .bind(scope.category.as_deref().map(storable))
            .bind(&change)
            .bind(asked.amount.name())
            .bind(days(asked.periods.0))
            .bind(days(asked.periods.1))
            .bind(storable(&asked.reason))
            .bind(making.author.as_str())
            .bind(storable(making.author_name))
            .bind(now)
            .bind(asked.expires.map(days))
            .bind(&effects)
            .bind(&request)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        (inserted, sqlx::query_as(SELECT).bind(&request).fetch_one(&mut *tx).await?)
    });
    Ok((row.into(), inserted > 0))
}

/// One override.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(store: &Store, id: &OverrideId) -> Result<ForecastOverride, StoreError> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM forecast_overrides WHERE id = $1");
    let found: Option<Row> = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    found.map(ForecastOverride::from).ok_or_else(|| StoreError::missing("override", id))
}

/// Those applied on a day, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn active(store: &Store, today: Day) -> Result<Vec<ForecastOverride>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM forecast_overrides WHERE withdrawn_at IS NULL AND (expires_day IS NULL OR expires_day >= $1) ORDER BY id"
    );
    let rows: Vec<Row> = reading!(store, pool => sqlx::query_as(SELECT).bind(days(today)).fetch_all(pool))?;
    Ok(rows.into_iter().map(ForecastOverride::from).collect())
}

/// Identifiers of those applied on a day, oldest first: what tells that they are still the same.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn active_ids(store: &Store, today: Day) -> Result<Vec<String>, StoreError> {
    const SELECT: &str = "SELECT id FROM forecast_overrides
        WHERE withdrawn_at IS NULL AND (expires_day IS NULL OR expires_day >= $1) ORDER BY id";
    Ok(reading!(store, pool => sqlx::query_scalar(SELECT).bind(days(today)).fetch_all(pool))?)
}

/// Overrides, newest first, those before `before`; in one state on a day, or in any.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    store: &Store,
    state: Option<OverrideState>,
    today: Day,
    before: Option<&OverrideId>,
    limit: u32,
) -> Result<Vec<ForecastOverride>, StoreError> {
    const SELECT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM forecast_overrides WHERE ($1 IS NULL OR id < $1) AND ($2 IS NULL OR $2 = CASE
            WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN expires_day < $3 THEN 'expired' ELSE 'active' END)
        ORDER BY id DESC LIMIT $4"
    );
    let rows: Vec<Row> = reading!(store, pool => sqlx::query_as(SELECT)
        .bind(before.map(OverrideId::as_str))
        .bind(state.map(OverrideState::name))
        .bind(days(today))
        .bind(i64::from(limit))
        .fetch_all(pool))?;
    Ok(rows.into_iter().map(ForecastOverride::from).collect())
}

/// Takes an override back. Whether it was not taken back before; who did so first stays on record.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn withdraw(store: &Store, id: &OverrideId, by: &str, now: i64) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE forecast_overrides SET withdrawn_at = $2, withdrawn_by = $3
        WHERE id = $1 AND withdrawn_at IS NULL";
    let changed = executing!(store, sqlx::query(UPDATE).bind(id.as_str()).bind(now).bind(storable(by)))?;
    if changed == 0 { get(store, id).await.map(|_| false) } else { Ok(true) }
}
