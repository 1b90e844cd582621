//! Master data: items, locations, customers and the events of the calendar. The last word wins.

use crate::bulk::{Cell, inserting};
use crate::column::{Text, json, pattern, storable};
use crate::connection::{reading, transaction};
use crate::{Store, StoreError};
use aisle_domain::{Customer, CustomerId, Item, ItemId, Location, LocationId};
use std::collections::BTreeMap;

pub use crate::events::{count_events, events, upsert_events};

/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Part of identifier, name or group, without case.
    pub search: Option<&'a str>,
    /// Exactly this category (items) or kind (locations).
    pub group: Option<&'a str>,
}

type Attributes = BTreeMap<String, String>;

/// A row of `items` or `locations`: they differ in the name of the group only.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    grouping: Option<String>,
    attributes: Text<Attributes>,
}

/// Inserts or replaces items, in one transaction; of equal identifiers the last counts. Returns how many are new or changed.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn upsert_items(store: &Store, items: &[Item], now: i64) -> Result<u64, StoreError> {
    const REPLACE: &str = "ON CONFLICT (id) DO UPDATE SET name = excluded.name, category = excluded.category,
        attributes = excluded.attributes, search = excluded.search, updated_at = excluded.updated_at
        WHERE items.name <> excluded.name OR items.category IS DISTINCT FROM excluded.category
           OR items.attributes <> excluded.attributes";
    insert_items(store, items, REPLACE, now).await
}

/// Adds items that sales refer to and that are not known yet; those known stay. Returns how many are new.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn ensure_items(store: &Store, items: &[Item], now: i64) -> Result<u64, StoreError> {
    insert_items(store, items, "ON CONFLICT (id) DO NOTHING", now).await
}

async fn insert_items(store: &Store, items: &[Item], on_conflict: &str, now: i64) -> Result<u64, StoreError> {
    const HEAD: &str = "INSERT INTO items (id, name, category, attributes, search, updated_at)";
    let parts =
        items.iter().map(|item| (item.id.as_str(), item.name.as_str(), item.category.as_deref(), &item.attributes));
    let rows = rows(parts, now)?;
    Ok(transaction!(store, tx => { inserting!(tx, HEAD, rows, on_conflict) }))
}

/// Items by identifier, those after `after`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn items(
    store: &Store,
    filter: &Filter<'_>,
    after: Option<&ItemId>,
    limit: u32,
) -> Result<Vec<Item>, StoreError> {
    const SELECT: &str = r"SELECT id, name, category AS grouping, attributes FROM items
        WHERE ($1 IS NULL OR id > $1) AND ($2 IS NULL OR search LIKE $2 ESCAPE '\') AND ($3 IS NULL OR category = $3)
        ORDER BY id LIMIT $4";
    let rows: Vec<Row> = reading!(store, pool => sqlx::query_as(SELECT)
        .bind(after.map(ItemId::as_str))
        .bind(filter.search.map(pattern))
        .bind(filter.group.map(storable))
        .bind(i64::from(limit))
        .fetch_all(pool))?;
    rows.into_iter().map(item_of).collect()
}

/// One item.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn item(store: &Store, id: &ItemId) -> Result<Option<Item>, StoreError> {
    const SELECT: &str = "SELECT id, name, category AS grouping, attributes FROM items WHERE id = $1";
    let row: Option<Row> = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    row.map(item_of).transpose()
}

/// How many items the filter finds.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_items(store: &Store, filter: &Filter<'_>) -> Result<u64, StoreError> {
    const SELECT: &str =
        r"SELECT count(*) FROM items WHERE ($1 IS NULL OR search LIKE $1 ESCAPE '\') AND ($2 IS NULL OR category = $2)";
    counted(store, SELECT, filter).await
}

/// Categories and how many items each has, by name. Items without one are left out.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn categories(store: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    const SELECT: &str =
        "SELECT category, count(*) FROM items WHERE category IS NOT NULL GROUP BY category ORDER BY category";
    let rows: Vec<(String, i64)> = reading!(store, pool => sqlx::query_as(SELECT).fetch_all(pool))?;
    Ok(rows.into_iter().map(|(name, items)| (name, items.unsigned_abs())).collect())
}

