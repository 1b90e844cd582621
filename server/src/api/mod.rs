//! The REST API at /api/v1: resources, keyset pages, ETags, problem documents; described by OpenAPI at
//! /api/v1/openapi.json and for people at /api.

mod backtests;
mod catalogue;
mod events;
mod extract;
mod forecasts;
mod impact;
mod imports;
mod jobs;
mod models;
mod monitoring;
mod openapi;
mod overrides;
mod reference;
mod sales;
mod tag;

pub(crate) use sales::measure;

use crate::failure::Answer;
use crate::state::App;
use aisle_app::access::Access;
use aisle_domain::{Permission, Problem, ProblemCode};
use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{get, post, put};

/// Most rows in a page.
pub(crate) const MOST: u32 = 1_000;

/// Every route of the API and what it asks.
pub(crate) const ROUTES: &[(Method, &str, Access)] = &[
    (Method::GET, "/api/v1/health", Access::Public),
    (Method::GET, "/api/v1/openapi.json", Access::Public),
    (Method::GET, "/api/v1/items", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/items/{id}", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/locations", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/locations/{id}", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/sales", Access::Needs(Permission::Export)),
    (Method::GET, "/api/v1/series", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/series/{location}/{item}", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/forecasts", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/forecasts/{location}/{item}", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/imports", Access::Needs(Permission::ViewData)),
    (Method::POST, "/api/v1/imports", Access::Needs(Permission::ImportData)),
    (Method::GET, "/api/v1/imports/{id}", Access::Needs(Permission::ViewData)),
    (Method::GET, "/api/v1/imports/{id}/previews", Access::Needs(Permission::ImportData)),
    (Method::POST, "/api/v1/imports/{id}/start", Access::Needs(Permission::ImportData)),
    (Method::GET, "/api/v1/imports/{id}/dead-letters", Access::Needs(Permission::ViewData)),
    (Method::GET, "/api/v1/tables", Access::Needs(Permission::ViewData)),
    (Method::GET, "/api/v1/backtests", Access::Needs(Permission::ViewSales)),
    (Method::POST, "/api/v1/backtests", Access::Needs(Permission::RunJobs)),
    (Method::GET, "/api/v1/backtests/{id}", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/overrides", Access::Needs(Permission::ViewSales)),
    (Method::POST, "/api/v1/overrides", Access::Needs(Permission::OverrideForecasts)),
    (Method::GET, "/api/v1/overrides/{id}", Access::Needs(Permission::ViewSales)),
    (Method::POST, "/api/v1/overrides/{id}/withdraw", Access::Needs(Permission::OverrideForecasts)),
    (Method::POST, "/api/v1/overrides/preview", Access::Needs(Permission::OverrideForecasts)),
    (Method::GET, "/api/v1/monitoring", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/monitoring/decisions", Access::Needs(Permission::ViewSales)),
    (Method::POST, "/api/v1/monitoring/rollback", Access::Needs(Permission::RunJobs)),
    (Method::GET, "/api/v1/models", Access::Needs(Permission::ViewSales)),
    (Method::POST, "/api/v1/models/{id}/promote", Access::Needs(Permission::RunJobs)),
    (Method::GET, "/api/v1/events", Access::Needs(Permission::ViewSales)),
    (Method::POST, "/api/v1/events", Access::Needs(Permission::ImportData)),
    (Method::GET, "/api/v1/events/{id}", Access::Needs(Permission::ViewSales)),
    (Method::PUT, "/api/v1/events/{id}", Access::Needs(Permission::ImportData)),
    (Method::DELETE, "/api/v1/events/{id}", Access::Needs(Permission::ImportData)),
    (Method::GET, "/api/v1/calendars", Access::Needs(Permission::ViewSales)),
    (Method::PUT, "/api/v1/calendars/{name}", Access::Needs(Permission::ImportData)),
    (Method::DELETE, "/api/v1/calendars/{name}", Access::Needs(Permission::ImportData)),
    (Method::GET, "/api/v1/countries", Access::Needs(Permission::ViewSales)),
    (Method::PUT, "/api/v1/countries", Access::Needs(Permission::ManageSettings)),
    (Method::GET, "/api/v1/impact", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/impact/{event}", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/api/v1/jobs", Access::Needs(Permission::ViewJobs)),
    (Method::POST, "/api/v1/jobs", Access::Needs(Permission::RunJobs)),
    (Method::GET, "/api/v1/jobs/{id}", Access::Needs(Permission::ViewJobs)),
    (Method::POST, "/api/v1/jobs/{id}/cancel", Access::Needs(Permission::RunJobs)),
];

/// Everything but the upload.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api", get(reference::page))
        .route("/api/v1/health", get(jobs::health))
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/items", get(catalogue::items))
        .route("/api/v1/items/{id}", get(catalogue::item))
        .route("/api/v1/locations", get(catalogue::locations))
        .route("/api/v1/locations/{id}", get(catalogue::location))
        .route("/api/v1/sales", get(sales::sales))
        .route("/api/v1/series", get(sales::series))
        .route("/api/v1/series/{location}/{item}", get(sales::one_series))
        .route("/api/v1/forecasts", get(forecasts::totals))
        .route("/api/v1/forecasts/{location}/{item}", get(forecasts::one))
        .route("/api/v1/imports/{id}", get(imports::one))
        .route("/api/v1/imports/{id}/previews", get(imports::previews))
        .route("/api/v1/imports/{id}/start", post(imports::start))
        .route("/api/v1/imports/{id}/dead-letters", get(imports::dead_letters))
        .route("/api/v1/tables", get(imports::tables))
        .route("/api/v1/backtests", get(backtests::list).post(backtests::start))
        .route("/api/v1/backtests/{id}", get(backtests::one))
        .route("/api/v1/overrides", get(overrides::list).post(overrides::make))
        .route("/api/v1/overrides/preview", post(overrides::preview))
        .route("/api/v1/overrides/{id}", get(overrides::one))
        .route("/api/v1/overrides/{id}/withdraw", post(overrides::withdraw))
        .route("/api/v1/monitoring", get(monitoring::monitoring))
        .route("/api/v1/monitoring/decisions", get(monitoring::decisions))
        .route("/api/v1/monitoring/rollback", post(monitoring::roll_back))
        .route("/api/v1/models", get(models::list))
        .route("/api/v1/models/{id}/promote", post(models::promote))
        .route("/api/v1/events", get(events::list).post(events::create))
        .route("/api/v1/events/{id}", get(events::one).put(events::change).delete(events::remove))
        .route("/api/v1/calendars", get(events::calendars))
        .route("/api/v1/calendars/{name}", put(events::put_calendar).delete(events::delete_calendar))
        .route("/api/v1/countries", get(events::countries).put(events::choose_countries))
        .route("/api/v1/impact", get(impact::list))
        .route("/api/v1/impact/{event}", get(impact::one))
        .route("/api/v1/jobs", get(jobs::jobs).post(jobs::start))
        .route("/api/v1/jobs/{id}", get(jobs::job))
        .route("/api/v1/jobs/{id}/cancel", post(jobs::cancel))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(tag::tagged))
}

/// The collection of imports, whose POST takes files of any size.
pub(crate) fn uploads() -> Router<App> {
    Router::new()
        .route("/api/v1/imports", get(imports::list).post(imports::upload))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(tag::tagged))
}

async fn wrong_method() -> Answer {
    Answer(Problem::new(
        ProblemCode::MethodNotAllowed,
        "this method is not offered here; the header Allow names those that are",
    ))
}

/// A page of a list in keyset order.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Listing<T> {
    /// The rows.
    rows: Vec<T>,
    /// Pass it as `after` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<T> Listing<T> {
    /// A page of at most `limit` rows, with the key of the last where there may be more.
    fn new(rows: Vec<T>, limit: u32, key: impl Fn(&T) -> String) -> Self {
        let next = rows.last().filter(|_| rows.len() >= limit as usize).map(key);
        Self { rows, next }
    }
}
