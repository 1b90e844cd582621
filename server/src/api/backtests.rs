//! Backtests: the way of fitting, judged from origins in the past.

use super::Listing;
use super::extract::{At, Body, Params, limit};
use super::jobs::JobDocument;
use super::sales::measure;
use crate::failure::{self, Answer};
use crate::jobs::backtest::Asked;
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_domain::job::JobKind;
use aisle_domain::{Measure, Problem};
use aisle_store::evaluations::{self, Evaluation};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A backtest.
#[derive(Serialize, ToSchema)]
pub(crate) struct BacktestDocument {
    id: String,
    /// revenue or quantity.
    measure: String,
    /// Version of the data that it ran on.
    data_version: String,
    /// Origins, horizon and weight of events.
    plan: serde_json::Value,
    /// Series, and errors by model, level and slice: WAPE, WMAE, MASE, RMSSE, WRMSSE, bias, pinball, coverage, value added.
    evaluation: serde_json::Value,
    /// The job that did it.
    job: String,
    created_by: String,
    /// Microseconds since 1970 UTC.
    created_at: i64,
}

impl From<Evaluation> for BacktestDocument {
    fn from(found: Evaluation) -> Self {
        Self {
            id: found.id,
            measure: found.measure,
            data_version: found.data_version,
            plan: found.plan,
            evaluation: found.report,
            job: found.job_id.to_string(),
            created_by: found.created_by,
            created_at: found.created_at,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct BacktestQuery {
    /// revenue or quantity.
    measure: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows in a page, 1 to 1000.
    limit: Option<u32>,
}

/// Backtests, newest first.
#[utoipa::path(get, path = "/api/v1/backtests", tag = "forecasts", params(BacktestQuery),
    responses((status = 200, body = Listing<BacktestDocument>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<BacktestQuery>,
) -> Result<Json<Listing<BacktestDocument>>, Answer> {
    let (limit, measure) = (limit(query.limit)?, measure(query.measure.as_deref())?);
    let found = evaluations::list(&app.store, measure.map(Measure::name), query.after.as_deref(), limit).await;
    let rows = found.map_err(failure::store)?.into_iter().map(BacktestDocument::from).collect();
    Ok(Json(Listing::new(rows, limit, |row: &BacktestDocument| row.id.clone())))
}

/// One backtest.
#[utoipa::path(get, path = "/api/v1/backtests/{id}", tag = "forecasts",
    params(("id" = String, Path, description = "Identifier of the backtest")), responses((status = 200, body = BacktestDocument)))]
pub(crate) async fn one(State(app): State<App>, At(id): At<String>) -> Result<Json<BacktestDocument>, Answer> {
    Ok(Json(evaluations::get(&app.store, &id).await.map_err(failure::store)?.into()))
}

/// What to evaluate; what is left out has a default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartBacktest {
    /// revenue or quantity; each that the shop has where none is named.
    #[schema(pattern = "^(revenue|quantity)$")]
    measure: Option<String>,
    /// Last days that each fit may see, YYYY-MM-DD; the latest four that leave whole horizons where none is named.
    #[serde(default)]
    origins: Vec<String>,
    /// Periods to forecast from each, 1 to 366; a quarter of a year where none is named.
    #[schema(minimum = 1, maximum = 366)]
    horizon: Option<usize>,
    /// Weight in WMAE of periods that hold an event, 0 to 1000; 5 where none is named.
    #[schema(minimum = 0, maximum = 1000)]
    event_weight: Option<f64>,
}

/// Starts a backtest.
#[utoipa::path(post, path = "/api/v1/backtests", tag = "forecasts", request_body = StartBacktest,
    responses((status = 202, body = JobDocument)))]
pub(crate) async fn start(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Body(body): Body<StartBacktest>,
) -> Result<(StatusCode, Json<JobDocument>), Answer> {
    let asked = checked(body)?;
    let params = serde_json::to_value(&asked).map_err(|error| failure::internal(&error))?;
    let job = app.enqueue(&visitor.login, JobKind::Backtest, params, None).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

fn checked(body: StartBacktest) -> Result<Asked, Problem> {
    let origins = body.origins.iter().map(String::as_str);
    Asked::checked(measure(body.measure.as_deref())?, origins, body.horizon, body.event_weight)
}