/// Inserts or replaces locations, in one transaction. Returns how many are new or changed.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn upsert_locations(store: &Store, locations: &[Location], now: i64) -> Result<u64, StoreError> {
    const REPLACE: &str = "ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
        attributes = excluded.attributes, search = excluded.search, updated_at = excluded.updated_at
        WHERE locations.name <> excluded.name OR locations.kind IS DISTINCT FROM excluded.kind
           OR locations.attributes <> excluded.attributes";
    insert_locations(store, locations, REPLACE, now).await
}

/// Adds locations that are not known yet; those known stay. Returns how many are new.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn ensure_locations(store: &Store, locations: &[Location], now: i64) -> Result<u64, StoreError> {
    insert_locations(store, locations, "ON CONFLICT (id) DO NOTHING", now).await
}

async fn insert_locations(store: &Store, places: &[Location], on_conflict: &str, now: i64) -> Result<u64, StoreError> {
    const HEAD: &str = "INSERT INTO locations (id, name, kind, attributes, search, updated_at)";
    let parts =
        places.iter().map(|place| (place.id.as_str(), place.name.as_str(), place.kind.as_deref(), &place.attributes));
    let rows = rows(parts, now)?;
    Ok(transaction!(store, tx => { inserting!(tx, HEAD, rows, on_conflict) }))
}

/// Locations by identifier, those after `after`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn locations(
    store: &Store,
    filter: &Filter<'_>,
    after: Option<&LocationId>,
    limit: u32,
) -> Result<Vec<Location>, StoreError> {
    const SELECT: &str = r"SELECT id, name, kind AS grouping, attributes FROM locations
        WHERE ($1 IS NULL OR id > $1) AND ($2 IS NULL OR search LIKE $2 ESCAPE '\') AND ($3 IS NULL OR kind = $3)
        ORDER BY id LIMIT $4";
    let rows: Vec<Row> = reading!(store, pool => sqlx::query_as(SELECT)
        .bind(after.map(LocationId::as_str))
        .bind(filter.search.map(pattern))
        .bind(filter.group.map(storable))
        .bind(i64::from(limit))
        .fetch_all(pool))?;
    rows.into_iter().map(location_of).collect()
}

/// One location.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn location(store: &Store, id: &LocationId) -> Result<Option<Location>, StoreError> {
    const SELECT: &str = "SELECT id, name, kind AS grouping, attributes FROM locations WHERE id = $1";
    let row: Option<Row> = reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    row.map(location_of).transpose()
}

/// How many locations the filter finds.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_locations(store: &Store, filter: &Filter<'_>) -> Result<u64, StoreError> {
    const SELECT: &str =
        r"SELECT count(*) FROM locations WHERE ($1 IS NULL OR search LIKE $1 ESCAPE '\') AND ($2 IS NULL OR kind = $2)";
    counted(store, SELECT, filter).await
}

/// Inserts or replaces customers, in one transaction. Returns how many are new or changed.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn upsert_customers(store: &Store, customers: &[Customer], now: i64) -> Result<u64, StoreError> {
    const REPLACE: &str = "ON CONFLICT (id) DO UPDATE SET attributes = excluded.attributes, search = excluded.search,
        updated_at = excluded.updated_at WHERE customers.attributes <> excluded.attributes";
    insert_customers(store, customers, REPLACE, now).await
}

/// Adds customers that orders name and that are not known yet; those known keep their attributes. Returns how many are new.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn ensure_customers(store: &Store, customers: &[Customer], now: i64) -> Result<u64, StoreError> {
    insert_customers(store, customers, "ON CONFLICT (id) DO NOTHING", now).await
}

