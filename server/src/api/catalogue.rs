//! Items and locations.

use super::Listing;
use super::extract::{At, Params, identifier, limit, parameter};
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_domain::{Item, ItemId, Location, LocationId};
use aisle_store::catalogue;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A thing that is sold.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// Its identifier.
    id: String,
    /// Its name; the identifier where no name is known.
    name: String,
    /// Department, category or product group.
    category: Option<String>,
    /// Further attributes by name.
    attributes: BTreeMap<String, String>,
}

impl From<Item> for ItemView {
    fn from(item: Item) -> Self {
        Self { id: item.id.to_string(), name: item.name, category: item.category, attributes: item.attributes }
    }
}

/// A place that sells or holds stock.
#[derive(Serialize, ToSchema)]
pub(crate) struct LocationView {
    /// Its identifier.
    id: String,
    /// Its name.
    name: String,
    /// Its kind: a store type, warehouse, web shop.
    kind: Option<String>,
    /// Further attributes by name.
    attributes: BTreeMap<String, String>,
}

impl From<Location> for LocationView {
    fn from(location: Location) -> Self {
        Self { id: location.id.to_string(), name: location.name, kind: location.kind, attributes: location.attributes }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemQuery {
    /// Part of identifier or name, without case.
    text: Option<String>,
    /// Exactly this category.
    category: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1 to 1,000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Items in the order of their identifiers.
#[utoipa::path(get, path = "/api/v1/items", tag = "catalogue", params(ItemQuery), responses((status = 200, body = Listing<ItemView>)))]
pub(crate) async fn items(
    State(app): State<App>,
    Params(query): Params<ItemQuery>,
) -> Result<Json<Listing<ItemView>>, Answer> {
    let limit = limit(query.limit)?;
    let after = query.after.map(|id| parameter("after", &id, |id| ItemId::new(id))).transpose()?;
    let filter = catalogue::Filter { search: query.text.as_deref(), group: query.category.as_deref() };
    let rows = catalogue::items(&app.store, &filter, after.as_ref(), limit).await.map_err(failure::store)?;
    Ok(Json(Listing::new(rows.into_iter().map(ItemView::from).collect(), limit, |item| item.id.clone())))
}

/// One item.
#[utoipa::path(get, path = "/api/v1/items/{id}", tag = "catalogue", params(("id" = String, Path, description = "Identifier of the item")),
    responses((status = 200, body = ItemView)))]
pub(crate) async fn item(State(app): State<App>, At(id): At<String>) -> Result<Json<ItemView>, Answer> {
    let key = identifier("item", &id, |id| ItemId::new(id))?;
    let found = catalogue::item(&app.store, &key).await.map_err(failure::store)?;
    Ok(Json(found.ok_or_else(|| failure::not_found("item", &id))?.into()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocationQuery {
    /// Part of identifier or name, without case.
    text: Option<String>,
    /// Exactly this kind.
    kind: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1 to 1,000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Locations in the order of their identifiers.
#[utoipa::path(get, path = "/api/v1/locations", tag = "catalogue", params(LocationQuery), responses((status = 200, body = Listing<LocationView>)))]
pub(crate) async fn locations(
    State(app): State<App>,
    Params(query): Params<LocationQuery>,
) -> Result<Json<Listing<LocationView>>, Answer> {
    let limit = limit(query.limit)?;
    let after = query.after.map(|id| parameter("after", &id, |id| LocationId::new(id))).transpose()?;
    let filter = catalogue::Filter { search: query.text.as_deref(), group: query.kind.as_deref() };
    let rows = catalogue::locations(&app.store, &filter, after.as_ref(), limit).await.map_err(failure::store)?;
    Ok(Json(Listing::new(rows.into_iter().map(LocationView::from).collect(), limit, |location| location.id.clone())))
}

/// One location.
#[utoipa::path(get, path = "/api/v1/locations/{id}", tag = "catalogue", params(("id" = String, Path, description = "Identifier of the location")),
    responses((status = 200, body = LocationView)))]
pub(crate) async fn location(State(app): State<App>, At(id): At<String>) -> Result<Json<LocationView>, Answer> {
    let key = identifier("location", &id, |id| LocationId::new(id))?;
    let found = catalogue::location(&app.store, &key).await.map_err(failure::store)?;
    Ok(Json(found.ok_or_else(|| failure::not_found("location", &id))?.into()))
}
