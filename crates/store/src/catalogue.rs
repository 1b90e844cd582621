//! Catalogue.
use crate::{Store, StoreError};
use aisle_domain::{CalendarEvent, Customer, CustomerId, Day, Item, ItemId, Location, LocationId};
/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Part of identifier or name, without case.
    pub search: Option<&'a str>,
    /// Exactly this category (items) or kind (locations).
    pub group: Option<&'a str>,
}
/// Inserts or replaces items, in one transaction; of equal identifiers the last counts.
pub async fn upsert_items(store: &Store, items: &[Item], now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Adds items that sales refer to and that are not known yet; those known stay.
pub async fn ensure_items(store: &Store, items: &[Item], now: i64) -> Result<u64, StoreError> {
    todo!()
}
/// Items by identifier, those after `after`.
pub async fn items(
    store: &Store,
    filter: &Filter<'_>,
    after: Option<&ItemId>,
    limit: u32,
) -> Result<Vec<Item>, StoreError> {
    todo!()
}
/// One item.
pub async fn item(store: &Store, id: &ItemId) -> Result<Option<Item>, StoreError> {
    todo!()
}
/// How many items the filter finds.
pub async fn count_items(store: &Store, filter: &Filter<'_>) -> Result<u64, StoreError> {
    todo!()
}
/// Categories and how many items each has, by name.
pub async fn categories(store: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    todo!()
}
/// Inserts or replaces locations.
pub async fn upsert_locations(store: &Store, locations: &[Location], now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Adds locations that are not known yet.
pub async fn ensure_locations(store: &Store, locations: &[Location], now: i64) -> Result<u64, StoreError> {
    todo!()
}
/// Locations by identifier.
pub async fn locations(
    store: &Store,
    filter: &Filter<'_>,
    after: Option<&LocationId>,
    limit: u32,
) -> Result<Vec<Location>, StoreError> {
    todo!()
}
/// One location.
pub async fn location(store: &Store, id: &LocationId) -> Result<Option<Location>, StoreError> {
    todo!()
}
/// How many locations the filter finds.
pub async fn count_locations(store: &Store, filter: &Filter<'_>) -> Result<u64, StoreError> {
    todo!()
}
/// Inserts or replaces customers.
pub async fn upsert_customers(store: &Store, customers: &[Customer], now: i64) -> Result<(), StoreError> {
    todo!()
}
/// Customers by identifier.
pub async fn customers(
    store: &Store,
    search: Option<&str>,
    after: Option<&CustomerId>,
    limit: u32,
) -> Result<Vec<Customer>, StoreError> {
    todo!()
}
/// One customer.
pub async fn customer(store: &Store, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
    todo!()
}
/// How many customers there are.
pub async fn count_customers(store: &Store, search: Option<&str>) -> Result<u64, StoreError> {
    todo!()
}
/// Inserts events; those equal in name, days and place are there once.
pub async fn upsert_events(store: &Store, events: &[CalendarEvent]) -> Result<(), StoreError> {
    todo!()
}
/// Events that touch the days from `first` to `last`, by first day, name and place; all of them (there are few).
pub async fn events(store: &Store, first: Day, last: Day) -> Result<Vec<CalendarEvent>, StoreError> {
    todo!()
}
/// How many events there are.
pub async fn count_events(store: &Store) -> Result<u64, StoreError> {
    todo!()
}
