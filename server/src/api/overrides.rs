//! Planners' overrides of forecasts.

use super::Listing;
use super::extract::{At, Body, Params, identifier, limit, parameter};
use super::sales::measure;
use crate::clock;
use crate::desks::overrides::view;
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_app::ports::overrides::{OverrideDesk, OverrideDraft, OverrideView};
use aisle_domain::overrides::{Effect, OverrideState};
use aisle_domain::{Day, ItemId, LocationId, Measure, OverrideId};
use aisle_store::overrides;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An override. The part of the shop: the series that fit every one of location, region, item and category that is named.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverrideDocument {
    id: String,
    /// revenue or quantity; null: all of them.
    measure: Option<String>,
    location: Option<String>,
    region: Option<String>,
    item: Option<String>,
    category: Option<String>,
    /// set, add or percent.
    change: String,
    /// Its number: major units, or percent.
    value: f64,
    /// per_period or together.
    amount: String,
    /// Periods whose last day lies from here, YYYY-MM-DD,
    first: String,
    /// to here.
    last: String,
    /// Why.
    reason: String,
    /// Who made it.
    author: String,
    /// Microseconds since 1970 UTC.
    created_at: i64,
    /// Last day on which it is applied.
    expires: Option<String>,
    /// active, expired or withdrawn.
    state: String,
    /// Microseconds since 1970 UTC.
    withdrawn_at: Option<i64>,
    withdrawn_by: Option<String>,
    /// What it changed when it was made.
    effects: Vec<EffectDocument>,
    /// What it was worth, once periods have come.
    worth: Option<WorthDocument>,
}

/// Sums of the forecast over the series concerned, by period, in major units.
#[derive(Serialize, ToSchema)]
pub(crate) struct EffectDocument {
    /// revenue or quantity.
    measure: String,
    /// Series concerned.
    series: u64,
    /// Last days of the periods concerned, YYYY-MM-DD.
    periods: Vec<String>,
    /// Without it, other overrides included.
    before: Vec<f64>,
    /// With it.
    after: Vec<f64>,
}

/// The errors of what was forecast when the override was made, against what came.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorthDocument {
    /// Periods that have come.
    periods: u64,
    /// Sum of absolute errors with it, in major units.
    error_with: f64,
    /// The same without it.
    error_without: f64,
    /// By which share the error is smaller with it; negative where it did harm.
    better: Option<f64>,
}

impl From<Effect> for EffectDocument {
    fn from(effect: Effect) -> Self {
        Self {
            measure: effect.measure.name().to_owned(),
            series: effect.series,
            periods: effect.days.iter().map(Day::to_string).collect(),
            before: effect.before,
            after: effect.after,
        }
    }
}