async fn insert_customers(
    store: &Store,
    customers: &[Customer],
    on_conflict: &str,
    now: i64,
) -> Result<u64, StoreError> {
    const HEAD: &str = "INSERT INTO customers (id, attributes, search, updated_at)";
    let mut rows: BTreeMap<&str, Vec<Cell>> = BTreeMap::new();
    for customer in customers {
        let id = customer.id.as_str();
        let attributes = json("attributes", &cleaned(&customer.attributes))?;
        rows.insert(id, vec![id.to_owned().into(), attributes.into(), id.to_lowercase().into(), now.into()]);
    }
    Ok(transaction!(store, tx => { inserting!(tx, HEAD, rows.into_values(), on_conflict) }))
}

/// Customers by identifier, those after `after`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn customers(
    store: &Store,
    search: Option<&str>,
    after: Option<&CustomerId>,
    limit: u32,
) -> Result<Vec<Customer>, StoreError> {
    const SELECT: &str = r"SELECT id, attributes FROM customers
        WHERE ($1 IS NULL OR id > $1) AND ($2 IS NULL OR search LIKE $2 ESCAPE '\') ORDER BY id LIMIT $3";
    let rows: Vec<(Text<CustomerId>, Text<Attributes>)> = reading!(store, pool => sqlx::query_as(SELECT)
        .bind(after.map(CustomerId::as_str))
        .bind(search.map(pattern))
        .bind(i64::from(limit))
        .fetch_all(pool))?;
    Ok(rows.into_iter().map(|(id, attributes)| Customer { id: id.0, attributes: attributes.0 }).collect())
}

/// One customer.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn customer(store: &Store, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
    const SELECT: &str = "SELECT attributes FROM customers WHERE id = $1";
    let found: Option<(Text<Attributes>,)> =
        reading!(store, pool => sqlx::query_as(SELECT).bind(id.as_str()).fetch_optional(pool))?;
    Ok(found.map(|(attributes,)| Customer { id: id.clone(), attributes: attributes.0 }))
}

/// How many customers the search finds.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_customers(store: &Store, search: Option<&str>) -> Result<u64, StoreError> {
    const SELECT: &str = r"SELECT count(*) FROM customers WHERE ($1 IS NULL OR search LIKE $1 ESCAPE '\')";
    let found: i64 = reading!(store, pool => sqlx::query_scalar(SELECT).bind(search.map(pattern)).fetch_one(pool))?;
    Ok(found.unsigned_abs())
}

/// Rows for `items` or `locations`, by identifier: the last of equal ones counts (one statement must not touch a row
/// twice), and the order is the same for every writer (so that two of them cannot lock each other out).
fn rows<'a>(
    parts: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>, &'a Attributes)>,
    now: i64,
) -> Result<Vec<Vec<Cell>>, StoreError> {
    let mut rows: BTreeMap<&str, Vec<Cell>> = BTreeMap::new();
    for (id, name, group, attributes) in parts {
        let name = storable(name);
        let group = group.map(storable);
        let search = [id, &name, group.as_deref().unwrap_or_default()].join("\n").to_lowercase();
        let attributes = json("attributes", &cleaned(attributes))?;
        let row =
            vec![id.to_owned().into(), name.into(), Cell::Text(group), attributes.into(), search.into(), now.into()];
        rows.insert(id, row);
    }
    Ok(rows.into_values().collect())
}

fn cleaned(attributes: &Attributes) -> Attributes {
    attributes.iter().map(|(name, value)| (storable(name), storable(value))).collect()
}

async fn counted(store: &Store, select: &'static str, filter: &Filter<'_>) -> Result<u64, StoreError> {
    let found: i64 = reading!(store, pool => sqlx::query_scalar(select)
        .bind(filter.search.map(pattern))
        .bind(filter.group.map(storable))
        .fetch_one(pool))?;
    Ok(found.unsigned_abs())
}

fn item_of(row: Row) -> Result<Item, StoreError> {
    let id = ItemId::new(&row.id).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Item { id, name: row.name, category: row.grouping, attributes: row.attributes.0 })
}

fn location_of(row: Row) -> Result<Location, StoreError> {
    let id = LocationId::new(&row.id).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Location { id, name: row.name, kind: row.grouping, attributes: row.attributes.0 })
}