fn document(one: OverrideView, effects: Vec<Effect>) -> OverrideDocument {
    let (withdrawn_at, withdrawn_by) = one.withdrawn.unzip();
    OverrideDocument {
        id: one.id.to_string(),
        measure: one.measure.map(|measure| measure.name().to_owned()),
        location: one.scope.location.map(|id| LocationId::as_str(&id).to_owned()),
        region: one.scope.region,
        item: one.scope.item.map(|id| ItemId::as_str(&id).to_owned()),
        category: one.scope.category,
        change: one.change.name().to_owned(),
        value: one.change.value(),
        amount: one.amount.name().to_owned(),
        first: one.periods.0.to_string(),
        last: one.periods.1.to_string(),
        reason: one.reason,
        author: one.author,
        created_at: one.created_at,
        expires: one.expires.map(|day| day.to_string()),
        state: one.state.name().to_owned(),
        withdrawn_at,
        withdrawn_by,
        effects: effects.into_iter().map(EffectDocument::from).collect(),
        worth: one.worth.map(|worth| WorthDocument {
            periods: worth.periods,
            error_with: worth.error_with,
            error_without: worth.error_without,
            better: worth.better(),
        }),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct OverrideQuery {
    /// active, expired or withdrawn; all where none is named.
    state: Option<String>,
    /// Measure of the worth, revenue or quantity; the shop's first where none is named.
    measure: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1 to 1,000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Overrides, newest first.
#[utoipa::path(get, path = "/api/v1/overrides", tag = "forecasts", params(OverrideQuery),
    responses((status = 200, body = Listing<OverrideDocument>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<OverrideQuery>,
) -> Result<Json<Listing<OverrideDocument>>, Answer> {
    let (limit, asked) = (limit(query.limit)?, measure(query.measure.as_deref())?);
    let unknown = || failure::invalid("state", "expected active, expired or withdrawn");
    let state = query.state.as_deref().map(|word| OverrideState::parse(word).ok_or_else(unknown)).transpose()?;
    let after = query.after.map(|id| parameter("after", &id, |id| OverrideId::new(id))).transpose()?;
    let found = overrides::list(&app.store, state, clock::today(), after.as_ref(), limit).await;
    let board = app.board().await?;
    let measure = asked.or(board.shop.measures.first().copied()).unwrap_or(Measure::Revenue);
    let rows = found.map_err(failure::store)?.into_iter();
    let rows = rows.map(|one| document(view(&board, measure, &one), one.effects)).collect();
    Ok(Json(Listing::new(rows, limit, |row: &OverrideDocument| row.id.clone())))
}

/// One override.
#[utoipa::path(get, path = "/api/v1/overrides/{id}", tag = "forecasts",
    params(("id" = String, Path, description = "Identifier of the override")), responses((status = 200, body = OverrideDocument)))]
pub(crate) async fn one(State(app): State<App>, At(id): At<String>) -> Result<Json<OverrideDocument>, Answer> {
    let id = identifier("override", &id, |id| OverrideId::new(id))?;
    Ok(Json(by_id(&app, &id).await?))
}

async fn by_id(app: &App, id: &OverrideId) -> Result<OverrideDocument, Answer> {
    let found = overrides::get(&app.store, id).await.map_err(failure::store)?;
    let board = app.board().await?;
    let measure = found.asked.measure.or(board.shop.measures.first().copied()).unwrap_or(Measure::Revenue);
    Ok(document(view(&board, measure, &found), found.effects))
}

/// An override to be made. What is not named concerns everything.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OverrideBody {
    /// revenue or quantity; none: all of them, with percent only.
    measure: Option<String>,
    /// Identifier of a location.
    location: Option<String>,
    /// Name of a region.
    region: Option<String>,
    /// Identifier of an item.
    item: Option<String>,
    /// Name of a category.
    category: Option<String>,
    /// set (the forecast becomes this), add, or percent (it grows by so many).
    change: String,
    /// Its number: major units, or percent.
    value: f64,
    /// per_period (default), or together: an amount for all periods, split by their forecasts.
    amount: Option<String>,
    /// Periods whose last day lies from here, YYYY-MM-DD,
    first: String,
    /// to here.
    last: String,
    /// Why, 1 to 500 characters; a preview needs none.
    reason: Option<String>,
    /// Last day on which it is applied; none: for ever.
    expires: Option<String>,
}

impl From<OverrideBody> for OverrideDraft {
    fn from(body: OverrideBody) -> Self {
        Self {
            measure: body.measure.unwrap_or_default(),
            location: body.location.unwrap_or_default(),
            region: body.region.unwrap_or_default(),
            item: body.item.unwrap_or_default(),
            category: body.category.unwrap_or_default(),
            change: body.change,
            value: body.value.to_string(),
            amount: body.amount.unwrap_or_default(),
            first: body.first,
            last: body.last,
            reason: body.reason.unwrap_or_default(),
            expires: body.expires.unwrap_or_default(),
        }
    }
}

/// Makes an override. With the header `Idempotency-Key`, the same request again answers 200 with the one that it made.
#[utoipa::path(post, path = "/api/v1/overrides", tag = "forecasts", request_body = OverrideBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request, 1 to 200 characters")),
    responses((status = 201, body = OverrideDocument), (status = 200, body = OverrideDocument, description = "Made before")))]
pub(crate) async fn make(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Body(body): Body<OverrideBody>,
) -> Result<(StatusCode, Json<OverrideDocument>), Answer> {
    let named = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(|key| format!("api:{key}"));
    let request = named.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
    let (kept, new) = app.override_forecast(&visitor, OverrideDraft::from(body).read()?, &request).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(by_id(&app, &kept.id).await?)))
}

/// What an override would change, without making it.
#[utoipa::path(post, path = "/api/v1/overrides/preview", tag = "forecasts", request_body = OverrideBody,
    responses((status = 200, body = Vec<EffectDocument>)))]
pub(crate) async fn preview(
    State(app): State<App>,
    Body(body): Body<OverrideBody>,
) -> Result<Json<Vec<EffectDocument>>, Answer> {
    let found = OverrideDesk::preview(app.as_ref(), &OverrideDraft::from(body)).await?;
    Ok(Json(found.into_iter().map(EffectDocument::from).collect()))
}

/// Takes an override back. It stays on record.
#[utoipa::path(post, path = "/api/v1/overrides/{id}/withdraw", tag = "forecasts",
    params(("id" = String, Path, description = "Identifier of the override")), responses((status = 200, body = OverrideDocument)))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
) -> Result<Json<OverrideDocument>, Answer> {
    let id = identifier("override", &id, |id| OverrideId::new(id))?;
    app.take_back(&visitor, &id).await?;
    Ok(Json(by_id(&app, &id).await?))
}
